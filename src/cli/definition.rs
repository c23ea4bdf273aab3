//! The command line as clap sees it: the list of commands. No logic; each command's own
//! flags stand beside the command.

use std::ffi::OsString;

use clap::{Args, FromArgMatches, Parser, Subcommand};

use super::globals::Globals;
use crate::cli::commands::{
    approvals, approve, cache, call, completions, count, create, describe, doc_index, doc_model, doctor,
    exec_spec, group, help, lookup, man, read, sandbox, schema_summary, search_read, session, spec_schema,
    write,
};
use crate::error::{Error, Result};

/// Search, read, create, write and call anything in Odoo 19 over JSON-2
#[derive(Debug, Parser)]
#[command(
    name = "odoo-agent",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    infer_long_args = false,
    after_help = "Results are JSON on stdout; notes and errors go to stderr. Exit 0 means done, the others:
odoo-agent help exit-codes. A command as JSON: odoo-agent describe COMMAND

Examples:
  odoo-agent --profile sandbox search-read res.partner --limit 3
  odoo-agent --profile sandbox lookup partner Azure --one"
)]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Call any public method of any model
    Call(call::Args),
    /// Search records and read fields of them
    SearchRead(search_read::Args),
    /// Count records
    Count(count::Args),
    /// Sum up and count records in groups
    Group(group::Args),
    /// Read fields of records by id
    Read(read::Args),
    /// Create one record or several
    Create(create::Args),
    /// Write values to records
    Write(write::Args),
    /// Find a record by its name
    Lookup(lookup::Args),
    /// List the fields of a model
    SchemaSummary(schema_summary::Args),
    /// List every model with its fields and methods
    DocIndex(doc_index::Args),
    /// Describe one model: fields, methods, parameters
    DocModel(doc_model::Args),
    /// Run one action that a JSON file describes
    ExecSpec(exec_spec::Args),
    /// Approve one outbound call of an agent, as a person at a terminal
    Approve(approve::Args),
    /// Requests of the agent that wait for a person: list, show, wait, send, drop
    Approvals(approvals::Args),
    /// Check the set-up step by step, with a fix for each finding
    Doctor(doctor::Args),
    /// Show or clear what was cached
    Cache(cache::Args),
    /// End the web session that is kept between runs
    Session(session::Args),
    /// Reset the embedded sandbox, or serve it on this machine
    Sandbox(sandbox::Args),
    /// Print the whole interface, or one command, as JSON
    Describe(describe::Args),
    /// Print the JSON Schema of a spec
    SpecSchema(spec_schema::Args),
    /// Print the completion script of a shell
    Completions(completions::Args),
    /// Print the manual page, or write the pages into a directory
    Man(man::Args),
    /// Explain a command or a topic
    Help(help::Args),
    /// Asked by the completion scripts
    #[command(name = "__complete", hide = true)]
    Complete(completions::Line),
}

/// Global flags that take the word behind them.
const WITH_VALUE: [&str; 8] = [
    "--profile",
    "--env-file",
    "--output",
    "--pluck",
    "--context-json",
    "--context-file",
    "--agent-channel",
    "--timeout",
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

/// What a line says, by the definition of the one command that it names: that of all twenty is most of the time of a
/// run that finds its answer in the cache. None where there is anything to say about the line: the whole definition
/// knows what.
pub fn quick(arguments: &[OsString]) -> Option<(Globals, Command)> {
    macro_rules! one_of {
        ($($name:literal $variant:ident $module:ident,)*) => {
            match named(arguments)? {
                $($name => {
                    let own = $module::Args::augment_args(clap::Command::new($name));
                    let root = Globals::augment_args(clap::Command::new("odoo-agent"));
                    let root = root.subcommand(own).disable_help_subcommand(true);
                    let matches = root.try_get_matches_from(arguments).ok()?;
                    let (_, own) = matches.subcommand()?;
                    let command = Command::$variant($module::Args::from_arg_matches(own).ok()?);
                    Some((Globals::from_arg_matches(&matches).ok()?, command))
                })*
                _ => None,
            }
        };
    }
    one_of! {
        "call" Call call,
        "search-read" SearchRead search_read,
        "count" Count count,
        "group" Group group,
        "read" Read read,
        "create" Create create,
        "write" Write write,
        "lookup" Lookup lookup,
        "schema-summary" SchemaSummary schema_summary,
        "doc-index" DocIndex doc_index,
        "doc-model" DocModel doc_model,
        "exec-spec" ExecSpec exec_spec,
    }
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
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
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
        ];
        for line in lines {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let whole = Cli::try_parse_from(&words).unwrap();
            let (globals, command) = quick(&words).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(format!("{globals:?}"), format!("{:?}", whole.globals), "{line}");
            assert_eq!(format!("{command:?}"), format!("{:?}", whole.command), "{line}");
        }
        for line in
            ["odoo-agent", "odoo-agent read --help", "odoo-agent reed a.b", "odoo-agent count a.b --x"]
        {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(quick(&words).is_none(), "{line}");
        }
    }

    #[test]
    fn every_global_flag_with_a_value_is_known() {
        let command = Cli::command();
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
