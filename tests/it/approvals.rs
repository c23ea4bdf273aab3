//! Requests that wait for a person, against a server that answers as the guard does: the claim is shown nowhere and
//! kept for its profile alone, a person is waited for, and exactly what was refused is sent. What a person sees
//! before they approve one is here too.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::run::files_below;
use crate::support::{Answer, Home, KEY, Outcome, Recorded, Server, Terminal, at_once, json2, lab};
use serde_json::{Value, json};

const APPROVER: &str = "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4";
const NEWS: &str = "/json/2/res.partner/x_send_news";
const GUARD: &str = "strictbase.agent.confirmation";
const OTHER: &str = "00000000-0000-4000-8000-00000000000b";
const OTHER_CLAIM: &str = "an0ther-claim_for_what_was_tried_instead_XYZ";
const CALL: [&str; 7] = [
    "call",
    "res.partner",
    "x_send_news",
    "--ids",
    "9",
    "2",
    "--data-json={\"z\": 1, \"body\": \"it's \\u00e9\", \"a\": [0.10, 1e2, 9007199254740993]}",
];

/// The guard's refusal as it was recorded.
fn recorded() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/guard/guard_request_refusal.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn refusal_of(state: &str, request: &str, claim: &str, token: &str) -> Answer {
    let json = &recorded()["response"]["json"];
    let (old, old_claim) = request_of(json);
    let text = json.to_string().replace(&old, request).replace(&old_claim, claim);
    let text = text.replace("\\ncall: ", &format!("{token}\\ncall: "));
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["context"]["agent_confirmation"]["state"] = state.into();
    Answer::status(422, "application/json; charset=utf-8", json.to_string())
}

fn request_of(json: &Value) -> (String, String) {
    let asked = &json["context"]["agent_confirmation"];
    (asked["request"].as_str().unwrap().into(), asked["claim"].as_str().unwrap().into())
}

fn request() -> String {
    request_of(&recorded()["response"]["json"]).0
}

fn claim() -> String {
    request_of(&recorded()["response"]["json"]).1
}

fn token_of(request: &Recorded) -> Option<String> {
    request.context()["agent_confirmation_token"].as_str().map(str::to_string)
}

/// A guard: what it says of the request, and what it answers to the claim. The request is decided when it was asked
/// for a number of times.
fn guard(server: &Server, pending: usize, decided: Value, with_claim: Answer) {
    let asked = Arc::new(Mutex::new(0));
    server.on(
        NEWS,
        Answer::made(move |sent| match token_of(sent) {
            Some(token) if token == claim() => with_claim.clone(),
            _ => refusal_of("pending", &request(), &claim(), ""),
        }),
    );
    server.on(
        &json2(GUARD, "request_status"),
        Answer::made(move |sent| {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            assert_eq!(sent.json()["request_uuid"], request());
            let mut status = json!({
                "request": request(), "state": "pending", "expires_at": "2026-11-28 21:00:00", "decided_at": false,
                "decided_by": false, "reason": false, "uncertain": false, "used_at": false, "sent": [],
            });
            if *asked > pending {
                status.as_object_mut().unwrap().extend(decided.as_object().unwrap().clone());
            }
            Answer::json(status)
        }),
    );
}

fn approved() -> Value {
    json!({ "state": "approved", "decided_by": "Ann Approver" })
}

/// Neither what was printed nor what is kept holds the claim, but for the file of the request.
#[track_caller]
fn no_claim_is_shown(home: &Home, outcome: &Outcome, secrets: &[&str]) {
    for secret in secrets {
        assert!(!outcome.stdout.contains(secret) && !outcome.stderr.contains(secret), "{outcome:?}");
        for path in files_below(&home.path()).into_iter().filter(|path| !path.starts_with(home.config())) {
            if path.starts_with(home.path().join("state/approvals")) {
                continue;
            }
            let content = fs::read(&path).unwrap();
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", path.display());
        }
    }
}

fn kept(home: &Home) -> Vec<std::path::PathBuf> {
    files_below(&home.path().join("state/approvals"))
}

