//! Every record of a search in pages by id: each page asks for what comes after the last id that was seen, so
//! records that are added or removed meanwhile shift nothing. It checks that a server keeps to that, and says
//! when the end is reached. It sends nothing and writes nothing.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::operation::{Object, Operation};
use crate::protocol::Reply;

/// Replies that are larger make the next page smaller: a page is in memory as a whole.
const LARGE_REPLY: usize = 4 * 1024 * 1024;
/// A page that is wider than this is asked for without a limit.
const WIDEST: u32 = 1_000_000;

/// Where a run through a search stands.
pub struct Pages {
    model: String,
    domain: Vec<Value>,
    fields: Vec<String>,
    /// Rows a page, as asked for.
    size: u32,
    /// Rows of the next page; 0 for all the rest.
    next: u32,
    /// It is wider than was asked for, as records are there that narrower pages do not show.
    is_widened: bool,
    /// The last id that was seen.
    last: Option<i64>,
}

/// What a page brought. The ids have not been looked at yet.
pub struct Page<'a> {
    /// The rows.
    pub rows: Vec<&'a RawValue>,
    /// They are fewer than were asked for.
    pub is_short: bool,
}

#[derive(Deserialize)]
struct Identified {
    id: i64,
}

impl Pages {
    /// A run from the start, or after an id.
    pub fn new(model: &str, domain: Vec<Value>, fields: Vec<String>, size: u32, after: Option<i64>) -> Pages {
        Pages { model: model.into(), domain, fields, size, next: size, is_widened: false, last: after }
    }

    /// The last id that was seen.
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// The call for the next page, where so many rows are wanted; it may bring more.
    pub fn operation(&self, wanted: Option<u64>) -> Result<Operation> {
        let limit = match wanted.and_then(|wanted| u32::try_from(wanted).ok()) {
            Some(wanted) if !self.is_widened => self.next.min(wanted),
            _ => self.next,
        };
        let kwargs = Object::from_iter([
            ("domain".to_string(), Value::from(rest_of(&self.domain, self.last))),
            ("fields".to_string(), self.fields.clone().into()),
            ("limit".to_string(), limit.into()),
            ("order".to_string(), "id".into()),
        ]);
        Operation::new(&self.model, "search_read", kwargs)
    }

    /// The call that tells whether records are left. A page that is not full does not: `mail.message` and
    /// others take out what a user may not see after the limit was applied.
    pub fn count(&self) -> Result<Operation> {
        let domain = rest_of(&self.domain, self.last);
        Operation::new(&self.model, "search_count", Object::from_iter([("domain".into(), domain.into())]))
    }

    /// The rows of a reply.
    ///
    /// # Errors
    /// `bad_reply`: not a list, or more rows than were asked for.
    pub fn rows<'a>(&mut self, operation: &Operation, reply: &'a Reply) -> Result<Page<'a>> {
        let rows: Vec<&RawValue> = serde_json::from_str(reply.get()).map_err(|why| {
            Error::new(Code::BadReply, "search_read did not answer with a list").with_source(why)
        })?;
        let limit = operation.kwargs["limit"].as_u64().unwrap_or(0) as usize;
        if limit > 0 && rows.len() > limit {
            let message =
                format!("search_read answered with {} rows although {limit} were asked for", rows.len());
            return Err(Error::new(Code::BadReply, message));
        }
        // Where what is shown lies far apart, pages stay wide.
        let are_sparse = self.is_widened && rows.len() < self.size as usize;
        if !rows.is_empty() && !are_sparse {
            self.next = self.size.min(fitting(reply.get().len(), rows.len()));
            self.is_widened = false;
        }
        Ok(Page { is_short: limit == 0 || rows.len() < limit, rows })
    }

    /// Takes note of a row, which must have a greater id than the one before.
    ///
    /// # Errors
    /// `bad_reply`: no id, or not in order, so that a row may be repeated or one was left out.
    pub fn pass(&mut self, row: &RawValue) -> Result<i64> {
        let Identified { id } = serde_json::from_str(row.get()).map_err(|why| {
            Error::new(Code::BadReply, "search_read answered with a row that has no id").with_source(why)
        })?;
        if let Some(last) = self.last.filter(|last| id <= *last) {
            return Err(Error::new(
                Code::BadReply,
                format!("search_read answered with id {id} after id {last}, although ordered by id"),
            )
            .with_hint(
                Hint::new(
                    "a model whose ids are not those of stored records cannot be read page by page: leave ",
                )
                .name("all")
                .text(" out and give a ")
                .name("limit"),
            ));
        }
        self.last = Some(id);
        Ok(id)
    }

    /// Odoo counts records that an empty page did not show: the next one is wider.
    ///
    /// # Errors
    /// `bad_reply`: all the rest was asked for already.
    pub fn widen(&mut self, left: u64) -> Result<()> {
        if self.next == 0 {
            return Err(Error::new(
                Code::BadReply,
                format!("Odoo counts {left} more records and shows none of them"),
            ));
        }
        self.is_widened = true;
        self.next = self.next.saturating_mul(8);
        if self.next > WIDEST {
            self.next = 0;
        }
        Ok(())
    }
}

