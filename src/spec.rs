//! Spec files: one JSON object that says the same as a command line. It becomes the very same `Job`; what a
//! key means is decided where the flags are. Unknown and repeated keys are errors, with the path inside the
//! spec.

use serde_json::Value;

use crate::approval::Approval;
use crate::commands::{
    Job, Request, call, create, doc_index, doc_model, fields::Fields, lookup, read, schema_summary,
    search_read, write,
};
use crate::error::{Code, Error, Result};
use crate::json_input;
use crate::odoo::lookup::Wanted;
use crate::operation::{self, Object};
use crate::preflight::Rules;

/// Every action and its own keys; `action`, `context` and `confirm_outbound` go with all of them.
const ACTIONS: [(&str, &[&str]); 9] = [
    ("lookup", &["kind", "query", "limit", "refresh", "exact", "one"]),
    ("schema_summary", &["model", "refresh", "fields", "contains", "all"]),
    ("doc_index", &["match", "names", "refresh"]),
    ("doc_model", &["model", "fields", "methods", "refresh"]),
    ("call", &["model", "method", "ids", "data", "dry_run", "strict", "force_fields", "max_records"]),
    ("search_read", &["model", "domain", "fields", "limit", "offset", "order", "all", "dry_run"]),
    ("read", &["model", "ids", "fields", "dry_run"]),
    ("create", &["model", "vals", "vals_list", "dry_run", "strict", "force_fields", "max_records"]),
    ("write", &["model", "ids", "vals", "dry_run", "strict", "force_fields", "max_records"]),
];

const COMMON: [&str; 3] = ["action", "context", "confirm_outbound"];

/// Understands the text of a spec.
pub fn parse(text: &str) -> Result<Job> {
    let value =
        json_input::parse(text).map_err(|why| invalid(format!("the spec is not valid JSON: {why}")))?;
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
    let mut keys = Keys(json_input::object(value, "spec")?);
    let action = keys.needed_text("action")?;
    let Some((_, own)) = ACTIONS.iter().find(|(name, _)| *name == action) else {
        let names = ACTIONS.iter().map(|(name, _)| *name);
        let mut error = invalid(format!(
            "spec.action: {action:?} is not one of {}",
            names.clone().collect::<Vec<_>>().join(", ")
        ));
        if let Some(close) = crate::suggest::closest(&action, names) {
            error = error.with_hint(format!("did you mean {close}?"));
        }
        return Err(error);
    };
    keys.refuse_unknown(&action, own)?;
    let mut context = match keys.take("context") {
        Some(context) => json_input::object(context, "spec.context")?,
        None => Object::new(),
    };
    let approval = Approval { confirm_outbound: keys.flag("confirm_outbound")?, token: None };
    let rules = Rules {
        strict: keys.flag("strict")?,
        dry_run: keys.flag("dry_run")?,
        force_fields: keys.strings("force_fields")?,
        max_records: keys.optional_number("max_records", 1)?,
    };
    let request = match action.as_str() {
        "lookup" => Request::Lookup(lookup::Request::new(
            Wanted {
                kind: keys.needed_text("kind")?,
                query: keys.needed_text("query")?,
                limit: keys.number("limit", lookup::LIMIT, 1)?,
                exact: keys.flag("exact")?,
            },
            keys.flag("refresh")?,
            keys.flag("one")?,
        )?),
        "schema_summary" => Request::SchemaSummary(schema_summary::Request {
            model: keys.model()?,
            refresh: keys.flag("refresh")?,
            fields: keys.strings("fields")?,
            contains: keys.strings("contains")?,
            all: keys.flag("all")?,
        }),
        "doc_index" => Request::DocIndex(doc_index::Request {
            matching: keys.text("match")?,
            names: keys.flag("names")?,
            refresh: keys.flag("refresh")?,
        }),
        "doc_model" => Request::DocModel(doc_model::Request {
            model: keys.model()?,
            fields: keys.strings("fields")?,
            methods: keys.strings("methods")?,
            refresh: keys.flag("refresh")?,
        }),
        "call" => {
            let ids = keys.ids()?;
            let data = keys.object("data")?.unwrap_or_default();
            let (model, method) = (keys.model()?, keys.needed_text("method")?);
            Request::Call(call::Request::new(&model, &method, ids, data, &mut context, "spec.data")?)
        }
        "search_read" => Request::SearchRead(search_read::Request {
            model: keys.model()?,
            domain: keys.list("domain")?,
            fields: keys.fields()?,
            limit: keys.number("limit", search_read::LIMIT, 0)?,
            offset: keys.number("offset", 0, 0)?,
            order: keys.text("order")?.filter(|order| !order.trim().is_empty()),
            all: keys.flag("all")?,
        }),
        "read" => Request::Read(read::Request {
            model: keys.model()?,
            ids: keys.needed_ids("read")?,
            fields: keys.fields()?,
        }),
        "create" => {
            let vals_list = match (keys.object("vals")?, keys.take("vals_list")) {
                (Some(vals), None) => vec![vals],
                (None, Some(list)) => json_input::objects(list, "spec.vals_list")?,
                (Some(_), Some(_)) => {
                    return Err(invalid("spec.vals and spec.vals_list exclude each other".into()));
                }
                (None, None) => return Err(invalid("spec.vals or spec.vals_list is missing".into())),
            };
            Request::Create(create::Request::new(keys.model()?, vals_list)?)
        }
        _ => Request::Write(write::Request {
            model: keys.model()?,
            ids: keys.needed_ids("write")?,
            vals: keys.object("vals")?.ok_or_else(|| invalid("spec.vals is missing".into()))?,
        }),
    };
    Ok(Job { request, context, approval, rules })
}

