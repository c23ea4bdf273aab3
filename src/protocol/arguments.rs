//! An operation's arguments as the older protocols take them: a list in which the records stand first, and the rest
//! by name with the context among them. Which of them have a place and what they are called differs by version; one
//! form is sent that all of 14 to 19 understand. It sends nothing.

use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::knowledge::methods::{self, Method, Scope};
use crate::knowledge::{NEWEST, OLDEST, Version};
use crate::operation::{Object, Operation};
use crate::text::html;

/// The first arguments of methods whose names changed, or that are taken by their place alone.
const PLACES: [(&str, &[&str]); 15] = [
    ("check_access_rights", &["operation"]),
    ("check_access_rule", &["operation"]),
    ("create", &["vals_list"]),
    ("default_get", &["fields"]),
    ("fields_get", &["allfields"]),
    ("formatted_read_group", &["domain"]),
    ("has_access", &["operation"]),
    ("has_group", &["group_ext_id"]),
    ("name_create", &["name"]),
    ("name_search", &["name", "domain"]),
    ("read_group", &["domain", "fields", "groupby"]),
    ("search", &["domain"]),
    ("search_count", &["domain"]),
    ("search_read", &["domain"]),
    ("write", &["vals"]),
];

/// Names that `execute_kw` itself has up to 18, which an argument by name cannot have then.
const TAKEN: [&str; 4] = ["db", "uid", "obj", "method"];

/// Arguments by place and by name.
#[derive(Debug, PartialEq)]
pub struct Arguments {
    /// By place, the records first.
    pub places: Vec<Value>,
    /// By name, the context last.
    pub names: Object,
}

/// The arguments of an operation for a server of this version.
///
/// # Errors
/// What this version does not have.
pub fn of(operation: &Operation, major: u32) -> Result<Arguments> {
    let version = Version::try_from(major).unwrap_or(NEWEST).clamp(OLDEST, NEWEST);
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let mut names = operation.kwargs.clone();
    if version < 17 && matches!(method, "message_post" | "message_notify") {
        as_html(&mut names);
    }
    let row = methods::in_version(model, method, version);
    match (row, methods::of(model, method)) {
        (None, Some(other)) => return Err(lacks(operation, other, version)),
        (Some(row), _) => names = as_called(operation, names, row, version)?,
        (None, None) => {}
    }
    let scope = row.map(|row| row.scope);
    let ids = match (&operation.ids, scope) {
        // It was asked of the user alone, who could not be another than the caller.
        (Some(_), Some(Scope::Model)) if method == "has_group" => None,
        (None, Some(Scope::AnyRecords)) => Some(json!([])),
        (ids, _) => ids.as_ref().map(|ids| json!(ids)),
    };
    let mut places: Vec<Value> = ids.into_iter().collect();
    let wanted = PLACES.binary_search_by_key(&method, |(name, _)| name).map_or(&[][..], |at| PLACES[at].1);
    let given = wanted.iter().rposition(|name| names.contains_key(*name)).map_or(0, |last| last + 1);
    for name in &wanted[..given] {
        // Of those before one that is given, none but a text to search for can be left out.
        places.push(names.shift_remove(*name).unwrap_or_else(|| json!("")));
    }
    names.insert("context".into(), operation.context.clone().into());
    Ok(Arguments { places, names })
}

/// The arguments by the names of a version, but for those that have a place.
fn as_called(operation: &Operation, names: Object, row: &Method, version: Version) -> Result<Object> {
    let has_place =
        |name: &str| PLACES.iter().any(|(method, places)| *method == row.name && places.contains(&name));
    let mut called = Object::new();
    for (name, value) in names {
        let argument = row.arguments.iter().find(|argument| argument.name == name);
        match argument {
            Some(argument) if !argument.is_in(version) => {
                return Err(refused(format!(
                    "{}/{} of Odoo {version} has no argument {name}: it came with {}; nothing was sent",
                    operation.model, operation.method, argument.since
                )));
            }
            Some(argument) if !has_place(&name) => {
                called.insert(argument.name_in(version).into(), value);
            }
            _ => drop(called.insert(name, value)),
        }
    }
    Ok(called)
}

