//! Values of plain fields: numbers, booleans, texts, selections, dates. It refuses what Odoo would store as
//! something else and rewrites dates into Odoo's form.

use serde_json::{Value, json};

use super::dates::{self, Reading};
use super::{Check, refused, typed_times};
use crate::error::{Error, Result};
use crate::json_input::{bare_type_name, type_name};
use crate::suggest::closest;

/// Checks one value by its field's type; a type that is not known here is Odoo's to judge.
pub fn check(check: &Check, value: &mut Value, field: &Value, place: &str) -> Result<()> {
    // Both mean "empty" to Odoo, for every plain field.
    if matches!(value, Value::Null | Value::Bool(false)) {
        return Ok(());
    }
    match field["type"].as_str().unwrap_or_default() {
        "integer" => number(value, place, true),
        "float" | "monetary" => number(value, place, false),
        "boolean" => boolean(value, place),
        "html" => text(value, place).map(|()| html(check, value, place)),
        "char" | "text" => text(value, place),
        "selection" => selection(check, value, &field["selection"], place),
        kind @ ("date" | "datetime") => date(check, value, kind, place),
        "reference" => reference(value, place),
        _ => Ok(()),
    }
}

/// The most options that are told one by one.
const MOST_OPTIONS: usize = 20;

fn number(value: &Value, place: &str, whole: bool) -> Result<()> {
    let expected = if whole { "a whole number" } else { "a number" };
    match value {
        Value::Number(number) if whole && number.as_f64().is_some_and(|number| number.fract() != 0.0) => {
            Err(refused(format!("{place}: takes a whole number, Odoo would cut {number} off")))
        }
        Value::Number(_) => Ok(()),
        Value::String(text) => {
            let error = refused(format!("{place}: takes {expected}, this is a string"));
            Err(match meant_number(text) {
                Some(meant) if meant == *text => error.with_hint(format!("write {text} without quotes")),
                Some(meant) => error.with_hint(format!("write {meant}")),
                None => error,
            })
        }
        other => Err(refused(format!("{place}: takes {expected}, this is {}", type_name(other)))),
    }
}

/// The number that a text stands for: as it is, without what groups its digits, or hours and minutes as hours.
pub fn meant_number(text: &str) -> Option<String> {
    let text = text.trim();
    let is_number = |text: &str| {
        text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok_and(f64::is_finite)
    };
    if is_number(text) {
        return Some(text.to_string());
    }
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
        return (minutes < 60).then(|| format!("{}", f64::from(hours) + f64::from(minutes) / 60.0));
    }
    // 1,000.5 and 1 000: whether 1,5 is one and a half, nobody can tell by 1,500 alone.
    let groups: Vec<&str> = text.split('.').next()?.split([',', ' ', '\u{a0}', '\'']).collect();
    let is_grouped = groups.len() > 1 && groups.iter().skip(1).all(|group| group.len() == 3);
    let plain: String =
        text.chars().filter(|letter| !matches!(letter, ',' | ' ' | '\u{a0}' | '\'')).collect();
    (is_grouped && is_number(&plain)).then_some(plain)
}

fn boolean(value: &Value, place: &str) -> Result<()> {
    match value {
        Value::Bool(_) => Ok(()),
        Value::Number(number) if matches!(number.as_i64(), Some(0 | 1)) => Ok(()),
        Value::String(text) => Err(refused(format!(
            "{place}: takes true or false; Odoo takes every string that is not empty for true"
        ))
        .with_hint(match text.to_ascii_lowercase().as_str() {
            "false" | "no" | "0" | "off" => "write false without quotes",
            _ => "write true or false without quotes",
        })),
        other => Err(refused(format!("{place}: takes true or false, this is {}", type_name(other)))),
    }
}

fn text(value: &Value, place: &str) -> Result<()> {
    match value {
        Value::String(_) | Value::Number(_) => Ok(()),
        other => {
            let error = refused(format!(
                "{place}: takes a text, Odoo would store this {} as Python prints it",
                bare_type_name(other)
            ));
            // A filter or a list of options that a text field keeps.
            Err(match other {
                Value::Array(items) if items.iter().any(|item| !item.is_string()) => {
                    error.with_hint(format!("as one text it is {}", Value::from(other.to_string())))
                }
                _ => error,
            })
        }
    }
}

/// A text in an HTML field is shown on one line: only tags break it.
pub fn html(check: &Check, value: &Value, place: &str) {
    let Some(text) = value.as_str() else { return };
    if text.contains("<![CDATA[") {
        check.note(format!(
            "{place}: CDATA markers are no HTML and arrive in the text: leave out <![CDATA[ and ]]>"
        ));
    } else if text.trim().contains('\n') && !super::messages::looks_like_html(text) {
        check.note(format!(
            "{place}: is an HTML field, and a text loses its line breaks there: <p>…</p> around each paragraph, or <br> at the end of each line"
        ));
    }
}

