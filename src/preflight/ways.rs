//! The way to what a field refuses: where a value that Odoo would lose, or that would go behind its back, has its
//! proper place. A table and the words for it; whether a value is refused is `values.rs`'s.

use serde_json::{Value, json};

use crate::hint::{Action, Hint};
use crate::knowledge::fields;
use crate::operation::{Object, Operation};

/// What to do in place of writing this field.
pub fn instead(model: &str, name: &str, vals: &Object) -> Option<Hint> {
    if model == "mail.activity" && matches!(name, "res_model" | "res_model_id") {
        return activity(vals);
    }
    fields::way(model, name).map(|way| worded(way, model))
}

/// A way with the records in the place that is kept for them.
fn worded(way: &str, model: &str) -> Hint {
    let (mut hint, mut rest) = (Hint::default(), way);
    while let Some((before, (place, after))) =
        rest.split_once('{').and_then(|(before, marked)| Some((before, marked.split_once('}')?)))
    {
        hint = hint.text(before);
        hint = match place {
            "ids" => hint.with("ids", "ID"),
            _ => hint.with("context", json!({ "active_model": model, "active_ids": ["ID"] })),
        };
        rest = after;
    }
    hint.text(rest)
}

/// An activity stands on a record, and is made there.
fn activity(vals: &Object) -> Option<Hint> {
    let model = vals.get("res_model")?.as_str()?;
    let id = vals.get("res_id").filter(|id| id.is_i64()).cloned().unwrap_or_else(|| json!("ID"));
    let taken = ["activity_type_id", "date_deadline", "note", "summary", "user_id"];
    let data: Object =
        taken.into_iter().filter_map(|key| Some((key.to_string(), vals.get(key)?.clone()))).collect();
    let call =
        Action::new("call").with("model", model).with("method", "activity_schedule").with("ids", json!([id]));
    let call = if data.is_empty() { call } else { call.with("data", Value::Object(data)) };
    Some(Hint::default().action(call))
}

/// What is meant by an object of texts: no field takes one, though translated texts are kept as one.
pub fn translations(
    operation: &Operation,
    model: &str,
    field: &Value,
    name: &str,
    value: &Value,
) -> Vec<Hint> {
    let language = |key: &str| -> Option<String> {
        let (letters, rest) = key.split_at_checked(2)?;
        let is_one = letters.bytes().all(|byte| byte.is_ascii_lowercase())
            && (rest.is_empty() || rest.starts_with(['_', '-', '@']));
        is_one.then(|| key.replace('-', "_"))
    };
    let texts: Option<Object> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, text)| Some((language(key)?, text.clone())))
        .collect();
    let Some(texts) = texts.filter(|texts| !texts.is_empty()) else {
        return vec![format!("as one text it is {}", Value::from(value.to_string())).into()];
    };
    if field["translate"] == false {
        return vec![format!("{name} has one text for all languages: write it as a string").into()];
    }
    let first = texts.keys().next().cloned().unwrap_or_default();
    let mut hints =
        vec![Hint::new("one write for each language, with ").with("context", json!({ "lang": first }))];
    let ids = operation.ids.as_deref().unwrap_or_default();
    // What is copied stays as it is.
    let is_theirs = operation.model == model && operation.method != "copy" && !ids.is_empty();
    if is_theirs && field["type"] != "html" {
        let all = Action::new("call")
            .with("model", model)
            .with("method", "update_field_translations")
            .with("ids", json!(ids))
            .with("data", json!({ "field_name": name, "translations": texts }));
        hints.push(Hint::new("or all at once: ").action(all));
    }
    hints
}

/// A record described by its values in place of its id: the lookup that finds it.
pub fn described(relation: &str, object: &Object) -> Option<Hint> {
    let keys = ["name", "display_name", "email", "login", "code", "default_code", "ref", "vat"];
    let (key, value) = keys.iter().find_map(|key| Some((*key, object.get(*key)?.as_str()?)))?;
    let relation = if relation.is_empty() { "MODEL" } else { relation };
    Some(Hint::default().action(match key {
        "name" | "display_name" => {
            Action::new("lookup").with("kind", relation).with("query", value).with("one", true)
        }
        _ => Action::new("search_read").with("model", relation).with("domain", json!([[key, "=", value]])),
    }))
}
