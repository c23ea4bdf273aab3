//! What of a call is kept: all but secrets, which leave a mark in their place, and files, which leave their digest and
//! size. What was kept whole can be sent again, what was not says so.

use serde_json::{Map, Value, json};

use super::chain;
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
/// Words in the name of a key whose value nobody else may see.
const SECRETS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "credential",
    "otp",
    "pin",
];
const PAIRS: [[&str; 2]; 4] = [["api", "key"], ["private", "key"], ["secret", "key"], ["access", "key"]];

/// Whether a name is that of a secret.
pub fn is_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let is_one =
        |word: &&str| SECRETS.iter().any(|secret| word.trim_end_matches('s') == secret.trim_end_matches('s'));
    words.iter().any(is_one) || words.windows(2).any(|two| PAIRS.iter().any(|pair| pair == two))
}

/// Values as they are kept.
pub fn values(object: &Object) -> Object {
    kept_object(object, &|text| file(text, 0))
}

/// Old values as they are kept: small files among them, to be restored.
pub fn old_values(object: &Object) -> Object {
    kept_object(object, &|text| file(text, MOST))
}

fn kept_object(object: &Object, file: &dyn Fn(&str) -> Option<Value>) -> Object {
    // `{"key": "mail.password", "value": …}` names its secret in another member.
    let named =
        object.get("key").or_else(|| object.get("name")).and_then(Value::as_str).is_some_and(is_secret);
    let one = |(key, value): (&String, &Value)| {
        let is_text = value.as_str().is_some_and(|text| !text.is_empty());
        let is_hidden = is_text && (is_secret(key) || named && key == "value");
        (key.clone(), if is_hidden { json!({ SECRET: true }) } else { kept(value, file) })
    };
    object.iter().map(one).collect()
}

fn kept(value: &Value, file: &dyn Fn(&str) -> Option<Value>) -> Value {
    match value {
        Value::String(text) => file(text).unwrap_or_else(|| value.clone()),
        Value::Array(items) => items.iter().map(|item| kept(item, file)).collect(),
        Value::Object(object) => kept_object(object, file).into(),
        other => other.clone(),
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

/// The bytes of a base64 text.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
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
        for name in [
            "password",
            "new_password",
            "smtp_pass",
            "api_key",
            "access_token",
            "clientSecret_secret",
            "tokens",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["secretary", "passport_id", "compass", "key", "name", "spin", "pinned", "tokenized"] {
            assert!(!is_secret(name), "{name}");
        }
        let kept =
            values(&object(json!({ "vals": { "login": "a", "password": "b", "secret_id": 4, "token": "",
            "lines": [[0, 0, { "api_key": "c" }]] }, "key": "mail.password", "value": "d" })));
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
    fn files_leave_a_digest_and_texts_stay() {
        let text = "QUJD".repeat(100);
        let kept = values(&object(json!({ "datas": text, "body": "word ".repeat(100), "short": "QUJD" })));
        assert_eq!(kept["datas"][BINARY]["size"], 300);
        assert_eq!(kept["datas"][BINARY]["sha256"], chain::digest("ABC".repeat(100).as_bytes()));
        assert!(kept["body"].is_string() && kept["short"].is_string());
        assert_eq!(
            old_values(&object(json!({ "datas": text })))["datas"],
            json!(text),
            "small enough to be restored"
        );
        let large = "QUJD".repeat(400_000);
        assert!(!is_whole(&old_values(&object(json!({ "datas": large }))).into()));
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
