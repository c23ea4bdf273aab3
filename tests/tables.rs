//! Tables as a person sees them: widths, scripts, what strangers wrote, colour, local time, and when a result
//! is one at all.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::golden::assert_golden;
use support::{Answer, Home, Server, Terminal, json2, lab};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const SEARCH: [&str; 4] = ["search-read", "res.partner", "--fields", "name"];

fn columns_of(line: &str) -> usize {
    line.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Names in many scripts, and some that would take the terminal over.
fn strangers() -> Value {
    json!([
        { "id": 1, "name": "北京木业有限公司 (Beijing Wood)", "city": "北京", "amount": 1234.5, "active": true, "parent_id": [7, "中国分公司"], "date": "2026-03-01 10:00:00" },
        { "id": 22, "name": "👩\u{200d}👩\u{200d}👧\u{200d}👦 Family & Sons 🏳\u{fe0f}\u{200d}🌈 🇧🇪 👍🏽", "city": "Cafe\u{301}", "amount": 0.1, "active": false, "parent_id": false, "date": false },
        { "id": 333, "name": "שלום עולם \u{200f}123 العربية", "city": "תל אביב", "amount": -7, "active": true, "parent_id": [8, "حساب"], "date": "2026-07-01 22:30:00" },
        { "id": 4444, "name": "\u{1b}]0;gotcha\u{7}\u{1b}[2J\u{202e}evil\u{9b}31m", "city": "a\nb\tc\r\nd", "amount": 12345678901234567890_f64, "active": false, "parent_id": [9, "\u{2067}x"], "date": "2026-12-31 23:59:59" },
        { "id": 55555, "name": "Łódź Meble spółka z ograniczoną odpowiedzialnością", "city": "Łódź", "amount": 3, "active": true, "parent_id": [10, "A parent whose name is rather long"], "date": "2026-01-01 00:00:00" },
    ])
}

fn with_strangers() -> (Home, Server) {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json(strangers()));
    (home, server)
}

#[test]
fn tables_at_three_widths_are_as_they_were_read() {
    let (home, server) = with_strangers();
    let names: Vec<Value> = strangers()
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!({ "id": row["id"], "name": row["name"], "city": row["city"], "parent_id": row["parent_id"] }))
        .collect();
    let draw = |name: &str, width: usize| {
        let run = home.agent(SEARCH).args(["--output", "table"]).env("COLUMNS", width.to_string());
        let table = run.env("TZ", "Europe/Brussels").run().ok();
        assert_golden(&format!("tables/{name}_{width}.txt"), &table.stdout);
        for line in table.stdout.lines() {
            assert!(columns_of(line) <= width, "{} columns: {line}", columns_of(line));
        }
        assert!(!table.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}', '\u{2067}', '\t', '\r']));
    };
    for width in [60, 80, 140] {
        draw("strangers", width);
    }
    server.on(&json2("res.partner", "search_read"), Answer::json(json!(names)));
    for width in [60, 80, 140] {
        draw("names", width);
    }
}

#[test]
fn one_record_is_shown_a_field_a_line() {
    let (home, server) = lab();
    let long = "word ".repeat(40);
    let row = json!([{ "id": 7, "display_name": "Azure", "comment": long, "x": "北京".repeat(30) }]);
    server.on(&json2("res.partner", "name_search"), Answer::json(&row));
    server.on(&json2("res.partner", "search_read"), Answer::json(&row));
    let run = home.agent(["lookup", "partner", "Azure", "--one", "--output", "table"]);
    let shown = run.env("COLUMNS", "40").run().ok().stdout;
    assert!(shown.starts_with("id"), "{shown}");
    assert!(shown.lines().count() > 3, "the values go on below: {shown}");
    assert!(shown.lines().all(|line| columns_of(line) <= 40), "{shown}");
}

/// Piped without COLUMNS there is no width to fit into: nothing is cut.
#[test]
fn a_piped_table_is_as_wide_as_it_needs() {
    let (home, _server) = with_strangers();
    let table = home.agent(SEARCH).args(["--output", "table"]).run().ok().stdout;
    assert!(table.contains("Łódź Meble spółka z ograniczoną odpowiedzialnością"), "{table}");
    assert!(table.contains("\\u{1b}]0;gotcha"), "escaped here too: {table}");
    assert_eq!(table.lines().count(), 6);
    assert!(!table.contains('…'));
}

