//! Where settings come from, and where a key may go: selection, layers, unsafe files, addresses, the wrappers.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::run::{Agent, BINARY, put_program};
use crate::support::{Answer, Home, KEY, Outcome, Server};

const SEARCH: &str = "/json/2/res.partner/search_read";
const LINE: [&str; 4] = ["search-read", "res.partner", "--fields", "name"];
const OTHER_KEY: &str = "0ddba11cafe00ddba11cafe00ddba11cafe05678";

fn serving() -> Server {
    let server = Server::start();
    server.on(SEARCH, Answer::json("[]"));
    server
}

/// Who asked, of which database: the two headers that a profile decides.
#[track_caller]
fn asked(server: &Server) -> (String, String) {
    let request = server.only(SEARCH);
    server.forget();
    let header = |name: &str| request.header(name).unwrap().to_string();
    (header("authorization"), header("x-odoo-database"))
}

#[track_caller]
fn asked_as(server: &Server, key: &str, database: &str) {
    assert_eq!(asked(server), (format!("Bearer {key}"), database.to_string()));
}

fn lines(values: &[(&str, &str)]) -> String {
    values.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// The refusal shows no key.
#[track_caller]
fn keyless(outcome: Outcome) -> Outcome {
    for key in [KEY, OTHER_KEY] {
        assert!(!outcome.stderr.contains(key), "{}", outcome.stderr);
    }
    assert_eq!(outcome.effect(), "not_sent");
    outcome
}

#[test]
fn the_flag_names_the_profile_then_the_environment_then_there_is_only_one() {
    let server = serving();
    let home = Home::new();
    let profile = |name: &str, database: &str| {
        home.profile(name, &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", database), ("ODOO_API_KEY", KEY)]);
    };
    profile("one", "first");
    home.run(LINE).ok();
    asked_as(&server, KEY, "first");
    profile("two", "second");
    home.run(LINE).fails(3, "config_missing").says(&["one, two", "ODOO_BASE_URL, ODOO_DB, ODOO_API_KEY"]);
    home.agent(LINE).env("ODOO_PROFILE", "two").run().ok();
    asked_as(&server, KEY, "second");
    home.agent(LINE).env("ODOO_PROFILE", "two").args(["--profile", "one"]).run().ok();
    asked_as(&server, KEY, "first");
    let file = home.file(
        "third.env",
        lines(&[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "third"), ("ODOO_API_KEY", KEY)]),
    );
    home.agent(LINE).env("ODOO_PROFILE", "two").args(["--env-file", &file]).run().ok();
    asked_as(&server, KEY, "third");
}

#[test]
fn a_command_that_is_advised_before_a_profile_is_read_works_in_the_one_that_was_named() {
    let home = Home::new();
    for (given, advised) in [
        (&["--profile", "erp"][..], "odoo-agent --profile erp lookup product.product Desk"),
        (&["--profile=erp"], "odoo-agent --profile erp lookup product.product Desk"),
        (&["--env-file", "a b.env"], "odoo-agent --env-file 'a b.env' lookup product.product Desk"),
        (&[], "odoo-agent lookup product.product Desk"),
    ] {
        let line = given.iter().chain(&["lookup", "product", "Desk"]);
        let outcome = home.run(line).fails(2, "usage");
        assert!(
            outcome.hints().contains(&format!("did you mean product.product? {advised}")),
            "{}",
            outcome.hints()
        );
    }
}

#[test]
fn a_complete_environment_needs_no_profile_and_reads_none() {
    let server = serving();
    let home = Home::new();
    home.profile_text("broken", "this is no profile", 0o666);
    let complete = |agent: Agent| {
        agent.env("ODOO_BASE_URL", server.url()).env("ODOO_DB", "from_env").env("ODOO_API_KEY", KEY)
    };
    complete(home.agent(LINE)).run().ok();
    asked_as(&server, KEY, "from_env");
    // Named, the profile counts.
    keyless(complete(home.agent(LINE)).args(["--profile", "broken"]).run().fails(3, "config_unsafe"));
    // Two values of three are not complete, and an empty one is none.
    complete(home.agent(LINE)).env("ODOO_DB", "").run().fails(3, "config_unsafe");
    assert!(server.requests().is_empty());
}

#[test]
fn with_nothing_to_go_by_it_says_what_it_looked_for() {
    let home = Home::new();
    let config = home.config();
    let config = config.to_str().unwrap();
    let outcome =
        home.run(LINE).fails(3, "config_missing").says(&["ODOO_BASE_URL, ODOO_DB, ODOO_API_KEY", config]);
    assert!(outcome.hints().contains("--profile sandbox"), "{}", outcome.stderr);
    let outcome = home.agent(LINE).env("ODOO_DB", "lab").run().fails(3, "config_missing");
    assert!(
        outcome.message().contains("ODOO_BASE_URL, ODOO_API_KEY in the environment"),
        "{}",
        outcome.stderr
    );
    let outcome = home.agent(LINE).args(["--profile", "local"]).run().fails(3, "config_missing");
    assert!(outcome.message().contains(&format!("{config}/odoo_local.env")), "{}", outcome.stderr);
    home.profile("local", &[("ODOO_DB", "lab")]);
    let outcome = home.agent(LINE).args(["--profile", "locla"]).run().fails(3, "config_missing");
    assert!(outcome.hints().contains("did you mean --profile local?"), "{}", outcome.stderr);
    let absent = home.beside("absent.env");
    let outcome = home.agent(LINE).arg("--env-file").arg(&absent).run().fails(3, "config_missing");
    assert!(outcome.message().contains(absent.to_str().unwrap()), "{}", outcome.stderr);
}

#[test]
fn a_value_that_is_missing_is_named() {
    let complete = [("ODOO_BASE_URL", "http://127.0.0.1:1"), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)];
    for missing in ["ODOO_BASE_URL", "ODOO_DB", "ODOO_API_KEY"] {
        let home = Home::new();
        let some: Vec<(&str, &str)> = complete.into_iter().filter(|(name, _)| *name != missing).collect();
        home.profile("lab", &some);
        keyless(home.run(LINE).fails(3, "config_missing").says(&["lab", missing]));
        let empty: Vec<(&str, &str)> = complete
            .iter()
            .map(|(name, value)| (*name, if *name == missing { "" } else { *value }))
            .collect();
        home.profile("lab", &empty);
        home.run(LINE).fails(3, "config_missing").says(&[missing]);
    }
    let home = Home::new();
    home.profile("lab", &[("ODOO_BASE_URL", "http://127.0.0.1:1"), ("ODOO_DB", "lab"), ("ODOO_APIKEY", KEY)]);
    let outcome = keyless(home.run(LINE).fails(3, "config_missing"));
    assert!(outcome.hints().contains("ODOO_APIKEY") && outcome.hints().contains("ODOO_API_KEY"));
}

