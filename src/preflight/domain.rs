//! Domains: their form, their operators, and each step of the paths in them, as far as the models on the way
//! are known. It must not change a domain.

use std::sync::Arc;

use serde_json::Value;

use super::findings::Findings;
use super::{Check, names, oneself, refused};
use crate::error::{Error, Result};
use crate::json_input::type_name;
use crate::json_slips;
use crate::knowledge::Version;
use crate::knowledge::methods::Role;
use crate::knowledge::vocabulary::{DATE_PARTS, DATE_PARTS_SINCE, OPERATORS};
use crate::odoo::schema::Schema;
use crate::operation::Operation;
use crate::suggest::closest;

/// What people write for an operator.
const CALLED: [(&str, &str); 13] = [
    ("!==", "!="),
    ("&&", "&"),
    ("===", "="),
    ("between", ">= and, in a second condition, <="),
    ("contains", "ilike"),
    ("endswith", "=ilike with % in front"),
    ("eq", "="),
    ("equals", "="),
    ("is", "="),
    ("is not", "!="),
    ("matches", "ilike"),
    ("startswith", "=ilike with % at the end"),
    ("~", "ilike"),
];

/// Checks the domain of a method that takes one.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let Some(name) = check.argument(operation, Role::Domain) else { return Ok(()) };
    match operation.kwargs.get(name) {
        None | Some(Value::Null | Value::Bool(_)) => Ok(()),
        Some(domain) => {
            let schema = check.schemas.known(&operation.model);
            walk(check, domain, &operation.model, schema.as_ref(), name)
        }
    }
}

