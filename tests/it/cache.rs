//! What is remembered, for how long, for whom, and what makes it forgotten.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::run::{BINARY, files_below};
use crate::support::{Answer, Home, KEY, Outcome, Server, json2, lab};
use serde_json::{Value, json};

const SEARCH: &str = "/json/2/res.partner/search_read";
const FIELDS_GET: &str = "/json/2/res.partner/fields_get";
const LOOKUP: [&str; 3] = ["lookup", "partner", "Azure"];
const SUMMARY: [&str; 2] = ["schema-summary", "res.partner"];
const HOUR: u64 = 3600;

fn ready() -> (Home, Server) {
    let (home, server) = lab();
    server.on(SEARCH, Answer::json(r#"[{"id": 15, "name": "Azure Interior"}]"#));
    server.on(FIELDS_GET, Answer::json(r#"{"name": {"type": "char", "string": "Name"}}"#));
    (home, server)
}

#[track_caller]
fn source(outcome: Outcome) -> String {
    outcome.ok().json()["source"].as_str().unwrap().to_string()
}

/// The one entry of a kind.
#[track_caller]
fn entry(home: &Home, kind: &str) -> PathBuf {
    let mut found = home.entries(kind);
    assert_eq!(found.len(), 1, "{kind}");
    found.remove(0)
}

/// Moves the time at which an entry was stored into the past, or with a negative number into the future.
fn age(path: &Path, seconds: i64) {
    let text = fs::read_to_string(path).unwrap();
    let (head, body) = text.split_once('\n').unwrap();
    let mut head: Value = serde_json::from_str(head).unwrap();
    head["stored_at"] = (head["stored_at"].as_i64().unwrap() - seconds).into();
    fs::write(path, format!("{head}\n{body}")).unwrap();
}

#[test]
fn schemas_live_a_day_and_lookups_half_a_day() {
    for (line, kind, life) in [(&SUMMARY[..], "schema", 24 * HOUR), (&LOOKUP[..], "lookup", 12 * HOUR)] {
        let (home, server) = ready();
        assert_eq!(source(home.run(line)), "live");
        assert_eq!(source(home.run(line)), "cache");
        age(&entry(&home, kind), life as i64 - 60);
        assert_eq!(source(home.run(line)), "cache", "{kind} just before its end");
        age(&entry(&home, kind), 60);
        assert_eq!(source(home.run(line)), "live", "{kind} at its end");
        assert_eq!(source(home.run(line)), "cache", "{kind} renewed");
        age(&entry(&home, kind), -120);
        assert_eq!(source(home.run(line)), "live", "{kind} from the future");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn the_users_language_is_learnt_once_a_day() {
    let server = Server::start();
    let home = Home::new();
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    server.on(SEARCH, Answer::json("[]"));
    let asked = || server.requests_to("/json/2/res.users/context_get").len();
    let line = ["search-read", "res.partner", "--fields", "name"];
    for _ in 0..3 {
        home.run(line).ok();
    }
    assert_eq!(asked(), 1);
    age(&entry(&home, "user"), 24 * HOUR as i64);
    home.run(line).ok();
    assert_eq!(asked(), 2);
}

#[test]
fn a_life_can_be_set_and_zero_turns_it_off() {
    for (name, line, kind) in
        [("ODOO_SCHEMA_TTL", &SUMMARY[..], "schema"), ("ODOO_LOOKUP_TTL", &LOOKUP[..], "lookup")]
    {
        for zero in ["0", "0s"] {
            let (home, _server) = ready();
            for _ in 0..2 {
                assert_eq!(source(home.agent(line).env(name, zero).run()), "live", "{name}");
            }
            assert!(home.entries(kind).is_empty(), "{name}: nothing is stored either");
        }
        let (home, _server) = ready();
        assert_eq!(source(home.run(line)), "live");
        age(&entry(&home, kind), 30 * 60);
        assert_eq!(source(home.agent(line).env(name, "1h").run()), "cache");
        assert_eq!(source(home.agent(line).env(name, "20m").run()), "live");
    }
}

#[test]
fn refresh_asks_and_renews() {
    for line in [&SUMMARY[..], &LOOKUP[..]] {
        let (home, server) = ready();
        assert_eq!(source(home.run(line)), "live");
        server.on(SEARCH, Answer::json(r#"[{"id": 16, "name": "Azure New"}]"#));
        server.on(FIELDS_GET, Answer::json(r#"{"name": {"type": "char", "string": "New"}}"#));
        assert!(!home.run(line).ok().stdout.contains("New"));
        let outcome = home.agent(line).arg("--refresh").run().ok();
        assert!(outcome.stdout.contains("New") && outcome.stdout.contains("live"));
        let outcome = home.run(line).ok();
        assert!(outcome.stdout.contains("New") && outcome.stdout.contains("cache"));
    }
}

#[test]
fn every_difference_keeps_answers_apart() {
    let (home, server) = ready();
    let second = Server::start();
    second.on(SEARCH, Answer::json(r#"[{"id": 99, "name": "Azure elsewhere"}]"#));
    server.on("/json/2/res.partner/name_search", Answer::json(r#"[[15, "Azure Interior"]]"#));
    let variants: Vec<Box<dyn Fn() -> Outcome>> = vec![
        Box::new(|| home.run(LOOKUP)),
        Box::new(|| home.run(["lookup", "partner", "azure"])),
        Box::new(|| home.run(["lookup", "partner", "Azure I"])),
        Box::new(|| home.run(["lookup", "res.partner", "Azure"])),
        Box::new(|| home.run(["lookup", "partner", "Azure", "--limit", "11"])),
        Box::new(|| home.run(["lookup", "partner", "Azure Interior", "--exact"])),
        Box::new(|| home.run(["lookup", "partner", "Azure Interior"])),
        Box::new(|| home.agent(LOOKUP).env("ODOO_DB", "lab2").run()),
        Box::new(|| home.agent(LOOKUP).env("ODOO_LANG", "de_DE").run()),
        Box::new(|| home.agent(LOOKUP).env("ODOO_COMPANY_IDS", "2").run()),
        Box::new(|| home.agent(LOOKUP).args(["--context-json", r#"{"active_test": false}"#]).run()),
        Box::new(|| home.agent(LOOKUP).env("ODOO_BASE_URL", server.url()).env("ODOO_API_KEY", "0ther").run()),
        Box::new(|| home.agent(LOOKUP).env("ODOO_BASE_URL", second.url()).env("ODOO_API_KEY", KEY).run()),
    ];
    // Whole names ask for the fields first.
    let asked = |server: &Server| {
        server.requests().iter().filter(|request| !request.path.ends_with("/fields_get")).count()
    };
    let total = || asked(&server) + asked(&second);
    for (index, variant) in variants.iter().enumerate() {
        assert_eq!(source(variant()), "live", "variant {index} found another's answer");
        assert_eq!(total(), index + 1);
    }
    for (index, variant) in variants.iter().enumerate() {
        assert_eq!(source(variant()), "cache", "variant {index} lost its answer");
    }
    assert_eq!(total(), variants.len());
    let elsewhere = variants.last().unwrap()().json();
    assert_eq!(elsewhere["results"][0]["id"], 99);
    // The address as written makes no difference, the server does.
    let with_slash = format!("{}/", server.url());
    assert_eq!(source(home.agent(LOOKUP).env("ODOO_BASE_URL", with_slash).run()), "cache");
}

#[test]
fn what_a_context_holds_is_in_no_file_of_the_cache_and_tells_answers_apart_all_the_same() {
    let (home, server) = ready();
    server.on("/json/2/res.partner/get_views", Answer::json(r#"{"views": {}, "models": {}}"#));
    let context =
        |value: &str| json!({ "default_password": value, "my_token": value, "lang": value }).to_string();
    for line in [&SUMMARY[..], &LOOKUP[..]] {
        let run = |value: &str| home.agent(line).args(["--context-json", &context(value)]).run();
        assert_eq!(source(run("0pensesame")), "live");
        assert_eq!(source(run("0pensesame")), "cache");
        assert_eq!(source(run("an0ther")), "live");
        assert_eq!(source(home.run(line)), "live", "and without a context");
    }
    for fields in [&[][..], &["--fields", "*"]] {
        let line = ["search-read", "res.partner", "--context-json", &context("0pensesame")];
        home.agent(line).args(fields).run().ok();
    }
    let listed = home.run(["cache", "list"]).ok().stdout;
    let files: String =
        files_below(&home.cache()).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(files.contains("Azure Interior") && listed.contains("res.partner"));
    for secret in ["0pensesame", "an0ther", "default_password", "my_token"] {
        assert!(!files.contains(secret) && !listed.contains(secret), "{secret}");
    }
}

#[test]
fn schemas_are_kept_apart_by_user_and_language() {
    let (home, server) = ready();
    assert_eq!(source(home.run(SUMMARY)), "live");
    assert_eq!(source(home.agent(SUMMARY).env("ODOO_LANG", "de_DE").run()), "live");
    assert_eq!(source(home.agent(SUMMARY).env("ODOO_API_KEY", "0ther").run()), "live");
    assert_eq!(source(home.agent(SUMMARY).env("ODOO_DB", "lab2").run()), "live");
    assert_eq!(source(home.run(SUMMARY)), "cache");
    assert_eq!(server.requests_to(FIELDS_GET).len(), 4);
}

#[test]
fn a_document_is_revalidated_after_a_day() {
    // Odoo quotes the validator of the index and not that of a model.
    for (line, path, etag) in [
        (&["doc-index"][..], "/doc-bearer/index.json", "\"9e193ac4\""),
        (&["doc-model", "res.partner"], "/doc-bearer/res.partner.json", "106f0495"),
    ] {
        let (home, server) = lab();
        server.on(path, Answer::json(r#"{"models": [], "v": 1}"#).with("ETag", etag));
        let first = home.run(line).ok().stdout;
        assert_eq!(home.run(line).ok().stdout, first);
        assert_eq!(server.only(path).header("if-none-match"), None);

        server.forget();
        server.on(path, Answer::Reply { status: 304, headers: Vec::new(), body: Vec::new() });
        age(&entry(&home, "document"), 24 * HOUR as i64);
        assert_eq!(home.run(line).ok().stdout, first);
        assert_eq!(server.only(path).header("if-none-match"), Some(etag));
        assert_eq!(home.run(line).ok().stdout, first);
        assert_eq!(server.requests().len(), 1, "304 renews it");

        server.forget();
        server.on(path, Answer::json(r#"{"models": [], "v": 2}"#).with("ETag", "new"));
        age(&entry(&home, "document"), 24 * HOUR as i64);
        assert_eq!(home.run(line).ok().json()["v"], 2);
        assert_eq!(server.only(path).header("if-none-match"), Some(etag));

        server.forget();
        home.agent(line).arg("--refresh").run().ok();
        assert_eq!(server.only(path).header("if-none-match"), None, "--refresh wants the whole");
        age(&entry(&home, "document"), 24 * HOUR as i64);
        server.forget();
        home.run(line).ok();
        assert_eq!(server.only(path).header("if-none-match"), Some("new"));
    }
}

#[test]
fn a_304_that_nobody_asked_for_is_a_bad_reply() {
    let (home, server) = lab();
    server.on("/doc-bearer/index.json", Answer::Reply { status: 304, headers: Vec::new(), body: Vec::new() });
    home.run(["doc-index"]).fails(12, "bad_reply");
}

#[test]
fn an_expired_document_without_a_server_is_an_error_and_not_served() {
    let (home, server) = lab();
    server.on("/doc-bearer/index.json", Answer::json(r#"{"models": []}"#).with("ETag", "x"));
    home.run(["doc-index"]).ok();
    age(&entry(&home, "document"), 24 * HOUR as i64);
    server.on("/doc-bearer/index.json", Answer::html(500));
    home.run(["doc-index"]).fails(10, "unreachable");
}

#[test]
fn nothing_found_is_not_remembered() {
    let (home, server) = ready();
    server.on(FIELDS_GET, Answer::json("{}"));
    server.on(SEARCH, Answer::json("[]"));
    assert_eq!(home.run(LOOKUP).ok().json()["results"], json!([]));
    server.on(SEARCH, Answer::json(r#"[{"id": 15, "name": "Azure Interior"}]"#));
    let found = home.run(LOOKUP).ok().json();
    assert_eq!((&found["source"], &found["results"][0]["id"]), (&json!("live"), &json!(15)));
    // Rows of which none is the whole name are nothing found as well.
    home.run(["lookup", "partner", "Azure", "--exact", "--one"]).fails(7, "no_match");
    server.on(SEARCH, Answer::json(r#"[{"id": 17, "name": "Azure"}]"#));
    assert_eq!(home.run(["lookup", "partner", "Azure", "--exact", "--one"]).ok().json()["id"], 17);
}

#[test]
fn a_write_drops_the_lookups_of_its_model_and_of_no_other() {
    let write = (&["write", "res.partner", "--ids", "1", "--vals-json", "{}"][..], "write");
    let create = (&["create", "res.partner", "--vals-json", "{}"][..], "create");
    let call = |method: &'static str| (vec!["call", "res.partner", method, "--ids", "1"], method);
    let (unlink, archive, other) = (call("unlink"), call("action_archive"), call("some_method"));
    let refusal = Answer::odoo_error(422, "odoo.exceptions.UserError", "no");
    for ((line, method), answer, dropped) in [
        (create, Answer::json("[1]"), true),
        ((&unlink.0[..], unlink.1), Answer::json("true"), true),
        ((&archive.0[..], archive.1), Answer::json("true"), true),
        ((&other.0[..], other.1), Answer::json("null"), true),
        (write, Answer::json("true"), true),
        (write, Answer::CloseAfterReading, true),
        (write, Answer::html(502), true),
        (write, refusal.clone(), false),
        (create, refusal, false),
    ] {
        let (home, server) = ready();
        server.on("/json/2/project.task/search_read", Answer::json(r#"[{"id": 1, "name": "Azure"}]"#));
        source(home.run(LOOKUP));
        source(home.run(["lookup", "task", "Azure"]));
        let other_user = || home.agent(LOOKUP).env("ODOO_API_KEY", "0ther").run();
        source(other_user());
        server.on(&json2("res.partner", method), answer);
        home.run(line);
        let must = if dropped { "live" } else { "cache" };
        assert_eq!(source(home.run(LOOKUP)), must, "{line:?}");
        assert_eq!(source(other_user()), must, "{line:?} for another user");
        assert_eq!(source(home.run(["lookup", "task", "Azure"])), "cache", "{line:?}");
    }
}

#[test]
fn a_write_that_is_killed_leaves_no_old_state_to_look_at() {
    for signal in [rustix::process::Signal::KILL, rustix::process::Signal::INT] {
        let (home, server) = ready();
        source(home.run(LOOKUP));
        assert_eq!(source(home.run(LOOKUP)), "cache");
        server.forget();
        server.on(&json2("res.partner", "write"), Answer::Stall);
        let child = home.agent(["write", "res.partner", "--ids", "1", "--vals-json", "{}"]).spawn();
        server.wait_for(1);
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).unwrap();
        child.wait_with_output().unwrap();
        assert_eq!(source(home.run(LOOKUP)), "live", "{signal:?}");
    }
}

#[test]
fn a_read_or_a_write_to_another_database_drops_nothing() {
    let (home, server) = ready();
    source(home.run(LOOKUP));
    server.on("/json/2/res.partner/search_count", Answer::json("12"));
    server.on("/json/2/res.partner/write", Answer::json("true"));
    home.run(["call", "res.partner", "search_count", "--data-json", r#"{"domain": []}"#]).ok();
    home.agent(["write", "res.partner", "--ids", "1", "--vals-json", "{}"]).env("ODOO_DB", "lab2").run().ok();
    assert_eq!(source(home.run(LOOKUP)), "cache");
}

/// Damages an entry, with another entry of the same kind at hand.
type Spoil = fn(&Path, &Path);

#[test]
fn a_damaged_entry_is_a_miss_and_is_replaced() {
    let spoil: [(&str, Spoil); 11] = [
        ("empty", |path, _| fs::write(path, "").unwrap()),
        ("garbage", |path, _| fs::write(path, b"\x00\xff\xfe garbage").unwrap()),
        ("cut in the head", |path, _| cut(path, 20)),
        ("cut in the body", |path, _| cut(path, fs::read(path).unwrap().len() - 3)),
        ("longer than it says", |path, _| {
            fs::write(path, [fs::read(path).unwrap(), b" ".to_vec()].concat()).unwrap()
        }),
        ("of another question", |path, other| {
            fs::copy(other, path).unwrap();
        }),
        ("without a body", |path, _| {
            let text = fs::read_to_string(path).unwrap();
            fs::write(path, text.split_inclusive('\n').next().unwrap()).unwrap();
        }),
        ("JSON of another kind", |path, _| fs::write(path, "[]\n[]").unwrap()),
        ("a link", |path, other| {
            fs::rename(path, other).unwrap();
            symlink(other, path).unwrap();
        }),
        ("a pipe", |path, _| {
            fs::remove_file(path).unwrap();
            rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        }),
        ("gone", |path, _| fs::remove_file(path).unwrap()),
    ];
    for (what, spoil) in spoil {
        for (line, kind) in [(&LOOKUP[..], "lookup"), (&SUMMARY[..], "schema")] {
            let (home, _server) = ready();
            source(home.agent(line).env("ODOO_LANG", "pl_PL").run());
            let other = entry(&home, kind);
            source(home.run(line));
            let path = home.entries(kind).into_iter().find(|path| *path != other).unwrap();
            spoil(&path, &other);
            let outcome = home.run(line).ok();
            assert_eq!(outcome.json()["source"], "live", "{what} {kind}");
            assert_eq!(outcome.stderr, "", "{what} {kind}");
            assert_eq!(source(home.run(line)), "cache", "{what} {kind} is replaced");
            assert!(fs::symlink_metadata(&path).unwrap().is_file(), "{what} {kind}");
        }
    }
}

fn cut(path: &Path, length: usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..length]).unwrap();
}

#[test]
fn a_cache_that_cannot_be_written_stops_nothing() {
    let (home, server) = ready();
    fs::write(home.cache(), "a file where the directory should be").unwrap();
    assert_eq!(source(home.run(SUMMARY)), "live");
    let outcome = home.run(LOOKUP).ok();
    assert_eq!(outcome.json()["results"][0]["id"], 15);
    assert_eq!(outcome.notes().len(), 1, "{}", outcome.stderr);
    server.on("/json/2/res.partner/write", Answer::json("true"));
    let outcome = home.run(["write", "res.partner", "--ids", "1", "--vals-json", "{}"]).ok();
    assert_eq!(outcome.stdout, "true\n");
    assert!(outcome.notes()[0].contains("--refresh"), "stale lookups may stay: {}", outcome.stderr);
}

#[test]
fn path_list_and_clear_work_without_a_server_or_a_profile() {
    let (home, server) = ready();
    assert_eq!(home.run(["cache", "path"]).ok().json(), json!({ "path": home.cache() }));
    assert_eq!(home.run(["cache", "list"]).ok().json(), json!([]));
    assert_eq!(home.run(["cache", "clear"]).ok().json(), json!({ "removed": 0 }));
    source(home.run(LOOKUP));
    source(home.run(SUMMARY));
    server.on("/doc-bearer/index.json", Answer::json(r#"{"models": []}"#));
    home.run(["doc-index"]).ok();
    fs::remove_file(home.config().join("odoo_lab.env")).unwrap();
    let connections = server.connections();
    let listed = home.run(["cache", "list"]).ok();
    assert!(!listed.stdout.contains(KEY));
    let rows = listed.json();
    let mut kinds: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["document", "lookup", "schema"]);
    for row in rows.as_array().unwrap() {
        assert_eq!((&row["base_url"], &row["database"]), (&json!(server.url()), &json!("lab")));
        assert!(Path::new(row["path"].as_str().unwrap()).is_file(), "{row}");
    }
    assert_eq!(home.run(["cache", "clear"]).ok().json(), json!({ "removed": 3 }));
    assert_eq!(home.run(["cache", "list"]).ok().json(), json!([]));
    for kind in ["lookup", "schema", "document"] {
        assert!(home.entries(kind).is_empty());
    }
    assert_eq!(server.connections(), connections);
}

#[test]
fn everything_is_for_this_user_alone_whatever_the_umask() {
    let (home, _server) = ready();
    fs::create_dir(home.cache()).unwrap();
    fs::set_permissions(home.cache(), fs::Permissions::from_mode(0o755)).unwrap();
    for line in [&LOOKUP[..], &SUMMARY[..]] {
        let status = Command::new("sh")
            .args(["-c", "umask 000; exec \"$0\" \"$@\"", BINARY])
            .args(line)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("ODOO_AGENT_HOME", home.path())
            .output()
            .unwrap();
        assert!(status.status.success(), "{status:?}");
    }
    let files = files_below(&home.cache());
    assert!(files.len() >= 2, "{files:?}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
        for directory in file.ancestors().skip(1).take_while(|directory| directory.starts_with(home.cache()))
        {
            assert_eq!(mode(directory), 0o700, "{}", directory.display());
        }
    }
}

#[test]
fn sixty_four_processes_at_once_lose_nothing_and_read_nothing_torn() {
    let (home, server) = lab();
    let names: Vec<Value> =
        (1..=1500).map(|id| json!({ "id": id, "name": format!("Azure {id} {}", "x".repeat(40)) })).collect();
    let rows = Value::Array(names);
    server.on(SEARCH, Answer::json(&rows));
    let used = ["id", "name", "email", "active", "company_type"];
    let field = |n: usize| used.get(n).map_or_else(|| format!("f{n}"), |name| name.to_string());
    let wide: Value = (0..800).map(|n| (field(n), json!({ "type": "char", "string": "F" }))).collect();
    server.on(FIELDS_GET, Answer::json(&wide));
    server.on("/json/2/res.partner/write", Answer::json("true"));
    let failures: Vec<String> = std::thread::scope(|scope| {
        let run = |number: usize| -> Option<String> {
            let outcome = match number % 8 {
                7 => home.start(["write", "res.partner", "--ids", "1", "--vals-json", "{}"]),
                3 | 5 => home.start(["schema-summary", "res.partner", "--all"]),
                _ => home.start(LOOKUP),
            };
            let whole = outcome.exit == 0
                && outcome.stderr.is_empty()
                && match number % 8 {
                    7 => outcome.stdout == "true\n",
                    3 | 5 => outcome.json()["fields"].as_array().unwrap().len() == 800,
                    _ => outcome.json()["results"] == rows,
                };
            (!whole).then(|| format!("{number}: exit {}, {}", outcome.exit, outcome.stderr))
        };
        let threads: Vec<_> = (0..64).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let odd: Vec<PathBuf> = files_below(&home.cache())
        .into_iter()
        .filter(|path| {
            path.extension().is_none_or(|extension| extension != "entry") && !path.ends_with("generation")
        })
        .collect();
    assert!(odd.is_empty(), "left behind: {odd:?}");
    home.run(LOOKUP).ok();
    assert_eq!(source(home.run(LOOKUP)), "cache");
}
