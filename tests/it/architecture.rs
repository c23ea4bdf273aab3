//! ARCHITECTURE.md is short, and every path that it names is there.

use std::path::Path;

#[test]
fn its_paths_exist_and_it_fits_two_screens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    assert!(text.lines().count() <= 100, "two screens are enough");
    let paths: Vec<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| ["src/", "tests/", "scripts/"].iter().any(|start| word.starts_with(start)))
        .collect();
    assert!(paths.len() > 40, "only {} paths were seen", paths.len());
    for path in paths {
        assert!(root.join(path).exists(), "ARCHITECTURE.md names {path}, which is not there");
    }
}

#[test]
fn every_module_has_its_place_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for entry in std::fs::read_dir(root.join("src")).unwrap().flatten().filter(|entry| entry.path().is_dir())
    {
        let name = entry.file_name().into_string().unwrap();
        assert!(text.contains(&format!("`src/{name}/")), "ARCHITECTURE.md does not know src/{name}");
    }
}
