//! The policy, by the program: the table of decisions, limits between processes, files that lock, evasions, a person's
//! proof at a terminal, and what never leaves.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::policies::{policy, served};
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, KEY, Outcome, Served, Server, Terminal, json2, lab};
use serde_json::{Value, json};

const TABLE: &str = include_str!("../policy/table.json");

/// A call as a command line.
fn line(call: &Value) -> Vec<String> {
    let text = |key: &str| call[key].as_str().unwrap().to_string();
    let mut words = vec!["call".to_string(), text("model"), text("method")];
    if let Some(ids) = call["ids"].as_array().filter(|ids| !ids.is_empty()) {
        words.push("--ids".into());
        words.extend(ids.iter().map(Value::to_string));
    }
    if call["kwargs"].is_object() {
        words.extend(["--data-json".into(), call["kwargs"].to_string()]);
    }
    words
}

/// What depends on the hour, on fields that a server tells, on the verb that asks or on another surface is for the pure
/// run alone.
fn is_for_a_command_line(row: &Value) -> bool {
    let why = row["why"].as_str().unwrap();
    let told = row["facts"].as_object().is_some_and(|told| told.keys().any(|key| key != "verb"));
    !told
        && row["call"].get("context").is_none()
        && ![
            "time:",
            "nested:",
            "link:",
            "told:",
            "approval:",
            "permitted fields: a new line",
            "profile: of this",
            "sensitive: an opening",
            "effect: destructive by",
        ]
        .iter()
        .any(|part| why.starts_with(part))
}

#[test]
fn a_command_line_is_decided_as_every_row_of_the_table_says() {
    let rows: Vec<Value> = serde_json::from_str(TABLE).unwrap();
    let (mut tried, mut wrong) = (0, Vec::new());
    let server = Server::start();
    for row in rows.iter().filter(|row| is_for_a_command_line(row)) {
        let home = Home::new();
        home.lab(&server, &[]);
        server.forget();
        policy(&home, &row["policy"]);
        let call = &row["call"];
        let path = json2(call["model"].as_str().unwrap(), call["method"].as_str().unwrap());
        server.on(&path, Answer::json("true"));
        let outcome = home.run(line(call));
        let code = if outcome.exit == 0 { "done".to_string() } else { outcome.code() };
        let was_sent = !server.requests_to(&path).is_empty();
        let is_it = match row["decision"].as_str().unwrap() {
            // A check of another kind may refuse it, and its answer is none of Odoo's.
            "allow" => !matches!(code.as_str(), "policy_denied" | "policy_invalid" | "confirmation_required"),
            "ask" => code == "confirmation_required" && !was_sent,
            "invalid" => code == "policy_invalid" && outcome.exit == 3 && server.requests().is_empty(),
            // What another check refuses first was not sent either.
            _ => matches!(code.as_str(), "policy_denied" | "preflight_refused") && !was_sent,
        };
        tried += 1;
        if !is_it {
            wrong.push(format!("{}: {code}, sent: {was_sent}\n{}", row["why"], outcome.stderr));
        }
    }
    assert!(tried >= 120, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_refusal_says_which_rule_and_what_would_be_allowed_in_few_bytes() {
    let (home, server) = lab();
    let reason =
        "Customers are kept by the back office, which looks at every change before it is made. ".repeat(3);
    policy(
        &home,
        &json!({ "version": "1", "rules": [
            { "match": { "model": "res.partner", "effect": "write" }, "action": "deny", "reason": reason } ] }),
    );
    let refused =
        home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"name":"secret value"}"#]);
    let refused = refused.fails(5, "policy_denied");
    assert!(refused.stderr.len() < 400, "{} {}", refused.stderr.len(), refused.stderr);
    let error = &refused.error();
    assert_eq!(error["effect"], "not_sent");
    assert_eq!(error["held_by"], "client");
    assert_eq!(error["policy"]["pointer"], "/rules/0");
    assert!(error["policy"]["file"].as_str().unwrap().ends_with("policy.json"), "{error}");
    assert!(error["policy"]["reason"].as_str().unwrap().starts_with("Customers are kept"), "{error}");
    assert!(error["policy"]["allowed"].as_str().unwrap().contains("search_read"), "{error}");
    assert!(server.requests().is_empty(), "a decision costs no request");
    let log = fs::read_to_string(home.path().join("state/policy/decisions.jsonl")).unwrap();
    assert!(log.contains("\"arguments\":[\"vals\"]") && !log.contains("secret value"), "{log}");
}

#[test]
fn a_refusal_tells_what_the_owner_calls_the_rule_as_far_as_there_is_room() {
    let deny = |more: Value| {
        let mut rule = json!({ "match": { "model": "res.partner", "effect": "write" }, "action": "deny" });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "version": "1", "rules": [rule] })
    };
    let once = json!([{ "max": 0, "window": "day" }]);
    for (document, tells, not) in [
        (deny(json!({ "name": "Customers", "reason": "Kept by others" })), "Kept by others (Customers)", "$"),
        (deny(json!({ "description": "Customers" })), " (Customers)", "$"),
        (deny(json!({ "reason": "Kept by others" })), "Kept by others", "("),
        (
            deny(json!({ "name": "Customers", "reason": "Kept by others. ".repeat(30) })),
            "Kept by others",
            "Customers",
        ),
        (
            json!({ "version": "1", "tools": { "write": { "description": "Changes", "limits": once } } }),
            "(Changes)",
            "$",
        ),
    ] {
        let (home, _server) = lab();
        policy(&home, &document);
        let refused = home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"name":"a"}"#]);
        let refused = refused.fails(5, "policy_denied");
        let reason = refused.error()["policy"]["reason"].as_str().unwrap().to_string();
        assert!(reason.contains(tells) && !reason.contains(not), "{reason}");
        assert!(refused.stderr.len() < 400, "{} {}", refused.stderr.len(), refused.stderr);
    }
}

