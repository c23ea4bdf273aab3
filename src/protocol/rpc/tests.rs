//! What the envelope of both older protocols says, and what its errors prove.

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
    let of = |body: &str| result(&ok(body), asked("m/f", Access::Write)).map(|reply| reply.get().to_string());
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
        assert_eq!((error.http_status, error.odoo.unwrap().name.as_str()), (Some(200), "builtins.TypeError"));
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
    assert_eq!(result(&commits, asked("mail.mail/send", Access::Write)).unwrap_err().effect, Effect::Unknown);
}

#[test]
fn only_words_of_odoo_prove_that_a_session_is_lost() {
    assert!(lost_session(&error(100, EXPIRED, "Session expired")));
    assert!(lost_session(&HttpReply { status: 404, ..error(404, "werkzeug.exceptions.NotFound", "404") }));
    // An unknown model from 18 on.
    assert!(!lost_session(&error(404, "werkzeug.exceptions.NotFound", "404")));
    assert!(!lost_session(&error(200, "odoo.exceptions.AccessDenied", "Access Denied")));
    let page = |text: &str| HttpReply { status: 404, ..ok(text) };
    assert!(lost_session(&page("<p>The requested URL was not found on the server. If you</p>")));
    assert!(lost_session(&page("<p>No database is selected and the</p>")));
    assert!(!lost_session(&page("<center>nginx</center>")));
    assert!(!lost_session(&ok(r#"{"jsonrpc":"2.0","id":1,"result":"No database is selected"}"#)));
}
