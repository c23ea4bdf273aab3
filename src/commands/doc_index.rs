//! `doc-index`: every model with its fields and methods, as Odoo documents them. The whole of it is large;
//! the filters make it small.

use clap::Args as ClapArgs;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::error::{Code, Effect, Error, Result};
use crate::results::Layout;
use crate::session::Session;

/// What is said when the documents are closed to the user.
pub const FALLBACK_NOTE: &str = "this user may not read Odoo's documentation (group Technical Documentation): \
     shown is what ordinary calls tell, without methods";

/// Flags of `doc-index`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent doc-index --names --match invoice
  odoo-agent doc-index --match hr.employee")]
pub struct Args {
    /// Models whose name or label contains this
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    /// Names and labels only
    #[arg(long)]
    names: bool,
    /// Ask Odoo even if the document is cached
    #[arg(long)]
    refresh: bool,
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

impl Args {
    /// The request.
    pub fn request(self) -> Request {
        Request { matching: self.matching, names: self.names, refresh: self.refresh }
    }
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

/// Prints the index, or the part that was asked for.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let page = session.documents()?.index(request.refresh)?;
    if page.is_fallback {
        session.note_once(FALLBACK_NOTE);
    }
    // Fields and methods of each model would fill screens.
    let layout = Layout::records().under("models").columns(&["model", "name"]).keys(&["model"]);
    if request.matching.is_none() && !request.names {
        return session.local.print_as(&page.body, Effect::Rejected, &layout);
    }
    let strange = || Error::new(Code::BadReply, "the documentation index is not what Odoo 19 sends");
    let index: Index = serde_json::from_str(&page.body).map_err(|_| strange())?;
    let term = request.matching.as_deref().unwrap_or_default().to_lowercase();
    let mut kept = Vec::new();
    for model in index.models {
        let named: Named = serde_json::from_str(model.get()).map_err(|_| strange())?;
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
    session.local.print_as(&text, Effect::Rejected, &layout)?;
    if let Some(term) = request.matching.filter(|_| kept.is_empty()) {
        session.note_once(&format!("no model has {term} in its name or label"));
    }
    Ok(())
}
