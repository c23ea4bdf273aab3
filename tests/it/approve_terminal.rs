//! `approve` and the hidden prompt on a terminal of their own: what a person sees before they answer, what each
//! answer does, and that no key they type is shown. The server is the embedded Odoo where a token must be good
//! for something, else one that counts what was minted.

use std::fs;

use crate::support::run::{files_below, put_program};
use crate::support::{Answer, Home, KEY, Outcome, Recorded, Seen, Served, Server, Terminal, json2, lab};
use serde_json::{Value, json};

const APPROVER: &str = "a99r0fe4a99r0fe4a99r0fe4a99r0fe4a99r0fe4";
const TOKEN: &str = "t0k3n-0f-the-appr0ver_Zm9yIG9uZSBjYWxsIG9ubHk";
const POST: &str = "/json/2/res.partner/message_post";
const ISSUE: &str = "/json/2/strictbase.agent.confirmation/issue_token";
const APPROVE: [&str; 9] = [
    "approve",
    "res.partner",
    "message_post",
    "--ids",
    "10",
    "--agent-user",
    "7",
    "--data-json",
    r#"{"body":"Hello","partner_ids":[11]}"#,
];
const QUESTION: &str = "Type yes: ";
const KEY_PROMPT: &str = "API key (not shown): ";

/// A server that knows two contacts and mints.
fn minting() -> (Home, Server) {
    let (home, server) = lab();
    name_contacts(&server, "Gemini Furniture", "Azure Interior", "azure@example.com");
    server.on(ISSUE, Answer::json(json!(TOKEN)));
    (home, server)
}

/// What the records of the call are called, and whom its recipient 11 is.
fn name_contacts(server: &Server, record: &str, recipient: &str, address: &str) {
    let (record, recipient, address) = (record.to_string(), recipient.to_string(), address.to_string());
    let recipients = json!([{ "id": 11, "display_name": recipient, "email": address }]);
    server.on(&json2("res.partner", "search_read"), Answer::json(recipients));
    server.on(&json2("res.partner", "read"), Answer::json(json!([{ "id": 10, "display_name": record }])));
    server.on(&json2("res.users", "read"), Answer::json(json!([{ "id": 7, "display_name": "Agent" }])));
    server.on(&json2("mail.followers", "search_read"), Answer::json("[]"));
}

fn refuse(server: &Server, path: &str) {
    let refusal =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    let answer = move |request: &Recorded| match request.context()["agent_confirmation_token"].as_str() {
        Some(TOKEN) => Answer::json("[501]"),
        _ => Answer::odoo_error(422, "odoo.exceptions.UserError", refusal),
    };
    server.on(path, Answer::made(answer));
}

/// The terminal and the files hold none of these.
#[track_caller]
fn shows_none_of(home: &Home, seen: &Seen, secrets: &[&str]) {
    for secret in secrets {
        assert!(!seen.screen.contains(secret), "{secret} is on the screen: {}", seen.screen);
        for path in files_below(&home.path()).into_iter().filter(|path| !path.starts_with(home.config())) {
            let content = fs::read(&path).unwrap();
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", path.display());
        }
    }
}

/// The command in what was said, on a terminal or off it.
fn command_in(text: &str) -> String {
    let line =
        text.lines().find(|line| line.contains("terminal: odoo-agent ")).expect("a hint with a command");
    line[line.find("odoo-agent ").unwrap()..].trim_end().to_string()
}

