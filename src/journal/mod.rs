//! The journal: what was about to be changed in Odoo and what became of it, a JSON object a line, for one profile in
//! one database. It writes, reads and judges its own lines; it sends nothing and decides nothing.

pub mod chain;
pub mod entry;
pub mod file;
pub mod kept;
pub mod keys;
pub mod verify;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

pub use entry::{Entries, Entry, State};
pub use file::Kept;

use crate::chance;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::fsio;
use crate::hint::{Action, Hint};
use crate::operation::canonical;
use crate::secret::Veil;

/// What is looked through for a repeat.
const RECENT: u64 = 1024 * 1024;
/// The digits of a directory's name.
const NAME: usize = 32;
/// Where names are kept under which something is done once.
const KEYS: &str = "keys";
/// The digits of an id.
const ID: usize = 12;

/// Where the calls go that are journaled.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// How the profile is called.
    pub profile: String,
    /// The server.
    pub server: String,
    /// The database.
    pub database: String,
}

/// A profile's journal.
#[derive(Clone)]
pub struct Journal {
    root: PathBuf,
    directory: PathBuf,
    place: Place,
    veil: Arc<Veil>,
    kept: Kept,
    /// Values are kept, and not their digests alone.
    pub has_values: bool,
}

/// The entries of a journal, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Those.
    pub entries: Entries,
    /// The file that was read last, and how much of it.
    at: Option<(file::Segment, u64)>,
}

impl Journal {
    /// Below the state directory; nothing is created yet.
    pub fn new(state: &Path, place: Place, veil: Arc<Veil>, kept: Kept, has_values: bool) -> Journal {
        let root = state.join("journal");
        let whole = canonical(&json!([place.profile, place.server, place.database]));
        let directory = root.join(&chain::digest(whole.as_bytes())[..NAME]);
        Journal { root, directory, place, veil, kept, has_values }
    }

    /// The directory of all journals.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes down what is about to be sent, and waits until the disk has it. Gives back the id.
    ///
    /// # Errors
    /// Whatever the disk says: then it is not to be sent.
    pub fn intend(&self, members: Map<String, Value>, now: SystemTime) -> io::Result<String> {
        let id = chance::name(ID);
        let mut line = Map::from_iter([("id".to_string(), json!(id))]);
        line.insert("profile".into(), json!(self.place.profile));
        line.insert("server".into(), json!(self.place.server));
        line.insert("database".into(), json!(self.place.database));
        line.extend(members);
        self.append(entry::INTENT, line, now, true)?;
        Ok(id)
    }

    /// Writes down what became of a call.
    ///
    /// # Errors
    /// Whatever the disk says: then it stays open.
    pub fn end(&self, id: &str, members: Map<String, Value>, now: SystemTime) -> io::Result<()> {
        let mut line = Map::from_iter([("of".to_string(), json!(id))]);
        line.extend(members);
        self.append(entry::OUTCOME, line, now, false)
    }

