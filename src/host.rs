//! What a surface gives to ONE call while it is under way: an ear for notes, a watch over what is sent, a way to a
//! person. Whoever stands below a surface speaks to nobody but its host.

use crate::error::{Effect, Result};
use crate::hint::Hint;
use crate::operation::{Access, Operation};
use crate::secret::Secret;

/// A surface, seen from a call.
pub trait Host {
    /// Something that the caller should know.
    fn note(&self, note: &Hint);

    /// A request and its answer, for whoever looks for a fault; the text is made only if somebody does.
    fn trace(&self, text: &dyn Fn() -> String);

    /// A request leaves now; until the watch ends it is under way.
    fn watch<'h>(&'h self, what: &str, access: Access) -> Box<dyn Watch + 'h>;

    /// A write has its entry in the journal now, and is sent next.
    fn journaled(&self, id: &str) {
        let _ = id;
    }

    /// The call is wanted no more: nothing further is sent.
    fn is_stopped(&self) -> bool {
        false
    }

    /// Whether a person lets a call through that the policy asks of one, where an answer in a form will do.
    fn consent(&self, operation: &Operation, because: &str) -> Consent {
        let _ = (operation, because);
        Consent::NotHere
    }

    /// The approver's key, or none if it cannot be had here. Where a person types it, `shown` is what they see.
    ///
    /// # Errors
    /// The key could not be read, or the person did not give it.
    fn approver_key(&self, shown: &dyn Fn() -> Result<Question>) -> Result<Option<Secret>>;
}

/// What a person beside the surface says to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// They let it through.
    Given,
    /// They do not, or there is none: it is held for one at a terminal.
    NotHere,
    /// They are asked, and the same call comes again with the answer.
    Asked,
}

/// What a person has to know before they let a call through. Everything in it but the place comes from the agent or
/// from Odoo: the surface draws it so that none of it can pass for something else.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Where: the database and the server, of the profile.
    pub place: String,
    /// `res.partner`.
    pub model: String,
    /// `message_post`.
    pub method: String,
    /// The agent's user, where it is known.
    pub agent: Option<String>,
    /// Texts of the call, each with what it is.
    pub texts: Vec<(&'static str, String)>,
    /// Records that it works on.
    pub count: usize,
    /// The first of them by name.
    pub records: Vec<String>,
    /// Whom it would reach, as far as that can be told: a name, if there is one, and an address.
    pub recipients: Vec<(String, String)>,
    /// It may reach others, who cannot be told.
    pub and_others: bool,
    /// The guard holds what is approved against what is sent.
    pub is_bound: bool,
    /// It is sent from here as it is shown, and by nobody else.
    pub is_sent_here: bool,
    /// Why the policy wants a person to see it, where that is why it was held.
    pub because: Option<String>,
}

/// A request under way, until dropped.
pub trait Watch {
    /// An answer is there, and this is what it did.
    fn answered(&self, effect: Effect);
}
