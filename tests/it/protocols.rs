//! JSON-RPC and the web session through the binary, against servers that answer as Odoo 14 to 19 do: what is chosen
//! and how often it is asked for, who signs in and when again, what a lost session or answer means for a write, and
//! where a password and a cookie go.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use crate::support::run::files_below;
use crate::support::{Answer, DATABASE, Home, KEY, Outcome, Recorded, Server, Terminal};
use serde_json::{Value, json};

const LOGIN: &str = "agent@example.com";
const PASSWORD: &str = "corr3ct h0rse \"battery\" staple";
const UID: i64 = 8;
const READ: [&str; 4] = ["search-read", "res.partner", "--fields", "name"];
const WRITE: [&str; 6] = ["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#];
const CALL_KW: &str = "/web/dataset/call_kw/res.partner/";
const COOKIE: &str = "0123456789abcdef0123456789abcdef01234567";
const NEXT_COOKIE: &str = "ffff456789abcdef0123456789abcdef01234567";

fn result(value: &Value) -> Answer {
    Answer::json(json!({ "jsonrpc": "2.0", "id": 1, "result": value }))
}

fn error(code: i64, name: &str, message: &str) -> Answer {
    let data = json!({
        "name": name, "message": message, "arguments": [message], "context": {},
        "debug": "Traceback (most recent call last):\n  File \"/opt/odoo/http.py\"",
    });
    let error = json!({ "code": code, "message": "Odoo Server Error", "data": data });
    Answer::json(json!({ "jsonrpc": "2.0", "id": null, "error": error }))
}

fn denied() -> Answer {
    error(200, "odoo.exceptions.AccessDenied", "Access Denied")
}

fn expired() -> Answer {
    error(100, "odoo.http.SessionExpiredException", "Session expired")
}

fn version(major: u32) -> Answer {
    result(&json!({
        "server_version": format!("{major}.0"), "server_version_info": [major, 0, 0, "final", 0, ""],
        "server_serie": format!("{major}.0"), "protocol_version": 1,
    }))
}

fn logged_in(cookie: &str) -> Answer {
    result(&json!({ "uid": UID, "db": DATABASE }))
        .with("Set-Cookie", "frontend_lang=en_US; Path=/")
        .with("Set-Cookie", &format!("session_id={cookie}; Max-Age=604800; HttpOnly; Path=/"))
}

/// What a JSON-RPC request asks: `common.version`, `res.partner.write`.
fn asked(request: &Recorded) -> String {
    let params = &request.json()["params"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    match params["service"].as_str() {
        Some("object") => format!("{}.{}", text(&params["args"][3]), text(&params["args"][4])),
        _ => format!("common.{}", text(&params["method"])),
    }
}

/// An Odoo of a version, that answers both protocols and knows one user.
fn odoo(major: u32) -> Server {
    let server = Server::start();
    server.on(
        "/jsonrpc",
        Answer::made(move |request| match asked(request).as_str() {
            "common.version" => version(major),
            "common.authenticate" => result(&json!(UID)),
            "res.partner.write" => result(&json!(true)),
            _ => result(&json!([])),
        }),
    );
    server.on("/web/webclient/version_info", version(major));
    server.on("/web/session/authenticate", logged_in(COOKIE));
    server.on(&format!("{CALL_KW}search_read"), result(&json!([])));
    server.on(&format!("{CALL_KW}write"), result(&json!(true)));
    server.on("/json/2/res.partner/search_read", Answer::json("[]"));
    server
}

/// A home with a profile for this server, its language and time zone set.
fn home(server: &Server, more: &[(&str, &str)]) -> Home {
    let home = Home::new();
    let url = server.url().to_string();
    let mut values = vec![
        ("ODOO_BASE_URL", url.as_str()),
        ("ODOO_DB", DATABASE),
        ("ODOO_LOGIN", LOGIN),
        ("ODOO_LANG", "en_US"),
        ("ODOO_TZ", "UTC"),
    ];
    values.extend(more);
    home.profile("lab", &values);
    home
}

fn with_session(server: &Server) -> Home {
    home(server, &[("ODOO_PASSWORD", PASSWORD), ("ODOO_PROTOCOL", "session")])
}

fn with_key(server: &Server) -> Home {
    home(server, &[("ODOO_API_KEY", KEY)])
}

fn paths(server: &Server) -> Vec<String> {
    server
        .requests()
        .into_iter()
        .map(|request| request.path)
        .filter(|path| !path.ends_with("fields_get"))
        .collect()
}

/// The calls by JSON-RPC, without the questions for fields.
fn calls(server: &Server) -> Vec<String> {
    let all = server.requests_to("/jsonrpc");
    all.iter().map(asked).filter(|what| !what.ends_with("fields_get")).collect()
}

#[test]
fn what_is_spoken_follows_from_the_server_and_the_profile() {
    const JSON2: &str = "/json/2/res.partner/search_read";
    const JSONRPC: &str = "/jsonrpc";
    let session = format!("{CALL_KW}search_read");
    let (key, password) = (("ODOO_API_KEY", KEY), ("ODOO_PASSWORD", PASSWORD));
    for (major, is_open, profile, spoken) in [
        (19, true, vec![key], JSON2),
        (20, true, vec![key], JSON2),
        (22, false, vec![key], JSON2),
        (18, true, vec![key], JSONRPC),
        (14, true, vec![key], JSONRPC),
        (18, true, vec![key, password], JSONRPC),
        (19, true, vec![key, password], JSON2),
        (17, true, vec![password], JSONRPC),
        (19, true, vec![password], JSONRPC),
        (17, false, vec![password], session.as_str()),
        (17, false, vec![key, password], session.as_str()),
        (22, false, vec![password], session.as_str()),
        (19, true, vec![key, ("ODOO_PROTOCOL", "jsonrpc")], JSONRPC),
        (19, true, vec![password, ("ODOO_PROTOCOL", "session")], session.as_str()),
        (17, true, vec![password, ("ODOO_PROTOCOL", "session")], session.as_str()),
        (18, true, vec![key, ("ODOO_PROTOCOL", "auto")], JSONRPC),
    ] {
        let server = odoo(major);
        if !is_open {
            server.on(JSONRPC, Answer::html(404));
        }
        let home = home(&server, &profile);
        let outcome = home.agent(READ).arg("--debug").run().ok();
        assert_eq!(paths(&server).last().map(String::as_str), Some(spoken), "{major} {profile:?}");
        assert!(outcome.debug_lines().iter().any(|line| line.starts_with("speaks ")), "{}", outcome.stderr);
    }
}

#[test]
fn an_empty_answer_is_judged_by_the_version_that_gave_it() {
    let server = Server::start();
    let fields = json!({
        "name": { "type": "char", "string": "Name" },
        "parent_id": { "type": "many2one", "relation": "res.partner", "string": "Company" },
    });
    server.on(
        "/jsonrpc",
        Answer::made(move |request| match asked(request).as_str() {
            "common.version" => version(17),
            "common.authenticate" => result(&json!(UID)),
            "res.partner.fields_get" => result(&fields),
            _ => result(&json!([])),
        }),
    );
    let home = with_key(&server);
    let notes = |domain: &str| home.agent(READ).args(["--domain", domain]).run().ok().notes().join("\n");
    let misspelt = notes(r#"[["parent_ids", "=", 1]]"#);
    assert!(misspelt.contains("nothing was found") && misspelt.contains("parent_id"), "{misspelt}");
    // Odoo 19 fails on it, and those before ask whether there is one.
    assert_eq!(notes(r#"[["parent_id", "=", true]]"#), "");
}

#[test]
fn a_key_without_a_login_asks_nobody_and_a_key_that_opens_nothing_says_so() {
    let server = odoo(18);
    let home = Home::new();
    let url = server.url().to_string();
    let with = |more: &[(&str, &str)]| {
        let mut values = vec![
            ("ODOO_BASE_URL", url.as_str()),
            ("ODOO_DB", DATABASE),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
        ];
        values.extend(more);
        home.profile("lab", &values);
    };
    with(&[("ODOO_API_KEY", KEY)]);
    home.run(READ).ok();
    assert_eq!(paths(&server), ["/json/2/res.partner/search_read"]);
    server.forget();
    for (profile, says) in [
        (vec![("ODOO_PASSWORD", PASSWORD)], "ODOO_LOGIN"),
        (vec![("ODOO_API_KEY", KEY), ("ODOO_PROTOCOL", "jsonrpc")], "ODOO_LOGIN"),
        (vec![("ODOO_API_KEY", KEY), ("ODOO_PROTOCOL", "session")], "ODOO_PASSWORD"),
        (vec![("ODOO_PASSWORD", PASSWORD), ("ODOO_PROTOCOL", "json2")], "ODOO_API_KEY"),
        (vec![], "ODOO_API_KEY"),
    ] {
        with(&profile);
        home.run(READ).fails(3, "config_missing").says(&[says]);
    }
    with(&[("ODOO_API_KEY", KEY), ("ODOO_PROTOCOL", "xmlrpc")]);
    home.run(READ).fails(3, "config_invalid").says(&["ODOO_PROTOCOL", "session"]);
    server.on("/jsonrpc", Answer::html(404));
    with(&[("ODOO_API_KEY", KEY), ("ODOO_LOGIN", LOGIN)]);
    let outcome = home.run(READ).fails(3, "config_missing");
    assert_eq!(outcome.effect(), "not_sent");
    assert!(outcome.hints().contains("ODOO_PASSWORD"));
}

#[test]
fn the_server_and_the_user_are_asked_for_once() {
    let server = odoo(17);
    let home = with_key(&server);
    home.run(READ).ok();
    assert_eq!(calls(&server), ["common.version", "common.authenticate", "res.partner.search_read"]);
    server.forget();
    home.run(READ).ok();
    assert_eq!(calls(&server), ["res.partner.search_read"]);
    let call = server.only("/jsonrpc");
    assert_eq!((call.header("authorization"), call.header("cookie")), (None, None));
    let context = json!({ "lang": "en_US", "tz": "UTC", "agent_mode": true, "agent_channel": "cli" });
    assert_eq!(
        call.json()["params"]["args"],
        json!([DATABASE, UID, KEY, "res.partner", "search_read", [[]], { "fields": ["name"], "limit": 20, "offset": 0, "context": context }])
    );
}

#[test]
fn a_login_of_the_session_is_kept_for_this_user_alone_and_ended_on_the_server() {
    let server = odoo(17);
    let home = with_session(&server);
    home.run(READ).ok();
    server.forget();
    home.run(READ).ok();
    let call = server.only(&format!("{CALL_KW}search_read"));
    assert_eq!(call.header("cookie"), Some(format!("session_id={COOKIE}").as_str()));
    assert_eq!(paths(&server).len(), 1, "a kept session costs no login");
    let kept = files_below(&home.path().join("state").join("sessions"));
    assert_eq!(kept.len(), 1);
    assert_eq!(std::fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o777, 0o600);

    server.on(
        "/web/session/destroy",
        Answer::json(r#"{"jsonrpc": "2.0", "id": 1}"#)
            .with("Set-Cookie", &format!("session_id={NEXT_COOKIE}; Path=/")),
    );
    let ended = home.run(["session", "end"]).ok();
    assert_eq!(ended.json(), json!({ "ended": true }));
    assert_eq!(
        server.only("/web/session/destroy").header("cookie"),
        Some(format!("session_id={COOKIE}").as_str())
    );
    assert!(files_below(&home.path().join("state").join("sessions")).is_empty());
    assert_eq!(home.run(["session", "end"]).ok().json(), json!({ "ended": false }));
}

#[test]
fn a_new_cookie_takes_the_place_of_the_old_one_and_that_of_an_error_does_not() {
    let server = odoo(19);
    let home = with_session(&server);
    let rotated =
        result(&json!([])).with("Set-Cookie", &format!("session_id={NEXT_COOKIE}; HttpOnly; Path=/"));
    server.once(&format!("{CALL_KW}search_read"), rotated);
    home.run(READ).ok();
    server.forget();
    let nobodys = error(200, "odoo.exceptions.UserError", "no")
        .with("Set-Cookie", "session_id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; Path=/");
    server.once(&format!("{CALL_KW}search_read"), nobodys);
    home.run(READ).fails(8, "rejected");
    home.run(READ).ok();
    for call in server.requests_to(&format!("{CALL_KW}search_read")) {
        assert_eq!(call.header("cookie"), Some(format!("session_id={NEXT_COOKIE}").as_str()));
    }
    assert!(server.requests_to("/web/session/authenticate").is_empty());
}

#[test]
fn a_cookie_goes_to_no_other_server_and_a_redirect_is_not_followed() {
    let (server, other) = (odoo(17), odoo(17));
    let home = with_session(&server);
    home.run(READ).ok();
    let text = std::fs::read_to_string(home.config().join("odoo_lab.env")).unwrap();
    home.profile_text("lab", &text.replace(server.url(), other.url()), 0o600);
    other.on("/web/session/authenticate", denied());
    home.run(READ).fails(4, "auth_rejected");
    assert!(other.requests().iter().all(|request| request.header("cookie").is_none()));
    home.profile_text("lab", &text, 0o600);
    other.forget();
    let there = format!("{}/web/dataset/call_kw", other.url());
    server.on(&format!("{CALL_KW}search_read"), Answer::html(307).with("Location", &there));
    home.run(READ).fails(12, "bad_reply").says(&[other.url()]);
    assert!(other.requests().is_empty());
}

/// Whether an answer to a write is followed by a new login and the same write once more.
fn is_repeated(answer: Answer) -> (Outcome, usize) {
    let server = odoo(17);
    let home = with_session(&server);
    server.once(&format!("{CALL_KW}write"), answer);
    server.once("/web/session/authenticate", logged_in(COOKIE));
    server.once("/web/session/authenticate", logged_in(NEXT_COOKIE));
    let outcome = home.run(WRITE);
    let writes = server.requests_to(&format!("{CALL_KW}write"));
    if writes.len() == 2 {
        assert_eq!(writes[1].header("cookie"), Some(format!("session_id={NEXT_COOKIE}").as_str()));
        assert_eq!(writes[0].body, writes[1].body);
    }
    (outcome, writes.len())
}

#[test]
fn a_write_is_repeated_only_where_odoo_said_that_it_had_no_session_for_it() {
    let no_route =
        "<title>404 Not Found</title><p>The requested URL was not found on the server. If you entered";
    let not_found = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 404, "message": "404: Not Found", "data": {
        "name": "werkzeug.exceptions.NotFound", "message": "404 Not Found", "arguments": [], "context": {}, "debug": "" } } });
    let (outcome, times) = is_repeated(expired());
    outcome.ok();
    assert_eq!(times, 2);
    // Any gateway can show such a page, or such a code, after the work was done.
    for said in [
        Answer::status(404, "text/html", no_route),
        Answer::status(404, "text/html", "<p>No database is selected and the requested URL was not found"),
        Answer::status(404, "application/json", not_found.to_string()),
        Answer::status(
            502,
            "application/json",
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":100,"message":"Odoo Session Expired"}}"#,
        ),
    ] {
        let (outcome, times) = is_repeated(said);
        assert_eq!(times, 1, "{}", outcome.stderr);
        assert_ne!(outcome.exit, 0);
    }
    // Said beside a result, or twice, it is said by somebody else.
    let both = |name: &str, code: i64, more: &str| {
        let data =
            format!(r#"{{"name":"{name}","message":"x","arguments":["x"],"context":{{}},"debug":""}}"#);
        Answer::json(format!(
            r#"{{"jsonrpc":"2.0","id":1,{more}"error":{{"code":{code},"message":"x","data":{data}}}}}"#
        ))
    };
    for (answer, exit, code, effect) in [
        (both("odoo.http.SessionExpiredException", 100, r#""result":true,"#), 12, "bad_reply", "unknown"),
        (both("odoo.exceptions.UserError", 200, r#""result":true,"#), 12, "bad_reply", "unknown"),
        (both("a.B\",\"name\":\"odoo.exceptions.UserError", 200, ""), 12, "bad_reply", "unknown"),
        (both("odoo.exceptions.UserError", 200, r#""result":null,"#), 8, "rejected", "rejected"),
        (both("odoo.exceptions.UserError", 200, ""), 8, "rejected", "rejected"),
        (Answer::html(404), 12, "bad_reply", "unknown"),
        (Answer::html(502), 11, "outcome_unknown", "unknown"),
        (Answer::CloseAfterReading, 11, "outcome_unknown", "unknown"),
        (denied(), 5, "access_denied", "rejected"),
        (error(200, "odoo.exceptions.AccessError", "no"), 5, "access_denied", "rejected"),
        (error(0, "psycopg2.errors.SerializationFailure", "x"), 9, "busy", "rejected"),
        (Answer::json("[]"), 12, "bad_reply", "unknown"),
        (result(&json!(false)), 12, "bad_reply", "unknown"),
        (Answer::json(r#"{"jsonrpc": "2.0", "id": 1}"#), 12, "bad_reply", "unknown"),
    ] {
        let (outcome, times) = is_repeated(answer);
        let outcome = outcome.fails(exit, code);
        assert_eq!((outcome.effect().as_str(), times), (effect, 1), "{}", outcome.stderr);
    }
}

#[test]
fn a_session_that_is_lost_again_and_again_is_renewed_once() {
    let server = odoo(17);
    let home = with_session(&server);
    server.on(&format!("{CALL_KW}write"), expired());
    server.once("/web/session/authenticate", logged_in(COOKIE));
    server.once("/web/session/authenticate", logged_in(NEXT_COOKIE));
    let outcome = home.run(WRITE).fails(11, "outcome_unknown");
    assert_eq!(outcome.effect(), "unknown");
    assert_eq!(server.requests_to(&format!("{CALL_KW}write")).len(), 2);
    assert_eq!(server.requests_to("/web/session/authenticate").len(), 2);
}

#[test]
fn a_login_that_opens_no_session_says_what_helps() {
    for (answer, exit, code, says, hint) in [
        (denied(), 4, "auth_rejected", "does not accept this password", "API key is no password"),
        (result(&json!({ "uid": null })), 4, "auth_rejected", "two-factor", "ODOO_API_KEY"),
        (
            error(
                0,
                "odoo.exceptions.AccessDenied",
                "Too many login failures, please wait a bit before trying again.",
            ),
            9,
            "busy",
            "says nothing of the password",
            "wait 60 s",
        ),
        (
            error(200, "odoo.exceptions.AccessError", "Database not found."),
            4,
            "database_not_found",
            DATABASE,
            "ODOO_DB",
        ),
        (
            error(200, "psycopg2.OperationalError", "FATAL:  database \"lab\" does not exist\n"),
            4,
            "database_not_found",
            DATABASE,
            "ODOO_DB",
        ),
        (result(&json!({ "uid": UID })), 12, "bad_reply", "no cookie", ""),
        (result(&json!([])), 12, "bad_reply", "session", ""),
    ] {
        let server = odoo(17);
        let home = with_session(&server);
        server.on("/web/session/authenticate", answer);
        let outcome = home.run(WRITE).fails(exit, code).says(&[says]);
        assert!(outcome.hints().contains(hint), "{}", outcome.stderr);
        assert!(server.requests_to(&format!("{CALL_KW}write")).is_empty());
        assert_ne!(outcome.effect(), "unknown");
    }
}

/// An Odoo that gives these numbers to whoever signs in, one after the other, and takes calls of user 9 alone.
fn with_numbers(numbers: &[Value]) -> Server {
    let server = odoo(17);
    let numbers = Arc::new(Mutex::new(numbers.iter().rev().cloned().collect::<Vec<_>>()));
    server.on(
        "/jsonrpc",
        Answer::made(move |request| match asked(request).as_str() {
            "common.version" => version(17),
            "common.authenticate" => result(&numbers.lock().unwrap().pop().unwrap_or_default()),
            what if what.ends_with("fields_get") => result(&json!({})),
            _ if request.json()["params"]["args"][1] == 9 => result(&json!(true)),
            _ if request.json()["params"]["args"][1] == 7 => error(
                0,
                "odoo.exceptions.MissingError",
                "Record does not exist or has been deleted.\n(Record: res.users(7,), User: 7)",
            ),
            _ => denied(),
        }),
    );
    server
}

#[test]
fn a_user_that_has_another_number_now_is_asked_for_again_and_one_that_is_denied_is_told_why() {
    let writes = |server: &Server| calls(server).iter().filter(|what| *what == "res.partner.write").count();
    // What was learnt of an earlier database is good no more.
    for stale in [7, 8] {
        let server = with_numbers(&[json!(stale), json!(9)]);
        let home = with_key(&server);
        // A write is not sent again for another number than the one that it was sent with.
        assert_eq!(home.run(WRITE).effect(), "rejected");
        assert_eq!(writes(&server), 1);
        server.forget();
        home.run(WRITE).ok();
        assert_eq!(calls(&server), ["res.partner.write"], "the number that is good is kept");
    }
    // The key is good, and the call is denied.
    let server = with_numbers(&[json!(8), json!(8)]);
    let outcome = with_key(&server).run(WRITE).fails(5, "access_denied");
    assert_eq!((outcome.effect().as_str(), writes(&server)), ("rejected", 1));
    // The key is good no more.
    let server = with_numbers(&[json!(8), json!(false)]);
    let outcome = with_key(&server).run(WRITE).fails(4, "auth_rejected");
    assert_eq!((outcome.effect().as_str(), writes(&server)), ("rejected", 1));
}

#[test]
fn faults_of_a_write_by_jsonrpc_mean_what_they_mean_elsewhere() {
    for (answer, exit, code, effect) in [
        (Answer::CloseAfterReading, 11, "outcome_unknown", "unknown"),
        (Answer::html(504), 11, "outcome_unknown", "unknown"),
        (Answer::html(404), 12, "bad_reply", "unknown"),
        (Answer::html(303).with("Location", "/web/login"), 12, "bad_reply", "unknown"),
        (Answer::json("<html>"), 12, "bad_reply", "unknown"),
        (Answer::json(r#"{"jsonrpc": "2.0", "id": 1, "error": {"code": 200}}"#), 12, "bad_reply", "unknown"),
        (error(200, "odoo.exceptions.ValidationError", "no"), 8, "rejected", "rejected"),
        (error(200, "psycopg2.errors.LockNotAvailable", "x"), 9, "busy", "rejected"),
        (error(200, "smtplib.SMTPException", "x"), 11, "outcome_unknown", "unknown"),
        (
            error(200, "psycopg2.OperationalError", "server closed the connection"),
            11,
            "outcome_unknown",
            "unknown",
        ),
        (Answer::status(400, "text/html", "Invalid JSON data"), 12, "bad_reply", "unknown"),
    ] {
        let server = odoo(17);
        let home = with_key(&server);
        home.run(READ).ok();
        server.forget();
        server.on(
            "/jsonrpc",
            Answer::made(move |request| {
                if asked(request).ends_with("fields_get") { result(&json!({})) } else { answer.clone() }
            }),
        );
        let outcome = home.run(WRITE).fails(exit, code);
        assert_eq!(outcome.effect(), effect, "{}", outcome.stderr);
        let writes = calls(&server).iter().filter(|what| what.ends_with("write")).count();
        assert_eq!(writes, 1, "{}", outcome.stderr);
    }
}

#[test]
fn a_password_is_in_no_output_no_file_and_no_process() {
    for (protocol, answer) in [("session", "session"), ("jsonrpc", "jsonrpc")] {
        let server = odoo(17);
        let home = home(&server, &[("ODOO_PASSWORD", PASSWORD), ("ODOO_PROTOCOL", protocol)]);
        let echo = json!([{ "id": 1, "name": format!("your password is {PASSWORD}") }]);
        if answer == "session" {
            server.on(&format!("{CALL_KW}search_read"), result(&echo));
        } else {
            server.on(
                "/jsonrpc",
                Answer::made(move |request| match asked(request).as_str() {
                    "common.version" => version(17),
                    "common.authenticate" => result(&json!(UID)),
                    _ => result(&echo),
                }),
            );
        }
        let told = home.agent(READ).arg("--debug").run().ok();
        let dry = home.agent(WRITE).arg("--dry-run").run().ok();
        let shown = [told.stdout, told.stderr, dry.stdout, dry.stderr].concat();
        let escaped = PASSWORD.replace('"', "\\\"");
        for secret in [PASSWORD, escaped.as_str(), COOKIE] {
            assert!(!shown.contains(secret), "{protocol}: {shown}");
        }
        assert!(shown.contains("(redacted)"));
        for file in home.files() {
            let bytes = std::fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let is_profile = file.ends_with("odoo_lab.env");
            let is_cookie = file.components().any(|part| part.as_os_str() == "sessions");
            assert!(
                is_profile || !(text.contains(PASSWORD) || text.contains(&escaped)),
                "{}",
                file.display()
            );
            assert!(is_cookie || !text.contains(COOKIE), "{}", file.display());
        }
    }
}

#[test]
fn a_password_goes_only_to_the_host_it_was_configured_with() {
    let (server, other) = (odoo(17), odoo(17));
    let home = with_session(&server);
    let outcome = home.agent(READ).args(["--profile", "lab"]).env("ODOO_BASE_URL", other.url()).run();
    outcome.fails(3, "config_unsafe");
    let env_file =
        home.file("own.env", format!("ODOO_BASE_URL={}\nODOO_DB=lab\nODOO_LOGIN={LOGIN}\n", other.url()));
    home.agent(READ)
        .args(["--env-file", &env_file])
        .env("ODOO_PASSWORD", PASSWORD)
        .run()
        .fails(3, "config_unsafe");
    assert!(other.requests().is_empty());
}

#[test]
fn a_command_gives_the_key_or_password_and_only_a_profile_names_one() {
    let server = odoo(17);
    for (name, prints, value) in [
        ("ODOO_API_KEY_COMMAND", format!("echo {KEY}"), KEY),
        ("ODOO_PASSWORD_COMMAND", "printf '%s\\n' s3cret-of-the-vault".to_string(), "s3cret-of-the-vault"),
    ] {
        server.forget();
        let home = home(&server, &[(name, &prints)]);
        let outcome = home.agent(READ).arg("--debug").run().ok();
        assert!(!outcome.stderr.contains(value), "{}", outcome.stderr);
        let last = server.requests_to("/jsonrpc").pop().unwrap().json();
        assert_eq!(last["params"]["args"][2], value);
        // Nobody else's word names a command.
        let url = server.url();
        let base = format!("ODOO_BASE_URL={url}\nODOO_DB=lab\nODOO_LOGIN={LOGIN}\n");
        let ran = home.beside("ran");
        let touch = format!("touch {}", ran.display());
        let env_file = home.file("own.env", format!("{base}{name}={touch}\n"));
        home.agent(READ).args(["--env-file", &env_file]).run().fails(3, "config_missing");
        let plain = Home::new();
        plain.profile_text("lab", &base, 0o600);
        plain.agent(READ).env(name, &touch).run().fails(3, "config_missing");
        assert!(!ran.exists(), "{name} was run from elsewhere");
    }
    for (command, why) in [("exit 3", "ended with"), ("true", "empty")] {
        let home = home(&server, &[("ODOO_PASSWORD_COMMAND", command)]);
        home.run(READ).fails(3, "config_invalid").says(&["ODOO_PASSWORD_COMMAND gave no password", why]);
    }
}

#[test]
fn the_environment_chooses_no_protocol() {
    let server = odoo(17);
    let home = home(&server, &[("ODOO_PASSWORD", PASSWORD)]);
    home.agent(READ).env("ODOO_PROTOCOL", "session").run().ok();
    assert!(paths(&server).iter().all(|path| path == "/jsonrpc"));
}

/// An Odoo without a guard that knows the agent, a colleague and a client with a login of their own, and counts what
/// is posted.
fn unguarded(major: u32) -> Server {
    let server = Server::start();
    server.on(
        "/jsonrpc",
        Answer::made(move |request| {
            let params = &request.json()["params"];
            let number = |login: &Value| match login.as_str() {
                Some(LOGIN) => 8,
                Some("colleague@example.com") => 9,
                _ => 12,
            };
            match asked(request).as_str() {
                "common.version" => version(major),
                "common.authenticate" if params["args"][2] == "wr0ng-p4ssword" => result(&json!(false)),
                "common.authenticate" => result(&json!(number(&params["args"][1]))),
                "res.users.has_group" => result(&json!(params["args"][1] != 12)),
                // Up to 15 it does not say whose it is.
                "res.users.context_get" if major < 16 => result(&json!({ "lang": "en_US", "tz": "UTC" })),
                "res.users.context_get" => result(&json!({ "uid": 8, "lang": "en_US", "tz": "UTC" })),
                "res.partner.message_post" => result(&json!(71)),
                _ => result(&json!([])),
            }
        }),
    );
    server
}

const LETTER: [&str; 6] = ["call", "res.partner", "message_post", "--ids", "10", "--data-json"];
const TO_A_CLIENT: &str = r#"{"body":"Hello","subtype_xmlid":"mail.mt_comment","message_type":"comment"}"#;

fn posted(server: &Server) -> usize {
    calls(server).iter().filter(|what| *what == "res.partner.message_post").count()
}

#[test]
fn what_reaches_a_client_is_held_here_where_odoo_has_no_guard() {
    let server = unguarded(17);
    let home = with_key(&server);
    let outcome = home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    let error = outcome.error();
    assert_eq!((outcome.effect().as_str(), error["held_by"].as_str()), ("not_sent", Some("client")));
    assert_eq!(posted(&server), 0);
    let again = home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    assert_eq!(outcome.message(), again.message(), "the same call is held once");
    let held = home.run(["approvals", "list"]).ok().json();
    assert_eq!(held.as_array().map(Vec::len), Some(1));
    let request = held[0]["request"].as_str().unwrap();
    assert!(outcome.message().contains(request) && outcome.hints().contains(request));
    home.agent(["approvals", "wait", request, "--timeout", "1s"]).run().fails(6, "confirmation_pending");
    home.run(["approvals", "send", request]).fails(6, "confirmation_pending");
    // A note stays inside, and so does what only prepares a letter.
    home.agent(LETTER).arg(r#"{"body":"Hello"}"#).run().ok();
    assert_eq!(posted(&server), 1);
    home.run(["approvals", "drop", request]).ok();
    assert_eq!(home.run(["approvals", "list"]).ok().json(), json!([]));

    // Where there is a guard it is Odoo's affair, and nobody holds back a person's own profile.
    let server = unguarded(19);
    let home = self::home(&server, &[("ODOO_API_KEY", KEY), ("ODOO_PROTOCOL", "jsonrpc")]);
    home.agent(LETTER).arg(TO_A_CLIENT).run().ok();
    let server = unguarded(17);
    let home = self::home(&server, &[("ODOO_API_KEY", KEY), ("ODOO_PROFILE_KIND", "person")]);
    home.agent(LETTER).arg(TO_A_CLIENT).run().ok();
}

#[test]
fn another_user_lets_exactly_that_through_and_nobody_else_does() {
    const YES: &str = "Type yes: ";
    const WHO: &str = "not the agent's: ";
    const SECRET: &str = "(not shown): ";
    let server = unguarded(17);
    let home = with_key(&server);
    home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    let request = home.run(["approvals", "list"]).ok().json()[0]["request"].as_str().unwrap().to_string();
    let approve = |who: &str, secret: &str| {
        Terminal::agent(&home, &["approve", &request])
            .when(YES, "yes\n")
            .when(WHO, &format!("{who}\n"))
            .when(SECRET, &format!("{secret}\n"))
            .run(&home)
    };
    for (who, secret, exit) in [
        (LOGIN, KEY, 6),
        ("client@example.com", "their-p4ssword", 6),
        ("colleague@example.com", "wr0ng-p4ssword", 4),
    ] {
        approve(who, secret).exits(exit);
        assert_eq!(posted(&server), 0, "{who} lets nothing through");
    }
    let seen =
        approve("colleague@example.com", "c0lleagues-own-key").exits(0).shows(&["message_post", "Hello"]);
    assert_eq!(seen.echo.last(), Some(&false), "the key is typed unseen");
    assert!(!seen.screen.contains("c0lleagues-own-key"));
    assert_eq!(posted(&server), 1);
    let sent =
        server.requests_to("/jsonrpc").into_iter().find(|call| asked(call) == "res.partner.message_post");
    let args = sent.unwrap().json()["params"]["args"].clone();
    assert_eq!((&args[1], &args[2]), (&json!(UID), &json!(KEY)), "in the agent's own name");
    let done = home.run(["approvals", "wait", &request]).ok().json();
    assert_eq!((&done["state"], &done["result"]), (&json!("done"), &json!([71])));
    Terminal::agent(&home, &["approve", &request]).run(&home).exits(6);
    assert_eq!(posted(&server), 1, "once");
    for file in home.files() {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains("c0lleagues-own-key"), "{}", file.display());
    }
}

#[test]
fn an_agent_lets_nothing_of_its_own_through_whatever_the_version_tells() {
    for major in [14, 15] {
        let server = unguarded(major);
        let home = with_key(&server);
        home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
        let request = home.run(["approvals", "list"]).ok().json()[0]["request"].as_str().unwrap().to_string();
        Terminal::agent(&home, &["approve", &request])
            .when("Type yes: ", "yes\n")
            .when("not the agent's: ", &format!("{LOGIN}\n"))
            .when("(not shown): ", &format!("{KEY}\n"))
            .run(&home)
            .exits(6);
        assert_eq!(posted(&server), 0, "{major}");
    }
}

#[test]
fn a_call_that_may_have_been_sent_is_never_taken_for_one_that_waits() {
    let server = unguarded(17);
    let home = with_key(&server);
    home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    let request = home.run(["approvals", "list"]).ok().json()[0]["request"].as_str().unwrap().to_string();
    let file = home.files().into_iter().find(|file| file.to_string_lossy().contains("/held/")).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"state\":\"pending\"", "\"state\":\"unknown\"")).unwrap();
    Terminal::agent(&home, &["approve", &request]).run(&home).exits(6);
    // The agent asks for the same once more: whoever is asked learns that it may have been sent.
    home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    let seen = Terminal::agent(&home, &["approve", &request]).when("Type yes: ", "no\n").run(&home);
    seen.exits(6).shows(&["may have been"]);
    assert_eq!(posted(&server), 0);
}

#[test]
fn what_was_put_among_the_held_calls_switches_nothing_off() {
    let server = unguarded(17);
    let home = with_key(&server);
    home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    let file = home.files().into_iter().find(|file| file.to_string_lossy().contains("/held/")).unwrap();
    let mut held: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    held["operation"]["context"]["mail_notrack"] = true.into();
    let object = |key: &str| held["operation"][key].as_object().unwrap().clone();
    let mut operation = odoo_agent::inside::Operation::new("res.partner", "message_post", object("kwargs"))
        .unwrap()
        .on(vec![10]);
    operation.context = object("context");
    let digest = operation.digest();
    let parts = [&digest[..8], &digest[8..12], &digest[12..16], &digest[16..20], &digest[20..32]];
    let request = parts.join("-");
    held["request"] = request.as_str().into();
    let forged = file.with_file_name(format!("{request}.json"));
    crate::support::run::write_with_mode(&forged, held.to_string().as_bytes(), 0o600);
    let seen = Terminal::agent(&home, &["approve", &request])
        .when("Type yes: ", "yes\n")
        .when("not the agent's: ", "colleague@example.com\n")
        .when("(not shown): ", "c0lleagues-own-key\n")
        .run(&home);
    seen.exits(2).shows(&["mail_notrack"]);
    assert_eq!(posted(&server), 0);
}

#[test]
fn a_person_who_says_no_is_told_to_the_agent() {
    let server = unguarded(16);
    let home = with_key(&server);
    home.agent(LETTER).arg(TO_A_CLIENT).run().fails(6, "confirmation_required");
    let request = home.run(["approvals", "list"]).ok().json()[0]["request"].as_str().unwrap().to_string();
    Terminal::agent(&home, &["approve", &request]).when("Type yes: ", "no\n").run(&home).exits(6);
    home.run(["approvals", "wait", &request]).fails(6, "confirmation_refused");
    assert_eq!(posted(&server), 0);
}

#[test]
fn a_dialog_in_the_place_of_new_records_is_no_answer_of_odoos() {
    let dialog = result(
        &json!({ "type": "ir.actions.act_window", "res_model": "res.users.identitycheck", "res_id": 2 }),
    );
    for method in ["create", "write"] {
        let server = odoo(17);
        let home = with_session(&server);
        server.on(&format!("{CALL_KW}{method}"), dialog.clone());
        let outcome = match method {
            "create" => home.run(["create", "res.partner", "--vals-json", r#"{"name": "x"}"#]),
            _ => home.run(WRITE),
        };
        assert_eq!(outcome.fails(12, "bad_reply").effect(), "unknown", "{method}");
    }
    // A method behind the check has done nothing.
    let server = odoo(17);
    let home = with_session(&server);
    server.on("/web/dataset/call_kw/res.users.apikeys/remove", dialog);
    let outcome = home.run(["call", "res.users.apikeys", "remove", "--ids", "1"]).fails(8, "rejected");
    assert_eq!(outcome.effect(), "rejected");
}

/// Odoo 20 as its source has it: a contact has no `company_type`, keys want a scope, files are objects.
fn odoo_20() -> Server {
    let server = odoo(20);
    server.on(
        "/web/version",
        Answer::json(r#"{"version_info": [20, 0, 0, "final", 0, ""], "version": "20.0"}"#),
    );
    server.on(
        "/json/2/res.partner/search_read",
        Answer::made(|request| {
            let fields = request.json()["fields"].to_string();
            if fields.contains("company_type") {
                let said = "Invalid field 'company_type' on 'res.partner'";
                return Answer::odoo_error(500, "builtins.ValueError", said);
            }
            Answer::json(r#"[{"id": 7, "name": "Azure", "email": false, "active": true}]"#)
        }),
    );
    server.on(
        "/json/2/res.partner/fields_get",
        Answer::json(
            r#"{"id": {"type": "integer", "string": "ID"}, "name": {"type": "char", "string": "Name"},
                "email": {"type": "char", "string": "Email"}, "active": {"type": "boolean", "string": "Active"},
                "is_company": {"type": "boolean", "string": "Company", "readonly": true}}"#,
        ),
    );
    server.on("/json/2/res.partner/create", Answer::json("[8]"));
    server.on("/json/2/res.partner/message_post", Answer::json("[71]"));
    server.on(
        "/json/2/ir.attachment/read",
        Answer::json(r#"[{"id": 5, "raw": {"content": "eA==", "size": 1, "filename": "x.txt"}}]"#),
    );
    server
}

#[test]
fn odoo_20_is_spoken_to_as_its_source_says() {
    for more in [vec![("ODOO_API_KEY", KEY)], vec![("ODOO_API_KEY", KEY), ("ODOO_PROTOCOL", "json2")]] {
        let server = odoo_20();
        let home = home(&server, &more);
        for _ in 0..2 {
            // Whether its fields are known by then or not.
            let found = home.run(["lookup", "partner", "Azure", "--refresh"]).ok().json();
            assert_eq!(
                found["results"],
                json!([{ "id": 7, "name": "Azure", "email": false, "active": true }])
            );
        }
        home.run(["create", "res.partner", "--vals-json", r#"{"name": "x"}"#]).ok();
        let read = home.run(["read", "ir.attachment", "--ids", "5", "--fields", "raw"]).ok().json();
        assert_eq!(read[0]["raw"]["content"], "eA==", "a file is an object, as it came");
    }
    let server = odoo_20();
    let home = home(&server, &[("ODOO_API_KEY", KEY)]);
    let cc = r#"{"body": "x", "partner_cc_ids": [9]}"#;
    home.run(["call", "res.partner", "message_post", "--ids", "7", "--data-json", cc]).ok();
    let domain = r#"[["id", "access", "write"]]"#;
    server.on("/json/2/res.partner/search_count", Answer::json("3"));
    home.run(["count", "res.partner", "--domain", domain]).ok();
    let checks = home.run(["doctor"]);
    assert!(checks.stdout.contains("by its source, not tried live"), "{}", checks.stdout);
}

/// Rows of the table of faults that these protocols have not: they bind no arguments, and tell a key that is none, or a
/// session that is over, in their own way.
const OF_JSON2_ALONE: [&str; 7] = [
    "401 (401)",
    "403 AccessDenied (403)",
    "403 session (403)",
    "404 without a database (404)",
    "422 signature (422)",
    "400 (400)",
    "429 (429)",
];

/// An error of Odoo's own as JSON-RPC's envelope holds it: with 200, whatever it means. Everything else is as it is.
fn enveloped(answer: &Answer) -> Answer {
    let Answer::Reply { status, body, .. } = answer else { return answer.clone() };
    match serde_json::from_slice::<Value>(body) {
        Ok(data) if data["debug"].is_string() && *status < 502 => {
            let error = json!({ "code": 200, "message": "Odoo Server Error", "data": data });
            Answer::json(json!({ "jsonrpc": "2.0", "id": 1, "error": error }))
        }
        _ => answer.clone(),
    }
}

#[test]
fn every_fault_means_the_same_by_either_protocol() {
    let table = crate::faults::table();
    let faults = || table.iter().filter(|fault| !OF_JSON2_ALONE.contains(&fault.name.as_str()));
    let mut cases = Vec::new();
    for fault in faults() {
        for is_write in [false, true] {
            cases.extend([(fault, is_write, false), (fault, is_write, true)]);
        }
    }
    crate::support::side_by_side(&cases, |(fault, is_write, is_session)| {
        let server = odoo(18);
        let answer = enveloped(&fault.answer);
        let (command, method): (&[&str], &str) =
            if *is_write { (&WRITE, "write") } else { (&READ, "search_read") };
        if *is_session {
            server.on(&format!("{CALL_KW}{method}"), answer);
        } else {
            let call = format!("res.partner.{method}");
            server.on(
                "/jsonrpc",
                Answer::made(move |request| match asked(request) {
                    what if what == call => answer.clone(),
                    what if what == "common.version" => version(18),
                    what if what == "common.authenticate" => result(&json!(UID)),
                    _ => result(&json!([])),
                }),
            );
        }
        let home = if *is_session { with_session(&server) } else { with_key(&server) };
        let agent = home.agent(command);
        let outcome = match fault.answer {
            Answer::Stall | Answer::Drip { .. } => agent.args(["--timeout", "1500ms"]).run_here(),
            _ => agent.run_here(),
        };
        let path = if *is_session { format!("{CALL_KW}{method}") } else { "/jsonrpc".into() };
        let sent = server.requests_to(&path);
        let reached = match is_session {
            true => sent.len(),
            false => sent.iter().filter(|call| asked(call) == format!("res.partner.{method}")).count(),
        };
        let (has, must) = (crate::faults::ended(&outcome, reached), fault.must(*is_write));
        (has != must || !outcome.stdout.is_empty()).then(|| {
            format!(
                "{method} by {}, {}:\n  has  {has:?}\n  must {must:?}\n  {}",
                if *is_session { "session" } else { "JSON-RPC" },
                fault.name,
                outcome.stderr
            )
        })
    });
}
