//! What a verb knows of its result's rows, as data: where they are, which columns matter, what their fields hold.

use std::collections::HashMap;

/// Where the rows are and what is known of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Where the rows are.
    pub place: Place,
    /// Records, which people like to see as a table.
    pub is_table: bool,
    /// Types of fields by name, where they are known.
    pub types: Option<HashMap<String, String>>,
    /// Names of records by the field that lists their ids, as far as they are at hand.
    pub names: HashMap<String, HashMap<i64, String>>,
    /// The columns that a table shows; the other forms have all.
    pub columns: Option<Vec<String>>,
    /// The fields that every row has.
    pub fields: Option<Vec<String>>,
    /// Columns that a table never cuts, beside `id`.
    pub keys: &'static [&'static str],
    /// A table leaves the first out where it says in every row what the second says.
    pub twin: Option<(&'static str, &'static str)>,
    /// The column that a table cuts before any other.
    pub cut_first: Option<&'static str>,
    /// Columns that a table leaves blank where they do not apply, in place of a `no`.
    pub attributes: &'static [&'static str],
    /// The columns by which records were grouped; none for what is no grouping.
    pub by: Option<Vec<String>>,
}

/// Where rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The result itself.
    #[default]
    Whole,
    /// A list under this key.
    Under(&'static str),
    /// Objects by name under each of these keys.
    Named(&'static [&'static str]),
}

impl Layout {
    /// No rows to speak of.
    pub fn value() -> Layout {
        Layout::default()
    }

    /// A list of records, or one.
    pub fn records() -> Layout {
        Layout { is_table: true, ..Layout::default() }
    }

    /// The list is under this key of the result.
    pub fn under(self, key: &'static str) -> Layout {
        Layout { place: Place::Under(key), ..self }
    }

    /// Under each of these keys are objects by their names.
    pub fn named(self, keys: &'static [&'static str]) -> Layout {
        Layout { place: Place::Named(keys), ..self }
    }

    /// Types of the fields.
    pub fn typed(self, types: Option<HashMap<String, String>>) -> Layout {
        Layout { types, ..self }
    }

    /// Names of the records that fields list by their ids.
    pub fn naming(self, names: HashMap<String, HashMap<i64, String>>) -> Layout {
        Layout { names, ..self }
    }

    /// The fields that every row has.
    pub fn fields(self, fields: &[String]) -> Layout {
        Layout { fields: Some(fields.to_vec()), ..self }
    }

    /// The columns that a table shows.
    pub fn columns(self, columns: &[&str]) -> Layout {
        Layout { columns: Some(columns.iter().map(|column| (*column).to_string()).collect()), ..self }
    }

    /// Columns that a table never cuts.
    pub fn keys(self, keys: &'static [&'static str]) -> Layout {
        Layout { keys, ..self }
    }

    /// A table leaves a column out where it says what another one says in every row.
    pub fn without_twin(self, left_out: &'static str, kept: &'static str) -> Layout {
        Layout { twin: Some((left_out, kept)), ..self }
    }

    /// The column that a table cuts before any other.
    pub fn cut_first(self, column: &'static str) -> Layout {
        Layout { cut_first: Some(column), ..self }
    }

    /// Columns that a table leaves blank where they do not apply.
    pub fn attributes(self, columns: &'static [&'static str]) -> Layout {
        Layout { attributes: columns, ..self }
    }

    /// The columns by which records were grouped.
    pub fn grouped(self, by: &[String]) -> Layout {
        Layout { by: Some(by.to_vec()), ..self }
    }

    /// The type of a field, where it is known.
    pub fn type_of(&self, field: &str) -> Option<&str> {
        self.types.as_ref()?.get(field).map(String::as_str)
    }
}
