//! The values that a call stores: each key is a field that can be written, each value fits it. What a value of
//! which type may be is in `relations.rs` and `scalars.rs`.

use serde_json::Value;

use super::findings::Findings;
use super::{Check, content, names, refused, relations, scalars, states, ways};
use crate::error::{Error, Result};
use crate::hint::Hint;
use crate::json_input::type_name;
use crate::knowledge::fields;
use crate::knowledge::methods::{self, Method};
use crate::odoo::schema::Schema;
use crate::operation::{Object, Operation};

/// Whether an operation stores values that can be checked.
pub fn stores(operation: &Operation) -> bool {
    let method = methods::of(&operation.model, &operation.method);
    method.and_then(Method::stores).is_some_and(|key| operation.kwargs.contains_key(key))
}

/// Checks and mends the values of an operation.
pub fn check(check: &Check, operation: &mut Operation) -> Result<()> {
    let Some(method) = methods::of(&operation.model, &operation.method) else { return Ok(()) };
    let Some(key) = method.stores() else { return Ok(()) };
    let Some(mut given) = operation.kwargs.get_mut(key).map(Value::take) else { return Ok(()) };
    let is_new = method.makes_records() || operation.ids.as_deref().unwrap_or_default().is_empty();
    let model = operation.model.clone();
    let mut found = Findings::default();
    let mut one = |vals: &mut Value, place: &str| {
        found.add(match vals {
            Value::Object(vals) => object(check, operation, &model, vals, is_new, place),
            other => {
                Err(refused(format!("{place}: takes an object of values, this is {}", type_name(other))))
            }
        })
    };
    match &mut given {
        Value::Array(list) if method.stores_a_list() => {
            let is_one = list.len() == 1;
            for (index, vals) in list.iter_mut().enumerate() {
                // Of one record nobody typed a list, mostly.
                let place = if is_one { "vals".to_string() } else { format!("{key}[{index}]") };
                one(vals, &place)?;
            }
        }
        Value::Null => {}
        vals => one(vals, key)?,
    }
    operation.kwargs.insert(key.to_string(), given);
    found.told()
}

/// The values of one record.
pub fn object(
    check: &Check,
    operation: &Operation,
    model: &str,
    vals: &mut Object,
    is_new: bool,
    place: &str,
) -> Result<()> {
    if vals.is_empty() {
        return Ok(());
    }
    let schema = check.schema(model)?;
    let given = vals.clone();
    let record = Record { operation, model, schema: schema.as_deref(), given: &given, is_new };
    let mut found = Findings::default();
    for (name, value) in vals.iter_mut().filter(|(name, _)| !check.is_forced(name)) {
        found.add(one(check, &record, name, value, &format!("{place}.{name}")))?;
    }
    found.told()
}

/// What the values are for.
struct Record<'a> {
    operation: &'a Operation,
    model: &'a str,
    schema: Option<&'a Schema>,
    given: &'a Object,
    is_new: bool,
}

/// One value.
fn one(check: &Check, record: &Record, name: &str, value: &mut Value, place: &str) -> Result<()> {
    let Record { operation, model, schema, given, is_new } = *record;
    if fields::KEPT.contains(&name) {
        return Err(refused(format!(
            "{place}: Odoo keeps this field itself and would drop the value without a word"
        ))
        .with_hint(format!("leave {name} out")));
    }
    states::check(operation, model, name, value)?;
    let Some(schema) = schema else { return Ok(()) };
    names::known(check, model, schema, name, place)?;
    let Some(field) = schema.field(name) else { return Ok(()) };
    if let Err(refusal) = writable(&field, name, value, is_new, place) {
        return Err(match ways::instead(model, name, given) {
            Some(way) => refusal.with_hint(way),
            None => forced(refusal, &field, name),
        });
    }
    let relation = field["relation"].as_str().unwrap_or_default();
    match field["type"].as_str().unwrap_or_default() {
        "many2one" => relations::many2one(check, value, relation, place),
        "one2many" | "many2many" => relations::x2many(check, operation, value, relation, is_new, place),
        // The file of an import is the text of it.
        "binary" if (model, name) == ("base_import.import", "file") => Ok(()),
        "binary" => content::check(check, name, value, schema.has("datas"), place),
        "char" | "text" | "html" if value.is_object() => {
            let hints = ways::translations(operation, model, &field, name, value);
            let refusal = refused(format!(
                "{place}: takes a text; Odoo would store this object as Python prints it, in every language"
            ));
            Err(refusal.with_hints(hints))
        }
        kind => {
            let told = scalars::check(check, value, &field, place);
            if told.is_err() && kind == "selection" {
                check.doubt(model, schema);
            }
            told
        }
    }
}

/// Refuses a field whose value would be lost: computed without a way back, or kept by Odoo; and of a new record a
/// quantity or a state that only Odoo's own work brings about. Any other stored field that forms show readonly may
/// be set when a record is created.
fn writable(field: &Value, name: &str, value: &Value, is_new: bool, place: &str) -> Result<()> {
    if field["readonly"] != true {
        return Ok(());
    }
    let stored = field["store"] != false;
    let computed = field["depends"].as_array().is_some_and(|depends| !depends.is_empty());
    let why = match (stored, computed) {
        (false, _) => "Odoo computes it, and the value would be lost",
        (true, true) => "Odoo computes it, and overwrites the value, now or when it computes it again",
        (true, false) if !is_new => "it is readonly, so Odoo's own forms never write it",
        (true, false) if is_brought_about(field, name, value) => {
            "it is readonly: Odoo's own work brings it about, and a record created with it has done none of that"
        }
        (true, false) => return Ok(()),
    };
    Err(refused(format!("{place}: {why}")))
}

/// Whether a readonly value of a new record says that something happened: an amount, or a state past the first.
fn is_brought_about(field: &Value, name: &str, value: &Value) -> bool {
    match field["type"].as_str() {
        Some("float" | "integer" | "monetary") => value.as_f64().is_some_and(|number| number != 0.0),
        Some("selection") if name == "state" || name.ends_with("_state") => {
            value.as_str().is_some_and(|state| field["selection"][0][0] != state && !state.is_empty())
        }
        _ => false,
    }
}

/// The refusal with what the field follows from, and the way past it.
fn forced(refusal: Error, field: &Value, name: &str) -> Error {
    let from: Vec<&str> =
        field["depends"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let refusal = if from.is_empty() || from.len() > 6 {
        refusal
    } else {
        refusal.with_hint(format!("it follows from {}", from.join(", ")))
    };
    let what = match (field["store"] != false, from.is_empty()) {
        (false, _) => " sends it all the same, and Odoo's own value stands",
        (true, false) => " sends it all the same: it stands at most until Odoo computes it again",
        (true, true) => " writes it all the same",
    };
    refusal.with_hint(Hint::default().with("force_fields", name).text(what))
}
