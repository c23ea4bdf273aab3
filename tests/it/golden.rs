//! What the program says of itself, as files: a new flag, code or key shows as a difference to review. They are
//! written anew by `UPDATE_GOLDEN=1 cargo test --test it -- golden:: tables::`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::Home;
use crate::support::golden::{assert_golden, golden};

#[test]
fn the_interface_is_as_reviewed() {
    let home = Home::new();
    for (name, line) in [
        ("describe.json", &["describe", "--pretty"][..]),
        ("spec-schema.json", &["spec-schema", "--pretty"]),
        ("help.txt", &["--help"]),
        ("help-exit-codes.txt", &["help", "exit-codes"]),
        ("help-spec.txt", &["help", "spec"]),
        ("help-profiles.txt", &["help", "profiles"]),
        ("help-approval.txt", &["help", "approval"]),
        #[cfg(feature = "mcp")]
        ("help-mcp-clients.txt", &["help", "mcp-clients"]),
        ("help-output.txt", &["help", "output"]),
        ("help-search-read.txt", &["search-read", "--help"]),
    ] {
        let outcome = home.run(line).ok();
        assert_eq!(outcome.stderr, "", "{line:?}");
        assert_golden(name, &outcome.stdout);
    }
}

#[test]
fn the_scripts_of_the_shells_are_as_reviewed() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert_golden(&format!("completions/{shell}"), &home.run(["completions", shell]).ok().stdout);
    }
}

#[test]
fn the_manual_pages_are_as_reviewed() {
    let home = Home::new();
    let directory = home.beside("man1");
    fs::create_dir(&directory).unwrap();
    home.agent(["man"]).arg(&directory).run().ok();
    let names = |directory: &Path| -> BTreeSet<String> {
        let files = fs::read_dir(directory).into_iter().flatten().flatten();
        files.map(|file| file.file_name().into_string().unwrap()).collect()
    };
    for name in names(&directory) {
        let text = fs::read_to_string(directory.join(&name)).unwrap();
        assert_golden(&format!("man/{name}"), &text);
    }
    assert_eq!(names(&directory), names(&golden("man")), "pages that nothing makes any more: remove them");
    let whole = home.run(["man"]).ok().stdout;
    assert_eq!(whole, fs::read_to_string(directory.join("odoo-agent.1")).unwrap());
}
