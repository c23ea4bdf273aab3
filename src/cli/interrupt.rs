//! Ctrl-C, the SIGTERM of whoever gave it a time, and the SIGHUP of a terminal that is closed. Each call says what had
//! happened to the data by then; of several the worst counts: a write under way before rows that were handed on, those
//! before a read.
//! One of the places that end the process themselves; the others are the panic hook in `cli/mod.rs` and a signal at a
//! question, in `terminal.rs`.

use std::io::{IsTerminal, Write};
#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::Duration;

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::render::errors;
use crate::clock::{Clock, System};
use crate::error::{Code, Effect, Error, Retry};
#[cfg(unix)]
use crate::fsio;
use crate::host::Watch;
use crate::operation::Access;

/// How long Ctrl-C waits for rows that are being written, so that none is cut in half. A reader that has
/// stopped reading must not keep the program alive.
const PATIENCE: Duration = Duration::from_secs(1);
/// What the system tells of a process is shorter.
#[cfg(unix)]
const LONGEST_STATUS: u64 = 64 * 1024;

#[cfg(unix)]
static LISTENING: std::sync::Once = std::sync::Once::new();
#[cfg(unix)]
static HEARS_HANG_UP: AtomicBool = AtomicBool::new(false);

/// Held while rows are written.
static WRITING_ROWS: Mutex<()> = Mutex::new(());
/// The calls of this process that have not ended.
static CALLS: Mutex<Vec<Weak<State>>> = Mutex::new(Vec::new());

/// Said where the last write did not end.
pub const PERHAPS_CUT: &str = "; the output may hold a part of the next";

/// What is said of a stream of rows that ends here.
#[derive(Clone)]
pub struct Delivered {
    /// How much was written.
    pub message: String,
    /// How to go on.
    pub hint: String,
}

/// What a call has done so far.
#[derive(Default)]
struct State {
    reads: Mutex<u32>,
    writes: Mutex<u32>,
    delivered: Mutex<Option<Delivered>>,
    /// The last write that was answered, and what it did.
    answered: Mutex<Option<(String, Effect)>>,
    /// How it is found out whether the last write happened.
    how_to_check: Mutex<Option<String>>,
}

/// A call until its result is out; one that `call` did not begin is of no process and no signal tells of it.
#[derive(Clone, Default)]
pub struct Interruptible(Arc<State>);

/// A call begins.
pub fn call() -> Interruptible {
    let state = Arc::new(State::default());
    let mut calls = lock(&CALLS);
    calls.retain(|call| call.strong_count() > 0);
    calls.push(Arc::downgrade(&state));
    Interruptible(state)
}

/// A request under way, until dropped.
pub struct Sending {
    call: Interruptible,
    what: String,
    access: Access,
}

impl Interruptible {
    /// A request leaves.
    pub fn sending(&self, what: &str, access: Access) -> Sending {
        *lock(self.counter(access)) += 1;
        Sending { call: self.clone(), what: what.into(), access }
    }

    /// A write has its entry in the journal.
    pub fn journaled(&self, how_to_check: String) {
        *lock(&self.0.how_to_check) = Some(how_to_check);
    }

    fn counter(&self, access: Access) -> &Mutex<u32> {
        match access {
            Access::Read => &self.0.reads,
            Access::Write => &self.0.writes,
        }
    }

    /// Writes rows that Ctrl-C must not cut in half; `write` gives back what has been delivered with them.
    pub fn while_writing_rows<T>(&self, write: impl FnOnce() -> (T, Delivered)) -> T {
        let _writing = lock(&WRITING_ROWS);
        let (outcome, delivered) = write();
        *lock(&self.0.delivered) = Some(delivered);
        outcome
    }
}

impl Watch for Sending {
    /// An answer is there. A write that was answered stays done, whatever is under way when a signal comes: a
    /// lookup, the output.
    fn answered(&self, effect: Effect) {
        *lock(&self.call.0.answered) = Some((self.what.clone(), effect));
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut count = lock(self.call.counter(self.access));
        *count = count.saturating_sub(1);
    }
}

/// Starts listening. Before the first request; a second call does nothing.
pub fn install() {
    // Where signals cannot be had the default is left: the process just ends.
    #[cfg(unix)]
    LISTENING.call_once(|| {
        if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) {
            if is_hung_up() && signals.add_signal(SIGHUP).is_ok() {
                HEARS_HANG_UP.store(true, Ordering::Release);
            }
            std::thread::spawn(move || signals.forever().take(1).for_each(|_| end()));
        }
    });
}

/// Whether a SIGHUP is listened for here, so that nobody else need.
#[cfg(unix)]
pub fn hears_hang_up() -> bool {
    HEARS_HANG_UP.load(Ordering::Acquire)
}

