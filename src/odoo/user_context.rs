//! The user's own language and time zone, learnt once from `res.users/context_get` and cached: JSON-2 replaces
//! the whole context, so without them labels would come in English and days be cut in UTC.

use serde_json::Value;
use serde_json::json;

use super::Odoo;
use crate::cache::{Cache, Found, Key, Kind, Owner};
use crate::error::{Code, Result};
use crate::operation::{Kind as Effect, Object, Operation};

use super::schema::DOCUMENT_TTL;

/// `lang` and `tz` of the user, without those that are not set.
pub fn learn(odoo: &Odoo, cache: &Cache, owner: &Owner, agent: &Object) -> Result<Object> {
    let key = Key { owner, kind: Kind::User, model: "res.users", question: json!("context_get") };
    if let Found::Fresh(entry) = cache.find(&key, DOCUMENT_TTL) {
        if let Some(context) = chosen(&entry.body) {
            return Ok(context);
        }
    }
    let mut operation = Operation::new("res.users", "context_get", Object::new())?;
    operation.context = agent.clone();
    let reply = match odoo.call(&operation, Effect::Read) {
        Ok(reply) => reply,
        // A server that does not answer this one still answers others.
        Err(error)
            if matches!(
                error.code,
                Code::AccessDenied | Code::Rejected | Code::InvalidRequest | Code::NotFound
            ) =>
        {
            return Ok(Object::new());
        }
        Err(mut error) => {
            error.message = format!("{} (asked for the user's language first)", error.message);
            return Err(error);
        }
    };
    // The cache is a convenience: a full disk must not stop the call.
    let _ = cache.store(&key, reply.get(), None, "");
    Ok(chosen(reply.get()).unwrap_or_default())
}

fn chosen(body: &str) -> Option<Object> {
    let context: Object = serde_json::from_str(body).ok()?;
    let wanted = context.into_iter().filter(|(key, value)| {
        matches!(key.as_str(), "lang" | "tz") && value.as_str().is_some_and(|text| !text.is_empty())
    });
    Some(wanted.collect::<serde_json::Map<String, Value>>())
}
