//! What is refused, mended or noted before anything is sent, and that what is right goes out as given.

use std::collections::BTreeSet;

use crate::mistakes::{Places, Row};
use crate::support::server::is_for_the_journal;
use crate::support::{Answer, Home, Outcome, Server, json2, lab};
use proptest::prelude::*;
use serde_json::{Value, json};

fn places() -> Places {
    vec![("partner", 7), ("task", 12), ("order", 5), ("country", 21), ("tag", 3)]
}

/// Models of the tables whose fields the sandbox can tell.
const MODELS: [&str; 11] = [
    "ir.attachment",
    "account.analytic.line",
    "project.project",
    "project.tags",
    "project.task",
    "res.country",
    "res.partner",
    "res.users",
    "sale.order",
    "sale.order.line",
    "account.move",
];

/// A lab whose server tells the fields of models as the sandbox has them.
fn lab_with_fields() -> (Home, Server) {
    let (home, server) = lab();
    for model in MODELS {
        let told = home.run(["--profile", "sandbox", "call", model, "fields_get"]);
        if told.exit == 0 {
            server.on(&json2(model, "fields_get"), Answer::json(told.stdout));
        }
        server.on(&json2(model, "search_count"), Answer::json("0"));
    }
    (home, server)
}

fn fresh(server: &Server) -> Home {
    let home = Home::new();
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", server.url()),
            ("ODOO_DB", crate::support::DATABASE),
            ("ODOO_API_KEY", crate::support::KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
        ],
    );
    home
}

fn answer_to(row: &Row) -> &'static str {
    match row.method() {
        "activity_schedule" | "create" | "message_post" => "[41]",
        "read" => r#"[{"id":7}]"#,
        "search_read" | "name_search" | "formatted_read_group" => "[]",
        "search_count" => "3",
        _ => "true",
    }
}

/// Runs a row in a home of its own and gives what reached the server besides questions for fields.
fn run(server: &Server, row: &Row, more: &[&str]) -> (Outcome, Vec<crate::support::Recorded>) {
    let home = fresh(server);
    for model in &row.known {
        home.run(["schema-summary", model]).ok();
    }
    server.on(&json2(row.model(), row.method()), Answer::json(answer_to(row)));
    server.forget();
    let outcome = home.agent(row.words()).args(more).run_here();
    let mut sent = server.requests();
    // Who finds nothing is asked about: a rule may have hidden it.
    let is_question =
        |path: &str| ["fields_get", "has_group", "context_get"].iter().any(|of| path.ends_with(of));
    sent.retain(|request| !is_question(&request.path) && !is_for_the_journal(request));
    (outcome, sent)
}

#[test]
fn mistakes_send_nothing_or_are_mended() {
    let (_home, server) = lab_with_fields();
    let mut counts = [0; 2];
    for row in crate::mistakes::mistakes(&places()) {
        match row.caught.as_str() {
            "before" => {
                let (outcome, sent) = run(&server, &row, &[]);
                let outcome = outcome.fails(2, "preflight_refused");
                assert_eq!((outcome.effect().as_str(), sent.len()), ("not_sent", 0), "{}", row.it);
                let said = format!("{}\n{}", outcome.message(), outcome.hints());
                assert!(said.contains(&row.says), "{}: {said}", row.it);
                counts[0] += 1;
            }
            "mended" => {
                let (outcome, sent) = run(&server, &row, &[]);
                let outcome = outcome.ok();
                assert!(
                    outcome.notes().iter().any(|note| note.contains(&row.says)),
                    "{}: {}",
                    row.it,
                    outcome.stderr
                );
                let body = sent[0].json();
                for (name, meant) in &row.stored {
                    let commands = json!([[6, 0, meant]]);
                    let value = &body["vals"][name];
                    assert!(value == meant || *value == commands, "{}: {value}", row.it);
                }
                let (outcome, sent) = run(&server, &row, &["--strict"]);
                let outcome = outcome.fails(2, "preflight_refused");
                assert!(outcome.hints().contains("--strict"), "{}", outcome.stderr);
                assert!(sent.is_empty(), "{}", row.it);
                counts[1] += 1;
            }
            _ => {}
        }
    }
    assert!(counts[0] + counts[1] >= 60, "{counts:?}");
}

#[test]
fn correct_calls_go_out_as_given() {
    let (_home, server) = lab_with_fields();
    let rows = crate::mistakes::correct(&places());
    assert!(rows.len() >= 60);
    for row in rows {
        let (outcome, sent) = run(&server, &row, &[]);
        outcome.ok();
        let (own, more): (Vec<_>, Vec<_>) =
            sent.iter().partition(|request| request.path == json2(row.model(), row.method()));
        assert_eq!(own.len(), 1, "{}", row.it);
        // A stream asks whether anything is left.
        let is_stream = row.words().contains(&"--all");
        assert!(more.len() == usize::from(is_stream), "{}: {more:?}", row.it);
        let body = own[0].json();
        for (key, meant) in row.meant() {
            assert_eq!(body[&key].to_string(), meant.to_string(), "{}: {key}", row.it);
        }
    }
}

