//! Of calls that make records: those that the user has made since then, and which of them hold what was given. That
//! they do tells that it happened; that none does proves nothing, as long as there is one that it can be.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::look::{Looker, MOST, POSTS, is_comparable};
use super::{Found, Looked};
use crate::error::Result;
use crate::execute::compared;
use crate::odoo::schema::Kind;
use crate::operation::Object;
use crate::text::html;

const MESSAGES: &str = "mail.message";
/// When a record was made and last written, and by whom.
const STAMPS: [&str; 3] = ["create_date", "write_date", "write_uid"];

impl Looker<'_> {
    /// Who made what is looked at, in words.
    fn who(&self) -> String {
        self.user.map_or("anybody".into(), |user| format!("user {user}"))
    }

    pub fn created(&self, looked: &mut Looked) -> Result<Found> {
        let model = self.entry.model();
        let wanted = self.entry.vals_list();
        let mut names: Vec<String> = wanted.iter().flat_map(|vals| vals.keys().cloned()).collect();
        names.sort_unstable();
        names.dedup();
        let asked: Vec<String> =
            names.iter().cloned().chain(STAMPS.iter().map(|name| name.to_string())).collect();
        let rows = self.search(model, self.recent(Vec::new()), &asked)?;
        looked.at(format!(
            "{} records of {model} that {} made since {} UTC",
            rows.len(),
            self.who(),
            self.since
        ));
        let claimed = self.claimed(&|other| other.model() == model, looked);
        let free = unclaimed(&rows, &claimed);
        let kinds: Vec<(String, Kind)> = names.iter().map(|name| (name.clone(), self.kind(name))).collect();
        let Some(ids) = self.recognized(&wanted, &kinds, &free, looked) else { return Ok(Found::CannotTell) };
        looked.at(format!("{} of {} with the values of the call", ids.len(), wanted.len()));
        Ok(match ids.len() {
            0 if rows.len() >= MOST => Found::CannotTell,
            0 => self.not_among(model, &free, &claimed, looked)?,
            count if count == wanted.len() => {
                looked.at("not the journals of other machines, by which this user may have made the same");
                Found::Happened(Some(ids))
            }
            // Odoo makes all of them or none.
            _ => Found::CannotTell,
        })
    }

    /// The records that hold the values of the call; none where others hold them as well.
    fn recognized(
        &self,
        wanted: &[Object],
        kinds: &[(String, Kind)],
        free: &[&Value],
        looked: &mut Looked,
    ) -> Option<Vec<i64>> {
        let is_it = |vals: &Object, row: &Value| {
            let mut told = kinds
                .iter()
                .filter_map(|(name, kind)| Some((name, kind, vals.get(name)?)))
                .filter(|(name, _, value)| is_comparable(value, row, name))
                .peekable();
            // What tells nothing of itself is everywhere.
            told.peek().is_some()
                && told.all(|(name, kind, value)| compared::holds(kind, value, Some(&json!([])), &row[name]))
        };
        let mut left = free.to_vec();
        let mut ids = Vec::new();
        for (nth, vals) in wanted.iter().enumerate() {
            let alike: Vec<usize> = (0..left.len()).filter(|at| is_it(vals, left[*at])).collect();
            let still = wanted[nth..].iter().filter(|other| *other == vals).count();
            if alike.len() > still {
                looked
                    .at(format!("{} of them hold the same values, and {still} were to be made", alike.len()));
                return None;
            }
            // The earliest first, as they were made.
            let Some(at) = alike.last() else { break };
            if self.is_early(left[*at]) {
                looked.at("one with the same values, which was made before the call");
                return None;
            }
            ids.extend(left[*at]["id"].as_i64());
            left.remove(*at);
        }
        Some(ids)
    }

    pub fn posted(&self, looked: &mut Looked) -> Result<Found> {
        let (model, ids) = (self.entry.model(), self.entry.ids());
        let body = &self.entry.intent["values"]["body"];
        let domain = self.recent(vec![json!(["model", "=", model]), json!(["res_id", "in", ids])]);
        let fields: Vec<String> =
            ["body", "res_id"].iter().chain(&STAMPS).map(|name| name.to_string()).collect();
        let rows = self.search(MESSAGES, domain, &fields)?;
        let claimed =
            self.claimed(&|other| POSTS.contains(&other.method()) || other.model() == MESSAGES, looked);
        let free = unclaimed(&rows, &claimed);
        let text = Kind { name: "html".into(), relation: String::new() };
        let bodies = [body.clone(), html::escaped(body.as_str().unwrap_or_default()).into()];
        let is_empty = |body: &Value| compared::same(&text, body, &Value::Null);
        let has_body = body.is_string() && !is_empty(body);
        let is_it =
            |row: &&&Value| has_body && bodies.iter().any(|body| compared::same(&text, body, &row["body"]));
        let alike: Vec<&Value> = free.iter().filter(is_it).copied().collect();
        looked.at(format!(
            "{} messages of {} on {model} since {} UTC: {} with this text",
            rows.len(),
            self.who(),
            self.since,
            alike.len()
        ));
        if alike.iter().any(|row| self.is_early(row)) {
            return Ok(looked.in_vain("one with this text, which was made before the call"));
        }
        // A change of a field is told by a message without a text, which is none that was posted with one.
        let is_bare = |row: &Value| is_empty(&row["body"]) && row["write_date"] == row["create_date"];
        let rest: Vec<&Value> = free.iter().copied().filter(|row| !(has_body && is_bare(row))).collect();
        Ok(match alike.len() {
            0 if rows.len() >= MOST => Found::CannotTell,
            0 => self.not_among(MESSAGES, &rest, &claimed, looked)?,
            count if count <= ids.len() => {
                Found::Happened(Some(alike.iter().filter_map(|row| row["id"].as_i64()).collect()))
            }
            _ => Found::CannotTell,
        })
    }
}

/// Rows that no other call is known to have made, of this profile or of another one in the database.
fn unclaimed<'r>(rows: &'r [Value], claimed: &BTreeSet<i64>) -> Vec<&'r Value> {
    rows.iter().filter(|row| row["id"].as_i64().is_some_and(|id| !claimed.contains(&id))).collect()
}
