//! The sandbox over a real socket: the same answers, connections kept, and clients that
//! misbehave. It speaks HTTP by hand, so that nothing between the test and the wire puts
//! things right.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::{Value, json};

use super::{AGENT_KEY, DATABASE, Sandbox};

fn started() -> std::net::SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || crate::sandbox::serve::accept(&listener, &Arc::new(Sandbox::in_memory())));
    address
}

fn answer(stream: &TcpStream) -> (u16, Vec<String>, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        headers.push(line.trim().to_lowercase());
    }
    let length =
        headers.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (status, headers, body)
}

fn ask(mut stream: &TcpStream, head: &str, body: &str) -> (u16, Vec<String>, Vec<u8>) {
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
    answer(stream)
}

fn post(path: &str, body: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}{more}",
        body.len()
    )
}

#[test]
fn calls_go_over_one_connection_with_odoos_headers() {
    let stream = TcpStream::connect(started()).unwrap();
    let key = format!("\r\nAuthorization: bearer  {AGENT_KEY}\r\nX-Odoo-Database: {DATABASE}");
    let body = "{\"domain\":[[\"name\",\"=\",\"北京木业有限公司\"]],\"fields\":[\"name\"]}";
    for _ in 0..3 {
        let (status, headers, reply) =
            ask(&stream, &post("/json/2/res.partner/search_read", body, &key), body);
        assert_eq!(status, 200);
        assert!(headers.contains(&"content-type: application/json; charset=utf-8".into()));
        assert!(headers.contains(&"connection: keep-alive".into()));
        let rows: Value = serde_json::from_slice(&reply).unwrap();
        assert_eq!(rows, json!([{"id": 16, "name": "北京木业有限公司"}]));
    }
    let (status, headers, _) = ask(&stream, &post("/json/2/res.partner/search_read", body, ""), body);
    assert_eq!(status, 401);
    assert!(headers.iter().any(|line| line.starts_with("www-authenticate: bearer")));
    for (verb, expected) in [("GET", 404), ("PUT", 404), ("DELETE", 404)] {
        let (status, _, reply) =
            ask(&stream, &format!("{verb} /json/2/res.partner/search HTTP/1.1\r\nHost: x"), "");
        assert_eq!(status, expected);
        assert!(String::from_utf8_lossy(&reply).contains("Did you mean POST"));
    }
    assert_eq!(ask(&stream, "GET /web/version HTTP/1.1\r\nHost: x", "").0, 200);
    assert_eq!(
        ask(&stream, "GET /web/health?db_server_status=1 HTTP/1.1\r\nHost: x", "").2,
        b"{\"status\":\"pass\",\"db_server_status\":true}"
    );
    assert_eq!(ask(&stream, "GET /nowhere HTTP/1.1\r\nHost: x", "").0, 404);
}

#[test]
fn a_chunked_body_is_not_read() {
    let stream = TcpStream::connect(started()).unwrap();
    let head = format!(
        "POST /json/2/res.partner/search_count HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer {AGENT_KEY}"
    );
    let (status, headers, reply) = ask(&stream, &head, "d\r\n{\"domain\":[]}\r\n0\r\n\r\n");
    assert_eq!(status, 422);
    assert!(String::from_utf8_lossy(&reply).contains("missing a required argument: 'domain'"));
    assert!(headers.contains(&"connection: close".into()));
}

#[test]
fn clients_that_misbehave_are_answered_and_let_go() {
    let address = started();
    for (sent, expected) in [
        ("nonsense\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(20_000)), 431),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200)), 431),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n".to_owned(), 413),
        ("POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n".to_owned(), 400),
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        assert_eq!(answer(&stream).0, expected, "{}", sent.get(..40).unwrap_or(&sent));
    }
    // However many connect and ask nothing, or never end what they began, the next is answered.
    let begun = |nth: usize| {
        let mut stream = TcpStream::connect(address).unwrap();
        if nth.is_multiple_of(2) {
            stream.write_all(b"POST /json/2/res.partner/write HTTP/1.1\r\nContent-Le").unwrap();
        }
        stream
    };
    let _idle: Vec<TcpStream> = (0..300).map(begun).collect();
    for _ in 0..3 {
        let head = "GET /web/version HTTP/1.1\r\nHost: x";
        assert_eq!(ask(&TcpStream::connect(address).unwrap(), head, "").0, 200);
    }
    // One that stalls does not keep others waiting.
    let _stalled = TcpStream::connect(address).unwrap();
    assert_eq!(ask(&TcpStream::connect(address).unwrap(), "GET /web/version HTTP/1.1\r\nHost: x", "").0, 200);
}