#[test]
fn what_a_server_calls_things_is_data_in_a_command_that_is_to_be_run() {
    let evil =
        ["res.partner; touch here", "$(touch here)", "`touch here`", "x'y", "a\nb", "--env-file=/tmp/x"];
    for name in evil {
        let (home, server) = lab();
        let fields = json!({
            "partner_id": { "type": "many2one", "string": "P", "relation": name },
            format!("phone{name}"): { "type": "char", "string": "Phone" },
        });
        server.on(&json2("x.thing", "fields_get"), Answer::json(fields));
        let write =
            |vals: Value| home.run(["write", "x.thing", "--ids", "1", "--vals-json", &vals.to_string()]);
        let hints = write(json!({ "partner_id": "Azure" })).fails(2, "preflight_refused").hints();
        assert!(!hints.contains(name), "a relation that is none is not printed: {hints}");
        let hints = write(json!({ "phone": "1" })).fails(2, "preflight_refused").hints();
        if name.starts_with('-') {
            continue; // A word that the shell takes as it stands.
        }
        let quoted = format!("'phone{}'", name.replace('\'', "'\\''"));
        assert!(!hints.contains(name) || hints.contains(&quoted), "{hints}");
    }
    let (home, server) = lab();
    let fields = json!({ "partner_id": { "type": "many2one", "string": "P", "relation": "res.partner" } });
    server.on(&json2("x.thing", "fields_get"), Answer::json(fields));
    let vals = r#"{"partner_id": "it's"}"#;
    let refused =
        home.run(["write", "x.thing", "--ids", "1", "--vals-json", vals]).fails(2, "preflight_refused");
    assert!(refused.hints().contains(r"lookup res.partner 'it'\''s' --one"), "{}", refused.stderr);
}

