//! A rule on one model is not gone around by another that holds its fields, by a search for a name or by a wizard: what
//! Odoo tells of fields decides, or what is known of it where it does not tell.

#[cfg(feature = "mcp")]
use crate::support::mcp::{Client, Era};
use crate::support::policies::{denying, policy};
use crate::support::{Answer, Home, Server, json2, lab};
use serde_json::json;

/// A server that tells the fields of users and of badges, which show those of their user.
fn telling() -> (Home, Server) {
    let (home, server) = lab();
    let held = |path: &str| json!({ "type": "char", "string": "A", "store": false, "readonly": path.starts_with("user_id"), "depends": [path] });
    let link = |model: &str| json!({ "type": "many2one", "string": "A", "relation": model, "store": true });
    let own = json!({ "type": "char", "string": "A", "store": true, "readonly": false, "depends": [] });
    server.on(
        &json2("res.users", "fields_get"),
        Answer::json(json!({ "login": own, "x_own": own, "name": held("partner_id.name"), "partner_id": link("res.partner"),
            "email": held("partner_id.email"), "x_held": held("partner_id.x_held") })),
    );
    server.on(
        &json2("x.badge", "fields_get"),
        Answer::json(json!({ "user_id": link("res.users"), "email": held("user_id.email"), "name": own })),
    );
    for model in ["res.users", "x.badge", "res.partner"] {
        server.on(&json2(model, "search_read"), Answer::json("[]"));
        server.on(&json2(model, "search_count"), Answer::json("0"));
        server.on(&json2(model, "read"), Answer::json("[]"));
    }
    (home, server)
}

fn search(home: &Home, model: &str, fields: &str, domain: &str) -> String {
    let line = ["search-read", model, "--fields", fields, "--domain-json", domain];
    let outcome = home.run(line);
    if outcome.exit == 0 { "done".into() } else { outcome.code() }
}

