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
const SECRETS: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "authtoken",
    "apikey",
    "sessionid",
    "credential",
    "otp",
    "pin",
];
/// The same, where the name ends with them: a bar of cookies is none.
const LAST: [&str; 2] = ["authorization", "cookie"];
/// Kinds of keys that are secret.
const KEYS: [&str; 8] =
    ["api", "private", "secret", "access", "transaction", "signature", "encryption", "merchant"];
/// A number under a name that ends so tells of secrets and is none.
const MEASURES: [&str; 7] = ["count", "length", "size", "limit", "lifetime", "expiry", "expiration"];

/// Whether a name is that of a secret.
pub fn is_secret(name: &str) -> bool {
    let words = words(name);
    let is = |word: &str, secret: &str| word == secret || word.strip_suffix('s') == Some(secret);
    let is_pair = |two: &[String]| {
        is(&two[1], "key") && KEYS.contains(&two[0].as_str()) || two[0] == "session" && two[1] == "id"
    };
    words.iter().any(|word| SECRETS.iter().any(|secret| is(word, secret)))
        || words.last().is_some_and(|last| LAST.iter().any(|secret| is(last, secret)))
        || words.windows(2).any(is_pair)
}

/// The words of a name: `clientSecret2` has two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (at, one) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let is_next_lower = chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let begins = one.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || is_next_lower);
        if begins || !one.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| one.is_ascii_alphanumeric()) {
            word.push(one.to_ascii_lowercase());
        }
    }
    let bare = |word: &String| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_string();
    words.iter().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Whether a value under the name of a secret is one: not nothing, not the records that a field leads to, and not a
/// number that tells how many there are.
fn is_hidden(name: &str, value: &Value) -> bool {
    let is_nothing = matches!(value, Value::Null | Value::Bool(false)) || value.as_str() == Some("");
    if is_nothing || !is_secret(name) {
        return false;
    }
    let is_record = match value {
        Value::Number(_) => true,
        Value::Array(items) => items.iter().all(|item| item.is_number() || item.is_array()),
        _ => false,
    };
    let leads = name.ends_with("_id") || name.ends_with("_ids");
    let measures =
        value.is_number() && words(name).last().is_some_and(|last| MEASURES.contains(&last.as_str()));
    !(leads && is_record || measures)
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
        let name = if named && key == "value" { "secret" } else { key.as_str() };
        let is_hidden = is_hidden(name, value);
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

/// Whether an answer has no text, which may be a value or a key.
pub fn has_no_texts(json: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|value| is_whole(&without_texts(value)))
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
            "clientSecret",
            "APIKey",
            "password2",
            "token_1",
            "authToken",
            "authtoken",
            "Authorization",
            "set_cookie",
            "session_id",
            "sips_merchant_key",
            "ogone_signature_key",
            "transaction_keys",
            "encryptionKey",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["secretary", "passport_id", "compass", "key", "name", "spin", "pinned", "tokenized"] {
            assert!(!is_secret(name), "{name}");
        }
        for name in
            ["keyboard", "merchant_name", "cookies_bar", "authorization_date", "key_id", "pa", "session"]
        {
            assert!(!is_secret(name), "{name}");
        }
        for (name, value, hidden) in [
            ("pin", json!(1234), true),
            ("password", json!(["a"]), true),
            ("token", json!({ "a": 1 }), true),
            ("access_token", json!(false), false),
            ("access_token", json!(null), false),
            ("session_id", json!(7), false),
            ("session_id", json!("a"), true),
            ("token_ids", json!([[6, 0, [1]]]), false),
            ("token_ids", json!(["a"]), true),
            ("token_count", json!(3), false),
            ("token_count", json!("a"), true),
        ] {
            assert_eq!(is_hidden(name, &value), hidden, "{name} {value}");
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
