//! What a wrapper that works in one profile keeps from whoever runs it: commands that reach beyond the profile, and
//! files of the owner's that the profile does not open. It runs nothing.

use std::path::{Path, PathBuf};

use crate::cli::definition::Entry;
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
            && (is_beyond(after) || [" --profile", " --env-file"].iter().any(|next| after.starts_with(next)));
        if is_part || is_a_persons {
            said.push_str(PROGRAM);
        } else {
            said.push_str(&shell::quoted(wrapper));
        }
        rest = after.strip_prefix(SANDBOX).filter(|_| !is_part).unwrap_or(after);
    }
    said + rest
}

/// Whether a command begins here that a wrapper refuses.
fn is_beyond(after: &str) -> bool {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let word = after.trim_start().split(|c| !is_of_a_name(c)).next().unwrap_or_default();
    Entry::of(word).is_some_and(Entry::is_beyond_a_wrapper)
}

/// A page with the examples left out that a wrapper refuses. What a person does stays.
pub fn without_refused_examples(text: &str) -> String {
    let is_refused = |line: &str| {
        let is_of_another = line
            .strip_prefix("  odoo-agent")
            .is_some_and(|after| is_beyond(after) && !after.starts_with(" approve "));
        is_of_another || names_a_file(line)
    };
    let Some((before, examples)) = text.split_once("\nExamples:\n") else { return text.into() };
    let kept: String = examples.split_inclusive('\n').filter(|line| !is_refused(line)).collect();
    if kept.trim().is_empty() { before.into() } else { format!("{before}\nExamples:\n{kept}") }
}

/// Whether a command reads another file than stdin.
fn names_a_file(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let reads = |word: &str| word == "exec-spec" || word.starts_with("--") && word.ends_with("-file");
    words.any(reads) && words.next().is_some_and(|file| file != "-")
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
    use super::{in_its_name, without_refused_examples};

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
            ("the token that `odoo-agent approve` printed", "the token that `odoo-agent approve` printed"),
            ("run odoo-agent cache clear", "run odoo-agent cache clear"),
            ("Usage: odoo-agent sandbox <COMMAND>", "Usage: odoo-agent sandbox <COMMAND>"),
            ("odoo-agent sandboxed", "/opt/x.sh sandboxed"),
        ] {
            assert_eq!(in_its_name(text, "/opt/x.sh"), said);
        }
        assert_eq!(in_its_name("odoo-agent read", "/o p/x.sh"), "'/o p/x.sh' read");
    }

    #[test]
    fn an_example_that_is_refused_is_none() {
        let page = "Text on odoo-agent cache\n\nExamples:\n  odoo-agent doctor\n  odoo-agent cache path\n  odoo-agent approve R\n";
        let kept = "Text on odoo-agent cache\n\nExamples:\n  odoo-agent doctor\n  odoo-agent approve R\n";
        assert_eq!(without_refused_examples(page), kept);
        assert_eq!(without_refused_examples("Text\n\nExamples:\n  odoo-agent sandbox reset"), "Text\n");
        assert_eq!(without_refused_examples("Text"), "Text");
        let files = "Text\n\nExamples:\n  odoo-agent exec-spec a.json --pretty\n  odoo-agent exec-spec -\n  odoo-agent create a.b --vals-file -";
        let kept = "Text\n\nExamples:\n  odoo-agent exec-spec -\n  odoo-agent create a.b --vals-file -";
        assert_eq!(without_refused_examples(files), kept);
    }
}
