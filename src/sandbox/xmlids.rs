//! External ids: the names under which an import finds its records again, kept as rows of `ir.model.data`. The
//! delivered company has none.

use serde_json::{Value, json};

use super::chatter::insert;
use super::env::Env;

const NAMES: &str = "ir.model.data";

fn split(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or(("__import__", name))
}

/// The record of a model that a name stands for.
pub fn find(env: &Env, model: &str, name: &str) -> Option<i64> {
    let (module, name) = split(name);
    let text =
        |row: &super::world::Row, field: &str| row.get(field).and_then(Value::as_str).map(str::to_owned);
    let mut rows = env.world.rows(NAMES).filter(|(_, row)| {
        text(row, "module").as_deref() == Some(module) && text(row, "name").as_deref() == Some(name)
    });
    let (_, row) = rows.find(|(_, row)| text(row, "model").as_deref() == Some(model))?;
    row.get("res_id").and_then(Value::as_i64).filter(|id| env.exists(model, *id))
}

/// The model and id of the row that a name has, if it is another model's.
pub fn elsewhere(env: &Env, model: &str, name: &str) -> Option<(String, i64)> {
    let (module, name) = split(name);
    let has = |row: &super::world::Row, field: &str, text: &str| {
        row.get(field).and_then(Value::as_str) == Some(text)
    };
    let mut rows =
        env.world.rows(NAMES).filter(|(_, row)| has(row, "module", module) && has(row, "name", name));
    let (_, row) = rows.find(|(_, row)| !has(row, "model", model))?;
    Some((row.get("model")?.as_str()?.to_owned(), row.get("res_id")?.as_i64()?))
}

/// The name of a record, if it has one.
pub fn of(env: &Env, model: &str, id: i64) -> Option<String> {
    let row = env.world.rows(NAMES).map(|(_, row)| row).find(|row| {
        row.get("model").and_then(Value::as_str) == Some(model) && row.get("res_id") == Some(&json!(id))
    })?;
    let part = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    Some(format!("{}.{}", part("module"), part("name")))
}

/// Gives a record a name.
pub fn keep(env: &mut Env, model: &str, id: i64, name: &str) {
    let (module, name) = split(name);
    let row = json!({"module": module, "name": name, "model": model, "res_id": id});
    insert(env, NAMES, row);
}
