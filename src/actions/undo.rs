//! `undo`: takes back what a call of the journal has changed, by calls that go through every check, the guard and the
//! journal as any other, and can be undone themselves. What was changed since by somebody else stays.

mod back;
mod plan;

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Value, json};

use super::Request as Any;
use super::definition::{Definition, Reach, Told, Verb};
use crate::arguments::rules::{self, UndoRules};
use crate::arguments::values::{EntryId, Flag, Names, RunId};
use crate::arguments::{At, arguments};
use crate::caller::Caller;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::host::{Host, Question, Watch};
use crate::journal::{Entry, Journal, State, entry, keys};
use crate::operation::{Access, Object};
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::session::{Run, Session};
use plan::Plan;

pub use plan::context_of;

/// The verb.
pub const VERB: Verb = Verb {
    name: "undo",
    reach: Reach::writes(|| {
        json!({ "type": "array", "description": "what was undone, by which calls, and what is lost" })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Created records are archived, or deleted where they cannot be; written values come back;
known buttons are led back by others. What somebody has changed since is not touched.

Examples:
  odoo-agent undo --last --dry-run
  odoo-agent undo --last"#,
};

arguments! {
    /// Take back what a call has changed
    #[schemars(extend("oneOf" = [
        { "required": ["id"], "properties": { "id": { "type": "string" }, "last": { "type": "null" }, "run": { "type": "null" } } },
        { "required": ["last"], "properties": { "last": { "const": true }, "id": { "type": "null" }, "run": { "type": "null" } } },
        { "required": ["run"], "properties": { "run": { "type": "string" }, "id": { "type": "null" }, "last": { "type": "null" } } },
    ]))]
    pub struct Arguments {
        /// The id of a call, or its first digits
        id: Option<EntryId> => positional(),
        /// The latest call that is not undone
        last: Option<Flag> => excludes(&["run"]),
        /// Every call of a run, the latest first
        run: Option<RunId> => value("RUN"),
        /// Only these fields of a write
        fields: Option<Names> => value("FIELD"),
    }
}

impl Told for Arguments {
    type Rules = UndoRules;

    fn request(self, _: &mut Object, at: At) -> Result<Any> {
        let which = match (self.id, rules::yes(self.last), self.run) {
            (Some(id), false, None) => Which::One(id.0),
            (None, true, None) => Which::Last,
            (None, false, Some(run)) => Which::Run(run.0),
            _ => {
                return Err(Error::usage(format!(
                    "undo takes one of {}, {} and {}",
                    at("id"),
                    at("last"),
                    at("run")
                )));
            }
        };
        let fields = self.fields.map(|names| super::parts(names.0));
        Ok(Any::Undo(Request { which, fields }))
    }
}

/// Which calls are undone.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// The one of this id.
    One(String),
    /// The latest one.
    Last,
    /// All of a run.
    Run(String),
}

/// An undoing.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Of which calls.
    pub which: Which,
    /// Of which fields; none for all.
    pub fields: Option<Vec<String>>,
}

/// Undoes them, the latest first.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    if !caller.context().is_empty() {
        return Err(Error::usage("a call is undone in its own context: nothing can be added to it"));
    }
    let run = &Run::new(session, caller, host);
    let journal = run.journal()?;
    let entries = meant(journal, &request.which)?;
    let mut told = Vec::new();
    let mut effect = Effect::NotSent;
    for entry in &entries {
        // Two at once would undo it twice: who comes second finds it undone.
        let held = if caller.rules.dry_run { None } else { Some(held(run, journal, "undo", &entry.id)) };
        let _held = held.transpose().map_err(|error| so_far(error, &told))?;
        let entry = &journal.entry(&entry.id)?;
        let plan = plan::of(run, journal, entry, request.fields.as_deref()).map_err(|error| so_far(error, &told))?;
        if caller.rules.dry_run {
            told.push(plan.shown(entry));
            continue;
        }
        let by = carried_out(run, entry, &plan).map_err(|error| so_far(error, &told))?;
        effect = Effect::Done;
        told.push(plan.told(entry, &by));
        plan.lost.iter().for_each(|lost| run.note(format!("not brought back: {lost}")));
    }
    Ok(Outcome::of(Value::from(told).to_string(), effect))
}

