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
            let chosen: Vec<i64> = match caller.get("allowed_company_ids") {
                Some(ids) => ids.as_array()?.iter().filter_map(Value::as_i64).collect(),
                None => settings.company_ids.clone(),
            };
            if chosen.is_empty() {
                return None;
            }
            let own = user_context::companies(desk)?;
            let foreign: Vec<i64> = chosen.into_iter().filter(|id| !own.contains(id)).collect();
            let listed = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
            if foreign.is_empty() {
                return None;
            }
            Some(
                match settings.companies_say.as_ref().filter(|_| !caller.contains_key("allowed_company_ids"))
                {
                    Some(says) => format!("{says}; this user may work in {}", listed(&own)),
                    None => format!(
                        "allowed_company_ids names companies that this user is not in: {}; this user may work in {}",
                        listed(&foreign),
                        listed(&own)
                    ),
                },
            )
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
