//! `load`: a table of texts becomes records, as an import of a file does. Columns are names of fields or paths
//! (`country_id/.id`, `child_ids/name`); what cannot be read is said row by row, and then nothing is kept. What a record
//! may hold is `records`'.

use serde_json::{Map, Value, json};

use super::{Call, Method, On};
use crate::sandbox::conditions::named;
use crate::sandbox::dates;
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::matcher::Matcher;
use crate::sandbox::python::repr;
use crate::sandbox::records::{self, Values};
use crate::sandbox::schema::{Field, FieldType, Model, find};
use crate::sandbox::{access, xmlids};

pub(super) const METHODS: &[Method] = &[Method {
    name: "load",
    signature: "fields, data",
    on: On::Every,
    model_level: true,
    readonly: false,
    returns: "",
    doc: "Attempt to load the data matrix, and return ids and messages.",
    run: load,
}];

type Path = Vec<String>;

/// A cell that cannot be read: the field, what is said, and what more is known.
struct Unreadable {
    field: String,
    label: Option<&'static str>,
    message: String,
    more: Option<Value>,
}

fn load(env: &mut Env, call: &Call) -> Outcome<Value> {
    let paths: Vec<Path> = walked(call.get("fields"))?.iter().map(|name| path_of(name)).collect();
    let rows: Vec<Vec<String>> = match call.get("data") {
        Value::Array(rows) => rows.iter().map(cells).collect::<Outcome<_>>()?,
        other => walked(other)?.into_iter().map(|letter| vec![letter]).collect(),
    };
    access::check(env, call.model, access::Operation::Create)?;
    for path in &paths {
        check_path(call.model, path)?;
    }
    let of_database = paths.iter().position(|path| path.first().is_some_and(|step| step == ".id"));
    if let Some(cell) = of_database.and_then(|at| {
        rows.iter()
            .filter_map(|row| row.get(at))
            .find(|cell| !cell.is_empty() && cell.parse::<i64>().is_err())
    }) {
        return Err(Fault::database_text(format!(
            "invalid input syntax for type integer: {}\n",
            json!(cell)
        )));
    }
    let before = env.world.clone();
    let (mut ids, mut messages) = (Vec::new(), Vec::new());
    let mut at = 0;
    let mut record = 0;
    while at < rows.len() {
        let end = record_end(call.model, &paths, &rows, at);
        let span = rows.get(at..end).unwrap_or_default();
        let place = json!({"rows": {"from": at, "to": end - 1}, "record": record});
        match keep(env, call.model, &paths, span) {
            Ok(id) => ids.push(id),
            Err(problems) => messages.extend(problems.into_iter().map(|problem| placed(&place, problem))),
        }
        at = end;
        record += 1;
    }
    if messages.is_empty() {
        return Ok(json!({"ids": ids, "messages": [], "nextrow": 0}));
    }
    env.world = before;
    Ok(json!({"ids": false, "messages": messages, "nextrow": 0}))
}

/// What Python finds when it walks through a value.
fn walked(value: &Value) -> Outcome<Vec<String>> {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| match item.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(Fault::kind(format!(
                    "expected string or bytes-like object, got '{}'",
                    crate::sandbox::python::type_name(item)
                ))),
            })
            .collect(),
        Value::String(text) => Ok(text.chars().map(String::from).collect()),
        other => {
            Err(Fault::kind(format!("'{}' object is not iterable", crate::sandbox::python::type_name(other))))
        }
    }
}

fn cells(row: &Value) -> Outcome<Vec<String>> {
    let text = |cell: &Value| match cell {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(false) => String::new(),
        other => repr(other),
    };
    match row {
        Value::Array(cells) => Ok(cells.iter().map(text).collect()),
        other => walked(other),
    }
}

/// `a/b/id` and `a/b:id` are the same.
fn path_of(name: &str) -> Path {
    let name = name.replace(":id", "/id").replace(".id", "/.id");
    name.trim_start_matches('/').split('/').map(str::to_owned).collect()
}

fn check_path(model: &'static Model, path: &[String]) -> Outcome<()> {
    let mut at = Some(model);
    for step in path {
        if step == "id" || step == ".id" {
            return Ok(());
        }
        let Some(field) = at.and_then(|model| model.field(step)) else {
            return Err(Fault::value(format!("Invalid field name '{step}'")).gap());
        };
        at = field.relation().and_then(find);
    }
    Ok(())
}

fn is_lines(model: &'static Model, path: &[String]) -> bool {
    path.first()
        .and_then(|name| model.field(name))
        .is_some_and(|field| matches!(field.kind, FieldType::One2many(..)))
}

