//! What goes with every call: language, time zone and companies of the profile, tried on one ordinary call and one
//! question for fields. What would fail in the next call fails here, with that call's hint.

use serde_json::json;

use super::{Finding, Status};
use crate::error::Error;
use crate::operation::{Operation, kwargs};
use crate::session::Run;
use crate::zones;

/// Tries them.
pub fn examine(run: &Run, user: i64, findings: &mut Vec<Finding>) {
    if let Some(zone) = run.session.settings.time_zone.as_deref()
        && let Err(error) = zones::check(zone, "ODOO_TZ")
    {
        findings.push(Finding::of_error("time zone", &error));
    }
    findings.push(match call(run, user).and_then(|()| run.schema("res.users", true).map(|_| ())) {
        Ok(()) => Finding::new("ordinary call", Status::Ok, said(run)),
        Err(error) => Finding::of_error("ordinary call", &error),
    });
}

fn call(run: &Run, user: i64) -> Result<(), Error> {
    let arguments = json!({ "domain": [["id", "=", user]], "fields": ["name"], "limit": 1 });
    run.send(Operation::new("res.users", "search_read", kwargs(arguments))?).map(|_| ())
}

/// In which context it went well.
fn said(run: &Run) -> String {
    let text = |key: &str| {
        let context = run.context().ok()?;
        context.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_string))
    };
    let parts = [("language", "lang"), ("time zone", "tz"), ("companies", "allowed_company_ids")];
    let told: Vec<String> =
        parts.iter().filter_map(|(name, key)| Some(format!("{name} {}", text(key)?))).collect();
    match told.is_empty() {
        true => "goes through".into(),
        false => format!("goes through: {}", told.join(", ")),
    }
}