/// Refused once, so that the request is kept.
fn asked() -> (Home, Server) {
    let (home, server) = lab();
    guard(&server, 0, approved(), Answer::json("[501]"));
    home.run(CALL).fails(6, "confirmation_required");
    (home, server)
}

#[test]
fn the_claim_is_nowhere_but_in_a_file_for_this_user_alone() {
    for debug in [false, true] {
        let (home, server) = lab();
        guard(&server, 0, approved(), Answer::json("[501]"));
        let agent = if debug { home.agent(CALL).arg("--debug") } else { home.agent(CALL) };
        let outcome = agent.run().fails(6, "confirmation_required").says(&["it would reach", &request()]);
        no_claim_is_shown(&home, &outcome, &[&claim(), KEY]);
        assert!(!outcome.stderr.contains("claim: "), "{}", outcome.stderr);
        assert!(outcome.hints().contains(&format!("odoo-agent --profile lab approve {}", request())));
        assert!(outcome.hints().contains(&format!("odoo-agent --profile lab approvals wait {}", request())));
        let files = kept(&home);
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
        let directory = fs::metadata(files[0].parent().unwrap()).unwrap();
        assert_eq!(directory.permissions().mode() & 0o777, 0o700);
        assert_eq!(
            outcome.error()["odoo"]["message"].as_str().unwrap().lines().next(),
            Some("AGENT_CONFIRMATION_REQUIRED")
        );
    }
}

#[test]
fn the_same_refused_call_is_one_request() {
    let (home, _server) = asked();
    home.run(CALL).fails(6, "confirmation_required");
    assert_eq!(kept(&home).len(), 1);
}