#[test]
fn what_waits_is_listed_the_latest_first_whoever_holds_it() {
    let (home, server) = lab();
    policy(
        &home,
        &json!({ "version": "1", "rules": [{ "match": { "model": "res.partner", "effect": "write" }, "action": "ask" }] }),
    );
    home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"name":"x"}"#])
        .fails(6, "confirmation_required");
    let row = |at: &str| json!({ "id": 1, "request_uuid": at, "state": "pending", "create_date": at });
    let rows = json!([row("2020-01-01 00:00:00"), row("2099-01-01 00:00:00")]);
    server.on(&json2("strictbase.agent.confirmation", "search_read"), Answer::json(rows));
    let listed = home.run(["approvals", "list"]).ok().json();
    let at = |nth: usize| listed[nth]["asked_at"].as_str().unwrap();
    assert_eq!(
        (at(0), at(2), &listed[1]["held_by"]),
        ("2099-01-01 00:00:00", "2020-01-01 00:00:00", &json!("client"))
    );
}

#[test]
fn a_limit_of_ten_lets_ten_of_64_processes_through() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json("3"));
    policy(
        &home,
        &json!({ "version": "1", "tools": { "odoo_json2": { "limits": [
            { "counter": "rate", "window": "hour", "max": 10, "scope": "grant" } ] } } }),
    );
    let running: Vec<_> = (0..64).map(|_| home.agent(["count", "res.partner"]).spawn()).collect();
    let exits: Vec<i32> =
        running.into_iter().map(|child| child.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert_eq!(exits.iter().filter(|exit| **exit == 0).count(), 10, "{exits:?}");
    assert_eq!(exits.iter().filter(|exit| **exit == 5).count(), 54, "{exits:?}");
    assert_eq!(server.requests_to(&json2("res.partner", "search_count")).len(), 10);
    let refused = home.run(["count", "res.partner"]).fails(5, "policy_denied");
    let error = &refused.error();
    assert_eq!(error["retry"], "safe");
    assert!(
        error["retry_after_s"].as_u64().is_some_and(|seconds| (3000..=3600).contains(&seconds)),
        "{error}"
    );
}

#[test]
fn quota_is_given_back_only_where_the_call_never_left() {
    // What Odoo has rejected was carried out until then.
    for (answer, code) in [
        (Answer::odoo_error(422, "odoo.exceptions.ValidationError", "no"), "rejected"),
        (Answer::html(502), "outcome_unknown"),
    ] {
        let (home, server) = lab();
        let path = json2("x.thing", "act");
        server.once(&path, answer);
        server.on(&path, Answer::json("true"));
        policy(
            &home,
            &json!({ "version": "1", "rules": [
                { "match": { "method": "act" }, "limits": [{ "window": "hour", "max": 1 }] } ] }),
        );
        let run = || home.run(["call", "x.thing", "act", "--ids", "7"]);
        assert_eq!(run().code(), code);
        run().fails(5, "policy_denied");
        assert_eq!(server.requests_to(&path).len(), 1, "{code}");
    }
    // Nobody listens there.
    let home = Home::new();
    let values = [("ODOO_BASE_URL", "http://127.0.0.1:9"), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)];
    home.profile("lab", &values);
    policy(
        &home,
        &json!({ "version": "1", "rules": [
            { "match": { "method": "act" }, "limits": [{ "window": "hour", "max": 1 }] } ] }),
    );
    for _ in 0..2 {
        home.run(["call", "x.thing", "act", "--ids", "7"]).fails(10, "unreachable");
    }
}

