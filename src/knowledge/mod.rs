//! What is known of Odoo before it is asked: methods, models, fields and states by name, and what each was called in
//! which version. Tables and the questions they answer, for the checks and for every way of speaking to Odoo. It names
//! nobody above, sends nothing and judges no call.

pub mod classes;
pub mod commands;
pub mod fields;
pub mod inherits;
pub mod inverses;
pub mod methods;
pub mod models;
pub mod names;
pub mod sensitive;
pub mod states;
pub mod vocabulary;
pub mod wizards;

/// A version of Odoo by its first number.
pub type Version = u8;

/// The oldest version that is spoken to.
pub const OLDEST: Version = 14;
/// The version that names are those of, where nothing else is said.
pub const USUAL: Version = 19;
/// The newest version that something is known of.
pub const NEWEST: Version = 20;

/// The group of the guard's agents.
pub const AGENTS: &str = "strictbase_agent_guard.group_agent";

/// Where a key is made: whose it is is not known before Odoo takes it.
pub const NEW_KEY: &str = "a new key is made in Odoo: an agent's behind strictbase_agent_guard by an administrator (Agent Guard, Configuration, API Key for an Agent), any other by its user (Preferences, Account Security, New API Key)";