#[test]
fn records_are_a_table_on_a_terminal_and_json_in_a_pipe() {
    let home = Home::new();
    home.run(["--profile", "sandbox", "search-read", "res.partner", "--limit", "1"]).ok();
    for (arguments, header) in [
        (&["search-read", "res.partner", "--fields", "name", "--limit", "2"][..], "id  name"),
        (&["read", "res.partner", "--ids", "10,15", "--fields", "name,email"], "id  name"),
        (&["lookup", "partner", "Azure"], "id  name"),
        (&["schema-summary", "res.partner"], "name  "),
        (&["doc-index", "--match", "project"], "model  "),
        (&["doc-model", "res.partner", "--field", "email"], "name  "),
        (&["cache", "list"], "kind  "),
    ] {
        let mut words = vec!["--profile", "sandbox"];
        words.extend(arguments);
        let seen = Terminal::agent(&home, &words).with_stdout().columns(120).run(&home).exits(0);
        let text = seen.text();
        let first = text.lines().find(|line| !line.starts_with("note:")).unwrap_or_default();
        let names = first.strip_prefix("\u{1b}[1m").unwrap_or_else(|| panic!("{arguments:?}: {text}"));
        assert!(names.trim_start().starts_with(header), "{arguments:?}: {text}");
        let piped = home.run(&words).ok();
        assert!(
            piped.stdout.starts_with(['[', '{']) && piped.stdout.lines().count() == 1,
            "{}",
            piped.stdout
        );
        let chosen = Terminal::agent(&home, &[&words[..], &["--output", "json"]].concat());
        let chosen = chosen.with_stdout().run(&home).exits(0).text();
        assert!(chosen.lines().any(|line| line.starts_with(['[', '{'])), "{arguments:?}: {chosen}");
    }
    for arguments in [
        &[
            "call",
            "res.partner",
            "search_read",
            "--data-json",
            r#"{"domain":[],"fields":["name"],"limit":2}"#,
        ][..],
        &["cache", "path"],
        &["create", "res.partner", "--vals-json", r#"{"name":"Somebody"}"#],
        &["search-read", "res.partner", "--limit", "1", "--pluck", "/0"],
    ] {
        let words = [&["--profile", "sandbox", "--quiet"], arguments].concat();
        let text = Terminal::agent(&home, &words).with_stdout().run(&home).exits(0).text();
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(text.lines().count() > 1, "indented: {text}");
    }
}

#[test]
fn json_on_a_terminal_is_harmless_and_in_a_pipe_untouched() {
    let (home, server) = lab();
    let body = "[{\"id\": 1, \"name\": \"a\u{202e}b\", \"big\": 12345678901234567890123, \"f\": 1.10}]";
    server.on(&json2("res.partner", "search_read"), Answer::json(body));
    for form in ["json", "pretty", "ndjson", "csv", "table"] {
        let words = [&SEARCH[..], &["--output", form]].concat();
        let seen = Terminal::agent(&home, &words).with_stdout().run(&home).exits(0).text();
        assert!(!seen.contains(['\u{202e}', '\u{9b}']), "{form}: {seen:?}");
        assert!(seen.contains("202e"), "{form}: {seen:?}");
    }
    let piped = home.run(SEARCH).ok().stdout;
    assert_eq!(piped, "[{\"id\":1,\"name\":\"a\u{202e}b\",\"big\":12345678901234567890123,\"f\":1.10}]\n");
}

#[test]
fn a_table_fits_its_terminal_unless_columns_says_otherwise() {
    let (home, _server) = with_strangers();
    for width in [60_u16, 80, 140] {
        let seen =
            Terminal::agent(&home, &SEARCH).with_stdout().columns(width).env("NO_COLOR", "1").run(&home);
        let text = seen.exits(0).text();
        assert!(text.contains("Łódź"), "{text}");
        let widest = text.lines().map(columns_of).max().unwrap();
        assert!(
            widest <= usize::from(width) && widest > usize::from(width) / 2,
            "{widest} of {width}: {text}"
        );
    }
    let told =
        Terminal::agent(&home, &SEARCH).with_stdout().columns(200).env("COLUMNS", "70").env("NO_COLOR", "1");
    assert!(told.run(&home).exits(0).text().lines().all(|line| columns_of(line) <= 70));
    // A terminal that does not tell, as inside some editors.
    let silent = Terminal::agent(&home, &SEARCH).with_stdout().columns(0).env("NO_COLOR", "1");
    assert!(silent.run(&home).exits(0).text().lines().all(|line| columns_of(line) <= 80));
}

#[test]
fn colour_follows_the_rules_of_the_environment() {
    let (home, _server) = with_strangers();
    let bold = "\u{1b}[1m";
    for (environment, on_terminal, in_pipe) in [
        (&[][..], true, false),
        (&[("NO_COLOR", "1")], false, false),
        (&[("NO_COLOR", "")], true, false),
        (&[("CLICOLOR", "0")], false, false),
        (&[("CLICOLOR", "1")], true, false),
        (&[("CLICOLOR_FORCE", "1")], true, true),
        (&[("CLICOLOR_FORCE", "0")], true, false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false, false),
        (&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], true, true),
        (&[("TERM", "dumb")], false, false),
    ] {
        let mut terminal = Terminal::agent(&home, &SEARCH).with_stdout();
        let mut pipe = home.agent(SEARCH).args(["--output", "table"]);
        for (name, value) in environment {
            terminal = terminal.env(name, value);
            pipe = pipe.env(name, value);
        }
        let seen = terminal.run(&home).exits(0).text();
        assert_eq!(seen.contains(bold), on_terminal, "terminal, {environment:?}: {seen:?}");
        assert_eq!(pipe.run().ok().stdout.contains(bold), in_pipe, "pipe, {environment:?}");
    }
    let json = home.agent(SEARCH).env("CLICOLOR_FORCE", "1").run().ok().stdout;
    assert!(!json.contains('\u{1b}'), "JSON has no colour: {json:?}");
}

