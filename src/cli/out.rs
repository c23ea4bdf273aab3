//! Where output goes: stdout for data, stderr for talk, and whether each is a terminal. Handed in by
//! `run`'s caller and shared by whoever has something to say. It formats no results and no errors.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Arc;

use crate::cli::render::errors;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::operation::Object;
use crate::secret::Veil;
use crate::text::sanitize;

/// The two streams of a run.
pub struct Out {
    stdout: RefCell<Box<dyn Write>>,
    stderr: RefCell<Box<dyn Write>>,
    /// What must not be seen.
    pub(crate) veil: Arc<Veil>,
    /// stdout is a terminal.
    pub stdout_is_terminal: bool,
    /// stderr is a terminal.
    pub stderr_is_terminal: bool,
}

impl Out {
    /// Output to the given streams.
    pub fn new(
        stdout: Box<dyn Write>,
        stderr: Box<dyn Write>,
        stdout_is_terminal: bool,
        stderr_is_terminal: bool,
    ) -> Out {
        Out {
            stdout: RefCell::new(stdout),
            stderr: RefCell::new(stderr),
            veil: Arc::default(),
            stdout_is_terminal,
            stderr_is_terminal,
        }
    }

    /// Writes data and flushes it. A reader that went away is not an error; a full disk is, and says what
    /// `effect` the call had had by then.
    pub fn data(&self, bytes: &[u8], effect: Effect) -> Result<()> {
        self.data_while_read(bytes, effect).map(|_| ())
    }

    /// The same for whoever has more to come: whether somebody still reads it.
    pub fn data_while_read(&self, bytes: &[u8], effect: Effect) -> Result<bool> {
        let mut stdout = self.stdout.borrow_mut();
        match stdout.write_all(&self.veil.without_secrets(bytes)).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => {
                let (meaning, retry) = match effect {
                    Effect::Done => {
                        ("the call itself went through in Odoo, so do not repeat it", Retry::Never)
                    }
                    _ => ("nothing was changed in Odoo", Retry::Safe),
                };
                Err(Error::new(
                    Code::LocalState,
                    format!("the result could not be written to stdout ({error}); {meaning}"),
                )
                .with_effect(effect, retry)
                .with_source(error))
            }
        }
    }

    /// Writes talk. If stderr is gone there is nobody to tell.
    pub fn talk(&self, text: &str) {
        let mut stderr = self.stderr.borrow_mut();
        let _ = stderr.write_all(&self.veil.without_secrets(text.as_bytes())).and_then(|()| stderr.flush());
    }

    /// One line that is not an error: `note: …` on a terminal, `{"note":"…"}` off it.
    pub fn line(&self, kind: &str, text: &str) {
        self.line_with(kind, text, Object::new());
    }

    /// The same with more for a program that reads it off a terminal: `{"note":"…","rows":3}`.
    pub fn line_with(&self, kind: &str, text: &str, more: Object) {
        self.talk(&line_of(kind, text, more, self.stderr_is_terminal));
    }
}

/// One line of talk, as it is written to a terminal or off it.
pub fn line_of(kind: &str, text: &str, more: Object, is_terminal: bool) -> String {
    if is_terminal {
        return format!("{kind}: {}\n", sanitize::for_terminal(&errors::indented(text)));
    }
    let mut line = Object::from_iter([(kind.to_string(), text.into())]);
    line.extend(more);
    format!("{}\n", serde_json::Value::Object(line))
}
