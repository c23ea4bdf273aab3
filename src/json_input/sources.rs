//! Where the JSON and the files of a run come from (a flag, a file, stdin), and who may read them. What they say is
//! not read here.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::strict::parse;
use crate::error::{Code, Error, Result};
use crate::fsio;
use crate::json_slips;

/// Odoo's own default limit for a request body (`web.max_file_upload_size`).
pub const LARGEST: u64 = 128 * 1024 * 1024;

/// Where a JSON argument comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// On the command line.
    Inline {
        /// The flag, for messages.
        flag: String,
        /// Its text.
        text: String,
    },
    /// In a file, or on stdin for `-`.
    File {
        /// The flag, for messages.
        flag: String,
        /// Path or `-`.
        path: String,
    },
}

impl Source {
    /// At most one of a flag and its file form.
    pub fn choose(
        flag: &str,
        inline: Option<String>,
        file_flag: &str,
        file: Option<String>,
    ) -> Result<Option<Source>> {
        match (inline, file) {
            (Some(_), Some(_)) => {
                Err(Error::usage(format!("{flag} and {file_flag} exclude each other: give one")))
            }
            (Some(text), None) => Ok(Some(Source::Inline { flag: flag.into(), text })),
            (None, Some(path)) => Ok(Some(Source::File { flag: file_flag.into(), path })),
            (None, None) => Ok(None),
        }
    }

    /// The flag it was given with.
    pub fn flag(&self) -> &str {
        match self {
            Source::Inline { flag, .. } | Source::File { flag, .. } => flag,
        }
    }
}

/// stdin, which only one argument of a run can read.
pub struct Stdin {
    reader: Option<Box<dyn Read>>,
    taken_by: Option<String>,
    fence: Option<Fence>,
}

/// The only directories that files named by flags are read from, and how a file elsewhere is refused.
pub struct Fence {
    /// Directories.
    pub within: Vec<PathBuf>,
    /// The refusal, by the flag, the path and those directories.
    pub refusal: fn(&str, &Path, &[PathBuf]) -> Error,
}

impl Stdin {
    /// Wraps the process's stdin.
    pub fn new(reader: Box<dyn Read>) -> Stdin {
        Stdin { reader: Some(reader), taken_by: None, fence: None }
    }

    /// From now on files are read only within this.
    pub fn fenced(self, fence: Fence) -> Stdin {
        Stdin { fence: Some(fence), ..self }
    }

    /// The path without links, if it lies where files may be read.
    fn within(&self, flag: &str, path: &Path) -> Result<PathBuf> {
        let Some(fence) = &self.fence else { return Ok(path.to_path_buf()) };
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        let found = real(path).filter(|found| {
            fence.within.iter().filter_map(|within| real(within)).any(|within| found.starts_with(within))
        });
        found.ok_or_else(|| (fence.refusal)(flag, path, &fence.within))
    }

    fn take(&mut self, flag: &str) -> Result<Box<dyn Read>> {
        match (self.reader.take(), &self.taken_by) {
            (Some(reader), _) => {
                self.taken_by = Some(flag.to_string());
                Ok(reader)
            }
            (None, taken_by) => Err(Error::usage(format!(
                "{flag} and {} both read stdin: only one can",
                taken_by.as_deref().unwrap_or("another argument")
            ))),
        }
    }

    /// Reads a source's JSON.
    pub fn json(&mut self, source: &Source) -> Result<Value> {
        let flag = source.flag();
        let invalid = |why: String| Error::new(Code::InvalidJson, format!("{flag} is not valid JSON: {why}"));
        match source {
            Source::Inline { text, .. } => {
                parse(text).map_err(|why| invalid(why).with_hints(json_slips::of_word(text, source.flag())))
            }
            Source::File { path, .. } => {
                let bytes = self.bytes(flag, path, LARGEST)?;
                let text =
                    text_of(&bytes).map_err(|why| invalid(why).with_hint(json_slips::of_bytes(&bytes)))?;
                parse(text).map_err(|why| invalid(why).with_hints(json_slips::of_text(text)))
            }
        }
    }

