//! What the program says and does when the network, a proxy or the server fails: exit code, error code, what it
//! means for the data, whether to repeat, and how often the server was reached. A read may be repeated; a write
//! never, once it may have left.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::run::{Agent, hangs_up};
use crate::support::{Answer, Home, KEY, Outcome, Server, at_once, json2, lab, side_by_side};
use serde_json::json;

const READ: [&str; 4] = ["search-read", "res.partner", "--fields", "name"];
const WRITE: [&str; 6] = ["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#];

/// Tries of a read: the first and three repeats.
const ALL_TRIES: usize = 4;

/// How a run must end, and how often its request must have reached the server.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ends {
    exit: i32,
    code: &'static str,
    effect: &'static str,
    retry: &'static str,
    reached: usize,
}

const fn ends(
    exit: i32,
    code: &'static str,
    effect: &'static str,
    retry: &'static str,
    reached: usize,
) -> Ends {
    Ends { exit, code, effect, retry, reached }
}

/// Odoo or something else refused it for good: the same for reads and writes.
const fn refused(exit: i32, code: &'static str) -> (Ends, Ends) {
    (ends(exit, code, "rejected", "never", 1), ends(exit, code, "rejected", "never", 1))
}

/// Not Odoo's own answer: it ends a read for good, and of a write it proves nothing.
const fn not_odoos(exit: i32, code: &'static str) -> (Ends, Ends) {
    (ends(exit, code, "rejected", "never", 1), ends(11, "outcome_unknown", "unknown", "check_first", 1))
}

/// The same where the answer is none of JSON-2's at all.
const NO_JSON2: (Ends, Ends) =
    (ends(12, "bad_reply", "rejected", "never", 1), ends(12, "bad_reply", "unknown", "check_first", 1));

/// Refused for its size, which is no proof for a write.
const FOR_ITS_SIZE: (Ends, Ends) = (
    ends(8, "invalid_request", "rejected", "never", 1),
    ends(8, "invalid_request", "unknown", "check_first", 1),
);

/// Not carried out, later may work.
const BUSY: (Ends, Ends) =
    (ends(9, "busy", "rejected", "safe", ALL_TRIES), ends(9, "busy", "rejected", "safe", 1));

/// A page that asks to slow down, which a write's gateway may show after the work was done.
const SLOW_DOWN: (Ends, Ends) = (
    ends(9, "busy", "rejected", "safe", ALL_TRIES),
    ends(11, "outcome_unknown", "unknown", "check_first", 1),
);

/// The answer was lost, and a read is worth repeating.
const LOST: (Ends, Ends) = (
    ends(10, "unreachable", "rejected", "safe", ALL_TRIES),
    ends(11, "outcome_unknown", "unknown", "check_first", 1),
);

/// The answer was lost, and repeating at once does not help.
const LOST_FOR_NOW: (Ends, Ends) = (
    ends(10, "unreachable", "rejected", "safe", 1),
    ends(11, "outcome_unknown", "unknown", "check_first", 1),
);

/// An answer began and broke off.
const CUT: (Ends, Ends) = (
    ends(12, "bad_reply", "rejected", "safe", ALL_TRIES),
    ends(11, "outcome_unknown", "unknown", "check_first", 1),
);

/// A whole answer that says nothing.
const UNREADABLE: (Ends, Ends) =
    (ends(12, "bad_reply", "rejected", "safe", 1), ends(12, "bad_reply", "unknown", "check_first", 1));

/// The same answer every time, and too large every time.
const TOO_LARGE: (Ends, Ends) =
    (ends(12, "bad_reply", "rejected", "never", 1), ends(12, "bad_reply", "unknown", "check_first", 1));

pub struct Fault {
    pub name: String,
    pub answer: Answer,
    read: Ends,
    write: Ends,
}

impl Fault {
    /// How a read, or a write, must end.
    pub fn must(&self, is_write: bool) -> (i32, String, String, String, usize) {
        expected(if is_write { self.write } else { self.read })
    }
}

