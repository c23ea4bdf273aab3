//! The flags of `count`.

use clap::Args as ClapArgs;

use super::shared::DomainArgs;
use crate::actions::count::Request;
use crate::error::Result;
use crate::json_input::Stdin;
use crate::operation;

/// Flags of `count`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Archived records count only if the domain asks for active, or with
--context-json '{\"active_test\": false}'.

Examples:
  odoo-agent count res.partner
  odoo-agent count project.task --domain '[[\"project_id.name\", \"ilike\", \"office\"]]'")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    #[command(flatten)]
    domain: DomainArgs,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        Ok(Request { domain: self.domain.domain(stdin)?, model: self.model })
    }
}
