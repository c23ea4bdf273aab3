//! What of a call is kept: all but secrets, which leave a mark in their place, and files, which leave their digest and
//! size. What was kept whole can be sent again, what was not says so.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use serde_json::{Map, Value, json};

use super::chain;
use crate::knowledge::sensitive;
use crate::operation::Object;

/// Stands where a secret was.
pub const SECRET: &str = "$secret";
/// Stands where a file was.
pub const BINARY: &str = "$binary";
/// Stands where a text of an answer was.
pub const TEXT: &str = "$text";
/// A text of so many characters and none but those of base64 is a file.
const LONG: usize = 256;
/// An old file of more bytes cannot be restored.
const MOST: usize = 1024 * 1024;
/// A longer answer is not kept.
const LONGEST: usize = 16 * 1024;
/// The model whose values are named by their keys.
const PARAMETERS: &str = "ir.config_parameter";
/// Members that name what another one holds, and those that hold it.
const NAMING: [&str; 4] = ["field", "field_name", "key", "name"];
const NAMED: [&str; 2] = ["translations", "value"];

/// Whether a value under a name is a secret: nothing, a flag, the records that a field leads to, and a number that
/// tells how many there are, are none.
fn is_hidden(name: &str, value: &Value) -> bool {
    if !sensitive::speaks_of_secret(name) {
        return false;
    }
    let leads = sensitive::is_relation(name);
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => !leads && !sensitive::is_measure(name),
        Value::Array(items) => !(leads && items.iter().all(|item| item.is_number() || item.is_array())),
        Value::Object(_) => true,
    }
}

/// How values are kept.
struct Keeper<'m> {
    model: &'m str,
    /// A file of more bytes leaves its digest.
    most: usize,
}

/// Arguments of a call on a model as they are kept.
pub fn values(model: &str, object: &Object) -> Object {
    Keeper { model, most: 0 }.object(object)
}

/// Old values as they are kept: small files among them, to be restored.
pub fn old_values(model: &str, object: &Object) -> Object {
    Keeper { model, most: MOST }.object(object)
}

impl Keeper<'_> {
    fn object(&self, object: &Object) -> Object {
        let members: Vec<(&str, &Value)> =
            object.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let mut kept: Object = object.keys().cloned().zip(self.members(&members)).collect();
        // Rows without the names that stand beside them.
        if let (Some(Value::Array(names)), Some(Value::Array(rows))) =
            (object.get("fields"), object.get("data"))
        {
            let last = |name: &Value| {
                let path = name.as_str().unwrap_or_default();
                path.rsplit('/').next().unwrap_or_default().to_string()
            };
            let names: Vec<String> = names.iter().map(last).collect();
            kept.insert("data".into(), rows.iter().map(|row| self.row(&names, row)).collect());
        }
        kept
    }

    fn row(&self, names: &[String], row: &Value) -> Value {
        let Value::Array(cells) = row else { return self.value(row) };
        let name = |at: usize| names.get(at).map_or("", String::as_str);
        let members: Vec<(&str, &Value)> =
            cells.iter().enumerate().map(|(at, cell)| (name(at), cell)).collect();
        self.members(&members).into()
    }

    /// The values of members that stand beside each other.
    fn members(&self, members: &[(&str, &Value)]) -> Vec<Value> {
        // `{"key": "mail.password", "value": …}` names its secret in another member.
        let told: Vec<&str> = members
            .iter()
            .filter(|(name, _)| NAMING.contains(name))
            .filter_map(|(_, value)| value.as_str())
            .collect();
        let is_secret = match told.as_slice() {
            [] => self.model == PARAMETERS,
            told => told.iter().any(|name| sensitive::speaks_of_secret(name)),
        };
        let one = |(name, value): &(&str, &Value)| {
            let name = if is_secret && NAMED.contains(name) { "secret" } else { name };
            if is_hidden(name, value) { json!({ SECRET: true }) } else { self.value(value) }
        };
        members.iter().map(one).collect()
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => file(text, self.most).unwrap_or_else(|| value.clone()),
            Value::Array(items) => items.iter().map(|item| self.item(item)).collect(),
            Value::Object(object) => self.object(object).into(),
            other => other.clone(),
        }
    }

    /// A member of a list. A pair and a condition name first what they hold last.
    fn item(&self, item: &Value) -> Value {
        let mut kept = self.value(item);
        if let (Value::Array(items), Value::Array(kept)) = (item, &mut kept)
            && let [Value::String(name), value] | [Value::String(name), Value::String(_), value] =
                items.as_slice()
            && is_hidden(name, value)
            && let Some(last) = kept.last_mut()
        {
            *last = json!({ SECRET: true });
        }
        kept
    }
}

