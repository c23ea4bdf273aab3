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
        ("sale.order", json!(["date_order:hour_number"])),
        ("sale.order", json!(["date_order:day_of_week", "date_order:month"])),
        ("sale.order", json!(["partner_id.country_id"])),
        ("res.partner", json!(["parent_id.country_id"])),
        ("res.partner", json!(["id"])),
        ("res.partner", json!([])),
    ] {
        for zone in ["UTC", "Europe/Brussels", "America/New_York"] {
            let context = json!({ "tz": zone });
            let body =
                json!({"domain": [], "groupby": groupby, "aggregates": ["__count"], "context": context});
            let found = groups(&sandbox, model, body);
            assert!(!found.is_empty(), "{model} {groupby}");
            for group in &found {
                let body = json!({"domain": group["__extra_domain"], "context": context});
                let count = ok(&sandbox, &format!("{model}/search_count"), body);
                assert_eq!(count, group["__count"], "{model} {group} {zone}");
            }
        }
    }
}

#[test]
fn times_are_grouped_by_the_clocks_of_the_context() {
    let sandbox = Sandbox::in_memory();
    for (zone, shown, from, to) in [
        ("UTC", "02:00 02 Mar", "2026-03-02 02:00:00", "2026-03-02 03:00:00"),
        ("Europe/Brussels", "03:00 02 Mar", "2026-03-02 02:00:00", "2026-03-02 03:00:00"),
        ("America/New_York", "09:00 01 Mar", "2026-03-02 02:00:00", "2026-03-02 03:00:00"),
    ] {
        let created = ok(
            &sandbox,
            "sale.order/create",
            json!({"vals_list": [{"partner_id": 9, "date_order": "2026-03-02 02:30:00"}]}),
        );
        let own = |grain: &str| {
            let body = json!({
                "domain": [["id", "=", created[0]]], "groupby": [format!("date_order:{grain}")], "aggregates": [],
                "context": { "tz": zone },
            });
            groups(&sandbox, "sale.order", body)[0].clone()
        };
        let hour = own("hour");
        assert_eq!(hour["date_order:hour"], json!([from, shown]));
        assert_eq!(hour["__extra_domain"], json!(["&", ["date_order", ">=", from], ["date_order", "<", to]]));
        let month = own("month")["date_order:month"].clone();
        let start = match zone {
            "UTC" => "2026-03-01 00:00:00",
            "Europe/Brussels" => "2026-02-28 23:00:00",
            _ => "2026-03-01 05:00:00",
        };
        assert_eq!(month, json!([start, "March 2026"]));
        // Its clocks change within the month.
        if zone == "America/New_York" {
            assert_eq!(own("month")["__extra_domain"][2], json!(["date_order", "<", "2026-04-01 04:00:00"]));
            assert_eq!(own("hour_number")["date_order:hour_number"], json!(21.0));
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
            json!({"__extra_domain": [[1, "=", 1]], "unit_amount:sum": 41.75, "unit_amount:avg": 4.175, "unit_amount:max": 8.0, "date:min": "2026-10-05", "employee_id:count_distinct": 4, "__count": 10})
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
    assert_eq!((&none[0]["__count"], &none[0]["unit_amount:sum"]), (&json!(0), &json!(false)));
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
        (json!({"domain": [], "groupby": ["employee_id.nope"]}), "Invalid field 'nope' on 'hr.employee'"),
        (
            json!({"domain": [], "groupby": ["date.name"]}),
            "Only many2one path is accepted for the 'date.name' groupby spec",
        ),
        (
            json!({"domain": [], "groupby": ["display_name"]}),
            "Cannot convert account.analytic.line.display_name to SQL because it is not stored",
        ),
        (json!({"domain": [], "groupby": ["nope"]}), "Invalid field 'nope' on 'account.analytic.line'"),
        (
            json!({"domain": [], "aggregates": ["unit_amount:mode"]}),
            "Invalid aggregate method 'mode' for 'unit_amount:mode'.",
        ),
    ] {
        let (status, name, said) = fails(&sandbox, "account.analytic.line/formatted_read_group", body);
        let said = said.strip_suffix(crate::transport::GAP).unwrap_or(&said);
        assert_eq!((status, name.as_str(), said), (500, "builtins.ValueError", message));
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
