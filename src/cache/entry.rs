//! The text of one cache file: a line that says what it answers, then the answer as it came. It only encodes
//! and decodes.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::fsio;

/// No first line of ours is a tenth of that.
const LARGEST_HEAD: u64 = 64 * 1024;

/// A stored answer.
#[derive(Debug)]
pub struct Entry {
    /// The JSON, as it was stored.
    pub body: String,
    /// Seconds since the epoch.
    pub stored_at: u64,
    /// Validator of a document.
    pub etag: Option<String>,
    /// The model's generation when the answer was asked for.
    pub generation: String,
}

/// The first line.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) key: String,
    pub(super) stored_at: u64,
    pub(super) length: usize,
    /// Of the body: a disk that changed a byte changes an answer.
    #[serde(default)]
    sum: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    generation: String,
}

/// Eight bytes a step, each step undoable: whatever a disk does to a few bytes is seen, in no time to speak of.
fn sum(body: &str) -> String {
    let step = |sum: u64, eight: [u8; 8]| {
        (sum ^ u64::from_le_bytes(eight)).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
    };
    let (eights, rest) = body.as_bytes().as_chunks();
    let mut sum = eights.iter().fold(0xcbf2_9ce4_8422_2325, |sum, eight| step(sum, *eight));
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        sum = step(sum, last);
    }
    format!("{sum:016x}")
}

impl Entry {
    /// The first line of an entry, with its newline.
    pub(super) fn encode_head(
        key: &str,
        body: &str,
        etag: Option<&str>,
        generation: &str,
        now: u64,
    ) -> String {
        let head = Head {
            key: key.into(),
            stored_at: now,
            length: body.len(),
            sum: sum(body),
            etag: etag.map(str::to_string),
            generation: generation.into(),
        };
        serde_json::to_string(&head).unwrap_or_default() + "\n"
    }

    /// The entry, if it is whole and answers `key`.
    pub(super) fn decode(bytes: Vec<u8>, key: &str) -> Option<Entry> {
        let mut text = String::from_utf8(bytes).ok()?;
        let (line, body) = text.split_once('\n')?;
        let head: Head = serde_json::from_str(line).ok()?;
        if head.key != key || head.length != body.len() || head.sum != sum(body) {
            return None;
        }
        let start = text.len() - body.len();
        text.drain(..start);
        Some(Entry { body: text, stored_at: head.stored_at, etag: head.etag, generation: head.generation })
    }

    /// Only the first line of a file.
    pub(super) fn read_head(path: &Path) -> Option<Head> {
        let file = fsio::open_for_reading(path, false)
            .ok()
            .filter(|file| file.metadata().is_ok_and(|found| found.is_file()))?;
        let mut line = String::new();
        BufReader::new(file.take(LARGEST_HEAD)).read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }
}
