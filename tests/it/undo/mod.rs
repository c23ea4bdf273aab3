//! `undo` through the binary: what is taken back and what is not.

mod along;
mod imported;
mod others;
mod translated;

use crate::journal::{clock, entries};
use crate::support::{Answer, Home, Outcome, json2, lab};
use serde_json::{Value, json};

fn sandbox(home: &Home, line: &[&str]) -> Outcome {
    home.agent(["--profile", "sandbox"]).args(line).run()
}

fn created(home: &Home, model: &str, vals: &Value) -> i64 {
    sandbox(home, &["create", model, "--vals-json", &vals.to_string()]).ok().json()[0].as_i64().unwrap()
}

fn field(home: &Home, model: &str, id: i64, name: &str) -> Value {
    let read = sandbox(home, &["read", model, "--ids", &id.to_string(), "--fields", name]).ok().json();
    read[0][name].clone()
}

fn write(home: &Home, model: &str, id: i64, vals: &Value) -> String {
    sandbox(home, &["write", model, "--ids", &id.to_string(), "--vals-json", &vals.to_string()]).ok();
    last(home)
}

fn last(home: &Home) -> String {
    let all = entries(home, &["--profile", "sandbox"]);
    all.last().unwrap()["id"].as_str().unwrap().to_string()
}

fn undo(home: &Home, id: &str) -> Outcome {
    sandbox(home, &["undo", id])
}

#[test]
fn a_write_is_taken_back_and_so_is_the_taking_back() {
    let home = Home::new();
    let id = created(&home, "res.partner", &json!({ "name": "Undo", "phone": "1", "comment": "<p>a</p>" }));
    let tags = created(&home, "res.partner.category", &json!({ "name": "Undo tag" }));
    let entry = write(
        &home,
        "res.partner",
        id,
        &json!({ "phone": "2", "comment": "<p>b</p>", "category_id": [[4, tags, 0]] }),
    );
    let shown = sandbox(&home, &["undo", &entry, "--dry-run"]).ok().json();
    assert_eq!(shown[0]["steps"][0]["method"], "write");
    assert_eq!(field(&home, "res.partner", id, "phone"), "2", "a dry run sends nothing");
    let undone = undo(&home, &entry).ok().json();
    assert_eq!(undone[0]["undoes"], entry);
    assert_eq!(field(&home, "res.partner", id, "phone"), "1");
    assert_eq!(field(&home, "res.partner", id, "category_id"), json!([]));
    assert!(field(&home, "res.partner", id, "comment").as_str().unwrap().contains('a'));
    let own = sandbox(&home, &["journal", "show", undone[0]["by"][0].as_str().unwrap()]).ok().json();
    assert_eq!(own["undoes"], entry);
    undo(&home, &entry).fails(8, "undo_conflict").says(&["undone already"]);
    undo(&home, own["id"].as_str().unwrap()).ok();
    assert_eq!(field(&home, "res.partner", id, "phone"), "2", "an undo can be undone");
    // What doctor has tried and cleared away is nobody's last call.
    sandbox(&home, &["doctor", "--guard"]);
    let tried = sandbox(&home, &["journal", "list", "--limit", "1"]).ok().json();
    assert_eq!(tried[0]["surface"], "doctor", "{tried}");
    let again = sandbox(&home, &["undo", "--last"]).ok().json();
    assert_eq!(again[0]["undoes"], entry, "what is not undone any more is the last one again");
    assert_eq!(field(&home, "res.partner", id, "phone"), "1");
}

