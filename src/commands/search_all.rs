//! `search-read --all`: every record of a search, row by row as the pages arrive. Rows are written whole or not
//! at all, and whatever ends a stream early says how many there were and how to go on after them. How pages
//! follow each other is `odoo/pages.rs`'s.

use clap::Args as ClapArgs;
use serde_json::json;
use serde_json::value::RawValue;

use super::count;
use super::search_read::{self, same_search};
use crate::error::{Code, Effect, Error, Result};
use crate::execute;
use crate::interrupt::{self, Delivered};
use crate::odoo::pages::{Page, Pages};
use crate::preflight::Schemas;
use crate::render::format::Format;
use crate::render::rows::{self, Kind, RowWriter};
use crate::render::{json as spacing, sanitize};
use crate::session::Session;

/// Rows a page without `--page`.
pub const PAGE: u32 = 1000;
/// A larger page gains nothing, and is in memory as a whole.
pub const LARGEST_PAGE: u32 = 100_000;

/// Rows are handed on when there are this many bytes of them.
const CHUNK: usize = 64 * 1024;

/// Flags of `--all`.
#[derive(ClapArgs, Clone, Debug)]
pub struct AllArgs {
    /// Every record, by id, as a stream: ndjson, or --output csv or json
    #[arg(long)]
    pub all: bool,
    /// With --all: rows a request
    #[arg(long, value_name = "N", requires = "all", default_value_t = PAGE,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(LARGEST_PAGE)))]
    page: u32,
    /// With --all: go on after this id
    #[arg(long, value_name = "ID", requires = "all", allow_negative_numbers = true)]
    after: Option<i64>,
    /// With --all --output csv: leave the header out
    #[arg(long, requires = "all")]
    no_header: bool,
}

/// A search for every record.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is searched; its limit is that of the whole stream, 0 for none.
    pub search: search_read::Request,
    /// Rows a page.
    pub page: u32,
    /// Only records with a greater id.
    pub after: Option<i64>,
    /// Whether a CSV begins with its header.
    pub header: bool,
}

impl AllArgs {
    /// Checks the flags.
    pub fn request(self, search: search_read::Request) -> Result<Request> {
        Request::new(search, self.page, self.after, !self.no_header)
    }
}

impl Request {
    /// A search in pages.
    ///
    /// # Errors
    /// `usage`: an order or an offset, which pages by id cannot have.
    pub fn new(search: search_read::Request, page: u32, after: Option<i64>, header: bool) -> Result<Request> {
        if let Some(order) = &search.order {
            let words: Vec<String> = order.split_whitespace().map(str::to_lowercase).collect();
            if !matches!(words.iter().map(String::as_str).collect::<Vec<_>>()[..], ["id"] | ["id", "asc"]) {
                return Err(Error::usage(format!("--all gives rows by id: it takes no --order {order}"))
                    .with_hint("sort the output, or leave --all out and give a --limit"));
            }
        }
        if search.offset > 0 {
            return Err(Error::usage("--all starts at the first record: it takes no --offset")
                .with_hint("--after ID goes on after a record"));
        }
        Ok(Request { search, page, after, header })
    }
}

/// Prints every row, then says on stderr how many there were.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let form = form(session)?;
    let fields = request.search.fields.resolve(&request.search.model, session)?;
    let mut first = request.search.operation(fields.clone())?;
    first.kwargs.insert("limit".into(), request.page.into());
    first.kwargs.shift_remove("offset");
    first.kwargs.insert("order".into(), "id".into());
    first.context = session.context()?.clone();
    // Checked and mended as the caller wrote it, before it is taken apart into pages.
    let first = execute::prepare(session, &first)?;
    let domain = first.kwargs["domain"].as_array().cloned().unwrap_or_default();
    let pages = Pages::new(&request.search.model, domain, fields.clone(), request.page, request.after);
    if session.rules.dry_run {
        let mut operation = pages.operation(limit_of(&request))?;
        operation.context = first.context;
        return session.show(&operation);
    }
    let writer = match form {
        Format::Csv => Some(csv(&request, &fields, session)?),
        Format::Json => None,
        _ => Some(RowWriter::Ndjson),
    };
    interrupt::install();
    let mut stream = Stream {
        request,
        session,
        pages,
        writer,
        buffer: Vec::new(),
        is_begun: false,
        held: 0,
        rows: 0,
        last: None,
        filled: 0,
        shows_less: false,
    };
    let end = stream.run().map_err(|error| stream.explained(error))?;
    stream.sum_up(end);
    Ok(())
}

