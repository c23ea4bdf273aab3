//! A write taken back: the old values as they are written, records of a list by the commands that restore the set, and
//! nothing that somebody has changed since.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::lines::{Lines, elsewhere, stray};
use super::plan::{Plan, call, conflict, impossible, told, unsure_whose};
use super::sight::{Sight, Written};
use crate::error::{Code, Result};
use crate::execute::before::STAMPS;
use crate::execute::compared;
use crate::hint::Hint;
use crate::journal::{Entries, Entry, kept};
use crate::odoo::schema::{Kind, Schemas};
use crate::operation::{Object, Operation, canonical};

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
        Value::Array(items) if items.len() == 2 && items[0].is_i64() && items[1].is_string() => {
            items[0].clone()
        }
        Value::Array(items) => items.iter().map(as_property).collect(),
        other => other.clone(),
    }
}

/// What takes a write back.
///
/// # Errors
/// `undo_conflict`: somebody has changed a field since. `undo_impossible`: there are no old values.
pub fn undo_write(
    sight: &Sight,
    all: &Entries,
    entry: &Entry,
    name: &str,
    only: Option<&[String]>,
) -> Result<Plan> {
    let model = entry.model();
    let before = rows_before(entry, name)?;
    let vals = entry.intent["values"]["vals"].as_object().cloned().unwrap_or_default();
    if let Some(unknown) = only.into_iter().flatten().find(|field| !vals.contains_key(field.as_str())) {
        return Err(crate::error::Error::usage(format!("{name} wrote no {unknown}: nothing was sent")));
    }
    let fields: Vec<String> =
        vals.keys().filter(|field| only.is_none_or(|only| only.contains(field))).cloned().collect();
    let schema = sight.run.filled(model)?;
    let kind = |field: &str| schema.as_ref().map(|schema| schema.kind(field)).unwrap_or_default();
    let asked = sight.stamped(model, fields.iter().map(String::as_str))?;
    let along = along(&before, &vals, only);
    let more = sight.stamped(model, along.iter().chain(&fields).map(String::as_str))?;
    let now = match sight.rows_now(model, &entry.ids(), &more, entry) {
        Err(error)
            if more.len() > asked.len() && (error.odoo.is_some() || error.code == Code::PolicyDenied) =>
        {
            sight.rows_now(model, &entry.ids(), &asked, entry)?
        }
        now => now?,
    };
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
            let (kind, ours) = (kind(field), &vals[field]);
            let Some(was) = compared::shown(old, field) else {
                plan.lost.push(format!("{field} of {model} {id}, which was not read"));
                is_changed_back = false;
                continue;
            };
            // Of what is not seen nobody can tell whether it was changed since.
            let Some(is) = compared::shown(there, field).filter(|_| kept::is_told(ours)) else {
                plan.lost.push(format!("{field} of {model} {id}, which is not seen"));
                is_changed_back = false;
                continue;
            };
            let elsewhere = match kind.name.as_str() {
                "one2many" if before.len() == 1 => elsewhere(entry, field, was),
                _ => BTreeSet::new(),
            };
            if compared::exactly(&kind, was, is) && !changes_lines(&kind, ours) && elsewhere.is_empty() {
                continue;
            }
            is_changed_back = false;
            // Of these the list does not tell; they are looked at themselves.
            let hidden = elsewhere.difference(&compared::ids(is)).copied().collect();
            let told_of = without(ours, &hidden);
            let written = Written { all, entry, model, field, kind: &kind, ours: &told_of, was: Some(was) };
            if !sight.is_as_left(&written, there, is) {
                changed.push(told(model, id, field, was, ours, is));
                continue;
            }
            if !kind.is_list() && !compared::holds(&kind, ours, Some(was), is) {
                plan.unsure.push(unsure_whose(model, id, field, is));
            }
            // It holds one of two values, so that it may have come back to ours.
            if field == "active" && sight.is_touched(all, entry, model, there) {
                changed
                    .push(format!("{model} {id} was written by somebody else since, maybe its active too"));
                continue;
            }
            // Of few values there are, others may have taken another one and this one again.
            if matches!(kind.name.as_str(), "boolean" | "selection")
                && sight.is_touched(all, entry, model, there)
            {
                plan.unsure.push(format!(
                    "whether somebody else, who has written {model} {id} since, has changed {field} and set it to {is} again: it is as it was written here"
                ));
            }
            let value = if kind.name == "one2many" {
                let inverse = schema.as_ref().and_then(|schema| schema.field(field)).unwrap_or_default();
                let inverse = inverse["relation_field"].as_str().unwrap_or_default();
                let stray = &stray(sight.run, &kind.relation, was, is)?;
                let lines = Lines { sight, all, entry, name: field, kind: &kind, inverse, was, ours, is, stray };
                let found = lines.changed(&mut plan)?;
                if !found.is_empty() {
                    changed.extend(found);
                    continue;
                }
                Some(lines.back(&mut plan.lost))
            } else {
                as_written(&kind, was)
            };
            match value {
                Some(Value::Array(commands)) if commands.is_empty() => {}
                Some(value) => drop(back.insert(field.clone(), value)),
                None => plan.lost.push(format!("{field} of {model} {id}, of which only a digest was kept")),
            }
            if kind.name == "many2many" && compared::after(&compared::ids(was), ours).1 > 0 {
                plan.lost.push(format!(
                    "records that were made in {field} of {model} {id} are taken off it, and stay"
                ));
            }
        }
        if back.is_empty() {
            continue;
        }
        for field in &along {
            let kind = kind(field);
            let (Some(was), Some(is)) = (compared::shown(old, field), compared::shown(there, field)) else {
                continue;
            };
            if compared::exactly(&kind, was, is) {
                continue;
            }
            let left = sight.left(all, entry, model, there, field);
            let is_ours = left.is_some_and(|left| compared::exactly(&kind, &left, is));
            if let Some(value) = as_written(&kind, was).filter(|_| is_ours) {
                back.insert(field.clone(), value);
            }
        }
        let text = canonical(&back.clone().into());
        match groups.iter_mut().find(|(vals, _)| canonical(&vals.clone().into()) == text) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((back, vec![id])),
        }
    }
    if !changed.is_empty() {
        return Err(conflict(format!("somebody has changed since what {name} wrote"), changed).with_hint(
            Hint::default().name("fields").text(" undoes the fields that it names and no others"),
        ));
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

/// Fields that were not written, with their old values: what differs of them was changed by Odoo along with the write.
fn along(before: &[Value], vals: &Object, only: Option<&[String]>) -> Vec<String> {
    let first = before.first().and_then(Value::as_object).filter(|_| only.is_none());
    let names = first.into_iter().flat_map(Object::keys);
    names
        .filter(|name| *name != "id" && !STAMPS.contains(&name.as_str()) && !vals.contains_key(*name))
        .cloned()
        .collect()
}

/// Commands but for those on these records.
fn without(commands: &Value, ids: &BTreeSet<i64>) -> Value {
    if ids.is_empty() {
        return commands.clone();
    }
    let is_seen = |command: &&Value| !command[1].as_i64().is_some_and(|id| ids.contains(&id));
    commands.as_array().into_iter().flatten().filter(is_seen).cloned().collect()
}

/// Whether commands change lines that stay.
fn changes_lines(field: &Kind, commands: &Value) -> bool {
    field.is_list() && commands.as_array().into_iter().flatten().any(|command| command[0] == 1)
}
