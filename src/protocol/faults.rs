//! What a reply that is not a result means: classified by HTTP status and Odoo's exception name, never by
//! message text, which is translated; the guard's documented marker is the one exception. It says what the
//! failure did to the data. It sends nothing.

use serde_json::Value;

use super::{Way, claims, outside};

use crate::error::{Code, Effect, Error, OdooFault, Retry};
use crate::hint::Hint;
use crate::operation::Access;
use crate::transport::{FaultKind, HttpReply, Phase, TransportFault};

/// First line of a refusal by the guard.
pub const CONFIRMATION_MARKER: &str = "AGENT_CONFIRMATION_REQUIRED";

const LOOK_FIRST: &str = "search or read to see whether it happened before you repeat it";

/// What the classification needs to know about the request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// `res.partner/write`, for messages.
    pub what: &'a str,
    /// Decides what a lost answer means.
    pub access: Access,
    /// For messages.
    pub database: &'a str,
    /// For messages.
    pub origin: &'a str,
    /// How it was said.
    pub way: Way,
}

impl Asked<'_> {
    /// An answer that does not tell what became of the call.
    pub fn lost(&self, message: String) -> Error {
        match self.access {
            Access::Read => Error::new(
                Code::Unreachable,
                format!("{message}; {} only reads, nothing was changed", self.what),
            )
            .with_effect(Effect::Rejected, Retry::Safe),
            Access::Write => Error::new(
                Code::OutcomeUnknown,
                format!("{message}; {} was sent, so it may have been carried out", self.what),
            )
            .with_hint(LOOK_FIRST),
        }
    }

    /// Effect of a reply that cannot be read although the server answered.
    fn unread(&self, error: Error) -> Error {
        match self.access {
            Access::Read => error.with_effect(Effect::Rejected, Retry::Safe),
            Access::Write => error.with_effect(Effect::Unknown, Retry::CheckFirst),
        }
    }
}