/// Holds what is done of an entry for as long as another run may take, and some more.
pub fn held(run: &Run, journal: &Journal, deed: &str, id: &str) -> Result<keys::Claim> {
    journal.hold(deed, id, run.session.settings.timeout + Duration::from_secs(10))
}

/// The entries that are meant.
fn meant(journal: &Journal, which: &Which) -> Result<Vec<Entry>> {
    if let Which::One(id) = which {
        return Ok(vec![journal.entry(id)?]);
    }
    let all = journal.entries()?;
    let is_one = |entry: &&Entry| {
        entry.state() == State::Done
            && entry.intent["undoes"].is_null()
            && entry::undo_of(&all, entry).is_none()
    };
    let found: Vec<Entry> = match which {
        Which::Run(run) => all.iter().rev().filter(|entry| entry.text("run") == run).filter(is_one).cloned().collect(),
        _ => all.iter().rev().find(is_one).cloned().into_iter().collect(),
    };
    if found.is_empty() {
        return Err(Error::new(Code::NotFound, "the journal has no such call that was carried out and is not undone: nothing was sent")
            .with_effect(Effect::NotSent, Retry::Never)
            .with_hint(Hint::default().action(Action::new("journal list")).text(" has what there is")));
    }
    Ok(found)
}

/// Of several, those that were undone before this one failed.
fn so_far(mut error: Error, told: &[Value]) -> Error {
    if !told.is_empty() {
        let done: Vec<String> = told.iter().map(|one| one["undoes"].as_str().unwrap_or_default().to_string()).collect();
        error.message = format!("{} (undone before it: {})", error.message, done.join(", "));
        if matches!(error.effect, Effect::NotSent | Effect::Rejected) {
            error.effect = Effect::Done;
        }
    }
    error
}

/// Sends what a plan holds; gives back the entries of what was sent.
fn carried_out(run: &Run, entry: &Entry, plan: &Plan) -> Result<Vec<String>> {
    let mut caller = run.caller.clone();
    caller.trail.undoes = Some(entry.id.clone());
    let told = plan::context_of(entry);
    context::check(&told, &run.session.settings.allowed_context)?;
    let host = Listening::to(run.host);
    let own = Run::new(run.session, &caller, &host);
    for (nth, operation) in plan.steps.iter().enumerate() {
        let mut operation = operation.clone();
        operation.context.extend(told.clone());
        own.send(operation).map_err(|mut error| {
            if nth > 0 {
                error.message = format!("{} (the {nth} steps before it were carried out)", error.message);
                if matches!(error.effect, Effect::NotSent | Effect::Rejected) {
                    error.effect = Effect::Done;
                    error.retry = Retry::CheckFirst;
                }
            }
            error
        })?;
    }
    Ok(host.heard())
}

/// A host that hears which entries are made.
pub struct Listening<'a> {
    inner: &'a dyn Host,
    heard: RefCell<Vec<String>>,
}

impl<'a> Listening<'a> {
    /// Beside this one.
    pub fn to(inner: &'a dyn Host) -> Listening<'a> {
        Listening { inner, heard: RefCell::default() }
    }

    /// The entries that were made.
    pub fn heard(&self) -> Vec<String> {
        self.heard.borrow().clone()
    }
}

impl Host for Listening<'_> {
    fn note(&self, note: &Hint) {
        self.inner.note(note);
    }

    fn trace(&self, text: &dyn Fn() -> String) {
        self.inner.trace(text);
    }

    fn watch<'h>(&'h self, what: &str, access: Access) -> Box<dyn Watch + 'h> {
        self.inner.watch(what, access)
    }

    fn journaled(&self, id: &str) {
        self.heard.borrow_mut().push(id.to_string());
        self.inner.journaled(id);
    }

    fn is_stopped(&self) -> bool {
        self.inner.is_stopped()
    }

    fn approver_key(&self, shown: &dyn Fn() -> Result<Question>) -> Result<Option<Secret>> {
        self.inner.approver_key(shown)
    }
}
