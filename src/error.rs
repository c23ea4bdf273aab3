//! The one error of the program: a typed value that says what happened, what it means for the data and
//! what to do next. Everything below `run` returns it; surfaces turn it into text.
//! It must never hold a secret: whoever builds a message leaves keys and tokens out.

use serde_json::{Map, Value, json};

use crate::hint::{Hint, Part};
use crate::waiting::Waiting;

/// What a failed call did to the data in Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It only read: nothing changed.
    Nothing,
    /// The request never left this machine.
    NotSent,
    /// It was refused or rolled back: nothing changed.
    Rejected,
    /// It left and the answer was lost: it may have happened.
    Unknown,
    /// It happened in Odoo; what failed came after.
    Done,
}

impl Effect {
    /// Every effect, in order.
    pub const ALL: [Effect; 5] =
        [Effect::Nothing, Effect::NotSent, Effect::Rejected, Effect::Unknown, Effect::Done];

    /// The word of the error contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Nothing => "none",
            Effect::NotSent => "not_sent",
            Effect::Rejected => "rejected",
            Effect::Unknown => "unknown",
            Effect::Done => "done",
        }
    }
}

/// Whether the same call may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same call fails again.
    Never,
    /// Repeating it does no harm and may succeed.
    Safe,
    /// Look first whether it happened.
    CheckFirst,
}

impl Retry {
    /// The word of the error contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Retry::Never => "never",
            Retry::Safe => "safe",
            Retry::CheckFirst => "check_first",
        }
    }
}

/// Declares the codes once: name, word and meaning.
macro_rules! codes {
    ($($name:ident $word:literal $meaning:literal,)*) => {
        /// Every error code of the contract. The list only grows; `exit.rs` gives each its exit code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The word of the error contract.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $word,)*
                }
            }

            /// What it means, in a few words.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Code::$name => $meaning,)*
                }
            }
        }
    };
}

codes! {
    Internal "internal" "A bug in this program",
    Usage "usage" "Wrong flags or arguments",
    InvalidJson "invalid_json" "JSON that does not parse or has the wrong type",
    InvalidSpec "invalid_spec" "A spec that cannot be understood",
    PreflightRefused "preflight_refused" "A call that Odoo would accept in silence and get wrong, or a context that switches protections off",
    ConfigMissing "config_missing" "There is no usable profile, or a value is missing in it",
    ConfigInvalid "config_invalid" "A configured value cannot be used",
    ConfigUnsafe "config_unsafe" "A configuration that could leak a key",
    PolicyInvalid "policy_invalid" "A policy that cannot be taken as it stands: nothing is sent",
    AuthRejected "auth_rejected" "Odoo does not accept the key",
    DatabaseNotFound "database_not_found" "The server has no such database",
    AccessDenied "access_denied" "This user may not do that",
    PolicyDenied "policy_denied" "The policy of this machine denies or limits it: `policy`",
    ConfirmationRequired "confirmation_required" "The guard wants a person's approval first",
    ConfirmationRefused "confirmation_refused" "A person said no, or an approval was presented and refused",
    ConfirmationPending "confirmation_pending" "It waits for a person, who has not decided yet",
    NotFound "not_found" "No such record, model, field or method",
    NoMatch "no_match" "A lookup that had to match found nothing",
    Ambiguous "ambiguous" "A lookup that had to match one found several: `candidates`",
    Rejected "rejected" "Odoo's own business refusal",
    InvalidRequest "invalid_request" "Odoo could not make sense of the request",
    ServerError "server_error" "An unexpected error inside Odoo",
    Busy "busy" "Locks, serialization, rate limits: later may work",
    Unreachable "unreachable" "The server could not be reached, or a read got no answer",
    OutcomeUnknown "outcome_unknown" "A write was sent and its answer was lost",
    BadReply "bad_reply" "Not what Odoo answers: a redirect, a web page, too large",
    CannotTell "cannot_tell" "Whether a call happened could not be found out",
    AlreadyExecuted "already_executed" "Another call was made under this idempotency key",
    UndoConflict "undo_conflict" "Somebody has changed since what would be undone",
    UndoImpossible "undo_impossible" "There is no way back from that call",
    LocalState "local_state" "Disk or lock on this machine, the journal among it",
    FindingsPresent "findings_present" "`doctor` found something wrong",
    Interrupted "interrupted" "Stopped by a signal",
}

