//! The order in which buckets are answered.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::axes::Axis;
use super::rows::Row;
use crate::sandbox::env::Env;
use crate::sandbox::fault::Fault;
use crate::sandbox::python::text_repr;
use crate::sandbox::schema::{FieldType, find};
use crate::sandbox::search;

/// A part of the order clause.
pub(super) struct Term<'c> {
    pub(super) text: &'c str,
    pub(super) name: &'c str,
    pub(super) descending: bool,
}

impl Term<'_> {
    /// Odoo says the same of every name that is no aggregate.
    pub(super) fn refused(&self, fault: Fault) -> Fault {
        if fault.name != "builtins.ValueError" {
            return fault;
        }
        let text = text_repr(self.text);
        Fault::value(format!("Order term {text} is not a valid aggregate nor valid groupby"))
    }
}

pub(super) fn terms(clause: &str) -> impl Iterator<Item = Term<'_>> {
    clause.split(',').map(str::trim).filter(|text| !text.is_empty()).map(|text| {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or("");
        Term { text, name, descending: words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc")) }
    })
}

/// Sorts by the order clause, or by the groups themselves; a many2one by the order of its model.
pub(super) fn order(env: &Env, axes: &[Axis], rows: &mut [Row], clause: &str) {
    let default = axes.iter().map(|axis| axis.spec.clone()).collect::<Vec<_>>().join(",");
    let clause = if clause.is_empty() { default } else { clause.to_owned() };
    let terms: Vec<Term> = terms(&clause).collect();
    for Term { name, descending, .. } in terms.into_iter().rev() {
        let place = axes.iter().position(|axis| axis.spec == name);
        let ranks = place.and_then(|place| {
            let target = find(axes.get(place)?.field.relation()?)?;
            let mut ids: Vec<i64> = rows.iter().filter_map(|(keys, _)| keys.get(place)?.as_i64()).collect();
            ids.sort_unstable();
            ids.dedup();
            search::sort(env, target, &mut ids, target.order).ok();
            Some(ids)
        });
        let key = |row: &Row| -> Value {
            let value = match place {
                Some(place) => row.0.get(place).cloned().unwrap_or_default(),
                None => row.1.get(name).cloned().unwrap_or_default(),
            };
            match (&ranks, value.as_i64()) {
                (Some(ranks), Some(id)) => json!(ranks.iter().position(|each| *each == id)),
                _ => value,
            }
        };
        let empty = |value: &Value| {
            value == &json!(false)
                && axes.iter().any(|axis| axis.spec == name && axis.field.kind != FieldType::Boolean)
        };
        rows.sort_by(|one, other| {
            let (one, other) = (key(one), key(other));
            let ordering = match (empty(&one), empty(&other)) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ => match (one.as_f64(), other.as_f64()) {
                    (Some(one), Some(other)) => one.total_cmp(&other),
                    _ => one.to_string().to_lowercase().cmp(&other.to_string().to_lowercase()),
                },
            };
            if descending { ordering.reverse() } else { ordering }
        });
    }
}
