//! Create, write, read, unlink, copy: values, commands, constraints, and that a refusal leaves nothing behind.

use serde_json::{Value, json};

use super::{AGENT_KEY, Sandbox, call_as, create, fails, ok, row};

#[test]
fn a_record_is_created_with_presets_read_written_copied_and_deleted() {
    let sandbox = Sandbox::in_memory();
    let task = create(
        &sandbox,
        "project.task",
        json!({"name": "Try", "project_id": 2, "user_ids": [[6, 0, [7, 6]]]}),
    );
    let fields = json!([
        "name",
        "stage_id",
        "partner_id",
        "state",
        "priority",
        "user_ids",
        "active",
        "date_assign",
        "message_is_follower",
        "effective_hours",
        "display_name"
    ]);
    let read = row(&sandbox, "project.task", &task, fields);
    assert_eq!(read["stage_id"], json!([1, "New"]));
    assert_eq!(read["partner_id"], json!([9, "Acme Corporation"]));
    assert_eq!((&read["state"], &read["priority"]), (&json!("01_in_progress"), &json!("0")));
    assert_eq!(read["user_ids"], json!([7, 6]));
    assert!(read["date_assign"].is_string());
    assert_eq!((&read["message_is_follower"], &read["effective_hours"]), (&json!(true), &json!(0.0)));
    assert_eq!(
        ok(
            &sandbox,
            "project.task/write",
            json!({"ids": [task], "vals": {"name": "Tried", "id": 5, "create_uid": 1}})
        ),
        json!(true)
    );
    assert_eq!(
        row(&sandbox, "project.task", &task, json!(["name", "create_uid"]))["create_uid"][0],
        json!(2)
    );
    let copied =
        ok(&sandbox, "project.task/copy", json!({"ids": [task], "default": {"priority": "1"}}))[0].clone();
    let copied = row(&sandbox, "project.task", &copied, json!(["name", "priority"]));
    assert_eq!((&copied["name"], &copied["priority"]), (&json!("Tried (copy)"), &json!("1")));
    assert_eq!(ok(&sandbox, "project.task/unlink", json!({"ids": [task]})), json!(true));
    assert_eq!(ok(&sandbox, "project.task/read", json!({"ids": [task], "fields": ["name"]})), json!([]));
    assert_eq!(
        ok(&sandbox, "project.task/create", json!({"vals_list": {"name": "One, not a list"}})),
        json!([16])
    );
}

#[test]
fn writing_what_was_read_clears_a_many2one_in_silence() {
    let sandbox = Sandbox::in_memory();
    let read = row(&sandbox, "project.task", &json!(5), json!(["partner_id"]));
    assert_eq!(read["partner_id"], json!([9, "Acme Corporation"]));
    ok(&sandbox, "project.task/write", json!({"ids": [5], "vals": {"partner_id": read["partner_id"]}}));
    assert_eq!(row(&sandbox, "project.task", &json!(5), json!(["partner_id"]))["partner_id"], json!(false));
    let (status, name, _) = fails(
        &sandbox,
        "project.task/create",
        json!({"vals_list": [{"name": "x", "partner_id": [9, "Acme"]}]}),
    );
    assert_eq!((status, name.as_str()), (500, "psycopg2.errors.InvalidTextRepresentation"));
}

#[test]
fn without_ids_nothing_happens_and_nobody_complains() {
    let sandbox = Sandbox::in_memory();
    for ids in [json!([]), json!(null), json!(false)] {
        assert_eq!(
            ok(&sandbox, "res.partner/write", json!({"ids": ids, "vals": {"name": "x"}})),
            json!(true)
        );
        assert_eq!(ok(&sandbox, "res.partner/unlink", json!({"ids": ids})), json!(true));
        assert_eq!(ok(&sandbox, "res.partner/read", json!({"ids": ids, "fields": ["name"]})), json!([]));
    }
    assert_eq!(ok(&sandbox, "res.partner/search_count", json!({"domain": [["name", "=", "x"]]})), json!(0));
    assert_eq!(
        ok(&sandbox, "res.partner/write", json!({"ids": 9, "vals": {"ref": "a bare id"}})),
        json!(true)
    );
}

