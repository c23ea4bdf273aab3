//! Two tools under the names and with the arguments that published servers have, for whoever comes from those:
//! positional arguments become named ones, by what is known of the method, and the call goes the way of every other.
//! What is not known is refused and not guessed. Each is bound to its protocol, whatever the profile speaks else.

use std::sync::Arc;

use rmcp::model::Tool;
use serde_json::{Map, Value, json};

use super::schema;
use super::tools::annotations;
use crate::error::{Error, Result};
use crate::knowledge::Version;
use crate::knowledge::methods::{self, Scope};
use crate::operation::Object;
use crate::settings::{Settings, Wish};

/// A tool of the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compat {
    /// By JSON-RPC.
    ExecuteKw,
    /// By the web session.
    WebCall,
}

impl Compat {
    /// Both.
    pub const ALL: [Compat; 2] = [Compat::ExecuteKw, Compat::WebCall];

    /// `odoo_execute_kw`
    pub fn name(self) -> &'static str {
        match self {
            Compat::ExecuteKw => "odoo_execute_kw",
            Compat::WebCall => "odoo_web_call",
        }
    }

    /// How it is spoken.
    pub fn wish(self) -> Wish {
        match self {
            Compat::ExecuteKw => Wish::JsonRpc,
            Compat::WebCall => Wish::Session,
        }
    }

    /// What a profile lacks for it; nothing if it can be had.
    pub fn missing(self, settings: &Settings) -> Option<&'static str> {
        match self {
            _ if settings.login.is_none() => Some("ODOO_LOGIN"),
            Compat::ExecuteKw if !settings.has_key() && !settings.has_password() => Some("a key"),
            Compat::WebCall if !settings.has_password() => Some("ODOO_PASSWORD"),
            _ => None,
        }
    }

    /// As it is listed.
    pub fn tool(self) -> Tool {
        let about = match self {
            Compat::ExecuteKw => "Call a method by JSON-RPC, arguments as execute_kw has them",
            Compat::WebCall => "Call a method by the web session, arguments as call_kw has them",
        };
        let described = |kind: &str, said: &str| json!({ "type": kind, "description": said });
        let properties = Map::from_iter([
            ("model".to_string(), described("string", "Model, like res.partner")),
            ("method".to_string(), described("string", "Public method, like search_read")),
            (
                "args".to_string(),
                json!({ "type": "array", "items": {}, "description": "By place, ids first" }),
            ),
            ("kwargs".to_string(), described("object", "By name, context among them")),
        ]);
        Tool::new(
            self.name(),
            about,
            Arc::new(schema::closed(properties, vec![json!("model"), json!("method")])),
        )
        .with_annotations(annotations(false))
    }
}

/// The arguments of `call` that mean the same.
///
/// # Errors
/// What is none of the four keys, or an argument by place of which nobody knows what it is called.
pub fn named(mut arguments: Object, version: Version) -> Result<Object> {
    let text = |key: &str, value: Option<Value>| match value {
        Some(Value::String(text)) => Ok(text),
        _ => Err(Error::usage(format!("{key} is missing, or no string"))),
    };
    let model = text("model", arguments.shift_remove("model"))?;
    let method = text("method", arguments.shift_remove("method"))?;
    let places = match arguments.shift_remove("args") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(places)) => places,
        Some(_) => return Err(Error::usage("args: expected a list")),
    };
    let mut data = match arguments.shift_remove("kwargs") {
        None | Some(Value::Null) => Object::new(),
        Some(Value::Object(named)) => named,
        Some(_) => return Err(Error::usage("kwargs: expected an object")),
    };
    if let Some(key) = arguments.keys().next() {
        return Err(Error::usage(format!(
            "{key}: model, method, args and kwargs are taken, and nothing else"
        )));
    }
    let mut places = places.into_iter().peekable();
    let known = methods::in_version(&model, &method, version);
    let takes_records = match known {
        Some(row) => row.scope != Scope::Model,
        // Of a method that nobody knows: records look like records.
        None => places.peek().is_some_and(are_records),
    };
    let ids = if takes_records { places.next() } else { None };
    let mut names = known.into_iter().flat_map(|row| row.positional(version)).map(|argument| argument.name);
    for (position, value) in places.enumerate() {
        let Some(name) = names.next() else {
            let place = position + usize::from(takes_records);
            return Err(Error::usage(format!(
                "args[{place}]: nobody here knows what {model}/{method} calls its argument in this place: nothing was sent"
            ))
            .with_hint("give it by its name in kwargs: odoo_doc tells the parameters of a method"));
        };
        if data.insert(name.into(), value).is_some() {
            return Err(Error::usage(format!("{name} is given twice: by its place in args and in kwargs")));
        }
    }
    let mut call =
        Object::from_iter([("model".to_string(), json!(model)), ("method".to_string(), json!(method))]);
    if let Some(ids) = ids {
        call.insert("ids".into(), if ids.is_array() { ids } else { json!([ids]) });
    }
    call.insert("data".into(), data.into());
    Ok(call)
}

