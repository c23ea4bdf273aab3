//! What was created taken back: archived where it can be, else deleted, and neither where somebody has worked on it
//! since: on its fields, on its lines, or beside it, which all would go with it; nor where it can only be deleted and
//! somebody's records lead to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::plan::{Plan, call, conflict, impossible, rows, told};
use super::sight::{Sight, Written};
use crate::context;
use crate::error::{Code, Result};
use crate::execute::before::{is_beside, is_part_of};
use crate::execute::compared;
use crate::journal::{Entries, Entry, kept};
use crate::odoo::schema::Schemas;
use crate::operation::{self, Operation};

/// What stands beside a record and is deleted with it: the model, and its fields that lead to the record.
pub const BESIDE: [(&str, &str); 3] =
    [("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")];
/// When and by whom something was made.
pub const MADE: [&str; 2] = ["create_uid", "create_date"];

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
    let others = Others { sight, all, entry, model };
    // What a copy holds nobody told: somebody's work on it is seen by its stamp alone.
    if !archives || list.is_empty() {
        changed.extend(
            rows.iter()
                .filter(|row| sight.is_touched(all, entry, model, row))
                .map(|row| format!("{model} {} was written by somebody else", row["id"])),
        );
    }
    let mut plan = Plan::default();
    changed.extend(match archives {
        true => others.lines(&there, false, &mut unseen)?.iter().map(Theirs::told).collect(),
        false => others.work(&there, &mut unseen, &mut plan)?,
    });
    if !changed.is_empty() {
        let by_hand = if archives { "archive" } else { "delete" };
        let hint = format!(
            "what is there now is somebody's work: {by_hand} {model} {there:?} by hand if it is to go"
        );
        return Err(conflict(format!("somebody has changed since what {name} made"), changed).with_hint(hint));
    }
    if archives {
        let active: Vec<i64> =
            rows.iter().filter(|row| row["active"] != false).filter_map(|row| row["id"].as_i64()).collect();
        if active.is_empty() {
            return Err(conflict(format!("what {name} made is archived already"), Vec::new()));
        }
        plan.steps.push(call(model, "action_archive", active));
        plan.unsure.extend(unseen);
        return Ok(plan);
    }
    if !unseen.is_empty() {
        return Err(conflict(format!("what {name} made can only be deleted, and it is not known"), unseen));
    }
    plan.steps.push(call(model, "unlink", there));
    Ok(plan)
}

/// What others have made or written since a call, of what goes with records of a model or hangs on them.
pub struct Others<'o> {
    pub sight: &'o Sight<'o>,
    pub all: &'o Entries,
    pub entry: &'o Entry,
    pub model: &'o str,
}

/// A record on which somebody else has worked since.
pub struct Theirs {
    pub model: String,
    pub id: i64,
    /// Where it stands to the records that were asked about.
    pub place: &'static str,
}

impl Theirs {
    /// In words.
    pub fn told(&self) -> String {
        format!("{} {} {} is somebody else's work", self.model, self.id, self.place)
    }
}

