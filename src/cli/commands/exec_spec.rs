//! `exec-spec`: one action from a JSON file. What the file may say is in `spec.rs`.

use clap::{ArgMatches, Args as ClapArgs};
use serde_json::json;

use super::{Own, read, run_job};
use crate::actions::call;
use crate::actions::definition::{Changes, Job, Reach, Wrapper};
use crate::arguments::Arguments;
use crate::arguments::rules::AllRules;
use crate::cli::flags;
use crate::cli::local::Local;
use crate::cli::words::{Manner, Speech};
use crate::error::{Code, Error, Result};
use crate::json_input;
use crate::json_slips;
use crate::spec;

/// Where agents are told to write a spec.
pub const DEFAULT_PATH: &str = "/tmp/codex_odoo_request.json";

const LARGEST: u64 = 16 * 1024 * 1024;

/// The command.
pub const COMMAND: Own = Own {
    name: "exec-spec",
    about: "Run one action that a JSON file describes",
    reach: Reach {
        network: true,
        changes: Changes::Odoo,
        wrapper: Wrapper::Allowed,
        result: || json!({ "description": "that of the command its action names" }),
    },
    is_hidden: false,
    build: |command| flags::checks(Args::augment_args(command), AllRules::LIST, &call::VERB),
    run,
};

/// Flags of `exec-spec`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  echo '{\"action\": \"lookup\", \"kind\": \"partner\", \"query\": \"Azure\"}' | odoo-agent exec-spec -
  odoo-agent exec-spec examples/open_tasks.json --pretty")]
pub struct Args {
    /// The spec file, or - for stdin
    #[arg(default_value = DEFAULT_PATH)]
    file: String,
}

/// Does what the file says.
fn run(matches: &ArgMatches, mut local: Local) -> Result<()> {
    let job = job(matches, &mut local)?;
    run_job(job, Manner::Spec, &local)
}

/// Reads the file once and understands it.
pub(super) fn job(matches: &ArgMatches, local: &mut Local) -> Result<Job> {
    let args: Args = read(matches)?;
    let bytes = local.stdin.bytes_without_links("exec-spec", &args.file, DEFAULT_PATH, LARGEST)?;
    let text = json_input::text_of(&bytes).map_err(|why| {
        let error = Error::new(Code::InvalidSpec, format!("the spec cannot be read: {why}"));
        error.with_hint(json_slips::of_bytes(&bytes))
    })?;
    let mut job = spec::parse(text).map_err(|error| Speech::of_spec().error(error))?;
    for (key, value) in local.context()? {
        if job.context.insert(key.clone(), value).is_some() {
            return Err(Error::usage(format!(
                "the context key {key} is given twice: by a flag and in the spec"
            )));
        }
    }
    let flags = flags::rules(matches, &mut local.stdin)?;
    job.rules.strict |= flags.strict;
    job.rules.dry_run |= flags.dry_run;
    job.rules.no_before |= flags.no_before;
    if flags.idempotency_key.is_some() {
        job.rules.idempotency_key = flags.idempotency_key;
    }
    job.rules.force_fields.extend(flags.force_fields);
    job.rules.max_records = flags.max_records.or(job.rules.max_records);
    Ok(job)
}
