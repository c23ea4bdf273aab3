//! https against a server of a private authority. The certificates beside this file are for 127.0.0.1 and for
//! these tests alone; the authority's own key was thrown away.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::support::{Answer, Home, KEY, Outcome, at_once};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream, SupportedProtocolVersion};

const WRITE: [&str; 6] = ["write", "res.partner", "--ids", "1", "--vals-json", "{}"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

fn config(version: &'static SupportedProtocolVersion) -> ServerConfig {
    let certificates = vec![CertificateDer::from_pem_file(fixture("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap()
}

/// Serves one connection; gives the port and, at the end, what was received through TLS.
fn serve_once() -> (u16, JoinHandle<String>) {
    serve(&rustls::version::TLS13, |connection, socket| {
        let mut stream = Stream::new(connection, socket);
        let _ = stream.write_all(&Answer::json("true").bytes());
        connection.send_close_notify();
        let _ = connection.complete_io(socket);
    })
}

/// Serves one connection; when the head of the request is here, `answer` does what comes next.
fn serve(
    version: &'static SupportedProtocolVersion,
    answer: impl FnOnce(&mut ServerConnection, &mut TcpStream) + Send + 'static,
) -> (u16, JoinHandle<String>) {
    let config = config(version);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut received = Vec::new();
        let mut byte = [0];
        // The head alone; a client that does not trust us never gets so far.
        while !received.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length == 1) {
            received.push(byte[0]);
        }
        answer(&mut connection, &mut socket);
        let _ = socket.shutdown(Shutdown::Write);
        let _ = socket.read_to_end(&mut Vec::new());
        String::from_utf8(received).unwrap()
    });
    (port, serving)
}

fn write_to(url: &str, authority: Option<&Path>) -> Outcome {
    let home = Home::new();
    let mut values = vec![
        ("ODOO_BASE_URL", url),
        ("ODOO_DB", "lab"),
        ("ODOO_API_KEY", KEY),
        ("ODOO_LANG", "en_US"),
        ("ODOO_TZ", "UTC"),
    ];
    values.extend(authority.map(|path| ("ODOO_CA_FILE", path.to_str().unwrap())));
    home.profile("lab", &values);
    home.run(WRITE)
}

#[test]
fn a_private_authority_is_trusted_when_it_is_named() {
    let (port, serving) = serve_once();
    let outcome = write_to(&format!("https://127.0.0.1:{port}"), Some(&fixture("authority.pem"))).ok();
    assert_eq!(outcome.stdout, "true\n");
    let received = serving.join().unwrap();
    assert!(received.starts_with("POST /json/2/res.partner/write HTTP/1.1\r\n"), "{received}");
    assert!(
        received.to_ascii_lowercase().contains(&format!("authorization: bearer {KEY}\r\n")),
        "{received}"
    );
}

#[test]
fn tls_says_that_an_answer_without_a_length_is_whole() {
    for (says_so, exit) in [(true, 0), (false, 11)] {
        let (port, serving) = serve(&rustls::version::TLS13, move |connection, socket| {
            let mut stream = Stream::new(connection, socket);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n42");
            let _ = stream.flush();
            if says_so {
                connection.send_close_notify();
                let _ = connection.complete_io(socket);
            }
        });
        let home = Home::new();
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", &format!("https://127.0.0.1:{port}")),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", KEY),
                ("ODOO_LANG", "en_US"),
                ("ODOO_TZ", "UTC"),
                ("ODOO_CA_FILE", fixture("authority.pem").to_str().unwrap()),
            ],
        );
        let outcome = home.run(["call", "x.thing", "x_act", "--ids", "1"]);
        assert_eq!(outcome.exit, exit, "{}", outcome.stderr);
        serving.join().unwrap();
    }
}

#[test]
fn an_unknown_authority_gets_nothing_and_the_remedy_is_named() {
    let (port, serving) = serve_once();
    let outcome = write_to(&format!("https://127.0.0.1:{port}"), None).fails(10, "unreachable");
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("not_sent", "never"));
    assert!(outcome.hints().contains("ODOO_CA_FILE"), "{}", outcome.stderr);
    assert_eq!(serving.join().unwrap(), "", "the key was not sent");
}

#[test]
fn a_certificate_for_another_name_gets_nothing() {
    let (port, serving) = serve_once();
    let outcome = write_to(&format!("https://localhost:{port}"), Some(&fixture("authority.pem")));
    let outcome = outcome.fails(10, "unreachable");
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("not_sent", "never"));
    assert_eq!(serving.join().unwrap(), "");
}

/// What a line, a middle box or a dying server puts in the place of an answer.
fn damages() -> Vec<(&'static str, Vec<u8>)> {
    let record = |kind: u8, content: &[u8]| {
        let mut bytes = vec![kind, 3, 3, 0, u8::try_from(content.len()).unwrap()];
        bytes.extend(content);
        bytes
    };
    vec![
        ("a damaged record", record(23, &[7; 64])),
        ("an empty record", record(23, &[])),
        ("plain text", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("another handshake", record(22, &[2, 0, 0, 4, 3, 3, 0, 0])),
        ("an alert in the clear", record(21, &[2, 80])),
        ("a record of no kind", record(99, &[1, 2, 3])),
        ("half a record", vec![23, 3, 3, 0, 200, 1, 2, 3]),
        ("a record without end", vec![23, 3, 3, 255, 255]),
        ("nothing", Vec::new()),
    ]
}

#[test]
fn once_the_handshake_is_over_no_trouble_in_tls_proves_that_nothing_was_sent() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for (name, bytes) in damages() {
            let (port, serving) = serve(version, move |_, socket| {
                let _ = socket.write_all(&bytes);
            });
            let outcome = write_to(&format!("https://127.0.0.1:{port}"), Some(&fixture("authority.pem")));
            let outcome = outcome.fails(11, "outcome_unknown");
            assert_eq!(
                (outcome.effect().as_str(), outcome.retry().as_str()),
                ("unknown", "check_first"),
                "{name}: {}",
                outcome.stderr
            );
            assert!(serving.join().unwrap().starts_with("POST "), "{name}: the request arrived");
        }
    }
}

#[test]
fn a_handshake_that_fails_sent_nothing() {
    at_once(&damages(), |(_, bytes)| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let bytes = bytes.clone();
        let serving = std::thread::spawn(move || {
            listener.set_nonblocking(false).unwrap();
            let mut tries = 0;
            while let Ok((mut socket, _)) = listener.accept() {
                let mut first = [0; 1];
                if socket.read_exact(&mut first).is_err() {
                    break;
                }
                tries += 1;
                let _ = socket.write_all(&bytes);
                let _ = socket.shutdown(Shutdown::Write);
                let _ = socket.read_to_end(&mut Vec::new());
            }
            tries
        });
        let outcome = write_to(&format!("https://127.0.0.1:{port}"), None).fails(10, "unreachable");
        assert_eq!(outcome.effect(), "not_sent", "{}", outcome.stderr);
        drop(TcpStream::connect(("127.0.0.1", port)).unwrap());
        assert!(serving.join().unwrap() >= 1);
    });
}
