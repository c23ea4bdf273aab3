//! The data: tables of sparse rows, shared until changed, so that a request works on its own copy and a
//! refusal costs nothing to roll back. It knows the file's format; it does not open files and knows no
//! rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::seed;

/// A record's kept values. Absent means empty: `false`, 0 or no records.
pub type Row = Map<String, Value>;

/// In the first format all tables stand in the file, in this one those that were changed.
const FORMAT: u32 = 2;

/// Copied only when someone changes it; in the file it is the thing itself.
#[derive(Clone, Default)]
struct Shared<T>(Arc<T>);

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shared<T>, D::Error> {
        T::deserialize(deserializer).map(|inner| Shared(Arc::new(inner)))
    }
}

/// The records of one model.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Table {
    next: i64,
    rows: BTreeMap<i64, Shared<Row>>,
}

impl Table {
    /// Rows under given ids.
    pub fn of(rows: impl Iterator<Item = (i64, Row)>) -> Table {
        let rows: BTreeMap<i64, Shared<Row>> = rows.map(|(id, row)| (id, Shared(Arc::new(row)))).collect();
        Table { next: rows.keys().last().map_or(0, |id| id + 1), rows }
    }
}

/// Digests of the sessions that are open and whose they are, the oldest first.
type Sessions = Vec<(String, i64)>;

const MOST_SESSIONS: usize = 64;

/// All tables: those that were changed, and else those that were delivered.
#[derive(Clone, Default)]
pub struct World {
    tables: BTreeMap<String, Shared<Table>>,
    sessions: Sessions,
    changed: bool,
}

#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    tables: BTreeMap<String, Shared<Table>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sessions: Sessions,
}

impl World {
    /// The company as it is after a reset.
    pub fn seeded() -> World {
        World::default()
    }

    /// Reads the file's bytes; the error says what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<World, String> {
        let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if !(1..=FORMAT).contains(&file.format) {
            return Err(format!("format {} where this version writes {FORMAT}", file.format));
        }
        Ok(World { tables: file.tables, sessions: file.sessions, changed: false })
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let file = File { format: FORMAT, tables: self.tables.clone(), sessions: self.sessions.clone() };
        serde_json::to_vec(&file).map_err(|error| error.to_string())
    }

    /// Whether anything was changed since [`World::settle`].
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// Everything so far counts as kept.
    pub fn settle(&mut self) {
        self.changed = false;
    }

    /// Whose session has this digest.
    pub fn session(&self, digest: &str) -> Option<i64> {
        self.sessions.iter().find(|(known, _)| known == digest).map(|(_, user)| *user)
    }

    /// Opens a session; of too many the oldest ends.
    pub fn open_session(&mut self, digest: String, user: i64) {
        self.changed = true;
        if self.sessions.len() >= MOST_SESSIONS {
            self.sessions.remove(0);
        }
        self.sessions.push((digest, user));
    }

    /// Ends a session.
    pub fn end_session(&mut self, digest: &str) {
        self.changed = true;
        self.sessions.retain(|(known, _)| known != digest);
    }

    /// One row.
    #[inline(never)]
    pub fn row(&self, model: &str, id: i64) -> Option<&Row> {
        self.find(model)?.rows.get(&id).map(|row| row.0.as_ref())
    }

    /// All rows by id.
    pub fn rows(&self, model: &str) -> impl DoubleEndedIterator<Item = (i64, &Row)> {
        self.find(model)
            .into_iter()
            .flat_map(|table| table.rows.iter().map(|(id, row)| (*id, row.0.as_ref())))
    }

    /// All ids.
    pub fn ids(&self, model: &str) -> Vec<i64> {
        self.rows(model).map(|(id, _)| id).collect()
    }

    fn find(&self, model: &str) -> Option<&Table> {
        self.tables.get(model).map(|table| table.0.as_ref()).or_else(|| seed::table(model))
    }

    fn table(&mut self, model: &str) -> &mut Table {
        self.changed = true;
        let kept = self.tables.entry(model.to_owned());
        let kept = kept.or_insert_with(|| Shared(Arc::new(seed::table(model).cloned().unwrap_or_default())));
        Arc::make_mut(&mut kept.0)
    }

    /// Adds a row under the next free id.
    #[inline(never)]
    pub fn insert(&mut self, model: &str, row: Row) -> i64 {
        let table = self.table(model);
        let id = table.next.max(1);
        table.next = id + 1;
        table.rows.insert(id, Shared(Arc::new(row)));
        id
    }

    /// Sets a value; an empty one is removed. Nothing changes if it was so already.
    #[inline(never)]
    pub fn set(&mut self, model: &str, id: i64, field: &str, value: Value) {
        let empty = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        let Some(row) = self.row(model, id) else { return };
        if if empty { !row.contains_key(field) } else { row.get(field) == Some(&value) } {
            return;
        }
        if let Some(row) = self.table(model).rows.get_mut(&id) {
            let row = Arc::make_mut(&mut row.0);
            if empty {
                row.shift_remove(field);
            } else {
                row.insert(field.to_owned(), value);
            }
        }
    }

    /// Takes a row out.
    #[inline(never)]
    pub fn remove(&mut self, model: &str, id: i64) {
        self.table(model).rows.remove(&id);
    }
}
