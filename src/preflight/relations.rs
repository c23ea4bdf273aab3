//! Values of many2one, one2many and many2many fields: ids, the pairs that reads return, and commands; and arguments
//! that take records. Nested records go back to `values.rs`.

use serde_json::{Value, json};

use super::findings::Findings;
use super::{Check, refused, values};
use crate::error::{Error, Result};
use crate::hint::{Action, Hint};
use crate::json_input::{self, type_name};
use crate::knowledge::methods;
use crate::operation::Operation;

/// `[7, "Azure Interior"]`, as read returns a many2one.
pub fn is_pair(value: &Value) -> bool {
    matches!(value.as_array().map(Vec::as_slice), Some([id, Value::String(_)]) if is_id(id))
}

fn is_id(value: &Value) -> bool {
    value.as_i64().is_some_and(|id| id > 0)
}

/// A many2one takes an id or false.
pub fn many2one(check: &Check, value: &mut Value, relation: &str, place: &str) -> Result<()> {
    if is_id(value) || *value == json!(false) {
        return Ok(());
    }
    // JSON of other programs has 20.0 for 20, which Odoo takes for nothing.
    if let Some(id) = json_input::whole(value).filter(|id| value.is_f64() && *id > 0) {
        check.mend(format!("{place}: {value} is sent as {id}"))?;
        *value = json!(id);
        return Ok(());
    }
    if is_pair(value) {
        let id = value[0].clone();
        check.mend(format!(
            "{place}: {value} is what read returns; written back it would clear the field, so {id} is sent"
        ))?;
        *value = id;
        return Ok(());
    }
    if value.is_null() || value.as_str() == Some("") {
        check.mend(format!("{place}: {value} is sent as false, which empties the field"))?;
        *value = json!(false);
        return Ok(());
    }
    let what = match &*value {
        Value::Number(number) => format!("{number}"),
        other => type_name(other).to_string(),
    };
    let error = refused(format!(
        "{place}: takes the id of a {relation} or false, this is {what}: Odoo would clear the field or fail"
    ));
    Err(match &*value {
        Value::String(text) => error.with_hints(meant(text, relation)),
        Value::Array(items) => match items.as_slice() {
            [id] if is_id(id) => error.with_hint(format!("write {id}")),
            _ => error,
        },
        Value::Object(object) if object.get("id").is_some_and(is_id) => {
            error.with_hint(format!("write {}", object["id"]))
        }
        Value::Object(object) if object.get("id").and_then(Value::as_str).is_some_and(is_number) => {
            error.with_hint(format!("write {}", object["id"].as_str().unwrap_or_default()))
        }
        Value::Object(object) => error.with_hints(super::ways::described(relation, object)),
        _ => error.with_hint("false empties it"),
    })
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok_and(|id| id > 0)
}

/// Module and name, as an external id has them.
fn external_id(text: &str) -> Option<(&str, &str)> {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    text.split_once('.').filter(|(module, name)| is_word(module) && is_word(name))
}

/// The way to the id that a text stands for.
pub fn meant(text: &str, relation: &str) -> Option<Hint> {
    if is_number(text) {
        return Some(format!("write {text} without quotes").into());
    }
    if let Some((module, name)) = external_id(text).filter(|_| relation != "ir.model") {
        let data = json!({ "module": module, "xml_id": name });
        let asked = Action::new("call")
            .with("model", "ir.model.data")
            .with("method", "check_object_reference")
            .with("data", data);
        return Some(Hint::new("the record with this external id: ").action(asked));
    }
    // The relation is the server's word: a line to be run holds no other than a name.
    crate::operation::check_model(relation).ok()?;
    let find = Action::new("lookup").with("kind", relation).with("query", text).with("one", true);
    Some(Hint::default().action(find))
}

/// Arguments that take records by their ids: a text is none of them. Whatever else they may take is Odoo's to judge.
pub fn linked(check: &Check, operation: &Operation) -> Result<()> {
    let Some(method) = methods::in_version(&operation.model, &operation.method, check.version) else {
        return Ok(());
    };
    let mut found = Findings::default();
    let links = method.arguments.iter().filter_map(|argument| Some((argument.name, argument.links?)));
    for (name, relation) in links.filter(|(name, _)| !check.is_forced(name)) {
        let given = operation.kwargs.get(name);
        if let Some(ids) = given.filter(|_| name.ends_with("_ids")).and_then(plain_ids) {
            found.add(Err(refused(format!(
                "{name}: takes a plain list of ids of {relation}: Odoo would fail or take none"
            ))
            .with_hint(format!("\"{name}\": {}", Value::from(ids)))))?;
            continue;
        }
        let texts: Vec<(String, &str)> = match given {
            Some(Value::String(text)) if !text.is_empty() => vec![(name.to_string(), text)],
            Some(Value::Array(items)) => {
                let texts =
                    items.iter().enumerate().filter_map(|(index, item)| Some((index, item.as_str()?)));
                texts.map(|(index, text)| (format!("{name}[{index}]"), text)).collect()
            }
            _ => Vec::new(),
        };
        for (place, text) in texts {
            let error =
                refused(format!("{place}: takes the id of a {relation}, this is a string: Odoo would fail"));
            found.add(Err(error.with_hints(meant(text, relation))))?;
        }
    }
    found.told()
}

