//! This surface as a call sees it: notes are kept for the answer, what is sent is marked and told as progress, and a
//! call that the client has taken back sends nothing more. A person is asked where a form will do; the approver's key is
//! never here.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RoleServer};
use tokio::runtime::Handle;

use super::calls::veiled;
use super::form::Form;
use super::words::Speech;
use super::{Marking, Say};
use crate::clock::SharedClock;
use crate::error::{Effect, Result};
use crate::hint::Hint;
use crate::host::{Consent, Host, Question, Watch};
use crate::operation::{Access, Operation};
use crate::secret::{Secret, Veil};

/// What of a client's end a call has to know.
#[derive(Clone, Default)]
pub struct End {
    /// Nothing more will be asked: who only waits need not wait on.
    pub is_silent: Arc<AtomicBool>,
    /// No answer will be read: what is not sent by now is not wanted.
    pub is_gone: Arc<AtomicBool>,
}

/// What the thread that reads and the one that works both know of a call.
#[derive(Default)]
pub struct Shared {
    /// It is wanted no more.
    pub is_stopped: AtomicBool,
    /// It was said that its write is under way.
    pub is_told: AtomicBool,
    /// Writes that are under way.
    writes: AtomicU32,
    /// The entry in the journal of the last of them.
    entry: Mutex<Option<String>>,
}

impl Shared {
    /// Whether a write was sent that has not been answered.
    pub fn is_writing(&self) -> bool {
        self.writes.load(Ordering::SeqCst) > 0
    }

    /// The entry in the journal of the write that was sent last.
    pub fn entry(&self) -> MutexGuard<'_, Option<String>> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a client wants to hear of progress.
pub struct Progress {
    /// The token it gave.
    pub token: ProgressToken,
    /// The client.
    pub peer: Peer<RoleServer>,
    /// The runtime that sends.
    pub runtime: Handle,
}

/// Progress is told no more often.
const PAUSE: Duration = Duration::from_millis(250);

/// The host of one call.
pub struct CallHost<'s> {
    /// The words.
    pub speech: &'s Speech,
    /// What of the call others know.
    pub shared: Arc<Shared>,
    /// There is nobody to answer.
    pub is_over: Arc<AtomicBool>,
    /// What whoever ends the process is told.
    pub marking: Box<dyn Marking>,
    /// Whoever hears of progress.
    pub progress: Option<Progress>,
    /// Whoever looks for a fault.
    pub trace: Option<&'s Say>,
    /// What must not be seen.
    pub veil: &'s Veil,
    /// The clock.
    pub clock: SharedClock,
    /// What was told so far.
    pub told: Told,
    /// The way to a person beside the client.
    pub form: Option<Form<'s>>,
}

/// What a call has told so far.
#[derive(Default)]
pub struct Told {
    steps: Cell<u32>,
    last: Cell<Option<Instant>>,
    has_written: Cell<bool>,
    notes: RefCell<Vec<String>>,
}

impl CallHost<'_> {
    /// What was noted.
    pub fn notes(&self) -> Vec<String> {
        self.told.notes.take()
    }

    /// Tells of a step, if anybody wants to hear and has not just heard.
    pub fn step(&self, what: &str) {
        let Some(progress) = &self.progress else { return };
        self.told.steps.set(self.told.steps.get().saturating_add(1));
        let now = self.clock.instant();
        let is_soon = self.told.last.get().is_some_and(|last| now.saturating_duration_since(last) < PAUSE);
        if is_soon || self.is_stopped() {
            return;
        }
        self.told.last.set(Some(now));
        let param = ProgressNotificationParam::new(progress.token.clone(), f64::from(self.told.steps.get()))
            .with_message(veiled(self.veil, what.to_string()));
        // Waited for: nothing may come after the answer.
        let _ = progress.runtime.block_on(progress.peer.notify_progress(param));
    }
}

impl Host for CallHost<'_> {
    fn note(&self, note: &Hint) {
        let text = self.speech.hint(note);
        let mut notes = self.told.notes.borrow_mut();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    fn trace(&self, text: &dyn Fn() -> String) {
        if let Some(say) = self.trace {
            say(&text());
        }
    }

    fn watch<'h>(&'h self, what: &str, access: Access) -> Box<dyn Watch + 'h> {
        self.step(what);
        if access == Access::Write {
            self.shared.writes.fetch_add(1, Ordering::SeqCst);
            self.told.has_written.set(true);
        }
        Box::new(UnderWay { shared: &self.shared, access, marked: self.marking.sending(what, access) })
    }

    fn journaled(&self, id: &str) {
        *self.shared.entry() = Some(id.to_string());
        self.marking.journaled(id);
    }

    fn is_stopped(&self) -> bool {
        self.shared.is_stopped.load(Ordering::SeqCst) || self.is_over.load(Ordering::SeqCst)
    }

    fn consent(&self, operation: &Operation, because: &str) -> Consent {
        let is_stopped = || self.is_stopped();
        let Some(form) = &self.form else { return Consent::NotHere };
        form.consent(operation, because, self.told.has_written.get(), &is_stopped)
    }

    fn approver_key(&self, _: &dyn Fn() -> Result<Question>) -> Result<Option<Secret>> {
        Ok(None)
    }
}

struct UnderWay<'h> {
    shared: &'h Shared,
    access: Access,
    marked: Box<dyn Watch>,
}

impl Watch for UnderWay<'_> {
    fn answered(&self, effect: Effect) {
        self.marked.answered(effect);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if self.access == Access::Write {
            self.shared.writes.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
