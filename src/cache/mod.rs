//! What was fetched and may be used again: one file an entry, found by its name alone, so that a read costs
//! the same however many there are. An entry that is not exactly what was written for this very question is
//! a miss. It knows nothing of Odoo and never holds a key.
//!
//! `v1/<server and database>/<kind>/<model>/<question>`; beside the lookups of a model lies `generation`,
//! changed by every write, so that an answer fetched before a write is not stored as if it came after.

mod entry;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use entry::Entry;

use crate::clock::{self, SharedClock};
use crate::fsio;
use crate::operation::{canonical, hex};

/// The file with the generation of a model.
const MARK: &str = "generation";
/// The context of whoever asked, in a question.
const CONTEXT: &str = "context";
/// A generation is a short hash.
const LONGEST_MARK: u64 = 1024;
/// Stands in a mark before the second in which a write was begun.
const UNDER_WAY: &str = " under way since ";
/// A write that was begun so many seconds ago is over, whatever became of it.
const LONGEST_WRITE: u64 = 600;
const LARGEST_ENTRY: u64 = 64 * 1024 * 1024;
/// Entries of one model that are read for what is in them.
const MOST_LOOKUPS: usize = 256;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `fields_get` of a model.
    Schema,
    /// Results of a lookup.
    Lookup,
    /// A page of `/doc-bearer`.
    Document,
    /// The user's language and time zone, and its number.
    User,
    /// Which Odoo answers at an address.
    Server,
}

impl Section {
    fn as_str(self) -> &'static str {
        match self {
            Section::Schema => "schema",
            Section::Lookup => "lookup",
            Section::Document => "document",
            Section::User => "user",
            Section::Server => "server",
        }
    }
}

/// Whose data: two servers, databases or users never share an entry.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Normalised base URL.
    pub base_url: String,
    /// Database.
    pub database: String,
    /// Fingerprint of the API key.
    pub user: String,
}

impl Owner {
    fn directory(&self) -> String {
        short_hash(&canonical(&json!([self.base_url, self.database])))
    }

    /// A name of files that are of nobody else.
    pub fn file_name(&self) -> String {
        short_hash(&canonical(&json!([self.base_url, self.database, self.user])))
    }
}

/// The question that an entry answers.
#[derive(Clone, Debug)]
pub struct Key<'a> {
    /// Whose.
    pub owner: &'a Owner,
    /// What.
    pub section: Section,
    /// Of which model (a checked model name); `index` and the like for documents.
    pub model: &'a str,
    /// Everything else that changes the answer: context, query, limit.
    pub question: Value,
}

impl Key<'_> {
    fn text(&self) -> String {
        canonical(&json!({
            "base_url": self.owner.base_url, "database": self.owner.database, "user": self.owner.user,
            "kind": self.section.as_str(), "model": self.model, "question": self.kept_question(),
        }))
    }

    /// The question as it stands in a file: of the caller's context, which may hold anything, a digest. One that was
    /// read from a file has that already.
    fn kept_question(&self) -> Value {
        let mut question = self.question.clone();
        if let Some(context) = question.get_mut(CONTEXT).filter(|context| context.is_object()) {
            *context = short_hash(&canonical(context)).into();
        }
        question
    }
}

/// What the cache has.
pub enum Found {
    /// Within its life.
    Fresh(Entry),
    /// Past it, good for revalidation.
    Stale(Entry),
    /// Nothing usable.
    Miss,
}

/// Lookups that nobody has for the time of a write.
#[derive(Debug)]
pub struct Suspended {
    file: PathBuf,
    before: String,
    during: String,
}

impl Suspended {
    /// Gives them back: the write changed nothing. Not where another write has come in between.
    ///
    /// # Errors
    /// Whatever the disk says; then they are lost, which does no harm.
    pub fn give_back(self) -> std::io::Result<()> {
        if fsio::read_text(&self.file, LONGEST_MARK)? == self.during {
            fsio::write_atomically(&self.file, &[self.before.as_bytes()], false)?;
        }
        Ok(())
    }
}

/// The cache directory.
#[derive(Clone)]
pub struct Cache {
    root: PathBuf,
    clock: SharedClock,
}

