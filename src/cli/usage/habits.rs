//! What people and agents bring along from other tools and other commands: words and flags that do not exist here, each
//! with what does the same.

use clap::Command;

use super::line::{Line, has_name};
use super::{plain, usage};
use crate::cli::interface::{self, commands, topics};
use crate::error::Error;
use crate::operation::check_model;
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
const FLAGS: [(&str, &[&str]); 26] = [
    ("all-fields", &["fields"]),
    ("args", &["data-json", "vals-json"]),
    ("count", &["limit"]),
    ("data", &["data-json", "vals-json"]),
    ("data-file", &["vals-file"]),
    ("data-json", &["vals-json"]),
    ("field", &["fields"]),
    ("fields", &["field", "data-json", "read-back"]),
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
    ("returning", &["read-back"]),
    ("sort", &["order"]),
    ("values", &["vals-json"]),
    ("vals", &["vals-json"]),
    ("vals-json", &["data-json"]),
    ("where", &["domain"]),
];

/// Flags by which other tools take a key.
const SECRETS: [&str; 7] = ["api-key", "apikey", "key", "passwd", "password", "pwd", "secret"];

/// Flags by which other tools are told where to work.
const PLACES: [&str; 7] = ["base-url", "database", "db", "host", "login", "url", "username"];

/// Flags that take names in one word.
const LISTS: [&str; 8] = ["avg", "by", "count-distinct", "fields", "max", "min", "read-back", "sum"];

pub(super) fn unknown_command(line: &Line, given: &str) -> Error {
    let error = Error::usage(match line.path.is_empty() {
        true => format!("there is no command {given:?}"),
        false => format!("{} has no {given:?}", line.path.join(" ")),
    });
    let names: Vec<&str> = interface::commands_of(line.command()).map(Command::get_name).collect();
    let word = plain(given);
    let habit = COMMANDS.iter().find(|(other, _)| *other == word && line.path.is_empty());
    if let Some((_, ours)) = habit {
        // With the model and the records that were named. What stands elsewhere may be a path or a key.
        let behind = |mark: &str| line.words.iter().skip(1).skip_while(|word| *word != mark).nth(1);
        let mut ours = (*ours).to_string();
        if let Some(model) = behind(given).filter(|word| word.contains('.') && check_model(word).is_ok()) {
            ours = ours.replace("MODEL", model);
        }
        if let Some(ids) = behind("--ids") {
            ours = ours.replace("--ids ID", &format!("--ids {}", quoted(ids)));
        }
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
pub(super) fn unknown_argument(line: &Line, given: &str) -> Option<Error> {
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
    if SECRETS.contains(&flag) {
        return Some(error.with_hint(
            "no key stands on a command line, where others can read it: ODOO_API_KEY in the environment or in a profile has it; see odoo-agent help profiles",
        ));
    }
    if PLACES.contains(&flag) {
        return Some(error.with_hint(
            "where to work is said by ODOO_BASE_URL and ODOO_DB in the environment or in a profile; see odoo-agent help profiles",
        ));
    }
    // What is an argument by itself: --model, --method, --kind, --query.
    let positional = line.command().get_positionals().find(|arg| arg.get_id().as_str() == flag);
    if positional.is_some() {
        let usage = commands::examples(line.command()).into_iter().next().unwrap_or_default();
        return Some(error.with_hint(format!("the {flag} is named without a flag: {usage}")));
    }
    let habit = FLAGS.iter().find(|(other, _)| *other == flag).map(|(_, ours)| *ours).unwrap_or_default();
    if let Some(ours) = habit.iter().find(|ours| line.has(ours)) {
        let note = match (*ours, line.path.first().map(String::as_str)) {
            ("limit", Some("group")) if flag == "count" => {
                "each group tells how many records it has, as __count: leave --count out".into()
            }
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
