//! Every `ODOO_*` name the program reads, in one place, with from where it counts. It reads nothing.

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
/// A command that prints the agent's key; honoured only in a profile of the configuration directory.
pub const API_KEY_COMMAND: &str = "ODOO_API_KEY_COMMAND";
/// The login of the agent's user, for the protocols before JSON-2.
pub const LOGIN: &str = "ODOO_LOGIN";
/// The password of the agent's user, where no key will do.
pub const PASSWORD: &str = "ODOO_PASSWORD";
/// A command that prints the password; honoured only in a profile of the configuration directory.
pub const PASSWORD_COMMAND: &str = "ODOO_PASSWORD_COMMAND";
/// How to speak to Odoo: `auto`, `json2`, `jsonrpc` or `session`; honoured only in a profile file.
pub const PROTOCOL: &str = "ODOO_PROTOCOL";
/// The approver's API key; only the approval flow asks for it.
pub const APPROVER_API_KEY: &str = "ODOO_APPROVER_API_KEY";
/// A command that prints the approver's key.
pub const APPROVER_KEY_COMMAND: &str = "ODOO_APPROVER_KEY_COMMAND";
/// A token that a person gave for the next outbound call.
pub const CONFIRMATION_TOKEN: &str = "ODOO_CONFIRMATION_TOKEN";
/// Whole-call time-out, `90s`.
pub const TIMEOUT: &str = "ODOO_TIMEOUT";
/// PEM file of a private authority, added to the platform's.
pub const CA_FILE: &str = "ODOO_CA_FILE";
/// `1` allows http to a host that is not this machine: to the one that the same file names.
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
/// Context keys allowed although they switch protections off.
pub const ALLOW_CONTEXT: &str = "ODOO_ALLOW_CONTEXT";
/// `0` keeps digests in the journal, and no values.
pub const JOURNAL_VALUES: &str = "ODOO_JOURNAL_VALUES";
/// How many days the journal is kept.
pub const JOURNAL_DAYS: &str = "ODOO_JOURNAL_DAYS";
/// How many megabytes of it.
pub const JOURNAL_MB: &str = "ODOO_JOURNAL_MB";
/// Directory from which files are read behind a wrapper.
pub const FILES_DIR: &str = "ODOO_FILES_DIR";
/// How tools are offered to an MCP client: `each` verb its own, or `two` for all; honoured only in a profile file.
pub const MCP_TOOLS: &str = "ODOO_MCP_TOOLS";
/// The longest that a call of an MCP client waits for a person, `40s`.
pub const MCP_WAIT: &str = "ODOO_MCP_WAIT";
/// The most characters of an answer to an MCP client.
pub const MCP_ANSWER: &str = "ODOO_MCP_ANSWER";
/// `person` for a profile that somebody works with in their own name.
pub const PROFILE_KIND: &str = "ODOO_PROFILE_KIND";
/// Path of the wrapper script that runs the program. Only the wrappers set it, and it is only ever shown.
pub const CALLED_AS: &str = "ODOO_AGENT_CALLED_AS";
/// What the wrapper script has left out of the environment, by name. Only the wrappers set it, and it is only ever shown.
pub const LEFT_OUT: &str = "ODOO_AGENT_LEFT_OUT";

/// Those whose value is a secret.
pub const SECRETS: [&str; 4] = [API_KEY, PASSWORD, APPROVER_API_KEY, CONFIRMATION_TOKEN];

/// From where a setting counts. Whoever runs the program for an agent may hold its environment, so what permits or
/// chooses is the owner's: it stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Says where and how to work: the environment wins over the file.
    Anywhere,
    /// Permits or chooses something: a profile file alone.
    File,
    /// The same where a file that was named on the command line will not do either, because an agent can write one.
    Directory,
    /// A word for this run: the environment alone.
    Environment,
}

/// A name and what it is for.
pub struct Name {
    /// `ODOO_…`.
    pub name: &'static str,
    /// In a few words.
    pub meaning: &'static str,
    /// From where it counts.
    pub counts: Counts,
}

impl Name {
    /// A profile file may hold it; the others are read from the environment alone.
    pub fn is_in_profile(&self) -> bool {
        self.counts != Counts::Environment
    }
}

const fn name(name: &'static str, counts: Counts, meaning: &'static str) -> Name {
    Name { name, meaning, counts }
}

