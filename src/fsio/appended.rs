//! Private files that only grow. What a line of them means is not known here.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[cfg(unix)]
use super::owned_by_us;
use super::{open_for_reading, private_options};

/// Adds a line to a private file. One that has grown too large is put aside first, in the place of the one before.
pub fn append_line(path: &Path, line: &str, largest: u64) -> io::Result<()> {
    let mut options = private_options();
    options.append(true);
    let mut file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    if metadata.len() > largest {
        std::fs::rename(path, path.with_extension("before.jsonl"))?;
        file = options.open(path)?;
    }
    file.write_all(format!("{line}\n").as_bytes())
}

/// A private file that only grows, open for adding to its end. What cannot be added whole is taken off again.
pub struct Appended {
    file: File,
    /// Bytes in it.
    pub length: u64,
}

impl Appended {
    /// Opens it, and makes it where there is none (0600); one that others may read becomes private. A link, or what
    /// is no plain file, is an error.
    pub fn open(path: &Path) -> io::Result<Appended> {
        let file = private_options().read(true).append(true).open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other(format!("{} is no plain file", path.display())));
        }
        #[cfg(unix)]
        {
            if !owned_by_us(&metadata) {
                return Err(io::Error::other(format!("{} belongs to another user", path.display())));
            }
            if metadata.permissions().mode() & 0o077 != 0 {
                file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            }
        }
        Ok(Appended { file, length: metadata.len() })
    }

    /// Opens one that is there, to be read.
    pub fn open_there(path: &Path) -> io::Result<Appended> {
        let file = open_for_reading(path, false)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other(format!("{} is no plain file", path.display())));
        }
        Ok(Appended { file, length: metadata.len() })
    }

    /// The bytes from a place on.
    pub fn from(&mut self, start: u64) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&mut self.file).take(self.length.saturating_sub(start)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Adds bytes; `durable` waits until the disk has them.
    pub fn add(&mut self, bytes: &[u8], durable: bool) -> io::Result<()> {
        let written =
            self.file.write_all(bytes).and_then(|()| if durable { self.file.sync_data() } else { Ok(()) });
        match written {
            Ok(()) => self.length += bytes.len() as u64,
            // A full disk takes the beginning: half a line is worse than none.
            Err(_) => drop(self.file.set_len(self.length)),
        }
        written
    }
}
