//! The methods that can be called: one table with their signatures, how arguments bind to
//! them as Python binds, and who has them. What a method does is in the files beside this
//! one.

mod business;
mod core;
mod imports;
mod mailing;
mod messaging;
mod placed;
mod views;
mod web;

use serde_json::{Map, Value, json};

pub use self::core::check_counts;
pub use self::placed::{call_kw, of_button};

use super::env::{Env, ids_of};
use super::fault::{Fault, Outcome};
use super::guard::{self, Entry};
use super::schema::{self, Model};

/// Which models have a method.
#[derive(Clone, Copy)]
pub enum On {
    /// All.
    Every,
    /// Those with a chatter.
    Thread,
    /// Those that can be archived.
    Archivable,
    /// These.
    Models(&'static [&'static str]),
}

/// A public method.
#[derive(Clone, Copy)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Its parameters as Python writes them, without `self`.
    pub signature: &'static str,
    /// Which models have it.
    pub on: On,
    /// `@api.model`: takes no ids.
    pub model_level: bool,
    /// `@api.readonly`: changes nothing.
    pub readonly: bool,
    /// What it gives, as Python annotates it.
    pub returns: &'static str,
    /// One line for the documentation.
    pub doc: &'static str,
    /// Does it.
    pub run: fn(&mut Env, &Call) -> Outcome<Value>,
}

/// A call with its arguments bound.
pub struct Call {
    /// Model called.
    pub model: &'static Model,
    /// Records.
    pub ids: Vec<i64>,
    /// Named arguments, defaults filled in.
    pub arguments: Map<String, Value>,
    /// What `**kwargs` took.
    pub extra: Map<String, Value>,
}

impl Call {
    /// An argument; null if there is none of that name.
    pub fn get(&self, name: &str) -> &Value {
        self.arguments.get(name).unwrap_or(&Value::Null)
    }

    /// An argument as text, empty otherwise.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).as_str().unwrap_or("")
    }

    /// An argument as a count; null, false and 0 mean none, and PostgreSQL rounds.
    pub fn count(&self, name: &str) -> Option<usize> {
        let number = match self.get(name) {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        number.filter(|count: &f64| *count > 0.0).map(|count| count.round_ties_even() as usize)
    }

    /// An argument as a dictionary.
    pub fn object(&self, name: &str) -> Map<String, Value> {
        self.get(name).as_object().cloned().unwrap_or_default()
    }

    /// An argument as a list of names.
    pub fn names(&self, name: &str) -> Vec<String> {
        self.get(name)
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    }

    /// The one record of a call that takes exactly one.
    pub fn single(&self) -> Outcome<i64> {
        match self.ids.as_slice() {
            [id] => Ok(*id),
            ids => {
                let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                Err(Fault::value(format!("Expected singleton: {}({ids})", self.model.name)))
            }
        }
    }
}

const PARTS: &[&[Method]] =
    &[core::METHODS, web::METHODS, views::METHODS, imports::METHODS, messaging::METHODS, business::METHODS];

/// Methods of Python's that Odoo keeps from callers.
const PRIVATE: &[&str] = &[
    "browse",
    "check_access",
    "concat",
    "ensure_one",
    "exists",
    "fetch",
    "filtered",
    "filtered_domain",
    "flush_model",
    "flush_recordset",
    "grouped",
    "init",
    "invalidate_model",
    "invalidate_recordset",
    "mapped",
    "modified",
    "new",
    "search_fetch",
    "sorted",
    "sudo",
    "toggle_active_",
    "union",
    "update",
    "with_company",
    "with_context",
    "with_env",
    "with_prefetch",
    "with_user",
];

/// The methods of a model.
pub fn methods_of(model: &'static Model) -> impl Iterator<Item = &'static Method> {
    PARTS.iter().flat_map(|part| part.iter()).filter(move |method| match method.on {
        On::Every => true,
        On::Thread => model.thread || model.name == "mail.thread",
        On::Archivable => model.field("active").is_some(),
        On::Models(names) => names.contains(&model.name),
    })
}

/// A parameter of a signature.
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its default; none means that it must be given.
    pub default: Option<Value>,
    /// Behind `*`: by name only.
    pub keyword_only: bool,
    /// `**kwargs`.
    pub takes_rest: bool,
}

/// The parameters of a signature.
pub fn parameters(signature: &str) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut keyword_only = false;
    for part in signature.split(", ").filter(|part| !part.is_empty()) {
        if part == "*" {
            keyword_only = true;
            continue;
        }
        let takes_rest = part.starts_with("**");
        let (name, default) = match part.split_once('=') {
            Some((name, text)) => (name, Some(literal(text))),
            None => (part.trim_start_matches('*'), None),
        };
        found.push(Parameter { name: name.to_owned(), default, keyword_only, takes_rest });
    }
    found
}

fn literal(text: &str) -> Value {
    match text {
        "None" => Value::Null,
        "True" => json!(true),
        "False" => json!(false),
        "()" => json!([]),
        text => match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            Some(inner) => json!(inner),
            None => text.parse::<i64>().map_or(Value::Null, |number| json!(number)),
        },
    }
}