impl Code {
    /// What it usually did to the data, and whether to repeat; an error can say otherwise of itself.
    pub fn default_effect(self) -> (Effect, Retry) {
        match self {
            Code::Internal => (Effect::Unknown, Retry::CheckFirst),
            Code::OutcomeUnknown | Code::CannotTell => (Effect::Unknown, Retry::CheckFirst),
            Code::AlreadyExecuted
            | Code::UndoConflict
            | Code::UndoImpossible
            | Code::Usage
            | Code::InvalidJson
            | Code::InvalidSpec
            | Code::PreflightRefused
            | Code::ConfigMissing
            | Code::ConfigInvalid
            | Code::ConfigUnsafe
            | Code::PolicyInvalid
            | Code::PolicyDenied
            | Code::LocalState => (Effect::NotSent, Retry::Never),
            Code::Unreachable => (Effect::NotSent, Retry::Safe),
            Code::Interrupted => (Effect::NotSent, Retry::Safe),
            Code::Busy | Code::ConfirmationPending => (Effect::Rejected, Retry::Safe),
            _ => (Effect::Rejected, Retry::Never),
        }
    }
}

/// What Odoo said about a failure: its exception name and its message, and the traceback for `--debug`.
#[derive(Clone, Debug, PartialEq)]
pub struct OdooFault {
    /// Python class, `odoo.exceptions.UserError`.
    pub name: String,
    /// Odoo's message, as sent.
    pub message: String,
    /// Odoo's traceback; shown only with `--debug`.
    pub debug: Option<String>,
}

/// What a policy said of a call that it refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The file.
    pub file: String,
    /// JSON Pointer of what decided.
    pub pointer: String,
    /// Why.
    pub reason: String,
    /// What would be allowed in its place.
    pub allowed: Option<String>,
}

/// The error value. Build it with [`Error::new`] and the `with_` methods.
#[derive(Debug)]
pub struct Error {
    /// What kind of failure.
    pub code: Code,
    /// One breath: what happened and what it means.
    pub message: String,
    /// All that is wrong, one line each, where that is more than one thing.
    pub errors: Vec<Hint>,
    /// What to do next; a command named here runs as printed.
    pub hints: Vec<Hint>,
    /// What it did to the data.
    pub effect: Effect,
    /// Whether the same call may be repeated.
    pub retry: Retry,
    /// Status of the reply, if there was one.
    pub http_status: Option<u16>,
    /// How long the server asks to wait.
    pub retry_after_s: Option<u64>,
    /// Odoo's own words.
    pub odoo: Option<Box<OdooFault>>,
    /// The candidates of an ambiguous lookup.
    pub candidates: Option<Value>,
    /// The request that now waits in Odoo for a person.
    pub waiting: Option<Box<Waiting>>,
    /// Who holds a call that waits for a person, where it is not Odoo.
    pub held_by: Option<&'static str>,
    /// What the policy said.
    pub denied: Option<Box<Denied>>,
    /// The journal's id of the call that failed.
    pub journal: Option<String>,
    /// Underlying causes, for `--debug`.
    pub source: Option<anyhow::Error>,
}

