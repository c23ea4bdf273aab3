//! What is said to a command line is said in flags, what is said to a spec in its keys; a command or a spec that a hint
//! names is carried out as it stands.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Answer, Home, Outcome, json2, lab};

/// Mistakes and limits, as a command line and as a spec.
fn lines() -> Vec<(Vec<&'static str>, Value)> {
    let search = |more: Value| {
        let mut spec = json!({ "action": "search_read", "model": "res.partner" });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        spec
    };
    let write = |vals: Value| json!({ "action": "write", "model": "res.partner", "ids": [7], "vals": vals });
    vec![
        (vec!["search-read", "res.partner", "--limit", "0"], search(json!({ "limit": 0 }))),
        (vec!["search-read", "res.partner", "--limit", "2"], search(json!({ "limit": 2 }))),
        (
            vec!["search-read", "res.partner", "--all", "--order", "name"],
            search(json!({ "all": true, "order": "name" })),
        ),
        (
            vec!["search-read", "res.partner", "--all", "--offset", "3"],
            search(json!({ "all": true, "offset": 3 })),
        ),
        (
            vec!["search-read", "res.partner", "--all", "--limit", "3", "--fields", "name"],
            search(json!({ "all": true, "limit": 3, "fields": ["name"] })),
        ),
        (vec!["search-read", "Res Partner"], json!({ "action": "search_read", "model": "Res Partner" })),
        (
            vec!["call", "res.partner", "write"],
            json!({ "action": "call", "model": "res.partner", "method": "write" }),
        ),
        (
            vec!["write", "res.partner", "--ids", "7", "--vals-json", r#"{"parent_id":"Azure \"x\""}"#],
            write(json!({ "parent_id": "Azure \"x\"" })),
        ),
        (
            vec!["write", "res.partner", "--ids", "7", "--vals-json", r#"{"nmae":"x"}"#],
            write(json!({ "nmae": "x" })),
        ),
        (
            vec!["write", "res.partner", "--ids", "7", "--vals-json", r#"{"create_uid":1}"#],
            write(json!({ "create_uid": 1 })),
        ),
        (
            vec!["write", "sale.order", "--ids", "1", "--vals-json", r#"{"state":"sale"}"#],
            json!({ "action": "write", "model": "sale.order", "ids": [1], "vals": { "state": "sale" } }),
        ),
        (
            vec!["call", "res.partner", "unlink", "--ids", "1,2,3,4,5,6,7,8,9,10,11"],
            json!({ "action": "call", "model": "res.partner", "method": "unlink",
                "ids": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }),
        ),
        (
            vec!["write", "res.partner", "--ids", "7", "--strict", "--vals-json", r#"{"parent_id":[1,"x"]}"#],
            json!({ "action": "write", "model": "res.partner", "ids": [7], "strict": true,
                "vals": { "parent_id": [1, "x"] } }),
        ),
        (
            vec!["lookup", "partner", "a", "--one", "--limit", "2"],
            json!({ "action": "lookup", "kind": "partner", "query": "a", "one": true, "limit": 2 }),
        ),
        (
            vec!["lookup", "partner", "Zzz", "--one"],
            json!({ "action": "lookup", "kind": "partner", "query": "Zzz", "one": true }),
        ),
        (
            vec!["schema-summary", "res.partner"],
            json!({ "action": "schema_summary", "model": "res.partner" }),
        ),
        (
            vec!["schema-summary", "res.partner", "--field", "nmae"],
            json!({ "action": "schema_summary", "model": "res.partner", "fields": ["nmae"] }),
        ),
        (
            vec!["group", "res.partner", "--by", "company_type", "--limit", "1"],
            json!({ "action": "group", "model": "res.partner", "by": ["country_id"], "limit": 1 }),
        ),
        (
            vec!["call", "res.partner", "name_get", "--ids", "7"],
            json!({ "action": "call", "model": "res.partner", "method": "name_get", "ids": [7] }),
        ),
        (
            vec!["call", "res.partner", "message_post", "--ids", "7", "--data-json", r#"{"zzzzzzzzzz":1}"#],
            json!({ "action": "call", "model": "res.partner", "method": "message_post", "ids": [7],
                "data": { "zzzzzzzzzz": 1 } }),
        ),
        (
            vec![
                "read",
                "res.partner",
                "--ids",
                "7",
                "--context-json",
                r#"{"agent_confirmation_token":"t"}"#,
            ],
            json!({ "action": "read", "model": "res.partner", "ids": [7], "context": { "agent_confirmation_token": "t" } }),
        ),
    ]
}

fn said(outcome: &Outcome) -> Vec<String> {
    let mut said = outcome.notes();
    if outcome.exit != 0 {
        let error = outcome.error();
        let hints = error["hints"].as_array().or_else(|| error["error"]["hints"].as_array());
        said.extend(hints.into_iter().flatten().filter_map(Value::as_str).map(str::to_string));
    }
    said
}

/// Every flag of every command.
fn flags(home: &Home) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("name").and_then(Value::as_str).map(str::to_string));
                found.extend(
                    object
                        .get("aliases")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .filter_map(|name| name.as_str().map(str::to_string)),
                );
                object.values().for_each(|value| collect(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&home.run(["describe"]).ok().json(), &mut found);
    found
}

/// What a hint says behind the command that it names.
const ENDINGS: [&str; 3] =
    [" lists its fields as Odoo has them now", " lists them", ", which is formatted_read_group"];

#[test]
fn a_command_line_is_answered_in_flags_and_every_command_runs() {
    let home = Home::new();
    let known = flags(&home);
    let (mut all, mut commands) = (0, 0);
    for (line, _) in lines() {
        let outcome = home.agent(["--profile", "sandbox"]).args(&line).run();
        for hint in said(&outcome) {
            all += 1;
            assert!(!hint.contains("spec."), "{line:?}: {hint}");
            for word in hint.split([' ', '\'', '"', ',', ';', ':']).filter(|word| word.starts_with("--")) {
                assert!(known.iter().any(|flag| flag == word), "{line:?}: there is no {word}: {hint}");
            }
            let Some(at) = hint.find("odoo-agent ") else { continue };
            let command = ENDINGS.iter().fold(&hint[at..], |text, end| text.trim_end_matches(end));
            // A word in capitals stands for what only the reader knows.
            if command.contains(" ID ") || command.ends_with(" FIELD") {
                continue;
            }
            let binary =
                std::path::Path::new(env!("CARGO_BIN_EXE_odoo-agent")).parent().unwrap().to_path_buf();
            let path = format!("{}:/usr/bin:/bin", binary.display());
            let run = Command::new("sh")
                .args(["-c", command])
                .env_clear()
                .env("PATH", path)
                .env("ODOO_AGENT_HOME", home.path())
                .output()
                .unwrap();
            let code = run.status.code().unwrap();
            assert!(![1, 2, 127].contains(&code), "{command}: {}", String::from_utf8_lossy(&run.stderr));
            commands += 1;
        }
    }
    assert!(all > 20 && commands >= 6, "{all} hints, {commands} commands");
}

#[test]
fn a_spec_is_answered_in_its_keys_and_every_spec_runs() {
    let home = Home::new();
    let (mut all, mut specs) = (0, 0);
    for (_, spec) in lines() {
        let line = ["--profile", "sandbox", "exec-spec", "-"];
        let outcome = home.agent(line).stdin(spec.to_string()).run();
        for hint in said(&outcome).into_iter().chain((outcome.exit != 0).then(|| outcome.message())) {
            all += 1;
            assert!(!hint.contains("--"), "{spec}: {hint}");
            let Some((_, rest)) = hint.split_once("the spec {") else { continue };
            let text = format!("{{{rest}");
            let named =
                serde_json::Deserializer::from_str(&text).into_iter::<Value>().next().unwrap().unwrap();
            if named["ids"] == json!(["ID"]) || named["by"] == json!(["FIELD"]) {
                continue;
            }
            let run = home.agent(line).stdin(named.to_string()).run();
            assert!(![1, 2].contains(&run.exit), "{named}: {}", run.stderr);
            specs += 1;
        }
    }
    assert!(all > 20 && specs >= 6, "{all} hints, {specs} specs");
}

#[test]
fn what_is_no_json_at_all_is_shown_some() {
    let home = Home::new();
    let hints = |line: &[&str]| {
        home.agent(["--profile", "sandbox"]).args(line).run().fails(2, "invalid_json").hints()
    };
    for (text, like) in [
        ("name = x", r#"[["name","=","x"]]"#),
        ("amount_total >= 10.5", r#"[["amount_total",">=",10.5]]"#),
        ("partner_id.name ilike azure", r#"[["partner_id.name","ilike","azure"]]"#),
        ("active == True", r#"[["active","=",true]]"#),
        ("name = x and city = y", r#"[["name","=","x"]]"#),
        ("Azure", r#"[["name","=","x"]]"#),
    ] {
        let said = hints(&["count", "res.partner", "--domain", text]);
        assert!(said.contains(&format!("--domain-json takes JSON, like {like}")), "{text}: {said}");
    }
    for (line, like) in [
        (&["create", "res.partner", "--vals", "name=x"][..], r#"--vals-json takes JSON, like {"name":"x"}"#),
        (
            &["create", "res.partner", "--vals-list", "name=x"],
            r#"--vals-list-json takes JSON, like [{"name":"x"}]"#,
        ),
        (&["call", "res.partner", "search_count", "--data", "all"], r#"--data-json takes JSON, like {"#),
        (
            &["count", "res.partner", "--context-json", "lang=de_DE"],
            r#"--context-json takes JSON, like {"lang":"en_US"}"#,
        ),
    ] {
        assert!(hints(line).contains(like), "{line:?}: {}", hints(line));
    }
    // A slip within JSON has its own place, and no other form is meant.
    let slip = hints(&["count", "res.partner", "--domain", r#"[["name","=","x"]"#]);
    assert!(!slip.contains("takes JSON"), "{slip}");
    let spec = home.agent(["--profile", "sandbox", "exec-spec", "-"]).stdin("count res.partner").run();
    assert!(spec.fails(2, "invalid_spec").hints().contains(r#"{"action": "search_read""#));
}

#[test]
fn a_word_for_oneself_leads_to_ones_own_id() {
    let (home, server) = lab();
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
    server.on(&json2("x.task", "search_count"), Answer::json("0"));
    let count = |domain: &str| home.run(["count", "x.task", "--domain", domain]);
    let refused = count(r#"[["user_ids","in","me"]]"#).fails(2, "preflight_refused").hints();
    assert!(
        refused.contains("lookup res.users me --one") && refused.contains(r#"["user_ids","in",[7]]"#),
        "{refused}"
    );
    let employee = count(r#"[["employee_id","in","me"]]"#).fails(2, "preflight_refused").hints();
    assert!(employee.contains("lookup employee me --one") && !employee.contains("[7]"), "{employee}");
    let empty = count(r#"[["task_id.user_id.name","=","Me"]]"#).ok().notes().join("\n");
    assert!(empty.contains("looked for as a name") && empty.contains(r#""=",7]"#), "{empty}");
    for plain in [r#"[["user_ids","in","Ann"]]"#, r#"[["tag_ids","in","me"]]"#] {
        let hints = count(plain).fails(2, "preflight_refused").hints();
        assert!(!hints.contains("oneself"), "{hints}");
    }
    for plain in [r#"[["name","=","me"]]"#, r#"[["user_id","=","Ann"]]"#, r#"[["user_id","=",7]]"#] {
        assert!(!count(plain).ok().stderr.contains("oneself"), "{plain}");
    }
    // The fields say no more of it, and nobody is asked who is called so.
    let fields = json!({ "user_id": { "type": "many2one", "relation": "res.users", "string": "User" } });
    server.on(&json2("x.task", "fields_get"), Answer::json(fields.to_string()));
    server.on(&json2("res.users", "search_count"), Answer::json("0"));
    let notes = count(r#"[["user_id","=","me"]]"#).ok().notes();
    assert_eq!(
        notes.iter().filter(|note| note.contains("lookup res.users me --one")).count(),
        1,
        "{notes:?}"
    );
    assert!(server.requests_to(&json2("res.users", "search_count")).is_empty());
}
