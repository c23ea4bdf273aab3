//! `count`: how many records match a domain.

use clap::Args as ClapArgs;
use serde_json::Value;

use super::fields::DomainArgs;
use crate::error::{Code, Effect, Error, Result};
use crate::json_input::Stdin;
use crate::odoo::client::Reply;
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
    let operation = Operation::new(&request.model, "search_count", kwargs)?;
    if session.rules.dry_run {
        return session.carry_out(operation);
    }
    let reply = session.execute(operation)?;
    number(&reply)?;
    session.local.print(reply.get(), Effect::Rejected)
}

/// The number in a reply to `search_count`.
///
/// # Errors
/// `bad_reply`: it is none.
pub fn number(reply: &Reply) -> Result<u64> {
    serde_json::from_str(reply.get())
        .map_err(|_| Error::new(Code::BadReply, "search_count did not answer with a whole number"))
}
