//! What would undo a call: the calls that lead back, what they cannot bring back, and why there may be none. It reads
//! and sends nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::created::Others;
use super::sight::Sight;
use super::{back, created, imported, translated};
use crate::actions::journal::leaving;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::execute::before::is_settable;
use crate::execute::compared;
use crate::hint::{Action, Hint};
use crate::journal::{Entries, Entry, State, entry, kept};
use crate::knowledge::{inverses, methods};
use crate::odoo::schema::Schemas;
use crate::operation::{self, Object, Operation};
use crate::session::Run;

/// The calls that lead back.
#[derive(Debug, Default)]
pub struct Plan {
    /// In their order.
    pub steps: Vec<Operation>,
    /// What they cannot bring back.
    pub lost: Vec<String>,
    /// What is not known of what others did, and does not stand in their way.
    pub unsure: Vec<String>,
    /// They lead back from a part of it.
    pub is_part: bool,
    /// What buttons among them make of fields: model, record, field, value.
    pub leads_to: Vec<(String, i64, String, Value)>,
}

impl Plan {
    /// As it would be done, as far as that leaves.
    pub fn shown(&self, run: &Run, entry: &Entry) -> Result<Value> {
        let one = |step: &Operation| {
            run.foreseen(step)?;
            let mut kwargs = step.kwargs.clone();
            leaving::arguments(run, &step.model, &mut kwargs)?;
            // What is there now was read to change it back; what was deleted is told from the journal alone.
            if entry.method() == "unlink" {
                leaving::readable(run, entry, kwargs.get_mut("vals_list"))?;
            }
            Ok(json!({ "model": step.model, "method": step.method, "ids": step.ids, "kwargs": kwargs }))
        };
        let steps = self.steps.iter().map(one).collect::<Result<Vec<Value>>>()?;
        Ok(
            json!({ "undoes": entry.id, "model": entry.model(), "method": entry.method(), "steps": steps, "lost": self.lost, "unsure": self.unsure }),
        )
    }

    /// As it was done.
    pub fn told(&self, entry: &Entry, by: &[String]) -> Value {
        json!({ "undoes": entry.id, "model": entry.model(), "method": entry.method(), "by": by, "lost": self.lost, "unsure": self.unsure })
    }
}

/// The context of a call without the agent's marks, which are put on anew.
pub fn context_of(entry: &Entry) -> Object {
    let marks = context::agent_marks("");
    let whole = entry.intent["context"].as_object().cloned().unwrap_or_default();
    whole.into_iter().filter(|(key, value)| !marks.contains_key(key) && kept::is_whole(value)).collect()
}

/// What was changed since, or would be undone in vain.
pub fn conflict(message: String, lines: Vec<String>) -> Error {
    let mut error = Error::new(Code::UndoConflict, format!("{message}: nothing was sent"));
    error.errors = lines.into_iter().map(Hint::from).collect();
    error
}

/// What has no way back, with what a person can do.
pub fn impossible(message: impl Into<String>) -> Error {
    Error::new(Code::UndoImpossible, format!("{}; nothing was sent", message.into()))
}

/// What would undo a call.
///
/// # Errors
/// `undo_conflict`, `undo_impossible`, or what kept it from being found out.
pub fn of(sight: &Sight, all: &Entries, entry: &Entry, fields: Option<&[String]>) -> Result<Plan> {
    let name = format!("{}/{}", entry.model(), entry.method());
    match entry.state() {
        State::Open => {
            return Err(impossible(format!("nobody knows whether {name} happened"))
                .with_effect(Effect::NotSent, Retry::CheckFirst)
                .with_hint(entry::how_to_check(&entry.id)));
        }
        State::Rejected | State::NotSent => {
            return Err(impossible(format!("{name} changed nothing, so there is nothing to undo")));
        }
        State::Done => {}
    }
    if entry.is_newer() {
        return Err(impossible(format!("a later version of this program wrote the entry of {name}")));
    }
    if let Some(by) = entry::undo_of(all, entry).filter(|_| fields.is_none()) {
        return Err(conflict(format!("{name} is undone already, by {}", by.id), Vec::new()).with_hint(
            Hint::new("to have it back: ").action(Action::new("undo").with("id", by.id.as_str())),
        ));
    }
    let method = entry.method();
    let known = methods::of(entry.model(), method);
    match method {
        "create" | "copy" => created::undo_create(sight, all, entry, &name),
        "load" => imported::undo_load(sight, all, entry, &name),
        "update_field_translations" => translated::undo_translations(sight, entry, &name),
        "unlink" => undo_unlink(sight, entry, &name),
        "action_archive" | "action_unarchive" | "toggle_active" => undo_archive(sight, all, entry, &name),
        "message_post" => undo_post(sight, all, entry),
        "activity_schedule" => undo_activity(sight, all, entry),
        _ if known.is_some_and(methods::Method::writes) => back::undo_write(sight, all, entry, &name, fields),
        _ => undo_button(sight, all, entry, &name),
    }
}