#[test]
fn where_fields_lead_is_asked_when_nothing_is_kept() {
    let rule = |matches: Value| json!({ "version": "1", "rules": [{ "match": matches, "action": "deny" }] });
    let users = rule(json!({ "model": "res.users" }));
    let lines = rule(json!({ "model": "sale.order.line", "effect": "destructive" }));
    let made = rule(json!({ "model": "sale.order.line", "method": "create" }));
    let read = |specification: &str| {
        vec!["call", "res.partner", "web_read", "--ids", "7", "--data-json"]
            .into_iter()
            .map(str::to_string)
            .chain([format!(r#"{{"specification":{specification}}}"#)])
            .collect::<Vec<String>>()
    };
    let count = |domain: &str| ["count", "res.partner", "--domain", domain].map(str::to_string).to_vec();
    let write = |values: &str| {
        ["write", "sale.order", "--ids", "1", "--vals-json", values].map(str::to_string).to_vec()
    };
    for (document, line, is_denied) in [
        (&users, read(r#"{"create_uid":{"fields":{"login":{}}}}"#), true),
        (&users, read(r#"{"create_uid":{},"country_id":{"fields":{"code":{}}}}"#), false),
        (&users, count(r#"[["create_uid.login","=","x"]]"#), true),
        (&users, count(r#"[["country_id.code","=","x"]]"#), false),
        (&lines, write(r#"{"order_line":false}"#), true),
        (&lines, write(r#"{"order_line":[[2,1,0]]}"#), true),
        (&lines, write(r#"{"client_order_ref":false}"#), false),
        (&made, write(r#"{"order_line":[[0,0,{}]]}"#), true),
        (&made, write(r#"{"client_order_ref":"x"}"#), false),
    ] {
        let (home, _served) = served(document);
        let outcome = home.run(&line);
        let code = if outcome.exit == 0 { String::new() } else { outcome.code() };
        assert_eq!(code == "policy_denied", is_denied, "{line:?}: {}", outcome.stderr);
        assert!(is_denied || outcome.exit == 0, "{line:?}: {}", outcome.stderr);
    }
}

#[test]
fn what_a_denied_model_consists_of_is_not_told_from_what_is_kept() {
    let (home, _served) = served(&json!({ "version": "1" }));
    let lines = [
        &["schema-summary", "res.users"][..],
        &["doc-model", "res.users"],
        &["schema-summary", "res.partner"],
    ];
    for line in lines {
        home.run(line).ok();
    }
    policy(
        &home,
        &json!({ "version": "1", "rules": [{ "match": { "model": "res.users" }, "action": "deny" }] }),
    );
    home.run(lines[0]).fails(5, "policy_denied");
    home.run(lines[1]).fails(5, "policy_denied");
    assert_eq!(home.run(lines[2]).ok().json()["source"], "cache");
}

#[test]
fn a_dry_run_is_denied_as_the_call_would_be() {
    let (home, _served) = served(&json!({ "version": "1", "rules": [
        { "match": { "model": "sale.order.line", "effect": "destructive" }, "action": "deny" },
        { "match": { "model": "res.partner", "effect": "write" }, "action": "ask" } ] }));
    let run = |model: &str, values: &str| {
        home.run(["write", model, "--ids", "1", "--vals-json", values, "--dry-run"])
    };
    run("sale.order", r#"{"order_line":[[5]]}"#).fails(5, "policy_denied");
    run("sale.order", r#"{"client_order_ref":"x"}"#).ok();
    let shown = run("res.partner", r#"{"name":"x"}"#).ok();
    assert!(shown.notes().iter().any(|note| note.contains("wants a person")), "{}", shown.stderr);
    let log = fs::read_to_string(home.path().join("state/policy/decisions.jsonl")).unwrap_or_default();
    assert!(!log.contains("\"became\":\"ask\""), "nothing was asked: {log}");
    // What would undo a call is denied as well before it is sent.
    let tag = |line: &[&str]| home.run(line);
    tag(&["create", "res.partner.category", "--vals-json", r#"{"name":"Undone"}"#]).ok();
    tag(&["undo", "--last", "--dry-run"]).ok();
    policy(
        &home,
        &json!({ "version": "1", "rules": [{ "match": { "method": "action_archive" }, "action": "deny" }] }),
    );
    tag(&["undo", "--last", "--dry-run"]).fails(5, "policy_denied");
    tag(&["undo", "--last"]).fails(5, "policy_denied");
}

#[test]
fn without_a_policy_nothing_is_read_to_decide() {
    let (home, _served) = served(&json!({ "version": "1" }));
    fs::remove_file(home.config().join("policy.json")).unwrap();
    home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"comment":"x"}"#]).ok();
    assert!(!home.path().join("state/policy").exists(), "nothing is counted or noted");
}

#[test]
fn the_limits_of_a_policy_that_only_watches_hold_nothing_back_and_are_told() {
    let (home, server) = lab();
    server.on(&json2("x.thing", "act"), Answer::json("true"));
    policy(
        &home,
        &json!({ "version": "1", "mode": "shadow", "tools": { "act": { "limits": [
            { "counter": "a", "window": "hour", "max": 1 }, { "counter": "b", "window": "hour", "max": 9 } ] } } }),
    );
    let run = || home.run(["call", "x.thing", "act", "--ids", "1"]).ok();
    assert!(!run().stderr.contains("only watches"));
    for _ in 0..2 {
        let second = run();
        assert_eq!(
            second.notes().iter().filter(|note| note.contains("at its limit")).count(),
            1,
            "{}",
            second.stderr
        );
    }
    policy(
        &home,
        &json!({ "version": "1", "mode": "shadow", "rules": [{ "match": { "method": "other" }, "limits": [{ "window": 60, "max": 1 }] }] }),
    );
    fs::remove_file(home.path().join("state/policy/limits.json")).unwrap();
    run();
    assert!(!home.path().join("state/policy/limits.json").exists(), "nothing is owed, so nothing is written");
}

#[test]
fn an_answer_that_cannot_be_looked_through_is_not_shown() {
    let (home, server) = lab();
    let deep = format!(r#"{{"password":"hunter2","a":{}1{}}}"#, "[".repeat(300), "]".repeat(300));
    server.on(&json2("x.own", "tell"), Answer::json(&deep));
    let told = home.run(["call", "x.own", "tell", "--ids", "1"]);
    assert_ne!(told.exit, 0);
    assert!(!told.stdout.contains("hunter2") && !told.stderr.contains("hunter2"), "{}", told.stderr);
    assert_eq!(told.effect(), "done", "{}", told.stderr);
}

#[test]
fn what_is_explained_says_where_it_may_turn_out_otherwise() {
    let (home, server) = lab();
    policy(
        &home,
        &json!({ "version": "1", "rules": [{ "match": { "model": "res.users" }, "action": "deny" }] }),
    );
    let told = |values: &str| {
        let line = ["policy", "explain", "--", "write", "x.y", "--ids", "7", "--vals-json", values];
        home.run(line).ok().json()["operations"][0].clone()
    };
    let unsure = told(r#"{"odd_ids":[[1,2,{"login":"x"}]]}"#);
    assert_eq!((&unsure["decision"], &unsure["unless"]["decision"]), (&json!("allow"), &json!("deny")));
    assert_eq!(told(r#"{"name":"x"}"#).get("unless"), None);
    assert!(server.requests().is_empty());
}

#[test]
fn who_waits_for_a_turn_gets_it() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json("3"));
    policy(&home, &json!({ "version": "1", "all_tools": { "rate_limit": { "max": 1, "window": 4 } } }));
    home.run(["count", "res.partner"]).ok();
    home.run(["count", "res.partner"]).fails(5, "policy_denied");
    home.run(["count", "res.partner", "--wait", "10s"]).ok();
    // Longer than it would wait it does not wait at all.
    policy(
        &home,
        &json!({ "version": "1", "all_tools": { "limits": [{ "counter": "x", "window": "hour", "max": 1 }] } }),
    );
    home.run(["count", "res.partner"]).ok();
    let begun = std::time::Instant::now();
    home.run(["count", "res.partner", "--wait", "60s"]).fails(5, "policy_denied");
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn what_was_counted_and_cannot_be_read_closes() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json("3"));
    policy(&home, &json!({ "version": "1", "all_tools": { "rate_limit": { "max": 5, "window": 60 } } }));
    home.run(["count", "res.partner"]).ok();
    let state = home.path().join("state/policy/limits.json");
    for damage in ["", "{\"form\":1", "null"] {
        write_with_mode(&state, damage.as_bytes(), 0o600);
        let refused = home.run(["count", "res.partner"]).fails(13, "local_state");
        assert_eq!(refused.effect(), "not_sent", "{damage}");
    }
    assert_eq!(server.requests_to(&json2("res.partner", "search_count")).len(), 1);
}

#[test]
fn a_policy_that_cannot_be_taken_closes_everything_and_what_is_kept_here() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json(r#"[{"id":3,"name":"Azure"}]"#));
    home.run(["lookup", "partner", "Azure"]).ok();
    let (sent, file) = (server.requests().len(), home.config().join("policy.json"));
    let locks = |part: &str| {
        for line in [
            &["lookup", "partner", "Azure"][..],
            &["read", "res.partner", "--ids", "3", "--fields", "name"],
            &["write", "res.partner", "--ids", "3", "--vals-json", "{}"],
            &["write", "res.partner", "--ids", "3", "--vals-json", "{}", "--dry-run"],
        ] {
            home.run(line).fails(3, "policy_invalid").says(&[part]);
        }
        assert_eq!(home.run(["doctor"]).exit, 14);
    };
    write_with_mode(&file, br#"{"version":"1","default":"allow","raeson":"x"}"#, 0o600);
    locks("/raeson");
    write_with_mode(&file, br#"{"version":"1"}"#, 0o622);
    locks("others may write");
    write_with_mode(&file, br#"{"version":"1","version":"1"}"#, 0o600);
    locks("twice");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    locks("plain file");
    fs::remove_dir(&file).unwrap();
    write_with_mode(&home.config().join("odoo_lab.policy.json"), b"[]", 0o600);
    locks("odoo_lab.policy.json");
    // Doctor asks whether the server is there; nothing else was sent.
    let since = &server.requests()[sent..];
    assert!(since.iter().all(|request| !request.path.contains("/json/2/")), "{:?}", since.len());
}

#[test]
fn the_policies_of_machine_owner_and_profile_apply_together() {
    let (home, server) = lab();
    for method in ["write", "unlink", "search_count"] {
        server.on(&json2("x.thing", method), Answer::json("true"));
    }
    let write = |name: &str, document: Value| {
        write_with_mode(&home.config().join(name), document.to_string().as_bytes(), 0o600);
    };
    write("policy.json", json!({ "version": "1", "tools": { "unlink": { "action": "deny" } } }));
    write("odoo_lab.policy.json", json!({ "version": "1", "tools": { "write": { "action": "deny" } } }));
    write("odoo_other.policy.json", json!({ "version": "1", "default": "deny" }));
    let profile = home.config().join("odoo_lab.env");
    let by_path = ["--env-file", profile.to_str().unwrap()];
    for selection in [&[][..], &["--profile", "lab"], &by_path] {
        let run = |line: &[&str]| home.agent(selection).args(line).run();
        run(&["call", "x.thing", "unlink", "--ids", "1"]).fails(5, "policy_denied");
        run(&["write", "x.thing", "--ids", "1", "--vals-json", "{}"]).fails(5, "policy_denied");
    }
    // Another home does not lose the policies that lie beside the profile's file.
    let elsewhere = Home::new();
    let run = |line: &[&str]| elsewhere.agent(by_path).args(line).run();
    run(&["call", "x.thing", "unlink", "--ids", "1"]).fails(5, "policy_denied");
    run(&["write", "x.thing", "--ids", "1", "--vals-json", "{}"]).fails(5, "policy_denied");
    assert!(server.requests_to(&json2("x.thing", "unlink")).is_empty());
}

#[test]
fn the_machines_policy_is_roots_and_nothing_in_the_environment_moves_it() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json("3"));
    let file = home.file("machine.json", r#"{"version":"1","default":"deny"}"#);
    let run = |owner: &str, mode: &str| -> Option<Outcome> {
        let script = format!(
            "mount -t tmpfs none /etc && mkdir -m 755 /etc/odoo-agent && cp {file} /etc/odoo-agent/policy.json \
             && chown {owner} /etc/odoo-agent/policy.json && chmod {mode} /etc/odoo-agent/policy.json \
             && exec {} count res.partner",
            crate::support::run::BINARY
        );
        let output = std::process::Command::new("unshare")
            .args(["-m", "sh", "-c", &script])
            .env("ODOO_AGENT_HOME", home.path())
            .env_remove("ODOO_PROFILE")
            .output();
        let output = output.ok()?;
        let could = !String::from_utf8_lossy(&output.stderr).contains("ermission")
            && !String::from_utf8_lossy(&output.stderr).contains("not permitted");
        could.then(|| Outcome::of(output, script))
    };
    let Some(refused) = run("0:0", "644") else {
        eprintln!("a mount namespace cannot be had here: not run");
        return;
    };
    let refused = refused.fails(5, "policy_denied");
    assert_eq!(refused.error()["policy"]["file"], "/etc/odoo-agent/policy.json");
    run("1:1", "644").unwrap().fails(3, "policy_invalid").says(&["another user"]);
    run("0:0", "666").unwrap().fails(3, "policy_invalid").says(&["others may write"]);
    assert!(server.requests().is_empty());
}

#[test]
fn nothing_goes_around_a_rule() {
    let (home, server) = lab();
    policy(
        &home,
        &json!({ "version": "1", "rules": [
            { "match": { "model": "account.move", "effect": "write" }, "action": "deny" },
            { "match": { "model": "res.users" }, "action": "deny" },
            { "match": { "fields": ["credit_limit"] }, "action": "deny" },
            { "match": { "effect": "destructive" }, "action": "deny" } ] }),
    );
    let spec = home.file(
        "spec.json",
        r#"{"action":"call","model":"account.move","method":"write","ids":[1],"data":{"vals":{"ref":"x"}}}"#,
    );
    for line in [
        &["write", "account.move", "--ids", "1", "--vals-json", r#"{"ref":"x"}"#][..],
        &["call", "account.move", "write", "--ids", "1", "--data-json", r#"{"vals":{"ref":"x"}}"#],
        &[
            "call",
            "account.move",
            "web_save",
            "--ids",
            "1",
            "--data-json",
            r#"{"vals":{"ref":"x"},"specification":{}}"#,
        ],
        &["call", "account.move", "load", "--data-json", r#"{"fields":["ref"],"data":[["x"]]}"#],
        &["call", "account.move", "name_create", "--data-json", r#"{"name":"x"}"#],
        &["call", "account.move", "copy", "--ids", "1"],
        &["call", "account.move", "action_post", "--ids", "1"],
        &[
            "call",
            "account.move",
            "onchange",
            "--ids",
            "1",
            "--data-json",
            r#"{"values":{},"field_names":[],"fields_spec":{}}"#,
        ],
        &["exec-spec", &spec],
        &["search-read", "res.users", "--fields", "name"],
        &["lookup", "res.users", "Admin"],
        &["schema-summary", "res.users"],
        &["doc-model", "res.users"],
        &["group", "res.users", "--by", "company_id"],
        &["search-read", "res.users", "--fields", "name", "--all"],
        &[
            "call",
            "res.partner",
            "write",
            "--ids",
            "1",
            "--data-json",
            r#"{"vals":{"user_ids":[[1,2,{"name":"x"}]]}}"#,
        ],
        &[
            "search-read",
            "sale.order",
            "--fields",
            "name",
            "--domain",
            r#"[["partner_id.credit_limit",">",1]]"#,
        ],
        &["search-read", "res.partner", "--fields", "name", "--order", "credit_limit desc"],
        &["group", "res.partner", "--by", "country_id", "--sum", "credit_limit"],
        &[
            "create",
            "res.partner",
            "--vals-json",
            r#"{"name":"x"}"#,
            "--context-json",
            r#"{"default_credit_limit":5}"#,
        ],
        &["write", "sale.order", "--ids", "1", "--vals-json", r#"{"order_line":[[2,9,0]]}"#],
        &["call", "res.partner", "delete", "--ids", "1"],
    ] {
        let refused = home.run(line);
        assert_eq!(
            (refused.exit, refused.code().as_str()),
            (5, "policy_denied"),
            "{line:?}: {}",
            refused.stderr
        );
    }
    assert!(server.requests().is_empty(), "a decision costs no request");
    home.run(["call", "res.partner", "execute_kw", "--data-json", r#"{"model":"res.users"}"#]);
    assert!(server.requests_to(&json2("res.partner", "execute_kw")).is_empty());
}

#[test]
fn secrets_never_leave_and_what_is_redacted_neither() {
    let (home, server) = lab();
    server.on(
        &json2("res.users", "read"),
        Answer::json(r#"[{"id":2,"login":"a","password":"hunter2","api_key":"k3y"}]"#),
    );
    server
        .on(&json2("x.own", "tell"), Answer::json(r#"{"a":[{"totp_secret":"JBSW","name":"n"}],"vat":"V"}"#));
    let told = home
        .run(["call", "res.users", "read", "--ids", "2", "--data-json", r#"{"fields":["login","password"]}"#])
        .ok();
    assert_eq!(told.json(), json!([{ "id": 2, "login": "a" }]));
    assert!(told.notes().iter().any(|note| note.contains("password")), "{}", told.stderr);
    let asked = server.only(&json2("res.users", "read"));
    assert_eq!(asked.json()["fields"], json!(["login"]), "nor is it asked for");
    let told = home.run(["call", "x.own", "tell", "--ids", "1"]).ok();
    assert_eq!(told.json(), json!({ "a": [{ "name": "n" }], "vat": "V" }));
    for line in [
        &["search-read", "res.users", "--fields", "login", "--domain", r#"[["password","=like","h%"]]"#][..],
        &["count", "res.partner", "--domain", r#"[["user_ids.api_key","=like","k%"]]"#],
        &["search-read", "res.users", "--fields", "login", "--order", "totp_secret"],
        &["group", "res.users", "--by", "password"],
        &[
            "call",
            "res.users",
            "read_group",
            "--data-json",
            r#"{"domain":[],"fields":["password:max"],"groupby":["active"]}"#,
        ],
        &["count", "res.partner", "--domain", r#"[["user_ids","any",[["password","like","x"]]]]"#],
        &["call", "res.users", "load", "--data-json", r#"{"fields":["login","api_key"],"data":[["a","b"]]}"#],
        &[
            "call",
            "res.users",
            "export_data",
            "--ids",
            "2",
            "--data-json",
            r#"{"fields_to_export":["login","password"]}"#,
        ],
    ] {
        let refused = home.run(line).fails(5, "policy_denied");
        assert!(refused.error()["policy"]["reason"].to_string().contains("is a secret"), "{line:?}");
    }
    policy(
        &home,
        &json!({ "version": "1", "redact": ["vat"], "rules": [
        { "match": { "model": "res.users", "fields": ["api_key"] }, "action": "allow", "reason": "Keys are rotated here" } ] }),
    );
    let told = home.run(["call", "x.own", "tell", "--ids", "1"]).ok();
    assert_eq!(told.json(), json!({ "a": [{ "name": "n" }] }));
    let told = home
        .run(["call", "res.users", "read", "--ids", "2", "--data-json", r#"{"fields":["login","api_key"]}"#])
        .ok();
    assert_eq!(told.json(), json!([{ "id": 2, "login": "a", "api_key": "k3y" }]));
}

#[test]
fn a_policy_that_only_watches_says_so_and_lets_through() {
    let (home, server) = lab();
    server.on(&json2("x.thing", "act"), Answer::json("true"));
    policy(&home, &json!({ "version": "1", "mode": "shadow", "default": "deny" }));
    let done = home.run(["call", "x.thing", "act", "--ids", "1"]).ok();
    assert!(done.notes().iter().any(|note| note.contains("would deny x.thing/act")), "{}", done.stderr);
    let log = fs::read_to_string(home.path().join("state/policy/decisions.jsonl")).unwrap();
    assert!(log.contains("\"shadow\":[{") && log.contains("\"verdict\":\"deny\""), "{log}");
}

/// A profile on a served sandbox, where every write needs a person.
fn asking(more: Value) -> (Home, Served) {
    let mut document = json!({ "version": "1", "rules": [
        { "match": { "method": "write" }, "action": "ask", "reason": "Changes are looked at" } ] });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    served(&document)
}

fn held(home: &Home) -> String {
    let line = ["write", "res.partner", "--ids", "7", "--vals-json", r#"{"comment":"By a person"}"#];
    let refused = home.run(line).fails(6, "confirmation_required");
    let message = refused.message();
    message.rsplit(' ').next().unwrap().to_string()
}

#[test]
fn what_the_policy_asks_is_carried_out_by_the_person_who_proves_to_be_one() {
    let (home, served) = asking(json!({}));
    let request = held(&home);
    assert_eq!(held(&home), request, "the same call is held once");
    let approve = |key: &str| {
        Terminal::agent(&home, &["approve", &request])
            .when("Type yes: ", "yes\n")
            .when("(not shown): ", &format!("{key}\n"))
            .run(&home)
    };
    // A yes alone and the agent's own key prove nothing.
    let seen = approve(served.key("agent"));
    assert_eq!(seen.exit, 6, "{seen:?}");
    let seen = approve("5e1f00c0ffee5e1f00c0ffee5e1f00c0ffee9999");
    assert_ne!(seen.exit, 0, "{seen:?}");
    home.run(["approvals", "wait", &request, "--timeout", "1s"]).fails(6, "confirmation_pending");
    let seen = approve(served.key("approver"));
    assert_eq!(seen.exit, 0, "{seen:?}");
    assert!(!seen.screen.contains(served.key("approver")), "{seen:?}");
    let state = home.run(["approvals", "wait", &request]).ok().json();
    assert_eq!(state["state"], "done");
    let read = home.run(["read", "res.partner", "--ids", "7", "--fields", "comment"]).ok().json();
    assert!(read[0]["comment"].as_str().unwrap().contains("By a person"), "{read}");
    // It opened nothing: the next one is asked for again.
    held(&home);
}

#[test]
fn a_passphrase_proves_a_person_and_a_denial_stands_above_it() {
    let made = {
        let home = Home::new();
        Terminal::agent(&home, &["policy", "passphrase"])
            .when("The passphrase (not shown): ", "correct horse battery\n")
            .when("Once more: ", "correct horse battery\n")
            .run(&home)
    };
    assert_eq!(made.exit, 0, "{made:?}");
    let hash: String = serde_json::from_str(made.stdout.trim()).unwrap();
    let (home, _served) = asking(json!({ "approval": { "passphrase": hash } }));
    let request = held(&home);
    let approve = |typed: &str| {
        Terminal::agent(&home, &["approve", &request])
            .when("Type yes: ", "yes\n")
            .when("key: ", &format!("{typed}\n"))
            .run(&home)
    };
    assert_ne!(approve("correct horse batterY").exit, 0);
    let before = fs::read(home.config().join("policy.json")).unwrap();
    policy(&home, &json!({ "version": "1", "tools": { "write": { "action": "deny" } } }));
    let denied = Terminal::agent(&home, &["approve", &request]).run(&home);
    assert_eq!(denied.exit, 5, "a denial is let through by nobody: {denied:?}");
    write_with_mode(&home.config().join("policy.json"), &before, 0o600);
    let seen = approve("correct horse battery");
    assert_eq!(seen.exit, 0, "{seen:?}");
}

#[test]
fn a_policy_is_explained_shown_and_checked_offline() {
    let (home, server) = lab();
    policy(
        &home,
        &json!({ "version": "1", "default": "deny", "tools": { "search_read": { "limits": [
            { "counter": "reads", "window": "minute", "max": 5 } ] } } }),
    );
    let told =
        home.run(["policy", "explain", "--", "search-read", "res.partner", "--fields", "name"]).ok().json();
    let first = &told["operations"][0];
    assert_eq!(first["decision"], "allow");
    assert_eq!(first["by"]["pointer"], "/tools/search_read");
    assert_eq!(first["limits"][0]["left"], "5");
    let told =
        home.run(["policy", "explain", "--", "write", "res.partner", "--ids", "7", "--vals-json", "{}"]).ok();
    assert_eq!(told.json()["operations"][0]["decision"], "deny");
    home.run(["policy", "check"]).ok();
    let shown = home.run(["policy", "show"]).ok().json();
    assert_eq!(shown["documents"][0]["default"], "deny");
    for name in ["internal", "readonly", "standard"] {
        let template = home.run(["policy", "init", name]).ok().stdout;
        let file = home.file("template.json", &template);
        home.run(["policy", "check", &file]).ok();
    }
    let bad = home.file("bad.json", r#"{"version":"1","rules":[{"match":{},"action":"no"}]}"#);
    home.run(["policy", "check", &bad]).fails(3, "policy_invalid").says(&["/rules/0/action"]);
    let classes = home.run(["policy", "classes"]).ok().json();
    let class = |method: &str| {
        classes.as_array().unwrap().iter().find(|row| row["method"] == method).unwrap()["class"].clone()
    };
    assert_eq!((class("unlink"), class("search_read")), (json!("destructive"), json!("read")));
    assert!(server.requests().is_empty(), "nothing is asked");
}

#[test]
fn behind_a_wrapper_a_policy_is_explained_and_none_is_made() {
    let (home, _server) = lab();
    let run = |line: &[&str]| home.agent(line).env("ODOO_AGENT_CALLED_AS", "/opt/odoo_lab.sh").run();
    run(&["policy", "show"]).ok();
    run(&["policy", "check"]).ok();
    run(&["policy", "explain", "--", "count", "res.partner"]).ok();
    for line in [&["policy", "init", "standard"][..], &["policy", "passphrase"]] {
        run(line).fails(2, "usage");
    }
    let file = home.file("x.json", "{}");
    assert_eq!(run(&["policy", "check", &file]).exit, 2);
    assert!(!home.config().join("policy.json").exists());
    assert!(KEY.len() > 10);
}

#[test]
fn a_clock_that_goes_back_brings_no_opening_back() {
    let (home, server) = lab();
    server.on(&json2("ir.cron", "method_direct_trigger"), Answer::json("true"));
    let opening = |day: &str| {
        policy(
            &home,
            &json!({ "version": "1", "default": "deny", "rules": [
            { "match": { "model": "ir.cron" }, "action": "allow", "reason": "Support", "expires": day } ] }),
        );
        home.run(["call", "ir.cron", "method_direct_trigger", "--ids", "3"])
    };
    opening("2999-01-01").ok();
    opening("2020-01-01").fails(5, "policy_denied");
    // What was seen of the clock lies in the state; a later moment there ends what would still be open.
    let state = home.path().join("state/policy/limits.json");
    let mut seen: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    seen["latest"] = json!(32_472_147_600_001_u64);
    write_with_mode(&state, seen.to_string().as_bytes(), 0o600);
    opening("2998-01-01").fails(5, "policy_denied");
    assert!(fs::metadata(&state).unwrap().permissions().mode() & 0o077 == 0);
}

#[test]
fn a_server_of_another_protocol_is_known_by_its_name() {
    let server = Server::start();
    let home = Home::new();
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", server.url()),
            ("ODOO_DB", "lab"),
            ("ODOO_LOGIN", "agent"),
            ("ODOO_API_KEY", KEY),
            ("ODOO_PROTOCOL", "jsonrpc"),
        ],
    );
    let document = |name: &str| json!({ "version": "1", "default": "deny", "tools": { name: {} } });
    policy(&home, &document("odoo_web_call"));
    home.run(["count", "res.partner"]).fails(5, "policy_denied");
    assert!(server.requests().is_empty());
    policy(&home, &document("odoo_execute_kw"));
    assert_ne!(home.run(["count", "res.partner"]).code(), "policy_denied");
}

/// A link to nothing is no want of a policy.
#[cfg(unix)]
#[test]
fn a_policy_that_is_a_link_to_nothing_closes_everything() {
    let home = Home::new();
    let path = home.config().join("policy.json");
    std::fs::create_dir_all(home.config()).unwrap();
    std::os::unix::fs::symlink(home.beside("nowhere"), &path).unwrap();
    let read = ["--profile", "sandbox", "search-read", "res.partner", "--fields", "name"];
    home.run(read).fails(3, "policy_invalid");
    home.run(["policy", "check"]).fails(3, "policy_invalid");
    std::fs::remove_file(&path).unwrap();
    home.run(read).ok();
}

/// A panel groups other records than those of its model: what is redacted of them groups none.
#[test]
fn a_panel_does_not_tell_what_is_redacted() {
    let home = Home::new();
    let document = json!({ "version": "1", "redact": ["res.partner.ref"] }).to_string();
    crate::support::run::write_with_mode(&home.config().join("policy.json"), document.as_bytes(), 0o600);
    let data = |by: &str| json!({ "field_name": "partner_id", "group_by": by }).to_string();
    let panel = |by: &str| {
        let line = ["call", "project.task", "search_panel_select_multi_range", "--data-json"];
        home.agent(["--profile", "sandbox"]).args(line).arg(data(by)).run()
    };
    panel("ref").fails(5, "policy_denied");
    assert_ne!(panel("country_id").code(), "policy_denied");
}

/// A key of the context puts a field into the names of records, wherever they stand.
#[test]
fn what_is_redacted_is_not_shown_in_the_names_of_records() {
    let (home, server) = lab();
    for method in ["search_read", "web_read", "name_search", "write", "search_count"] {
        server.on(&json2("res.partner", method), Answer::json("true"));
    }
    let run = |redacted: &str, method: &str, arguments: &Value, context: &Value| {
        policy(&home, &json!({ "version": "1", "redact": [redacted] }));
        let line = ["call", "res.partner", method, "--data-json", &arguments.to_string()];
        let ids: &[&str] = if matches!(method, "web_read" | "write") { &["--ids", "7"] } else { &[] };
        home.agent(line).args(ids).args(["--context-json", &context.to_string()]).run()
    };
    let named = json!({ "domain": [], "fields": ["display_name"] });
    let beside = json!({ "domain": [], "fields": ["parent_id"] });
    let nested = |context: Value| json!({ "specification": { "parent_id": { "fields": { "display_name": {} }, "context": context } } });
    let (none, vat) = (json!({}), json!({ "show_vat": true }));
    for (redacted, method, arguments, context) in [
        ("vat", "search_read", &named, &vat),
        ("res.partner.vat", "search_read", &named, &vat),
        ("city", "search_read", &named, &json!({ "show_address": 1 })),
        ("vat", "name_search", &json!({ "name": "A" }), &vat),
        ("vat", "web_read", &nested(vat.clone()), &none),
        // What stands beside may be any model's.
        ("res.company.vat", "search_read", &beside, &vat),
    ] {
        let refused = run(redacted, method, arguments, context).fails(5, "policy_denied");
        let reason = refused.error()["policy"]["reason"].to_string();
        assert!(reason.contains("is withheld"), "{redacted} {method}: {reason}");
    }
    assert!(server.requests().is_empty());
    for (redacted, method, arguments, context) in [
        ("vat", "search_read", &named, &none),
        ("vat", "search_read", &named, &json!({ "show_vat": false })),
        ("vat", "search_read", &named, &json!({ "show_email": true })),
        ("email", "search_read", &named, &vat),
        ("res.company.vat", "search_read", &named, &vat),
        ("vat", "web_read", &nested(json!({ "show_email": true })), &none),
        ("vat", "search_count", &json!({ "domain": [] }), &vat),
        ("vat", "write", &json!({ "vals": { "name": "x" } }), &vat),
    ] {
        let outcome = run(redacted, method, arguments, context);
        let code = if outcome.exit == 0 { String::new() } else { outcome.code() };
        assert_ne!(code, "policy_denied", "{redacted} {method} {context}: {}", outcome.stderr);
    }
}

/// The field by which a line belongs to its record is asked of Odoo, also where older fields are kept without it.
#[test]
fn a_link_is_held_to_the_field_that_it_changes() {
    let allowed = |fields: Value| {
        json!({ "version": "1", "default": "deny", "rules": [
            { "match": { "effect": "read" }, "action": "allow" },
            { "match": { "model": "res.partner", "effect": "write", "fields": fields }, "action": "allow" } ] })
    };
    for (fields, is_allowed) in [
        (json!(["*"]), true),
        (json!(["child_ids", "parent_id"]), true),
        (json!(["child_ids", "name"]), false),
    ] {
        let (home, _served) = served(&allowed(fields.clone()));
        let made = home.run(["search-read", "res.partner", "--fields", "id", "--limit", "2"]).ok().json();
        let ids: Vec<i64> = made.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
        let values = json!({ "child_ids": [[4, ids[1]]] }).to_string();
        let outcome =
            home.run(["write", "res.partner", "--ids", &ids[0].to_string(), "--vals-json", &values]);
        let code = if outcome.exit == 0 { String::new() } else { outcome.code() };
        assert_eq!(code == "policy_denied", !is_allowed, "{fields}: {}", outcome.stderr);
    }
}

/// What was kept before the other end of a list was asked for is still believed where Odoo does not tell more.
#[test]
fn what_is_kept_of_fields_stays_where_odoo_does_not_tell_more() {
    let (home, server) = lab();
    let fields = json2("sale.order", "fields_get");
    let kept = r#"{"order_line":{"type":"one2many","string":"Lines","relation":"sale.order.line"}}"#;
    server.once(&fields, Answer::json(kept));
    home.run(["schema-summary", "sale.order", "--all"]).ok();
    server.on(&fields, Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"));
    server.on(&json2("sale.order", "write"), Answer::json("true"));
    let line =
        ["write", "sale.order", "--ids", "1", "--vals-json", r#"{"order_line":[[4,8]]}"#, "--no-before"];
    for (model, is_denied) in [("res.users", false), ("sale.order.line", true)] {
        policy(
            &home,
            &json!({ "version": "1", "rules": [{ "match": { "model": model, "method": "write" }, "action": "deny" }] }),
        );
        let outcome = home.run(line);
        let code = if outcome.exit == 0 { String::new() } else { outcome.code() };
        assert_eq!(code == "policy_denied", is_denied, "{model}: {}", outcome.stderr);
    }
}
