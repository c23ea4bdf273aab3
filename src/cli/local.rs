//! What a command is handed: streams, flags, environment and directories. There is no way to the network here.

use std::ffi::OsString;
use std::rc::Rc;

use serde_json::Value;

use super::globals::{ContextFlags, Look};
use super::out::Out;
use super::results::Results;
use crate::cache::Cache;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::json_input::Stdin;
use crate::operation::Object;
use crate::outcome::Outcome;
use crate::settings::{Environment, Paths, Selection, wrapper};

/// A command's surroundings.
pub struct Local {
    /// Output.
    pub out: Rc<Out>,
    /// Input.
    pub stdin: Stdin,
    /// Where to work.
    pub selection: Selection,
    /// What flags add to the context.
    pub context: ContextFlags,
    /// How results look.
    pub look: Look,
    /// The process environment.
    pub environment: Environment,
    /// The helper's directories.
    pub paths: Paths,
    /// The clock.
    pub clock: SharedClock,
    /// The command line as it was given.
    pub arguments: Vec<OsString>,
}

impl Local {
    /// How results leave in this run.
    pub fn results(&self) -> Results {
        Results::new(&self.out, &self.look, &self.environment)
    }

    /// Prints what a command comes to.
    pub fn present(&self, outcome: &Outcome) -> Result<()> {
        self.results().present(outcome)
    }

    /// Prints a value that was put together here.
    pub fn print_value(&self, value: &Value) -> Result<()> {
        self.present(&Outcome::local(value))
    }

    /// Whether a wrapper that works in one profile runs the program.
    pub fn is_wrapped(&self) -> bool {
        wrapper::is_one(&self.environment)
    }

    /// What was fetched before.
    pub fn cache(&self) -> Cache {
        Cache::new(&self.paths.cache, self.clock.clone())
    }

    /// Refuses a key on the command line, where others see it.
    ///
    /// # Errors
    /// `usage`.
    pub fn refuse_keys(&self) -> Result<()> {
        if !self.arguments.iter().any(|argument| self.out.veil.is_in(argument.as_encoded_bytes())) {
            return Ok(());
        }
        Err(Error::usage(
            "an argument holds a key: the list of processes and the history of the shell show it to others; nothing was sent",
        )
        .with_hint("a key stands in the profile's file, or in the environment as ODOO_API_KEY")
        .with_hint("make a new key in Odoo, and delete this one"))
    }

    /// The context that flags add; read once.
    pub fn context(&mut self) -> Result<Object> {
        std::mem::take(&mut self.context).read(&mut self.stdin)
    }
}
