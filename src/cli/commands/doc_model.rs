//! The flags of `doc-model`.

use clap::Args as ClapArgs;

use crate::actions::doc_model::Request;
use crate::error::Result;
use crate::operation;

/// Flags of `doc-model`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent doc-model project.task
  odoo-agent doc-model res.partner --field email --field phone")]
pub struct Args {
    /// Model, like project.task
    pub model: String,
    /// This field (repeatable); without --method, no methods are shown
    #[arg(long, value_name = "NAME")]
    field: Vec<String>,
    /// This method (repeatable); without --field, no fields are shown
    #[arg(long, value_name = "NAME")]
    method: Vec<String>,
    /// Ask Odoo even if the document is cached
    #[arg(long)]
    refresh: bool,
}

impl Args {
    /// Checks the flags.
    pub fn request(self) -> Result<Request> {
        operation::check_model(&self.model)?;
        let Args { model, field, method, refresh } = self;
        Ok(Request { model, fields: field, methods: method, refresh })
    }
}
