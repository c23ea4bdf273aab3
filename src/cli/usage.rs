//! What clap stops for: help, which is a result, and a command line that is wrong, said so that the next one is
//! right. It knows the habits that people and agents bring along from other tools; it runs nothing.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::cli::definition;
use crate::cli::interface::{self, commands, topics};
use crate::cli::out::Out;
use crate::cli::wrapped::in_its_name;
use crate::error::{Effect, Error, Result};
use crate::suggest::closest;
use crate::text::shell::quoted;

/// Commands of other tools, and what does that here.
const COMMANDS: [(&str, &str); 23] = [
    ("action", "call"),
    ("browse", "read"),
    ("completion", "completions"),
    ("copy", "call MODEL copy --ids ID"),
    ("delete", "call MODEL unlink --ids ID"),
    ("exec", "exec-spec"),
    ("execute", "call"),
    ("execute-kw", "call"),
    ("fields", "schema-summary"),
    ("fields-get", "schema-summary"),
    ("find", "search-read"),
    ("get", "read"),
    ("list", "search-read"),
    ("message-post", "call MODEL message_post --ids ID"),
    ("models", "doc-index --names"),
    ("name-search", "lookup"),
    ("rpc", "call"),
    ("schema", "schema-summary"),
    ("search", "search-read"),
    ("search-count", "count"),
    ("unlink", "call MODEL unlink --ids ID"),
    ("update", "write"),
    ("version", "--version"),
];

/// Flags of other tools and of other commands; the first that the command at hand has is meant.
const FLAGS: [(&str, &[&str]); 25] = [
    ("all-fields", &["fields"]),
    ("args", &["data-json", "vals-json"]),
    ("count", &["limit"]),
    ("data", &["data-json", "vals-json"]),
    ("data-file", &["vals-file"]),
    ("data-json", &["vals-json"]),
    ("field", &["fields"]),
    ("fields", &["field"]),
    ("filter", &["domain", "match", "contains"]),
    ("format", &["output"]),
    ("group-by", &["by"]),
    ("groupby", &["by"]),
    ("id", &["ids"]),
    ("json", &["data-json", "vals-json", "output"]),
    ("kwargs", &["data-json"]),
    ("name", &["match", "contains"]),
    ("order-by", &["order"]),
    ("orderby", &["order"]),
    ("params", &["data-json"]),
    ("query", &["domain"]),
    ("sort", &["order"]),
    ("values", &["vals-json"]),
    ("vals", &["vals-json"]),
    ("vals-json", &["data-json"]),
    ("where", &["domain"]),
];

/// Flags that take names in one word.
const LISTS: [&str; 7] = ["avg", "by", "count-distinct", "fields", "max", "min", "sum"];

const LONGEST_HINT: usize = 400;

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
        wrapper.map_or_else(|| text.clone(), |wrapper| in_its_name(&text, wrapper))
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

/// A command line, as far as it can be understood.
struct Line {
    root: Command,
    /// The words that name the command, and where the last of them stands.
    path: Vec<String>,
    at: usize,
    words: Vec<String>,
    /// A wrapper has put its profile in front.
    is_wrapped: bool,
}

impl Line {
    fn of(arguments: &[OsString], is_wrapped: bool) -> Line {
        let mut root = definition::root(is_wrapped);
        root.build();
        let words: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let end = words.len();
        Line { root, path: Vec::new(), at: 0, words, is_wrapped }.until(end)
    }

    /// The same with the command that the words before this place name.
    fn until(mut self, end: usize) -> Line {
        (self.path, self.at) = (Vec::new(), 0);
        for position in 1..end {
            let (here, word) = (self.command(), &self.words[position]);
            let flag = self.words[position - 1].strip_prefix("--").unwrap_or_default();
            let is_value =
                here.get_arguments().any(|arg| has_name(arg, flag) && arg.get_action().takes_values());
            if !is_value && here.find_subcommand(word).is_some() {
                self.path.push(word.clone());
                self.at = position;
            }
        }
        self
    }

    fn command(&self) -> &Command {
        interface::find(&self.root, &self.path).unwrap_or(&self.root)
    }

