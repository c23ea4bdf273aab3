//! The lines of a record taken back: those that were made go, those that went are made again, those that were changed
//! have their old values; and whether somebody has worked on them since.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::back::as_written;
use super::created::Others;
use super::plan::{Plan, there, told, unsure_whose};
use super::sight::Sight;
use crate::error::Result;
use crate::execute::before::is_settable;
use crate::execute::compared;
use crate::journal::{Entries, Entry, kept};
use crate::odoo::schema::{Kind, Schema, Schemas};
use crate::operation::Object;
use crate::session::Run;

/// A list of lines as it was, as the commands were, and as it is.
pub struct Lines<'l> {
    pub sight: &'l Sight<'l>,
    pub all: &'l Entries,
    pub entry: &'l Entry,
    pub name: &'l str,
    pub kind: &'l Kind,
    /// The field of a line that leads to its record.
    pub inverse: &'l str,
    pub was: &'l Value,
    pub ours: &'l Value,
    pub is: &'l Value,
    /// Lines that stood in it, do not now, and are there: let go of, led elsewhere, or archived.
    pub stray: &'l BTreeSet<i64>,
}

/// Those of a list as it was and as it is.
pub fn stray(run: &Run, relation: &str, was: &Value, is: &Value) -> Result<BTreeSet<i64>> {
    let gone: Vec<i64> = compared::ids(was).difference(&compared::ids(is)).copied().collect();
    if gone.is_empty() { Ok(BTreeSet::new()) } else { Ok(there(run, relation, &gone)?.into_iter().collect()) }
}

