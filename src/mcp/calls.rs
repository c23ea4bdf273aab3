//! A call of a tool, on a worker of its own: its arguments become the verb's request, that is carried out in the
//! session of the profile, and what it comes to becomes the answer.

use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rmcp::model::{ElicitRequest, InputRequiredResult};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answers::{self, Answer, Called};
use super::compat::Compat;
use super::desk::Desk;
use super::form::Form;
use super::host::{CallHost, End, Progress, Shared, Told};
use super::person::{Bound, People, Reach, Waiting};
use super::tools::{Asked, Naming, Tools};
use super::words::Speech;
use super::{Begin, Door, Say, compat, fit, left_out, paging, schema};
use crate::actions::definition::Verb;
use crate::actions::{self, Request, Rows, approvals};
use crate::caller::{Caller, Columns, Road};
use crate::clock::SharedClock;
use crate::error::{Code, Error, Result};
use crate::hint::Action;
use crate::knowledge::{NEWEST, OLDEST, Version};
use crate::operation::Object;
use crate::secret::Veil;
use crate::session::Session;
use crate::settings::Mcp;
use crate::spec;

/// What a client gets for a call.
pub enum Said {
    /// What it came to.
    Answer(Answer),
    /// A person is told of something first; the client brings the same call again.
    Question(Box<InputRequiredResult>),
}

/// What a call has besides its arguments.
pub struct Around {
    /// What others know of it.
    pub shared: Arc<Shared>,
    /// Whoever hears of progress.
    pub progress: Option<Progress>,
    /// The way to a person.
    pub reach: Reach,
}

/// What every call of a server works with.
pub struct Calls {
    /// The tools.
    pub tools: Tools,
    /// What is known of the client's end.
    pub end: End,
    desk: Desk,
    speech: Speech,
    /// The most characters of an answer, where the profile cannot be used any more.
    most: usize,
    context: Object,
    patience: Option<Duration>,
    veil: Arc<Veil>,
    marking: Box<Begin>,
    say: Box<Say>,
    trace: Option<Box<Say>>,
    clock: SharedClock,
    under_way: Mutex<Vec<Weak<Shared>>>,
    people: People,
}

impl Calls {
    /// For one client.
    pub fn new(door: Door) -> Calls {
        let naming = if door.settings.two { Naming::Two } else { Naming::Each };
        let tools = Tools::new(naming, door.compat, &door.hides);
        Calls {
            end: End::default(),
            desk: Desk::new(door.open, door.files, Arc::clone(&door.clock)),
            speech: Speech {
                naming,
                by: None,
                hidden: tools.hidden(),
                for_a_person: door.for_a_person.into(),
            },
            tools,
            most: door.settings.answer,
            context: door.context,
            patience: door.patience,
            veil: door.veil,
            marking: door.marking,
            say: door.say,
            trace: door.trace,
            clock: door.clock,
            under_way: Mutex::default(),
            people: People::default(),
        }
    }

