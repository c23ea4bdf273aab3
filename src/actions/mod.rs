//! One file a verb: what it is asked, and what it comes to. A verb knows a session, its caller and its host, and
//! no surface: a command line, a spec and whoever comes next hand over the same [`Request`].

mod called;
pub mod definition;
pub mod fields;
mod read_back;
mod read_group;
pub mod search_all;

use serde_json::value::RawValue;

use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::operation::Operation;
use crate::outcome::Outcome;
use crate::session::Session;
use definition::{Job, Verb};

/// Declares the verbs: each is a file with its `VERB`, its `Request` and its `perform`.
macro_rules! verbs {
    ($($module:ident $variant:ident,)*) => {
        $(pub mod $module;)*

        /// Every verb, in the order of the help.
        pub const VERBS: &[&Verb] = &[$(&$module::VERB),*];

        /// One action on Odoo, checked as far as that goes without asking anybody.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Request {
            $(
                #[doc = stringify!($module)]
                $variant($module::Request),
            )*
            /// `search_read` of every record, as a stream
            SearchAll(search_all::Request),
        }

        impl Request {
            /// The verb that it is of.
            pub fn verb(&self) -> &'static Verb {
                match self {
                    $(Request::$variant(_) => &$module::VERB,)*
                    Request::SearchAll(_) => &search_read::VERB,
                }
            }

            /// What it sends, as far as that is known without asking anybody: for whoever explains what a policy
            /// says of it. What a verb asks besides is not among it.
            ///
            /// # Errors
            /// It is no request that can be sent.
            pub fn operations(&self) -> Result<Vec<Operation>> {
                match self {
                    $(Request::$variant(request) => request.operations(),)*
                    Request::SearchAll(all) => all.search.operations(),
                }
            }
        }

        fn performed(
            request: Request,
            session: &Session,
            caller: &Caller,
            host: &dyn Host,
            rows: &mut dyn Rows,
        ) -> Result<Outcome> {
            match request {
                $(Request::$variant(request) => $module::perform(request, session, caller, host),)*
                Request::SearchAll(request) => search_all::perform(request, session, caller, host, rows),
            }
        }
    };
}

verbs! {
    call Call,
    search_read SearchRead,
    count Count,
    group Group,
    read Read,
    create Create,
    write Write,
    lookup Lookup,
    schema_summary SchemaSummary,
    doc_index DocIndex,
    doc_model DocModel,
    approvals Approvals,
    journal Journal,
    undo Undo,
}

/// The verb of this name.
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name).copied()
}

impl Job {
    /// Refuses a dry run of what is more than one call.
    ///
    /// # Errors
    /// `usage`
    pub fn refuse_empty_show(&self) -> Result<()> {
        refuse_empty_show(&self.request, self.rules.dry_run)
    }
}

fn refuse_empty_show(request: &Request, dry_run: bool) -> Result<()> {
    if !dry_run || request.verb().argument("dry_run").is_some() {
        return Ok(());
    }
    let shown: Vec<&str> =
        VERBS.iter().filter(|verb| verb.argument("dry_run").is_some()).map(|verb| verb.name).collect();
    Err(Error::usage(format!(
        "--dry-run shows {} and {}; this one is none",
        shown[..shown.len() - 1].join(", "),
        shown[shown.len() - 1]
    )))
}

/// Where the rows of a stream go.
pub trait Rows {
    /// The stream begins, with these fields of a model.
    ///
    /// # Errors
    /// The rows cannot be handed on.
    fn begin(&mut self, fields: &[String], types: &dyn Fn(&str) -> Option<String>) -> Result<()>;

    /// A row, which is kept or handed on; false when nobody reads any more.
    ///
    /// # Errors
    /// It cannot be handed on.
    fn row(&mut self, id: i64, row: &RawValue) -> Result<bool>;

    /// What is kept is handed on now; false when nobody reads any more.
    ///
    /// # Errors
    /// It cannot be handed on.
    fn flush(&mut self) -> Result<bool>;

    /// There are no more rows; false when nobody reads any more.
    ///
    /// # Errors
    /// The rest cannot be handed on.
    fn end(&mut self) -> Result<bool>;
}

/// Carries out a request. The rows of a stream go to `rows`.
///
/// # Errors
/// Whatever the verb says.
pub fn perform(
    request: Request,
    session: &Session,
    caller: &Caller,
    host: &dyn Host,
    rows: &mut dyn Rows,
) -> Result<Outcome> {
    refuse_empty_show(&request, caller.rules.dry_run)?;
    // A policy that cannot be taken closes what is kept here as well.
    session.gate().look()?;
    let caller = caller.carrying_out(request.verb().name);
    performed(request, session, &caller, host, rows)
}

/// The JSON Schema of rows.
fn rows() -> serde_json::Value {
    serde_json::json!({ "type": "array", "items": {
        "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } },
    } })
}

/// A model's name, checked.
fn checked(model: crate::arguments::values::Model) -> Result<String> {
    crate::operation::check_model(&model.0)?;
    Ok(model.0)
}

/// An order, unless it is blank.
fn order(text: Option<crate::arguments::values::Text>) -> Option<String> {
    text.map(|text| text.0).filter(|order| !order.trim().is_empty())
}

/// Names as given, and several in one word with commas.
fn parts(given: Vec<String>) -> Vec<String> {
    let names = given.iter().flat_map(|given| given.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_string).collect()
}

/// A list in a reply.
fn list<'r>(reply: &'r RawValue, method: &str) -> Result<Vec<&'r RawValue>> {
    serde_json::from_str(reply.get()).map_err(|why| {
        Error::new(Code::BadReply, format!("{method} did not answer with a list")).with_source(why)
    })
}
