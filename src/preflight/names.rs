//! Names of fields in a call's arguments: `fields`, `order`, `groupby`, `aggregates`, and the suggestion for a
//! name that does not exist. The paths in domains are `domain.rs`'s; values are not looked at here.

use serde_json::Value;

use super::findings::Findings;
use super::{Check, groups, refused, specification};
use crate::error::{Error, Result};
use crate::hint::{Action, Hint};
use crate::knowledge::fields;
use crate::knowledge::methods::Role;
use crate::odoo::schema::Schema;
use crate::operation::Operation;
use crate::suggest::closest;
use crate::text::shell::quoted;

/// Refuses names that do not exist, where the fields of the model are known.
pub fn check(check: &Check, operation: &mut Operation) -> Result<()> {
    let model = operation.model.as_str();
    let mut found = Findings::default();
    found.add(specification::check(check, operation))?;
    let argument = |role| check.argument(operation, role);
    let of_groups = [Role::Groups, Role::Aggregates].map(argument);
    if let Some(key) = argument(Role::GroupOrder) {
        let terms = |key: Option<_>| key.into_iter().flat_map(|key| strings(operation, key)).collect();
        let [by, aggregates]: [Vec<&str>; 2] = of_groups.map(terms);
        found.add(groups::order(operation, key, &by, &aggregates))?;
    }
    let named = [argument(Role::Fields), argument(Role::Order)].into_iter().chain(of_groups).flatten();
    let is_given = |key: &str| operation.kwargs.get(key).is_some_and(|value| !value.is_null());
    if !named.into_iter().any(is_given) {
        return found.told();
    }
    let Some(schema) = check.schema(model)? else { return found.told() };
    if let Some(key) = argument(Role::Fields) {
        if let Some(text) =
            operation.kwargs.get(key).and_then(Value::as_str).filter(|text| !check.is_forced(text))
        {
            // Odoo would take the letters for names.
            found.add(Err(refused(format!("{key}: takes a list of names, this is a string"))
                .with_hint(Value::from(crate::json_slips::as_names(text)).to_string())))?;
            return found.told();
        }
        for (index, name) in strings(operation, key).enumerate() {
            found.add(plain(check, model, &schema, name, &format!("{key}[{index}]")))?;
        }
    }
    if let Some(order) =
        argument(Role::Order).and_then(|key| operation.kwargs.get(key)).and_then(Value::as_str)
    {
        if let Some(terms) =
            crate::json_input::parse(order).ok().as_ref().and_then(crate::json_slips::as_terms)
        {
            found.add(Err(refused("order: takes terms in one text, this is JSON")
                .with_hint(format!("write {}", quoted(&terms)))))?;
            return found.told();
        }
        for term in order.split(',').map(str::trim).filter(|term| !term.is_empty()) {
            found.add(order_is_sound(check, model, &schema, term))?;
        }
    }
    for (key, is_group) in of_groups.into_iter().zip([true, false]) {
        let Some(key) = key else { continue };
        for (index, term) in strings(operation, key).enumerate() {
            let name = term.split([':', '.']).next().unwrap_or_default();
            if name.starts_with("__") {
                continue;
            }
            let place = format!("{key}[{index}]");
            let term_is_sound = || match is_group {
                true => groups::check(check, operation, &schema, term, &place),
                false => groups::sums(check, model, &schema, term, &place),
            };
            found.add(known(check, model, &schema, name, &place).and_then(|()| term_is_sound()))?;
        }
    }
    found.told()
}

/// A name in a list of fields.
fn plain(check: &Check, model: &str, schema: &Schema, name: &str, place: &str) -> Result<()> {
    let Some((first, _)) = name.split_once('.') else { return known(check, model, schema, name, place) };
    if !schema.has(first) || check.is_forced(name) {
        return Ok(());
    }
    if is_properties(schema, first) {
        return Err(refused(format!(
            "{place}: {name} is a property, which is read with the others of its field"
        ))
        .with_hint(format!(
            "read {first}, which holds {}",
            name.trim_start_matches(first).trim_start_matches('.')
        )));
    }
    let key = place.split('[').next().unwrap_or_default();
    Err(refused(format!("{place}: {name}: {key} takes no dotted paths"))
        .with_hint(format!("read {first}, then the field of the record that it names")))
}

/// One term of an order.
fn order_is_sound(check: &Check, model: &str, schema: &Schema, term: &str) -> Result<()> {
    let mut words = term.split_whitespace();
    let name = words.next().unwrap_or_default().trim_matches('"');
    let first = name.split([':', '.']).next().unwrap_or_default();
    if let Some(plain) = first.strip_prefix(['-', '+']).filter(|plain| schema.has(plain)) {
        let direction = if first.starts_with('-') { "desc" } else { "asc" };
        return Err(refused(format!("order: {first} is not how Odoo sorts"))
            .with_hint(format!("write {}", quoted(&format!("{plain} {direction}")))));
    }
    known(check, model, schema, first, "order")?;
    sortable(check, model, schema, name, first)?;
    for word in words {
        if !["asc", "desc", "nulls", "first", "last"].contains(&word.to_ascii_lowercase().as_str()) {
            return Err(refused(format!("order: {word:?} in {term:?} is neither asc nor desc")));
        }
    }
    Ok(())
}

