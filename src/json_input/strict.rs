//! One JSON value out of a text, read strictly: duplicate keys and numbers that cannot be carried exactly are errors,
//! with the place they stand. It knows neither where the text comes from nor what the value is for.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::map::Entry;

use crate::json_slips;
use crate::operation::Object;

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Strict, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

/// The name under which serde_json hands over the digits of a number that 64 bits do not hold.
const DIGITS: &str = "$serde_json::private::Number";

/// A number with the digits that came.
fn number(digits: &str) -> std::result::Result<Value, String> {
    let number: serde_json::Number = digits.parse().map_err(|_| "this is no number".to_string())?;
    let is_whole = digits.bytes().all(|digit| digit == b'-' || digit.is_ascii_digit());
    if !is_whole && !digits.parse::<f64>().is_ok_and(f64::is_finite) {
        return Err("this number is larger than any that Odoo can hold".into());
    }
    Ok(Value::Number(number))
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key == DIGITS && object.is_empty() {
                return number(&entries.next_value::<String>()?).map_err(de::Error::custom);
            }
            let Strict(value) = entries.next_value()?;
            match object.entry(key) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(other) => {
                    return Err(de::Error::custom(format!("the key {:?} stands twice", other.key())));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// Parses one JSON value.
///
/// # Errors
/// What is wrong and its line and column, without the text itself.
pub fn parse(text: &str) -> std::result::Result<Value, String> {
    serde_json::from_str::<Strict>(text.strip_prefix('\u{feff}').unwrap_or(text))
        .map(|strict| strict.0)
        .map_err(|error| json_slips::half_character(text).unwrap_or_else(|| error.to_string()))
}
