//! What Odoo's answers open: wizards that ask back and those that have been at work, reports that are not printed; and
//! the buttons of a form, where nobody documents methods.

use serde_json::{Value, json};

use crate::support::{Answer, Home, Server, json2, lab};

fn form(arch: &str) -> Answer {
    Answer::json(json!({ "views": { "form": { "arch": arch } }, "models": {} }))
}

/// What is noted of a call of this wizard's button that is answered with this.
fn noted(model: &str, method: &str, action: Value, arch: &'static str, state: Value) -> String {
    let (home, server) = lab();
    let opened = action["res_model"].as_str().unwrap_or(model).to_string();
    server.on(&json2(model, method), Answer::json(action));
    server.on(&json2(&opened, "get_views"), form(arch));
    server.on(&json2(&opened, "read"), Answer::json(json!([{ "id": 5, "state": state }])));
    home.run(["call", model, method, "--ids", "5"]).ok().notes().join("\n")
}

fn window(model: &str, id: Value) -> Value {
    json!({ "type": "ir.actions.act_window", "res_model": model, "res_id": id, "target": "new", "views": [[104, "form"]] })
}

const STEPS: &str = r#"<form><footer invisible="state != 'choose'"><button name="x_export" type="object" string="Export"/>
    <button special="cancel" string="Cancel"/></footer><footer invisible="state != 'next'">
    <button name="x_merge" type="object" string="Merge"/></footer><footer invisible="state != 'get'">
    <button special="cancel" string="Close"/></footer></form>"#;

#[test]
fn a_wizard_that_has_been_at_work_does_not_ask_back() {
    let page = |state: &str| noted("x.export", "x_export", window("x.export", json!(5)), STEPS, json!(state));
    assert_eq!(page("get"), "", "the last page has nothing to press");
    let next = page("next");
    assert!(next.contains("has been carried out, and x.export 5 stays open"), "{next}");
    assert!(next.contains("x_merge (Merge)") && !next.contains("x_export (Export)"), "{next}");
    // A button of a line leaves its wizard open.
    let line = noted("x.export.line", "x_grant", window("x.export", json!(9)), STEPS, json!(false));
    assert!(line.contains("has been carried out") && !line.contains("not done yet"), "{line}");
}

#[test]
fn a_wizard_of_another_record_asks_back() {
    for (model, action) in [
        ("x.order", window("x.export", json!(false))),
        ("x.order", window("x.export", json!(7))),
        // Another one of the same kind, and a model that only begins alike.
        ("x.export", window("x.export", json!(8))),
        ("x.export", window("x.export", json!(false))),
        ("x.exports", window("x.export", json!(5))),
    ] {
        let note = noted(model, "x_go", action.clone(), STEPS, json!("choose"));
        assert!(note.contains("is not done yet") && note.contains("x_export"), "{action}: {note}");
    }
    // Not in a dialogue: where the records are shown that came of it.
    let shown =
        json!({ "type": "ir.actions.act_window", "res_model": "x.move", "target": "current", "res_id": 5 });
    assert_eq!(noted("x.order", "x_go", shown, STEPS, json!(false)), "");
}

#[test]
fn the_view_that_is_opened_is_the_one_that_is_read() {
    let (home, server) = lab();
    server.on(&json2("x.export", "x_go"), Answer::json(window("x.export", json!(5))));
    server.on(&json2("x.export", "get_views"), form(STEPS));
    server.on(&json2("x.export", "read"), Answer::json("[]"));
    home.run(["call", "x.export", "x_go", "--ids", "5"]).ok();
    assert_eq!(server.only(&json2("x.export", "get_views")).json()["views"], json!([[104, "form"]]));
}