/// The ids that a lone id, or commands that add or set, stand for.
fn plain_ids(given: &Value) -> Option<Vec<Value>> {
    if is_id(given) {
        return Some(vec![given.clone()]);
    }
    let commands = given.as_array().filter(|items| !items.is_empty())?;
    let mut ids = Vec::new();
    for command in commands {
        match (command.get(0).and_then(Value::as_i64)?, command.as_array()?.as_slice()) {
            (4, [_, id, ..]) if is_id(id) => ids.push(id.clone()),
            (6, [_, _, Value::Array(set)]) if set.iter().all(is_id) => ids.extend(set.iter().cloned()),
            _ => return None,
        }
    }
    Some(ids)
}

/// A one2many or many2many takes a list of commands, a list of ids, or false.
pub fn x2many(
    check: &Check,
    operation: &Operation,
    value: &mut Value,
    relation: &str,
    is_new: bool,
    place: &str,
) -> Result<()> {
    let fails = |what: &str| {
        refused(format!("{place}: {what}")).with_hint(
            "it takes commands: [[4, id, 0]] adds, [[3, id, 0]] takes off, [[6, 0, [ids]]] sets, [[0, 0, {values}]] creates",
        )
    };
    let items = match value {
        Value::Bool(false) => return Ok(()),
        Value::Null => {
            check.note(format!("{place}: null empties the list; leave the field out to keep it"));
            return Ok(());
        }
        Value::Array(items) => items,
        other => {
            let error = fails(&format!("takes a list, this is {}", type_name(other)));
            let text = other.as_str().unwrap_or_default();
            let id = text.strip_prefix('+').unwrap_or(text);
            return Err(match is_number(id) {
                true => error.with_hint(format!("[[4, {id}, 0]] adds it")),
                false => error.with_hints(meant(text, relation).filter(|_| !text.is_empty())),
            });
        }
    };
    if items.is_empty() {
        check.note(match is_new {
            true => format!(
                "{place}: an empty list leaves the field of a new record empty, without its default and what Odoo would fill in; leave the field out to have that"
            ),
            false => format!("{place}: an empty list changes nothing; [[5, 0, 0]] empties the field"),
        });
        return Ok(());
    }
    if items.iter().all(is_id) {
        if operation.method == "write" {
            check.note(format!("{place}: a plain list of ids replaces what was there; [[4, id, 0]] adds"));
        }
        return Ok(());
    }
    if items.iter().all(is_pair) {
        let ids: Vec<Value> = items.iter().map(|pair| pair[0].clone()).collect();
        let commands = json!([[6, 0, ids]]);
        check.mend(format!("{place}: a list of pairs of id and name is sent as {commands}"))?;
        *value = commands;
        return Ok(());
    }
    let mut found = Findings::default();
    for (index, item) in items.iter_mut().enumerate() {
        let place = format!("{place}[{index}]");
        let kind = type_name(item);
        found.add(match item {
            Value::Array(command) => nested(check, operation, command, relation, &place),
            Value::Object(vals) if vals.len() == 1 && vals.get("id").is_some_and(is_id) => {
                Err(refused(format!("{place}: a record that is there stands in a command by its id"))
                    .with_hint(format!("[[4, {}, 0]] adds it", vals["id"])))
            }
            Value::Object(_) => Err(refused(format!("{place}: values of a new record stand in a command"))
                .with_hint("[[0, 0, {values}]] creates, [[1, id, {values}]] changes")),
            _ => {
                let error = fails(&format!("item {index} is {kind}, neither an id nor a command"));
                Err(error.with_hints(item.as_str().and_then(|text| meant(text, relation))))
            }
        })?;
    }
    found.told()
}

fn nested(
    check: &Check,
    operation: &Operation,
    command: &mut [Value],
    relation: &str,
    place: &str,
) -> Result<()> {
    let code = command.first().and_then(Value::as_i64);
    let wrong = |what: &str| -> Error {
        refused(format!("{place}: {what}")).with_hint(
            "commands are [0,0,{values}] create, [1,id,{values}] change, [2,id,0] delete, [3,id,0] take off, [4,id,0] add, [5,0,0] empty, [6,0,[ids]] set",
        )
    };
    let id_is_sound = command.get(1).is_some_and(is_id);
    match (code, command) {
        (Some(0), [_, _, Value::Object(vals)]) => {
            values::object(check, operation, relation, vals, true, place)
        }
        (Some(1), [_, _, Value::Object(vals)]) if id_is_sound => {
            values::object(check, operation, relation, vals, false, place)
        }
        (Some(1), [_, _, Value::Object(_)]) => {
            Err(wrong("the second part of the command is the record's id"))
        }
        (Some(0 | 1), _) => Err(wrong("a command 0 or 1 has three parts, the last an object of values")),
        (Some(2..=4), [_, _] | [_, _, _]) if id_is_sound => Ok(()),
        (Some(2..=4), _) => Err(wrong("a command 2, 3 or 4 names the record's id in its second part")),
        (Some(5), _) => Ok(()),
        (Some(6), [_, _, ids]) => match ids {
            Value::Array(items) if items.iter().all(is_id) => Ok(()),
            Value::Array(items) if items.iter().all(is_pair) => {
                let only: Vec<Value> = items.iter().map(|pair| pair[0].clone()).collect();
                check.mend(format!("{place}: pairs of id and name are sent as ids"))?;
                *ids = only.into();
                Ok(())
            }
            other => {
                let error = wrong("the third part of a command 6 is a list of ids");
                let text = other.as_array().and_then(|items| items.iter().find_map(Value::as_str));
                Err(error.with_hints(text.and_then(|text| meant(text, relation))))
            }
        },
        _ => Err(wrong("this is no command")),
    }
}
