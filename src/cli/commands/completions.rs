//! `completions`: the script that a shell sources, and the hidden `__complete` that the script asks on TAB.

use std::ffi::OsString;

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::completion::{self, Shell};
use crate::cli::local::Local;
use crate::error::{Effect, Result};

/// The command.
pub const COMMAND: Own = Own {
    name: "completions",
    about: "Print the completion script of a shell",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || json!({ "description": "text, no JSON: a script for the shell" }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// What the scripts ask.
pub const ASKED: Own = Own {
    name: "__complete",
    about: "Asked by the completion scripts",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || json!({ "description": "text, no JSON" }),
    },
    is_hidden: true,
    build: Line::augment_args,
    run: |matches, local| complete(read(matches)?, &local),
};

/// Flags of `completions`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Where it goes:
  bash        ~/.local/share/bash-completion/completions/odoo-agent
  zsh         _odoo-agent in a directory of $fpath, before compinit
  fish        ~/.config/fish/completions/odoo-agent.fish
  powershell  in $PROFILE: odoo-agent completions powershell | Out-String | Invoke-Expression

Examples:
  odoo-agent completions bash
  odoo-agent completions zsh")]
pub struct Args {
    /// Shell
    shell: Shell,
}

/// Prints the script.
pub fn run(args: Args, local: &Local) -> Result<()> {
    local.out.data(args.shell.script().as_bytes(), Effect::NotSent)
}

/// Arguments of `__complete`.
#[derive(ClapArgs, Clone, Debug)]
pub struct Line {
    shell: Shell,
    /// Which word is being typed, from 0
    index: usize,
    /// The words of the line, the program first
    #[arg(last = true)]
    words: Vec<OsString>,
}

/// Prints what can stand there.
pub fn complete(line: Line, local: &Local) -> Result<()> {
    let answer = completion::answer(line.shell, line.words, line.index, &local.paths);
    local.out.data(answer.as_bytes(), Effect::NotSent)
}
