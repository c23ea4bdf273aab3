//! Calls as older Odoos took them: arguments by position, `execute_kw`, methods that nobody may call any more. Which
//! those are is knowledge.

use serde_json::{Value, json};

use super::{Check, keywords, refused};
use crate::error::Result;
use crate::hint::{Action, Hint};
use crate::json_input;
use crate::knowledge::{USUAL, methods};
use crate::operation::{Object, Operation, kwargs};

/// Refuses the old shapes of a call, and methods that are open to nobody.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    if check.is_forced(method) {
        return Ok(());
    }
    if methods::ENTRIES.contains(&method) {
        return Err(refused(format!(
            "{method} is how XML-RPC and JSON-RPC call: here the method itself is called, its arguments by name"
        ))
        .with_hint(Hint::default().call(Operation::new(
            model,
            "search_read",
            kwargs(json!({ "domain": [], "fields": ["display_name"], "limit": 5 })),
        )?)));
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
            let search = match domain {
                Some(domain) => action("search_read").with("domain", domain.clone()),
                None => action("search_read"),
            };
            error.with_hint(Hint::new("search_read is open: ").action(search))
        }
        "search_count" => error
            .with_hint(Hint::default().action(action("count").with("domain", json!([["id", "in", ids]])))),
        "write" => error.with_hint(
            Hint::default()
                .action(action("write").with("ids", ids).with("vals", json!({})))
                .text(" stores values"),
        ),
        "create" => error.with_hint(
            Hint::default().action(action("create").with("vals", json!({}))).text(" stores a record"),
        ),
        context if context.starts_with("context") => {
            error.with_hint(Hint::new(format!("a {context} goes with any call: ")).name("context"))
        }
        open => error.with_hint(format!("open is {open}")),
    })
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
        same.kwargs.insert(names.next()?.name.to_string(), value.clone());
    }
    if let Some(Value::Object(named)) = operation.kwargs.get("kwargs") {
        same.kwargs.extend(named.clone());
    }
    same.kwargs.shift_remove("context");
    Some(same)
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
    }
}
