//! Where Odoo has no guard the program holds outbound calls itself: a call is kept and refused, and a person lets it
//! through at their own terminal, after the key or password of a user who is not the agent. It is a fence in the
//! agent's own house: whoever has the agent's key and another program goes around it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::Asker;
use crate::cleared::Cleared;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::held::{self, Held};
use crate::hint::{Action, Hint};
use crate::operation::Operation;
use crate::session::Run;

/// The first version that has a guard.
pub const FIRST_WITH_GUARD: u32 = 19;
/// The file is looked at no more often.
const PAUSE: Duration = Duration::from_secs(1);

/// Refuses a call that reaches somebody outside, where nobody else would; keeps it for a person.
///
/// # Errors
/// `confirmation_required`, and nothing was sent.
pub fn refuse(run: &Run, cleared: &Cleared, why: &str) -> Result<()> {
    if run.session.settings.is_person || run.session.odoo().major_now(run.host)? >= FIRST_WITH_GUARD {
        return Ok(());
    }
    let told = format!("{} {why}, so a person has to let it through first; nothing was sent", cleared.name());
    Err(hold(run, cleared, why, told))
}

/// The refusal of a call that the policy wants a person to let through; it is kept for one.
pub fn for_the_policy(run: &Run, cleared: &Cleared, reason: &str) -> Error {
    let told = format!("{} needs a person ({reason}); nothing was sent", cleared.name());
    hold(run, cleared, reason, told)
}

/// Keeps a call for a person.
fn hold(run: &Run, cleared: &Cleared, why: &str, told: String) -> Error {
    let request = held::number(cleared.operation());
    let operation = cleared.operation().clone();
    let before = find(run, &request).ok().flatten();
    let held = Held {
        was_sent: before
            .is_some_and(|before| before.was_sent || before.state != "pending" && before.state != "rejected"),
        request: request.clone(),
        operation,
        why: why.into(),
        at: run.session.clock.seconds(),
        state: "pending".into(),
        asker: Asker::of(cleared.road(), run.session.gate().profile()),
        result: Value::Null,
    };
    let mut refusal = Error::new(Code::ConfirmationRequired, told).with_effect(Effect::NotSent, Retry::Never);
    refusal.held_by = Some("client");
    // A question of the program's own is asked again with what it is for.
    let is_own = cleared.road().verb.is_none();
    let Some(calls) = run.session.held.as_ref().filter(|_| !is_own) else { return refusal };
    if let Err(error) = calls.put(&run.session.owner, &held) {
        return refusal
            .with_hint(format!("it could not be kept here ({error}), so nobody can let it through"));
    }
    refusal.message = format!("{}; it waits here as request {request}", refusal.message);
    let on = |verb| Action::new(verb).with("request", request.as_str());
    refusal
        .with_hint(
            Hint::new("a person runs, on this machine and at their own terminal, and it is sent then: ")
                .action(on("approve").by_a_person()),
        )
        .with_hint(Hint::new("wait for that with ").action(on("approvals wait")))
}

/// A call that is held here, if it is one of these.
///
/// # Errors
/// Its file cannot be used.
pub fn find(run: &Run, request: &str) -> Result<Option<Held>> {
    let Some(calls) = &run.session.held else { return Ok(None) };
    calls.get(&run.session.owner, request)
}

/// Every call that is held here.
pub fn list(run: &Run) -> Vec<Held> {
    let calls = run.session.held.iter();
    calls.flat_map(|calls| calls.list(&run.session.owner, run.session.clock.seconds())).collect()
}

/// How one stands, as the guard would tell it.
pub fn status(held: &Held) -> Value {
    let Operation { model, method, ids, .. } = &held.operation;
    json!({
        "request": held.request, "state": held.state, "held_by": "client", "model": model, "method": method,
        "ids": ids, "reason": held.why, "result": held.result,
        "asked_at": crate::clock::odoo_datetime(held.at),
    })
}

/// Waits until a person has let it through, or said no.
///
/// # Errors
/// It still waits when the time is over, or was refused.
pub fn until_decided(run: &Run, request: &str, patience: Duration) -> Result<Held> {
    let clock = &run.session.clock;
    let started = clock.instant();
    loop {
        let is_over = clock.instant().saturating_duration_since(started) >= patience || run.host.is_stopped();
        let Some(held) = find(run, request)? else {
            return Err(Error::new(Code::NotFound, format!("request {request} is held here no more")));
        };
        match held.state.as_str() {
            "pending" if is_over => {
                return Err(Error::new(
                    Code::ConfirmationPending,
                    format!("request {request} still waits for a person: nothing was sent"),
                )
                .with_effect(Effect::NotSent, Retry::Safe));
            }
            "pending" => clock.sleep(PAUSE),
            "rejected" => {
                return Err(Error::new(
                    Code::ConfirmationRefused,
                    format!("a person did not let request {request} through: nothing was sent"),
                )
                .with_effect(Effect::NotSent, Retry::Never));
            }
            _ => return Ok(held),
        }
    }
}

/// Notes, before it is sent, that it may have been; whether nobody had begun it yet.
///
/// # Errors
/// It cannot be noted, and so is not to be sent.
pub fn begin(run: &Run, held: &Held) -> Result<bool> {
    let Some(calls) = &run.session.held else { return Ok(false) };
    calls.begin(&run.session.owner, &held.request)
}

/// Notes what became of one; that it cannot be noted is said.
pub fn note(run: &Run, mut held: Held, state: &str, result: Value) {
    held.state = state.into();
    held.result = result;
    let Some(calls) = &run.session.held else { return };
    if let Err(error) = calls.put(&run.session.owner, &held) {
        run.note(format!("what became of request {} could not be noted here ({error})", held.request));
    }
}

/// Lets go of one.
pub fn forget(run: &Run, request: &str) -> Result<()> {
    let Some(calls) = &run.session.held else { return Ok(()) };
    calls
        .remove(&run.session.owner, request)
        .map_err(|error| Error::local_state(format!("request {request} could not be removed ({error})")))
}
