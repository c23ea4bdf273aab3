//! JSON-RPC, which every Odoo from 14 to 21 answers: `POST /jsonrpc`, `object.execute_kw` with the user's number and
//! key or password in every call. It sends nothing.

use serde_json::{Value, json};

use super::faults::Asked;
use super::{Proof, Protocol, Reply, Way, arguments, rpc};
use crate::error::{Code, Error, Result};
use crate::operation::Operation;
use crate::secret::Secret;
use crate::transport::{HttpReply, HttpRequest, Method};

const PATH: &str = "/jsonrpc";
/// Place of the key or password in the arguments of a call, and of one that signs in.
const SECRET: usize = 2;

/// JSON-RPC with one database of a server of this version.
pub struct JsonRpc {
    database: String,
    major: u32,
}

impl JsonRpc {
    /// Of this database.
    pub fn new(database: &str, major: u32) -> JsonRpc {
        JsonRpc { database: database.into(), major }
    }

    fn body(&self, operation: &Operation, user: &Value, secret: &str) -> Result<Value> {
        arguments::refuse_taken(operation, self.major)?;
        let given = arguments::of(operation, self.major)?;
        Ok(call(
            "object",
            "execute_kw",
            &json!([
                self.database,
                user,
                secret,
                operation.model,
                operation.method,
                given.places,
                given.names
            ]),
        ))
    }
}

fn call(service: &str, method: &str, arguments: &Value) -> Value {
    rpc::body(json!({ "service": service, "method": method, "args": arguments }))
}

fn post(body: &Value) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        path: PATH.into(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        bearer: None,
        cookie: None,
        body: Some(body.to_string().into_bytes()),
    }
}

/// Asks which Odoo it is, of whoever listens and without a key.
pub fn version() -> HttpRequest {
    post(&call("common", "version", &json!([])))
}

/// Asks for the number of a user.
pub fn authenticate(database: &str, login: &str, secret: &Secret) -> HttpRequest {
    post(&call("common", "authenticate", &json!([database, login, secret.expose(), {}])))
}

/// A body with its key or password blacked out; nothing if it is none of ours.
pub fn without_secret(body: &[u8]) -> Option<Value> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let arguments = body.get_mut("params")?.get_mut("args")?.as_array_mut()?;
    if let Some(secret) = arguments.get_mut(SECRET) {
        *secret = "(redacted)".into();
    }
    Some(body)
}

impl Protocol for JsonRpc {
    fn way(&self) -> Way {
        Way::JsonRpc
    }

    fn request(&self, operation: &Operation, proof: &Proof) -> Result<HttpRequest> {
        let Proof::User { id, secret } = proof else {
            return Err(Error::new(Code::Internal, "JSON-RPC wants a user and a key: nothing was sent"));
        };
        Ok(post(&self.body(operation, &json!(id), secret.expose())?))
    }

    fn shown(&self, operation: &Operation) -> Result<Value> {
        let body = self.body(operation, &json!("(the user)"), "(redacted)")?;
        Ok(json!({ "method": "POST", "path": PATH, "body": body }))
    }

    fn reply(&self, operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply> {
        rpc::reply(operation, reply, asked)
    }

    fn is_passing(&self, reply: &HttpReply) -> bool {
        rpc::is_passing(reply)
    }
}
