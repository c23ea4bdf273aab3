//! Settings: which profile, from which layers, with the origin of each value. It decides where a key may go
//! and refuses what could leak one. It opens no connection.

mod choice;
mod connection;
pub mod env_file;
mod environment;
mod forms;
mod layers;
#[cfg(feature = "mcp")]
mod mcp;
pub mod names;
pub mod paths;
pub mod wrapper;

use std::path::PathBuf;
use std::time::Duration;

pub use connection::{Held, Wish};
pub use environment::Environment;
pub use forms::{TIMEOUT_FORM, parse_timeout};
#[cfg(feature = "mcp")]
pub use mcp::Mcp;
pub use paths::Paths;

/// The profile that needs no configuration.
pub use crate::embedded::PROFILE as SANDBOX;

use crate::base_url::BaseUrl;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use forms::{A_COUNT, is_person, parse_count, parse_ids, parse_yes, ttl};
use layers::{Layers, Origin, overruled, unread_names};

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

const DEFAULT_SCHEMA_TTL: Duration = Duration::from_secs(24 * 3600);

const DEFAULT_LOOKUP_TTL: Duration = Duration::from_secs(12 * 3600);

const JOURNAL_DAYS: u64 = 90;

const JOURNAL_MB: u64 = 200;

/// What the command line says about where to work.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--env-file`.
    pub env_file: Option<PathBuf>,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--agent-channel`.
    pub agent_channel: Option<String>,
    /// What the channel is called where nobody names one.
    pub surface: Option<&'static str>,
    /// `--wait`.
    pub wait: Option<Duration>,
}

/// Everything a call needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How messages name the profile.
    pub label: String,
    /// Answered by the embedded sandbox.
    pub is_sandbox: bool,
    /// The server.
    pub base_url: BaseUrl,
    /// The database.
    pub database: String,
    /// How it is to be spoken to.
    pub wish: Wish,
    /// The agent's login.
    pub login: Option<String>,
    /// The agent's key.
    pub api_key: Option<Secret>,
    /// The agent's password.
    pub password: Option<Secret>,
    /// What is still behind a command.
    behind: Vec<(&'static str, String)>,
    /// Limit of a whole call.
    pub timeout: Duration,
    /// Nobody said how long to wait: where a server is known to take longer, it may.
    pub is_patient: bool,
    /// A private authority's certificates.
    pub ca_file: Option<PathBuf>,
    /// `lang` of the context; without it the user's own.
    pub language: Option<String>,
    /// `tz` of the context; without it the user's own.
    pub time_zone: Option<String>,
    /// `allowed_company_ids` of the context.
    pub company_ids: Vec<i64>,
    /// What of the connection the environment says in the place of the file.
    pub overruled: Vec<&'static str>,
    /// `agent_channel` of the context.
    pub agent_channel: String,
    /// Life of a cached schema.
    pub schema_ttl: Duration,
    /// Life of a cached lookup.
    pub lookup_ttl: Duration,
    /// Protected context keys that the profile allows.
    pub allowed_context: Vec<String>,
    /// How an MCP client is served.
    #[cfg(feature = "mcp")]
    pub mcp: Mcp,
    /// Somebody's own, and no agent's.
    pub is_person: bool,
    /// The journal keeps values, and not their digests alone.
    pub journal_values: bool,
    /// How many days it is kept.
    pub journal_days: u64,
    /// How many megabytes of it.
    pub journal_megabytes: u64,
    /// `ODOO_LANG=… comes from …` and the same of the companies, where they are set.
    pub language_says: Option<String>,
    /// The companies.
    pub companies_say: Option<String>,
    /// `ODOO_…` names in the profile file that nothing reads.
    pub unread: Vec<String>,
    /// `ODOO_…` names in the environment that count from a profile file alone.
    pub unheard: Vec<&'static str>,
}

impl Settings {
    /// Finds the profile, reads it and checks it.
    pub fn load(selection: &Selection, environment: &Environment, paths: &Paths) -> Result<Settings> {
        let read: Vec<&str> = names::in_a_profile().chain([names::PROFILE]).collect();
        if let Some(name) = environment.unreadable(&read) {
            return Err(Error::new(
                Code::ConfigInvalid,
                format!("{name} in the environment is not UTF-8 text"),
            ));
        }
        let (label, layers) = choice::choose(selection, environment, paths)?;
        layers.are_bare()?;
        let is_sandbox = label == SANDBOX;
        let connection =
            if is_sandbox { connection::of_sandbox()? } else { connection::of_profile(&label, &layers)? };
        let connection::Connection { base_url, database, wish, login, key, password } = connection;
        let mut behind = Vec::new();
        let mut here = |held: Option<Held>| match held? {
            Held::Here(secret) => Some(secret),
            Held::Behind { name, command } => {
                behind.push((name, command));
                None
            }
        };
        let (api_key, password) = (here(key), here(password));
        let unread = unread_names(&layers)?;
        let ca_file = layers.get(names::CA_FILE).map(|(path, _)| PathBuf::from(path));
        let text = |name: &str| layers.get(name).map(|(value, _)| value.to_string());
        let says = |name: &str| {
            layers.get(name).map(|(value, origin)| format!("{name}={value} comes from {origin}"))
        };
        // Where the file sets it, the environment is a caller like any other.
        let owners = layers.in_file(names::AGENT_CHANNEL);
        let exported = layers.environment.text(names::AGENT_CHANNEL);
        let callers = selection.agent_channel.as_deref().or(exported);
        let callers = callers.or(selection.surface.filter(|_| owners.is_none()));
        let agent_channel = crate::context::channel(owners, callers)?;
        Ok(Settings {
            label,
            is_sandbox,
            base_url,
            database,
            wish,
            login,
            api_key,
            password,
            behind,
            is_patient: selection.timeout.is_none() && layers.get(names::TIMEOUT).is_none(),
            timeout: match selection.timeout {
                Some(timeout) => timeout,
                None => {
                    layers.parsed(names::TIMEOUT, parse_timeout, TIMEOUT_FORM)?.unwrap_or(DEFAULT_TIMEOUT)
                }
            },
            ca_file,
            language: text(names::LANG),
            time_zone: text(names::TZ),
            company_ids: layers
                .parsed(names::COMPANY_IDS, parse_ids, "a list of company ids like 1,3")?
                .unwrap_or_default(),
            overruled: overruled(&layers),
            agent_channel,
            schema_ttl: ttl(&layers, names::SCHEMA_TTL, DEFAULT_SCHEMA_TTL)?,
            lookup_ttl: ttl(&layers, names::LOOKUP_TTL, DEFAULT_LOOKUP_TTL)?,
            allowed_context: layers.permitted(names::ALLOW_CONTEXT),
            #[cfg(feature = "mcp")]
            mcp: Mcp::of(&layers)?,
            is_person: is_person(&layers)?,
            journal_values: layers.parsed(names::JOURNAL_VALUES, parse_yes, "0 or 1")?.unwrap_or(true),
            journal_days: layers.parsed(names::JOURNAL_DAYS, parse_count, A_COUNT)?.unwrap_or(JOURNAL_DAYS),
            journal_megabytes: layers.parsed(names::JOURNAL_MB, parse_count, A_COUNT)?.unwrap_or(JOURNAL_MB),
            language_says: says(names::LANG),
            companies_say: says(names::COMPANY_IDS),
            unread,
            unheard: layers.unheard(),
        })
    }
}

impl Settings {
    /// Fetches what is behind commands, by whoever runs them: once, before anything is asked.
    ///
    /// # Errors
    /// A command failed, or printed what cannot be used.
    pub fn fetch(&mut self, run: &dyn Fn(&'static str, &str) -> Result<Secret>) -> Result<()> {
        for (name, command) in std::mem::take(&mut self.behind) {
            let secret = run(name, &command)?;
            connection::check_text(&secret, name, "the profile")?;
            match name {
                names::API_KEY_COMMAND => self.api_key = Some(secret),
                _ => self.password = Some(secret),
            }
        }
        Ok(())
    }

    /// Whether there is a key, here or behind a command.
    #[cfg(feature = "mcp")]
    pub fn has_key(&self) -> bool {
        self.api_key.is_some() || self.behind.iter().any(|(name, _)| *name == names::API_KEY_COMMAND)
    }

    /// Whether there is a password, here or behind a command.
    #[cfg(feature = "mcp")]
    pub fn has_password(&self) -> bool {
        self.password.is_some() || self.behind.iter().any(|(name, _)| *name == names::PASSWORD_COMMAND)
    }

    /// Everything that must not be seen.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.api_key.iter().chain(&self.password)
    }

    /// Tells two users of a database apart and says nothing of their keys. Without a login it is that of the key.
    pub fn fingerprint(&self) -> String {
        match (&self.login, &self.api_key, &self.password) {
            (_, Some(key), None) => key.fingerprint(),
            (login, key, password) => {
                let text = |secret: &Option<Secret>| secret.as_ref().map_or("", Secret::expose).to_string();
                let whole = [login.clone().unwrap_or_default(), text(key), text(password)].join("\0");
                Secret::new(whole).fingerprint()
            }
        }
    }
}

/// Where the approver's key is.
pub enum ApproverSource {
    /// In the process environment.
    Environment(Secret),
    /// In the file that the agent's profile is read from.
    File(Secret, PathBuf),
    /// A command prints it.
    Command(String),
}

impl ApproverSource {
    /// Reads the layers again, for this alone.
    pub fn find(
        selection: &Selection,
        environment: &Environment,
        paths: &Paths,
    ) -> Result<Option<ApproverSource>> {
        let (label, layers) = choice::choose(selection, environment, paths)?;
        let goes_home = |key_from: &Origin| match layers.get(names::BASE_URL) {
            Some((url, url_from)) if label != SANDBOX => {
                connection::check_key_goes_home(&layers, &BaseUrl::parse(url)?, &url_from, key_from)
            }
            _ => Ok(()),
        };
        if let Some((key, origin)) = layers.get(names::APPROVER_API_KEY) {
            goes_home(&origin)?;
            let key = Secret::new(key.trim().to_string());
            return Ok(Some(match origin {
                Origin::Environment => ApproverSource::Environment(key),
                Origin::Profile(path) | Origin::EnvFile(path) => ApproverSource::File(key, path),
            }));
        }
        let Some((command, origin)) = layers.get(names::APPROVER_KEY_COMMAND) else { return Ok(None) };
        goes_home(&origin)?;
        Ok(Some(ApproverSource::Command(command.to_string())))
    }
}

/// The directory from which files may be read behind a wrapper, which chooses the file that says it.
pub fn files_dir(selection: &Selection, environment: &Environment, paths: &Paths) -> Option<PathBuf> {
    let (_, layers) = choice::choose(selection, environment, paths).ok()?;
    layers.get(names::FILES_DIR).map(|(path, _)| PathBuf::from(path)).filter(|path| path.is_absolute())
}

/// The keys in every profile that can be read, so that none is repeated.
pub fn keys_at_hand(environment: &Environment, files: &[PathBuf]) -> Vec<Secret> {
    /// Nobody has more, and a slip must not take time.
    const MOST: usize = 50;
    let own = Paths::find(environment)
        .map(|paths| paths.profiles().iter().map(|name| paths.profile(name)).collect::<Vec<_>>());
    let all = files.iter().cloned().chain(own.unwrap_or_default()).take(MOST);
    let values = all.filter_map(|path| env_file::read(&path, true).ok());
    values
        .flat_map(|mut values| names::SECRETS.map(|name| values.remove(name)))
        .flatten()
        .map(|setting| Secret::new(setting.value.trim().to_string()))
        .collect()
}
