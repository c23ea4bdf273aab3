//! The company at work: rights, names, archived records, orders and invoices, timesheets,
//! what is computed. What holds for every model is tested in `records`; here it is what
//! particular ones do.

use serde_json::{Value, json};

use super::{AGENT_KEY, Sandbox, call_as, create, fails, ok, row};

#[test]
fn company_type_and_names_follow_what_they_are_made_of() {
    let sandbox = Sandbox::in_memory();
    let id = create(&sandbox, "res.partner", json!({"name": "New", "company_type": "company"}));
    let child = create(&sandbox, "res.partner", json!({"name": "Child", "parent_id": id}));
    let read = row(
        &sandbox,
        "res.partner",
        &child,
        json!(["display_name", "company_type", "commercial_partner_id"]),
    );
    assert_eq!(read["display_name"], json!("New, Child"));
    assert_eq!((&read["company_type"], &read["commercial_partner_id"][0]), (&json!("person"), &id));
    assert_eq!(
        row(&sandbox, "res.partner", &id, json!(["is_company", "child_ids"])),
        json!({"id": id, "is_company": true, "child_ids": [child]})
    );
    let order = row(&sandbox, "sale.order", &json!(2), json!(["amount_total", "order_line"]));
    assert_eq!(order["amount_total"], json!(9390.0));
    ok(
        &sandbox,
        "sale.order/write",
        json!({"ids": [2], "vals": {"order_line": [[1, 4, {"product_uom_qty": 1}], [2, 3, 0], [0, 0, {"product_id": 2}]]}}),
    );
    assert_eq!(row(&sandbox, "sale.order", &json!(2), json!(["amount_total"]))["amount_total"], json!(140.0));
}

#[test]
fn deleting_takes_dependents_along_and_empties_links() {
    let sandbox = Sandbox::in_memory();
    assert_eq!(ok(&sandbox, "sale.order/unlink", json!({"ids": [4]})), json!(true));
    assert_eq!(ok(&sandbox, "sale.order.line/search_count", json!({"domain": [["id", "=", 6]]})), json!(0));
    ok(&sandbox, "project.tags/unlink", json!({"ids": [1]}));
    assert_eq!(row(&sandbox, "project.task", &json!(5), json!(["tag_ids"]))["tag_ids"], json!([]));
    ok(&sandbox, "project.task/unlink", json!({"ids": [5]}));
    assert_eq!(
        ok(
            &sandbox,
            "mail.message/search_count",
            json!({"domain": [["model", "=", "project.task"], ["res_id", "=", 5]]})
        ),
        json!(0)
    );
    assert_eq!(
        row(&sandbox, "account.analytic.line", &json!(4), json!(["task_id"]))["task_id"],
        json!(false)
    );
}

#[test]
fn rights_hold_for_models_fields_and_own_rows() {
    let sandbox = Sandbox::in_memory();
    let agent = |path: &str, body: Value| call_as(&sandbox, AGENT_KEY, path, body);
    for path in [
        "ir.cron",
        "ir.config_parameter",
        "mail.mail",
        "ir.rule",
        "ir.mail_server",
        "ir.actions.server",
        "ir.model",
    ] {
        let (status, reply) = agent(&format!("{path}/search_read"), json!({"domain": [], "fields": ["id"]}));
        assert_eq!((status, &reply["name"]), (403, &json!("odoo.exceptions.AccessError")), "{path}");
    }
    let (status, reply) = agent("hr.employee/read", json!({"ids": [2], "fields": ["name", "birthday"]}));
    assert_eq!(status, 403, "{reply}");
    assert!(reply["message"].as_str().expect("text").starts_with(
        "You do not have enough rights to access the field \"birthday\" on Employee (hr.employee)"
    ));
    let (status, fields) = agent("hr.employee/fields_get", json!({}));
    assert!(status == 200 && fields.get("birthday").is_none() && fields.get("work_email").is_some());
    let (_, keys) = agent(
        "res.users.apikeys/search_read",
        json!({"domain": [], "fields": ["name", "expiration_date", "user_id"]}),
    );
    assert_eq!((keys.as_array().map(Vec::len), &keys[0]["user_id"][0]), (Some(1), &json!(7)));
    assert_eq!(agent("res.users.apikeys/read", json!({"ids": [4], "fields": ["name"]})).0, 403);
    assert_eq!(agent("res.users/write", json!({"ids": [7], "vals": {"lang": "fr_FR"}})).0, 200);
    assert_eq!(agent("res.users/write", json!({"ids": [7], "vals": {"group_ids": [[4, 2, 0]]}})).0, 403);
    assert_eq!(agent("res.users/context_get", json!({})).1["lang"], json!("fr_FR"));
    assert_eq!(
        agent("res.users/has_group", json!({"ids": [7], "group_ext_id": "base.group_system"})).1,
        json!(false)
    );
    for (operation, allowed) in [("read", true), ("write", false)] {
        assert_eq!(agent("project.project/has_access", json!({"operation": operation})).1, json!(allowed));
    }
    assert_eq!(
        agent("res.partner/search", json!({"domain": [], "context": {"allowed_company_ids": [1, 7]}})).0,
        403
    );
}

