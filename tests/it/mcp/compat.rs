//! `--compat`: the published tools by their names and arguments, each over its own protocol, with nothing lost on the
//! way that those lose.

use serde_json::{Value, json};

use crate::support::mcp::{Client, Era};
use crate::support::{Answer, Home, KEY, Server};

const PASSWORD: &str = "corr3ct h0rse staple";

fn result(value: &Value) -> Answer {
    Answer::json(json!({ "jsonrpc": "2.0", "id": 1, "result": value }))
}

/// An Odoo 18 that answers both protocols.
fn odoo() -> Server {
    let server = Server::start();
    let version = json!({ "server_version": "18.0", "server_version_info": [18, 0, 0, "final", 0, ""],
        "server_serie": "18.0", "protocol_version": 1 });
    let told = version.clone();
    server.on("/jsonrpc", Answer::made(move |sent| {
        let params = sent.json()["params"].clone();
        match (params["service"].as_str(), params["method"].as_str(), params["args"][4].as_str()) {
            (Some("common"), Some("version"), _) => result(&told),
            (Some("common"), _, _) => result(&json!(8)),
            (_, _, Some("search_read")) => result(&json!([{ "id": 7, "name": "A" }])),
            (_, _, Some("x_refuse")) => Answer::json(json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 200, "message": "Odoo Server Error",
                "data": { "name": "odoo.exceptions.UserError", "message": "No.", "arguments": ["No."], "context": {}, "debug": "Traceback" } } })),
            (_, _, Some("fields_get")) => result(&json!({})),
            _ => result(&json!(true)),
        }
    }));
    server.on("/web/webclient/version_info", result(&version));
    server.on(
        "/web/session/authenticate",
        result(&json!({ "uid": 8, "db": "lab" }))
            .with("Set-Cookie", "session_id=0123456789abcdef0123456789abcdef01234567; Path=/"),
    );
    server.on("/web/dataset/call_kw/res.partner/search_read", result(&json!([{ "id": 7, "name": "A" }])));
    server
}

fn client(server: &Server, more: &[(&str, &str)], home: &Home) -> Client {
    let mut values =
        vec![("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_LANG", "en_US"), ("ODOO_TZ", "UTC")];
    values.extend(more);
    home.profile("old", &values);
    Client::start(home.agent(["--profile", "old", "mcp", "--compat"]), Era::Modern)
}

fn names(client: &mut Client) -> Vec<String> {
    let listed = client.ask("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_string()).collect()
}

/// Calls of methods by JSON-RPC: what stands behind model and method.
fn executed(server: &Server) -> Vec<Value> {
    let all = server.requests_to("/jsonrpc").into_iter().map(|sent| sent.json()["params"].clone());
    all.filter(|params| params["service"] == "object" && params["args"][4] != "fields_get")
        .map(|params| params["args"].clone())
        .collect()
}

#[test]
fn each_goes_by_its_protocol_and_nothing_is_dropped() {
    let (server, home) = (odoo(), Home::new());
    let profile = [("ODOO_LOGIN", "agent"), ("ODOO_API_KEY", KEY), ("ODOO_PASSWORD", PASSWORD)];
    let mut client = client(&server, &profile, &home);
    let call = json!({ "model": "res.partner", "method": "search_read", "args": [[["name", "ilike", "a"]], ["name"]],
        "kwargs": { "limit": 2, "offset": 1, "order": "name", "context": { "lang": "de_DE" } } });
    assert_eq!(client.done("odoo_execute_kw", call.clone())["result"], json!([{ "id": 7, "name": "A" }]));
    let sent = executed(&server).pop().unwrap();
    assert_eq!(sent[5], json!([[["name", "ilike", "a"]]]));
    for (key, value) in
        [("fields", json!(["name"])), ("limit", json!(2)), ("offset", json!(1)), ("order", json!("name"))]
    {
        assert_eq!(sent[6][key], value, "{sent}");
    }
    assert_eq!(
        (&sent[6]["context"]["lang"], &sent[6]["context"]["agent_mode"]),
        (&json!("de_DE"), &json!(true))
    );
    client.done("odoo_web_call", call.clone());
    client.done("odoo_web_call", call);
    let params =
        server.requests_to("/web/dataset/call_kw/res.partner/search_read")[0].json()["params"].clone();
    assert_eq!(
        (&params["kwargs"]["limit"], &params["kwargs"]["context"]["lang"]),
        (&json!(2), &json!("de_DE"))
    );
    assert_eq!(server.requests_to("/web/session/authenticate").len(), 1, "one login for all");
    let write = json!({ "model": "res.partner", "method": "write", "args": [[7], { "ref": "a" }] });
    assert_eq!(client.done("odoo_execute_kw", write)["result"], true);
    assert_eq!(executed(&server).pop().unwrap()[5], json!([[7], { "ref": "a" }]));
    assert!(client.seen.iter().all(|seen| !seen.to_string().contains(PASSWORD)));
}

#[test]
fn what_those_get_wrong_is_an_error_and_the_checks_are_ours() {
    let (server, home) = (odoo(), Home::new());
    let mut client = client(&server, &[("ODOO_LOGIN", "agent"), ("ODOO_API_KEY", KEY)], &home);
    for (call, says) in [
        (json!({ "model": "res.partner", "method": "search_count", "args": ["garbage"] }), "domain"),
        (json!({ "model": "res.partner", "method": "write", "args": [[], { "ref": "a" }] }), ""),
        (
            json!({ "model": "res.partner", "method": "search_read", "args": [], "kwargs": { "domian": [] } }),
            "domian",
        ),
        (json!({ "model": "res.partner", "method": "x_own", "args": [[7], "y"] }), "args[1]"),
        (
            json!({ "model": "res.partner", "method": "search", "args": [[]], "kwargs": { "context": { "tracking_disable": true } } }),
            "tracking_disable",
        ),
        (json!({ "arguments": { "model": "res.partner", "method": "search" } }), "model"),
    ] {
        let before = executed(&server).len();
        let error = client.fails("odoo_execute_kw", call.clone());
        assert!(error["message"].as_str().unwrap().contains(says), "{call}: {error}");
        assert_eq!((&error["effect"], executed(&server).len()), (&json!("not_sent"), before), "{call}");
    }
    let error = client
        .fails("odoo_execute_kw", json!({ "model": "res.partner", "method": "x_refuse", "args": [[7]] }));
    assert_eq!((&error["code"], &error["odoo"]["message"]), (&json!("rejected"), &json!("No.")));
    assert!(!error.to_string().contains("Traceback"));
}

#[test]
fn one_that_the_profile_cannot_open_is_not_offered() {
    let (server, home) = (odoo(), Home::new());
    let mut with_key = client(&server, &[("ODOO_LOGIN", "agent"), ("ODOO_API_KEY", KEY)], &home);
    let offered = names(&mut with_key);
    assert!(offered.contains(&"odoo_execute_kw".into()) && !offered.contains(&"odoo_web_call".into()));
    assert_eq!(with_key.ask("tools/call", json!({ "name": "odoo_web_call" }))["error"]["code"], -32602);
    let (_, _, stderr) = with_key.end();
    assert!(stderr.contains("odoo_web_call is not offered: it needs ODOO_PASSWORD"), "{stderr}");
    let mut without = Client::start(home.agent(["--profile", "old", "mcp"]), Era::Modern);
    assert!(!names(&mut without).contains(&"odoo_execute_kw".into()));
}
