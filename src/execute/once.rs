//! A call under a name is done once: a second run with the same values gets the first result, one with others is
//! refused, and of one whose outcome is not known it is found out first.

use std::io;
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;

use super::check::Settled;
use super::{check, digests};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::journal::keys::{Claim, Known};
use crate::journal::{Entry, Journal, State, kept};
use crate::operation::Operation;
use crate::outbound;
use crate::protocol::Reply;
use crate::session::Run;

/// Whoever does the same waits as long as a call takes, and some more.
const MORE: Duration = Duration::from_secs(10);

/// How a call under a name goes on.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Once {
    /// It is sent.
    Send(Box<Held>),
    /// It was sent before, with this answer.
    Done(Reply),
}

/// A name that is held while its call is sent.
pub struct Held {
    claim: Claim,
    known: Known,
}

impl Held {
    /// Keeps that it is about to be sent.
    pub fn begin(&mut self, entry: &str) -> io::Result<()> {
        self.known.entry = entry.into();
        self.claim.keep(&self.known)
    }

    /// Keeps what came of it.
    pub fn end(mut self, outcome: &Result<Reply>) -> io::Result<()> {
        match outcome {
            Ok(reply) => {
                self.known.is_done = true;
                self.known.answer = kept::whole_answer(reply.get()).map(|answer| answer.to_string());
                self.claim.keep(&self.known)
            }
            Err(error) if matches!(error.effect, Effect::NotSent | Effect::Rejected) => self.claim.forget(),
            Err(_) => Ok(()),
        }
    }
}

impl Run<'_> {
    /// How an operation goes on that is to be done once under a name.
    ///
    /// # Errors
    /// `already_executed`: something else was done under it. Or it cannot be told whether the first was.
    pub(super) fn once(&self, journal: &Journal, operation: &Operation, key: &str) -> Result<Once> {
        let patience = self.session.settings.timeout + MORE;
        let claim = journal.claim(&operation.model, key, patience).map_err(|error| unheld(error, key))?;
        let digest = digests::of_deed(operation);
        let fresh = Known {
            digest: digest.clone(),
            entry: String::new(),
            journal: journal.name(),
            answer: None,
            is_done: false,
        };
        let send = |claim| Once::Send(Box::new(Held { claim, known: fresh.clone() }));
        let Some(known) = claim.known.clone() else { return Ok(send(claim)) };
        if known.digest != digest {
            return Err(Error::new(
                Code::AlreadyExecuted,
                format!(
                    "the idempotency key {key:?} stands for another call on {}: nothing was sent",
                    operation.model
                ),
            )
            .with_hint(shown(journal, &known)));
        }
        if known.is_done {
            return match known.answer.as_deref().and_then(raw) {
                Some(reply) => Ok(self.told(journal, &known, reply)),
                None => Err(done_without_answer(journal, &known, key)),
            };
        }
        let own = journal.beside(&known.journal);
        let begun = own.and_then(|own| {
            let reading = own.read().ok()?;
            let entry = reading.entries.get(&known.entry)?.clone();
            Some((own, reading, entry))
        });
        let Some((own, reading, entry)) = begun else {
            return Err(Error::new(
                Code::CannotTell,
                format!(
                    "a call under the idempotency key {key:?} was begun, and its entry is not in the journal any more: nothing was sent"
                ),
            ));
        };
        if entry.state() == State::Open {
            let found = match check::looked_for(self, &own, &reading, &entry) {
                Ok(Settled::Told(found)) => found,
                // Made again, it is there once. What goes out when it is made has gone out all the same.
                Ok(Settled::Absent(_)) if leaves_only_records(operation) => {
                    self.note("of what was begun under this idempotency key nothing is there: it is sent");
                    return Ok(send(claim));
                }
                Ok(Settled::Absent(error)) | Err(error) => return Err(unsettled(error, key)),
            };
            if found["finding"] != "happened" {
                return Ok(send(claim));
            }
            let reply = answer_of(operation, &found["ids"])
                .ok_or_else(|| done_without_answer(journal, &known, key))?;
            return Ok(self.told(journal, &known, reply));
        }
        match from_entry(operation, &entry) {
            Some(Some(reply)) => Ok(self.told(journal, &known, reply)),
            Some(None) => Err(done_without_answer(journal, &known, key)),
            None => Ok(send(claim)),
        }
    }

    fn told(&self, journal: &Journal, known: &Known, reply: Reply) -> Once {
        let said = "done before under this idempotency key, and not sent again: ";
        self.note(by_its_entry(said, journal, known));
        Once::Done(reply)
    }
}

/// What an entry that ended says: none if nothing was done, else the answer as far as it was kept.
fn from_entry(operation: &Operation, entry: &Entry) -> Option<Option<Reply>> {
    if entry.state() != State::Done {
        return None;
    }
    // Of what is to be done next a part is kept.
    let kept = Some(entry.result())
        .filter(|result| kept::is_whole(result) && !result.is_null() && !result.is_object());
    Some(kept.and_then(|result| raw(&result.to_string())).or_else(|| answer_of(operation, &Value::Null)))
}

/// The answer that a call has given, as far as that follows from what was found.
fn answer_of(operation: &Operation, ids: &Value) -> Option<Reply> {
    match operation.method.as_str() {
        "write" | "unlink" => raw("true"),
        _ if ids.is_array() => raw(&ids.to_string()),
        _ => None,
    }
}

fn raw(text: &str) -> Option<Reply> {
    RawValue::from_string(text.to_string()).ok()
}

fn shown(journal: &Journal, known: &Known) -> Hint {
    by_its_entry("what was done under it: ", journal, known)
}

/// What is said of a call, with its entry; that of another profile is not shown here.
fn by_its_entry(said: &str, journal: &Journal, known: &Known) -> Hint {
    if known.journal == journal.name() {
        return Hint::new(said).action(Action::new("journal show").with("id", known.entry.as_str()));
    }
    Hint::new(format!("{said}entry {} in the journal of another profile", known.entry))
}

fn done_without_answer(journal: &Journal, known: &Known, key: &str) -> Error {
    Error::new(
        Code::AlreadyExecuted,
        format!("this was done before under the idempotency key {key:?}, and its answer was not kept: nothing was sent"),
    )
    .with_hint(shown(journal, known))
}

/// Whether all that an operation does is in the records that it makes: what `mail` makes is told to people.
fn leaves_only_records(operation: &Operation) -> bool {
    operation.method == "create"
        && !operation.model.starts_with("mail.")
        && outbound::reaches(operation).is_none()
}

/// Of what cannot be told nothing is sent under its name, whoever has looked may do it under another.
fn unsettled(error: Error, key: &str) -> Error {
    if error.code != Code::CannotTell {
        return error;
    }
    error.with_hint(format!(
        "look whether it is there; what is to be done all the same takes another idempotency key than {key:?}"
    ))
}

fn unheld(error: io::Error, key: &str) -> Error {
    if error.kind() == io::ErrorKind::TimedOut {
        return Error::new(
            Code::Busy,
            format!("another run is at work under the idempotency key {key:?}: nothing was sent"),
        )
        .with_effect(Effect::NotSent, Retry::Safe);
    }
    Error::local_state(format!("the idempotency key {key:?} cannot be looked up ({error}): nothing was sent"))
        .with_source(error)
}
