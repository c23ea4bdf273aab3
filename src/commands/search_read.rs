//! `search-read`: records that match a domain, with chosen fields.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::fields::{DomainArgs, Fields, FieldsArgs};
use super::search_all::AllArgs;
use crate::error::{Error, Result};
use crate::json_input::Stdin;
use crate::operation::{self, Object, Operation};
use crate::preflight::records;
use crate::render::{sanitize, shell};
use crate::session::Session;

/// Rows without `--limit`.
pub const LIMIT: u32 = 20;

/// A longer command is described and not printed.
const LONGEST_COMMAND: usize = 2000;

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
}

impl Args {
    /// Checks the flags: a search, or with `--all` a stream of every record.
    pub fn request(self, stdin: &mut Stdin) -> Result<super::Request> {
        operation::check_model(&self.model)?;
        let domain = self.domain.domain(stdin)?;
        let fields = self.fields.fields(stdin)?;
        let order = self.order.filter(|order| !order.trim().is_empty());
        let (model, offset, all) = (self.model, self.offset, self.all.all);
        let limit = self.limit.unwrap_or(if all { 0 } else { LIMIT });
        let search = Request { model, domain, fields, limit, offset, order };
        Ok(if all {
            super::Request::SearchAll(self.all.request(search)?)
        } else {
            super::Request::SearchRead(search)
        })
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

/// Prints the rows; a note says when there may be more, and how to get them.
pub fn run(request: Request, session: &Session) -> Result<()> {
    records::refuse_unlimited(&request.domain, request.limit)?;
    let fields = request.fields.resolve(&request.model, session)?;
    let operation = request.operation(fields.clone())?;
    if session.rules.dry_run {
        return session.carry_out(operation);
    }
    session.learn_columns(&request.model)?;
    let reply = session.execute(operation)?;
    let rows: Vec<&serde_json::value::RawValue> = serde_json::from_str(reply.get())
        .map_err(|_| Error::new(crate::error::Code::BadReply, "search_read did not answer with a list"))?;
    session.print_records(&request.model, &request.fields, &fields, reply.get())?;
    if request.limit > 0 && rows.len() >= request.limit as usize {
        let next = u64::from(request.offset) + rows.len() as u64;
        let all = match same_search(&request, session) {
            Some(command) => format!("every record: {command} --all"),
            None => "--all in place of --limit, --offset and --order gives every record".into(),
        };
        session.note_once(&format!(
            "the limit of {} is reached, there may be more: --offset {next} goes on; {all}",
            request.limit
        ));
    }
    Ok(())
}

/// A command that finds the same records with the same fields, as can be pasted; none where it would be too
/// long for that.
pub fn same_search(request: &Request, session: &Session) -> Option<String> {
    let json = |value: Value| shell::quoted(&sanitize::json_for_terminal(&value.to_string()));
    let mut command = format!("{} search-read {}", session.program(), request.model);
    if !request.domain.is_empty() {
        command += &format!(" --domain {}", json(request.domain.clone().into()));
    }
    match &request.fields {
        Fields::Usual => {}
        Fields::All => command += " --fields '*'",
        Fields::Named(names) if names.iter().any(|name| name.contains([',', ' '])) => {
            command += &format!(" --fields-json {}", json(names.clone().into()));
        }
        Fields::Named(names) => command += &format!(" --fields {}", shell::quoted(&names.join(","))),
    }
    if !session.caller_context().is_empty() {
        command += &format!(" --context-json {}", json(session.caller_context().clone().into()));
    }
    if let Some(channel) = &session.local.globals.agent_channel {
        command += &format!(" --agent-channel {}", shell::quoted(channel));
    }
    if let Some(timeout) = session.local.globals.timeout {
        let timeout = humantime::format_duration(timeout).to_string();
        command += &format!(" --timeout {}", shell::quoted(&timeout));
    }
    (command.len() <= LONGEST_COMMAND).then_some(command)
}
