//! A policy that was changed after a call: what was wanted of a person, what an undo would write or tell, and what is
//! looked up of a call are judged by what stands now.

use std::path::PathBuf;

use crate::journal::{entries, files};
use crate::support::policies::{denying, policy, rules, run, served};
use crate::support::{Answer, Home, Terminal, json2, lab};
use serde_json::{Value, json};

fn field(home: &Home, model: &str, id: &str, name: &str) -> Value {
    let read = run(home, &["read", model, "--ids", id, "--fields", name]).ok().json();
    read[0][name].clone()
}

const WRITE: [&str; 6] = ["write", "res.partner", "--ids", "7", "--vals-json", r#"{"comment":"Later"}"#];

/// The hash of a passphrase, as the program makes it.
fn hash_of(passphrase: &str) -> String {
    let home = Home::new();
    let made = Terminal::agent(&home, &["policy", "passphrase"])
        .when("The passphrase (not shown): ", &format!("{passphrase}\n"))
        .when("Once more: ", &format!("{passphrase}\n"))
        .run(&home);
    assert_eq!(made.exit, 0, "{made:?}");
    serde_json::from_str(made.stdout.trim()).unwrap()
}

#[test]
fn a_passphrase_that_was_replaced_lets_nothing_through_and_the_new_one_does() {
    let (old, new) = ("correct horse battery", "wrong donkey charger");
    let asking = |passphrase: &str| {
        json!({ "version": "1", "approval": { "passphrase": hash_of(passphrase) },
            "rules": [{ "match": { "method": "write" }, "action": "ask" }] })
    };
    let (first, then) = (asking(old), asking(new));
    let (home, _served) = served(&first);
    let path: PathBuf = home.config().join("policy.json");
    let refused = run(&home, &WRITE).fails(6, "confirmation_required");
    let request = refused.message().rsplit(' ').next().unwrap().to_string();
    let approve = || Terminal::agent(&home, &["--profile", "agent", "approve", &request]);
    let with =
        |typed: &str| approve().when("Type yes: ", "yes\n").when("key: ", &format!("{typed}\n")).run(&home);
    // Replaced while the call waits.
    policy(&home, &then);
    assert_eq!(with(old).exit, 6, "the old one");
    // Replaced while the person looks at it, or as they are asked for it: neither of the two will do.
    for typed in [old, new] {
        policy(&home, &first);
        let seen = approve()
            .when_file("Type yes: ", &path, &then.to_string(), "yes\n")
            .when("key: ", &format!("{typed}\n"))
            .run(&home);
        assert_eq!(seen.exit, 6, "{typed}: {seen:?}");
        policy(&home, &first);
        let seen = approve()
            .when("Type yes: ", "yes\n")
            .when_file("key: ", &path, &then.to_string(), &format!("{typed}\n"))
            .run(&home);
        assert_eq!(seen.exit, 6, "{typed}: {seen:?}");
    }
    policy(&home, &json!({ "version": "1" }));
    assert!(!field(&home, "res.partner", "7", "comment").to_string().contains("Later"));
    policy(&home, &then);
    assert_eq!(with(old).exit, 6, "the old one, once more");
    let seen = with(new);
    assert_eq!(seen.exit, 0, "{seen:?}");
    assert!(field(&home, "res.partner", "7", "comment").to_string().contains("Later"));
}

#[test]
fn what_was_let_through_and_done_waits_no_more_whatever_became_of_its_answer() {
    let passphrase = "correct horse battery";
    let asking = json!({ "version": "1", "approval": { "passphrase": hash_of(passphrase) },
        "rules": [{ "match": { "method": "x_act" }, "action": "ask" }] });
    let (home, server) = lab();
    policy(&home, &asking);
    let path: PathBuf = home.config().join("policy.json");
    let broken = path.clone();
    // The policy becomes none while Odoo is at work, and so its answer cannot be shown.
    server.on(
        &json2("res.partner", "x_act"),
        Answer::made(move |_| {
            std::fs::write(&broken, "{").unwrap();
            Answer::json("[{\"name\": \"x\"}]")
        }),
    );
    let refused = home.run(["call", "res.partner", "x_act", "--ids", "1"]).fails(6, "confirmation_required");
    let request = refused.message().rsplit(' ').next().unwrap().to_string();
    let approve = || {
        Terminal::agent(&home, &["approve", &request])
            .when("Type yes: ", "yes\n")
            .when("key: ", &format!("{passphrase}\n"))
            .run(&home)
    };
    let seen = approve();
    assert_eq!(seen.exit, 12, "{seen:?}");
    policy(&home, &asking);
    server.on(&json2("strictbase.agent.confirmation", "search_read"), Answer::json("[]"));
    let listed = home.run(["approvals", "list"]).ok().json();
    assert_eq!(listed[0]["state"], "done", "{listed}");
    let again = Terminal::agent(&home, &["approve", &request]).run(&home);
    assert_eq!(again.exit, 6, "{again:?}");
    assert_eq!(server.requests_to(&json2("res.partner", "x_act")).len(), 1);
}

/// One run, as of one program that speaks MCP: it wrote a partner twice and deleted a tag.
fn ran(home: &Home) -> String {
    let tag = run(home, &["create", "res.partner.category", "--vals-json", r#"{"name":"Gone"}"#]).ok().json();
    let tag = tag[0].to_string();
    for line in [
        &["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phone":"111"}"#][..],
        &["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phone":"222","city":"Ghent"}"#],
        &["call", "res.partner.category", "unlink", "--ids", &tag],
    ] {
        run(home, line).ok();
    }
    let all = entries(home, &["--profile", "agent"]);
    let names: Vec<&str> = all.iter().skip(1).filter_map(|entry| entry["run"].as_str()).collect();
    for path in files(home) {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = names.iter().fold(text, |text, name| text.replace(name, names[0]));
        std::fs::write(&path, text).unwrap();
    }
    names[0].to_string()
}

#[test]
fn a_run_is_undone_as_the_policy_of_now_lets_it() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let name = ran(&home);
    let undo = ["undo", "--run", &name];
    let dry = ["undo", "--run", &name, "--dry-run"];
    // What an undo would write is denied, or asked about: nothing of that is written, dry or not.
    for (then, exit, code) in [
        (denying(json!({ "model": "res.partner*", "effect": "write" })), 5, "policy_denied"),
        (denying(json!({ "model": "res.partner.category", "method": "create" })), 5, "policy_denied"),
        (
            json!({ "version": "1", "default": "deny", "rules": [{ "match": { "effect": "read" }, "action": "allow" }] }),
            5,
            "policy_denied",
        ),
        (
            rules(json!([{ "match": { "model": "res.partner*", "effect": "write" }, "action": "ask" }])),
            6,
            "confirmation_required",
        ),
    ] {
        policy(&home, &then);
        if exit == 5 {
            run(&home, &dry).fails(exit, code);
        }
        run(&home, &undo).fails(exit, code);
        policy(&home, &json!({ "version": "1" }));
        assert_eq!(field(&home, "res.partner", "7", "phone"), "222", "{then}");
    }
    // What may not be read now is not told: neither what is there nor what the journal kept.
    for then in [
        denying(json!({ "model": "res.partner.category", "effect": "read" })),
        denying(json!({ "model": "res.partner.category", "effect": "read", "fields": ["name"] })),
        json!({ "version": "1", "redact": ["res.partner.category.name"] }),
    ] {
        policy(&home, &then);
        let told = run(&home, &dry);
        assert!(
            !(told.stdout.clone() + &told.stderr).contains("Gone"),
            "{then}: {} {}",
            told.stdout,
            told.stderr
        );
    }
    policy(&home, &denying(json!({ "model": "res.partner", "effect": "read", "fields": ["phone"] })));
    let told = run(&home, &undo);
    assert_eq!(told.code(), "policy_denied", "{}", told.stderr);
    assert!(!told.stderr.contains("111"), "{}", told.stderr);
    // What is said of others stops nothing.
    policy(&home, &denying(json!({ "model": "res.users", "effect": "write" })));
    assert!(run(&home, &dry).ok().stdout.contains("111"));
}

#[test]
fn a_run_is_undone_where_nothing_of_it_is_denied_now() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let name = ran(&home);
    assert_eq!(field(&home, "res.partner", "7", "phone"), "222");
    policy(
        &home,
        &rules(json!([
            { "match": { "model": "res.users", "effect": "write" }, "action": "deny" },
            { "match": { "model": "res.partner", "fields": ["vat"] }, "action": "deny" },
            { "match": { "effect": "destructive" }, "action": "deny" },
        ])),
    );
    let dry = run(&home, &["undo", "--run", &name, "--dry-run"]).ok();
    assert!(dry.stdout.contains("Gone") && dry.stdout.contains("111"), "{}", dry.stdout);
    run(&home, &["undo", "--run", &name]).ok();
    assert_ne!(field(&home, "res.partner", "7", "phone"), "222");
}

#[test]
fn what_came_of_a_write_is_read_back_as_it_may_be_now() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let write = |phone: &str| {
        let vals = format!(r#"{{"phone":"{phone}"}}"#);
        run(
            &home,
            &["write", "res.partner", "--ids", "7", "--vals-json", &vals, "--read-back", "name,email,phone"],
        )
    };
    assert!(write("1").ok().stdout.contains("agent@yourcompany"));
    policy(&home, &json!({ "version": "1", "redact": ["res.partner.email"] }));
    let told = write("2").ok();
    assert!(
        !told.stdout.contains("agent@yourcompany") && told.stdout.contains("\"phone\":\"2\""),
        "{}",
        told.stdout
    );
    for then in [
        denying(json!({ "model": "res.partner", "effect": "read", "fields": ["email"] })),
        denying(json!({ "model": "res.partner", "effect": "read" })),
        rules(json!([{ "match": { "model": "res.partner", "effect": "read" }, "action": "ask" }])),
    ] {
        policy(&home, &then);
        let told = write("3");
        assert!(
            !(told.stdout.clone() + &told.stderr).contains("agent@yourcompany"),
            "{then}: {}",
            told.stdout
        );
    }
    policy(&home, &denying(json!({ "model": "res.partner", "fields": ["vat"] })));
    assert!(write("4").ok().stdout.contains("agent@yourcompany"));
}

#[test]
fn whether_a_call_happened_is_looked_up_as_far_as_may_be_read_now() {
    let (home, server) = lab();
    let row = |phone: &str| {
        Answer::json(json!([{ "id": 7, "phone": phone, "write_date": "2026-01-01 00:00:00" }]).to_string())
    };
    server.on(&json2("res.partner", "read"), row("before"));
    server.on(&json2("res.partner", "write"), Answer::CloseAfterReading);
    home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phone":"after"}"#])
        .fails(11, "outcome_unknown");
    let id = home.run(["journal", "list"]).ok().json()[0]["id"].as_str().unwrap().to_string();
    server.on(&json2("res.partner", "read"), row("after"));
    let read = server.requests_to(&json2("res.partner", "read")).len();
    for (then, code) in [
        (denying(json!({ "model": "res.partner", "effect": "read" })), "policy_denied"),
        (denying(json!({ "model": "res.partner", "fields": ["phone"] })), "policy_denied"),
        (
            rules(json!([{ "match": { "model": "res.partner", "effect": "read" }, "action": "ask" }])),
            "confirmation_required",
        ),
        (json!({ "version": "1", "default": "maybe" }), "policy_invalid"),
        (json!({ "version": "1", "redact": ["res.partner.phone"] }), "cannot_tell"),
    ] {
        policy(&home, &then);
        let told = home.run(["journal", "check", &id]);
        assert_eq!(told.code(), code, "{then}: {}", told.stderr);
        let all = told.stdout.clone() + &told.stderr;
        assert!(!all.contains("\"before\"") && !all.contains("\"after\""), "{then}: {all}");
        assert!(!all.contains("1 as written"), "{then}: {all}");
        if !matches!(code, "cannot_tell") {
            assert_eq!(server.requests_to(&json2("res.partner", "read")).len(), read, "{then}");
        }
    }
    // What may be read now is looked at, whatever may be written.
    policy(&home, &denying(json!({ "model": "res.partner", "effect": "write" })));
    let told = home.run(["journal", "check", &id]);
    assert!(told.stderr.contains("1 as written"), "{}", told.stderr);
}
