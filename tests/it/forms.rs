//! The forms of output: each for each command, the part that `--pluck` names, what a write says whatever the
//! form, readers that go away, and the line that tells somebody who waits.

use std::process::Stdio;
use std::time::Duration;

use crate::support::{Answer, Home, Terminal, at_once, json2, lab};
use serde_json::{Value, json};

const FORMS: [&str; 5] = ["json", "pretty", "ndjson", "table", "csv"];

fn sandbox(home: &Home, words: &[&str]) -> crate::support::Outcome {
    home.agent(["--profile", "sandbox"]).args(words).run()
}

/// Every command in every form: the same data, shaped as the form says.
#[test]
fn every_command_has_every_form() {
    let home = Home::new();
    // A command, and where its rows are: by JSON Pointer.
    let commands: [(&[&str], &str); 11] = [
        (&["search-read", "res.partner", "--fields", "name,active", "--limit", "3"], ""),
        (&["read", "res.partner", "--ids", "10,15", "--fields", "name,active"], ""),
        (&["lookup", "partner", "a"], "/results"),
        (&["schema-summary", "res.country"], "/fields"),
        (&["doc-index", "--match", "project"], "/models"),
        (&["doc-model", "res.partner", "--field", "email", "--field", "name"], "/fields"),
        (&["group", "res.partner", "--by", "is_company"], ""),
        (
            &[
                "call",
                "res.partner",
                "search_read",
                "--data-json",
                r#"{"domain":[],"fields":["name"],"limit":3}"#,
            ],
            "",
        ),
        (&["exec-spec", "spec.json"], ""),
        (&["cache", "list"], ""),
        (&["doctor"], "/checks"),
    ];
    home.file("spec.json", r#"{"action":"search_read","model":"res.partner","fields":["name"],"limit":2}"#);
    for (command, place) in commands {
        let words = |form| [command, &["--output", form, "--quiet"]].concat();
        let run = |form| sandbox(&home, &words(form)).ok();
        // What is cached is shown by the second run already.
        run("json");
        let json = run("json").json();
        let rows: Vec<Value> = match json.pointer(place).unwrap() {
            Value::Array(rows) => rows.clone(),
            named => named.as_object().unwrap().values().cloned().collect(),
        };
        assert!(rows.len() >= 2, "{command:?}: {json}");
        let pretty = run("pretty");
        assert_eq!(pretty.json(), json, "{command:?}");
        assert!(pretty.stdout.lines().count() > rows.len());
        let lines: Vec<Value> =
            run("ndjson").stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), rows.len(), "{command:?}");
        for (line, row) in lines.iter().zip(&rows) {
            for (key, value) in row.as_object().unwrap() {
                assert_eq!(&line[key], value, "{command:?}");
            }
        }
        let csv = run("csv").stdout;
        assert!(csv.lines().count() > rows.len(), "a header and the rows: {command:?}: {csv}");
        let table = run("table").stdout;
        let some = rows[0].as_object().unwrap().values().find_map(Value::as_str);
        assert!(table.contains(some.unwrap_or("")), "{command:?}: {table}");
        assert!(!table.starts_with(['[', '{']), "{command:?}: {table}");
    }
}

