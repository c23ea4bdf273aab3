//! Where the approver's key comes from: the process environment, the profile, a password manager that a
//! profile of the configuration directory names, or a hidden prompt. It warns when having the key here makes
//! the separation of agent and approver void. Nothing but the approval flow asks for it.

use std::process::{Command, Stdio};

use super::terminal;
use crate::error::{Code, Error, Result};
use crate::host::Question;
use crate::secret::Secret;
use crate::settings::{ApproverSource, Environment, Paths, Selection, names};

/// Who is to use the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The agent's own run: having the key in its reach deserves a warning.
    Agent,
    /// A person who approves at a terminal, maybe with a profile of their own.
    Person,
}

/// The key, or none when there is none to be had without a person. Where it is typed, what `shown` gives is shown
/// first; a person who approves may take `own`, the key of their profile, where that one may approve.
pub fn key(
    selection: &Selection,
    environment: &Environment,
    paths: &Paths,
    asker: Asker,
    own: &dyn Fn() -> Option<Secret>,
    is_interactive: bool,
    shown: &dyn Fn() -> Result<Question>,
    note: &dyn Fn(String),
) -> Result<Option<Secret>> {
    let selection = Selection {
        profile: selection.profile.clone(),
        env_file: selection.env_file.clone(),
        ..Selection::default()
    };
    Ok(match ApproverSource::find(&selection, environment, paths)? {
        Some(ApproverSource::Environment(key)) => Some(key),
        Some(ApproverSource::File(key, path)) if asker == Asker::Agent => {
            note(format!(
                "the approver's key is in {}, which the agent's own profile reads: whoever runs this can approve its own calls",
                path.display()
            ));
            Some(key)
        }
        Some(ApproverSource::File(key, _)) => Some(key),
        Some(ApproverSource::Command(command)) => Some(from_command(&command)?),
        None if asker == Asker::Person => {
            let own = own();
            let prompt = match &own {
                Some(_) => "The approver's API key (not shown; Enter takes this profile's own): ",
                None => "The approver's API key (not shown): ",
            };
            Some(terminal::ask_hidden(prompt, own.as_ref())?)
        }
        None if is_interactive => {
            let mut tty = terminal::open()?;
            terminal::show(&mut tty, &shown()?);
            Some(terminal::ask_hidden(
                "To let exactly this through, once, type the approver's API key (not shown): ",
                None,
            )?)
        }
        None => None,
    })
}

/// Runs what the profile names (never a flag, never the environment) and takes its first line.
#[allow(clippy::disallowed_methods, reason = "the one command that is run: a profile of the owner names it")]
fn from_command(command: &str) -> Result<Secret> {
    let failed = |why: String| {
        Error::new(Code::ConfigInvalid, format!("{} gave no key: {why}", names::APPROVER_KEY_COMMAND))
    };
    let output = Command::new("sh")
        .args(["-c", command])
        .env_remove(names::API_KEY)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()).with_source(error))?;
    let printed = zeroize::Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(failed(format!("it ended with {}", output.status)));
    }
    let first = printed.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = std::str::from_utf8(first).map_err(|_| failed("its first line is not text".into()))?.trim();
    if text.is_empty() {
        return Err(failed("its first line is empty".into()));
    }
    Ok(Secret::new(text.to_string()))
}
