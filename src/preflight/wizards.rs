//! Wizards: what a button asks back with, the commands that answer it, and what a wizard needs to be told of the
//! records that it is for. It sends questions only, after the work of a call is done or refused.

use serde_json::{Value, json};

use super::Check;
use super::buttons::{self, Button};
use crate::error::{Code, Error};
use crate::hint::{Action, Hint};
use crate::knowledge::models;
use crate::operation::{Access, Object, Operation};

/// Keys of a context that are every call's own, and not the wizard's.
const OWN: [&str; 8] = [
    "agent_channel",
    "agent_confirmation_token",
    "agent_mode",
    "allowed_company_ids",
    "bin_size",
    "lang",
    "tz",
    "uid",
];

/// The wizard that asks for a backorder, and where it is told what is to be validated.
const BACKORDER: &str = "stock.backorder.confirmation";
const TO_VALIDATE: &str = "button_validate_picking_ids";

/// Whether the context says something by a key.
fn is_told(operation: &Operation, key: &str) -> bool {
    operation.context.get(key).is_some_and(|value| *value != json!([]) && *value != false && !value.is_null())
}

/// Notes a wizard that is created for no records.
pub fn check(check: &Check, operation: &Operation) {
    // Questions, as for its form, validate nothing.
    let is_at_work = operation.access() == Access::Write && operation.method != "unlink";
    if operation.model == BACKORDER && is_at_work && !operation.context.contains_key(TO_VALIDATE) {
        check.note(
            Hint::new(format!(
                "{BACKORDER} validates the transfers that its context names, and here it names none: "
            ))
            .with("context", json!({ TO_VALIDATE: [0] }))
            .text(", with their ids for 0, in create and in the call of its button"),
        );
    }
    let Some(source) = models::of_active(&operation.model) else { return };
    let has_records = ["active_ids", "active_id"].iter().any(|key| is_told(operation, key));
    if operation.method == "create" && !has_records && !names_some(check, operation, source) {
        check.note(of_context(&operation.model, source));
    }
}

/// Whether the values name records, or what the context has in place of values.
fn names_some(check: &Check, operation: &Operation, source: &str) -> bool {
    let schema = check.schemas.known(&operation.model);
    let is_relation = |name: &str| {
        matches!(name, "line_ids" | "model" | "res_id" | "res_ids" | "res_model")
            || schema
                .as_ref()
                .and_then(|schema| schema.field(name))
                .is_some_and(|field| field["relation"] == source)
    };
    let in_vals =
        |vals: &Value| vals.as_object().is_some_and(|vals| vals.keys().any(|name| is_relation(name)));
    let in_context = operation.context.keys().filter_map(|key| key.strip_prefix("default_")).any(is_relation);
    in_context
        || match operation.kwargs.get("vals_list") {
            Some(Value::Array(list)) => list.iter().any(in_vals),
            Some(one) => in_vals(one),
            None => false,
        }
}

fn of_context(wizard: &str, source: &str) -> Hint {
    Hint::new(format!("{wizard} takes its records from the context: "))
        .with("context", json!({ "active_model": source, "active_ids": [0] }))
        .text(", with their ids for 0, in create and in the call of its button")
}

/// Says that a button was answered with a wizard, and which commands go on.
pub fn answered(check: &Check, operation: &Operation, action: &Value) {
    let opened = match action["type"].as_str() {
        Some("ir.actions.act_window") => action,
        // A notification can open a window after it.
        Some("ir.actions.client") => match action["params"]["next"]["type"].as_str() {
            Some("ir.actions.act_window") => &action["params"]["next"],
            _ => return,
        },
        _ => return,
    };
    let (Some(model), true) = (opened["res_model"].as_str(), opened["target"] == "new") else { return };
    if let Some(id) = shown_again(operation, model, opened) {
        return page(check, operation, model, opened, id);
    }
    let mut context = Object::new();
    // What a button puts into the context of its wizard is an object, or Python that only a browser evaluates.
    if let Some(returned) = opened["context"].as_object() {
        context.extend(returned.clone());
    }
    let ids = operation.ids.as_deref().unwrap_or_default();
    if !ids.is_empty() {
        context.entry("active_model").or_insert_with(|| operation.model.clone().into());
        context.entry("active_ids").or_insert_with(|| json!(ids));
        context.entry("active_id").or_insert_with(|| json!(ids[0]));
    }
    context.retain(|key, _| {
        !OWN.contains(&key.as_str())
            && crate::context::is_allowed(key)
            && operation.context.get(key).is_none()
    });
    let with_context = |action: Action| match context.is_empty() {
        true => action,
        false => action.with("context", Value::Object(context.clone())),
    };
    let title = opened["name"].as_str().filter(|name| !name.is_empty());
    let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
    let mut note = Hint::new(format!(
        "{}/{} is not done yet: Odoo asks back with the wizard {model}{title}. To go on: ",
        operation.model, operation.method
    ));
    let id = match opened["res_id"].as_i64().filter(|id| *id > 0) {
        Some(id) => json!(id),
        None => {
            let vals = filled(check, operation, model);
            let create = Action::new("create").with("model", model).with("vals", vals);
            note = note.action(with_context(create)).text("; then ");
            json!("ID")
        }
    };
    let buttons = buttons::of_wizard(check.schemas, model, view(opened), None);
    let method = buttons.first().map_or("METHOD", |button| &button.method);
    let label = buttons.first().map(labelled).unwrap_or_default();
    let call = Action::new("call").with("model", model).with("method", method).with("ids", json!([id]));
    let others: Vec<String> = buttons.iter().skip(1).map(named).collect();
    note = note.action(with_context(call)).text(label);
    if !others.is_empty() {
        note = note.text(format!("; its other buttons are {}", others.join(", ")));
    }
    check.note(note);
}

