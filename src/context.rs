//! The context of a call: which keys the profile gives, which mark the agent, and which a caller may not send
//! because they switch Odoo's own protections off. Pure.

use serde_json::Value;

use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::operation::Object;

/// Context key that carries a token.
pub const TOKEN_KEY: &str = "agent_confirmation_token";

/// Keys that are refused unless the profile allows them by name, and what each switches off.
const PROTECTED: [(&str, &str); 10] = [
    ("_force_unlink", "the checks before records are deleted"),
    ("force_delete", "the checks before accounting entries are deleted"),
    ("install_mode", "checks that run outside installation"),
    ("module", "the ownership of external ids"),
    ("mail_create_nolog", "the note that a record was created"),
    ("mail_notrack", "the trail of changed fields"),
    ("tracking_disable", "the trail of changes and messages"),
    ("bypass_audit", "the accounting audit trail"),
    ("no_reset_password", "the sign-up checks of users"),
    ("uninstall_mode", "checks that run outside uninstallation"),
];

/// Refuses a caller's context that switches a protection off.
pub fn check(caller: &Object, allowed: &[String]) -> Result<()> {
    for (key, protects) in PROTECTED {
        if caller.contains_key(key) && !allowed.iter().any(|name| name == key) {
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
    if let Some(zone) = caller.get("tz").and_then(Value::as_str).filter(|zone| !zone.is_empty()) {
        crate::zones::check(zone, "context.tz")?;
    }
    if let Some(companies) = caller.get("allowed_company_ids") {
        let whole =
            companies.as_array().is_some_and(|ids| ids.iter().all(|id| id.as_i64().is_some_and(|id| id > 0)));
        if !whole {
            return Err(Error::new(
                Code::InvalidJson,
                "context.allowed_company_ids: expected a list of company ids",
            ));
        }
    }
    Ok(())
}

/// Whether a key switches nothing off.
pub fn is_allowed(key: &str) -> bool {
    PROTECTED.iter().all(|(protected, _)| *protected != key) && key != TOKEN_KEY
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
        assert!(check(&json!({ "active_test": false }).as_object().cloned().unwrap(), &[]).is_ok());
    }
}
