//! Which profile a run works in: what the command line names, else the environment, else the only one there is.
//! What the values of a profile mean is not decided here.

use std::path::Path;

use super::{Environment, Layers, Origin, Paths, SANDBOX, Selection, env_file, names, wrapper};
use crate::error::{Code, Error, Result};
use crate::fsio;
use crate::text::shell;

/// The profile that is meant, and its values.
///
/// # Errors
/// None is, it is not there, or its file may not be read.
pub fn choose<'a>(
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
            "copy env-dist/odoo_{}.env-dist to {} with mode 0600{}",
            if name == "erp" { "erp" } else { "local" },
            path.display(),
            // A wrapper refuses another profile than its own.
            match crate::embedded::is_there() && !wrapper::is_one(environment) {
                true => ", or try --profile sandbox",
                false => "",
            }
        )));
    }
    refuse_shared(&paths.config)?;
    let values = env_file::read(&path, true)?;
    Ok((name, Layers { environment, file: Some((Origin::Profile(path), values)) }))
}

/// Who can rename what is in the directory decides which profile a name leads to.
fn refuse_shared(config: &Path) -> Result<()> {
    if !fsio::strangers_can_replace_in(config).unwrap_or(false) {
        return Ok(());
    }
    Err(Error::new(
        Code::ConfigUnsafe,
        format!("others can change what is in the configuration directory {}", config.display()),
    )
    .with_hint(format!("chmod 700 {}, which must be your own", shell::quoted(&config.display().to_string()))))
}

fn complete(environment: &Environment) -> bool {
    let all = |wanted: &[&str]| wanted.iter().all(|name| environment.text(name).is_some());
    all(&[names::BASE_URL, names::DB]) && (all(&[names::API_KEY]) || all(&[names::LOGIN, names::PASSWORD]))
}

fn nothing_to_go_by(environment: &Environment, paths: &Paths, profiles: &[String]) -> Error {
    let missing: Vec<&str> = [names::BASE_URL, names::DB, names::API_KEY]
        .into_iter()
        .filter(|name| environment.text(name).is_none())
        .collect();
    let looked = format!("looked for {} in the environment", missing.join(", "));
    if profiles.is_empty() {
        let mut error = Error::new(
            Code::ConfigMissing,
            format!("no profile is configured: {looked} and for odoo_NAME.env in {}", paths.config.display()),
        );
        if crate::embedded::is_there() && !wrapper::is_one(environment) {
            error = error.with_hint(
                "to try without any configuration: odoo-agent --profile sandbox search-read res.partner",
            );
        }
        error.with_hint(format!(
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