fn selection(check: &Check, value: &Value, options: &Value, place: &str) -> Result<()> {
    let keys = || options.as_array().into_iter().flatten().map(|option| &option[0]);
    if keys().next().is_none() || keys().any(|key| key == value) {
        return Ok(());
    }
    Err(no_such_key(check, format!("{place}: there is no {value} to select"), value, options))
}

/// The refusal of what is no key of a selection, with the key that was meant.
pub fn no_such_key(check: &Check, message: String, value: &Value, options: &Value) -> Error {
    let refusal = refused(message);
    if check.seeks() { did_you_mean(refusal, value, &self::options(options)) } else { refusal }
}

/// The keys of a selection, each with its label.
pub fn options(selection: &Value) -> Vec<(&Value, &str)> {
    let options = selection.as_array().into_iter().flatten();
    options.map(|option| (&option[0], option[1].as_str().unwrap_or_default())).collect()
}

/// All that a selection takes, where that is not too long to be read.
pub fn listed(options: &[(&Value, &str)]) -> Option<String> {
    let all: Vec<String> = options.iter().map(|(key, label)| format!("{key} ({label})")).collect();
    (1..=MOST_OPTIONS).contains(&all.len()).then(|| format!("it takes {}", all.join(", ")))
}

/// The key of the one label that begins with a word.
fn only_label<'a>(options: &[(&'a Value, &str)], lower: &str) -> Option<&'a str> {
    let begins = |label: &str| {
        let label = label.to_lowercase();
        label.strip_prefix(lower).is_some_and(|rest| rest.starts_with([' ', '(']))
    };
    let mut found = options.iter().filter(|(_, label)| begins(label));
    let (key, _) = found.next().filter(|_| found.next().is_none())?;
    key.as_str()
}

fn did_you_mean(error: Error, value: &Value, options: &[(&Value, &str)]) -> Error {
    let given = value.as_str().map_or_else(|| value.to_string(), str::to_string);
    let keys = || options.iter().filter_map(|(key, _)| key.as_str());
    let by_label = options
        .iter()
        .find(|(_, label)| label.eq_ignore_ascii_case(&given))
        .and_then(|(key, _)| key.as_str());
    let by_end =
        || keys().find(|key| key.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_') == given);
    let exact = || keys().find(|key| *key == given);
    // "invoice" is a part of several, "unpaid" the contrary of "paid": those are no misspellings of one.
    let lower = given.to_lowercase();
    let holds = |key: &&str| lower.len() > key.len() && lower.ends_with(*key) || key.contains(lower.as_str());
    let part_of = keys().filter(|key| lower.len() > 2 && holds(key)).count();
    let by_label = by_label.or_else(|| only_label(options, &lower));
    let by_spelling = || {
        closest(&given, keys())
            .filter(|_| part_of == 0 || part_of == 1 && keys().any(|key| key.contains(lower.as_str())))
    };
    match exact().or(by_label).or_else(by_end).or_else(by_spelling) {
        Some(key) => error.with_hint(format!("did you mean {}?", Value::from(key))),
        None => error.with_hints(listed(options)),
    }
}

pub fn date(check: &Check, value: &mut Value, kind: &str, place: &str) -> Result<()> {
    let form = if kind == "date" { "2026-03-31" } else { "2026-03-31 14:00:00, in UTC" };
    let Value::String(text) = value else {
        return Err(refused(format!("{place}: takes a {kind} as {form}, this is {}", type_name(value))));
    };
    if text.is_empty() {
        return Ok(());
    }
    let reading = if kind == "date" { dates::date(text) } else { dates::datetime(text) };
    if kind == "datetime" {
        typed_times::note(check, text, place);
    }
    match reading {
        Reading::Fine => Ok(()),
        Reading::Mended(odoo, zone) => {
            let why = match (kind, zone) {
                ("date", _) => "the day that it names",
                (_, true) => "in UTC, as Odoo keeps it",
                (_, false) => "taken for UTC, as no time zone is named",
            };
            check.mend(format!("{place}: {text:?} is sent as {odoo:?}, {why}"))?;
            *value = json!(odoo);
            Ok(())
        }
        Reading::Unreadable => Err(refused(format!("{place}: {text:?} is no {kind}; write it as {form}"))),
    }
}

fn reference(value: &Value, place: &str) -> Result<()> {
    let is_one = value.as_str().is_some_and(|text| {
        text.is_empty()
            || text
                .split_once(',')
                .is_some_and(|(model, id)| !model.is_empty() && id.trim().parse::<i64>().is_ok())
    });
    if is_one {
        return Ok(());
    }
    Err(refused(format!("{place}: takes model and id in one string, like \"res.partner,7\"")))
}
