//! Records that lead to those that are to be deleted, and stand in no list of theirs: Odoo empties their fields, or
//! deletes them as well, in silence. They are found by what Odoo tells of its fields, in a bounded number of questions;
//! where it does not tell, that is said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::created::{BESIDE, MADE, Others, Theirs, seen};
use super::plan::rows;
use crate::context;
use crate::error::Result;
use crate::execute::before::{STAMPS, is_part_of};
use crate::operation::{self, Operation};

/// Where Odoo tells of its fields; ordinary users are not shown it.
const FIELDS: &str = "ir.model.fields";
/// The most models that are looked into, and the most fields that are asked for.
const MODELS: usize = 60;
const MOST: usize = 2000;
/// The records of a model that are looked at, those that were written last.
const LATEST: usize = 20;
/// Names of models that are told.
const TOLD: usize = 8;
/// Names of external records go with theirs.
const NAMES: &str = "ir.model.data";
/// The field that tells the model beside a field that has ids alone.
const OF_MODEL: [&str; 2] = ["res_model", "model"];

/// What looking has found.
#[derive(Default)]
pub struct Led {
    /// Somebody else's work.
    pub theirs: Vec<Theirs>,
    /// What goes or is emptied.
    pub lost: Vec<String>,
    /// What is not known.
    pub unsure: Vec<String>,
}

