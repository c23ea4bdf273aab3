//! Odoo's API as functions: calls, the documents, schemas and lookups. It speaks to a `Transport` and
//! keeps results in the cache; it knows no flags and prints nothing but `--debug` lines.

mod desk;
mod fields;
mod list_view;

pub mod choosing;
pub mod client;
pub mod columns;
pub mod cookies;
pub mod docs;
pub mod lookup;
pub mod pages;
pub mod profile_context;
pub mod schema;
pub mod server;
pub mod sign_in;
pub mod user_context;

pub use client::Odoo;
pub use desk::Desk;
