//! A bucket as it is answered: its key, its figures and the domain that finds its records again.

use serde_json::{Map, Value, json};

use super::Bucket;
use super::axes::Axis;
use super::measures::Measure;
use crate::sandbox::aggregates::aggregate;
use crate::sandbox::dates;
use crate::sandbox::env::Env;
use crate::sandbox::fault::Outcome;
use crate::sandbox::periods::{end_of, label, next_hour};
use crate::sandbox::records::with_name;
use crate::sandbox::schema::{FieldType, Model, field, find};
use crate::sandbox::words::PERIODS;

/// The keys of a group and what is shown of it.
pub type Row = (Vec<Value>, Map<String, Value>);

pub(super) fn row(
    env: &Env,
    model: &'static Model,
    axes: &[Axis],
    measures: &[Measure],
    bucket: &Bucket,
) -> Outcome<Row> {
    let mut shown = Map::new();
    let mut domains: Vec<Vec<Value>> = Vec::new();
    for (axis, key) in axes.iter().zip(&bucket.keys) {
        let name = axis.field.name;
        let many = matches!(axis.field.kind, FieldType::Many2many(_) | FieldType::Many2manyOf(..));
        let plain = if many && key == &json!(false) {
            vec![json!([name, "not any", []])]
        } else {
            vec![json!([name, "=", key])]
        };
        let (value, domain) =
            match (key.as_str().filter(|_| PERIODS.contains(&axis.grain.as_str())), axis.field.relation()) {
                (Some(text), _) => {
                    let start = dates::parse(text).unwrap_or(0);
                    let end = match (axis.field.kind, axis.grain.as_str()) {
                        (FieldType::Datetime, "hour") => next_hour(text),
                        (FieldType::Datetime, _) => {
                            format!("{} 00:00:00", dates::format(end_of(start, &axis.grain)))
                        }
                        _ => dates::format(end_of(start, &axis.grain)),
                    };
                    let (from, to) = (env.utc_time(axis.field, text), env.utc_time(axis.field, &end));
                    let range = vec![json!("&"), json!([name, ">=", from]), json!([name, "<", to])];
                    (json!([from, label(start, &axis.grain, text)]), range)
                }
                (None, Some(target)) if key.is_number() => {
                    let pair = find(target).map_or(key.clone(), |_| {
                        with_name(env, &field("", "", FieldType::Many2one(target)), key.clone())
                    });
                    (pair, plain)
                }
                _ if name == "id" => (
                    json!([key, crate::sandbox::computed::name_of(env, model, key.as_i64().unwrap_or(0))]),
                    plain,
                ),
                _ if !axis.grain.is_empty() && key.is_number() => {
                    (key.clone(), vec![json!([format!("{name}.{}", axis.grain), "=", key])])
                }
                _ => (key.clone(), plain),
            };
        let domain = axis.path.iter().rev().fold(domain, |domain, hop| {
            let linked = json!([hop.name, "any", domain]);
            if value == json!(false) {
                vec![json!("|"), json!([hop.name, "not any", []]), linked]
            } else {
                vec![linked]
            }
        });
        shown.insert(axis.spec.clone(), value);
        domains.push(domain);
    }
    if domains.is_empty() {
        domains.push(vec![json!([1, "=", 1])]);
    }
    let mut domain: Vec<Value> = Vec::new();
    for _ in 1..domains.len() {
        domain.push(json!("&"));
    }
    domain.extend(domains.into_iter().flatten());
    shown.insert("__extra_domain".into(), Value::Array(domain));
    for measure in measures {
        shown.insert(
            measure.spec.clone(),
            match measure.field {
                Some(field) => aggregate(env, model, field, &measure.function, &bucket.ids),
                None => json!(bucket.ids.len()),
            },
        );
    }
    Ok((bucket.keys.clone(), shown))
}
