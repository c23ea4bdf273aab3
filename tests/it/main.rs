//! The integration tests, one program: each file a module, on the binary or on the library as its users have them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stderr, reason = "what cannot be run here says so")]
#![allow(clippy::disallowed_methods, reason = "a test makes files, starts processes and waits for them")]

mod approval;
mod approvals;
mod approve_terminal;
mod architecture;
mod bounds;
mod cache;
mod commands;
mod completion;
mod denied;
mod doctor;
#[cfg(feature = "live")]
mod every_type;
mod faults;
mod fences;
mod forms;
mod gateway;
mod golden;
mod help;
mod hints;
mod idempotency;
mod interface;
mod journal;
mod journal_retry;
mod layers;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
mod live_journal;
#[cfg(feature = "live")]
mod live_older;
mod man;
#[cfg(feature = "mcp")]
mod mcp;
mod mistakes;
mod moments;
mod on_sandbox;
mod pages;
mod policy;
mod policy_across;
mod policy_later;
mod policy_since;
mod policy_watching;
mod preflight;
mod profiles;
mod properties;
mod protocols;
mod read_back;
mod readme;
mod rehearsal;
mod routes;
mod said;
mod secrets;
mod several;
mod spec;
mod stream;
mod suite;
mod support;
mod tables;
mod terminal;
mod tls;
mod undo;
mod whole;
mod wire_client;
#[cfg(not(feature = "sandbox"))]
mod without_sandbox;
