//! `journal`: what was changed from here, and what became of it: which calls there were, one of them whole, all of them
//! for another program, and whether the lines are those that were written.

pub mod leaving;
pub mod retry;

use std::time::Duration;

use serde_json::{Value, json};

use super::Request as Any;
use super::definition::{Definition, Reach, Told, Verb};
use crate::arguments::rules::NoRules;
use crate::arguments::values::{Choices, EntryId, Flag, Model, OneOf, Since, Span, When, Whole};
use crate::arguments::{At, Choice, arguments, rules};
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::execute::check;
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::journal::{Entries, Entry, Journal, State, verify};
use crate::operation::{Object, Operation};
use crate::outcome::{Layout, Outcome};
use crate::session::{Run, Session};

/// The rows of a list unless the caller says.
const USUAL: u32 = 50;

/// The verb.
pub const VERB: Verb = Verb {
    name: "journal",
    reach: Reach::writes(|| {
        json!({
            "description": "list, export, retry: rows; show: one entry; verify: {\"sound\": true, …}; check: {\"finding\": \"happened\", …}",
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Every call that may change something is written down before it is sent, and what became of it after.
What is open may have happened; what failed was not sent or was refused by Odoo.

Examples:
  odoo-agent journal list --open --since 2h
  odoo-agent journal export --output ndjson"#,
};

/// What can be done with the journal.
#[derive(Clone, Debug)]
pub struct Deeds;

impl Choices for Deeds {
    const LIST: &'static [Choice] = &[
        Choice::new("list", "Print them, the latest first")
            .may_take(&["open", "failed", "model", "since", "limit"]),
        Choice::new("show", "Print all that is known of one").takes(&["id"]),
        Choice::new("export", "Print all of them whole, the oldest first").may_take(&["since"]),
        Choice::new("verify", "Say whether the lines are those that were written"),
        Choice::new("check", "Find out whether one happened").takes(&["id"]),
        Choice::new("retry", "Send again what was not sent or was refused by Odoo")
            .may_take(&["id", "failed", "model", "since", "wait", "for"]),
    ];
}

arguments! {
    /// Calls that changed something: list, show, export, verify, check, retry
    #[schemars(extend("oneOf" = [
        { "properties": { "do": { "const": "list" }, "id": { "type": "null" }, "wait": { "type": "null" }, "for": { "type": "null" } } },
        { "properties": { "do": { "const": "export" }, "id": { "type": "null" }, "open": { "type": "null" }, "failed": { "type": "null" }, "model": { "type": "null" },
            "limit": { "type": "null" }, "wait": { "type": "null" }, "for": { "type": "null" } } },
        { "properties": { "do": { "enum": ["show", "check", "verify", "retry"] }, "open": { "type": "null" }, "limit": { "type": "null" } }, "oneOf": [
            { "required": ["id"], "properties": { "do": { "enum": ["show", "check"] }, "id": { "type": "string" },
                "failed": { "type": "null" }, "model": { "type": "null" }, "since": { "type": "null" }, "wait": { "type": "null" }, "for": { "type": "null" } } },
            { "properties": { "do": { "const": "verify" }, "id": { "type": "null" }, "failed": { "type": "null" }, "model": { "type": "null" },
                "since": { "type": "null" }, "wait": { "type": "null" }, "for": { "type": "null" } } },
            { "required": ["id"], "properties": { "do": { "const": "retry" }, "id": { "type": "string" },
                "failed": { "enum": [null, false] }, "model": { "type": "null" }, "since": { "type": "null" } } },
            { "required": ["failed"], "properties": { "do": { "const": "retry" }, "id": { "type": "null" }, "failed": { "const": true } } },
        ] },
    ]))]
    pub struct Arguments {
        /// list, show, export, verify, check or retry
        r#do: OneOf<Deeds>,
        /// The id of a call, or its first digits
        id: Option<EntryId> => positional(),
        /// Only what may have happened
        open: Option<Flag>,
        /// Only what was not sent or was refused by Odoo
        failed: Option<Flag>,
        /// Only on this model
        model: Option<Model>,
        /// Only from this time on, or of the last 2h
        since: Option<Since>,
        /// At most this many
        limit: Option<Whole<1>> => default(50),
        /// Try again while the server is away: after 5, 15, 30 s, then every minute
        wait: Option<Flag> => flag("wait-for-server"),
        /// Wait for so long [default: 1h]
        r#for: Option<Span>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, at: At) -> Result<Any> {
        let deed = self.r#do.0.as_str();
        let given = [
            ("id", self.id.is_some()),
            ("open", self.open.is_some()),
            ("failed", self.failed.is_some()),
            ("model", self.model.is_some()),
            ("since", self.since.is_some()),
            ("limit", self.limit.is_some()),
            ("wait", self.wait.is_some()),
            ("for", self.r#for.is_some()),
        ];
        let takes = |key: &str| Deeds::LIST.iter().any(|choice| choice.word == deed && choice.knows(key));
        if let Some((key, _)) = given.iter().find(|(key, is_given)| *is_given && !takes(key)) {
            return Err(Error::usage(format!("{}: journal {deed} takes none", at(key))));
        }
        let which = Which {
            open: rules::yes(self.open),
            failed: rules::yes(self.failed),
            model: self.model.map(super::checked).transpose()?,
            since: self.since.map(|since| since.0),
        };
        Ok(Any::Journal(match deed {
            "list" => Request::List(which, self.limit.map_or(USUAL, |limit| limit.0)),
            "export" => Request::Export(which),
            "verify" => Request::Verify,
            "check" => Request::Check(named(self.id, at)?),
            "retry" => {
                let is_any = which.model.is_none() && which.since.is_none();
                let which = match (self.id, which.failed) {
                    (Some(id), false) if is_any => retry::Which::One(id.0),
                    (Some(_), false) => {
                        return Err(Error::usage(format!(
                            "{} names one call: {} and {} choose among those that failed",
                            at("id"),
                            at("model"),
                            at("since")
                        )));
                    }
                    (None, true) => retry::Which::Failed(which),
                    _ => {
                        let (id, failed) = (at("id"), at("failed"));
                        return Err(Error::usage(format!("retry takes one of {id} and {failed}")));
                    }
                };
                let patience = self.r#for.map(|given| given.0);
                let wait = patience.or(rules::yes(self.wait).then_some(retry::PATIENCE));
                Request::Retry(which, wait)
            }
            _ => Request::Show(named(self.id, at)?),
        }))
    }
}

