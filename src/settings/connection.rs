//! Which Odoo, which database and which key, and the rule that a key goes only to the host it was configured
//! with. It reads no file and connects to nothing.

use super::{Layers, Origin, names};
use crate::base_url::BaseUrl;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// That of the embedded Odoo.
pub fn of_sandbox() -> Result<(BaseUrl, String, Secret)> {
    let sandbox = crate::embedded::sandbox()?;
    Ok((BaseUrl::parse(sandbox.base_url)?, sandbox.database.into(), Secret::new(sandbox.key.into())))
}

/// What a profile, with the environment over it, says.
///
/// # Errors
/// What is missing, wrong, or could take a key to another host.
pub fn of_profile(label: &str, layers: &Layers) -> Result<(BaseUrl, String, Secret)> {
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
    let first = key.split_whitespace().next().unwrap_or_default().trim_end_matches(':');
    let header = ["bearer", "basic", "token", "authorization", "apikey", "api-key"];
    if key.trim().contains(char::is_whitespace) && header.contains(&first.to_ascii_lowercase().as_str()) {
        // A word of a header is no secret; what follows it is.
        return Err(Error::new(
            Code::ConfigInvalid,
            format!(
                "{} in {key_origin} begins with {first:?}, a word of the header and not of the key",
                names::API_KEY
            ),
        )
        .with_hint(format!("take {first} off: the key alone, Bearer is put before it here")));
    }
    if !key.chars().all(|c| matches!(c, '!'..='~' | ' ')) || key.trim().is_empty() {
        return Err(Error::new(
            Code::ConfigInvalid,
            format!("{} in {key_origin} holds characters that no HTTP header can carry", names::API_KEY),
        ));
    }
    let base_url = BaseUrl::parse(url_text)?;
    check_key_goes_home(layers, &base_url, &url_origin, &key_origin)?;
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
    Ok((base_url, database.to_string(), Secret::new(key.to_string())))
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