fn form(session: &Session) -> Result<Format> {
    let globals = &session.local.globals;
    if session.local.is_plucked() {
        return Err(Error::usage("--all writes rows as they come: --pluck takes a part of a whole result")
            .with_hint("leave --all out and give a --limit"));
    }
    let form = if globals.pretty { Format::Pretty } else { globals.output.unwrap_or(Format::Ndjson) };
    match form {
        Format::Ndjson | Format::Csv | Format::Json => Ok(form),
        Format::Pretty | Format::Table => {
            Err(Error::usage("--all writes rows as they come: as ndjson, csv or json, nothing else")
                .with_hint("leave --all out and give a --limit"))
        }
    }
}

fn csv(request: &Request, fields: &[String], session: &Session) -> Result<RowWriter> {
    let schema = session.filled(&request.search.model)?;
    let kind = |name: &str| {
        let field = schema.as_ref().and_then(|schema| schema.field(name));
        Kind::of_type(field.as_ref().and_then(|field| field["type"].as_str()))
    };
    Ok(RowWriter::Csv(rows::columns(fields, kind)))
}

fn limit_of(request: &Request) -> Option<u64> {
    Some(u64::from(request.search.limit)).filter(|limit| *limit > 0)
}

/// How a stream ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// There are no more records.
    Complete,
    /// At the limit.
    Limit,
    /// Nobody reads any more.
    Unread,
}

struct Stream<'a> {
    request: Request,
    session: &'a Session,
    pages: Pages,
    /// None for one JSON list.
    writer: Option<RowWriter>,
    buffer: Vec<u8>,
    /// Something was handed on: a CSV's header comes first.
    is_begun: bool,
    /// Rows in the buffer.
    held: u64,
    /// Rows that were handed on.
    rows: u64,
    /// The id of the last of them.
    last: Option<i64>,
    /// Pages that brought rows.
    filled: u64,
    /// A page that was not full was not the last: only an empty one can be.
    shows_less: bool,
}

