//! What a verb comes to, as data: Odoo's value or what was put together, what is known of its rows, what should be
//! said with it, and what the call did. A surface presents it.

pub mod layout;

use serde_json::Value;
use serde_json::value::RawValue;

pub use layout::{Layout, Place};

use crate::error::Effect;
use crate::hint::Hint;

/// What there is to see.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A JSON text.
    Value(String),
    /// Rows that were handed on as they came; this many, and how it ended.
    Rows(Stream),
    /// The request that would be sent.
    Request(Value),
}

/// The end of a stream of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Rows that were handed on.
    pub rows: u64,
    /// Pages that brought rows.
    pub pages: u64,
    /// The id of the last row.
    pub last: Option<i64>,
    /// Why there were no more.
    pub end: End,
}

/// How a stream of rows ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// There are no more records.
    Complete,
    /// At the limit.
    Limit,
    /// Nobody reads any more.
    Unread,
}

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Odoo was asked.
    Live,
    /// It was at hand.
    Cache,
}

impl Origin {
    /// The word in results.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Live => "live",
            Origin::Cache => "cache",
        }
    }
}

/// What a verb comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What there is to see.
    pub body: Body,
    /// What is known of its rows.
    pub layout: Layout,
    /// Said after the result.
    pub notes: Vec<Hint>,
    /// What it did to the data.
    pub effect: Effect,
    /// Where it comes from.
    pub origin: Origin,
}

impl Outcome {
    /// A JSON text.
    pub fn of(json: String, effect: Effect) -> Outcome {
        Outcome {
            body: Body::Value(json),
            layout: Layout::value(),
            notes: Vec::new(),
            effect,
            origin: Origin::Live,
        }
    }

    /// What was read.
    pub fn read(json: String) -> Outcome {
        Outcome::of(json, Effect::Nothing)
    }

    /// Odoo's value as it came.
    pub fn reply(reply: Box<RawValue>, effect: Effect) -> Outcome {
        Outcome::of(String::from(Box::<str>::from(reply)), effect)
    }

    /// A value that never left this machine.
    pub fn local(value: &Value) -> Outcome {
        Outcome::of(value.to_string(), Effect::Nothing)
    }

    /// The request that would be sent.
    pub fn request(request: Value) -> Outcome {
        Outcome { body: Body::Request(request), ..Outcome::of(String::new(), Effect::NotSent) }
    }

    /// The end of a stream.
    pub fn stream(stream: Stream) -> Outcome {
        Outcome { body: Body::Rows(stream), ..Outcome::of(String::new(), Effect::Nothing) }
    }

    /// With what is known of its rows.
    pub fn laid_out(self, layout: Layout) -> Outcome {
        Outcome { layout, ..self }
    }

    /// With something to say after it.
    pub fn noting(mut self, note: impl Into<Hint>) -> Outcome {
        self.notes.push(note.into());
        self
    }

    /// From the cache.
    pub fn cached(self) -> Outcome {
        Outcome { origin: Origin::Cache, ..self }
    }
}
