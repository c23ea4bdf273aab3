//! The words of a line that is being typed, and how a candidate continues one of them: whole, as the last name of a
//! list, as an order. Pure.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;
use clap_complete::engine::CompletionCandidate;

use super::Shell;
use crate::cli::definition;
use crate::knowledge::vocabulary::PERIODS;

/// Tag of a candidate that more can follow without a blank: a list of names goes on with a comma.
pub const OPEN: &str = "open";

/// A line, as the program would be given it.
pub struct Line {
    /// Its words; the first is the program.
    pub words: Vec<OsString>,
    /// Which is being typed.
    pub index: usize,
    /// A wrapper that works in one profile is being called.
    pub is_pinned: bool,
    /// What the shell holds for done of the word: candidates are printed without it.
    done: String,
}

impl Line {
    /// Reads what the shell passes on.
    pub fn read(shell: Shell, mut words: Vec<OsString>, mut index: usize) -> Line {
        if words.is_empty() {
            words.push("odoo-agent".into());
        }
        index = index.clamp(1, words.len());
        if index == words.len() {
            words.push(OsString::new());
        }
        let mut done = String::new();
        if shell == Shell::Bash {
            (words, index, done) = joined(words, index);
        }
        // What an open quote holds is typed as it stands.
        if let Some(text) = words[index].to_str().and_then(|text| text.strip_prefix(['\'', '"'])) {
            words[index] = text.to_string().into();
        }
        let program = Path::new(&words[0]).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_pinned = program.starts_with("odoo_") && program.ends_with(".sh");
        Line { words, index, is_pinned, done }
    }

    /// What can stand in it: once a command is named, the others are no part of it.
    pub fn definition(&self) -> Command {
        definition::of_line(&self.words[..self.index])
    }

    /// The model that the line names.
    pub fn model(&self) -> Option<String> {
        let matches = self.definition().ignore_errors(true).try_get_matches_from(&self.words).ok()?;
        let (_, matches) = matches.subcommand()?;
        matches.try_get_one::<String>("model").ok().flatten().cloned()
    }

    /// Nothing of the word is typed yet.
    pub fn is_empty(&self) -> bool {
        self.words[self.index].is_empty()
    }

    /// The part of a candidate that replaces what the shell takes for the word.
    pub fn typed_part<'v>(&self, value: &'v str) -> Option<&'v str> {
        value.strip_prefix(self.done.as_str())
    }
}

/// The words as `engine::complete` takes them: it looks for the command in every word, so that the profile of
/// `--profile sandbox` would be one. A flag and its value are one word then, but for the one being typed.
pub fn with_values_joined(line: &Line) -> (Vec<OsString>, usize) {
    let mut root = line.definition();
    root.build();
    let mut command = &root;
    let (mut whole, mut index): (Vec<OsString>, usize) = (Vec::new(), line.index);
    let mut words = line.words.iter().enumerate().peekable();
    whole.extend(words.next().map(|(_, program)| program.clone()));
    while let Some((position, word)) = words.next() {
        whole.push(word.clone());
        if word == "--" || position >= line.index {
            break;
        }
        let Some(text) = word.to_str() else { continue };
        if let Some(flag) = text.strip_prefix("--") {
            let takes_value = command.get_arguments().any(|arg| {
                let mut names = arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default());
                arg.get_action().takes_values() && names.any(|name| name == flag)
            });
            if takes_value && let Some((_, value)) = words.next_if(|(position, _)| *position < line.index) {
                if let Some(last) = whole.last_mut() {
                    last.push("=");
                    last.push(value);
                }
                index -= 1;
            }
        } else if let Some(nested) = command.find_subcommand(text) {
            command = nested;
        }
        if !command.has_subcommands() {
            break;
        }
    }
    whole.extend(words.map(|(_, word)| word.clone()));
    (whole, index)
}

