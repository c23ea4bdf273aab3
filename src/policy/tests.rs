//! The table of decisions, run through pure code; the binary runs the same one (tests/it/policy.rs).

use serde_json::Value;

use super::asked::Facts;
use super::decide::Verdict;
use super::document::Document;
use super::limit::Who;
use super::policies::{Decision, Loaded, Origin, Policies};
use crate::operation::{Object, Operation};

const TABLE: &str = include_str!("../../tests/policy/table.json");
/// 2026-11-26 12:00:00 UTC, a Thursday.
pub const NOON: u64 = 1_795_651_200 + 12 * 3600;

pub fn policies(document: &Value) -> Policies {
    let document = Document::parse(&document.to_string()).unwrap();
    Policies { documents: vec![Loaded { origin: Origin::Everyone, file: "policy.json".into(), document }] }
}

pub fn operation(call: &Value) -> Operation {
    let object = |key: &str| call[key].as_object().cloned().unwrap_or_default();
    let text = |key: &str| call[key].as_str().unwrap().to_string();
    let mut operation = Operation::new(&text("model"), &text("method"), object("kwargs")).unwrap();
    if let Some(ids) = call["ids"].as_array() {
        operation = operation.on(ids.iter().map(|id| id.as_i64().unwrap()).collect());
    }
    operation.context = Object::from_iter(object("context"));
    operation
}

pub fn decide(policies: &Policies, call: &Value, told: &Value) -> Decision {
    let protocol: Vec<&str> = match told["protocol"].as_array() {
        Some(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
        None => vec!["odoo_json2", "json2"],
    };
    let relation = |model: &str, field: &str| {
        let known = [
            ("sale.order", "order_line", "sale.order.line"),
            ("sale.order", "partner_id", "res.partner"),
            ("res.partner", "child_ids", "res.partner"),
        ];
        let found = known.iter().find(|row| row.0 == model && row.1 == field);
        found.map(|row| row.2.to_string())
    };
    let facts = Facts {
        profile: "production",
        channel: "cli",
        surface: told["surface"].as_str().unwrap_or("cli"),
        verb: told["verb"].as_str(),
        tool: told["tool"].as_str(),
        protocol: &protocol,
        now: NOON,
        is_last: told["is_last"] != false,
        relation: &relation,
    };
    policies.decide(&operation(call), facts, &Who { profile: "p", grant: None })
}

/// A decision as the table has it: where one operation is more than a limit allows, it is that.
fn word(decision: &Decision) -> (&'static str, String) {
    let over = decision.dues.iter().find(|(_, due)| due.amount > due.max);
    let by = decision.by.as_ref().map(|(_, ruling)| ruling.pointer.clone()).unwrap_or_default();
    match (decision.verdict, over) {
        (Verdict::Deny, _) => ("deny", by),
        (_, Some((_, due))) => ("limit", due.pointer.clone()),
        (verdict, None) => (verdict.as_str(), by),
    }
}

#[test]
fn every_row_of_the_table_is_decided_as_it_says() {
    let rows: Vec<Value> = serde_json::from_str(TABLE).unwrap();
    assert!(rows.len() >= 120, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let (decision, at) = match Document::parse(&row["policy"].to_string()) {
            Err(wrong) => ("invalid", wrong.pointer),
            Ok(_) => word(&decide(&policies(&row["policy"]), &row["call"], &row["facts"])),
        };
        let is_at = row.get("at").is_none_or(|wanted| *wanted == at.as_str());
        if row["decision"] != decision || !is_at {
            wrong.push(format!("{}: {decision} at {at:?}, not {} at {}", row["why"], row["decision"], row["at"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
