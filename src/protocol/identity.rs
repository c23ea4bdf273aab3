//! Odoo's identity check: methods behind it answer with the dialog that asks for the password (`check_identity`,
//! res_users.py), and have done nothing. It sends nothing.

use serde_json::Value;
use serde_json::value::RawValue;

use super::faults::Asked;
use crate::error::{Code, Effect, Error, Result, Retry};

/// Refuses the dialog as a result: nothing was done, and neither a key nor a session can do it.
///
/// # Errors
/// It is that dialog.
pub fn refuse_check(json: &RawValue, asked: Asked) -> Result<()> {
    if !json.get().contains("res.users.identitycheck") {
        return Ok(());
    }
    let value: Value = serde_json::from_str(json.get()).unwrap_or_default();
    if value.get("res_model").and_then(Value::as_str) != Some("res.users.identitycheck") {
        return Ok(());
    }
    Err(Error::new(
        Code::Rejected,
        format!(
            "Odoo wants the user's password before {}, which cannot be given from here: nothing was done",
            asked.what
        ),
    )
    .with_effect(Effect::Rejected, Retry::Never)
    .with_hint("do this in Odoo's own interface"))
}
