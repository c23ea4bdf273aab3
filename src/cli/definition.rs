//! The command line as clap sees it: the flags of every command, and the commands, each made from its own definition:
//! a verb's from its arguments, one of this surface's from its flags. No logic.

use std::ffi::OsString;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::commands::{OWN, Own, shared};
use super::flags;
use super::globals::Globals;
use super::interface;
use crate::actions::VERBS;
use crate::actions::definition::{Reach, Verb, Wrapper};
use crate::error::{Error, Result};

/// A command: what it is, by one definition.
#[derive(Clone, Copy)]
pub enum Entry {
    /// A verb on Odoo.
    Verb(&'static Verb),
    /// One of this surface's own.
    Own(&'static Own),
}

impl Entry {
    /// Every command, in the order of the help.
    pub fn all() -> impl Iterator<Item = Entry> {
        VERBS.iter().map(|verb| Entry::Verb(verb)).chain(OWN.iter().map(Entry::Own))
    }

    /// The command of this name.
    pub fn of(name: &str) -> Option<Entry> {
        Entry::all().find(|entry| entry.name() == name)
    }

    /// `search-read`
    pub fn name(self) -> String {
        match self {
            Entry::Verb(verb) => flags::name(verb.name),
            Entry::Own(own) => own.name.into(),
        }
    }

    /// What it reaches.
    pub fn reach(self) -> &'static Reach {
        match self {
            Entry::Verb(verb) => &verb.reach,
            Entry::Own(own) => &own.reach,
        }
    }

    /// Whether it is left out for whoever has a wrapper alone.
    pub fn is_beyond_a_wrapper(self) -> bool {
        self.reach().wrapper == Wrapper::Refused
    }

    fn command(self) -> Command {
        let command = Command::new(self.name());
        match self {
            Entry::Verb(verb) => flags::build(command, verb, shared::ApprovalArgs::augment_args),
            Entry::Own(own) => (own.build)(command).about(own.about).hide(own.is_hidden),
        }
    }
}

/// The whole definition; behind a wrapper, what that refuses is not told of.
pub fn root(is_wrapped: bool) -> Command {
    let hidden = |entry: Entry, command: Command| match is_wrapped && entry.is_beyond_a_wrapper() {
        true => command.hide(true),
        false => command,
    };
    let root = bare()
        .arg_required_else_help(true)
        .subcommand_required(true)
        .subcommands(Entry::all().map(|entry| hidden(entry, entry.command())));
    if is_wrapped { behind_a_wrapper(root) } else { root }
}

/// What arguments are behind a wrapper: those that choose a profile are refused, and files are read only where its
/// profile says so.
fn behind_a_wrapper(command: Command) -> Command {
    let told = command.mut_args(|arg| match interface::value_name(&arg).as_deref() {
        _ if matches!(arg.get_id().as_str(), "profile" | "env_file") => arg.hide(true),
        Some("FILE") => {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            // The one that is the program's own is read there as well.
            let other =
                if arg.get_default_values().is_empty() { "alone" } else { "or the default, no other" };
            arg.help(format!("{help}; behind this wrapper a file in ODOO_FILES_DIR of its profile {other}"))
        }
        _ => arg,
    });
    told.mut_subcommands(behind_a_wrapper)
}

fn bare() -> Command {
    let root = Command::new("odoo-agent")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .infer_long_args(false);
    // The text stands behind the flags, whose struct has one of its own.
    Globals::augment_args(root)
        .about("Search, read, create, write and call anything in Odoo 14 to 20")
        .after_help(
            "Results are JSON on stdout; notes and errors go to stderr. Exit 0 means done, the others:
odoo-agent help exit-codes. A command as JSON: odoo-agent describe COMMAND

Examples:
  odoo-agent --profile sandbox search-read res.partner --limit 3
  odoo-agent --profile sandbox lookup partner Azure --one",
        )
}

/// The definition as far as a line that begins so needs it: with the one command that it names, or with all.
pub fn of_line(words: &[OsString]) -> Command {
    match named(words).and_then(Entry::of) {
        Some(entry) => bare().subcommand(entry.command()),
        None => root(false),
    }
}

/// A command line that was understood.
pub struct Parsed {
    /// The flags of every command.
    pub globals: Globals,
    /// The command.
    pub entry: Entry,
    /// Its own flags.
    pub matches: ArgMatches,
}

/// Understands a command line, by the definition of the one command that it names: that of all twenty is most of the
/// time of a run that finds its answer in the cache. Where there is anything to say about the line, the whole
/// definition knows what.
///
/// # Errors
/// Help that was asked for, or what is wrong.
pub fn parse(arguments: &[OsString]) -> std::result::Result<Parsed, clap::Error> {
    if let Some(entry) = named(arguments).and_then(Entry::of)
        && let Ok(matches) = bare().subcommand(entry.command()).try_get_matches_from(arguments)
        && let Some(parsed) = parsed(matches)
    {
        return Ok(parsed);
    }
    let matches = root(false).try_get_matches_from(arguments)?;
    parsed(matches).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))
}

