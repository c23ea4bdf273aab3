//! `doctor`: is everything set up, and does the guard hold. Prints what it found; exit 0 only if nothing is
//! wrong.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::doctor::{self, Finding, Status};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::render::format::Format;
use crate::render::{sanitize, width};
use crate::results::Layout;
use crate::session::Local;

/// Columns of a status and what is between it and the check.
const STATUS: usize = 6;

/// Messages beside their checks have at least this much room.
const NARROWEST_MESSAGE: usize = 30;

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
        out.data(table(&findings, results.width()).as_bytes(), Effect::Rejected)?;
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

/// Whole sentences beside their check; below it where a terminal leaves no room beside.
fn table(findings: &[Finding], total: Option<usize>) -> String {
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
