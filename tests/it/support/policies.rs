//! Policies in the configuration directory, and a profile on a served sandbox that they are for.

use serde_json::{Value, json};

use super::run::write_with_mode;
use super::{Home, Outcome, Served};

/// The document that holds for every profile.
pub fn policy(home: &Home, document: &Value) {
    write_with_mode(&home.config().join("policy.json"), document.to_string().as_bytes(), 0o600);
}

/// A document of these rules.
pub fn rules(rules: Value) -> Value {
    json!({ "version": "1", "rules": rules })
}

/// One that denies what matches.
pub fn denying(more: Value) -> Value {
    rules(json!([{ "match": more, "action": "deny" }]))
}

/// The profile `agent` on a served sandbox, where nothing is kept yet.
pub fn served(document: &Value) -> (Home, Served) {
    let (home, served) = (Home::new(), Served::start());
    profile(&home, &served, "agent");
    policy(&home, document);
    (home, served)
}

/// Another profile of the agent's there.
pub fn profile(home: &Home, served: &Served, name: &str) {
    let values = [
        ("ODOO_BASE_URL", served.base_url()),
        ("ODOO_DB", served.database()),
        ("ODOO_API_KEY", served.key("agent")),
    ];
    home.profile(name, &values);
}

/// A command in the profile `agent`.
pub fn run(home: &Home, line: &[&str]) -> Outcome {
    home.run(["--profile", "agent"].iter().chain(line))
}
