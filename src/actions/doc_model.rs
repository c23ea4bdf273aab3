//! `doc-model`: one model's fields, methods and parameters, as Odoo documents them.

use serde_json::{Map, Value, json};

use super::doc_index::FALLBACK_NOTE;
use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked};
use crate::arguments::values::{Flag, Model, Names};
use crate::arguments::{At, arguments, rules::{NoRules, names, yes}};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::operation::Object;
use crate::outcome::{Layout, Outcome};
use crate::session::{Run, Session};

/// What a table shows of fields and of methods.
const SHOWN: [&str; 7] = ["name", "type", "string", "relation", "required", "readonly", "signature"];

/// The verb.
pub const VERB: Verb = Verb {
    name: "doc_model",
    reach: Reach::reads(|| {
        json!({
            "type": "object", "required": ["model"],
            "properties": {
                "model": { "type": "string" }, "fields": { "type": "object" }, "methods": { "type": "object" },
            },
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent doc-model project.task
  odoo-agent doc-model res.partner --field email --field phone"#,
};

arguments! {
    /// Describe one model: fields, methods, parameters
    pub struct Arguments {
        /// Model, like project.task
        model: Model => positional(),
        /// This field; without `methods`, no methods are shown
        fields: Option<Names> => flag("field"),
        /// This method; without `fields`, no fields are shown
        methods: Option<Names> => flag("method"),
        /// Ask Odoo even if the document is cached
        refresh: Option<Flag>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        Ok(Any::DocModel(Request {
            model: checked(self.model)?,
            fields: names(self.fields),
            methods: names(self.methods),
            refresh: yes(self.refresh),
        }))
    }
}

/// A model's document.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Fields by name.
    pub fields: Vec<String>,
    /// Methods by name.
    pub methods: Vec<String>,
    /// Past the cache.
    pub refresh: bool,
}

impl Request {
    /// What is known of the rows.
    pub fn layout() -> Layout {
        Layout::records()
            .named(&["fields", "methods"])
            .columns(&SHOWN)
            .keys(&["name", "type", "relation"])
            .attributes(&["required", "readonly"])
    }

    /// Fields and methods are two kinds of rows.
    pub fn has_one_kind_of_row(&self) -> bool {
        self.fields.is_empty() != self.methods.is_empty()
    }
}

/// Comes to the document, or to the part that was asked for.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let layout = Request::layout();
    let context = run.context()?;
    let page = run.documents(&context).model(&request.model, request.refresh)?;
    if page.is_fallback {
        run.note(FALLBACK_NOTE);
    }
    if request.fields.is_empty() && request.methods.is_empty() {
        return Ok(page.outcome().laid_out(layout));
    }
    let document: Map<String, Value> = serde_json::from_str(&page.body)
        .map_err(|_| Error::new(Code::BadReply, "the model's documentation is not what Odoo 19 sends"))?;
    let mut reduced = Map::new();
    for (key, value) in &document {
        match key.as_str() {
            "fields" => {
                reduced.insert(key.clone(), pick(value, &request.fields, &request.model, "field")?);
            }
            "methods" => {
                reduced.insert(key.clone(), pick(value, &request.methods, &request.model, "method")?);
            }
            _ => {
                reduced.insert(key.clone(), value.clone());
            }
        }
    }
    if !request.methods.is_empty() && !document.contains_key("methods") {
        return Err(Error::new(
            Code::AccessDenied,
            "this user cannot see methods: Odoo shows them to the group Technical Documentation only",
        )
        .with_hint(Hint::new("call the method all the same if you know it: ").help("call")));
    }
    Ok(Outcome { origin: page.origin, ..Outcome::read(Value::Object(reduced).to_string()).laid_out(layout) })
}

fn pick(all: &Value, names: &[String], model: &str, what: &str) -> Result<Value> {
    let empty = Map::new();
    let all = all.as_object().unwrap_or(&empty);
    let mut picked = Map::new();
    for name in names {
        let Some(found) = all.get(name) else {
            let mut error = Error::new(Code::NotFound, format!("{model} documents no {what} {name}"));
            if let Some(close) = crate::suggest::closest(name, all.keys().map(String::as_str)) {
                error = error.with_hint(format!("did you mean {}?", crate::text::shell::quoted(close)));
            }
            return Err(error);
        };
        picked.insert(name.clone(), found.clone());
    }
    Ok(Value::Object(picked))
}
