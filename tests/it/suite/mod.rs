//! What must hold on the embedded Odoo and on a real Odoo 19 with demo data alike: one list of tests, run by
//! `on_sandbox.rs` and by `live.rs`. It knows names that both have, and no ids.

mod everything;
mod tables;

pub use everything::*;
use serde_json::{Value, json};
pub use tables::*;

use crate::support::{Home, Outcome};

/// How an agent's profile speaks to a place. The guard leaves an agent JSON-2 alone; by the others an ordinary user
/// is let in, whom it holds as it holds an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    Json2,
    JsonRpc,
    Session,
}

/// An Odoo with three users.
pub struct Place {
    pub spoken: Spoken,
    pub base_url: String,
    pub database: String,
    /// In the guard's group Agent, without the documentation group.
    pub agent: String,
    /// With the documentation group.
    pub docs: String,
    /// An approver.
    pub approver: String,
    /// Login and password of the user with the documentation group.
    pub login: (String, String),
}

/// A home with profiles `agent` and `docs` at a place.
pub struct Desk {
    pub home: Home,
    pub place: Place,
}

impl Desk {
    pub fn at(place: Place) -> Desk {
        let home = Home::new();
        let (login, password) = &place.login;
        for (name, key) in [("agent", &place.agent), ("docs", &place.docs)] {
            let mut values: Vec<(&str, &str)> =
                vec![("ODOO_BASE_URL", &place.base_url), ("ODOO_DB", &place.database)];
            values.extend(match place.spoken {
                Spoken::Json2 => vec![("ODOO_API_KEY", key.as_str())],
                Spoken::JsonRpc => vec![
                    ("ODOO_API_KEY", place.docs.as_str()),
                    ("ODOO_LOGIN", login),
                    ("ODOO_PROTOCOL", "jsonrpc"),
                ],
                Spoken::Session => vec![
                    ("ODOO_PASSWORD", password.as_str()),
                    ("ODOO_LOGIN", login),
                    ("ODOO_PROTOCOL", "session"),
                ],
            });
            home.profile(name, &values);
        }
        Desk { home, place }
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.home.agent(["--profile", "agent"]).args(arguments).run_here()
    }

    pub fn run_as_docs(&self, arguments: &[&str]) -> Outcome {
        self.home.agent(["--profile", "docs"]).args(arguments).run_here()
    }

    /// The id of the company that both places have.
    pub fn company(&self) -> i64 {
        self.run(&["lookup", "partner", "gemini furniture", "--exact", "--one"]).ok().json()["id"]
            .as_i64()
            .unwrap()
    }

    pub fn create(&self, model: &str, vals: Value) -> i64 {
        let created = self.run(&["create", model, "--vals-json", &vals.to_string()]).ok().json();
        assert_eq!(created.as_array().unwrap().len(), 1);
        created[0].as_i64().unwrap()
    }

    pub fn field(&self, model: &str, id: i64, field: &str) -> Value {
        self.run(&["read", model, "--ids", &id.to_string(), "--fields", field]).ok().json()[0][field].clone()
    }

    /// Arguments of a comment that reaches the company outside.
    pub fn outbound(&self, body: &str) -> Vec<String> {
        let company = self.company();
        let data = json!({
            "body": body, "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": [company],
        });
        let words = [
            "call",
            "res.partner",
            "message_post",
            "--ids",
            &company.to_string(),
            "--data-json",
            &data.to_string(),
        ];
        words.map(str::to_string).to_vec()
    }

    /// How many messages with this body a record has.
    pub fn messages(&self, body: &str) -> usize {
        let domain = json!([["body", "ilike", body], ["model", "=", "res.partner"]]);
        self.run(&["search-read", "mail.message", "--domain", &domain.to_string(), "--fields", "body"])
            .ok()
            .json()
            .as_array()
            .unwrap()
            .len()
    }
}

/// A text that no earlier run has left behind.
fn unique(text: &str) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("{text} {:x}", since.as_nanos())
}

