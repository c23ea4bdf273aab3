//! The time, handed in: the only place that reads the system's clock or waits. Whole seconds are since the epoch, UTC.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> SystemTime;

    /// A point in time to measure from.
    fn instant(&self) -> Instant;

    /// Waits.
    fn sleep(&self, time: Duration);

    /// Seconds since 1970-01-01 UTC; 0 if the clock is set before that.
    fn seconds(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or(0)
    }
}

/// A clock that many hold.
pub type SharedClock = Arc<dyn Clock>;

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

#[allow(clippy::disallowed_methods, reason = "everybody else is handed this one")]
impl Clock for System {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// The end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// A time as Odoo writes it: `YYYY-MM-DD HH:MM:SS`, UTC.
pub fn odoo_datetime(seconds: u64) -> String {
    // No later year can be written so: what is stored is damaged, or the clock was.
    let seconds = seconds.min(LAST_SECOND);
    let text = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string();
    text.replace('T', " ").trim_end_matches('Z').to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn odoo_datetimes_are_naive_utc() {
        assert_eq!(super::odoo_datetime(u64::MAX), "9999-12-31 23:59:59");
        assert_eq!(super::odoo_datetime(0), "1970-01-01 00:00:00");
        assert_eq!(super::odoo_datetime(1_770_000_000), "2026-02-02 02:40:00");
    }
}
