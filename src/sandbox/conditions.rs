//! What a single condition of a domain asks for, rewritten step by step as Odoo's ORM rewrites it (`orm/domains.py`):
//! synonyms to `in` and `any`, names of linked records, days held against times, and what no field of such a type
//! takes. `domain` reads the notation; whether a record passes is `matcher`'s.

use serde_json::{Value, json};

use super::dates;
use super::describe::INHERITS_A_TREE;
use super::domain::{Domain, Leaf};
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::matcher::Matcher;
use super::python::{self, repr, text_repr, truthy, type_name};
use super::schema::{Field, FieldType, Model, Sql, find};
use super::words::DATE_PARTS;

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

    fn one_of(&self, condition: &Condition, negative: bool, mut values: Vec<Value>) -> Outcome<Domain> {
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
    fn truths(&self, values: &[Value]) -> Domain {
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
    fn moments(&self, values: &[Value]) -> Outcome<Domain> {
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
    fn moment(&self, value: &Value) -> Outcome<Option<(String, bool)>> {
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
    fn column(&self, value: &Value) -> Outcome<Value> {
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
    fn ids(&self, condition: &Condition, values: &[Value]) -> Outcome<()> {
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

    /// `<`, `>`, `<=`, `>=`.
    fn compared(&self, condition: &Condition) -> Outcome<Domain> {
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
    fn compared_moment(&self, condition: &Condition) -> Outcome<Domain> {
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

    /// The records of a branch (or those above it), the named ones among them.
    fn hierarchy(&self, condition: &Condition) -> Outcome<Domain> {
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

    fn branch(&self, target: &'static Model, parent: &str, upwards: bool, found: &mut Vec<i64>) {
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

fn known(operator: &str) -> &'static str {
    match operator {
        "<" => "<",
        ">" => ">",
        "<=" => "<=",
        _ => ">=",
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
