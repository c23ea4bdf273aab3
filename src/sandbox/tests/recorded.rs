//! Every recorded request, sent to the sandbox: the answer must agree with the recorded one in status, error
//! name and shape. What cannot apply is listed with its reason; ids that differ from database to database are
//! mapped by what they stand for. Nothing here is known to the sandbox.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::sandbox::{ADMIN_KEY, AGENT_KEY, APPROVER_KEY, DATABASE, DOCS_KEY, Sandbox};
use crate::transport::{HttpReply, HttpRequest, Method, Secret, Transport};

/// Pairs that are about something the sandbox does not offer.
const NOT_APPLICABLE: &[(&str, &str)] = &[
    ("jsonrpc_authenticate", "the deprecated JSON-RPC route"),
    ("jsonrpc_authenticate_bad", "the deprecated JSON-RPC route"),
    ("jsonrpc_execute_kw", "the deprecated JSON-RPC route"),
    ("jsonrpc_execute_kw_bad_key", "the deprecated JSON-RPC route"),
    ("jsonrpc_execute_kw_error", "the deprecated JSON-RPC route"),
    ("jsonrpc_version", "the deprecated JSON-RPC route"),
    ("web_session_authenticate_key", "sessions of a browser"),
    ("guard/guard_issue_token_by_agent", "the published guard, which binds nothing"),
    ("guard/guard_issue_token_by_approver", "the published guard, which binds nothing"),
    ("guard/guard_or_ok_message_post_external", "the published guard, which keeps no requests"),
];

/// Recorded on a database without the guard: the same call is the guard's to refuse here, as another is recorded in
/// `guard/`.
const WITHOUT_GUARD: &str = "odoo19/guard_or_ok_message_post_external";

fn pairs() -> BTreeMap<String, Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire");
    let mut pairs = BTreeMap::new();
    for folder in ["odoo19", "guard"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let pair = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            pairs.insert(format!("{folder}/{name}"), pair);
        }
    }
    pairs
}

fn call(sandbox: &Sandbox, key: &str, path: &str, body: Value) -> HttpReply {
    let request = HttpRequest {
        method: Method::Post,
        path: format!("/json/2/{path}"),
        headers: vec![("Content-Type".into(), "application/json".into())],
        bearer: Some(Secret::new(key.into())),
        cookie: None,
        body: Some(body.to_string().into_bytes()),
    };
    sandbox.send(&request).unwrap()
}

/// The recorded request with our keys, our database, and our id for the record that an earlier pair created.
fn request(name: &str, recorded: &Value, wire_capture: i64) -> HttpRequest {
    let documents = recorded["path"].as_str().unwrap().starts_with("/doc");
    let mut headers = Vec::new();
    let mut bearer = None;
    for (header, value) in recorded["headers"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        match (header.as_str(), value) {
            ("Authorization", value) => {
                bearer = value.strip_prefix("Bearer ").map(|key| {
                    Secret::new(
                        match key {
                            // The recorded agent had the documentation group.
                            "<agent key>" if documents => DOCS_KEY,
                            "<agent key>" | "<nodoc key>" => AGENT_KEY,
                            "<admin key>" => ADMIN_KEY,
                            "<approver key>" => APPROVER_KEY,
                            other => other,
                        }
                        .to_owned(),
                    )
                });
            }
            ("X-Odoo-Database", "lab" | "labref") => headers.push((header.clone(), DATABASE.to_owned())),
            _ => headers.push((header.clone(), value.to_owned())),
        }
    }
    let body = match &recorded["body"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone().into_bytes()),
        other => {
            let mut body = other.clone();
            if body["ids"] == json!([74]) {
                body["ids"] = json!([wire_capture]);
            }
            Some(body.to_string().into_bytes())
        }
    };
    let method = if recorded["method"] == "GET" { Method::Get } else { Method::Post };
    assert!(matches!(recorded["method"].as_str(), Some("GET" | "POST")), "{name}");
    HttpRequest {
        method,
        path: recorded["path"].as_str().unwrap().to_owned(),
        headers,
        bearer,
        cookie: None,
        body,
    }
}

/// The shape of a value: types, and the keys of objects. Lists are as their first element; an empty list, a
/// `false` and a many2one or text in its place are of one kind, as a field may be unset here and set there.
pub fn shape(value: &Value) -> String {
    match value {
        Value::Array(items) => match items.as_slice() {
            [Value::Number(_), Value::String(_)] => "optional".into(),
            [first, ..] => format!("[{}]", shape(first)),
            [] => "[…]".into(),
        },
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().map(|(key, value)| format!("{key}:{}", shape(value))).collect();
            keys.sort();
            format!("{{{}}}", keys.join(","))
        }
        Value::String(_) | Value::Bool(false) => "optional".into(),
        Value::Bool(true) => "optional".into(),
        Value::Number(number) if number.is_f64() => "float".into(),
        Value::Number(_) => "integer".into(),
        Value::Null => "null".into(),
    }
}

