//! What `describe` and `spec-schema` promise, held against what the program does, by a validator that knows neither.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::Home;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

fn validator(schema: &Value) -> Validator {
    assert!(jsonschema::draft202012::meta::is_valid(schema), "not a schema of 2020-12: {schema}");
    jsonschema::draft202012::new(schema).unwrap()
}

fn schema_of_a_spec() -> Value {
    Home::new().run(["spec-schema"]).ok().json()
}

fn described() -> Value {
    Home::new().run(["describe"]).ok().json()
}

fn command<'d>(described: &'d Value, name: &str) -> &'d Value {
    described["commands"].as_array().unwrap().iter().find(|command| command["name"] == name).unwrap()
}

#[test]
fn every_example_is_a_spec() {
    let validator = validator(&schema_of_a_spec());
    let mut seen = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap().flatten() {
        let spec: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&spec).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.path().display());
        seen += 1;
    }
    assert!(seen >= 5);
}

/// Specs of every action with everything that can be in them.
fn full() -> Vec<Value> {
    let of_every = json!({ "context": { "lang": "de_DE" }, "confirm_outbound": true,
        "wait_approval": "10m" });
    let rules = json!({ "dry_run": true, "strict": false, "force_fields": ["a"], "max_records": 3,
        "no_before": true, "idempotency_key": "a name", "read_back": ["name"] });
    let whole = |own: Value, more: &[&Value]| {
        let mut whole = own.as_object().unwrap().clone();
        for part in more {
            whole.extend(part.as_object().unwrap().clone());
        }
        Value::Object(whole)
    };
    vec![
        whole(
            json!({ "action": "approvals", "do": "wait", "request": "5591aa8a-f0ee-4af3-9370-39fff0719bac",
                "timeout": "5m" }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "lookup", "kind": "partner", "query": "Łódź", "limit": 3, "refresh": true, "exact": false, "one": true,
                "domain": [["a", "=", 1]] }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "schema_summary", "model": "res.partner", "refresh": true, "fields": ["name"], "contains": ["x"], "all": true }),
            &[&of_every],
        ),
        whole(json!({ "action": "doc_index", "match": "x", "names": true, "refresh": false }), &[&of_every]),
        whole(
            json!({ "action": "doc_model", "model": "res.partner", "fields": ["a"], "methods": [], "refresh": true,
                "match": null, "names": false, "full": true }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "call", "model": "res.partner", "method": "write", "ids": [1, 2], "data": { "vals": {}, "context": { "tz": "UTC" } } }),
            &[&of_every, &rules],
        ),
        whole(
            json!({ "action": "search_read", "model": "res.partner", "domain": [["a", "=", 1], "|"], "fields": ["*"],
                "limit": 0, "offset": 7, "order": "name desc", "all": false, "dry_run": true }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "search_read", "model": "res.partner", "domain": [], "all": true, "page": 5,
                "after": 7, "no_header": true, "order": "ID asc", "limit": 9 }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "count", "model": "res.partner", "domain": [], "dry_run": true }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "group", "model": "sale.order", "domain": [["a", "=", 1]], "by": ["a:month", "b"],
                "sum": ["c"], "avg": ["c"], "min": ["c"], "max": ["c"], "count_distinct": ["c"],
                "having": [["c:sum", ">", 1]], "order": "c:sum desc", "limit": 3, "dry_run": true }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "read", "model": "res.partner", "ids": [7], "fields": [], "dry_run": false, "strict": true }),
            &[&of_every],
        ),
        whole(
            json!({ "action": "create", "model": "res.partner", "vals": { "name": "A" } }),
            &[&of_every, &rules],
        ),
        whole(
            json!({ "action": "create", "model": "res.partner", "vals_list": [{}, { "a": null }] }),
            &[&of_every, &rules],
        ),
        whole(json!({ "action": "write", "model": "a", "ids": [1], "vals": {} }), &[&of_every, &rules]),
        whole(
            json!({ "action": "undo", "id": "0a1b2c3d", "fields": ["name"], "dry_run": true, "max_records": 3 }),
            &[&of_every],
        ),
        whole(json!({ "action": "undo", "last": true }), &[&of_every]),
        whole(json!({ "action": "undo", "run": "0a1b2c3d" }), &[&of_every]),
        whole(
            json!({ "action": "journal", "do": "retry", "failed": true, "wait": true, "for": "2h" }),
            &[&of_every],
        ),
        whole(json!({ "action": "journal", "do": "show", "id": "0a1b2c" }), &[&of_every]),
        whole(
            json!({ "action": "journal", "do": "list", "open": true, "failed": false, "model": "a.b", "since": "2h", "limit": 3 }),
            &[&of_every],
        ),
    ]
}

/// Whether the program understands a spec: asked of the parser that `exec-spec` uses.
fn is_understood(spec: &Value) -> bool {
    odoo_agent::inside::spec::parse(&spec.to_string()).is_ok()
}