/// No usable reply.
pub fn of_fault(mut fault: TransportFault, asked: Asked) -> Error {
    let cause = fault.cause.take();
    let error = without_reply(fault, asked);
    match cause {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}

fn without_reply(fault: TransportFault, asked: Asked) -> Error {
    if fault.kind == FaultKind::Local {
        return Error::local_state(format!("{}: nothing was changed", fault.detail));
    }
    if fault.phase == Phase::NotSent {
        let error = Error::new(Code::Unreachable, format!("{}: nothing was sent", fault.detail));
        return match fault.kind {
            FaultKind::Tls => {
                let mut error = error.with_effect(Effect::NotSent, Retry::Never);
                if fault.detail.contains("UnknownIssuer") || fault.detail.contains("nknown issuer") {
                    error = error.with_hint(
                        "if the server has a private authority, name its PEM file in ODOO_CA_FILE",
                    );
                }
                error.with_hint("check the address, the clock and the server's certificate")
            }
            FaultKind::Resolve => error.with_hint("check ODOO_BASE_URL and the network"),
            FaultKind::Proxy => error.with_hint(
                "the proxy is that of the environment (HTTPS_PROXY, ALL_PROXY): see whether it may reach this host, or name the host in NO_PROXY",
            ),
            _ if asked.origin.starts_with("https://") => error.with_hint(
                "check that Odoo is running and that ODOO_BASE_URL names its scheme and port: a port that speaks plain http breaks an https connection off",
            ),
            _ => error.with_hint("check that Odoo is running and that ODOO_BASE_URL names its port"),
        };
    }
    match fault.kind {
        FaultKind::TooLarge => {
            let error = Error::new(Code::BadReply, format!("{} to {}", fault.detail, asked.what))
                .with_hint("ask for fewer records or fields");
            // A read that is repeated is too large again.
            if asked.access == Access::Read { error } else { asked.unread(error) }
        }
        FaultKind::Truncated if asked.access == Access::Read => {
            asked.unread(Error::new(Code::BadReply, format!("{}; nothing was changed", fault.detail)))
        }
        FaultKind::Timeout => asked
            .lost(fault.detail)
            .with_hint(
                Hint::default()
                    .setting("timeout", "5m")
                    .text(" waits longer; Odoo itself ends a call after about two minutes"),
            ),
        FaultKind::Protocol => asked.unread(Error::new(Code::BadReply, fault.detail)),
        FaultKind::Reset if asked.origin.starts_with("https://") => asked
            .lost(fault.detail)
            .with_hint("a port that speaks plain http closes an https connection like this: check scheme and port of ODOO_BASE_URL"),
        _ => asked.lost(fault.detail),
    }
}

/// An answer of 200 to a write that is not what Odoo answers when it is done.
pub fn of_answer(expected: &str, asked: Asked) -> Error {
    let message = format!(
        "{} was answered with 200, but not with {expected}: it may have been carried out, or something in between answered",
        asked.what
    );
    asked.unread(Error::new(Code::BadReply, message).with_hint(LOOK_FIRST)).with_status(200)
}

/// A status that is not 200, or not a JSON result.
pub fn of_reply(reply: &HttpReply, asked: Asked) -> Error {
    let taken = claims::taken_out(reply);
    let (reply, waiting) = taken.as_ref().map_or((reply, None), |(clean, waiting)| (clean, waiting.clone()));
    let error = match odoo_fault(reply) {
        Some(fault) => of_odoo(reply.status, fault, asked),
        None => of_stranger(reply, asked),
    };
    let mut error = error.with_status(reply.status);
    // Only a refusal of the guard's own holds one.
    error.waiting = waiting.filter(|_| error.code == Code::ConfirmationRequired).map(Box::new);
    error
}

/// Odoo's own error, whole: a Python class by its dotted name, a message, arguments. Anything less is somebody
/// else's and proves nothing.
fn odoo_fault(reply: &HttpReply) -> Option<OdooFault> {
    // No error of Odoo's has another status; a gateway that changed it may have changed more.
    let body: Value = Some(&reply.body)
        .filter(|_| (400..=500).contains(&reply.status))
        .and_then(|body| serde_json::from_slice(body).ok())?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_string);
    let name = text("name").filter(|name| is_python_class(name))?;
    body.get("arguments")?.as_array()?;
    Some(OdooFault { name, message: text("message")?, debug: text("debug") })
}

/// Whether a text is the dotted name of one.
pub fn is_python_class(name: &str) -> bool {
    let is_word = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    name.contains('.') && name.split('.').all(is_word)
}

/// Whether a failed read may succeed when repeated at once.
pub fn is_passing(reply: &HttpReply) -> bool {
    matches!(reply.status, 409 | 429 | 502 | 503 | 504)
        || (reply.status == 500 && odoo_fault(reply).is_some_and(|fault| is_lock(&fault.name)))
}

/// An error after which Odoo has rolled back for others' sake.
pub fn is_lock(name: &str) -> bool {
    matches!(
        name,
        "psycopg2.errors.SerializationFailure"
            | "psycopg2.errors.DeadlockDetected"
            | "psycopg2.errors.LockNotAvailable"
            | "odoo.exceptions.LockError"
            | "odoo.exceptions.ConcurrencyError"
    )
}

