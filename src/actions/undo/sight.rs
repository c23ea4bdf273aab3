//! What an undo sees: records as Odoo has them, with what is planned before it laid over; what a call has left in a
//! field, which Odoo may have made of what was written; and whether anybody else was at work since.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use serde_json::Value;

use super::plan::{Plan, context_of};
use crate::context;
use crate::error::{Code, Effect, Result, Retry};
use crate::execute::before::{STAMPS, is_beside};
use crate::execute::compared;
use crate::execute::moment::{Moment, ROUNDED};
use crate::journal::{Entries, Entry};
use crate::odoo::schema::{Kind, Schemas};
use crate::operation::Object;
use crate::session::Run;

/// The eyes of one undo, or of one after the other.
pub struct Sight<'a> {
    pub run: &'a Run<'a>,
    laid: RefCell<HashMap<(String, i64), Laid>>,
    moment: OnceCell<Moment>,
}

/// What becomes of a record.
#[derive(Default)]
struct Laid {
    is_gone: bool,
    /// What its fields are given, one after the other.
    given: Vec<(String, Value)>,
}

impl<'a> Sight<'a> {
    pub fn new(run: &'a Run<'a>) -> Sight<'a> {
        Sight { run, laid: RefCell::default(), moment: OnceCell::new() }
    }

    /// Fields of records as they are now, in the entry's context.
    pub fn rows_now(&self, model: &str, ids: &[i64], fields: &[String], entry: &Entry) -> Result<Vec<Value>> {
        let mut context = context_of(entry);
        context.extend(context::agent_marks(&self.run.caller.channel));
        let mut rows = match self.run.rows_now(model, ids, fields, &context) {
            Err(error) if error.code == Code::NotFound => Vec::new(),
            other => other.map_err(|error| error.with_effect(Effect::NotSent, Retry::Safe))?,
        };
        let laid = self.laid.borrow();
        rows.retain_mut(|row| {
            let id = row["id"].as_i64().unwrap_or_default();
            let Some(laid) = laid.get(&(model.to_string(), id)) else { return true };
            for (name, value) in &laid.given {
                let is_list = value.as_array().is_some_and(|items| items.iter().all(Value::is_array));
                if let Some(now) = row.get_mut(name) {
                    *now = if is_list {
                        compared::after(&compared::ids(now), value).0.into_iter().collect()
                    } else {
                        value.clone()
                    };
                }
            }
            !laid.is_gone
        });
        Ok(rows)
    }

    /// Lays a plan over what is there, as if it had been carried out.
    pub fn lay(&self, plan: &Plan) {
        for step in &plan.steps {
            let none = Object::new();
            let vals = step.kwargs.get("vals").and_then(Value::as_object).unwrap_or(&none);
            for id in step.ids.iter().flatten() {
                match step.method.as_str() {
                    "unlink" => self.laid_on(&step.model, *id, |laid| laid.is_gone = true),
                    "action_archive" => self.give(&step.model, *id, "active", &false.into()),
                    "action_unarchive" => self.give(&step.model, *id, "active", &true.into()),
                    "write" => vals.iter().for_each(|(name, value)| self.give(&step.model, *id, name, value)),
                    _ => {}
                }
            }
        }
        for (model, id, field, value) in &plan.leads_to {
            self.give(model, *id, field, value);
        }
    }

    fn laid_on(&self, model: &str, id: i64, deed: impl FnOnce(&mut Laid)) {
        deed(self.laid.borrow_mut().entry((model.to_string(), id)).or_default());
    }

    /// A value for a field, and those for lines within it.
    fn give(&self, model: &str, id: i64, field: &str, value: &Value) {
        self.laid_on(model, id, |laid| laid.given.push((field.into(), value.clone())));
        for command in value.as_array().into_iter().flatten() {
            let (Some(line), Some(vals)) = (command[1].as_i64(), command[2].as_object()) else { continue };
            let schema = self.run.filled(model).ok().flatten();
            let relation = schema.map(|schema| schema.kind(field).relation).unwrap_or_default();
            vals.iter().for_each(|(name, value)| self.give(&relation, line, name, value));
        }
    }

    /// These names as far as a model has them, with those that tell when a record was written, and by whom.
    pub fn stamped<'n>(&self, model: &str, names: impl IntoIterator<Item = &'n str>) -> Result<Vec<String>> {
        let schema = self.run.filled(model)?;
        let has = |name: &&str| schema.as_ref().is_none_or(|schema| schema.has(name));
        let mut names: Vec<String> =
            names.into_iter().chain(STAMPS).filter(has).map(str::to_string).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Whether a field of a record is as a call left it: it holds the very value, or what it was left with, or, where
    /// nobody else was at work on the record, what Odoo may have made of the value.
    pub fn is_as_left(&self, of: &Written, row: &Value, now: &Value) -> bool {
        let Written { all, entry, model, field, kind, ours, was } = *of;
        compared::holds_exactly(kind, ours, was, now)
            || self
                .left(all, entry, model, row, field)
                .is_some_and(|left| compared::exactly(kind, &left, now))
            || compared::holds(kind, ours, was, now) && !self.is_touched(all, entry, model, row)
    }

    /// Whether a method has set a field to what it holds now: nobody else was at work on the record since, or it holds
    /// the time of the call.
    pub fn is_set_by(&self, all: &Entries, entry: &Entry, model: &str, now: &Value, field: &str) -> bool {
        !self.is_touched(all, entry, model, now) || self.is_during(entry, &now[field]) == Some(true)
    }

    /// What a call has left in a field of a record, which is now as `now` tells: that is known as long as every change
    /// since is one of the journal, each by when the record was written last, and by whom.
    pub fn left(&self, all: &Entries, entry: &Entry, model: &str, now: &Value, field: &str) -> Option<Value> {
        let id = now["id"].as_i64()?;
        let is_by = |entry: &Entry, row: &Value| self.is_by(entry, &row["write_uid"], &row["write_date"]);
        let mut last = entry;
        for other in all.later_on(entry, model, id).filter(|other| !is_beside(other.method())) {
            let before = other.found(id)?;
            if is_by(last, before) != Some(true) {
                return None;
            }
            if let Some(value) = before.get(field) {
                return Some(value.clone());
            }
            last = other;
        }
        if is_by(last, now) == Some(true) { now.get(field).cloned() } else { None }
    }

    /// Whether somebody else has written a record since a call: not only who did it last, but whoever did it between
    /// two of our own calls, which each have noted how they found it. What is not told is held against nobody.
    pub fn is_touched(&self, all: &Entries, entry: &Entry, model: &str, now: &Value) -> bool {
        let id = now["id"].as_i64().unwrap_or_default();
        let found = all.later_on(entry, model, id).filter_map(|other| other.found(id));
        found.chain([now]).any(|row| self.is_others(all, entry, &row["write_uid"], &row["write_date"]))
    }

    /// Whether something was made or written by none of our calls from one on: by another user, or at another time.
    pub fn is_others(&self, all: &Entries, entry: &Entry, by: &Value, at: &Value) -> bool {
        let mut calls = all.from(&entry.id).iter().filter(|one| one.may_have_changed()).peekable();
        calls.peek().is_some() && calls.all(|one| self.is_by(one, by, at) == Some(false))
    }

    /// Whether a time of Odoo's may be after a call was begun.
    pub fn is_since(&self, entry: &Entry, at: &Value) -> bool {
        let at = at.as_str().filter(|_| self.moment().is_told).and_then(|at| self.moment().ours(at));
        at.is_none_or(|at| at + ROUNDED >= entry.at())
    }

    fn user_of(&self, entry: &Entry) -> Option<i64> {
        entry.intent["user"].as_i64().or_else(|| self.run.user_id())
    }

    /// Whether a call has made a record, by who made it and when; none where that is not told.
    pub fn is_made_by(&self, entry: &Entry, row: &Value) -> Option<bool> {
        self.is_by(entry, &row["create_uid"], &row["create_date"])
    }

    /// Whether a call was at work when something was written, and by its user; none where that is not told.
    fn is_by(&self, entry: &Entry, by: &Value, at: &Value) -> Option<bool> {
        if compared::record(by)? != self.user_of(entry)? {
            return Some(false);
        }
        self.moment().is_told.then(|| self.is_during(entry, at))?
    }

    /// Whether a call was at work at a time of Odoo's.
    fn is_during(&self, entry: &Entry, at: &Value) -> Option<bool> {
        let at = self.moment().ours(at.as_str()?)?;
        match entry.settled() {
            _ if at + ROUNDED < entry.at() => Some(false),
            settled => settled.map(|settled| at <= settled + ROUNDED),
        }
    }

    fn moment(&self) -> &Moment {
        self.moment.get_or_init(|| Moment::here(self.run))
    }
}

/// A value that a call wrote to a field.
pub struct Written<'w> {
    pub all: &'w Entries,
    pub entry: &'w Entry,
    pub model: &'w str,
    pub field: &'w str,
    pub kind: &'w Kind,
    pub ours: &'w Value,
    /// What it held until then.
    pub was: Option<&'w Value>,
}
