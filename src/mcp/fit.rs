//! Makes a result fit into an answer: whole rows are left out, and of what is no row long texts. How to go on is not
//! said here.

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
        let others = size(&Value::Object(object.clone())) - object.get(key).map_or(0, size);
        if let Some(Value::Array(rows)) = object.get_mut(key) {
            let left = room.saturating_sub(others);
            texts.extend(fit_rows(rows, left));
            let of = rows.len();
            let shown = whole_rows(rows, left);
            if shown < of {
                *cut = Some(Cut { shown, of: Some(of) });
            }
        }
    }
    if size(value) > room {
        texts.extend(left_out::without_long_texts(value));
    }
    for _ in 0..NAMED {
        let whole = size(value);
        if whole <= room {
            return texts;
        }
        let Some((key, largest)) = largest(value) else { break };
        let left = room.saturating_sub(whole - size(largest));
        let of = match &*largest {
            Value::Array(items) => items.len(),
            Value::Object(named) => named.len(),
            _ => 1,
        };
        let shown = match largest {
            Value::Array(items) => whole_rows(items, left),
            Value::Object(named) if is_named(named) => whole_entries(named, left),
            _ => 0,
        };
        if shown == 0 {
            *largest = mark(largest);
        }
        texts.push(LeftOut {
            id: None,
            field: format!("{} of {of} of {}", of - shown, shortened(&key, LONGEST_NAME)),
        });
    }
    if size(value) > room {
        *value = mark(value);
    }
    texts
}

fn largest(value: &mut Value) -> Option<(String, &mut Value)> {
    let object = value.as_object_mut()?;
    let (key, value) = object.iter_mut().max_by_key(|(_, value)| size(value))?;
    Some((key.clone(), value))
}

fn is_named(object: &Map<String, Value>) -> bool {
    object.len() >= NAMED && object.values().all(Value::is_object)
}

fn mark(value: &Value) -> Value {
    let mut mark = json!({ "left_out": true, "characters": size(value) });
    if let Some(id) = value.get("id") {
        mark["id"] = id.clone();
    }
    mark
}

/// Rows that are too long by themselves lose their long texts, or all but their number.
fn fit_rows(rows: &mut [Value], room: usize) -> Vec<LeftOut> {
    let mut texts = Vec::new();
    for row in rows.iter_mut().filter(|row| size(row) > room) {
        texts.extend(left_out::without_long_texts(row));
        if size(row) > room {
            *row = mark(row);
        }
    }
    texts
}

/// Leaves as many whole rows as there is room for, and says how many.
fn whole_rows(rows: &mut Vec<Value>, room: usize) -> usize {
    let mut left = room;
    let fits = rows.iter().take_while(|row| {
        let taken = size(row) + 1;
        let is_room = taken <= left;
        left = left.saturating_sub(taken);
        is_room
    });
    let shown = fits.count();
    rows.truncate(shown);
    shown
}

fn whole_entries(named: &mut Map<String, Value>, room: usize) -> usize {
    let mut left = room;
    let mut shown = 0;
    for (key, value) in named.iter() {
        let taken = size(&json!(key)) + size(value) + 2;
        if taken > left {
            break;
        }
        left -= taken;
        shown += 1;
    }
    let kept: Map<String, Value> = std::mem::take(named).into_iter().take(shown).collect();
    *named = kept;
    shown
}
