//! Lines on stdin and stdout as the messages of the SDK, by hand for what its own transport does not do: every request
//! has a number of its own there, so that no answer goes to another of the same id, an id that is still under way is not
//! taken again, nothing that comes before the first request ends the server, and of a client that does not read no more
//! is taken. One thread reads, one writes; nothing else touches either stream.

use std::collections::HashMap;
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
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::message::{Refusal, Told, understood};

/// The longest message that is read.
const LONGEST: usize = 16 * 1024 * 1024;
/// What a buffer may keep between messages.
const KEPT: usize = 1024 * 1024;
/// Answers that wait to be written.
const QUEUE: usize = 64;
/// Messages that wait to be looked at: a client that writes them all before it reads has to come to their end.
const ASKED: usize = 4096;
/// How long what is not written yet has, once nothing more comes.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the reading thread hands on.
enum Incoming {
    Message(Box<Told>),
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
    /// Requests that are not answered yet: the number that the SDK has for each, and the id that the client gave.
    under_way: HashMap<i64, Value>,
    asked: i64,
    /// Nothing more can be read.
    has_ended: watch::Receiver<bool>,
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
        let (told, incoming) = mpsc::channel(ASKED);
        let (outgoing, lines) = mpsc::channel(QUEUE);
        let (ends, has_ended) = watch::channel(false);
        let (broken, answers) = (told.clone(), outgoing.clone());
        std::thread::spawn(move || write_lines(lines, output, &broken));
        std::thread::spawn(move || {
            read_lines(BufReader::new(input), &told, &answers);
            let _ = ends.send(true);
            let _ = told.blocking_send(Incoming::End);
        });
        let under_way = HashMap::new();
        Framing { incoming, outgoing, is_begun: false, under_way, asked: 0, has_ended, is_over }
    }

    /// What waits for the end of this, whoever has it by then.
    pub fn closing(&self) -> Closing {
        Closing(self.outgoing.clone())
    }

    /// Whether the SDK is to see a message. The id of a request, and the one that is taken back, becomes its number.
    async fn passes(&mut self, told: &mut Told) -> bool {
        match &mut told.message {
            JsonRpcMessage::Request(request) => {
                self.is_begun |= begins(&request.request);
                let id = told.id.take().unwrap_or_default();
                if self.number(&id).is_some() {
                    let error = ErrorData::invalid_request("a call with this id is still under way", None);
                    let _ = self.outgoing.send(refused(&Refusal { error, id: Some(id) })).await;
                    return false;
                }
                self.asked = self.asked.wrapping_add(1);
                request.id = RequestId::Number(self.asked);
                self.under_way.insert(self.asked, id);
                true
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &mut notification.notification {
                    // What is answered by now cannot be taken back.
                    let number = told.id.as_ref().and_then(|id| self.number(id));
                    let Some(number) = number else { return false };
                    self.under_way.remove(&number);
                    cancelled.params.request_id = Some(RequestId::Number(number));
                }
                self.is_begun
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => self.is_begun,
        }
    }

    /// The number of a request that is under way.
    fn number(&self, id: &Value) -> Option<i64> {
        self.under_way.iter().find(|(_, other)| *other == id).map(|(number, _)| *number)
    }

    /// What the client gets; none where nobody waits for it any more.
    fn line(&mut self, message: &ServerJsonRpcMessage) -> Option<Outgoing> {
        match message {
            JsonRpcMessage::Response(answer) => {
                Some(line(&Answer { id: Some(self.answered(&answer.id)?), ..Answer::of(&answer.result) }))
            }
            JsonRpcMessage::Error(refusal) => match &refusal.id {
                Some(id) => {
                    Some(refused(&Refusal { error: refusal.error.clone(), id: Some(self.answered(id)?) }))
                }
                None => Some(line(message)),
            },
            other => Some(line(other)),
        }
    }

    /// The client's id of a request that is answered now.
    fn answered(&mut self, id: &RequestId) -> Option<Value> {
        match id {
            RequestId::Number(number) => self.under_way.remove(number),
            RequestId::String(_) => None,
        }
    }

    /// Waits until there is room for answers; whether anybody reads them. Who asks nothing more and reads nothing has
    /// gone, whatever is still to be looked at.
    async fn has_room(&self) -> bool {
        let mut has_ended = self.has_ended.clone();
        let gone = async {
            let _ = has_ended.wait_for(|ended| *ended).await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            biased;
            room = self.outgoing.reserve() => room.is_ok(),
            () = gone => false,
        }
    }
}

impl Transport<RoleServer> for Framing {
    type Error = io::Error;

    fn send(&mut self, item: ServerJsonRpcMessage) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let line = self.line(&item);
        let outgoing = self.outgoing.clone();
        async move {
            let Some(line) = line else { return Ok(()) };
            outgoing.send(line).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        while self.has_room().await {
            let Some(Incoming::Message(mut told)) = self.incoming.recv().await else { break };
            if self.passes(&mut told).await {
                return Some(told.message);
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

/// An answer by the id that the client gave, whatever of a string or a number it is.
#[derive(Serialize)]
struct Answer<'a, R> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ErrorData>,
}

impl<'a, R> Answer<'a, R> {
    fn of(result: &'a R) -> Answer<'a, R> {
        Answer { jsonrpc: "2.0", id: None, result: Some(result), error: None }
    }
}

fn refused(refusal: &Refusal) -> Outgoing {
    let Refusal { error, id } = refusal;
    line(&Answer::<()> { jsonrpc: "2.0", id: id.clone(), result: None, error: Some(error) })
}

fn line(message: &impl Serialize) -> Outgoing {
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
            Ok(Line::TooLong) => {
                let why = format!("a message holds at most {LONGEST} bytes");
                Err(Refusal { error: ErrorData::invalid_request(why, None), id: None })
            }
            Ok(Line::Whole) if buffer.trim_ascii().is_empty() => continue,
            Ok(Line::Whole) => understood(&buffer),
        };
        let is_sent = match understood {
            Ok(Some(message)) => told.blocking_send(Incoming::Message(Box::new(message))).is_ok(),
            Ok(None) => true,
            Err(refusal) => answers.blocking_send(refused(&refusal)).is_ok(),
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

#[cfg(test)]
mod tests {
    use super::*;

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