/// A call without arguments on records.
pub fn call(model: &str, method: &str, ids: Vec<i64>) -> Operation {
    Operation {
        model: model.into(),
        method: method.into(),
        ids: Some(ids),
        kwargs: Object::new(),
        context: Object::new(),
    }
}

/// Which of these records are there; a read of nothing but ids would not look.
pub fn there(run: &Run, model: &str, ids: &[i64]) -> Result<Vec<i64>> {
    let kwargs = json!({ "domain": [["id", "in", ids]], "fields": ["id"] });
    let mut context = context::agent_marks(&run.caller.channel);
    context.insert("active_test".into(), json!(false));
    let reply = run.desk().ask(Operation::new(model, "search_read", operation::kwargs(kwargs))?, &context)?;
    Ok(rows(reply.get())?.iter().filter_map(|row| row["id"].as_i64()).collect())
}

/// The rows that a search answered with.
pub fn rows(text: &str) -> Result<Vec<Value>> {
    serde_json::from_str(text)
        .map_err(|why| Error::new(Code::BadReply, "search_read did not answer with a list").with_source(why))
}

fn undo_archive(sight: &Sight, all: &Entries, entry: &Entry, name: &str) -> Result<Plan> {
    let model = entry.model();
    let before = back::rows_before(entry, name)?;
    let fields = sight.stamped(model, ["active"])?;
    let now = sight.rows_now(model, &entry.ids(), &fields, entry)?;
    let mut by_state: BTreeMap<bool, Vec<i64>> = BTreeMap::new();
    let mut others = Vec::new();
    for row in &before {
        let (Some(id), Some(was)) = (row["id"].as_i64(), row["active"].as_bool()) else { continue };
        let ours = match entry.method() {
            "action_archive" => false,
            "action_unarchive" => true,
            _ => !was,
        };
        let there = now.iter().find(|row| row["id"] == id);
        if there.is_some_and(|row| compared::shown(row, "active").is_none()) {
            return Err(unseen(model, "active"));
        }
        match there.and_then(|row| row["active"].as_bool()) {
            // It holds one of two values, so that it may have come back to ours.
            Some(is)
                if is == ours
                    && was != ours
                    && there.is_some_and(|row| sight.is_touched(all, entry, model, row)) =>
            {
                others.push(format!("{model} {id} was written by somebody else since"));
            }
            Some(is) if is == ours && was != ours => by_state.entry(was).or_default().push(id),
            Some(_) if was == ours => {}
            is => others.push(told(model, id, "active", &json!(was), &json!(ours), &json!(is))),
        }
    }
    if !others.is_empty() {
        return Err(conflict(format!("somebody has changed since what {name} did"), others));
    }
    let steps: Vec<Operation> = by_state
        .into_iter()
        .map(|(was, ids)| call(model, if was { "action_unarchive" } else { "action_archive" }, ids))
        .collect();
    if steps.is_empty() {
        return Err(conflict(format!("{name} changed nothing"), Vec::new()));
    }
    Ok(Plan { steps, ..Plan::default() })
}

/// Takes away what was made, unless somebody else has changed it since, or something of theirs would go with it.
fn taken_away(sight: &Sight, all: &Entries, entry: &Entry, model: &str, rows: &[Value]) -> Result<Plan> {
    if let Some(row) = rows.iter().find(|row| sight.is_touched(all, entry, model, row)) {
        return Err(conflict(
            format!("{model} {} was changed by somebody else since", row["id"]),
            Vec::new(),
        ));
    }
    let ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
    let (mut plan, mut unseen) = (Plan::default(), Vec::new());
    let others = Others { sight, all, entry, model }.work(&ids, &mut unseen, &mut plan)?;
    plan.unsure.extend(unseen);
    if !others.is_empty() {
        return Err(conflict(format!("somebody has worked since on what {} made", entry.method()), others));
    }
    plan.steps.push(call(model, "unlink", ids));
    Ok(plan)
}

