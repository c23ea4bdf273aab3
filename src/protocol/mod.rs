//! How an operation is said to a server, and what a server's answer means. One file a protocol; which one a profile
//! speaks is chosen above. It sends nothing and keeps nothing.

mod answers;
mod claims;
pub mod faults;
pub mod json2;
mod outside;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Result;
use crate::operation::Operation;
use crate::secret::Secret;
use crate::transport::{HttpReply, HttpRequest};
use faults::Asked;

/// The JSON of a reply, exactly as it was sent.
pub type Reply = Box<RawValue>;

/// A way of speaking to Odoo.
pub trait Protocol: Send + Sync {
    /// The request that carries an operation with somebody's key.
    fn request(&self, operation: &Operation, key: &Secret) -> HttpRequest;

    /// The same for people to read.
    fn shown(&self, operation: &Operation) -> Value;

    /// The request for a document.
    fn document(&self, path: &str, etag: Option<&str>, language: Option<&str>, key: &Secret) -> HttpRequest;

    /// What an answer of status 200 to an operation says.
    ///
    /// # Errors
    /// It is not what Odoo answers, or says that nothing was done.
    fn reply(&self, operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply>;

    /// The JSON of a document.
    ///
    /// # Errors
    /// It is none.
    fn json(&self, reply: HttpReply, asked: Asked) -> Result<Reply>;
}
