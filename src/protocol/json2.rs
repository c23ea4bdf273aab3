//! JSON-2, Odoo 19's own: `POST /json/2/<model>/<method>` with the arguments by name, ids and context beside them.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::faults::{self, Asked};
use super::{Proof, Protocol, Reply, Way, answers, identity};
use crate::error::{Code, Error, Result};
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

/// The key, which is all that JSON-2 takes.
fn key(proof: &Proof) -> Result<&Secret> {
    match proof {
        Proof::Key(key) => Ok(key),
        _ => Err(Error::new(Code::Internal, "JSON-2 wants a key: nothing was sent")),
    }
}

impl Protocol for Json2 {
    fn way(&self) -> Way {
        Way::Json2
    }

    fn request(&self, operation: &Operation, proof: &Proof) -> Result<HttpRequest> {
        Ok(HttpRequest {
            method: Method::Post,
            path: path(operation),
            headers: vec![
                ("X-Odoo-Database".into(), self.database.clone()),
                ("Content-Type".into(), "application/json".into()),
            ],
            bearer: Some(key(proof)?.clone()),
            cookie: None,
            body: Some(Value::Object(body(operation)).to_string().into_bytes()),
        })
    }

    fn shown(&self, operation: &Operation) -> Result<Value> {
        Ok(json!({ "method": "POST", "path": path(operation), "body": Value::Object(body(operation)) }))
    }

    fn document(
        &self,
        path: &str,
        etag: Option<&str>,
        language: Option<&str>,
        proof: &Proof,
    ) -> Option<HttpRequest> {
        let key = key(proof).ok()?;
        let mut headers = vec![("X-Odoo-Database".to_string(), self.database.clone())];
        headers.extend(etag.map(|etag| ("If-None-Match".into(), etag.into())));
        // The documents have no context; their language comes from here.
        headers.extend(language.map(|language| ("Accept-Language".into(), language.replace('_', "-"))));
        Some(HttpRequest {
            method: Method::Get,
            path: path.into(),
            headers,
            bearer: Some(key.clone()),
            cookie: None,
            body: None,
        })
    }

    fn reply(&self, operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply> {
        if reply.status != 200 {
            return Err(faults::of_reply(&reply, asked));
        }
        let json = parse(reply, asked)?;
        if asked.access == Access::Write
            && let Some(expected) = answers::wrong(operation, json.get())
        {
            return Err(faults::of_answer(expected, asked));
        }
        // A method with an answer of its own is behind no such check.
        identity::refuse_check(&json, asked)?;
        Ok(json)
    }

    fn is_passing(&self, reply: &HttpReply) -> bool {
        faults::is_passing(reply)
    }
}

/// The JSON of a reply that says 200.
///
/// # Errors
/// It is none.
pub fn parse(reply: HttpReply, asked: Asked) -> Result<Reply> {
    let HttpReply { status, headers, body } = reply;
    // Enough to tell a web page from broken JSON, without a second copy of a large reply.
    let start = body[..body.len().min(8192)].to_vec();
    String::from_utf8(body)
        .ok()
        .and_then(|text| RawValue::from_string(text).ok())
        .ok_or_else(|| faults::of_reply(&HttpReply { status, headers, body: start }, asked))
}
