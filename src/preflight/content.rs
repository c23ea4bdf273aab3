//! What a file holds: the value of a binary field is base64, of `raw` the text itself, of an attachment of a
//! message its text too. Odoo decodes leniently, so what is no base64 becomes a broken file without a word.

use serde_json::Value;

use super::{Check, refused};
use crate::error::Result;
use crate::json_input::type_name;
use crate::operation::Operation;

/// A text of fewer letters is no file that somebody encoded.
const SHORTEST: usize = 12;

/// What keeps a text from being base64.
#[derive(Debug, PartialEq)]
enum Flaw {
    Letter(char),
    UrlAlphabet,
    Length,
}

/// The value of a binary field.
pub fn check(check: &Check, name: &str, value: &mut Value, takes_raw: bool, place: &str) -> Result<()> {
    let Value::String(text) = value else {
        return match value {
            Value::Null | Value::Bool(false) => Ok(()),
            other => Err(refused(format!(
                "{place}: takes the content of a file as base64, this is {}",
                type_name(other)
            ))
            .with_hint("one string: base64 -w0 FILE encodes a file")),
        };
    };
    if takes_raw && name == "raw" {
        return raw(check, text, place);
    }
    if takes_raw && name == "db_datas" {
        return Err(refused(format!(
            "{place}: is where Odoo itself keeps contents, and would store this base64 as it stands: datas is meant"
        ))
        .with_hint(format!("{} takes it as it is", place.replace("db_datas", "datas"))));
    }
    if let Some(encoded) = of_data_uri(text) {
        let encoded = encoded.to_string();
        check.mend(format!(
            "{place}: the prefix data: of a data URI is taken off: it would be decoded into the file"
        ))?;
        *text = encoded;
    }
    match flaw(text) {
        None => Ok(()),
        Some(flaw) => {
            let what = match flaw {
                Flaw::Letter(letter) => format!("base64 has no {letter:?}"),
                Flaw::UrlAlphabet => "- and _ are of the alphabet for addresses, which Odoo skips".into(),
                Flaw::Length => "its length is not a multiple of four".into(),
            };
            let error = refused(format!(
                "{place}: takes the content of a file as base64, and this is none ({what}): Odoo would store a broken file or fail"
            ));
            Err(match flaw {
                Flaw::UrlAlphabet => error.with_hint("write + for - and / for _"),
                _ if takes_raw => {
                    error.with_hint("encode it: base64 -w0 FILE; a plain text goes into raw as it is")
                }
                _ => error.with_hint("encode it: base64 -w0 FILE"),
            })
        }
    }
}

/// `raw` takes the bytes themselves, of which JSON can carry a text.
fn raw(check: &Check, text: &str, place: &str) -> Result<()> {
    if of_data_uri(text).is_some() {
        return Err(refused(format!(
            "{place}: takes the text itself, and would store this data URI as text"
        ))
        .with_hint("datas takes base64"));
    }
    if begins_as_a_file(text) {
        return Err(refused(format!(
            "{place}: this is a binary file as base64, and raw takes the text itself: datas is meant"
        ))
        .with_hint(format!("{} takes it as it is", place.replace("raw", "datas"))));
    }
    if looks_encoded(text) {
        check.note(format!(
            "{place}: raw takes the text itself, so this base64 is stored as it stands; datas is the field that decodes it"
        ));
    }
    Ok(())
}

/// The attachments of a message: name and the text itself.
pub fn of_message(check: &Check, operation: &Operation) {
    let items = operation.kwargs.get("attachments").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        let content = item.get(1).and_then(Value::as_str).unwrap_or_default();
        if looks_encoded(content) || of_data_uri(content).is_some() {
            check.note(format!(
                "attachments[{index}]: takes the text itself, so this base64 is stored as it stands; create ir.attachment with datas and name its id in attachment_ids"
            ));
        }
    }
}

/// What stands behind `data:…;base64,`.
fn of_data_uri(text: &str) -> Option<&str> {
    let (head, encoded) = text.trim_start().strip_prefix("data:")?.split_once(',')?;
    head.ends_with(";base64").then_some(encoded.trim())
}

