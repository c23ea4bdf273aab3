//! One HTTP exchange, whoever carries it: a request goes in, a reply or a fault that says how far the
//! request got comes out. It knows nothing of Odoo, retries nothing and decides nothing.

mod embedded;
pub mod http;
pub mod moments;
mod watched;

#[cfg(feature = "sandbox")]
pub use embedded::Announce;
pub use embedded::{Embedded, GAP};

pub use crate::secret::Secret;

/// GET for documents and probes, POST for JSON-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// No body.
    Get,
    /// A body with its length; never chunked, Odoo would not read it.
    Post,
}

/// A request relative to the server's origin.
#[derive(Debug)]
pub struct HttpRequest {
    /// GET or POST.
    pub method: Method,
    /// Path and query, from `/`.
    pub path: String,
    /// Headers but for Authorization, Content-Length, Host and User-Agent.
    pub headers: Vec<(String, String)>,
    /// Goes into `Authorization: Bearer`.
    pub bearer: Option<Secret>,
    /// Goes into `Cookie: session_id=`; no other cookie is ever sent.
    pub cookie: Option<Secret>,
    /// Bytes of a POST.
    pub body: Option<Vec<u8>>,
}

impl HttpRequest {
    /// A header by its name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// A whole reply. The body is decompressed.
#[derive(Debug)]
pub struct HttpReply {
    /// HTTP status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, complete.
    pub body: Vec<u8>,
}

impl HttpReply {
    /// A header by its name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// How far a request got before the fault: decides whether a write may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not one byte of the request reached the server.
    NotSent,
    /// It may have been received and acted on.
    Sent,
}

/// What went wrong below HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The host name does not resolve.
    Resolve,
    /// Nothing listens, or no route.
    Refused,
    /// A proxy did not let the connection through.
    Proxy,
    /// Certificate or handshake.
    Tls,
    /// No connection within the connect time-out.
    ConnectTimeout,
    /// No complete answer in time.
    Timeout,
    /// The connection broke before a reply began.
    Reset,
    /// The reply broke off.
    Truncated,
    /// The reply is larger than the limit.
    TooLarge,
    /// Not HTTP.
    Protocol,
    /// This machine, not the network: a disk or a file.
    Local,
}

/// A request without a usable reply.
#[derive(Debug)]
pub struct TransportFault {
    /// What went wrong.
    pub kind: FaultKind,
    /// How far the request got.
    pub phase: Phase,
    /// In words, without secrets.
    pub detail: String,
    /// What is behind it, for `--debug`.
    pub cause: Option<anyhow::Error>,
}

impl TransportFault {
    /// A fault with nothing known behind it.
    pub fn new(kind: FaultKind, phase: Phase, detail: String) -> TransportFault {
        TransportFault { kind, phase, detail, cause: None }
    }

    /// Notes what is behind it.
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> TransportFault {
        self.cause = Some(cause.into());
        self
    }
}

/// Carries one request to one server.
pub trait Transport: Send + Sync {
    /// Sends and waits for the whole reply. Does not follow redirects and does not retry.
    fn send(&self, request: &HttpRequest) -> Result<HttpReply, TransportFault>;

    /// The same with less time than the transport gives by itself; one that takes no time need not care.
    fn send_within(
        &self,
        request: &HttpRequest,
        limit: std::time::Duration,
    ) -> Result<HttpReply, TransportFault> {
        let _ = limit;
        self.send(request)
    }
}
