//! Several wrong things in one call are told at once, one line each; what is right beside them stays unsaid.

use serde_json::{Value, json};

use crate::support::{Home, KEY, Outcome, lab};

fn sandbox(home: &Home, line: &[&str]) -> Outcome {
    home.agent(["--profile", "sandbox"]).args(line).run()
}

/// A home that knows the fields of contacts.
fn warm() -> Home {
    let home = Home::new();
    sandbox(&home, &["schema-summary", "res.partner"]).ok();
    home
}

fn lines(outcome: &Outcome) -> Vec<String> {
    let errors = outcome.error()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|line| line.as_str().unwrap().to_string()).collect()
}

#[test]
fn every_wrong_value_of_a_record_has_a_line() {
    let home = Home::new();
    let vals =
        json!({ "emial": "a@example.com", "name": "Right", "user_id": "Ann", "create_date": "2026-01-01" });
    let outcome = sandbox(&home, &["create", "res.partner", "--vals-json", &vals.to_string()]);
    let outcome = outcome.fails(2, "preflight_refused");
    let lines = lines(&outcome);
    let places: Vec<&str> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(places, ["vals.emial", "vals.user_id", "vals.create_date"], "{}", outcome.stderr);
    assert!(lines[0].contains("did you mean email?"), "{}", lines[0]);
    let message = outcome.message();
    assert!(message.starts_with("vals.emial: ") && message.ends_with("(and 2 more)"), "{message}");
    assert!(lines[1].contains("lookup res.users Ann"), "{}", lines[1]);
}

#[test]
fn one_wrong_value_is_told_as_ever_and_right_ones_go_through() {
    let home = Home::new();
    let create = |vals: Value| sandbox(&home, &["create", "res.partner", "--vals-json", &vals.to_string()]);
    let error =
        create(json!({ "emial": "a@example.com", "name": "Right" })).fails(2, "preflight_refused").error();
    assert!(error.get("errors").is_none(), "{error}");
    create(json!({ "email": "a@example.com", "name": "Right", "user_id": false })).ok();
}

#[test]
fn records_and_their_lines_are_looked_at_to_the_end() {
    let home = Home::new();
    let list = json!([
        { "name": "A", "emial": "a" },
        { "name": "B" },
        { "name": "C", "child_ids": [[0, 0, { "nmae": "D" }], [0, 0, { "name": "E", "phnoe": "1" }]] },
    ]);
    let outcome = sandbox(&home, &["create", "res.partner", "--vals-list-json", &list.to_string()]);
    let lines = lines(&outcome.fails(2, "preflight_refused"));
    let begin: Vec<String> =
        lines.iter().map(|line| line.split(": ").next().unwrap_or_default().to_string()).collect();
    assert_eq!(
        begin,
        ["vals_list[0].emial", "vals_list[2].child_ids[0].nmae", "vals_list[2].child_ids[1].phnoe"]
    );
}

#[test]
fn conditions_fields_and_order_are_told_together() {
    let home = warm();
    let outcome = sandbox(
        &home,
        &[
            "search-read",
            "res.partner",
            "--domain",
            r#"["|", ["emial", "=", "x"], ["name", "is like", "y"]]"#,
            "--fields",
            "name,phnoe",
            "--order",
            "nmae desc, name",
        ],
    );
    let lines = lines(&outcome.fails(2, "preflight_refused")).join("\n");
    for part in ["domain[1]: ", "emial", "domain[2]: ", "is like", "fields[1]: ", "phnoe", "order: ", "nmae"]
    {
        assert!(lines.contains(part), "{part}: {lines}");
    }
    let right = ["search-read", "res.partner", "--fields", "name,phone", "--order", "name desc, id"];
    sandbox(&home, &right).ok();
}

#[test]
fn a_call_that_is_refused_in_any_case_asks_for_no_fields() {
    let (home, server) = lab();
    let data = json!({ "vals": { "nmae": "X" } }).to_string();
    home.run(["call", "res.partner", "write", "--data-json", &data]).fails(2, "preflight_refused");
    assert!(server.requests().is_empty(), "nothing was asked");
}

#[test]
fn misspelt_keywords_are_told_together() {
    let home = Home::new();
    let data = json!({ "domian": [], "feilds": ["name"], "limit": 1 }).to_string();
    let outcome = sandbox(&home, &["call", "res.partner", "search_read", "--data-json", &data]);
    let lines = lines(&outcome.fails(2, "preflight_refused")).join("\n");
    assert!(lines.contains("did you mean domain?") && lines.contains("did you mean fields?"), "{lines}");
}

#[test]
fn a_spec_is_told_in_its_own_places() {
    let home = Home::new();
    let spec = json!({ "action": "create", "model": "res.partner", "vals": { "nmae": "X", "emial": "y" } });
    let outcome = home
        .agent(["--profile", "sandbox", "exec-spec", "-"])
        .stdin(spec.to_string())
        .run()
        .fails(2, "preflight_refused");
    assert_eq!(lines(&outcome).len(), 2, "{}", outcome.stderr);
}

#[test]
fn a_key_among_the_arguments_is_refused_and_not_repeated() {
    let (home, server) = lab();
    let vals = json!({ "comment": format!("the key is {KEY}") }).to_string();
    let lines: [&[&str]; 4] = [
        &["write", "res.partner", "--ids", "1", "--vals-json", &vals],
        &["search-read", "res.partner", "--fields", KEY],
        &["lookup", "partner", KEY],
        &["count", "res.partner", "--context-json", &json!({ "x": KEY }).to_string()],
    ];
    for line in lines {
        let outcome = home.run(line).fails(2, "usage");
        assert!(outcome.message().contains("an argument holds a key"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains(KEY));
    }
    // From a file nobody saw it on the way; in the record they would.
    let outcome = home
        .agent(["write", "res.partner", "--ids", "1", "--vals-file", "-"])
        .stdin(vals)
        .run()
        .fails(2, "preflight_refused");
    assert!(outcome.message().contains("vals holds a key"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains(KEY) && server.requests().is_empty());
    // A text that is as long, and a part of the key, are no key.
    server.on(&crate::support::json2("res.partner", "search_count"), crate::support::Answer::json("0"));
    for word in ["5e1f00c0ffee5e1f00c0ffee5e1f00c0ffee9999", &KEY[..12]] {
        let domain = json!([["ref", "=", word]]).to_string();
        home.run(["count", "res.partner", "--domain", &domain]).ok();
    }
}

/// Ids of records in the column of external ids would make every record a second time.
#[test]
fn ids_of_records_in_a_column_of_external_ids_are_noted() {
    let home = Home::new();
    let notes = |fields: Value, row: Value| {
        let data = json!({ "fields": fields, "data": [row] }).to_string();
        let line = ["call", "res.partner", "load", "--data-json", &data, "--dry-run"];
        sandbox(&home, &line).ok().notes().join("\n")
    };
    assert!(notes(json!(["id", "name"]), json!(["120", "Ada"])).contains("a column .id"));
    for right in ["__import__.ada", "ada_120", ""] {
        assert!(!notes(json!(["id", "name"]), json!([right, "Ada"])).contains("external"), "{right}");
    }
    assert!(!notes(json!([".id", "name"]), json!(["120", "Ada"])).contains("external"));
}
