//! Memory and time of results by their size: a form that would take far more than the result falls back to JSON,
//! and what a write has done is never lost by how it is shown.

use std::process::{Command, Output};

use crate::support::run::BINARY;
use crate::support::{Answer, Home, KEY, Outcome, Server, json2, lab};
use serde_json::{Value, json};

/// The program with so much address space and no more, in KiB.
fn within(home: &Home, server: &Server, kilobytes: usize, arguments: &[&str]) -> Outcome {
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {kilobytes}; exec \"$@\""), "sh", BINARY])
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("ODOO_AGENT_HOME", home.path())
        .envs([("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)])
        .envs([("ODOO_LANG", "en_US"), ("ODOO_TZ", "UTC")])
        .output()
        .unwrap();
    Outcome::of(output, arguments.join(" "))
}

/// Rows that share no key.
fn sparse(rows: usize) -> String {
    let rows: Vec<Value> = (0..rows).map(|nth| json!({ format!("k{nth}"): 1 })).collect();
    Value::from(rows).to_string()
}

#[test]
fn a_form_that_would_fill_the_memory_falls_back_to_json_and_says_so() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let wide_at_depth = "[".repeat(100) + &vec!["1"; 150_000].join(",") + &"]".repeat(100);
    for (reply, form) in [
        (sparse(6_000), "table"),
        (sparse(3_000), "csv"),
        (deep, "pretty"),
        (wide_at_depth, "pretty"),
        (format!("[{}]", vec!["1"; 600_000].join(",")), "ndjson"),
        (format!("[{}]", vec!["1"; 600_000].join(",")), "table"),
        (format!("[{{\"a\":\"{}\"}},{}]", "x".repeat(990), vec!["{\"b\":1}"; 60_000].join(",")), "table"),
    ] {
        let (home, server) = lab();
        server.on(&json2("x.thing", "x_act"), Answer::json(reply.clone()));
        let outcome =
            within(&home, &server, 400_000, &["call", "x.thing", "x_act", "--ids", "1", "--output", form]);
        assert_eq!(outcome.exit, 0, "{form}: {}", &outcome.stderr[..outcome.stderr.len().min(500)]);
        assert!(!outcome.stdout.is_empty());
        if outcome.stdout.len() == reply.len() + 1 {
            assert!(outcome.notes().iter().any(|note| note.contains("printed as JSON")), "{form}");
        }
    }
}

#[test]
fn what_people_look_at_is_drawn_as_before() {
    let rows: Vec<Value> = (0..5000)
        .map(|id| json!({ "id": id, "name": format!("A name {id}"), "email": "a@b.example", "amount": 1.5 }))
        .collect();
    let (home, server) = lab();
    server.on(&json2("x.thing", "x_act"), Answer::json(Value::from(rows)));
    for form in ["table", "csv", "ndjson", "pretty"] {
        let outcome = home.run(["call", "x.thing", "x_act", "--ids", "1", "--output", form]).ok();
        assert_eq!(outcome.stderr, "", "{form}");
        assert!(outcome.stdout.lines().count() >= 5000, "{form}");
    }
}

#[test]
fn tens_of_thousands_of_fields_take_no_square_of_time() {
    let (home, server) = lab();
    let field = json!({ "type": "char", "string": "Label" });
    let fields: serde_json::Map<String, Value> =
        (0..40_000).map(|nth| (format!("field_{nth}"), field.clone())).collect();
    server.on(&json2("x.thing", "fields_get"), Answer::json(Value::Object(fields)));
    let record: serde_json::Map<String, Value> =
        (0..40_000).map(|nth| (format!("field_{nth}"), 1.into())).collect();
    server.on(&json2("x.thing", "x_act"), Answer::json(json!([Value::Object(record)])));
    for line in [
        &["schema-summary", "x.thing", "--all"][..],
        &["schema-summary", "x.thing", "--contains", "field_99"],
        &["call", "x.thing", "x_act", "--ids", "1", "--output", "table"],
        &["call", "x.thing", "x_act", "--ids", "1", "--output", "csv"],
    ] {
        // A square of it took ten seconds.
        let (seconds, outcome) = timed(&home, line);
        assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
        assert!(seconds < 4.0, "{line:?}: {seconds} s");
    }
}

/// What the program takes of the processor, in seconds, with how it ended: beside other tests the clock tells nothing.
fn timed(home: &Home, line: &[&str]) -> (f64, Output) {
    let output = Command::new("sh")
        .args(["-c", "\"$@\" >/dev/null; code=$?; times; exit $code", "sh", BINARY])
        .args(line)
        .env_clear()
        .env("ODOO_AGENT_HOME", home.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let user = told.lines().last().unwrap().split_whitespace().next().unwrap().trim_end_matches('s');
    let (minutes, seconds) = user.split_once('m').unwrap();
    (minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap(), output)
}

#[test]
fn what_was_meant_is_sought_for_as_many_wrong_names_as_are_told() {
    let (home, server) = lab();
    let fields: serde_json::Map<String, Value> = (0..300)
        .map(|nth| {
            (
                format!("a_field_of_some_length_{nth}"),
                json!({ "type": "char", "string": format!("Label {nth}") }),
            )
        })
        .collect();
    server.on(&json2("x.thing", "fields_get"), Answer::json(Value::Object(fields)));
    let wrong = |begins: &str| -> Value {
        let one = |nth| (format!("{begins}a_feild_of_some_length_{nth}"), 1.into());
        Value::Object((0..10_000).map(one).collect())
    };
    let domain: Vec<Value> =
        wrong("").as_object().unwrap().keys().map(|name| json!([name, "=", 1])).collect();
    for (name, content) in
        [("vals", wrong("")), ("context", wrong("default_")), ("domain", Value::from(domain))]
    {
        std::fs::write(home.path().join(name), content.to_string()).unwrap();
    }
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let (vals, context, domain) = (file("vals"), file("context"), file("domain"));
    let right = r#"{"a_field_of_some_length_1":"x"}"#;
    // Each name held against each field took most of a minute.
    for (line, exit) in [
        (&["create", "x.thing", "--vals-file", &vals][..], 2),
        (&["search-read", "x.thing", "--fields", "id", "--domain-file", &domain], 2),
        (&["create", "x.thing", "--vals-json", right, "--dry-run", "--context-file", &context], 0),
    ] {
        let (seconds, output) = timed(&home, line);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{line:?}: {}", &told[..told.len().min(500)]);
        assert!(
            told.len() < 20_000 && told.contains("9980 more"),
            "{line:?}: {}",
            &told[..told.len().min(500)]
        );
        assert!(seconds < 15.0, "{line:?}: {seconds} s");
    }
}
