//! The company as delivered: reads the embedded data once and turns it into tables. The
//! data is in `seed/*.json`, model by model; this file adds only who created a record and
//! when.

use serde_json::{Map, Value, json};

use super::access::GROUPS;
use super::schema::{self, Preset};
use super::world::{Row, World};

const PARTS: &[&str] = &[
    include_str!("seed/company.json"),
    include_str!("seed/people.json"),
    include_str!("seed/work.json"),
    include_str!("seed/sales.json"),
    include_str!("seed/system.json"),
];
const CREATED: &str = "2026-01-05 08:00:00";

/// Builds the tables. A seed that does not parse is a mistake that the tests below catch; a release then
/// starts with what could be read.
pub fn build() -> World {
    let mut world = World::default();
    for (index, model) in schema::models().enumerate() {
        let row = json!({"id": index as i64 + 1, "name": model.label, "model": model.name, "state": "base", "transient": model.transient});
        place(&mut world, "ir.model", &row);
    }
    for part in PARTS {
        let models: Map<String, Value> = serde_json::from_str(part).unwrap_or_default();
        for (model, rows) in models {
            for row in rows.as_array().into_iter().flatten() {
                place(&mut world, &model, row);
            }
        }
    }
    for (id, _, label) in GROUPS {
        place(
            &mut world,
            "res.groups",
            &json!({"id": id, "name": label.rsplit(" / ").next(), "full_name": label}),
        );
    }
    world.settle();
    world
}

fn place(world: &mut World, model: &str, row: &Value) {
    let (Some(definition), Some(row)) = (schema::find(model), row.as_object()) else { return };
    let mut kept: Row = row.clone();
    let id = kept.shift_remove("id").and_then(|id| id.as_i64()).unwrap_or(0);
    for field in definition.fields.iter().filter(|field| field.stored()) {
        let value = match field.preset {
            Preset::Text(text) => json!(text),
            Preset::Number(number) => json!(number),
            Preset::True => json!(true),
            Preset::Company | Preset::Currency => json!(1),
            _ => continue,
        };
        kept.entry(field.name).or_insert(value);
    }
    kept.retain(|_, value| *value != json!(false));
    // Models are named: their ids come from the order of the schema.
    for value in kept.iter_mut().filter(|(name, _)| *name == "model_id").map(|(_, value)| value) {
        let named = world.rows("ir.model").find(|(_, row)| row.get("model") == Some(value)).map(|(id, _)| id);
        *value = json!(named);
    }
    for (name, value) in [
        ("create_uid", json!(1)),
        ("create_date", json!(CREATED)),
        ("write_uid", json!(1)),
        ("write_date", json!(CREATED)),
    ] {
        kept.entry(name).or_insert(value);
    }
    world.place(model, id, kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_parses_and_every_value_fits_its_field_and_every_link_leads_somewhere() {
        let world = build();
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
