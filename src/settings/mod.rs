//! Settings: which profile, from which layers, with the origin of each value. It decides where a key may go
//! and refuses what could leak one. It opens no connection.

pub mod base_url;
pub mod env_file;
mod environment;
pub mod names;
pub mod paths;
pub mod secret;
pub mod wrapper;

use std::path::PathBuf;
use std::time::Duration;

pub use base_url::BaseUrl;
pub use environment::Environment;
pub use paths::Paths;
pub use secret::Secret;

use crate::error::{Code, Error, Result};
use crate::sandbox;

/// The profile that needs no configuration.
pub const SANDBOX: &str = "sandbox";

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
const DEFAULT_SCHEMA_TTL: Duration = Duration::from_secs(24 * 3600);
const DEFAULT_LOOKUP_TTL: Duration = Duration::from_secs(12 * 3600);

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
    /// The agent's key.
    pub api_key: Secret,
    /// Limit of a whole call.
    pub timeout: Duration,
    /// A private authority's certificates.
    pub ca_file: Option<PathBuf>,
    /// `lang` of the context; without it the user's own.
    pub language: Option<String>,
    /// `tz` of the context; without it the user's own.
    pub time_zone: Option<String>,
    /// `allowed_company_ids` of the context.
    pub company_ids: Vec<i64>,
    /// `agent_channel` of the context.
    pub agent_channel: String,
    /// Life of a cached schema.
    pub schema_ttl: Duration,
    /// Life of a cached lookup.
    pub lookup_ttl: Duration,
    /// Protected context keys that the profile allows.
    pub allowed_context: Vec<String>,
    /// `ODOO_LANG=… comes from …` and the same of the companies, where they are set.
    pub language_says: Option<String>,
    /// The companies.
    pub companies_say: Option<String>,
    /// `ODOO_…` names in the profile file that nothing reads.
    pub unread: Vec<String>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Environment,
    /// A profile in the configuration directory.
    Profile(PathBuf),
    /// A file named on the command line.
    EnvFile(PathBuf),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Environment => formatter.write_str("the environment"),
            Origin::Profile(path) | Origin::EnvFile(path) => write!(formatter, "{}", path.display()),
        }
    }
}

/// The environment over at most one file.
struct Layers<'a> {
    environment: &'a Environment,
    file: Option<(Origin, env_file::Values)>,
}

impl Layers<'_> {
    fn in_file(&self, name: &str) -> Option<&str> {
        let (_, values) = self.file.as_ref()?;
        values.get(name).map(|setting| setting.value.as_str()).filter(|value| !value.is_empty())
    }

    fn get(&self, name: &str) -> Option<(&str, Origin)> {
        if let Some(value) = self.environment.text(name) {
            return Some((value, Origin::Environment));
        }
        let (origin, _) = self.file.as_ref()?;
        self.in_file(name).map(|value| (value, origin.clone()))
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>, expected: &str) -> Result<Option<T>> {
        let Some((text, origin)) = self.get(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| {
            Error::new(Code::ConfigInvalid, format!("{name} in {origin} is not {expected}"))
                .with_hint(format!("correct it in {origin}"))
        })
    }
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
        let (label, layers) = choose(selection, environment, paths)?;
        let is_sandbox = label == SANDBOX;
        let connection = if is_sandbox { sandbox_connection()? } else { connection(&label, &layers)? };
        let (base_url, database, api_key) = connection;
        let unread = unread_names(&layers)?;
        let ca_file = layers.get(names::CA_FILE).map(|(path, _)| PathBuf::from(path));
        let text = |name: &str| layers.get(name).map(|(value, _)| value.to_string());
        let says = |name: &str| {
            layers.get(name).map(|(value, origin)| format!("{name}={value} comes from {origin}"))
        };
        let agent_channel = selection.agent_channel.clone().or_else(|| text(names::AGENT_CHANNEL));
        Ok(Settings {
            label,
            is_sandbox,
            base_url,
            database,
            api_key,
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
            agent_channel: agent_channel.unwrap_or_else(|| "cli".into()),
            schema_ttl: ttl(&layers, names::SCHEMA_TTL, DEFAULT_SCHEMA_TTL)?,
            lookup_ttl: ttl(&layers, names::LOOKUP_TTL, DEFAULT_LOOKUP_TTL)?,
            allowed_context: allowed_context(&layers),
            language_says: says(names::LANG),
            companies_say: says(names::COMPANY_IDS),
            unread,
        })
    }
}

