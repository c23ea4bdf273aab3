//! What an operation is called in the tools of a policy: by its verb, its method, its way to Odoo, its tool of MCP.

use super::asked::Facts;
use crate::knowledge::classes;
use crate::knowledge::methods::{self, Scope};
use crate::operation::Operation;

/// The model of Odoo's guard that keeps requests.
pub const CONFIRMATIONS: &str = "strictbase.agent.confirmation";

/// What an operation is called. Whatever has one of these names in a policy is about it.
pub fn names(operation: &Operation, facts: &Facts) -> Vec<String> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let has_records = operation.ids.as_ref().is_some_and(|ids| !ids.is_empty());
    let mut own = vec![classes::verb(model, method, has_records), method];
    own.extend(facts.verb);
    own.extend(methods::renamed(model, method));
    own.extend(classes::does_the_work_of(method, has_records));
    if model == CONFIRMATIONS {
        own.push("approvals");
        if operation.method == "issue_token" {
            own.push("approve");
        }
    }
    let mut names: Vec<String> = Vec::with_capacity(own.len() * 2 + 4);
    for name in own {
        for name in [name.to_string(), format!("odoo_{name}")] {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.extend(facts.protocol.iter().chain(&facts.tool).map(|name| name.to_string()));
    names
}

/// Whether a method works on records that are given to it.
pub fn takes_records(operation: &Operation) -> bool {
    match methods::of(&operation.model, &operation.method) {
        Some(row) => row.scope != Scope::Model,
        None => operation.ids.is_some(),
    }
}
