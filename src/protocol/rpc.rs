//! The envelope that JSON-RPC and the web session share. Both answer 200 to nearly everything, so that the member
//! `error` alone tells a failure; what an error means is told by the one classification, to which it is handed as
//! JSON-2 would have said it. It sends nothing.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Way;
use super::faults::{self, Asked};
use super::{Reply, answers, identity, results};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::Hint;
use crate::knowledge::methods::{self, Scope};
use crate::operation::{Access, Operation};
use crate::transport::{GAP, HttpReply};

/// Each request has a connection to itself until it is answered.
const ID: i64 = 1;

/// What such an answer holds.
#[derive(Deserialize)]
struct Envelope {
    jsonrpc: String,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    result: Option<Box<RawValue>>,
    #[serde(default)]
    error: Option<Complaint>,
}

/// An error in it.
#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    code: Value,
    #[serde(default)]
    data: Value,
}

impl Complaint {
    fn name(&self) -> &str {
        self.data["name"].as_str().unwrap_or_default()
    }

    /// What Odoo says; without what the embedded one adds to a name that it lacks.
    fn message(&self) -> &str {
        let said = self.data["message"].as_str().unwrap_or_default();
        said.strip_suffix(GAP).unwrap_or(said)
    }

    fn arguments_are(&self, what: &str) -> bool {
        self.data["arguments"].as_array().is_some_and(|all| all.len() == 1 && all[0] == what)
    }

    /// Odoo wants a session that it has lost; it says so before it reads the call.
    fn wants_session(&self) -> bool {
        self.code == 100 || self.name() == EXPIRED
    }
}

const EXPIRED: &str = "odoo.http.SessionExpiredException";
/// What Odoo's own routing says where no route leads on.
const NO_ROUTE: [&str; 2] = ["The requested URL was not found on the server.", "No database is selected"];

/// The parameters in their envelope.
pub fn body(params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": "call", "id": ID, "params": params })
}

/// What a call came to.
///
/// # Errors
/// Odoo's own, or whatever else answered.
pub fn reply(operation: &Operation, reply: HttpReply, asked: Asked) -> Result<Reply> {
    let result = results::as_of_today(operation, result(&reply, asked)?);
    if asked.access == Access::Write
        && let Some(expected) = answers::wrong(operation, result.get())
    {
        return Err(faults::of_answer(expected, asked));
    }
    // A method with an answer of its own is behind no such check.
    identity::refuse_check(&result, asked)?;
    Ok(result)
}

/// The result, as it was sent; where there is none, and no error, it is null.
///
/// # Errors
/// The error, or whatever else answered.
pub fn result(reply: &HttpReply, asked: Asked) -> Result<Reply> {
    let Ok(Envelope { jsonrpc, id, result, error }) = serde_json::from_slice(&reply.body) else {
        return Err(faults::of_reply(&start_of(reply), asked));
    };
    // On a connection that something between shares, one may get what another was answered.
    if !id.is_null() && id != ID {
        return Err(faults::of_answer("the answer to this request", asked).with_status(reply.status));
    }
    match error {
        Some(_) if result.is_some() || faults::odoos_json(&reply.body).is_none() => {
            Err(faults::of_answer("a result or an error, said once", asked).with_status(reply.status))
        }
        // No error of Odoo's has another status: a gateway that changed it may have changed more.
        Some(_) if reply.status != 200 && !(400..=500).contains(&reply.status) => {
            Err(faults::of_reply(&start_of(reply), asked))
        }
        Some(complaint) => Err(of_complaint(&complaint, reply.status, asked)),
        None if reply.status == 200 && jsonrpc == "2.0" => match result {
            Some(result) => Ok(result),
            None => RawValue::from_string("null".into())
                .map_err(|_| Error::new(Code::Internal, "null is no JSON here")),
        },
        None => Err(faults::of_reply(&start_of(reply), asked)),
    }
}

/// Enough of it to tell what it is, without a second copy of a large one.
fn start_of(reply: &HttpReply) -> HttpReply {
    let body = reply.body[..reply.body.len().min(8192)].to_vec();
    HttpReply { status: reply.status, headers: reply.headers.clone(), body }
}

/// The complaint of an answer, if it is one; large results are not read for it.
fn complaint(reply: &HttpReply) -> Option<Complaint> {
    let start = &reply.body[..reply.body.len().min(512)];
    if !start.windows(7).any(|window| window == b"\"error\"") {
        return None;
    }
    let envelope = serde_json::from_slice::<Envelope>(&reply.body).ok()?;
    faults::odoos_json(&reply.body).filter(|_| envelope.result.is_none())?;
    envelope.error
}

/// Whether a failed read may succeed when repeated at once.
pub fn is_passing(reply: &HttpReply) -> bool {
    match complaint(reply) {
        Some(complaint) => faults::is_lock(complaint.name()),
        None => faults::is_passing(reply),
    }
}

/// Whether Odoo itself says, whole, that it had no session for the call, and so did not begin it: nothing less lets a
/// write be sent again. A gateway that knows the words can show any page, and any code with it.
pub fn refused_for_want_of_a_session(reply: &HttpReply) -> bool {
    reply.status == 200
        && complaint(reply).is_some_and(|complaint| complaint.code == 100 && complaint.name() == EXPIRED)
}

/// Whether the answer says that there was no session for the call.
pub fn lost_session(reply: &HttpReply) -> bool {
    match (complaint(reply), reply.status) {
        (Some(complaint), 404) => complaint.code == 404,
        (Some(complaint), _) => complaint.wants_session(),
        // With several databases a call without a session has none to go to: not even the route is there.
        (None, 404) => {
            let text = String::from_utf8_lossy(&reply.body[..reply.body.len().min(8192)]);
            NO_ROUTE.iter().any(|words| text.contains(words))
        }
        (None, _) => false,
    }
}

