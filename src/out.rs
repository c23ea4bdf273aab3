//! Where output goes: stdout for data, stderr for talk, and whether each is a terminal. Handed in by
//! `run`'s caller, so that a test can read what was written. It formats nothing.

use std::io::Write;

use crate::error::{Code, Effect, Error, Result, Retry};

/// The two streams of a run.
pub struct Out<'a> {
    stdout: &'a mut dyn Write,
    stderr: &'a mut dyn Write,
    /// stdout is a terminal.
    pub stdout_is_terminal: bool,
    /// stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// `--quiet`: notes are left out.
    pub quiet: bool,
}

impl<'a> Out<'a> {
    /// Output to the given streams.
    pub fn new(
        stdout: &'a mut dyn Write,
        stderr: &'a mut dyn Write,
        stdout_is_terminal: bool,
        stderr_is_terminal: bool,
    ) -> Out<'a> {
        Out { stdout, stderr, stdout_is_terminal, stderr_is_terminal, quiet: false }
    }

    /// Writes data and flushes it. A reader that went away is not an error; a full disk is, and says what
    /// `effect` the call had had by then.
    pub fn data(&mut self, bytes: &[u8], effect: Effect) -> Result<()> {
        match self.stdout.write_all(bytes).and_then(|()| self.stdout.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Error::new(
                Code::LocalState,
                format!("the result could not be written to stdout ({error}); the call itself went through"),
            )
            .with_effect(effect, if effect == Effect::Done { Retry::Never } else { Retry::Safe })
            .with_source(error)),
        }
    }

    /// Writes talk. If stderr is gone there is nobody to tell.
    pub fn talk(&mut self, text: &str) {
        let _ = self.stderr.write_all(text.as_bytes()).and_then(|()| self.stderr.flush());
    }

    /// One line that helps but is not an error: `note: …` on a terminal, `{"note":"…"}` off it.
    pub fn note(&mut self, text: &str) {
        if self.quiet {
            return;
        }
        let line = if self.stderr_is_terminal {
            format!("note: {}\n", crate::render::sanitize::for_terminal(text))
        } else {
            format!("{}\n", serde_json::json!({ "note": text }))
        };
        self.talk(&line);
    }
}
