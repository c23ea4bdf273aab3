//! Proves that an approval is bound to what was approved: it asks for one letter and tries to send it unapproved, in
//! another form, and after it was taken back. With an approver's key in the environment the request is approved
//! before the letter is changed. All of it must be refused; nothing is ever sent as it was asked.

use serde_json::{Value, json};

use super::guard::raw;
use super::{Finding, Status};
use crate::approval::{guard, mint};
use crate::context::TOKEN_KEY;
use crate::error::{Code, Error, Result};
use crate::operation::{Operation, kwargs};
use crate::secret::Secret;
use crate::session::Run;
use crate::waiting::Waiting;

/// Asks for a letter to this contact and tries every way to misuse the request.
pub(super) fn probe(run: &Run, partner: i64, approver: Option<&Secret>, findings: &mut Vec<Finding>) {
    let letter = |body: &str, claim: Option<&Secret>| -> Result<()> {
        let vals = json!({ "body": body, "partner_ids": [partner], "subtype_xmlid": "mail.mt_comment", "message_type": "comment" });
        let mut context = json!({ "agent_mode": true });
        if let Some(claim) = claim {
            context[TOKEN_KEY] = claim.expose().into();
        }
        let _veiled = claim.map(|claim| run.session.veil.over(claim));
        raw(run, "res.partner", "message_post", Some(partner), &vals, context)
    };
    let (asked, changed) =
        (format!("{} asks", super::guard::NAME), format!("{} changes", super::guard::NAME));
    let waiting = match letter(&asked, None) {
        Err(Error { waiting: Some(waiting), .. }) => *waiting,
        Err(error) if error.code == Code::ConfirmationRequired => {
            let why = "the guard refused, and kept no request";
            findings.push(Finding::new("guard: request", Status::Fail, why).fix(
                "see in Odoo whether sending by agents is stopped, or too many requests of this user wait",
            ));
            return;
        }
        Err(error) => return findings.push(undecided("request", &error)),
        Ok(()) => return findings.push(open("request")),
    };
    let Waiting { request, claim, .. } = waiting;
    findings.push(judge("a request that nobody approved", letter(&asked, Some(&claim))));
    findings.push(judge("another text than was asked for", letter(&changed, Some(&claim))));
    if let Some(key) = approver {
        match approve(run, &request, key, partner) {
            Ok(()) => findings.push(judge("another text than was approved", letter(&changed, Some(&claim)))),
            Err(error) => findings.push(undecided("another text than was approved", &error)),
        }
    }
    match guard::withdraw(run, &request) {
        Ok(_) => findings.push(judge("a request that was taken back", letter(&asked, Some(&claim)))),
        Err(error) => findings.push(undecided("a request that was taken back", &error)),
    }
}

fn approve(run: &Run, request: &str, key: &Secret, partner: i64) -> Result<()> {
    let call = Operation::new("res.partner", "message_post", kwargs(json!({})))?.on(vec![partner]);
    mint(run, &call, key, run.user_id(), Some(request)).map(|_| ())
}

/// Takes back what the probes have asked for; a request that a person would find is not left behind.
pub(super) fn withdraw(run: &Run, address: &str) -> Vec<String> {
    let rows = guard::list(run).unwrap_or_default();
    let is_ours = |row: &&Value| {
        row["recipients_text"].as_str().is_some_and(|text| text.contains(address))
            && matches!(row["state"].as_str(), Some("pending" | "approved"))
    };
    let ours = rows.iter().filter(is_ours).filter_map(|row| row["request_uuid"].as_str());
    ours.filter(|request| guard::withdraw(run, request).is_err()).map(str::to_string).collect()
}

fn judge(way: &str, outcome: Result<()>) -> Finding {
    match outcome {
        Ok(()) => open(way),
        Err(error) if matches!(error.code, Code::ConfirmationRequired | Code::ConfirmationRefused) => {
            Finding::new(&format!("guard: {way}"), Status::Ok, "held: it is not what a person approved")
        }
        Err(error) => undecided(way, &error),
    }
}

fn open(way: &str) -> Finding {
    Finding::new(
        &format!("guard: {way}"),
        Status::Fail,
        "open: Odoo carried it out (the address cannot exist, so nobody was reached)",
    )
    .fix("update strictbase_agent_guard")
}

fn undecided(way: &str, error: &Error) -> Finding {
    Finding::new(&format!("guard: {way}"), Status::Skip, format!("not decided: {}", error.message))
}
