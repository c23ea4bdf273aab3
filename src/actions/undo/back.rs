//! A write taken back: the old values as they are written, records of a list by the commands that restore the set, and
//! nothing that somebody has changed since.

use serde_json::{Value, json};

use super::plan::{Plan, call, conflict, impossible, rows_now, there, told};
use crate::execute::compared;
use crate::error::Result;
use crate::hint::Hint;
use crate::journal::{Entry, kept};
use crate::odoo::schema::{Kind, Schema, Schemas};
use crate::operation::{Object, Operation, canonical};
use crate::session::Run;

/// The old rows of an entry.
///
/// # Errors
/// `undo_impossible`: there are none, and why.
pub fn rows_before(entry: &Entry, name: &str) -> Result<Vec<Value>> {
    let before = &entry.intent["before"];
    match before["rows"].as_array() {
        Some(rows) if !rows.is_empty() => Ok(rows.clone()),
        _ => {
            let why = match before["missing"].as_str() {
                Some(why) => why.to_string(),
                None if entry.intent["values"].is_null() => "this profile keeps digests and no values".into(),
                None => "they were not read".into(),
            };
            Err(impossible(format!("there are no old values of {name} in the journal: {why}")))
        }
    }
}

/// An old value as it is written; none where it was not kept whole.
pub fn as_written(field: &Kind, old: &Value) -> Option<Value> {
    if !kept::is_whole(old) {
        return None;
    }
    Some(match field.name.as_str() {
        "many2many" => json!([[6, 0, compared::ids(old)]]),
        "many2one" => compared::record(old).map_or(json!(false), |id| json!(id)),
        "properties" => {
            let items = old.as_array().cloned().unwrap_or_default();
            let one = |item: &Value| {
                let value = item.get("value").cloned().unwrap_or(json!(false));
                Some((item["name"].as_str()?.to_string(), as_property(&value)))
            };
            Value::Object(items.iter().filter_map(one).collect())
        }
        _ => old.clone(),
    })
}

/// The value of a property: a record as its id.
fn as_property(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.len() == 2 && items[0].is_i64() && items[1].is_string() => items[0].clone(),
        Value::Array(items) => items.iter().map(as_property).collect(),
        other => other.clone(),
    }
}

