//! What of an entry leaves, and of a call that was held here: nothing that the policy withholds now, whatever it did when
//! that was written.

use serde_json::{Value, json};

use crate::approval;
use crate::error::Result;
use crate::held::Held;
use crate::journal::Entry;
use crate::operation::{Access, Object, Operation};
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
    before(run, entry, &mut whole)?;
    for place in ["/before/rows", "/before/lines", "/outcome/result"] {
        if let Some(value) = whole.pointer_mut(place) {
            run.strip_kept(entry.model(), value)?;
        }
    }
    Ok(whole)
}

/// Of old values those that may be read now.
fn before(run: &Run, entry: &Entry, whole: &mut Value) -> Result<()> {
    let Some(before) = whole.get_mut("before").and_then(Value::as_object_mut) else { return Ok(()) };
    let Some(rows) = before.get_mut("rows").and_then(Value::as_array_mut) else { return Ok(()) };
    let names = |row: &Value| row.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let fields: Vec<String> = rows.first().map(names).unwrap_or_default();
    let closed = closed(run, entry, &fields)?;
    if closed.is_empty() {
        return Ok(());
    }
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.retain(|name, _| !closed.contains(name));
    }
    // Where lines lead is not known here.
    before.shift_remove("lines");
    if closed.len() + 1 >= fields.len() {
        before.shift_remove("rows");
    }
    before.insert("missing".into(), "the policy does not let them be read now".into());
    Ok(())
}

/// Whether these fields of the records of an entry may be read now.
///
/// # Errors
/// They are none.
pub fn may_read(run: &Run, entry: &Entry, fields: &[String]) -> Result<bool> {
    let kwargs = Object::from_iter([("fields".to_string(), Value::from(fields.to_vec()))]);
    let read = Operation::new(entry.model(), "read", kwargs)?.on(entry.ids());
    Ok(run.may_be_shown(&read))
}

/// Those of the fields that may not be read now.
fn closed(run: &Run, entry: &Entry, fields: &[String]) -> Result<Vec<String>> {
    let mut closed = Vec::new();
    if may_read(run, entry, fields)? {
        return Ok(closed);
    }
    for field in fields.iter().filter(|field| *field != "id") {
        if !may_read(run, entry, std::slice::from_ref(field))? {
            closed.push(field.clone());
        }
    }
    Ok(closed)
}

/// Of old values that would be written again those that may be read now.
///
/// # Errors
/// As above.
pub fn readable(run: &Run, entry: &Entry, list: Option<&mut Value>) -> Result<()> {
    for vals in list.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        let fields: Vec<String> = vals.keys().cloned().collect();
        let closed = closed(run, entry, &fields)?;
        vals.retain(|name, _| !closed.contains(name));
    }
    Ok(())
}

/// How a call stands that is held here, with its arguments where they are wanted.
///
/// # Errors
/// The policy cannot be read.
pub fn held(run: &Run, held: &Held, is_whole: bool) -> Result<Value> {
    let Operation { model, kwargs, context, .. } = &held.operation;
    let mut told = approval::held::status(held);
    // What was read may not be read any more.
    let is_read = held.operation.access() == Access::Read;
    match is_read && !run.may_be_shown(&held.operation) {
        true => told["result"] = Value::Null,
        false => run.strip_kept(model, &mut told["result"])?,
    }
    if is_whole {
        let mut kwargs = kwargs.clone();
        arguments(run, model, &mut kwargs)?;
        told["call"] = json!({ "kwargs": kwargs, "context": context });
    }
    Ok(told)
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