fn of_odoo(status: u16, fault: OdooFault, asked: Asked) -> Error {
    let name = fault.name.as_str();
    let what = asked.what;
    let says = |code: Code, meaning: &str| Error::new(code, format!("{meaning}: {}", gist(&fault)));
    let error = match (status, name) {
        // The key was accepted: what is denied is the call, mostly because it is for administrators.
        (403, "odoo.exceptions.AccessDenied") => Error::new(
            Code::AccessDenied,
            format!(
                "Odoo denies {what} to this user, whose {} it accepts; mostly it is for administrators: {}",
                if asked.way == Way::Session { "session" } else { "key" },
                gist(&fault)
            ),
        ),
        (401, _) | (_, "odoo.exceptions.AccessDenied") | (_, "odoo.http.SessionExpiredException") => {
            auth_rejected(asked)
        }
        (_, "odoo.exceptions.AccessError") => {
            says(Code::AccessDenied, &format!("Odoo does not allow {what}"))
        }
        (404 | 500, _) if crate::embedded::is_gap(&fault.message) => Error::new(
            if status == 404 { Code::NotFound } else { Code::InvalidRequest },
            format!("{what}: {}: a real Odoo may have it; nothing was changed", gist(&fault)),
        ),
        (_, "odoo.exceptions.MissingError") | (404, _) => {
            says(Code::NotFound, &format!("Odoo refused {what}"))
        }
        (_, "odoo.exceptions.UserError") if fault.message.starts_with(CONFIRMATION_MARKER) => Error::new(
            Code::ConfirmationRequired,
            format!(
                "{what} would reach a client, so a person has to approve it first; nothing was sent or changed"
            ),
        ),
        (
            _,
            "odoo.exceptions.UserError"
            | "odoo.exceptions.ValidationError"
            | "odoo.exceptions.RedirectWarning",
        ) => says(Code::Rejected, &format!("Odoo refused {what} and changed nothing")),
        (409 | 429, _) => says(Code::Busy, &format!("Odoo is busy and did not carry out {what}")),
        (_, locked) if is_lock(locked) => says(Code::Busy, &format!("Odoo is busy and rolled {what} back")),
        (400..=499, _) if status != 403 => says(Code::InvalidRequest, &format!("Odoo could not take {what}")),
        (500, builtin) if builtin.starts_with("builtins.") => says(
            Code::InvalidRequest,
            &format!("Odoo failed on {what}, mostly a wrong name or value, and rolled it back"),
        ),
        (500, _) => says(Code::ServerError, &format!("Odoo failed on {what} and rolled it back")),
        (403, _) => says(Code::AccessDenied, &format!("Odoo does not allow {what}")),
        _ => asked.unread(says(Code::BadReply, &format!("unexpected status {status} for {what}"))),
    };
    let is_open = outside::names_it(name) || (outside::commits(what) && !is_before_the_work(status, &fault));
    let error = if asked.access == Access::Write && error.effect == Effect::Rejected && is_open {
        asked.lost(format!(
            "{}; what had left Odoo by then, or was committed on the way, is not rolled back",
            error.message
        ))
    } else {
        error
    };
    error.with_odoo(fault)
}

/// Refusals that Odoo gives before a method does anything.
fn is_before_the_work(status: u16, fault: &OdooFault) -> bool {
    fault.message.starts_with(CONFIRMATION_MARKER)
        || matches!(fault.name.as_str(), "odoo.exceptions.AccessError" | "odoo.exceptions.AccessDenied")
        || (fault.name.starts_with("werkzeug.exceptions.") && matches!(status, 400 | 401 | 404 | 413 | 422))
}

fn auth_rejected(asked: Asked) -> Error {
    let what = match asked.way {
        Way::Json2 => "the API key",
        Way::JsonRpc => "the login with this key or password",
        Way::Session => {
            return Error::new(
                Code::AuthRejected,
                format!(
                    "Odoo at {} keeps no session for this login in database {}",
                    asked.origin, asked.database
                ),
            )
            .with_hint(
                "a user with two-factor authentication cannot work by the web session: use an API key",
            );
        }
    };
    auth_hints(Error::new(
        Code::AuthRejected,
        format!("Odoo at {} does not accept {what} for database {}", asked.origin, asked.database),
    ))
}

fn auth_hints(error: Error) -> Error {
    error.with_hint("the key may be mistyped, expired, revoked, of another database, or its user archived: Odoo does not say which")
    .with_hint("in Odoo: Preferences, Account Security, New API Key")
}

