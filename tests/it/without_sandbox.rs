//! A build without the feature `sandbox`: what it says to those who ask for the sandbox, and that it says nothing of
//! one to anybody else. Run by `cargo test --no-default-features`.

use crate::support::{Answer, Home, json2, lab};

#[test]
fn the_profile_and_the_command_say_that_this_build_has_none() {
    let home = Home::new();
    for line in [
        &["--profile", "sandbox", "search-read", "res.partner"][..],
        &["sandbox", "reset"],
        &["sandbox", "serve"],
    ] {
        let error = home.run(line).fails(3, "config_missing");
        assert!(
            error.stderr.contains("this build of odoo-agent has no sandbox"),
            "{line:?}: {}",
            error.stderr
        );
        assert!(error.stderr.contains("cargo install"), "{}", error.stderr);
    }
    let doctor = home.run(["--profile", "sandbox", "doctor"]);
    assert!(doctor.stdout.contains("this build of odoo-agent has no sandbox"), "{}", doctor.stdout);
}

#[test]
fn nobody_is_sent_to_it() {
    let home = Home::new();
    for line in [&["search-read", "res.partner"][..], &["--profile", "other", "search-read", "res.partner"]] {
        let error = home.run(line).fails(3, "config_missing");
        assert!(!error.stderr.contains("--profile sandbox"), "{line:?}: {}", error.stderr);
    }
}

#[test]
fn another_odoo_is_spoken_to_as_ever() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "search_read"), Answer::json(r#"[{"id": 1, "name": "Azure"}]"#));
    let outcome =
        home.run(["--profile", "lab", "search-read", "res.partner", "--fields", "name", "--limit", "1"]).ok();
    assert_eq!(outcome.json()[0]["name"], "Azure");
}
