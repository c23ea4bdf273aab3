//! Tokens: issued by an approver for one call or one request, good once. It keeps digests only.

use std::hash::{BuildHasher, Hasher};

use serde_json::{Map, Value, json};

use super::requests::{self, Letters};
use super::{AGENT_GROUP, APPROVER_GROUP, REQUESTS, arguments_digest, check_approver, normalised};
use crate::sandbox::access;
use crate::sandbox::chatter::insert;
use crate::sandbox::env::{Env, ids_of};
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::python::sha256;
use crate::sandbox::schema::find;

const LONGEST: i64 = 3600;

/// Why a token is not accepted, and what differs from what was approved.
pub type NotUsable = (String, Vec<String>);

/// The row whose token this is, if it can be used for this call now.
pub fn usable(env: &Env, presented: &str, letters: &Letters) -> Result<i64, NotUsable> {
    let is_its = |row: &Map<String, Value>| {
        ["token_digest", "minted_digest"]
            .iter()
            .any(|key| row.get(*key).and_then(Value::as_str) == Some(presented))
    };
    let plain = |why: &str| (why.to_owned(), Vec::new());
    let found = env.world.rows(REQUESTS).find(|(_, row)| is_its(row));
    let (id, row) = found.ok_or_else(|| plain("unknown"))?;
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
    let user = |name: &str| row.get(name).and_then(Value::as_i64);
    let called_on = json!(env.entry.ids).to_string();
    let is_scoped = text("requested_model") == env.entry.model
        && text("requested_method") == env.entry.method
        && text("requested_ids_json") == called_on;
    let is_over = text("expires_at") <= env.now_text().as_str();
    let issuer = user("user_id").unwrap_or(0);
    let has = |group| access::user_has_group(env, issuer, group);
    match text("state") {
        _ if !is_scoped => Err(plain("issued for another call")),
        _ if issuer == env.user => Err(plain("issued by the user who presents it")),
        _ if user("agent_user_id").is_some_and(|agent| agent != env.user) => {
            Err(plain("issued for another agent"))
        }
        "rejected" => Err(plain(format!("rejected: {}", text("reject_reason")).trim_end_matches(": "))),
        "done" => Err(plain("already used")),
        _ if is_over => Err(plain("expired")),
        "pending" => Err(plain("waiting for approval")),
        _ if !has(APPROVER_GROUP) || has(AGENT_GROUP) => Err(plain("approver")),
        _ => match differences(env, row, letters) {
            differs if differs.is_empty() => Ok(id),
            differs => Err((format!("not what was approved: {}", differs.join("; ")), differs)),
        },
    }
}

/// What the call would send now that was not approved.
fn differences(env: &Env, row: &Map<String, Value>, letters: &Letters) -> Vec<String> {
    if let Some(asked) = row.get("asked_manifest") {
        return requests::differences(asked, letters);
    }
    let mut found = Vec::new();
    if row.get("bound_arguments").and_then(Value::as_str).is_some_and(|bound| bound != arguments_digest(env))
    {
        found.push("the arguments differ".to_owned());
    }
    if let Some(bound) = row.get("bound_recipients").and_then(Value::as_array) {
        let is_bound = |address: &str| bound.iter().any(|one| one.as_str() == Some(&address.to_lowercase()));
        let added = letters.addresses().into_iter().filter(|address| !is_bound(address));
        found.extend(added.map(|address| format!("recipient added: {address}")));
    }
    found
}

/// It is used now.
pub fn spend(env: &mut Env, token: i64, letters: &Letters) {
    let channel = env.context.get("agent_channel").cloned().unwrap_or(json!(false));
    for (field, value) in [
        ("state", json!("done")),
        ("used_at", json!(env.now_text())),
        ("agent_user_id", json!(env.user)),
        ("agent_channel", channel),
        ("sent_manifest", letters.0.clone()),
    ] {
        env.world.set(REQUESTS, token, field, value);
    }
}

/// Issues a token for one call, or for the request that waits for it, and gives its text, which is kept nowhere.
pub fn issue(env: &mut Env, arguments: &Map<String, Value>) -> Outcome<Value> {
    check_approver(env)?;
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
    let ids = normalised(ids_of(arguments.get("record_ids").unwrap_or(&Value::Null)));
    let token = random_text();
    let expires = json!(crate::clock::odoo_datetime(env.now + seconds.unsigned_abs()));
    let called_on = json!(ids).to_string();
    let (request, given) = (text("request_uuid"), text("arguments_digest"));
    let waiting: Vec<i64> = env
        .world
        .rows(REQUESTS)
        .filter(|(_, row)| {
            let of = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
            of("state") == "pending"
                && of("expires_at") > env.now_text().as_str()
                && of("requested_model") == model
                && of("requested_method") == method
                && of("requested_ids_json") == called_on
                && agent.is_none_or(|agent| row.get("agent_user_id") == Some(&json!(agent)))
                && (request.is_empty() || of("request_uuid") == request)
                && (!request.is_empty() || given.is_empty() || of("arguments_digest") == given)
        })
        .map(|(id, _)| id)
        .collect();
    match waiting.as_slice() {
        [one] => {
            requests::approve(env, *one, expires, sha256(&token))?;
            return Ok(json!(token));
        }
        [] if !request.is_empty() => {
            return Err(Fault::user("No request of this number waits for this call."));
        }
        [] => {}
        several => {
            return Err(Fault::user(format!(
                "{} requests for {model}.{method} {} wait for approval: say which by request_uuid.",
                several.len(),
                json!(ids)
            )));
        }
    }
    let recipients = arguments.get("recipients").filter(|value| value.is_array());
    if given.is_empty() && recipients.is_none() {
        return Err(Fault::user(
            "Nothing is bound to this token: no request waits for this call. Let the agent make the call first and \
             approve what is refused, or pass arguments_digest or recipients.",
        ));
    }
    let lower = |one: &Value| json!(one.as_str().unwrap_or("").trim().to_lowercase());
    let mut row = json!({
        "token_digest": sha256(&token),
        "requested_model": model,
        "requested_method": method,
        "requested_ids_json": json!(ids).to_string(),
        "reason": text("reason"),
        "expires_at": expires,
        "user_id": env.user,
        "state": "approved",
        "agent_user_id": agent,
    });
    if !given.is_empty() {
        row["bound_arguments"] = json!(given);
    }
    let id = insert(env, REQUESTS, row);
    if let Some(recipients) = recipients.and_then(Value::as_array) {
        // Nobody at all is bound, too.
        env.world.set(REQUESTS, id, "bound_recipients", recipients.iter().map(lower).collect());
    }
    Ok(json!(token))
}

/// The standard library's hash seeds come from the system; enough for a stand-in that guards nothing real.
pub fn random_text() -> String {
    let mut seed = format!("{} {:?}", std::process::id(), std::time::Instant::now());
    for round in 0..4u64 {
        let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
        hasher.write_u64(round);
        seed.push_str(&format!(" {}", hasher.finish()));
    }
    sha256(seed)
}
