//! Every command and flag: what is sent, what is printed, and what is refused before anything is sent.

use crate::support::{Answer, DATABASE, Home, KEY, Server, json2, lab, lab_context};
use serde_json::{Value, json};

const SEARCH: &str = "/json/2/res.partner/search_read";
const READ: &str = "/json/2/res.partner/read";
const CREATE: &str = "/json/2/res.partner/create";
const WRITE: &str = "/json/2/res.partner/write";
const FIELDS_GET: &str = "/json/2/res.partner/fields_get";

/// The lab with an answer for each of these calls.
fn answering(answers: &[(&str, &str)]) -> (Home, Server) {
    let (home, server) = lab();
    for (path, body) in answers {
        server.on(path, Answer::json(body));
    }
    (home, server)
}

/// The body of the one request to a path, without its context, which must be the lab's.
#[track_caller]
fn body_of(server: &Server, path: &str) -> Value {
    let mut body = server.only(path).json();
    let context = body.as_object_mut().unwrap().remove("context");
    assert_eq!(context, Some(lab_context()));
    body
}

/// It is refused as wrong usage or JSON, names each part, and nothing was sent.
#[track_caller]
fn refused(arguments: &[&str], code: &str, parts: &[&str]) {
    let (home, server) = lab();
    let outcome = home.run(arguments).fails(2, code).says(parts);
    assert_eq!(outcome.effect(), "not_sent", "{arguments:?}");
    assert_eq!(server.connections(), 0, "{arguments:?} reached the server");
}

#[test]
fn call_sends_ids_arguments_and_context_and_prints_the_value_unchanged() {
    let path = json2("project.task", "message_post");
    let (home, server) = answering(&[(&path, "[1293]")]);
    let data = r#"{"body": "note", "subtype_xmlid": "mail.mt_note"}"#;
    let outcome = home.run(["call", "project.task", "message_post", "--ids", "12", "--data-json", data]).ok();
    assert_eq!(outcome.stdout, "[1293]\n");
    assert_eq!(outcome.stderr, "");
    assert_eq!(
        body_of(&server, &path),
        json!({ "ids": [12], "body": "note", "subtype_xmlid": "mail.mt_note" })
    );
}

#[test]
fn call_without_ids_sends_none_and_null_and_true_are_values() {
    for value in ["null", "true", "false", "0", "\"\"", "{}", "[]"] {
        let path = json2("res.partner", "anything");
        let (home, server) = answering(&[(&path, value)]);
        assert_eq!(home.run(["call", "res.partner", "anything"]).ok().stdout, format!("{value}\n"));
        assert_eq!(body_of(&server, &path), json!({}));
    }
}

#[test]
fn ids_come_in_every_form() {
    for form in [
        &["--ids", "1", "2", "3"][..],
        &["--ids", "1,2,3"],
        &["--ids=1,2,3"],
        &["--ids", "1", "--ids", "2", "--ids", "3"],
        &["--ids", "1,2", "--ids", "3"],
        &["--ids", "1 2 3"],
        &["--ids", "1,", "2,", "3"],
    ] {
        let (home, server) = answering(&[(WRITE, "true")]);
        home.agent(["write", "res.partner"]).args(form).args(["--vals-json", "{}"]).run().ok();
        assert_eq!(body_of(&server, WRITE), json!({ "ids": [1, 2, 3], "vals": {} }), "{form:?}");
    }
}

