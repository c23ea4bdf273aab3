//! `help`: a command's help, or a topic that concerns several. It prints text and touches nothing.

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::definition;
use crate::cli::interface::{self, topics};
use crate::cli::local::Local;
use crate::cli::wrapped::{in_its_name, without_refused_examples};
use crate::error::{Effect, Result};
use crate::settings::wrapper;

/// The command.
pub const COMMAND: Own = Own {
    name: "help",
    about: "Explain a command or a topic",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || json!({ "description": "text, no JSON" }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

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
        Some(wrapper) => in_its_name(&without_refused_examples(text), wrapper),
        None => text.to_string(),
    };
    if let [name] = args.about.as_slice()
        && let Some(topic) = topics::find(name)
    {
        return out.data(topic.text_as(&called).as_bytes(), Effect::NotSent);
    }
    let text = interface::help(&args.about, out.stdout_is_terminal, local.is_wrapped()).ok_or_else(|| {
        crate::cli::usage::no_such_command(&definition::root(local.is_wrapped()), &args.about, true)
    })?;
    out.data(called(&text).as_bytes(), Effect::NotSent)
}
