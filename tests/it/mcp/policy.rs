//! A policy in front of a server that lives long.

use std::time::Duration;

use serde_json::json;

use crate::support::mcp::{Client, Era};
use crate::support::run::write_with_mode;
use crate::support::{Answer, json2, lab};

#[test]
fn where_fields_lead_is_asked_again_after_odoo_was_away() {
    let (home, server) = lab();
    let policy =
        json!({ "version": "1", "rules": [{ "match": { "model": "res.users" }, "action": "deny" }] });
    write_with_mode(&home.config().join("policy.json"), policy.to_string().as_bytes(), 0o600);
    let fields = json2("res.partner", "fields_get");
    server.on(&fields, Answer::html(502));
    server.on(&json2("res.partner", "web_read"), Answer::json(json!([{ "id": 7 }])));
    let mut client = Client::start(home.agent(["--profile", "lab", "mcp"]), Era::Modern);
    let read = |field: &str| {
        json!({ "model": "res.partner", "method": "web_read", "ids": [7],
            "data": { "specification": { field: { "fields": { "code": {} } } } } })
    };
    // It may lead anywhere.
    assert_eq!(client.fails("odoo_call", read("country_id"))["code"], "policy_denied");
    let led = |model: &str| json!({ "type": "many2one", "string": "A", "relation": model });
    server.on(
        &fields,
        Answer::json(json!({ "country_id": led("res.country"), "create_uid": led("res.users") })),
    );
    std::thread::sleep(Duration::from_millis(2500));
    client.done("odoo_call", read("country_id"));
    assert_eq!(client.fails("odoo_call", read("create_uid"))["code"], "policy_denied");
}
