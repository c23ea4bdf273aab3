//! Two tables: mistakes that people and agents make, and calls that are right. A row says what is run; words in
//! braces stand for records that the place at hand has.

use serde_json::{Map, Value};

/// Names in braces and the ids they stand for.
pub type Places = Vec<(&'static str, i64)>;

/// A row of either table, filled in.
pub struct Row {
    pub it: String,
    /// `before`, `mended`, `noted` or `after`; nothing in the table of correct calls.
    pub caught: String,
    pub code: String,
    /// Part of the message, the hints or the notes.
    pub says: String,
    /// Models whose fields are known beforehand.
    pub known: Vec<String>,
    pub run: Vec<String>,
    /// What the record holds afterwards.
    pub stored: Map<String, Value>,
}

pub fn mistakes(places: &Places) -> Vec<Row> {
    rows(include_str!("mistakes.json"), places)
}

pub fn correct(places: &Places) -> Vec<Row> {
    rows(include_str!("correct.json"), places)
}

fn rows(table: &str, places: &Places) -> Vec<Row> {
    let table: Vec<Value> = serde_json::from_str(table).unwrap();
    let row = |row: &Value| {
        let row = filled(row, places);
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_string();
        let texts = |key: &str| {
            let items = row[key].as_array().cloned().unwrap_or_default();
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_string)).collect()
        };
        Row {
            it: text("it"),
            caught: text("caught"),
            code: text("code"),
            says: text("says"),
            known: texts("known"),
            run: texts("run"),
            stored: row["stored"].as_object().cloned().unwrap_or_default(),
        }
    };
    table.iter().map(row).collect()
}

/// A string that is only a name in braces becomes the number; inside a longer one, its digits.
fn filled(value: &Value, places: &Places) -> Value {
    match value {
        Value::String(text) => {
            if let Some((_, id)) = places.iter().find(|(name, _)| *text == format!("{{{name}}}")) {
                return (*id).into();
            }
            places
                .iter()
                .fold(text.clone(), |text, (name, id)| text.replace(&format!("{{{name}}}"), &id.to_string()))
                .into()
        }
        Value::Array(items) => items.iter().map(|item| filled(item, places)).collect(),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, item)| (key.clone(), filled(item, places))).collect())
        }
        other => other.clone(),
    }
}

impl Row {
    pub fn words(&self) -> Vec<&str> {
        self.run.iter().map(String::as_str).collect()
    }

    pub fn model(&self) -> &str {
        &self.run[1]
    }

    pub fn method(&self) -> &str {
        match self.run[0].as_str() {
            "call" => &self.run[2],
            "search-read" => "search_read",
            "count" => "search_count",
            "group" => "formatted_read_group",
            other => other,
        }
    }

    /// The JSON behind a flag.
    pub fn json(&self, flag: &str) -> Option<Value> {
        let at = self.run.iter().position(|word| word == flag)?;
        Some(serde_json::from_str(&self.run[at + 1]).unwrap())
    }

    /// Each of the arguments that the call must go out with.
    pub fn meant(&self) -> Map<String, Value> {
        let mut meant = Map::new();
        match self.run[0].as_str() {
            "call" => {
                meant =
                    self.json("--data-json").and_then(|data| data.as_object().cloned()).unwrap_or_default()
            }
            "create" => {
                let list = self
                    .json("--vals-list-json")
                    .or_else(|| self.json("--vals-json").map(|vals| [vals].into_iter().collect()));
                meant.insert("vals_list".into(), list.unwrap());
            }
            "write" => {
                meant.insert("vals".into(), self.json("--vals-json").unwrap());
            }
            "search-read" | "count" | "group" => {
                meant.insert(
                    "domain".into(),
                    self.json("--domain").unwrap_or_else(|| Value::Array(Vec::new())),
                );
            }
            _ => {}
        }
        meant
    }
}
