//! One file a verb: what it is asked, and what it comes to. A verb knows a session, its caller and its host, and
//! no surface: a command line, a spec and whoever comes next hand over the same [`Request`].

pub mod approvals;
pub mod call;
pub mod count;
pub mod create;
pub mod doc_index;
pub mod doc_model;
pub mod fields;
pub mod group;
pub mod lookup;
pub mod read;
mod read_group;
pub mod schema_summary;
pub mod search_all;
pub mod search_read;
pub mod write;

use serde_json::value::RawValue;

use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::outcome::Outcome;
use crate::session::Session;

/// One action on Odoo, checked as far as that goes without asking anybody.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// `call`
    Call(call::Request),
    /// `search-read`
    SearchRead(search_read::Request),
    /// `search-read --all`
    SearchAll(search_all::Request),
    /// `count`
    Count(count::Request),
    /// `group`
    Group(group::Request),
    /// `read`
    Read(read::Request),
    /// `create`
    Create(create::Request),
    /// `write`
    Write(write::Request),
    /// `lookup`
    Lookup(lookup::Request),
    /// `schema-summary`
    SchemaSummary(schema_summary::Request),
    /// `doc-index`
    DocIndex(doc_index::Request),
    /// `doc-model`
    DocModel(doc_model::Request),
    /// `approvals`
    Approvals(approvals::Request),
}

impl Request {
    /// Whether it is a single call, which a dry run can show.
    pub fn is_one_call(&self) -> bool {
        !matches!(
            self,
            Request::Lookup(_)
                | Request::SchemaSummary(_)
                | Request::DocIndex(_)
                | Request::DocModel(_)
                | Request::Approvals(_)
        )
    }
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
    if caller.rules.dry_run && !request.is_one_call() {
        return Err(nothing_to_show());
    }
    match request {
        Request::Call(request) => call::perform(request, session, caller, host),
        Request::SearchRead(request) => search_read::perform(request, session, caller, host),
        Request::SearchAll(request) => search_all::perform(request, session, caller, host, rows),
        Request::Count(request) => count::perform(request, session, caller, host),
        Request::Group(request) => group::perform(request, session, caller, host),
        Request::Read(request) => read::perform(request, session, caller, host),
        Request::Create(request) => create::perform(request, session, caller, host),
        Request::Write(request) => write::perform(request, session, caller, host),
        Request::Lookup(request) => lookup::perform(request, session, caller, host),
        Request::SchemaSummary(request) => schema_summary::perform(request, session, caller, host),
        Request::DocIndex(request) => doc_index::perform(request, session, caller, host),
        Request::DocModel(request) => doc_model::perform(request, session, caller, host),
        Request::Approvals(request) => approvals::perform(request, session, caller, host),
    }
}

/// A dry run of what is more than one call.
pub fn nothing_to_show() -> Error {
    Error::usage("--dry-run shows call, create, write, search_read, count, group and read; this one is none")
}

/// A list in a reply.
fn list<'r>(reply: &'r RawValue, method: &str) -> Result<Vec<&'r RawValue>> {
    serde_json::from_str(reply.get())
        .map_err(|_| Error::new(Code::BadReply, format!("{method} did not answer with a list")))
}
