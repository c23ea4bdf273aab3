//! Lines on stdin and stdout as the messages of the SDK, by hand for what its own transport does not do: text that is
//! no JSON is answered, a key that stands twice is refused and not settled in silence, a number of a call that is still
//! under way is not taken again, and nothing that comes before the first request ends the server. One thread reads,
//! one writes; nothing else touches either stream.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion,
    RequestId, ServerJsonRpcMessage,
};
use rmcp::service::RoleServer;
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::json_input;
use crate::operation::Object;

/// The longest message that is read.
const LONGEST: usize = 16 * 1024 * 1024;
/// What a buffer may keep between messages.
const KEPT: usize = 1024 * 1024;
/// Messages that wait on either side.
const QUEUE: usize = 64;
/// How long what is not written yet has, once nothing more comes.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the reading thread hands on.
enum Incoming {
    Message(Box<ClientJsonRpcMessage>),
    /// There is nothing more to come, or nobody who would read an answer.
    End,
}

/// What the writing thread is told.
enum Outgoing {
    Line(Vec<u8>),
    End(oneshot::Sender<()>),
}

/// Both streams of a client.
pub struct Framing {
    incoming: mpsc::Receiver<Incoming>,
    outgoing: mpsc::Sender<Outgoing>,
    /// The SDK knows which era it speaks: before that, what is no request would be the end.
    is_begun: bool,
    under_way: HashSet<RequestId>,
    /// The client asks nothing more.
    is_over: Arc<AtomicBool>,
}

impl Framing {
    /// Starts to read and to write. `is_over` is set when nothing more comes.
    pub fn start(
        input: Box<dyn Read + Send>,
        output: Box<dyn Write + Send>,
        is_over: Arc<AtomicBool>,
    ) -> Framing {
        let (told, incoming) = mpsc::channel(QUEUE);
        let (outgoing, lines) = mpsc::channel(QUEUE);
        let (broken, answers) = (told.clone(), outgoing.clone());
        std::thread::spawn(move || write_lines(lines, output, &broken));
        std::thread::spawn(move || {
            read_lines(BufReader::new(input), &told, &answers);
            let _ = told.blocking_send(Incoming::End);
        });
        Framing { incoming, outgoing, is_begun: false, under_way: HashSet::new(), is_over }
    }

    /// What waits for the end of this, whoever has it by then.
    pub fn closing(&self) -> Closing {
        Closing(self.outgoing.clone())
    }

    /// Whether the SDK is to see a message.
    async fn passes(&mut self, message: &ClientJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Request(request) => {
                self.is_begun |= begins(&request.request);
                if self.under_way.insert(request.id.clone()) {
                    return true;
                }
                let error = ErrorData::invalid_request("a call with this id is still under way", None);
                let _ = self.outgoing.send(line(&refusal(error, Some(request.id.clone())))).await;
                false
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.under_way.remove(id);
                }
                self.is_begun
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => self.is_begun,
        }
    }
}

impl Transport<RoleServer> for Framing {
    type Error = io::Error;

    fn send(&mut self, item: ServerJsonRpcMessage) -> impl Future<Output = io::Result<()>> + Send + 'static {
        match &item {
            JsonRpcMessage::Response(response) => drop(self.under_way.remove(&response.id)),
            JsonRpcMessage::Error(error) => drop(error.id.as_ref().map(|id| self.under_way.remove(id))),
            _ => {}
        }
        let outgoing = self.outgoing.clone();
        async move { outgoing.send(line(&item)).await.map_err(|_| io::ErrorKind::BrokenPipe.into()) }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        while let Some(Incoming::Message(message)) = self.incoming.recv().await {
            if self.passes(&message).await {
                return Some(*message);
            }
        }
        self.is_over.store(true, Ordering::SeqCst);
        None
    }

    async fn close(&mut self) -> io::Result<()> {
        self.closing().close().await;
        Ok(())
    }
}

/// The end of what is written.
pub struct Closing(mpsc::Sender<Outgoing>);

impl Closing {
    /// Waits until everything is written, if it is not yet; not for a client that has stopped reading.
    pub async fn close(&self) {
        let written = async {
            let (done, is_done) = oneshot::channel();
            if self.0.send(Outgoing::End(done)).await.is_ok() {
                let _ = is_done.await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, written).await;
    }
}

/// Whether a request settles the era, as the SDK does it.
fn begins(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        other => {
            let meta = other.get_meta();
            let version = meta.protocol_version();
            meta.missing_required_keys(&ProtocolVersion::LATEST).is_empty()
                && version.is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
        }
    }
}

