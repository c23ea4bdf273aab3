//! Where policies are found, and whose they have to be. A file that is there counts, or locks everything: none is passed
//! over because it could not be read.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::{Document, LARGEST};
use super::policies::{Loaded, Origin, Policies};
use crate::fsio::{self, Stamp, Writers};

/// Where to look.
#[derive(Clone, Debug)]
pub struct Places {
    /// Of the machine's administrator.
    pub machine: PathBuf,
    /// Of the owner.
    pub config: PathBuf,
    /// The profile, if it is one of the configuration directory.
    pub profile: Option<String>,
    /// A profile file that was named.
    pub env_file: Option<PathBuf>,
}

/// Why nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The file.
    pub file: String,
    /// JSON Pointer, where that is the matter.
    pub pointer: String,
    /// In words.
    pub why: String,
}

/// What files were like: none where there is none; else what keeps one from being seen, what it is, and who may write
/// beside it.
pub type Stamps = Vec<Option<(Option<io::ErrorKind>, Option<Stamp>, Option<Stamp>)>>;

/// The documents as they stood at the last look.
pub struct Current {
    places: Places,
    /// What the files were like before they were read: a change meanwhile is seen the next time.
    were: Stamps,
    read: Result<Arc<Policies>, Locked>,
}

impl Current {
    /// Those that are found there now.
    pub fn of(places: &Places) -> Current {
        let candidates = places.candidates();
        let were = stamps(&candidates);
        // A file that comes meanwhile is seen before the next call, as one that changes is.
        let there = candidates.into_iter().zip(&were).filter(|(_, was)| was.is_some());
        let read = load(there.map(|(it, _)| it), Writers::Root).map(Arc::new);
        Current { were, read, places: places.clone() }
    }

    /// Looks whether the files have changed, and reads them again if so.
    pub fn look(&mut self) {
        if self.places.stamps() != self.were {
            *self = Current::of(&self.places);
        }
    }

    /// Every document that applies.
    ///
    /// # Errors
    /// A file that is there cannot be taken as it stands: then nothing is sent at all.
    pub fn policies(&self) -> Result<Arc<Policies>, &Locked> {
        self.read.as_ref().map(Arc::clone)
    }
}

/// A file to look for.
struct Candidate {
    origin: Origin,
    path: PathBuf,
}

impl Places {
    fn candidates(&self) -> Vec<Candidate> {
        let at = |origin, path: PathBuf| Candidate { origin, path };
        let mut all = vec![
            at(Origin::Machine, self.machine.join("policy.json")),
            at(Origin::Everyone, self.config.join("policy.json")),
        ];
        let mut add = |candidate: Candidate| {
            if all.iter().all(|known: &Candidate| known.path != candidate.path) {
                all.push(candidate);
            }
        };
        if let Some(name) = &self.profile {
            add(at(Origin::Profile, self.config.join(format!("odoo_{name}.policy.json"))));
        }
        // A profile file that is named by its path has the policies that lie beside it, wherever the configuration
        // directory is said to be.
        if let Some(file) = self.env_file.as_ref().and_then(|path| path.canonicalize().ok())
            && let (Some(directory), Some(stem)) = (file.parent(), file.file_stem())
        {
            let stem = stem.to_string_lossy();
            if stem.starts_with("odoo_") {
                add(at(Origin::Everyone, directory.join("policy.json")));
            }
            add(at(Origin::Profile, directory.join(format!("{stem}.policy.json"))));
        }
        all
    }

    /// What the files are like, whether they are there or not: as long as they stay so, they need not be read again.
    pub fn stamps(&self) -> Stamps {
        stamps(&self.candidates())
    }

    /// The files that are there.
    pub fn present(&self) -> Vec<(Origin, PathBuf)> {
        let there = |it: &Candidate| it.path.symlink_metadata().is_ok();
        self.candidates().into_iter().filter(there).map(|it| (it.origin, it.path)).collect()
    }
}

fn stamps(files: &[Candidate]) -> Stamps {
    // Who may write a directory matters to a file that is there, or may be.
    let one = |it: &Candidate| {
        let unseen = it.path.symlink_metadata().err().map(|why| why.kind());
        let is_there = unseen != Some(io::ErrorKind::NotFound);
        is_there.then(|| (unseen, fsio::stamp(&it.path), it.path.parent().and_then(fsio::stamp)))
    };
    files.iter().map(one).collect()
}

/// The documents of these files; the machine's has to be its administrator's.
fn load(files: impl IntoIterator<Item = Candidate>, administrator: Writers) -> Result<Policies, Locked> {
    let mut documents = Vec::new();
    for Candidate { origin, path } in files {
        let writers = if origin == Origin::Machine { administrator } else { Writers::User };
        let Some(text) = text(&path, writers).map_err(|why| locked(&path, why))? else { continue };
        let document = Document::parse(&text).map_err(|wrong| Locked {
            file: path.display().to_string(),
            pointer: wrong.pointer,
            why: wrong.why,
        })?;
        documents.push(Loaded { origin, file: path.display().to_string(), document });
    }
    Ok(Policies { documents })
}

fn locked(path: &Path, why: String) -> Locked {
    Locked { file: path.display().to_string(), pointer: String::new(), why }
}

