//! Properties: a write replaces them all, so those that it leaves out are sent along as they are; and each value is
//! held against the definition of its property, as Odoo turns one that does not fit into nothing. It asks for the
//! definitions: they are records' data and in no schema.

use serde_json::{Value, json};

use super::written::{self, Written};
use super::{Check, gone, refused, relations, scalars};
use crate::error::Result;
use crate::hint::Hint;
use crate::json_input::type_name;
use crate::operation::{Object, Operation};
use crate::suggest::closest;

/// Completes and checks the properties that an operation writes.
pub fn check(check: &Check, operation: &mut Operation) -> Result<()> {
    written::walk(check, operation, &mut |at, vals| {
        let Some(schema) = check.schemas.known(at.model) else { return Ok(()) };
        for name in vals.keys().cloned().collect::<Vec<_>>() {
            if check.is_forced(&name) {
                continue;
            }
            let Some(field) = schema.field(&name) else { continue };
            match field["type"].as_str() {
                Some("properties") => values(check, at, vals, &name, &field)?,
                Some("properties_definition") => definition(check, at, &vals[&name], &name)?,
                _ => {}
            }
        }
        Ok(())
    })
}

/// A definition that leaves a property out deletes it, with its value on every record.
fn definition(check: &Check, at: &Written, value: &Value, name: &str) -> Result<()> {
    if at.ids.is_empty() {
        return Ok(());
    }
    let given: Vec<&Value> = value.as_array().into_iter().flatten().collect();
    let rows = written::read(check, at.model, at.ids, &[name]).unwrap_or_default();
    let lost: Vec<String> = rows
        .iter()
        .filter_map(|row| row[name].as_array())
        .flatten()
        .filter(|known| given.iter().all(|given| given["name"] != known["name"]))
        .map(called)
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(refused(format!(
        "{}.{name}: a property that the list leaves out is deleted with its value on every record: {}",
        at.place,
        lost.join(", ")
    ))
    .with_hint(format!("read {name} and send those along, each with its name"))
    .with_hint(Hint::default().with("force_fields", name).text(" deletes them")))
}

/// The properties of a record, or of several of which nothing else is lost.
fn values(check: &Check, at: &Written, vals: &mut Object, name: &str, field: &Value) -> Result<()> {
    let place = format!("{}.{name}", at.place);
    let Some(mut given) = by_name(&vals[name], &place)? else { return Ok(()) };
    let Some(rows) = known(check, at, vals, name, field) else {
        let container = field["definition_record"].as_str().unwrap_or_default();
        if !at.ids.is_empty() {
            check.note(format!("{place}: a write of properties empties those that it leaves out"));
        } else if !given.is_empty() && !container.is_empty() && !vals.contains_key(container) {
            check.note(format!(
                "{place}: its properties are defined by {container}, which the values leave out: where there is none, Odoo drops them without a word"
            ));
        }
        return Ok(());
    };
    for definitions in &rows {
        for (property, value) in given.iter_mut() {
            fits(check, definitions, property, value, &place)?;
        }
    }
    there(check, rows.iter().flatten(), &given, &place)?;
    let mut others: Vec<Vec<&Value>> = Vec::new();
    if !at.ids.is_empty() {
        for definitions in &rows {
            let left = definitions.iter().filter(|known| {
                let name = known["name"].as_str().unwrap_or_default();
                holds_something(&known["value"]) && !given.contains_key(name)
            });
            others.push(left.collect());
        }
    }
    let Some(first) = others.iter().find(|others| !others.is_empty()) else {
        vals.insert(name.to_string(), Value::Object(given));
        return Ok(());
    };
    let names: Vec<String> = first.iter().copied().map(called).collect();
    // Nothing is named: emptied is what is asked for.
    if given.is_empty() {
        check.note(format!("{place}: this empties every property: {}", names.join(", ")));
        return Ok(());
    }
    let merged: Vec<Object> = others.iter().map(|others| with(&given, others)).collect();
    if merged.iter().any(|one| *one != merged[0]) {
        return Err(refused(format!(
            "{place}: a write empties the other properties, and these records hold different values of them: {}",
            names.join(", ")
        ))
        .with_hint("write each record by itself: what it holds is then sent along"));
    }
    check.mend(format!(
        "{place}: a write empties the properties that it leaves out, so the other properties are sent along: {}",
        names.join(", ")
    ))?;
    vals.insert(name.to_string(), Value::Object(merged.into_iter().next().unwrap_or_default()));
    Ok(())
}

