//! The flags of every command, and what they mean apart from each other: where to work, what one call brings along,
//! how what comes of it looks.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::render::format::Format;
use super::render::pointer::Pointer;
use crate::error::Result;
use crate::json_input::{self, Source, Stdin};
use crate::operation::Object;
use crate::settings::{Selection, TIMEOUT_FORM, parse_timeout};

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Globals {
    /// Work as configured in odoo_NAME.env of the configuration directory; `sandbox` needs no configuration
    #[arg(long, value_name = "NAME", global = true, help_heading = "Global options")]
    pub profile: Option<String>,
    /// Work as configured in this file
    #[arg(long, value_name = "PATH", global = true, help_heading = "Global options")]
    pub env_file: Option<PathBuf>,
    /// Form of the result: json, pretty, ndjson, table or csv [default: json; for records on a terminal table]
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        global = true,
        hide_possible_values = true,
        help_heading = "Global options"
    )]
    pub output: Option<Format>,
    /// Indent the result: --output pretty
    #[arg(long, global = true, conflicts_with = "output", help_heading = "Global options")]
    pub pretty: bool,
    /// Print only this part of the result, by JSON Pointer: /0/id; it is JSON, a text in its quotes
    #[arg(long, value_name = "POINTER", global = true, help_heading = "Global options")]
    pub pluck: Option<Pointer>,
    /// Times in tables in UTC, as Odoo keeps them, instead of local time
    #[arg(long, global = true, help_heading = "Global options")]
    pub utc: bool,
    /// Add to the context of the call (a JSON object)
    #[arg(long, alias = "context", value_name = "JSON", global = true, help_heading = "Global options")]
    pub context_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE", global = true, help_heading = "Global options")]
    pub context_file: Option<String>,
    /// Name the channel this agent works through, for Odoo's audit [default: cli]
    #[arg(long, value_name = "NAME", global = true, help_heading = "Global options")]
    pub agent_channel: Option<String>,
    /// Give each request to Odoo, repeats included, at most this long, like 90s [default: 120s]
    #[arg(long, value_name = "DURATION", global = true, value_parser = timeout, help_heading = "Global options")]
    pub timeout: Option<Duration>,
    /// At a limit of the policy, wait at most this long for a turn, like 2m
    #[arg(long, value_name = "DURATION", global = true, value_parser = timeout, help_heading = "Global options")]
    pub wait: Option<Duration>,
    /// Show requests, timings and Odoo's tracebacks on stderr
    #[arg(long, global = true, help_heading = "Global options")]
    pub debug: bool,
    /// Leave notes out
    #[arg(long, global = true, help_heading = "Global options")]
    pub quiet: bool,
}

fn timeout(text: &str) -> std::result::Result<Duration, String> {
    parse_timeout(text).ok_or_else(|| format!("expected {TIMEOUT_FORM}"))
}

/// How a result looks, and what is said beside it.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The form that was asked for.
    pub output: Option<Format>,
    /// Only this part of the result.
    pub pluck: Option<Pointer>,
    /// Times in UTC.
    pub utc: bool,
    /// No notes.
    pub quiet: bool,
    /// Requests and tracebacks too.
    pub debug: bool,
}

/// The context that flags add.
#[derive(Clone, Debug, Default)]
pub struct ContextFlags {
    json: Option<String>,
    file: Option<String>,
}

impl ContextFlags {
    /// Whether it is on stdin.
    #[cfg(feature = "mcp")]
    pub fn is_on_stdin(&self) -> bool {
        self.file.as_deref() == Some("-")
    }

    /// Reads it.
    pub fn read(self, stdin: &mut Stdin) -> Result<Object> {
        match Source::choose("--context-json", self.json, "--context-file", self.file)? {
            Some(source) => json_input::object(stdin.json(&source)?, source.flag()),
            None => Ok(Object::new()),
        }
    }
}

impl Globals {
    /// Takes the flags apart.
    pub fn parts(self) -> (Selection, ContextFlags, Look) {
        let output = if self.pretty { Some(Format::Pretty) } else { self.output };
        (
            Selection {
                profile: self.profile,
                env_file: self.env_file,
                timeout: self.timeout,
                agent_channel: self.agent_channel,
                surface: None,
                wait: self.wait,
            },
            ContextFlags { json: self.context_json, file: self.context_file },
            Look { output, pluck: self.pluck, utc: self.utc, quiet: self.quiet, debug: self.debug },
        )
    }
}
