//! What time it is for Odoo when it is a time here: its clock is asked once, and times of the journal are put by it.

use std::time::UNIX_EPOCH;

use crate::clock::odoo_datetime;
use crate::session::Run;

/// Where a server tells its time, its clock and ours went apart by less than this since.
pub const NEAR: u64 = 30;

/// Times are compared by whole seconds, those of two clocks.
pub const ROUNDED: u64 = 2;

/// How far Odoo's clock is ahead of ours.
pub struct Moment {
    ahead: i128,
    /// Whether it told.
    pub is_told: bool,
}

impl Moment {
    /// Asks the server; one that does not tell is taken to have our time.
    pub fn here(run: &Run) -> Moment {
        let there = run.session.odoo().probe().ok().and_then(|reply| {
            let date = httpdate::parse_http_date(reply.header("date")?).ok()?;
            date.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
        });
        let here = run.session.clock.seconds();
        match there {
            // It runs within this program.
            _ if run.session.settings.is_sandbox => Moment { ahead: 0, is_told: true },
            Some(there) => Moment { ahead: i128::from(there) - i128::from(here), is_told: true },
            None => Moment { ahead: 0, is_told: false },
        }
    }

    /// The second of ours in which it was so late for Odoo.
    pub fn ours(&self, time: &str) -> Option<u64> {
        let there = humantime::parse_rfc3339_weak(time).ok()?.duration_since(UNIX_EPOCH).ok()?;
        u64::try_from(i128::from(there.as_secs()) - self.ahead).ok()
    }

    /// So many seconds before a second of ours, as Odoo writes times.
    pub fn before(&self, second: u64, margin: u64) -> String {
        self.at(i128::from(second) - i128::from(margin))
    }

    fn at(&self, second: i128) -> String {
        odoo_datetime(u64::try_from(second + self.ahead).unwrap_or_default())
    }
}
