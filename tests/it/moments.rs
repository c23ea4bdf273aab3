//! Every moment of an exchange, on every way to a server: what is said of the data against what a server that
//! counts has done. The whole of it with ODOO_AGENT_TEST_WHOLE=1; else a part that has each moment on each way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::ports::Closed;
use crate::support::{Answer, Home, KEY, Outcome, side_by_side};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// More than the buffers on the way to a server on this machine hold.
const MORE: usize = 6_000_000;

/// How the request travels.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Plain,
    Tls12,
    Tls13,
    /// TLS 1.3 through a proxy that is asked with CONNECT.
    Proxy,
}

const WAYS: [Way; 4] = [Way::Plain, Way::Tls12, Way::Tls13, Way::Proxy];

/// What goes wrong, and when.
#[derive(Clone, Debug)]
enum Trouble {
    Refused,
    ProxySays(&'static [u8]),
    ProxySilent,
    Handshake(&'static [u8]),
    HandshakeSilent,
    /// As soon as the connection can carry something.
    CloseAtOnce,
    HalfCloseAtOnce,
    /// After this many bytes of the request.
    CloseWithin(usize),
    CloseAfter,
    HalfCloseAfter,
    /// Nothing of the body is read, and more of it is to come than lines and buffers hold.
    ReadsNoMore,
    Silent,
    /// These bytes in the place of an answer, then the end.
    Says(Vec<u8>),
    /// These bytes, and nothing more ever.
    SaysAndStalls(Vec<u8>),
    Answers(u16, String),
}

impl Trouble {
    fn is_before_the_request(&self) -> bool {
        use Trouble::{Handshake, HandshakeSilent, ProxySays, ProxySilent, Refused};
        matches!(self, Refused | ProxySays(_) | ProxySilent | Handshake(_) | HandshakeSilent)
    }

    fn takes_time(&self) -> bool {
        use Trouble::{HalfCloseAfter, HandshakeSilent, ProxySilent, ReadsNoMore, SaysAndStalls, Silent};
        matches!(
            self,
            HandshakeSilent | ProxySilent | Silent | SaysAndStalls(_) | HalfCloseAfter | ReadsNoMore
        )
    }

    fn exists_on(&self, way: Way) -> bool {
        match self {
            Trouble::ProxySays(_) | Trouble::ProxySilent => way == Way::Proxy,
            Trouble::Handshake(_) | Trouble::HandshakeSilent => way != Way::Plain,
            _ => true,
        }
    }
}

fn troubles() -> Vec<Trouble> {
    let odoo = |status: u16, name: &str| {
        Trouble::Answers(
            status,
            format!(r#"{{"name":"{name}","message":"no","arguments":["no"],"context":{{}},"debug":""}}"#),
        )
    };
    let page = "<html>no</html>".to_string();
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n".to_vec();
    let mut begun = head.clone();
    begun.extend(b"\r\n[1, 2");
    let mut all = vec![
        Trouble::Refused,
        Trouble::ProxySays(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
        Trouble::ProxySays(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        Trouble::ProxySays(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
        Trouble::ProxySays(b"nonsense\r\n\r\n"),
        Trouble::ProxySays(b""),
        Trouble::ProxySilent,
        Trouble::Handshake(b""),
        Trouble::Handshake(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Trouble::Handshake(&[21, 3, 3, 0, 2, 2, 40]),
        Trouble::HandshakeSilent,
        Trouble::CloseAtOnce,
        Trouble::HalfCloseAtOnce,
        Trouble::CloseWithin(1),
        Trouble::CloseWithin(200),
        Trouble::CloseWithin(100_000),
        Trouble::CloseAfter,
        Trouble::HalfCloseAfter,
        Trouble::ReadsNoMore,
        Trouble::Silent,
        Trouble::Says(b"SSH-2.0-x\r\n".to_vec()),
        Trouble::Says(b"\0\0\0\0".to_vec()),
        Trouble::Says(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
        Trouble::Says(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec()),
        Trouble::Says(head.clone()),
        Trouble::Says(begun.clone()),
        Trouble::SaysAndStalls(head),
        Trouble::SaysAndStalls(begun),
        odoo(422, "odoo.exceptions.UserError"),
        odoo(500, "builtins.ValueError"),
        odoo(500, "smtplib.SMTPServerDisconnected"),
        odoo(502, "odoo.exceptions.UserError"),
        Trouble::Answers(200, "null".into()),
    ];
    all.extend(
        [301, 303, 307, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504]
            .map(|status| Trouble::Answers(status, page.clone())),
    );
    all
}

/// What may be said of a write when this went wrong.
fn must(trouble: &Trouble) -> &'static str {
    match trouble {
        early if early.is_before_the_request() => "not_sent",
        Trouble::Answers(422, body) if body.contains("UserError") => "rejected",
        Trouble::Answers(500, body) if body.contains("builtins") => "rejected",
        _ => "unknown",
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

fn tls(way: Way) -> Arc<ServerConfig> {
    let version = if way == Way::Tls12 { &rustls::version::TLS12 } else { &rustls::version::TLS13 };
    let certificates = vec![CertificateDer::from_pem_file(fixture("named.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("named.key")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_protocol_versions(&[version]).unwrap().with_no_client_auth();
    Arc::new(builder.with_single_cert(certificates, key).unwrap())
}

trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

struct Counting {
    _closed: Option<Closed>,
    port: u16,
    /// Requests of which at least the head arrived.
    arrived: Arc<AtomicUsize>,
    /// Connections that were made.
    connected: Arc<AtomicUsize>,
}

fn serve(way: Way, trouble: Trouble) -> Counting {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = matches!(trouble, Trouble::Refused).then(Closed::hold);
    let port = closed.as_ref().map_or(listener.local_addr().unwrap(), Closed::address).port();
    let (arrived, connected) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    if closed.is_none() {
        let (counter, config, connections) = (Arc::clone(&arrived), tls(way), Arc::clone(&connected));
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (trouble, counter, config) = (trouble.clone(), Arc::clone(&counter), Arc::clone(&config));
                std::thread::spawn(move || {
                    let _ = converse(way, socket, &trouble, &counter, config);
                });
            }
        });
    }
    Counting { _closed: closed, port, arrived, connected }
}

fn until_closed(socket: &mut impl Read) {
    let _ = socket.read_to_end(&mut Vec::new());
}

fn converse(
    way: Way,
    mut socket: TcpStream,
    trouble: &Trouble,
    arrived: &AtomicUsize,
    config: Arc<ServerConfig>,
) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    if way == Way::Proxy {
        head(&mut socket, usize::MAX)?;
        match trouble {
            Trouble::ProxySays(bytes) => {
                socket.write_all(bytes)?;
                socket.shutdown(Shutdown::Write)?;
                until_closed(&mut socket);
                return Ok(());
            }
            Trouble::ProxySilent => {
                until_closed(&mut socket);
                return Ok(());
            }
            _ => socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?,
        }
    }
    match trouble {
        Trouble::Handshake(bytes) => {
            socket.read_exact(&mut [0])?;
            socket.write_all(bytes)?;
            socket.shutdown(Shutdown::Write)?;
            until_closed(&mut socket);
            return Ok(());
        }
        Trouble::HandshakeSilent => {
            until_closed(&mut socket);
            return Ok(());
        }
        _ => {}
    }
    let below = socket.try_clone()?;
    let mut line: Box<dyn Line> = match way {
        Way::Plain => Box::new(socket),
        _ => {
            let mut connection = ServerConnection::new(config).unwrap();
            while connection.is_handshaking() {
                connection.complete_io(&mut socket)?;
            }
            Box::new(StreamOwned::new(connection, socket))
        }
    };
    match trouble {
        Trouble::CloseAtOnce => return Ok(()),
        Trouble::HalfCloseAtOnce => below.shutdown(Shutdown::Write)?,
        _ => {}
    }
    let least = if let Trouble::CloseWithin(bytes) = trouble { *bytes } else { usize::MAX };
    let begun = head(&mut line, least)?;
    if begun.len() >= least && !begun.ends_with(b"\r\n\r\n") {
        return Ok(());
    }
    // Who is there is asked of a stranger after a call, without a key.
    if begun.starts_with(b"POST ") && !begun.starts_with(b"POST /web/webclient/version_info ") {
        arrived.fetch_add(1, Ordering::SeqCst);
    }
    if matches!(trouble, Trouble::ReadsNoMore) {
        // Until the other side has given up.
        std::thread::sleep(Duration::from_secs(20));
        return Ok(());
    }
    let text = String::from_utf8_lossy(&begun).to_ascii_lowercase();
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
    let length: usize = length.unwrap_or(0);
    let mut body = vec![0; length.min(least.saturating_sub(begun.len()))];
    line.read_exact(&mut body)?;
    match trouble {
        Trouble::CloseWithin(_) | Trouble::CloseAfter | Trouble::HalfCloseAtOnce => return Ok(()),
        Trouble::HalfCloseAfter => below.shutdown(Shutdown::Write)?,
        Trouble::Says(bytes) => {
            line.write_all(bytes)?;
            line.flush()?;
            below.shutdown(Shutdown::Write)?;
        }
        Trouble::SaysAndStalls(bytes) => {
            line.write_all(bytes)?;
            line.flush()?;
        }
        Trouble::Answers(status, body) => {
            line.write_all(&Answer::status(*status, "application/json", body.clone()).bytes())?;
            line.flush()?;
            below.shutdown(Shutdown::Write)?;
        }
        _ => {}
    }
    until_closed(&mut line);
    Ok(())
}

/// The head of a request, or as much of it.
fn head(line: &mut impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let (mut read, mut byte) = (Vec::new(), [0]);
    while !read.ends_with(b"\r\n\r\n") && read.len() < most {
        line.read_exact(&mut byte)?;
        read.push(byte[0]);
    }
    Ok(read)
}

fn agent(home: &Home, way: Way, port: u16, command: &[&str]) -> crate::support::run::Agent {
    let url = match way {
        Way::Plain => format!("http://127.0.0.1:{port}"),
        Way::Proxy => "https://odoo.test".to_string(),
        _ => format!("https://odoo.test:{port}"),
    };
    let authority = fixture("named_authority.pem");
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", &url),
            ("ODOO_DB", "lab"),
            ("ODOO_API_KEY", KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
            ("ODOO_CA_FILE", authority.to_str().unwrap()),
        ],
    );
    // The name is known to nobody, so that all of these go through a proxy: to the server itself, or to one that
    // only passes on.
    match way {
        Way::Plain => home.agent(command),
        Way::Proxy => home.agent(command).env("HTTPS_PROXY", format!("http://127.0.0.1:{port}")),
        _ => home.agent(command).env("HTTPS_PROXY", format!("http://127.0.0.1:{}", passing_on(port))),
    }
}

/// A proxy that connects to a port of this machine, whatever it is asked for, as transparently as a wire.
fn passing_on(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            std::thread::spawn(move || -> std::io::Result<()> {
                head(&mut client, usize::MAX)?;
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
                    return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
                };
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
                let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
                let there = std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from_client, &mut to_server);
                    let _ = to_server.shutdown(Shutdown::Write);
                });
                let mut server = server;
                let _ = std::io::copy(&mut server, &mut client);
                let _ = client.shutdown(Shutdown::Both);
                let _ = there.join();
                Ok(())
            });
        }
    });
    own
}

