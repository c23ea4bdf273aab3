//! JSON of another form as the one that is meant: filters of other programs, conditions and terms in one text, ids and
//! names in a row, Python. It only gives hints; texts that are no JSON at all are `mod.rs`'s.

use serde_json::{Value, json};

use crate::operation::Object;

/// An item of a domain that is no condition, as the one that is meant.
pub fn of_condition(item: &Value) -> Option<String> {
    match item {
        Value::Object(filter) => Some(as_domain(filter)),
        Value::String(text) => {
            as_condition(text).map(|condition| format!("a condition is a list: {}", json!([condition])))
        }
        _ => None,
    }
}

/// Terms to sort by, in one text: `["name desc"]`, `[["name", "desc"]]`, `{"name": "desc"}`.
pub fn as_terms(terms: &Value) -> Option<String> {
    let words = |item: &Value| match item {
        Value::String(term) => Some(term.clone()),
        Value::Array(parts) => {
            parts.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|parts| parts.join(" "))
        }
        _ => None,
    };
    let terms: Option<Vec<String>> = match terms {
        Value::Array(items) => items.iter().map(words).collect(),
        Value::Object(by) => {
            by.iter().map(|(name, way)| way.as_str().map(|way| format!("{name} {way}"))).collect()
        }
        _ => None,
    };
    terms.filter(|terms| !terms.is_empty()).map(|terms| terms.join(", "))
}

/// Ids in a text: `15, 16`, `[15]`.
pub fn as_ids(text: &str) -> Option<Value> {
    let plain = text.trim_matches(['[', ']', '(', ')', ' ', '"', '\'']);
    let ids: Option<Vec<i64>> =
        plain.split([',', ' ', ';']).filter(|id| !id.is_empty()).map(|id| id.parse().ok()).collect();
    ids.filter(|ids| !ids.is_empty() && ids.iter().all(|id| *id > 0)).map(Value::from)
}

/// Names in a text: `name, email`, `["name"]`.
pub fn as_names(text: &str) -> Vec<&str> {
    text.split([',', ' ', ';', '[', ']', '"', '\'']).filter(|name| !name.is_empty()).collect()
}

/// `name = x` and the like, as a condition: one field, one operator and one value.
pub fn as_condition(text: &str) -> Option<Value> {
    let operators = ["!=", ">=", "<=", "==", "=", ">", "<", " not ilike ", " ilike ", " like "];
    let (at, operator) =
        operators.into_iter().filter_map(|one| Some((text.find(one)?, one))).min_by_key(|(at, _)| *at)?;
    let (field, value) = (text[..at].trim(), text[at + operator.len()..].trim_matches([' ', '=', '\'', '"']));
    let is_field = field.starts_with(|c: char| c.is_ascii_lowercase())
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let spaced = format!(" {} ", value.to_lowercase());
    let is_one = !value.is_empty() && ![" and ", " or ", "=", "&"].iter().any(|more| spaced.contains(more));
    let value = match spaced.trim() {
        "true" => json!(true),
        "false" | "none" | "null" => json!(false),
        _ => match serde_json::from_str(value) {
            Ok(plain) if !Value::is_object(&plain) => plain,
            _ => value.into(),
        },
    };
    let operator = if operator == "==" { "=" } else { operator.trim() };
    (is_field && is_one).then(|| json!([field, operator, value]))
}

/// What is no list of conditions, as the domain that it means.
pub fn of_domain(value: &Value) -> Option<String> {
    match value {
        Value::Object(filter) => Some(as_domain(filter)),
        Value::String(text) => serde_json::from_str(text)
            .ok()
            .or_else(|| as_json(text))
            .filter(Value::is_array)
            .map(|same| format!("the same as JSON, without the quotes around it: {same}")),
        Value::Null | Value::Bool(_) => Some("every record is [], which is no condition".into()),
        _ => None,
    }
}

