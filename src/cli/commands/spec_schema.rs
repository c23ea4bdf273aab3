//! `spec-schema`: the JSON Schema of a spec, from the types that parse it.

use clap::Args as ClapArgs;

use crate::cli::local::Local;
use crate::error::Result;
use crate::spec;

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
