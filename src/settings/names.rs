//! Every `ODOO_*` name the program reads, in one place.

/// Profile to use when `--profile` is not given.
pub const PROFILE: &str = "ODOO_PROFILE";
/// Moves configuration, cache and state together.
pub const AGENT_HOME: &str = "ODOO_AGENT_HOME";
/// Where Odoo answers: scheme, host, port.
pub const BASE_URL: &str = "ODOO_BASE_URL";
/// Database name, sent as `X-Odoo-Database`.
pub const DB: &str = "ODOO_DB";
/// The agent's API key.
pub const API_KEY: &str = "ODOO_API_KEY";
/// The approver's API key; only the approval flow asks for it.
pub const APPROVER_API_KEY: &str = "ODOO_APPROVER_API_KEY";
/// A command that prints the approver's key; honoured only in a profile of the configuration directory.
pub const APPROVER_KEY_COMMAND: &str = "ODOO_APPROVER_KEY_COMMAND";
/// A token that a person gave for the next outbound call.
pub const CONFIRMATION_TOKEN: &str = "ODOO_CONFIRMATION_TOKEN";
/// Whole-call time-out, `90s`.
pub const TIMEOUT: &str = "ODOO_TIMEOUT";
/// PEM file of a private authority, added to the platform's.
pub const CA_FILE: &str = "ODOO_CA_FILE";
/// `1` allows http to a host that is not this machine.
pub const ALLOW_HTTP: &str = "ODOO_ALLOW_HTTP";
/// Language of labels and translations, `de_DE`.
pub const LANG: &str = "ODOO_LANG";
/// Time zone for grouping by day and month.
pub const TZ: &str = "ODOO_TZ";
/// Companies, the first is the current one: `1,3`.
pub const COMPANY_IDS: &str = "ODOO_COMPANY_IDS";
/// Default of `--agent-channel`.
pub const AGENT_CHANNEL: &str = "ODOO_AGENT_CHANNEL";
/// How long a schema is good, `24h`; `0` turns the cache off.
pub const SCHEMA_TTL: &str = "ODOO_SCHEMA_TTL";
/// How long a lookup is good, `12h`; `0` turns the cache off.
pub const LOOKUP_TTL: &str = "ODOO_LOOKUP_TTL";
/// Context keys allowed although they switch protections off; honoured only in a profile of the
/// configuration directory.
pub const ALLOW_CONTEXT: &str = "ODOO_ALLOW_CONTEXT";

/// What a profile file may hold.
pub const IN_A_PROFILE: [&str; 15] = [
    BASE_URL,
    DB,
    API_KEY,
    APPROVER_API_KEY,
    APPROVER_KEY_COMMAND,
    TIMEOUT,
    CA_FILE,
    ALLOW_HTTP,
    LANG,
    TZ,
    COMPANY_IDS,
    AGENT_CHANNEL,
    SCHEMA_TTL,
    LOOKUP_TTL,
    ALLOW_CONTEXT,
];
