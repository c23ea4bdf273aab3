//! What requests, calls and runs are named by, as arguments.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::said;
use crate::arguments::{Form, Shape, Valued};
use crate::error::Error;
use crate::hint::{Action, Hint};
use crate::json_input;
use crate::text::sanitize::json_for_terminal;
use crate::waiting;

value!(
    /// The number of a request.
    Number(String),
    Shape::Word("REQUEST"),
    |value, place| match &value {
        Value::String(text) => waiting::number(text).ok_or_else(|| {
            Error::usage(format!("{place}: {text:?} is not the number of a request: nothing was sent")).with_hint(
                Hint::new("a refused call names it, like 5591aa8a-f0ee-4af3-9370-39fff0719bac: ")
                    .action(Action::new("approvals list"))
                    .text(" has them all"),
            )
        }),
        other => Err(json_input::wrong_type(place, "the number of a request, as a string", other)),
    },
    json_schema!({ "type": "string",
        "pattern": "^\\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\s*$" })
);

value!(
    /// An entry of the journal: its id, or the first digits of one.
    EntryId(String),
    Shape::Word("ID"),
    |value, place| match &value {
        Value::String(text) if is_entry(text.trim()) => Ok(text.trim().to_string()),
        Value::String(text) => Err(Error::usage(format!(
            "{place}: {text:?} is no id of the journal, which has {SHORTEST_ID} to {LONGEST_ID} digits from 0 to f: nothing was sent"
        ))
        .with_hint(Hint::default().action(Action::new("journal list")).text(" has what there is"))),
        other => Err(json_input::wrong_type(place, "an id of the journal, as a string", other)),
    },
    json_schema!({ "type": "string", "pattern": "^\\s*[0-9a-f]{4,12}\\s*$" })
);
value!(
    /// A name under which something is done once.
    IdempotencyKey(String),
    Shape::Word("TEXT"),
    |value, place| match value {
        Value::String(text)
            if !text.trim().is_empty() && text.chars().count() <= 200 && json_for_terminal(&text) == text =>
        {
            Ok(text)
        }
        Value::String(_) => Err(Error::usage(format!(
            "{place}: expected a name of 1 to 200 characters on one line, each of which can be seen: nothing was sent"
        ))),
        other => Err(json_input::wrong_type(place, "a name, as a string", &other)),
    },
    json_schema!({ "type": "string", "pattern": "\\S", "maxLength": 200 })
);
value!(
    /// What the calls of one run have in common.
    RunId(String),
    Shape::Word("RUN"),
    |value, place| match value {
        Value::String(text) if text.len() == 8 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) => Ok(text),
        Value::String(text) => Err(Error::usage(format!(
            "{place}: {text:?} is no run, which has 8 digits from 0 to f: nothing was sent"
        ))
        .with_hint(Hint::default().action(Action::new("journal list")).text(" names the run of each call"))),
        other => Err(json_input::wrong_type(place, "a run, as a string", &other)),
    },
    json_schema!({ "type": "string", "pattern": "^[0-9a-f]{8}$" })
);

const SHORTEST_ID: usize = 4;
const LONGEST_ID: usize = 12;

fn is_entry(text: &str) -> bool {
    (SHORTEST_ID..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_under_which_something_is_done_once_is_seen_as_it_is() {
        let long = "x".repeat(200);
        for right in ["a", " a b ", "7f0c-41", "Łódź 北京 👩\u{200d}👩\u{200d}👧", "\"q\" \\n", &long]
        {
            assert_eq!(IdempotencyKey::try_from(Value::from(right)).unwrap().0, right);
        }
        let longer = "x".repeat(201);
        for wrong in
            ["", "  ", "a\nb", "a\n", "a\tb", "a\u{0}", "a\u{202e}b", "a\u{200b}", "a\u{1b}[1m", &longer]
        {
            assert!(IdempotencyKey::try_from(Value::from(wrong)).is_err(), "{wrong:?}");
        }
    }
}
