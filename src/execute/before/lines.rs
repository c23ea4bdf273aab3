//! The lines of records before a write: those that it changes or takes away, and those that it takes from elsewhere.

use serde_json::{Value, json};

use super::{is_settable, stored};
use crate::execute::compared;
use crate::knowledge::methods;
use crate::odoo::schema::Schemas;
use crate::operation::{self, Object, Operation};
use crate::session::Run;

/// More lines that stand in no list are not asked for.
const MOST: usize = 200;

impl Run<'_> {
    /// The same together with the lines that a write changes or takes away, by field and id; none where it touches no
    /// lines, or Odoo does not tell.
    pub(super) fn with_lines(
        &self,
        operation: &Operation,
        ids: &[i64],
        fields: &[String],
    ) -> Option<(Vec<Value>, Object)> {
        let schema = self.known(&operation.model)?;
        let vals = operation.kwargs.get("vals")?.as_object()?;
        let mut wanted = Object::new();
        for (name, value) in vals {
            let field = schema.field(name).filter(|field| field["type"] == "one2many");
            let names = field.and_then(|field| self.of_lines(field["relation"].as_str()?, value));
            if let Some(names) = names {
                wanted.insert(
                    name.clone(),
                    names.into_iter().map(|name| (name, json!({}))).collect::<Object>().into(),
                );
            }
        }
        methods::in_version(&operation.model, "web_read", self.version()).filter(|_| !wanted.is_empty())?;
        let one = |name: &String| {
            let inner = wanted.get(name).map_or(json!({}), |fields| json!({ "fields": fields }));
            (name.clone(), inner)
        };
        let specification: Object = fields.iter().map(one).collect();
        let question = operation::kwargs(json!({ "specification": specification }));
        let question = Operation::new(&operation.model, "web_read", question).ok()?.on(ids.to_vec());
        let mut context = operation.context.clone();
        context.insert("active_test".into(), json!(false));
        let reply = self.desk().ask(question, &context).ok()?;
        let mut rows: Vec<Value> = serde_json::from_str(reply.get()).ok()?;
        let mut lines = Object::new();
        for name in wanted.keys() {
            let mut found = Object::new();
            for row in &mut rows {
                let there = row[name].as_array().cloned().unwrap_or_default();
                row[name] = there.iter().map(|line| line["id"].clone()).collect();
                found.extend(there.into_iter().map(|line| (line["id"].to_string(), line)));
            }
            lines.insert(name.clone(), found.into());
        }
        Some((rows, lines))
    }

    /// The fields of lines that are needed to bring back what commands change or take away.
    fn of_lines(&self, relation: &str, commands: &Value) -> Option<Vec<String>> {
        let items = commands.as_array()?;
        let code = |item: &Value| item[0].as_i64();
        if items.is_empty() || items.iter().all(|item| matches!(code(item), Some(0 | 4))) {
            return None;
        }
        if items.iter().all(|item| matches!(code(item), Some(0 | 1 | 4))) {
            let changed =
                items.iter().filter(|item| code(item) == Some(1)).filter_map(|item| item[2].as_object());
            let mut names: Vec<String> = changed.flat_map(|vals| vals.keys().cloned()).collect();
            names.sort_unstable();
            names.dedup();
            return Some(names);
        }
        let schema = self.schema(relation, false).ok()?;
        Some(stored(relation, &schema).into_iter().filter(|name| is_settable(&schema, name)).collect())
    }

    /// Adds the lines that commands name and no list shows: those of another record, which they are taken from, and those
    /// that the field hides, as archived ones. Asked for only where there are some.
    pub(super) fn lines_elsewhere(&self, operation: &Operation, rows: &[Value], lines: &mut Object) {
        let Some(schema) = self.known(&operation.model) else { return };
        let vals = operation.kwargs.get("vals").and_then(Value::as_object);
        for (name, commands) in vals.into_iter().flatten() {
            let Some(field) = schema.field(name).filter(|field| field["type"] == "one2many") else {
                continue;
            };
            let (Some(relation), Some(inverse)) =
                (field["relation"].as_str(), field["relation_field"].as_str())
            else {
                continue;
            };
            let listed = rows.iter().flat_map(|row| compared::ids(&row[name])).collect();
            let ids: Vec<i64> = compared::named(commands).difference(&listed).copied().collect();
            if ids.is_empty() || ids.len() > MOST {
                continue;
            }
            let mut names = self.of_lines(relation, commands).unwrap_or_default();
            if !names.iter().any(|name| name == inverse) {
                names.push(inverse.into());
            }
            let Ok(found) = self.rows_now(relation, &ids, &names, &operation.context) else { continue };
            let Value::Object(kept) = lines.entry(name.clone()).or_insert(json!({})) else { continue };
            kept.extend(found.into_iter().map(|line| (line["id"].to_string(), line)));
        }
    }
}
