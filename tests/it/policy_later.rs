//! The policy of a later step: what waits for its turn, a person or a server, is carried out by the policy that stands
//! then, as whoever sends it and as whoever asked; and nothing that was kept is told that may not be told now.

use std::path::PathBuf;
use std::time::Duration;

use crate::support::policies::{denying, policy, profile, rules, run, served};
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, Outcome, Seen, Served, Terminal, at_once, json2, lab};
use serde_json::{Value, json};

const WRITE: [&str; 6] = ["write", "res.partner", "--ids", "7", "--vals-json", r#"{"comment":"Later"}"#];

/// The number under which a call waits here.
fn held(refused: Outcome) -> String {
    let refused = refused.fails(6, "confirmation_required");
    refused.message().rsplit(' ').next().unwrap().to_string()
}

fn approving(home: &Home, profile: &str, request: &str) -> Terminal {
    Terminal::agent(home, &["--profile", profile, "approve", request])
}

fn approved(home: &Home, served: &Served, request: &str) -> Seen {
    approving(home, "agent", request)
        .when("Type yes: ", "yes\n")
        .when("(not shown): ", &format!("{}\n", served.key("approver")))
        .run(home)
}

fn comment(home: &Home) -> String {
    let rows = run(home, &["read", "res.partner", "--ids", "7", "--fields", "comment"]).ok().json();
    rows[0]["comment"].to_string()
}

#[test]
fn whoever_waits_for_a_turn_is_judged_by_the_policy_that_stands_when_it_comes() {
    let limit = |more: Value| {
        let mut all = vec![
            json!({ "match": { "method": "write" }, "limits": [{ "counter": "w", "window": 3, "max": 1 }] }),
        ];
        all.extend(more.as_array().unwrap().clone());
        rules(all.into())
    };
    let policies = [
        (limit(json!([{ "match": { "model": "res.partner", "method": "write" }, "action": "deny" }])), false),
        (json!({ "version": "1", "tools": { "write": { "require_approval": true } } }), false),
        (json!({ "version": "1", "default": "maybe" }), false),
        (limit(json!([{ "match": { "model": "res.users", "method": "write" }, "action": "deny" }])), true),
    ];
    at_once(&policies, |(then, is_sent)| {
        let (home, server) = lab();
        let path = json2("res.partner", "write");
        server.on(&path, Answer::json("true"));
        policy(&home, &limit(json!([])));
        let first = home.run(WRITE);
        assert_eq!(first.exit, 0, "{}", first.stderr);
        let before = server.requests_to(&path).len();
        let waiting = home.agent(WRITE).args(["--wait", "30s"]).spawn();
        std::thread::sleep(Duration::from_millis(600));
        policy(&home, then);
        let ended = waiting.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).to_string();
        assert_eq!(ended.status.success(), *is_sent, "{then}: {told}");
        assert_eq!(server.requests_to(&path).len() - before, usize::from(*is_sent), "{then}: {told}");
    });
}

#[test]
fn what_a_person_looks_at_is_sent_by_the_policy_that_stands_when_they_have_decided() {
    let asking =
        |reason: &str| rules(json!([{ "match": { "method": "write" }, "action": "ask", "reason": reason }]));
    let first = asking("Looked at");
    let (home, served) = served(&first);
    let path: PathBuf = home.config().join("policy.json");
    let key = format!("{}\n", served.key("approver"));
    for then in [
        denying(json!({ "model": "res.partner", "effect": "write" })),
        asking("Something else"),
        json!({ "version": "2" }),
    ] {
        policy(&home, &first);
        let request = held(run(&home, &WRITE));
        let seen = approving(&home, "agent", &request)
            .when_file("Type yes: ", &path, &then.to_string(), "yes\n")
            .when("(not shown): ", &key)
            .run(&home);
        assert!(matches!(seen.exit, 3 | 5 | 6), "{then}: {seen:?}");
        policy(&home, &json!({ "version": "1" }));
        assert!(!comment(&home).contains("Later"), "{then}");
        let state = run(&home, &["approvals", "show", &request]).ok().json();
        assert_eq!(state["state"], "pending", "{then}");
    }
    // What changes nothing of this call stops nobody.
    policy(&home, &first);
    let request = held(run(&home, &WRITE));
    let mut then = first.clone();
    then["rules"].as_array_mut().unwrap().push(json!({ "match": { "model": "crm.lead" }, "action": "deny" }));
    let seen = approving(&home, "agent", &request)
        .when_file("Type yes: ", &path, &then.to_string(), "yes\n")
        .when("(not shown): ", &key)
        .run(&home);
    assert_eq!(seen.exit, 0, "{seen:?}");
    assert!(comment(&home).contains("Later"));
}