#[test]
fn what_somebody_changed_since_stays_and_the_rest_can_be_taken_back() {
    let home = Home::new();
    let id =
        created(&home, "res.partner", &json!({ "name": "Since", "phone": "1", "email": "a@example.com" }));
    let entry = write(&home, "res.partner", id, &json!({ "phone": "2", "email": "b@example.com" }));
    write(&home, "res.partner", id, &json!({ "phone": "3" }));
    let refused = undo(&home, &entry).fails(8, "undo_conflict");
    assert_eq!(refused.effect(), "not_sent");
    let line = refused.error()["errors"][0].as_str().unwrap().to_string();
    for part in ["phone", "old \"1\"", "ours \"2\"", "now \"3\""] {
        assert!(line.contains(part), "{line}");
    }
    sandbox(&home, &["undo", &entry, "--fields", "email"]).ok();
    assert_eq!(field(&home, "res.partner", id, "email"), "a@example.com");
    assert_eq!(field(&home, "res.partner", id, "phone"), "3");
    sandbox(&home, &["undo", &entry, "--fields", "name"]).fails(2, "usage");
}

#[test]
fn lines_that_somebody_changed_or_made_since_stay() {
    let home = Home::new();
    let id = created(
        &home,
        "res.partner",
        &json!({ "name": "Lines", "child_ids": [[0, 0, { "name": "One", "phone": "1" }]] }),
    );
    let child = field(&home, "res.partner", id, "child_ids")[0].as_i64().unwrap();
    let change = json!({ "child_ids": [[1, child, { "phone": "2" }]] });
    let entry = write(&home, "res.partner", id, &change);
    write(&home, "res.partner", child, &json!({ "phone": "3" }));
    undo(&home, &entry).fails(8, "undo_conflict").says(&["changed since"]);
    assert_eq!(field(&home, "res.partner", child, "phone"), "3");
    write(&home, "res.partner", child, &json!({ "phone": "2" }));
    undo(&home, &entry).ok();
    assert_eq!(field(&home, "res.partner", child, "phone"), "1");
    let add = json!({ "child_ids": [[0, 0, { "name": "Two" }]] });
    let entry = write(&home, "res.partner", id, &add);
    let lines = field(&home, "res.partner", id, "child_ids");
    let new = lines.as_array().unwrap().iter().filter_map(Value::as_i64).find(|line| *line != child).unwrap();
    write(&home, "res.partner", new, &json!({ "name": "Somebody's" }));
    undo(&home, &entry).fails(8, "undo_conflict");
    write(&home, "res.partner", new, &json!({ "name": "Two" }));
    undo(&home, &entry).ok();
    assert_eq!(field(&home, "res.partner", id, "child_ids"), json!([child]));
}

#[test]
fn a_line_that_was_taken_from_another_record_goes_back_to_it() {
    let home = Home::new();
    let one = created(&home, "res.partner", &json!({ "name": "One" }));
    let other = created(&home, "res.partner", &json!({ "name": "Other" }));
    let third = created(&home, "res.partner", &json!({ "name": "Third" }));
    let child = created(&home, "res.partner", &json!({ "name": "Child", "parent_id": one }));
    let free = created(&home, "res.partner", &json!({ "name": "Free" }));
    let parent = |id: i64| field(&home, "res.partner", id, "parent_id");
    let is_of = |id: i64, of: i64| parent(id)[0] == of || parent(id) == json!(of);
    let taken = write(&home, "res.partner", other, &json!({ "child_ids": [[4, child, 0], [4, free, 0]] }));
    assert!(is_of(child, other) && is_of(free, other), "{} {}", parent(child), parent(free));
    undo(&home, &taken).ok();
    assert!(is_of(child, one) && parent(free) == json!(false), "{} {}", parent(child), parent(free));
    // Somebody has taken it on since.
    let taken = write(&home, "res.partner", other, &json!({ "child_ids": [[4, child, 0]] }));
    write(&home, "res.partner", child, &json!({ "parent_id": third }));
    undo(&home, &taken).fails(8, "undo_conflict");
    assert!(is_of(child, third));
    // A line that is none of the record's is changed all the same, and changed back.
    let changed = write(&home, "res.partner", other, &json!({ "child_ids": [[1, child, { "phone": "7" }]] }));
    assert_eq!(field(&home, "res.partner", child, "phone"), "7");
    undo(&home, &changed).ok();
    assert_ne!(field(&home, "res.partner", child, "phone"), "7");
    assert!(is_of(child, third));
}

