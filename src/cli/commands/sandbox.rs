//! `sandbox`: restore the embedded company, or serve it on this machine for other tools.

use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::local::Local;
use crate::embedded;
use crate::error::{Effect, Result};

/// The command.
pub const COMMAND: Own = Own {
    name: "sandbox",
    about: "Reset the embedded sandbox, or serve it on this machine",
    reach: Reach {
        network: false,
        changes: Changes::Local,
        wrapper: Wrapper::Refused,
        result: || {
            json!({
                "type": "object",
                "description": "{\"reset\": true}; serve: one line with the address, the database and keys",
            })
        },
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `sandbox`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent sandbox reset
  odoo-agent sandbox serve --port 8070")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Restore the company as it was at first
    Reset,
    /// Answer as Odoo would on 127.0.0.1 until stopped
    Serve {
        /// Port, 0 for any that is free
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

/// Works on the state directory alone; `serve` listens on loopback.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let directory = local.paths.state.join("sandbox");
    let sandbox = embedded::sandbox()?;
    match args.action {
        Action::Reset => {
            (sandbox.reset)(&directory)?;
            local.print_value(&json!({ "reset": true }))
        }
        Action::Serve { port } => (sandbox.serve)(&directory, port, &mut |place| {
            local.out.data(format!("{place}\n").as_bytes(), Effect::NotSent)
        }),
    }
}
