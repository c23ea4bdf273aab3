//! What is asked of one value. Types count: `true` is not `"true"`, and what cannot be compared is taken for missing.

use regex_lite::Regex;
use serde_json::Value;

use super::decimal::Decimal;
use super::reading::{Node, Read};
use crate::operation::{canonical, is_true};

/// What is asked of a value.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is this.
    Eq(Value),
    /// It is not.
    Neq(Value),
    /// It is one of these.
    In(Vec<Value>),
    /// It is none of them.
    NotIn(Vec<Value>),
    /// It is smaller.
    Lt(Decimal),
    /// It is not larger.
    Lte(Decimal),
    /// It is larger.
    Gt(Decimal),
    /// It is not smaller.
    Gte(Decimal),
    /// The whole of it is of this form.
    Regex(Regex),
    /// It holds this.
    Contains(Value),
    /// It is there, or is not.
    Exists(bool),
}

/// What can be asked, by its word.
const OPERATORS: [&str; 13] =
    ["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "min", "max", "regex", "contains", "exists"];

impl Test {
    /// From an operator and what it is held against.
    pub fn read(operator: &str, node: &Node) -> Read<Test> {
        let list =
            || -> Read<Vec<Value>> { Ok(node.filled()?.iter().map(|item| item.value.clone()).collect()) };
        Ok(match operator {
            "eq" => Test::Eq(node.value.clone()),
            "neq" => Test::Neq(node.value.clone()),
            "in" => Test::In(list()?),
            "not_in" => Test::NotIn(list()?),
            "lt" => Test::Lt(node.decimal()?),
            "lte" | "max" => Test::Lte(node.decimal()?),
            "gt" => Test::Gt(node.decimal()?),
            "gte" | "min" => Test::Gte(node.decimal()?),
            "contains" => Test::Contains(node.value.clone()),
            "exists" => Test::Exists(node.flag()?),
            "regex" => {
                let text = node.text()?;
                Test::Regex(
                    Regex::new(&format!("^(?:{text})$"))
                        .map_err(|why| node.wrong(format!("no regular expression: {why}")))?,
                )
            }
            other => {
                return Err(
                    node.wrong(format!("{other:?} is no operator: known are {}", OPERATORS.join(", ")))
                );
            }
        })
    }

    /// A plain value, a list of values, or an object of operators.
    pub fn all(node: &Node) -> Read<Vec<Test>> {
        let tests = match node.value {
            Value::Object(_) => {
                node.object(&OPERATORS)?;
                let members = node.map()?.into_iter().filter(|(key, _)| *key != "description");
                members.map(|(operator, value)| Test::read(operator, &value)).collect::<Read<Vec<_>>>()?
            }
            Value::Array(_) => vec![Test::read("in", node)?],
            value => vec![Test::Eq(value.clone())],
        };
        if tests.is_empty() {
            return Err(node.wrong("nothing is asked of this value"));
        }
        if contradicts(&tests) {
            return Err(node.wrong("no value is all of this: it can never match"));
        }
        Ok(tests)
    }

    /// Whether a value is so; none where the two cannot be compared.
    pub fn holds(&self, value: &Value) -> Option<bool> {
        let number = || Decimal::of(value);
        match self {
            Test::Eq(wanted) => equal(wanted, value),
            Test::Neq(wanted) => equal(wanted, value).map(|is_it| !is_it),
            Test::In(all) => one_of(all, value),
            Test::NotIn(all) => one_of(all, value).map(|is_it| !is_it),
            Test::Lt(bound) => number().map(|number| number < *bound),
            Test::Lte(bound) => number().map(|number| number <= *bound),
            Test::Gt(bound) => number().map(|number| number > *bound),
            Test::Gte(bound) => number().map(|number| number >= *bound),
            Test::Regex(form) => value.as_str().map(|text| form.is_match(text)),
            Test::Contains(wanted) => match (value, wanted) {
                (Value::String(text), Value::String(part)) => Some(text.contains(part.as_str())),
                (Value::Array(items), wanted) => {
                    Some(items.iter().any(|item| equal(wanted, item) == Some(true)))
                }
                (Value::Object(object), Value::String(key)) => Some(object.contains_key(key)),
                _ => None,
            },
            Test::Exists(wanted) => Some(*wanted),
        }
    }

    /// The same of a key of the context: Odoo takes 0 and "" there for false, and whatever is something for true.
    pub fn holds_in_context(&self, value: &Value) -> Option<bool> {
        match self {
            Test::Eq(Value::Bool(wanted)) => Some(is_true(value) == *wanted),
            Test::Neq(Value::Bool(wanted)) => Some(is_true(value) != *wanted),
            _ => self.holds(value),
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let list = |all: &[Value]| all.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Test::Eq(value) => format!("is {value}"),
            Test::Neq(value) => format!("is not {value}"),
            Test::In(all) => format!("is one of {}", list(all)),
            Test::NotIn(all) => format!("is none of {}", list(all)),
            Test::Lt(bound) => format!("is below {bound}"),
            Test::Lte(bound) => format!("is at most {bound}"),
            Test::Gt(bound) => format!("is above {bound}"),
            Test::Gte(bound) => format!("is at least {bound}"),
            Test::Regex(form) => format!("matches {form}"),
            Test::Contains(value) => format!("holds {value}"),
            Test::Exists(true) => "is given".into(),
            Test::Exists(false) => "is left out".into(),
        }
    }
}

/// No value can be all of them.
fn contradicts(tests: &[Test]) -> bool {
    let mut below: Option<(Decimal, bool)> = None;
    let mut above: Option<(Decimal, bool)> = None;
    for test in tests {
        match test {
            Test::Lt(bound) => below = below.min(Some((*bound, false))).or(Some((*bound, false))),
            Test::Lte(bound) => below = below.min(Some((*bound, true))).or(Some((*bound, true))),
            Test::Gt(bound) => above = above.max(Some((*bound, true))),
            Test::Gte(bound) => above = above.max(Some((*bound, false))),
            _ => {}
        }
    }
    let apart = matches!((below, above), (Some((below, with)), Some((above, strictly)))
        if above > below || above == below && (strictly || !with));
    let fixed = tests.iter().filter_map(|test| match test {
        Test::Eq(value) => Some(value),
        _ => None,
    });
    let misses = |value: &Value| tests.iter().any(|test| test.holds(value) == Some(false));
    apart || fixed.into_iter().any(misses)
}

fn equal(wanted: &Value, value: &Value) -> Option<bool> {
    let is_empty = |value: &Value| matches!(value, Value::Null | Value::Bool(false));
    match (wanted, value) {
        (Value::Number(_), Value::Number(_)) => Some(Decimal::of(wanted)? == Decimal::of(value)?),
        (Value::String(wanted), Value::String(value)) => Some(wanted == value),
        (Value::Bool(wanted), Value::Bool(value)) => Some(wanted == value),
        _ if is_empty(wanted) && is_empty(value) => Some(true),
        (_, value) if is_empty(value) => Some(false),
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
            Some(canonical(wanted) == canonical(value))
        }
        _ => None,
    }
}

fn one_of(all: &[Value], value: &Value) -> Option<bool> {
    let mut sure = true;
    for wanted in all {
        match equal(wanted, value) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => sure = false,
        }
    }
    sure.then_some(false)
}
