//! What the program says of itself: help, topics, `describe`, man pages. All of it is read from the clap definition,
//! the table of exit codes, the error codes and the types of a spec; a new command or flag appears by itself.
//! It runs nothing and reads no configuration.

pub mod commands;
pub mod man;
pub mod results;
pub mod topics;

use clap::{Arg, Command};
use serde_json::{Value, json};

use crate::cli::definition::{self, Entry};
use crate::error::{Code, Effect, Retry};
use crate::exit;
use crate::settings::names;

/// Version of what `describe` prints. It grows with every change that could mislead a reader of the one before.
pub const VERSION: u32 = 1;

/// The definition as people read it: the flags of every command are told once, on the main page; the pages of the
/// commands only name them.
pub fn readable(is_wrapped: bool) -> Command {
    let mut command = definition::root(is_wrapped);
    command.build();
    let globals: Vec<String> = global_flags(&command).map(flag_name).collect();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{{all-args}}\n\nGlobal options, as odoo-agent --help tells them:\n{}{{after-help}}",
        wrapped(&globals)
    );
    let topics: Vec<String> =
        topics::TOPICS.iter().map(|topic| format!("  {:<14}  {}", topic.name, topic.purpose)).collect();
    let after = format!(
        "Topics, for odoo-agent help TOPIC:\n{}\n\n{}",
        topics.join("\n"),
        command.get_after_help().map(ToString::to_string).unwrap_or_default()
    );
    fold(command.after_help(after), &template)
}

fn fold(command: Command, template: &str) -> Command {
    command.mut_subcommands(|command| {
        let command = command.help_template(template.to_string());
        let command = command.mut_args(|arg| match arg.get_id().as_str() {
            // Here the long help is the short one.
            "help" => arg.help("Print help"),
            _ if arg.is_global_set() => arg.hide(true),
            _ => arg,
        });
        fold(command, template)
    })
}

/// The help of a command, or of the whole program when no words name one.
pub fn help(words: &[String], colour: bool, is_wrapped: bool) -> Option<String> {
    let root = readable(is_wrapped);
    let mut command = find(&root, words)?.clone();
    let is_refused =
        is_wrapped && words.first().and_then(|name| Entry::of(name)).is_some_and(Entry::is_beyond_a_wrapper);
    if is_refused {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        command = command.about(format!("{about}; this wrapper works in one profile, and refuses it"));
    }
    let help = command.render_help();
    Some(if colour { help.ansi().to_string() } else { help.to_string() })
}

/// Lines of names that fit a narrow terminal.
fn wrapped(names: &[String]) -> String {
    let mut lines = vec![String::from(" ")];
    for name in names {
        if lines.last().is_some_and(|line| line.len() + name.len() > 76) {
            lines.push(" ".into());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(name);
        }
    }
    lines.join("\n")
}

/// The flags of every command.
pub fn global_flags(root: &Command) -> impl Iterator<Item = &Arg> {
    root.get_arguments().filter(|arg| arg.is_global_set() && !arg.is_hide_set())
}

/// `--name`, or the name of an argument without dashes.
pub fn flag_name(arg: &Arg) -> String {
    match arg.get_long() {
        Some(long) => format!("--{long}"),
        None => value_name(arg).unwrap_or_else(|| arg.get_id().to_string().to_uppercase()),
    }
}

/// What stands for a value in the help.
pub fn value_name(arg: &Arg) -> Option<String> {
    arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string)
}

/// The commands that people are told of, in order.
pub fn commands_of(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// A command by the words that name it.
pub fn find<'c>(root: &'c Command, words: &[String]) -> Option<&'c Command> {
    words.iter().try_fold(root, |command, word| command.find_subcommand(word))
}

/// The whole interface.
pub fn describe(is_wrapped: bool) -> Value {
    let mut root = definition::root(is_wrapped);
    root.build();
    json!({
        "interface": VERSION,
        "version": env!("CARGO_PKG_VERSION"),
        "program": root.get_name(),
        "purpose": root.get_about().map(ToString::to_string),
        "commands": commands_of(&root).map(commands::describe).collect::<Vec<_>>(),
        "global_flags": global_flags(&root).map(commands::argument).collect::<Vec<_>>(),
        "topics": topics::TOPICS.iter().map(|topic| topic.name).collect::<Vec<_>>(),
        "exit_codes": exit_codes(),
        "error_codes": error_codes(),
        "environment": names::ALL.iter()
            .map(|name| json!({ "name": name.name, "meaning": name.meaning, "in_profile": name.is_in_profile() }))
            .collect::<Vec<_>>(),
        "schemas": {
            "spec": crate::spec::schema(),
            "error": results::error(),
            "note": results::note(),
            "dry_run": results::dry_run(),
        },
    })
}

/// One command, complete by itself.
pub fn describe_command(command: &Command) -> Value {
    let mut whole = json!({ "interface": VERSION, "version": env!("CARGO_PKG_VERSION") });
    if let (Some(whole), Value::Object(own)) = (whole.as_object_mut(), commands::describe(command)) {
        whole.extend(own);
    }
    whole
}

fn exit_codes() -> Vec<Value> {
    let row = |exit: &exit::Exit| {
        let codes: Vec<&str> = exit.codes().map(Code::as_str).collect();
        json!({ "exit": exit.number, "meaning": exit.meaning, "codes": codes })
    };
    exit::TABLE.iter().map(row).collect()
}

fn error_codes() -> Vec<Value> {
    let row = |code: &Code| {
        let (effect, retry): (Effect, Retry) = code.default_effect();
        json!({
            "code": code.as_str(), "exit": exit::code_of(*code), "meaning": code.meaning(),
            "effect": effect.as_str(), "retry": retry.as_str(),
        })
    };
    Code::ALL.iter().map(row).collect()
}
