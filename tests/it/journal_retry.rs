//! `journal retry` through the binary: what failed is sent again once, and what is not known is not.

use crate::journal::{aged, clock, entries, whole};
use crate::support::{Answer, Home, Outcome, json2, lab};
use serde_json::{Value, json};

#[test]
fn two_retries_at_once_send_once() {
    let (home, server) = lab();
    let path = json2("res.partner", "create");
    server.on(&path, Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    home.run(["create", "res.partner", "--vals-json", r#"{"name": "A"}"#]).fails(8, "rejected");
    let id = entries(&home, &[])[0]["id"].as_str().unwrap().to_string();
    server.forget();
    let slow = Answer::Drip {
        bytes: Answer::json("[5]").bytes(),
        piece: 20,
        pause: std::time::Duration::from_millis(50),
    };
    server.on(&path, slow);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| home.start(["journal", "retry", &id]));
        }
    });
    assert_eq!(server.requests_to(&path).len(), 1);
}

#[test]
fn what_failed_is_sent_again_in_order_and_what_is_not_known_is_not() {
    let (home, server) = lab();
    let path = json2("res.partner", "create");
    let create = |name: &str| {
        let vals = json!({ "name": name }).to_string();
        home.run(["create", "res.partner", "--vals-json", &vals])
    };
    server.on(&path, Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    create("A").fails(8, "rejected");
    create("B").fails(8, "rejected");
    server.on(&path, Answer::CloseAfterReading);
    let open = create("C").fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string();
    server.on(
        &path,
        Answer::odoo_error(422, "odoo.exceptions.UserError", "AGENT_CONFIRMATION_REQUIRED\nreason: x"),
    );
    let held = create("D").fails(6, "confirmation_required").error()["journal"].as_str().unwrap().to_string();
    server.forget();
    server.on(&path, Answer::json("[5]"));
    let again = home.run(["journal", "retry", "--failed"]).ok();
    assert!(
        again.notes().iter().any(|note| note.contains(&format!("journal check {open}"))),
        "{}",
        again.stderr
    );
    let sent: Vec<Value> = server
        .requests_to(&path)
        .iter()
        .map(|request| request.json()["vals_list"][0]["name"].clone())
        .collect();
    assert_eq!(sent, [json!("A"), json!("B")]);
    assert_eq!(home.run(["journal", "retry", "--failed"]).ok().json(), json!([]), "nothing is sent twice");
    assert_eq!(home.run(["journal", "list", "--failed"]).ok().json().as_array().unwrap().len(), 2);
    home.run(["journal", "retry", &open]).fails(11, "outcome_unknown");
    home.run(["journal", "retry", &held]).fails(2, "usage");
    let first = entries(&home, &[])[0]["id"].as_str().unwrap().to_string();
    home.run(["journal", "retry", &first]).fails(2, "already_executed");
    // Once it is known that it did not happen, it is; that nothing is there is no proof of that.
    server.on("/web/version", clock());
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    aged(&home);
    let looked = home.run(["journal", "check", &open]).fails(11, "cannot_tell").stderr;
    assert!(looked.contains("no trace"), "{looked}");
    home.run(["journal", "retry", &open]).fails(11, "outcome_unknown");
    server.on(&json2("res.partner", "search_read"), whole(&json!([])));
    assert_eq!(home.run(["journal", "check", &open]).ok().json()["finding"], "did_not_happen");
    home.run(["journal", "retry", &open]).ok();
}

#[test]
fn work_for_a_server_that_is_away_is_kept_and_waited_for() {
    let home = Home::new();
    let server = crate::support::Server::start();
    let port = server.port();
    let profile = |url: &str| {
        home.profile(
            "lab",
            &[("ODOO_BASE_URL", url), ("ODOO_DB", "lab"), ("ODOO_API_KEY", crate::support::KEY)],
        );
    };
    profile(&format!("http://127.0.0.1:{port}"));
    drop(server);
    // Not even the user's language could be asked for.
    let away =
        home.run(["create", "res.partner", "--vals-json", r#"{"name": "A"}"#]).fails(10, "unreachable");
    let id = away.error()["journal"].as_str().unwrap().to_string();
    assert_eq!(home.run(["journal", "list", "--failed"]).ok().json()[0]["id"], id);
    let waiting = home.agent(["journal", "retry", "--failed", "--for", "5m"]).spawn();
    std::thread::sleep(std::time::Duration::from_secs(4));
    let server = crate::support::Server::start_at(&format!("127.0.0.1:{port}"));
    server.on(&json2("res.partner", "create"), Answer::json("[5]"));
    let outcome = Outcome::of(waiting.wait_with_output().unwrap(), "retry".into()).ok();
    assert_eq!((&outcome.json()[0]["id"], &outcome.json()[0]["state"]), (&json!(id), &json!("done")));
    assert_eq!(server.requests_to(&json2("res.partner", "create")).len(), 1);
    home.run(["journal", "retry", &id, "--failed"]).fails(2, "usage");
}

#[test]
fn a_key_or_a_file_that_was_not_kept_is_not_sent_again_without_it() {
    let (home, server) = lab();
    server.on(&json2("res.users", "write"), Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    let vals = json!({ "password": "correct horse" }).to_string();
    let failed = home.run(["write", "res.users", "--ids", "2", "--vals-json", &vals]).fails(8, "rejected");
    let id = failed.error()["journal"].as_str().unwrap().to_string();
    server.forget();
    home.run(["journal", "retry", &id]).fails(2, "usage").says(&["not kept whole"]);
    assert!(server.requests_to(&json2("res.users", "write")).is_empty());
}

#[test]
fn what_is_sent_again_can_be_chosen_and_stops_where_all_would_meet_the_same() {
    let (home, server) = lab();
    let refuse = || Answer::odoo_error(422, "odoo.exceptions.UserError", "no");
    for model in ["res.partner", "res.bank"] {
        server.on(&json2(model, "create"), refuse());
        for name in ["A", "B"] {
            let vals = json!({ "name": name }).to_string();
            home.run(["create", model, "--vals-json", &vals]).fails(8, "rejected");
        }
    }
    let count = |model: &str| server.requests_to(&json2(model, "create")).len();
    let retry = |more: &[&str]| {
        server.forget();
        home.agent(["journal", "retry", "--failed"]).args(more).run()
    };
    retry(&["--model", "res.bank"]).fails(8, "rejected");
    assert_eq!((count("res.partner"), count("res.bank")), (0, 2));
    assert_eq!(retry(&["--since", "2099-01-01"]).ok().json(), json!([]));
    let id = entries(&home, &[])[0]["id"].as_str().unwrap().to_string();
    home.run(["journal", "retry", &id, "--model", "res.bank"]).fails(2, "usage");
    // Whoever is turned away once is turned away each time.
    for model in ["res.partner", "res.bank"] {
        server.on(&json2(model, "create"), Answer::odoo_error(401, "werkzeug.exceptions.Unauthorized", "no"));
    }
    retry(&["--since", "1h"]).fails(4, "auth_rejected");
    assert_eq!((count("res.partner"), count("res.bank")), (1, 0));
}

#[test]
fn what_failed_and_has_given_its_name_to_another_call_is_left_and_the_others_go_on() {
    let (home, server) = lab();
    let path = json2("res.partner", "create");
    server.on(&path, Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    let create = |name: &str, key: &[&str]| {
        let vals = json!({ "name": name }).to_string();
        let line: Vec<&str> =
            ["create", "res.partner", "--vals-json", &vals].iter().chain(key).copied().collect();
        home.run(line)
    };
    create("A", &[]).fails(8, "rejected");
    create("B", &["--idempotency-key", "k"]).fails(8, "rejected");
    let named = entries(&home, &[])[1]["id"].as_str().unwrap().to_string();
    create("C", &[]).fails(8, "rejected");
    server.on(&path, Answer::json("[5]"));
    create("D", &["--idempotency-key", "k"]).ok();
    server.forget();
    let again = home.run(["journal", "retry", "--failed"]).ok();
    let states: Vec<Value> =
        again.json().as_array().unwrap().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, [json!("done"), json!("not_sent"), json!("done")]);
    assert_eq!(server.requests_to(&path).len(), 2);
    assert!(
        again.notes().iter().any(|note| note.contains(&named) && note.contains("left out")),
        "{}",
        again.stderr
    );
    // Alone it is told as what it is.
    home.run(["journal", "retry", &named]).fails(2, "already_executed");
    let left = home.run(["journal", "retry", "--failed"]).ok();
    assert_eq!(left.json()[0]["code"], "already_executed", "nothing else is left");
    assert_eq!(left.json().as_array().unwrap().len(), 1);
}
