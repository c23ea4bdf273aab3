//! Keys that actions share: those of every action, and the checks that can be asked of one.

use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{Flag, JsonObject, Names, Patience, Whole};
use crate::caller::{Approval, Rules};

/// Keys of every action.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Added to the context of the call
    pub context: Option<JsonObject>,
    /// If the guard wants a confirmation, mint one with the approver's key and retry once
    pub confirm_outbound: Option<Flag>,
    /// If the guard wants a confirmation, wait this long for a person to approve it, like 10m, and send it then
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

/// No checks to ask for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoRules {}

impl From<NoRules> for Rules {
    fn from(_: NoRules) -> Rules {
        Rules::default()
    }
}

/// A call that only reads.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRules {
    /// Print the request and send nothing
    dry_run: Option<Flag>,
}

impl From<ShowRules> for Rules {
    fn from(keys: ShowRules) -> Rules {
        Rules { dry_run: yes(keys.dry_run), ..Rules::default() }
    }
}

/// A read of records that are named.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadRules {
    /// Print the request and send nothing
    dry_run: Option<Flag>,
    /// Fail if one of the records does not exist
    strict: Option<Flag>,
}

impl From<ReadRules> for Rules {
    fn from(keys: ReadRules) -> Rules {
        Rules { dry_run: yes(keys.dry_run), strict: yes(keys.strict), ..Rules::default() }
    }
}

/// A call that may change something.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllRules {
    /// Print the request and send nothing
    dry_run: Option<Flag>,
    /// Refuse what would be mended
    strict: Option<Flag>,
    /// Fields to send as given, whatever the checks say of them
    force_fields: Option<Names>,
    /// Allow this many records (without it: write 100, unlink 10)
    max_records: Option<Whole<1>>,
}

impl From<AllRules> for Rules {
    fn from(keys: AllRules) -> Rules {
        Rules {
            strict: yes(keys.strict),
            dry_run: yes(keys.dry_run),
            force_fields: names(keys.force_fields),
            max_records: keys.max_records.map(|number| number.0),
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
