//! What was created taken back: archived where it can be, else deleted, and neither where somebody has worked on it
//! since: on its fields, on its lines, or beside it, which all would go with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::plan::{Plan, call, conflict, impossible, rows, told};
use super::sight::{Sight, Written};
use crate::context;
use crate::error::{Code, Result};
use crate::execute::before::is_part_of;
use crate::execute::compared;
use crate::journal::{Entries, Entry, kept};
use crate::odoo::schema::{Schema, Schemas};
use crate::operation::{self, Operation};

/// What stands beside a record and is deleted with it: the model, and its fields that lead to the record.
const BESIDE: [(&str, &str); 3] =
    [("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")];
/// When and by whom something was made.
const MADE: [&str; 2] = ["create_uid", "create_date"];

/// What takes back a creation.
///
/// # Errors
/// `undo_conflict`: somebody has worked on it since. `undo_impossible`: it is not known what was made.
pub fn undo_create(sight: &Sight, all: &Entries, entry: &Entry, name: &str) -> Result<Plan> {
    let model = entry.model();
    let Some(ids) = entry.made() else {
        return Err(impossible(format!("the journal does not know which records {name} has made")));
    };
    let schema = sight.run.filled(model)?;
    let archives = schema.as_ref().is_some_and(|schema| schema.has("active"));
    let list = entry.vals_list();
    let given = list.iter().flat_map(|vals| vals.keys().map(String::as_str));
    let rows = sight.rows_now(model, &ids, &sight.stamped(model, given.chain(["active"]))?, entry)?;
    let there: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
    if there.is_empty() {
        return Err(conflict(format!("what {name} made is not there any more"), Vec::new()));
    }
    let (mut changed, mut unseen) = (Vec::new(), Vec::new());
    for (id, vals) in ids.iter().zip(&list) {
        let Some(row) = rows.iter().find(|row| row["id"] == *id) else { continue };
        for (field, ours) in vals.iter().filter(|(field, _)| *field != "active") {
            let kind = schema.as_ref().map(|schema| schema.kind(field)).unwrap_or_default();
            let Some(now) = compared::shown(row, field).filter(|_| kept::is_told(ours)) else {
                unseen.push(format!("whether {field} of {model} {id} was changed since, which is not seen"));
                continue;
            };
            let written = Written { all, entry, model, field, kind: &kind, ours, was: None };
            // Records of a list are looked at themselves.
            if !kind.is_list() && !sight.is_as_left(&written, row, now) {
                changed.push(told(model, *id, field, &Value::Null, ours, now));
            }
        }
    }
    if let Some(schema) = &schema {
        changed.extend(lines_of_others(sight, all, entry, schema, &there, &mut unseen)?);
    }
    if !archives {
        changed.extend(
            rows.iter()
                .filter(|row| sight.is_touched(all, entry, model, row))
                .map(|row| format!("{model} {} was written by somebody else", row["id"])),
        );
        changed.extend(beside_by_others(sight, all, entry, model, &there, &mut unseen)?);
    }
    if !changed.is_empty() {
        let by_hand = if archives { "archive" } else { "delete" };
        let hint = format!("what is there now is somebody's work: {by_hand} {model} {there:?} by hand if it is to go");
        return Err(conflict(format!("somebody has changed since what {name} made"), changed).with_hint(hint));
    }
    if archives {
        let active: Vec<i64> =
            rows.iter().filter(|row| row["active"] != false).filter_map(|row| row["id"].as_i64()).collect();
        if active.is_empty() {
            return Err(conflict(format!("what {name} made is archived already"), Vec::new()));
        }
        return Ok(Plan { steps: vec![call(model, "action_archive", active)], lost: unseen, ..Plan::default() });
    }
    if !unseen.is_empty() {
        return Err(conflict(format!("what {name} made can only be deleted, and it is not known"), unseen));
    }
    Ok(Plan { steps: vec![call(model, "unlink", there)], ..Plan::default() })
}

/// Lines of records that somebody else has made or written.
fn lines_of_others(
    sight: &Sight,
    all: &Entries,
    entry: &Entry,
    schema: &Schema,
    ids: &[i64],
    unseen: &mut Vec<String>,
) -> Result<Vec<String>> {
    let model = entry.model();
    // Several fields may list the same lines.
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in schema.names() {
        let kind = schema.kind(name);
        if kind.name == "one2many" && is_part_of(&kind.relation, model) {
            lists.entry(kind.relation).or_default().push(name.to_string());
        }
    }
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = lists.values().flatten().cloned().collect();
    let mut found = Vec::new();
    let told = format!("whether somebody has worked on the lines of {model} {ids:?}, which are not seen");
    let Some(rows) = seen(sight.rows_now(model, ids, &names, entry), told.clone(), unseen)? else {
        return Ok(found);
    };
    for (relation, names) in lists {
        let listed = |row: &Value| names.iter().flat_map(|name| compared::ids(&row[name])).collect::<Vec<_>>();
        let lines: BTreeSet<i64> = rows.iter().flat_map(listed).collect();
        let lines: Vec<i64> = lines.into_iter().collect();
        if lines.is_empty() {
            continue;
        }
        let fields = sight.stamped(&relation, MADE)?;
        let lines = seen(sight.rows_now(&relation, &lines, &fields, entry), told.clone(), unseen)?;
        let is_others = |row: &&Value| {
            sight.is_touched(all, entry, &relation, row)
                || sight.is_others(all, entry, &row["create_uid"], &row["create_date"])
        };
        let by_others = lines.iter().flatten().filter(is_others);
        found.extend(by_others.map(|row| format!("{relation} {} in it is somebody else's work", row["id"])));
    }
    Ok(found)
}

/// Messages, activities and files beside records that somebody else has made or written.
pub fn beside_by_others(
    sight: &Sight,
    all: &Entries,
    entry: &Entry,
    model: &str,
    ids: &[i64],
    unseen: &mut Vec<String>,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (beside, leads) in BESIDE {
        let fields = sight.stamped(beside, MADE)?;
        let domain = json!([[leads, "=", model], ["res_id", "in", ids]]);
        let kwargs = operation::kwargs(json!({ "domain": domain, "fields": fields }));
        let question = Operation::new(beside, "search_read", kwargs)?;
        let mut context = context::agent_marks(&sight.run.caller.channel);
        context.insert("active_test".into(), json!(false));
        let reply = sight.run.desk().ask(question, &context);
        let found_rows = reply.and_then(|reply| rows(reply.get()));
        let told = format!("whether somebody has put a {beside} beside {model} {ids:?}, which is not seen");
        let rows = seen(found_rows, told, unseen)?;
        let is_others = |row: &&Value| {
            sight.is_others(all, entry, &row["create_uid"], &row["create_date"])
                || sight.is_touched(all, entry, beside, row)
        };
        let by_others = rows.iter().flatten().filter(is_others);
        found.extend(by_others.map(|row| format!("{beside} {} beside it is somebody else's work", row["id"])));
    }
    Ok(found)
}

/// Rows that were asked for; none, and what is not known then, where they are not shown to this user. What is not
/// installed holds nothing.
fn seen(rows: Result<Vec<Value>>, told: String, unseen: &mut Vec<String>) -> Result<Option<Vec<Value>>> {
    match rows {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if error.code == Code::NotFound => Ok(None),
        Err(error) if error.code == Code::PolicyDenied || error.odoo.is_some() || error.http_status.is_some() => {
            unseen.push(told);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
