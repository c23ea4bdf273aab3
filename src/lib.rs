//! odoo-agent: Odoo 19 for AI agents behind an allowlist and for people in a terminal.
//!
//! [`run`] is the whole program; `main` only hands it the process. Arrows point down: surfaces -> {actions, spec,
//! doctor} -> execute -> {approval, preflight} -> session -> odoo -> transport -> words (tests/it/layers.rs).

pub mod actions;
pub mod approval;
pub mod base_url;
pub mod cache;
pub mod caller;
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
pub mod json_slips;
pub mod members;
pub mod odoo;
pub mod operation;
pub mod outcome;
pub mod preflight;
#[cfg(feature = "sandbox")]
mod sandbox;
pub mod secret;
pub mod session;
pub mod settings;
pub mod spec;
pub mod suggest;
pub mod text;
pub mod transport;
pub mod zones;

pub use cli::out::Out;
pub use cli::run;
