//! A person beside the client is told, once, that a request of the agent's waits: with the page in Odoo where the client
//! opens pages, in words where it shows forms. Whoever answers has seen it, and has decided nothing: a client may answer
//! by itself; what may be decided in a form is in `form.rs`. In the stateless era the answer comes with the same call, by
//! a handle that is good once, for that call and the user it was given to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::{
    ClientCapabilities, ClientResult, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest,
    InputRequiredResult, InputResponses, ProtocolVersion, ServerRequest,
};
use rmcp::service::{Peer, PeerRequestOptions, RoleServer};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::form::APPROVE;
use crate::actions::approvals::Notice;
use crate::chance;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::operation::Object;

/// So many requests are remembered as told of.
const MOST: usize = 64;
/// A client has so long to bring the answer.
const GOOD_FOR: Duration = Duration::from_secs(600);
/// The digits of half a handle.
const DIGITS: usize = 16;
/// Whether a call is wanted still is looked at so often.
const GLANCE: Duration = Duration::from_millis(100);
/// Under which name the answer comes back.
const KEY: &str = "approval";

/// How a client reaches a person, as far as it says.
pub struct Reach {
    shows_forms: bool,
    opens_pages: bool,
    way: Way,
    answer: Answered,
}

/// How a person is asked something.
enum Way {
    /// In place of the answer: the client brings theirs with the same call.
    InPlace,
    /// By a request of the server's own, while the call goes on.
    Beside(Peer<RoleServer>, Handle),
}

/// What a call brings of an earlier one.
#[derive(Default)]
pub struct Answered {
    /// The handle.
    pub state: Option<String>,
    /// The answers.
    pub responses: Option<InputResponses>,
}

impl Reach {
    /// By what the client says that it can, in the revision that it speaks.
    pub fn of(
        capabilities: Option<&ClientCapabilities>,
        version: &ProtocolVersion,
        answer: Answered,
        peer: &Peer<RoleServer>,
    ) -> Reach {
        let can = capabilities.and_then(|can| can.elicitation.as_ref());
        // One that names neither is of the revision that knew forms alone.
        let shows_forms = can.is_some_and(|can| can.form.is_some() || can.url.is_none());
        let opens_pages =
            can.is_some_and(|can| can.url.is_some()) && *version >= ProtocolVersion::V_2025_11_25;
        let way = if *version >= ProtocolVersion::V_2026_07_28 {
            Way::InPlace
        } else {
            Way::Beside(peer.clone(), Handle::current())
        };
        Reach { shows_forms, opens_pages, way, answer }
    }
}

/// What a handle is good for.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// The tool.
    pub tool: &'a str,
    /// Its arguments.
    pub arguments: &'a Object,
    /// Whose it is.
    pub principal: &'a str,
}

/// A call that waits for a request.
pub struct Waiting<'a> {
    /// The request.
    pub request: &'a str,
    /// The call.
    pub call: Bound<'a>,
    /// How long it waits.
    pub patience: Duration,
}

/// One that a person was told of.
struct Told {
    request: String,
    handle: Option<Given>,
}

struct Given {
    handle: String,
    tool: String,
    arguments: Object,
    principal: String,
    until: Instant,
}

/// Of what people were told.
#[derive(Default)]
pub struct People(Mutex<VecDeque<Told>>);

impl People {
    /// Tells of a request, if nobody was told yet. What it comes to is the question that is the answer to the call.
    ///
    /// # Errors
    /// `confirmation_pending`: whoever was told wants nothing of it. `usage`: the handle is none, or no more.
    pub fn tell(
        &self,
        waiting: &Waiting,
        reach: &Reach,
        now: Instant,
        notice: &dyn Fn() -> Option<Notice>,
        how: &dyn Fn() -> String,
    ) -> Result<Option<InputRequiredResult>> {
        if let Some(state) = &reach.answer.state {
            self.take(&waiting.call, state, now).map_err(|error| {
                error.with_hint(Hint::new("begin anew: ").action(wait_for(waiting.request)))
            })?;
            return match reach.answer.action() {
                Some("decline" | "cancel") => Err(not_now(waiting.request)),
                _ => Ok(None),
            };
        }
        if !(reach.shows_forms || reach.opens_pages) || self.is_told(waiting.request) {
            return Ok(None);
        }
        let Some(notice) = notice() else { return Ok(None) };
        let Some(params) = reach.question(waiting.request, notice, how) else { return Ok(None) };
        let question = ElicitRequest::new(params);
        match &reach.way {
            Way::Beside(peer, runtime) => {
                // Nobody waits for what they answer: it decides nothing.
                let (peer, options) = (peer.clone(), PeerRequestOptions::with_timeout(waiting.patience));
                runtime.spawn(async move {
                    let request = ServerRequest::ElicitRequest(question);
                    if let Ok(asked) = peer.send_cancellable_request(request, options).await {
                        let _ = asked.await_response().await;
                    }
                });
                self.note(waiting.request, None);
                Ok(None)
            }
            Way::InPlace => Ok(Some(self.in_place(waiting.request, &waiting.call, question, now))),
        }
    }

