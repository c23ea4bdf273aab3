//! What replies mean, by their status and the names in them.

use std::collections::HashMap;

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
fn of_a_write_only_odoos_own_whole_error_proves_anything_whatever_the_status() {
    let bodies = include_str!("../../../tests/it/suite/no_error_of_odoo.json");
    let bodies: HashMap<String, String> = serde_json::from_str(bodies).unwrap();
    assert!(bodies.len() >= 15);
    for status in (201..600).filter(|status| !matches!(status, 204 | 205 | 304)) {
        for (name, body) in &bodies {
            let (code, effect) = code(status, body, Access::Write);
            assert_eq!(effect, Effect::Unknown, "{status} with {name}");
            let is_told = matches!(code, Code::BadReply | Code::OutcomeUnknown);
            assert!(is_told || status == 413, "{status} with {name}: {code:?}");
        }
    }
}

#[test]
fn odoos_own_500_was_rolled_back() {
    let body = |name: &str| serde_json::json!({"name": name, "message": "x", "arguments": []}).to_string();
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
