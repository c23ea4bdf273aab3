//! What waits for a person: each request's claim beside exactly the operation that was refused, one file a request.
//! A file that is not this user's alone, or speaks of another profile, is not used. It sends nothing.

use std::io;
use std::path::Path;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cache::Owner;
use crate::caller::Asker;
use crate::drawer::{Drawer, OLDEST};
use crate::error::Result;
use crate::operation::Operation;
use crate::secret::Secret;
use crate::waiting;

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
    /// Who asked for it.
    pub asker: Asker,
    /// The second in which it was.
    pub at: u64,
}

/// The directory.
#[derive(Clone, Debug)]
pub struct Shelf {
    files: Drawer,
}

impl Shelf {
    /// Below the state directory; nothing is created yet.
    pub fn new(state: &Path) -> Shelf {
        Shelf { files: Drawer::new(state, "approvals") }
    }

    /// Keeps a refused call, and lets go of what is too old to be sent.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn put(&self, owner: &Owner, kept: &Kept) -> io::Result<()> {
        self.drop_old(owner, kept.at);
        let text = Zeroizing::new(
            json!({
                "form": FORM, "request": kept.request, "claim": kept.claim.expose(), "at": kept.at,
                "base_url": owner.base_url, "database": owner.database, "user": owner.user,
                "operation": kept.operation.stored(), "asker": kept.asker.stored(),
            })
            .to_string(),
        );
        self.files.put(owner, &kept.request, &text, kept.at)
    }

    /// The refused call of a request; none if it was refused elsewhere, or with another profile.
    ///
    /// # Errors
    /// `local_state`: there is a file that cannot be used.
    pub fn get(&self, owner: &Owner, request: &str) -> Result<Option<Kept>> {
        let hint = "repeat the call itself: the guard answers with the same request";
        self.files.get(owner, request, hint, |value| understood(value, owner, request))
    }

    /// Lets go of a request.
    ///
    /// # Errors
    /// Whatever the disk says; that there is none is no error.
    pub fn remove(&self, owner: &Owner, request: &str) -> io::Result<()> {
        self.files.remove(owner, request)
    }

    fn drop_old(&self, owner: &Owner, now: u64) {
        for request in self.files.requests(owner) {
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
    Some(Kept {
        request: waiting::number(request)?,
        claim: text("claim")
            .filter(|claim| waiting::is_claim(claim))
            .map(|claim| Secret::new(claim.into()))?,
        operation: Operation::from_stored(&value["operation"])?,
        asker: Asker::from_stored(&value["asker"]),
        at: value["at"].as_u64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fsio;
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
        Kept {
            request: REQUEST.into(),
            claim: Secret::new("c".repeat(43)),
            operation,
            asker: Asker::of(&crate::caller::Road::default(), "lab"),
            at: 1_770_000_000,
        }
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
        let (from, to) = (
            shelf.files.file(&owner("a"), REQUEST).unwrap(),
            shelf.files.file(&owner("b"), REQUEST).unwrap(),
        );
        assert_eq!(std::fs::metadata(&from).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::create_dir(to.parent().unwrap()).unwrap();
        std::fs::copy(&from, &to).unwrap();
        assert!(shelf.get(&owner("b"), REQUEST).is_err(), "moved to another profile it is not used");
        assert_eq!(shelf.files.requests(&owner("a")), [REQUEST]);
        shelf.remove(&owner("a"), REQUEST).unwrap();
        shelf.remove(&owner("a"), REQUEST).unwrap();
        assert_eq!(shelf.get(&owner("a"), REQUEST).unwrap(), None);
    }

    #[test]
    fn a_file_that_others_may_read_a_link_and_a_broken_one_are_not_used() {
        let state = tempfile::tempdir().unwrap();
        let (shelf, owner) = (Shelf::new(state.path()), owner("a"));
        shelf.put(&owner, &kept()).unwrap();
        let file = shelf.files.file(&owner, REQUEST).unwrap();
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
        assert_eq!(shelf.files.requests(&owner), [other]);
    }
}
