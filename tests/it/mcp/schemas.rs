//! Every message is held to the published schema of its revision, by a validator that knows neither.

use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::on_sandbox;
use crate::support::Home;
use crate::support::mcp::{Client, ERAS, Era};

/// A definition of a revision's schema.
pub fn held_to(revision: &str, name: &str) -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/mcp/{revision}.json"));
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let place = if schema.get("$defs").is_some() { "$defs" } else { "definitions" };
    assert!(schema[place].get(name).is_some(), "{name} of {revision}");
    schema["$ref"] = format!("#/{place}/{name}").into();
    jsonschema::options().build(&schema).unwrap()
}

#[track_caller]
pub fn holds(validator: &Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}\n{value}");
}

pub fn revision(era: Era) -> &'static str {
    match era {
        Era::Modern => "2026-07-28",
        Era::Legacy(version) => version,
    }
}

/// A conversation with something of everything.
fn talk(client: &mut Client) -> Vec<(&'static str, Value)> {
    let mut results = vec![("ListToolsResult", client.ask("tools/list", json!({})))];
    for (tool, arguments) in [
        ("odoo_search_read", json!({ "model": "res.partner", "limit": 3 })),
        ("odoo_count", json!({ "model": "res.partner" })),
        ("odoo_create", json!({ "model": "res.partner", "vals": { "name": "New" } })),
        ("odoo_lookup", json!({ "kind": "partner", "query": "Azure" })),
        ("odoo_models", json!({ "names": true, "match": "partner" })),
        ("odoo_read", json!({ "model": "res.partner" })),
        ("odoo_call", json!({ "model": "res.partner", "method": "no_such" })),
    ] {
        let id = client.begin(tool, arguments);
        results.push(("CallToolResult", client.answer(id)));
    }
    let params = json!({ "name": "odoo_search_read", "arguments": { "model": "res.partner", "all": true },
        "_meta": { "progressToken": "p" } });
    results.push(("CallToolResult", client.ask("tools/call", params)));
    client.ask("no/such", json!({}));
    client.ask("tools/call", json!({ "name": "no_such" }));
    results
}

#[test]
fn every_message_is_what_its_revision_says() {
    for era in ERAS {
        let home = Home::new();
        let revision = revision(era);
        let mut client = on_sandbox(&home, era);
        let mut results = talk(&mut client);
        match era {
            Era::Modern => results.push(("DiscoverResult", client.ask("server/discover", json!({})))),
            Era::Legacy(_) => results.push(("InitializeResult", client.seen[0].clone())),
        }
        let message = held_to(revision, "JSONRPCMessage");
        assert!(client.seen.len() > results.len());
        client.seen.iter().for_each(|seen| holds(&message, seen));
        for (name, answer) in results {
            holds(&held_to(revision, name), &answer["result"]);
        }
        let progress: Vec<&Value> =
            client.seen.iter().filter(|seen| seen["method"] == "notifications/progress").collect();
        assert!(!progress.is_empty());
        progress.iter().for_each(|seen| holds(&held_to(revision, "ProgressNotification"), seen));
    }
}

#[test]
fn the_validator_can_tell() {
    for (name, wrong) in [
        ("CallToolResult", json!({ "content": [{ "type": "text" }] })),
        ("ListToolsResult", json!({ "tools": [{ "name": "x" }] })),
        ("DiscoverResult", json!({ "resultType": "complete" })),
        ("JSONRPCMessage", json!({ "id": 1 })),
    ] {
        assert!(!held_to("2026-07-28", name).is_valid(&wrong), "{name}");
    }
}
