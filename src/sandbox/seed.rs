//! The company as delivered: each model's table is made from the embedded data when somebody looks at it, as most
//! calls look at two or three of fifty. The data is in `seed/*.json`, model by model; this file adds only who created a
//! record and when.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::access::GROUPS;
use super::schema::{self, Model, Preset};
use super::world::{Row, Table};

const PARTS: &[&str] = &[
    include_str!("seed/company.json"),
    include_str!("seed/people.json"),
    include_str!("seed/work.json"),
    include_str!("seed/sales.json"),
    include_str!("seed/system.json"),
];
const CREATED: &str = "2026-01-05 08:00:00";

/// The rows of one model as they are delivered, and the table that is made of them.
struct Delivered {
    rows: Option<&'static RawValue>,
    table: OnceLock<Table>,
}

static DELIVERED: LazyLock<BTreeMap<&'static str, Delivered>> = LazyLock::new(|| {
    let of = |rows| Delivered { rows, table: OnceLock::new() };
    let mut all = BTreeMap::from([("ir.model", of(None)), ("res.groups", of(None))]);
    for part in PARTS {
        // A seed that does not parse is a mistake that the tests below catch; a release goes on with what can be read.
        let models: BTreeMap<&str, &RawValue> = serde_json::from_str(part).unwrap_or_default();
        all.extend(models.into_iter().map(|(model, rows)| (model, of(Some(rows)))));
    }
    all
});

/// A model's records.
pub fn table(model: &str) -> Option<&'static Table> {
    let delivered = DELIVERED.get(model)?;
    Some(delivered.table.get_or_init(|| {
        let Some(definition) = schema::find(model) else { return Table::default() };
        let rows = match (model, delivered.rows) {
            ("ir.model", _) => the_models(),
            ("res.groups", _) => the_groups(),
            (_, rows) => rows.and_then(|rows| serde_json::from_str(rows.get()).ok()).unwrap_or_default(),
        };
        Table::of(rows.into_iter().map(|row| dressed(definition, row)))
    }))
}

fn the_models() -> Vec<Row> {
    let row = |(index, model): (usize, &Model)| json!({"id": id_at(index), "name": model.label, "model": model.name, "state": "base", "transient": model.transient});
    rows(schema::models().enumerate().map(row))
}

fn the_groups() -> Vec<Row> {
    let row = |(id, _, label): &(i64, &str, &str)| json!({"id": id, "name": label.rsplit(" / ").next(), "full_name": label});
    rows(GROUPS.iter().map(row))
}

fn rows(values: impl Iterator<Item = Value>) -> Vec<Row> {
    values.filter_map(|value| if let Value::Object(row) = value { Some(row) } else { None }).collect()
}

fn id_at(index: usize) -> i64 {
    index as i64 + 1
}

/// The row with what Odoo would have given it.
fn dressed(definition: &Model, mut row: Row) -> (i64, Row) {
    let id = row.shift_remove("id").and_then(|id| id.as_i64()).unwrap_or(0);
    for field in definition.fields.iter().filter(|field| field.stored()) {
        let value = match field.preset {
            Preset::Text(text) => json!(text),
            Preset::Number(number) => json!(number),
            Preset::True => json!(true),
            Preset::Company | Preset::Currency => json!(1),
            _ => continue,
        };
        row.entry(field.name).or_insert(value);
    }
    row.retain(|_, value| *value != json!(false));
    // Models are named: their ids come from the order of the schema.
    if let Some(value) = row.get_mut("model_id") {
        *value = json!(value.as_str().and_then(schema::place).map(id_at));
    }
    for (name, value) in [
        ("create_uid", json!(1)),
        ("create_date", json!(CREATED)),
        ("write_uid", json!(1)),
        ("write_date", json!(CREATED)),
    ] {
        row.entry(name).or_insert(value);
    }
    (id, row)
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::sandbox::world::World;

    #[test]
    fn the_seed_parses_and_every_value_fits_its_field_and_every_link_leads_somewhere() {
        let world = World::seeded();
        for part in PARTS {
            let models: Map<String, Value> = serde_json::from_str(part).expect("the seed is JSON");
            for (model, rows) in models {
                let definition = schema::find(&model).unwrap_or_else(|| panic!("no model {model}"));
                for row in rows.as_array().expect("rows") {
                    for (name, value) in row.as_object().expect("a row") {
                        let field = definition.field(name).unwrap_or_else(|| panic!("no {model}.{name}"));
                        assert!(name == "id" || field.stored(), "{model}.{name} is not stored");
                        let linked = match (value, field.relation()) {
                            (Value::Number(_), Some(_)) => vec![value.clone()],
                            (Value::Array(ids), Some(_)) => ids.clone(),
                            _ => Vec::new(),
                        };
                        for id in linked.iter().filter_map(Value::as_i64) {
                            let target = field.relation().unwrap_or("");
                            assert!(world.row(target, id).is_some(), "{model}.{name} -> {target}({id})");
                        }
                    }
                    let id = row["id"].as_i64().expect("an id");
                    let kept = world.row(&model, id).expect("kept");
                    for field in definition.all_fields().filter(|field| field.not_null && field.stored()) {
                        assert!(kept.contains_key(field.name), "{model}({id}).{} is required", field.name);
                    }
                }
            }
        }
    }
}
