//! `schema-summary`: the fields of a model in few words.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::error::{Code, Effect, Error, Result};
use crate::odoo::lookup::model_called;
use crate::odoo::schema::Schema;
use crate::operation;
use crate::results::Layout;
use crate::session::Session;

/// What somebody types again: a table cuts none of it.
const KEYS: [&str; 3] = ["name", "type", "relation"];

/// What a field is or is not.
const ATTRIBUTES: [&str; 2] = ["readonly", "required"];

/// Flags of `schema-summary`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent schema-summary project.task
  odoo-agent schema-summary res.partner --contains mail --contains phone")]
pub struct Args {
    /// Model, like project.task
    pub model: String,
    /// Ask Odoo even if the schema is cached
    #[arg(long)]
    refresh: bool,
    /// This field (repeatable)
    #[arg(long, value_name = "NAME")]
    field: Vec<String>,
    /// Fields whose name or label contains this (repeatable)
    #[arg(long, value_name = "TEXT")]
    contains: Vec<String>,
    /// Every field, not only the model's short list
    #[arg(long)]
    all: bool,
}

/// A summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Past the cache.
    pub refresh: bool,
    /// Fields by name.
    pub fields: Vec<String>,
    /// Fields by a part of name or label.
    pub contains: Vec<String>,
    /// Every field.
    pub all: bool,
}

impl Args {
    /// Checks the flags.
    pub fn request(self) -> Result<Request> {
        operation::check_model(&self.model)?;
        let Args { model, refresh, field, contains, all } = self;
        Ok(Request { model, refresh, fields: field, contains, all })
    }
}

impl Request {
    fn is_filtered(&self) -> bool {
        !self.fields.is_empty() || !self.contains.is_empty()
    }
}

/// Prints `{source, model, name, fields}`.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let schema = session.schema(&request.model, request.refresh).map_err(|error| {
        match model_called(&request.model).filter(|_| error.code == Code::NotFound) {
            Some(meant) => error.with_hint(format!("did you mean {meant}?")),
            None => error,
        }
    })?;
    let names = chosen(&request, &schema)?;
    let fields: Vec<Value> = names.iter().map(|name| schema.summary(name)).collect();
    let summary = json!({
        "source": if schema.from_cache { "cache" } else { "live" },
        "model": request.model,
        "name": request.model,
        "fields": fields,
    });
    let layout = Layout::records().under("fields").keys(&KEYS).cut_first("selection").attributes(&ATTRIBUTES);
    session.local.print_as(&summary.to_string(), Effect::Rejected, &layout)?;
    let count = schema.names().count();
    if names.is_empty() && !request.contains.is_empty() {
        let terms = request.contains.join(", ");
        session.note_once(&format!("none of the {count} fields has {terms} in its name or label"));
    } else if !request.is_filtered() && !request.all && names.len() < count {
        session.note_once(&format!(
            "{} of {count} fields; --all shows every one, --contains WORD finds some",
            names.len()
        ));
    }
    Ok(())
}

/// Filters look at every field; without filters the short list is enough, where there is one.
fn chosen(request: &Request, schema: &Schema) -> Result<Vec<String>> {
    for name in &request.fields {
        if !schema.has(name) {
            let mut error = Error::new(Code::NotFound, format!("{} has no field {name}", request.model));
            if let Some(close) = crate::suggest::closest(name, schema.names()) {
                error = error.with_hint(format!("did you mean {}?", crate::render::shell::quoted(close)));
            }
            return Err(error.with_hint("a field that was just added appears with --refresh"));
        }
    }
    let filtered = request.is_filtered();
    let short = schema.short_fields(&request.model);
    if !filtered && !request.all && !short.is_empty() {
        return Ok(short);
    }
    let terms: Vec<String> = request.contains.iter().map(|term| term.to_lowercase()).collect();
    let found = |name: &str| {
        let (name, label) = (name.to_lowercase(), schema.label(name).to_lowercase());
        terms.iter().any(|term| name.contains(term) || label.contains(term))
    };
    let wanted = |name: &str| {
        !filtered || request.all || request.fields.iter().any(|asked| asked == name) || found(name)
    };
    Ok(schema.names().filter(|name| wanted(name)).map(str::to_string).collect())
}
