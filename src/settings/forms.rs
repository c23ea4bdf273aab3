//! The forms that values of settings have: durations, counts, yes and no, lists of ids.

use std::time::Duration;

use super::layers::Layers;
use super::names;
use crate::error::{Code, Error, Result};

/// What a time-out looks like.
pub const TIMEOUT_FORM: &str = "a duration between 1ms and 1h, like 90s or 2m";

/// Parses a time-out: humantime, or whole seconds.
pub fn parse_timeout(text: &str) -> Option<Duration> {
    parse_duration(text)
        .filter(|timeout| (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(timeout))
}

pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    text.parse::<u64>().ok().map(Duration::from_secs).or_else(|| humantime::parse_duration(text).ok())
}

pub(super) fn ttl(layers: &Layers, name: &str, default: Duration) -> Result<Duration> {
    Ok(layers.parsed(name, parse_duration, "a duration like 12h, or 0")?.unwrap_or(default))
}

pub(super) fn parse_yes(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

pub(super) const A_COUNT: &str = "a whole number from 1";

pub(super) fn parse_count(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|count| *count > 0)
}

pub(super) fn parse_ids(text: &str) -> Option<Vec<i64>> {
    text.split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<i64>().ok().filter(|id| *id > 0))
        .collect()
}

/// Whether it says that no agent works with it.
pub(super) fn is_person(layers: &Layers) -> Result<bool> {
    match layers.get(names::PROFILE_KIND).map(|(kind, _)| kind.trim()) {
        None | Some("agent") => Ok(false),
        Some("person") => Ok(true),
        Some(_) => Err(Error::new(
            Code::ConfigInvalid,
            format!("{} is neither person nor agent", names::PROFILE_KIND),
        )),
    }
}
