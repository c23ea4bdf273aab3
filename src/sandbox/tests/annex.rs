//! The sandbox is an annex: what it may name of the program, and who may name it.

use std::path::{Path, PathBuf};

/// What it stands on.
const FOUNDATION: [&str; 5] = ["clock", "error", "fsio", "sandbox", "transport"];

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true => found.extend(sources(&path)),
            false if path.extension().is_some_and(|kind| kind == "rs") => found.push(path),
            false => {}
        }
    }
    found
}

fn code_lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

#[test]
fn it_names_its_foundation_alone_and_one_line_names_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut names, mut named_by) = (0, Vec::new());
    for path in sources(&root).into_iter().filter(|path| !path.ends_with("tests/annex.rs")) {
        let is_inside = path.starts_with(root.join("sandbox"));
        for line in code_lines(&path) {
            if !is_inside {
                named_by.extend(line.contains("crate::sandbox").then(|| line.clone()));
                continue;
            }
            for rest in line.split("crate::").skip(1) {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(FOUNDATION.contains(&name.as_str()), "{}: {line}", path.display());
                names += 1;
            }
        }
    }
    assert!(names > 20, "only {names} names were seen");
    assert_eq!(named_by, ["use crate::sandbox::EMBEDDED;"]);
}
