//! Periods in `groupby`: a date is grouped by one, nothing else is. Names of fields are `names.rs`'s; whether a
//! field can be grouped by or summed up at all is Odoo's to judge.

use super::{Check, names, refused};
use crate::error::Result;
use crate::odoo::schema::Schema;
use crate::suggest::closest;

/// Periods and parts of them (Odoo 19.0).
const PERIODS: [&str; 16] = [
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "year_number",
    "quarter_number",
    "month_number",
    "iso_week_number",
    "day_of_year",
    "day_of_month",
    "day_of_week",
    "hour_number",
    "minute_number",
    "second_number",
];

/// Methods that group a date by month when nothing is said.
const WITH_DEFAULT: [&str; 1] = ["read_group"];

/// Refuses a term whose period is missing, misplaced or none.
pub fn check(check: &Check, method: &str, schema: &Schema, term: &str, place: &str) -> Result<()> {
    let (path, period) = match term.split_once(':') {
        Some((path, period)) => (path, Some(period)),
        None => (term, None),
    };
    if let Some(period) = period.filter(|period| !PERIODS.contains(period)) {
        let error = refused(format!("{place}: {term}: {period} is no period of time"));
        return Err(match closest(period, PERIODS.into_iter()) {
            Some(close) => error.with_hint(format!("did you mean {path}:{close}?")),
            None => error.with_hint(format!("periods are {}", PERIODS.join(", "))),
        });
    }
    // The field at the end of a path is another model's.
    let Some(field) = schema.field(path).filter(|_| !check.is_forced(path)) else { return Ok(()) };
    let is_date = matches!(field["type"].as_str(), Some("date" | "datetime"));
    match period {
        None if is_date && !WITH_DEFAULT.contains(&method) => {
            Err(refused(format!("{place}: {path} is a date, which is grouped by a period"))
                .with_hint(format!("write {path}:month, or another of {}", PERIODS[..6].join(", "))))
        }
        Some(period) if !is_date && !names::is_properties(schema, path) => {
            Err(refused(format!("{place}: {path} is no date: it has no {period}"))
                .with_hint(format!("write {path}")))
        }
        _ => Ok(()),
    }
}
