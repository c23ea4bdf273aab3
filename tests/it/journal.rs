//! The journal through the binary: what is written down before and after a call, on every road and however a run ends;
//! who sees it; what it says when it was damaged; and what is found out of a call whose answer was lost.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::run::files_below;
use crate::support::{Answer, Home, KEY, Outcome, Recorded, Server, json2, lab};
use serde_json::{Value, json};

const WRITE: [&str; 6] = ["write", "res.partner", "--ids", "1", "--vals-json", r#"{"phone": "1"}"#];

pub fn entries(home: &Home, profile: &[&str]) -> Vec<Value> {
    let shown = home.agent(profile).args(["journal", "export"]).run().ok();
    shown.json().as_array().unwrap().clone()
}

pub fn files(home: &Home) -> Vec<PathBuf> {
    let all = files_below(&home.path().join("state").join("journal"));
    all.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "ndjson")).collect()
}

/// Lets ten minutes pass since whatever ended here.
pub fn aged(home: &Home) {
    let earlier = std::time::SystemTime::now() - Duration::from_secs(600);
    let earlier = humantime::format_rfc3339_millis(earlier).to_string();
    for path in files(home) {
        let text = std::fs::read_to_string(&path).unwrap();
        let older = |line: &str| {
            let Some((head, tail)) = line.split_once("\"kind\":\"outcome\",\"at\":\"") else {
                return line.into();
            };
            format!("{head}\"kind\":\"outcome\",\"at\":\"{earlier}{}", &tail[tail.find('"').unwrap()..])
        };
        let lines: Vec<String> = text.lines().map(older).collect();
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    }
}

