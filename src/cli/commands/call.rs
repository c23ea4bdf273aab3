//! The flags of `call`.

use clap::Args as ClapArgs;

use super::shared::{ApprovalArgs, IdsArgs, RulesArgs};
use crate::actions::call::Request;
use crate::error::Result;
use crate::json_input::{self, Source, Stdin};
use crate::operation::Object;

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
    pub(super) model: String,
    /// Public method, like search_count
    pub(super) method: String,
    #[command(flatten)]
    pub(super) ids: IdsArgs,
    /// Arguments of the method by name (a JSON object)
    #[arg(long, value_name = "JSON", visible_alias = "data")]
    pub(super) data_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    pub(super) data_file: Option<String>,
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
