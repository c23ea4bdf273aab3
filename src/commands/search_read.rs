//! `search-read`: records that match a domain, with chosen fields.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::fields::{Fields, FieldsArgs};
use crate::error::{Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::operation::{self, Object, Operation};
use crate::preflight::records;
use crate::session::Session;

/// Rows without `--limit`.
pub const LIMIT: u32 = 20;

/// Flags of `search-read`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent search-read res.partner --domain '[[\"is_company\", \"=\", true]]' --fields name,email
  odoo-agent search-read project.task --limit 5 --order 'create_date desc'")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    /// Which records (a JSON list) [default: all]
    #[arg(long, value_name = "JSON", visible_alias = "domain")]
    domain_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    domain_file: Option<String>,
    #[command(flatten)]
    fields: FieldsArgs,
    /// At most this many rows, 0 for no limit
    #[arg(long, default_value_t = LIMIT)]
    limit: u32,
    /// Leave this many rows out at the start
    #[arg(long, default_value_t = 0)]
    offset: u32,
    /// Like 'name asc, id desc' [default: the model's own]
    #[arg(long)]
    order: Option<String>,
    /// With --limit 0 and no domain: yes, every record there is
    #[arg(long)]
    all: bool,
}

/// A search.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Domain.
    pub domain: Vec<Value>,
    /// Fields.
    pub fields: Fields,
    /// Most rows; 0 is no limit.
    pub limit: u32,
    /// Rows to skip.
    pub offset: u32,
    /// Odoo's order clause.
    pub order: Option<String>,
    /// Every record is meant when neither domain nor limit says less.
    pub all: bool,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        let domain =
            match Source::choose("--domain-json", self.domain_json, "--domain-file", self.domain_file)? {
                Some(source) => json_input::list(stdin.json(&source)?, source.flag())?,
                None => Vec::new(),
            };
        let fields = self.fields.fields(stdin)?;
        let order = self.order.filter(|order| !order.trim().is_empty());
        let (limit, offset, all) = (self.limit, self.offset, self.all);
        Ok(Request { model: self.model, domain, fields, limit, offset, order, all })
    }
}

impl Request {
    /// The call, once the fields are known.
    pub fn operation(&self, fields: Vec<String>) -> Result<Operation> {
        let mut kwargs = Object::new();
        kwargs.insert("domain".into(), self.domain.clone().into());
        kwargs.insert("fields".into(), fields.into());
        kwargs.insert("limit".into(), self.limit.into());
        kwargs.insert("offset".into(), self.offset.into());
        if let Some(order) = &self.order {
            kwargs.insert("order".into(), json!(order));
        }
        Operation::new(&self.model, "search_read", kwargs)
    }
}

/// Prints the rows; a note says when there may be more.
pub fn run(request: Request, session: &Session) -> Result<()> {
    records::refuse_unlimited(&request.domain, request.limit, request.all)?;
    let fields = request.fields.resolve(&request.model, session)?;
    let operation = request.operation(fields.clone())?;
    if session.rules.dry_run {
        return session.carry_out(operation);
    }
    let reply = session.execute(operation)?;
    let rows: Vec<&serde_json::value::RawValue> = serde_json::from_str(reply.get())
        .map_err(|_| Error::new(crate::error::Code::BadReply, "search_read did not answer with a list"))?;
    session.print_records(&request.model, &fields, reply.get())?;
    if request.limit > 0 && rows.len() >= request.limit as usize {
        let next = u64::from(request.offset) + rows.len() as u64;
        session.note_once(&format!(
            "{} rows is the limit: there may be more (--offset {next} goes on, --limit 0{} takes all)",
            rows.len(),
            if request.domain.is_empty() { " --all" } else { "" }
        ));
    }
    Ok(())
}