#[test]
fn ids_that_are_no_record_ids_are_refused() {
    for bad in ["0", "-1", "x", "1.0", "1e3", "true", "99999999999999999999", "1;2", "0x1"] {
        refused(&["read", "res.partner", "--ids", bad], "invalid_json", &["--ids", bad]);
    }
    refused(&["read", "res.partner", "--ids", ""], "usage", &["--ids"]);
    refused(&["read", "res.partner", "--ids", ",,"], "usage", &["--ids"]);
    refused(&["read", "res.partner"], "usage", &["--ids"]);
    refused(&["write", "res.partner", "--vals-json", "{}"], "usage", &["--ids"]);
    for (data, place) in [
        (r#"{"ids": [1, "2"]}"#, "--data-json.ids[1]"),
        (r#"{"ids": [1.5]}"#, "--data-json.ids[0]"),
        (r#"{"ids": [true]}"#, "--data-json.ids[0]"),
        (r#"{"ids": [0]}"#, "--data-json.ids[0]"),
        (r#"{"ids": 1}"#, "--data-json.ids"),
    ] {
        refused(&["call", "res.partner", "read", "--data-json", data], "invalid_json", &[place]);
    }
    let both = ["call", "res.partner", "read", "--ids", "1", "--data-json", r#"{"ids": [1]}"#];
    refused(&both, "usage", &["ids", "twice"]);
}

#[test]
fn ids_inside_the_data_are_the_ids() {
    let path = json2("res.partner", "unlink");
    let (home, server) = answering(&[(&path, "true")]);
    home.run(["call", "res.partner", "unlink", "--data-json", r#"{"ids": [4, 5]}"#]).ok();
    assert_eq!(body_of(&server, &path), json!({ "ids": [4, 5] }));
}

#[test]
fn search_read_has_every_flag_in_every_form() {
    let domain = r#"[["is_company","=",true],"|",["name","ilike","北京"],["id","in",[1,2]]]"#;
    let must = json!({ "domain": serde_json::from_str::<Value>(domain).unwrap(), "fields": ["name", "email"],
        "limit": 3, "offset": 40, "order": "name asc, id desc" });
    let scratch = Home::new();
    let domain_file = scratch.file("domain.json", domain);
    let fields_file = scratch.file("fields.json", r#"["name", "email"]"#);
    for (domain_flag, domain) in
        [("--domain", domain), ("--domain-json", domain), ("--domain-file", domain_file.as_str())]
    {
        for (fields_flag, fields) in [
            ("--fields", "name,email"),
            ("--fields", "name email"),
            ("--fields-json", r#"["name","email"]"#),
            ("--fields-file", fields_file.as_str()),
        ] {
            let (home, server) = answering(&[(SEARCH, "[]")]);
            home.agent(["search-read", "res.partner", domain_flag, domain, fields_flag, fields])
                .args(["--limit", "3", "--offset", "40", "--order", "name asc, id desc"])
                .run()
                .ok();
            assert_eq!(body_of(&server, SEARCH), must, "{domain_flag} {fields_flag}");
        }
    }
}

#[test]
fn search_read_asks_for_twenty_from_the_start_by_default() {
    let path = json2("x.model", "search_read");
    let (home, server) = answering(&[(&path, "[]")]);
    home.run(["search-read", "x.model"]).ok();
    let must = json!({ "domain": [], "fields": ["id", "display_name"], "limit": 20, "offset": 0 });
    assert_eq!(body_of(&server, &path), must);
}

#[test]
fn a_json_argument_is_read_from_stdin() {
    let (home, server) = answering(&[(WRITE, "true"), (CREATE, "[7]"), (SEARCH, "[]")]);
    home.agent(["write", "res.partner", "--ids", "1", "--vals-file", "-"]).stdin(r#"{"a": 1}"#).run().ok();
    assert_eq!(body_of(&server, WRITE), json!({ "ids": [1], "vals": { "a": 1 } }));
    home.agent(["create", "res.partner", "--vals-file", "-"]).stdin(r#"{"a": 1}"#).run().ok();
    assert_eq!(body_of(&server, CREATE), json!({ "vals_list": [{ "a": 1 }] }));
    let flags = ["search-read", "res.partner", "--fields", "name", "--domain-file", "-"];
    home.agent(flags).stdin("\u{feff}[[\"a\", \"=\", 1]]\n").run().ok();
    assert_eq!(body_of(&server, SEARCH)["domain"], json!([["a", "=", 1]]));
}

#[test]
fn only_one_argument_reads_stdin() {
    let (home, server) = lab();
    let outcome = home
        .agent(["search-read", "res.partner", "--domain-file", "-", "--fields-file", "-"])
        .stdin("[]")
        .run()
        .fails(2, "usage")
        .says(&["--domain-file", "--fields-file", "stdin"]);
    assert_eq!(outcome.effect(), "not_sent");
    home.agent(["write", "res.partner", "--ids", "1", "--vals-file", "-", "--context-file", "-"])
        .stdin("{}")
        .run()
        .fails(2, "usage")
        .says(&["--vals-file", "--context-file", "stdin"]);
    home.agent(["exec-spec", "-", "--context-file", "-"])
        .stdin(r#"{"action": "search_read", "model": "res.partner"}"#)
        .run()
        .fails(2, "usage")
        .says(&["exec-spec", "--context-file", "stdin"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn inline_beside_file_is_usage() {
    for (command, inline, file) in [
        (&["search-read", "res.partner"][..], "--domain-json", "--domain-file"),
        (&["search-read", "res.partner"], "--fields-json", "--fields-file"),
        (&["search-read", "res.partner"], "--fields", "--fields-json"),
        (&["search-read", "res.partner"], "--fields", "--fields-file"),
        (&["read", "res.partner", "--ids", "1"], "--fields-json", "--fields-file"),
        (&["call", "res.partner", "x"], "--data-json", "--data-file"),
        (&["call", "res.partner", "x"], "--context-json", "--context-file"),
        (&["create", "res.partner"], "--vals-json", "--vals-file"),
        (&["create", "res.partner"], "--vals-list-json", "--vals-list-file"),
        (&["create", "res.partner"], "--vals-json", "--vals-list-json"),
        (&["create", "res.partner"], "--vals-json", "--vals-list-file"),
        (&["write", "res.partner", "--ids", "1"], "--vals-json", "--vals-file"),
    ] {
        let mut line = command.to_vec();
        line.extend([inline, "[]", file, "/nowhere.json"]);
        refused(&line, "usage", &[inline, file]);
    }
    refused(&["create", "res.partner"], "usage", &["--vals-json"]);
    refused(&["write", "res.partner", "--ids", "1"], "usage", &["--vals-json"]);
}

#[test]
fn json_that_does_not_parse_names_flag_and_place() {
    for (line, flag) in [
        (&["search-read", "res.partner", "--domain-json"][..], "--domain-json"),
        (&["search-read", "res.partner", "--fields-json"], "--fields-json"),
        (&["call", "res.partner", "x", "--data-json"], "--data-json"),
        (&["call", "res.partner", "x", "--context-json"], "--context-json"),
        (&["create", "res.partner", "--vals-json"], "--vals-json"),
        (&["create", "res.partner", "--vals-list-json"], "--vals-list-json"),
        (&["write", "res.partner", "--ids", "1", "--vals-json"], "--vals-json"),
    ] {
        for (text, place) in [
            ("", "line 1 column 0"),
            ("[1,\n 2,]", "line 2 column 4"),
            ("{'a': 1}", "line 1 column 2"),
            ("[] []", "line 1 column 4"),
            ("{\"a\": 1, \"a\": 2}", "twice"),
            ("[NaN]", "line 1 column 2"),
            ("[1e999]", "larger than any"),
            ("[\"\\ud83d\"]", "line 1 column 3"),
            ("[True]", "line 1 column 2"),
        ] {
            let mut line = line.to_vec();
            line.push(text);
            refused(&line, "invalid_json", &[flag, place]);
        }
    }
}

#[test]
fn json_of_the_wrong_type_names_flag_and_types() {
    let search = ["search-read", "res.partner"];
    for (line, flag, text, found) in [
        (&search[..], "--domain-json", "{}", "an object"),
        (&search, "--domain-json", "\"[]\"", "a string"),
        (&search, "--domain-json", "null", "null"),
        (&search, "--fields-json", "\"name\"", "a string"),
        (&search, "--context-json", "[]", "a list"),
        (&["call", "res.partner", "x"], "--data-json", "[1]", "a list"),
        (&["create", "res.partner"], "--vals-json", "[{}]", "a list"),
        (&["create", "res.partner"], "--vals-list-json", "{}", "an object"),
        (&["write", "res.partner", "--ids", "1"], "--vals-json", "true", "a boolean"),
        (&["write", "res.partner", "--ids", "1"], "--vals-json", "7", "a number"),
    ] {
        let mut line = line.to_vec();
        line.extend([flag, text]);
        refused(&line, "invalid_json", &[flag, found]);
    }
    refused(
        &["search-read", "res.partner", "--fields-json", "[\"a\", 1]"],
        "invalid_json",
        &["--fields-json[1]"],
    );
    refused(
        &["create", "res.partner", "--vals-list-json", "[{}, 3]"],
        "invalid_json",
        &["--vals-list-json[1]"],
    );
    let inner = r#"{"context": []}"#;
    refused(&["call", "res.partner", "x", "--data-json", inner], "invalid_json", &["--data-json.context"]);
    refused(&["create", "res.partner", "--vals-list-json", "[]"], "invalid_json", &["nothing to create"]);
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_refused() {
    let home = Home::new();
    let latin = home.file("latin.json", b"{\"a\": \"caf\xe9\"}");
    refused(
        &["create", "res.partner", "--vals-file", "/nowhere/vals.json"],
        "usage",
        &["--vals-file", "/nowhere/vals.json"],
    );
    refused(&["create", "res.partner", "--vals-file", &latin], "invalid_json", &["--vals-file", "UTF-8"]);
    let directory = home.path();
    refused(
        &["create", "res.partner", "--vals-file", directory.to_str().unwrap()],
        "usage",
        &["--vals-file"],
    );
}

#[test]
fn names_that_could_leave_the_path_are_refused() {
    for bad in
        ["", "..", "a/b", "res..partner", "res.partner/read", "res.partner?x", "1a", "é.x", "res.partner%2f"]
    {
        for line in [
            &["search-read", bad][..],
            &["read", bad, "--ids", "1"],
            &["create", bad, "--vals-json", "{}"],
            &["write", bad, "--ids", "1", "--vals-json", "{}"],
            &["call", bad, "read"],
            &["call", "res.partner", bad],
            &["schema-summary", bad],
            &["doc-model", bad],
        ] {
            refused(line, "usage", &[]);
        }
    }
    refused(&["lookup", "res/partner.x", "A"], "usage", &[]);
}

#[test]
fn read_asks_for_the_fields_and_names_what_does_not_exist() {
    let (home, server) = answering(&[(READ, r#"[{"id": 7, "name": "A"}]"#)]);
    let outcome = home.run(["read", "res.partner", "--ids", "7,8,9", "--fields", "name"]).ok();
    assert_eq!(outcome.stdout, "[{\"id\":7,\"name\":\"A\"}]\n");
    assert_eq!(outcome.notes().len(), 1);
    assert!(outcome.notes()[0].contains("8, 9"), "{:?}", outcome.notes());
    assert_eq!(body_of(&server, READ), json!({ "ids": [7, 8, 9], "fields": ["name"] }));
}

const PARTNER_FIELDS: &str = r#"{
    "id": {"type": "integer", "string": "ID"}, "name": {"type": "char", "string": "Name", "required": true},
    "email": {"type": "char", "string": "Email", "readonly": false},
    "company_type": {"type": "selection", "string": "Company Type", "selection": [["person", "Person"]]},
    "active": {"type": "boolean", "string": "Active"},
    "parent_id": {"type": "many2one", "string": "Related Company", "relation": "res.partner"},
    "rtc_session_ids": {"type": "one2many", "string": "RTC", "relation": "discuss.channel.rtc.session"},
    "category_id": {"type": "many2many", "string": "Tags", "relation": "res.partner.category"},
    "barcode": {"type": "char", "string": "E-Mail code", "readonly": true, "relation": "", "selection": []}
}"#;

#[test]
fn without_fields_the_short_list_is_asked_for_as_far_as_it_exists() {
    for line in [&["search-read", "res.partner"][..], &["read", "res.partner", "--ids", "1"]] {
        let (home, server) =
            answering(&[(FIELDS_GET, PARTNER_FIELDS), (SEARCH, "[]"), (READ, r#"[{"id": 1}]"#)]);
        home.run(line).ok();
        let path = if line[0] == "read" { READ } else { SEARCH };
        // `phone` is in the published list and not in this database.
        let must = json!(["id", "display_name", "name", "email", "company_type", "parent_id", "active"]);
        assert_eq!(body_of(&server, path)["fields"], must);
        home.run(line).ok();
        assert_eq!(server.requests_to(FIELDS_GET).len(), 1, "the schema is cached");
    }
}

#[test]
fn the_columns_of_odoos_list_are_read_where_nothing_is_named() {
    let arch = r#"<list><field name="sequence" widget="handle"/><field name="name"/><field name="logo"/>
        <field name="hidden" column_invisible="True"/><field name="later" optional="hide"/><field name="line_ids"/>
        <field name="partner_id" optional="show"/></list>"#;
    let fields = json!({ "sequence": { "type": "integer" }, "name": { "type": "char" }, "logo": { "type": "binary" },
        "hidden": { "type": "char" }, "later": { "type": "char" }, "line_ids": { "type": "one2many" },
        "partner_id": { "type": "many2one" } });
    let views =
        json!({ "views": { "list": { "arch": arch } }, "models": { "x.model": { "fields": fields } } });
    let (search, read, asked) =
        (json2("x.model", "search_read"), json2("x.model", "read"), json2("x.model", "get_views"));
    let (home, server) = answering(&[(&search, "[]"), (&read, r#"[{"id": 1}]"#)]);
    server.on(&asked, Answer::json(&views));
    for _ in 0..2 {
        home.run(["search-read", "x.model"]).ok();
        home.run(["read", "x.model", "--ids", "1"]).ok();
    }
    let must = json!(["id", "display_name", "name", "partner_id"]);
    assert_eq!(server.requests_to(&search)[1].json()["fields"], must);
    assert_eq!(server.requests_to(&read)[1].json()["fields"], must);
    assert_eq!(server.requests_to(&asked).len(), 1, "asked once");
    assert_eq!(server.requests_to(&asked)[0].json()["views"], json!([[false, "list"]]));
    assert!(server.requests_to(&json2("x.model", "fields_get")).is_empty());
    // Named fields need no list, and a model without one is read by its name.
    server.forget();
    home.run(["search-read", "x.model", "--fields", "name"]).ok();
    assert!(server.requests_to(&asked).is_empty());
    let other = json2("x.other", "search_read");
    server.on(&other, Answer::json("[]"));
    let closed = Answer::odoo_error(403, "odoo.exceptions.AccessError", "no views for you");
    server.on(&json2("x.other", "get_views"), closed);
    for _ in 0..2 {
        home.run(["search-read", "x.other"]).ok();
    }
    assert_eq!(server.requests_to(&other)[1].json()["fields"], json!(["id", "display_name"]));
    assert_eq!(server.requests_to(&json2("x.other", "get_views")).len(), 1);
    // What is known by itself is asked for fields, and never for its list.
    let orders = json2("sale.order", "search_read");
    server.on(&orders, Answer::json("[]"));
    server.on(
        &json2("sale.order", "fields_get"),
        Answer::json(r#"{"name": {"type": "char"}, "state": {"type": "selection"}}"#),
    );
    home.run(["search-read", "sale.order"]).ok();
    assert_eq!(
        server.requests_to(&orders)[0].json()["fields"],
        json!(["id", "display_name", "name", "state"])
    );
    assert!(server.requests_to(&json2("sale.order", "get_views")).is_empty());
}

#[test]
fn an_empty_list_of_fields_never_reaches_odoo() {
    for flags in [&["--fields-json", "[]"][..], &[]] {
        let path = json2("x.model", "search_read");
        let (home, server) = answering(&[(&path, "[]")]);
        home.agent(["search-read", "x.model"]).args(flags).run().ok();
        assert_eq!(body_of(&server, &path)["fields"], json!(["id", "display_name"]));
    }
    refused(&["search-read", "x.model", "--fields", ""], "usage", &["--fields"]);
    refused(&["search-read", "x.model", "--fields", " , "], "usage", &["--fields"]);
}

#[test]
fn a_star_asks_for_every_field_that_is_readable() {
    for star in [&["--fields", "*"][..], &["--fields-json", r#"["*"]"#]] {
        let (home, server) = answering(&[(FIELDS_GET, PARTNER_FIELDS)]);
        // Odoo refuses the whole read for one closed field.
        server.on(
            SEARCH,
            Answer::made(|request| {
                let body = request.json();
                let fields = body["fields"].as_array().unwrap();
                assert!(!fields.is_empty(), "no fields are all fields");
                if fields.iter().any(|field| field == "rtc_session_ids" || field == "email") {
                    return Answer::odoo_error(403, "odoo.exceptions.AccessError", "Failed to read field");
                }
                Answer::json(r#"[{"id": 1}]"#)
            }),
        );
        let line = ["search-read", "res.partner", "--limit", "7"];
        let must = json!(["id", "name", "company_type", "active", "parent_id", "category_id", "barcode"]);
        assert_eq!(home.agent(line).args(star).run().ok().stdout, "[{\"id\":1}]\n");
        let (last, trials) =
            server.requests_to(SEARCH).split_last().map(|(l, t)| (l.json(), t.to_vec())).unwrap();
        assert_eq!((&last["fields"], &last["limit"]), (&must, &json!(7)));
        assert!(!trials.is_empty() && trials.iter().all(|trial| trial.json()["limit"] == 1), "on one record");
        server.forget();
        home.agent(line).args(star).run().ok();
        assert_eq!(body_of(&server, SEARCH)["fields"], must, "found once");
    }
}

#[test]
fn as_many_rows_as_the_limit_means_that_there_may_be_more() {
    let rows = r#"[{"id": 1}, {"id": 2}]"#;
    for (flags, noted) in [
        (&["--limit", "2"][..], true),
        (&["--limit", "2", "--quiet"], false),
        (&["--limit", "3"], false),
        (&["--limit", "0", "--domain", r#"[["id", ">", 0]]"#], false),
        (&["--limit", "2", "--offset", "40"], true),
    ] {
        let (home, _server) = answering(&[(SEARCH, rows)]);
        let outcome = home.agent(["search-read", "res.partner", "--fields", "name"]).args(flags).run().ok();
        assert_eq!(outcome.notes().len(), usize::from(noted), "{flags:?}: {}", outcome.stderr);
        assert_eq!(outcome.json().as_array().unwrap().len(), 2);
        if flags.contains(&"40") {
            assert!(outcome.notes()[0].contains("--offset 42"), "{}", outcome.stderr);
        }
    }
}

#[test]
fn create_and_write_send_the_values_and_print_what_odoo_returns() {
    let (home, server) = answering(&[(CREATE, "[42]"), (WRITE, "true")]);
    let scratch = Home::new();
    let one = r#"{"name": "Ready Mat", "child_ids": [[0, 0, {"name": "北京"}]], "parent_id": false}"#;
    let many = format!("[{one}, {{\"name\": \"Two\"}}]");
    let (one_file, many_file) = (scratch.file("one.json", one), scratch.file("many.json", &many));
    let parsed: Value = serde_json::from_str(one).unwrap();
    for (flag, text, must) in [
        ("--vals-json", one, json!([parsed])),
        ("--vals-file", &one_file, json!([parsed])),
        ("--vals-list-json", &many, json!([parsed, { "name": "Two" }])),
        ("--vals-list-file", &many_file, json!([parsed, { "name": "Two" }])),
    ] {
        server.forget();
        assert_eq!(home.run(["create", "res.partner", flag, text]).ok().stdout, "[42]\n");
        assert_eq!(body_of(&server, CREATE), json!({ "vals_list": must }), "{flag}");
    }
    for (flag, text) in [("--vals-json", one), ("--vals-file", one_file.as_str())] {
        server.forget();
        assert_eq!(home.run(["write", "res.partner", "--ids", "7", flag, text]).ok().stdout, "true\n");
        assert_eq!(body_of(&server, WRITE), json!({ "ids": [7], "vals": parsed }), "{flag}");
    }
}

#[test]
fn lookups_ask_what_the_published_helper_asked() {
    for (kind, model, fields) in [
        ("partner", "res.partner", &["id", "name", "email", "active", "company_type"][..]),
        ("project", "project.project", &["id", "name", "partner_id", "allow_timesheets", "active"]),
        ("task", "project.task", &["id", "name", "project_id", "partner_id", "active", "stage_id"]),
        ("employee", "hr.employee", &["id", "name", "user_id", "work_email", "company_id"]),
    ] {
        for query in ["Azure", "北京", "Łódź", "O'Neil & Søn", "100%_a\\", "-x", "a\"b", "тест"] {
            let path = json2(model, "search_read");
            let (home, server) = answering(&[(&path, r#"[{"id": 1, "name": "X"}]"#)]);
            let outcome = home.run(["lookup", kind, "--", query]).ok();
            let pattern = query.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let must = json!({ "domain": [["name", "ilike", pattern]], "fields": fields, "limit": 10,
                "order": "name asc" });
            assert_eq!(body_of(&server, &path), must);
            let printed = json!({ "source": "live", "kind": kind, "query": query,
                "results": [{ "id": 1, "name": "X" }] });
            assert_eq!(outcome.stdout, format!("{printed}\n"), "keys in the published order");
        }
    }
}

#[test]
fn any_model_is_a_kind_by_name_search() {
    let path = json2("product.product", "name_search");
    let (home, server) = answering(&[(&path, r#"[[3, "Desk"], [4, "Desk, Large"]]"#)]);
    let outcome = home.run(["lookup", "product.product", "Desk", "--limit", "3"]).ok();
    assert_eq!(body_of(&server, &path), json!({ "name": "Desk", "limit": 3 }));
    assert_eq!(
        outcome.json()["results"],
        json!([{ "id": 3, "display_name": "Desk" }, { "id": 4, "display_name": "Desk, Large" }])
    );
}

const TWINS: &str =
    r#"[{"id": 1, "name": "Łódź"}, {"id": 2, "name": "Łódź Wschodnia"}, {"id": 3, "name": "ŁÓDŹ"}]"#;

#[test]
fn exact_keeps_whole_names_and_escapes_wildcards() {
    let (home, server) = answering(&[(SEARCH, TWINS)]);
    let outcome = home.run(["lookup", "partner", "łódź", "--exact"]).ok();
    let rows = outcome.json()["results"].as_array().unwrap().clone();
    assert_eq!(rows.iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(
        body_of(&server, SEARCH)["domain"],
        json!(["|", ["name", "=ilike", "łódź"], ["display_name", "=ilike", "łódź"]])
    );
    server.forget();
    home.run(["lookup", "partner", "50%_\\", "--exact"]).ok();
    assert_eq!(server.requests_to(SEARCH)[0].json()["domain"][1], json!(["name", "=ilike", "50\\%\\_\\\\"]));
}

#[test]
fn a_variant_is_found_by_the_name_that_is_shown() {
    let (home, server) = lab();
    let (by_name, by_shown_name) =
        (json2("product.product", "name_search"), json2("product.product", "search_read"));
    server.once(&by_name, Answer::json("[]"));
    server.on(&by_shown_name, Answer::json("[]"));
    server.on(&by_name, Answer::json(r#"[[7,"Large Desk (Steel)"],[8,"Large Desk (Wood)"]]"#));
    let outcome = home.run(["lookup", "product.product", "Large Desk (Wood)", "--one"]).ok();
    assert_eq!(outcome.json()["id"], json!(8));
    assert_eq!(server.requests_to(&by_name).last().unwrap().json()["name"], "Large Desk");
}

/// Whatever name a read shows is a whole name.
#[test]
fn an_exact_lookup_knows_the_name_that_is_shown() {
    let (home, server) = lab();
    let fields =
        r#"{"name": {"type": "char"}, "display_name": {"type": "char"}, "default_code": {"type": "char"}}"#;
    server.on(&json2("product.product", "fields_get"), Answer::json(fields));
    let search = json2("product.product", "search_read");
    let desks = r#"[{"id": 7, "display_name": "Large Desk (Steel)", "name": "Large Desk"},
                    {"id": 8, "display_name": "Large Desk (Wood)", "name": "Large Desk"}]"#;
    let lookup = |name: &str| home.run(["lookup", "product.product", name, "--one", "--exact"]);
    server.once(&search, Answer::json("[]"));
    server.on(&search, Answer::json(desks));
    assert_eq!(
        lookup("Large Desk (Wood)").ok().json(),
        json!({ "id": 8, "display_name": "Large Desk (Wood)" })
    );
    let asked = server.requests_to(&search).last().unwrap().json()["domain"].as_array().unwrap().clone();
    assert!(asked.contains(&json!(["name", "=ilike", "Large Desk"])), "{asked:?}");
    // A variant that is not among them is none of them, and what helps is said.
    let none = lookup("Large Desk (Glass)").fails(7, "no_match");
    assert!(none.hints().contains("leave out --exact"), "{}", none.stderr);
    let several = lookup("Large Desk").fails(7, "ambiguous");
    assert!(
        !several.hints().contains("--exact") && several.hints().contains("--domain"),
        "{}",
        several.stderr
    );
}

#[test]
fn one_prints_the_match_or_says_why_there_is_none() {
    let (home, server) = answering(&[(SEARCH, TWINS)]);
    let outcome = home.run(["lookup", "partner", "Łódź", "--one"]).fails(7, "ambiguous");
    assert_eq!(outcome.error()["candidates"], serde_json::from_str::<Value>(TWINS).unwrap());
    assert_eq!(outcome.effect(), "rejected");
    let outcome = home.run(["lookup", "partner", "łódź wschodnia", "--exact", "--one"]).ok();
    assert_eq!(outcome.stdout, "{\"id\":2,\"name\":\"Łódź Wschodnia\"}\n");
    home.run(["lookup", "partner", "Ł", "--exact", "--one"]).fails(7, "no_match").says(&["Ł"]);
    server.on(SEARCH, Answer::json("[]"));
    home.run(["lookup", "partner", "nobody", "--one"]).fails(7, "no_match").says(&["nobody"]);
    assert_eq!(home.run(["lookup", "partner", "nobody"]).ok().json()["results"], json!([]));
}

#[test]
fn one_takes_the_only_record_that_is_called_so() {
    let states = r#"[[1, "Baja California (MX)"], [2, "California (US)"]]"#;
    let (home, server) = answering(&[(&json2("res.country.state", "name_search"), states)]);
    let fields = r#"{"name": {"type": "char"}, "display_name": {"type": "char"}, "code": {"type": "char"}}"#;
    server.on(&json2("res.country.state", "fields_get"), Answer::json(fields));
    let search = json2("res.country.state", "search_read");
    server
        .on(&search, Answer::json(r#"[{"id": 2, "display_name": "California (US)", "name": "California"}]"#));
    let found = home.run(["lookup", "res.country.state", "California", "--one"]).ok();
    assert_eq!(found.json(), json!({ "id": 2, "display_name": "California (US)" }));
    assert!(found.notes()[0].contains("the only one"), "{}", found.stderr);
    // Several that are called so, or none: nobody guesses.
    let twins = r#"[{"id": 2, "display_name": "California (US)", "name": "California"}, {"id": 3, "display_name": "California", "name": "California"}]"#;
    for rows in [twins, "[]"] {
        server.on(&search, Answer::json(rows));
        home.run(["lookup", "res.country.state", "California", "--one"]).fails(7, "ambiguous");
    }
}

#[test]
fn candidates_that_are_called_alike_are_told_apart() {
    let stages = r#"[[1, "Done"], [2, "Done"]]"#;
    let (home, server) = answering(&[(&json2("x.stage", "name_search"), stages)]);
    server.on(
        &json2("x.stage", "fields_get"),
        Answer::json(
            r#"{"name": {"type": "char"}, "project_id": {"type": "many2one"}, "fold": {"type": "boolean"}}"#,
        ),
    );
    server.on(&json2("x.stage", "search_read"), Answer::json("[]"));
    let views = json!({ "views": { "list": { "arch": "<list><field name='project_id'/><field name='fold'/></list>" } },
        "models": { "x.stage": { "fields": { "project_id": { "type": "many2one" }, "fold": { "type": "boolean" } } } } });
    server.on(&json2("x.stage", "get_views"), Answer::json(&views));
    let read = r#"[{"id": 1, "display_name": "Done", "project_id": [7, "Move"], "fold": true}, {"id": 2, "display_name": "Done", "project_id": false, "fold": true}]"#;
    server.on(&json2("x.stage", "read"), Answer::json(read));
    let error = home.run(["lookup", "x.stage", "Done", "--one"]).fails(7, "ambiguous").error();
    let must = json!([{ "id": 1, "display_name": "Done", "project_id": [7, "Move"] }, { "id": 2, "display_name": "Done", "project_id": false }]);
    assert_eq!(error["candidates"], must);
    let hints = error["hints"].to_string();
    assert!(hints.contains("called alike") && !hints.contains("--exact"), "{hints}");
}

#[test]
fn where_the_columns_of_a_list_do_not_tell_candidates_apart_choices_and_links_do() {
    let taxes = r#"[[1, "15%"], [2, "15%"]]"#;
    let (home, server) = answering(&[(&json2("x.tax", "name_search"), taxes)]);
    server.on(&json2("x.tax", "search_read"), Answer::json("[]"));
    let fields = json!({ "name": { "type": "char" }, "note": { "type": "html" }, "scope": { "type": "char" }, "use": { "type": "selection" },
        "country_id": { "type": "many2one" }, "write_uid": { "type": "many2one" }, "made": { "type": "selection", "store": false } });
    server.on(&json2("x.tax", "fields_get"), Answer::json(&fields));
    let views = json!({ "views": { "list": { "arch": "<list><field name='scope'/></list>" } },
        "models": { "x.tax": { "fields": { "scope": { "type": "char" } } } } });
    server.on(&json2("x.tax", "get_views"), Answer::json(&views));
    server.on(
        &json2("x.tax", "read"),
        Answer::made(|request| {
            let fields = request.json()["fields"].clone();
            let row = |id: i64, used: &str| {
                let all = json!({ "id": id, "display_name": "15%", "scope": false, "use": used, "country_id": [1, "US"] });
                let asked = fields.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_string());
                let told = asked.map(|name| (name.clone(), all[&name].clone()));
                Value::Object(told.chain([("id".to_string(), id.into())]).collect())
            };
            Answer::json(json!([row(1, "sale"), row(2, "purchase")]))
        }),
    );
    let error = home.run(["lookup", "x.tax", "15%", "--one"]).fails(7, "ambiguous").error();
    let must = json!([{ "id": 1, "display_name": "15%", "use": "sale" }, { "id": 2, "display_name": "15%", "use": "purchase" }]);
    assert_eq!(error["candidates"], must);
    let asked = server.requests_to(&json2("x.tax", "read"));
    assert_eq!(asked[1].json()["fields"], json!(["use", "country_id"]));
}

#[test]
fn a_lookup_that_finds_nothing_tells_of_what_is_in_the_archive() {
    let (home, server) = lab();
    let archived = r#"[{"id":81,"name":"Ann Archived","display_name":"Ann Archived"}]"#;
    server.on(
        &json2("res.partner", "search_read"),
        Answer::made(move |request| {
            let is_asked = request.json()["context"]["active_test"] == false;
            Answer::json(if is_asked { archived } else { "[]" })
        }),
    );
    let outcome = home.run(["lookup", "partner", "Ann Archived"]).ok();
    let notes = outcome.notes();
    assert_eq!(outcome.json()["results"], json!([]));
    assert!(
        notes
            .iter()
            .any(|note| note.contains("in the archive") && note.contains("action_unarchive --ids 81")),
        "{notes:?}"
    );
    let one = home.run(["lookup", "partner", "Ann Archived", "--one"]).fails(7, "no_match");
    assert!(one.error()["hints"].to_string().contains("res.partner 81"), "{}", one.stderr);
    // Where something is found nothing more is asked.
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json(archived));
    home.run(["lookup", "partner", "Ann Archived"]).ok();
    assert!(server.requests().iter().all(|request| request.json()["context"]["active_test"] != false));
}

#[test]
fn a_lookup_that_would_match_everything_or_nothing_known_is_refused() {
    refused(&["lookup", "partner", ""], "usage", &["empty"]);
    refused(&["lookup", "partner", "  "], "usage", &["empty"]);
    refused(&["lookup", "partner", "x", "--limit", "0"], "usage", &["--limit"]);
    refused(&["lookup", "invoice", "x"], "usage", &["invoice", "partner, project, task, employee"]);
    let (home, _server) = lab();
    assert!(home.run(["lookup", "parner", "x"]).fails(2, "usage").hints().contains("did you mean partner?"));
}

#[test]
fn a_part_of_a_lookup_that_is_not_there_leads_to_the_flag_that_gives_it() {
    let (home, _server) = answering(&[(SEARCH, r#"[{"id":7,"name":"Azure"}]"#)]);
    let line = ["lookup", "partner", "Azure", "--pluck", "/id"];
    assert!(home.run(line).fails(7, "not_found").hints().contains("--one"));
    assert_eq!(home.agent(line).arg("--one").run().ok().stdout, "7\n");
}

#[test]
fn the_short_flags_for_json_are_the_long_ones() {
    let (home, server) = answering(&[(CREATE, "[1]"), (WRITE, "true"), (SEARCH, "[]")]);
    let vals = r#"{"name":"a"}"#;
    home.run(["create", "res.partner", "--vals", vals]).ok();
    home.run(["create", "res.partner", "--vals-list", r#"[{"name":"b"}]"#]).ok();
    home.run(["write", "res.partner", "--ids", "7", "--vals", vals]).ok();
    home.run(["call", "res.partner", "search_read", "--data", r#"{"limit":2}"#]).ok();
    let context = r#"{"active_test":false}"#;
    home.run(["--context", context, "search-read", "res.partner", "--fields", "name", "--limit", "2"]).ok();
    let sent = |path: &str, key: &str| -> Vec<Value> {
        server.requests_to(path).iter().map(|request| request.json()[key].clone()).collect()
    };
    assert_eq!(sent(CREATE, "vals_list"), [json!([{"name": "a"}]), json!([{"name": "b"}])]);
    assert_eq!(sent(WRITE, "vals"), [json!({"name": "a"})]);
    assert_eq!(sent(SEARCH, "limit"), [json!(2), json!(2)]);
    assert_eq!(sent(SEARCH, "context")[1]["active_test"], false);
}

#[test]
fn a_list_for_one_record_leads_to_the_flag_for_several() {
    for (flag, meant) in [("--vals-json", "--vals-list-json"), ("--vals-file", "--vals-list-file")] {
        let (home, server) = lab();
        let outcome =
            home.agent(["create", "res.partner", flag, if flag == "--vals-file" { "-" } else { "[]" }]);
        let outcome = outcome.stdin("[]").run().fails(2, "invalid_json");
        assert!(outcome.hints().contains(meant), "{}", outcome.stderr);
        assert_eq!(server.connections(), 0);
    }
}

#[test]
fn a_sum_may_name_its_function_once_more() {
    let path = json2("sale.order", "formatted_read_group");
    let (home, server) = answering(&[(&path, "[]")]);
    home.run(["group", "sale.order", "--sum", "amount_total:sum,amount_tax"]).ok();
    let sums = json!(["__count", "amount_total:sum", "amount_tax:sum"]);
    assert_eq!(body_of(&server, &path)["aggregates"], sums);
    refused(&["group", "sale.order", "--sum", "amount_total:avg"], "usage", &["amount_total:avg"]);
}

#[test]
fn what_was_left_out_or_not_found_is_noted() {
    let (home, _server) = answering(&[(FIELDS_GET, PARTNER_FIELDS), ("/doc-bearer/index.json", INDEX)]);
    let notes = |line: &[&str]| home.run(line).ok().notes();
    let short = notes(&["schema-summary", "res.partner"]);
    assert!(matches!(&short[..], [note] if note.starts_with("5 of 9 fields; --all")), "{short:?}");
    let none = notes(&["schema-summary", "res.partner", "--contains", "zzz"]);
    assert!(matches!(&none[..], [note] if note.contains("zzz")), "{none:?}");
    let none = notes(&["doc-index", "--match", "zzz"]);
    assert!(matches!(&none[..], [note] if note.contains("zzz")), "{none:?}");
    for line in [
        &["schema-summary", "res.partner", "--quiet"][..],
        &["schema-summary", "res.partner", "--all"],
        &["schema-summary", "res.partner", "--field", "name"],
        &["schema-summary", "res.partner", "--contains", "mail"],
        &["doc-index", "--match", "partner"],
        &["doc-index", "--match", "zzz", "--quiet"],
    ] {
        assert!(notes(line).is_empty(), "{line:?}");
    }
}

#[test]
fn schema_summary_is_the_short_list_where_there_is_one() {
    let (home, server) = answering(&[(FIELDS_GET, PARTNER_FIELDS)]);
    let summary = home.run(["schema-summary", "res.partner"]).ok().json();
    let keys: Vec<&String> = summary.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["source", "model", "name", "fields"]);
    assert_eq!((&summary["source"], &summary["model"]), (&json!("live"), &json!("res.partner")));
    let must = json!([
        { "name": "name", "type": "char", "string": "Name", "required": true },
        { "name": "email", "type": "char", "string": "Email" },
        { "name": "company_type", "type": "selection", "string": "Company Type", "selection": [["person", "Person"]] },
        { "name": "parent_id", "type": "many2one", "string": "Related Company", "relation": "res.partner" },
        { "name": "active", "type": "boolean", "string": "Active" },
    ]);
    assert_eq!(summary["fields"], must);
    let asked = body_of(&server, FIELDS_GET);
    for attribute in ["type", "string", "readonly", "required", "relation", "selection"] {
        assert!(asked["attributes"].as_array().unwrap().contains(&json!(attribute)), "{asked}");
    }
    assert_eq!(home.run(["schema-summary", "res.partner"]).ok().json()["source"], "cache");
    assert_eq!(home.run(["schema-summary", "res.partner", "--refresh"]).ok().json()["source"], "live");
}

#[test]
fn schema_summary_filters_apply_to_every_field() {
    let (home, _server) = answering(&[(FIELDS_GET, PARTNER_FIELDS)]);
    for (flags, names) in [
        (&["--field", "barcode"][..], &["barcode"][..]),
        (&["--field", "barcode", "--field", "id"], &["id", "barcode"]),
        (&["--contains", "mail"], &["email", "barcode"]),
        (&["--contains", "EMAIL"], &["email"]),
        (&["--contains", "tags", "--contains", "rtc"], &["rtc_session_ids", "category_id"]),
        (&["--contains", "tags,rtc"], &["rtc_session_ids", "category_id"]),
        (&["--contains", " tags , rtc ,"], &["rtc_session_ids", "category_id"]),
        (&["--field", "barcode,id"], &["id", "barcode"]),
        (&["--contains", "related company"], &["parent_id"]),
        (&["--contains", "no such"], &[]),
        (&["--field", "name", "--contains", "tags"], &["name", "category_id"]),
        (
            &["--all"],
            &[
                "id",
                "name",
                "email",
                "company_type",
                "active",
                "parent_id",
                "rtc_session_ids",
                "category_id",
                "barcode",
            ],
        ),
    ] {
        let summary = home.agent(["schema-summary", "res.partner"]).args(flags).run().ok().json();
        let found: Vec<&str> = summary["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(found, names, "{flags:?}");
    }
    let barcode = home.run(["schema-summary", "res.partner", "--field", "barcode"]).ok().json();
    let must = json!({ "name": "barcode", "type": "char", "string": "E-Mail code", "readonly": true });
    assert_eq!(barcode["fields"][0], must, "empty attributes are left out");
    let outcome = home.run(["schema-summary", "res.partner", "--field", "emial"]).fails(7, "not_found");
    assert!(outcome.hints().contains("did you mean email?"));
}

#[test]
fn a_very_long_selection_is_cut_unless_it_is_asked_for() {
    let keys =
        |count: usize| json!((0..count).map(|n| [format!("k{n}"), format!("K {n}")]).collect::<Vec<_>>());
    let field = |count: usize| json!({ "type": "selection", "string": "S", "selection": keys(count) });
    let fields = json!({ "tz": field(597), "state": field(40) }).to_string();
    let (home, _server) = answering(&[("/json/2/x.model/fields_get", &fields)]);
    for (flags, is_cut) in [
        (&[][..], true),
        (&["--all"], true),
        (&["--contains", "tz,state"], true),
        (&["--field", "tz", "--field", "state"], false),
    ] {
        let outcome = home.agent(["schema-summary", "x.model"]).args(flags).run().ok();
        let told = outcome.json()["fields"].clone();
        let row =
            |name: &str| told.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
        let shown = if is_cut { 10 } else { 597 };
        assert_eq!(row("tz")["selection"], keys(shown), "{flags:?}");
        assert_eq!(row("tz").get("selection_left_out"), is_cut.then(|| json!(587)).as_ref());
        assert_eq!((&row("state")["selection"], row("state").get("selection_left_out")), (&keys(40), None));
        let notes = outcome.notes();
        assert_eq!(
            notes.iter().any(|note| note.contains("(tz)") && note.contains("--field tz")),
            is_cut,
            "{notes:?}"
        );
        assert_eq!(notes.len(), usize::from(is_cut), "{notes:?}");
    }
}

#[test]
fn schema_summary_of_a_model_without_a_short_list_shows_all_of_it() {
    let (home, _server) =
        answering(&[("/json/2/x.model/fields_get", r#"{"a": {"type": "char", "string": "A"}}"#)]);
    let summary = home.run(["schema-summary", "x.model"]).ok().json();
    assert_eq!(summary["fields"], json!([{ "name": "a", "type": "char", "string": "A" }]));
}

const INDEX: &str = r#"{"modules": ["base", "web"], "models": [
    {"model": "res.partner", "name": "Contact", "fields": {"name": {"string": "Name"}}, "methods": ["create"]},
    {"model": "account.move", "name": "Journal Entry", "fields": {}, "methods": []},
    {"model": "hr.employee", "name": "Employee (北京)", "fields": {}, "methods": []}]}"#;

#[test]
fn doc_index_prints_the_document_and_its_filters_reduce_it() {
    let (home, server) = lab();
    server.on("/doc-bearer/index.json", Answer::json(INDEX));
    let whole: Value = serde_json::from_str(INDEX).unwrap();
    assert_eq!(home.run(["doc-index"]).ok().stdout, format!("{whole}\n"));
    for (flags, must) in [
        (
            &["--names"][..],
            json!({ "models": [
            { "model": "res.partner", "name": "Contact" }, { "model": "account.move", "name": "Journal Entry" },
            { "model": "hr.employee", "name": "Employee (北京)" }] }),
        ),
        (
            &["--match", "journal", "--names"],
            json!({ "models": [{ "model": "account.move", "name": "Journal Entry" }] }),
        ),
        (
            &["--match", "北京", "--names"],
            json!({ "models": [{ "model": "hr.employee", "name": "Employee (北京)" }] }),
        ),
        (&["--match", "RES.PART"], json!({ "modules": ["base", "web"], "models": [whole["models"][0]] })),
        (&["--match", "nothing"], json!({ "modules": ["base", "web"], "models": [] })),
    ] {
        assert_eq!(home.agent(["doc-index"]).args(flags).run().ok().json(), must, "{flags:?}");
    }
    let request = server.only("/doc-bearer/index.json");
    assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
    assert_eq!(request.header("accept-language"), Some("en-US"));
    home.run(["doc-index", "--refresh"]).ok();
    assert_eq!(server.requests_to("/doc-bearer/index.json").len(), 2);
}

const PAGE: &str = r#"{"model": "project.task", "name": "Task", "doc": null,
    "fields": {"name": {"string": "Title"}, "stage_id": {"string": "Stage"}},
    "methods": {"message_post": {"signature": "(x)"}, "unlink": {"signature": "()"}}}"#;

#[test]
fn doc_model_prints_the_document_and_its_filters_reduce_it() {
    let (home, server) = lab();
    server.on("/doc-bearer/project.task.json", Answer::json(PAGE));
    let whole: Value = serde_json::from_str(PAGE).unwrap();
    assert_eq!(home.run(["doc-model", "project.task", "--full"]).ok().stdout, format!("{whole}\n"));
    for (flags, fields, methods) in [
        (&["--field", "stage_id"][..], json!({ "stage_id": { "string": "Stage" } }), json!({})),
        (&["--method", "unlink"], json!({}), json!({ "unlink": { "signature": "()" } })),
        (
            &["--method", "unlink", "--field", "name"],
            json!({ "name": { "string": "Title" } }),
            json!({ "unlink": { "signature": "()" } }),
        ),
    ] {
        let found = home.agent(["doc-model", "project.task"]).args(flags).run().ok().json();
        assert_eq!((&found["fields"], &found["methods"]), (&fields, &methods), "{flags:?}");
        assert_eq!(found["name"], "Task");
    }
    let both = home.run(["doc-model", "project.task", "--method", "unlink,message_post"]).ok().json();
    assert_eq!(both["methods"].as_object().unwrap().len(), 2);
    let outcome = home.run(["doc-model", "project.task", "--method", "mesage_post"]).fails(7, "not_found");
    assert!(outcome.hints().contains("did you mean message_post?"));
    home.run(["doc-model", "project.task", "--field", "zzz"]).fails(7, "not_found").says(&["zzz"]);
}

#[test]
fn doc_model_is_brief_unless_all_is_asked_for() {
    let (home, server) = lab();
    let page = r#"{"model": "project.task", "name": "Task", "doc": "<p>A task.</p><p>More</p>",
        "fields": {"name": {"string": "Title", "type": "char", "required": true, "help": "h", "module": "project"},
                   "stage_id": {"string": "Stage", "type": "many2one", "relation": "project.task.type", "required": false}},
        "methods": {"message_post": {"signature": "(body='')", "doc": "<div>\n<p>Post a <b>new</b> message. It returns it.</p><p>x</p></div>",
                                     "parameters": {"body": {"doc": "<p>the body</p>"}}},
                    "unlink": {"signature": "()"}}}"#;
    server.on("/doc-bearer/project.task.json", Answer::json(page));
    let brief = home.run(["doc-model", "project.task"]).ok();
    let must = json!({ "model": "project.task", "name": "Task", "doc": "A task.",
        "fields": { "name": { "type": "char", "string": "Title", "required": true },
                    "stage_id": { "type": "many2one", "string": "Stage", "relation": "project.task.type" } },
        "methods": { "message_post": { "signature": "(body='')", "doc": "Post a new message" },
                     "unlink": { "signature": "()" } } });
    assert_eq!(brief.json(), must);
    assert!(brief.notes()[0].contains("full") && brief.notes()[0].contains("match"), "{}", brief.stderr);
    let names = home.run(["doc-model", "project.task", "--names", "--match", "ST"]).ok().json();
    assert_eq!(names["fields"], json!({ "stage_id": { "string": "Stage" } }));
    assert_eq!(names["methods"], json!({ "message_post": {} }));
    let one = home.run(["doc-model", "project.task", "--method", "message_post"]).ok();
    assert_eq!(one.json()["methods"]["message_post"]["doc"], "Post a new message. It returns it.\nx");
    assert_eq!(one.json()["methods"]["message_post"]["parameters"]["body"]["doc"], "the body");
    let full = home.run(["doc-model", "project.task", "--full"]).ok();
    assert_eq!(full.json()["fields"]["name"]["module"], "project");
    assert!(!full.stdout.contains("<p>") && full.notes().is_empty(), "{}", full.stdout);
    let none = home.run(["doc-model", "project.task", "--match", "zzz"]).ok();
    assert!(none.notes()[0].contains("zzz"), "{}", none.stderr);
    home.run(["doc-model", "project.task", "--full", "--names"]).fails(2, "usage");
    home.run(["doc-model", "project.task", "--field", "name", "--match", "x"]).fails(2, "usage");
}

#[test]
fn without_the_documentation_group_ordinary_calls_tell_and_it_is_said_once() {
    let (home, server) = lab();
    let closed = Answer::odoo_error(
        403,
        "odoo.exceptions.AccessError",
        "This page is only accessible to Technical Documentation users.",
    );
    for page in ["index", "res.partner"] {
        server.on(&format!("/doc-bearer/{page}.json"), closed.clone());
    }
    server.on(
        "/json/2/ir.model/get_available_models",
        Answer::json(r#"[{"display_name": "Contact", "model": "res.partner"}]"#),
    );
    server.on(
        "/json/2/ir.model/display_name_for",
        Answer::json(r#"[{"display_name": "Contact", "model": "res.partner"}]"#),
    );
    server.on(FIELDS_GET, Answer::json(PARTNER_FIELDS));
    for quiet in [false, true] {
        let line = if quiet { &["doc-index", "--quiet"][..] } else { &["doc-index"] };
        let outcome = home.run(line).ok();
        assert_eq!(outcome.json(), json!({ "models": [{ "model": "res.partner", "name": "Contact" }] }));
        assert_eq!(outcome.notes().len(), usize::from(!quiet));
    }
    let outcome = home.run(["doc-model", "res.partner", "--field", "email"]).ok();
    assert_eq!(outcome.notes().len(), 1);
    assert!(outcome.notes()[0].contains("Technical Documentation"), "{}", outcome.stderr);
    let must = json!({ "email": { "type": "char", "string": "Email", "readonly": false } });
    assert_eq!((&outcome.json()["fields"], &outcome.json()["name"]), (&must, &json!("Contact")));
    let fallback = server.only(FIELDS_GET);
    assert_eq!(fallback.context(), lab_context());
    home.run(["doc-model", "res.partner", "--method", "write"]).fails(5, "access_denied").says(&["methods"]);
    home.run(["schema-summary", "res.partner"]).ok();
    // Without the module api_doc there is a web page instead.
    server.on("/doc-bearer/res.users.json", Answer::html(404));
    server.on("/web/version", Answer::json(r#"{"version": "19.0"}"#));
    server.on("/json/2/res.users/fields_get", Answer::json("{}"));
    home.run(["doc-model", "res.users"]).ok();
    // An unknown model is not a closed page.
    server
        .on("/doc-bearer/no.such.json", Answer::odoo_error(404, "werkzeug.exceptions.NotFound", "not found"));
    home.run(["doc-model", "no.such"]).fails(7, "not_found");
}

#[test]
fn context_is_merged_under_the_marks_of_the_agent() {
    let caller = r#"{"active_test": false, "agent_mode": false, "agent_channel": "fake", "lang": "de_DE"}"#;
    let must = json!({ "lang": "de_DE", "tz": "UTC", "active_test": false, "agent_mode": true, "agent_channel": "cli" });
    let scratch = Home::new();
    let file = scratch.file("context.json", caller);
    let data = format!("{{\"context\": {caller}}}");
    for flags in [&["--context-json", caller][..], &["--context-file", &file], &["--data-json", &data]] {
        let path = json2("res.partner", "do_it");
        let (home, server) = answering(&[(&path, "true")]);
        home.agent(["call", "res.partner", "do_it"]).args(flags).run().ok();
        assert_eq!(server.only(&path).context(), must, "{flags:?}");
    }
    let (home, server) = answering(&[(SEARCH, "[]")]);
    let line = ["search-read", "res.partner", "--fields", "name"];
    home.agent(line).args(["--context-file", "-"]).stdin(caller).run().ok();
    assert_eq!(server.only(SEARCH).context(), must);
    let twice = [
        "call",
        "res.partner",
        "x",
        "--context-json",
        "{\"a\": 1}",
        "--data-json",
        r#"{"context": {"a": 1}}"#,
    ];
    refused(&twice, "usage", &["a", "twice"]);
}

#[test]
fn the_marks_cannot_be_switched_off_by_null_or_spelling() {
    for caller in
        [r#"{"agent_mode": null}"#, r#"{"agent_mode": 0, "agent_channel": ""}"#, r#"{"agent_channel": {}}"#]
    {
        let (home, server) = answering(&[(WRITE, "true")]);
        home.run(["write", "res.partner", "--ids", "1", "--vals-json", "{}", "--context-json", caller]).ok();
        assert_eq!(server.only(WRITE).context(), lab_context(), "{caller}");
    }
}

#[test]
fn the_channel_is_named_by_flag_environment_or_profile() {
    let (home, server) = answering(&[(WRITE, "true")]);
    let line = ["write", "res.partner", "--ids", "1", "--vals-json", "{}"];
    let channel = |server: &Server| {
        let channel = server.only(WRITE).context()["agent_channel"].clone();
        server.forget();
        channel
    };
    home.run(line).ok();
    assert_eq!(channel(&server), "cli");
    home.agent(line).env("ODOO_AGENT_CHANNEL", "ci").run().ok();
    assert_eq!(channel(&server), "ci");
    home.agent(line).env("ODOO_AGENT_CHANNEL", "ci").args(["--agent-channel", "claude"]).run().ok();
    assert_eq!(channel(&server), "claude");
}

#[test]
fn keys_that_switch_protections_off_are_refused_wherever_they_stand() {
    for key in [
        "_force_unlink",
        "force_delete",
        "install_mode",
        "tracking_disable",
        "mail_notrack",
        "mail_create_nolog",
    ] {
        let context = format!("{{\"{key}\": true}}");
        let off = format!("{{\"{key}\": false}}");
        let data = format!("{{\"context\": {context}}}");
        for flags in [["--context-json", &context], ["--context-json", &off], ["--data-json", &data]] {
            let mut line = vec!["call", "res.partner", "unlink", "--ids", "1"];
            line.extend(flags);
            refused(&line, "preflight_refused", &[key]);
        }
        let spec = format!(
            r#"{{"action": "write", "model": "res.partner", "ids": [1], "vals": {{}}, "context": {context}}}"#
        );
        let (home, server) = lab();
        home.agent(["exec-spec", "-"]).stdin(&spec).run().fails(2, "preflight_refused").says(&[key]);
        assert_eq!(server.connections(), 0);
    }
}

#[test]
fn a_profile_of_the_config_directory_and_nothing_else_can_allow_such_a_key() {
    let server = Server::start();
    server.on(WRITE, Answer::json("true"));
    let values = [
        ("ODOO_BASE_URL", server.url()),
        ("ODOO_DB", DATABASE),
        ("ODOO_API_KEY", KEY),
        ("ODOO_LANG", "en_US"),
        ("ODOO_TZ", "UTC"),
        ("ODOO_ALLOW_CONTEXT", "mail_notrack, force_delete"),
    ];
    let line = ["write", "res.partner", "--ids", "1", "--vals-json", "{}", "--context-json"];
    let home = Home::new();
    home.profile("lab", &values);
    home.agent(line).arg(r#"{"mail_notrack": true}"#).run().ok();
    assert_eq!(server.only(WRITE).context()["mail_notrack"], true);
    home.agent(line).arg(r#"{"tracking_disable": true}"#).run().fails(2, "preflight_refused");
    let text: String = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let file = home.file("own.env", text);
    let outcome = home.agent(["--env-file", &file]).args(line).arg(r#"{"mail_notrack": true}"#).run();
    outcome.fails(2, "preflight_refused");
    let plain = Home::new();
    let mut command = plain.agent(line).arg(r#"{"mail_notrack": true}"#);
    for (name, value) in values {
        command = command.env(name, value);
    }
    command.run().fails(2, "preflight_refused");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn language_time_zone_and_companies_come_from_the_profile_or_from_the_user() {
    let server = Server::start();
    server.on(SEARCH, Answer::json("[]"));
    server.on(
        "/json/2/res.users/context_get",
        Answer::json(r#"{"lang": "pl_PL", "tz": "Europe/Warsaw", "uid": 7}"#),
    );
    let line = ["search-read", "res.partner", "--fields", "name"];
    let marks = json!({ "agent_mode": true, "agent_channel": "cli" });
    let with = |mut extra: Value| {
        extra.as_object_mut().unwrap().extend(marks.as_object().unwrap().clone());
        extra
    };
    for (environment, flags, must, asks) in [
        (&[][..], &[][..], json!({ "lang": "pl_PL", "tz": "Europe/Warsaw" }), 1),
        (&[("ODOO_LANG", "de_DE")], &[], json!({ "lang": "de_DE", "tz": "Europe/Warsaw" }), 1),
        (&[("ODOO_LANG", "de_DE"), ("ODOO_TZ", "UTC")], &[], json!({ "lang": "de_DE", "tz": "UTC" }), 0),
        (
            &[],
            &["--context-json", r#"{"lang": "fr_FR", "tz": "UTC"}"#],
            json!({ "lang": "fr_FR", "tz": "UTC" }),
            0,
        ),
        (
            &[("ODOO_COMPANY_IDS", "3,1")],
            &[],
            json!({ "lang": "pl_PL", "tz": "Europe/Warsaw", "allowed_company_ids": [3, 1] }),
            1,
        ),
        (
            &[("ODOO_COMPANY_IDS", "3")],
            &["--context-json", r#"{"allowed_company_ids": [2]}"#],
            json!({ "lang": "pl_PL", "tz": "Europe/Warsaw", "allowed_company_ids": [2] }),
            1,
        ),
    ] {
        let home = Home::new();
        home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
        for turn in ["live", "cached"] {
            server.forget();
            let mut command = home.agent(line).args(flags);
            for (name, value) in environment {
                command = command.env(name, value);
            }
            command.run().ok();
            assert_eq!(server.only(SEARCH).context(), with(must.clone()));
            let asked = server.requests_to("/json/2/res.users/context_get");
            assert_eq!(asked.len(), if turn == "live" { asks } else { 0 }, "it is learnt once");
            assert!(asked.iter().all(|request| request.context() == marks));
        }
    }
    for bad in ["x", "1;2", "0", "-1", "1.5"] {
        let home = Home::new();
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", server.url()),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", KEY),
                ("ODOO_COMPANY_IDS", bad),
            ],
        );
        home.run(line).fails(3, "config_invalid").says(&["ODOO_COMPANY_IDS"]);
    }
    refused(
        &["search-read", "res.partner", "--context-json", r#"{"allowed_company_ids": [1, "2"]}"#],
        "invalid_json",
        &["allowed_company_ids"],
    );
}

#[test]
fn a_user_without_language_gets_none_made_up() {
    let (home, server) = (Home::new(), Server::start());
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    server.on(SEARCH, Answer::json("[]"));
    home.run(["search-read", "res.partner", "--fields", "name"]).ok();
    assert_eq!(server.only(SEARCH).context(), json!({ "agent_mode": true, "agent_channel": "cli" }));
}

const ODD: &str = "[ {\"z\": 1.10, \"a\": 1e22, \"big\": 12345678901234567890123456789,\n \"b\": -0.0, \"u\": \"\\u00e9\\/\", \"e\": 1E+2, \"a\": null} ]";

#[test]
fn numbers_key_order_and_escapes_pass_through() {
    let (home, server) = lab();
    let must = "[{\"z\":1.10,\"a\":1e22,\"big\":12345678901234567890123456789,\"b\":-0.0,\"u\":\"\\u00e9\\/\",\"e\":1E+2,\"a\":null}]\n";
    for (line, path) in [
        (&["search-read", "res.partner", "--fields", "name"][..], SEARCH),
        (&["call", "res.partner", "get_it"], "/json/2/res.partner/get_it"),
        (&["call", "res.partner", "make_it", "--ids", "1"], "/json/2/res.partner/make_it"),
    ] {
        server.on(path, Answer::json(ODD));
        assert_eq!(home.run(line).ok().stdout, must);
    }
}

#[test]
fn values_are_sent_as_they_were_written() {
    let (home, server) = answering(&[(WRITE, "true")]);
    let vals = r#"{"z":9007199254740993,"a":0.1,"b":-9223372036854775808,"c":1.5,"d":"\"\\ \u0000 😀 <&>","e":null}"#;
    home.run(["write", "res.partner", "--ids", "9007199254740993", "--vals-json", vals]).ok();
    let body = String::from_utf8(server.only(WRITE).body).unwrap();
    let start =
        r#"{"ids":[9007199254740993],"vals":{"z":9007199254740993,"a":0.1,"b":-9223372036854775808,"c":1.5,"#;
    assert!(body.starts_with(start), "{body}");
    let sent: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(sent["vals"], serde_json::from_str::<Value>(vals).unwrap());
}

#[test]
fn pretty_is_the_same_value_indented() {
    let (home, server) = lab();
    server.on(SEARCH, Answer::json(r#"[{"id": 1, "tags": [], "n": {"a": 1.10}}]"#));
    let line = ["search-read", "res.partner", "--fields", "name"];
    let must = "[\n  {\n    \"id\": 1,\n    \"tags\": [],\n    \"n\": {\n      \"a\": 1.10\n    }\n  }\n]\n";
    assert_eq!(home.agent(line).arg("--pretty").run().ok().stdout, must);
    assert_eq!(home.agent(["--pretty"]).args(line).run().ok().stdout, must, "before the command too");
}

#[test]
fn debug_shows_the_request_and_no_key() {
    let (home, server) = lab();
    server.on(WRITE, Answer::json("true"));
    let vals = r#"{"comment": "none", "name": "shown"}"#;
    let line = ["write", "res.partner", "--ids", "1", "--vals-json", vals, "--debug"];
    let outcome = home.run(line).ok();
    let debug: Vec<String> = outcome.debug_lines().into_iter().filter(|line| line.contains(WRITE)).collect();
    assert_eq!(debug.len(), 1);
    for part in [server.url(), "POST", WRITE, "shown", "200"] {
        assert!(debug[0].contains(part), "{part}: {}", debug[0]);
    }
    assert!(!outcome.stderr.contains(KEY) && !outcome.stderr.contains("Bearer"));
    assert_eq!(server.only(WRITE).header("authorization"), Some(&*format!("Bearer {KEY}")));
}

#[test]
fn help_and_version_are_results() {
    let home = Home::new();
    let version = format!("odoo-agent {}\n", env!("CARGO_PKG_VERSION"));
    for flag in ["--version", "-V"] {
        let outcome = home.run([flag]).ok();
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (version.as_str(), ""));
    }
    let help = home.run(["--help"]).ok();
    assert_eq!(help.stderr, "");
    for command in [
        "call",
        "search-read",
        "read",
        "create",
        "write",
        "lookup",
        "schema-summary",
        "doc-index",
        "doc-model",
        "exec-spec",
        "approve",
        "doctor",
        "cache",
        "sandbox",
    ] {
        assert!(help.stdout.contains(command), "{command}");
        let own = home.run([command, "--help"]).ok();
        assert!(own.stdout.contains("Usage:") && own.stderr.is_empty(), "{command}");
    }
    assert!(home.files().is_empty(), "help writes nothing");
}

#[test]
fn every_published_flag_is_there() {
    let home = Home::new();
    for (command, flags) in [
        ("call", &["--ids", "--data-json", "--data-file", "--confirm-outbound"][..]),
        (
            "search-read",
            &[
                "--domain-json",
                "--domain-file",
                "--domain",
                "--fields-json",
                "--fields-file",
                "--fields",
                "--limit",
                "--offset",
                "--order",
            ],
        ),
        ("read", &["--ids", "--fields-json", "--fields-file"]),
        ("create", &["--vals-json", "--vals-file", "--vals-list-json", "--vals-list-file"]),
        ("write", &["--ids", "--vals-json", "--vals-file"]),
        ("lookup", &["--limit", "--refresh", "--exact", "--one"]),
        ("schema-summary", &["--refresh", "--field", "--contains", "--all"]),
        ("doc-index", &["--match", "--names", "--refresh"]),
        ("doc-model", &["--field", "--method", "--refresh"]),
        ("exec-spec", &[]),
    ] {
        let help = home.run([command, "--help"]).ok().stdout;
        let words: Vec<&str> = help.split([' ', '\n', ',', ']', '[', '=']).collect();
        let common = [
            "--pretty",
            "--context-json",
            "--context-file",
            "--agent-channel",
            "--debug",
            "--quiet",
            "--timeout",
            "--profile",
            "--env-file",
        ];
        for flag in flags.iter().chain(&common) {
            assert!(words.contains(flag), "{command} {flag}");
        }
    }
}

#[test]
fn approval_is_asked_of_a_terminal_and_of_nothing_else() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let (home, server) = lab();
    // In a session without a terminal, as an agent's shell may be; `yes` on stdin approves nothing.
    let mut child = Command::new("setsid")
        .args([
            "--wait",
            crate::support::run::BINARY,
            "approve",
            "res.partner",
            "message_post",
            "--ids",
            "10",
        ])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("ODOO_AGENT_HOME", home.path())
        .env("ODOO_APPROVER_API_KEY", "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(b"yes\nyes\n");
    let outcome = crate::support::Outcome::of(child.wait_with_output().unwrap(), "approve".into());
    outcome.fails(2, "usage").says(&["terminal"]);
    assert_eq!(server.connections(), 0);
    for flag in ["--yes", "-y", "--force", "--no-confirm"] {
        home.run(["approve", "res.partner", "message_post", "--ids", "10", flag]).fails(2, "usage");
    }
}

#[test]
fn usage_errors_are_one_json_object_and_send_nothing() {
    for line in [
        &[][..],
        &["frobnicate"],
        &["call"],
        &["call", "res.partner"],
        &["cache"],
        &["search-read", "res.partner", "--limit", "x"],
        &["search-read", "res.partner", "--limit", "-1"],
        &["search-read", "res.partner", "--offset", "4294967296"],
        &["search-read", "res.partner", "--no-such-flag"],
        &["search-read", "res.partner", "--lim", "1"],
        &["search-read", "res.partner", "--limit", "1", "--limit", "2"],
        &["search-read", "res.partner", "extra"],
        &["search-read", "res.partner", "--timeout", "soon"],
        &["search-read", "res.partner", "--timeout", "0s"],
        &["search-read", "res.partner", "--timeout", "2h"],
    ] {
        refused(line, "usage", &[]);
    }
    let (home, _server) = lab();
    let outcome = home.run(["serch-read", "res.partner"]).fails(2, "usage");
    assert!(outcome.hints().contains("search-read"), "{}", outcome.stderr);
    let outcome = home.run(["search-read", "res.partner", "--domian", "[]"]).fails(2, "usage");
    assert!(outcome.hints().contains("--domain"), "{}", outcome.stderr);
}

#[test]
fn arguments_that_are_not_text_are_an_error_and_no_crash() {
    use std::os::unix::ffi::OsStrExt;
    let (home, _server) = lab();
    let outcome = home.agent(["search-read"]).arg(std::ffi::OsStr::from_bytes(b"res.\xff")).run();
    assert_eq!((outcome.exit, outcome.code().as_str()), (2, "usage"));
}

#[test]
fn an_answer_of_the_wrong_shape_is_a_bad_reply() {
    for (line, path, body) in [
        (&["schema-summary", "res.partner"][..], FIELDS_GET, "[1]"),
        (&["doc-index", "--names"], "/doc-bearer/index.json", "[]"),
        (&["doc-model", "res.partner", "--field", "a"], "/doc-bearer/res.partner.json", "[]"),
        (&["search-read", "res.partner", "--fields", "name"], SEARCH, "{}"),
        (&["search-read", "res.partner", "--fields", "name"], SEARCH, "false"),
        (&["lookup", "partner", "x"], SEARCH, "{\"id\": 1}"),
        (&["lookup", "partner", "x", "--one"], SEARCH, "false"),
        (&["read", "res.partner", "--ids", "1", "--fields", "name"], READ, "{}"),
    ] {
        let (home, server) = lab();
        server.on(path, Answer::json(body));
        home.run(line).fails(12, "bad_reply");
    }
}

#[test]
fn methods_behind_the_identity_check_did_nothing() {
    let path = json2("res.users", "action_api_key_wizard");
    let dialog = r#"{"type": "ir.actions.act_window", "res_model": "res.users.identitycheck", "res_id": 3}"#;
    let (home, _server) = answering(&[(&path, dialog)]);
    let outcome = home.run(["call", "res.users", "action_api_key_wizard", "--ids", "2"]).fails(8, "rejected");
    assert_eq!((outcome.effect().as_str(), outcome.retry().as_str()), ("rejected", "never"));
    // The words alone are not the dialog.
    let (home, _server) = answering(&[(SEARCH, r#"[{"id": 1, "name": "res.users.identitycheck"}]"#)]);
    home.run(["search-read", "res.partner", "--fields", "name"]).ok();
}
