//! What is asked of a server without a key: whether it is there, which Odoo it is, which databases it offers. Nothing of
//! anybody's is sent.

use serde_json::Value;

use super::{Odoo, server};
use crate::error::Result;
use crate::operation::Access;
use crate::protocol::{Way, faults, session};
use crate::transport::{HttpReply, HttpRequest, Method};

impl Odoo {
    /// What answers at `/web/version`, without a key: for diagnosis.
    pub fn probe(&self) -> Result<HttpReply> {
        let request = HttpRequest {
            method: Method::Get,
            path: "/web/version".into(),
            headers: Vec::new(),
            bearer: None,
            cookie: None,
            body: None,
        };
        self.bare(&request)
    }

    /// Sends something that holds no key.
    fn bare(&self, request: &HttpRequest) -> Result<HttpReply> {
        let asked = self.asked(&request.path, Access::Read, Way::Json2);
        self.transport()?.send(request).map_err(|fault| faults::of_fault(fault, asked))
    }

    /// The databases that the server offers to anybody, without a key; `None` where it keeps them to itself.
    pub fn databases(&self) -> Option<Vec<String>> {
        let request = HttpRequest {
            method: Method::Post,
            path: "/web/database/list".into(),
            headers: vec![("Content-Type".into(), "application/json".into())],
            bearer: None,
            cookie: None,
            body: Some(br#"{"jsonrpc":"2.0","method":"call","params":{}}"#.to_vec()),
        };
        let reply = self.transport().ok()?.send(&request).ok().filter(|reply| reply.status == 200)?;
        let body: Value = serde_json::from_slice(&reply.body).ok()?;
        let names = body["result"].as_array()?.iter().filter_map(|name| name.as_str().map(str::to_string));
        Some(names.take(20).collect::<Vec<_>>()).filter(|names| !names.is_empty())
    }

    /// The version that the server says it is, by the page of later ones or the question that all answer.
    pub(super) fn version(&self) -> Option<String> {
        server::version_in(&self.probe().ok()?).or_else(|| self.told_version())
    }

    /// The same, where it is no such page.
    pub fn told_version(&self) -> Option<String> {
        server::told_in(&self.bare(&session::version()).ok()?).map(|(version, _)| version)
    }
}
