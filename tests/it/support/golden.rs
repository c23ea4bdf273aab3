//! Texts that a person has read and found right, kept in `tests/golden`. `UPDATE_GOLDEN=1 cargo test` writes them
//! anew, to be read again in the diff.

use std::path::{Path, PathBuf};

/// Where a text is kept.
pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The text is the one that is kept under this name.
#[track_caller]
pub fn assert_golden(name: &str, text: &str) {
    let path = golden(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let (mut is, mut was) = (text.lines(), kept.lines());
        let number = 1 + is.by_ref().zip(was.by_ref()).take_while(|(is, was)| is == was).count();
        let line = |text: &str| text.lines().nth(number - 1).unwrap_or("(nothing)").to_string();
        panic!(
            "tests/golden/{name}, line {number}:\n  is   {}\n  was  {}\nif it is meant: UPDATE_GOLDEN=1 cargo test",
            line(text),
            line(&kept)
        );
    }
}