    /// A call begins.
    pub fn begin(&self) -> Arc<Shared> {
        let shared = Arc::default();
        let mut under_way = self.lock();
        under_way.retain(|call| call.strong_count() > 0);
        under_way.push(Arc::downgrade(&shared));
        shared
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Shared>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call was taken back: it sends nothing more. Nobody waits for an answer that could say what became of it. At the
    /// end of the stream every call is, and what is under way then may still come to an end.
    pub fn take_back(&self, shared: &Arc<Shared>) {
        shared.is_stopped.store(true, Ordering::SeqCst);
        if !self.end.is_silent.load(Ordering::SeqCst) {
            let calls = std::slice::from_ref(shared);
            self.say_unknown("a call was taken back while its write was under way", calls);
        }
    }

    /// Whether a write is under way.
    pub fn are_writing(&self) -> bool {
        self.lock().iter().filter_map(Weak::upgrade).any(|call| call.is_writing())
    }

    /// Says what is under way still, when nobody waits for it any more.
    pub fn say_what_is_unknown(&self) {
        let calls: Vec<Arc<Shared>> = self.lock().iter().filter_map(Weak::upgrade).collect();
        self.say_unknown("ended while a write was under way", &calls);
    }

    /// Says once of each call that its write is under way. Whoever reads this has no tools: they find out by a command.
    fn say_unknown(&self, what: &str, calls: &[Arc<Shared>]) {
        let is_news = |call: &&Arc<Shared>| call.is_writing() && !call.is_told.swap(true, Ordering::SeqCst);
        let calls: Vec<&Arc<Shared>> = calls.iter().filter(is_news).collect();
        if calls.is_empty() {
            return;
        }
        let checks: Vec<String> = calls
            .iter()
            .filter_map(|call| call.entry().clone())
            .map(|id| (self.speech.for_a_person)(&Action::new("journal check").with("id", id.as_str())))
            .collect();
        let how = match checks.as_slice() {
            [] => "read the record before it is repeated".to_string(),
            checks => format!("find out before it is repeated: {}", checks.join("; ")),
        };
        (self.say)(&format!("{what}: it may have been carried out, {how}"));
    }

    /// Lets go of connections that nobody uses.
    pub fn let_go_if_idle(&self) {
        self.desk.let_go_if_idle();
    }

    /// Carries out a call.
    pub fn carry_out(&self, asked: Asked, around: Around) -> Said {
        let Around { shared, progress, reach } = around;
        let speech = self.speech.by(asked.compat);
        let mut host = self.host(asked.verb, &speech, shared, progress);
        let mut most = self.most;
        let said = self.desk.session(asked.compat.map(Compat::wish)).and_then(|session| {
            most = session.settings.mcp.answer;
            self.answer(asked, &mut host, &session, &reach)
        });
        let answer = match said {
            Ok(Said::Answer(answer)) => answer,
            Ok(question) => return question,
            Err(error) => {
                if error.code == Code::AuthRejected {
                    self.desk.forget();
                }
                answers::error(&speech.error(error), most)
            }
        };
        Said::Answer(Answer { text: veiled(&self.veil, answer.text), ..answer })
    }

    /// This surface as one call sees it. Who only waits ends when nothing more will be asked, others when nobody reads.
    fn host<'s>(
        &'s self,
        verb: &Verb,
        speech: &'s Speech,
        shared: Arc<Shared>,
        progress: Option<Progress>,
    ) -> CallHost<'s> {
        let is_waiting = verb.name == approvals::VERB.name;
        CallHost {
            speech,
            shared,
            is_over: Arc::clone(if is_waiting { &self.end.is_silent } else { &self.end.is_gone }),
            marking: (self.marking)(),
            progress,
            trace: self.trace.as_deref(),
            veil: &self.veil,
            clock: Arc::clone(&self.clock),
            told: Told::default(),
            form: None,
        }
    }

    fn answer<'s>(
        &'s self,
        asked: Asked,
        host: &mut CallHost<'s>,
        session: &Session,
        reach: &'s Reach,
    ) -> Result<Said> {
        let Asked { tool, verb, arguments, compat } = asked;
        let Mcp { wait, answer: most, .. } = session.settings.mcp;
        let arguments = match compat {
            Some(_) => {
                let major = session.odoo().major(host)?;
                let version = Version::try_from(major).unwrap_or(NEWEST).clamp(OLDEST, NEWEST);
                compat::named(arguments, version)?
            }
            None => arguments,
        };
        refuse_elsewhere(&arguments, verb.name)?;
        let mut own = arguments.clone();
        let offset = paging::taken(verb, &mut own)?;
        let mut job =
            spec::job_of(verb, own, &|key| key.to_string(), &schema::is_offered).map_err(as_arguments)?;
        if !matches!(job.request, Request::Approvals(_)) {
            let own = std::mem::replace(&mut job.context, self.context.clone());
            job.context.extend(own);
        }
        let mut caller =
            Caller::new(job.context, &session.settings.allowed_context, &session.settings.agent_channel)?;
        caller.rules = job.rules;
        caller.road =
            Road { surface: "mcp", tool: Some(tool.clone()), patience: self.patience, ..Road::default() };
        caller.columns = Columns::IfKnown;
        let call = Bound { tool: &tool, arguments: &arguments, principal: &session.owner.user };
        if let Request::Approvals(approvals::Request::Wait(request, patience)) = &mut job.request {
            *patience = (*patience).min(wait);
            let request = request.as_str();
            let waiting = Waiting { request, call, patience: *patience };
            let notice = || approvals::notice(request, session, &caller, host);
            let by = Action::new("approve").with("request", request).by_a_person();
            let how = || (self.speech.for_a_person)(&by);
            if let Some(question) = self.people.tell(&waiting, reach, self.clock.instant(), &notice, &how)? {
                return Ok(Said::Question(Box::new(question)));
            }
        } else {
            let place =
                format!("database {} at {}", session.settings.database, session.settings.base_url.origin());
            let brought = self.people.brought(&call, reach, self.clock.instant())?;
            host.form = Some(Form::new(reach, place, wait, brought));
        }
        let host = &*host;
        let mut rows = Collected { host, room: most, rows: Vec::new() };
        let outcome = actions::perform(job.request, session, &caller, host, &mut rows);
        if outcome.is_err()
            && let Some((request, question)) = host.form.as_ref().and_then(Form::asked)
        {
            let question = ElicitRequest::new(question);
            let now = self.clock.instant();
            return Ok(Said::Question(Box::new(self.people.in_place(&request, &call, question, now))));
        }
        let outcome = outcome?;
        let rows = rows.rows;
        let called = Called { offset, rows, ..Called::of(verb, &arguments, host.speech, most) };
        Ok(Said::Answer(called.answer(&outcome, host.notes())))
    }
}

