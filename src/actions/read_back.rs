//! A call that is asked what came of it: its records, read once it is done, in place of what Odoo returned. What is to be
//! read is checked before anything is sent; a read that fails afterwards does not make a failure of what is done.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::execute::execute;
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::knowledge::methods;
use crate::odoo::schema::Schemas;
use crate::operation::{Object, Operation};
use crate::outcome::{Body, Outcome};
use crate::session::{Run, Session};

/// Carries out an operation; with fields it comes to those of its records as they are afterwards: the new ones, or
/// those that it is called on.
///
/// # Errors
/// What a check or Odoo refuses of the operation, and fields that the model does not have.
pub fn carried_out(
    session: &Session,
    caller: &Caller,
    host: &dyn Host,
    operation: Operation,
    asked: Option<Vec<String>>,
) -> Result<Outcome> {
    let Some(asked) = asked else { return execute(session, caller, host, operation) };
    let made = methods::makes(&operation.model, &operation.method).map(str::to_string);
    let (model, ids) = match (&made, &operation.ids) {
        (Some(made), _) => (made.clone(), Vec::new()),
        (None, Some(ids)) if !ids.is_empty() && operation.method != "unlink" => {
            (operation.model.clone(), ids.clone())
        }
        _ => {
            let what = format!("{}/{} leaves no records to read", operation.model, operation.method);
            return Err(Error::usage(what).with_hint(Hint::new("leave out ").name("read_back")));
        }
    };
    let reader = caller.carrying_out("read");
    let run = Run::new(session, &reader, host);
    let asked = Fields::of(asked);
    run.filled(&model)?;
    let fields = asked.resolve(&model, &run)?;
    let read = |ids: Vec<i64>| {
        let kwargs = Object::from_iter([("fields".to_string(), Value::from(fields.clone()))]);
        Operation::new(&model, "read", kwargs).map(|read| read.on(ids))
    };
    run.checked(&run.in_context(read(vec![1])?)?).map_err(|mut error| {
        error.message = format!("of what is read back, {}", error.message);
        error
    })?;
    let done = execute(session, caller, host, operation)?;
    let Body::Value(answer) = &done.body else { return Ok(done) };
    let ids = if made.is_some() { ids_of(answer) } else { ids };
    if ids.is_empty() {
        return Ok(done);
    }
    match read(ids.clone()).and_then(|read| run.send(read)) {
        Ok(rows) => {
            let outcome = fields::records(&run, &model, &asked, &fields, rows);
            Ok(Outcome { effect: done.effect, ..outcome })
        }
        Err(error) => {
            let again = Action::new("read").with("model", model.as_str()).with("ids", json!(ids));
            let told = format!("it is done, and what came of it could not be read ({}): ", error.message);
            run.note(Hint::new(told).action(again));
            Ok(done)
        }
    }
}

/// The new records of an answer: a list of ids, or one.
fn ids_of(answer: &str) -> Vec<i64> {
    match serde_json::from_str(answer) {
        Ok(Value::Array(ids)) => ids.iter().filter_map(Value::as_i64).collect(),
        Ok(Value::Number(id)) => id.as_i64().into_iter().collect(),
        _ => Vec::new(),
    }
}
