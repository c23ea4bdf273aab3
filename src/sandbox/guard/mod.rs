//! The agent guard as strictbase_agent_guard documents it: what would leave for someone outside is refused to an
//! agent, whatever its context says, and waits as a request until somebody else has approved exactly that. The call
//! is gone through to its end, so that all it would send is known; what it changed is rolled back.

mod requests;
mod tokens;

pub use requests::{manifest, reject, status_of, withdraw};
pub use tokens::{issue, random_text};

use serde_json::{Map, Value, json};

use super::access;
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::python::sha256;
use super::world::{Row, World};

/// Users held by the guard.
pub const AGENT_GROUP: &str = "strictbase_agent_guard.group_agent";
/// Users who may approve.
pub const APPROVER_GROUP: &str = "strictbase_agent_guard.group_agent_confirmation_approver";
const REQUESTS: &str = "strictbase.agent.confirmation";
/// What belongs to the agent and not to its call.
const MARKS: [&str; 3] = ["agent_mode", "agent_channel", "agent_confirmation_token"];

/// The call that an approval is for.
#[derive(Clone, Default)]
pub struct Entry {
    model: String,
    method: String,
    /// Sorted, each once.
    ids: Vec<i64>,
    /// What was given, without records and context.
    kwargs: Map<String, Value>,
    leaving: Vec<Leaving>,
    filed: Option<Row>,
}

impl Entry {
    /// A call that begins.
    pub fn new(model: &str, method: &str, ids: &[i64], mut kwargs: Map<String, Value>) -> Entry {
        kwargs.retain(|name, _| !["ids", "context"].contains(&name.as_str()));
        let ids = normalised(ids.to_vec());
        Entry { model: model.into(), method: method.into(), ids, kwargs, ..Entry::default() }
    }
}

/// What leaves for people outside in one go.
#[derive(Clone, Default)]
pub struct Leaving {
    /// Contacts outside.
    pub outside: Vec<i64>,
    /// Colleagues on the same letter.
    pub inside: Vec<i64>,
    /// Bare addresses outside.
    pub addresses: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Markup.
    pub body: String,
    /// Files.
    pub attachments: Vec<i64>,
    /// The record it is about.
    pub record: Option<(&'static str, i64)>,
}

/// Told before anything leaves.
pub fn leaves(env: &mut Env, leaving: Leaving) {
    let asked_for = env.context.get("agent_mode").is_some_and(super::python::truthy);
    if env.has_group(AGENT_GROUP) || asked_for {
        env.entry.leaving.push(leaving);
    }
}

/// Lets a call that came to its end through, or refuses it with everything it has done.
pub fn judge(env: &mut Env) -> Outcome<()> {
    if env.entry.leaving.is_empty() {
        return Ok(());
    }
    let letters = requests::letters(env);
    let presented = env.context.get("agent_confirmation_token").and_then(Value::as_str).map(sha256);
    let judged = presented.map(|presented| tokens::usable(env, &presented, &letters));
    let (fault, differs) = match judged {
        Some(Ok(token)) => {
            tokens::spend(env, token, &letters);
            return Ok(());
        }
        Some(Err(fault)) => fault,
        None => Default::default(),
    };
    Err(requests::refusal(env, &letters, &fault, &differs))
}

/// The data with the request that a refused call leaves behind, if it does.
pub fn filed(env: &mut Env, world: &World) -> Option<World> {
    let row = env.entry.filed.take()?;
    env.world = world.clone();
    super::chatter::insert(env, REQUESTS, Value::Object(row));
    Some(env.world.clone())
}

/// What the caller is to the guard.
pub fn status(env: &Env) -> Value {
    let agents =
        env.world.ids("res.users").into_iter().filter(|user| access::user_has_group(env, *user, AGENT_GROUP));
    json!({
        "version": "19.0.3.0.0",
        "is_agent": env.has_group(AGENT_GROUP),
        "is_approver": env.has_group(APPROVER_GROUP),
        "is_administrator": env.has_group("base.group_system") || env.has_group("base.group_erp_manager"),
        "agent_group_members": agents.count(),
        "requests": true,
        "approve_in_odoo_only": false,
        "unbound_tokens": false,
        "stopped": false,
    })
}

fn check_approver(env: &Env) -> Outcome<()> {
    if !env.has_group(APPROVER_GROUP) {
        return Err(Fault::access("Only an Agent Confirmation Approver may issue tokens."));
    }
    if env.has_group(AGENT_GROUP) {
        return Err(Fault::access("An agent may not issue tokens."));
    }
    Ok(())
}

/// Sorted, each once: the order in which records are named does not matter.
fn normalised(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The digest of what a call was given, as a client makes it too.
fn arguments_digest(env: &Env) -> String {
    let mut context = env.context.clone();
    context.retain(|key, _| !MARKS.contains(&key.as_str()));
    let entry = &env.entry;
    let whole = json!({
        "context": context, "ids": entry.ids, "kwargs": entry.kwargs, "method": entry.method, "model": entry.model,
    });
    sha256(sorted(&whole).to_string())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(key, _)| key.as_str());
            members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
