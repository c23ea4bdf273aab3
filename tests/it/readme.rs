//! What the README promises: every example runs on the embedded Odoo, its tables are the program's, the wrappers
//! do as they say.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Home, at_once};

const README: &str = include_str!("../../README.md");

/// A shell line on the embedded Odoo, as somebody would paste it.
fn paste(home: &Home, line: &str) -> Output {
    let program = Path::new(crate::support::run::BINARY).parent().unwrap().display().to_string();
    Command::new("sh")
        .args(["-c", line])
        .env_clear()
        .env("PATH", format!("{program}:/usr/bin:/bin"))
        .env("ODOO_AGENT_HOME", home.path())
        .env("ODOO_PROFILE", "sandbox")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn assert_runs(home: &Home, line: &str) {
    let output = paste(home, line);
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    if line.contains("--output csv") {
        assert!(text.starts_with("id,") && text.lines().count() > 1, "{line}\n{text}");
        return;
    }
    // A stream is one value a line, everything else one value.
    let values: Vec<&str> = if line.contains(" --all") { text.lines().collect() } else { vec![&text] };
    assert!(!values.is_empty(), "{line}");
    for value in values {
        serde_json::from_str::<serde_json::Value>(value)
            .unwrap_or_else(|error| panic!("{line}\n{error}\n{value}"));
    }
}

#[test]
fn every_command_in_the_table_has_an_example_that_runs() {
    let home = Home::new();
    let mut examples = 0;
    for row in README.lines().filter(|row| row.starts_with("| `") && row.contains("`odoo-agent ")) {
        let line = row.split('`').find(|part| part.starts_with("odoo-agent ")).unwrap();
        assert_runs(&home, line);
        examples += 1;
    }
    assert!(examples >= 15, "{examples}");
    assert_runs(&home, "odoo-agent lookup res.country Belgium");
}

#[test]
fn the_table_of_exit_codes_is_the_programs() {
    let home = Home::new();
    let described = home.run(["describe"]).ok().json();
    let mut table = String::from("| exit | error codes | meaning |\n|---|---|---|\n");
    for exit in described["exit_codes"].as_array().unwrap() {
        let codes =
            exit["codes"].as_array().unwrap().iter().map(|code| format!("`{}`", code.as_str().unwrap()));
        let codes: Vec<String> = codes.collect();
        let meaning = exit["meaning"].as_str().unwrap();
        table += &format!("| {} | {} | {meaning} |\n", exit["exit"], codes.join(", "));
    }
    assert!(README.contains(&table), "the README's table is to be\n{table}");
}

#[test]
fn every_name_of_the_environment_is_explained() {
    let home = Home::new();
    let described = home.run(["describe"]).ok().json();
    for name in described["environment"].as_array().unwrap() {
        let name = name["name"].as_str().unwrap();
        let told = ["`", "="].iter().any(|end| README.contains(&format!("`{name}{end}")));
        assert!(told, "{name} is not in the README");
    }
}

#[test]
fn a_wrapper_works_from_anywhere_and_in_its_profile_only() {
    let home = Home::new();
    let server = crate::support::Server::start();
    server.on("/json/2/res.partner/search_read", crate::support::Answer::json("[]"));
    for name in ["local", "erp"] {
        home.profile(
            name,
            &[("ODOO_BASE_URL", server.url()), ("ODOO_DB", name), ("ODOO_API_KEY", crate::support::KEY)],
        );
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scripts/odoo_{name}.sh"));
        let link = home.beside(&format!("link_{name}"));
        std::os::unix::fs::symlink(&script, &link).unwrap();
        let run = |arguments: &[&str]| {
            Command::new(&link)
                .args(arguments)
                .env_clear()
                .env(
                    "PATH",
                    format!(
                        "{}:/usr/bin:/bin",
                        Path::new(crate::support::run::BINARY).parent().unwrap().display()
                    ),
                )
                .env("ODOO_AGENT_HOME", home.path())
                // What a shell may have exported for another server.
                .env("ODOO_BASE_URL", "http://127.0.0.1:9")
                .env("ODOO_DB", "another")
                .env("ODOO_API_KEY", "another-key-of-another-server")
                .env("ODOO_PROFILE", "sandbox")
                .current_dir("/")
                .output()
                .unwrap()
        };
        server.forget();
        let output = run(&["search-read", "res.partner", "--fields", "name"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let sent = server.only("/json/2/res.partner/search_read");
        assert_eq!(sent.header("x-odoo-database"), Some(name));
        for arguments in [["--profile", "sandbox"], ["--env-file", "/dev/null"]] {
            let refused = run(&[&["cache", "path"], &arguments[..]].concat());
            assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        }
    }
}

#[test]
fn the_profile_templates_are_understood() {
    let templates = [
        ("local", include_str!("../../env-dist/odoo_local.env-dist")),
        ("erp", include_str!("../../env-dist/odoo_erp.env-dist")),
    ];
    at_once(&templates, |(name, text)| {
        let home = Home::new();
        let filled =
            text.replace("ODOO_API_KEY=\n", "ODOO_API_KEY=0123456789abcdef0123456789abcdef01234567\n");
        let filled = filled.replace("#ODOO", "ODOO").replace("ODOO_CA_FILE", "#ODOO_CA_FILE");
        let url = filled.lines().find_map(|line| line.strip_prefix("ODOO_BASE_URL=")).unwrap();
        odoo_agent::inside::BaseUrl::parse(url).unwrap();
        // Somebody's Odoo may answer at the template's own address; here nothing listens, whatever the scheme.
        let closed = format!(
            "{}://127.82.17.9:{}",
            url.split(':').next().unwrap(),
            20_000 + std::process::id() % 12_000
        );
        home.profile_text(name, &filled.replace(url, &closed), 0o600);
        let outcome = home.run(["--profile", name, "--timeout", "2s", "read", "res.partner", "--ids", "1"]);
        assert_eq!(outcome.code(), "unreachable", "{}", outcome.message());
    });
}