pub fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// Runs every test of the suite at a place; of the other protocols and of older Odoos what they have: the guard files
/// requests of agents, and leaves these JSON-2 alone.
macro_rules! suite {
    (common $place:expr; $($more:ident)*) => {
        suite! {
            $place;
            the_usual_fields_are_asked_for
            all_readable_fields_can_be_read
            names_in_any_script_are_found_again
            any_model_can_be_looked_up
            what_is_written_is_read_back
            an_internal_note_needs_nobody
            refusals_have_their_codes
            schemas_are_summed_up
            a_closed_field_is_named_with_the_command_without_it
            every_record_is_streamed_once
            groups_of_times_follow_the_time_zone
            $($more)*
        }
    };
    (older $place:expr) => {
        suite! { common $place; }
    };
    (rpc $place:expr; $($more:ident)*) => {
        suite! {
            common $place;
            groups_and_counts_agree
            the_examples_run
            the_agent_alone_reaches_nobody
            the_agent_has_no_way_around
            $($more)*
        }
    };
    (rpc $place:expr) => {
        suite! { rpc $place; }
    };
    ($place:expr) => {
        suite! {
            rpc $place;
            a_wrong_key_and_a_wrong_database_are_told_apart
            documents_are_shown_or_replaced
            an_approved_call_goes_through_once
            a_token_is_good_for_one_call_of_one_agent
            doctor_finds_a_sound_guard
            mistakes_are_caught_or_explained
            correct_calls_are_left_alone
        }
    };
    ($place:expr; $($name:ident)*) => { $(
        #[test]
        fn $name() {
            crate::suite::$name(&crate::suite::Desk::at($place));
        }
    )* };
}
pub(crate) use suite;

pub fn the_usual_fields_are_asked_for(desk: &Desk) {
    let rows = desk.run(&["search-read", "res.partner", "--limit", "2"]).ok();
    let keys: Vec<_> = rows.json()[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "display_name", "name", "email", "phone", "company_type", "parent_id", "active"]);
    assert!(rows.notes()[0].contains("--offset 2"), "{:?}", rows.notes());
}

pub fn all_readable_fields_can_be_read(desk: &Desk) {
    for model in ["res.partner", "project.task", "project.project"] {
        let rows = desk.run(&["search-read", model, "--limit", "1", "--fields", "*"]).ok().json();
        assert!(rows[0].as_object().unwrap().len() > 15, "{model}");
    }
}

pub fn names_in_any_script_are_found_again(desk: &Desk) {
    for name in ["Suite 北京 木业", "Suite Łódź Meble", "Suite O'Neil & Søn", "Suite 100%_x"] {
        let id = desk.create("res.partner", json!({ "name": name }));
        let found = desk.run(&["lookup", "partner", name, "--exact", "--one"]).ok().json();
        assert_eq!(found["id"], id);
        assert_eq!(found["name"], name);
        let again = desk.run(&["lookup", "partner", name]).ok().json();
        assert_eq!(again["source"], "live", "another question than the exact one");
        assert_eq!(desk.run(&["lookup", "partner", name]).ok().json()["source"], "cache");
        let renamed = format!("{name} renamed");
        desk.run(&[
            "write",
            "res.partner",
            "--ids",
            &id.to_string(),
            "--vals-json",
            &json!({"name": renamed}).to_string(),
        ])
        .ok();
        let after = desk.run(&["lookup", "partner", name]).ok().json();
        assert_eq!((&after["source"], &after["results"][0]["name"]), (&json!("live"), &json!(renamed)));
        desk.run(&["call", "res.partner", "action_archive", "--ids", &id.to_string()]).ok();
    }
}

pub fn any_model_can_be_looked_up(desk: &Desk) {
    let found = desk.run(&["lookup", "res.country", "Belgium", "--one"]).ok().json();
    assert_eq!(found["display_name"], "Belgium");
    let found = desk.run(&["lookup", "res.country", "bELGIUM", "--exact", "--one"]).ok().json();
    assert_eq!(found["display_name"], "Belgium");
    desk.run(&["lookup", "res.country", "Belgiu", "--exact", "--one"]).fails(7, "no_match");
    let many = desk.run(&["lookup", "res.country", "a", "--one"]).fails(7, "ambiguous");
    assert!(many.error()["candidates"].as_array().unwrap().len() > 1);
}

