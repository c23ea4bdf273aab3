//! Which records: methods that need some, methods that take none, and how many at once. It must not look at
//! fields or values.

use serde_json::Value;

use super::{Check, refused, states};
use crate::error::Result;
use crate::hint::{Action, Hint};
use crate::operation::Operation;

/// Methods that do nothing, and say that they did, or fail without a hint, when no record is named.
const OF_RECORDS: [&str; 21] = [
    "action_archive",
    "action_unarchive",
    "activity_feedback",
    "activity_reschedule",
    "activity_schedule",
    "activity_unlink",
    "copy",
    "export_data",
    "get_external_id",
    "get_field_translations",
    "get_metadata",
    "message_post",
    "message_post_with_source",
    "message_subscribe",
    "message_unsubscribe",
    "read",
    "toggle_active",
    "unlink",
    "update_field_translations",
    "web_read",
    "write",
];

/// Methods of the model itself (`@api.model` in Odoo 19.0).
const OF_MODELS: [&str; 14] = [
    "create",
    "default_get",
    "fields_get",
    "formatted_read_group",
    "formatted_read_grouping_sets",
    "get_views",
    "name_create",
    "name_search",
    "read_group",
    "search",
    "search_count",
    "search_read",
    "web_read_group",
    "web_search_read",
];

/// Records that may be deleted without saying how many.
pub const MOST_DELETED: usize = 10;
/// Records that may be written without saying how many.
const MOST_WRITTEN: usize = 100;

/// Whether a method is known to work on records.
pub fn works_on_records(model: &str, method: &str) -> bool {
    OF_RECORDS.binary_search(&method).is_ok() || states::is_button(model, method)
}

/// Refuses missing, superfluous and too many records.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let (model, method) = (&operation.model, operation.method.as_str());
    let ids = operation.ids.as_deref().unwrap_or_default();
    if works_on_records(model, method) && ids.is_empty() {
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
    if !ids.is_empty() && OF_MODELS.binary_search(&method).is_ok() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_for_their_search() {
        assert!(OF_RECORDS.is_sorted() && OF_MODELS.is_sorted());
    }
}
