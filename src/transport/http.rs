//! HTTP over the network, the only file that names ureq. One agent per run: no redirects, no cookies, the
//! whole body in one piece with its length, time-outs for every phase so that a fault can say how far the
//! request got. It decides nothing about retries.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::{Agent, Body, Timeout};

use super::moments::Moment;
use super::watched::{self, End, WatchedConnector};
use super::{FaultKind, HttpReply, HttpRequest, Method, Transport, TransportFault};
use crate::base_url::BaseUrl;
use crate::error::{Code, Error, Result};

/// All authorities of a platform are less.
const LARGEST_PEM: u64 = 16 * 1024 * 1024;

/// Largest reply that is read, after decompression.
pub const LARGEST_REPLY: u64 = 256 * 1024 * 1024;

/// Limit for finding and reaching the server.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The network.
pub struct HttpTransport {
    agent: Agent,
    base_url: BaseUrl,
    timeout: Duration,
}

impl HttpTransport {
    /// An agent for one server. `ca_file` adds certificates to the platform's.
    ///
    /// # Errors
    /// `config_invalid` when the file cannot be read or holds no certificate.
    pub fn new(base_url: BaseUrl, timeout: Duration, ca_file: Option<&Path>) -> Result<HttpTransport> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("odoo-agent/", env!("CARGO_PKG_VERSION")))
            .accept("application/json");
        if base_url.is_loopback() || !base_url.is_secure() {
            // A proxy has no business between two processes of one machine, and over plain http it would read the key.
            config = config.proxy(None);
        }
        if base_url.is_secure() {
            let roots = match ca_file {
                Some(path) => platform_and(path)?,
                None => RootCerts::PlatformVerifier,
            };
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider);
            config = config.tls_config(tls.build());
        }
        let agent =
            Agent::with_parts(config.build(), WatchedConnector::default(), DefaultResolver::default());
        Ok(HttpTransport { agent, base_url, timeout })
    }

    fn exchange(
        &self,
        request: &HttpRequest,
        limit: Duration,
    ) -> std::result::Result<ureq::http::Response<Body>, ureq::Error> {
        let url = self.base_url.join(&request.path);
        let bearer =
            request.bearer.as_ref().map(|key| zeroize::Zeroizing::new(format!("Bearer {}", key.expose())));
        let cookie =
            request.cookie.as_ref().map(|id| zeroize::Zeroizing::new(format!("session_id={}", id.expose())));
        let headers = || {
            let own = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            own.chain(bearer.iter().map(|value| ("Authorization", value.as_str())))
                .chain(cookie.iter().map(|value| ("Cookie", value.as_str())))
        };
        // Shorter than the whole, so that a time-out tells which of the two it was.
        let connect = CONNECT_TIMEOUT.min(limit.mul_f64(0.9));
        match request.method {
            Method::Get => headers()
                .fold(self.agent.get(url), |call, (name, value)| call.header(name, value))
                .config()
                .timeout_resolve(Some(connect))
                .timeout_connect(Some(connect))
                .timeout_global(Some(limit))
                .build()
                .call(),
            Method::Post => headers()
                .fold(self.agent.post(url), |call, (name, value)| call.header(name, value))
                .config()
                .timeout_resolve(Some(connect))
                .timeout_connect(Some(connect))
                .timeout_global(Some(limit))
                .build()
                .send(request.body.as_deref().unwrap_or_default()),
        }
    }

    /// What an error means by how far the exchange had come: nothing was sent only while there was no connection
    /// that could have carried a byte of the request.
    fn fault(&self, error: ureq::Error) -> TransportFault {
        let moment = watched::moment();
        let (kind, detail) = match moment {
            Moment::Resolving | Moment::Connecting | Moment::Proxy | Moment::Handshake => {
                self.before_sending(&error)
            }
            Moment::Sending | Moment::Waiting => self.without_reply(&error),
            Moment::Reading | Moment::Answered | Moment::After => self.within_reply(&error),
        };
        TransportFault::new(kind, moment.phase(), detail).caused_by(cause(error))
    }

    fn before_sending(&self, error: &ureq::Error) -> (FaultKind, String) {
        let host = self.base_url.origin();
        let tls = |cause: &dyn std::fmt::Display| {
            (FaultKind::Tls, format!("no secure connection to {host}: {cause}"))
        };
        match error {
            ureq::Error::HostNotFound => {
                (FaultKind::Resolve, format!("the host name of {host} does not resolve"))
            }
            ureq::Error::Timeout(Timeout::Resolve) => {
                (FaultKind::Resolve, format!("the host name of {host} did not resolve in time"))
            }
            ureq::Error::Timeout(_) => (
                FaultKind::ConnectTimeout,
                format!("no connection to {host} within {}", seconds(CONNECT_TIMEOUT.min(self.timeout))),
            ),
            ureq::Error::ConnectProxyFailed(why) => {
                (FaultKind::Proxy, format!("no connection to {host} through the proxy: {why}"))
            }
            ureq::Error::Rustls(cause) => tls(cause),
            ureq::Error::Tls(cause) => tls(cause),
            ureq::Error::Io(cause) => match cause.kind() {
                // rustls reports a bad certificate or handshake this way.
                ErrorKind::InvalidData if self.base_url.is_secure() => tls(cause),
                ErrorKind::TimedOut => {
                    (FaultKind::ConnectTimeout, format!("no connection to {host} ({cause})"))
                }
                ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable => {
                    (FaultKind::Refused, format!("{host} refuses the connection"))
                }
                // The standard library\'s own words, in no language but this: the resolver failed.
                _ if cause.to_string().starts_with("failed to lookup address information") => {
                    (FaultKind::Resolve, format!("the host name of {host} does not resolve"))
                }
                _ => (FaultKind::Refused, format!("{host} broke off before it was connected ({cause})")),
            },
            other => (FaultKind::Refused, format!("no connection to {host} ({other})")),
        }
    }

    fn without_reply(&self, error: &ureq::Error) -> (FaultKind, String) {
        let host = self.base_url.origin();
        match error {
            ureq::Error::Timeout(_) => self.too_late(),
            ureq::Error::Io(_) | ureq::Error::Rustls(_) | ureq::Error::Tls(_) => {
                (FaultKind::Reset, format!("{host} closed the connection without an answer ({error})"))
            }
            other => (FaultKind::Protocol, format!("{host} does not speak HTTP ({other})")),
        }
    }

    fn within_reply(&self, error: &ureq::Error) -> (FaultKind, String) {
        let host = self.base_url.origin();
        match error {
            ureq::Error::Timeout(_) => self.too_late(),
            ureq::Error::BodyExceedsLimit(limit) => {
                (FaultKind::TooLarge, format!("the reply is larger than {} MiB", limit / 1024 / 1024))
            }
            ureq::Error::Io(cause) => {
                (FaultKind::Truncated, format!("the reply of {host} broke off ({cause})"))
            }
            other => (FaultKind::Truncated, format!("the reply of {host} is damaged ({other})")),
        }
    }

    fn too_late(&self) -> (FaultKind, String) {
        let host = self.base_url.origin();
        (FaultKind::Timeout, format!("no complete answer from {host} within {}", seconds(self.timeout)))
    }
}