pub fn what_is_written_is_read_back(desk: &Desk) {
    let timed = r#"[["allow_timesheets","=",true],["partner_id","=",false]]"#;
    let projects =
        desk.run(&["search-read", "project.project", "--domain", timed, "--fields", "name", "--limit", "1"]);
    let project = projects.ok().json()[0].clone();
    let (project, project_name) = (project["id"].clone(), project["name"].clone());
    let task = desk.create("project.task", json!({ "name": "Suite task", "project_id": project }));
    assert_eq!(desk.field("project.task", task, "project_id"), json!([project, project_name]));
    desk.run(&[
        "write",
        "project.task",
        "--ids",
        &task.to_string(),
        "--vals-json",
        r#"{"name":"Suite task, renamed"}"#,
    ])
    .ok();
    assert_eq!(desk.field("project.task", task, "name"), "Suite task, renamed");
    let time = desk.create(
        "account.analytic.line",
        json!({ "name": "Suite work", "task_id": task, "project_id": project, "unit_amount": 0.1 }),
    );
    assert_eq!(desk.field("account.analytic.line", time, "unit_amount"), json!(0.1));
    // In the project: up to 14 a task without one is nobody's to see.
    let vals =
        json!([{"name": "Suite a", "project_id": project}, {"name": "Suite b", "project_id": project}]);
    let both = desk.run(&["create", "project.task", "--vals-list-json", &vals.to_string()]).ok();
    assert_eq!(both.json().as_array().unwrap().len(), 2);
    let domain = json!([["id", "in", both.json()]]).to_string();
    let count = desk.run(&[
        "call",
        "project.task",
        "search_count",
        "--data-json",
        &json!({"domain": [["id", "in", both.json()]]}).to_string(),
    ]);
    assert_eq!(count.ok().json(), 2);
    let rows = desk.run(&[
        "search-read",
        "project.task",
        "--domain",
        &domain,
        "--fields",
        "name",
        "--order",
        "name desc",
    ]);
    assert_eq!(rows.ok().json()[0]["name"], "Suite b");
}

pub fn an_internal_note_needs_nobody(desk: &Desk) {
    let task = desk.create("project.task", json!({ "name": "Suite note" }));
    let posted = desk.run(&[
        "call",
        "project.task",
        "message_post",
        "--ids",
        &task.to_string(),
        "--data-json",
        r#"{"body":"checked"}"#,
    ]);
    assert!(posted.ok().json()[0].as_i64().unwrap() > 0);
}

