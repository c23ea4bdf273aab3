//! `lookup`: a record by its name, from the cache where that is fresh.

use serde_json::{Value, json};

use crate::cache::{Found, Key, Kind};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::odoo::lookup::{self, Wanted};
use crate::operation;
use crate::outcome::{Layout, Origin, Outcome};
use crate::session::{Run, Session};

/// Results without `--limit`.
pub const LIMIT: u32 = 10;

/// A lookup.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What to find.
    pub wanted: Wanted,
    /// Past the cache.
    pub refresh: bool,
    /// Exactly one match, or an error.
    pub one: bool,
}

impl Request {
    /// A lookup of something.
    pub fn new(mut wanted: Wanted, refresh: bool, one: bool) -> Result<Request> {
        if one {
            // With one row asked for, the first of several would pass for the only one.
            wanted.limit = wanted.limit.max(2);
        }
        let is_kind = lookup::kinds().any(|kind| kind == wanted.kind);
        // A word without a dot is a kind that does not exist, unless it is one of the few such models.
        if !is_kind && !wanted.kind.contains('.') {
            let mut error = Error::usage(format!(
                "{:?} is not a kind of lookup: use {} or a model like product.product",
                wanted.kind,
                lookup::kinds().collect::<Vec<_>>().join(", ")
            ));
            let close = lookup::called(&wanted.kind)
                .or_else(|| crate::suggest::closest(&wanted.kind, lookup::kinds()));
            if let Some(close) = close {
                error = error.with_hint(format!("did you mean {close}?"));
            }
            return Err(error);
        }
        operation::check_model(wanted.model())?;
        if wanted.query.trim().is_empty() {
            return Err(Error::usage("an empty query would match everything")
                .with_hint(Hint::new("use ").verb("search_read").text(" to list records")));
        }
        Ok(Request { wanted, refresh, one })
    }
}

/// Comes to `{source, kind, query, results}`, or to the one match.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let wanted = &request.wanted;
    let key = Key {
        owner: &session.owner,
        kind: Kind::Lookup,
        model: wanted.model(),
        question: lookup::question(wanted, &run.context()?),
    };
    let ttl = session.settings.lookup_ttl;
    let cached = match session.cache.find(&key, ttl) {
        Found::Fresh(entry) if !request.refresh => wanted.rows(&entry.body).ok(),
        _ => None,
    };
    let (origin, rows) = match cached.filter(|rows| !rows.is_empty()) {
        Some(rows) => (Origin::Cache, rows),
        None => {
            let generation = session.cache.generation(&key);
            let reply = run.send(wanted.operation()?)?;
            let rows = wanted.rows(reply.get())?;
            // An empty answer is not kept: what was not there may be created next.
            if !rows.is_empty()
                && !ttl.is_zero()
                && let Err(error) = session.cache.store(&key, reply.get(), None, &generation)
            {
                run.note(format!("the lookup could not be cached ({error})"));
            }
            (Origin::Live, rows)
        }
    };
    if request.one {
        return the_one(&request, rows).map(|outcome| Outcome { origin, ..outcome });
    }
    let source = origin.as_str();
    let found = json!({ "source": source, "kind": wanted.kind, "query": wanted.query, "results": rows });
    let layout = Layout::records().under("results");
    Ok(Outcome { origin, ..Outcome::read(found.to_string()).laid_out(layout) })
}

fn the_one(request: &Request, mut rows: Vec<Value>) -> Result<Outcome> {
    let Wanted { kind, query, .. } = &request.wanted;
    match rows.len() {
        1 => Ok(Outcome::read(rows.remove(0).to_string()).laid_out(Layout::records())),
        0 => Err(Error::new(Code::NoMatch, format!("no {kind} is called {query:?}")).with_hint(
            Hint::new("try a shorter part of the name, or ").name("refresh").text(" if it is new"),
        )),
        several => {
            let at_least = if several >= request.wanted.limit as usize { "at least " } else { "" };
            let mut error =
                Error::new(Code::Ambiguous, format!("{at_least}{several} of kind {kind} match {query:?}"))
                    .with_hint(
                        Hint::new("use ")
                            .name("exact")
                            .text(", a longer name, or the id of one of the candidates"),
                    );
            error.candidates = Some(Value::Array(rows));
            Err(error)
        }
    }
}
