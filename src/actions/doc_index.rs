//! `doc-index`: every model with its fields and methods, as Odoo documents them. The whole of it is large;
//! the filters make it small.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::definition::{Definition, Reach, Told, Verb};
use super::Request as Any;
use crate::arguments::values::{Flag, Text};
use crate::arguments::{At, arguments, rules::{NoRules, yes}};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::odoo::client::described;
use crate::operation::{Object, Operation};
use crate::outcome::{Layout, Outcome};
use crate::session::{Run, Session};

/// What is said when the documents are closed to the user.
pub const FALLBACK_NOTE: &str = "this user may not read Odoo's documentation (group Technical Documentation): \
     shown is what ordinary calls tell, without methods";

/// The same where there are none.
pub const NO_DOCUMENTS_NOTE: &str = "Odoo documents itself from 19 on, and by JSON-2 alone: shown is what ordinary calls \
     tell, without methods";

/// The verb.
pub const VERB: Verb = Verb {
    name: "doc_index",
    reach: Reach::reads(|| {
        json!({
            "type": "object", "required": ["models"],
            "properties": { "models": { "type": "array", "items": {
                "type": "object", "required": ["model", "name"],
                "properties": { "model": { "type": "string" } },
            } } },
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent doc-index --names --match invoice
  odoo-agent doc-index --match hr.employee"#,
};

arguments! {
    /// List every model with its fields and methods
    pub struct Arguments {
        /// Models whose name or label contains this
        r#match: Option<Text>,
        /// Names and labels only
        names: Option<Flag>,
        /// Ask Odoo even if the document is cached
        refresh: Option<Flag>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        Ok(Any::DocIndex(Request {
            matching: self.r#match.map(|text| text.0),
            names: yes(self.names),
            refresh: yes(self.refresh),
        }))
    }
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// A part of model or label.
    pub matching: Option<String>,
    /// Names and labels only.
    pub names: bool,
    /// Past the cache.
    pub refresh: bool,
}

#[derive(Deserialize)]
struct Index<'a> {
    #[serde(borrow, default)]
    modules: Option<&'a RawValue>,
    #[serde(borrow)]
    models: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Named {
    model: String,
    name: Value,
}

impl Request {
    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![described("index")?])
    }
}

/// Comes to the index, or to the part that was asked for.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let context = run.context()?;
    let page = run.documents(&context).index(request.refresh)?;
    if page.is_fallback {
        run.note(if page.has_none { NO_DOCUMENTS_NOTE } else { FALLBACK_NOTE });
    }
    // Fields and methods of each model would fill screens.
    let layout = Layout::records().under("models").columns(&["model", "name"]).keys(&["model"]);
    if request.matching.is_none() && !request.names {
        return Ok(page.outcome().laid_out(layout));
    }
    let strange = || Error::new(Code::BadReply, "the documentation index is not what Odoo 19 sends");
    let index: Index = serde_json::from_str(&page.body).map_err(|why| strange().with_source(why))?;
    let term = request.matching.as_deref().unwrap_or_default().to_lowercase();
    let mut kept = Vec::new();
    for model in index.models {
        let named: Named = serde_json::from_str(model.get()).map_err(|why| strange().with_source(why))?;
        let label = named.name.as_str().unwrap_or_default();
        if !named.model.contains(&term) && !label.to_lowercase().contains(&term) {
            continue;
        }
        kept.push(if request.names {
            json!({ "model": named.model, "name": named.name }).to_string()
        } else {
            model.get().to_string()
        });
    }
    let models = kept.join(",");
    let text = match index.modules.filter(|_| !request.names) {
        Some(modules) => format!("{{\"modules\":{},\"models\":[{models}]}}", modules.get()),
        None => format!("{{\"models\":[{models}]}}"),
    };
    let outcome = Outcome { origin: page.origin, ..Outcome::read(text).laid_out(layout) };
    Ok(match request.matching.filter(|_| kept.is_empty()) {
        Some(term) => outcome.noting(format!("no model has {term} in its name or label")),
        None => outcome,
    })
}
