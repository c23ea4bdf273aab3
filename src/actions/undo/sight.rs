//! What an undo sees: records as Odoo has them, with what is planned before it laid over, and what a call has left in
//! a field, which Odoo may have made of what was written.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use serde_json::Value;

use super::plan::{Plan, context_of};
use crate::context;
use crate::error::{Code, Effect, Result, Retry};
use crate::execute::compared;
use crate::execute::moment::{Moment, ROUNDED};
use crate::journal::{Entries, Entry, State};
use crate::odoo::schema::Schemas;
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

    /// What a call has left in a field of a record, which is now as `now` tells: that is known as long as every change
    /// since is one of the journal, each by when the record was written last, and by whom.
    pub fn left(
        &self,
        all: &Entries,
        entry: &Entry,
        model: &str,
        now: &Value,
        field: &str,
    ) -> Option<Value> {
        let id = now["id"].as_i64()?;
        let later = all.all().iter().skip_while(|other| other.id != entry.id).skip(1);
        let is_on_it = |other: &&Entry| {
            matches!(other.state(), State::Done | State::Open)
                && other.model() == model
                && other.ids().contains(&id)
        };
        let mut last = entry;
        for other in later.filter(is_on_it) {
            let rows = other.intent["before"]["rows"].as_array()?;
            let before = rows.iter().find(|row| row["id"] == id)?;
            if !self.is_by(last, before) {
                return None;
            }
            if let Some(value) = before.get(field) {
                return Some(value.clone());
            }
            last = other;
        }
        if self.is_by(last, now) { now.get(field).cloned() } else { None }
    }

    /// Whether a call was the last to write a row, by whom and when it was written.
    fn is_by(&self, entry: &Entry, row: &Value) -> bool {
        let (Some(ended), Some(written)) = (entry.ended(), row["write_date"].as_str()) else { return false };
        let user = entry.intent["user"].as_i64().or_else(|| self.run.user_id());
        let moment = self.moment.get_or_init(|| Moment::here(self.run));
        let is_then = moment.before(entry.at(), ROUNDED).as_str() <= written
            && written <= moment.after(ended, ROUNDED).as_str();
        moment.is_told && is_then && user.is_some() && compared::record(&row["write_uid"]) == user
    }
}
