//! A time that somebody typed without a zone: Odoo takes it for UTC, and whoever works in a zone may have meant it there.
//! Odoo's own form, to the second, is what reads give and programs hand on: of that nothing is said.

use super::Check;
use super::dates::{self, Reading};
use crate::operation::Operation;
use crate::zones;

/// The zone of a call, if it has one.
pub fn zone(operation: &Operation) -> Option<String> {
    let zone = operation.context.get("tz")?.as_str()?;
    (!zone.is_empty() && zone != "UTC").then(|| zone.to_string())
}

/// Notes what a time means that names no zone, once a call.
pub fn note(check: &Check, text: &str, place: &str) {
    if !is_typed(text) {
        return;
    }
    let Some(zone) = check.zone.borrow_mut().take() else { return };
    let told = format!("{place}: {text:?} names no time zone, and Odoo takes it for UTC");
    match there(text, &zone) {
        Some((here, _)) if here == text.get(..16).unwrap_or_default().replace(['T', 't'], " ") => {}
        Some((here, meant)) => {
            check.note(format!("{told}: {here} in {zone}; a time of that zone is written {meant}"));
        }
        None => check.note(format!(
            "{told}, whatever it is in {zone}; a time of that zone is written with its distance from UTC, like 10:00+01:00"
        )),
    }
}

/// Whether a text is a time without a zone, in a form that Odoo's answers do not have.
fn is_typed(text: &str) -> bool {
    let is_odoos = text.len() == 19 && text.as_bytes()[10] == b' ';
    text.len() > 10 && !is_odoos && matches!(dates::datetime(text), Reading::Fine | Reading::Mended(_, false))
}

/// What a time in UTC is in a zone, to the minute, and how the same hour of that zone is written.
fn there(text: &str, zone: &str) -> Option<(String, String)> {
    let second = dates::seconds(text)?;
    let here = dates::written(second + zones::at(zone, second)?)?;
    // The zone may have been set forward or back in between.
    let offset = zones::at(zone, second - zones::at(zone, second)?)?;
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    let typed = dates::written(second)?;
    let meant = format!("{}{sign}{:02}:{:02}", typed.get(..16)?, minutes / 60, minutes % 60);
    Some((here.get(..16)?.to_string(), meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_odoo_gives_and_what_names_a_zone_or_a_day_was_not_typed_without_one() {
        for typed in ["2026-12-01 10:00", "2026-12-01T10:00", "2026-12-01T10:00:00", "2026-12-01 10"] {
            assert!(is_typed(typed), "{typed}");
        }
        for other in [
            "2026-12-01 10:00:00",
            "2026-12-01",
            "2026-12-01T10:00Z",
            "2026-12-01 10:00+01:00",
            "now",
            "2026-12-01 25:00",
        ] {
            assert!(!is_typed(other), "{other}");
        }
    }

    #[test]
    fn the_hour_of_a_zone_is_written_with_its_distance_then() {
        // Where this machine has no zones nothing is told.
        let Some((here, meant)) = there("2026-12-01 10:00", "Europe/Brussels") else { return };
        assert_eq!((here.as_str(), meant.as_str()), ("2026-12-01 11:00", "2026-12-01 10:00+01:00"));
        let (here, meant) = there("2026-07-01T10:00", "Europe/Brussels").unwrap();
        assert_eq!((here.as_str(), meant.as_str()), ("2026-07-01 12:00", "2026-07-01 10:00+02:00"));
        let (here, meant) = there("2026-07-01 01:30", "America/St_Johns").unwrap();
        assert_eq!((here.as_str(), meant.as_str()), ("2026-06-30 23:00", "2026-07-01 01:30-02:30"));
    }
}
