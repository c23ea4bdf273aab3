//! What an operation is called in the tools of a policy: by its verb, its method, its way to Odoo, its tool of MCP.

use super::facts::Facts;
use crate::knowledge::classes;
use crate::knowledge::methods::{self, Scope};
use crate::knowledge::models::CONFIRMATIONS;
use crate::operation::Operation;

/// What an operation is called. Whatever has one of these names in a policy is about it.
pub fn names(operation: &Operation, facts: &Facts) -> Vec<String> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let has_records = operation.ids.as_ref().is_some_and(|ids| !ids.is_empty());
    let mut own: Vec<&str> = facts.verb.into_iter().collect();
    if model == CONFIRMATIONS {
        own.push("approvals");
        if operation.method == "issue_token" {
            own.push("approve");
        }
    }
    let mut names = names_of(model, &[method], has_records);
    for name in both(&own) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.extend(facts.protocol.iter().chain(&facts.tool).map(|name| name.to_string()));
    names
}

/// What one thing is called that an operation does, whichever way it goes: by its verb and its methods.
pub fn names_of(model: &str, methods: &[&str], has_records: bool) -> Vec<String> {
    let mut own = Vec::new();
    for method in methods {
        own.extend([classes::verb(model, method, has_records), method]);
        own.extend(methods::renamed(model, method));
        own.extend(classes::does_the_work_of(method, has_records));
    }
    own.sort_unstable();
    own.dedup();
    both(&own).collect()
}

fn both<'n>(names: &'n [&str]) -> impl Iterator<Item = String> + 'n {
    names.iter().flat_map(|name| [(*name).to_string(), format!("odoo_{name}")])
}

/// The other forms of the name of a tool: with and without what the tools of this program begin with.
pub fn forms(name: &str) -> [String; 3] {
    [name.to_string(), format!("odoo_{name}"), name.strip_prefix("odoo_").unwrap_or(name).to_string()]
}

/// What permits whatever is done by it: the way to Odoo, and the verb that calls any method.
pub fn of_the_way<'n>(names: &'n [String], facts: &'n Facts) -> impl Iterator<Item = &'n String> {
    let is_way = |name: &&String| {
        let is_call = facts.verb == Some("call") && matches!(name.as_str(), "call" | "odoo_call");
        is_call || ways().any(|way| way == name.as_str())
    };
    names.iter().filter(is_way)
}

/// What JSON-2 is called in policies.
pub const JSON2: &[&str] = &["odoo_json2", "json2"];
/// The same of JSON-RPC.
pub const JSON_RPC: &[&str] = &["odoo_execute_kw", "execute_kw"];
/// The same of a browser's session.
pub const SESSION: &[&str] = &["odoo_web_call", "web_call"];

/// What the ways to Odoo are called.
pub fn ways() -> impl Iterator<Item = &'static str> {
    [JSON2, JSON_RPC, SESSION].into_iter().flatten().copied()
}

/// Whether a method works on records that are given to it.
pub fn takes_records(operation: &Operation) -> bool {
    match methods::of(&operation.model, &operation.method) {
        Some(row) => row.scope != Scope::Model,
        None => operation.ids.is_some(),
    }
}
