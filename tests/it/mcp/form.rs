//! A form of the client's lets through what the policy asks of a person, where every rule that asks says that it may:
//! the whole call is shown, and an answer is good once, for exactly that call.

use serde_json::{Value, json};

use super::schemas::{held_to, holds};
use crate::support::mcp::{Client, Era};
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, Server, json2, lab};

fn forms() -> Value {
    json!({ "elicitation": { "form": {} } })
}

fn policy(home: &Home, rules: Value) {
    let document = json!({ "version": "1", "rules": rules });
    write_with_mode(&home.config().join("policy.json"), document.to_string().as_bytes(), 0o600);
}

fn asks(form: bool) -> Value {
    json!({ "match": { "method": "write" }, "action": "ask", "reason": "Changes are looked at", "form": form })
}

/// A client of a policy with these rules.
fn client(rules: Value, era: Era, capabilities: Value) -> (Home, Server, Client) {
    let (home, server) = lab();
    policy(&home, rules);
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let agent = home.agent(["--profile", "lab", "mcp"]).env("ODOO_MCP_WAIT", "3s");
    let client = Client::able(agent, era, capabilities);
    (home, server, client)
}

fn write(reference: &str) -> Value {
    let arguments = json!({ "model": "res.partner", "ids": [7, 8], "vals": { "ref": reference } });
    json!({ "name": "odoo_write", "arguments": arguments })
}

/// The same call with what was answered.
fn again(call: &Value, state: &Value, action: &str, content: Value) -> Value {
    let mut params = call.clone();
    params["requestState"] = state.clone();
    params["inputResponses"] = json!({ "approval": { "action": action, "content": content } });
    params
}

fn text(answer: &Value) -> Value {
    serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

fn sent(server: &Server) -> usize {
    server.requests_to(&json2("res.partner", "write")).len()
}

#[test]
fn a_yes_in_the_form_lets_exactly_the_shown_call_through_once() {
    let (_home, server, mut client) = client(json!([asks(true)]), Era::Modern, forms());
    let call = write("a \u{202e}b");
    let asked = client.ask("tools/call", call.clone());
    holds(&held_to("2026-07-28", "InputRequiredResult"), &asked["result"]);
    let params = &asked["result"]["inputRequests"]["approval"]["params"];
    assert_eq!(
        (&params["mode"], &params["requestedSchema"]["required"]),
        (&json!("form"), &json!(["approve"]))
    );
    let shown = params["message"].as_str().unwrap();
    for part in ["database", "res.partner/write on [7,8]", r#""ref":"a \u202eb""#, "Changes are looked at"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(sent(&server), 0, "nothing was sent by asking");
    let state = asked["result"]["requestState"].clone();
    let answer = client.ask("tools/call", again(&call, &state, "accept", json!({ "approve": true })));
    assert_eq!(text(&answer), json!({ "effect": "done", "result": true }));
    assert_eq!(sent(&server), 1);
    // The answer is used up, whatever it is brought with.
    for other in [call.clone(), write("other")] {
        let answer = client.ask("tools/call", again(&other, &state, "accept", json!({ "approve": true })));
        assert_eq!(text(&answer)["error"]["code"], "usage");
    }
    assert!(client.ask("tools/call", call)["result"]["requestState"].is_string(), "asked anew");
    assert_eq!(sent(&server), 1);
}

#[test]
fn whatever_is_no_yes_to_this_call_lets_nothing_through() {
    for (action, content) in [
        ("decline", json!({})),
        ("cancel", json!({})),
        ("accept", json!({})),
        ("accept", json!({ "approve": false })),
        ("accept", json!({ "approve": "true" })),
        ("decline", json!({ "approve": true })),
    ] {
        let (_home, server, mut client) = client(json!([asks(true)]), Era::Modern, forms());
        let call = write("a");
        let state = client.ask("tools/call", call.clone())["result"]["requestState"].clone();
        let answer = client.ask("tools/call", again(&call, &state, action, content.clone()));
        assert_eq!(text(&answer)["error"]["code"], "confirmation_required", "{action} {content}");
        assert_eq!(sent(&server), 0);
    }
    let (_home, server, mut client) = client(json!([asks(true)]), Era::Modern, forms());
    let state = client.ask("tools/call", write("a"))["result"]["requestState"].clone();
    let made_up = json!("0123456789abcdef0123456789abcdef");
    for (call, state) in [(write("b"), &state), (write("a"), &made_up)] {
        let answer = client.ask("tools/call", again(&call, state, "accept", json!({ "approve": true })));
        assert_eq!(text(&answer)["error"]["code"], "usage");
    }
    assert_eq!(sent(&server), 0);
}

#[test]
fn no_form_is_shown_but_where_every_rule_that_asks_says_so() {
    let deny = json!({ "match": { "fields": ["ref"] }, "action": "deny" });
    let more = json!({ "match": { "model": "res.partner" }, "action": "ask" });
    let page = json!({ "elicitation": { "url": {} } });
    for (rules, capabilities, code) in [
        (json!([asks(false)]), forms(), "confirmation_required"),
        (json!([asks(true), more]), forms(), "confirmation_required"),
        (json!([more, asks(true)]), forms(), "confirmation_required"),
        (json!([asks(true), deny]), forms(), "policy_denied"),
        (json!([asks(true)]), json!({}), "confirmation_required"),
        (json!([asks(true)]), page, "confirmation_required"),
    ] {
        let (_home, server, mut client) = client(rules.clone(), Era::Modern, capabilities);
        let answer = client.ask("tools/call", write("a"));
        assert_eq!(text(&answer)["error"]["code"], code, "{rules}");
        assert_eq!(sent(&server), 0);
    }
    // What cannot be shown whole is held for a person at a terminal.
    let (_home, server, mut client) = client(json!([asks(true)]), Era::Modern, forms());
    let answer = client.ask("tools/call", write(&"long ".repeat(2000)));
    assert_eq!(text(&answer)["error"]["code"], "confirmation_required");
    assert_eq!(sent(&server), 0);
}

#[test]
fn an_older_client_answers_beside_the_call() {
    for (action, content, code) in [
        ("accept", json!({ "approve": true }), None),
        ("accept", json!({ "approve": false }), Some("confirmation_required")),
        ("decline", json!(null), Some("confirmation_required")),
    ] {
        let era = Era::Legacy("2025-06-18");
        let (_home, server, mut client) = client(json!([asks(true)]), era, json!({ "elicitation": {} }));
        let id = client.request("tools/call", write("a"));
        let asked = client.next();
        assert_eq!(asked["method"], "elicitation/create", "{asked}");
        holds(&held_to("2025-06-18", "ElicitRequest"), &asked);
        let mut result = json!({ "action": action });
        if !content.is_null() {
            result["content"] = content;
        }
        client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result }));
        let answer = client.answer(id);
        assert_eq!(text(&answer)["error"]["code"].as_str(), code, "{answer}");
        assert_eq!(sent(&server), usize::from(code.is_none()));
    }
    // Nobody answers, or the call is taken back.
    let era = Era::Legacy("2025-11-25");
    let (_home, server, mut client) = client(json!([asks(true)]), era, forms());
    let id = client.request("tools/call", write("a"));
    assert_eq!(text(&client.answer(id))["error"]["code"], "confirmation_required");
    assert_eq!(sent(&server), 0);
}