/// How binary files begin, in base64: PNG, JPEG, GIF, WebP and other RIFF, PDF, ZIP and what is made of it, GZIP, old
/// Office files, TIFF.
const BEGINNINGS: [&str; 10] = [
    "iVBORw0KGgo",
    "/9j/",
    "R0lGODdh",
    "R0lGODlh",
    "UklGR",
    "JVBERi0",
    "UEsDB",
    "H4sI",
    "0M8R4KGxGuE",
    "SUkqA",
];

/// Whether a text is base64 of a file that is certainly no text.
fn begins_as_a_file(text: &str) -> bool {
    let text = text.trim();
    BEGINNINGS.iter().any(|begins| text.starts_with(begins)) && flaw(text).is_none()
}

/// Line breaks are what `base64` itself writes.
fn flaw(text: &str) -> Option<Flaw> {
    let mut count = 0_usize;
    let mut padding = 0_usize;
    for letter in text.chars().filter(|letter| !matches!(letter, '\n' | '\r')) {
        match letter {
            '=' => padding += 1,
            _ if padding > 0 => return Some(Flaw::Letter('=')),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => {}
            '-' | '_' if !text.contains([' ', '.', '!', ',']) => return Some(Flaw::UrlAlphabet),
            other => return Some(Flaw::Letter(other)),
        }
        count += 1;
    }
    (!count.is_multiple_of(4) || padding > 2).then_some(Flaw::Length)
}

/// Whether a text is base64 rather than words: long enough, whole, and of a mixture that words do not have.
fn looks_encoded(text: &str) -> bool {
    let text = text.trim();
    // What is filled up with = is encoded, however short.
    let is_long = text.len() >= SHORTEST || text.len() > 4 && text.ends_with('=');
    if !is_long || text.contains(' ') || flaw(text).is_some() {
        return false;
    }
    let has = |test: fn(&char) -> bool| text.chars().any(|letter| test(&letter));
    let mixed = has(|letter| letter.is_ascii_lowercase())
        && text.chars().skip(1).any(|letter| letter.is_ascii_uppercase());
    mixed && (!text.contains('/') || text.ends_with('=') || text.len() > 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_told_from_text_and_paths() {
        for right in ["", "SGVsbG8gUERG", "SGVsbG8=", "SGVs\nbG8=\n", "////", "SGVsbG8gUERGIQ=="] {
            assert_eq!(flaw(right), None, "{right}");
        }
        for (wrong, why) in [
            ("not base64!!", Flaw::Letter(' ')),
            ("/tmp/file.pdf", Flaw::Letter('.')),
            ("SGVsbG8", Flaw::Length),
            ("SGVs-G8_", Flaw::UrlAlphabet),
            ("SG=sbG8g", Flaw::Letter('=')),
        ] {
            assert_eq!(flaw(wrong), Some(why), "{wrong}");
        }
        assert_eq!(of_data_uri("data:text/plain;base64,SGVsbG8="), Some("SGVsbG8="));
        assert_eq!(of_data_uri("data: none"), None);
    }

    #[test]
    fn words_are_not_taken_for_base64() {
        for text in [
            "Hello",
            "Checked the logs today",
            "a plain line",
            "path/to/Some/File",
            "UPPERCASETEXT",
            "lowercasetext",
        ] {
            assert!(!looks_encoded(text), "{text}");
        }
        for encoded in ["SGVsbG8gUERG", "SGVsbG8gd29ybGQ=", "SGVsbG8="] {
            assert!(looks_encoded(encoded) && !begins_as_a_file(encoded), "{encoded}");
        }
        assert!(begins_as_a_file("iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB") && begins_as_a_file("JVBERi0xLjQK"));
        for text in ["/9j/ is how a JPEG begins", "UEsDB", "H4sI, said the parrot", "iVBORw0KGgo"] {
            assert!(!begins_as_a_file(text), "{text}");
        }
    }
}