#[test]
fn what_is_sent_is_what_was_refused_with_its_claim() {
    let (home, server) = asked();
    assert_eq!(home.run(["approvals", "send", &request()]).ok().json(), json!([501]));
    let posts = server.requests_to(NEWS);
    let [first, second] = [&posts[0], &posts[1]].map(|post| String::from_utf8(post.body.clone()).unwrap());
    let token = format!(r#","agent_confirmation_token":"{}""#, claim());
    assert_eq!(second.matches(&token).count(), 1, "{second}");
    assert_eq!(second.replace(&token, ""), first);
    assert!(kept(&home).is_empty(), "what was sent is let go");
    home.run(["approvals", "send", &request()])
        .fails(7, "not_found")
        .says(&["is not kept here", "nothing was sent"]);
    assert_eq!(server.requests_to(NEWS).len(), 2);
}

#[test]
fn what_nobody_has_approved_is_not_sent() {
    let (home, server) = lab();
    guard(&server, usize::MAX, approved(), Answer::json("[501]"));
    home.run(CALL).fails(6, "confirmation_required");
    let send = ["approvals", "send", &request()];
    let outcome = home.run(send).fails(6, "confirmation_pending").says(&["still waits"]);
    assert!(outcome.hints().contains("approvals wait"), "{}", outcome.stderr);
    assert_eq!(outcome.effect(), "not_sent");
    assert_eq!((server.requests_to(NEWS).len(), kept(&home).len()), (1, 1));
    // Where the guard cannot be asked, it decides as the call comes.
    server.on(&json2(GUARD, "request_status"), Answer::html(404));
    home.run(send).ok();
    assert_eq!(server.requests_to(NEWS).len(), 2);
}

#[test]
fn what_was_sent_is_said_to_have_been_sent() {
    let (home, server) = lab();
    let mut sent = approved();
    sent["used_at"] = json!("2026-11-26 12:43:00");
    guard(&server, 0, sent, Answer::json("[501]"));
    home.run(CALL).fails(6, "confirmation_required");
    home.run(["approvals", "send", &request()]).ok();
    let again = home.run(["approvals", "send", &request()]).fails(7, "not_found");
    assert!(again.message().contains("was sent already, at 2026-11-26 12:43:00 UTC"), "{}", again.stderr);
    assert!(again.message().contains("nothing was sent now") && again.effect() == "not_sent");
    assert!(again.hints().contains("approvals show"), "{}", again.stderr);
    assert_eq!(server.requests_to(NEWS).len(), 2);
}

#[test]
fn another_profile_key_or_database_has_nothing_to_send() {
    let (home, server) = asked();
    let other_key = "0123456789abcdef0123456789abcdef01234567";
    for (base_url, database, key) in [
        (server.url(), "lab", other_key),
        (server.url(), "other", KEY),
        (&server.url().replace("127.0.0.1", "localhost"), "lab", KEY),
    ] {
        home.profile("other", &[("ODOO_BASE_URL", base_url), ("ODOO_DB", database), ("ODOO_API_KEY", key)]);
        home.run(["--profile", "other", "approvals", "send", &request()]).fails(7, "not_found");
    }
    assert_eq!(server.requests_to(NEWS).len(), 1);
}

#[test]
fn a_kept_file_that_somebody_changed_or_opened_is_not_sent() {
    let (home, server) = asked();
    let file = &kept(&home)[0];
    let text = fs::read_to_string(file).unwrap();
    for (content, mode) in [(text.as_str(), 0o644), ("{}", 0o600), (&text.replace("\"lab\"", "\"x\""), 0o600)]
    {
        fs::write(file, content).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
        let outcome = home.run(["approvals", "send", &request()]).fails(13, "local_state");
        assert_eq!(outcome.effect(), "not_sent");
        no_claim_is_shown(&home, &outcome, &[&claim()]);
    }
    assert_eq!(server.requests_to(NEWS).len(), 1);
}

#[test]
fn waiting_ends_with_what_a_person_decided() {
    let cases = [
        (approved(), 0, ""),
        (json!({ "state": "done" }), 0, ""),
        (json!({ "state": "rejected", "decided_by": "Ann", "reason": "Not to them" }), 6, "Ann rejected"),
        (json!({ "state": "expired" }), 6, "has expired"),
    ];
    at_once(&cases, |(decided, exit, says)| {
        let (home, server) = lab();
        guard(&server, 1, decided.clone(), Answer::json("[501]"));
        home.run(CALL).fails(6, "confirmation_required");
        let started = Instant::now();
        let outcome = home.run(["approvals", "wait", &request(), "--timeout", "30s"]);
        assert!(started.elapsed() >= Duration::from_millis(1900), "Odoo is asked every two seconds at most");
        if *exit == 0 {
            assert_eq!(outcome.ok().json()["state"], decided["state"]);
            assert_eq!(kept(&home).len(), 1);
        } else {
            let outcome = outcome.fails(6, "confirmation_refused").says(&[says]);
            assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("rejected", "never"));
            assert!(decided["reason"].as_str().is_none_or(|why| outcome.message().contains(why)));
            assert!(kept(&home).is_empty(), "what is decided is let go");
        }
        assert_eq!(server.requests_to(&json2(GUARD, "request_status")).len(), 2);
        assert_eq!(server.requests_to(NEWS).len(), 1, "waiting sends nothing");
    });
}

#[test]
fn who_is_not_answered_in_time_is_told_how_to_go_on() {
    let (home, server) = lab();
    guard(&server, 99, approved(), Answer::json("[501]"));
    let spec = json!({
        "action": "call", "model": "res.partner", "method": "x_send_news", "ids": [9], "wait_approval": "1s",
    });
    for (agent, go_on) in [
        (
            home.agent(CALL).args(["--wait-approval", "1s"]),
            format!("odoo-agent --profile lab approvals wait {}", request()),
        ),
        (
            home.agent(["exec-spec", "-"]).stdin(spec.to_string()),
            format!(r#""do":"wait","request":"{}""#, request()),
        ),
        (
            home.agent(["approvals", "wait", &request(), "--timeout", "1s"]),
            format!("approvals wait {}", request()),
        ),
    ] {
        let outcome = agent.run().fails(6, "confirmation_pending").says(&["still waits for a person"]);
        assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("rejected", "safe"));
        assert!(outcome.hints().contains(&go_on), "{}", outcome.hints());
        no_claim_is_shown(&home, &outcome, &[&claim()]);
    }
    assert!(server.requests_to(NEWS).iter().all(|sent| token_of(sent).is_none()));
}

