//! The rows of `search-read --all` on their way to stdout. They are written whole or not at all, and whatever ends a
//! stream early says how many there were and how to go on after them.

use std::rc::Rc;

use serde_json::json;
use serde_json::value::RawValue;

use super::host::CommandLine;
use super::interrupt::{Delivered, PERHAPS_CUT};
use super::local::Local;
use super::out::Out;
use super::render::format::Format;
use super::render::rows::{self, ColumnType, RowWriter};
use crate::actions::Rows;
use crate::actions::search_all::{PAGE, Request};
use crate::cli::words::Manner;
use crate::error::{Code, Effect, Error, Result};
use crate::hint::Hint;
use crate::operation::kwargs;
use crate::outcome::{End, Stream};
use crate::text::{json as spacing, sanitize};

/// Rows are handed on when there are this many bytes of them.
const CHUNK: usize = 64 * 1024;

/// The form in which a stream leaves, if it can.
pub fn form(local: &Local) -> Result<Format> {
    let out = |what: &str| {
        Error::usage(format!("--all writes rows as they come: {what}"))
            .with_hint(Hint::new("leave ").name("all").text(" out and give a ").name("limit"))
    };
    if local.look.pluck.is_some() {
        return Err(out("--pluck takes a part of a whole result"));
    }
    match local.look.output.unwrap_or(Format::Ndjson) {
        form @ (Format::Ndjson | Format::Csv | Format::Json) => Ok(form),
        Format::Pretty | Format::Table => Err(out("as ndjson, csv or json, nothing else")),
    }
}

/// Rows to stdout.
pub struct Written<'a> {
    host: &'a CommandLine,
    out: Rc<Out>,
    request: Request,
    form: Format,
    /// None for one JSON list.
    writer: Option<RowWriter>,
    buffer: Vec<u8>,
    /// Something was handed on: a CSV's header comes first.
    is_begun: bool,
    /// Rows in the buffer.
    held: u64,
    /// The id of the last of them.
    held_last: Option<i64>,
    /// Rows that were handed on.
    rows: u64,
    /// The id of the last of them.
    last: Option<i64>,
}