/// The arguments of `call` as the published tools have them: what has a name keeps it.
pub fn placed(mut call: Object) -> Object {
    let ids = call.shift_remove("ids");
    let named = call.shift_remove("data").unwrap_or_else(|| json!({}));
    call.insert("args".into(), ids.map_or_else(|| json!([]), |ids| json!([ids])));
    call.insert("kwargs".into(), named);
    call
}

fn are_records(value: &Value) -> bool {
    let is_id = |value: &Value| value.as_i64().is_some_and(|id| id > 0);
    is_id(value) || value.as_array().is_some_and(|ids| ids.iter().all(is_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(method: &str, args: Value, kwargs: Value) -> String {
        let call = json!({ "model": "res.partner", "method": method, "args": args, "kwargs": kwargs });
        match named(call.as_object().unwrap().clone(), 18) {
            Ok(mut call) => {
                call.shift_remove("model");
                call.shift_remove("method");
                Value::Object(call).to_string()
            }
            Err(error) => error.message,
        }
    }

    #[test]
    fn places_become_names_and_nothing_is_lost() {
        for (method, args, kwargs, expected) in [
            (
                "search_read",
                json!([[["a", "=", 1]], ["name"]]),
                json!({ "limit": 2, "context": { "lang": "de_DE" } }),
                r#"{"data":{"limit":2,"context":{"lang":"de_DE"},"domain":[["a","=",1]],"fields":["name"]}}"#,
            ),
            ("search", json!([[], 0, 5]), json!({}), r#"{"data":{"domain":[],"offset":0,"limit":5}}"#),
            ("read", json!([[7, 8], ["name"]]), json!({}), r#"{"ids":[7,8],"data":{"fields":["name"]}}"#),
            ("read", json!([7]), json!({}), r#"{"ids":[7],"data":{}}"#),
            ("write", json!([[7], { "ref": "a" }]), json!({}), r#"{"ids":[7],"data":{"vals":{"ref":"a"}}}"#),
            ("create", json!([{ "name": "a" }]), json!({}), r#"{"data":{"vals_list":{"name":"a"}}}"#),
            ("x_own", json!([[7]]), json!({ "x": 1 }), r#"{"ids":[7],"data":{"x":1}}"#),
            ("x_own", json!([]), json!({}), r#"{"data":{}}"#),
            ("message_post", json!([[7]]), json!({ "body": "x" }), r#"{"ids":[7],"data":{"body":"x"}}"#),
        ] {
            assert_eq!(told(method, args, kwargs), expected, "{method}");
        }
    }

    #[test]
    fn what_goes_on_is_said_as_it_is_taken_and_means_the_same() {
        for (method, args, kwargs) in [
            ("search_read", json!([[["a", "=", 1]], ["name"]]), json!({ "limit": 2 })),
            ("read", json!([[7, 8], ["name"]]), json!({})),
            ("message_post", json!([[7]]), json!({ "body": "x" })),
            ("x_own", json!([]), json!({})),
        ] {
            let given = json!({ "model": "res.partner", "method": method, "args": args, "kwargs": kwargs });
            let call = named(given.as_object().unwrap().clone(), 18).unwrap();
            let said = placed(call.clone());
            assert_eq!(said.keys().collect::<Vec<_>>(), ["model", "method", "args", "kwargs"]);
            assert_eq!(named(said, 18).unwrap(), call, "{method}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused_and_not_guessed() {
        for (method, args, kwargs, says) in [
            ("x_own", json!([[7], "y"]), json!({}), "args[1]: nobody here knows"),
            ("x_own", json!(["y"]), json!({}), "args[0]: nobody here knows"),
            ("write", json!([[7], { "ref": "a" }]), json!({ "vals": {} }), "vals is given twice"),
            ("search_count", json!([[], 1, 2, 3]), json!({}), "nobody here knows"),
            ("read", json!({}), json!({}), "args: expected a list"),
            ("read", json!([[7]]), json!([]), "kwargs: expected an object"),
        ] {
            assert!(told(method, args, kwargs).contains(says), "{method}");
        }
    }
}