/// The mark of a file of more than `most` bytes.
fn file(text: &str, most: usize) -> Option<Value> {
    let is_digit =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\n' | b'\r');
    if text.len() < LONG || !text.as_bytes().iter().all(is_digit) {
        return None;
    }
    let bytes = decoded(text)?;
    (bytes.len() > most).then(|| mark(&bytes))
}

fn mark(bytes: &[u8]) -> Value {
    json!({ BINARY: { "sha256": chain::digest(bytes), "size": bytes.len() } })
}

/// Whether a text was filled up to fours, and what its last digit holds too much, is all the same.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of a base64 text, in lines or not.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return LENIENT.decode(text.split_ascii_whitespace().collect::<String>()).ok();
    }
    LENIENT.decode(text).ok()
}

/// Whether a value is told, and no secret that left its mark.
pub fn is_told(value: &Value) -> bool {
    value.get(SECRET).is_none()
}

/// Whether all of a value was kept.
pub fn is_whole(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_whole),
        Value::Object(object) => {
            let is_mark = |name: &str| object.len() == 1 && object.contains_key(name);
            !is_mark(SECRET) && !is_mark(BINARY) && !is_mark(TEXT) && object.values().all(is_whole)
        }
        _ => true,
    }
}

/// An answer as it is kept: numbers and what can be done next, and of a text its digest, as it may be a key that was
/// made. `None` is what is too long.
pub fn answer(json: &str) -> Option<Value> {
    if json.len() > LONGEST {
        return None;
    }
    let value: Value = serde_json::from_str(json).ok()?;
    Some(match value {
        Value::Object(object)
            if object
                .get("type")
                .and_then(Value::as_str)
                .is_some_and(|kind| kind.starts_with("ir.actions")) =>
        {
            let told = ["type", "res_model", "res_id", "view_mode", "target", "tag"];
            Value::Object(
                told.iter().filter_map(|key| Some((key.to_string(), object.get(*key)?.clone()))).collect(),
            )
        }
        other => without_texts(other),
    })
}

/// An answer that can be given again from what is kept of it: nothing of it is left out.
pub fn whole_answer(json: &str) -> Option<Value> {
    let kept = answer(json)?;
    let whole: Value = serde_json::from_str(json).ok()?;
    (kept == whole).then_some(kept)
}