/// Not Odoo's JSON: a proxy, a login page, another server, or Odoo before it chose a database. Only the last is
/// proof: whoever else answers may do so after Odoo has done the work, as a gateway does that waited in vain and
/// shows its own page or sends elsewhere.
fn of_stranger(reply: &HttpReply, asked: Asked) -> Error {
    let status = reply.status;
    let text = String::from_utf8_lossy(&reply.body[..reply.body.len().min(8192)]).into_owned();
    let (what, origin) = (asked.what, asked.origin);
    let (code, message, hint) = match status {
        300..=399 => (
            Code::BadReply,
            format!(
                "the server redirects to {}: {} never does, so this is not the address of {} itself",
                reply.header("location").map_or("nowhere", |to| to.split(['?', '#']).next().unwrap_or(to)),
                asked.way.name(),
                if asked.way == Way::Json2 { "Odoo 19" } else { "Odoo" }
            ),
            "put the address it redirects to into ODOO_BASE_URL (scheme and host only), if that is your server",
        ),
        401 => (
            Code::AuthRejected,
            format!("something at {origin} does not accept the API key (401)"),
            "this 401 is not Odoo's own: a proxy in between asks for its own sign-in or drops the Authorization header",
        ),
        404 if text.contains("X-Odoo-Database") || text.contains("No database is selected") => {
            return no_database(asked);
        }
        403 => (
            Code::AccessDenied,
            format!("something in front of Odoo refused {what} (403, not Odoo's answer)"),
            "look for a firewall or proxy rule between here and Odoo",
        ),
        404 => {
            let name = asked.way.name();
            (Code::BadReply, format!("{origin} has no {name} at this address (404 without Odoo's error)"), "")
        }
        409 | 429 => (Code::Busy, format!("{origin} asks to slow down ({status})"), ""),
        413 => (
            Code::InvalidRequest,
            format!("{what}: the request is larger than something in front of Odoo takes (413)"),
            "send less at once: attachments one by one, records in shorter lists; the limit stands in the proxy (nginx: client_max_body_size) or in Odoo (web.max_file_upload_size)",
        ),
        400 | 405 | 415 | 422 => {
            (Code::BadReply, format!("{origin} answered {status} without Odoo's error"), "")
        }
        500 if is_werkzeug(&text) => return odoos_own_page(asked),
        500..=599 => {
            return asked
                .lost(format!("a gateway or the server answered {status} for {what} without Odoo's error"));
        }
        200 if text.trim_start().starts_with('<') => {
            return asked.unread(
                Error::new(Code::BadReply, format!("{what} was answered with a web page instead of JSON, as a login page or a proxy gives"))
                    .with_hint("check that ODOO_BASE_URL leads to Odoo itself"),
            );
        }
        _ => {
            let message = format!("{what} was answered with status {status} and no JSON");
            return asked.unread(Error::new(Code::BadReply, message));
        }
    };
    let error = match (asked.access, code) {
        (Access::Read, _) => Error::new(code, format!("{message}; {what} only reads, nothing was changed")),
        (Access::Write, Code::BadReply) => asked.unread(Error::new(
            code,
            format!("{message}; {what} was sent, and this is no answer of Odoo's, so it may have been carried out"),
        ).with_hint(LOOK_FIRST)),
        // What is too large is refused for its size: the code says so, though it is no proof.
        (Access::Write, Code::InvalidRequest) => asked.unread(
            Error::new(code, format!("{message}; {what} was most likely not carried out")).with_hint(LOOK_FIRST),
        ),
        (Access::Write, _) => asked.lost(message),
    };
    let error = if code == Code::AuthRejected { auth_hints(error) } else { error };
    if hint.is_empty() { error } else { error.with_hint(hint) }
}

/// There is no such database there: nobody could carry anything out.
pub fn no_database(asked: Asked) -> Error {
    let error = Error::new(
        Code::DatabaseNotFound,
        format!(
            "{} serves no database {}: it may be misspelt, filtered by dbfilter, or PostgreSQL is down; nothing was changed",
            asked.origin, asked.database
        ),
    );
    error.with_hint(match asked.way {
        Way::Json2 => "check ODOO_DB; it is sent as the X-Odoo-Database header, which a proxy must pass on",
        _ => "check ODOO_DB",
    })
}

