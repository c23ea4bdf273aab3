//! Streams of every record, counts and groups at a place with real models: they must agree with each other.

use serde_json::{Value, json};

use super::Desk;

fn ids(ndjson: &str) -> Vec<i64> {
    ndjson.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap()).collect()
}

impl Desk {
    fn count(&self, model: &str, domain: &Value) -> u64 {
        self.run(&["count", model, "--domain", &domain.to_string()]).ok().json().as_u64().unwrap()
    }

    fn groups(&self, line: &[&str]) -> Vec<Value> {
        self.run(&[&["group"], line].concat()).ok().json().as_array().unwrap().clone()
    }
}

pub fn every_record_is_streamed_once(desk: &Desk) {
    // Archived ones too, a condition that prefers the operator in front, and a model that hides messages of
    // others after the limit was applied.
    let cases = [
        ("res.partner", json!([]), json!({})),
        ("res.partner", json!(["|", ["is_company", "=", true], ["name", "ilike", "a"]]), json!({})),
        ("res.partner", json!([]), json!({ "active_test": false })),
        ("project.task", json!(["!", ["project_id", "=", false]]), json!({})),
        ("mail.message", json!([]), json!({})),
    ];
    for (model, domain, context) in cases {
        let (domain, context) = (domain.to_string(), context.to_string());
        let line = [
            "search-read",
            model,
            "--domain",
            &domain,
            "--fields",
            "create_date",
            "--context-json",
            &context,
        ];
        let all = desk.run(&[&line[..], &["--all", "--page", "2"]].concat()).ok();
        let found = ids(&all.stdout);
        assert!(found.len() > 2 && found.windows(2).all(|pair| pair[0] < pair[1]), "{model}: {found:?}");
        let at_once = desk.run(&[&line[..], &["--limit", "100000", "--order", "id"]].concat()).ok().json();
        let at_once: Vec<i64> =
            at_once.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
        // Other tests of this run add records meanwhile, and messages with them.
        let known: Vec<i64> = found.iter().copied().filter(|id| at_once.contains(id)).collect();
        assert_eq!(known, found, "{model}");
        let last = *found.last().unwrap();
        assert_eq!(at_once.iter().filter(|id| **id <= last).count(), found.len(), "{model}");
        let rest =
            desk.run(&[&line[..], &["--all", "--after", &found[0].to_string(), "--limit", "2"]].concat());
        assert_eq!(ids(&rest.ok().stdout), found[1..3], "{model}");
    }
    let csv = desk.run(&[
        "search-read",
        "project.task",
        "--all",
        "--fields",
        "name,project_id,active",
        "--output",
        "csv",
    ]);
    assert!(csv.ok().stdout.starts_with("id,name,project_id,project_id.display_name,active\n"));
}

const GROUPED: [(&str, &str); 5] = [
    ("project.task", "project_id"),
    ("project.task", "tag_ids"),
    ("project.task", "create_date:month"),
    ("res.partner", "is_company"),
    ("res.partner", "country_id"),
];

/// What every version groups by.
#[cfg(feature = "live")]
pub fn groups_of_that_version_agree(desk: &Desk, major: u32) {
    let (many, one): (Vec<_>, Vec<_>) = GROUPED.into_iter().partition(|(_, by)| *by == "tag_ids");
    agree(desk, &one);
    if major >= 15 {
        return agree(desk, &many);
    }
    desk.run(&["schema-summary", "project.task"]).ok();
    desk.run(&["group", "project.task", "--by", "tag_ids"]).fails(2, "preflight_refused");
}

fn agree(desk: &Desk, grouped: &[(&str, &str)]) {
    for (model, by) in grouped.iter().copied() {
        let own = json!(["create_uid", "!=", false]);
        let domain = json!([own, ["id", "<", desk.last(model)]]).to_string();
        let groups = desk.groups(&[model, "--by", by, "--domain", &domain]);
        assert!(!groups.is_empty(), "{model} {by}");
        for group in groups.iter().take(4) {
            let mut domain: Vec<Value> = serde_json::from_str(&domain).unwrap();
            domain.extend(group["__extra_domain"].as_array().unwrap().clone());
            assert_eq!(json!(desk.count(model, &domain.into())), group["__count"], "{by}: {group}");
        }
    }
}

