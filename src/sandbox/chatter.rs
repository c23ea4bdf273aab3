//! Messages and followers: who is told what. A message that reaches someone
//! outside asks the guard first and leaves a mail behind, so that what left
//! can be counted.

use serde_json::{Map, Value, json};

use super::access;
use super::env::{Env, ids_of};
use super::fault::{Fault, Outcome};
use super::guard::{self, Leaving};
use super::schema::Model;
use super::{computed, values};

/// Subtypes by external id.
const SUBTYPES: &[(i64, &str)] = &[(1, "mail.mt_comment"), (2, "mail.mt_note"), (3, "mail.mt_activities")];
const COMMENT: i64 = 1;
const NOTE: i64 = 2;

/// A message to be posted.
#[derive(Default)]
pub struct Letter {
    /// Markup, already escaped.
    pub body: String,
    /// Subject or nothing.
    pub subject: Option<String>,
    /// `comment`, `notification`, …
    pub message_type: String,
    /// The subtype's id.
    pub subtype: i64,
    /// Recipients besides followers.
    pub partners: Vec<i64>,
    /// Bare addresses.
    pub addresses: Vec<String>,
    /// Files.
    pub attachments: Vec<i64>,
}

/// A subtype by external id; `None` means an internal note.
pub fn subtype(name: Option<&str>) -> Outcome<i64> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(NOTE) };
    SUBTYPES
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(id, _)| *id)
        .ok_or_else(|| Fault::value(format!("External ID not found in the system: {name}")))
}

/// The partners that follow a record.
pub fn followers(env: &Env, model: &str, id: i64) -> Vec<i64> {
    let rows = env.world.rows("mail.followers").filter(|(_, row)| {
        row.get("res_id") == Some(&json!(id)) && row.get("res_model").and_then(Value::as_str) == Some(model)
    });
    rows.filter_map(|(_, row)| row.get("partner_id")?.as_i64()).collect()
}

/// Makes partners follow a record.
pub fn subscribe(env: &mut Env, model: &str, id: i64, partners: &[i64]) {
    let already = followers(env, model, id);
    for partner in partners
        .iter()
        .filter(|partner| !already.contains(partner) && env_has(env, **partner))
        .collect::<Vec<_>>()
    {
        let row = json!({"res_model": model, "res_id": id, "partner_id": partner, "subtype_ids": [COMMENT]});
        insert(env, "mail.followers", row);
    }
}

fn env_has(env: &Env, partner: i64) -> bool {
    env.exists("res.partner", partner)
}

/// Makes partners stop following.
pub fn unsubscribe(env: &mut Env, model: &str, id: i64, partners: &[i64]) {
    let gone: Vec<i64> = env
        .world
        .rows("mail.followers")
        .filter(|(_, row)| {
            row.get("res_id") == Some(&json!(id))
                && row.get("res_model").and_then(Value::as_str) == Some(model)
                && row
                    .get("partner_id")
                    .and_then(Value::as_i64)
                    .is_some_and(|partner| partners.contains(&partner))
        })
        .map(|(line, _)| line)
        .collect();
    for line in gone {
        env.world.remove("mail.followers", line);
    }
}

/// Adds a row that no caller wrote: no rights, no checks, only who and when.
pub fn insert(env: &mut Env, model: &str, row: Value) -> i64 {
    let stamp = json!(env.now_text());
    let mut kept: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
    kept.retain(|_, value| {
        !matches!(value, Value::Null | Value::Bool(false))
            && value.as_array().is_none_or(|items| !items.is_empty())
    });
    for (name, value) in [
        ("create_uid", json!(env.user)),
        ("create_date", stamp.clone()),
        ("write_uid", json!(env.user)),
        ("write_date", stamp),
    ] {
        kept.insert(name.to_owned(), value);
    }
    env.world.insert(model, kept)
}

