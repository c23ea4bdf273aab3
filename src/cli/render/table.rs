//! Records as aligned columns for people. Where not even the narrowest columns fit, each record is shown as
//! its own block, a field a line, so that nothing is left out. It writes to no stream.

use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;

use super::cell::{self, Cell, CellType};
use super::width;
use crate::members::Members;

const GAP: usize = 2;
/// A column of text is not made narrower than this, unless it stands beside keys that are shown whole.
const NARROWEST_TEXT: usize = 8;
/// Nor a column's name, where the values need less.
const NARROWEST_NAME: usize = 4;
/// The widest cell where there is no terminal to fit into.
const WIDEST: usize = 1000;
/// Lines that one value takes in a block.
const LINES: usize = 8;

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

/// What a cell takes beside its text.
const CELL: usize = 64;

/// What is known of the columns.
pub struct Columns<'a> {
    /// CellType of a column by its name.
    pub kind: &'a dyn Fn(&str) -> CellType,
    /// Columns that are never cut, beside `id`: what somebody would type again.
    pub keys: &'a [&'a str],
    /// A column that is cut before the others are.
    pub cut_first: Option<&'a str>,
    /// The only columns that are shown, in their order.
    pub shown: Option<&'a [&'a str]>,
    /// A column that says in every row what another says is left out.
    pub twin: Option<(&'a str, &'a str)>,
}

type Row<'j> = Members<&'j RawValue>;

struct Column {
    name: String,
    cells: Vec<Cell>,
    /// Room without which the column cannot be shown, and what it would like, the most urgent first.
    wants: [usize; WISHES],
}

/// Least room; names of periods whole; the column's own name where the values are numbers or dates; all but the column
/// that is cut first; everything.
const WISHES: usize = 5;

/// Records, one a row; none if that would take more than it may.
pub fn rows(rows: &[Row], known: &Columns, style: Style) -> Option<String> {
    let names: HashSet<&str> = rows.iter().flat_map(|row| &row.0).map(|(name, _)| name.as_str()).collect();
    if names.len().saturating_mul(rows.len()).saturating_mul(CELL) > style.most {
        return None;
    }
    let columns = columns(rows, known, style);
    match widths(&columns, style.width) {
        // A record by itself can be shown whole.
        Some(widths) if rows.len() > 1 || fits(&columns, &widths) => {
            let line = widths.iter().sum::<usize>() + GAP * widths.len();
            (line.saturating_mul(rows.len()) <= style.most).then(|| grid(&columns, &widths, style))
        }
        _ => blocks(&columns, rows.len(), style),
    }
}

/// One record, one field a line; none if that would take more than it may.
pub fn record(record: Row, known: &Columns, style: Style) -> Option<String> {
    blocks(&columns(&[record], known, style), 1, style)
}

/// Every key of every row, as they first appear.
fn columns(rows: &[Row], known: &Columns, style: Style) -> Vec<Column> {
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
    let cells: Vec<Cell> = values.iter().map(|value| cell::of(value, kind, style.utc)).collect();
    let is_key = name == "id" || known.keys.contains(&name);
    let is_cut_first = known.cut_first == Some(name);
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
    let readable = least.max(values_width.min(NARROWEST_TEXT));
    let with_periods = readable.max(widest(&|cell| cell.is_period));
    let named = if is_of_counts { natural } else { with_periods };
    let most = if is_cut_first { named } else { natural };
    Column { name, cells, wants: [least, with_periods, named, most, natural] }
}

/// Room for each column: the least of each, then wish after wish as far as the room goes; of a wish that
/// cannot be granted whole, the widest columns go without. None if not even the least fits.
fn widths(columns: &[Column], total: Option<usize>) -> Option<Vec<usize>> {
    let Some(total) = total else {
        return Some(columns.iter().map(|column| column.natural().min(WIDEST.max(column.least()))).collect());
    };
    let room = total.checked_sub(GAP * columns.len().saturating_sub(1))?;
    let mut widths: Vec<usize> = columns.iter().map(Column::least).collect();
    if widths.iter().sum::<usize>() > room {
        return None;
    }
    for wish in 1..WISHES {
        widths = raised(&widths, columns, wish, room);
    }
    Some(widths)
}

fn raised(now: &[usize], columns: &[Column], wish: usize, room: usize) -> Vec<usize> {
    let at = |level: usize| -> Vec<usize> {
        now.iter().zip(columns).map(|(now, column)| column.wants[wish].min(level).max(*now)).collect()
    };
    let needs = |widths: &[usize]| widths.iter().sum::<usize>();
    let (mut fits, mut beyond) = (0, room + 1);
    while beyond - fits > 1 {
        let level = fits.midpoint(beyond);
        if needs(&at(level)) <= room { fits = level } else { beyond = level }
    }
    let mut widths = at(fits);
    let mut spare = room - needs(&widths);
    for (width, column) in widths.iter_mut().zip(columns) {
        if spare > 0 && *width < column.wants[wish] {
            *width += 1;
            spare -= 1;
        }
    }
    widths
}