/// How many rows like these make a reply of reasonable size.
fn fitting(bytes: usize, rows: usize) -> u32 {
    let each = (bytes / rows.max(1)).max(1);
    u32::try_from((LARGE_REPLY / each).max(1)).unwrap_or(u32::MAX)
}

/// The domain with "and after this id". In front, where it stands beside whatever the domain says: behind, it
/// could become the missing part of an `|` without its second condition.
pub fn rest_of(domain: &[Value], last: Option<i64>) -> Vec<Value> {
    let after = last.map(|last| json!(["id", ">", last]));
    after.into_iter().chain(domain.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether a record passes a domain in Odoo's prefix notation, read from behind with a stack.
    fn holds(domain: &[Value], id: i64) -> bool {
        let mut stack: Vec<bool> = Vec::new();
        for term in domain.iter().rev() {
            let value = match term.as_str() {
                Some("!") => !stack.pop().unwrap(),
                Some(operator) => {
                    let (left, right) = (stack.pop().unwrap(), stack.pop().unwrap());
                    if operator == "|" { left || right } else { left && right }
                }
                None => {
                    let bound = term[2].as_i64().unwrap();
                    match term[1].as_str().unwrap() {
                        ">" => id > bound,
                        "=" => id == bound,
                        _ => id % bound == 0,
                    }
                }
            };
            stack.push(value);
        }
        // What is left on the stack stands side by side: all of it must hold.
        stack.into_iter().all(|value| value)
    }

    fn any_term() -> impl Strategy<Value = Vec<Value>> {
        let leaf = (prop_oneof![Just(">"), Just("="), Just("divides")], 1..20_i64)
            .prop_map(|(operator, bound)| vec![json!(["id", operator, bound])]);
        leaf.prop_recursive(4, 16, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|term| [vec![json!("!")], term].concat()),
                (prop_oneof![Just("|"), Just("&")], inner.clone(), inner)
                    .prop_map(|(operator, left, right)| [vec![json!(operator)], left, right].concat()),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_rest_is_what_the_domain_says_after_the_id(
            terms in prop::collection::vec(any_term(), 0..4), last in prop::option::of(-3..25_i64),
        ) {
            let domain = terms.concat();
            let rest = rest_of(&domain, last);
            for id in -5..30 {
                prop_assert_eq!(holds(&rest, id), holds(&domain, id) && last.is_none_or(|last| id > last));
            }
        }
    }

    #[test]
    fn a_domain_that_is_not_whole_stays_so() {
        // Odoo refuses an operator without its conditions; with one more behind it would be accepted.
        assert_eq!(rest_of(&[json!("|"), json!(["a", "=", 1])], Some(3))[0], json!(["id", ">", 3]));
    }

    #[test]
    fn large_rows_make_smaller_pages() {
        assert_eq!(fitting(200_000, 1000), 20_971);
        assert_eq!(fitting(40 * 1024 * 1024, 1000), 100);
        assert_eq!(fitting(LARGE_REPLY * 3, 1), 1);
    }
}
