//! A person's yes through a client: a refusal says how it goes on, nobody waits longer than a call may, and exactly
//! what was approved is sent.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::mcp::{Client, Era};
use crate::support::{Answer, Home, Recorded, Server, at_once, json2, lab};

pub const NEWS: &str = "/json/2/res.partner/x_send_news";
pub const GUARD: &str = "strictbase.agent.confirmation";

/// The guard's refusal as it was recorded, its request and the claim.
fn recorded() -> (Value, String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/guard/guard_request_refusal.json");
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let json = json["response"]["json"].clone();
    let asked = &json["context"]["agent_confirmation"];
    let text = |key: &str| asked[key].as_str().unwrap().to_string();
    let (request, claim) = (text("request"), text("claim"));
    (json, request, claim)
}

/// A guard by which a person approves when it was asked for so many times.
pub fn guarded(pending: usize) -> (Home, Server, String, String) {
    let (home, server) = lab();
    let (refusal, request, claim) = recorded();
    let by_claim = claim.clone();
    server.on(
        NEWS,
        Answer::made(move |sent: &Recorded| match sent.context()["agent_confirmation_token"].as_str() {
            Some(token) if token == by_claim => Answer::json("42"),
            _ => Answer::status(422, "application/json; charset=utf-8", refusal.to_string()),
        }),
    );
    let asked = Arc::new(AtomicUsize::new(0));
    let number = request.clone();
    server.on(
        &json2(GUARD, "request_status"),
        Answer::made(move |_| {
            let is_over = asked.fetch_add(1, Ordering::SeqCst) >= pending;
            let state = if is_over { "approved" } else { "pending" };
            Answer::json(json!({ "request": number, "state": state, "decided_by": "Ann Approver" }))
        }),
    );
    (home, server, request, claim)
}

pub fn news() -> Value {
    json!({ "model": "res.partner", "method": "x_send_news", "ids": [9, 2], "data": { "body": "Hello" } })
}

#[test]
fn a_refused_call_waits_for_a_person_and_exactly_that_is_sent() {
    at_once(&[Era::Modern, Era::Legacy("2025-06-18")], |&era| {
        let (home, server, request, claim) = guarded(1);
        let mut client = Client::silent(home.agent(["--profile", "lab", "mcp"]), era);
        client.capabilities = json!({});
        if era != Era::Modern {
            client.ask("initialize", json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } }));
        }
        let error = client.fails("odoo_call", news());
        assert_eq!((&error["code"], &error["effect"]), (&json!("confirmation_required"), &json!("rejected")));
        let hints = error["hints"].to_string().replace("\\\"", "\"");
        assert!(
            hints.contains(&format!("odoo_approvals {{\"do\":\"wait\",\"request\":\"{request}\"}}")),
            "{hints}"
        );
        assert!(
            hints.contains(&format!("odoo_approvals {{\"do\":\"send\",\"request\":\"{request}\"}}")),
            "{hints}"
        );
        assert!(hints.contains("odoo-agent --profile lab approve"), "{hints}");
        let waited = client.done("odoo_approvals", json!({ "do": "wait", "request": request }));
        assert_eq!(waited["result"]["state"], "approved");
        let sent = client.done("odoo_approvals", json!({ "do": "send", "request": request }));
        assert_eq!((&sent["result"], &sent["effect"]), (&json!(42), &json!("done")));
        let calls = server.requests_to(NEWS);
        assert_eq!((calls.len(), calls[1].json()["ids"].clone()), (2, calls[0].json()["ids"].clone()));
        assert_eq!(calls[1].json()["body"], "Hello");
        assert!(client.seen.iter().all(|seen| !seen.to_string().contains(&claim)));
        let (_, _, stderr) = client.end();
        assert!(!stderr.contains(&claim));
    });
}

#[test]
fn nobody_waits_longer_than_a_call_may() {
    let (home, _server, request, _) = guarded(usize::MAX);
    let agent = home.agent(["--profile", "lab", "mcp"]).env("ODOO_MCP_WAIT", "1s");
    let mut client = Client::able(agent, Era::Modern, json!({}));
    let since = Instant::now();
    let error = client.fails("odoo_approvals", json!({ "do": "wait", "request": request, "timeout": "10m" }));
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    assert_eq!(error["code"], "confirmation_pending");
    assert!(error["hints"][0].as_str().unwrap().contains("odoo_approvals"), "{error}");
}