#[test]
fn a_profile_name_is_a_name_and_no_path() {
    let home = Home::new();
    fs::write(home.beside("odoo_x.env"), "").unwrap();
    for name in ["../x", "a/b", "", ".", "a.b", "a b", "/etc/passwd", "x\n"] {
        home.agent(LINE).args(["--profile", name]).run().fails(2, "usage");
    }
    home.agent(LINE).env("ODOO_PROFILE", "../x").run().fails(2, "usage");
}

#[test]
fn the_environment_wins_value_by_value() {
    let server = serving();
    let home = Home::new();
    home.lab(&server, &[("ODOO_LANG", "de_DE")]);
    home.agent(LINE).env("ODOO_DB", "other").run().ok();
    asked_as(&server, KEY, "other");
    home.agent(LINE).env("ODOO_API_KEY", OTHER_KEY).run().ok();
    asked_as(&server, OTHER_KEY, "lab");
    home.agent(LINE).env("ODOO_LANG", "pl_PL").env("ODOO_TZ", "").run().ok();
    let context = server.only(SEARCH).context();
    assert_eq!(
        (&context["lang"], &context["tz"]),
        (&"pl_PL".into(), &"UTC".into()),
        "an empty variable is unset"
    );
}

#[test]
fn a_file_that_others_can_open_is_unsafe_and_never_used() {
    let server = serving();
    let text = lines(&[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    for mode in [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o660, 0o777] {
        let home = Home::new();
        home.profile_text("lab", &text, mode);
        let outcome = keyless(home.run(LINE).fails(3, "config_unsafe").says(&["odoo_lab.env"]));
        assert!(outcome.hints().contains("chmod 600"), "{}", outcome.stderr);
        let file = home.file("own.env", &text);
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        keyless(home.agent(LINE).args(["--env-file", &file]).run().fails(3, "config_unsafe"));
    }
    assert_eq!(server.connections(), 0);
    for mode in [0o600, 0o400, 0o700] {
        let home = Home::new();
        home.profile_text("lab", &text, mode);
        home.run(LINE).ok();
        asked_as(&server, KEY, "lab");
    }
}

#[test]
fn a_file_of_somebody_else_is_unsafe() {
    let home = Home::new();
    let path = if rustix::process::geteuid().is_root() {
        let file = home.file("theirs.env", lines(&[("ODOO_API_KEY", KEY)]));
        std::os::unix::fs::chown(&file, Some(12_345), None).unwrap();
        file
    } else {
        "/etc/passwd".to_string()
    };
    keyless(
        home.agent(LINE).args(["--env-file", &path]).run().fails(3, "config_unsafe").says(&["another user"]),
    );
}

#[test]
fn what_is_not_a_readable_profile_is_invalid() {
    let home = Home::new();
    let fifo = home.beside("fifo.env");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let directory = home.beside("directory.env");
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
    let large = home.file("large.env", format!("# {}\n", "x".repeat(70_000)));
    let latin = home.file("latin.env", b"ODOO_DB=caf\xe9\n");
    let nul = home.file("nul.env", format!("ODOO_API_KEY={KEY}\0\n"));
    let broken = home.file("broken.env", format!("ODOO_DB=lab\n\n{KEY}\n"));
    let twice = home.file("twice.env", format!("ODOO_API_KEY={KEY}\nODOO_API_KEY={OTHER_KEY}\n"));
    for (path, says) in [
        (fifo.to_str().unwrap(), "not a regular file"),
        (directory.to_str().unwrap(), "not a regular file"),
        (&large, "larger"),
        (&latin, "UTF-8"),
        (&nul, "line 1"),
        (&broken, "line 3"),
        (&twice, "line 2"),
    ] {
        keyless(
            home.agent(LINE).args(["--env-file", path]).run().fails(3, "config_invalid").says(&[path, says]),
        );
    }
}

#[test]
fn a_linked_file_is_followed_in_the_config_directory_only() {
    let server = serving();
    let home = Home::new();
    let text = lines(&[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    let file = home.file("dotfiles.env", &text);
    symlink(&file, home.config().join("odoo_linked.env")).unwrap();
    home.agent(LINE).args(["--profile", "linked"]).run().ok();
    asked_as(&server, KEY, "lab");
    let link = home.beside("link.env");
    symlink(&file, &link).unwrap();
    let outcome = home.agent(LINE).arg("--env-file").arg(&link).run();
    keyless(outcome.fails(3, "config_unsafe").says(&["symbolic link"]));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    keyless(home.agent(LINE).args(["--profile", "linked"]).run().fails(3, "config_unsafe"));
    assert!(server.requests().is_empty());
}

#[test]
fn a_key_goes_only_to_the_host_it_was_configured_with() {
    let (here, there) = (serving(), serving());
    let url = |name: &str| match name {
        "here" => Some(here.url().to_string()),
        "here/" => Some(format!("{}/", here.url())),
        "there" => Some(there.url().to_string()),
        _ => None,
    };
    // Address and key in the environment, address and key in the file, what a profile and what a file named on
    // the command line may do: the server that is asked and the key that it gets.
    let refused = None;
    for (env_url, env_key, file_url, file_key, by_profile, by_env_file) in [
        ("", false, "here", true, Some((&here, KEY)), Some((&here, KEY))),
        ("here", true, "there", true, Some((&here, OTHER_KEY)), Some((&here, OTHER_KEY))),
        ("here", true, "there", false, Some((&here, OTHER_KEY)), Some((&here, OTHER_KEY))),
        ("here", true, "", true, Some((&here, OTHER_KEY)), Some((&here, OTHER_KEY))),
        // The address of the environment and the key of the file: only when the file names the same server.
        ("there", false, "here", true, refused, refused),
        ("here", false, "here", true, Some((&here, KEY)), Some((&here, KEY))),
        ("here", false, "here/", true, Some((&here, KEY)), Some((&here, KEY))),
        ("here", false, "", true, refused, refused),
        // A bare key of the environment goes where a profile of the config directory points, and no further.
        ("", true, "here", false, Some((&here, OTHER_KEY)), refused),
        ("", true, "here", true, Some((&here, OTHER_KEY)), refused),
    ] {
        let case = format!("environment: {env_url:?} key {env_key}, file: {file_url:?} key {file_key}");
        let mut text = String::from("ODOO_DB=lab\n");
        if let Some(url) = url(file_url) {
            text += &format!("ODOO_BASE_URL={url}\n");
        }
        if file_key {
            text += &format!("ODOO_API_KEY={KEY}\n");
        }
        for (form, must) in [("--profile", by_profile), ("--env-file", by_env_file)] {
            let home = Home::new();
            home.profile_text("lab", &text, 0o600);
            let file = home.file("own.env", &text);
            let mut agent = home.agent(LINE).arg(form).arg(if form == "--profile" { "lab" } else { &file });
            if let Some(url) = url(env_url) {
                agent = agent.env("ODOO_BASE_URL", url);
            }
            if env_key {
                agent = agent.env("ODOO_API_KEY", OTHER_KEY);
            }
            let outcome = agent.run();
            match must {
                Some((server, key)) => {
                    assert_eq!(outcome.exit, 0, "{form}, {case}: {}", outcome.stderr);
                    asked_as(server, key, "lab");
                }
                None => {
                    assert_eq!(
                        (outcome.exit, outcome.code().as_str()),
                        (3, "config_unsafe"),
                        "{form}, {case}"
                    );
                    keyless(outcome);
                }
            }
            assert!(
                here.requests_to(SEARCH).is_empty() && there.requests_to(SEARCH).is_empty(),
                "{form}, {case}"
            );
            here.forget();
            there.forget();
        }
    }
}

#[test]
fn a_file_named_on_the_command_line_cannot_send_the_environments_key_elsewhere() {
    let (home_server, elsewhere) = (serving(), serving());
    let home = Home::new();
    let file = home.file("evil.env", lines(&[("ODOO_BASE_URL", elsewhere.url())]));
    for key_home in [None, Some(home_server.url())] {
        let mut agent =
            home.agent(LINE).env("ODOO_API_KEY", KEY).env("ODOO_DB", "lab").args(["--env-file", &file]);
        if let Some(url) = key_home {
            agent = agent.env("ODOO_BASE_URL", url);
        }
        let outcome = agent.run();
        assert_eq!(outcome.exit, if key_home.is_some() { 0 } else { 3 }, "{}", outcome.stderr);
        assert_eq!(elsewhere.connections(), 0);
    }
}

#[test]
fn plain_http_stays_on_this_machine_unless_allowed() {
    let server = serving();
    // Every address of this machine, and not loopback: what another machine is to the rule.
    let outside = format!("http://0.0.0.0:{}", server.port());
    let with = |url: &str, allow: Option<&str>| {
        let home = Home::new();
        let mut values = vec![("ODOO_BASE_URL", url), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)];
        values.extend(allow.map(|allow| ("ODOO_ALLOW_HTTP", allow)));
        home.profile("lab", &values);
        home.run(LINE)
    };
    for allow in [None, Some("0"), Some("true"), Some("yes"), Some("11")] {
        let outcome = keyless(with(&outside, allow).fails(3, "config_unsafe"));
        assert!(outcome.hints().contains("https"), "{}", outcome.stderr);
    }
    for url in [
        "http://erp.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "http://[fe80::1]",
    ] {
        keyless(with(url, None).fails(3, "config_unsafe"));
    }
    assert_eq!(server.connections(), 0);
    with(&outside, Some("1")).ok();
    asked_as(&server, KEY, "lab");
    for host in ["localhost", "127.0.0.1", "LocalHost"] {
        with(&format!("http://{host}:{}", server.port()), None).ok();
        asked_as(&server, KEY, "lab");
    }
}

#[test]
fn the_environment_permits_nothing_and_can_take_a_permission_back() {
    let server = serving();
    let outside = format!("http://0.0.0.0:{}", server.port());
    let complete = [("ODOO_BASE_URL", outside.as_str()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)];
    let allowed = [&complete[..], &[("ODOO_ALLOW_HTTP", "1")]].concat();
    let run = |values: &[(&str, &str)], exported: &[(&str, &str)]| {
        let home = Home::new();
        home.profile("lab", values);
        exported.iter().fold(home.agent(LINE), |agent, (name, value)| agent.env(name, value)).run()
    };
    let outcome = keyless(run(&complete, &[("ODOO_ALLOW_HTTP", "1")]).fails(3, "config_unsafe"));
    assert!(outcome.hints().contains("ODOO_ALLOW_HTTP=1 in the profile file"), "{}", outcome.stderr);
    // Nor with everything else from there, where no file is read at all.
    let home = Home::new();
    let exported = |agent: crate::support::run::Agent| {
        allowed.iter().fold(agent, |agent, (name, value)| agent.env(name, value))
    };
    keyless(exported(home.agent(LINE)).run().fails(3, "config_unsafe"));
    assert_eq!(server.connections(), 0);
    // A file permits it to the address that it names, and not to one that the environment puts in its place.
    let elsewhere =
        [("ODOO_BASE_URL", "http://erp.example.com"), ("ODOO_DB", "lab"), ("ODOO_ALLOW_HTTP", "1")];
    keyless(run(&elsewhere, &[complete[0], complete[2]]).fails(3, "config_unsafe"));
    keyless(run(&allowed, &[("ODOO_ALLOW_HTTP", "0")]).fails(3, "config_unsafe"));
    assert_eq!(server.connections(), 0);
    run(&allowed, &[]).ok();
    run(&allowed, &[("ODOO_ALLOW_HTTP", "1")]).ok();
    run(&allowed, &complete[..1]).ok();
    let file = home.file("own.env", lines(&allowed));
    home.agent(LINE).args(["--env-file", &file]).run().ok();
    // A list: what the environment adds is not heard, what it leaves out is.
    let keys = |exported: Option<&str>, key: &str| {
        let home = Home::new();
        home.profile(
            "lab",
            &[&allowed[..], &[("ODOO_ALLOW_CONTEXT", "tracking_disable,mail_notrack")]].concat(),
        );
        let context = format!(r#"{{"{key}": true}}"#);
        let agent = home.agent(LINE).args(["--context-json", &context]);
        exported.into_iter().fold(agent, |agent, exported| agent.env("ODOO_ALLOW_CONTEXT", exported)).run()
    };
    keys(None, "tracking_disable").ok();
    keys(Some("tracking_disable"), "tracking_disable").ok();
    keys(Some("tracking_disable"), "mail_notrack").fails(2, "preflight_refused");
    let added = keys(Some("tracking_disable,install_mode"), "install_mode");
    assert!(
        added
            .notes()
            .iter()
            .any(|note| note.contains("ODOO_ALLOW_CONTEXT, which counts from a profile file only"))
    );
    added.fails(2, "preflight_refused");
}

#[test]
fn a_configuration_directory_that_others_can_change_is_not_believed() {
    let server = serving();
    for (mode, is_right) in [(0o700, true), (0o755, true), (0o750, true), (0o777, false), (0o757, false)] {
        let home = Home::new();
        home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
        std::fs::set_permissions(home.config(), std::fs::Permissions::from_mode(mode)).unwrap();
        let outcome = home.run(LINE);
        match is_right {
            true => drop(outcome.ok()),
            false => assert!(keyless(outcome.fails(3, "config_unsafe")).hints().contains("chmod 700")),
        }
    }
}

#[test]
fn a_relative_home_is_refused_and_leaves_nothing_where_the_run_began() {
    let home = Home::new();
    let outcome = home.agent(LINE).without_env("ODOO_AGENT_HOME").env("HOME", "here").run();
    assert!(keyless(outcome.fails(3, "config_invalid")).message().contains("HOME must be an absolute path"));
    assert!(!home.beside("here").exists());
}

#[test]
fn a_base_url_is_normalised_or_refused() {
    let server = serving();
    let at = format!("127.0.0.1:{}", server.port());
    server.on(&format!("/behind/proxy{SEARCH}"), Answer::json("[]"));
    let run = |url: &str| {
        let home = Home::new();
        home.profile("lab", &[("ODOO_BASE_URL", url), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
        home.run(LINE)
    };
    for (url, prefix) in [
        (format!("http://{at}"), ""),
        (format!("http://{at}/"), ""),
        (format!("http://{at}///"), ""),
        (format!("HTTP://{at}"), ""),
        (format!("http://{at}/behind/proxy"), "/behind/proxy"),
        (format!("http://{at}/behind/proxy/"), "/behind/proxy"),
    ] {
        server.on(&format!("{prefix}/json/2/res.users/context_get"), Answer::json("{}"));
        run(&url).ok();
        assert_eq!(server.requests_to(&format!("{prefix}{SEARCH}")).len(), 1, "{url}");
        server.forget();
    }
    for (url, says) in [
        (at.clone(), "no scheme"),
        (format!("ftp://{at}"), "https://"),
        (format!("file://{at}"), "https://"),
        (format!("http://admin:hunter2@{at}"), "user information"),
        (format!("http://hunter2@{at}"), "user information"),
        (format!("http://{at}?db=hunter2"), "query"),
        (format!("http://{at}#hunter2"), "fragment"),
        (format!("http://{at}/web"), "/web"),
        (format!("http://{at}/odoo/contacts"), "/odoo"),
        (format!("http://{at}/json/2"), "/json/2"),
        ("http://127.0.0.1:99999".into(), "port"),
        ("http://127.0.0.1:x".into(), ""),
        ("http://".into(), ""),
        ("http:///x".into(), ""),
        ("https://a b".into(), ""),
    ] {
        let outcome = keyless(run(&url).fails(3, "config_invalid").says(&["ODOO_BASE_URL", says]));
        assert!(!outcome.stderr.contains("hunter2"), "{}", outcome.stderr);
    }
    let outcome = run(&format!("http://{at}/web")).fails(3, "config_invalid");
    assert!(outcome.hints().contains(&format!("use http://{at}")), "{}", outcome.stderr);
    assert!(server.requests().is_empty());
}

#[test]
fn a_key_arrives_as_it_is_written() {
    let server = serving();
    for (written, must) in [
        ("$HOME-${PATH}-$1", "$HOME-${PATH}-$1"),
        ("a#b #c", "a#b #c"),
        ("a b  c", "a b  c"),
        ("a\\nb\\", "a\\nb\\"),
        ("`id`$(id)", "`id`$(id)"),
        ("a=b==", "a=b=="),
        ("it's", "it's"),
        ("a\"b", "a\"b"),
        ("%41&;|<>!*?[]{}~^", "%41&;|<>!*?[]{}~^"),
        ("'single $HOME'", "single $HOME"),
        ("\"double #x\"", "double #x"),
        ("'a'b'", "'a'b'"),
        ("  padded\t", "padded"),
    ] {
        let home = Home::new();
        home.profile(
            "lab",
            &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "$HOME#db"), ("ODOO_API_KEY", written)],
        );
        home.agent(LINE).env("HOME", "/expanded").run().ok();
        asked_as(&server, must, "$HOME#db");
    }
    let home = Home::new();
    home.profile_text(
        "lab",
        &format!(
            "\u{feff}# a comment\r\n\r\nexport ODOO_BASE_URL = {}\r\n  ODOO_DB=lab\r\nODOO_API_KEY={KEY}\r\n",
            server.url()
        ),
        0o600,
    );
    home.run(LINE).ok();
    asked_as(&server, KEY, "lab");
    // In the environment nothing is taken off: the shell has done that.
    home.agent(LINE).env("ODOO_API_KEY", "'quoted $HOME'").run().ok();
    asked_as(&server, "'quoted $HOME'", "lab");
}

#[test]
fn a_key_that_no_header_can_carry_is_refused_without_showing_it() {
    let home = Home::new();
    for key in ["schlüssel", "tab\tinside", "zero\u{200b}width"] {
        let outcome = home
            .agent(LINE)
            .env("ODOO_BASE_URL", "http://127.0.0.1:1")
            .env("ODOO_DB", "lab")
            .env("ODOO_API_KEY", key)
            .run()
            .fails(3, "config_invalid")
            .says(&["ODOO_API_KEY"]);
        assert!(!outcome.stderr.contains(key), "{}", outcome.stderr);
    }
    for database in ["a\nb", "a\rX-Evil: 1"] {
        home.agent(LINE)
            .env("ODOO_BASE_URL", "http://127.0.0.1:1")
            .env("ODOO_DB", database)
            .env("ODOO_API_KEY", KEY)
            .run()
            .fails(3, "config_invalid")
            .says(&["ODOO_DB"]);
    }
}

#[test]
fn values_of_the_wrong_form_are_named_with_where_they_stand() {
    for (name, bad) in [
        ("ODOO_TIMEOUT", "soon"),
        ("ODOO_TIMEOUT", "0"),
        ("ODOO_TIMEOUT", "2h"),
        ("ODOO_SCHEMA_TTL", "-1"),
        ("ODOO_LOOKUP_TTL", "a while"),
        ("ODOO_COMPANY_IDS", "main"),
    ] {
        let home = Home::new();
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", "http://127.0.0.1:1"),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", KEY),
                (name, bad),
            ],
        );
        keyless(home.run(LINE).fails(3, "config_invalid").says(&[name, "odoo_lab.env"]));
        home.profile(
            "lab",
            &[("ODOO_BASE_URL", "http://127.0.0.1:1"), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)],
        );
        keyless(
            home.agent(LINE).env(name, bad).run().fails(3, "config_invalid").says(&[name, "the environment"]),
        );
    }
}

#[test]
fn a_time_out_comes_from_the_flag_the_environment_or_the_profile() {
    let server = Server::start();
    server.on(SEARCH, Answer::Stall);
    let home = Home::new();
    home.lab(&server, &[("ODOO_TIMEOUT", "410ms")]);
    home.run(LINE).fails(10, "unreachable").says(&["410ms"]);
    home.agent(LINE).env("ODOO_TIMEOUT", "420ms").run().fails(10, "unreachable").says(&["420ms"]);
    let outcome = home.agent(LINE).env("ODOO_TIMEOUT", "420ms").args(["--timeout", "430ms"]).run();
    outcome.fails(10, "unreachable").says(&["430ms"]);
}

#[test]
fn a_private_authority_must_be_there_and_be_one() {
    let home = Home::new();
    let not_pem = home.file("authority.pem", "no certificate");
    for path in ["/nowhere/authority.pem", not_pem.as_str()] {
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", "https://127.0.0.1:1"),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", KEY),
                ("ODOO_CA_FILE", path),
            ],
        );
        keyless(home.run(LINE).fails(3, "config_invalid").says(&["ODOO_CA_FILE", path]));
    }
}