/// Whether SIGHUP would end this process: not under `nohup`, which keeps its meaning. Where the system does not tell,
/// the signal keeps its default.
#[cfg(unix)]
fn is_hung_up() -> bool {
    let status = fsio::read_text(Path::new("/proc/self/status"), LONGEST_STATUS).unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (SIGHUP - 1) & 1 == 0)
}

#[cfg(unix)]
fn end() {
    super::terminal::give_back();
    // Kept until the end of the process: nothing more is written.
    let whole = between_rows();
    let error = said(whole.is_some());
    let (told, done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        super::progress::end();
        let mut stderr = std::io::stderr();
        let text = errors::text(&error, stderr.is_terminal(), false);
        let _ = stderr.write_all(text.as_bytes());
        let _ = told.send(());
    });
    // A reader of stderr that has stopped must not keep the program alive either.
    let _ = done.recv_timeout(PATIENCE);
    #[allow(clippy::disallowed_methods, reason = "a signal ends the process from its own thread")]
    std::process::exit(crate::exit::code_of(Code::Interrupted));
}

/// What a signal that comes now would say.
pub fn said(rows_are_whole: bool) -> Error {
    let calls: Vec<Arc<State>> = lock(&CALLS).iter().filter_map(Weak::upgrade).collect();
    let interrupted = |text: String| Error::new(Code::Interrupted, format!("interrupted {text}"));
    let unknown = |text: String, whose: &mut dyn Iterator<Item = &Arc<State>>| {
        let error = interrupted(text).with_effect(Effect::Unknown, Retry::CheckFirst);
        checks(whose.map(|call| lock(&call.how_to_check).clone())).into_iter().fold(error, Error::with_hint)
    };
    let is_writing = |call: &&Arc<State>| *lock(&call.writes) > 0;
    let text = match calls.iter().filter(is_writing).count() {
        0 => None,
        1 => Some("while a write was under way: it may have been carried out".into()),
        many => Some(format!("while {many} calls had a write under way: each may have been carried out")),
    };
    if let Some(text) = text {
        return unknown(text, &mut calls.iter().filter(is_writing));
    }
    let answered: Vec<_> = calls.iter().filter_map(|call| lock(&call.answered).clone()).collect();
    let worst = |effect: Effect| answered.iter().find(|(_, what)| *what == effect);
    if let Some((what, _)) = worst(Effect::Unknown) {
        let is_lost = |call: &&Arc<State>| matches!(&*lock(&call.answered), Some((_, Effect::Unknown)));
        return unknown(
            format!("after {what} was sent and its answer was lost: it may have been carried out"),
            &mut calls.iter().filter(is_lost),
        );
    }
    if let Some((what, _)) = worst(Effect::Done) {
        return interrupted(format!(
            "after {what} was carried out: do not repeat it; the answer may be cut off"
        ))
        .with_effect(Effect::Done, Retry::Never)
        .with_hint("read the record to see the outcome");
    }
    if let Some(delivered) = calls.iter().find_map(|call| lock(&call.delivered).clone()) {
        let cut = if rows_are_whole { "" } else { PERHAPS_CUT };
        return Error::new(Code::Interrupted, format!("interrupted: {}{cut}", delivered.message))
            .with_effect(Effect::Rejected, Retry::Safe)
            .with_hint(delivered.hint);
    }
    if let Some((what, _)) = worst(Effect::Rejected) {
        return interrupted(format!("after {what} was refused: nothing was changed"))
            .with_effect(Effect::Rejected, Retry::Safe);
    }
    if calls.iter().any(|call| *lock(&call.reads) > 0) {
        return Error::new(Code::Interrupted, "interrupted while reading: nothing was changed")
            .with_effect(Effect::Rejected, Retry::Safe);
    }
    Error::new(Code::Interrupted, "interrupted: nothing was sent")
}

/// How it is found out what became of each write that is under way, for whoever must not wait: they may be called
/// while a lock is held.
pub fn under_way() -> Vec<String> {
    let calls: Vec<Arc<State>> =
        at_once(&CALLS).iter().flat_map(|calls| calls.iter().filter_map(Weak::upgrade)).collect();
    let is_writing = |call: &&Arc<State>| at_once(&call.writes).is_none_or(|writes| *writes > 0);
    checks(
        calls
            .iter()
            .filter(is_writing)
            .map(|call| at_once(&call.how_to_check).and_then(|how_to_check| how_to_check.clone())),
    )
}

/// Each once; of a write without an entry of its own the record tells.
fn checks(how_to_check: impl Iterator<Item = Option<String>>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for one in how_to_check {
        let one = one.unwrap_or_else(|| "read the record before you repeat the call".into());
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Waits until no row is half written, but not for ever.
fn between_rows() -> Option<MutexGuard<'static, ()>> {
    let since = System.instant();
    loop {
        match WRITING_ROWS.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if System.instant() - since > PATIENCE => return None,
            Err(TryLockError::WouldBlock) => System.sleep(Duration::from_millis(5)),
        }
    }
}

fn at_once<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
