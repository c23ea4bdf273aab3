//! What a wrapper that works in one profile keeps from whoever runs it: commands that reach beyond the profile, and
//! files of the owner's that the profile does not open. It runs nothing.

use std::path::PathBuf;

use crate::error::Error;
use crate::settings::{self, Environment, Paths, Selection, names};

/// What is said of a command that reaches beyond the profile, or is a person's.
pub fn refusal(name: &str) -> Error {
    Error::usage(format!(
        "{name} reaches beyond one profile, and this wrapper works in one: nothing was done"
    ))
    .with_hint("whoever owns the profiles runs it without the wrapper")
}

/// The directories that files may be read from.
pub fn files(selection: &Selection, environment: &Environment, paths: &Paths) -> Vec<PathBuf> {
    settings::files_dir(selection, environment, paths).into_iter().collect()
}

/// How a file elsewhere is refused.
pub fn elsewhere(flag: &str) -> Error {
    Error::usage(format!("{flag}: behind a wrapper files are read only where its profile says so")).with_hint(
        format!(
            "{flag} - reads stdin; or the owner names a directory in {} of the profile",
            names::FILES_DIR
        ),
    )
}