#[test]
fn a_second_profile_is_refused_wherever_it_stands() {
    let server = serving();
    let home = Home::new();
    for name in ["a", "b"] {
        home.profile(name, &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", name), ("ODOO_API_KEY", KEY)]);
    }
    let file = home.file("own.env", "");
    for first in [&["--profile", "a"][..], &["--profile=a"], &["--env-file", &file]] {
        for second in [
            &["--profile", "b"][..],
            &["--profile=b"],
            &["--env-file", &file],
            &["--profile", "a"],
            &["--profile"],
            &["--profile="],
        ] {
            for line in [
                [first, second, &LINE[..]].concat(),
                [first, &LINE[..], second].concat(),
                [first, &LINE[..1], second, &LINE[1..]].concat(),
            ] {
                let outcome = home.run(&line).fails(2, "usage");
                assert_eq!(outcome.effect(), "not_sent", "{line:?}");
            }
        }
        for abbreviated in ["--prof=b", "--env=x", "--env-f=x", "-p"] {
            home.agent(first).args(LINE).arg(abbreviated).run().fails(2, "usage");
        }
    }
    assert_eq!(server.connections(), 0);
    let path = "/json/2/project.task/search_read";
    server.on(path, Answer::json("[]"));
    home.run(["--profile", "a", "lookup", "task", "--", "--profile"]).ok();
    assert_eq!(server.requests_to(path)[0].json()["domain"][0][2], "--profile");
}

/// The wrappers beside the binary, as they are installed.
fn installed(home: &Home) -> std::path::PathBuf {
    let directory = home.beside("bin");
    fs::create_dir(&directory).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    for name in ["odoo_local.sh", "odoo_erp.sh", "pinned.sh"] {
        put_program(&directory.join(name), &fs::read_to_string(source.join(name)).unwrap());
    }
    symlink(BINARY, directory.join("odoo-agent")).unwrap();
    directory
}

#[test]
fn a_wrapper_without_the_program_says_how_to_get_it() {
    let home = Home::new();
    let bin = installed(&home);
    fs::remove_file(bin.join("odoo-agent")).unwrap();
    for name in ["odoo_local.sh", "odoo_erp.sh"] {
        let mut command = Command::new(bin.join(name));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path()).args(LINE);
        let outcome = Outcome::of(command.output().unwrap(), name.to_string()).fails(3, "config_missing");
        assert!(outcome.hints().contains("cargo install --path . --locked"), "{}", outcome.stderr);
        assert_eq!((outcome.effect(), outcome.stdout.as_str()), ("not_sent".into(), ""));
    }
}

