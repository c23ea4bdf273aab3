//! Reads of no field but `id`, for which Odoo gives back whatever ids it was asked, of records that do not exist
//! too. A second field is asked beside it, which makes Odoo look; the answer leaves without it.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::members::Members;
use crate::operation::Operation;

/// A field of every model.
const SECOND: &str = "display_name";

/// Adds the second field; whether that was necessary.
pub fn ask(operation: &mut Operation) -> bool {
    match operation.method.as_str() {
        "read" => match operation.kwargs.get_mut("fields") {
            Some(Value::Array(fields)) if !fields.is_empty() && fields.iter().all(|name| name == "id") => {
                fields.push(SECOND.into());
                true
            }
            _ => false,
        },
        "web_read" => match operation.kwargs.get_mut("specification") {
            Some(Value::Object(fields)) if fields.keys().all(|name| name == "id") => {
                fields.insert(SECOND.into(), json!({}));
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The answer without it.
pub fn take_out(answer: &str) -> Option<Box<RawValue>> {
    let rows: Vec<&RawValue> = serde_json::from_str(answer).ok()?;
    let plain: Option<Vec<String>> = rows.iter().map(|row| without(row.get(), &[SECOND])).collect();
    RawValue::from_string(format!("[{}]", plain?.join(","))).ok()
}

/// An object as it stands, without some of its members.
pub fn without(object: &str, names: &[&str]) -> Option<String> {
    let members = Members::of(object)?;
    let kept = members.0.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    let texts: Vec<String> =
        kept.map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), value.get())).collect();
    Some(format!("{{{}}}", texts.join(",")))
}

/// The ids in the rows of a read, or nothing for an answer of another form.
pub fn ids(answer: &str) -> Option<Vec<i64>> {
    let rows: Vec<&RawValue> = serde_json::from_str(answer).ok()?;
    rows.iter().map(|row| Members::of(row.get())?.get("id")?.get().parse().ok()).collect()
}

/// Whether a call reads records that it names.
pub fn is_read(operation: &Operation) -> bool {
    matches!(operation.method.as_str(), "read" | "web_read")
        && operation.ids.as_ref().is_some_and(|ids| !ids.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Object;

    #[test]
    fn only_a_read_of_the_id_alone_asks_for_more() {
        let read = |fields: Value| {
            let kwargs = Object::from_iter([("fields".to_string(), fields)]);
            Operation::new("res.partner", "read", kwargs).unwrap().on(vec![1])
        };
        assert!(ask(&mut read(json!(["id"]))));
        assert!(!ask(&mut read(json!(["id", "name"]))) && !ask(&mut read(json!([]))));
        assert_eq!(take_out(r#"[{"id":1,"display_name":"A"}]"#).unwrap().get(), r#"[{"id":1}]"#);
        assert_eq!(ids(r#"[{"id":1,"x":[2]},{"id":3}]"#), Some(vec![1, 3]));
    }
}
