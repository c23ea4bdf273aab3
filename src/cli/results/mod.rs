//! How a result leaves: the part that `--pluck` names, in the form that `--output` names or that suits where
//! stdout leads. Every form can show every result, so that no form can lose what a call has done.

mod bounds;
mod shape;

use std::rc::Rc;

use serde_json::value::RawValue;

use crate::cli::globals::Look;
use crate::cli::out::Out;
use crate::cli::render::cell::CellType;
use crate::cli::render::format::Format;
use crate::cli::render::rows::{self, RowWriter};
use crate::cli::render::table::{self, Columns, Drawn, Style};
use crate::cli::render::width;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::members::Members;
use crate::settings::Environment;
use crate::text::{json, sanitize};

use crate::knowledge::vocabulary::PERIODS;
use crate::outcome::{Body, Layout, Outcome, Place};
use shape::{Shape, named_rows, shape};

/// A terminal narrower than this is taken for one of this width.
const NARROWEST: usize = 20;
/// And a wider one for one of this.
const WIDEST: usize = 10_000;
/// Stands before a note on a terminal, and the lines that one takes.
const NOTE: &str = "note: ";
const NOTE_LINES: usize = 12;
/// A terminal that does not tell its width.
const USUAL: usize = 80;

/// What of the flags and the environment decides how results look.
pub struct Results {
    out: Rc<Out>,
    look: Look,
    columns: Option<usize>,
    colour: bool,
}

impl Results {
    /// The results of a run.
    pub fn new(out: &Rc<Out>, look: &Look, environment: &Environment) -> Results {
        Results {
            out: Rc::clone(out),
            look: look.clone(),
            columns: environment
                .text("COLUMNS")
                .and_then(|text| text.parse().ok())
                .filter(|columns| *columns > 0),
            colour: colour(environment, out.stdout_is_terminal),
        }
    }

    /// The form in which a result of this layout leaves.
    pub fn form(&self, layout: &Layout) -> Format {
        match self.look.output {
            Some(form) => form,
            None if !self.out.stdout_is_terminal => Format::Json,
            None if layout.is_table && self.look.pluck.is_none() => Format::Table,
            None => Format::Pretty,
        }
    }

    /// Prints what a verb comes to.
    pub fn present(&self, outcome: &Outcome) -> Result<()> {
        match &outcome.body {
            Body::Value(json) => self.print(json, outcome.effect, &outcome.layout),
            Body::Request(request) => self.print(&request.to_string(), outcome.effect, &outcome.layout),
            // They are out.
            Body::Rows(_) => Ok(()),
        }
    }

    /// Prints a result, a valid JSON text. `effect` is what the call has done by now.
    pub fn print(&self, result: &str, effect: Effect, layout: &Layout) -> Result<()> {
        let (part, layout) = match &self.look.pluck {
            None => (result, layout.clone()),
            Some(pointer) => match pointer.find(result) {
                Ok(part) => (
                    part,
                    Layout { place: Place::Whole, columns: None, fields: None, by: None, ..layout.clone() },
                ),
                Err(missing) => {
                    let place = if missing.reached.is_empty() { "the result" } else { &missing.reached };
                    let message = format!("--pluck {pointer}: {place} is {}", missing.there);
                    if effect != Effect::Done {
                        return Err(Error::new(Code::NotFound, message).with_effect(effect, Retry::Never));
                    }
                    // What was done is done: saying less than all of it would lose it.
                    self.out.line(
                        "note",
                        &format!("{message}. The call itself went through; printed is its whole result"),
                    );
                    (result, layout.clone())
                }
            },
        };
        let form = self.form(&layout);
        let drawn = match form {
            Format::Json => None,
            form if !bounds::fits(form, part) => None,
            Format::Pretty => {
                json::pretty_within(&self.shown(part), bounds::most(part)).map(|text| text + "\n")
            }
            Format::Table => self.table(part, &layout, bounds::most(part)),
            form => self.rows(part, form, &layout),
        };
        let text = match drawn {
            Some(text) => text,
            None => {
                if form != Format::Json {
                    self.note("in this form the result would take far more memory than it has: it is printed as JSON");
                }
                json::compact(&self.shown(part)) + "\n"
            }
        };
        self.out.data(text.as_bytes(), effect)
    }

