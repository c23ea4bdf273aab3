//! The stream: many calls at once, one taken back, progress, the end, and anything at all on stdin.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::waiting::{guarded, news};
use super::{in_lab, on_sandbox};
use crate::support::mcp::{Client, ERAS, Era};
use crate::support::run::hangs_up;
use crate::support::{Answer, Home, at_once, json2};

fn count() -> Value {
    json!({ "model": "res.partner" })
}

#[test]
fn it_ends_with_its_stream_and_says_nothing() {
    for era in ERAS {
        let home = Home::new();
        let mut client = on_sandbox(&home, era);
        client.done("odoo_count", count());
        let since = Instant::now();
        let (code, after, stderr) = client.end();
        assert_eq!((code, after.len(), stderr.as_str()), (0, 0, ""));
        assert!(since.elapsed() < Duration::from_secs(15));
    }
}

#[test]
fn a_client_that_has_stopped_reading_does_not_keep_it_alive() {
    at_once(&[(Era::Modern, 40), (Era::Legacy("2025-06-18"), 40), (Era::Modern, 12)], |(era, lists)| {
        let home = Home::new();
        let mut client = on_sandbox(&home, *era);
        client.stop_reading();
        for _ in 0..*lists {
            client.request("tools/list", json!({}));
        }
        let since = Instant::now();
        let (code, _, stderr) = client.end();
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(since.elapsed() < Duration::from_secs(15), "{lists}: {:?}", since.elapsed());
    });
}

#[test]
fn what_was_asked_before_the_end_is_answered() {
    let home = Home::new();
    let mut client = on_sandbox(&home, Era::Modern);
    let id = client.begin("odoo_create", json!({ "model": "res.partner", "vals": { "name": "Last" } }));
    let (code, after, _) = client.end();
    assert_eq!(code, 0);
    let answer = after.iter().find(|message| message["id"] == id).expect("an answer");
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("\"effect\":\"done\""));
}

#[test]
fn a_slow_call_does_not_hold_up_a_quick_one() {
    let (_home, server, mut client) = in_lab(Era::Modern);
    server.on(
        &json2("res.partner", "x_slow"),
        Answer::made(|_| {
            std::thread::sleep(Duration::from_millis(900));
            Answer::json("1")
        }),
    );
    server.on(&json2("res.partner", "search_count"), Answer::json("2"));
    let slow = client.begin("odoo_call", json!({ "model": "res.partner", "method": "x_slow" }));
    std::thread::sleep(Duration::from_millis(200));
    let quick: Vec<i64> = (0..5).map(|_| client.begin("odoo_count", count())).collect();
    let order: Vec<i64> = (0..6).map(|_| client.next()["id"].as_i64().unwrap()).collect();
    assert_eq!(order.last(), Some(&slow), "{order:?}");
    assert!(quick.iter().all(|id| order.contains(id)));
}

#[test]
fn an_id_that_is_under_way_is_not_taken_again() {
    let (_home, server, mut client) = in_lab(Era::Legacy("2025-06-18"));
    server.on(
        &json2("res.partner", "x_slow"),
        Answer::made(|_| {
            std::thread::sleep(Duration::from_millis(500));
            Answer::json("1")
        }),
    );
    let call = json!({ "jsonrpc": "2.0", "id": 90, "method": "tools/call",
        "params": { "name": "odoo_call", "arguments": { "model": "res.partner", "method": "x_slow" } } });
    client.send(&call);
    std::thread::sleep(Duration::from_millis(200));
    client.send(&call);
    assert_eq!(
        (client.next()["error"]["code"].clone(), client.next()["id"].clone()),
        (json!(-32600), json!(90))
    );
    assert_eq!(server.requests().len(), 1);
    // It may be used again once it is answered.
    client.send(&call);
    assert!(client.next()["result"].is_object());
}

fn take_back(client: &mut Client, id: i64) {
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id, "reason": "not wanted" } }));
}

