//! What waits for a person: each request's claim beside exactly the operation that was refused, one file a request,
//! below the directory of its server, database and key. A file that is not this user's alone, or speaks of another
//! profile, is not used. It sends nothing.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::cache::Owner;
use crate::error::{Error, Result};
use crate::fsio;
use crate::operation::{Object, Operation, canonical, hex};
use crate::secret::Secret;
use crate::waiting;

/// An operation may carry a file or two.
const LARGEST: u64 = 128 * 1024 * 1024;
/// What is older was decided or has expired long ago, in seconds.
const OLDEST: u64 = 60 * 24 * 3600;
const FORM: u64 = 1;

/// A refused call that can be repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The number of its request.
    pub request: String,
    /// What the repeated call goes by.
    pub claim: Secret,
    /// Exactly what was refused.
    pub operation: Operation,
    /// The second in which it was.
    pub at: u64,
}

/// The directory.
#[derive(Clone, Debug)]
pub struct Shelf {
    root: PathBuf,
}

impl Shelf {
    /// Below the state directory; nothing is created yet.
    pub fn new(state: &Path) -> Shelf {
        Shelf { root: state.join("approvals") }
    }

    fn directory(&self, owner: &Owner) -> PathBuf {
        let whose = canonical(&json!([owner.base_url, owner.database, owner.user]));
        let mut name = hex(&Sha256::digest(whose.as_bytes()));
        name.truncate(32);
        self.root.join(name)
    }

    fn file(&self, owner: &Owner, request: &str) -> Option<PathBuf> {
        Some(self.directory(owner).join(format!("{}.json", waiting::number(request)?)))
    }

    /// Keeps a refused call, and lets go of what is too old to be sent.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn put(&self, owner: &Owner, kept: &Kept) -> io::Result<()> {
        let directory = self.directory(owner);
        fsio::ensure_private_dir(&self.root)?;
        fsio::ensure_private_dir(&directory)?;
        self.drop_old(owner, kept.at);
        let path =
            self.file(owner, &kept.request).ok_or_else(|| io::Error::other("no number of a request"))?;
        let operation = &kept.operation;
        let text = Zeroizing::new(
            json!({
                "form": FORM, "request": kept.request, "claim": kept.claim.expose(), "at": kept.at,
                "base_url": owner.base_url, "database": owner.database, "user": owner.user,
                "operation": {
                    "model": operation.model, "method": operation.method, "ids": operation.ids,
                    "kwargs": operation.kwargs, "context": operation.context,
                },
            })
            .to_string(),
        );
        fsio::write_atomically(&path, &[text.as_bytes()], true)
    }

    /// The refused call of a request; none if it was refused elsewhere, or with another profile.
    ///
    /// # Errors
    /// `local_state`: there is a file that cannot be used.
    pub fn get(&self, owner: &Owner, request: &str) -> Result<Option<Kept>> {
        let Some(path) = self.file(owner, request) else { return Ok(None) };
        let unusable = |why: String| {
            Error::local_state(format!("{} cannot be used: {why}; nothing was sent", path.display()))
                .with_hint("repeat the call itself: the guard answers with the same request")
        };
        let bytes = match fsio::read_private(&path, LARGEST).map(Zeroizing::new) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(error.to_string()).with_source(error)),
        };
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let whole = understood(&value, owner, request);
        whole.map(Some).ok_or_else(|| unusable("it is not what was kept there for this profile".into()))
    }

    /// Lets go of a request.
    ///
    /// # Errors
    /// Whatever the disk says; that there is none is no error.
    pub fn remove(&self, owner: &Owner, request: &str) -> io::Result<()> {
        let Some(path) = self.file(owner, request) else { return Ok(()) };
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The numbers of the requests that are kept.
    pub fn requests(&self, owner: &Owner) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory(owner)).into_iter().flatten().flatten();
        let number = |name: String| {
            name.strip_suffix(".json").and_then(waiting::number).filter(|n| name.starts_with(n))
        };
        entries.filter_map(|entry| number(entry.file_name().to_string_lossy().into_owned())).collect()
    }

    fn drop_old(&self, owner: &Owner, now: u64) {
        for request in self.requests(owner) {
            let kept = self.get(owner, &request).ok().flatten();
            if kept.is_some_and(|kept| kept.at.saturating_add(OLDEST) < now) {
                let _ = self.remove(owner, &request);
            }
        }
    }
}

