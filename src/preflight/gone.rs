//! Records that a refused call named and that do not exist: Odoo speaks of a constraint of its database, or of a
//! record without saying which argument named it. It asks Odoo, after the refusal, and changes nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Check;
use crate::error::{Code, Error};
use crate::hint::{Action, Hint};
use crate::odoo::schema::Schema;
use crate::operation::{Object, Operation};

/// Where ids stand, by the model that they are of: place and id.
type Named = BTreeMap<String, Vec<(String, i64)>>;

/// Says which of the records that the values name are not there.
pub fn named(check: &Check, operation: &Operation, error: &Error) -> Option<(String, Hint)> {
    let odoo = error.odoo.as_deref()?;
    let is_of_keys = odoo.message.contains("_fkey") || odoo.name == "psycopg2.errors.ForeignKeyViolation";
    let is_of_records = error.code == Code::NotFound && odoo.name == "odoo.exceptions.MissingError";
    if !is_of_keys && !is_of_records && error.code != Code::Rejected {
        return None;
    }
    let mut named = Named::new();
    for (key, value) in &operation.kwargs {
        if matches!(key.as_str(), "vals" | "vals_list" | "default")
            && let Some(schema) = check.schemas.known(&operation.model)
        {
            for vals in value.as_array().map_or_else(|| vec![value], |list| list.iter().collect()) {
                of_values(check, &schema, vals, &mut named);
            }
        }
    }
    // The constraint of one field is told by its label and its name, in the language of the user.
    let is_told = |place: &str| odoo.message.contains(&format!("({place})"));
    let is_of_one = named.values().flatten().any(|(place, _)| is_told(place));
    if !is_of_keys && !is_of_records && !is_of_one {
        return None;
    }
    if is_of_records && operation.ids.is_some() {
        let own = operation.ids.iter().flatten().map(|id| ("ids".to_string(), *id));
        named.entry(operation.model.clone()).or_default().extend(own);
    }
    let missing: Vec<(&String, String)> = named
        .iter()
        .flat_map(|(model, ids)| missing(check, model, ids).into_iter().map(move |says| (model, says)))
        .collect();
    let (model, _) = missing.first()?;
    let list = Action::new("search_read")
        .with("model", model.as_str())
        .with("fields", json!(["id", "display_name"]));
    let says: Vec<&str> = missing.iter().map(|(_, says)| says.as_str()).collect();
    Some((says.join("; "), Hint::default().action(list).text(" lists what there is")))
}

fn of_values(check: &Check, schema: &Schema, vals: &Value, named: &mut Named) {
    for (name, value) in vals.as_object().into_iter().flatten() {
        let Some(field) = schema.field(name) else { continue };
        let Some(relation) = field["relation"].as_str() else { continue };
        let ids = match value {
            Value::Array(items) => items.iter().flat_map(of_item).collect(),
            one => Vec::from_iter(one.as_i64()),
        };
        named.entry(relation.to_string()).or_default().extend(ids.into_iter().map(|id| (name.clone(), id)));
        for command in value.as_array().into_iter().flatten() {
            let holds_values = matches!(command.get(0).and_then(Value::as_i64), Some(0 | 1));
            if let (true, Some(inner)) = (holds_values, check.schemas.known(relation)) {
                of_values(check, &inner, &command[2], named);
            }
        }
    }
}

/// The ids in one item of a list: an id itself, or those of a command.
fn of_item(item: &Value) -> Vec<i64> {
    match item.get(0).and_then(Value::as_i64) {
        None => Vec::from_iter(item.as_i64()),
        Some(1..=4) => Vec::from_iter(item.get(1).and_then(Value::as_i64)),
        Some(6) => {
            item.get(2).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
        }
        Some(_) => Vec::new(),
    }
}

/// Those of the ids that are not there, archived ones included.
pub fn missing(check: &Check, model: &str, ids: &[(String, i64)]) -> Vec<String> {
    let wanted: Vec<i64> = ids.iter().map(|(_, id)| *id).collect();
    let kwargs = Object::from_iter([("domain".to_string(), json!([["id", "in", wanted]]))]);
    let there = Operation::new(model, "search", kwargs).ok().and_then(|mut question| {
        question.context.insert("active_test".into(), false.into());
        check.schemas.ask(question)
    });
    let Some(Value::Array(there)) = there else { return Vec::new() };
    ids.iter()
        .filter(|(_, id)| !there.contains(&json!(id)))
        .map(|(place, id)| format!("{place}: there is no {model} {id}, or this user does not see it"))
        .collect()
}
