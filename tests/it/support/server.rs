//! A server on loopback that records every request as it came and answers from a script. It can also fail in
//! the ways that networks, proxies and dying servers do. It knows nothing of Odoo but its error body and the
//! question for the user's language, which it answers with nothing set. What a model's fields are, and what a record
//! held before a write, it does not tell, and does not record that it was asked, unless the script says otherwise.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub method: String,
    pub path: String,
    /// In order, names as sent.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} was sent twice");
        first
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the request's body is JSON")
    }

    #[track_caller]
    pub fn context(&self) -> Value {
        self.json()["context"].clone()
    }
}

type Make = dyn Fn(&Recorded) -> Answer + Send + Sync;

/// What the server does with a request.
#[derive(Clone)]
pub enum Answer {
    /// A status line, headers, the right Content-Length and the body.
    Reply { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// These bytes, whatever they are, then the connection is closed.
    Bytes(Vec<u8>),
    /// The connection is reset while the request lies unread in it.
    ResetUnread,
    /// The whole request is read, then the connection is closed without a word.
    CloseAfterReading,
    /// The head of the request is read and nothing ever comes.
    Stall,
    /// The bytes of a reply, a few at a time.
    Drip { bytes: Vec<u8>, piece: usize, pause: Duration },
    /// 200 with a body of this many MiB of digits, with or without its length in front.
    Huge { mebibytes: usize, length: bool },
    /// Depends on the request.
    Made(Arc<Make>),
}

impl Answer {
    /// 200 with JSON text.
    pub fn json(body: impl ToString) -> Answer {
        Answer::status(200, "application/json; charset=utf-8", body.to_string())
    }

