//! Files, carefully: private directories, whole-or-nothing writes, reads that follow no link and stop at a
//! limit, locks with a deadline. It knows nothing of what the files mean.

mod appended;
mod lock;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

pub use appended::{Appended, append_line};
pub use lock::Lock;

#[cfg(unix)]
use rustix::fs::OFlags;
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

/// Creates a directory and its parents for this user alone (0700). An existing one must be a real
/// directory of this user; a looser mode is tightened.
pub fn ensure_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path)?;
    let metadata = std::fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Err(io::Error::other(format!("{} is not a directory", path.display())));
    }
    #[cfg(unix)]
    {
        if !owned_by_us(&metadata) {
            return Err(io::Error::other(format!("{} belongs to another user", path.display())));
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Writes a file whole or not at all (0600): a temporary file beside it, then a rename. `durable` also
/// waits until the disk has it.
pub fn write_atomically(path: &Path, parts: &[&[u8]], durable: bool) -> io::Result<()> {
    let directory = directory_of(path)?;
    let mut file = tempfile::Builder::new().prefix(WRITING).tempfile_in(directory)?;
    for part in parts {
        file.write_all(part)?;
    }
    if durable {
        file.as_file().sync_all()?;
    }
    file.persist(path).map_err(|failed| failed.error)?;
    #[cfg(unix)]
    if durable {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// The same for a file that everyone may read (0644), like a manual page.
pub fn write_readable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(WRITING).tempfile_in(directory_of(path)?)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

/// How a file begins to be called until it is whole.
const WRITING: &str = ".writing-";
/// Nobody writes one file for so long.
const ABANDONED: Duration = Duration::from_secs(600);

/// Removes what runs that were killed left half written in a directory.
pub fn sweep(directory: &Path, now: SystemTime) {
    for file in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_old = || {
            let written = file.metadata().ok().filter(std::fs::Metadata::is_file)?.modified().ok()?;
            Some(now.duration_since(written).unwrap_or_default() > ABANDONED)
        };
        if is_half_written(&file.path()) && is_old() == Some(true) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Whether a file is called as one that is being written.
pub fn is_half_written(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(WRITING))
}

fn directory_of(path: &Path) -> io::Result<&Path> {
    path.parent().ok_or_else(|| io::Error::other("a file needs a directory"))
}

/// What tells that a file is still the one it was, as far as that goes without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Which file it is, and when anything about it changed, where the platform tells; of a directory, who may write
    /// there.
    number: (u64, i64, i64),
}

/// That of a file; none where there is none to be seen.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    // What is put into a directory is told by its files: of itself it matters who may do that.
    #[cfg(unix)]
    if metadata.is_dir() {
        let number = (u64::from(metadata.mode()), i64::from(metadata.uid()), i64::from(metadata.gid()));
        return Some(Stamp { modified: None, length: 0, number });
    }
    #[cfg(unix)]
    let number = (metadata.ino(), metadata.ctime(), metadata.ctime_nsec());
    #[cfg(not(unix))]
    let number = (0, 0, 0);
    Some(Stamp { modified: metadata.modified().ok(), length: metadata.len(), number })
}

/// Opens for reading; a symbolic link as last component is an error unless `follow_links`. Never blocks on
/// a FIFO.
pub fn open_for_reading(path: &Path, follow_links: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let mut flags = OFlags::NONBLOCK | OFlags::CLOEXEC;
        if !follow_links {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits() as i32);
    }
    #[cfg(not(unix))]
    let _ = follow_links;
    options.open(path)
}

/// The text of a small regular file that is no link.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read_plain(path, limit)?).map_err(io::Error::other)
}

/// The bytes of a regular file that is no link.
pub fn read_plain(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = open_for_reading(path, false)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    // Room for all of it at once: grown step by step it would be copied as often.
    read_into(Vec::with_capacity(metadata.len().min(limit) as usize + 1), &mut file, limit)
}

/// Reads to the end, at most `limit` bytes; more is an error.
pub fn read_to_limit(source: &mut dyn Read, limit: u64) -> io::Result<Vec<u8>> {
    read_into(Vec::new(), source, limit)
}

