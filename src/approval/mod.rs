//! The outbound confirmation flow: after the guard's refusal a token is minted with the approver's key and the
//! same call is sent once more with it. One retry, never a loop; reads and lost answers never come here. It
//! is the only place that touches the approver's key.

mod addresses;
pub mod guard;
pub mod held;
pub mod manifest;
#[cfg(feature = "mcp")]
pub mod notice;
pub mod requests;
pub mod summary;

use serde_json::{Value, json};

use crate::cleared::Cleared;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::operation::{Object, Operation};
use crate::protocol::Reply;
use crate::secret::{Secret, Veiled};
use crate::session::Run;

/// The guard's model (published contract).
pub const CONFIRMATION_MODEL: &str = "strictbase.agent.confirmation";

/// What the guard said when it refused.
#[derive(Debug, Default, PartialEq)]
pub struct Refusal {
    /// `reason:` of the marker.
    pub reason: String,
    /// `detail:` of the marker.
    pub detail: String,
    /// `recipient:` lines, where the guard gives them.
    pub recipients: Vec<String>,
    /// `instead:`, what would reach nobody outside, where the guard knows it.
    pub instead: String,
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
                Some(("instead", text)) if refusal.instead.is_empty() => refusal.instead = text.into(),
                Some(("token", text)) if refusal.token.is_empty() => refusal.token = text.into(),
                Some(("recipient", text)) => refusal.recipients.push(text.into()),
                _ => {}
            }
        }
        refusal
    }
}

/// Sends a call with a token that a person gave.
pub fn present(run: &Run, cleared: &Cleared, token: &Secret) -> Result<Reply> {
    let _veiled = run.session.veil.over(token);
    run.session
        .odoo()
        .call(&cleared.with_token(token), run.host)
        .map_err(|error| after_token(run, error, cleared.operation(), None))
}

/// Answers the guard's refusal of a call: mints and retries when the caller asked for that, else says how a
/// person can approve. Its advice goes along where that is none which is refused here.
pub fn answer(run: &Run, cleared: &Cleared, mut refusal: Error) -> Result<Reply> {
    let without = without_refused_advice(run, cleared.operation(), &mut refusal);
    let said = Refusal::of(&refusal).instead;
    let way =
        without.or_else(|| (!said.is_empty()).then(|| format!("the guard knows of a way inside: {said}")));
    answered(run, cleared, refusal).map_err(|mut error| {
        // Before the ways that need a person.
        if let (Code::ConfirmationRequired, Some(way)) = (error.code, way) {
            error.hints.insert(0, way.into());
        }
        error
    })
}

fn answered(run: &Run, cleared: &Cleared, refusal: Error) -> Result<Reply> {
    let operation = cleared.operation();
    if !run.caller.approval.confirm_outbound {
        return match &refusal.waiting {
            Some(_) => requests::answer(run, cleared, refusal),
            None => Err(how_to_approve(run, operation, refusal)),
        };
    }
    let request = refusal.waiting.as_deref().map(|waiting| waiting.request.clone());
    if let Some(waiting) = &refusal.waiting {
        requests::keep(run, operation, waiting);
        if waiting.is_approved {
            return requests::send(run, cleared, &waiting.request, &waiting.claim);
        }
    }
    // By now the call was sent, and refused.
    let named = Refusal::of(&refusal).recipients;
    let shown = || match &request {
        Some(request) => Ok(manifest::question(run, &guard::manifest(run, request, None)?)),
        None => summary::of(run, operation, run.caller.context(), None, &named),
    };
    let key = match run.host.approver_key(&shown).map_err(|mut error| {
        error.effect = Effect::Rejected;
        error
    })? {
        Some(key) => key,
        None if run.caller.approval.wait.is_some() && request.is_some() => {
            return requests::answer(run, cleared, refusal);
        }
        None => {
            let mut error = match refusal.waiting.as_deref().map(|waiting| waiting.request.clone()) {
                Some(request) => requests::how_it_goes_on(refusal, &request, false),
                None => how_to_approve(run, operation, refusal),
            };
            error.message = format!("{}; there is no approver's key here to confirm it with", error.message);
            return Err(error);
        }
    };
    if Some(&key) == run.session.settings.api_key.as_ref() {
        run.note("the approver's key is the agent's key: the boundary between agent and approver is gone");
    }
    let minted = mint(run, operation, &key, run.user_id(), request.as_deref())
        .map_err(|why| not_minted(refusal, &why))?;
    drop(key);
    let outcome = run.session.odoo().call(&cleared.with_token(&minted.token), run.host);
    if outcome.is_ok() && minted.unbound {
        // A guard that binds tokens to their issuer accepts only when issuer and agent are one.
        run.note(
            "the guard here does not bind tokens to an agent: if the approver's user is the agent's own, nobody but the agent approved this",
        );
    }
    if let (Ok(_), Some(request)) = (&outcome, &request) {
        requests::forget(run, request);
    }
    outcome.map_err(|error| after_token(run, error, operation, Some(&minted)))
}

/// A new record of this model writes to nobody with these values.
const WITHOUT_LETTER: [(&str, &str); 1] = [("project.task", "\"partner_id\": false")];

