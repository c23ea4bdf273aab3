//! A write with its entry in the journal: the intent is on disk before anything is sent, and what became of it is
//! added after. Every road of the pipeline on which something is changed leads through here.

use serde_json::{Map, Value, json};

use super::digests;
use super::once::Once;
use crate::cleared::Cleared;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::journal::{Journal, entry, kept};
use crate::knowledge::methods::{self, Answer};
use crate::operation::{Access, Operation};
use crate::protocol::Reply;
use crate::session::Run;

/// The same again within so many seconds is told.
const RECENT: u64 = 600;
/// The most of a message that is kept.
const LONGEST: usize = 500;

impl Run<'_> {
    /// Sends a write, with its entry; `approved` is the request that a person let through.
    pub(super) fn recorded(
        &self,
        cleared: &Cleared,
        approved: Option<&str>,
        send: impl FnOnce() -> Result<Reply>,
    ) -> Result<Reply> {
        let operation = cleared.operation();
        let journal = self.journal()?;
        let mut held = None;
        if let Some(key) = &self.caller.rules.idempotency_key {
            match self.once(journal, operation, key)? {
                Once::Done(reply) => return Ok(reply),
                Once::Send(held_now) => held = Some(held_now),
            }
        }
        let (before, unreached) = match self.before(operation) {
            Ok(before) => (before, None),
            Err(error) => (Value::Null, Some(error)),
        };
        let digest = digests::of_entry(operation);
        if makes_something(operation) {
            self.note_repeat(journal, &digest);
        }
        let begun = self.session.clock.instant();
        let id = journal
            .intend(self.intent(journal, operation, digest, before, approved), self.session.clock.now())
            .map_err(unwritten)?;
        let waited = self.session.clock.instant().saturating_duration_since(begun);
        self.host.trace(&|| format!("journal {id}, on disk after {:.3} ms", waited.as_secs_f64() * 1000.0));
        self.host.journaled(&id);
        let unheld = held.as_mut().and_then(|held| held.begin(&id).err());
        let unreached = unreached.or_else(|| unheld.map(unwritten));
        let started = self.session.clock.instant();
        let outcome = match unreached {
            Some(error) => Err(error),
            None => send(),
        };
        let took = self.session.clock.instant().saturating_duration_since(started);
        let mut told = told(&outcome, journal.has_values);
        told.insert("ms".into(), json!(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)));
        if let Err(error) = journal.end(&id, told, self.session.clock.now()) {
            self.note(format!(
                "what became of it could not be written down ({error}): journal entry {id} stays open"
            ));
        }
        if let Some(error) = held.and_then(|held| held.end(&outcome).err()) {
            self.note(format!("what became of it could not be kept under its idempotency key ({error}): the next run finds out"));
        }
        outcome.map_err(|error| named(error, &id))
    }

    /// Keeps a write that could not be sent for want of a server that answers, to be sent again; what was refused
    /// here is the caller's to mend.
    pub(super) fn unsent(&self, operation: &Operation, error: Error) -> Error {
        let is_away = matches!(
            error.code,
            Code::Unreachable | Code::AuthRejected | Code::DatabaseNotFound | Code::Busy | Code::BadReply
        );
        let Some(journal) =
            self.session.journal.as_ref().filter(|_| is_away && operation.access() == Access::Write)
        else {
            return error;
        };
        let operation = Operation { context: self.caller.context().clone(), ..operation.clone() };
        let intent = self.intent(journal, &operation, digests::of_entry(&operation), Value::Null, None);
        let now = self.session.clock.now();
        let Ok(id) = journal.intend(intent, now) else { return error };
        let mut error = error;
        let unsent = Error { effect: Effect::NotSent, ..Error::new(error.code, error.message.clone()) };
        let _ = journal.end(&id, failed(&unsent, journal.has_values), now);
        error.journal = Some(id);
        error
    }

    /// The journal of this profile.
    ///
    /// # Errors
    /// There is none.
    pub fn journal(&self) -> Result<&Journal> {
        self.session
            .journal
            .as_ref()
            .ok_or_else(|| Error::local_state("there is no journal to write this down in: nothing was sent"))
    }

    /// Tells of a first time that is not long ago.
    fn note_repeat(&self, journal: &Journal, digest: &str) {
        let trail = &self.caller.trail;
        // A key says how often it is meant, and a doctor tries the same each time.
        let is_meant = self.caller.rules.idempotency_key.is_some() || self.caller.road.surface == "doctor";
        if trail.undoes.is_some() || trail.retries.is_some() || is_meant {
            return;
        }
        let now = self.session.clock.seconds();
        let Some(first) = journal.recent(digest, now, RECENT) else { return };
        let ago = now.abs_diff(first.at());
        let what = if first.state() == entry::State::Open { "may have been done" } else { "was done" };
        self.note(
            Hint::new(format!("exactly the same {what} {ago} s ago, and is sent again: "))
                .action(Action::new("journal show").with("id", first.id)),
        );
    }

    fn intent(
        &self,
        journal: &Journal,
        operation: &Operation,
        digest: String,
        before: Value,
        approved: Option<&str>,
    ) -> Map<String, Value> {
        let (session, caller) = (self.session, self.caller);
        let with_values = |object| {
            if journal.has_values { kept::values(&operation.model, object).into() } else { Value::Null }
        };
        let approval = match approved {
            Some(request) => json!({ "request": request }),
            None if caller.approval.token.is_some() => json!({ "token": true }),
            None => Value::Null,
        };
        let members = [
            ("run", json!(caller.run)),
            ("user", json!(self.known_user_id())),
            ("login", json!(session.settings.login)),
            ("channel", json!(caller.channel)),
            ("surface", json!(caller.road.surface)),
            ("model", json!(operation.model)),
            ("method", json!(operation.method)),
            ("ids", json!(operation.ids)),
            ("values", with_values(&operation.kwargs)),
            ("context", with_values(&operation.context)),
            ("digest", json!(digest)),
            ("approval", approval),
            ("key", json!(caller.rules.idempotency_key)),
            ("undoes", json!(caller.trail.undoes)),
            ("part", caller.trail.is_part.then_some(true).into()),
            ("retries", json!(caller.trail.retries)),
            ("before", before),
        ];
        members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.to_string(), value))
            .collect()
    }
}

