//! `child_of` and `parent_of`: the records of a branch of a tree, or those above it.

use serde_json::{Value, json};

use super::{Condition, On, leaf, named};
use crate::sandbox::describe::INHERITS_A_TREE;
use crate::sandbox::domain::Domain;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::matcher::Matcher;
use crate::sandbox::python::{repr, text_repr, type_name};
use crate::sandbox::schema::{FieldType, Model, find};

impl On<'_> {
    /// The records of a branch (or those above it), the named ones among them.
    pub(super) fn hierarchy(&self, condition: &Condition) -> Outcome<Domain> {
        let Condition { operator, value, .. } = condition;
        if self.field.kind == FieldType::Boolean {
            return condition.invalid(&format!(
                "Cannot compare {} to <class '{}'> which is not a collection of length 1",
                text_repr(&condition.path),
                type_name(value)
            ));
        }
        if value == &json!(false) {
            return Ok(Domain::Constant(false));
        }
        let target = match self.field.relation().and_then(find) {
            Some(target) => target,
            None if self.field.name == "id" => self.model,
            None => {
                return condition.invalid(&format!(
                    "Cannot execute {operator} for {}.{}, works only for relational fields",
                    self.model.name, self.field.name
                ));
            }
        };
        let values = match value {
            Value::String(_) | Value::Bool(_) => vec![value.clone()],
            Value::Number(number) if !number.is_f64() => vec![value.clone()],
            Value::Array(values) => values.clone(),
            other => {
                let message = format!("Value of type <class '{}'> is not supported", type_name(other));
                return condition.invalid(&message);
            }
        };
        let mut found: Vec<i64> = Vec::new();
        for value in &values {
            match value {
                Value::Bool(truth) => found.push(i64::from(*truth)),
                Value::Number(number) if !number.is_f64() => found.extend(number.as_i64()),
                other => {
                    let text = other.as_str().map_or_else(|| repr(other), str::to_owned);
                    let domain = named(target, &Matcher::Like(format!("%{text}%"), true));
                    let ids = self.env.world.ids(target.name);
                    found.extend(ids.into_iter().filter(|id| domain.holds(self.env, target, *id)));
                }
            }
        }
        if found.is_empty() {
            return Ok(Domain::Constant(false));
        }
        self.searchable()?;
        // A link to its own model is the tree; another's tree is its parent's field.
        let parent = match self.field.kind {
            FieldType::Many2one(_) if target.name == self.model.name => self.field.name,
            _ if target.parent.is_empty() => "parent_id",
            _ => target.parent,
        };
        if INHERITS_A_TREE.contains(&target.name) {
            return Ok(self.test(Matcher::OneOf(found.into_iter().map(|id| json!(id)).collect())));
        }
        if target.field(parent).is_none() {
            return Err(match operator.as_str() {
                "child_of" => Fault::value(format!(
                    "Invalid field {}.{parent} in condition ({}, 'in', OrderedSet({}))",
                    target.name,
                    text_repr(parent),
                    repr(&json!(found))
                )),
                _ => Fault::key(parent),
            });
        }
        self.branch(target, parent, operator == "parent_of", &mut found);
        let field = match target.name == self.model.name && matches!(self.field.kind, FieldType::Many2one(_))
        {
            true => self.model.field("id").unwrap_or(self.field),
            false => self.field,
        };
        Ok(leaf(field, "", Matcher::OneOf(found.into_iter().map(|id| json!(id)).collect())))
    }

    pub(super) fn branch(&self, target: &'static Model, parent: &str, upwards: bool, found: &mut Vec<i64>) {
        let above =
            |id: i64| self.env.row(target.name, id).and_then(|row| row.get(parent)).and_then(Value::as_i64);
        let mut at = 0;
        while let Some(id) = found.get(at).copied() {
            let next: Vec<i64> = if upwards {
                above(id).into_iter().collect()
            } else {
                self.env
                    .world
                    .ids(target.name)
                    .into_iter()
                    .filter(|child| above(*child) == Some(id))
                    .collect()
            };
            found.extend(next.into_iter().filter(|id| !found.contains(id)).collect::<Vec<_>>());
            at += 1;
        }
    }
}
