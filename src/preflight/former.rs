//! Calls as older Odoos took them: arguments by position, `execute_kw`, methods that nobody may call any more. Which
//! those are is knowledge.

use serde_json::{Value, json};

use super::{Check, keywords, refused};
use crate::error::Result;
use crate::hint::{Action, Hint};
use crate::json_input;
use crate::knowledge::methods::Role;
use crate::knowledge::vocabulary::OPERATORS;
use crate::knowledge::{USUAL, methods};
use crate::operation::{Object, Operation, kwargs};

/// Refuses the old shapes of a call, and methods that are open to nobody.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    if check.is_forced(method) {
        return Ok(());
    }
    // A model may have an execute of its own, on its records.
    let is_entry = methods::ENTRIES.contains(&method) && (method != "execute" || operation.ids.is_none());
    let envelope = enveloped(operation);
    if is_entry || envelope.is_some() {
        let what = if is_entry { method } else { "this envelope" };
        let meant = match envelope.and_then(|inner| by_name(&inner)) {
            Some(meant) => meant,
            None => Operation::new(
                model,
                "search_read",
                kwargs(json!({ "domain": [], "fields": ["display_name"], "limit": 5 })),
            )?,
        };
        return Err(refused(format!(
            "{what} is how XML-RPC and JSON-RPC call: here the method itself is called, its arguments by name"
        ))
        .with_hint(Hint::default().call(meant)));
    }
    closed(check, operation)?;
    by_position(check, operation)?;
    let takes = keywords::of(check, operation).unwrap_or_default();
    if method == "search" && operation.kwargs.contains_key("count") && !takes.contains(&"count") {
        let mut counted = operation.clone();
        counted.method = "search_count".into();
        counted.kwargs.retain(|key, _| key == "domain");
        let error = refused("search has no keyword count since Odoo 17: search_count counts");
        return Err(error.with_hint(Hint::default().call(counted)));
    }
    Ok(())
}

/// The call inside of one as XML-RPC and JSON-RPC send it: model and method among the arguments, those by position.
fn enveloped(operation: &Operation) -> Option<Operation> {
    let mut given = &operation.kwargs;
    let is_rpc = given.contains_key("jsonrpc");
    if let Some(Value::Object(params)) = given.get("params").filter(|_| is_rpc) {
        given = params;
    }
    let call = |model: &str, method: &str, args: Option<&Value>, named: Option<&Value>| {
        let mut inner = Object::new();
        inner
            .insert("args".into(), args.filter(|args| args.is_array()).cloned().unwrap_or_else(|| json!([])));
        inner.extend(
            named.filter(|named| named.is_object()).map(|named| ("kwargs".to_string(), named.clone())),
        );
        let is_method = !methods::ENTRIES.contains(&method);
        Operation::new(model, method, inner).ok().filter(|_| is_method)
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_string);
    let args = given.get("args").and_then(Value::as_array);
    if let (Some(model), Some(method)) = (text(given.get("model")), text(given.get("method")))
        && (is_rpc || args.is_some() || given.contains_key("kwargs"))
    {
        return call(&model, &method, given.get("args"), given.get("kwargs"));
    }
    if !is_rpc && !methods::ENTRIES.contains(&operation.method.as_str()) {
        return None;
    }
    match args.map(Vec::as_slice)? {
        // Database, user and key stand before, and are told nobody again.
        [_, _, _, Value::String(model), Value::String(method), rest @ ..] => {
            call(model, method, rest.first(), rest.get(1))
        }
        [Value::String(model), Value::String(method), rest @ ..] => {
            call(model, method, Some(&Value::from(rest.to_vec())), None)
        }
        _ => None,
    }
}

