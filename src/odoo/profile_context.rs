//! Whether Odoo takes the language and the companies that the profile sets. Both go with every call, so a wrong
//! one fails calls that have nothing to do with it. Asked only after a refusal, and of Odoo's records: what the
//! refusal says may be translated.

use serde_json::{Value, json};

use super::{Desk, user_context};
use crate::error::{Code, Error};
use crate::operation::Object;
use crate::settings::Settings;

/// Is always installed.
const SOURCE_LANGUAGE: &str = "en_US";

/// What the profile sets for every call.
pub fn of_profile(settings: &Settings) -> Object {
    let mut context = Object::new();
    if let Some(language) = &settings.language {
        context.insert("lang".into(), language.as_str().into());
    }
    if let Some(time_zone) = &settings.time_zone {
        context.insert("tz".into(), time_zone.as_str().into());
    }
    if !settings.company_ids.is_empty() {
        context.insert("allowed_company_ids".into(), json!(settings.company_ids));
    }
    context
}

/// What the profile sets wrongly, if that can be the reason of the refusal. `caller` is what was added to the
/// context, which stands before the profile's.
pub fn wrong_setting(error: &Error, caller: &Object, settings: &Settings, desk: &Desk) -> Option<String> {
    match (error.code, error.odoo.as_ref()?.name.as_str()) {
        (Code::Rejected, "odoo.exceptions.UserError") if caller.contains_key("lang") => {
            let language = caller["lang"].as_str()?;
            let installed = installed(desk)?;
            (!installed.iter().any(|code| code == language))
                .then(|| format!("context.lang is {language}; installed in Odoo: {}", installed.join(", ")))
        }
        (Code::Rejected, "odoo.exceptions.UserError") => {
            let (says, language) = (settings.language_says.as_ref()?, settings.language.as_deref()?);
            if language == SOURCE_LANGUAGE {
                return None;
            }
            let installed = installed(desk)?;
            (!installed.iter().any(|code| code == language))
                .then(|| format!("{says}; installed in Odoo: {}", installed.join(", ")))
        }
        (Code::AccessDenied, "odoo.exceptions.AccessError") => {
            let asked: Vec<i64> = match caller.get("allowed_company_ids") {
                Some(ids) => ids.as_array()?.iter().filter_map(Value::as_i64).collect(),
                None => settings.company_ids.clone(),
            };
            let says = match caller.get("allowed_company_ids") {
                Some(ids) => format!("context.allowed_company_ids is {ids}"),
                None => settings.companies_say.clone()?,
            };
            if asked.is_empty() {
                return None;
            }
            let user = user_context::user_id(desk)?;
            let rows = desk.rows("res.users", &json!([["id", "=", user]]), "company_ids")?;
            let own: Vec<i64> =
                rows.first()?["company_ids"].as_array()?.iter().filter_map(Value::as_i64).collect();
            let is_wrong = asked.iter().any(|id| !own.contains(id));
            let own = own.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
            is_wrong.then(|| format!("{says}; this user may work in {own}"))
        }
        _ => None,
    }
}

/// The codes of the languages; `None` where Odoo does not tell.
fn installed(desk: &Desk) -> Option<Vec<String>> {
    let rows = desk.rows("res.lang", &json!([["active", "=", true]]), "code")?;
    let codes: Vec<String> = rows.iter().filter_map(|row| row["code"].as_str().map(str::to_string)).collect();
    (!codes.is_empty()).then_some(codes)
}
