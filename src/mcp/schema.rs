//! The schema of a tool's arguments: that of the verb, from the same definition as a spec's, made so that every client
//! takes it. Conditions between keys are left to the checks, for many clients refuse a schema that has them on top.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::paging;
use crate::actions::definition::{Changes, Verb};

/// Keys that are of no use here: a person's yes is asked for by `approvals`, rows are no stream and no CSV, and no call
/// waits for a server to come back.
const NOT_HERE: [&str; 6] = ["confirm_outbound", "wait_approval", "page", "no_header", "wait", "for"];

/// What is said of a key here: where a command line speaks of itself, and where every tool would say it once more.
const SAID: [(&str, &str); 27] = [
    ("all", "Every record, by id, as many as an answer holds; next goes on"),
    ("by", "Field, or FIELD:PERIOD for a date, like date_order:month [default: one group of all]"),
    ("contains", "Name or label contains one of these"),
    ("context", ""),
    ("do", ""),
    ("domain", "Conditions [field, operator, value] that all hold; &, | and ! stand before theirs"),
    ("dry_run", ""),
    ("exact", "Whole names and codes only, whatever their case"),
    ("failed", "Only what was not sent or was refused"),
    ("fields", "Names, or '*' for all [default: the columns of Odoo's own list]"),
    ("force_fields", "Sent as given, unchecked"),
    ("having", "Which groups, like [[\"amount_total:sum\", \">\", 1000]]"),
    ("idempotency_key", "Once under this name"),
    ("ids", ""),
    ("match", "Name or label contains this"),
    ("max_records", "Most records [write 100, unlink 10]"),
    ("model", ""),
    ("no_before", "No undo: old values are not read"),
    ("offset", "Skip so many"),
    ("one", "The one match; none or several is an error"),
    ("read_back", "Answer with these fields afterwards"),
    ("refresh", ""),
    ("since", "From this time on, or of the last 2h"),
    ("strict", "Refuse, do not mend"),
    ("sum", "Add up these fields"),
    ("timeout", "With wait: at most this long, like 30s"),
    ("vals", "Values: links by id, lines as \"child_ids\": [[0, 0, {values}]]"),
];

/// Tools whose `all`, `fields` and `strict` are of another kind.
const OF_THEIR_OWN: [(&str, &str); 5] = [
    ("schema_summary", "all"),
    ("schema_summary", "fields"),
    ("doc_model", "fields"),
    ("undo", "fields"),
    ("read", "strict"),
];

/// Whether an argument of a verb is offered to a client.
pub fn is_offered(key: &str) -> bool {
    !NOT_HERE.contains(&key)
}

/// The schema of a verb's arguments.
pub fn of(verb: &Verb) -> Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let whole = (verb.definition.schema)(verb.name, &mut generator);
    let mut properties = Map::new();
    for (key, value) in whole["properties"].as_object().into_iter().flatten() {
        // What a read would send is of no use to whoever can have it done.
        let is_idle = key == "dry_run" && verb.reach.changes != Changes::Odoo;
        if key != "action" && is_offered(key) && !is_idle {
            let mut value = value.clone();
            portable(&mut value);
            let is_own = OF_THEIR_OWN.contains(&(verb.name, key.as_str()));
            match SAID.iter().find(|(name, _)| name == key).filter(|_| !is_own) {
                Some((_, "")) => {
                    drop(value.as_object_mut().and_then(|object| object.shift_remove("description")))
                }
                Some((_, said)) => value["description"] = (*said).into(),
                None => {}
            }
            properties.insert(key.clone(), value);
        }
    }
    if paging::is_of(verb) {
        let offset = json!({ "type": "integer", "description": paging::SAID });
        properties.insert(paging::OFFSET.into(), offset);
    }
    let required = whole["required"].as_array().into_iter().flatten().filter(|key| *key != "action");
    closed(properties, required.cloned().collect())
}

/// An object with these keys and no others.
pub fn closed(properties: Map<String, Value>, required: Vec<Value>) -> Map<String, Value> {
    let mut schema = Map::from_iter([("type".to_string(), json!("object"))]);
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

/// Takes out what is not understood everywhere or costs more than it tells: that a key which may be left out may be
/// null, limits that only a type has, and patterns, which the checks hold with words for what is wrong.
fn portable(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get("type") {
                let named: Vec<Value> = types.iter().filter(|name| *name != "null").cloned().collect();
                if let [one] = named.as_slice() {
                    let one = one.clone();
                    object.insert("type".into(), one);
                }
            }
            let most = object.get("maximum").and_then(Value::as_u64);
            if most.is_some_and(|most| most >= u64::from(u32::MAX)) {
                object.shift_remove("maximum");
            }
            if object.get("default") == Some(&json!(0)) {
                object.shift_remove("default");
            }
            for bound in ["maxLength", "minimum", "minItems"] {
                object.shift_remove(bound);
            }
            if object.get("pattern").is_some_and(Value::is_string) {
                object.shift_remove("pattern");
            }
            if object.shift_remove("anyOf").is_some() {
                // Conditions and signs, or kinds and models: which, is said in words.
                let (key, kinds) = match object.contains_key("description") {
                    true => ("type", json!("string")),
                    false => ("anyOf", json!([{ "type": "array" }, { "type": "string" }])),
                };
                object.insert(key.into(), kinds);
            }
            object.values_mut().for_each(portable);
        }
        Value::Array(items) => {
            items.retain(|item| *item != json!({ "type": "null" }));
            items.iter_mut().for_each(portable);
        }
        _ => {}
    }
}
