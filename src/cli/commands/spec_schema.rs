//! `spec-schema`: the JSON Schema of a spec, from the types that parse it.

use clap::Args as ClapArgs;
use serde_json::json;

use super::Own;
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::local::Local;
use crate::error::Result;
use crate::spec;

/// The command.
pub const COMMAND: Own = Own {
    name: "spec-schema",
    about: "Print the JSON Schema of a spec",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || json!({ "type": "object", "required": ["$schema", "oneOf"] }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |_, local| run(&local),
};

/// Flags of `spec-schema`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent spec-schema
  odoo-agent spec-schema --pretty")]
pub struct Args {}

/// Prints it.
pub fn run(local: &Local) -> Result<()> {
    local.print_value(&spec::schema())
}
