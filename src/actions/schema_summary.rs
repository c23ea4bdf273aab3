//! `schema-summary`: the fields of a model in few words.

use serde_json::{Value, json};

use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked};
use crate::arguments::values::{Flag, Model, Names};
use crate::arguments::{At, arguments, rules::{NoRules, names, yes}};
use super::parts;
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::operation::{Object, Operation};
use crate::host::Host;
use crate::odoo::client::described;
use crate::odoo::lookup::model_called;
use crate::odoo::schema::Schema;
use crate::outcome::{Layout, Origin, Outcome};
use crate::session::{Run, Session};

/// What somebody types again: a table cuts none of it.
const KEYS: [&str; 3] = ["name", "type", "relation"];

/// A selection of more keys is cut to some.
const LONG: usize = 40;
const SHOWN: usize = 10;

/// What a field is or is not.
const ATTRIBUTES: [&str; 2] = ["readonly", "required"];

/// The verb.
pub const VERB: Verb = Verb {
    name: "schema_summary",
    reach: Reach::reads(|| {
        json!({
            "type": "object", "required": ["source", "model", "name", "fields"], "additionalProperties": false,
            "properties": {
                "source": { "enum": ["live", "cache"] }, "model": { "type": "string" },
                "name": { "type": "string" },
                "fields": { "type": "array", "items": {
                    "type": "object", "required": ["name", "type", "string"],
                    "properties": {
                        "name": { "type": "string" }, "type": { "type": "string" },
                        "selection": { "type": "array" }, "selection_left_out": { "type": "integer" },
                    },
                } },
            },
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent schema-summary project.task
  odoo-agent schema-summary res.partner --contains mail,phone"#,
};

arguments! {
    /// List the fields of a model
    pub struct Arguments {
        /// Model, like project.task
        model: Model => positional(),
        /// Ask Odoo even if the schema is cached
        refresh: Option<Flag>,
        /// These fields
        fields: Option<Names> => flag("field"),
        /// Fields whose name or label contains one of these
        contains: Option<Names> => value("TEXT"),
        /// Every field, not only the model's short list
        all: Option<Flag>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        Ok(Any::SchemaSummary(Request {
            model: checked(self.model)?,
            refresh: yes(self.refresh),
            fields: names(self.fields),
            contains: names(self.contains),
            all: yes(self.all),
        }))
    }
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

impl Request {
    fn is_filtered(&self) -> bool {
        !self.fields.is_empty() || !self.contains.is_empty()
    }
}

impl Request {
    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![described(&self.model)?])
    }
}

/// Comes to `{source, model, name, fields}`.
pub fn perform(mut request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    // What is kept here is not for everybody either.
    run.judged(&described(&request.model)?)?;
    (request.fields, request.contains) = (parts(request.fields), parts(request.contains));
    let schema = run.schema(&request.model, request.refresh).map_err(|error| {
        match model_called(&request.model).filter(|_| error.code == Code::NotFound) {
            Some(meant) => error.with_hint(format!("did you mean {meant}?")),
            None => error,
        }
    })?;
    let names = chosen(&request, &schema)?;
    let mut fields: Vec<Value> = names.iter().map(|name| schema.summary(name)).collect();
    let cut: Vec<&str> =
        fields.iter_mut().zip(&names).filter_map(|(row, name)| cut_keys(row, name, &request).then_some(name.as_str())).collect();
    let origin = if schema.from_cache { Origin::Cache } else { Origin::Live };
    let summary = json!({
        "source": origin.as_str(),
        "model": request.model,
        "name": request.model,
        "fields": fields,
    });
    let layout = Layout::records().under("fields").keys(&KEYS).cut_first("selection").attributes(&ATTRIBUTES);
    let mut outcome = Outcome { origin, ..Outcome::read(summary.to_string()).laid_out(layout) };
    if let Some(first) = cut.first() {
        outcome = outcome.noting(
            Hint::new(format!("of more than {LONG} keys of a selection {SHOWN} are here ({}); ", cut.join(", ")))
                .with("fields", *first)
                .text(" has them all"),
        );
    }
    let count = schema.names().count();
    if names.is_empty() && !request.contains.is_empty() {
        let terms = request.contains.join(", ");
        return Ok(outcome.noting(format!("none of the {count} fields has {terms} in its name or label")));
    }
    if !request.is_filtered() && !request.all && names.len() < count {
        return Ok(outcome.noting(
            Hint::new(format!("{} of {count} fields; ", names.len()))
                .name("all")
                .text(" shows every one, ")
                .with("contains", "WORD")
                .text(" finds some"),
        ));
    }
    Ok(outcome)
}

/// Cuts the keys of a field that was not asked for by its name, where they are very many: all zones of time, all
/// languages. How many are left out stands beside them. Says whether it did.
fn cut_keys(row: &mut Value, name: &str, request: &Request) -> bool {
    let Some(keys) = row.get_mut("selection").and_then(Value::as_array_mut) else { return false };
    let count = keys.len();
    if count <= LONG || request.fields.iter().any(|asked| asked == name) {
        return false;
    }
    keys.truncate(SHOWN);
    row["selection_left_out"] = (count - SHOWN).into();
    true
}

/// Filters look at every field; without filters the short list is enough, where there is one.
fn chosen(request: &Request, schema: &Schema) -> Result<Vec<String>> {
    for name in &request.fields {
        if !schema.has(name) {
            let mut error = Error::new(Code::NotFound, format!("{} has no field {name}", request.model));
            if let Some(close) = crate::suggest::closest(name, schema.names()) {
                error = error.with_hint(format!("did you mean {}?", crate::text::shell::quoted(close)));
            }
            return Err(
                error.with_hint(Hint::new("a field that was just added appears with ").name("refresh"))
            );
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
