//! A client of the MCP server: it speaks lines to the binary, in either era, and keeps all that comes back.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::run::Agent;

/// Nothing takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Every request says what it needs.
    Modern,
    /// A session that begins with `initialize`, of this revision.
    Legacy(&'static str),
}

/// Both, by the revisions that clients in use open with.
pub const ERAS: [Era; 3] = [Era::Modern, Era::Legacy("2025-06-18"), Era::Legacy("2025-11-25")];

/// A client.
pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    is_reading: Arc<AtomicBool>,
    pub era: Era,
    next: i64,
    /// Everything that came, in order.
    pub seen: Vec<Value>,
    /// What the client says that it can.
    pub capabilities: Value,
}

impl Client {
    /// Starts the server; an older client opens its session.
    pub fn start(agent: Agent, era: Era) -> Client {
        Client::able(agent, era, json!({ "elicitation": { "form": {}, "url": {} } }))
    }

    /// The same for a client that can what it says.
    pub fn able(agent: Agent, era: Era, capabilities: Value) -> Client {
        let mut client = Client::silent(agent, era);
        client.capabilities = capabilities;
        if let Era::Legacy(version) = era {
            let client_info = json!({ "name": "test", "version": "1" });
            let params = json!({ "protocolVersion": version, "capabilities": client.capabilities, "clientInfo": client_info });
            let opened = client.ask("initialize", params);
            assert_eq!(opened["result"]["protocolVersion"], version);
            client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        }
        client
    }

    /// Starts the server and says nothing yet.
    pub fn silent(agent: Agent, era: Era) -> Client {
        let mut child = agent.converse();
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().unwrap();
        let (told, lines) = channel();
        let is_reading = Arc::new(AtomicBool::new(true));
        let reads = Arc::clone(&is_reading);
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(Ok(line)) = lines.next() {
                if told.send(line).is_err() {
                    return;
                }
                while !reads.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        });
        let capabilities = json!({});
        Client { child, stdin, lines, is_reading, era, next: 1, seen: Vec::new(), capabilities }
    }

    /// What the server holds in memory, in bytes.
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        if let Err(error) = stdin.write_all(bytes).and_then(|()| stdin.flush()) {
            let mut stderr = String::new();
            let _ = self.child.stderr.take().unwrap().read_to_string(&mut stderr);
            panic!("the server has gone ({error}): {stderr}{:?}", self.seen.last());
        }
    }

    /// Leaves what comes from now on unread, until the server has ended.
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    pub fn stop_reading(&self) {
        self.is_reading.store(false, Ordering::SeqCst);
    }

    /// Reads on.
    pub fn read_on(&self) {
        self.is_reading.store(true, Ordering::SeqCst);
    }

    /// The next request has this id once more.
    pub fn again(&mut self, id: i64) {
        self.next = id;
    }

    pub fn send(&mut self, message: &Value) {
        self.raw(format!("{message}\n").as_bytes());
    }

    /// Sends a request, with what its era wants, and gives back its id.
    pub fn request(&mut self, method: &str, mut params: Value) -> i64 {
        let id = self.next;
        self.next += 1;
        if self.era == Era::Modern {
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        }
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The next message, if one comes in time.
    pub fn next_within(&mut self, patience: Duration) -> Option<Value> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => {
                let message: Value =
                    serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a message: {line}"));
                self.seen.push(message.clone());
                Some(message)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// The next message.
    #[track_caller]
    pub fn next(&mut self) -> Value {
        self.next_within(PATIENCE).expect("a message")
    }

    /// The answer to a request, whatever comes before it.
    #[track_caller]
    pub fn answer(&mut self, id: i64) -> Value {
        if let Some(answer) =
            self.seen.iter().find(|message| message["id"] == id && message.get("method").is_none())
        {
            return answer.clone();
        }
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// Sends a call of a tool and gives back its id.
    pub fn begin(&mut self, tool: &str, arguments: Value) -> i64 {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// What a call of a tool says: whether it is an error, and its text as JSON.
    #[track_caller]
    pub fn said(&mut self, id: i64) -> (bool, Value) {
        let answer = self.answer(id);
        let content =
            answer["result"]["content"].as_array().unwrap_or_else(|| panic!("no content: {answer}"));
        assert_eq!((content.len(), &content[0]["type"]), (1, &json!("text")), "{answer}");
        let text = content[0]["text"].as_str().unwrap();
        let said = serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        (answer["result"]["isError"] == true, said)
    }

    #[track_caller]
    pub fn call(&mut self, tool: &str, arguments: Value) -> (bool, Value) {
        let id = self.begin(tool, arguments);
        self.said(id)
    }

    /// What a call that succeeds says.
    #[track_caller]
    pub fn done(&mut self, tool: &str, arguments: Value) -> Value {
        let (is_error, said) = self.call(tool, arguments);
        assert!(!is_error, "{tool}: {said}");
        said
    }

    /// The error of a call that fails.
    #[track_caller]
    pub fn fails(&mut self, tool: &str, arguments: Value) -> Value {
        let (is_error, said) = self.call(tool, arguments);
        assert!(is_error, "{tool}: {said}");
        said["error"].clone()
    }

    /// Closes stdin, waits for the end, and gives back the exit code, what came meanwhile and stderr.
    #[track_caller]
    pub fn end(mut self) -> (i32, Vec<Value>, String) {
        self.stdin = None;
        let before = self.seen.len();
        let deadline = std::time::Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            assert!(std::time::Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        while self.is_reading.load(Ordering::SeqCst) && self.next_within(Duration::from_secs(1)).is_some() {}
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (code, self.seen.split_off(before), stderr)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.is_reading.store(true, Ordering::SeqCst);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