impl<'a> Written<'a> {
    /// A stream that has not begun.
    pub fn new(host: &'a CommandLine, out: &Rc<Out>, request: Request, form: Format) -> Written<'a> {
        Written {
            host,
            out: Rc::clone(out),
            request,
            form,
            writer: None,
            buffer: Vec::new(),
            is_begun: false,
            held: 0,
            held_last: None,
            rows: 0,
            last: None,
        }
    }

    /// Writes what is held; false when nobody reads it.
    fn hand_on(&mut self) -> Result<bool> {
        let mut bytes = std::mem::take(&mut self.buffer);
        if self.out.stdout_is_terminal {
            let text = String::from_utf8_lossy(&bytes);
            let safe = match self.writer {
                Some(RowWriter::Csv(_)) => sanitize::for_terminal(&text),
                _ => text.split_inclusive('\n').map(line_for_terminal).collect(),
            };
            bytes = safe.into_bytes();
        }
        let call = self.host.interruptible().clone();
        call.while_writing_rows(|| {
            let written = self.out.data_while_read(&bytes, Effect::Nothing);
            if matches!(written, Ok(true)) {
                self.is_begun |= !bytes.is_empty();
                self.rows += std::mem::take(&mut self.held);
                self.last = self.held_last.or(self.last);
            }
            (written, self.so_far())
        })
    }

    /// What Ctrl-C would say; it writes past [`Out`], which would black keys out.
    fn so_far(&self) -> Delivered {
        let clean = |text: String| {
            String::from_utf8_lossy(&self.out.veil.without_secrets(text.as_bytes())).into_owned()
        };
        Delivered { message: self.delivered(), hint: clean(self.go_on()) }
    }

    /// What was written so far.
    fn delivered(&self) -> String {
        let unended = if self.form == Format::Json { ", as a JSON list without its end" } else { "" };
        match self.last.filter(|_| self.rows > 0) {
            Some(last) => format!("{} {} written, up to id {last}{unended}", self.rows, rows_were(self.rows)),
            None => "no row was written".into(),
        }
    }

    /// How the rest is to be had.
    fn go_on(&self) -> String {
        let left = self.request.limit().map(|limit| limit - self.rows).filter(|left| *left > 0);
        self.go_on_for(left)
    }

    /// The same for this many rows at most.
    fn go_on_for(&self, limit: Option<u64>) -> String {
        let is_headed = self.form == Format::Csv && (self.is_begun || !self.request.header);
        let form = match self.form {
            Format::Csv => " --output csv",
            Format::Json => " --output json",
            _ => "",
        };
        let page = Some(self.request.page).filter(|page| *page != PAGE);
        let after = self.last.or(self.request.after);
        let same = self.request.search.same();
        let speech = self.host.speech();
        if speech.manner == Manner::Spec {
            let mut same = same.with("all", true);
            for (key, number) in [
                ("page", page.map(i64::from)),
                ("limit", limit.and_then(|limit| i64::try_from(limit).ok())),
                ("after", after),
            ] {
                if let Some(number) = number {
                    same = same.with(key, number);
                }
            }
            let same = if is_headed { same.with("no_header", true) } else { same };
            return format!("to go on: {}{form}", speech.action(&same));
        }
        let mut flags = if is_headed { " --no-header".to_string() } else { String::new() };
        flags += &limit.map(|limit| format!(" --limit {limit}")).unwrap_or_default();
        flags += &after.map(|after| format!(" --after {after}")).unwrap_or_default();
        let page = page.map(|page| format!(" --page {page}")).unwrap_or_default();
        match speech.action(&same.or("to go on: ", Hint::default())).as_str() {
            "" => format!("to go on: the same command with{flags}"),
            command => format!("{command} --all{page}{form}{flags}"),
        }
    }

    /// An error in the middle of a stream.
    pub fn explained(&self, mut error: Error) -> Error {
        if self.rows == 0 && error.code != Code::LocalState {
            return error;
        }
        let cut = if error.code == Code::LocalState { PERHAPS_CUT } else { "" };
        error.message = format!("{}; {}{cut}", error.message, self.delivered());
        error.with_hint(self.go_on())
    }

    /// How many there were.
    pub fn sum_up(&self, stream: &Stream) {
        if stream.end == End::Unread {
            return;
        }
        let counted = format!(
            "{} {} in {} {}",
            stream.rows,
            if stream.rows == 1 { "row" } else { "rows" },
            stream.pages,
            if stream.pages == 1 { "page" } else { "pages" }
        );
        let text = if stream.end == End::Complete {
            format!("{counted}: complete")
        } else {
            // The next stretch has the same length.
            let next = self.go_on_for(self.request.limit());
            format!("{counted}: stopped at the limit, there are more; {next}")
        };
        let summary = json!({
            "rows": stream.rows, "pages": stream.pages, "complete": stream.end == End::Complete,
            "last_id": self.last,
        });
        self.out.line_with("note", &text, kwargs(summary));
    }
}

impl Rows for Written<'_> {
    fn begin(&mut self, fields: &[String], types: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        self.writer = match self.form {
            Format::Csv => {
                let kind = |name: &str| ColumnType::of_type(types(name).as_deref());
                Some(RowWriter::Csv(rows::columns(fields, kind)))
            }
            Format::Json => None,
            _ => Some(RowWriter::Ndjson),
        };
        let call = self.host.interruptible().clone();
        call.while_writing_rows(|| ((), self.so_far()));
        match &self.writer {
            Some(writer) if self.request.header => in_memory(writer.header(&mut self.buffer))?,
            Some(_) => {}
            None => self.buffer.push(b'['),
        }
        Ok(())
    }

    fn row(&mut self, id: i64, row: &RawValue) -> Result<bool> {
        match &self.writer {
            Some(writer) => in_memory(writer.row(row, &mut self.buffer))?,
            None => {
                if self.rows + self.held > 0 {
                    self.buffer.push(b',');
                }
                self.buffer.extend_from_slice(spacing::compact(row.get()).as_bytes());
            }
        }
        self.held += 1;
        self.held_last = Some(id);
        Ok(self.buffer.len() < CHUNK || self.hand_on()?)
    }

    fn flush(&mut self) -> Result<bool> {
        self.hand_on()
    }

    fn end(&mut self) -> Result<bool> {
        if self.writer.is_none() {
            self.buffer.extend_from_slice(b"]\n");
        }
        self.hand_on()
    }
}

/// Where no stream was asked for.
pub struct Nowhere;

impl Rows for Nowhere {
    fn begin(&mut self, _: &[String], _: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, _: i64, _: &RawValue) -> Result<bool> {
        Ok(false)
    }

    fn flush(&mut self) -> Result<bool> {
        Ok(false)
    }

    fn end(&mut self) -> Result<bool> {
        Ok(false)
    }
}

fn rows_were(count: u64) -> &'static str {
    if count == 1 { "row was" } else { "rows were" }
}

/// JSON that means the same and cannot act on a terminal; its newline stays one.
fn line_for_terminal(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(json) => sanitize::json_for_terminal(json) + "\n",
        None => sanitize::json_for_terminal(line),
    }
}

/// Writing to memory fails only for a row that cannot be written.
fn in_memory(written: std::io::Result<()>) -> Result<()> {
    written.map_err(|error| {
        Error::new(Code::BadReply, format!("search_read answered with {error}")).with_source(error)
    })
}
