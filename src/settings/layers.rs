//! The layers that a setting may come from, the environment before the files, and which of them said it.

use std::path::PathBuf;

use super::names::{self, Counts};
use super::{Environment, env_file};
use crate::error::{Code, Error, Result};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
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
pub(super) struct Layers<'a> {
    pub(super) environment: &'a Environment,
    pub(super) file: Option<(Origin, env_file::Values)>,
}

impl Layers<'_> {
    pub(super) fn in_file(&self, name: &str) -> Option<&str> {
        let (_, values) = self.file.as_ref()?;
        values.get(name).map(|setting| setting.value.as_str()).filter(|value| !value.is_empty())
    }

    /// A value from where it counts, and from nowhere else.
    pub(super) fn get(&self, name: &str) -> Option<(&str, Origin)> {
        let exported = || self.environment.text(name).map(|value| (value, Origin::Environment));
        let written = || {
            let (origin, _) = self.file.as_ref()?;
            self.in_file(name).map(|value| (value, origin.clone()))
        };
        match names::counts(name) {
            Counts::Anywhere => exported().or_else(written),
            Counts::Environment => exported(),
            Counts::File => written(),
            Counts::Directory => written().filter(|(_, origin)| matches!(origin, Origin::Profile(_))),
        }
    }

    /// Whether a file says `1`. The environment can take that back, and never give it.
    pub(super) fn permits(&self, name: &str) -> bool {
        let is_yes = |value: &str| value == "1";
        self.get(name).is_some_and(|(value, _)| is_yes(value))
            && self.environment.text(name).is_none_or(is_yes)
    }

    /// Refuses what an environment holds in the quotes of whatever wrote it, or with blanks around it: a shell takes
    /// them off, `set` of cmd.exe and an env file of a container do not.
    ///
    /// # Errors
    /// Which setting it is, and never what it says.
    pub(super) fn are_bare(&self) -> Result<()> {
        let invalid = |name: &str, what: &str, way: &str| {
            let message = format!("{name} in the environment {what}, which would be taken for a part of it");
            Err(Error::new(Code::ConfigInvalid, message).with_hint(way))
        };
        for name in [names::BASE_URL, names::DB, names::API_KEY, names::LOGIN, names::LANG, names::TZ] {
            let Some(text) = self.environment.text(name) else { continue };
            // A key goes out as it is written, whatever it is made of.
            let is_key = name == names::API_KEY;
            let is_in = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
            if !is_key && ['"', '\''].into_iter().any(is_in) {
                return invalid(
                    name,
                    "stands in quotes",
                    "leave the quotes out: set of cmd.exe and env files of containers pass them on",
                );
            }
            if !is_key && text.trim() != text && name != names::BASE_URL && !text.trim().is_empty() {
                return invalid(name, "begins or ends with a blank", "leave the blank out");
            }
            if text.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')) {
                return invalid(name, "begins with its own name", "leave the name and the = out");
            }
        }
        Ok(())
    }

    /// Names of a list that a file permits. The environment can leave some of them out, and never add one.
    pub(super) fn permitted(&self, name: &str) -> Vec<String> {
        let listed = |text: &str| -> Vec<String> {
            text.split([',', ' ']).filter(|one| !one.is_empty()).map(str::to_string).collect()
        };
        let mut all = self.get(name).map(|(text, _)| listed(text)).unwrap_or_default();
        if let Some(left) = self.environment.text(name).map(listed) {
            all.retain(|one| left.contains(one));
        }
        all
    }

    /// What the environment says in vain: it counts from a file alone, and the file says something else.
    pub(super) fn unheard(&self) -> Vec<&'static str> {
        let in_vain = |name: &&'static str| {
            matches!(names::counts(name), Counts::File | Counts::Directory)
                && self
                    .environment
                    .text(name)
                    .is_some_and(|exported| self.get(name).is_none_or(|(own, _)| own != exported))
        };
        names::in_a_profile().filter(in_vain).collect()
    }

    pub(super) fn parsed<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Result<Option<T>> {
        let Some((text, origin)) = self.get(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| {
            Error::new(Code::ConfigInvalid, format!("{name} in {origin} is not {expected}"))
                .with_hint(format!("correct it in {origin}"))
        })
    }
}

/// What of the connection the environment says otherwise than the file.
pub(super) fn overruled(layers: &Layers) -> Vec<&'static str> {
    let differs = |name: &&str| {
        let (exported, own) = (layers.environment.text(name), layers.in_file(name));
        matches!((exported, own), (Some(exported), Some(own)) if exported != own)
    };
    [names::BASE_URL, names::DB].into_iter().filter(differs).collect()
}

/// Names in the file that look like ours and are none, in which whatever was meant has no effect.
///
/// # Errors
/// One that comes close to a name which the file does not hold: that one was meant.
pub(super) fn unread_names(layers: &Layers) -> Result<Vec<String>> {
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
