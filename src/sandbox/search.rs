//! Finding records: the domain, archived ones left out, the order with PostgreSQL's
//! place for empty values, offset and limit. It changes nothing and formats
//! nothing.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::access::{self, Operation};
use super::domain::Domain;
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::python::{text_repr, truthy};
use super::schema::{FieldType, Model, find};

/// The ids that a search gives.
pub fn search(
    env: &Env,
    model: &'static Model,
    domain: &Value,
    offset: usize,
    limit: Option<usize>,
    order: &str,
) -> Outcome<Vec<i64>> {
    access::check(env, model, Operation::Read)?;
    let domain = Domain::parse(env, model, domain)?;
    let mut ids = matching(env, model, &domain);
    sort(env, model, &mut ids, if order.is_empty() { model.order } else { order })?;
    Ok(ids.into_iter().skip(offset).take(limit.unwrap_or(usize::MAX)).collect())
}

/// The ids that pass, by id.
pub fn matching(env: &Env, model: &'static Model, domain: &Domain) -> Vec<i64> {
    let archived_too =
        env.context.get("active_test").is_some_and(|test| !truthy(test)) || domain.mentions("active");
    let hides = !archived_too && model.field("active").is_some();
    let rows =
        env.world.rows(model.name).filter(|(_, row)| !hides || row.get("active") == Some(&json!(true)));
    rows.map(|(id, _)| id)
        .filter(|id| access::row_visible(env, model, *id) && domain.holds(env, model, *id))
        .collect()
}

#[derive(PartialEq, PartialOrd)]
enum Key {
    Number(f64),
    Text(String, String),
}

/// Sorts ids by an order clause.
pub fn sort(env: &Env, model: &'static Model, ids: &mut Vec<i64>, order: &str) -> Outcome<()> {
    let mut columns: Vec<(Vec<Option<Key>>, bool, bool)> = Vec::new();
    for part in order.split(',') {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or("");
        let rest = words.map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        let (direction, nulls) = match rest.split_once("nulls ") {
            Some((direction, nulls)) => (direction.trim().to_owned(), Some(nulls.to_owned())),
            None => (rest, None),
        };
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte));
        let known = matches!(direction.as_str(), "" | "asc" | "desc")
            && matches!(nulls.as_deref(), None | Some("first" | "last"));
        if name.is_empty() || !plain || !known {
            return Err(Fault::user(format!(
                "Invalid \"order\" specified ({order}). A valid \"order\" specification is a comma-separated list \
                 of valid field names (optionally followed by asc/desc for the direction)"
            )));
        }
        let Some(field) = model.field(name.split(['.', ':']).next().unwrap_or("")) else {
            return Err(Fault::value(format!(
                "Invalid field {} on {}",
                text_repr(name),
                text_repr(model.name)
            ))
            .gap());
        };
        let descending = direction == "desc";
        let nulls_first = nulls.map_or(descending, |nulls| nulls == "first");
        columns.push((keys(env, model, ids, field.name), descending, nulls_first));
    }
    let mut places: Vec<usize> = (0..ids.len()).collect();
    places.sort_by(|one, other| {
        for (keys, descending, nulls_first) in &columns {
            let order =
                match (keys.get(*one).and_then(Option::as_ref), keys.get(*other).and_then(Option::as_ref)) {
                    (Some(one), Some(other)) => {
                        let order = one.partial_cmp(other).unwrap_or(Ordering::Equal);
                        if *descending { order.reverse() } else { order }
                    }
                    (None, None) => Ordering::Equal,
                    (None, _) if *nulls_first => Ordering::Less,
                    (None, _) => Ordering::Greater,
                    (_, None) if *nulls_first => Ordering::Greater,
                    (_, None) => Ordering::Less,
                };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    *ids = places.into_iter().filter_map(|place| ids.get(place).copied()).collect();
    Ok(())
}

fn keys(env: &Env, model: &'static Model, ids: &[i64], name: &str) -> Vec<Option<Key>> {
    let Some(field) = model.field(name) else { return Vec::new() };
    let values: Vec<Value> = ids.iter().map(|id| env.value(model, *id, field)).collect();
    let rank = match (field.kind, field.relation().and_then(find)) {
        // A many2one sorts as its model sorts.
        (FieldType::Many2one(_), Some(target)) if target.name != model.name => {
            let mut linked: Vec<i64> = values.iter().filter_map(Value::as_i64).collect();
            linked.sort_unstable();
            linked.dedup();
            sort(env, target, &mut linked, target.order).ok();
            Some(linked)
        }
        _ => None,
    };
    values
        .into_iter()
        .map(|value| match value {
            Value::Number(number) => match &rank {
                Some(rank) => rank
                    .iter()
                    .position(|id| Some(*id) == number.as_i64())
                    .map(|place| Key::Number(place as f64)),
                None => number.as_f64().map(Key::Number),
            },
            Value::Bool(truth) if field.kind == FieldType::Boolean => {
                Some(Key::Number(f64::from(u8::from(truth))))
            }
            Value::String(text) => Some(Key::Text(text.to_lowercase(), text)),
            _ => None,
        })
        .collect()
}
