//! The kinds of values that arguments have: how each is read, with this program's own words for what is wrong, how the
//! schema says the same, and how a command line writes it. `null` where a key may be left out counts as left out;
//! that is `Option`'s doing, but for a domain.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::{Choice, Form, Shape, Valued};
use crate::error::Error;
use crate::hint::{Action, Hint};
use crate::json_input;
use crate::operation::Object;
use crate::settings::{TIMEOUT_FORM, parse_timeout};
use crate::waiting;

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
    json_schema!({ "type": "array", "items": { "anyOf": [
        { "enum": ["&", "|", "!"] },
        { "type": "array", "description": "[field, operator, value]" },
    ] } }),
    sound
);
value!(
    /// Conditions on sums: the same, short enough for a line.
    Having(Vec<Value>),
    Shape::JsonWord("a JSON list"),
    json_input::list,
    json_schema!({ "type": "array", "items": { "anyOf": [
        { "enum": ["&", "|", "!"] },
        { "type": "array", "description": "[field, operator, value]" },
    ] } }),
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
value!(
    /// How long a person is waited for.
    Patience(Duration),
    Shape::Duration,
    |value, place| match &value {
        Value::String(text) => plain(text).then(|| parse_timeout(text)).flatten().ok_or_else(|| {
            Error::usage(format!("{place}: expected {TIMEOUT_FORM}, as one whole number and one unit, and not {text:?}"))
        }),
        other => Err(json_input::wrong_type(place, "a time like 90s or 10m, as a string", other)),
    },
    json_schema!({ "type": "string",
        "pattern": "^(([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)s|([1-9]|[1-5][0-9]|60)m|1h)$" })
);
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
        Value::String(text) if !text.trim().is_empty() && text.chars().count() <= 200 => Ok(text),
        Value::String(_) => {
            Err(Error::usage(format!("{place}: expected a name of 1 to 200 characters: nothing was sent")))
        }
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
value!(
    /// A time, or how long ago.
    Since(When),
    Shape::Word("TIME"),
    |value, place| match &value {
        Value::String(text) => When::read(text).ok_or_else(|| {
            Error::usage(format!("{place}: expected a day like 2026-02-28, a time like 2026-02-28T10:00:00Z, or how long ago, like 2h or 3d, and not {text:?}"))
        }),
        other => Err(json_input::wrong_type(place, "a time, as a string", other)),
    },
    json_schema!({ "type": "string", "pattern": format!("^({SPAN}|{MOMENT})$") })
);
value!(
    /// A span of time of any length.
    Span(Duration),
    Shape::Word("DURATION"),
    |value, place| match &value {
        Value::String(text) => span(text).ok_or_else(|| {
            Error::usage(format!("{place}: expected a duration, like 90s, 10m or 2h, and not {text:?}"))
        }),
        other => Err(json_input::wrong_type(place, "a duration, as a string", other)),
    },
    json_schema!({ "type": "string", "pattern": format!("^{SPAN}$") })
);

/// One whole number and one unit.
const SPAN: &str = "[0-9]{1,6}[smhdw]";
/// A day, or a time of one, UTC.
const MOMENT: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}Z?)?";

fn span(text: &str) -> Option<Duration> {
    let number = text.strip_suffix(['s', 'm', 'h', 'd', 'w'])?;
    let is_plain = (1..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { humantime::parse_duration(text).ok() } else { None }
}

/// A point in time, as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So long before now.
    Ago(Duration),
    /// This second since the epoch, UTC.
    At(u64),
}

impl Default for When {
    fn default() -> When {
        When::At(0)
    }
}

impl When {
    fn read(text: &str) -> Option<When> {
        if let Some(ago) = span(text) {
            return Some(When::Ago(ago));
        }
        let is_plain =
            matches!(text.len(), 10 | 19 | 20) && text.is_ascii() && !text.contains(['t', 'z', '.']);
        let whole = if text.len() == "2026-02-28".len() {
            format!("{text}T00:00:00Z")
        } else {
            text.replace(' ', "T")
        };
        let time = humantime::parse_rfc3339_weak(&whole).ok().filter(|_| is_plain)?;
        time.duration_since(std::time::UNIX_EPOCH).ok().map(|since| When::At(since.as_secs()))
    }