    /// Odoo's five-key error.
    pub fn odoo_error(status: u16, name: &str, message: &str) -> Answer {
        let body = json!({
            "name": name, "message": message, "arguments": [message], "context": {},
            "debug": format!("Traceback (most recent call last):\n  File \"/opt/odoo/http.py\"\n{name}: {message}\n"),
        });
        Answer::status(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A web page.
    pub fn html(status: u16) -> Answer {
        let page = format!("<!DOCTYPE html>\n<html><title>{status}</title><h1>Something</h1></html>\n");
        Answer::status(status, "text/html; charset=utf-8", page)
    }

    pub fn status(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer::Reply {
            status,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
        }
    }

    /// Adds a header to a reply.
    pub fn with(mut self, name: &str, value: &str) -> Answer {
        if let Answer::Reply { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// Depends on the request.
    pub fn made(make: impl Fn(&Recorded) -> Answer + Send + Sync + 'static) -> Answer {
        Answer::Made(Arc::new(make))
    }

    /// The bytes of a reply on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let Answer::Reply { status, headers, body } = self else { panic!("only a reply has bytes") };
        let mut bytes = format!("HTTP/1.1 {status} Whatever\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        if !matches!(status, 204 | 304) {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
        }
        bytes.extend(b"Connection: close\r\n\r\n");
        bytes.extend(body);
        bytes
    }
}

#[derive(Default)]
struct Script {
    once: HashMap<String, VecDeque<Answer>>,
    always: HashMap<String, Answer>,
}

struct Shared {
    recorded: Mutex<Vec<Recorded>>,
    arrived: Condvar,
    script: Mutex<Script>,
    connections: AtomicUsize,
    close_at_once: AtomicBool,
    stopping: AtomicBool,
}

/// The server; it stops when dropped.
pub struct Server {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    acceptor: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    pub fn start() -> Server {
        Server::start_at("127.0.0.1:0")
    }

    pub fn start_at(address: &str) -> Server {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            recorded: Mutex::default(),
            arrived: Condvar::new(),
            script: Mutex::default(),
            connections: AtomicUsize::new(0),
            close_at_once: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || accept(&listener, &for_thread));
        let server = Server { address, url: format!("http://{address}"), shared, acceptor: Some(acceptor) };
        server.on("/json/2/res.users/context_get", Answer::json(r#"{"lang": false, "tz": false, "uid": 7}"#));
        server
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers a path, every time.
    pub fn on(&self, path: &str, answer: Answer) {
        self.shared.script.lock().unwrap().always.insert(path.into(), answer);
    }

    /// Answers a path one time, before what is answered every time; several in turn.
    pub fn once(&self, path: &str, answer: Answer) {
        self.shared.script.lock().unwrap().once.entry(path.into()).or_default().push_back(answer);
    }

    /// From now on every connection is closed as soon as it is made.
    pub fn close_at_once(&self) {
        self.shared.close_at_once.store(true, Ordering::SeqCst);
    }

    /// Everything that was asked so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.recorded.lock().unwrap().clone()
    }

    /// What was asked of a path.
    pub fn requests_to(&self, path: &str) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.path == path).collect()
    }

    /// The one request of a path.
    #[track_caller]
    pub fn only(&self, path: &str) -> Recorded {
        let mut found = self.requests_to(path);
        let paths: Vec<String> = self.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(found.len(), 1, "one request to {path}, there were {paths:?}");
        found.remove(0)
    }

    /// Forgets what was asked so far.
    pub fn forget(&self) {
        self.shared.recorded.lock().unwrap().clear();
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until a number of requests has arrived.
    #[track_caller]
    pub fn wait_for(&self, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut recorded = self.shared.recorded.lock().unwrap();
        while recorded.len() < count {
            let left = deadline.checked_duration_since(Instant::now()).expect("the requests never came");
            recorded = self.shared.arrived.wait_timeout(recorded, left).unwrap().0;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        if shared.close_at_once.load(Ordering::SeqCst) {
            drop(stream);
            continue;
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // A client that goes away in the middle of an answer is part of the game.
            let _ = serve(stream, &shared);
        });
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let Some((mut request, head_length)) = peek_head(&stream)? else { return Ok(()) };
    let scripted = next_answer(shared, &request.path);
    let was_scripted = scripted.is_some();
    let mut answer = scripted.unwrap_or_else(|| not_in_the_script(&request.path));
    if !matches!(answer, Answer::ResetUnread) {
        stream.read_exact(&mut vec![0; head_length])?;
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body = vec![0; length];
        stream.read_exact(&mut request.body)?;
    }
    if let Answer::Made(make) = &answer {
        answer = make(&request);
    }
    let is_aside = request.path.ends_with("/fields_get") || is_for_the_journal(&request);
    if was_scripted || !is_aside {
        shared.recorded.lock().unwrap().push(request);
        shared.arrived.notify_all();
    }
    match answer {
        Answer::Reply { .. } => stream.write_all(&answer.bytes())?,
        Answer::Bytes(bytes) => stream.write_all(&bytes)?,
        Answer::ResetUnread | Answer::CloseAfterReading => return Ok(()),
        Answer::Stall => {
            stream.read_to_end(&mut Vec::new())?;
            return Ok(());
        }
        Answer::Drip { bytes, piece, pause } => {
            for piece in bytes.chunks(piece) {
                stream.write_all(piece)?;
                std::thread::sleep(pause);
            }
        }
        Answer::Huge { mebibytes, length } => {
            let length =
                if length { format!("Content-Length: {}\r\n", mebibytes << 20) } else { String::new() };
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            stream.write_all(format!("{head}{length}\r\n").as_bytes())?;
            let block = vec![b'7'; 1 << 20];
            for _ in 0..mebibytes {
                stream.write_all(&block)?;
            }
        }
        Answer::Made(_) => unreachable!("made above"),
    }
    // Ends the answer, then waits for the client, so that nothing of it is cut off.
    stream.shutdown(Shutdown::Write)?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

fn next_answer(shared: &Shared, path: &str) -> Option<Answer> {
    let mut script = shared.script.lock().unwrap();
    let once = script.once.get_mut(path).and_then(VecDeque::pop_front);
    once.or_else(|| script.always.get(path).cloned())
}

fn not_in_the_script(path: &str) -> Answer {
    if path.ends_with("/fields_get") {
        return Answer::odoo_error(403, "odoo.exceptions.AccessError", "You may not see the fields.");
    }
    Answer::odoo_error(501, "test.NotInTheScript", &format!("the test expects no request to {path}"))
}

/// Whether it is the question for old values, which asks for records without their names as nothing else does.
pub fn is_for_the_journal(request: &Recorded) -> bool {
    let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    request.path.ends_with("/read") && body().get("load") == Some(&Value::Null)
}

/// Waits for the whole head of a request and parses it without taking it from the connection.
fn peek_head(stream: &TcpStream) -> std::io::Result<Option<(Recorded, usize)>> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = stream.peek(&mut buffer)?;
        if length == 0 {
            return Ok(None);
        }
        let seen = &buffer[..length];
        if let Some(end) = seen.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = std::str::from_utf8(&seen[..end]).expect("a head in UTF-8");
            return Ok(Some((parse_head(head), end + 4)));
        }
        assert!(length < buffer.len(), "a head of more than 64 KiB");
        std::thread::yield_now();
    }
}

fn parse_head(head: &str) -> Recorded {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let (method, path) = (first.next().unwrap().to_string(), first.next().unwrap().to_string());
    let headers = lines
        .map(|line| line.split_once(':').expect("a header line"))
        .map(|(name, value)| (name.to_string(), value.strip_prefix(' ').unwrap_or(value).to_string()))
        .collect();
    Recorded { method, path, headers, body: Vec::new() }
}
