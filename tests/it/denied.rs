//! Denied access says which it is: the model, a record rule or a field; and an empty answer says that a rule may hide
//! records only where one is known and this user lacks the group that lifts it.

use serde_json::json;

use crate::support::{Answer, Home, Outcome, json2, lab};

fn sandbox(home: &Home, line: &[&str]) -> Outcome {
    home.agent(["--profile", "sandbox"]).args(line).run()
}

#[test]
fn the_embedded_odoo_denies_a_model_a_record_and_a_field() {
    let home = Home::new();
    let hints = |line: &[&str]| sandbox(&home, line).fails(5, "access_denied").hints();
    let model = hints(&["search-read", "ir.config_parameter"]);
    assert!(model.contains("the whole model") && model.contains("the group Role / Administrator"), "{model}");
    let record = hints(&["read", "res.users.apikeys", "--ids", "2", "--fields", "name"]);
    assert!(record.contains("a record rule") && record.contains("not these"), "{record}");
    let field = hints(&["read", "hr.employee", "--ids", "1", "--fields", "name,private_email"]);
    assert!(field.contains("one field") && field.contains("private_email; without it: "), "{field}");
    for (said, others) in [(model, ["record rule", "one field"]), (field, ["record rule", "whole model"])] {
        assert!(others.iter().all(|other| !said.contains(other)), "{said}");
    }
    sandbox(&home, &["read", "hr.employee", "--ids", "1", "--fields", "name"]).ok();
}

/// A method that refuses in words of its own is asked about, and told only what Odoo answered.
#[test]
fn a_refusal_in_free_words_is_told_by_the_right_itself() {
    let answers = [
        (
            Answer::odoo_error(403, "odoo.exceptions.AccessError", GROUPS),
            Answer::json("false"),
            "whole model",
        ),
        (Answer::json("true"), Answer::json("false"), "a record rule"),
        (Answer::json("true"), Answer::json("true"), "action_post itself refuses"),
    ];
    for (of_model, of_records, says) in answers {
        let (home, server) = lab();
        let refusal = "You don't have the access rights to post an invoice.";
        server.on(
            &json2("account.move", "action_post"),
            Answer::odoo_error(403, "odoo.exceptions.AccessError", refusal),
        );
        server.on(&json2("account.move", "check_access_rights"), of_model);
        server.on(&json2("account.move", "has_access"), of_records);
        let outcome =
            home.run(["call", "account.move", "action_post", "--ids", "7"]).fails(5, "access_denied");
        assert!(outcome.hints().contains(says), "{says}: {}", outcome.stderr);
        let is_of_model = says == "whole model";
        assert_eq!(outcome.hints().contains("Accounting/Invoicing"), is_of_model, "{}", outcome.stderr);
    }
}

const GROUPS: &str = "You are not allowed to modify 'Journal Entry' (account.move) records.\n\nThis operation is allowed for the following groups:\n\t- Accounting/Invoicing\n\nContact your administrator to request access if necessary.";

#[test]
fn nothing_is_added_where_nobody_can_tell() {
    let (home, server) = lab();
    let refusal = Answer::odoo_error(403, "odoo.exceptions.AccessError", "Not you.");
    server.on(&json2("x.thing", "act"), refusal);
    server.on(&json2("x.thing", "check_access_rights"), Answer::html(500));
    let outcome = home.run(["call", "x.thing", "act", "--ids", "7"]).fails(5, "access_denied");
    let said = outcome.hints();
    assert!(["model", "record rule", "field"].iter().all(|word| !said.contains(word)), "{said}");
}

#[test]
fn an_empty_answer_tells_of_a_rule_only_to_whom_it_applies() {
    for (has_group, is_told) in [("false", true), ("true", false)] {
        let (home, server) = lab();
        server.on(&json2("crm.lead", "search_read"), Answer::json("[]"));
        server.on(&json2("crm.lead", "search_count"), Answer::json("0"));
        server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
        server.on(&json2("res.users", "has_group"), Answer::json(has_group));
        for line in [&["search-read", "crm.lead", "--fields", "name"][..], &["count", "crm.lead"]] {
            let notes = home.run(line).ok().notes().join("\n");
            let says = notes.contains("a record rule may hide records of crm.lead");
            assert_eq!(says, is_told, "{line:?}: {notes}");
            assert_eq!(notes.contains("sales_team.group_sale_salesman_all_leads"), is_told, "{notes}");
        }
        let asked = server.requests_to(&json2("res.users", "has_group"));
        assert_eq!(
            asked.len(),
            if is_told { 2 } else { 1 },
            "what a user has is remembered, what they lack is not"
        );
        assert_eq!(asked[0].json()["ids"], json!([7]));
    }
}

