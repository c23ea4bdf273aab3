//! Answers without what does not leave: fields by their names at any depth, and the names of records where they stand
//! beside their numbers.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use memchr::memchr2;
use serde_json::Value;

use super::{Why, Withheld};
use crate::knowledge::names;
use crate::operation::Object;
use crate::policy::document::Redaction;
use crate::policy::facts::{Facts, Lead};
use crate::policy::pattern::ModelPattern;

impl Withheld {
    /// An answer without them, and which they were; none where there were none.
    ///
    /// # Errors
    /// There may be some, and the answer cannot be looked through.
    pub fn without(&self, answer: &str, facts: &Facts) -> serde_json::Result<Option<(Value, Vec<String>)>> {
        if !self.has_key(answer) && !self.policies.redact() {
            return Ok(None);
        }
        let mut value: Value = serde_json::from_str(answer)?;
        let mut out = Vec::new();
        self.strip(&mut value, 0, &mut out);
        if self.withholds_names() {
            self.strip_names(&mut value, 0, Some(facts), &mut out);
        }
        self.strip_repeated(&mut value, facts, &mut out);
        Ok((!out.is_empty()).then_some((value, out)))
    }

    /// Takes them out of a value that is kept here, as far as its fields are known.
    pub fn strip_kept(&self, value: &mut Value, facts: &Facts) {
        let mut out = Vec::new();
        self.strip(value, 0, &mut out);
        if self.withholds_names() {
            self.strip_names(value, 0, Some(facts), &mut out);
        }
        self.strip_repeated(value, facts, &mut out);
    }

    /// Takes them out of a value that is at hand. Where its fields lead is not known.
    pub fn strip_from(&self, value: &mut Value) {
        self.strip(value, 0, &mut Vec::new());
        if self.withholds_names() {
            self.strip_names(value, 0, None, &mut Vec::new());
        }
    }

    /// Whether the names of records of any model do not leave.
    fn withholds_names(&self) -> bool {
        let withholds = |it: &Redaction| {
            let model = it.model.as_ref().and_then(ModelPattern::named);
            let mut all = names::made_of("display_name").iter().chain(&["display_name"]);
            all.any(|name| it.field.holds(name))
                || names::shown_in_any(model).any(|name| it.field.holds(name))
        };
        self.policies.enforced().any(|loaded| loaded.document.redact.iter().any(withholds))
    }

