//! Texts in several languages taken back, each as it was shown before, and none that somebody has changed since.

use crate::journal::entries;
use crate::support::{Answer, Home, Server, json2, lab};
use serde_json::{Value, json};

fn told(texts: &[(&str, &str)], by_terms: bool) -> Answer {
    let texts: Vec<Value> = texts
        .iter()
        .map(|(language, value)| json!({ "lang": language, "source": if by_terms { "Term" } else { texts[0].1 }, "value": value }))
        .collect();
    Answer::json(
        json!([texts, { "translation_type": "char", "translation_show_source": by_terms }]).to_string(),
    )
}

/// Writes texts, which were others before; gives the entry.
fn written(field: &str, before: &[(&str, &str)], by_terms: bool, given: &Value) -> (Home, Server, String) {
    let (home, server) = lab();
    let row = json!([{ "id": 7, "write_date": "2026-01-01 00:00:00", "write_uid": 1 }]);
    server.on(&json2("x.thing", "read"), Answer::json(row.to_string()));
    server.on(&json2("x.thing", "update_field_translations"), Answer::json("true"));
    server.once(&json2("x.thing", "get_field_translations"), told(before, by_terms));
    let data = json!({ "field_name": field, "translations": given }).to_string();
    home.run(["call", "x.thing", "update_field_translations", "--ids", "7", "--data-json", &data]).ok();
    let entry = entries(&home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
    (home, server, entry)
}

fn back(server: &Server) -> Value {
    let sent = server.requests_to(&json2("x.thing", "update_field_translations"));
    sent.last().unwrap().json()["translations"].clone()
}

#[test]
fn each_language_gets_back_the_text_that_it_showed() {
    let ours = json!({ "en_US": "Chair", "fr_FR": "Chaise", "de_DE": "Stuhl" });
    let before = [("en_US", "Old"), ("fr_FR", "Vieux"), ("de_DE", "Old")];
    let (home, server, entry) = written("name", &before, false, &ours);
    let now = [("en_US", "Chair"), ("fr_FR", "Chaise"), ("de_DE", "Stuhl")];
    server.on(&json2("x.thing", "get_field_translations"), told(&now, false));
    let undone = home.run(["undo", &entry]).ok().json();
    assert_eq!(back(&server), json!({ "en_US": "Old", "fr_FR": "Vieux", "de_DE": "Old" }));
    let lost = undone[0]["lost"].to_string();
    assert!(lost.contains("de_DE") && !lost.contains("fr_FR"), "{lost}");
    assert_eq!(
        server.requests_to(&json2("x.thing", "get_field_translations"))[0].json()["langs"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_part_of_a_text_gets_back_its_own() {
    let ours = json!({ "fr_FR": { "Term": "Neuf" }, "de_DE": { "Term": "Neu" } });
    let (home, server, entry) =
        written("body", &[("en_US", ""), ("fr_FR", "Vieux"), ("de_DE", "")], true, &ours);
    let now = [("en_US", ""), ("fr_FR", "Neuf"), ("de_DE", "Neu")];
    server.on(&json2("x.thing", "get_field_translations"), told(&now, true));
    home.run(["undo", &entry]).ok();
    assert_eq!(back(&server), json!({ "fr_FR": { "Term": "Vieux" }, "de_DE": { "Term": false } }));
}

#[test]
fn what_somebody_wrote_since_stays_and_what_is_not_known_is_told() {
    let ours = json!({ "fr_FR": "Chaise" });
    let before = [("en_US", "Old"), ("fr_FR", "Vieux")];
    let (home, server, entry) = written("name", &before, false, &ours);
    server.on(
        &json2("x.thing", "get_field_translations"),
        told(&[("en_US", "Old"), ("fr_FR", "Fauteuil")], false),
    );
    let refused = home.run(["undo", &entry]).fails(8, "undo_conflict");
    assert!(refused.error()["errors"].to_string().contains("Fauteuil"), "{}", refused.stderr);
    // The source of the parts was changed.
    let ours = json!({ "en_US": { "Term": "Other" } });
    let (home, _server, entry) = written("body", &[("en_US", ""), ("fr_FR", "a")], true, &ours);
    home.run(["undo", &entry]).fails(8, "undo_impossible").says(&["part by part"]);
    // It was not told.
    let (home, server) = lab();
    server.on(&json2("x.thing", "update_field_translations"), Answer::json("true"));
    server.on(
        &json2("x.thing", "get_field_translations"),
        Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"),
    );
    let data = r#"{"field_name":"name","translations":{"fr_FR":"a"}}"#;
    home.run(["call", "x.thing", "update_field_translations", "--ids", "7", "--data-json", data]).ok();
    home.run(["undo", "--last"]).fails(8, "undo_impossible").says(&["no old values"]);
}

#[test]
fn texts_of_a_secret_are_never_written_down() {
    let before = [("en_US", "old-secret"), ("fr_FR", "vieux-secret")];
    let (home, server, entry) = written("password", &before, false, &json!({ "fr_FR": "neuf-secret" }));
    for file in crate::journal::files(&home) {
        assert!(!std::fs::read_to_string(&file).unwrap().contains("-secret"), "{}", file.display());
    }
    home.run(["undo", &entry]).fails(8, "undo_impossible").says(&["no old values"]);
    assert_eq!(server.requests_to(&json2("x.thing", "update_field_translations")).len(), 1);
}