/// Names in the file that look like ours and are none, in which whatever was meant has no effect.
///
/// # Errors
/// One that comes close to a name which the file does not hold: that one was meant.
fn unread_names(layers: &Layers) -> Result<Vec<String>> {
    let Some((origin, values)) = &layers.file else { return Ok(Vec::new()) };
    let mut unread = Vec::new();
    for name in values.keys().filter(|key| names::in_a_profile().all(|name| name != key.as_str())) {
        match names::meant_by(name) {
            Some(meant) if !values.contains_key(meant) => {
                return Err(Error::new(
                    Code::ConfigInvalid,
                    format!("{origin} sets {name}, which nothing reads: {meant} is meant"),
                )
                .with_hint(format!("write {meant} in its place")));
            }
            _ if name.starts_with("ODOO_") => unread.push(names::shown(name)),
            _ => {}
        }
    }
    Ok(unread)
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
    /// Reads the layers again, for this alone. A command is taken from a profile of the configuration
    /// directory only: never from the environment or a file named on the command line, which the agent may
    /// be able to write.
    pub fn find(
        selection: &Selection,
        environment: &Environment,
        paths: &Paths,
    ) -> Result<Option<ApproverSource>> {
        let (label, layers) = choose(selection, environment, paths)?;
        let goes_home = |key_from: &Origin| match layers.get(names::BASE_URL) {
            Some((url, url_from)) if label != SANDBOX => {
                check_key_goes_home(&layers, &BaseUrl::parse(url)?, &url_from, key_from)
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
        match (&layers.file, layers.in_file(names::APPROVER_KEY_COMMAND)) {
            (Some((origin @ Origin::Profile(_), _)), Some(command)) => {
                goes_home(origin)?;
                Ok(Some(ApproverSource::Command(command.to_string())))
            }
            _ => Ok(None),
        }
    }
}

/// What a time-out looks like.
pub const TIMEOUT_FORM: &str = "a duration between 1ms and 1h, like 90s or 2m";

/// Parses a time-out: humantime, or whole seconds.
pub fn parse_timeout(text: &str) -> Option<Duration> {
    parse_duration(text)
        .filter(|timeout| (Duration::from_millis(1)..=Duration::from_secs(3600)).contains(timeout))
}

fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    text.parse::<u64>().ok().map(Duration::from_secs).or_else(|| humantime::parse_duration(text).ok())
}

fn ttl(layers: &Layers, name: &str, default: Duration) -> Result<Duration> {
    Ok(layers.parsed(name, parse_duration, "a duration like 12h, or 0")?.unwrap_or(default))
}

fn parse_ids(text: &str) -> Option<Vec<i64>> {
    text.split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<i64>().ok().filter(|id| *id > 0))
        .collect()
}

/// Only a profile in the configuration directory, which the agent is not given to write, can allow them.
fn allowed_context(layers: &Layers) -> Vec<String> {
    match &layers.file {
        Some((Origin::Profile(_), _)) => layers
            .in_file(names::ALLOW_CONTEXT)
            .unwrap_or_default()
            .split([',', ' '])
            .filter(|key| !key.is_empty())
            .map(str::to_string)
            .collect(),
        _ => Vec::new(),
    }
}

fn choose<'a>(
    selection: &Selection,
    environment: &'a Environment,
    paths: &Paths,
) -> Result<(String, Layers<'a>)> {
    if let Some(path) = &selection.env_file {
        let values = env_file::read(path, false)?;
        let file = Some((Origin::EnvFile(path.clone()), values));
        return Ok((path.display().to_string(), Layers { environment, file }));
    }
    let named = selection.profile.as_deref().or_else(|| environment.text(names::PROFILE));
    let profiles = paths.profiles();
    let name = match named {
        Some(SANDBOX) => return Ok((SANDBOX.into(), Layers { environment, file: None })),
        Some(name) => name.to_string(),
        None if complete(environment) => {
            return Ok(("environment".into(), Layers { environment, file: None }));
        }
        None if profiles.len() == 1 => profiles[0].clone(),
        None => return Err(nothing_to_go_by(environment, paths, &profiles)),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(Error::usage("a profile name holds letters, digits, `_` and `-` only"));
    }
    let path = paths.profile(&name);
    if !path.exists() {
        let mut error = Error::new(
            Code::ConfigMissing,
            format!("there is no profile {name}: looked for {}", path.display()),
        );
        if let Some(close) = crate::suggest::closest(&name, profiles.iter().map(String::as_str)) {
            error = error.with_hint(format!("did you mean --profile {close}?"));
        }
        return Err(error.with_hint(format!(
            "copy env-dist/odoo_local.env-dist to {} with mode 0600, or try --profile sandbox",
            path.display()
        )));
    }
    let values = env_file::read(&path, true)?;
    Ok((name, Layers { environment, file: Some((Origin::Profile(path), values)) }))
}

fn complete(environment: &Environment) -> bool {
    [names::BASE_URL, names::DB, names::API_KEY].iter().all(|name| environment.text(name).is_some())
}