fn named(id: Option<EntryId>, at: At) -> Result<String> {
    id.map(|id| id.0).ok_or_else(|| Error::usage(format!("{} is missing", at("id"))))
}

/// Which entries are meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Which {
    open: bool,
    failed: bool,
    model: Option<String>,
    since: Option<When>,
}

impl Which {
    fn takes(&self, entry: &Entry, now: u64) -> bool {
        let is_any = !self.open && !self.failed;
        let state = self.open && entry.state() == State::Open || self.failed && entry.is_failed();
        (is_any || state) && self.is_among(entry, now)
    }

    /// Whether it is of the model and the time, however it stands.
    fn is_among(&self, entry: &Entry, now: u64) -> bool {
        self.model.as_deref().is_none_or(|model| model == entry.model())
            && self.since.is_none_or(|since| entry.at() >= since.second(now))
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Which calls there were, so many at most.
    List(Which, u32),
    /// One of them.
    Show(String),
    /// All of them, whole.
    Export(Which),
    /// Whether the lines are sound.
    Verify,
    /// Whether one happened.
    Check(String),
    /// Sends again what failed; waits so long for a server that is away or busy.
    Retry(retry::Which, Option<Duration>),
}

impl Request {
    /// It depends on what the journal holds, and on what is there now.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(Vec::new())
    }
}

/// Does it.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    if !caller.context().is_empty() {
        return Err(Error::usage("the journal tells of calls as they were: nothing can be added to their context"));
    }
    let run = &Run::new(session, caller, host);
    let journal = run.journal()?;
    match request {
        Request::List(which, limit) => list(run, journal, &which, limit as usize),
        Request::Show(id) => Ok(Outcome::local(&leaving::whole(run, &journal.entry(&id)?)?)),
        Request::Export(which) => {
            let now = session.clock.seconds();
            let reading = journal.read()?;
            let wanted = reading.entries.all().iter().filter(|entry| which.takes(entry, now));
            let rows = wanted.map(|entry| leaving::whole(run, entry)).collect::<Result<Vec<Value>>>()?;
            Ok(Outcome::local(&rows.into()).laid_out(list_layout()))
        }
        Request::Verify => verified(journal),
        Request::Check(id) => {
            let reading = journal.read_since(&id)?;
            let entry = journal.of(&reading, &id)?;
            Ok(Outcome::read(check::settled(run, journal, &reading, &entry)?.to_string()))
        }
        Request::Retry(which, wait) => retry::retry(run, journal, &which, wait),
    }
}

fn list_layout() -> Layout {
    let columns = ["id", "at", "surface", "model", "method", "ids", "state", "code"];
    Layout::records().columns(&columns).keys(&["id", "state"]).cut_first("ids")
}

fn list(run: &Run, journal: &Journal, which: &Which, limit: usize) -> Result<Outcome> {
    let now = run.session.clock.seconds();
    // How many more of a choice there are is told by all of them.
    let is_enough = |entries: &Entries| *which == Which::default() && entries.all().len() >= limit;
    let (reading, earlier) = journal.latest(&is_enough)?;
    let mut found = reading.entries.all().iter().rev().filter(|entry| which.takes(entry, now));
    let rows: Vec<Value> = found.by_ref().take(limit).map(Entry::row).collect();
    let more = found.count() + earlier;
    let outcome = Outcome::local(&rows.into()).laid_out(list_layout());
    Ok(match more {
        0 => outcome,
        _ => outcome.noting(Hint::new(format!("{more} earlier ones are left out: ")).name("limit")),
    })
}

fn verified(journal: &Journal) -> Result<Outcome> {
    let found = journal.verified()?;
    if found.damaged.is_empty() {
        return Ok(Outcome::local(&found.told()));
    }
    let mut error = Error::local_state(format!(
        "the journal is not what was written, in {} of {} lines ({}); {}",
        found.damaged.len(),
        found.lines,
        journal.directory().display(),
        verify::LIMITS
    ));
    error.errors = found.damaged.into_iter().map(Hint::from).collect();
    Err(error.with_hint(
        Hint::new("what can still be read of it: ").action(Action::new("journal export")),
    ))
}