pub fn groups_and_counts_agree(desk: &Desk) {
    agree(desk, &GROUPED);
    agree(
        desk,
        &[
            ("project.task", "create_date:hour_number"),
            ("project.task", "project_id.partner_id"),
            ("project.task", "id"),
        ],
    );
    let total = desk.groups(&[
        "res.partner",
        "--domain",
        r#"[["id", "<", 10]]"#,
        "--max",
        "id",
        "--count-distinct",
        "id",
    ]);
    let found = desk.count("res.partner", &json!([["id", "<", 10]]));
    assert_eq!((total.len(), &total[0]["__count"]), (1, &json!(found)));
    assert_eq!(total[0]["id:count_distinct"], json!(found));
    assert!(total[0]["id:max"].as_i64().unwrap() < 10);
    let none = desk.groups(&["res.partner", "--domain", r#"[["id", "=", 0]]"#, "--sum", "color"]);
    assert_eq!(none, [json!({"__extra_domain": [[1, "=", 1]], "__count": 0, "color:sum": false})]);
    let big = desk.groups(&[
        "project.task",
        "--by",
        "project_id",
        "--having",
        r#"[["__count", ">", 2]]"#,
        "--order",
        "__count desc",
        "--limit",
        "2",
    ]);
    let counts: Vec<u64> = big.iter().map(|group| group["__count"].as_u64().unwrap()).collect();
    assert!(counts.len() == 2 && counts[0] >= counts[1] && counts[1] > 2, "{counts:?}");

    let wrong: [(&[&str], &str); 4] = [
        (&["project.task", "--by", "projct_id"], "did you mean project_id?"),
        (&["project.task", "--sum", "allocated_hour"], "did you mean allocated_hours?"),
        (&["project.task", "--by", "create_date"], "create_date:month"),
        (&["project.task", "--by", "create_date:moth"], "create_date:month"),
    ];
    for (line, hint) in wrong {
        let refused = desk.run(&[&["group"], line].concat());
        assert!(refused.hints().contains(hint), "{line:?}: {}", refused.stderr);
        assert_ne!(refused.exit, 0);
    }
    let refused = desk.run(&["count", "project.task", "--domain", r#"[["projct_id", "=", 1]]"#]);
    assert!(refused.hints().contains("did you mean project_id?"), "{}", refused.stderr);
    // What is refused before it is sent, Odoo fails on.
    desk.run(&["schema-summary", "res.partner"]).ok();
    desk.run(&["group", "res.partner", "--by", "company_type"]).fails(2, "preflight_refused");
    let data = json!({ "domain": [], "groupby": ["company_type"], "aggregates": [] }).to_string();
    let forced =
        ["call", "res.partner", "formatted_read_group", "--data", &data, "--force-field", "company_type"];
    desk.run(&forced).fails(8, "invalid_request");
    for (name, function) in [("name", "sum"), ("type", "avg")] {
        let flag = format!("--{function}");
        desk.run(&["group", "res.partner", &flag, name]).fails(2, "preflight_refused");
        let data = json!({ "domain": [], "aggregates": [format!("{name}:{function}")] }).to_string();
        let forced = ["call", "res.partner", "formatted_read_group", "--data", &data, "--force-field", name];
        desk.run(&forced).fails(8, "server_error");
    }
}

pub fn groups_of_times_follow_the_time_zone(desk: &Desk) {
    let partner = desk.create("res.partner", json!({ "name": "Suite zone" }));
    let vals = json!({ "partner_id": partner, "date_order": "2026-03-01 03:30:00" });
    desk.create("sale.order", vals);
    let domain = json!([["partner_id", "=", partner]]).to_string();
    for (zone, from, to, label) in [
        ("UTC", "2026-03-01 00:00:00", "2026-04-01 00:00:00", "March 2026"),
        ("Europe/Brussels", "2026-02-28 23:00:00", "2026-03-31 22:00:00", "March 2026"),
        ("America/New_York", "2026-02-01 05:00:00", "2026-03-01 05:00:00", "February 2026"),
    ] {
        let context = json!({ "tz": zone, "lang": "en_US" }).to_string();
        let line =
            ["sale.order", "--by", "date_order:month", "--domain", &domain, "--context-json", &context];
        assert_eq!(
            desk.groups(&line),
            [json!({
                "date_order:month": [from, label], "__count": 1,
                "__extra_domain": ["&", ["date_order", ">=", from], ["date_order", "<", to]],
            })],
            "{zone}"
        );
    }
}

impl Desk {
    /// An id that no record had before this.
    fn last(&self, model: &str) -> i64 {
        let last = self.run(&["search-read", model, "--fields", "id", "--limit", "1", "--order", "id desc"]);
        last.ok().json()[0]["id"].as_i64().unwrap() + 1
    }
}