fn nothing_to_go_by(environment: &Environment, paths: &Paths, profiles: &[String]) -> Error {
    let missing: Vec<&str> = [names::BASE_URL, names::DB, names::API_KEY]
        .into_iter()
        .filter(|name| environment.text(name).is_none())
        .collect();
    let looked = format!("looked for {} in the environment", missing.join(", "));
    if profiles.is_empty() {
        Error::new(
            Code::ConfigMissing,
            format!("no profile is configured: {looked} and for odoo_NAME.env in {}", paths.config.display()),
        )
        .with_hint("to try without any configuration: odoo-agent --profile sandbox search-read res.partner")
        .with_hint(format!(
            "copy env-dist/odoo_local.env-dist to {} with mode 0600",
            paths.profile("local").display()
        ))
    } else {
        Error::new(
            Code::ConfigMissing,
            format!("which profile? {looked}, and {} holds {}", paths.config.display(), profiles.join(", ")),
        )
        .with_hint(format!(
            "name one: --profile {}",
            profiles.iter().find(|name| *name == "local").unwrap_or(&profiles[0])
        ))
    }
}

fn sandbox_connection() -> Result<(BaseUrl, String, Secret)> {
    let base_url = BaseUrl::parse(sandbox::BASE_URL)?;
    Ok((base_url, sandbox::DATABASE.into(), Secret::new(sandbox::AGENT_KEY.into())))
}

fn connection(label: &str, layers: &Layers) -> Result<(BaseUrl, String, Secret)> {
    let needed = |name: &str| {
        layers.get(name).ok_or_else(|| {
            let mut error = Error::new(Code::ConfigMissing, format!("profile {label}: {name} is not set"));
            if let Some((origin, values)) = &layers.file {
                if let Some(empty) = values.get(name) {
                    error.message = format!("profile {label}: {name} is empty");
                    return error.with_hint(format!("fill in {name} in {origin} (line {})", empty.line));
                }
                let present = values.keys().map(String::as_str);
                let stray = present.filter(|key| names::in_a_profile().all(|name| name != *key));
                error = match crate::suggest::closest(name, stray) {
                    Some(close) => {
                        error.with_hint(format!("{origin} has {}: is {name} meant?", names::shown(close)))
                    }
                    None => error.with_hint(format!("add {name}=… to {origin}")),
                };
            }
            error
        })
    };
    let (url_text, url_origin) = needed(names::BASE_URL)?;
    let (database, _) = needed(names::DB)?;
    let (key, key_origin) = needed(names::API_KEY)?;
    if database.contains(|c: char| c.is_control()) {
        return Err(Error::new(Code::ConfigInvalid, format!("{} holds a control character", names::DB)));
    }
    if !key.chars().all(|c| matches!(c, '!'..='~' | ' ')) || key.trim().is_empty() {
        return Err(Error::new(
            Code::ConfigInvalid,
            format!("{} in {key_origin} holds characters that no HTTP header can carry", names::API_KEY),
        ));
    }
    let base_url = BaseUrl::parse(url_text)?;
    check_key_goes_home(layers, &base_url, &url_origin, &key_origin)?;
    let http_allowed = layers.get(names::ALLOW_HTTP).is_some_and(|(value, _)| value == "1");
    if !base_url.is_secure() && !base_url.is_loopback() && !http_allowed {
        return Err(Error::new(
            Code::ConfigUnsafe,
            format!(
                "{} is plain http to another machine: the key would travel in the clear",
                base_url.origin()
            ),
        )
        .with_hint(format!(
            "use https, or set {}=1 in the profile if the way is private",
            names::ALLOW_HTTP
        )));
    }
    Ok((base_url, database.to_string(), Secret::new(key.to_string())))
}

/// A key goes only to the host it was configured with. The place that holds the key says which that is by its
/// own base URL; a key from the environment without one may also go where a profile of the configuration
/// directory points, but never where a file named on the command line does.
fn check_key_goes_home(layers: &Layers, url: &BaseUrl, url_from: &Origin, key_from: &Origin) -> Result<()> {
    if url_from == key_from {
        return Ok(());
    }
    let beside_the_key = match key_from {
        Origin::Environment => layers.environment.text(names::BASE_URL),
        _ => layers.in_file(names::BASE_URL),
    };
    let home = beside_the_key.map(BaseUrl::parse).transpose()?;
    match home {
        Some(home) if home.origin() == url.origin() => return Ok(()),
        None if *key_from == Origin::Environment && matches!(url_from, Origin::Profile(_)) => return Ok(()),
        _ => {}
    }
    Err(Error::new(
        Code::ConfigUnsafe,
        format!(
            "the key comes from {key_from} and the address {} from {url_from}: a key goes only to the host it was configured with",
            url.origin()
        ),
    )
    .with_hint(format!("set the key and {} in the same place", names::BASE_URL)))
}
