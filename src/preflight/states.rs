//! Values of the state fields that buttons drive, refused with the button to press in their place. Which fields and
//! buttons those are is knowledge.

use serde_json::Value;

use super::refused;
use crate::error::Result;
use crate::hint::Hint;
use crate::knowledge::states;
use crate::operation::{Object, Operation};

/// Refuses a value of a driven field.
pub fn check(operation: &Operation, model: &str, name: &str, value: &Value) -> Result<()> {
    let Some(driven) = states::driven(model).filter(|_| name == "state") else { return Ok(()) };
    // A nested record has another model than the operation; its ids are unknown here.
    let is_new = operation.model != model || operation.ids.as_deref().unwrap_or_default().is_empty();
    if is_new && value.as_str().is_some_and(|value| driven.start.contains(&value)) {
        return Ok(());
    }
    let error = refused(format!(
        "{model}.state is moved by its buttons: writing it would leave out everything that they do"
    ));
    let method = driven.methods.iter().find(|(state, _)| value.as_str() == Some(state));
    let error = match method {
        Some((_, method)) if !is_new => {
            let ids = operation.ids.clone().unwrap_or_default();
            error.with_hint(Hint::default().call(Operation::new(model, method, Object::new())?.on(ids)))
        }
        Some((_, method)) => error.with_hint(format!("create it without a state, then call {method} on it")),
        None => {
            let all: Vec<String> =
                driven.methods.iter().map(|(state, method)| format!("{method} ({state})")).collect();
            error.with_hint(format!("the methods are {}", all.join(", ")))
        }
    };
    Err(error.with_hint(Hint::default().with("force_fields", "state").text(" writes it all the same")))
}
