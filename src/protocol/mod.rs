//! How an operation is said to a server, and what a server's answer means. One file a protocol; which one a profile
//! speaks is chosen above. It sends nothing and keeps nothing.

mod answers;
mod arguments;
mod claims;
pub mod faults;
#[cfg_attr(not(test), expect(dead_code, reason = "the verbs that fetch and print are yet to come"))]
pub mod files;
mod identity;
pub mod json2;
pub mod jsonrpc;
mod outside;
mod results;
pub mod rpc;
pub mod session;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Result;
use crate::operation::Operation;
use crate::secret::Secret;
use crate::transport::{HttpReply, HttpRequest};
use faults::Asked;

/// The JSON of a reply, exactly as it was sent.
pub type Reply = Box<RawValue>;

/// The ways of speaking to Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Odoo 19's own.
    Json2,
    /// `/jsonrpc`.
    JsonRpc,
    /// A browser's.
    Session,
}

impl Way {
    /// Every one.
    pub const ALL: [Way; 3] = [Way::Json2, Way::JsonRpc, Way::Session];

    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Way::Json2 => "JSON-2",
            Way::JsonRpc => "JSON-RPC",
            Way::Session => "the web session",
        }
    }
}

/// What a request proves itself with.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// A key alone.
    Key(Secret),
    /// A user with a key or password.
    User {
        /// Its number.
        id: i64,
        /// Key or password.
        secret: Secret,
    },
    /// A session that was opened.
    Cookie(Secret),
}

/// A way of speaking to Odoo.
pub trait Protocol: Send + Sync {
    /// Which it is.
    fn way(&self) -> Way;

    /// The request that carries an operation, with somebody's proof.
    ///
    /// # Errors
    /// What this way, or this version of Odoo, cannot say.
    fn request(&self, operation: &Operation, proof: &Proof) -> Result<HttpRequest>;

    /// The same for people to read, without proof.
    ///
    /// # Errors
    /// What this way, or this version of Odoo, cannot say.
    fn shown(&self, operation: &Operation) -> Result<Value>;

    /// The request for a document; none where there are no documents.
    fn document(
        &self,
        path: &str,
        etag: Option<&str>,
        language: Option<&str>,
        proof: &Proof,
    ) -> Option<HttpRequest> {
        let _ = (path, etag, language, proof);
        None
    }

    /// What an answer to an operation says.
    ///
    /// # Errors
    /// Odoo's own, or it is not what Odoo answers.
    fn reply(&self, operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply>;

    /// Whether a failed read may succeed when repeated at once.
    fn is_passing(&self, reply: &HttpReply) -> bool;
}

#[cfg(test)]
mod tests;
