//! Dates and times as people and programs write them, turned into the two forms that Odoo takes: a date, and a
//! naive time in UTC. Pure arithmetic on text; it knows no field and no clock.

/// What a text is.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// As Odoo takes it.
    Fine,
    /// The same moment as Odoo takes it; whether a time zone was named.
    Mended(String, bool),
    /// No date at all.
    Unreadable,
}

/// Reads the value of a datetime field.
pub fn datetime(text: &str) -> Reading {
    let Some(moment) = Moment::read(text) else { return Reading::Unreadable };
    let Some(utc) = moment.in_utc() else { return Reading::Unreadable };
    let as_odoo = text.len() == 10 || (matches!(text.len(), 13 | 16 | 19) && text.as_bytes()[10] == b' ');
    if as_odoo && moment.offset.is_none() {
        Reading::Fine
    } else {
        Reading::Mended(utc, moment.offset.is_some())
    }
}

/// Reads the value of a date field: of a moment, the day that is written there.
pub fn date(text: &str) -> Reading {
    match Moment::read(text) {
        None => Reading::Unreadable,
        Some(_) if text.len() == 10 => Reading::Fine,
        Some(moment) => Reading::Mended(text[..10].to_string(), moment.offset.is_some()),
    }
}

/// Seconds from 1970 to what is written, as if in UTC.
pub fn seconds(text: &str) -> Option<i64> {
    Moment::read(text).map(|moment| moment.day * 86_400 + moment.seconds - moment.offset.unwrap_or(0))
}

/// The moment so many seconds after 1970 as Odoo takes it.
pub fn written(seconds: i64) -> Option<String> {
    Moment { day: 0, seconds, offset: None }.in_utc()
}

/// The day after a date.
pub fn next_day(text: &str) -> Option<String> {
    let (year, month, day) = civil_from_days(Moment::read(text)?.day + 1);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

struct Moment {
    day: i64,
    seconds: i64,
    /// Seconds east of UTC, if a zone was written.
    offset: Option<i64>,
}

impl Moment {
    fn read(text: &str) -> Option<Moment> {
        if !text.is_ascii() {
            return None;
        }
        let (date, rest) = text.split_at_checked(10)?;
        let mut parts = date.split('-');
        let (year, month, day) =
            (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
        if parts.next().is_some()
            || year < 1
            || !(1..=12).contains(&month)
            || !(1..=days(year, month)).contains(&day)
        {
            return None;
        }
        let day = days_from_civil(year, month, day);
        if rest.is_empty() {
            return Some(Moment { day, seconds: 0, offset: None });
        }
        let time = rest.strip_prefix(['T', 't', ' '])?;
        let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
        let (clock, zone) = time.split_at(end);
        let seconds = clock_of(clock.trim_end_matches(' '))?;
        let offset = if zone.is_empty() { None } else { Some(zone_of(zone)?) };
        Some(Moment { day, seconds, offset })
    }

    fn in_utc(&self) -> Option<String> {
        let total = self.day * 86_400 + self.seconds - self.offset.unwrap_or(0);
        let (day, seconds) = (total.div_euclid(86_400), total.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(day);
        (1..=9999).contains(&year).then(|| {
            format!(
                "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60
            )
        })
    }
}

/// `HH[:MM[:SS[.ffffff]]]`; fractions are cut off, as Odoo does.
fn clock_of(text: &str) -> Option<i64> {
    let (whole, fraction) =
        text.split_once(['.', ',']).map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let parts: Vec<&str> = whole.split(':').collect();
    if fraction.is_some_and(|digits| {
        parts.len() != 3 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())
    }) {
        return None;
    }
    let numbers: Vec<i64> = parts.iter().map(|part| number(part, 2)).collect::<Option<_>>()?;
    match numbers.as_slice() {
        [hour] if *hour < 24 => Some(hour * 3600),
        [hour, minute] if *hour < 24 && *minute < 60 => Some(hour * 3600 + minute * 60),
        [hour, minute, second] if *hour < 24 && *minute < 60 && *second < 60 => {
            Some(hour * 3600 + minute * 60 + second)
        }
        _ => None,
    }
}

/// `Z`, `+02`, `+0200`, `-03:30`.
fn zone_of(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text[1..].replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits, 2)?, 0),
        4 => (number(&digits[..2], 2)?, number(&digits[2..], 2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn number(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn days(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_of_writing_a_moment_is_read() {
        let mended = |text: &str, zone| Reading::Mended(text.into(), zone);
        for (given, wanted) in [
            ("2026-03-01", Reading::Fine),
            ("2026-03-01 09:30", Reading::Fine),
            ("2026-03-01 09:30:05", Reading::Fine),
            ("2026-03-01T09:30:05", mended("2026-03-01 09:30:05", false)),
            ("2026-03-01T09:30:05Z", mended("2026-03-01 09:30:05", true)),
            ("2026-03-01T09:30:05.123456Z", mended("2026-03-01 09:30:05", true)),
            ("2026-03-01T00:30:00+02:00", mended("2026-02-28 22:30:00", true)),
            ("2024-02-29 23:30:00-0130", mended("2024-03-01 01:00:00", true)),
            ("2026-12-31T23:00-05", mended("2027-01-01 04:00:00", true)),
            ("2026-02-29", Reading::Unreadable),
            ("2026-13-01", Reading::Unreadable),
            ("01/02/2026", Reading::Unreadable),
            ("2026-03-01T25:00", Reading::Unreadable),
            ("2026-03-01T10:00 CET", Reading::Unreadable),
            ("tomorrow", Reading::Unreadable),
            ("2026-3-1", Reading::Unreadable),
            ("", Reading::Unreadable),
        ] {
            assert_eq!(datetime(given), wanted, "{given}");
        }
        assert_eq!(date("2026-03-01T23:30:00-05:00"), mended("2026-03-01", true));
        assert_eq!(date("2026-03-01"), Reading::Fine);
        assert_eq!(date("March 1"), Reading::Unreadable);
    }

    proptest! {
        #[test]
        fn days_and_dates_are_inverse(days in -700_000_i64..2_900_000) {
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(days_from_civil(year, month, day), days);
        }

        #[test]
        fn what_is_mended_is_fine_and_the_same_moment(day in 0_i64..20_000, seconds in 0_i64..86_400, offset in -14_i64..15) {
            let (year, month, date) = civil_from_days(day);
            let text = format!(
                "{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}{}{:02}:00",
                seconds / 3600, seconds / 60 % 60, seconds % 60, if offset < 0 { '-' } else { '+' }, offset.abs()
            );
            let Reading::Mended(utc, true) = datetime(&text) else { panic!("{text}") };
            prop_assert_eq!(datetime(&utc), Reading::Fine);
            let there = Moment::read(&utc).unwrap();
            prop_assert_eq!(there.day * 86_400 + there.seconds, day * 86_400 + seconds - offset * 3600);
        }

        #[test]
        fn any_text_is_read_without_a_crash(text in "\\PC{0,40}") {
            let _ = (datetime(&text), date(&text));
        }
    }
}
