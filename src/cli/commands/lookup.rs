//! The flags of `lookup`.

use clap::Args as ClapArgs;

use super::shared::DomainArgs;
use crate::actions::lookup::{LIMIT, Request};
use crate::error::Result;
use crate::json_input::Stdin;
use crate::odoo::lookup::Wanted;

/// Flags of `lookup`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent lookup partner Azure
  odoo-agent lookup product.product Desk --limit 3")]
pub struct Args {
    /// partner, project, task, employee, or any model
    pub kind: String,
    /// What it is called, or a part of that
    pub query: String,
    /// At most this many results
    #[arg(long, default_value_t = LIMIT, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Ask Odoo even if the answer is cached
    #[arg(long)]
    refresh: bool,
    /// Whole names only, whatever their case
    #[arg(long)]
    exact: bool,
    /// Print the one match itself, asked of Odoo; none or several is an error (exit 7)
    #[arg(long)]
    one: bool,
    #[command(flatten)]
    domain: DomainArgs,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        let domain = self.domain.domain(stdin)?;
        let wanted =
            Wanted { kind: self.kind, query: self.query, limit: self.limit, exact: self.exact, domain };
        Request::new(wanted, self.refresh, self.one)
    }
}