/// Posts on a record (or on none) and tells whoever is to be told.
pub fn post(env: &mut Env, target: Option<(&'static Model, i64)>, letter: &Letter) -> Outcome<i64> {
    let author = env.partner();
    let mut told = letter.partners.clone();
    if let (Some((model, id)), true) = (target, letter.subtype == COMMENT) {
        told.extend(followers(env, model.name, id));
    }
    told.retain(|partner| *partner != author);
    told.sort_unstable();
    told.dedup();
    let missing: Vec<i64> = told.iter().copied().filter(|partner| !env_has(env, *partner)).collect();
    if !missing.is_empty() {
        return Err(Fault::missing("res.partner", &missing, env.user));
    }
    let outside: Vec<i64> =
        told.iter().copied().filter(|partner| !access::is_inside(env, *partner)).collect();
    let addresses: Vec<String> =
        letter.addresses.iter().filter(|address| !is_inside_address(env, address)).cloned().collect();
    if !outside.is_empty() || !addresses.is_empty() {
        let inside = told.iter().copied().filter(|partner| !outside.contains(partner)).collect();
        let leaving = leaving(letter, target.map(|(model, id)| (model.name, id)), &outside, &addresses);
        guard::leaves(env, Leaving { inside, ..leaving });
    }
    let name = target.map_or_else(String::new, |(model, id)| computed::name_of(env, model, id));
    let message = insert(
        env,
        "mail.message",
        json!({
            "model": target.map(|(model, _)| model.name),
            "res_id": target.map(|(_, id)| id),
            "record_name": name,
            "subject": letter.subject,
            "body": letter.body,
            "message_type": letter.message_type,
            "subtype_id": letter.subtype,
            "is_internal": letter.subtype == NOTE,
            "author_id": author,
            "email_from": sender(env),
            "date": env.now_text(),
            "partner_ids": letter.partners,
            "attachment_ids": letter.attachments,
        }),
    );
    if !outside.is_empty() || !addresses.is_empty() {
        leave(env, target.map(|(model, id)| (model.name, id)), letter, &outside, &addresses, Some(message));
    }
    Ok(message)
}

/// A letter as what leaves.
pub fn leaving(
    letter: &Letter,
    record: Option<(&'static str, i64)>,
    outside: &[i64],
    addresses: &[String],
) -> Leaving {
    Leaving {
        outside: outside.to_vec(),
        inside: Vec::new(),
        addresses: addresses.to_vec(),
        subject: letter.subject.clone().unwrap_or_default(),
        body: letter.body.clone(),
        attachments: letter.attachments.clone(),
        record,
    }
}

/// Records one mail that left for people outside.
pub fn leave(
    env: &mut Env,
    target: Option<(&str, i64)>,
    letter: &Letter,
    outside: &[i64],
    addresses: &[String],
    message: Option<i64>,
) -> i64 {
    let row = json!({
        "subject": letter.subject,
        "body_html": letter.body,
        "email_from": sender(env),
        "email_to": addresses.join(", "),
        "recipient_ids": outside,
        "mail_message_id": message,
        "model": target.map(|(model, _)| model),
        "res_id": target.map(|(_, id)| id),
        "state": "sent",
    });
    insert(env, "mail.mail", row)
}

/// Whether an address is a colleague's.
pub fn is_inside_address(env: &Env, address: &str) -> bool {
    env.world.rows("res.partner").any(|(id, row)| {
        row.get("email").and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(address.trim()))
            && access::is_inside(env, id)
    })
}

fn sender(env: &Env) -> String {
    format!("\"{}\" <{}>", env.user_name(env.user), env.text("res.partner", env.partner(), "email"))
}

/// A letter out of the arguments that `message_post` and its kin share.
pub fn letter(arguments: &Map<String, Value>) -> Outcome<Letter> {
    let get = |name: &str| arguments.get(name).unwrap_or(&Value::Null);
    let text = |name: &str| get(name).as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    if let Value::Array(partners) = get("partner_ids")
        && !partners.iter().all(Value::is_i64)
    {
        return Err(Fault::value("message_post partner_ids and must be integer list, not commands."));
    }
    let body = text("body").unwrap_or_default();
    let body = if get("body_is_html") == &json!(true) { body } else { values::escape(&body) };
    let body = if body.is_empty() || body.starts_with('<') { body } else { format!("<p>{body}</p>") };
    let subtype = match get("subtype_id").as_i64() {
        Some(id) if id > 0 => id,
        _ => subtype(get("subtype_xmlid").as_str())?,
    };
    Ok(Letter {
        body,
        subject: text("subject"),
        message_type: text("message_type").unwrap_or_else(|| "notification".to_owned()),
        subtype,
        partners: ids_of(get("partner_ids")),
        addresses: split_addresses(get("outgoing_email_to")),
        attachments: ids_of(get("attachment_ids")),
    })
}

/// Addresses in a comma-separated text.
pub fn split_addresses(value: &Value) -> Vec<String> {
    let parts = value.as_str().unwrap_or("").split(',').map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}
