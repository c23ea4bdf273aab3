//! One server for a long time: many calls of every kind, and no more memory than at the beginning.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::on_sandbox;
use crate::support::mcp::{Client, Era};
use crate::support::{Answer, Home, Server, json2, lab};

/// So many calls are under way at once.
const AT_ONCE: usize = 8;
/// What an allocator may keep of what it was given back.
const SLACK: u64 = 6 * 1024 * 1024;

fn serve(server: &Server) {
    let rows: Vec<Value> = (1..=200).map(|id| json!({ "id": id, "name": format!("Partner {id}") })).collect();
    let fields =
        json!({ "name": { "type": "char", "string": "Name" }, "ref": { "type": "char", "string": "Ref" } });
    for (method, answer) in [
        ("search_count", json!(7)),
        ("search_read", json!(rows)),
        ("read", json!([{ "id": 7, "name": "A", "ref": "b" }])),
        ("write", json!(true)),
        ("name_search", json!([[7, "A"]])),
        ("x_method", json!({ "a": "text ".repeat(20_000) })),
        ("fields_get", fields),
    ] {
        server.on(&json2("res.partner", method), Answer::json(answer));
    }
    server.on(
        &json2("res.partner", "x_refused"),
        Answer::odoo_error(422, "odoo.exceptions.UserError", "not like that"),
    );
    server.on(&json2("res.partner", "x_broken"), Answer::status(502, "text/html", "<html>".to_string()));
}

/// A call of every kind, each time a little different; writes are rare, as each is on disk before it is sent.
fn call(number: usize) -> (&'static str, Value) {
    let of = |mut arguments: Value| {
        arguments["model"] = "res.partner".into();
        arguments
    };
    match number % 100 {
        0 => ("odoo_write", of(json!({ "ids": [7], "vals": { "ref": format!("r{number}") } }))),
        1..=9 => (
            "odoo_search_read",
            of(json!({ "fields": ["name"], "domain": [["name", "=", format!("n{number}")]] })),
        ),
        10..=14 => ("odoo_read", of(json!({ "ids": [number + 1], "fields": ["name"] }))),
        // Every context is another one.
        15..=19 => ("odoo_schema", of(json!({ "context": { "x_number": number } }))),
        20..=24 => ("odoo_call", of(json!({ "method": "x_refused" }))),
        25 => ("odoo_call", of(json!({ "method": "x_broken" }))),
        26..=29 => ("odoo_call", of(json!({ "method": "x_method", "data": { "number": number } }))),
        30..=34 => ("odoo_search_read", of(json!({ "domain": [["nmae", "=", number]] }))),
        35..=39 => ("odoo_lookup", json!({ "kind": "partner", "query": format!("q{number}"), "no_such": 1 })),
        _ => ("odoo_count", of(json!({ "domain": [["id", ">", number]] }))),
    }
}

/// Makes so many calls, several at once, and every one is answered.
fn make(client: &mut Client, server: &Server, home: &Home, numbers: std::ops::Range<usize>) {
    let mut open = HashSet::new();
    for number in numbers {
        if number % 5000 == 600 {
            // The profile is read anew, and what was open goes.
            home.lab(server, &[("ODOO_TIMEOUT", &format!("{}s", 60 + number % 7))]);
        }
        let (tool, arguments) = call(number);
        open.insert(client.begin(tool, arguments));
        while open.len() >= AT_ONCE {
            close(client, &mut open);
        }
        if number % 500 == 0 {
            client.seen.clear();
            server.forget();
        }
    }
    while !open.is_empty() {
        close(client, &mut open);
    }
}

fn close(client: &mut Client, open: &mut HashSet<i64>) {
    let answer = client.next();
    assert!(answer["result"]["content"][0]["text"].is_string(), "{answer}");
    assert!(open.remove(&answer["id"].as_i64().unwrap()), "{answer}");
}

/// What a server holds after a first part of the calls and after all of them.
fn held(first: usize, all: usize) -> (u64, u64) {
    let (home, server) = lab();
    serve(&server);
    let mut client = Client::able(home.agent(["--profile", "lab", "mcp"]), Era::Modern, json!({}));
    make(&mut client, &server, &home, 0..first);
    let early = client.memory();
    make(&mut client, &server, &home, first..all);
    let late = client.memory();
    assert_eq!(client.done("odoo_count", json!({ "model": "res.partner" }))["result"], 7);
    let (code, _, stderr) = client.end();
    assert_eq!((code, stderr.as_str()), (0, ""));
    (early, late)
}

#[test]
fn thousands_of_calls_take_no_more_memory_than_hundreds() {
    let (early, late) = held(300, 1300);
    assert!(late <= early + SLACK, "{early} bytes, then {late}");
}

#[test]
fn answers_that_a_client_does_not_read_take_no_room_and_come_when_it_reads_on() {
    const LISTS: i64 = 1000;
    let home = Home::new();
    for era in [Era::Modern, Era::Legacy("2025-06-18")] {
        let mut client = on_sandbox(&home, era);
        let first = client.request("tools/list", json!({}));
        let of_one = client.answer(first).to_string().len() as u64;
        let early = client.memory();
        client.stop_reading();
        let asked: Vec<i64> = (0..LISTS).map(|_| client.request("tools/list", json!({}))).collect();
        std::thread::sleep(Duration::from_secs(2));
        let late = client.memory();
        assert!(late < early + asked.len() as u64 * of_one / 2, "{early} bytes, then {late}");
        client.read_on();
        let mut left: HashSet<i64> = asked.into_iter().collect();
        while !left.is_empty() {
            let answer = client.next();
            assert!(answer["result"]["tools"].is_array() && left.remove(&answer["id"].as_i64().unwrap()));
            client.seen.clear();
        }
        let (code, _, stderr) = client.end();
        assert_eq!((code, stderr.as_str()), (0, ""));
    }
}

#[test]
#[ignore = "takes minutes: scripts/release-check.sh runs it"]
fn a_hundred_thousand_calls_take_no_more_memory_than_ten_thousand() {
    let (early, late) = held(10_000, 100_000);
    #[allow(clippy::print_stdout, reason = "whoever runs it wants the figures")]
    {
        println!("{early} bytes after 10,000 calls, {late} after 100,000");
    }
    assert!(late <= early + SLACK, "{early} bytes, then {late}");
}
