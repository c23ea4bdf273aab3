//! One exchange of the client: sent, repeated where that is safe and may help, timed, traced and blacked out.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{Answered, Odoo};
use crate::context::TOKEN_KEY;
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::operation::Access;
use crate::protocol::faults::{self, Asked};
use crate::protocol::{Way, jsonrpc, session};
use crate::transport::{HttpReply, HttpRequest, Method, Phase};

/// Repetitions of a read after its first try.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(150);
/// A server that asks for more patience than this gets a `busy` error instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest that a locked row was seen to hold a call, and some more.
const LOCKED: Duration = Duration::from_secs(200);

impl Odoo {
    pub(super) fn exchanged(
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
            if host.is_stopped() {
                return Err(Error::new(
                    Code::Interrupted,
                    format!("{} was stopped before it was sent: nothing was changed", asked.what),
                ));
            }
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
    pub(super) fn limit(&self, asked: Asked) -> Duration {
        let is_slow = asked.access == Access::Write && self.holds_locks(asked);
        if is_slow && self.settings.is_patient {
            self.settings.timeout.max(LOCKED)
        } else {
            self.settings.timeout
        }
    }

    pub(super) fn holds_locks(&self, asked: Asked) -> bool {
        let server = self.link.get().and_then(|link| link.server.as_ref());
        asked.way == Way::JsonRpc && server.is_some_and(|server| server.major < 18)
    }

    pub(super) fn too_late(&self, error: Error, asked: Asked) -> Error {
        if error.code != Code::OutcomeUnknown || !self.holds_locks(asked) {
            return error;
        }
        error.with_hint(
            "up to Odoo 17 a row that somebody else has locked holds a call by JSON-RPC for two minutes and more: it may still be carried out",
        )
    }

    /// What a server sends back of our keys goes no further: neither into a message nor into the cache.
    pub(super) fn blacked_out(&self, mut reply: HttpReply) -> HttpReply {
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
    pub(super) fn redacted(&self, request: &HttpRequest, body: &[u8]) -> String {
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

    pub(super) fn trace(
        &self,
        request: &HttpRequest,
        outcome: &std::result::Result<HttpReply, crate::transport::TransportFault>,
        elapsed: Duration,
        host: &dyn Host,
    ) {
        host.trace(&|| self.traced(request, outcome, elapsed));
    }

    pub(super) fn traced(
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

pub(super) fn retry_after(reply: &HttpReply, now: SystemTime) -> Option<Duration> {
    let text = reply.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// What is said of how much was sent and how long to wait, where the answer is about that and does not say it.
pub(super) fn with_measures(error: Error, status: u16, sent: usize) -> Error {
    match status {
        413 if sent > 0 => error.with_hint(format!("what was sent had {sent} bytes")),
        429 if error.retry_after_s.is_none() => error.with_hint(
            "how long to wait is not said: give it a minute, longer after each such answer, and ask less often",
        ),
        _ => error,
    }
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
