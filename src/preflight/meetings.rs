//! Meetings, whose end does not follow from their start when they are made (Odoo 19, tried): without `stop` it is an hour
//! from now, whatever start and duration say, and a duration beside a stop is kept although the calendar goes by the
//! stop. A start that is written alone takes the stop along: there is nothing to say of it.

use serde_json::Value;

use super::{Check, dates};
use crate::knowledge::Version;
use crate::operation::{Object, Operation};

const MODEL: &str = "calendar.event";
/// The version that it was tried with.
const SINCE: Version = 19;

/// Notes where a meeting would end.
pub fn check(check: &Check, operation: &Operation) {
    if operation.model != MODEL || check.version < SINCE {
        return;
    }
    let (key, is_new) = match operation.method.as_str() {
        "create" => ("vals_list", true),
        "write" => ("vals", false),
        _ => return,
    };
    let given = operation.kwargs.get(key).unwrap_or(&Value::Null);
    let list = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
    let has_default = operation.context.contains_key("default_stop");
    let told = list.iter().filter_map(Value::as_object).find_map(|vals| {
        let start = moment(vals, "start")?;
        let hours = vals.get("duration").and_then(Value::as_f64);
        match moment(vals, "stop") {
            None if is_new && !has_default && !is_whole_day(vals) => Some(without_stop(start, hours)),
            Some(stop) => at_odds(start, stop, hours?),
            None => None,
        }
    });
    if let Some(told) = told {
        check.note(told);
    }
}

fn moment(vals: &Object, name: &str) -> Option<i64> {
    dates::seconds(vals.get(name)?.as_str()?)
}

fn is_whole_day(vals: &Object) -> bool {
    vals.get("allday").is_some_and(|whole| *whole == true || *whole == 1)
}

fn without_stop(start: i64, hours: Option<f64>) -> String {
    let hours = hours.filter(|hours| *hours > 0.0 && *hours < 1e5).unwrap_or(1.0);
    let stop = dates::written(start + (hours * 3600.0).round() as i64).unwrap_or_default();
    format!(
        "without stop Odoo ends a new meeting an hour from now, whatever its start and duration, and refuses it where that is before the start: give \"stop\":{}",
        Value::from(stop)
    )
}

fn at_odds(start: i64, stop: i64, hours: f64) -> Option<String> {
    let between = (stop - start) as f64 / 3600.0;
    (between >= 0.0 && (between - hours).abs() > 1.0 / 60.0).then(|| {
        format!(
            "start and stop are {between} h apart and duration is {hours}: Odoo keeps both, and the calendar shows the time until stop; leave duration out"
        )
    })
}