#[test]
fn a_wrapper_without_what_it_is_made_of_says_so() {
    let home = Home::new();
    let bin = installed(&home);
    fs::remove_file(bin.join("pinned.sh")).unwrap();
    for name in ["odoo_local.sh", "odoo_erp.sh"] {
        let mut command = Command::new(bin.join(name));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path()).args(LINE);
        let outcome = Outcome::of(command.output().unwrap(), name.to_string()).fails(3, "config_missing");
        assert!(outcome.message().contains("pinned.sh"), "{}", outcome.stderr);
        assert_eq!((outcome.effect(), outcome.stdout.as_str()), ("not_sent".into(), ""));
    }
}

#[test]
fn the_help_behind_a_wrapper_names_the_wrapper() {
    let home = Home::new();
    let wrapper = installed(&home).join("odoo_local.sh");
    let told = |words: &[&str]| {
        let mut command = Command::new(&wrapper);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path()).args(words);
        Outcome::of(command.output().unwrap(), words.join(" "))
    };
    let name = wrapper.display().to_string();
    for words in [&["--help"][..], &["read", "--help"], &["help", "read"], &["lookup", "--help"]] {
        let help = told(words).ok().stdout;
        assert!(help.contains(&format!("Usage: {name}")), "{help}");
        let own = help.lines().filter(|line| line.trim_start().starts_with("odoo-agent "));
        assert_eq!(own.filter(|line| !line.contains("approve")).count(), 0, "{help}");
    }
    let wrong = told(&["serch-read", "res.partner"]).fails(2, "usage");
    assert!(!wrong.hints().contains("odoo-agent "), "{}", wrong.hints());
}