/// Takes the guard's advice out where that is a context key which is refused here; gives what does the same.
fn without_refused_advice(run: &Run, operation: &Operation, refusal: &mut Error) -> Option<String> {
    let is_open = |key: &str| {
        crate::context::is_allowed(key) || run.session.settings.allowed_context.iter().any(|own| own == key)
    };
    let is_refused = |line: &str| {
        line.starts_with("instead: ") && line.split('"').skip(1).step_by(2).any(|key| !is_open(key))
    };
    let odoo = refusal.odoo.as_mut().filter(|odoo| odoo.message.lines().any(is_refused))?;
    let kept: Vec<&str> = odoo.message.lines().filter(|line| !is_refused(line)).collect();
    odoo.message = kept.join("\n");
    let of_model = |(model, _): &&(&str, &str)| *model == operation.model && operation.method == "create";
    let (_, vals) = WITHOUT_LETTER.iter().find(of_model)?;
    Some(format!("without the letter: {vals} among the values"))
}

/// A token fresh from Odoo.
pub struct Minted {
    /// The token.
    pub token: Secret,
    /// The module did not take `agent_user_id`: the published one.
    pub unbound: bool,
    /// Token and key are blacked out for as long.
    _veiled: [Veiled; 2],
}

impl Minted {
    /// The token, no longer blacked out.
    pub fn shown(self) -> Secret {
        self.token
    }
}

/// Mints a token for one call with the approver's key, bound to the agent's user where the module takes that, and to
/// the request where there is one.
pub fn mint(
    run: &Run,
    operation: &Operation,
    key: &Secret,
    agent: Option<i64>,
    request: Option<&str>,
) -> Result<Minted> {
    let veil = &run.session.veil;
    let veiled = veil.over(key);
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
        if let Some(request) = request {
            kwargs.insert("request_uuid".into(), request.into());
        }
        let mut call = Operation::new(CONFIRMATION_MODEL, "issue_token", kwargs)?;
        call.context = crate::context::agent_marks(&run.caller.channel);
        run.session.odoo().call_as(&Cleared::minting(call).by(&run.caller.road), key, run.host)
    };
    let (reply, unbound) = match issue(agent) {
        // The published module has no such argument, and says so before it does anything.
        Err(error)
            if agent.is_some()
                && request.is_none()
                && error.code == Code::InvalidRequest
                && error.http_status == Some(422) =>
        {
            (issue(None)?, true)
        }
        other => (other?, agent.is_none()),
    };
    match serde_json::from_str::<Value>(reply.get()) {
        // It goes into a file, a terminal and a context: nothing else than a word is one.
        Ok(Value::String(token)) if is_a_word(&token) => {
            let token = Secret::new(token);
            let _veiled = [veiled, veil.over(&token)];
            Ok(Minted { token, unbound, _veiled })
        }
        _ => Err(Error::new(Code::BadReply, "issue_token did not answer with a token")),
    }
}

fn is_a_word(token: &str) -> bool {
    (8..=512).contains(&token.len()) && token.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

/// What a failure means once a token was sent.
fn after_token(run: &Run, mut error: Error, operation: &Operation, minted: Option<&Minted>) -> Error {
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
            let look = Action::new("search_read")
                .with("model", "mail.message")
                .with("domain", domain)
                .with("fields", vec!["date", "author_id", "subject"])
                .with("order", "id desc")
                .with("limit", 5);
            error.hints = vec![Hint::new("see whether it went out before you repeat it: ").action(look)];
        }
        _ => {}
    }
    requests::new_request(run, operation, error)
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

/// The refusal, saying whom it would reach as far as the guard tells.
fn with_recipients(mut refusal: Error) -> Error {
    let said = Refusal::of(&refusal);
    refusal.message = match (said.recipients.join(", ").as_str(), said.detail.as_str()) {
        ("", "") => refusal.message,
        ("", detail) => format!("{} ({detail})", refusal.message),
        (recipients, _) => format!("{} (it would reach {recipients})", refusal.message),
    };
    refusal
}

/// The refusal with the command by which a person approves exactly this call.
fn how_to_approve(run: &Run, operation: &Operation, refusal: Error) -> Error {
    let why = Refusal::of(&refusal).token;
    let mut refusal = with_recipients(refusal);
    refusal.retry = Retry::Never;
    if !why.is_empty() {
        // No token was sent: it says why the guard keeps no request, and then nobody can approve one.
        refusal.message = format!("{}; the guard kept no request of it: {why}", refusal.message);
        let waiting = Action::new("approvals list");
        refusal.hints = vec![Hint::new("what waits already: ").action(waiting)];
        return refusal;
    }
    if run.caller.approval.wait.is_some() {
        refusal.message =
            format!("{}; the guard here keeps no requests that could be waited for", refusal.message);
    }
    refusal.hints = vec![
        Hint::new("a person runs, with their own profile for this Odoo, at their own terminal: ")
            .action(approve(run, operation)),
        Hint::new("then repeat this call with ").token(),
    ];
    refusal
}

/// What a person does to approve a call, complete.
fn approve(run: &Run, operation: &Operation) -> Action {
    let mut action = Action::new("approve")
        .with("model", operation.model.as_str())
        .with("method", operation.method.as_str())
        .by_a_person();
    if let Some(ids) = &operation.ids {
        action = action.with("ids", ids.clone());
    }
    if let Some(agent) = run.user_id() {
        action = action.with("agent_user", agent);
    }
    for (key, object) in [("data", &operation.kwargs), ("context", run.caller.context())] {
        if !object.is_empty() {
            action = action.with(key, object.clone());
        }
    }
    action
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
