//! The flags of `create`.

use clap::Args as ClapArgs;
use serde_json::Value;

use super::shared::{ApprovalArgs, RulesArgs};
use crate::actions::create::Request;
use crate::error::{Error, Result};
use crate::json_input::{self, Source, Stdin};

/// Flags of `create`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent create res.partner --vals-json '{\"name\": \"Ready Mat\", \"is_company\": true}'
  odoo-agent create project.task --vals-list-json '[{\"name\": \"One\"}, {\"name\": \"Two\"}]'")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    /// Values of one record (a JSON object)
    #[arg(long, value_name = "JSON", visible_alias = "vals")]
    vals_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    vals_file: Option<String>,
    /// Values of several records (a JSON list of objects)
    #[arg(long, value_name = "JSON", visible_alias = "vals-list")]
    vals_list_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    vals_list_file: Option<String>,
    /// Approval by a person.
    #[command(flatten)]
    pub approval: ApprovalArgs,
    /// Checks before the call.
    #[command(flatten)]
    pub rules: RulesArgs,
}

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        let one = Source::choose("--vals-json", self.vals_json, "--vals-file", self.vals_file)?;
        let many =
            Source::choose("--vals-list-json", self.vals_list_json, "--vals-list-file", self.vals_list_file)?;
        let vals_list = match (one, many) {
            (Some(one), None) => match stdin.json(&one)? {
                value @ Value::Array(_) => {
                    let error = json_input::wrong_type(one.flag(), "an object", &value);
                    return Err(error.with_hint(format!(
                        "the values of several records go with {}",
                        one.flag().replace("--vals-", "--vals-list-")
                    )));
                }
                value => vec![json_input::object(value, one.flag())?],
            },
            (None, Some(many)) => json_input::objects(stdin.json(&many)?, many.flag())?,
            (Some(one), Some(many)) => {
                return Err(Error::usage(format!(
                    "{} and {} exclude each other: give one",
                    one.flag(),
                    many.flag()
                )));
            }
            (None, None) => return Err(Error::usage("create needs --vals-json or --vals-list-json")),
        };
        Request::new(self.model, vals_list)
    }
}
