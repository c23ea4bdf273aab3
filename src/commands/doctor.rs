//! `doctor`: is everything set up, and does the guard hold. Prints what it found; exit 0 only if nothing is
//! wrong.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::doctor::{self, Finding, Status};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::render::sanitize;
use crate::session::Local;

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
pub fn run(args: Args, local: Local) -> Result<()> {
    let out = std::rc::Rc::clone(&local.out);
    let pretty = local.globals.pretty;
    let findings = doctor::examine(local, args.guard);
    let wrong = findings.iter().filter(|finding| finding.status == Status::Fail).count();
    let text = if out.stdout_is_terminal && !pretty {
        table(&findings)
    } else {
        let rows: Vec<Value> = findings.iter().map(row).collect();
        let whole = json!({ "ok": wrong == 0, "checks": rows }).to_string();
        (if pretty { crate::render::json::pretty(&whole) } else { whole }) + "\n"
    };
    out.data(text.as_bytes(), Effect::Rejected)?;
    if wrong == 0 {
        return Ok(());
    }
    let first = findings.iter().find(|finding| finding.status == Status::Fail);
    let message = first.map(|finding| format!("{}: {}", finding.check, finding.message)).unwrap_or_default();
    Err(Error::new(Code::FindingsPresent, format!("{wrong} of the checks failed, the first is {message}"))
        .with_effect(Effect::Rejected, Retry::Never))
}

fn row(finding: &Finding) -> Value {
    let mut row =
        json!({ "check": finding.check, "status": finding.status.as_str(), "message": finding.message });
    if let Some(fix) = &finding.fix {
        row["fix"] = fix.as_str().into();
    }
    row
}

fn table(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for finding in findings {
        text += &format!("{:<4}  {:<width$}  {}\n", finding.status.as_str(), finding.check, finding.message);
        if let Some(fix) = &finding.fix {
            text += &format!("{:<4}  {:<width$}  -> {fix}\n", "", "");
        }
    }
    sanitize::for_terminal(&text)
}
