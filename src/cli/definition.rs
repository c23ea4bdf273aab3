//! The command line as clap sees it: the list of commands. No logic; each command's own
//! flags stand beside the command.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use super::globals::Globals;
use crate::cli::commands::{
    approvals, approve, cache, call, completions, count, create, describe, doc_index, doc_model, doctor,
    exec_spec, group, help, lookup, man, read, sandbox, schema_summary, search_read, spec_schema, write,
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