#[test]
fn what_a_person_approves_goes_through_once() {
    let served = Served::start();
    let home = Home::new();
    home.profile(
        "agent",
        &[
            ("ODOO_BASE_URL", served.base_url()),
            ("ODOO_DB", served.database()),
            ("ODOO_API_KEY", served.key("agent")),
        ],
    );
    let run = |arguments: &[&str]| -> Outcome { home.agent(["--profile", "agent"]).args(arguments).run() };
    let found = run(&["lookup", "partner", "gemini furniture", "--exact", "--one"]).ok().json();
    let company = found["id"].as_i64().unwrap();
    let email = run(&["read", "res.partner", "--ids", &company.to_string(), "--fields", "email"]).ok().json();
    let email = email[0]["email"].as_str().unwrap().to_string();
    let body = "It's ready: $5 & \"more\"\nRegards, Łucja";
    let data = json!({
        "body": body, "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": [company],
    });
    let (company, data) = (company.to_string(), data.to_string());
    let call = ["call", "res.partner", "message_post", "--ids", &company, "--data-json", &data];
    let command = command_in(&run(&call).fails(6, "confirmation_required").hints());

    let approver = served.key("approver");
    let seen = Terminal::shell(&home, &command)
        .when(QUESTION, "yes\n")
        .when(KEY_PROMPT, &format!("{approver}\n"))
        .run(&home)
        .exits(0)
        .shows(&[
            "res.partner.message_post",
            served.base_url(),
            served.database(),
            &format!("on res.partner {company}: Gemini Furniture"),
            &format!("Gemini Furniture <{email}>"),
            r#"It's ready: $5 & "more" Regards, Łucja"#,
            "as Agent",
            "exactly this, once",
            "approvals send",
        ]);
    assert_eq!(seen.echo.last(), Some(&false), "the key is typed unseen");
    shows_none_of(&home, &seen, &[approver, served.key("agent")]);

    let request = command.split(' ').next_back().unwrap();
    let send = ["approvals", "send", request];
    assert!(run(&send).ok().json()[0].as_i64().unwrap() > 0);
    run(&send).fails(7, "not_found");
    run(&call).fails(6, "confirmation_required");
    let domain = json!([["body", "ilike", "Regards, Łucja"]]).to_string();
    let sent = run(&["search-read", "mail.message", "--domain", &domain, "--fields", "body"]).ok().json();
    assert_eq!(sent.as_array().unwrap().len(), 1);
}

#[test]
fn the_agents_own_key_approves_nothing_at_the_prompt_either() {
    let served = Served::start();
    let home = Home::new();
    let key = served.key("agent");
    home.profile(
        "agent",
        &[("ODOO_BASE_URL", served.base_url()), ("ODOO_DB", served.database()), ("ODOO_API_KEY", key)],
    );
    let seen = Terminal::agent(&home, &["approve", "res.partner", "message_post", "--ids", "10"])
        .when(QUESTION, "yes\n")
        .when(KEY_PROMPT, &format!("{key}\n"))
        .run(&home)
        .exits(5)
        .shows(&["access_denied"]);
    assert_eq!(seen.stdout, "");
    shows_none_of(&home, &seen, &[key]);
}

#[test]
fn yes_and_nothing_else_approves() {
    for (answer, approved) in [
        ("yes", true),
        ("YES", true),
        (" yes ", true),
        ("yess\x7f", true),
        ("no", false),
        ("n", false),
        ("y", false),
        ("", false),
        ("yes please", false),
        ("yesno", false),
        ("ye\u{455}", false),
    ] {
        let (home, server) = minting();
        let mut terminal = Terminal::agent(&home, &APPROVE).env("ODOO_APPROVER_API_KEY", APPROVER);
        terminal = terminal.when(QUESTION, &format!("{answer}\n"));
        let seen = terminal.run(&home);
        shows_none_of(&home, &seen, &[APPROVER, KEY, TOKEN]);
        if approved {
            assert_eq!(seen.exits(0).stdout, format!("{}\n", json!(TOKEN)), "{answer:?}");
            let minted = server.only(ISSUE);
            assert_eq!(minted.header("authorization"), Some(format!("Bearer {APPROVER}").as_str()));
            let body = minted.json();
            assert_eq!(body["model_name"], "res.partner");
            assert_eq!(body["method_name"], "message_post");
            assert_eq!((&body["record_ids"], &body["agent_user_id"]), (&json!([10]), &json!(7)));
        } else {
            let seen = seen.exits(6).shows(&["not approved: no token was minted", "confirmation_refused"]);
            assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 0), "{answer:?}");
        }
        assert_eq!(server.requests_to(POST).len(), 0, "approving sends nothing");
    }
}

#[test]
fn ctrl_c_approves_nothing() {
    for typed in ["\x03", "yes\x03", "\x04\x03"] {
        let (home, server) = minting();
        let terminal = Terminal::agent(&home, &APPROVE).env("ODOO_APPROVER_API_KEY", APPROVER);
        let seen = terminal.when(QUESTION, typed).run(&home);
        let exit = if typed.starts_with('\x04') { 6 } else { 130 };
        let seen = seen.exits(exit).shows(&["no token was minted"]);
        assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 0), "{typed:?}");
    }
}

