//! The command line and the terminal, the one surface that there is today: it reads words, flags and files, hands
//! requests down, and presents what they come to. Only here is anything printed, asked, or ended.

pub mod approver;
pub mod commands;
pub mod completion;
pub mod connect;
pub mod definition;
pub mod flags;
pub mod globals;
pub mod host;
pub mod interface;
pub mod interrupt;
pub mod local;
pub mod out;
pub mod progress;
pub mod render;
pub mod results;
pub mod screen;
mod secret_command;
pub mod stream;
pub mod terminal;
pub mod usage;
pub mod words;
mod wrapped;

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::rc::Rc;

use crate::clock::SharedClock;
use crate::error::{Code, Effect, Error, Result};
use crate::exit;
use crate::hint::Hint;
use crate::json_input;
use crate::secret::Secret;
use crate::settings::{self, names, wrapper};
use crate::text::shell;
use definition::Parsed;
use out::Out;
use words::Speech;

/// Runs one command line and returns its exit code.
pub fn run(
    arguments: Vec<OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    stdin: Box<dyn Read>,
    out: Out,
    clock: SharedClock,
) -> i32 {
    let out = Rc::new(out);
    let debug = arguments.iter().any(|argument| argument == "--debug");
    let environment = settings::Environment::from_pairs(environment);
    let (profiles, files) = (given(&arguments, "--profile"), given(&arguments, "--env-file"));
    let called_as = wrapper::path(&environment).map(str::to_string);
    match parse_and_run(arguments, &environment, stdin, &out, clock, called_as.as_deref()) {
        Ok(()) => exit::DONE,
        Err(error) => {
            // Words of a command line that was refused before a profile was read; a key among them was a slip.
            if error.effect == Effect::NotSent {
                let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
                settings::keys_at_hand(&environment, &files).iter().for_each(|key| out.veil.keep(key));
            }
            // What was said in the words of a session has been put into them already.
            // A wrapper names its profile itself, and is named in place of the program.
            let speech = match called_as {
                Some(_) => Speech::plain(),
                None => in_named_profile([("--profile", &profiles), ("--env-file", &files)]),
            };
            let mut said = speech.error(error);
            if let Some(wrapper) = called_as {
                let hints = said.hints.iter().filter_map(Hint::as_text);
                said.hints = hints.map(|hint| wrapped::in_its_name(hint, &wrapper).into()).collect();
            }
            out.talk(&render::errors::text(&said, out.stderr_is_terminal, debug));
            exit::code_of(said.code)
        }
    }
}

/// What a command line gives for a flag, each time that it does.
fn given(arguments: &[OsString], flag: &str) -> Vec<OsString> {
    let after = arguments.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1].clone());
    let within = arguments.iter().filter_map(|word| {
        let value = word.to_str()?.strip_prefix(flag)?.strip_prefix('=')?;
        Some(OsString::from(value))
    });
    after.chain(within).collect()
}

/// The words of a command line that was refused before a profile was read: a command that it advises works in the same.
fn in_named_profile(flags: [(&str, &[OsString]); 2]) -> Speech {
    let named = flags.into_iter().find_map(|(flag, values)| Some((flag, values.first()?.to_str()?)));
    let program = match named {
        Some((flag, value)) => format!("odoo-agent {flag} {}", shell::quoted(value)),
        None => return Speech::plain(),
    };
    Speech { program_itself: program.clone(), program, ..Speech::plain() }
}

fn parse_and_run(
    arguments: Vec<OsString>,
    environment: &settings::Environment,
    stdin: Box<dyn Read>,
    out: &Rc<Out>,
    clock: SharedClock,
    called_as: Option<&str>,
) -> Result<()> {
    // Wrappers ask this at every start; the definition of all commands is not needed for it.
    if let [_, only] = arguments.as_slice()
        && (only == "--version" || only == "-V")
    {
        let version = concat!("odoo-agent ", env!("CARGO_PKG_VERSION"), "\n");
        return out.data(version.as_bytes(), Effect::NotSent);
    }
    for name in names::SECRETS {
        if let Some(secret) = environment.text(name) {
            out.veil.keep(&Secret::new(secret.into()));
        }
    }
    let is_wrapped = wrapper::is_one(environment);
    definition::refuse_second_profile(&arguments, is_wrapped)?;
    let Parsed { globals, entry, matches } = match definition::parse(&arguments) {
        Ok(parsed) => parsed,
        Err(stop) => return usage::help_or_refusal(stop, &arguments, is_wrapped, called_as, out),
    };
    if is_wrapped && entry.is_beyond_a_wrapper() {
        return Err(wrapped::refusal(&entry.name()));
    }
    let paths = settings::Paths::find(environment)?;
    let (selection, context, look) = globals.parts();
    let mut stdin = json_input::Stdin::new(stdin);
    if is_wrapped {
        let within = wrapped::files(&selection, environment, &paths);
        stdin = stdin.fenced(json_input::Fence { within, refusal: wrapped::elsewhere });
    }
    let local = local::Local {
        out: Rc::clone(out),
        stdin,
        selection,
        context,
        look,
        environment: environment.clone(),
        paths,
        clock,
        arguments,
    };
    commands::run(entry, &matches, local)
}

/// From now on a panic anywhere in the process ends it, with an error object and the exit code of a bug. For the program
/// alone: who calls [`run`] keeps their own hook.
pub fn end_on_panic() {
    std::panic::set_hook(Box::new(report_panic));
}

/// A bug ends every call of the process: each whose write is under way is named.
pub(crate) fn bug(place: &str) -> Error {
    let said = |text: &str| Error::new(Code::Internal, format!("a bug in odoo-agent{place}{text}"));
    let under_way = interrupt::under_way();
    if under_way.is_empty() {
        return said("").with_hint(
            "if a write was under way, check whether it happened; then report this with the command line",
        );
    }
    let error = said(", while a write was under way: it may have been carried out");
    let error = error.with_hints(under_way);
    error.with_hint("then report this with the command line")
}

fn report_panic(info: &std::panic::PanicHookInfo) {
    let place =
        info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let error = bug(&place);
    let mut stderr = std::io::stderr();
    let text = render::errors::text(&error, stderr.is_terminal(), false);
    let _ = stderr.write_all(text.as_bytes());
    #[allow(
        clippy::disallowed_methods,
        reason = "a panic ends the process; its exit code is part of the contract"
    )]
    std::process::exit(exit::code_of(Code::Internal));
}