impl Lines<'_> {
    fn commands(&self, code: i64) -> impl Iterator<Item = &Value> {
        self.ours.as_array().into_iter().flatten().filter(move |command| command[0] == code)
    }

    /// The old values of a line, as far as they were kept.
    fn kept(&self, id: i64) -> &Value {
        &self.entry.intent["before"]["lines"][self.name][id.to_string()]
    }

    /// The commands that bring the list back, and what they do not.
    pub fn back(&self, lost: &mut Vec<String>) -> Value {
        let relation = &self.kind.relation;
        let (was, is) = (compared::ids(self.was), compared::ids(self.is));
        let schema = self.sight.run.filled(relation).ok().flatten();
        // What was led here is let go of, and not deleted.
        let led = compared::after(&was, self.ours).0;
        let elsewhere = self.elsewhere();
        let away = |id: &i64| json!([if led.contains(id) { 3 } else { 2 }, id, 0]);
        let mut commands: Vec<Value> = is.difference(&was).filter(|id| !elsewhere.contains(id)).map(away).collect();
        // What somebody else has taken away or deleted stays so.
        for id in was.difference(&is).copied().filter(|id| !led.contains(id)) {
            if self.stray.contains(&id) {
                commands.push(json!([4, id, 0]));
                continue;
            }
            match self.kept(id).as_object().zip(schema.as_deref()) {
                Some((line, schema)) => {
                    commands.push(json!([0, 0, line_values(line, schema)]));
                    lost.push(format!("the id of {relation} {id}: it is made again under a new one"));
                }
                None => lost.push(format!("{relation} {id}, of which nothing was kept")),
            }
        }
        for command in self.commands(1) {
            let (Some(id), Some(vals)) = (command[1].as_i64(), command[2].as_object()) else { continue };
            if !is.contains(&id) && !elsewhere.contains(&id) && !self.stray.contains(&id) {
                continue;
            }
            let mut back = Object::new();
            for field in vals.keys() {
                let kind = kind_of(schema.as_deref(), field);
                match self.kept(id).get(field).and_then(|old| as_written(&kind, old)) {
                    Some(old) => drop(back.insert(field.clone(), old)),
                    None => lost.push(format!("{field} of {} {id}, which was not kept", self.name)),
                }
            }
            if !back.is_empty() {
                commands.push(json!([1, id, back]));
            }
        }
        for id in elsewhere {
            match compared::record(&self.kept(id)[self.inverse]) {
                Some(record) => commands.push(json!([1, id, { self.inverse: record }])),
                None if is.contains(&id) => commands.push(json!([3, id, 0])),
                None => {}
            }
        }
        commands.into()
    }

    /// Lines that stood in no list of the record, and were taken there or changed.
    fn elsewhere(&self) -> BTreeSet<i64> {
        elsewhere(self.entry, self.name, self.was)
    }

    /// Lines that are not as they were left: those that commands have changed, and new ones that no command has made.
    pub fn changed(&self, plan: &mut Plan) -> Result<Vec<String>> {
        let model = &self.kind.relation;
        let (was, is) = (compared::ids(self.was), compared::ids(self.is));
        let mut made: Vec<&Object> = self.commands(0).filter_map(|command| command[2].as_object()).collect();
        // The most particular first, so that each finds its own.
        made.sort_by_key(|vals| std::cmp::Reverse(vals.len()));
        let mut written: Vec<(i64, Object)> = Vec::new();
        for command in self.commands(1) {
            let (Some(id), Some(vals)) = (command[1].as_i64(), command[2].as_object()) else { continue };
            match written.iter_mut().find(|(one, _)| *one == id) {
                Some((_, earlier)) => earlier.extend(vals.clone()),
                None => written.push((id, vals.clone())),
            }
        }
        let elsewhere = self.elsewhere();
        written.retain(|(id, _)| is.contains(id) || elsewhere.contains(id) || self.stray.contains(id));
        let led = compared::after(&was, self.ours).0;
        let new: Vec<i64> = is.difference(&led).copied().collect();
        let taken: Vec<i64> = self.stray.difference(&led).copied().collect();
        let named_here = written.iter().map(|(id, _)| *id);
        let ids: BTreeSet<i64> = new.iter().chain(&elsewhere).chain(&taken).copied().chain(named_here).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let schema = self.sight.run.filled(model)?;
        let schema = schema.as_deref();
        let named = made.iter().copied().chain(written.iter().map(|(_, vals)| vals));
        let names = named.flat_map(|vals| vals.keys().map(String::as_str));
        let inverse = Some(self.inverse).filter(|_| !elsewhere.is_empty() || !taken.is_empty());
        let fields = self.sight.stamped(model, names.chain(["create_uid"]).chain(inverse))?;
        let rows = self.sight.rows_now(model, &ids, &fields, self.entry)?;
        let is_left = |row: &Value, name: &str, now: &Value| {
            let left = self.left(row, name);
            left.is_some_and(|left| compared::exactly(&kind_of(schema, name), &left, now))
        };
        let is_touched = |row: &Value| self.sight.is_touched(self.all, self.entry, model, row);
        // What is not seen is not held against anybody.
        let holds = |vals: &Object, name: &str, row: &Value| {
            let (ours, now) = (&vals[name], compared::shown(row, name));
            !kept::is_told(ours)
                || now.is_none_or(|now| {
                    let kind = kind_of(schema, name);
                    compared::holds_exactly(&kind, ours, Some(&json!([])), now)
                        || is_left(row, name, now)
                        || compared::holds(&kind, ours, Some(&json!([])), now) && !is_touched(row)
                })
        };
        let mut changed = Vec::new();
        for id in &elsewhere {
            let old = &self.kept(*id)[self.inverse];
            let Some(row) = rows.iter().find(|row| row["id"] == *id) else {
                changed.push(format!("{model} {id} is not there any more"));
                continue;
            };
            let now = compared::record(&row[self.inverse]);
            let is_ours = now.is_none_or(|now| self.entry.ids().contains(&now));
            if !is_ours && now != compared::record(old) {
                changed.push(told(model, *id, self.inverse, old, &json!(self.entry.ids()), &row[self.inverse]));
            }
        }
        for row in rows.iter().filter(|row| row["id"].as_i64().is_some_and(|id| taken.contains(&id))) {
            let now = compared::record(&row[self.inverse]);
            if now.is_some_and(|now| !self.entry.ids().contains(&now)) {
                let (id, here) = (row["id"].as_i64().unwrap_or_default(), json!(self.entry.ids()));
                changed.push(told(model, id, self.inverse, &here, &json!(false), &row[self.inverse]));
            }
        }
        for (id, vals) in &written {
            let Some(row) = rows.iter().find(|row| row["id"] == *id) else { continue };
            for (name, ours) in vals {
                let Some(now) = compared::shown(row, name) else { continue };
                let old = &self.kept(*id)[name];
                let kind = kind_of(schema, name);
                let is_held = compared::holds(&kind, ours, Some(old), now);
                if kind.is_list() && is_held || compared::exactly(&kind, old, now) {
                    continue;
                }
                if !holds(vals, name, row) {
                    changed.push(told(model, *id, name, old, ours, now));
                } else if kept::is_told(ours) && !is_held {
                    plan.unsure.push(unsure_whose(model, *id, name, now));
                }
            }
        }
        let user = self.entry.intent["user"].as_i64().or_else(|| self.sight.run.user_id());
        let mut free: Vec<&Value> =
            rows.iter().filter(|row| row["id"].as_i64().is_some_and(|id| new.contains(&id))).collect();
        let mut going = Vec::new();
        for vals in made {
            let is_it = |row: &&Value| {
                let by = compared::record(&row["create_uid"]);
                (by.is_none() || by == user)
                    && !is_touched(row)
                    && vals.keys().all(|name| holds(vals, name, row))
            };
            if let Some(at) = free.iter().position(is_it) {
                going.extend(free.remove(at)["id"].as_i64());
            }
        }
        // What was made is deleted, and with it what is beside it.
        if !going.is_empty() {
            let Lines { sight, all, entry, .. } = *self;
            let mut unseen = Vec::new();
            changed.extend(Others { sight, all, entry, model }.work(&going, &mut unseen, plan)?);
            plan.unsure.extend(unseen);
        }
        changed.extend(free.iter().map(|row| {
            format!("{model} {} is not as it was made here, or was made by somebody else", row["id"])
        }));
        Ok(changed)
    }

    /// What the call has left in a field of a line; not known where the list was written again since.
    fn left(&self, row: &Value, field: &str) -> Option<Value> {
        let mut later = self.all.from(&self.entry.id).iter().skip(1);
        let has_list = |other: &Entry| !other.intent["values"]["vals"][self.name].is_null();
        let ids = self.entry.ids();
        let is_again = |other: &Entry| {
            other.may_have_changed()
                && other.model() == self.entry.model()
                && has_list(other)
                && other.ids().iter().any(|id| ids.contains(id))
        };
        if later.any(is_again) {
            return None;
        }
        self.sight.left(self.all, self.entry, &self.kind.relation, row, field)
    }
}

/// Lines of a field that are kept and stood in no list of the record.
pub fn elsewhere(entry: &Entry, field: &str, was: &Value) -> BTreeSet<i64> {
    let was = compared::ids(was);
    let kept = entry.intent["before"]["lines"][field].as_object();
    let ids = kept.into_iter().flat_map(Object::keys).filter_map(|id| id.parse().ok());
    ids.filter(|id| !was.contains(id) && compared::named(&entry.intent["values"]["vals"][field]).contains(id)).collect()
}

fn kind_of(schema: Option<&Schema>, name: &str) -> Kind {
    schema.map(|schema| schema.kind(name)).unwrap_or_default()
}

/// A line as it is made again.
fn line_values(line: &Object, schema: &Schema) -> Object {
    let one = |(name, value): (&String, &Value)| {
        schema.has(name).then_some(())?;
        Some((name.clone(), as_written(&schema.kind(name), value)?))
    };
    line.iter().filter(|(name, _)| is_settable(schema, name)).filter_map(one).collect()
}