use Counts::{Anywhere, Directory, File};

/// Every name.
pub const ALL: [Name; 33] = [
    name(BASE_URL, Anywhere, "address of Odoo: https://erp.example.com, without /web"),
    name(DB, Anywhere, "database"),
    name(API_KEY, Anywhere, "the agent's key"),
    name(API_KEY_COMMAND, Directory, "a command that prints the agent's key; profile files only"),
    name(LOGIN, Anywhere, "the agent's login; Odoo before 19, and passwords, need it"),
    name(PASSWORD, Anywhere, "the agent's password, where no key will do"),
    name(PASSWORD_COMMAND, Directory, "a command that prints the password; profile files only"),
    name(PROTOCOL, File, "auto, json2, jsonrpc or session, without it auto; profile files only"),
    name(TIMEOUT, Anywhere, "for each request with its repeats, 120s"),
    name(CA_FILE, Anywhere, "PEM file of a private certificate authority, added to the platform's"),
    name(
        ALLOW_HTTP,
        File,
        "1 allows plain http to another machine, the file's own address; profile files only",
    ),
    name(LANG, Anywhere, "language, without it the user's own"),
    name(TZ, Anywhere, "time zone, without it the user's own"),
    name(COMPANY_IDS, Anywhere, "companies to work in, the first is the current one: 1,3"),
    name(AGENT_CHANNEL, Anywhere, "name under which Odoo's audit records this agent: cli"),
    name(SCHEMA_TTL, Anywhere, "life of cached schemas: 24h, 0 turns them off"),
    name(LOOKUP_TTL, Anywhere, "life of cached lookups: 12h, 0 turns them off"),
    name(
        ALLOW_CONTEXT,
        Directory,
        "context keys allowed although they switch protections off; profile files only",
    ),
    name(JOURNAL_VALUES, Directory, "0 keeps digests in the journal, and no values; profile files only"),
    name(JOURNAL_DAYS, Directory, "how long the journal is kept: 90; profile files only"),
    name(JOURNAL_MB, Directory, "how large it may become: 200; profile files only"),
    name(FILES_DIR, File, "directory from which a wrapper reads files named to it; profile files only"),
    name(MCP_TOOLS, File, "tools for MCP clients: each verb its own, or two for all; profile files only"),
    name(MCP_WAIT, Anywhere, "longest wait of an MCP call for a person: 40s"),
    name(MCP_ANSWER, Anywhere, "most characters of an answer to an MCP client: 40000"),
    name(PROFILE_KIND, Directory, "person, if it is somebody's own and no agent's; profile files only"),
    name(APPROVER_API_KEY, Anywhere, "the approver's key"),
    name(APPROVER_KEY_COMMAND, Directory, "a command that prints the approver's key; profile files only"),
    name(PROFILE, Counts::Environment, "profile to use without --profile"),
    name(AGENT_HOME, Counts::Environment, "moves configuration, cache and state together"),
    name(CONFIRMATION_TOKEN, Counts::Environment, "the token that a person gave for the next outbound call"),
    name(
        CALLED_AS,
        Counts::Environment,
        "set by the wrapper scripts, for the commands in notes and hints; not to be set",
    ),
    name(
        LEFT_OUT,
        Counts::Environment,
        "set by the wrapper scripts: names that counted without them; not to be set",
    ),
];

/// From where a name counts; of one that is in no table, from the owner's directory alone.
pub fn counts(name: &str) -> Counts {
    ALL.iter().find(|known| known.name == name).map_or(Directory, |known| known.counts)
}

/// What a profile file may hold.
pub fn in_a_profile() -> impl Iterator<Item = &'static str> {
    ALL.iter().filter(|name| name.is_in_profile()).map(|name| name.name)
}

/// A name as it may be repeated: what is glued to a name without the `=` between can be a key.
pub fn shown(name: &str) -> String {
    let known = ALL.iter().map(|known| known.name).filter(|known| name.starts_with(known));
    match known.max_by_key(|known| known.len()) {
        Some(known) if name.len() > known.len() + 3 => format!("{known}…"),
        _ => name.into(),
    }
}

/// The name that a misspelt one comes close to: one slip in a short name, two in a longer one.
pub fn meant_by(misspelt: &str) -> Option<&'static str> {
    closest_of(in_a_profile(), misspelt)
}