fn read_into(mut bytes: Vec<u8>, source: &mut dyn Read, limit: u64) -> io::Result<Vec<u8>> {
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes")));
    }
    Ok(bytes)
}

/// The bytes of a plain file that nobody but this user can read or write.
pub fn read_private(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_private_from(path, 0, limit)
}

/// The same from a place on.
pub fn read_private_from(path: &Path, from: u64, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = open_for_reading(path, false)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    #[cfg(unix)]
    {
        if !owned_by_us(&metadata) {
            return Err(io::Error::other("it belongs to another user"));
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::other("others may read or write it"));
        }
    }
    if metadata.len().saturating_sub(from) > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes")));
    }
    file.seek(SeekFrom::Start(from))?;
    read_to_limit(&mut file, limit)
}

/// Who may have written a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writers {
    /// This user, or root.
    User,
    /// Root alone.
    Root,
}

/// The bytes of a plain file that nobody else can have written: neither the file nor its directory lets them. What the
/// owner may write may be a link, for people keep such files in repositories; what root writes may not.
pub fn read_written_by(path: &Path, writers: Writers, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = open_for_reading(path, writers == Writers::User)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    #[cfg(unix)]
    {
        let is_theirs = |metadata: &std::fs::Metadata| match writers {
            Writers::User => metadata.uid() == 0 || owned_by_us(metadata),
            Writers::Root => metadata.uid() == 0,
        };
        if !is_theirs(&metadata) {
            return Err(io::Error::other("it belongs to another user"));
        }
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(io::Error::other("others may write it (chmod go-w)"));
        }
        if let Some(directory) = path.parent() {
            let is_open = match writers {
                Writers::User => strangers_can_replace_in(directory)?,
                Writers::Root => {
                    let metadata = std::fs::metadata(directory)?;
                    !is_theirs(&metadata) || metadata.permissions().mode() & 0o022 != 0
                }
            };
            if is_open {
                return Err(io::Error::other("others can change what is in its directory"));
            }
        }
    }
    read_to_limit(&mut file, limit)
}

/// Whether root owns what is there.
#[cfg(all(test, unix))]
pub fn owned_by_root(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.uid() == 0)
}

/// Whether this process's user owns a file.
#[cfg(unix)]
pub fn owned_by_us(metadata: &std::fs::Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Whether users other than its owner can rename what is in a directory: they may write there, and it is not
/// one where everybody's entries are their own, like `/tmp`.
#[cfg(unix)]
pub fn others_can_replace_in(directory: &Path) -> io::Result<bool> {
    const STICKY: u32 = 0o1000;
    let metadata = std::fs::metadata(directory)?;
    let trusted_owner = metadata.uid() == 0 || owned_by_us(&metadata);
    let mode = metadata.permissions().mode();
    Ok(!trusted_owner || (mode & 0o022 != 0 && mode & STICKY == 0))
}

/// The same where a group of the user's own may write too: umask 002 goes with that.
pub fn strangers_can_replace_in(directory: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        let metadata = std::fs::metadata(directory)?;
        let is_own_group = metadata.gid() == rustix::process::getegid().as_raw();
        let by_the_group_alone = owned_by_us(&metadata) && metadata.permissions().mode() & 0o002 == 0;
        Ok(others_can_replace_in(directory)? && !(is_own_group && by_the_group_alone))
    }
    #[cfg(not(unix))]
    others_can_write(directory)
}

/// Whether users other than its owner can write in a directory (its owner being us or root).
pub fn others_can_write(directory: &Path) -> io::Result<bool> {
    let metadata = std::fs::metadata(directory)?;
    #[cfg(unix)]
    {
        let trusted_owner = metadata.uid() == 0 || owned_by_us(&metadata);
        Ok(!trusted_owner || metadata.permissions().mode() & 0o022 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        Ok(false)
    }
}

/// Waits until the disk has the names in a directory.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// For a file of this user alone that is made where there is none. A link in its place is an error, and so is, as
/// it must not be waited for, a FIFO.
fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits() as i32);
    options
}

#[cfg(test)]
mod tests;
