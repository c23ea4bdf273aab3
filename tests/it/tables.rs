//! Tables as a person sees them: widths, scripts, what strangers wrote, colour, local time, and when a result
//! is one at all.

use crate::support::golden::assert_golden;
use crate::support::{Answer, Home, Server, Terminal, json2, lab};
use serde_json::{Value, json};
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

/// A name that is cut to a few letters names nobody: columns leave first, and are named.
#[test]
fn columns_leave_before_names_become_unreadable() {
    let (home, server) = lab();
    let name = |of: &str, nth: usize| format!("{of} number {nth} with a name of some length");
    let rows: Vec<Value> = (1..4)
        .map(|nth| {
            json!({ "id": nth, "name": name("Order", nth), "partner_id": [nth, name("Partner", nth)],
                "user_id": [nth, name("User", nth)], "team_id": [nth, name("Team", nth)], "state": "sale", "zzz": nth })
        })
        .collect();
    server.on(&json2("res.partner", "search_read"), Answer::json(json!(rows)));
    let drawn = |width: &str| {
        let run = home.agent(SEARCH).args(["--output", "table"]).env("COLUMNS", width);
        let table = run.run().ok();
        (table.stdout.clone(), table.notes())
    };
    let (table, notes) = drawn("80");
    let header = table.lines().next().unwrap();
    assert!(header.contains("user_id") && !header.contains("team_id") && !header.contains("zzz"), "{table}");
    assert!(table.contains("Order number 1 with") && table.contains("User number 2 with"), "{table}");
    assert!(notes.iter().any(|note| note.contains("team_id, state, zzz")), "{notes:?}");
    assert!(table.lines().all(|line| columns_of(line) <= 80), "{table}");
    // Where there is room, or nothing to fit into, all of them stay.
    for (table, notes) in [drawn("200"), drawn("0")] {
        assert!(table.lines().next().unwrap().contains("team_id") && notes.is_empty(), "{table} {notes:?}");
    }
    // Short names need no room of twenty.
    let rows: Vec<Value> = (1..4)
        .map(|nth| json!({ "id": nth, "name": "A", "partner_id": [1, "B"], "user_id": [1, "C"], "team_id": [1, "D"], "state": "sale" }))
        .collect();
    server.on(&json2("res.partner", "search_read"), Answer::json(json!(rows)));
    assert!(drawn("45").1.is_empty());
}

