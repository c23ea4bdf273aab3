//! What Odoo's guard is asked about requests: where one stands, what it holds, which there are; and that one is taken
//! back. Its answers are given on as they came.

use serde_json::{Value, json};

use super::CONFIRMATION_MODEL;
use crate::cleared::Cleared;
use crate::context;
use crate::error::{Code, Error, Result};
use crate::operation::{Object, Operation, kwargs};
use crate::protocol::Reply;
use crate::secret::Secret;
use crate::session::Run;

/// What is read of each request in a list.
const FIELDS: [&str; 11] = [
    "request_uuid",
    "state",
    "summary",
    "recipients_text",
    "subject",
    "requested_model",
    "requested_method",
    "requested_ids_json",
    "create_date",
    "expires_at",
    "reject_reason",
];

fn asked(run: &Run, method: &str, arguments: Object, key: Option<&Secret>) -> Result<Value> {
    let mut operation = Operation::new(CONFIRMATION_MODEL, method, arguments)?;
    operation.context = context::agent_marks(&run.caller.channel);
    let cleared = Cleared::about_requests(operation).by(&run.caller.road);
    let odoo = run.session.odoo();
    let reply: Reply = match key {
        Some(key) => {
            let _veiled = run.session.veil.over(key);
            odoo.call_as(&cleared, key, run.host)?
        }
        None => odoo.call(&cleared, run.host)?,
    };
    serde_json::from_str(reply.get()).map_err(|_| bad(method))
}

fn bad(method: &str) -> Error {
    Error::new(Code::BadReply, format!("{method} did not answer as the guard does"))
}

fn of_request(request: &str) -> Object {
    kwargs(json!({ "request_uuid": request }))
}

/// Whether the user of this profile approves what agents ask, and is none.
pub fn may_approve(run: &Run) -> bool {
    let status: Value = Operation::new(CONFIRMATION_MODEL, "guard_status", Object::new())
        .and_then(|question| run.desk().ask_plainly(question))
        .ok()
        .and_then(|reply| serde_json::from_str(reply.get()).ok())
        .unwrap_or_default();
    status["is_approver"] == true && status["is_agent"] == false
}

/// Where a request of the agent's stands.
///
/// # Errors
/// It is not this agent's, the guard keeps no requests, or whatever happened on the way.
pub fn status(run: &Run, request: &str) -> Result<Value> {
    let status = asked(run, "request_status", of_request(request), None).map_err(without_requests)?;
    if status["state"].is_string() { Ok(status) } else { Err(bad("request_status")) }
}

/// What a request holds; with somebody else's key where that is given.
///
/// # Errors
/// This user may not see it, or whatever happened on the way.
pub fn manifest(run: &Run, request: &str, key: Option<&Secret>) -> Result<Value> {
    let manifest = asked(run, "request_manifest", of_request(request), key).map_err(without_requests)?;
    if manifest["items"].is_array() { Ok(manifest) } else { Err(bad("request_manifest")) }
}

/// Takes a request back.
///
/// # Errors
/// It is not this agent's, or whatever happened on the way.
pub fn withdraw(run: &Run, request: &str) -> Result<Value> {
    asked(run, "withdraw_request", of_request(request), None).map_err(without_requests)
}

/// An approver's no; the agent is told why.
///
/// # Errors
/// This user may not decide it, the guard takes no such answer by key, or whatever happened on the way.
pub fn reject(run: &Run, request: &str, why: &str, key: &Secret) -> Result<Value> {
    let arguments = kwargs(json!({ "request_uuid": request, "reason": why }));
    asked(run, "reject_request", arguments, Some(key))
}

/// The agent's requests, the latest first.
///
/// # Errors
/// The guard keeps no requests, or whatever happened on the way.
pub fn list(run: &Run) -> Result<Vec<Value>> {
    let arguments = json!({
        "domain": [["request_uuid", "!=", false]], "fields": FIELDS, "order": "id desc", "limit": 200,
    });
    match asked(run, "search_read", kwargs(arguments), None).map_err(without_requests)? {
        Value::Array(rows) => Ok(rows),
        _ => Err(bad("search_read")),
    }
}

/// The number by which Odoo's own pages know a request of the agent's.
#[cfg(feature = "mcp")]
pub fn number_of(run: &Run, request: &str) -> Option<i64> {
    let arguments =
        json!({ "domain": [["request_uuid", "=", request]], "fields": ["request_uuid"], "limit": 1 });
    let rows = asked(run, "search_read", kwargs(arguments), None).ok()?;
    rows[0]["id"].as_i64()
}

/// The requests that wait for one call, where the guard keeps requests.
pub fn pending_of(run: &Run, operation: &Operation, key: Option<&Secret>) -> Vec<String> {
    let arguments = json!({
        "domain": [
            ["state", "=", "pending"], ["request_uuid", "!=", false],
            ["requested_model", "=", operation.model], ["requested_method", "=", operation.method],
        ],
        "fields": ["request_uuid", "requested_ids_json"], "limit": 200,
    });
    let sorted = |mut ids: Vec<i64>| {
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let wanted = sorted(operation.ids.clone().unwrap_or_default());
    // An older guard has no such fields.
    let rows = asked(run, "search_read", kwargs(arguments), key).unwrap_or_default();
    let is_of_it = |row: &&Value| {
        let ids = row["requested_ids_json"].as_str().and_then(|ids| serde_json::from_str(ids).ok());
        ids.map(sorted).as_ref() == Some(&wanted)
    };
    let rows = rows.as_array().into_iter().flatten().filter(is_of_it);
    rows.filter_map(|row| row["request_uuid"].as_str().map(str::to_string)).collect()
}

/// An older guard knows none of this.
fn without_requests(error: Error) -> Error {
    let is_missing = matches!(error.code, Code::NotFound | Code::InvalidRequest | Code::Rejected)
        || error.odoo.as_ref().is_some_and(|fault| fault.name == "builtins.ValueError");
    if !is_missing || error.odoo.is_none() {
        return error;
    }
    error.with_hint(
        "strictbase_agent_guard keeps requests from 19.0.3.0.0 on: odoo-agent doctor tells which is there",
    )
}
