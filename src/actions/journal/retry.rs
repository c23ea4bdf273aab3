//! What was not sent, or was refused by Odoo, sent again: the same operations in their order, through every check as if
//! they were new. Of what is not known to have failed nothing is sent.

use std::time::Duration;

use serde_json::{Value, json};

use crate::actions::undo::{Listening, context_of, held};
use crate::caller::Asker;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::journal::{Entries, Entry, Journal, State, entry, kept};
use crate::operation::{Object, Operation};
use crate::outcome::{Layout, Outcome};
use crate::session::Run;

/// How long a server is waited for unless the caller says.
pub const PATIENCE: Duration = Duration::from_secs(3600);
/// The pauses before it is tried again; after them the last one.
const PAUSES: [u64; 4] = [5, 15, 30, 60];

/// Which calls are sent again.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// The one of this id.
    One(String),
    /// All of these that failed.
    Failed(super::Which),
}

/// Sends them again.
///
/// # Errors
/// What became of the first that failed for good; its lines tell of the others.
pub fn retry(run: &Run, journal: &Journal, which: &Which, wait: Option<Duration>) -> Result<Outcome> {
    let mut reading = journal.read()?;
    let meant = match which {
        Which::One(id) => {
            let entry = journal.of(&reading, id)?;
            vec![sendable(&reading.entries, first_of(&reading.entries, &entry))?]
        }
        Which::Failed(which) => failed(run, &reading.entries, which),
    };
    let mut told = Vec::new();
    let mut first_error: Option<Error> = None;
    for entry in &meant {
        // Two at once would send it twice: who comes second looks again.
        let mut hold = || -> Result<_> {
            let held = held(run, journal, "retry", &entry.id)?;
            journal.read_on(&mut reading)?;
            let now = reading.entries.get(&entry.id).unwrap_or(entry);
            Ok((held, sendable(&reading.entries, now)?))
        };
        let (_held, entry) = match hold() {
            Ok(both) => both,
            Err(error) if matches!(which, Which::Failed(_)) && error.code == Code::AlreadyExecuted => continue,
            Err(error) => {
                let outcome = Err(error);
                told.push(row(entry, &outcome));
                first_error = first_error.or(outcome.err());
                continue;
            }
        };
        let entry = &entry;
        let outcome = operation_of(entry).and_then(|operation| sent(run, entry, &operation, wait));
        told.push(row(entry, &outcome));
        let Err(error) = outcome else { continue };
        // Its idempotency key has served another call since: that is no failure of this one, nor of those after it.
        if matches!(which, Which::Failed(_)) && error.code == Code::AlreadyExecuted {
            run.note(Hint::new(format!("left out, {}: ", error.message)).action(Action::new("journal show").with("id", entry.id.as_str())));
            continue;
        }
        // Whatever comes after would meet the same, or may build on what is not known.
        let is_over = error.effect == Effect::Unknown || matches!(error.code, Code::Unreachable | Code::Interrupted | Code::AuthRejected | Code::DatabaseNotFound | Code::LocalState);
        first_error = first_error.or(Some(error));
        if is_over {
            break;
        }
    }
    let Some(mut error) = first_error else {
        let is_done = told.iter().any(|row| row["state"] == "done");
        let effect = if is_done { Effect::Done } else { Effect::NotSent };
        return Ok(Outcome::of(Value::from(told).to_string(), effect).laid_out(Layout::records()));
    };
    if meant.len() > 1 {
        let one = |row: &Value| {
            let text = |key: &str| row[key].as_str().unwrap_or_default();
            format!("{} {}/{}: {}", text("id"), text("model"), text("method"), text("state"))
        };
        error.errors = told.iter().map(|row| one(row).into()).collect();
        let left = meant.len() - told.len();
        let done = told.iter().filter(|row| row["state"] == "done").count();
        error.message = format!("{} ({done} of {} were sent, {left} not tried)", error.message, meant.len());
        if done > 0 && matches!(error.effect, Effect::NotSent | Effect::Rejected) {
            error.effect = Effect::Done;
        }
    }
    Err(error)
}

fn row(entry: &Entry, outcome: &Result<Vec<String>>) -> Value {
    let (state, by, code) = match outcome {
        Ok(by) => ("done", by.last(), None),
        Err(error) => {
            let state = match error.effect {
                Effect::Unknown => "open",
                Effect::Rejected => "rejected",
                _ => "not_sent",
            };
            (state, error.journal.as_ref(), Some(error.code.as_str()))
        }
    };
    json!({ "id": entry.id, "model": entry.model(), "method": entry.method(), "state": state, "by": by, "code": code })
}

/// The entry that all others send again.
fn first_of<'a>(all: &'a Entries, entry: &'a Entry) -> &'a Entry {
    let mut first = all.get(&entry.id).unwrap_or(entry);
    // What is sent again knows who sends it, so that none comes before itself.
    while let Some(earlier) = all.get(first.text("retries")).filter(|earlier| earlier.retried_by.contains(&first.id)) {
        first = earlier;
    }
    first
}

