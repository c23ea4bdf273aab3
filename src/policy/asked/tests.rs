use super::*;
use crate::operation::kwargs;
use crate::policy::facts::Computed;
use serde_json::json;

fn facts() -> Facts<'static> {
    Facts {
        profile: "p",
        channel: "cli",
        surface: "cli",
        verb: None,
        tool: None,
        protocol: &["odoo_json2"],
        now: 0,
        is_last: true,
        lead: &|_, field| match field {
            "order_line" => Lead::To {
                model: "sale.order.line".into(),
                by: Link::Owned,
                inverse: Some("order_id".into()),
            },
            _ => Lead::Unknown,
        },
        has: &|_, _| None,
        sources: &|_, _| Computed::default(),
        held: &|_| None,
        is_across: true,
    }
}

fn operation(method: &str, arguments: Value) -> Operation {
    Operation::new("sale.order", method, kwargs(arguments)).unwrap().on(vec![7])
}

#[test]
fn commands_inside_values_are_acts_of_their_own() {
    let operation = operation(
        "write",
        json!({ "vals": { "order_line": [
            [1, 3, { "price_unit": 5, "tax_ids": [[2, 9, 0]] }], [0, 0, { "name": "x" }], [4, 8] ] } }),
    );
    let asked = Asked::of(&operation, facts());
    let shown: Vec<(Option<&str>, &str, Vec<&str>)> = asked
        .acts
        .iter()
        .map(|act| {
            let fields = act.fields.iter().map(AsRef::as_ref).collect();
            (act.model.as_ref().map(|m| m.now.as_str()), act.methods[0], fields)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some("sale.order"), "write", vec!["order_line"]),
            (Some("sale.order.line"), "write", vec!["order_id", "price_unit", "tax_ids"]),
            (None, "unlink", vec![]),
            (Some("sale.order.line"), "create", vec!["name"]),
        ]
    );
}

#[test]
fn paths_orders_groups_and_columns_name_fields() {
    for (method, arguments, field) in [
        ("search_read", json!({ "domain": ["|", ["partner_id.vat", "=", "x"], ["a", "=", 1]] }), "vat"),
        ("search_read", json!({ "domain": [["order_line", "any", [["margin", ">", 1]]]] }), "margin"),
        ("search_read", json!({ "order": "name, margin desc" }), "margin"),
        ("read_group", json!({ "groupby": ["date:month", "margin"] }), "margin"),
        ("formatted_read_group", json!({ "aggregates": ["margin:sum"] }), "margin"),
        ("load", json!({ "fields": ["name", "order_line/margin"], "data": [] }), "margin"),
        ("export_data", json!({ "fields_to_export": ["order_line/margin"] }), "margin"),
        ("web_read", json!({ "specification": { "order_line": { "fields": { "margin": {} } } } }), "margin"),
        ("create", json!({ "vals_list": [{ "margin": 1 }] }), "margin"),
        ("write", json!({ "values": { "margin": 1 } }), "margin"),
    ] {
        let operation = operation(method, arguments);
        let asked = Asked::of(&operation, facts());
        assert!(asked.acts.iter().any(|act| act.fields.contains(field)), "{method} {:?}", asked.acts);
    }
}

#[test]
fn an_operation_is_called_by_its_verb_its_method_and_its_way() {
    let operation = operation("web_save", json!({}));
    let names = Asked::of(&operation, Facts { verb: Some("call"), tool: Some("t"), ..facts() }).names;
    for name in ["write", "odoo_write", "web_save", "call", "odoo_call", "odoo_json2", "t"] {
        assert!(names.iter().any(|own| own == name), "{name} {names:?}");
    }
}
