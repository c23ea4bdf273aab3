//! Odoo's search domains: Polish notation in, a tree of tests out, and whether a record passes.
//! Negative operators are exact complements, as in Odoo 19. It reads records; sorting and limits
//! are `search`'s.

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::matcher::Matcher;
use super::python::{repr, type_name};
use super::schema::{Field, Model};
use super::words::OPERATORS;

/// A domain, checked against its model.
#[derive(Clone)]
pub enum Domain {
    /// Every record or none.
    Constant(bool),
    /// Every one of these.
    All(Vec<Domain>),
    /// At least one of these.
    Any(Vec<Domain>),
    /// The others.
    Not(Box<Domain>),
    /// One condition on one field.
    Leaf(Leaf),
}

/// A condition: the field, the part of a date it asks for, and what it must match.
#[derive(Clone)]
pub struct Leaf {
    /// The field.
    pub field: &'static Field,
    /// `month_number` and the like.
    pub part: String,
    /// The test.
    pub matcher: Matcher,
}

/// Conditions inside conditions; a search that is deeper is refused, as Python refuses it.
const DEEPEST: usize = 200;

impl Domain {
    /// Whether it has the form of a domain; what it names is not looked at.
    pub fn check(domain: &Value) -> Outcome<()> {
        conditions_of(domain).map(drop)
    }

    /// Reads a domain for a model; mistakes are refused as Odoo words them: the form of the whole first, then what its
    /// conditions name.
    pub fn parse(env: &Env, model: &'static Model, domain: &Value) -> Outcome<Domain> {
        match conditions_of(domain)? {
            Parsed::Constant(truth) => Ok(Domain::Constant(truth)),
            Parsed::Tree(tree) => named_in(env, model, tree),
        }
    }

    /// Whether a record passes.
    pub fn holds(&self, env: &Env, model: &'static Model, id: i64) -> bool {
        match self {
            Domain::Constant(truth) => *truth,
            Domain::All(parts) => parts.iter().all(|part| part.holds(env, model, id)),
            Domain::Any(parts) => parts.iter().any(|part| part.holds(env, model, id)),
            Domain::Not(inner) => !inner.holds(env, model, id),
            Domain::Leaf(leaf) => leaf.matcher.holds(env, leaf, env.value(model, id, leaf.field)),
        }
    }

    /// Whether a field is asked for anywhere on the model itself.
    pub fn mentions(&self, name: &str) -> bool {
        match self {
            Domain::Constant(_) => false,
            Domain::All(parts) | Domain::Any(parts) => parts.iter().any(|part| part.mentions(name)),
            Domain::Not(inner) => inner.mentions(name),
            Domain::Leaf(leaf) => leaf.field.name == name,
        }
    }
}

/// A domain whose form was looked at.
enum Parsed {
    Constant(bool),
    Tree(Form),
}

enum Form {
    Constant(bool),
    All(Vec<Form>),
    Any(Vec<Form>),
    Not(Box<Form>),
    One(Condition),
}

fn conditions_of(domain: &Value) -> Outcome<Parsed> {
    let items = match domain {
        Value::Bool(truth) => return Ok(Parsed::Constant(*truth)),
        Value::Array(items) => items,
        other => {
            return Err(Fault::kind(format!("Domain() invalid argument type for domain: {}", repr(other))));
        }
    };
    let malformed = || Fault::value(format!("Domain() malformed domain {}", repr(domain)));
    // Each part with its depth.
    let mut stack: Vec<(Form, usize)> = Vec::new();
    for item in items.iter().rev() {
        let combined = match item {
            Value::Array(parts) if parts.len() == 3 => (condition(item, parts)?, 1),
            Value::String(sign) if sign == "!" => match stack.pop().ok_or_else(malformed)? {
                (Form::Not(inner), depth) => (*inner, depth - 1),
                (other, depth) => (Form::Not(Box::new(other)), depth + 1),
            },
            Value::String(sign) if sign == "&" || sign == "|" => {
                let first = stack.pop().ok_or_else(malformed)?;
                joined(first, stack.pop().ok_or_else(malformed)?, sign == "&")
            }
            other => {
                return Err(Fault::value(format!("Domain() invalid item in domain: {}", repr(other))));
            }
        };
        if combined.1 > DEEPEST {
            return Err(Fault::recursion());
        }
        stack.push(combined);
    }
    let all: Vec<Form> = stack.into_iter().rev().map(|(form, _)| form).collect();
    Ok(if all.is_empty() { Parsed::Constant(true) } else { Parsed::Tree(Form::All(all)) })
}

fn named_in(env: &Env, model: &'static Model, form: Form) -> Outcome<Domain> {
    let all = |parts: Vec<Form>| {
        parts.into_iter().map(|part| named_in(env, model, part)).collect::<Outcome<Vec<_>>>()
    };
    Ok(match form {
        Form::Constant(truth) => Domain::Constant(truth),
        Form::All(parts) => Domain::All(all(parts)?),
        Form::Any(parts) => Domain::Any(all(parts)?),
        Form::Not(inner) => Domain::Not(Box::new(named_in(env, model, *inner)?)),
        Form::One(condition) => conditions::read(env, model, &condition)?,
    })
}

/// Both, or either; a chain of the same stays flat.
fn joined(first: (Form, usize), second: (Form, usize), both: bool) -> (Form, usize) {
    let parts = |(form, depth)| match form {
        Form::All(parts) if both => (parts, depth),
        Form::Any(parts) if !both => (parts, depth),
        one => (vec![one], depth + 1),
    };
    // A chain is read from its end: the longer side takes the other in.
    let ((mut long, one), (short, other)) = (parts(second), parts(first));
    long.extend(short);
    let depth = one.max(other);
    (if both { Form::All(long) } else { Form::Any(long) }, depth)
}

fn condition(item: &Value, parts: &[Value]) -> Outcome<Form> {
    let [left, operator, right] = parts else { return Ok(Form::Constant(true)) };
    if matches!(operator.as_str(), Some("any!" | "not any!")) {
        return Err(Fault::value(format!("Domain() invalid item in domain: {}", repr(item))));
    }
    let shown = || format!("({}, {}, {})", repr(left), repr(operator), repr(right));
    let Some(path) = left.as_str() else {
        // To Python, True is 1.
        let number = |value: &Value| match value {
            Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
            other => other.as_f64(),
        };
        return match (number(left), operator.as_str(), number(right)) {
            (Some(left), Some("="), Some(1.0)) if left == 1.0 || left == 0.0 => {
                Ok(Form::Constant(left == 1.0))
            }
            _ => Err(Fault::kind(format!("Domain() invalid arguments: {}", shown()))),
        };
    };
    if path.is_empty() {
        return Err(Fault::kind(format!("Empty field name in condition {}", shown())));
    }
    let Some(name) = operator.as_str() else {
        return Err(Fault::attribute(type_name(operator), "lower"));
    };
    let lower = name.to_lowercase();
    if !OPERATORS.contains(&lower.as_str()) && !matches!(lower.as_str(), "any!" | "not any!") {
        return Err(Fault::value(format!("Invalid operator in condition {}", shown())));
    }
    let value = if right.is_null() { json!(false) } else { right.clone() };
    Ok(Form::One(Condition { path: path.to_owned(), operator: lower, value }))
}
