//! JSON-2, Odoo 19's own: `POST /json/2/<model>/<method>` with the arguments by name, ids and context beside them.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::faults::{self, Asked};
use super::{Protocol, Reply, answers};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::operation::{Access, Object, Operation};
use crate::secret::Secret;
use crate::transport::{HttpReply, HttpRequest, Method};

/// JSON-2 with one database.
pub struct Json2 {
    database: String,
}

impl Json2 {
    /// Of this database.
    pub fn new(database: &str) -> Json2 {
        Json2 { database: database.into() }
    }
}

fn path(operation: &Operation) -> String {
    format!("/json/2/{}/{}", operation.model, operation.method)
}

/// `ids`, arguments, `context`.
fn body(operation: &Operation) -> Object {
    let mut body = Object::new();
    if let Some(ids) = &operation.ids {
        body.insert("ids".into(), ids.clone().into());
    }
    body.extend(operation.kwargs.clone());
    body.insert("context".into(), operation.context.clone().into());
    body
}

impl Protocol for Json2 {
    fn request(&self, operation: &Operation, key: &Secret) -> HttpRequest {
        HttpRequest {
            method: Method::Post,
            path: path(operation),
            headers: vec![
                ("X-Odoo-Database".into(), self.database.clone()),
                ("Content-Type".into(), "application/json".into()),
            ],
            bearer: Some(key.clone()),
            body: Some(Value::Object(body(operation)).to_string().into_bytes()),
        }
    }

    fn shown(&self, operation: &Operation) -> Value {
        json!({ "method": "POST", "path": path(operation), "body": Value::Object(body(operation)) })
    }

    fn document(&self, path: &str, etag: Option<&str>, language: Option<&str>, key: &Secret) -> HttpRequest {
        let mut headers = vec![("X-Odoo-Database".to_string(), self.database.clone())];
        headers.extend(etag.map(|etag| ("If-None-Match".into(), etag.into())));
        // The documents have no context; their language comes from here.
        headers.extend(language.map(|language| ("Accept-Language".into(), language.replace('_', "-"))));
        HttpRequest { method: Method::Get, path: path.into(), headers, bearer: Some(key.clone()), body: None }
    }

    fn reply(&self, operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply> {
        let json = parse(reply, asked)?;
        refuse_identity_check(&json, asked.what)?;
        if asked.access == Access::Write
            && let Some(expected) = answers::wrong(operation, json.get())
        {
            return Err(faults::of_answer(expected, asked));
        }
        Ok(json)
    }

    fn json(&self, reply: HttpReply, asked: Asked) -> Result<Reply> {
        parse(reply, asked)
    }
}

fn parse(reply: HttpReply, asked: Asked) -> Result<Reply> {
    let HttpReply { status, headers, body } = reply;
    // Enough to tell a web page from broken JSON, without a second copy of a large reply.
    let start = body[..body.len().min(8192)].to_vec();
    String::from_utf8(body)
        .ok()
        .and_then(|text| RawValue::from_string(text).ok())
        .ok_or_else(|| faults::of_reply(&HttpReply { status, headers, body: start }, asked))
}

/// Methods behind Odoo's identity check answer 200 with the dialog that asks for the password
/// (`check_identity`, res_users.py): nothing was done, and a key cannot do it.
fn refuse_identity_check(json: &RawValue, what: &str) -> Result<()> {
    if !json.get().contains("res.users.identitycheck") {
        return Ok(());
    }
    let value: Value = serde_json::from_str(json.get()).unwrap_or_default();
    if value.get("res_model").and_then(Value::as_str) != Some("res.users.identitycheck") {
        return Ok(());
    }
    Err(Error::new(
        Code::Rejected,
        format!(
            "Odoo wants the user's password before {what}, which an API key cannot give: nothing was done"
        ),
    )
    .with_effect(Effect::Rejected, Retry::Never)
    .with_hint("do this in Odoo's own interface"))
}