impl Others<'_> {
    /// The records of other models that lead to these, but for those that are known to stand in their lists.
    pub fn pointers(&self, ids: &[i64], listed: &[Theirs]) -> Result<Led> {
        let model = self.model;
        let mut led = Led::default();
        if BESIDE.iter().any(|(beside, _)| *beside == model) {
            return Ok(led);
        }
        let mut refused = Vec::new();
        let Some(fields) = seen(self.fields_that_lead(), String::new(), &mut Vec::new())? else {
            led.unsure.push(format!(
                "which records lead to {model} {ids:?} by fields of their own: Odoo does not tell this user of them, and empties such a field or deletes its record"
            ));
            return Ok(led);
        };
        let mut by_model: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for field in &fields {
            by_model.entry(field["model"].as_str().unwrap_or_default()).or_default().push(field);
        }
        let names: Vec<&str> = by_model.keys().copied().collect();
        let standing = self.asked(
            FIELDS,
            &json!([
                ["model", "in", names],
                ["name", "in", ["create_uid", OF_MODEL[0], OF_MODEL[1]]],
                ["store", "=", true]
            ]),
            &["model", "name"],
            MOST,
        );
        let standing = seen(standing, String::new(), &mut refused)?.unwrap_or_default();
        let has = |model: &str, name: &str| {
            standing.iter().any(|field| field["model"] == model && field["name"] == name)
        };
        let (mut closed, mut looked) = (BTreeSet::new(), 0);
        for (from, fields) in by_model {
            // What keeps no stamps is a view of others, and no record of anybody's.
            let is_beside = from == NAMES || BESIDE.iter().any(|(beside, _)| *beside == from);
            if is_beside || !has(from, "create_uid") {
                continue;
            }
            let branches: Vec<Vec<Value>> =
                fields.iter().filter_map(|field| self.branch(field, ids, &|name| has(from, name))).collect();
            if branches.is_empty() {
                continue;
            }
            looked += 1;
            if looked > MODELS {
                closed.insert(from.to_string());
                continue;
            }
            let mut domain = vec![json!("|"); branches.len() - 1];
            domain.extend(branches.into_iter().flatten());
            let stamps: Vec<&str> = STAMPS.iter().chain(&MADE).copied().collect();
            let rows = self.asked(from, &domain.into(), &stamps, LATEST);
            let Some(rows) = seen(rows, from.to_string(), &mut refused)? else { continue };
            for row in rows {
                let id = row["id"].as_i64().unwrap_or_default();
                let is_listed = listed.iter().any(|line| line.model == from && line.id == id);
                if is_listed || from == model && ids.contains(&id) {
                    continue;
                }
                match self.is_others(from, &row) {
                    true => {
                        led.theirs.push(Theirs { model: from.into(), id, place: "leads to it, and" });
                    }
                    false if !is_part_of(from, model) => {
                        led.lost
                            .push(format!("what leads to it: {from} {id} is emptied there, or goes with it"));
                    }
                    false => {}
                }
            }
        }
        closed.extend(refused);
        if !closed.is_empty() {
            let more = closed.len().saturating_sub(TOLD);
            let names: Vec<String> = closed.into_iter().take(TOLD).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            led.unsure.push(format!(
                "whether records of {}{more} lead to {model} {ids:?}, which were not seen",
                names.join(", ")
            ));
        }
        self.properties(ids, &mut led.unsure)?;
        Ok(led)
    }

    /// Fields that can lead to a record of the model: by name, or to any.
    fn fields_that_lead(&self) -> Result<Vec<Value>> {
        let domain = json!([
            ["store", "=", true],
            ["model_id.transient", "=", false],
            "|",
            "&",
            ["relation", "=", self.model],
            ["ttype", "in", ["many2one", "many2many"]],
            ["ttype", "in", ["reference", "many2one_reference"]],
        ]);
        self.asked(FIELDS, &domain, &["model", "name", "ttype"], MOST)
    }

    /// The condition by which a field leads to these records; none where nothing tells of which model its ids are.
    fn branch(&self, field: &Value, ids: &[i64], has: &dyn Fn(&str) -> bool) -> Option<Vec<Value>> {
        let name = field["name"].as_str()?;
        Some(match field["ttype"].as_str()? {
            "reference" => {
                let texts: Vec<String> = ids.iter().map(|id| format!("{},{id}", self.model)).collect();
                vec![json!([name, "in", texts])]
            }
            "many2one_reference" => {
                let of = OF_MODEL.iter().find(|of| has(of))?;
                vec![json!("&"), json!([of, "=", self.model]), json!([name, "in", ids])]
            }
            _ => vec![json!([name, "in", ids])],
        })
    }

    /// Properties whose definitions name the model: where they stand, their values are not looked through.
    fn properties(&self, ids: &[i64], unsure: &mut Vec<String>) -> Result<()> {
        let domain = json!([["ttype", "=", "properties_definition"], ["store", "=", true]]);
        let fields = self.asked(FIELDS, &domain, &["model", "name"], MODELS);
        let mut closed = Vec::new();
        for field in seen(fields, String::new(), &mut closed)?.unwrap_or_default() {
            let (Some(from), Some(name)) = (field["model"].as_str(), field["name"].as_str()) else {
                continue;
            };
            let rows = self.asked(from, &json!([[name, "!=", false]]), &[name], 200);
            let rows = seen(rows, String::new(), &mut closed)?.unwrap_or_default();
            let mut items = rows.iter().filter_map(|row| row[name].as_array()).flatten();
            if let Some(item) = items.find(|item| item["comodel"] == self.model) {
                unsure.push(format!(
                    "whether the property {} of {from} leads to {} {ids:?}, whose values are not looked through",
                    item["string"], self.model
                ));
            }
        }
        Ok(())
    }

    fn asked(&self, model: &str, domain: &Value, fields: &[&str], limit: usize) -> Result<Vec<Value>> {
        let order = if fields.contains(&STAMPS[0]) { "write_date desc" } else { "id" };
        let kwargs = json!({ "domain": domain, "fields": fields, "limit": limit, "order": order });
        let question = Operation::new(model, "search_read", operation::kwargs(kwargs))?;
        let mut context = context::agent_marks(&self.sight.run.caller.channel);
        context.insert("active_test".into(), json!(false));
        let reply = self.sight.run.desk().ask(question, &context)?;
        rows(reply.get())
    }
}