#[test]
fn the_full_specs_use_every_key_of_every_action() {
    let schema = schema_of_a_spec();
    let full = full();
    for action in schema["$defs"].as_object().unwrap().values() {
        let name = &action["properties"]["action"]["const"];
        let of_action = full.iter().filter(|spec| spec["action"] == *name);
        let used: BTreeSet<&String> = of_action.flat_map(|spec| spec.as_object().unwrap().keys()).collect();
        let known: BTreeSet<&String> = action["properties"].as_object().unwrap().keys().collect();
        assert_eq!(used, known, "{name}: extend full()");
    }
}

/// Values that a key could be given.
fn other_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(4_294_967_295_u32),
        json!(4_294_967_296_u64),
        json!(1.5),
        json!(""),
        json!(" "),
        json!("name"),
        json!("partner"),
        json!("res.partner"),
        json!("a/b"),
        json!("res..partner"),
        json!("1a"),
        json!([]),
        json!([1]),
        json!([0]),
        json!([1, "x"]),
        json!(["a"]),
        json!(["a", 1]),
        json!(["a:b"]),
        json!([" "]),
        json!([{}]),
        json!([{}, 3]),
        json!([null]),
        json!({}),
        json!({ "ids": [1] }),
        json!({ "ids": [0] }),
        json!({ "ids": null }),
        json!({ "ids": 1 }),
        json!({ "context": {} }),
        json!({ "context": [] }),
        json!({ "context": null }),
    ]
}

#[test]
fn the_schema_accepts_what_the_parser_accepts_and_nothing_else() {
    let validator = validator(&schema_of_a_spec());
    let (mut accepted, mut refused) = (0, 0);
    let mut same = |spec: &Value| {
        let understood = is_understood(spec);
        assert_eq!(validator.is_valid(spec), understood, "{spec}: the parser says {understood}");
        if understood {
            accepted += 1;
        } else {
            refused += 1;
        }
    };
    for spec in full() {
        same(&spec);
        let object = spec.as_object().unwrap().clone();
        for key in object.keys() {
            let mut without = object.clone();
            without.shift_remove(key);
            same(&without.clone().into());
            for value in other_values() {
                let mut changed = object.clone();
                changed.insert(key.clone(), value.clone());
                same(&changed.into());
                let mut alone = without.clone();
                alone.insert(format!("{key}s"), value);
                same(&alone.into());
            }
        }
        for action in odoo_agent::inside::spec::names().chain(["reed", ""]) {
            let mut changed = object.clone();
            changed.insert("action".into(), action.into());
            same(&changed.into());
        }
    }
    for spec in [json!([]), json!("call"), json!({}), json!(null), json!({ "model": "a" })] {
        same(&spec);
    }
    assert!(accepted > 300 && refused > 1000, "{accepted} {refused}");
}

proptest! {
    #[test]
    fn the_schema_and_the_parser_agree_on_specs_put_together_at_random(
        action in prop::sample::select(odoo_agent::inside::spec::names().collect::<Vec<_>>()),
        entries in prop::collection::vec(
            (prop::sample::select(keys()), prop::sample::select(other_values())), 0..6),
    ) {
        let mut spec = serde_json::Map::from_iter([("action".to_string(), Value::from(action))]);
        spec.extend(entries);
        let spec = Value::Object(spec);
        thread_local!(static VALIDATOR: Validator = validator(&odoo_agent::inside::spec::schema()));
        prop_assert_eq!(VALIDATOR.with(|validator| validator.is_valid(&spec)), is_understood(&spec), "{}", spec);
    }
}

fn keys() -> Vec<String> {
    let keys: BTreeSet<String> =
        full().iter().flat_map(|spec| spec.as_object().unwrap().keys().cloned()).collect();
    keys.into_iter().filter(|key| key != "action").collect()
}

