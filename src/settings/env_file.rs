//! Reads one profile file: `NAME=value` lines, values literal. It refuses a file that others can read, and
//! its errors name lines, never their content, because that may be a key.

use std::collections::BTreeMap;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};
use crate::fsio;

const LARGEST: u64 = 64 * 1024;

/// Names and literal values of a profile file.
pub type Values = BTreeMap<String, Setting>;

/// A value and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// As written.
    pub value: Zeroizing<String>,
    /// Counted from 1.
    pub line: usize,
}

/// Reads and parses a profile file. `follow_links` is for files in the configuration directory, which people
/// keep in dotfile repositories.
pub fn read(path: &Path, follow_links: bool) -> Result<Values> {
    let mut file = fsio::open_for_reading(path, follow_links).map_err(|error| {
        let (code, why) = match error.kind() {
            std::io::ErrorKind::NotFound => (Code::ConfigMissing, "there is no such file".to_string()),
            _ if is_link(path) && !follow_links => (Code::ConfigUnsafe, "it is a symbolic link".to_string()),
            _ => (Code::ConfigInvalid, error.to_string()),
        };
        Error::new(code, format!("cannot read the profile {}: {why}", path.display())).with_source(error)
    })?;
    check_private(&file, path)?;
    let bytes = Zeroizing::new(fsio::read_to_limit(&mut file, LARGEST).map_err(|error| {
        Error::new(Code::ConfigInvalid, format!("cannot read the profile {}: {error}", path.display()))
            .with_source(error)
    })?);
    let text = std::str::from_utf8(&bytes).map_err(|why| {
        Error::new(Code::ConfigInvalid, format!("the profile {} is not UTF-8 text", path.display()))
            .with_hint(crate::json_slips::of_bytes(&bytes))
            .with_source(why)
    })?;
    parse(text).map_err(|(line, why)| {
        Error::new(Code::ConfigInvalid, format!("the profile {}, line {line}: {why}", path.display()))
            .with_hint(match why {
                Wrong::Twice(..) => format!("remove one of the two lines in {}", path.display()),
                _ => format!("correct line {line} of {}", path.display()),
            })
    })
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink())
}

/// A file with keys must be a regular file that belongs to this user and that nobody else can open.
fn check_private(file: &std::fs::File, path: &Path) -> Result<()> {
    let unsafe_because = |why: String, hint: String| {
        Error::new(Code::ConfigUnsafe, format!("the profile {} {why}, and it may hold a key", path.display()))
            .with_hint(hint)
    };
    let metadata = file.metadata().map_err(|error| {
        Error::new(Code::ConfigInvalid, format!("cannot examine the profile {}: {error}", path.display()))
            .with_source(error)
    })?;
    if !metadata.is_file() {
        return Err(Error::new(
            Code::ConfigInvalid,
            format!("the profile {} is not a regular file", path.display()),
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if !fsio::owned_by_us(&metadata) {
            return Err(unsafe_because(
                "belongs to another user".into(),
                "make a copy that you own, with mode 0600".into(),
            ));
        }
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(unsafe_because(
                format!("can be opened by others (mode {mode:04o})"),
                format!("chmod 600 {}", path.display()),
            ));
        }
    }
    Ok(())
}

/// What can be wrong with a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no `=`.
    NoSetting,
    /// Before the `=` stands something else.
    NoName,
    /// Nothing can carry the value.
    Nul,
    /// A name that an earlier line sets.
    Twice(String, usize),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::NoSetting => formatter.write_str("expected NAME=value"),
            Wrong::NoName => formatter.write_str("what stands before `=` is not a variable name"),
            Wrong::Nul => formatter.write_str("the value holds a NUL character"),
            Wrong::Twice(name, first) => write!(formatter, "{name} is set twice, first in line {first}"),
        }
    }
}

/// Parses the text. A line is blank, a `#` comment, or `NAME=value` with an optional `export` before it. The
/// value is everything after `=` as written, without surrounding blanks; one pair of quotes around the whole
/// of it is taken off. Nothing in it is expanded, and `#` does not start a comment.
///
/// # Errors
/// The line's number from 1 and what is wrong with it, without its content.
pub fn parse(text: &str) -> std::result::Result<Values, (usize, Wrong)> {
    let mut values = Values::new();
    for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        let Some((name, value)) = line.split_once('=') else {
            return Err((index + 1, Wrong::NoSetting));
        };
        let name = name.trim_end();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_name) || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err((index + 1, Wrong::NoName));
        }
        let value = unquoted(value.trim());
        if value.contains('\0') {
            return Err((index + 1, Wrong::Nul));
        }
        let setting = Setting { value: Zeroizing::new(value.to_string()), line: index + 1 };
        if let Some(first) = values.insert(name.to_string(), setting) {
            return Err((index + 1, Wrong::Twice(name.into(), first.line)));
        }
    }
    Ok(values)
}

fn unquoted(value: &str) -> &str {
    for quote in ['\'', '"'] {
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{Wrong, parse};
    use proptest::prelude::*;

    fn one(line: &str) -> String {
        parse(line).unwrap().values().next().unwrap().value.to_string()
    }

    #[test]
    fn values_are_literal() {
        assert_eq!(one("ODOO_API_KEY=ab$HOME-cd#e `f` \\n"), "ab$HOME-cd#e `f` \\n");
        assert_eq!(one("export K='a b'"), "a b");
        assert_eq!(one("K=\"a'b\""), "a'b");
        assert_eq!(one("K=it's"), "it's");
        assert_eq!(one("K=a=b\r"), "a=b");
        assert_eq!(one("K='a'b'"), "'a'b'");
    }

    #[test]
    fn errors_name_the_line_and_not_its_content() {
        let (line, why) = parse("# fine\nsecret-without-name").unwrap_err();
        assert_eq!(line, 2);
        assert!(!why.to_string().contains("secret"));
        assert_eq!(parse("A=1\nA=2").unwrap_err(), (2, Wrong::Twice("A".into(), 1)));
    }

    proptest! {
        #[test]
        fn any_value_without_outer_blanks_or_quotes_arrives_as_written(value in "[^\\s'\"\\x00][^\\r\\n\\x00]{0,60}[^\\s'\"\\x00]") {
            prop_assume!(value.trim() == value && value.lines().count() == 1);
            prop_assert_eq!(one(&format!("K={value}")), value);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            let _ = parse(&text);
        }
    }
}
