//! `undo`: takes back what a call of the journal has changed, by calls that go through every check, the guard and the
//! journal as any other, and can be undone themselves. What was changed since by somebody else stays.

mod back;
mod created;
mod imported;
mod lines;
mod plan;
mod pointers;
mod sight;
mod translated;

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
use crate::journal::{Entries, Entry, Journal, Reading, State, entry, keys};
use crate::operation::{Operation, Access, Object};
use crate::outcome::Outcome;
use crate::secret::Secret;
use crate::session::{Run, Session};
use plan::Plan;
use sight::Sight;

pub use plan::context_of;

/// The verb.
pub const VERB: Verb = Verb {
    name: "undo",
    reach: Reach::writes(|| {
        json!({ "type": "array", "description": "what was undone, by which calls, what is lost, and what is not known" })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Created records are archived, or deleted where they cannot be; what load made is deleted;
written values and translations come back; known buttons are led back by others. What somebody has changed since is not touched.

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

impl Request {
    /// It depends on what the journal holds, and on what is there now.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(Vec::new())
    }
}

/// Undoes them, the latest first.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    if !caller.context().is_empty() {
        return Err(Error::usage("a call is undone in its own context: nothing can be added to it"));
    }
    let run = &Run::new(session, caller, host);
    let journal = run.journal()?;
    let mut reading = match &request.which {
        Which::One(id) => journal.read_since(id)?,
        Which::Last => journal.latest(&|all| all.all().iter().any(|entry| is_last(all, entry)))?.0,
        Which::Run(_) => journal.read()?,
    };
    let entries = meant(run, journal, &reading, &request.which)?;
    let mut so_far = SoFar::default();
    let sight = &Sight::new(run);
    for entry in &entries {
        // Two at once would undo it twice: who comes second finds it undone.
        let held = if caller.rules.dry_run { None } else { Some(held(run, journal, "undo", &entry.id)) };
        let _held = held.transpose().map_err(|error| so_far.told_in(error))?;
        journal.read_on(&mut reading).map_err(|error| so_far.told_in(error))?;
        let entry = reading.entries.get(&entry.id).unwrap_or(entry);
        let plan = match plan::of(sight, &reading.entries, entry, request.fields.as_deref()) {
            // What came before it in its run can be undone all the same, as far as nobody has worked on it.
            Err(error) if error.code == Code::UndoImpossible && entries.len() > 1 => {
                so_far.left.push((entry.id.clone(), error));
                continue;
            }
            plan => plan.map_err(|error| so_far.told_in(error))?,
        };
        if caller.rules.dry_run {
            so_far.told.push(plan.shown(run, entry)?);
            sight.lay(&plan);
            continue;
        }
        let by = carried_out(run, entry, &plan).map_err(|error| so_far.told_in(error))?;
        so_far.effect = Effect::Done;
        so_far.told.push(plan.told(entry, &by));
        plan.lost.iter().for_each(|lost| run.note(format!("not brought back: {lost}")));
        plan.unsure.iter().for_each(|unsure| run.note(format!("not known: {unsure}")));
    }
    so_far.outcome()
}

/// What was done of several, the latest first.
struct SoFar {
    told: Vec<Value>,
    /// What has no way back, and why.
    left: Vec<(String, Error)>,
    effect: Effect,
}

impl Default for SoFar {
    fn default() -> SoFar {
        SoFar { told: Vec::new(), left: Vec::new(), effect: Effect::NotSent }
    }
}

impl SoFar {
    fn undone(&self) -> String {
        let done = self.told.iter().map(|one| one["undoes"].as_str().unwrap_or_default());
        done.collect::<Vec<_>>().join(", ")
    }

    /// An error with what was undone before it.
    fn told_in(&self, mut error: Error) -> Error {
        if self.effect == Effect::Done {
            error.message = format!("{} (undone before it: {})", error.message, self.undone());
            if matches!(error.effect, Effect::NotSent | Effect::Rejected) {
                error.effect = Effect::Done;
            }
        }
        error
    }

