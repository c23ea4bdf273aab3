//! `doctor`: every check both ways, against a server that answers as told, and against the embedded Odoo for
//! each of its users. `--guard` against a guard that holds, one that does not, and one that does not say.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::ports::Closed;
use crate::support::{Answer, DATABASE, Home, KEY, Outcome, Recorded, Served, Server, Terminal, json2, lab};
use serde_json::{Value, json};

const DAY: u64 = 24 * 3600;
const GUARD_STATUS: &str = "/json/2/strictbase.agent.confirmation/guard_status";
const HAS_ACCESS: &str = "/json/2/strictbase.agent.confirmation/has_access";
const ISSUE: &str = "/json/2/strictbase.agent.confirmation/issue_token";
const APPROVER: &str = "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4";

/// What doctor found.
struct Report {
    exit: i32,
    whole: Value,
}

impl Report {
    /// One JSON value on stdout; exit 14 with one error if a check failed, else exit 0 and silence.
    #[track_caller]
    fn of(outcome: &Outcome) -> Report {
        let report = Report { exit: outcome.exit, whole: outcome.json() };
        let failed = report.checks().iter().filter(|check| check["status"] == "fail").count();
        assert_eq!(report.whole["ok"], failed == 0);
        if failed == 0 {
            assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""));
        } else {
            assert_eq!((outcome.exit, outcome.code().as_str()), (14, "findings_present"));
            assert!(outcome.message().starts_with(&format!("{failed} of the checks failed")));
        }
        for check in report.checks() {
            let status = check["status"].as_str().unwrap();
            assert!(["ok", "warn", "fail", "skip"].contains(&status), "{check}");
            assert!(!matches!(status, "warn" | "fail") || check["fix"].is_string(), "no fix: {check}");
        }
        assert!(!outcome.stdout.contains(KEY) && !outcome.stdout.contains(APPROVER), "{}", outcome.stdout);
        report
    }

    fn checks(&self) -> &Vec<Value> {
        self.whole["checks"].as_array().unwrap()
    }

    fn names(&self) -> Vec<&str> {
        self.checks().iter().map(|check| check["check"].as_str().unwrap()).collect()
    }

    /// The one check of this name has this status and says this.
    #[track_caller]
    fn has(&self, name: &str, status: &str, part: &str) -> &Report {
        let found: Vec<&Value> = self.checks().iter().filter(|check| check["check"] == name).collect();
        assert_eq!(found.len(), 1, "{name} in {:#}", self.whole);
        assert_eq!(found[0]["status"], status, "{}", found[0]);
        let text = format!("{} -> {}", found[0]["message"].as_str().unwrap(), found[0]["fix"]);
        assert!(text.contains(part), "{part:?} is not in {text:?}");
        self
    }

    /// Every other check is well.
    #[track_caller]
    fn and_nothing_else(&self, names: &[&str]) {
        let wrong = |check: &&Value| matches!(check["status"].as_str().unwrap(), "warn" | "fail");
        for check in self.checks().iter().filter(wrong) {
            assert!(names.contains(&check["check"].as_str().unwrap()), "{check}");
        }
    }
}

fn date(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now.saturating_add_signed(seconds)))
}

/// A time of Odoo that many seconds from now.
fn odoo_time(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    odoo_agent::inside::odoo_datetime(now.saturating_add_signed(seconds))
}

fn version(version: &str) -> Answer {
    Answer::json(json!({ "version_info": [19, 0, 0, "final", 0, ""], "version": version }))
}

fn status(changes: Value) -> Answer {
    let mut whole = json!({
        "version": "19.0.2.0.0", "is_agent": true, "is_approver": false, "is_administrator": false,
        "agent_group_members": 1,
    });
    whole.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    Answer::json(whole)
}

/// In these groups.
fn groups(member_of: &'static [&'static str]) -> Answer {
    Answer::made(move |request| {
        let group = request.json()["group_ext_id"].as_str().unwrap().to_string();
        Answer::json(member_of.contains(&group.as_str()))
    })
}

fn keys(expirations: &[Value]) -> Answer {
    let rows: Vec<Value> = expirations
        .iter()
        .enumerate()
        .map(|(id, end)| json!({ "id": id + 1, "name": format!("key {}", id + 1), "expiration_date": end }))
        .collect();
    Answer::json(Value::from(rows))
}

