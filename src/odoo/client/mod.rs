//! One Odoo server for one user: sends an operation and gives back the JSON as it came. Reads are repeated
//! when that is safe and may help; a write is sent once, or again only when it provably never left, or was not begun
//! for want of a session.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::choosing::{self, FIRST_WITH_JSON2, Link};
use super::server::{self, Server};
use super::sign_in::{Login, SignIn};
use crate::cleared::Cleared;
use crate::clock::SharedClock;
use crate::context::TOKEN_KEY;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::host::Host;
use crate::operation::{Access, Operation};
use crate::protocol::faults::{self, Asked};
use crate::protocol::json2::{self, Json2};
use crate::protocol::{Proof, Protocol, Reply, Way, jsonrpc, rpc, session};
use crate::secret::{Secret, Veil};
use crate::settings::{Settings, Wish};
use crate::transport::{HttpReply, HttpRequest, Method, Phase, Transport};

/// Repetitions of a read after its first try.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(150);
/// A server that asks for more patience than this gets a `busy` error instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest that a locked row was seen to hold a call, and some more.
const LOCKED: Duration = Duration::from_secs(200);

/// Why a call was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    /// The session is over.
    Session,
    /// The user, or the call, is denied.
    Denied,
}

/// A document with its validator.
pub enum Document {
    /// 200 with the text and its ETag.
    Fresh {
        /// The JSON.
        body: Reply,
        /// Validator for the next time.
        etag: Option<String>,
    },
    /// 304.
    NotModified,
}

/// Makes a transport.
pub type Connect = dyn Fn() -> Result<Box<dyn Transport>> + Send + Sync;

/// The client.
pub struct Odoo {
    transport: OnceLock<Box<dyn Transport>>,
    connect: Box<Connect>,
    settings: Arc<Settings>,
    link: OnceLock<Link>,
    sign_in: SignIn,
    veil: Arc<Veil>,
    clock: SharedClock,
}

/// A reply, and the cookie that came with it.
struct Answered {
    reply: HttpReply,
    cookie: Option<Secret>,
}

/// What is sent for, besides a call.
const SIGNING_IN: &str = "the sign-in";
const ASKING: &str = "the question for the version";

impl Odoo {
    /// A client that makes its transport when the first request is sent.
    pub fn new(
        connect: Box<Connect>,
        settings: Arc<Settings>,
        veil: Arc<Veil>,
        clock: SharedClock,
        sign_in: SignIn,
    ) -> Odoo {
        Odoo { transport: OnceLock::new(), connect, settings, link: OnceLock::new(), sign_in, veil, clock }
    }

