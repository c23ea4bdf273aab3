//! The pipeline: the only road to the server for an operation. It checks and mends, sends, lets the approval flow
//! answer the guard's refusal, and afterwards drops what the cache can no longer vouch for.

use crate::approval;
use crate::error::{Code, Effect, Error, Result};
use crate::odoo::client::Reply;
use crate::operation::{Kind, Operation};
use crate::preflight::{Check, answers, currencies, echoes, explain};
use crate::session::Session;

/// Carries out an operation whose context is complete.
pub fn execute(session: &Session, operation: &Operation) -> Result<Reply> {
    let operation = &prepare(session, operation)?;
    let kind = kind_of(session, operation)?;
    let program = session.program();
    let check = Check::new(&session.rules, session, &program, operation);
    let mut sent = operation.clone();
    let currencies = currencies::ask(&check, &mut sent);
    let is_echoed = echoes::ask(&mut sent);
    let outcome = send(session, &sent, kind);
    if kind == Kind::Write
        && may_have_changed(&outcome)
        && let Err(error) = session.cache.forget_lookups(&session.owner, &operation.model)
    {
        session.note_once(&format!(
            "cached lookups of {} could not be dropped ({error}): use --refresh",
            operation.model
        ));
    }
    let reply = outcome.map_err(|error| explained(session, operation, error))?;
    let plain = match currencies {
        Some(asked) => asked.take_out(&check, operation, reply.get()),
        None if is_echoed => echoes::take_out(reply.get()),
        None => None,
    };
    let judged = answers::judge(&check, operation, &reply);
    for note in check.notes() {
        session.note_once(&note);
    }
    judged.map(|()| plain.unwrap_or(reply))
}

/// The operation as it will be sent, each time the same: what is mended is mended here, once, and noted.
pub fn prepare(session: &Session, operation: &Operation) -> Result<Operation> {
    let mut prepared = operation.clone();
    let program = session.program();
    let check = Check::new(&session.rules, session, &program, operation);
    for note in check.run(&mut prepared)? {
        session.note_once(&note);
    }
    Ok(prepared)
}

/// A refusal with what the same knowledge can add.
fn explained(session: &Session, operation: &Operation, error: Error) -> Error {
    if error.odoo.is_none() || operation.method == "get_available_models" {
        return error;
    }
    let error = session.naming_settings(error);
    let program = session.program();
    let check = Check::new(&session.rules, session, &program, operation);
    explain::explain(&check, operation, error, &|| session.models())
}

/// Sends; a write that the guard refuses goes through the approval flow.
fn send(session: &Session, operation: &Operation, kind: Kind) -> Result<Reply> {
    match (&session.approval.token, kind) {
        (Some(token), Kind::Write) => approval::present(session, operation, token),
        _ => match session.odoo().call(operation, kind) {
            Err(refusal) if refusal.code == Code::ConfirmationRequired && kind == Kind::Write => {
                approval::answer(session, operation, refusal)
            }
            outcome => outcome,
        },
    }
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
