//! Columns and their widths as lines: side by side, or a record a block.

use std::collections::HashMap;

use super::super::width;
use super::column::Column;
use super::{GAP, Style, WIDEST};

/// Lines that one value takes in a block.
const LINES: usize = 8;

/// The columns' names as far as there is room. `FIELD:FUNCTION` loses of the field first, and where two names
/// would read the same both keep their ends.
fn headers(columns: &[Column], widths: &[usize]) -> Vec<String> {
    let cut = |column: &Column, width: usize| {
        let tail = column.name.rfind(':').unwrap_or(column.name.len());
        width::cut_before(&column.name, tail, width)
    };
    let first: Vec<String> = columns.iter().zip(widths).map(|(column, width)| cut(column, *width)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    first.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    let is_twice = |name: &str| counts.get(name).is_some_and(|count| *count > 1);
    let named = columns.iter().zip(widths).zip(&first).map(|((column, width), name)| {
        if *name == column.name || !is_twice(name) {
            return name.clone();
        }
        let from = column.name.len().saturating_sub(width.saturating_sub(2).max(1));
        let tail = (from..column.name.len()).find(|at| column.name.is_char_boundary(*at));
        width::cut_before(&column.name, tail.unwrap_or(column.name.len()), *width)
    });
    named.collect()
}

/// One record a line, under the columns' names.
pub fn grid(columns: &[Column], widths: &[usize], style: Style) -> String {
    let mut text = String::new();
    let on_right: Vec<bool> = columns.iter().map(Column::is_on_right).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (at, value) in cells.enumerate() {
            let value = width::cut(value, widths[at]);
            let blanks = " ".repeat(widths[at] - width::of(&value));
            if at > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let value = isolated(value);
            line += &if on_right[at] { blanks + &value } else { value + &blanks };
        }
        line.truncate(line.trim_end_matches(' ').len());
        line
    };
    let names = line(&mut headers(columns, widths).iter().map(String::as_str));
    text += &bold(&names, style);
    text.push('\n');
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        text += &line(&mut columns.iter().map(|column| column.cells[row].text.as_str()));
        text.push('\n');
    }
    text
}

/// One field a line, an empty line between records; none if that would take more than it may.
pub fn blocks(columns: &[Column], count: usize, style: Style) -> Option<String> {
    let total = style.width.unwrap_or(WIDEST);
    let widest = columns.iter().map(|column| width::of(&column.name)).max().unwrap_or_default();
    let names = widest.min(total * 2 / 5);
    let room = total.saturating_sub(names + GAP).max(1);
    if columns.len().saturating_mul(count).saturating_mul(names + GAP) > style.most {
        return None;
    }
    let mut text = String::new();
    for row in 0..count {
        if row > 0 {
            text.push('\n');
        }
        for column in columns {
            let name = width::cut(&column.name, names);
            let blanks = " ".repeat(names - width::of(&name) + GAP);
            for (at, value) in width::wrap(&column.cells[row].text, room, LINES).into_iter().enumerate() {
                let line = if at == 0 {
                    bold(&isolated(name.clone()), style) + &blanks + &isolated(value)
                } else {
                    " ".repeat(names + GAP) + &isolated(value)
                };
                text += line.trim_end_matches(' ');
                text.push('\n');
            }
        }
    }
    Some(text)
}

fn bold(text: &str, style: Style) -> String {
    if style.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.into() }
}

/// Text that is written from right to left, kept to itself: without these marks a terminal that orders such
/// text would move the cells beside it. They show nothing, and are the program's own: those in the text are
/// escaped by now.
fn isolated(text: String) -> String {
    let from_right = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.contains(from_right) { format!("\u{2068}{text}\u{2069}") } else { text }
}
