//! A command line that clap does not take, as far as it can be understood: its command, its words, and itself with a
//! flag where one was meant.

use std::ffi::OsString;

use clap::{Arg, Command};

use crate::cli::definition;
use crate::cli::interface;
use crate::text::shell::quoted;

const LONGEST_HINT: usize = 400;

/// A command line, as far as it can be understood.
pub(super) struct Line {
    pub(super) root: Command,
    /// The words that name the command, and where the last of them stands.
    pub(super) path: Vec<String>,
    pub(super) at: usize,
    pub(super) words: Vec<String>,
    /// A wrapper has put its profile in front.
    pub(super) is_wrapped: bool,
}

impl Line {
    pub(super) fn of(arguments: &[OsString], is_wrapped: bool) -> Line {
        let mut root = definition::root(is_wrapped);
        root.build();
        let words: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let end = words.len();
        Line { root, path: Vec::new(), at: 0, words, is_wrapped }.until(end)
    }

    /// The same with the command that the words before this place name.
    pub(super) fn until(mut self, end: usize) -> Line {
        (self.path, self.at) = (Vec::new(), 0);
        for position in 1..end {
            let (here, word) = (self.command(), &self.words[position]);
            let flag = self.words[position - 1].strip_prefix("--").unwrap_or_default();
            let is_value =
                here.get_arguments().any(|arg| has_name(arg, flag) && arg.get_action().takes_values());
            if !is_value && here.find_subcommand(word).is_some() {
                self.path.push(word.clone());
                self.at = position;
            }
        }
        self
    }

    pub(super) fn command(&self) -> &Command {
        interface::find(&self.root, &self.path).unwrap_or(&self.root)
    }

    pub(super) fn name(&self) -> String {
        ["odoo-agent"].into_iter().chain(self.path.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn has(&self, flag: &str) -> bool {
        self.command().get_arguments().any(|arg| has_name(arg, flag))
    }

    /// The line as it was meant: a flag before a word, which takes those after it that are like it.
    pub(super) fn with_flag(&self, flag: &str, word: &str, alike: impl Fn(&str) -> bool) -> String {
        let own = &self.words[self.at + 1..];
        let first = own.iter().position(|given| given == word).unwrap_or_default();
        let count = own[first..].iter().take_while(|given| alike(given)).count();
        // What stands before the command is part of what was meant: without its profile the line would work
        // in another Odoo.
        let mut right = vec!["odoo-agent".to_string()];
        // Which profile a wrapper works in is the wrapper's to say.
        let stated = match &self.words[1..=self.at] {
            [flag, _, rest @ ..] if self.is_wrapped && flag == "--profile" => rest,
            stated => stated,
        };
        right.extend(stated.iter().map(|word| quoted(word)));
        right.extend(own[..first].iter().map(|word| quoted(word)));
        right.extend([format!("--{flag}"), quoted(&own[first..first + count].join(","))]);
        right.extend(own[first + count..].iter().map(|word| quoted(word)));
        let whole = right.join(" ");
        // What is too long to be read is not repeated.
        if whole.len() <= LONGEST_HINT { whole } else { format!("{} … --{flag} …", self.name()) }
    }

    /// The words right before a word and from it on that are no flags: where the first stands, and all of them.
    pub(super) fn around(&self, word: &str) -> Option<(usize, &[String])> {
        let own = &self.words[self.at + 1..];
        let at = own.iter().position(|given| given == word)?;
        let is_flag = |word: &String| word.starts_with('-');
        let start = own[..at].iter().rposition(is_flag).map_or(0, |flag| flag + 1);
        let end = own[at..].iter().position(is_flag).map_or(own.len(), |flag| at + flag);
        Some((self.at + 1 + start, &own[start..end]))
    }

    pub(super) fn before(&self, word: &str) -> Option<&str> {
        let position = self.words.iter().skip(self.at).position(|given| given == word)? + self.at;
        self.words.get(position.checked_sub(1)?).map(String::as_str)
    }
}

pub(super) fn has_name(arg: &Arg, flag: &str) -> bool {
    arg.get_long_and_visible_aliases().is_some_and(|names| names.contains(&flag))
}
