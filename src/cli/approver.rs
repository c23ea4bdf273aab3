//! Where the approver's key comes from: the process environment, the profile, a password manager that a
//! profile of the configuration directory names, or a hidden prompt. It warns when having the key here makes
//! the separation of agent and approver void. Nothing but the approval flow asks for it.

use super::{secret_command, terminal};
use crate::error::Result;
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
#[allow(clippy::too_many_arguments, reason = "each is another place that a key can come from")]
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
        Some(ApproverSource::Command(command)) => {
            Some(secret_command::printed(names::APPROVER_KEY_COMMAND, &command)?)
        }
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
