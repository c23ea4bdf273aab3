//! What other people's clients ask of an Odoo, with the answers that Odoo 19 gave them.

use serde_json::{Value, json};

use super::*;

fn told(path: &str, content_type: &str, body: &str) -> (u16, Value) {
    let request = HttpRequest {
        method: Method::Post,
        path: path.into(),
        headers: vec![("content-type".into(), content_type.into())],
        bearer: None,
        cookie: None,
        body: Some(body.as_bytes().to_vec()),
    };
    let reply = Sandbox::in_memory().send(&request).expect("an answer");
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

#[test]
fn which_odoo_this_is_and_which_databases_it_has() {
    let (_, version) =
        told("/web/webclient/version_info", "application/json", r#"{"jsonrpc": "2.0", "id": 7}"#);
    let result = json!({
        "server_version": "19.0",
        "server_version_info": [19, 0, 0, "final", 0, ""],
        "server_serie": "19.0",
        "protocol_version": 1,
    });
    assert_eq!(version, json!({"jsonrpc": "2.0", "id": 7, "result": result}));
    let (_, databases) = told("/web/database/list", "application/json-rpc", "{}");
    assert_eq!(databases, json!({"jsonrpc": "2.0", "id": null, "result": ["sandbox"]}));
    assert_eq!(told("/web/database/list", "text/plain", "{}").0, 415);
}

#[test]
fn the_deprecated_groups_have_their_old_names_labels_and_ranges() {
    let sandbox = Sandbox::in_memory();
    let groups = |body: Value| ok(&sandbox, "account.analytic.line/read_group", body);
    let lazy = groups(json!({
        "domain": [["date", ">=", "2026-11-01"]],
        "fields": ["unit_amount", "most:max(unit_amount)"],
        "groupby": ["date", "employee_id"],
    }));
    assert_eq!(lazy[0]["date"], "November 2026");
    assert!(lazy[0]["date_count"].as_i64().is_some_and(|count| count > 0));
    assert!(lazy[0]["unit_amount"].is_f64() && lazy[0]["most"].is_f64(), "{lazy}");
    assert_eq!(lazy[0]["__context"], json!({"group_by": ["employee_id"]}));
    assert_eq!(lazy[0]["__range"], json!({"date": {"from": "2026-11-01", "to": "2026-12-01"}}));
    let domain = lazy[0]["__domain"].clone();
    let again = ok(&sandbox, "account.analytic.line/search_count", json!({"domain": domain}));
    assert_eq!(again, lazy[0]["date_count"]);
    let eager = groups(json!({"domain": [], "fields": [], "groupby": ["employee_id"], "lazy": false}));
    assert!(eager[0]["__count"].is_i64() && eager[0].get("__context").is_none(), "{eager}");
    for wrong in [json!(["a b"]), json!(["nope"])] {
        let body = json!({"domain": [], "fields": wrong, "groupby": ["employee_id"]});
        assert_eq!(fails(&sandbox, "account.analytic.line/read_group", body).1, "builtins.ValueError");
    }
}

#[test]
fn a_table_is_loaded_whole_or_not_at_all() {
    let sandbox = Sandbox::in_memory();
    let load = |fields: Value, data: Value| {
        ok(&sandbox, "res.partner/load", json!({"fields": fields, "data": data}))
    };
    let count = || ok(&sandbox, "res.partner/search_count", json!({"domain": []}));
    let before = count();
    let half = load(json!(["name", "country_id"]), json!([["One", "Belgium"], ["Other", "Nowhereland"]]));
    assert_eq!((half["ids"].clone(), count()), (json!(false), before));
    let said = &half["messages"][0];
    assert_eq!(said["message"], "No matching record found for name 'Nowhereland' in field 'Country'");
    assert_eq!((&said["rows"], &said["type"]), (&json!({"from": 1, "to": 1}), &json!("error")));
    let lines = load(
        json!(["id", "name", "type", "child_ids/name"]),
        json!([["x.parent", "Parent", "Contact", "kid 1"], ["", "", "", "kid 2"]]),
    );
    let id = lines["ids"][0].clone();
    let kids = row(&sandbox, "res.partner", &id, json!(["child_ids"]))["child_ids"].clone();
    assert_eq!(kids.as_array().map(Vec::len), Some(2), "{lines}");
    let again = load(json!(["id", "name"]), json!([["x.parent", "Parent again"]]));
    assert_eq!(again["ids"], json!([id]));
    assert_eq!(row(&sandbox, "res.partner", &id, json!(["name"]))["name"], "Parent again");
    let named = ok(&sandbox, "res.partner/get_external_id", json!({"ids": [id]}));
    assert_eq!(named, json!({id.to_string(): "x.parent"}));
    for (fields, cell, message) in [
        ("active", "maybe", "Unknown value 'maybe' for boolean field 'Active'"),
        ("color", "red", "'red' does not seem to be an integer for field 'Color Index'"),
        ("type", "nope", "Value 'nope' not found in selection field 'Address Type'"),
    ] {
        let wrong = load(json!(["name", fields]), json!([["X", cell]]));
        assert_eq!(wrong["messages"][0]["message"], message);
    }
    let unknown = json!({"fields": ["nope"], "data": [["x"]]});
    assert!(fails(&sandbox, "res.partner/load", unknown).2.starts_with("Invalid field name 'nope'"));
}

#[test]
fn several_records_are_saved_each_with_its_own_values() {
    let sandbox = Sandbox::in_memory();
    let body =
        json!({"ids": [9, 10], "vals_list": [{"ref": "A"}, {"ref": "B"}], "specification": {"ref": {}}});
    let saved = ok(&sandbox, "res.partner/web_save_multi", body);
    assert_eq!(saved, json!([{"id": 9, "ref": "A"}, {"id": 10, "ref": "B"}]));
    let short = json!({"ids": [9, 10], "vals_list": [{}], "specification": {}});
    let (_, _, said) = fails(&sandbox, "res.partner/web_save_multi", short);
    assert_eq!(said, "Each record must have a corresponding vals entry.");
}

#[test]
fn users_and_their_contacts_are_protected() {
    let sandbox = Sandbox::in_memory();
    for (path, body, status) in [
        ("res.users/unlink", json!({"ids": [1]}), 422),
        ("res.users/unlink", json!({"ids": [2]}), 422),
        ("res.users/write", json!({"ids": [2], "vals": {"active": false}}), 422),
        ("res.users/action_archive", json!({"ids": [2]}), 422),
        ("res.partner/write", json!({"ids": [3], "vals": {"active": false}}), 500),
        ("res.partner/action_archive", json!({"ids": [3]}), 500),
    ] {
        let (got, name, said) = fails(&sandbox, path, body);
        assert_eq!(got, status, "{path}: {said}");
        let expected =
            if status == 500 { "odoo.exceptions.RedirectWarning" } else { "odoo.exceptions.UserError" };
        assert_eq!(name, expected, "{path}");
    }
    // A colleague may be archived, and a contact that is nobody's user.
    ok(&sandbox, "res.users/write", json!({"ids": [6], "vals": {"active": false}}));
    ok(&sandbox, "res.partner/action_archive", json!({"ids": [15]}));
}

#[test]
fn ids_alone_come_back_as_they_were_and_what_is_gone_is_missed_where_rules_look() {
    let sandbox = Sandbox::in_memory();
    let read = |fields: Value| ok(&sandbox, "res.partner/read", json!({"ids": [9, 99999], "fields": fields}));
    assert_eq!(read(json!(["id"])), json!([{"id": 9}, {"id": 99999}]));
    assert_eq!(read(json!(["id", "ref"])).as_array().map(Vec::len), Some(1));
    let gone = json!({"ids": [99999], "vals": {"color": 1}});
    assert_eq!(fails(&sandbox, "res.partner/write", gone.clone()).0, 404);
    assert_eq!(ok(&sandbox, "res.partner.category/write", gone), json!(true));
}

#[test]
fn what_is_owed_has_a_line_of_its_own() {
    let sandbox = Sandbox::in_memory();
    let owed = json!({
        "domain": [["account_id.account_type", "=", "asset_receivable"], ["parent_state", "=", "posted"]],
        "fields": ["move_id", "amount_residual", "date_maturity"],
    });
    let open = |sandbox: &Sandbox| ok(sandbox, "account.move.line/search_read", owed.clone());
    let before = open(&sandbox).as_array().map_or(0, Vec::len);
    ok(&sandbox, "account.move/action_post", json!({"ids": [2]}));
    let after = open(&sandbox);
    assert_eq!(after.as_array().map(Vec::len), Some(before + 1), "{after}");
    let total = row(&sandbox, "account.move", &json!(2), json!(["amount_total", "invoice_line_ids"]));
    assert_eq!(total["invoice_line_ids"], json!([3]));
    let residuals: Vec<&Value> =
        after.as_array().into_iter().flatten().map(|line| &line["amount_residual"]).collect();
    assert!(residuals.contains(&&total["amount_total"]), "{after}");
}
