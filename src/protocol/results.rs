//! What a method answered, as JSON-2 would have answered it: the older protocols and versions give a number where
//! others give a list of one, and records by their Python name. Everything else stays byte for byte. It sends nothing.

use serde_json::value::RawValue;

use super::Reply;
use crate::knowledge::methods::{self, Answer};
use crate::operation::Operation;

/// A result in the form of today.
pub fn as_of_today(operation: &Operation, result: Reply) -> Reply {
    let text = result.get().trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_records = || {
        let method = methods::of(&operation.model, &operation.method);
        method.is_some_and(|method| matches!(method.answer, Answer::Records { .. }))
    };
    let same = if is_number && is_of_records() {
        Some(format!("[{text}]"))
    } else {
        records(text).map(|ids| format!("[{}]", ids.join(",")))
    };
    same.and_then(|same| RawValue::from_string(same).ok()).unwrap_or(result)
}

/// The ids in `"mail.activity(41,)"`, as Python writes records: a model's name and a tuple.
fn records(json: &str) -> Option<Vec<&str>> {
    let text = json.strip_prefix('"')?.strip_suffix(")\"")?;
    let (model, ids) = text.split_once('(')?;
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_model = model.split('.').all(is_name) && (model.contains('.') || model.starts_with("x_"));
    if !is_model {
        return None;
    }
    if ids.is_empty() {
        return Some(Vec::new());
    }
    let is_id = |id: &&str| !id.is_empty() && id.len() < 16 && id.bytes().all(|byte| byte.is_ascii_digit());
    match ids.strip_suffix(',') {
        Some(one) => is_id(&one).then(|| vec![one]),
        None => {
            let ids: Vec<&str> = ids.split(", ").collect();
            (ids.len() > 1 && ids.iter().all(is_id)).then_some(ids)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Object;

    fn of(method: &str, json: &str) -> String {
        let operation = Operation::new("res.partner", method, Object::new()).unwrap();
        as_of_today(&operation, RawValue::from_string(json.into()).unwrap()).get().to_string()
    }

    #[test]
    fn new_records_are_a_list_however_they_were_told() {
        for method in ["copy", "create", "message_post"] {
            assert_eq!(of(method, "84"), "[84]");
            assert_eq!(of(method, "[84]"), "[84]");
            assert_eq!(of(method, "[84, 85]"), "[84, 85]");
        }
        for same in ["true", "null", "[]", "1.5", "-1", "\"84\""] {
            assert_eq!(of("create", same), same);
        }
        assert_eq!(of("search_count", "84"), "84");
    }

    #[test]
    fn records_by_their_python_name_are_their_ids() {
        for (told, ids) in [
            ("\"mail.activity(41,)\"", "[41]"),
            ("\"res.partner(1, 2, 30)\"", "[1,2,30]"),
            ("\"x_thing(5,)\"", "[5]"),
            ("\"res.partner()\"", "[]"),
        ] {
            assert_eq!(of("activity_schedule", told), ids);
        }
        for text in [
            "\"\"",
            "\"(1,)\"",
            "\"Azure (1,)\"",
            "\"Furniture(41)\"",
            "\"a.b(1)\"",
            "\"a.b(1,2)\"",
            "\"a.b(1, )\"",
            "\"a.b(<NewId 0x7f>,)\"",
            "\"a.b(1,) \"",
            "\"a.b(1,)\\n\"",
            "\"f(1,)\"",
            "[\"a.b(1,)\"]",
        ] {
            assert_eq!(of("name", text), text, "{text}");
        }
    }
}
