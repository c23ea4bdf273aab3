//! A refusal that is a request: it is kept with its claim, a person is waited for, and what was refused is sent once
//! more with the claim, byte for byte. What a person decided is told in the agent's words. Nothing is asked of a
//! person here, and no key but the agent's is used.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Refusal, guard, manifest, with_recipients};
use crate::caller::Asker;
use crate::cleared::Cleared;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::operation::Operation;
use crate::protocol::Reply;
use crate::secret::Secret;
use crate::session::Run;
use crate::shelf::Kept;
use crate::waiting::Waiting;

/// The reason that the guard gives where the agent took its request back (`agent_request_status.py`).
const WITHDRAWN: &str = "withdrawn by the agent";

/// Odoo is asked no more often.
const PAUSE: Duration = Duration::from_secs(2);
/// Who waits longer than this is asked for less often.
const PATIENT: Duration = Duration::from_secs(60);
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// Answers a refusal that is a request: says how it goes on, or waits and sends, as the caller asked.
pub fn answer(run: &Run, cleared: &Cleared, mut refusal: Error) -> Result<Reply> {
    let Some(waiting) = refusal.waiting.take() else { return Err(refusal) };
    keep(run, cleared.operation(), &waiting);
    let Waiting { request, claim, is_approved, .. } = *waiting;
    let Some(patience) = run.caller.approval.wait else {
        return Err(how_it_goes_on(refusal, &request, is_approved));
    };
    if !is_approved {
        run.note(format!(
            "request {request} waits for a person to approve it in Odoo: waiting at most {}",
            humantime::format_duration(patience)
        ));
        let status = until_decided(run, &request, patience).map_err(after_the_refusal)?;
        if status["state"] == "done" {
            return Err(sent_already(&request));
        }
    }
    send(run, cleared, &request, &claim)
}

/// The call was sent before this failed, and refused.
fn after_the_refusal(error: Error) -> Error {
    if error.effect == Effect::NotSent { Error { effect: Effect::Rejected, ..error } } else { error }
}

/// Keeps a refused call; that it cannot be kept is said, for the refusal itself stands.
pub fn keep(run: &Run, operation: &Operation, waiting: &Waiting) {
    let Some(shelf) = &run.session.shelf else { return };
    let kept = Kept {
        request: waiting.request.clone(),
        claim: waiting.claim.clone(),
        operation: operation.clone(),
        asker: Asker::of(&run.caller.road, run.session.gate().profile()),
        at: run.session.clock.seconds(),
    };
    if let Err(error) = shelf.put(&run.session.owner, &kept) {
        run.note(format!(
            "request {} could not be kept here ({error}): once it is approved, repeat the call itself",
            waiting.request
        ));
    }
}

/// Lets go of a request that is over.
pub fn forget(run: &Run, request: &str) {
    let Some(shelf) = &run.session.shelf else { return };
    if let Err(error) = shelf.remove(&run.session.owner, request) {
        run.note(format!("what was kept of request {request} could not be removed ({error})"));
    }
}

/// Sends what was refused once more, with its claim.
///
/// # Errors
/// It is not approved, no longer what was approved, or whatever became of the call.
pub fn send(run: &Run, cleared: &Cleared, request: &str, claim: &Secret) -> Result<Reply> {
    let _veiled = run.session.veil.over(claim);
    let outcome = run.session.odoo().call(&cleared.with_token(claim), run.host);
    match outcome {
        Ok(reply) => {
            forget(run, request);
            Ok(reply)
        }
        Err(error) => Err(after_claim(run, cleared.operation(), request, error)),
    }
}

/// Whether a person has approved a request in Odoo, and it is for this very call: what is kept here alone proves nothing.
pub fn is_approved(run: &Run, request: &str, operation: &Operation) -> bool {
    let Ok(recorded) = guard::manifest(run, request, None) else { return false };
    recorded["state"] == "approved"
        && recorded["arguments_digest"].as_str() == Some(&manifest::arguments_digest(operation))
}

/// What a failure means once a claim was sent.
fn after_claim(run: &Run, operation: &Operation, request: &str, mut error: Error) -> Error {
    match error.code {
        // The policy has changed meanwhile, and Odoo was not asked.
        Code::ConfirmationRequired if error.held_by == Some("client") => return error,
        Code::ConfirmationRequired => {}
        Code::OutcomeUnknown => {
            error.hints = vec![
                Hint::new("the guard knows whether it went out, see before you repeat it: ")
                    .action(on("approvals show", request)),
            ];
            return error;
        }
        _ => return error,
    }
    let said = Refusal::of(&error).token;
    if said == "waiting for approval" {
        return Error { odoo: error.odoo, http_status: error.http_status, ..pending(request) };
    }
    error.code = Code::ConfirmationRefused;
    error.retry = Retry::Never;
    error.hints.clear();
    if let Some(differences) = said.strip_prefix("not what was approved") {
        error.message = format!(
            "what {}.{} would send now is not what was approved{differences}: nothing was sent or changed",
            operation.model, operation.method
        );
        return new_request(run, operation, error);
    }
    forget(run, request);
    error.message = match said.strip_prefix("rejected") {
        Some(why) if why.ends_with(WITHDRAWN) => was_withdrawn(request),
        Some(why) => format!("a person rejected request {request}{why}: nothing was sent or changed"),
        None => format!("Odoo did not accept request {request} ({said}): nothing was sent or changed"),
    };
    match said.as_str() {
        "already used" => {
            error.with_hint(Hint::new("what went out, and when: ").action(on("approvals show", request)))
        }
        "expired" | "unknown" => error.with_hint("repeat the call itself: it becomes a new request"),
        _ => error,
    }
}