/// The same of everything that the environment can hold.
pub fn meant_in_environment(misspelt: &str) -> Option<&'static str> {
    let is_known = ALL.iter().any(|name| name.name == misspelt);
    if is_known { None } else { closest_of(ALL.iter().map(|name| name.name), misspelt) }
}

/// What every name begins with.
const PREFIX: &str = "ODOO_";
/// The most slips that are forgiven in one name.
const MOST_SLIPS: usize = 2;

fn closest_of(names: impl Iterator<Item = &'static str>, misspelt: &str) -> Option<&'static str> {
    // Every run asks this of the whole environment, where hardly anything is Odoo's.
    let head = misspelt.bytes().take(PREFIX.len() + MOST_SLIPS);
    if head.filter(|byte| PREFIX.as_bytes().contains(byte)).count() < PREFIX.len() - MOST_SLIPS {
        return None;
    }
    let slips = if misspelt.len() < "ODOO_LANG".len() { 1 } else { MOST_SLIPS };
    let near = names.filter(|name| have_most_letters_in_common(name, misspelt, slips));
    let measured = near.map(|name| (strsim::osa_distance(name, misspelt), name));
    measured
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Whether so few slips can lie between two names at all: cheaper than to measure each pair.
fn have_most_letters_in_common(name: &str, other: &str, slips: usize) -> bool {
    if name.len().abs_diff(other.len()) > slips {
        return false;
    }
    // Letters by their lowest bits: two that fall together hide a slip and never make one.
    let mut left = [0_i8; 32];
    let place = |byte: u8| usize::from(byte % 32);
    name.bytes().for_each(|byte| left[place(byte)] = left[place(byte)].saturating_add(1));
    other.bytes().for_each(|byte| left[place(byte)] = left[place(byte)].saturating_sub(1));
    // A letter in place of another is one too few and one too many.
    left.iter().map(|count| usize::from(count.unsigned_abs())).sum::<usize>() <= 2 * slips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_permits_or_chooses_counts_from_a_file_alone() {
        for known in &ALL {
            let permits = ["_ALLOW_", "_JOURNAL_"].iter().any(|part| known.name.contains(part))
                || ["_COMMAND", "_DIR", "_KIND", "_PROTOCOL", "_TOOLS"]
                    .iter()
                    .any(|end| known.name.ends_with(end));
            assert_eq!(permits, matches!(known.counts, File | Directory), "{}", known.name);
            let is_said = known.meaning.ends_with("; profile files only");
            assert_eq!(permits, is_said, "{}: {}", known.name, known.meaning);
        }
        for program in ALL.iter().filter(|known| known.name.ends_with("_COMMAND")) {
            assert_eq!(program.counts, Directory, "{}", program.name);
        }
        assert_eq!(counts("ODOO_ALLOW_WHATEVER_COMES"), Directory);
    }

    #[test]
    fn a_slip_is_found_wherever_it_is() {
        for (slip, meant) in [
            ("ODOO_TIMEUOT", Some(TIMEOUT)),
            ("ODO_TIMEOUT", Some(TIMEOUT)),
            ("OODO_TIMEOUTS", Some(TIMEOUT)),
            ("ODOO_LNAG", Some(LANG)),
            ("ODOO_BASEURL", Some(BASE_URL)),
            ("PATH", None),
            ("ODOO_SH_STAGE", None),
            ("TZ", None),
        ] {
            assert_eq!(meant_in_environment(slip), meant, "{slip}");
        }
    }

    #[test]
    fn what_is_glued_to_a_name_is_not_repeated() {
        assert_eq!(shown("ODOO_API_KEY5e1f00c0ffee"), "ODOO_API_KEY…");
        for name in ["ODOO_API_KEYS", "ODOO_API_KYE", "ODOO_MASTER_PASSWORD", API_KEY] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn slips_of_the_hand_are_seen_and_other_names_are_not() {
        for (misspelt, meant) in [
            ("ODOO_API_KYE", Some(API_KEY)),
            ("ODOO_TIMEUOT", Some(TIMEOUT)),
            ("ODDO_DB", Some(DB)),
            ("odoo_timeout", None),
            ("ODOO_URL", None),
            ("ODOO_MASTER_PASSWORD", None),
        ] {
            assert_eq!(meant_by(misspelt), meant, "{misspelt}");
        }
    }
}