fn not_found() -> Answer {
    Answer::odoo_error(404, "werkzeug.exceptions.NotFound", "the model does not exist")
}

fn no_access() -> Answer {
    Answer::odoo_error(403, "odoo.exceptions.AccessError", "not for you")
}

/// A lab in which nothing is wrong.
fn healthy() -> (Home, Server) {
    let (home, server) = lab();
    server.on("/web/version", version("19.0").with("Date", &date(0)));
    server.on(
        &json2("res.users", "read"),
        Answer::json(json!([{ "id": 7, "name": "Agent", "login": "agent" }])),
    );
    server.on(&json2("res.users", "search_read"), Answer::json(json!([{ "id": 7, "name": "Agent" }])));
    server.on(&json2("res.users", "fields_get"), Answer::json("{}"));
    server.on(&json2("res.users", "has_group"), groups(&[]));
    server.on(&json2("res.users.apikeys", "search_read"), keys(&[json!(false)]));
    server.on(GUARD_STATUS, status(json!({})));
    (home, server)
}

#[test]
fn a_sound_set_up_passes_in_order_and_changes_nothing() {
    let (home, server) = healthy();
    let agent = home.agent(["doctor"]).env("ODOO_CONFIRMATION_TOKEN", "t0k3n-of-somebody-else");
    let report = Report::of(&agent.run());
    assert_eq!(
        report.names(),
        [
            "profile",
            "directories",
            "policy",
            "server",
            "protocol",
            "tls",
            "clock",
            "database",
            "key",
            "ordinary call",
            "key's life",
            "documentation",
            "guard",
            "agent's group",
        ]
    );
    report.and_nothing_else(&[]);
    report
        .has("profile", "ok", &format!("lab: database {DATABASE} at {}", server.url()))
        .has("server", "ok", "Odoo 19.0 answers")
        .has("key", "ok", "belongs to Agent (agent), user 7")
        .has("guard", "ok", "strictbase_agent_guard 19.0.2.0.0");
    let reads = [
        "/context_get",
        "/fields_get",
        "/guard_status",
        "/has_group",
        "/read",
        "/search_read",
        "/web/version",
    ];
    for request in server.requests() {
        assert!(reads.iter().any(|read| request.path.ends_with(read)), "{}", request.path);
        let key = (request.path != "/web/version").then(|| format!("Bearer {KEY}"));
        assert_eq!(request.header("authorization").map(str::to_string), key);
        assert!(!String::from_utf8_lossy(&request.body).contains("t0k3n"), "{}", request.path);
    }
}