impl Others<'_> {
    /// All of it that would go with records that are deleted, or be cut off from them.
    pub fn work(&self, ids: &[i64], unseen: &mut Vec<String>, plan: &mut Plan) -> Result<Vec<String>> {
        let mut found = self.lines(ids, true, unseen)?;
        found.extend(self.beside(ids, unseen)?);
        let led = self.pointers(ids, &found)?;
        found.extend(led.theirs);
        plan.lost.extend(led.lost);
        plan.unsure.extend(led.unsure);
        Ok(found.iter().map(Theirs::told).collect())
    }

    pub fn is_others(&self, model: &str, row: &Value) -> bool {
        let Others { sight, all, entry, .. } = *self;
        let (by, at) = (&row["create_uid"], &row["create_date"]);
        sight.is_since(entry, &row["write_date"]) && sight.is_touched(all, entry, model, row)
            || sight.is_since(entry, at) && sight.is_others(all, entry, by, at)
    }

    /// Lines of the records; of those that are deleted also records of other models that lead to them, as far as this
    /// user sees them: of what nobody shows, Odoo itself says whether it is in the way.
    fn lines(&self, ids: &[i64], are_deleted: bool, unseen: &mut Vec<String>) -> Result<Vec<Theirs>> {
        let model = self.model;
        let Some(schema) = self.sight.run.filled(model)? else { return Ok(Vec::new()) };
        let (mut parts, mut led) = (Vec::new(), Vec::new());
        for name in schema.names() {
            let kind = schema.kind(name);
            let is_stored = || schema.field(name).is_some_and(|field| field["store"] != false);
            if kind.name != "one2many" {
                continue;
            }
            match is_part_of(&kind.relation, model) {
                true => parts.push(name.to_string()),
                false if are_deleted && is_stored() && !is_beside(name) => led.push(name.to_string()),
                false => {}
            }
        }
        // Several fields may list the same lines.
        let mut lists: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        let mut list = |names: &[String], rows: &[Value]| {
            for name in names {
                let lines = rows.iter().flat_map(|row| compared::ids(&row[name]));
                lists.entry(schema.kind(name).relation).or_default().extend(lines);
            }
        };
        let told = format!("whether somebody has worked on the lines of {model} {ids:?}, which are not seen");
        let rows_of = |names: &[String]| match names {
            [] => Ok(Vec::new()),
            names => self.sight.rows_now(model, ids, names, self.entry),
        };
        if let Some(rows) = seen(rows_of(&parts), told.clone(), unseen)? {
            list(&parts, &rows);
        }
        let mut closed = Vec::new();
        match seen(rows_of(&led), String::new(), &mut closed)? {
            Some(rows) => list(&led, &rows),
            None => {
                for name in led {
                    let name = [name];
                    if let Some(rows) = seen(rows_of(&name), String::new(), &mut closed)? {
                        list(&name, &rows);
                    }
                }
            }
        }
        let mut found = Vec::new();
        for (relation, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            let lines: Vec<i64> = lines.into_iter().collect();
            let fields = self.sight.stamped(&relation, MADE)?;
            let unknown = if is_part_of(&relation, model) { &mut *unseen } else { &mut closed };
            let lines =
                seen(self.sight.rows_now(&relation, &lines, &fields, self.entry), told.clone(), unknown)?;
            found.extend(self.theirs(&relation, lines, "in it"));
        }
        Ok(found)
    }

    /// Messages, activities and files beside records.
    fn beside(&self, ids: &[i64], unseen: &mut Vec<String>) -> Result<Vec<Theirs>> {
        let model = self.model;
        let mut found = Vec::new();
        for (beside, leads) in BESIDE {
            let fields = self.sight.stamped(beside, MADE)?;
            let domain = json!([[leads, "=", model], ["res_id", "in", ids]]);
            let kwargs = operation::kwargs(json!({ "domain": domain, "fields": fields }));
            let question = Operation::new(beside, "search_read", kwargs)?;
            let mut context = context::agent_marks(&self.sight.run.caller.channel);
            context.insert("active_test".into(), json!(false));
            let reply = self.sight.run.desk().ask(question, &context);
            let found_rows = reply.and_then(|reply| rows(reply.get()));
            let told =
                format!("whether somebody has put a {beside} beside {model} {ids:?}, which is not seen");
            let rows = seen(found_rows, told, unseen)?;
            found.extend(self.theirs(beside, rows, "beside it"));
        }
        Ok(found)
    }

    /// Those of some rows on which others have worked.
    fn theirs(&self, model: &str, rows: Option<Vec<Value>>, place: &'static str) -> Vec<Theirs> {
        let by_others = rows.into_iter().flatten().filter(|row| self.is_others(model, row));
        let ids = by_others.filter_map(|row| row["id"].as_i64());
        ids.map(|id| Theirs { model: model.into(), id, place }).collect()
    }
}

/// Rows that were asked for; none, and what is not known then, where they are not shown to this user. What is not
/// installed holds nothing.
pub fn seen(rows: Result<Vec<Value>>, told: String, unseen: &mut Vec<String>) -> Result<Option<Vec<Value>>> {
    match rows {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if error.code == Code::NotFound => Ok(None),
        Err(error)
            if error.code == Code::PolicyDenied || error.odoo.is_some() || error.http_status.is_some() =>
        {
            unseen.push(told);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