fn understood(value: &Value, owner: &Owner, request: &str) -> Option<Kept> {
    let text = |key: &str| value[key].as_str();
    let is_ours = value["form"] == FORM
        && text("base_url") == Some(&owner.base_url)
        && text("database") == Some(&owner.database)
        && text("user") == Some(&owner.user)
        && text("request").and_then(waiting::number) == waiting::number(request);
    if !is_ours {
        return None;
    }
    let object = |value: &Value| -> Option<Object> { value.as_object().cloned() };
    let parts = &value["operation"];
    let operation =
        Operation::new(parts["model"].as_str()?, parts["method"].as_str()?, object(&parts["kwargs"])?)
            .ok()?;
    let ids = match &parts["ids"] {
        Value::Null => None,
        Value::Array(ids) => Some(ids.iter().map(Value::as_i64).collect::<Option<Vec<i64>>>()?),
        _ => return None,
    };
    Some(Kept {
        request: waiting::number(request)?,
        claim: text("claim")
            .filter(|claim| waiting::is_claim(claim))
            .map(|claim| Secret::new(claim.into()))?,
        operation: Operation { ids, context: object(&parts["context"])?, ..operation },
        at: value["at"].as_u64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const REQUEST: &str = "5591aa8a-f0ee-4af3-9370-39fff0719bac";

    fn owner(user: &str) -> Owner {
        Owner { base_url: "http://odoo".into(), database: "d".into(), user: user.into() }
    }

    fn kept() -> Kept {
        let kwargs: Value = serde_json::from_str(r#"{"z": 0.10, "a": [1e2, 9007199254740993]}"#).unwrap();
        let mut operation = Operation::new("res.partner", "x_send", kwargs.as_object().unwrap().clone())
            .unwrap()
            .on(vec![9, 2]);
        operation.context = json!({ "b": 1, "a": 2 }).as_object().unwrap().clone();
        Kept { request: REQUEST.into(), claim: Secret::new("c".repeat(43)), operation, at: 1_770_000_000 }
    }

    #[test]
    fn what_is_kept_comes_back_exactly_and_for_its_own_profile_alone() {
        let state = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(state.path());
        shelf.put(&owner("a"), &kept()).unwrap();
        let back = shelf.get(&owner("a"), &REQUEST.to_uppercase()).unwrap().unwrap();
        assert_eq!(back, kept());
        assert_eq!(
            Value::Object(back.operation.kwargs).to_string(),
            r#"{"z":0.10,"a":[1e+2,9007199254740993]}"#
        );
        assert_eq!(shelf.get(&owner("b"), REQUEST).unwrap(), None);
        let (from, to) =
            (shelf.file(&owner("a"), REQUEST).unwrap(), shelf.file(&owner("b"), REQUEST).unwrap());
        assert_eq!(std::fs::metadata(&from).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::create_dir(to.parent().unwrap()).unwrap();
        std::fs::copy(&from, &to).unwrap();
        assert!(shelf.get(&owner("b"), REQUEST).is_err(), "moved to another profile it is not used");
        assert_eq!(shelf.requests(&owner("a")), [REQUEST]);
        shelf.remove(&owner("a"), REQUEST).unwrap();
        shelf.remove(&owner("a"), REQUEST).unwrap();
        assert_eq!(shelf.get(&owner("a"), REQUEST).unwrap(), None);
    }

    #[test]
    fn a_file_that_others_may_read_a_link_and_a_broken_one_are_not_used() {
        let state = tempfile::tempdir().unwrap();
        let (shelf, owner) = (Shelf::new(state.path()), owner("a"));
        shelf.put(&owner, &kept()).unwrap();
        let file = shelf.file(&owner, REQUEST).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(shelf.get(&owner, REQUEST).is_err());
        let elsewhere = state.path().join("elsewhere");
        std::fs::rename(&file, &elsewhere).unwrap();
        std::fs::set_permissions(&elsewhere, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
        assert!(shelf.get(&owner, REQUEST).is_err());
        std::fs::remove_file(&file).unwrap();
        fsio::write_atomically(&file, &[b"{}"], false).unwrap();
        assert!(shelf.get(&owner, REQUEST).is_err());
    }

    #[test]
    fn what_is_too_old_to_be_sent_is_let_go() {
        let state = tempfile::tempdir().unwrap();
        let (shelf, owner) = (Shelf::new(state.path()), owner("a"));
        shelf.put(&owner, &kept()).unwrap();
        let other = "00000000-0000-4000-8000-000000000000";
        let later = Kept { request: other.into(), at: kept().at + OLDEST + 1, ..kept() };
        shelf.put(&owner, &later).unwrap();
        assert_eq!(shelf.requests(&owner), [other]);
    }
}
