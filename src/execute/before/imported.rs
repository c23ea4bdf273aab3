//! The records that a `load` will write to as they are before: those whose id, or external id, a row gives. What the
//! other rows make is told by Odoo's answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Object, Operation, keeping, kept_back, missing};
use crate::error::Result;
use crate::odoo::schema::Schemas;
use crate::operation;
use crate::session::Run;

/// Odoo's module for external ids that name none.
const MODULE: &str = "__import__";

impl Run<'_> {
    /// Their old values, or why there are none; null where no row can name a record.
    pub(super) fn before_import(&self, operation: &Operation) -> Result<Value> {
        let list = |key: &str| operation.kwargs.get(key).and_then(Value::as_array);
        let (Some(columns), Some(rows)) = (list("fields"), list("data")) else { return Ok(Value::Null) };
        let cells = |column: &str| -> Vec<String> {
            let Some(at) = columns.iter().position(|name| name == column) else { return Vec::new() };
            let text = |cell: &Value| cell.as_str().map_or_else(|| cell.to_string(), str::to_string);
            rows.iter().map(|row| text(&row[at])).filter(|text| !text.is_empty()).collect()
        };
        if !columns.iter().any(|name| name == "id" || name == ".id") {
            return Ok(Value::Null);
        }
        let mut ids: BTreeSet<i64> =
            cells(".id").iter().filter_map(|cell| cell.trim().parse().ok()).collect();
        let external = cells("id");
        if !external.is_empty() {
            match self.known_by(&operation.model, &external) {
                Ok(found) => ids.extend(found),
                Err(error) => return kept_back(error),
            }
        }
        if ids.is_empty() {
            return Ok(keeping(&operation.model, &[], Object::new()));
        }
        let schema = self.known(&operation.model);
        let mut names = BTreeSet::new();
        for column in columns.iter().filter_map(Value::as_str).filter(|name| !matches!(*name, "id" | ".id")) {
            let name = column.split('/').next().unwrap_or_default();
            if schema.as_ref().is_some_and(|schema| schema.kind(name).name == "one2many") {
                return Ok(missing(&format!("the rows write lines of {name}")));
            }
            names.insert(name.split('.').next().unwrap_or_default().to_string());
        }
        let fields = self.there(operation, names.into_iter().collect());
        let ids: Vec<i64> = ids.into_iter().collect();
        match self.rows_now(&operation.model, &ids, &fields, &operation.context) {
            Ok(rows) => Ok(keeping(&operation.model, &rows, Object::new())),
            Err(error) => kept_back(error),
        }
    }

    /// The records that external ids stand for.
    fn known_by(&self, model: &str, external: &[String]) -> Result<BTreeSet<i64>> {
        let parts = |id: &str| {
            let (module, name) = id.split_once('.').unwrap_or((MODULE, id));
            (module.to_string(), name.to_string())
        };
        let given: BTreeSet<(String, String)> = external.iter().map(|id| parts(id)).collect();
        let names: BTreeSet<&String> = given.iter().map(|(_, name)| name).collect();
        let asked = json!({
            "domain": [["model", "=", model], ["name", "in", names]],
            "fields": ["module", "name", "res_id"],
        });
        let question = Operation::new("ir.model.data", "search_read", operation::kwargs(asked))?;
        let reply = self.desk().ask(question, &Object::new())?;
        let rows: Vec<Value> = serde_json::from_str(reply.get()).unwrap_or_default();
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_string();
        let is_given = |row: &&Value| given.contains(&(text(row, "module"), text(row, "name")));
        Ok(rows.iter().filter(is_given).filter_map(|row| row["res_id"].as_i64()).collect())
    }
}