#[test]
fn whoever_was_given_the_group_meanwhile_is_told_of_no_rule() {
    let (home, server) = lab();
    server.on(&json2("sale.order", "search_count"), Answer::json("0"));
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
    server.once(&json2("res.users", "has_group"), Answer::json("false"));
    server.on(&json2("res.users", "has_group"), Answer::json("true"));
    assert!(home.run(["count", "sale.order"]).ok().stderr.contains("a record rule may hide"));
    assert_eq!(home.run(["count", "sale.order"]).ok().stderr, "");
}

/// A server whose user 7 is in the companies 1 and 4, and sees nothing.
fn in_two_companies() -> (Home, crate::support::Server) {
    let (home, server) = lab();
    server.on(&json2("sale.order", "search_count"), Answer::json("0"));
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
    server.on(&json2("res.users", "search_read"), Answer::json(r#"[{"id":7,"company_ids":[1,4]}]"#));
    server.on(&json2("res.users", "has_group"), Answer::json("false"));
    (home, server)
}

#[test]
fn an_empty_answer_about_another_company_is_not_laid_on_a_rule() {
    let (home, _server) = in_two_companies();
    let one = r#"{"allowed_company_ids":[1]}"#;
    for (domain, context, says) in [
        (
            r#"[["company_id","=",4]]"#,
            one,
            "records of company 4 are not seen, the call works in 1 alone; with --context-json '{\"allowed_company_ids\":[4]}'",
        ),
        (
            r#"[["company_id","in",[4,9]]]"#,
            one,
            "records of companies 4, 9 are not seen, the call works in 1 alone",
        ),
        (r#"[["order_id.company_id.id","=",4]]"#, one, "records of company 4"),
        (r#"[["company_id","=",9]]"#, "{}", "records of company 9 are not seen: this user is in 1, 4 alone"),
        (
            r#"[["company_id.name","=","Second"]]"#,
            one,
            "records of company 4 are not seen, the call works in 1 alone",
        ),
    ] {
        let line = ["count", "sale.order", "--domain", domain, "--context-json", context];
        let notes = home.run(line).ok().notes().join("\n");
        assert!(notes.contains(says) && !notes.contains("record rule"), "{domain}: {notes}");
    }
    for (domain, context) in [
        (r#"[["company_id","=",1]]"#, one),
        (r#"[["company_id","in",[1,4]]]"#, one),
        (r#"["!",["company_id","=",4]]"#, one),
        (r#"[["company_id","!=",4]]"#, one),
        (r#"[["company_id","=",false]]"#, one),
        (r#"[["company_id","=",4]]"#, "{}"),
        (r#"[["company_id","=",4]]"#, r#"{"allowed_company_ids":[1,4]}"#),
        (r#"[["company_id.name","=","Second"]]"#, "{}"),
        (r#"[["company_name","=",4]]"#, one),
        ("[]", one),
    ] {
        let line = ["count", "sale.order", "--domain", domain, "--context-json", context];
        let notes = home.run(line).ok().notes().join("\n");
        assert!(notes.contains("record rule") && !notes.contains("not seen"), "{domain} {context}: {notes}");
    }
}

#[test]
fn a_company_that_the_user_is_not_in_is_named() {
    let (home, server) = in_two_companies();
    let denied = Answer::odoo_error(
        403,
        "odoo.exceptions.AccessError",
        "Access to unauthorized or invalid companies.",
    );
    server.on(&json2("res.partner", "search_count"), denied);
    let count = |ids: &str| {
        let context = format!(r#"{{"allowed_company_ids":{ids}}}"#);
        home.run(["count", "res.partner", "--context-json", &context]).fails(5, "access_denied").hints()
    };
    let hints = count("[1,2,9]");
    assert!(
        hints.contains("names companies that this user is not in: 2,9; this user may work in 1,4"),
        "{hints}"
    );
    assert!(!hints.contains("itself refuses"), "{hints}");
    // Companies of their own are not what is refused.
    assert!(!count("[4,1]").contains("is not in"));
}

/// What Odoo's access rights and the guard say to user 7, who has the groups 1 and 3.
#[test]
fn a_refusal_by_the_guard_is_not_taken_for_a_missing_right() {
    let groups = |names: &str| {
        format!(
            "You are not allowed to create 'Thing' (x.thing) records.\n\nThis operation is allowed for the following groups:\n{names}\n\nContact your administrator."
        )
    };
    let told = |model: &str, method: &str, says: &str, is_agent: bool| {
        let (home, server) = lab();
        server.on(&json2(model, method), Answer::odoo_error(403, "odoo.exceptions.AccessError", says));
        server.on(&json2(model, "check_access_rights"), Answer::json("false"));
        server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
        server.on(&json2("res.users", "read"), Answer::json(r#"[{"id":7,"all_group_ids":[1,3]}]"#));
        let own = r#"[{"id":1,"full_name":"Role / User"},{"id":3,"full_name":"Sales / User"}]"#;
        server.on(&json2("res.groups", "read"), Answer::json(own));
        server.on(&json2("res.users", "has_group"), Answer::json(is_agent.to_string()));
        home.run(["call", model, method, "--ids", "1"]).fails(5, "access_denied").hints()
    };
    let has = groups("\t- Role / Portal\n\t- Role / User");
    let of_agent = told("x.thing", "act", &has, true);
    assert!(
        of_agent.contains("Role / User has that right, and this user has the group: the guard"),
        "{of_agent}"
    );
    let of_other = told("x.thing", "act", &has, false);
    assert!(of_other.contains("a module of this Odoo refuses it all the same"), "{of_other}");
    assert!(!of_other.contains("guard"), "{of_other}");
    // A right that is really lacking, to an agent as to anybody.
    for is_agent in [true, false] {
        let lacks = told("x.thing", "act", &groups("\t- Sales / Administrator"), is_agent);
        assert!(
            lacks.contains("may not use x.thing; the group Sales / Administrator has that right"),
            "{lacks}"
        );
    }
    let closed = "res.users.apikeys.remove is not open to agents.";
    let of_agent = told("res.users.apikeys", "remove", closed, true);
    assert!(of_agent.contains("keeps remove of res.users.apikeys from agents"), "{of_agent}");
    assert!(
        of_agent.contains("by an administrator (Agent Guard, Configuration, API Key for an Agent)"),
        "{of_agent}"
    );
    let of_other =
        told("res.users.apikeys", "remove", "You can not remove API keys unless they're yours", false);
    assert!(!of_other.contains("from agents") && !of_other.contains("no group has"), "{of_other}");
    let other = told("x.thing", "act", "x.other.act is not open to agents.", true);
    assert!(!other.contains("from agents"), "{other}");
}

#[test]
fn every_group_that_lifts_a_rule_is_asked_for() {
    // Whoever invoices sees every timesheet, and no more of the analysis of invoices than their own.
    let holds = |group: &str| {
        Answer::made({
            let group = group.to_string();
            move |request| Answer::json(request.json()["group_ext_id"] == json!(group))
        })
    };
    for (model, group, is_told) in [
        ("account.analytic.line", "account.group_account_invoice", false),
        ("account.analytic.line", "account.group_account_readonly", false),
        ("account.analytic.line", "hr_timesheet.group_hr_timesheet_approver", false),
        ("account.analytic.line", "stock.group_stock_user", true),
        ("account.invoice.report", "account.group_account_invoice", true),
        ("account.invoice.report", "sales_team.group_sale_salesman_all_leads", false),
    ] {
        let (home, server) = lab();
        server.on(&json2(model, "search_count"), Answer::json("0"));
        server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
        server.on(&json2("res.users", "has_group"), holds(group));
        let notes = home.run(["count", model]).ok().notes().join("\n");
        assert_eq!(notes.contains("a record rule may hide"), is_told, "{model} {group}: {notes}");
    }
}

#[test]
fn no_rule_is_guessed_at_and_what_was_found_costs_no_question() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    server.on(&json2("crm.lead", "search_read"), Answer::json(r#"[{"id":1,"name":"A"}]"#));
    server.on(&json2("res.users", "has_group"), Answer::json("false"));
    assert!(home.run(["search-read", "res.partner", "--fields", "name"]).ok().notes().is_empty());
    assert!(home.run(["search-read", "crm.lead", "--fields", "name"]).ok().notes().is_empty());
    assert!(server.requests_to(&json2("res.users", "has_group")).is_empty());
}

#[test]
fn the_end_of_what_was_found_is_no_empty_answer() {
    let (home, server) = lab();
    server.once(&json2("crm.lead", "search_read"), Answer::json(r#"[{"id":1,"name":"A"}]"#));
    server.on(&json2("crm.lead", "search_read"), Answer::json("[]"));
    server.on(&json2("crm.lead", "search_count"), Answer::json("0"));
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
    server.on(&json2("res.users", "has_group"), Answer::json("false"));
    for line in [
        &["search-read", "crm.lead", "--fields", "name", "--all", "--page", "1"][..],
        &["search-read", "crm.lead", "--fields", "name", "--limit", "5", "--offset", "40"],
    ] {
        let outcome = home.run(line).ok();
        assert!(!outcome.stderr.contains("record rule"), "{}", outcome.stderr);
    }
}

#[test]
fn raw_of_a_binary_file_leads_to_datas() {
    let (home, server) = lab();
    let fields = ["name", "raw", "datas"].map(|name| {
        let of = if name == "name" { "char" } else { "binary" };
        (name.to_string(), json!({ "type": of, "string": name, "store": true, "readonly": false }))
    });
    server.on(&json2("ir.attachment", "fields_get"), Answer::json(serde_json::Value::from_iter(fields)));
    server.on(&json2("ir.attachment", "create"), Answer::json("[5]"));
    let create =
        |vals: serde_json::Value| home.run(["create", "ir.attachment", "--vals-json", &vals.to_string()]);
    let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    let refused = create(json!({ "name": "dot.png", "raw": png })).fails(2, "preflight_refused");
    assert!(refused.message().contains("datas is meant"), "{}", refused.stderr);
    create(json!({ "name": "dot.png", "datas": png })).ok();
    create(json!({ "name": "note.txt", "raw": "a plain text" })).ok();
    create(json!({ "name": "note.b64", "raw": "SGVsbG8gd29ybGQsIGhvdyBhcmUgeW91Pw==" })).ok();

    let page = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n<p>The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.</p>\n";
    server.on(&json2("ir.attachment", "read"), Answer::status(500, "text/html", page));
    let hints = |fields: &str| {
        home.run(["read", "ir.attachment", "--ids", "5", "--fields", fields]).fails(8, "server_error").hints()
    };
    let meant = r#"datas is meant: odoo-agent --profile lab call ir.attachment read --ids 5 --data-json '{"fields":["name","datas"]}'"#;
    assert!(hints("name,raw").contains(meant), "{}", hints("name,raw"));
    for both in ["name,raw,datas", "name,datas,raw"] {
        assert!(hints(both).contains(meant), "{}", hints(both));
    }
    assert!(!hints("name,datas").contains("datas is meant"));
}

#[test]
fn a_total_of_a_part_is_told_for_one() {
    for (has, is_told) in [("false", true), ("true", false)] {
        let (home, server) = lab();
        server.on(&json2("sale.order", "search_count"), Answer::json("4"));
        server.on(
            &json2("sale.order", "formatted_read_group"),
            Answer::json(r#"[{"__count": 4, "amount_total:sum": 7.5}]"#),
        );
        server.on(&json2("res.users", "context_get"), Answer::json(r#"{"lang":"en_US","tz":false,"uid":7}"#));
        server.on(&json2("res.users", "has_group"), Answer::json(has));
        for line in [&["count", "sale.order"][..], &["group", "sale.order", "--sum", "amount_total"]] {
            let notes = home.run(line).ok().stderr;
            assert_eq!(notes.contains("of the sale.order that this user sees"), is_told, "{line:?}: {notes}");
        }
        // Others have no such rule.
        server.on(&json2("res.partner", "search_count"), Answer::json("4"));
        assert_eq!(home.run(["count", "res.partner"]).ok().stderr, "");
    }
}

#[test]
fn what_odoo_computes_as_files_is_not_among_all_that_can_be_read() {
    let (home, server) = lab();
    let file = |store: bool, readonly: bool| json!({"type": "binary", "store": store, "readonly": readonly});
    let fields = json!({
        "id": {"type": "integer", "store": true}, "name": {"type": "char", "store": true},
        "needed_terms": file(false, true), "invoice_pdf_report_file": file(true, true),
        // It is computed, and can be written: an attachment's contents are such a field.
        "datas": file(false, false), "raw": file(false, false),
    });
    server.on(&json2("account.move", "fields_get"), Answer::json(fields));
    server.on(&json2("account.move", "search_read"), Answer::json("[]"));
    server.on(&json2("account.move", "read"), Answer::json(r#"[{"id": 3, "name": "INV/1"}]"#));
    // The second time from what is kept, and told as well.
    for nth in 1..=2 {
        let outcome = home.run(["read", "account.move", "--ids", "3", "--fields", "*"]).ok();
        assert!(outcome.stderr.contains("each can be named: needed_terms\""), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("raw is left out: datas holds the same"), "{}", outcome.stderr);
        let asked = server.requests_to(&json2("account.move", "read"));
        assert_eq!(asked.len(), nth);
        assert_eq!(
            asked[nth - 1].json()["fields"],
            json!(["id", "name", "invoice_pdf_report_file", "datas"])
        );
    }
}
