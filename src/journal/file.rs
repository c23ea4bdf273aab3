//! The files of a journal: lines are added under a lock, a new file is begun when one is large or old, and the oldest
//! go. It knows nothing of what a line says but its seal.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::chain;
use crate::fsio::{self, Appended, Lock};

/// A file of more bytes is not one that was written here: it is neither read nor added to.
pub const LARGEST: u64 = 512 * 1024 * 1024;
/// A file of more bytes is followed by another.
const LARGE: u64 = 8 * 1024 * 1024;
/// And one that was begun so many seconds ago.
const OLD: u64 = 7 * 24 * 3600;
/// Nobody holds the lock longer than a line takes to be written.
const PATIENCE: Duration = Duration::from_secs(30);
const LOCK: &str = "lock";
/// What a tail is read by.
const BLOCK: u64 = 64 * 1024;

/// How long lines are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Seconds.
    pub seconds: u64,
    /// Bytes of all files together.
    pub bytes: u64,
}

/// One file: `00000012.1770000000.ndjson`, its number and the second in which it was begun.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    number: u64,
    begun: u64,
    /// Where it is.
    pub path: PathBuf,
}

impl Segment {
    fn new(directory: &Path, number: u64, begun: u64) -> Segment {
        Segment { number, begun, path: directory.join(format!("{number:08}.{begun}.ndjson")) }
    }

    fn of(path: PathBuf) -> Option<Segment> {
        let name = path.file_name()?.to_str()?;
        let (number, begun) = name.strip_suffix(".ndjson")?.split_once('.')?;
        Some(Segment { number: number.parse().ok()?, begun: begun.parse().ok()?, path })
    }

    /// Bytes in it; none where it is gone.
    pub fn length(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |found| found.len())
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// The files of a directory, the oldest first. Which is older is told by the number: a clock may have gone back.
pub fn segments(directory: &Path) -> Vec<Segment> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<Segment> = entries.filter_map(|entry| Segment::of(entry.path())).collect();
    found.sort_unstable();
    found
}

/// Adds an object as a line, sealed to the one before. `is_durable` waits until the disk has it. Says whether it is
/// the first line of a file.
///
/// # Errors
/// Whatever the disk says; then the line is not there.
pub fn append(directory: &Path, object: &str, now: u64, kept: Kept, is_durable: bool) -> io::Result<bool> {
    let _lock = Lock::acquire(&directory.join(LOCK), PATIENCE)?;
    let all = segments(directory);
    let Some(last) = all.last() else {
        begin(&Segment::new(directory, 1, now), object, chain::NOTHING)?;
        // The directory may be as new as the file.
        for parent in directory.ancestors().skip(1).take(2) {
            fsio::sync_directory(parent)?;
        }
        return Ok(true);
    };
    let mut file = opened(last)?;
    if file.length == 0 {
        // A run was ended, or a disk was full, before its first line: it goes on where the one before it ended.
        begin(last, object, &before(&all)?)?;
        return Ok(true);
    }
    let (previous, is_whole) = end(&mut file)?;
    // A clock that went back makes nothing old.
    let is_old = now.saturating_sub(last.begun) > OLD;
    if file.length + object.len() as u64 <= LARGE && !is_old {
        return add(&mut file, object, &previous, is_whole, is_durable).map(|()| false);
    }
    if !is_whole {
        file.add(b"\n", false)?;
    }
    begin(&Segment::new(directory, last.number + 1, now), object, &previous)?;
    drop_old(&all, now, kept);
    Ok(true)
}

/// Adds the first line of a file, and waits until the disk has both: what comes after it is nowhere if it is not.
fn begin(segment: &Segment, object: &str, previous: &str) -> io::Result<()> {
    let mut file = Appended::open(&segment.path)?;
    add(&mut file, object, previous, true, true)?;
    segment.path.parent().map_or(Ok(()), fsio::sync_directory)
}

/// A file to be added to. To look for the beginning of a line in one that is too large would take as long as it is.
fn opened(segment: &Segment) -> io::Result<Appended> {
    let file = Appended::open(&segment.path)?;
    if file.length <= LARGEST {
        return Ok(file);
    }
    let told = format!("{} is larger than any that is written: put it elsewhere", segment.path.display());
    Err(io::Error::new(io::ErrorKind::FileTooLarge, told))
}

