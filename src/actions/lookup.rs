//! `lookup`: a record by its name, from the cache where that is fresh.

mod asking;

use serde_json::{Value, json};

use crate::cache::{Found, Key, Section};
use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, rows};
use crate::arguments::values::{Domain, Filled, Flag, LookupKind, Whole};
use crate::arguments::{At, arguments, rules::{NoRules, yes}};
use super::fields::Fields;
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::odoo::lookup::{self, Wanted};
use crate::odoo::schema::Schemas;
use crate::operation::{self, Object, Operation};
use crate::outcome::{Layout, Origin, Outcome};
use crate::session::{Run, Session};
use asking::{by_name_alone, find, whole_name};

/// Results without `--limit`.
pub const LIMIT: u32 = 10;

/// The verb.
pub const VERB: Verb = Verb {
    name: "lookup",
    reach: Reach::reads(|| {
        json!({
            "type": "object", "required": ["source", "kind", "query", "results"], "additionalProperties": false,
            "description": "with --one the one row itself",
            "properties": {
                "source": { "enum": ["live", "cache"] }, "kind": { "type": "string" },
                "query": { "type": "string" }, "results": rows(),
            },
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent lookup partner Azure
  odoo-agent lookup product.product Desk --limit 3"#,
};

arguments! {
    /// Find a record by its name
    pub struct Arguments {
        /// partner, project, task, employee, or any model
        kind: LookupKind => positional(),
        /// What it is called, or a part of that; me is oneself, as an employee or in res.users
        query: Filled => positional(),
        /// At most this many results
        limit: Option<Whole<1>> => default(LIMIT), value("LIMIT"),
        /// Ask Odoo even if the answer is cached
        refresh: Option<Flag>,
        /// Whole names and references only (code, e-mail address, VAT), whatever their case
        exact: Option<Flag>,
        /// Print the one match itself, asked of Odoo; none or several is an error (exit 7)
        one: Option<Flag>,
        /// Which records [default: all]
        domain: Option<Domain>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        let wanted = Wanted {
            kind: self.kind.0,
            query: self.query.0,
            limit: self.limit.map_or(LIMIT, |number| number.0),
            exact: yes(self.exact),
            domain: self.domain.unwrap_or_default().0,
        };
        Request::new(wanted, yes(self.refresh), yes(self.one)).map(Any::Lookup)
    }
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
                let mut same =
                    Action::new("lookup").with("kind", close).with("query", wanted.query.as_str());
                if wanted.exact {
                    same = same.with("exact", true);
                }
                if one {
                    same = same.with("one", true);
                }
                error = error.with_hint(Hint::new(format!("did you mean {close}? ")).action(same));
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

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.wanted.operation(None)?])
    }
}

/// Comes to `{source, kind, query, results}`, or to the one match.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let wanted = &request.wanted;
    // What is kept here is not for everybody either.
    run.judged(&by_name_alone(wanted.operation(None)?, wanted, &run)?)?;
    let key = Key {
        owner: &session.owner,
        section: Section::Lookup,
        model: wanted.model(),
        question: lookup::question(wanted, &run.context()?),
    };
    let ttl = session.settings.lookup_ttl;
    // The one match is somebody's to write to: it is asked whether it is still there.
    let cached = match session.cache.find(&key, ttl) {
        // What is asked of a person, or finds by what does not leave, is no less so for having been found before.
        Found::Fresh(entry)
            if !request.refresh && !request.one && run.may_be_shown(&wanted.operation(None)?) =>
        {
            serde_json::from_str(&entry.body).ok()
        }
        _ => None,
    };
    let (origin, rows): (Origin, Vec<Value>) = match cached.filter(|rows: &Vec<Value>| !rows.is_empty()) {
        Some(rows) => {
            let mut kept = Value::Array(rows);
            run.strip_kept(wanted.model(), &mut kept)?;
            let rows = if let Value::Array(rows) = kept { rows } else { vec![kept] };
            (Origin::Cache, rows)
        }
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
    let is_doubtful = match rows.as_slice() {
        [] => false,
        [one] => !wanted.is_oneself() && !wanted.is_whole_in(one),
        _ => true,
    };
    let called = match request.one && is_doubtful && !wanted.exact {
        true => whole_name(wanted, rows.len(), &run)?,
        false => None,
    };
    if let Some(one) = called {
        return Ok(Outcome { origin, ..Outcome::read(one.to_string()).laid_out(Layout::records()) });
    }
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

/// So many choices and links of a record are looked at.
const MOST_CHOICES: usize = 30;

const OTHER_WAYS: &str = ", a longer name, or the id of one of the candidates";

/// What a candidate is called.
fn name(row: &Value) -> Option<&Value> {
    row.get("display_name").or_else(|| row.get("name"))
}

/// Candidates that are called alike, with the fields in which they differ: those of Odoo's list, else choices and links.
fn told_apart(rows: Vec<Value>, model: &str, run: &Run) -> Vec<Value> {
    let is_twin = |row: &Value| rows.iter().filter(|other| name(other) == name(row)).count() > 1;
    if !rows.iter().any(is_twin) {
        return rows;
    }
    let ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
    let differing = |fields: Vec<String>, most: usize| {
        let question = Operation::new(model, "read", operation::kwargs(json!({ "fields": fields }))).ok()?;
        let Ok(Value::Array(read)) = run.ask(question.on(ids.clone())) else { return None };
        let differs = |key: &&String| read.iter().any(|row| row.get(key.as_str()) != read[0].get(key.as_str()));
        let of_record = |key: &&String| !matches!(key.as_str(), "id" | "display_name");
        let keys: Vec<String> = fields.iter().filter(of_record).filter(differs).take(most).cloned().collect();
        (!keys.is_empty()).then_some((read, keys))
    };
    let choices = || {
        let schema = run.schema(model, false).ok()?;
        let is_one = |name: &&str| {
            let field = schema.field(name).unwrap_or_default();
            matches!(field["type"].as_str(), Some("selection" | "many2one"))
                && field["store"] != false
                && !matches!(*name, "create_uid" | "write_uid")
        };
        differing(schema.names().filter(is_one).take(MOST_CHOICES).map(str::to_string).collect(), 3)
    };
    let usual = Fields::Usual.resolve(model, run).ok().and_then(|fields| differing(fields, usize::MAX));
    let Some((read, keys)) = usual.or_else(choices) else { return rows };
    let more = |mut row: Value| {
        let told = read.iter().find(|told| told["id"] == row["id"]);
        for key in &keys {
            if let Some(value) = told.and_then(|told| told.get(key)) {
                row[key.as_str()] = value.clone();
            }
        }
        row
    };
    rows.into_iter().map(more).collect()
}

/// Archived records of that name: without a word somebody makes a second one.
fn archived(wanted: &Wanted, run: &Run) -> Option<Hint> {
    let model = wanted.model();
    let schema = run.known(model);
    if schema.as_ref().is_some_and(|schema| !schema.has("active")) {
        return None;
    }
    let mut question = match wanted.operation(schema.as_deref()).and_then(|it| by_name_alone(it, wanted, run)) {
        Ok(question) if !wanted.exact || schema.is_some() => question,
        _ => by_name_alone(wanted.by_display_name(schema.as_deref()).ok()?, wanted, run).ok()?,
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

/// The other languages of this Odoo, where the names of a model have one text for each: they are not searched.
fn in_other_languages(wanted: &Wanted, run: &Run) -> Option<Hint> {
    let schema = run.filled(wanted.model()).ok()??;
    if schema.field("name")?["translate"] != true {
        return None;
    }
    let searched = run.context().ok()?.get("lang").and_then(Value::as_str).unwrap_or("en_US").to_string();
    let asked = operation::kwargs(json!({ "domain": [["active", "=", true]], "fields": ["code"] }));
    let installed = run.ask(Operation::new("res.lang", "search_read", asked).ok()?).ok()?;
    let codes = installed.as_array()?.iter().filter_map(|row| row["code"].as_str());
    let others: Vec<&str> = codes.filter(|code| *code != searched).collect();
    let first = *others.first()?;
    Some(
        Hint::new(format!("names were searched in {searched}; this Odoo has {} too: ", others.join(", ")))
            .with("context", json!({ "lang": first })),
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
            .with_hint(archived(wanted, run).unwrap_or_else(|| match wanted.exact {
                true => Hint::new("leave out ").name("exact").text(" to find a part of a name"),
                false => "try a shorter part of the name".into(),
            }))
            .with_hints(in_other_languages(wanted, run))),
        several => {
            let at_least = if several >= request.wanted.limit as usize { "at least " } else { "" };
            // No name tells those apart that have the same.
            let ways = match rows.iter().all(|row| name(row) == name(&rows[0])) {
                true => Hint::new("they are called alike: use the id of one of the candidates, or ").name("domain"),
                false if wanted.exact => Hint::new("use ").name("domain").text(OTHER_WAYS),
                false => Hint::new("use ").name("exact").text(", ").name("domain").text(OTHER_WAYS),
            };
            let mut error =
                Error::new(Code::Ambiguous, format!("{at_least}{several} of kind {kind} match {query:?}"))
                    .with_hint(ways);
            error.candidates = Some(Value::Array(told_apart(rows, wanted.model(), run)));
            Err(error)
        }
    }
}
