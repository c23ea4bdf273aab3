//! The time zones that users of the embedded company can have: how far each is from UTC at a moment, by the
//! rules for summer time of its region. Any other zone counts as UTC.

use super::dates::{self, Day};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A moment as seconds since 1970, from Odoo's text.
pub fn parse(text: &str) -> Option<i64> {
    let text = dates::parse_datetime(text)?;
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    Some(dates::parse(&text)? * DAY + part(11..13)? * HOUR + part(14..16)? * 60 + part(17..19)?)
}

/// Odoo's text of a moment.
pub fn format(moment: i64) -> String {
    let clock = moment.rem_euclid(DAY);
    let day = dates::format(moment.div_euclid(DAY));
    format!("{day} {:02}:{:02}:{:02}", clock / HOUR, clock / 60 % 60, clock % 60)
}

/// What the clocks of a zone show at a moment in UTC.
pub fn local(moment: i64, zone: &str) -> i64 {
    moment + offset(moment, zone)
}

/// The moment at which the clocks of a zone show this.
pub fn utc(local: i64, zone: &str) -> i64 {
    // The offset before the change and the one after it are tried: clocks change once at most in between.
    let guess = local - offset(local, zone);
    local - offset(guess, zone)
}

fn offset(moment: i64, zone: &str) -> i64 {
    let (year, ..) = dates::civil(moment.div_euclid(DAY));
    let between = |from: i64, to: i64| (from..to).contains(&moment);
    match zone {
        // All of the European Union changes at one in the morning, UTC.
        "Europe/Brussels" | "Europe/Paris" => {
            let summer = between(last_sunday(year, 3) * DAY + HOUR, last_sunday(year, 10) * DAY + HOUR);
            if summer { 2 * HOUR } else { HOUR }
        }
        // At two on the clocks there, which then show standard time and summer time.
        "America/New_York" => {
            let summer = between(sunday(year, 3, 2) * DAY + 7 * HOUR, sunday(year, 11, 1) * DAY + 6 * HOUR);
            if summer { -4 * HOUR } else { -5 * HOUR }
        }
        _ => 0,
    }
}

/// The nth Sunday of a month.
fn sunday(year: i64, month: i64, nth: i64) -> Day {
    let first = dates::day_number(year, month, 1);
    first + (6 - dates::weekday(first)) + 7 * (nth - 1)
}

fn last_sunday(year: i64, month: i64) -> Day {
    let last = dates::day_number(year, month + 1, 1) - 1;
    last - (dates::weekday(last) + 1) % 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_when_they_do_there() {
        let shows = |text: &str, zone: &str| format(local(parse(text).expect("a time"), zone));
        assert_eq!(shows("2026-03-29 00:59:59", "Europe/Brussels"), "2026-03-29 01:59:59");
        assert_eq!(shows("2026-03-29 01:00:00", "Europe/Brussels"), "2026-03-29 03:00:00");
        assert_eq!(shows("2026-10-25 00:59:59", "Europe/Paris"), "2026-10-25 02:59:59");
        assert_eq!(shows("2026-10-25 01:00:00", "Europe/Paris"), "2026-10-25 02:00:00");
        assert_eq!(shows("2026-03-08 06:59:59", "America/New_York"), "2026-03-08 01:59:59");
        assert_eq!(shows("2026-03-08 07:00:00", "America/New_York"), "2026-03-08 03:00:00");
        assert_eq!(shows("2026-11-01 06:00:00", "America/New_York"), "2026-11-01 01:00:00");
        assert_eq!(shows("2026-07-01 12:00:00", "UTC"), "2026-07-01 12:00:00");
    }

    #[test]
    fn midnight_there_is_found_on_every_day() {
        for zone in ["Europe/Brussels", "America/New_York", "UTC"] {
            for day in 20_000..22_000 {
                assert_eq!(local(utc(day * DAY, zone), zone), day * DAY, "{zone} {}", dates::format(day));
            }
        }
    }
}
