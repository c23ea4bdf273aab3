//! `call`: any public method of any model, arguments by name.

use clap::Args as ClapArgs;

use super::fields::{ApprovalArgs, IdsArgs, RulesArgs};
use crate::error::{Code, Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::operation::{Object, Operation};
use crate::session::Session;

/// Flags of `call`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent call res.partner search_count --data-json '{\"domain\": [[\"is_company\", \"=\", true]]}'
  odoo-agent call project.task message_post --ids 12 --data-json '{\"body\": \"Checked the logs\"}'")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Approval by a person.
    #[command(flatten)]
    pub approval: ApprovalArgs,
    /// Checks before the call.
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Flags that name a method call.
#[derive(ClapArgs, Clone, Debug)]
pub struct Target {
    /// Model, like res.partner
    model: String,
    /// Public method, like search_count
    method: String,
    #[command(flatten)]
    ids: IdsArgs,
    /// Arguments of the method by name (a JSON object)
    #[arg(long, value_name = "JSON", visible_alias = "data")]
    data_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    data_file: Option<String>,
}

/// A method call.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The call, without context.
    pub operation: Operation,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin, context: &mut Object) -> Result<Request> {
        self.target.request(stdin, context)
    }
}

impl Target {
    /// Checks the flags. A context inside the arguments is the same context.
    pub fn request(self, stdin: &mut Stdin, context: &mut Object) -> Result<Request> {
        let ids = self.ids.ids()?;
        let (data, place) =
            match Source::choose("--data-json", self.data_json, "--data-file", self.data_file)? {
                Some(source) => (json_input::object(stdin.json(&source)?, source.flag())?, source.flag()),
                None => (Object::new(), "--data-json"),
            };
        Request::new(&self.model, &self.method, ids, data, context, place)
    }
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

/// Prints what the method returned.
pub fn run(request: Request, session: &Session) -> Result<()> {
    session.carry_out(request.operation)
}
