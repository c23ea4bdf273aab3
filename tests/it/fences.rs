//! What an agent can switch off, name, or reach from behind a wrapper; and that a key comes back in no writing.

use std::path::Path;
use std::process::Command;

use crate::support::run::{BINARY, put_program};
use crate::support::{Answer, Home, KEY, Outcome, Server, json2, lab};
use serde_json::json;

#[test]
fn a_wrapper_is_one_whatever_its_path_looks_like() {
    let (home, server) = lab();
    home.profile("lab", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    for path in ["/x#y/odoo_local.sh", "/a:b.sh", "odoo_local.sh", "/nowhere"] {
        for line in [&["cache", "list"][..], &["sandbox", "reset"], &["man", "/tmp"]] {
            let outcome = home.agent(line).env("ODOO_AGENT_CALLED_AS", path).run().fails(2, "usage");
            assert!(outcome.message().contains("beyond one profile"), "{path}: {}", outcome.message());
        }
    }
    home.run(["cache", "list"]).ok();
}

#[test]
fn keys_that_switch_checks_or_the_trail_off_need_the_profiles_leave() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "write"), Answer::json("true"));
    let write = |key: &str| {
        let context = json!({ key: true }).to_string();
        home.run(["write", "res.partner", "--ids", "1", "--vals-json", "{}", "--context-json", &context])
    };
    for key in [
        "skip_readonly_check",
        "sale_no_log_for_new_lines",
        "dynamic_unlink",
        "no_vat_validation",
        "my_force_post",
    ] {
        let refused = write(key).fails(2, "preflight_refused");
        assert_eq!(refused.effect(), "not_sent");
        assert!(refused.hints().contains(&format!("ODOO_ALLOW_CONTEXT={key}")), "{}", refused.stderr);
    }
    for key in
        ["skip_backorder", "active_test", "default_no_check", "mail_create_nosubscribe", "x_of_our_own"]
    {
        write(key).ok();
    }
    let text = std::fs::read_to_string(home.config().join("odoo_lab.env")).unwrap();
    home.profile_text("lab", &format!("{text}ODOO_ALLOW_CONTEXT=dynamic_unlink\n"), 0o600);
    write("dynamic_unlink").ok();
    write("skip_readonly_check").fails(2, "preflight_refused");
    // The environment permits nothing.
    let context = r#"{"skip_readonly_check": true}"#;
    home.agent(["write", "res.partner", "--ids", "1", "--vals-json", "{}", "--context-json", context])
        .env("ODOO_ALLOW_CONTEXT", "skip_readonly_check")
        .run()
        .fails(2, "preflight_refused");
}

#[test]
fn the_channel_is_the_owners_and_a_caller_adds_to_it() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_count"), Answer::json("1"));
    let count = |home: &Home, flags: &[&str]| home.agent(["count", "res.partner"]).args(flags).run();
    let said = || server.requests().last().unwrap().context()["agent_channel"].as_str().unwrap().to_string();
    count(&home, &["--agent-channel", "ci"]).ok();
    assert_eq!(said(), "ci");
    let text = std::fs::read_to_string(home.config().join("odoo_lab.env")).unwrap();
    home.profile_text("lab", &format!("{text}ODOO_AGENT_CHANNEL=owner\n"), 0o600);
    for (flags, must) in [(&[][..], "owner"), (&["--agent-channel", "ci"], "owner/ci")] {
        count(&home, flags).ok();
        assert_eq!(said(), must);
    }
    home.agent(["count", "res.partner"]).env("ODOO_AGENT_CHANNEL", "other").run().ok();
    assert_eq!(said(), "owner/other");
    for bad in ["a\nb", &"x".repeat(59), ""] {
        assert_eq!(count(&home, &["--agent-channel", bad]).exit, 2, "{bad:?}");
    }
}

#[test]
fn a_key_comes_back_in_no_writing() {
    let escaped: String = KEY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let html: String = KEY.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    for written in [KEY.to_string(), escaped, html] {
        let (home, server) = lab();
        let row = format!(r#"[{{"id": 1, "name": "{written}"}}]"#);
        server.on(&json2("res.partner", "search_read"), Answer::json(row));
        let outcome = home.run(["lookup", "partner", "x"]).ok();
        let name = outcome.json()["results"][0]["name"].to_string();
        assert!(name.contains("(redacted)"), "{}", outcome.stdout);
        for path in home.entries("lookup") {
            let text = std::fs::read_to_string(path).unwrap();
            assert!(!text.contains(&written) && !text.contains(KEY), "{text}");
        }
    }
    let home = Home::new();
    let outcome = home.agent(["read", "res.partner", "--ids", KEY]).env("ODOO_API_KEY", KEY).run();
    assert_eq!(outcome.exit, 2);
    assert!(!outcome.stderr.contains(KEY), "{}", outcome.stderr);
}

#[test]
fn no_core_file_is_written() {
    let (home, server) = lab();
    server.on(&json2("x.thing", "x_act"), Answer::Stall);
    let child = home.agent(["call", "x.thing", "x_act", "--ids", "1"]).spawn();
    server.wait_for(1);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let soft: u64 = core.split_whitespace().nth(4).unwrap().parse().unwrap_or(u64::MAX);
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::KILL)
        .unwrap();
    child.wait_with_output().unwrap();
    assert!(soft <= 1, "{core}");
}

