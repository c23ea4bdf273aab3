//! What of an entry leaves: nothing that the policy withholds now, whatever it did when the entry was written.

use serde_json::{Value, json};

use crate::error::Result;
use crate::journal::Entry;
use crate::operation::Object;
use crate::session::Run;

/// All that is known of an entry, as far as it leaves.
///
/// # Errors
/// The policy cannot be read.
pub fn whole(run: &Run, entry: &Entry) -> Result<Value> {
    let mut whole = entry.whole();
    if let Some(Value::Object(values)) = whole.get_mut("values") {
        arguments(run, entry.model(), values)?;
    }
    let withheld = run.session.gate().withheld(entry.model())?;
    for place in ["/before/rows", "/before/lines", "/outcome/result"] {
        whole.pointer_mut(place).into_iter().for_each(|value| withheld.strip_from(value));
    }
    Ok(whole)
}

/// The arguments of a call on a model without what does not leave.
///
/// # Errors
/// The policy cannot be read.
pub fn arguments(run: &Run, model: &str, kwargs: &mut Object) -> Result<()> {
    let withheld = run.session.gate().withheld(model)?;
    let is_out = |name: &str| {
        let mut alone = json!({ name: null });
        withheld.strip_from(&mut alone);
        alone == json!({})
    };
    kwargs.retain(|name, _| !is_out(name));
    // Rows whose names stand beside them.
    let names = kwargs.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
    let of_row = |name: &Value| name.as_str().unwrap_or_default().split('/').next().is_some_and(is_out);
    let out: Vec<bool> = names.iter().map(of_row).collect();
    if out.contains(&true) {
        let less = |cells: &mut Value| {
            let mut at = out.iter();
            if let Some(cells) = cells.as_array_mut() {
                cells.retain(|_| at.next() != Some(&true));
            }
        };
        kwargs.get_mut("fields").map(less);
        kwargs.get_mut("data").and_then(Value::as_array_mut).into_iter().flatten().for_each(less);
    }
    kwargs.values_mut().for_each(|value| withheld.strip_from(value));
    Ok(())
}
