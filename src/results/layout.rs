//! What a command knows of its result: where the rows are and what their columns hold.

use crate::render::cell::Kind;
use crate::render::rows::Column;

/// The type of a field by its name, where it is known.
pub type TypeOf<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Where the rows of a result are and what is known of them.
#[derive(Clone, Copy, Default)]
pub struct Layout<'a> {
    pub(super) place: Place,
    pub(super) is_table: bool,
    pub(super) type_of: Option<&'a TypeOf<'a>>,
    pub(super) columns: Option<&'a [&'a str]>,
    pub(super) fields: Option<&'a [String]>,
    pub(super) keys: &'a [&'a str],
    pub(super) twin: Option<(&'a str, &'a str)>,
    pub(super) cut_first: Option<&'a str>,
    pub(super) attributes: &'a [&'a str],
    pub(super) by: &'a [String],
    pub(super) csv: Option<&'a [Column]>,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Place {
    /// The result itself.
    #[default]
    Whole,
    /// A list under this key.
    Under(&'static str),
    /// Objects by name under each of these keys.
    Named(&'static [&'static str]),
}

impl<'a> Layout<'a> {
    /// JSON everywhere unless another form is asked for.
    pub fn value() -> Layout<'a> {
        Layout::default()
    }

    /// A list of records, or one: a table on a terminal.
    pub fn records() -> Layout<'a> {
        Layout { is_table: true, ..Layout::default() }
    }

    /// The list is under this key of the result.
    pub fn under(self, key: &'static str) -> Layout<'a> {
        Layout { place: Place::Under(key), ..self }
    }

    /// Under each of these keys are objects by their names.
    pub fn named(self, keys: &'static [&'static str]) -> Layout<'a> {
        Layout { place: Place::Named(keys), ..self }
    }

    /// Types of the fields, asked for only when a form needs them.
    pub fn typed(self, type_of: &'a TypeOf<'a>) -> Layout<'a> {
        Layout { type_of: Some(type_of), ..self }
    }

    /// The fields that every row has.
    pub fn fields(self, fields: &'a [String]) -> Layout<'a> {
        Layout { fields: Some(fields), ..self }
    }

    /// The columns that a table shows; the other forms have all.
    pub fn columns(self, columns: &'a [&'a str]) -> Layout<'a> {
        Layout { columns: Some(columns), ..self }
    }

    /// Columns that a table never cuts, beside `id`.
    pub fn keys(self, keys: &'a [&'a str]) -> Layout<'a> {
        Layout { keys, ..self }
    }

    /// A table leaves a column out where it says what another one says in every row.
    pub fn without_twin(self, left_out: &'a str, kept: &'a str) -> Layout<'a> {
        Layout { twin: Some((left_out, kept)), ..self }
    }

    /// The column that a table cuts before any other.
    pub fn cut_first(self, column: &'a str) -> Layout<'a> {
        Layout { cut_first: Some(column), ..self }
    }

    /// Columns that a table leaves blank where they do not apply, in place of a `no`.
    pub fn attributes(self, columns: &'a [&'a str]) -> Layout<'a> {
        Layout { attributes: columns, ..self }
    }

    /// The columns by which records were grouped.
    pub fn grouped(self, by: &'a [String]) -> Layout<'a> {
        Layout { by, ..self }
    }

    /// The columns of a CSV; without them those that are found.
    pub fn csv(self, columns: &'a [Column]) -> Layout<'a> {
        Layout { csv: Some(columns), ..self }
    }

    /// What a column of a table holds.
    pub(super) fn kind(&self, field: &str) -> Kind {
        if self.attributes.contains(&field) {
            return Kind::Plain;
        }
        let type_of = |type_of: &TypeOf| type_of(field);
        if self.by.iter().any(|by| by == field) {
            let is_boolean = self.type_of.and_then(type_of).as_deref() == Some("boolean");
            return if is_boolean { Kind::Boolean } else { Kind::Group };
        }
        match self.type_of {
            Some(type_of) if field != "id" => Kind::of_type(type_of(field).as_deref()),
            _ => Kind::Unknown,
        }
    }
}
