//! What Odoo changes along with a write, as an address with the company of a contact, is taken back with it: as far as it
//! was kept, and as nobody has written the record since.

use crate::journal::entries;
use crate::support::run::write_with_mode;
use crate::support::{Answer, Home, Server, json2, lab};
use serde_json::{Value, json};

const EARLY: &str = "2001-01-01 00:00:00";

fn now() -> String {
    let text = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
    text.replace('T', " ").trim_end_matches('Z').to_string()
}

/// A server whose contacts take the street of their company.
fn place() -> (Home, Server) {
    let (home, server) = lab();
    server.on("/web/version", crate::journal::clock());
    let field = |kind: &str| json!({ "type": kind, "string": kind, "store": true, "readonly": false });
    let mut fields = json!({ "name": field("char"), "street": field("char"), "phone": field("char"),
        "vat": field("char"), "api_token": field("char"),
        "image": field("binary"), "comment": field("html"), "parent_id": field("many2one"), "write_date": field("datetime"), "write_uid": field("many2one") });
    fields["parent_id"]["relation"] = json!("res.partner");
    fields["write_uid"]["relation"] = json!("res.users");
    for name in ["write_date", "write_uid"] {
        fields[name]["readonly"] = json!(true);
    }
    server.on(&json2("res.partner", "fields_get"), Answer::json(fields.to_string()));
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.run(["schema-summary", "res.partner"]).ok();
    (home, server)
}

fn stands(server: &Server, parent: &Value, street: &str, at: &str, by: i64) {
    let row = json!([{ "id": 1, "name": "A", "parent_id": parent, "street": street, "phone": "1", "write_date": at, "write_uid": by }]);
    server.on(&json2("res.partner", "read"), Answer::json(row.to_string()));
}

fn wrote(home: &Home) -> (String, i64) {
    home.run(["write", "res.partner", "--ids", "1", "--vals-json", r#"{"parent_id": 8}"#]).ok();
    let entry = entries(home, &[]).pop().unwrap();
    (entry["id"].as_str().unwrap().to_string(), entry["user"].as_i64().unwrap_or(7))
}

fn sent_back(home: &Home, server: &Server, entry: &str) -> Value {
    home.run(["undo", entry]).ok();
    server.requests_to(&json2("res.partner", "write")).last().unwrap().json()["vals"].clone()
}

#[test]
fn what_odoo_changed_along_comes_back_unless_somebody_wrote_since() {
    let (home, server) = place();
    let alone = json!({ "parent_id": false });
    for (street, by_us, expected) in [
        ("New", true, json!({ "parent_id": false, "street": "Old" })),
        ("New", false, alone.clone()),
        ("Old", true, alone.clone()),
    ] {
        stands(&server, &json!(false), "Old", EARLY, 1);
        let (entry, us) = wrote(&home);
        stands(&server, &json!(8), street, &now(), if by_us { us } else { us + 1 });
        assert_eq!(sent_back(&home, &server, &entry), expected, "{street} {by_us}");
    }
    // What we wrote there later is not what came along, and is not taken back with it.
    stands(&server, &json!(false), "Old", EARLY, 1);
    let (entry, us) = wrote(&home);
    stands(&server, &json!(8), "New", &now(), us);
    home.run(["write", "res.partner", "--ids", "1", "--vals-json", r#"{"street": "Ours"}"#]).ok();
    stands(&server, &json!(8), "Ours", &now(), us);
    assert_eq!(sent_back(&home, &server, &entry), alone);
    // Fields that are named are taken back alone.
    stands(&server, &json!(false), "Old", EARLY, 1);
    let (entry, us) = wrote(&home);
    stands(&server, &json!(8), "New", &now(), us);
    home.run(["undo", &entry, "--fields", "parent_id"]).ok();
    let sent = server.requests_to(&json2("res.partner", "write")).last().unwrap().json()["vals"].clone();
    assert_eq!(sent, alone);
}

#[test]
fn where_the_other_fields_are_closed_the_written_ones_are_kept_all_the_same() {
    let (home, server) = place();
    let answer = |request: &crate::support::Recorded| {
        if request.json()["fields"].to_string().contains("street") {
            return Answer::odoo_error(403, "odoo.exceptions.AccessError", "closed");
        }
        Answer::json(format!(r#"[{{"id": 1, "parent_id": false, "write_date": "{EARLY}", "write_uid": 1}}]"#))
    };
    server.on(&json2("res.partner", "read"), Answer::made(answer));
    wrote(&home);
    let before = entries(&home, &[]).pop().unwrap()["before"].clone();
    assert_eq!(before["rows"][0]["parent_id"], false, "{before}");
}

#[test]
fn of_the_other_fields_secrets_withheld_ones_and_files_are_not_asked_for() {
    let (home, server) = place();
    let policy = json!({ "version": "1", "default": "allow", "redact": ["res.partner.vat"] }).to_string();
    write_with_mode(&home.config().join("policy.json"), policy.as_bytes(), 0o600);
    stands(&server, &json!(false), "Old", EARLY, 1);
    let written = home.run(["write", "res.partner", "--ids", "1", "--vals-json", r#"{"name": "B"}"#]).ok();
    let asked = server.requests_to(&json2("res.partner", "read"))[0].json()["fields"].clone();
    let mut asked: Vec<String> = serde_json::from_value(asked).unwrap();
    asked.sort();
    assert_eq!(asked, ["name", "parent_id", "phone", "street", "write_date", "write_uid"]);
    assert!(!written.stderr.contains("left out"), "{}", written.stderr);
}

#[test]
fn what_is_written_is_kept_where_the_rest_of_the_record_is_too_much() {
    let (home, server) = place();
    let long = "a long text ".repeat(30_000);
    stands(&server, &json!(false), &long, EARLY, 1);
    let (entry, us) = wrote(&home);
    let before = entries(&home, &[]).pop().unwrap()["before"].clone();
    let row = json!({ "id": 1, "parent_id": false, "write_date": EARLY, "write_uid": 1 });
    assert_eq!(before["rows"], json!([row]));
    stands(&server, &json!(8), "New", &now(), us);
    assert_eq!(sent_back(&home, &server, &entry), json!({ "parent_id": false }));
}

#[test]
fn whoever_does_not_answer_for_the_other_fields_is_not_asked_again() {
    let (home, server) = place();
    server.on(&json2("res.partner", "read"), Answer::json("not what a read answers"));
    wrote(&home);
    let reads = server.requests_to(&json2("res.partner", "read"));
    assert!(reads.iter().all(|read| read.json()["fields"].to_string().contains("street")), "{}", reads.len());
    assert!(entries(&home, &[]).pop().unwrap()["before"]["missing"].is_string());
}
