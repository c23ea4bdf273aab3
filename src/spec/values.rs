//! The kinds of values in a spec: how each is read, with this program's own words for what is wrong, and how the
//! schema says the same. `null` where a key may be left out counts as left out; that is `Option`'s doing,
//! but for a domain.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use crate::actions::approvals::{number, patience};
use crate::actions::fields::Fields;
use crate::error::Error;
use crate::json_input;
use crate::operation::Object;

/// A dotted model name, as [`crate::operation::check_model`] takes it.
const MODEL: &str = "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$";
/// A method name.
const METHOD: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// What can be done with requests.
const DEEDS: [&str; 5] = ["list", "show", "wait", "send", "drop"];

/// Declares a kind of value: what it holds, how it is read (a message starts with the place inside the value, or
/// with a colon), and its schema.
macro_rules! value {
    ($(#[$comment:meta])* $name:ident($inner:ty), $read:expr, $schema:expr) => {
        $(#[$comment])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(try_from = "Value")]
        pub struct $name(pub $inner);

        impl TryFrom<Value> for $name {
            type Error = String;

            fn try_from(value: Value) -> Result<$name, String> {
                let read: fn(Value) -> Result<$inner, Error> = $read;
                read(value).map($name).map_err(said)
            }
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

value!(
    /// Any text.
    Text(String),
    text,
    json_schema!({ "type": "string" })
);
value!(
    /// A text that is more than blanks.
    Filled(String),
    text,
    json_schema!({ "type": "string", "pattern": "\\S" })
);
value!(
    /// A model, like `res.partner`.
    Model(String),
    text,
    json_schema!({ "type": "string", "pattern": MODEL })
);
value!(
    /// A method, like `search_count`.
    Method(String),
    text,
    json_schema!({ "type": "string", "pattern": METHOD })
);
value!(
    /// A kind of lookup, or a model.
    LookupKind(String),
    text,
    json_schema!({ "anyOf": [
        { "enum": crate::odoo::lookup::kinds().collect::<Vec<_>>() },
        { "type": "string", "pattern": MODEL.replace(")*$", ")+$") },
    ] })
);
value!(
    /// Yes or no.
    Flag(bool),
    |value| match value {
        Value::Bool(flag) => Ok(flag),
        other => Err(json_input::wrong_type("", "true or false", &other)),
    },
    json_schema!({ "type": "boolean" })
);
value!(
    /// A JSON object.
    JsonObject(Object),
    |value| json_input::object(value, ""),
    json_schema!({ "type": "object" })
);
value!(
    /// Several JSON objects, at least one.
    JsonObjects(Vec<Object>),
    |value| json_input::objects(value, ""),
    json_schema!({ "type": "array", "items": { "type": "object" }, "minItems": 1 })
);
value!(
    /// A domain: a JSON list of conditions and signs. What a condition says is the checks' to judge.
    Domain(Vec<Value>),
    domain,
    json_schema!({ "type": "array", "items": { "anyOf": [
        { "enum": ["&", "|", "!"] },
        { "type": "array", "description": "[field, operator, value]" },
    ] } })
);
value!(
    /// Names.
    Names(Vec<String>),
    |value| json_input::strings(value, ""),
    json_schema!({ "type": "array", "items": { "type": "string" } })
);
value!(
    /// Names that are more than blanks.
    FilledNames(Vec<String>),
    |value| json_input::strings(value, ""),
    json_schema!({ "type": "array", "items": { "type": "string", "pattern": "\\S" } })
);
value!(
    /// Names of fields without a colon and a function.
    Columns(Vec<String>),
    |value| json_input::strings(value, ""),
    json_schema!({ "type": "array", "items": { "type": "string", "pattern": "^[^:]*[^:\\s][^:]*$" } })
);
value!(
    /// Record ids.
    Ids(Vec<i64>),
    |value| json_input::ids(value, ""),
    ids(0)
);
value!(
    /// Record ids, at least one: without them Odoo would do nothing and say that it did.
    SomeIds(Vec<i64>),
    |value| match json_input::ids(value, "")? {
        ids if ids.is_empty() => Err(Error::usage(" is missing or empty: records are needed")),
        ids => Ok(ids),
    },
    ids(1)
);
value!(
    /// Which fields to read.
    FieldNames(Option<Fields>),
    |value| Fields::parse(value, "").map(Some),
    json_schema!({ "type": "array", "items": { "type": "string" } })
);
value!(
    /// Arguments of a method. `ids` and `context` in them are those of the call.
    Arguments(Object),
    |value| json_input::object(value, ""),
    json_schema!({ "type": "object", "properties": { "ids": ids(0), "context": { "type": "object" } } })
);

value!(
    /// What is done with requests.
    Deed(String),
    |value| match value {
        Value::String(text) if DEEDS.contains(&text.as_str()) => Ok(text),
        other => Err(Error::usage(format!(": expected one of {}, and not {other}", DEEDS.join(", ")))),
    },
    json_schema!({ "enum": DEEDS })
);
value!(
    /// How long a person is waited for.
    Patience(Duration),
    |value| match &value {
        Value::String(text) => plain(text)
            .then(|| patience(text))
            .flatten()
            .ok_or_else(|| Error::usage(format!(": expected a time like 90s or 10m, at most 1h, and not {text:?}"))),
        other => Err(json_input::wrong_type("", "a time like 90s or 10m, as a string", other)),
    },
    json_schema!({ "type": "string",
        "pattern": "^(([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)s|([1-9]|[1-5][0-9]|60)m|1h)$" })
);
value!(
    /// The number of a request.
    Number(String),
    |value| match value {
        Value::String(text) => number(&text).map_err(|error| Error::usage(format!(": {}", error.message))),
        other => Err(json_input::wrong_type("", "the number of a request, as a string", &other)),
    },
    json_schema!({ "type": "string",
        "pattern": "^\\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\s*$" })
);

/// One whole number and one unit, as the schema has it.
fn plain(text: &str) -> bool {
    let number = text.trim_end_matches(['s', 'm', 'h']);
    number.len() + 1 == text.len()
        && !number.starts_with('0')
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

impl FieldNames {
    /// The fields that are meant; without any, the usual ones.
    pub fn fields(self) -> Fields {
        self.0.unwrap_or(Fields::Usual)
    }
}

/// A whole number from `MIN`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub struct Whole<const MIN: u32>(pub u32);

impl<const MIN: u32> TryFrom<Value> for Whole<MIN> {
    type Error = String;

    fn try_from(value: Value) -> Result<Whole<MIN>, String> {
        let number = json_input::whole(&value).and_then(|number| u32::try_from(number).ok());
        number
            .filter(|number| *number >= MIN)
            .map(Whole)
            .ok_or_else(|| json_input::wrong_type("", &format!("a whole number from {MIN}"), &value).message)
    }
}

impl<const MIN: u32> JsonSchema for Whole<MIN> {
    fn schema_name() -> Cow<'static, str> {
        format!("Whole{MIN}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": u32::MAX })
    }
}

fn domain(value: Value) -> Result<Vec<Value>, Error> {
    let items = json_input::domain(value, "")?;
    let is_sound = |item: &Value| item.is_array() || matches!(item.as_str(), Some("&" | "|" | "!"));
    let Some(index) = items.iter().position(|item| !is_sound(item)) else { return Ok(items) };
    if let [Value::String(_), Value::String(_), _] = items.as_slice() {
        let message =
            "this is one condition, a domain is a list of conditions: put it into another pair of brackets";
        return Err(Error::usage(format!(": {message}")));
    }
    let found = items.get(index).map(Value::to_string).unwrap_or_default();
    Err(Error::usage(format!(
        "[{index}]: {found} is neither a condition [field, operator, value] nor one of & | !"
    )))
}

/// An error of a value on one line: its place is put before it, and there is nothing else to carry its hints.
fn said(error: Error) -> String {
    let hints = error.hints.iter().filter_map(|hint| hint.as_text().map(str::to_string));
    std::iter::once(error.message.clone()).chain(hints).collect::<Vec<_>>().join("; ")
}

fn text(value: Value) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(json_input::wrong_type("", "a string", &other)),
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
