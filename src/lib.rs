//! odoo-agent: Odoo 19 for AI agents behind an allowlist and for people in a terminal.
//!
//! [`run`] is the whole program; `main` only hands it the process. Arrows point down: surfaces -> {actions, spec,
//! doctor} -> execute -> {approval, preflight} -> session -> odoo -> transport -> words (tests/it/layers.rs).

pub mod actions;
pub mod approval;
pub mod base_url;
pub mod cache;
pub mod caller;
pub mod cleared;
pub mod cli;
pub mod clock;
pub mod context;
pub mod doctor;
mod embedded;
pub mod error;
pub mod execute;
pub mod exit;
pub mod fsio;
pub mod hint;
pub mod host;
pub mod json_input;
pub mod members;
pub mod odoo;
pub mod operation;
pub mod outcome;
pub mod preflight;
pub mod protocol;
#[cfg(feature = "sandbox")]
mod sandbox;
pub mod secret;
pub mod session;
pub mod settings;
mod shelf;
pub mod spec;
pub mod suggest;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]
mod tests;
pub mod text;
pub mod transport;
mod waiting;

pub use cli::out::Out;
pub use cli::run;
