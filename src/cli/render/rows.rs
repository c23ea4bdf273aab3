//! Rows one at a time, as NDJSON or CSV, from the JSON text that the server sent: nothing is held back between
//! two rows. It fetches nothing and knows no terminal; what a column holds is told to it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use serde_json::value::RawValue;

use crate::members::Members;
use crate::text::json;

/// What a column of a CSV holds, which decides how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// A field that is `false` when it is empty.
    Plain,
    /// `true` or `false`, never empty.
    Boolean,
    /// `[id, name]`: two columns, `NAME` with the id and `NAME.display_name` with the name.
    Many2one,
    /// Nothing is known of it: the JSON text as it is, so `false` stays `false` and a pair stays a pair;
    /// strings lose their quotes and `null` is empty.
    Unknown,
}

impl ColumnType {
    /// The kind of a field by its type in `fields_get`.
    pub fn of_type(kind: Option<&str>) -> ColumnType {
        match kind {
            Some("boolean") => ColumnType::Boolean,
            Some("many2one") => ColumnType::Many2one,
            Some(_) => ColumnType::Plain,
            None => ColumnType::Unknown,
        }
    }
}

/// A key of the rows and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Key in every row.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
}

/// Columns for the fields that were asked for: `id` first, which Odoo always gives, then their own order.
pub fn columns(fields: &[String], kind: impl Fn(&str) -> ColumnType) -> Vec<Column> {
    let mut columns = vec![Column { name: "id".into(), kind: ColumnType::Plain }];
    let mut known = HashSet::from(["id"]);
    for name in fields {
        if known.insert(name.as_str()) {
            columns.push(Column { name: name.clone(), kind: kind(name) });
        }
    }
    columns
}

/// Columns for whole results of which nothing is known: every key of every row, as they first appear.
///
/// # Errors
/// `InvalidData`: a row is not an object.
pub fn columns_found(rows: &[&RawValue]) -> io::Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    let mut known = HashSet::new();
    for row in rows {
        let Members(members) = Members::of(row.get()).ok_or_else(not_a_row)?;
        for (name, _) in members {
            if known.insert(name.clone()) {
                columns.push(Column { name, kind: ColumnType::Unknown });
            }
        }
    }
    Ok(columns)
}

/// A form that rows are written in.
#[derive(Clone, Debug)]
pub enum RowWriter {
    /// One JSON value a line, its tokens as sent.
    Ndjson,
    /// RFC 4180 with `\n` at the end of lines.
    Csv(Vec<Column>),
}

impl RowWriter {
    /// What stands before the first row: the header of a CSV.
    pub fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let RowWriter::Csv(columns) = self else { return Ok(()) };
        let mut record = csv_record(out);
        for column in columns {
            record.write_field(&*harmless(Cow::Borrowed(&column.name)))?;
            if column.kind == ColumnType::Many2one {
                record.write_field(&*harmless(Cow::Owned(format!("{}.display_name", column.name))))?;
            }
        }
        end(record)
    }

    /// One row.
    ///
    /// # Errors
    /// What the writer says; `InvalidData` when the row of a CSV is not an object.
    pub fn row(&self, row: &RawValue, out: &mut dyn Write) -> io::Result<()> {
        match self {
            RowWriter::Ndjson => {
                out.write_all(json::compact(row.get()).as_bytes())?;
                out.write_all(b"\n")
            }
            RowWriter::Csv(columns) => csv_row(columns, row, out),
        }
    }
}

fn csv_record(out: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new().flexible(true).buffer_capacity(1024).from_writer(out)
}

fn end(mut record: csv::Writer<&mut dyn Write>) -> io::Result<()> {
    record.write_record(None::<&[u8]>)?;
    record.flush()
}

fn csv_row(columns: &[Column], row: &RawValue, out: &mut dyn Write) -> io::Result<()> {
    let mut cells: HashMap<Cow<str>, &RawValue> = serde_json::from_str(row.get()).map_err(|_| not_a_row())?;
    let mut record = csv_record(out);
    for column in columns {
        // Most columns of a wide table are empty in one row: once it is written out, nothing is looked up.
        let value = if cells.is_empty() { None } else { cells.remove(column.name.as_str()) };
        let value = value.map_or("null", RawValue::get);
        if column.kind != ColumnType::Many2one {
            record.write_field(&*cell(value, column.kind))?;
            continue;
        }
        match serde_json::from_str::<(&RawValue, &RawValue)>(value) {
            Ok((id, name)) => {
                record.write_field(&*cell(id.get(), ColumnType::Plain))?;
                record.write_field(&*cell(name.get(), ColumnType::Plain))?;
            }
            // Empty, or read with `load` set to give plain ids.
            Err(_) => {
                record.write_field(&*cell(value, ColumnType::Plain))?;
                record.write_field("")?;
            }
        }
    }
    end(record)
}