#[test]
fn archived_records_hide_until_asked_for() {
    let sandbox = Sandbox::in_memory();
    let count = |body: Value| ok(&sandbox, "res.partner.category/search_count", body);
    assert_eq!(ok(&sandbox, "res.partner.category/action_archive", json!({"ids": [7]})), Value::Null);
    assert_eq!(count(json!({"domain": []})), json!(6));
    assert_eq!(count(json!({"domain": [], "context": {"active_test": false}})), json!(7));
    assert_eq!(row(&sandbox, "res.partner", &json!(10), json!(["category_id"]))["category_id"], json!([4]));
    assert_eq!(ok(&sandbox, "res.partner.category/action_unarchive", json!({"ids": [7]})), Value::Null);
    assert_eq!(count(json!({"domain": []})), json!(7));
}

#[test]
fn names_are_searched_and_created() {
    let sandbox = Sandbox::in_memory();
    for (query, first) in [
        ("北京", 16),
        ("Łódź", 17),
        ("O'Neil & Søn", 18),
        ("łódź meble", 17),
        ("azure.interior24", 15),
        ("CN-001", 16),
    ] {
        let found = ok(&sandbox, "res.partner/name_search", json!({"name": query, "limit": 3}));
        assert_eq!(found[0][0], json!(first), "{query}: {found}");
    }
    assert_eq!(
        ok(&sandbox, "product.product/name_search", json!({"name": "Desk"})),
        json!([[1, "[FURN_0096] Customizable Desk"]])
    );
    assert_eq!(
        ok(&sandbox, "res.partner/name_search", json!({"name": "azure interior", "operator": "=ilike"})),
        json!([[15, "Azure Interior"]])
    );
    assert_eq!(
        ok(&sandbox, "res.partner/name_search", json!({"domain": [["id", "=", 9]]})),
        json!([[9, "Acme Corporation"]])
    );
    assert_eq!(ok(&sandbox, "project.tags/name_create", json!({"name": "Fresh"})), json!([5, "Fresh"]));
}

#[test]
fn defaults_come_from_the_model_and_the_context() {
    let sandbox = Sandbox::in_memory();
    let body =
        json!({"fields": ["state", "user_id", "partner_id", "name"], "context": {"default_partner_id": 9}});
    assert_eq!(
        ok(&sandbox, "sale.order/default_get", body),
        json!({"partner_id": 9, "state": "draft", "user_id": 2})
    );
    let order =
        ok(&sandbox, "sale.order/create", json!({"vals_list": [{}], "context": {"default_partner_id": 9}}))
            [0]
        .clone();
    let read = row(&sandbox, "sale.order", &order, json!(["name", "partner_id", "currency_id"]));
    assert_eq!(
        (&read["name"], &read["partner_id"][0], &read["currency_id"]),
        (&json!("S00005"), &json!(9), &json!([1, "EUR"]))
    );
}

#[test]
fn orders_invoices_timesheets_and_activities_work() {
    let sandbox = Sandbox::in_memory();
    assert_eq!(ok(&sandbox, "sale.order/action_confirm", json!({"ids": [2]})), json!(true));
    assert_eq!(row(&sandbox, "sale.order", &json!(2), json!(["state"]))["state"], json!("sale"));
    assert_eq!(ok(&sandbox, "account.move/action_post", json!({"ids": [2]})), json!(false));
    assert_eq!(
        row(&sandbox, "account.move", &json!(2), json!(["name"]))["name"]
            .as_str()
            .map(|name| name.starts_with("INV/20")),
        Some(true)
    );
    let line = json!({"vals_list": [{"name": "Look", "unit_amount": 1.25, "task_id": 5}]});
    let line = call_as(&sandbox, AGENT_KEY, "account.analytic.line/create", line).1[0].clone();
    let read = row(
        &sandbox,
        "account.analytic.line",
        &line,
        json!(["project_id", "employee_id", "user_id", "amount", "account_id", "date"]),
    );
    assert_eq!(
        (&read["project_id"][0], &read["employee_id"], &read["amount"]),
        (&json!(2), &json!([3, "Agent"]), &json!(-12.5))
    );
    assert_eq!(
        row(&sandbox, "project.task", &json!(5), json!(["effective_hours"]))["effective_hours"],
        json!(7.5)
    );
    let activity = ok(
        &sandbox,
        "project.task/activity_schedule",
        json!({"ids": [5], "summary": "Ring", "date_deadline": "2026-12-01", "user_id": 6}),
    );
    assert!(
        ok(&sandbox, "mail.activity/action_feedback", json!({"ids": activity, "feedback": "Rung"})).is_i64()
    );
    assert_eq!(
        ok(&sandbox, "mail.activity/search_count", json!({"domain": [["id", "in", activity]]})),
        json!(0)
    );
    let note = ok(&sandbox, "project.task/message_post", json!({"ids": [5], "body": "<b>hello</b>"}));
    let note = row(
        &sandbox,
        "mail.message",
        &note[0],
        json!(["body", "subtype_id", "is_internal", "model", "res_id", "author_id"]),
    );
    assert_eq!(
        (&note["body"], &note["subtype_id"], &note["is_internal"]),
        (&json!("<p>&lt;b&gt;hello&lt;/b&gt;</p>"), &json!([2, "Note"]), &json!(true))
    );
    for (body, exception) in [
        (json!({"body": "none"}), "builtins.ValueError"),
        (json!({"ids": [1, 2], "body": "two"}), "builtins.ValueError"),
        (json!({"ids": [1], "body": "x", "subtype": "mt_note"}), "builtins.ValueError"),
        (json!({"ids": [1], "body": "x", "subtype_xmlid": "mail.nope"}), "builtins.ValueError"),
        (json!({"ids": [9999], "body": "x"}), "odoo.exceptions.MissingError"),
    ] {
        assert_eq!(fails(&sandbox, "project.task/message_post", body).1, exception);
    }
}
