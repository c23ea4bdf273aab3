//! The sandbox on loopback: HTTP/1.1 with keep-alive, one thread per connection, limits on what a client may
//! send and how long it may take. A chunked body is not read, as Odoo does not read it. What is answered is
//! decided elsewhere.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{ADMIN_KEY, AGENT_KEY, APPROVER_KEY, DATABASE, DOCS_KEY, Sandbox};
use crate::error::{Error, Result};
use crate::transport::{Announce, HttpReply, HttpRequest, Method, Secret, Transport};

const LONGEST_LINE: u64 = 16 * 1024;
const MOST_HEADERS: usize = 100;
const LARGEST_BODY: u64 = 128 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_CONNECTIONS: usize = 256;

/// Listens on 127.0.0.1 until the process ends; port 0 takes any free one.
pub fn serve(sandbox: Sandbox, port: u16, announce: Announce) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| Error::local_state(format!("cannot listen on 127.0.0.1:{port} ({error})")))?;
    let address = listener
        .local_addr()
        .map_err(|error| Error::local_state(format!("the listening port cannot be learnt ({error})")))?;
    announce(&json!({
        "base_url": format!("http://{address}"),
        "database": DATABASE,
        "keys": {"agent": AGENT_KEY, "docs": DOCS_KEY, "approver": APPROVER_KEY, "admin": ADMIN_KEY},
        // By JSON-RPC and the web session, which the guard shuts for the agent; a password is the login.
        "logins": {"docs": "docs", "approver": "approver", "admin": "admin"},
    }))?;
    accept(&listener, &Arc::new(sandbox));
    Ok(())
}

/// Answers whoever connects, for ever.
pub(super) fn accept(listener: &TcpListener, sandbox: &Arc<Sandbox>) {
    let open = Arc::new(Connections::default());
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Out of file handles, most likely: let connections end before asking again.
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        let stream = Arc::new(stream);
        let Some(place) = open.place(&stream) else { continue };
        let sandbox = Arc::clone(sandbox);
        std::thread::spawn(move || {
            // A client that breaks off is its own affair.
            converse(&sandbox, &stream, &place).ok();
        });
    }
}

/// The connections that are open. Where there are too many, one whose client has not asked anything for the longest
/// time gives its place to the next.
#[derive(Default)]
struct Connections(Mutex<Vec<Connection>>);

struct Connection {
    number: u64,
    stream: Arc<TcpStream>,
    /// None while it is being answered.
    waits_since: Option<Instant>,
}

/// A place among the open connections, until dropped.
struct Place {
    number: u64,
    open: Arc<Connections>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None where all are being answered.
    fn place(self: &Arc<Connections>, stream: &Arc<TcpStream>) -> Option<Place> {
        let mut all = self.lock();
        if all.len() >= MOST_CONNECTIONS {
            let waiting = all.iter().enumerate().filter(|(_, one)| one.waits_since.is_some());
            let (longest, _) = waiting.min_by_key(|(_, one)| one.waits_since)?;
            let _ = all.remove(longest).stream.shutdown(Shutdown::Both);
        }
        let number = all.last().map_or(0, |last| last.number) + 1;
        all.push(Connection { number, stream: Arc::clone(stream), waits_since: Some(Instant::now()) });
        Some(Place { number, open: Arc::clone(self) })
    }
}

impl Place {
    fn waits(&self, since: Option<Instant>) {
        if let Some(own) = self.open.lock().iter_mut().find(|one| one.number == self.number) {
            own.waits_since = since;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.lock().retain(|one| one.number != self.number);
    }
}

/// Reads until a moment, however slowly the bytes drip.
struct Patient<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer)
    }
}

/// Why a request is not even looked at.
enum Refusal {
    Broken(std::io::Error),
    Status(u16, &'static str),
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Refusal {
        Refusal::Broken(error)
    }
}

fn converse(sandbox: &Sandbox, stream: &TcpStream, place: &Place) -> std::io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(Patient { stream, until: Instant::now() + PATIENCE });
    loop {
        let now = Instant::now();
        reader.get_mut().until = now + PATIENCE;
        place.waits(Some(now));
        let request = read_request(&mut reader, stream);
        place.waits(None);
        let (reply, keep) = match request {
            Ok(None) => return Ok(()),
            Ok(Some((Some(request), keep))) => match sandbox.send(&request) {
                Ok(reply) => (reply, keep),
                Err(fault) => (page(500, &fault.detail), false),
            },
            Ok(Some((None, keep))) => (page(404, "Not Found"), keep),
            Err(Refusal::Status(status, text)) => (page(status, text), false),
            Err(Refusal::Broken(error)) => return Err(error),
        };
        write_reply(stream, &reply, keep)?;
        if !keep {
            return Ok(());
        }
    }
}

