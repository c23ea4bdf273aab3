//! odoo-agent: Odoo 19 for AI agents behind an allowlist and for people in a terminal.
//!
//! [`run`] is the whole program; `main` only hands it the process. Arrows point down: commands -> execute ->
//! {cache, odoo} -> {operation, transport} -> error, exit, fsio, clock, out.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::rc::Rc;

use clap::Parser;

pub mod approval;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod completion;
pub mod context;
pub mod doctor;
pub mod error;
pub mod execute;
pub mod exit;
pub mod fsio;
pub mod interface;
pub mod interrupt;
pub mod json_input;
pub mod json_slips;
pub mod members;
pub mod odoo;
pub mod operation;
pub mod out;
pub mod preflight;
pub mod progress;
pub mod render;
pub mod results;
pub mod sandbox;
pub mod session;
pub mod settings;
pub mod spec;
pub mod suggest;
pub mod transport;
pub mod usage;

use error::{Code, Error, Result};

/// Runs one command line and returns its exit code.
pub fn run(
    arguments: Vec<OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    stdin: Box<dyn Read>,
    out: out::Out,
) -> i32 {
    std::panic::set_hook(Box::new(report_panic));
    let out = Rc::new(out);
    let debug = arguments.iter().any(|argument| argument == "--debug");
    match parse_and_run(arguments, environment, stdin, &out) {
        Ok(()) => exit::DONE,
        Err(error) => {
            out.talk(&render::errors::text(&error, out.stderr_is_terminal, debug));
            exit::code_of(error.code)
        }
    }
}

fn parse_and_run(
    arguments: Vec<OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    stdin: Box<dyn Read>,
    out: &Rc<out::Out>,
) -> Result<()> {
    // Wrappers ask this at every start; the definition of all commands is not needed for it.
    if let [_, only] = arguments.as_slice()
        && (only == "--version" || only == "-V")
    {
        let version = concat!("odoo-agent ", env!("CARGO_PKG_VERSION"), "\n");
        return out.data(version.as_bytes(), error::Effect::NotSent);
    }
    let environment = settings::Environment::from_pairs(environment);
    cli::refuse_second_profile(&arguments, settings::wrapper::path(&environment).is_some())?;
    let cli = match cli::Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(stop) => return usage::help_or_refusal(stop, &arguments, out),
    };
    let paths = settings::Paths::find(&environment)?;
    let local = session::Local {
        out: Rc::clone(out),
        stdin: json_input::Stdin::new(stdin),
        globals: cli.globals,
        environment,
        paths,
    };
    commands::run(cli.command, local)
}

fn report_panic(info: &std::panic::PanicHookInfo) {
    let place =
        info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let error = Error::new(Code::Internal, format!("a bug in odoo-agent{place}")).with_hint(
        "if a write was under way, check whether it happened; then report this with the command line",
    );
    let mut stderr = std::io::stderr();
    let text = render::errors::text(&error, stderr.is_terminal(), false);
    let _ = stderr.write_all(text.as_bytes());
    #[allow(
        clippy::disallowed_methods,
        reason = "a panic ends the process; its exit code is part of the contract"
    )]
    std::process::exit(exit::code_of(Code::Internal));
}
