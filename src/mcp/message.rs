//! One line as a message of the SDK: text that is no JSON is answered, a key that stands twice is refused and not settled
//! in silence, and whoever waits for an answer is told by the id that they gave. Nothing is read or written here.

use rmcp::ErrorData;
use rmcp::model::{ClientJsonRpcMessage, ClientRequest, JsonRpcMessage};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::json_input;
use crate::operation::Object;

/// A message, and the id of the request that it is or takes back, as the client has it. The message has 0 in its place.
pub struct Told {
    /// The message.
    pub message: ClientJsonRpcMessage,
    /// The id.
    pub id: Option<Value>,
}

/// The answer to what is no message.
pub struct Refusal {
    /// What is wrong.
    pub error: ErrorData,
    /// Whose it is, as far as that can be read.
    pub id: Option<Value>,
}

/// A message; none where it is one that must not be answered, and cannot be used.
///
/// # Errors
/// The answer to what is no message.
pub fn understood(bytes: &[u8]) -> Result<Option<Told>, Refusal> {
    let not_json =
        |why: String| Refusal { error: ErrorData::parse_error(format!("not JSON: {why}"), None), id: None };
    let text = std::str::from_utf8(bytes).map_err(|_| not_json("it is not UTF-8".into()))?;
    let (mut value, wrong) = match json_input::parse(text) {
        Ok(value) => (value, None),
        // A key that stands twice, or what is nested too deep: whoever sent it waits for an answer all the same.
        Err(why) => match serde_json::from_str::<Value>(text).ok().or_else(|| around(text)) {
            Some(value) => (value, Some(why)),
            None => return Err(not_json(why)),
        },
    };
    let id = value.get("id").filter(|id| is_id(id)).cloned();
    let invalid = |why: String| Err(Refusal { error: ErrorData::invalid_request(why, None), id: id.clone() });
    let Some(object) = value.as_object_mut() else {
        let why = if value.is_array() {
            "one message a line: lists of them are not taken"
        } else {
            "a message is an object"
        };
        return invalid(why.into());
    };
    let is_request = object.contains_key("method");
    let is_answerable = object.contains_key("id") || !is_request;
    let is_answer = object.contains_key("result") || object.contains_key("error");
    if let Some(why) = wrong {
        return if is_answerable && !is_answer { invalid(why) } else { Ok(None) };
    }
    let mut taken = None;
    if is_request && id.is_some() {
        object.insert("id".into(), json!(0));
        taken.clone_from(&id);
    } else if object.get("method").is_some_and(|method| method == "notifications/cancelled") {
        taken = object
            .get_mut("params")
            .and_then(|params| params.get_mut("requestId"))
            .filter(|id| is_id(id))
            .map(|id| std::mem::replace(id, json!(0)));
    }
    let arguments = arguments_of_a_call(&mut value);
    without_odd_numbers(&mut value);
    match serde_json::from_value(value) {
        Ok(message) => Ok(Some(Told { message: with_arguments(message, arguments), id: taken })),
        Err(_) if is_answerable && !is_answer => invalid("not a message of JSON-RPC 2.0".into()),
        Err(_) => Ok(None),
    }
}

/// What says of a message whose it is, where the rest of it is more than is read.
fn around(text: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Around {
        id: Option<Value>,
        method: Option<Value>,
    }
    let Around { id, method } = serde_json::from_str(text).ok()?;
    let parts = [("id", id), ("method", method)];
    Some(parts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect::<Value>())
}

/// Whether a value may be an id: a string or a whole number.
fn is_id(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Number(number) => {
            number.as_f64().is_some_and(|number| number.is_finite() && number.fract() == 0.0)
        }
        _ => false,
    }
}

/// Writes numbers that the SDK's types take for something else as the nearest that they take.
fn without_odd_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.as_i64().is_none() && number.as_u64().is_none() => {
            *value = number.as_f64().map_or(Value::Null, Value::from);
        }
        Value::Array(items) => items.iter_mut().for_each(without_odd_numbers),
        Value::Object(object) => object.values_mut().for_each(without_odd_numbers),
        _ => {}
    }
}

/// Takes the arguments out of a call of a tool: they come by another way than the rest, where a number keeps its digits.
fn arguments_of_a_call(message: &mut Value) -> Option<Object> {
    if message["method"] != "tools/call" {
        return None;
    }
    match message.pointer_mut("/params/arguments")? {
        Value::Object(arguments) => Some(std::mem::take(arguments)),
        _ => None,
    }
}