/// A row in which only the columns of lines hold anything belongs to the record above.
fn record_end(model: &'static Model, paths: &[Path], rows: &[Vec<String>], start: usize) -> usize {
    let lines: Vec<bool> = paths.iter().map(|path| is_lines(model, path)).collect();
    let continues = |row: &Vec<String>| {
        let holds = |of_lines: bool| {
            row.iter().zip(&lines).any(|(cell, is_lines)| *is_lines == of_lines && !cell.is_empty())
        };
        holds(true) && !holds(false)
    };
    let more = rows.iter().skip(start + 1).take_while(|row| continues(row)).count();
    start + 1 + more
}

fn placed(place: &Value, problem: Unreadable) -> Value {
    let mut said = place.as_object().cloned().unwrap_or_default();
    said.insert("type".into(), json!("error"));
    if !problem.field.is_empty() {
        said.insert("field".into(), json!(problem.field));
    }
    said.insert("message".into(), json!(problem.message));
    if let Some(more) = problem.more {
        said.insert("moreinfo".into(), more);
    }
    if let Some(label) = problem.label {
        said.insert("field_name".into(), json!(label));
    }
    Value::Object(said)
}

/// Creates or updates the record of some rows.
fn keep(
    env: &mut Env,
    model: &'static Model,
    paths: &[Path],
    rows: &[Vec<String>],
) -> Result<i64, Vec<Unreadable>> {
    let mut problems = Vec::new();
    let mut values = Values::new();
    let (mut database_id, mut external_id) = (None, None);
    let first = rows.first().map(Vec::as_slice).unwrap_or_default();
    for (path, cell) in paths.iter().zip(first) {
        match path.first().map(String::as_str) {
            Some(".id") if !cell.is_empty() => {
                let known = cell.parse().ok().filter(|id| env.exists(model.name, *id));
                match known {
                    Some(id) => database_id = Some(id),
                    None => problems.push(plain(".id", format!("Unknown database identifier '{cell}'"))),
                }
            }
            Some("id") if !cell.is_empty() => external_id = Some(cell.clone()),
            Some(".id" | "id") | None => {}
            Some(name) => {
                let Some(field) = model.field(name).filter(|_| !is_lines(model, path)) else { continue };
                match converted(env, field, path.get(1).map(String::as_str), cell) {
                    Ok(Some(value)) => {
                        values.insert(name.to_owned(), value);
                    }
                    Ok(None) => {}
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
    lines(env, model, paths, rows, &mut values, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    if let Some(name) = &external_id
        && let Some((other, id)) = xmlids::elsewhere(env, model.name, name)
    {
        return Err(vec![plain(
            "",
            format!(
                "For external id {name} when trying to create/update a record of model {} found record of different \
                 model {other} ({id})",
                model.name
            ),
        )]);
    }
    let known = external_id.as_ref().and_then(|name| xmlids::find(env, model.name, name));
    let done = match database_id.or(known) {
        Some(id) => records::write(env, model, &[id], &values).map(|()| id),
        None => records::create(env, model, &[values]).map(|ids| ids.first().copied().unwrap_or(0)),
    };
    let id = done.map_err(|fault| vec![plain("", fault.message)])?;
    if let (Some(name), None) = (external_id, known) {
        xmlids::keep(env, model.name, id, &name);
    }
    Ok(id)
}

/// The lines of a record, one for each of its rows that holds any.
fn lines(
    env: &Env,
    model: &'static Model,
    paths: &[Path],
    rows: &[Vec<String>],
    values: &mut Values,
    problems: &mut Vec<Unreadable>,
) {
    let mut commands: Map<String, Value> = Map::new();
    for row in rows {
        let mut of_row: Vec<(String, Values)> = Vec::new();
        for (path, cell) in
            paths.iter().zip(row).filter(|(path, cell)| is_lines(model, path) && !cell.is_empty())
        {
            let [name, inner, rest @ ..] = path.as_slice() else { continue };
            let target = model.field(name).and_then(Field::relation).and_then(find);
            let Some(field) = target.and_then(|target| target.field(inner)) else { continue };
            match converted(env, field, rest.first().map(String::as_str), cell) {
                Ok(Some(value)) => {
                    if !of_row.iter().any(|(known, _)| known == name) {
                        of_row.push((name.clone(), Values::new()));
                    }
                    if let Some((_, line)) = of_row.iter_mut().find(|(known, _)| known == name) {
                        line.insert(inner.clone(), value);
                    }
                }
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        for (name, line) in of_row {
            let all = commands.entry(name).or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.push(json!([0, 0, line]));
            }
        }
    }
    values.extend(commands);
}

fn plain(field: &str, message: String) -> Unreadable {
    Unreadable { field: field.to_owned(), label: None, message, more: None }
}

/// A text as a value of the field; nothing where the cell is empty.
fn converted(
    env: &Env,
    field: &'static Field,
    by: Option<&str>,
    cell: &str,
) -> Result<Option<Value>, Unreadable> {
    if cell.is_empty() {
        return Ok(None);
    }
    let wrong = |message: String, more: Option<Value>| Unreadable {
        field: field.name.to_owned(),
        label: Some(field.label),
        message,
        more,
    };
    let label = field.label;
    Ok(Some(match field.kind {
        FieldType::Boolean => match cell.to_lowercase().as_str() {
            "1" | "true" | "yes" => json!(true),
            "0" | "false" | "no" => json!(false),
            _ => {
                let message = format!("Unknown value '{cell}' for boolean field '{label}'");
                return Err(wrong(message, Some(json!("Use '1' for yes and '0' for no"))));
            }
        },
        FieldType::Integer | FieldType::Reference => json!(cell.parse::<i64>().map_err(|_| {
            wrong(format!("'{cell}' does not seem to be an integer for field '{label}'"), None)
        })?),
        FieldType::Float | FieldType::Monetary => json!(cell.parse::<f64>().map_err(|_| {
            wrong(format!("'{cell}' does not seem to be a number for field '{label}'"), None)
        })?),
        FieldType::Date => match dates::parse(cell).filter(|_| cell.len() == 10) {
            Some(_) => json!(cell),
            None => {
                let message = format!("'{cell}' does not seem to be a valid date for field '{label}'");
                return Err(wrong(message, Some(json!("Use the format '2012-12-31'"))));
            }
        },
        FieldType::Datetime => match dates::parse_datetime(cell) {
            Some(moment) => json!(env.utc_time(field, &moment)),
            None => {
                let message = format!("'{cell}' does not seem to be a valid datetime for field '{label}'");
                return Err(wrong(message, Some(json!("Use the format '2012-12-31 23:59:59'"))));
            }
        },
        FieldType::Selection(options) => {
            let known = options
                .iter()
                .find(|(value, label)| *value == cell || label.to_lowercase() == cell.to_lowercase());
            match known {
                Some((value, _)) => json!(value),
                None => {
                    let labels: Vec<&str> = options.iter().map(|(_, label)| *label).collect();
                    let message = format!("Value '{cell}' not found in selection field '{label}'");
                    return Err(wrong(message, Some(json!(labels))));
                }
            }
        }
        FieldType::Many2one(target) => json!(linked(env, field, target, by, cell)?),
        FieldType::Many2many(target) | FieldType::Many2manyOf(target, _) => {
            let ids = cell.split(',').map(|one| linked(env, field, target, by, one.trim()));
            json!([[6, 0, ids.collect::<Result<Vec<_>, _>>()?]])
        }
        _ => json!(cell),
    }))
}

/// The record that a cell names: by its name, its id in the database or its external id.
fn linked(
    env: &Env,
    field: &'static Field,
    target: &'static str,
    by: Option<&str>,
    cell: &str,
) -> Result<i64, Unreadable> {
    let (called, found): (&str, Vec<i64>) = match by {
        Some(".id") => {
            ("database id", cell.parse().ok().filter(|id| env.exists(target, *id)).into_iter().collect())
        }
        Some("id") => ("external id", xmlids::find(env, target, cell).into_iter().collect()),
        _ => {
            let model = find(target);
            let test = model.map(|model| (model, named(model, &Matcher::OneOf(vec![json!(cell)]))));
            let hits = test.map(|(model, test)| {
                env.world.ids(target).into_iter().filter(|id| test.holds(env, model, *id)).collect()
            });
            ("name", hits.unwrap_or_default())
        }
    };
    let wrong = |message: String, more: Option<Value>| Unreadable {
        field: field.name.to_owned(),
        label: Some(field.label),
        message,
        more,
    };
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(wrong(
            format!("No matching record found for {called} '{cell}' in field '{}'", field.label),
            Some(json!({
                "name": "Possible Values",
                "type": "ir.actions.act_window",
                "target": "new",
                "view_mode": "list,form",
                "views": [[false, "list"], [false, "form"]],
                "context": {"create": false},
                "help": "See all possible values",
                "res_model": target,
            })),
        )),
        several => Err(wrong(
            format!(
                "Found multiple matches for value '{cell}' in field '{}' ({} matches)",
                field.label,
                several.len()
            ),
            None,
        )),
    }
}