/// Whether a reply that ends with its connection may have been longer: of all that JSON has, a number alone does not
/// show its own end.
fn may_go_on(body: &[u8]) -> bool {
    body.last().is_some_and(u8::is_ascii_digit)
}

/// What is behind an error of ureq's, which does not tell by itself.
fn cause(error: ureq::Error) -> anyhow::Error {
    let outer = error.to_string();
    match error {
        ureq::Error::Io(inner) => match inner.get_ref().map(ToString::to_string) {
            // rustls hands its own error through as one of input and output.
            Some(innermost) if innermost != inner.to_string() => anyhow::anyhow!(innermost).context(inner),
            _ => inner.into(),
        },
        ureq::Error::Rustls(inner) => anyhow::Error::new(inner).context(outer),
        other => other.into(),
    }
}

fn seconds(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

fn platform_and(path: &Path) -> Result<RootCerts> {
    let unusable = |why: &dyn std::fmt::Display| {
        Error::new(Code::ConfigInvalid, format!("ODOO_CA_FILE {}: {why}", path.display()))
            .with_hint("it must hold the authority's certificate in PEM form")
    };
    let pem = crate::fsio::open_for_reading(path, true)
        .and_then(|mut file| crate::fsio::read_to_limit(&mut file, LARGEST_PEM))
        .map_err(|error| unusable(&error).with_source(error))?;
    let mut own = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        let item = item.map_err(|error| unusable(&error).with_source(error))?;
        if let PemItem::Certificate(certificate) = item {
            own.push(certificate);
        }
    }
    if own.is_empty() {
        return Err(unusable(&"holds no certificate"));
    }
    let platform = rustls_native_certs::load_native_certs().certs;
    own.extend(platform.iter().map(|certificate| Certificate::from_der(certificate).to_owned()));
    Ok(RootCerts::from(own.into_iter()))
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest) -> std::result::Result<HttpReply, TransportFault> {
        self.send_within(request, self.timeout)
    }

    fn send_within(
        &self,
        request: &HttpRequest,
        limit: Duration,
    ) -> std::result::Result<HttpReply, TransportFault> {
        watched::begin();
        let mut response = self.exchange(request, limit).map_err(|error| self.fault(error))?;
        watched::reach(Moment::Reading);
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_ascii_lowercase(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        // ureq's own limit counts the bytes on the wire: a small reply could unpack to any size.
        let too_large = || self.fault(ureq::Error::BodyExceedsLimit(LARGEST_REPLY));
        if response.body().content_length().is_some_and(|length| length > LARGEST_REPLY) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        let reader = response.body_mut().as_reader();
        reader.take(LARGEST_REPLY + 1).read_to_end(&mut body).map_err(|error| self.fault(error.into()))?;
        if body.len() as u64 > LARGEST_REPLY {
            return Err(too_large());
        }
        if watched::closed() == Some(End::Bare) && may_go_on(&body) {
            let why = "it has no length, and the number that it ends with may go on";
            return Err(self.fault(std::io::Error::new(ErrorKind::UnexpectedEof, why).into()));
        }
        Ok(HttpReply { status: response.status().as_u16(), headers, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Phase;

    fn phase(moment: Moment, error: ureq::Error) -> Phase {
        let url = BaseUrl::parse("https://odoo.example.com").unwrap();
        let transport = HttpTransport::new(url, Duration::from_secs(9), None).unwrap();
        watched::reach(moment);
        transport.fault(error).phase
    }

    #[test]
    fn the_same_error_proves_that_nothing_was_sent_only_while_connecting() {
        let io = |kind: ErrorKind| ureq::Error::Io(kind.into());
        let errors = || {
            [
                io(ErrorKind::ConnectionRefused),
                io(ErrorKind::HostUnreachable),
                io(ErrorKind::NetworkUnreachable),
                io(ErrorKind::NetworkDown),
                io(ErrorKind::AddrNotAvailable),
                io(ErrorKind::TimedOut),
                io(ErrorKind::ConnectionReset),
                io(ErrorKind::BrokenPipe),
                io(ErrorKind::InvalidData),
                io(ErrorKind::UnexpectedEof),
                ureq::Error::Io(std::io::Error::other("failed to lookup address information")),
                ureq::Error::HostNotFound,
                ureq::Error::ConnectionFailed,
                ureq::Error::Tls("handshake"),
                ureq::Error::Timeout(Timeout::Connect),
                ureq::Error::Timeout(Timeout::Global),
                ureq::Error::ConnectProxyFailed("502".into()),
            ]
        };
        for row in &super::super::moments::TABLE {
            for error in errors() {
                let must = if row.moment < Moment::Sending { Phase::NotSent } else { Phase::Sent };
                let text = error.to_string();
                assert_eq!(phase(row.moment, error), must, "{text} while {}", row.moment.name());
            }
        }
    }

    #[test]
    fn a_fault_tells_what_is_behind_it() {
        let url = BaseUrl::parse("https://odoo.example.com").unwrap();
        let transport = HttpTransport::new(url, Duration::from_secs(9), None).unwrap();
        let behind = |error: ureq::Error| -> Vec<String> {
            let cause = transport.fault(error).cause.unwrap();
            cause.chain().map(ToString::to_string).collect()
        };
        let inner = std::io::Error::new(ErrorKind::ConnectionReset, "reset by the peer");
        assert_eq!(behind(inner.into()), ["reset by the peer"]);
        let handshake = ureq::Error::Rustls(rustls::Error::HandshakeNotComplete);
        let last = rustls::Error::HandshakeNotComplete.to_string();
        assert_eq!(behind(handshake).last(), Some(&last));
    }
}
