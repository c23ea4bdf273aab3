//! A number between two, and one of several words, as arguments.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::said;
use crate::arguments::{Choice, Form, Shape, Valued};
use crate::error::Error;
use crate::json_input;

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
