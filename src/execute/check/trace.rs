//! What it means that what a call made is not there. What was made and deleted since leaves one trace: Odoo numbers the
//! records of a model one after the other, so that a number is missing. Numbers also went to what was rolled back and to
//! what this user does not see, so that a missing one proves nothing; that none is missing, up to one that was made
//! later, proves that nothing was made.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::look::{Looker, MOST};
use super::{Found, Looked};
use crate::error::Result;

/// Missing numbers that are told.
const TOLD: usize = 5;

/// The numbers since a call.
enum Trace {
    /// All are there, from long before it to after it.
    Whole,
    /// These are not.
    Missing(Vec<i64>),
    /// It cannot be told: nothing was made after it, or too much.
    Untold,
}

impl Looker<'_> {
    /// What it means that the record of the call was not recognized among rows that no entry claims: Odoo may have made
    /// other values of those that it was given, and somebody may have changed them since. So only where there is none
    /// that it can be, it is not there.
    pub fn not_among(
        &self,
        model: &str,
        rows: &[&Value],
        claimed: &BTreeSet<i64>,
        looked: &mut Looked,
    ) -> Result<Found> {
        let may_be_it = |row: &&&Value| !(self.has_clock && self.is_early(row));
        let ids: Vec<i64> = rows.iter().filter(may_be_it).filter_map(|row| row["id"].as_i64()).collect();
        if !ids.is_empty() {
            return Ok(looked
                .in_vain(format!("{ids:?}, of which no entry tells, so that the call may have made it")));
        }
        if self.user.is_none() {
            return Ok(looked.in_vain("nothing else: the user of the call is not known"));
        }
        Ok(match self.trace(model, claimed)? {
            Trace::Whole => {
                looked.at(format!("the ids of {model} since then, of which none is missing"));
                Found::DidNotHappen
            }
            Trace::Missing(ids) => looked.in_vain(format!(
                "the ids of {model} since then: {ids:?} may have been made and deleted, rolled back, or not be shown to this user"
            )),
            // What was deleted may have gone out before that, and whoever deleted it did not mean it to be made again.
            Trace::Untold => {
                looked.at(format!(
                    "nothing else: none is there, and what was made and deleted since leaves no trace until a later {model} is there"
                ));
                Found::Absent
            }
        })
    }

    fn trace(&self, model: &str, claimed: &BTreeSet<i64>) -> Result<Trace> {
        if !self.has_clock {
            return Ok(Trace::Untold);
        }
        let made = ["create_date".to_string()];
        let id = |rows: Vec<Value>| rows.first().and_then(|row| row["id"].as_i64());
        let earlier = json!([["create_date", "<", self.long_before]]);
        let Some(first) = id(self.asked(model, earlier, &made, ("id desc", 1))?) else {
            return Ok(Trace::Untold);
        };
        let later = json!([["create_date", ">", self.until], ["id", ">", first]]);
        let last = id(self.asked(model, later, &made, ("id", 1))?);
        let mut between = vec![json!(["id", ">", first])];
        between.extend(last.map(|last| json!(["id", "<", last])));
        let rows = self.search(model, between.into(), &made)?;
        if rows.len() >= MOST {
            return Ok(Trace::Untold);
        }
        let there: BTreeSet<i64> =
            rows.iter().filter_map(|row| row["id"].as_i64()).chain(claimed.iter().copied()).collect();
        let end = last.or(there.last().copied()).unwrap_or(first);
        let missing =
            |first: i64| (first..end).skip(1).filter(|id| !there.contains(id)).take(TOLD).collect::<Vec<_>>();
        if last.is_some() && missing(first).is_empty() {
            return Ok(Trace::Whole);
        }
        // What is missing before it was missing then.
        let before = rows.iter().filter(|row| self.is_early(row)).filter_map(|row| row["id"].as_i64()).max();
        let missing = missing(before.unwrap_or(first));
        Ok(if missing.is_empty() { Trace::Untold } else { Trace::Missing(missing) })
    }
}
