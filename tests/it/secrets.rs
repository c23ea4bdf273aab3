//! No key and no token on stdout, on stderr, in the cache or in the state, whatever the server sends back and
//! whichever way a run ends.

use std::fs;

use crate::support::{Answer, Home, Outcome, Recorded, Server};
use serde_json::json;

const AGENT: &str = "a6e1700000000000000000000000000000a6e170";
const APPROVER: &str = "a99r0fe400000000000000000000000000a99r0f";
const TOKEN: &str = "t0ken0fth3appr0verWhichIsG00dOnce";

/// A key that JSON cannot hold without escapes.
const AWKWARD: &str = r#"awk"ward\key$HOME/with#every'thing"#;

/// Everything that this machine keeps, but for the profile, which is where the keys are.
fn kept(home: &Home) -> String {
    let profile = home.config().join("odoo_lab.env");
    let files = home.files().into_iter().filter(|path| *path != profile);
    files
        .map(|path| format!("{}\n{}\n", path.display(), String::from_utf8_lossy(&fs::read(&path).unwrap())))
        .collect()
}

/// A key as it is, and as a JSON string holds it.
fn forms(secret: &str) -> [String; 2] {
    let quoted = serde_json::to_string(secret).unwrap();
    [secret.to_string(), quoted[1..quoted.len() - 1].to_string()]
}

#[track_caller]
fn clean(what: &str, text: &str, secrets: &[&str]) {
    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        assert!(!text.contains(&form), "{what} shows {form}: {text}");
    }
}

/// What the server was sent as a key, without the scheme.
fn bearer(request: &Recorded) -> String {
    request.header("authorization").unwrap_or_default().trim_start_matches("Bearer ").to_string()
}

/// Ways of a server to send a key back.
fn liars() -> Vec<(&'static str, Answer)> {
    let whole = |request: &Recorded| format!("you sent {} (Authorization: Bearer {0})", bearer(request));
    vec![
        (
            "a refusal",
            Answer::made(move |request| {
                Answer::odoo_error(422, "odoo.exceptions.UserError", &whole(request))
            }),
        ),
        (
            "a crash",
            Answer::made(move |request| Answer::odoo_error(500, "builtins.ValueError", &whole(request))),
        ),
        ("a name", Answer::made(|request| Answer::odoo_error(422, &bearer(request), "x"))),
        (
            "a 401",
            Answer::made(move |request| {
                Answer::odoo_error(401, "werkzeug.exceptions.Unauthorized", &whole(request))
            }),
        ),
        (
            "the guard",
            Answer::made(move |request| {
                let text = format!(
                    "AGENT_CONFIRMATION_REQUIRED\nreason: {0}\ndetail: {0}\nrecipient: {0}",
                    whole(request)
                );
                Answer::odoo_error(422, "odoo.exceptions.UserError", &text)
            }),
        ),
        (
            "an old error",
            Answer::made(move |request| {
                Answer::status(404, "application/json", json!(whole(request)).to_string())
            }),
        ),
        (
            "a page",
            Answer::made(move |request| {
                Answer::status(200, "text/html", format!("<p>{}</p>", whole(request)))
            }),
        ),
        (
            "a gateway's page",
            Answer::made(move |request| {
                Answer::status(500, "text/html", format!("<p>{}</p>", whole(request)))
            }),
        ),
        (
            "a redirect",
            Answer::made(|request| {
                Answer::html(302)
                    .with("Location", &format!("https://elsewhere.example.com/{}?{0}", bearer(request)))
            }),
        ),
        ("a result", Answer::made(move |request| Answer::json(json!(whole(request))))),
        (
            "rows",
            Answer::made(|request| {
                Answer::json(
                    json!([{ "id": 1, "name": bearer(request), "model": bearer(request), "display_name": "x" }]),
                )
            }),
        ),
        (
            "an object",
            Answer::made(|request| {
                let key = bearer(request);
                let field = json!({ "type": "char", "string": key });
                Answer::json(json!({ "lang": key, "models": [{ "model": "a.b", "name": key }], "fields": { "name": field }, "name": field }))
                .with("ETag", &key)
            }),
        ),
        (
            "half an answer",
            Answer::made(|request| {
                Answer::Bytes(
                    format!("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{}", bearer(request)).into_bytes(),
                )
            }),
        ),
        (
            "a header that is none",
            Answer::made(|request| {
                Answer::Bytes(
                    format!("HTTP/1.1 200 OK\r\n{0}\r\n{0} : {0}\r\n\r\n{0}", bearer(request)).into_bytes(),
                )
            }),
        ),
        (
            "a status that is none",
            Answer::made(|request| {
                Answer::Bytes(format!("HTTP/1.1 {} no\r\n\r\n", bearer(request)).into_bytes())
            }),
        ),
        (
            "chunks that are none",
            Answer::made(|request| {
                Answer::Bytes(
                    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\n", bearer(request))
                        .into_bytes(),
                )
            }),
        ),
        ("nothing", Answer::CloseAfterReading),
    ]
}