#[test]
fn ctrl_c_at_the_key_mints_nothing() {
    for typed in [format!("{APPROVER}\x03"), "\x03".into(), "\n".into(), "\x04".into(), "   \n".into()] {
        let (home, server) = minting();
        let terminal = Terminal::agent(&home, &APPROVE);
        let seen = terminal.when(QUESTION, "yes\n").when(KEY_PROMPT, &typed).run(&home);
        let seen = seen.exits(130).shows(&["no token was minted"]);
        shows_none_of(&home, &seen, &[APPROVER, TOKEN]);
        assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 0), "{typed:?}");
    }
}

#[test]
fn a_key_is_typed_unseen_and_can_be_corrected() {
    let (home, server) = minting();
    let typed = format!("xy\x7f\x08{APPROVER}zz\x7f\x7f\n");
    let seen = Terminal::agent(&home, &APPROVE).when(QUESTION, "yes\n").when(KEY_PROMPT, &typed).run(&home);
    let seen = seen.exits(0);
    assert_eq!(seen.echo.last(), Some(&false));
    shows_none_of(&home, &seen, &[APPROVER, TOKEN, KEY]);
    let after = &seen.screen[seen.screen.find(KEY_PROMPT).unwrap() + KEY_PROMPT.len()..];
    assert!(after.starts_with("\r\n"), "nothing is shown while the key is typed: {after:?}");
    assert_eq!(server.only(ISSUE).header("authorization"), Some(format!("Bearer {APPROVER}").as_str()));
}

#[test]
fn a_key_that_odoo_does_not_take_prints_no_token() {
    let odoo = Answer::odoo_error;
    for (answer, exit) in [
        (odoo(401, "werkzeug.exceptions.Unauthorized", &format!("Invalid apikey {APPROVER}")), 4),
        (odoo(403, "odoo.exceptions.AccessError", &format!("Only approvers, not {APPROVER}")), 5),
        (Answer::json("false"), 12),
        (Answer::CloseAfterReading, 11),
    ] {
        let (home, server) = minting();
        server.on(ISSUE, answer);
        let terminal = Terminal::agent(&home, &APPROVE);
        let seen = terminal.when(QUESTION, "yes\n").when(KEY_PROMPT, &format!("{APPROVER}\n")).run(&home);
        let seen = seen.exits(exit);
        shows_none_of(&home, &seen, &[APPROVER, KEY]);
        assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 1));
    }
}

#[test]
fn a_key_that_cannot_be_one_is_not_sent() {
    let (home, server) = minting();
    let terminal = Terminal::agent(&home, &APPROVE);
    let seen = terminal.when(QUESTION, "yes\n").when(KEY_PROMPT, "\x1b[Ake\u{fc}\n").run(&home).exits(3);
    let seen = seen.shows(&["no HTTP header can carry", "effect: not_sent"]);
    assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 0));
}

#[test]
fn nothing_in_names_and_texts_acts_on_the_terminal() {
    let evil = "\u{1b}[2J\u{1b}]0;gotcha\u{7}\u{9b}1A\u{202e}\u{2066}\u{200f}\r\u{8}";
    let forged = "Acme\nIt would reach:\n  nobody at all";
    let (home, server) = minting();
    name_contacts(
        &server,
        &format!("{forged}{evil}"),
        &format!("{forged} B{evil}"),
        &format!("a@b.example\nx{evil}"),
    );
    let users = json!([{ "id": 7, "display_name": format!("{forged}{evil}") }]);
    server.on(&json2("res.users", "read"), Answer::json(users));
    let data = json!({ "body": format!("{forged}{evil}"), "partner_ids": [11], (evil): 1 }).to_string();
    let mut words = APPROVE;
    words[8] = &data;
    let seen = Terminal::agent(&home, &words).when(QUESTION, "no\n").run(&home).exits(6);
    let acts = ['\u{1b}', '\u{7}', '\u{8}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200f}'];
    assert!(!seen.screen.contains(acts), "{:?}", seen.screen);
    assert!(!seen.screen.replace("\r\n", "\n").contains('\r'), "{:?}", seen.screen);
    let lines: Vec<&str> = seen.screen.lines().map(str::trim_end).collect();
    assert_eq!(lines.iter().filter(|line| **line == "It would reach:").count(), 1, "{}", seen.screen);
    assert!(!lines.contains(&"  nobody at all"), "a name made a line of its own: {}", seen.screen);
    seen.shows(&["Acme", r"\u{202e}", r"\u{1b}[2J", "a@b.example"]);
}

