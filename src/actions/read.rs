//! `read`: chosen fields of records by id.

use serde_json::Value;

use super::fields::{self, Fields};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::session::{Run, Session};

/// A read.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Records.
    pub ids: Vec<i64>,
    /// Fields.
    pub fields: Fields,
}

/// Comes to the rows.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let fields = request.fields.resolve(&request.model, &run)?;
    let kwargs = Object::from_iter([("fields".to_string(), Value::from(fields.clone()))]);
    let operation = Operation::new(&request.model, "read", kwargs)?.on(request.ids.clone());
    if caller.rules.dry_run {
        return run.shown(operation);
    }
    fields::learn_types(&run, &request.model)?;
    let reply = run.send(operation)?;
    if !reply.get().starts_with('[') {
        return Err(Error::new(Code::BadReply, "read did not answer with a list"));
    }
    Ok(fields::records(&run, &request.model, &request.fields, &fields, reply))
}
