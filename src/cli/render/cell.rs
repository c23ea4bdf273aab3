//! One value of a result as a line that a person reads in a table. What a field is comes from its type, where
//! that is known; else the value itself must tell. The line is harmless on a terminal and of any length.

use serde_json::Value;
use serde_json::value::RawValue;

use super::moment;
use crate::text::{html, json, sanitize};

/// Stands for an end of line inside a cell.
const LINE_END: &str = "⏎";

/// The group of the records that have no value.
const NO_GROUP: &str = "(none)";

/// Characters of a value that are looked at: more than any cell shows.
const LONGEST: usize = 16_384;

/// Ids of a list that are shown; then how many more there are.
const IDS_SHOWN: usize = 5;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// Nothing is known of it.
    Unknown,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A naive time in UTC.
    Datetime,
    /// HTML.
    Html,
    /// Base64.
    Binary,
    /// What the properties of a record hold.
    Properties,
    /// What records were grouped by: those that have no value are a group too.
    Group,
    /// Anything else: `false` is empty, text is text.
    Plain,
}

impl CellType {
    /// By the type in `fields_get`.
    pub fn of_type(kind: Option<&str>) -> CellType {
        match kind {
            Some("boolean") => CellType::Boolean,
            Some("integer" | "float" | "monetary" | "many2one_reference") => CellType::Number,
            Some("datetime") => CellType::Datetime,
            Some("html") => CellType::Html,
            Some("binary") => CellType::Binary,
            Some("properties") => CellType::Properties,
            Some(_) => CellType::Plain,
            None => CellType::Unknown,
        }
    }

    /// What is known when the values of the column have been seen: a column of nothing but `true` and `false`
    /// is a boolean if one of them is `true`; `false` alone is what Odoo sends for every empty field.
    pub fn seen<'v>(self, values: impl Iterator<Item = &'v str>) -> CellType {
        if !matches!(self, CellType::Unknown | CellType::Group) {
            return self;
        }
        let mut any_true = false;
        for value in values {
            match value {
                "true" => any_true = true,
                "false" | "null" => {}
                _ => return self,
            }
        }
        if any_true { CellType::Boolean } else { self }
    }
}

/// A value as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// One line.
    pub text: String,
    /// A number: stands on the right.
    pub is_number: bool,
    /// Half of it would be wrong and not only short.
    pub is_whole: bool,
    /// A period of time by its name: cut later than other text, as periods are told apart by their ends.
    pub is_period: bool,
    /// What records are called.
    pub is_record: bool,
}

impl Cell {
    fn text(text: String) -> Cell {
        Cell { text: one_line(&text), is_number: false, is_whole: false, is_period: false, is_record: false }
    }
}

/// Shows a value.
pub fn of(value: &str, kind: CellType, utc: bool) -> Cell {
    let text = Cell::text;
    let whole = |string: String| Cell { is_whole: true, ..text(string) };
    match value.as_bytes().first() {
        Some(b'f' | b'n') if kind == CellType::Group => text(NO_GROUP.into()),
        None | Some(b'n') => text(String::new()),
        Some(b'f') if kind == CellType::Boolean => whole("no".into()),
        Some(b'f') => text(String::new()),
        Some(b't') => whole("yes".into()),
        Some(b'"') => {
            let Ok(string) = serde_json::from_str::<String>(value) else { return text(value.into()) };
            match kind {
                CellType::Html => text(html::plain(&string)),
                CellType::Unknown if html::is_markup(&string) => text(html::plain(&string)),
                CellType::Binary => size_of(&string).map_or_else(|| text(string), whole),
                CellType::Datetime | CellType::Unknown if moment::local(&string).is_some() => {
                    whole(if utc { moment::utc(&string) } else { moment::local(&string).unwrap_or_default() })
                }
                _ if is_date(&string) => whole(string),
                _ => text(string),
            }
        }
        Some(b'[') if let Some(name) = period(value) => Cell { is_period: true, ..text(name) },
        Some(b'[') if let Some(name) = pair(value) => Cell { is_record: true, ..text(name) },
        Some(b'[') => text(properties(value, kind, utc).unwrap_or_else(|| list(value))),
        Some(b'{') => text(readable(value)),
        Some(_) => Cell { is_number: true, ..whole(value.into()) },
    }
}

/// The name of a period of grouped records, which comes with its start.
fn period(value: &str) -> Option<String> {
    let (start, name) = serde_json::from_str::<(String, String)>(value).ok()?;
    start.get(..10).is_some_and(is_date).then_some(name)
}

