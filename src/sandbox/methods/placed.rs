//! A call as the older protocols make it: arguments by their place, the records first, the rest by name with the
//! context among them; bound as Python binds them, with Python's own words where they do not fit.

use serde_json::{Map, Value, json};

use super::{Call, Method, Parameter, bound_ids, context_of, find_method, parameters, run};
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::python;
use crate::sandbox::schema::Model;

/// `call_kw` of Odoo 19: finds the method, takes the records off the front, binds and runs; of a creation with one
/// dictionary the one id.
pub fn call_kw(
    env: &mut Env,
    model: &'static Model,
    method: &str,
    mut places: Vec<Value>,
    mut names: Map<String, Value>,
) -> Outcome<Value> {
    let Some(definition) = find_method(model, method)? else {
        let message = format!("The method '{}.{method}' does not exist", model.name);
        return Err(Fault::no_attribute(message).gap());
    };
    let records = match (definition.model_level, places.is_empty()) {
        (true, _) => None,
        (false, true) => return Err(Fault::index("list index out of range")),
        (false, false) => Some(places.remove(0)),
    };
    env.context = context_of(names.shift_remove("context").filter(super::super::python::truthy))?;
    let makes_one = method == "create" && places.first().is_some_and(Value::is_object);
    if method == "create" && places.is_empty() {
        return Err(Fault::index("list index out of range"));
    }
    let (mut arguments, extra) = bound(model, definition, places, names)?;
    let mut given = arguments.clone();
    given.extend(extra.clone());
    let ids = bound_ids(records, method, arguments.get("fields"))?;
    for parameter in parameters(definition.signature).into_iter().filter(|one| !one.takes_rest) {
        if let Some(default) = parameter.default {
            arguments.entry(parameter.name).or_insert(default);
        }
    }
    let made = run(env, definition, &Call { model, ids, arguments, extra }, given)?;
    Ok(match made {
        Value::Array(ids) if makes_one => ids.into_iter().next().unwrap_or_default(),
        other => other,
    })
}

/// What was given by name, and what `**kwargs` took.
type Bound = (Map<String, Value>, Map<String, Value>);

fn bound(
    model: &Model,
    definition: &Method,
    places: Vec<Value>,
    mut names: Map<String, Value>,
) -> Outcome<Bound> {
    let all = parameters(definition.signature);
    let function = || format!("{}.{}()", class(model, definition), definition.name);
    let by_place: Vec<&Parameter> = all.iter().filter(|one| !one.keyword_only && !one.takes_rest).collect();
    if places.len() > by_place.len() {
        // Python counts the records among them.
        let (most, given) = (by_place.len() + 1, places.len() + 1);
        let least = 1 + by_place.iter().filter(|one| one.default.is_none()).count();
        let range = if least == most { most.to_string() } else { format!("from {least} to {most}") };
        let plural = if most == 1 { "" } else { "s" };
        return Err(Fault::kind(format!(
            "{} takes {range} positional argument{plural} but {given} were given",
            function()
        )));
    }
    let mut arguments = Map::new();
    for (parameter, value) in by_place.iter().zip(places) {
        arguments.insert(parameter.name.clone(), value);
    }
    if let Some(twice) = arguments.keys().find(|name| names.contains_key(*name)) {
        return Err(Fault::kind(format!("{} got multiple values for argument '{twice}'", function())));
    }
    for parameter in all.iter().filter(|one| !one.takes_rest) {
        if let Some(value) = names.shift_remove(&parameter.name) {
            arguments.insert(parameter.name.clone(), value);
        }
    }
    let takes_rest = all.iter().any(|one| one.takes_rest);
    if let (false, Some(name)) = (takes_rest, names.keys().next()) {
        return Err(Fault::kind(format!("{} got an unexpected keyword argument '{name}'", function())));
    }
    let missing: Vec<&str> = by_place
        .iter()
        .filter(|one| one.default.is_none() && !arguments.contains_key(&one.name))
        .map(|one| one.name.as_str())
        .collect();
    match python::missing_arguments(&function(), &missing) {
        Some(lacks) => Err(Fault::kind(lacks)),
        None => Ok((arguments, names)),
    }
}

/// The Python class that a method is defined in, as far as a refusal shows it: readers are the base model's.
fn class(model: &Model, definition: &Method) -> String {
    if definition.readonly && matches!(definition.on, super::On::Every) {
        return "BaseModel".into();
    }
    let words = model.name.split(['.', '_']);
    words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

/// The result of a button: an action, or false.
pub fn of_button(result: Value) -> Value {
    match &result {
        Value::Object(action) if action.get("type") != Some(&json!("")) => result,
        _ => json!(false),
    }
}
