//! Wizards: what a button asks back with, the commands that answer it, and what a wizard needs to be told of the
//! records that it is for. It sends questions only, after the work of a call is done or refused.

use serde_json::{Value, json};

use super::Check;
use crate::error::{Code, Error};
use crate::hint::{Action, Hint};
use crate::knowledge::models;
use crate::operation::{Object, Operation};

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
    if operation.model == BACKORDER && !operation.context.contains_key(TO_VALIDATE) {
        check.note(
            Hint::new(format!(
                "{BACKORDER} validates the transfers that its context names, and here it names none: "
            ))
            .with("context", json!({ TO_VALIDATE: [0] }))
            .text(", with their ids for 0, in create and in the call of its button"),
        );
    }
    let Some(source) = models::of_active(&operation.model) else { return };
    let is_told = ["active_ids", "active_id"].iter().any(|key| is_told(operation, key));
    if operation.method != "create" || is_told {
        return;
    }
    let schema = check.schemas.known(&operation.model);
    let names_some = |vals: &Value| {
        let is_relation = |name: &String| {
            matches!(name.as_str(), "line_ids" | "model" | "res_id" | "res_ids" | "res_model")
                || schema
                    .as_ref()
                    .and_then(|schema| schema.field(name))
                    .is_some_and(|field| field["relation"] == source)
        };
        vals.as_object().is_some_and(|vals| vals.keys().any(is_relation))
    };
    let vals = operation.kwargs.get("vals_list");
    let is_named = match vals {
        Some(Value::Array(list)) => list.iter().any(names_some),
        Some(one) => names_some(one),
        None => false,
    };
    if !is_named {
        check.note(of_context(&operation.model, source));
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
            let create = Action::new("create").with("model", model).with("vals", json!({}));
            note = note.action(with_context(create)).text("; then ");
            json!("ID")
        }
    };
    let buttons = buttons(check, model);
    let (method, label) = buttons.first().map_or(("METHOD", ""), |(method, label)| (method, label));
    let labelled = |label: &str| if label.is_empty() { String::new() } else { format!(" ({label})") };
    let call = Action::new("call").with("model", model).with("method", method).with("ids", json!([id]));
    let others: Vec<String> =
        buttons.iter().skip(1).map(|(method, label)| format!("{method}{}", labelled(label))).collect();
    note = note.action(with_context(call)).text(labelled(label));
    if !others.is_empty() {
        note = note.text(format!("; its other buttons are {}", others.join(", ")));
    }
    check.note(note);
}

/// The buttons of a model's form, as this user sees them: method and label.
fn buttons(check: &Check, model: &str) -> Vec<(String, String)> {
    let kwargs = json!({ "views": [[false, "form"]] }).as_object().cloned().unwrap_or_default();
    let answer =
        Operation::new(model, "get_views", kwargs).ok().and_then(|question| check.schemas.ask(question));
    let Some(arch) = answer.as_ref().and_then(|answer| answer["views"]["form"]["arch"].as_str()) else {
        return Vec::new();
    };
    // Those of the footer end the wizard; a button elsewhere is on a line or changes what is shown.
    let footer = arch.find("<footer").map_or(arch, |at| &arch[at..]);
    let mut found: Vec<(String, String)> = Vec::new();
    for tag in footer.split("<button").skip(1).filter_map(|rest| rest.split('>').next()) {
        let attribute = |name: &str| {
            let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
            Some(tag[from..].split('"').next().unwrap_or_default().to_string())
        };
        let is_hidden = matches!(attribute("invisible").as_deref(), Some("1" | "True"));
        if attribute("type").as_deref() == Some("object")
            && !is_hidden
            && let Some(name) = attribute("name")
            && found.iter().all(|(known, _)| *known != name)
        {
            found.push((name, attribute("string").unwrap_or_default()));
        }
    }
    found
}

/// What a refused call of a wizard may lack.
pub fn of_refusal(operation: &Operation, error: &Error) -> Option<Hint> {
    let source = models::of_active(&operation.model)?;
    let refused =
        matches!(error.code, Code::Rejected | Code::InvalidRequest | Code::ServerError | Code::NotFound);
    if !refused || is_told(operation, "active_ids") && is_told(operation, "active_model") {
        return None;
    }
    Some(of_context(&operation.model, source))
}
