//! A person beside the client is told that a request waits: once, by the way that the client has, and nothing that is
//! answered there lets anything through.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::schemas::{held_to, holds, revision};
use super::waiting::{GUARD, NEWS, guarded, news};
use crate::support::mcp::{Client, Era};
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, Server, at_once, json2};

/// A client whose call was refused, and the request that waits for a person.
fn refused(pending: usize, era: Era, capabilities: Value) -> (Home, Server, Client, String) {
    let (home, server, request, claim) = guarded(pending);
    server.on(&json2(GUARD, "search_read"), Answer::json(json!([{ "id": 77, "request_uuid": request }])));
    let agent = home.agent(["--profile", "lab", "mcp"]).env("ODOO_MCP_WAIT", "3s");
    let mut client = Client::able(agent, era, capabilities);
    assert_eq!(client.fails("odoo_call", news())["code"], "confirmation_required");
    assert!(!claim.is_empty());
    (home, server, client, request)
}

fn wait(request: &str) -> Value {
    json!({ "name": "odoo_approvals", "arguments": { "do": "wait", "request": request } })
}

/// The same call with what a person answered.
fn again(request: &str, state: &Value, action: &str) -> Value {
    let mut params = wait(request);
    params["requestState"] = state.clone();
    params["inputResponses"] = json!({ "approval": { "action": action, "content": { "approve": true } } });
    params
}

fn text(answer: &Value) -> Value {
    serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[test]
fn the_page_in_odoo_is_opened_where_a_client_opens_pages_and_the_call_waits_when_it_comes_again() {
    let (_home, server, mut client, request) =
        refused(1, Era::Modern, json!({ "elicitation": { "form": {}, "url": {} } }));
    let asked = client.ask("tools/call", wait(&request));
    holds(&held_to("2026-07-28", "InputRequiredResult"), &asked["result"]);
    let params = &asked["result"]["inputRequests"]["approval"]["params"];
    assert_eq!(params["mode"], "url");
    assert_eq!(params["url"], format!("{}/odoo/agent-approvals/77", server.url()));
    assert!(params["message"].as_str().unwrap().contains("res.partner/x_send_news on 2 records"), "{params}");
    let state = &asked["result"]["requestState"];
    let answer = client.ask("tools/call", again(&request, state, "accept"));
    assert_eq!(text(&answer)["result"]["state"], "approved", "{answer}");
    assert_eq!(server.requests_to(NEWS).len(), 1, "nothing was sent by that");
    // Told once: whoever waits on waits.
    assert_eq!(text(&client.ask("tools/call", wait(&request)))["result"]["state"], "approved");
}

#[test]
fn what_a_client_answers_lets_nothing_through() {
    let clients = [(json!({ "elicitation": {} }), "form"), (json!({ "elicitation": { "url": {} } }), "url")];
    at_once(&clients, |(capabilities, mode)| {
        let (_home, server, mut client, request) = refused(usize::MAX, Era::Modern, capabilities.clone());
        let asked = client.ask("tools/call", wait(&request));
        let params = &asked["result"]["inputRequests"]["approval"]["params"];
        assert_eq!(params["mode"], *mode);
        let state = asked["result"]["requestState"].clone();
        let answer = client.ask("tools/call", again(&request, &state, "accept"));
        assert_eq!(text(&answer)["error"]["code"], "confirmation_pending");
        assert_eq!(server.requests_to(NEWS).len(), 1, "nothing was sent by that");
    });
}

#[test]
fn a_handle_is_good_once_for_one_call_and_none_is_made_up() {
    let (_home, _server, mut client, request) =
        refused(0, Era::Modern, json!({ "elicitation": { "url": {} } }));
    // It is decided already: nobody is told.
    assert_eq!(text(&client.ask("tools/call", wait(&request)))["result"]["state"], "approved");
    let (_home, _server, mut client, request) =
        refused(usize::MAX, Era::Modern, json!({ "elicitation": { "url": {} } }));
    let state = client.ask("tools/call", wait(&request))["result"]["requestState"].clone();
    let made_up = again(&request, &json!("0123456789abcdef0123456789abcdef"), "accept");
    assert_eq!(text(&client.ask("tools/call", made_up))["error"]["code"], "usage");
    let since = Instant::now();
    let put_off = client.ask("tools/call", again(&request, &state, "decline"));
    assert_eq!(text(&put_off)["error"]["code"], "confirmation_pending");
    assert!(since.elapsed() < Duration::from_secs(3), "whoever put it off is not waited for");
    let once_more = client.ask("tools/call", again(&request, &state, "accept"));
    assert_eq!(text(&once_more)["error"]["code"], "usage");
    let (_home, _server, mut client, request) =
        refused(usize::MAX, Era::Modern, json!({ "elicitation": { "url": {} } }));
    let state = client.ask("tools/call", wait(&request))["result"]["requestState"].clone();
    let mut other = again(&request, &state, "accept");
    other["arguments"]["timeout"] = "1s".into();
    assert_eq!(text(&client.ask("tools/call", other))["error"]["code"], "usage");
}

#[test]
fn an_older_client_is_asked_beside_the_call_which_goes_on_whatever_it_answers() {
    for (revision_of, capabilities, mode) in [
        ("2025-11-25", json!({ "elicitation": { "form": {}, "url": {} } }), Some("url")),
        ("2025-11-25", json!({ "elicitation": {} }), Some("form")),
        ("2025-06-18", json!({ "elicitation": { "form": {}, "url": {} } }), Some("form")),
        ("2025-06-18", json!({}), None),
    ] {
        let era = Era::Legacy(revision_of);
        let (_home, server, mut client, request) = refused(1, era, capabilities);
        let id = client.request("tools/call", wait(&request));
        let answer = client.answer(id);
        assert_eq!(text(&answer)["result"]["state"], "approved");
        let asked: Vec<Value> =
            client.seen.iter().filter(|seen| seen["method"] == "elicitation/create").cloned().collect();
        assert_eq!(asked.len(), usize::from(mode.is_some()), "{asked:?}");
        let (Some(mode), Some(asked)) = (mode, asked.first()) else { continue };
        holds(&held_to(revision(era), "ElicitRequest"), asked);
        let params = &asked["params"];
        let page = format!("{}/odoo/agent-approvals/77", server.url());
        if mode == "url" {
            assert_eq!((&params["mode"], &params["url"]), (&json!("url"), &json!(page)));
        } else {
            assert_eq!(params["requestedSchema"]["properties"], json!({}));
            assert!(params["message"].as_str().unwrap().contains(&page), "{params}");
        }
        // What is answered late, or wrongly, disturbs nobody.
        client.send(
            &json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "action": "accept", "content": {} } }),
        );
        client.send(&json!({ "jsonrpc": "2.0", "id": 999, "result": { "action": "accept" } }));
        assert_eq!(
            client.done("odoo_approvals", json!({ "do": "wait", "request": request }))["result"]["state"],
            "approved"
        );
        let again = client.seen.iter().filter(|seen| seen["method"] == "elicitation/create").count();
        assert_eq!(again, 1, "told once");
    }
}

