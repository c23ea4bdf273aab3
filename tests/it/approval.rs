//! The approval flow against a server that refuses, mints and fails as told: what is sent, with whose key, how
//! often, and what the agent is told. Who approves at a terminal is `approve_terminal.rs`; what really holds is
//! the suite's.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::ports::Closed;
use crate::support::run::{Agent, BINARY, files_below, put_program};
use crate::support::{Answer, DATABASE, Home, KEY, Outcome, Recorded, Server, json2, lab};
use serde_json::{Value, json};

const APPROVER: &str = "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4";
const TOKEN: &str = "t0k3n-0f-the-appr0ver_Zm9yIG9uZSBjYWxsIG9ubHk";
const POST: &str = "/json/2/res.partner/message_post";
const ISSUE: &str = "/json/2/strictbase.agent.confirmation/issue_token";
const CALL: [&str; 7] = [
    "call",
    "res.partner",
    "message_post",
    "--ids",
    "10",
    "--data-json",
    r#"{"body": "Hello", "subtype_xmlid": "mail.mt_comment"}"#,
];
/// A method that no preflight knows: any number of records, any keywords.
const NEWS: &str = "/json/2/res.partner/x_send_news";

/// A recorded exchange.
fn recorded(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/guard").join(format!("{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What Odoo was recorded to answer.
fn recorded_answer(name: &str) -> Answer {
    let response = &recorded(name)["response"];
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    Answer::status(status, "application/json; charset=utf-8", response["json"].to_string())
}

/// The published guard's refusal.
fn refusal() -> Answer {
    recorded_answer("guard_or_ok_message_post_external")
}

fn token_of(request: &Recorded) -> Option<String> {
    request.context()["agent_confirmation_token"].as_str().map(str::to_string)
}

/// A guard that takes the token and nothing else.
fn guard(server: &Server, path: &str) {
    let done = if path.ends_with("/write") { "true" } else { "[501]" };
    let answer = move |request: &Recorded| match token_of(request).as_deref() {
        Some(TOKEN) => Answer::json(done),
        _ => refusal(),
    };
    server.on(path, Answer::made(answer));
}

/// A home and a server whose guard mints.
fn guarded() -> (Home, Server) {
    let (home, server) = lab();
    guard(&server, POST);
    guard(&server, NEWS);
    server.on(ISSUE, Answer::json(json!(TOKEN)));
    (home, server)
}

/// The call with `--confirm-outbound` and the approver's key in the environment.
fn confirmed(home: &Home) -> Agent {
    home.agent(CALL).arg("--confirm-outbound").env("ODOO_APPROVER_API_KEY", APPROVER)
}

/// Every request carries the agent's key, but for the minting, which carries the approver's; no body holds a
/// key.
#[track_caller]
fn keys_went_where_they_belong(server: &Server, approver: &str) {
    for request in server.requests() {
        if ["/web/version", "/web/webclient/version_info"].contains(&request.path.as_str()) {
            assert_eq!(request.header("authorization"), None);
            continue;
        }
        let key = if request.path == ISSUE { approver } else { KEY };
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {key}").as_str()),
            "{}",
            request.path
        );
        assert_eq!(request.header("x-odoo-database"), Some(DATABASE));
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!body.contains(KEY) && !body.contains(approver), "{}: a key in {body}", request.path);
        for (name, value) in &request.headers {
            let other = if request.path == ISSUE { KEY } else { approver };
            assert!(!value.contains(other) && !value.contains(TOKEN), "{}: {name}", request.path);
        }
    }
}

/// Neither what was printed nor what was kept holds a key or the token.
#[track_caller]
fn no_secret_is_left(home: &Home, outcome: &Outcome) {
    for secret in [KEY, APPROVER, TOKEN] {
        assert!(!outcome.stdout.contains(secret), "stdout holds {secret}: {}", outcome.stdout);
        assert!(!outcome.stderr.contains(secret), "stderr holds {secret}: {}", outcome.stderr);
        for path in files_below(&home.path()).into_iter().filter(|path| !path.starts_with(home.config())) {
            let content = fs::read(&path).unwrap();
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", path.display());
        }
    }
}

/// A directory for PATH in which `odoo-agent` is this.
fn path_with(home: &Home, make: impl Fn(&Path)) -> String {
    let directory = home.beside("bin");
    fs::create_dir_all(&directory).unwrap();
    make(&directory.join("odoo-agent"));
    format!("{}:/usr/bin:/bin", directory.display())
}

/// The command that stands in the hints.
fn command_in(hints: &str) -> String {
    let line = hints.lines().find(|line| line.contains(": odoo-agent ")).expect("a hint with a command");
    line[line.find("odoo-agent ").unwrap()..].to_string()
}

/// The words that a shell makes of a command.
fn words_in_shell(home: &Home, command: &str) -> Vec<String> {
    let seen = home.beside("words");
    let script = format!("#!/bin/sh\nprintf '%s\\0' \"$@\" > '{}'\n", seen.display());
    let path = path_with(home, |program| put_program(program, &script));
    let ended = Command::new("sh").args(["-c", command]).env_clear().env("PATH", path).output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{command}: {ended:?}");
    let text = String::from_utf8(fs::read(seen).unwrap()).unwrap();
    text.strip_suffix('\0').unwrap().split('\0').map(str::to_string).collect()
}

/// Runs a command as printed, with the program on PATH.
fn run_in_shell(home: &Home, command: &str) -> Outcome {
    let path = path_with(home, |program| {
        let _ = fs::remove_file(program);
        std::os::unix::fs::symlink(BINARY, program).unwrap();
    });
    let output = Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .env("PATH", path)
        .env("ODOO_AGENT_HOME", home.path())
        .output()
        .unwrap();
    Outcome::of(output, command.to_string())
}

// The refusal and its hint.