/// Ids are shown by names that are at hand; nothing is asked for looks.
#[test]
fn lists_of_records_are_named_as_far_as_names_are_at_hand() {
    let (home, server) = lab();
    let fields = json!({ "name": { "type": "char" }, "user_ids": { "type": "many2many", "relation": "res.users" },
        "child_ids": { "type": "one2many", "relation": "x.task" }, "user_id": { "type": "many2one", "relation": "res.users" } });
    server.on(&json2("x.task", "fields_get"), Answer::json(&fields));
    let rows = json!([
        { "id": 1, "name": "Paint", "user_ids": [2, 3, 9], "child_ids": [4, 5], "user_id": [3, "Bob"] },
        { "id": 4, "name": "Prime", "user_ids": [], "child_ids": [], "user_id": false },
    ]);
    server.on(&json2("x.task", "search_read"), Answer::json(&rows));
    server.on(&json2("res.users", "name_search"), Answer::json(r#"[[2, "Ann"]]"#));
    home.run(["lookup", "res.users", "Ann"]).ok();
    home.run(["schema-summary", "x.task"]).ok();
    server.forget();
    let line = ["search-read", "x.task", "--fields", "name,user_ids,child_ids,user_id"];
    let table = home.agent(line).args(["--output", "table"]).run().ok().stdout;
    assert!(table.contains("Ann, Bob, 9") && table.contains("Prime, 5"), "{table}");
    assert_eq!(server.requests().len(), 1, "only the rows were asked for");
    assert!(home.run(line).ok().stdout.contains("[2,3,9]"), "data stays as Odoo sent it");
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
        assert_eq!(line(&utc).split("  ").nth(1), Some(format!("{sent}Z").as_str()), "UTC says so: {utc}");
    }
    assert_eq!(table("UTC", &[]), utc, "where local time is UTC it says so as well");
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
    assert_eq!(unknown.lines().nth(1), Some(" 1          Hello you & me  aGVsbG8="), "{unknown}");
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

/// Lines of a table in the sandbox, at a width.
fn in_sandbox(width: usize, words: &[&str]) -> Vec<String> {
    let home = Home::new();
    let run = home.agent(["--profile", "sandbox", "--output", "table"]).args(words).without_env("TZ");
    let table = run.env("COLUMNS", width.to_string()).run().ok().stdout;
    let lines: Vec<String> = table.lines().map(str::to_string).collect();
    assert!(lines.iter().all(|line| columns_of(line) <= width), "{table}");
    lines
}

#[test]
fn a_record_by_itself_is_shown_whole() {
    let read = ["read", "res.partner", "--ids", "10", "--fields", "name,email"];
    let narrow = in_sandbox(50, &read);
    assert_eq!(narrow[0], "id     10");
    assert!(narrow[1].starts_with("name   ") && !narrow.concat().contains('…'), "{narrow:?}");
    let wide = in_sandbox(200, &read);
    assert_eq!(wide.len(), 2, "with room it is a row: {wide:?}");
    let several = in_sandbox(50, &["read", "res.partner", "--ids", "10,11", "--fields", "name,email"]);
    assert_eq!(several.len(), 3, "{several:?}");
}

#[test]
fn names_of_columns_stay_different_and_numbers_and_periods_whole() {
    let functions = ["--sum", "amount_total", "--avg", "amount_total", "--max", "amount_total"];
    let group =
        [&["group", "sale.order", "--by", "date_order:month", "--by", "user_id"], &functions[..]].concat();
    for width in [66, 80, 100, 140] {
        let lines = in_sandbox(width, &group);
        let mut header: Vec<&str> = lines[0].split_whitespace().collect();
        assert_eq!(header.len(), 6, "{lines:?}");
        for function in [":sum", ":avg", ":max"] {
            assert!(header.iter().any(|name| name.ends_with(function)), "{width}: {lines:?}");
        }
        header.sort_unstable();
        header.dedup();
        assert_eq!(header.len(), 6, "{width}: {lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("September 2026  ")), "{width}: {lines:?}");
    }
    let whole = in_sandbox(90, &group);
    assert!(whole[0].contains("amount_total:sum") && whole[0].contains("amount_total:max"), "{whole:?}");
    assert!(whole[1..].iter().any(|line| line.contains('…')), "the persons give first: {whole:?}");

    let (home, server) = lab();
    let row = json!({ "id": 1, "remaining_hours_effective": "a", "remaining_hours_planned": "b", "note": "n".repeat(60) });
    server.on(&json2("res.partner", "search_read"), Answer::json(json!([row, row])));
    let table = home.agent(SEARCH).args(["--output", "table"]).env("COLUMNS", "46").run().ok().stdout;
    let header: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_ne!(header[1], header[2], "{table}");
}

#[test]
fn what_fields_are_named_is_never_cut() {
    let summary = in_sandbox(80, &["schema-summary", "res.partner", "--all"]);
    assert!(summary[0].starts_with("name ") && summary[0].contains("relation"), "{summary:?}");
    let words = |line: &str| line.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    let whole = in_sandbox(300, &["schema-summary", "res.partner", "--all"]);
    for (cut, whole) in summary.iter().zip(&whole).skip(1) {
        assert_eq!(words(cut)[..2], words(whole)[..2]);
        for model in words(whole).iter().filter(|word| word.contains('.') && !word.contains(',')) {
            assert!(cut.contains(model.as_str()), "{model}: {cut}");
        }
    }
}

#[test]
fn what_a_field_is_not_is_blank() {
    let lines = in_sandbox(120, &["doc-model", "project.task", "--field", "name", "--field", "stage_id"]);
    let yes: Vec<usize> = lines.iter().map(|line| line.matches("yes").count()).collect();
    assert_eq!(yes, [0, 1, 0], "{lines:?}");
    assert!(lines.iter().all(|line| !line.split_whitespace().any(|word| word == "no")), "{lines:?}");
}

#[test]
fn those_without_a_value_are_a_group_by_name() {
    let table = in_sandbox(120, &["group", "project.task", "--by", "parent_id", "--by", "active"]);
    assert!(table.iter().any(|line| line.starts_with("(none)") && line.contains("yes")), "{table:?}");
    let (home, server) = lab();
    let row =
        json!([{ "active": false, "parent_id": false, "__extra_domain": [["a", "=", 1]], "__count": 2 }]);
    server.on(&json2("res.partner", "formatted_read_group"), Answer::json(row));
    let fields = json!({ "active": { "type": "boolean", "string": "A" }, "parent_id": { "type": "many2one", "string": "P" } });
    server.on(&json2("res.partner", "fields_get"), Answer::json(fields));
    let group = |form: &str| {
        let words = ["group", "res.partner", "--by", "active,parent_id", "--output", form];
        home.run(words).ok().stdout
    };
    assert_eq!(group("csv"), "active,parent_id,parent_id.display_name,__count\nfalse,,,2\n");
    let known = group("table");
    assert_eq!(known.lines().nth(1), Some("no      (none)           2"), "{known}");
    assert!(group("ndjson").contains("__extra_domain"));
}

#[test]
fn groups_are_a_csv_with_the_start_and_the_name_of_a_period() {
    let home = Home::new();
    let words =
        ["--profile", "sandbox", "group", "sale.order", "--by", "date_order:month,user_id", "--output"];
    let rows = home.agent(words).arg("json").run().ok().json();
    let csv = home.agent(words).arg("csv").run().ok().stdout;
    let mut lines = csv.lines();
    let header = "date_order:month,date_order:month.display_name,user_id,user_id.display_name,__count";
    assert_eq!(lines.next(), Some(header));
    for (line, row) in lines.zip(rows.as_array().unwrap()) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let (month, user) = (&row["date_order:month"], &row["user_id"]);
        let user_id = user[0].as_i64().map(|id| id.to_string()).unwrap_or_default();
        let wanted = [text(&month[0]), text(&month[1]), user_id, text(&user[1]), row["__count"].to_string()];
        assert_eq!(line, wanted.join(","));
    }
}

#[test]
fn the_doctor_keeps_to_the_width() {
    for width in [40, 80] {
        let lines = in_sandbox(width, &["doctor"]);
        let said = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("doc-index and doc-model show models and fields, no methods"), "{said}");
    }
    let home = Home::new();
    let words = ["--profile", "sandbox", "doctor"];
    let seen = Terminal::agent(&home, &words).with_stdout().columns(80).env("NO_COLOR", "1").run(&home);
    assert!(seen.exits(0).text().lines().all(|line| columns_of(line) <= 80));
    let piped = home.agent(words).args(["--output", "table"]).run().ok().stdout;
    assert_eq!(piped.lines().count(), home.run(words).ok().json()["checks"].as_array().unwrap().len());
}
