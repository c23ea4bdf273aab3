//! Where the data lives between calls: one JSON file, read when it changed, written whole and only
//! after a change, by one process at a time. A request that fails leaves no trace. It knows nothing
//! of models.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::world::World;
use crate::error::{Error, Result};
use crate::fsio;

const FILE: &str = "sandbox.json";
const LOCK: &str = "sandbox.lock";
const LARGEST: u64 = 64 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// Tells one version of the file from another: inode, length, time of change. Every write makes a new file.
type Version = Option<(u64, u64, i64, i64)>;

/// The data and the file behind it.
pub struct State {
    directory: Option<PathBuf>,
    known: Mutex<(Version, World)>,
}

/// Why a request could not be answered at all.
pub enum Trouble {
    /// Others kept the lock.
    Locked,
    /// The file cannot be read or written.
    Broken(String),
}

impl State {
    /// Opens the directory's data, or the delivered data if there is none yet.
    pub fn open(directory: &Path) -> Result<State> {
        fsio::ensure_private_dir(directory).map_err(|error| {
            Error::local_state(format!(
                "the sandbox's directory {} cannot be used ({error})",
                directory.display()
            ))
        })?;
        fsio::sweep(directory, std::time::SystemTime::now());
        let path = directory.join(FILE);
        let known = load(&path).map_err(|problem| {
            Error::local_state(format!("the sandbox's data in {} cannot be read: {problem}", path.display()))
                .with_hint("odoo-agent sandbox reset")
        })?;
        Ok(State { directory: Some(directory.to_owned()), known: Mutex::new(known) })
    }

    /// Data that ends with the process.
    #[cfg(test)]
    pub fn in_memory() -> State {
        State { directory: None, known: Mutex::new((None, World::seeded())) }
    }

    /// Brings the delivered data back, whatever is there now.
    pub fn reset(directory: &Path) -> Result<()> {
        let failed = |error: std::io::Error| {
            Error::local_state(format!("the sandbox in {} cannot be reset ({error})", directory.display()))
        };
        fsio::ensure_private_dir(directory).map_err(failed)?;
        let _lock = fsio::Lock::acquire(&directory.join(LOCK), PATIENCE).map_err(failed)?;
        match std::fs::remove_file(directory.join(FILE)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    fn known(&self) -> MutexGuard<'_, (Version, World)> {
        // A thread that panicked left the data as it was: it is only replaced whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the data as it is now.
    pub fn read<T>(&self, work: impl FnOnce(&World) -> T) -> std::result::Result<T, Trouble> {
        let world = {
            let mut known = self.known();
            self.refresh(&mut known)?;
            known.1.clone()
        };
        Ok(work(&world))
    }

    /// Works on the data alone; what `work` gives back is kept.
    pub fn change<T>(
        &self,
        work: impl FnOnce(&World) -> (T, Option<World>),
    ) -> std::result::Result<T, Trouble> {
        let mut known = self.known();
        let _lock = match &self.directory {
            None => None,
            Some(directory) => {
                Some(fsio::Lock::acquire(&directory.join(LOCK), PATIENCE).map_err(|error| {
                    if error.kind() == std::io::ErrorKind::TimedOut {
                        Trouble::Locked
                    } else {
                        Trouble::Broken(error.to_string())
                    }
                })?)
            }
        };
        self.refresh(&mut known)?;
        let (result, changed) = work(&known.1);
        if let Some(mut world) = changed {
            world.settle();
            if let Some(directory) = &self.directory {
                let path = directory.join(FILE);
                let bytes = world.to_bytes().map_err(Trouble::Broken)?;
                fsio::write_atomically(&path, &[&bytes], false)
                    .map_err(|error| Trouble::Broken(error.to_string()))?;
                known.0 = version(&path);
            }
            known.1 = world;
        }
        Ok(result)
    }

    fn refresh(&self, known: &mut (Version, World)) -> std::result::Result<(), Trouble> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let path = directory.join(FILE);
        if version(&path) != known.0 {
            *known = load(&path).map_err(Trouble::Broken)?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn version(path: &Path) -> Version {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::symlink_metadata(path).ok()?;
    Some((metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
}

#[cfg(not(unix))]
fn version(path: &Path) -> Version {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    let changed = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some((0, metadata.len(), changed.as_secs() as i64, i64::from(changed.subsec_nanos())))
}

/// The file's data with its version; a file replaced meanwhile is read again.
fn load(path: &Path) -> std::result::Result<(Version, World), String> {
    for _ in 0..100 {
        let before = version(path);
        if before.is_none() {
            return match std::fs::symlink_metadata(path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((None, World::seeded())),
                Err(error) => Err(error.to_string()),
                Ok(_) => continue,
            };
        }
        let bytes = match fsio::open_for_reading(path, false) {
            Ok(mut file) => fsio::read_to_limit(&mut file, LARGEST).map_err(|error| error.to_string())?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.to_string()),
        };
        if version(path) == before {
            return World::from_bytes(&bytes).map(|world| (before, world));
        }
    }
    Err("it changes faster than it can be read".to_owned())
}
