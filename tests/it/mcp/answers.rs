//! What a client gets back: cut at whole rows with the call that goes on, without binary contents, and errors that say
//! what became of the data.

use serde_json::{Value, json};

use super::in_lab;
use crate::support::mcp::{Client, ERAS, Era};
use crate::support::{Answer, Recorded, json2, lab};

const PEOPLE: &str = "/json/2/res.partner/search_read";

/// Rows as Odoo would give them for an offset, a limit or a domain of ids.
fn people(count: i64) -> Answer {
    Answer::made(move |sent: &Recorded| {
        let asked = sent.json();
        let after = asked["domain"].as_array().into_iter().flatten().find_map(|condition| {
            (condition[0] == "id" && condition[1] == ">").then(|| condition[2].as_i64()).flatten()
        });
        let from = asked["offset"].as_i64().unwrap_or(0) + after.unwrap_or(0);
        let limit = asked["limit"].as_i64().filter(|limit| *limit > 0).unwrap_or(count);
        let rows = (from + 1..=count).take(usize::try_from(limit).unwrap());
        Answer::json(json!(
            rows.map(|id| json!({ "id": id, "name": format!("Somebody with a name {id}") }))
                .collect::<Vec<_>>()
        ))
    })
}

/// Follows `next` to the end and gives back every row.
fn whole(client: &mut Client, arguments: Value) -> (Vec<i64>, usize) {
    let (mut rows, mut calls) = (Vec::new(), 0);
    let mut next = json!({ "tool": "odoo_search_read", "arguments": arguments });
    while next.is_object() {
        let said = client.done(next["tool"].as_str().unwrap(), next["arguments"].clone());
        assert!(said.to_string().len() <= 4000, "{}", said.to_string().len());
        rows.extend(said["result"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()));
        next = said["next"].clone();
        calls += 1;
        assert!(calls < 100);
    }
    (rows, calls)
}

#[test]
fn what_is_cut_goes_on_until_every_row_was_there_once() {
    let (home, server) = lab();
    server.on(PEOPLE, people(500));
    // What was left out of a page is read by its numbers.
    server.on(
        &json2("res.partner", "read"),
        Answer::made(|sent| {
            let row = |id: &Value| json!({ "id": id, "name": format!("Somebody with a name {id}") });
            let ids = sent.json()["ids"].as_array().unwrap().clone();
            Answer::json(json!(ids.iter().map(row).collect::<Vec<_>>()))
        }),
    );
    server.on(
        &json2("res.partner", "search_count"),
        Answer::made(|sent| {
            let left = sent.json()["domain"].to_string().contains("500");
            Answer::json(if left { "0" } else { "1" })
        }),
    );
    let agent = home.agent(["--profile", "lab", "mcp"]).env("ODOO_MCP_ANSWER", "4000");
    let mut client = Client::start(agent, Era::Modern);
    let all: Vec<i64> = (1..=500).collect();
    let fields = json!(["name"]);
    for arguments in [
        json!({ "model": "res.partner", "fields": fields, "limit": 500 }),
        json!({ "model": "res.partner", "fields": fields, "all": true }),
    ] {
        let (rows, calls) = whole(&mut client, arguments);
        assert_eq!(rows, all);
        assert!(calls > 5, "{calls}");
    }
    let (rows, _) =
        whole(&mut client, json!({ "model": "res.partner", "fields": fields, "limit": 120, "offset": 30 }));
    assert_eq!(rows, (31..=150).collect::<Vec<i64>>());
    assert!(!server.requests_to(&json2("res.partner", "read")).is_empty());
    // The caller's own limit is the end, whether an answer holds it or not.
    for limit in [3, 120] {
        let asked = json!({ "model": "res.partner", "fields": fields, "all": true, "limit": limit });
        let (rows, calls) = whole(&mut client, asked);
        assert_eq!(rows, (1..=limit).collect::<Vec<i64>>());
        assert_eq!(calls == 1, limit == 3, "{calls}");
    }
    let few = json!({ "model": "res.partner", "fields": fields, "all": true, "limit": 3 });
    assert!(!client.done("odoo_search_read", few).to_string().contains("there are more"));
}

#[test]
fn lists_of_the_journal_go_on_until_every_call_was_there_once() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "x_do"), Answer::json("true"));
    let agent = home.agent(["--profile", "lab", "mcp"]).env("ODOO_MCP_ANSWER", "2000");
    let mut client = Client::start(agent, Era::Modern);
    for id in 1..=20 {
        client.done("odoo_call", json!({ "model": "res.partner", "method": "x_do", "ids": [id] }));
    }
    for (word, in_order) in [("list", (1..=20).rev().collect::<Vec<i64>>()), ("export", (1..=20).collect())] {
        let (mut seen, mut calls) = (Vec::new(), 0);
        let mut next = json!({ "tool": "odoo_journal", "arguments": { "do": word } });
        while next.is_object() {
            let said = client.done(next["tool"].as_str().unwrap(), next["arguments"].clone());
            assert_eq!(said["effect"], "none", "it was asked and answered");
            seen.extend(said["result"].as_array().unwrap().iter().map(|row| row["ids"][0].as_i64().unwrap()));
            next = said["next"].clone();
            calls += 1;
        }
        assert_eq!(seen, in_order, "{word}");
        assert!(calls > 2, "{calls}");
    }
    let refused = client.fails("odoo_journal", json!({ "do": "verify", "offset": 3 }));
    assert_eq!((&refused["code"], &refused["effect"]), (&json!("usage"), &json!("not_sent")));
}