fn parsed(mut matches: ArgMatches) -> Option<Parsed> {
    let (name, own) = matches.remove_subcommand()?;
    let globals = Globals::from_arg_matches(&matches).ok()?;
    Some(Parsed { globals, entry: Entry::of(&name)?, matches: own })
}

/// Global flags that take the word behind them.
const WITH_VALUE: [&str; 10] = [
    "--profile",
    "--env-file",
    "--output",
    "--pluck",
    "--context-json",
    "--context",
    "--context-file",
    "--agent-channel",
    "--timeout",
    "--wait",
];

/// The word that names the command.
fn named(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let word = word.to_str()?;
        if WITH_VALUE.contains(&word) {
            words.next()?;
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}

/// A wrapper script names the profile before everything that the agent adds, so a second profile is refused:
/// clap alone would let one behind the command overrule the first, and has other words for one beside it.
pub fn refuse_second_profile(arguments: &[OsString], behind_wrapper: bool) -> Result<()> {
    let options = arguments.iter().take_while(|argument| *argument != "--").enumerate();
    let mut named = options.filter_map(|(position, argument)| {
        let text = argument.to_string_lossy().into_owned();
        let flag = ["--profile", "--env-file"].into_iter().find(|flag| {
            text.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })?;
        Some((flag, position))
    });
    let (Some((first, position)), Some((second, _))) = (named.next(), named.next()) else { return Ok(()) };
    Err(match (behind_wrapper, arguments.get(position + 1)) {
        (true, Some(profile)) if first == "--profile" => Error::usage(format!(
            "this wrapper works in profile {} only: leave {second} out",
            profile.to_string_lossy()
        )),
        (true, _) => Error::usage(format!("this wrapper works in its own profile only: leave {second} out")),
        (false, _) => Error::usage("more than one --profile or --env-file: a run works in one profile")
            .with_hint("name one; a wrapper such as odoo_local.sh has named its own already"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        root(false).debug_assert();
        root(true).debug_assert();
    }

    #[test]
    fn every_command_is_named_once_and_says_what_it_prints() {
        let names: Vec<String> = Entry::all().map(Entry::name).collect();
        let once: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(once.len(), names.len());
        assert!(Entry::all().all(|entry| (entry.reach().result)().is_object()));
    }

    #[test]
    fn a_wrapper_tells_of_what_it_lets_through_alone() {
        let told = |is_wrapped| -> Vec<String> {
            let root = root(is_wrapped);
            root.get_subcommands().filter(|it| !it.is_hide_set()).map(|it| it.get_name().into()).collect()
        };
        let refused: Vec<String> =
            told(false).into_iter().filter(|name| !told(true).contains(name)).collect();
        assert_eq!(refused, ["approve", "cache", "sandbox"]);
    }

    #[test]
    fn one_definition_reads_a_line_as_all_of_them_do() {
        let lines = [
            "odoo-agent --profile sandbox lookup partner Azure --one",
            "odoo-agent lookup partner Azure --profile read --pretty",
            "odoo-agent --output csv search-read res.partner --all --page 7 --fields name,email --quiet",
            "odoo-agent write res.partner --ids 1 2 3 --vals-json {} --dry-run --force-field x --timeout 5s",
            "odoo-agent --context-json={} call a.b c --ids 1,2 --data {} --debug",
            "odoo-agent schema-summary res.partner --field a --field b --refresh --pluck /0",
            "odoo-agent exec-spec - --strict",
            "odoo-agent group sale.order --by state --sum amount_total --env-file x",
            "odoo-agent approvals wait x --timeout 5s",
            "odoo-agent cache list --pretty",
        ];
        for line in lines {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let whole = parsed(root(false).try_get_matches_from(&words).unwrap()).unwrap();
            let quick = parse(&words).unwrap_or_else(|_| panic!("{line}"));
            assert_eq!(format!("{:?}", quick.globals), format!("{:?}", whole.globals), "{line}");
            assert_eq!(quick.entry.name(), whole.entry.name(), "{line}");
            assert_eq!(format!("{:?}", quick.matches), format!("{:?}", whole.matches), "{line}");
        }
        for line in
            ["odoo-agent", "odoo-agent read --help", "odoo-agent reed a.b", "odoo-agent count a.b --x"]
        {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(parse(&words).is_err(), "{line}");
        }
    }

    #[test]
    fn every_global_flag_with_a_value_is_known() {
        let command = root(false);
        for arg in
            command.get_arguments().filter(|arg| arg.is_global_set() && arg.get_action().takes_values())
        {
            let name = format!("--{}", arg.get_long().unwrap());
            assert!(WITH_VALUE.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn a_second_profile_is_refused_wherever_it_stands() {
        let check = |line: &str| {
            refuse_second_profile(&line.split(' ').map(OsString::from).collect::<Vec<_>>(), false).is_ok()
        };
        assert!(check("odoo-agent --profile local read"));
        assert!(!check("odoo-agent --profile local read --profile erp"));
        assert!(!check("odoo-agent --profile local read --profile=erp"));
        assert!(!check("odoo-agent --profile local read --env-file /x"));
        assert!(check("odoo-agent --profile local lookup task -- --profile"));
    }
}
