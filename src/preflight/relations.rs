//! Values of many2one, one2many and many2many fields: ids, the pairs that reads return, and commands; and arguments
//! that take records. Nested records go back to `values.rs`.

use serde_json::{Value, json};

use super::findings::Findings;
use super::{Check, refused, values};
use crate::error::{Error, Result};
use crate::hint::{Action, Hint};
use crate::json_input::type_name;
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
        Value::String(text) => match meant(text, relation) {
            Some(way) => error.with_hint(way),
            None => error,
        },
        Value::Array(items) => match items.as_slice() {
            [id] if is_id(id) => error.with_hint(format!("write {id}")),
            _ => error,
        },
        Value::Object(object) if object.get("id").is_some_and(is_id) => {
            error.with_hint(format!("write {}", object["id"]))
        }
        Value::Object(object) => match super::ways::described(relation, object) {
            Some(way) => error.with_hint(way),
            None => error,
        },
        _ => error,
    })
}

/// The way to the id that a text stands for.
fn meant(text: &str, relation: &str) -> Option<Hint> {
    if text.parse::<u32>().is_ok_and(|id| id > 0) {
        return Some(format!("write {text} without quotes").into());
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
            found.add(Err(match meant(text, relation) {
                Some(way) => error.with_hint(way),
                None => error,
            }))?;
        }
    }
    found.told()
}

/// A one2many or many2many takes a list of commands, a list of ids, or false.
pub fn x2many(
    check: &Check,
    operation: &Operation,
    value: &mut Value,
    relation: &str,
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
        other => return Err(fails(&format!("takes a list, this is {}", type_name(other)))),
    };
    if items.is_empty() {
        check.note(format!("{place}: an empty list changes nothing; [[5, 0, 0]] empties the field"));
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
            Value::Object(_) => Err(refused(format!("{place}: values of a new record stand in a command"))
                .with_hint("[[0, 0, {values}]] creates, [[1, id, {values}]] changes")),
            _ => Err(fails(&format!("item {index} is {kind}, neither an id nor a command"))),
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
            _ => Err(wrong("the third part of a command 6 is a list of ids")),
        },
        _ => Err(wrong("this is no command")),
    }
}
