//! A word for oneself where a user or an employee is compared: Odoo knows none and takes it for a name. It says how
//! oneself is asked for, and changes no condition.

use serde_json::{Value, json};

use super::Check;
use crate::hint::{Action, Hint};
use crate::operation::Operation;

/// What people write for themselves, where Odoo looks for somebody of that name.
const WORDS: [&str; 10] =
    ["me", "@me", "myself", "self", "uid", "user", "user.id", "current_user", "current user", "env.user.id"];

/// Whether somebody who writes this means themselves.
pub fn is_word(text: &str) -> bool {
    WORDS.contains(&text.to_lowercase().as_str())
}

/// How one asks for one's own, where a condition has a word for it.
pub fn meant(check: &Check, path: &str, operator: &str, value: &Value) -> Option<Hint> {
    let is_oneself = |value: &Value| value.as_str().is_some_and(is_word);
    if !is_oneself(value) && !value.as_array().is_some_and(|list| list.iter().any(is_oneself)) {
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
