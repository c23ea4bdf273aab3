//! Where output goes: stdout for data, stderr for talk, and whether each is a terminal. Handed in by
//! `run`'s caller and shared by whoever has something to say. It formats no results and no errors.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write;

use crate::error::{Code, Effect, Error, Result, Retry};
use crate::operation::Object;
use crate::render::{errors, sanitize};
use crate::settings::Secret;

/// A shorter text is no key of Odoo (they have 40 characters), and blacking it out would eat real words.
const SHORTEST_SECRET: usize = 16;

/// The two streams of a run.
pub struct Out {
    stdout: RefCell<Box<dyn Write>>,
    stderr: RefCell<Box<dyn Write>>,
    secrets: RefCell<Vec<Secret>>,
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
            secrets: RefCell::default(),
            stdout_is_terminal,
            stderr_is_terminal,
        }
    }

    /// From now on this key or token is blacked out of everything that is written, whoever sent it back.
    pub fn protect(&self, secret: Secret) {
        if secret.expose().len() >= SHORTEST_SECRET {
            // Most of what is written is JSON, which holds quotes and backslashes in another form.
            let quoted = serde_json::Value::from(secret.expose()).to_string();
            let escaped = &quoted[1..quoted.len() - 1];
            if escaped != secret.expose() {
                self.secrets.borrow_mut().push(Secret::new(escaped.into()));
            }
            self.secrets.borrow_mut().push(secret);
        }
    }

    /// The bytes with every protected key and token blacked out.
    pub fn without_secrets<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        let mut clean = Cow::Borrowed(bytes);
        for secret in self.secrets.borrow().iter() {
            let needle = secret.expose().as_bytes();
            let mut parts = Vec::new();
            let mut rest: &[u8] = &clean;
            while let Some(at) = rest.windows(needle.len()).position(|window| window == needle) {
                parts.extend([&rest[..at], b"(redacted)"]);
                rest = &rest[at + needle.len()..];
            }
            if !parts.is_empty() {
                parts.push(rest);
                clean = Cow::Owned(parts.concat());
            }
        }
        clean
    }

    /// Writes data and flushes it. A reader that went away is not an error; a full disk is, and says what
    /// `effect` the call had had by then.
    pub fn data(&self, bytes: &[u8], effect: Effect) -> Result<()> {
        self.data_while_read(bytes, effect).map(|_| ())
    }

    /// The same for whoever has more to come: whether somebody still reads it.
    pub fn data_while_read(&self, bytes: &[u8], effect: Effect) -> Result<bool> {
        let mut stdout = self.stdout.borrow_mut();
        match stdout.write_all(&self.without_secrets(bytes)).and_then(|()| stdout.flush()) {
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
                .with_effect(effect, retry))
            }
        }
    }

    /// Writes data that is itself a secret and meant for the person who asked: the token of `approve`.
    pub fn data_with_secrets(&self, bytes: &[u8]) -> Result<()> {
        let protected = self.secrets.take();
        let written = self.data(bytes, Effect::Done);
        self.secrets.replace(protected);
        written
    }

    /// Writes talk. If stderr is gone there is nobody to tell.
    pub fn talk(&self, text: &str) {
        let mut stderr = self.stderr.borrow_mut();
        let _ = stderr.write_all(&self.without_secrets(text.as_bytes())).and_then(|()| stderr.flush());
    }

    /// One line that is not an error: `note: …` on a terminal, `{"note":"…"}` off it.
    pub fn line(&self, kind: &str, text: &str) {
        self.line_with(kind, text, Object::new());
    }

    /// The same with more for a program that reads it off a terminal: `{"note":"…","rows":3}`.
    pub fn line_with(&self, kind: &str, text: &str, more: Object) {
        if self.stderr_is_terminal {
            self.talk(&format!("{kind}: {}\n", sanitize::for_terminal(&errors::indented(text))));
        } else {
            let mut line = Object::from_iter([(kind.to_string(), text.into())]);
            line.extend(more);
            self.talk(&format!("{}\n", serde_json::Value::Object(line)));
        }
    }
}
