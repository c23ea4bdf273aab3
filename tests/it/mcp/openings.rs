//! How clients in use open, as recorded of them, and what opens nothing.

use serde_json::{Value, json};

use crate::support::mcp::{Client, Era};
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, json2, lab};

const CLAUDE_CODE: [&str; 2] = [
    r#"{"jsonrpc":"2.0","id":"server-discover-probe-1","method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"claude-code","version":"2.1.332"},"io.modelcontextprotocol/clientCapabilities":{"roots":{"listChanged":true},"elicitation":{"form":{},"url":{}}}}}}"#,
    r#"{"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"claude-code","version":"2.1.332"},"io.modelcontextprotocol/clientCapabilities":{"roots":{"listChanged":true},"elicitation":{"form":{},"url":{}}}}},"jsonrpc":"2.0","id":0}"#,
];

const CODEX: [&str; 5] = [
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"elicitation":{"form":{},"url":{}}},"clientInfo":{"name":"codex-mcp-client","title":"Codex","version":"0.169.0"}}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"resources/list","params":{}}"#,
    r#"{"jsonrpc":"2.0","id":3,"method":"resources/templates/list","params":{}}"#,
];

fn opened(home: &Home, lines: &[&str]) -> Client {
    let mut client = Client::silent(home.agent(["--profile", "sandbox", "mcp"]), Era::Modern);
    lines.iter().for_each(|line| client.raw(format!("{line}\n").as_bytes()));
    client
}

/// The answer to a number or a word.
fn answer(client: &mut Client, id: &Value) -> Value {
    loop {
        let message = client.next();
        if &message["id"] == id {
            return message;
        }
    }
}

#[test]
fn claude_code_discovers_and_lists() {
    let home = Home::new();
    let mut client = opened(&home, &CLAUDE_CODE);
    let discovered = answer(&mut client, &json!("server-discover-probe-1"))["result"].clone();
    assert_eq!(discovered["resultType"], "complete");
    assert!(discovered["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")));
    assert_eq!(discovered["cacheScope"], "private");
    assert_eq!(discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "odoo-agent");
    assert!(discovered["instructions"].as_str().unwrap().len() <= 1536);
    let listed = answer(&mut client, &json!(0))["result"].clone();
    assert_eq!((&listed["resultType"], &listed["cacheScope"]), (&json!("complete"), &json!("private")));
    assert!(listed["ttlMs"].is_number() && listed["tools"].as_array().unwrap().len() >= 10);
    assert_eq!(client.end().0, 0);
}

#[test]
fn codex_initializes_and_lists_what_is_not_there_either() {
    let home = Home::new();
    let mut client = opened(&home, &CODEX);
    let opened = answer(&mut client, &json!(0))["result"].clone();
    assert_eq!(opened["protocolVersion"], "2025-06-18");
    assert_eq!(opened["serverInfo"]["name"], "odoo-agent");
    assert!(opened["capabilities"]["tools"].is_object());
    let mut answers: Vec<Value> = (0..3).map(|_| client.next()).collect();
    answers.sort_by_key(|answer| answer["id"].as_i64());
    assert!(answers[0]["result"]["tools"].is_array() && answers[0]["result"].get("resultType").is_none());
    assert_eq!(
        (&answers[1]["error"]["code"], &answers[2]["error"]["code"]),
        (&json!(-32601), &json!(-32601))
    );
}

