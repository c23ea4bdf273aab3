//! Whether a call happened of which nobody knows: found out by reading, told with what was looked at, and written down
//! where it is sure. It changes nothing in Odoo.

mod look;
mod made;
mod stood;
mod trace;

use serde_json::{Map, Value, json};

use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::journal::{Entry, Journal, Reading, State};
use crate::session::Run;
use look::Looker;

/// What was cut off is carried out all the same: Odoo lets a request run for so long, unless it is told otherwise.
const AT_WORK: u64 = 120;

/// What was found.
enum Found {
    /// It happened, with the records that it made.
    Happened(Option<Vec<i64>>),
    /// It did not.
    DidNotHappen,
    /// Nothing is there that it has made; whether that was deleted since is not sure.
    Absent,
    /// Neither is sure.
    CannotTell,
}

impl Found {
    fn word(&self) -> &'static str {
        match self {
            Found::Happened(_) => "happened",
            Found::DidNotHappen => "did_not_happen",
            Found::Absent | Found::CannotTell => "cannot_tell",
        }
    }
}

/// What was looked at, for whoever is told what was found.
#[derive(Default)]
struct Looked(Vec<String>);

impl Looked {
    fn at(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    /// That nothing can be told, and what of.
    fn in_vain(&mut self, what: impl Into<String>) -> Found {
        self.at(what);
        Found::CannotTell
    }
}

/// What is known of a call after a look.
pub enum Settled {
    /// Whether it happened.
    Told(Value),
    /// Nothing is there that it has made, which is no proof.
    Absent(Error),
}

/// Finds it out: `{"id", "finding", "ids", "looked_at"}`.
///
/// # Errors
/// `cannot_tell`, or what kept it from being found out.
pub fn settled(run: &Run, journal: &Journal, reading: &Reading, entry: &Entry) -> Result<Value> {
    match looked_for(run, journal, reading, entry)? {
        Settled::Told(found) => Ok(found),
        Settled::Absent(error) => Err(error),
    }
}

/// The same, where it matters whether anything of it is there.
///
/// # Errors
/// As above.
pub fn looked_for(run: &Run, journal: &Journal, reading: &Reading, entry: &Entry) -> Result<Settled> {
    let told = |finding: &str, ids: &Option<Vec<i64>>, looked: &[String]| json!({ "id": entry.id, "finding": finding, "ids": ids, "looked_at": looked });
    let known = ["the journal, which knows what became of it".to_string()];
    match entry.state() {
        State::Done => return Ok(Settled::Told(told("happened", &entry.made(), &known))),
        State::Rejected | State::NotSent => return Ok(Settled::Told(told("did_not_happen", &None, &known))),
        State::Open => {}
    }
    let mut looked = Looked::default();
    let found = match Looker::new(run, journal, reading, entry, &mut looked)?.look(&mut looked) {
        // Whoever answers, and refuses, leaves it untold.
        Err(error) if error.http_status.is_some() || error.odoo.is_some() => {
            looked.in_vain(format!("what cannot be seen: {}", error.message))
        }
        found => found?,
    };
    let ids = match found {
        Found::Happened(ref ids) => ids.clone(),
        Found::DidNotHappen | Found::Absent => {
            let left = left_at_work(run, entry);
            if left > 0 {
                let mut error = unsure(entry, looked, "it is not there, and Odoo may still be at work on it");
                error.retry_after_s = Some(left);
                return Err(error);
            }
            if let Found::Absent = found {
                return Ok(Settled::Absent(unsure(entry, looked, "that nothing of it is there is no proof")));
            }
            None
        }
        Found::CannotTell => {
            return Err(unsure(entry, looked, "what there is to see is no proof either way"));
        }
    };
    let line = Map::from_iter([
        ("finding".to_string(), json!(found.word())),
        ("ids".into(), json!(ids)),
        ("looked_at".into(), json!(looked.0)),
    ]);
    journal.close(&entry.id, line, run.session.clock.now()).map_err(|error| {
        Error::local_state(format!(
            "it was found that the call {}, which could not be written down ({error})",
            found.word()
        ))
        .with_source(error)
    })?;
    Ok(Settled::Told(told(found.word(), &ids, &looked.0)))
}

/// The seconds for which Odoo may still be at work, however the wait for it ended. Of a run that was ended itself it is
/// not known how long it waited.
fn left_at_work(run: &Run, entry: &Entry) -> u64 {
    at_work_until(run, entry).saturating_sub(run.session.clock.seconds())
}

/// The second of ours until which Odoo may be at work.
fn at_work_until(run: &Run, entry: &Entry) -> u64 {
    let timeout = run.session.settings.timeout.as_secs();
    let ended = entry.ended().unwrap_or(entry.at().saturating_add(timeout));
    ended.saturating_add(AT_WORK.max(timeout))
}

fn unsure(entry: &Entry, looked: Looked, why: &str) -> Error {
    let mut error = Error::new(
        Code::CannotTell,
        format!("whether {}/{} happened cannot be told: {why}", entry.model(), entry.method()),
    )
    .with_effect(Effect::Unknown, Retry::CheckFirst)
    .with_hint(
        Hint::new("what was to be done: ").action(Action::new("journal show").with("id", entry.id.as_str())),
    );
    error.journal = Some(entry.id.clone());
    error.errors = looked.0.into_iter().map(|what| format!("looked at {what}").into()).collect();
    error
}
