//! Spec files: one JSON object that says the same as a command line. It becomes the very same `Job`, by the same
//! definition of the verb. Unknown and repeated keys are errors, with the path inside the spec. The schema is made
//! from the types that parse.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::actions::definition::{Job, Verb};
use crate::actions::{self, VERBS};
use crate::arguments::rules::Common;
use crate::arguments::{At, keys};
use crate::error::{Code, Error, Result};
use crate::json_input;
use crate::json_slips;
use crate::operation::Object;

/// Understands the text of a spec.
pub fn parse(text: &str) -> Result<Job> {
    let value = json_input::parse(text).map_err(|why| {
        let error = invalid(format!("the spec is not valid JSON: {why}"));
        let hints = json_slips::of_text(text);
        let error = match hints.is_empty() && !text.trim_start().starts_with(['{', '[']) {
            true => error.with_hint(
                "a spec is one JSON object, like {\"action\": \"search_read\", \"model\": \"res.partner\"}",
            ),
            false => error,
        };
        error.with_hints(hints)
    })?;
    understand(value).map_err(|mut error| {
        // The same checks serve flags; in a spec their code is the spec's.
        if matches!(error.code, Code::InvalidJson | Code::Usage) {
            error.code = Code::InvalidSpec;
        }
        error
    })
}

fn invalid(message: String) -> Error {
    Error::new(Code::InvalidSpec, message)
}

fn understand(value: Value) -> Result<Job> {
    if let Value::Array(several) = &value
        && let [Value::Object(first), _, ..] = several.as_slice()
    {
        let error = json_input::wrong_type("spec", "an object", &value);
        return Err(error
            .with_hint(format!("one action a spec, the first of these {}", Value::Object(first.clone()))));
    }
    let mut object = json_input::object(value, "spec")?;
    let action = match object.shift_remove("action") {
        Some(Value::String(action)) => action,
        None | Some(Value::Null) => {
            let error = invalid("spec.action is missing".into());
            return Err(match without_action(&object) {
                Some(same) => error.with_hint(format!("with it: {}", Value::Object(same))),
                None => error.with_hint(format!("it is one of {}", names().collect::<Vec<_>>().join(", "))),
            });
        }
        Some(other) => return Err(json_input::wrong_type("spec.action", "a string", &other)),
    };
    let Some(verb) = actions::verb(&action) else {
        let names: Vec<&str> = names().collect();
        let error = invalid(format!("spec.action: {action:?} is not one of {}", names.join(", ")));
        if let Some(instead) = in_place_of(&action, &object) {
            return Err(error.with_hint(instead));
        }
        return Err(match crate::suggest::closest(&action.replace('-', "_"), names.into_iter()) {
            Some(close) => error.with_hint(format!("did you mean {close}?")),
            None => error,
        });
    };
    job_of(verb, object, &|key| format!("spec.{key}"), &|_| true)
}

/// What the arguments of a verb by their keys come to, held to what its schema says of them. A surface that does not
/// offer a key does not have it told either.
///
/// # Errors
/// An unknown key, one that is missing, or a value that is not of its kind.
pub fn job_of(verb: &Verb, object: Object, at: At, is_offered: &dyn Fn(&str) -> bool) -> Result<Job> {
    refuse_unknown(&object, verb, at, is_offered)?;
    for argument in verb.definition.own {
        if let Some(value) = object.get(argument.key()) {
            (argument.form.exact)(value, &at(argument.key()))?;
        }
    }
    (verb.definition.job)(object, at)
}

/// What a spec without an action means: one inside another object, an envelope of JSON-RPC, a method of a model.
fn without_action(object: &Object) -> Option<Object> {
    let inner = ["spec", "params", "arguments", "input"].iter().find_map(|key| object.get(*key)?.as_object());
    let object = inner.unwrap_or(object);
    if object.contains_key("action") {
        return Some(object.clone());
    }
    let model = object.get("model").filter(|model| model.is_string())?;
    let Some(method) = object.get("method").and_then(Value::as_str) else {
        let asks = ["domain", "fields"].iter().any(|key| object.contains_key(*key));
        let mut same = Object::from_iter([("action".to_string(), json!("search_read"))]);
        same.extend(object.clone());
        return asks.then_some(same);
    };
    let own = ["ids", "data", "context"]
        .iter()
        .filter_map(|key| Some((key.to_string(), object.get(*key)?.clone())));
    let mut same = Object::from_iter([
        ("action".to_string(), json!("call")),
        ("model".to_string(), model.clone()),
        ("method".to_string(), json!(method)),
    ]);
    same.extend(own);
    // By position: how they go by name is said when it is called.
    let by_position =
        ["args", "kwargs"].iter().filter_map(|key| Some((key.to_string(), object.get(*key)?.clone())));
    let by_position: Object = by_position.collect();
    if !by_position.is_empty() && !same.contains_key("data") {
        same.insert("data".into(), Value::Object(by_position));
    }
    Some(same)
}

/// Keys of other programs, and the key here that says the same.
const KEYS: [(&str, &str); 22] = [
    ("args", "data"),
    ("arguments", "data"),
    ("attributes", "fields"),
    ("columns", "fields"),
    ("conditions", "domain"),
    ("criteria", "domain"),
    ("data", "vals"),
    ("filter", "domain"),
    ("filters", "domain"),
    ("groupby", "by"),
    ("id", "ids"),
    ("kwargs", "data"),
    ("name", "query"),
    ("order_by", "order"),
    ("params", "data"),
    ("query", "domain"),
    ("record_ids", "ids"),
    ("records", "vals_list"),
    ("sort", "order"),
    ("text", "query"),
    ("values", "vals"),
    ("where", "domain"),
];