#[test]
fn times_are_local_or_utc() {
    let (home, server) = lab();
    // Brussels: summer time began on 2026-03-29 at 01:00 UTC and ended on 2026-10-25 at 01:00 UTC.
    let times = [
        ("2026-03-29 00:59:59", "2026-03-29 01:59:59+01:00"),
        ("2026-03-29 01:00:00", "2026-03-29 03:00:00+02:00"),
        ("2026-10-25 00:30:00", "2026-10-25 02:30:00+02:00"),
        ("2026-10-25 01:30:00", "2026-10-25 02:30:00+01:00"),
        ("2026-12-31 23:30:00", "2027-01-01 00:30:00+01:00"),
    ];
    let rows: Vec<Value> = times
        .iter()
        .enumerate()
        .map(|(id, (utc, _))| json!({ "id": id, "at": utc, "day": &utc[..10] }))
        .collect();
    server.on(&json2("res.partner", "search_read"), Answer::json(json!(rows)));
    let table = |zone: &str, more: &[&str]| {
        let run = home.agent(SEARCH).args(["--output", "table"]).args(more).env("TZ", zone);
        run.run().ok().stdout
    };
    let (brussels, utc) = (table("Europe/Brussels", &[]), table("Europe/Brussels", &["--utc"]));
    for (at, (sent, local)) in times.iter().enumerate() {
        let line = |table: &str| table.lines().nth(at + 1).unwrap().to_string();
        assert_eq!(line(&brussels).split("  ").nth(1), Some(*local), "{brussels}");
        assert!(line(&brussels).ends_with(&sent[..10]), "a day stays: {brussels}");
        assert_eq!(line(&utc).split("  ").nth(1), Some(*sent), "{utc}");
    }
    assert_eq!(table("UTC", &[]), utc, "where local time is UTC nothing is added");
    // A zone as POSIX writes it, on the other side.
    let newfoundland = table("NST3:30NDT,M3.2.0,M11.1.0", &[]);
    assert!(newfoundland.contains("2026-12-31 20:00:00-03:30"), "{newfoundland}");
    let json = home.agent(SEARCH).env("TZ", "Europe/Brussels").run().ok().json();
    assert_eq!(json[0]["at"], times[0].0, "JSON stays as sent");
}

