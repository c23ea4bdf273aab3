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

/// Asked before anything leaves, with who would get it. A refusal rolls the whole call back.
pub fn outbound(env: &mut Env, what: &str, partners: &[i64], addresses: &[String]) -> Outcome<()> {
    let asked_for = env.context.get("agent_mode").is_some_and(super::python::truthy);
    if env.entry.approved || !(env.has_group(AGENT_GROUP) || asked_for) {
        return Ok(());
    }
    let presented = env.context.get("agent_confirmation_token").and_then(Value::as_str).map(digest);
    let token = match presented.map(|digest| usable_token(env, &digest)) {
        Some(Ok(token)) => token,
        Some(Err(fault)) => return Err(refusal(env, what, partners, addresses, Some(fault))),
        None => return Err(refusal(env, what, partners, addresses, None)),
    };
    let channel = env.context.get("agent_channel").cloned().unwrap_or(json!(false));
    for (field, value) in [
        ("state", json!("done")),
        ("used_at", json!(env.now_text())),
        ("agent_user_id", json!(env.user)),
        ("agent_channel", channel),
    ] {
        env.world.set(TOKENS, token, field, value);
    }
    env.entry.approved = true;
    Ok(())
}

/// The published lines, then what helps a person decide: the call, who would get it, why a token failed.
fn refusal(env: &Env, what: &str, partners: &[i64], addresses: &[String], fault: Option<&str>) -> Fault {
    let call = format!("{}.{}", env.entry.model, env.entry.method);
    let mut lines = vec![
        "AGENT_CONFIRMATION_REQUIRED".to_owned(),
        "reason: outbound_client_communication".to_owned(),
        format!("detail: {call} {what}"),
        format!("call: {call} {}", json!(env.entry.ids)),
    ];
    for partner in partners {
        let (name, email) =
            (env.text("res.partner", *partner, "name"), env.text("res.partner", *partner, "email"));
        lines.push(one_line(&if email.is_empty() { name } else { format!("{name} <{email}>") }));
    }
    lines.extend(addresses.iter().map(|address| one_line(address)));
    if let Some(fault) = fault {
        lines.push(format!("token: {fault}"));
    }
    Fault::user(lines.join("\n"))
}

/// A name must not be able to add a line of its own.
fn one_line(recipient: &str) -> String {
    format!("recipient: {}", recipient.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The token, if it is unused, in time, for this call and this agent, and issued by someone else who may; or
/// why it is not.
fn usable_token(env: &Env, digest: &str) -> Result<i64, &'static str> {
    let found = env
        .world
        .rows(TOKENS)
        .find(|(_, row)| row.get("token_digest").and_then(Value::as_str) == Some(digest));
    let (id, row) = found.ok_or("unknown")?;
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
    let user = |name: &str| row.get(name).and_then(Value::as_i64);
    let called_on = json!(env.entry.ids).to_string();
    let scoped = text("requested_model") == env.entry.model
        && text("requested_method") == env.entry.method
        && text("requested_ids_json") == called_on;
    let issuer = user("user_id").unwrap_or(0);
    let has = |group| super::access::user_has_group(env, issuer, group);
    match () {
        () if !scoped => Err("issued for another call"),
        () if issuer == env.user => Err("issued by the user who presents it"),
        () if user("agent_user_id").is_some_and(|agent| agent != env.user) => Err("issued for another agent"),
        () if text("state") != "approved" => Err("already used"),
        () if text("expires_at") <= env.now_text().as_str() => Err("expired"),
        () if !has(APPROVER_GROUP) || has(AGENT_GROUP) => Err("approver"),
        () => Ok(id),
    }
}

/// What the caller is to the guard.
pub fn status(env: &Env) -> Value {
    let agents = env
        .world
        .ids("res.users")
        .into_iter()
        .filter(|user| super::access::user_has_group(env, *user, AGENT_GROUP));
    json!({
        "version": "19.0.2.0.0",
        "is_agent": env.has_group(AGENT_GROUP),
        "is_approver": env.has_group(APPROVER_GROUP),
        "is_administrator": env.has_group("base.group_system") || env.has_group("base.group_erp_manager"),
        "agent_group_members": agents.count(),
    })
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
        return Err(Fault::user("A token needs a model and a method."));
    }
    let seconds = arguments.get("ttl_seconds").and_then(Value::as_i64).unwrap_or(600).clamp(1, LONGEST);
    let agent = arguments.get("agent_user_id").and_then(Value::as_i64).filter(|id| *id > 0);
    if agent.is_some_and(|agent| agent == env.user || !env.flag("res.users", agent, "active")) {
        return Err(Fault::user("A token is for another, active user: the agent."));
    }
    let token = random_text();
    let expires = crate::clock::odoo_datetime(env.now + seconds.unsigned_abs());
    let row = json!({
        "token_digest": digest(&token),
        "requested_model": model,
        "requested_method": method,
        "requested_ids_json": json!(normalised(ids_of(arguments.get("record_ids").unwrap_or(&Value::Null)))).to_string(),
        "reason": text("reason"),
        "expires_at": expires,
        "user_id": env.user,
        "state": "approved",
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
pub fn random_text() -> String {
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
