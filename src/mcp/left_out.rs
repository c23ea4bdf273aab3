//! What does not go into an answer: binary contents, of which the size is said in their place, and texts that are
//! longer than a whole answer may be.

use std::collections::HashMap;

use serde_json::{Value, json};

/// A text this long that looks like base64 is binary; a name or a token is shorter.
const SURELY: usize = 512;
/// A text that was left out of a row which is too long by itself was longer than this.
pub const LONG_TEXT: usize = 1000;

/// What was left out of where.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// The record, if the row says which.
    pub id: Option<i64>,
    /// The field.
    pub field: String,
}

/// Puts the size in the place of binary contents, wherever they stand. `types` are those of the fields, as far as they
/// are known.
pub fn without_binaries(value: &mut Value, types: Option<&HashMap<String, String>>) -> Vec<LeftOut> {
    let mut found = Vec::new();
    walk(
        value,
        None,
        "",
        &mut |text, field| {
            let is_known = types.is_some_and(|types| types.get(field).is_some_and(|kind| kind == "binary"));
            bytes_in(text, is_known).map(|bytes| json!({ "binary": true, "bytes": bytes }))
        },
        &mut found,
    );
    found
}

/// Puts the length in the place of texts that are longer than a row may be.
pub fn without_long_texts(value: &mut Value) -> Vec<LeftOut> {
    let mut found = Vec::new();
    walk(
        value,
        None,
        "",
        &mut |text, _| {
            let length = text.chars().count();
            (length > LONG_TEXT).then(|| json!({ "left_out": true, "characters": length }))
        },
        &mut found,
    );
    found
}

fn walk(
    value: &mut Value,
    id: Option<i64>,
    field: &str,
    replaced: &mut dyn FnMut(&str, &str) -> Option<Value>,
    found: &mut Vec<LeftOut>,
) {
    match value {
        Value::String(text) => {
            if let Some(mark) = replaced(text, field) {
                *value = mark;
                found.push(LeftOut { id, field: field.into() });
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, id, field, replaced, found)),
        Value::Object(object) => {
            let id = object.get("id").and_then(Value::as_i64).or(id);
            for (key, value) in object.iter_mut() {
                walk(value, id, key, replaced, found);
            }
        }
        _ => {}
    }
}

/// How many bytes a text of base64 holds; none if it is none.
fn bytes_in(text: &str, is_known: bool) -> Option<usize> {
    let least = if is_known { 1 } else { SURELY };
    if text.len() < least || !text.len().is_multiple_of(4) {
        return None;
    }
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let is_alphabet = body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let has = |what: fn(&u8) -> bool| body.as_bytes().iter().any(what);
    // A rule of dashes or a word that goes on for ever is somebody's text.
    let is_mixed =
        has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && (is_known || has(u8::is_ascii_digit));
    (is_alphabet && padding <= 2 && (is_known || is_mixed)).then(|| text.len() / 4 * 3 - padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binaries_are_known_by_type_or_by_their_looks_and_texts_stay() {
        let image = "iVBORw0KGgo9".repeat(50);
        let mut rows = json!([
            { "id": 7, "datas": image, "name": "a.png", "short": "AAEC" },
            { "id": 8, "datas": false, "name": "x".repeat(700), "body": format!("<p>{}</p>", "Aa1 ".repeat(300)) },
        ]);
        let types = HashMap::from([("short".to_string(), "binary".to_string())]);
        let found = without_binaries(&mut rows, Some(&types));
        assert_eq!(found.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["datas", "short"]);
        assert_eq!(rows[0]["datas"], json!({ "binary": true, "bytes": 450 }));
        assert_eq!(rows[0]["short"]["bytes"], 3);
        assert_eq!(found[0].id, Some(7));
        assert!(rows[1]["name"].is_string() && rows[1]["body"].is_string());
    }
}