/// The spec's keys, taken one by one with their types. `null` counts as absent.
struct Keys(Object);

impl Keys {
    fn refuse_unknown(&self, action: &str, own: &[&'static str]) -> Result<()> {
        for key in self.0.keys() {
            if own.contains(&key.as_str()) || COMMON.contains(&key.as_str()) {
                continue;
            }
            let mut error = invalid(format!("spec.{key}: {action} has no such key"));
            let candidates = own.iter().chain(COMMON.iter()).copied();
            error = match crate::suggest::closest(key, candidates) {
                Some(close) => error.with_hint(format!("did you mean {close}?")),
                None => error.with_hint(format!("{action} takes {}", own.join(", "))),
            };
            return Err(error);
        }
        Ok(())
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.0.shift_remove(key).filter(|value| !value.is_null())
    }

    fn text(&mut self, key: &str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(json_input::wrong_type(&format!("spec.{key}"), "a string", &other)),
        }
    }

    fn needed_text(&mut self, key: &str) -> Result<String> {
        self.text(key)?.ok_or_else(|| invalid(format!("spec.{key} is missing")))
    }

    fn model(&mut self) -> Result<String> {
        let model = self.needed_text("model")?;
        operation::check_model(&model)?;
        Ok(model)
    }

    fn flag(&mut self, key: &str) -> Result<bool> {
        match self.take(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(json_input::wrong_type(&format!("spec.{key}"), "true or false", &other)),
        }
    }

    fn number(&mut self, key: &str, default: u32, smallest: u32) -> Result<u32> {
        Ok(self.optional_number(key, smallest)?.unwrap_or(default))
    }

    fn optional_number(&mut self, key: &str, smallest: u32) -> Result<Option<u32>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number >= smallest).map(Some).ok_or_else(|| {
            json_input::wrong_type(&format!("spec.{key}"), &format!("a whole number from {smallest}"), &value)
        })
    }

    fn object(&mut self, key: &str) -> Result<Option<Object>> {
        self.take(key).map(|value| json_input::object(value, &format!("spec.{key}"))).transpose()
    }

    fn list(&mut self, key: &str) -> Result<Vec<Value>> {
        self.take(key).map_or(Ok(Vec::new()), |value| json_input::list(value, &format!("spec.{key}")))
    }

    fn strings(&mut self, key: &str) -> Result<Vec<String>> {
        self.take(key).map_or(Ok(Vec::new()), |value| json_input::strings(value, &format!("spec.{key}")))
    }

    fn fields(&mut self) -> Result<Fields> {
        self.take("fields").map_or(Ok(Fields::Usual), |value| Fields::parse(value, "spec.fields"))
    }

    fn ids(&mut self) -> Result<Option<Vec<i64>>> {
        self.take("ids").map(|value| json_input::ids(value, "spec.ids")).transpose()
    }

    fn needed_ids(&mut self, action: &str) -> Result<Vec<i64>> {
        match self.ids()? {
            Some(ids) if !ids.is_empty() => Ok(ids),
            _ => Err(invalid(format!("spec.ids is missing or empty: {action} needs records"))),
        }
    }
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