fn line(reader: &mut impl BufRead) -> std::result::Result<Option<String>, Refusal> {
    let mut bytes = Vec::new();
    reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') {
        return Err(Refusal::Status(431, "Request Header Fields Too Large"));
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()))
}

type Parsed = Option<(Option<HttpRequest>, bool)>;

/// A request and whether the connection goes on after it; nothing if the client closed it. A method other
/// than GET and POST gives no request.
fn read_request(reader: &mut impl BufRead, mut stream: &TcpStream) -> std::result::Result<Parsed, Refusal> {
    let Some(first) = line(reader)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(verb), Some(path), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::Status(400, "Bad Request"));
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    loop {
        let text = line(reader)?.ok_or(Refusal::Status(400, "Bad Request"))?;
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').ok_or(Refusal::Status(400, "Bad Request"))?;
        if headers.len() >= MOST_HEADERS {
            return Err(Refusal::Status(431, "Request Header Fields Too Large"));
        }
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let chunked = header("transfer-encoding").is_some();
    let length = match header("content-length") {
        _ if chunked => 0,
        None => 0,
        Some(text) => text.parse::<u64>().map_err(|_| Refusal::Status(400, "Bad Request"))?,
    };
    if length > LARGEST_BODY {
        return Err(Refusal::Status(413, "Request Entity Too Large"));
    }
    if header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let mut body = Vec::new();
    reader.by_ref().take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(Refusal::Status(400, "Bad Request"));
    }
    // What follows an unread chunked body would be taken for the next request.
    let closes = header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let keep = !chunked && !closes && version == "HTTP/1.1";
    let bearer = header("authorization").and_then(bearer);
    let cookie = header("cookie").and_then(session);
    let method = match verb {
        "GET" => Method::Get,
        "POST" => Method::Post,
        // Odoo's fallback route takes any verb under /json/2 and answers as to a GET.
        _ if path.starts_with("/json/2") => Method::Get,
        _ => return Ok(Some((None, keep))),
    };
    headers.retain(|(name, _)| name != "authorization" && name != "cookie");
    let body = Some(body).filter(|body| !body.is_empty());
    Ok(Some((Some(HttpRequest { method, path: path.to_owned(), headers, bearer, cookie, body }), keep)))
}

/// The session among the cookies.
fn session(value: &str) -> Option<Secret> {
    let mut pairs = value.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.rfind(|(name, _)| *name == "session_id").map(|(_, id)| Secret::new(id.to_owned()))
}

/// `^bearer\s+(.+)$` in any case; anything else counts as no key.
fn bearer(value: &str) -> Option<Secret> {
    let (scheme, key) = value.split_once(char::is_whitespace)?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| Secret::new(key.to_owned()))
}

fn page(status: u16, text: &str) -> HttpReply {
    let body = format!("<!doctype html>\n<html lang=en>\n<title>{status}</title>\n<h1>{text}</h1>\n");
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    HttpReply { status, headers, body: body.into_bytes() }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "NOT MODIFIED",
        400 => "BAD REQUEST",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT FOUND",
        413 => "REQUEST ENTITY TOO LARGE",
        415 => "UNSUPPORTED MEDIA TYPE",
        422 => "UNPROCESSABLE ENTITY",
        431 => "REQUEST HEADER FIELDS TOO LARGE",
        _ => "INTERNAL SERVER ERROR",
    }
}

fn write_reply(mut stream: &TcpStream, reply: &HttpReply, keep: bool) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if reply.status != 304 {
        head.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    head.push_str(if keep { "connection: keep-alive\r\n\r\n" } else { "connection: close\r\n\r\n" });
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&reply.body);
    stream.write_all(&bytes)?;
    stream.flush()
}
