//! Of calls on records that are there: how those stand now against how they stood before, and whether anybody has
//! written them since.

use serde_json::{Value, json};

use super::look::{Looker, is_comparable};
use super::{Found, Looked};
use crate::error::Result;
use crate::execute::before::marks;
use crate::execute::compared;
use crate::odoo::schema::Kind;

impl Looker<'_> {
    pub fn removed(&self, looked: &mut Looked) -> Result<Found> {
        let (model, ids) = (self.entry.model(), self.entry.ids());
        let rows = self.search(model, json!([["id", "in", ids]]), &["id".to_string()])?;
        looked.at(format!("{} of the {} records, which are still there", rows.len(), ids.len()));
        Ok(match rows.len() {
            0 if self.before().len() < ids.len() => {
                looked.in_vain("nothing else: whether this user saw them before is not known")
            }
            // Whoever it was, there is nothing left to be done.
            0 => looked.in_vain("nothing else: they are gone, and who has deleted them leaves no trace"),
            count if count == ids.len() => Found::DidNotHappen,
            _ => Found::CannotTell,
        })
    }

    pub fn written(&self, looked: &mut Looked) -> Result<Found> {
        let vals = self.entry.intent["values"]["vals"].as_object().cloned().unwrap_or_default();
        let kinds: Vec<(&String, &Value, Kind)> =
            vals.iter().map(|(name, value)| (name, value, self.kind(name))).collect();
        let fields: Vec<String> = vals.keys().cloned().chain(self.stamps()).collect();
        let Some(pairs) = self.pairs(&fields, looked)? else { return Ok(Found::CannotTell) };
        if kinds.iter().any(|(_, value, kind)| compared::makes_or_changes(kind, value)) {
            return Ok(
                looked.in_vain("nothing of the lines that were to be made or changed, whose ids do not tell")
            );
        }
        let (mut hold, mut old, mut count, mut hidden) = (0, 0, 0, 0);
        for (before, now) in &pairs {
            for (name, value, kind) in &kinds {
                if !is_comparable(value, now, name) {
                    hidden += 1;
                    continue;
                }
                let is_old = |before: &Value| compared::same(kind, before, &now[*name]);
                count += 1;
                hold += usize::from(compared::holds(kind, value, before.get(*name), &now[*name]));
                old += usize::from(before.get(*name).is_some_and(is_old));
            }
        }
        looked.at(format!("{count} values in {} records: {hold} as written, {old} as before", pairs.len()));
        if hidden > 0 || count == 0 {
            looked.at(format!("not {hidden} values that are hidden or not kept"));
            // Odoo writes all of them or none: one that is told to have changed tells of those that are not.
            return Ok(match old == count {
                true => self.never_written(&pairs, looked),
                false if hold == count && pairs.iter().all(|(_, now)| self.is_ours(now)) => happened(looked),
                false => Found::CannotTell,
            });
        }
        // What stood so before, or is somebody else's since, tells nothing of this call.
        let is_changed = |(before, now): &(Value, Value)| {
            self.is_ours(now)
                && kinds.iter().any(|(name, ..)| match before.get(*name) {
                    Some(before) => *before != now[*name],
                    None => now["write_date"].as_str().is_some_and(|at| at >= self.since.as_str()),
                })
        };
        Ok(if hold == count && pairs.iter().all(is_changed) {
            happened(looked)
        } else if old < count {
            Found::CannotTell
        } else {
            self.never_written(&pairs, looked)
        })
    }

    /// A method on records: the fields that are known to tell of it, against those before. What only has the name of
    /// such a method may have acted on other records, or on none; and anything may have written a record since.
    pub fn standing(&self, looked: &mut Looked) -> Result<Found> {
        let (model, method) = (self.entry.model(), self.entry.method());
        let marks = marks(model, method);
        if marks.is_empty() {
            return Ok(looked.in_vain(format!(
                "nothing: {method} is not known to leave a mark on the records of {model}"
            )));
        }
        let before = self.before().first();
        if !marks.iter().all(|mark| before.is_some_and(|row| row.get(mark.field).is_some())) {
            return Ok(looked.in_vain("nothing: how the records stood before is not known"));
        }
        let fields: Vec<String> =
            marks.iter().map(|mark| mark.field.to_string()).chain(self.stamps()).collect();
        let Some(pairs) = self.pairs(&fields, looked)? else { return Ok(Found::CannotTell) };
        let is_changed = |(before, now): &&(Value, Value)| {
            marks.iter().any(|mark| before.get(mark.field).is_some_and(|before| *before != now[mark.field]))
        };
        let is_there = |(before, now): &(Value, Value)| {
            marks.iter().all(|mark| mark.is_left(&before[mark.field], &now[mark.field]))
        };
        let changed = pairs.iter().filter(is_changed).count();
        looked.at(format!("{} of {} records, {changed} of them changed", fields.join(", "), pairs.len()));
        Ok(match changed {
            0 => self.never_written(&pairs, looked),
            count
                if count == pairs.len()
                    && pairs.iter().all(is_there)
                    && pairs.iter().all(|(_, now)| self.is_ours(now)) =>
            {
                happened(looked)
            }
            _ => Found::CannotTell,
        })
    }
}

/// The same by another program of this user would have left the same.
fn happened(looked: &mut Looked) -> Found {
    looked.at("not the journals of other machines, by which this user may have done the same");
    Found::Happened(None)
}