/// The name of the last line that there is.
fn before(all: &[Segment]) -> io::Result<String> {
    for segment in all.iter().rev() {
        let mut file = opened(segment)?;
        if file.length > 0 {
            return end(&mut file).map(|(name, _)| name);
        }
    }
    Ok(chain::NOTHING.into())
}

fn add(
    file: &mut Appended,
    object: &str,
    previous: &str,
    is_whole: bool,
    is_durable: bool,
) -> io::Result<()> {
    // Half a line, of a run that was killed, is ended: it stays to be seen.
    let start = if is_whole { "" } else { "\n" };
    file.add(format!("{start}{}\n", chain::sealed(object, previous)).as_bytes(), is_durable)
}

/// The name of the last line, and whether it is ended.
fn end(file: &mut Appended) -> io::Result<(String, bool)> {
    let mut from = file.length.saturating_sub(chain::END as u64 + 1);
    loop {
        let tail = file.from(from)?;
        let is_whole = tail.ends_with(b"\n");
        let text = tail.strip_suffix(b"\n").unwrap_or(&tail);
        if let Some(name) = chain::stated(text).filter(|_| is_whole) {
            return Ok((name, true));
        }
        // It is no sealed line: its bytes are its name, so its beginning is needed.
        match text.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => return Ok((chain::name(&text[at + 1..]), is_whole)),
            None if from == 0 => return Ok((chain::name(text), is_whole)),
            None => from = from.saturating_sub(BLOCK.max(file.length - from)),
        }
    }
}

/// Lets go of the oldest files: those whose last line is too old, and those that are too much. `before` is all there
/// were before the one that was just begun.
fn drop_old(before: &[Segment], now: u64, kept: Kept) {
    let mut bytes: u64 = before.iter().map(Segment::length).sum();
    for (at, segment) in before.iter().enumerate() {
        // It ended when the next one was begun.
        let ended = before.get(at + 1).map_or(now, |next| next.begun);
        if bytes <= kept.bytes && now.saturating_sub(ended) <= kept.seconds {
            break;
        }
        bytes -= segment.length();
        let _ = std::fs::remove_file(&segment.path);
    }
}