#[test]
fn a_call_that_is_taken_back_sends_nothing_more_and_is_not_answered() {
    for era in ERAS {
        let (_home, server, mut client) = in_lab(era);
        let path = json2("res.partner", "search_count");
        server.on(&path, Answer::CloseAfterReading);
        let id = client.begin("odoo_count", count());
        server.wait_for(1);
        take_back(&mut client, id);
        // It would be repeated after 150, 450 and 1350 ms.
        let since = client.next_within(Duration::from_millis(900));
        assert_eq!(since, None, "no answer to what was taken back");
        assert!(server.requests_to(&path).len() <= 2, "{}", server.requests().len());
        server.on(&path, Answer::json("4"));
        assert_eq!(client.done("odoo_count", count())["result"], 4);
        let (code, _, stderr) = client.end();
        assert_eq!((code, stderr.as_str()), (0, ""));
    }
}

#[test]
fn an_id_that_was_taken_back_may_be_used_again_and_gets_its_own_answer() {
    at_once(&ERAS, |era| {
        let (_home, server, mut client) = in_lab(*era);
        // A request is recorded when its answer is made: that is too late here.
        let (at_it, is_at_it) = channel();
        let at_it = Mutex::new(at_it);
        server.on(
            &json2("res.partner", "x_slow"),
            Answer::made(move |_| {
                let _ = at_it.lock().unwrap().send(());
                std::thread::sleep(Duration::from_secs(3));
                Answer::json("1")
            }),
        );
        server.on(&json2("res.partner", "search_count"), Answer::json("2"));
        for _ in 0..3 {
            let id = client.begin("odoo_call", json!({ "model": "res.partner", "method": "x_slow" }));
            is_at_it.recv_timeout(Duration::from_secs(20)).unwrap();
            take_back(&mut client, id);
            client.again(id);
            assert_eq!(client.done("odoo_count", count())["result"], 2);
        }
        assert_eq!(client.next_within(Duration::from_secs(4)), None);
    });
}

#[test]
fn an_id_is_given_back_as_it_came() {
    for era in ERAS {
        let home = Home::new();
        let mut client = on_sandbox(&home, era);
        let params = match era {
            Era::Modern => {
                r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}"#
            }
            Era::Legacy(_) => "{}",
        };
        for id in [
            "0",
            "-1",
            "18446744073709551616",
            "-9223372036854775809",
            "7.0",
            r#""""#,
            r#""7""#,
            r#""\u0000é""#,
        ] {
            client.raw(
                format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list","params":{params}}}{}"#, "\n")
                    .as_bytes(),
            );
            let answer = client.next();
            assert!(answer["result"]["tools"].is_array(), "{id}: {answer}");
            let given: Value = serde_json::from_str(id).unwrap();
            assert_eq!(answer["id"].to_string(), given.to_string());
        }
    }
}

#[test]
fn hundreds_of_calls_at_once_are_all_carried_out() {
    for era in ERAS {
        let (_home, server, mut client) = in_lab(era);
        server.on(&json2("res.partner", "search_count"), Answer::json("2"));
        let asked: Vec<i64> = (0..300).map(|_| client.begin("odoo_count", count())).collect();
        for id in asked {
            let (is_error, said) = client.said(id);
            assert!(!is_error && said["result"] == 2, "{said}");
        }
    }
}

#[test]
fn calls_that_wait_for_a_person_hold_up_no_others() {
    let (home, server, request, _) = guarded(usize::MAX);
    server.on(&json2("res.partner", "search_count"), Answer::json("2"));
    let mut client = Client::able(home.agent(["--profile", "lab", "mcp"]), Era::Modern, json!({}));
    client.fails("odoo_call", news());
    let wait = json!({ "do": "wait", "request": request });
    let waits: Vec<i64> = (0..20).map(|_| client.begin("odoo_approvals", wait.clone())).collect();
    std::thread::sleep(Duration::from_millis(500));
    let since = Instant::now();
    assert_eq!(client.done("odoo_count", count())["result"], 2);
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    assert!(waits.iter().all(|id| !client.seen.iter().any(|seen| seen["id"] == *id)), "they wait still");
    let (code, _, _) = client.end();
    assert_eq!(code, 0);
}

