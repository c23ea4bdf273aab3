//! A policy that only watches: it decides, notes and says what it would have done, lets everything through, and takes
//! nothing from those that hold back.

use std::fs;

#[cfg(feature = "mcp")]
use crate::support::mcp::{Client, Era};
use crate::support::policies::policy;
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, Server, json2, lab};
use serde_json::{Value, json};

fn of_profile(home: &Home, document: &Value) {
    let path = home.config().join("odoo_lab.policy.json");
    write_with_mode(&path, document.to_string().as_bytes(), 0o600);
}

fn place() -> (Home, Server, String) {
    let (home, server) = lab();
    let path = json2("x.thing", "act");
    server.on(&path, Answer::json("true"));
    (home, server, path)
}

fn watching(rule: Value) -> Value {
    json!({ "version": "1", "mode": "shadow", "rules": [rule] })
}

/// The log's last line.
fn noted(home: &Home) -> Value {
    let log = fs::read_to_string(home.path().join("state/policy/decisions.jsonl")).unwrap();
    serde_json::from_str(log.lines().last().unwrap()).unwrap()
}

const ACT: [&str; 7] = ["--profile", "lab", "call", "x.thing", "act", "--ids", "1"];

/// A rule, what is said of a call that it is about, and the verdict that is noted.
fn cases() -> [(Value, &'static str, &'static str); 3] {
    [
        (json!({ "match": { "method": "act" }, "action": "deny" }), "would deny x.thing/act", "deny"),
        (json!({ "match": { "method": "act" }, "action": "ask" }), "would ask x.thing/act", "ask"),
        (
            json!({ "match": { "method": "act" }, "limits": [{ "window": "hour", "max": 0 }] }),
            "it would be at its limit with x.thing/act",
            "limit",
        ),
    ]
}

#[test]
fn each_of_its_verdicts_is_said_and_noted_and_lets_through_on_a_command_line() {
    for (rule, says, verdict) in cases() {
        let (home, server, path) = place();
        policy(&home, &watching(rule));
        let done = home.run(ACT).ok();
        assert!(done.notes().iter().any(|note| note.contains(says)), "{verdict}: {}", done.stderr);
        assert_eq!(server.requests_to(&path).len(), 1, "{verdict}");
        let line = noted(&home);
        assert_eq!(line["became"], "sent", "{line}");
        let all = line["shadow"].as_array().unwrap();
        assert!(all.iter().any(|it| it["verdict"] == verdict), "{verdict}: {line}");
    }
    let (home, _server, _) = place();
    policy(&home, &watching(json!({ "match": { "method": "other" }, "action": "deny" })));
    assert!(!home.run(ACT).ok().stderr.contains("only watches"));
}

#[cfg(feature = "mcp")]
#[test]
fn each_of_its_verdicts_is_said_and_noted_and_lets_through_by_mcp() {
    for (rule, says, verdict) in cases() {
        let (home, server, path) = place();
        policy(&home, &watching(rule));
        let mut client = Client::start(home.agent(["--profile", "lab", "mcp"]), Era::Modern);
        let said = client.done("odoo_call", json!({ "model": "x.thing", "method": "act", "ids": [1] }));
        assert!(said["notes"].to_string().contains(says), "{verdict}: {said}");
        assert_eq!(server.requests_to(&path).len(), 1, "{verdict}");
        let line = noted(&home);
        assert!(
            line["became"] == "sent" && line["shadow"].to_string().contains(verdict),
            "{verdict}: {line}"
        );
    }
}

#[test]
fn it_takes_no_quota_from_one_that_holds_back() {
    let limit = |mode: &str| {
        json!({ "version": "1", "mode": mode, "tools": { "act": {
            "limits": [{ "counter": "same", "window": "hour", "max": 2 }] } } })
    };
    let (home, server, path) = place();
    // The same counter in one that watches and one that does not.
    policy(&home, &limit("shadow"));
    of_profile(&home, &limit("enforce"));
    for _ in 0..2 {
        home.run(ACT).ok();
    }
    home.run(ACT).fails(5, "policy_denied");
    // What was watched is not what is held back from now on.
    let (home, server_of_two, path_of_two) = place();
    policy(&home, &limit("shadow"));
    for _ in 0..3 {
        home.run(ACT).ok();
    }
    policy(&home, &limit("enforce"));
    for _ in 0..2 {
        home.run(ACT).ok();
    }
    home.run(ACT).fails(5, "policy_denied");
    assert_eq!((server.requests_to(&path).len(), server_of_two.requests_to(&path_of_two).len()), (2, 5));
}

#[test]
fn what_never_left_is_not_counted_by_one_that_watches() {
    let (home, server, _) = place();
    policy(
        &home,
        &watching(json!({ "match": { "method": "act" }, "limits": [{ "window": "hour", "max": 1 }] })),
    );
    drop(server);
    let failed = home.run(ACT);
    assert_ne!(failed.exit, 0);
    assert_eq!(failed.effect(), "not_sent", "{}", failed.stderr);
    let failed = home.run(ACT);
    assert!(!failed.stderr.contains("only watches"), "{}", failed.stderr);
}

#[test]
fn one_that_cannot_be_taken_locks_all_the_same() {
    for document in [
        json!({ "version": "1", "mode": "shadow", "rule": [] }),
        json!({ "version": "1", "mode": "shadow", "rules": [{ "match": { "method": [] }, "action": "deny" }] }),
        json!({ "version": "1", "mode": "shade" }),
    ] {
        let (home, server, _) = place();
        policy(&home, &document);
        home.run(ACT).fails(3, "policy_invalid");
        assert!(server.requests().is_empty(), "{document}");
    }
}

#[test]
fn a_denial_that_holds_stands_beside_one_that_watches() {
    let (home, server, path) = place();
    policy(&home, &watching(json!({ "match": { "method": "act" }, "action": "allow" })));
    of_profile(
        &home,
        &json!({ "version": "1", "rules": [{ "match": { "method": "act" }, "action": "deny" }] }),
    );
    home.run(ACT).fails(5, "policy_denied");
    assert!(server.requests_to(&path).is_empty());
}