#[test]
fn where_the_fields_cannot_be_had_odoo_decides() {
    let (home, server) = lab();
    for (method, answer) in [("write", "true"), ("create", "[1]")] {
        server.on(&json2("x.custom", method), Answer::json(answer));
    }
    let vals = r#"{"whatever":[1,"x"],"when":"2026-03-01T10:00:00Z","state":"done"}"#;
    home.run(["write", "x.custom", "--ids", "1", "--vals-json", vals]).ok();
    home.run(["create", "x.custom", "--vals-json", vals]).ok();
    let sent = server.only(&json2("x.custom", "write")).json();
    assert_eq!(sent["vals"], serde_json::from_str::<Value>(vals).unwrap());
    server.on(&json2("x.custom", "do_it"), Answer::json("1"));
    home.run(["call", "x.custom", "do_it", "--data-json", r#"{"domian":[["a","~~",1]]}"#]).ok();
    server.on(&json2("x.custom", "search_read"), Answer::json("[]"));
    home.run(["search-read", "x.custom", "--domain", r#"[["any_thing.at_all","=",1]]"#]).ok();
}

#[test]
fn a_cold_cache_is_filled_for_writes_and_for_reads_that_found_nothing() {
    let (home, server) = lab_with_fields();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    let paths = || server.requests().into_iter().map(|request| request.path).collect::<Vec<_>>();
    let emial = ["search-read", "res.partner", "--domain", r#"[["emial","=","x"]]"#, "--fields", "name"];
    server.once(&json2("res.partner", "search_read"), Answer::json(r#"[{"id":7,"name":"x"}]"#));
    home.run(emial).ok();
    assert_eq!(paths(), [json2("res.partner", "search_read")]);
    server.forget();
    let told = home.run(emial).ok();
    assert!(told.notes()[0].contains("did you mean email?"), "{}", told.stderr);
    assert_eq!(paths(), [json2("res.partner", "search_read"), json2("res.partner", "fields_get")]);
    server.forget();
    home.run(["cache", "clear"]).ok();
    let write = ["write", "res.partner", "--ids", "7", "--vals-json", r#"{"name":"x"}"#];
    home.run(write).ok();
    assert_eq!(paths(), [json2("res.partner", "fields_get"), json2("res.partner", "write")]);
    server.forget();
    home.run(write).ok();
    assert_eq!(paths(), [json2("res.partner", "write")]);
    server.forget();
    home.run(["search-read", "res.partner", "--domain", r#"[["emial","=","x"]]"#, "--fields", "name"])
        .fails(2, "preflight_refused");
    assert_eq!(paths(), [json2("res.partner", "fields_get")], "what was kept is doubted once");
}

#[test]
fn an_unreachable_server_is_said_once() {
    let home = Home::new();
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", "http://127.0.0.1:9"),
            ("ODOO_DB", "lab"),
            ("ODOO_API_KEY", crate::support::KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
        ],
    );
    let outcome = home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"name":"x"}"#]);
    assert_eq!(outcome.fails(10, "unreachable").effect(), "not_sent");
}

#[test]
fn limits_on_records_and_their_flag() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    server.on(&json2("res.partner", "unlink"), Answer::json("true"));
    let ids = |count: i64| (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let write = |count, more: &[&str]| {
        home.agent(["write", "res.partner", "--ids", &ids(count), "--vals-json", r#"{"name":"x"}"#])
            .args(more)
            .run()
    };
    let unlink = |count, more: &[&str]| {
        home.agent(["call", "res.partner", "unlink", "--ids", &ids(count)]).args(more).run()
    };
    write(100, &[]).ok();
    unlink(10, &[]).ok();
    let refused = write(101, &[]).fails(2, "preflight_refused");
    assert!(refused.hints().contains("--max-records 101"), "{}", refused.stderr);
    unlink(11, &[]).fails(2, "preflight_refused");
    write(101, &["--max-records", "100"]).fails(2, "preflight_refused");
    write(3, &["--max-records", "2"]).fails(2, "preflight_refused");
    write(101, &["--max-records", "101"]).ok();
    unlink(11, &["--max-records", "11"]).ok();
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn new_records_are_counted_where_a_limit_is_given() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "create"), Answer::json("[1,2,3]"));
    let three = r#"[{"name":"a"},{"name":"b"},{"name":"c"}]"#;
    let data = format!(r#"{{"vals_list":{three}}}"#);
    let lines: [&[&str]; 2] = [
        &["create", "res.partner", "--vals-list-json", three],
        &["call", "res.partner", "create", "--data-json", &data],
    ];
    for line in lines {
        let refused = home.agent(line).args(["--max-records", "2"]).run().fails(2, "preflight_refused");
        assert!(refused.message().contains("create of 3 records, 2 are allowed"), "{}", refused.stderr);
        assert!(refused.hints().contains("--max-records 3"), "{}", refused.stderr);
    }
    let spec = |most: u32| {
        let values: Value = serde_json::from_str(three).unwrap();
        let spec =
            json!({"action": "create", "model": "res.partner", "vals_list": values, "max_records": most});
        home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run()
    };
    spec(2).fails(2, "preflight_refused");
    let one = r#"{"vals_list":{"name":"a"}}"#;
    home.run(["call", "res.partner", "create", "--data-json", one, "--max-records", "0"])
        .fails(2, "preflight_refused");
    assert!(server.requests().is_empty());
    spec(3).ok();
    for line in lines {
        home.run(line).ok();
        home.agent(line).args(["--max-records", "3"]).run().ok();
    }
    assert_eq!(server.requests_to(&json2("res.partner", "create")).len(), 5);
}

#[test]
fn a_method_that_does_not_exist_leads_to_the_one_that_was_meant_and_to_no_other() {
    let home = Home::new();
    let hints = |model: &str, method: &str| {
        let line = ["--profile", "sandbox", "call", model, method, "--ids", "1"];
        home.run(line).fails(7, "not_found").hints()
    };
    for (model, method, meant) in [
        ("sale.order", "action_confrm", "action_confirm"),
        ("sale.order", "button_confirm", "action_confirm"),
        ("sale.order", "confirm", "action_confirm"),
        ("res.partner", "serach_read", "search_read"),
        ("res.partner", "mesage_post", "message_post"),
        ("res.partner", "unlnk", "unlink"),
    ] {
        assert!(hints(model, method).contains(&format!("did you mean {meant}?")), "{method}");
    }
    for (model, method) in [
        ("res.partner", "action_confrm"),
        ("res.partner", "action_arrive"),
        ("res.partner", "action_active"),
        ("res.partner", "link"),
        ("res.partner", "unlock"),
    ] {
        assert!(!hints(model, method).contains("did you mean"), "{method}: {}", hints(model, method));
    }
    // What the sandbox lacks is not Odoo's word, and nothing that is merely near is offered for it.
    for line in
        [&["call", "product.template", "search_count"][..], &["call", "res.partner", "web_resequence"]]
    {
        let refused = home.agent(["--profile", "sandbox"]).args(line).run().fails(7, "not_found");
        assert!(
            refused.message().contains("not in the sandbox, which knows a part of Odoo"),
            "{}",
            refused.stderr
        );
        assert!(!refused.message().contains("Odoo refused"), "{}", refused.stderr);
        assert!(!refused.hints().contains("did you mean"), "{}", refused.stderr);
    }
    let line = ["--profile", "sandbox", "search-read", "res.partner", "--fields", "barcode"];
    home.run(line).fails(8, "invalid_request").says(&["'barcode'", "not in the sandbox"]);
    home.run(["--profile", "sandbox", "schema-summary", "res.partner"]).ok();
    home.run(line).fails(2, "preflight_refused").says(&["has no field barcode", "not in the sandbox"]);
    let misspelt = ["--profile", "sandbox", "search-read", "res.partnr"];
    assert!(home.run(misspelt).fails(7, "not_found").hints().contains("did you mean"));
}

#[test]
fn groups_are_sorted_by_what_they_hold() {
    let (home, server) = lab();
    server.on(&json2("sale.order", "formatted_read_group"), Answer::json("[]"));
    let sorted = |order: &str| {
        let by = ["--by", "state", "--by", "date_order:month", "--sum", "amount_total"];
        home.agent(["group", "sale.order"]).args(by).args(["--order", order]).run()
    };
    for (order, meant) in [
        ("count desc", "'__count desc'"),
        (" -count", "'__count desc'"),
        ("amount_total desc", "'amount_total:sum desc'"),
        ("state, amount_totl desc", "'amount_total:sum desc'"),
        ("date_order", "'date_order:month'"),
        ("date_order:year", "'date_order:month'"),
        ("partner_id", "state, date_order:month, __count"),
        ("amount_untaxed desc", "amount_untaxed:sum"),
    ] {
        let outcome = sorted(order).fails(2, "preflight_refused");
        assert!(outcome.hints().contains(meant), "{order}: {}", outcome.stderr);
    }
    assert!(server.requests().is_empty());
    let right = [
        "state",
        "__count desc, state",
        "amount_total:sum DESC nulls last",
        "amount_untaxed:avg desc",
        "date_order:month asc",
        "id:count_distinct",
        "partner_id:array_agg",
    ];
    for order in right {
        sorted(order).ok();
    }
    assert_eq!(server.requests_to(&json2("sale.order", "formatted_read_group")).len(), right.len());
}

#[test]
fn an_error_names_the_place_as_the_caller_does() {
    let (home, server) = lab_with_fields();
    for model in ["sale.order", "project.task"] {
        home.run(["schema-summary", model]).ok();
    }
    server.forget();
    for (line, place) in [
        (&["group", "sale.order", "--by", "state,partnr_id"][..], "by: "),
        (&["group", "sale.order", "--sum", "amount_total", "--avg", "amount_totl"], "avg: "),
        (&["create", "project.task", "--vals-json", r#"{"nam":"x"}"#], "vals.nam: "),
        (
            &["create", "project.task", "--vals-list-json", r#"[{"name":"a"},{"nam":"x"}]"#],
            "vals_list[1].nam: ",
        ),
    ] {
        let outcome = home.run(line).fails(2, "preflight_refused");
        assert!(outcome.message().starts_with(place), "{}", outcome.stderr);
    }
    let asked = server.requests().into_iter().filter(|request| !request.path.ends_with("/fields_get"));
    assert_eq!(asked.count(), 0, "what was kept is doubted, and nothing is sent");
}

#[test]
fn only_numbers_are_summed_up() {
    let (home, server) = lab_with_fields();
    server.on(&json2("sale.order", "formatted_read_group"), Answer::json("[]"));
    home.run(["schema-summary", "sale.order"]).ok();
    server.forget();
    let group = |words: &[&str]| home.agent(["group", "sale.order", "--by", "partner_id"]).args(words).run();
    for (flag, field, hint) in [
        ("--sum", "state", "count_distinct of state"),
        ("--avg", "name", "count_distinct of name"),
        ("--sum", "date_order", "min and max of date_order"),
        ("--sum", "order_line", ""),
    ] {
        let outcome = group(&[flag, field]).fails(2, "preflight_refused");
        assert!(outcome.message().contains("only numbers"), "{}", outcome.stderr);
        assert!(outcome.hints().contains(hint), "{}", outcome.stderr);
    }
    assert!(server.requests().is_empty());
    // Ids are numbers to the database; dates and texts have a first and a last.
    for words in [
        ["--sum", "amount_total"],
        ["--avg", "id"],
        ["--sum", "partner_id"],
        ["--min", "date_order"],
        ["--max", "name"],
        ["--max", "state"],
        ["--count-distinct", "user_id"],
    ] {
        group(&words).ok();
    }
    assert_eq!(server.requests_to(&json2("sale.order", "formatted_read_group")).len(), 7);
}

#[test]
fn everything_is_read_only_when_that_is_said() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    server.on(&json2("res.partner", "search_count"), Answer::json("0"));
    let read = |more: &[&str]| {
        home.agent(["search-read", "res.partner", "--fields", "name", "--limit", "0"]).args(more).run()
    };
    read(&[]).fails(2, "preflight_refused");
    read(&["--domain", "[]"]).fails(2, "preflight_refused");
    assert!(server.requests().is_empty());
    read(&["--all"]).ok();
    read(&["--domain", r#"[["id",">",0]]"#]).ok();
    let spec = |all: bool| {
        let spec = json!({"action": "search_read", "model": "res.partner", "fields": ["name"], "limit": 0, "all": all});
        home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run()
    };
    spec(false).fails(2, "preflight_refused");
    spec(true).ok();
    assert_eq!(server.requests_to(&json2("res.partner", "search_read")).len(), 3);
}

#[test]
fn a_forced_field_goes_as_given() {
    let (home, server) = lab_with_fields();
    server.on(&json2("sale.order", "write"), Answer::json("true"));
    let line = [
        "write",
        "sale.order",
        "--ids",
        "5",
        "--vals-json",
        r#"{"state":"sale","amount_total":3,"nmae":[1,"x"]}"#,
    ];
    home.run(line).fails(2, "preflight_refused");
    home.agent(line)
        .args(["--force-field", "state", "--force-field", "amount_total"])
        .run()
        .fails(2, "preflight_refused");
    let all = ["--force-field", "state", "--force-field", "amount_total", "--force-field", "nmae"];
    home.agent(line).args(all).run().ok();
    let spec = json!({"action": "write", "model": "sale.order", "ids": [5], "vals": {"state": "sale"}, "force_fields": ["state"]});
    home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run().ok();
    let sent = server.requests_to(&json2("sale.order", "write"));
    assert_eq!(sent[0].json()["vals"], json!({"state": "sale", "amount_total": 3, "nmae": [1, "x"]}));
    assert_eq!(sent.len(), 2);
}

#[test]
fn a_dry_run_shows_what_would_be_sent_and_sends_nothing() {
    let (home, server) = lab_with_fields();
    let vals = r#"{"name":"x","country_id":[21,"Belgium"]}"#;
    let context = crate::support::lab_context();
    let shown = |path: &str, body: Value| json!({ "method": "POST", "path": path, "body": body });
    let spec = json!({"action": "write", "model": "res.partner", "ids": [7], "vals": {"country_id": [21, "Belgium"]}});
    let with_key = {
        let mut spec = spec.clone();
        spec["dry_run"] = true.into();
        spec
    };
    let wanted = shown(
        "/json/2/res.partner/write",
        json!({"ids": [7], "vals": {"country_id": 21}, "context": context}),
    );
    let ran = [
        home.run([
            "write",
            "res.partner",
            "--ids",
            "7",
            "--vals-json",
            r#"{"country_id":[21,"Belgium"]}"#,
            "--dry-run",
        ]),
        home.run([
            "call",
            "res.partner",
            "write",
            "--ids",
            "7",
            "--data-json",
            r#"{"vals":{"country_id":[21,"Belgium"]}}"#,
            "--dry-run",
        ]),
        home.agent(["exec-spec", "-", "--dry-run"]).stdin(spec.to_string()).run(),
        home.agent(["exec-spec", "-"]).stdin(with_key.to_string()).run(),
    ];
    for outcome in ran {
        let outcome = outcome.ok();
        assert_eq!(outcome.json(), wanted);
        assert_eq!(outcome.notes().len(), 1, "{}", outcome.stderr);
    }
    let created = home.run(["create", "res.partner", "--vals-json", vals, "--dry-run"]).ok();
    let wanted = shown(
        "/json/2/res.partner/create",
        json!({"vals_list": [{"name": "x", "country_id": 21}], "context": context}),
    );
    assert_eq!(created.json(), wanted);
    home.run(["write", "res.partner", "--ids", "7", "--vals-json", r#"{"nmae":"x"}"#, "--dry-run"])
        .fails(2, "preflight_refused");
    let lookup = json!({"action": "lookup", "kind": "partner", "query": "x"});
    home.agent(["exec-spec", "-", "--dry-run"]).stdin(lookup.to_string()).run().fails(2, "usage");
    let methods: BTreeSet<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(methods.into_iter().collect::<Vec<_>>(), [json2("res.partner", "fields_get")]);
}

#[test]
fn what_is_shown_is_what_is_sent() {
    let (home, server) = lab_with_fields();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let line = [
        "write",
        "res.partner",
        "--ids",
        "7",
        "--vals-json",
        r#"{"country_id":[21,"Belgium"],"comment":"é"}"#,
    ];
    let shown = home.agent(line).arg("--dry-run").run().ok().json();
    home.run(line).ok();
    let sent = server.only(&json2("res.partner", "write"));
    assert_eq!(shown["path"], sent.path);
    assert_eq!(shown["body"].to_string().as_bytes(), sent.body);
}

#[test]
fn an_approved_call_is_repeated_as_it_was_mended() {
    let (home, server) = lab_with_fields();
    let refusal =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    let path = json2("project.task", "write");
    server.once(&path, Answer::odoo_error(422, "odoo.exceptions.UserError", refusal));
    server.on(&path, Answer::json("true"));
    server
        .on(&json2("strictbase.agent.confirmation", "issue_token"), Answer::json("\"t0ken-of-16-letters\""));
    let vals = r#"{"project_id":[4,"Office"],"date_deadline":"2026-03-01T10:00:00+02:00"}"#;
    let outcome = home
        .agent(["write", "project.task", "--ids", "12", "--vals-json", vals, "--confirm-outbound"])
        .env("ODOO_APPROVER_API_KEY", "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4")
        .run()
        .ok();
    let mended = outcome.notes().iter().filter(|note| note.starts_with("vals.")).count();
    assert_eq!(mended, 2, "each is said once: {}", outcome.stderr);
    let sent: Vec<Value> = server.requests_to(&path).iter().map(crate::support::Recorded::json).collect();
    assert_eq!(sent[0]["vals"], json!({"project_id": 4, "date_deadline": "2026-03-01 08:00:00"}));
    let mut first = sent[0].clone();
    first["context"]["agent_confirmation_token"] = "t0ken-of-16-letters".into();
    assert_eq!(sent[1], first);
}

#[test]
fn notes_of_messages_and_lists() {
    let (home, server) = lab_with_fields();
    server.on(&json2("project.task", "message_post"), Answer::json("[41]"));
    let post = |data: Value| {
        home.run(["call", "project.task", "message_post", "--ids", "12", "--data-json", &data.to_string()])
            .ok()
            .notes()
    };
    assert!(post(json!({"body": "x"}))[0].contains("internal note"));
    assert!(post(json!({"body": "x", "subtype_id": 1})).is_empty());
    let mentioned = post(json!({"body": "x", "partner_ids": [7]}));
    assert!(mentioned[0].contains("each of partner_ids is") && !mentioned[0].contains("internal note"));
    assert!(post(json!({"body": "x", "partner_ids": []}))[0].contains("internal note"));
    assert!(
        post(json!({"body": "<b>x</b>", "body_is_html": true, "subtype_xmlid": "mail.mt_note"})).is_empty()
    );
    assert!(post(json!({"body": "Ann <ann@example.com>", "subtype_xmlid": "mail.mt_note"})).is_empty());
    server.on(&json2("project.task", "write"), Answer::json("true"));
    let write = |vals: Value| {
        home.run(["write", "project.task", "--ids", "12", "--vals-json", &vals.to_string()]).ok().notes()
    };
    assert!(write(json!({"tag_ids": [1, 2]}))[0].contains("replaces"));
    assert!(write(json!({"tag_ids": []}))[0].contains("changes nothing"));
    assert!(write(json!({"tag_ids": null}))[0].contains("empties"));
    assert!(write(json!({"tag_ids": [[4, 1, 0]]})).is_empty());
}

#[test]
fn a_field_closed_to_the_user_is_named_with_the_command_without_it() {
    let (home, server) = lab();
    let says = "Vous n'avez pas les droits suffisants pour accéder au champ \"planned_cost\" sur Tâche (project.task).";
    let denied = || Answer::odoo_error(403, "odoo.exceptions.AccessError", says);
    server.once(&json2("project.task", "read"), denied());
    server.on(&json2("project.task", "read"), Answer::json(r#"[{"id": 3, "name": "it's"}]"#));
    let refused = home
        .run(["read", "project.task", "--ids", "3", "--fields", "name,planned_cost"])
        .fails(5, "access_denied");
    let command =
        "odoo-agent --profile lab call project.task read --ids 3 --data-json '{\"fields\":[\"name\"]}'";
    assert!(refused.hints().contains(&format!("planned_cost; without it: {command}")), "{}", refused.stderr);
    home.run([
        "--profile",
        "lab",
        "call",
        "project.task",
        "read",
        "--ids",
        "3",
        "--data-json",
        r#"{"fields":["name"]}"#,
    ])
    .ok();
    server.once(&json2("project.task", "write"), denied());
    let refused = home
        .run(["write", "project.task", "--ids", "3", "--vals-json", r#"{"planned_cost":"x","name":"it's"}"#])
        .fails(5, "access_denied");
    assert!(refused.hints().contains(r#"'{"vals":{"name":"it'\''s"}}'"#), "{}", refused.stderr);
}

/// Domains that Odoo takes, over two fields.
fn domains() -> impl Strategy<Value = Vec<Value>> {
    let leaf = prop_oneof![
        (any::<i32>(), prop::sample::select(vec!["=", "!=", "<", ">", "<=", ">="]))
            .prop_map(|(value, operator)| vec![json!(["color", operator, value])]),
        ("\\PC{0,8}", prop::sample::select(vec!["=", "ilike", "not like", "=ilike"]))
            .prop_map(|(value, operator)| vec![json!(["name", operator, value])]),
        prop::collection::vec(1_i64..99, 0..4).prop_map(|ids| vec![json!(["id", "in", ids])]),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone(), prop::sample::select(vec!["&", "|"]))
                .prop_map(|(left, right, sign)| { [vec![json!(sign)], left, right].concat() }),
            inner.clone().prop_map(|inner| [vec![json!("!")], inner].concat()),
            (inner.clone(), inner).prop_map(|(left, right)| [left, right].concat()),
        ]
    })
}

/// Each case starts the program, so there are few of them here; the rules have more of their own.
fn few() -> ProptestConfig {
    ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn sound_domains_pass_and_one_sign_too_many_does_not() {
    let (home, server) = lab_with_fields();
    home.run(["schema-summary", "res.partner"]).ok();
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    let search = |domain: &Value| {
        home.run(["search-read", "res.partner", "--fields", "name", "--domain", &domain.to_string()])
    };
    proptest!(few(), |(domain in domains())| {
        let domain = Value::from(domain);
        server.forget();
        search(&domain).ok();
        prop_assert_eq!(&server.only(&json2("res.partner", "search_read")).json()["domain"], &domain);
        let mut broken = domain.as_array().unwrap().clone();
        // One sign for each condition is one too many.
        let conditions = broken.iter().filter(|item| item.is_array()).count();
        for _ in 0..conditions {
            broken.insert(0, json!("|"));
        }
        search(&broken.into()).fails(2, "preflight_refused");
    });
}

#[test]
fn plain_values_go_out_as_given() {
    let (home, server) = lab_with_fields();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let values = ("\\PC{0,20}", any::<i32>(), any::<bool>(), prop::option::of(1_i64..1_000_000));
    proptest!(few(), |((name, color, company, country) in values)| {
        let vals = json!({"name": name, "color": color, "is_company": company, "country_id": country.map_or(json!(false), Value::from)});
        server.forget();
        let outcome = home.run(["write", "res.partner", "--ids", "7", "--vals-json", &vals.to_string()]).ok();
        prop_assert_eq!(outcome.stderr.as_str(), "");
        let sent = server.only(&json2("res.partner", "write")).json();
        prop_assert_eq!(sent["vals"].to_string(), vals.to_string());
    });
}

/// A home whose calls are made in a zone, and the fields of a model there.
fn in_zone(zone: &str, model: &str, fields: &Value) -> (Home, Server) {
    let server = Server::start();
    let home = Home::new();
    home.lab(&server, &[("ODOO_TZ", zone)]);
    server.on(&json2(model, "fields_get"), Answer::json(fields.to_string()));
    server.on(&json2(model, "search_count"), Answer::json("0"));
    (home, server)
}

#[test]
fn a_time_that_was_typed_without_a_zone_is_told_to_be_taken_for_utc() {
    let datetime = json!({ "type": "datetime", "string": "At", "store": true });
    let fields = json!({
        "at": datetime, "until": datetime, "day": { "type": "date", "string": "Day", "store": true },
    });
    let notes = |zone: &str, line: &[&str]| {
        let (home, _server) = in_zone(zone, "x.thing", &fields);
        home.run(["schema-summary", "x.thing"]).ok();
        let told = home.run(line).ok().notes();
        told.into_iter().filter(|note| note.contains("takes it for UTC")).collect::<Vec<_>>()
    };
    let create = |vals: &'static str| ["create", "x.thing", "--dry-run", "--vals-json", vals];
    let count = |domain: &'static str| ["count", "x.thing", "--domain", domain];
    for line in [
        &create(r#"{"at":"2026-12-01 10:00","until":"2026-12-01 11:00"}"#)[..],
        &create(r#"{"at":"2026-12-01T10:00:00"}"#),
        &count(r#"[["at",">=","2026-12-01 10:00"],["at","<","2026-12-02 10:00"]]"#),
        &count(r#"[["at","in",["2026-12-01 10:00"]]]"#),
    ] {
        let told = notes("Asia/Tokyo", line);
        assert_eq!(told.len(), 1, "once a call: {line:?} {told:?}");
        assert!(told[0].contains("Asia/Tokyo"), "{told:?}");
        if std::path::Path::new("/usr/share/zoneinfo/Asia/Tokyo").exists() {
            assert!(told[0].contains("2026-12-01 19:00 in"), "{told:?}");
            assert!(told[0].ends_with("2026-12-01 10:00+09:00"), "{told:?}");
        }
        assert!(notes("UTC", line).is_empty(), "{line:?}");
    }
    for line in [
        &create(r#"{"at":"2026-12-01 10:00:00"}"#)[..],
        &create(r#"{"at":"2026-12-01","day":"2026-12-01"}"#),
        &create(r#"{"at":"2026-12-01T10:00:00+09:00"}"#),
        &count(r#"[["at",">=","2026-12-01"]]"#),
        &count(r#"[["at",">=","2026-12-01 10:00:00"]]"#),
        &count(r#"[["at",">=","2026-12-01 10:00Z"]]"#),
    ] {
        assert_eq!(notes("Asia/Tokyo", line), Vec::<String>::new(), "{line:?}");
    }
}

#[test]
fn an_activity_of_nobody_is_told_to_be_nobodys() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "activity_schedule"), Answer::json("[4]"));
    server.on(&json2("mail.activity", "create"), Answer::json("[4]"));
    let told = |line: &[&str]| {
        let notes = home.run(line.iter().copied().chain(["--dry-run"])).ok().notes();
        notes.iter().filter(|note| note.contains("nobody's")).count()
    };
    let schedule =
        |data: &'static str| ["call", "res.partner", "activity_schedule", "--ids", "7", "--data-json", data];
    let create = |vals: &'static str| ["create", "mail.activity", "--vals-json", vals];
    assert_eq!(told(&schedule(r#"{"summary":"Call"}"#)), 1);
    assert_eq!(told(&schedule(r#"{"summary":"Call","user_id":false}"#)), 1);
    assert_eq!(told(&create(r#"{"summary":"Call"}"#)), 1);
    assert_eq!(told(&schedule(r#"{"summary":"Call","user_id":7}"#)), 0);
    assert_eq!(told(&create(r#"{"summary":"Call","user_id":7}"#)), 0);
    let with_default =
        [&schedule(r#"{"summary":"Call"}"#)[..], &["--context-json", r#"{"default_user_id":7}"#]];
    assert_eq!(told(&with_default.concat()), 0);
    assert_eq!(told(&["write", "mail.activity", "--ids", "4", "--vals-json", r#"{"summary":"Call"}"#]), 0);
}

#[test]
fn a_new_meeting_without_an_end_is_told_where_odoo_puts_it() {
    let datetime = json!({ "type": "datetime", "string": "At", "store": true });
    let fields = json!({
        "name": { "type": "char", "string": "Name", "store": true }, "start": datetime, "stop": datetime,
        "duration": { "type": "float", "string": "Duration", "store": true },
        "allday": { "type": "boolean", "string": "All day", "store": true },
    });
    let notes = |line: &[&str]| {
        let (home, server) = in_zone("UTC", "calendar.event", &fields);
        server.on(&json2("calendar.event", "create"), Answer::json("[4]"));
        let told = home.run(line.iter().copied().chain(["--dry-run"])).ok().notes();
        told.into_iter().filter(|note| note.contains("stop")).collect::<Vec<_>>()
    };
    let create = |vals: &'static str| ["create", "calendar.event", "--vals-json", vals];
    let write = |vals: &'static str| ["write", "calendar.event", "--ids", "4", "--vals-json", vals];
    for (line, says) in [
        (&create(r#"{"name":"a","start":"2026-12-01 10:00:00"}"#)[..], "2026-12-01 11:00:00"),
        (&create(r#"{"name":"a","start":"2026-12-01T23:30:00Z","duration":1.5}"#), "2026-12-02 01:00:00"),
        (
            &create(r#"{"start":"2026-12-01 10:00:00","stop":"2026-12-01 12:00:00","duration":5}"#),
            "2 h apart",
        ),
        (&write(r#"{"start":"2026-12-01 10:00:00","stop":"2026-12-01 12:00:00","duration":5}"#), "2 h apart"),
    ] {
        let told = notes(line);
        assert!(told.len() == 1 && told[0].contains(says), "{line:?} {told:?}");
    }
    for line in [
        &create(r#"{"name":"a","start":"2026-12-01 10:00:00","stop":"2026-12-01 10:30:00"}"#)[..],
        &create(r#"{"start":"2026-12-01 10:00:00","stop":"2026-12-01 10:20:00","duration":0.3333}"#),
        &create(r#"{"name":"a","start":"2026-12-01 10:00:00","allday":true}"#),
        // The end goes along.
        &write(r#"{"start":"2026-12-01 10:00:00"}"#),
        &write(r#"{"start":"2026-12-01 10:00:00","duration":1}"#),
    ] {
        assert_eq!(notes(line), Vec::<String>::new(), "{line:?}");
    }
}

#[test]
fn a_text_with_line_breaks_goes_out_as_it_is_where_odoo_keeps_it() {
    let (home, server) = lab_with_fields();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let vals = r#"{"name":"two\nlines","vat":"a\r\nb"}"#;
    let outcome = home.run(["write", "res.partner", "--ids", "7", "--vals-json", vals]).ok();
    assert_eq!(outcome.notes(), Vec::<String>::new());
    let sent = server.only(&json2("res.partner", "write")).json();
    assert_eq!(sent["vals"], json!({ "name": "two\nlines", "vat": "a\r\nb" }));
}
