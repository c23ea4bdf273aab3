//! Odoo's search domains: Polish notation in, a tree of tests out, and whether a record passes.
//! Negative operators are exact complements, as in Odoo 19. It reads records; sorting and limits
//! are `search`'s.

use serde_json::{Value, json};

use super::conditions::{self, Matcher};
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::python::repr;
use super::schema::{Field, Kind, Model, find};
use super::words::{DATE_PARTS, OPERATORS};

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
    /// Reads a domain for a model; mistakes are refused as Odoo words them.
    pub fn parse(env: &Env, model: &'static Model, domain: &Value) -> Outcome<Domain> {
        let items = match domain {
            Value::Bool(truth) => return Ok(Domain::Constant(*truth)),
            Value::Array(items) => items,
            other => {
                return Err(Fault::kind(format!(
                    "Domain() invalid argument type for domain: {}",
                    repr(other)
                )));
            }
        };
        let malformed = || Fault::value(format!("Domain() malformed domain {}", repr(domain)));
        // Each part with its depth.
        let mut stack: Vec<(Domain, usize)> = Vec::new();
        for item in items.iter().rev() {
            let combined = match item {
                Value::Array(parts) if parts.len() == 3 => (condition(env, model, parts)?, 1),
                Value::String(sign) if sign == "!" => match stack.pop().ok_or_else(malformed)? {
                    (Domain::Not(inner), depth) => (*inner, depth - 1),
                    (other, depth) => (Domain::Not(Box::new(other)), depth + 1),
                },
                Value::String(sign) if sign == "&" || sign == "|" => {
                    let first = stack.pop().ok_or_else(malformed)?;
                    joined(first, stack.pop().ok_or_else(malformed)?, sign == "&")
                }
                other => {
                    return Err(Fault::kind(format!("Domain() invalid item in domain: {}", repr(other))));
                }
            };
            if combined.1 > DEEPEST {
                return Err(Fault::recursion());
            }
            stack.push(combined);
        }
        let all: Vec<Domain> = stack.into_iter().rev().map(|(domain, _)| domain).collect();
        Ok(if all.is_empty() { Domain::Constant(true) } else { Domain::All(all) })
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

/// Both, or either; a chain of the same stays flat.
fn joined(first: (Domain, usize), second: (Domain, usize), both: bool) -> (Domain, usize) {
    let parts = |(domain, depth)| match domain {
        Domain::All(parts) if both => (parts, depth),
        Domain::Any(parts) if !both => (parts, depth),
        one => (vec![one], depth + 1),
    };
    // A chain is read from its end: the longer side takes the other in.
    let ((mut long, one), (short, other)) = (parts(second), parts(first));
    long.extend(short);
    let depth = one.max(other);
    (if both { Domain::All(long) } else { Domain::Any(long) }, depth)
}

fn condition(env: &Env, model: &'static Model, parts: &[Value]) -> Outcome<Domain> {
    let [left, operator, right] = parts else { return Ok(Domain::Constant(true)) };
    let shown = || format!("({}, {}, {})", repr(left), repr(operator), repr(right));
    let Some(path) = left.as_str() else {
        return match (left.as_i64(), operator.as_str(), right.as_i64()) {
            (Some(1), Some("="), Some(1)) => Ok(Domain::Constant(true)),
            (Some(0), Some("="), Some(1)) => Ok(Domain::Constant(false)),
            _ => Err(Fault::kind(format!("Domain() invalid arguments: {}", shown()))),
        };
    };
    let Some(operator) = operator.as_str().filter(|name| OPERATORS.contains(name)) else {
        return Err(Fault::value(format!("Invalid operator in condition {}", shown())));
    };
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some(field) = model.field(name) else {
        return Err(Fault::value(format!("Invalid field {}.{name} in condition {}", model.name, shown())));
    };
    super::access::check_field(env, model, field, super::access::Operation::Read)?;
    if !rest.is_empty() {
        if matches!(field.kind, Kind::Date | Kind::Datetime) && DATE_PARTS.contains(&rest) {
            return plain(env, model, field, rest, operator, right, &shown);
        }
        let Some(target) = field.relation().and_then(find) else {
            return Err(Fault::value(format!(
                "Invalid field property on the field in condition {}",
                shown()
            )));
        };
        let inner = condition(env, target, &[json!(rest), json!(operator), right.clone()])?;
        return Ok(leaf(field, "", Matcher::Any(target, Box::new(inner))));
    }
    plain(env, model, field, "", operator, right, &shown)
}

fn leaf(field: &'static Field, part: &str, matcher: Matcher) -> Domain {
    Domain::Leaf(Leaf { field, part: part.to_owned(), matcher })
}

fn plain(
    env: &Env,
    model: &'static Model,
    field: &'static Field,
    part: &str,
    operator: &str,
    value: &Value,
    shown: &dyn Fn() -> String,
) -> Outcome<Domain> {
    let (positive, negative) = match operator {
        "!=" | "<>" => ("=", true),
        other => other.strip_prefix("not ").map_or((other, false), |positive| (positive, true)),
    };
    let test = match positive {
        "any" => {
            let Some(target) = field.relation().and_then(find) else {
                return Err(Fault::value(format!(
                    "Cannot use 'any' with non-relational fields in condition {}",
                    shown()
                )));
            };
            leaf(field, part, Matcher::Any(target, Box::new(Domain::parse(env, target, value)?)))
        }
        "=?" if matches!(value, Value::Null | Value::Bool(false)) => Domain::Constant(true),
        "child_of" | "parent_of" => {
            let target = field.relation().and_then(find).unwrap_or(model);
            let ids = conditions::hierarchy(env, target, positive == "parent_of", value)?;
            leaf(field, part, Matcher::OneOf(ids.into_iter().map(|id| json!(id)).collect()))
        }
        "=" | "==" | "=?" | "in" => {
            let values = match value {
                Value::Array(values) => values.clone(),
                one if positive == "in" && !matches!(one, Value::Bool(_) | Value::Null) => {
                    return Err(Fault::value(format!(
                        "The value should be a collection in condition {}",
                        shown()
                    )));
                }
                one => vec![one.clone()],
            };
            conditions::one_of(env, field, part, values)?
        }
        "<" | ">" | "<=" | ">=" => conditions::comparison(env, field, part, positive, value)?,
        _ => conditions::like(env, field, part, positive, value, shown)?,
    };
    Ok(if negative { Domain::Not(Box::new(test)) } else { test })
}
