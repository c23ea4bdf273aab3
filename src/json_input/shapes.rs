//! A value taken as the type that is expected, or the error that names both and the way on. It reads no text.

use serde_json::Value;

use super::strict::parse;
use crate::error::{Code, Error, Result};
use crate::json_slips;
use crate::operation::Object;

/// What a value is, for messages.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The same without its article: this list.
pub fn bare_type_name(value: &Value) -> &'static str {
    let name = type_name(value);
    name.split_once(' ').map_or(name, |(_, bare)| bare)
}

/// Takes an object or says where it was expected.
pub fn object(value: Value, place: &str) -> Result<Object> {
    match value {
        Value::Object(object) => Ok(object),
        other => {
            let error = in_a_string(wrong_type(place, "an object", &other), &other);
            Err(match other.as_array().map(Vec::as_slice) {
                Some([one @ Value::Object(_)]) => {
                    error.with_hint(format!("the same without the brackets: {one}"))
                }
                _ => error,
            })
        }
    }
}

/// Takes a list or says where it was expected.
pub fn list(value: Value, place: &str) -> Result<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(in_a_string(wrong_type(place, "a list", &other), &other)),
    }
}

/// Takes a domain: a list, and nothing that other programs take for a filter.
pub fn domain(value: Value, place: &str) -> Result<Vec<Value>> {
    let hint = match &value {
        Value::String(text) if parse(text).is_ok() => None,
        _ => json_slips::of_domain(&value),
    };
    list(value, place).map_err(|error| error.with_hints(hint))
}

/// JSON in a string, as programs wrap it that pass JSON on.
fn in_a_string(error: Error, found: &Value) -> Error {
    match found
        .as_str()
        .and_then(|text| parse(text).ok())
        .filter(|inner| inner.is_array() || inner.is_object())
    {
        Some(inner) => error.with_hint(format!("the same without the quotes around it: {inner}")),
        None => error,
    }
}

/// Takes a list of objects.
pub fn objects(value: Value, place: &str) -> Result<Vec<Object>> {
    list(value, place)?
        .into_iter()
        .enumerate()
        .map(|(index, item)| object(item, &format!("{place}[{index}]")))
        .collect()
}

/// Takes a list of strings.
pub fn strings(value: Value, place: &str) -> Result<Vec<String>> {
    let names: Vec<&str> =
        value.as_str().filter(|text| parse(text).is_err()).map(json_slips::as_names).unwrap_or_default();
    let hint = (!names.is_empty()).then(|| Value::from(names).to_string());
    list(value, place)
        .map_err(|error| error.with_hints(hint))?
        .into_iter()
        .enumerate()
        .map(|(index, item)| match item {
            Value::String(text) => Ok(text),
            other => Err(wrong_type(&format!("{place}[{index}]"), "a string", &other)),
        })
        .collect()
}

/// Takes a list of record ids: whole numbers from 1.
pub fn ids(value: Value, place: &str) -> Result<Vec<i64>> {
    let hint = match &value {
        Value::Number(id) => Some(format!("[{id}]")),
        Value::String(text) => json_slips::as_ids(text).map(|ids| ids.to_string()),
        _ => None,
    };
    list(value, place)
        .map_err(|error| match hint {
            Some(hint) if error.hints.is_empty() => error.with_hint(hint),
            _ => error,
        })?
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let place = format!("{place}[{index}]");
            match whole(&item) {
                Some(id) if id > 0 => Ok(id),
                Some(id) => Err(Error::new(
                    Code::InvalidJson,
                    format!("{place}: a record id is a whole number from 1, this is {id}"),
                )),
                None => Err(wrong_type(&place, "a record id (a whole number from 1)", &item)),
            }
        })
        .collect()
}

/// A whole number, however it is written: JSON has one kind of number, and 5.0 is 5.
pub fn whole(value: &Value) -> Option<i64> {
    /// Beyond it a number with a point is no longer exact.
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    let exact = || value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < LARGEST_EXACT);
    value.as_i64().or_else(|| exact().map(|number| number as i64))
}

/// The error for a value of the wrong type.
pub fn wrong_type(place: &str, expected: &str, found: &Value) -> Error {
    Error::new(Code::InvalidJson, format!("{place}: expected {expected}, found {}", type_name(found)))
}