#[test]
fn the_refusal_names_a_command_that_a_shell_reads_as_it_was_meant() {
    let bodies = [
        "Hello",
        "it's \"quoted\" and 'again'",
        "$HOME $(id) `id` ${PATH} \\$x !! * ? ~ # ; & | > < ( )",
        "two\nlines\r\n\tand a tab",
        "北京 Łódź 🦀 é",
        "back\\slash \\n \\' \\\\",
        "\u{1b}[2J\u{9b}2J\u{202e}gpj.exe\u{2028}\u{7f}\u{0}",
        "",
        "'",
        "-- --ids 99 --env-file /x",
        "<p>It&#39;s 100% <b>ready</b></p>",
    ];
    for body in bodies {
        let (home, server) = guarded();
        let data = json!({ "body": body, "partner_ids": [10, 11], "subject": null, "n": 0.1 });
        let call = ["call", "res.partner", "x_send_news", "--ids", "12", "3"];
        let outcome = home.agent(call).args(["--data-json", &data.to_string()]).run();
        let outcome = outcome.fails(6, "confirmation_required").says(&["a person has to approve"]);
        assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("rejected", "never"));
        assert!(outcome.hints().contains("--confirm-token-file"), "{}", outcome.hints());
        let words = words_in_shell(&home, &command_in(&outcome.hints()));
        let expected = "--profile lab approve res.partner x_send_news --ids 12 3 --agent-user 7";
        assert_eq!(words[..words.len() - 2].join(" "), expected, "{body:?}");
        assert_eq!(words[words.len() - 2], "--data-json");
        let shown: Value = serde_json::from_str(words.last().unwrap()).unwrap();
        assert_eq!(shown, data, "{body:?}");
        assert_eq!(server.requests_to(ISSUE).len(), 0);
    }
}

#[test]
fn the_command_names_the_profile_that_the_call_was_made_in() {
    let (home, server) = guarded();
    let start = |outcome: Outcome| -> Vec<String> {
        let hints = outcome.fails(6, "confirmation_required").hints();
        words_in_shell(&home, &command_in(&hints)).into_iter().take(3).collect()
    };
    let env_file = home
        .file("it's mine.env", format!("ODOO_BASE_URL={}\nODOO_DB=lab\nODOO_API_KEY={KEY}\n", server.url()));
    assert_eq!(
        start(home.run(["--env-file", &env_file].iter().chain(&CALL))),
        ["--env-file", &env_file, "approve"]
    );
    home.profile(
        "other",
        &[("ODOO_BASE_URL", "http://127.0.0.1:1"), ("ODOO_DB", "x"), ("ODOO_API_KEY", KEY)],
    );
    assert_eq!(start(home.run(["--profile", "lab"].iter().chain(&CALL))), ["--profile", "lab", "approve"]);
    assert_eq!(start(home.agent(CALL).env("ODOO_PROFILE", "lab").run()), ["--profile", "lab", "approve"]);
    // A person has no use for the agent's wrapper, nor for its profile.
    let wrapper = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/odoo_local.sh");
    let behind = home.agent(["--profile", "lab"]).args(CALL).env("ODOO_AGENT_CALLED_AS", wrapper);
    assert_eq!(start(behind.run()), ["--profile", "YOURS", "approve"]);
}

#[test]
fn the_guards_refusal_is_not_looked_into_for_a_wrong_language() {
    let (home, server) = guarded();
    home.agent(CALL).env("ODOO_LANG", "de_DE").run().fails(6, "confirmation_required");
    assert!(server.requests_to(&json2("res.lang", "search_read")).is_empty());
}