/// Results throughout the program.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with the effect and retry advice that its code usually has.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        let (effect, retry) = code.default_effect();
        Error {
            code,
            message: message.into(),
            errors: Vec::new(),
            hints: Vec::new(),
            effect,
            retry,
            http_status: None,
            retry_after_s: None,
            odoo: None,
            candidates: None,
            waiting: None,
            held_by: None,
            denied: None,
            journal: None,
            source: None,
        }
    }

    /// Wrong flags or arguments.
    pub fn usage(message: impl Into<String>) -> Error {
        Error::new(Code::Usage, message)
    }

    /// Something on this machine: disk, permission, lock.
    pub fn local_state(message: impl Into<String>) -> Error {
        Error::new(Code::LocalState, message)
    }

    /// Adds a next step.
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Error {
        self.hints.push(hint.into());
        self
    }

    /// Adds whatever next steps there are.
    pub fn with_hints<H: Into<Hint>>(self, hints: impl IntoIterator<Item = H>) -> Error {
        hints.into_iter().fold(self, Error::with_hint)
    }

    /// Calls a place in the arguments by the name under which the caller gave it.
    pub fn with_place(mut self, sent: &str, given: &str) -> Error {
        let worded = self.errors.iter_mut().chain(&mut self.hints).filter_map(Hint::first_text_mut);
        for text in std::iter::once(&mut self.message).chain(worded) {
            if let Some(rest) = text.strip_prefix(sent).filter(|rest| rest.starts_with(':')) {
                *text = format!("{given}{rest}");
            }
        }
        self
    }

    /// Overrules the usual effect and retry advice of the code.
    pub fn with_effect(mut self, effect: Effect, retry: Retry) -> Error {
        self.effect = effect;
        self.retry = retry;
        self
    }

    /// Notes the status of the reply.
    pub fn with_status(mut self, status: u16) -> Error {
        self.http_status = Some(status);
        self
    }

    /// Says how long to wait before the same is sent again.
    pub fn waiting(mut self, seconds: u64) -> Error {
        self.retry_after_s = Some(seconds);
        self.with_hint(format!("wait {seconds} s, then send the same again"))
    }

    /// Adds Odoo's own words.
    pub fn with_odoo(mut self, fault: OdooFault) -> Error {
        self.odoo = Some(Box::new(fault));
        self
    }

    /// The same with hints and lines in the words of a surface.
    pub fn worded(mut self, word: &dyn Fn(&Part) -> String) -> Error {
        for hint in self.errors.iter_mut().chain(&mut self.hints) {
            *hint = hint.worded(word).into();
        }
        self
    }

    /// As JSON, the same whichever surface says it. Hints and lines that are not in words yet are left out.
    pub fn object(&self, debug: bool) -> Value {
        let mut inner = Map::new();
        inner.insert("code".into(), self.code.as_str().into());
        inner.insert("message".into(), self.message.as_str().into());
        if !self.errors.is_empty() {
            let errors: Vec<&str> = self.errors.iter().filter_map(Hint::as_text).collect();
            inner.insert("errors".into(), errors.into());
        }
        let hints: Vec<&str> = self.hints.iter().filter_map(Hint::as_text).collect();
        inner.insert("hints".into(), hints.into());
        inner.insert("effect".into(), self.effect.as_str().into());
        inner.insert("retry".into(), self.retry.as_str().into());
        if let Some(status) = self.http_status {
            inner.insert("http_status".into(), status.into());
        }
        if let Some(holder) = self.held_by {
            inner.insert("held_by".into(), holder.into());
        }
        if let Some(id) = &self.journal {
            inner.insert("journal".into(), id.as_str().into());
        }
        if let Some(seconds) = self.retry_after_s {
            inner.insert("retry_after_s".into(), seconds.into());
        }
        if let Some(denied) = &self.denied {
            let mut policy =
                json!({ "file": denied.file, "pointer": denied.pointer, "reason": denied.reason });
            if let Some(allowed) = &denied.allowed {
                policy["allowed"] = allowed.as_str().into();
            }
            inner.insert("policy".into(), policy);
        }
        if let Some(fault) = &self.odoo {
            let mut odoo = json!({ "name": fault.name, "message": fault.message });
            if let (true, Some(traceback)) = (debug, &fault.debug) {
                odoo["debug"] = traceback.as_str().into();
            }
            inner.insert("odoo".into(), odoo);
        }
        if let Some(candidates) = &self.candidates {
            inner.insert("candidates".into(), candidates.clone());
        }
        if let (true, Some(source)) = (debug, &self.source) {
            inner.insert("causes".into(), source.chain().map(|cause| cause.to_string()).collect());
        }
        json!({ "error": inner })
    }

    /// Adds the cause for `--debug`.
    pub fn with_source(mut self, source: impl Into<anyhow::Error>) -> Error {
        self.source = Some(source.into());
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