    /// Takes the names out of pairs of a record's number and its name: what is left is the number, as Odoo takes and
    /// gives it too.
    fn strip_names(&self, value: &mut Value, depth: usize, facts: Option<&Facts>, out: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                items.iter_mut().for_each(|item| self.strip_names(item, depth, facts, out));
            }
            Value::Object(object) => {
                let wrapped = if depth == 0 { wrapped(object) } else { None };
                for (name, inner) in object.iter_mut() {
                    let is_same = wrapped == Some(name.as_str()) || name == "__records";
                    let number = number_of_pair(inner);
                    if !is_same && (number.is_some() || holds_names(inner)) {
                        let to = facts.filter(|_| depth == 0).map(|facts| self.end_of(name, facts));
                        let is_out = match to.unwrap_or(Lead::Unknown) {
                            Lead::To { model, .. } => self.of(&model).is("display_name", 0).is_some(),
                            Lead::Nowhere => false,
                            // It may be of any model.
                            Lead::Unknown => number.is_some(),
                        };
                        if is_out {
                            let told = format!("the name in {name}");
                            if !out.contains(&told) {
                                out.push(told);
                            }
                            match number {
                                Some(number) => *inner = number,
                                None => take_names(inner),
                            }
                        }
                    }
                    self.strip_names(inner, depth + usize::from(!is_same), facts, out);
                }
            }
            _ => {}
        }
    }

    /// Takes out the texts that Odoo makes of what is withheld, and nobody writes, as far as it tells of what.
    fn strip_repeated(&self, value: &mut Value, facts: &Facts, out: &mut Vec<String>) {
        if !self.policies.redact() {
            return;
        }
        let mut known: HashMap<String, bool> = HashMap::new();
        let mut rows = Vec::new();
        rows_of(value, &mut rows);
        for row in rows {
            row.retain(|name, value| {
                let is_told = matches!(value, Value::String(_) | Value::Number(_)) && name != "id";
                let is_told = is_told && name != "display_name";
                let is_out = is_told
                    && *known
                        .entry(name.clone())
                        .or_insert_with(|| self.shows_withheld(name, facts, &mut HashSet::new()));
                if is_out && !out.contains(name) {
                    out.push(name.clone());
                }
                !is_out
            });
        }
    }

    /// Where a field of a row leads, which may be a path, or a part of a date.
    fn end_of(&self, key: &str, facts: &Facts) -> Lead {
        let path = key.split(':').next().unwrap_or(key);
        let mut model = self.model.given.clone();
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            match (facts.lead)(&model, part) {
                Lead::To { model: to, .. } if parts.peek().is_some() => model = to,
                lead => return lead,
            }
        }
        Lead::Unknown
    }

    /// Looks through the keys of a JSON text, without making anything of it.
    fn has_key(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        // Rows have the same keys over and over, and in the same order.
        let (mut seen, mut order): (HashSet<Cow<str>>, Vec<Cow<str>>) = (HashSet::new(), Vec::new());
        let mut next = 0;
        let mut at = 0;
        while let Some(quote) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')) {
            let start = at + quote + 1;
            let mut end = start;
            let mut is_escaped = false;
            while let Some(special) = bytes.get(end..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
                end += special;
                if bytes.get(end) == Some(&b'"') {
                    break;
                }
                is_escaped = true;
                end += 2;
            }
            at = end + 1;
            let blanks = bytes
                .get(at..)
                .map_or(0, |rest| rest.iter().take_while(|it| it.is_ascii_whitespace()).count());
            if bytes.get(at + blanks) == Some(&b':') {
                let key = text.get(start..end).unwrap_or_default();
                // Written with escapes it may be the same; what is no text is the name of nothing.
                let plain = |key: &str| serde_json::from_str::<String>(&format!("\"{key}\"")).ok();
                let key = if is_escaped { plain(key).map(Cow::Owned) } else { Some(Cow::Borrowed(key)) };
                let Some(key) = key else { continue };
                if let Some(place) = [next, 0].into_iter().find(|place| order.get(*place) == Some(&key)) {
                    next = place + 1;
                    continue;
                }
                if seen.contains(&key) {
                    continue;
                }
                if self.is(&key, 1).is_some() {
                    return true;
                }
                seen.insert(key.clone());
                order.push(key);
                next = order.len();
            }
        }
        false
    }

    fn strip(&self, value: &mut Value, depth: usize, out: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.strip(item, depth, out)),
            Value::Object(object) => {
                object.retain(|name, value| {
                    let is_out = match self.is(name, depth) {
                        // What is no text is no secret: a description of the field, or that there is none.
                        Some(Why::Secret) => matches!(value, Value::String(_) | Value::Number(_)),
                        Some(Why::Redacted) => true,
                        None => false,
                    };
                    if is_out && !out.contains(name) {
                        out.push(name.clone());
                    }
                    !is_out
                });
                let wrapped = if depth == 0 { wrapped(object) } else { None };
                for (name, inner) in object.iter_mut() {
                    let deeper = usize::from(wrapped != Some(name.as_str()) && name != "__records");
                    self.strip(inner, depth + deeper, out);
                }
            }
            _ => {}
        }
    }
}

/// Where an answer holds the records themselves, if it is no record: `{"length": 1, "records": [{…}]}`, groups
/// likewise, and the values of a form.
fn wrapped(object: &Object) -> Option<&'static str> {
    let is_list = |name: &str| object.get(name).is_some_and(Value::is_array);
    if object.contains_key("id") {
        return None;
    }
    if object.get("length").is_some_and(Value::is_number) {
        return ["records", "groups"].into_iter().find(|name| is_list(name));
    }
    object.get("value").is_some_and(Value::is_object).then_some("value")
}

/// The records of an answer, however it holds them.
fn rows_of<'v>(value: &'v mut Value, rows: &mut Vec<&'v mut Object>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rows_of(item, rows)),
        Value::Object(object) => match wrapped(object) {
            Some(name) => object.get_mut(name).into_iter().for_each(|inner| rows_of(inner, rows)),
            None => rows.push(object),
        },
        _ => {}
    }
}

/// The number in `[7, "Azure Interior"]`.
fn number_of_pair(value: &Value) -> Option<Value> {
    match value.as_array().map(Vec::as_slice) {
        Some([number @ Value::Number(_), Value::String(_)]) if number.is_i64() => Some(number.clone()),
        _ => None,
    }
}

/// Whether records are told whole, with their names.
fn holds_names(value: &Value) -> bool {
    match value {
        Value::Array(rows) => rows.iter().any(|row| row.get("display_name").is_some()),
        row => row.get("display_name").is_some(),
    }
}

/// Takes those names out.
fn take_names(value: &mut Value) {
    match value {
        Value::Array(rows) => rows.iter_mut().for_each(take_names),
        Value::Object(row) => drop(row.shift_remove("display_name")),
        _ => {}
    }
}