#[test]
fn binary_contents_are_left_out_and_a_shell_is_told_how_to_have_them() {
    let (_home, server, mut client) = in_lab(Era::Modern);
    let image = "iVBORw0KGgoAAAANSUhEUgAAAAE9".repeat(2000);
    let rows = json!([{ "id": 5, "name": "a.png", "datas": image, "note": "x".repeat(600) }]);
    server.on(&json2("ir.attachment", "read"), Answer::json(rows));
    let arguments = json!({ "model": "ir.attachment", "ids": [5], "fields": ["name", "datas", "note"] });
    let said = client.done("odoo_read", arguments);
    assert_eq!(said["result"][0]["datas"], json!({ "binary": true, "bytes": 42_000 }));
    assert_eq!(said["result"][0]["note"], "x".repeat(600));
    let note = said["notes"][0].as_str().unwrap();
    assert!(note.contains("odoo-agent --profile lab read ir.attachment --ids 5 --fields datas"), "{note}");
}

#[test]
fn an_error_says_what_became_of_the_data_in_either_era() {
    for era in ERAS {
        let (_home, server, mut client) = in_lab(era);
        server.on(&json2("res.partner", "write"), Answer::CloseAfterReading);
        let error =
            client.fails("odoo_write", json!({ "model": "res.partner", "ids": [7], "vals": { "ref": "a" } }));
        assert_eq!(
            (&error["code"], &error["effect"], &error["retry"]),
            (&json!("outcome_unknown"), &json!("unknown"), &json!("check_first"))
        );
        server.on(
            &json2("res.partner", "x_do"),
            Answer::odoo_error(422, "odoo.exceptions.ValidationError", "No."),
        );
        let error =
            client.fails("odoo_call", json!({ "model": "res.partner", "method": "x_do", "ids": [7] }));
        assert_eq!(
            (&error["code"], &error["effect"], &error["odoo"]["message"]),
            (&json!("rejected"), &json!("rejected"), &json!("No."))
        );
        assert!(error["odoo"].get("debug").is_none(), "no traceback");
    }
}

#[test]
fn numbers_keep_their_digits() {
    let (_home, server, mut client) = in_lab(Era::Modern);
    server
        .on(&json2("res.partner", "x_sum"), Answer::json(r#"{"a": 10.50, "b": 9007199254740993, "c": 1e2}"#));
    let id = client.begin("odoo_call", json!({ "model": "res.partner", "method": "x_sum" }));
    let answer = client.answer(id);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains(r#""a":10.50,"b":9007199254740993"#), "{text}");
}

#[test]
fn the_profile_is_read_again_when_its_file_changes_and_when_its_key_is_refused() {
    let (home, server, mut client) = in_lab(Era::Modern);
    let count = json2("res.partner", "search_count");
    server.on(&count, Answer::json("1"));
    let arguments = json!({ "model": "res.partner" });
    let profile = |key: &str| {
        let text = format!(
            "ODOO_BASE_URL={}\nODOO_DB=lab\nODOO_API_KEY={key}\nODOO_LANG=en_US\nODOO_TZ=UTC\n",
            server.url()
        );
        home.profile_text("lab", &text, 0o600);
    };
    client.done("odoo_count", arguments.clone());
    let other = "0ther00c0ffee5e1f00c0ffee5e1f00c0ffee1234";
    profile(other);
    client.done("odoo_count", arguments.clone());
    let keys: Vec<String> = server
        .requests_to(&count)
        .iter()
        .map(|sent| sent.header("authorization").unwrap().to_string())
        .collect();
    assert_eq!(keys[0], format!("Bearer {}", crate::support::KEY));
    assert_eq!(keys[1], format!("Bearer {other}"));
    home.profile_text("lab", "ODOO_BASE_URL=nonsense\nODOO_DB=lab\nODOO_API_KEY=k\n", 0o600);
    assert_eq!(client.fails("odoo_count", arguments.clone())["code"], "config_invalid");
    assert_eq!(server.requests_to(&count).len(), 2, "a broken profile is no reason to go on with the last");
    profile(other);
    client.done("odoo_count", arguments.clone());
    server.once(&count, Answer::odoo_error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"));
    assert_eq!(client.fails("odoo_count", arguments.clone())["code"], "auth_rejected");
    client.done("odoo_count", arguments);
    let (code, _, stderr) = client.end();
    assert_eq!(code, 0);
    assert!(!stderr.contains(other), "{stderr}");
}

/// Who may write in the directory may put any profile there.
#[cfg(unix)]
#[test]
fn a_profile_whose_directory_others_may_write_is_believed_no_more() {
    use std::os::unix::fs::PermissionsExt;

    let (home, server, mut client) = in_lab(Era::Modern);
    let count = json2("res.partner", "search_count");
    server.on(&count, Answer::json("1"));
    let arguments = json!({ "model": "res.partner" });
    let mode = |mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(home.config(), permissions).unwrap();
    };
    client.done("odoo_count", arguments.clone());
    mode(0o777);
    assert_eq!(client.fails("odoo_count", arguments.clone())["code"], "config_unsafe");
    assert_eq!(server.requests_to(&count).len(), 1);
    mode(0o700);
    client.done("odoo_count", arguments.clone());
    // What lies beside it is nobody's business.
    std::fs::write(home.config().join("notes.txt"), "x").unwrap();
    client.done("odoo_count", arguments);
    assert_eq!(client.end().0, 0);
}
