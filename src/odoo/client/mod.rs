//! One Odoo server for one user: sends an operation and gives back the JSON as it came. Reads are repeated
//! when that is safe and may help; a write is sent once, or again only when it provably never left, or was not begun
//! for want of a session.

mod diagnosis;
mod exchange;
mod gated;
mod leads;
mod proofs;

pub use gated::described;

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::choosing::{self, FIRST_WITH_JSON2, Link};
use super::server::{self, Server};
use super::sign_in::SignIn;
use crate::caller::Road;
use crate::cleared::Cleared;
use crate::clock::SharedClock;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::host::Host;
use crate::operation::{Access, Operation};
use crate::policy::gate::Gate;
use crate::protocol::faults::{self, Asked};
use crate::protocol::json2::{self, Json2};
use crate::protocol::{Proof, Protocol, Reply, Way, jsonrpc, rpc, session};
use crate::secret::{Secret, Veil};
use crate::settings::Settings;
use crate::transport::{HttpReply, Transport};

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
    gate: Gate,
    /// Where fields lead, as far as that was wanted.
    leads: leads::Memo,
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
        gate: Gate,
    ) -> Odoo {
        Odoo {
            transport: OnceLock::new(),
            connect,
            settings,
            link: OnceLock::new(),
            sign_in,
            veil,
            clock,
            gate,
            leads: leads::Memo::default(),
        }
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
        let (server, is_sure) = self.asked_which(host)?;
        if is_sure {
            choosing::remember(&self.sign_in.cache, &self.sign_in.owner, &server);
        }
        Ok(server)
    }

    /// Which Odoo answers, asked now; and whether that will hold. A gateway that keeps `/jsonrpc` back for once says
    /// nothing of tomorrow: only where there is no such route is none remembered.
    fn asked_which(&self, host: &dyn Host) -> Result<(Server, bool)> {
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
        Ok((Server { version, major, has_jsonrpc }, has_jsonrpc || first.status == 404))
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

    /// Carries out an operation in the agent's name, if the policy lets it out.
    pub fn call(&self, cleared: &Cleared, host: &dyn Host) -> Result<Reply> {
        self.through_the_gate(cleared, host, || self.watched(cleared, host))
    }

    fn watched(&self, cleared: &Cleared, host: &dyn Host) -> Result<Reply> {
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
        self.through_the_gate(cleared, host, || {
            let _watch = host.watch(&cleared.name(), cleared.access());
            let protocol = Json2::new(&self.settings.database);
            self.told(&protocol, cleared, &Proof::Key(key.clone()), host)?.0
        })
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
            return match self.renewed(link, &proof, lost, host) {
                // It was sent, and denied: why the key is good no more is what helps.
                Err(error) if lost == Lost::Denied && error.code == Code::AuthRejected => {
                    Err(error.with_effect(Effect::Rejected, Retry::Never))
                }
                _ => outcome,
            };
        }
        match self.renewed(link, &proof, lost, host)? {
            // Signed in again, and still denied: it is the call that is.
            Some(proof) => {
                let (outcome, lost_again) = self.told(protocol, cleared, &proof, host)?;
                match (outcome, lost_again) {
                    // Whoever says so of a session that was just opened may have said it untruly before.
                    (Err(error), Some(_)) if cleared.access() == Access::Write => Err(Error {
                        code: Code::OutcomeUnknown,
                        ..error.with_effect(Effect::Unknown, Retry::CheckFirst)
                    }),
                    (outcome, _) => outcome,
                }
            }
            None => outcome,
        }
    }

    /// The version, asked of Odoo now where it could be one without a guard.
    ///
    /// # Errors
    /// There is no answer.
    pub fn major_now(&self, host: &dyn Host) -> Result<u32> {
        match self.link(host)?.protocol.way() {
            Way::Json2 => self.major(host),
            _ => Ok(self.asked_which(host)?.0.major),
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
        let sent = request.body.as_ref().map_or(0, Vec::len);
        let outcome = protocol
            .reply(operation, reply, asked)
            .map_err(|error| exchange::with_measures(self.explain(error, &head, asked), head.status, sent));
        if let (Ok(_), Some(cookie), Way::Session) = (&outcome, cookie, protocol.way()) {
            // Of an error it may be that of somebody who is nobody.
            self.take_over(&cookie, host);
        }
        Ok((outcome, lost))
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
        road: &Road,
        host: &dyn Host,
    ) -> Result<Option<Document>> {
        let link = self.link(host)?;
        if link.protocol.way() != Way::Json2 {
            return Ok(None);
        }
        self.gated_document(path, road, host, || self.fetched(link, path, etag, language, host))
    }

    fn fetched(
        &self,
        link: &Link,
        path: &str,
        etag: Option<&str>,
        language: Option<&str>,
        host: &dyn Host,
    ) -> Result<Option<Document>> {
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
        let error = match exchange::retry_after(reply, self.clock.now())
            .filter(|_| matches!(reply.status, 429 | 503))
        {
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
}
