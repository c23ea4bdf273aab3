//! Arguments that hold a text, HTML, a day or the external id of something that Odoo takes another for: of what is no
//! text Python's own words would be stored, of an id that is none a standard would be taken without a word.

use serde_json::Value;

use super::findings::Findings;
use super::{Check, refused, scalars};
use crate::error::Result;
use crate::json_input::bare_type_name;
use crate::knowledge::methods::{self, Form};
use crate::knowledge::vocabulary::{ACTIVITY_TYPES, SUBTYPES};
use crate::operation::Operation;
use crate::suggest::closest;

/// Checks the arguments of a method whose forms are known, and writes days as Odoo does.
pub fn check(check: &Check, operation: &mut Operation) -> Result<()> {
    let Some(method) = methods::in_version(&operation.model, &operation.method, check.version) else {
        return Ok(());
    };
    let mut found = Findings::default();
    for argument in method.arguments.iter().filter(|argument| argument.form != Form::Any) {
        let name = argument.name_in(check.version);
        let Some(value) = operation.kwargs.get_mut(name).filter(|_| !check.is_forced(name)) else { continue };
        if matches!(value, Value::Null | Value::Bool(false)) {
            continue;
        }
        found.add(match argument.form {
            Form::Any => Ok(()),
            Form::Text => text(value, name),
            Form::Html => text(value, name).map(|()| scalars::html(check, value, name)),
            Form::Day => scalars::date(check, value, "date", name),
            Form::Subtype => external_id(check, value, name, &SUBTYPES, "posts an internal note"),
            Form::ActivityType => external_id(check, value, name, &ACTIVITY_TYPES, "takes the usual type"),
        })?;
    }
    found.told()
}

/// A text, or what JSON has that Python writes in the same way.
pub fn text(value: &Value, place: &str) -> Result<()> {
    match value {
        Value::Array(_) | Value::Object(_) => Err(refused(format!(
            "{place}: takes a text, Odoo would store this {} as Python prints it or fail",
            bare_type_name(value)
        ))),
        _ => Ok(()),
    }
}

/// An external id, of which Odoo's own are known: of one that does not exist Odoo says nothing.
fn external_id(check: &Check, value: &Value, place: &str, own: &[&str], otherwise: &str) -> Result<()> {
    let Some(id) = value.as_str().filter(|id| !id.is_empty()) else { return text(value, place) };
    if own.contains(&id) {
        return Ok(());
    }
    let whole = if id.contains('.') { id.to_string() } else { format!("mail.{id}") };
    let meant = closest(&whole, own.iter().copied()).filter(|meant| strsim::osa_distance(meant, &whole) <= 3);
    let refusal = format!("{place}: there is no {id}, and Odoo {otherwise} then without a word");
    match (id.split_once('.'), meant) {
        (None | Some(("mail", _)), Some(meant)) => {
            Err(refused(refusal).with_hint(format!("did you mean {meant}?")))
        }
        (None, None) => Err(refused(format!(
            "{place}: takes an external id, module and name, and {id} has no module: Odoo would fail or take another"
        ))
        .with_hint(format!("Odoo's own are {}", own.join(", ")))),
        (Some(("mail", _)), None) => {
            check.note(format!(
                "{place}: {id} is none of Odoo's own ({}); where there is none, Odoo {otherwise}",
                own.join(", ")
            ));
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_would_print_is_no_text() {
        for wrong in [serde_json::json!({"en_US": "x"}), serde_json::json!(["x"])] {
            assert!(text(&wrong, "body").is_err(), "{wrong}");
        }
        for right in [serde_json::json!("{\"en_US\": 1}"), serde_json::json!(7), serde_json::json!("")] {
            assert!(text(&right, "body").is_ok(), "{right}");
        }
    }
}