#[test]
fn what_was_asked_for_in_one_profile_is_not_let_through_in_another() {
    let (home, served) = served(&json!({ "version": "1" }));
    profile(&home, &served, "other");
    let asking = rules(json!([{ "match": { "method": "write" }, "action": "ask" }]));
    write_with_mode(&home.config().join("odoo_agent.policy.json"), asking.to_string().as_bytes(), 0o600);
    let request = held(run(&home, &WRITE));
    let seen = approving(&home, "other", &request).run(&home);
    assert_eq!(seen.exit, 6, "{seen:?}");
    assert!(seen.screen.contains("the profile agent"), "{seen:?}");
    assert!(!comment(&home).contains("Later"));
    let seen = approved(&home, &served, &request);
    assert_eq!(seen.exit, 0, "{seen:?}");
    assert!(comment(&home).contains("Later"));
}

#[test]
fn what_is_let_through_is_judged_as_that_of_whoever_asked() {
    let of_specs = |action: &str| {
        rules(
            json!([{ "match": { "surface": "spec", "method": "write" }, "action": action, "reason": "By specs" }]),
        )
    };
    let (home, served) = served(&of_specs("ask"));
    let spec =
        json!({ "action": "write", "model": "res.partner", "ids": [7], "vals": { "comment": "Later" } });
    let asked = || held(home.agent(["--profile", "agent", "exec-spec", "-"]).stdin(spec.to_string()).run());
    let request = asked();
    // From the command line nobody is asked and nothing denied; of specs it is.
    policy(&home, &of_specs("deny"));
    let seen = approving(&home, "agent", &request).run(&home);
    assert_eq!(seen.exit, 5, "{seen:?}");
    assert!(!comment(&home).contains("Later"));
    policy(&home, &denying(json!({ "surface": "mcp" })));
    assert_eq!(approved(&home, &served, &request).exit, 0);
    assert!(comment(&home).contains("Later"));
    // What stands under the name of a verb holds for who lets it through, too.
    policy(
        &home,
        &json!({ "version": "1", "default": "deny", "tools": { "call": { "require_approval": true }, "read": {} } }),
    );
    let request = held(run(
        &home,
        &["call", "res.partner", "write", "--ids", "7", "--data-json", r#"{"vals":{"comment":"By a call"}}"#],
    ));
    let seen = approved(&home, &served, &request);
    assert_eq!(seen.exit, 0, "{seen:?}");
}

#[test]
fn what_is_sent_again_is_judged_as_that_of_whoever_made_it() {
    let path = &json2("res.partner", "write");
    let spec =
        json!({ "action": "write", "model": "res.partner", "ids": [7], "vals": { "comment": "Later" } });
    let failed = || {
        let (home, server) = lab();
        policy(&home, &json!({ "version": "1" }));
        server.once(path, Answer::odoo_error(500, "psycopg2.errors.SerializationFailure", "busy"));
        home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run().fails(9, "busy");
        server.on(path, Answer::json("true"));
        let id = home.run(["journal", "list"]).ok().json()[0]["id"].as_str().unwrap().to_string();
        (home, server, id)
    };
    let (home, server, id) = failed();
    for then in [
        denying(json!({ "surface": "spec", "method": "write" })),
        denying(json!({ "model": "res.partner", "effect": "write" })),
        denying(json!({ "fields": ["comment"] })),
    ] {
        policy(&home, &then);
        home.run(["journal", "retry", &id]).fails(5, "policy_denied");
        home.run(["journal", "retry", "--failed"]).fails(5, "policy_denied");
    }
    assert_eq!(server.requests_to(path).len(), 1);
    // What others are denied holds nobody else back.
    policy(&home, &denying(json!({ "surface": "mcp", "method": "write" })));
    home.run(["journal", "retry", &id]).ok();
    assert_eq!(server.requests_to(path).len(), 2);
    let (home, server, id) = failed();
    policy(&home, &rules(json!([{ "match": { "surface": "spec", "method": "write" }, "action": "ask" }])));
    home.run(["journal", "retry", &id]).fails(6, "confirmation_required");
    assert_eq!(server.requests_to(path).len(), 1);
}

#[test]
fn what_a_held_read_was_answered_is_told_as_it_may_be_told_now() {
    let asking = rules(json!([{ "match": { "model": "res.partner" }, "action": "ask" }]));
    let (home, served) = served(&asking);
    let read = ["read", "res.partner", "--ids", "7", "--fields", "name,email"];
    let request = held(run(&home, &read));
    assert_eq!(approved(&home, &served, &request).exit, 0);
    // What was asked to show the call waits for nobody.
    policy(&home, &json!({ "version": "1" }));
    let waiting = run(&home, &["approvals", "list"]).ok().json();
    assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
    let all = |home: &Home| {
        let show = run(home, &["approvals", "show", &request]).ok().stdout;
        show + &run(home, &["approvals", "list"]).ok().stdout
            + &run(home, &["approvals", "wait", &request]).ok().stdout
    };
    assert_eq!(all(&home).matches("agent@yourcompany").count(), 3);
    policy(&home, &json!({ "version": "1", "redact": ["res.partner.email"] }));
    let told = all(&home);
    assert!(!told.contains("agent@yourcompany") && told.matches("\"name\":\"Agent\"").count() == 3, "{told}");
    for then in [denying(json!({ "model": "res.partner" })), denying(json!({ "fields": ["email"] })), asking]
    {
        policy(&home, &then);
        let told = all(&home);
        assert!(
            !told.contains("agent@yourcompany") && !told.contains("\"name\":\"Agent\""),
            "{then}: {told}"
        );
    }
}

#[test]
fn old_values_are_told_as_far_as_they_may_be_read_now() {
    let (home, _served) = served(&json!({ "version": "1" }));
    run(
        &home,
        &["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phone":"111","comment":"Earlier"}"#],
    )
    .ok();
    run(
        &home,
        &["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phone":"222","comment":"Later"}"#],
    )
    .ok();
    let id = run(&home, &["journal", "list"]).ok().json()[0]["id"].as_str().unwrap().to_string();
    let all = || {
        run(&home, &["journal", "show", &id]).ok().stdout + &run(&home, &["journal", "export"]).ok().stdout
    };
    assert!(all().contains("\"phone\":\"111\"") && all().contains("agent@yourcompany"));
    for then in [
        denying(json!({ "model": "res.partner", "method": "read" })),
        denying(json!({ "model": "res.partner" })),
        json!({ "version": "1", "default": "deny" }),
        rules(json!([{ "match": { "model": "res.partner", "effect": "read" }, "action": "ask" }])),
    ] {
        policy(&home, &then);
        let told = all();
        let before = &run(&home, &["journal", "show", &id]).ok().json()["before"];
        assert!(before["rows"].is_null() && before["missing"].is_string(), "{then}: {before}");
        assert!(!told.contains("agent@yourcompany"), "{then}: {told}");
    }
    policy(&home, &denying(json!({ "model": "res.partner", "fields": ["email"] })));
    let told = all();
    assert!(!told.contains("agent@yourcompany") && told.contains("Earlier"), "{told}");
    for then in [
        denying(json!({ "model": "sale.order" })),
        denying(json!({ "model": "res.partner", "effect": "write" })),
    ] {
        policy(&home, &then);
        assert!(all().contains("agent@yourcompany"), "{then}");
    }
}

#[test]
fn an_undo_tells_nothing_of_a_field_that_does_not_leave_now() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let made = run(&home, &["create", "res.partner", "--vals-json", r#"{"name":"Later"}"#]).ok().json();
    let id = made[0].to_string();
    run(&home, &["call", "res.partner", "action_archive", "--ids", &id]).ok();
    policy(&home, &json!({ "version": "1", "redact": ["active"] }));
    let refused = run(&home, &["undo", "--last"]).fails(8, "undo_impossible");
    assert!(refused.message().contains("active of res.partner does not leave"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("old true"), "{}", refused.stderr);
    policy(&home, &json!({ "version": "1", "redact": ["email", "name"] }));
    run(&home, &["undo", "--last"]).ok();
    policy(&home, &json!({ "version": "1" }));
    let row = run(&home, &["read", "res.partner", "--ids", &id, "--fields", "active"]).ok().json();
    assert_eq!(row[0]["active"], true);
}

#[test]
fn what_was_found_by_its_name_before_is_found_as_it_may_be_now() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let lookup = ["lookup", "partner", "Azure"];
    assert_eq!(run(&home, &lookup).ok().json()["source"], "live");
    assert_eq!(run(&home, &lookup).ok().json()["source"], "cache");
    for redacted in ["name", "res.partner.name", "res.partner.*"] {
        policy(&home, &json!({ "version": "1", "redact": [redacted] }));
        let told = run(&home, &lookup);
        assert!(!told.stdout.contains("Azure Interior"), "{redacted}: {}", told.stdout);
    }
    policy(
        &home,
        &rules(json!([{ "match": { "model": "res.partner", "effect": "read" }, "action": "ask" }])),
    );
    run(&home, &lookup).fails(6, "confirmation_required");
    for right in
        [json!({ "version": "1", "redact": ["res.partner.phone"] }), denying(json!({ "model": "crm.lead" }))]
    {
        policy(&home, &right);
        assert_eq!(run(&home, &lookup).ok().json()["source"], "cache", "{right}");
    }
}

#[test]
fn names_beside_numbers_and_what_is_made_of_a_field_go_with_it() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let orders =
        ["search-read", "sale.order", "--fields", "name,partner_id", "--limit", "2", "--order", "id"];
    let groups = ["group", "sale.order", "--by", "partner_id"];
    let partner = [
        "search-read",
        "res.partner",
        "--fields",
        "complete_name,city",
        "--domain-json",
        r#"[["id","=",15]]"#,
    ];
    for redacted in ["res.partner.name", "res.partner.display_name", "res.partner.*"] {
        policy(&home, &json!({ "version": "1", "redact": [redacted] }));
        let rows = run(&home, &orders).ok();
        assert!(
            rows.json()[0]["partner_id"].is_i64() && rows.json()[0]["name"] == "S00001",
            "{redacted}: {}",
            rows.stdout
        );
        assert!(rows.notes().iter().any(|note| note.contains("the name in partner_id")), "{}", rows.stderr);
        let groups = run(&home, &groups).ok().json();
        assert!(groups[0]["partner_id"].is_i64(), "{redacted}: {groups}");
        run(&home, &["call", "res.partner", "name_search", "--data-json", "{}"]).fails(5, "policy_denied");
        run(&home, &["call", "res.partner", "name_get", "--ids", "7"]).fails(5, "policy_denied");
    }
    policy(&home, &json!({ "version": "1", "redact": ["name"] }));
    let row = run(&home, &partner).ok().json();
    assert!(row[0].get("complete_name").is_none() && row[0]["city"].is_string(), "{row}");
    for redacted in ["res.partner.email", "sale.order.name", "hr.employee.name", "res.partner.phone"] {
        policy(&home, &json!({ "version": "1", "redact": [redacted] }));
        let rows = run(&home, &orders).ok().json();
        assert_eq!(rows[0]["partner_id"][1], "Deco Addict", "{redacted}: {rows}");
        assert_eq!(run(&home, &partner).ok().json()[0]["complete_name"], "Azure Interior", "{redacted}");
        run(&home, &["call", "res.partner", "name_search", "--data-json", "{}"]).ok();
    }
}

#[test]
fn an_answer_is_told_by_the_policy_that_stands_when_it_comes() {
    let (home, server) = lab();
    policy(&home, &denying(json!({ "model": "crm.lead" })));
    let file = home.config().join("policy.json");
    let change = move |then: &Value| write_with_mode(&file, then.to_string().as_bytes(), 0o600);
    let rows = || Answer::json(json!([{ "id": 7, "name": "Azure", "vat": "BE0477472701" }]));
    let redacting = rules(json!([])).as_object().unwrap().clone();
    let redacting = Value::Object(redacting.into_iter().chain([("redact".into(), json!(["vat"]))]).collect());
    let changing = change.clone();
    server.on(
        &json2("res.partner", "search_read"),
        Answer::made(move |_| {
            changing(&redacting);
            rows()
        }),
    );
    let read = home.run(["search-read", "res.partner", "--fields", "name,vat"]).ok();
    assert_eq!(read.json(), json!([{ "id": 7, "name": "Azure" }]));
    // One that cannot be taken shows nothing, and what was done is not said to be undone.
    server.on(
        &json2("res.partner", "web_save"),
        Answer::made(move |_| {
            change(&json!({ "version": "1", "redact": "vat" }));
            rows()
        }),
    );
    let data = r#"{"vals":{"comment":"Later"},"specification":{"vat":{}}}"#;
    let wrote = home.run(["call", "res.partner", "web_save", "--ids", "7", "--data-json", data]);
    assert_eq!((wrote.code(), wrote.effect()), ("bad_reply".into(), "done".into()), "{}", wrote.stderr);
    assert!(wrote.message().contains("policy.json at /redact"), "{}", wrote.stderr);
    assert!(!wrote.stdout.contains("BE0477472701"), "{}", wrote.stdout);
}