    /// JSON as it may be written to stdout.
    fn shown<'j>(&self, part: &'j str) -> std::borrow::Cow<'j, str> {
        if self.out.stdout_is_terminal {
            sanitize::json_for_terminal(&json::compact(part)).into()
        } else {
            part.into()
        }
    }

    fn note(&self, text: &str) {
        if !self.look.quiet {
            self.out.line("note", text);
        }
    }

    /// Columns that text for a person has; none where it may be as wide as it needs.
    pub fn width(&self) -> Option<usize> {
        let width = self.columns.or_else(|| {
            let told = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
            let told = told.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
            self.out.stdout_is_terminal.then(|| told.unwrap_or(USUAL))
        });
        width.map(|width| width.clamp(NARROWEST, WIDEST))
    }

    fn style(&self, most: usize) -> Style {
        Style { width: self.width(), colour: self.colour, utc: self.look.utc, most }
    }

    fn table(&self, part: &str, layout: &Layout, most: usize) -> Option<String> {
        if let Place::Named(places) = layout.place {
            let sections = places.iter().filter_map(|key| named_rows(part, key)).filter(|rows| rows != "[]");
            let whole = Layout { place: Place::Whole, ..layout.clone() };
            let drawn: Option<Vec<String>> = sections.map(|rows| self.table(&rows, &whole, most)).collect();
            return drawn.map(|drawn| drawn.join("\n"));
        }
        let kind = |field: &str| cell_kind(layout, field);
        let shown: Option<Vec<&str>> =
            layout.columns.as_ref().map(|columns| columns.iter().map(String::as_str).collect());
        let name = |field: &str, id: i64| layout.names.get(field)?.get(&id).map(String::as_str);
        let known = Columns {
            kind: &kind,
            name: &name,
            keys: layout.keys,
            cut_first: layout.cut_first,
            shown: shown.as_deref(),
            twin: layout.twin,
        };
        Some(match shape(part, layout.place) {
            Shape::Records(records) => {
                let read: Option<Vec<Members<&RawValue>>> =
                    records.iter().map(|row| Members::of(row.get())).collect();
                match read {
                    Some(read) => self.whole(table::rows(&read, &known, self.style(most))?),
                    // A row that has no keys anybody could name (half of a surrogate pair) is shown all the same.
                    None => records.iter().map(|row| plain(row.get()) + "\n").collect(),
                }
            }
            Shape::Record(record) => self.whole(table::record(record, &known, self.style(most))?),
            Shape::Items(items) => items.iter().map(|item| plain(item.get()) + "\n").collect(),
            Shape::Nothing => {
                self.note("no records");
                String::new()
            }
            Shape::Scalar(value) => plain(value) + "\n",
        })
    }

    /// What was drawn; a note names what had no room.
    fn whole(&self, drawn: Drawn) -> String {
        if !drawn.left_out.is_empty() {
            let names = drawn.left_out.join(", ");
            let told = format!("no room for {names}: --fields chooses columns, --output pretty has them all");
            // Beside a table that fits, a line that does not would be the widest.
            let room = self.width().filter(|_| self.out.stderr_is_terminal).map(|width| width - NOTE.len());
            self.note(&room.map_or(told.clone(), |room| width::wrap(&told, room, NOTE_LINES).join("\n")));
        }
        drawn.text
    }

    fn rows(&self, part: &str, form: Format, layout: &Layout) -> Option<String> {
        let named = match layout.place {
            Place::Named(places) => {
                places.iter().filter_map(|key| named_rows(part, key)).max_by_key(String::len)
            }
            _ => None,
        };
        let place = if named.is_some() { Place::Whole } else { layout.place };
        let part = named.as_deref().unwrap_or(part);
        let whole: &RawValue;
        let rows: Vec<&RawValue> = match shape(part, place) {
            Shape::Records(rows) | Shape::Items(rows) => rows,
            Shape::Nothing => Vec::new(),
            Shape::Record(_) | Shape::Scalar(_) => match serde_json::from_str(part) {
                Ok(value) => {
                    whole = value;
                    vec![whole]
                }
                Err(_) => Vec::new(),
            },
        };
        let mut is_too_large = false;
        let written = match form {
            Format::Ndjson => write_rows(&RowWriter::Ndjson, &rows),
            _ => self.columns_of(&rows, layout).and_then(|columns| {
                let is_empty = columns.is_empty();
                is_too_large = columns.len().saturating_mul(rows.len()) > bounds::most(part);
                if is_too_large {
                    return Ok(String::new());
                }
                let writer = RowWriter::Csv(columns);
                let mut header = Vec::new();
                if !is_empty {
                    writer.header(&mut header)?;
                }
                Ok(String::from_utf8_lossy(&header).into_owned() + &write_rows(&writer, &rows)?)
            }),
        };
        if is_too_large {
            return None;
        }
        Some(match written {
            Ok(text) if !self.out.stdout_is_terminal => text,
            Ok(text) if form == Format::Ndjson => {
                text.lines().map(|line| sanitize::json_for_terminal(line) + "\n").collect()
            }
            Ok(text) => sanitize::for_terminal(&text),
            // Values that are no records: one a line.
            Err(_) => rows.iter().map(|row| self.csv_value(row.get())).collect(),
        })
    }

    fn csv_value(&self, value: &str) -> String {
        let column = rows::Column { name: "value".into(), kind: rows::ColumnType::Unknown };
        let line = RawValue::from_string(format!("{{\"value\":{value}}}"))
            .map_err(std::io::Error::from)
            .and_then(|row| write_rows(&RowWriter::Csv(vec![column]), &[&row]))
            .unwrap_or_else(|_| json::compact(value) + "\n");
        if self.out.stdout_is_terminal { sanitize::for_terminal(&line) } else { line }
    }

    fn columns_of(&self, rows: &[&RawValue], layout: &Layout) -> std::io::Result<Vec<rows::Column>> {
        let kind = |name: &str| match layout.types {
            Some(_) => rows::ColumnType::of_type(layout.type_of(name)),
            None => rows::ColumnType::Unknown,
        };
        if let (Some(by), Some(columns)) = (&layout.by, &layout.columns) {
            let column = |name: &String| rows::Column {
                name: name.clone(),
                kind: kind_in_group(name, by, layout.type_of(name), rows),
            };
            return Ok(columns.iter().map(column).collect());
        }
        if let Some(fields) = &layout.fields {
            return Ok(rows::columns(fields, kind));
        }
        let found = rows::columns_found(rows)?;
        Ok(found.into_iter().map(|column| rows::Column { kind: kind(&column.name), ..column }).collect())
    }
}

