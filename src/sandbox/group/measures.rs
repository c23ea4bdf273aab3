//! What is summed and counted in each bucket, and what a column cannot sum.

use crate::sandbox::access::{self, Operation};
use crate::sandbox::aggregates::takes;
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::python::text_repr;
use crate::sandbox::schema::{Field, FieldType, Model, Sql};
use crate::sandbox::words::FUNCTIONS;

pub(super) struct Measure {
    pub(super) spec: String,
    pub(super) field: Option<&'static Field>,
    pub(super) function: String,
}

/// `field`, `field:function` or `name:function(field)`; a field by itself is put together as its column is by default.
pub(super) fn measure_of(
    model: &'static Model,
    spec: &str,
    by: &[String],
) -> Outcome<Option<(String, String)>> {
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let (name, rest) = spec.split_once(':').unwrap_or((spec, ""));
    let (function, inner) = match rest.split_once('(') {
        Some((function, inner)) => (function, inner.strip_suffix(')').unwrap_or("")),
        None => (rest, ""),
    };
    let sound = word(name) && (rest.is_empty() || word(function)) && (rest.contains('(') == word(inner));
    if !sound {
        return Err(Fault::value(format!("Invalid field specification {}.", text_repr(spec))));
    }
    if !inner.is_empty() {
        return Ok(Some((name.to_owned(), format!("{inner}:{function}"))));
    }
    if !function.is_empty() {
        return Ok(Some((name.to_owned(), format!("{name}:{function}"))));
    }
    let Some(field) = model.field(name) else {
        let message = format!("Invalid field {} on model {}", text_repr(name), text_repr(model.name));
        return Err(Fault::value(message));
    };
    let default =
        field.aggregator().filter(|_| field.sql == Sql::Column && !by.iter().any(|each| each == spec));
    Ok(default.map(|function| (name.to_owned(), format!("{name}:{function}"))))
}

/// What SQL does not have can be neither grouped by nor summed up.
pub(super) fn in_sql(model: &Model, field: &Field) -> Outcome<()> {
    if field.sql == Sql::Column { Ok(()) } else { Err(not_in_sql(model, field)) }
}

pub(super) fn not_in_sql(model: &Model, field: &Field) -> Fault {
    Fault::value(format!("Cannot convert {}.{} to SQL because it is not stored", model.name, field.name))
}

pub(super) fn measure(env: &Env, model: &'static Model, spec: String) -> Outcome<Measure> {
    if spec == "__count" {
        return Ok(Measure { spec, field: None, function: "count".into() });
    }
    let (name, function) = spec.split_once(':').unwrap_or((&spec, ""));
    if name.contains('.') {
        return Err(Fault::value(format!(
            "Invalid {}, this dot notation is not supported",
            text_repr(&spec)
        )));
    }
    let Some(field) = model.field(name) else {
        return Err(Fault::value(format!(
            "Invalid field {} on model {} for {}.",
            text_repr(name),
            text_repr(model.name),
            text_repr(&spec)
        ))
        .gap());
    };
    access::check_field(env, model, field, Operation::Read)?;
    if function.is_empty() {
        return Err(Fault::value(format!("Aggregate method is mandatory for {}", text_repr(name))));
    }
    if function == "sum_currency" && field.kind != FieldType::Monetary {
        let message = "Aggregator \"sum_currency\" only works on currency field for";
        return Err(Fault::value(format!("{message} {}", text_repr(name))));
    }
    if !FUNCTIONS.contains(&function) {
        return Err(Fault::value(format!(
            "Invalid aggregate method {} for {}.",
            text_repr(function),
            text_repr(&spec)
        )));
    }
    if function == "recordset" && !(field.relation().is_some() || name == "id") {
        return Err(Fault::value(format!(
            "Aggregate method 'recordset' can be only used on relational field (or id) (for {}).",
            text_repr(&spec)
        )));
    }
    if field.is_x2many() {
        return Err(not_in_sql(model, field));
    }
    in_sql(model, field)?;
    takes(function, field)?;
    let function = function.to_owned();
    Ok(Measure { spec, field: Some(field), function })
}

pub(super) fn is_known(measures: &[Measure], spec: &str) -> bool {
    measures.iter().any(|measure| measure.spec == spec)
}