    fn transport(&self) -> Result<&dyn Transport> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport.as_ref());
        }
        let transport = (self.connect)()?;
        Ok(self.transport.get_or_init(|| transport).as_ref())
    }

    /// How this profile speaks to its server, asked for once.
    ///
    /// # Errors
    /// The server cannot be asked, or nothing that it answers can be opened.
    pub fn link(&self, host: &dyn Host) -> Result<&Link> {
        if let Some(link) = self.link.get() {
            return Ok(link);
        }
        let link = match choosing::without_asking(&self.settings) {
            Some(link) => link,
            None => choosing::chosen(&self.settings, self.server(host)?)?,
        };
        host.trace(&|| {
            let version =
                link.server.as_ref().map_or(String::new(), |server| format!(" to Odoo {}", server.version));
            format!("speaks {}{version}: {}", link.protocol.way().name(), link.why)
        });
        Ok(self.link.get_or_init(|| link))
    }

    /// The server's version, from the last day or asked for now.
    fn server(&self, host: &dyn Host) -> Result<Server> {
        if let Some(server) = choosing::remembered(&self.sign_in.cache, &self.sign_in.owner) {
            return Ok(server);
        }
        let server = self.server_now(host)?;
        choosing::remember(&self.sign_in.cache, &self.sign_in.owner, &server);
        Ok(server)
    }

    fn server_now(&self, host: &dyn Host) -> Result<Server> {
        let asked = self.asked(ASKING, Access::Read, Way::JsonRpc);
        let _watch = host.watch(ASKING, Access::Read);
        let first = self.exchanged(&jsonrpc::version(), asked, &rpc::is_passing, host)?.reply;
        let (told, has_jsonrpc) = match server::told_in(&first) {
            Some(told) => (Some(told), true),
            None => {
                let other = self.exchanged(&session::version(), asked, &rpc::is_passing, host)?.reply;
                (server::told_in(&other), false)
            }
        };
        let Some((version, major)) = told else {
            return Err(self.strange(&first, asked));
        };
        Ok(Server { version, major, has_jsonrpc })
    }

    /// Whoever answers does not say which Odoo it is.
    fn strange(&self, reply: &HttpReply, asked: Asked) -> Error {
        let mut error = if reply.status == 200 {
            Error::new(
                Code::BadReply,
                format!("{} does not say which Odoo it is: nothing was sent", asked.origin),
            )
            .with_status(200)
        } else {
            faults::of_reply(reply, asked)
        };
        error.effect = Effect::NotSent;
        error.with_hint("check that ODOO_BASE_URL leads to Odoo itself; ODOO_PROTOCOL in the profile says how to speak to it")
    }

    /// The major version that calls are made for: 19 where it was not asked.
    pub fn major(&self, host: &dyn Host) -> Result<u32> {
        Ok(self.link(host)?.server.as_ref().map_or(FIRST_WITH_JSON2, |server| server.major))
    }

    /// Carries out an operation in the agent's name.
    pub fn call(&self, cleared: &Cleared, host: &dyn Host) -> Result<Reply> {
        let watch = host.watch(&cleared.name(), cleared.access());
        let outcome = self.carried(cleared, host);
        if cleared.access() == Access::Write {
            // Only now it is known what the answer means.
            watch.answered(outcome.as_ref().map_or_else(|error| error.effect, |_| Effect::Done));
        }
        outcome
    }

    /// Carries out an operation with another key; only the approval flow has one. The guard is asked by JSON-2.
    pub fn call_as(&self, cleared: &Cleared, key: &Secret, host: &dyn Host) -> Result<Reply> {
        let _watch = host.watch(&cleared.name(), cleared.access());
        let protocol = Json2::new(&self.settings.database);
        self.told(&protocol, cleared, &Proof::Key(key.clone()), host)?.0
    }

    fn carried(&self, cleared: &Cleared, host: &dyn Host) -> Result<Reply> {
        let link = self.link(host)?;
        let protocol = link.protocol.as_ref();
        // What cannot be said is said before anybody signs in.
        protocol.shown(cleared.operation())?;
        let proof = self.proof(link, host)?;
        let (outcome, lost) = self.told(protocol, cleared, &proof, host)?;
        let Some((lost, is_sure)) = lost else { return outcome };
        if !is_sure {
            // A write is not sent again on that; the next call finds another proof.
            return match (self.renewed(link, &proof, lost, host), lost) {
                (Err(error), Lost::Denied) => Err(error),
                _ => outcome,
            };
        }
        match self.renewed(link, &proof, lost, host)? {
            // Signed in again, and still denied: it is the call that is.
            Some(proof) => {
                let (outcome, lost_again) = self.told(protocol, cleared, &proof, host)?;
                match (outcome, lost_again) {
                    // Whoever says so of a session that was just opened may have said it untruly before.
                    (Err(error), Some(_)) if cleared.access() == Access::Write => {
                        Err(error.with_effect(Effect::Unknown, Retry::CheckFirst))
                    }
                    (outcome, _) => outcome,
                }
            }
            None => outcome,
        }
    }

    /// The number of the agent's own user, asked of Odoo now: no file says it.
    ///
    /// # Errors
    /// Odoo does not confirm the agent's own login.
    pub fn own_number(&self, host: &dyn Host) -> Result<i64> {
        let (login, secret, _) = self.login()?;
        self.confirmed(login, secret, host)
    }

    /// The version, asked of Odoo now where it could be one without a guard.
    ///
    /// # Errors
    /// There is no answer.
    pub fn major_now(&self, host: &dyn Host) -> Result<u32> {
        match self.link(host)?.protocol.way() {
            Way::Json2 => self.major(host),
            _ => Ok(self.server_now(host)?.major),
        }
    }

    /// Sends once. Beside what it came to: whether it was not begun for want of a proof, and whether that is sure enough
    /// to send it again.
    #[allow(clippy::type_complexity, reason = "an outcome and why it may not be the last word")]
    fn told(
        &self,
        protocol: &dyn Protocol,
        cleared: &Cleared,
        proof: &Proof,
        host: &dyn Host,
    ) -> Result<(Result<Reply>, Option<(Lost, bool)>)> {
        let (operation, what) = (cleared.operation(), cleared.name());
        let asked = self.asked(&what, cleared.access(), protocol.way());
        let request = protocol.request(operation, proof)?;
        let Answered { reply, cookie } =
            self.exchanged(&request, asked, &|reply| protocol.is_passing(reply), host)?;
        let lost = match proof {
            Proof::Cookie(_) if rpc::lost_session(&reply) => Some(Lost::Session),
            Proof::User { id, .. } if rpc::denies(&reply, *id) => Some(Lost::Denied),
            _ => None,
        };
        let is_sure = cleared.access() == Access::Read
            || lost == Some(Lost::Session) && rpc::refused_for_want_of_a_session(&reply);
        let lost = lost.map(|lost| (lost, is_sure));
        let head = HttpReply { status: reply.status, headers: reply.headers.clone(), body: Vec::new() };
        let outcome =
            protocol.reply(operation, reply, asked).map_err(|error| self.explain(error, &head, asked));
        if let (Ok(_), Some(cookie), Way::Session) = (&outcome, cookie, protocol.way()) {
            // Of an error it may be that of somebody who is nobody.
            self.take_over(&cookie, host);
        }
        Ok((outcome, lost))
    }

    fn proof(&self, link: &Link, host: &dyn Host) -> Result<Proof> {
        if let Some(proof) = self.sign_in.known() {
            return Ok(proof);
        }
        let proof = match link.protocol.way() {
            Way::Json2 => Proof::Key(self.key()?.clone()),
            Way::JsonRpc => {
                let (login, secret, _) = self.login()?;
                match self.sign_in.remembered_user(login) {
                    Some(id) => Proof::User { id, secret: secret.clone() },
                    None => self.signed_in(link, host)?,
                }
            }
            Way::Session => match self.sign_in.kept_cookie() {
                Some(cookie) => {
                    self.veil.keep(&cookie);
                    Proof::Cookie(cookie)
                }
                None => self.signed_in(link, host)?,
            },
        };
        self.sign_in.set(&proof);
        Ok(proof)
    }

    fn key(&self) -> Result<&Secret> {
        let missing =
            || Error::new(Code::ConfigMissing, "the profile holds no ODOO_API_KEY: nothing was sent");
        self.settings.api_key.as_ref().ok_or_else(missing)
    }

    /// Login, and what it goes with: a key before a password, and none for the web session.
    fn login(&self) -> Result<(&str, &Secret, bool)> {
        let settings = &self.settings;
        let missing = |name: &str| {
            Error::new(Code::ConfigMissing, format!("the profile holds no {name}: nothing was sent"))
        };
        let login = settings.login.as_deref().ok_or_else(|| missing("ODOO_LOGIN"))?;
        match (&settings.api_key, &settings.password) {
            (Some(key), _) if settings.wish != Wish::Session => Ok((login, key, true)),
            (_, Some(password)) => Ok((login, password, false)),
            _ => Err(missing("ODOO_PASSWORD")),
        }
    }

    /// Signs in, whatever is known from before.
    fn signed_in(&self, link: &Link, host: &dyn Host) -> Result<Proof> {
        let major = link.server.as_ref().map_or(FIRST_WITH_JSON2, |server| server.major);
        let way = link.protocol.way();
        let asked = self.asked(SIGNING_IN, Access::Read, way);
        let _watch = host.watch(SIGNING_IN, Access::Read);
        let database = &self.settings.database;
        if way == Way::Session {
            let (Some(login), Some(password)) = (&self.settings.login, &self.settings.password) else {
                return Err(self.login().err().unwrap_or_else(|| Error::new(Code::Internal, "no password")));
            };
            let who = Login { login, has_key: false, major };
            let Answered { reply, cookie } = self.exchanged(
                &session::authenticate(database, login, password),
                asked,
                &rpc::is_passing,
                host,
            )?;
            let info = rpc::result(&reply, asked).map_err(|error| who.not_opened(error, asked))?;
            who.opened(&info, asked)?;
            let Some(cookie) = cookie else {
                return Err(Error::new(
                    Code::BadReply,
                    "the web login gave no cookie: a proxy may take it away; nothing else was sent",
                ));
            };
            self.take_over(&cookie, host);
            return Ok(Proof::Cookie(cookie));
        }
        let (login, secret, has_key) = self.login()?;
        let who = Login { login, has_key, major };
        let request = jsonrpc::authenticate(database, login, secret);
        let reply = self.exchanged(&request, asked, &rpc::is_passing, host)?.reply;
        let told = rpc::result(&reply, asked).map_err(|error| who.not_opened(error, asked))?;
        let id = who.number(&told, asked)?;
        self.sign_in.remember_user(login, id);
        let proof = Proof::User { id, secret: secret.clone() };
        self.sign_in.set(&proof);
        Ok(proof)
    }

    /// The number of another user who proves to be here with their own key or password, and is no stranger: an internal
    /// user of this Odoo. Nothing of it is kept.
    ///
    /// # Errors
    /// Odoo does not confirm it.
    pub fn confirmed(&self, login: &str, secret: &Secret, host: &dyn Host) -> Result<i64> {
        let link = self.link(host)?;
        let (major, way) = (self.major(host)?, link.protocol.way());
        let asked = self.asked(SIGNING_IN, Access::Read, way);
        let _watch = host.watch(SIGNING_IN, Access::Read);
        let database = &self.settings.database;
        let stranger = || {
            Error::new(
                Code::ConfirmationRefused,
                format!("{login} is no internal user of this Odoo: nothing was sent"),
            )
            .with_effect(Effect::NotSent, Retry::Never)
        };
        let unsent = |error: Error| error.with_effect(Effect::NotSent, Retry::Never);
        if way == Way::Session {
            let who = Login { login, has_key: false, major };
            let request = session::authenticate(database, login, secret);
            let Answered { reply, cookie } = self.exchanged(&request, asked, &rpc::is_passing, host)?;
            let info = rpc::result(&reply, asked).map_err(|error| unsent(who.not_opened(error, asked)))?;
            let id = who.opened(&info, asked).map_err(unsent)?;
            if let Some(cookie) = cookie {
                let _ = self.exchanged(&session::destroy(&cookie), asked, &rpc::is_passing, host);
            }
            let info: Value = serde_json::from_str(info.get()).unwrap_or_default();
            let is_internal = match &info["is_internal_user"] {
                Value::Bool(is_internal) => *is_internal,
                // Up to 15 it is not told so; only who is no portal user has companies to choose from.
                _ => info["user_companies"].is_object(),
            };
            return if is_internal { Ok(id) } else { Err(stranger()) };
        }
        let who = Login { login, has_key: true, major };
        let request = jsonrpc::authenticate(database, login, secret);
        let reply = self.exchanged(&request, asked, &rpc::is_passing, host)?.reply;
        let told = rpc::result(&reply, asked).map_err(|error| unsent(who.not_opened(error, asked)))?;
        let id = who.number(&told, asked).map_err(unsent)?;
        let question = Operation::new(
            "res.users",
            "has_group",
            crate::operation::kwargs(serde_json::json!({ "group_ext_id": "base.group_user" })),
        )?
        .on(vec![id]);
        let proof = Proof::User { id, secret: secret.clone() };
        let request = link.protocol.request(&question, &proof)?;
        let reply = self.exchanged(&request, asked, &rpc::is_passing, host)?.reply;
        match link.protocol.reply(&question, reply, asked).map_err(unsent)?.get() {
            "true" => Ok(id),
            _ => Err(stranger()),
        }
    }

    /// Another proof after one that did not do, if there is one.
    fn renewed(&self, link: &Link, used: &Proof, lost: Lost, host: &dyn Host) -> Result<Option<Proof>> {
        let rejected = |error: Error| match error.effect {
            // The call was sent, and not begun.
            Effect::NotSent if lost == Lost::Session => error.with_effect(Effect::Rejected, Retry::Safe),
            _ => error,
        };
        let proof = match lost {
            Lost::Session => match self.newer_session(used) {
                Some(newer) => newer,
                None => self.signed_in(link, host).map_err(rejected)?,
            },
            Lost::Denied => self.signed_in(link, host).map_err(rejected)?,
        };
        if let Proof::Cookie(cookie) = &proof {
            self.veil.keep(cookie);
        }
        self.sign_in.set(&proof);
        Ok(Some(proof).filter(|proof| proof != used))
    }

    /// A session that another thread or process opened meanwhile.
    fn newer_session(&self, used: &Proof) -> Option<Proof> {
        let of_process = self.sign_in.known().filter(|known| known != used);
        of_process.or_else(|| self.sign_in.kept_cookie().map(Proof::Cookie).filter(|kept| kept != used))
    }

    /// A new cookie, for this process and the next; nobody sees it.
    fn take_over(&self, cookie: &Secret, host: &dyn Host) {
        self.veil.keep(cookie);
        self.sign_in.set(&Proof::Cookie(cookie.clone()));
        if self.sign_in.kept_cookie().as_ref() == Some(cookie) {
            return;
        }
        if let Err(error) = self.sign_in.keep_cookie(cookie) {
            host.note(
                &format!("the session could not be kept here ({error}): the next run signs in again").into(),
            );
        }
    }

    /// Ends the web session that is kept, on the server and here. Whether there was one.
    ///
    /// # Errors
    /// The server could not be reached; then the session is kept.
    pub fn end_session(&self, host: &dyn Host) -> Result<bool> {
        let Some(cookie) = self.sign_in.kept_cookie() else { return Ok(false) };
        self.veil.keep(&cookie);
        let asked = self.asked("the end of the session", Access::Read, Way::Session);
        let _watch = host.watch("the end of the session", Access::Read);
        let reply = self.exchanged(&session::destroy(&cookie), asked, &rpc::is_passing, host)?.reply;
        if !rpc::lost_session(&reply) {
            rpc::result(&reply, asked)?;
        }
        self.sign_in.forget_cookie().map_err(|error| {
            Error::local_state(format!("the session was ended and its cookie could not be removed ({error})"))
        })?;
        Ok(true)
    }

    /// The request that would carry an operation, for people to read.
    ///
    /// # Errors
    /// What cannot be said to this server.
    pub fn shown(&self, operation: &Operation, host: &dyn Host) -> Result<Value> {
        self.link(host)?.protocol.shown(operation)
    }

    /// Fetches a document of `/doc-bearer`; none where there are no documents.
    pub fn document(
        &self,
        path: &str,
        etag: Option<&str>,
        language: Option<&str>,
        host: &dyn Host,
    ) -> Result<Option<Document>> {
        let link = self.link(host)?;
        if link.protocol.way() != Way::Json2 {
            return Ok(None);
        }
        let proof = self.proof(link, host)?;
        let Some(request) = link.protocol.document(path, etag, language, &proof) else { return Ok(None) };
        let asked = self.asked(path, Access::Read, link.protocol.way());
        let _watch = host.watch(path, Access::Read);
        let reply = self.exchanged(&request, asked, &faults::is_passing, host)?.reply;
        match reply.status {
            304 => Ok(Some(Document::NotModified)),
            200 => {
                let etag = reply.header("etag").map(str::to_string);
                Ok(Some(Document::Fresh { body: json2::parse(reply, asked)?, etag }))
            }
            _ => Err(self.explain(faults::of_reply(&reply, asked), &reply, asked)),
        }
    }

    /// What answers at `/web/version`, without a key: for diagnosis.
    pub fn probe(&self) -> Result<HttpReply> {
        let request = HttpRequest {
            method: Method::Get,
            path: "/web/version".into(),
            headers: Vec::new(),
            bearer: None,
            cookie: None,
            body: None,
        };
        self.bare(&request)
    }

    /// Sends something that holds no key.
    fn bare(&self, request: &HttpRequest) -> Result<HttpReply> {
        let asked = self.asked(&request.path, Access::Read, Way::Json2);
        self.transport()?.send(request).map_err(|fault| faults::of_fault(fault, asked))
    }

    /// The databases that the server offers to anybody, without a key; `None` where it keeps them to itself.
    pub fn databases(&self) -> Option<Vec<String>> {
        let request = HttpRequest {
            method: Method::Post,
            path: "/web/database/list".into(),
            headers: vec![("Content-Type".into(), "application/json".into())],
            bearer: None,
            cookie: None,
            body: Some(br#"{"jsonrpc":"2.0","method":"call","params":{}}"#.to_vec()),
        };
        let reply = self.transport().ok()?.send(&request).ok().filter(|reply| reply.status == 200)?;
        let body: Value = serde_json::from_slice(&reply.body).ok()?;
        let names = body["result"].as_array()?.iter().filter_map(|name| name.as_str().map(str::to_string));
        Some(names.take(20).collect::<Vec<_>>()).filter(|names| !names.is_empty())
    }

    /// The version that the server says it is, by the page of later ones or the question that all answer.
    fn version(&self) -> Option<String> {
        server::version_in(&self.probe().ok()?).or_else(|| self.told_version())
    }

    /// The same, where it is no such page.
    pub fn told_version(&self) -> Option<String> {
        server::told_in(&self.bare(&session::version()).ok()?).map(|(version, _)| version)
    }

    fn asked<'a>(&'a self, what: &'a str, access: Access, way: Way) -> Asked<'a> {
        Asked {
            what,
            access,
            database: &self.settings.database,
            origin: self.settings.base_url.origin(),
            way,
        }
    }

    /// Classifies, and asks for the version where that explains the most.
    fn explain(&self, error: Error, reply: &HttpReply, asked: Asked) -> Error {
        let error = match retry_after(reply, self.clock.now()).filter(|_| matches!(reply.status, 429 | 503)) {
            Some(wait) => error.waiting(wait.as_secs()),
            None => error,
        };
        let may_be_old = asked.way == Way::Json2
            && error.code == Code::BadReply
            && matches!(reply.status, 300..=399 | 404);
        match may_be_old.then(|| self.version()).flatten() {
            Some(version) => {
                let mut error = error;
                if server::major(&version).is_some_and(|major| major < FIRST_WITH_JSON2) {
                    // Of a write this is no proof: another server than the one that was asked may say so.
                    let sure = if asked.access == Access::Read { "" } else { "most likely " };
                    error.message = format!(
                        "{} runs Odoo {version}: JSON-2 came with Odoo 19, so {} was {sure}not carried out",
                        asked.origin, asked.what
                    );
                    let remedy = "set ODOO_LOGIN in the profile, the login of the key's user: then it is spoken to by JSON-RPC";
                    if asked.access == Access::Read {
                        error.hints = vec![remedy.into()];
                    } else {
                        error = error.with_hint(remedy);
                    }
                } else {
                    error = error.with_hint(format!("the server there says that it is Odoo {version}"));
                }
                error
            }
            None => error,
        }
    }

    fn exchanged(
        &self,
        request: &HttpRequest,
        asked: Asked,
        is_passing: &dyn Fn(&HttpReply) -> bool,
        host: &dyn Host,
    ) -> Result<Answered> {
        let limit = self.limit(asked);
        let transport = self.transport()?;
        let started = self.clock.instant();
        let elapsed = || self.clock.instant().saturating_duration_since(started);
        let mut tries = 0;
        let mut sent_before = None;
        loop {
            let left = limit.saturating_sub(elapsed()).max(Duration::from_millis(1));
            let outcome = transport.send_within(request, left);
            let cookie = outcome.as_ref().ok().and_then(session::cookie);
            if let Some(cookie) = &cookie {
                self.veil.keep(cookie);
            }
            let outcome = outcome.map(|reply| self.blacked_out(reply));
            self.trace(request, &outcome, elapsed(), host);
            let (may_repeat, asked_pause) = match &outcome {
                Ok(reply) => {
                    (asked.access == Access::Read && is_passing(reply), retry_after(reply, self.clock.now()))
                }
                Err(fault) => {
                    use crate::transport::FaultKind::{ConnectTimeout, Refused, Reset, Resolve, Truncated};
                    let helps = matches!(fault.kind, Refused | Resolve | ConnectTimeout | Reset | Truncated);
                    (helps && (asked.access == Access::Read || fault.phase == Phase::NotSent), None)
                }
            };
            let pause = asked_pause.unwrap_or(FIRST_PAUSE * 3_u32.pow(tries));
            let in_time = pause <= LONGEST_PAUSE && elapsed() + pause < limit;
            let is_unsent = outcome.as_ref().is_err_and(|fault| fault.phase == Phase::NotSent);
            if !may_repeat || tries == RETRIES || !in_time {
                // A last try that did not get through does not make the earlier ones unsent.
                let told = if is_unsent { sent_before.unwrap_or(outcome) } else { outcome };
                return told
                    .map(|reply| Answered { reply, cookie })
                    .map_err(|fault| self.too_late(faults::of_fault(fault, asked), asked));
            }
            if !is_unsent {
                sent_before = Some(outcome);
            }
            self.clock.sleep(pause);
            tries += 1;
        }
    }

    /// How long a call may take. Up to 17 a locked row holds one by JSON-RPC for minutes, while Odoo tries again.
    fn limit(&self, asked: Asked) -> Duration {
        let is_slow = asked.access == Access::Write && self.holds_locks(asked);
        if is_slow && self.settings.is_patient {
            self.settings.timeout.max(LOCKED)
        } else {
            self.settings.timeout
        }
    }

    fn holds_locks(&self, asked: Asked) -> bool {
        let server = self.link.get().and_then(|link| link.server.as_ref());
        asked.way == Way::JsonRpc && server.is_some_and(|server| server.major < 18)
    }

    fn too_late(&self, error: Error, asked: Asked) -> Error {
        if error.code != Code::OutcomeUnknown || !self.holds_locks(asked) {
            return error;
        }
        error.with_hint(
            "up to Odoo 17 a row that somebody else has locked holds a call by JSON-RPC for two minutes and more: it may still be carried out",
        )
    }

    /// What a server sends back of our keys goes no further: neither into a message nor into the cache.
    fn blacked_out(&self, mut reply: HttpReply) -> HttpReply {
        if let Cow::Owned(clean) = self.veil.without_secrets(&reply.body) {
            reply.body = clean;
        }
        for (_, value) in &mut reply.headers {
            if let Cow::Owned(clean) = self.veil.without_secrets(value.as_bytes()) {
                *value = String::from_utf8_lossy(&clean).into_owned();
            }
        }
        reply
    }

    /// The body for `--debug`: without tokens, and without a key or password wherever it stands.
    fn redacted(&self, request: &HttpRequest, body: &[u8]) -> String {
        let shown = match request.path.as_str() {
            "/jsonrpc" => jsonrpc::without_secret(body),
            path if path.starts_with("/web/") => session::without_secret(body),
            _ => serde_json::from_slice(body).ok(),
        };
        let Some(mut shown) = shown.filter(Value::is_object) else { return String::new() };
        without_tokens(&mut shown);
        let mut text = shown.to_string();
        for secret in self.settings.secrets().filter(|secret| !secret.expose().is_empty()) {
            text = text.replace(secret.expose(), "(redacted)");
        }
        text
    }

    fn trace(
        &self,
        request: &HttpRequest,
        outcome: &std::result::Result<HttpReply, crate::transport::TransportFault>,
        elapsed: Duration,
        host: &dyn Host,
    ) {
        host.trace(&|| self.traced(request, outcome, elapsed));
    }

    fn traced(
        &self,
        request: &HttpRequest,
        outcome: &std::result::Result<HttpReply, crate::transport::TransportFault>,
        elapsed: Duration,
    ) -> String {
        let answer = match outcome {
            Ok(reply) => format!("{} ({} bytes)", reply.status, reply.body.len()),
            Err(fault) => fault.detail.clone(),
        };
        let body = request.body.as_deref().map(|body| self.redacted(request, body)).unwrap_or_default();
        let verb = if request.method == Method::Get { "GET" } else { "POST" };
        format!(
            "{verb} {}{} {body} -> {answer} after {} ms",
            self.settings.base_url.text(),
            request.path,
            elapsed.as_millis()
        )
    }
}

/// Takes tokens out, wherever they stand.
fn without_tokens(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                if key == TOKEN_KEY {
                    *value = "(redacted)".into();
                } else {
                    without_tokens(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_tokens),
        _ => {}
    }
}

fn retry_after(reply: &HttpReply, now: SystemTime) -> Option<Duration> {
    let text = reply.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_token_is_shown_wherever_it_stands() {
        let mut body = json!({ "context": { "agent_confirmation_token": "t-o-k" }, "params": { "args": [1, { "context": { "agent_confirmation_token": "t-o-k", "lang": "x" } }] } });
        without_tokens(&mut body);
        assert!(!body.to_string().contains("t-o-k"), "{body}");
        assert_eq!(body["params"]["args"][1]["context"]["lang"], "x");
    }
}