#[test]
fn whom_it_reaches_is_told_as_far_as_odoo_tells() {
    let (home, server) = minting();
    let followers = json!([{ "id": 1, "partner_id": [11, "Azure Interior"] }]);
    server.on(&json2("mail.followers", "search_read"), Answer::json(followers));
    let by_follower = ["approve", "res.partner", "message_post", "--ids", "10"];
    let seen = Terminal::agent(&home, &by_follower).when(QUESTION, "no\n").run(&home).exits(6);
    seen.shows(&[
        "It would reach:",
        "Azure Interior <azure@example.com>",
        "on res.partner 10: Gemini Furniture",
    ]);
    let named = json!({ "body": "Hello", "partner_ids": [12, 11, 13] }).to_string();
    let mut words = APPROVE;
    words[8] = &named;
    let seen = Terminal::agent(&home, &words).when(QUESTION, "no\n").run(&home).exits(6);
    seen.shows(&[
        "Azure Interior <azure@example.com>",
        "contact 12 (cannot be read)",
        "contact 13 (cannot be read)",
    ]);
    for path in [
        json2("mail.followers", "search_read"),
        json2("res.partner", "search_read"),
        json2("res.partner", "read"),
    ] {
        server.on(&path, Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"));
    }
    let seen = Terminal::agent(&home, &by_follower).when(QUESTION, "no\n").run(&home).exits(6);
    seen.shows(&["Whom it reaches cannot be told from here", "10: (cannot be read)"]);
}

#[test]
fn a_context_that_the_caller_adds_is_in_the_command_and_before_the_persons_eyes() {
    let (home, server) = minting();
    refuse(&server, POST);
    let outcome = home
        .agent(["call", "res.partner", "message_post", "--ids", "10", "--data-json"])
        .arg(r#"{"body":"Hello","partner_ids":[11],"context":{"mail_post_autofollow":true}}"#)
        .args(["--context-json", r#"{"default_partner_ids":[[4,12]]}"#])
        .run();
    let command = command_in(&outcome.fails(6, "confirmation_required").hints());
    let seen = Terminal::shell(&home, &command)
        .when(QUESTION, "yes\n")
        .when(KEY_PROMPT, &format!("{APPROVER}\n"))
        .run(&home)
        .exits(0)
        .shows(&["context", "mail_post_autofollow", "default_partner_ids"]);
    let question = seen.screen.find("Type yes").unwrap();
    assert!(seen.screen.find("mail_post_autofollow").unwrap() < question);
    // What is asked to show names goes without the agent's context.
    for request in
        server.requests().iter().filter(|request| request.path.contains("/json/2/") && request.path != POST)
    {
        assert!(!request.context().to_string().contains("autofollow"), "{}", request.path);
    }
    // The marks and what the profile sets are no news: they are not shown.
    let plain = Terminal::agent(&home, &APPROVE).when(QUESTION, "no\n").run(&home);
    assert!(!plain.screen.contains("context"), "{}", plain.screen);
}

#[test]
fn the_answer_comes_from_the_terminal_alone() {
    let (home, server) = minting();
    let stdin = home.file("stdin", "yes\nyes\n");
    let approve = || Terminal::agent(&home, &APPROVE).env("ODOO_APPROVER_API_KEY", APPROVER).stdin(&stdin);
    let seen = approve().without_terminal().run(&home).exits(2);
    let error: Value = serde_json::from_str(seen.stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&error["error"]["code"], &error["error"]["effect"]), (&json!("usage"), &json!("not_sent")));
    assert!(error["error"]["message"].as_str().unwrap().contains("no terminal to ask on"), "{error}");
    assert_eq!((seen.stdout.as_str(), server.connections()), ("", 0));

    let seen = approve().when(QUESTION, "no\n").run(&home).exits(6);
    assert_eq!(seen.stdout, "");
    let seen = approve().without_stderr().when(QUESTION, "no\n").run(&home).exits(6);
    assert!(seen.stderr.contains("confirmation_refused"), "{}", seen.stderr);
    assert_eq!(server.requests_to(ISSUE).len(), 0);
    let seen = approve().without_stderr().when(QUESTION, "yes\n").run(&home).exits(0);
    assert_eq!(seen.stdout, format!("{}\n", json!(TOKEN)));
}

#[test]
fn no_flag_and_no_variable_says_yes() {
    let (home, server) = minting();
    for flag in ["--yes", "-y", "--force", "--no-input", "--confirm-outbound", "--assume-yes"] {
        let words = [&APPROVE[..], &[flag]].concat();
        Terminal::agent(&home, &words).run(&home).exits(2);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    let (home, server) = minting();
    let seen = Terminal::agent(&home, &APPROVE)
        .env("ODOO_APPROVER_API_KEY", APPROVER)
        .typed_ahead("yes\nyes\n")
        .when(QUESTION, "no\n")
        .run(&home)
        .exits(6);
    assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 0));
}

#[test]
fn confirm_outbound_asks_for_the_key_where_somebody_sits() {
    let call = [
        "call",
        "res.partner",
        "message_post",
        "--ids",
        "10",
        "--data-json",
        r#"{"body":"Hello"}"#,
        "--confirm-outbound",
    ];
    for (typed, exit, minted) in
        [(format!("{APPROVER}\n"), 0, 1), (format!("{APPROVER}\x03"), 130, 0), ("\n".into(), 130, 0)]
    {
        let (home, server) = minting();
        refuse(&server, POST);
        let seen = Terminal::agent(&home, &call).when(KEY_PROMPT, &typed).run(&home).exits(exit);
        assert_eq!(seen.echo, [false]);
        shows_none_of(&home, &seen, &[APPROVER, TOKEN, KEY]);
        assert_eq!((server.requests_to(ISSUE).len(), server.requests_to(POST).len()), (minted, 1 + minted));
        assert_eq!(seen.stdout, if minted == 1 { "[501]\n" } else { "" });
    }
    // Only one end of the talk is a terminal: that is a script, and nobody is asked.
    let (home, server) = minting();
    refuse(&server, POST);
    let stdin = home.file("stdin", format!("{APPROVER}\n"));
    for terminal in [
        Terminal::agent(&home, &call).stdin(&stdin),
        Terminal::agent(&home, &call).without_stderr(),
        Terminal::agent(&home, &call).stdin(&stdin).without_stderr(),
        Terminal::agent(&home, &call).without_terminal(),
    ] {
        let seen = terminal.run(&home).exits(6);
        assert!(!seen.screen.contains(KEY_PROMPT), "{}", seen.screen);
    }
    assert_eq!(server.requests_to(ISSUE).len(), 0);
}

#[test]
fn the_command_on_the_screen_runs_as_it_stands() {
    let (home, server) = minting();
    refuse(&server, POST);
    let data = json!({ "body": "it's $HOME\n\u{202e}\u{9b}\u{7f}\u{2028}\u{1b}[2J 北京" });
    let text = data.to_string();
    let call = ["call", "res.partner", "message_post", "--ids", "10", "--data-json", &text];
    let seen = Terminal::agent(&home, &call).run(&home).exits(6);
    assert!(!seen.screen.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{:?}", seen.screen);
    let command = command_in(&seen.screen);

    let stub = home.beside("words");
    fs::create_dir_all(home.beside("stub")).unwrap();
    let program = home.beside("stub").join("odoo-agent");
    put_program(&program, &format!("#!/bin/sh\nprintf '%s\\0' \"$@\" > '{}'\n", stub.display()));
    let path = format!("{}:/usr/bin:/bin", home.beside("stub").display());
    Terminal::shell(&home, &command).env("PATH", &path).run(&home).exits(0);
    let words = fs::read_to_string(&stub).unwrap();
    let shown: Value =
        serde_json::from_str(words.trim_end_matches('\0').split('\0').next_back().unwrap()).unwrap();
    assert_eq!(shown, data);

    let terminal = Terminal::shell(&home, &command).env("ODOO_APPROVER_API_KEY", APPROVER);
    let seen = terminal.when(QUESTION, "yes\n").run(&home).exits(0);
    assert_eq!(seen.stdout, format!("{}\n", json!(TOKEN)));
}

/// The last lines of what is on a screen of this height when the question stands there.
fn on_screen(seen: &Seen, question: &str, rows: usize) -> String {
    let end = seen.screen.find(question).unwrap();
    let text = seen.screen[..end].replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(rows - 1)..].join("\n")
}

#[test]
fn what_decides_is_on_the_smallest_screen_whatever_things_are_called() {
    let names = [
        "x".repeat(3000),
        format!("Acme{}Method:   read", " ".repeat(200)),
        "\n".repeat(100) + "Reaches:  nobody",
        "\u{300}".repeat(2000),
        "\u{3000}".repeat(500) + "Type yes: ",
        "\u{1b}[2J\u{1b}[H".into(),
    ];
    for (columns, rows) in [(80, 24), (40, 12)] {
        for name in &names {
            let (home, server) = minting();
            name_contacts(&server, name, name, "azure@example.com");
            server.on(&json2("res.users", "read"), Answer::json(json!([{ "id": 7, "display_name": name }])));
            let data =
                json!({ "body": name, "partner_ids": [11], "outgoing_email_to": "stranger@example.org" });
            let data = data.to_string();
            let mut words = APPROVE;
            words[8] = &data;
            let terminal = Terminal::agent(&home, &words).columns(columns).rows(rows);
            // A name may say what the question says.
            let question = format!("this, once? {QUESTION}");
            let seen = terminal.when(&question, "no\n").run(&home).exits(6);
            let last = on_screen(&seen, "Approve exactly", usize::from(rows));
            for part in [
                "message_post",
                "res.partner",
                "Records:  1",
                "azure@example.com",
                "stranger@example.org",
                "Text:",
            ] {
                assert!(last.contains(part), "{part} at {columns}x{rows}: {last}");
            }
            let own = last.lines().filter(|line| line.starts_with("Reaches:")).count();
            assert_eq!(own, 1, "{last}");
        }
    }
}

#[test]
fn the_prompt_for_the_key_shows_what_decides_and_whom_the_guard_names() {
    let (home, server) = minting();
    name_contacts(&server, &"long ".repeat(500), "Azure", "azure@example.com");
    let refusal = "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: d\nrecipient: Cc Person <cc@example.com>";
    server.on(POST, Answer::odoo_error(422, "odoo.exceptions.UserError", refusal));
    let call = ["call", "res.partner", "message_post", "--ids", "10", "--confirm-outbound"];
    let terminal = Terminal::agent(&home, &call).columns(40).rows(12);
    let seen = terminal.when("shown): ", "\x03").run(&home).exits(130);
    let last = on_screen(&seen, "To let exactly", 11);
    for part in ["message_post", "res.partner", "Records:  1", "cc@example.com"] {
        assert!(last.contains(part), "{part}: {last}");
    }
}

#[test]
fn many_records_are_asked_for_at_once_and_counted() {
    let (home, server) = minting();
    let ids: Vec<String> = (1..=300).map(|id| id.to_string()).collect();
    let words = [
        &["approve", "res.partner", "message_post", "--ids"][..],
        &ids.iter().map(String::as_str).collect::<Vec<_>>(),
    ]
    .concat();
    server.on(&json2("res.partner", "read"), Answer::json(json!([{ "id": 1, "display_name": "First" }])));
    let seen = Terminal::agent(&home, &words).when(QUESTION, "no\n").run(&home).exits(6);
    seen.shows(&["on res.partner 1: First", "and 290 more records", "Records:  300 (1: First, …)"]);
    assert_eq!(server.requests_to(&json2("res.partner", "read")).len(), 1);
}

#[test]
fn the_terminal_is_given_back_after_any_signal() {
    // The harness compares its state before and after.
    // One of each kind, those of real time and those without a name included; 18 goes on, 29 is ignored.
    let usual = [1, 2, 3, 6, 10, 14, 15, 16, 24, 34, 64];
    let every =
        (1..=64).filter(|signal| !matches!(signal, 4 | 8 | 9 | 11 | 13 | 17..=23 | 28 | 29 | 32 | 33));
    let signals: Vec<i32> =
        if std::env::var_os("ODOO_AGENT_TEST_WHOLE").is_some() { every.collect() } else { usual.to_vec() };
    let cases: Vec<(i32, usize)> =
        signals.into_iter().enumerate().map(|(nth, signal)| (signal, nth)).collect();
    crate::support::side_by_side(&cases, |(signal, nth)| {
        let signal = *signal;
        let questions = [(QUESTION, true), (KEY_PROMPT, false)];
        // The hidden one is where the echo is off.
        for (question, approver) in questions.into_iter().skip(usize::from(!nth.is_multiple_of(4))) {
            let (home, server) = minting();
            let mut terminal = Terminal::agent(&home, &APPROVE);
            if !approver {
                terminal = terminal.when(QUESTION, "yes\n");
            }
            let seen = terminal.when_signal(question, signal).run(&home);
            let must = match signal {
                1 | 2 | 15 => 130,
                16 | 30 | 34.. => 128 + signal,
                _ => -signal,
            };
            assert_eq!(seen.exit, must, "{signal}: {}", seen.screen);
            assert_eq!((seen.stdout.as_str(), server.requests_to(ISSUE).len()), ("", 0));
        }
        None
    });
}
