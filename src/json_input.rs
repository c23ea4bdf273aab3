//! JSON that a person or an agent typed, read strictly: duplicate keys and numbers that cannot be carried
//! exactly are errors, with the place they stand. It never widens: what does not parse is an error, never an
//! empty value. Where text comes from, and who may read it, is here too; what it means is not.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::error::{Code, Error, Result};
use crate::fsio;
use crate::json_slips;
use crate::operation::Object;

/// Odoo's own default limit for a request body (`web.max_file_upload_size`).
pub const LARGEST: u64 = 128 * 1024 * 1024;

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Strict, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

/// The name under which serde_json hands over the digits of a number that 64 bits do not hold.
const DIGITS: &str = "$serde_json::private::Number";

/// A number with the digits that came.
fn number(digits: &str) -> std::result::Result<Value, String> {
    let number: serde_json::Number = digits.parse().map_err(|_| "this is no number".to_string())?;
    let is_whole = digits.bytes().all(|digit| digit == b'-' || digit.is_ascii_digit());
    if !is_whole && !digits.parse::<f64>().is_ok_and(f64::is_finite) {
        return Err("this number is larger than any that Odoo can hold".into());
    }
    Ok(Value::Number(number))
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key == DIGITS && object.is_empty() {
                return number(&entries.next_value::<String>()?).map_err(de::Error::custom);
            }
            let Strict(value) = entries.next_value()?;
            if object.contains_key(&key) {
                return Err(de::Error::custom(format!("the key {key:?} stands twice")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// Parses one JSON value.
///
/// # Errors
/// What is wrong and its line and column, without the text itself.
pub fn parse(text: &str) -> std::result::Result<Value, String> {
    serde_json::from_str::<Strict>(text.strip_prefix('\u{feff}').unwrap_or(text))
        .map(|strict| strict.0)
        .map_err(|error| json_slips::half_character(text).unwrap_or_else(|| error.to_string()))
}

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
    /// The refusal, by the flag.
    pub refusal: fn(&str) -> Error,
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
        found.ok_or_else(|| (fence.refusal)(flag))
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
            Source::Inline { text, .. } => parse(text).map_err(|why| {
                json_slips::of_word(text, source.flag()).into_iter().fold(invalid(why), Error::with_hint)
            }),
            Source::File { path, .. } => {
                let bytes = self.bytes(flag, path, LARGEST)?;
                let text = text_of(&bytes).map_err(|why| {
                    let error = invalid(why);
                    if json_slips::is_utf16(&bytes) { error.with_hint(json_slips::UTF_16) } else { error }
                })?;
                parse(text)
                    .map_err(|why| json_slips::of_text(text).into_iter().fold(invalid(why), Error::with_hint))
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

    /// The same for a file that decides what is done: no link anywhere.
    pub fn bytes_without_links(&mut self, flag: &str, path: &str, limit: u64) -> Result<Vec<u8>> {
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
    std::str::from_utf8(bytes).map_err(|error| match json_slips::is_utf16(bytes) {
        true => "it is UTF-16, and UTF-8 is expected".to_string(),
        false => format!("not UTF-8 at byte {}", error.valid_up_to()),
    })
}

/// What a value is, for messages.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Takes an object or says where it was expected.
pub fn object(value: Value, place: &str) -> Result<Object> {
    match value {
        Value::Object(object) => Ok(object),
        other => Err(in_a_string(wrong_type(place, "an object", &other), &other)),
    }
}

/// Takes a list or says where it was expected.
pub fn list(value: Value, place: &str) -> Result<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(in_a_string(wrong_type(place, "a list", &other), &other)),
    }
}

/// Takes a domain: a list, and nothing that other programs take for a filter.
pub fn domain(value: Value, place: &str) -> Result<Vec<Value>> {
    let hint = match &value {
        Value::Object(object) => Some(json_slips::as_domain(object)),
        _ => None,
    };
    list(value, place).map_err(|error| hint.into_iter().fold(error, Error::with_hint))
}

/// JSON in a string, as programs wrap it that pass JSON on.
fn in_a_string(error: Error, found: &Value) -> Error {
    match found
        .as_str()
        .and_then(|text| parse(text).ok())
        .filter(|inner| inner.is_array() || inner.is_object())
    {
        Some(inner) => error.with_hint(format!("the same without the quotes around it: {inner}")),
        None => error,
    }
}

/// Takes a list of objects.
pub fn objects(value: Value, place: &str) -> Result<Vec<Object>> {
    list(value, place)?
        .into_iter()
        .enumerate()
        .map(|(index, item)| object(item, &format!("{place}[{index}]")))
        .collect()
}

/// Takes a list of strings.
pub fn strings(value: Value, place: &str) -> Result<Vec<String>> {
    list(value, place)?
        .into_iter()
        .enumerate()
        .map(|(index, item)| match item {
            Value::String(text) => Ok(text),
            other => Err(wrong_type(&format!("{place}[{index}]"), "a string", &other)),
        })
        .collect()
}

/// Takes a list of record ids: whole numbers from 1.
pub fn ids(value: Value, place: &str) -> Result<Vec<i64>> {
    list(value, place)?
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let place = format!("{place}[{index}]");
            match whole(&item) {
                Some(id) if id > 0 => Ok(id),
                Some(id) => Err(Error::new(
                    Code::InvalidJson,
                    format!("{place}: a record id is a whole number from 1, this is {id}"),
                )),
                None => Err(wrong_type(&place, "a record id (a whole number from 1)", &item)),
            }
        })
        .collect()
}

/// A whole number, however it is written: JSON has one kind of number, and 5.0 is 5.
pub fn whole(value: &Value) -> Option<i64> {
    /// Beyond it a number with a point is no longer exact.
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    let exact = || value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < LARGEST_EXACT);
    value.as_i64().or_else(|| exact().map(|number| number as i64))
}