#[test]
fn what_the_policy_asks_a_person_names_the_command_and_no_form_lets_it_through() {
    let (home, server) = crate::support::lab();
    let policy = json!({ "version": "1", "default": "allow", "rules": [
        { "match": { "method": "write" }, "action": "ask", "reason": "Changes are looked at" } ] });
    write_with_mode(&home.config().join("policy.json"), policy.to_string().as_bytes(), 0o600);
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let agent = home.agent(["--profile", "lab", "mcp"]).env("ODOO_MCP_WAIT", "1s");
    let mut client = Client::able(agent, Era::Modern, json!({ "elicitation": { "form": {}, "url": {} } }));
    let error =
        client.fails("odoo_write", json!({ "model": "res.partner", "ids": [7], "vals": { "ref": "a" } }));
    assert_eq!(error["code"], "confirmation_required", "{error}");
    let message = error["message"].as_str().unwrap();
    let request = message.rsplit("request ").next().unwrap().to_string();
    let asked = client.ask("tools/call", wait(&request));
    let params = &asked["result"]["inputRequests"]["approval"]["params"];
    assert_eq!((&params["mode"], &params["requestedSchema"]["properties"]), (&json!("form"), &json!({})));
    let said = params["message"].as_str().unwrap();
    assert!(said.contains("res.partner/write on record 7"), "{said}");
    assert!(said.contains(&format!("odoo-agent --profile lab approve {request}")), "{said}");
    let state = &asked["result"]["requestState"];
    let answer = client.ask("tools/call", again(&request, state, "accept"));
    assert_eq!(text(&answer)["error"]["code"], "confirmation_pending");
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
}
