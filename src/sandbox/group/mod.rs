//! Grouping: buckets by field, by period of a date or by its parts; sums and counts in
//! each; and the domain that finds a bucket's records again. It reads; it never changes
//! anything.

mod axes;
mod measures;
mod order;
mod rows;

use axes::{axis, keys_of};
use measures::{is_known, measure, measure_of};
use order::{order, terms};
pub use rows::Row;
use rows::row;

use serde_json::{Map, Value, json};

use crate::sandbox::access::{self, Operation};
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::having;
use crate::sandbox::methods::Call;
use crate::sandbox::python::{text_repr, truthy, type_name};
use crate::sandbox::schema::FieldType;
use crate::sandbox::search;
use crate::sandbox::words::PERIODS;

struct Bucket {
    keys: Vec<Value>,
    ids: Vec<i64>,
}

/// `formatted_read_group`.
pub fn formatted(env: &Env, call: &Call) -> Outcome<Value> {
    let model = call.model;
    access::check(env, model, Operation::Read)?;
    super::methods::check_counts(call)?;
    let walked = |name: &str| walkable(call.get(name)).map(|()| call.names(name));
    let axes =
        walked("groupby")?.into_iter().map(|spec| axis(env, model, spec)).collect::<Outcome<Vec<_>>>()?;
    let measures = walked("aggregates")?
        .into_iter()
        // Its records are given as their ids, under that name.
        .map(|spec| spec.replace(":recordset", ":array_agg"))
        .map(|spec| measure(env, model, spec))
        .collect::<Outcome<Vec<_>>>()?;
    // SQL has neither without GROUP BY, and Odoo then looks at neither.
    let is_grouped = !axes.is_empty();
    let (conditions, clause) = match is_grouped {
        true => (walked_having(call.get("having"))?, call.text("order")),
        false => (&[][..], ""),
    };
    let mut all = measures;
    let asked_for = all.len();
    for spec in
        having::named_in(conditions)?.into_iter().filter(|spec| !is_known(&all, spec)).collect::<Vec<_>>()
    {
        all.push(measure(env, model, spec)?);
    }
    for term in terms(clause).filter(|term| !axes.iter().any(|axis| axis.spec == term.name)) {
        if !is_known(&all, term.name) {
            all.push(measure(env, model, term.name.to_owned()).map_err(|fault| term.refused(fault))?);
        }
    }
    let ids = search::search(env, model, call.get("domain"), 0, None, "id")?;
    let mut buckets: Vec<Bucket> = Vec::new();
    for id in ids {
        for keys in keys_of(env, model, &axes, id) {
            match buckets.iter_mut().find(|bucket| bucket.keys == keys) {
                Some(bucket) => bucket.ids.push(id),
                None => buckets.push(Bucket { keys, ids: vec![id] }),
            }
        }
    }
    if axes.is_empty() && buckets.is_empty() {
        buckets.push(Bucket { keys: Vec::new(), ids: Vec::new() });
    }
    let mut rows = Vec::new();
    for bucket in &buckets {
        rows.push(row(env, model, &axes, &all, bucket)?);
    }
    having::keep(&mut rows, conditions)?;
    order(env, &axes, &mut rows, clause);
    for (_, row) in &mut rows {
        for measure in all.get(asked_for..).unwrap_or_default() {
            row.shift_remove(&measure.spec);
        }
    }
    let (offset, limit) = (call.count("offset").unwrap_or(0), call.count("limit").unwrap_or(usize::MAX));
    Ok(rows.into_iter().skip(offset).take(limit).map(|(_, row)| Value::Object(row)).collect())
}

/// Python walks through a list, and through the letters of a text: none of those is a field.
fn walkable(value: &Value) -> Outcome<()> {
    match value {
        Value::Array(items) => match items.iter().find(|item| !item.is_string()) {
            None => Ok(()),
            Some(other) => {
                Err(Fault::kind(format!("expected string or bytes-like object, got '{}'", type_name(other))))
            }
        },
        Value::String(text) if text.is_empty() => Ok(()),
        Value::String(text) => {
            let letter = text.chars().next().map(String::from).unwrap_or_default();
            Err(Fault::value(format!("Invalid field {} on model", text_repr(&letter))))
        }
        other => Err(Fault::kind(format!("'{}' object is not iterable", type_name(other)))),
    }
}

