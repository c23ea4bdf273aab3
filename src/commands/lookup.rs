//! `lookup`: a record by its name, from the cache where that is fresh.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::fields::DomainArgs;
use crate::cache::{Found, Key, Kind};
use crate::error::{Code, Effect, Error, Result};
use crate::json_input::Stdin;
use crate::odoo::lookup::{self, Wanted};
use crate::operation::{self, Operation};
use crate::preflight::Schemas;
use crate::results::Layout;
use crate::session::Session;

/// Results without `--limit`.
pub const LIMIT: u32 = 10;

/// Flags of `lookup`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent lookup partner Azure
  odoo-agent lookup product.product Desk --limit 3")]
pub struct Args {
    /// partner, project, task, employee, or any model
    pub kind: String,
    /// What it is called, or a part of that
    pub query: String,
    /// At most this many results
    #[arg(long, default_value_t = LIMIT, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Ask Odoo even if the answer is cached
    #[arg(long)]
    refresh: bool,
    /// Whole names only, whatever their case
    #[arg(long)]
    exact: bool,
    /// Print the one match itself, asked of Odoo; none or several is an error (exit 7)
    #[arg(long)]
    one: bool,
    #[command(flatten)]
    domain: DomainArgs,
}

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

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        let domain = self.domain.domain(stdin)?;
        let wanted =
            Wanted { kind: self.kind, query: self.query, limit: self.limit, exact: self.exact, domain };
        Request::new(wanted, self.refresh, self.one)
    }
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
                .with_hint("use search-read to list records"));
        }
        Ok(Request { wanted, refresh, one })
    }
}

/// Prints `{source, kind, query, results}`, or the one match.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let wanted = &request.wanted;
    let key = Key {
        owner: &session.owner,
        kind: Kind::Lookup,
        model: wanted.model(),
        question: lookup::question(wanted, session.context()?),
    };
    let ttl = session.settings.lookup_ttl;
    // The one match is somebody's to write to: it is asked whether it is still there.
    let cached = match session.cache.find(&key, ttl) {
        Found::Fresh(entry) if !request.refresh && !request.one => serde_json::from_str(&entry.body).ok(),
        _ => None,
    };
    let (source, rows): (&str, Vec<Value>) = match cached.filter(|rows: &Vec<Value>| !rows.is_empty()) {
        Some(rows) => ("cache", rows),
        None => {
            let generation = session.cache.generation(&key);
            let rows = find(wanted, session)?;
            let kept = Value::from(lookup::identity(&rows)).to_string();
            // An empty answer is not kept: what was not there may be created next.
            if !rows.is_empty()
                && !ttl.is_zero()
                && let Err(error) = session.cache.store(&key, &kept, None, &generation)
            {
                session.note_once(&format!("the lookup could not be cached ({error})"));
            }
            ("live", rows)
        }
    };
    if request.one {
        return print_one(request, rows, session);
    }
    if rows.is_empty() {
        archived(wanted, session).iter().for_each(|hint| session.note_once(hint));
    }
    let found = json!({ "source": source, "kind": wanted.kind, "query": wanted.query, "results": rows });
    let printed =
        session.local.print_as(&found.to_string(), Effect::Rejected, &Layout::records().under("results"));
    printed.map_err(|error| match error.code {
        Code::NotFound if session.local.is_plucked() => error.with_hint(
            "with --one the match itself is the result; without it the matches are under /results",
        ),
        _ => error,
    })
}

/// Asks Odoo: for oneself, by the name, by the name that reads show.
fn find(wanted: &Wanted, session: &Session) -> Result<Vec<Value>> {
    let ask = |operation: Operation| wanted.rows(session.execute(operation)?.get());
    if wanted.is_oneself()
        && let Some(user) = session.user_id()
        && let Some(operation) = wanted.oneself(user)
    {
        let rows: Vec<Value> = serde_json::from_str(session.execute(operation)?.get()).unwrap_or_default();
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    let schema = if wanted.exact { session.filled(wanted.model())? } else { session.known(wanted.model()) };
    let rows = ask(wanted.operation(schema.as_deref())?)?;
    if !rows.is_empty() || wanted.exact {
        return Ok(rows);
    }
    Ok(wanted.holding(ask(wanted.by_display_name(schema.as_deref())?)?))
}

/// Archived records of that name: without a word somebody makes a second one.
fn archived(wanted: &Wanted, session: &Session) -> Option<String> {
    let schema = session.known(wanted.model());
    if schema.as_ref().is_some_and(|schema| !schema.has("active")) {
        return None;
    }
    let mut question = match wanted.operation(schema.as_deref()) {
        Ok(question) if !wanted.exact || schema.is_some() => question,
        _ => wanted.by_display_name(schema.as_deref()).ok()?,
    };
    question.context.insert("active_test".into(), false.into());
    let answer = session.ask(question)?.to_string();
    let rows = wanted.rows(&answer).ok()?;
    let model = wanted.model();
    let found: Vec<String> = rows.iter().take(3).map(|row| row["id"].to_string()).collect();
    (!found.is_empty()).then(|| {
        format!(
            "in the archive there is one: {model} {}; {} call {model} action_unarchive --ids {} brings it back",
            found.join(", "),
            session.program(),
            found[0]
        )
    })
}

fn print_one(request: Request, mut rows: Vec<Value>, session: &Session) -> Result<()> {
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
        1 => session.local.print_as(&rows.remove(0).to_string(), Effect::Rejected, &Layout::records()),
        0 => Err(Error::new(Code::NoMatch, format!("no {kind} is called {query:?}"))
            .with_hint(archived(wanted, session).unwrap_or_else(|| "try a shorter part of the name".into()))),
        several => {
            let at_least = if several >= request.wanted.limit as usize { "at least " } else { "" };
            let mut error =
                Error::new(Code::Ambiguous, format!("{at_least}{several} of kind {kind} match {query:?}"))
                    .with_hint("use --exact, a longer name, or the id of one of the candidates");
            error.candidates = Some(Value::Array(rows));
            Err(error)
        }
    }
}
