//! The tables of mistakes and of correct calls at a place with real models: what is caught, what is explained,
//! and what Odoo stored.

use serde_json::{Value, json};

use super::Desk;
use crate::mistakes::{Places, Row, correct, mistakes};

/// Records for the tables, made or found at the place.
fn places(desk: &Desk) -> Places {
    let first = |model: &str, domain: Value| {
        let found = desk.run(&[
            "search-read",
            model,
            "--domain",
            &domain.to_string(),
            "--fields",
            "id",
            "--limit",
            "1",
        ]);
        found.ok().json()[0]["id"].as_i64().unwrap()
    };
    let partner = desk.create("res.partner", json!({ "name": "Suite table" }));
    vec![
        ("partner", partner),
        ("task", desk.create("project.task", json!({ "name": "Suite table" }))),
        ("order", desk.create("sale.order", json!({ "partner_id": partner }))),
        ("country", first("res.country", json!([["code", "=", "BE"]]))),
        ("tag", first("project.tags", json!([]))),
    ]
}

/// Empties what is known of models, then learns those that the row wants known.
fn prepare(desk: &Desk, row: &Row) {
    desk.run(&["cache", "clear"]).ok();
    for model in &row.known {
        desk.run(&["schema-summary", model]).ok();
    }
}

/// The record that a correct or mended call left behind holds what was meant.
fn stored_as_meant(desk: &Desk, row: &Row, printed: &Value) {
    if row.stored.is_empty() {
        return;
    }
    let id = row
        .run
        .iter()
        .position(|word| word == "--ids")
        .map_or_else(|| printed[0].to_string(), |at| row.run[at + 1].clone());
    let fields: Vec<&str> = row.stored.keys().map(String::as_str).collect();
    let read = desk.run(&["read", row.model(), "--ids", &id, "--fields", &fields.join(",")]).ok().json();
    for (name, meant) in &row.stored {
        let found = &read[0][name];
        // A many2one is read as a pair.
        let found = if meant.is_number() && found.is_array() { &found[0] } else { found };
        assert_eq!(found, meant, "{}: {name}", row.it);
    }
}

pub fn mistakes_are_caught_or_explained(desk: &Desk) {
    let places = places(desk);
    for row in mistakes(&places) {
        prepare(desk, &row);
        let outcome = desk.run(&row.words());
        match row.caught.as_str() {
            "before" => {
                let outcome = outcome.fails(2, "preflight_refused");
                assert_eq!(outcome.effect(), "not_sent", "{}", row.it);
                let said = format!("{}\n{}", outcome.message(), outcome.hints());
                assert!(said.contains(&row.says), "{}: {said}", row.it);
            }
            "mended" | "noted" => {
                let outcome = outcome.ok();
                assert!(
                    outcome.notes().iter().any(|note| note.contains(&row.says)),
                    "{}: {}",
                    row.it,
                    outcome.stderr
                );
                stored_as_meant(desk, &row, &outcome.json());
            }
            "after" => {
                assert_eq!(outcome.code(), row.code, "{}: {}", row.it, outcome.stderr);
                assert_eq!(outcome.effect(), "rejected", "{}", row.it);
                assert!(outcome.hints().contains(&row.says), "{}: {}", row.it, outcome.stderr);
            }
            other => panic!("{}: {other:?}", row.it),
        }
    }
}

pub fn correct_calls_are_left_alone(desk: &Desk) {
    let places = places(desk);
    for row in correct(&places) {
        prepare(desk, &row);
        let outcome = desk.run(&row.words()).ok();
        stored_as_meant(desk, &row, &outcome.json());
    }
}

/// A field that this user may not read is named, and the command without it runs.
pub fn a_closed_field_is_named_with_the_command_without_it(desk: &Desk) {
    let company = desk.company().to_string();
    // Since 15 a partner has employees.
    let closed = match std::env::var("LIVE_MAJOR").as_deref() {
        Ok("14") => "signup_expiration",
        _ => "employee_ids",
    };
    // A field that is closed is in no schema.
    desk.run(&["cache", "clear"]).ok();
    let refused =
        desk.run(&["read", "res.partner", "--ids", &company, "--fields", &format!("name,{closed}")]);
    let refused = refused.fails(5, "access_denied");
    let without = format!(
        "{closed}; without it: odoo-agent --profile agent call res.partner read --ids {company} --data-json"
    );
    assert!(refused.hints().contains(&without), "{}", refused.stderr);
    desk.run(&["call", "res.partner", "read", "--ids", &company, "--data-json", r#"{"fields":["name"]}"#])
        .ok();
}
