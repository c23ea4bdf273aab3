//! Calendar days without a crate: parsing what Odoo writes, days and months
//! forward and back, weeks and quarters. Proleptic Gregorian, no time
//! zones.

/// A day as a number: days since 1970-01-01.
pub type Day = i64;

/// Year, month, day of a day number.
pub fn civil(day: Day) -> (i64, u32, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * month + 2) / 5 + 1) as u32;
    let month = if month < 10 { month + 3 } else { month - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day number of a date; months beyond December run on into the next year.
pub fn day_number(year: i64, month: i64, day: u32) -> Day {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `YYYY-MM-DD` at the start of a text, if it is a real date.
pub fn parse(text: &str) -> Option<Day> {
    let head = text.get(..10)?;
    let bytes = head.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        head.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<i64>().ok()
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let result = day_number(year, month, day as u32);
    (civil(result) == (year, month as u32, day as u32)).then_some(result)
}

/// `YYYY-MM-DD[ HH:MM[:SS]]` and nothing else, completed to seconds.
pub fn parse_datetime(text: &str) -> Option<String> {
    parse(text)?;
    let clock = match text.get(10..)? {
        "" => "00:00:00".to_owned(),
        rest => {
            let clock = rest.strip_prefix(' ')?;
            let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
            let parts: Vec<_> = clock.split(':').collect();
            let limits = [24, 60, 60];
            let fits = parts.len() == 3
                && parts.iter().zip(limits).all(|(part, limit)| {
                    part.len() == 2
                        && part.bytes().all(|byte| byte.is_ascii_digit())
                        && part.parse::<u32>().is_ok_and(|number| number < limit)
                });
            if !fits {
                return None;
            }
            clock
        }
    };
    Some(format!("{} {clock}", text.get(..10)?))
}

/// `YYYY-MM-DD`.
pub fn format(day: Day) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// 0 for Monday.
pub fn weekday(day: Day) -> i64 {
    (day + 3).rem_euclid(7)
}

/// ISO week number.
pub fn iso_week(day: Day) -> i64 {
    let thursday = day - weekday(day) + 3;
    let (year, ..) = civil(thursday);
    (thursday - day_number(year, 1, 1)) / 7 + 1
}

/// The months of a label.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Odoo 19's relative dates: `today`, `now`, and parts such as `-7d`, `+1m`, `=monday` behind them.
pub fn relative(text: &str, today: Day) -> Option<Day> {
    let mut parts = text.split_whitespace();
    let mut day = today;
    let mut known = false;
    for part in parts.by_ref() {
        known = true;
        match part {
            "today" | "now" => continue,
            _ => {}
        }
        let (sign, rest) = match (part.strip_prefix('-'), part.strip_prefix('+')) {
            (Some(rest), _) => (-1, rest),
            (_, Some(rest)) => (1, rest),
            _ => return None,
        };
        let unit = rest.chars().last()?;
        let count = sign * rest.get(..rest.len() - unit.len_utf8())?.parse::<i32>().map(i64::from).ok()?;
        let (year, month, of_month) = civil(day);
        day = match unit {
            'd' => day + count,
            'w' => day + 7 * count,
            'm' => clamp(year, i64::from(month) + count, of_month),
            'y' => clamp(year + count, i64::from(month), of_month),
            _ => return None,
        };
    }
    known.then_some(day)
}

/// A day or a time in any form that a domain takes, as Odoo writes times, and whether it was a day. `now` is the
/// time in UTC. What is neither is refused in the words of Python.
pub fn moment(text: &str, now: &str) -> Result<(String, bool), String> {
    let midnight = |day: Day| (format!("{} 00:00:00", format(day)), true);
    let iso = |text: &str| -> Option<(String, bool)> {
        if text.len() <= 10 {
            let compact = |text: &str| {
                let plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
            };
            return parse(&compact(text).unwrap_or_else(|| text.to_owned())).map(midnight);
        }
        let clock = text.get(11..)?.split('.').next()?;
        let whole = format!("{} {clock}", text.get(..10)?);
        let whole = if clock.len() == 2 { format!("{whole}:00:00") } else { whole };
        parse_datetime(&whole).map(|moment| (moment, false))
    };
    if let Some(moment) = iso(text) {
        return Ok(moment);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && text.as_bytes().get(digits) == Some(&b'-') {
        return Err(format!("Invalid isoformat string: {}", super::python::text_repr(text)));
    }
    let Some(first) = text.split_whitespace().next() else { return Err("Empty date value".into()) };
    let today = parse(now).unwrap_or(0);
    let day = relative(text, today)
        .ok_or_else(|| format!("Invalid term {0} in expression date: {0}", super::python::text_repr(text)))?;
    if first == "today" {
        return Ok(midnight(day));
    }
    Ok((format!("{}{}", format(day), now.get(10..).unwrap_or("")), false))
}

fn clamp(year: i64, month: i64, day: u32) -> Day {
    let last = day_number(year, month + 1, 1) - 1;
    day_number(year, month, day).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(parse("1970-01-01"), Some(0));
        assert_eq!(parse("2026-02-30"), None);
        assert_eq!(format(day_number(2026, 13, 1)), "2027-01-01");
        assert_eq!(weekday(parse("2026-11-22").expect("a date")), 6);
        assert_eq!(iso_week(parse("2027-01-03").expect("a date")), 53);
        assert_eq!(
            relative("today -1m", parse("2026-03-31").expect("a date")).map(format),
            Some("2026-02-28".into())
        );
        assert_eq!(parse_datetime("2026-01-01 10:30"), Some("2026-01-01 10:30:00".into()));
        assert_eq!(parse_datetime("2026-01-01T10:30:00"), None);
        assert_eq!(parse_datetime("2026-01-01 10:30:00.5"), None);
    }

    proptest::proptest! {
        #[test]
        fn every_day_comes_back(day in -200_000i64..200_000) {
            proptest::prop_assert_eq!(parse(&format(day)), Some(day));
        }
    }
}
