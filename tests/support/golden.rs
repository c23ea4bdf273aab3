//! Texts that a person has read and found right, kept beside the tests. `UPDATE_GOLDEN=1 cargo test` writes them anew,
//! to be read again in the diff.

use std::path::Path;

/// The text is the one that is kept under this name.
#[track_caller]
pub fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{name} is not as kept.\nkept:\n{kept}\nnow:\n{text}");
}
