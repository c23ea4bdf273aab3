//! Exit codes, an interface that only ever grows. One match gives each error code its number.

use crate::error::Code;

/// Everything went well.
pub const DONE: i32 = 0;

/// The exit code of an error code, as README documents it.
pub fn code_of(code: Code) -> i32 {
    match code {
        Code::Internal => 1,
        Code::Usage | Code::InvalidJson | Code::InvalidSpec | Code::PreflightRefused => 2,
        Code::ConfigMissing | Code::ConfigInvalid | Code::ConfigUnsafe => 3,
        Code::AuthRejected | Code::DatabaseNotFound => 4,
        Code::AccessDenied => 5,
        Code::ConfirmationRequired | Code::ConfirmationRefused => 6,
        Code::NotFound | Code::NoMatch | Code::Ambiguous => 7,
        Code::Rejected | Code::InvalidRequest | Code::ServerError => 8,
        Code::Busy => 9,
        Code::Unreachable => 10,
        Code::OutcomeUnknown => 11,
        Code::BadReply => 12,
        Code::LocalState => 13,
        Code::FindingsPresent => 14,
        Code::Interrupted => 130,
    }
}
