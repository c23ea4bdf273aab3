//! What a question to Odoo needs besides the question: the server, where answers are kept and whose they are, the
//! channel it comes through, and whom to tell.

use serde_json::Value;

use super::Odoo;
use crate::cache::{Cache, Owner};
use crate::caller::Road;
use crate::cleared::Cleared;
use crate::context;
use crate::error::Result;
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::protocol::Reply;

/// A place to ask from.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The server.
    pub odoo: &'a Odoo,
    /// Where answers are kept.
    pub cache: &'a Cache,
    /// Whose they are.
    pub owner: &'a Owner,
    /// The channel that Odoo's audit names.
    pub channel: &'a str,
    /// How whoever asks came here.
    pub road: &'a Road,
    /// Whom to tell.
    pub host: &'a dyn Host,
}

impl Desk<'_> {
    /// Asks with this context.
    pub fn ask(&self, mut operation: Operation, context: &Object) -> Result<Reply> {
        operation.context = context.clone();
        self.odoo.call(&Cleared::question(operation)?.by(&self.road.asking()), self.host)
    }

    /// Asks with nothing but the agent's marks: before the whole context is known.
    pub fn ask_plainly(&self, operation: Operation) -> Result<Reply> {
        self.ask(operation, &context::agent_marks(self.channel))
    }

    /// Rows of a search, or none if Odoo does not tell.
    pub fn rows(&self, model: &str, domain: &Value, field: &str) -> Option<Vec<Value>> {
        let kwargs = Object::from_iter([
            ("domain".to_string(), domain.clone()),
            ("fields".to_string(), serde_json::json!([field])),
        ]);
        let operation = Operation::new(model, "search_read", kwargs).ok()?;
        serde_json::from_str(self.ask_plainly(operation).ok()?.get()).ok()
    }
}
