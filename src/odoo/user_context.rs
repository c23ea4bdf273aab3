//! The user's own language and time zone, learnt once from `res.users/context_get` and cached: JSON-2 replaces
//! the whole context, so without them labels would come in English and days be cut in UTC.

use serde_json::{Value, json};

use super::Desk;
use crate::cache::{Found, Key, Section};
use crate::error::{Code, Error, Result};
use crate::operation::{Object, Operation};

use super::schema::DOCUMENT_TTL;

/// `lang` and `tz` of the user, without those that are not set.
pub fn learn(desk: &Desk) -> Result<Object> {
    let whole = match fetch(desk) {
        Ok(whole) => whole,
        // It is a question of its own: where the policy denies it, the call goes without.
        Err(error) if is_held_back(&error) => return Ok(Object::new()),
        // A server that does not answer this one still answers others.
        Err(error)
            if matches!(
                error.code,
                Code::AccessDenied | Code::Rejected | Code::InvalidRequest | Code::NotFound
            ) && error.odoo.is_some() =>
        {
            return Ok(Object::new());
        }
        Err(mut error) => {
            error.message = format!(
                "{} (this was asked before the call, to learn the user's language: the call itself was not sent)",
                error.message
            );
            return Err(error);
        }
    };
    let wanted = whole.into_iter().filter(|(key, value)| {
        matches!(key.as_str(), "lang" | "tz") && value.as_str().is_some_and(|text| !text.is_empty())
    });
    Ok(wanted.collect())
}

/// The policy denies the question, or wants a person to see it.
fn is_held_back(error: &Error) -> bool {
    matches!(error.code, Code::PolicyDenied | Code::ConfirmationRequired) && error.held_by == Some("client")
}

/// Id of the user that the key belongs to, if Odoo tells.
pub fn user_id(desk: &Desk) -> Option<i64> {
    fetch(desk).ok()?.get("uid")?.as_i64()
}

/// The same as far as it is at hand.
pub fn known_user_id(desk: &Desk) -> Option<i64> {
    at_hand(desk)?.get("uid")?.as_i64()
}

/// The companies that this user is in, if Odoo tells.
pub fn companies(desk: &Desk) -> Option<Vec<i64>> {
    let rows = desk.rows("res.users", &json!([["id", "=", user_id(desk)?]]), "company_ids")?;
    Some(rows.first()?["company_ids"].as_array()?.iter().filter_map(Value::as_i64).collect())
}

/// Whether that user has a group, if Odoo tells. That they have it is remembered: what they lack is said to them, and
/// somebody may have given it since.
pub fn has_group(desk: &Desk, group: &str) -> Option<bool> {
    let question = json!({ "has_group": group });
    let key = Key { owner: desk.owner, section: Section::User, model: "res.users", question };
    if let Found::Fresh(entry) = desk.cache.find(&key, DOCUMENT_TTL)
        && entry.body == "true"
    {
        return Some(true);
    }
    let kwargs = Object::from_iter([("group_ext_id".to_string(), json!(group))]);
    let question = Operation::new("res.users", "has_group", kwargs).ok()?.on(vec![user_id(desk)?]);
    let has = serde_json::from_str(desk.ask_plainly(question).ok()?.get()).ok()?;
    if has {
        let _ = desk.cache.store(&key, "true", None, "");
    }
    Some(has)
}

fn key<'a>(desk: &Desk<'a>) -> Key<'a> {
    Key { owner: desk.owner, section: Section::User, model: "res.users", question: json!("context_get") }
}

fn at_hand(desk: &Desk) -> Option<Object> {
    match desk.cache.find(&key(desk), DOCUMENT_TTL) {
        Found::Fresh(entry) => serde_json::from_str(&entry.body).ok(),
        _ => None,
    }
}

fn fetch(desk: &Desk) -> Result<Object> {
    let key = key(desk);
    if let Some(whole) = at_hand(desk) {
        return Ok(whole);
    }
    let reply = desk.ask_plainly(Operation::new("res.users", "context_get", Object::new())?)?;
    let whole = serde_json::from_str(reply.get()).map_err(|why| {
        Error::new(Code::BadReply, "res.users/context_get did not answer with an object").with_source(why)
    })?;
    // The cache is a convenience: a full disk must not stop the call.
    let _ = desk.cache.store(&key, reply.get(), None, "");
    Ok(whole)
}
