//! `in` and `not in`: the values that a field may have, each as its column keeps it.

use serde_json::{Value, json};

use super::{Condition, On, named, not_if};
use crate::sandbox::dates;
use crate::sandbox::domain::Domain;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::matcher::Matcher;
use crate::sandbox::python::{self, repr, truthy};
use crate::sandbox::schema::{FieldType, find};

impl On<'_> {
    pub(super) fn one_of(
        &self,
        condition: &Condition,
        negative: bool,
        mut values: Vec<Value>,
    ) -> Outcome<Domain> {
        if self.field.relation().is_some() {
            let (names, others): (Vec<_>, Vec<_>) = values.into_iter().partition(Value::is_string);
            let mut any = Vec::new();
            if let (false, Some(target)) = (names.is_empty(), self.field.relation().and_then(find)) {
                any.push(self.test(Matcher::Any(target, Box::new(named(target, &Matcher::OneOf(names))))));
            }
            if !others.is_empty() {
                self.searchable()?;
                self.ids(condition, &others)?;
                any.push(self.test(Matcher::OneOf(others)));
            }
            return Ok(not_if(negative, Domain::Any(any)));
        }
        if self.field.name == "display_name" {
            return Ok(not_if(negative, named(self.model, &Matcher::OneOf(values))));
        }
        if self.part.is_empty() {
            match self.field.kind {
                FieldType::Boolean => return Ok(not_if(negative, self.truths(&values))),
                FieldType::Date | FieldType::Datetime => return Ok(not_if(negative, self.moments(&values)?)),
                FieldType::Binary => {
                    let exists = values.iter().all(|value| !truthy(value));
                    return Ok(if exists {
                        not_if(negative, self.test(Matcher::OneOf(values)))
                    } else {
                        Domain::Constant(true)
                    });
                }
                _ => {}
            }
        }
        self.searchable()?;
        if self.field.name == "id" {
            values.retain(|value| value != &json!(false));
            self.ids(condition, &values)?;
        } else {
            for value in values.iter_mut().filter(|value| !matches!(value, Value::Bool(false) | Value::Null))
            {
                *value = self.column(value)?;
            }
        }
        Ok(not_if(negative, self.test(Matcher::OneOf(values))))
    }

    /// `b in [True]`; every other value is true or false in Python's eyes.
    pub(super) fn truths(&self, values: &[Value]) -> Domain {
        let truth = |value: &Value| match value {
            Value::String(text) => {
                ["y", "yes", "1", "true", "t", "on"].contains(&text.to_lowercase().as_str())
            }
            other => truthy(other),
        };
        let (wants_true, wants_false) = (values.iter().any(truth), values.iter().any(|value| !truth(value)));
        match (wants_true, wants_false) {
            (true, true) => Domain::Constant(true),
            _ => self.test(Matcher::OneOf(vec![json!(wants_true)])),
        }
    }

    /// Days and times that a date may be.
    pub(super) fn moments(&self, values: &[Value]) -> Outcome<Domain> {
        let mut any = Vec::new();
        for value in values {
            any.push(match self.moment(value)? {
                None => self.test(Matcher::OneOf(vec![json!(false)])),
                Some((moment, _)) => self.test(Matcher::OneOf(vec![json!(moment)])),
            });
        }
        self.searchable()?;
        Ok(Domain::Any(any))
    }

    /// A value as the field keeps it, and whether it was a day; nothing for what is unset.
    pub(super) fn moment(&self, value: &Value) -> Outcome<Option<(String, bool)>> {
        let is_date = self.field.kind == FieldType::Date;
        let text = match value {
            Value::Bool(false) | Value::Null => return Ok(None),
            Value::String(text) => text,
            other => {
                let kind = if is_date { "date" } else { "datetime" };
                return Err(Fault::value(format!("Failed to cast {} into a {kind}", repr(other))));
            }
        };
        let (moment, is_day) = dates::moment(text, &self.env.now_text()).map_err(Fault::value)?;
        if is_date {
            return Ok(Some((moment.chars().take(10).collect(), true)));
        }
        // A day is one of the caller's time zone.
        Ok(Some((if is_day { self.env.utc_time(self.field, &moment) } else { moment }, is_day)))
    }

    /// A value as the column takes it.
    pub(super) fn column(&self, value: &Value) -> Outcome<Value> {
        if !self.part.is_empty() {
            return Ok(value.clone());
        }
        Ok(match self.field.kind {
            FieldType::Integer | FieldType::Reference => json!(python::integer(value)?),
            FieldType::Float | FieldType::Monetary => json!(python::float(value)?),
            FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection(_) => match value {
                Value::String(text) => json!(text),
                other => json!(repr(other)),
            },
            _ => value.clone(),
        })
    }

    /// PostgreSQL compares numbers with numbers.
    pub(super) fn ids(&self, condition: &Condition, values: &[Value]) -> Outcome<()> {
        let operator = if condition.operator.ends_with("in") { "=" } else { &condition.operator };
        for value in values {
            match value {
                Value::String(text) if text.trim().parse::<i64>().is_err() => {
                    return Err(Fault::database_text(format!(
                        "invalid input syntax for type integer: {}\n",
                        json!(text)
                    )));
                }
                Value::Bool(true) => return Err(Fault::no_operator(operator, "boolean")),
                Value::Bool(false) if self.field.name == "id" => {
                    return Err(Fault::no_operator(operator, "boolean"));
                }
                Value::Array(items) if items.is_empty() => {
                    let message = "invalid input syntax for type integer: \"{}\"\n".to_owned();
                    return Err(Fault::database_text(message));
                }
                Value::Array(_) => return Err(Fault::no_operator(operator, "integer[]")),
                Value::Object(_) => return Err(Fault::no_adapter()),
                _ => {}
            }
        }
        Ok(())
    }
}
