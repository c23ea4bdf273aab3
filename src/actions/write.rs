//! `write`: values to records by id; comes to what Odoo returns: true.

use serde_json::{Value, json};

use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked, read_back};
use crate::arguments::values::{JsonObject, Listed, Model, SomeIds};
use crate::arguments::{At, arguments, rules::AllRules};
use crate::caller::Caller;
use crate::error::Result;
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::session::Session;

/// The verb.
pub const VERB: Verb = Verb {
    name: "write",
    reach: Reach::writes(|| {
        json!({ "type": ["boolean", "array"], "description": "true; with read_back rows with these fields and id" })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent write res.partner --ids 7 --vals-json '{"phone": "+32 2 290 34 90"}' --read-back phone
  odoo-agent write project.task --ids 1,2 --vals-file values.json"#,
};

arguments! {
    /// Write values to records
    pub struct Arguments {
        /// Model, like res.partner
        model: Model => positional(),
        /// Record ids
        ids: SomeIds,
        /// Values
        vals: JsonObject,
        /// Answer with these fields afterwards
        read_back: Option<Listed>,
    }
}

impl Told for Arguments {
    type Rules = AllRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        Ok(Any::Write(Request {
            model: checked(self.model)?,
            ids: self.ids.0,
            vals: self.vals.0,
            read_back: self.read_back.map(|names| names.0),
        }))
    }
}

/// A write.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Records.
    pub ids: Vec<i64>,
    /// Values.
    pub vals: Object,
    /// Fields to read of them afterwards.
    pub read_back: Option<Vec<String>>,
}

impl Request {
    fn operation(self) -> Result<Operation> {
        let kwargs = Object::from_iter([("vals".to_string(), Value::Object(self.vals))]);
        Ok(Operation::new(&self.model, "write", kwargs)?.on(self.ids))
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.clone().operation()?])
    }
}

/// Writes them.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let asked = request.read_back.clone();
    read_back::carried_out(session, caller, host, request.operation()?, asked)
}
