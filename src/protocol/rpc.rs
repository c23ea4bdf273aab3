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
    if asked.way == Way::JsonRpc && asked.access == Access::Write && is_of_the_answer(complaint) {
        return asked.lost(format!(
            "Odoo carried out {} and could not write down what it answered ({name}: {})",
            asked.what,
            complaint.message().lines().next().unwrap_or_default()
        ));
    }
    let equivalent = as_json2(complaint, asked);
    let mut data = complaint.data.clone();
    if !data["arguments"].is_array() {
        data["arguments"] = json!([]);
    }
    let said = HttpReply { status: equivalent, headers: Vec::new(), body: data.to_string().into_bytes() };
    let mut error = faults::of_reply(&said, asked).with_status(status);
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
mod tests {
    use super::*;
    use crate::protocol::Way;

    fn asked(what: &str, access: Access) -> Asked<'_> {
        Asked { what, access, database: "lab", origin: "https://o", way: Way::JsonRpc }
    }

    fn error(code: i64, name: &str, message: &str) -> HttpReply {
        let data =
            json!({ "name": name, "message": message, "arguments": [message], "context": {}, "debug": "" });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": code, "message": "Odoo Server Error", "data": data } });
        HttpReply { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    fn ok(body: &str) -> HttpReply {
        HttpReply { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_result_is_what_was_sent_and_nothing_is_null() {
        let of =
            |body: &str| result(&ok(body), asked("m/f", Access::Write)).map(|reply| reply.get().to_string());
        assert_eq!(of(r#"{"jsonrpc":"2.0","id":1,"result":[1.50, "a"]}"#).unwrap(), r#"[1.50, "a"]"#);
        assert_eq!(of(r#"{"jsonrpc":"2.0","id":1}"#).unwrap(), "null");
        assert_eq!(of(r#"{"jsonrpc":"2.0","id":null,"result":null,"error":null}"#).unwrap(), "null");
        for strange in [
            "[]",
            "{}",
            "null",
            "true",
            r#"{"id":1,"result":3}"#,
            "<html>",
            "",
            r#"{"jsonrpc":"1.0","result":3}"#,
            r#"{"jsonrpc":"2.0","id":2,"result":3}"#,
            r#"{"jsonrpc":"2.0","id":"1","result":3}"#,
        ] {
            let error = of(strange).unwrap_err();
            assert_eq!((error.code, error.effect), (Code::BadReply, Effect::Unknown), "{strange}");
        }
        let both = of(r#"{"jsonrpc":"2.0","id":1,"result":3,"error":{"code":200}}"#).unwrap_err();
        assert_eq!(both.effect, Effect::Unknown);
    }

    #[test]
    fn what_fails_after_the_commit_and_what_a_gateway_shows_prove_nothing_of_a_write() {
        let failing = |frame: &str, status: u16, way: Way, access: Access| {
            let traceback = format!(
                "Traceback (most recent call last):\n  File \"/odoo/odoo/http.py\", line 1764, in {frame}\n    x\n  File \"/usr/lib/python3.10/json/encoder.py\", line 258, in iterencode\nTypeError: keys must be str\n"
            );
            let data = json!({ "name": "builtins.TypeError", "message": "keys must be str", "arguments": ["keys must be str"], "context": {}, "debug": traceback });
            let body = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 200, "message": "Odoo Server Error", "data": data } });
            let reply = HttpReply { status, headers: Vec::new(), body: body.to_string().into_bytes() };
            result(&reply, Asked { way, ..asked("x.thing/x_act", access) }).unwrap_err()
        };
        for frame in ["_json_response", "make_json_response"] {
            let error = failing(frame, 200, Way::JsonRpc, Access::Write);
            assert_eq!((error.code, error.effect), (Code::OutcomeUnknown, Effect::Unknown), "{frame}");
            assert!(error.message.contains("carried out x.thing/x_act"), "{}", error.message);
            // The web session writes the answer down before it commits; a read changes nothing anyway.
            assert_eq!(failing(frame, 200, Way::Session, Access::Write).effect, Effect::Rejected);
            assert_eq!(failing(frame, 200, Way::JsonRpc, Access::Read).effect, Effect::Rejected);
        }
        // The same error in the method itself was rolled back.
        assert_eq!(failing("x_act", 200, Way::JsonRpc, Access::Write).effect, Effect::Rejected);
        for status in [201, 302, 307, 501, 502, 503, 504, 520, 599] {
            let error = failing("x_act", status, Way::JsonRpc, Access::Write);
            assert_eq!(error.effect, Effect::Unknown, "{status}");
        }
        for status in [400, 404, 500] {
            assert_eq!(
                failing("x_act", status, Way::JsonRpc, Access::Write).effect,
                Effect::Rejected,
                "{status}"
            );
        }
    }

    #[test]
    fn an_error_means_what_it_means_in_json2() {
        use Code::{AccessDenied, Busy, DatabaseNotFound, InvalidRequest, NotFound, Rejected, ServerError};
        for (name, message, code) in [
            ("odoo.exceptions.AccessError", "no", AccessDenied),
            ("odoo.exceptions.AccessDenied", "Access Denied", AccessDenied),
            ("odoo.exceptions.UserError", "no", Rejected),
            ("odoo.exceptions.ValidationError", "no", Rejected),
            ("odoo.exceptions.RedirectWarning", "no", Rejected),
            ("odoo.exceptions.MissingError", "gone", NotFound),
            ("odoo.exceptions.UserError", "Object res.partner doesn't exist", NotFound),
            ("builtins.KeyError", "res.partner", NotFound),
            ("builtins.KeyError", "res.partner.bank", InvalidRequest),
            ("builtins.AttributeError", "The method 'res.partner.f' does not exist", NotFound),
            ("builtins.AttributeError", "type object 'res.partner' has no attribute 'f'", NotFound),
            ("builtins.AttributeError", "The method 'f' does not exist on the model 'res.partner'", NotFound),
            ("builtins.AttributeError", "'NoneType' object has no attribute 'f'", InvalidRequest),
            ("builtins.ValueError", "Invalid field 'x' on model 'y'", InvalidRequest),
            ("builtins.MemoryError", "", ServerError),
            ("builtins.Exception", "CPU time limit exceeded.", ServerError),
            ("builtins.Exception", "x", InvalidRequest),
            ("psycopg2.errors.InvalidDatetimeFormat", "x", InvalidRequest),
            ("psycopg2.errors.SerializationFailure", "x", Busy),
            ("psycopg2.errors.LockNotAvailable", "x", Busy),
            ("psycopg2.OperationalError", "FATAL:  database \"lab\" does not exist\n", DatabaseNotFound),
        ] {
            for number in [0, 200] {
                let found =
                    result(&error(number, name, message), asked("res.partner/f", Access::Write)).unwrap_err();
                assert_eq!((found.code, found.effect), (code, Effect::Rejected), "{name}: {message}");
                assert_eq!(found.http_status, Some(200));
            }
        }
    }

    #[test]
    fn what_an_error_does_not_undo_stays_open_and_a_socket_is_not_told() {
        let lost = error(200, "psycopg2.OperationalError", "connection to socket \"/run/secret\" failed");
        let found = result(&lost, asked("m/f", Access::Write)).unwrap_err();
        assert_eq!((found.code, found.effect), (Code::OutcomeUnknown, Effect::Unknown));
        assert!(!format!("{found:?}").contains("/run/secret"));
        let mail = error(0, "smtplib.SMTPServerDisconnected", "x");
        assert_eq!(result(&mail, asked("m/f", Access::Write)).unwrap_err().effect, Effect::Unknown);
        let commits = error(0, "builtins.ValueError", "x");
        assert_eq!(
            result(&commits, asked("mail.mail/send", Access::Write)).unwrap_err().effect,
            Effect::Unknown
        );
    }

    #[test]
    fn only_words_of_odoo_prove_that_a_session_is_lost() {
        assert!(lost_session(&error(100, EXPIRED, "Session expired")));
        assert!(lost_session(&HttpReply {
            status: 404,
            ..error(404, "werkzeug.exceptions.NotFound", "404")
        }));
        // An unknown model from 18 on.
        assert!(!lost_session(&error(404, "werkzeug.exceptions.NotFound", "404")));
        assert!(!lost_session(&error(200, "odoo.exceptions.AccessDenied", "Access Denied")));
        let page = |text: &str| HttpReply { status: 404, ..ok(text) };
        assert!(lost_session(&page("<p>The requested URL was not found on the server. If you</p>")));
        assert!(lost_session(&page("<p>No database is selected and the</p>")));
        assert!(!lost_session(&page("<center>nginx</center>")));
        assert!(!lost_session(&ok(r#"{"jsonrpc":"2.0","id":1,"result":"No database is selected"}"#)));
    }
}
