//! One policy in front of every operation: documents say what is allowed, denied, asked of a person or limited. To
//! decide is pure: an operation and what is known of it go in, a decision comes out. Where documents are found, how
//! limits are counted and who is told are rooms of their own; nothing here sends, prints or asks.

pub mod act;
pub mod asked;
pub mod counters;
pub mod decide;
pub mod decimal;
mod denial;
pub mod document;
pub mod facts;
pub mod files;
pub mod gate;
mod hours;
pub mod limit;
pub mod matching;
pub mod naming;
pub mod passphrase;
pub mod path;
pub mod pattern;
pub mod policies;
pub mod predicate;
pub mod reading;
pub mod templates;
pub mod test;
pub mod withheld;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests;
