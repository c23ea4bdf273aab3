//! The web session, as a browser has it: a login and a password for a cookie, then `/web/dataset/call_kw`. No key
//! opens it. It sends nothing and keeps no cookie.

use serde_json::{Value, json};

use super::faults::Asked;
use super::{Proof, Protocol, Reply, Way, arguments, rpc};
use crate::error::{Code, Error, Result};
use crate::operation::Operation;
use crate::secret::Secret;
use crate::transport::{HttpReply, HttpRequest, Method};

/// The cookie's name.
const COOKIE: &str = "session_id";
/// Shorter than any that Odoo makes, and long enough to be found wherever it is written.
const SHORTEST: usize = 20;
const LONGEST: usize = 512;

/// The web session with a server of this version.
pub struct WebSession {
    major: u32,
}

impl WebSession {
    /// Of a server.
    pub fn new(major: u32) -> WebSession {
        WebSession { major }
    }

    fn body(&self, operation: &Operation) -> Result<Value> {
        let given = arguments::of(operation, self.major)?;
        Ok(rpc::body(json!({
            "model": operation.model, "method": operation.method, "args": given.places, "kwargs": given.names,
        })))
    }
}

fn path(operation: &Operation) -> String {
    format!("/web/dataset/call_kw/{}/{}", operation.model, operation.method)
}

fn post(path: &str, body: &Value, cookie: Option<Secret>) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        path: path.into(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        bearer: None,
        cookie,
        body: Some(body.to_string().into_bytes()),
    }
}

/// Logs in; without a cookie, which up to 18 breaks the login where it is of another database.
pub fn authenticate(database: &str, login: &str, password: &Secret) -> HttpRequest {
    let params = json!({ "db": database, "login": login, "password": password.expose() });
    post("/web/session/authenticate", &rpc::body(params), None)
}

/// Ends a session on the server.
pub fn destroy(cookie: &Secret) -> HttpRequest {
    post("/web/session/destroy", &rpc::body(json!({})), Some(cookie.clone()))
}

/// Asks which Odoo it is, of whoever listens.
pub fn version() -> HttpRequest {
    post("/web/webclient/version_info", &rpc::body(json!({})), None)
}

/// The cookie that a reply sets; of several the last counts, as in a browser. Other cookies are let go.
pub fn cookie(reply: &HttpReply) -> Option<Secret> {
    let set = reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let mut values = set.flat_map(|(_, value)| value.lines()).filter_map(|line| {
        let (name, value) = line.split(';').next()?.split_once('=')?;
        (name.trim() == COOKIE).then(|| value.trim().trim_matches('"'))
    });
    values.next_back().filter(|value| is_cookie(value)).map(|value| Secret::new(value.into()))
}

/// Whether a text can be the cookie: nothing that could end the header or begin another.
pub fn is_cookie(text: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte))
}

/// A body with its password blacked out; nothing if it is none of ours.
pub fn without_secret(body: &[u8]) -> Option<Value> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    if let Some(password) = body.get_mut("params")?.get_mut("password") {
        *password = "(redacted)".into();
    }
    Some(body)
}

impl Protocol for WebSession {
    fn way(&self) -> Way {
        Way::Session
    }

    fn request(&self, operation: &Operation, proof: &Proof) -> Result<HttpRequest> {
        let Proof::Cookie(cookie) = proof else {
            return Err(Error::new(Code::Internal, "the web session wants its cookie: nothing was sent"));
        };
        Ok(post(&path(operation), &self.body(operation)?, Some(cookie.clone())))
    }

    fn shown(&self, operation: &Operation) -> Result<Value> {
        Ok(json!({ "method": "POST", "path": path(operation), "body": self.body(operation)? }))
    }

    fn reply(&self, operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply> {
        rpc::reply(operation, reply, asked)
    }

    fn is_passing(&self, reply: &HttpReply) -> bool {
        rpc::is_passing(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(headers: &[(&str, &str)]) -> HttpReply {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        HttpReply { status: 200, headers, body: Vec::new() }
    }

    #[test]
    fn the_last_cookie_of_that_name_counts_and_no_other_is_taken() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let other = "f123456789abcdef0123456789abcdef01234567";
        let set = |id: &str| format!("session_id={id}; Expires=x; Max-Age=604800; HttpOnly; Path=/");
        let of = |headers: &[(&str, &str)]| cookie(&reply(headers)).map(|cookie| cookie.expose().to_string());
        assert_eq!(of(&[("set-cookie", &set(id))]).as_deref(), Some(id));
        let two = [
            ("set-cookie", "cids=; Path=/".to_string()),
            ("Set-Cookie", set(other)),
            ("set-cookie", set(id)),
        ];
        let two: Vec<(&str, &str)> = two.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(of(&two).as_deref(), Some(id));
        assert_eq!(of(&[("set-cookie", "frontend_lang=en_US; Path=/")]), None);
        for bad in ["", "short", "a b c d e f g h i j k l m n o", "0123456789abcdef\u{0}0123456789abcdef"] {
            assert_eq!(of(&[("set-cookie", &set(bad))]), None, "{bad}");
        }
        assert_eq!(of(&[("set-cookie", &format!("xsession_id={id}"))]), None);
        assert_eq!(of(&[("x-other", &set(id))]), None);
    }
}
