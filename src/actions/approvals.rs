//! `approvals`: the agent's requests that wait in Odoo for a person: which there are, how one stands, waiting for it,
//! sending what was approved, taking one back.

use std::time::Duration;

use serde_json::{Value, json};

use crate::approval::held::{self, FIRST_WITH_GUARD};
#[cfg(feature = "mcp")]
use crate::approval::notice;
#[cfg(feature = "mcp")]
pub use crate::approval::notice::Notice;
use crate::approval::{guard, requests};
use super::definition::{Definition, Reach, Told, Verb};
use super::Request as Any;
use super::journal::leaving;
use crate::arguments::values::{Choices, Number, OneOf, Patience};
use crate::arguments::{At, Choice, arguments, rules::NoRules};
use crate::caller::Caller;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::{Layout, Outcome};
use crate::session::{Run, Session};

/// How long a person is waited for unless the caller says.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// The verb.
pub const VERB: Verb = Verb {
    name: "approvals",
    reach: Reach::writes(|| {
        json!({
            "description": "list: rows; show and wait: how the request stands; send: Odoo's own value; drop: {\"request\": …, \"dropped\": true}",
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"A call that the guard refuses waits in Odoo as a request until a person has decided.

Examples:
  odoo-agent approvals list
  odoo-agent approvals wait 5591aa8a-f0ee-4af3-9370-39fff0719bac --timeout 10m"#,
};

/// What can be done with requests.
#[derive(Clone, Debug)]
pub struct Deeds;

impl Choices for Deeds {
    const LIST: &'static [Choice] = &[
        Choice::new("list", "Print the requests of this agent, the latest first"),
        Choice::new("show", "Print how a request stands and what it holds").takes(&["request"]),
        Choice::new("wait", "Wait until a person has decided, for `timeout` [default: 10m]")
            .takes(&["request", "timeout"]),
        Choice::new("send", "Send exactly what was refused, once a person has approved it").takes(&["request"]),
        Choice::new("drop", "Take a request back").takes(&["request"]),
    ];
}

arguments! {
    /// Requests of the agent that wait for a person: list, show, wait, send, drop
    #[schemars(extend("allOf" = [
        { "if": { "properties": { "do": { "const": "list" } } }, "then": { "properties": { "request": { "type": "null" } } },
            "else": { "required": ["request"], "properties": { "request": { "type": "string" } } } },
        { "if": { "properties": { "do": { "const": "wait" } } }, "else": { "properties": { "timeout": { "type": "null" } } } },
    ]))]
    pub struct Arguments {
        /// list, show, wait, send or drop
        r#do: OneOf<Deeds>,
        /// The id that the refusal names, a UUID
        request: Option<Number> => positional(),
        /// With wait: at most this long [default: 10m]
        timeout: Option<Patience>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, at: At) -> Result<Any> {
        let number = || match &self.request {
            Some(number) => Ok(number.0.clone()),
            None => Err(Error::usage(format!("{} is missing", at("request")))),
        };
        let deed = self.r#do.0.as_str();
        if self.timeout.is_some() && deed != "wait" {
            return Err(Error::usage(format!("{}: only wait takes one", at("timeout"))));
        }
        Ok(Any::Approvals(match deed {
            "list" if self.request.is_some() => {
                return Err(Error::usage(format!("{}: list takes none", at("request"))));
            }
            "list" => Request::List,
            "show" => Request::Show(number()?),
            "wait" => Request::Wait(number()?, self.timeout.map_or(PATIENCE, |patience| patience.0)),
            "send" => Request::Send(number()?),
            _ => Request::Drop(number()?),
        }))
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Which requests there are.
    List,
    /// How one stands and what it holds.
    Show(String),
    /// Waits until a person has decided, at most so long.
    Wait(String, Duration),
    /// Sends what was approved.
    Send(String),
    /// Takes one back.
    Drop(String),
}

impl Request {
    /// They repeat what was refused, and ask the guard.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(Vec::new())
    }
}

/// Does it.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    if !caller.context().is_empty() {
        return Err(Error::usage(
            "approvals repeats and asks for what was refused, as it was: nothing can be added to its context",
        ));
    }
    let run = &Run::new(session, caller, host);
    if let Some(outcome) = held_here(run, &request)? {
        return Ok(outcome);
    }
    match request {
        Request::List => list(run),
        Request::Show(request) => show(run, &request),
        Request::Wait(request, patience) => wait(run, &request, patience),
        Request::Send(request) => send(run, &request),
        Request::Drop(request) => drop_one(run, &request),
    }
}

/// What a person beside the agent is told of a request; nothing where it does not wait.
#[cfg(feature = "mcp")]
pub fn notice(request: &str, session: &Session, caller: &Caller, host: &dyn Host) -> Option<Notice> {
    notice::of(&Run::new(session, caller, host), request)
}

