//! Times and spans of time as arguments.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::said;
use crate::arguments::{Form, Shape, Valued};
use crate::error::Error;
use crate::json_input;
use crate::settings::{TIMEOUT_FORM, parse_timeout};

value!(
    /// How long a person is waited for.
    Patience(Duration),
    Shape::Duration,
    |value, place| match &value {
        Value::String(text) => plain(text).then(|| parse_timeout(text)).flatten().ok_or_else(|| {
            Error::usage(format!("{place}: expected {TIMEOUT_FORM}, as one whole number and one unit, and not {text:?}"))
        }),
        other => Err(json_input::wrong_type(place, "a time like 90s or 10m, as a string", other)),
    },
    json_schema!({ "type": "string",
        "pattern": "^(([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)s|([1-9]|[1-5][0-9]|60)m|1h)$" })
);
value!(
    /// A time, or how long ago.
    Since(When),
    Shape::Word("TIME"),
    |value, place| match &value {
        Value::String(text) => When::read(text).ok_or_else(|| {
            Error::usage(format!("{place}: expected a day like 2026-02-28, a time like 2026-02-28T10:00:00Z, or how long ago, like 2h or 3d, and not {text:?}"))
        }),
        other => Err(json_input::wrong_type(place, "a time, as a string", other)),
    },
    json_schema!({ "type": "string", "pattern": format!("^({SPAN}|{MOMENT})$") })
);
value!(
    /// A span of time of any length.
    Span(Duration),
    Shape::Word("DURATION"),
    |value, place| match &value {
        Value::String(text) => span(text).ok_or_else(|| {
            Error::usage(format!("{place}: expected a duration, like 90s, 10m or 2h, and not {text:?}"))
        }),
        other => Err(json_input::wrong_type(place, "a duration, as a string", other)),
    },
    json_schema!({ "type": "string", "pattern": format!("^{SPAN}$") })
);

/// One whole number and one unit.
const SPAN: &str = "[0-9]{1,6}[smhdw]";
/// A day, or a time of one, UTC or with its zone.
const MOMENT: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?";

fn span(text: &str) -> Option<Duration> {
    let number = text.strip_suffix(['s', 'm', 'h', 'd', 'w'])?;
    let is_plain = (1..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { humantime::parse_duration(text).ok() } else { None }
}

/// A point in time, as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So long before now.
    Ago(Duration),
    /// This second since the epoch, UTC.
    At(u64),
}

impl Default for When {
    fn default() -> When {
        When::At(0)
    }
}

impl When {
    fn read(text: &str) -> Option<When> {
        if let Some(ago) = span(text) {
            return Some(When::Ago(ago));
        }
        if let Some((time, offset)) = zoned(text) {
            let When::At(second) = When::read(time)? else { return None };
            return second.checked_add_signed(-offset).map(When::At);
        }
        let is_plain =
            matches!(text.len(), 10 | 19 | 20) && text.is_ascii() && !text.contains(['t', 'z', '.']);
        let whole = if text.len() == "2026-02-28".len() {
            format!("{text}T00:00:00Z")
        } else {
            text.replace(' ', "T")
        };
        let time = humantime::parse_rfc3339_weak(&whole).ok().filter(|_| is_plain)?;
        time.duration_since(std::time::UNIX_EPOCH).ok().map(|since| When::At(since.as_secs()))
    }

    /// The second that is meant.
    pub fn second(self, now: u64) -> u64 {
        match self {
            When::Ago(ago) => now.saturating_sub(ago.as_secs()),
            When::At(second) => second,
        }
    }
}

/// A time and the seconds east of UTC that are written behind it, `+01:00`.
fn zoned(text: &str) -> Option<(&str, i64)> {
    let (time, zone) = text.split_at_checked(19).filter(|(_, zone)| zone.len() == 6)?;
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let sign = match zone.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some((time, sign * (hours * 3600 + minutes * 60)))
}

/// One whole number and one unit, as the schema has it.
fn plain(text: &str) -> bool {
    let number = text.trim_end_matches(['s', 'm', 'h']);
    number.len() + 1 == text.len()
        && !number.starts_with('0')
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}
