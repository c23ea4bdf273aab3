//! `search-read`: records that match a domain, with chosen fields.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::list;
use crate::caller::Caller;
use crate::error::Result;
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::preflight::records;
use crate::session::{Run, Session};

/// Rows without `--limit`.
pub const LIMIT: u32 = 20;

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

/// Comes to the rows; a note says when there may be more, and how to get them.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    records::refuse_unlimited(&request.domain, request.limit)?;
    let fields = request.fields.resolve(&request.model, &run)?;
    let operation = request.operation(fields.clone())?;
    if caller.rules.dry_run {
        return run.shown(operation);
    }
    fields::learn_types(&run, &request.model)?;
    let reply = run.send(operation)?;
    let count = list(&reply, "search_read")?.len();
    let outcome = fields::records(&run, &request.model, &request.fields, &fields, reply);
    if request.limit == 0 || count < request.limit as usize {
        return Ok(outcome);
    }
    let next = u64::from(request.offset) + count as u64;
    let all = Hint::default()
        .name("all")
        .text(" in place of ")
        .name("limit")
        .text(", ")
        .name("offset")
        .text(" and ")
        .name("order")
        .text(" gives every record");
    Ok(outcome.noting(
        Hint::new(format!("the limit of {} is reached, there may be more: ", request.limit))
            .with("offset", next)
            .text(" goes on; ")
            .action(request.same().with("all", true).or("every record: ", all)),
    ))
}

impl Request {
    /// The same search for the same fields.
    pub fn same(&self) -> Action {
        let mut action = Action::new("search_read").with("model", self.model.as_str());
        if !self.domain.is_empty() {
            action = action.with("domain", self.domain.clone());
        }
        match &self.fields {
            Fields::Usual => {}
            Fields::All => action = action.with("fields", vec!["*"]),
            Fields::Named(names) => action = action.with("fields", names.clone()),
        }
        action.alike()
    }
}
