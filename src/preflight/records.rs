//! Which records: methods that need some, methods that take none, and how many at once. It must not look at
//! fields or values.

use serde_json::Value;

use super::{Check, refused};
use crate::error::Result;
use crate::hint::{Action, Hint};
use crate::knowledge::methods::{self, Scope};
use crate::operation::Operation;

/// Records that may be deleted without saying how many.
pub const MOST_DELETED: usize = 10;
/// Records that may be written without saying how many.
const MOST_WRITTEN: usize = 100;

/// Refuses missing, superfluous and too many records.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let (model, method) = (&operation.model, operation.method.as_str());
    let ids = operation.ids.as_deref().unwrap_or_default();
    if methods::needs_records(model, method) && ids.is_empty() {
        return Err(refused(format!(
            "{model}/{method} needs ids: without them Odoo does nothing, and mostly says that it did"
        ))
        .with_hint(
            Hint::new("find them with ").action(
                Action::new("search_read")
                    .with("model", model.as_str())
                    .with("fields", vec!["id", "display_name"]),
            ),
        ));
    }
    if !ids.is_empty() && methods::of(model, method).is_some_and(|known| known.scope == Scope::Model) {
        return Err(refused(format!("{model}/{method} is a method of the model: it takes no ids"))
            .with_hint(match method {
                "search_read" | "search" | "search_count" => {
                    "read fields of records by id with read, or put [\"id\", \"in\", [1, 2]] into the domain"
                }
                _ => "leave the ids out",
            }));
    }
    if let Some(id) = ids.iter().find(|id| **id < 1) {
        return Err(refused(format!("{id} is not a record id: a whole number from 1 is")));
    }
    let most = match method {
        "unlink" => MOST_DELETED,
        "write" => MOST_WRITTEN,
        _ => usize::MAX,
    };
    let allowed = check.rules.max_records.map_or(most, |number| number as usize);
    let limited = most != usize::MAX || check.rules.max_records.is_some();
    let count = if method == "create" { created(operation) } else { ids.len() };
    if limited && count > allowed {
        let doing = if method == "create" { "of" } else { "on" };
        return Err(refused(format!(
            "{model}/{method} {doing} {count} records, {allowed} are allowed: say so if that is meant"
        ))
        .with_hint(Hint::default().with("max_records", count).text(" allows it")));
    }
    Ok(())
}

/// How many records a creation makes: Odoo takes the values of one for a list of one.
fn created(operation: &Operation) -> usize {
    match operation.kwargs.get("vals_list") {
        Some(Value::Array(list)) => list.len(),
        Some(Value::Object(_)) => 1,
        _ => 0,
    }
}

/// Refuses to read a whole model unless that is said.
pub fn refuse_unlimited(domain: &[Value], limit: u32) -> Result<()> {
    if domain.is_empty() && limit == 0 {
        return Err(refused("no domain and no limit: this would read every record there is").with_hint(
            Hint::default()
                .name("all")
                .text(" says that this is meant; a domain or a ")
                .name("limit")
                .text(" does without"),
        ));
    }
    Ok(())
}
