//! The companies that a call works in: an empty answer to a condition about others is their doing and no record
//! rule's. It asks only after nothing was found, or after a refusal, and changes nothing.

use serde_json::{Value, json};

use super::Check;
use crate::hint::Hint;
use crate::operation::Operation;

const ALLOWED: &str = "allowed_company_ids";

/// Notes that a condition is about companies which the call does not see. Whether it was.
pub fn found_nothing(check: &Check, operation: &Operation) -> bool {
    let domain =
        operation.kwargs.get("domain").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let conditions: Vec<&Value> = domain.iter().filter(|condition| is_of_company(condition)).collect();
    if conditions.is_empty() || domain.iter().any(|part| part == "!") {
        return false;
    }
    let (chosen, own) = (chosen(operation), check.schemas.companies());
    let Some(seen) = chosen.clone().or_else(|| own.clone()) else { return false };
    let wanted: Option<Vec<i64>> = conditions
        .iter()
        .map(|condition| ids(&condition[2]))
        .collect::<Option<Vec<_>>>()
        .map(|ids| ids.concat());
    let of = |ids: &[i64]| {
        format!("records of {} {}", if ids.len() == 1 { "company" } else { "companies" }, listed(ids))
    };
    let works = format!("the call works in {} alone", listed(&seen));
    check.note(match (wanted, own) {
        (Some(wanted), _) if wanted.is_empty() || wanted.iter().any(|id| seen.contains(id)) => return false,
        (Some(wanted), Some(own)) if !wanted.iter().any(|id| own.contains(id)) => {
            format!("{} are not seen: this user is in {} alone", of(&wanted), listed(&own)).into()
        }
        (Some(wanted), _) => Hint::new(format!("{} are not seen, {works}; with ", of(&wanted)))
            .with("context", json!({ ALLOWED: wanted }))
            .text(" they are"),
        // Which company a text means is not known here.
        (None, own) => {
            let others = own.unwrap_or_default().into_iter().filter(|id| !seen.contains(id));
            let others: Vec<i64> = others.collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            if others.is_empty() {
                return false;
            }
            format!("{} are not seen, {works}", of(&others)).into()
        }
    });
    true
}

/// Whether the call names companies in which this user is not: Odoo refuses it for that, whatever it does.
pub fn are_foreign(check: &Check, operation: &Operation) -> bool {
    let Some(chosen) = chosen(operation) else { return false };
    // A question in these companies would be refused as well.
    check.schemas.companies().is_some_and(|own| chosen.iter().any(|id| !own.contains(id)))
}

/// A condition that asks for one company or some: on the model itself, or on the way to another.
fn is_of_company(condition: &Value) -> bool {
    let path = condition[0].as_str().unwrap_or_default();
    let asks_for = matches!(condition[1].as_str(), Some("=" | "in" | "ilike" | "like" | "=like" | "=ilike"));
    asks_for
        && path.split('.').any(|name| matches!(name, "company_id" | "company_ids"))
        && condition[2] != false
}

/// The ids that a condition compares with; none for a text.
fn ids(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Array(list) => list.iter().map(Value::as_i64).collect(),
        one => Some(vec![one.as_i64()?]),
    }
}

/// The companies that the context chooses.
fn chosen(operation: &Operation) -> Option<Vec<i64>> {
    ids(operation.context.get(ALLOWED)?).filter(|ids| !ids.is_empty())
}

fn listed(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}
