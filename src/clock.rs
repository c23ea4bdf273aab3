//! The time, in one place, so that nothing else reads the system clock. Whole seconds since the epoch, UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now.
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// Seconds since 1970-01-01 UTC; 0 if the clock is set before that.
pub fn now_seconds() -> u64 {
    now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or(0)
}

/// A time as Odoo writes it: `YYYY-MM-DD HH:MM:SS`, UTC.
pub fn odoo_datetime(seconds: u64) -> String {
    let text =
        humantime::format_rfc3339_seconds(UNIX_EPOCH + std::time::Duration::from_secs(seconds)).to_string();
    text.replace('T', " ").trim_end_matches('Z').to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn odoo_datetimes_are_naive_utc() {
        assert_eq!(super::odoo_datetime(0), "1970-01-01 00:00:00");
        assert_eq!(super::odoo_datetime(1_770_000_000), "2026-02-02 02:40:00");
    }
}