/// The refusal of a method that this version does not have, with what it has in its place.
fn lacks(operation: &Operation, other: &Method, version: Version) -> Error {
    let (model, method) = (&operation.model, &operation.method);
    let when = if other.since > version {
        format!("it came with Odoo {}", other.since)
    } else {
        format!("it is gone since Odoo {}", other.until + 1)
    };
    let error = refused(format!("Odoo {version} has no {model}/{method}: {when}; nothing was sent"));
    match method.as_str() {
        "formatted_read_group" | "formatted_read_grouping_sets" => {
            error.with_hint("group counts and sums in every version")
        }
        "has_access" => error.with_hint(
            "check_access_rights with operation and raise_exception=false asks the same of the model",
        ),
        "name_get" => error.with_hint("read display_name"),
        "message_post_with_source" => error.with_hint("message_post_with_template has it here"),
        "message_post_with_template" | "message_post_with_view" => {
            error.with_hint("message_post_with_source has it here")
        }
        _ => error,
    }
}

fn refused(message: String) -> Error {
    Error::new(Code::PreflightRefused, message)
}

/// Refuses what `execute_kw` of this version would take for its own.
///
/// # Errors
/// An argument whose name it has itself.
pub fn refuse_taken(operation: &Operation, major: u32) -> Result<()> {
    let taken = operation.kwargs.keys().find(|name| major < 19 && TAKEN.contains(&name.as_str()));
    let Some(name) = taken else { return Ok(()) };
    Err(refused(format!(
        "{}/{} with an argument called {name}: JSON-RPC of Odoo {major} has one of that name itself and cannot take it; nothing was sent",
        operation.model, operation.method
    ))
    .with_hint("ODOO_PROTOCOL=session with ODOO_LOGIN and ODOO_PASSWORD in the profile can"))
}