/// Planned activities are taken away.
fn undo_activity(sight: &Sight, all: &Entries, entry: &Entry) -> Result<Plan> {
    let model = "mail.activity";
    let ids =
        entry.made().ok_or_else(|| impossible("the journal does not know which activities were made"))?;
    let rows = sight.rows_now(model, &ids, &sight.stamped(model, [])?, entry)?;
    if rows.is_empty() {
        let why = "the activity is not there any more: it was done, or taken away";
        return Err(conflict(why.into(), Vec::new()));
    }
    taken_away(sight, all, entry, model, &rows)
}

/// A message that nobody outside was told of goes.
fn undo_post(sight: &Sight, all: &Entries, entry: &Entry) -> Result<Plan> {
    let said = inverses::instead("message_post");
    let ids = entry.made().ok_or_else(|| impossible("the journal does not know which message was posted"))?;
    let model = "mail.message";
    let fields =
        sight.stamped(model, ["is_internal", "subtype_id", "notified_partner_ids", "partner_ids"])?;
    let rows = sight.rows_now(model, &ids, &fields, entry)?;
    if rows.is_empty() {
        return Err(conflict("the message is not there any more".into(), Vec::new()));
    }
    let is_told = |row: &Value| {
        ["notified_partner_ids", "partner_ids"]
            .iter()
            .any(|list| row[list].as_array().is_some_and(|ids| !ids.is_empty()))
    };
    let subtypes: Vec<i64> = rows.iter().filter_map(|row| compared::record(&row["subtype_id"])).collect();
    let kinds = sight.rows_now("mail.message.subtype", &subtypes, &["internal".to_string()], entry)?;
    let is_internal = |row: &Value| {
        let subtype = compared::record(&row["subtype_id"]);
        row["is_internal"] == true
            || kinds.iter().any(|kind| kind["id"].as_i64() == subtype && kind["internal"] == true)
    };
    if rows.iter().any(|row| is_told(row) || !is_internal(row)) {
        return Err(impossible(format!(
            "the message was no internal note, or somebody was notified: {said}"
        )));
    }
    taken_away(sight, all, entry, model, &rows)
}

/// Records that were deleted are made again; their ids are new.
fn undo_unlink(sight: &Sight, entry: &Entry, name: &str) -> Result<Plan> {
    let model = entry.model();
    let before = back::rows_before(entry, name)?;
    let Some(schema) = sight.run.filled(model)? else {
        return Err(impossible(format!("Odoo does not tell the fields of {model}")));
    };
    let mut lost = Vec::new();
    let mut list = Vec::new();
    for row in before.iter().filter_map(Value::as_object) {
        let id = row.get("id").and_then(Value::as_i64).unwrap_or_default();
        let mut vals = Object::new();
        for (field, value) in row {
            let kind = schema.kind(field);
            let is_filled = value.as_array().is_some_and(|items| !items.is_empty());
            if kind.name == "one2many" && is_filled {
                return Err(impossible(format!(
                    "{model} {id} had records in {field}, which went or were cut off with it: they are not in the journal"
                )));
            }
            if !schema.has(field) || !is_settable(&schema, field) || field == "message_main_attachment_id" {
                continue;
            }
            match back::as_written(&kind, value) {
                Some(value) => drop(vals.insert(field.clone(), value)),
                None => lost.push(format!("{field} of {model} {id}, of which only a digest was kept")),
            }
        }
        list.push(Value::Object(vals));
        lost.push(format!("what other models held of {model} {id}: fields that led to it, messages, followers, activities, attachments"));
        lost.push(format!("the id of {model} {id}: it is made again under a new one"));
    }
    let kwargs = operation::kwargs(json!({ "vals_list": list }));
    Ok(Plan {
        steps: vec![Operation { ids: None, kwargs, ..call(model, "create", Vec::new()) }],
        lost,
        ..Plan::default()
    })
}