#[test]
fn of_a_name_that_is_none_little_is_said_back() {
    let home = Home::new();
    let mut client = on_sandbox(&home, Era::Modern);
    for (method, params) in
        [("tools/call", json!({ "name": "n".repeat(100_000) })), (&*"m".repeat(100_000), json!({}))]
    {
        let answer = client.ask(method, params);
        assert!(answer["error"]["code"].is_i64() && answer.to_string().len() < 300);
    }
}

#[test]
fn every_row_stops_where_it_is_taken_back() {
    let (_home, server, mut client) = in_lab(Era::Modern);
    server.on(
        &json2("res.partner", "search_read"),
        Answer::made(|sent| {
            std::thread::sleep(Duration::from_millis(60));
            let from = sent.json()["domain"][0][2].as_i64().unwrap_or(0);
            Answer::json(json!((from + 1..=from + 1000).map(|id| json!({ "id": id })).collect::<Vec<_>>()))
        }),
    );
    let id =
        client.begin("odoo_search_read", json!({ "model": "res.partner", "fields": ["id"], "all": true }));
    server.wait_for(2);
    take_back(&mut client, id);
    std::thread::sleep(Duration::from_millis(300));
    let sent = server.requests().len();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.requests().len(), sent);
}

#[test]
fn a_read_that_nobody_answers_is_waited_for_once() {
    let (_home, server, mut client) = in_lab(Era::Modern);
    server.on(&json2("res.partner", "search_count"), Answer::Stall);
    client.begin("odoo_count", count());
    server.wait_for(1);
    let since = Instant::now();
    let (code, after, stderr) = client.end();
    assert_eq!((code, after.len(), stderr.as_str()), (0, 0, ""));
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
}

#[test]
fn a_write_that_is_taken_back_or_left_under_way_is_said_to_be_unknown() {
    let write = json!({ "model": "res.partner", "ids": [7], "vals": { "ref": "a" } });
    at_once(&[true, false], |by_cancel| {
        let (_home, server, mut client) = in_lab(Era::Modern);
        server.on(&json2("res.partner", "write"), Answer::Stall);
        let id = client.begin("odoo_write", write.clone());
        server.wait_for(1);
        if *by_cancel {
            take_back(&mut client, id);
            std::thread::sleep(Duration::from_millis(200));
        }
        let (code, after, stderr) = client.end();
        assert_eq!((code, after.len()), (0, 0));
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        let what =
            if *by_cancel { "a call was taken back while its write was" } else { "ended while a write was" };
        assert!(stderr.contains(what), "{stderr}");
        assert!(stderr.contains("under way: it may have been carried out"), "{stderr}");
        assert!(stderr.contains("odoo-agent --profile lab journal check "), "{stderr}");
        assert_eq!(server.requests().len(), 1);
    });
}

#[test]
fn whatever_signal_ends_it_names_the_write_that_was_under_way() {
    let mut signals = vec![rustix::process::Signal::INT, rustix::process::Signal::TERM];
    signals.extend(hangs_up().then_some(rustix::process::Signal::HUP));
    for signal in signals {
        let (home, server, mut client) = in_lab(Era::Modern);
        server.on(&json2("res.partner", "write"), Answer::Stall);
        client.begin("odoo_write", json!({ "model": "res.partner", "ids": [7], "vals": { "ref": "a" } }));
        server.wait_for(1);
        client.signal(signal);
        let (code, after, stderr) = client.end();
        assert_eq!((code, after.len()), (130, 0), "{signal:?} {stderr}");
        let entry = home.run(["journal", "list", "--open"]).ok().json()[0]["id"].clone();
        let command = format!("odoo-agent --profile lab journal check {}", entry.as_str().unwrap());
        assert!(stderr.contains(&command), "{signal:?} {stderr}");
    }
}

