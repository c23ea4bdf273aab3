//! One Odoo server for one user: sends an operation and gives back the JSON as it came. Reads are repeated
//! when that is safe and may help; a write is sent once, or again only when it provably never left.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::cleared::Cleared;
use crate::clock::SharedClock;
use crate::context::TOKEN_KEY;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::host::Host;
use crate::operation::{Access, Operation};
use crate::protocol::faults::{self, Asked};
use crate::protocol::json2::Json2;
use crate::protocol::{Protocol, Reply};
use crate::secret::{Secret, Veil};
use crate::settings::Settings;
use crate::transport::{HttpReply, HttpRequest, Method, Phase, Transport};

/// Repetitions of a read after its first try.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(150);
/// A server that asks for more patience than this gets a `busy` error instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

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
    protocol: Box<dyn Protocol>,
    veil: Arc<Veil>,
    clock: SharedClock,
}

impl Odoo {
    /// A client that makes its transport when the first request is sent.
    pub fn new(connect: Box<Connect>, settings: Arc<Settings>, veil: Arc<Veil>, clock: SharedClock) -> Odoo {
        let protocol = Box::new(Json2::new(&settings.database));
        Odoo { transport: OnceLock::new(), connect, settings, protocol, veil, clock }
    }

    fn transport(&self) -> Result<&dyn Transport> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport.as_ref());
        }
        let transport = (self.connect)()?;
        Ok(self.transport.get_or_init(|| transport).as_ref())
    }

    /// Carries out an operation with the agent's key.
    pub fn call(&self, cleared: &Cleared, host: &dyn Host) -> Result<Reply> {
        let watch = host.watch(&cleared.name(), cleared.access());
        let outcome = self.carried(cleared, &self.settings.api_key, host);
        if cleared.access() == Access::Write {
            // Only now it is known what the answer means.
            watch.answered(outcome.as_ref().map_or_else(|error| error.effect, |_| Effect::Done));
        }
        outcome
    }

    /// Carries out an operation with another key; only the approval flow has one.
    pub fn call_as(&self, cleared: &Cleared, key: &Secret, host: &dyn Host) -> Result<Reply> {
        let _watch = host.watch(&cleared.name(), cleared.access());
        self.carried(cleared, key, host)
    }

    fn carried(&self, cleared: &Cleared, key: &Secret, host: &dyn Host) -> Result<Reply> {
        let (operation, what) = (cleared.operation(), cleared.name());
        let asked = self.asked(&what, cleared.access());
        let reply = self.send(&self.protocol.request(operation, key), asked, host)?;
        if reply.status != 200 {
            return Err(self.explain(&reply, asked));
        }
        self.protocol.reply(operation, reply, asked)
    }

    /// The request that would carry an operation, for people to read.
    pub fn shown(&self, operation: &Operation) -> Value {
        self.protocol.shown(operation)
    }

    /// Fetches a document of `/doc-bearer`.
    pub fn document(
        &self,
        path: &str,
        etag: Option<&str>,
        language: Option<&str>,
        host: &dyn Host,
    ) -> Result<Document> {
        let request = self.protocol.document(path, etag, language, &self.settings.api_key);
        let asked = self.asked(path, Access::Read);
        let _watch = host.watch(path, Access::Read);
        let reply = self.send(&request, asked, host)?;
        match reply.status {
            304 => Ok(Document::NotModified),
            200 => {
                let etag = reply.header("etag").map(str::to_string);
                Ok(Document::Fresh { body: self.protocol.json(reply, asked)?, etag })
            }
            _ => Err(self.explain(&reply, asked)),
        }
    }

    /// What answers at `/web/version`, without a key: for diagnosis.
    pub fn probe(&self) -> Result<HttpReply> {
        let request = HttpRequest {
            method: Method::Get,
            path: "/web/version".into(),
            headers: Vec::new(),
            bearer: None,
            body: None,
        };
        let asked = self.asked("/web/version", Access::Read);
        self.transport()?.send(&request).map_err(|fault| faults::of_fault(fault, asked))
    }

    /// The databases that the server offers to anybody, without a key; `None` where it keeps them to itself.
    pub fn databases(&self) -> Option<Vec<String>> {
        let request = HttpRequest {
            method: Method::Post,
            path: "/web/database/list".into(),
            headers: vec![("Content-Type".into(), "application/json".into())],
            bearer: None,
            body: Some(br#"{"jsonrpc":"2.0","method":"call","params":{}}"#.to_vec()),
        };
        let reply = self.transport().ok()?.send(&request).ok().filter(|reply| reply.status == 200)?;
        let body: Value = serde_json::from_slice(&reply.body).ok()?;
        let names = body["result"].as_array()?.iter().filter_map(|name| name.as_str().map(str::to_string));
        Some(names.take(20).collect::<Vec<_>>()).filter(|names| !names.is_empty())
    }

    /// The version that the server says it is.
    fn version(&self) -> Option<String> {
        version_in(&self.probe().ok()?)
    }

    fn asked<'a>(&'a self, what: &'a str, access: Access) -> Asked<'a> {
        Asked { what, access, database: &self.settings.database, origin: self.settings.base_url.origin() }
    }

    /// Classifies, and asks for the version where that explains the most.
    fn explain(&self, reply: &HttpReply, asked: Asked) -> Error {
        let error = faults::of_reply(reply, asked);
        let error = match retry_after(reply, self.clock.now()).filter(|_| matches!(reply.status, 429 | 503)) {
            Some(wait) => error.waiting(wait.as_secs()),
            None => error,
        };
        let may_be_old = error.code == Code::BadReply && matches!(reply.status, 300..=399 | 404);
        match may_be_old.then(|| self.version()).flatten() {
            Some(version) => {
                let mut error = error;
                if major(&version).is_some_and(|major| major < 19) {
                    // Whoever passed it on, there was nothing there that could have carried it out.
                    error = error.with_effect(Effect::Rejected, Retry::Never);
                    error.message = format!(
                        "{} runs Odoo {version}: JSON-2 came with Odoo 19, so {} was not carried out",
                        asked.origin, asked.what
                    );
                    error.hints.clear();
                } else {
                    error = error.with_hint(format!("the server there says that it is Odoo {version}"));
                }
                error
            }
            None => error,
        }
    }

    fn send(&self, request: &HttpRequest, asked: Asked, host: &dyn Host) -> Result<HttpReply> {
        let transport = self.transport()?;
        let started = self.clock.instant();
        let elapsed = || self.clock.instant().saturating_duration_since(started);
        let mut tries = 0;
        let mut sent_before = None;
        loop {
            let left = self.settings.timeout.saturating_sub(elapsed()).max(Duration::from_millis(1));
            let outcome = transport.send_within(request, left).map(|reply| self.blacked_out(reply));
            self.trace(request, &outcome, elapsed(), host);
            let (may_repeat, asked_pause) = match &outcome {
                Ok(reply) => (
                    asked.access == Access::Read && faults::is_passing(reply),
                    retry_after(reply, self.clock.now()),
                ),
                Err(fault) => {
                    use crate::transport::FaultKind::{ConnectTimeout, Refused, Reset, Resolve, Truncated};
                    let helps = matches!(fault.kind, Refused | Resolve | ConnectTimeout | Reset | Truncated);
                    (helps && (asked.access == Access::Read || fault.phase == Phase::NotSent), None)
                }
            };
            let pause = asked_pause.unwrap_or(FIRST_PAUSE * 3_u32.pow(tries));
            let in_time = pause <= LONGEST_PAUSE && elapsed() + pause < self.settings.timeout;
            let is_unsent = outcome.as_ref().is_err_and(|fault| fault.phase == Phase::NotSent);
            if !may_repeat || tries == RETRIES || !in_time {
                // A last try that did not get through does not make the earlier ones unsent.
                let told = if is_unsent { sent_before.unwrap_or(outcome) } else { outcome };
                return told.map_err(|fault| faults::of_fault(fault, asked));
            }
            if !is_unsent {
                sent_before = Some(outcome);
            }
            self.clock.sleep(pause);
            tries += 1;
        }
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
        let body =
            request.body.as_deref().map(|body| redacted(body, &self.settings.api_key)).unwrap_or_default();
        let verb = if request.method == Method::Get { "GET" } else { "POST" };
        format!(
            "{verb} {}{} {body} -> {answer} after {} ms",
            self.settings.base_url.text(),
            request.path,
            elapsed.as_millis()
        )
    }
}

/// The body for `--debug`: without tokens, and without the key should somebody have sent it as a value.
fn redacted(body: &[u8], key: &Secret) -> String {
    let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(body) else { return String::new() };
    if let Some(token) = body.get_mut("context").and_then(|context| context.get_mut(TOKEN_KEY)) {
        *token = "(redacted)".into();
    }
    Value::Object(body).to_string().replace(key.expose(), "(redacted)")
}

/// The version in an answer of `/web/version`.
pub fn version_in(reply: &HttpReply) -> Option<String> {
    let body: Value = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == 200)?;
    body.get("version")?.as_str().map(str::to_string)
}

/// The major version in `19.0`, `19.0+e` or `saas~19.2+e`.
pub fn major(version: &str) -> Option<u32> {
    version.trim_start_matches("saas~").split('.').next()?.parse().ok()
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

    #[test]
    fn debug_shows_no_token_and_no_key() {
        let key = Secret::new("k-e-y".into());
        let body = br#"{"x":"k-e-y","context":{"agent_confirmation_token":"t-o-k"}}"#;
        let shown = redacted(body, &key);
        assert!(!shown.contains("k-e-y") && !shown.contains("t-o-k"), "{shown}");
    }
}