#[test]
fn a_yes_to_what_the_policy_wants_no_more_lets_nothing_through() {
    let denied = json!([{ "match": { "method": "write" }, "action": "deny" }]);
    for (then, code) in [
        (json!([asks(false)]), Some("confirmation_required")),
        (
            json!([asks(true), { "match": { "model": "res.partner" }, "action": "ask" }]),
            Some("confirmation_required"),
        ),
        (denied, Some("policy_denied")),
        (json!([asks(true), { "match": { "model": "crm.lead" }, "action": "deny" }]), None),
    ] {
        let era = Era::Legacy("2025-06-18");
        let (home, server, mut client) = client(json!([asks(true)]), era, json!({ "elicitation": {} }));
        let id = client.request("tools/call", write("a"));
        let asked = client.next();
        policy(&home, then.clone());
        let result = json!({ "action": "accept", "content": { "approve": true } });
        client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result }));
        let answer = client.answer(id);
        assert_eq!(text(&answer)["error"]["code"].as_str(), code, "{then}: {answer}");
        assert_eq!(sent(&server), usize::from(code.is_none()), "{then}");
    }
}

#[test]
fn a_form_belongs_to_what_is_asked() {
    let (home, _server) = lab();
    policy(&home, json!([{ "match": { "method": "write" }, "action": "deny", "form": true }]));
    let refused = home.run(["policy", "check"]).fails(3, "policy_invalid");
    assert!(refused.stderr.contains("/rules/0/form"), "{}", refused.stderr);
    policy(&home, json!([asks(true)]));
    let shown = home.run(["policy", "show"]).ok();
    assert!(shown.stdout.contains(r#""form":true"#), "{}", shown.stdout);
}
