//! A `load` taken back: what it made is deleted, with the external ids that it was given, and what it wrote to gets its
//! old values back; neither where somebody has worked on it since.

use serde_json::Value;

use super::back::as_written;
use super::created::{MADE, Others};
use super::plan::{Plan, call, conflict, impossible};
use super::sight::Sight;
use crate::error::Result;
use crate::execute::before::STAMPS;
use crate::execute::compared;
use crate::journal::{Entries, Entry};
use crate::odoo::schema::Schemas;
use crate::operation::{Object, Operation};

/// What takes back an import.
///
/// # Errors
/// `undo_conflict`: somebody has worked on its records since. `undo_impossible`: it is not known what it made, or how
/// what it wrote to was before.
pub fn undo_load(sight: &Sight, all: &Entries, entry: &Entry, name: &str) -> Result<Plan> {
    let model = entry.model();
    let Some(mut ids) = entry.made() else {
        return Err(impossible(format!("the journal does not know which records {name} has made")));
    };
    ids.sort_unstable();
    ids.dedup();
    let before = entry.intent["before"]["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    let columns = entry.intent["values"]["fields"].as_array();
    let names_records = |columns: &Vec<Value>| columns.iter().any(|name| name == "id" || name == ".id");
    // Of those that its rows name it was read how they were; where they name none, it made them all.
    let are_others_new =
        entry.intent["before"]["rows"].is_array() || columns.is_some_and(|columns| !names_records(columns));
    let read = before.iter().filter_map(Value::as_object).flat_map(Object::keys).map(String::as_str);
    let fields = sight.stamped(model, read.chain(MADE).filter(|field| *field != "id"))?;
    let rows = sight.rows_now(model, &ids, &fields, entry)?;
    if rows.is_empty() {
        return Err(conflict(format!("what {name} made is not there any more"), Vec::new()));
    }
    let earlier = || all.all().iter().take_while(|other| other.id != entry.id);
    let was_made_before = |id: i64| {
        let made = earlier().filter(|other| other.model() == model).filter_map(Entry::surely_made);
        made.into_iter().any(|ids| ids.contains(&id))
    };
    let (mut made, mut doubtful, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        let id = row["id"].as_i64().unwrap_or_default();
        match entry.found(id) {
            Some(old) => steps.extend(written_back(sight, model, old, row)?),
            None if are_others_new && sight.is_made_by(entry, row) != Some(false) => made.push(id),
            None if sight.is_made_by(entry, row) == Some(true) && !was_made_before(id) => {
                made.push(id);
                doubtful.push(id);
            }
            None => {
                let why = entry.intent["before"]["missing"].as_str().unwrap_or("it was not read");
                return Err(impossible(format!(
                    "{model} {id} may have been there before {name}, and there are no old values of it: {why}"
                ))
                .with_hint(format!("what {name} made of other rows is deleted by hand, and {model} {id} written")));
            }
        }
    }
    let touched = rows.iter().filter(|row| sight.is_touched(all, entry, model, row));
    let mut changed: Vec<String> =
        touched.map(|row| format!("{model} {} was written by somebody else", row["id"])).collect();
    let (mut plan, mut unseen) = (Plan::default(), Vec::new());
    if !made.is_empty() {
        changed.extend(Others { sight, all, entry, model }.work(&made, &mut unseen, &mut plan)?);
    }
    if !changed.is_empty() {
        return Err(conflict(format!("somebody has worked since on what {name} made or wrote to"), changed)
            .with_hint(format!("what is to go all the same of {model} {ids:?} is deleted or written by hand")));
    }
    if !unseen.is_empty() {
        return Err(conflict(format!("what {name} made can only be deleted, and it is not known"), unseen));
    }
    if !doubtful.is_empty() {
        plan.unsure.push(format!(
            "whether {model} {doubtful:?} were made by {name}, as the time says, or by another program as this user in the same seconds"
        ));
    }
    plan.steps = steps;
    if !made.is_empty() {
        plan.steps.push(call(model, "unlink", made));
    }
    if plan.steps.is_empty() {
        return Err(conflict(format!("{name} changed nothing that is not as it was before"), Vec::new()));
    }
    Ok(plan)
}

/// What gives a record its old values back, as far as they differ.
fn written_back(sight: &Sight, model: &str, old: &Value, now: &Value) -> Result<Option<Operation>> {
    let id = old["id"].as_i64().unwrap_or_default();
    let schema = sight.run.filled(model)?;
    let mut vals = Object::new();
    for (field, was) in old.as_object().into_iter().flatten() {
        if field == "id" || STAMPS.contains(&field.as_str()) {
            continue;
        }
        let kind = schema.as_ref().map(|schema| schema.kind(field)).unwrap_or_default();
        let is = compared::shown(now, field);
        if is.is_some_and(|is| compared::exactly(&kind, was, is)) {
            continue;
        }
        match as_written(&kind, was).filter(|_| is.is_some()) {
            Some(value) => drop(vals.insert(field.clone(), value)),
            None => {
                return Err(impossible(format!("{field} of {model} {id} is not seen, or was not kept whole")));
            }
        }
    }
    let kwargs = Object::from_iter([("vals".to_string(), Value::from(vals.clone()))]);
    Ok((!vals.is_empty()).then(|| Operation { kwargs, ..call(model, "write", vec![id]) }))
}