fn with_arguments(mut message: ClientJsonRpcMessage, arguments: Option<Object>) -> ClientJsonRpcMessage {
    if let JsonRpcMessage::Request(request) = &mut message
        && let ClientRequest::CallToolRequest(call) = &mut request.request
        && arguments.is_some()
    {
        call.params.arguments = arguments;
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Value {
        match understood(line.as_bytes()) {
            Ok(Some(_)) => "message".into(),
            Ok(None) => "nothing".into(),
            Err(refusal) => serde_json::json!([refusal.error.code, refusal.id]),
        }
    }

    #[test]
    fn what_is_no_message_is_answered_by_what_it_is() {
        for (line, expected) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, r#""message""#),
            (r#"{"jsonrpc":"2.0","id":"a","method":"what/ever","params":{"x":1.50}}"#, r#""message""#),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, r#""message""#),
            ("{", "[-32700,null]"),
            ("\u{0}", "[-32700,null]"),
            ("[]", "[-32600,null]"),
            ("7", "[-32600,null]"),
            (r#"{"id":7,"method":"ping"}"#, "[-32600,7]"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "[-32600,null]"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "[-32600,null]"),
            (
                r#"{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"x","name":"y"}}"#,
                r#"[-32600,"b"]"#,
            ),
            (r#"{"jsonrpc":"1.0","method":"notifications/initialized"}"#, r#""nothing""#),
            (r#"{"jsonrpc":"2.0","id":3,"result":7,"error":{}}"#, r#""nothing""#),
        ] {
            assert_eq!(said(line).to_string(), expected, "{line}");
        }
        assert_eq!(said(&format!("{}1{}", "[".repeat(2000), "]".repeat(2000))).to_string(), "[-32700,null]");
    }

    #[test]
    fn whoever_says_what_cannot_be_read_is_answered_by_its_id() {
        let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        for (line, expected) in [
            (format!(r#"{{"jsonrpc":"2.0","id":8,"method":"ping","params":{{"x":{deep}}}}}"#), "[-32600,8]"),
            (format!(r#"{{"params":{{"x":{deep}}},"method":"ping","id":"c"}}"#), r#"[-32600,"c"]"#),
            (
                format!(r#"{{"jsonrpc":"2.0","method":"notifications/x","params":{{"x":{deep}}}}}"#),
                r#""nothing""#,
            ),
            (format!(r#"{{"jsonrpc":"2.0","id":{deep},"method":"ping"}}"#), "[-32700,null]"),
            (format!(r#"{{"jsonrpc":"2.0","id":8,"method":"ping","params":{{"x":{deep}}}"#), "[-32700,null]"),
        ] {
            assert_eq!(said(&line).to_string(), expected, "{}", &line[..60]);
        }
    }

    #[test]
    fn ids_are_strings_and_whole_numbers_of_any_size() {
        for (id, is_taken) in [
            ("7", true),
            ("-1", true),
            ("18446744073709551616", true),
            ("-9223372036854775809", true),
            ("7.0", true),
            (r#""""#, true),
            ("7.5", false),
            ("1e999", false),
            ("null", false),
            ("true", false),
            ("[7]", false),
            (r#"{"a":1}"#, false),
        ] {
            let line = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
            match understood(line.as_bytes()) {
                Ok(Some(told)) => {
                    assert!(is_taken, "{id}");
                    assert_eq!(told.id, serde_json::from_str(id).ok());
                }
                Ok(None) => panic!("{id}"),
                Err(refusal) => assert!(!is_taken && refusal.id.is_none(), "{id}"),
            }
        }
    }

    #[test]
    fn a_number_that_the_sdk_would_not_take_makes_no_message_another() {
        for number in ["1.50", "1e16", "1e+16", "18446744073709551616", "-0.0"] {
            let line = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"x","_meta":{{"progressToken":{number},"y":[{number}]}}}}}}"#
            );
            assert_eq!(said(&line), "message", "{number}");
        }
    }

    #[test]
    fn arguments_of_a_call_keep_whole_numbers_of_any_size() {
        for digits in ["18446744073709551616", "1000000000000000000000000000000", "-9223372036854775809", "7"]
        {
            let line = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"x","arguments":{{"limit":{digits},"a":[[{digits}]]}}}}}}"#
            );
            let message = match understood(line.as_bytes()) {
                Ok(Some(told)) => told.message,
                _ => panic!("{digits}"),
            };
            let JsonRpcMessage::Request(request) = message else { panic!("{digits}") };
            let ClientRequest::CallToolRequest(call) = request.request else { panic!("{digits}") };
            let arguments = serde_json::to_string(&call.params.arguments).unwrap();
            assert_eq!(arguments, format!(r#"{{"limit":{digits},"a":[[{digits}]]}}"#));
        }
        let without = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#;
        assert_eq!(said(without), "message");
    }
}