/// The deprecated `read_group`: the same groups under the names, labels and domains of before.
pub fn read_group(env: &mut Env, call: &Call) -> Outcome<Value> {
    let by: Vec<String> = match call.get("groupby") {
        Value::String(one) => vec![one.clone()],
        other => walkable(other).map(|()| call.names("groupby"))?,
    };
    walkable(call.get("fields"))?;
    let lazy = truthy(call.get("lazy"));
    let (now, later) = by.split_at(if lazy { by.len().min(1) } else { by.len() });
    let mut axes = Vec::new();
    for spec in now {
        let (name, grain) = spec.split_once(':').unwrap_or((spec, ""));
        let (name, path) = name.split_once('.').unwrap_or((name, ""));
        let Some(field) = call.model.field(name) else {
            let message =
                format!("Invalid field {} on model {}", text_repr(name), text_repr(call.model.name));
            return Err(Fault::value(message).gap());
        };
        if !path.is_empty() {
            let message = format!("Property name {} has to be used on a property field.", text_repr(path));
            return Err(Fault::value(message));
        }
        let dated = matches!(field.kind, FieldType::Date | FieldType::Datetime);
        axes.push(match (dated, grain) {
            (true, "") => format!("{name}:month"),
            _ => spec.clone(),
        });
    }
    let count = match now {
        [one] if lazy => format!("{}_count", one.split(':').next().unwrap_or("")),
        _ => "__count".to_owned(),
    };
    // The name in the answer, and what is put together under it.
    let mut measures = vec![(count, "__count".to_owned())];
    for spec in call.names("fields").into_iter().filter(|spec| spec != "__count") {
        measures.extend(measure_of(call.model, &spec, now)?.filter(|(name, _)| !name.is_empty()));
    }
    let orderby: Vec<String> = terms(call.text("orderby"))
        .map(|term| {
            let known = now.iter().zip(&axes).map(|(name, spec)| (name.as_str(), spec.as_str()));
            let known = known.chain(measures.iter().map(|(name, spec)| (name.as_str(), spec.as_str())));
            let meant = known.into_iter().find(|(name, _)| name.split(':').next() == Some(term.name));
            let name = meant.map_or(term.name, |(_, spec)| spec);
            format!("{name}{}", if term.descending { " desc" } else { "" })
        })
        .collect();
    let mut asked = Map::new();
    asked.insert("domain".into(), call.get("domain").clone());
    asked.insert("groupby".into(), json!(axes));
    asked.insert("aggregates".into(), measures.iter().map(|(_, spec)| json!(spec)).collect());
    asked.insert("order".into(), json!(orderby.join(",")));
    for name in ["offset", "limit"] {
        asked.insert(name.into(), call.get(name).clone());
    }
    let formatted =
        formatted(env, &Call { model: call.model, ids: Vec::new(), arguments: asked, extra: Map::new() })?;
    let groups = formatted.as_array().cloned().unwrap_or_default();
    let groups = groups.iter().map(|group| {
        let mut row = Map::new();
        let mut ranges = Map::new();
        for (name, spec) in now.iter().zip(&axes) {
            let value = group.get(spec).cloned().unwrap_or_default();
            let is_period = spec.split_once(':').is_some_and(|(_, grain)| PERIODS.contains(&grain));
            let shown = match (is_period, &value) {
                (true, Value::Array(pair)) => {
                    ranges.insert(name.clone(), range_of(group.get("__extra_domain")));
                    pair.get(1).cloned().unwrap_or_default()
                }
                (true, _) => {
                    ranges.insert(name.clone(), json!(false));
                    value
                }
                _ => value,
            };
            row.insert(name.clone(), shown);
        }
        for (name, spec) in &measures {
            row.insert(name.clone(), group.get(spec).cloned().unwrap_or_default());
        }
        let mut domain = call.get("domain").as_array().cloned().unwrap_or_default();
        domain.extend(group.get("__extra_domain").and_then(Value::as_array).cloned().unwrap_or_default());
        domain.retain(|part| by.is_empty() && domain_is_all(part) || !domain_is_all(part));
        row.insert("__domain".into(), Value::Array(domain));
        if !later.is_empty() {
            row.insert("__context".into(), json!({"group_by": later}));
        }
        if !ranges.is_empty() {
            row.insert("__range".into(), Value::Object(ranges));
        }
        Value::Object(row)
    });
    Ok(groups.collect())
}

fn domain_is_all(part: &Value) -> bool {
    part == &json!([1, "=", 1])
}

/// The bounds of a period, from the domain that finds its records.
fn range_of(domain: Option<&Value>) -> Value {
    let bound = |operator: &str| {
        let parts = domain.and_then(Value::as_array).into_iter().flatten();
        parts
            .filter_map(Value::as_array)
            .find(|part| part.get(1) == Some(&json!(operator)))
            .map(|part| part.get(2).cloned())
    };
    json!({"from": bound(">="), "to": bound("<")})
}

/// A having clause is walked through, too.
fn walked_having(value: &Value) -> Outcome<&[Value]> {
    match value {
        Value::Array(items) => Ok(items),
        value if !truthy(value) => Ok(&[]),
        Value::String(text) => {
            let letter = text_repr(text.get(..1).unwrap_or(""));
            Err(Fault::value(format!("Invalid having clause {letter}: it should be a domain-like clause")))
        }
        other => Err(Fault::kind(format!("'{}' object is not iterable", type_name(other)))),
    }
}