fn was_withdrawn(request: &str) -> String {
    format!("request {request} was {WITHDRAWN}, and nobody decided on it: nothing was sent or changed")
}

/// A refusal of something that was approved in another form is a request of its own.
pub fn new_request(run: &Run, operation: &Operation, mut error: Error) -> Error {
    let Some(waiting) = error.waiting.take() else { return error };
    keep(run, operation, &waiting);
    error
        .with_hint(
            Hint::new(format!("what would be sent now waits as request {}: ", waiting.request))
                .action(on("approvals wait", &waiting.request)),
        )
        .with_hint(by_a_person(&waiting.request))
}

/// The refusal, with what the agent and a person do next.
pub fn how_it_goes_on(mut refusal: Error, request: &str, is_approved: bool) -> Error {
    refusal.retry = Retry::Never;
    let send = on("approvals send", request);
    if is_approved {
        refusal.message = format!(
            "request {request} is approved, and this call went without its approval: nothing was sent or changed"
        );
        refusal.hints = vec![Hint::new("send exactly what was approved: ").action(send)];
        return refusal;
    }
    refusal = with_recipients(refusal);
    refusal.message = format!("{}; it waits as request {request}", refusal.message);
    refusal.hints = vec![
        by_a_person(request),
        Hint::new("wait for that with ").action(on("approvals wait", request)),
        Hint::new("then send exactly this, once, with ").action(send),
    ];
    refusal
}

fn by_a_person(request: &str) -> Hint {
    Hint::new("a person approves it in Odoo (Agent Guard, Approvals), or runs, with their own profile for this Odoo, at their own terminal: ")
        .action(on("approve", request).by_a_person())
}

/// A verb on a request.
fn on(verb: &'static str, request: &str) -> Action {
    Action::new(verb).with("request", request)
}

fn sent_already(request: &str) -> Error {
    Error::new(
        Code::ConfirmationRefused,
        format!("request {request} was sent already, by somebody else who had it: it is not sent again"),
    )
    .with_effect(Effect::Done, Retry::Never)
    .with_hint(Hint::new("what went out, and when: ").action(on("approvals show", request)))
}

/// It is not decided yet.
pub fn pending(request: &str) -> Error {
    Error::new(
        Code::ConfirmationPending,
        format!("request {request} still waits for a person: nothing was sent or changed"),
    )
    .with_hint(Hint::new("wait on with ").action(on("approvals wait", request)))
    .with_hint(Hint::new("once it is approved, send it with ").action(on("approvals send", request)))
    .with_hint(by_a_person(request))
}

/// Waits until a person has decided; gives back where the request stands then: approved, or done.
///
/// # Errors
/// It was rejected, has expired, still waits when the time is over, or cannot be asked for.
pub fn until_decided(run: &Run, request: &str, patience: Duration) -> Result<Value> {
    let clock = &run.session.clock;
    let started: Instant = clock.instant();
    let mut has_answered = false;
    loop {
        let passed = clock.instant().saturating_duration_since(started);
        let is_over = passed >= patience || run.host.is_stopped();
        match guard::status(run, request) {
            Ok(status) if status["state"] != "pending" => return decided(run, request, status),
            Ok(_) if is_over => return Err(pending(request)),
            Ok(_) => has_answered = true,
            // A person takes longer than a server that is restarted.
            Err(error) if has_answered && error.retry == Retry::Safe && !is_over => {}
            Err(error) => return Err(error),
        }
        clock.sleep(if passed < PATIENT { PAUSE } else { LONG_PAUSE });
    }
}

/// What was decided.
fn decided(run: &Run, request: &str, status: Value) -> Result<Value> {
    let who = status["decided_by"].as_str().unwrap_or("a person");
    let why = status["reason"].as_str().filter(|why| !why.is_empty());
    let refused = |message: String| {
        forget(run, request);
        Err(Error::new(Code::ConfirmationRefused, message).with_effect(Effect::Rejected, Retry::Never))
    };
    match status["state"].as_str().unwrap_or_default() {
        "rejected" => refused(match why {
            Some(why) if why == WITHDRAWN => was_withdrawn(request),
            Some(why) => format!("{who} rejected request {request}: {why}; nothing was sent or changed"),
            None => {
                format!("{who} rejected request {request} and gave no reason; nothing was sent or changed")
            }
        }),
        "expired" => {
            refused(format!("request {request} has expired before it was sent: nothing was sent or changed"))
                .map_err(|error: Error| error.with_hint("repeat the call itself: it becomes a new request"))
        }
        _ => Ok(status),
    }
}