/// A wrapper of the profile `local`, beside the program.
fn wrapped(home: &Home, server: &Server, more: &str) -> std::path::PathBuf {
    let values = format!(
        "ODOO_BASE_URL={}\nODOO_DB=lab\nODOO_API_KEY={KEY}\nODOO_LANG=en_US\nODOO_TZ=UTC\n{more}",
        server.url()
    );
    home.profile_text("local", &values, 0o600);
    let bin = home.beside("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    for name in ["odoo_local.sh", "pinned.sh"] {
        put_program(&bin.join(name), &std::fs::read_to_string(scripts.join(name)).unwrap());
    }
    if !bin.join("odoo-agent").exists() {
        std::os::unix::fs::symlink(BINARY, bin.join("odoo-agent")).unwrap();
    }
    bin.join("odoo_local.sh")
}

fn through(wrapper: &Path, home: &Home, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(wrapper);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("ODOO_AGENT_HOME", home.path())
        .current_dir(home.path());
    Outcome::of(command.args(arguments).output().unwrap(), arguments.join(" "))
}

#[test]
fn behind_a_wrapper_files_are_read_only_where_the_profile_says() {
    let (home, server) = (Home::new(), Server::start());
    server.on(&json2("x.thing", "x_act"), Answer::json("true"));
    let open = home.beside("open");
    std::fs::create_dir(&open).unwrap();
    let inside = open.join("data.json");
    crate::support::run::write_with_mode(&inside, b"{\"a\": 1}", 0o600);
    let outside = home.file("secret.json", "{\"a\": 1}");
    std::os::unix::fs::symlink(&outside, open.join("link.json")).unwrap();
    let call = |wrapper: &Path, file: &str| {
        through(wrapper, &home, &["call", "x.thing", "x_act", "--ids", "1", "--data-file", file])
    };
    let wrapper = wrapped(&home, &server, "");
    for file in [inside.to_str().unwrap(), &outside, "/etc/hostname", "missing.json"] {
        let refused = call(&wrapper, file).fails(2, "usage");
        assert!(refused.message().contains("behind a wrapper"), "{}", refused.stderr);
    }
    let token = ["call", "x.thing", "x_act", "--ids", "1", "--confirm-token-file", &outside];
    through(&wrapper, &home, &token).fails(2, "usage");
    let wrapper = wrapped(&home, &server, &format!("ODOO_FILES_DIR={}\n", open.display()));
    call(&wrapper, inside.to_str().unwrap()).ok();
    for file in
        [&*outside, open.join("link.json").to_str().unwrap(), open.join("../secret.json").to_str().unwrap()]
    {
        call(&wrapper, file).fails(2, "usage");
    }
    // What is not there reads as what may not be read, and where files are read is said.
    let refused = call(&wrapper, "missing.json").fails(2, "usage");
    assert!(
        refused.message().contains(&format!("no file missing.json in {}", open.display())),
        "{}",
        refused.stderr
    );
    // Without a wrapper it is the owner's own run.
    home.run(["--profile", "local", "call", "x.thing", "x_act", "--ids", "1", "--data-file", &outside]).ok();
}

