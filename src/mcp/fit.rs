//! Makes a result fit into an answer: whole rows are left out, and of what is no row long texts. How to go on is not
//! said here.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::left_out::{self, LeftOut};
use crate::outcome::Place;
use crate::text::sanitize;

/// What is said of notes that are left out is no longer.
const MORE: usize = 40;
/// A name is said no longer than this.
pub const LONGEST_NAME: usize = 60;
/// An object of so many objects is a list with names.
const NAMED: usize = 8;

/// What was left out of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// So many are here.
    pub shown: usize,
    /// Of so many, if that is known.
    pub of: Option<usize>,
}

/// JSON that means the same and cannot act on whoever shows it.
pub fn shown(json: &str) -> String {
    sanitize::json_for_terminal(json)
}

/// How long a value is as it is shown.
pub fn size(value: &Value) -> usize {
    shown(&value.to_string()).len()
}

/// The same, of what is no longer than this. What is too long as it is written is not looked at further: as it is shown
/// it is no shorter.
pub fn size_within(value: &impl Serialize, room: usize) -> Option<usize> {
    let mut written = Written { bytes: Vec::new(), room };
    serde_json::to_writer(&mut written, value).ok()?;
    let shown = shown(std::str::from_utf8(&written.bytes).ok()?).len();
    (shown <= room).then_some(shown)
}

