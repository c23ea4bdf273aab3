//! Keys of a context that Odoo would ignore without a word: another name for what it does read. Which keys switch
//! protections off, and whether a time zone exists, is `crate::context`'s.

use serde_json::{Value, json};

use super::{Check, findings};
use crate::knowledge::methods::{self, Method};
use crate::operation::Operation;

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
const CALLED: [(&str, &str); 21] = [
    ("allowed_companies", "allowed_company_ids"),
    ("archived", "active_test"),
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
    ("with_inactive", "active_test"),
    ("zone", "tz"),
];

/// Models that read a key for themselves which means nothing to others (Odoo 19: `context.get` in their own files).
const READ_BY: [(&str, &[&str]); 1] =
    [("company_id", &["mrp.bom", "product.product", "res.currency", "res.currency.rate"])];

/// The first version that reads the warehouse under its present name.
const WAREHOUSE_SINCE: crate::knowledge::Version = 18;

/// Notes the keys that will be ignored.
pub fn check(check: &Check, operation: &Operation) {
    let context = &operation.context;
    if let Some(language) = context.get("lang").and_then(Value::as_str).filter(|code| !is_language(code)) {
        check.note(format!(
            "context.lang: Odoo's languages are called like de_DE, {language:?} is none: it is ignored or fails"
        ));
    }
    if let Some(text @ Value::String(_)) = context.get("active_test") {
        check.note(format!(
            "context.active_test: Odoo takes {text} for true, as every text that is not empty: {{\"active_test\":false}} without quotes finds archived records too"
        ));
    }
    // Quantities of products are those of one warehouse by this key.
    if let Some(warehouse) = context.get("warehouse").filter(|_| operation.model.starts_with("product."))
        && check.version >= WAREHOUSE_SINCE
    {
        check.note(format!(
            "Odoo reads no context key warehouse any more: what was meant may be {}",
            json!({ "warehouse_id": warehouse })
        ));
    }
    let is_own = |key: &str| {
        READ_BY.iter().any(|(own, models)| *own == key && models.contains(&operation.model.as_str()))
    };
    let misread = context.iter().filter(|(key, _)| !is_own(key));
    let mut misread = misread.filter_map(|(key, value)| Some((key, meant(key)?, value)));
    for (key, meant, value) in misread.by_ref().take(findings::MOST) {
        let instead = json!({ meant: translated(key, meant, value) });
        check.note(format!(
            "Odoo reads no context key {key}, it reads {meant}: what was meant may be {instead}"
        ));
    }
    match misread.count() {
        0 => {}
        more => check.note(format!("and {more} more keys of the context that Odoo does not read")),
    }
}

/// A default for a field that the model of a new record does not have, and has by nearly that name. One of another
/// name may be for records that are made along with it.
pub fn defaults(check: &Check, operation: &Operation) {
    let makes = methods::of(&operation.model, &operation.method).is_some_and(Method::makes_records);
    let defaults = || operation.context.keys().filter_map(|key| Some((key, key.strip_prefix("default_")?)));
    // The fields may have to be asked for.
    if !makes || defaults().next().is_none() {
        return;
    }
    let Some(schema) = check.schemas.known(&operation.model).filter(|schema| !schema.is_empty()) else {
        return;
    };
    let mut strange = defaults().filter(|(_, name)| !schema.has(name));
    for (key, name) in strange.by_ref().take(findings::MOST) {
        let close = schema.names().find(|known| strsim::osa_distance(known, name) <= 2 && name.len() > 4);
        if let Some(close) = close {
            check.note(format!(
                "context.{key}: {} has no field {name}, so it gives no default: what was meant may be default_{close}",
                operation.model
            ));
        }
    }
    match strange.count() {
        0 => {}
        more => check.note(format!(
            "and {more} more keys of the context that give fields a default which {} does not have",
            operation.model
        )),
    }
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
    if let Some(own) = READ.into_iter().find(|name| *name == lower) {
        return Some(own);
    }
    let called = CALLED.iter().find(|(other, _)| *other == lower).map(|(_, meant)| *meant);
    // A letter or two beside one of the long names; short ones are near to everything.
    called.or_else(|| READ.into_iter().find(|name| name.len() > 6 && strsim::osa_distance(&lower, name) <= 2))
}

fn translated(key: &str, meant: &str, value: &Value) -> Value {
    match (meant, value) {
        ("allowed_company_ids", Value::Number(_)) => json!([value]),
        // Those that say with speak of the archived ones.
        ("active_test", Value::Bool(with)) if !key.to_lowercase().starts_with("active") => json!(!with),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_modules_are_not_taken_for_slips() {
        for key in
            ["default_name", "mail_post_autofollow", "sale_team_id", "search_default_x", "pricelist", "uid"]
        {
            assert_eq!(meant(key), None, "{key}");
        }
        for (key, wanted) in [
            ("TZ", "tz"),
            ("archived", "active_test"),
            ("timezone", "tz"),
            ("active_tests", "active_test"),
            ("Language", "lang"),
        ] {
            assert_eq!(meant(key), Some(wanted), "{key}");
        }
    }
}