const LINES: &[&[&str]] = &[
    &["call", "res.partner", "some_method", "--ids", "1", "--confirm-outbound"],
    &["search-read", "res.partner"],
    &["read", "res.partner", "--ids", "1", "--fields", "name"],
    &["create", "res.partner", "--vals-json", "{}"],
    &["write", "res.partner", "--ids", "1", "--vals-json", "{}"],
    &["lookup", "partner", "a"],
    &["lookup", "product.product", "a", "--one"],
    &["schema-summary", "res.partner", "--all"],
    &["doc-index", "--names"],
    &["doc-index"],
    &["doc-model", "res.partner"],
];

const PATHS: [&str; 13] = [
    "/json/2/res.partner/some_method",
    "/json/2/res.partner/search_read",
    "/json/2/res.partner/read",
    "/json/2/res.partner/create",
    "/json/2/res.partner/write",
    "/json/2/res.partner/fields_get",
    "/json/2/product.product/name_search",
    "/json/2/strictbase.agent.confirmation/issue_token",
    "/json/2/ir.model/get_available_models",
    "/json/2/ir.model/display_name_for",
    "/doc-bearer/index.json",
    "/doc-bearer/res.partner.json",
    "/json/2/res.users/context_get",
];

fn home_for(server: &Server, key: &str, timeout: &str) -> Home {
    let home = Home::new();
    home.lab(
        server,
        &[("ODOO_API_KEY", key), ("ODOO_APPROVER_API_KEY", APPROVER), ("ODOO_TIMEOUT", timeout)],
    );
    home
}

#[test]
fn a_server_that_sends_the_key_back_cannot_make_it_appear() {
    for key in [AGENT, AWKWARD] {
        for (what, liar) in liars() {
            let server = Server::start();
            for path in PATHS {
                server.on(path, liar.clone());
            }
            server.on("/web/version", Answer::json(json!({ "version": key })));
            // Less than the pause before a repeat: this is about what is said, not how often it is tried.
            let broken = matches!(what, "half an answer" | "chunks that are none" | "nothing");
            let home = home_for(&server, key, if broken { "140ms" } else { "20s" });
            for line in LINES {
                let outcome = home.agent(*line).args(["--debug", "--pretty"]).run_here();
                clean(&format!("{what}, {line:?}"), &outcome.stdout, &[key, APPROVER]);
                clean(&format!("{what}, {line:?}"), &outcome.stderr, &[key, APPROVER]);
            }
            clean(&format!("what is kept after {what}"), &kept(&home), &[key, APPROVER]);
            assert!(
                server.requests().iter().any(|request| bearer(request) == key),
                "{what}: nobody was asked"
            );
        }
    }
}