/// The definitions with the values that the records have now, or of a new record those of its container.
fn known(check: &Check, at: &Written, vals: &Object, name: &str, field: &Value) -> Option<Vec<Vec<Value>>> {
    if !at.ids.is_empty() {
        let rows = written::read(check, at.model, at.ids, &[name])?;
        return Some(rows.iter().map(|row| row[name].as_array().cloned().unwrap_or_default()).collect());
    }
    let record = field["definition_record"].as_str()?;
    let definition = field["definition_record_field"].as_str()?;
    let container = vals.get(record)?.as_i64()?;
    let relation = check.schemas.known(at.model)?.field(record)?["relation"].as_str()?.to_string();
    let rows = written::read(check, &relation, &[container], &[definition])?;
    Some(vec![rows.first()?[definition].as_array().cloned().unwrap_or_default()])
}

/// The values by name: from an object, or from the list that a read gives. Nothing of a list that changes the
/// definitions, which is whole by itself.
fn by_name(value: &Value, place: &str) -> Result<Option<Object>> {
    match value {
        Value::Object(object) => Ok(Some(object.clone())),
        Value::Array(items) => {
            if items.iter().any(|item| {
                item.get("definition_changed").is_some() || item.get("definition_deleted").is_some()
            }) {
                return Ok(None);
            }
            let mut object = Object::new();
            for item in items {
                match (item.get("name").and_then(Value::as_str), item.get("value")) {
                    (Some(name), Some(value)) => {
                        object.insert(name.to_string(), value.clone());
                    }
                    // A property that holds nothing is read without a value.
                    (Some(name), None) => {
                        object.insert(name.to_string(), false.into());
                    }
                    (None, _) => {
                        return Err(refused(format!(
                            "{place}: each property of a list has a name and a value"
                        ))
                        .with_hint("or an object, by name: {\"NAME\": value}"));
                    }
                }
            }
            Ok(Some(object))
        }
        Value::Null | Value::Bool(false) => Ok(Some(Object::new())),
        other => Err(refused(format!(
            "{place}: takes an object of values by the name of the property, this is {}",
            type_name(other)
        ))),
    }
}

fn with(given: &Object, others: &[&Value]) -> Object {
    let mut whole = Object::new();
    for other in others {
        let plain = match &other["value"] {
            Value::Array(items) if relations::is_pair(&other["value"]) => items[0].clone(),
            Value::Array(items) => items
                .iter()
                .map(|item| if item.is_array() { item[0].clone() } else { item.clone() })
                .collect(),
            value => value.clone(),
        };
        whole.insert(other["name"].as_str().unwrap_or_default().to_string(), plain);
    }
    whole.extend(given.clone());
    whole
}

fn holds_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]) && value != ""
}

/// `p1 (Reference)`.
fn called(definition: &Value) -> String {
    let name = definition["name"].as_str().unwrap_or("?");
    match definition["string"].as_str() {
        Some(label) if !label.is_empty() => format!("{name} ({label})"),
        _ => name.to_string(),
    }
}

