//! The outbound confirmation flow: after the guard's refusal a token is minted with the approver's key and the
//! same call is sent once more with it. One retry, never a loop; reads and lost answers never come here. It
//! is the only place that touches the approver's key.

pub mod approver;
pub mod summary;
pub mod terminal;

use serde_json::{Value, json};

use crate::error::{Code, Effect, Error, Result, Retry};
use crate::odoo::client::Reply;
use crate::operation::{Kind, Object, Operation};
use crate::render::sanitize;
use crate::render::shell::quoted;
use crate::session::Session;
use crate::settings::Secret;

/// The guard's model (published contract).
pub const CONFIRMATION_MODEL: &str = "strictbase.agent.confirmation";

/// Context key that carries a token.
pub const TOKEN_KEY: &str = "agent_confirmation_token";

/// What the caller brings along for an outbound call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Approval {
    /// `--confirm-outbound`: mint with the approver's key if the guard refuses.
    pub confirm_outbound: bool,
    /// A token that a person has given.
    pub token: Option<Secret>,
}

/// What the guard said when it refused.
#[derive(Debug, Default, PartialEq)]
pub struct Refusal {
    /// `reason:` of the marker.
    pub reason: String,
    /// `detail:` of the marker.
    pub detail: String,
    /// `recipient:` lines, where the guard gives them.
    pub recipients: Vec<String>,
    /// `token:`, why a token was not accepted, where the guard says it.
    pub token: String,
}

impl Refusal {
    /// Reads the documented lines of a refusal.
    pub fn of(error: &Error) -> Refusal {
        let mut refusal = Refusal::default();
        for line in error.odoo.iter().flat_map(|fault| fault.message.lines()) {
            match line.split_once(": ") {
                Some(("reason", text)) if refusal.reason.is_empty() => refusal.reason = text.into(),
                Some(("detail", text)) if refusal.detail.is_empty() => refusal.detail = text.into(),
                Some(("token", text)) if refusal.token.is_empty() => refusal.token = text.into(),
                Some(("recipient", text)) => refusal.recipients.push(text.into()),
                _ => {}
            }
        }
        refusal
    }
}

/// Sends a call with a token that a person gave.
pub fn present(session: &Session, operation: &Operation, token: &Secret) -> Result<Reply> {
    session.local.out.protect(token.clone());
    session
        .odoo()
        .call(&with_token(operation, token), Kind::Write)
        .map_err(|error| after_token(session, error, operation, None))
}

/// Answers the guard's refusal of a call: mints and retries when the caller asked for that, else says how a
/// person can approve.
pub fn answer(session: &Session, operation: &Operation, refusal: Error) -> Result<Reply> {
    if !session.approval.confirm_outbound {
        return Err(how_to_approve(session, operation, refusal));
    }
    // By now the call was sent, and refused.
    let key = match approver::key(session, approver::Asker::Agent, operation).map_err(|mut error| {
        error.effect = Effect::Rejected;
        error
    })? {
        Some(key) => key,
        None => {
            let mut error = how_to_approve(session, operation, refusal);
            error.message = format!("{}; there is no approver's key here to confirm it with", error.message);
            return Err(error);
        }
    };
    let minted = mint(session, operation, &key, user_id(session)).map_err(|why| not_minted(refusal, &why))?;
    drop(key);
    let outcome = session.odoo().call(&with_token(operation, &minted.token), Kind::Write);
    if outcome.is_ok() && minted.unbound {
        // A guard that binds tokens to their issuer accepts only when issuer and agent are one.
        session.note_once(
            "the guard here does not bind tokens to an agent: if the approver's user is the agent's own, nobody but the agent approved this",
        );
    }
    outcome.map_err(|error| after_token(session, error, operation, Some(&minted)))
}

/// A token fresh from Odoo.
pub struct Minted {
    /// The token.
    pub token: Secret,
    /// The module did not take `agent_user_id`: the published one.
    pub unbound: bool,
}

/// Mints a token for one call with the approver's key, bound to the agent's user where the module takes that.
pub fn mint(session: &Session, operation: &Operation, key: &Secret, agent: Option<i64>) -> Result<Minted> {
    session.local.out.protect(key.clone());
    if !key.expose().chars().all(|c| matches!(c, '!'..='~' | ' ')) {
        return Err(Error::new(
            Code::ConfigInvalid,
            "the approver's key holds characters that no HTTP header can carry",
        ));
    }
    let issue = |agent: Option<i64>| -> Result<Reply> {
        let mut ids = operation.ids.clone().unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        let mut kwargs = Object::new();
        kwargs.insert("model_name".into(), operation.model.as_str().into());
        kwargs.insert("method_name".into(), operation.method.as_str().into());
        kwargs.insert("record_ids".into(), json!(ids));
        if let Some(agent) = agent {
            kwargs.insert("agent_user_id".into(), agent.into());
        }
        let mut call = Operation::new(CONFIRMATION_MODEL, "issue_token", kwargs)?;
        call.context = crate::context::agent_marks(&session.settings.agent_channel);
        session.odoo().call_as(&call, Kind::Write, key)
    };
    let (reply, unbound) = match issue(agent) {
        // The published module has no such argument, and says so before it does anything.
        Err(error)
            if agent.is_some() && error.code == Code::InvalidRequest && error.http_status == Some(422) =>
        {
            (issue(None)?, true)
        }
        other => (other?, agent.is_none()),
    };
    match serde_json::from_str::<Value>(reply.get()) {
        Ok(Value::String(token)) if !token.is_empty() => {
            let token = Secret::new(token);
            session.local.out.protect(token.clone());
            Ok(Minted { token, unbound })
        }
        _ => Err(Error::new(Code::BadReply, "issue_token did not answer with a token")),
    }
}

