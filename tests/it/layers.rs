//! The layers of the program: which module may name which, arrows pointing down only, and what only the surface may
//! name. Read from the source; code of unit tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Layers from the top. A module names its own layer's and lower ones only as far as its row allows.
const MAY_NAME: [(&str, &[&str]); 48] = [
    ("cli", &["mcp", "actions", "arguments", "spec", "doctor", "DESK", "policy", "embedded", "transport"]),
    ("mcp", &["actions", "arguments", "spec", "DESK"]),
    ("spec", &["actions", "arguments", "WORDS"]),
    ("doctor", &["approval", "policy", "DESK"]),
    ("actions", &["arguments", "execute", "preflight", "DESK"]),
    ("arguments", &["odoo", "settings", "WORDS"]),
    ("execute", &["approval", "preflight", "embedded", "DESK"]),
    ("approval", &["DESK"]),
    ("session", &["odoo", "policy", "cache", "settings", "shelf", "held", "journal", "WORDS"]),
    ("journal", &["WORDS"]),
    ("shelf", &["cache", "drawer", "WORDS"]),
    ("held", &["cache", "drawer", "WORDS"]),
    ("drawer", &["cache", "WORDS"]),
    ("preflight", &["odoo", "embedded", "WORDS"]),
    // Nothing is sent but through the gate, so the client is below it.
    ("odoo", &["policy", "cache", "settings", "protocol", "transport", "WORDS"]),
    ("policy", &["WORDS"]),
    ("protocol", &["embedded", "transport", "WORDS"]),
    ("cache", &["WORDS"]),
    ("settings", &["embedded", "WORDS"]),
    ("embedded", &["sandbox", "transport", "WORDS"]),
    ("sandbox", &["transport", "clock", "error", "fsio"]),
    ("transport", &["WORDS"]),
    ("base_url", &["error"]),
    ("caller", &["chance", "context", "error", "operation", "secret"]),
    ("chance", &[]),
    ("cleared", &["caller", "context", "error", "operation", "secret"]),
    ("context", &["error", "hint", "json_slips", "operation", "text", "zones"]),
    ("host", &["error", "hint", "operation", "secret"]),
    ("outcome", &["error", "hint"]),
    ("operation", &["error", "hint", "knowledge"]),
    ("outbound", &["operation"]),
    ("knowledge", &[]),
    ("hint", &["operation"]),
    ("error", &["hint", "waiting"]),
    ("waiting", &["secret"]),
    ("exit", &["error"]),
    ("json_input", &["error", "fsio", "json_slips", "operation"]),
    ("json_slips", &["operation"]),
    ("secret", &[]),
    ("clock", &[]),
    ("fsio", &[]),
    ("members", &[]),
    ("suggest", &[]),
    ("text", &[]),
    // In the builds of tests and fuzzers alone.
    ("fuzz", &["ALL"]),
    ("zones", &["error", "fsio", "suggest"]),
    ("lib", &["ALL"]),
    ("main", &["ALL"]),
];

/// Modules that know nobody above them.
const WORDS: [&str; 22] = [
    "base_url",
    "caller",
    "chance",
    "cleared",
    "clock",
    "context",
    "error",
    "exit",
    "fsio",
    "hint",
    "host",
    "json_input",
    "json_slips",
    "knowledge",
    "members",
    "operation",
    "outbound",
    "outcome",
    "secret",
    "suggest",
    "waiting",
    "zones",
];

/// What works in one profile.
const DESK: [&str; 10] =
    ["execute", "session", "odoo", "protocol", "cache", "settings", "approval", "shelf", "held", "journal"];

/// Two modules of one layer that name each other.
const PAIRS: [(&str, &str); 3] =
    // A hint names an operation; the refusal of a model's name has a hint.
    [("error", "hint"), ("hint", "operation"), ("operation", "error")];

