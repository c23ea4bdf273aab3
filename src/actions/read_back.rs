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
    if made.is_none() {
        elsewhere(&model, answer).into_iter().for_each(|note| run.note(note));
    }
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

/// The new records of an answer: a list of ids, of an id and its name or of rows, one id, or what an import says.
fn ids_of(answer: &str) -> Vec<i64> {
    let id = |value: &Value| value.as_i64().or_else(|| value["id"].as_i64());
    match serde_json::from_str(answer) {
        Ok(Value::Array(ids)) => ids.iter().filter_map(id).collect(),
        Ok(Value::Number(id)) => id.as_i64().into_iter().collect(),
        Ok(Value::Object(said)) => said["ids"].as_array().into_iter().flatten().filter_map(id).collect(),
        _ => Vec::new(),
    }
}

/// Where an answer is an action that opens records of another model: the rows are not theirs, and it is not printed.
fn elsewhere(model: &str, answer: &str) -> Option<Hint> {
    let action: Value = serde_json::from_str(answer).ok().filter(Value::is_object)?;
    let opened = action["res_model"].as_str().filter(|opened| *opened != model)?;
    crate::operation::check_model(opened).ok()?;
    let one = action["res_id"].as_i64().filter(|id| *id > 0);
    let conditions = action["domain"].as_array().into_iter().flatten();
    let of_domain = |condition: &Value| match (condition[0].as_str()?, condition[1].as_str()?) {
        ("id", "in") => condition[2].as_array()?.iter().map(Value::as_i64).collect(),
        ("id", "=") => Some(vec![condition[2].as_i64()?]),
        _ => None,
    };
    let ids = one.map(|id| vec![id]).or_else(|| conditions.filter_map(of_domain).next())?;
    if ids.is_empty() {
        return None;
    }
    let told =
        format!("the rows are those of {model} itself; it answered with an action that opens {opened}: ");
    Some(Hint::new(told).action(Action::new("read").with("model", opened).with("ids", json!(ids))))
}