fn is_whole() -> bool {
    std::env::var_os("ODOO_AGENT_TEST_WHOLE").is_some()
}

#[test]
fn at_every_moment_on_every_way_a_write_is_said_to_have_done_what_it_can_have_done() {
    let cases: Vec<(Way, Trouble)> = WAYS
        .into_iter()
        .flat_map(|way| troubles().into_iter().map(move |trouble| (way, trouble)))
        .filter(|(way, trouble)| trouble.exists_on(*way))
        .enumerate()
        .filter(|(nth, (way, trouble))| {
            is_whole() || *way == Way::Plain || !matches!(trouble, Trouble::Answers(..)) || nth % 5 == 0
        })
        .map(|(_, case)| case)
        .collect();
    let text = |length: usize| format!(r#"{{"text": "{}"}}"#, "x ".repeat(length / 2));
    let (some, more) = (text(300_000), text(MORE));
    side_by_side(&cases, |(way, trouble)| {
        let server = serve(*way, trouble.clone());
        let home = Home::new();
        let long = matches!(trouble, Trouble::CloseWithin(bytes) if *bytes > 1000);
        let much = matches!(trouble, Trouble::ReadsNoMore);
        let file = home.file("data.json", if much { &more } else { &some });
        let mut command = vec!["call", "x.thing", "x_act", "--ids", "1", "--timeout"];
        command.push(if trouble.takes_time() { "4s" } else { "30s" });
        if long || much {
            command.extend(["--data-file", &file]);
        }
        let outcome = agent(&home, *way, server.port, &command).run();
        let arrived = server.arrived.load(Ordering::SeqCst);
        let name = format!("{way:?}, {trouble:?}");
        // `call` takes any value that a method gives back.
        if matches!(trouble, Trouble::Answers(200, _)) {
            return (outcome.exit != 0 || arrived != 1).then(|| format!("{name}: {}", outcome.stderr));
        }
        if outcome.exit == 0 {
            return Some(format!("{name}: done, it says"));
        }
        let said = outcome.effect();
        // Refused behind a proxy is said by the proxy.
        let is_right = said == must(trouble);
        let is_true = arrived <= 1 && (said != "not_sent" || arrived == 0);
        (!is_right || !is_true).then(|| format!("{name}: {said}, arrived {arrived}: {}", outcome.stderr))
    });
}

#[test]
fn at_every_moment_a_read_that_was_not_answered_changed_nothing() {
    let cases: Vec<(Way, Trouble)> = WAYS
        .into_iter()
        .flat_map(|way| troubles().into_iter().map(move |trouble| (way, trouble)))
        .filter(|(way, trouble)| trouble.exists_on(*way) && !matches!(trouble, Trouble::Answers(200, _)))
        .enumerate()
        .filter(|(nth, _)| is_whole() || nth % 4 == 0)
        .map(|(_, case)| case)
        .collect();
    side_by_side(&cases, |(way, trouble)| {
        let server = serve(*way, trouble.clone());
        let home = Home::new();
        let limit = if trouble.takes_time() { "4s" } else { "30s" };
        let command =
            ["call", "x.thing", "search_count", "--data-json", r#"{"domain": []}"#, "--timeout", limit];
        let outcome = agent(&home, *way, server.port, &command).run();
        let must = if trouble.is_before_the_request() { "not_sent" } else { "rejected" };
        let is_right = outcome.exit != 0 && outcome.effect() == must;
        (!is_right).then(|| format!("{way:?}, {trouble:?}: {}", outcome.stderr))
    });
}

#[test]
fn a_signal_at_any_moment_is_answered_with_what_can_have_happened() {
    let begun =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n[1, 2".to_vec();
    let cases: Vec<(Way, Trouble, rustix::process::Signal)> = WAYS
        .into_iter()
        .flat_map(|way| {
            [
                Trouble::ProxySilent,
                Trouble::HandshakeSilent,
                Trouble::ReadsNoMore,
                Trouble::Silent,
                Trouble::SaysAndStalls(begun.clone()),
            ]
            .map(|trouble| (way, trouble))
        })
        .filter(|(way, trouble)| trouble.exists_on(*way))
        .flat_map(|(way, trouble)| {
            [rustix::process::Signal::INT, rustix::process::Signal::TERM]
                .map(|signal| (way, trouble.clone(), signal))
        })
        .collect();
    let more = format!(r#"{{"text": "{}"}}"#, "x ".repeat(MORE / 2));
    side_by_side(&cases, |(way, trouble, signal)| {
        let server = serve(*way, trouble.clone());
        let home = Home::new();
        let mut command = vec!["call", "x.thing", "x_act", "--ids", "1"];
        let file = home.file("data.json", if matches!(trouble, Trouble::ReadsNoMore) { &more } else { "{}" });
        command.extend(["--data-file", &file]);
        let child = agent(&home, *way, server.port, &command).spawn();
        let begun = Instant::now();
        let awaited = if trouble.is_before_the_request() { &server.connected } else { &server.arrived };
        while awaited.load(Ordering::SeqCst) == 0 && begun.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(10));
        }
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), *signal).unwrap();
        let outcome = Outcome::of(child.wait_with_output().unwrap(), "call".into());
        let arrived = server.arrived.load(Ordering::SeqCst);
        let said = if outcome.exit == 130 { outcome.effect() } else { format!("exit {}", outcome.exit) };
        let is_true =
            if arrived == 0 { ["not_sent", "unknown"].contains(&said.as_str()) } else { said == "unknown" };
        (!is_true).then(|| format!("{way:?}, {trouble:?}, {signal:?}: {said}: {}", outcome.stderr))
    });
}
