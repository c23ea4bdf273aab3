//! Nothing under `tests/it` is forgotten: a file that no other names is in no program, and its tests never run.

use std::path::Path;

#[test]
fn every_file_is_part_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(root.join("main.rs")).unwrap();
    let mut forgotten = Vec::new();
    for entry in std::fs::read_dir(&root).unwrap().flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "main" && !main.lines().any(|line| line == format!("mod {name};")) {
            forgotten.push(name.clone());
        }
        if !path.is_dir() {
            continue;
        }
        let module = std::fs::read_to_string(path.join("mod.rs")).unwrap();
        for part in std::fs::read_dir(&path).unwrap().flatten().map(|part| part.path()) {
            let part_name = part.file_stem().unwrap().to_string_lossy().into_owned();
            let is_named =
                module.lines().any(|line| line.trim_start_matches("pub ") == format!("mod {part_name};"));
            if part.extension().is_some_and(|kind| kind == "rs") && part_name != "mod" && !is_named {
                forgotten.push(format!("{name}/{part_name}"));
            }
        }
    }
    assert!(forgotten.is_empty(), "named in no module: {forgotten:?}");
}