    /// A question in place of the answer, and the handle by which its answer comes back.
    pub fn in_place(
        &self,
        request: &str,
        call: &Bound,
        question: ElicitRequest,
        now: Instant,
    ) -> InputRequiredResult {
        let handle = format!("{}{}", chance::name(DIGITS), chance::name(DIGITS));
        let given = Given {
            handle: handle.clone(),
            tool: call.tool.into(),
            arguments: call.arguments.clone(),
            principal: call.principal.into(),
            until: now + GOOD_FOR,
        };
        self.note(request, Some(given));
        let questions = [(KEY.to_string(), InputRequest::Elicitation(question))];
        InputRequiredResult::new(Some(questions.into()), Some(handle))
    }

    /// What a call brings back of a form: of which request it was, and whether it is a yes.
    ///
    /// # Errors
    /// `usage`: the handle is none, or no more.
    pub fn brought(&self, call: &Bound, reach: &Reach, now: Instant) -> Result<Option<(String, bool)>> {
        let Some(state) = &reach.answer.state else { return Ok(None) };
        let request = self
            .take(call, state, now)
            .map_err(|error| error.with_hint("begin anew: the same call without requestState"))?;
        let answer = reach.answer.responses.as_ref().and_then(|all| all.get(KEY));
        Ok(Some((request, answer.is_some_and(|answer| is_yes(&answer["action"], &answer["content"])))))
    }

    /// Uses a handle up; which request it was for.
    fn take(&self, call: &Bound, state: &str, now: Instant) -> Result<String> {
        let mut told = self.lock();
        let given = told
            .iter_mut()
            .find(|told| told.handle.as_ref().is_some_and(|given| given.handle == state))
            .and_then(|told| Some((told.request.clone(), told.handle.take()?)));
        let is_for_it = |given: &Given| {
            given.tool == call.tool
                && given.arguments == *call.arguments
                && given.principal == call.principal
                && now < given.until
        };
        match given {
            Some((request, given)) if is_for_it(&given) => Ok(request),
            _ => Err(Error::usage(
                "requestState: none that was given for this call, or it was used already, or is too old: nothing was sent",
            )),
        }
    }

    fn is_told(&self, request: &str) -> bool {
        self.lock().iter().any(|told| told.request == request)
    }

    fn note(&self, request: &str, handle: Option<Given>) {
        let mut told = self.lock();
        if told.len() >= MOST {
            told.pop_front();
        }
        told.push_back(Told { request: request.into(), handle });
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answered {
    fn action(&self) -> Option<&str> {
        self.responses.as_ref()?.get(KEY)?.get("action").and_then(Value::as_str)
    }
}

/// Whether an answer to a form lets a call through.
fn is_yes(action: &Value, content: &Value) -> bool {
    *action == "accept" && content[APPROVE] == true
}

async fn stopped(is_stopped: &dyn Fn() -> bool) {
    while !is_stopped() {
        tokio::time::sleep(GLANCE).await;
    }
}

impl Reach {
    /// Whether the client shows forms.
    pub fn shows_forms(&self) -> bool {
        self.shows_forms
    }

    /// Asks beside the call and waits for the answer; none where it comes with the same call.
    pub fn answer_to(
        &self,
        question: &ElicitRequestParams,
        patience: Duration,
        is_stopped: &dyn Fn() -> bool,
    ) -> Option<bool> {
        let Way::Beside(peer, runtime) = &self.way else { return None };
        Some(runtime.block_on(async {
            let options = PeerRequestOptions::with_timeout(patience);
            let request = ServerRequest::ElicitRequest(ElicitRequest::new(question.clone()));
            let Ok(asked) = peer.send_cancellable_request(request, options).await else { return false };
            tokio::select! {
                answer = asked.await_response() => match answer {
                    Ok(ClientResult::ElicitResult(result)) => {
                        is_yes(&json!(result.action), &result.content.unwrap_or_default())
                    }
                    _ => false,
                },
                () = stopped(is_stopped) => false,
            }
        }))
    }

    fn question(
        &self,
        request: &str,
        notice: Notice,
        how: &dyn Fn() -> String,
    ) -> Option<ElicitRequestParams> {
        let waits = format!("A call of the agent waits for a person: {}.", notice.call);
        match notice.page {
            Some(url) if self.opens_pages => Some(ElicitRequestParams::UrlElicitationParams {
                meta: None,
                message: format!(
                    "{waits} It is looked at and decided in Odoo, by whoever may approve it there."
                ),
                url,
                elicitation_id: request.into(),
            }),
            page if self.shows_forms => Some(ElicitRequestParams::FormElicitationParams {
                meta: None,
                message: match page {
                    Some(url) => {
                        format!("{waits} It is decided in Odoo: {url}\nAnswering here decides nothing.")
                    }
                    None => format!("{waits} It is decided by: {}\nAnswering here decides nothing.", how()),
                },
                requested_schema: ElicitationSchema::new(BTreeMap::new()),
            }),
            _ => None,
        }
    }
}

fn wait_for(request: &str) -> Action {
    Action::new("approvals wait").with("request", request)
}

/// Whoever was told does not want to look at it now; somebody else may.
fn not_now(request: &str) -> Error {
    Error::new(
        Code::ConfirmationPending,
        format!("request {request} waits for a person, and whoever was told of it here put it off: nothing was sent"),
    )
    .with_effect(Effect::NotSent, Retry::Safe)
    .with_hint(Hint::new("wait for somebody else to decide it: ").action(wait_for(request)))
}