/// What can be said of calls that are held here and not in Odoo; nothing where it is about others.
fn held_here(run: &Run, request: &Request) -> Result<Option<Outcome>> {
    let (Request::Show(number) | Request::Wait(number, _) | Request::Send(number) | Request::Drop(number)) =
        request
    else {
        return Ok(None);
    };
    let Some(held) = held::find(run, number)? else { return Ok(None) };
    let outcome = |value: Value| Outcome::local(&value);
    Ok(Some(match request {
        Request::Wait(_, patience) => {
            outcome(leaving::held(run, &held::until_decided(run, number, *patience)?, false)?)
        }
        Request::Drop(_) => {
            held::forget(run, number)?;
            outcome(json!({ "request": number, "dropped": true }))
        }
        Request::Send(_) if held.state == "pending" => {
            return Err(Error::new(
                Code::ConfirmationPending,
                format!("request {number} is sent by the person who lets it through, and still waits: nothing was sent"),
            )
            .with_effect(Effect::NotSent, Retry::Safe)
            .with_hint(
                Hint::new("they run, at their own terminal: ")
                    .action(Action::new("approve").with("request", number.as_str()).by_a_person()),
            ));
        }
        _ => outcome(leaving::held(run, &held, true)?),
    }))
}

fn is_kept(run: &Run, request: &str) -> bool {
    let shelf = run.session.shelf.as_ref();
    shelf.is_some_and(|shelf| matches!(shelf.get(&run.session.owner, request), Ok(Some(_))))
}

fn list(run: &Run) -> Result<Outcome> {
    let one = |held| leaving::held(run, held, false);
    let mut rows: Vec<Value> = held::list(run).iter().map(one).collect::<Result<_>>()?;
    if run.session.odoo().major(run.host)? >= FIRST_WITH_GUARD {
        rows.extend(guard::list(run)?.iter().map(|row| row_of(run, row)));
    }
    // The latest first, whoever holds it.
    rows.sort_by(|one, other| other["asked_at"].as_str().cmp(&one["asked_at"].as_str()));
    let columns = ["request", "state", "model", "method", "ids", "recipients", "subject", "expires_at"];
    let layout = Layout::records().columns(&columns).keys(&["request", "state"]).cut_first("recipients");
    Ok(Outcome::read(Value::Array(rows).to_string()).laid_out(layout))
}

fn row_of(run: &Run, row: &Value) -> Value {
    let request = row["request_uuid"].as_str().unwrap_or_default();
    let ids: Value =
        row["requested_ids_json"].as_str().and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default();
    json!({
        "request": request, "state": row["state"], "model": row["requested_model"],
        "method": row["requested_method"], "ids": ids, "recipients": row["recipients_text"],
        "subject": row["subject"], "asked_at": row["create_date"], "expires_at": row["expires_at"],
        "reason": row["reject_reason"], "kept": is_kept(run, request),
    })
}

fn show(run: &Run, request: &str) -> Result<Outcome> {
    let mut whole = guard::status(run, request)?;
    let manifest = guard::manifest(run, request, None)?;
    for key in ["call", "items"] {
        whole[key] = manifest[key].clone();
    }
    whole["kept"] = is_kept(run, request).into();
    Ok(Outcome::read(whole.to_string()))
}

fn wait(run: &Run, request: &str, patience: Duration) -> Result<Outcome> {
    let status = requests::until_decided(run, request, patience)?;
    let outcome = Outcome::read(status.to_string());
    if status["state"] != "approved" {
        return Ok(outcome);
    }
    let next = Action::new("approvals send").with("request", request);
    Ok(outcome.noting(Hint::new("approved, and not sent yet: ").action(next)))
}

fn send(run: &Run, request: &str) -> Result<Outcome> {
    let shelf = run.session.shelf.as_ref();
    let kept = shelf.map(|shelf| shelf.get(&run.session.owner, request)).transpose()?.flatten();
    let Some(kept) = kept else {
        // What was sent is kept no longer; the guard knows.
        let status = guard::status(run, request).unwrap_or_default();
        if let Some(at) = status["used_at"].as_str() {
            return Err(Error::new(
                Code::NotFound,
                format!("request {request} was sent already, at {at} UTC, and goes out once: nothing was sent now"),
            )
            .with_effect(Effect::NotSent, Retry::Never)
            .with_hint(
                Hint::new("what went out: ").action(Action::new("approvals show").with("request", request)),
            ));
        }
        return Err(Error::new(
            Code::NotFound,
            format!("the call of request {request} is not kept here for this profile and key: nothing was sent"),
        )
        .with_effect(Effect::NotSent, Retry::Never)
        .with_hint("it is kept where it was refused; repeated here with the same profile, the call is answered with the same request")
        .with_hint(
            Hint::new("what became of it: ").action(Action::new("approvals show").with("request", request)),
        ));
    };
    // It would become another request, or be carried out where it needs none any more. Odoo decides where it cannot tell.
    if guard::status(run, request).is_ok_and(|status| status["state"] == "pending") {
        return Err(Error { effect: Effect::NotSent, ..requests::pending(request) });
    }
    Ok(Outcome::reply(run.repeat(kept)?, Effect::Done))
}

fn drop_one(run: &Run, request: &str) -> Result<Outcome> {
    guard::withdraw(run, request)?;
    requests::forget(run, request);
    Ok(Outcome::of(json!({ "request": request, "dropped": true }).to_string(), Effect::Done))
}
