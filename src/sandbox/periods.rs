//! Periods of time as groups name them: where a week, month or quarter begins and ends, and
//! its label. Weeks begin on Sunday, as in en_US. It knows dates and words, no fields and
//! no records.

use super::dates;

/// The first day of a day's period.
pub fn start_of(day: dates::Day, grain: &str) -> dates::Day {
    let (year, month, _) = dates::civil(day);
    match grain {
        // Weeks begin on Sunday in en_US.
        "week" => day - (dates::weekday(day) + 1) % 7,
        "month" => dates::day_number(year, i64::from(month), 1),
        "quarter" => dates::day_number(year, i64::from((month - 1) / 3 * 3 + 1), 1),
        "year" => dates::day_number(year, 1, 1),
        _ => day,
    }
}

/// The first day after a period.
pub fn end_of(start: dates::Day, grain: &str) -> dates::Day {
    let (year, month, _) = dates::civil(start);
    match grain {
        "week" => start + 7,
        "month" => dates::day_number(year, i64::from(month) + 1, 1),
        "quarter" => dates::day_number(year, i64::from(month) + 3, 1),
        "year" => dates::day_number(year + 1, 1, 1),
        _ => start + 1,
    }
}

/// What a period is called.
pub fn label(start: dates::Day, grain: &str, text: &str) -> String {
    let (year, month, day) = dates::civil(start);
    let name = dates::MONTHS.get(month as usize - 1).copied().unwrap_or("");
    let short = name.get(..3).unwrap_or("");
    match grain {
        // Odoo's format has twelve hours and does not say which half of the day.
        "hour" => {
            let hour: u32 = text.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or(0);
            format!("{:02}:00 {day:02} {short}", (hour + 11) % 12 + 1)
        }
        "day" => format!("{day:02} {short} {year}"),
        "week" => format!("W{} {year}", dates::iso_week(start + 1)),
        "month" => format!("{name} {year}"),
        "quarter" => format!("Q{} {year}", (month - 1) / 3 + 1),
        _ => year.to_string(),
    }
}

/// The hour after.
pub fn next_hour(text: &str) -> String {
    let hour: i64 = text.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or(0);
    let day = dates::parse(text).unwrap_or(0) + (hour + 1) / 24;
    format!("{} {:02}:00:00", dates::format(day), (hour + 1) % 24)
}
