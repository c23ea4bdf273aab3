//! A command of the clap definition as JSON: purpose, arguments, flags, what it reaches, what it prints.

use clap::{Arg, ArgAction, Command};
use serde_json::{Map, Value};

use super::{commands_of, flag_name, value_name};
use crate::cli::definition::Entry;

/// A command, its nested ones included.
pub fn describe(command: &Command) -> Value {
    let name = command.get_name();
    let mut row = Map::new();
    row.insert("name".into(), name.into());
    row.insert("purpose".into(), command.get_about().map(ToString::to_string).into());
    let reach = Entry::of(name).map(Entry::reach);
    if let Some(reach) = reach {
        row.insert("network".into(), reach.network.into());
        row.insert("changes".into(), reach.changes.as_str().into());
    }
    let own = |arg: &&Arg| !arg.is_global_set() && !arg.is_hide_set() && !is_built_in(arg);
    let list = |arguments: Vec<&Arg>| arguments.into_iter().map(argument).collect::<Vec<_>>();
    let (positional, flags): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(own).partition(|arg| arg.is_positional());
    for (key, values) in [("arguments", list(positional)), ("flags", list(flags))] {
        if !values.is_empty() {
            row.insert(key.into(), values.into());
        }
    }
    let nested: Vec<Value> = commands_of(command).map(describe).collect();
    if !nested.is_empty() {
        row.insert("commands".into(), nested.into());
    }
    if let Some(reach) = reach {
        row.insert("result".into(), (reach.result)());
    }
    let examples = examples(command);
    if !examples.is_empty() {
        row.insert("examples".into(), examples.into());
    }
    row.into()
}

/// An argument or flag.
pub fn argument(arg: &Arg) -> Value {
    let mut row = Map::new();
    row.insert("name".into(), flag_name(arg).into());
    if arg.get_action().takes_values() {
        if !arg.is_positional() {
            row.insert("value".into(), value_name(arg).unwrap_or_else(|| arg.get_id().to_string()).into());
        }
        let values: Vec<String> =
            arg.get_possible_values().iter().map(|value| value.get_name().to_string()).collect();
        if !values.is_empty() {
            row.insert("values".into(), values.into());
        }
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !defaults.is_empty() {
            row.insert("default".into(), defaults.join(" ").into());
        }
    }
    let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
    if many || matches!(arg.get_action(), ArgAction::Append | ArgAction::Count) {
        row.insert("repeatable".into(), true.into());
    }
    if arg.is_required_set() {
        row.insert("required".into(), true.into());
    }
    let aliases: Vec<String> =
        arg.get_visible_aliases().into_iter().flatten().map(|alias| format!("--{alias}")).collect();
    if !aliases.is_empty() {
        row.insert("aliases".into(), aliases.into());
    }
    row.insert("help".into(), arg.get_help().map(ToString::to_string).into());
    row.into()
}

/// The command lines at the end of a command's help.
pub fn examples(command: &Command) -> Vec<String> {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = text.lines().skip_while(|line| *line != "Examples:").skip(1);
    examples.map(str::trim).filter(|line| !line.is_empty()).map(str::to_string).collect()
}

fn is_built_in(arg: &Arg) -> bool {
    matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    )
}
