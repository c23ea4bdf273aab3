//! The same call by a command line and by a tool is the same request, and comes to the same.

use serde_json::{Value, json};

use crate::support::mcp::{Client, Era};
use crate::support::{Answer, Home, Recorded, Server, json2};

/// A home of its own that leads to a server: what one caches the other does not find.
fn home(server: &Server) -> Home {
    let home = Home::new();
    home.lab(server, &[("ODOO_AGENT_CHANNEL", "x")]);
    home
}

/// What was sent since the last look, with its body as JSON.
fn sent(server: &Server) -> Vec<(Recorded, Value)> {
    let whole = |request: Recorded| {
        let body = serde_json::from_slice(&request.body).unwrap_or_default();
        (Recorded { body: Vec::new(), ..request }, body)
    };
    let sent = server.requests().into_iter().map(whole).collect();
    server.forget();
    sent
}

fn script(server: &Server) {
    let fields = json!({
        "name": { "type": "char", "string": "Name" }, "ref": { "type": "char", "string": "Reference" },
        "user_id": { "type": "many2one", "relation": "res.users", "string": "Salesperson" },
        "date": { "type": "datetime", "string": "Date" },
    });
    let rows = json!([{ "id": 7, "name": "A", "amount": 1.50 }]);
    for (method, answer) in [
        ("fields_get", fields),
        ("search_read", rows.clone()),
        ("read", rows),
        ("search_count", json!(7)),
        ("create", json!([8])),
        ("write", json!(true)),
        ("unlink", json!(true)),
        ("x_method", json!({ "a": [1, 2.50] })),
        ("name_search", json!([[7, "A"]])),
        ("formatted_read_group", json!([{ "__count": 3, "__extra_domain": [] }])),
        ("message_post", json!(9)),
    ] {
        server.on(&json2("res.partner", method), Answer::json(answer));
    }
}

/// Words of a command line, and the same as a tool.
fn table() -> Vec<(Vec<&'static str>, &'static str, Value)> {
    let domain = r#"[["name", "ilike", "a"], ["ref", "!=", false]]"#;
    vec![
        (vec!["count", "res.partner", "--domain", domain], "odoo_count", json!({ "model": "res.partner", "domain": [["name", "ilike", "a"], ["ref", "!=", false]] })),
        (vec!["search-read", "res.partner", "--fields", "name,ref", "--limit", "5", "--offset", "2", "--order", "name"], "odoo_search_read", json!({ "model": "res.partner", "fields": ["name", "ref"], "limit": 5, "offset": 2, "order": "name" })),
        (vec!["read", "res.partner", "--ids", "7", "--fields", "name"], "odoo_read", json!({ "model": "res.partner", "ids": [7], "fields": ["name"] })),
        (vec!["group", "res.partner", "--by", "user_id", "--by", "date:month"], "odoo_group", json!({ "model": "res.partner", "by": ["user_id", "date:month"] })),
        (vec!["create", "res.partner", "--vals-json", r#"{"name": "B", "user_id": [3, "Ann"]}"#], "odoo_create", json!({ "model": "res.partner", "vals": { "name": "B", "user_id": [3, "Ann"] } })),
        (vec!["create", "res.partner", "--vals-list-json", r#"[{"name": "B"}, {"name": "C"}]"#], "odoo_create", json!({ "model": "res.partner", "vals_list": [{ "name": "B" }, { "name": "C" }] })),
        (vec!["write", "res.partner", "--ids", "7", "8", "--vals-json", r#"{"date": "2026-03-01T10:00:00+01:00"}"#], "odoo_write", json!({ "model": "res.partner", "ids": [7, 8], "vals": { "date": "2026-03-01T10:00:00+01:00" } })),
        (vec!["write", "res.partner", "--ids", "7", "--vals-json", r#"{"name": "B"}"#, "--context-json", r#"{"lang": "de_DE"}"#], "odoo_write", json!({ "model": "res.partner", "ids": [7], "vals": { "name": "B" }, "context": { "lang": "de_DE" } })),
        (vec!["call", "res.partner", "x_method", "--ids", "7", "--data-json", r#"{"x": 0.10, "y": 9007199254740993}"#], "odoo_call", serde_json::from_str(r#"{"model": "res.partner", "method": "x_method", "ids": [7], "data": {"x": 0.10, "y": 9007199254740993}}"#).unwrap()),
        (vec!["call", "res.partner", "message_post", "--ids", "7", "--data-json", r#"{"body": "note"}"#], "odoo_call", json!({ "model": "res.partner", "method": "message_post", "ids": [7], "data": { "body": "note" } })),
        (vec!["call", "res.partner", "unlink", "--ids", "7"], "odoo_call", json!({ "model": "res.partner", "method": "unlink", "ids": [7] })),
        (vec!["lookup", "res.partner", "A"], "odoo_lookup", json!({ "kind": "res.partner", "query": "A" })),
        (vec!["schema-summary", "res.partner", "--contains", "name"], "odoo_schema", json!({ "model": "res.partner", "contains": ["name"] })),
        (vec!["write", "res.partner", "--ids", "7", "--vals-json", r#"{"nme": "B"}"#], "odoo_write", json!({ "model": "res.partner", "ids": [7], "vals": { "nme": "B" } })),
        (vec!["call", "res.partner", "write", "--ids", "7"], "odoo_call", json!({ "model": "res.partner", "method": "write", "ids": [7] })),
        (vec!["search-read", "res.partner", "--limit", "0"], "odoo_search_read", json!({ "model": "res.partner", "limit": 0 })),
        (vec!["call", "res.partner", "x_method", "--dry-run"], "odoo_call", json!({ "model": "res.partner", "method": "x_method", "dry_run": true })),
        (vec!["call", "res.partner", "unlink", "--ids", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], "odoo_call", json!({ "model": "res.partner", "method": "unlink", "ids": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] })),
    ]
}

#[test]
fn a_tool_sends_what_the_command_sends_and_says_what_it_says() {
    let server = Server::start();
    script(&server);
    for (words, tool, arguments) in table() {
        let by_line = home(&server).agent(["--profile", "lab"]).args(&words).run();
        let line_sent = sent(&server);
        let at_home = home(&server);
        let mut client = Client::start(at_home.agent(["--profile", "lab", "mcp"]), Era::Modern);
        let (is_error, said) = client.call(tool, arguments);
        assert_eq!(sent(&server), line_sent, "{words:?}");
        assert_eq!(is_error, by_line.exit != 0, "{words:?}: {said}");
        if is_error {
            for key in ["code", "effect", "retry", "http_status", "odoo"] {
                assert_eq!(said["error"].get(key), by_line.error().get(key), "{words:?}: {key}");
            }
        } else {
            assert_eq!(said["result"], by_line.json(), "{words:?}");
        }
    }
}
