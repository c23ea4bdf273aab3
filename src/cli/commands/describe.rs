//! `describe`: the whole interface as JSON, or one command of it. Nothing is read but the program itself.

use clap::{Args as ClapArgs, CommandFactory};

use crate::cli::Cli;
use crate::cli::interface;
use crate::cli::local::Local;
use crate::error::Result;

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
        return local.print_value(&interface::describe());
    }
    let mut root = Cli::command();
    root.build();
    let command = interface::find(&root, &args.of)
        .ok_or_else(|| crate::cli::usage::no_such_command(&root, &args.of, false))?;
    local.print_value(&interface::describe_command(command))
}
