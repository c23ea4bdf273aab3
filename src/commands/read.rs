//! `read`: chosen fields of records by id.

use clap::Args as ClapArgs;
use serde_json::Value;

use super::fields::{Fields, FieldsArgs, IdsArgs};
use crate::error::{Code, Error, Result};
use crate::json_input::Stdin;
use crate::operation::{self, Object, Operation};
use crate::session::Session;

/// Flags of `read`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent read res.partner --ids 7 --fields name,email,phone
  odoo-agent read project.task --ids 1,2,3")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    #[command(flatten)]
    ids: IdsArgs,
    #[command(flatten)]
    fields: FieldsArgs,
    /// Fail if one of the records does not exist; without it the others are read, and a note names those
    #[arg(long)]
    pub strict: bool,
}

/// A read.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Records.
    pub ids: Vec<i64>,
    /// Fields.
    pub fields: Fields,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        Ok(Request { ids: self.ids.needed("read")?, fields: self.fields.fields(stdin)?, model: self.model })
    }
}

/// Prints the rows.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let fields = request.fields.resolve(&request.model, session)?;
    let kwargs = Object::from_iter([("fields".to_string(), Value::from(fields.clone()))]);
    let operation = Operation::new(&request.model, "read", kwargs)?.on(request.ids.clone());
    if session.rules.dry_run {
        return session.carry_out(operation);
    }
    session.learn_columns(&request.model)?;
    let reply = session.execute(operation)?;
    if !reply.get().starts_with('[') {
        return Err(Error::new(Code::BadReply, "read did not answer with a list"));
    }
    session.print_records(&request.model, &request.fields, &fields, reply.get())
}