/// One domain, of a model whose fields may be known.
fn walk(check: &Check, domain: &Value, model: &str, schema: Option<&Arc<Schema>>, place: &str) -> Result<()> {
    let Value::Array(items) = domain else {
        return Err(refused(format!(
            "{place}: a domain is a list of conditions, this is {}",
            type_name(domain)
        ))
        .with_hint(
            json_slips::of_domain(domain).unwrap_or_else(|| r#"write it as [["name", "=", "x"]]"#.into()),
        ));
    };
    if let [Value::String(field), Value::String(operator), _] = items.as_slice()
        && !["&", "|", "!"].contains(&field.as_str())
        && is_operator(operator)
    {
        return Err(refused(format!("{place}: this is one condition, a domain is a list of conditions"))
            .with_hint("put it into another pair of brackets")
            .with_hint(format!("[{domain}]")));
    }
    let mut found = Findings::default();
    for (index, item) in items.iter().enumerate() {
        found.add(part(check, item, model, schema, &format!("{place}[{index}]")))?;
    }
    found.add(balanced(items, place))?;
    found.told()
}

/// One item of a domain.
fn part(check: &Check, item: &Value, model: &str, schema: Option<&Arc<Schema>>, place: &str) -> Result<()> {
    match item {
        Value::String(sign) if ["&", "|", "!"].contains(&sign.as_str()) => Ok(()),
        Value::String(word) => {
            let error = refused(format!("{place}: {word:?} is neither a condition nor one of & | !"));
            Err(match word.to_ascii_lowercase().as_str() {
                "and" | "&&" => error.with_hint("write \"&\" in front of the two conditions"),
                "or" | "||" => error.with_hint("write \"|\" in front of the two conditions"),
                "not" => error.with_hint("write \"!\" in front of the condition"),
                _ => error.with_hints(json_slips::of_condition(item)),
            })
        }
        Value::Array(parts) => condition(check, parts, model, schema, place),
        other => {
            let error = refused(format!(
                "{place}: expected [field, operator, value] or one of & | !, found {}",
                type_name(other)
            ));
            Err(error.with_hints(json_slips::of_condition(other)))
        }
    }
}

/// `&` and `|` stand in front of two operands, `!` in front of one.
fn balanced(items: &[Value], place: &str) -> Result<()> {
    let mut operands = 0_usize;
    for (index, item) in items.iter().enumerate().rev() {
        let needs = match item.as_str() {
            // What is no sign is no condition either, and that is said of itself.
            None => {
                operands += 1;
                continue;
            }
            Some(word) if !["&", "|", "!"].contains(&word) => {
                operands += usize::from(json_slips::as_condition(word).is_some());
                continue;
            }
            Some("!") => 1,
            Some(_) => 2,
        };
        if operands < needs {
            return Err(refused(format!(
                "{place}[{index}]: {item} needs {needs} condition{} behind it, there {} {operands}",
                if needs == 1 { "" } else { "s" },
                if operands == 1 { "is" } else { "are" },
            ))
            .with_hint(
                "each & and | stands in front of the two conditions that it joins, ! in front of one",
            ));
        }
        operands -= needs - 1;
    }
    Ok(())
}

fn condition(
    check: &Check,
    parts: &[Value],
    model: &str,
    schema: Option<&Arc<Schema>>,
    place: &str,
) -> Result<()> {
    let [field, operator, value] = parts else {
        let error = refused(format!("{place}: a condition has three parts, this has {}", parts.len()));
        let nested = !parts.is_empty() && parts.iter().all(Value::is_array);
        return Err(if nested {
            error.with_hint("this is a list inside the list: take one pair of brackets off")
        } else {
            error
        });
    };
    let Value::String(path) = field else {
        // [1, "=", 1] is true and [0, "=", 1] is false.
        if matches!(field.as_i64(), Some(0 | 1)) && operator == "=" && value.as_i64() == Some(1) {
            return Ok(());
        }
        let error = refused(format!(
            "{place}: a condition begins with the name of a field, this with {}",
            type_name(field)
        ));
        return Err(if field.is_array() {
            error.with_hint("this is a list inside the list: take one pair of brackets off")
        } else {
            error
        });
    };
    let Some(name) = operator.as_str() else {
        return Err(refused(format!("{place}: the operator is {}, not a string", type_name(operator))));
    };
    // What a right is asked for by, since 20; its value is no value of the field's.
    if name == ACCESS && check.version >= ACCESS_SINCE {
        return Ok(());
    }
    if !is_operator(name) {
        return Err(no_operator(name, place));
    }
    if matches!(name, "any" | "not any") && check.version < ANY_SINCE {
        let version = check.version;
        return Err(refused(format!(
            "{place}: Odoo {version} has no operator {name}: it came with Odoo {ANY_SINCE}"
        ))
        .with_hint(format!("a path does the same: [\"{path}.FIELD\", …]")));
    }
    if matches!(name, "in" | "not in") && matches!(value, Value::String(_) | Value::Number(_)) {
        let error = refused(format!("{place}: {name} takes a list, this is {}", type_name(value)));
        return Err(match oneself::meant(check, path, name, value) {
            Some(hint) => error.with_hint(hint),
            None => error.with_hint(format!("[{}, \"{name}\", [{value}]]", Value::from(path.as_str()))),
        });
    }
    let Some(schema) = schema else { return Ok(()) };
    let last = follow(check, path, model, schema, place)?;
    let Some(Last { model, schema, field }) = last else { return Ok(()) };
    if field["type"] == "many2one" && matches!(name, "=" | "!=") && super::relations::is_pair(value) {
        return Err(refused(format!(
            "{place}: {path} is compared with a pair of id and name, as read gives it"
        ))
        .with_hint(format!("[\"{path}\", \"{name}\", {}]", value[0])));
    }
    if field["searchable"] == false && !check.is_forced(path) {
        return Err(refused(format!(
            "{place}: {path} is computed when it is read, and Odoo cannot search for it"
        ))
        .with_hint(format!("read {path} and pick from what came back")));
    }
    if field["type"] == "properties" && !check.is_forced(path) {
        return Err(refused(format!(
            "{place}: {path} holds several properties, of which one is compared by its name"
        ))
        .with_hint(format!("[\"{path}.NAME\", \"{name}\", {value}]; read {path} shows the names")));
    }
    let told = super::conditions::check(check, path, name, value, &field, place);
    if told.is_err() && field["type"] == "selection" {
        check.doubt(&model, &schema);
    }
    told?;
    if matches!(name, "any" | "not any") && value.is_array() {
        let relation = field["relation"].as_str().unwrap_or_default();
        let related = check.schemas.known(relation);
        return walk(check, value, relation, related.as_ref(), &format!("{place}[2]"));
    }
    Ok(())
}

/// Whether the caller may do something with a record.
const ACCESS: &str = "access";
const ACCESS_SINCE: Version = 20;
/// Domains within domains.
const ANY_SINCE: Version = 17;

fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name.to_ascii_lowercase().as_str())
}

