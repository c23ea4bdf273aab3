//! Create, write, read, unlink, copy: values, commands, constraints, and that a refusal leaves
//! nothing behind. Each refusal is held to the status, the exception and the words that Odoo has
//! for it.

use serde_json::{Value, json};

use super::{Sandbox, create, fails, ok, row};

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
    assert_eq!((&read["phone"], &read["partner_id"]), (&json!(""), &json!(false)));
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
    for wrong in [json!("x"), json!([["a"]])] {
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
