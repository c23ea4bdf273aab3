//! The names of time zones, as the tz database and Odoo have them: case counts. How far they are
//! from UTC is told by `offsets.rs`.

mod offsets;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::error::{Code, Error, Result};
use crate::suggest::closest;

pub use offsets::at;

/// Every zone of the tz database, as Odoo's own list has them: case counts.
static ZONES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("zones.txt").lines().collect());

/// Refuses a time zone that Odoo would take for UTC without a word.
pub fn check(zone: &str, place: &str) -> Result<()> {
    if ZONES.contains(zone) {
        return Ok(());
    }
    Err(no_zone(zone, place))
}

fn no_zone(zone: &str, place: &str) -> Error {
    let error = Error::new(
        Code::PreflightRefused,
        format!("{place}: there is no time zone {zone:?}: Odoo would take UTC without a word"),
    );
    let same = || ZONES.iter().copied().find(|name| name.eq_ignore_ascii_case(zone));
    let town = || {
        let town = zone.rsplit('/').next().unwrap_or_default().replace(' ', "_");
        ZONES.iter().copied().find(|name| {
            name.rsplit('/').next().is_some_and(|end| !town.is_empty() && end.eq_ignore_ascii_case(&town))
        })
    };
    match same().or_else(town).or_else(|| closest(zone, ZONES.iter().copied())) {
        Some(close) => error.with_hint(format!("did you mean {close}?")),
        None => error.with_hint("a time zone is a name like Europe/Brussels or America/New_York"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_told_apart_by_case_and_found_by_town() {
        for right in ["Europe/Brussels", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "US/Pacific"] {
            assert!(check(right, "tz").is_ok(), "{right}");
        }
        for (wrong, meant) in [
            ("Asia/Shangai", "Asia/Shanghai"),
            ("europe/brussels", "Europe/Brussels"),
            ("Brussels", "Europe/Brussels"),
            ("New York", "America/New_York"),
        ] {
            let error = check(wrong, "tz").unwrap_err();
            assert_eq!(error.hints, [format!("did you mean {meant}?").as_str()], "{wrong}");
        }
    }
}
