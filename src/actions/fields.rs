//! Which fields a verb reads, and what is known of the columns of its rows.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::called;
use crate::cache::{Found, Key, Section};
use crate::caller::Columns;
use crate::error::{Code, Effect, Error, Result};
use crate::hint::Hint;
use crate::json_input;
use crate::odoo::columns;
use crate::odoo::schema::Schemas;
use crate::operation::{Operation, kwargs};
use crate::outcome::{Layout, Outcome};
use crate::protocol::Reply;
use crate::session::Run;

/// Which fields to read.
#[derive(Clone, Debug, PartialEq)]
pub enum Fields {
    /// `id`, `display_name` and the columns of Odoo's list of the model.
    Usual,
    /// Every field that this user can read.
    All,
    /// These.
    Named(Vec<String>),
}

impl Fields {
    /// From a JSON list of names; an empty one means the usual fields.
    pub fn parse(value: Value, place: &str) -> Result<Fields> {
        Ok(Fields::of(json_input::strings(value, place)?))
    }

    /// From names; none means the usual fields.
    pub fn of(names: Vec<String>) -> Fields {
        if names.is_empty() {
            Fields::Usual
        } else if names.iter().any(|name| name == "*") {
            Fields::All
        } else {
            Fields::Named(names)
        }
    }

    /// The names to ask for. Never none: Odoo would take that for all, which fails for ordinary users.
    pub fn resolve(&self, model: &str, run: &Run) -> Result<Vec<String>> {
        // Which there are is a question of its own, and may be denied where the read is not.
        let denied = |error: Error| match error.code {
            Code::PolicyDenied => error.with_hint(Hint::new("give ").name("fields")),
            _ => error,
        };
        match self {
            Fields::Named(names) => Ok(names.clone()),
            Fields::Usual => {
                let mut names = vec!["id".to_string(), "display_name".into()];
                names.extend(usual(model, run).map_err(denied)?);
                Ok(names)
            }
            Fields::All => readable(model, run).map_err(denied),
        }
    }

    /// Those of them that are known without asking anybody; every field is named by none.
    pub fn known(&self, model: &str) -> Vec<String> {
        match self {
            Fields::Named(names) => names.clone(),
            Fields::Usual => {
                let listed = columns::listed(model).into_iter().flatten();
                ["id", "display_name"].iter().chain(listed).map(|name| (*name).to_string()).collect()
            }
            Fields::All => Vec::new(),
        }
    }
}

/// The columns of Odoo's list of the model that this database has.
fn usual(model: &str, run: &Run) -> Result<Vec<String>> {
    if let Some(listed) = columns::listed(model) {
        let schema = match run.schema(model, false) {
            // What the user may read of it, and whether it is there, is the read's to say.
            Err(error) if matches!(error.code, Code::AccessDenied | Code::NotFound) => return Ok(Vec::new()),
            schema => schema?,
        };
        let listed = listed.iter().filter(|name| schema.has(name));
        return Ok(listed.map(|name| name.to_string()).collect());
    }
    let ttl = run.session.settings.schema_ttl;
    columns::of_list_view(model, &run.desk(), &run.context()?, ttl)
}

/// Every field that this user can read. Odoo refuses a whole read for one closed field, and its schema does not
/// tell which are closed behind others, so they are found by trying on one record, once.
fn readable(model: &str, run: &Run) -> Result<Vec<String>> {
    let session = run.session;
    let key = Key {
        owner: &session.owner,
        section: Section::Schema,
        model,
        question: json!({ "context": run.context()?, "readable": true }),
    };
    let kept = match session.cache.find(&key, session.settings.schema_ttl) {
        Found::Fresh(entry) => serde_json::from_str::<(Vec<String>, Vec<String>)>(&entry.body).ok(),
        _ => None,
    };
    let (names, mut left_out) = match kept {
        Some(kept) => kept,
        None => {
            let found = tried(model, run)?;
            if !session.settings.schema_ttl.is_zero() {
                let _ = session.cache.store(&key, &json!(found).to_string(), None, "");
            }
            found
        }
    };
    if let Some(at) = left_out.iter().position(|name| name == BYTES) {
        left_out.remove(at);
        run.note(format!("{model}.{BYTES} is left out: datas holds the same as base64"));
    }
    if !left_out.is_empty() {
        run.note(format!("computed files are left out, each can be named: {}", left_out.join(", ")));
    }
    Ok(names)
}

