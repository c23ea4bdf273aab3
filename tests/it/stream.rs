//! `search-read --all` against servers whose records come and go, that are slow, cut, busy or lying, and readers
//! that stop. Whatever happens: rows are written once and whole, and what is left can be had by the command that
//! the error names.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Answer, Home, Outcome, Recorded, Server, at_once, json2, lab};
use serde_json::{Value, json};

const SEARCH: &str = "/json/2/x.model/search_read";
const COUNT: &str = "/json/2/x.model/search_count";
const ALL: [&str; 5] = ["search-read", "x.model", "--fields", "name", "--all"];

/// Records by id, as a server keeps them.
type Table = Arc<Mutex<BTreeMap<i64, Value>>>;

fn row(id: i64) -> Value {
    json!({ "id": id, "name": format!("Row {id}") })
}

fn table(ids: impl IntoIterator<Item = i64>) -> Table {
    Arc::new(Mutex::new(ids.into_iter().map(|id| (id, row(id))).collect()))
}

/// The id that a page starts after, which must stand in front of the domain.
fn after(request: &Recorded) -> i64 {
    let first = request.json()["domain"][0].clone();
    if first[0] == "id" && first[1] == ">" { first[2].as_i64().unwrap() } else { i64::MIN }
}

fn limit(request: &Recorded) -> usize {
    match request.json()["limit"].as_u64().unwrap() {
        0 => usize::MAX,
        limit => limit as usize,
    }
}

fn page(table: &Table, request: &Recorded) -> Vec<Value> {
    assert_eq!(request.json()["order"], "id");
    let (from, limit) = (after(request).saturating_add(1), limit(request));
    table.lock().unwrap().range(from..).take(limit).map(|(_, row)| row.clone()).collect()
}

/// Serves a table; `meanwhile` is called with the number of each page before it is answered.
fn serve(server: &Server, table: &Table, meanwhile: impl Fn(usize, &Table) + Send + Sync + 'static) {
    let (rows, counted) = (Arc::clone(table), Arc::clone(table));
    let pages = Mutex::new(0);
    server.on(
        SEARCH,
        Answer::made(move |request| {
            let mut pages = pages.lock().unwrap();
            *pages += 1;
            meanwhile(*pages, &rows);
            Answer::json(Value::from(page(&rows, request)))
        }),
    );
    server.on(
        COUNT,
        Answer::made(move |request| {
            let from = after(request).saturating_add(1);
            Answer::json(counted.lock().unwrap().range(from..).count())
        }),
    );
}

fn ids(ndjson: &str) -> Vec<i64> {
    ndjson.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap()).collect()
}

/// The structured end of a stream.
fn summary(outcome: &Outcome) -> Value {
    serde_json::from_str(outcome.stderr.lines().last().unwrap()).unwrap()
}

/// Runs what stands behind "to go on: ", as somebody would paste it.
fn paste(home: &Home, text: &str) -> Outcome {
    let line = text.split("to go on: ").nth(1).unwrap().lines().next().unwrap();
    paste_line(home, line)
}

fn paste_line(home: &Home, line: &str) -> Outcome {
    assert!(line.starts_with("odoo-agent "), "{line}");
    let directory = std::path::Path::new(crate::support::run::BINARY).parent().unwrap();
    let output = Command::new("sh")
        .args(["-c", line])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
        .env("ODOO_AGENT_HOME", home.path())
        .output()
        .unwrap();
    Outcome::of(output, line.into())
}

fn interrupt(child: &Child) {
    signal(child, rustix::process::Signal::INT);
}

fn signal(child: &Child, signal: rustix::process::Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).unwrap();
}

