//! One field of every type that Odoo has, on its own models: its cell in a table says what the JSON of the same
//! read says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::suite::Desk;

/// The cell that a value of a type must have, told from the JSON alone.
fn cell(kind: &str, value: &Value) -> String {
    let ids =
        |ids: &Value| ids.as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
    let labelled = |properties: &Value, one: &dyn Fn(&str, &Value) -> Option<String>| {
        let labels = properties.as_array().unwrap().iter();
        labels.filter_map(|p| one(p["string"].as_str().unwrap(), p)).collect::<Vec<_>>().join(", ")
    };
    match kind {
        "boolean" => if value == true { "yes" } else { "no" }.to_string(),
        _ if *value == false => String::new(),
        "integer" | "float" | "monetary" | "many2one_reference" => value.to_string(),
        "char" | "selection" | "date" | "reference" => value.as_str().unwrap().to_string(),
        "datetime" => format!("{}Z", value.as_str().unwrap()),
        "text" => value.as_str().unwrap().replace('\n', "⏎"),
        // What `records` wrote.
        "html" => {
            assert_eq!(value, "<p>Hello <b>you</b> &amp; me</p><p>again</p>");
            "Hello you & me again".to_string()
        }
        "many2one" => value[1].as_str().unwrap().to_string(),
        "one2many" | "many2many" => ids(value),
        "binary" => {
            assert_eq!(value, "aGVsbG8=");
            "5 bytes".to_string()
        }
        "json" => {
            value.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect::<Vec<_>>().join(", ")
        }
        "properties" => labelled(value, &|label, property| {
            let held = property.get("value")?;
            Some(format!("{label}: {}", held[1].as_str().map_or_else(|| held.to_string(), str::to_string)))
        }),
        "properties_definition" => labelled(value, &|label, property| {
            Some(format!("{label} ({})", property["type"].as_str().unwrap()))
        }),
        other => panic!("a type that is not known here: {other}"),
    }
}

/// Records that hold something in each of the fields: model, id and fields.
fn records(desk: &Desk) -> Vec<(&'static str, i64, Vec<&'static str>)> {
    let found = |model: &str, domain: Value| {
        let domain = domain.to_string();
        desk.run(&["search-read", model, "--domain", &domain, "--fields", "id", "--limit", "1"]).ok().json()
            [0]["id"]
            .as_i64()
            .unwrap()
    };
    let company = desk.company();
    let project = found("project.project", json!([["name", "=", "Suite properties"]]));
    let tag = found("project.tags", json!([]));
    let task = desk.create(
        "project.task",
        json!({
            "name": "Suite type", "project_id": project, "tag_ids": [tag], "color": 3,
            "description": "<p>Hello <b>you</b> &amp; me</p><p>again</p>",
            "task_properties": { "suite_size": 3, "suite_who": company },
        }),
    );
    let file =
        json!({ "name": "Suite type", "datas": "aGVsbG8=", "res_model": "project.task", "res_id": task });
    let attachment = desk.create("ir.attachment", file);
    let product = found("product.product", json!([["sale_ok", "=", true]]));
    let line = json!({ "product_id": product, "name": "Suite type\nsecond line", "product_uom_qty": 1.5, "price_unit": 10.25 });
    let order = desk.create(
        "sale.order",
        json!({ "partner_id": company, "validity_date": "2030-12-31", "order_line": [[0, 0, line]] }),
    );
    let line = desk.field("sale.order", order, "order_line")[0].as_i64().unwrap();
    let reported = found("sale.report", json!([["order_reference", "=", format!("sale.order,{order}")]]));
    vec![
        (
            "sale.order",
            order,
            vec!["name", "partner_id", "order_line", "amount_total", "validity_date", "date_order", "state"],
        ),
        ("sale.order.line", line, vec!["name", "product_uom_qty"]),
        ("sale.report", reported, vec!["order_reference"]),
        (
            "project.task",
            task,
            vec!["description", "active", "color", "tag_ids", "task_properties", "parent_id"],
        ),
        ("project.project", project, vec!["task_properties_definition"]),
        ("ir.attachment", attachment, vec!["datas", "res_id"]),
        ("res.country", found("res.country", json!([["code", "=", "BE"]])), vec!["country_group_codes"]),
    ]
}

pub fn is_shown(desk: &Desk) {
    let mut covered = BTreeSet::new();
    for (model, id, fields) in records(desk) {
        let id = id.to_string();
        for field in fields {
            // Now the fields of the model are cached.
            let summary = desk.run(&["schema-summary", model, "--field", field]).ok().json();
            let kind = summary["fields"][0]["type"].as_str().unwrap().to_string();
            let read = ["read", model, "--ids", &id, "--fields", field, "--utc"];
            let value = desk.run(&read).ok().json()[0][field].clone();
            let in_form = |form: &str| desk.run(&[&read[..], &["--output", form]].concat()).ok().stdout;
            let table = in_form("table");
            let (header, row) = table.trim_end_matches('\n').split_once('\n').unwrap();
            assert!(header.trim_start().starts_with("id"), "{table}");
            let shown = row.trim_start().strip_prefix(&id).unwrap_or_else(|| panic!("{table}"));
            assert_eq!(shown.trim(), cell(&kind, &value), "{model}.{field} of type {kind}: {value}");
            if value != false && value != json!([]) {
                covered.insert(kind.clone());
            }
            assert!(in_form("csv").lines().count() >= 2 && in_form("ndjson").lines().count() == 1);
        }
    }
    let types = json!({ "allfields": ["ttype"], "attributes": ["selection"] }).to_string();
    let types = desk.run(&["call", "ir.model.fields", "fields_get", "--data-json", &types]).ok().json();
    let types: BTreeSet<String> = types["ttype"]["selection"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair[0].as_str().unwrap().to_string())
        .collect();
    assert!(types.len() >= 19, "{types:?}");
    assert_eq!(covered, types, "every type of field that Odoo has");
}