#[test]
fn an_honest_approval_shows_neither_key_nor_token() {
    let refusal =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    let post = "/json/2/res.partner/message_post";
    let line =
        ["call", "res.partner", "message_post", "--ids", "10", "--data-json", r#"{"body": "x"}"#, "--debug"];
    for last in [
        Answer::json("[7]"),
        Answer::made(|request| {
            let token = request.context()["agent_confirmation_token"].to_string();
            Answer::odoo_error(422, "odoo.exceptions.UserError", &format!("the token {token} is used up"))
        }),
        Answer::CloseAfterReading,
    ] {
        for by_file in [false, true] {
            let server = Server::start();
            let home = home_for(&server, AGENT, "20s");
            server.on("/json/2/strictbase.agent.confirmation/issue_token", Answer::json(json!(TOKEN)));
            if !by_file {
                server.once(post, Answer::odoo_error(422, "odoo.exceptions.UserError", refusal));
            }
            server.on(post, last.clone());
            let agent = home.agent(line).args(["--timeout", "10s"]);
            let outcome = if by_file {
                let file = home.file("token", TOKEN);
                agent.args(["--confirm-token-file", &file]).run()
            } else {
                agent.arg("--confirm-outbound").run()
            };
            let sent = server.requests_to(post).pop().unwrap();
            assert_eq!(sent.context()["agent_confirmation_token"], TOKEN, "{}", outcome.stderr);
            for text in [&outcome.stdout, &outcome.stderr, &kept(&home)] {
                clean("an approval", text, &[AGENT, APPROVER, TOKEN]);
            }
            let issued = server.requests_to("/json/2/strictbase.agent.confirmation/issue_token");
            assert!(issued.iter().all(|request| bearer(request) == APPROVER));
            let others =
                server.requests().into_iter().filter(|request| !request.path.ends_with("/issue_token"));
            assert!(
                others.map(|request| bearer(&request)).all(|key| key == AGENT),
                "the approver's key goes to issue_token alone"
            );
        }
    }
}

#[test]
fn no_mistake_in_the_configuration_shows_a_key() {
    let url = "http://127.0.0.1:1";
    let texts = [
        format!("ODOO_BASE_URL={url}\nODOO_DB=lab\n{AGENT}\n"),
        format!("ODOO_BASE_URL={url}\nODOO_DB=lab\nODOO_API_KEY {AGENT}\n"),
        format!("ODOO_BASE_URL={url}\nODOO_DB=lab\n{AGENT}=ODOO_API_KEY\n"),
        format!("ODOO_BASE_URL={url}\nODOO_DB=lab\nODOO_API_KEY={AGENT}\u{1}\n"),
        format!("ODOO_BASE_URL={url}\nODOO_DB=lab\nODOO_API_KEY={AGENT}\nODOO_API_KEY={APPROVER}\n"),
        format!("ODOO_BASE_URL=https://{AGENT}@127.0.0.1\nODOO_DB=lab\nODOO_API_KEY={AGENT}\n"),
        format!("ODOO_BASE_URL={url}\nODOO_API_KEY={AGENT}\n"),
    ];
    for text in texts {
        for mode in [0o600, 0o644] {
            let home = Home::new();
            home.profile_text("lab", &text, mode);
            let outcome = home.run(["search-read", "res.partner", "--debug"]);
            assert_eq!(outcome.exit, 3, "{}", outcome.stderr);
            clean("a refusal of the profile", &outcome.stderr, &[AGENT, APPROVER]);
        }
    }
}

#[test]
fn json_that_does_not_parse_is_not_repeated() {
    let (home, _server) = crate::support::lab();
    for text in
        [AGENT.to_string(), format!("{{\"key\": {AGENT}}}"), format!("{{\"{AGENT}\": 1, \"{AGENT}\" 2}}")]
    {
        let file = home.file("broken.json", &text);
        for line in [
            &["write", "res.partner", "--ids", "1", "--vals-file", &file][..],
            &["exec-spec", &file],
            &["write", "res.partner", "--ids", "1", "--vals-json", &text],
        ] {
            let outcome: Outcome = home.agent(line).arg("--debug").run();
            assert_eq!(outcome.exit, 2);
            clean("a refusal of JSON", &outcome.stderr, &[AGENT]);
        }
    }
}

#[test]
fn a_key_that_slipped_into_a_command_line_is_not_repeated() {
    let server = Server::start();
    let home = home_for(&server, AGENT, "20s");
    // The other profile's as well: a slip is made beside either.
    home.profile("other", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", APPROVER)]);
    let cases: Vec<(String, &str)> = [
        "KEY",
        "help KEY",
        "describe KEY",
        "cache KEY",
        "completions KEY",
        "approve KEY",
        "approvals show KEY",
        "exec-spec KEY",
        "sandbox serve --port KEY",
        "lookup KEY Azure",
        "call KEY foo",
        "call res.partner KEY --ids 1",
        "call res.partner foo --idsKEY",
        "read res.partner --ids 1,KEY",
        "write res.partner --ids KEY --vals-json {}",
        "create res.partner --vals-file KEY",
        "search-read res.partner --limit KEY",
        "count res.partner --domain KEY",
        "count res.partner --context-json KEY",
        "--profile KEY count res.partner",
        "--timeout KEY count res.partner",
        "--output KEY count res.partner",
        "--env-file KEY count res.partner",
    ]
    .iter()
    .flat_map(|line| [AGENT, APPROVER].map(|key| (line.replace("KEY", key), key)))
    .collect();
    crate::support::side_by_side(&cases, |(line, key)| {
        let outcome = home.run(line.split(' '));
        let shown = format!("{}{}", outcome.stdout, outcome.stderr);
        (outcome.exit == 0 || shown.contains(key)).then(|| format!("{line}: {shown}"))
    });
    // A word that is no key is told.
    assert!(home.run(["call", "res partner", "foo"]).message().contains("res partner"));
}

#[test]
fn the_keys_are_on_no_command_line() {
    let server = Server::start();
    let home = home_for(&server, AGENT, "20s");
    server.on("/json/2/res.partner/search_read", Answer::Stall);
    let child = home.agent(["search-read", "res.partner", "--fields", "name", "--timeout", "20s"]).spawn();
    server.wait_for(1);
    let line = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let outcome = Outcome::of(child.wait_with_output().unwrap(), "interrupted".into());
    clean("the command line", &String::from_utf8_lossy(&line), &[AGENT, APPROVER]);
    clean("an interrupted run", &outcome.stderr, &[AGENT, APPROVER]);
}
