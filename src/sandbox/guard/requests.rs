//! Requests: what a refused call would have sent, kept for somebody to approve, and what the agent that asked and
//! its approvers are told of it.

use serde_json::{Map, Value, json};

use super::tokens::random_text;
use super::{Leaving, REQUESTS, arguments_digest, check_approver};
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::html;
use crate::sandbox::python::sha256;
use crate::sandbox::schema::find;
use crate::sandbox::world::Row;

const CHANNEL: &str = "e-mail";
const DAYS: u64 = 3;
const MOST_WAITING: usize = 50;
/// Of a refusal, in bytes.
const LONGEST: usize = 600;

/// All that a call would send, as an approver is shown it.
pub struct Letters(pub Value);

impl Letters {
    fn items(&self) -> &[Value] {
        items(&self.0)
    }

    /// Whom it would reach outside, each once.
    pub fn addresses(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for item in self.items() {
            for one in recipients(item) {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        found
    }

    fn subject(&self) -> &str {
        self.items()
            .iter()
            .filter_map(|item| item["subject"].as_str())
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }
}

fn items(manifest: &Value) -> &[Value] {
    manifest.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Addresses of a letter's people outside; who has none is told by name.
fn recipients(item: &Value) -> Vec<String> {
    let one = |person: &Value| {
        let text = |key: &str| person[key].as_str().filter(|text| !text.is_empty());
        text("address").or(text("name")).unwrap_or("").to_owned()
    };
    item["recipients"].as_array().into_iter().flatten().map(one).collect()
}

/// Everything that the call would send.
pub fn letters(env: &Env) -> Letters {
    Letters(env.entry.leaving.iter().map(|leaving| letter(env, leaving)).collect())
}

fn letter(env: &Env, leaving: &Leaving) -> Value {
    let person = |partner: &i64| json!({"name": env.text("res.partner", *partner, "name"), "address": env.text("res.partner", *partner, "email")});
    let mut recipients: Vec<Value> = leaving.outside.iter().map(person).collect();
    recipients.extend(leaving.addresses.iter().map(|address| json!({"name": "", "address": address})));
    let file = |id: &i64| {
        let row = env.row("ir.attachment", *id);
        let of = |name: &str| row.and_then(|row| row.get(name)).cloned().unwrap_or(json!(false));
        json!({"name": of("name"), "checksum": of("checksum"), "size": of("file_size")})
    };
    let record = leaving.record.and_then(|(model, id)| Some((find(model)?, id)));
    let name =
        record.map(|(model, id)| crate::sandbox::computed::name_of(env, model, id)).unwrap_or_default();
    let sender = env.text("res.partner", env.partner(), "email");
    json!({
        "channel": CHANNEL,
        "recipients": recipients,
        "inside": leaving.inside.iter().map(person).collect::<Value>(),
        "sender": format!("\"{}\" <{sender}>", env.user_name(env.user)),
        "reply_to": sender,
        "subject": if leaving.subject.is_empty() { name.clone() } else { leaving.subject.clone() },
        "body_text": html::plain(&leaving.body),
        "body_digest": sha256(&leaving.body),
        "attachments": leaving.attachments.iter().map(file).collect::<Value>(),
        "model": leaving.record.map(|(model, _)| model),
        "res_id": leaving.record.map(|(_, id)| id),
        "record": name,
        "note": "",
    })
}

/// What `now` would send that was not among what was asked. Fewer letters and fewer recipients are no difference.
pub fn differences(asked: &Value, now: &Letters) -> Vec<String> {
    let mut found = Vec::new();
    let asked = items(asked);
    for (at, item) in now.items().iter().enumerate() {
        let Some(before) = asked.get(at) else {
            found.push("one more letter".into());
            continue;
        };
        let known = recipients(before);
        let added = recipients(item).into_iter().filter(|one| !known.contains(one));
        found.extend(added.map(|one| format!("recipient added: {one}")));
        for (key, told) in [
            ("subject", "the subject differs"),
            ("body_digest", "the text differs"),
            ("attachments", "the attachments differ"),
            ("sender", "the sender differs"),
            ("model", "the record differs"),
            ("res_id", "the record differs"),
        ] {
            if item[key] != before[key] {
                found.push(told.into());
            }
        }
    }
    found.dedup();
    found
}

/// Files the call as a request, or finds the one that waits for exactly this; and refuses.
pub fn refusal(env: &mut Env, letters: &Letters, fault: &str, differs: &[String]) -> Fault {
    let (request, fault) = match request(env, letters) {
        Ok(request) => (Some(request), fault.to_owned()),
        Err(why) => (None, why),
    };
    let call = format!("{}.{}", env.entry.model, env.entry.method);
    let mut lines = vec![
        "AGENT_CONFIRMATION_REQUIRED".to_owned(),
        "reason: outbound_client_communication".to_owned(),
        format!("detail: {call} would reach people outside by {CHANNEL}."),
    ];
    let text = |row: &Row, name: &str| row.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let mut context = json!({});
    if let Some(row) = &request {
        let number = text(row, "request_uuid");
        lines.push(format!("request: {number}"));
        lines.push(format!("claim: {}", claim(&number)));
        context = json!({"agent_confirmation": {
            "request": number,
            "claim": claim(&number),
            "state": text(row, "state"),
            "expires_at": text(row, "expires_at"),
            "arguments_digest": text(row, "arguments_digest"),
        }});
        if !differs.is_empty() {
            context["agent_confirmation"]["differs"] = json!(differs);
        }
    }
    if !fault.is_empty() {
        lines.push(format!("token: {fault}"));
    }
    lines.push(format!("call: {call} {}", json!(env.entry.ids)));
    lines.extend(people(letters, LONGEST.saturating_sub(lines.join("\n").len())));
    let subject = format!("subject: {}", one_line(letters.subject()));
    if !letters.subject().is_empty() && lines.join("\n").len() + subject.len() < LONGEST {
        lines.push(subject);
    }
    Fault::user(lines.join("\n")).with_context(context)
}

/// Lines with those who would be reached, as far as there is room.
fn people(letters: &Letters, room: usize) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for person in letters.items().iter().flat_map(|item| item["recipients"].as_array().into_iter().flatten())
    {
        let (name, address) =
            (person["name"].as_str().unwrap_or(""), person["address"].as_str().unwrap_or(""));
        let line = match (name, address) {
            ("", address) => format!("recipient: {}", one_line(address)),
            (name, "") => format!("recipient: {}", one_line(name)),
            (name, address) => format!("recipient: {} <{}>", one_line(name), one_line(address)),
        };
        if !told.contains(&line) {
            told.push(line);
        }
    }
    let all = told.len();
    while told.iter().map(|line| line.len() + 1).sum::<usize>() + 30 > room && !told.is_empty() {
        told.pop();
    }
    if told.len() < all {
        told.push(format!("recipient: and {} more", all - told.len()));
    }
    told
}

/// A name must not be able to add a line of its own.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect()
}

/// The request that waits for exactly this, or a new one, which is kept once the call is rolled back.
fn request(env: &mut Env, letters: &Letters) -> Result<Row, String> {
    let asked = sha256(format!("{} {}", arguments_digest(env), letters.0));
    let (agent, now) = (json!(env.user), env.now_text());
    let of = |row: &Row, name: &str| row.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let own: Vec<&Row> = env
        .world
        .rows(REQUESTS)
        .map(|(_, row)| row)
        .filter(|row| row.get("agent_user_id") == Some(&agent) && row.contains_key("request_uuid"))
        .filter(|row| of(row, "expires_at") > now)
        .collect();
    let is_open = |row: &Row| ["pending", "approved"].contains(&of(row, "state").as_str());
    if let Some(waiting) = own.iter().find(|row| of(row, "asked_digest") == asked && is_open(row)) {
        return Ok((*waiting).clone());
    }
    if own.iter().filter(|row| of(row, "state") == "pending").count() >= MOST_WAITING {
        return Err(format!(
            "{MOST_WAITING} requests of this agent wait already; no other is kept until some of them are answered"
        ));
    }
    let number = uuid();
    let people = letters.addresses();
    let more = if people.len() > 1 { format!(" (+{})", people.len() - 1) } else { String::new() };
    let first = people.first().cloned().unwrap_or_default();
    let row = json!({
        "agent_user_id": agent,
        "state": "pending",
        "request_uuid": number,
        "token_digest": sha256(claim(&number)),
        "requested_model": env.entry.model,
        "requested_method": env.entry.method,
        "requested_ids_json": json!(env.entry.ids).to_string(),
        "reason": format!("{CHANNEL} to {first}{more}"),
        "expires_at": crate::clock::odoo_datetime(env.now + DAYS * 24 * 3600),
        "agent_channel": env.context.get("agent_channel").cloned().unwrap_or_default(),
        "asked_manifest": letters.0,
        "asked_digest": asked,
        "arguments_digest": arguments_digest(env),
        "summary": format!("{first}{more}: {}", letters.subject()),
        "recipients_text": people.join(", "),
        "subject": letters.subject(),
    });
    let Value::Object(row) = row else { return Err(String::new()) };
    env.entry.filed = Some(row.clone());
    Ok(row)
}

/// The secret of a request, the same whenever it is asked for. Nothing here is real, the secret neither.
fn claim(number: &str) -> String {
    sha256(format!("claim {number}")).chars().take(43).collect()
}

fn uuid() -> String {
    let random = random_text();
    let part = |from: usize, to: usize| random.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// Somebody else says yes.
pub fn approve(env: &mut Env, id: i64, expires: Value, minted: String) -> Outcome<()> {
    refuse_own(env, id)?;
    for (field, value) in [
        ("state", json!("approved")),
        ("user_id", json!(env.user)),
        ("decided_at", json!(env.now_text())),
        ("expires_at", expires),
        ("minted_digest", json!(minted)),
    ] {
        env.world.set(REQUESTS, id, field, value);
    }
    Ok(())
}

fn is_own(env: &Env, id: i64) -> bool {
    env.row(REQUESTS, id).and_then(|row| row.get("agent_user_id")) == Some(&json!(env.user))
}

fn refuse_own(env: &Env, id: i64) -> Outcome<()> {
    if is_own(env, id) { Err(Fault::access("Nobody approves their own calls.")) } else { Ok(()) }
}

fn numbered(env: &Env, arguments: &Map<String, Value>) -> Option<i64> {
    let number = arguments.get("request_uuid").and_then(Value::as_str)?;
    let is_it = |row: &Row| row.get("request_uuid").and_then(Value::as_str) == Some(number);
    env.world.rows(REQUESTS).find(|(_, row)| is_it(row)).map(|(id, _)| id)
}

/// The agent's own request of a number.
fn own(env: &Env, arguments: &Map<String, Value>) -> Outcome<i64> {
    if !arguments.get("request_uuid").is_some_and(Value::is_string) {
        return Err(Fault::user("A request is named by its number."));
    }
    numbered(env, arguments)
        .filter(|id| is_own(env, *id))
        .ok_or_else(|| Fault::access("You have no such request."))
}

/// Where one stands, for the agent that asked alone.
pub fn status_of(env: &Env, arguments: &Map<String, Value>) -> Outcome<Value> {
    let id = own(env, arguments)?;
    let text = |name: &str| match env.text(REQUESTS, id, name) {
        text if text.is_empty() => json!(false),
        text => json!(text),
    };
    let state = state_now(env, id);
    let is_open = ["pending", "approved"].contains(&state.as_str());
    let decided_by = env.row(REQUESTS, id).and_then(|row| row.get("user_id")).and_then(Value::as_i64);
    let sent = env.row(REQUESTS, id).and_then(|row| row.get("sent_manifest")).cloned().unwrap_or_default();
    let told = |item: &Value| {
        let keys = ["channel", "recipients", "subject", "model", "res_id"];
        keys.iter().map(|key| ((*key).to_owned(), item[*key].clone())).collect::<Map<_, _>>()
    };
    Ok(json!({
        "request": text("request_uuid"),
        "state": state,
        "expires_at": if is_open { text("expires_at") } else { json!(false) },
        "decided_at": text("decided_at"),
        "decided_by": decided_by.map_or(json!(false), |user| json!(env.user_name(user))),
        "reason": text("reject_reason"),
        "uncertain": false,
        "used_at": text("used_at"),
        "sent": items(&sent).iter().map(told).collect::<Vec<_>>(),
    }))
}

fn state_now(env: &Env, id: i64) -> String {
    let state = env.text(REQUESTS, id, "state");
    let is_over = env.text(REQUESTS, id, "expires_at") <= env.now_text();
    if is_over && ["pending", "approved"].contains(&state.as_str()) { "expired".into() } else { state }
}

/// All that one would send, for its agent and for approvers.
pub fn manifest(env: &Env, arguments: &Map<String, Value>) -> Outcome<Value> {
    let id = match own(env, arguments) {
        Ok(id) => id,
        Err(_) => {
            check_approver(env)?;
            numbered(env, arguments).ok_or_else(|| Fault::user("There is no such request."))?
        }
    };
    let row = env.row(REQUESTS, id).cloned().unwrap_or_default();
    let of = |name: &str| row.get(name).cloned().unwrap_or(json!(false));
    let agent = of("agent_user_id").as_i64().unwrap_or(0);
    let ids: Value =
        serde_json::from_str(of("requested_ids_json").as_str().unwrap_or("")).unwrap_or_default();
    let mut shown = of("asked_manifest");
    for item in shown.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        item.shift_remove("body_digest");
    }
    Ok(json!({
        "request": of("request_uuid"),
        "state": state_now(env, id),
        "agent": {"id": agent, "name": env.user_name(agent)},
        "agent_channel": of("agent_channel"),
        "call": {"model": of("requested_model"), "method": of("requested_method"), "ids": ids},
        "created_at": of("create_date"),
        "expires_at": of("expires_at"),
        "digest": of("asked_digest"),
        "arguments_digest": of("arguments_digest"),
        "items": shown,
    }))
}

/// Somebody else says no.
pub fn reject(env: &mut Env, arguments: &Map<String, Value>) -> Outcome<Value> {
    check_approver(env)?;
    let id = numbered(env, arguments).ok_or_else(|| Fault::user("There is no such request."))?;
    let why = arguments.get("reason").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    if why.is_empty() {
        return Err(Fault::user("Say why not: the agent is told."));
    }
    refuse_own(env, id)?;
    if !["pending", "approved"].contains(&env.text(REQUESTS, id, "state").as_str()) {
        return Err(Fault::user(format!(
            "{} can not be rejected any more.",
            env.text(REQUESTS, id, "summary")
        )));
    }
    for (field, value) in [
        ("state", json!("rejected")),
        ("user_id", json!(env.user)),
        ("decided_at", json!(env.now_text())),
        ("reject_reason", json!(why.chars().take(200).collect::<String>())),
    ] {
        env.world.set(REQUESTS, id, field, value);
    }
    Ok(json!(true))
}

/// The agent does not want it any more.
pub fn withdraw(env: &mut Env, arguments: &Map<String, Value>) -> Outcome<Value> {
    let id = own(env, arguments)?;
    if !["pending", "approved"].contains(&env.text(REQUESTS, id, "state").as_str()) {
        return Err(Fault::user("This request has been answered already."));
    }
    env.world.set(REQUESTS, id, "state", json!("rejected"));
    env.world.set(REQUESTS, id, "reject_reason", json!("withdrawn by the agent"));
    Ok(json!(true))
}