#[test]
fn a_field_that_another_record_holds_is_denied_where_it_stands() {
    let (home, server) = telling();
    policy(&home, &denying(json!({ "model": "res.partner", "fields": ["email", "x_held"] })));
    for (model, fields, domain) in [
        ("res.users", "login,email", "[]"),
        ("res.users", "x_held", "[]"),
        ("res.users", "login", r#"[["email","=like","a%"]]"#),
        ("res.users", "login", r#"[["partner_id.email","=like","a%"]]"#),
        ("x.badge", "email", "[]"),
        ("x.badge", "name", r#"[["user_id.email","=like","a%"]]"#),
        ("res.partner", "email", "[]"),
    ] {
        assert_eq!(search(&home, model, fields, domain), "policy_denied", "{model} {fields} {domain}");
        assert!(server.requests_to(&json2(model, "search_read")).is_empty(), "{model} {fields} {domain}");
    }
    home.run(["call", "res.users", "read", "--ids", "2"]).fails(5, "policy_denied");
    for (model, fields, domain) in [
        ("res.users", "login,x_own", "[]"),
        ("res.users", "login", r#"[["login","=","a"]]"#),
        ("x.badge", "name,user_id", r#"[["user_id","=",2]]"#),
        ("res.partner", "name", r#"[["user_ids","!=",false]]"#),
    ] {
        assert_eq!(search(&home, model, fields, domain), "done", "{model} {fields} {domain}");
    }
}

#[test]
fn what_is_known_of_odoo_holds_where_it_does_not_tell() {
    let (home, server) = lab();
    server
        .on(&json2("res.users", "fields_get"), Answer::odoo_error(403, "odoo.exceptions.AccessError", "No."));
    server.on(&json2("res.users", "search_read"), Answer::json("[]"));
    policy(&home, &denying(json!({ "model": "res.partner", "fields": ["email"] })));
    assert_eq!(search(&home, "res.users", "login,email", "[]"), "policy_denied");
    assert_eq!(search(&home, "res.users", "login,company_id", "[]"), "done");
    // Whoever explains asks nobody.
    let explain = |fields: &str| {
        let line = ["policy", "explain", "--", "read", "res.users", "--ids", "2", "--fields", fields];
        home.run(line).ok().json()["operations"][0]["decision"].clone()
    };
    assert_eq!((explain("email"), explain("login")), (json!("deny"), json!("allow")));
}

#[test]
fn fields_are_asked_for_only_where_a_rule_tells_models_apart() {
    for (document, asks) in [
        (json!({ "version": "1", "rules": [{ "match": { "effect": "write" }, "action": "deny" }] }), false),
        (denying(json!({ "model": "res.partner", "effect": "write" })), false),
        (
            json!({ "version": "1", "default": "deny", "rules": [{ "match": { "effect": "read" }, "action": "allow" }] }),
            false,
        ),
        (denying(json!({ "model": "res.partner", "fields": ["email"] })), true),
    ] {
        let (home, server) = telling();
        policy(&home, &document);
        assert_eq!(search(&home, "res.users", "login", "[]"), "done", "{document}");
        let asked = server.requests_to(&json2("res.users", "fields_get")).len();
        assert_eq!(asked, usize::from(asks), "{document}");
        search(&home, "res.users", "login", "[]");
        assert_eq!(server.requests_to(&json2("res.users", "fields_get")).len(), asked, "{document}");
    }
}

#[test]
fn a_denied_model_that_tells_no_fields_is_refused_and_asked_no_more() {
    let (home, server) = telling();
    policy(&home, &denying(json!({ "model": "res.users" })));
    assert_eq!(search(&home, "res.users", "login", "[]"), "policy_denied");
    assert_eq!(search(&home, "x.badge", "name", r#"[["user_id.login","=","a"]]"#), "policy_denied");
    assert!(server.requests_to(&json2("res.users", "fields_get")).is_empty());
}

#[cfg(feature = "mcp")]
#[test]
fn a_wizard_is_judged_by_what_its_button_does_on_a_command_line_and_by_mcp() {
    let (home, server) = lab();
    let path = json2("sale.advance.payment.inv", "create_invoices");
    server.on(&path, Answer::json("{}"));
    server.on(&json2("sale.advance.payment.inv", "create"), Answer::json("[5]"));
    let make = ["call", "sale.advance.payment.inv", "create_invoices", "--ids", "5"];
    let document = denying(json!({ "model": "account.move", "method": "create" }));
    policy(&home, &document);
    home.run([
        "create",
        "sale.advance.payment.inv",
        "--vals-json",
        r#"{"advance_payment_method":"delivered"}"#,
    ])
    .ok();
    home.run(make).fails(5, "policy_denied");
    let mut client = Client::start(home.agent(["--profile", "lab", "mcp"]), Era::Modern);
    let call = json!({ "model": "sale.advance.payment.inv", "method": "create_invoices", "ids": [5] });
    assert_eq!(client.fails("odoo_call", call.clone())["code"], "policy_denied");
    assert!(server.requests_to(&path).is_empty());
    policy(&home, &denying(json!({ "model": "account.move", "effect": "destructive" })));
    client.done("odoo_call", call);
    home.run(make).ok();
    let classes = home.run(["policy", "classes"]).ok().stdout;
    assert!(
        classes.contains("crm.lead2opportunity.partner") && classes.contains("create_invoices"),
        "{classes}"
    );
}

#[test]
fn a_name_is_found_by_itself_where_what_else_is_looked_at_is_denied_or_withheld() {
    let (home, server) = telling();
    let search = json2("res.users", "search_read");
    server.on(&search, Answer::json(json!([{ "id": 2, "display_name": "Mitchell Admin" }])));
    server.on(&json2("res.users", "name_search"), Answer::json(json!([[2, "Mitchell Admin"]])));
    let names = || server.requests_to(&json2("res.users", "name_search")).len();
    let lookup = ["lookup", "res.users", "Mitchell", "--refresh"];
    for document in [
        denying(json!({ "model": "res.users", "fields": ["login"] })),
        denying(json!({ "model": "res.partner", "fields": ["email"] })),
        json!({ "version": "1", "redact": ["res.partner.email"] }),
        json!({ "version": "1", "redact": ["res.users.login"] }),
    ] {
        policy(&home, &document);
        let found = home.run(lookup).ok().json();
        assert_eq!(found["results"][0]["id"], 2, "{document}: {found}");
        let asked = server.requests_to(&search).last().unwrap().json()["domain"].clone();
        assert_eq!(asked, json!([["name", "ilike", "Mitchell"]]), "{document}");
        let call = ["call", "res.users", "name_search", "--data-json", r#"{"name":"a@"}"#];
        home.run(call).fails(5, "policy_denied");
        let count = ["count", "x.badge", "--domain-json", r#"[["user_id","ilike","a@"]]"#];
        home.run(count).fails(5, "policy_denied");
        assert_eq!(names(), 0, "{document}");
    }
    for document in [
        denying(json!({ "model": "res.users", "fields": ["x_own"] })),
        json!({ "version": "1", "redact": ["res.partner.vat"] }),
    ] {
        let before = names();
        policy(&home, &document);
        home.run(lookup).ok();
        assert_eq!(names(), before + 1, "{document}");
    }
}

#[test]
fn an_import_finds_nothing_by_what_is_withheld() {
    let (home, server) = telling();
    let answer = json!({ "ids": [1], "messages": [], "nextrow": 0 });
    server.on(&json2("x.badge", "load"), Answer::json(answer));
    let load = |column: &str| {
        let data = json!({ "fields": ["name", column], "data": [["x", "a@b.example"]] }).to_string();
        home.run(["call", "x.badge", "load", "--data-json", &data])
    };
    let sent = || server.requests_to(&json2("x.badge", "load")).len();
    for field in ["res.users.login", "res.partner.email", "login"] {
        policy(&home, &json!({ "version": "1", "redact": [field] }));
        let refused = load("user_id").fails(5, "policy_denied");
        assert!(refused.stderr.contains("withheld"), "{}", refused.stderr);
        assert_eq!(sent(), 0, "{field}");
    }
    for column in ["user_id/id", "user_id/.id"] {
        load(column).ok();
    }
    policy(&home, &json!({ "version": "1", "redact": ["res.partner.vat"] }));
    load("user_id").ok();
    assert_eq!(sent(), 3);
}