#[test]
fn a_wrapper_works_in_its_own_profile_from_anywhere() {
    let (local, erp) = (serving(), serving());
    let home = Home::new();
    home.profile("local", &[("ODOO_BASE_URL", local.url()), ("ODOO_DB", "local"), ("ODOO_API_KEY", KEY)]);
    home.profile("erp", &[("ODOO_BASE_URL", erp.url()), ("ODOO_DB", "erp"), ("ODOO_API_KEY", OTHER_KEY)]);
    let bin = installed(&home);
    let link = home.beside("a link to it.sh");
    symlink(bin.join("odoo_local.sh"), &link).unwrap();
    let run = |program: &Path, more: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path()).current_dir("/");
        command.envs(environment.iter().copied()).args(LINE).args(more);
        Outcome::of(command.output().unwrap(), program.display().to_string())
    };
    for program in [&bin.join("odoo_local.sh"), &link] {
        run(program, &[], &[]).ok();
        asked_as(&local, KEY, "local");
    }
    run(&bin.join("odoo_erp.sh"), &[], &[]).ok();
    asked_as(&erp, OTHER_KEY, "erp");
    // What the shell has exported for another server stays out.
    let exported = [
        ("ODOO_BASE_URL", erp.url()),
        ("ODOO_DB", "erp"),
        ("ODOO_API_KEY", OTHER_KEY),
        ("ODOO_PROFILE", "erp"),
    ];
    run(&link, &[], &exported).ok();
    asked_as(&local, KEY, "local");
    // Nor does any other variable of the program's reach it: each of these would change the call or fail it.
    for (name, value) in [
        ("ODOO_AGENT_CHANNEL", "other"),
        ("ODOO_LANG", "fr_BE"),
        ("ODOO_TZ", "Asia/Tokyo"),
        ("ODOO_TIMEOUT", "nonsense"),
        ("ODOO_CA_FILE", "/nowhere"),
        ("ODOO_COMPANY_IDS", "nonsense"),
        ("ODOO_SCHEMA_TTL", "nonsense"),
        ("ODOO_CONFIRMATION_TOKEN", "a token\nODOO_TZ=Asia/Tokyo"),
        ("ODOO_APPROVER_API_KEY", OTHER_KEY),
        ("ODOO_TO_COME", "x"),
    ] {
        run(&link, &[], &[(name, value)]).ok();
        let context = local.requests_to(SEARCH).last().unwrap().context();
        let marks = serde_json::json!({ "agent_mode": true, "agent_channel": "cli" });
        assert_eq!(context, marks, "{name}");
        asked_as(&local, KEY, "local");
    }
    let approving = |program: &Path, environment: &[(&str, &str)]| {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path()).current_dir("/");
        command.envs(environment.iter().copied());
        command.args(["call", "res.partner", "message_post", "--ids", "1", "--confirm-outbound"]);
        Outcome::of(command.output().unwrap(), program.display().to_string())
    };
    let refusal = "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication";
    let refusal = Answer::odoo_error(422, "odoo.exceptions.UserError", refusal);
    local.on("/json/2/res.partner/message_post", refusal);
    approving(
        &link,
        &[("ODOO_APPROVER_API_KEY", OTHER_KEY), ("ODOO_CONFIRMATION_TOKEN", "t0ken-of-another")],
    )
    .fails(6, "confirmation_required");
    for request in local.requests() {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()), "{request:?}");
        assert!(!String::from_utf8_lossy(&request.body).contains("t0ken"), "{request:?}");
    }
    local.forget();
    erp.forget();
    let file = home.file(
        "erp.env",
        lines(&[("ODOO_BASE_URL", erp.url()), ("ODOO_DB", "erp"), ("ODOO_API_KEY", OTHER_KEY)]),
    );
    for more in
        [&["--profile", "erp"][..], &["--profile=erp"], &["--env-file", &file], &["--env-file", "/dev/null"]]
    {
        run(&link, more, &[]).fails(2, "usage");
    }
    assert!(erp.requests().is_empty());
    run(&bin.join("odoo_local.sh"), &[], &[("ODOO_LOCAL_ENV_FILE", &file)]).ok();
    asked_as(&erp, OTHER_KEY, "erp");
}