/// Finds, binds and runs a call: model, then method, then ids, then signature.
pub fn dispatch(env: &mut Env, model: &str, method: &str, body: Map<String, Value>) -> Outcome<Value> {
    let given = body.clone();
    let (definition, call) = prepare(env, model, method, body)?;
    run(env, definition, &call, given)
}

/// Runs a call with its arguments bound; what was given is for the guard.
fn run(env: &mut Env, definition: &Method, call: &Call, given: Map<String, Value>) -> Outcome<Value> {
    env.check_context()?;
    env.entry = Entry::new(call.model.name, definition.name, &call.ids, given);
    let value = (definition.run)(env, call)?;
    guard::judge(env)?;
    Ok(value)
}

/// Whether a call can change anything; what does not exist cannot.
pub fn may_change(model: &str, method: &str) -> bool {
    schema::find(model)
        .and_then(|model| methods_of(model).find(|each| each.name == method))
        .is_some_and(|each| !each.readonly)
}

/// Ids as PostgreSQL takes them.
fn ids_for_sql(ids: &[Value]) -> Outcome<Vec<i64>> {
    for id in ids {
        match id {
            Value::Array(_) | Value::Object(_) => {
                return Err(Fault::kind(format!("unhashable type: '{}'", super::python::type_name(id))));
            }
            Value::Bool(true) => return Err(Fault::no_operator("=", "boolean")),
            Value::String(text) => return Err(no_integer(text)),
            _ => {}
        }
    }
    let whole = |id: &Value| id.as_f64().filter(|id| id.fract() == 0.0).map(|id| id as i64);
    Ok(ids.iter().filter_map(|id| id.as_i64().or_else(|| whole(id))).collect())
}

fn no_integer(text: &str) -> Fault {
    Fault::database_text(format!("invalid input syntax for type integer: \"{text}\""))
}

/// A method that can be called, if the model has it; those that Odoo keeps to itself are refused.
fn find_method(model: &'static Model, method: &str) -> Outcome<Option<&'static Method>> {
    if method.starts_with('_') || PRIVATE.contains(&method) {
        return Err(Fault::access(format!(
            "Private methods (such as '{}.{method}') cannot be called remotely.",
            model.name
        )));
    }
    Ok(methods_of(model).find(|each| each.name == method))
}

/// The records of a call, as Python and PostgreSQL take what was given for them.
fn bound_ids(given: Option<Value>, method: &str, fields: Option<&Value>) -> Outcome<Vec<i64>> {
    Ok(match given {
        // A read of nothing but the id gives back what it was given.
        Some(Value::Array(ids)) if fields == Some(&json!(["id"])) => ids_of(&Value::Array(ids)),
        Some(Value::Array(ids)) => ids_for_sql(&ids)?,
        // Python takes a text apart, and PostgreSQL meets its letters.
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(Value::String(text)) if method == "get_external_id" => {
            let letter = text.chars().next().map(String::from).unwrap_or_default();
            return Err(Fault::value(format!("invalid literal for int() with base 10: '{letter}'")));
        }
        Some(Value::String(text)) => return Err(no_integer(&text)),
        Some(Value::Number(id)) => id.as_i64().into_iter().collect(),
        None | Some(Value::Null | Value::Bool(false)) => Vec::new(),
        Some(other) => {
            return Err(Fault::kind(format!(
                "'{}' object is not iterable",
                super::python::type_name(&other)
            )));
        }
    })
}

fn context_of(given: Option<Value>) -> Outcome<Map<String, Value>> {
    match given {
        Some(Value::Object(context)) => Ok(context),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(_) => Err(Fault::kind("with_context() argument must be a dict")),
    }
}

fn prepare(
    env: &mut Env,
    model: &str,
    method: &str,
    mut body: Map<String, Value>,
) -> Outcome<(&'static Method, Call)> {
    let Some(model) = schema::find(model) else {
        return Err(Fault::not_found(format!("the model '{model}' does not exist")).gap());
    };
    let Some(definition) = find_method(model, method)? else {
        let message = format!("The method '{}.{method}' does not exist", model.name);
        return Err(Fault::not_found(message).gap());
    };
    let ids = bound_ids(body.shift_remove("ids"), method, body.get("fields"))?;
    env.context = context_of(body.shift_remove("context"))?;
    body.shift_remove("__model__");
    body.shift_remove("__method__");
    if definition.model_level && !ids.is_empty() {
        return Err(Fault::unprocessable(format!("cannot call {}.{method} with ids", model.name)));
    }
    let mut arguments = Map::new();
    let mut takes_rest = false;
    for parameter in parameters(definition.signature) {
        if parameter.takes_rest {
            takes_rest = true;
            continue;
        }
        match (body.shift_remove(&parameter.name), parameter.default) {
            (Some(value), _) | (None, Some(value)) => arguments.insert(parameter.name, value),
            (None, None) => {
                let message = format!("missing a required argument: '{}'", parameter.name);
                return Err(Fault::unprocessable(message));
            }
        };
    }
    if let (false, Some(name)) = (takes_rest, body.keys().next()) {
        return Err(Fault::unprocessable(format!("got an unexpected keyword argument '{name}'")));
    }
    Ok((definition, Call { model, ids, arguments, extra: body }))
}
