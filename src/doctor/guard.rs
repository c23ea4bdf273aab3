//! Tries what a sound guard refuses, on a contact of its own whose address cannot exist (`.invalid`), with
//! the agent's key. It says of each way whether it is held, and what it leaves behind.

use serde_json::{Value, json};

use super::{Finding, Status, binding};
use crate::cleared::Cleared;
use crate::error::{Code, Result};
use crate::operation::{Object, Operation};
use crate::secret::Secret;
use crate::session::Run;

const ADDRESS: &str = "guard-probe@odoo-agent.invalid";
pub(super) const NAME: &str = "odoo-agent guard probe";

/// Tries every way and cleans up.
pub(super) fn probe(run: &Run, requests: bool, approver: Option<&Secret>, findings: &mut Vec<Finding>) {
    let partner = match first_id(create(run, "res.partner", json!({ "name": NAME, "email": ADDRESS }))) {
        Some(partner) => partner,
        None => {
            findings.push(
                Finding::new(
                    "guard probes",
                    Status::Skip,
                    "this user cannot create the contact that the probes need",
                )
                .fix("run them with a user who may create contacts"),
            );
            return;
        }
    };
    let mut left = vec![("res.partner", partner)];
    let post = json!({ "body": NAME, "partner_ids": [partner], "subtype_xmlid": "mail.mt_comment" });
    let typed = with(&post, json!({ "message_type": "comment" }));
    let plain = json!({ "agent_mode": false });
    let post_as =
        |vals: &Value, context: Value| raw(run, "res.partner", "message_post", Some(partner), vals, context);
    findings.push(judge("comment to an outside contact", post_as(&typed, json!({ "agent_mode": true }))));
    findings.push(judge("the same without message_type", post_as(&post, json!({ "agent_mode": true }))));
    findings.push(judge("the same with agent_mode off", post_as(&typed, plain)));
    findings.push(judge("the same with an empty context", post_as(&typed, json!({}))));
    findings.push(judge(
        "message_notify to an outside contact",
        raw(
            run,
            "res.partner",
            "message_notify",
            Some(partner),
            &json!({ "body": NAME, "subject": NAME, "partner_ids": [partner] }),
            json!({}),
        ),
    ));
    match model_id(run).and_then(|model| {
        let vals = json!({ "name": NAME, "model_id": model, "subject": NAME, "body_html": NAME, "email_to": ADDRESS });
        first_id(create(run, "mail.template", vals))
    }) {
        Some(template) => {
            left.push(("mail.template", template));
            let vals = json!({ "res_id": partner, "force_send": false });
            findings.push(judge("mail.template/send_mail", raw(run, "mail.template", "send_mail", Some(template), &vals, json!({}))));
        }
        None => findings.push(untested("mail.template/send_mail", "this user cannot create a template, or the guard does not let it")),
    }
    let composer = json!({
        "model": "res.partner", "res_ids": format!("[{partner}]"), "composition_mode": "comment",
        "partner_ids": [[6, 0, [partner]]], "subject": NAME, "body": NAME,
    });
    match first_id(create(run, "mail.compose.message", composer)) {
        Some(wizard) => findings.push(judge(
            "mail.compose.message/action_send_mail",
            raw(run, "mail.compose.message", "action_send_mail", Some(wizard), &json!({}), json!({})),
        )),
        None => {
            findings.push(untested("mail.compose.message/action_send_mail", "the composer cannot be created"))
        }
    }
    let mut waiting = Vec::new();
    if requests {
        binding::probe(run, partner, approver, findings);
        waiting = binding::withdraw(run, ADDRESS);
    }
    findings.push(clean_up(run, left, &waiting));
}

fn create(run: &Run, model: &str, vals: Value) -> Result<Value> {
    let kwargs = Object::from_iter([("vals_list".to_string(), json!([vals]))]);
    run.ask(Operation::new(model, "create", kwargs)?)
}

fn first_id(created: Result<Value>) -> Option<i64> {
    created.ok()?.get(0)?.as_i64()
}

/// Straight to the server with exactly this context: the program's own would add the agent's marks.
pub(super) fn raw(
    run: &Run,
    model: &str,
    method: &str,
    id: Option<i64>,
    kwargs: &Value,
    context: Value,
) -> Result<()> {
    let mut operation = Operation::new(model, method, kwargs.as_object().cloned().unwrap_or_default())?;
    operation.ids = id.map(|id| vec![id]);
    operation.context = context.as_object().cloned().unwrap_or_default();
    run.session.odoo().call(&Cleared::probing(operation).by(&run.caller.road), run.host).map(|_| ())
}

fn with(base: &Value, extra: Value) -> Value {
    let mut whole = base.clone();
    if let (Some(whole), Value::Object(extra)) = (whole.as_object_mut(), extra) {
        whole.extend(extra);
    }
    whole
}

fn model_id(run: &Run) -> Option<i64> {
    // Ordinary users cannot search ir.model; a template's own default tells.
    let kwargs = json!({ "domain": [["model", "=", "res.partner"]], "fields": ["model_id"], "limit": 1 });
    let rows = Operation::new("mail.template", "search_read", kwargs.as_object().cloned()?).ok();
    let rows = run.ask(rows?).ok()?;
    rows.get(0)?.get("model_id")?.get(0)?.as_i64()
}

fn judge(way: &str, outcome: Result<()>) -> Finding {
    let check = format!("guard: {way}");
    match outcome {
        Ok(()) => Finding::new(
            &check,
            Status::Fail,
            "open: Odoo carried it out (the address cannot exist, so nobody was reached)",
        )
        .fix("update strictbase_agent_guard, and put this user into the group Agent"),
        Err(error) => match error.code {
            Code::ConfirmationRequired => {
                Finding::new(&check, Status::Ok, "held: a person has to approve it")
            }
            Code::AccessDenied => Finding::new(&check, Status::Ok, "held: not allowed to this user"),
            _ => Finding::new(&check, Status::Skip, format!("not decided: {}", error.message)),
        },
    }
}

fn untested(way: &str, why: &str) -> Finding {
    Finding::new(&format!("guard: {way}"), Status::Skip, format!("not tried: {why}"))
}

fn clean_up(run: &Run, left: Vec<(&str, i64)>, waiting: &[String]) -> Finding {
    let mut behind: Vec<String> = waiting.iter().map(|request| format!("request {request}")).collect();
    for (model, id) in left.into_iter().rev() {
        let on = |method: &str, kwargs: Value| {
            Operation::new(model, method, kwargs.as_object().cloned().unwrap_or_default())
                .and_then(|operation| run.ask(operation.on(vec![id])))
        };
        if on("unlink", json!({})).is_err() {
            let archived = on("write", json!({ "vals": { "active": false } })).is_ok();
            behind.push(format!("{model} {id}{}", if archived { " (archived)" } else { "" }));
        }
    }
    match behind.is_empty() {
        true => Finding::new("guard: clean-up", Status::Ok, "nothing is left behind"),
        false => Finding::new("guard: clean-up", Status::Warn, format!("left behind: {}", behind.join(", ")))
            .fix("delete it as an administrator, if it is in the way"),
    }
}
