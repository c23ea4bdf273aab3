//! What a reply that is not a result means: classified by HTTP status and Odoo's exception name, never by
//! message text, which is translated; the guard's documented marker is the one exception. It says what the
//! failure did to the data. It sends nothing.

mod strangers;
#[cfg(test)]
mod tests;

pub use strangers::no_database;
use strangers::of_stranger;

use serde_json::Value;

use crate::knowledge::models;
use crate::protocol::{Way, claims, outside};

use crate::error::{Code, Effect, Error, OdooFault, Retry};
use crate::hint::Hint;
use crate::json_input;
use crate::operation::Access;
use crate::transport::{FaultKind, HttpReply, Phase, TransportFault};

/// First line of a refusal by the guard.
pub const CONFIRMATION_MARKER: &str = "AGENT_CONFIRMATION_REQUIRED";

/// What is refused with a way to another window.
const REDIRECT: &str = "odoo.exceptions.RedirectWarning";

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
    let is_own = odoo_fault(reply).is_some();
    let taken = claims::taken_out(reply);
    let (reply, waiting) = taken.as_ref().map_or((reply, None), |(clean, waiting)| (clean, waiting.clone()));
    let error = match odoo_fault(reply).filter(|_| is_own) {
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
        .and_then(|body| odoos_json(body))?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_string);
    let name = text("name").filter(|name| is_python_class(name))?;
    let arguments = body.get("arguments")?.as_array()?;
    // With a window for a browser to open goes a text; the message is both, as Python prints them.
    let said = arguments.first().and_then(Value::as_str).filter(|_| name == REDIRECT);
    let message = said.map(str::to_string).or_else(|| text("message"))?;
    Some(OdooFault { name, message, debug: text("debug") })
}

/// JSON as Odoo writes it, which says nothing twice: of two names, or a result and an error, each may be the true one.
pub fn odoos_json(body: &[u8]) -> Option<Value> {
    json_input::parse(std::str::from_utf8(body).ok()?).ok()
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
                "Odoo denies {what} to this user, whose {} it accepts; {}: {}",
                if asked.way == Way::Session { "session" } else { "key" },
                // Where a password is asked for once more, it is the reason.
                match what.ends_with("password")
                    || what.ends_with("/check_identity")
                    || what.ends_with("/authenticate")
                {
                    true => "mostly the password that the call gives is wrong",
                    false => "mostly it is for administrators",
                },
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
        // Odoo's own limits of time and memory.
        (500, "builtins.MemoryError") => {
            says(Code::ServerError, &format!("Odoo had no memory for {what} and rolled it back"))
        }
        (500, "builtins.Exception") if fault.message.contains("time limit exceeded") => {
            says(Code::ServerError, &format!("{what} took longer than Odoo allows, and was rolled back"))
        }
        (500, builtin) if builtin.starts_with("builtins.") => says(
            Code::InvalidRequest,
            &format!("Odoo failed on {what}, mostly a wrong name or value, and rolled it back"),
        ),
        (500, _) => says(Code::ServerError, &format!("Odoo failed on {what} and rolled it back")),
        (403, _) => says(Code::AccessDenied, &format!("Odoo does not allow {what}")),
        _ => asked.unread(says(Code::BadReply, &format!("unexpected status {status} for {what}"))),
    };
    let is_open = outside::names_it(name)
        || (outside::commits(what) && !is_before_the_work(status, &fault) && !is_no_wizard(what, &fault));
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

/// An error of Odoo's that came when the method had ended and was committed.
pub fn of_committed(error: Error, asked: Asked) -> Error {
    let Error { odoo, http_status, message, .. } = error;
    let gist = odoo.as_ref().map_or(message, |fault| gist(fault));
    let told = format!("Odoo carried out {} and could not write down what it answered: {gist}", asked.what);
    Error { odoo, http_status, ..asked.lost(told) }
}

/// Whether the wizard itself that is called is not there: none was at work. A message or a mail may go while it is sent.
fn is_no_wizard(what: &str, fault: &OdooFault) -> bool {
    let model = what.split('/').next().unwrap_or_default();
    fault.name == "odoo.exceptions.MissingError"
        && models::of_active(model).is_some()
        && fault.message.contains(&format!("{model}("))
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
    .with_hint(crate::knowledge::NEW_KEY)
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