#[test]
fn each_check_says_what_is_wrong_and_goes_on_where_it_can() {
    let odoo = Answer::odoo_error;
    let users_groups = json2("res.users", "has_group");
    let api_keys = json2("res.users.apikeys", "search_read");
    let whoami = json2("res.users", "context_get");
    let no_database =
        "<!doctype html><p>No database is selected. Alternatively, use the X-Odoo-Database header.";
    let days = |count: i64| json!(odoo_time(count * DAY as i64));
    let cases: Vec<(&str, Answer, &str, &str, &str)> = vec![
        ("/web/version", version("18.0"), "server", "fail", "JSON-2 came with Odoo 19"),
        ("/web/version", version("saas~18.4+e"), "server", "fail", "JSON-2 came with Odoo 19"),
        ("/web/version", version("saas~19.2+e").with("Date", &date(0)), "server", "ok", "saas~19.2+e"),
        ("/web/version", Answer::html(404).with("Date", &date(0)), "server", "warn", "is this Odoo itself?"),
        ("/web/version", Answer::html(302).with("Location", "https://x.example/"), "server", "warn", "302"),
        ("/web/version", Answer::json("[]"), "server", "warn", "is this Odoo itself?"),
        ("/web/version", Answer::CloseAfterReading, "server", "fail", "127.0.0.1"),
        ("/web/version", version("19.0").with("Date", &date(7200)), "clock", "warn", "apart"),
        ("/web/version", version("19.0").with("Date", &date(-7200)), "clock", "warn", "apart"),
        ("/web/version", version("19.0").with("Date", &date(-30)), "clock", "ok", "agrees"),
        (
            &whoami,
            Answer::status(404, "text/html", no_database),
            "database",
            "fail",
            "serves no database lab",
        ),
        (
            &whoami,
            odoo(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"),
            "key",
            "fail",
            "does not accept",
        ),
        (&api_keys, keys(&[days(5)]), "key's life", "warn", "\"key 1\" expires on"),
        (&api_keys, keys(&[days(400), days(13), json!(false)]), "key's life", "warn", "\"key 2\""),
        (&api_keys, keys(&[days(15)]), "key's life", "ok", "the first of the keys to expire"),
        (&api_keys, keys(&[]), "key's life", "ok", "no key of this user expires"),
        (&api_keys, no_access(), "key's life", "skip", "does not show"),
        (&users_groups, groups(&["api_doc.group_allow_doc"]), "documentation", "ok", "show Odoo's documents"),
        (&users_groups, groups(&[]), "documentation", "ok", "not in the group Technical Documentation"),
        (&users_groups, no_access(), "documentation", "skip", "cannot be read"),
        (&users_groups, groups(&["base.group_system"]), "agent's rights", "fail", "is an administrator"),
        (&users_groups, groups(&["base.group_erp_manager"]), "agent's rights", "fail", "is an administrator"),
        (
            GUARD_STATUS,
            status(json!({ "is_approver": true })),
            "agent's group",
            "fail",
            "could approve itself",
        ),
        (
            GUARD_STATUS,
            status(json!({ "is_agent": false })),
            "agent's group",
            "fail",
            "not in the group Agent",
        ),
        (GUARD_STATUS, odoo(500, "builtins.ValueError", "broken"), "guard", "fail", "broken"),
        (GUARD_STATUS, no_access(), "guard", "fail", "not for you"),
    ];
    for (path, answer, check, expected, part) in cases {
        let (home, server) = healthy();
        server.on(path, answer);
        let report = Report::of(&home.run(["doctor", "--timeout", "5s"]));
        report.has(check, expected, part).and_nothing_else(&[check]);
        assert_eq!(report.exit, if expected == "fail" { 14 } else { 0 }, "{check}: {part}");
        assert!(server.requests().iter().all(|request| request.path != ISSUE));
    }
}

#[test]
fn without_a_date_the_clocks_are_not_compared() {
    let (home, server) = healthy();
    for answer in [version("19.0"), version("19.0").with("Date", "yesterday")] {
        server.on("/web/version", answer);
        let report = Report::of(&home.run(["doctor"]));
        assert!(!report.names().contains(&"clock"));
    }
}

#[test]
fn a_missing_guard_and_an_older_one_are_told_apart() {
    let (home, server) = healthy();
    server.on(GUARD_STATUS, not_found());
    server.on(HAS_ACCESS, not_found());
    let report = Report::of(&home.run(["doctor"]));
    report.has("guard", "warn", "not installed").has(
        "guard",
        "warn",
        "install addons/strictbase_agent_guard",
    );
    assert_eq!(report.exit, 0);
    for access in ["true", "false"] {
        server.on(HAS_ACCESS, Answer::json(access));
        let report = Report::of(&home.run(["doctor"]));
        report.has("guard", "fail", "an older strictbase_agent_guard").has("guard", "fail", "19.0.2.0.0");
        report.and_nothing_else(&["guard"]);
    }
}

#[test]
fn without_a_usable_profile_only_what_is_here_is_examined() {
    let home = Home::new();
    let report = Report::of(&home.run(["doctor"]));
    report.has("profile", "fail", "no profile is configured").and_nothing_else(&["profile"]);
    assert_eq!(report.names(), ["profile", "directories"]);
    let server = Server::start();
    let text = format!("ODOO_BASE_URL={}\nODOO_DB=lab\nODOO_API_KEY={KEY}\n", server.url());
    for (text, mode, part) in [
        (text.clone(), 0o644, "chmod 600"),
        (text.clone(), 0o660, "chmod 600"),
        (text.replace("ODOO_DB=lab\n", ""), 0o600, "ODOO_DB is not set"),
        (text.replace("127.0.0.1", "odoo.example.com"), 0o600, "plain http to another machine"),
        (text.replace("http://", "ftp://"), 0o600, "ODOO_BASE_URL"),
    ] {
        home.profile_text("lab", &text, mode);
        let report = Report::of(&home.run(["doctor"]));
        report.has("profile", "fail", part).and_nothing_else(&["profile"]);
    }
    // A copy of the example has lines without values: another line would be refused as well.
    for (text, fix) in [
        (text.replace(KEY, ""), "fill in ODOO_API_KEY in FILE (line 3)"),
        (text.replace("ODOO_DB=lab", "# where\nODOO_DB="), "fill in ODOO_DB in FILE (line 3)"),
        (text.replace(KEY, "\nODOO_API_KEY=x"), "remove one of the two lines in FILE"),
        (format!("{text}what\n"), "correct line 4 of FILE"),
        (format!("{text}ODOO_TIMEOUT=abc\n"), "correct it in FILE"),
        (format!("{text}ODOO_COMPANY_IDS=a,b\n"), "correct it in FILE"),
        (text.replace("ODOO_DB=lab", "ODOO_DB=l\u{7}ab"), "help profiles"),
    ] {
        home.profile_text("lab", &text, 0o600);
        let fix = fix.replace("FILE", home.config().join("odoo_lab.env").to_str().unwrap());
        let outcome = home.run(["doctor"]);
        let finding = outcome.json()["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["status"] == "fail")
            .unwrap()
            .clone();
        assert!(finding["fix"].as_str().unwrap().contains(&fix), "{fix}: {finding}");
        assert!(!finding.to_string().contains("log of Odoo"), "{finding}");
    }
    Report::of(&home.run(["--profile", "nowhere", "doctor"])).has("profile", "fail", "no profile nowhere");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_language_or_company_that_odoo_does_not_take_is_traced_to_the_profile() {
    let home = Home::new();
    let served = Served::start();
    let search = ["search-read", "res.partner", "--limit", "1", "--fields", "name"];
    for (name, value, odoo_has) in
        [("ODOO_LANG", "xx_YY", "installed in Odoo: "), ("ODOO_COMPANY_IDS", "99", "this user may work in 1")]
    {
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", served.base_url()),
                ("ODOO_DB", served.database()),
                ("ODOO_API_KEY", served.key("agent")),
                (name, value),
            ],
        );
        let says = format!("{name}={value} comes from {}", home.config().join("odoo_lab.env").display());
        let report = Report::of(&home.run(["--profile", "lab", "doctor"]));
        report.has("key", "fail", &says);
        for line in [&search[..], &["schema-summary", "res.partner"]] {
            let outcome = home.agent(["--profile", "lab"]).args(line).run();
            assert!(outcome.hints().contains(&says), "{line:?}: {}", outcome.stderr);
            assert!(outcome.hints().contains(odoo_has), "{line:?}: {}", outcome.stderr);
        }
        // What the caller names is the caller's.
        let context = json!({ "lang": "zz_ZZ", "allowed_company_ids": [98] }).to_string();
        let outcome = home.agent(["--profile", "lab"]).args(search).args(["--context-json", &context]).run();
        assert!(outcome.exit != 0 && !outcome.stderr.contains("comes from"), "{}", outcome.stderr);
    }
    // A refusal of another kind is not blamed on settings that are right.
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", served.base_url()),
            ("ODOO_DB", served.database()),
            ("ODOO_API_KEY", served.key("agent")),
            ("ODOO_LANG", "fr_FR"),
            ("ODOO_COMPANY_IDS", "1"),
        ],
    );
    for line in [
        &["search-read", "ir.config_parameter"][..],
        &["search-read", "res.partner", "--order", "name sideways", "--no-preflight"],
    ] {
        let outcome = home.agent(["--profile", "lab"]).args(line).run();
        assert!(outcome.exit != 0 && !outcome.stderr.contains("comes from"), "{}", outcome.stderr);
    }
}

