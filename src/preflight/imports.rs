//! The rows of `load`: as long as the columns, columns that exist, and with `--strict` names that one record has.
//! Odoo leaves cells out, and takes the first of several records, with no more than a warning.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::findings::Findings;
use super::{Check, names, refused};
use crate::error::Result;
use crate::hint::{Action, Hint};
use crate::json_input::bare_type_name;
use crate::odoo::schema::Schema;
use crate::operation::{Object, Operation};

/// The most different names that are looked up.
const MOST_NAMES: usize = 200;

/// Checks an import before it is sent.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    if operation.method != "load" {
        return Ok(());
    }
    let list = |key: &str| operation.kwargs.get(key).and_then(Value::as_array);
    let (Some(columns), Some(rows)) = (list("fields"), list("data")) else { return Ok(()) };
    for (index, row) in rows.iter().enumerate() {
        let place = format!("data[{index}]");
        let Some(cells) = row.as_array() else {
            return Err(refused(format!("{place}: a row is a list with a cell for each of fields"))
                .with_hint("[[\"Azure\", \"a@b.example\"], [\"Deco\", \"\"]]"));
        };
        if cells.len() != columns.len() {
            return Err(refused(format!(
                "{place}: {} cells for {} columns: Odoo would leave the rest out without a word",
                cells.len(),
                columns.len()
            )));
        }
        if let Some(at) = cells.iter().position(|cell| cell.is_array() || cell.is_object()) {
            return Err(refused(format!(
                "{place}[{at}]: a cell is a text, Odoo would store this {} as Python prints it",
                bare_type_name(&cells[at])
            )));
        }
    }
    let mut given = BTreeSet::new();
    for (index, column) in columns.iter().enumerate() {
        if !given.insert(column.to_string()) {
            return Err(refused(format!(
                "fields[{index}]: the column {column} stands twice: Odoo would take one of both without a word"
            )));
        }
    }
    if let Some(index) = columns.iter().position(|column| column == "id") {
        external_ids(check, rows.iter().map(|row| &row[index]), &format!("fields[{index}]"));
    }
    let Some(schema) = check.schema(&operation.model)? else { return Ok(()) };
    let mut found = Findings::default();
    // The columns as they may be meant; null where nobody can tell.
    let mut guessed = columns.clone();
    for (index, column) in columns.iter().enumerate() {
        let name = column.as_str().unwrap_or_default();
        let place = format!("fields[{index}]");
        let (first, rest) = name.split_once('/').map_or((name, None), |(first, rest)| (first, Some(rest)));
        if matches!(first, "id" | ".id") {
            continue;
        }
        let own = first.split('.').next().unwrap_or_default();
        let told = names::known(check, &operation.model, &schema, own, &place);
        if told.is_err() {
            let close = meant(check, &operation.model, &schema, own);
            guessed[index] = close.map_or(Value::Null, |close| name.replacen(own, close, 1).into());
            found.add(told)?;
            continue;
        }
        let Some(field) = schema.field(first) else { continue };
        let relation = field["relation"].as_str().unwrap_or_default();
        if let (Some(rest), Some(related)) = (rest, check.schemas.known(relation)) {
            let next = rest.split('/').next().unwrap_or_default();
            if !matches!(next, "id" | ".id") {
                let told = names::known(check, relation, &related, next, &place);
                if told.is_err() {
                    let close = meant(check, relation, &related, next);
                    let whole = |close: &str| format!("{first}/{}", rest.replacen(next, close, 1)).into();
                    guessed[index] = close.map_or(Value::Null, whole);
                }
                found.add(told)?;
            }
        }
        if check.rules.strict && rest.is_none() && field["type"] == "many2one" {
            let cells = rows.iter().filter_map(|row| row[index].as_str()).filter(|name| !name.is_empty());
            unambiguous(check, relation, cells.collect(), &place)?;
        }
    }
    found.told().map_err(|refusal| {
        let is_guessed = guessed.iter().all(Value::is_string) && refusal.errors.len() > 1;
        refusal.with_hints(is_guessed.then(|| format!("\"fields\": {}", Value::from(guessed))))
    })
}

/// The field that a column is for, as long as it is worth looking for.
fn meant<'s>(check: &Check, model: &str, schema: &'s Schema, name: &str) -> Option<&'s str> {
    if check.seeks() { names::meant(model, schema, name) } else { None }
}

/// Notes that ids of records stand where external ids are taken: each would make another record.
fn external_ids<'r>(check: &Check, cells: impl Iterator<Item = &'r Value>, place: &str) {
    let mut given = cells.map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_string));
    let is_id = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(first) = given.next().filter(is_id)
        && given.all(|cell| is_id(&cell))
    {
        check.note(format!(
            "{place}: id takes external ids: {first} is the record with the external id __import__.{first}, or a new one; the ids of records stand in a column .id"
        ));
    }
}

/// Refuses a name that several records have, or none.
fn unambiguous(check: &Check, relation: &str, given: BTreeSet<&str>, place: &str) -> Result<()> {
    for name in given.into_iter().take(MOST_NAMES) {
        let kwargs =
            json!({ "name": name, "operator": "=", "limit": 2 }).as_object().cloned().unwrap_or_default();
        let question = Operation::new(relation, "name_search", Object::from_iter(kwargs))?;
        let Some(Value::Array(found)) = check.schemas.ask(question) else { return Ok(()) };
        match found.len() {
            1 => {}
            0 => {
                return Err(refused(format!("{place}: no {relation} is called {name:?}")).with_hint(
                    Hint::default().action(Action::new("lookup").with("kind", relation).with("query", name)),
                ));
            }
            _ => {
                return Err(refused(format!(
                    "{place}: several {relation} are called {name:?}, and Odoo would take the first"
                ))
                .with_hint("name them by id: a column NAME/.id takes ids, NAME/id external ids"));
            }
        }
    }
    Ok(())
}
