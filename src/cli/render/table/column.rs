//! One column: its cells, and how much room it wants, the most urgent first.

use std::collections::{HashMap, HashSet};

use super::super::cell::{self, Cell, CellType};
use super::super::width;
use super::{Columns, Row, Style};

/// A column of text is not made narrower than this, unless it stands beside keys that are shown whole.
const NARROWEST_TEXT: usize = 8;
/// Nor a column's name, where the values need less.
const NARROWEST_NAME: usize = 4;
/// What a record is called is told apart by as much; before it gets less, other columns leave.
const NARROWEST_CALLED: usize = 20;
/// Fields that hold what a record is called.
const CALLED: [&str; 3] = ["name", "display_name", "complete_name"];

/// Least room; what records are called in readable length; names of periods whole; the column's own name where the
/// values are numbers or dates; all but the column that is cut first; everything.
pub const WISHES: usize = 6;

/// The wish without which columns leave.
pub const READABLE: usize = 1;

/// A column of a table.
pub struct Column {
    /// Its name, harmless.
    pub name: String,
    /// A cell for each row.
    pub cells: Vec<Cell>,
    /// Room without which the column cannot be shown, and what it would like.
    pub wants: [usize; WISHES],
    /// It says which record a row is, or what somebody types again.
    pub stays: bool,
}

impl Column {
    /// The room without which it cannot be shown.
    pub fn least(&self) -> usize {
        self.wants[0]
    }

    /// The room in which nothing of it is cut.
    pub fn natural(&self) -> usize {
        self.wants[WISHES - 1]
    }

    /// A column of numbers, with or without empty cells.
    pub fn is_on_right(&self) -> bool {
        let mut cells = self.cells.iter().filter(|cell| !cell.text.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.is_number)
    }
}

/// Every key of every row, as they first appear.
pub fn columns(rows: &[Row], known: &Columns, style: Style) -> Vec<Column> {
    let found: Vec<HashMap<&str, &str>> = rows
        .iter()
        .map(|row| row.0.iter().map(|(name, value)| (name.as_str(), value.get())).collect())
        .collect();
    let mut seen = HashSet::new();
    let keys = rows.iter().flat_map(|row| &row.0).map(|(name, _)| name.as_str());
    let mut names: Vec<&str> = keys.filter(|name| seen.insert(*name)).collect();
    if let Some(shown) = known.shown {
        names = shown.iter().copied().filter(|name| seen.contains(name)).collect();
    }
    if let Some((left_out, kept)) = known.twin
        && found.iter().all(|row| row.contains_key(kept) && row.get(left_out) == row.get(kept))
    {
        names.retain(|name| *name != left_out);
    }
    names.into_iter().map(|name| column(name, &found, known, style)).collect()
}

fn column(name: &str, rows: &[HashMap<&str, &str>], known: &Columns, style: Style) -> Column {
    let values: Vec<&str> = rows.iter().map(|row| row.get(name).copied().unwrap_or_default()).collect();
    let kind = (known.kind)(name).seen(values.iter().copied().filter(|value| !value.is_empty()));
    let cell_of = |value: &&str| {
        cell::of_records(value, &|id| (known.name)(name, id))
            .unwrap_or_else(|| cell::of(value, kind, style.utc))
    };
    let cells: Vec<Cell> = values.iter().map(cell_of).collect();
    let is_key = name == "id" || known.keys.contains(&name);
    let is_cut_first = known.cut_first == Some(name);
    // Groups are told apart by all that they were made by.
    let is_called = !is_cut_first
        && kind != CellType::Group
        && (CALLED.contains(&name) || cells.iter().any(|cell| cell.is_record));
    let stays = is_key || CALLED.contains(&name);
    let name = cell::one_line(name);
    let name_width = width::of(&name);
    let widest = |wanted: &dyn Fn(&Cell) -> bool| {
        let cells = cells.iter().filter(|cell| wanted(cell));
        cells.map(|cell| width::of(&cell.text)).max().unwrap_or_default()
    };
    let values_width = widest(&|_| true);
    let mut shown = cells.iter().filter(|cell| !cell.text.is_empty()).peekable();
    let is_count =
        |cell: &Cell| cell.is_whole && cell.text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let is_of_counts = shown.peek().is_some() && shown.all(is_count);
    let natural = values_width.max(name_width).max(1);
    let least = widest(&|cell| is_key || cell.is_whole)
        .max(values_width.min(if known.keys.is_empty() { NARROWEST_TEXT } else { NARROWEST_NAME }))
        .max(name_width.min(NARROWEST_NAME))
        .max(1);
    let called = if is_called { least.max(values_width.min(NARROWEST_CALLED)) } else { least };
    let readable = called.max(values_width.min(NARROWEST_TEXT));
    let with_periods = readable.max(widest(&|cell| cell.is_period));
    let named = if is_of_counts { natural } else { with_periods };
    let most = if is_cut_first { named } else { natural };
    Column { name, cells, wants: [least, called, with_periods, named, most, natural], stays }
}