/// Methods and words of other programs that are no action here.
const WORDS: [(&str, &str); 17] = [
    ("add", "create"),
    ("delete", "unlink"),
    ("describe", "schema_summary"),
    ("edit", "write"),
    ("execute", "call"),
    ("fields_get", "schema_summary"),
    ("formatted_read_group", "group"),
    ("find", "search_read"),
    ("get", "read"),
    ("insert", "create"),
    ("list", "search_read"),
    ("remove", "unlink"),
    ("search", "search_read"),
    ("search_count", "count"),
    ("read_group", "group"),
    ("set", "write"),
    ("update", "write"),
];

/// What does the same as something that is no action: another action, or a call of the method.
fn in_place_of(action: &str, object: &Object) -> Option<String> {
    let word = action.to_lowercase().replace('-', "_");
    if names().any(|name| name == word) {
        return None;
    }
    let meant = WORDS.iter().find(|(other, _)| *other == word).map_or(word.as_str(), |(_, ours)| ours);
    if names().any(|name| name == meant) {
        return Some(format!("\"action\": \"{meant}\" does that"));
    }
    // A word that is near to an action is a slip of the pen, any other one may be a method.
    let is_method = meant == "unlink"
        || matches!(
            meant,
            "copy" | "name_create" | "load" | "toggle_active" | "activity_schedule" | "export_data"
        )
        || meant.starts_with("action_")
        || meant.starts_with("button_")
        || meant.starts_with("message_");
    is_method.then(|| {
        let mut call = Object::from_iter([
            ("action".to_string(), json!("call")),
            ("model".to_string(), object.get("model").cloned().unwrap_or_else(|| json!("MODEL"))),
            ("method".to_string(), json!(meant)),
        ]);
        if let Some(ids) = object.get("ids") {
            call.insert("ids".into(), ids.clone());
        }
        format!("{meant} is a method, and is called: {}", Value::Object(call))
    })
}

fn refuse_unknown(object: &Object, verb: &Verb, at: At, is_offered: &dyn Fn(&str) -> bool) -> Result<()> {
    let (action, own, common) = (verb.name, (verb.definition.keys)(), keys::of::<Common>());
    let known = || own.iter().chain(common).copied();
    match object.keys().find(|key| known().all(|name| name != key.as_str())) {
        None => Ok(()),
        Some(key) => Err(invalid(format!("{}: {action} has no such key", at(key))).with_hint(
            match KEYS
                .iter()
                .filter(|(other, _)| other == key)
                .find_map(|(_, ours)| known().find(|name| name == ours && is_offered(name)))
                .or_else(|| crate::suggest::closest(key, known().filter(|name| is_offered(name))))
            {
                Some(close) => format!("did you mean {close}?"),
                None => {
                    let told: Vec<&str> = own.iter().copied().filter(|name| is_offered(name)).collect();
                    format!("{action} takes {}", told.join(", "))
                }
            },
        )),
    }
}

/// The names of the actions.
pub fn names() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|verb| verb.name)
}

/// The JSON Schema (2020-12) of a spec.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    // Under a name of its own each: generated classes are called by it.
    let definitions: Map<String, Value> = VERBS
        .iter()
        .map(|verb| (verb.name.to_string(), (verb.definition.schema)(verb.name, &mut generator)))
        .collect();
    let actions: Vec<Value> =
        definitions.keys().map(|name| json!({ "$ref": format!("#/$defs/{name}") })).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A spec of odoo-agent",
        "description": "One action, for odoo-agent exec-spec. A key that is null counts as left out, but for domain.",
        "oneOf": actions,
        "$defs": definitions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> Error {
        parse(text).unwrap_err()
    }

    #[test]
    fn errors_name_the_path_inside_the_spec() {
        for (text, path) in [
            (r#"{"action":"read","model":"a","ids":[1,"x"]}"#, "spec.ids[1]"),
            (r#"{"action":"search_read","model":"a","domain":{}}"#, "spec.domain"),
            (r#"{"action":"search_read","model":"a","limit":-1}"#, "spec.limit"),
            (r#"{"action":"create","model":"a","vals_list":[{},3]}"#, "spec.vals_list[1]"),
            (r#"{"action":"call","model":"a","method":"b","data":{"ids":[0]}}"#, "spec.data.ids[0]"),
            (r#"{"action":"write","model":"a","ids":[]}"#, "spec.ids"),
            (r#"{"model":"a"}"#, "spec.action"),
            ("[]", "spec"),
        ] {
            let error = error(text);
            assert_eq!(error.code, Code::InvalidSpec, "{text}");
            assert!(error.message.contains(path), "{text}: {}", error.message);
        }
    }

    #[test]
    fn unknown_keys_are_refused_with_a_suggestion() {
        let error = error(r#"{"action":"search_read","model":"a","domian":[]}"#);
        assert!(error.message.contains("spec.domian"));
        assert_eq!(error.hints, ["did you mean domain?"]);
    }

    #[test]
    fn a_repeated_key_is_refused() {
        assert!(error(r#"{"action":"read","action":"write"}"#).message.contains("twice"));
    }
}
