//! `session`: the web session that is kept between runs, where a profile works by one.

use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::connect::connect_with;
use crate::cli::local::Local;
use crate::cli::words::Manner;
use crate::error::Result;
use crate::operation::Object;
use crate::outcome::Outcome;

/// The command.
pub const COMMAND: Own = Own {
    name: "session",
    about: "End the web session that is kept between runs",
    reach: Reach {
        network: true,
        changes: Changes::Local,
        wrapper: Wrapper::Allowed,
        result: || {
            json!({
                "type": "object", "required": ["ended"], "additionalProperties": false,
                "properties": { "ended": { "type": "boolean", "description": "false: there was none" } },
            })
        },
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `session`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent session end
  odoo-agent --profile sandbox session end")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// End it, in Odoo and here
    End,
}

/// Ends it.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let Action::End = args.action;
    let connected = connect_with(local, Manner::CommandLine(""), Object::new())?;
    let ended = connected
        .session
        .odoo()
        .end_session(&connected.host)
        .map_err(|error| connected.host.speech().error(error))?;
    local.present(&Outcome::local(&json!({ "ended": ended })))
}