    /// Writes down what was found out of a call later.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn close(&self, id: &str, members: Map<String, Value>, now: SystemTime) -> io::Result<()> {
        let mut line = Map::from_iter([("of".to_string(), json!(id))]);
        line.extend(members);
        self.append(entry::CHECKED, line, now, true)
    }

    fn append(
        &self,
        kind: &str,
        members: Map<String, Value>,
        now: SystemTime,
        is_durable: bool,
    ) -> io::Result<()> {
        fsio::ensure_private_dir(&self.root)?;
        fsio::ensure_private_dir(&self.directory)?;
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let at = humantime::format_rfc3339_millis(now).to_string();
        let mut line = Map::from_iter([
            ("v".to_string(), json!(entry::FORMAT)),
            ("kind".into(), json!(kind)),
            ("at".into(), json!(at)),
        ]);
        line.extend(members);
        let text = Value::Object(line).to_string();
        let clean = self.veil.without_secrets(text.as_bytes());
        let text = String::from_utf8_lossy(&clean);
        if file::append(&self.directory, &text, seconds, self.kept, is_durable)? {
            keys::sweep(&self.root.join(KEYS), now, self.kept.seconds);
        }
        Ok(())
    }

    /// What there is of it, to be read on as it grows.
    ///
    /// # Errors
    /// `local_state`: a file cannot be read.
    pub fn read(&self) -> Result<Reading> {
        let mut reading = Reading::default();
        self.read_on(&mut reading)?;
        Ok(reading)
    }

    /// The latest entries, as many as are enough, and how many there are before them.
    ///
    /// # Errors
    /// `local_state`: a file cannot be read.
    pub fn latest(&self, is_enough: &dyn Fn(&Entries) -> bool) -> Result<(Reading, usize)> {
        let segments = file::segments(&self.directory);
        let mut files = 1;
        loop {
            let earlier = &segments[..segments.len().saturating_sub(files)];
            let reading = self.read_after(earlier)?;
            if earlier.is_empty() || is_enough(&reading.entries) {
                let begins = format!("\"kind\":\"{}\"", entry::INTENT);
                let counted = earlier.iter().map(|segment| self.lines_with(segment, &begins));
                return Ok((reading, counted.sum::<Result<usize>>()?));
            }
            files *= 4;
        }
    }

    /// The entry of an id, or of its first digits, with all that came after it and some before.
    ///
    /// # Errors
    /// `local_state`: a file cannot be read.
    pub fn read_since(&self, id: &str) -> Result<Reading> {
        let segments = file::segments(&self.directory);
        let begins = format!("\"id\":\"{id}");
        let mut places: Vec<usize> = (0..segments.len()).collect();
        // A whole id stands once, and is rather a late one.
        if id.len() == ID {
            places.reverse();
        }
        let mut found = segments.len();
        for at in places {
            if self.lines_with(&segments[at], &begins)? > 0 {
                found = at;
                break;
            }
        }
        self.read_after(&segments[..found.saturating_sub(usize::from(found < segments.len()))])
    }

    fn read_after(&self, earlier: &[file::Segment]) -> Result<Reading> {
        let at = earlier.last().map(|last| (last.clone(), last.length()));
        let mut reading = Reading { at, ..Reading::default() };
        self.read_on(&mut reading)?;
        Ok(reading)
    }

    fn lines_with(&self, segment: &file::Segment, text: &str) -> Result<usize> {
        let bytes = self.bytes(segment, 0)?;
        Ok(String::from_utf8_lossy(&bytes).lines().filter(|line| line.contains(text)).count())
    }

    /// What came since.
    ///
    /// # Errors
    /// `local_state`: a file cannot be read.
    pub fn read_on(&self, reading: &mut Reading) -> Result<()> {
        self.read_lines(reading, &|_| true)
    }

    fn read_lines(&self, reading: &mut Reading, is_wanted: &dyn Fn(&str) -> bool) -> Result<()> {
        for segment in file::segments(&self.directory) {
            let at = match &reading.at {
                Some((last, _)) if segment < *last => continue,
                Some((last, at)) if segment == *last => *at,
                _ => 0,
            };
            let bytes = self.bytes(&segment, at)?;
            // Half a line may be under way: what is not ended is read again.
            let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let text = String::from_utf8_lossy(&bytes);
            // What is no line is passed over; `verify` tells of it.
            let lines = text.lines().filter(|line| is_wanted(line));
            for line in lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
                reading.entries.add(line);
            }
            reading.at = Some((segment, at + end as u64));
        }
        Ok(())
    }

    fn bytes(&self, segment: &file::Segment, from: u64) -> Result<Vec<u8>> {
        match fsio::read_private_from(&segment.path, from, file::LARGEST) {
            Ok(bytes) => Ok(bytes),
            // Let go of meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Error::local_state(format!(
                "the journal {} cannot be read ({error}); nothing was sent",
                segment.path.display()
            ))
            .with_source(error)),
        }
    }

    /// The entries of other profiles in this database, and how many journals could not be read.
    pub fn beside_it(&self) -> (Vec<Entry>, usize) {
        let (mut found, mut unread) = (Vec::new(), 0);
        let names = std::fs::read_dir(&self.root).into_iter().flatten().flatten();
        for name in names.filter_map(|item| item.file_name().into_string().ok()) {
            let Some(other) = self.beside(&name).filter(|other| other.directory != self.directory) else {
                continue;
            };
            let Ok(theirs) = other.read() else {
                unread += 1;
                continue;
            };
            let is_here = |entry: &&Entry| {
                entry.text("server") == self.place.server && entry.text("database") == self.place.database
            };
            found.extend(theirs.entries.all().iter().filter(is_here).cloned());
        }
        (found, unread)
    }

    /// The entry of an id, or of the first digits of one.
    ///
    /// # Errors
    /// There is none, there are several, or a file cannot be read.
    pub fn entry(&self, id: &str) -> Result<Entry> {
        let begins = format!("\"{id}");
        let mut reading = Reading::default();
        self.read_lines(&mut reading, &|line| line.contains(&begins))?;
        self.of(&reading, id)
    }

    /// The same of what was read.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn of(&self, reading: &Reading, id: &str) -> Result<Entry> {
        let found: Vec<&Entry> =
            reading.entries.all().iter().filter(|entry| entry.id.starts_with(id)).collect();
        let list = Hint::default().action(Action::new("journal list")).text(" has what there is");
        match found[..] {
            [entry] => Ok(entry.clone()),
            [] => Err(Error::new(
                Code::NotFound,
                format!("the journal of {} has no entry {id}: nothing was sent", self.place.profile),
            )
            .with_effect(Effect::NotSent, Retry::Never)
            .with_hint(list)),
            _ => Err(Error::new(
                Code::Ambiguous,
                format!("{} entries of the journal begin with {id}: nothing was sent", found.len()),
            )
            .with_effect(Effect::NotSent, Retry::Never)
            .with_hint(list)),
        }
    }

    /// The latest entry of the same content within so many seconds, unless that one changed nothing.
    pub fn recent(&self, digest: &str, now: u64, seconds: u64) -> Option<Entry> {
        let tail = file::tail(&self.directory, RECENT);
        let same = format!("\"digest\":\"{digest}\"");
        let intent: Value = tail
            .lines()
            .rev()
            .filter(|line| line.contains(&same))
            .find_map(|line| serde_json::from_str(line).ok())?;
        let at = entry::seconds(&intent["at"])?;
        let id = intent["id"].as_str()?;
        let of = format!("\"of\":\"{id}\"");
        let later =
            tail.lines().filter(|line| line.contains(&of)).filter_map(|line| serde_json::from_str(line).ok());
        let entries: Entries = std::iter::once(intent.clone()).chain(later).collect();
        let found = entries.all().first()?;
        let is_near = now.abs_diff(at) < seconds;
        (is_near && matches!(found.state(), State::Done | State::Open)).then(|| found.clone())
    }

    /// What there is to say of the files: how many lines, and what is wrong with them.
    ///
    /// # Errors
    /// `local_state`: a file cannot be read.
    pub fn verified(&self) -> Result<verify::Verified> {
        let segments = file::segments(&self.directory);
        let texts = segments.iter().map(|segment| Ok((segment.name(), self.bytes(segment, 0)?)));
        Ok(verify::verified(&texts.collect::<Result<Vec<_>>>()?))
    }

    /// What is known under a name in this database and model, held until it is dropped.
    ///
    /// # Errors
    /// The disk, or another run has it for longer than `patience`.
    pub fn claim(&self, model: &str, key: &str, patience: Duration) -> io::Result<keys::Claim> {
        fsio::ensure_private_dir(&self.root)?;
        let directory = self.root.join(KEYS);
        fsio::ensure_private_dir(&directory)?;
        let whole = canonical(&json!([self.place.server, self.place.database, model, key]));
        keys::Claim::of(&directory, &chain::digest(whole.as_bytes()), patience)
    }

    /// Holds what is done of an entry, `retry` or `undo`, so that two runs at once do it once.
    ///
    /// # Errors
    /// `busy`: another run has it for longer than `patience`. Or the disk.
    pub fn hold(&self, deed: &str, id: &str, patience: Duration) -> Result<keys::Claim> {
        self.claim("", &format!("{deed}:{id}"), patience).map_err(|error| {
            if error.kind() == io::ErrorKind::TimedOut {
                return Error::new(
                    Code::Busy,
                    format!("another run is at work on the {deed} of {id}: nothing was sent"),
                )
                .with_effect(Effect::NotSent, Retry::Safe);
            }
            Error::local_state(format!("the {deed} of {id} cannot be held ({error}): nothing was sent"))
                .with_source(error)
        })
    }

    /// The journal of this name beside this one, of another profile in the same database.
    pub fn beside(&self, name: &str) -> Option<Journal> {
        let is_name = name.len() == NAME && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_name.then(|| Journal { directory: self.root.join(name), ..self.clone() })
    }

    /// Its name among the others.
    pub fn name(&self) -> String {
        self.directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The directory of this profile's files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

#[cfg(test)]
mod tests;
