//! `call`: any public method of any model, arguments by name; comes to what the method returned.

use serde_json::json;

use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, read_back};
use crate::arguments::values::{Ids, Method, MethodArguments, Listed, Model};
use crate::arguments::{At, arguments, rules::AllRules};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::json_input;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::session::Session;

/// The verb.
pub const VERB: Verb = Verb {
    name: "call",
    reach: Reach::writes(|| json!({ "description": "Odoo's own value, unchanged; with read_back rows with these fields and id" })),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent call res.partner search_count --data-json '{"domain": [["is_company", "=", true]]}'
  odoo-agent call sale.order action_confirm --ids 2 --read-back name,state,amount_total"#,
};

arguments! {
    /// Call any public method of any model
    #[schemars(extend("not" = { "required": ["ids", "data"],
        "properties": { "ids": { "type": "array" },
            "data": { "type": "object", "required": ["ids"], "properties": { "ids": { "type": "array" } } } } }))]
    pub struct Arguments {
        /// Model, like res.partner
        model: Model => positional(),
        /// Public method, like search_count
        method: Method => positional(),
        /// Record ids
        ids: Option<Ids>,
        /// Arguments of the method by name; an HTML body of a message takes "body_is_html": true
        data: Option<MethodArguments>,
        /// Answer with these fields of what it made, or of `ids`, afterwards
        read_back: Option<Listed>,
    }
}

impl Told for Arguments {
    type Rules = AllRules;

    fn request(self, context: &mut Object, at: At) -> Result<Any> {
        let ids = self.ids.map(|ids| ids.0);
        let data = self.data.unwrap_or_default().0;
        let read_back = self.read_back.map(|names| names.0);
        let request = Request::new(&self.model.0, &self.method.0, ids, data, context, at)?;
        Ok(Any::Call(Request { read_back, ..request }))
    }
}

/// A method call.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The call, without context.
    pub operation: Operation,
    /// Fields to read of its records afterwards.
    pub read_back: Option<Vec<String>>,
}

impl Request {
    /// A call from its parts; `ids` and `context` inside `data` are taken out of it.
    pub fn new(
        model: &str,
        method: &str,
        ids: Option<Vec<i64>>,
        mut data: Object,
        context: &mut Object,
        at: At,
    ) -> Result<Request> {
        let place = at("data");
        let ids = match (ids, data.shift_remove("ids")) {
            (Some(_), Some(_)) => {
                return Err(Error::usage(format!("ids are given twice: by {} and in {place}", at("ids"))));
            }
            (None, Some(ids)) => Some(json_input::ids(ids, &format!("{place}.ids"))?),
            (ids, None) => ids,
        };
        if let Some(inner) = data.shift_remove("context") {
            for (key, value) in json_input::object(inner, &format!("{place}.context"))? {
                if context.insert(key.clone(), value).is_some() {
                    return Err(Error::new(
                        Code::Usage,
                        format!(
                            "the context key {key} is given twice: by {} and in {place}.context",
                            at("context")
                        ),
                    ));
                }
            }
        }
        let operation = Operation::new(model, method, data)?;
        Ok(Request {
            operation: match ids {
                Some(ids) => operation.on(ids),
                None => operation,
            },
            read_back: None,
        })
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.operation.clone()])
    }
}

/// Calls it.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    read_back::carried_out(session, caller, host, request.operation, request.read_back)
}