#[test]
fn progress_is_told_to_whoever_gave_a_token_and_rises_until_the_answer() {
    for era in ERAS {
        let (_home, server, mut client) = in_lab(era);
        server.on(
            &json2("res.partner", "search_read"),
            Answer::made(|sent| {
                std::thread::sleep(Duration::from_millis(120));
                let from = sent.json()["domain"][0][2].as_i64().unwrap_or(0);
                let last = if from >= 4000 { from } else { from + 1000 };
                Answer::json(json!((from + 1..=last).map(|id| json!({ "id": id })).collect::<Vec<_>>()))
            }),
        );
        server.on(&json2("res.partner", "search_count"), Answer::json("0"));
        let arguments = json!({ "model": "res.partner", "fields": ["id"], "all": true });
        let params =
            json!({ "name": "odoo_search_read", "arguments": arguments, "_meta": { "progressToken": 71 } });
        let id = client.request("tools/call", params);
        client.answer(id);
        assert_eq!(client.next_within(Duration::from_millis(200)), None, "nothing after the answer");
        let told: Vec<&Value> =
            client.seen.iter().filter(|seen| seen["method"] == "notifications/progress").collect();
        assert!(told.len() >= 2, "{told:?}");
        assert!(told.iter().all(|seen| seen["params"]["progressToken"] == 71));
        let steps: Vec<f64> = told.iter().map(|seen| seen["params"]["progress"].as_f64().unwrap()).collect();
        assert!(steps.is_sorted_by(|left, right| left < right), "{steps:?}");
        let before = client.seen.len();
        client.done("odoo_search_read", arguments);
        assert_eq!(client.seen.len(), before + 1, "without a token there is none");
    }
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

#[test]
fn anything_at_all_ends_no_server() {
    let home = Home::new();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for era in [Era::Modern, Era::Legacy("2025-11-25")] {
        let mut client = on_sandbox(&home, era);
        let meta = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "x", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {}, "progressToken": 5 });
        let seeds: Vec<Vec<u8>> = [
            json!({ "jsonrpc": "2.0", "id": "f1", "method": "tools/call", "params": { "name": "odoo_count", "arguments": { "model": "res.partner" }, "_meta": meta } }),
            json!({ "jsonrpc": "2.0", "id": "f2", "method": "tools/call", "params": { "name": "odoo_search_read", "arguments": { "model": "res.partner", "limit": 2, "domain": [["name", "ilike", "a"]] } } }),
            json!({ "jsonrpc": "2.0", "id": "f3", "method": "tools/list", "params": { "cursor": "x" } }),
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "f1" } }),
            json!({ "jsonrpc": "2.0", "id": "f4", "method": "server/discover", "params": { "_meta": meta } }),
            json!({ "jsonrpc": "2.0", "id": "f5", "result": { "action": "accept" } }),
        ]
        .iter()
        .map(|seed| seed.to_string().into_bytes())
        .collect();
        for _ in 0..600 {
            let mut line = seeds[dice.throw(seeds.len())].clone();
            for _ in 0..dice.throw(4) {
                let at = dice.throw(line.len());
                match dice.throw(5) {
                    0 => line[at] = u8::try_from(dice.throw(256)).unwrap(),
                    1 => drop(line.remove(at)),
                    2 => line.insert(at, b"{}[],:\"\\0-e."[dice.throw(12)]),
                    3 => line.truncate(at.max(1)),
                    _ => {
                        let part = line[at..].to_vec();
                        line.extend(part);
                    }
                }
            }
            line.retain(|byte| *byte != b'\n');
            line.push(b'\n');
            client.raw(&line);
            while client.next_within(Duration::ZERO).is_some() {}
        }
        let id = client.begin("odoo_count", count());
        let (is_error, said) = client.said(id);
        assert!(!is_error && said["result"].is_number(), "{said}");
        let (code, _, stderr) = client.end();
        assert_eq!((code, stderr.as_str()), (0, ""));
    }
}