/// Bytes, which JSON cannot carry: Odoo fails on them without a word.
const BYTES: &str = "raw";

/// The fields that this user can read, and those which are left out though they might be.
fn tried(model: &str, run: &Run) -> Result<(Vec<String>, Vec<String>)> {
    let schema = run.schema(model, false)?;
    let mut names: Vec<String> = schema.names().map(str::to_string).collect();
    // What Odoo computes as files, and nobody writes, is often an object of its own that is no JSON either.
    let is_computed = |name: &str| {
        schema.field(name).is_some_and(|field| {
            field["type"] == "binary" && field["store"] == false && field["readonly"] == true
        })
    };
    let has_base64 = schema.has("datas");
    let left_out = names.extract_if(.., |name| (name == BYTES && has_base64) || is_computed(name)).collect();
    // A model that is closed itself would be tried field by field.
    try_fields(model, &["id".into()], run)?;
    let closed = closed_fields(model, &names, run)?;
    names.retain(|name| !closed.contains(name));
    Ok((names, left_out))
}

/// Those of the fields that Odoo refuses to read, by halves.
fn closed_fields(model: &str, names: &[String], run: &Run) -> Result<Vec<String>> {
    match try_fields(model, names, run) {
        Ok(()) => Ok(Vec::new()),
        Err(error) if error.code == Code::AccessDenied => {
            if let [name] = names {
                return Ok(vec![name.clone()]);
            }
            let (left, right) = names.split_at(names.len() / 2);
            let mut closed = closed_fields(model, left, run)?;
            closed.extend(closed_fields(model, right, run)?);
            Ok(closed)
        }
        Err(error) => Err(error),
    }
}

fn try_fields(model: &str, names: &[String], run: &Run) -> Result<()> {
    let arguments = json!({ "domain": [], "fields": names, "limit": 1 });
    run.send(Operation::new(model, "search_read", kwargs(arguments))?).map(|_| ())
}

/// Before records are read: where columns must be the same whatever is cached, the fields are asked for.
pub fn learn_types(run: &Run, model: &str) -> Result<()> {
    if run.caller.columns == Columns::Typed {
        run.filled(model)?;
    }
    Ok(())
}

/// The types of fields as far as they are known by now, if the surface has a use for them.
pub fn types<'n>(
    run: &Run,
    model: &str,
    names: impl Iterator<Item = &'n str>,
) -> Option<HashMap<String, String>> {
    if run.caller.columns == Columns::Plain {
        return None;
    }
    let schema = run.known(model)?;
    let of = |name: &str| Some((name.to_string(), schema.field(name)?["type"].as_str()?.to_string()));
    Some(names.filter_map(of).collect())
}

/// Records of a model.
pub fn records(run: &Run, model: &str, asked: &Fields, names: &[String], rows: Reply) -> Outcome {
    let layout = Layout::records().fields(names);
    // Of the usual fields these two are mostly the same; who names both sees both.
    let layout = match asked {
        Fields::Usual => layout.without_twin("display_name", "name"),
        _ => layout,
    };
    let types = types(run, model, names.iter().map(String::as_str));
    let called = match run.caller.columns {
        Columns::IfKnown => called::at_hand(run, model, names, &rows),
        _ => HashMap::new(),
    };
    Outcome::reply(rows, Effect::Nothing).laid_out(layout.typed(types).naming(called))
}
