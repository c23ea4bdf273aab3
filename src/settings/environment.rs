//! The process environment as it was at the start: a value, so that nothing below reads or writes the real
//! one. Empty variables count as unset.

use std::collections::HashMap;
use std::ffi::OsString;

/// Names and values of the process environment.
#[derive(Clone, Default)]
pub struct Environment(HashMap<String, OsString>);

impl Environment {
    /// Takes pairs, as from `std::env::vars_os`.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Environment {
        Environment(
            pairs
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .filter_map(|(name, value)| name.into_string().ok().map(|name| (name, value)))
                .collect(),
        )
    }

    /// The first of these names whose value is not text, and so would be taken for unset.
    pub fn unreadable<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().copied().find(|name| self.0.get(*name).is_some_and(|value| value.to_str().is_none()))
    }

    /// A value that is set, not empty and valid UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str())
    }

    /// Names, in order, that come close to one that is read and is not set, with that one.
    pub fn misspelt(&self) -> Vec<(String, &'static str)> {
        let near =
            self.0.keys().filter_map(|name| Some((name.clone(), super::names::meant_in_environment(name)?)));
        let mut found: Vec<_> = near.filter(|(_, meant)| !self.0.contains_key(*meant)).collect();
        found.sort_unstable();
        found
    }

    /// A path, whatever its encoding.
    pub fn path(&self, name: &str) -> Option<std::path::PathBuf> {
        self.0.get(name).map(std::path::PathBuf::from)
    }
}
