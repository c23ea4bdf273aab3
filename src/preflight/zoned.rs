//! Times with a zone in conditions: Odoo compares times in UTC that are written without one, so they are mended as in
//! values. Whether a condition is sound is `domain.rs`'s, and has been judged before.

use serde_json::Value;

use super::Check;
use super::dates::{self, Reading};
use super::domain::{self, Last};
use super::typed_times;
use crate::error::Result;
use crate::knowledge::methods::Role;
use crate::odoo::schema::Schema;
use crate::operation::Operation;
use std::sync::Arc;

/// Mends the domain of a method that takes one, as far as its fields are known.
pub fn mend(check: &Check, operation: &mut Operation) -> Result<()> {
    let Some(name) = check.argument(operation, Role::Domain) else { return Ok(()) };
    let Some(schema) = check.schemas.known(&operation.model) else { return Ok(()) };
    let model = operation.model.clone();
    match operation.kwargs.get_mut(name) {
        Some(domain) => walk(check, domain, &model, &schema, name),
        None => Ok(()),
    }
}

fn walk(check: &Check, domain: &mut Value, model: &str, schema: &Arc<Schema>, place: &str) -> Result<()> {
    for (index, item) in domain.as_array_mut().into_iter().flatten().enumerate() {
        let place = format!("{place}[{index}]");
        let Some([Value::String(path), operator, value]) = item.as_array_mut().map(Vec::as_mut_slice) else {
            continue;
        };
        let Ok(Some(Last { field, .. })) = domain::follow(check, path, model, schema, &place) else {
            continue;
        };
        if check.is_forced(path) {
            continue;
        }
        if field["type"] == "datetime" {
            match value {
                Value::Array(values) => values.iter_mut().try_for_each(|value| one(check, value, &place))?,
                value => one(check, value, &place)?,
            }
        } else if matches!(operator.as_str(), Some("any" | "not any")) {
            let relation = field["relation"].as_str().unwrap_or_default();
            if let Some(related) = check.schemas.known(relation) {
                walk(check, value, relation, &related, &format!("{place}[2]"))?;
            }
        }
    }
    Ok(())
}

fn one(check: &Check, value: &mut Value, place: &str) -> Result<()> {
    if let Some(text) = value.as_str() {
        typed_times::note(check, text, place);
    }
    let Some(Reading::Mended(utc, true)) = value.as_str().map(dates::datetime) else { return Ok(()) };
    check.mend(format!("{place}: {value} is sent as {utc:?}, in UTC, as Odoo compares it"))?;
    *value = utc.into();
    Ok(())
}