pub fn table() -> Vec<Fault> {
    let odoo = Answer::odoo_error;
    let raw = |text: &str| Answer::Bytes(text.as_bytes().to_vec());
    let no_database = "<!DOCTYPE html>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n<!-- Alternatively, use the X-Odoo-Database header. -->\n";
    let slow = Answer::Drip { bytes: Answer::json("[]").bytes(), piece: 1, pause: Duration::from_millis(60) };
    let mut rows = vec![
        ("reset with the request unread", Answer::ResetUnread, LOST),
        ("closed after the request", Answer::CloseAfterReading, LOST),
        ("stalled", Answer::Stall, LOST_FOR_NOW),
        ("a drip slower than the time-out", slow, LOST_FOR_NOW),
        (
            "a body shorter than its length",
            raw(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{\"id\": 1",
            ),
            CUT,
        ),
        (
            "a chunk that breaks off",
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n[{\"id\""),
            CUT,
        ),
        (
            "chunks that are none",
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\nnonsense"),
            CUT,
        ),
        (
            "gzip that is none",
            raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"),
            CUT,
        ),
        (
            "a body longer than its length",
            raw(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n[{\"id\": 1}]",
            ),
            UNREADABLE,
        ),
        ("another protocol", raw("SSH-2.0-OpenSSH_9.6\r\n"), UNREADABLE),
        ("an empty 200", Answer::json(""), UNREADABLE),
        ("a login page", Answer::html(200), UNREADABLE),
        ("JSON and more", Answer::json("[] []"), UNREADABLE),
        ("200 in latin-1", Answer::status(200, "application/json", b"[\"caf\xe9\"]".to_vec()), UNREADABLE),
        (
            "redirect to a login page",
            Answer::html(302).with("Location", "http://127.0.0.1:1/web/login?redirect=%2Fjson"),
            NO_JSON2,
        ),
        ("401", odoo(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"), refused(4, "auth_rejected")),
        (
            "401 of a proxy",
            Answer::html(401).with("WWW-Authenticate", "Basic"),
            not_odoos(4, "auth_rejected"),
        ),
        ("403 AccessError", odoo(403, "odoo.exceptions.AccessError", "no"), refused(5, "access_denied")),
        ("403 AccessDenied", odoo(403, "odoo.exceptions.AccessDenied", "no"), refused(5, "access_denied")),
        ("403 session", odoo(403, "odoo.http.SessionExpiredException", "no"), refused(4, "auth_rejected")),
        ("403 of a firewall", Answer::html(403), not_odoos(5, "access_denied")),
        ("404 model", odoo(404, "werkzeug.exceptions.NotFound", "the model"), refused(7, "not_found")),
        ("404 record", odoo(404, "odoo.exceptions.MissingError", "Record"), refused(7, "not_found")),
        ("404 page", Answer::html(404), NO_JSON2),
        (
            "404 without a database",
            Answer::status(404, "text/html; charset=utf-8", no_database),
            refused(4, "database_not_found"),
        ),
        ("409", odoo(409, "odoo.exceptions.LockError", "locked"), BUSY),
        ("409 page", Answer::html(409), SLOW_DOWN),
        ("422 UserError", odoo(422, "odoo.exceptions.UserError", "no"), refused(8, "rejected")),
        ("422 ValidationError", odoo(422, "odoo.exceptions.ValidationError", "no"), refused(8, "rejected")),
        (
            "422 signature",
            odoo(422, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'domain'"),
            refused(8, "invalid_request"),
        ),
        (
            "422 of the guard",
            odoo(422, "odoo.exceptions.UserError", "AGENT_CONFIRMATION_REQUIRED\nreason: x"),
            refused(6, "confirmation_required"),
        ),
        ("422 page", Answer::html(422), NO_JSON2),
        ("400", odoo(400, "werkzeug.exceptions.BadRequest", "parse"), refused(8, "invalid_request")),
        ("413 page", Answer::html(413), FOR_ITS_SIZE),
        ("415 page", Answer::html(415), NO_JSON2),
        ("429", odoo(429, "werkzeug.exceptions.TooManyRequests", "slow down"), BUSY),
        ("429 page", Answer::html(429), SLOW_DOWN),
        ("500 ValueError", odoo(500, "builtins.ValueError", "Invalid field"), refused(8, "invalid_request")),
        ("500 of a module", odoo(500, "some.module.Error", "x"), refused(8, "server_error")),
        ("500 RedirectWarning", odoo(500, "odoo.exceptions.RedirectWarning", "x"), refused(8, "rejected")),
        (
            "500 of the mail server",
            odoo(500, "odoo.addons.base.models.ir_mail_server.MailDeliveryException", "x"),
            (ends(8, "server_error", "rejected", "never", 1), LOST_FOR_NOW.1),
        ),
        (
            "500 of another service",
            odoo(500, "requests.exceptions.ReadTimeout", "x"),
            (ends(8, "server_error", "rejected", "never", 1), LOST_FOR_NOW.1),
        ),
        ("500 serialization", odoo(500, "psycopg2.errors.SerializationFailure", "could not"), BUSY),
        ("500 deadlock", odoo(500, "psycopg2.errors.DeadlockDetected", "deadlock"), BUSY),
        ("500 lock", odoo(500, "psycopg2.errors.LockNotAvailable", "lock"), BUSY),
        ("500 page", Answer::html(500), LOST_FOR_NOW),
    ];
    for status in [502, 503, 504] {
        rows.push(("a gateway's page", Answer::html(status), LOST));
        rows.push(("a gateway's JSON", odoo(status, "proxy.Error", "no upstream"), LOST));
        rows.push(("a gateway's text", Answer::status(status, "text/plain", "no upstream"), LOST));
    }
    rows.into_iter()
        .map(|(name, answer, (read, write))| Fault {
            name: match &answer {
                Answer::Reply { status, .. } => format!("{name} ({status})"),
                _ => name.to_string(),
            },
            answer,
            read,
            write,
        })
        .collect()
}

/// A command that goes to this address.
fn at(home: &Home, command: &[&str], url: &str) -> Agent {
    home.agent(command)
        .env("ODOO_BASE_URL", url)
        .env("ODOO_DB", "lab")
        .env("ODOO_API_KEY", KEY)
        .env("ODOO_LANG", "en_US")
        .env("ODOO_TZ", "UTC")
}

/// Runs a command against a server that fails in this way.
fn run(command: &[&str], server: &Server, fault: &Answer) -> Outcome {
    let home = Home::new();
    let agent = at(&home, command, server.url());
    match fault {
        Answer::Stall | Answer::Drip { .. } => agent.args(["--timeout", "1500ms"]).run(),
        _ => agent.run(),
    }
}

pub fn ended(outcome: &Outcome, reached: usize) -> (i32, String, String, String, usize) {
    (outcome.exit, outcome.code(), outcome.effect(), outcome.retry(), reached)
}

fn expected(ends: Ends) -> (i32, String, String, String, usize) {
    (ends.exit, ends.code.into(), ends.effect.into(), ends.retry.into(), ends.reached)
}

#[test]
fn every_fault_is_told_for_what_it_is_and_no_write_is_sent_twice() {
    let table = table();
    let cases: Vec<(&Fault, &[&str], &str, Ends)> = table
        .iter()
        .flat_map(|fault| {
            [(fault, &READ[..], "search_read", fault.read), (fault, &WRITE[..], "write", fault.write)]
        })
        .collect();
    side_by_side(&cases, |(fault, command, method, must)| {
        let server = Server::start();
        server.on(&json2("res.partner", method), fault.answer.clone());
        server.on("/web/version", Answer::json(r#"{"version": "19.0"}"#));
        let outcome = run(command, &server, &fault.answer);
        assert_eq!(outcome.stdout, "", "{}: data although it failed", fault.name);
        let has = ended(&outcome, server.requests_to(&json2("res.partner", method)).len());
        (has != expected(*must)).then(|| {
            format!(
                "{method}, {}:\n  has  {has:?}\n  must {:?}\n  {}",
                fault.name,
                expected(*must),
                outcome.stderr
            )
        })
    });
}

/// What may stand in the body beside an error of Odoo's own.
#[test]
fn of_a_write_only_odoos_own_whole_error_proves_anything_whatever_the_status() {
    // Every body at every status is tried where replies are judged; here, that the judgement reaches who asked.
    let bodies: BTreeMap<String, String> =
        serde_json::from_str(include_str!("suite/no_error_of_odoo.json")).unwrap();
    let statuses =
        [201, 202, 300, 302, 307, 400, 401, 403, 404, 405, 409, 413, 415, 418, 422, 429, 500, 503, 599];
    let pairs =
        statuses.iter().flat_map(|status| bodies.iter().map(move |(name, body)| (*status, name, body)));
    let cases: Vec<(u16, &String, &String)> = pairs.step_by(2).collect();
    let home = Home::new();
    let server = Server::start();
    side_by_side(&cases, |(status, name, body)| {
        let model = format!("x_{status}_{}", name.replace([' ', '\''], "_"));
        server.on(&json2(&model, "x_act"), Answer::status(*status, "application/json", body.as_str()));
        let command = ["call", &model, "x_act", "--ids", "1"];
        let outcome = at(&home, &command, server.url()).run_here();
        let has = (outcome.effect(), outcome.retry(), server.requests_to(&json2(&model, "x_act")).len());
        let must = ("unknown".to_string(), "check_first".to_string(), 1);
        (has != must || !(matches!(outcome.exit, 11 | 12) || (*status, outcome.exit) == (413, 8)))
            .then(|| format!("{status} with {name}: {has:?}, {}", outcome.stderr))
    });
}

#[test]
fn whoever_wants_backtraces_is_told_the_same() {
    // A release has no tables to make one of, and would end without a word where somebody asks.
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("anyhow = { version = \"1\", default-features = false }"));
    // Nobody else in the tree can bring the feature back.
    let users = include_str!("../../Cargo.lock").lines().filter(|line| line.trim() == "\"anyhow\",").count();
    assert_eq!(users, 1);
    let ways = [("RUST_BACKTRACE", "1"), ("RUST_BACKTRACE", "full"), ("RUST_LIB_BACKTRACE", "1")];
    at_once(&ways, |(name, value)| {
        let (home, server) = lab();
        server.on(&json2("res.partner", "write"), Answer::Stall);
        let outcome = home.agent(["--timeout", "1s"]).args(WRITE).env(name, value).run();
        let outcome = outcome.fails(11, "outcome_unknown");
        assert_eq!(outcome.effect(), "unknown", "{}", outcome.stderr);
        drop(server);
        home.agent(READ).env(name, value).run().fails(10, "unreachable");
        home.agent(["exec-spec", "nowhere.json"]).env(name, value).run().fails(2, "usage");
    });
}

#[test]
fn a_200_that_is_not_what_a_write_answers_is_not_taken_for_done() {
    let create = ["create", "res.partner", "--vals-list-json", r#"[{"name": "A"}, {"name": "B"}]"#];
    for (command, method, answers) in [
        (&WRITE[..], "write", &["null", "false", "[]", "{\"error\": 1}", "\"true\"", "1"][..]),
        (&create[..], "create", &["null", "true", "[]", "{}", "[0,1]", "[1,\"2\"]"]),
    ] {
        for answer in answers {
            let (home, server) = lab();
            server.on(&json2("res.partner", method), Answer::json(answer));
            let outcome = home.run(command).fails(12, "bad_reply");
            assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("unknown", "check_first"));
            assert_eq!(server.requests_to(&json2("res.partner", method)).len(), 1, "{answer}");
        }
    }
}

#[test]
fn a_reply_larger_than_the_limit_is_refused_before_it_fills_the_memory() {
    for (answer, command, method, must) in [
        (Answer::Huge { mebibytes: 300, length: true }, &READ[..], "search_read", TOO_LARGE.0),
        (Answer::Huge { mebibytes: 300, length: false }, &WRITE[..], "write", TOO_LARGE.1),
        (gzip_bomb(300), &READ[..], "search_read", TOO_LARGE.0),
    ] {
        let (home, server) = lab();
        server.on(&json2("res.partner", method), answer);
        let outcome = home.run(command);
        assert_eq!(ended(&outcome, server.requests().len()), expected(must), "{}", outcome.stderr);
        assert!(outcome.message().contains("256 MiB"), "{}", outcome.stderr);
    }
}

#[test]
fn a_head_of_a_reply_is_read_up_to_its_limit_and_then_told_to_be_too_large() {
    for (command, method, effect) in
        [(&READ[..], "search_read", "rejected"), (&WRITE[..], "write", "unknown")]
    {
        for (length, is_right) in [(60_000, true), (70_000, false), (300_000, false)] {
            let (home, server) = lab();
            let body = if method == "write" { "true" } else { "[]" };
            server.on(&json2("res.partner", method), Answer::json(body).with("X-Long", &"x".repeat(length)));
            let outcome = home.run(command);
            if is_right {
                outcome.ok();
                continue;
            }
            let outcome = outcome.fails(12, "bad_reply").says(&["header is too big"]);
            assert_eq!(outcome.effect(), effect, "{length}: {}", outcome.stderr);
        }
    }
}

#[test]
fn a_connection_that_closes_at_once_may_have_carried_the_request() {
    // Without values nothing is asked before the write.
    let write = ["write", "res.partner", "--ids", "1", "--vals-json", "{}"];
    for (command, must) in [(&READ[..], LOST.0), (&write[..], LOST.1)] {
        let server = Server::start();
        server.close_at_once();
        let outcome = run(command, &server, &Answer::CloseAfterReading);
        assert_eq!(ended(&outcome, server.connections()), expected(must), "{}", outcome.stderr);
    }
}

#[test]
fn a_host_that_does_not_resolve_was_sent_nothing() {
    let home = crate::support::Home::new();
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", "https://no-such-host.invalid"),
            ("ODOO_DB", "lab"),
            ("ODOO_API_KEY", crate::support::KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
        ],
    );
    let write = ["call", "res.partner", "x_anything", "--ids", "1"];
    let outcome = home.run(write).fails(10, "unreachable").says(&["does not resolve"]);
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("not_sent", "safe"));
}

#[test]
fn fields_that_cannot_be_asked_for_stop_the_write_that_needs_them() {
    let server = Server::start();
    server.on(&json2("res.partner", "fields_get"), Answer::CloseAfterReading);
    let outcome = run(&WRITE, &server, &Answer::json("true"));
    let outcome = outcome.fails(10, "unreachable").says(&["fields of res.partner", "was not sent"]);
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("not_sent", "safe"));
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
}

/// An address where nothing listens and no other test, not even of another run, comes to listen: below the
/// ports that are given out, on an address of its own.
fn closed(last: u8) -> String {
    format!("127.82.17.{last}:{}", 20_000 + std::process::id() % 12_000)
}

#[test]
fn a_refused_connection_sent_nothing_so_both_are_tried_again() {
    side_by_side(&[&READ[..], &WRITE[..]], |command| {
        let home = Home::new();
        let outcome = at(&home, command, &format!("http://{}", closed(3))).arg("--debug").run();
        let tries = outcome.debug_lines().iter().filter(|line| line.contains(" -> ")).count();
        let must = ends(10, "unreachable", "not_sent", "safe", ALL_TRIES);
        assert_eq!(ended(&outcome, tries), expected(must), "{}", outcome.stderr);
        assert!(outcome.message().contains(&closed(3)), "{}", outcome.stderr);
        None
    });
}

#[test]
fn a_server_that_comes_up_meanwhile_gets_the_write_once() {
    let address = &closed(4);
    let home = Home::new();
    let mut child = at(&home, &WRITE, &format!("http://{address}")).arg("--debug").spawn();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut first_try = String::new();
    while !first_try.contains(" -> ") {
        assert!(stderr.read_line(&mut first_try).unwrap() > 0, "{first_try}");
    }
    assert!(first_try.contains("refuses"), "{first_try}");
    let server = Server::start_at(address);
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap()), (Some(0), "true\n".into()));
    server.only(&json2("res.partner", "write"));
}

#[test]
fn tls_against_a_server_without_it_sends_nothing() {
    for command in [&READ[..], &WRITE[..]] {
        let plain = Answer::status(400, "text/html", "plain").bytes();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut first = [0; 1];
            std::io::Read::read_exact(&mut stream, &mut first).unwrap();
            std::io::Write::write_all(&mut stream, &plain).unwrap();
            first[0]
        });
        let outcome = at(&Home::new(), command, &url).run();
        assert_eq!(answering.join().unwrap(), 0x16, "a TLS handshake and nothing else");
        let outcome = outcome.fails(10, "unreachable");
        assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("not_sent", "never"));
    }
}

