//! Groups and nested reads: buckets, periods, aggregates, and domains that lead back to the
//! records. A group whose domain finds other records than it counted would send an agent to the
//! wrong ones.

use serde_json::{Value, json};

use super::{Sandbox, fails, ok};

fn groups(sandbox: &Sandbox, model: &str, body: Value) -> Vec<Value> {
    ok(sandbox, &format!("{model}/formatted_read_group"), body).as_array().expect("groups").clone()
}

#[test]
fn every_group_leads_back_to_its_records() {
    let sandbox = Sandbox::in_memory();
    for (model, groupby) in [
        ("project.task", json!(["project_id", "stage_id"])),
        ("project.task", json!(["tag_ids"])),
        ("project.task", json!(["date_deadline:month"])),
        ("account.analytic.line", json!(["date:week", "employee_id"])),
        ("account.analytic.line", json!(["date:quarter"])),
        ("account.analytic.line", json!(["date:day_of_week"])),
        ("res.partner", json!(["is_company", "country_id"])),
        ("sale.order", json!(["state", "date_order:hour"])),
    ] {
        let found =
            groups(&sandbox, model, json!({"domain": [], "groupby": groupby, "aggregates": ["__count"]}));
        assert!(!found.is_empty(), "{model} {groupby}");
        for group in &found {
            let count =
                ok(&sandbox, &format!("{model}/search_count"), json!({"domain": group["__extra_domain"]}));
            assert_eq!(count, group["__count"], "{model} {group}");
        }
    }
}

#[test]
fn sums_averages_and_counts_agree_with_the_rows() {
    let sandbox = Sandbox::in_memory();
    let aggregates = json!([
        "unit_amount:sum",
        "unit_amount:avg",
        "unit_amount:max",
        "date:min",
        "employee_id:count_distinct",
        "__count"
    ]);
    let all = groups(&sandbox, "account.analytic.line", json!({"domain": [], "aggregates": aggregates}));
    assert_eq!(
        all,
        [
            json!({"__extra_domain": [], "unit_amount:sum": 41.75, "unit_amount:avg": 4.175, "unit_amount:max": 8.0, "date:min": "2026-10-05", "employee_id:count_distinct": 4, "__count": 10})
        ]
    );
    let months = groups(
        &sandbox,
        "account.analytic.line",
        json!({"domain": [], "groupby": ["date:month"], "aggregates": ["unit_amount:sum"], "order": "date:month desc"}),
    );
    assert_eq!(months[0]["date:month"], json!(["2026-11-01", "November 2026"]));
    assert_eq!(
        months[0]["__extra_domain"],
        json!(["&", ["date", ">=", "2026-11-01"], ["date", "<", "2026-12-01"]])
    );
    assert_eq!(months[1]["unit_amount:sum"], json!(16.0));
    let big = groups(
        &sandbox,
        "account.analytic.line",
        json!({"domain": [], "groupby": ["project_id"], "aggregates": ["unit_amount:sum"], "having": [["unit_amount:sum", ">", 12]], "order": "unit_amount:sum desc", "limit": 1}),
    );
    assert_eq!(
        big,
        [
            json!({"project_id": [3, "Home Construction"], "__extra_domain": [["project_id", "=", 3]], "unit_amount:sum": 20.5})
        ]
    );
    let none = groups(
        &sandbox,
        "account.analytic.line",
        json!({"domain": [["id", "=", 0]], "aggregates": ["__count", "unit_amount:sum"]}),
    );
    assert_eq!(none[0]["__count"], json!(0));
}

#[test]
fn wrong_groups_are_refused() {
    let sandbox = Sandbox::in_memory();
    for (body, message) in [
        (json!({"domain": [], "groupby": ["date"]}), "Granularity not set on a date(time) field: 'date'"),
        (
            json!({"domain": [], "groupby": ["name:month"]}),
            "Granularity set on a no-datetime field or property: 'name:month'",
        ),
        (
            json!({"domain": [], "groupby": ["date:decade"]}),
            "Granularity specification isn't correct: 'decade'",
        ),
        (json!({"domain": [], "groupby": ["nope"]}), "Invalid field 'nope' on 'account.analytic.line'"),
        (
            json!({"domain": [], "aggregates": ["unit_amount:mode"]}),
            "Invalid aggregate method 'mode' for 'unit_amount:mode'.",
        ),
    ] {
        let (status, name, said) = fails(&sandbox, "account.analytic.line/formatted_read_group", body);
        assert_eq!((status, name.as_str(), said.as_str()), (500, "builtins.ValueError", message));
    }
}

#[test]
fn nested_reads_follow_their_specification() {
    let sandbox = Sandbox::in_memory();
    let specification = json!({"name": {}, "partner_id": {"fields": {"name": {}}}, "order_line": {"fields": {"price_subtotal": {}}}, "user_id": {}});
    let found = ok(
        &sandbox,
        "sale.order/web_search_read",
        json!({"domain": [["id", "<", 3]], "specification": specification, "limit": 1, "order": "id"}),
    );
    assert_eq!(found["length"], json!(2));
    assert_eq!(
        found["records"],
        json!([{"id": 1, "name": "S00001", "partner_id": {"id": 13, "name": "Deco Addict"}, "order_line": [{"id": 1, "price_subtotal": 7200.0}, {"id": 2, "price_subtotal": 640.0}], "user_id": 6}])
    );
    let saved = ok(
        &sandbox,
        "project.tags/web_save",
        json!({"ids": [], "vals": {"name": "Saved"}, "specification": {"name": {}}}),
    );
    assert_eq!(saved, json!([{"id": 5, "name": "Saved"}]));
}
