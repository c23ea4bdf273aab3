//! `search-read --all`: every record of a search, row by row as the pages arrive. Where rows go, and what is said
//! of those that went, is the surface's; how pages follow each other is `odoo/pages.rs`'s.

use super::count;
use super::{Rows, search_read};
use crate::caller::{Caller, Columns};
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::odoo::pages::{Page, Pages};
use crate::odoo::schema::Schemas;
use crate::outcome::{End, Outcome, Stream};
use crate::session::{Run, Session};

/// Rows a page without `page`.
pub const PAGE: u32 = 1000;
/// A larger page gains nothing, and is in memory as a whole.
pub const LARGEST_PAGE: u32 = 100_000;

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

/// What pages by id cannot have.
#[derive(Clone, Debug, PartialEq)]
pub enum Misfit {
    /// This order.
    Order(String),
    /// An offset.
    Offset,
}

impl Request {
    /// A search in pages.
    ///
    /// # Errors
    /// An order or an offset, which pages by id cannot have.
    pub fn new(
        search: search_read::Request,
        page: u32,
        after: Option<i64>,
        header: bool,
    ) -> std::result::Result<Request, Misfit> {
        if let Some(order) = &search.order {
            let words: Vec<String> = order.split_whitespace().map(str::to_lowercase).collect();
            if !matches!(words.iter().map(String::as_str).collect::<Vec<_>>()[..], ["id"] | ["id", "asc"]) {
                return Err(Misfit::Order(order.clone()));
            }
        }
        if search.offset > 0 {
            return Err(Misfit::Offset);
        }
        Ok(Request { search, page, after, header })
    }

    /// Most rows of the whole stream.
    pub fn limit(&self) -> Option<u64> {
        Some(u64::from(self.search.limit)).filter(|limit| *limit > 0)
    }
}

/// Hands on every row, and comes to how many there were.
pub fn perform(
    request: Request,
    session: &Session,
    caller: &Caller,
    host: &dyn Host,
    rows: &mut dyn Rows,
) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let model = request.search.model.as_str();
    let fields = request.search.fields.resolve(model, &run)?;
    let mut first = request.search.operation(fields.clone())?;
    first.kwargs.insert("limit".into(), request.page.into());
    first.kwargs.shift_remove("offset");
    first.kwargs.insert("order".into(), "id".into());
    // Checked and mended as the caller wrote it, before it is taken apart into pages.
    let first = run.prepared(&run.in_context(first)?)?;
    let domain = first.kwargs["domain"].as_array().cloned().unwrap_or_default();
    let pages = Pages::new(model, domain, fields.clone(), request.page, request.after);
    if caller.rules.dry_run {
        let mut operation = pages.operation(request.limit())?;
        operation.context = first.context;
        return Ok(Outcome::request(session.odoo().shown(&operation, host)?));
    }
    super::fields::learn_types(&run, model)?;
    let schema = if caller.columns == Columns::Plain { None } else { run.known(model) };
    let type_of = |name: &str| Some(schema.as_ref()?.field(name)?["type"].as_str()?.to_string());
    rows.begin(&fields, &type_of)?;
    let mut stream = Reading { run, limit: request.limit(), pages, count: 0, filled: 0, shows_less: false };
    let end = stream.read(rows)?;
    Ok(Outcome::stream(Stream { rows: stream.count, pages: stream.filled, last: stream.pages.last(), end }))
}

struct Reading<'a> {
    run: Run<'a>,
    limit: Option<u64>,
    pages: Pages,
    /// Rows that were handed on.
    count: u64,
    /// Pages that brought rows.
    filled: u64,
    /// A page that was not full was not the last: only an empty one can be.
    shows_less: bool,
}

impl Reading<'_> {
    fn read(&mut self, rows: &mut dyn Rows) -> Result<End> {
        loop {
            if self.run.host.is_stopped() {
                return Err(Error::new(Code::Interrupted, "stopped: nothing was changed"));
            }
            let wanted = self.limit.map(|limit| limit - self.count);
            let operation = self.pages.operation(wanted)?;
            let reply = self.run.send(operation.clone())?;
            let Page { rows: mut page, is_short } = self.pages.rows(&operation, &reply)?;
            page.truncate(wanted.map_or(usize::MAX, |wanted| usize::try_from(wanted).unwrap_or(usize::MAX)));
            if !self.page(&page, rows)? {
                return Ok(End::Unread);
            }
            let at_limit = self.limit.is_some_and(|limit| self.count >= limit);
            let may_be_last = is_short && (page.is_empty() || !self.shows_less);
            if !at_limit && !may_be_last {
                continue;
            }
            let is_complete = self.nothing_is_left(page.is_empty())?;
            if is_complete || at_limit {
                return Ok(match (rows.end()?, is_complete) {
                    (false, _) => End::Unread,
                    (true, true) => End::Complete,
                    (true, false) => End::Limit,
                });
            }
        }
    }

    /// Hands on the rows of a page; false when nobody reads them.
    fn page(&mut self, page: &[&serde_json::value::RawValue], rows: &mut dyn Rows) -> Result<bool> {
        self.filled += u64::from(!page.is_empty());
        for row in page {
            let id = match self.pages.pass(row) {
                Ok(id) => id,
                // The rows before it are sound.
                Err(error) => return if rows.flush()? { Err(error) } else { Ok(false) },
            };
            if !rows.row(id, row)? {
                return Ok(false);
            }
            self.count += 1;
        }
        rows.flush()
    }

    /// Whether Odoo counts no more records: a page that is not full does not tell, see [`Pages::count`].
    fn nothing_is_left(&mut self, page_was_empty: bool) -> Result<bool> {
        let left = count::number(&self.run.send(self.pages.count()?)?)?;
        if left > 0 {
            self.shows_less = true;
            if page_was_empty {
                self.pages.widen(left)?;
            }
        }
        Ok(left == 0)
    }
}