pub fn refusals_have_their_codes(desk: &Desk) {
    let company = desk.company().to_string();
    let cases: [(&[&str], i32, &str, &str); 9] = [
        (&["call", "no.such.model", "search"], 7, "not_found", "werkzeug.exceptions.NotFound"),
        (&["call", "res.partner", "no_such_method"], 7, "not_found", "werkzeug.exceptions.NotFound"),
        (
            &["write", "res.partner", "--ids", "99999999", "--vals-json", r#"{"name":"x"}"#],
            7,
            "not_found",
            "odoo.exceptions.MissingError",
        ),
        (
            &["call", "res.partner", "write", "--ids", &company],
            8,
            "invalid_request",
            "werkzeug.exceptions.UnprocessableEntity",
        ),
        (
            &["call", "res.partner", "_compute_display_name", "--force-field", "_compute_display_name"],
            5,
            "access_denied",
            "odoo.exceptions.AccessError",
        ),
        (
            &["create", "res.country", "--vals-json", r#"{"name":"Suiteland","code":"ZY"}"#],
            5,
            "access_denied",
            "odoo.exceptions.AccessError",
        ),
        (
            &["search-read", "res.country.state", "--domain", r#"[["no_such_field","=",1]]"#],
            8,
            "invalid_request",
            "builtins.ValueError",
        ),
        (
            &["search-read", "project.tags", "--fields", "no_such_field"],
            8,
            "invalid_request",
            "builtins.ValueError",
        ),
        (&["search-read", "ir.cron", "--fields", "name"], 5, "access_denied", "odoo.exceptions.AccessError"),
    ];
    for (arguments, exit, code, name) in cases {
        let outcome = desk.run(arguments).fails(exit, code);
        assert_eq!(outcome.effect(), "rejected", "{arguments:?}");
        // What JSON-2 says itself the older protocols leave to Python.
        if desk.place.spoken == Spoken::Json2 || !name.starts_with("werkzeug") {
            assert_eq!(outcome.error()["odoo"]["name"], name, "{arguments:?}");
        }
        assert!(outcome.error()["odoo"].get("debug").is_none(), "{arguments:?}");
    }
}

pub fn a_wrong_key_and_a_wrong_database_are_told_apart(desk: &Desk) {
    let place = &desk.place;
    let at = |database: &str, key: &str| {
        let environment =
            [("ODOO_BASE_URL", place.base_url.as_str()), ("ODOO_DB", database), ("ODOO_API_KEY", key)];
        let agent = desk.home.agent(["search-read", "res.partner", "--fields", "name"]);
        environment.iter().fold(agent, |agent, (name, value)| agent.env(name, value)).run()
    };
    let wrong = "0123456789abcdef0123456789abcdef01234567";
    at(&place.database, wrong).fails(4, "auth_rejected");
    at("no_such_database", &place.agent).fails(4, "database_not_found");
}

pub fn schemas_are_summed_up(desk: &Desk) {
    let short = desk.run(&["schema-summary", "project.task"]).ok().json();
    assert_eq!((&short["source"], &short["model"]), (&json!("live"), &json!("project.task")));
    assert_eq!(
        short["fields"][0],
        json!({"name": "name", "type": "char", "string": "Title", "required": true})
    );
    let one = desk.run(&["schema-summary", "project.task", "--field", "description"]).ok().json();
    assert_eq!(one["source"], "cache");
    assert_eq!(one["fields"][0]["type"], "html");
    let all = desk.run(&["schema-summary", "project.task", "--all"]).ok().json();
    assert!(all["fields"].as_array().unwrap().len() > short["fields"].as_array().unwrap().len());
    let typo = desk.run(&["schema-summary", "project.task", "--field", "descripton"]).fails(7, "not_found");
    assert!(typo.hints().contains("description"));
}

pub fn documents_are_shown_or_replaced(desk: &Desk) {
    let whole = desk.run_as_docs(&["doc-model", "res.partner", "--method", "search_read"]).ok().json();
    assert!(whole["methods"]["search_read"]["parameters"].is_object());
    let index = desk.run_as_docs(&["doc-index", "--names", "--match", "project.task"]).ok().json();
    assert!(index["models"].as_array().unwrap().iter().any(|model| model["model"] == "project.task"));
    let instead = desk.run(&["doc-model", "res.partner", "--field", "email"]).ok();
    assert_eq!(instead.json()["fields"]["email"]["type"], "char");
    assert_eq!(instead.notes().len(), 1);
    let names = desk.run(&["doc-index", "--names", "--match", "project.task"]).ok().json();
    assert!(names["models"].as_array().unwrap().iter().any(|model| model["model"] == "project.task"));
    desk.run(&["doc-model", "res.partner", "--method", "search_read"]).fails(5, "access_denied");
}

pub fn the_examples_run(desk: &Desk) {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut count = 0;
    for example in std::fs::read_dir(examples).unwrap().flatten() {
        let text = std::fs::read(example.path()).unwrap();
        desk.home.agent(["--profile", "agent", "exec-spec", "-"]).stdin(text).run().ok();
        count += 1;
    }
    assert!(count >= 5);
}

pub fn the_agent_alone_reaches_nobody(desk: &Desk) {
    let body = &unique("Suite alone");
    let company = desk.company().to_string();
    let outbound = desk.outbound(body);
    let refused = desk.run(&words(&outbound)).fails(6, "confirmation_required");
    assert_eq!(refused.effect(), "rejected");
    // A guard that keeps requests has one to be approved; one without is told the call.
    let leads_on = [" approve res.partner message_post --ids ", " approvals wait "];
    assert!(leads_on.iter().any(|way| refused.hints().contains(way)), "{}", refused.hints());
    let off = r#"{"agent_mode": false}"#;
    desk.run(&[&words(&outbound)[..], &["--context-json", off]].concat()).fails(6, "confirmation_required");
    desk.run(&[&words(&outbound)[..], &["--confirm-outbound"]].concat()).fails(6, "confirmation_required");
    let own = if desk.place.spoken == Spoken::Json2 { &desk.place.agent } else { &desk.place.docs };
    let with_own_key = desk.home.agent(["--profile", "agent"]).args(&outbound).arg("--confirm-outbound");
    let with_own_key = with_own_key.env("ODOO_APPROVER_API_KEY", own).run();
    // A session has no key that the approver's could be told to be.
    let is_told = with_own_key.notes().iter().any(|note| note.contains("boundary"));
    assert!(is_told || desk.place.spoken == Spoken::Session, "{:?}", with_own_key.notes());
    with_own_key.fails(6, "confirmation_required");
    let invented = desk
        .home
        .agent(["--profile", "agent"])
        .args(&outbound)
        .env("ODOO_CONFIRMATION_TOKEN", "a".repeat(43));
    invented.run().fails(6, "confirmation_refused");
    let issue = json!({ "model_name": "res.partner", "method_name": "message_post", "record_ids": [company.parse::<i64>().unwrap()] });
    desk.run(&["call", "strictbase.agent.confirmation", "issue_token", "--data-json", &issue.to_string()])
        .fails(5, "access_denied");
    assert_eq!(desk.messages(body), 0);
}

/// Model, method, record, arguments and exit codes of a call.
type Way<'a> = (&'a str, &'a str, Option<i64>, Value, &'a [i32]);

/// What an agent could try instead, each with the exit codes that it may end with: Odoo's rights (5) or the
/// guard (6).
pub fn the_agent_has_no_way_around(desk: &Desk) {
    let body = "Suite around";
    let company = desk.company();
    let task = desk.create("project.task", json!({ "name": "Suite around" }));
    let follow = json!({ "partner_ids": [company] }).to_string();
    desk.run(&[
        "call",
        "project.task",
        "message_subscribe",
        "--ids",
        &task.to_string(),
        "--data-json",
        &follow,
    ])
    .ok();
    let composer = json!({
        "model": "res.partner", "res_ids": format!("[{company}]"), "composition_mode": "comment",
        "partner_ids": [[6, 0, [company]]], "subject": body, "body": body,
    });
    let composer = desk.run(&["create", "mail.compose.message", "--vals-json", &composer.to_string()]).ok();
    let composer = composer.json()[0].as_i64().unwrap();
    let whoami = desk.run(&["call", "res.users", "context_get"]).ok().json()["uid"].as_i64().unwrap();

    let comment = json!({ "body": body, "message_type": "comment", "subtype_xmlid": "mail.mt_comment" });
    let to_company = |more: Value| {
        let mut data = json!({ "body": body, "partner_ids": [company] });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let issue = |more: Value| {
        let mut data = json!({
            "model_name": "res.partner", "method_name": "message_post", "record_ids": [company],
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let tokens = "strictbase.agent.confirmation";
    let calls: [Way; 14] = [
        ("res.partner", "message_post", Some(company), to_company(json!({})), &[6]),
        (
            "res.partner",
            "message_post",
            Some(company),
            to_company(json!({ "subtype_xmlid": "mail.mt_comment" })),
            &[6],
        ),
        ("project.task", "message_post", Some(task), comment, &[6]),
        ("project.task", "message_post", Some(task), to_company(json!({ "message_type": "comment" })), &[6]),
        ("res.partner", "message_notify", Some(company), to_company(json!({ "subject": body })), &[6]),
        ("mail.compose.message", "action_send_mail", Some(composer), json!({}), &[6]),
        (
            "mail.mail",
            "create",
            None,
            json!({ "vals_list": [{ "email_to": "a@odoo-agent.invalid", "body_html": body }] }),
            &[5, 6],
        ),
        (tokens, "issue_token", None, issue(json!({})), &[5]),
        (tokens, "issue_token", None, issue(json!({ "agent_user_id": whoami })), &[5]),
        (tokens, "create", None, json!({ "vals_list": [{ "requested_model": "res.partner" }] }), &[5]),
        (tokens, "write", Some(1), json!({ "vals": { "state": "approved" } }), &[5]),
        ("res.users", "write", Some(whoami), json!({ "vals": { "group_ids": [[4, 1]] } }), &[5]),
        ("res.groups", "write", Some(1), json!({ "vals": { "user_ids": [[4, whoami]] } }), &[5]),
        (
            "ir.config_parameter",
            "create",
            None,
            json!({ "vals_list": [{ "key": "suite.around", "value": "1" }] }),
            &[5],
        ),
    ];
    for (model, method, id, data, exits) in calls {
        for more in [
            &[][..],
            &["--confirm-outbound"],
            &["--context-json", r#"{"agent_mode": false, "agent_channel": ""}"#],
        ] {
            let (id, data) = (id.map(|id| id.to_string()), data.to_string());
            // What the helper itself would refuse goes out as well: the guard is what is tried here.
            let mut words = vec!["call", model, method, "--data-json", &data, "--force-field", "state"];
            words.extend(id.iter().flat_map(|id| ["--ids", id]));
            words.extend(more);
            let outcome = desk.run(&words);
            assert!(
                exits.contains(&outcome.exit),
                "{words:?} ended with {}: {}",
                outcome.exit,
                outcome.stderr
            );
            assert_eq!((outcome.effect().as_str(), outcome.stdout.as_str()), ("rejected", ""), "{words:?}");
        }
    }
    let spec = json!({
        "action": "call", "model": "res.partner", "method": "message_post", "ids": [company],
        "data": to_company(json!({})), "confirm_outbound": true,
    });
    let agent = desk.home.agent(["--profile", "agent", "exec-spec", "-"]).stdin(spec.to_string());
    let agent = agent.env("ODOO_APPROVER_KEY_COMMAND", format!("echo {}", desk.place.approver));
    agent.run().fails(6, "confirmation_required");
    assert_eq!(desk.messages(body), 0);
}

pub fn an_approved_call_goes_through_once(desk: &Desk) {
    let body = &unique("Suite approved");
    let outbound = desk.outbound(body);
    let sent = desk.home.agent(["--profile", "agent"]).args(&outbound).arg("--confirm-outbound");
    let sent = sent.env("ODOO_APPROVER_API_KEY", &desk.place.approver).run().ok();
    assert!(sent.json()[0].as_i64().unwrap() > 0);
    assert_eq!(desk.messages(body), 1);
    desk.run(&words(&outbound)).fails(6, "confirmation_required");
    assert_eq!(desk.messages(body), 1);
}

pub fn a_token_is_good_for_one_call_of_one_agent(desk: &Desk) {
    let body = &unique("Suite token");
    let outbound = desk.outbound(body);
    let company = desk.company();
    // A guard that keeps requests binds a token to what was refused, so each is asked for first.
    let other: Vec<String> = outbound
        .iter()
        .map(|word| if *word == company.to_string() { (company + 1).to_string() } else { word.clone() })
        .collect();
    for call in [&other, &outbound] {
        desk.run(&words(call)).fails(6, "confirmation_required");
    }
    let mint = |ids: Value| {
        let issue = json!({ "model_name": "res.partner", "method_name": "message_post", "record_ids": ids });
        let agent = desk.home.agent([
            "call",
            "strictbase.agent.confirmation",
            "issue_token",
            "--data-json",
            &issue.to_string(),
        ]);
        let place = &desk.place;
        let environment = [
            ("ODOO_BASE_URL", &place.base_url),
            ("ODOO_DB", &place.database),
            ("ODOO_API_KEY", &place.approver),
        ];
        let minted = environment.iter().fold(agent, |agent, (name, value)| agent.env(name, value)).run();
        minted.ok().json().as_str().unwrap().to_string()
    };
    let present = |token: &str| {
        let file = desk.home.file("token", token);
        desk.run(&[&words(&outbound)[..], &["--confirm-token-file", &file]].concat())
    };
    present(&mint(json!([company + 1]))).fails(6, "confirmation_refused");
    let token = mint(json!([company]));
    present(&token).ok();
    present(&token).fails(6, "confirmation_refused");
    assert_eq!(desk.messages(body), 1);
}

pub fn doctor_finds_a_sound_guard(desk: &Desk) {
    let checks = desk.run(&["doctor", "--guard"]).ok().json();
    assert_eq!(checks["ok"], true);
    let held = checks["checks"].as_array().unwrap().iter();
    let held = held.filter(|check| check["message"].as_str().unwrap().starts_with("held")).count();
    assert!(held >= 6, "{checks}");
}