/// What takes a write back.
///
/// # Errors
/// `undo_conflict`: somebody has changed a field since. `undo_impossible`: there are no old values.
pub fn undo_write(run: &Run, entry: &Entry, name: &str, only: Option<&[String]>) -> Result<Plan> {
    let model = entry.model();
    let before = rows_before(entry, name)?;
    let vals = entry.intent["values"]["vals"].as_object().cloned().unwrap_or_default();
    if let Some(unknown) = only.into_iter().flatten().find(|field| !vals.contains_key(field.as_str())) {
        return Err(crate::error::Error::usage(format!("{name} wrote no {unknown}: nothing was sent")));
    }
    let fields: Vec<String> = vals
        .keys()
        .filter(|field| only.is_none_or(|only| only.contains(field)))
        .cloned()
        .collect();
    let schema = run.filled(model)?;
    let kind = |field: &str| schema.as_ref().map(|schema| schema.kind(field)).unwrap_or_default();
    let now = rows_now(run, model, &entry.ids(), &fields, entry)?;
    let is_part = vals.keys().any(|field| !fields.contains(field));
    let mut plan = Plan { is_part, ..Plan::default() };
    let mut changed = Vec::new();
    let mut groups: Vec<(Object, Vec<i64>)> = Vec::new();
    let mut is_changed_back = true;
    for old in &before {
        let Some(id) = old["id"].as_i64() else { continue };
        let Some(there) = now.iter().find(|row| row["id"] == id) else {
            changed.push(format!("{model} {id} is not there any more"));
            continue;
        };
        let mut back = Object::new();
        for field in &fields {
            let (kind, was, ours, is) = (kind(field), &old[field], &vals[field], &there[field]);
            if was.is_null() && !old.as_object().is_some_and(|old| old.contains_key(field)) {
                plan.lost.push(format!("{field} of {model} {id}, which was not read"));
                continue;
            }
            if compared::same(&kind, was, is) && !changes_lines(&kind, ours) {
                continue;
            }
            is_changed_back = false;
            if kept::is_told(ours) && !compared::holds(&kind, ours, Some(was), is) {
                changed.push(told(model, id, field, was, ours, is));
                continue;
            }
            if kind.name == "one2many" {
                let found = changed_lines(run, entry, field, &kind, was, ours, is)?;
                if !found.is_empty() {
                    changed.extend(found);
                    continue;
                }
            }
            let value = if kind.name == "one2many" {
                lines(run, entry, field, &kind, was, ours, is, &mut plan.lost)
            } else {
                as_written(&kind, was)
            };
            match value {
                Some(Value::Array(commands)) if commands.is_empty() => {}
                Some(value) => drop(back.insert(field.clone(), value)),
                None => plan.lost.push(format!("{field} of {model} {id}, of which only a digest was kept")),
            }
            if kind.name == "many2many" && compared::after(&compared::ids(was), ours).1 > 0 {
                plan.lost.push(format!("records that were made in {field} of {model} {id} are taken off it, and stay"));
            }
        }
        if back.is_empty() {
            continue;
        }
        let text = canonical(&back.clone().into());
        match groups.iter_mut().find(|(vals, _)| canonical(&vals.clone().into()) == text) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((back, vec![id])),
        }
    }
    if !changed.is_empty() {
        return Err(conflict(format!("somebody has changed since what {name} wrote"), changed)
            .with_hint(Hint::default().name("fields").text(" undoes the fields that it names and no others")));
    }
    if groups.is_empty() {
        let why = match (is_changed_back, plan.lost.is_empty()) {
            (true, _) => format!("{name} changed nothing that is not as it was before"),
            (_, true) => format!("nothing of {name} is left to be taken back"),
            _ => return Err(impossible(format!("the journal cannot bring back {}", plan.lost.join("; ")))),
        };
        return Err(conflict(why, Vec::new()));
    }
    plan.steps = groups
        .into_iter()
        .map(|(vals, ids)| Operation {
            kwargs: Object::from_iter([("vals".to_string(), vals.into())]),
            ..call(model, "write", ids)
        })
        .collect();
    Ok(plan)
}

/// Whether commands change lines that stay.
fn changes_lines(field: &Kind, commands: &Value) -> bool {
    field.is_list() && commands.as_array().into_iter().flatten().any(|command| command[0] == 1)
}

/// The commands that bring a list of lines back: those that were made go, those that went are made again, and those
/// that were changed have their old values.
#[allow(clippy::too_many_arguments, reason = "a field of a record as it was, was written and is")]
fn lines(
    run: &Run,
    entry: &Entry,
    name: &str,
    field: &Kind,
    was: &Value,
    ours: &Value,
    is: &Value,
    lost: &mut Vec<String>,
) -> Option<Value> {
    let (was, is) = (compared::ids(was), compared::ids(is));
    let kept = &entry.intent["before"]["lines"][name];
    let schema = run.filled(&field.relation).ok().flatten();
    // What was led here is let go of, and not deleted.
    let led = compared::after(&was, ours).0;
    let away = |id: &i64| json!([if led.contains(id) { 3 } else { 2 }, id, 0]);
    let mut commands: Vec<Value> = is.difference(&was).map(away).collect();
    let gone: Vec<i64> = was.difference(&is).copied().collect();
    let loose = if gone.is_empty() { Vec::new() } else { there(run, &field.relation, &gone).unwrap_or_default() };
    for id in &gone {
        if loose.contains(id) {
            commands.push(json!([4, id, 0]));
            continue;
        }
        match kept[id.to_string()].as_object().zip(schema.as_deref()) {
            Some((line, schema)) => {
                commands.push(json!([0, 0, line_values(line, schema)]));
                lost.push(format!("the id of {} {id}: it is made again under a new one", field.relation));
            }
            None => lost.push(format!("{} {id}, of which nothing was kept", field.relation)),
        }
    }
    let changed = ours.as_array().into_iter().flatten().filter(|command| command[0] == 1);
    for command in changed {
        let (Some(id), Some(vals)) = (command[1].as_i64(), command[2].as_object()) else { continue };
        if !is.contains(&id) {
            continue;
        }
        let mut back = Object::new();
        for field in vals.keys() {
            let kind = schema.as_ref().map(|schema| schema.kind(field)).unwrap_or_default();
            match kept[id.to_string()].get(field).and_then(|old| as_written(&kind, old)) {
                Some(old) => drop(back.insert(field.clone(), old)),
                None => lost.push(format!("{field} of {name} {id}, which was not kept")),
            }
        }
        if !back.is_empty() {
            commands.push(json!([1, id, back]));
        }
    }
    Some(commands.into())
}