/// Odoo's clock, which is this machine's.
pub fn clock() -> Answer {
    Answer::made(|_| {
        let now = httpdate::fmt_http_date(std::time::SystemTime::now());
        Answer::json(r#"{"version": "19.0"}"#).with("Date", &now)
    })
}

/// Answers of a table that has these rows since a call, made by its user, and others all around them: no id is missing.
pub fn whole(rows: &Value) -> Answer {
    let ids: Vec<i64> = rows.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
    let last = ids.iter().max().unwrap_or(&1) + 1;
    let others: Vec<Value> =
        (1..=last).map(|id| json!({ "id": id, "create_date": "2099-01-01 00:00:00" })).collect();
    let rows = rows.clone();
    Answer::made(move |request: &Recorded| {
        let domain = request.json()["domain"].to_string();
        let found = if domain.contains("\"<\",\"2") && domain.contains("create_date") {
            json!(others[..1])
        } else if domain.contains("\">\"") && domain.contains("create_date") {
            json!(others.last())
        } else if domain.contains("create_date") {
            rows.clone()
        } else {
            json!(others)
        };
        Answer::json(if found.is_object() { json!([found]) } else { found }.to_string())
    })
}

fn text(home: &Home) -> String {
    files(home).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn sandbox(home: &Home, line: &[&str]) -> Outcome {
    home.agent(["--profile", "sandbox"]).args(line).run()
}

fn last(home: &Home) -> Value {
    entries(home, &["--profile", "sandbox"]).pop().unwrap()
}

fn created(home: &Home, model: &str, vals: &Value) -> i64 {
    sandbox(home, &["create", model, "--vals-json", &vals.to_string()]).ok().json()[0].as_i64().unwrap()
}

#[test]
fn a_write_is_written_down_with_what_was_there_and_what_became_of_it() {
    let home = Home::new();
    let id = created(&home, "res.partner", &json!({ "name": "Journal", "phone": "1" }));
    let entry = last(&home);
    assert_eq!((&entry["state"], &entry["outcome"]["result"]), (&json!("done"), &json!([id])));
    sandbox(&home, &["write", "res.partner", "--ids", &id.to_string(), "--vals-json", r#"{"phone": "2"}"#])
        .ok();
    let entry = last(&home);
    for (member, value) in [
        ("model", json!("res.partner")),
        ("method", json!("write")),
        ("ids", json!([id])),
        ("values", json!({ "vals": { "phone": "2" } })),
        ("channel", json!("cli")),
        ("surface", json!("cli")),
        ("profile", json!("sandbox")),
        ("state", json!("done")),
    ] {
        assert_eq!(entry[member], value, "{member}: {entry}");
    }
    assert_eq!(entry["before"]["rows"][0]["phone"], "1");
    assert!(entry["before"]["rows"][0]["write_date"].is_string(), "{entry}");
    assert_eq!(entry["digest"].as_str().unwrap().len(), 64);
    assert!(entry["user"].is_i64() && entry["database"].is_string() && entry["server"].is_string());
    for path in files(&home) {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(sandbox(&home, &["journal", "verify"]).ok().json()["sound"], true);
    let shown = sandbox(&home, &["journal", "show", entry["id"].as_str().unwrap()]).ok().json();
    assert_eq!(shown["values"], entry["values"]);
    // A record that goes leaves all that is stored of it.
    sandbox(&home, &["call", "res.partner", "unlink", "--ids", &id.to_string()]).ok();
    assert_eq!(last(&home)["before"]["rows"][0]["name"], "Journal");
}

#[test]
fn what_reads_what_is_shown_and_what_is_refused_here_leaves_no_entry() {
    let home = Home::new();
    sandbox(&home, &["search-read", "res.partner", "--limit", "1"]).ok();
    sandbox(&home, &["call", "res.partner", "search_count", "--data-json", r#"{"domain": []}"#]).ok();
    sandbox(&home, &["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phone": "2"}"#, "--dry-run"])
        .ok();
    sandbox(&home, &["write", "res.partner", "--ids", "7", "--vals-json", r#"{"phnoe": "2"}"#])
        .fails(2, "preflight_refused");
    assert!(entries(&home, &["--profile", "sandbox"]).is_empty());
    assert!(
        !home.path().join("state").join("journal").exists(),
        "nothing is made before something is changed"
    );
}

#[test]
fn a_spec_says_that_it_is_one_and_old_values_can_be_spared() {
    let home = Home::new();
    let id = created(&home, "res.partner", &json!({ "name": "Spec" }));
    let spec = json!({ "action": "write", "model": "res.partner", "ids": [id], "vals": { "name": "Other" }, "no_before": true });
    home.agent(["--profile", "sandbox", "exec-spec", "-"]).stdin(spec.to_string()).run().ok();
    let entry = last(&home);
    assert_eq!((&entry["surface"], &entry["before"]), (&json!("spec"), &Value::Null));
    let spec = json!({ "action": "journal", "do": "list", "model": "res.partner" });
    let listed =
        home.agent(["--profile", "sandbox", "exec-spec", "-"]).stdin(spec.to_string()).run().ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["id"], entry["id"], "the latest first");
}

#[test]
fn old_values_are_one_request_and_their_refusal_stops_nothing() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "read"), Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"));
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.run(WRITE).ok();
    let read = server.only(&json2("res.partner", "read")).json();
    assert_eq!((&read["ids"], &read["fields"]), (&json!([1]), &json!(["phone"])));
    assert_eq!(read["context"]["lang"], "en_US", "the write's own context");
    let entry = entries(&home, &[]).pop().unwrap();
    assert!(entry["before"]["missing"].is_string() && entry["state"] == "done", "{entry}");
    server.forget();
    home.agent(WRITE).arg("--no-before").run().ok();
    assert_eq!(server.requests().len(), 1);
    // A creation has no old values to ask for.
    server.on(&json2("res.partner", "create"), Answer::json("[5]"));
    server.forget();
    home.run(["create", "res.partner", "--vals-json", r#"{"name": "A"}"#]).ok();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_cannot_be_written_down_is_not_sent() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let state = home.path().join("state");
    std::fs::create_dir_all(&state).unwrap();
    std::fs::write(state.join("journal"), "in the way").unwrap();
    let outcome = home.run(WRITE).fails(13, "local_state");
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("not_sent", "safe"));
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
    std::fs::remove_file(state.join("journal")).unwrap();
    home.run(WRITE).ok();
    // A pipe or a link in the place of the file.
    let file = files(&home).pop().unwrap();
    for is_link in [true, false] {
        std::fs::remove_file(&file).unwrap();
        if is_link {
            std::os::unix::fs::symlink(home.file("elsewhere", "kept"), &file).unwrap();
        } else {
            let made = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
            assert!(made.success());
        }
        server.forget();
        home.run(WRITE).fails(13, "local_state");
        assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
    }
    assert_eq!(std::fs::read(home.beside("elsewhere")).unwrap(), b"kept");
    // Reading needs no journal.
    server.on(&json2("res.partner", "search_count"), Answer::json("3"));
    home.run(["count", "res.partner"]).ok();
}

#[test]
fn a_file_that_is_larger_than_any_of_a_journal_is_not_looked_through() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.run(WRITE).ok();
    let file = files(&home).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    let opened = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    opened.set_len(8 * 1024 * 1024 * 1024).unwrap();
    server.forget();
    let begun = Instant::now();
    for line in [&WRITE[..], &["journal", "list"], &["journal", "verify"], &["undo", "--last"]] {
        let outcome = home.run(line).fails(13, "local_state");
        assert_eq!(outcome.effect(), "not_sent");
        assert!(outcome.message().contains("larger than"), "{}", outcome.stderr);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
    opened.set_len(whole.len() as u64).unwrap();
    home.run(WRITE).ok();
    assert_eq!(home.run(["journal", "verify"]).ok().json()["sound"], true);
}

/// The shell's limit on the size of files: what a full disk does, for one process.
fn with_little_room(home: &Home, line: &[&str]) -> Outcome {
    let script = r#"ulimit -f 1; exec "$0" "$@""#;
    let mut command = std::process::Command::new("bash");
    command
        .args(["-c", script, crate::support::run::BINARY])
        .args(line)
        .env_clear()
        .env("ODOO_AGENT_HOME", home.path());
    Outcome::of(command.output().unwrap(), line.join(" "))
}

#[test]
fn a_full_disk_stops_the_write_and_leaves_no_half_line() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.run(WRITE).ok();
    let long = json!({ "comment": "word ".repeat(400) }).to_string();
    let line = ["write", "res.partner", "--ids", "1", "--vals-json", &long];
    server.forget();
    let outcome = with_little_room(&home, &line).fails(13, "local_state");
    assert_eq!(outcome.effect(), "not_sent");
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
    assert!(text(&home).ends_with("\"}\n"), "half a line is taken off again");
    home.run(line).ok();
    let verified = home.run(["journal", "verify"]).ok().json();
    assert_eq!(
        (&verified["sound"], &verified["lines"], &verified["cut"]),
        (&json!(true), &json!(4), &json!([]))
    );
}

#[test]
fn a_run_that_is_killed_leaves_an_open_entry_or_none() {
    let (home, server) = lab();
    let kill = |method: &str, line: &[&str]| {
        server.forget();
        server.on(&json2("res.partner", method), Answer::Stall);
        let mut child = home.agent(line).spawn();
        let path = json2("res.partner", method);
        let begun = Instant::now();
        while server.requests_to(&path).is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    };
    // While old values are asked for: nothing was sent, and there is nothing to find out.
    kill("read", &WRITE);
    assert!(server.requests_to(&json2("res.partner", "write")).is_empty());
    assert!(entries(&home, &[]).is_empty());
    server.on(&json2("res.partner", "read"), Answer::json(r#"[{"id": 1, "phone": "0"}]"#));
    kill("write", &WRITE);
    let entry = entries(&home, &[]).pop().unwrap();
    assert_eq!((&entry["state"], &entry["outcome"]), (&json!("open"), &Value::Null));
    let listed = home.run(["journal", "list", "--open"]).ok().json();
    assert_eq!(listed[0]["id"], entry["id"]);
    assert!(home.run(["journal", "list", "--failed"]).ok().json().as_array().unwrap().is_empty());
    // Killed in the middle of a line.
    let file = files(&home).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, [&whole[..], &whole[..whole.len() / 2]].concat()).unwrap();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.run(WRITE).ok();
    assert_eq!(entries(&home, &[]).len(), 2);
    let verified = home.run(["journal", "verify"]).ok().json();
    assert_eq!(
        (&verified["sound"], verified["cut"].as_array().unwrap().len()),
        (&json!(true), 1),
        "{verified}"
    );
}

#[test]
fn every_error_of_a_write_names_its_entry_and_a_lost_answer_the_way_to_find_out() {
    let (home, server) = lab();
    for (answer, code, state) in [
        (Answer::odoo_error(422, "odoo.exceptions.UserError", "no"), "rejected", "rejected"),
        (Answer::CloseAfterReading, "outcome_unknown", "open"),
        (Answer::html(200), "bad_reply", "open"),
        (Answer::odoo_error(409, "odoo.exceptions.LockError", "locked"), "busy", "rejected"),
    ] {
        server.on(&json2("res.partner", "write"), answer);
        let outcome = home.agent(WRITE).arg("--debug").run();
        assert_eq!(outcome.code(), code);
        let id = outcome.error()["journal"].as_str().unwrap().to_string();
        assert!(outcome.debug_lines().iter().any(|line| line.contains(&id)), "{}", outcome.stderr);
        let entry = home.run(["journal", "show", &id[..6]]).ok().json();
        assert_eq!((&entry["state"], &entry["outcome"]["code"]), (&json!(state), &json!(code)));
        let command = format!("odoo-agent --profile lab journal check {id}");
        assert_eq!(outcome.hints().contains(&command), state == "open", "{}", outcome.hints());
    }
    // What only reads has none.
    server.on(
        &json2("res.partner", "search_count"),
        Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"),
    );
    assert!(home.run(["count", "res.partner"]).error().get("journal").is_none());
    let failed = home.run(["journal", "list", "--failed"]).ok().json();
    assert_eq!(failed.as_array().unwrap().len(), 2);
    assert_eq!(home.run(["journal", "list", "--open"]).ok().json().as_array().unwrap().len(), 2);
}

#[test]
fn a_signal_while_a_write_is_under_way_names_its_entry() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::Stall);
    let child = home.agent(WRITE).spawn();
    server.wait_for(1);
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let outcome = Outcome::of(child.wait_with_output().unwrap(), "write".into()).fails(130, "interrupted");
    let entry = entries(&home, &[]).pop().unwrap();
    let command = format!("journal check {}", entry["id"].as_str().unwrap());
    assert!(outcome.hints().contains(&command), "{}", outcome.hints());
}

#[test]
fn secrets_and_files_are_not_kept() {
    let (home, server) = lab();
    server.on(&json2("res.users", "write"), Answer::json("true"));
    server.on(&json2("ir.attachment", "create"), Answer::json("[4]"));
    server.on(&json2("res.users.apikeys", "generate"), Answer::json(r#""a-key-that-was-just-made""#));
    let vals = json!({ "password": "correct horse", "name": "A" }).to_string();
    home.run(["write", "res.users", "--ids", "2", "--vals-json", &vals]).ok();
    let datas = "QUJD".repeat(200);
    let vals = json!({ "name": "a.bin", "datas": datas }).to_string();
    home.run(["create", "ir.attachment", "--vals-json", &vals]).ok();
    home.run(["call", "res.users.apikeys", "generate", "--data-json", r#"{"scope": "rpc"}"#]).ok();
    let text = text(&home);
    for secret in ["correct horse", &datas, "just-made", KEY] {
        assert!(!text.contains(secret), "{secret}");
    }
    let all = entries(&home, &[]);
    assert_eq!(all[1]["values"]["vals_list"][0]["datas"]["$binary"]["size"], 600);
    assert_eq!(all[0]["values"]["vals"]["name"], "A");
}

#[test]
fn a_profile_keeps_digests_alone_where_its_file_says_so_and_not_where_the_environment_does() {
    let (home, server) = lab();
    let values = |journal: &str| {
        home.lab(&server, &[("ODOO_JOURNAL_VALUES", journal)]);
    };
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    server.on(&json2("res.partner", "read"), Answer::json(r#"[{"id": 1, "phone": "secret"}]"#));
    values("0");
    home.run(WRITE).ok();
    let entry = entries(&home, &[]).pop().unwrap();
    assert!(
        entry.get("values").is_none() && entry.get("before").is_none() && entry["digest"].is_string(),
        "{entry}"
    );
    assert!(server.requests_to(&json2("res.partner", "read")).is_empty());
    server.on(&json2("x.thing", "x_act"), Answer::json(r#"{"note": "a private text"}"#));
    home.run(["call", "x.thing", "x_act", "--ids", "1", "--idempotency-key", "k"]).ok();
    for path in files_below(&home.path().join("state").join("journal")) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(!text.contains("a private text"), "{}", path.display());
    }
    values("1");
    let outcome = home.agent(WRITE).env("ODOO_JOURNAL_VALUES", "0").run().ok();
    assert!(outcome.notes().iter().any(|note| note.contains("ODOO_JOURNAL_VALUES")), "{}", outcome.stderr);
    assert_eq!(entries(&home, &[]).pop().unwrap()["before"]["rows"][0]["phone"], "secret");
    values("perhaps");
    home.run(WRITE).fails(3, "config_invalid");
}

#[test]
fn another_profile_sees_nothing_of_it_with_or_without_a_wrapper() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.profile("other", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    home.agent(["--profile", "lab"]).args(WRITE).run().ok();
    let id = entries(&home, &["--profile", "lab"])[0]["id"].as_str().unwrap().to_string();
    assert!(entries(&home, &["--profile", "other"]).is_empty());
    home.run(["--profile", "other", "journal", "show", &id]).fails(7, "not_found");
    let wrapped = |profile: &str| {
        home.agent(["--profile", profile, "journal", "list"])
            .env("ODOO_AGENT_CALLED_AS", "/opt/odoo_x.sh")
            .run()
            .ok()
            .json()
    };
    assert_eq!(
        (wrapped("lab").as_array().unwrap().len(), wrapped("other").as_array().unwrap().len()),
        (1, 0)
    );
}

#[test]
fn damage_and_editing_show_and_an_owner_who_rewrites_all_is_not_promised_to() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    for _ in 0..3 {
        home.run(WRITE).ok();
    }
    assert!(home.run(["journal", "verify"]).ok().json()["limits"].as_str().unwrap().contains("rewrites"));
    let file = files(&home).pop().unwrap();
    let sound = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = sound.lines().collect();
    let edited = sound.replacen("\"phone\":\"1\"", "\"phone\":\"2\"", 1);
    let missing = [&lines[..2], &lines[3..]].concat().join("\n") + "\n";
    let last = sound
        .trim_end()
        .rsplit_once("\"effect\":\"done\"")
        .map(|(a, b)| format!("{a}\"effect\":\"gone\"{b}\n"))
        .unwrap();
    for damaged in [edited, missing, last, sound.replacen("{\"v\"", "x", 1)] {
        std::fs::write(&file, damaged).unwrap();
        let outcome = home.run(["journal", "verify"]).fails(13, "local_state");
        assert!(outcome.error()["errors"][0].as_str().unwrap().contains(".ndjson:"), "{}", outcome.stderr);
        assert!(outcome.message().contains("rewrites"), "{}", outcome.message());
    }
    std::fs::write(&file, sound).unwrap();
    home.run(["journal", "verify"]).ok();
}

#[test]
fn the_same_within_ten_minutes_is_noted_and_sent() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "create"), Answer::json("[5]"));
    let line = ["create", "res.partner", "--vals-json", r#"{"name": "A"}"#];
    assert!(home.run(line).ok().notes().is_empty());
    let first = entries(&home, &[])[0]["id"].as_str().unwrap().to_string();
    let again = home.run(line).ok();
    assert!(
        again.notes().iter().any(|note| note.contains(&format!("journal show {first}"))),
        "{}",
        again.stderr
    );
    assert!(home.run(["create", "res.partner", "--vals-json", r#"{"name": "B"}"#]).ok().notes().is_empty());
    assert_eq!(server.requests().len(), 3);
    // What was refused the first time is no repeat.
    let refused = ["create", "res.partner", "--vals-json", r#"{"name": "C"}"#];
    server.once(&json2("res.partner", "create"), Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    home.run(refused).fails(8, "rejected");
    assert!(home.run(refused).ok().notes().is_empty());
}

#[test]
fn sixty_four_runs_at_once_leave_one_sound_chain() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    std::thread::scope(|scope| {
        for number in 0..64 {
            let home = &home;
            scope.spawn(move || {
                let vals = json!({ "phone": number.to_string() }).to_string();
                home.start(["write", "res.partner", "--ids", "1", "--vals-json", &vals]).ok();
            });
        }
    });
    let all = entries(&home, &[]);
    assert_eq!(all.len(), 64);
    assert!(all.iter().all(|entry| entry["state"] == "done"));
    let verified = home.run(["journal", "verify"]).ok().json();
    assert_eq!((&verified["sound"], &verified["lines"]), (&json!(true), &json!(128)));
}

#[test]
fn lists_are_tables_for_people_and_rows_for_programs() {
    let home = Home::new();
    created(&home, "res.partner", &json!({ "name": "A" }));
    let table = sandbox(&home, &["journal", "list", "--output", "table"]).ok().stdout;
    assert!(table.lines().next().unwrap().contains("state") && table.contains("done"), "{table}");
    let csv = sandbox(&home, &["journal", "export", "--output", "csv"]).ok().stdout;
    assert!(csv.starts_with("id,") && csv.lines().count() == 2, "{csv}");
    let ndjson = sandbox(&home, &["journal", "export", "--output", "ndjson"]).ok().stdout;
    let row: Value = serde_json::from_str(ndjson.trim()).unwrap();
    assert_eq!(row["state"], "done");
    for (line, count) in [
        (&["journal", "list", "--since", "1h"][..], 1),
        (&["journal", "list", "--since", "2099-01-01"], 0),
        (&["journal", "list", "--model", "res.users"], 0),
        (&["journal", "list", "--open"], 0),
        (&["journal", "list", "--limit", "1"], 1),
    ] {
        assert_eq!(sandbox(&home, line).ok().json().as_array().unwrap().len(), count, "{line:?}");
    }
    sandbox(&home, &["journal", "list", "--since", "yesterday"]).fails(2, "usage");
    sandbox(&home, &["journal", "show", "xyz"]).fails(2, "usage");
    sandbox(&home, &["journal", "show", "abcdef"]).fails(7, "not_found");
    sandbox(&home, &["journal", "frobnicate"]).fails(2, "usage");
}

#[test]
fn an_entry_of_a_later_version_is_shown_and_its_additions_stay() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.run(WRITE).ok();
    let file = files(&home).pop().unwrap();
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += "{\"v\":9,\"kind\":\"intent\",\"at\":\"2026-01-01T00:00:00Z\",\"id\":\"0123456789ab\",\"model\":\"a.b\",\"method\":\"write\",\"novel\":[1]}\n";
    std::fs::write(&file, &text).unwrap();
    home.run(WRITE).ok();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with(&text), "nothing of it is rewritten");
    let shown = home.run(["journal", "show", "0123456789ab"]).ok().json();
    assert_eq!((&shown["v"], &shown["novel"], &shown["state"]), (&json!(9), &json!([1]), &json!("open")));
    assert_eq!(entries(&home, &[]).len(), 3);
}

#[test]
fn what_may_be_somebody_elses_is_not_told() {
    let (home, server) = lab();
    let lost = |line: &[&str]| {
        home.run(line).fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string()
    };
    let make = ["create", "res.partner", "--vals-json", r#"{"name": "A"}"#];
    server.on(&json2("res.partner", "create"), Answer::CloseAfterReading);
    let search = |rows: Value| server.on(&json2("res.partner", "search_read"), whole(&rows));
    let (early, late) = ("2001-01-01 00:00:00", "2099-01-01 00:00:00");
    for (has_clock, name, made, written, finding) in [
        (true, "A", early, early, None),
        (true, "B", late, "2099-01-01 00:00:09", None),
        // Odoo may have made another value of the one that it was given.
        (true, "B", late, late, None),
        (true, "B", early, early, Some("did_not_happen")),
        (false, "B", early, early, None),
        (true, "A", late, late, Some("happened")),
    ] {
        let id = lost(&make);
        aged(&home);
        server.on("/web/version", if has_clock { clock() } else { Answer::html(404) });
        search(json!([{ "id": 9, "name": name, "create_date": made, "write_date": written }]));
        match finding {
            Some(finding) => {
                assert_eq!(
                    home.run(["journal", "check", &id]).ok().json()["finding"],
                    finding,
                    "{name} {made}"
                );
            }
            None => {
                let outcome = home.run(["journal", "check", &id]).fails(11, "cannot_tell");
                let seen = outcome.error()["errors"].to_string();
                assert!(made == early && name == "A" || seen.contains("[9]"), "{seen}");
            }
        }
    }
    // What is found is known from then on to be another's.
    let id = lost(&make);
    aged(&home);
    server.on("/web/version", clock());
    search(json!([{ "id": 9, "name": "A", "create_date": late, "write_date": late }]));
    assert_eq!(home.run(["journal", "check", &id]).ok().json()["finding"], "did_not_happen");
    // A record that tells nothing of what was given is nobody's.
    let secret = [
        "create",
        "res.partner",
        "--vals-json",
        r#"{"password": "correct horse"}"#,
        "--force-field",
        "password",
    ];
    let id = lost(&secret);
    aged(&home);
    search(json!([{ "id": 10, "create_date": late, "write_date": late }]));
    home.run(["journal", "check", &id]).fails(11, "cannot_tell");
    search(json!([]));
    assert_eq!(home.run(["journal", "check", &id]).ok().json()["finding"], "did_not_happen");
    // Ids and counts of lines tell nothing of what is in them.
    server.on(&json2("res.partner", "write"), Answer::CloseAfterReading);
    let rows = json!([{ "id": 1, "child_ids": [2], "write_date": early }]).to_string();
    server.on(&json2("res.partner", "read"), Answer::json(&rows));
    let vals = r#"{"child_ids": [[1, 2, {"phone": "1"}]]}"#;
    let id = lost(&["write", "res.partner", "--ids", "1", "--vals-json", vals]);
    home.run(["journal", "check", &id]).fails(11, "cannot_tell");
    // A button that is known leaves its state; a stamp alone is anybody's.
    server.on(&json2("sale.order", "action_confirm"), Answer::CloseAfterReading);
    let order = |state: &str, written: &str| {
        let rows = json!([{ "id": 1, "state": state, "write_date": written }]).to_string();
        server.on(&json2("sale.order", "read"), Answer::json(&rows));
    };
    order("draft", early);
    let id = lost(&["call", "sale.order", "action_confirm", "--ids", "1"]);
    let asked = server.requests_to(&json2("sale.order", "read"))[0].json();
    assert_eq!(asked["fields"], json!(["state", "write_date"]));
    aged(&home);
    order("draft", late);
    home.run(["journal", "check", &id]).fails(11, "cannot_tell");
    order("cancel", late);
    home.run(["journal", "check", &id]).fails(11, "cannot_tell");
    order("draft", early);
    assert_eq!(home.run(["journal", "check", &id]).ok().json()["finding"], "did_not_happen");
    // A wizard has the name of a button, and acts on other records.
    let path = json2("account.payment.register", "action_create_payments");
    server.on(&path, Answer::CloseAfterReading);
    let rows = json!([{ "id": 1, "write_date": early }]).to_string();
    server.on(&json2("account.payment.register", "read"), Answer::json(&rows));
    let id = lost(&["call", "account.payment.register", "action_create_payments", "--ids", "1"]);
    aged(&home);
    home.run(["journal", "check", &id]).fails(11, "cannot_tell");
}

#[test]
fn odoo_is_given_the_time_to_end_what_it_began() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "create"), Answer::CloseAfterReading);
    server.on("/web/version", clock());
    server.on(&json2("res.partner", "search_read"), whole(&json!([])));
    let lost = |timeout: &str| {
        let line = ["--timeout", timeout, "create", "res.partner", "--vals-json", r#"{"name": "A"}"#];
        home.run(line).fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string()
    };
    let id = lost("60");
    let early = home.run(["journal", "check", &id]).fails(11, "cannot_tell");
    let left = early.error()["retry_after_s"].as_u64().unwrap();
    assert!((100..=120).contains(&left), "{left}");
    assert_eq!(home.run(["journal", "show", &id]).ok().json()["state"], "open");
    aged(&home);
    // Whoever waits longer lets Odoo work longer.
    home.run(["--timeout", "900", "journal", "check", &id]).fails(11, "cannot_tell");
    assert_eq!(
        home.run(["--timeout", "60", "journal", "check", &id]).ok().json()["finding"],
        "did_not_happen"
    );
    // What is there needs no time.
    let id = lost("60");
    server.on(&json2("res.partner", "search_read"), Answer::json(r#"[{"id": 9, "name": "A"}]"#));
    assert_eq!(home.run(["journal", "check", &id]).ok().json()["ids"], json!([9]));
}

#[test]
fn a_message_is_found_by_its_text_and_is_not_there_only_where_none_can_be_it() {
    let (home, server) = lab();
    server.on("/web/version", clock());
    server.on(&json2("res.partner", "message_post"), Answer::CloseAfterReading);
    let late = "2099-01-01 00:00:00";
    let other = "2099-01-01 00:00:09";
    for (rows, finding) in [
        // A message that was deleted may have left as a letter before.
        (json!([]), None),
        // A changed field is told by a message without a text.
        (json!([{ "id": 3, "body": "", "create_date": late, "write_date": late }]), Some("did_not_happen")),
        (json!([{ "id": 3, "body": "", "create_date": late, "write_date": other }]), None),
        (
            json!([{ "id": 3, "body": "<p>Something else</p>", "create_date": late, "write_date": late }]),
            None,
        ),
        (
            json!([{ "id": 3, "body": "<p>a &lt; b</p>", "create_date": late, "write_date": late }]),
            Some("happened"),
        ),
    ] {
        let post =
            ["call", "res.partner", "message_post", "--ids", "1", "--data-json", r#"{"body": "a < b"}"#];
        let outcome = home.run(post).fails(11, "outcome_unknown");
        let id = outcome.error()["journal"].as_str().unwrap().to_string();
        aged(&home);
        server.on(&json2("mail.message", "search_read"), Answer::json(rows.to_string()));
        let check = home.run(["journal", "check", &id]);
        match finding {
            Some(finding) => {
                let found = check.ok().json();
                assert_eq!(found["finding"], finding, "{rows}");
                let tells = found["looked_at"].to_string().contains("of which none is missing");
                assert_eq!(tells, finding == "did_not_happen", "{found}");
            }
            None => drop(check.fails(11, "cannot_tell")),
        }
    }
}

#[test]
fn what_was_made_and_deleted_since_is_told_by_the_ids_as_far_as_they_tell() {
    let (home, server) = lab();
    server.on("/web/version", clock());
    let (early, late) = ("2001-01-01 00:00:00", "2099-01-01 00:00:00");
    let create = ["create", "res.partner", "--vals-json", r#"{"name": "A"}"#];
    let post = [
        "call",
        "res.partner",
        "message_post",
        "--ids",
        "1",
        "--data-json",
        r#"{"body": "a", "partner_ids": [3]}"#,
    ];
    // The last one before it, those since, and the first one after it.
    for (before, since, after, creation, message) in [
        (Some(10), vec![11, 12], Some(13), Some("none is missing"), true),
        (Some(10), vec![], Some(11), Some("none is missing"), true),
        (Some(10), vec![11], Some(13), None, false),
        (Some(10), vec![12], None, None, false),
        // What was deleted after it was made last leaves none.
        (Some(10), vec![11], None, None, false),
        (Some(10), vec![], None, None, false),
        (None, vec![], Some(13), None, false),
    ] {
        for (line, model, method) in
            [(&create[..], "res.partner", "create"), (&post[..], "mail.message", "message_post")]
        {
            let answer = {
                let since = since.clone();
                move |request: &Recorded| {
                    let domain = request.json()["domain"].clone();
                    let asks = |word: &str| domain.to_string().contains(word);
                    let row = |id: &i64, made: &str| json!({ "id": id, "create_date": made, "body": "b" });
                    let rows: Vec<Value> = match () {
                        () if asks("create_uid") => Vec::new(),
                        () if asks("\"<\"") && asks("create_date") => {
                            before.iter().map(|id| row(id, early)).collect()
                        }
                        () if asks("\">\"") && asks("create_date") => {
                            after.iter().map(|id| row(id, late)).collect()
                        }
                        () => since.iter().map(|id| row(id, late)).collect(),
                    };
                    Answer::json(Value::from(rows).to_string())
                }
            };
            server.on(&json2("res.partner", method), Answer::CloseAfterReading);
            server.on(&json2(model, "search_read"), Answer::made(answer));
            let id =
                home.run(line).fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string();
            aged(&home);
            let check = home.run(["journal", "check", &id]);
            let said = match method {
                "create" => creation,
                _ => message.then_some("none is missing"),
            };
            let case = format!("{method} {before:?} {since:?} {after:?}");
            match said {
                Some(said) => {
                    let found = check.ok().json();
                    assert_eq!(found["finding"], "did_not_happen", "{case}");
                    assert!(found["looked_at"].to_string().contains(said), "{case}: {found}");
                }
                None => {
                    let seen = check.fails(11, "cannot_tell").error()["errors"].to_string();
                    assert!(seen.contains("made and deleted"), "{case}: {seen}");
                }
            }
        }
    }
}

#[test]
fn values_that_are_hidden_are_told_by_those_beside_them_and_by_the_time_of_the_last_change() {
    let (home, server) = lab();
    server.on("/web/version", clock());
    server.on(&json2("res.users", "write"), Answer::CloseAfterReading);
    let (early, late) = ("2001-01-01 00:00:00", "2099-01-01 00:00:00");
    let row = |name: &str, written: &str, by: i64| {
        let rows = json!([{ "id": 2, "name": name, "write_date": written, "write_uid": by }]).to_string();
        server.on(&json2("res.users", "read"), Answer::json(rows));
    };
    let user = || entries(&home, &[]).pop().unwrap()["user"].as_i64();
    for (vals, name, written, by_us, finding) in [
        (json!({ "password": "x" }), "Old", early, true, Some("did_not_happen")),
        (json!({ "password": "x" }), "Old", late, true, None),
        (json!({ "password": "x", "name": "New" }), "New", late, true, Some("happened")),
        (json!({ "password": "x", "name": "New" }), "New", late, false, None),
        (json!({ "password": "x", "name": "New" }), "Old", early, true, Some("did_not_happen")),
        // The name was so before, and nothing tells of the password.
        (json!({ "password": "x", "name": "Old" }), "Old", late, true, None),
        (json!({ "password": "x", "name": "Old" }), "Old", early, true, Some("did_not_happen")),
    ] {
        row("Old", early, 1);
        let outcome = home.run(["write", "res.users", "--ids", "2", "--vals-json", &vals.to_string()]);
        let id = outcome.fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string();
        aged(&home);
        row(name, written, if by_us { user().unwrap_or(7) } else { 99 });
        let check = home.run(["journal", "check", &id]);
        match finding {
            Some(finding) => assert_eq!(check.ok().json()["finding"], finding, "{vals} {written}"),
            None => drop(check.fails(11, "cannot_tell")),
        }
    }
}

#[test]
fn a_journal_of_another_profile_that_cannot_be_read_keeps_nothing_from_being_found_out() {
    let (home, server) = lab();
    home.profile("other", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    home.agent(["--profile", "other"]).args(WRITE).run().ok();
    let file = files(&home).pop().unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    server.on(&json2("res.partner", "create"), Answer::CloseAfterReading);
    let lab = |line: &[&str]| home.agent(["--profile", "lab"]).args(line).run();
    let outcome = lab(&["create", "res.partner", "--vals-json", r#"{"name": "A"}"#]);
    let id = outcome.fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string();
    server.on(&json2("res.partner", "search_read"), Answer::json(r#"[{"id": 9, "name": "A"}]"#));
    let found = lab(&["journal", "check", &id]).ok().json();
    assert_eq!(found["finding"], "happened");
    assert!(found["looked_at"].to_string().contains("cannot be read"), "{found}");
}

/// A server in front of another that lets a call through and loses its answer, or loses the call.
pub struct Lossy {
    pub server: Server,
    pub home: Home,
    base_url: String,
}

impl Lossy {
    pub fn new(base_url: &str, database: &str, key: &str) -> Lossy {
        let (server, home) = (Server::start(), Home::new());
        server.on("/web/version", clock());
        for (name, url) in [("lossy", server.url()), ("whole", base_url)] {
            home.profile(name, &[("ODOO_BASE_URL", url), ("ODOO_DB", database), ("ODOO_API_KEY", key)]);
        }
        Lossy { server, home, base_url: base_url.into() }
    }
}

/// What the other answers to a request as it came.
fn forwarded(base_url: &str, request: &crate::support::Recorded) -> Answer {
    use std::io::{Read, Write};
    let address = base_url.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.path);
    for (name, value) in &request.headers {
        if !["host", "connection", "accept-encoding"].contains(&name.to_ascii_lowercase().as_str()) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    head += &format!("Host: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(&[head.as_bytes(), &request.body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Answer::Bytes(answer)
}

/// What the other answers to each request.
pub fn passed_on(base_url: &str) -> Answer {
    let base_url = base_url.to_string();
    Answer::made(move |request| forwarded(&base_url, request))
}

#[test]
fn a_lost_answer_is_found_out() {
    let served = crate::support::Served::start();
    lost_answers(&Lossy::new(served.base_url(), served.database(), served.key("agent")));
}

/// Loses answers, and calls, and holds what is found out of each against what was carried out.
pub fn lost_answers(lossy: &Lossy) {
    let home = &lossy.home;
    // What is asked goes through; of what is changed the answer, or the call itself, is lost.
    let lose = |model: &str, method: &str, is_carried_out: bool| {
        let base_url = lossy.base_url.clone();
        lossy.server.on(
            &json2(model, method),
            Answer::made(move |request| {
                if is_carried_out {
                    forwarded(&base_url, request);
                }
                Answer::CloseAfterReading
            }),
        );
    };
    for model in ["res.partner", "mail.message", "sale.order", "res.users"] {
        for method in ["read", "search_read", "fields_get", "context_get"] {
            lossy.server.on(&json2(model, method), passed_on(&lossy.base_url));
        }
    }
    let whole = |line: &[&str]| home.agent(["--profile", "whole"]).args(line).run().ok().json();
    let partner =
        whole(&["create", "res.partner", "--vals-json", r#"{"name": "Lossy", "phone": "1"}"#])[0].to_string();
    // What was made just before a call may be what it made, as far as clocks tell.
    std::thread::sleep(Duration::from_secs(4));
    let order = whole(&[
        "search-read",
        "sale.order",
        "--domain",
        r#"[["state", "=", "draft"]]"#,
        "--limit",
        "1",
        "--fields",
        "state",
    ]);
    let order = order[0]["id"].to_string();
    for is_carried_out in [false, true] {
        let finding = if is_carried_out { "happened" } else { "did_not_happen" };
        let name = format!("{{\"name\": \"Lost {is_carried_out}\", \"comment\": \"<p>hello</p>\"}}");
        let cases: [(&str, &str, Vec<&str>); 6] = [
            ("res.partner", "create", vec!["create", "res.partner", "--vals-json", &name]),
            (
                "res.partner",
                "write",
                vec!["write", "res.partner", "--ids", &partner, "--vals-json", r#"{"phone": "2"}"#],
            ),
            (
                "res.partner",
                "message_post",
                vec![
                    "call",
                    "res.partner",
                    "message_post",
                    "--ids",
                    &partner,
                    "--data-json",
                    r#"{"body": "A note & more"}"#,
                ],
            ),
            ("sale.order", "action_confirm", vec!["call", "sale.order", "action_confirm", "--ids", &order]),
            (
                "res.partner",
                "action_archive",
                vec!["call", "res.partner", "action_archive", "--ids", &partner],
            ),
            ("res.partner", "unlink", vec!["call", "res.partner", "unlink", "--ids", &partner]),
        ];
        for (model, method, line) in cases {
            lose(model, method, is_carried_out);
            let outcome = home.agent(["--profile", "lossy"]).args(&line).run().fails(11, "outcome_unknown");
            let id = outcome.error()["journal"].as_str().unwrap().to_string();
            aged(home);
            let check = home.run(["--profile", "lossy", "journal", "check", &id]);
            // What is not there may have been deleted, where ids are missing or nothing was made after it.
            let may_be_gone = !is_carried_out && matches!(method, "create" | "message_post");
            if may_be_gone && check.exit != 0 {
                let seen = check.fails(11, "cannot_tell").error()["errors"].to_string();
                assert!(seen.contains("made and deleted"), "{seen}");
                continue;
            }
            // Somebody else may have deleted it as well.
            if is_carried_out && method == "unlink" {
                let seen = check.fails(11, "cannot_tell").error()["errors"].to_string();
                assert!(seen.contains("they are gone"), "{seen}");
                continue;
            }
            let found = check.ok().json();
            assert_eq!(found["finding"], finding, "{method}: {found}");
            assert!(!found["looked_at"].as_array().unwrap().is_empty());
            if is_carried_out && matches!(method, "create" | "message_post") {
                assert_eq!(found["ids"].as_array().unwrap().len(), 1, "{found}");
            }
            let state = if is_carried_out { "done" } else { "rejected" };
            let shown = home.run(["--profile", "lossy", "journal", "show", &id]).ok().json();
            assert_eq!(shown["state"], state);
            // Asked again, the journal knows.
            let again = home.run(["--profile", "lossy", "journal", "check", &id]).ok().json();
            assert_eq!(again["finding"], finding);
        }
    }
}

#[test]
fn what_somebody_else_did_in_place_of_a_lost_call_is_not_ours() {
    let served = crate::support::Served::start();
    let lossy = Lossy::new(served.base_url(), served.database(), served.key("agent"));
    let home = &lossy.home;
    home.profile(
        "other",
        &[
            ("ODOO_BASE_URL", served.base_url()),
            ("ODOO_DB", served.database()),
            ("ODOO_API_KEY", served.key("admin")),
        ],
    );
    for method in ["read", "search_read", "fields_get", "write"] {
        let base_url = lossy.base_url.clone();
        let answer = Answer::made(move |request| forwarded(&base_url, request));
        lossy.server.on(&json2("res.partner", method), answer);
    }
    let run = |profile: &str, line: &[&str]| home.agent(["--profile", profile]).args(line).run();
    let make = || {
        let line = ["create", "res.partner", "--vals-json", r#"{"name": "Lost", "phone": "1"}"#];
        run("whole", &line).ok().json()[0].to_string()
    };
    let ids = [(); 4].map(|()| make());
    // What was made is older than the second in which somebody acts on it.
    std::thread::sleep(Duration::from_secs(3));
    let mut ids = ids.into_iter();
    for is_ours in [false, true] {
        for method in ["action_archive", "unlink"] {
            let id = ids.next().unwrap();
            let line = ["call", "res.partner", method, "--ids", &id];
            let base_url = lossy.base_url.clone();
            let answer = Answer::made(move |request| {
                if is_ours {
                    forwarded(&base_url, request);
                }
                Answer::CloseAfterReading
            });
            lossy.server.on(&json2("res.partner", method), answer);
            let lost = run("lossy", &line).fails(11, "outcome_unknown");
            let entry = lost.error()["journal"].as_str().unwrap().to_string();
            if !is_ours {
                run("other", &line).ok();
            }
            if method == "action_archive" {
                // Whoever writes last hides who came before.
                let vals = r#"{"comment": "<p>later</p>"}"#;
                run("lossy", &["write", "res.partner", "--ids", &id, "--vals-json", vals]).ok();
            }
            aged(home);
            let check = run("lossy", &["journal", "check", &entry]);
            if is_ours && method == "action_archive" {
                assert_eq!(check.ok().json()["finding"], "happened");
            } else {
                check.fails(11, "cannot_tell");
            }
        }
    }
}

#[test]
fn what_cannot_be_told_is_not_told_and_stays_open() {
    let (home, server) = lab();
    server.on(&json2("x.thing", "x_act"), Answer::CloseAfterReading);
    let outcome = home.run(["call", "x.thing", "x_act", "--ids", "1"]).fails(11, "outcome_unknown");
    let id = outcome.error()["journal"].as_str().unwrap().to_string();
    let check = home.run(["journal", "check", &id]).fails(11, "cannot_tell");
    assert!(!check.error()["errors"].as_array().unwrap().is_empty(), "{}", check.stderr);
    assert_eq!(check.effect(), "unknown");
    assert_eq!(home.run(["journal", "show", &id]).ok().json()["state"], "open");
    // Values that hold, but nobody says whose they are; that neither hold nor held; and that stood so before.
    server.on(&json2("res.partner", "read"), Answer::json(r#"[{"id": 1, "phone": "0"}]"#));
    server.on(&json2("res.partner", "write"), Answer::CloseAfterReading);
    let lost =
        || home.run(WRITE).fails(11, "outcome_unknown").error()["journal"].as_str().unwrap().to_string();
    let (one, other) = (lost(), lost());
    server.on(&json2("res.partner", "read"), Answer::json(r#"[{"id": 1, "phone": "1"}]"#));
    let same = lost();
    server.on(&json2("res.partner", "read"), Answer::json(r#"[{"id": 1, "phone": "7"}]"#));
    home.run(["journal", "check", &one]).fails(11, "cannot_tell");
    server.on(&json2("res.partner", "read"), Answer::json(r#"[{"id": 1, "phone": "1"}]"#));
    home.run(["journal", "check", &other]).fails(11, "cannot_tell");
    home.run(["journal", "check", &same]).fails(11, "cannot_tell");
}

#[test]
fn what_does_not_leave_now_leaves_no_entry_either_and_is_not_taken_back_unseen() {
    let home = Home::new();
    let id =
        created(&home, "res.partner", &json!({ "name": "Kept", "phone": "1", "email": "old@example.com" }));
    let vals = json!({ "phone": "2", "email": "new@example.com" }).to_string();
    sandbox(&home, &["write", "res.partner", "--ids", &id.to_string(), "--vals-json", &vals]).ok();
    let entry = last(&home)["id"].as_str().unwrap().to_string();
    let shown = |line: &[&str]| sandbox(&home, line).ok().stdout;
    assert!(shown(&["journal", "show", &entry]).contains("old@example.com"));
    let policy = json!({ "version": "1", "redact": ["res.partner.email"] }).to_string();
    let path = home.config().join("policy.json");
    crate::support::run::write_with_mode(&path, policy.as_bytes(), 0o600);
    for line in [&["journal", "show", &entry][..], &["journal", "export"], &["undo", &entry, "--dry-run"]] {
        let out = shown(line);
        assert!(
            !out.contains("@example.com") && (out.contains("\"1\"") || out.contains(r#"\"1\""#)),
            "{out}"
        );
    }
    let undone = sandbox(&home, &["undo", &entry]).ok().json();
    assert!(undone[0]["lost"].to_string().contains("email"), "{undone}");
    std::fs::remove_file(path).unwrap();
    let read = sandbox(&home, &["read", "res.partner", "--ids", &id.to_string(), "--fields", "phone,email"]);
    let read = read.ok().json();
    assert_eq!((&read[0]["phone"], &read[0]["email"]), (&json!("1"), &json!("new@example.com")));
}
