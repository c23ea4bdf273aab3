//! Whether a value passes a single test of a domain: equality, order, patterns, a linked record. What a condition
//! asks for is read in `conditions`; this file never sees its notation.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::dates;
use super::domain::{Domain, Leaf};
use super::env::Env;
use super::schema::Model;

/// What a field's value is held against.
#[derive(Clone)]
pub enum Matcher {
    /// Equal to one of these; `false` stands for unset.
    OneOf(Vec<Value>),
    /// `<`, `>`, `<=`, `>=`.
    Compare(&'static str, Value),
    /// A LIKE pattern; the flag says that case does not matter.
    Like(String, bool),
    /// A linked record passes.
    Any(&'static Model, Box<Domain>),
}

impl Matcher {
    /// Whether a value passes.
    pub fn holds(&self, env: &Env, leaf: &Leaf, value: Value) -> bool {
        let value = match &value {
            _ if leaf.part.is_empty() => value,
            Value::String(text) => date_part(&json!(env.local_time(leaf.field, text)), &leaf.part),
            _ => date_part(&value, &leaf.part),
        };
        match (self, &value) {
            (Matcher::OneOf(wanted), Value::Array(ids)) => {
                wanted.iter().any(|one| if is_unset(one) { ids.is_empty() } else { ids.contains(one) })
            }
            (Matcher::OneOf(wanted), value) => wanted.iter().any(|one| same(one, value)),
            (Matcher::Compare(operator, bound), value) => {
                compare(value, bound).is_some_and(|order| match *operator {
                    "<" => order == Ordering::Less,
                    ">" => order == Ordering::Greater,
                    "<=" => order != Ordering::Greater,
                    _ => order != Ordering::Less,
                })
            }
            (Matcher::Like(pattern, fold), value) => {
                text_of(value).is_some_and(|text| like_matches(&text, pattern, *fold))
            }
            (Matcher::Any(target, domain), Value::Array(ids)) => {
                ids.iter().filter_map(Value::as_i64).any(|id| domain.holds(env, target, id))
            }
            (Matcher::Any(target, domain), value) => {
                value.as_i64().is_some_and(|id| domain.holds(env, target, id))
            }
        }
    }
}

fn is_unset(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_str() == Some("")
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Bool(one), Value::Number(other)) => other.as_f64() == Some(f64::from(u8::from(*one))),
        (Value::Number(one), Value::Bool(other)) => one.as_f64() == Some(f64::from(u8::from(*other))),
        (one, other) if is_unset(one) || is_unset(other) => is_unset(one) && is_unset(other),
        (one, other) => one == other,
    }
}

fn compare(value: &Value, bound: &Value) -> Option<Ordering> {
    match (value, bound) {
        (Value::Number(one), Value::Number(other)) => one.as_f64()?.partial_cmp(&other.as_f64()?),
        (Value::Number(one), Value::Bool(other)) => one.as_f64()?.partial_cmp(&f64::from(u8::from(*other))),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A part of a date as a number.
pub fn date_part(value: &Value, part: &str) -> Value {
    let Some((text, day)) = value.as_str().and_then(|text| Some((text, dates::parse(text)?))) else {
        return json!(false);
    };
    let (year, month, of_month) = dates::civil(day);
    let clock = |range: std::ops::Range<usize>| {
        text.get(range).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0)
    };
    json!(match part {
        "year_number" => year,
        "quarter_number" => i64::from((month - 1) / 3 + 1),
        "month_number" => i64::from(month),
        "iso_week_number" => dates::iso_week(day),
        "day_of_year" => day - dates::day_number(year, 1, 1) + 1,
        "day_of_month" => i64::from(of_month),
        "day_of_week" => (dates::weekday(day) + 1) % 7,
        "hour_number" => clock(11..13),
        "minute_number" => clock(14..16),
        _ => clock(17..19),
    })
}

/// SQL's LIKE: `%` any run, `_` any one, backslash takes the next literally.
pub fn like_matches(text: &str, pattern: &str, fold: bool) -> bool {
    let folded = |text: &str| {
        if fold { text.to_lowercase().chars().collect() } else { text.chars().collect::<Vec<_>>() }
    };
    let (text, pattern) = (folded(text), folded(pattern));
    // The last `%` seen and how much of the text it has swallowed: enough to backtrack in linear space.
    let (mut at, mut in_pattern, mut star) = (0, 0, None);
    loop {
        match pattern.get(in_pattern) {
            Some('%') => {
                star = Some((in_pattern + 1, at));
                in_pattern += 1;
                continue;
            }
            Some('_') if at < text.len() => {
                (at, in_pattern) = (at + 1, in_pattern + 1);
                continue;
            }
            Some('\\')
                if pattern.get(in_pattern + 1).is_some() && pattern.get(in_pattern + 1) == text.get(at) =>
            {
                (at, in_pattern) = (at + 1, in_pattern + 2);
                continue;
            }
            Some(letter) if *letter != '\\' && *letter != '_' && text.get(at) == Some(letter) => {
                (at, in_pattern) = (at + 1, in_pattern + 1);
                continue;
            }
            None if at == text.len() => return true,
            _ => {}
        }
        match star {
            Some((resume, swallowed)) if swallowed < text.len() => {
                star = Some((resume, swallowed + 1));
                (at, in_pattern) = (swallowed + 1, resume);
            }
            _ => return false,
        }
    }
}