/// Nobody may call these, so it is not for want of rights.
fn closed(check: &Check, operation: &Operation) -> Result<()> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let Some(open) = methods::closed(model, method, check.version) else { return Ok(()) };
    let error = refused(format!("{model}/{method} is a private method: Odoo 19 opens it to nobody by API"));
    let named = operation.ids.as_deref().filter(|ids| !ids.is_empty());
    let ids = named.map_or_else(|| json!(["ID"]), |ids| json!(ids));
    let domain = operation.kwargs.get("domain").filter(|domain| domain.is_array());
    let action = |verb| Action::new(verb).with("model", model);
    Err(match open {
        "" => error.with_hint(
            "what it does goes on inside Odoo; a record is changed by write, or by the button of its form",
        ),
        "read" => {
            let read = action("read").with("ids", ids);
            let read = match operation.kwargs.get("field_names").filter(|names| names.is_array()) {
                Some(names) => read.with("fields", names.clone()),
                None => read,
            };
            error.with_hint(Hint::default().action(read).text(" does that"))
        }
        "search_read" => {
            let mut search = action("search_read");
            let among = named.map(|ids| json!([["id", "in", ids]]));
            if let Some(domain) = domain.cloned().filter(|domain| *domain != json!([])).or(among) {
                search = search.with("domain", domain);
            }
            for (from, to) in
                [("field_names", "fields"), ("fields", "fields"), ("limit", "limit"), ("order", "order")]
            {
                if let Some(value) =
                    operation.kwargs.get(from).filter(|value| **value != json!([]) && !value.is_null())
                {
                    search = search.with(to, value.clone());
                }
            }
            error.with_hint(Hint::new("search_read is open: ").action(search))
        }
        "search_count" => error
            .with_hint(Hint::default().action(action("count").with("domain", json!([["id", "in", ids]])))),
        "write" => error.with_hint(
            Hint::default()
                .action(action("write").with("ids", ids).with("vals", values(operation)))
                .text(" stores values"),
        ),
        "create" => error.with_hint(
            Hint::default().action(action("create").with("vals", values(operation))).text(" stores a record"),
        ),
        "check_object_reference" => {
            let data = json!({ "module": "MODULE", "xml_id": "NAME" });
            let asked = action("call").with("method", open).with("data", data);
            error.with_hint(Hint::new("open is ").action(asked))
        }
        context if context.starts_with("context") => {
            let example = match context {
                "context" => json!({ "lang": "de_DE" }),
                _ => json!({ "allowed_company_ids": [1] }),
            };
            error.with_hint(Hint::new(format!("a {context} goes with any call: ")).with("context", example))
        }
        open => error.with_hint(format!("open is {open}")),
    })
}

/// The values that a closed method was given.
fn values(operation: &Operation) -> Value {
    let given = ["vals", "values", "data"].iter().find_map(|key| operation.kwargs.get(*key));
    given.filter(|values| values.is_object()).cloned().unwrap_or_else(|| json!({}))
}

/// `args` and `kwargs`, as XML-RPC has them, are keywords of nothing here.
fn by_position(check: &Check, operation: &Operation) -> Result<()> {
    let (args, kwargs) = (operation.kwargs.get("args"), operation.kwargs.get("kwargs"));
    let is_shape = match (args, kwargs) {
        (Some(Value::Array(_)), Some(Value::Object(_))) => true,
        // `args` alone was the domain of name_search.
        (Some(Value::Array(_)), None) => operation.method != "name_search",
        (None, Some(Value::Object(_))) => true,
        _ => false,
    };
    if !is_shape || check.is_forced("args") || check.is_forced("kwargs") {
        return Ok(());
    }
    let error = refused(
        "args and kwargs are the shape of XML-RPC: JSON-2 takes no positional arguments, each goes by name",
    );
    Err(match by_name(operation) {
        Some(same) => error.with_hint(Hint::default().call(same)),
        None => error.with_hint(
            Hint::default()
                .action(
                    Action::new("doc_model")
                        .with("model", operation.model.as_str())
                        .with("methods", json!([operation.method])),
                )
                .text(" names its parameters"),
        ),
    })
}

