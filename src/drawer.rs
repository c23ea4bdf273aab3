//! Files by the number of a request: one file each, below a directory for its server, database and user, and nobody
//! else's. It knows nothing of what a file means, and sends nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::cache::Owner;
use crate::error::{Error, Result};
use crate::fsio::{self, Lock};
use crate::waiting;

/// An operation may carry a file or two.
const LARGEST: u64 = 128 * 1024 * 1024;
/// Another process decides in a moment.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is older was decided or has expired long ago, in seconds.
pub const OLDEST: u64 = 60 * 24 * 3600;

/// A directory of such files.
#[derive(Clone, Debug)]
pub struct Drawer {
    root: PathBuf,
}

impl Drawer {
    /// Of this name below the state directory; nothing is created yet.
    pub fn new(state: &Path, name: &str) -> Drawer {
        Drawer { root: state.join(name) }
    }

    fn directory(&self, owner: &Owner) -> PathBuf {
        self.root.join(owner.file_name())
    }

    /// The file of a number; none if the text is no number.
    pub fn file(&self, owner: &Owner, request: &str) -> Option<PathBuf> {
        Some(self.directory(owner).join(format!("{}.json", waiting::number(request)?)))
    }

    /// Puts a file in whole, and takes out what an interrupted run left half written.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn put(&self, owner: &Owner, request: &str, text: &str, now: u64) -> io::Result<()> {
        let directory = self.directory(owner);
        fsio::ensure_private_dir(&self.root)?;
        fsio::ensure_private_dir(&directory)?;
        fsio::sweep(&directory, UNIX_EPOCH + Duration::from_secs(now));
        let path = self.file(owner, request).ok_or_else(|| io::Error::other("no number of a request"))?;
        fsio::write_atomically(&path, &[text.as_bytes()], true)
    }

    /// Keeps other processes from deciding over these files meanwhile.
    ///
    /// # Errors
    /// Whatever the disk says, and that another one holds them for too long.
    pub fn locked(&self) -> io::Result<Lock> {
        fsio::ensure_private_dir(&self.root)?;
        Lock::acquire(&self.root.join("lock"), PATIENCE)
    }

    /// What `understood` makes of a file; none where there is none.
    ///
    /// # Errors
    /// `local_state`: there is a file that cannot be used; the hint says what to do in its place.
    pub fn get<T>(
        &self,
        owner: &Owner,
        request: &str,
        hint: &'static str,
        understood: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(path) = self.file(owner, request) else { return Ok(None) };
        let unusable = |why: String| {
            Error::local_state(format!("{} cannot be used: {why}; nothing was sent", path.display()))
                .with_hint(hint)
        };
        let bytes = match fsio::read_private(&path, LARGEST).map(Zeroizing::new) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(error.to_string()).with_source(error)),
        };
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let whole = understood(&value);
        whole.map(Some).ok_or_else(|| unusable("it is not what was kept there for this profile".into()))
    }

    /// The numbers that there are files of.
    pub fn requests(&self, owner: &Owner) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory(owner)).into_iter().flatten().flatten();
        let number = |name: String| {
            name.strip_suffix(".json").and_then(waiting::number).filter(|n| name.starts_with(n))
        };
        entries.filter_map(|entry| number(entry.file_name().to_string_lossy().into_owned())).collect()
    }

    /// Takes a file out.
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
}
