//! The sandbox from outside: calls as a client makes them,
//! answers as a client reads them. Only the domain laws
//! look inside.

mod annex;
mod clients;
mod company;
mod domains;
mod groups;
mod guard;
mod recorded;
mod records;
mod rpc;
mod serving;
mod state;
mod wire;

use serde_json::{Value, json};

use super::*;
use crate::transport::Method;
use crate::transport::Secret;

/// A call under a key: status and body.
pub fn call_as(sandbox: &Sandbox, key: &str, path: &str, body: Value) -> (u16, Value) {
    let request = HttpRequest {
        method: Method::Post,
        path: format!("/json/2/{path}"),
        headers: vec![("Content-Type".into(), "application/json".into())],
        bearer: Some(Secret::new(key.into())),
        cookie: None,
        body: Some(body.to_string().into_bytes()),
    };
    let reply = sandbox.send(&request).expect("an answer");
    (reply.status, serde_json::from_slice(&reply.body).expect("JSON"))
}

/// A call as the administrator that must succeed.
pub fn ok(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let (status, value) = call_as(sandbox, ADMIN_KEY, path, body);
    assert_eq!(status, 200, "{path}: {value}");
    value
}

/// A call as the administrator that must fail: status, exception, message.
pub fn fails(sandbox: &Sandbox, path: &str, body: Value) -> (u16, String, String) {
    let (status, value) = call_as(sandbox, ADMIN_KEY, path, body);
    assert!(status >= 400, "{path}: {value}");
    let text = |name: &str| value[name].as_str().expect("text").to_owned();
    (status, text("name"), text("message"))
}

/// One row by id.
pub fn row(sandbox: &Sandbox, model: &str, id: &Value, fields: Value) -> Value {
    ok(sandbox, &format!("{model}/read"), json!({"ids": [id], "fields": fields}))[0].clone()
}

/// Creates one record as the administrator.
pub fn create(sandbox: &Sandbox, model: &str, vals: Value) -> Value {
    ok(sandbox, &format!("{model}/create"), json!({"vals_list": [vals]}))[0].clone()
}
