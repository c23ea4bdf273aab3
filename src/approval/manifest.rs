//! What the guard itself recorded of a refused call, as what a person is shown: every letter with its recipients and
//! its text. The agent's own words for the call do not come in. It asks nothing and decides nothing.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::context::TOKEN_KEY;
use crate::error::{Code, Error, Result};
use crate::host::Question;
use crate::operation::{Object, Operation, canonical, hex};
use crate::session::Run;

/// What a person has to know of a request.
pub fn question(run: &Run, manifest: &Value) -> Question {
    let settings = &run.session.settings;
    let call = &manifest["call"];
    let items = manifest["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut recipients: Vec<(String, String)> = Vec::new();
    let mut records: Vec<String> = Vec::new();
    for item in items {
        for one in pairs(&item["recipients"]) {
            if !recipients.contains(&one) {
                recipients.push(one);
            }
        }
        let record = text(item, "record").unwrap_or("(no name)");
        let record = match item["res_id"].as_i64().filter(|id| *id > 0) {
            Some(id) => format!("{id}: {record}"),
            None => record.to_string(),
        };
        if !records.contains(&record) {
            records.push(record);
        }
    }
    Question {
        place: format!("database {} at {}", settings.database, settings.base_url.origin()),
        model: text(call, "model").unwrap_or_default().into(),
        method: text(call, "method").unwrap_or_default().into(),
        agent: text(&manifest["agent"], "name").map(str::to_string),
        texts: items.iter().map(|item| ("What Odoo's guard stopped:", letter(item))).collect(),
        count: call["ids"].as_array().map_or(0, Vec::len).max(records.len()),
        records,
        recipients,
        and_others: false,
        is_bound: true,
        is_sent_here: false,
        because: None,
    }
}

/// One thing that would leave.
fn letter(item: &Value) -> String {
    let mut lines = Vec::new();
    let mut line = |name: &str, text: String| {
        if !text.is_empty() {
            // A text of Odoo's must not look like a line of the letter's head.
            lines.push(format!("{name}: {}", text.replace(['\n', '\r'], " ")));
        }
    };
    let of = |key: &str| text(item, key).unwrap_or_default().to_string();
    line("channel", of("channel"));
    line("from", of("sender"));
    line("reply to", of("reply_to"));
    line("to", addresses(&item["recipients"]));
    line("and to colleagues", addresses(&item["inside"]));
    line("subject", of("subject"));
    line("note", of("note"));
    for attachment in item["attachments"].as_array().into_iter().flatten() {
        let name = text(attachment, "name").unwrap_or("(no name)");
        line("attachment", format!("{name} ({} bytes)", attachment["size"].as_u64().unwrap_or_default()));
    }
    lines.push(String::new());
    lines.push(of("body_text"));
    lines.join("\n")
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value[key].as_str().filter(|text| !text.is_empty())
}

fn pairs(list: &Value) -> Vec<(String, String)> {
    let one = |row: &Value| {
        (text(row, "name").unwrap_or_default().into(), text(row, "address").unwrap_or("(no address)").into())
    };
    list.as_array().into_iter().flatten().map(one).collect()
}

fn addresses(list: &Value) -> String {
    let one = |(name, address): (String, String)| match name.as_str() {
        "" => address,
        name => format!("{name} <{address}>"),
    };
    pairs(list).into_iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The digest of a call's arguments as the guard makes it: without what belongs to the agent and not to its call.
pub fn arguments_digest(operation: &Operation) -> String {
    let mut ids = operation.ids.clone().unwrap_or_default();
    ids.sort_unstable();
    ids.dedup();
    let mut context = operation.context.clone();
    context.retain(|key, _| ![TOKEN_KEY, "agent_mode", "agent_channel"].contains(&key.as_str()));
    let whole = serde_json::json!({
        "context": context, "ids": ids, "kwargs": operation.kwargs, "method": operation.method,
        "model": operation.model,
    });
    hex(&Sha256::digest(canonical(&whole).as_bytes()))
}

/// The call that a request is for, as far as an approval names it, and the agent that asked.
///
/// # Errors
/// It names none.
pub fn call(manifest: &Value) -> Result<(Operation, Option<i64>)> {
    let call = &manifest["call"];
    let bad = || Error::new(Code::BadReply, "request_manifest names no call");
    let (model, method) = text(call, "model").zip(text(call, "method")).ok_or_else(bad)?;
    let ids: Vec<i64> = call["ids"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    let operation = Operation::new(model, method, Object::new()).map_err(|_| bad())?;
    Ok((operation.on(ids), manifest["agent"]["id"].as_i64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_arguments_is_the_one_that_the_guard_recorded() {
        let pair = include_str!("../../tests/wire/guard/guard_request_refusal.json");
        let pair: Value = serde_json::from_str(pair).unwrap();
        let mut body = pair["request"]["body"].as_object().unwrap().clone();
        let context = body.shift_remove("context").unwrap();
        body.shift_remove("ids");
        let mut operation = Operation::new("res.partner", "message_post", body).unwrap().on(vec![10, 10]);
        operation.context = context.as_object().unwrap().clone();
        operation.context.insert(TOKEN_KEY.into(), "x".into());
        let told = &pair["response"]["json"]["context"]["agent_confirmation"]["arguments_digest"];
        assert_eq!(told.as_str(), Some(arguments_digest(&operation).as_str()));
        operation.kwargs.insert("body".into(), "other".into());
        assert_ne!(told.as_str(), Some(arguments_digest(&operation).as_str()));
    }
}