/// The values without which a wizard is not created, as its form takes them from the records.
fn filled(check: &Check, operation: &Operation, wizard: &str) -> Value {
    let value = || {
        let (field, ids) = (models::filled(wizard)?, operation.ids.clone()?);
        let kwargs = Object::from_iter([("fields".to_string(), json!([field]))]);
        let rows = check.schemas.ask(Operation::new(&operation.model, "read", kwargs).ok()?.on(ids))?;
        let value = &rows[0][field];
        let id = value.as_i64().or_else(|| value[0].as_i64())?;
        Some(json!({ field: id }))
    };
    value().unwrap_or_else(|| json!({}))
}

/// The record of the wizard that a button of its own, or of one of its lines, leaves open: what was asked of it is done.
fn shown_again(operation: &Operation, model: &str, opened: &Value) -> Option<i64> {
    let id = opened["res_id"].as_i64().filter(|id| *id > 0)?;
    let ids = operation.ids.as_deref().unwrap_or_default();
    let is_its_own = operation.model == model && ids.contains(&id);
    let is_of_a_line = operation.model.strip_prefix(model).is_some_and(|rest| rest.starts_with('.'));
    (is_its_own || is_of_a_line).then_some(id)
}

/// A page of a wizard that has been at work: the next step of several, or what came of it, which asks for nothing. A
/// page without a button is the end.
fn page(check: &Check, operation: &Operation, model: &str, opened: &Value, id: i64) {
    let kwargs = Object::from_iter([("fields".to_string(), json!(["state"]))]);
    let read = Operation::new(model, "read", kwargs).map(|read| read.on(vec![id]));
    let record = read.ok().and_then(|question| check.schemas.ask(question)).unwrap_or_default();
    let buttons = buttons::of_wizard(check.schemas, model, view(opened), record[0]["state"].as_str());
    if buttons.is_empty() {
        return;
    }
    let listed: Vec<String> = buttons.iter().map(named).collect();
    check.note(format!(
        "{}/{} has been carried out, and {model} {id} stays open: if more is to be done with it, its buttons are {}",
        operation.model,
        operation.method,
        listed.join(", ")
    ));
}

/// Which view an action opens, where it says so.
fn view(opened: &Value) -> Option<i64> {
    let listed = opened["views"].as_array().into_iter().flatten().find(|view| view[1] == "form");
    listed
        .and_then(|view| view[0].as_i64())
        .or_else(|| opened["view_id"].as_i64())
        .or_else(|| opened["view_id"][0].as_i64())
}

fn named(button: &Button) -> String {
    format!("{}{}", button.method, labelled(button))
}

fn labelled(button: &Button) -> String {
    if button.label.is_empty() { String::new() } else { format!(" ({})", button.label) }
}

/// What a refused call of a wizard may lack.
pub fn of_refusal(operation: &Operation, error: &Error) -> Option<Hint> {
    let source = models::of_active(&operation.model)?;
    let refused =
        matches!(error.code, Code::Rejected | Code::InvalidRequest | Code::ServerError | Code::NotFound);
    let has_some = is_told(operation, "active_ids") && is_told(operation, "active_model")
        || operation.context.contains_key("default_res_ids");
    if !refused || has_some {
        return None;
    }
    Some(of_context(&operation.model, source))
}