    fn outcome(mut self) -> Result<Outcome> {
        if self.left.is_empty() {
            return Ok(Outcome::of(Value::from(self.told).to_string(), self.effect));
        }
        let lines = self.left.iter().map(|(id, error)| format!("{id}: {}", error.message).into()).collect();
        let count = self.left.len();
        let (_, mut error) = self.left.remove(0);
        error.message = match self.told.len() {
            0 => format!("none of {count} calls can be undone; nothing was sent"),
            done if self.effect == Effect::Done => {
                format!("{count} of {} calls cannot be undone; undone: {}", count + done, self.undone())
            }
            done => format!(
                "{count} of {} calls cannot be undone; the others can: {}; nothing was sent",
                count + done,
                self.undone()
            ),
        };
        error.errors = lines;
        error.effect = self.effect;
        Err(error)
    }
}

/// Holds what is done of an entry for as long as another run may take, and some more.
pub fn held(run: &Run, journal: &Journal, deed: &str, id: &str) -> Result<keys::Claim> {
    journal.hold(deed, id, run.session.settings.timeout + Duration::from_secs(10))
}

fn is_own(entry: &Entry) -> bool {
    entry.intent["undoes"].is_null()
}

/// Whether a call was carried out, is not undone, and undoes none.
fn is_one(all: &Entries, entry: &Entry) -> bool {
    is_own(entry) && entry.state() == State::Done && entry::undo_of(all, entry).is_none()
}

/// The same of a call that somebody made: what `doctor` tried and cleared away is nobody's last one.
fn is_last(all: &Entries, entry: &Entry) -> bool {
    is_one(all, entry) && entry.text("surface") != "doctor"
}

/// The entries that are meant.
fn meant(run: &Run, journal: &Journal, reading: &Reading, which: &Which) -> Result<Vec<Entry>> {
    let all = &reading.entries;
    let found: Vec<Entry> = match which {
        Which::One(id) => return Ok(vec![journal.of(reading, id)?]),
        Which::Last => all.all().iter().rev().find(|entry| is_last(all, entry)).cloned().into_iter().collect(),
        Which::Run(name) => {
            let of_run = || all.all().iter().rev().filter(|entry| entry.text("run") == name);
            for open in of_run().filter(|entry| is_own(entry) && entry.state() == State::Open) {
                let check = Action::new("journal check").with("id", open.id.as_str());
                run.note(Hint::new("left out, as it is not known whether it happened: ").action(check));
            }
            of_run().filter(|entry| is_one(all, entry)).cloned().collect()
        }
    };
    if found.is_empty() {
        return Err(Error::new(Code::NotFound, "the journal has no such call that was carried out and is not undone: nothing was sent")
            .with_effect(Effect::NotSent, Retry::Never)
            .with_hint(Hint::default().action(Action::new("journal list")).text(" has what there is")));
    }
    Ok(found)
}

/// Sends what a plan holds; gives back the entries of what was sent.
fn carried_out(run: &Run, entry: &Entry, plan: &Plan) -> Result<Vec<String>> {
    let told = plan::context_of(entry);
    context::check(&told, &run.session.settings.allowed_context)?;
    let host = Listening::to(run.host);
    for (nth, operation) in plan.steps.iter().enumerate() {
        let mut caller = run.caller.clone();
        caller.trail.undoes = Some(entry.id.clone());
        // Only with its last step it is undone.
        caller.trail.is_part = plan.is_part || nth + 1 < plan.steps.len();
        let mut operation = operation.clone();
        operation.context.extend(told.clone());
        let is_made_again = operation.method == "create" && entry.method() == "unlink";
        let reply = Run::new(run.session, &caller, &host).send(operation).map_err(|mut error| {
            if nth > 0 {
                error.message = format!("{} (the {nth} steps before it were carried out)", error.message);
                if matches!(error.effect, Effect::NotSent | Effect::Rejected) {
                    error.effect = Effect::Done;
                    error.retry = Retry::CheckFirst;
                }
            }
            error
        })?;
        if is_made_again {
            made_again(run, entry, reply.get());
        }
    }
    Ok(host.heard())
}

/// Says under which ids the records are that were deleted.
fn made_again(run: &Run, entry: &Entry, reply: &str) {
    let was: Vec<i64> = back::rows_before(entry, "")
        .map(|rows| rows.iter().filter_map(|row| row["id"].as_i64()).collect())
        .unwrap_or_default();
    let new: Vec<i64> = serde_json::from_str(reply).unwrap_or_default();
    if was.is_empty() || was.len() != new.len() {
        return;
    }
    let pairs: Vec<String> = was.iter().zip(&new).map(|(was, new)| format!("{was} as {new}")).collect();
    run.note(format!("{} made again: {}", entry.model(), pairs.join(", ")));
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