/// The same call with its arguments by name, where the parameters are known.
fn by_name(operation: &Operation) -> Option<Operation> {
    let empty = Vec::new();
    let positional = operation.kwargs.get("args").and_then(Value::as_array).unwrap_or(&empty);
    let mut same = operation.clone();
    same.kwargs = Object::new();
    let mut left = positional.iter();
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    if methods::needs_records(model, method) && operation.ids.is_none() {
        let ids = left.next()?.clone();
        let ids = if ids.is_array() { ids } else { Value::Array(vec![ids]) };
        same.ids = Some(json_input::ids(ids, "args[0]").ok()?);
    }
    let known = methods::in_version(model, method, USUAL);
    let mut names = known.into_iter().flat_map(|known| known.positional(USUAL));
    for value in left {
        let argument = names.next()?;
        let value = formed(argument.role, value.clone());
        let is_bare = argument.name == "vals_list" && value.is_object();
        same.kwargs.insert(argument.name.to_string(), if is_bare { json!([value]) } else { value });
    }
    let beside = operation.kwargs.iter().filter(|(key, _)| !matches!(key.as_str(), "args" | "kwargs"));
    same.kwargs.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
    if let Some(Value::Object(named)) = operation.kwargs.get("kwargs") {
        same.kwargs.extend(named.clone());
    }
    same.kwargs.shift_remove("context");
    Some(same)
}

/// A value in the form that its argument has: by position people leave a pair of brackets out.
fn formed(role: Role, value: Value) -> Value {
    let is_condition = |items: &[Value]| matches!(items, [Value::String(_), Value::String(operator), _] if OPERATORS.contains(&operator.as_str()));
    match (role, value) {
        (Role::Domain, Value::Array(items)) if is_condition(&items) => json!([items]),
        (Role::Fields | Role::Groups | Role::Aggregates, Value::String(name)) => json!([name]),
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positional_arguments_find_their_names() {
        let of = |method: &str, data: Value| {
            let operation =
                Operation::new("res.partner", method, data.as_object().cloned().unwrap()).unwrap();
            by_name(&operation).map(|same| (same.ids, Value::Object(same.kwargs)))
        };
        assert_eq!(
            of("read", json!({ "args": [[15]], "kwargs": { "fields": ["name"] } })),
            Some((Some(vec![15]), json!({ "fields": ["name"] })))
        );
        assert_eq!(
            of("search_read", json!({ "args": [[["id", "=", 1]], ["name"]] })),
            Some((None, json!({ "domain": [["id", "=", 1]], "fields": ["name"] })))
        );
        assert_eq!(
            of("write", json!({ "args": [7, { "name": "x" }] })),
            Some((Some(vec![7]), json!({ "vals": { "name": "x" } })))
        );
        assert_eq!(of("some_method", json!({ "args": [1] })), None);
        assert_eq!(
            of("search_count", json!({ "args": [["id", "=", 1]] })),
            Some((None, json!({ "domain": [["id", "=", 1]] })))
        );
        assert_eq!(
            of("search_read", json!({ "domain": [], "kwargs": { "limit": 1 } })),
            Some((None, json!({ "domain": [], "limit": 1 })))
        );
        assert_eq!(
            of("read", json!({ "args": [[15], "name"] })),
            Some((Some(vec![15]), json!({ "fields": ["name"] })))
        );
    }

    #[test]
    fn the_call_inside_an_envelope_is_found_and_the_key_is_not_told_again() {
        let of = |method: &str, data: Value| {
            let outer = Operation::new("res.partner", method, data.as_object().cloned().unwrap()).unwrap();
            let inner = by_name(&enveloped(&outer)?)?;
            Some((inner.model, inner.method, inner.ids, Value::Object(inner.kwargs)))
        };
        let read =
            |kwargs: Value| Some(("res.partner".to_string(), "read".to_string(), Some(vec![9]), kwargs));
        let params =
            json!({ "args": ["db", 2, "secret", "res.partner", "read", [[9]], { "fields": ["name"] }] });
        assert_eq!(of("execute_kw", params.clone()), read(json!({ "fields": ["name"] })));
        assert_eq!(
            of("call", json!({ "jsonrpc": "2.0", "params": params })),
            read(json!({ "fields": ["name"] }))
        );
        assert_eq!(
            of("call_kw", json!({ "model": "res.partner", "method": "read", "args": [[9]], "kwargs": {} })),
            read(json!({}))
        );
        assert_eq!(of("execute", json!({ "args": ["res.partner", "read", [9]] })), read(json!({})));
        assert_eq!(of("search_read", json!({ "domain": [] })), None);
        assert_eq!(of("report", json!({ "model": "res.partner", "method": "x" })), None);
    }
}
