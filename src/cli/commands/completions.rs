//! `completions`: the script that a shell sources, and the hidden `__complete` that the script asks on TAB.

use std::ffi::OsString;

use clap::Args as ClapArgs;

use crate::cli::completion::{self, Shell};
use crate::cli::local::Local;
use crate::error::{Effect, Result};

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