/// A text that a client gets: no secret is in it, wherever it came from.
pub fn veiled(veil: &Veil, text: String) -> String {
    match veil.without_secrets(text.as_bytes()) {
        Cow::Owned(clean) => String::from_utf8_lossy(&clean).into_owned(),
        Cow::Borrowed(_) => text,
    }
}

/// Refuses arguments that a verb has on a command line and not here.
fn refuse_elsewhere(arguments: &Object, verb: &str) -> Result<()> {
    match arguments.keys().find(|key| !schema::is_offered(key)) {
        None => Ok(()),
        Some(key) => Err(Error::usage(format!("{key}: {verb} takes it on a command line alone"))),
    }
}

/// What is wrong with the arguments of a call, by the code that says so.
fn as_arguments(mut error: Error) -> Error {
    if matches!(error.code, Code::InvalidSpec | Code::InvalidJson) {
        error.code = Code::Usage;
    }
    error
}

/// The rows of a stream, as many as an answer holds.
struct Collected<'h> {
    host: &'h CallHost<'h>,
    room: usize,
    rows: Vec<Value>,
}

impl Rows for Collected<'_> {
    fn begin(&mut self, _: &[String], _: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, _: i64, row: &RawValue) -> Result<bool> {
        let mut value: Value = serde_json::from_str(row.get()).map_err(|why| {
            Error::new(Code::BadReply, "search_read answered with a row that is no JSON").with_source(why)
        })?;
        left_out::without_binaries(&mut value, None);
        let left = fit::size_within(&value, self.room).and_then(|taken| self.room.checked_sub(taken + 1));
        self.rows.push(value);
        // The last one may be too much: the answer is cut at whole rows once more.
        self.room = left.unwrap_or_default();
        Ok(left.is_some())
    }

    fn flush(&mut self) -> Result<bool> {
        self.host.step(&format!("{} rows", self.rows.len()));
        Ok(true)
    }

    fn end(&mut self) -> Result<bool> {
        Ok(true)
    }
}