#[test]
fn a_read_recovers_from_a_passing_fault() {
    for fault in [Answer::CloseAfterReading, Answer::ResetUnread, Answer::html(502)] {
        let (home, server) = lab();
        let path = json2("res.partner", "search_read");
        server.once(&path, fault);
        server.on(&path, Answer::json(r#"[{"id": 1}]"#));
        let outcome = home.run(READ).ok();
        assert_eq!(outcome.stdout, "[{\"id\":1}]\n");
        let requests = server.requests_to(&path);
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].path, requests[1].path);
    }
}

#[test]
fn retry_after_is_honoured_for_reads() {
    let (home, server) = lab();
    let path = json2("res.partner", "search_read");
    server.once(&path, Answer::html(429).with("Retry-After", "1"));
    server.once(&path, Answer::html(503).with("Retry-After", "0"));
    server.on(&path, Answer::json("[]"));
    let started = Instant::now();
    home.run(READ).ok();
    assert!(started.elapsed() >= Duration::from_secs(1), "it did not wait");
    assert_eq!(server.requests_to(&path).len(), 3);
}

#[test]
fn nobody_waits_longer_than_is_sensible_or_allowed() {
    for (header, timeout) in [("3600", "120s"), ("60", "2s"), ("18446744073709551615", "120s")] {
        let (home, server) = lab();
        let path = json2("res.partner", "search_read");
        server.on(&path, Answer::html(429).with("Retry-After", header));
        let started = Instant::now();
        let outcome = home.agent(READ).args(["--timeout", timeout]).run().fails(9, "busy");
        assert!(started.elapsed() < Duration::from_secs(20), "it waited");
        assert_eq!(server.requests_to(&path).len(), 1, "{header}: {}", outcome.stderr);
    }
}

