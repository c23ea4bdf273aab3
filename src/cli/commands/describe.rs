//! `describe`: the whole interface as JSON, or one command of it. Nothing is read but the program itself.

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::definition;
use crate::cli::interface;
use crate::cli::local::Local;
use crate::error::Result;

/// The command.
pub const COMMAND: Own = Own {
    name: "describe",
    about: "Print the whole interface, or one command, as JSON",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || json!({ "type": "object", "required": ["interface", "version"] }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `describe`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent describe search-read
  odoo-agent describe --pretty")]
pub struct Args {
    /// Only this command
    #[arg(value_name = "COMMAND")]
    of: Vec<String>,
}

/// Prints it.
pub fn run(args: Args, local: &Local) -> Result<()> {
    if args.of.is_empty() {
        return local.print_value(&interface::describe(local.is_wrapped()));
    }
    let mut root = definition::root(local.is_wrapped());
    root.build();
    let command = interface::find(&root, &args.of)
        .ok_or_else(|| crate::cli::usage::no_such_command(&root, &args.of, false))?;
    local.print_value(&interface::describe_command(command))
}
