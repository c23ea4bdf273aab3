//! `lookup`: a record by its name, from the cache where that is fresh.

use serde_json::{Value, json};

use crate::cache::{Found, Key, Section};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::odoo::lookup::{self, Wanted};
use crate::odoo::schema::Schemas;
use crate::operation::{self, Operation};
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
        section: Section::Lookup,
        model: wanted.model(),
        question: lookup::question(wanted, &run.context()?),
    };
    let ttl = session.settings.lookup_ttl;
    // The one match is somebody's to write to: it is asked whether it is still there.
    let cached = match session.cache.find(&key, ttl) {
        Found::Fresh(entry) if !request.refresh && !request.one => serde_json::from_str(&entry.body).ok(),
        _ => None,
    };
    let (origin, rows): (Origin, Vec<Value>) = match cached.filter(|rows: &Vec<Value>| !rows.is_empty()) {
        Some(rows) => (Origin::Cache, rows),
        None => {
            let generation = session.cache.generation(&key);
            let rows = find(wanted, &run)?;
            let kept = Value::from(lookup::identity(&rows)).to_string();
            // An empty answer is not kept: what was not there may be created next.
            if !rows.is_empty()
                && !ttl.is_zero()
                && let Err(error) = session.cache.store(&key, &kept, None, &generation)
            {
                run.note(format!("the lookup could not be cached ({error})"));
            }
            (Origin::Live, rows)
        }
    };
    if request.one {
        return the_one(&request, rows, &run).map(|outcome| Outcome { origin, ..outcome });
    }
    if rows.is_empty()
        && let Some(archived) = archived(wanted, &run)
    {
        run.note(archived);
    }
    let source = origin.as_str();
    let found = json!({ "source": source, "kind": wanted.kind, "query": wanted.query, "results": rows });
    let layout = Layout::records().under("results");
    Ok(Outcome { origin, ..Outcome::read(found.to_string()).laid_out(layout) })
}

/// Asks Odoo: for oneself, by the name, by the name that reads show.
fn find(wanted: &Wanted, run: &Run) -> Result<Vec<Value>> {
    let ask = |operation: Operation| wanted.rows(run.send(operation)?.get());
    if wanted.is_oneself()
        && let Some(user) = run.user_id()
        && let Some(operation) = wanted.oneself(user)
    {
        let rows: Vec<Value> = serde_json::from_str(run.send(operation)?.get()).unwrap_or_default();
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    let model = wanted.model();
    let schema = if wanted.exact { run.filled(model)? } else { run.known(model) };
    let rows = ask(wanted.operation(schema.as_deref())?)?;
    if !rows.is_empty() || wanted.exact {
        return Ok(rows);
    }
    Ok(wanted.holding(ask(wanted.by_display_name(schema.as_deref())?)?))
}

/// Archived records of that name: without a word somebody makes a second one.
fn archived(wanted: &Wanted, run: &Run) -> Option<Hint> {
    let model = wanted.model();
    let schema = run.known(model);
    if schema.as_ref().is_some_and(|schema| !schema.has("active")) {
        return None;
    }
    let mut question = match wanted.operation(schema.as_deref()) {
        Ok(question) if !wanted.exact || schema.is_some() => question,
        _ => wanted.by_display_name(schema.as_deref()).ok()?,
    };
    question.context.insert("active_test".into(), false.into());
    let rows = wanted.rows(&run.ask(question).ok()?.to_string()).ok()?;
    let ids: Vec<&Value> = rows.iter().take(3).map(|row| &row["id"]).collect();
    let named: Vec<String> = ids.iter().map(|id| id.to_string()).collect();
    let unarchive = Action::new("call")
        .with("model", model)
        .with("method", "action_unarchive")
        .with("ids", json!([ids.first()?]));
    Some(
        Hint::new(format!("in the archive there is one: {model} {}; ", named.join(", ")))
            .action(unarchive)
            .text(" brings it back"),
    )
}

fn the_one(request: &Request, mut rows: Vec<Value>, run: &Run) -> Result<Outcome> {
    let wanted = &request.wanted;
    let Wanted { kind, query, .. } = wanted;
    match rows.len() {
        1 if !wanted.exact && !wanted.is_oneself() && !wanted.is_whole_in(&rows[0]) => {
            let mut error = Error::new(
                Code::NoMatch,
                format!("no {kind} is called {query:?}: it is only a part of a word in what was found"),
            )
            .with_hint("give the whole word, or the id of the candidate");
            error.candidates = Some(Value::Array(rows));
            Err(error)
        }
        1 => Ok(Outcome::read(rows.remove(0).to_string()).laid_out(Layout::records())),
        0 => Err(Error::new(Code::NoMatch, format!("no {kind} is called {query:?}"))
            .with_hint(archived(wanted, run).unwrap_or_else(|| "try a shorter part of the name".into()))),
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
