//! The pipeline: the only road to the server for an operation. It sends, and afterwards drops what the cache
//! can no longer vouch for. Preflight, journal and approval are steps of it.

use crate::error::{Effect, Result};
use crate::odoo::client::Reply;
use crate::operation::{Kind, Operation};
use crate::session::Session;

/// Carries out an operation whose context is complete.
pub fn execute(session: &Session, operation: &Operation) -> Result<Reply> {
    let kind = kind_of(session, operation)?;
    let outcome = session.odoo().call(operation, kind);
    if kind == Kind::Write && may_have_changed(&outcome) {
        if let Err(error) = session.cache.forget_lookups(&session.owner, &operation.model) {
            session.note_once(&format!(
                "cached lookups of {} could not be dropped ({error}): use --refresh",
                operation.model
            ));
        }
    }
    outcome
}

/// Read or write, by the table; else by the cached documents, which know Odoo's own mark.
fn kind_of(session: &Session, operation: &Operation) -> Result<Kind> {
    if operation.kind() == Kind::Write
        && session.documents()?.is_readonly(&operation.model, &operation.method)
    {
        return Ok(Kind::Read);
    }
    Ok(operation.kind())
}

fn may_have_changed(outcome: &Result<Reply>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => matches!(error.effect, Effect::Unknown | Effect::Done),
    }
}