#[test]
fn values_become_what_the_field_keeps() {
    let sandbox = Sandbox::in_memory();
    let id = create(
        &sandbox,
        "crm.lead",
        json!({"name": 12.5, "expected_revenue": "10.129", "probability": true, "date_deadline": "2026-12-24T10:00:00Z", "description": "plain <script>x</script>", "phone": ""}),
    );
    let read = row(
        &sandbox,
        "crm.lead",
        &id,
        json!([
            "name",
            "expected_revenue",
            "probability",
            "date_deadline",
            "description",
            "phone",
            "partner_id",
            "stage_id"
        ]),
    );
    assert_eq!(read["name"], json!("12.5"));
    assert_eq!((&read["expected_revenue"], &read["probability"]), (&json!(10.13), &json!(1.0)));
    assert_eq!(
        (&read["date_deadline"], &read["description"]),
        (&json!("2026-12-24"), &json!("<p>plain </p>"))
    );
    assert_eq!((&read["phone"], &read["partner_id"]), (&json!(false), &json!(false)));
    for (field, value, exception) in [
        ("type", json!("nope"), "builtins.ValueError"),
        ("date_deadline", json!("tomorrow"), "builtins.ValueError"),
        ("expected_revenue", json!("much"), "builtins.ValueError"),
        ("expected_revenue", json!({"a": 1}), "builtins.TypeError"),
        ("nope", json!(1), "builtins.ValueError"),
    ] {
        let (status, name, _) =
            fails(&sandbox, "crm.lead/write", json!({"ids": [id], "vals": {field: value}}));
        assert_eq!((status, name.as_str()), (500, exception), "{field}");
    }
    let (status, name, _) =
        fails(&sandbox, "res.partner/write", json!({"ids": [9], "vals": {"color": 3_000_000_000u64}}));
    assert_eq!((status, name.as_str()), (500, "psycopg2.errors.NumericValueOutOfRange"));
    let (_, _, said) = fails(
        &sandbox,
        "project.task/write",
        json!({"ids": [5], "vals": {"date_deadline": "2026-12-24T10:00:00"}}),
    );
    assert!(said.contains("does not match format '%Y-%m-%d %H:%M:%S'"), "{said}");
}

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
fn all_commands_on_both_kinds_of_lists() {
    let sandbox = Sandbox::in_memory();
    let tags = |commands: Value| {
        ok(&sandbox, "project.task/write", json!({"ids": [13], "vals": {"tag_ids": commands}}));
        row(&sandbox, "project.task", &json!(13), json!(["tag_ids"]))["tag_ids"].clone()
    };
    assert_eq!(tags(json!([[4, 1, 0], [4, 2, 0]])), json!([1, 2]));
    assert_eq!(tags(json!([[3, 1, 0]])), json!([2]));
    assert_eq!(tags(json!([[6, 0, [3, 4]]])), json!([3, 4]));
    assert_eq!(tags(json!([])), json!([3, 4]), "an empty list is no command");
    assert_eq!(tags(json!([1, 2])), json!([1, 2]), "a plain list replaces");
    assert_eq!(tags(json!([[0, 0, {"name": "Zebra"}]])), json!([1, 2, 5]));
    assert_eq!(tags(json!([[1, 5, {"name": "Aardvark"}]])), json!([5, 1, 2]));
    assert_eq!(tags(json!([[2, 5, 0]])), json!([1, 2]));
    assert_eq!(tags(json!([[5, 0, 0]])), json!([]));
    assert_eq!(tags(json!([[4, 1]])), json!([1]));
    assert_eq!(tags(json!(false)), json!([]));
    let children = |commands: Value| {
        ok(&sandbox, "project.task/write", json!({"ids": [6], "vals": {"child_ids": commands}}));
        row(&sandbox, "project.task", &json!(6), json!(["child_ids"]))["child_ids"]
            .as_array()
            .expect("ids")
            .len()
    };
    assert_eq!(children(json!([[4, 5, 0]])), 2);
    assert_eq!(children(json!([[3, 5, 0]])), 1);
    assert_eq!(children(json!([[6, 0, [1, 2, 3]]])), 3);
    assert_eq!(row(&sandbox, "project.task", &json!(7), json!(["parent_id"]))["parent_id"], json!(false));
    assert_eq!(children(json!([[5]])), 0);
    assert_eq!(
        ok(&sandbox, "project.tags/read", json!({"ids": [1], "fields": ["task_ids"]}))[0]["task_ids"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    for wrong in [json!([[9, 0, 0]]), json!("x"), json!([["a"]])] {
        let (status, name, _) =
            fails(&sandbox, "project.task/write", json!({"ids": [13], "vals": {"tag_ids": wrong}}));
        assert_eq!((status, name.as_str()), (500, "builtins.ValueError"), "{wrong}");
    }
}

#[test]
fn constraints_are_worded_as_odoo_words_them() {
    let sandbox = Sandbox::in_memory();
    for (path, body, status, name, message) in [
        (
            "project.project/create",
            json!({"vals_list": [{}]}),
            422,
            "ValidationError",
            "The operation cannot be completed: Missing required value for the field 'Name' (name).\nModel: 'Project' (project.project)",
        ),
        (
            "project.project/write",
            json!({"ids": [1], "vals": {"name": false}}),
            422,
            "ValidationError",
            "The operation cannot be completed: Missing required value for the field 'Name' (name)",
        ),
        (
            "project.tags/create",
            json!({"vals_list": [{"name": "Bug"}]}),
            422,
            "ValidationError",
            "The operation cannot be completed: A tag with the same name already exists.",
        ),
        (
            "res.partner/create",
            json!({"vals_list": [{"email": "x@example.com"}]}),
            422,
            "ValidationError",
            "The operation cannot be completed: Contacts require a name",
        ),
        (
            "res.partner/unlink",
            json!({"ids": [13]}),
            422,
            "ValidationError",
            "The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: ",
        ),
        (
            "res.partner/unlink",
            json!({"ids": [6]}),
            422,
            "UserError",
            "You cannot delete contacts linked to an active user.",
        ),
        (
            "res.partner/write",
            json!({"ids": [15], "vals": {"parent_id": 27}}),
            422,
            "ValidationError",
            "You cannot create recursive Partner hierarchies.",
        ),
        (
            "project.task/write",
            json!({"ids": [6], "vals": {"parent_id": 7}}),
            422,
            "ValidationError",
            "Recursion Detected.",
        ),
        (
            "res.partner/create",
            json!({"vals_list": [{"name": "x", "state_id": 999}]}),
            422,
            "ValidationError",
            "The operation cannot be completed: Another model",
        ),
        (
            "res.partner/write",
            json!({"ids": [9, 99999], "vals": {"name": "x"}}),
            404,
            "MissingError",
            "Record does not exist or has been deleted.\n(Record: res.partner(99999,), User: 2)",
        ),
        ("sale.order/unlink", json!({"ids": [1]}), 422, "UserError", "You can not delete a sent quotation"),
        (
            "account.move/unlink",
            json!({"ids": [1]}),
            422,
            "UserError",
            "You can't delete a posted journal item.",
        ),
        (
            "sale.order/action_confirm",
            json!({"ids": [1]}),
            422,
            "UserError",
            "Some orders are not in a state requiring confirmation.",
        ),
        (
            "account.analytic.line/create",
            json!({"vals_list": [{"project_id": 6}]}),
            422,
            "UserError",
            "Timesheets cannot",
        ),
    ] {
        let (got, exception, said) = fails(&sandbox, path, body);
        assert_eq!((got, exception), (status, format!("odoo.exceptions.{name}")), "{path}: {said}");
        assert!(said.starts_with(message), "{path}: {said}");
    }
}

#[test]
fn a_refused_call_leaves_nothing_behind() {
    let sandbox = Sandbox::in_memory();
    let count = |model: &str| ok(&sandbox, &format!("{model}/search_count"), json!({"domain": []}));
    let before = (count("res.partner"), count("mail.followers"), count("project.tags"));
    let (status, _, _) = fails(
        &sandbox,
        "res.partner/create",
        json!({"vals_list": [{"name": "One"}, {"name": "Two"}, {"email": "nameless"}]}),
    );
    assert_eq!(status, 422);
    fails(
        &sandbox,
        "project.task/create",
        json!({"vals_list": [{"name": "x", "tag_ids": [[0, 0, {"name": "Fresh"}]], "state": "nope"}]}),
    );
    fails(&sandbox, "res.partner/unlink", json!({"ids": [19, 13]}));
    assert_eq!((count("res.partner"), count("mail.followers"), count("project.tags")), before);
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
        "ir.module.module",
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