#[test]
fn a_revision_that_nobody_knows_is_answered_with_those_that_are() {
    let home = Home::new();
    let mut client = Client::silent(home.agent(["--profile", "sandbox", "mcp"]), Era::Modern);
    let meta = json!({ "io.modelcontextprotocol/protocolVersion": "2031-01-01",
        "io.modelcontextprotocol/clientInfo": { "name": "x", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {} });
    client.send(&json!({ "jsonrpc": "2.0", "id": "v", "method": "tools/list", "params": { "_meta": meta } }));
    let error = answer(&mut client, &json!("v"))["error"].clone();
    assert_eq!(error["code"], -32022);
    assert!(error["data"]["supported"].as_array().unwrap().contains(&json!("2026-07-28")));
    assert_eq!(error["data"]["requested"], "2031-01-01");
    // An older client that asks for an unknown one is offered one that begins with a session, as it does.
    let params = json!({ "protocolVersion": "1999-01-01", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    client.send(&json!({ "jsonrpc": "2.0", "id": "i", "method": "initialize", "params": params }));
    assert_eq!(answer(&mut client, &json!("i"))["result"]["protocolVersion"], "2025-11-25");
}

#[test]
fn what_opens_nothing_is_answered_and_ends_nothing() {
    let home = Home::new();
    let mut client = Client::silent(home.agent(["--profile", "sandbox", "mcp"]), Era::Modern);
    client.raw(b"\n\r\nhello\n[]\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":9}}\n");
    client.raw(b"{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{}}\n");
    assert_eq!(client.next()["error"]["code"], -32700);
    assert_eq!(client.next()["error"]["code"], -32600);
    client.send(&json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" }));
    assert_eq!(client.next(), json!({ "jsonrpc": "2.0", "id": "p", "result": {} }));
    // Without what every request has to say, and without a session.
    client.send(&json!({ "jsonrpc": "2.0", "id": "q", "method": "tools/list" }));
    assert_eq!(client.next()["error"]["code"], -32602);
    let listed = client.ask("tools/list", json!({}));
    assert!(listed["result"]["tools"].is_array());
    let (code, after, stderr) = client.end();
    assert_eq!((code, after.len(), stderr.as_str()), (0, 0, ""));
}

#[test]
fn flags_that_would_do_nothing_are_refused_and_the_others_count() {
    let (home, server) = lab();
    for flags in [
        vec!["--output", "table"],
        vec!["--pretty"],
        vec!["--pluck", "/0"],
        vec!["--utc"],
        vec!["--context-file", "-"],
    ] {
        let refused = home.agent(["--profile", "lab", "mcp"]).args(&flags).run().fails(2, "usage");
        assert!(refused.message().contains(flags[0]), "{}", refused.message());
    }
    let file = home.file("context.json", r#"{"active_test": false}"#);
    server.on(&json2("res.partner", "search_count"), Answer::json("1"));
    let agent = home.agent(["--profile", "lab", "mcp", "--debug", "--context-file", &file]);
    let mut client = Client::start(agent, Era::Modern);
    client.done("odoo_count", json!({ "model": "res.partner" }));
    assert_eq!(server.only(&json2("res.partner", "search_count")).context()["active_test"], false);
    let (_, _, stderr) = client.end();
    assert!(stderr.lines().any(|line| line.starts_with("{\"debug\":")), "{stderr}");
    assert!(stderr.contains("search_count") && !stderr.contains(crate::support::KEY), "{stderr}");
}

#[test]
fn at_a_limit_a_call_waits_for_its_turn_where_the_server_was_started_so() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json("1"));
    let policy =
        json!({ "version": "1", "all_tools": { "rate_limit": { "max": 1, "window": 2 } } }).to_string();
    write_with_mode(&home.config().join("policy.json"), policy.as_bytes(), 0o600);
    let count = json!({ "model": "res.partner" });
    let mut client = Client::start(home.agent(["--profile", "lab", "mcp"]), Era::Modern);
    client.done("odoo_count", count.clone());
    assert_eq!(client.fails("odoo_count", count.clone())["code"], "policy_denied");
    let mut client = Client::start(home.agent(["--profile", "lab", "mcp", "--wait", "10s"]), Era::Modern);
    client.done("odoo_count", count);
}

#[test]
fn a_profile_that_cannot_be_used_is_said_at_once() {
    let home = Home::new();
    home.profile("broken", &[("ODOO_BASE_URL", "http://127.0.0.1:1"), ("ODOO_DB", "x")]);
    home.agent(["--profile", "broken", "mcp"]).run().fails(3, "config_missing");
    home.profile(
        "wrong",
        &[
            ("ODOO_BASE_URL", "http://127.0.0.1:1"),
            ("ODOO_DB", "x"),
            ("ODOO_API_KEY", "k"),
            ("ODOO_MCP_TOOLS", "many"),
        ],
    );
    home.agent(["--profile", "wrong", "mcp"]).run().fails(3, "config_invalid");
}