#[test]
fn create_and_write_name_their_command_too() {
    for (command, method, expected) in [
        (
            &["create", "mail.message", "--vals-json", r#"{"body": "it's"}"#][..],
            "create",
            json!({ "vals_list": [{ "body": "it's" }] }),
        ),
        (
            &["write", "mail.message", "--ids", "5", "--vals-json", r#"{"body": "it's"}"#][..],
            "write",
            json!({ "vals": { "body": "it's" } }),
        ),
    ] {
        let (home, server) = lab();
        server.on(&json2("mail.message", method), refusal());
        let hints = home.run(command).fails(6, "confirmation_required").hints();
        let words = words_in_shell(&home, &command_in(&hints));
        let place = words.iter().position(|word| word == "approve").unwrap();
        assert_eq!(words[place + 1..place + 3], ["mail.message", method]);
        assert_eq!(words.contains(&"--ids".to_string()), method == "write");
        assert_eq!(serde_json::from_str::<Value>(words.last().unwrap()).unwrap(), expected);
    }
}

#[test]
fn the_refusal_says_whom_it_would_reach_as_far_as_the_guard_tells() {
    let (home, server) = lab();
    let lines = [
        "AGENT_CONFIRMATION_REQUIRED",
        "reason: outbound_client_communication",
        "detail: res.partner.message_post reaches people outside",
        "recipient: Azure Interior <azure@example.com>",
        "recipient: someone@example.org",
    ];
    server.on(POST, Answer::odoo_error(422, "odoo.exceptions.UserError", &lines.join("\n")));
    home.run(CALL)
        .fails(6, "confirmation_required")
        .says(&["it would reach Azure Interior <azure@example.com>, someone@example.org"]);
    server.on(POST, refusal());
    home.run(CALL)
        .fails(6, "confirmation_required")
        .says(&["res.partner.message_post targets external partner recipients."]);
}

// Minting.

#[test]
fn what_is_not_refused_mints_nothing() {
    for command in [
        &CALL[..],
        &["create", "res.partner", "--vals-json", "{}"],
        &["write", "res.partner", "--ids", "1", "--vals-json", "{}"],
    ] {
        let (home, server) = lab();
        server.on(POST, Answer::json("[1]"));
        server.on(&json2("res.partner", "create"), Answer::json("[1]"));
        server.on(&json2("res.partner", "write"), Answer::json("true"));
        let agent = home.agent(command).arg("--confirm-outbound").env("ODOO_APPROVER_API_KEY", APPROVER);
        let outcome = agent.run().ok();
        assert_eq!((server.requests().len(), outcome.notes().len()), (1, 0), "{command:?}");
        keys_went_where_they_belong(&server, APPROVER);
    }
}

#[test]
fn every_command_that_may_reach_a_client_can_be_confirmed() {
    let spec = r#"{"action": "call", "model": "res.partner", "method": "message_post", "ids": [10],
        "data": {"body": "Hello"}, "confirm_outbound": true}"#;
    let spec_create = r#"{"action": "create", "model": "res.partner", "vals": {}, "confirm_outbound": true}"#;
    let spec_write =
        r#"{"action": "write", "model": "res.partner", "ids": [1], "vals": {}, "confirm_outbound": true}"#;
    let cases: [(&[&str], Option<&str>, &str, Value); 6] = [
        (&CALL, None, "message_post", json!([10])),
        (&["create", "res.partner", "--vals-json", "{}"], None, "create", json!([])),
        (&["write", "res.partner", "--ids", "1", "--vals-json", "{}"], None, "write", json!([1])),
        (&["exec-spec", "-"], Some(spec), "message_post", json!([10])),
        (&["exec-spec", "-"], Some(spec_create), "create", json!([])),
        (&["exec-spec", "-"], Some(spec_write), "write", json!([1])),
    ];
    for (command, stdin, method, ids) in cases {
        let (home, server) = lab();
        guard(&server, &json2("res.partner", method));
        server.on(ISSUE, Answer::json(json!(TOKEN)));
        let mut agent = home.agent(command).env("ODOO_APPROVER_API_KEY", APPROVER);
        agent = match stdin {
            Some(text) => agent.stdin(text),
            None => agent.arg("--confirm-outbound"),
        };
        let outcome = agent.run().ok();
        let done = if method == "write" { json!(true) } else { json!([501]) };
        assert_eq!(outcome.json(), done, "{command:?}");
        let minted = server.only(ISSUE).json();
        assert_eq!((&minted["method_name"], &minted["record_ids"]), (&json!(method), &ids), "{command:?}");
        assert_eq!(server.requests_to(&json2("res.partner", method)).len(), 2, "{command:?}");
        keys_went_where_they_belong(&server, APPROVER);
        no_secret_is_left(&home, &outcome);
    }
}

#[test]
fn the_token_is_asked_for_as_recorded_and_for_this_agent() {
    let (home, server) = guarded();
    confirmed(&home).run().ok();
    let minted = server.only(ISSUE);
    let exchange = recorded("guard_issue_token_by_approver");
    assert_eq!(
        (&json!(minted.method), &json!(minted.path)),
        (&exchange["request"]["method"], &exchange["request"]["path"])
    );
    let mut expected = exchange["request"]["body"].clone();
    expected["agent_user_id"] = json!(7);
    expected["context"] = json!({ "agent_mode": true, "agent_channel": "cli" });
    assert_eq!(minted.json(), expected);
    assert_eq!(minted.header("content-type"), Some("application/json"));
}

#[test]
fn the_retry_is_the_refused_request_and_the_token() {
    let (home, server) = guarded();
    let data = r#"{"z": 1, "body": "it's 北京 \u00e9 \"x\"", "a": {"y": 0.10, "b": [1.0, 1e2, 9007199254740993]}, "partner_ids": [3, 1]}"#;
    home.agent(["call", "res.partner", "x_send_news", "--ids", "9", "2", "--data-json", data])
        .args(["--context-json", r#"{"zebra": "first", "allowed_company_ids": [2, 1]}"#])
        .args(["--confirm-outbound", "--agent-channel", "ci"])
        .env("ODOO_APPROVER_API_KEY", APPROVER)
        .run()
        .ok();
    let posts = server.requests_to(NEWS);
    assert_eq!(posts.len(), 2);
    let [first, second] = [&posts[0], &posts[1]].map(|post| String::from_utf8(post.body.clone()).unwrap());
    let token = format!(r#","agent_confirmation_token":"{TOKEN}""#);
    assert_eq!(second.matches(&token).count(), 1, "{second}");
    assert_eq!(second.replace(&token, ""), first);
    let without_length = |post: &Recorded| -> Vec<(String, String)> {
        let headers = post.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        headers.cloned().collect()
    };
    assert_eq!(without_length(&posts[0]), without_length(&posts[1]));
}

#[test]
fn a_module_that_takes_no_agent_is_asked_in_the_published_form_once() {
    let (home, server) = guarded();
    let unknown = "issue_token() got an unexpected keyword argument 'agent_user_id'";
    server.once(ISSUE, Answer::odoo_error(422, "werkzeug.exceptions.UnprocessableEntity", unknown));
    let outcome = confirmed(&home).run().ok();
    let minted: Vec<Value> = server.requests_to(ISSUE).iter().map(Recorded::json).collect();
    assert_eq!(minted.len(), 2);
    assert_eq!(minted[0]["agent_user_id"], 7);
    let mut published = minted[1].clone();
    published.as_object_mut().unwrap().remove("context");
    assert_eq!(published, recorded("guard_issue_token_by_approver")["request"]["body"]);
    assert_eq!(server.requests_to(POST).len(), 2);
    assert!(outcome.notes().iter().any(|note| note.contains("does not bind")), "{:?}", outcome.notes());
    keys_went_where_they_belong(&server, APPROVER);
}

#[test]
fn records_in_any_order_are_one_set() {
    for ids in [&["12", "3", "3", "7", "12"][..], &["3,7", "12"], &["7 12,3"], &["12", "12", "7", "3", "3,3"]]
    {
        let (home, server) = guarded();
        let agent = home.agent(["call", "res.partner", "x_send_news", "--ids"]).args(ids);
        agent.arg("--confirm-outbound").env("ODOO_APPROVER_API_KEY", APPROVER).run().ok();
        assert_eq!(server.only(ISSUE).json()["record_ids"], json!([3, 7, 12]), "{ids:?}");
        let asked: Vec<i64> =
            ids.iter().flat_map(|word| word.split([',', ' '])).map(|id| id.parse().unwrap()).collect();
        for post in server.requests_to(NEWS) {
            assert_eq!(post.json()["ids"], json!(asked), "the call keeps the order it was asked in");
        }
    }
}

/// How minting can fail, and what must be said about it.
fn failed_mints() -> Vec<(&'static str, Answer, usize, &'static [&'static str])> {
    let odoo = Answer::odoo_error;
    vec![
        (
            "403 recorded",
            recorded_answer("guard_issue_token_by_agent"),
            1,
            &["Only users in the Agent Confirmation Approver group may issue"],
        ),
        (
            "401",
            odoo(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"),
            1,
            &["does not accept the API key"],
        ),
        ("404 no guard", odoo(404, "werkzeug.exceptions.NotFound", "no such model"), 1, &["no such model"]),
        ("404 page", Answer::html(404), 1, &["no JSON-2 at this address"]),
        (
            "422 UserError",
            odoo(422, "odoo.exceptions.UserError", "for an active user"),
            1,
            &["for an active user"],
        ),
        (
            "422 of the signature, in both forms",
            odoo(422, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument"),
            2,
            &["missing a required argument"],
        ),
        ("500", odoo(500, "builtins.ValueError", "broken inside"), 1, &["broken inside"]),
        ("500 page", Answer::html(500), 1, &["500"]),
        ("502", Answer::html(502), 1, &["502"]),
        ("409", odoo(409, "odoo.exceptions.LockError", "locked"), 1, &["busy"]),
        ("stall", Answer::Stall, 1, &["issue_token"]),
        ("cut", Answer::CloseAfterReading, 1, &["issue_token"]),
        ("reset", Answer::ResetUnread, 1, &["issue_token"]),
        ("redirect", Answer::html(302).with("Location", "https://elsewhere.example/"), 1, &["redirects"]),
        ("no token", Answer::json("false"), 1, &["did not answer with a token"]),
        ("an empty token", Answer::json(r#""""#), 1, &["did not answer with a token"]),
        ("an object", Answer::json(json!({ "token": TOKEN })), 1, &["did not answer with a token"]),
        ("a login page", Answer::html(200), 1, &["web page"]),
    ]
}

#[test]
fn a_token_that_cannot_be_had_leaves_the_call_refused() {
    for (name, answer, mints, parts) in failed_mints() {
        let (home, server) = guarded();
        server.on(ISSUE, answer);
        let started = Instant::now();
        let outcome = confirmed(&home).args(["--timeout", "1s"]).run();
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
        let outcome = outcome.fails(6, "confirmation_required").says(parts);
        assert!(outcome.message().contains("a person has to approve"), "{name}: {}", outcome.message());
        assert_eq!(outcome.effect(), "rejected", "{name}");
        assert_eq!(server.requests_to(ISSUE).len(), mints, "{name}");
        assert_eq!(server.requests_to(POST).len(), 1, "{name}: no second attempt");
        keys_went_where_they_belong(&server, APPROVER);
        no_secret_is_left(&home, &outcome);
    }
}

#[test]
fn a_failed_mint_says_what_to_do() {
    for (answer, hint) in [
        (recorded_answer("guard_issue_token_by_agent"), "group Agent Confirmation Approver"),
        (
            Answer::odoo_error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"),
            "approver's key is not accepted",
        ),
        (Answer::CloseAfterReading, "expires by itself"),
    ] {
        let (home, server) = guarded();
        server.on(ISSUE, answer);
        let hints = confirmed(&home).run().fails(6, "confirmation_required").hints();
        assert!(hints.contains(hint), "{hint:?} is not in {hints:?}");
    }
}

// What never mints.

#[test]
fn a_read_never_mints() {
    let spec =
        r#"{"action": "search_read", "model": "res.partner", "fields": ["name"], "confirm_outbound": true}"#;
    let cases: [(&[&str], Option<&str>); 3] = [
        (&["call", "res.partner", "search_read", "--confirm-outbound"], None),
        (&["call", "res.partner", "read", "--ids", "10", "--confirm-outbound"], None),
        (&["exec-spec", "-"], Some(spec)),
    ];
    for (command, stdin) in cases {
        let (home, server) = lab();
        for method in ["search_read", "read"] {
            server.on(&json2("res.partner", method), refusal());
        }
        let mut agent = home.agent(command).env("ODOO_APPROVER_API_KEY", APPROVER);
        if let Some(text) = stdin {
            agent = agent.stdin(text);
        }
        agent.run().fails(6, "confirmation_required");
        assert_eq!(server.requests_to(ISSUE).len(), 0, "{command:?}");
        assert!(server.requests().iter().all(|request| token_of(request).is_none()));
    }
}

#[test]
fn a_read_is_never_given_the_token() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    let read = home.agent(["search-read", "res.partner", "--fields", "name"]);
    read.env("ODOO_CONFIRMATION_TOKEN", TOKEN).run().ok();
    assert_eq!(token_of(&server.only(&json2("res.partner", "search_read"))), None);
}

#[test]
fn only_a_refusal_of_the_guard_mints() {
    let odoo = Answer::odoo_error;
    let answers = [
        odoo(422, "odoo.exceptions.UserError", "Not this: AGENT_CONFIRMATION_REQUIRED"),
        odoo(422, "odoo.exceptions.UserError", "Please confirm"),
        odoo(422, "odoo.exceptions.ValidationError", "AGENT_CONFIRMATION_REQUIRED\nreason: x"),
        odoo(403, "odoo.exceptions.AccessError", "AGENT_CONFIRMATION_REQUIRED\nreason: x"),
        odoo(422, "werkzeug.exceptions.UnprocessableEntity", "AGENT_CONFIRMATION_REQUIRED"),
        odoo(500, "builtins.ValueError", "x"),
        odoo(401, "werkzeug.exceptions.Unauthorized", "x"),
        odoo(404, "odoo.exceptions.MissingError", "x"),
        odoo(409, "odoo.exceptions.LockError", "x"),
        Answer::html(422),
        Answer::html(502),
        Answer::CloseAfterReading,
        Answer::ResetUnread,
        Answer::Stall,
        Answer::html(200),
        Answer::json(json!("AGENT_CONFIRMATION_REQUIRED\nreason: x")),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let (home, server) = guarded();
        server.on(POST, answer);
        let outcome = confirmed(&home).args(["--timeout", "1s"]).run();
        assert_ne!(outcome.exit, 6, "answer {number}: {}", outcome.stderr);
        assert_eq!(server.requests_to(ISSUE).len(), 0, "answer {number}");
        assert_eq!(server.requests_to(POST).len(), 1, "answer {number}");
    }
}

#[test]
fn a_connection_that_is_refused_mints_nothing() {
    let held = Closed::hold();
    let closed = held.address();
    let home = Home::new();
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", &format!("http://{closed}")),
            ("ODOO_DB", "lab"),
            ("ODOO_API_KEY", KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
        ],
    );
    let outcome = confirmed(&home).args(["--timeout", "3s"]).run().fails(10, "unreachable");
    assert_eq!(outcome.effect(), "not_sent");
}

// The retry.

#[test]
fn a_second_refusal_is_final() {
    let (home, server) = guarded();
    server.on(POST, refusal());
    let outcome = confirmed(&home).run().fails(6, "confirmation_refused");
    let outcome = outcome.says(&["did not accept the approval", "targets external partner recipients."]);
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("rejected", "never"));
    assert_eq!(server.requests_to(POST).len(), 2, "never a third attempt");
    assert_eq!(server.requests_to(ISSUE).len(), 1);
    no_secret_is_left(&home, &outcome);
}

#[test]
fn a_second_refusal_of_the_published_module_names_the_remedy() {
    let (home, server) = guarded();
    server.on(POST, refusal());
    server.once(ISSUE, Answer::odoo_error(422, "werkzeug.exceptions.UnprocessableEntity", "unexpected"));
    let outcome = confirmed(&home).run().fails(6, "confirmation_refused");
    let hints = outcome.hints();
    for part in ["binds a token to the user who minted it", "update strictbase_agent_guard to 19.0.2.0.0"] {
        assert!(hints.contains(part), "{part:?} is not in {hints:?}");
    }
    assert_eq!(server.requests_to(POST).len(), 2, "never a third attempt");
}

#[test]
fn a_retry_that_fails_otherwise_says_so_and_is_not_repeated() {
    let odoo = Answer::odoo_error;
    for (answer, exit, code, effect) in [
        (odoo(422, "odoo.exceptions.UserError", "no such template"), 8, "rejected", "rejected"),
        (odoo(403, "odoo.exceptions.AccessError", "no"), 5, "access_denied", "rejected"),
        (odoo(500, "psycopg2.errors.SerializationFailure", "could not"), 9, "busy", "rejected"),
        (odoo(404, "odoo.exceptions.MissingError", "gone"), 7, "not_found", "rejected"),
        (Answer::html(200), 12, "bad_reply", "unknown"),
    ] {
        let (home, server) = guarded();
        server.once(POST, refusal());
        server.on(POST, answer);
        let outcome = confirmed(&home).run().fails(exit, code);
        assert_eq!(outcome.effect(), effect, "{code}");
        assert_eq!((server.requests_to(POST).len(), server.requests_to(ISSUE).len()), (2, 1), "{code}");
    }
}

#[test]
fn a_lost_answer_after_the_token_is_unknown_with_a_way_to_look() {
    let losses =
        [Answer::CloseAfterReading, Answer::ResetUnread, Answer::html(502), Answer::html(504), Answer::Stall];
    for (number, loss) in losses.into_iter().enumerate() {
        for by_token in [false, true] {
            let (home, server) = guarded();
            let other = ("ODOO_BASE_URL", "http://127.0.0.1:1");
            home.profile("other", &[other, ("ODOO_DB", "x"), ("ODOO_API_KEY", KEY)]);
            let agent = home.agent(["--profile", "lab", "--timeout", "1s"]).args(CALL);
            let agent = if by_token {
                server.on(POST, loss.clone());
                agent.env("ODOO_CONFIRMATION_TOKEN", TOKEN)
            } else {
                server.once(POST, refusal());
                server.on(POST, loss.clone());
                agent.arg("--confirm-outbound").env("ODOO_APPROVER_API_KEY", APPROVER)
            };
            let outcome = agent.run().fails(11, "outcome_unknown");
            assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("unknown", "check_first"));
            assert_eq!(server.requests_to(POST).len(), if by_token { 1 } else { 2 }, "loss {number}");
            assert_eq!(server.requests_to(ISSUE).len(), usize::from(!by_token), "loss {number}");
            no_secret_is_left(&home, &outcome);

            let messages = json2("mail.message", "search_read");
            server.on(&messages, Answer::json("[]"));
            assert_eq!(run_in_shell(&home, &command_in(&outcome.hints())).ok().json(), json!([]));
            let looked = server.only(&messages).json();
            assert_eq!(looked["domain"], json!([["model", "=", "res.partner"], ["res_id", "in", [10]]]));
        }
    }
}

// Tokens that a person gave.

#[test]
fn a_token_comes_from_a_file_from_stdin_or_from_the_environment() {
    let quoted = json!(TOKEN).to_string();
    for text in [
        TOKEN.to_string(),
        format!("{TOKEN}\n"),
        quoted.clone(),
        format!("{quoted}\n"),
        format!("  {TOKEN}\r\n"),
    ] {
        for way in ["file", "stdin", "environment"] {
            let (home, server) = guarded();
            let agent = match way {
                "file" => home.agent(CALL).args(["--confirm-token-file", &home.file("token", &text)]),
                "stdin" => home.agent(CALL).args(["--confirm-token-file", "-"]).stdin(&text),
                _ => home.agent(CALL).env("ODOO_CONFIRMATION_TOKEN", &text),
            };
            let outcome = agent.arg("--debug").run();
            assert_eq!(token_of(&server.only(POST)).as_deref(), Some(TOKEN), "{way}: {text:?}");
            let outcome = outcome.ok();
            assert_eq!(server.requests().len(), 1);
            no_secret_is_left(&home, &outcome);
        }
    }
}

#[test]
fn the_file_wins_over_the_environment_and_a_token_over_minting() {
    let (home, server) = guarded();
    let agent = confirmed(&home).args(["--confirm-token-file", &home.file("token", TOKEN)]);
    agent.env("ODOO_CONFIRMATION_TOKEN", "another-token-of-somebody").run().ok();
    assert_eq!(token_of(&server.only(POST)).as_deref(), Some(TOKEN));
    assert_eq!(server.requests_to(ISSUE).len(), 0);
}

#[test]
fn a_token_that_is_none_sends_nothing() {
    let (home, server) = guarded();
    let huge = "x".repeat(5000);
    let contents: [&[u8]; 8] = [
        b"",
        b"\n\n",
        b"\"\"",
        b"first-token\nsecond-token\n",
        b"two words",
        "t\u{f6}ken".as_bytes(),
        b"\xff\xfe",
        huge.as_bytes(),
    ];
    for content in contents {
        let file = home.file("token", content);
        for agent in [
            home.agent(CALL).args(["--confirm-token-file", &file]),
            home.agent(CALL).args(["--confirm-token-file", "-"]).stdin(content),
        ] {
            let outcome = agent.run().fails(2, "usage");
            assert_eq!(outcome.effect(), "not_sent");
            let first = String::from_utf8_lossy(content);
            let first = first.split_whitespace().next().unwrap_or_default();
            assert!(first.len() < 3 || !outcome.stderr.contains(first), "{}", outcome.stderr);
        }
    }
    for bad in ["two words", "first-token\nsecond-token"] {
        home.agent(CALL).env("ODOO_CONFIRMATION_TOKEN", bad).run().fails(2, "usage");
    }
    home.agent(CALL).args(["--confirm-token-file", "/no/such/file"]).run().fails(2, "usage");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_token_that_odoo_does_not_take_says_what_a_token_is_good_for() {
    let (home, server) = guarded();
    let agent = home.agent(CALL).env("ODOO_CONFIRMATION_TOKEN", "b".repeat(43));
    let outcome = agent.run().fails(6, "confirmation_refused");
    assert_eq!(outcome.effect(), "rejected");
    assert!(outcome.hints().contains("ten minutes"), "{}", outcome.hints());
    assert_eq!((server.requests_to(POST).len(), server.requests_to(ISSUE).len()), (1, 0));
}

#[test]
fn a_token_in_the_context_is_refused_with_nothing_sent() {
    let inner = json!({ "agent_confirmation_token": TOKEN });
    let data = json!({ "body": "x", "context": inner });
    let spec = json!({ "action": "call", "model": "res.partner", "method": "message_post", "ids": [1], "data": data });
    let outer = json!({ "action": "call", "model": "res.partner", "method": "message_post", "ids": [1], "context": inner });
    let (home, server) = guarded();
    let file = home.file("context", inner.to_string());
    // A spec has no such flag.
    let (by_flag, by_name) = ("--confirm-token-file", "ODOO_CONFIRMATION_TOKEN");
    for (agent, way) in [
        (home.agent(CALL).args(["--context-json", &inner.to_string()]), by_flag),
        (home.agent(CALL).args(["--context-file", &file]), by_flag),
        (
            home.agent([
                "call",
                "res.partner",
                "message_post",
                "--ids",
                "1",
                "--data-json",
                &data.to_string(),
            ]),
            by_flag,
        ),
        (home.agent(["exec-spec", "-"]).stdin(spec.to_string()), by_name),
        (home.agent(["exec-spec", "-"]).stdin(outer.to_string()), by_name),
    ] {
        let outcome = agent.run().fails(2, "usage");
        assert!(outcome.hints().contains(way), "{}", outcome.hints());
        no_secret_is_left(&home, &outcome);
    }
    assert_eq!(server.connections(), 0);
}

// The approver's key.

#[test]
fn a_key_in_the_agents_own_profile_works_and_warns_once() {
    let (home, server) = guarded();
    let profile = format!(
        "ODOO_BASE_URL={}\nODOO_DB=lab\nODOO_API_KEY={KEY}\nODOO_LANG=en_US\nODOO_TZ=UTC\nODOO_APPROVER_API_KEY={APPROVER}\n",
        server.url()
    );
    home.profile_text("lab", &profile, 0o600);
    let env_file = home.file("own.env", &profile);
    for place in [vec![], vec!["--env-file", env_file.as_str()]] {
        let outcome = home.agent(place).args(CALL).arg("--confirm-outbound").run().ok();
        let notes = outcome.notes();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("approver's key is in ") && notes[0].contains("approve its own calls"));
        no_secret_is_left(&home, &outcome);
    }
    keys_went_where_they_belong(&server, APPROVER);
}

#[test]
fn the_agents_key_as_the_approvers_warns_that_the_boundary_is_gone() {
    let (home, server) = guarded();
    let agent = home.agent(CALL).arg("--confirm-outbound").env("ODOO_APPROVER_API_KEY", KEY);
    let notes = agent.run().ok().notes();
    assert_eq!(notes.iter().filter(|note| note.contains("boundary")).count(), 1, "{notes:?}");
    let bearer = format!("Bearer {KEY}");
    assert!(server.requests().iter().all(|request| request.header("authorization") == Some(&bearer)));
}

/// A lab whose profile has one line more.
fn guarded_with(line: &str) -> (Home, Server) {
    let (home, server) = guarded();
    let path = home.config().join("odoo_lab.env");
    let text = fs::read_to_string(&path).unwrap();
    home.profile_text("lab", &format!("{text}{line}\n"), 0o600);
    (home, server)
}

fn confirm(home: &Home) -> Agent {
    home.agent(CALL).arg("--confirm-outbound")
}

#[test]
fn a_command_of_a_profile_prints_the_key() {
    for command in [
        format!("printf '%s\\n' {APPROVER}"),
        format!("printf '%s' {APPROVER}"),
        format!("printf '  %s \\r\\nuser: somebody\\n' {APPROVER}"),
        format!("test -z \"$ODOO_API_KEY\" && echo {APPROVER}"),
    ] {
        let (home, server) = guarded_with(&format!("ODOO_APPROVER_KEY_COMMAND={command}"));
        let outcome = confirm(&home).arg("--debug").run().ok();
        assert_eq!(server.requests_to(ISSUE).len(), 1, "{command}");
        keys_went_where_they_belong(&server, APPROVER);
        no_secret_is_left(&home, &outcome);
    }
}

#[test]
fn the_command_runs_only_for_a_refused_call_that_is_to_be_confirmed() {
    let (home, server) = guarded();
    let ran = home.beside("ran");
    let path = home.config().join("odoo_lab.env");
    let line = format!("ODOO_APPROVER_KEY_COMMAND=touch '{}'; echo {APPROVER}\n", ran.display());
    home.profile_text("lab", &(fs::read_to_string(path).unwrap() + &line), 0o600);
    home.run(CALL).fails(6, "confirmation_required");
    server.on(POST, Answer::json("[1]"));
    confirm(&home).run().ok();
    confirm(&home).env("ODOO_CONFIRMATION_TOKEN", TOKEN).run().ok();
    assert!(!ran.exists(), "nobody needed the key");
    guard(&server, POST);
    confirm(&home).run().ok();
    assert!(ran.exists());
}

#[test]
fn a_command_from_elsewhere_is_never_run() {
    let (home, server) = guarded();
    let ran = home.beside("ran");
    let command = format!("touch '{}'; echo {APPROVER}", ran.display());
    let profile = fs::read_to_string(home.config().join("odoo_lab.env")).unwrap();
    let env_file = home.file("own.env", format!("{profile}ODOO_APPROVER_KEY_COMMAND={command}\n"));
    for agent in [
        confirm(&home).args(["--env-file", &env_file]),
        confirm(&home).env("ODOO_APPROVER_KEY_COMMAND", &command),
        confirm(&home).env("ODOO_PROFILE", "lab").env("ODOO_APPROVER_KEY_COMMAND", &command),
        confirm(&home)
            .env("ODOO_BASE_URL", server.url())
            .env("ODOO_DB", "lab")
            .env("ODOO_API_KEY", KEY)
            .env("ODOO_APPROVER_KEY_COMMAND", &command),
    ] {
        let outcome = agent.run().fails(6, "confirmation_required").says(&["no approver's key here"]);
        assert!(outcome.hints().contains("odoo-agent "), "{}", outcome.hints());
    }
    assert!(!ran.exists(), "a command of the agent was run");
    assert_eq!(server.requests_to(ISSUE).len(), 0);
}

#[test]
fn a_command_that_gives_no_key_mints_nothing() {
    for (command, why) in [
        ("exit 3", "exit status: 3"),
        ("true", "empty"),
        ("echo; echo second", "empty"),
        ("printf '\\377\\376'", "not text"),
        ("kill -9 $$", "signal"),
        ("no-such-program-anywhere 2>/dev/null", "exit status: 127"),
    ] {
        let (home, server) = guarded_with(&format!("ODOO_APPROVER_KEY_COMMAND={command}"));
        let outcome = confirm(&home).run().fails(3, "config_invalid");
        let outcome = outcome.says(&["ODOO_APPROVER_KEY_COMMAND gave no key", why]);
        assert_eq!(outcome.effect(), "rejected", "the call was sent, and refused");
        assert_eq!((server.requests_to(POST).len(), server.requests_to(ISSUE).len()), (1, 0), "{command}");
    }
}

#[test]
fn a_key_that_no_header_can_carry_mints_nothing() {
    for key in ["a\nX-Injected: 1", "schl\u{fc}ssel", "\u{1b}[2J"] {
        let (home, server) = guarded();
        let outcome = confirm(&home).env("ODOO_APPROVER_API_KEY", key).run();
        let outcome = outcome.fails(6, "confirmation_required").says(&["no HTTP header can carry"]);
        assert_eq!((outcome.effect().as_str(), server.requests_to(ISSUE).len()), ("rejected", 0), "{key:?}");
        assert!(!outcome.stderr.contains(key.trim_start_matches('\u{1b}')), "{key:?}: {}", outcome.stderr);
    }
}

#[test]
fn without_a_key_the_call_is_refused_at_once_and_nobody_is_asked() {
    let (home, server) = guarded();
    for stdin in [None, Some(format!("{APPROVER}\n")), Some("yes\n".to_string())] {
        let started = Instant::now();
        let mut agent = confirm(&home);
        if let Some(text) = &stdin {
            agent = agent.stdin(text);
        }
        let outcome = agent.run().fails(6, "confirmation_required").says(&["no approver's key here"]);
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!(outcome.effect(), "rejected");
        let words = words_in_shell(&home, &command_in(&outcome.hints()));
        assert!(words.contains(&"approve".to_string()));
    }
    assert_eq!(server.requests_to(ISSUE).len(), 0);
}

#[test]
fn the_approvers_key_goes_only_where_it_was_configured_for() {
    let (home, elsewhere) = guarded();
    let own = Server::start();
    let ran = home.beside("ran");
    let profile_at = |url: &str, line: &str| {
        format!(
            "ODOO_BASE_URL={url}\nODOO_DB=lab\nODOO_API_KEY={KEY}\nODOO_LANG=en_US\nODOO_TZ=UTC\n{line}\n"
        )
    };
    let env_file = home.file("own.env", profile_at(elsewhere.url(), ""));
    let to_elsewhere = |agent: Agent| {
        let agent =
            agent.env("ODOO_BASE_URL", elsewhere.url()).env("ODOO_DB", "lab").env("ODOO_API_KEY", KEY);
        agent.env("ODOO_LANG", "en_US").env("ODOO_TZ", "UTC")
    };
    home.profile_text("file", &profile_at(own.url(), &format!("ODOO_APPROVER_API_KEY={APPROVER}")), 0o600);
    let command = format!("ODOO_APPROVER_KEY_COMMAND=touch '{}'; echo {APPROVER}", ran.display());
    home.profile_text("command", &profile_at(own.url(), &command), 0o600);
    let profile = |name: &str| home.agent(["--profile", name]).args(CALL).arg("--confirm-outbound");
    for (name, agent) in [
        (
            "a key of the environment, an address of a file that the agent names",
            confirm(&home).args(["--env-file", &env_file]).env("ODOO_APPROVER_API_KEY", APPROVER),
        ),
        ("a key of the profile, an address of the environment", to_elsewhere(profile("file"))),
        ("a command of the profile, an address of the environment", to_elsewhere(profile("command"))),
    ] {
        let outcome = agent.run();
        assert_eq!(elsewhere.requests_to(ISSUE).len(), 0, "{name}: the key went to another host");
        let outcome = outcome.fails(3, "config_unsafe");
        assert_eq!(outcome.effect(), "rejected", "{name}");
        assert!(outcome.message().contains("configured"), "{name}: {}", outcome.message());
        no_secret_is_left(&home, &outcome);
    }
    assert!(!ran.exists(), "a command was run for a key that may not be sent");
    assert_eq!(own.connections(), 0);
}

// Secrets.

#[test]
fn what_a_server_sends_back_of_keys_and_tokens_goes_no_further() {
    let echo = |request: &Recorded| {
        let key = request.header("authorization").unwrap_or_default();
        format!("{key} {KEY} {APPROVER} {}", String::from_utf8_lossy(&request.body))
    };
    let error = move |status: u16, name: &'static str| {
        Answer::made(move |request| Answer::odoo_error(status, name, &echo(request)))
    };
    let user_error = "odoo.exceptions.UserError";
    let mut runs: Vec<(&str, Answer, Answer)> = vec![
        ("mint 403", refusal(), error(403, "odoo.exceptions.AccessError")),
        ("mint 422", refusal(), error(422, user_error)),
        ("mint 500", refusal(), error(500, "builtins.ValueError")),
        ("mint is no token", refusal(), Answer::json(json!({ "keys": [KEY, APPROVER] }))),
    ];
    let after = |answer: Answer| {
        Answer::made(move |request| if token_of(request).is_none() { refusal() } else { answer.clone() })
    };
    let echoed = format!(
        "AGENT_CONFIRMATION_REQUIRED\nreason: {TOKEN}\ndetail: {TOKEN} {KEY} {APPROVER}\nrecipient: {TOKEN}"
    );
    runs.extend([
        ("retry refused", after(Answer::odoo_error(422, user_error, &echoed)), Answer::json(json!(TOKEN))),
        ("retry 422", after(error(422, user_error)), Answer::json(json!(TOKEN))),
        ("retry 500", after(error(500, "builtins.KeyError")), Answer::json(json!(TOKEN))),
        (
            "retry redirect",
            after(Answer::html(302).with("Location", &format!("https://x.example/{TOKEN}/{APPROVER}"))),
            Answer::json(json!(TOKEN)),
        ),
        ("retry 200", after(Answer::json(json!([TOKEN, APPROVER, KEY]))), Answer::json(json!(TOKEN))),
        (
            "retry page",
            after(Answer::status(200, "text/html", format!("<html>{TOKEN} {APPROVER}"))),
            Answer::json(json!(TOKEN)),
        ),
    ]);
    for (name, post, issue) in runs {
        let (home, server) = lab();
        server.on(POST, post);
        server.on(ISSUE, issue);
        for more in [&[][..], &["--debug"], &["--debug", "--pretty"]] {
            let outcome = confirmed(&home).args(more).run();
            assert!(server.requests_to(ISSUE).len() == 1, "{name}");
            server.forget();
            no_secret_is_left(&home, &outcome);
        }
    }
}

#[test]
fn debug_shows_the_requests_without_their_secrets() {
    let (home, _server) = guarded();
    let outcome = confirmed(&home).arg("--debug").run().ok();
    let lines = outcome.debug_lines();
    assert!(lines.iter().any(|line| line.contains("issue_token")), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains(r#""agent_confirmation_token":"(redacted)""#)),
        "{lines:?}"
    );
    no_secret_is_left(&home, &outcome);
}
