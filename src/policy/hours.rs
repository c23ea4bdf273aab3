//! Hours of the day and days of the week, in UTC or at a fixed distance from it: no time zone of the environment
//! moves them.

use super::reading::{Node, Read};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Some hours of some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Minutes of the day.
    from: u32,
    to: u32,
    days: [bool; 7],
    /// Minutes from UTC.
    offset: i32,
}

impl Hours {
    /// From `{"from": "08:00", "to": "18:00", "days": ["mon"], "offset": "+01:00"}`.
    pub fn read(node: &Node) -> Read<Hours> {
        let members = node.object(&["from", "to", "days", "offset"])?;
        if ["from", "to", "days"].iter().all(|key| members.get(key).is_none()) {
            return Err(node.wrong("from, to or days is expected"));
        }
        let minute = |key: &str, usual: u32| match members.get(key) {
            None => Ok(usual),
            Some(node) => clock(node.text()?)
                .filter(|minute| *minute <= 24 * 60)
                .ok_or_else(|| node.wrong("a time of day like 08:00 is expected")),
        };
        let (from, to) = (minute("from", 0)?, minute("to", 24 * 60)?);
        if from == to {
            return Err(node.wrong("it begins when it ends: this can never match"));
        }
        let mut days = [members.get("days").is_none(); 7];
        if let Some(node) = members.get("days") {
            for day in node.filled()? {
                let at = DAYS.iter().position(|name| day.value == *name);
                let at = at.ok_or_else(|| day.wrong(format!("one of {} is expected", DAYS.join(", "))))?;
                days[at] = true;
            }
        }
        let offset = match members.get("offset") {
            None => 0,
            Some(node) => offset(node.text()?)
                .ok_or_else(|| node.wrong("a distance from UTC like +01:00 is expected"))?,
        };
        Ok(Hours { from, to, days, offset })
    }

    /// Whether a moment is within them.
    pub fn hold(&self, seconds: u64) -> bool {
        let minutes = i64::try_from(seconds / 60).unwrap_or(i64::MAX).saturating_add(i64::from(self.offset));
        // 1970-01-01 was a Thursday.
        let day = minutes.div_euclid(24 * 60).saturating_add(3).rem_euclid(7) as usize;
        let minute = minutes.rem_euclid(24 * 60) as u32;
        let today = self.days[day];
        let yesterday = self.days[(day + 6) % 7];
        if self.from < self.to {
            today && (self.from..self.to).contains(&minute)
        } else {
            // Over midnight it belongs to the day on which it began.
            today && minute >= self.from || yesterday && minute < self.to
        }
    }
}

fn clock(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u32>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours <= 24).then_some(hours * 60 + minutes)
}

fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let minutes = clock(rest)?;
    (minutes <= 14 * 60).then_some(sign * minutes as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hours(value: serde_json::Value) -> Hours {
        Hours::read(&Node::root(&value)).unwrap()
    }

    #[test]
    fn hours_hold_on_their_days_and_over_midnight() {
        // 2026-11-26 is a Thursday; this is its midnight, UTC.
        let midnight = 1_795_651_200;
        let office = hours(json!({ "from": "08:00", "to": "18:00", "days": ["thu"] }));
        assert!(!office.hold(midnight + 7 * 3600) && office.hold(midnight + 9 * 3600));
        assert!(!office.hold(midnight + 18 * 3600) && !office.hold(midnight + 33 * 3600));
        let night = hours(json!({ "from": "22:00", "to": "06:00", "days": ["thu"] }));
        assert!(night.hold(midnight + 23 * 3600) && night.hold(midnight + 29 * 3600));
        assert!(!night.hold(midnight + 3600));
        let ahead = hours(json!({ "from": "08:00", "to": "09:00", "offset": "+02:00" }));
        assert!(ahead.hold(midnight + 6 * 3600 + 60));
        for wrong in
            [json!({ "from": "8" }), json!({ "days": [] }), json!({ "from": "08:00", "to": "08:00" })]
        {
            assert!(Hours::read(&Node::root(&wrong)).is_err(), "{wrong}");
        }
    }
}
