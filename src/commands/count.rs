//! `count`: how many records match a domain.

use clap::Args as ClapArgs;
use serde_json::Value;

use super::fields::DomainArgs;
use crate::error::Result;
use crate::json_input::Stdin;
use crate::operation::{self, Object, Operation};
use crate::session::Session;

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

/// A count.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Domain.
    pub domain: Vec<Value>,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        Ok(Request { domain: self.domain.domain(stdin)?, model: self.model })
    }
}

/// Prints the number.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let kwargs = Object::from_iter([("domain".to_string(), Value::from(request.domain))]);
    session.carry_out(Operation::new(&request.model, "search_count", kwargs)?)
}
