//! The values that a call writes, each object with the model and the records that it is for, those in commands
//! included. It only walks; what is wrong with a value is decided by whoever walks.

use serde_json::Value;

use super::Check;
use crate::error::Result;
use crate::knowledge::methods;
use crate::operation::{Object, Operation};

/// One object of values.
pub struct Written<'a> {
    /// The model that the values are for.
    pub model: &'a str,
    /// The records that exist already; none of a new one.
    pub ids: &'a [i64],
    /// Where it stands, for messages.
    pub place: &'a str,
}

/// What is done with each object.
type Visitor<'a> = dyn FnMut(&Written, &mut Object) -> Result<()> + 'a;

/// Walks over the values of an operation that stores some.
pub fn walk(check: &Check, operation: &mut Operation, visit: &mut Visitor) -> Result<()> {
    let Some(method) = methods::of(&operation.model, &operation.method) else { return Ok(()) };
    let Some(key) = method.stores() else { return Ok(()) };
    let Some(mut given) = operation.kwargs.get_mut(key).map(Value::take) else { return Ok(()) };
    let ids = if method.makes_records() { None } else { operation.ids.clone() };
    let ids = ids.unwrap_or_default();
    let model = operation.model.clone();
    let outcome = match &mut given {
        Value::Object(vals) => one(
            check,
            &Written { model: &model, ids: &ids, place: key.trim_end_matches("_list") },
            vals,
            visit,
        ),
        Value::Array(list) => {
            let is_one = list.len() == 1;
            list.iter_mut().enumerate().try_for_each(|(index, vals)| {
                let place = if is_one { "vals".to_string() } else { format!("{key}[{index}]") };
                match vals {
                    Value::Object(vals) => {
                        // Of many values each is for the record in its place.
                        let ids = ids.get(index..=index).unwrap_or_default();
                        one(check, &Written { model: &model, ids, place: &place }, vals, visit)
                    }
                    _ => Ok(()),
                }
            })
        }
        _ => Ok(()),
    };
    operation.kwargs.insert(key.to_string(), given);
    outcome
}

fn one(check: &Check, at: &Written, vals: &mut Object, visit: &mut Visitor) -> Result<()> {
    visit(at, vals)?;
    let Some(schema) = check.schemas.known(at.model) else { return Ok(()) };
    for (name, value) in vals.iter_mut() {
        let Value::Array(commands) = value else { continue };
        if !commands.iter().any(Value::is_array) {
            continue;
        }
        let Some(field) = schema.field(name) else { continue };
        let relation = field["relation"].as_str().unwrap_or_default();
        for (index, command) in commands.iter_mut().enumerate() {
            let code = command.get(0).and_then(Value::as_i64);
            let id = command.get(1).and_then(Value::as_i64).filter(|_| code == Some(1));
            let Some(Value::Object(inner)) = command.get_mut(2).filter(|_| matches!(code, Some(0 | 1)))
            else {
                continue;
            };
            let place = format!("{}.{name}[{index}]", at.place);
            let ids: Vec<i64> = id.into_iter().collect();
            one(check, &Written { model: relation, ids: &ids, place: &place }, inner, visit)?;
        }
    }
    Ok(())
}

/// Fields of records as Odoo has them now.
pub fn read(check: &Check, model: &str, ids: &[i64], fields: &[&str]) -> Option<Vec<Value>> {
    let kwargs = Object::from_iter([("fields".to_string(), Value::from(fields.to_vec()))]);
    let question = Operation::new(model, "read", kwargs).ok()?.on(ids.to_vec());
    check.schemas.ask(question)?.as_array().cloned()
}