#[test]
fn a_line_that_its_list_does_not_show_any_more_is_changed_back_too() {
    let home = Home::new();
    let model = "res.partner";
    let (one, third) = (
        created(&home, model, &json!({ "name": "One" })),
        created(&home, model, &json!({ "name": "Third" })),
    );
    let line = |name: &str| created(&home, model, &json!({ "name": name, "phone": "1", "parent_id": one }));
    let (moved, other) = (line("Moved"), line("Other"));
    let lead = |id: i64, to: i64| write(&home, model, id, &json!({ "parent_id": to }));
    let change = json!({ "child_ids": [[1, moved, { "parent_id": third, "phone": "2" }]] });
    let entry = write(&home, model, one, &change);
    assert_eq!(field(&home, model, one, "child_ids"), json!([other]));
    lead(moved, other);
    undo(&home, &entry).fails(8, "undo_conflict");
    lead(moved, third);
    undo(&home, &entry).ok();
    assert_eq!(field(&home, model, one, "child_ids"), json!([moved, other]));
    assert_eq!(field(&home, model, moved, "phone"), "1");
    // What was let go of, and led to another record since, stays there.
    let entry = write(&home, model, one, &json!({ "child_ids": [[3, moved, 0]] }));
    lead(moved, third);
    undo(&home, &entry).fails(8, "undo_conflict");
    write(&home, model, moved, &json!({ "parent_id": false }));
    undo(&home, &entry).ok();
    assert_eq!(field(&home, model, one, "child_ids"), json!([moved, other]));
    // What the call did not touch, and went since, is nothing that it took.
    for command in [json!([4, third, 0]), json!([1, moved, { "phone": "5" }])] {
        let gone = line("Gone");
        let entry = write(&home, model, one, &json!({ "child_ids": [command] }));
        sandbox(&home, &["call", model, "unlink", "--ids", &gone.to_string()]).ok();
        undo(&home, &entry).ok();
        assert_eq!(field(&home, model, one, "child_ids"), json!([moved, other]));
        assert_eq!(field(&home, model, moved, "phone"), "1");
    }
}

#[test]
fn what_was_created_is_archived_or_deleted_and_what_was_archived_comes_back() {
    let home = Home::new();
    let id = created(&home, "res.partner", &json!({ "name": "Made" }));
    undo(&home, &last(&home)).ok();
    assert_eq!(field(&home, "res.partner", id, "active"), false);
    undo(&home, &last(&home)).ok();
    assert_eq!(field(&home, "res.partner", id, "active"), true);
    let changed = created(&home, "res.partner", &json!({ "name": "Changed" }));
    let entry = last(&home);
    write(&home, "res.partner", changed, &json!({ "name": "By somebody" }));
    undo(&home, &entry).fails(8, "undo_conflict");
    sandbox(&home, &["call", "res.partner", "action_archive", "--ids", &changed.to_string()]).ok();
    sandbox(&home, &["undo", "--last"]).ok();
    assert_eq!(field(&home, "res.partner", changed, "active"), true);
    let category = created(&home, "res.partner.category", &json!({ "name": "Simple", "color": 3 }));
    sandbox(&home, &["call", "res.partner.category", "unlink", "--ids", &category.to_string()]).ok();
    let again = undo(&home, &last(&home)).ok();
    assert!(again.json()[0]["lost"].to_string().contains("new one"), "{}", again.stdout);
    let entry = sandbox(&home, &["journal", "show", &last(&home)]).ok().json();
    let new = entry["outcome"]["result"][0].as_i64().unwrap();
    assert_eq!(
        (
            field(&home, "res.partner.category", new, "name"),
            field(&home, "res.partner.category", new, "color")
        ),
        (json!("Simple"), json!(3))
    );
}