/// Takes as much as there is room for.
struct Written {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Written {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.room {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text of at most so many characters, and how many it had.
pub fn shortened(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.into();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}… ({length} characters)")
}

/// Shortens every text and every list in a value.
pub fn bound(value: &mut Value, longest: usize, most: usize) {
    match value {
        Value::String(text) => *text = shortened(text, longest),
        Value::Array(items) => {
            items.truncate(most);
            items.iter_mut().for_each(|item| bound(item, longest, most));
        }
        Value::Object(object) => object.values_mut().for_each(|value| bound(value, longest, most)),
        _ => {}
    }
}

/// As many notes as there is room for, none of them longer than a part of it.
pub fn notes(all: Vec<String>, room: usize) -> Vec<String> {
    let (mut kept, mut left) = (Vec::new(), room.saturating_sub(MORE));
    let count = all.len();
    for note in all {
        let (mut note, whole) = (note.clone(), note);
        let mut longest = room / 2;
        while size(&json!(note)) > room / 2 && longest > 0 {
            note = shortened(&whole, longest);
            longest /= 2;
        }
        let taken = size(&json!(note)) + 1;
        if taken > left {
            kept.push(format!("and {} more notes", count - kept.len()));
            break;
        }
        left -= taken;
        kept.push(note);
    }
    kept
}

/// Makes a result fit, by leaving out whole rows, and of what is no row long texts. Gives back which texts those were.
pub fn fit(value: &mut Value, room: usize, place: Place, cut: &mut Option<Cut>) -> Vec<LeftOut> {
    let mut texts = Vec::new();
    if let Value::Array(rows) = value {
        texts.extend(fit_rows(rows, room));
        let of = rows.len();
        let shown = whole_rows(rows, room);
        if shown < of {
            let of = if cut.is_some() { None } else { Some(of) };
            *cut = Some(Cut { shown, of });
        }
        return texts;
    }
    if let (Value::Object(object), Place::Under(key)) = (&mut *value, place) {
        let list = object.get_mut(key).map(Value::take);
        let left = left_beside(object, room);
        if let (Some(list), Some(place)) = (list, object.get_mut(key)) {
            *place = list;
        }
        if let Some(Value::Array(rows)) = object.get_mut(key) {
            texts.extend(fit_rows(rows, left));
            let of = rows.len();
            let shown = whole_rows(rows, left);
            if shown < of {
                *cut = Some(Cut { shown, of: Some(of) });
            }
        }
    }
    if size_within(value, room).is_none() {
        texts.extend(left_out::without_long_texts(value));
    }
    if let Value::Object(named) = &mut *value
        && is_named(named)
        && size_within(named, room).is_none()
        && entries_within(named, room) > 0
    {
        let of = Some(named.len());
        *cut = Some(Cut { shown: whole_entries(named, room), of });
    }
    for _ in 0..NAMED {
        if size_within(value, room).is_some() {
            return texts;
        }
        let Some(object) = value.as_object_mut() else { break };
        let Some(key) = largest(object) else { break };
        let mut largest = object.get_mut(&key).map(Value::take).unwrap_or_default();
        let left = left_beside(object, room);
        let of = match &largest {
            Value::Array(items) => items.len(),
            Value::Object(named) => named.len(),
            _ => 1,
        };
        let shown = match &mut largest {
            Value::Array(items) => whole_rows(items, left),
            Value::Object(named) if is_named(named) => whole_entries(named, left),
            _ => 0,
        };
        if shown == 0 {
            largest = mark(&largest);
        }
        texts.push(LeftOut {
            id: None,
            field: format!("{} of {of} of {}", of - shown, shortened(&key, LONGEST_NAME)),
        });
        object.insert(key, largest);
    }
    if size_within(value, room).is_none() {
        *value = mark(value);
    }
    texts
}

/// The room that the rest of an object leaves for a member which was taken out.
fn left_beside(object: &Map<String, Value>, room: usize) -> usize {
    size_within(object, room).map_or(0, |others| room - others)
}

fn largest(object: &Map<String, Value>) -> Option<String> {
    object.iter().max_by_key(|(_, value)| value.to_string().len()).map(|(key, _)| key.clone())
}

fn is_named(object: &Map<String, Value>) -> bool {
    object.len() >= NAMED && object.values().all(Value::is_object)
}

fn mark(value: &Value) -> Value {
    let mut mark = json!({ "left_out": true, "characters": value.to_string().len() });
    if let Some(id) = value.get("id") {
        mark["id"] = id.clone();
    }
    mark
}

/// Rows that are too long by themselves lose their long texts, or all but their number.
fn fit_rows(rows: &mut [Value], room: usize) -> Vec<LeftOut> {
    let mut texts = Vec::new();
    for row in rows.iter_mut().filter(|row| size_within(row, room).is_none()) {
        texts.extend(left_out::without_its_long_texts(row));
        if size_within(row, room).is_none() {
            *row = mark(row);
        }
    }
    texts
}

/// Leaves as many whole rows as there is room for, and says how many.
fn whole_rows(rows: &mut Vec<Value>, room: usize) -> usize {
    let mut left = room;
    let fits = rows.iter().map_while(|row| {
        left = left.checked_sub(size_within(row, left)? + 1)?;
        Some(())
    });
    let shown = fits.count();
    rows.truncate(shown);
    shown
}

fn whole_entries(named: &mut Map<String, Value>, room: usize) -> usize {
    let shown = entries_within(named, room);
    let kept: Map<String, Value> = std::mem::take(named).into_iter().take(shown).collect();
    *named = kept;
    shown
}

/// How many of the first entries there is room for.
fn entries_within(named: &Map<String, Value>, room: usize) -> usize {
    // The brackets around them.
    let mut left = room.saturating_sub(2);
    let mut shown = 0;
    for (key, value) in named.iter() {
        let taken = size_within(value, left).map(|value| size(&json!(key)) + value + 2);
        let Some(rest) = taken.and_then(|taken| left.checked_sub(taken)) else { break };
        left = rest;
        shown += 1;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_list_with_names_as_many_are_shown_as_there_is_room_for() {
        let field = |n: usize| (format!("field_{n}"), json!({ "type": "char", "help": "word ".repeat(20) }));
        let all: Map<String, Value> = (0..300).map(field).collect();
        for room in [1000, 4000, 20_000] {
            let (mut value, mut cut) = (Value::from(all.clone()), None);
            assert_eq!(fit(&mut value, room, Place::Whole, &mut cut), []);
            let shown = value.as_object().unwrap().len();
            assert_eq!(cut, Some(Cut { shown, of: Some(300) }));
            assert!(size(&value) <= room && size(&value) > room - 200, "{} of {room}", size(&value));
            assert!(value.as_object().unwrap().iter().all(|(key, value)| all[key] == *value), "whole ones");
        }
        let (mut value, mut cut) = (Value::from(all.clone()), None);
        fit(&mut value, 1_000_000, Place::Whole, &mut cut);
        assert_eq!((cut, value), (None, all.into()), "what fits is whole");
    }
}
