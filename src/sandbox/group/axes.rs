//! What records are grouped by: a field, a period of a date or a part of it, and the key of each record.

use serde_json::{Value, json};

use super::measures::in_sql;
use crate::sandbox::access::{self, Operation};
use crate::sandbox::dates;
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::matcher::date_part;
use crate::sandbox::periods::start_of;
use crate::sandbox::python::text_repr;
use crate::sandbox::schema::{Field, FieldType, Model, Sql, find};
use crate::sandbox::words::{DATE_PARTS, PERIODS};

pub(super) struct Axis {
    pub(super) spec: String,
    /// The many2one fields that lead to the field.
    pub(super) path: Vec<&'static Field>,
    pub(super) field: &'static Field,
    pub(super) grain: String,
}

pub(super) fn axis(env: &Env, model: &'static Model, spec: String) -> Outcome<Axis> {
    let (name, grain) = spec.split_once(':').unwrap_or((&spec, ""));
    let (name, grain) = (name.to_owned(), grain.to_owned());
    let (mut model, mut path, mut rest) = (model, Vec::new(), name.as_str());
    let field = loop {
        let (first, further) = rest.split_once('.').unwrap_or((rest, ""));
        let Some(field) = model.field(first) else {
            return Err(Fault::value(format!(
                "Invalid field {} on {}",
                text_repr(first),
                text_repr(model.name)
            ))
            .gap());
        };
        access::check_field(env, model, field, Operation::Read)?;
        if further.is_empty() {
            break field;
        }
        let FieldType::Many2one(target) = field.kind else {
            let message = format!("Only many2one path is accepted for the {} groupby spec", text_repr(&spec));
            return Err(Fault::value(message));
        };
        let Some(target) = find(target) else { break field };
        access::check(env, target, Operation::Read)?;
        path.push(field);
        (model, rest) = (target, further);
    };
    let dated = matches!(field.kind, FieldType::Date | FieldType::Datetime);
    let many = matches!(field.kind, FieldType::Many2many(_) | FieldType::Many2manyOf(..));
    if many && field.sql != Sql::Column {
        return Err(Fault::value(format!("Group by non-stored many2many field: {}", text_repr(&spec))));
    }
    in_sql(model, field)?;
    if dated && grain.is_empty() {
        return Err(Fault::value(format!("Granularity not set on a date(time) field: {}", text_repr(&spec))));
    }
    if !dated && !grain.is_empty() {
        let message = format!("Granularity set on a no-datetime field or property: {}", text_repr(&spec));
        return Err(Fault::value(message));
    }
    if dated && !PERIODS.contains(&grain.as_str()) && !DATE_PARTS.contains(&grain.as_str()) {
        return Err(Fault::value(format!("Granularity specification isn't correct: {}", text_repr(&grain))));
    }
    Ok(Axis { spec, path, field, grain })
}

/// The buckets of a record: one, or one for each member of a many2many.
pub(super) fn keys_of(env: &Env, model: &'static Model, axes: &[Axis], id: i64) -> Vec<Vec<Value>> {
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    for axis in axes {
        let mut at = Some((model, id));
        for hop in &axis.path {
            at = at
                .and_then(|(model, id)| Some((find(hop.relation()?)?, env.value(model, id, hop).as_i64()?)));
        }
        let value = at.map_or(json!(false), |(model, id)| env.value(model, id, axis.field));
        let choices: Vec<Value> = match &value {
            Value::Array(ids) if ids.is_empty() => vec![json!(false)],
            Value::Array(ids) => ids.clone(),
            Value::String(text) if !axis.grain.is_empty() => vec![period(env, text, axis)],
            other => vec![other.clone()],
        };
        all = all
            .into_iter()
            .flat_map(|keys| {
                choices.iter().map(move |choice| keys.iter().cloned().chain([choice.clone()]).collect())
            })
            .collect();
    }
    all
}

/// The start of the period that a date is in, or its part as a number; times as the clocks of the context's
/// zone show them.
pub(super) fn period(env: &Env, text: &str, axis: &Axis) -> Value {
    let text = &env.local_time(axis.field, text);
    if DATE_PARTS.contains(&axis.grain.as_str()) {
        return date_part(&json!(text), &axis.grain).as_f64().map_or(json!(false), |part| json!(part));
    }
    let Some(day) = dates::parse(text) else { return json!(false) };
    let start = start_of(day, &axis.grain);
    match (axis.field.kind, axis.grain.as_str()) {
        (FieldType::Datetime, "hour") => json!(format!("{}:00:00", text.get(..13).unwrap_or(text))),
        (FieldType::Datetime, _) => json!(format!("{} 00:00:00", dates::format(start))),
        _ => json!(dates::format(start)),
    }
}