fn without_texts(value: Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::String(text),
        Value::String(text) => {
            json!({ TEXT: { "sha256": chain::digest(text.as_bytes()), "size": text.len() } })
        }
        Value::Array(items) => items.into_iter().map(without_texts).collect(),
        Value::Object(object) => Value::Object(
            object.into_iter().map(|(key, value)| (key, without_texts(value))).collect::<Map<_, _>>(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn secrets_are_told_by_their_names_and_others_stay() {
        for (name, value, hidden) in [
            ("pin", json!(1234), true),
            ("password", json!(["a"]), true),
            ("token", json!({ "a": 1 }), true),
            ("access_token", json!(false), false),
            ("access_token", json!(null), false),
            ("has_password", json!(true), false),
            ("use_token", json!(false), false),
            ("session_id", json!(7), false),
            ("session_id", json!("a"), true),
            ("token_ids", json!([[6, 0, [1]]]), false),
            ("token_ids", json!(["a"]), true),
            ("token_count", json!(3), false),
            ("token_count", json!("a"), true),
        ] {
            assert_eq!(is_hidden(name, &value), hidden, "{name} {value}");
        }
        let kept = values(
            "mail.server",
            &object(json!({ "vals": { "login": "a", "password": "b", "secret_id": 4, "token": "",
            "lines": [[0, 0, { "api_key": "c" }]] }, "key": "mail.password", "value": "d" })),
        );
        assert_eq!(kept["vals"]["password"], json!({ SECRET: true }));
        assert_eq!((&kept["vals"]["login"], &kept["vals"]["secret_id"]), (&json!("a"), &json!(4)));
        assert!(
            !Value::Object(kept.clone())
                .to_string()
                .contains(['b', 'c', 'd'].map(|c| format!("\"{c}\"")).concat().as_str())
        );
        assert_eq!(kept["vals"]["lines"][0][2]["api_key"], json!({ SECRET: true }));
        assert_eq!(kept["value"], json!({ SECRET: true }));
        assert!(!is_whole(&kept.into()));
    }

    #[test]
    fn parameters_and_columns_are_named_by_what_stands_beside_them() {
        let hidden = json!({ SECRET: true });
        let kept = |model: &str, given: Value| Value::from(values(model, &object(given)));
        for (model, given, value, is_hidden) in [
            (PARAMETERS, json!({ "vals": { "value": "x" } }), "/vals/value", true),
            (PARAMETERS, json!({ "vals": { "key": "database.secret", "value": "x" } }), "/vals/value", true),
            (PARAMETERS, json!({ "vals": { "key": "web.base.url", "value": "x" } }), "/vals/value", false),
            (PARAMETERS, json!({ "key": "mail.password", "value": "x" }), "/value", true),
            (PARAMETERS, json!({ "key": "web.base.url", "value": "x" }), "/value", false),
            ("a.b", json!({ "vals": { "value": "x" } }), "/vals/value", false),
            (
                "res.users",
                json!({ "fields": ["login", "password"], "data": [["a", "x"]] }),
                "/data/0/1",
                true,
            ),
            (
                "res.users",
                json!({ "fields": ["login", "password"], "data": [["x", "a"]] }),
                "/data/0/0",
                false,
            ),
            ("res.users", json!({ "fields": ["a/api_key"], "data": [["x"]] }), "/data/0/0", true),
            (
                PARAMETERS,
                json!({ "fields": ["key", "value"], "data": [["a.token", "x"]] }),
                "/data/0/1",
                true,
            ),
            (PARAMETERS, json!({ "fields": ["key", "value"], "data": [["a.b", "x"]] }), "/data/0/1", false),
            ("res.users", json!({ "field_name": "password", "translations": "x" }), "/translations", true),
            (
                "a.b",
                json!({ "field_name": "name", "translations": { "de_DE": "x" } }),
                "/translations/de_DE",
                false,
            ),
            (
                "ir.default",
                json!({ "model_name": "a.b", "field_name": "api_key", "value": "x" }),
                "/value",
                true,
            ),
            ("a.b", json!({ "vals": [["password", "x"]] }), "/vals/0/1", true),
            ("a.b", json!({ "vals": [["name", "x"], ["ref", "y"]] }), "/vals/0/1", false),
            (
                "a.b",
                json!({ "domain": ["&", ["access_token", "=", "x"], ["id", ">", 1]] }),
                "/domain/1/2",
                true,
            ),
            ("a.b", json!({ "domain": [["token_count", "=", 3], ["name", "=", "x"]] }), "/domain/1/2", false),
            ("a.b", json!({ "names": ["password", "x"] }), "/names/1", false),
        ] {
            let found = kept(model, given.clone());
            let wanted = if is_hidden { hidden.clone() } else { json!("x") };
            assert_eq!(found.pointer(value), Some(&wanted), "{model} {given}");
        }
    }

    #[test]
    fn only_an_answer_that_is_kept_as_it_was_can_be_given_again() {
        for whole in ["[1, 2]", "true", "null", r#"{"a": 1.50}"#, r#"[[1, ""]]"#] {
            assert!(whole_answer(whole).is_some(), "{whole}");
        }
        for part in [r#""a-key""#, r#"{"type": "ir.actions.act_window", "name": "x"}"#, r#"{"a": "text"}"#] {
            assert!(whole_answer(part).is_none(), "{part}");
        }
    }

    #[test]
    fn files_leave_a_digest_and_texts_stay() {
        let text = "QUJD".repeat(100);
        let kept =
            values("a.b", &object(json!({ "datas": text, "body": "word ".repeat(100), "short": "QUJD" })));
        assert_eq!(kept["datas"][BINARY]["size"], 300);
        assert_eq!(kept["datas"][BINARY]["sha256"], chain::digest("ABC".repeat(100).as_bytes()));
        assert!(kept["body"].is_string() && kept["short"].is_string());
        assert_eq!(
            old_values("a.b", &object(json!({ "datas": text })))["datas"],
            json!(text),
            "small enough to be restored"
        );
        let large = "QUJD".repeat(400_000);
        assert!(!is_whole(&old_values("a.b", &object(json!({ "datas": large }))).into()));
    }

    #[test]
    fn of_an_answer_numbers_stay_and_what_may_be_a_key_does_not() {
        assert_eq!(answer("[1, 2]"), Some(json!([1, 2])));
        assert_eq!(answer("true"), Some(json!(true)));
        let kept = answer("\"a-fresh-key\"").unwrap();
        assert!(!kept.to_string().contains("fresh") && kept[TEXT]["size"] == 11, "{kept}");
        let action = answer(
            r#"{"type": "ir.actions.act_window", "res_model": "a.b", "res_id": 4, "context": {"x": 1}}"#,
        );
        assert_eq!(action, Some(json!({ "type": "ir.actions.act_window", "res_model": "a.b", "res_id": 4 })));
        assert_eq!(answer(&"[1]".repeat(10_000)), None);
    }
}
