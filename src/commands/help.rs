//! `help`: a command's help, or a topic that concerns several. It prints text and touches nothing.

use clap::Args as ClapArgs;

use crate::error::{Effect, Result};
use crate::interface::{self, topics};
use crate::session::Local;

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
    if let [name] = args.about.as_slice()
        && let Some(topic) = topics::find(name)
    {
        return out.data((topic.text)().as_bytes(), Effect::NotSent);
    }
    let root = interface::readable();
    let command = interface::find(&root, &args.about)
        .ok_or_else(|| crate::usage::no_such_command(&root, &args.about.join(" "), true))?;
    let help = command.clone().render_help();
    let text = if out.stdout_is_terminal { help.ansi().to_string() } else { help.to_string() };
    out.data(text.as_bytes(), Effect::NotSent)
}
