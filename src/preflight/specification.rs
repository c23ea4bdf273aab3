//! The specification that `web_read` and its like take: an object whose keys are fields, with the fields of related
//! records inside. Plain lists of names are `names.rs`'s.

use serde_json::Value;

use super::findings::Findings;
use super::{Check, names, refused};
use crate::error::Result;
use crate::json_input::type_name;
use crate::knowledge::methods::Role;
use crate::odoo::schema::Schema;
use crate::operation::Operation;

/// Refuses fields that do not exist, as far as the models are known.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let Some(key) = check.argument(operation, Role::Specification) else { return Ok(()) };
    match operation.kwargs.get(key) {
        None | Some(Value::Null) => Ok(()),
        Some(specification) => of_model(check, &operation.model, specification, key),
    }
}

fn of_model(check: &Check, model: &str, specification: &Value, place: &str) -> Result<()> {
    let Value::Object(fields) = specification else {
        let error = refused(format!(
            "{place}: takes an object whose keys are fields, this is {}",
            type_name(specification)
        ));
        let names = specification.as_array().into_iter().flatten().filter_map(Value::as_str);
        let meant: crate::operation::Object =
            names.map(|name| (name.to_string(), Value::Object(Default::default()))).collect();
        return Err(match meant.is_empty() {
            true => error.with_hint("{\"name\": {}, \"partner_id\": {\"fields\": {\"name\": {}}}}"),
            false => error.with_hint(Value::Object(meant).to_string()),
        });
    };
    let Some(schema) = check.schemas.known(model) else { return Ok(()) };
    let mut found = Findings::default();
    for (name, inner) in fields {
        found.add(field(check, model, &schema, name, inner, &format!("{place}.{name}")))?;
    }
    found.told()
}

/// What `web_read` takes of a field of other records; another key it would leave out without a word.
const INSIDE: [&str; 6] = ["context", "fields", "limit", "model", "offset", "order"];

/// The description of a field that leads to other records.
fn inside(inner: &Value, place: &str) -> Result<()> {
    let names: Vec<&str> = inner.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !names.is_empty() {
        let fields: crate::operation::Object =
            names.into_iter().map(|name| (name.to_string(), Value::Object(Default::default()))).collect();
        return Err(refused(format!(
            "{place}: takes an object, Odoo would leave this list out without a word"
        ))
        .with_hint(serde_json::json!({ "fields": fields }).to_string()));
    }
    let Some(inner) = inner.as_object() else { return Ok(()) };
    let Some(key) = inner.keys().find(|key| !INSIDE.contains(&key.as_str())) else { return Ok(()) };
    let error = refused(format!(
        "{place}: takes fields, limit, offset, order and context, and would leave {key} out without a word"
    ));
    Err(match crate::suggest::closest(key, INSIDE.into_iter()) {
        Some(close) => error.with_hint(format!("did you mean {close}?")),
        None => {
            error.with_hint(format!("the fields of the other records: {{\"fields\": {{\"{key}\": {{}}}}}}"))
        }
    })
}

/// One field of a specification, and those of the records that it names.
fn field(check: &Check, model: &str, schema: &Schema, name: &str, inner: &Value, place: &str) -> Result<()> {
    if name.contains('.') && schema.has(name.split('.').next().unwrap_or_default()) {
        let (first, rest) = name.split_once('.').unwrap_or_default();
        return Err(refused(format!("{place}: a specification takes no dotted paths"))
            .with_hint(format!("{{\"{first}\": {{\"fields\": {{\"{rest}\": {{}}}}}}}}")));
    }
    names::known(check, model, schema, name, place)?;
    let described = schema.field(name).unwrap_or_default();
    let Some(relation) = described["relation"].as_str() else { return Ok(()) };
    inside(inner, place)?;
    match inner.get("fields").filter(|nested| nested.is_object()) {
        Some(nested) => of_model(check, relation, nested, &format!("{place}.fields")),
        None => Ok(()),
    }
}
