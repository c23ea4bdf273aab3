//! The wrapper script that a run goes through, as the wrapper itself says. It is text to show in notes and hints
//! and nothing else: whoever sets the environment can put anything there, so it is never run or opened.

use std::path::Path;

use super::{Environment, names};

/// Whether a wrapper runs the program: it says so, whatever its path looks like. Who says it without being one is
/// fenced in for nothing.
pub fn is_one(environment: &Environment) -> bool {
    environment.path(names::CALLED_AS).is_some()
}

/// The wrapper's path, if it looks like one: absolute, a file that is there, of characters that a person reads
/// as they are.
pub fn path(environment: &Environment) -> Option<&str> {
    let plain = |c: char| c.is_alphanumeric() || " _-./+,@()".contains(c);
    let text = environment.text(names::CALLED_AS).filter(|text| text.chars().all(plain))?;
    let path = Path::new(text);
    (path.is_absolute() && path.is_file()).then_some(text)
}

/// Names of ours that the wrapper left out of the environment, because the profile alone counts there.
pub fn left_out(environment: &Environment) -> Vec<&'static str> {
    let said = environment.text(names::LEFT_OUT).unwrap_or_default();
    let is_its_own = |name: &&str| matches!(*name, names::AGENT_HOME | names::CALLED_AS | names::LEFT_OUT);
    let ours = names::ALL.iter().map(|known| known.name).filter(|name| !is_its_own(name));
    ours.filter(|name| said.split(' ').any(|one| one == *name)).collect()
}