/// Whether doing the same twice leaves two of something; to write a value twice is to write it once.
fn makes_something(operation: &Operation) -> bool {
    const MAKERS: [&str; 3] = ["activity_schedule", "execute_import", "load"];
    let known = methods::of(&operation.model, &operation.method);
    known.is_some_and(|known| matches!(known.answer, Answer::Records { .. }))
        || operation.method.starts_with("message_")
        || MAKERS.contains(&operation.method.as_str())
}

/// What became of a call, as it is kept.
fn told(outcome: &Result<Reply>, has_values: bool) -> Map<String, Value> {
    match outcome {
        Ok(reply) => filled(vec![
            ("effect", json!(Effect::Done.as_str())),
            ("result", kept::answer(reply.get()).unwrap_or(Value::Null)),
        ]),
        Err(error) => failed(error, has_values),
    }
}

/// How a call failed, as it is kept.
fn failed(error: &Error, has_values: bool) -> Map<String, Value> {
    let message: String = error.message.chars().take(LONGEST).collect();
    filled(vec![
        ("effect", json!(error.effect.as_str())),
        ("code", json!(error.code.as_str())),
        ("message", if has_values { json!(message) } else { Value::Null }),
        ("http_status", json!(error.http_status)),
    ])
}

fn filled(members: Vec<(&str, Value)>) -> Map<String, Value> {
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.to_string(), value))
        .collect()
}

/// The error with the id of its entry, and with how it is found out what became of the call.
fn named(mut error: Error, id: &str) -> Error {
    if error.effect == Effect::Unknown || error.code == Code::OutcomeUnknown {
        error.hints.push(entry::how_to_check(id));
    }
    error.journal = Some(id.to_string());
    error
}

/// An intent that could not be written down.
fn unwritten(error: std::io::Error) -> Error {
    Error::local_state(format!("the journal cannot be written ({error}), so nothing was sent"))
        .with_effect(Effect::NotSent, Retry::Safe)
        .with_hint("make room for it, or give the state directory back to this user, and send the same again")
        .with_source(error)
}
