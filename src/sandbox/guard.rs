//! The agent guard as strictbase_agent_guard documents it: what would leave for someone outside is refused
//! to an agent, whatever its context says, unless a token that an approver issued for exactly this call is
//! presented. It keeps digests only, and spends a token only when something really leaves.

use std::hash::{BuildHasher, Hasher};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::chatter::insert;
use super::env::{Env, ids_of};
use super::fault::{Fault, Outcome};
use super::schema::find;

/// Users held by the guard.
pub const AGENT_GROUP: &str = "strictbase_agent_guard.group_agent";
/// Users who may issue tokens.
pub const APPROVER_GROUP: &str = "strictbase_agent_guard.group_agent_confirmation_approver";
const TOKENS: &str = "strictbase.agent.confirmation";
const LONGEST: i64 = 3600;

/// The call that a token is scoped to.
#[derive(Clone, Default)]
pub struct Entry {
    /// Model called.
    pub model: String,
    /// Method called.
    pub method: String,
    /// Records, sorted, each once.
    pub ids: Vec<i64>,
    /// A token was spent: everything this call does is covered.
    pub approved: bool,
}

/// Asked before anything leaves. A refusal rolls the whole call back.
pub fn outbound(env: &mut Env, what: &str) -> Outcome<()> {
    let asked_for = env.context.get("agent_mode").is_some_and(super::python::truthy);
    if env.entry.approved || !(env.has_group(AGENT_GROUP) || asked_for) {
        return Ok(());
    }
    let presented = env.context.get("agent_confirmation_token").and_then(Value::as_str).map(digest);
    let usable = presented.and_then(|digest| usable_token(env, &digest));
    let Some(token) = usable else {
        return Err(Fault::user(format!(
            "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: {}.{} {what}",
            env.entry.model, env.entry.method
        )));
    };
    let channel = env.context.get("agent_channel").cloned().unwrap_or(json!(false));
    for (field, value) in [
        ("used", json!(true)),
        ("used_at", json!(env.now_text())),
        ("agent_user_id", json!(env.user)),
        ("channel", channel),
    ] {
        env.world.set(TOKENS, token, field, value);
    }
    env.entry.approved = true;
    Ok(())
}

/// A token that is unused, in time, for this call and this agent, and issued by someone else.
fn usable_token(env: &Env, digest: &str) -> Option<i64> {
    let now = env.now_text();
    let called_on = json!(env.entry.ids).to_string();
    let found = env.world.rows(TOKENS).find(|(_, row)| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
        let user = |name: &str| row.get(name).and_then(Value::as_i64);
        let issuer_may = user("issuer_id").is_some_and(|issuer| {
            issuer != env.user
                && super::access::user_has_group(env, issuer, APPROVER_GROUP)
                && !super::access::user_has_group(env, issuer, AGENT_GROUP)
        });
        text("token_hash") == digest
            && row.get("used") != Some(&json!(true))
            && text("expires_at") > now.as_str()
            && text("model_name") == env.entry.model
            && text("method_name") == env.entry.method
            && text("record_ids_json") == called_on
            && user("agent_user_id").is_none_or(|agent| agent == env.user)
            && issuer_may
    });
    found.map(|(id, _)| id)
}

/// Issues a token for one call and gives its text, which is kept nowhere.
pub fn issue(env: &mut Env, arguments: &serde_json::Map<String, Value>) -> Outcome<Value> {
    if !env.has_group(APPROVER_GROUP) || env.has_group(AGENT_GROUP) {
        return Err(Fault::access(
            "Only users in the Agent Confirmation Approver group may issue outbound confirmation tokens.",
        ));
    }
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let (model, method) = (text("model_name"), text("method_name"));
    if find(&model).is_none() || method.is_empty() {
        return Err(Fault::user("A confirmation token needs an existing model and a method."));
    }
    let seconds = arguments.get("ttl_seconds").and_then(Value::as_i64).unwrap_or(600);
    if seconds <= 0 {
        return Err(Fault::user("A confirmation token must live for at least a second."));
    }
    let agent = arguments.get("agent_user_id").and_then(Value::as_i64).filter(|id| *id > 0);
    if agent.is_some_and(|agent| agent == env.user || !env.exists("res.users", agent)) {
        return Err(Fault::user("A confirmation token is for another user than the one who issues it."));
    }
    let token = random_text();
    let expires = crate::clock::odoo_datetime(env.now + seconds.min(LONGEST) as u64);
    let row = json!({
        "token_hash": digest(&token),
        "model_name": model,
        "method_name": method,
        "record_ids_json": json!(normalised(ids_of(arguments.get("record_ids").unwrap_or(&Value::Null)))).to_string(),
        "reason": text("reason"),
        "expires_at": expires,
        "issuer_id": env.user,
        "agent_user_id": agent,
    });
    insert(env, TOKENS, row);
    Ok(json!(token))
}

/// Sorted, each once: the order in which records are named does not matter.
pub fn normalised(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The standard library's hash seeds come from the system; enough for a stand-in that guards nothing real.
fn random_text() -> String {
    let mut digest = Sha256::new();
    for round in 0..4u64 {
        let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
        hasher.write_u64(round);
        digest.update(hasher.finish().to_le_bytes());
    }
    digest.update(std::process::id().to_le_bytes());
    digest.update(format!("{:?}", std::time::Instant::now()));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
