//! Records as aligned columns for people. Columns leave from the right before names become unreadable, and where not
//! even a few columns fit, each record is shown as its own block, a field a line. It writes to no stream.

mod column;
mod drawing;
mod widths;

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::cell::CellType;
use crate::members::Members;
use column::Column;
use widths::Fit;

/// Columns between two cells.
const GAP: usize = 2;
/// The widest cell where there is no terminal to fit into.
const WIDEST: usize = 1000;
/// What a cell takes beside its text.
const CELL: usize = 64;

/// How tables are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns of the terminal; none if the table may be as wide as it needs.
    pub width: Option<usize>,
    /// Whether names stand out.
    pub colour: bool,
    /// Times as Odoo sends them, not in local time.
    pub utc: bool,
    /// Bytes that the whole may take.
    pub most: usize,
}

/// What is known of the columns.
pub struct Columns<'a> {
    /// CellType of a column by its name.
    pub kind: &'a dyn Fn(&str) -> CellType,
    /// The name of a record by a column that holds its id, where it is at hand.
    pub name: &'a dyn Fn(&str, i64) -> Option<&'a str>,
    /// Columns that are never cut, beside `id`: what somebody would type again.
    pub keys: &'a [&'a str],
    /// A column that is cut before the others are.
    pub cut_first: Option<&'a str>,
    /// The only columns that are shown, in their order.
    pub shown: Option<&'a [&'a str]>,
    /// A column that says in every row what another says is left out.
    pub twin: Option<(&'a str, &'a str)>,
}

/// Text for a person.
#[derive(Debug)]
pub struct Drawn {
    /// Lines, each with its end.
    pub text: String,
    /// Columns that had no room.
    pub left_out: Vec<String>,
}

type Row<'j> = Members<&'j RawValue>;

/// Records, one a row; none if that would take more than it may.
pub fn rows(rows: &[Row], known: &Columns, style: Style) -> Option<Drawn> {
    let names: HashSet<&str> = rows.iter().flat_map(|row| &row.0).map(|(name, _)| name.as_str()).collect();
    if names.len().saturating_mul(rows.len()).saturating_mul(CELL) > style.most {
        return None;
    }
    let mut columns = column::columns(rows, known, style);
    // A record by itself can be shown whole.
    let is_single = rows.len() == 1;
    match widths::fit(&columns, style.width) {
        Some(Fit { kept, widths }) if !is_single || is_whole(&columns, &kept, &widths) => {
            let line = widths.iter().sum::<usize>() + GAP * widths.len();
            let (mut at, mut left_out) = (0, Vec::new());
            let mut kept = kept.iter().peekable();
            columns.retain(|column| {
                let stays = kept.next_if(|kept| **kept == at).is_some();
                at += 1;
                if !stays {
                    left_out.push(column.name.clone());
                }
                stays
            });
            (line.saturating_mul(rows.len()) <= style.most)
                .then(|| Drawn { text: drawing::grid(&columns, &widths, style), left_out })
        }
        _ => blocks(&columns, rows.len(), style),
    }
}

/// One record, one field a line; none if that would take more than it may.
pub fn record(record: Row, known: &Columns, style: Style) -> Option<Drawn> {
    blocks(&column::columns(&[record], known, style), 1, style)
}

fn blocks(columns: &[Column], count: usize, style: Style) -> Option<Drawn> {
    drawing::blocks(columns, count, style).map(|text| Drawn { text, left_out: Vec::new() })
}

fn is_whole(columns: &[Column], kept: &[usize], widths: &[usize]) -> bool {
    kept.len() == columns.len()
        && columns.iter().zip(widths).all(|(column, width)| column.natural() <= *width)
}

#[cfg(test)]
mod tests;
