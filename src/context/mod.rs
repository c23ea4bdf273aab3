//! The context of a call: which keys the profile gives, which mark the agent, and which a caller may not send
//! because they switch Odoo's own protections off. Pure.

mod keys;

use serde_json::Value;

use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::operation::Object;
use crate::text::sanitize;

/// Context key that carries a token.
pub const TOKEN_KEY: &str = "agent_confirmation_token";

/// Refuses a caller's context that switches a protection off.
pub fn check(caller: &Object, allowed: &[String]) -> Result<()> {
    for key in caller.keys() {
        if let Some(protects) = keys::switches_off(key)
            && !allowed.iter().any(|name| name == key)
        {
            return Err(Error::new(
                Code::PreflightRefused,
                format!("the context key {key} switches off {protects}: nothing was sent"),
            )
            .with_hint(format!("leave {key} out; a profile in the configuration directory can allow it with ODOO_ALLOW_CONTEXT={key}")));
        }
    }
    if caller.contains_key(TOKEN_KEY) {
        return Err(Error::usage(
            "a confirmation token does not belong in the context: argv and caches would show it",
        )
        .with_hint(Hint::new("present it with ").token()));
    }
    if let Some(zone) =
        caller.get("tz").filter(|zone| zone.is_number() || zone.is_array() || zone.is_object())
    {
        return Err(Error::new(
            Code::PreflightRefused,
            format!("context.tz: {zone} is no time zone: Odoo would take UTC without a word"),
        )
        .with_hint("a time zone is a name like Europe/Brussels or America/New_York"));
    }
    if let Some(zone) = caller.get("tz").and_then(Value::as_str).filter(|zone| !zone.is_empty()) {
        crate::zones::check(zone, "context.tz")?;
    }
    if let Some(companies) = caller.get("allowed_company_ids") {
        let whole =
            companies.as_array().is_some_and(|ids| ids.iter().all(|id| id.as_i64().is_some_and(|id| id > 0)));
        if !whole {
            let error =
                Error::new(Code::InvalidJson, "context.allowed_company_ids: expected a list of company ids");
            let text = companies.as_str().map_or_else(|| companies.to_string(), str::to_string);
            return Err(match crate::json_slips::as_ids(&text.replace('"', "")) {
                Some(ids) => error.with_hint(format!("{{\"allowed_company_ids\":{ids}}}")),
                None => error,
            });
        }
    }
    Ok(())
}

/// Most characters of a channel.
pub const LONGEST_CHANNEL: usize = 64;

/// The channel of a call: the owner's, to which a caller's is added; it can say more and never something else.
///
/// # Errors
/// A name that is no single line, or too long.
pub fn channel(owner: Option<&str>, caller: Option<&str>) -> Result<String> {
    let whole = match (owner, caller) {
        (Some(owner), Some(caller)) if owner != caller => format!("{owner}/{caller}"),
        (Some(one), _) | (None, Some(one)) => one.to_string(),
        (None, None) => "cli".to_string(),
    };
    // Nothing that turns or hides what stands beside it in Odoo's audit.
    let is_line = |part: &str| {
        !part.trim().is_empty() && !part.chars().any(char::is_control) && sanitize::for_terminal(part) == part
    };
    let is_sound =
        [owner, caller].into_iter().flatten().all(is_line) && whole.chars().count() <= LONGEST_CHANNEL;
    if is_sound {
        return Ok(whole);
    }
    Err(Error::usage(format!(
        "the agent's channel is one line of at most {LONGEST_CHANNEL} characters that can be seen, what the profile says of it included"
    )))
}

/// Whether a key switches nothing off.
pub fn is_allowed(key: &str) -> bool {
    keys::switches_off(key).is_none() && key != TOKEN_KEY
}

/// What marks every call as an agent's.
pub fn agent_marks(channel: &str) -> Object {
    let mut marks = Object::new();
    marks.insert("agent_mode".into(), Value::Bool(true));
    marks.insert("agent_channel".into(), channel.into());
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn protections_stay_on_unless_the_profile_names_them() {
        let caller = json!({ "tracking_disable": true }).as_object().cloned().unwrap();
        assert_eq!(check(&caller, &[]).unwrap_err().code, Code::PreflightRefused);
        assert!(check(&caller, &["tracking_disable".into()]).is_ok());
        for owner in [None, Some("owner")] {
            for caller in ["", " ", "a\nb", "a\u{1b}b", "a\u{202e}b", "a\u{200b}b", &"x".repeat(65)] {
                assert!(channel(owner, Some(caller)).is_err(), "{caller:?}");
            }
        }
        assert_eq!(channel(Some("owner"), Some("caller")).unwrap(), "owner/caller");
        assert_eq!(channel(Some("owner"), Some("Łódź 北京")).unwrap(), "owner/Łódź 北京");
        assert_eq!(channel(Some("owner"), None).unwrap(), "owner");
        assert_eq!(channel(None, Some("caller")).unwrap(), "caller");
        assert_eq!(channel(None, None).unwrap(), "cli");
        assert!(channel(Some("owner"), Some(&"x".repeat(59))).is_err());
        assert!(channel(Some("owner"), Some(&"x".repeat(58))).is_ok());
        assert!(check(&json!({ "active_test": false }).as_object().cloned().unwrap(), &[]).is_ok());
    }
}
