//! odoo-agent: Odoo 14 to 20 for AI agents behind an allowlist and for people in a terminal.
//!
//! [`run`] is the whole program; `main` only hands it the process. Arrows point down: surfaces -> {actions, spec,
//! doctor} -> execute -> {approval, preflight} -> session -> odoo -> transport -> words (tests/it/layers.rs).

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "a test makes files and waits"))]

mod actions;
mod approval;
mod arguments;
mod base_url;
mod cache;
mod caller;
mod chance;
mod cleared;
mod cli;
mod clock;
mod context;
mod doctor;
mod drawer;
mod embedded;
mod error;
mod execute;
mod exit;
#[allow(clippy::disallowed_methods, reason = "the one place that opens, writes and locks files")]
mod fsio;
#[cfg(any(test, fuzzing))]
#[allow(missing_docs, clippy::expect_used, reason = "in the builds of tests and fuzzers alone")]
pub mod fuzz;
mod held;
mod hint;
mod host;
mod journal;
mod json_input;
mod json_slips;
mod knowledge;
#[cfg(feature = "mcp")]
mod mcp;
mod members;
mod odoo;
mod operation;
mod outbound;
mod outcome;
mod policy;
mod preflight;
mod protocol;
#[cfg(feature = "sandbox")]
#[allow(clippy::disallowed_methods, reason = "a server of its own, with sockets and their time-outs")]
mod sandbox;
mod secret;
mod session;
mod settings;
mod shelf;
mod spec;
mod suggest;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]
mod tests;
mod text;
mod transport;
mod waiting;
mod zones;

pub use cli::out::Out;
pub use cli::{end_on_panic, run};
pub use clock::{Clock, System};

/// What the tests of rules look into; no interface.
#[doc(hidden)]
#[allow(missing_docs)]
pub mod inside {
    pub use crate::actions::Request;
    pub use crate::base_url::BaseUrl;
    pub use crate::cache::{Cache, Found, Key, Owner, Section};
    pub use crate::clock::odoo_datetime;
    pub use crate::exit::code_of;
    pub use crate::operation::{Object, Operation, canonical};
    pub use crate::settings::env_file;
    pub use crate::text::{json, sanitize};
    pub mod json_input {
        pub use crate::json_input::parse;
    }
    pub mod spec {
        pub use crate::spec::{names, parse, schema};
    }
}