/// Refuses a property that is not defined, and a value that Odoo would turn into nothing.
fn fits(check: &Check, definitions: &[Value], name: &str, value: &mut Value, place: &str) -> Result<()> {
    let Some(definition) = definitions.iter().find(|known| known["name"] == name) else {
        let error =
            refused(format!("{place}: there is no property {name} here, Odoo would ignore the value"));
        if !check.seeks() {
            return Err(error);
        }
        let by_label = definitions
            .iter()
            .find(|known| known["string"].as_str().is_some_and(|label| label.eq_ignore_ascii_case(name)));
        let names = || definitions.iter().filter_map(|known| known["name"].as_str());
        return Err(
            match by_label.and_then(|known| known["name"].as_str()).or_else(|| closest(name, names())) {
                Some(close) => error.with_hint(format!("did you mean {close}?")),
                None if definitions.is_empty() => error.with_hint("its container defines none"),
                None => error.with_hint(format!(
                    "there are {}",
                    definitions.iter().map(called).collect::<Vec<_>>().join(", ")
                )),
            },
        );
    };
    let place = format!("{place}.{}", called(definition));
    let relation = definition["comodel"].as_str().unwrap_or_default();
    match definition["type"].as_str().unwrap_or_default() {
        "many2one" => relations::many2one(check, value, relation, &place),
        "many2many" => ids(check, value, relation, &place),
        "tags" => tags(check, value, &definition["tags"], &place),
        "char" | "text" | "html" if value.is_number() => {
            Err(refused(format!("{place}: takes a text, Odoo would store nothing for the number {value}"))
                .with_hint(format!("write \"{value}\" with quotes")))
        }
        "separator" => Err(refused(format!("{place}: a separator holds no value"))),
        _ => scalars::check(check, value, definition, &place),
    }
}

/// Refuses records that are not there: Odoo would keep nothing of them, without a word.
fn there<'d>(
    check: &Check,
    definitions: impl Iterator<Item = &'d Value>,
    given: &Object,
    place: &str,
) -> Result<()> {
    for definition in definitions {
        let Some(value) = definition["name"].as_str().and_then(|name| given.get(name)) else { continue };
        let Some(relation) = definition["comodel"].as_str() else { continue };
        let ids: Vec<i64> = match value {
            Value::Array(items) => items.iter().filter_map(Value::as_i64).collect(),
            one => one.as_i64().into_iter().collect(),
        };
        // What the record holds already was there when it was read.
        let held = match &definition["value"] {
            Value::Array(items) if relations::is_pair(&definition["value"]) => vec![&items[0]],
            Value::Array(items) => items.iter().map(|item| item.get(0).unwrap_or(item)).collect(),
            one => vec![one],
        };
        let place = format!("{place}.{}", called(definition));
        let new = ids.into_iter().filter(|id| !held.contains(&&json!(id))).map(|id| (place.clone(), id));
        let new: Vec<(String, i64)> = new.collect();
        if new.is_empty() {
            continue;
        }
        if let Some(missing) = gone::missing(check, relation, &new).into_iter().next() {
            return Err(refused(format!("{missing}: Odoo would leave the property empty")));
        }
    }
    Ok(())
}

/// A many2many property takes a plain list of ids, no commands.
fn ids(check: &Check, value: &mut Value, relation: &str, place: &str) -> Result<()> {
    let items = match value {
        Value::Null | Value::Bool(false) => return Ok(()),
        Value::Array(items) => items,
        other => {
            return Err(refused(format!(
                "{place}: takes a list of ids of {relation}, this is {}",
                type_name(other)
            )));
        }
    };
    if items.iter().all(relations::is_pair) && !items.is_empty() {
        let plain: Vec<Value> = items.iter().map(|pair| pair[0].clone()).collect();
        check.mend(format!("{place}: pairs of id and name are sent as ids"))?;
        *value = plain.into();
        return Ok(());
    }
    match items.iter().find(|item| item.as_i64().is_none_or(|id| id < 1)) {
        Some(wrong) => {
            let error = refused(format!(
                "{place}: takes a plain list of ids of {relation}, {wrong} is none: Odoo would empty it"
            ));
            Err(error.with_hints(wrong.as_str().and_then(|text| relations::meant(text, relation))))
        }
        None => Ok(()),
    }
}

fn tags(check: &Check, value: &Value, known: &Value, place: &str) -> Result<()> {
    let keys = || known.as_array().into_iter().flatten().map(|tag| &tag[0]);
    let items = match value {
        Value::Null | Value::Bool(false) => return Ok(()),
        Value::Array(items) => items,
        other => return Err(refused(format!("{place}: takes a list of tags, this is {}", type_name(other)))),
    };
    match items.iter().find(|item| keys().all(|key| key != *item)) {
        Some(wrong) => {
            Err(scalars::no_such_key(check, format!("{place}: there is no tag {wrong}"), wrong, known))
        }
        None => Ok(()),
    }
}