/// A home with one profile, and more records than a search of one shows.
fn with_hints() -> (Home, Server) {
    let server = Server::start();
    server.on(SEARCH, Answer::json("[{\"id\": 1, \"name\": \"A\"}]"));
    server.on("/json/2/res.partner/search_count", Answer::json("0"));
    let home = Home::new();
    home.profile("local", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "local"), ("ODOO_API_KEY", KEY)]);
    (home, server)
}

#[test]
fn what_a_wrapper_says_can_be_run_through_it() {
    let (home, server) = with_hints();
    let bin = installed(&home);
    let wrapper = bin.join("odoo_local.sh");
    let link = home.beside("a link to it.sh");
    symlink(&wrapper, &link).unwrap();
    let run = |program: &Path, more: &[&str], directory: &Path| {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path());
        // What was inherited says nothing.
        command.env("ODOO_AGENT_CALLED_AS", "/bin/sh").current_dir(directory);
        command.args(LINE).args(["--limit", "1"]).args(more);
        Outcome::of(command.output().unwrap(), program.display().to_string())
    };
    let whole = |begins: String| format!("{begins} search-read res.partner --fields name --all");
    for (program, directory, named) in [
        (&*wrapper, Path::new("/"), wrapper.display().to_string()),
        (&link, Path::new("/"), format!("'{}'", link.display())),
        (Path::new("./odoo_local.sh"), &bin, wrapper.display().to_string()),
    ] {
        let outcome = run(program, &[], directory).ok();
        let command = whole(named);
        assert!(outcome.stderr.contains(&command), "{command}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("/bin/sh"), "{}", outcome.stderr);
        // It does run.
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &command]).env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        shell.env("ODOO_AGENT_HOME", home.path());
        Outcome::of(shell.output().unwrap(), command).ok();
    }
    server.forget();
    for (second, left_out) in [
        (&["--profile", "local"][..], "--profile"),
        (&["--profile=erp"], "--profile"),
        (&["--env-file", "/dev/null"], "--env-file"),
        // Where clap alone would have other words for it.
        (&["--profile", "local", "--profile", "local"], "--profile"),
    ] {
        let outcome = run(&wrapper, second, Path::new("/")).fails(2, "usage");
        let says = format!("this wrapper works in profile local only: leave {left_out} out");
        assert_eq!(outcome.message(), says, "{second:?}");
    }
    let mut before = Command::new(&wrapper);
    before.args(["--profile", "local"]).args(LINE).env("ODOO_AGENT_HOME", home.path());
    let outcome = Outcome::of(before.output().unwrap(), "before the command".into()).fails(2, "usage");
    assert!(outcome.message().contains("this wrapper works in profile local only"), "{}", outcome.stderr);
    assert!(server.requests().is_empty());
}

