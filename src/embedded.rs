//! The door to the embedded Odoo: the one place of the program that names it, and what is said where a build has
//! none.

use crate::error::{Code, Error, Result};
use crate::transport::{Embedded, GAP};

#[cfg(feature = "sandbox")]
use crate::sandbox::EMBEDDED;
#[cfg(not(feature = "sandbox"))]
const EMBEDDED: Option<Embedded> = None;

/// The profile that is answered by it.
pub const PROFILE: &str = "sandbox";

/// Whether a refusal says only that the sandbox does not know a name.
pub fn is_gap(message: &str) -> bool {
    message.lines().next().unwrap_or_default().ends_with(GAP)
}

/// What a check says of a name that the sandbox lacks is not Odoo's word.
pub fn in_its_own_name(mut error: Error) -> Error {
    if error.code == Code::PreflightRefused {
        let lines = error.errors.iter_mut().filter_map(|line| line.texts_mut().next());
        for text in std::iter::once(&mut error.message).chain(lines) {
            if text.contains(" has no field ") {
                // Behind what is refused, before what is meant.
                let end = text.find("; ").unwrap_or(text.len());
                text.insert_str(end, GAP);
            }
        }
    }
    error
}

/// Whether this build has one.
pub fn is_there() -> bool {
    EMBEDDED.is_some()
}

/// It, or the refusal of a build without it.
pub fn sandbox() -> Result<Embedded> {
    EMBEDDED.ok_or_else(|| {
        Error::new(
            Code::ConfigMissing,
            "this build of odoo-agent has no sandbox: it was made without the feature `sandbox`; nothing was sent",
        )
        .with_hint("cargo install --path . --locked builds it with the sandbox")
        .with_hint("to work in an Odoo of your own, name its profile: --profile NAME")
    })
}
