//! A call that is asked what came of it: one more request, which neither makes a failure of what is done nor keeps
//! back what is wrong until after it.

use crate::support::{Answer, Home, Server, json2, lab};
use serde_json::{Value, json};

const FIELDS: &str =
    r#"{"name": {"type": "char", "string": "Name"}, "body": {"type": "html", "string": "Body"}}"#;

/// The lab with the fields of a model and an answer for each of these calls.
fn answering(model: &str, answers: &[(&str, &str, Answer)]) -> (Home, Server) {
    let (home, server) = lab();
    server.on(&json2(model, "fields_get"), Answer::json(FIELDS));
    for (model, method, answer) in answers {
        server.on(&json2(model, method), answer.clone());
    }
    (home, server)
}

#[test]
fn what_came_of_it_is_printed_in_place_of_the_answer() {
    let rows = r#"[{"id":41,"name":"Ready Mat"}]"#;
    let (home, server) = answering(
        "res.partner",
        &[("res.partner", "create", Answer::json("[41]")), ("res.partner", "read", Answer::json(rows))],
    );
    let line = ["create", "res.partner", "--vals", r#"{"name": "Ready Mat"}"#, "--read-back", "name"];
    assert_eq!(home.run(line).ok().stdout, format!("{rows}\n"));
    let asked = server.only(&json2("res.partner", "read")).json();
    assert_eq!((&asked["ids"], &asked["fields"]), (&json!([41]), &json!(["name"])));
    // The same in a spec, of what is there.
    server.on(&json2("res.partner", "x_go"), Answer::json("true"));
    server.forget();
    let spec = json!({ "action": "call", "model": "res.partner", "method": "x_go", "ids": [41],
        "read_back": ["name"], "no_before": true });
    let outcome = home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run().ok();
    assert_eq!(outcome.stdout, format!("{rows}\n"));
    assert_eq!(server.only(&json2("res.partner", "read")).json()["ids"], json!([41]));
}

#[test]
fn what_a_method_makes_is_read_where_it_is() {
    let rows = r#"[{"id":1293,"body":"<p>x</p>"}]"#;
    let (home, server) = answering(
        "mail.message",
        &[
            ("project.task", "message_post", Answer::json("[1293]")),
            ("mail.message", "read", Answer::json(rows)),
        ],
    );
    let data = r#"{"body": "x", "subtype_xmlid": "mail.mt_note"}"#;
    let line = ["call", "project.task", "message_post", "--ids", "12", "--data", data, "--read-back", "body"];
    assert_eq!(home.run(line).ok().stdout, format!("{rows}\n"));
    assert_eq!(server.only(&json2("mail.message", "read")).json()["ids"], json!([1293]));
}

#[test]
fn what_is_done_stays_done_when_it_cannot_be_read() {
    let denied = Answer::odoo_error(403, "odoo.exceptions.AccessError", "no");
    let (home, _server) = answering(
        "res.partner",
        &[("res.partner", "write", Answer::json("true")), ("res.partner", "read", denied)],
    );
    let line = [
        "write",
        "res.partner",
        "--ids",
        "7",
        "--vals",
        r#"{"name": "x"}"#,
        "--read-back",
        "name",
        "--no-before",
    ];
    let outcome = home.run(line).ok();
    assert_eq!(outcome.stdout, "true\n");
    let notes = outcome.notes().join("\n");
    assert!(notes.contains("it is done, and what came of it could not be read"), "{notes}");
    assert!(notes.contains("read res.partner --ids 7"), "{notes}");
}

#[test]
fn what_cannot_be_read_keeps_the_call_back() {
    let (home, server) = answering("res.partner", &[]);
    let line = ["write", "res.partner", "--ids", "7", "--vals", r#"{"name": "x"}"#, "--read-back", "nam"];
    let outcome = home.run(line).fails(2, "preflight_refused");
    assert!(outcome.hints().contains("did you mean name?"), "{}", outcome.stderr);
    for line in [
        &["call", "res.partner", "unlink", "--ids", "7", "--read-back", "name"][..],
        &["call", "res.partner", "x_go", "--read-back", "name"],
    ] {
        let outcome = home.run(line).fails(2, "usage");
        assert!(outcome.hints().contains("--read-back"), "{}", outcome.stderr);
    }
    for method in ["write", "unlink", "x_go", "read"] {
        assert!(server.requests_to(&json2("res.partner", method)).is_empty(), "{method}");
    }
    let shown = ["write", "res.partner", "--ids", "7", "--vals", r#"{"name": "x"}"#];
    let shown = home.agent(shown).args(["--read-back", "name", "--dry-run"]).run().ok().json();
    assert_eq!(shown["path"], json2("res.partner", "write"));
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
}

#[test]
fn answers_that_name_new_records_among_other_things_are_read_back() {
    for (method, data, answer) in [
        (
            "load",
            json!({ "fields": ["name"], "data": [["a"]] }),
            json!({ "ids": [41], "messages": [], "nextrow": 0 }),
        ),
        ("name_create", json!({ "name": "a" }), json!([41, "a"])),
        ("web_save", json!({ "vals": { "name": "a" }, "specification": {} }), json!([{ "id": 41 }])),
    ] {
        let rows = r#"[{"id":41,"name":"a"}]"#;
        let (home, server) = answering(
            "res.partner",
            &[("res.partner", method, Answer::json(answer)), ("res.partner", "read", Answer::json(rows))],
        );
        let line = ["call", "res.partner", method, "--data", &data.to_string(), "--read-back", "name"];
        assert_eq!(home.run(line).ok().stdout, format!("{rows}\n"), "{method}");
        assert_eq!(server.only(&json2("res.partner", "read")).json()["ids"], json!([41]), "{method}");
    }
}

#[test]
fn what_a_wizard_opened_is_named_beside_the_rows_of_the_wizard() {
    let window = |more: Value| {
        let mut action = json!({ "type": "ir.actions.act_window", "res_model": "account.move", "res_id": 0 });
        action.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        action
    };
    for (answer, named) in [
        (window(json!({ "res_id": 57 })), Some("read account.move --ids 57")),
        (window(json!({ "domain": [["id", "in", [57, 58]]] })), Some("read account.move --ids 57 58")),
        (window(json!({ "domain": [["state", "=", "draft"]] })), None),
        (window(json!({ "domain": "[]" })), None),
        (window(json!({ "res_model": "x.wizard", "res_id": 2 })), None),
        (json!(true), None),
    ] {
        let (home, _server) = answering(
            "x.wizard",
            &[
                ("x.wizard", "go_on", Answer::json(&answer)),
                ("x.wizard", "read", Answer::json(r#"[{"id":2,"name":"a"}]"#)),
            ],
        );
        let line = ["call", "x.wizard", "go_on", "--ids", "2", "--read-back", "name", "--no-before"];
        let outcome = home.run(line).ok();
        assert_eq!(outcome.json(), json!([{ "id": 2, "name": "a" }]));
        let notes = outcome.notes().join("\n");
        assert_eq!(notes.contains("the rows are those of x.wizard itself"), named.is_some(), "{notes}");
        assert!(notes.contains(named.unwrap_or_default()), "{notes}");
    }
}

#[test]
fn the_sandbox_tells_it_too() {
    let home = Home::new();
    let run = |line: &[&str]| -> Value { home.agent(["--profile", "sandbox"]).args(line).run().ok().json() };
    let confirmed = run(&["call", "sale.order", "action_confirm", "--ids", "2", "--read-back", "state"]);
    assert_eq!(confirmed, json!([{ "id": 2, "state": "sale" }]));
    let data = r#"{"summary": "Call back"}"#;
    let line =
        ["call", "crm.lead", "activity_schedule", "--ids", "1", "--data", data, "--read-back", "summary"];
    assert_eq!(run(&line)[0]["summary"], "Call back");
}
