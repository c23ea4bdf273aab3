//! What clap is told of a verb's arguments, each in the forms in which it can be given.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};

use super::{arguments, choice, flag, is_global};
use crate::actions::definition::Verb;
use crate::arguments::{Argument, Shape};
use crate::settings::{TIMEOUT_FORM, parse_timeout};

/// Adds a verb's arguments to a command.
pub fn build(command: Command, verb: &'static Verb, approval: fn(Command) -> Command) -> Command {
    let mut command = command.about(verb.definition.about.trim()).after_help(verb.more);
    if let Some((_, choices)) = choice(verb) {
        return choices.iter().fold(
            command.subcommand_required(true).arg_required_else_help(false),
            |whole, choice| {
                let taken = arguments(verb).filter(|argument| choice.knows(argument.key()));
                let own = Command::new(choice.word).about(worded(choice.about, verb));
                whole.subcommand(taken.filter(|argument| !is_global(argument)).fold(own, |own, argument| {
                    let is_needed = choice.takes.contains(&argument.key());
                    with(own, &if is_needed { argument.required() } else { *argument }, verb)
                }))
            },
        );
    }
    for argument in verb.definition.own {
        command = with(command, argument, verb);
    }
    if verb.definition.may_go_out {
        // The struct of those flags has a text of its own, which is not the verb's.
        command = approval(command).about(verb.definition.about.trim());
    }
    checks(command, verb.definition.rules, verb)
}

/// Adds the flags of checks.
pub fn checks(command: Command, rules: &[Argument], verb: &Verb) -> Command {
    rules.iter().fold(command, |command, argument| with(command, argument, verb))
}

/// Keys in backticks as this surface's flags.
fn worded(text: &str, verb: &Verb) -> String {
    let mut said = String::new();
    for (at, part) in text.split('`').enumerate() {
        match (at % 2, verb.argument(part)) {
            (1, Some(argument)) => said += &format!("--{}", flag(argument)),
            _ => said += part,
        }
    }
    said
}

/// A help text with a word on the kind of value before its default.
fn with_kind(help: &str, kind: &str) -> String {
    match help.split_once(" [default") {
        Some((help, default)) => format!("{help} ({kind}) [default{default}"),
        None => format!("{help} ({kind})"),
    }
}

/// What clap calls the forms in which an argument can be given.
fn ids_of(argument: &Argument) -> Vec<String> {
    let id = flag(argument).replace('-', "_");
    match argument.form.shape {
        Shape::Json(_) => vec![format!("{id}_json"), format!("{id}_file")],
        _ => vec![id],
    }
}

/// Adds an argument, with the forms in which it can be given.
fn with(command: Command, argument: &Argument, verb: &Verb) -> Command {
    let flag = flag(argument);
    let help = worded(argument.about(), verb);
    let apart = argument.excludes.iter().filter_map(|key| verb.argument(key));
    let others: Vec<String> = apart.flat_map(ids_of).collect();
    let plain = |long: &str| {
        Arg::new(long.replace('-', "_")).long(long.to_string()).conflicts_with_all(others.clone())
    };
    let file =
        || plain(&format!("{flag}-file")).value_name("FILE").help("The same from a file, or - for stdin");
    let value = |usual: &'static str| argument.value.unwrap_or(usual);
    let whole = |from: u32, to: u32| {
        ValueParser::from(clap::value_parser!(u32).range(i64::from(from)..=i64::from(to)))
    };
    match argument.form.shape {
        Shape::Word(name) if argument.is_positional => {
            command.arg(Arg::new(argument.key()).value_name(name).help(help).required(argument.is_required))
        }
        Shape::Word(name) => command.arg(plain(&flag).value_name(value(name)).help(help)),
        Shape::Choice(_) => command,
        Shape::Flag => command.arg(plain(&flag).action(ArgAction::SetTrue).help(help)),
        Shape::Whole(from, to) => {
            let arg = plain(&flag).value_name(value("N")).help(help).value_parser(match (from, to) {
                (0, u32::MAX) => ValueParser::from(clap::value_parser!(u32)),
                _ => whole(from, to),
            });
            let arg = arg.allow_negative_numbers(true);
            command.arg(match argument.default {
                Some(number) => arg.default_value(number.to_string()),
                None => arg,
            })
        }
        Shape::Duration => {
            command.arg(plain(&flag).value_name(value("DURATION")).help(help).value_parser(duration))
        }
        Shape::Json(kind) => {
            let json = plain(&format!("{flag}-json")).value_name("JSON").help(with_kind(&help, kind));
            command.arg(json.visible_alias(flag.clone())).arg(file())
        }
        Shape::JsonWord(kind) => command.arg(plain(&flag).value_name("JSON").help(with_kind(&help, kind))),
        Shape::Fields => {
            let json = format!("{flag}-json");
            let others = [json.replace('-', "_"), format!("{flag}_file")];
            let listed = plain(&flag).value_name("A,B,C").help(help).conflicts_with_all(others);
            let json = plain(&json).value_name("JSON").help("The same as a JSON list");
            command.arg(listed).arg(json).arg(file())
        }
        Shape::Ids => command.arg(
            plain(&flag)
                .value_name("ID")
                .num_args(1..)
                .action(ArgAction::Append)
                .allow_negative_numbers(true)
                .help(format!("{help}: 1 2 3 or 1,2,3, repeatable")),
        ),
        Shape::Names(name) => {
            let help = match help.split_once(';') {
                Some((what, more)) => format!("{what}: a,b (repeatable);{more}"),
                None => format!("{help}: a,b (repeatable)"),
            };
            command.arg(plain(&flag).value_name(value(name)).action(ArgAction::Append).help(help))
        }
        Shape::Columns => {
            let arg = plain(&flag).value_name(value("FIELD")).value_delimiter(',');
            command.arg(arg.action(ArgAction::Append).help(help))
        }
    }
}

fn duration(text: &str) -> std::result::Result<String, String> {
    parse_timeout(text).map(|_| text.to_string()).ok_or_else(|| format!("expected {TIMEOUT_FORM}"))
}
