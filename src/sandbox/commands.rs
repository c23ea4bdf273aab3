//! Odoo's x2many commands 0 to 6 and the short forms beside them (a plain
//! list of ids replaces, `false` empties, `[]` does nothing), on both sides
//! of a relation.

use serde_json::{Value, json};

use super::env::{Env, ids_of};
use super::fault::{Fault, Outcome};
use super::python::{repr, truthy};
use super::schema::{Field, FieldType, Model, find};
use super::{deletion, records};

/// Carries a value of an x2many field out on one record.
pub fn apply(
    env: &mut Env,
    model: &'static Model,
    id: i64,
    field: &'static Field,
    value: &Value,
) -> Outcome<()> {
    let Some(target) = field.relation().and_then(find) else { return Ok(()) };
    if !field.stored() && !matches!(field.kind, FieldType::One2many(..) | FieldType::Many2manyOf(..)) {
        return Ok(());
    }
    let wrong = || Fault::value(format!("Wrong value for {}.{}: {}", model.name, field.name, repr(value)));
    let commands = match value {
        Value::Null | Value::Bool(false) => vec![json!([5, 0, 0])],
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_i64) => {
            vec![json!([6, 0, items])]
        }
        Value::Array(items) => items.clone(),
        _ => return Err(wrong()),
    };
    for command in &commands {
        let parts = command.as_array().ok_or_else(wrong)?;
        let code = parts.first().and_then(Value::as_i64).ok_or_else(wrong)?;
        let other = parts.get(1).and_then(Value::as_i64).unwrap_or(0);
        let values = parts.get(2).cloned().unwrap_or(Value::Null);
        match code {
            0 => {
                let mut values = values.as_object().cloned().unwrap_or_default();
                if let FieldType::One2many(_, inverse) = field.kind {
                    values.insert(inverse.to_owned(), json!(id));
                }
                let created = records::create(env, target, &[values])?;
                link(env, model, id, field, &created)?;
            }
            1 => {
                let values = values.as_object().cloned().unwrap_or_default();
                records::write(env, target, &[other], &values)?;
            }
            2 => deletion::unlink(env, target, &[other])?,
            3 => unlink_from(env, model, id, field, &[other])?,
            4 => link(env, model, id, field, &[other])?,
            5 => {
                let all = linked(env, model, id, field);
                unlink_from(env, model, id, field, &all)?;
            }
            6 => {
                let wanted = ids_of(&values);
                let gone: Vec<i64> =
                    linked(env, model, id, field).into_iter().filter(|each| !wanted.contains(each)).collect();
                unlink_from(env, model, id, field, &gone)?;
                link(env, model, id, field, &wanted)?;
            }
            // Odoo looks for the codes that it knows and passes over any other.
            _ => {}
        }
    }
    Ok(())
}

/// What is linked now, archived ones included.
fn linked(env: &Env, model: &Model, id: i64, field: &Field) -> Vec<i64> {
    match field.kind {
        FieldType::One2many(target, inverse) => {
            let mut lines = holders(env, target, inverse, |value| value.as_i64() == Some(id));
            lines.retain(|line| !env.row(target, *line).is_some_and(|row| field.leaves_out(row)));
            lines
        }
        FieldType::Many2manyOf(target, inverse) => {
            holders(env, target, inverse, |value| ids_of(value).contains(&id))
        }
        _ => env.row(model.name, id).and_then(|row| row.get(field.name)).map(ids_of).unwrap_or_default(),
    }
}

fn holders(env: &Env, target: &str, field: &str, holds: impl Fn(&Value) -> bool) -> Vec<i64> {
    env.world.rows(target).filter(|(_, row)| row.get(field).is_some_and(&holds)).map(|(id, _)| id).collect()
}

fn link(env: &mut Env, model: &Model, id: i64, field: &Field, others: &[i64]) -> Outcome<()> {
    let Some(target) = field.relation().and_then(find) else { return Ok(()) };
    let missing: Vec<i64> = others.iter().copied().filter(|other| !env.exists(target.name, *other)).collect();
    if !missing.is_empty() {
        return Err(Fault::missing(target.name, &missing, env.user));
    }
    for other in others {
        match field.kind {
            FieldType::One2many(_, inverse) => {
                if env.row(target.name, *other).and_then(|row| row.get(inverse)) != Some(&json!(id)) {
                    let values = [(inverse.to_owned(), json!(id))].into_iter().collect();
                    records::write(env, target, &[*other], &values)?;
                }
            }
            FieldType::Many2manyOf(_, inverse) => include(env, target.name, *other, inverse, id),
            _ => include(env, model.name, id, field.name, *other),
        }
    }
    Ok(())
}

fn include(env: &mut Env, model: &str, id: i64, field: &str, member: i64) {
    let mut ids = env.row(model, id).and_then(|row| row.get(field)).map(ids_of).unwrap_or_default();
    if !ids.contains(&member) {
        ids.push(member);
        env.world.set(model, id, field, json!(ids));
    }
}

fn unlink_from(env: &mut Env, model: &Model, id: i64, field: &Field, others: &[i64]) -> Outcome<()> {
    let Some(target) = field.relation().and_then(find) else { return Ok(()) };
    for other in others {
        match field.kind {
            FieldType::One2many(_, inverse) => {
                if env.row(target.name, *other).and_then(|row| row.get(inverse)) != Some(&json!(id)) {
                    continue;
                }
                // A line that cannot be without its owner goes; any other is set free.
                if target.field(inverse).is_some_and(|field| field.not_null) {
                    deletion::unlink(env, target, &[*other])?;
                } else {
                    let values = [(inverse.to_owned(), json!(false))].into_iter().collect();
                    records::write(env, target, &[*other], &values)?;
                }
            }
            FieldType::Many2manyOf(_, inverse) => exclude(env, target.name, *other, inverse, id),
            _ => exclude(env, model.name, id, field.name, *other),
        }
    }
    Ok(())
}

/// Takes an id out of a kept list.
pub fn exclude(env: &mut Env, model: &str, id: i64, field: &str, member: i64) {
    let ids = env.row(model, id).and_then(|row| row.get(field)).map(ids_of).unwrap_or_default();
    if ids.contains(&member) {
        let rest: Vec<i64> = ids.into_iter().filter(|each| *each != member).collect();
        env.world.set(model, id, field, json!(rest));
    }
}

/// Whether a value asks for nothing.
pub fn is_nothing(value: &Value) -> bool {
    value.is_array() && !truthy(value)
}
