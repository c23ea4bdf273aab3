//! `call`: any public method of any model, arguments by name; comes to what the method returned.

use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::execute::execute;
use crate::host::Host;
use crate::json_input;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::session::Session;

/// A method call.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The call, without context.
    pub operation: Operation,
}

impl Request {
    /// A call from its parts; `ids` and `context` inside `data` are taken out of it.
    pub fn new(
        model: &str,
        method: &str,
        ids: Option<Vec<i64>>,
        mut data: Object,
        context: &mut Object,
        place: &str,
    ) -> Result<Request> {
        let ids = match (ids, data.shift_remove("ids")) {
            (Some(_), Some(_)) => {
                return Err(Error::usage(format!("ids are given twice: by --ids and in {place}")));
            }
            (None, Some(ids)) => Some(json_input::ids(ids, &format!("{place}.ids"))?),
            (ids, None) => ids,
        };
        if let Some(inner) = data.shift_remove("context") {
            for (key, value) in json_input::object(inner, &format!("{place}.context"))? {
                if context.insert(key.clone(), value).is_some() {
                    return Err(Error::new(
                        Code::Usage,
                        format!("the context key {key} is given twice: by a flag and in {place}.context"),
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
        })
    }
}

/// Calls it.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    execute(session, caller, host, request.operation)
}