#[test]
fn behind_a_wrapper_nothing_is_explained_or_advised_of_another_profile() {
    let (home, server) = (Home::new(), Server::start());
    let wrapper = wrapped(&home, &server, "");
    home.profile("erp", &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", "lab"), ("ODOO_API_KEY", KEY)]);
    let other = home.config().join("odoo_erp.policy.json");
    crate::support::run::write_with_mode(&other, br#"{"version":"1","default":"deny"}"#, 0o600);
    let env_file = home.config().join("odoo_erp.env").display().to_string();
    for other in [["--profile", "erp"], ["--env-file", &env_file]] {
        let line = [&["policy", "explain", "--"][..], &other, &["count", "res.partner"]].concat();
        let refused = through(&wrapper, &home, &line).fails(2, "usage");
        assert!(!refused.stderr.contains("erp.policy"), "{}", refused.stderr);
    }
    let own = through(&wrapper, &home, &["policy", "explain", "--", "count", "res.partner"]).ok();
    assert!(!own.stdout.contains("erp"), "{}", own.stdout);
    home.run(["--profile", "erp", "policy", "explain", "--", "count", "res.partner"]).ok();
    // What is advised before a profile is read names the wrapper as well, which has its own.
    let hints = through(&wrapper, &home, &["lookup", "product", "Desk"]).fails(2, "usage").hints();
    let wanted = format!("did you mean product.product? {} lookup product.product Desk", wrapper.display());
    assert!(hints.contains(&wanted), "{hints}");
    std::fs::remove_file(home.config().join("odoo_local.env")).unwrap();
    let missing = through(&wrapper, &home, &["count", "res.partner"]).fails(3, "config_missing");
    assert!(!missing.stderr.contains("sandbox"), "{}", missing.stderr);
}

#[test]
fn behind_a_wrapper_a_spec_is_a_file_as_any_other() {
    let (home, server) = (Home::new(), Server::start());
    server.on(&json2("res.partner", "search_count"), Answer::json("1"));
    let spec = br#"{"action": "count", "model": "res.partner"}"#;
    let open = home.beside("open");
    std::fs::create_dir(&open).unwrap();
    let inside = open.join("spec.json");
    crate::support::run::write_with_mode(&inside, spec, 0o600);
    let outside = home.file("spec.json", spec);
    // What such a file holds is in no error.
    let secret = home.file("other.json", r#"{"action": "hunter2", "hunter3": 1}"#);
    let wrapper = wrapped(&home, &server, "");
    for file in [inside.to_str().unwrap(), &outside, &secret, "/etc/hostname"] {
        let refused = through(&wrapper, &home, &["exec-spec", file]).fails(2, "usage");
        assert!(refused.message().contains("behind a wrapper"), "{}", refused.stderr);
        assert!(!refused.stderr.contains("hunter"), "{}", refused.stderr);
    }
    let wrapper = wrapped(&home, &server, &format!("ODOO_FILES_DIR={}\n", open.display()));
    through(&wrapper, &home, &["exec-spec", inside.to_str().unwrap()]).ok();
    for file in [&*secret, open.join("../other.json").to_str().unwrap()] {
        through(&wrapper, &home, &["exec-spec", file]).fails(2, "usage");
    }
    // stdin stays free, and so does the owner's own run.
    let agent = home.agent(["--profile", "local", "exec-spec", "-"]).env("ODOO_AGENT_CALLED_AS", &wrapper);
    agent.stdin(spec).run().ok();
    home.run(["--profile", "local", "exec-spec", &outside]).ok();
}

#[test]
fn what_a_wrapper_leaves_out_of_the_environment_is_named_and_its_values_are_not() {
    let (home, server) = (Home::new(), Server::start());
    server.on(&json2("res.partner", "search_count"), Answer::json("1"));
    let wrapper = wrapped(&home, &server, "");
    let count = |more: &[(&str, &str)], flags: &[&str]| {
        let mut command = Command::new(&wrapper);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("ODOO_AGENT_HOME", home.path());
        command.envs(more.iter().copied()).args(["count", "res.partner"]).args(flags);
        Outcome::of(command.output().unwrap(), "count".into()).ok()
    };
    let set = [
        ("ODOO_LANG", "xx_XX"),
        ("ODOO_COMPANY_IDS", "7777"),
        ("ODOO_CONFIRMATION_TOKEN", "hunter2"),
        ("ODOO_RC", "/etc/odoo.conf"),
        ("ODOO_AGENT_LEFT_OUT", "ODOO_DB"),
    ];
    let said = count(&set, &[]);
    let notes = said.notes().join("\n");
    for name in ["ODOO_LANG", "ODOO_COMPANY_IDS", "ODOO_CONFIRMATION_TOKEN"] {
        assert!(notes.contains(name), "{name}: {notes}");
    }
    for silent in ["ODOO_RC", "ODOO_DB", "xx_XX", "7777", "hunter2", "ODOO_AGENT_HOME"] {
        assert!(!said.stderr.contains(silent), "{silent}: {notes}");
    }
    assert_eq!(server.requests_to(&json2("res.partner", "search_count"))[0].context()["lang"], "en_US");
    assert_eq!(count(&set, &["--quiet"]).stderr, "");
    assert_eq!(count(&[("ODOO_RC", "/etc/odoo.conf"), ("LANG", "C")], &[]).stderr, "");
}

#[test]
fn behind_a_wrapper_help_offers_what_it_takes() {
    let (home, server) = (Home::new(), Server::start());
    let wrapper = wrapped(&home, &server, "");
    let page = |words: &[&str]| through(&wrapper, &home, words).ok().stdout;
    let name = wrapper.to_str().unwrap();
    let create = page(&["create", "--help"]);
    assert!(create.contains("ODOO_FILES_DIR"), "{create}");
    for flag in ["--profile", "--env-file"] {
        assert!(!create.contains(flag) && !page(&["--help"]).contains(flag), "{flag}: {create}");
    }
    let profiles = page(&["help", "profiles"]);
    assert!(profiles.contains(&format!("{name} doctor")) && !profiles.contains("cache path"), "{profiles}");
    assert!(page(&["help", "spec"]).contains(&format!("{name} spec-schema")), "{}", page(&["help", "spec"]));
    let spec = page(&["exec-spec", "--help"]);
    assert!(spec.contains(&format!("{name} exec-spec -")) && !spec.contains("open_tasks"), "{spec}");
    for refused in ["sandbox", "cache"] {
        let page = page(&["help", refused]);
        assert!(page.contains("refuses it") && !page.contains(&format!("{name} {refused}")), "{page}");
    }
    // What a person does keeps its name, and the owner's own pages are whole.
    assert!(page(&["help", "approval"]).contains("  odoo-agent approve"));
    for (words, says) in [
        (&["create", "--help"][..], "--env-file"),
        (&["help", "profiles"], "odoo-agent cache path"),
        (&["help", "sandbox"], "odoo-agent sandbox reset"),
        (&["exec-spec", "--help"], "open_tasks.json"),
    ] {
        let own = home.run(words).ok().stdout;
        assert!(own.contains(says) && !own.contains("this wrapper"), "{own}");
    }
}

#[test]
fn behind_a_wrapper_nothing_reaches_beyond_the_profile() {
    let (home, server) = (Home::new(), Server::start());
    let wrapper = wrapped(&home, &server, "");
    for line in [&["cache", "list"][..], &["cache", "clear"], &["sandbox", "reset"], &["man", "."]] {
        let refused = through(&wrapper, &home, line).fails(2, "usage");
        assert!(refused.message().contains("beyond one profile"), "{}", refused.stderr);
    }
    home.run(["cache", "list"]).ok();
}

#[test]
fn a_profile_that_the_environment_overrules_is_not_taken_for_itself_without_a_word() {
    let (home, server) = lab();
    let other = Server::start();
    other.on(&json2("res.partner", "search_count"), Answer::json("1"));
    server.on(&json2("res.partner", "search_count"), Answer::json("1"));
    let count = || home.agent(["--profile", "lab", "count", "res.partner"]);
    let exported = count().env("ODOO_BASE_URL", other.url()).env("ODOO_API_KEY", KEY).run().ok();
    assert!(
        exported.notes().iter().any(|note| note.contains("ODOO_BASE_URL") && note.contains(other.url())),
        "{}",
        exported.stderr
    );
    assert_eq!(count().env("ODOO_BASE_URL", server.url()).env("ODOO_API_KEY", KEY).run().ok().stderr, "");
    assert_eq!(count().run().ok().stderr, "");
}

#[test]
fn specs_are_no_links_anywhere_on_the_way() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    let real = home.beside("real");
    std::fs::create_dir(&real).unwrap();
    let text = br#"{"action": "search_read", "model": "res.partner", "fields": ["name"]}"#;
    crate::support::run::write_with_mode(&real.join("spec.json"), text, 0o600);
    std::os::unix::fs::symlink(&real, home.beside("link")).unwrap();
    home.run(["exec-spec", real.join("spec.json").to_str().unwrap()]).ok();
    let linked = home.run(["exec-spec", home.beside("link/spec.json").to_str().unwrap()]);
    assert!(linked.exit == 2 && linked.message().contains("symbolic link"), "{}", linked.stderr);
}

/// Many calls are made by one process, of `mcp` and of these tests: nothing that one of them finds out may reach another.
#[test]
fn nothing_but_signals_lines_on_a_terminal_and_data_of_the_program_is_kept_in_a_static() {
    const ALLOWED: [&str; 8] = [
        "cli/interrupt.rs",
        "cli/progress.rs",
        "cli/terminal.rs",
        "sandbox/schema/mod.rs",
        "sandbox/seed.rs",
        "secret/mod.rs",
        "transport/watched.rs",
        "zones/mod.rs",
    ];
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let keeps = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        let program = text.split("#[cfg(test)]").next().unwrap();
        program.lines().any(|line| {
            let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            line.starts_with("static ")
        })
    };
    let files = crate::support::run::files_below(&source).into_iter();
    let found: Vec<String> = files
        .filter(|path| {
            !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests")
        })
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs") && keeps(path))
        .map(|path| path.strip_prefix(&source).unwrap().display().to_string())
        .collect();
    assert_eq!(found, ALLOWED);
}
