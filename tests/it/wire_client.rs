//! The recorded exchanges with a real Odoo 19.0: for the same intent we send what was recorded, and of what was
//! answered we make what the contract says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{Answer, Home, Outcome, Recorded, Server};
use serde_json::{Value, json};

/// How a recorded exchange is made and must end.
struct Pair {
    name: &'static str,
    intent: Intent,
    end: End,
}

enum Intent {
    /// `call` with the recorded model, method, ids and arguments.
    Call,
    /// This command line.
    Command(&'static [&'static str]),
    /// We never send what was recorded, for this reason; the answer is read all the same, as if it came to a
    /// search.
    NeverSent(#[allow(dead_code, reason = "for the reader")] &'static str),
}

enum End {
    /// stdout is the recorded JSON.
    Prints,
    /// The same with its documentation as text.
    Tells,
    /// Exit and error code; nothing was changed, and the same call fails again.
    Fails(i32, &'static str),
}

use End::{Fails, Prints, Tells};
use Intent::{Call, Command, NeverSent};

const fn pair(name: &'static str, intent: Intent, end: End) -> Pair {
    Pair { name, intent, end }
}

const PAIRS: &[Pair] = &[
    pair("odoo19/err_access_model", Call, Fails(5, "access_denied")),
    pair(
        "odoo19/err_access_write",
        Command(&["write", "res.users", "--ids", "2", "--vals-json", r#"{"name": "x"}"#]),
        Fails(5, "access_denied"),
    ),
    pair("odoo19/err_bad_key", Call, Fails(4, "auth_rejected")),
    pair("odoo19/err_basic_auth", NeverSent("the key goes as Bearer"), Fails(4, "auth_rejected")),
    pair("odoo19/err_body_not_object", NeverSent("a body is an object"), Fails(8, "invalid_request")),
    pair("odoo19/err_doc_model_bad_key", Command(&["doc-model", "res.partner"]), Fails(4, "auth_rejected")),
    pair("odoo19/err_doc_model_not_found", Command(&["doc-model", "no.such.model"]), Fails(7, "not_found")),
    pair(
        "odoo19/err_domain_bad_operator",
        NeverSent("operators are checked before"),
        Fails(8, "invalid_request"),
    ),
    pair("odoo19/err_domain_not_list", NeverSent("a domain is a list"), Fails(8, "invalid_request")),
    pair("odoo19/err_domain_unknown_field", Call, Fails(8, "invalid_request")),
    pair("odoo19/err_empty_body", NeverSent("a body is never empty"), Fails(8, "invalid_request")),
    pair(
        "odoo19/err_fk_violation",
        Command(&["create", "res.partner", "--vals-json", r#"{"name": "a", "parent_id": 99999999}"#]),
        Fails(7, "not_found"),
    ),
    pair("odoo19/err_get_method", NeverSent("a method is called by POST"), Fails(7, "not_found")),
    pair(
        "odoo19/err_group_not_stored",
        Command(&["group", "res.partner", "--by", "company_type"]),
        Fails(8, "invalid_request"),
    ),
    pair(
        "odoo19/err_group_without_period",
        Command(&["group", "sale.order", "--by", "date_order"]),
        Fails(8, "invalid_request"),
    ),
    pair(
        "odoo19/err_ids_on_model_method",
        NeverSent("methods of models get no ids"),
        Fails(8, "invalid_request"),
    ),
    pair("odoo19/err_json2_root", NeverSent("a path has model and method"), Fails(7, "not_found")),
    pair("odoo19/err_malformed_json", NeverSent("what we send is JSON"), Fails(8, "invalid_request")),
    pair("odoo19/err_method_not_found", Call, Fails(7, "not_found")),
    pair("odoo19/err_missing_kwarg", Call, Fails(8, "invalid_request")),
    pair(
        "odoo19/err_missing_record_read",
        Command(&["read", "res.partner", "--ids", "99999999", "--fields", "name"]),
        Fails(7, "not_found"),
    ),
    pair(
        "odoo19/err_missing_record_write",
        Command(&["write", "res.partner", "--ids", "99999999", "--vals-json", r#"{"name": "x"}"#]),
        Fails(7, "not_found"),
    ),
    pair("odoo19/err_missing_required", Command(&["create", "project.task", "--vals-json", "{}"]), Prints),
    pair("odoo19/err_model_not_found", Call, Fails(7, "not_found")),
    pair("odoo19/err_no_key", NeverSent("there is always a key"), Fails(4, "auth_rejected")),
    pair(
        "odoo19/err_private_method",
        NeverSent("nobody may call a private method"),
        Fails(5, "access_denied"),
    ),
    pair("odoo19/err_unique_or_access", Call, Fails(5, "access_denied")),
    pair(
        "odoo19/err_unique_violation",
        Command(&["create", "res.country", "--vals-list-json", r#"[{"name": "Dup", "code": "BE"}]"#]),
        Fails(8, "rejected"),
    ),
    pair("odoo19/err_unknown_field_create", Call, Fails(8, "invalid_request")),
    pair("odoo19/err_unknown_field_read", Call, Fails(8, "invalid_request")),
    pair(
        "odoo19/err_unknown_kwarg",
        NeverSent("keywords of search_read are checked"),
        Fails(5, "access_denied"),
    ),
    pair("odoo19/err_validation", Call, Fails(8, "rejected")),
    pair("odoo19/err_wrong_content_type", NeverSent("the type is JSON"), Fails(12, "bad_reply")),
    pair("odoo19/err_wrong_db", Call, Fails(4, "database_not_found")),
    pair("odoo19/guard_or_ok_message_post_external", Call, Prints),
    pair("odoo19/no_db_header", NeverSent("the database is always named"), Prints),
    pair("odoo19/ok_action_archive", Call, Prints),
    pair("odoo19/ok_context_get", Call, Prints),
    pair("odoo19/ok_copy_returns_recordset", Call, Prints),
    pair(
        "odoo19/ok_create",
        Command(&[
            "create",
            "res.partner",
            "--vals-json",
            r#"{"name": "Wire Capture", "email": "wire@example.com"}"#,
        ]),
        Prints,
    ),
    pair(
        "odoo19/ok_create_timesheet",
        Command(&[
            "create",
            "account.analytic.line",
            "--vals-json",
            r#"{"name": "Fix API timeout", "date": "2026-03-21", "unit_amount": 1.5, "project_id": 1}"#,
        ]),
        Prints,
    ),
    pair("odoo19/ok_doc_index_trimmed", Command(&["doc-index"]), Prints),
    pair("odoo19/ok_doc_model_task_trimmed", Command(&["doc-model", "project.task", "--full"]), Tells),
    pair("odoo19/ok_fields_get", Call, Prints),
    pair("odoo19/ok_formatted_read_group", Call, Prints),
    pair(
        "odoo19/ok_formatted_read_group_part",
        Command(&[
            "group",
            "sale.order",
            "--by",
            "date_order:day_of_week",
            "--having",
            r#"[["__count", ">", 0]]"#,
            "--context-json",
            r#"{"tz": "Europe/Brussels"}"#,
        ]),
        Prints,
    ),
    pair(
        "odoo19/ok_formatted_read_group_path",
        Command(&[
            "group",
            "sale.order",
            "--by",
            "partner_id.country_id",
            "--domain",
            r#"[["partner_id.country_id", "!=", false]]"#,
        ]),
        Prints,
    ),
    pair(
        "odoo19/ok_formatted_read_group_period",
        Command(&[
            "group",
            "sale.order",
            "--by",
            "date_order:month",
            "--by",
            "partner_id",
            "--max",
            "date_order",
            "--min",
            "date_order",
            "--avg",
            "amount_total",
            "--sum",
            "amount_total",
            "--count-distinct",
            "partner_id",
            "--domain",
            r#"[["state", "!=", "cancel"]]"#,
            "--order",
            "date_order:month desc, partner_id",
            "--limit",
            "2",
            "--context-json",
            r#"{"tz": "Europe/Brussels"}"#,
        ]),
        Prints,
    ),
    pair(
        "odoo19/ok_formatted_read_group_total",
        Command(&["group", "sale.order", "--sum", "amount_total"]),
        Prints,
    ),
    pair("odoo19/ok_has_access", Call, Prints),
    pair("odoo19/ok_message_post_note", Call, Prints),
    pair("odoo19/ok_name_search", Call, Prints),
    pair("odoo19/ok_or_err_unlink", Call, Prints),
    pair(
        "odoo19/ok_read",
        Command(&[
            "read",
            "res.partner",
            "--ids",
            "74",
            "--fields",
            "name,email,write_date,parent_id,child_ids",
        ]),
        Prints,
    ),
    pair("odoo19/ok_search", Call, Prints),
    pair(
        "odoo19/ok_search_count",
        Command(&["count", "res.partner", "--domain", r#"[["is_company", "=", true]]"#]),
        Prints,
    ),
    pair(
        "odoo19/ok_search_count_after_id",
        Command(&[
            "count",
            "res.partner",
            "--domain",
            r#"[["id", ">", 99999999], "|", ["is_company", "=", true], ["name", "ilike", "a"]]"#,
        ]),
        Prints,
    ),
    pair(
        "odoo19/ok_search_read",
        Command(&[
            "search-read",
            "res.partner",
            "--domain",
            r#"[["is_company", "=", true]]"#,
            "--fields",
            "name,email,parent_id,category_id,create_date,credit_limit,active",
            "--limit",
            "3",
            "--order",
            "name asc",
        ]),
        Prints,
    ),
    pair("odoo19/ok_search_read_after_id", Call, Prints),
    pair("odoo19/ok_search_read_project", Call, Prints),
    pair("odoo19/ok_search_read_task", Call, Prints),
    pair(
        "odoo19/ok_write",
        Command(&["write", "res.partner", "--ids", "74", "--vals-json", r#"{"comment": "<p>hello</p>"}"#]),
        Prints,
    ),
    pair("guard/guard_bound_issue_token_by_agent", Call, Fails(5, "access_denied")),
    pair("guard/guard_bound_issue_token_by_approver", Call, Fails(8, "rejected")),
    pair("guard/guard_issue_token_by_agent", Call, Fails(5, "access_denied")),
    pair("guard/guard_issue_token_by_approver", Call, Prints),
    pair("guard/guard_or_ok_message_post_external", Call, Fails(6, "confirmation_required")),
];

/// Those that have a test of their own below.
const BY_THEMSELVES: [&str; 6] = [
    "guard/guard_request_refusal",
    "odoo19/err_doc_index_no_group",
    "odoo19/err_doc_model_no_group",
    "odoo19/ok_doc_index_not_modified",
    "odoo19/ok_doc_model_not_modified",
    "odoo19/ok_web_version",
];

/// Those that no part of this program speaks.
const NOT_OURS: [(&str, &str); 8] = [
    ("odoo19/jsonrpc_authenticate", "the JSON-RPC transport"),
    ("odoo19/jsonrpc_authenticate_bad", "the JSON-RPC transport"),
    ("odoo19/jsonrpc_execute_kw", "the JSON-RPC transport"),
    ("odoo19/jsonrpc_execute_kw_bad_key", "the JSON-RPC transport"),
    ("odoo19/jsonrpc_execute_kw_error", "the JSON-RPC transport"),
    ("odoo19/jsonrpc_version", "the JSON-RPC transport"),
    ("odoo19/web_session_authenticate_key", "a web session, which a key cannot open"),
    ("odoo19/ok_web_health", "nothing asks for it"),
];

/// The same answer as /web/version, under a name that nothing asks for.
const TWIN: &str = "odoo19/ok_json_version";

fn wire() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire")
}

fn recorded(name: &str) -> Value {
    let text = fs::read_to_string(wire().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn no_recorded_pair_is_left_out() {
    let mut there = BTreeSet::new();
    for directory in ["odoo19", "guard"] {
        for item in fs::read_dir(wire().join(directory)).unwrap() {
            let file = item.unwrap().file_name().into_string().unwrap();
            there.insert(format!("{directory}/{}", file.strip_suffix(".json").unwrap()));
        }
    }
    let names = PAIRS.iter().map(|pair| pair.name).chain(BY_THEMSELVES);
    let listed: Vec<String> =
        names.chain(NOT_OURS.iter().map(|(name, _)| *name)).chain([TWIN]).map(str::to_string).collect();
    assert_eq!(listed.len(), listed.iter().collect::<BTreeSet<_>>().len(), "one is listed twice");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), there);
}

/// The recorded reply as it goes over the wire.
fn answer(pair: &Value) -> Answer {
    let response = &pair["response"];
    let body = match response.get("json") {
        Some(value) => value.to_string(),
        None => response["text"].as_str().unwrap().to_string(),
    };
    let headers = response["headers"].as_object().unwrap().iter();
    Answer::Reply {
        status: response["status"].as_u64().unwrap() as u16,
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_string())).collect(),
        body: body.into_bytes(),
    }
}

fn text<'a>(pair: &'a Value, pointer: &str) -> &'a str {
    pair.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A home whose profile has the recorded key and database.
fn home_for(pair: &Value, server: &Server) -> Home {
    let key = text(pair, "/request/headers/Authorization").strip_prefix("Bearer ").unwrap_or("<agent key>");
    let database = pair.pointer("/request/headers/X-Odoo-Database").and_then(Value::as_str).unwrap_or("lab");
    let home = Home::new();
    home.profile("wire", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", database), ("ODOO_API_KEY", key)]);
    home
}

/// `call` with what was recorded.
fn call_line(pair: &Value) -> Vec<String> {
    let (model, method) =
        text(pair, "/request/path").strip_prefix("/json/2/").unwrap().split_once('/').unwrap();
    let mut line: Vec<String> = ["call", model, method].map(str::to_string).to_vec();
    let mut body = pair["request"]["body"].as_object().unwrap().clone();
    body.remove("context");
    if let Some(ids) = body.remove("ids") {
        line.push("--ids".into());
        line.extend(ids.as_array().unwrap().iter().map(Value::to_string));
    }
    line.extend(["--data-json".into(), Value::Object(body).to_string()]);
    line
}

/// Ours is the recorded request, but for the agent's marks where the recording had no context.
#[track_caller]
fn same_request(name: &str, ours: &Recorded, pair: &Value) {
    assert_eq!(ours.method, text(pair, "/request/method"), "{name}");
    assert_eq!(ours.path, text(pair, "/request/path"), "{name}");
    for (header, value) in pair["request"]["headers"].as_object().unwrap() {
        assert_eq!(ours.header(header), value.as_str(), "{name}: {header}");
    }
    let mut must = pair["request"]["body"].clone();
    if must.is_null() {
        assert!(ours.body.is_empty(), "{name}: a body where none was recorded");
        return;
    }
    let marks = json!({ "agent_mode": true, "agent_channel": "cli" });
    must.as_object_mut().unwrap().entry("context").or_insert(marks);
    assert_eq!(ours.json(), must, "{name}");
}

#[test]
fn our_requests_are_the_recorded_ones_and_the_answers_mean_what_the_contract_says() {
    for Pair { name, intent, end } in PAIRS {
        let pair = recorded(name);
        let server = Server::start();
        let home = home_for(&pair, &server);
        let outcome = match intent {
            NeverSent(_) => {
                server.on("/json/2/res.partner/search", answer(&pair));
                home.run(["call", "res.partner", "search", "--data-json", r#"{"domain": []}"#])
            }
            Call | Command(_) => {
                let path = text(&pair, "/request/path");
                // The question for the language comes first; it is another request to the same path once.
                let asks_itself = path == "/json/2/res.users/context_get";
                if asks_itself {
                    server.once(path, Answer::json(r#"{"lang": false, "tz": false}"#));
                }
                server.on(path, answer(&pair));
                let outcome = match intent {
                    Command(line) => home.run(*line),
                    _ => home.run(call_line(&pair)),
                };
                let ours = server.requests_to(path);
                assert_eq!(ours.len(), if asks_itself { 2 } else { 1 }, "{name}: {}", outcome.stderr);
                same_request(name, ours.last().unwrap(), &pair);
                outcome
            }
        };
        check_end(name, end, outcome, &pair);
    }
}

fn check_end(name: &str, end: &End, outcome: Outcome, pair: &Value) {
    let response = &pair["response"];
    match end {
        Prints => {
            let must = match response.get("json") {
                Some(value) => value.to_string(),
                None => response["text"].as_str().unwrap().to_string(),
            };
            assert_eq!(outcome.ok().stdout, format!("{must}\n"), "{name}");
        }
        Tells => {
            let (told, must) = (outcome.ok().json(), &response["json"]);
            let names = |whole: &Value, of: &str| -> Vec<String> {
                whole[of].as_object().unwrap().keys().cloned().collect()
            };
            for of in ["fields", "methods"] {
                assert_eq!(names(&told, of), names(must, of), "{name}");
            }
            assert_eq!(told["fields"]["stage_id"], must["fields"]["stage_id"], "{name}");
            assert!(must.to_string().contains("<p>") && !told.to_string().contains("<p>"), "{name}");
        }
        Fails(exit, code) => {
            let outcome = outcome.fails(*exit, code);
            let error = outcome.error();
            assert_eq!((&error["effect"], &error["retry"]), (&json!("rejected"), &json!("never")), "{name}");
            // What Odoo leaves out in silence is found missing here.
            if response["status"] == 200 {
                return;
            }
            assert_eq!(error["http_status"], response["status"], "{name}");
            match response.get("json") {
                Some(fault) => {
                    assert_eq!(
                        error["odoo"],
                        json!({ "name": fault["name"], "message": fault["message"] }),
                        "{name}"
                    );
                }
                None => assert!(error.get("odoo").is_none(), "{name}: a page is not Odoo's error"),
            }
            assert!(!outcome.stderr.contains("Traceback"), "{name}");
        }
    }
}

#[test]
fn a_missing_record_that_odoo_leaves_out_in_silence_is_named() {
    let pair = recorded("odoo19/err_missing_record_read");
    let server = Server::start();
    server.on(text(&pair, "/request/path"), answer(&pair));
    let home = home_for(&pair, &server);
    let read = |ids: &str| home.run(["read", "res.partner", "--ids", ids, "--fields", "name"]);
    read("99999999").fails(7, "not_found").says(&["99999999"]);
    server.on(text(&pair, "/request/path"), Answer::json(r#"[{"id":7,"name":"x"}]"#));
    let outcome = read("7,99999999").ok();
    assert!(outcome.notes()[0].contains("99999999"), "{}", outcome.stderr);
}

#[test]
fn closed_documents_lead_to_calls_that_are_open() {
    for (name, line) in [
        ("odoo19/err_doc_index_no_group", &["doc-index"][..]),
        ("odoo19/err_doc_model_no_group", &["doc-model", "res.partner", "--full"]),
    ] {
        let pair = recorded(name);
        let server = Server::start();
        server.on(text(&pair, "/request/path"), answer(&pair));
        let models = json!([{ "model": "res.partner", "display_name": "Contact" }]);
        server.on("/json/2/ir.model/get_available_models", Answer::json(&models));
        server.on("/json/2/ir.model/display_name_for", Answer::json(&models));
        let fields = &recorded("odoo19/ok_fields_get")["response"]["json"];
        server.on("/json/2/res.partner/fields_get", Answer::json(fields));
        let outcome = home_for(&pair, &server).run(line).ok();
        same_request(name, &server.only(text(&pair, "/request/path")), &pair);
        assert_eq!(outcome.notes().len(), 1, "{name}");
        let must = if line.len() == 1 {
            json!({ "models": [{ "model": "res.partner", "name": "Contact" }] })
        } else {
            json!({ "model": "res.partner", "name": "Contact", "fields": fields })
        };
        assert_eq!(outcome.json(), must, "{name}");
    }
}

#[test]
fn an_unchanged_document_is_told_by_304() {
    for (fresh, unchanged, line) in [
        ("odoo19/ok_doc_index_trimmed", "odoo19/ok_doc_index_not_modified", &["doc-index"][..]),
        (
            "odoo19/ok_doc_model_task_trimmed",
            "odoo19/ok_doc_model_not_modified",
            &["doc-model", "project.task"],
        ),
    ] {
        let (first, second) = (recorded(fresh), recorded(unchanged));
        let server = Server::start();
        let home = home_for(&first, &server);
        let path = text(&second, "/request/path");
        server.once(path, answer(&first));
        server.on(path, answer(&second));
        let printed = home.run(line).ok().stdout;
        let entry = home.entries("document").remove(0);
        let text = fs::read_to_string(&entry).unwrap();
        let (head, body) = text.split_once('\n').unwrap();
        let mut head: Value = serde_json::from_str(head).unwrap();
        head["stored_at"] = 0.into();
        fs::write(&entry, format!("{head}\n{body}")).unwrap();
        assert_eq!(home.run(line).ok().stdout, printed);
        same_request(unchanged, &server.requests_to(path)[1], &second);
    }
}

#[test]
fn the_version_is_asked_for_when_there_is_no_json_2() {
    let pair = recorded("odoo19/ok_web_version");
    let twin = recorded(TWIN);
    assert_eq!(pair["response"]["json"], twin["response"]["json"], "two names of one answer");
    let server = Server::start();
    server.on("/json/2/res.partner/search", Answer::html(404));
    server.on("/web/version", answer(&pair));
    let line = ["call", "res.partner", "search", "--data-json", r#"{"domain": []}"#];
    let outcome = home_for(&pair, &server).run(line).fails(12, "bad_reply");
    assert!(outcome.hints().contains("19.0"), "{}", outcome.stderr);
    let ours = server.only("/web/version");
    assert_eq!((ours.method.as_str(), ours.body.len()), ("GET", 0));
}
