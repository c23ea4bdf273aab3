//! What a wrapper that works in one profile keeps from whoever runs it: commands that reach beyond the profile, and
//! files of the owner's that the profile does not open. It runs nothing.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::settings::{self, Environment, Paths, Selection, names};
use crate::text::shell;

/// What is said of a command that reaches beyond the profile, or is a person's.
pub fn refusal(name: &str) -> Error {
    Error::usage(format!(
        "{name} reaches beyond one profile, and this wrapper works in one: nothing was done"
    ))
    .with_hint("whoever owns the profiles runs it without the wrapper")
}

/// Text of the program's own that names the program, naming the wrapper in its place. What a person does goes past it.
pub fn in_its_name(text: &str, wrapper: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PROGRAM) {
        let (before, after) = (&rest[..at], &rest[at + PROGRAM.len()..]);
        said.push_str(before);
        let is_part = before.ends_with(|c: char| c.is_alphanumeric() || "/-_.".contains(c))
            || !after.starts_with([' ', '\u{1b}']);
        let is_sandbox = after.starts_with(SANDBOX);
        let is_a_persons = !is_sandbox
            && [" approve", " --profile", " --env-file"].iter().any(|next| after.starts_with(next));
        if is_part || is_a_persons {
            said.push_str(PROGRAM);
        } else {
            said.push_str(&shell::quoted(wrapper));
        }
        rest = after.strip_prefix(SANDBOX).filter(|_| !is_part).unwrap_or(after);
    }
    said + rest
}

const PROGRAM: &str = "odoo-agent";
/// What examples begin with that need no configuration.
const SANDBOX: &str = " --profile sandbox";

/// The directories that files may be read from.
pub fn files(selection: &Selection, environment: &Environment, paths: &Paths) -> Vec<PathBuf> {
    settings::files_dir(selection, environment, paths).into_iter().collect()
}

/// How a file elsewhere is refused; whether one is there that may not be read is not said.
pub fn elsewhere(flag: &str, path: &Path, within: &[PathBuf]) -> Error {
    let Some(directory) = within.first() else {
        return Error::usage(format!(
            "{flag}: behind a wrapper files are read only where its profile says so"
        ))
        .with_hint(format!(
            "{flag} - reads stdin; or the owner names a directory in {} of the profile",
            names::FILES_DIR
        ));
    };
    let (path, directory) = (path.display(), directory.display());
    Error::usage(format!(
        "{flag}: no file {path} in {directory}, from where alone files are read behind a wrapper"
    ))
    .with_hint(format!(
        "a name counts from the working directory: {flag} {directory}/NAME; {flag} - reads stdin"
    ))
}

#[cfg(test)]
mod tests {
    use super::in_its_name;

    #[test]
    fn the_wrapper_stands_where_the_program_would() {
        for (text, said) in [
            ("Usage: odoo-agent read", "Usage: /opt/x.sh read"),
            ("  odoo-agent read a\n  odoo-agent call b", "  /opt/x.sh read a\n  /opt/x.sh call b"),
            ("a person runs odoo-agent approve R", "a person runs odoo-agent approve R"),
            ("odoo-agent --profile YOURS approve R", "odoo-agent --profile YOURS approve R"),
            ("  odoo-agent --profile sandbox lookup x", "  /opt/x.sh lookup x"),
            ("~/.config/odoo-agent holds odoo-agent.1", "~/.config/odoo-agent holds odoo-agent.1"),
            ("a bug in odoo-agent", "a bug in odoo-agent"),
        ] {
            assert_eq!(in_its_name(text, "/opt/x.sh"), said);
        }
        assert_eq!(in_its_name("odoo-agent read", "/o p/x.sh"), "'/o p/x.sh' read");
    }
}
