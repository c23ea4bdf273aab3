//! Completion on TAB: the shell's script asks `odoo-agent __complete`, which reads the line with clap's own
//! definition and offers what the caches and the configuration directory know. It is offline, opens no profile,
//! reads no key, and offers nothing but names of a plain alphabet: text in a cache came from a server.

mod known;
mod words;

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::builder::ValueHint;
use clap::{Arg, Command, ValueEnum};
use clap_complete::engine::{self, ArgValueCompleter, CompletionCandidate};

use crate::cli::definition;
use crate::cli::interface;
use crate::settings::Paths;
use known::Known;

/// A shell that has a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash, 3.2 or later
    Bash,
    /// Zsh
    Zsh,
    /// Fish, 3.1 or later
    Fish,
    /// PowerShell
    Powershell,
}

impl Shell {
    /// What the shell sources.
    pub fn script(self) -> &'static str {
        match self {
            Shell::Bash => include_str!("odoo-agent.bash"),
            Shell::Zsh => include_str!("odoo-agent.zsh"),
            Shell::Fish => include_str!("odoo-agent.fish"),
            Shell::Powershell => include_str!("odoo-agent.ps1"),
        }
    }
}

/// Tags the candidate that stands for "names of files": the shell completes those better by itself.
const FILES: &str = "files";

/// The answer for a shell: `files`, or `space` or `nospace` (what is to follow a completed word), then a line
/// for each candidate, with a tab before its description where the shell shows one.
pub fn answer(shell: Shell, line: Vec<OsString>, index: usize, paths: &Paths) -> String {
    let line = words::Line::read(shell, line, index);
    let mut command = with_completers(line.definition(), &Arc::new(Known::new(paths, line.model())));
    let (words, index) = words::with_values_joined(&line);
    let found = engine::complete(&mut command, words, index, None).unwrap_or_default();
    let tagged = |candidate: &CompletionCandidate, tag: &str| {
        candidate.get_tag().is_some_and(|found| found.to_string() == tag)
    };
    if found.iter().any(|candidate| tagged(candidate, FILES)) {
        return "files\n".into();
    }
    // Flags are offered once a dash is typed, or when nothing else can stand there.
    let is_flag =
        |candidate: &CompletionCandidate| candidate.get_value().as_encoded_bytes().starts_with(b"-");
    let only_words = line.is_empty() && !found.iter().all(is_flag);
    let mut list = String::new();
    let mut open = !found.is_empty();
    for candidate in found.iter().filter(|candidate| !(only_words && is_flag(candidate))) {
        let Some(value) = candidate.get_value().to_str().and_then(|value| line.typed_part(value)) else {
            continue;
        };
        if line.is_pinned && ["--profile", "--env-file"].contains(&value) {
            continue;
        }
        open &= tagged(candidate, words::OPEN);
        list += value;
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        if let (true, Some(first)) = (shell != Shell::Bash, help.lines().next()) {
            list.push('\t');
            list += &first.replace('\t', " ");
        }
        list.push('\n');
    }
    format!("{}\n{list}", if open { "nospace" } else { "space" })
}

/// The definition with what can be offered for each argument. Which one it is tells its name, so that a new
/// command with a MODEL or `--fields` completes without a word here.
fn with_completers(command: Command, known: &Arc<Known>) -> Command {
    command
        .mut_args(|arg| completer_for(arg, known))
        .mut_subcommands(|command| with_completers(command, known))
}

fn completer_for(arg: Arg, known: &Arc<Known>) -> Arg {
    let known = Arc::clone(known);
    let offer = |arg: Arg, complete: fn(&Known, &str) -> Vec<CompletionCandidate>| {
        arg.add(ArgValueCompleter::new(move |current: &OsStr| {
            current.to_str().map(|current| complete(&known, current)).unwrap_or_default()
        }))
    };
    match arg.get_id().as_str() {
        "model" => offer(arg, |known, current| words::whole(known.models(), current)),
        "method" => offer(arg, |known, current| words::listed_last(known.methods(), current)),
        "kind" => offer(arg, |known, current| words::whole(known.lookup_kinds(), current)),
        "profile" => offer(arg, |known, current| words::whole(known.profiles(), current)),
        "fields" => offer(arg, |known, current| words::listed(known.fields(), current)),
        "order" => offer(arg, |known, current| words::ordered(known.fields(), current)),
        "by" => offer(arg, |known, current| words::grouped(known.fields(), current)),
        "field" | "force_field" => offer(arg, |known, current| words::listed_last(known.fields(), current)),
        "about" => offer(arg, |_, current| words::whole(commands_and_topics(), current)),
        "of" => offer(arg, |_, current| words::whole(commands(), current)),
        _ if interface::value_name(&arg).is_some_and(|name| name == "FIELD") => {
            offer(arg, |known, current| words::listed_last(known.fields(), current))
        }
        _ if names_a_file(&arg) => {
            offer(arg, |_, _| vec![CompletionCandidate::new("").tag(Some(FILES.into()))])
        }
        _ => arg,
    }
}

fn names_a_file(arg: &Arg) -> bool {
    let path = matches!(arg.get_value_hint(), ValueHint::FilePath | ValueHint::DirPath | ValueHint::AnyPath);
    let name = interface::value_name(arg).unwrap_or_default();
    path || ["FILE", "PATH", "DIR"].contains(&name.as_str())
}

fn commands() -> Vec<String> {
    interface::commands_of(&definition::root(false)).map(|command| command.get_name().to_string()).collect()
}

fn commands_and_topics() -> Vec<String> {
    let topics = interface::topics::TOPICS.iter().map(|topic| topic.name.to_string());
    commands().into_iter().chain(topics).collect()
}