/// What stands below a surface and names it: an entry may be taken out and none put in.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Words that belong to the surface, and the files elsewhere that hold them all the same.
const SURFACE: [(&str, &[&str]); 6] = [
    ("clap", &["cli/"]),
    ("std::io::stdout", &["cli/", "main.rs"]),
    ("std::io::stderr", &["cli/", "main.rs"]),
    ("std::io::stdin", &["cli/", "main.rs"]),
    ("termios", &["cli/"]),
    ("process::exit", &["cli/"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            let is_tests = path.ends_with("tests");
            found.extend(if is_tests { Vec::new() } else { sources(&path) });
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found
}

/// Code without comments and without unit tests, which stand at the end of a file.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_string();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn module(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

/// The modules that a text names: `crate::a::…` and the lists of `use crate::{a::…, b}`.
fn named(code: &str) -> BTreeSet<String> {
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => drop(names.insert(word(rest))),
            Some(list) => {
                let mut depth = 0;
                let mut start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && c.is_alphabetic() => {
                            names.insert(word(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn graph() -> BTreeMap<String, BTreeMap<String, PathBuf>> {
    let mut graph: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    for path in sources(&root()) {
        let own = module(&path);
        let entry = graph.entry(own.clone()).or_default();
        for name in named(&code(&path)) {
            if name != own && name != "Result" {
                entry.entry(name).or_insert_with(|| path.clone());
            }
        }
    }
    graph
}

fn allowed(module: &str) -> BTreeSet<&'static str> {
    let Some((_, row)) = MAY_NAME.iter().find(|(name, _)| *name == module) else {
        panic!("{module} has no row in tests/it/layers.rs: say what it may name");
    };
    let mut all = BTreeSet::new();
    for name in *row {
        match *name {
            "WORDS" => all.extend(WORDS.into_iter().chain(["text"])),
            "DESK" => {
                all.extend(DESK);
                all.extend(WORDS.into_iter().chain(["text"]));
            }
            "ALL" => all.extend(MAY_NAME.iter().map(|(name, _)| *name)),
            other => drop(all.insert(other)),
        }
    }
    all
}

#[test]
fn arrows_point_down() {
    let graph = graph();
    assert!(graph.len() > 25, "the source was not found");
    let mut wrong = Vec::new();
    for (module, names) in &graph {
        let allowed = allowed(module);
        for (name, path) in names {
            let is_excepted = EXCEPTIONS.contains(&(module.as_str(), name.as_str()));
            if !allowed.contains(name.as_str()) && !is_excepted {
                wrong.push(format!("{module} names {name} ({})", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (module, name) in EXCEPTIONS {
        assert!(graph[module].contains_key(name), "{module} -> {name} is no exception any more: take it out");
    }
}

#[test]
fn nothing_names_itself_in_a_circle() {
    let graph = graph();
    for start in graph.keys() {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start.as_str()]);
        while let Some(module) = open.pop() {
            for name in graph.get(module).into_iter().flat_map(BTreeMap::keys) {
                let is_pair = PAIRS.iter().any(|(a, b)| *a == module && *b == name);
                if !is_pair && seen.insert(name.as_str()) {
                    open.push(name);
                }
            }
        }
        assert!(!seen.contains(start.as_str()), "{start} comes to name itself through {seen:?}");
    }
}

#[test]
fn only_the_surface_names_streams_terminals_flags_and_the_end_of_the_process() {
    for path in sources(&root()) {
        let inside = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let code = code(&path);
        for (word, places) in SURFACE {
            let is_named = code.contains(word);
            let is_allowed = places.iter().any(|place| inside.starts_with(place));
            assert!(!is_named || is_allowed, "src/{inside} names {word}");
        }
    }
}

/// Who may clear an operation for sending, and why.
const CLEARS: [(&str, &str); 6] = [
    ("Cleared::about_requests(", "approval/guard.rs"),
    ("Cleared::checked(", "execute.rs"),
    ("Cleared::confirming(", "odoo/client/proofs.rs"),
    ("Cleared::question(", "odoo/desk.rs"),
    ("Cleared::minting(", "approval/mod.rs"),
    ("Cleared::probing(", "doctor/guard.rs"),
];

#[test]
fn only_what_was_cleared_is_sent() {
    for path in sources(&root()) {
        let inside = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let code = code(&path);
        for (maker, place) in CLEARS {
            assert_eq!(code.contains(maker), inside == place, "{maker} in src/{inside}");
        }
        let makes_one = code.contains("Cleared {") && inside != "cleared.rs";
        assert!(!makes_one, "src/{inside} makes one itself");
    }
}

#[test]
fn the_reader_of_names_sees_lists_and_paths() {
    let found = named("use crate::{a::{b, c}, d};\nlet x = crate::e::f(); pub(crate) fn g() {}");
    assert_eq!(found, ["a", "d", "e"].map(String::from).into());
}