/// The page that Odoo's own server gives when it cannot even write its error, after it accepted the key: mostly
/// bytes in the answer, which JSON cannot carry. No gateway is in it, and a repetition meets the same.
fn is_werkzeug(text: &str) -> bool {
    text.contains("<title>500 Internal Server Error</title>")
        && text
            .contains("<p>The server encountered an internal error and was unable to complete your request.")
}

fn odoos_own_page(asked: Asked) -> Error {
    let what = asked.what;
    let error = match asked.access {
        Access::Read => Error::new(
            Code::ServerError,
            format!("Odoo failed on {what} itself and could not say why; it only reads, nothing was changed"),
        ),
        Access::Write => {
            asked.lost(format!("Odoo failed on {what} itself, perhaps only while writing its answer"))
        }
    };
    if !what.contains('/') {
        return error;
    }
    error.with_hint(
        "mostly a field of bytes that JSON cannot carry, like raw of ir.attachment: datas has the same as base64",
    )
}

/// The most letters of Odoo's words that a message repeats; the whole stands beside it.
const LONGEST_GIST: usize = 500;

/// What Odoo says, on one line: its texts may begin with an empty line, and the reason may stand on a later one.
/// Of an error of the database or of Python the first line is the reason, and the rest is SQL.
fn gist(fault: &OdooFault) -> String {
    let mut lines = fault.message.lines().map(str::trim).filter(|line| !line.is_empty());
    // A run of blanks pushes what follows it to another line of the terminal.
    let tight = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !fault.name.starts_with("odoo.") {
        return tight(lines.next().unwrap_or_default());
    }
    let whole = tight(&fault.message);
    match whole.char_indices().nth(LONGEST_GIST) {
        Some((end, _)) => format!("{} …", whole[..end].trim_end()),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> HttpReply {
        HttpReply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn code(status: u16, body: &str, access: Access) -> (Code, Effect) {
        let asked = Asked { what: "m/f", access, database: "d", origin: "https://o", way: Way::Json2 };
        let error = of_reply(&reply(status, body), asked);
        (error.code, error.effect)
    }

    #[test]
    fn a_gateway_error_on_a_write_is_unknown_and_on_a_read_is_not() {
        assert_eq!(code(502, "<html>", Access::Write), (Code::OutcomeUnknown, Effect::Unknown));
        assert_eq!(code(502, "<html>", Access::Read), (Code::Unreachable, Effect::Rejected));
        assert_eq!(code(500, "<html>", Access::Write), (Code::OutcomeUnknown, Effect::Unknown));
    }

    #[test]
    fn odoos_own_500_was_rolled_back() {
        let body =
            |name: &str| serde_json::json!({"name": name, "message": "x", "arguments": []}).to_string();
        assert_eq!(
            code(500, &body("builtins.ValueError"), Access::Write),
            (Code::InvalidRequest, Effect::Rejected)
        );
        assert_eq!(code(500, &body("some.Error"), Access::Write), (Code::ServerError, Effect::Rejected));
        assert_eq!(
            code(500, &body("psycopg2.errors.SerializationFailure"), Access::Write),
            (Code::Busy, Effect::Rejected)
        );
    }

    #[test]
    fn a_web_page_is_not_a_result() {
        assert_eq!(code(200, "<!DOCTYPE html>", Access::Write), (Code::BadReply, Effect::Unknown));
        assert_eq!(code(200, "<!DOCTYPE html>", Access::Read), (Code::BadReply, Effect::Rejected));
    }

    #[test]
    fn a_bare_string_is_no_error_of_odoo() {
        let said = "\"odoo.exceptions.UserError\"";
        assert_eq!(code(500, said, Access::Write), (Code::OutcomeUnknown, Effect::Unknown));
        assert_eq!(code(422, said, Access::Write), (Code::BadReply, Effect::Unknown));
        assert_eq!(code(422, said, Access::Read), (Code::BadReply, Effect::Rejected));
    }
}
