//! Which Odoo, which database and which key, and the rule that a key goes only to the host it was configured
//! with. It reads no file and connects to nothing.

use super::{Layers, Origin, names};
use crate::base_url::BaseUrl;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// How a profile wants to be spoken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Whatever the server answers, by what the profile holds.
    #[default]
    Auto,
    /// JSON-2.
    Json2,
    /// JSON-RPC.
    JsonRpc,
    /// The web session.
    Session,
}

/// A secret of the profile.
#[derive(Clone, Debug)]
pub enum Held {
    /// It is there.
    Here(Secret),
    /// A command of the profile's owner prints it.
    Behind {
        /// The setting that names the command.
        name: &'static str,
        /// The command.
        command: String,
    },
}

/// Which Odoo, which database, and whose proof.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The server.
    pub base_url: BaseUrl,
    /// The database.
    pub database: String,
    /// How it is to be spoken to.
    pub wish: Wish,
    /// The user's login.
    pub login: Option<String>,
    /// The user's key.
    pub key: Option<Held>,
    /// The user's password.
    pub password: Option<Held>,
}

/// That of the embedded Odoo.
pub fn of_sandbox() -> Result<Connection> {
    let sandbox = crate::embedded::sandbox()?;
    Ok(Connection {
        base_url: BaseUrl::parse(sandbox.base_url)?,
        database: sandbox.database.into(),
        wish: Wish::Json2,
        login: None,
        key: Some(Held::Here(Secret::new(sandbox.key.into()))),
        password: None,
    })
}

/// What a profile, with the environment over it, says.
///
/// # Errors
/// What is missing, wrong, or could take a key to another host.
pub fn of_profile(label: &str, layers: &Layers) -> Result<Connection> {
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
    let wish = wish(layers)?;
    let login = layers.get(names::LOGIN).map(|(login, _)| login.trim().to_string());
    let key = held(layers, names::API_KEY, names::API_KEY_COMMAND);
    let password = held(layers, names::PASSWORD, names::PASSWORD_COMMAND);
    match wish {
        _ if key.is_none() && password.is_none() && wish != Wish::Session => drop(needed(names::API_KEY)?),
        Wish::Json2 if key.is_none() => drop(needed(names::API_KEY)?),
        Wish::Session if password.is_none() => {
            needed(names::PASSWORD).map_err(|error| {
                error.with_hint("an API key does not open the web session: it wants the user's password")
            })?;
        }
        Wish::JsonRpc | Wish::Session => drop(needed(names::LOGIN)?),
        Wish::Auto if key.is_none() => drop(needed(names::LOGIN)?),
        Wish::Auto | Wish::Json2 => {}
    }
    if database.contains(|c: char| c.is_control()) {
        return Err(Error::new(Code::ConfigInvalid, format!("{} holds a control character", names::DB)));
    }
    let base_url = BaseUrl::parse(url_text)?;
    for (name, held) in [(names::API_KEY, &key), (names::PASSWORD, &password)] {
        let Some((held, origin)) = held else { continue };
        check_key_goes_home(layers, &base_url, &url_origin, origin)?;
        if let Held::Here(secret) = held {
            check_text(secret, name, &origin.to_string())?;
        }
    }
    // A file permits it to the address that it names, and to no other.
    let named = layers.in_file(names::BASE_URL).and_then(|text| BaseUrl::parse(text).ok());
    let http_allowed =
        layers.permits(names::ALLOW_HTTP) && named.is_some_and(|own| own.origin() == base_url.origin());
    if !base_url.is_secure() && !base_url.is_loopback() && !http_allowed {
        return Err(Error::new(
            Code::ConfigUnsafe,
            format!(
                "{} is plain http to another machine: the key would travel in the clear",
                base_url.origin()
            ),
        )
        .with_hint(format!(
            "use https, or set {}=1 in the profile file that names this address, if the way is private",
            names::ALLOW_HTTP
        )));
    }
    Ok(Connection {
        base_url,
        database: database.to_string(),
        wish,
        login,
        key: key.map(|(held, _)| held),
        password: password.map(|(held, _)| held),
    })
}

/// Of a file alone: what an agent exports chooses nothing.
fn wish(layers: &Layers) -> Result<Wish> {
    match layers.in_file(names::PROTOCOL).map(str::trim) {
        None | Some("auto") => Ok(Wish::Auto),
        Some("json2") => Ok(Wish::Json2),
        Some("jsonrpc") => Ok(Wish::JsonRpc),
        Some("session") => Ok(Wish::Session),
        Some(_) => Err(Error::new(
            Code::ConfigInvalid,
            format!("{} is none of auto, json2, jsonrpc, session", names::PROTOCOL),
        )),
    }
}

/// A secret and the place that holds it, or the command for it; a command only of a profile in the configuration
/// directory, which the agent is not given to write.
fn held(layers: &Layers, name: &'static str, command: &'static str) -> Option<(Held, Origin)> {
    if let Some((text, origin)) = layers.get(name) {
        return Some((Held::Here(Secret::new(text.to_string())), origin));
    }
    match (&layers.file, layers.in_file(command)) {
        (Some((origin @ Origin::Profile(_), _)), Some(text)) => {
            Some((Held::Behind { name: command, command: text.to_string() }, origin.clone()))
        }
        _ => None,
    }
}

/// Refuses what is no key or password, whoever gave it.
///
/// # Errors
/// A key that no header can carry, or a password that is none.
pub fn check_text(secret: &Secret, name: &str, origin: &str) -> Result<()> {
    let text = secret.expose();
    if name.starts_with(names::PASSWORD) {
        let is_sound = !text.is_empty() && !text.chars().any(char::is_control);
        return if is_sound {
            Ok(())
        } else {
            Err(Error::new(Code::ConfigInvalid, format!("{name} in {origin} holds control characters")))
        };
    }
    let first = text.split_whitespace().next().unwrap_or_default().trim_end_matches(':');
    let header = ["bearer", "basic", "token", "authorization", "apikey", "api-key"];
    if text.trim().contains(char::is_whitespace) && header.contains(&first.to_ascii_lowercase().as_str()) {
        // A word of a header is no secret; what follows it is.
        return Err(Error::new(
            Code::ConfigInvalid,
            format!("{name} in {origin} begins with {first:?}, a word of the header and not of the key"),
        )
        .with_hint(format!("take {first} off: the key alone, Bearer is put before it here")));
    }
    // No header can carry them, and a key has none: they came along with a text that was pasted.
    let quotes =
        |c: char| ('\u{2018}'..='\u{201f}').contains(&c) || matches!(c, '\u{b4}' | '\u{ab}' | '\u{bb}');
    if text.trim().starts_with(quotes) || text.trim().ends_with(quotes) {
        return Err(Error::new(Code::ConfigInvalid, format!("{name} in {origin} stands in quotes"))
            .with_hint("leave the quotes out: the key alone"));
    }
    if !text.chars().all(|c| matches!(c, '!'..='~' | ' ')) || text.trim().is_empty() {
        return Err(Error::new(
            Code::ConfigInvalid,
            format!("{name} in {origin} holds characters that no HTTP header can carry"),
        ));
    }
    Ok(())
}

/// A key goes only to the host it was configured with. The place that holds the key says which that is by its
/// own base URL; a key from the environment without one may also go where a profile of the configuration
/// directory points, but never where a file named on the command line does.
pub fn check_key_goes_home(
    layers: &Layers,
    url: &BaseUrl,
    url_from: &Origin,
    key_from: &Origin,
) -> Result<()> {
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
