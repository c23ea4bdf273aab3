//! Grouping: buckets by field, by period of a date or by its parts; sums and counts in
//! each; and the domain that finds a bucket's records again. It reads; it never changes
//! anything.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::access::{self, Operation};
use super::aggregates::{aggregate, takes};
use super::dates;
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::having;
use super::matcher::date_part;
use super::methods::Call;
use super::periods::{end_of, label, next_hour, start_of};
use super::python::{text_repr, truthy, type_name};
use super::records::with_name;
use super::schema::{Field, FieldType, Model, Sql, find};
use super::search;
use super::words::{DATE_PARTS, FUNCTIONS, PERIODS};

struct Axis {
    spec: String,
    /// The many2one fields that lead to the field.
    path: Vec<&'static Field>,
    field: &'static Field,
    grain: String,
}

struct Measure {
    spec: String,
    field: Option<&'static Field>,
    function: String,
}

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

/// `field`, `field:function` or `name:function(field)`; a field by itself is put together as its column is by default.
fn measure_of(model: &'static Model, spec: &str, by: &[String]) -> Outcome<Option<(String, String)>> {
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

fn axis(env: &Env, model: &'static Model, spec: String) -> Outcome<Axis> {
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

/// What SQL does not have can be neither grouped by nor summed up.
fn in_sql(model: &Model, field: &Field) -> Outcome<()> {
    if field.sql == Sql::Column { Ok(()) } else { Err(not_in_sql(model, field)) }
}

fn not_in_sql(model: &Model, field: &Field) -> Fault {
    Fault::value(format!("Cannot convert {}.{} to SQL because it is not stored", model.name, field.name))
}

fn measure(env: &Env, model: &'static Model, spec: String) -> Outcome<Measure> {
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

/// The buckets of a record: one, or one for each member of a many2many.
fn keys_of(env: &Env, model: &'static Model, axes: &[Axis], id: i64) -> Vec<Vec<Value>> {
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
fn period(env: &Env, text: &str, axis: &Axis) -> Value {
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

/// The keys of a group and what is shown of it.
pub type Row = (Vec<Value>, Map<String, Value>);

fn row(
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
                        with_name(env, &super::schema::many2one("", "", target), key.clone())
                    });
                    (pair, plain)
                }
                _ if name == "id" => {
                    (json!([key, super::computed::name_of(env, model, key.as_i64().unwrap_or(0))]), plain)
                }
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

fn is_known(measures: &[Measure], spec: &str) -> bool {
    measures.iter().any(|measure| measure.spec == spec)
}

/// A part of the order clause.
struct Term<'c> {
    text: &'c str,
    name: &'c str,
    descending: bool,
}

impl Term<'_> {
    /// Odoo says the same of every name that is no aggregate.
    fn refused(&self, fault: Fault) -> Fault {
        if fault.name != "builtins.ValueError" {
            return fault;
        }
        let text = text_repr(self.text);
        Fault::value(format!("Order term {text} is not a valid aggregate nor valid groupby"))
    }
}

fn terms(clause: &str) -> impl Iterator<Item = Term<'_>> {
    clause.split(',').map(str::trim).filter(|text| !text.is_empty()).map(|text| {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or("");
        Term { text, name, descending: words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc")) }
    })
}

/// Sorts by the order clause, or by the groups themselves; a many2one by the order of its model.
fn order(env: &Env, axes: &[Axis], rows: &mut [Row], clause: &str) {
    let default = axes.iter().map(|axis| axis.spec.clone()).collect::<Vec<_>>().join(",");
    let clause = if clause.is_empty() { default } else { clause.to_owned() };
    let terms: Vec<Term> = terms(&clause).collect();
    for Term { name, descending, .. } in terms.into_iter().rev() {
        let place = axes.iter().position(|axis| axis.spec == name);
        let ranks = place.and_then(|place| {
            let target = find(axes.get(place)?.field.relation()?)?;
            let mut ids: Vec<i64> = rows.iter().filter_map(|(keys, _)| keys.get(place)?.as_i64()).collect();
            ids.sort_unstable();
            ids.dedup();
            search::sort(env, target, &mut ids, target.order).ok();
            Some(ids)
        });
        let key = |row: &Row| -> Value {
            let value = match place {
                Some(place) => row.0.get(place).cloned().unwrap_or_default(),
                None => row.1.get(name).cloned().unwrap_or_default(),
            };
            match (&ranks, value.as_i64()) {
                (Some(ranks), Some(id)) => json!(ranks.iter().position(|each| *each == id)),
                _ => value,
            }
        };
        let empty = |value: &Value| {
            value == &json!(false)
                && axes.iter().any(|axis| axis.spec == name && axis.field.kind != FieldType::Boolean)
        };
        rows.sort_by(|one, other| {
            let (one, other) = (key(one), key(other));
            let ordering = match (empty(&one), empty(&other)) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ => match (one.as_f64(), other.as_f64()) {
                    (Some(one), Some(other)) => one.total_cmp(&other),
                    _ => one.to_string().to_lowercase().cmp(&other.to_string().to_lowercase()),
                },
            };
            if descending { ordering.reverse() } else { ordering }
        });
    }
}
