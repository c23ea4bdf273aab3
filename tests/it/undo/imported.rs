//! An import taken back: what it made is deleted, what it wrote to is as it was, and both stay where somebody has worked
//! on it since, or where nobody knows how it was.

use crate::journal::entries;
use crate::support::{Answer, Home, Outcome, Served, json2, lab};
use serde_json::{Value, json};

fn load(home: &Home, columns: Value, rows: Value) -> (Value, String) {
    let data = json!({ "fields": columns, "data": rows }).to_string();
    let told = home.run(["call", "res.partner", "load", "--data-json", &data]).ok().json();
    let entry = entries(home, &[]).last().unwrap()["id"].as_str().unwrap().to_string();
    (told["ids"].clone(), entry)
}

fn named(home: &Home, ids: &Value) -> Vec<Value> {
    let domain = json!([["id", "in", ids]]).to_string();
    let line = ["search-read", "res.partner", "--domain", &domain, "--fields", "name,phone", "--order", "id"];
    let rows = home.run(line).ok().json();
    rows.as_array().unwrap().iter().map(|row| json!([row["name"], row["phone"]])).collect()
}

fn at(served: &Served, user: &str) -> Home {
    let home = Home::new();
    home.profile(
        "served",
        &[
            ("ODOO_BASE_URL", served.base_url()),
            ("ODOO_DB", served.database()),
            ("ODOO_API_KEY", served.key(user)),
        ],
    );
    home
}

fn undo(home: &Home, entry: &str) -> Outcome {
    home.run(["undo", entry])
}

#[test]
fn what_an_import_made_goes_and_what_it_wrote_to_is_as_it_was() {
    let served = Served::start();
    let home = at(&served, "admin");
    let (made, first) = load(
        &home,
        json!(["id", "name", "phone"]),
        json!([["lab.undo_a", "A", "1"], ["lab.undo_b", "B", "2"]]),
    );
    let (both, second) = load(
        &home,
        json!(["id", "name", "phone"]),
        json!([["lab.undo_b", "B2", "3"], ["lab.undo_c", "C", "4"]]),
    );
    assert_eq!(both[0], made[1], "known by its external id");
    let steps = home.run(["undo", &second, "--dry-run"]).ok().json()[0]["steps"].clone();
    assert_eq!((&steps[0]["method"], &steps[1]["method"]), (&json!("write"), &json!("unlink")), "{steps}");
    undo(&home, &second).ok();
    assert_eq!(named(&home, &both), [json!(["B", "2"])]);
    undo(&home, &first).ok();
    assert_eq!(named(&home, &made), Vec::<Value>::new());
    undo(&home, &first).fails(8, "undo_conflict");
    // By the id, with a row that makes one.
    let (ids, _) = load(&home, json!(["name", "phone"]), json!([["D", "5"]]));
    let id = ids[0].to_string();
    let (both, entry) = load(&home, json!([".id", "name"]), json!([[id, "D2"], ["", "E"]]));
    undo(&home, &entry).ok();
    assert_eq!(named(&home, &both), [json!(["D", "5"])]);
}

#[test]
fn what_somebody_has_worked_on_since_an_import_stays() {
    let served = Served::start();
    let (home, other) = (at(&served, "agent"), at(&served, "admin"));
    let (ids, entry) = load(&home, json!(["name", "phone"]), json!([["A", "1"], ["B", "2"]]));
    let id = ids[1].to_string();
    other.run(["write", "res.partner", "--ids", &id, "--vals-json", r#"{"phone":"9"}"#]).ok();
    let refused = undo(&home, &entry).fails(8, "undo_conflict");
    assert_eq!(refused.effect(), "not_sent");
    assert!(
        refused.error()["errors"].to_string().contains(&format!("res.partner {id} ")),
        "{}",
        refused.stderr
    );
    assert_eq!(named(&home, &ids).len(), 2);
}

#[test]
fn an_import_into_records_whose_old_values_are_not_known_says_so() {
    let (home, server) = lab();
    let own = json!([{ "id": 7, "name": "A", "write_uid": 1, "create_uid": 1,
        "create_date": "2020-01-01 00:00:00", "write_date": "2020-01-01 00:00:00" }]);
    server.on(
        &json2("ir.model.data", "search_read"),
        Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"),
    );
    server.on(&json2("res.partner", "load"), Answer::json(r#"{"ids":[7],"messages":[],"nextrow":0}"#));
    server.on(&json2("res.partner", "read"), Answer::json(own.to_string()));
    server.on(&json2("res.users", "context_get"), Answer::json(r#"{"uid":1}"#));
    let (_, entry) = load(&home, json!(["id", "name"]), json!([["a.b", "A"]]));
    undo(&home, &entry).fails(8, "undo_impossible").says(&["res.partner 7", "no old values"]);
    assert!(server.requests_to(&json2("res.partner", "unlink")).is_empty());
}
