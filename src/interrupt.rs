//! Ctrl-C, and the SIGTERM of whoever gave it a time. It tells what had happened to the data by then: nothing sent, or a write that is still under way.
//! One of the two places that end the process themselves; the other is the panic hook in `lib.rs`.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

#[cfg(unix)]
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::error::{Code, Effect, Error, Retry};
use crate::operation::Kind;
use crate::render::errors;

const IDLE: u8 = 0;
const READING: u8 = 1;
const WRITING: u8 = 2;

static UNDER_WAY: AtomicU8 = AtomicU8::new(IDLE);

/// What is known of the last write that was sent, until the process ends.
static LAST_WRITE: Mutex<Option<(String, Effect)>> = Mutex::new(None);

/// How long Ctrl-C waits for rows that are being written, so that none is cut in half. A reader that has
/// stopped reading must not keep the program alive.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(unix)]
static LISTENING: std::sync::Once = std::sync::Once::new();

/// Held while rows are written.
static WRITING_ROWS: Mutex<()> = Mutex::new(());
/// What the stream of rows under way has delivered.
static DELIVERED: Mutex<Option<Delivered>> = Mutex::new(None);

/// Said where the last write did not end.
pub const PERHAPS_CUT: &str = "; the output may hold a part of the next";

/// What is said of a stream of rows that ends here.
pub struct Delivered {
    /// How much was written.
    pub message: String,
    /// How to go on.
    pub hint: String,
}

/// Starts listening. Before the first request; a second call does nothing. SIGHUP keeps its default, or `nohup` its meaning.
pub fn install() {
    // Where signals cannot be had the default is left: the process just ends.
    #[cfg(unix)]
    LISTENING.call_once(|| {
        if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) {
            std::thread::spawn(move || signals.forever().take(1).for_each(|_| end()));
        }
    });
}

#[cfg(unix)]
fn end() {
    crate::progress::end();
    // Kept until the end of the process: nothing more is written.
    let whole = between_rows();
    let error = said_of_rows(whole.is_some()).unwrap_or_else(said_of_calls);
    let mut stderr = std::io::stderr();
    let text = errors::text(&error, stderr.is_terminal(), false);
    let _ = stderr.write_all(text.as_bytes());
    #[allow(clippy::disallowed_methods, reason = "a signal ends the process from its own thread")]
    std::process::exit(crate::exit::code_of(Code::Interrupted));
}

fn said_of_calls() -> Error {
    match UNDER_WAY.load(Ordering::SeqCst) {
        WRITING => Error::new(
            Code::Interrupted,
            "interrupted while a write was under way: it may have been carried out",
        )
        .with_effect(Effect::Unknown, Retry::CheckFirst)
        .with_hint("read the record before you repeat the call"),
        under_way => said_of_what_was_answered().unwrap_or_else(|| said_of_no_write(under_way)),
    }
}

/// A write that was answered stays done, whatever was under way when the signal came: a lookup, the output.
fn said_of_what_was_answered() -> Option<Error> {
    let (what, effect) = lock(&LAST_WRITE).clone()?;
    let interrupted = |text: &str| Error::new(Code::Interrupted, format!("interrupted {text}"));
    match effect {
        Effect::Done => Some(
            interrupted(&format!(
                "after {what} was carried out: do not repeat it; the answer may be cut off"
            ))
            .with_effect(Effect::Done, Retry::Never)
            .with_hint("read the record to see the outcome"),
        ),
        Effect::Unknown => Some(
            interrupted(&format!(
                "after {what} was sent and its answer was lost: it may have been carried out"
            ))
            .with_effect(Effect::Unknown, Retry::CheckFirst)
            .with_hint("read the record before you repeat the call"),
        ),
        Effect::Rejected => Some(
            interrupted(&format!("after {what} was refused: nothing was changed"))
                .with_effect(Effect::Rejected, Retry::Safe),
        ),
        Effect::NotSent => None,
    }
}

fn said_of_no_write(under_way: u8) -> Error {
    match under_way {
        READING => Error::new(Code::Interrupted, "interrupted while reading: nothing was changed")
            .with_effect(Effect::Rejected, Retry::Safe),
        _ => Error::new(Code::Interrupted, "interrupted: nothing was sent"),
    }
}

fn said_of_rows(whole: bool) -> Option<Error> {
    let delivered = lock(&DELIVERED).take()?;
    let cut = if whole { "" } else { PERHAPS_CUT };
    let error = Error::new(Code::Interrupted, format!("interrupted: {}{cut}", delivered.message));
    Some(error.with_effect(Effect::Rejected, Retry::Safe).with_hint(delivered.hint))
}

/// Waits until no row is half written, but not for ever.
fn between_rows() -> Option<MutexGuard<'static, ()>> {
    let since = Instant::now();
    loop {
        match WRITING_ROWS.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if since.elapsed() > PATIENCE => return None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Writes rows that Ctrl-C must not cut in half; `write` gives back what has been delivered with them.
pub fn while_writing_rows<T>(write: impl FnOnce() -> (T, Delivered)) -> T {
    let _writing = lock(&WRITING_ROWS);
    let (outcome, delivered) = write();
    *lock(&DELIVERED) = Some(delivered);
    outcome
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps what a write has done, for whoever is stopped after it was answered.
pub fn answered(what: &str, effect: Effect) {
    *lock(&LAST_WRITE) = Some((what.to_string(), effect));
}

/// Marks a request as under way until dropped; within a write that of a read says no less.
pub struct UnderWay {
    before: u8,
}

impl UnderWay {
    /// Marks it.
    pub fn mark(kind: Kind) -> UnderWay {
        let mark = if kind == Kind::Write { WRITING } else { READING };
        UnderWay { before: UNDER_WAY.fetch_max(mark, Ordering::SeqCst) }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.store(self.before, Ordering::SeqCst);
    }
}