/// The lines of a refusal; what is made anew for each request, and the names of made-up people, are left out.
fn lines(message: &str) -> Vec<String> {
    let line = |line: &str| match line.split_once(": ") {
        Some((name @ ("request" | "claim" | "recipient"), _)) => name.to_owned(),
        _ => line.to_owned(),
    };
    message.lines().map(line).collect()
}

fn compare(name: &str, recorded: &Value, reply: &HttpReply) {
    let text = String::from_utf8_lossy(&reply.body);
    assert_eq!(u64::from(reply.status), recorded["status"].as_u64().unwrap(), "{name}: {text}");
    for (header, value) in recorded["headers"].as_object().unwrap() {
        let ours = reply.header(header).unwrap_or_else(|| panic!("{name}: no {header}"));
        if !matches!(header.as_str(), "etag" | "content-disposition") {
            assert_eq!(ours, value.as_str().unwrap(), "{name}: {header}");
        }
    }
    if let Some(expected) = recorded["text"].as_str() {
        assert_eq!(text, expected, "{name}");
        return;
    }
    let expected = &recorded["json"];
    let ours: Value = serde_json::from_slice(&reply.body).unwrap();
    if reply.status >= 400 {
        assert_eq!(ours["name"], expected["name"], "{name}: {text}");
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&ours), keys(expected), "{name}");
        assert_eq!(
            ours["arguments"].as_array().unwrap().len(),
            expected["arguments"].as_array().unwrap().len()
        );
        assert!(ours["debug"].as_str().unwrap().starts_with("Traceback"), "{name}");
        assert!(ours["debug"].as_str().unwrap().contains(ours["message"].as_str().unwrap()), "{name}");
        let whole = ours;
        let (ours, expected) = (whole["message"].as_str().unwrap(), expected["message"].as_str().unwrap());
        let ours = ours.strip_suffix(crate::transport::GAP).unwrap_or(ours);
        if expected.starts_with("AGENT_CONFIRMATION_REQUIRED") {
            assert_eq!(lines(ours), lines(expected), "{name}: {ours}");
            let asked = |body: &Value| shape(&body["context"]["agent_confirmation"]);
            assert_eq!(asked(&whole), asked(&recorded["json"]), "{name}");
        } else {
            assert_eq!(ours, expected, "{name}");
        }
        return;
    }
    if name.contains("ok_doc_") {
        return documents(name, &ours, expected);
    }
    let (ours, expected) = (shape(&ours), shape(expected));
    assert!(
        ours == expected || expected == "[…]" || ours == expected.replace("[integer]", "[…]"),
        "{name}: {ours} / {expected}"
    );
}

/// The recorded documents were trimmed: what is in both must agree.
fn documents(name: &str, ours: &Value, expected: &Value) {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(ours), keys(expected), "{name}");
    if let Some(models) = ours["models"].as_array() {
        assert_eq!(keys(&models[0]), keys(&expected["models"][0]));
        return;
    }
    for (field, theirs) in expected["fields"].as_object().unwrap() {
        for attribute in
            ["name", "type", "string", "required", "readonly", "relation", "selection", "module", "store"]
        {
            assert_eq!(ours["fields"][field][attribute], theirs[attribute], "{name}: {field}.{attribute}");
        }
    }
    for (method, theirs) in expected["methods"].as_object().unwrap() {
        let ours = &ours["methods"][method];
        assert_eq!(ours["signature"], theirs["signature"], "{name}: {method}");
        assert_eq!(ours.get("api"), theirs.get("api"), "{name}: {method}");
        assert_eq!(keys(&ours["parameters"]), keys(&theirs["parameters"]), "{name}: {method}");
    }
}

#[test]
fn every_recorded_request_gets_the_recorded_kind_of_answer() {
    let pairs = pairs();
    assert!(pairs.len() >= 71);
    let mut replayed = 0;
    for (name, pair) in &pairs {
        let short = name.split('/').next_back().unwrap();
        if NOT_APPLICABLE.iter().any(|(known, _)| *known == short || known == name) {
            continue;
        }
        // Each on its own company, with the record that the recording had made by then.
        let sandbox = Sandbox::in_memory();
        let vals = json!({"vals_list": [{"name": "Wire Capture", "email": "wire@example.com"}]});
        let created: Value =
            serde_json::from_slice(&call(&sandbox, AGENT_KEY, "res.partner/create", vals).body).unwrap();
        let mut asked = request(name, &pair["request"], created[0].as_i64().unwrap());
        if let Some(place) = asked.headers.iter().position(|(header, _)| header == "If-None-Match") {
            // The tag is the server's own: ask for it first.
            let (header, _) = asked.headers.remove(place);
            let tag = sandbox.send(&asked).unwrap().header("etag").unwrap().to_owned();
            asked.headers.push((header, tag));
        }
        let reply = sandbox.send(&asked).unwrap();
        let mut expected = pair["response"].clone();
        if name == WITHOUT_GUARD {
            expected = pairs["guard/guard_request_refusal"]["response"].clone();
        }
        compare(name, &expected, &reply);
        replayed += 1;
    }
    assert_eq!(replayed, pairs.len() - NOT_APPLICABLE.len());
}