/// Bash splits `--fields=name` and `create_date:month` into three words each.
fn joined(words: Vec<OsString>, index: usize) -> (Vec<OsString>, usize, String) {
    let is_break = |word: &OsString| word == "=" || word == ":";
    let mut whole: Vec<OsString> = Vec::new();
    let (mut new_index, mut done) = (0, String::new());
    let mut after_break = false;
    for (position, word) in words.into_iter().enumerate() {
        let breaks = is_break(&word);
        match whole.last_mut() {
            Some(last) if position > 1 && (breaks || after_break) => {
                if position == index {
                    // A break is done itself; what follows one continues after it.
                    let mut begun = last.clone();
                    begun.push(if breaks { word.as_os_str() } else { OsStr::new("") });
                    done = begun.to_string_lossy().into_owned();
                }
                last.push(&word);
            }
            _ => whole.push(word),
        }
        if position == index {
            new_index = whole.len() - 1;
        }
        after_break = breaks;
    }
    (whole, new_index, done)
}

fn starting(names: Vec<String>, start: &str) -> impl Iterator<Item = String> {
    names.into_iter().filter(move |name| name.starts_with(start))
}

/// Names that the word itself can be.
pub fn whole(names: Vec<String>, current: &str) -> Vec<CompletionCandidate> {
    starting(names, current).map(CompletionCandidate::new).collect()
}

/// Names that can be the last of a list, the others kept and not offered again.
pub fn listed(names: Vec<String>, current: &str) -> Vec<CompletionCandidate> {
    let open = |candidate: CompletionCandidate| candidate.tag(Some(OPEN.into()));
    listed_last(names, current).into_iter().map(open).collect()
}

/// The same, where mostly one name is given.
pub fn listed_last(names: Vec<String>, current: &str) -> Vec<CompletionCandidate> {
    let (before, last) = split(current, ',');
    let taken: Vec<&str> = before.split(',').collect();
    let left = starting(names, last).filter(|name| !taken.contains(&name.as_str()));
    left.map(|name| CompletionCandidate::new(format!("{before}{name}"))).collect()
}

/// An order: `name asc, id desc`.
pub fn ordered(names: Vec<String>, current: &str) -> Vec<CompletionCandidate> {
    let (before, last) = split(current, ',');
    let field = last.trim_start();
    let blanks = &last[..last.len() - field.len()];
    match field.split_once(' ') {
        Some((field, direction)) => ["asc", "desc"]
            .iter()
            .filter(|word| word.starts_with(direction.trim_start()))
            .map(|word| CompletionCandidate::new(format!("{before}{blanks}{field} {word}")))
            .collect(),
        None => starting(names, field)
            .map(|name| CompletionCandidate::new(format!("{before}{blanks}{name}")).tag(Some(OPEN.into())))
            .collect(),
    }
}

/// What to group by: a field, with a period after a colon.
pub fn grouped(names: Vec<String>, current: &str) -> Vec<CompletionCandidate> {
    let (before, last) = split(current, ',');
    match last.split_once(':') {
        Some((field, period)) => PERIODS
            .iter()
            .filter(|word| word.starts_with(period))
            .map(|word| CompletionCandidate::new(format!("{before}{field}:{word}")))
            .collect(),
        None => listed(names, current),
    }
}

/// Everything up to the last separator with it, and the rest.
fn split(text: &str, separator: char) -> (&str, &str) {
    text.split_at(text.rfind(separator).map_or(0, |at| at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[&str], index: usize) -> Line {
        Line::read(Shell::Bash, words.iter().map(OsString::from).collect(), index)
    }

    #[test]
    fn what_bash_took_apart_is_one_word_again() {
        let read = line(&["odoo-agent", "read", "--fields", "=", "na"], 4);
        assert_eq!((read.words[2].to_str(), read.index), (Some("--fields=na"), 2));
        assert_eq!(read.typed_part("--fields=name"), Some("name"));
        let read = line(&["odoo-agent", "read", "--fields", "="], 3);
        assert_eq!(
            (read.words[2].to_str(), read.typed_part("--fields=name")),
            (Some("--fields="), Some("name"))
        );
        let read = line(&["odoo-agent", "group", "a.b", "--by", "create_date", ":", "mo", "--sum"], 6);
        assert_eq!((read.words[4].to_str(), read.words.len()), (Some("create_date:mo"), 6));
        assert_eq!(read.typed_part("create_date:month"), Some("month"));
    }

    #[test]
    fn any_index_is_a_word() {
        for index in [0, 1, 2, 7, usize::MAX] {
            let read = line(&["odoo-agent", "read"], index);
            assert!(read.index < read.words.len() && read.index > 0);
        }
        assert_eq!(Line::read(Shell::Zsh, Vec::new(), 0).index, 1);
    }
}