    fn name(&self) -> String {
        ["odoo-agent"].into_iter().chain(self.path.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    }

    fn has(&self, flag: &str) -> bool {
        self.command().get_arguments().any(|arg| has_name(arg, flag))
    }

    /// The line as it was meant: a flag before a word, which takes those after it that are like it.
    fn with_flag(&self, flag: &str, word: &str, alike: impl Fn(&str) -> bool) -> String {
        let own = &self.words[self.at + 1..];
        let first = own.iter().position(|given| given == word).unwrap_or_default();
        let count = own[first..].iter().take_while(|given| alike(given)).count();
        // What stands before the command is part of what was meant: without its profile the line would work
        // in another Odoo.
        let mut right = vec!["odoo-agent".to_string()];
        // Which profile a wrapper works in is the wrapper's to say.
        let stated = match &self.words[1..=self.at] {
            [flag, _, rest @ ..] if self.is_wrapped && flag == "--profile" => rest,
            stated => stated,
        };
        right.extend(stated.iter().map(|word| quoted(word)));
        right.extend(own[..first].iter().map(|word| quoted(word)));
        right.extend([format!("--{flag}"), quoted(&own[first..first + count].join(","))]);
        right.extend(own[first + count..].iter().map(|word| quoted(word)));
        let whole = right.join(" ");
        // What is too long to be read is not repeated.
        if whole.len() <= LONGEST_HINT { whole } else { format!("{} … --{flag} …", self.name()) }
    }

    /// The words right before a word and from it on that are no flags: where the first stands, and all of them.
    fn around(&self, word: &str) -> Option<(usize, &[String])> {
        let own = &self.words[self.at + 1..];
        let at = own.iter().position(|given| given == word)?;
        let is_flag = |word: &String| word.starts_with('-');
        let start = own[..at].iter().rposition(is_flag).map_or(0, |flag| flag + 1);
        let end = own[at..].iter().position(is_flag).map_or(own.len(), |flag| at + flag);
        Some((self.at + 1 + start, &own[start..end]))
    }

    fn before(&self, word: &str) -> Option<&str> {
        let position = self.words.iter().skip(self.at).position(|given| given == word)? + self.at;
        self.words.get(position.checked_sub(1)?).map(String::as_str)
    }
}

fn has_name(arg: &Arg, flag: &str) -> bool {
    arg.get_long_and_visible_aliases().is_some_and(|names| names.contains(&flag))
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

fn unknown_command(line: &Line, given: &str) -> Error {
    let error = Error::usage(match line.path.is_empty() {
        true => format!("there is no command {given:?}"),
        false => format!("{} has no {given:?}", line.path.join(" ")),
    });
    let names: Vec<&str> = interface::commands_of(line.command()).map(Command::get_name).collect();
    let word = plain(given);
    let habit = COMMANDS.iter().find(|(other, _)| *other == word && line.path.is_empty());
    if let Some((_, ours)) = habit {
        return error.with_hint(format!("here that is odoo-agent {ours}"));
    }
    if given.contains('.') && line.path.is_empty() {
        return error.with_hint(format!(
            "the command comes before the model: odoo-agent search-read {}",
            quoted(given)
        ));
    }
    if let Some(topic) = topics::find(&word).filter(|_| line.path.is_empty()) {
        return error.with_hint(format!("odoo-agent help {}", topic.name));
    }
    // searchread, SearchRead
    let squeezed = |name: &str| name.replace('-', "");
    let same = names.iter().find(|name| squeezed(name) == squeezed(&word)).copied();
    match same.or_else(|| closest(&word, names.iter().copied())) {
        Some(close) => error.with_hint(format!("did you mean {} {close}?", line.name())),
        None => error.with_hint(format!("there are {}", names.join(", "))),
    }
}

/// The mistakes that are made with an argument, if it is one of them.
fn unknown_argument(line: &Line, given: &str) -> Option<Error> {
    match given.strip_prefix("--") {
        Some(flag) => unknown_flag(line, &plain(flag.split('=').next().unwrap_or(flag))),
        None if is_whole(given) && given.starts_with('-') => {
            let flag = line.before(given).filter(|word| word.starts_with("--"))?;
            Some(Error::usage(format!("{flag} takes a whole number from 0, and not {given}")))
        }
        None if line.words.iter().any(|word| word.ends_with(',') && !word.starts_with('-')) => {
            let listed = line.words.iter().find(|word| word.ends_with(','))?;
            Some(
                Error::usage(format!("{given:?} stands alone: no blank after a comma")).with_hint(format!(
                    "write the list as one word: {}",
                    quoted(&format!("{listed}{given}"))
                )),
            )
        }
        None if is_whole(given) && line.has("ids") => {
            let hint = line.with_flag("ids", given, is_whole);
            Some(Error::usage(format!("{given} stands alone: records are named with --ids")).with_hint(hint))
        }
        None if given.starts_with(['{', '[']) => {
            let flags = match given.starts_with('[') {
                true => ["domain", "vals-list-json"],
                false => ["vals-json", "data-json"],
            };
            let flag = flags.into_iter().find(|flag| line.has(flag))?;
            let hint = line.with_flag(flag, given, |word| word == given);
            Some(Error::usage(format!("JSON stands alone: it goes with --{flag}")).with_hint(hint))
        }
        None if line.path == ["lookup"] => split_query(line, given),
        None => listed(line, given).or_else(|| names_alone(line, given)),
    }
}

/// Names where a flag is missing: `search-read res.partner name,email`.
fn names_alone(line: &Line, given: &str) -> Option<Error> {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c))
    };
    if given.starts_with('-') || !line.has("fields") || !given.split(',').all(is_name) {
        return None;
    }
    let hint = line.with_flag("fields", given, |word| word == given);
    Some(Error::usage(format!("{given:?} stands alone: fields are named with --fields")).with_hint(hint))
}