/// Refuses an order that the database cannot make: by what is computed when it is read, or along a path.
fn sortable(check: &Check, model: &str, schema: &Schema, name: &str, first: &str) -> Result<()> {
    let Some(field) = schema.field(first).filter(|_| !check.is_forced(first)) else { return Ok(()) };
    let path = name.split(':').next().unwrap_or_default().split_once('.').map(|(_, rest)| rest);
    if let Some(rest) = path.filter(|rest| *rest != "id" && !is_properties(schema, first)) {
        let relation = field["relation"].as_str().unwrap_or_default();
        return Err(refused(format!("order: {name}: Odoo sorts by no field of another record"))
            .with_hint(match field["type"].as_str() {
                Some("many2one") => format!(
                    "order {first} sorts by the usual order of {relation}; for {rest}, group by {name}, or sort what came back"
                ),
                _ => format!("{first} is several records: sort what came back"),
            }));
    }
    if field["sortable"] == false {
        return Err(not_stored(model, schema, first, "order", "sort by it"));
    }
    Ok(())
}

/// The refusal of a field of which the database knows nothing, with what can be had in its place.
pub fn not_stored(model: &str, schema: &Schema, name: &str, place: &str, doing: &str) -> Error {
    let field = schema.field(name).unwrap_or_default();
    let why = match field["type"].as_str() {
        Some("one2many" | "many2many") => "holds several records",
        Some("binary") => "is a file",
        _ if field["store"] == false => "is computed when it is read, not stored",
        _ => "is kept in a form that the database does not compare",
    };
    let error = refused(format!("{place}: {name} {why}: Odoo cannot {doing}"));
    let stored = |other: &&str| {
        schema.field(other).is_some_and(|other| other["sortable"] == true && other["type"] == field["type"])
    };
    let depends = field["depends"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let near: Vec<&str> = depends.filter(|other| !other.contains('.')).filter(stored).collect();
    let error = match near.as_slice() {
        [] => error,
        near => error.with_hint(format!("it follows from {}, which can", near.join(", "))),
    };
    let doing = if doing.starts_with("sort") { "sort" } else { "count" };
    error.with_hint(
        Hint::new(format!("read it and {doing} what came back: "))
            .action(Action::new("search_read").with("model", model).with("all", true).with("fields", name)),
    )
}

/// The strings of a list argument; a lone string counts as one.
fn strings<'a>(operation: &'a Operation, key: &str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    match operation.kwargs.get(key) {
        Some(Value::Array(items)) => Box::new(items.iter().filter_map(Value::as_str)),
        Some(Value::String(text)) => Box::new(std::iter::once(text.as_str())),
        _ => Box::new(std::iter::empty()),
    }
}

/// Whether a field holds properties, which the schema does not list.
pub fn is_properties(schema: &Schema, name: &str) -> bool {
    schema.field(name).is_some_and(|field| field["type"] == "properties")
}

/// Refuses a name that is no field of the model.
pub fn known(check: &Check, model: &str, schema: &Schema, name: &str, place: &str) -> Result<()> {
    let is_known = schema.is_empty() || schema.has(name) || fields::ALWAYS.contains(&name);
    if is_known || check.is_forced(name) {
        return Ok(());
    }
    check.doubt(model, schema);
    Err(if check.seeks() { unknown(model, schema, name, place) } else { no_field(model, name, place) })
}

/// The refusal of a name, with the one that was meant if that can be told.
pub fn unknown(model: &str, schema: &Schema, name: &str, place: &str) -> Error {
    let error = no_field(model, name, place);
    let error = match meant(model, schema, name) {
        Some(close) => error.with_hint(format!("did you mean {}?", quoted(close))),
        None => error,
    };
    let mut action = Action::new("schema_summary").with("model", model).with("all", true);
    if schema.from_cache {
        action = action.with("refresh", true);
    }
    error.with_hint(Hint::default().action(action).text(" lists its fields as Odoo has them now"))
}

fn no_field(model: &str, name: &str, place: &str) -> Error {
    refused(format!("{place}: {model} has no field {name} for this user"))
}

/// The field that a name stands for: by another name of it, by its label, by its spelling.
pub fn meant<'a>(model: &str, schema: &'a Schema, name: &str) -> Option<&'a str> {
    let key = |wanted: &str| schema.names().find(|key| *key == wanted);
    let other = fields::other_names(model, name).find_map(key);
    let variants = || {
        let stem = name.trim_end_matches("_ids").trim_end_matches("_id").trim_end_matches('s');
        [format!("{name}_id"), format!("{name}_ids"), format!("{stem}_ids"), format!("{stem}_id")]
    };
    let label = || {
        let plain = name.replace('_', " ");
        schema.names().find(|key| schema.label(key).eq_ignore_ascii_case(&plain))
    };
    other
        .or_else(|| variants().iter().find_map(|variant| key(variant)))
        .or_else(|| closest(name, schema.names()))
        .or_else(label)
}