#[test]
fn a_copy_goes_and_what_it_was_made_from_stays() {
    let home = Home::new();
    for (model, vals, is_archived) in [
        ("res.partner", json!({ "name": "First" }), true),
        ("sale.order", json!({ "partner_id": 10 }), false),
    ] {
        let id = created(&home, model, &vals);
        let copy = sandbox(&home, &["call", model, "copy", "--ids", &id.to_string()]).ok().json()[0].clone();
        undo(&home, &last(&home)).ok();
        let domain = format!("[[\"id\", \"in\", [{id}, {copy}]]]");
        let left = sandbox(&home, &["search-read", model, "--domain", &domain, "--fields", "id"]).ok().json();
        assert_eq!(left, json!([{ "id": id }]), "{model}");
        let all = sandbox(
            &home,
            &["count", model, "--domain", &domain, "--context-json", r#"{"active_test": false}"#],
        );
        assert_eq!(all.ok().json(), if is_archived { 2 } else { 1 }, "{model}");
    }
}

#[test]
fn an_internal_note_goes_and_a_button_is_led_back() {
    let home = Home::new();
    let id = created(&home, "res.partner", &json!({ "name": "Noted" }));
    let post = json!({ "body": "A note" }).to_string();
    let message = sandbox(
        &home,
        &["call", "res.partner", "message_post", "--ids", &id.to_string(), "--data-json", &post],
    )
    .ok();
    let message = message.json();
    undo(&home, &last(&home)).ok();
    let number = message.get(0).unwrap_or(&message).to_string();
    let domain = format!("[[\"id\", \"=\", {number}]]");
    assert_eq!(sandbox(&home, &["count", "mail.message", "--domain", &domain]).ok().json(), 0);
    let orders = sandbox(
        &home,
        &["search-read", "sale.order", "--domain", r#"[["state", "=", "draft"]]"#, "--limit", "1"],
    );
    let order = orders.ok().json()[0]["id"].as_i64().unwrap();
    sandbox(&home, &["call", "sale.order", "action_confirm", "--ids", &order.to_string()]).ok();
    let entry = last(&home);
    undo(&home, &entry).ok();
    assert_eq!(field(&home, "sale.order", order, "state"), "draft");
    undo(&home, &entry).fails(8, "undo_conflict");
}

#[test]
fn what_has_no_way_back_is_said_with_what_a_person_can_do() {
    let (home, server) = lab();
    server.on(&json2("stock.picking", "button_validate"), Answer::json("true"));
    server.on(&json2("x.thing", "x_act"), Answer::json("true"));
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let undone = |line: &[&str]| {
        let _ = home.run(line);
        let id = entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
        home.run(["undo", &id]).fails(8, "undo_impossible")
    };
    undone(&["call", "stock.picking", "button_validate", "--ids", "3"]).says(&["make a return"]);
    undone(&["call", "x.thing", "x_act", "--ids", "3"]).says(&["no way back"]);
    undone(&["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#, "--no-before"])
        .says(&["no old values"]);
    server.on(&json2("res.partner", "write"), Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    undone(&["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#])
        .says(&["changed nothing"]);
    server.on(&json2("res.partner", "write"), Answer::CloseAfterReading);
    let open = undone(&["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#]);
    assert!(open.hints().contains("journal check"), "{}", open.hints());
    home.run(["undo"]).fails(2, "usage");
    home.run(["undo", "--run", "00000000"]).fails(7, "not_found");
}

#[test]
fn a_part_of_a_write_that_is_taken_back_leaves_the_rest_to_be_taken_back() {
    let home = Home::new();
    let id =
        created(&home, "res.partner", &json!({ "name": "Part", "phone": "1", "email": "a@example.com" }));
    let entry = write(&home, "res.partner", id, &json!({ "phone": "2", "email": "b@example.com" }));
    sandbox(&home, &["undo", &entry, "--fields", "email"]).ok();
    let again = sandbox(&home, &["undo", "--last"]).ok().json();
    assert_eq!(again[0]["undoes"], entry, "it is not undone yet");
    assert_eq!(field(&home, "res.partner", id, "phone"), "1");
    undo(&home, &entry).fails(8, "undo_conflict").says(&["undone already"]);
    // All of its fields are all of it.
    let entry = write(&home, "res.partner", id, &json!({ "phone": "3", "email": "c@example.com" }));
    sandbox(&home, &["undo", &entry, "--fields", "email,phone"]).ok();
    undo(&home, &entry).fails(8, "undo_conflict").says(&["undone already"]);
}

#[test]
fn an_undo_that_stopped_half_way_is_none() {
    let (home, server) = lab();
    let order = |state: &str| {
        let rows =
            json!([{ "id": 1, "state": state, "date_approve": false, "write_date": "2026-01-01 00:00:00" }]);
        server.on(&json2("purchase.order", "read"), Answer::json(rows.to_string()));
    };
    for method in ["button_confirm", "button_cancel", "write"] {
        server.on(&json2("purchase.order", method), Answer::json("true"));
    }
    let refused = Answer::odoo_error(422, "odoo.exceptions.UserError", "no");
    server.on(&json2("purchase.order", "button_draft"), refused);
    order("draft");
    home.run(["call", "purchase.order", "button_confirm", "--ids", "1"]).ok();
    let id = entries(&home, &[])[0]["id"].as_str().unwrap().to_string();
    order("purchase");
    let stopped = home.run(["undo", &id]).fails(8, "rejected");
    assert_eq!(stopped.effect(), "done");
    assert!(stopped.message().contains("1 steps before it were carried out"), "{}", stopped.message());
    server.on(&json2("purchase.order", "button_draft"), Answer::json("true"));
    home.run(["undo", &id]).ok();
    home.run(["undo", &id]).fails(8, "undo_conflict").says(&["undone already"]);
}

/// Makes one run of all calls so far, as of those of one program that speaks MCP.
fn as_one_run(home: &Home, profile: &[&str]) -> String {
    let all = entries(home, profile);
    let names: Vec<&str> = all.iter().filter_map(|entry| entry["run"].as_str()).collect();
    for path in crate::journal::files(home) {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = names.iter().fold(text, |text, name| text.replace(name, names[0]));
        std::fs::write(&path, text).unwrap();
    }
    names[0].to_string()
}

#[test]
fn a_run_is_undone_as_far_as_there_are_ways_back() {
    let (home, server) = lab();
    let run = |line: &[&str]| home.run(line).ok();
    let row = |phone: &str| {
        let rows = json!([{ "id": 1, "phone": phone, "write_date": "2026-01-01 00:00:00" }]).to_string();
        server.on(&json2("res.partner", "read"), Answer::json(rows));
    };
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    server.on(&json2("stock.picking", "button_validate"), Answer::json("true"));
    row("0");
    run(&["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#]);
    run(&["call", "stock.picking", "button_validate", "--ids", "3"]);
    let name = &as_one_run(&home, &[]);
    let first = entries(&home, &[])[0]["id"].as_str().unwrap().to_string();
    row("1");
    let shown = home.run(["undo", "--run", name, "--dry-run"]).fails(8, "undo_impossible");
    assert_eq!(shown.effect(), "not_sent");
    let undone = home.run(["undo", "--run", name]).fails(8, "undo_impossible");
    assert_eq!(undone.effect(), "done");
    assert!(undone.message().contains(&first) && undone.message().contains("1 of 2"), "{}", undone.message());
    assert!(undone.error()["errors"][0].as_str().unwrap().contains("make a return"), "{}", undone.stderr);
    let sent = server.requests_to(&json2("res.partner", "write"));
    assert_eq!(sent.last().unwrap().json()["vals"], json!({ "phone": "0" }));
}

#[test]
fn what_odoo_made_of_a_value_is_blamed_on_nobody() {
    let (home, server) = lab();
    server.on("/web/version", clock());
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let now = || {
        let text = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        text.replace('T', " ").trim_end_matches('Z').to_string()
    };
    let row = |website: &str, written: &str, by: i64| {
        let rows =
            json!([{ "id": 1, "website": website, "write_date": written, "write_uid": by }]).to_string();
        server.on(&json2("res.partner", "read"), Answer::json(rows));
    };
    let (early, late) = ("2001-01-01 00:00:00", "2099-01-01 00:00:00");
    let line = ["write", "res.partner", "--ids", "1", "--vals-json", r#"{"website": "a.example"}"#];
    let user = {
        row("old", early, 1);
        home.run(line).ok();
        entries(&home, &[])[0]["user"].as_i64().unwrap_or(7)
    };
    for (written, by, is_ours) in [(now(), user, true), (now(), 99, false), (late.into(), user, false)] {
        row("old", early, 1);
        home.run(line).ok();
        let id = entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
        row("http://a.example", &written, by);
        server.forget();
        let undone = home.run(["undo", &id]);
        if is_ours {
            let told = undone.ok().json()[0]["unsure"].to_string();
            assert!(told.contains("website") && told.contains("same seconds"), "{told}");
            assert_eq!(
                server.only(&json2("res.partner", "write")).json()["vals"],
                json!({ "website": "old" })
            );
        } else {
            undone.fails(8, "undo_conflict");
        }
    }
    // Of the very value there is nothing to be told.
    row("old", early, 1);
    home.run(line).ok();
    row("a.example", &now(), user);
    assert_eq!(home.run(["undo", "--last"]).ok().json()[0]["unsure"], json!([]));
    // What was written here since is told by what was there before that.
    row("old", early, 1);
    home.run(line).ok();
    let id = entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
    row("http://a.example", &now(), user);
    home.run(["write", "res.partner", "--ids", "1", "--vals-json", r#"{"website": "b.example"}"#]).ok();
    row("http://b.example", &now(), user);
    home.run(["undo", &id]).fails(8, "undo_conflict");
    home.run(["undo", "--last"]).ok();
    row("http://a.example", &now(), user);
    home.run(["undo", &id]).ok();
}

#[test]
fn a_dry_run_of_a_run_sees_what_is_undone_before() {
    let home = Home::new();
    let profile = ["--profile", "sandbox"];
    let id = created(&home, "res.partner", &json!({ "name": "Twice", "phone": "1" }));
    let tag = created(&home, "res.partner.category", &json!({ "name": "Twice" }));
    for vals in [
        json!({ "phone": "2", "category_id": [[4, tag, 0]] }),
        json!({ "phone": "3", "category_id": [[3, tag, 0]] }),
        json!({ "active": false }),
    ] {
        write(&home, "res.partner", id, &vals);
    }
    let run = as_one_run(&home, &profile);
    let shown = sandbox(&home, &["undo", "--run", &run, "--dry-run"]).ok().json();
    let phones: Vec<&Value> =
        shown.as_array().unwrap().iter().map(|one| &one["steps"][0]["kwargs"]["vals"]["phone"]).collect();
    assert_eq!(phones, [&Value::Null, &json!("2"), &json!("1"), &Value::Null, &Value::Null]);
    assert_eq!(field(&home, "res.partner", id, "phone"), "3", "a dry run sends nothing");
    let undone = sandbox(&home, &["undo", "--run", &run]).ok().json();
    assert_eq!(undone.as_array().unwrap().len(), 5);
    assert_eq!(field(&home, "res.partner", id, "phone"), "1");
    assert_eq!(field(&home, "res.partner", id, "active"), false, "it was made in this run");
}

#[test]
fn a_secret_that_was_written_is_not_brought_back_and_what_is_beside_it_is() {
    let (home, server) = lab();
    server.on(&json2("res.users", "write"), Answer::json("true"));
    let row = |name: &str| {
        let rows = json!([{ "id": 2, "name": name, "password": "", "write_date": "2026-01-01 00:00:00" }]);
        server.on(&json2("res.users", "read"), Answer::json(rows.to_string()));
    };
    let undo = |vals: Value| {
        row("Old");
        home.run(["write", "res.users", "--ids", "2", "--vals-json", &vals.to_string()]).ok();
        row("New");
        server.forget();
        let id = entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
        home.run(["undo", &id])
    };
    undo(json!({ "password": "x" })).fails(8, "undo_impossible").says(&["password"]);
    let undone = undo(json!({ "password": "x", "name": "New" })).ok().json();
    assert!(undone[0]["lost"][0].as_str().unwrap().contains("password"), "{undone}");
    assert_eq!(server.only(&json2("res.users", "write")).json()["vals"], json!({ "name": "Old" }));
}

#[test]
fn a_switch_that_somebody_may_have_set_there_and_back_is_told() {
    let (home, server) = lab();
    server.on("/web/version", clock());
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let fields = json!({ "is_company": { "type": "boolean", "store": true }, "phone": { "type": "char", "store": true } });
    server.on(&json2("res.partner", "fields_get"), Answer::json(fields.to_string()));
    let row = |vals: &Value, by: i64, at: &str| {
        let mut row = json!({ "id": 2, "write_uid": by, "write_date": at });
        row.as_object_mut().unwrap().extend(vals.as_object().unwrap().clone());
        server.on(&json2("res.partner", "read"), Answer::json(json!([row]).to_string()));
    };
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"uid": 7, "lang": "en_US"}"#));
    let now = || {
        let time = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        time.replace('T', " ").trim_end_matches('Z').to_string()
    };
    for (vals, old, by, is_told) in [
        (json!({ "is_company": true }), json!({ "is_company": false }), 9, true),
        (json!({ "is_company": true }), json!({ "is_company": false }), 7, false),
        (json!({ "phone": "1" }), json!({ "phone": "2" }), 9, false),
    ] {
        row(&old, 7, "2020-01-01 00:00:00");
        home.run(["write", "res.partner", "--ids", "2", "--vals-json", &vals.to_string()]).ok();
        row(&vals, by, &now());
        let id = entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
        let shown = home.run(["undo", &id, "--dry-run"]).ok().json();
        let told = shown[0]["unsure"].to_string();
        assert_eq!(told.contains("is_company") && told.contains("again"), is_told, "{shown}");
        let undone = home.run(["undo", &id]).ok();
        assert_eq!(
            undone.notes().iter().any(|note| note.contains("not known: ")),
            is_told,
            "{}",
            undone.stderr
        );
    }
}

#[test]
fn records_that_lead_to_what_is_deleted_are_looked_for_and_what_is_not_shown_is_said() {
    let (home, server) = lab();
    server.on("/web/version", clock());
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"uid": 7, "lang": "en_US"}"#));
    server.on(&json2("x.thing", "create"), Answer::json("[5]"));
    let fields = json!({
        "id": { "type": "integer", "store": true }, "name": { "type": "char", "store": true },
        "create_uid": { "type": "many2one", "store": true, "relation": "res.users" }, "create_date": { "type": "datetime", "store": true },
        "write_uid": { "type": "many2one", "store": true, "relation": "res.users" }, "write_date": { "type": "datetime", "store": true },
    });
    for model in ["x.thing", "x.task", "x.closed", "mail.message", "mail.activity", "ir.attachment"] {
        server.on(&json2(model, "fields_get"), Answer::json(fields.to_string()));
        server.on(&json2(model, "search_read"), Answer::json("[]"));
    }
    server.on(&json2("x.thing", "unlink"), Answer::json("true"));
    let now = || {
        let time = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        time.replace('T', " ").trim_end_matches('Z').to_string()
    };
    let leads = json!([
        { "model": "x.task", "name": "thing_id", "ttype": "many2one" },
        { "model": "x.task", "name": "any", "ttype": "reference" },
        { "model": "x.closed", "name": "thing_ids", "ttype": "many2many" },
        { "model": "x.view", "name": "thing_id", "ttype": "many2one" },
        { "model": "x.pointer", "name": "res_id", "ttype": "many2one_reference" },
    ]);
    let standing = json!([
        { "model": "x.task", "name": "create_uid" }, { "model": "x.closed", "name": "create_uid" },
        { "model": "x.pointer", "name": "create_uid" }, { "model": "x.pointer", "name": "res_model" },
    ]);
    let definitions = json!([{ "model": "x.kind", "name": "thing_properties" }]);
    let told = Answer::made(move |request| {
        let domain = request.json()["domain"].to_string();
        Answer::json(match () {
            () if domain.contains("properties_definition") => definitions.to_string(),
            () if domain.contains("create_uid") => standing.to_string(),
            () => leads.to_string(),
        })
    });
    let refusal = || Answer::odoo_error(403, "odoo.exceptions.AccessError", "not allowed");
    server.on(&json2("x.closed", "search_read"), refusal());
    server.on(&json2("x.pointer", "search_read"), Answer::json("[]"));
    let definition = json!([{ "id": 1, "thing_properties": [{ "name": "a", "string": "Thing", "type": "many2one", "comodel": "x.thing" }] }]);
    server.on(&json2("x.kind", "search_read"), Answer::json(definition.to_string()));
    let made = || {
        let row = json!([{ "id": 5, "name": "A", "write_uid": 7, "write_date": now(), "create_uid": 7, "create_date": now() }]);
        server.on(&json2("x.thing", "read"), Answer::json(row.to_string()));
        home.run(["create", "x.thing", "--vals-json", r#"{"name": "A"}"#]).ok();
        entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string()
    };
    // Of fields Odoo tells administrators alone.
    server.on(&json2("ir.model.fields", "search_read"), refusal());
    let id = made();
    let shown = home.run(["undo", &id, "--dry-run"]).ok().json();
    assert!(shown[0]["unsure"].to_string().contains("which records lead to x.thing [5]"), "{shown}");
    // What leads there stands in the way where somebody else made it lead there.
    server.on(&json2("ir.model.fields", "search_read"), told);
    for (by, is_theirs) in [(9, true), (7, false)] {
        let task = json!([{ "id": 3, "create_uid": by, "create_date": now(), "write_uid": by, "write_date": now() }]);
        server.on(&json2("x.task", "search_read"), Answer::json(task.to_string()));
        server.forget();
        let undo = home.run(["undo", &id, "--dry-run"]);
        let asked = server.only(&json2("x.task", "search_read")).json();
        assert_eq!(asked["domain"], json!(["|", ["thing_id", "in", [5]], ["any", "in", ["x.thing,5"]]]));
        let asked = server.only(&json2("x.pointer", "search_read")).json();
        assert_eq!(asked["domain"], json!(["&", ["res_model", "=", "x.thing"], ["res_id", "in", [5]]]));
        assert!(server.requests_to(&json2("x.view", "search_read")).is_empty(), "it keeps no records");
        if is_theirs {
            let told = undo.fails(8, "undo_conflict").stderr;
            assert!(told.contains("x.task 3 leads to it"), "{told}");
            continue;
        }
        let shown = undo.ok().json();
        assert!(shown[0]["lost"].to_string().contains("x.task 3"), "{shown}");
        let unsure = shown[0]["unsure"].to_string();
        assert!(
            unsure.contains("x.closed") && unsure.contains("property") && unsure.contains("x.kind"),
            "{shown}"
        );
        home.run(["undo", &id]).ok();
        assert_eq!(server.requests_to(&json2("x.thing", "unlink")).len(), 1);
    }
}
