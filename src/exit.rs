//! Exit codes, an interface that only ever grows. One match gives each error code its number, one table says what
//! a number means; README, help, man page and `describe` all come from these.

use crate::error::Code;

/// Everything went well.
pub const DONE: i32 = 0;

/// An exit code and what it tells.
pub struct Exit {
    /// The number.
    pub number: i32,
    /// What happened, and to the data.
    pub meaning: &'static str,
}

/// Every exit code there is, in order.
pub const TABLE: [Exit; 16] = [
    Exit { number: DONE, meaning: "done" },
    Exit { number: 1, meaning: "a bug here" },
    Exit { number: 2, meaning: "the command line, the JSON or the call is wrong: nothing was sent" },
    Exit {
        number: 3,
        meaning: "the configuration is incomplete, wrong or could leak a key: nothing was sent",
    },
    Exit { number: 4, meaning: "Odoo does not know the key or the database" },
    Exit { number: 5, meaning: "this user, or the policy, does not allow that" },
    Exit { number: 6, meaning: "a person has to approve it first: nothing was changed" },
    Exit { number: 7, meaning: "not there, or more than one (the error holds `candidates`)" },
    Exit { number: 8, meaning: "Odoo refused or failed: rolled back; or it cannot be undone" },
    Exit { number: 9, meaning: "busy: rolled back, try again" },
    Exit { number: 10, meaning: "no connection: not sent, or a read without an answer" },
    Exit { number: 11, meaning: "a write was sent and its answer was lost: look before you repeat it" },
    Exit { number: 12, meaning: "not what Odoo answers (a redirect, a web page, too large)" },
    Exit { number: 13, meaning: "disk, lock or journal on this machine" },
    Exit { number: 14, meaning: "`doctor` found something wrong" },
    Exit { number: 130, meaning: "interrupted" },
];

impl Exit {
    /// The error codes that end with it.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        Code::ALL.iter().copied().filter(|code| code_of(*code) == self.number)
    }
}

/// The exit code of an error code.
pub fn code_of(code: Code) -> i32 {
    match code {
        Code::Internal => 1,
        Code::Usage
        | Code::InvalidJson
        | Code::InvalidSpec
        | Code::PreflightRefused
        | Code::AlreadyExecuted => 2,
        Code::ConfigMissing | Code::ConfigInvalid | Code::ConfigUnsafe | Code::PolicyInvalid => 3,
        Code::AuthRejected | Code::DatabaseNotFound => 4,
        Code::AccessDenied | Code::PolicyDenied => 5,
        Code::ConfirmationRequired | Code::ConfirmationRefused | Code::ConfirmationPending => 6,
        Code::NotFound | Code::NoMatch | Code::Ambiguous => 7,
        Code::Rejected
        | Code::InvalidRequest
        | Code::ServerError
        | Code::UndoConflict
        | Code::UndoImpossible => 8,
        Code::Busy => 9,
        Code::Unreachable => 10,
        Code::OutcomeUnknown | Code::CannotTell => 11,
        Code::BadReply => 12,
        Code::LocalState => 13,
        Code::FindingsPresent => 14,
        Code::Interrupted => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_exit_code_in_the_table_and_a_meaning() {
        for code in Code::ALL {
            assert!(TABLE.iter().any(|exit| exit.number == code_of(*code)), "{}", code.as_str());
            assert!(!code.meaning().is_empty(), "{}", code.as_str());
        }
        assert!(TABLE.iter().all(|exit| exit.number == DONE || exit.codes().next().is_some()));
        assert!(TABLE.is_sorted_by_key(|exit| exit.number));
    }
}
