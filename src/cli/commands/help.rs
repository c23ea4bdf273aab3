//! `help`: a command's help, or a topic that concerns several. It prints text and touches nothing.

use clap::{Args as ClapArgs, CommandFactory};

use crate::cli::Cli;
use crate::cli::interface::{self, topics};
use crate::cli::local::Local;
use crate::cli::wrapped::in_its_name;
use crate::error::{Effect, Result};
use crate::settings::wrapper;

/// Flags of `help`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent help search-read
  odoo-agent help exit-codes")]
pub struct Args {
    /// A command, or one of the topics that odoo-agent --help lists
    #[arg(value_name = "COMMAND|TOPIC")]
    about: Vec<String>,
}

/// Prints the page.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let out = &local.out;
    let called = |text: &str| match wrapper::path(&local.environment) {
        Some(wrapper) => in_its_name(text, wrapper),
        None => text.to_string(),
    };
    if let [name] = args.about.as_slice()
        && let Some(topic) = topics::find(name)
    {
        return out.data(called(&topic.text()).as_bytes(), Effect::NotSent);
    }
    let text = interface::help(&args.about, out.stdout_is_terminal)
        .ok_or_else(|| crate::cli::usage::no_such_command(&Cli::command(), &args.about, true))?;
    out.data(called(&text).as_bytes(), Effect::NotSent)
}
