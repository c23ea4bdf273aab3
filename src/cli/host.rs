//! This surface as a call sees it: notes go to stderr, each once; what is sent is watched for Ctrl-C and for whoever
//! waits at the terminal; a person is asked there.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::approver::{self, Asker};
use super::globals::Look;
use super::interrupt::{self, Interruptible};
use super::local::Local;
use super::out::Out;
use super::progress::Waiting;
use super::words::Speech;
use crate::clock::SharedClock;
use crate::error::{Effect, Result};
use crate::hint::Hint;
use crate::host::{Host, Question, Watch};
use crate::journal::entry;
use crate::operation::Access;
use crate::secret::Secret;
use crate::settings::{Environment, Paths, Selection};

/// A terminal, or what stands in its place.
pub struct CommandLine {
    out: Rc<Out>,
    look: Look,
    speech: Speech,
    shows_waits: bool,
    said: RefCell<HashSet<String>>,
    call: Interruptible,
    approver: (Selection, Environment, Paths),
    clock: SharedClock,
}

impl CommandLine {
    /// The host of one call.
    pub fn new(local: &Local, speech: Speech) -> CommandLine {
        let look = local.look.clone();
        let shows_waits = local.out.stderr_is_terminal
            && !look.debug
            && !look.quiet
            && local.environment.text("TERM") != Some("dumb");
        CommandLine {
            out: Rc::clone(&local.out),
            look,
            speech,
            shows_waits,
            said: RefCell::default(),
            call: interrupt::call(),
            approver: (local.selection.clone(), local.environment.clone(), local.paths.clone()),
            clock: Arc::clone(&local.clock),
        }
    }

    /// The words of this run.
    pub fn speech(&self) -> &Speech {
        &self.speech
    }

    /// What Ctrl-C would say of this call.
    pub fn interruptible(&self) -> &Interruptible {
        &self.call
    }

    /// The approver's key for a person who approves here.
    pub fn approvers_key(&self, own: &dyn Fn() -> Option<Secret>) -> Result<Option<Secret>> {
        self.key(Asker::Person(own), &|| Ok(Question::default()))
    }

    fn key(&self, asker: Asker, shown: &dyn Fn() -> Result<Question>) -> Result<Option<Secret>> {
        let (selection, environment, paths) = &self.approver;
        let is_interactive = self.out.stderr_is_terminal && super::terminal::stdin_is_one();
        let note = |text: String| self.note(&text.into());
        let clock = self.clock.as_ref();
        approver::key(selection, environment, paths, asker, is_interactive, shown, &note, clock)
    }
}

impl Host for CommandLine {
    fn note(&self, note: &Hint) {
        let text = self.speech.hint(note);
        if !self.look.quiet && self.said.borrow_mut().insert(text.clone()) {
            self.out.line("note", &text);
        }
    }

    fn trace(&self, text: &dyn Fn() -> String) {
        if self.look.debug {
            self.out.line("debug", &text());
        }
    }

    fn watch<'h>(&'h self, what: &str, access: Access) -> Box<dyn Watch + 'h> {
        let waiting = self.shows_waits.then(|| Waiting::show(what));
        Box::new(UnderWay { marked: self.call.sending(what, access), _waiting: waiting })
    }

    fn journaled(&self, id: &str) {
        self.call.journaled(self.speech.hint(&entry::how_to_check(id)));
    }

    fn approver_key(&self, shown: &dyn Fn() -> Result<Question>) -> Result<Option<Secret>> {
        self.key(Asker::Agent, shown)
    }
}

/// A request under way.
struct UnderWay {
    marked: interrupt::Sending,
    _waiting: Option<Waiting>,
}

impl Watch for UnderWay {
    fn answered(&self, effect: Effect) {
        self.marked.answered(effect);
    }
}
