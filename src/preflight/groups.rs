//! What is particular to groups: periods in `groupby`, which dates have and nothing else, sums of what is no
//! number, and an order that names what the groups do not hold. Names of fields are `names.rs`'s; whether a field
//! can be grouped by at all is Odoo's to judge.

use super::{Check, names, refused};
use crate::error::Result;
use crate::knowledge::vocabulary::{
    DATE_PARTS, DATE_PARTS_SINCE, GROUP_MANY2MANY_SINCE, GROUP_PATHS_SINCE, PERIODS,
};
use crate::odoo::schema::Schema;
use crate::operation::Operation;
use crate::suggest::closest;
use crate::text::shell::in_quotes;

/// How many records a group has.
const COUNT: &str = "__count";

/// What records of a group can be put together by (Odoo 19.0).
const FUNCTIONS: [&str; 12] = [
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "count_distinct",
    "bool_and",
    "bool_or",
    "array_agg",
    "array_agg_distinct",
    "recordset",
    "sum_currency",
];

/// Types whose values no database adds up. A many2one is left out: its ids are numbers.
const NO_NUMBERS: [&str; 13] = [
    "binary",
    "boolean",
    "char",
    "date",
    "datetime",
    "html",
    "json",
    "many2many",
    "one2many",
    "properties",
    "reference",
    "selection",
    "text",
];

/// Methods that group a date by month when nothing is said.
const WITH_DEFAULT: [&str; 1] = ["read_group"];

/// Refuses a term whose period is missing, misplaced or none.
pub fn check(check: &Check, operation: &Operation, schema: &Schema, term: &str, place: &str) -> Result<()> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let (path, period) = match term.split_once(':') {
        Some((path, period)) => (path, Some(period)),
        None => (term, None),
    };
    let known = || PERIODS.into_iter().chain(DATE_PARTS);
    if let Some(period) = period.filter(|period| known().all(|name| name != *period)) {
        let error = refused(format!("{place}: {term}: {period} is no period of time"));
        return Err(match closest(period, known()) {
            Some(close) => error.with_hint(format!("did you mean {path}:{close}?")),
            None => error.with_hint(format!("periods are {}", known().collect::<Vec<_>>().join(", "))),
        });
    }
    if period.is_some_and(|period| DATE_PARTS.contains(&period)) && check.version < DATE_PARTS_SINCE {
        let (period, version) = (period.unwrap_or_default(), check.version);
        return Err(refused(format!(
            "{place}: {term}: Odoo {version} groups by no {period}: it came with Odoo {DATE_PARTS_SINCE}"
        ))
        .with_hint(format!("periods are {}", PERIODS.join(", "))));
    }
    let first = path.split('.').next().unwrap_or(path);
    let is_path = path.contains('.') && schema.field(first).is_some() && !names::is_properties(schema, first);
    if is_path && check.version < GROUP_PATHS_SINCE && !check.is_forced(path) {
        let version = check.version;
        return Err(refused(format!(
            "{place}: {path}: Odoo {version} groups by no field of another record: that came with Odoo {GROUP_PATHS_SINCE}"
        ))
        .with_hint(format!("group by {first}")));
    }
    // The field at the end of a path is another model's.
    let Some(field) = schema.field(path).filter(|_| !check.is_forced(path)) else { return Ok(()) };
    let is_date = matches!(field["type"].as_str(), Some("date" | "datetime"));
    if field["type"] == "many2many" && check.version < GROUP_MANY2MANY_SINCE {
        let version = check.version;
        return Err(refused(format!(
            "{place}: {path}: Odoo {version} groups by no many2many field: that came with Odoo {GROUP_MANY2MANY_SINCE}"
        ))
        .with_hint(format!("count the records of each with a condition: [\"{path}\", \"in\", [ID]]")));
    }
    match period {
        None if is_date && !WITH_DEFAULT.contains(&method) => {
            Err(refused(format!("{place}: {path} is a date, which is grouped by a period"))
                .with_hint(format!("write {path}:month, or another of {}", PERIODS.join(", "))))
        }
        _ if field["groupable"] == false && !names::is_properties(schema, path) => {
            Err(names::not_stored(model, schema, path, place, "group by it"))
        }
        Some(period) if !is_date && !names::is_properties(schema, path) => {
            Err(refused(format!("{place}: {path} is no date: it has no {period}"))
                .with_hint(format!("write {path}")))
        }
        _ => Ok(()),
    }
}

/// Refuses the sum or the average of what is no number: the database would fail on it.
pub fn sums(check: &Check, model: &str, schema: &Schema, term: &str, place: &str) -> Result<()> {
    let Some((name, function)) = term.split_once(':') else { return Ok(()) };
    let first = name.split('.').next().unwrap_or(name);
    if name != first && names::is_properties(schema, first) && !check.is_forced(name) {
        return Err(refused(format!(
            "{place}: {name} is a property: Odoo groups by properties, and puts none together"
        ))
        .with_hint(format!("read {first} and add up what came back")));
    }
    let field = schema.field(name).filter(|field| field["store"] == false && field["sortable"] == false);
    if field.is_some() && function != "recordset" && !check.is_forced(name) {
        return Err(names::not_stored(model, schema, name, place, "sum it up"));
    }
    if !matches!(function, "sum" | "avg") {
        return Ok(());
    }
    let Some(field) = schema.field(name).filter(|_| !check.is_forced(name)) else { return Ok(()) };
    let kind = field["type"].as_str().unwrap_or_default();
    if !NO_NUMBERS.contains(&kind) {
        return Ok(());
    }
    let error =
        refused(format!("{place}: {name} is a {kind} field, which has no {function}: only numbers have"));
    Err(match kind {
        "date" | "datetime" => {
            error.with_hint(format!("min and max of {name} are the first and the last"))
        }
        "boolean" | "char" | "selection" | "text" => error.with_hint(format!(
            "count_distinct of {name} is how many different values there are; grouped by {name}, each is counted"
        )),
        _ => error,
    })
}

/// Refuses an order by something that is neither a group nor put together from the records of one.
pub fn order(operation: &Operation, key: &str, by: &[&str], aggregates: &[&str]) -> Result<()> {
    let order = operation.kwargs.get(key).and_then(|order| order.as_str()).unwrap_or_default();
    for part in order.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (term, direction) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let function = term.split_once(':').map(|(_, function)| function);
        let is_sound = term == COUNT
            || by.contains(&term)
            || function.is_some_and(|function| FUNCTIONS.contains(&function));
        if is_sound {
            continue;
        }
        let error =
            refused(format!("{key}: {term} is neither what the groups are made by nor counted or summed up"));
        let plain = term.trim_start_matches(['-', '+']);
        let name = plain.split(':').next().unwrap_or_default();
        // A typo at most: amount_untaxed is another field than amount_total.
        let distance = |held: &str| strsim::osa_distance(name, held.split(':').next().unwrap_or_default());
        let held = by.iter().chain(aggregates).copied();
        let meant = match plain {
            "count" | "_count" | "counts" | "total" | "id_count" => Some(COUNT),
            _ => held.filter(|held| distance(held) <= 2).min_by_key(|held| distance(held)),
        };
        let direction = if term.starts_with('-') { "desc" } else { direction };
        return Err(match meant {
            Some(meant) => {
                error.with_hint(format!("did you mean {}?", in_quotes(format!("{meant} {direction}").trim())))
            }
            None => error.with_hint(format!(
                "groups are sorted by {}, or by a field with a function, like {name}:sum",
                by.iter().copied().chain([COUNT]).collect::<Vec<_>>().join(", ")
            )),
        });
    }
    Ok(())
}
