//! `create`: one record or several; comes to the list of new ids.

use serde_json::{Value, json};

use super::definition::{Definition, Reach, Told, Verb};
use super::Request as Any;
use super::read_back;
use crate::arguments::values::{JsonObject, JsonObjects, Listed, Model};
use crate::arguments::{At, arguments, rules::AllRules};
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::operation::{self, Object, Operation};
use crate::outcome::Outcome;
use crate::session::Session;

/// The verb.
pub const VERB: Verb = Verb {
    name: "create",
    reach: Reach::writes(
        || json!({ "type": "array", "items": { "type": ["integer", "object"] },
            "description": "the new ids; with read_back rows with these fields and id" }),
    ),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent create res.partner --vals '{"name": "Mat", "child_ids": [[0, 0, {"name": "Ann"}]]}'
  odoo-agent create project.task --vals-list '[{"name": "A"}, {"name": "B"}]' --read-back stage_id"#,
};

arguments! {
    /// Create one record or several
    #[schemars(extend("oneOf" = [
        { "required": ["vals"], "properties": { "vals": { "type": "object" }, "vals_list": { "type": "null" } } },
        { "required": ["vals_list"], "properties": { "vals_list": { "type": "array" }, "vals": { "type": "null" } } },
    ]))]
    pub struct Arguments {
        /// Model, like res.partner
        model: Model => positional(),
        /// Values of one record; lines of it as "child_ids": [[0, 0, {values}]]
        vals: Option<JsonObject> => excludes(&["vals_list"]),
        /// Values of several records
        vals_list: Option<JsonObjects>,
        /// Answer with these fields of the new records
        read_back: Option<Listed>,
    }
}

impl Told for Arguments {
    type Rules = AllRules;

    fn request(self, _: &mut Object, at: At) -> Result<Any> {
        let (one, several) = (at("vals"), at("vals_list"));
        let vals_list = match (self.vals, self.vals_list) {
            (Some(vals), None) => vec![vals.0],
            (None, Some(list)) => list.0,
            (Some(_), Some(_)) => {
                return Err(Error::usage(format!("{one} and {several} exclude each other: give one")));
            }
            (None, None) => return Err(Error::usage(format!("create needs {one} or {several}"))),
        };
        let read_back = self.read_back.map(|names| names.0);
        Request::new(self.model.0, vals_list).map(|request| Any::Create(Request { read_back, ..request }))
    }
}

/// A creation.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Values of each record.
    pub vals_list: Vec<Object>,
    /// Fields to read of the new records.
    pub read_back: Option<Vec<String>>,
}

impl Request {
    /// A creation of at least one record.
    pub fn new(model: String, vals_list: Vec<Object>) -> Result<Request> {
        operation::check_model(&model)?;
        if vals_list.is_empty() {
            return Err(Error::new(
                Code::InvalidJson,
                "the list of values is empty: there is nothing to create",
            ));
        }
        Ok(Request { model, vals_list, read_back: None })
    }

    fn operation(self) -> Result<Operation> {
        let values: Vec<Value> = self.vals_list.into_iter().map(Value::Object).collect();
        let kwargs = Object::from_iter([("vals_list".to_string(), json!(values))]);
        Operation::new(&self.model, "create", kwargs)
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.clone().operation()?])
    }
}

/// Creates them.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let asked = request.read_back.clone();
    read_back::carried_out(session, caller, host, request.operation()?, asked)
}
