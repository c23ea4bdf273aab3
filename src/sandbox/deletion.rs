//! Deleting: who may, what refuses to be left behind, what goes along and what is only
//! emptied, as the foreign keys of the schema say. The refusals of particular models come
//! from `business`.

use serde_json::{Value, json};

use super::access::{self, Operation};
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::records::there;
use super::schema::{Field, Model, OnDelete, models};
use super::{business, commands, values};

/// Deletes records and what goes with them.
pub fn unlink(env: &mut Env, model: &'static Model, ids: &[i64]) -> Outcome<()> {
    if ids.is_empty() {
        return Ok(());
    }
    access::check(env, model, Operation::Unlink)?;
    let ids = &there(env, model, ids)?;
    access::check_rows(env, model, ids, Operation::Unlink)?;
    business::before_unlink(env, model, ids)?;
    for id in ids {
        let value = json!(id);
        for other in models() {
            for field in
                other.all_fields().filter(|field| field.stored() && field.relation() == Some(model.name))
            {
                release(env, model, ids, other, field, &value)?;
            }
            if model.thread && other.module == "mail" && !ids.is_empty() {
                forget_thread(env, model, *id, other);
            }
        }
        env.world.remove(model.name, *id);
    }
    Ok(())
}

fn release(
    env: &mut Env,
    model: &Model,
    leaving: &[i64],
    other: &'static Model,
    field: &Field,
    value: &Value,
) -> Outcome<()> {
    let many = field.is_x2many();
    let holders: Vec<i64> = env
        .world
        .rows(other.name)
        .filter(|(_, row)| match row.get(field.name) {
            Some(Value::Array(ids)) => many && ids.contains(value),
            Some(one) => !many && one == value,
            None => false,
        })
        .map(|(id, _)| id)
        .filter(|id| other.name != model.name || !leaving.contains(id))
        .collect();
    for holder in holders {
        match field.on_delete {
            _ if many => commands::exclude(env, other.name, holder, field.name, value.as_i64().unwrap_or(0)),
            _ if field.name.ends_with("_uid") => {}
            OnDelete::SetNull => env.world.set(other.name, holder, field.name, json!(false)),
            OnDelete::Restrict => return Err(Fault::integrity(values::in_use(other, field))),
            OnDelete::Cascade => env.as_superuser(|env| unlink(env, other, &[holder]))?,
        }
    }
    Ok(())
}

fn forget_thread(env: &mut Env, model: &Model, id: i64, chatter: &Model) {
    let by = match chatter.name {
        "mail.message" => "model",
        "mail.followers" | "mail.activity" => "res_model",
        _ => return,
    };
    let gone: Vec<i64> = env
        .world
        .rows(chatter.name)
        .filter(|(_, row)| row.get("res_id") == Some(&json!(id)) && row.get(by) == Some(&json!(model.name)))
        .map(|(line, _)| line)
        .collect();
    for line in gone {
        env.world.remove(chatter.name, line);
    }
}