/// Whether Odoo denies the call or the caller, which JSON-RPC does not tell apart; or it has no such user.
pub fn denies(reply: &HttpReply, user: i64) -> bool {
    complaint(reply).is_some_and(|complaint| match complaint.name() {
        "odoo.exceptions.AccessDenied" => true,
        "odoo.exceptions.MissingError" => complaint.message().contains(&format!("res.users({user},)")),
        _ => false,
    })
}

fn of_complaint(complaint: &Complaint, status: u16, asked: Asked) -> Error {
    let name = complaint.name();
    if matches!(name, "psycopg2.OperationalError" | "psycopg2.InterfaceError") {
        return without_database(complaint, status, asked);
    }
    if !faults::is_python_class(name) || complaint.data["message"].as_str().is_none() {
        return faults::of_answer("an error of Odoo's own", asked).with_status(status);
    }
    let equivalent = as_json2(complaint, asked);
    let mut data = complaint.data.clone();
    if !data["arguments"].is_array() {
        data["arguments"] = json!([]);
    }
    let said = HttpReply { status: equivalent, headers: Vec::new(), body: data.to_string().into_bytes() };
    let mut error = faults::of_reply(&said, asked).with_status(status);
    if asked.way == Way::JsonRpc && error.effect == Effect::Rejected && is_of_the_answer(complaint) {
        return faults::of_committed(error, asked);
    }
    if equivalent == 404 && matches!(name, "builtins.KeyError" | "werkzeug.exceptions.NotFound") {
        error.message = format!("Odoo has no model {}: nothing was changed", model(asked));
    }
    let takes_records = methods::of(model(asked), method(asked)).is_none_or(|row| row.scope != Scope::Model);
    if is_without_records(complaint) && takes_records {
        error = error.with_hint(
            Hint::new("a method that works on records needs them, and these protocols say so in this way: name them with ")
                .name("ids")
                .text(", or give no arguments that stand in their place"),
        );
    }
    error
}

/// Whether it was the answer that failed, and not the method. This protocol commits first (`odoo/service/model.py`,
/// `execute_cr`, as of 14) and then has the answer written (`odoo/http.py`).
fn is_of_the_answer(complaint: &Complaint) -> bool {
    let traceback = complaint.data["debug"].as_str().unwrap_or_default();
    ["in _json_response", "in make_json_response"].iter().any(|writer| traceback.contains(writer))
}

fn model(asked: Asked<'_>) -> &str {
    asked.what.split('/').next().unwrap_or(asked.what)
}

fn method(asked: Asked<'_>) -> &str {
    asked.what.split_once('/').map_or("", |(_, method)| method)
}

/// The status that JSON-2 has for the same.
fn as_json2(complaint: &Complaint, asked: Asked) -> u16 {
    let name = complaint.name();
    match name {
        _ if complaint.wants_session() => 401,
        "odoo.exceptions.AccessDenied" | "odoo.exceptions.AccessError" => 403,
        "odoo.exceptions.MissingError" | "werkzeug.exceptions.NotFound" => 404,
        "odoo.exceptions.UserError" if is_unknown_model(complaint, asked) => 404,
        "builtins.KeyError" if complaint.arguments_are(model(asked)) => 404,
        "builtins.AttributeError" if is_unknown_method(complaint, asked) => 404,
        "odoo.exceptions.UserError"
        | "odoo.exceptions.ValidationError"
        | "odoo.exceptions.RedirectWarning" => 422,
        // Odoo 19 reads a date itself, before the database does.
        "psycopg2.errors.DatetimeFieldOverflow" | "psycopg2.errors.InvalidDatetimeFormat" => 400,
        _ => 500,
    }
}

/// JSON-RPC says so by a refusal of the service, before any method is looked for; in English, or as the last words
/// of its own file.
fn is_unknown_model(complaint: &Complaint, asked: Asked) -> bool {
    let (message, model) = (complaint.message(), model(asked));
    message == format!("Object {model} doesn't exist")
        || (message.contains(model)
            && complaint.data["debug"].as_str().is_some_and(|debug| {
                let last = debug.lines().rfind(|line| line.trim_start().starts_with("File "));
                last.is_some_and(|line| line.contains("service/model.py"))
            }))
}

/// The call's own search for the method failed: its words are Python's, in no language, and differ by version.
fn is_unknown_method(complaint: &Complaint, asked: Asked) -> bool {
    let (message, model, method) = (complaint.message(), model(asked), method(asked));
    [
        format!("type object '{model}' has no attribute '{method}'"),
        format!("The method '{model}.{method}' does not exist"),
        format!("The method '{method}' does not exist on the model '{model}'"),
    ]
    .iter()
    .any(|words| message == words)
}

fn is_without_records(complaint: &Complaint) -> bool {
    complaint.name() == "builtins.IndexError"
        && matches!(complaint.message(), "list index out of range" | "tuple index out of range")
}

/// Odoo could not use its database. What it says names hosts and sockets, so its words go no further.
fn without_database(complaint: &Complaint, status: u16, asked: Asked) -> Error {
    if complaint.message().contains(&format!("database \"{}\" does not exist", asked.database)) {
        return faults::no_database(asked).with_status(status);
    }
    let message = format!("Odoo lost its database during {}", asked.what);
    let error = match asked.access {
        Access::Read => {
            Error::new(Code::ServerError, format!("{message}; it only reads, nothing was changed"))
                .with_effect(Effect::Rejected, Retry::Safe)
        }
        Access::Write => asked.lost(message),
    };
    error.with_status(status)
}

#[cfg(test)]
mod tests;
