//! The program on the embedded sandbox, as a newcomer meets it: no configuration, no network, no server.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Child;

use crate::support::{Home, Outcome};
use serde_json::{Value, json};

/// Runs a line in the sandbox.
fn rehearse(home: &Home, line: &[&str]) -> Outcome {
    home.agent(["--profile", "sandbox"]).args(line).run()
}

const READS: &[&[&str]] = &[
    &["call", "res.partner", "search_count", "--data-json", r#"{"domain": [["is_company", "=", true]]}"#],
    &[
        "search-read",
        "res.partner",
        "--domain",
        r#"[["is_company", "=", true]]"#,
        "--limit",
        "3",
        "--order",
        "name asc",
    ],
    &["search-read", "project.task", "--fields", "name,project_id,stage_id", "--limit", "4"],
    &["read", "res.partner", "--ids", "9,15", "--fields", "name,email,parent_id"],
    &["lookup", "partner", "Azure"],
    &["lookup", "project", "a"],
    &["lookup", "task", "a"],
    &["lookup", "employee", "a"],
    &["lookup", "res.partner", "Azure", "--limit", "2"],
    &["schema-summary", "project.task"],
    &["schema-summary", "res.partner", "--contains", "mail"],
    &["doc-index", "--names"],
    &["doc-model", "res.partner", "--field", "email"],
];

#[test]
fn every_command_works_without_any_configuration() {
    let home = Home::new();
    fs::remove_dir(home.config()).unwrap();
    for line in READS {
        let outcome = rehearse(&home, line).ok();
        let value = outcome.json();
        let empty = value.as_array().is_some_and(Vec::is_empty)
            || value["results"].as_array().is_some_and(Vec::is_empty);
        assert!(!value.is_null() && !empty, "{line:?}: {}", outcome.stdout);
    }
    let created =
        rehearse(&home, &["create", "res.partner", "--vals-json", r#"{"name": "Łódź Mat"}"#]).ok().json();
    let id = created[0].to_string();
    let vals = r#"{"phone": "+48 42 000 00 00"}"#;
    assert_eq!(
        rehearse(&home, &["write", "res.partner", "--ids", &id, "--vals-json", vals]).ok().stdout,
        "true\n"
    );
    let read = rehearse(&home, &["read", "res.partner", "--ids", &id, "--fields", "name,phone"]).ok().json();
    assert_eq!((&read[0]["name"], &read[0]["phone"]), (&json!("Łódź Mat"), &json!("+48 42 000 00 00")));
}

#[test]
fn one_of_several_is_not_the_only_one_however_few_are_asked_for() {
    let home = Home::new();
    let ambiguous = |limit| {
        rehearse(&home, &["lookup", "partner", "a", "--one", "--limit", limit]).fails(7, "ambiguous").error()
            ["message"]
            .to_string()
    };
    assert!(ambiguous("1").contains("at least 2 of kind partner"), "{}", ambiguous("1"));
    assert!(!ambiguous("1000").contains("at least"), "{}", ambiguous("1000"));
}

#[test]
fn what_is_written_stays_until_it_is_reset() {
    let home = Home::new();
    let find = ["lookup", "partner", "Ready Mat 北京", "--one"];
    rehearse(&home, &find).fails(7, "no_match");
    rehearse(&home, &["create", "res.partner", "--vals-json", r#"{"name": "Ready Mat 北京"}"#]).ok();
    let id = rehearse(&home, &find).ok().json()["id"].to_string();
    rehearse(&home, &["call", "res.partner", "unlink", "--ids", &id]).ok();
    rehearse(&home, &find).fails(7, "no_match");
    rehearse(&home, &["create", "res.partner", "--vals-json", r#"{"name": "Ready Mat 北京"}"#]).ok();
    assert_eq!(home.run(["sandbox", "reset"]).ok().json(), json!({ "reset": true }));
    let line = [&find[..], &["--refresh"]].concat();
    rehearse(&home, &line).fails(7, "no_match");
}

#[test]
fn an_outbound_message_needs_an_approver() {
    let home = Home::new();
    let data = r#"{"body": "Following up.", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": [10]}"#;
    let line = ["call", "res.partner", "message_post", "--ids", "10", "--data-json", data];
    let count = || {
        let messages = [
            "call",
            "mail.message",
            "search_count",
            "--data-json",
            r#"{"domain": [["model", "=", "res.partner"], ["res_id", "=", 10]]}"#,
        ];
        rehearse(&home, &messages).ok().json().as_i64().unwrap()
    };
    let before = count();
    rehearse(&home, &line).fails(6, "confirmation_required");
    let confirmed = [&line[..], &["--confirm-outbound"]].concat();
    rehearse(&home, &confirmed).fails(6, "confirmation_required");
    assert_eq!(count(), before);
    let approver = crate::support::SANDBOX_APPROVER_KEY;
    let outcome = home
        .agent(["--profile", "sandbox"])
        .args(&confirmed)
        .env("ODOO_APPROVER_API_KEY", approver)
        .run()
        .ok();
    assert!(outcome.json()[0].is_i64(), "{}", outcome.stdout);
    assert_eq!(count(), before + 1);
    assert!(!outcome.stderr.contains(approver));
}

#[test]
fn sixteen_processes_at_once_lose_no_record() {
    let home = Home::new();
    let before = rehearse(&home, READS[0]).ok().json().as_i64().unwrap();
    let ids: BTreeSet<i64> = std::thread::scope(|scope| {
        let create = |number: usize| {
            let vals = format!(r#"{{"name": "At once {number}", "is_company": true}}"#);
            rehearse(&home, &["create", "res.partner", "--vals-json", &vals]).ok().json()[0].as_i64().unwrap()
        };
        let threads: Vec<_> = (0..16).map(|number| scope.spawn(move || create(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), 16, "two records with one id: {ids:?}");
    assert_eq!(rehearse(&home, READS[0]).ok().json(), before + 16);
}

#[test]
fn a_corrupt_sandbox_names_its_remedy_and_the_remedy_works() {
    let home = Home::new();
    rehearse(&home, &["create", "res.partner", "--vals-json", r#"{"name": "x"}"#]).ok();
    let state: Vec<_> = home
        .files()
        .into_iter()
        .filter(|path| path.starts_with(home.path().join("state")) && fs::metadata(path).unwrap().len() > 0)
        .collect();
    assert!(!state.is_empty());
    for file in state {
        fs::write(file, "{\"half\":").unwrap();
    }
    let outcome =
        rehearse(&home, &["call", "res.partner", "search_count", "--data-json", r#"{"domain": []}"#]);
    assert_ne!(outcome.exit, 0);
    assert!(outcome.stderr.contains("odoo-agent sandbox reset"), "{}", outcome.stderr);
    home.run(["sandbox", "reset"]).ok();
    rehearse(&home, READS[0]).ok();
}

/// `sandbox serve`, ended with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn served_on_loopback_it_answers_the_same() {
    let home = Home::new();
    let mut child = home.agent(["sandbox", "serve"]).spawn();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let _served = Served(child);
    let where_it_is: Value = serde_json::from_str(&first).unwrap();
    let url = where_it_is["base_url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let client = Home::new();
    client.profile(
        "served",
        &[
            ("ODOO_BASE_URL", url),
            ("ODOO_DB", where_it_is["database"].as_str().unwrap()),
            ("ODOO_API_KEY", where_it_is["keys"]["agent"].as_str().unwrap()),
        ],
    );
    for line in READS {
        let (embedded, served) = (rehearse(&home, line).ok(), client.run(*line).ok());
        // A command that a note names works in the profile of its run.
        let notes = served.stderr.replace("--profile served", "--profile sandbox");
        assert_eq!((embedded.stdout, embedded.stderr), (served.stdout, notes), "{line:?}");
    }
    // What is done over HTTP is done to the same company.
    let id = client.run(["create", "res.partner", "--vals-json", r#"{"name": "Over HTTP"}"#]).ok().json()[0]
        .to_string();
    assert_eq!(
        rehearse(&home, &["read", "res.partner", "--ids", &id, "--fields", "name"]).ok().json()[0]["name"],
        "Over HTTP"
    );
    client
        .agent(READS[0])
        .env("ODOO_API_KEY", "0".repeat(40))
        .env("ODOO_BASE_URL", url)
        .run()
        .fails(4, "auth_rejected");
    client.agent(READS[0]).env("ODOO_DB", "nope").run().fails(4, "database_not_found");
}

/// As Odoo does: a title may be empty, but not missing; what belongs to no project is a to-do and gets one.
#[test]
fn a_required_field_must_have_a_value() {
    let home = Home::new();
    let create = |model: &str, vals: Value| {
        rehearse(&home, &["create", model, "--vals-json", &vals.to_string(), "--output", "json"])
    };
    let name = |vals: Value| {
        let id = create("project.task", vals).ok().json()[0].to_string();
        rehearse(&home, &["read", "project.task", "--ids", &id, "--fields", "name"]).ok().json()[0]["name"]
            .clone()
    };
    for vals in [json!({ "project_id": 1 }), json!({ "name": false, "project_id": 1 })] {
        let refused = create("project.task", vals);
        let error = refused.fails(8, "rejected").error();
        let message = error["odoo"]["message"].as_str().unwrap();
        assert!(message.contains("Missing required value for the field 'Title' (name)."), "{message}");
        assert_eq!(error["odoo"]["name"], "odoo.exceptions.ValidationError");
    }
    assert_eq!(name(json!({})), "Untitled to-do");
    assert_eq!(name(json!({ "description": "<p>*Call* them</p><p>later</p>" })), "Call them");
    assert_eq!(name(json!({ "project_id": 1, "name": "" })), "");
    let unset = r#"{"name": false}"#;
    rehearse(&home, &["write", "project.task", "--ids", "1", "--vals-json", unset]).fails(8, "rejected");
}

#[test]
fn groups_are_chosen_and_ordered_by_what_is_not_shown() {
    let home = Home::new();
    let group = |more: &[&str]| {
        let line = [&["group", "sale.order", "--by", "partner_id"], more].concat();
        rehearse(&home, &line).ok().json().as_array().unwrap().clone()
    };
    let summed = group(&["--sum", "amount_total"]);
    let total = |row: &Value| row["amount_total:sum"].as_f64().unwrap();
    let partner = |row: &Value| row["partner_id"][0].as_i64().unwrap();
    let mut wanted: Vec<&Value> = summed.iter().filter(|row| total(row) > 3000.0).collect();
    assert!(!wanted.is_empty() && wanted.len() < summed.len());
    wanted.sort_by(|one, other| total(other).total_cmp(&total(one)));
    let having = r#"[["amount_total:sum", ">", 3000]]"#;
    let found = group(&["--having", having, "--order", "amount_total:sum desc"]);
    assert_eq!(
        found.iter().map(partner).collect::<Vec<_>>(),
        wanted.iter().map(|row| partner(row)).collect::<Vec<_>>()
    );
    assert!(found.iter().all(|row| row.get("amount_total:sum").is_none()), "only what was asked for");
    let not = group(&["--having", r#"["!", ["amount_total:sum", ">", 3000]]"#]);
    assert_eq!(not.len() + found.len(), summed.len());
    let wrong = ["group", "sale.order", "--by", "date_order:month", "--order", "date_order"];
    let refused = rehearse(&home, &wrong).fails(2, "preflight_refused");
    assert!(refused.hints().contains("date_order:month"), "{}", refused.stderr);
}
