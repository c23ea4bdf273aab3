//! What clap stops for: help, which is a result, and a command line that is wrong, said so that the next one is
//! right. It runs nothing.

mod habits;
mod line;

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::interface::{self, commands, topics};
use crate::cli::out::Out;
use crate::cli::wrapped::{in_its_name, without_refused_examples};
use crate::error::{Effect, Error, Result};
use crate::suggest::closest;
use habits::{unknown_argument, unknown_command};
use line::{Line, has_name};

/// Help is printed; anything else is an error of this program's own form.
pub fn help_or_refusal(
    stop: clap::Error,
    arguments: &[OsString],
    is_wrapped: bool,
    wrapper: Option<&str>,
    out: &Out,
) -> Result<()> {
    let help = |colour: bool| {
        let text = help(arguments, colour, is_wrapped);
        wrapper.map_or_else(|| text.clone(), |wrapper| in_its_name(&without_refused_examples(&text), wrapper))
    };
    match stop.kind() {
        ErrorKind::DisplayVersion => out.data(stop.render().to_string().as_bytes(), Effect::NotSent),
        ErrorKind::DisplayHelp => out.data(help(out.stdout_is_terminal).as_bytes(), Effect::NotSent),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            if out.stderr_is_terminal {
                out.talk(&help(false));
            }
            Err(no_command(&Line::of(arguments, is_wrapped)))
        }
        _ => Err(refusal(&stop, Line::of(arguments, is_wrapped))),
    }
}

/// The help of the command that the line names.
fn help(arguments: &[OsString], colour: bool, is_wrapped: bool) -> String {
    interface::help(&Line::of(arguments, is_wrapped).path, colour, is_wrapped).unwrap_or_default()
}

fn no_command(line: &Line) -> Error {
    let names: Vec<&str> = interface::commands_of(line.command()).map(Command::get_name).collect();
    if line.path.is_empty() {
        return Error::usage("a command is missing").with_hint("odoo-agent --help");
    }
    let error = Error::usage(format!("{} needs one of {}", line.path.join(" "), names.join(", ")));
    match commands::examples(line.command()).into_iter().next() {
        Some(example) => error.with_hint(format!("for example: {example}")),
        None => error,
    }
}

/// A command, and with `with_topics` a topic, that does not exist, with what may be meant.
pub fn no_such_command(root: &Command, words: &[String], with_topics: bool) -> Error {
    let mut there = root;
    let mut left = words.iter();
    let given = loop {
        let Some(word) = left.next() else { return Error::usage("a command is missing") };
        match there.find_subcommand(word) {
            Some(command) => there = command,
            None => break word,
        }
    };
    let mut names: Vec<&str> = interface::commands_of(there).map(Command::get_name).collect();
    let is_first = words.first() == Some(given);
    if is_first && with_topics {
        names.extend(topics::TOPICS.iter().map(|topic| topic.name));
    }
    let error = Error::usage(match (is_first, with_topics) {
        (true, true) => format!("there is no command or topic {given:?}"),
        (true, false) => format!("there is no command {given:?}"),
        (false, _) => format!("{} has no {given:?}", there.get_name()),
    });
    match closest(&plain(given), names.iter().copied()) {
        Some(close) => error.with_hint(format!("did you mean {close}?")),
        None if names.is_empty() => error,
        None => error.with_hint(format!("there are {}", names.join(", "))),
    }
}

fn plain(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

/// What is wrong with a command line.
fn refusal(stop: &clap::Error, line: Line) -> Error {
    let context = |kind| match stop.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let given = context(ContextKind::InvalidArg).unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let line = match line.words.iter().skip(1).position(|word| word.split('=').next() == Some(given.as_str()))
    {
        Some(position) => line.until(position + 1),
        None => line,
    };
    let line = &line;
    match stop.kind() {
        ErrorKind::InvalidSubcommand => {
            unknown_command(line, &context(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::UnknownArgument => {
            unknown_argument(line, &given).unwrap_or_else(|| as_clap_says(stop).with_hint(usage(line)))
        }
        ErrorKind::ValueValidation if is_number(line, &given) => {
            let flag = given.split(' ').next().unwrap_or_default();
            Error::usage(format!("{flag} takes a whole number{}, and not {value:?}", from(stop)))
        }
        ErrorKind::MissingRequiredArgument => {
            let error = as_clap_says(stop).with_hint(usage(line));
            match commands::examples(line.command()).into_iter().next() {
                Some(example) => error.with_hint(format!("for example: {example}")),
                None => error,
            }
        }
        _ => as_clap_says(stop),
    }
}

/// clap's own words on one line, with its tips.
fn as_clap_says(stop: &clap::Error) -> Error {
    let plain = stop.render().to_string();
    let mut paragraphs = plain.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let message = paragraphs.next().unwrap_or("wrong arguments").trim_start_matches("error: ");
    let mut error = Error::usage(message.split_whitespace().collect::<Vec<_>>().join(" "));
    for tip in paragraphs.flat_map(str::lines).filter_map(|line| line.trim().strip_prefix("tip: ")) {
        // How to pass a word that begins with a dash is never what was wrong.
        if !tip.starts_with("to pass ") {
            error = error.with_hint(tip);
        }
    }
    error
}

fn usage(line: &Line) -> String {
    let usage = line.command().clone().render_usage().to_string();
    format!("usage: {}", usage.trim_start_matches("Usage: ").trim())
}

/// Whether the argument that clap names so takes a number.
fn is_number(line: &Line, given: &str) -> bool {
    let flag = given.split(' ').next().unwrap_or_default().trim_start_matches('-');
    let found = line.command().get_arguments().find(|arg| has_name(arg, flag));
    let kind = found.map(|arg| arg.get_value_parser().type_id());
    [clap::value_parser!(u32).into(), clap::value_parser!(u16).into(), clap::value_parser!(i64).into()]
        .iter()
        .any(|parser: &clap::builder::ValueParser| Some(parser.type_id()) == kind)
}

/// The smallest and largest number, where clap says them.
fn from(stop: &clap::Error) -> String {
    let text = stop.render().to_string();
    let range = text.split("is not in ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or_default();
    match range.split_once("..") {
        Some((smallest, "")) => format!(" from {smallest}"),
        Some((smallest, largest)) => format!(" from {smallest} to {}", largest.trim_start_matches('=')),
        None => String::new(),
    }
}