/// A record by its name.
fn pair(value: &str) -> Option<String> {
    let items: Vec<&RawValue> = serde_json::from_str(value).ok()?;
    let [id, name] = items.as_slice() else { return None };
    is_number(id.get()).then(|| serde_json::from_str::<String>(name.get()).ok()).flatten()
}

/// A list of ids by the names of the records, if one of them is at hand.
pub fn of_records<'n>(value: &str, name: &dyn Fn(i64) -> Option<&'n str>) -> Option<Cell> {
    let ids: Vec<i64> = value.starts_with('[').then(|| serde_json::from_str(value).ok()).flatten()?;
    let named: Vec<Option<&str>> = ids.iter().take(IDS_SHOWN).map(|id| name(*id)).collect();
    if !named.iter().any(Option::is_some) {
        return None;
    }
    let shown: Vec<String> =
        ids.iter().zip(named).map(|(id, name)| name.map_or_else(|| id.to_string(), str::to_string)).collect();
    Some(Cell::text(shown.join(", ") + &more(ids.len())))
}

fn more(ids: usize) -> String {
    if ids > IDS_SHOWN { format!(" +{}", ids - IDS_SHOWN) } else { String::new() }
}

/// Records by their ids, choices by their keys.
fn list(value: &str) -> String {
    let items: Vec<&RawValue> = serde_json::from_str(value).unwrap_or_default();
    if !items.is_empty() && items.iter().all(|item| is_number(item.get())) {
        let shown: Vec<&str> = items.iter().take(IDS_SHOWN).map(|item| item.get()).collect();
        return shown.join(", ") + &more(items.len());
    }
    if items.is_empty() {
        return String::new();
    }
    let named = |item: &&RawValue| -> Option<String> {
        if let Ok(text) = serde_json::from_str::<String>(item.get()) {
            return Some(text);
        }
        serde_json::from_str::<(String, String)>(item.get()).ok().map(|(key, _)| key)
    };
    let names: Option<Vec<String>> = items.iter().map(named).collect();
    names.map_or_else(|| readable(value), |names| names.join(", "))
}

/// The properties of a record that hold something, or their definitions: objects with `string` and `type`.
fn properties(value: &str, kind: CellType, utc: bool) -> Option<String> {
    let properties: Vec<Value> = serde_json::from_str(value).ok()?;
    let are_held =
        kind == CellType::Properties || properties.iter().any(|property| property.get("value").is_some());
    let mut shown = Vec::new();
    for property in &properties {
        let (label, kind) = (property.get("string")?.as_str()?, property.get("type")?.as_str()?);
        if !are_held {
            shown.push(format!("{label} ({kind})"));
            continue;
        }
        let held =
            property.get("value").map(|value| of(&value.to_string(), CellType::of_type(Some(kind)), utc));
        if let Some(held) = held.filter(|held| !held.text.is_empty()) {
            shown.push(format!("{label}: {}", held.text));
        }
    }
    Some(shown.join(", "))
}

/// JSON with letters in place of their escapes; numbers stay as sent where there are no escapes to undo.
fn readable(value: &str) -> String {
    if value.contains("\\u")
        && let Ok(value) = serde_json::from_str::<Value>(value)
    {
        return value.to_string();
    }
    json::compact(value)
}

/// How much is in it; nothing for what is no base64: a size that Odoo sends itself, or the text of an attachment.
fn size_of(base64: &str) -> Option<String> {
    let digits = base64.trim_end_matches('=');
    let is_base64 = base64.len().is_multiple_of(4)
        && base64.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    is_base64.then(|| format!("{} bytes", digits.len() * 3 / 4))
}

