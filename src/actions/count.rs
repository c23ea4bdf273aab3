//! `count`: how many records match a domain.

use serde_json::{Value, json};

use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked};
use crate::arguments::values::{Domain, Model};
use crate::arguments::{At, arguments, rules::ShowRules};
use crate::caller::Caller;
use crate::error::{Code, Effect, Error, Result};
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::protocol::Reply;
use crate::session::{Run, Session};

/// The verb.
pub const VERB: Verb = Verb {
    name: "count",
    reach: Reach::reads(|| json!({ "type": "integer", "minimum": 0 })),
    definition: Definition::of::<Arguments>(),
    more: r#"Archived records count only if the domain asks for active, or with
--context-json '{"active_test": false}'.

Examples:
  odoo-agent count res.partner
  odoo-agent count project.task --domain '[["project_id.name", "ilike", "office"]]'"#,
};

arguments! {
    /// Count records
    pub struct Arguments {
        /// Model, like res.partner
        model: Model => positional(),
        /// Which records [default: all]
        domain: Option<Domain>,
    }
}

impl Told for Arguments {
    type Rules = ShowRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        let domain = self.domain.unwrap_or_default().0;
        Ok(Any::Count(Request { model: checked(self.model)?, domain }))
    }
}

/// A count.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Domain.
    pub domain: Vec<Value>,
}

impl Request {
    fn operation(self) -> Result<Operation> {
        let kwargs = Object::from_iter([("domain".to_string(), Value::from(self.domain))]);
        Operation::new(&self.model, "search_count", kwargs)
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.clone().operation()?])
    }
}

/// Comes to the number.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let operation = request.operation()?;
    if caller.rules.dry_run {
        return run.shown(operation);
    }
    let reply = run.send(operation)?;
    number(&reply)?;
    Ok(Outcome::reply(reply, Effect::Nothing))
}

/// The number in a reply to `search_count`.
///
/// # Errors
/// `bad_reply`: it is none.
pub fn number(reply: &Reply) -> Result<u64> {
    serde_json::from_str(reply.get()).map_err(|why| {
        Error::new(Code::BadReply, "search_count did not answer with a whole number").with_source(why)
    })
}