#[test]
fn every_row_comes_once_page_by_page() {
    let (home, server) = lab();
    serve(&server, &table(1..=25), |_, _| {});
    let all =
        home.agent(ALL).args(["--page", "10", "--domain", r#"["|",["a","=",1],["b","=",2]]"#]).run().ok();
    let lines: Vec<String> = (1..=25).map(|id| row(id).to_string() + "\n").collect();
    assert_eq!(all.stdout, lines.concat());
    let sent: Vec<Value> = server.requests_to(SEARCH).iter().map(Recorded::json).collect();
    let bodies = [json!([]), json!([["id", ">", 10]]), json!([["id", ">", 20]])].map(|mut domain| {
        let asked = json!(["|", ["a", "=", 1], ["b", "=", 2]]);
        domain.as_array_mut().unwrap().extend(asked.as_array().unwrap().clone());
        json!({
            "domain": domain, "fields": ["name"], "limit": 10, "order": "id", "context": crate::support::lab_context(),
        })
    });
    assert_eq!(sent, bodies);
    assert_eq!(
        summary(&all),
        json!({
            "note": "25 rows in 3 pages: complete", "rows": 25, "pages": 3, "complete": true, "last_id": 25,
        })
    );
    let quiet = home.agent(ALL).arg("--quiet").run().ok();
    assert_eq!((quiet.stdout.lines().count(), quiet.stderr.as_str()), (25, ""));
}

#[test]
fn rows_that_come_and_go_meanwhile_shift_nothing() {
    let (home, server) = lab();
    // Even ids stay. Odd ones vanish around the place where the stream is; new ones appear before and behind it.
    serve(&server, &table(1..=400), |page, table| {
        let mut table = table.lock().unwrap();
        let at = (page as i64 - 1) * 14;
        for id in (at - 20).max(1)..at + 60 {
            if id % 2 == 1 && id % 3 == 0 {
                table.remove(&id);
            }
        }
        for new in [-(page as i64), 1000 + 2 * page as i64] {
            if page < 20 {
                table.insert(new, row(new));
            }
        }
    });
    let all = home.agent(ALL).args(["--page", "14"]).run().ok();
    let found = ids(&all.stdout);
    assert!(found.is_sorted() && found.windows(2).all(|pair| pair[0] != pair[1]), "a row twice: {found:?}");
    let stayed: Vec<i64> = found.iter().copied().filter(|id| (1..=400).contains(id) && id % 2 == 0).collect();
    assert_eq!(stayed, (1..=200).map(|half| half * 2).collect::<Vec<_>>());
    let came: Vec<i64> = found.iter().copied().filter(|id| *id > 400).collect();
    assert_eq!(came, (1..20).map(|page| 1000 + 2 * page).collect::<Vec<_>>());
    assert_eq!(summary(&all)["complete"], true);
}

#[test]
fn the_old_spelling_and_a_spec_mean_the_same() {
    let (home, server) = lab();
    serve(&server, &table(1..=30), |_, _| {});
    let all = home.agent(ALL).run().ok();
    assert_eq!(all.stdout.lines().count(), 30);
    assert_eq!(home.agent(ALL).args(["--limit", "0", "--order", "id ASC"]).run().ok().stdout, all.stdout);
    let spec = |limit: Value| {
        let spec = json!({"action": "search_read", "model": "x.model", "fields": ["name"], "all": true, "limit": limit});
        home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run().ok().stdout
    };
    assert_eq!(spec(json!(0)), all.stdout);
    assert_eq!(spec(Value::Null), all.stdout);
    assert_eq!(spec(json!(2)).lines().count(), 2);
    server.forget();
    let dry = json!({"action": "search_read", "model": "x.model", "fields": ["name"], "all": true, "dry_run": true});
    let shown = home.agent(["exec-spec", "-"]).stdin(dry.to_string()).run().ok().json();
    assert_eq!((&shown["body"]["limit"], &shown["body"]["order"]), (&json!(1000), &json!("id")));
    assert!(server.requests().is_empty());
}

#[test]
fn a_limit_is_that_of_the_whole_stream() {
    let (home, server) = lab();
    serve(&server, &table(1..=30), |_, _| {});
    let some = home.agent(ALL).args(["--page", "4", "--limit", "10"]).run().ok();
    assert_eq!(ids(&some.stdout), (1..=10).collect::<Vec<_>>());
    let limits: Vec<Value> =
        server.requests_to(SEARCH).iter().map(|request| request.json()["limit"].clone()).collect();
    assert_eq!(limits, [4, 4, 2]);
    let end = summary(&some);
    assert_eq!((&end["complete"], &end["last_id"]), (&json!(false), &json!(10)));
    let next = paste(&home, end["note"].as_str().unwrap()).ok();
    assert_eq!(ids(&next.stdout), (11..=20).collect::<Vec<_>>());
    let exactly = home.agent(ALL).args(["--limit", "30"]).run().ok();
    assert_eq!(summary(&exactly)["complete"], true, "there is nothing behind the limit");
    let after = home.agent(ALL).args(["--after", "28"]).run().ok();
    assert_eq!(ids(&after.stdout), [29, 30]);
}

#[test]
fn what_pages_by_id_cannot_do_is_refused() {
    let (home, server) = lab();
    let cases: [&[&str]; 8] = [
        &["--order", "name"],
        &["--order", "id desc"],
        &["--order", "id, name"],
        &["--offset", "3"],
        &["--page", "0"],
        &["--page", "100001"],
        &["--pretty"],
        &["--output", "table"],
    ];
    for more in cases {
        home.agent(ALL).args(more).run().fails(2, "usage");
    }
    for more in [["--page", "5"], ["--after", "5"]] {
        home.agent(&ALL[..4]).args(more).run().fails(2, "usage").says(&["--all"]);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_page_that_is_not_full_is_not_taken_for_the_last() {
    let (home, server) = lab();
    // As mail.message does: what the user may not see is taken out after the limit was applied.
    let visible = |id: i64| id <= 3 || id > 1500;
    let all = table(1..=1510);
    let (rows, counted) = (Arc::clone(&all), all);
    server.on(
        SEARCH,
        Answer::made(move |request| {
            let page = page(&rows, request).into_iter().filter(|row| visible(row["id"].as_i64().unwrap()));
            Answer::json(Value::from(page.collect::<Vec<_>>()))
        }),
    );
    server.on(
        COUNT,
        Answer::made(move |request| {
            let from = after(request) + 1;
            Answer::json(counted.lock().unwrap().range(from..).filter(|(id, _)| visible(**id)).count())
        }),
    );
    let found = home.agent(ALL).args(["--page", "5"]).run().ok();
    assert_eq!(ids(&found.stdout), (1..=3).chain(1501..=1510).collect::<Vec<_>>());
    let some = home.agent(ALL).args(["--page", "5", "--after", "2", "--limit", "4"]).run().ok();
    assert_eq!(ids(&some.stdout), [3, 1501, 1502, 1503]);
    assert_eq!(summary(&some)["complete"], false);
    let widest = server.requests_to(SEARCH).iter().map(limit).max().unwrap();
    assert!((1500..20_000).contains(&widest), "{widest}");
}

#[test]
fn a_count_that_shows_nothing_ends() {
    let (home, server) = lab();
    server.on(SEARCH, Answer::json("[]"));
    server.on(COUNT, Answer::json("3"));
    home.run(ALL).fails(12, "bad_reply").says(&["3 more records"]);
    assert!(server.requests_to(SEARCH).len() < 10);
    // A count that is none, or whose answer is lost, leaves the end unknown.
    for none in ["-1", "\"7\"", "5.0", "null", "[]", "true", "99999999999999999999"] {
        server.on(COUNT, Answer::json(none));
        home.run(ALL).fails(12, "bad_reply").says(&["whole number"]);
        home.run(["count", "x.model"]).fails(12, "bad_reply").says(&["whole number"]);
    }
    server.on(COUNT, Answer::odoo_error(404, "werkzeug.exceptions.NotFound", "no such method"));
    assert_eq!(home.run(ALL).exit, 7);
    server.on(COUNT, Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n0".to_vec()));
    home.run(ALL).fails(12, "bad_reply");
}

#[test]
fn large_rows_come_in_smaller_pages() {
    let (home, server) = lab();
    let rows = table(1..=60);
    for (_, row) in rows.lock().unwrap().iter_mut() {
        row["name"] = "x".repeat(400_000).into();
    }
    serve(&server, &rows, |_, _| {});
    let all = home.agent(ALL).args(["--page", "20"]).run().ok();
    assert_eq!(ids(&all.stdout), (1..=60).collect::<Vec<_>>());
    let limits: Vec<usize> = server.requests_to(SEARCH).iter().map(limit).collect();
    assert_eq!(limits[0], 20);
    assert!(limits[1..].iter().all(|limit| *limit == 10), "{limits:?}");
}

#[test]
fn passing_trouble_is_waited_out() {
    let (home, server) = lab();
    serve(&server, &table(1..=30), |_, _| {});
    server
        .once(SEARCH, Answer::odoo_error(500, "psycopg2.errors.SerializationFailure", "could not serialize"));
    server.once(SEARCH, Answer::status(429, "text/plain", "slow down").with("Retry-After", "0"));
    server.once(SEARCH, Answer::CloseAfterReading);
    let all = home.agent(ALL).args(["--page", "10"]).run().ok();
    assert_eq!(ids(&all.stdout), (1..=30).collect::<Vec<_>>());
}

/// Two sound pages, then whatever the case says.
fn then(server: &Server, rows: &Table, trouble: Answer) {
    for _ in 0..2 {
        let rows = Arc::clone(rows);
        server.once(SEARCH, Answer::made(move |request| Answer::json(Value::from(page(&rows, request)))));
    }
    server.on(SEARCH, trouble);
}

#[test]
fn a_stream_that_ends_early_says_where_and_can_go_on() {
    let whole = Answer::json(Value::from((11..=15).map(row).collect::<Vec<_>>())).bytes();
    let cut = Answer::Bytes(whole[..whole.len() - 30].to_vec());
    let cases = [
        ("cut", cut, 12, "bad_reply"),
        ("stalled", Answer::Stall, 10, "unreachable"),
        ("busy", Answer::status(429, "text/plain", "slow down").with("Retry-After", "3600"), 9, "busy"),
        ("gone", Answer::ResetUnread, 10, "unreachable"),
        ("a web page", Answer::status(200, "text/html", "<html>Sign in</html>"), 12, "bad_reply"),
        ("refused", Answer::odoo_error(403, "odoo.exceptions.AccessError", "no more"), 5, "access_denied"),
        ("no list", Answer::json(r#"{"id": 11}"#), 12, "bad_reply"),
    ];
    at_once(&cases, |(what, trouble, exit, code)| {
        for form in [&[][..], &["--output", "csv"]] {
            let (home, server) = lab();
            let rows = table(1..=22);
            then(&server, &rows, trouble.clone());
            let domain = [r#"[["name", "!=", "it's"]]"#, r#"{"active_test": false}"#];
            // Only a server that says nothing is waited for in vain.
            let timeout = if *what == "stalled" { "2s" } else { "1m" };
            let line =
                ["--page", "5", "--timeout", timeout, "--domain", domain[0], "--context-json", domain[1]];
            let ended = home.agent(ALL).args(line).args(form).run();
            assert_eq!((ended.exit, ended.code().as_str()), (*exit, *code), "{what}: {}", ended.stderr);
            assert!(
                ended.message().ends_with("10 rows were written, up to id 10"),
                "{what}: {}",
                ended.message()
            );
            serve(&server, &rows, |_, _| {});
            server.forget();
            let rest = paste(&home, &ended.hints()).ok();
            assert_eq!(summary(&rest)["complete"], true, "{what}");
            let first = server.requests_to(SEARCH)[0].json();
            assert_eq!(first["domain"], json!([["id", ">", 10], ["name", "!=", "it's"]]), "{what}");
            assert_eq!((&first["limit"], &first["context"]["active_test"]), (&json!(5), &json!(false)));
            let once = home.agent(ALL).args(form).run().ok();
            assert_eq!(ended.stdout + &rest.stdout, once.stdout, "{what}: what was resumed is the whole");
        }
    });
}

#[test]
fn a_stream_that_fails_before_its_first_row_writes_nothing() {
    let (home, server) = lab();
    server.on(SEARCH, Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"));
    for form in ["ndjson", "csv", "json"] {
        let failed = home.agent(ALL).args(["--output", form]).run().fails(5, "access_denied");
        assert!(!failed.message().contains("written"), "{}", failed.message());
    }
}

#[test]
fn a_server_that_lies_is_found_out() {
    let page = |ids: &[i64]| Answer::json(Value::from(ids.iter().map(|id| row(*id)).collect::<Vec<_>>()));
    let text = |text: &str| Answer::json(text);
    // Behind a sound page 1, 2, 3: the answer, what is said of it, and the ids that were written.
    let cases: [(Answer, &str, &[i64]); 9] = [
        (page(&[4, 6, 5]), "id 5 after id 6", &[1, 2, 3, 4, 6]),
        (page(&[4, 4, 5]), "id 4 after id 4", &[1, 2, 3, 4]),
        (page(&[1, 2, 3]), "id 1 after id 3", &[1, 2, 3]),
        (page(&[3]), "id 3 after id 3", &[1, 2, 3]),
        (page(&[4, 5, 6, 7]), "4 rows although 3", &[1, 2, 3]),
        (text(r#"[{"id": 4}, {"name": "x"}]"#), "no id", &[1, 2, 3, 4]),
        (text(r#"[{"id": "4"}]"#), "no id", &[1, 2, 3]),
        (text(r#"[{"id": 4, "id": 9}]"#), "no id", &[1, 2, 3]),
        (text("[4]"), "no id", &[1, 2, 3]),
    ];
    for (answer, said, written) in cases {
        let (home, server) = lab();
        server.once(SEARCH, page(&[1, 2, 3]));
        server.on(SEARCH, answer);
        server.on(COUNT, Answer::json("9"));
        let ended = home.agent(ALL).args(["--page", "3"]).run();
        assert_eq!((ended.exit, ended.code().as_str()), (12, "bad_reply"), "{said}");
        assert!(ended.message().contains(said), "{said}: {}", ended.message());
        assert_eq!(ids(&ended.stdout), written, "{said}");
        let last = written.last().unwrap();
        assert!(ended.message().ends_with(&format!("{} rows were written, up to id {last}", written.len())));
        assert_eq!(server.requests_to(SEARCH).len(), 2, "{said}");
    }
}

#[test]
fn ctrl_c_and_a_time_that_is_over_leave_whole_rows_and_the_way_to_the_rest() {
    for sent in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let (home, server) = lab();
        let rows = table(1..=22);
        then(&server, &rows, Answer::Stall);
        let child = home.agent(ALL).args(["--page", "5"]).spawn();
        server.wait_for(3);
        signal(&child, sent);
        let ended = Outcome::of(child.wait_with_output().unwrap(), "interrupted".into());
        assert_eq!((ended.exit, ended.code().as_str(), ended.retry().as_str()), (130, "interrupted", "safe"));
        assert_eq!(ended.message(), "interrupted: 10 rows were written, up to id 10");
        assert_eq!(ended.effect(), "rejected");
        assert_eq!(ids(&ended.stdout), (1..=10).collect::<Vec<_>>());
        serve(&server, &rows, |_, _| {});
        assert_eq!(ids(&paste(&home, &ended.hints()).ok().stdout), (11..=22).collect::<Vec<_>>());
    }
}

#[test]
fn a_csv_without_a_header_yet_goes_on_with_one() {
    let (home, server) = lab();
    server.on(SEARCH, Answer::Stall);
    let child = home.agent(ALL).args(["--output", "csv"]).spawn();
    server.wait_for(1);
    interrupt(&child);
    let ended = Outcome::of(child.wait_with_output().unwrap(), "interrupted".into());
    assert_eq!((ended.exit, ended.stdout.as_str()), (130, ""));
    assert!(
        ended.hints().contains("--output csv") && !ended.hints().contains("--no-header"),
        "{}",
        ended.hints()
    );
}

#[test]
fn ctrl_c_works_while_nobody_reads() {
    let (home, server) = lab();
    let rows = table(1..=3000);
    for (_, row) in rows.lock().unwrap().iter_mut() {
        row["name"] = "x".repeat(500).into();
    }
    serve(&server, &rows, |_, _| {});
    let domain = json!([["name", "!=", "nobody"]]).to_string();
    let mut child = home.agent(ALL).args(["--domain", &domain]).spawn();
    // One page is more than the pipe holds.
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    interrupt(&child);
    let ended = Outcome::of(child.wait_with_output().unwrap(), "unread".into());
    assert_eq!((ended.exit, ended.code().as_str()), (130, "interrupted"));
    assert!(ended.message().contains("may hold a part of the next"), "{}", ended.message());
    assert!(!ended.stderr.contains(crate::support::KEY), "{}", ended.stderr);
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    for form in ["ndjson", "csv", "json"] {
        let (home, server) = lab();
        serve(&server, &table(1..=20_000), |_, _| {});
        let mut child = home.agent(ALL).args(["--page", "10", "--output", form]).spawn();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_until(b'4', &mut Vec::new()).unwrap();
        drop(stdout);
        let ended = Outcome::of(child.wait_with_output().unwrap(), form.into());
        assert_eq!((ended.exit, ended.stderr.as_str()), (0, ""), "{form}");
        assert!(server.requests_to(SEARCH).len() < 2000, "{form}: it went on to the end");
    }
}

#[test]
fn a_full_disk_says_how_far_it_came() {
    let (home, server) = lab();
    serve(&server, &table(1..=5), |_, _| {});
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = home.agent(ALL).run_with_stdout(full.into());
    assert_eq!((ended.exit, ended.code().as_str()), (13, "local_state"));
    assert!(ended.message().contains("nothing was changed in Odoo"), "{}", ended.message());
    assert!(ended.message().contains("no row was written"), "{}", ended.message());
}

#[test]
fn csv_has_columns_by_type_and_one_header() {
    let (home, server) = lab();
    let fields = json!({
        "name": {"type": "char"}, "partner_id": {"type": "many2one"}, "active": {"type": "boolean"},
        "tag_ids": {"type": "many2many"}, "amount": {"type": "monetary"},
    });
    server.on(&json2("x.model", "fields_get"), Answer::json(&fields));
    let rows = table(0..0);
    let full = json!({"id": 3, "amount": 1.5, "partner_id": [9, "Acme, Inc."], "name": "=1+1", "active": false, "tag_ids": [1, 2]});
    let empty =
        json!({"id": 4, "amount": 0.0, "partner_id": false, "name": false, "active": true, "tag_ids": []});
    rows.lock().unwrap().extend([(3, full), (4, empty)]);
    serve(&server, &rows, |_, _| {});
    let line = [
        "search-read",
        "x.model",
        "--fields",
        "name,partner_id,active,amount,tag_ids",
        "--all",
        "--output",
        "csv",
    ];
    let header = "id,name,partner_id,partner_id.display_name,active,amount,tag_ids\n";
    let lines = "3,'=1+1,9,\"Acme, Inc.\",false,1.5,\"[1,2]\"\n4,,,,true,0.0,[]\n";
    assert_eq!(home.run(line).ok().stdout, format!("{header}{lines}"));
    assert_eq!(home.agent(line).arg("--no-header").run().ok().stdout, lines);
    rows.lock().unwrap().clear();
    assert_eq!(home.run(line).ok().stdout, header, "no rows are a table without rows");
}

#[test]
fn csv_of_unknown_fields_guesses_nothing() {
    let (home, server) = lab();
    let rows = table(0..0);
    rows.lock().unwrap().insert(3, json!({"id": 3, "name": false, "partner_id": [9, "A"]}));
    serve(&server, &rows, |_, _| {});
    let found =
        home.run(["search-read", "x.model", "--fields", "name,partner_id", "--all", "--output", "csv"]).ok();
    assert_eq!(found.stdout, "id,name,partner_id\n3,false,\"[9,\"\"A\"\"]\"\n");
}

#[test]
fn a_json_list_is_one_value_on_one_line() {
    let (home, server) = lab();
    let rows = table(1..=5);
    serve(&server, &rows, |_, _| {});
    let line = || home.agent(ALL).args(["--page", "2", "--output", "json"]);
    let found = line().run().ok();
    assert_eq!(found.json(), Value::from((1..=5).map(row).collect::<Vec<_>>()));
    assert_eq!(found.stdout.lines().count(), 1);
    rows.lock().unwrap().clear();
    assert_eq!(line().run().ok().stdout, "[]\n");
    server.once(SEARCH, Answer::json(json!([row(1), row(2)])));
    server.on(SEARCH, Answer::json("3"));
    let ended = line().run();
    assert_eq!((ended.exit, ended.stdout.ends_with('}')), (12, true), "it has no end: {}", ended.stdout);
    assert!(ended.message().ends_with("as a JSON list without its end"), "{}", ended.message());
}

#[test]
fn the_note_at_the_limit_names_the_command_for_the_rest() {
    let (home, server) = lab();
    serve(&server, &table(1..=30), |_, _| {});
    server.once(SEARCH, Answer::json(Value::from((1..=5).map(row).collect::<Vec<_>>())));
    let domain = r#"["|", ["name", "=", "it's $HOME\n\u202e"], ["a", "in", [1, 2]]]"#;
    let search = ["search-read", "x.model", "--limit", "5", "--order", "name", "--fields", "name,a"];
    let some = home
        .agent(search)
        .args([
            "--domain-file",
            "-",
            "--context-json",
            r#"{"active_test": false}"#,
            "--agent-channel",
            "mail desk",
        ])
        .stdin(domain)
        .run()
        .ok();
    let note = some.notes()[0].clone();
    assert!(note.contains("--offset 5 goes on"), "{note}");
    server.forget();
    let all = paste_line(&home, note.split("every record: ").nth(1).unwrap()).ok();
    assert_eq!(ids(&all.stdout).len(), 30);
    let sent = server.requests_to(SEARCH)[0].json();
    assert_eq!(sent["domain"], serde_json::from_str::<Value>(domain).unwrap());
    assert_eq!(sent["fields"], json!(["name", "a"]));
    assert_eq!(
        (&sent["context"]["active_test"], &sent["context"]["agent_channel"]),
        (&json!(false), &json!("mail desk"))
    );
    // What nobody could paste is said in words.
    server.once(SEARCH, Answer::json(Value::from((1..=5).map(row).collect::<Vec<_>>())));
    let long = json!([["id", "in", (0..1000).collect::<Vec<_>>()]]).to_string();
    let some = home.agent(search).args(["--domain", &long]).run().ok();
    assert!(some.notes()[0].len() < 300 && some.notes()[0].contains("--all"), "{:?}", some.notes());
    server.once(SEARCH, Answer::json(Value::from((1..=5).map(row).collect::<Vec<_>>())));
    server.on(SEARCH, Answer::json("3"));
    let ended = home.agent(ALL).args(["--page", "5", "--output", "csv", "--domain", &long]).run();
    assert_eq!(ended.exit, 12);
    assert!(
        ended.hints().ends_with("to go on: the same command with --no-header --after 5"),
        "{}",
        ended.hints()
    );
}

#[test]
fn fields_that_were_asked_for_in_every_way_stay_the_same() {
    for (flags, shown) in [
        (&["--fields", "*"][..], " --fields '*' --all"),
        (&["--fields-json", r#"["name"]"#], " --fields name --all"),
        (&[], "x.model --all"),
    ] {
        let (home, server) = lab();
        server.on(&json2("x.model", "fields_get"), Answer::json(r#"{"name": {"type": "char"}}"#));
        server.on(SEARCH, Answer::json(json!([row(1)])));
        let some = home.agent(["search-read", "x.model", "--limit", "1"]).args(flags).run().ok();
        assert!(some.notes()[0].ends_with(shown), "{:?}", some.notes());
    }
}

/// The largest memory of its own that a process had so far, in KiB: the pages of the program itself are not counted.
#[cfg(target_os = "linux")]
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let kibibytes = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    kibibytes("VmHWM:") - kibibytes("RssFile:")
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_rows() {
    let (home, server) = lab();
    let process = Arc::new(AtomicU32::new(0));
    let peaks = Arc::new(Mutex::new(Vec::new()));
    let (watched, seen) = (Arc::clone(&process), Arc::clone(&peaks));
    server.on(
        SEARCH,
        Answer::made(move |request| {
            while watched.load(Ordering::SeqCst) == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            seen.lock().unwrap().push(peak(watched.load(Ordering::SeqCst)));
            let first = after(request).max(0) + 1;
            let rows: Vec<Value> = (first..first + 1000).filter(|id| *id <= 60_000).map(row).collect();
            Answer::json(Value::from(rows))
        }),
    );
    server.on(COUNT, Answer::json("0"));
    let mut child = home.agent(ALL).spawn();
    process.store(child.id(), Ordering::SeqCst);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().count();
    assert_eq!((lines, child.wait().unwrap().code()), (60_000, Some(0)));
    let peaks = peaks.lock().unwrap();
    let (early, late) = (peaks[5], *peaks.last().unwrap());
    assert!(late < early + 2048, "from {early} to {late} KiB in {} pages", peaks.len());
    assert!(late < 12 * 1024, "{late} KiB");
}