/// The last bytes of all files, at most so many, from the beginning of a line on.
pub fn tail(directory: &Path, most: u64) -> String {
    let mut found = Vec::new();
    for segment in segments(directory).iter().rev() {
        let left = most.saturating_sub(found.len() as u64);
        let Ok(mut file) = Appended::open_there(&segment.path) else { break };
        let from = file.length.saturating_sub(left);
        let Ok(bytes) = file.from(from) else { break };
        let start = if from == 0 {
            0
        } else {
            bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1)
        };
        found = [&bytes[start..], &found].concat();
        if from > 0 {
            break;
        }
    }
    String::from_utf8_lossy(&found).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Kept = Kept { seconds: 90 * 24 * 3600, bytes: 200 * 1024 * 1024 };
    const NOW: u64 = 1_770_000_000;

    fn lines(directory: &Path) -> Vec<String> {
        let text = |segment: &Segment| std::fs::read_to_string(&segment.path).unwrap();
        segments(directory)
            .iter()
            .flat_map(|segment| text(segment).lines().map(str::to_string).collect::<Vec<_>>())
            .collect()
    }

    fn is_chained(lines: &[String]) -> bool {
        let mut previous = chain::NOTHING.to_string();
        lines.iter().all(|line| {
            let is_next = chain::opened(line).is_none_or(|(is_whole, named)| is_whole && named == previous);
            previous = chain::name(line.as_bytes());
            is_next
        })
    }

    #[test]
    fn half_a_line_is_ended_and_the_next_one_names_it() {
        let directory = tempfile::tempdir().unwrap();
        let add = |text: &str| append(directory.path(), text, NOW, KEPT, true).unwrap();
        add(r#"{"a":1}"#);
        let path = segments(directory.path())[0].path.clone();
        let whole = std::fs::read(&path).unwrap();
        for cut in [1, 20, whole.len() - 2] {
            std::fs::write(&path, [&whole[..], &whole[..cut]].concat()).unwrap();
            add(r#"{"b":2}"#);
            let lines = lines(directory.path());
            assert_eq!(lines.len(), 3, "{lines:?}");
            assert!(is_chained(&lines), "{lines:?}");
        }
    }

    #[test]
    fn a_file_without_a_line_goes_on_where_the_one_before_it_ended() {
        let directory = tempfile::tempdir().unwrap();
        let add = |text: &str, now: u64| append(directory.path(), text, now, KEPT, true).unwrap();
        let empty = |name: &str| std::fs::write(directory.path().join(name), "").unwrap();
        assert!(add(r#"{"a":1}"#, NOW) && !add(r#"{"a":2}"#, NOW));
        empty("00000002.1770000000.ndjson");
        empty("00000003.1770000000.ndjson");
        assert!(add(r#"{"a":3}"#, NOW));
        assert!(!add(r#"{"a":4}"#, NOW));
        let found = lines(directory.path());
        assert!(found.len() == 4 && is_chained(&found), "{found:?}");
        let files = |segment: &Segment| (segment.name(), std::fs::read(&segment.path).unwrap());
        let all: Vec<(String, Vec<u8>)> = segments(directory.path()).iter().map(files).collect();
        let verified = crate::journal::verify::verified(&all);
        assert!(verified.damaged.is_empty() && verified.cut.is_empty(), "{verified:?}");
        let alone = tempfile::tempdir().unwrap();
        std::fs::write(alone.path().join("00000001.5.ndjson"), "").unwrap();
        append(alone.path(), "{}", 6, KEPT, true).unwrap();
        assert!(is_chained(&lines(alone.path())));
    }

    #[test]
    fn a_line_that_is_longer_than_a_block_is_named_all_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("00000001.5.ndjson");
        std::fs::write(&path, "x".repeat(300_000)).unwrap();
        append(directory.path(), "{\"a\":1}", 6, KEPT, false).unwrap();
        assert!(is_chained(&lines(directory.path())));
    }

    #[test]
    fn files_follow_each_other_by_size_and_age_and_the_oldest_go() {
        let directory = tempfile::tempdir().unwrap();
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(3 * 1024 * 1024));
        for _ in 0..6 {
            append(directory.path(), &large, NOW, KEPT, false).unwrap();
        }
        assert_eq!(segments(directory.path()).len(), 3);
        assert!(is_chained(&lines(directory.path())));
        // A clock that goes back begins nothing and drops nothing.
        append(directory.path(), "{}", NOW - 1_000_000, KEPT, false).unwrap();
        assert_eq!(segments(directory.path()).len(), 3);
        append(directory.path(), "{\"a\":1}", NOW + OLD + 1, KEPT, false).unwrap();
        assert_eq!(segments(directory.path()).len(), 4);
        let tight = Kept { bytes: 10 * 1024 * 1024, ..KEPT };
        append(directory.path(), "{\"a\":2}", NOW + 3 * OLD, tight, false).unwrap();
        let left = segments(directory.path());
        assert_eq!(left.last().map(|segment| segment.number), Some(5));
        assert!(left.len() < 5, "the oldest are gone: {left:?}");
        append(directory.path(), "{\"a\":3}", NOW + 200 * 24 * 3600, KEPT, false).unwrap();
        assert_eq!(segments(directory.path()).len(), 2, "what ended longer ago than is kept is gone");
    }

    #[test]
    fn a_link_or_a_pipe_in_its_place_is_not_written_to() {
        let directory = tempfile::tempdir().unwrap();
        let elsewhere = directory.path().join("elsewhere");
        std::fs::write(&elsewhere, "mine").unwrap();
        std::os::unix::fs::symlink(&elsewhere, directory.path().join("00000001.5.ndjson")).unwrap();
        assert!(append(directory.path(), "{}", 6, KEPT, false).is_err());
        assert_eq!(std::fs::read(&elsewhere).unwrap(), b"mine");
    }

    #[test]
    fn the_tail_begins_with_a_whole_line() {
        let directory = tempfile::tempdir().unwrap();
        for number in 0..20 {
            append(directory.path(), &format!("{{\"n\":{number}}}"), NOW, KEPT, false).unwrap();
        }
        let text = tail(directory.path(), 1000);
        assert!(text.len() < 1000 && text.starts_with("{\"n\":") && text.ends_with("}\n"), "{text}");
        assert!(text.contains("{\"n\":19") && !text.contains("{\"n\":1,"));
        assert_eq!(tail(directory.path(), u64::MAX).lines().count(), 20);
    }
}