/// A JSON value as the text of a cell.
fn cell(value: &str, kind: ColumnType) -> Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'"') => harmless(serde_json::from_str::<String>(value).map_or(value.into(), Cow::Owned)),
        Some(b'n') => "".into(),
        Some(b'f') if kind == ColumnType::Plain => "".into(),
        Some(b'[' | b'{') => json::compact(value).into(),
        _ => value.into(),
    }
}

/// Text in Odoo comes from strangers, and a spreadsheet runs a cell that begins like a formula. Such a cell
/// gets an apostrophe in front, which spreadsheets take for "this is text". Phone numbers and amounts in text
/// begin with a sign too and cannot do anything: they stay as they are.
fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    let number_like = || text.chars().all(|c| c.is_ascii_digit() || " +-().,/".contains(c));
    let runs = match text.chars().next() {
        Some('+' | '-') => !number_like(),
        // The wide forms count as the plain ones where those scripts are typed.
        Some(first) => "=@\t\r\n＝＋－＠".contains(first),
        None => false,
    };
    if runs { Cow::Owned(format!("'{text}")) } else { text }
}

fn not_a_row() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a row that is not a JSON object")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;

    fn written(writer: &RowWriter, rows: &[&str]) -> String {
        let mut out = Vec::new();
        writer.header(&mut out).unwrap();
        for row in rows {
            writer.row(&RawValue::from_string(row.to_string()).unwrap(), &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn typed(fields: &[(&str, &str)]) -> RowWriter {
        let names: Vec<String> = fields.iter().map(|(name, _)| name.to_string()).collect();
        let kind = |name: &str| {
            ColumnType::of_type(fields.iter().find(|(key, _)| *key == name).map(|(_, kind)| *kind))
        };
        RowWriter::Csv(columns(&names, kind))
    }

    #[test]
    fn a_line_of_ndjson_has_the_tokens_of_the_server() {
        assert_eq!(
            written(&RowWriter::Ndjson, &["{ \"b\": 1.10,\n\"a\": \"\\u00e9 x\" }", "[1]"]),
            "{\"b\":1.10,\"a\":\"\\u00e9 x\"}\n[1]\n"
        );
    }

    #[test]
    fn a_csv_has_id_first_and_two_columns_for_a_many2one() {
        let writer = typed(&[
            ("name", "char"),
            ("id", "integer"),
            ("partner_id", "many2one"),
            ("active", "boolean"),
            ("amount", "monetary"),
            ("date", "datetime"),
            ("tag_ids", "many2many"),
            ("name", "char"),
        ]);
        let text = written(
            &writer,
            &[
                r#"{"id": 7, "name": "a \"b\", c", "partner_id": [3, "Azure\nInterior"], "active": false, "amount": 1.10, "date": "2026-01-02 03:04:05", "tag_ids": [1, 2]}"#,
                r#"{"tag_ids": [], "date": false, "amount": -12345678901234567890.0, "active": true, "partner_id": false, "name": false, "id": 8}"#,
                r#"{"id": 9, "partner_id": 3}"#,
            ],
        );
        assert_eq!(
            text,
            "id,name,partner_id,partner_id.display_name,active,amount,date,tag_ids\n\
             7,\"a \"\"b\"\", c\",3,\"Azure\nInterior\",false,1.10,2026-01-02 03:04:05,\"[1,2]\"\n\
             8,,,,true,-12345678901234567890.0,,[]\n\
             9,,3,,,,,\n"
        );
    }

    #[test]
    fn a_result_without_kinds_is_written_without_guesses() {
        let rows = [r#"{"a":false,"b":[1,"x"]}"#, r#"{"c":null,"a":"t"}"#];
        let raw: Vec<&RawValue> = rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
        let columns = columns_found(&raw).unwrap();
        assert_eq!(written(&RowWriter::Csv(columns), &rows), "a,b,c\nfalse,\"[1,\"\"x\"\"]\",\nt,,\n");
        assert!(columns_found(&[serde_json::from_str("3").unwrap()]).is_err());
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_kept_from_it() {
        let writer = typed(&[("name", "char"), ("partner_id", "many2one")]);
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\r=x", "\"'\r=x\""),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("+A1", "'+A1"),
            ("＝1", "'＝1"),
            ("+32 (0)2 290-34.90/1", "+32 (0)2 290-34.90/1"),
            ("-1.50", "-1.50"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            let row = serde_json::json!({ "id": 1, "name": text, "partner_id": [2, text] }).to_string();
            let line = format!("1,{shown},2,{shown}\n");
            assert_eq!(written(&writer, &[&row]).split_once('\n').unwrap().1, line, "{text:?}");
        }
    }

    #[test]
    fn one_empty_cell_is_still_a_line() {
        let columns = vec![Column { name: "a".into(), kind: ColumnType::Plain }];
        assert_eq!(written(&RowWriter::Csv(columns), &[r#"{"a":false}"#]), "a\n\"\"\n");
    }
}