/// A time copied from a table is the same moment when it is written back.
#[test]
fn a_local_time_goes_back_as_the_same_moment() {
    let home = Home::new();
    let agent = |words: &[&str]| {
        home.agent(["--profile", "sandbox"]).args(words).env("TZ", "Asia/Kolkata").run().ok()
    };
    let table =
        agent(&["read", "sale.order", "--ids", "1", "--fields", "date_order", "--output", "table"]).stdout;
    let shown = table.lines().nth(1).unwrap().split_once("  ").unwrap().1.trim().to_string();
    assert!(shown.ends_with("+05:30"), "{table}");
    let before = agent(&["read", "sale.order", "--ids", "1", "--fields", "date_order"]).json();
    let values = json!({ "date_order": shown }).to_string();
    agent(&["write", "sale.order", "--ids", "1", "--vals-json", &values]);
    assert_eq!(agent(&["read", "sale.order", "--ids", "1", "--fields", "date_order"]).json(), before);
}

/// With the fields of the model in the cache the cells are what the fields are; without, nothing is asked.
#[test]
fn cells_follow_the_cached_fields_and_nothing_is_asked_for_looks() {
    let (home, server) = lab();
    let row = json!([{ "id": 1, "active": false, "note": "<p>Hello <b>you</b> &amp; me</p>", "image": "aGVsbG8=", "text": false }]);
    server.on(&json2("res.partner", "search_read"), Answer::json(row));
    let words = ["search-read", "res.partner", "--fields", "active,note,image,text", "--output", "table"];
    let unknown = home.run(words).ok().stdout;
    assert_eq!(server.requests_to(&json2("res.partner", "fields_get")).len(), 0);
    assert!(unknown.contains("<p>Hello <b>you</b> &amp; me</p>"), "{unknown}");
    let fields = json!({
        "active": { "type": "boolean", "string": "Active" }, "note": { "type": "html", "string": "Note" },
        "image": { "type": "binary", "string": "Image" }, "text": { "type": "char", "string": "Text" },
    });
    server.on(&json2("res.partner", "fields_get"), Answer::json(fields));
    home.run(["schema-summary", "res.partner"]).ok();
    let known = home.run(words).ok().stdout;
    assert_eq!(known.lines().nth(1), Some(" 1  no      Hello you & me  5 bytes"), "{known}");
}

#[test]
fn nothing_found_is_said_and_no_table_drawn() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    let nothing = home.agent(SEARCH).args(["--output", "table"]).run().ok();
    assert_eq!((nothing.stdout.as_str(), nothing.notes()), ("", vec!["no records".to_string()]));
    assert_eq!(home.run(SEARCH).ok().stdout, "[]\n");
    assert!(home.run(SEARCH).ok().notes().is_empty());
}

#[test]
fn a_display_name_that_is_the_name_takes_no_room() {
    let (home, server) = lab();
    let char = json!({ "type": "char", "string": "Text" });
    server
        .on(&json2("res.partner", "fields_get"), Answer::json(json!({ "name": char, "display_name": char })));
    let header = |rows: Value, words: &[&str]| {
        server.on(&json2("res.partner", "search_read"), Answer::json(rows));
        let table = home.agent(["search-read", "res.partner", "--output", "table"]).args(words).run().ok();
        table.stdout.lines().next().unwrap().split_whitespace().map(str::to_string).collect::<Vec<_>>()
    };
    let row = |id: i64, shown: &str, name: &str| json!({ "id": id, "display_name": shown, "name": name });
    let (same, other) = (row(1, "Azure", "Azure"), row(2, "Azure, Anna", "Anna"));
    assert_eq!(header(json!([same]), &[]), ["id", "name"]);
    assert_eq!(header(json!([same, other]), &[]), ["id", "display_name", "name"]);
    // Who names both sees both.
    assert_eq!(header(json!([same]), &["--fields", "display_name,name"]), ["id", "display_name", "name"]);
    let nameless = json!([{ "id": 3, "display_name": "Azure" }]);
    assert_eq!(header(nameless, &[]), ["id", "display_name"]);
}
