//! Sums, averages, extremes and counts of a field over some records, empty values left out. It is given
//! the records and decides nothing about them: which ones belong together is `group`'s, who may see the
//! field was asked before.

use serde_json::{Value, json};

use super::env::Env;
use super::fault::{Fault, Outcome};
use super::schema::{Field, FieldType, Model};

/// Whether PostgreSQL has such a function for the field's column.
pub fn takes(function: &str, field: &Field) -> Outcome<()> {
    let (column, is_number) = match field.kind {
        FieldType::Char | FieldType::Selection(_) => ("character varying", false),
        FieldType::Text | FieldType::Html => ("text", false),
        FieldType::Boolean => ("boolean", false),
        FieldType::Date => ("date", false),
        FieldType::Datetime => ("timestamp without time zone", false),
        FieldType::Float => ("double precision", true),
        FieldType::Monetary => ("numeric", true),
        FieldType::Binary => ("bytea", false),
        _ => ("integer", true),
    };
    let fits = match function {
        "sum" | "avg" => is_number,
        "bool_and" | "bool_or" => field.kind == FieldType::Boolean,
        "min" | "max" => !matches!(field.kind, FieldType::Boolean | FieldType::Binary),
        _ => true,
    };
    if fits { Ok(()) } else { Err(Fault::no_function(function, column)) }
}

/// One aggregate of a field over some records.
pub fn aggregate(
    env: &Env,
    model: &'static Model,
    field: &'static Field,
    function: &str,
    ids: &[i64],
) -> Value {
    let values: Vec<Value> = ids
        .iter()
        .flat_map(|id| match env.value(model, *id, field) {
            Value::Array(many) => many,
            Value::Bool(false) if field.kind != FieldType::Boolean => Vec::new(),
            one => vec![one],
        })
        .collect();
    if function == "array_agg" {
        // One for each record, those without a value included.
        let each = ids.iter().map(|id| env.value(model, *id, field));
        let unset = |value: Value| {
            if value == json!(false) && field.kind != FieldType::Boolean { Value::Null } else { value }
        };
        return each.map(unset).collect();
    }
    let numbers: Vec<f64> = values.iter().filter_map(Value::as_f64).collect();
    let whole = |number: f64| {
        if matches!(field.kind, FieldType::Integer | FieldType::Reference | FieldType::Many2one(_)) {
            json!(number as i64)
        } else {
            json!(number)
        }
    };
    let extreme = |largest: bool| {
        let numeric =
            numbers.iter().copied().reduce(|one, other| if (one > other) == largest { one } else { other });
        let mut texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        texts.sort_unstable();
        let text = if largest { texts.last() } else { texts.first() };
        numeric.map(whole).or_else(|| text.map(|text| json!(text))).unwrap_or(json!(false))
    };
    match function {
        "sum" | "avg" if numbers.is_empty() => json!(false),
        "sum_currency" => json!(numbers.iter().sum::<f64>()),
        "sum" => whole(numbers.iter().sum()),
        "avg" => json!(numbers.iter().sum::<f64>() / numbers.len() as f64),
        "min" => extreme(false),
        "max" => extreme(true),
        "count" => json!(values.len()),
        "count_distinct" => {
            let mut distinct: Vec<String> = values.iter().map(Value::to_string).collect();
            distinct.sort_unstable();
            distinct.dedup();
            json!(distinct.len())
        }
        "bool_and" => json!(values.iter().all(|value| value == &json!(true))),
        "bool_or" => json!(values.iter().any(|value| value == &json!(true))),
        "array_agg_distinct" | "recordset" => {
            let mut distinct: Vec<Value> = Vec::new();
            for value in values.into_iter().filter(|value| !value.is_null()) {
                if !distinct.contains(&value) {
                    distinct.push(value);
                }
            }
            Value::Array(distinct)
        }
        _ => Value::Array(values),
    }
}