fn is_number(value: &str) -> bool {
    value.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

fn is_date(text: &str) -> bool {
    let digits = |range| text.get(range).is_some_and(|part: &str| part.bytes().all(|c| c.is_ascii_digit()));
    text.len() == 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text.get(4..5) == Some("-")
        && text.get(7..8) == Some("-")
}

/// Text on one line, harmless, its ends of line to be seen.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut characters = text.chars().peekable();
    let mut left = LONGEST;
    while let Some(character) = characters.next() {
        if left == 0 {
            line.push_str(super::width::ELLIPSIS);
            break;
        }
        left -= 1;
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => line.push_str(LINE_END),
            '\t' | '\u{b}' | '\u{c}' => line.push(' '),
            other => line.push(other),
        }
    }
    sanitize::for_terminal(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str, kind: CellType) -> String {
        of(value, kind, true).text
    }

    #[test]
    fn each_value_reads_as_what_it_is() {
        for (value, kind, text) in [
            ("false", CellType::Unknown, ""),
            ("false", CellType::Plain, ""),
            ("false", CellType::Boolean, "no"),
            ("true", CellType::Unknown, "yes"),
            ("null", CellType::Boolean, ""),
            ("1.10", CellType::Number, "1.10"),
            ("12345678901234567890123", CellType::Unknown, "12345678901234567890123"),
            (r#"[7, "Azure Interior"]"#, CellType::Plain, "Azure Interior"),
            ("[]", CellType::Plain, ""),
            ("[3]", CellType::Plain, "3"),
            ("[1, 2, 3, 4, 5, 6, 7]", CellType::Plain, "1, 2, 3, 4, 5 +2"),
            (r#"[["draft", "New"], ["done", "Done"]]"#, CellType::Unknown, "draft, done"),
            (r#"["a", "b"]"#, CellType::Unknown, "a, b"),
            (r#"["2026-03-01", "March 2026"]"#, CellType::Unknown, "March 2026"),
            (r#"{"a": 1.10}"#, CellType::Plain, r#"{"a":1.10}"#),
            (r#"{"a": "\u5317"}"#, CellType::Plain, r#"{"a":"北"}"#),
            (r#"[[1, 2], null]"#, CellType::Unknown, "[[1,2],null]"),
            (r#""a\r\nb\tc""#, CellType::Plain, "a⏎b c"),
            (r#""<p>a</p>""#, CellType::Html, "a"),
            (r#""<p>a</p>""#, CellType::Unknown, "a"),
            (r#""<p>a</p>""#, CellType::Plain, "<p>a</p>"),
            (r#""<public> a >""#, CellType::Unknown, "<public> a >"),
            (r#""<p>a</p> b""#, CellType::Unknown, "<p>a</p> b"),
            ("false", CellType::Group, "(none)"),
            (r#""<p>&#27;[2J</p>""#, CellType::Html, "\\u{1b}[2J"),
            (r#""aGVsbG8=""#, CellType::Binary, "5 bytes"),
            (r#""1.20 Kb""#, CellType::Binary, "1.20 Kb"),
            (r#""hello""#, CellType::Binary, "hello"),
            (r#""\ud800""#, CellType::Plain, r#""\ud800""#),
            (
                r#"[{"name": "x", "string": "Size", "type": "integer", "value": 3}, {"name": "y", "string": "Ok", "type": "boolean", "value": false}, {"name": "z", "string": "Who", "type": "many2one", "value": [1, "Ann"]}]"#,
                CellType::Plain,
                "Size: 3, Ok: no, Who: Ann",
            ),
            (
                r#"[{"name": "x", "string": "Size", "type": "integer", "value": false}, {"name": "y", "string": "Ok", "type": "boolean"}]"#,
                CellType::Properties,
                "",
            ),
            (r#"[{"name": "x", "string": "Size", "type": "integer"}]"#, CellType::Plain, "Size (integer)"),
            (r#"[{"a": 1}]"#, CellType::Plain, r#"[{"a":1}]"#),
        ] {
            assert_eq!(shown(value, kind), text, "{value} {kind:?}");
        }
    }

    #[test]
    fn half_a_date_or_a_number_is_never_shown() {
        for value in ["1", "true", r#""2026-01-01""#, r#""2026-01-01 10:00:00""#] {
            assert!(of(value, CellType::Unknown, true).is_whole, "{value}");
        }
        for value in ["\"x\"", "[1]", "false", r#""2026-1-1""#] {
            assert!(!of(value, CellType::Unknown, true).is_whole, "{value}");
        }
    }

    #[test]
    fn a_column_of_true_and_false_is_a_boolean() {
        assert_eq!(CellType::Unknown.seen(["true", "false"].into_iter()), CellType::Boolean);
        assert_eq!(CellType::Unknown.seen(["false", "false"].into_iter()), CellType::Unknown);
        assert_eq!(CellType::Unknown.seen(["true", "\"x\""].into_iter()), CellType::Unknown);
        assert_eq!(CellType::Group.seen(["true", "false"].into_iter()), CellType::Boolean);
        assert_eq!(CellType::Plain.seen(["true"].into_iter()), CellType::Plain);
    }
}
