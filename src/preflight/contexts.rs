//! Keys of a context that Odoo would ignore without a word: another name for what it does read, and a time zone
//! that does not exist. Which keys switch protections off is `crate::context`'s.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{Check, refused};
use crate::error::{Error, Result};
use crate::operation::Object;
use crate::suggest::closest;

/// Every zone of the tz database, as Odoo's own list has them: case counts.
static ZONES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("zones.txt").lines().collect());

/// What Odoo reads of a context in every model.
const READ: [&str; 9] = [
    "active_id",
    "active_ids",
    "active_model",
    "active_test",
    "allowed_company_ids",
    "bin_size",
    "lang",
    "prefetch_fields",
    "tz",
];

/// What people write, and what Odoo reads in its place.
const CALLED: [(&str, &str); 18] = [
    ("companies", "allowed_company_ids"),
    ("company", "allowed_company_ids"),
    ("company_id", "allowed_company_ids"),
    ("company_ids", "allowed_company_ids"),
    ("current_company_id", "allowed_company_ids"),
    ("force_company", "allowed_company_ids"),
    ("force_company_id", "allowed_company_ids"),
    ("include_archived", "active_test"),
    ("include_inactive", "active_test"),
    ("language", "lang"),
    ("locale", "lang"),
    ("show_archived", "active_test"),
    ("time_zone", "tz"),
    ("timezone", "tz"),
    ("timezone_name", "tz"),
    ("with_archived", "active_test"),
    ("with_company", "allowed_company_ids"),
    ("zone", "tz"),
];

/// Notes the keys that will be ignored.
pub fn check(check: &Check, context: &Object) -> Result<()> {
    if let Some(language) = context.get("lang").and_then(Value::as_str).filter(|code| !is_language(code)) {
        check.note(format!(
            "context.lang: Odoo's languages are called like de_DE, {language:?} is none: it is ignored or fails"
        ));
    }
    for (key, value) in context {
        let Some(meant) = meant(key) else { continue };
        let instead = json!({ meant: translated(key, meant, value) });
        check.note(format!(
            "Odoo reads no context key {key}, it reads {meant}: what was meant may be {instead}"
        ));
    }
    Ok(())
}

/// Whether a code has the form of Odoo's: `de_DE`, `es_419`, `sr@latin`.
fn is_language(code: &str) -> bool {
    let (language, rest) = code.split_at(code.find(['_', '@']).unwrap_or(code.len()));
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    code.is_empty()
        || (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && rest.len() > 1
            && rest[1..].split('@').all(is_word)
}

/// The key that was meant by one which Odoo does not read.
fn meant(key: &str) -> Option<&'static str> {
    if READ.contains(&key) {
        return None;
    }
    let lower = key.to_lowercase().replace('-', "_");
    let called = CALLED.iter().find(|(other, _)| *other == lower).map(|(_, meant)| *meant);
    // A letter or two beside one of the long names; short ones are near to everything.
    called.or_else(|| READ.into_iter().find(|name| name.len() > 6 && strsim::osa_distance(&lower, name) <= 2))
}

fn translated(key: &str, meant: &str, value: &Value) -> Value {
    match (meant, value) {
        ("allowed_company_ids", Value::Number(_)) => json!([value]),
        // Those that say with speak of the archived ones.
        ("active_test", Value::Bool(with)) if !key.starts_with("active") => json!(!with),
        _ => value.clone(),
    }
}

/// Refuses a time zone that Odoo would take for UTC without a word.
pub fn zone(zone: &str, place: &str) -> Result<()> {
    if ZONES.contains(zone) {
        return Ok(());
    }
    Err(no_zone(zone, place))
}

fn no_zone(zone: &str, place: &str) -> Error {
    let error =
        refused(format!("{place}: there is no time zone {zone:?}: Odoo would take UTC without a word"));
    let same = || ZONES.iter().copied().find(|name| name.eq_ignore_ascii_case(zone));
    let town = || {
        let town = zone.rsplit('/').next().unwrap_or_default().replace(' ', "_");
        ZONES.iter().copied().find(|name| {
            name.rsplit('/').next().is_some_and(|end| !town.is_empty() && end.eq_ignore_ascii_case(&town))
        })
    };
    match same().or_else(town).or_else(|| closest(zone, ZONES.iter().copied())) {
        Some(close) => error.with_hint(format!("did you mean {close}?")),
        None => error.with_hint("a time zone is a name like Europe/Brussels or America/New_York"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_told_apart_by_case_and_found_by_town() {
        for right in ["Europe/Brussels", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "US/Pacific"] {
            assert!(zone(right, "tz").is_ok(), "{right}");
        }
        for (wrong, meant) in [
            ("Asia/Shangai", "Asia/Shanghai"),
            ("europe/brussels", "Europe/Brussels"),
            ("Brussels", "Europe/Brussels"),
            ("New York", "America/New_York"),
        ] {
            let error = zone(wrong, "tz").unwrap_err();
            assert_eq!(error.hints, [format!("did you mean {meant}?")], "{wrong}");
        }
    }

    #[test]
    fn keys_of_modules_are_not_taken_for_slips() {
        for key in
            ["default_name", "mail_post_autofollow", "sale_team_id", "search_default_x", "pricelist", "uid"]
        {
            assert_eq!(meant(key), None, "{key}");
        }
        for (key, wanted) in [("timezone", "tz"), ("active_tests", "active_test"), ("Language", "lang")] {
            assert_eq!(meant(key), Some(wanted), "{key}");
        }
    }
}