#[test]
fn what_an_answer_about_size_or_pace_leaves_out_is_said() {
    let (home, server) = lab();
    let path = json2("res.partner", "search_read");
    for answer in [Answer::html(429), Answer::odoo_error(429, "werkzeug.exceptions.TooManyRequests", "no")] {
        server.on(&path, answer);
        let outcome = home.run(READ).fails(9, "busy");
        assert!(outcome.hints().contains("how long to wait is not said"), "{}", outcome.stderr);
    }
    server.on(&path, Answer::html(429).with("Retry-After", "3600"));
    assert!(!home.run(READ).fails(9, "busy").hints().contains("is not said"));
    for answer in
        [Answer::html(413), Answer::odoo_error(413, "werkzeug.exceptions.RequestEntityTooLarge", "no")]
    {
        server.on(&path, answer);
        server.forget();
        let outcome = home.run(READ).fails(8, "invalid_request");
        let sent = server.only(&path).body.len();
        assert!(outcome.hints().contains(&format!("had {sent} bytes")), "{}", outcome.stderr);
    }
}

#[test]
fn an_absurd_retry_after_late_in_a_call_is_no_crash() {
    let (home, server) = lab();
    let path = json2("res.partner", "search_read");
    server.once(&path, Answer::html(429).with("Retry-After", "1"));
    server.on(&path, Answer::html(429).with("Retry-After", "18446744073709551615"));
    home.run(READ).fails(9, "busy");
    assert_eq!(server.requests_to(&path).len(), 2);
}

