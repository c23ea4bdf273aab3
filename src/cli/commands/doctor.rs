//! `doctor`: is everything set up, and does the guard hold. Prints what it found; exit 0 only if nothing is
//! wrong.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::connect::connect_with;
use crate::cli::local::Local;
use crate::cli::render::format::Format;
use crate::cli::render::width;
use crate::cli::words::{Manner, Speech};
use crate::doctor::{self, Finding, Setup, Status};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::operation::Object;
use crate::outcome::{Layout, Outcome};
use crate::session::Run;
use crate::text::sanitize;

/// Columns of a status and what is between it and the check.
const STATUS: usize = 6;

/// Messages beside their checks have at least this much room.
const NARROWEST_MESSAGE: usize = 30;

/// The command.
pub const COMMAND: Own = Own {
    name: "doctor",
    about: "Check the set-up step by step, with a fix for each finding",
    reach: Reach {
        network: true,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || {
            json!({
                "type": "object", "required": ["ok", "checks"], "additionalProperties": false,
                "properties": {
                    "ok": { "type": "boolean" },
                    "checks": { "type": "array", "items": {
                        "type": "object", "required": ["check", "status", "message"], "additionalProperties": false,
                        "properties": {
                            "check": { "type": "string" }, "status": { "enum": ["ok", "warn", "fail", "skip"] },
                            "message": { "type": "string" }, "fix": { "type": "string" },
                        },
                    } },
                },
            })
        },
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `doctor`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent doctor
  odoo-agent doctor --guard")]
pub struct Args {
    /// Also try, without reaching anybody, whether the guard refuses what it must
    #[arg(long)]
    guard: bool,
}

/// Runs the checks in order and prints them.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let mut connected = connect_with(local, Manner::CommandLine(""), Object::new());
    let speech = connected.as_ref().map_or_else(|_| Speech::plain(), |it| it.host.speech().clone());
    let setup = Setup { selection: &local.selection, environment: &local.environment, paths: &local.paths };
    if let Ok(connected) = &mut connected {
        connected.caller.road.surface = "doctor";
    }
    let run = connected.as_ref().map(|it| Run::new(&it.session, &it.caller, &it.host));
    let findings = match run {
        Ok(run) => doctor::examine(&setup, Ok(run), args.guard),
        Err(_) => match connected {
            Err(error) => doctor::examine(&setup, Err(error), args.guard),
            Ok(_) => Vec::new(),
        },
    };
    let findings: Vec<Said> = findings.into_iter().map(|finding| Said::of(finding, &speech)).collect();
    let wrong = findings.iter().filter(|finding| finding.status == Status::Fail).count();
    let rows: Vec<Value> = findings.iter().map(row).collect();
    let whole = json!({ "ok": wrong == 0, "checks": rows });
    let results = local.results();
    let layout = Layout::records().under("checks");
    if results.form(&layout) == Format::Table && local.look.pluck.is_none() {
        // Whole sentences in place of columns: a fix that is cut off helps nobody.
        local.out.data(table(&findings, results.width()).as_bytes(), Effect::Nothing)?;
    } else {
        local.present(&Outcome::read(whole.to_string()).laid_out(layout))?;
    }
    if wrong == 0 {
        return Ok(());
    }
    let first = findings.iter().find(|finding| finding.status == Status::Fail);
    let message = first.map(|finding| format!("{}: {}", finding.check, finding.message)).unwrap_or_default();
    Err(Error::new(Code::FindingsPresent, format!("{wrong} of the checks failed, the first is {message}"))
        .with_effect(Effect::Rejected, Retry::Never))
}

/// A finding in words.
struct Said {
    check: String,
    status: Status,
    message: String,
    fix: Option<String>,
}

impl Said {
    fn of(finding: Finding, speech: &Speech) -> Said {
        let Finding { check, status, message, fix } = finding;
        Said { check, status, message, fix: fix.map(|fix| speech.hint(&fix)) }
    }
}

fn row(finding: &Said) -> Value {
    let mut row =
        json!({ "check": finding.check, "status": finding.status.as_str(), "message": finding.message });
    if let Some(fix) = &finding.fix {
        row["fix"] = fix.as_str().into();
    }
    row
}

/// Whole sentences beside their check; below it where a terminal leaves no room beside.
fn table(findings: &[Said], total: Option<usize>) -> String {
    let checks = findings.iter().map(|finding| width::of(&finding.check)).max().unwrap_or_default();
    let beside = STATUS + checks + 2;
    let total = total.unwrap_or(usize::MAX);
    let is_beside = total >= beside + NARROWEST_MESSAGE;
    let indent = if is_beside { beside } else { 2 };
    let mut text = String::new();
    for finding in findings {
        let head = format!("{:<STATUS$}{}", finding.status.as_str(), finding.check);
        let fix = finding.fix.iter().map(|fix| format!("-> {fix}"));
        let said = std::iter::once(finding.message.clone()).chain(fix);
        let lines = said.flat_map(|said| {
            width::wrap(&sanitize::for_terminal(&said), (total - indent).max(1), usize::MAX)
        });
        let mut lines = lines.map(|line| format!("{:indent$}{line}\n", "")).collect::<String>();
        if is_beside {
            lines.replace_range(..indent, &format!("{head:<indent$}"));
        } else {
            lines.insert_str(0, &format!("{head}\n"));
        }
        text += &lines;
    }
    text
}