#[test]
fn what_is_no_wrapper_is_not_named_and_nothing_is_run() {
    let (home, _server) = with_hints();
    let trap = home.beside("trap.sh");
    let sprung = home.beside("sprung");
    crate::support::run::write_with_mode(
        &trap,
        format!("#!/bin/sh\ntouch {}\n", sprung.display()).as_bytes(),
        0o755,
    );
    let names = |value: &Path| {
        let agent = home.agent(LINE).args(["--limit", "1"]).env("ODOO_AGENT_CALLED_AS", value);
        agent.run().ok().stderr
    };
    let said = names(&trap);
    assert!(said.contains(&format!("{} search-read", trap.display())), "{said}");
    let hostile = home.beside("x;$(touch sprung)\u{202e}.sh");
    fs::copy(&trap, &hostile).unwrap();
    for value in
        [&hostile, Path::new("trap.sh"), &home.beside("absent.sh"), &home.beside(""), Path::new("/bin/\nsh")]
    {
        let said = names(value);
        assert!(said.contains("odoo-agent --profile local search-read"), "{value:?}: {said}");
    }
    assert!(!sprung.exists());
}

#[test]
fn the_home_moves_everything_together() {
    let server = serving();
    let home = Home::new();
    home.agent(LINE)
        .env("ODOO_AGENT_HOME", "relative/home")
        .run()
        .fails(3, "config_invalid")
        .says(&["ODOO_AGENT_HOME"]);
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    home.run(LINE).ok();
    let profile = home.config().join("odoo_lab.env");
    let outside: Vec<_> = home
        .files()
        .into_iter()
        .filter(|path| {
            !path.starts_with(home.cache())
                && !path.starts_with(home.path().join("state"))
                && *path != profile
        })
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
    assert_eq!(home.entries("user").len(), 1, "the language that was learnt lies in the cache");
}

