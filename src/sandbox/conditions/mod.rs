//! What a single condition of a domain asks for, rewritten step by step as Odoo's ORM rewrites it (`orm/domains.py`):
//! synonyms to `in` and `any`, names of linked records, days held against times, and what no field of such a type
//! takes. `domain` reads the notation; whether a record passes is `matcher`'s.

mod branches;
mod compared;
mod values;

use serde_json::{Value, json};

use crate::sandbox::domain::{Domain, Leaf};
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::matcher::Matcher;
use crate::sandbox::python::{repr, text_repr, truthy, type_name};
use crate::sandbox::schema::{Field, FieldType, Model, Sql, find};
use crate::sandbox::words::DATE_PARTS;

/// A condition on its way.
#[derive(Clone)]
pub struct Condition {
    /// The field, or a path.
    pub path: String,
    /// In lower case.
    pub operator: String,
    /// What it is held against; null is false.
    pub value: Value,
}

impl Condition {
    fn refused(&self, message: &str) -> String {
        let Condition { path, operator, value } = self;
        format!("{message} in condition ({}, {}, {})", text_repr(path), text_repr(operator), repr(value))
    }

    fn invalid<T>(&self, message: &str) -> Outcome<T> {
        Err(Fault::value(self.refused(message)))
    }

    fn with(&self, operator: &str, value: Value) -> Condition {
        Condition { path: self.path.clone(), operator: operator.to_owned(), value }
    }
}

/// The tests of a condition.
pub fn read(env: &Env, model: &'static Model, condition: &Condition) -> Outcome<Domain> {
    let (name, rest) = condition.path.split_once('.').unwrap_or((&condition.path, ""));
    if name.is_empty() {
        return Err(Fault::value(format!("Invalid field expression {}", text_repr(name))));
    }
    let Some(field) = model.field(name) else {
        let message = condition.refused(&format!("Invalid field {}.{name}", model.name));
        return Err(Fault::value(message).gap());
    };
    super::access::check_field(env, model, field, super::access::Operation::Read)?;
    if let (false, Some(target)) = (rest.is_empty(), field.relation().and_then(find)) {
        let inner = Condition { path: rest.to_owned(), ..condition.clone() };
        let inner = read(env, target, &inner)?;
        return Ok(leaf(field, "", Matcher::Any(target, Box::new(inner))));
    }
    let on = On { env, model, field, part: rest };
    on.rewritten(condition)
}

fn leaf(field: &'static Field, part: &str, matcher: Matcher) -> Domain {
    Domain::Leaf(Leaf { field, part: part.to_owned(), matcher })
}

fn not_if(negative: bool, domain: Domain) -> Domain {
    if negative { Domain::Not(Box::new(domain)) } else { domain }
}

/// The operator without its negation.
fn positive(operator: &str) -> (&str, bool) {
    match operator {
        "!=" | "<>" => ("=", true),
        other => other.strip_prefix("not ").map_or((other, false), |positive| (positive, true)),
    }
}

/// Refuses what Python cannot put into a set.
fn set(values: &[Value]) -> Outcome<()> {
    match values.iter().find(|value| value.is_array() || value.is_object()) {
        Some(value) => Err(Fault::kind(format!("unhashable type: '{}'", type_name(value)))),
        None => Ok(()),
    }
}

/// A field of a model that a condition is on, and the part of a date that it asks for.
struct On<'a> {
    env: &'a Env,
    model: &'static Model,
    field: &'static Field,
    part: &'a str,
}

