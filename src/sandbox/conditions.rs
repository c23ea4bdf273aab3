//! What a single condition of a domain means for each type of field:
//! equality, order, patterns, trees. `domain` reads the notation; this file
//! never sees it.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::dates;
use super::domain::{Domain, Leaf};
use super::env::{Env, ids_of};
use super::fault::{Fault, Outcome};
use super::python::{repr, text_repr, truthy};
use super::schema::{Field, Kind, Model, find};

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

/// Equality with any of some values; texts held against a relation mean names.
pub fn one_of(env: &Env, field: &'static Field, part: &str, values: Vec<Value>) -> Outcome<Domain> {
    let (names, mut plain): (Vec<_>, Vec<_>) = values
        .into_iter()
        .partition(|value| field.relation().is_some() && value.as_str().is_some_and(|text| !text.is_empty()));
    if part.is_empty() {
        for value in &mut plain {
            *value = normalise(env, field, value, "=")?.1;
        }
    }
    let mut any = Vec::new();
    if !plain.is_empty() {
        any.push(Domain::Leaf(Leaf { field, part: part.to_owned(), matcher: Matcher::OneOf(plain) }));
    }
    for name in names {
        let text = name.as_str().unwrap_or("").replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        any.push(by_name(field, Matcher::Like(text, false)));
    }
    Ok(Domain::Any(any))
}

/// `<` and its kin.
pub fn comparison(
    env: &Env,
    field: &'static Field,
    part: &str,
    operator: &str,
    value: &Value,
) -> Outcome<Domain> {
    let (operator, bound) = if part.is_empty() {
        normalise(env, field, value, operator)?
    } else {
        (known(operator), value.clone())
    };
    Ok(Domain::Leaf(Leaf { field, part: part.to_owned(), matcher: Matcher::Compare(operator, bound) }))
}

fn known(operator: &str) -> &'static str {
    match operator {
        "<" => "<",
        ">" => ">",
        "<=" => "<=",
        ">=" => ">=",
        _ => "=",
    }
}

/// A bound in the form the field keeps. A bare date held against a time means the whole day.
fn normalise(env: &Env, field: &Field, value: &Value, operator: &str) -> Outcome<(&'static str, Value)> {
    let plain = (known(operator), value.clone());
    let (Kind::Date | Kind::Datetime, Value::String(text)) = (field.kind, value) else { return Ok(plain) };
    if text.is_empty() {
        return Ok(plain);
    }
    let today = dates::parse(&env.today()).unwrap_or(0);
    let invalid = || Fault::value(format!("Invalid isoformat string: {}", text_repr(text)));
    let day = dates::parse(text).or_else(|| dates::relative(text, today)).ok_or_else(invalid)?;
    if field.kind == Kind::Date {
        return Ok((known(operator), json!(dates::format(day))));
    }
    if text == "now" {
        return Ok((known(operator), json!(env.now_text())));
    }
    if text.len() > 10 && dates::parse(text).is_some() {
        let clock = text.get(10..).unwrap_or("").replace('T', " ");
        let whole = dates::parse_datetime(&format!("{}{clock}", dates::format(day))).ok_or_else(invalid)?;
        return Ok((known(operator), json!(whole)));
    }
    let midnight = |day| json!(format!("{} 00:00:00", dates::format(day)));
    Ok(match operator {
        ">" => (">=", midnight(day + 1)),
        "<=" => ("<", midnight(day + 1)),
        other => (known(other), midnight(day)),
    })
}

/// `like` and its kin.
pub fn like(
    _env: &Env,
    field: &'static Field,
    part: &str,
    operator: &str,
    value: &Value,
    shown: &dyn Fn() -> String,
) -> Outcome<Domain> {
    let whole = operator.starts_with('=');
    if !truthy(value) && !whole {
        return Ok(Domain::Constant(true));
    }
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => repr(value),
        _ => return Err(Fault::value(format!("The value should be a string in condition {}", shown()))),
    };
    let matcher = Matcher::Like(if whole { text } else { format!("%{text}%") }, operator.ends_with("ilike"));
    if field.relation().is_some() {
        return Ok(by_name(field, matcher));
    }
    Ok(Domain::Leaf(Leaf { field, part: part.to_owned(), matcher }))
}

/// A linked record whose name matches.
fn by_name(field: &'static Field, matcher: Matcher) -> Domain {
    let Some(target) = field.relation().and_then(find) else { return Domain::Constant(false) };
    let inner = names(target, matcher);
    Domain::Leaf(Leaf { field, part: String::new(), matcher: Matcher::Any(target, Box::new(inner)) })
}

/// A record whose name, or what else finds it by name, matches.
pub fn names(model: &'static Model, matcher: Matcher) -> Domain {
    let fields: &[&str] = match model.name {
        "res.partner" => &["complete_name", "email", "ref", "vat"],
        "res.users" => &["name", "login"],
        "res.country" => &["name", "code"],
        "product.product" => &["name", "default_code", "barcode"],
        _ => &["display_name"],
    };
    let leaves = fields.iter().filter_map(|name| model.field(name));
    Domain::Any(
        leaves
            .map(|field| Domain::Leaf(Leaf { field, part: String::new(), matcher: matcher.clone() }))
            .collect(),
    )
}

/// The records of a branch (or those above it), the named ones among them.
pub fn hierarchy(env: &Env, model: &'static Model, upwards: bool, value: &Value) -> Outcome<Vec<i64>> {
    let mut found: Vec<i64> = match value {
        Value::Number(number) => number.as_i64().into_iter().collect(),
        Value::Array(_) => ids_of(value),
        Value::String(text) if !text.is_empty() => {
            let domain = names(model, Matcher::Like(format!("%{text}%"), true));
            env.world.ids(model.name).into_iter().filter(|id| domain.holds(env, model, *id)).collect()
        }
        _ => Vec::new(),
    };
    if model.parent.is_empty() {
        return Ok(found);
    }
    let parent =
        |id: i64| env.row(model.name, id).and_then(|row| row.get(model.parent)).and_then(Value::as_i64);
    let mut at = 0;
    while let Some(id) = found.get(at).copied() {
        let next: Vec<i64> = if upwards {
            parent(id).into_iter().collect()
        } else {
            env.world.ids(model.name).into_iter().filter(|child| parent(*child) == Some(id)).collect()
        };
        found.extend(next.into_iter().filter(|id| !found.contains(id)).collect::<Vec<_>>());
        at += 1;
    }
    Ok(found)
}