#[test]
fn the_shape_of_a_form_is_the_same_for_anything() {
    let (home, server) = lab();
    let print = |body: &str, form: &str| {
        server.on(&json2("res.partner", "some_method"), Answer::json(body));
        home.run(["call", "res.partner", "some_method", "--ids", "1", "--output", form, "--quiet"])
            .ok()
            .stdout
    };
    for (body, ndjson, csv, table) in [
        ("7", "7\n", "7\n", "7\n"),
        ("true", "true\n", "true\n", "true\n"),
        ("null", "null\n", "\"\"\n", "null\n"),
        (r#""a,b""#, "\"a,b\"\n", "\"a,b\"\n", "a,b\n"),
        ("[]", "", "", ""),
        ("[1, 2.50]", "1\n2.50\n", "1\n2.50\n", "1\n2.50\n"),
        (r#"{"a": 1, "b": [2]}"#, "{\"a\":1,\"b\":[2]}\n", "a,b\n1,[2]\n", "a  1\nb  2\n"),
        (r#"[{"a": 1}, {"b": "x"}]"#, "{\"a\":1}\n{\"b\":\"x\"}\n", "a,b\n1,\n,x\n", "a  b\n1\n   x\n"),
        (r#"[[1, "x"], 3]"#, "[1,\"x\"]\n3\n", "\"[1,\"\"x\"\"]\"\n3\n", "[1,\"x\"]\n3\n"),
        (r#"[{"a": 1}, 3]"#, "{\"a\":1}\n3\n", "\"{\"\"a\"\":1}\"\n3\n", "{\"a\":1}\n3\n"),
    ] {
        assert_eq!(print(body, "ndjson"), ndjson, "{body}");
        assert_eq!(print(body, "csv"), csv, "{body}");
        assert_eq!(print(body, "table"), table, "{body}");
        assert_eq!(print(body, "json"), body.replace(": ", ":").replace(", ", ",") + "\n", "{body}");
    }
}

/// The columns of a CSV are those that were asked for, whatever came and whatever is cached.
#[test]
fn a_csv_of_records_has_the_same_columns_each_time() {
    let home = Home::new();
    let words =
        ["search-read", "res.partner", "--fields", "name,parent_id,active", "--output", "csv", "--quiet"];
    let cold = sandbox(&home, &[&words[..], &["--limit", "4"]].concat()).ok().stdout;
    assert!(cold.starts_with("id,name,parent_id,parent_id.display_name,active\n"), "{cold}");
    assert_eq!(sandbox(&home, &[&words[..], &["--limit", "4"]].concat()).ok().stdout, cold);
    let none = sandbox(&home, &[&words[..], &["--domain", r#"[["id","=",0]]"#]].concat()).ok().stdout;
    assert_eq!(none, "id,name,parent_id,parent_id.display_name,active\n");
}

#[test]
fn a_form_that_takes_one_kind_of_rows_is_refused_two_before_anything_is_sent() {
    let (home, server) = lab();
    for form in ["ndjson", "csv"] {
        let refused = home.run(["doc-model", "res.partner", "--output", form]).fails(2, "usage");
        assert_eq!(refused.effect(), "not_sent");
    }
    for flag in ["--output=table", "--pluck=/0"] {
        home.run(["search-read", "res.partner", "--all", flag]).fails(2, "usage");
    }
    assert_eq!(server.connections(), 0);
}

/// What a write did is told in every form.
#[test]
fn no_form_loses_what_a_write_did() {
    let home = Home::new();
    for form in FORMS {
        let created =
            sandbox(&home, &["create", "res.partner", "--vals-json", r#"{"name":"Form"}"#, "--output", form]);
        let text = created.ok().stdout.replace(['[', ']', '\n', ' '], "");
        assert!(text.parse::<u32>().unwrap() > 0, "{form}: {text}");
        let written =
            sandbox(&home, &["write", "res.partner", "--ids", &text, "--vals-json", "{}", "--output", form]);
        assert_eq!(written.ok().stdout, "true\n", "{form}");
    }
}

#[test]
fn a_part_is_printed_as_it_was_sent() {
    let (home, server) = lab();
    let body = r#"[{"id": 7, "amount": 1.10, "big": 12345678901234567890123, "name": "\u00e9\n\"x\"", "tags": [1, 2], "a/b": {"~": null}}]"#;
    server.on(&json2("res.partner", "read"), Answer::json(body));
    let pluck = |pointer: &str, form: &[&str]| {
        home.agent(["read", "res.partner", "--ids", "7", "--fields", "name", "--pluck", pointer])
            .args(form)
            .run()
    };
    for (pointer, part) in [
        ("/0/id", "7"),
        ("/0/amount", "1.10"),
        ("/0/big", "12345678901234567890123"),
        ("/0/name", r#""\u00e9\n\"x\"""#),
        ("/0/tags", "[1,2]"),
        ("/0/tags/1", "2"),
        ("/0/a~1b/~0", "null"),
        ("", &body.replace(": ", ":").replace(", ", ",")),
    ] {
        assert_eq!(pluck(pointer, &[]).ok().stdout, format!("{part}\n"), "{pointer}");
    }
    assert_eq!(pluck("/0/name", &["--output", "table"]).ok().stdout, "é\n\"x\"\n", "bare text");
    assert_eq!(pluck("/0/tags", &["--output", "ndjson"]).ok().stdout, "1\n2\n");
    assert_eq!(pluck("/0/tags", &["--pretty"]).ok().stdout, "[\n  1,\n  2\n]\n");
    for (pointer, there) in [
        ("/0/nmae", "/0 is an object with the keys \"a/b\", \"amount\", \"big\", \"id\", \"name\", \"tags\""),
        ("/1/id", "the result is a list of one item, 0"),
        ("/0/id/x", "/0/id is neither a list nor an object"),
    ] {
        let missing = pluck(pointer, &[]).fails(7, "not_found").says(&[there]);
        assert_eq!(missing.effect(), "none");
    }
    let before = server.connections();
    for wrong in ["0/id", "$.id", "/0/~2"] {
        pluck(wrong, &[]).fails(2, "usage");
    }
    assert_eq!(server.connections(), before, "a malformed pointer is refused before anything is sent");
}

/// A write is done, whatever its result looks like: it is told whole, and never as a failure.
#[test]
fn a_part_that_a_write_does_not_have_is_no_failure() {
    let home = Home::new();
    let create = ["create", "res.partner", "--vals-json", r#"{"name":"Pluck"}"#];
    let id = sandbox(&home, &[&create[..], &["--pluck", "/0"]].concat()).ok().stdout;
    assert!(id.trim().parse::<u32>().unwrap() > 0, "{id}");
    let whole = sandbox(&home, &[&create[..], &["--pluck", "/0/id", "--quiet"]].concat()).ok();
    assert!(whole.json()[0].as_i64().unwrap() > 0);
    assert!(whole.notes()[0].contains("--pluck /0/id") && whole.notes()[0].contains("went through"));
    // A method that is not known to change nothing may have.
    let call = ["call", "res.partner", "action_archive", "--ids", id.trim(), "--pluck", "/x"];
    assert_eq!(sandbox(&home, &call).ok().notes().len(), 1);
    let count = ["call", "res.partner", "search_count", "--data-json", r#"{"domain":[]}"#, "--pluck", "/x"];
    sandbox(&home, &count).fails(7, "not_found");
    let dry = [&create[..], &["--dry-run", "--pluck", "/body/vals_list/0/name"]].concat();
    assert_eq!(sandbox(&home, &dry).ok().stdout, "\"Pluck\"\n");
}

/// `odoo-agent … | head -1`: whoever reads no further is no error.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    let commands: [&[&str]; 18] = [
        &["search-read", "res.partner"],
        &["search-read", "res.partner", "--all"],
        &["search-read", "res.partner", "--output", "table"],
        &["search-read", "res.partner", "--output", "csv"],
        &["read", "res.partner", "--ids", "10"],
        &["create", "res.partner", "--vals-json", r#"{"name":"x"}"#],
        &["write", "res.partner", "--ids", "10", "--vals-json", "{}"],
        &["call", "res.partner", "search_count", "--data-json", r#"{"domain":[]}"#],
        &["lookup", "partner", "Azure"],
        &["schema-summary", "res.partner"],
        &["doc-index"],
        &["doc-model", "res.partner"],
        &["doctor"],
        &["cache", "list"],
        &["sandbox", "reset"],
        &["count", "res.partner"],
        &["group", "res.partner", "--by", "is_company"],
        &["--help"],
    ];
    for command in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = home.agent(["--profile", "sandbox", "--quiet"]).args(command);
        let outcome = run.run_with_stdout(Stdio::from(writer));
        assert_eq!(outcome.exit, 0, "{command:?}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("error"), "{command:?}: {}", outcome.stderr);
    }
}

fn slow(delay: Duration) -> (Home, crate::support::Server) {
    let (home, server) = lab();
    let answer = Answer::made(move |_| {
        std::thread::sleep(delay);
        Answer::json(r#"[{"id":1,"name":"late"}]"#)
    });
    server.on(&json2("res.partner", "search_read"), answer);
    (home, server)
}

const SEARCH: [&str; 4] = ["search-read", "res.partner", "--fields", "name"];
const WAITING: &str = "waiting for res.partner/search_read: 2 s";

/// The line is there while the answer is not, and nothing of it stays.
#[test]
fn somebody_who_waits_is_told_for_what() {
    let (home, _server) = slow(Duration::from_secs(5));
    let told = || {
        let seen = Terminal::agent(&home, &SEARCH).with_stdout().run(&home).exits(0).shows(&[WAITING]);
        let (_, after) = seen.screen.rsplit_once("waiting for").unwrap();
        assert!(after.contains("\r\u{1b}[K"), "taken away: {:?}", seen.screen);
        assert!(after.contains("late"), "and then the result: {:?}", seen.screen);
        let updated = seen.screen.matches("\r\u{1b}[K").count();
        assert!(updated >= 2, "{:?}", seen.screen);
    };
    let silenced = |more: &str| {
        let words = [&SEARCH[..], &[more]].concat();
        let seen = Terminal::agent(&home, &words).run(&home).exits(0);
        assert!(!seen.screen.contains("waiting"), "{more}: {:?}", seen.screen);
    };
    let unseen = || {
        let silent = Terminal::agent(&home, &SEARCH).without_stderr().run(&home).exits(0);
        assert!(!silent.screen.contains("waiting") && silent.stderr.is_empty(), "{silent:?}");
    };
    let ways: [&(dyn Fn() + Sync); 4] = [&told, &|| silenced("--quiet"), &|| silenced("--debug"), &unseen];
    at_once(&ways, |way| way());
}

#[test]
fn a_short_wait_is_none() {
    let (home, _server) = slow(Duration::ZERO);
    let seen = Terminal::agent(&home, &SEARCH).run(&home).exits(0);
    assert_eq!(seen.screen, "", "not even a control character");
}

#[test]
fn a_wait_that_is_interrupted_leaves_no_line_behind() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::Stall);
    let seen = Terminal::agent(&home, &SEARCH).when(WAITING, "\u{3}").run(&home).exits(130);
    let (before, error) = seen.screen.split_once("error: interrupted").unwrap();
    assert!(before.contains("\r\u{1b}[K"), "{:?}", seen.screen);
    assert!(before.rsplit_once("waiting").unwrap().1.ends_with("\r\u{1b}[K"), "{:?}", seen.screen);
    assert!(!error.contains("waiting"));
}

/// The line is cut to the terminal: one that went on in a second line could not be taken away.
#[test]
fn the_line_fits_a_narrow_terminal() {
    let (home, _server) = slow(Duration::from_secs(5));
    let seen = Terminal::agent(&home, &SEARCH).columns(24).run(&home).exits(0);
    let line = seen.screen.split("\r\u{1b}[K").find(|line| line.starts_with("waiting")).unwrap();
    assert_eq!(line, "waiting for res.partne…");
}

/// Not asked for, no form changes what a pipe gets.
#[test]
fn a_pipe_gets_the_tokens_of_the_server() {
    let (home, server) = lab();
    let body =
        "[ {\"b\": 1.10, \"a\": \"\\u00e9 \u{202e}\u{9b}\",\n \"b\": 1e22, \"n\": 12345678901234567890123} ]";
    server.on(&json2("res.partner", "search_read"), Answer::json(body));
    let tight = "{\"b\":1.10,\"a\":\"\\u00e9 \u{202e}\u{9b}\",\"b\":1e22,\"n\":12345678901234567890123}";
    assert_eq!(home.run(SEARCH).ok().stdout, format!("[{tight}]\n"));
    assert_eq!(home.agent(SEARCH).args(["--output", "ndjson"]).run().ok().stdout, format!("{tight}\n"));
    let pretty = home.agent(SEARCH).args(["--output", "pretty"]).run().ok().stdout;
    assert_eq!(pretty, home.agent(SEARCH).arg("--pretty").run().ok().stdout);
    assert!(pretty.contains("\"n\": 12345678901234567890123"), "{pretty}");
    assert_eq!(json!(pretty.lines().count()), 8);
}

#[test]
fn a_table_loses_no_row_and_no_width_can_break_it() {
    let (home, server) = lab();
    server.on(SEARCH_OF_NOTES, Answer::json(r#"[{"id":1,"name":"a"},{"id":2,"\ud800":"kept"}]"#));
    let line = ["call", "x.note", "search_read", "--output", "table"];
    assert!(home.run(line).ok().stdout.contains("kept"));
    server.on(SEARCH_OF_NOTES, Answer::json(r#"[{"id":1,"name":"a"}]"#));
    for width in ["18446744073709551615", "0", "-5", "1", "wide"] {
        assert!(home.agent(line).env("COLUMNS", width).run().ok().stdout.contains("id"), "{width}");
    }
    // As deep as a hostile server likes: its blanks would be the square of that.
    server.on(SEARCH_OF_NOTES, Answer::json("[".repeat(20_000) + &"]".repeat(20_000)));
    let deep = home.run(["call", "x.note", "search_read", "--pretty"]).ok().stdout;
    assert!(deep.len() < 20_000 * 2 * 140, "{}", deep.len());
    // A number that no machine has leaves the columns as they are.
    server.on(SEARCH_OF_NOTES, Answer::json(r#"[{"id":1,"n":1},{"id":2,"n":1e400}]"#));
    let csv = home.run(["call", "x.note", "search_read", "--output", "csv"]).ok().stdout;
    assert_eq!(csv, "id,n\n1,1\n2,1e400\n");
}

const SEARCH_OF_NOTES: &str = "/json/2/x.note/search_read";