/// What Odoo's own manuals write, in Python, as JSON. What stands in quotes stays as it is.
fn as_json(text: &str) -> Option<Value> {
    // Of both kinds of quotes, or behind a backslash, nobody knows here which end a text.
    if text.contains('"') && text.contains('\'') || text.contains('\\') {
        return None;
    }
    let written = |part: &str| {
        let lists = part.replace('(', "[").replace(",)", ")").replace(')', "]");
        lists.replace("True", "true").replace("False", "false").replace("None", "null")
    };
    let parts = text.split(['"', '\'']).enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 0 { written(part) } else { part.to_string() });
    serde_json::from_str(&parts.collect::<Vec<_>>().join("\"")).ok()
}

/// A filter as an object, as other programs have it, as the domain that it means.
fn as_domain(filter: &Object) -> String {
    // A condition by the names of its parts.
    let part = |names: &[&str]| names.iter().find_map(|name| filter.get(*name));
    if let (Some(field), Some(value)) =
        (part(&["field", "name", "key"]).and_then(Value::as_str), part(&["value"]))
    {
        let operator = part(&["operator", "op"]).cloned().unwrap_or_else(|| "=".into());
        return format!("a domain is a list of conditions: {}", json!([[field, operator, value]]));
    }
    let conditions: Vec<Value> = filter
        .iter()
        .map(|(field, value)| {
            let operator = if value.is_array() { "in" } else { "=" };
            // An operator inside, as document databases have it.
            if let Some((inner, value)) =
                value.as_object().filter(|of| of.len() == 1).and_then(|of| of.iter().next())
            {
                let named = match inner.trim_start_matches('$').to_lowercase().as_str() {
                    "gt" => ">".to_string(),
                    "gte" => ">=".into(),
                    "lt" => "<".into(),
                    "lte" => "<=".into(),
                    "eq" => "=".into(),
                    "ne" => "!=".into(),
                    "nin" => "not in".into(),
                    "contains" | "like" | "regex" => "ilike".into(),
                    other => other.to_string(),
                };
                return json!([field, named, value]);
            }
            match field.rsplit_once("__") {
                Some((field, "gt")) => json!([field, ">", value]),
                Some((field, "gte")) => json!([field, ">=", value]),
                Some((field, "lt")) => json!([field, "<", value]),
                Some((field, "lte")) => json!([field, "<=", value]),
                Some((field, "contains" | "icontains")) => json!([field, "ilike", value]),
                _ => json!([field, operator, value]),
            }
        })
        .collect();
    format!("a domain is a list of conditions: {}", Value::from(conditions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_languages_write_is_read() {
        assert_eq!(
            as_json("[('id', '=', 15), ('a', '=', True)]"),
            Some(json!([["id", "=", 15], ["a", "=", true]]))
        );
        assert_eq!(as_json("[(\"a\", 'b')]"), None);
        assert_eq!(
            as_json("[('name', '=', 'True North (None),'),]"),
            None,
            "a comma after the last item is not mended"
        );
        assert_eq!(
            as_json("[('name', '=', 'True North (None)')]"),
            Some(json!([["name", "=", "True North (None)"]]))
        );
        assert_eq!(as_ids("15, 16"), Some(json!([15, 16])));
        assert_eq!(as_ids("all"), None);
        assert_eq!(as_condition("amount_total >= 5"), Some(json!(["amount_total", ">=", 5])));
        assert_eq!(as_condition("name not ilike 'Az'"), Some(json!(["name", "not ilike", "Az"])));
        assert_eq!(as_condition("active == False"), Some(json!(["active", "=", false])));
        for none in ["no condition", "a = 1 and b = 2", "a = 1 or 2", "Two words = 1", "a ="] {
            assert_eq!(as_condition(none), None, "{none}");
        }
        let filter = json!({ "name": { "ilike": "Az" }, "id": { "$gt": 5 } });
        let domain = as_domain(filter.as_object().unwrap());
        assert!(domain.contains(r#"[["name","ilike","Az"],["id",">",5]]"#), "{domain}");
    }
}