#[test]
fn a_connection_that_the_server_has_closed_is_not_used_again() {
    let (home, server) = (Home::new(), Server::start());
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    // No word of closing, and closed all the same, as an idle time-out of a proxy does.
    let silent = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    server.on(&json2("res.users", "context_get"), Answer::Bytes(silent.into()));
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    assert_eq!(home.run(WRITE).ok().stdout, "true\n");
    server.only(&json2("res.partner", "write"));
}

#[test]
fn a_write_is_not_repeated_even_when_asked_to_slow_down() {
    let (home, server) = lab();
    let path = json2("res.partner", "write");
    server.on(&path, Answer::html(429).with("Retry-After", "0"));
    home.run(WRITE).fails(11, "outcome_unknown");
    server.only(&path);
    server.forget();
    let odoos = Answer::odoo_error(429, "werkzeug.exceptions.TooManyRequests", "slow down");
    server.on(&path, odoos.with("Retry-After", "0"));
    home.run(WRITE).fails(9, "busy");
    server.only(&path);
}

#[test]
fn a_document_turns_no_call_into_a_read() {
    let (home, server) = lab();
    let page = json!({ "model": "res.partner", "name": "Contact", "fields": {}, "methods": {
        "get_totals": { "api": ["model", "readonly"] }, "do_totals": { "api": ["model"] } } });
    server.on("/doc-bearer/res.partner.json", Answer::json(page));
    home.run(["doc-model", "res.partner"]).ok();
    for method in ["get_totals", "do_totals", "unknown_one"] {
        let path = json2("res.partner", method);
        server.on(&path, Answer::CloseAfterReading);
        let outcome = home.run(["call", "res.partner", method]);
        assert_eq!(outcome.exit, 11, "{method}");
        assert_eq!(server.requests_to(&path).len(), 1, "{method}");
    }
}

