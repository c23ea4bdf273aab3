//! The flags of `write`.

use clap::Args as ClapArgs;

use super::shared::{ApprovalArgs, IdsArgs, RulesArgs};
use crate::actions::write::Request;
use crate::error::{Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::operation;

/// Flags of `write`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent write res.partner --ids 7 --vals-json '{\"phone\": \"+32 2 290 34 90\"}'
  odoo-agent write project.task --ids 1,2 --vals-file values.json")]
pub struct Args {
    /// Model, like res.partner
    pub model: String,
    #[command(flatten)]
    ids: IdsArgs,
    /// Values (a JSON object)
    #[arg(long, value_name = "JSON", visible_alias = "vals")]
    vals_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    vals_file: Option<String>,
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
        operation::check_model(&self.model)?;
        let ids = self.ids.needed("write")?;
        let source = Source::choose("--vals-json", self.vals_json, "--vals-file", self.vals_file)?
            .ok_or_else(|| Error::usage("write needs --vals-json or --vals-file"))?;
        let vals = json_input::object(stdin.json(&source)?, source.flag())?;
        Ok(Request { model: self.model, ids, vals })
    }
}