    /// Reads a file, or stdin for `-`, up to a limit.
    pub fn bytes(&mut self, flag: &str, path: &str, limit: u64) -> Result<Vec<u8>> {
        if path == "-" {
            return self.bytes_of(flag, path, limit, Links::OfOwnDirectories);
        }
        let within = self.within(flag, Path::new(path))?;
        self.bytes_of(flag, &within.to_string_lossy(), limit, Links::OfOwnDirectories)
    }

    /// The same for a file that decides what is done: no link anywhere. `own` is read wherever files may be read: its
    /// name is the program's, so that nobody can have another file read by it.
    pub fn bytes_without_links(&mut self, flag: &str, path: &str, own: &str, limit: u64) -> Result<Vec<u8>> {
        if path != "-" && path != own {
            self.within(flag, Path::new(path))?;
        }
        self.bytes_of(flag, path, limit, Links::None)
    }

    fn bytes_of(&mut self, flag: &str, path: &str, limit: u64, links: Links) -> Result<Vec<u8>> {
        let unreadable = |error: std::io::Error| {
            Error::usage(format!("{flag}: cannot read {path}: {error}")).with_source(error)
        };
        if path == "-" {
            return fsio::read_to_limit(&mut self.take(flag)?, limit).map_err(unreadable);
        }
        let mut file = open_trusted(Path::new(path), links).map_err(unreadable)?;
        fsio::read_to_limit(&mut file, limit).map_err(unreadable)
    }
}

/// Which symbolic links are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    None,
    /// Those in a directory that only this user or root can write.
    OfOwnDirectories,
}

/// A link in the middle of a path leads elsewhere as well as one at its end; those that root made are the system's.
fn refuse_links_on_the_way(parent: &Path) -> std::io::Result<()> {
    for part in parent.ancestors().filter(|part| !part.as_os_str().is_empty()) {
        let found = std::fs::symlink_metadata(part)?;
        if !found.file_type().is_symlink() {
            continue;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let above = part.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if found.uid() == 0
                && !fsio::others_can_write(above)?
                && std::fs::metadata(above)?.uid() == 0
                && above.as_os_str() == "/"
            {
                continue;
            }
        }
        return Err(std::io::Error::other(format!("{} on the way to it is a symbolic link", part.display())));
    }
    Ok(())
}

/// Opens an input file that nobody else can have planted or can change: no link in a directory that others
/// write, a regular file of this user or root, not writable by everyone. The checks are on the open handle.
fn open_trusted(path: &Path, links: Links) -> std::io::Result<File> {
    let refuse = |why: &str| std::io::Error::other(why.to_string());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if links == Links::None {
        refuse_links_on_the_way(parent)?;
    }
    let shared = fsio::others_can_write(parent)?;
    let follow = !shared && links == Links::OfOwnDirectories;
    let file = fsio::open_for_reading(path, follow).map_err(|error| {
        let is_link = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_symlink());
        match (is_link && !follow, shared) {
            (true, true) => refuse("it is a symbolic link in a directory that others can write"),
            (true, false) => refuse("it is a symbolic link"),
            _ => error,
        }
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(refuse("not a regular file; use - to read stdin"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // What decides what is done was written by whoever runs it; a file of root's is read as data.
        if !fsio::owned_by_us(&metadata) && (metadata.uid() != 0 || links == Links::None) {
            return Err(refuse("it belongs to another user"));
        }
        if metadata.mode() & 0o002 != 0 {
            return Err(refuse("everyone can write it; chmod o-w first"));
        }
        // A group of the user's own is what umask 002 goes with; any other is other people.
        if metadata.mode() & 0o020 != 0 && metadata.gid() != rustix::process::getegid().as_raw() {
            return Err(refuse("another group can write it; chmod g-w first"));
        }
        if shared && metadata.nlink() > 1 {
            return Err(refuse(
                "it has a second name (hard link) and lies in a directory that others can write",
            ));
        }
    }
    Ok(file)
}

/// The text of a file, or what it is in its place.
///
/// # Errors
/// Says in words what the bytes are.
pub fn text_of(bytes: &[u8]) -> std::result::Result<&str, String> {
    // Without its mark it may pass for UTF-8 with zeros.
    if json_slips::is_utf16(bytes) {
        return Err("it is UTF-16, and UTF-8 is expected".to_string());
    }
    std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))
}
