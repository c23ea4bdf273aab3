//! A word for oneself where a user or an employee is compared: Odoo knows none and takes it for a name. It says how
//! oneself is asked for, and changes no condition.

use serde_json::{Value, json};

use super::Check;
use crate::hint::{Action, Hint};
use crate::operation::Operation;

/// How one asks for one's own, where a condition has a word for it.
pub fn meant(check: &Check, path: &str, operator: &str, value: &Value) -> Option<Hint> {
    let is_word = |value: &Value| {
        let word = value.as_str().unwrap_or_default().to_lowercase();
        matches!(word.as_str(), "me" | "myself" | "self" | "uid" | "current_user" | "current user")
    };
    if !is_word(value) && !value.as_array().is_some_and(|list| list.iter().any(is_word)) {
        return None;
    }
    let kind = match path.split('.').rfind(|step| !matches!(*step, "id" | "name"))? {
        "employee_id" | "employee_ids" => "employee",
        "create_uid" | "write_uid" => "res.users",
        last if last.ends_with("user_id") || last.ends_with("user_ids") => "res.users",
        _ => return None,
    };
    let lookup = Hint::new("oneself is an id: ")
        .action(Action::new("lookup").with("kind", kind).with("query", "me").with("one", true));
    Some(match check.schemas.user_id().filter(|_| kind == "res.users") {
        Some(id) => {
            let own = if operator.contains("in") { json!([id]) } else { json!(id) };
            lookup.text(format!(", here {}", json!([path, operator, own])))
        }
        None => lookup,
    })
}

/// Notes it of a search that found nothing. Whether there was anything to note.
pub fn found_nothing(check: &Check, operation: &Operation) -> bool {
    let domain = operation.kwargs.get("domain").and_then(Value::as_array);
    let told = domain.into_iter().flatten().find_map(|condition| {
        let (path, operator) = (condition[0].as_str()?, condition[1].as_str()?);
        let hint = meant(check, path, operator, &condition[2])?;
        Some(Hint::joined(&[format!("{} of {path} was looked for as a name", condition[2]).into(), hint]))
    });
    told.map(|note| check.note(note)).is_some()
}
