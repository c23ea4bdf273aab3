//! The flags of `read`.

use clap::Args as ClapArgs;

use super::shared::{FieldsArgs, IdsArgs};
use crate::actions::read::Request;
use crate::error::Result;
use crate::json_input::Stdin;
use crate::operation;

/// Flags of `read`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent read res.partner --ids 7 --fields name,email,phone
  odoo-agent read project.task --ids 1,2,3")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    #[command(flatten)]
    ids: IdsArgs,
    #[command(flatten)]
    fields: FieldsArgs,
    /// Fail if one of the records does not exist; without it the others are read, and a note names those
    #[arg(long)]
    pub strict: bool,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        Ok(Request { ids: self.ids.needed("read")?, fields: self.fields.fields(stdin)?, model: self.model })
    }
}
