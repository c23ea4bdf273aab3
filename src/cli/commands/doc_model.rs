//! The flags of `doc-model`.

use clap::Args as ClapArgs;

use crate::actions::doc_model::Request;
use crate::error::Result;
use crate::operation;

/// Flags of `doc-model`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent doc-model project.task --match stage
  odoo-agent doc-model res.partner --field email,phone")]
pub struct Args {
    /// Model, like project.task
    pub model: String,
    /// These fields in full: a,b (repeatable); without --method, no methods are shown
    #[arg(long, value_name = "NAME")]
    field: Vec<String>,
    /// These methods in full: a,b (repeatable); without --field, no fields are shown
    #[arg(long, value_name = "NAME")]
    method: Vec<String>,
    /// Fields and methods whose name or label contains this
    #[arg(long = "match", value_name = "TEXT", conflicts_with_all = ["field", "method"])]
    matching: Option<String>,
    /// Names and labels only
    #[arg(long)]
    names: bool,
    /// All that Odoo says, in place of name, signature and first line
    #[arg(long, conflicts_with = "names")]
    full: bool,
    /// Ask Odoo even if the document is cached
    #[arg(long)]
    refresh: bool,
}

impl Args {
    /// Checks the flags.
    pub fn request(self) -> Result<Request> {
        operation::check_model(&self.model)?;
        let Args { model, field, method, matching, names, full, refresh } = self;
        Ok(Request { model, fields: field, methods: method, matching, names, full, refresh })
    }
}
