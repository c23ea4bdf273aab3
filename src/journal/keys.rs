//! Names under which something is done once: what was done, and what came of it, one file a name. Whoever has one holds
//! it, so that two runs at once do it once.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::fsio::{self, Lock};

const FORM: u64 = 1;
/// A longer answer is not kept.
const LARGEST: u64 = 1024 * 1024;

/// What is known under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The digest of what was done.
    pub digest: String,
    /// Its entry.
    pub entry: String,
    /// The name of the journal that has it.
    pub journal: String,
    /// The answer, once there is one.
    pub answer: Option<String>,
    /// It was carried out.
    pub is_done: bool,
}

/// A name that is held.
pub struct Claim {
    path: PathBuf,
    /// What is known under it.
    pub known: Option<Known>,
    _lock: Lock,
}

impl Claim {
    /// Of the name with this digest.
    pub(super) fn of(directory: &Path, name: &str, patience: Duration) -> io::Result<Claim> {
        let lock = Lock::acquire(&directory.join(format!("{name}.lock")), patience)?;
        let path = directory.join(format!("{name}.json"));
        let known =
            match fsio::read_private(&path, 2 * LARGEST) {
                Ok(bytes) => Some(understood(&bytes).ok_or_else(|| {
                    io::Error::other(format!("{} is not what was kept there", path.display()))
                })?),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
        Ok(Claim { path, known, _lock: lock })
    }

    /// Keeps what is about to be sent, or what came of it, and waits until the disk has it.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn keep(&self, known: &Known) -> io::Result<()> {
        let answer = known.answer.as_ref().filter(|answer| answer.len() as u64 <= LARGEST);
        let text = json!({
            "form": FORM, "digest": known.digest, "entry": known.entry, "journal": known.journal,
            "answer": answer, "is_done": known.is_done,
        });
        fsio::write_atomically(&self.path, &[text.to_string().as_bytes()], true)
    }

    /// Forgets it: nothing was done.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn forget(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Lets go of names that are older than what is kept of calls, but for those that somebody holds.
pub(super) fn sweep(directory: &Path, now: SystemTime, seconds: u64) {
    let is_old = |path: &Path| {
        let written = std::fs::symlink_metadata(path).and_then(|found| found.modified());
        written.is_ok_and(|at| now.duration_since(at).unwrap_or_default().as_secs() > seconds)
    };
    for file in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let lock = file.path();
        let known = lock.with_extension("json");
        // Whoever waits for a lock that is gone looks for the new one.
        let is_lock = lock.extension().is_some_and(|kind| kind == "lock");
        if !is_lock || !is_old(&lock) || known.exists() && !is_old(&known) {
            continue;
        }
        if let Ok(_held) = Lock::acquire(&lock, Duration::ZERO) {
            let _ = std::fs::remove_file(&known);
            let _ = std::fs::remove_file(&lock);
        }
    }
}

fn understood(bytes: &[u8]) -> Option<Known> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let text = |key: &str| value[key].as_str().map(str::to_string);
    (value["form"] == FORM).then_some(())?;
    Some(Known {
        digest: text("digest")?,
        entry: text("entry")?,
        journal: text("journal")?,
        answer: text("answer"),
        is_done: value["is_done"].as_bool()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What another test starts has every lock for a moment, until it has become another program.
    const PATIENCE: Duration = Duration::from_secs(5);

    #[test]
    fn a_name_is_held_by_one_and_what_is_kept_comes_back() {
        let directory = tempfile::tempdir().unwrap();
        let of = || Claim::of(directory.path(), "a", PATIENCE);
        let claim = of().unwrap();
        assert!(claim.known.is_none());
        assert!(Claim::of(directory.path(), "a", Duration::ZERO).is_err(), "it is held");
        let known = Known {
            digest: "d".into(),
            entry: "e".into(),
            journal: "j".into(),
            answer: Some("[1, 2.50]".into()),
            is_done: true,
        };
        claim.keep(&known).unwrap();
        drop(claim);
        let again = of().unwrap();
        assert_eq!(again.known, Some(known));
        again.forget().unwrap();
        again.forget().unwrap();
        drop(again);
        fsio::write_atomically(&directory.path().join("a.json"), &[b"{}"], false).unwrap();
        assert!(of().is_err(), "what is not understood is not taken for nothing");
    }
    #[test]
    fn names_go_with_what_is_kept_of_calls_and_not_while_they_are_held() {
        let directory = tempfile::tempdir().unwrap();
        let of = |name: &str| Claim::of(directory.path(), name, PATIENCE).unwrap();
        let known =
            Known { digest: "d".into(), entry: "e".into(), journal: "j".into(), answer: None, is_done: true };
        for name in ["a", "b"] {
            of(name).keep(&known).unwrap();
        }
        drop(of("c"));
        let held = of("b");
        let later = SystemTime::now() + Duration::from_secs(1000);
        sweep(directory.path(), later, 2000);
        assert!(of("a").known.is_some(), "it is young");
        for _ in 0..100_000 {
            sweep(directory.path(), later, 500);
            if !directory.path().join("c.lock").exists() {
                break;
            }
            std::thread::yield_now();
        }
        assert!(!directory.path().join("c.lock").exists());
        assert!(of("a").known.is_none());
        drop(held);
        assert!(of("b").known.is_some());
    }
}
