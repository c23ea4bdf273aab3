//! Answers with which Odoo says, by a success, that something is not done: an import that was rolled back, a
//! wizard that asks back, a warning. And an empty answer to a condition that could find nothing. It changes no
//! answer.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::explain::Filling;
use super::{Check, denials, domain, echoes, named, oneself, reports, scalars, wizards};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::knowledge::methods::{self, Answer};
use crate::operation::{Access, Operation};

/// The most messages that are told.
const MOST: usize = 10;

/// Judges the answer to a call that went well by its status.
///
/// # Errors
/// `rejected` where the answer says that nothing was done.
pub fn judge(check: &Check, operation: &Operation, answer: &RawValue) -> Result<()> {
    let text = answer.get();
    // Refused, it is said with the refusal.
    wizards::check(check, operation);
    if echoes::is_read(operation) {
        return missing(check, operation, text);
    }
    let is_empty = matches!(text, "[]" | "0");
    // Where that is why, nothing else is asked about it.
    if is_empty && operation.access() == Access::Read && oneself::found_nothing(check, operation) {
        return Ok(());
    }
    if is_empty || tells_apart(operation.kwargs.get("domain")) {
        found_wrongly(check, operation, is_empty);
    }
    if is_empty {
        if operation.access() == Access::Read {
            left_out(check, operation);
            denials::found_nothing(check, operation);
        }
        return Ok(());
    }
    if operation.access() == Access::Read {
        denials::totalled(check, operation);
        return Ok(());
    }
    if !text.starts_with('{') {
        return Ok(());
    }
    let Ok(answer) = serde_json::from_str::<Value>(text) else { return Ok(()) };
    let known = methods::of(&operation.model, &operation.method);
    if known.is_some_and(|method| method.answer == Answer::Import) {
        return import(check, operation, &answer);
    }
    warning(check, &answer);
    wizards::answered(check, operation, &answer);
    reports::answered(check, operation, &answer);
    Ok(())
}

/// Odoo shows no files that are values of fields, unless they are asked for by what only they have.
fn left_out(check: &Check, operation: &Operation) {
    let domain = operation.kwargs.get("domain").map(Value::to_string).unwrap_or_default();
    let is_about_them = ["\"id\"", "\"res_field\""].iter().any(|name| domain.contains(name));
    if operation.model == "ir.attachment" && domain.contains("\"res_") && !is_about_them {
        check.note("Odoo leaves out files that are the value of a field, unless the domain names res_field: with [\"res_field\", \"!=\", false] they are found");
    }
}

/// Whether a condition asks for what is different from a text: a text that is nowhere lets everything through.
fn tells_apart(domain: Option<&Value>) -> bool {
    domain.and_then(Value::as_array).into_iter().flatten().any(|condition| {
        let has_text = |value: &Value| {
            value.is_string() || value.as_array().is_some_and(|list| list.iter().any(Value::is_string))
        };
        matches!(condition[1].as_str(), Some("!=" | "not in" | "<>")) && has_text(&condition[2])
    })
}

/// A condition that could find nothing, or let everything through, is told once it has: before, the fields were not
/// at hand, and asking for them would have cost a request.
fn found_wrongly(check: &Check, operation: &Operation, is_empty: bool) {
    let Some(given) = operation.kwargs.get("domain").filter(|domain| *domain != &json!([])) else { return };
    // What was known was said before it was sent.
    let before = Check::new(check.rules, check.schemas, operation);
    let is_told = domain::check(&before, operation).is_err();
    let said = before.notes();
    let filling = Filling(check);
    let now = Check::new(check.rules, &filling, operation);
    match domain::check(&now, operation) {
        Err(refusal) if !is_told => {
            let what = if is_empty { "nothing was found" } else { "the condition lets everything through" };
            check.note(Hint::joined(
                &[&[Hint::new(format!("{what}: {}", refusal.message))], &refusal.hints[..]].concat(),
            ));
        }
        _ => {
            named::check(&now, operation, given);
            now.notes().into_iter().filter(|note| !said.contains(note)).for_each(|note| check.note(note));
        }
    }
}