    /// The second that is meant.
    pub fn second(self, now: u64) -> u64 {
        match self {
            When::Ago(ago) => now.saturating_sub(ago.as_secs()),
            When::At(second) => second,
        }
    }
}

const SHORTEST_ID: usize = 4;
const LONGEST_ID: usize = 12;

fn is_entry(text: &str) -> bool {
    (SHORTEST_ID..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// One whole number and one unit, as the schema has it.
fn plain(text: &str) -> bool {
    let number = text.trim_end_matches(['s', 'm', 'h']);
    number.len() + 1 == text.len()
        && !number.starts_with('0')
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub struct Whole<const MIN: u32, const MAX: u32 = { u32::MAX }>(pub u32);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    fn read(value: &Value, place: &str) -> Result<Whole<MIN, MAX>, Error> {
        let number = json_input::whole(value).and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| *number >= MIN) {
            Some(number) if number <= MAX => Ok(Whole(number)),
            Some(_) => Err(Error::usage(format!("{place}: expected at most {MAX}"))),
            None => Err(json_input::wrong_type(place, &format!("a whole number from {MIN}"), value)),
        }
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<Value> for Whole<MIN, MAX> {
    type Error = String;

    fn try_from(value: Value) -> Result<Whole<MIN, MAX>, String> {
        Whole::read(&value, "").map_err(said)
    }
}

impl<const MIN: u32, const MAX: u32> Valued for Whole<MIN, MAX> {
    const FORM: Form = Form {
        shape: Shape::Whole(MIN, MAX),
        check: |value, place| Whole::<MIN, MAX>::read(&value, place).map(|_| ()),
        exact: |_, _| Ok(()),
    };
}

impl<const MIN: u32, const MAX: u32> JsonSchema for Whole<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Whole{MIN}to{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// What a verb does that does several things: each verb of the kind has a list of its own.
pub trait Choices {
    /// They.
    const LIST: &'static [Choice];
}

/// One of the words of `C`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value", bound = "C: Choices")]
pub struct OneOf<C>(pub String, PhantomData<C>);

impl<C: Choices> OneOf<C> {
    fn read(value: Value, place: &str) -> Result<OneOf<C>, Error> {
        let words: Vec<&str> = C::LIST.iter().map(|choice| choice.word).collect();
        match value {
            Value::String(text) if words.contains(&text.as_str()) => Ok(OneOf(text, PhantomData)),
            other => {
                Err(Error::usage(format!("{place}: expected one of {}, and not {other}", words.join(", "))))
            }
        }
    }
}

impl<C: Choices> TryFrom<Value> for OneOf<C> {
    type Error = String;

    fn try_from(value: Value) -> Result<OneOf<C>, String> {
        OneOf::read(value, "").map_err(said)
    }
}

impl<C: Choices> Valued for OneOf<C> {
    const FORM: Form = Form {
        shape: Shape::Choice(C::LIST),
        check: |value, place| OneOf::<C>::read(value, place).map(|_| ()),
        exact: |_, _| Ok(()),
    };
}

impl<C: Choices> JsonSchema for OneOf<C> {
    fn schema_name() -> Cow<'static, str> {
        "OneOf".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": C::LIST.iter().map(|choice| choice.word).collect::<Vec<_>>() })
    }
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
    Err(Error::usage(format!(
        "{place}[{index}]: {} is neither a condition [field, operator, value] nor one of & | !",
        items[index]
    )))
}

/// An error of a value on one line: its place is put before it, and there is nothing else to carry its hints.
fn said(error: Error) -> String {
    let hints = error.hints.iter().filter_map(|hint| hint.as_text().map(str::to_string));
    std::iter::once(error.message.clone()).chain(hints).collect::<Vec<_>>().join("; ")
}

fn text(value: Value, place: &str) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(json_input::wrong_type(place, "a string", &other)),
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
