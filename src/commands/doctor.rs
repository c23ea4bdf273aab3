//! `doctor`: is everything set up, and does the guard hold. Prints what it found; exit 0 only if nothing is
//! wrong.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::doctor::{self, Finding, Status};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::render::format::Format;
use crate::render::sanitize;
use crate::results::Layout;
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
    let (out, results, is_plucked) = (std::rc::Rc::clone(&local.out), local.results(), local.is_plucked());
    let findings = doctor::examine(local, args.guard);
    let wrong = findings.iter().filter(|finding| finding.status == Status::Fail).count();
    let rows: Vec<Value> = findings.iter().map(row).collect();
    let whole = json!({ "ok": wrong == 0, "checks": rows }).to_string();
    let layout = Layout::records().under("checks");
    if results.form(&layout) == Format::Table && !is_plucked {
        // Whole sentences in place of columns: a fix that is cut off helps nobody.
        out.data(table(&findings).as_bytes(), Effect::Rejected)?;
    } else {
        results.print(&whole, Effect::Rejected, &layout)?;
    }
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
