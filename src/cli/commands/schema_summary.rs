//! The flags of `schema-summary`.

use clap::Args as ClapArgs;

use crate::actions::schema_summary::Request;
use crate::error::Result;
use crate::operation;

/// Flags of `schema-summary`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent schema-summary project.task
  odoo-agent schema-summary res.partner --contains mail,phone")]
pub struct Args {
    /// Model, like project.task
    pub model: String,
    /// Ask Odoo even if the schema is cached
    #[arg(long)]
    refresh: bool,
    /// These fields: a,b (repeatable)
    #[arg(long, value_name = "NAME")]
    field: Vec<String>,
    /// Fields whose name or label contains one of these: a,b (repeatable)
    #[arg(long, value_name = "TEXT")]
    contains: Vec<String>,
    /// Every field, not only the model's short list
    #[arg(long)]
    all: bool,
}

impl Args {
    /// Checks the flags.
    pub fn request(self) -> Result<Request> {
        operation::check_model(&self.model)?;
        let Args { model, refresh, field, contains, all } = self;
        Ok(Request { model, refresh, fields: field, contains, all })
    }
}
