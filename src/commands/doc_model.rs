//! `doc-model`: one model's fields, methods and parameters, as Odoo documents them.

use clap::Args as ClapArgs;
use serde_json::{Map, Value};

use crate::error::{Code, Effect, Error, Result};
use crate::operation;
use crate::session::Session;

/// Flags of `doc-model`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent doc-model project.task
  odoo-agent doc-model res.partner --field email --field phone")]
pub struct Args {
    /// Model, like project.task
    pub model: String,
    /// This field (repeatable); without --method, no methods are shown
    #[arg(long, value_name = "NAME")]
    field: Vec<String>,
    /// This method (repeatable); without --field, no fields are shown
    #[arg(long, value_name = "NAME")]
    method: Vec<String>,
    /// Ask Odoo even if the document is cached
    #[arg(long)]
    refresh: bool,
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

impl Args {
    /// Checks the flags.
    pub fn request(self) -> Result<Request> {
        operation::check_model(&self.model)?;
        let Args { model, field, method, refresh } = self;
        Ok(Request { model, fields: field, methods: method, refresh })
    }
}

/// Prints the document, or the part that was asked for.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let page = session.documents()?.model(&request.model, request.refresh)?;
    if page.is_fallback {
        session.note_once(super::doc_index::FALLBACK_NOTE);
    }
    if request.fields.is_empty() && request.methods.is_empty() {
        return session.local.print(&page.body, Effect::Rejected);
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
        .with_hint("call the method all the same if you know it: odoo-agent call --help"));
    }
    session.local.print_value(&Value::Object(reduced), Effect::Rejected)
}

fn pick(all: &Value, names: &[String], model: &str, what: &str) -> Result<Value> {
    let empty = Map::new();
    let all = all.as_object().unwrap_or(&empty);
    let mut picked = Map::new();
    for name in names {
        let Some(found) = all.get(name) else {
            let mut error = Error::new(Code::NotFound, format!("{model} documents no {what} {name}"));
            if let Some(close) = crate::suggest::closest(name, all.keys().map(String::as_str)) {
                error = error.with_hint(format!("did you mean {close}?"));
            }
            return Err(error);
        };
        picked.insert(name.clone(), found.clone());
    }
    Ok(Value::Object(picked))
}