#[test]
fn a_slow_answer_in_time_is_an_answer() {
    let (home, server) = lab();
    let bytes = Answer::json(r#"[{"id": 1}]"#).bytes();
    let path = json2("res.partner", "search_read");
    server.on(&path, Answer::Drip { bytes, piece: 20, pause: Duration::from_millis(20) });
    assert_eq!(home.run(READ).ok().stdout, "[{\"id\":1}]\n");
}

#[test]
fn gzip_is_asked_for_and_understood() {
    let (home, server) = lab();
    let path = json2("res.partner", "search_read");
    let packed = gzip_stored(br#"[{"id": 1, "name": "packed"}]"#);
    server.on(&path, Answer::status(200, "application/json", packed).with("Content-Encoding", "gzip"));
    assert_eq!(home.run(READ).ok().json()[0]["name"], "packed");
    assert!(server.only(&path).header("accept-encoding").unwrap().contains("gzip"));
}

#[test]
fn a_number_that_ends_with_its_connection_may_be_cut_short_and_is_taken_only_where_something_shows_its_end() {
    let raw = |head: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{head}\r\n");
        Answer::Bytes([head.as_bytes(), body].concat())
    };
    let path = json2("res.partner", "search_count");
    let packed = gzip_stored(b"42");
    let length = format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", packed.len());
    for whole in [
        raw("Content-Length: 2\r\n", b"42"),
        raw("Transfer-Encoding: chunked\r\n", b"2\r\n42\r\n0\r\n\r\n"),
        raw("", b"42\n"),
        raw(&length, &packed),
    ] {
        let (home, server) = lab();
        server.on(&path, whole);
        assert_eq!(home.run(["count", "res.partner"]).ok().stdout.trim(), "42");
    }
    let (home, server) = lab();
    server.on(&path, raw("", b"42"));
    let outcome =
        home.run(["count", "res.partner"]).fails(12, "bad_reply").says(&["broke off", "has no length"]);
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("rejected", "safe"));
    // What shows its own end is whole without a length, as an old proxy gives it.
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), raw("", br#"[{"id": 1}]"#));
    assert_eq!(home.run(READ).ok().stdout, "[{\"id\":1}]\n");
    let (home, server) = lab();
    server.on(&json2("x.thing", "x_act"), raw("", b"12"));
    let outcome = home.run(["call", "x.thing", "x_act", "--ids", "1"]).fails(11, "outcome_unknown");
    assert_eq!(outcome.effect(), "unknown", "{}", outcome.stderr);
    server.only(&json2("x.thing", "x_act"));
}

