//! `write`: values to records by id; comes to what Odoo returns: true.

use serde_json::Value;

use crate::caller::Caller;
use crate::error::Result;
use crate::execute::execute;
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::session::Session;

/// A write.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Records.
    pub ids: Vec<i64>,
    /// Values.
    pub vals: Object,
}

/// Writes them.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let kwargs = Object::from_iter([("vals".to_string(), Value::Object(request.vals))]);
    execute(session, caller, host, Operation::new(&request.model, "write", kwargs)?.on(request.ids))
}