fn no_operator(name: &str, place: &str) -> Error {
    let error = refused(format!("{place}: there is no operator {name:?}"));
    let lower = name.to_ascii_lowercase();
    let called =
        CALLED.iter().find(|(other, _)| *other == lower.replace('_', "").as_str() || *other == lower);
    match called.map(|(_, meant)| *meant).or_else(|| closest(&lower.replace('_', " "), OPERATORS.into_iter()))
    {
        Some(meant) if lower == "between" => {
            error.with_hint(format!("two conditions do that: one with {meant}"))
        }
        Some(meant) => error.with_hint(format!("did you mean {meant}?")),
        None => error.with_hint(format!("the operators are {}", OPERATORS.join(", "))),
    }
}

/// Where a path ends.
pub struct Last {
    model: String,
    schema: Arc<Schema>,
    /// The field at the end.
    pub field: Value,
}

/// Follows a dotted path from model to model; gives the last field, or nothing where the models end that are
/// known.
pub fn follow(
    check: &Check,
    path: &str,
    model: &str,
    schema: &Arc<Schema>,
    place: &str,
) -> Result<Option<Last>> {
    let mut model = model.to_string();
    let mut schema = Arc::clone(schema);
    let mut steps = path.split('.').peekable();
    let mut walked = String::new();
    while let Some(step) = steps.next() {
        let here = if walked.is_empty() {
            place.to_string()
        } else {
            format!("{place}: {path} breaks after {walked}")
        };
        names::known(check, &model, &schema, step, &here)?;
        let Some(field) = schema.field(step) else { return Ok(None) };
        if !walked.is_empty() {
            walked.push('.');
        }
        walked.push_str(step);
        let Some(next) = steps.peek() else { return Ok(Some(Last { model, schema, field })) };
        match field["type"].as_str().unwrap_or_default() {
            "many2one" | "one2many" | "many2many" => {
                model = field["relation"].as_str().unwrap_or_default().to_string();
                let Some(related) = check.schemas.known(&model) else { return Ok(None) };
                schema = related;
            }
            "date" | "datetime" => {
                let is_part = DATE_PARTS.contains(next);
                if is_part && check.version >= DATE_PARTS_SINCE {
                    return Ok(None);
                }
                if is_part {
                    let version = check.version;
                    return Err(refused(format!(
                        "{place}: {path}: Odoo {version} knows no {next} of a date: it came with Odoo {DATE_PARTS_SINCE}"
                    ))
                    .with_hint(format!(
                        "compare {walked} itself: [\"{walked}\", \">=\", \"2026-01-01\"], [\"{walked}\", \"<\", \"2027-01-01\"]"
                    )));
                }
                return Err(refused(format!("{place}: {path} breaks after {walked}: a date has no {next}"))
                    .with_hint(match closest(next, DATE_PARTS.into_iter()) {
                        Some(close) => format!("did you mean {walked}.{close}?"),
                        None => format!("its parts are {}", DATE_PARTS.join(", ")),
                    }));
            }
            kind @ ("char" | "text" | "html" | "integer" | "float" | "monetary" | "boolean" | "selection"
            | "binary") => {
                if step == "id" {
                    return Ok(None);
                }
                return Err(refused(format!(
                    "{place}: {path} breaks after {walked}: {model}.{step} is a {kind} and leads nowhere"
                )));
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}
