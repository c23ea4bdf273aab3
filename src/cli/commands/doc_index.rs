//! The flags of `doc-index`.

use clap::Args as ClapArgs;

use crate::actions::doc_index::Request;

/// Flags of `doc-index`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent doc-index --names --match invoice
  odoo-agent doc-index --match hr.employee")]
pub struct Args {
    /// Models whose name or label contains this
    #[arg(long = "match", value_name = "TEXT")]
    matching: Option<String>,
    /// Names and labels only
    #[arg(long)]
    names: bool,
    /// Ask Odoo even if the document is cached
    #[arg(long)]
    refresh: bool,
}

impl Args {
    /// The request.
    pub fn request(self) -> Request {
        Request { matching: self.matching, names: self.names, refresh: self.refresh }
    }
}