#[test]
fn one_command_is_refused_waits_and_sends() {
    let (home, server) = lab();
    guard(&server, 1, approved(), Answer::json("[501]"));
    let outcome = home.agent(CALL).args(["--wait-approval", "30s"]).run().ok();
    assert_eq!(outcome.json(), json!([501]));
    no_claim_is_shown(&home, &outcome, &[&claim()]);
    assert!(kept(&home).is_empty());
    assert_eq!(server.requests_to(NEWS).len(), 2);

    let (home, server) = lab();
    let rejected = json!({ "state": "rejected", "decided_by": "Ann", "reason": "Not to them" });
    guard(&server, 0, rejected, Answer::json("[501]"));
    let outcome = home.agent(CALL).args(["--wait-approval", "30s"]).run();
    outcome.fails(6, "confirmation_refused").says(&["Ann rejected", "Not to them"]);
    assert_eq!(server.requests_to(NEWS).len(), 1, "what was rejected is not sent");
}

#[test]
fn create_and_write_wait_as_well_and_what_is_not_refused_waits_for_nobody() {
    for (command, method, done) in [
        (&["create", "mail.message", "--vals-json", "{}"][..], "create", json!([5])),
        (
            &["write", "mail.message", "--ids", "5", "--vals-json", r#"{"body": "x"}"#][..],
            "write",
            json!(true),
        ),
    ] {
        let (home, server) = lab();
        guard(&server, 0, approved(), Answer::json("[501]"));
        let answer = done.clone();
        let path = json2("mail.message", method);
        server.on(
            &path,
            Answer::made(move |sent| match token_of(sent) {
                Some(token) if token == claim() => Answer::json(answer.clone()),
                _ => refusal_of("pending", &request(), &claim(), ""),
            }),
        );
        assert_eq!(home.agent(command).args(["--wait-approval", "9s"]).run().ok().json(), done);
        assert_eq!(server.requests_to(&path).len(), 2);
        server.on(&path, Answer::json(done.clone()));
        server.forget();
        assert_eq!(home.agent(command).args(["--wait-approval", "9s"]).run().ok().json(), done);
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_request_that_was_approved_meanwhile_is_sent_or_said_to_be() {
    let (home, server) = lab();
    server.on(
        NEWS,
        Answer::made(|sent| match token_of(sent) {
            Some(_) => Answer::json("[501]"),
            None => refusal_of("approved", &request(), &claim(), ""),
        }),
    );
    let outcome = home.run(CALL).fails(6, "confirmation_required").says(&["is approved"]);
    assert!(outcome.hints().contains(&format!("approvals send {}", request())));
    assert_eq!(server.requests_to(NEWS).len(), 1, "it is not sent without being told to");
    assert_eq!(home.agent(CALL).args(["--wait-approval", "5s"]).run().ok().json(), json!([501]));
    assert!(server.requests_to(&json2(GUARD, "request_status")).is_empty());
}

#[test]
fn what_the_guard_says_of_a_claim_is_told() {
    let cases = [
        ("\\ntoken: waiting for approval", "confirmation_pending", "still waits", true),
        ("\\ntoken: rejected: not to them", "confirmation_refused", "rejected request", false),
        ("\\ntoken: expired", "confirmation_refused", "expired", false),
        ("\\ntoken: already used", "confirmation_refused", "already used", false),
        ("\\ntoken: issued for another agent", "confirmation_refused", "another agent", false),
    ];
    for (token, code, says, stays) in cases {
        let (home, server) = lab();
        guard(&server, 0, approved(), refusal_of("pending", &request(), &claim(), token));
        home.run(CALL).fails(6, "confirmation_required");
        let outcome = home.run(["approvals", "send", &request()]).fails(6, code).says(&[says]);
        assert_eq!(outcome.effect(), "rejected");
        no_claim_is_shown(&home, &outcome, &[&claim()]);
        assert_eq!(kept(&home).len(), usize::from(stays), "{token}");
    }
}

#[test]
fn what_differs_from_what_was_approved_is_a_request_of_its_own() {
    let (home, server) = lab();
    let token = "\\ntoken: not what was approved: recipient added: eve@x.example; the text differs";
    guard(&server, 0, approved(), refusal_of("pending", OTHER, OTHER_CLAIM, token));
    for agent in
        [home.agent(["approvals", "send", &request()]), home.agent(CALL).args(["--wait-approval", "9s"])]
    {
        home.run(CALL).fails(6, "confirmation_required");
        let outcome = agent.run().fails(6, "confirmation_refused");
        let outcome = outcome.says(&["not what was approved", "eve@x.example", "the text differs"]);
        assert!(outcome.hints().contains(&format!("approvals wait {OTHER}")), "{}", outcome.hints());
        no_claim_is_shown(&home, &outcome, &[&claim(), OTHER_CLAIM]);
        assert_eq!(kept(&home).len(), 2, "the first is approved still");
    }
}

#[test]
fn a_lost_answer_leads_to_the_guard_and_not_to_a_second_letter() {
    let (home, server) = lab();
    guard(&server, 0, approved(), Answer::CloseAfterReading);
    home.run(CALL).fails(6, "confirmation_required");
    let outcome = home.run(["approvals", "send", &request()]).fails(11, "outcome_unknown");
    assert!(outcome.hints().contains(&format!("approvals show {}", request())), "{}", outcome.hints());
    assert_eq!((server.requests_to(NEWS).len(), kept(&home).len()), (2, 1));
}

#[test]
fn list_show_and_drop() {
    let (home, server) = asked();
    let row = json!({
        "id": 1, "request_uuid": request(), "state": "pending", "summary": "a", "recipients_text": "a@b.example",
        "subject": "S", "requested_model": "res.partner", "requested_method": "x_send_news",
        "requested_ids_json": "[2, 9]", "create_date": "2026-11-25 22:58:47", "expires_at": "2026-11-28 22:58:47",
        "reject_reason": false,
    });
    let mut other = row.clone();
    other["request_uuid"] = OTHER.into();
    server.on(&json2(GUARD, "search_read"), Answer::json(json!([row, other])));
    server.on(&json2(GUARD, "request_manifest"), Answer::json(manifest("Hello")));
    server.on(&json2(GUARD, "withdraw_request"), Answer::json("true"));
    let rows = home.run(["approvals", "list"]).ok().json();
    assert_eq!((&rows[0]["request"], &rows[0]["ids"]), (&json!(request()), &json!([2, 9])));
    assert_eq!((&rows[0]["kept"], &rows[1]["kept"]), (&json!(true), &json!(false)));
    let whole = home.run(["approvals", "show", &request()]).ok().json();
    assert_eq!((&whole["state"], &whole["items"][0]["body_text"]), (&json!("approved"), &json!("Hello")));
    home.run(["approvals", "drop", &request()]).ok();
    assert_eq!(server.only(&json2(GUARD, "withdraw_request")).json()["request_uuid"], request());
    assert!(kept(&home).is_empty());
}

#[test]
fn what_is_no_number_and_what_would_change_the_call_sends_nothing() {
    let (home, server) = asked();
    server.forget();
    for words in [
        &["approvals", "show", "x"][..],
        &["approvals", "send", "../../x"],
        &["approvals", "send", &request(), "--context-json", r#"{"lang": "de_DE"}"#],
        &["call", "a.b", "c", "--wait-approval", "1s", "--confirm-token-file", "x"],
        &["call", "a.b", "c", "--wait-approval", "soon"],
    ] {
        home.run(words).fails(2, "usage");
    }
    for spec in [
        json!({ "action": "approvals", "do": "sing" }),
        json!({ "action": "approvals", "do": "send" }),
        json!({ "action": "approvals", "do": "send", "request": "x" }),
        json!({ "action": "approvals", "do": "show", "request": request(), "timeout": "1m" }),
        json!({ "action": "read", "model": "a.b", "ids": [1], "wait_approval": 5 }),
    ] {
        home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run().fails(2, "invalid_spec");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_guard_without_requests_is_not_waited_for() {
    let (home, server) = lab();
    let refusal = "AGENT_CONFIRMATION_REQUIRED\nreason: r\ndetail: reaches a client";
    server.on(NEWS, Answer::odoo_error(422, "odoo.exceptions.UserError", refusal));
    let outcome = home.agent(CALL).args(["--wait-approval", "30s"]).run().fails(6, "confirmation_required");
    assert!(outcome.message().contains("keeps no requests"), "{}", outcome.message());
    assert!(outcome.hints().contains("approve res.partner x_send_news"), "{}", outcome.hints());
    assert!(kept(&home).is_empty());
    let stopped = format!("{refusal}\ntoken: Ann has stopped all sending by agents");
    server.on(NEWS, Answer::odoo_error(422, "odoo.exceptions.UserError", &stopped));
    home.run(CALL).fails(6, "confirmation_required").says(&["Ann has stopped all sending by agents"]);
}

#[test]
fn confirm_outbound_approves_exactly_the_refused_request() {
    let (home, server) = lab();
    guard(&server, 0, approved(), Answer::json("[501]"));
    server.on(&json2(GUARD, "issue_token"), Answer::json(json!(claim())));
    let agent = home.agent(CALL).arg("--confirm-outbound").env("ODOO_APPROVER_API_KEY", APPROVER);
    let outcome = agent.run().ok();
    let minted = server.only(&json2(GUARD, "issue_token")).json();
    assert_eq!(minted["request_uuid"], request());
    assert_eq!((&minted["model_name"], &minted["record_ids"]), (&json!("res.partner"), &json!([2, 9])));
    no_claim_is_shown(&home, &outcome, &[&claim(), APPROVER]);
    assert!(kept(&home).is_empty());
}

fn manifest(body: &str) -> Value {
    json!({
        "request": request(), "state": "pending", "agent": { "id": 7, "name": "Case Agent" }, "agent_channel": "cli",
        "call": { "model": "res.partner", "method": "x_send_news", "ids": [9] },
        "created_at": "2026-11-25 22:58:47", "expires_at": "2026-11-28 22:58:47", "digest": "d", "arguments_digest": "a",
        "items": [{
            "channel": "e-mail", "recipients": [{ "name": "Ready Mat", "address": "info@mat.example" }], "inside": [],
            "sender": "Agent <agent@x.example>", "reply_to": "", "subject": "An offer", "body_text": body,
            "attachments": [{ "name": "offer.pdf", "checksum": "c", "size": 12 }],
            "model": "res.partner", "res_id": 9, "record": "Gemini Furniture", "note": "",
        }],
    })
}

#[test]
fn a_person_sees_what_the_guard_recorded_and_not_what_the_command_says() {
    for by_number in [true, false] {
        let (home, server) = lab();
        server.on(&json2(GUARD, "request_manifest"), Answer::json(manifest("The true text")));
        server.on(&json2(GUARD, "issue_token"), Answer::json(json!(claim())));
        let rows = json!([{ "id": 1, "request_uuid": request(), "requested_ids_json": "[9]" }]);
        server.on(&json2(GUARD, "search_read"), Answer::json(rows));
        let number = request();
        let words: Vec<&str> = match by_number {
            true => vec!["approve", &number],
            false => vec![
                "approve",
                "res.partner",
                "x_send_news",
                "--ids",
                "9",
                "--data-json",
                r#"{"body":"a harmless text"}"#,
            ],
        };
        let terminal = Terminal::agent(&home, &words).env("ODOO_APPROVER_API_KEY", APPROVER);
        let seen = terminal.when("Type yes: ", "yes\n").run(&home).exits(0);
        let seen = seen.shows(&[
            "The true text",
            "info@mat.example",
            "offer.pdf",
            "Case Agent",
            "Gemini Furniture",
            "exactly this, once",
        ]);
        assert!(!seen.screen.contains("a harmless text"), "{}", seen.screen);
        let minted = server.only(&json2(GUARD, "issue_token")).json();
        assert_eq!((&minted["request_uuid"], &minted["agent_user_id"]), (&json!(request()), &json!(7)));
        assert!(!seen.screen.contains(&claim()) && !seen.stdout.contains(&claim()), "{}", seen.screen);
        assert!(seen.stdout.contains("\"approved\""), "{}", seen.stdout);
    }
}

#[test]
fn a_person_who_says_no_or_comes_too_late_approves_nothing() {
    let (home, server) = lab();
    server.on(&json2(GUARD, "request_manifest"), Answer::json(manifest("x")));
    let number = request();
    let terminal = || Terminal::agent(&home, &["approve", &number]).env("ODOO_APPROVER_API_KEY", APPROVER);
    // Neither yes nor no.
    terminal().when("Type yes: ", "maybe\n").run(&home).exits(6).shows(&["still waits", "asks again"]);
    assert!(server.requests_to(&json2(GUARD, "reject_request")).is_empty());
    // A guard that takes no such answer by key.
    let missing = "the method 'strictbase.agent.confirmation.reject_request' does not exist";
    server.once(
        &json2(GUARD, "reject_request"),
        Answer::odoo_error(404, "werkzeug.exceptions.NotFound", missing),
    );
    terminal().when("Type yes: ", "no, too early\n").run(&home).exits(6).shows(&["still waits", "in Odoo"]);
    server.on(&json2(GUARD, "reject_request"), Answer::json("true"));
    let seen = terminal().when("Type yes: ", "no\n").when("Why not?", "wrong customer\n").run(&home);
    seen.exits(6).shows(&["is rejected", "told why"]);
    let told: Vec<_> =
        server.requests_to(&json2(GUARD, "reject_request")).iter().map(|it| it.json()).collect();
    assert_eq!(told[0]["reason"], "too early");
    assert_eq!((&told[1]["reason"], &told[1]["request_uuid"]), (&json!("wrong customer"), &json!(number)));
    let mut late = manifest("x");
    late["state"] = "rejected".into();
    server.on(&json2(GUARD, "request_manifest"), Answer::json(late));
    let terminal = Terminal::agent(&home, &["approve", &number]).env("ODOO_APPROVER_API_KEY", APPROVER);
    terminal.run(&home).exits(6).shows(&["it is rejected"]);
    assert!(server.requests_to(&json2(GUARD, "issue_token")).is_empty());
}

#[test]
fn a_request_that_only_the_approver_may_see_is_what_they_approve() {
    let (home, server) = lab();
    server.on(&json2(GUARD, "request_manifest"), Answer::json(manifest("The true text")));
    server.on(&json2(GUARD, "issue_token"), Answer::json(json!(claim())));
    server.on(
        &json2(GUARD, "search_read"),
        Answer::made(|sent| match sent.header("authorization") {
            Some(bearer) if bearer.ends_with(APPROVER) => {
                Answer::json(json!([{ "id": 1, "request_uuid": request(), "requested_ids_json": "[9]" }]))
            }
            _ => Answer::json("[]"),
        }),
    );
    let data = r#"--data-json={"body":"a harmless text"}"#;
    let words = ["approve", "res.partner", "x_send_news", "--ids", "9", data];
    let terminal = Terminal::agent(&home, &words).env("ODOO_APPROVER_API_KEY", APPROVER);
    server.on(&json2(GUARD, "reject_request"), Answer::json("true"));
    let seen = terminal.when("Type yes: ", "yes\n").when("The true text", "").when("Type yes: ", "no: bad\n");
    seen.run(&home).exits(6).shows(&["a harmless text", "The true text", "is rejected"]);
    assert!(server.requests_to(&json2(GUARD, "issue_token")).is_empty());
}

#[test]
fn a_request_that_its_agent_took_back_was_rejected_by_nobody() {
    let home = Home::new();
    let run = |line: &[&str]| home.run(["--profile", "sandbox"].iter().chain(line));
    let body = r#"{"body":"Hi","partner_ids":[15],"subtype_xmlid":"mail.mt_comment"}"#;
    let call = ["call", "res.partner", "message_post", "--ids", "15", "--data-json", body];
    run(&call).fails(6, "confirmation_required");
    let listed = run(&["approvals", "list"]).ok().json();
    let request = listed[0]["request"].as_str().unwrap();
    run(&["approvals", "drop", request]).ok();
    let told = run(&["approvals", "wait", request]).fails(6, "confirmation_refused").message();
    assert!(told.contains("was withdrawn by the agent") && !told.contains("person"), "{told}");
}
