//! What a profile says of how an MCP client is served. It serves nobody.

use std::time::Duration;

use super::{Layers, TIMEOUT_FORM, names, parse_timeout};
use crate::error::Result;

/// Clients give up on a call after a minute.
const WAIT: Duration = Duration::from_secs(40);
/// Clients keep no more than 50,000 characters of an answer.
const ANSWER: usize = 40_000;
/// An answer that holds less than this says nothing.
const LEAST: usize = 2_000;

/// How an MCP client is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mcp {
    /// Two tools for all verbs, in place of one for each.
    pub two: bool,
    /// The longest that a call waits for a person.
    pub wait: Duration,
    /// The most characters of an answer.
    pub answer: usize,
}

impl Mcp {
    /// As the layers say.
    ///
    /// # Errors
    /// A value that is none.
    pub(super) fn of(layers: &Layers) -> Result<Mcp> {
        let two = |text: &str| match text.trim() {
            "each" => Some(false),
            "two" => Some(true),
            _ => None,
        };
        let answer = |text: &str| text.trim().parse().ok().filter(|most| *most >= LEAST);
        let most = format!("a whole number from {LEAST}");
        Ok(Mcp {
            two: layers.parsed(names::MCP_TOOLS, two, "each or two")?.unwrap_or(false),
            wait: layers.parsed(names::MCP_WAIT, parse_timeout, TIMEOUT_FORM)?.unwrap_or(WAIT),
            answer: layers.parsed(names::MCP_ANSWER, answer, &most)?.unwrap_or(ANSWER),
        })
    }
}
