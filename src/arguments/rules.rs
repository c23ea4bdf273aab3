//! Arguments that verbs share: what every call may bring along, and the checks that can be asked of one.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::values::{Flag, IdempotencyKey, JsonObject, Names, Patience, Whole};
use super::{Arguments, arguments};
use crate::caller::{Approval, Rules};

/// Keys of every action.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Added to the context of the call
    pub context: Option<JsonObject>,
    /// If the guard wants it, confirm with the approver's key
    pub confirm_outbound: Option<Flag>,
    /// If the guard wants it, wait so long for a person
    pub wait_approval: Option<Patience>,
}

impl Common {
    /// What they bring along for an outbound call.
    pub fn approval(&self) -> Approval {
        Approval {
            confirm_outbound: self.confirm_outbound.as_ref().is_some_and(|flag| flag.0),
            token: None,
            wait: self.wait_approval.as_ref().map(|patience| patience.0),
        }
    }
}

/// The checks that can be asked of a verb.
pub trait Asked: Arguments + DeserializeOwned + JsonSchema + Into<Rules> {
    /// The verb may do what a person has to approve.
    const MAY_GO_OUT: bool = false;
}

arguments! {
    /// No checks to ask for.
    pub struct NoRules {}
}

impl Asked for NoRules {}

impl From<NoRules> for Rules {
    fn from(_: NoRules) -> Rules {
        Rules::default()
    }
}

arguments! {
    /// A call that only reads.
    pub struct ShowRules {
        /// Print the request as JSON, checked and mended, and send nothing
        dry_run: Option<Flag>,
    }
}

impl Asked for ShowRules {}

impl From<ShowRules> for Rules {
    fn from(keys: ShowRules) -> Rules {
        Rules { dry_run: yes(keys.dry_run), ..Rules::default() }
    }
}

arguments! {
    /// A read of records that are named.
    pub struct ReadRules {
        /// Fail if one of the records does not exist; without it the others are read, and a note names those
        strict: Option<Flag>,
        /// Print the request as JSON, checked and mended, and send nothing
        dry_run: Option<Flag>,
    }
}

impl Asked for ReadRules {}

impl From<ReadRules> for Rules {
    fn from(keys: ReadRules) -> Rules {
        Rules { dry_run: yes(keys.dry_run), strict: yes(keys.strict), ..Rules::default() }
    }
}

arguments! {
    /// What takes a call back.
    pub struct UndoRules {
        /// Print the calls that would be sent, and send nothing
        dry_run: Option<Flag>,
        /// Allow so many records at once (without it write 100, unlink 10)
        max_records: Option<Whole<0>>,
    }
}

impl Asked for UndoRules {
    const MAY_GO_OUT: bool = true;
}

impl From<UndoRules> for Rules {
    fn from(keys: UndoRules) -> Rules {
        Rules {
            dry_run: yes(keys.dry_run),
            max_records: keys.max_records.map(|number| number.0),
            ..Rules::default()
        }
    }
}

arguments! {
    /// A call that may change something.
    pub struct AllRules {
        /// Print the request as JSON, checked and mended, and send nothing
        dry_run: Option<Flag>,
        /// Refuse what would be mended: pairs of id and name, null for a record, times with a zone
        strict: Option<Flag>,
        /// Send this field as given, whatever the checks say of it
        force_fields: Option<Names> => flag("force-field"),
        /// Allow so many records at once (without it write 100, unlink 10)
        max_records: Option<Whole<0>>,
        /// Do not ask for old values first: it cannot be undone then
        no_before: Option<Flag>,
        /// Do this once under this name
        idempotency_key: Option<IdempotencyKey>,
    }
}

impl Asked for AllRules {
    const MAY_GO_OUT: bool = true;
}

impl From<AllRules> for Rules {
    fn from(keys: AllRules) -> Rules {
        Rules {
            strict: yes(keys.strict),
            dry_run: yes(keys.dry_run),
            force_fields: names(keys.force_fields),
            max_records: keys.max_records.map(|number| number.0),
            no_before: yes(keys.no_before),
            idempotency_key: keys.idempotency_key.map(|key| key.0),
        }
    }
}

/// Whether a flag is given and true.
pub fn yes(flag: Option<Flag>) -> bool {
    flag.is_some_and(|flag| flag.0)
}

/// The names that are given.
pub fn names(names: Option<Names>) -> Vec<String> {
    names.unwrap_or_default().0
}
