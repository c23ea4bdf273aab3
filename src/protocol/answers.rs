//! What a write must answer to be taken for done: a server in between can say 200 with anything. Only what Odoo's
//! own code fixes is checked; what a method of a module gives back is its own affair.

use serde_json::Value;

use crate::knowledge::methods::{self, Answer};
use crate::operation::Operation;

/// What is wrong with the answer to a write, if something is.
pub fn wrong(operation: &Operation, json: &str) -> Option<&'static str> {
    let known = methods::of(&operation.model, &operation.method);
    match known.map(|method| (method.answer, method.makes_records())) {
        Some((_, true)) => (!are_ids(json, creates_some(operation))).then_some("ids of new records"),
        Some((Answer::True, _)) => (json.trim() != "true").then_some("true"),
        // Odoo says false where it had a reason to make none.
        Some((Answer::Records { .. }, _)) => {
            (json.trim() != "false" && ids(json).is_none()).then_some("ids of records")
        }
        _ => is_error(json).then_some("a result"),
    }
}

fn creates_some(operation: &Operation) -> bool {
    operation.kwargs.get("vals_list").and_then(Value::as_array).is_none_or(|all| !all.is_empty())
}

fn are_ids(json: &str, some: bool) -> bool {
    ids(json).is_some_and(|ids| ids.is_empty() != some)
}

fn ids(json: &str) -> Option<Vec<i64>> {
    let one = || serde_json::from_str(json).map(|id| vec![id]);
    let found = serde_json::from_str::<Vec<i64>>(json).or_else(|_| one()).ok()?;
    found.iter().all(|id| *id > 0).then_some(found)
}

/// An error of Odoo's in an answer that says 200: of JSON-2 with all its keys, or of JSON-RPC.
fn is_error(json: &str) -> bool {
    // Cheap for the large results that are none.
    if json.len() > 1024 * 1024 || !json.trim_start().starts_with('{') {
        return false;
    }
    let Ok(Value::Object(body)) = serde_json::from_str(json) else { return false };
    let has = |keys: &[&str]| keys.iter().all(|key| body.contains_key(*key));
    has(&["name", "message", "arguments", "context", "debug"]) || has(&["jsonrpc", "error"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn is_right(method: &str, kwargs: Value, answer: &str) -> bool {
        let kwargs = kwargs.as_object().cloned().unwrap_or_default();
        wrong(&Operation::new("res.partner", method, kwargs).unwrap(), answer).is_none()
    }

    #[test]
    fn records_are_created_when_there_are_ids() {
        let two = json!({ "vals_list": [{}, {}] });
        for right in ["[4,5]", " [ 4, 5 ]\n"] {
            assert!(is_right("create", two.clone(), right), "{right}");
        }
        for wrong in [
            "null",
            "true",
            "[]",
            "[4,0]",
            "[4,-5]",
            "[4,9223372036854775808]",
            "[4,\"5\"]",
            "{}",
            "\"4\"",
            "[4,false]",
        ] {
            assert!(!is_right("create", two.clone(), wrong), "{wrong}");
        }
        assert!(is_right("create", json!({ "vals_list": {} }), "[4]"));
        assert!(is_right("create", json!({ "vals_list": [{}] }), "4"));
        assert!(is_right("create", json!({ "vals_list": [] }), "[]"));
    }

    #[test]
    fn a_message_and_an_activity_are_told_by_ids_or_by_false() {
        for method in ["message_post", "message_notify", "activity_schedule"] {
            for right in ["[4]", "4", "[4, 5]", "[]", " false "] {
                assert!(is_right(method, json!({}), right), "{method} {right}");
            }
            for wrong in ["null", "true", "{}", "\"ok\"", "[\"4\"]", "[0]", r#"{"error": "x"}"#, "1.5"] {
                assert!(!is_right(method, json!({}), wrong), "{method} {wrong}");
            }
        }
    }

    #[test]
    fn a_write_answers_true_and_other_methods_what_they_like_but_an_error() {
        for method in ["write", "unlink"] {
            assert!(is_right(method, json!({}), "true"));
            for wrong in ["false", "null", "1", "{}", "[]", "\"true\""] {
                assert!(!is_right(method, json!({}), wrong), "{wrong}");
            }
        }
        for right in [
            "null",
            "false",
            "[]",
            "{}",
            "\"x\"",
            r#"{"error": "none of Odoo's"}"#,
            r#"{"name": "x", "message": "y"}"#,
        ] {
            assert!(is_right("action_confirm", json!({}), right), "{right}");
        }
        for wrong in [
            r#"{"name":"odoo.exceptions.UserError","message":"no","arguments":[],"context":{},"debug":""}"#,
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":200}}"#,
        ] {
            assert!(!is_right("action_confirm", json!({}), wrong), "{wrong}");
        }
    }
}