impl On<'_> {
    /// Synonyms of operators, until one is left that a field knows.
    fn rewritten(&self, condition: &Condition) -> Outcome<Domain> {
        let value = &condition.value;
        match condition.operator.as_str() {
            "=?" if !truthy(value) => Ok(Domain::Constant(true)),
            "=?" | "==" => self.rewritten(&condition.with("=", value.clone())),
            "<>" => self.rewritten(&condition.with("!=", value.clone())),
            operator @ ("=" | "!=") => {
                let values = match value {
                    Value::Array(values) if values.is_empty() => json!([false]),
                    Value::Array(values) => json!(values),
                    one => json!([one]),
                };
                self.rewritten(&condition.with(if operator == "=" { "in" } else { "not in" }, values))
            }
            operator @ ("in" | "not in") => {
                if !truthy(value) {
                    return Ok(Domain::Constant(operator != "in"));
                }
                let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                set(&values)?;
                self.one_of(condition, operator == "not in", values)
            }
            operator @ ("any" | "not any") => self.any(condition, operator == "not any"),
            operator if operator.ends_with("like") => self.like(condition),
            "child_of" | "parent_of" => self.hierarchy(condition),
            _ => self.compared(condition),
        }
    }

    fn test(&self, matcher: Matcher) -> Domain {
        leaf(self.field, self.part, matcher)
    }

    /// What SQL does not have cannot be searched.
    fn searchable(&self) -> Outcome<()> {
        if self.field.sql == Sql::None {
            return Err(Fault::value(format!(
                "Cannot convert {}.{} to SQL because it is not stored",
                self.model.name, self.field.name
            )));
        }
        let is_sound = self.part.is_empty() || self.is_dated() && DATE_PARTS.contains(&self.part);
        if !is_sound {
            return Err(Fault::value(format!(
                "Cannot convert {} to SQL because it is not a valid expression",
                text_repr(&format!("{}.{}", self.field.name, self.part))
            )));
        }
        Ok(())
    }

    fn is_dated(&self) -> bool {
        matches!(self.field.kind, FieldType::Date | FieldType::Datetime)
    }

    fn any(&self, condition: &Condition, negative: bool) -> Outcome<Domain> {
        // Its form is looked at before what it stands on.
        Domain::check(&condition.value)?;
        if self.field.name == "id" {
            return Ok(not_if(negative, Domain::parse(self.env, self.model, &condition.value)?));
        }
        let Some(target) = self.field.relation().and_then(find) else {
            return condition.invalid("Cannot use 'any' with non-relational fields");
        };
        let inner = Domain::parse(self.env, target, &condition.value)?;
        self.searchable()?;
        Ok(not_if(negative, self.test(Matcher::Any(target, Box::new(inner)))))
    }

    fn like(&self, condition: &Condition) -> Outcome<Domain> {
        let (operator, negative) = positive(&condition.operator);
        let whole = operator.starts_with('=');
        if !truthy(&condition.value) {
            if self.field.relation().is_some() || whole {
                let operator = if negative == whole { "!=" } else { "=" };
                return self.rewritten(&condition.with(operator, json!(false)));
            }
            if self.field.kind != FieldType::Boolean {
                return Ok(Domain::Constant(negative == whole));
            }
            return Ok(Domain::Constant(!negative));
        }
        let text = match &condition.value {
            Value::String(text) => text.clone(),
            _ if whole => {
                return Err(Fault::kind(condition.refused("The pattern to match must be a string")));
            }
            other => repr(other),
        };
        if self.field.kind == FieldType::Boolean {
            return condition.invalid(&format!(
                "Cannot compare {} to <class 'str'> which is not a collection of length 1",
                text_repr(&condition.path)
            ));
        }
        if self.field.kind == FieldType::Binary {
            return Ok(Domain::Constant(true));
        }
        let pattern = if whole { text } else { format!("%{text}%") };
        let matcher = Matcher::Like(pattern, operator.ends_with("ilike"));
        let domain = match self.field.relation().and_then(find) {
            Some(target) => {
                self.searchable()?;
                self.test(Matcher::Any(target, Box::new(named(target, &matcher))))
            }
            None if self.field.name == "display_name" => named(self.model, &matcher),
            None => {
                self.searchable()?;
                self.test(matcher)
            }
        };
        Ok(not_if(negative, domain))
    }
}

/// A record whose name, or what else finds it by name, matches.
pub fn named(model: &'static Model, matcher: &Matcher) -> Domain {
    let fields: &[&str] = match model.name {
        "res.partner" => &["complete_name", "email", "ref", "vat"],
        "res.users" => &["name", "login"],
        "res.country" => &["name", "code"],
        "product.product" => &["name", "default_code", "barcode"],
        _ => &["display_name"],
    };
    let leaves = fields.iter().filter_map(|name| model.field(name));
    Domain::Any(leaves.map(|field| leaf(field, "", matcher.clone())).collect())
}
