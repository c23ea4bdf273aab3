//! The having clause of a group: a domain of aggregates in Polish notation, read and applied as Odoo 19 does. It
//! knows no records; what an aggregate is worth is in the row.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::fault::{Fault, Outcome};
use super::group::Row;
use super::python::repr;

/// The aggregates in a having clause, whether or not they are asked for as results.
pub fn named_in(conditions: &[Value]) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for condition in conditions.iter().filter(|condition| !is_connective(condition)) {
        let (name, ..) = parts(condition)?;
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn is_connective(item: &Value) -> bool {
    matches!(item.as_str(), Some("!" | "&" | "|"))
}

fn parts(condition: &Value) -> Outcome<(&str, &str, &Value)> {
    let [name, operator, bound] = condition.as_array().map(Vec::as_slice).unwrap_or_default() else {
        let message = format!("Invalid having clause {}: it should be a domain-like clause", repr(condition));
        return Err(Fault::value(message));
    };
    let operator = operator.as_str().unwrap_or("");
    if !["in", "not in", "<", ">", "<=", ">=", "=", "!="].contains(&operator) {
        return Err(Fault::value(format!(
            "Invalid having clause {}: supported comparators are ('in', 'not in', '<', '>', '<=', '>=', '=', '!=')",
            repr(condition)
        )));
    }
    Ok((name.as_str().unwrap_or(""), operator, bound))
}

/// Keeps the groups that pass a domain of aggregates, in Polish notation.
pub fn keep(rows: &mut Vec<Row>, conditions: &[Value]) -> Outcome<()> {
    let mut kept = Vec::new();
    for row in rows.drain(..) {
        let mut stack: Vec<bool> = Vec::new();
        for item in conditions.iter().rev() {
            let short = || Fault::index("pop from empty list");
            let passes = match item.as_str() {
                Some("!") => !stack.pop().ok_or_else(short)?,
                Some(connective @ ("&" | "|")) => {
                    let (one, other) = (stack.pop().ok_or_else(short)?, stack.pop().ok_or_else(short)?);
                    if connective == "&" { one && other } else { one || other }
                }
                _ => passes(&row.1, parts(item)?),
            };
            stack.push(passes);
        }
        if stack.into_iter().all(|passes| passes) {
            kept.push(row);
        }
    }
    *rows = kept;
    Ok(())
}

/// An aggregate of nothing passes no comparison, as NULL does not.
fn passes(row: &Map<String, Value>, (name, operator, bound): (&str, &str, &Value)) -> bool {
    let Some(value) = row.get(name).filter(|value| !value.is_null() && *value != &json!(false)) else {
        return false;
    };
    let ordering = |bound: &Value| match (value.as_f64(), bound.as_f64()) {
        (Some(one), Some(other)) => one.partial_cmp(&other),
        _ => Some(value.as_str()?.cmp(bound.as_str()?)),
    };
    let is_in =
        || bound.as_array().is_some_and(|all| all.iter().any(|one| ordering(one) == Some(Ordering::Equal)));
    match operator {
        "in" => is_in(),
        "not in" => !is_in(),
        "=" => ordering(bound) == Some(Ordering::Equal),
        "!=" => ordering(bound).is_some_and(Ordering::is_ne),
        "<" => ordering(bound) == Some(Ordering::Less),
        ">" => ordering(bound) == Some(Ordering::Greater),
        "<=" => ordering(bound).is_some_and(Ordering::is_le),
        _ => ordering(bound).is_some_and(Ordering::is_ge),
    }
}
