//! The door to the embedded Odoo: the one place of the program that names it, and what is said where a build has
//! none.

use crate::error::{Code, Error, Result};
use crate::transport::Embedded;

#[cfg(feature = "sandbox")]
use crate::sandbox::EMBEDDED;
#[cfg(not(feature = "sandbox"))]
const EMBEDDED: Option<Embedded> = None;

/// The profile that is answered by it.
pub const PROFILE: &str = "sandbox";

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
