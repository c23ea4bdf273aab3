//! What a condition says by a name and Odoo does not have: a record that nothing is called, a property that nobody
//! defined. Odoo finds nothing by them, without a word. It asks Odoo, only where an answer makes one doubt, and
//! changes nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Check, oneself};
use crate::hint::{Action, Hint};
use crate::odoo::lookup::PEOPLE;
use crate::operation::{Object, Operation};
use crate::suggest::closest;

/// The most names that are asked about.
const MOST: usize = 3;

/// The most records of which the closest name is looked for.
const MOST_RECORDS: u32 = 300;

/// The most definitions of properties that are read.
const MOST_DEFINITIONS: u32 = 100;

/// Notes the names of a domain that are nobody's.
pub fn check(check: &Check, operation: &Operation, given: &Value) {
    let mut asked = BTreeSet::new();
    for condition in conditions(check, given, &operation.model) {
        if asked.len() >= MOST {
            return;
        }
        let field = &condition.field;
        match field["type"].as_str().unwrap_or_default() {
            "many2one" | "one2many" | "many2many" if condition.is_equality() => {
                let relation = field["relation"].as_str().unwrap_or_default();
                for name in condition.names() {
                    if asked.insert((relation.to_string(), name.to_string())) {
                        let note = nobody(check, &condition, relation, name);
                        note.into_iter().for_each(|note| check.note(note));
                    }
                }
            }
            "properties" => {
                let Some(name) = condition.rest.as_deref() else { continue };
                if asked.insert((condition.path.clone(), name.to_string())) {
                    let note = undefined(check, &condition, name);
                    note.into_iter().for_each(|note| check.note(note));
                }
            }
            _ => {}
        }
    }
}

/// A record that nothing is called.
fn nobody(check: &Check, condition: &Condition, relation: &str, name: &str) -> Option<Hint> {
    let counted = search(relation, "search_count", json!({ "domain": [["display_name", "=", name]] }))?;
    if check.schemas.ask(counted)?.as_u64()? > 0 {
        return None;
    }
    let says =
        format!("{}: no {relation} is called {name:?}, and Odoo searches for it as a name", condition.place);
    let find = Action::new("lookup").with("kind", relation);
    if PEOPLE.contains(&relation) && oneself::is_word(name) {
        let find = find.with("query", "me").with("one", true);
        return Some(Hint::new(format!("{says}; the id of oneself: ")).action(find));
    }
    let all = search(
        relation,
        "search_read",
        json!({ "domain": [], "fields": ["display_name"], "limit": MOST_RECORDS }),
    )?;
    let all = check.schemas.ask(all)?;
    let names = all.as_array()?.iter().filter_map(|row| row["display_name"].as_str());
    Some(match closest(name, names) {
        Some(close) => format!("{says}; did you mean {}?", Value::from(close)).into(),
        None => {
            Hint::new(format!("{says}; ")).action(find.with("query", name)).text(" finds it by a code too")
        }
    })
}

/// A property that no definition has.
fn undefined(check: &Check, condition: &Condition, name: &str) -> Option<Hint> {
    let container = condition.field["definition_record"].as_str()?;
    let definition = condition.field["definition_record_field"].as_str()?;
    let schema = check.schemas.filled(&condition.model).ok()??;
    let model = schema.field(container)?["relation"].as_str()?.to_string();
    let read =
        json!({ "domain": [[definition, "!=", false]], "fields": [definition], "limit": MOST_DEFINITIONS });
    let rows = check.schemas.ask(search(&model, "search_read", read)?)?;
    let rows = rows.as_array()?;
    if rows.len() >= MOST_DEFINITIONS as usize {
        return None;
    }
    let properties: Vec<&Value> =
        rows.iter().flat_map(|row| row[definition].as_array().into_iter().flatten()).collect();
    if properties.iter().any(|property| property["name"] == name) {
        return None;
    }
    let says = format!("{}: no {model} defines a property {name}", condition.place);
    let by_label = properties
        .iter()
        .find(|property| property["string"].as_str().is_some_and(|label| label.eq_ignore_ascii_case(name)));
    let names = properties.iter().filter_map(|property| property["name"].as_str());
    let meant = by_label.and_then(|property| property["name"].as_str()).or_else(|| closest(name, names));
    Some(match meant {
        Some(meant) => {
            let path = condition.path.strip_suffix(name).unwrap_or_default();
            format!("{says}; did you mean {path}{meant}?").into()
        }
        None => says.into(),
    })
}

/// A condition whose field is known.
struct Condition {
    /// Where it stands.
    place: String,
    /// The model that the field belongs to.
    model: String,
    /// As it is written.
    path: String,
    /// The field at the end of the path, or the first that leads where fields are not known.
    field: Value,
    /// What of the path is left behind that field.
    rest: Option<String>,
    operator: String,
    value: Value,
}

impl Condition {
    /// Whether something is compared for being equal, or not.
    fn is_equality(&self) -> bool {
        matches!(self.operator.as_str(), "=" | "!=" | "in" | "not in" | "=?" | "==" | "<>")
    }

    /// The texts that it is compared with and that are no numbers.
    fn names(&self) -> Vec<&str> {
        let texts = match &self.value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            one => Vec::from_iter(one.as_str()),
        };
        texts
            .into_iter()
            .filter(|text| !text.is_empty() && !text.bytes().all(|byte| byte.is_ascii_digit()))
            .collect()
    }
}

/// The conditions of a domain, as far as the fields on their paths are known.
fn conditions(check: &Check, domain: &Value, model: &str) -> Vec<Condition> {
    let mut found = Vec::new();
    gather(check, domain, model, "domain", &mut found);
    found
}

fn gather(check: &Check, domain: &Value, model: &str, place: &str, found: &mut Vec<Condition>) {
    for (index, item) in domain.as_array().into_iter().flatten().enumerate() {
        let Some([Value::String(path), Value::String(operator), value]) = item.as_array().map(Vec::as_slice)
        else {
            continue;
        };
        let place = format!("{place}[{index}]");
        let mut model = model.to_string();
        let mut steps = path.split('.');
        let mut last = None;
        while let Some(step) = steps.next() {
            let Some(field) = check.schemas.known(&model).and_then(|schema| schema.field(step)) else {
                break;
            };
            let relation = field["relation"].as_str().map(str::to_string);
            let rest: Vec<&str> = steps.clone().collect();
            last = Some((model.clone(), field, (!rest.is_empty()).then(|| rest.join("."))));
            match relation {
                Some(relation) if !rest.is_empty() => model = relation,
                _ => break,
            }
        }
        let Some((model, field, rest)) = last else { continue };
        if matches!(operator.as_str(), "any" | "not any") {
            let relation = field["relation"].as_str().unwrap_or_default();
            gather(check, value, relation, &format!("{place}[2]"), found);
            continue;
        }
        // A path that leads on where nothing is known says nothing of its end.
        if rest.is_some() && field["type"] != "properties" {
            continue;
        }
        let (operator, value) = (operator.to_ascii_lowercase(), value.clone());
        found.push(Condition { place, model, path: path.clone(), field, rest, operator, value });
    }
}

/// A question that sees the archived too.
fn search(model: &str, method: &str, kwargs: Value) -> Option<Operation> {
    let mut question = Operation::new(model, method, crate::operation::kwargs(kwargs)).ok()?;
    question.context = Object::from_iter([("active_test".to_string(), false.into())]);
    Some(question)
}