/// A text of a message as these versions want it, who take it for HTML, where later ones take it for text.
fn as_html(names: &mut Object) {
    let is_html = names.shift_remove("body_is_html").is_some_and(|value| value == true);
    if let Some(Value::String(body)) = names.get_mut("body")
        && !is_html
    {
        *body = html::escaped(body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(method: &str, ids: Option<Vec<i64>>, kwargs: Value, major: u32) -> Value {
        let mut operation = Operation::new(
            if method == "has_group" { "res.users" } else { "res.partner" },
            method,
            kwargs.as_object().cloned().unwrap(),
        )
        .unwrap();
        operation.ids = ids;
        let Arguments { places, mut names } = of(&operation, major).unwrap();
        assert_eq!(names.pop(), Some(("context".into(), json!({}))));
        json!([places, names])
    }

    trait Pop {
        fn pop(&mut self) -> Option<(String, Value)>;
    }

    impl Pop for Object {
        fn pop(&mut self) -> Option<(String, Value)> {
            let last = self.keys().next_back().cloned()?;
            self.shift_remove(&last).map(|value| (last, value))
        }
    }

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(PLACES.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn records_stand_first_and_renamed_arguments_have_a_place() {
        for (method, ids, given, sent) in [
            ("search", None, json!({ "domain": [], "limit": 5 }), json!([[[]], { "limit": 5 }])),
            ("search_read", None, json!({ "fields": ["a"] }), json!([[], { "fields": ["a"] }])),
            ("read", Some(vec![7]), json!({ "fields": ["a"] }), json!([[[7]], { "fields": ["a"] }])),
            ("create", None, json!({ "vals_list": [{}] }), json!([[[{}]], {}])),
            ("write", Some(vec![7, 8]), json!({ "vals": { "a": 1 } }), json!([[[7, 8], { "a": 1 }], {}])),
            ("name_search", None, json!({ "name": "x", "limit": 2 }), json!([["x"], { "limit": 2 }])),
            ("name_search", None, json!({ "domain": [["a", "=", 1]] }), json!([["", [["a", "=", 1]]], {}])),
            ("fields_get", None, json!({ "attributes": ["type"] }), json!([[], { "attributes": ["type"] }])),
            ("message_post", Some(vec![7]), json!({ "body": "x" }), json!([[[7]], { "body": "x" }])),
            ("action_confirm", Some(vec![7]), json!({}), json!([[[7]], {}])),
            ("action_confirm", Some(vec![]), json!({}), json!([[[]], {}])),
        ] {
            for major in 14..=19 {
                assert_eq!(arguments(method, ids.clone(), given.clone(), major), sent, "{method} of {major}");
            }
        }
    }

    #[test]
    fn a_group_is_asked_of_the_user_from_18_on() {
        let given = json!({ "group_ext_id": "base.group_user" });
        for major in 14..18 {
            assert_eq!(
                arguments("has_group", Some(vec![7]), given.clone(), major),
                json!([["base.group_user"], {}])
            );
        }
        assert_eq!(arguments("has_group", Some(vec![7]), given, 18), json!([[[7], "base.group_user"], {}]));
    }

    #[test]
    fn a_text_is_the_same_text_whether_a_version_wants_html_or_not() {
        let text = json!({ "body": "a < b & \"c\"" });
        assert_eq!(arguments("message_post", Some(vec![7]), text.clone(), 17), json!([[[7]], text]));
        assert_eq!(
            arguments("message_post", Some(vec![7]), text, 16),
            json!([[[7]], { "body": "a &lt; b &amp; &#34;c&#34;" }])
        );
        let html = json!({ "body": "<b>x</b>", "body_is_html": true });
        assert_eq!(
            arguments("message_post", Some(vec![7]), html, 14),
            json!([[[7]], { "body": "<b>x</b>" }])
        );
    }

    #[test]
    fn what_a_version_lacks_is_said_and_what_it_calls_otherwise_is_called_so() {
        let error = |model: &str, method: &str, kwargs: Value, major: u32| {
            let operation = Operation::new(model, method, kwargs.as_object().cloned().unwrap()).unwrap();
            of(&operation, major)
                .map(|arguments| panic!("{method} of {major}: {arguments:?}"))
                .unwrap_err()
                .message
        };
        for (method, kwargs, major, says) in [
            ("formatted_read_group", json!({}), 18, "came with Odoo 19"),
            ("has_access", json!({ "operation": "read" }), 17, "came with Odoo 18"),
            ("name_get", json!({}), 18, "gone since Odoo 18"),
            ("search_count", json!({ "domain": [], "limit": 1 }), 15, "no argument limit"),
            ("message_post", json!({ "body": "x", "partner_cc_ids": [1] }), 16, "no argument partner_cc_ids"),
        ] {
            assert!(error("res.partner", method, kwargs, major).contains(says), "{method}");
        }
        let count = json!({ "domain": [], "limit": 1 });
        assert_eq!(arguments("search_count", None, count, 16), json!([[[]], { "limit": 1 }]));
        let access = json!({ "operation": "read" });
        assert_eq!(arguments("has_access", None, access, 18), json!([[[], "read"], {}]));
        // What no table knows is Odoo's to judge.
        let own = json!({ "limit": 1, "partner_cc_ids": 1 });
        assert_eq!(arguments("x_own_method", None, own.clone(), 14), json!([[], own]));
    }

    #[test]
    fn names_of_execute_kw_itself_are_refused_where_it_has_them() {
        let with =
            |name: &str| Operation::new("m", "f", Object::from_iter([(name.to_string(), json!(1))])).unwrap();
        for name in TAKEN {
            assert!(refuse_taken(&with(name), 18).is_err());
            assert!(refuse_taken(&with(name), 19).is_ok());
        }
        assert!(refuse_taken(&with("model"), 14).is_ok());
    }
}
