//! An answer that is not in Odoo's own form: from its web server, its list of databases, or whoever stands in between.

use super::{Asked, LOOK_FIRST, auth_hints};
use crate::protocol::Way;

use crate::error::{Code, Error};
use crate::operation::Access;
use crate::transport::HttpReply;

/// Not Odoo's JSON: a proxy, a login page, another server, or Odoo before it chose a database. Only the last is
/// proof: whoever else answers may do so after Odoo has done the work, as a gateway does that waited in vain and
/// shows its own page or sends elsewhere.
pub(super) fn of_stranger(reply: &HttpReply, asked: Asked) -> Error {
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
pub(super) fn is_werkzeug(text: &str) -> bool {
    text.contains("<title>500 Internal Server Error</title>")
        && text
            .contains("<p>The server encountered an internal error and was unable to complete your request.")
}

pub(super) fn odoos_own_page(asked: Asked) -> Error {
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