/// A list of names with blanks in place of commas: `--fields name email`.
fn listed(line: &Line, given: &str) -> Option<Error> {
    let (start, words) = line.around(given)?;
    let flag = line.words[start - 1].strip_prefix("--")?;
    let is_name = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || "_.:,".contains(c));
    if !LISTS.contains(&flag) || !line.has(flag) || !words.iter().all(is_name) {
        return None;
    }
    let error = Error::usage(format!("{given:?} stands alone: --{flag} takes one word, with commas"));
    Some(error.with_hint(format!("--{flag} {}", words.join(","))))
}

/// A name of several words that stands without quotes.
fn split_query(line: &Line, given: &str) -> Option<Error> {
    let (start, words) = line.around(given)?;
    // After a flag the kind or the query may be that flag's value.
    let (kind, query) = words.split_first().filter(|(_, query)| start == line.at + 1 && query.len() > 1)?;
    let error = Error::usage(format!("{given:?} stands alone: a name of several words goes in quotes"));
    Some(error.with_hint(format!("{} {} {}", line.name(), quoted(kind), quoted(&query.join(" ")))))
}

fn unknown_flag(line: &Line, flag: &str) -> Option<Error> {
    let error = Error::usage(match line.path.is_empty() {
        true => format!("there is no flag --{flag}"),
        false => format!("{} has no flag --{flag}", line.path.join(" ")),
    });
    // What is an argument by itself: --model, --method, --kind, --query.
    let positional = line.command().get_positionals().find(|arg| arg.get_id().as_str() == flag);
    if positional.is_some() {
        let usage = commands::examples(line.command()).into_iter().next().unwrap_or_default();
        return Some(error.with_hint(format!("the {flag} is named without a flag: {usage}")));
    }
    let habit = FLAGS.iter().find(|(other, _)| *other == flag).map(|(_, ours)| *ours).unwrap_or_default();
    if let Some(ours) = habit.iter().find(|ours| line.has(ours)) {
        let note = match (*ours, line.path.first().map(String::as_str)) {
            ("vals-json", Some(command)) => {
                format!("{command} takes the values of a record: --vals-json '{{\"name\": …}}'")
            }
            ("data-json", Some(_)) => {
                "the arguments of the method go, by name, into --data-json '{…}'".into()
            }
            ("domain", _) => {
                "which records is said with --domain '[[\"name\", \"ilike\", \"azure\"]]'".into()
            }
            ("output", _) => "the form of the result is said with --output".into(),
            _ => format!("did you mean --{ours}?"),
        };
        return Some(error.with_hint(note));
    }
    let flags: Vec<&str> = line
        .command()
        .get_arguments()
        .filter(|arg| !arg.is_hide_set())
        .flat_map(|arg| arg.get_long_and_visible_aliases().unwrap_or_default())
        .collect();
    if let Some(close) = closest(flag, flags.iter().copied()) {
        return Some(error.with_hint(format!("did you mean --{close}?")).with_hint(usage(line)));
    }
    let elsewhere: Vec<&str> = interface::commands_of(&line.root)
        .filter(|command| command.get_arguments().any(|arg| has_name(arg, flag)))
        .map(Command::get_name)
        .collect();
    let error = match elsewhere.is_empty() {
        true => error,
        false => error.with_hint(format!("--{flag} is a flag of {}", elsewhere.join(", "))),
    };
    Some(error.with_hint(usage(line)))
}

fn is_whole(word: &str) -> bool {
    !word.is_empty() && word.strip_prefix('-').unwrap_or(word).chars().all(|c| c.is_ascii_digit())
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
