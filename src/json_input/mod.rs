//! JSON that a person or an agent typed, read strictly: duplicate keys and numbers that cannot be carried
//! exactly are errors, with the place they stand. It never widens: what does not parse is an error, never an
//! empty value. Where text comes from, and who may read it, is here too; what it means is not.

mod shapes;
mod sources;
mod strict;
#[cfg(test)]
mod tests;

pub use shapes::{bare_type_name, domain, ids, list, object, objects, strings, type_name, whole, wrong_type};
pub use sources::{Fence, Source, Stdin, text_of};
pub use strict::parse;
