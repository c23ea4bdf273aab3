//! `--idempotency-key` through the binary: what was done under a key is done once.

use crate::journal::aged;
use crate::support::{Answer, json2, lab};
use serde_json::json;

#[test]
fn a_call_under_a_key_is_done_once() {
    let (home, server) = lab();
    let path = json2("res.partner", "create");
    server.on(&path, Answer::json("[5]"));
    let create = |name: &str, key: &str| {
        let vals = json!({ "name": name }).to_string();
        home.run(["create", "res.partner", "--vals-json", &vals, "--idempotency-key", key])
    };
    assert_eq!(create("A", "k").ok().json(), json!([5]));
    server.on(&path, Answer::json("[6]"));
    let again = create("A", "k").ok();
    assert_eq!(again.json(), json!([5]), "the first result");
    assert!(again.notes().iter().any(|note| note.contains("not sent again")), "{}", again.stderr);
    assert_eq!(server.requests_to(&path).len(), 1);
    let refused = create("B", "k").fails(2, "already_executed");
    assert_eq!((refused.effect().as_str(), server.requests_to(&path).len()), ("not_sent", 1));
    assert_eq!(create("B", "another").ok().json(), json!([6]));
    // Another model has names of its own, and a spec has the same key.
    server.on(&json2("res.bank", "create"), Answer::json("[7]"));
    let spec =
        json!({ "action": "create", "model": "res.bank", "vals": { "name": "A" }, "idempotency_key": "k" });
    for _ in 0..2 {
        let made = home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run().ok();
        assert_eq!(made.json(), json!([7]));
    }
    assert_eq!(server.requests_to(&json2("res.bank", "create")).len(), 1);
    // What was refused may be tried again, whatever with.
    server.once(&path, Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    create("C", "c").fails(8, "rejected");
    create("D", "c").ok();
    // A write and a call take one as well.
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    server.on(&json2("x.thing", "x_act"), Answer::json(r#"{"a": 1.50}"#));
    for line in [
        &["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#, "--idempotency-key", "w"]
            [..],
        &["call", "x.thing", "x_act", "--ids", "1", "--idempotency-key", "x"],
    ] {
        let first = home.run(line).ok().stdout;
        assert_eq!(home.run(line).ok().stdout, first);
    }
    assert_eq!(server.requests_to(&json2("x.thing", "x_act")).len(), 1);
    assert_eq!(server.requests_to(&json2("res.partner", "write")).len(), 1);
}

#[test]
fn two_runs_at_once_under_one_key_send_once() {
    let (home, server) = lab();
    let path = json2("res.partner", "create");
    let slow = Answer::Drip {
        bytes: Answer::json("[5]").bytes(),
        piece: 20,
        pause: std::time::Duration::from_millis(50),
    };
    server.on(&path, slow);
    let line = ["create", "res.partner", "--vals-json", r#"{"name": "A"}"#, "--idempotency-key", "k"];
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(home.start(line).ok().json(), json!([5])));
        }
    });
    assert_eq!(server.requests_to(&path).len(), 1);
}

#[test]
fn a_call_under_a_key_whose_answer_was_lost_is_looked_for_first() {
    let (home, server) = lab();
    let path = json2("res.partner", "create");
    server.on(&path, Answer::CloseAfterReading);
    let line = ["create", "res.partner", "--vals-json", r#"{"name": "A"}"#, "--idempotency-key", "k"];
    home.run(line).fails(11, "outcome_unknown");
    let search = json2("res.partner", "search_read");
    server.on(&search, Answer::json(r#"[{"id": 9, "name": "A"}]"#));
    assert_eq!(home.run(line).ok().json(), json!([9]), "it was found");
    assert_eq!(server.requests_to(&path).len(), 1);
    assert_eq!(home.run(line).ok().json(), json!([9]));
    // Where it is not there, it is sent.
    let line = ["create", "res.partner", "--vals-json", r#"{"name": "B"}"#, "--idempotency-key", "b"];
    home.run(line).fails(11, "outcome_unknown");
    server.on(&search, Answer::json("[]"));
    server.on(&path, Answer::json("[10]"));
    let count = server.requests_to(&path).len();
    home.run(line).fails(11, "cannot_tell");
    assert_eq!(server.requests_to(&path).len(), count, "Odoo may still be at work on the first");
    aged(&home);
    let sent = home.run(line).ok();
    assert_eq!(sent.json(), json!([10]));
    assert!(sent.notes().iter().any(|note| note.contains("nothing is there")), "{}", sent.stderr);
    // What is sent out to somebody has gone out, whether it is still there or not.
    server.on(&json2("mail.mail", "create"), Answer::CloseAfterReading);
    server.on(&json2("mail.mail", "search_read"), Answer::json("[]"));
    let line = ["create", "mail.mail", "--vals-json", r#"{"subject": "B"}"#, "--idempotency-key", "m"];
    home.run(line).fails(11, "outcome_unknown");
    aged(&home);
    assert!(home.run(line).fails(11, "cannot_tell").hints().contains("another idempotency key"));
    assert_eq!(server.requests_to(&json2("mail.mail", "create")).len(), 1);
    // And where that cannot be told, nothing is.
    server.on(&json2("x.thing", "x_act"), Answer::CloseAfterReading);
    let line = ["call", "x.thing", "x_act", "--ids", "1", "--idempotency-key", "x"];
    home.run(line).fails(11, "outcome_unknown");
    home.run(line).fails(11, "cannot_tell");
    assert_eq!(server.requests_to(&json2("x.thing", "x_act")).len(), 1);
}

#[test]
fn a_name_keeps_what_can_be_given_again_and_stands_for_one_call_in_one_context() {
    let (home, server) = lab();
    let path = json2("x.thing", "x_act");
    let call = |key: &str, context: &str| {
        let line =
            ["call", "x.thing", "x_act", "--ids", "1", "--idempotency-key", key, "--context-json", context];
        home.run(line)
    };
    for (answer, is_kept) in [
        (r#"{"a": 1.50}"#, true),
        (r#"{"type": "ir.actions.act_window", "res_model": "a.b", "name": "x"}"#, false),
        (r#"{"note": "a private text"}"#, false),
    ] {
        let key = answer.len().to_string();
        server.on(&path, Answer::json(answer));
        let first = call(&key, "{}").ok().json();
        let again = call(&key, "{}");
        if is_kept {
            assert_eq!(again.ok().json(), first);
        } else {
            again.fails(2, "already_executed").says(&["its answer was not kept"]);
        }
    }
    let kept: String =
        crate::support::run::files_below(&home.path().join("state").join("journal").join("keys"))
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
    assert!(!kept.contains("private"), "{kept}");
    server.on(&path, Answer::json("[5]"));
    call("c", r#"{"lang": "en_US"}"#).ok();
    assert_eq!(call("c", r#"{"lang": "de_DE"}"#).ok().json(), json!([5]), "said in another language");
    call("c", r#"{"allowed_company_ids": [2]}"#).fails(2, "already_executed");
    // Of another profile's entry nothing is shown, so that no command leads to it.
    home.profile(
        "other",
        &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", crate::support::KEY)],
    );
    let line = ["--profile", "other", "call", "x.thing", "x_act", "--ids", "2", "--idempotency-key", "c"];
    let refused = home.run(line).fails(2, "already_executed");
    assert!(!refused.hints().contains("journal show") && refused.hints().contains("another profile"));
}
