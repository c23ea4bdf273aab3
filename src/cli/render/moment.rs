//! Odoo's naive UTC times in the reader's own: local time with its distance from UTC, so that a time copied
//! from a table means the same moment when it is written back, and nobody takes UTC for the time of the place. The zone
//! is that of TZ, else the system's.

use chrono::{Local, NaiveDateTime, TimeZone, Utc};

/// A time in UTC that says so.
pub fn utc(text: &str) -> String {
    format!("{text}Z")
}

/// `YYYY-MM-DD HH:MM:SS` in UTC as local time, `2026-03-01 11:00:00+01:00`; with a `Z` where that is UTC.
/// Nothing if the text is not exactly of that form.
pub fn local(text: &str) -> Option<String> {
    local_in(&Local, text)
}

fn local_in<Z: TimeZone>(zone: &Z, text: &str) -> Option<String> {
    if text.len() != 19 || text.as_bytes()[10] != b' ' {
        return None;
    }
    let moment: NaiveDateTime = format!("{}T{}", text.get(..10)?, text.get(11..)?).parse().ok()?;
    let there = Utc.from_utc_datetime(&moment).with_timezone(zone);
    let naive = there.naive_local();
    let seconds = (naive - moment).num_seconds();
    if seconds == 0 {
        return Some(utc(text));
    }
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    // Before there were zones, places kept their own time to the second.
    if seconds % 60 != 0 {
        return Some(utc(text));
    }
    let shown = naive.to_string();
    Some(format!("{}{sign}{:02}:{:02}", shown.get(..19)?, minutes / 60, minutes % 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    #[test]
    fn only_odoos_own_form_is_a_time() {
        let india = FixedOffset::east_opt(19_800).unwrap();
        assert_eq!(local_in(&india, "2026-03-01 20:00:00").unwrap(), "2026-03-02 01:30:00+05:30");
        let newfoundland = FixedOffset::west_opt(12_600).unwrap();
        assert_eq!(local_in(&newfoundland, "2026-01-01 00:00:00").unwrap(), "2025-12-31 20:30:00-03:30");
        assert_eq!(local_in(&Utc, "2026-03-01 20:00:00").unwrap(), "2026-03-01 20:00:00Z");
        for other in
            ["2026-03-01", "2026-03-01T20:00:00", "2026-13-01 20:00:00", "2026-03-01 20:00:00.1", "", "é"]
        {
            assert_eq!(local_in(&india, other), None, "{other}");
        }
    }
}
