//! What the records are called that a field lists by their ids, as far as it is at hand: in the rows themselves, in
//! other columns, in cached lookups. Nothing is asked for looks.

use std::collections::HashMap;

use serde_json::Value;

use crate::odoo::schema::Schemas;
use crate::protocol::Reply;
use crate::session::Run;

/// Names by id.
type Names = HashMap<i64, String>;

/// The names of the records in each of the fields that list some.
pub fn at_hand(run: &Run, model: &str, fields: &[String], rows: &Reply) -> HashMap<String, Names> {
    let Some(schema) = run.known(model) else { return HashMap::new() };
    let related = |name: &String| {
        let field = schema.field(name)?;
        Some((name.clone(), field["type"].as_str()?.to_string(), field["relation"].as_str()?.to_string()))
    };
    let related: Vec<(String, String, String)> = fields.iter().filter_map(related).collect();
    let lists = related.iter().filter(|(_, kind, _)| matches!(kind.as_str(), "one2many" | "many2many"));
    let mut of_model: HashMap<&str, Names> = HashMap::new();
    for (_, _, relation) in lists.clone() {
        of_model.entry(relation).or_default();
    }
    if of_model.is_empty() {
        return HashMap::new();
    }
    let rows: Vec<Value> = serde_json::from_str(rows.get()).unwrap_or_default();
    for (relation, names) in &mut of_model {
        for found in run.session.cache.lookups(&run.session.owner, relation, run.session.settings.lookup_ttl)
        {
            let found: Vec<Value> = serde_json::from_str(&found).unwrap_or_default();
            names.extend(found.iter().filter_map(called));
        }
        if *relation == model {
            names.extend(rows.iter().filter_map(called));
        }
        let pairs = related.iter().filter(|(_, kind, to)| kind == "many2one" && to == relation);
        for (field, ..) in pairs {
            let pair = |row: &Value| Some((row[field][0].as_i64()?, row[field][1].as_str()?.to_string()));
            names.extend(rows.iter().filter_map(pair));
        }
    }
    lists.map(|(field, _, relation)| (field.clone(), of_model[relation.as_str()].clone())).collect()
}

/// A record and what it is called.
fn called(row: &Value) -> Option<(i64, String)> {
    let name = row["display_name"].as_str().or_else(|| row["name"].as_str())?;
    Some((row["id"].as_i64()?, name.to_string()))
}
