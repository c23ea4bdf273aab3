//! Spec files: the same requests as the equal command line, strict about what they hold, careful where they lie.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Answer, Home, Outcome, Recorded, Server, lab};
use serde_json::{Value, json};

fn ready() -> (Home, Server) {
    let (home, server) = lab();
    let fields =
        r#"{"name": {"type": "char", "string": "Name"}, "email": {"type": "char", "string": "Email"}}"#;
    for (path, body) in [
        ("/json/2/res.partner/search_read", r#"[{"id": 1, "name": "Azure"}]"#),
        ("/json/2/res.partner/read", r#"[{"id": 1, "name": "Azure"}]"#),
        ("/json/2/res.partner/fields_get", fields),
        ("/json/2/res.partner/create", "[5]"),
        ("/json/2/res.partner/write", "true"),
        ("/json/2/res.partner/formatted_read_group", "[]"),
        ("/json/2/res.partner/search_count", "0"),
        ("/json/2/product.product/name_search", r#"[[3, "Desk"]]"#),
        (
            "/doc-bearer/index.json",
            r#"{"modules": [], "models": [{"model": "res.partner", "name": "Contact"}]}"#,
        ),
        (
            "/doc-bearer/res.partner.json",
            r#"{"model": "res.partner", "name": "Contact", "fields": {"name": {}}, "methods": {"write": {}}}"#,
        ),
        ("/json/2/ir.model/get_available_models", r#"[{"model": "res.partner", "display_name": "Contact"}]"#),
    ] {
        server.on(path, Answer::json(body));
    }
    (home, server)
}

/// What was sent and printed, by a command line and by a spec: one server, so that the requests can be the same
/// to the byte, and a home of its own for each, so that neither finds what the other cached.
fn both(spec: &Value, line: &[&str]) -> [(Vec<Recorded>, i32, String, String); 2] {
    let (_, server) = ready();
    [false, true].map(|by_spec| {
        let home = Home::new();
        server.forget();
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", server.url()),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", crate::support::KEY),
                ("ODOO_APPROVER_API_KEY", "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4"),
                ("ODOO_TZ", "UTC"),
            ],
        );
        let outcome = if by_spec {
            let file = home.file("spec.json", spec.to_string());
            home.run(["exec-spec", &file])
        } else {
            home.run(line)
        };
        let stderr = outcome.stderr.replace(home.path().to_str().unwrap(), "HOME");
        (server.requests(), outcome.exit, outcome.stdout, stderr)
    })
}

#[test]
fn a_spec_and_the_equal_command_line_send_the_same_bytes() {
    let domain = r#"[["name","ilike","北京"],["id",">",0]]"#;
    let cases: Vec<(Value, Vec<&str>)> = vec![
        (
            json!({"action": "lookup", "kind": "partner", "query": "Azure"}),
            vec!["lookup", "partner", "Azure"],
        ),
        (
            json!({"action": "lookup", "kind": "partner", "query": "azure", "limit": 3, "refresh": true, "exact": true, "one": true}),
            vec!["lookup", "partner", "azure", "--limit", "3", "--refresh", "--exact", "--one"],
        ),
        (
            json!({"action": "lookup", "kind": "product.product", "query": "Desk", "limit": null}),
            vec!["lookup", "product.product", "Desk"],
        ),
        (json!({"action": "schema_summary", "model": "res.partner"}), vec!["schema-summary", "res.partner"]),
        (
            json!({"action": "schema_summary", "model": "res.partner", "fields": ["name"], "contains": ["mail", "x"], "refresh": true}),
            vec![
                "schema-summary",
                "res.partner",
                "--field",
                "name",
                "--contains",
                "mail",
                "--contains",
                "x",
                "--refresh",
            ],
        ),
        (
            json!({"action": "schema_summary", "model": "res.partner", "all": true}),
            vec!["schema-summary", "res.partner", "--all"],
        ),
        (json!({"action": "doc_index"}), vec!["doc-index"]),
        (
            json!({"action": "doc_index", "match": "cont", "names": true, "refresh": true}),
            vec!["doc-index", "--match", "cont", "--names", "--refresh"],
        ),
        (json!({"action": "doc_model", "model": "res.partner"}), vec!["doc-model", "res.partner"]),
        (
            json!({"action": "doc_model", "model": "res.partner", "fields": ["name"], "methods": ["write"], "refresh": true}),
            vec!["doc-model", "res.partner", "--field", "name", "--method", "write", "--refresh"],
        ),
        (
            json!({"action": "call", "model": "res.partner", "method": "search_count", "data": {"domain": []}}),
            vec!["call", "res.partner", "search_count", "--data-json", r#"{"domain": []}"#],
        ),
        (
            json!({"action": "call", "model": "res.partner", "method": "write", "ids": [1, 2],
                "data": {"vals": {"name": 1.5, "email": "ø"}}, "context": {"active_test": false}}),
            vec![
                "call",
                "res.partner",
                "write",
                "--ids",
                "1,2",
                "--data-json",
                r#"{"vals": {"name": 1.5, "email": "ø"}}"#,
                "--context-json",
                r#"{"active_test": false}"#,
            ],
        ),
        (
            json!({"action": "call", "model": "res.partner", "method": "write",
                "data": {"ids": [3], "vals": {}, "context": {"lang": "de_DE"}}}),
            vec![
                "call",
                "res.partner",
                "write",
                "--data-json",
                r#"{"ids": [3], "vals": {}, "context": {"lang": "de_DE"}}"#,
            ],
        ),
        (json!({"action": "search_read", "model": "res.partner"}), vec!["search-read", "res.partner"]),
        (
            json!({"action": "search_read", "model": "res.partner", "domain": serde_json::from_str::<Value>(domain).unwrap(),
                "fields": ["name", "email"], "limit": 5, "offset": 10, "order": "name asc", "context": {"lang": "pl_PL"}}),
            vec![
                "search-read",
                "res.partner",
                "--domain",
                domain,
                "--fields",
                "name,email",
                "--limit",
                "5",
                "--offset",
                "10",
                "--order",
                "name asc",
                "--context-json",
                r#"{"lang": "pl_PL"}"#,
            ],
        ),
        (
            json!({"action": "search_read", "model": "res.partner", "fields": ["*"]}),
            vec!["search-read", "res.partner", "--fields", "*"],
        ),
        (
            json!({"action": "search_read", "model": "res.partner", "fields": []}),
            vec!["search-read", "res.partner", "--fields-json", "[]"],
        ),
        (
            json!({"action": "count", "model": "res.partner", "domain": [["id", ">", 0]]}),
            vec!["count", "res.partner", "--domain", r#"[["id",">",0]]"#],
        ),
        (
            json!({"action": "group", "model": "res.partner", "by": ["name"], "min": ["email"], "limit": 4,
                "having": [["__count", ">", 1]], "order": "__count desc"}),
            vec![
                "group",
                "res.partner",
                "--by",
                "name",
                "--min",
                "email",
                "--limit",
                "4",
                "--having",
                r#"[["__count",">",1]]"#,
                "--order",
                "__count desc",
            ],
        ),
        (
            json!({"action": "read", "model": "res.partner", "ids": [1], "fields": ["name"]}),
            vec!["read", "res.partner", "--ids", "1", "--fields", "name"],
        ),
        (
            json!({"action": "read", "model": "res.partner", "ids": [1]}),
            vec!["read", "res.partner", "--ids", "1"],
        ),
        (
            json!({"action": "create", "model": "res.partner", "vals": {"name": "A"}}),
            vec!["create", "res.partner", "--vals-json", r#"{"name": "A"}"#],
        ),
        (
            json!({"action": "create", "model": "res.partner", "vals_list": [{"name": "A"}, {"name": "B"}]}),
            vec!["create", "res.partner", "--vals-list-json", r#"[{"name": "A"}, {"name": "B"}]"#],
        ),
        (
            json!({"action": "write", "model": "res.partner", "ids": [1], "vals": {"name": "A"}, "confirm_outbound": false}),
            vec!["write", "res.partner", "--ids", "1", "--vals-json", r#"{"name": "A"}"#],
        ),
        (
            json!({"action": "write", "model": "res.partner", "ids": [1, 2], "vals": {"nmae": "A"},
                "strict": true, "force_fields": ["nmae"], "max_records": 2, "dry_run": false}),
            vec![
                "write",
                "res.partner",
                "--ids",
                "1,2",
                "--vals-json",
                r#"{"nmae": "A"}"#,
                "--strict",
                "--force-field",
                "nmae",
                "--max-records",
                "2",
            ],
        ),
        (
            json!({"action": "search_read", "model": "res.partner", "fields": ["name"], "limit": 0, "all": true}),
            vec!["search-read", "res.partner", "--fields", "name", "--limit", "0", "--all"],
        ),
    ];
    let mut actions: Vec<&str> = cases.iter().map(|(spec, _)| spec["action"].as_str().unwrap()).collect();
    actions.sort_unstable();
    actions.dedup();
    let all = [
        "call",
        "count",
        "create",
        "doc_index",
        "doc_model",
        "group",
        "lookup",
        "read",
        "schema_summary",
        "search_read",
        "write",
    ];
    assert_eq!(actions, all);
    for (spec, line) in &cases {
        let [by_line, by_spec] = both(spec, line);
        assert_eq!(by_line, by_spec, "{spec}");
        assert_eq!(by_line.1, 0, "{line:?}: {}", by_line.3);
        let asked = by_line.0.iter().filter(|request| !request.path.ends_with("/context_get")).count();
        assert!(asked >= 1, "{spec} sent nothing");
    }
}

#[test]
fn a_confirmed_spec_goes_the_way_of_the_confirmed_command() {
    let refusal =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    let runs = [false, true].map(|by_spec| {
        let server = Server::start_at("127.0.0.1:0");
        server.once(
            "/json/2/res.partner/message_post",
            Answer::odoo_error(422, "odoo.exceptions.UserError", refusal),
        );
        server.on("/json/2/res.partner/message_post", Answer::json("[1296]"));
        server.on(
            "/json/2/strictbase.agent.confirmation/issue_token",
            Answer::json("\"t0ken-of-the-approver\""),
        );
        let home = Home::new();
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", server.url()),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", crate::support::KEY),
                ("ODOO_APPROVER_API_KEY", "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4"),
            ],
        );
        let outcome = if by_spec {
            let spec = json!({"action": "call", "model": "res.partner", "method": "message_post", "ids": [10],
                "data": {"body": "Hello"}, "confirm_outbound": true});
            home.agent(["exec-spec", "-"]).stdin(spec.to_string()).run()
        } else {
            home.run([
                "call",
                "res.partner",
                "message_post",
                "--ids",
                "10",
                "--data-json",
                r#"{"body": "Hello"}"#,
                "--confirm-outbound",
            ])
        };
        assert_eq!(outcome.ok().stdout, "[1296]\n");
        let sent: Vec<(String, Option<String>, Vec<u8>)> = server
            .requests()
            .into_iter()
            .map(|request| {
                (request.path.clone(), request.header("authorization").map(str::to_string), request.body)
            })
            .collect();
        sent
    });
    assert_eq!(runs[0], runs[1]);
    let posts: Vec<Value> = runs[0]
        .iter()
        .filter(|(path, _, _)| path.ends_with("/message_post"))
        .map(|(_, _, body)| serde_json::from_slice(body).unwrap())
        .collect();
    assert_eq!(posts.len(), 2);
    let mut with_token = posts[0].clone();
    with_token["context"]["agent_confirmation_token"] = "t0ken-of-the-approver".into();
    assert_eq!(posts[1], with_token, "the same call with the token, and nothing else");
}

#[track_caller]
fn refused(spec: &str, parts: &[&str]) -> Outcome {
    let (home, server) = lab();
    let outcome = home.agent(["exec-spec", "-"]).stdin(spec).run().fails(2, "invalid_spec").says(parts);
    assert_eq!((outcome.effect().as_str(), server.connections()), ("not_sent", 0));
    outcome
}

#[test]
fn what_a_spec_does_not_say_rightly_is_refused_with_its_path() {
    for (spec, parts) in [
        ("", &["line 1"][..]),
        ("{\"action\": \"read\",\n \"ids\": [1,]}", &["line 2"]),
        (r#"["action"]"#, &["spec"]),
        ("{}", &["spec.action"]),
        (r#"{"action": null}"#, &["spec.action"]),
        (r#"{"action": "reed"}"#, &["spec.action", "reed"]),
        (r#"{"action": "read", "action": "write"}"#, &["action", "twice"]),
        (r#"{"action": "read", "model": "a", "ids": [1, "x"]}"#, &["spec.ids[1]"]),
        (r#"{"action": "read", "model": "a", "ids": 1}"#, &["spec.ids"]),
        (r#"{"action": "read", "model": "a"}"#, &["spec.ids"]),
        (r#"{"action": "write", "model": "a", "ids": [], "vals": {}}"#, &["spec.ids"]),
        (r#"{"action": "write", "model": "a", "ids": [1]}"#, &["spec.vals"]),
        (r#"{"action": "write", "ids": [1], "vals": {}}"#, &["spec.model"]),
        (r#"{"action": "write", "model": "a/b", "ids": [1], "vals": {}}"#, &["a/b"]),
        (r#"{"action": "search_read", "model": "a", "domain": {}}"#, &["spec.domain", "an object"]),
        (r#"{"action": "search_read", "model": "a", "limit": -1}"#, &["spec.limit"]),
        (r#"{"action": "search_read", "model": "a", "limit": "5"}"#, &["spec.limit", "a string"]),
        (r#"{"action": "search_read", "model": "a", "limit": 1.5}"#, &["spec.limit"]),
        (r#"{"action": "search_read", "model": "a", "context": []}"#, &["spec.context"]),
        (r#"{"action": "search_read", "model": "a", "fields": ["b", 1]}"#, &["spec.fields[1]"]),
        (
            r#"{"action": "create", "model": "a", "vals": {}, "vals_list": []}"#,
            &["spec.vals", "spec.vals_list"],
        ),
        (r#"{"action": "create", "model": "a"}"#, &["spec.vals"]),
        (r#"{"action": "create", "model": "a", "vals_list": [{}, 3]}"#, &["spec.vals_list[1]"]),
        (r#"{"action": "create", "model": "a", "vals_list": []}"#, &["nothing to create"]),
        (r#"{"action": "call", "model": "a", "method": "b", "data": {"ids": [0]}}"#, &["spec.data.ids[0]"]),
        (
            r#"{"action": "call", "model": "a", "method": "b", "data": {"context": 1}}"#,
            &["spec.data.context"],
        ),
        (r#"{"action": "call", "model": "a", "method": "b", "ids": [1], "data": {"ids": [1]}}"#, &["twice"]),
        (r#"{"action": "call", "model": "a"}"#, &["spec.method"]),
        (r#"{"action": "lookup", "kind": "partner", "query": ""}"#, &["empty"]),
        (r#"{"action": "lookup", "kind": "partner", "query": "x", "limit": 0}"#, &["spec.limit"]),
        (r#"{"action": "lookup", "kind": "partner", "query": "x", "one": "yes"}"#, &["spec.one"]),
        (r#"{"action": "schema_summary", "model": "a", "fields": "name"}"#, &["spec.fields"]),
    ] {
        refused(spec, parts);
    }
}

#[test]
fn a_domain_that_was_lost_on_the_way_is_not_every_record() {
    for action in [
        r#"{"action": "count", "model": "res.partner", "domain": null}"#,
        r#"{"action": "search_read", "model": "res.partner", "fields": ["name"], "domain": null}"#,
        r#"{"action": "search_read", "model": "res.partner", "fields": ["name"], "domain": null, "all": true}"#,
        r#"{"action": "group", "model": "res.partner", "by": ["country_id"], "domain": null}"#,
        r#"{"action": "lookup", "kind": "partner", "query": "Azure", "domain": null}"#,
    ] {
        refused(action, &["spec.domain is null", "[] stands for every record"]);
    }
    // Other keys that are null are as good as left out, and an empty domain says what it means.
    let (home, server) = ready();
    for right in [
        r#"{"action": "count", "model": "res.partner", "domain": []}"#,
        r#"{"action": "count", "model": "res.partner"}"#,
        r#"{"action": "search_read", "model": "res.partner", "fields": ["name"], "limit": null, "order": null, "domain": []}"#,
    ] {
        let outcome = home.agent(["exec-spec", "-", "--dry-run"]).stdin(right).run().ok();
        assert_eq!(outcome.json()["body"]["domain"], json!([]), "{right}");
    }
    assert!(server.requests_to(&crate::support::json2("res.partner", "search_count")).is_empty());
}

#[test]
fn unknown_keys_are_refused_with_what_may_be_meant() {
    for (spec, key, close) in [
        (r#"{"action": "search_read", "model": "a", "domian": []}"#, "spec.domian", "domain"),
        (r#"{"action": "write", "model": "a", "ids": [1], "values": {}}"#, "spec.values", "vals"),
        (r#"{"action": "call", "model": "a", "method": "b", "contxt": {}}"#, "spec.contxt", "context"),
        (r#"{"action": "search-read", "model": "a"}"#, "spec.action", "search_read"),
    ] {
        let outcome = refused(spec, &[key]);
        assert!(outcome.hints().contains(&format!("did you mean {close}?")), "{}", outcome.stderr);
    }
    // A key of another action is unknown to this one.
    refused(r#"{"action": "read", "model": "a", "ids": [1], "limit": 5}"#, &["spec.limit"]);
}

#[test]
fn flags_beside_a_spec_add_context_and_never_overrule_it() {
    let (home, server) = ready();
    let spec = r#"{"action": "search_read", "model": "res.partner", "fields": ["name"], "context": {"active_test": false}}"#;
    home.agent(["exec-spec", "-", "--context-json", r#"{"bin_size": true}"#]).stdin(spec).run().ok();
    let context = server.only("/json/2/res.partner/search_read").context();
    assert_eq!((&context["active_test"], &context["bin_size"]), (&json!(false), &json!(true)));
    server.forget();
    let twice =
        home.agent(["exec-spec", "-", "--context-json", r#"{"active_test": true}"#]).stdin(spec).run();
    twice.fails(2, "usage").says(&["active_test", "twice"]);
    assert!(server.requests().is_empty());
}

const SPEC: &str = r#"{"action": "write", "model": "res.partner", "ids": [1], "vals": {}}"#;

#[test]
fn a_planted_file_is_refused() {
    let (home, server) = ready();
    let own = home.file("own.json", SPEC);
    // A directory like /tmp: everybody may write in it.
    let shared = home.beside("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let at = |name: &str| shared.join(name);
    let put =
        |name: &str, text: &[u8], mode: u32| crate::support::run::write_with_mode(&at(name), text, mode);
    symlink(&own, at("link.json")).unwrap();
    symlink("/dev/stdin", at("device.json")).unwrap();
    put("writable.json", SPEC.as_bytes(), 0o666);
    rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe.json"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    fs::create_dir(at("directory.json")).unwrap();
    fs::hard_link(&own, at("second_name.json")).unwrap();
    put("large.json", format!("{SPEC}{}", " ".repeat(16 << 20)).as_bytes(), 0o600);
    for (name, says) in [
        ("link.json", "symbolic link"),
        ("device.json", "symbolic link"),
        ("writable.json", "everyone can write"),
        ("pipe.json", "not a regular file"),
        ("directory.json", "not a regular file"),
        ("second_name.json", "hard link"),
        ("large.json", "larger"),
        ("absent.json", "absent.json"),
    ] {
        for flag in [&["exec-spec"][..], &["write", "res.partner", "--ids", "1", "--vals-file"]] {
            if name == "large.json" && flag.len() > 1 {
                // Values may be as large as Odoo takes them.
                continue;
            }
            let outcome = home.agent(flag).arg(at(name)).run();
            assert_eq!(outcome.exit, 2, "{name}: {}", outcome.stderr);
            assert!(outcome.message().contains(says), "{name}: {}", outcome.stderr);
        }
    }
    assert_eq!(server.connections(), 0);
    put("mine.json", SPEC.as_bytes(), 0o644);
    home.agent(["exec-spec"]).arg(at("mine.json")).run().ok();
    let link = home.beside("link_at_home.json");
    symlink(&own, &link).unwrap();
    fs::remove_file(at("second_name.json")).unwrap();
    home.agent(["exec-spec"]).arg(&link).run().fails(2, "usage").says(&["symbolic link"]);
    assert_eq!(server.requests_to("/json/2/res.partner/write").len(), 1);
}

#[test]
fn a_file_of_somebody_else_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can give a file away.
        return;
    }
    let (home, server) = ready();
    let file = home.file("theirs.json", SPEC);
    std::os::unix::fs::chown(&file, Some(12_345), None).unwrap();
    let outcome = home.run(["exec-spec", &file]);
    assert_eq!(outcome.exit, 2);
    assert!(outcome.message().contains("another user"), "{}", outcome.stderr);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_file_that_another_group_can_write_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can give a file to a foreign group.
        return;
    }
    let (home, server) = ready();
    let file = home.file("theirs.json", SPEC);
    std::os::unix::fs::chown(&file, None, Some(12_345)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o660)).unwrap();
    let outcome = home.run(["exec-spec", &file]);
    assert!(outcome.message().contains("another group"), "{}", outcome.stderr);
    assert_eq!(server.connections(), 0);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    home.run(["exec-spec", &file]).ok();
}

/// While the program runs again and again, the file is swapped for a link to another spec, for somebody else's
/// file, and back: what was checked is what is read.
#[test]
fn a_file_swapped_between_check_and_read_is_not_believed() {
    let (home, server) = ready();
    let shared = home.beside("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let spec = |name: &str| SPEC.replace(r#""vals": {}"#, &format!(r#""vals": {{"name": "{name}"}}"#));
    let planted = home.file("planted.json", spec("planted"));
    let place = shared.join("spec.json");
    let put = |planted_now: usize| {
        let next = shared.join("next");
        match planted_now {
            0 => crate::support::run::write_with_mode(&next, spec("own").as_bytes(), 0o600),
            1 => symlink(&planted, &next).unwrap(),
            _ => {
                crate::support::run::write_with_mode(&next, spec("planted").as_bytes(), 0o606);
                if rustix::process::geteuid().is_root() {
                    std::os::unix::fs::chown(&next, Some(12_345), None).unwrap();
                }
            }
        }
        fs::rename(&next, &place).unwrap();
    };
    put(0);
    let running = std::sync::atomic::AtomicBool::new(true);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0;
            while running.load(std::sync::atomic::Ordering::SeqCst) {
                turn += 1;
                put(turn % 3);
            }
        });
        for _ in 0..60 {
            let outcome = home.agent(["exec-spec"]).arg(&place).run();
            assert!(matches!(outcome.exit, 0 | 2), "{}", outcome.stderr);
        }
        running.store(false, std::sync::atomic::Ordering::SeqCst);
    });
    for request in server.requests_to("/json/2/res.partner/write") {
        assert_eq!(request.json()["vals"], json!({"name": "own"}));
    }
}

#[test]
fn the_published_place_of_a_spec_is_the_default() {
    let help = Home::new().run(["exec-spec", "--help"]).ok().stdout;
    assert!(help.contains("[default: /tmp/codex_odoo_request.json]"), "{help}");
}
