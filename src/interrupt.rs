//! Ctrl-C. It tells what had happened to the data by then: nothing sent, or a write that is still under way.
//! One of the two places that end the process themselves; the other is the panic hook in `lib.rs`.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::{Code, Effect, Error, Retry};
use crate::operation::Kind;
use crate::render::errors;

const IDLE: u8 = 0;
const READING: u8 = 1;
const WRITING: u8 = 2;

static UNDER_WAY: AtomicU8 = AtomicU8::new(IDLE);

/// Starts listening for Ctrl-C. Called once, before the first request.
pub fn install() {
    // A second installation, or a platform without signals, leaves the default: the process just ends.
    let _ = ctrlc::set_handler(|| {
        let error = match UNDER_WAY.load(Ordering::SeqCst) {
            WRITING => Error::new(
                Code::Interrupted,
                "interrupted while a write was under way: it may have been carried out",
            )
            .with_effect(Effect::Unknown, Retry::CheckFirst)
            .with_hint("read the record before you repeat the call"),
            READING => Error::new(Code::Interrupted, "interrupted while reading: nothing was changed")
                .with_effect(Effect::Rejected, Retry::Safe),
            _ => Error::new(Code::Interrupted, "interrupted: nothing was sent"),
        };
        crate::progress::end();
        let mut stderr = std::io::stderr();
        let text = errors::text(&error, stderr.is_terminal(), false);
        let _ = stderr.write_all(text.as_bytes());
        #[allow(clippy::disallowed_methods, reason = "a signal ends the process from its own thread")]
        std::process::exit(crate::exit::code_of(Code::Interrupted));
    });
}

/// Marks a request as under way until dropped.
pub struct UnderWay(());

impl UnderWay {
    /// Marks it.
    pub fn mark(kind: Kind) -> UnderWay {
        UNDER_WAY.store(if kind == Kind::Write { WRITING } else { READING }, Ordering::SeqCst);
        UnderWay(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.store(IDLE, Ordering::SeqCst);
    }
}