fn fits(columns: &[Column], widths: &[usize]) -> bool {
    columns.iter().zip(widths).all(|(column, width)| column.natural() <= *width)
}

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

fn grid(columns: &[Column], widths: &[usize], style: Style) -> String {
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

fn blocks(columns: &[Column], count: usize, style: Style) -> Option<String> {
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

impl Column {
    fn least(&self) -> usize {
        self.wants[0]
    }

    fn natural(&self) -> usize {
        self.wants[WISHES - 1]
    }

    /// A column of numbers, with or without empty cells.
    fn is_on_right(&self) -> bool {
        let mut cells = self.cells.iter().filter(|cell| !cell.text.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.is_number)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;

    fn drawn(value: &Value, width: Option<usize>) -> String {
        let text = value.to_string();
        let list: Vec<&serde_json::value::RawValue> = serde_json::from_str(&text).unwrap();
        let members: Vec<Row> = list.iter().map(|row| Members::of(row.get()).unwrap()).collect();
        let known =
            Columns { kind: &|_| CellType::Unknown, keys: &[], cut_first: None, shown: None, twin: None };
        rows(&members, &known, Style { width, colour: false, utc: true, most: usize::MAX }).unwrap()
    }

    #[test]
    fn the_widest_columns_give_first_and_the_id_never() {
        let rows = json!([
            { "id": 123456789, "name": "a name of some length", "note": "n".repeat(60), "n": 5 },
            { "id": 1, "name": "short", "note": "", "n": 12.5 },
        ]);
        // 50 less three gaps, id and n leaves 31 for the two texts: 16 and 15.
        let narrow = [
            "       id  name              note                n",
            "123456789  a name of some…   nnnnnnnnnnnnnn…     5",
            "        1  short                              12.5",
        ];
        assert_eq!(drawn(&rows, Some(50)).lines().collect::<Vec<_>>(), narrow);
        let wide = drawn(&rows, None);
        assert!(wide.contains("a name of some length") && wide.contains(&"n".repeat(60)));
    }

    #[test]
    fn what_does_not_fit_side_by_side_is_shown_in_blocks() {
        let rows = json!([
            { "id": 1, "first": "one two three four", "second": "2026-03-01 10:00:00", "third": [7, "Ann"] },
            { "id": 2, "first": "x", "second": false, "third": false },
        ]);
        let blocks = [
            "id      1",
            "first   one two three",
            "        four",
            "second  2026-03-01",
            "        10:00:00",
            "third   Ann",
            "",
            "id      2",
            "first   x",
            "second",
            "third",
        ];
        assert_eq!(drawn(&rows, Some(22)).lines().collect::<Vec<_>>(), blocks);
    }

    /// Every text: words, wide and joined characters, right to left, marks, controls.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "\\PC{0,12}",
            "[a-z ]{0,40}",
            Just("北京木业有限公司".to_string()),
            Just("👩\u{200d}👩\u{200d}👧\u{200d}👦🏳\u{fe0f}\u{200d}🌈🇧🇪".to_string()),
            Just("שלום עולם العربية".to_string()),
            Just("e\u{301}\u{302}\u{303} क्षि ᄀᄀᄀ각".to_string()),
            Just("\u{1b}[31m\u{202e}\u{2067}\u{7}\r\n\u{9b}\u{200b}".to_string()),
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any_text().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            (any::<u32>(), any_text()).prop_map(|(id, name)| json!([id, name])),
            prop::collection::vec(any::<u32>(), 0..9).prop_map(Value::from),
            any_text().prop_map(|text| json!({ "key": text })),
            Just(json!("2026-03-01 10:00:00")),
        ]
    }

    fn columns_of(line: &str) -> usize {
        line.graphemes(true).map(UnicodeWidthStr::width).sum()
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal_and_nothing_acts_on_it(
            names in prop::collection::vec(prop_oneof!["[a-z_]{1,24}".boxed(), any_text().boxed()], 1..9),
            values in prop::collection::vec(prop::collection::vec(any_value(), 9), 1..4),
            width in 20_usize..160,
        ) {
            let rows: Vec<Value> = values
                .iter()
                .map(|row| Value::Object(names.iter().cloned().zip(row.iter().cloned()).collect()))
                .collect();
            let text = drawn(&json!(rows), Some(width));
            for line in text.split_inclusive('\n') {
                let line = line.strip_suffix('\n').unwrap();
                prop_assert!(columns_of(line) <= width, "{} of {width}: {line:?}", columns_of(line));
                // Our own isolates come in pairs, never nested, and nothing else of the kind is there.
                let mut open = false;
                for character in line.chars() {
                    match character {
                        '\u{2068}' => { prop_assert!(!open); open = true; }
                        '\u{2069}' => { prop_assert!(open); open = false; }
                        other => prop_assert!(
                            !other.is_control() && !matches!(other, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}'),
                            "{other:?} in {line:?}"
                        ),
                    }
                }
                prop_assert!(!open);
            }
            prop_assert!(!text.is_empty());
        }
    }
}
