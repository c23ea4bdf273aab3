//! `<`, `>`, `<=`, `>=`: what they hold a field against, and what cannot be compared.

use serde_json::{Value, json};

use super::{Condition, On, named};
use crate::sandbox::dates;
use crate::sandbox::domain::Domain;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::matcher::Matcher;
use crate::sandbox::python::{text_repr, truthy, type_name};
use crate::sandbox::schema::FieldType;

impl On<'_> {
    /// `<`, `>`, `<=`, `>=`.
    pub(super) fn compared(&self, condition: &Condition) -> Outcome<Domain> {
        let Condition { operator, value, .. } = condition;
        let class = || format!("<class '{}'>", type_name(value));
        if self.field.kind == FieldType::Boolean {
            return condition.invalid(&format!(
                "Cannot compare {} to {} which is not a collection of length 1",
                text_repr(&condition.path),
                class()
            ));
        }
        if self.field.relation().is_some() && value.is_string() {
            let message = "Inequality not supported for relational field using a string";
            return Err(Fault::kind(condition.refused(message)));
        }
        if self.field.is_x2many() {
            self.searchable()?;
            return Err(Fault::assertion(format!(
                "Relational field {}.{} expects 'any' operator",
                self.model.name, self.field.name
            )));
        }
        if self.is_dated() && self.part.is_empty() {
            return self.compared_moment(condition);
        }
        if self.field.name == "display_name" {
            return Ok(named(self.model, &Matcher::Compare(known(operator), value.clone())));
        }
        self.searchable()?;
        let operator = known(operator);
        let bound = match self.field.kind {
            FieldType::Many2one(_) if !truthy(value) => return Ok(Domain::Constant(false)),
            FieldType::Many2one(_) => {
                self.ids(condition, std::slice::from_ref(value))?;
                value.clone()
            }
            _ if self.field.name == "id" => {
                self.ids(condition, std::slice::from_ref(value))?;
                value
                    .as_str()
                    .and_then(|text| text.trim().parse::<i64>().ok())
                    .map_or(value.clone(), |id| json!(id))
            }
            FieldType::Binary => return Ok(Domain::Constant(true)),
            FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Selection(_)
                if !truthy(value) =>
            {
                json!("")
            }
            _ => self.column(value)?,
        };
        Ok(self.test(Matcher::Compare(operator, bound)))
    }

    /// A day held against a time means the whole day.
    pub(super) fn compared_moment(&self, condition: &Condition) -> Outcome<Domain> {
        if let Value::Array(values) = &condition.value {
            for value in values {
                self.moment(value)?;
            }
            return Err(match (values.is_empty(), self.field.kind) {
                (true, FieldType::Datetime) => {
                    Fault::value("not enough values to unpack (expected 2, got 0)")
                }
                _ => Fault::kind("strptime() argument 1 must be str, not OrderedSet"),
            });
        }
        let operator = known(&condition.operator);
        let Some((moment, is_day)) = self.moment(&condition.value)? else {
            return Ok(Domain::Constant(false));
        };
        self.searchable()?;
        let next_day = |moment: &str| {
            let local = self.env.local_time(self.field, moment);
            let day = dates::parse(&local).map_or(local.clone(), |day| {
                format!("{}{}", dates::format(day + 1), local.get(10..).unwrap_or(""))
            });
            self.env.utc_time(self.field, &day)
        };
        let (operator, bound) = match (operator, is_day && self.field.kind == FieldType::Datetime) {
            (">", true) => (">=", next_day(&moment)),
            ("<=", true) => ("<", next_day(&moment)),
            (operator, _) => (operator, moment),
        };
        Ok(self.test(Matcher::Compare(operator, json!(bound))))
    }
}

fn known(operator: &str) -> &'static str {
    match operator {
        "<" => "<",
        ">" => ">",
        "<=" => "<=",
        _ => ">=",
    }
}