/// Lines that are not as they were written: those that commands have changed, and new ones that no command has made.
fn changed_lines(
    run: &Run,
    entry: &Entry,
    name: &str,
    field: &Kind,
    was: &Value,
    ours: &Value,
    is: &Value,
) -> Result<Vec<String>> {
    let model = &field.relation;
    let (was, is) = (compared::ids(was), compared::ids(is));
    let kept = &entry.intent["before"]["lines"][name];
    let commands: Vec<&Value> = ours.as_array().into_iter().flatten().collect();
    let of = |code: i64| commands.iter().filter(move |command| command[0] == code);
    let mut made: Vec<&Object> = of(0).filter_map(|command| command[2].as_object()).collect();
    // The most particular first, so that each finds its own.
    made.sort_by_key(|vals| std::cmp::Reverse(vals.len()));
    let mut written: Vec<(i64, Object)> = Vec::new();
    for command in of(1) {
        let (Some(id), Some(vals)) = (command[1].as_i64(), command[2].as_object()) else { continue };
        match written.iter_mut().find(|(one, _)| *one == id) {
            Some((_, earlier)) => earlier.extend(vals.clone()),
            None => written.push((id, vals.clone())),
        }
    }
    written.retain(|(id, _)| is.contains(id));
    let led = compared::after(&was, ours).0;
    let new: Vec<i64> = is.difference(&led).copied().collect();
    let ids: Vec<i64> = new.iter().copied().chain(written.iter().map(|(id, _)| *id)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let schema = run.filled(model)?;
    let named = made.iter().copied().chain(written.iter().map(|(_, vals)| vals));
    let mut fields: Vec<String> = named.flat_map(|vals| vals.keys().cloned()).collect();
    fields.push("create_uid".into());
    fields.sort();
    fields.dedup();
    fields.retain(|name| schema.as_ref().is_none_or(|schema| schema.has(name)));
    let rows = rows_now(run, model, &ids, &fields, entry)?;
    let holds = |vals: &Object, name: &String, row: &Value| {
        let kind = schema.as_ref().map(|schema| schema.kind(name)).unwrap_or_default();
        let ours = &vals[name];
        !kept::is_told(ours) || compared::holds(&kind, ours, Some(&json!([])), &row[name])
    };
    let mut changed = Vec::new();
    for (id, vals) in &written {
        let Some(row) = rows.iter().find(|row| row["id"] == *id) else { continue };
        for (name, ours) in vals {
            let old = &kept[id.to_string()][name];
            let kind = schema.as_ref().map(|schema| schema.kind(name)).unwrap_or_default();
            let is_list = kind.is_list() && compared::holds(&kind, ours, Some(old), &row[name]);
            if !is_list && !holds(vals, name, row) && !compared::same(&kind, old, &row[name]) {
                changed.push(told(model, *id, name, old, ours, &row[name]));
            }
        }
    }
    let user = entry.intent["user"].as_i64().or_else(|| run.user_id());
    let mut free: Vec<&Value> = rows.iter().filter(|row| row["id"].as_i64().is_some_and(|id| new.contains(&id))).collect();
    for vals in made {
        let is_it = |row: &&Value| {
            let by = compared::record(&row["create_uid"]);
            (by.is_none() || by == user) && vals.keys().all(|name| holds(vals, name, row))
        };
        if let Some(at) = free.iter().position(is_it) {
            free.remove(at);
        }
    }
    changed.extend(free.iter().map(|row| format!("{model} {} is not as it was made here, or was made by somebody else", row["id"])));
    Ok(changed)
}

/// A line as it is made again.
fn line_values(line: &Object, schema: &Schema) -> Object {
    let one = |(name, value): (&String, &Value)| {
        schema.has(name).then_some(())?;
        Some((name.clone(), as_written(&schema.kind(name), value)?))
    };
    let settable = line.iter().filter(|(name, _)| crate::execute::before::is_settable(schema, name));
    settable.filter_map(one).collect()
}
