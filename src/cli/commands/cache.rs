//! `cache`: where it is, what it holds, and how to empty it.

use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Value, json};

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::local::Local;
use crate::error::{Error, Result};
use crate::outcome::{Layout, Outcome};

/// The command.
pub const COMMAND: Own = Own {
    name: "cache",
    about: "Show or clear what was cached",
    reach: Reach {
        network: false,
        changes: Changes::Local,
        wrapper: Wrapper::Refused,
        result: || {
            json!({ "oneOf": [
                { "type": "object", "required": ["path"], "properties": { "path": { "type": "string" } } },
                { "type": "array", "items": { "type": "object", "required": ["kind", "model", "path"] } },
                { "type": "object", "required": ["removed"], "properties": { "removed": { "type": "integer" } } },
            ] })
        },
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `cache`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent cache list
  odoo-agent cache clear")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Print the directory
    Path,
    /// Print what is cached
    List,
    /// Remove everything that is cached
    Clear,
}

/// Works on the cache directory alone.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let cache = local.cache();
    let is_list = matches!(args.action, Action::List);
    let result = match args.action {
        Action::Path => json!({ "path": cache.root().display().to_string() }),
        Action::List => Value::Array(cache.list()),
        Action::Clear => {
            let removed = cache.clear().map_err(|error| {
                Error::local_state(format!("the cache could not be cleared: {error}")).with_source(error)
            })?;
            json!({ "removed": removed })
        }
    };
    let layout = match is_list {
        true => Layout::records().columns(&["kind", "model", "database", "base_url", "stored_at", "bytes"]),
        false => Layout::value(),
    };
    local.present(&Outcome::local(&result).laid_out(layout))
}
