//! Locks on files, with a deadline: no process waits for another without end.

use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::private_options;

/// An exclusive lock on a file, held until dropped.
pub struct Lock(#[allow(dead_code, reason = "holding the handle is holding the lock")] File);

impl Lock {
    /// Waits for the lock up to `patience`.
    pub fn acquire(path: &Path, patience: Duration) -> io::Result<Lock> {
        let mut options = private_options();
        options.append(true);
        let mut file = options.open(path)?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) if is_still(&file, path) => return Ok(Lock(file)),
                // Who held it has taken it away: another one stands for it now.
                Ok(()) => file = options.open(path)?,
                Err(std::fs::TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        format!("{} is locked by another process", path.display()),
                    ));
                }
                Err(std::fs::TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

/// Whether an open file is the one that a path leads to.
fn is_still(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        let number = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let (open, there) = (file.metadata().map(number), std::fs::symlink_metadata(path).map(number));
        matches!((open, there), (Ok(open), Ok(there)) if open == there)
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}