#[test]
fn a_composer_that_has_its_records_is_told_nothing() {
    let create = |context: &str, vals: &str| {
        let (home, server) = lab();
        server.on(&json2("mail.compose.message", "create"), Answer::json("[46]"));
        server.on(&json2("mail.compose.message", "fields_get"), Answer::json("{}"));
        let line =
            ["create", "mail.compose.message", "--vals", vals, "--context-json", context, "--force-field"];
        home.run(line.into_iter().chain(["model,res_ids,subject"])).ok().notes().join("\n")
    };
    for (context, vals) in [
        (r#"{"default_model":"res.partner","default_res_ids":[9]}"#, "{}"),
        (r#"{"default_res_id":9}"#, "{}"),
        (r#"{"active_model":"res.partner","active_ids":[9]}"#, "{}"),
        ("{}", r#"{"model":"res.partner","res_ids":"[9]"}"#),
    ] {
        let notes = create(context, vals);
        assert!(!notes.contains("takes its records from the context"), "{context}: {notes}");
    }
    for context in ["{}", r#"{"default_subject":"x"}"#, r#"{"lang":"en_US"}"#] {
        let notes = create(context, "{}");
        assert!(notes.contains("takes its records from the context"), "{context}: {notes}");
    }
}

#[test]
fn what_a_refused_wizard_lacks_is_said_once() {
    let (home, server) = lab();
    let refused = Answer::odoo_error(422, "odoo.exceptions.UserError", "no");
    server.on(&json2("account.payment.register", "create"), refused);
    server.on(&json2("account.payment.register", "fields_get"), Answer::json("{}"));
    let outcome = home.run(["create", "account.payment.register", "--vals", "{}"]).fails(8, "rejected");
    assert!(outcome.hints().contains("takes its records from the context"), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.matches("takes its records from the context").count(), 1, "{}", outcome.stderr);
}

fn report(data: Value) -> Value {
    json!({
        "type": "ir.actions.report", "report_name": "x.report_order", "report_type": "qweb-pdf",
        "context": { "active_ids": [5, 6] }, "data": data,
    })
}

fn printed(data: Value, templates: &str) -> (String, Home, Server) {
    let (home, server) = lab();
    server.on(&json2("x.order", "x_print"), Answer::json(report(data)));
    server.on(&json2("mail.template", "search_read"), Answer::json(templates));
    let notes = home.run(["call", "x.order", "x_print", "--ids", "5", "6"]).ok().notes().join("\n");
    (notes, home, server)
}

#[test]
fn a_report_that_is_named_is_not_printed_and_the_ways_to_it_are_told() {
    let (note, _home, server) = printed(Value::Null, r#"[{"id":38}]"#);
    assert!(note.contains("prints nothing") && note.contains("/report/pdf/x.report_order/5,6"), "{note}");
    assert!(
        note.contains("create mail.compose.message") && note.contains(r#""default_template_id":38"#),
        "{note}"
    );
    let asked = server.only(&json2("mail.template", "search_read")).json();
    assert_eq!(asked["domain"][1], json!(["report_template_ids.report_name", "=", "x.report_order"]));
    let (note, ..) = printed(json!(false), "[]");
    assert!(note.contains("/report/pdf/x.report_order/5,6") && !note.contains("mail.compose"), "{note}");
    // What a wizard filled in is no part of the path.
    let (note, ..) = printed(json!({ "date_from": "2026-01-01" }), "[]");
    assert!(note.contains("prints nothing") && !note.contains("/report/"), "{note}");
}

#[test]
fn buttons_of_the_form_stand_for_methods_that_nobody_documents() {
    let (home, server) = lab();
    let closed = Answer::odoo_error(403, "werkzeug.exceptions.Forbidden", "Access denied");
    server.on("/doc-bearer/x.order.json", closed);
    server.on(
        &json2("x.order", "fields_get"),
        Answer::json(r#"{"x_action":{"type":"char","string":"Action"}}"#),
    );
    server.on(&json2("ir.model", "display_name_for"), Answer::json(r#"[{"display_name":"Order"}]"#));
    let arch = r#"<form><header><button name="action_confirm" type="object" string="Confirm"/>
        <button name="action_hidden" type="object" invisible="1"/><button name="12" type="action" string="Action"/></header>
        <button name="action_stat" type="object"><field name="x_action"/></button></form>"#;
    server.on(&json2("x.order", "get_views"), form(arch));
    let found = home.run(["doc-model", "x.order", "--match", "action"]).ok();
    let methods = json!({ "action_confirm": { "string": "Confirm" }, "action_stat": { "string": "" } });
    assert_eq!(found.json()["methods"], methods);
    assert_eq!(found.json()["fields"], json!({ "x_action": { "type": "char", "string": "Action" } }));
    assert!(found.notes().join("\n").contains("buttons of its form"), "{}", found.stderr);
    // A label finds a button as it finds a field.
    let by_label = home.run(["doc-model", "x.order", "--match", "confirm"]).ok().json();
    assert_eq!(by_label["methods"], json!({ "action_confirm": { "string": "Confirm" } }));
    let whole = home.run(["doc-model", "x.order"]).ok();
    assert!(whole.json().get("methods").is_none(), "{}", whole.stdout);
    assert!(whole.notes().join("\n").contains("--match finds the buttons"), "{}", whole.stderr);
    let named = home.run(["doc-model", "x.order", "--method", "action_confirm"]).fails(5, "access_denied");
    assert!(named.hints().contains("doc-model x.order --match action_confirm"), "{}", named.stderr);
    assert_eq!(server.requests_to(&json2("x.order", "get_views")).len(), 2, "asked for buttons alone");
}
