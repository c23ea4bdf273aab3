//! What is known of an operation besides itself, and where its fields lead. It finds nothing out.

use std::sync::Arc;

/// What is known of an operation besides itself.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// The profile.
    pub profile: &'f str,
    /// The channel that Odoo's audit names.
    pub channel: &'f str,
    /// `cli`, `spec` or `mcp`.
    pub surface: &'f str,
    /// The verb that sends it, if one does.
    pub verb: Option<&'f str>,
    /// The tool of MCP that it came by.
    pub tool: Option<&'f str>,
    /// What the way to Odoo is called.
    pub protocol: &'f [&'f str],
    /// Seconds since 1970; never earlier than any before.
    pub now: u64,
    /// It is about to be sent: what cannot be told now never can.
    pub is_last: bool,
    /// Where a field of a model leads.
    pub lead: &'f dyn Fn(&str, &str) -> Lead,
    /// Whether a model has a field of such a name; none where nobody knows.
    pub has: Has<'f>,
    /// What a field of a model is computed from.
    pub sources: Sources<'f>,
    /// The fields of a model that another record holds or shows; none where nobody knows.
    pub held: HeldOf<'f>,
    /// Some rule says more of one model than of others, so that it matters where a field stands that is read.
    pub is_across: bool,
}

/// A field of a model that stands in another record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of this model.
    pub model: String,
    /// Under this name.
    pub field: String,
    /// It is only shown there, or nobody knows for sure: rules that name the field are about it, and no others.
    pub is_by_name: bool,
}

/// The fields of a model that another record holds or shows; none where nobody knows.
pub type HeldOf<'f> = &'f dyn Fn(&str) -> Option<Arc<[Held]>>;

/// What a field of a model is computed from.
pub type Sources<'f> = &'f dyn Fn(&str, &str) -> Computed;

/// What a field is computed from.
#[derive(Clone, Debug, Default)]
pub struct Computed {
    /// Somebody knows of the field.
    pub is_told: bool,
    /// Paths; none where it holds a value of its own, or only says which of a few there is, or where nobody knows.
    pub paths: Vec<String>,
    /// It is a text.
    pub is_text: bool,
    /// Its own record keeps it, too.
    pub is_stored: bool,
    /// It can be written: of one path, what is written is kept there.
    pub is_writable: bool,
}

impl Computed {
    /// The paths whose values a field shows as its own: it is a text that Odoo makes of them and nobody writes, or it is
    /// another record's field of the same name.
    pub fn shown(&self, field: &str) -> impl Iterator<Item = &String> {
        let is_text = self.is_text && !self.is_writable;
        let is_anothers = move |path: &String| path.rsplit_once('.').is_some_and(|(_, last)| last == field);
        let is_shown = !self.is_stored || self.paths.len() == 1;
        self.paths.iter().filter(move |path| is_text || is_shown && is_anothers(path))
    }

    /// Whether it stands in the record that a link of its own leads to, and nowhere else.
    pub fn is_held(&self, field: &str) -> bool {
        let is_next = |path: &String| path.split_once('.').is_some_and(|(_, own)| own == field);
        self.is_writable && !self.is_stored && matches!(self.paths.as_slice(), [path] if is_next(path))
    }
}

/// Whether a model has a field of such a name; none where nobody knows.
pub type Has<'f> = &'f dyn Fn(&str, &dyn Fn(&str) -> bool) -> Option<bool>;

/// Where a field leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To records.
    To {
        /// Of this model.
        model: String,
        /// In this way.
        by: Link,
        /// By this field of theirs, where that is known.
        inverse: Option<String>,
    },
    /// To none: it holds a value.
    Nowhere,
    /// Nobody knows.
    Unknown,
}

/// How records are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// To one, which is told by its id.
    One,
    /// To some that hold the link themselves: who links them writes them.
    Owned,
    /// To some, and the link stands beside both: it is written in neither.
    Beside,
}
