//! `create`: one record or several; comes to the list of new ids.

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::execute::execute;
use crate::host::Host;
use crate::operation::{self, Object, Operation};
use crate::outcome::Outcome;
use crate::session::Session;

/// A creation.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Values of each record.
    pub vals_list: Vec<Object>,
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
        Ok(Request { model, vals_list })
    }
}

/// Creates them.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let values: Vec<Value> = request.vals_list.into_iter().map(Value::Object).collect();
    let kwargs = Object::from_iter([("vals_list".to_string(), json!(values))]);
    execute(session, caller, host, Operation::new(&request.model, "create", kwargs)?)
}