impl Stream<'_> {
    fn run(&mut self) -> Result<End> {
        interrupt::while_writing_rows(|| ((), self.so_far()));
        match &self.writer {
            Some(writer) if self.request.header => in_memory(writer.header(&mut self.buffer))?,
            Some(_) => {}
            None => self.buffer.push(b'['),
        }
        loop {
            let limit = limit_of(&self.request);
            let wanted = limit.map(|limit| limit - self.rows);
            let operation = self.pages.operation(wanted)?;
            let reply = self.session.execute(operation.clone())?;
            let Page { mut rows, is_short } = self.pages.rows(&operation, &reply)?;
            rows.truncate(wanted.map_or(usize::MAX, |wanted| usize::try_from(wanted).unwrap_or(usize::MAX)));
            if !self.page(&rows)? {
                return Ok(End::Unread);
            }
            let at_limit = limit.is_some_and(|limit| self.rows >= limit);
            let may_be_last = is_short && (rows.is_empty() || !self.shows_less);
            if !at_limit && !may_be_last {
                continue;
            }
            let is_complete = self.nothing_is_left(rows.is_empty())?;
            if is_complete || at_limit {
                if self.writer.is_none() {
                    self.buffer.extend_from_slice(b"]\n");
                }
                let is_read = self.hand_on()?;
                return Ok(match (is_read, is_complete) {
                    (false, _) => End::Unread,
                    (true, true) => End::Complete,
                    (true, false) => End::Limit,
                });
            }
        }
    }

    /// Writes the rows of a page; false when nobody reads them.
    fn page(&mut self, rows: &[&RawValue]) -> Result<bool> {
        self.filled += u64::from(!rows.is_empty());
        for row in rows {
            if let Err(error) = self.pages.pass(row) {
                // The rows before it are sound.
                return if self.hand_on()? { Err(error) } else { Ok(false) };
            }
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
            if self.buffer.len() >= CHUNK && !self.hand_on()? {
                return Ok(false);
            }
        }
        self.hand_on()
    }

    /// Writes what is held; false when nobody reads it.
    fn hand_on(&mut self) -> Result<bool> {
        let out = &self.session.local.out;
        let mut bytes = std::mem::take(&mut self.buffer);
        if out.stdout_is_terminal {
            let text = String::from_utf8_lossy(&bytes);
            let safe = match self.writer {
                Some(RowWriter::Csv(_)) => sanitize::for_terminal(&text),
                _ => text.split_inclusive('\n').map(line_for_terminal).collect(),
            };
            bytes = safe.into_bytes();
        }
        interrupt::while_writing_rows(|| {
            let written = out.data_while_read(&bytes, Effect::Rejected);
            if matches!(written, Ok(true)) {
                self.is_begun |= !bytes.is_empty();
                self.rows += std::mem::take(&mut self.held);
                self.last = self.pages.last();
            }
            (written, self.so_far())
        })
    }

    /// Whether Odoo counts no more records: a page that is not full does not tell, see [`Pages::count`].
    fn nothing_is_left(&mut self, page_was_empty: bool) -> Result<bool> {
        let left = count::number(&self.session.execute(self.pages.count()?)?)?;
        if left > 0 {
            self.shows_less = true;
            if page_was_empty {
                self.pages.widen(left)?;
            }
        }
        Ok(left == 0)
    }

    /// What Ctrl-C would say; it writes past [`crate::out::Out`], which would black keys out.
    fn so_far(&self) -> Delivered {
        let clean = |text: String| {
            String::from_utf8_lossy(&self.session.local.out.without_secrets(text.as_bytes())).into_owned()
        };
        Delivered { message: self.delivered(), hint: clean(self.go_on()) }
    }

    /// What was written so far.
    fn delivered(&self) -> String {
        let unended = if self.writer.is_none() { ", as a JSON list without its end" } else { "" };
        match self.last.filter(|_| self.rows > 0) {
            Some(last) => format!("{} {} written, up to id {last}{unended}", self.rows, rows_were(self.rows)),
            None => "no row was written".into(),
        }
    }

    /// How the rest is to be had.
    fn go_on(&self) -> String {
        let (form, mut flags) = match &self.writer {
            Some(RowWriter::Csv(_)) => {
                let is_headed = self.is_begun || !self.request.header;
                (" --output csv", if is_headed { " --no-header".to_string() } else { String::new() })
            }
            Some(RowWriter::Ndjson) => ("", String::new()),
            None => (" --output json", String::new()),
        };
        if let Some(limit) = limit_of(&self.request).map(|limit| limit - self.rows).filter(|left| *left > 0) {
            flags += &format!(" --limit {limit}");
        }
        if let Some(last) = self.last.or(self.request.after) {
            flags += &format!(" --after {last}");
        }
        let page = match self.request.page {
            PAGE => String::new(),
            page => format!(" --page {page}"),
        };
        match same_search(&self.request.search, self.session) {
            Some(command) => format!("to go on: {command} --all{page}{form}{flags}"),
            None => format!("to go on: the same command with{flags}"),
        }
    }

    /// An error in the middle of a stream.
    fn explained(&self, mut error: Error) -> Error {
        if self.rows == 0 && error.code != Code::LocalState {
            return error;
        }
        let cut = if error.code == Code::LocalState { interrupt::PERHAPS_CUT } else { "" };
        error.message = format!("{}; {}{cut}", error.message, self.delivered());
        error.with_hint(self.go_on())
    }

    fn sum_up(&self, end: End) {
        if end == End::Unread || self.session.local.globals.quiet {
            return;
        }
        let counted = format!(
            "{} {} in {} {}",
            self.rows,
            if self.rows == 1 { "row" } else { "rows" },
            self.filled,
            if self.filled == 1 { "page" } else { "pages" }
        );
        let text = if end == End::Complete {
            format!("{counted}: complete")
        } else {
            // The next stretch has the same length.
            let limit = self.request.search.limit;
            format!("{counted}: stopped at the limit, there are more; {} --limit {limit}", self.go_on())
        };
        let summary = json!({
            "rows": self.rows, "pages": self.filled, "complete": end == End::Complete, "last_id": self.last,
        });
        self.session.local.out.line_with("note", &text, summary.as_object().cloned().unwrap_or_default());
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
    written.map_err(|error| Error::new(Code::BadReply, format!("search_read answered with {error}")))
}