/// The text of a file that nobody else may write; none where there is no file.
fn text(path: &Path, writers: Writers) -> Result<Option<String>, String> {
    let bytes = match fsio::read_written_by(path, writers, LARGEST) {
        Ok(bytes) => bytes,
        // A link to nothing is there, and says nothing.
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => {
            return Ok(None);
        }
        Err(error) => return Err(error.to_string()),
    };
    String::from_utf8(bytes).map(Some).map_err(|_| "it is no UTF-8 text".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn places(home: &Path) -> Places {
        for directory in ["machine", "config"] {
            std::fs::create_dir_all(home.join(directory)).unwrap();
            std::fs::set_permissions(home.join(directory), std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        Places {
            machine: home.join("machine"),
            config: home.join("config"),
            profile: Some("erp".into()),
            env_file: None,
        }
    }

    fn put(path: PathBuf, text: &str, mode: u32) {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn every_file_that_is_there_applies() {
        let home = tempfile::tempdir().unwrap();
        let places = places(home.path());
        assert!(load(places.candidates(), Writers::User).unwrap().is_empty());
        for name in [
            "machine/policy.json",
            "config/policy.json",
            "config/odoo_erp.policy.json",
            "config/odoo_other.policy.json",
        ] {
            put(home.path().join(name), r#"{"version":"1"}"#, 0o644);
        }
        let origins: Vec<Origin> =
            load(places.candidates(), Writers::User).unwrap().documents.iter().map(|it| it.origin).collect();
        assert_eq!(origins, [Origin::Machine, Origin::Everyone, Origin::Profile]);
        // A profile file by its path has the policies beside it, even where another directory is named.
        put(home.path().join("config/odoo_erp.env"), "", 0o600);
        let by_path = Places {
            config: home.path().join("elsewhere"),
            profile: None,
            env_file: Some(home.path().join("config/../config/odoo_erp.env")),
            ..places
        };
        assert_eq!(load(by_path.candidates(), Writers::User).unwrap().documents.len(), 3);
    }

    #[test]
    fn a_directory_that_is_none_any_more_is_seen() {
        let home = tempfile::tempdir().unwrap();
        let places = places(home.path());
        let before = places.stamps();
        std::fs::remove_dir(&places.config).unwrap();
        assert_eq!(places.stamps(), before, "where nothing was nothing is");
        std::fs::write(&places.config, "").unwrap();
        assert_ne!(places.stamps(), before, "a file in its place");
        assert!(load(places.candidates(), Writers::User).is_err());
        std::fs::remove_file(&places.config).unwrap();
        std::os::unix::fs::symlink(&places.config, &places.config).unwrap();
        assert_ne!(places.stamps(), before, "a link to itself");
    }

    #[test]
    fn documents_are_those_of_the_files_as_they_are_now() {
        let home = tempfile::tempdir().unwrap();
        let mut places = places(home.path());
        places.machine = home.path().join("none");
        let mut current = Current::of(&places);
        let mut looked = || {
            current.look();
            current.policies().map_err(Clone::clone)
        };
        let path = home.path().join("config/policy.json");
        assert!(looked().unwrap().is_empty());
        put(path.clone(), r#"{"version":"1","redact":["vat"]}"#, 0o600);
        let first = looked().unwrap();
        assert!(first.redact());
        assert!(Arc::ptr_eq(&first, &looked().unwrap()), "what stays as it was is not read again");
        put(path.clone(), r#"{"version":"1","redact":"vat"}"#, 0o600);
        assert!(looked().is_err());
        put(path.clone(), r#"{"version":"1"}"#, 0o600);
        assert!(!looked().unwrap().redact());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert!(looked().is_err(), "others may write it");
        std::fs::remove_file(&path).unwrap();
        assert!(looked().unwrap().is_empty());
        std::os::unix::fs::symlink("nothing", &path).unwrap();
        assert!(looked().is_err(), "a link to nothing");
    }

    #[test]
    fn a_file_that_cannot_be_taken_as_it_stands_locks() {
        let home = tempfile::tempdir().unwrap();
        let places = places(home.path());
        let path = home.path().join("config/policy.json");
        let deep = format!("{{\"version\":\"1\",\"x\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        let huge = format!("{{\"version\":\"1\",\"description\":\"{}\"}}", "x".repeat(300_000));
        for (text, mode, part) in [
            (r#"{"version":"1"}"#, 0o666, "others may write"),
            (r#"{"version":"1"}"#, 0o620, "others may write"),
            (r#"{"version":"1","version":"1"}"#, 0o600, "twice"),
            (r#"{"version":"1",}"#, 0o600, "strict JSON"),
            ("{\"version\":\"1\"", 0o600, "strict JSON"),
            ("", 0o600, "strict JSON"),
            (r#"{"version":"1"} x"#, 0o600, "strict JSON"),
            ("// a comment\n{\"version\":\"1\"}", 0o600, "strict JSON"),
            (deep.as_str(), 0o600, "deep"),
            (huge.as_str(), 0o600, "larger"),
        ] {
            put(path.clone(), text, mode);
            let locked = load(places.candidates(), Writers::User).unwrap_err();
            assert!(
                locked.why.contains(part),
                "{}: {}",
                text.chars().take(40).collect::<String>(),
                locked.why
            );
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(load(places.candidates(), Writers::User).is_err(), "a directory in its place");
        std::fs::remove_dir(&path).unwrap();
        put(path, "\u{feff}{\"version\":\"1\"}", 0o600);
        // Of the machine's file the owner has to be root.
        put(home.path().join("machine/policy.json"), r#"{"version":"1"}"#, 0o644);
        let is_root = fsio::owned_by_root(&home.path().join("machine"));
        assert_eq!(load(places.candidates(), Writers::Root).is_ok(), is_root);
    }
}
