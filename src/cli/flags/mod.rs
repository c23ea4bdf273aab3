//! A verb's arguments as flags of a command line: how they are called. What clap is told of them and what was typed are
//! rooms of their own; what they mean is the verb's.

mod build;
mod typed;

pub use build::{build, checks};
pub use typed::{ids, job, rules};

use crate::actions::definition::Verb;
use crate::arguments::{Argument, Choice, Shape};

/// A verb as a command: `search-read`.
pub fn name(verb: &str) -> String {
    verb.replace('_', "-")
}

/// The flag of an argument, without dashes: `force-field`, `domain`.
pub fn flag(argument: &Argument) -> String {
    argument.flag.map_or_else(|| name(argument.key()), str::to_string)
}

/// Every argument of a verb with what a person may have to approve left out, which is the surface's own.
fn arguments(verb: &Verb) -> impl Iterator<Item = &'static Argument> {
    verb.definition.own.iter().chain(verb.definition.rules)
}

/// The argument that says which of several things is done.
fn choice(verb: &Verb) -> Option<(&'static Argument, &'static [Choice])> {
    verb.definition.own.iter().find_map(|argument| match argument.form.shape {
        Shape::Choice(choices) => Some((argument, choices)),
        _ => None,
    })
}

/// What the flags of every command have already.
fn is_global(argument: &Argument) -> bool {
    argument.form.shape == Shape::Duration && argument.key() == "timeout"
}