/// The error for a value of the wrong type.
pub fn wrong_type(place: &str, expected: &str, found: &Value) -> Error {
    Error::new(Code::InvalidJson, format!("{place}: expected {expected}, found {}", type_name(found)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn duplicates_and_inexact_numbers_are_refused_with_their_place() {
        assert!(parse(r#"{"a":1,"a":2}"#).unwrap_err().contains("\"a\" stands twice at line 1 column"));
        assert!(parse("[1,]").unwrap_err().contains("line 1 column 4"));
        assert!(parse("").is_err());
        assert_eq!(parse("\u{feff}[9007199254740993, 0.1]").unwrap().to_string(), "[9007199254740993,0.1]");
    }

    #[test]
    fn a_number_keeps_the_digits_that_came() {
        for text in
            ["18446744073709551616", "-123456789012345678901234", "9007199254740993.0", "1.10", "0.1", "-0.0"]
        {
            assert_eq!(parse(text).unwrap().to_string(), text);
            assert_eq!(
                parse(&format!("[{{\"a\":{text}}}]")).unwrap().to_string(),
                format!("[{{\"a\":{text}}}]")
            );
        }
        assert_eq!(parse("[5.0, 1e1]").map(|ids| super::ids(ids, "ids").unwrap()).unwrap(), [5, 10]);
        assert!(parse("[1e999]").unwrap_err().contains("larger than any"));
    }

    #[test]
    fn half_a_character_is_named_with_its_place() {
        let told = parse("[\n  \"a\", \"b\\ud83d c\"]").unwrap_err();
        assert!(told.contains("\\ud83d") && told.contains("line 2 column 10"), "{told}");
        assert_eq!(parse(r#""\ud83d\ude00 \\ud83d""#).unwrap(), "😀 \\ud83d");
    }

    #[test]
    fn errors_do_not_repeat_the_text() {
        assert!(!parse("hunter2").unwrap_err().contains("hunter2"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e15..1e15).prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("\\PC{0,6}", inner, 0..6)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_passes_through_unchanged(value in any_json()) {
            prop_assert_eq!(parse(&value.to_string()).unwrap(), value);
        }
    }
}
