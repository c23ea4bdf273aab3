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
    /// The record, where it is a field of a row: what stands further in may have the number of something else.
    pub id: Option<i64>,
    /// The field.
    pub field: String,
}

/// Puts the size in the place of binary contents, wherever they stand. `types` are those of the fields, as far as they
/// are known.
pub fn without_binaries(value: &mut Value, types: Option<&HashMap<String, String>>) -> Vec<LeftOut> {
    let mut found = Vec::new();
    walk_rows(
        value,
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
    walk_rows(value, &mut long_text, &mut found);
    found
}

/// The same in one row.
pub fn without_its_long_texts(row: &mut Value) -> Vec<LeftOut> {
    let mut found = Vec::new();
    walk_row(row, &mut long_text, &mut found);
    found
}

fn long_text(text: &str, _: &str) -> Option<Value> {
    let length = text.chars().count();
    (length > LONG_TEXT).then(|| json!({ "left_out": true, "characters": length }))
}

/// What takes the place of a text of a field, if anything does.
type Replaced<'r> = dyn FnMut(&str, &str) -> Option<Value> + 'r;

fn walk_rows(value: &mut Value, replaced: &mut Replaced, found: &mut Vec<LeftOut>) {
    match value {
        Value::Array(rows) => rows.iter_mut().for_each(|row| walk_row(row, replaced, found)),
        other => walk(other, None, "", replaced, found),
    }
}

fn walk_row(row: &mut Value, replaced: &mut Replaced, found: &mut Vec<LeftOut>) {
    let id = row.get("id").and_then(Value::as_i64);
    match row {
        Value::Object(fields) => fields.iter_mut().for_each(|(field, value)| {
            let id = id.filter(|_| value.is_string());
            walk(value, id, field, replaced, found);
        }),
        other => walk(other, None, "", replaced, found),
    }
}

fn walk(value: &mut Value, id: Option<i64>, field: &str, replaced: &mut Replaced, found: &mut Vec<LeftOut>) {
    match value {
        Value::String(text) => {
            if let Some(mark) = replaced(text, field) {
                *value = mark;
                found.push(LeftOut { id, field: field.into() });
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, id, field, replaced, found)),
        Value::Object(object) => {
            object.iter_mut().for_each(|(key, value)| walk(value, id, key, replaced, found));
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

    #[test]
    fn a_number_is_that_of_a_record_only_where_it_is_the_rows_own() {
        let text = "word ".repeat(300);
        for (mut value, ids) in [
            (json!([{ "id": 7, "body": text }]), vec![Some(7)]),
            (json!({ "views": { "form": { "id": 3117, "arch": text } } }), vec![None]),
            (json!({ "id": 3117, "arch": text }), vec![None]),
            (json!([{ "id": 7, "lines": [{ "id": 9, "body": text }] }]), vec![None]),
        ] {
            let found = without_long_texts(&mut value);
            assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), ids, "{value}");
        }
        let found = without_its_long_texts(&mut json!({ "id": 7, "body": text }));
        assert_eq!(found, [LeftOut { id: Some(7), field: "body".into() }]);
    }
}