#[test]
fn a_server_that_is_not_there_ends_the_examination() {
    let held = Closed::hold();
    let closed = held.address();
    for url in [format!("http://{closed}"), format!("https://{closed}")] {
        let home = Home::new();
        home.profile("lab", &[("ODOO_BASE_URL", &url), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
        let report = Report::of(&home.run(["doctor", "--guard", "--timeout", "3s"]));
        report.has("server", "fail", "nothing was sent").and_nothing_else(&["server"]);
        assert_eq!(report.names(), ["profile", "directories", "policy", "server"]);
    }
}

#[test]
fn directories_that_cannot_be_written_are_named() {
    let (home, _server) = healthy();
    fs::write(home.cache(), "in the way").unwrap();
    let report = Report::of(&home.run(["doctor"]));
    report.has("directories", "fail", home.cache().to_str().unwrap()).and_nothing_else(&["directories"]);
    assert!(report.names().contains(&"guard"), "the rest is examined all the same");
}

#[test]
fn an_approvers_key_within_reach_is_a_warning() {
    let (home, server) = healthy();
    let report = Report::of(&home.agent(["doctor"]).env("ODOO_APPROVER_API_KEY", APPROVER).run());
    report.has("approver's key", "warn", "in this environment").and_nothing_else(&["approver's key"]);
    let profile = fs::read_to_string(home.config().join("odoo_lab.env")).unwrap();
    home.profile_text("lab", &format!("{profile}ODOO_APPROVER_API_KEY={APPROVER}\n"), 0o600);
    Report::of(&home.run(["doctor"])).has("approver's key", "warn", "odoo_lab.env");
    let ran = home.beside("ran");
    let command = format!("ODOO_APPROVER_KEY_COMMAND=touch '{}'; echo {APPROVER}\n", ran.display());
    home.profile_text("lab", &format!("{profile}{command}"), 0o600);
    Report::of(&home.run(["doctor"])).has("approver's key", "warn", "behind ODOO_APPROVER_KEY_COMMAND");
    assert!(!ran.exists(), "looking does not take the key");
    let keys = |request: Recorded| request.header("authorization").map(str::to_string);
    assert!(server.requests().into_iter().filter_map(keys).all(|key| !key.contains(APPROVER)));
}

#[test]
fn a_terminal_gets_a_table_that_nothing_acts_on() {
    let (home, server) = healthy();
    let name = "Agent\u{1b}[2J\u{202e}";
    server
        .on(&json2("res.users", "read"), Answer::json(json!([{ "id": 7, "name": name, "login": "agent" }])));
    server.on(GUARD_STATUS, status(json!({ "is_agent": false })));
    let seen = Terminal::shell(&home, "odoo-agent doctor > /dev/tty").run(&home).exits(14).shows(&[
        "ok    profile ",
        "fail  agent's group ",
        "-> add this user to the group Agent in Odoo",
        r"Agent\u{1b}[2J\u{202e} (agent)",
        "findings_present",
    ]);
    assert!(!seen.screen.contains(['\u{1b}', '\u{202e}']), "{:?}", seen.screen);
    let seen = Terminal::shell(&home, "odoo-agent --pretty doctor > /dev/tty").run(&home).exits(14);
    seen.shows(&["{\r\n  \"ok\": false"]);
}

#[test]
fn the_embedded_odoo_is_examined_for_each_of_its_users() {
    let served = Served::start();
    let home = Home::new();
    let doctor = |database: &str, key: &str| {
        let agent = home.agent(["doctor"]).env("ODOO_BASE_URL", served.base_url());
        Report::of(&agent.env("ODOO_DB", database).env("ODOO_API_KEY", key).run())
    };
    let database = served.database();
    doctor(database, served.key("agent"))
        .has("agent's group", "ok", "in the group Agent")
        .has("key", "ok", "(agent)")
        .and_nothing_else(&[]);
    doctor(database, served.key("docs"))
        .has("documentation", "ok", "show Odoo's documents")
        .has("agent's group", "fail", "not in the group Agent")
        .and_nothing_else(&["agent's group"]);
    doctor(database, served.key("approver"))
        .has("agent's group", "fail", "could approve itself")
        .and_nothing_else(&["agent's group"]);
    doctor(database, served.key("admin")).has("agent's rights", "fail", "is an administrator");
    doctor("elsewhere", served.key("agent")).has("database", "fail", "elsewhere");
    doctor(database, KEY).has("key", "fail", "does not accept");
    Report::of(&home.run(["--profile", "sandbox", "doctor", "--guard"])).and_nothing_else(&[]);
}

// --guard.

const WAYS: [&str; 7] = [
    "guard: comment to an outside contact",
    "guard: the same without message_type",
    "guard: the same with agent_mode off",
    "guard: the same with an empty context",
    "guard: message_notify to an outside contact",
    "guard: mail.template/send_mail",
    "guard: mail.compose.message/action_send_mail",
];

/// Path of everything that the probes try.
fn sending() -> [String; 4] {
    [
        json2("res.partner", "message_post"),
        json2("res.partner", "message_notify"),
        json2("mail.template", "send_mail"),
        json2("mail.compose.message", "action_send_mail"),
    ]
}

fn refusal() -> Answer {
    let marker =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    Answer::odoo_error(422, "odoo.exceptions.UserError", marker)
}

/// A healthy lab whose guard holds every way.
fn guarded() -> (Home, Server) {
    let (home, server) = healthy();
    server.on(&json2("res.partner", "create"), Answer::json("[70]"));
    let models = json!([{ "id": 1, "model_id": [80, "Contact"] }]);
    server.on(&json2("mail.template", "search_read"), Answer::json(models));
    server.on(&json2("mail.template", "create"), Answer::json("[5]"));
    server.on(&json2("mail.compose.message", "create"), Answer::json("[6]"));
    for path in sending() {
        server.on(&path, refusal());
    }
    for model in ["res.partner", "mail.template"] {
        server.on(&json2(model, "unlink"), Answer::json("true"));
    }
    (home, server)
}

fn probe(home: &Home) -> Report {
    Report::of(&home.run(["doctor", "--guard", "--timeout", "2s"]))
}

#[test]
fn a_guard_that_holds_is_tried_every_way_and_nothing_is_left() {
    let (home, server) = guarded();
    let agent = home.agent(["doctor", "--guard"]).env("ODOO_APPROVER_API_KEY", APPROVER);
    let report = Report::of(&agent.env("ODOO_CONFIRMATION_TOKEN", "t0k3n-of-somebody-else").run());
    for way in WAYS {
        report.has(way, "ok", "held: a person has to approve it");
    }
    report.has("guard: clean-up", "ok", "nothing is left behind").and_nothing_else(&["approver's key"]);

    let contact = server.only(&json2("res.partner", "create")).json()["vals_list"][0].clone();
    assert!(contact["email"].as_str().unwrap().ends_with(".invalid"), "{contact}");
    let template = server.only(&json2("mail.template", "create")).json()["vals_list"][0].clone();
    assert!(template["email_to"].as_str().unwrap().ends_with(".invalid"), "{template}");
    for request in server.requests_to(&json2("res.partner", "message_post")) {
        assert_eq!((&request.json()["ids"], &request.json()["partner_ids"]), (&json!([70]), &json!([70])));
    }
    let posts: Vec<(bool, Value)> = server
        .requests_to(&json2("res.partner", "message_post"))
        .iter()
        .map(|request| (request.json()["message_type"].is_string(), request.context()))
        .collect();
    let (marked, unmarked) = (json!({ "agent_mode": true }), json!({ "agent_mode": false }));
    assert_eq!(posts, [(true, marked.clone()), (false, marked), (true, unmarked), (true, json!({}))]);
    for request in server.requests().iter().filter(|request| request.path != "/web/version") {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        assert!(!String::from_utf8_lossy(&request.body).contains("t0k3n"), "{}", request.path);
    }
    assert_eq!(server.only(&json2("res.partner", "unlink")).json()["ids"], json!([70]));
    assert_eq!(server.only(&json2("mail.template", "unlink")).json()["ids"], json!([5]));
    assert_eq!(server.requests_to(ISSUE).len(), 0);
}

#[test]
fn a_way_that_is_open_is_found_alone() {
    let open = |when: fn(&Recorded) -> bool| {
        Answer::made(move |request| if when(request) { Answer::json("[1]") } else { refusal() })
    };
    let [post, notify, template, composer] = sending();
    let cases: [(&str, Answer, &str); 6] = [
        (&post, open(|request| request.json()["message_type"].is_null()), WAYS[1]),
        (&post, open(|request| request.context()["agent_mode"] == false), WAYS[2]),
        (&post, open(|request| request.context() == json!({})), WAYS[3]),
        (&notify, Answer::json("[1]"), WAYS[4]),
        (&template, Answer::json("1"), WAYS[5]),
        (&composer, Answer::json("false"), WAYS[6]),
    ];
    for (path, answer, way) in cases {
        let (home, server) = guarded();
        server.on(path, answer);
        let report = probe(&home);
        report.has(way, "fail", "open: Odoo carried it out").has(
            way,
            "fail",
            "update strictbase_agent_guard",
        );
        report.and_nothing_else(&[way]);
        assert_eq!(report.exit, 14);
        for other in WAYS.into_iter().filter(|other| *other != way) {
            report.has(other, "ok", "held");
        }
    }
}

#[test]
fn what_the_guard_did_not_decide_is_said_to_be_undecided() {
    for (answer, status, part) in [
        (no_access(), "ok", "held: not allowed to this user"),
        (Answer::odoo_error(500, "builtins.ValueError", "broken"), "skip", "not decided: "),
        (Answer::odoo_error(422, "odoo.exceptions.UserError", "no mail server"), "skip", "no mail server"),
        (not_found(), "skip", "not decided: "),
        (Answer::html(502), "skip", "not decided: "),
        (Answer::CloseAfterReading, "skip", "not decided: "),
    ] {
        let (home, server) = guarded();
        for path in sending() {
            server.on(&path, answer.clone());
        }
        let report = probe(&home);
        for way in WAYS {
            report.has(way, status, part);
        }
        report.and_nothing_else(&[]);
        assert_eq!(server.requests_to(&json2("res.partner", "message_post")).len(), 4, "each is sent once");
    }
}

#[test]
fn what_cannot_be_tried_is_said() {
    let (home, server) = guarded();
    server.on(&json2("mail.template", "create"), no_access());
    server.on(&json2("mail.compose.message", "create"), refusal());
    let report = probe(&home);
    report.has(WAYS[5], "skip", "not tried").has(WAYS[6], "skip", "not tried").and_nothing_else(&[]);
    assert_eq!(server.requests_to(&json2("mail.template", "unlink")).len(), 0);
    server.on(&json2("mail.template", "search_read"), Answer::json("[]"));
    probe(&home).has(WAYS[5], "skip", "not tried");
    server.on(&json2("res.partner", "create"), no_access());
    server.forget();
    probe(&home).has("guard probes", "skip", "cannot create the contact").and_nothing_else(&[]);
    for path in sending() {
        assert_eq!(server.requests_to(&path).len(), 0, "{path}");
    }
}

#[test]
fn what_is_left_behind_is_named() {
    let (home, server) = guarded();
    server.on(&json2("res.partner", "unlink"), no_access());
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let report = probe(&home);
    report.has("guard: clean-up", "warn", "left behind: res.partner 70 (archived) -> ");
    report.and_nothing_else(&["guard: clean-up"]);
    assert_eq!(report.exit, 0);
    assert_eq!(server.only(&json2("res.partner", "write")).json()["vals"], json!({ "active": false }));
    server.on(&json2("res.partner", "write"), no_access());
    server.on(&json2("mail.template", "unlink"), no_access());
    server.on(&json2("mail.template", "write"), no_access());
    probe(&home).has("guard: clean-up", "warn", "left behind: mail.template 5, res.partner 70 -> ");
}

#[test]
fn without_a_guard_nothing_is_tried() {
    let (home, server) = guarded();
    server.on(GUARD_STATUS, not_found());
    server.on(HAS_ACCESS, not_found());
    let report = probe(&home);
    report.has("guard", "warn", "not installed").has("guard probes", "fail", "there is no guard to try");
    for path in sending() {
        assert_eq!(server.requests_to(&path).len(), 0, "{path}");
    }
    assert_eq!(server.requests_to(&json2("res.partner", "create")).len(), 0);
    // The published module is tried: what it holds and what not is the point.
    server.on(HAS_ACCESS, Answer::json("true"));
    let report = probe(&home);
    report.has("guard", "fail", "an older").has(WAYS[0], "ok", "held").and_nothing_else(&["guard"]);
}

// Requests.

const CLAIM: &str = "Zm9yLW9uZS1yZXF1ZXN0LW9ubHktYW5kLW9uY2U-abc";
const REQUEST: &str = "5591aa8a-f0ee-4af3-9370-39fff0719bac";
const BOUND: [&str; 4] = [
    "guard: a request that nobody approved",
    "guard: another text than was asked for",
    "guard: another text than was approved",
    "guard: a request that was taken back",
];

/// A guard that keeps requests; `lets_through` says which letters it lets out with a claim, by their text.
fn keeping_requests(lets_through: &'static str) -> (Home, Server) {
    let (home, server) = guarded();
    let status = json!({
        "version": "19.0.3.0.0", "is_agent": true, "is_approver": false, "is_administrator": false, "requests": true,
        "stopped": false,
    });
    server.on(GUARD_STATUS, Answer::json(status));
    let marker = format!(
        "AGENT_CONFIRMATION_REQUIRED\nreason: r\ndetail: reaches a client\nrequest: {REQUEST}\nclaim: {CLAIM}"
    );
    server.on(
        &json2("res.partner", "message_post"),
        Answer::made(move |sent| {
            let body = sent.json();
            let text = body["body"].as_str().unwrap();
            if body["context"]["agent_confirmation_token"] == CLAIM && text.ends_with(lets_through) {
                return Answer::json("[501]");
            }
            Answer::odoo_error(422, "odoo.exceptions.UserError", &marker)
        }),
    );
    let guard = "strictbase.agent.confirmation";
    server.on(&json2(guard, "issue_token"), Answer::json(json!(CLAIM)));
    server.on(&json2(guard, "withdraw_request"), Answer::json("true"));
    let row = |request: &str, to: &str| json!({ "request_uuid": request, "state": "pending", "recipients_text": to });
    let rows = json!([
        row("00000000-0000-4000-8000-00000000000c", "guard-probe@odoo-agent.invalid"),
        row("00000000-0000-4000-8000-00000000000d", "client@example.com"),
    ]);
    server.on(&json2(guard, "search_read"), Answer::json(rows));
    (home, server)
}

#[test]
fn an_approval_that_is_bound_is_proved_and_no_request_is_left() {
    let (home, server) = keeping_requests(" nothing ends so");
    let withdraw = json2("strictbase.agent.confirmation", "withdraw_request");
    let run = |more: &[&str]| {
        home.agent(["doctor", "--guard"]).args(more).env("ODOO_APPROVER_API_KEY", APPROVER).run()
    };
    let outcome = run(&["--debug"]);
    assert!(!outcome.stdout.contains(CLAIM) && !outcome.stderr.contains(CLAIM), "{outcome:?}");
    server.forget();
    let report = Report::of(&run(&[]));
    for way in BOUND {
        report.has(way, "ok", "held: it is not what a person approved");
    }
    report.has("guard: clean-up", "ok", "nothing is left behind").and_nothing_else(&["approver's key"]);
    let withdrawn: Vec<_> =
        server.requests_to(&withdraw).iter().map(|sent| sent.json()["request_uuid"].clone()).collect();
    assert_eq!(withdrawn, [REQUEST, "00000000-0000-4000-8000-00000000000c"], "and nobody else's");
    let (home, server) = keeping_requests(" nothing ends so");
    let report = Report::of(&home.run(["doctor", "--guard"]));
    assert!(!report.names().contains(&"guard: another text than was approved"), "nobody could approve");
    assert!(server.requests_to(&json2("strictbase.agent.confirmation", "issue_token")).is_empty());
}

#[test]
fn an_approval_that_lets_another_text_through_is_found() {
    let (home, _server) = keeping_requests(" changes");
    let outcome = home.agent(["doctor", "--guard"]).env("ODOO_APPROVER_API_KEY", APPROVER).run();
    let report = Report::of(&outcome);
    for way in [BOUND[1], BOUND[2]] {
        report.has(way, "fail", "open: Odoo carried it out");
    }
    report.has(BOUND[0], "ok", "held");
}
