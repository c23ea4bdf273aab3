//! `doc-model`: one model's fields, methods and parameters, as Odoo documents them.

use clap::Args as ClapArgs;
use serde_json::{Map, Value};

use crate::error::{Code, Effect, Error, Result};
use crate::operation;
use crate::render::format::Format;
use crate::results::Layout;
use crate::session::Session;

/// What a table shows of fields and of methods.
const SHOWN: [&str; 7] = ["name", "type", "string", "relation", "required", "readonly", "signature"];

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
    let layout = Layout::records().named(&["fields", "methods"]).columns(&SHOWN);
    let layout = layout.keys(&["name", "type", "relation"]).attributes(&["required", "readonly"]);
    let has_one_kind_of_row = request.fields.is_empty() != request.methods.is_empty();
    let form = session.local.results().form(&layout);
    if matches!(form, Format::Ndjson | Format::Csv) && !has_one_kind_of_row && !session.local.is_plucked() {
        return Err(Error::usage(
            "doc-model has two kinds of rows, fields and methods, and this form takes one",
        )
        .with_hint("name some with --field or with --method, or use --output json or table")
        .with_hint("odoo-agent schema-summary lists fields in every form"));
    }
    let page = session.documents()?.model(&request.model, request.refresh)?;
    if page.is_fallback {
        session.note_once(super::doc_index::FALLBACK_NOTE);
    }
    if request.fields.is_empty() && request.methods.is_empty() {
        return session.local.print_as(&page.body, Effect::Rejected, &layout);
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
    session.local.print_as(&Value::Object(reduced).to_string(), Effect::Rejected, &layout)
}

fn pick(all: &Value, names: &[String], model: &str, what: &str) -> Result<Value> {
    let empty = Map::new();
    let all = all.as_object().unwrap_or(&empty);
    let mut picked = Map::new();
    for name in names {
        let Some(found) = all.get(name) else {
            let mut error = Error::new(Code::NotFound, format!("{model} documents no {what} {name}"));
            if let Some(close) = crate::suggest::closest(name, all.keys().map(String::as_str)) {
                error = error.with_hint(format!("did you mean {}?", crate::render::shell::quoted(close)));
            }
            return Err(error);
        };
        picked.insert(name.clone(), found.clone());
    }
    Ok(Value::Object(picked))
}
