//! The kinds of values that arguments have: how each is read, with this program's own words for what is wrong, how the
//! schema says the same, and how a command line writes it. `null` where a key may be left out counts as left out;
//! that is `Option`'s doing, but for a domain.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::{Form, Shape, Valued};
use crate::error::Error;
use crate::json_input;
use crate::operation::Object;

/// A dotted model name, as [`crate::operation::check_model`] takes it.
const MODEL: &str = "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$";
/// A method name.
const METHOD: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// Declares a kind of value: what it holds, how a command line writes it, how it is read (a message starts with the
/// place, the place inside it or a colon), and its schema.
macro_rules! value {
    ($(#[$comment:meta])* $name:ident($inner:ty), $shape:expr, $read:expr, $schema:expr) => {
        value!($(#[$comment])* $name($inner), $shape, $read, $schema, |_, _| Ok(()));
    };
    ($(#[$comment:meta])* $name:ident($inner:ty), $shape:expr, $read:expr, $schema:expr, $exact:expr) => {
        $(#[$comment])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(try_from = "Value")]
        pub struct $name(pub $inner);

        impl TryFrom<Value> for $name {
            type Error = String;

            fn try_from(value: Value) -> Result<$name, String> {
                $name::read(value, "").map_err(said)
            }
        }

        impl $name {
            /// Reads one that stands at a place.
            fn read(value: Value, place: &str) -> Result<$name, Error> {
                let read: fn(Value, &str) -> Result<$inner, Error> = $read;
                read(value, place).map($name)
            }
        }

        impl Valued for $name {
            const FORM: Form =
                Form { shape: $shape, check: |value, place| $name::read(value, place).map(|_| ()), exact: $exact };
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

mod choices;
mod names;
mod times;

pub use choices::{Choices, OneOf, Whole};
pub use names::{EntryId, IdempotencyKey, Number, RunId};
pub use times::{Patience, Since, Span, When};

value!(
    /// Any text.
    Text(String),
    Shape::Word("TEXT"),
    text,
    json_schema!({ "type": "string" })
);
value!(
    /// A text that is more than blanks.
    Filled(String),
    Shape::Word("TEXT"),
    text,
    json_schema!({ "type": "string", "pattern": "\\S" })
);
value!(
    /// A model, like `res.partner`.
    Model(String),
    Shape::Word("MODEL"),
    text,
    json_schema!({ "type": "string", "pattern": MODEL })
);
value!(
    /// A method, like `search_count`.
    Method(String),
    Shape::Word("METHOD"),
    text,
    json_schema!({ "type": "string", "pattern": METHOD })
);
value!(
    /// A kind of lookup, or a model.
    LookupKind(String),
    Shape::Word("KIND"),
    text,
    json_schema!({ "anyOf": [
        { "enum": crate::odoo::lookup::kinds().collect::<Vec<_>>() },
        { "type": "string", "pattern": MODEL.replace(")*$", ")+$") },
    ] })
);
value!(
    /// Yes or no.
    Flag(bool),
    Shape::Flag,
    |value, place| match value {
        Value::Bool(flag) => Ok(flag),
        other => Err(json_input::wrong_type(place, "true or false", &other)),
    },
    json_schema!({ "type": "boolean" })
);
value!(
    /// A JSON object.
    JsonObject(Object),
    Shape::Json("a JSON object"),
    json_input::object,
    json_schema!({ "type": "object" })
);
value!(
    /// Several JSON objects, at least one.
    JsonObjects(Vec<Object>),
    Shape::Json("a JSON list of objects"),
    json_input::objects,
    json_schema!({ "type": "array", "items": { "type": "object" }, "minItems": 1 })
);
value!(
    /// A domain: a JSON list of conditions and signs. What a condition says is the checks' to judge.
    Domain(Vec<Value>),
    Shape::Json("a JSON list"),
    json_input::domain,
    conditions(),
    sound
);
value!(
    /// Conditions on sums: the same, short enough for a line.
    Having(Vec<Value>),
    Shape::JsonWord("a JSON list"),
    json_input::list,
    conditions(),
    sound
);
value!(
    /// Names.
    Names(Vec<String>),
    Shape::Names("NAME"),
    json_input::strings,
    json_schema!({ "type": "array", "items": { "type": "string" } })
);
value!(
    /// Names of fields, or of fields with a period, that are more than blanks.
    Groups(Vec<String>),
    Shape::Columns,
    json_input::strings,
    json_schema!({ "type": "array", "items": { "type": "string", "pattern": "\\S" } })
);
value!(
    /// Names of fields without a colon and a function.
    Columns(Vec<String>),
    Shape::Columns,
    json_input::strings,
    json_schema!({ "type": "array", "items": { "type": "string", "pattern": "^[^:]*[^:\\s][^:]*$" } })
);
value!(
    /// Names of fields in one list; which there are is the checks' to judge.
    Listed(Vec<String>),
    Shape::Columns,
    json_input::strings,
    json_schema!({ "type": "array", "items": { "type": "string" } })
);
value!(
    /// Record ids.
    Ids(Vec<i64>),
    Shape::Ids,
    json_input::ids,
    ids(0)
);
value!(
    /// Record ids, at least one: without them Odoo would do nothing and say that it did.
    SomeIds(Vec<i64>),
    Shape::Ids,
    |value, place| match json_input::ids(value, place)? {
        ids if ids.is_empty() => {
            Err(Error::usage(format!("{place} is missing or empty: records are needed")))
        }
        ids => Ok(ids),
    },
    ids(1)
);
value!(
    /// Which fields to read: names, `*` for all.
    FieldNames(Vec<String>),
    Shape::Fields,
    json_input::strings,
    json_schema!({ "type": "array", "items": { "type": "string" } })
);
value!(
    /// Arguments of a method. `ids` and `context` in them are those of the call.
    MethodArguments(Object),
    Shape::Json("a JSON object"),
    json_input::object,
    json_schema!({ "type": "object", "properties": { "ids": ids(0), "context": { "type": "object" } } })
);

fn conditions() -> Schema {
    json_schema!({ "type": "array", "items": { "anyOf": [
        { "enum": ["&", "|", "!"] },
        { "type": "array", "description": "[field, operator, value]" },
    ] } })
}

/// Conditions and signs, and nothing else.
fn sound(value: &Value, place: &str) -> Result<(), Error> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_sound = |item: &Value| item.is_array() || matches!(item.as_str(), Some("&" | "|" | "!"));
    let Some(index) = items.iter().position(|item| !is_sound(item)) else { return Ok(()) };
    if let [Value::String(_), Value::String(_), _] = items {
        let message =
            "this is one condition, a domain is a list of conditions: put it into another pair of brackets";
        return Err(Error::usage(format!("{place}: {message}")));
    }
    let error = Error::usage(format!(
        "{place}[{index}]: {} is neither a condition [field, operator, value] nor one of & | !",
        items[index]
    ));
    Err(error.with_hints(crate::json_slips::of_condition(&items[index])))
}

/// An error of a value on one line: its place is put before it, and there is nothing else to carry its hints.
fn said(error: Error) -> String {
    let hints = error.hints.iter().filter_map(|hint| hint.as_text().map(str::to_string));
    std::iter::once(error.message.clone()).chain(hints).collect::<Vec<_>>().join("; ")
}

fn text(value: Value, place: &str) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text),
        other => {
            let error = json_input::wrong_type(place, "a string", &other);
            Err(match crate::json_slips::as_terms(&other) {
                Some(terms) => error.with_hint(Value::from(terms).to_string()),
                None => error,
            })
        }
    }
}

fn ids(at_least: u32) -> Schema {
    let mut schema =
        json_schema!({ "type": "array", "items": { "type": "integer", "minimum": 1, "maximum": i64::MAX } });
    if at_least > 0 {
        schema.insert("minItems".into(), at_least.into());
    }
    schema
}
