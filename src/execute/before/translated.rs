//! The texts of a field in the languages that `update_field_translations` is about to change.

use serde_json::{Value, json};

use super::{Object, Operation, STAMPS, keeping, kept_back, missing};
use crate::error::Result;
use crate::knowledge::methods;
use crate::odoo::schema::Schemas;
use crate::operation;
use crate::session::Run;

impl Run<'_> {
    /// The old texts, or why there are none.
    pub(super) fn before_translations(&self, operation: &Operation, ids: &[i64]) -> Result<Value> {
        let text = |key: &str| operation.kwargs.get(key).and_then(Value::as_str).unwrap_or_default();
        let given = operation.kwargs.get("translations").and_then(Value::as_object);
        let (name, Some(given), [id]) = (text("field_name"), given, ids) else { return Ok(Value::Null) };
        if methods::in_version(&operation.model, "get_field_translations", self.version()).is_none() {
            return Ok(missing("this Odoo does not tell the texts of a field in its languages"));
        }
        let asked = json!({ "field_name": name, "langs": languages(given) });
        let question = Operation::new(&operation.model, "get_field_translations", operation::kwargs(asked))?;
        let reply = match self.desk().ask(question.on(vec![*id]), &operation.context) {
            Ok(reply) => reply,
            Err(error) => return kept_back(error),
        };
        let Ok(Value::Array(told)) = serde_json::from_str::<Value>(reply.get()) else {
            return Ok(missing("get_field_translations did not answer as it does"));
        };
        let stamps = self.there(operation, STAMPS.map(str::to_string).to_vec());
        let rows = match self.rows_now(&operation.model, ids, &stamps, &operation.context) {
            Ok(rows) => rows,
            Err(error) => return kept_back(error),
        };
        // By these two names it is known for a secret where the field is one.
        let texts = Object::from_iter([
            ("field_name".to_string(), json!(name)),
            ("translations".to_string(), told.first().cloned().unwrap_or_default()),
            ("by_terms".to_string(), told.get(1).map(|it| it["translation_show_source"].clone()).into()),
        ]);
        Ok(keeping(&operation.model, &rows, texts))
    }
}

/// The languages of an argument, and the one that the others show where they have no text.
pub fn languages(given: &Object) -> Vec<&str> {
    let others = given.keys().map(String::as_str).filter(|language| *language != "en_US");
    std::iter::once("en_US").chain(others).collect()
}