#[test]
fn without_it_the_platforms_directories_are_used() {
    let server = serving();
    let home = Home::new();
    let person = home.beside("person");
    let text = lines(&[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    let config = person.join(".config/odoo-agent");
    fs::create_dir_all(&config).unwrap();
    crate::support::run::write_with_mode(&config.join("odoo_lab.env"), text.as_bytes(), 0o600);
    home.agent(LINE).without_env("ODOO_AGENT_HOME").env("HOME", &person).run().ok();
    asked_as(&server, KEY, "lab");
    assert!(!crate::support::run::files_below(&person.join(".cache/odoo-agent")).is_empty());
}

#[test]
fn only_a_profile_of_the_config_directory_can_name_a_program() {
    let refusal =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    let (post, issue) =
        ("/json/2/res.partner/message_post", "/json/2/strictbase.agent.confirmation/issue_token");
    let line = ["call", "res.partner", "message_post", "--ids", "10", "--confirm-outbound"];
    let prepare = || {
        let server = Server::start();
        server.once(post, Answer::odoo_error(422, "odoo.exceptions.UserError", refusal));
        server.on(post, Answer::json("[7]"));
        server.on(issue, Answer::json("\"t0ken-of-the-approver\""));
        let home = Home::new();
        let ran = home.beside("ran");
        let command = format!("touch '{}'; echo {OTHER_KEY}", ran.display());
        let text = lines(&[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
        (server, home, ran, command, text)
    };
    // By the environment, which an agent can set.
    let (server, home, ran, command, text) = prepare();
    home.profile_text("lab", &text, 0o600);
    home.agent(line)
        .env("ODOO_APPROVER_KEY_COMMAND", &command)
        .env("PATH", "/usr/bin:/bin")
        .run()
        .fails(6, "confirmation_required");
    assert!(!ran.exists() && server.requests_to(issue).is_empty());
    // By a file named on the command line, which an agent can write.
    let (server, home, ran, command, text) = prepare();
    let file = home.file("own.env", format!("{text}ODOO_APPROVER_KEY_COMMAND={command}\n"));
    let outcome = home.agent(line).args(["--env-file", &file]).env("PATH", "/usr/bin:/bin").run();
    outcome.fails(6, "confirmation_required");
    assert!(!ran.exists() && server.requests_to(issue).is_empty());
    // By the person's own profile.
    let (server, home, ran, command, text) = prepare();
    home.profile_text("lab", &format!("{text}ODOO_APPROVER_KEY_COMMAND={command}\n"), 0o600);
    assert_eq!(home.agent(line).env("PATH", "/usr/bin:/bin").run().ok().stdout, "[7]\n");
    assert!(ran.exists());
    let asked = server.only(issue);
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {OTHER_KEY}").as_str()));
    assert_eq!(asked.json()["record_ids"], serde_json::json!([10]));
}

#[test]
fn the_approvers_key_goes_only_home_too() {
    let refusal =
        "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: reaches a client";
    let line = ["call", "res.partner", "message_post", "--ids", "10", "--confirm-outbound"];
    let server = Server::start();
    server.on(
        "/json/2/res.partner/message_post",
        Answer::odoo_error(422, "odoo.exceptions.UserError", refusal),
    );
    let home = Home::new();
    let text = lines(&[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    let file = home.file("own.env", text);
    let outcome = home.agent(line).args(["--env-file", &file]).env("ODOO_APPROVER_API_KEY", OTHER_KEY).run();
    assert_ne!(outcome.exit, 0);
    assert!(!outcome.stderr.contains(OTHER_KEY), "{}", outcome.stderr);
    let sent = server
        .requests()
        .into_iter()
        .filter(|request| request.header("authorization").unwrap().contains(OTHER_KEY));
    assert_eq!(sent.count(), 0, "the file on the command line chose where the environment's key goes");
}

#[test]
fn a_misspelt_name_in_the_environment_is_noted_and_stops_nothing() {
    let server = serving();
    let home = Home::new();
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    for (misspelt, meant) in
        [("ODOO_TIMEUOT", "ODOO_TIMEOUT"), ("ODOO_PROFLE", "ODOO_PROFILE"), ("ODDO_LANG", "ODOO_LANG")]
    {
        let outcome = home.agent(LINE).env(misspelt, "3").run().ok();
        let says = format!("the environment sets {misspelt}, which nothing reads: is {meant} meant?");
        assert!(outcome.stderr.contains(&says), "{}", outcome.stderr);
        assert_eq!(home.agent(LINE).arg("--quiet").env(misspelt, "3").run().ok().stderr, "");
        // Beside the right one it is somebody else's.
        let both = home.agent(LINE).env(misspelt, "3").env("ODOO_PROFILE", "lab");
        let both = both.env("ODOO_TIMEOUT", "5s").env("ODOO_LANG", "en_US").run().ok();
        assert!(!both.stderr.contains(misspelt), "{}", both.stderr);
    }
    let doctor = home.agent(["doctor"]).env("ODOO_TIMEUOT", "3").run();
    assert!(doctor.stdout.contains("if ODOO_TIMEOUT is meant, write that"), "{}", doctor.stdout);
    for name in ["ODOO_RC", "ODOO_HOME", "ODOO_PORT", "ODOO_VERSION", "ODOO_URL", "ODOO_LOCAL_ENV_FILE"] {
        assert_eq!(home.agent(LINE).env(name, "3").run().ok().stderr, "", "{name}");
    }
}

#[test]
fn a_misspelt_name_in_a_profile_is_refused_with_the_name_that_was_meant() {
    let (server, home) = (serving(), Home::new());
    let sound = [("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)];
    for (misspelt, meant) in [
        ("ODOO_TIMEUOT", "ODOO_TIMEOUT"),
        ("ODOO_COMPANY_ID", "ODOO_COMPANY_IDS"),
        ("ODOO_LAMG", "ODOO_LANG"),
        ("ODO_TZ", "ODOO_TZ"),
    ] {
        let text = lines(&[&sound[..], &[(misspelt, "5s")]].concat());
        home.profile_text("lab", &text, 0o600);
        let outcome = keyless(home.run(LINE).fails(3, "config_invalid").says(&[misspelt, meant]));
        assert!(outcome.hints().contains(meant), "{}", outcome.stderr);
        let file = home.file("a.env", &text);
        keyless(home.agent(["--env-file", &file]).args(LINE).run().fails(3, "config_invalid"));
        assert_eq!(server.connections(), 0, "{misspelt}");
    }
    // Beside the right one it is no slip: something else may read it.
    home.profile_text(
        "lab",
        &lines(&[&sound[..], &[("ODOO_TIMEUOT", "5s"), ("ODOO_TIMEOUT", "9s")]].concat()),
        0o600,
    );
    assert!(home.run(LINE).ok().notes().iter().any(|note| note.contains("ODOO_TIMEUOT")));
    // The needed ones were always looked for.
    home.profile_text("lab", &lines(&[sound[0], sound[1], ("ODOO_API_KYE", KEY)]), 0o600);
    let outcome = keyless(home.run(LINE).fails(3, "config_missing"));
    assert!(outcome.hints().contains("ODOO_API_KYE"), "{}", outcome.stderr);
    // The key being elsewhere does not hide it.
    let outcome = home.agent(LINE).env("ODOO_API_KEY", KEY).run();
    keyless(outcome.fails(3, "config_invalid").says(&["ODOO_API_KYE", "ODOO_API_KEY"]));
}

#[test]
fn a_name_that_nothing_reads_is_noted_and_no_other_tools() {
    let (server, home) = (serving(), Home::new());
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", server.url()),
            ("ODOO_DB", "lab"),
            ("ODOO_API_KEY", KEY),
            ("ODOO_MASTER_PASSWORD", OTHER_KEY),
            ("EDITOR", "vi"),
        ],
    );
    let outcome = home.run(LINE).ok();
    let notes = outcome.notes();
    let told: Vec<&String> = notes.iter().filter(|note| note.contains("nothing reads")).collect();
    assert_eq!(told.len(), 1, "{notes:?}");
    assert!(told[0].contains("ODOO_MASTER_PASSWORD") && !outcome.stderr.contains(OTHER_KEY), "{notes:?}");
    assert_eq!(home.agent(["--quiet"]).args(LINE).run().ok().stderr, "");
    let checks = home.run(["doctor"]).json();
    let found =
        checks["checks"].as_array().unwrap().iter().find(|check| check["check"] == "profile names").unwrap();
    assert_eq!(found["status"], "warn");
    assert!(found["message"].as_str().unwrap().contains("ODOO_MASTER_PASSWORD"));
}

#[test]
fn a_profile_that_is_not_there_is_made_from_the_file_of_its_kind() {
    let home = Home::new();
    for (name, from) in
        [("erp", "odoo_erp.env-dist"), ("local", "odoo_local.env-dist"), ("x", "odoo_local.env-dist")]
    {
        let hints = home.run(["--profile", name, "count", "res.partner"]).fails(3, "config_missing").hints();
        assert!(hints.contains(&format!("copy env-dist/{from} to ")), "{name}: {hints}");
        assert!(hints.contains(&format!("odoo_{name}.env with mode 0600")), "{name}: {hints}");
    }
}

#[test]
fn a_key_in_quotes_that_stay_is_told_so() {
    let base = [("ODOO_BASE_URL", "http://127.0.0.1:1"), ("ODOO_DB", "lab")];
    for held in
        ["\u{201c}{}\u{201d}", "\u{201e}{}\u{201c}", "\u{2018}{}\u{2019}", "\u{ab}{}\u{bb}", "{}\u{201d}"]
    {
        let (home, held) = (Home::new(), held.replace("{}", KEY));
        home.profile("lab", &[base[0], base[1], ("ODOO_API_KEY", &held)]);
        let outcome = home.run(LINE).fails(3, "config_invalid");
        assert!(outcome.hints().contains("leave the quotes out"), "{held}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains(KEY), "{held}");
    }
    // One pair of plain ones around the whole is taken off.
    let server = Server::start();
    server.on(&crate::support::json2("res.partner", "search_count"), Answer::json("1"));
    for held in [format!("\"{KEY}\""), format!("'{KEY}'"), format!("{KEY}  ")] {
        let home = Home::new();
        let own = [("ODOO_LANG", "en_US"), ("ODOO_TZ", "UTC"), ("ODOO_API_KEY", held.as_str())];
        home.profile("lab", &[("ODOO_BASE_URL", server.url()), base[1], own[0], own[1], own[2]]);
        home.run(["count", "res.partner"]).ok();
    }
}
