//! The flags of `search-read`, those of `--all` included.

use clap::Args as ClapArgs;

use super::shared::{DomainArgs, FieldsArgs};
use crate::actions::Request;
use crate::actions::search_all::{self, LARGEST_PAGE, Misfit, PAGE};
use crate::actions::search_read::{self, LIMIT};
use crate::error::{Error, Result};
use crate::json_input::Stdin;
use crate::operation;

/// Flags of `search-read`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent search-read res.partner --domain '[[\"is_company\", \"=\", true]]' --fields name,email
  odoo-agent search-read project.task --all --output csv --fields name,project_id,date_deadline")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    #[command(flatten)]
    domain: DomainArgs,
    #[command(flatten)]
    fields: FieldsArgs,
    /// At most this many rows, 0 for no limit [default: 20; none with --all]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Leave this many rows out at the start
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u32,
    /// Like 'name asc, id desc' [default: the model's own]
    #[arg(long)]
    order: Option<String>,
    #[command(flatten)]
    all: AllArgs,
}

/// Flags of `--all`.
#[derive(ClapArgs, Clone, Debug)]
pub struct AllArgs {
    /// Every record, by id, as a stream: ndjson, or --output csv or json
    #[arg(long)]
    pub all: bool,
    /// With --all: rows a request
    #[arg(long, value_name = "N", requires = "all", default_value_t = PAGE,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(LARGEST_PAGE)))]
    page: u32,
    /// With --all: go on after this id
    #[arg(long, value_name = "ID", requires = "all", allow_negative_numbers = true)]
    after: Option<i64>,
    /// With --all --output csv: leave the header out
    #[arg(long, requires = "all")]
    no_header: bool,
}

impl Args {
    /// Checks the flags: a search, or with `--all` a stream of every record.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        let domain = self.domain.domain(stdin)?;
        let fields = self.fields.fields(stdin)?;
        let order = self.order.filter(|order| !order.trim().is_empty());
        let (model, offset, all) = (self.model, self.offset, self.all.all);
        let limit = self.limit.unwrap_or(if all { 0 } else { LIMIT });
        let search = search_read::Request { model, domain, fields, limit, offset, order };
        Ok(if all { Request::SearchAll(self.all.request(search)?) } else { Request::SearchRead(search) })
    }
}

impl AllArgs {
    fn request(self, search: search_read::Request) -> Result<search_all::Request> {
        search_all::Request::new(search, self.page, self.after, !self.no_header).map_err(
            |misfit| match misfit {
                Misfit::Order(order) => {
                    Error::usage(format!("--all gives rows by id: it takes no --order {order}"))
                        .with_hint("sort the output, or leave --all out and give a --limit")
                }
                Misfit::Offset => Error::usage("--all starts at the first record: it takes no --offset")
                    .with_hint("--after ID goes on after a record"),
            },
        )
    }
}