#[test]
fn results_are_what_describe_says() {
    let described = described();
    let home = Home::new();
    for line in [
        &["call", "res.partner", "search_count", "--data-json", r#"{"domain": [["id", ">", 0]]}"#][..],
        &["search-read", "res.partner", "--limit", "3"],
        &["count", "res.partner"],
        &["group", "res.partner", "--by", "is_company"],
        &["read", "res.partner", "--ids", "10", "--fields", "name"],
        &["create", "res.partner", "--vals-json", r#"{"name": "A"}"#],
        &["write", "res.partner", "--ids", "10", "--vals-json", r#"{"comment": "A"}"#],
        &["lookup", "partner", "Azure"],
        &["schema-summary", "res.partner", "--all"],
        &["doc-index"],
        &["doc-index", "--names"],
        &["doc-model", "res.partner"],
        &["doctor"],
        &["cache", "path"],
        &["cache", "list"],
        &["cache", "clear"],
        &["sandbox", "reset"],
        &["describe"],
        &["describe", "read"],
        &["spec-schema"],
    ] {
        let result = home.agent(["--profile", "sandbox"]).args(line).run().ok().json();
        let schema = &command(&described, line[0])["result"];
        let errors: Vec<String> =
            validator(schema).iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line:?}: {errors:?}\n{result}");
    }
    let shown = home
        .run([
            "--profile",
            "sandbox",
            "write",
            "res.partner",
            "--ids",
            "10",
            "--vals-json",
            "{}",
            "--dry-run",
        ])
        .ok()
        .json();
    assert!(validator(&described["schemas"]["dry_run"]).is_valid(&shown), "{shown}");
}

#[test]
fn errors_and_notes_are_what_describe_says() {
    let described = described();
    let error = validator(&described["schemas"]["error"]);
    let note = validator(&described["schemas"]["note"]);
    let home = Home::new();
    let mut codes = BTreeSet::new();
    for line in [
        &["frobnicate"][..],
        &["search-read", "res.partner", "--domain", "{"],
        &["exec-spec", "-"],
        &["--profile", "nobody", "read", "res.partner", "--ids", "1"],
        &["--profile", "sandbox", "read", "res.partner", "--ids", "1", "--fields", "nmae"],
        &["--profile", "sandbox", "lookup", "partner", "nobody is called so", "--one"],
        &["--profile", "sandbox", "lookup", "partner", "a", "--one"],
        &["--profile", "sandbox", "search-read", "no.such.model", "--debug"],
        &[
            "--profile",
            "sandbox",
            "call",
            "res.partner",
            "message_post",
            "--ids",
            "15",
            "--data-json",
            r#"{"body": "A", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": [15]}"#,
        ],
    ] {
        let outcome = home.run(line);
        let last: Value = serde_json::from_str(outcome.stderr.lines().last().unwrap()).unwrap();
        let errors: Vec<String> = error.iter_errors(&last).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line:?}: {errors:?}\n{last}");
        codes.insert(outcome.code());
        let documented = described["error_codes"].as_array().unwrap();
        let row = documented.iter().find(|row| row["code"] == outcome.code()).unwrap();
        assert_eq!(row["exit"], outcome.exit, "{line:?}");
    }
    assert!(codes.len() >= 6, "{codes:?}");
    let noted = home.run(["--profile", "sandbox", "search-read", "res.partner", "--limit", "2"]).ok();
    let lines: Vec<Value> = noted.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| note.is_valid(line)), "{}", noted.stderr);
    assert!(!error.is_valid(&json!({ "error": { "code": "no_such_code" } })));
}

#[test]
fn everything_described_is_there_and_nothing_is_left_out() {
    let described = described();
    assert_eq!(described["version"], env!("CARGO_PKG_VERSION"));
    assert!(described["interface"].is_u64());
    let home = Home::new();
    for command in described["commands"].as_array().unwrap() {
        let name = command["name"].as_str().unwrap();
        assert!(command["network"].is_boolean(), "{name}");
        assert!(["nothing", "local", "odoo"].contains(&command["changes"].as_str().unwrap()), "{name}");
        let help = home.run([name, "--help"]).ok().stdout;
        assert!(help.starts_with(command["purpose"].as_str().unwrap()), "{name}");
        let told: BTreeSet<&str> = help
            .split("\nGlobal options")
            .next()
            .unwrap()
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--").filter(|_| line.starts_with("      --")))
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        let flags = command["flags"].as_array().cloned().unwrap_or_default();
        let listed: BTreeSet<&str> =
            flags.iter().map(|flag| flag["name"].as_str().unwrap().trim_start_matches('-')).collect();
        assert_eq!(listed, told, "{name}");
        let alone = home.run(["describe", name]).ok().json();
        for (key, value) in command.as_object().unwrap() {
            assert_eq!(alone[key], *value, "{name} {key}");
        }
    }
    let flags = command(&described, "lookup")["flags"].as_array().unwrap();
    let limit = flags.iter().find(|flag| flag["name"] == "--limit").unwrap();
    assert_eq!(limit["default"], "10");
    let ids = &command(&described, "read")["flags"][0];
    assert_eq!((ids["name"].as_str(), ids["repeatable"].as_bool()), (Some("--ids"), Some(true)));
    assert!(command(&described, "read")["arguments"][0]["required"].as_bool().unwrap());
    assert_eq!(described["schemas"]["spec"], schema_of_a_spec());
    let text = described.to_string();
    assert!(!text.contains("__complete"), "what the scripts ask is no command of anybody's");
    let commands = described["commands"].as_array().unwrap().len();
    assert!(
        text.len() < 3_000 * commands,
        "{} bytes for {commands} commands are too many for an agent",
        text.len()
    );
}

#[test]
fn describing_touches_nothing_and_needs_nothing() {
    let home = Home::new();
    home.profile_text("broken", "no profile at all", 0o644);
    for line in [
        &["describe"][..],
        &["describe", "call"],
        &["spec-schema"],
        &["help", "spec"],
        &["completions", "bash"],
        &["man"],
    ] {
        let before = home.files();
        let outcome = home.agent(line).env("ODOO_PROFILE", "broken").run().ok();
        assert_eq!((outcome.stderr.as_str(), home.files()), ("", before), "{line:?}");
    }
    home.run(["describe", "frobnicate"]).fails(2, "usage");
    let outcome = home.run(["describe", "serch-read"]).fails(2, "usage");
    assert!(outcome.hints().contains("search-read"));
}