/// What a column of a CSV of groups holds. Records and periods that were grouped by come as a pair; where the type
/// of a field is not known, as for a path, the values tell.
fn kind_in_group(name: &str, by: &[String], known: Option<&str>, groups: &[&RawValue]) -> rows::ColumnType {
    if !by.iter().any(|by| by == name) {
        return rows::ColumnType::Plain;
    }
    let is_period = name.rsplit_once(':').is_some_and(|(_, period)| PERIODS.contains(&period));
    let holds = |first: char| {
        groups
            .iter()
            .filter_map(|group| Members::of(group.get()))
            .any(|group| group.get(name).is_some_and(|value| value.get().starts_with(first)))
    };
    match known {
        _ if is_period || holds('[') => rows::ColumnType::Many2one,
        Some("many2one" | "many2many") => rows::ColumnType::Many2one,
        Some("boolean") => rows::ColumnType::Boolean,
        None if holds('t') => rows::ColumnType::Boolean,
        _ => rows::ColumnType::Plain,
    }
}

/// What a column of a table holds.
fn cell_kind(layout: &Layout, field: &str) -> CellType {
    if layout.attributes.contains(&field) {
        return CellType::Plain;
    }
    if layout.by.iter().flatten().any(|by| by == field) {
        return if layout.type_of(field) == Some("boolean") { CellType::Boolean } else { CellType::Group };
    }
    match layout.types {
        Some(_) if field != "id" => CellType::of_type(layout.type_of(field)),
        _ => CellType::Unknown,
    }
}

fn write_rows(writer: &RowWriter, rows: &[&RawValue]) -> std::io::Result<String> {
    let mut text = Vec::new();
    for row in rows {
        writer.row(row, &mut text)?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A value without the quotes of JSON; made harmless, as a table is for eyes.
fn plain(value: &str) -> String {
    match serde_json::from_str::<String>(value) {
        Ok(text) => sanitize::for_terminal(&text),
        Err(_) => sanitize::json_for_terminal(&json::compact(value)),
    }
}

/// Colour by the rules of NO_COLOR, CLICOLOR_FORCE and CLICOLOR, in this order; else on a terminal that has it.
fn colour(environment: &Environment, terminal: bool) -> bool {
    let is = |name: &str| environment.text(name).is_some();
    let is_off = |name: &str| environment.text(name) == Some("0");
    if is("NO_COLOR") {
        return false;
    }
    if is("CLICOLOR_FORCE") && !is_off("CLICOLOR_FORCE") {
        return true;
    }
    terminal && !is_off("CLICOLOR") && environment.text("TERM") != Some("dumb")
}
