//! `read`: chosen fields of records by id.

use serde_json::Value;

use super::fields::{self, Fields};
use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked, rows};
use crate::arguments::values::{FieldNames, Model, SomeIds};
use crate::arguments::{At, arguments, rules::ReadRules};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::session::{Run, Session};

/// The verb.
pub const VERB: Verb = Verb {
    name: "read",
    reach: Reach::reads(rows),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent read res.partner --ids 7 --fields name,email,phone
  odoo-agent read project.task --ids 1,2,3"#,
};

arguments! {
    /// Read fields of records by id
    pub struct Arguments {
        /// Model, like res.partner
        model: Model => positional(),
        /// Record ids
        ids: SomeIds,
        /// Fields to read, or '*' for all that are readable [default: the columns of Odoo's own list]
        fields: Option<FieldNames>,
    }
}

impl Told for Arguments {
    type Rules = ReadRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        Ok(Any::Read(Request {
            model: checked(self.model)?,
            ids: self.ids.0,
            fields: Fields::of(self.fields.unwrap_or_default().0),
        }))
    }
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

impl Request {
    fn operation(&self, fields: Vec<String>) -> Result<Operation> {
        let kwargs = Object::from_iter([("fields".to_string(), Value::from(fields))]);
        Ok(Operation::new(&self.model, "read", kwargs)?.on(self.ids.clone()))
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.operation(self.fields.known(&self.model))?])
    }
}

/// Comes to the rows.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let fields = request.fields.resolve(&request.model, &run)?;
    let operation = request.operation(fields.clone())?;
    if caller.rules.dry_run {
        return run.shown(operation);
    }
    fields::learn_types(&run, &request.model)?;
    let reply = run.send(operation)?;
    if !reply.get().starts_with('[') {
        return Err(Error::new(Code::BadReply, "read did not answer with a list"));
    }
    Ok(fields::records(&run, &request.model, &request.fields, &fields, reply))
}