impl Cache {
    /// A cache below `root`; nothing is created yet.
    pub fn new(root: &Path, clock: SharedClock) -> Cache {
        Cache { root: root.to_path_buf(), clock }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn directory(&self, owner: &Owner, section: Section, model: &str) -> PathBuf {
        self.root.join("v1").join(owner.directory()).join(section.as_str()).join(model)
    }

    /// The file of a question, by its text.
    fn path(&self, key: &Key, text: &str) -> PathBuf {
        self.directory(key.owner, key.section, key.model).join(format!("{}.entry", short_hash(text)))
    }

    /// Looks an entry up. Anything wrong with the file is a miss.
    pub fn find(&self, key: &Key, ttl: Duration) -> Found {
        if ttl.is_zero() {
            return Found::Miss;
        }
        let text = key.text();
        let entry = fsio::read_plain(&self.path(key, &text), LARGEST_ENTRY)
            .ok()
            .and_then(|bytes| Entry::decode(bytes, &text));
        let Some(entry) = entry else { return Found::Miss };
        let is_of_now = || {
            let (generation, is_under_way) = self.marked(&self.generation_file(key.owner, key.model));
            !is_under_way && entry.generation == generation
        };
        if key.section == Section::Lookup && !is_of_now() {
            return Found::Miss;
        }
        // An entry from the future was stored under another clock: how old it is cannot be said.
        let now = self.clock.seconds();
        let fresh = entry.stored_at <= now && now - entry.stored_at < ttl.as_secs().max(1);
        if fresh { Found::Fresh(entry) } else { Found::Stale(entry) }
    }

    /// The model's generation; read it before fetching, store it with the answer.
    pub fn generation(&self, key: &Key) -> String {
        match self.marked(&self.generation_file(key.owner, key.model)) {
            // What is fetched while a write is under way may be from before it: it is of no generation to come.
            (generation, true) => generation + UNDER_WAY,
            (generation, false) => generation,
        }
    }

    /// The generation that a mark names, and whether a write was begun with it that may still be under way.
    fn marked(&self, file: &Path) -> (String, bool) {
        let mark = fsio::read_text(file, LONGEST_MARK).unwrap_or_default();
        let begun = mark.split_once(UNDER_WAY).and_then(|(_, begun)| begun.parse::<u64>().ok());
        let now = self.clock.seconds();
        // A clock that was put back does not keep it so for longer.
        let is_under_way = begun.is_some_and(|begun| begun <= now && now - begun < LONGEST_WRITE);
        (mark, is_under_way)
    }

    fn generation_file(&self, owner: &Owner, model: &str) -> PathBuf {
        self.directory(owner, Section::Lookup, model).join(MARK)
    }

    /// Stores an answer. `generation` is empty except for lookups.
    ///
    /// # Errors
    /// Whatever the disk says; the answer itself is good all the same.
    pub fn store(&self, key: &Key, body: &str, etag: Option<&str>, generation: &str) -> std::io::Result<()> {
        let text = key.text();
        let head = Entry::encode_head(&text, body, etag, generation, self.clock.seconds());
        self.write(&self.path(key, &text), &[head.as_bytes(), body.as_bytes()])
    }

    /// Writes a file, and its directory once more if somebody cleared the cache in between.
    fn write(&self, path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
        let write = || {
            fsio::ensure_private_dir(&self.root)?;
            if let Some(directory) = path.parent() {
                fsio::ensure_private_dir(directory)?;
            }
            fsio::write_atomically(path, parts, false)
        };
        let mut outcome = write();
        for _ in 0..5 {
            match &outcome {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => outcome = write(),
                _ => break,
            }
        }
        outcome
    }

    /// Forgets the lookups of a model, of every user of the database.
    ///
    /// # Errors
    /// If the mark cannot be written: then stale results may be served until their life ends.
    pub fn forget_lookups(&self, owner: &Owner, model: &str) -> std::io::Result<()> {
        self.new_generation(owner, model, false)?;
        let directory = self.directory(owner, Section::Lookup, model);
        fsio::sweep(&directory, self.clock.now());
        for file in fs::read_dir(directory).into_iter().flatten().flatten() {
            if is_entry(&file.path()) {
                let _ = fs::remove_file(file.path());
            }
        }
        Ok(())
    }

    /// Lets nobody have the lookups of a model until they are given back: before a write, so that whoever is
    /// stopped while it is under way looks and does not see the old state.
    ///
    /// # Errors
    /// If the mark cannot be written, as for [`Cache::forget_lookups`].
    pub fn suspend_lookups(&self, owner: &Owner, model: &str) -> std::io::Result<Suspended> {
        let file = self.generation_file(owner, model);
        let before = fsio::read_text(&file, LONGEST_MARK).unwrap_or_default();
        let during = self.new_generation(owner, model, true)?;
        Ok(Suspended { file, before, during })
    }

    fn new_generation(&self, owner: &Owner, model: &str, is_under_way: bool) -> std::io::Result<String> {
        // Where nothing is cached yet the mark is left all the same: another process may be fetching at this moment.
        let mark = format!("{}-{}-{:?}", self.clock.seconds(), std::process::id(), self.clock.instant());
        let mut generation = short_hash(&mark);
        if is_under_way {
            generation += &format!("{UNDER_WAY}{}", self.clock.seconds());
        }
        self.write(&self.generation_file(owner, model), &[generation.as_bytes()])?;
        Ok(generation)
    }

    /// The bodies of the lookups of a model that this user may still be answered with; of very many only some.
    pub fn lookups(&self, owner: &Owner, model: &str, ttl: Duration) -> Vec<String> {
        self.bodies(owner, Section::Lookup, model, |key| match self.find(key, ttl) {
            Found::Fresh(entry) => Some(entry.body),
            _ => None,
        })
    }

    /// The fields of a model that this user was ever answered with, whatever the question was.
    pub fn schemas(&self, owner: &Owner, model: &str) -> Vec<String> {
        self.bodies(owner, Section::Schema, model, |key| match self.find(key, Duration::MAX) {
            Found::Fresh(entry) | Found::Stale(entry) => Some(entry.body),
            Found::Miss => None,
        })
    }

    fn bodies(
        &self,
        owner: &Owner,
        section: Section,
        model: &str,
        body: impl Fn(&Key) -> Option<String>,
    ) -> Vec<String> {
        let directory = self.directory(owner, section, model);
        let files = fs::read_dir(directory).into_iter().flatten().flatten().map(|file| file.path());
        let entries = files.filter(|path| path.extension().is_some_and(|extension| extension == "entry"));
        let found = entries.take(MOST_LOOKUPS).filter_map(|path| {
            let text = Entry::read_head(&path)?.key;
            let question: Value = serde_json::from_str(&text).ok()?;
            body(&Key { owner, section, model, question: question["question"].clone() })
        });
        found.collect()
    }

    /// Every readable entry, for people: what, whose, how old, how large.
    pub fn list(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        for path in self.files() {
            let Some(head) = Entry::read_head(&path) else { continue };
            let Ok(key) = serde_json::from_str::<Value>(&head.key) else { continue };
            rows.push(json!({
                "kind": key["kind"], "model": key["model"], "base_url": key["base_url"],
                "database": key["database"], "user": key["user"], "question": key["question"],
                "stored_at": clock::odoo_datetime(head.stored_at), "bytes": head.length,
                "path": path.display().to_string(),
            }));
        }
        rows.sort_by_cached_key(canonical);
        rows
    }

    /// Removes every entry; returns how many there were. The marks of writes stay, for whoever is fetching meanwhile:
    /// without them an answer from before a write would pass for one from after it.
    ///
    /// # Errors
    /// Whatever the disk says, but not that somebody else was faster.
    pub fn clear(&self) -> std::io::Result<usize> {
        let mut count = 0;
        let mut directories = vec![self.root.join("v1")];
        let mut at = 0;
        while let Some(directory) = directories.get(at).cloned() {
            at += 1;
            let items = match fs::read_dir(&directory) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                items => items?,
            };
            for item in items.flatten() {
                let (path, kind) = (item.path(), item.file_type()?);
                if kind.is_dir() {
                    directories.push(path);
                } else if !(kind.is_file() && item.file_name() == MARK) {
                    count += usize::from(is_entry(&path));
                    unless_gone(fs::remove_file(&path))?;
                }
            }
        }
        // The deepest first; one that holds a mark, or in which somebody writes, stays.
        for directory in directories.iter().rev() {
            let _ = fs::remove_dir(directory);
        }
        Ok(count)
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.root.join("v1")];
        while let Some(directory) = open.pop() {
            for item in fs::read_dir(directory).into_iter().flatten().flatten() {
                let path = item.path();
                match item.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(path),
                    Ok(kind) if kind.is_file() && is_entry(&path) => found.push(path),
                    _ => {}
                }
            }
        }
        found
    }
}

fn is_entry(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "entry")
}

fn unless_gone(done: std::io::Result<()>) -> std::io::Result<()> {
    done.or_else(|error| if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn short_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..16])
}