#[test]
fn a_signal_ends_the_program_although_nobody_reads_what_it_says() {
    let (home, server) = lab();
    let path = json2("x.thing", "x_act");
    server.on(&path, Answer::Stall);
    let (_unread, mut full) = std::io::pipe().unwrap();
    // As much as a pipe holds; one more byte would wait for a reader.
    std::io::Write::write_all(&mut full, &[b'x'; 65536]).unwrap();
    let mut child = std::process::Command::new(crate::support::run::BINARY)
        .args(["call", "x.thing", "x_act", "--ids", "1"])
        .env_clear()
        .env("ODOO_AGENT_HOME", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(full)
        .spawn()
        .unwrap();
    server.wait_for(1);
    let signalled = Instant::now();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(signalled.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_request_has_the_headers_that_odoo_needs_and_no_others_that_matter() {
    let server = Server::start();
    let (home, path) = (Home::new(), json2("res.partner", "write"));
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    let learnt =
        Answer::json(r#"{"lang": "en_US", "tz": "UTC"}"#).with("Set-Cookie", "session_id=stolen; Path=/");
    server.on(&json2("res.users", "context_get"), learnt);
    server.on(&path, Answer::json("true"));
    home.agent(WRITE)
        .env("HTTP_PROXY", format!("http://{}", closed(5)))
        .env("http_proxy", format!("http://{}", closed(5)))
        .env("ALL_PROXY", format!("http://{}", closed(5)))
        .run()
        .ok();
    let request = server.only(&path);
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-length").unwrap(), request.body.len().to_string());
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(request.header("x-odoo-database"), Some("lab"));
    let agent = format!("odoo-agent/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(agent.as_str()));
    assert_eq!(request.header("cookie"), None, "a cookie names a session, which Odoo prefers to the key");
    assert_eq!(request.header("expect"), None);
}

#[test]
fn a_redirect_is_named_and_not_followed() {
    let (home, server) = lab();
    let to = format!("{}/web/login?redirect=x#y", server.url());
    for status in [301, 302, 303, 307, 308] {
        server.forget();
        server.on(&json2("res.partner", "write"), Answer::html(status).with("Location", &to));
        let outcome = home.run(WRITE).fails(12, "bad_reply").says(&[&format!("{}/web/login", server.url())]);
        assert!(!outcome.stderr.contains("redirect=x"), "a query may hold a token");
        assert_eq!(outcome.effect(), "unknown", "a gateway can show it after the work was done");
        assert!(server.requests_to("/web/login?redirect=x").is_empty());
        assert!(server.requests().iter().all(|request| !request.path.starts_with("/web/login")));
    }
}

#[test]
fn an_older_odoo_is_named_with_its_version() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::html(404));
    server.on(
        "/web/version",
        Answer::json(r#"{"version_info": [18, 0, 0, "final", 0, ""], "version": "18.0"}"#),
    );
    let outcome = home.run(READ).fails(12, "bad_reply").says(&["Odoo 18.0", "Odoo 19"]);
    assert_eq!(outcome.effect(), "rejected");
    let asked = server.only("/web/version");
    assert_eq!(
        (asked.method.as_str(), asked.header("authorization")),
        ("GET", None),
        "no key is needed there"
    );

    server.on("/web/version", Answer::json(r#"{"version": "saas~18.3+e"}"#));
    home.run(READ).fails(12, "bad_reply").says(&["saas~18.3+e", "Odoo 19"]);

    server.on("/web/version", Answer::json(r#"{"version": "19.0"}"#));
    let outcome = home.run(READ).fails(12, "bad_reply");
    assert!(outcome.hints().contains("19.0"), "{}", outcome.stderr);

    server.on("/web/version", Answer::html(404));
    home.run(READ).fails(12, "bad_reply");
}

#[test]
fn the_database_and_its_header_are_named_when_odoo_finds_none() {
    let (home, server) = lab();
    let page = "<p>No database is selected</p><!-- Alternatively, use the X-Odoo-Database header. -->";
    server.on(&json2("res.partner", "search_read"), Answer::status(404, "text/html", page));
    let outcome = home.run(READ).fails(4, "database_not_found").says(&["lab", server.url()]);
    assert!(outcome.hints().contains("X-Odoo-Database") && outcome.hints().contains("ODOO_DB"));
}

#[test]
fn a_proxys_401_is_told_from_odoos() {
    let (home, server) = lab();
    let path = json2("res.partner", "search_read");
    server.on(&path, Answer::html(401));
    assert!(home.run(READ).fails(4, "auth_rejected").hints().contains("proxy"));
    server.on(&path, Answer::odoo_error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"));
    assert!(!home.run(READ).fails(4, "auth_rejected").hints().contains("proxy"));
}

#[test]
fn an_error_carries_status_and_odoos_words_and_the_traceback_only_with_debug() {
    let (home, server) = lab();
    let fault = Answer::odoo_error(422, "odoo.exceptions.UserError", "First line\nSecond line");
    server.on(&json2("res.partner", "write"), fault);
    let error = home.run(WRITE).fails(8, "rejected").error();
    assert_eq!(error["http_status"], 422);
    assert_eq!(
        error["odoo"],
        json!({ "name": "odoo.exceptions.UserError", "message": "First line\nSecond line" })
    );
    let error = home.agent(WRITE).arg("--debug").run().fails(8, "rejected").error();
    assert!(error["odoo"]["debug"].as_str().unwrap().starts_with("Traceback"));
}

#[test]
fn debug_shows_the_causes_of_network_files_and_replies_and_nothing_else_does() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json(r#""many""#));
    let nowhere = Home::new();
    let absent = ["write", "res.partner", "--ids", "1", "--vals-file", "absent.json"];
    let tries: [(Agent, &str); 3] = [
        (home.agent(["count", "res.partner"]), "invalid type: string"),
        (home.agent(absent), "No such file"),
        (at(&nowhere, &READ, &format!("http://{}", closed(6))), "refused"),
    ];
    for (agent, cause) in tries {
        let outcome = agent.arg("--debug").run();
        let causes = outcome.error()["causes"].to_string();
        assert!(causes.contains(cause), "{cause}: {}", outcome.stderr);
    }
    let quiet = home.agent(["count", "res.partner"]).run().fails(12, "bad_reply").error();
    assert!(quiet.get("causes").is_none(), "{quiet}");
}

#[test]
fn time_outs_say_how_long_it_waited() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::Stall);
    let outcome = home.agent(WRITE).args(["--timeout", "700ms"]).run().fails(11, "outcome_unknown");
    assert!(outcome.message().contains("700ms"), "{}", outcome.stderr);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn ctrl_c_and_a_closed_terminal_say_what_was_under_way() {
    let signals = [Some(rustix::process::Signal::INT), hangs_up().then_some(rustix::process::Signal::HUP)];
    for (signal, (command, method, effect, retry)) in signals.into_iter().flatten().flat_map(|signal| {
        [(&READ[..], "search_read", "rejected", "safe"), (&WRITE[..], "write", "unknown", "check_first")]
            .map(|row| (signal, row))
    }) {
        let (home, server) = lab();
        server.on(&json2("res.partner", method), Answer::Stall);
        let child = home.agent(command).spawn();
        server.wait_for(1);
        let id = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(id, signal).unwrap();
        let outcome = Outcome::of(child.wait_with_output().unwrap(), method.into()).fails(130, "interrupted");
        assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), (effect, retry));
    }
}

#[test]
fn nohup_keeps_its_meaning() {
    let (home, server) = lab();
    let (bytes, pause) = (Answer::json("true").bytes(), Duration::from_millis(100));
    server.on(&json2("res.partner", "write"), Answer::Drip { bytes, piece: 10, pause });
    let child = std::process::Command::new("sh")
        .args(["-c", r#"trap "" HUP; exec "$@""#, "sh", crate::support::run::BINARY])
        .args(WRITE)
        .env_clear()
        .env("ODOO_AGENT_HOME", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.wait_for(1);
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::HUP).unwrap();
    Outcome::of(child.wait_with_output().unwrap(), "write".into()).ok();
}

#[test]
fn ctrl_c_after_the_answer_says_what_the_write_has_done() {
    let long = json!([vec!["x".repeat(1000); 300]]).to_string();
    for (answer, effect, retry) in [(Answer::json(long), "done", "never")] {
        let (home, server) = lab();
        server.on(&json2("res.partner", "x_act"), answer);
        let mut child = home.agent(["call", "res.partner", "x_act", "--ids", "1"]).spawn();
        // It is blocked in its output as soon as there is some that nobody takes.
        let begun = Instant::now();
        while rustix::io::ioctl_fionread(child.stdout.as_ref().unwrap()).unwrap() == 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "nothing was written");
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        // Nobody takes the output before it has ended.
        child.wait().unwrap();
        let outcome = Outcome::of(child.wait_with_output().unwrap(), "x_act".into());
        assert_eq!((outcome.exit, outcome.code().as_str()), (130, "interrupted"));
        assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), (effect, retry));
        assert!(outcome.message().contains("res.partner/x_act"), "{}", outcome.stderr);
    }
}

#[test]
fn a_lost_answer_to_the_question_for_the_language_leaves_a_write_unsent() {
    let (home, server) = (Home::new(), Server::start());
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    server.on(&json2("res.users", "context_get"), Answer::CloseAfterReading);
    let outcome = home.run(WRITE).fails(10, "unreachable");
    assert_ne!(outcome.effect(), "unknown", "the write itself never left");
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
}

#[test]
fn a_result_that_cannot_be_written_says_that_the_call_went_through() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let outcome = home.agent(WRITE).run_with_stdout(full());
    assert_eq!((outcome.exit, outcome.code().as_str()), (13, "local_state"));
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("done", "never"));
    let outcome = home.agent(READ).run_with_stdout(full());
    assert_eq!((outcome.exit, outcome.code().as_str()), (13, "local_state"));
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("none", "safe"));
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let outcome = home.agent(WRITE).run_with_stdout(writer.into());
    assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""));
    server.only(&json2("res.partner", "write"));
}

/// gzip of bytes, not compressed.
fn gzip_stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(content);
    packed.extend(crc32(content).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}

/// A gzip reply of some 7 KiB for every MiB that it unpacks to: one digit, then copies of 258 digits each, in
/// the fixed code of RFC 1951.
fn gzip_bomb(mebibytes: usize) -> Answer {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut byte, mut filled) = (0_u8, 0);
    let mut put = |code: u16, length: u32| {
        for bit in (0..length).rev() {
            byte |= u8::from(code >> bit & 1 == 1) << filled;
            filled += 1;
            if filled == 8 {
                packed.push(byte);
                (byte, filled) = (0, 0);
            }
        }
    };
    put(0b1, 1);
    put(0b10, 2);
    put(0x30 + u16::from(b'7'), 8);
    for _ in 0..(mebibytes << 20) / 258 {
        put(0b1100_0101, 8);
        put(0, 5);
    }
    put(0, 7);
    put(0, 7);
    Answer::status(200, "application/json", packed).with("Content-Encoding", "gzip")
}