fn undo_button(sight: &Sight, all: &Entries, entry: &Entry, name: &str) -> Result<Plan> {
    let (model, method, ids) = (entry.model(), entry.method(), entry.ids());
    let mut ways = inverses::inverses(model, method).peekable();
    if ways.peek().is_none() || ids.is_empty() {
        return Err(impossible(format!("{name} cannot be undone: {}", inverses::instead(method))));
    }
    let before = back::rows_before(entry, name).unwrap_or_default();
    let was = |field: &str| {
        let mut states: Vec<&str> = before.iter().filter_map(|row| row[field].as_str()).collect();
        states.dedup();
        states
    };
    let withheld = sight.run.session.gate().withheld(model)?;
    if let Some(field) = inverses::inverses(model, method).map(|way| way.field).find(|field| withheld.is(field, 0).is_some()) {
        return Err(unseen(model, field));
    }
    let Some(way) = ways.find(|way| {
        way.field.is_empty() || matches!(was(way.field)[..], [state] if way.from.contains(&state))
    }) else {
        if !leaving::may_read(sight.run, entry, &["state".to_string()])? {
            return Err(unseen(model, "state"));
        }
        return Err(impossible(format!(
            "{name} cannot be undone: from where the records were before ({}) no way back is known",
            was("state").join(", ")
        )));
    };
    if way.field.is_empty() {
        let steps = way.back.iter().map(|back| call(model, back, ids.clone())).collect();
        return Ok(Plan { steps, ..Plan::default() });
    }
    let hindering = way.unless.iter().map(|(field, ..)| *field);
    let fields = sight.stamped(model, hindering.chain(way.restores.iter().copied()).chain([way.field]))?;
    let rows = sight.rows_now(model, &ids, &fields, entry)?;
    if rows.len() < ids.len() {
        return Err(conflict(format!("some of the records of {name} are not there any more"), Vec::new()));
    }
    for row in &rows {
        let id = row["id"].as_i64().unwrap_or_default();
        let now = row[way.field].as_str().unwrap_or_default();
        if !way.now.contains(&now) {
            let line =
                told(model, id, way.field, &json!(was(way.field)[0]), &json!(way.now[0]), &row[way.field]);
            return Err(conflict(format!("somebody has changed since what {name} did"), vec![line]));
        }
        let hindered = way
            .unless
            .iter()
            .find(|(field, values, _)| row[*field].as_str().is_some_and(|value| values.contains(&value)));
        if let Some((.., why)) = hindered {
            return Err(impossible(format!("{name} cannot be undone for {model} {id}: {why}")));
        }
    }
    let mut steps: Vec<Operation> = way.back.iter().map(|back| call(model, back, ids.clone())).collect();
    let stood = before.iter().filter_map(|row| {
        Some((model.to_string(), row["id"].as_i64()?, way.field.to_string(), row.get(way.field)?.clone()))
    });
    let leads_to = stood.collect();
    let mut changed = Vec::new();
    for row in &before {
        let Some(id) = row["id"].as_i64() else { continue };
        let Some(now) = rows.iter().find(|now| now["id"] == id) else { continue };
        let mut vals = Object::new();
        for field in way.restores {
            let (Some(old), Some(is)) = (row.get(*field), compared::shown(now, field)) else { continue };
            if old == is {
                continue;
            }
            match sight.is_set_by(all, entry, model, now, field) {
                true => drop(vals.insert(field.to_string(), old.clone())),
                false => {
                    changed.push(format!("{model} {id} {field}: old {old}, then set by {method}, now {is}"))
                }
            }
        }
        if !vals.is_empty() {
            let kwargs = Object::from_iter([("vals".to_string(), vals.into())]);
            steps.push(Operation { kwargs, ..call(model, "write", vec![id]) });
        }
    }
    if !changed.is_empty() {
        return Err(conflict(format!("somebody has changed since what {name} did"), changed));
    }
    let left = Some(way.leaves).filter(|leaves| !leaves.is_empty());
    Ok(Plan { steps, lost: left.map(str::to_string).into_iter().collect(), leads_to, ..Plan::default() })
}

/// That nobody can tell how a field stands which does not leave.
fn unseen(model: &str, field: &str) -> Error {
    impossible(format!("{field} of {model} does not leave Odoo, so that nobody can tell how it stands"))
}

/// A field that was changed since: what it was, what this program wrote, what it is.
pub fn told(model: &str, id: i64, field: &str, old: &Value, ours: &Value, now: &Value) -> String {
    format!("{model} {id} {field}: old {}, ours {}, now {}", short(old), short(ours), short(now))
}

/// A value that is not what was written, and came about while that was under way.
pub fn unsure_whose(model: &str, id: i64, field: &str, now: &Value) -> String {
    format!(
        "whether Odoo has made {} of what was written to {field} of {model} {id}, or another program has written it as this user in the same seconds",
        short(now)
    )
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 200 { text.chars().take(200).collect::<String>() + "…" } else { text }
}
