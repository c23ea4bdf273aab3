//! JSON values as Python sees them: `repr` for messages, truthiness, the numbers that
//! Odoo's fields make of strings, and the wording of Python's own JSON parser and of its
//! refusal of a call. Pure; it knows no model.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fault::{Fault, Outcome};

/// `hashlib.sha256(text).hexdigest()`.
pub fn sha256(text: impl AsRef<[u8]>) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How Python says that a call lacks these arguments; nothing if it lacks none.
pub fn missing_arguments(function: &str, names: &[&str]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let listed = match quoted.as_slice() {
        [] => return None,
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [several @ .., last] => format!("{}, and {last}", several.join(", ")),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    Some(format!("{function} missing {} required positional argument{plural}: {listed}", names.len()))
}

/// `repr(value)`.
pub fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text_repr(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let items: Vec<_> =
                map.iter().map(|(key, item)| format!("{}: {}", text_repr(key), repr(item))).collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

/// `repr` of a string: single quotes unless it holds one and no double ones.
pub fn text_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            letter if letter == quote => {
                shown.push('\\');
                shown.push(letter);
            }
            letter if letter.is_control() => shown.push_str(&format!("\\x{:02x}", letter as u32)),
            letter => shown.push(letter),
        }
    }
    shown.push(quote);
    shown
}

/// `bool(value)`.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// `int(value or 0)`.
pub fn integer(value: &Value) -> Outcome<i64> {
    match value {
        value if !truthy(value) => Ok(0),
        Value::Bool(_) => Ok(1),
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|float| float.trunc() as i64))
            .ok_or_else(|| Fault::value("integer out of range")),
        Value::String(text) => text.trim().parse().map_err(|_| {
            Fault::value(format!("invalid literal for int() with base 10: {}", text_repr(text)))
        }),
        other => Err(Fault::kind(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            type_name(other)
        ))),
    }
}

/// `float(value or 0)`.
pub fn float(value: &Value) -> Outcome<f64> {
    match value {
        value if !truthy(value) => Ok(0.0),
        Value::Bool(_) => Ok(1.0),
        Value::Number(number) => Ok(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => text
            .trim()
            .parse()
            .map_err(|_| Fault::value(format!("could not convert string to float: {}", text_repr(text)))),
        other => Err(Fault::kind(format!(
            "float() argument must be a string or a real number, not '{}'",
            type_name(other)
        ))),
    }
}

/// `type(value).__name__`.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// What Python's parser says about a text that serde could not parse, as near as the place allows.
pub fn json_complaint(text: &str, error: &serde_json::Error) -> String {
    if text.starts_with('\u{feff}') {
        return "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)".into();
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let line = error.line().clamp(1, lines.len().max(1));
    let before: usize = lines.iter().take(line - 1).map(|each| each.chars().count() + 1).sum();
    let at_end = error.is_eof();
    let column = if at_end {
        lines.last().map_or(0, |last| last.chars().count())
    } else {
        error.column().saturating_sub(1)
    };
    let said = error.to_string();
    // A misspelt word is blamed where it begins.
    let letters = lines.get(line - 1).map_or("", |line| line).chars().take(column).collect::<Vec<_>>();
    let word = letters.iter().rev().take_while(|letter| letter.is_alphabetic()).count();
    let column = if said.contains("expected ident") { column - word.min(column) } else { column };
    let what = if said.contains("trailing characters") {
        "Extra data"
    } else if said.contains("key must be a string") {
        "Expecting property name enclosed in double quotes"
    } else if said.contains("expected `:`") {
        "Expecting ':' delimiter"
    } else if said.contains("expected `,`") {
        "Expecting ',' delimiter"
    } else if said.contains("parsing a string") {
        "Unterminated string starting at"
    } else if said.contains("control character") {
        "Invalid control character at"
    } else {
        "Expecting value"
    };
    format!("{what}: line {line} column {} (char {})", column + 1, before + column)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_python_shows_them() {
        let value = json!([null, true, 1, 2.5, "it's", "a\"b'c", {"k": "v\n"}]);
        assert_eq!(repr(&value), "[None, True, 1, 2.5, \"it's\", 'a\"b\\'c', {'k': 'v\\n'}]");
    }

    #[test]
    fn malformed_json_is_placed_as_python_places_it() {
        let complain =
            |text: &str| json_complaint(text, &serde_json::from_str::<Value>(text).expect_err("malformed"));
        assert_eq!(complain("{\"domain\": ["), "Expecting value: line 1 column 13 (char 12)");
        assert_eq!(complain("nonsense"), "Expecting value: line 1 column 1 (char 0)");
        assert!(complain("\u{feff}{}").starts_with("Unexpected UTF-8 BOM"));
    }
}