/// The refused call, byte for byte, with the token in its context.
fn with_token(operation: &Operation, token: &Secret) -> Operation {
    let mut confirmed = operation.clone();
    confirmed.context.insert(TOKEN_KEY.into(), token.expose().into());
    confirmed
}

/// The user that the agent's key belongs to.
pub fn user_id(session: &Session) -> Option<i64> {
    crate::odoo::user_context::user_id(
        session.odoo(),
        &session.cache,
        &session.owner,
        &session.settings.agent_channel,
    )
}

/// What a failure means once a token was sent.
fn after_token(session: &Session, mut error: Error, operation: &Operation, minted: Option<&Minted>) -> Error {
    match error.code {
        Code::ConfirmationRequired => {
            let refusal = Refusal::of(&error);
            error.code = Code::ConfirmationRefused;
            error.message = format!(
                "Odoo did not accept the approval for {}.{}: nothing was sent or changed. It says: {}",
                operation.model,
                operation.method,
                if refusal.token.is_empty() { refusal.detail } else { refusal.token }
            );
            error.hints = match minted {
                Some(Minted { unbound: true, .. }) => vec![
                    "the guard in this Odoo binds a token to the user who minted it, so no approver but the agent itself could approve (strictbase_agent_guard 19.0.1.x)".into(),
                    "update strictbase_agent_guard to 19.0.2.0.0 or later".into(),
                ],
                Some(_) => vec!["the call now reaches somebody it did not reach when it was refused: run it again without a token to see".into()],
                None => vec![
                    "a token is good once, for ten minutes, for one model, method and set of ids, and for the agent it was made for".into(),
                    "ask for a new one: run the call without a token to get the command".into(),
                ],
            };
        }
        Code::OutcomeUnknown => {
            let mut domain = vec![json!(["model", "=", operation.model])];
            domain.extend(operation.ids.as_ref().map(|ids| json!(["res_id", "in", ids])));
            error.hints = vec![format!(
                "see whether it went out before you repeat it: {} search-read mail.message --domain-json {} --fields date,author_id,subject --order 'id desc' --limit 5",
                session.program(),
                quoted(&Value::from(domain).to_string())
            )];
        }
        _ => {}
    }
    error
}

/// The refusal stays what it was; the failed mint is its reason.
fn not_minted(refusal: Error, why: &Error) -> Error {
    let mut error = Error::new(
        Code::ConfirmationRequired,
        format!("{}; no confirmation could be had: {}", refusal.message, why.message),
    )
    .with_effect(Effect::Rejected, Retry::Never);
    error.http_status = why.http_status;
    error.odoo = why.odoo.clone();
    match why.code {
        Code::AuthRejected => error.with_hint("the approver's key is not accepted: it may be mistyped, expired or of another database"),
        Code::AccessDenied => error.with_hint("the approver's user must be in the group Agent Confirmation Approver, and must not be the agent's own user"),
        Code::OutcomeUnknown => error.with_hint("a token may have been minted; unused, it expires by itself"),
        Code::Interrupted => why_interrupted(error),
        _ => error,
    }
}

fn why_interrupted(mut error: Error) -> Error {
    error.code = Code::Interrupted;
    error
}

/// The refusal with the command by which a person approves exactly this call.
fn how_to_approve(session: &Session, operation: &Operation, mut refusal: Error) -> Error {
    let said = Refusal::of(&refusal);
    refusal.message = match (said.recipients.join(", ").as_str(), said.detail.as_str()) {
        ("", "") => refusal.message,
        ("", detail) => format!("{} ({detail})", refusal.message),
        (recipients, _) => format!("{} (it would reach {recipients})", refusal.message),
    };
    refusal.retry = Retry::Never;
    refusal.hints = vec![
        format!(
            "a person runs, with their own profile for this Odoo, at their own terminal: {}",
            approve_command(session, operation)
        ),
        "then repeat this call with --confirm-token-file FILE, the token in FILE".into(),
    ];
    refusal
}

/// `odoo-agent … approve …`, complete for a call and safe to paste into a shell.
fn approve_command(session: &Session, operation: &Operation) -> String {
    let mut words = vec![session.program_itself()];
    words.extend(["approve".into(), operation.model.clone(), operation.method.clone()]);
    if let Some(ids) = &operation.ids {
        words.push("--ids".into());
        words.extend(ids.iter().map(i64::to_string));
    }
    if let Some(agent) = user_id(session) {
        words.extend(["--agent-user".into(), agent.to_string()]);
    }
    for (flag, object) in [("--data-json", &operation.kwargs), ("--context-json", session.caller_context())] {
        if !object.is_empty() {
            let json = Value::Object(object.clone()).to_string();
            words.extend([flag.into(), quoted(&sanitize::json_for_terminal(&json))]);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::OdooFault;

    #[test]
    fn the_documented_lines_of_a_refusal_are_read() {
        let message = "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: a.b reaches c\nrecipient: C <c@example.com>\nrecipient: D <d@example.com>";
        let fault =
            OdooFault { name: "odoo.exceptions.UserError".into(), message: message.into(), debug: None };
        let refusal = Refusal::of(&Error::new(Code::ConfirmationRequired, "x").with_odoo(fault));
        assert_eq!(refusal.reason, "outbound_client_communication");
        assert_eq!(refusal.detail, "a.b reaches c");
        assert_eq!(refusal.recipients, ["C <c@example.com>", "D <d@example.com>"]);
    }
}