/// An entry and those that sent it again.
fn attempts<'a>(all: &'a Entries, first: &'a Entry) -> impl Iterator<Item = &'a Entry> {
    std::iter::once(first).chain(first.retried_by.iter().filter_map(|id| all.get(id)))
}

/// Whether it may be sent again, and why not.
fn sendable(all: &Entries, first: &Entry) -> Result<Entry> {
    let name = format!("{}/{}", first.model(), first.method());
    if let Some(open) = attempts(all, first).find(|entry| entry.state() == State::Open) {
        return Err(Error::new(
            Code::OutcomeUnknown,
            format!("whether {name} happened is not known, so it is not sent again"),
        )
        .with_hint(entry::how_to_check(&open.id)));
    }
    if let Some(done) = attempts(all, first).find(|entry| entry.state() == State::Done) {
        return Err(Error::new(Code::AlreadyExecuted, format!("{name} was carried out, by {}: nothing was sent", done.id)));
    }
    let last = attempts(all, first).last().unwrap_or(first);
    if !last.is_failed() {
        let code = last.code().unwrap_or("refused");
        return Err(Error::usage(format!(
            "{name} was not sent for somebody's decision ({code}), and not for want of a server: nothing was sent"
        ))
        .with_hint("repeat the call itself"));
    }
    Ok(first.clone())
}

/// All of these that failed and were not sent since.
fn failed(run: &Run, all: &Entries, which: &super::Which) -> Vec<Entry> {
    let now = run.session.clock.seconds();
    let firsts = all.all().iter().filter(|entry| {
        entry.intent["retries"].is_null() && entry.intent["undoes"].is_null() && which.is_among(entry, now)
    });
    let mut meant = Vec::new();
    for first in firsts {
        match sendable(all, first) {
            Ok(entry) => meant.push(entry),
            Err(error) if error.code == Code::OutcomeUnknown => {
                let check = Action::new("journal check").with("id", first.id.as_str());
                run.note(Hint::new("left out, as it is not known whether it happened: ").action(check));
            }
            Err(_) => {}
        }
    }
    meant
}

/// The operation of an entry, if all of it was kept.
fn operation_of(entry: &Entry) -> Result<Operation> {
    let operation = || {
        let kwargs = entry.intent["values"].as_object()?.clone();
        let whole = Value::Object(kwargs.clone());
        (kept::is_whole(&whole) && !entry.is_newer()).then_some(())?;
        let operation = Operation::new(entry.model(), entry.method(), kwargs).ok()?;
        Some(if entry.intent["ids"].is_null() { operation } else { operation.on(entry.ids()) })
    };
    operation().ok_or_else(|| {
        let name = format!("{}/{}", entry.model(), entry.method());
        Error::usage(format!(
            "the values of {name} were not kept whole (secrets and files are not, and where the profile says so none): nothing was sent"
        ))
        .with_hint("repeat the call itself")
    })
}

/// Sends one again, and waits for a server that is away or busy.
fn sent(run: &Run, entry: &Entry, operation: &Operation, wait: Option<Duration>) -> Result<Vec<String>> {
    let mut caller = run.caller.clone();
    caller.trail.retries = Some(entry.id.clone());
    caller.rules.idempotency_key = entry.intent["key"].as_str().map(str::to_string);
    let told: Object = context_of(entry);
    context::check(&told, &run.session.settings.allowed_context)?;
    let host = Listening::to(run.host);
    // What is denied to whoever made the call is not sent for them.
    let text = |key: &str| entry.intent[key].as_str().map(str::to_string);
    caller.road.on_behalf =
        Some(Asker { surface: text("surface"), channel: text("channel"), ..Asker::default() });
    let own = Run::new(run.session, &caller, &host);
    let clock = &run.session.clock;
    let started = clock.instant();
    let mut pauses = PAUSES.iter();
    loop {
        let mut operation = operation.clone();
        operation.context.extend(told.clone());
        let error = match own.send(operation) {
            Ok(_) => return Ok(host.heard()),
            Err(error) => error,
        };
        let pause = Duration::from_secs(pauses.next().copied().unwrap_or(PAUSES[PAUSES.len() - 1]));
        let pause = pause.max(Duration::from_secs(error.retry_after_s.unwrap_or_default()));
        let is_passing = matches!(error.code, Code::Unreachable | Code::Busy)
            && matches!(error.effect, Effect::NotSent | Effect::Rejected)
            && error.retry == Retry::Safe;
        let passed = clock.instant().saturating_duration_since(started);
        let is_over = wait.is_none_or(|patience| passed + pause > patience);
        if !is_passing || is_over || run.host.is_stopped() {
            return Err(error);
        }
        run.note(format!("{}; tried again in {} s", error.message, pause.as_secs()));
        clock.sleep(pause);
    }
}