fn line(message: &ServerJsonRpcMessage) -> Outgoing {
    // What the SDK's own types hold can be written.
    let mut bytes = serde_json::to_vec(message).unwrap_or_default();
    bytes.push(b'\n');
    Outgoing::Line(bytes)
}

fn write_lines(
    mut lines: mpsc::Receiver<Outgoing>,
    mut output: Box<dyn Write + Send>,
    broken: &mpsc::Sender<Incoming>,
) {
    while let Some(next) = lines.blocking_recv() {
        match next {
            Outgoing::Line(bytes) => {
                if output.write_all(&bytes).and_then(|()| output.flush()).is_err() {
                    // Nobody reads: that is the end as much as one of stdin.
                    let _ = broken.try_send(Incoming::End);
                    return;
                }
            }
            Outgoing::End(done) => {
                let _ = done.send(());
                return;
            }
        }
    }
}

fn read_lines(mut input: impl BufRead, told: &mpsc::Sender<Incoming>, answers: &mpsc::Sender<Outgoing>) {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        buffer.shrink_to(KEPT);
        let understood = match next_line(&mut input, &mut buffer) {
            Ok(Line::End) | Err(_) => return,
            Ok(Line::TooLong) => Err(refusal(
                ErrorData::invalid_request(format!("a message holds at most {LONGEST} bytes"), None),
                None,
            )),
            Ok(Line::Whole) if buffer.trim_ascii().is_empty() => continue,
            Ok(Line::Whole) => understood(&buffer),
        };
        let is_sent = match understood {
            Ok(Some(message)) => told.blocking_send(Incoming::Message(Box::new(message))).is_ok(),
            Ok(None) => true,
            Err(refusal) => answers.blocking_send(line(&refusal)).is_ok(),
        };
        if !is_sent {
            return;
        }
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

fn next_line(input: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<Line> {
    let most = LONGEST as u64 + 1;
    input.by_ref().take(most).read_until(b'\n', buffer)?;
    if buffer.is_empty() {
        return Ok(Line::End);
    }
    if buffer.last() == Some(&b'\n') || buffer.len() <= LONGEST {
        return Ok(Line::Whole);
    }
    loop {
        let more = input.fill_buf()?;
        if more.is_empty() {
            return Ok(Line::TooLong);
        }
        let end = more.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(more.len(), |at| at + 1);
        input.consume(taken);
        if end.is_some() {
            return Ok(Line::TooLong);
        }
    }
}

fn refusal(error: ErrorData, id: Option<RequestId>) -> ServerJsonRpcMessage {
    JsonRpcMessage::error(error, id)
}

/// A message; none where it is one that must not be answered, and cannot be used.
///
/// # Errors
/// The answer to what is no message.
#[allow(clippy::result_large_err, reason = "it is the answer")]
fn understood(bytes: &[u8]) -> std::result::Result<Option<ClientJsonRpcMessage>, ServerJsonRpcMessage> {
    let not_json = |why: String| refusal(ErrorData::parse_error(format!("not JSON: {why}"), None), None);
    let text = std::str::from_utf8(bytes).map_err(|_| not_json("it is not UTF-8".into()))?;
    let (mut value, wrong) = match json_input::parse(text) {
        Ok(value) => (value, None),
        Err(why) => match serde_json::from_str::<Value>(text) {
            // A key that stands twice: it is a message all the same, and whoever sent it waits for an answer.
            Ok(value) => (value, Some(why)),
            Err(_) => return Err(not_json(why)),
        },
    };
    let id = value.get("id").and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok());
    let invalid = |why: String| Err(refusal(ErrorData::invalid_request(why, None), id.clone()));
    let Some(object) = value.as_object() else {
        let why = if value.is_array() {
            "one message a line: lists of them are not taken"
        } else {
            "a message is an object"
        };
        return invalid(why.into());
    };
    let is_answerable = object.contains_key("id") || !object.contains_key("method");
    let is_answer = object.contains_key("result") || object.contains_key("error");
    if let Some(why) = wrong {
        return if is_answerable && !is_answer { invalid(why) } else { Ok(None) };
    }
    // By another way than the rest: on theirs whole numbers of more than 64 bits are lost.
    let arguments = arguments_of_a_call(&mut value);
    match serde_json::from_value(value) {
        Ok(message) => Ok(Some(with_arguments(message, arguments))),
        Err(_) if is_answerable && !is_answer => invalid("not a message of JSON-RPC 2.0".into()),
        Err(_) => Ok(None),
    }
}

/// Takes the arguments out of a call of a tool.
fn arguments_of_a_call(message: &mut Value) -> Option<Object> {
    if message["method"] != "tools/call" {
        return None;
    }
    match message.pointer_mut("/params/arguments")? {
        Value::Object(arguments) => Some(std::mem::take(arguments)),
        _ => None,
    }
}

fn with_arguments(mut message: ClientJsonRpcMessage, arguments: Option<Object>) -> ClientJsonRpcMessage {
    if let JsonRpcMessage::Request(request) = &mut message
        && let ClientRequest::CallToolRequest(call) = &mut request.request
        && arguments.is_some()
    {
        call.params.arguments = arguments;
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Value {
        match understood(line.as_bytes()) {
            Ok(Some(_)) => "message".into(),
            Ok(None) => "nothing".into(),
            Err(refusal) => {
                let refusal = serde_json::to_value(&refusal).unwrap();
                serde_json::json!([refusal["error"]["code"], refusal["id"]])
            }
        }
    }

    #[test]
    fn what_is_no_message_is_answered_by_what_it_is() {
        for (line, expected) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, r#""message""#),
            (r#"{"jsonrpc":"2.0","id":"a","method":"what/ever","params":{"x":1.50}}"#, r#""message""#),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, r#""message""#),
            ("{", "[-32700,null]"),
            ("\u{0}", "[-32700,null]"),
            ("[]", "[-32600,null]"),
            ("7", "[-32600,null]"),
            (r#"{"id":7,"method":"ping"}"#, "[-32600,7]"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "[-32600,null]"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "[-32600,null]"),
            (
                r#"{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"x","name":"y"}}"#,
                r#"[-32600,"b"]"#,
            ),
            (r#"{"jsonrpc":"1.0","method":"notifications/initialized"}"#, r#""nothing""#),
            (r#"{"jsonrpc":"2.0","id":3,"result":7,"error":{}}"#, r#""nothing""#),
        ] {
            assert_eq!(said(line).to_string(), expected, "{line}");
        }
        assert_eq!(said(&format!("{}1{}", "[".repeat(2000), "]".repeat(2000))).to_string(), "[-32700,null]");
    }

    #[test]
    fn arguments_of_a_call_keep_whole_numbers_of_any_size() {
        for digits in ["18446744073709551616", "1000000000000000000000000000000", "-9223372036854775809", "7"]
        {
            let line = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"x","arguments":{{"limit":{digits},"a":[[{digits}]]}}}}}}"#
            );
            let message = match understood(line.as_bytes()) {
                Ok(Some(message)) => message,
                other => panic!("{digits}: {other:?}"),
            };
            let JsonRpcMessage::Request(request) = message else { panic!("{digits}") };
            let ClientRequest::CallToolRequest(call) = request.request else { panic!("{digits}") };
            let arguments = serde_json::to_string(&call.params.arguments).unwrap();
            assert_eq!(arguments, format!(r#"{{"limit":{digits},"a":[[{digits}]]}}"#));
        }
        let without = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#;
        assert_eq!(said(without), "message");
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let long = "x".repeat(LONGEST + 5);
        let text = format!("{long}\nnext\nlast");
        let mut input = BufReader::new(text.as_bytes());
        let mut buffer = Vec::new();
        assert!(matches!(next_line(&mut input, &mut buffer), Ok(Line::TooLong)));
        buffer.clear();
        assert!(matches!(next_line(&mut input, &mut buffer), Ok(Line::Whole)));
        assert_eq!(buffer, b"next\n");
        buffer.clear();
        assert!(matches!(next_line(&mut input, &mut buffer), Ok(Line::Whole)));
        assert_eq!(buffer, b"last");
        buffer.clear();
        assert!(matches!(next_line(&mut input, &mut buffer), Ok(Line::End)));
    }
}
