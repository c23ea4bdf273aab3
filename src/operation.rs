//! One call on one model: the centre that flags, spec files, preflight, approval and journal all speak. Pure:
//! it reads nothing, sends nothing and knows no server.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error::{Code, Error, Result};
use crate::hint::{Action, Hint};
use crate::knowledge::methods;

pub use crate::knowledge::methods::Access;

/// A JSON object with its order.
pub type Object = Map<String, Value>;

/// A model method with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// `res.partner`.
    pub model: String,
    /// `search_read`.
    pub method: String,
    /// Records it works on; `None` for methods of the model itself.
    pub ids: Option<Vec<i64>>,
    /// Arguments by name, without `ids` and `context`.
    pub kwargs: Object,
    /// The whole context that is sent.
    pub context: Object,
}

impl Operation {
    /// A call without ids or context yet.
    ///
    /// # Errors
    /// `usage` when model or method is not a name that can stand in a URL.
    pub fn new(model: &str, method: &str, kwargs: Object) -> Result<Operation> {
        check_model(model)?;
        if !is_identifier(method) {
            return Err(Error::usage(format!("{method:?} is not a method name")));
        }
        Ok(Operation {
            model: model.into(),
            method: method.into(),
            ids: None,
            kwargs,
            context: Object::new(),
        })
    }

    /// The same on records.
    pub fn on(mut self, ids: Vec<i64>) -> Operation {
        self.ids = Some(ids);
        self
    }

    /// Read or write, by the table of methods known to change nothing.
    pub fn access(&self) -> Access {
        methods::access(&self.model, &self.method)
    }

    /// As it is kept in a file.
    pub fn stored(&self) -> Value {
        serde_json::json!({
            "model": self.model, "method": self.method, "ids": self.ids,
            "kwargs": self.kwargs, "context": self.context,
        })
    }

    /// From what was kept in a file; none if that is no whole operation.
    pub fn from_stored(value: &Value) -> Option<Operation> {
        let object = |key: &str| value[key].as_object().cloned();
        let text = |key: &str| value[key].as_str();
        let operation = Operation::new(text("model")?, text("method")?, object("kwargs")?).ok()?;
        let ids = match &value["ids"] {
            Value::Null => None,
            Value::Array(ids) => Some(ids.iter().map(Value::as_i64).collect::<Option<Vec<i64>>>()?),
            _ => return None,
        };
        Some(Operation { ids, context: object("context")?, ..operation })
    }

    /// SHA-256 over the canonical form: model, method, sorted ids, arguments and context with sorted keys.
    pub fn digest(&self) -> String {
        let mut ids = self.ids.clone().unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        let whole = serde_json::json!([self.model, self.method, ids, self.kwargs, self.context]);
        hex(&Sha256::digest(canonical(&whole).as_bytes()))
    }
}

/// The members of a JSON object, as arguments by name.
pub fn kwargs(object: Value) -> Object {
    match object {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// Refuses a model name that is not dotted identifiers.
pub fn check_model(model: &str) -> Result<()> {
    if model.split('.').all(is_identifier) {
        Ok(())
    } else {
        Err(Error::new(Code::Usage, format!("{model:?} is not a model name")).with_hint(
            Hint::new("a model name looks like res.partner: ")
                .action(Action::new("doc_index").with("names", true))
                .text(" lists them"),
        ))
    }
}

/// Whether a text is a name as Odoo and Python have them.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether Odoo, as Python does, takes a value for true.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_it) => *is_it,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// JSON with sorted keys and no blanks: equal values give equal text.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            let inner: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", inner.join(","))
        }
        Value::Array(items) => {
            let inner: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", inner.join(","))
        }
        other => other.to_string(),
    }
}

/// Lower-case hex of bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_that_could_leave_the_path_are_refused() {
        for model in ["", "..", "a/b", "res..partner", "res.partner ", "1a", "res.%2e", "é"] {
            assert!(Operation::new(model, "read", Object::new()).is_err(), "{model:?}");
        }
        assert!(Operation::new("x_custom.thing2", "read", Object::new()).is_ok());
        assert!(Operation::new("res.partner", "../read", Object::new()).is_err());
    }

    #[test]
    fn the_digest_ignores_order_and_sees_content() {
        let of = |ids: Vec<i64>, kwargs: Value| {
            let kwargs = kwargs.as_object().unwrap().clone();
            Operation::new("a", "b", kwargs).unwrap().on(ids).digest()
        };
        assert_eq!(of(vec![2, 1, 2], json!({"x": 1, "y": 2})), of(vec![1, 2], json!({"y": 2, "x": 1})));
        assert_ne!(of(vec![1], json!({"x": 1})), of(vec![1], json!({"x": 1.0})));
    }
}
