//! What Odoo makes of a value on its way into a field: numbers from strings, dates checked,
//! selections matched, and the list that silently empties a many2one. One field, one value; records
//! are `records`'.

use serde_json::{Value, json};

use super::dates;
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::python::{float, integer, repr, text_repr, truthy};
use super::schema::{Field, FieldType, Model, Source};

/// The value to keep. Not for x2many fields, whose values are commands.
pub fn convert(env: &Env, model: &Model, field: &Field, value: &Value, creating: bool) -> Outcome<Value> {
    if !truthy(value) && !matches!(field.kind, FieldType::Char | FieldType::Text | FieldType::Html) {
        return Ok(json!(false));
    }
    match field.kind {
        FieldType::Char | FieldType::Text | FieldType::Html | FieldType::Binary => Ok(match value {
            Value::Null | Value::Bool(false) => json!(false),
            Value::String(text) if field.kind == FieldType::Html => html(text),
            // Odoo keeps an empty text as one: only `false` and `null` are no value.
            Value::String(text) if text.is_empty() && field.kind == FieldType::Binary => json!(false),
            Value::String(text) if text.contains('\0') => {
                return Err(Fault::value("A string literal cannot contain NUL (0x00) characters."));
            }
            Value::String(text) => json!(text),
            other => json!(repr(other)),
        }),
        FieldType::Integer | FieldType::Reference => {
            let number = integer(value)?;
            if i32::try_from(number).is_err() {
                return Err(Fault::out_of_range());
            }
            Ok(json!(number))
        }
        FieldType::Float => float(value).map(|number| json!(number)),
        FieldType::Monetary => float(value).map(|number| json!(super::computed::round(number))),
        FieldType::Boolean => Ok(json!(true)),
        FieldType::Date => {
            let text = value.as_str().unwrap_or("");
            let day = dates::parse(text).ok_or_else(|| {
                Fault::value(format!("time data {} does not match format '%Y-%m-%d'", text_repr(text)))
            })?;
            Ok(json!(dates::format(day)))
        }
        FieldType::Datetime => {
            let text = value.as_str().unwrap_or("");
            let time = dates::parse_datetime(text).ok_or_else(|| {
                Fault::value(format!(
                    "time data {} does not match format '%Y-%m-%d %H:%M:%S'",
                    text_repr(text)
                ))
            })?;
            Ok(json!(time))
        }
        FieldType::Selection(options) => {
            let known = value.as_str().and_then(|text| options.iter().find(|(option, _)| *option == text));
            known.map(|(option, _)| json!(option)).ok_or_else(|| {
                Fault::value(format!("Wrong value for {}.{}: {}", model.name, field.name, repr(value)))
            })
        }
        FieldType::Many2one(target) => many2one(env, model, field, target, value, creating),
        _ => Ok(json!(false)),
    }
}

fn many2one(
    env: &Env,
    model: &Model,
    field: &Field,
    target: &str,
    value: &Value,
    creating: bool,
) -> Outcome<Value> {
    let Some(id) = value
        .as_i64()
        .filter(|_| value.is_number())
        .or_else(|| (value == &json!(true) && !creating).then_some(1))
    else {
        // The pair that a read gave is no id to Odoo: a write empties the field, a create reaches PostgreSQL.
        return match value {
            Value::String(text) if creating => match text.trim().parse::<i64>() {
                Ok(id) => many2one(env, model, field, target, &json!(id), creating),
                Err(_) => {
                    let message = format!("invalid input syntax for type integer: {}\n", json!(text));
                    Err(Fault::database_text(message))
                }
            },
            Value::Object(_) if creating => Err(Fault::no_adapter()),
            Value::Bool(true) if creating => Err(Fault::wrong_column(field.name, "integer", "boolean")),
            Value::Array(parts) if creating => {
                let text = parts.iter().find_map(Value::as_str).map_or_else(|| repr(value), str::to_owned);
                Err(Fault::database_text(format!("invalid input syntax for type integer: \"{text}\"\n")))
            }
            _ => Ok(json!(false)),
        };
    };
    if env.exists(target, id) {
        return Ok(json!(id));
    }
    // Whatever is computed through the link looks for the record before PostgreSQL does.
    let read_through = model.parent == field.name && model.thread
        || model.all_fields().any(|each| match each.source {
            Source::Related(path) => path.split('.').next() == Some(field.name),
            _ => false,
        });
    Err(if read_through {
        Fault::missing(target, &[id], env.user)
    } else {
        Fault::integrity(in_use(model, field))
    })
}

/// PostgreSQL's broken reference in Odoo's words; the same for a deletion and a wrong id.
pub fn in_use(model: &Model, field: &Field) -> String {
    format!(
        "Another model is using the record you are trying to delete.\n\nThe troublemaker is: '{}' ({})\nThanks to the \
         following constraint: '{}' ({})\nHow about archiving the record instead?",
        model.label, model.name, field.label, field.name
    )
}

/// PostgreSQL's missing value in Odoo's words.
pub fn is_missing(model: &Model, field: &Field) -> String {
    format!(
        "Missing required value for the field '{}' ({}).\nModel: '{}' ({})\n- create/update: a mandatory field is not \
         set\n- delete: another model requires the record being deleted, you can archive it instead\n",
        field.label, field.name, model.label, model.name
    )
}

/// Odoo cleans markup; here bare text is wrapped and scripts are dropped.
fn html(text: &str) -> Value {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return json!("");
    }
    let cleaned = without_scripts(trimmed);
    json!(if cleaned.starts_with('<') { cleaned } else { format!("<p>{cleaned}</p>") })
}

fn without_scripts(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (mut kept, mut at) = (String::new(), 0);
    while let Some(start) = lower.get(at..).and_then(|rest| rest.find("<script")) {
        kept.push_str(text.get(at..at + start).unwrap_or(""));
        at = match lower.get(at + start..).and_then(|rest| rest.find("</script>")) {
            Some(end) => at + start + end + "</script>".len(),
            None => text.len(),
        };
    }
    kept.push_str(text.get(at..).unwrap_or(""));
    kept
}

/// Text as markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}