/// An import is rolled back as a whole, and says so in its answer alone.
fn import(check: &Check, operation: &Operation, answer: &Value) -> Result<()> {
    let messages: Vec<&Value> = answer["messages"].as_array().into_iter().flatten().collect();
    let is_error = |message: &&Value| message["type"] == "error";
    let failed = answer["ids"] == false || messages.iter().any(is_error);
    let told = |message: &Value| {
        let row = message["rows"]["from"].as_i64().or_else(|| message["record"].as_i64());
        let place = match (row, message["field"].as_str()) {
            (Some(row), Some(field)) => format!("row {row}, {field}: "),
            (Some(row), None) => format!("row {row}: "),
            _ => String::new(),
        };
        let says = message["message"].as_str().unwrap_or("no reason is given");
        format!("{place}{}", says.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    if !failed {
        for message in messages.iter().take(MOST) {
            check.note(format!("imported with a warning: {}", told(message)));
        }
        return Ok(());
    }
    let errors: Vec<String> =
        messages.iter().filter(|message| is_error(message)).map(|message| told(message)).collect();
    let first = errors.first().cloned().unwrap_or_else(|| "Odoo gives no reason".into());
    let what = format!("{}/{}", operation.model, operation.method);
    let more = errors.len().saturating_sub(1);
    let mut error = Error::new(
        Code::Rejected,
        match more {
            0 => format!("{what} was rolled back, nothing was imported: {first}"),
            _ => format!("{what} was rolled back, nothing was imported: {first} (and {more} more)"),
        },
    )
    .with_effect(Effect::Rejected, Retry::Never);
    for message in errors.into_iter().skip(1).take(MOST) {
        error = error.with_hint(message);
    }
    let of_first =
        messages.iter().find(|message| is_error(message)).and_then(|message| cell(check, operation, message));
    Err(error.with_hints(of_first))
}

/// How a cell of the column that a message is about is written.
fn cell(check: &Check, operation: &Operation, message: &Value) -> Option<String> {
    let name = message["field"].as_str()?.split(['/', '.']).next()?;
    if name.is_empty() {
        return Some("a column .id takes the ids of records, id their external ids".into());
    }
    let field = check.schemas.filled(&operation.model).ok()??.field(name)?;
    Some(match field["type"].as_str()? {
        "many2one" | "one2many" | "many2many" => {
            "a column NAME/id takes external ids, NAME/.id the ids of records, NAME their names".into()
        }
        "date" => "a date is written as 2026-03-31".into(),
        "datetime" => "a time is written as 2026-03-31 14:00:00, in the time zone of the context".into(),
        "integer" | "float" | "monetary" => "a number has digits and a point: 1000.5".into(),
        "boolean" => "1 and 0 stand for yes and no".into(),
        "selection" => {
            let options = scalars::options(&field["selection"]);
            scalars::listed(&options)?
        }
        _ => return None,
    })
}

/// `{"warning": {"title", "message"}}`, and a notification that is more than information.
fn warning(check: &Check, answer: &Value) {
    let warning = &answer["warning"];
    let notification = match answer["tag"].as_str() {
        Some("display_notification") => &answer["params"],
        _ => &Value::Null,
    };
    for said in [warning, notification] {
        let text: Vec<&str> = [&said["title"], &said["message"]]
            .into_iter()
            .filter_map(Value::as_str)
            .filter(|text| !text.trim().is_empty())
            .collect();
        if !text.is_empty() {
            let kind = said["type"].as_str().filter(|kind| *kind != "notification").unwrap_or("warning");
            check.note(format!("Odoo says ({kind}): {}", text.join(": ").replace('\n', " ")));
        }
    }
}

/// Which of the records of a read do not exist: Odoo leaves them out in silence.
fn missing(check: &Check, operation: &Operation, answer: &str) -> Result<()> {
    let asked = operation.ids.as_deref().unwrap_or_default();
    let Some(found) = echoes::ids(answer) else { return Ok(()) };
    let missing: Vec<i64> = asked.iter().copied().filter(|id| !found.contains(id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let text = format!("no such {}: {named}", operation.model);
    if found.is_empty() || check.rules.strict {
        let list = Action::new("search_read")
            .with("model", operation.model.as_str())
            .with("fields", json!(["id", "display_name"]));
        return Err(Error::new(Code::NotFound, text)
            .with_hint(Hint::default().action(list).text(" lists what there is")));
    }
    check.note(text);
    Ok(())
}
