//! What is meant by text that is no JSON: shells that take quotes away or leave them, code fences, CSV, files of other
//! kinds; `forms.rs` has what is JSON of another form. It only gives hints; nothing is read that does not parse.

mod forms;

use serde_json::{Value, json};

pub use forms::{as_condition, as_ids, as_names, as_terms, of_condition, of_domain};

/// What to do with UTF-16.
pub const UTF_16: &str =
    "Windows PowerShell writes UTF-16: Out-File -Encoding utf8, or Set-Content -Encoding utf8, writes UTF-8";

/// Whether bytes are UTF-16: by their mark, or by every other of them being zero.
pub fn is_utf16(bytes: &[u8]) -> bool {
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).take(16).all(|byte| *byte == 0);
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || bytes.len() > 3 && (zeros(0) || zeros(1))
}

/// What to do with bytes that are no UTF-8.
pub fn of_bytes(bytes: &[u8]) -> &'static str {
    const FILES: [&[u8]; 5] = [b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"\x89PNG", b"\xff\xd8\xff"];
    if is_utf16(bytes) {
        return UTF_16;
    }
    match FILES.iter().any(|begins| bytes.starts_with(begins)) {
        true => "this is a file of another kind, and no text",
        false => "it may be Latin-1 or Windows-1252: iconv -f windows-1252 -t utf-8 FILE writes UTF-8",
    }
}

/// Where half of a character stands, if one does: `\\ud83d` without the escape that belongs to it.
pub fn half_character(text: &str) -> Option<String> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let mut rest = 0;
    while let Some(found) = text.get(rest..)?.find('\\') {
        let at = rest + found;
        rest = at + 2;
        if text.as_bytes().get(at + 1) != Some(&b'u') {
            // What the backslash escapes may be of several bytes, and then it is no JSON either.
            while rest < text.len() && !text.is_char_boundary(rest) {
                rest += 1;
            }
            continue;
        }
        let (Some(first), end) = (unit(at + 2), at + 6) else { return None };
        rest = end;
        let is_followed = text.get(end..end + 2) == Some("\\u")
            && unit(end + 2).is_some_and(|second| (0xdc00..0xe000).contains(&second));
        match first {
            0xd800..0xdc00 if is_followed => rest = end + 6,
            0xd800..0xe000 => {
                let before = &text[..at];
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
                return Some(format!(
                    "\\u{first:04x} is half of a character, and its other half does not stand beside it, at line {line} column {column}"
                ));
            }
            _ => {}
        }
    }
    None
}

/// Hints for a text that stood on the command line and is no JSON.
pub fn of_word(text: &str, flag: &str) -> Vec<String> {
    let file = match flag.strip_suffix("-json") {
        Some(stem) => format!("{stem}-file"),
        None => format!("{flag}-file"),
    };
    let other = match flag {
        "--having" | "--context-json" => "write the double quotes as \\\"".to_string(),
        _ => format!("{file} FILE, or {file} - with the JSON on stdin, passes no shell"),
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return vec![format!("the shell passed nothing, as for a variable without a value: {other}")];
    }
    if has_typographic_quotes(text) {
        return of_text(text);
    }
    if trimmed.contains("^\"") {
        return vec![format!("the ^ before the quotes reached the program: {other}")];
    }
    if trimmed.contains("`\"") {
        return vec![format!("the ` before the quotes reached the program: {other}")];
    }
    let is_wrapped =
        |quote: char| trimmed.len() > 2 && trimmed.starts_with(quote) && trimmed.ends_with(quote);
    if is_wrapped('\'') {
        return vec![format!("the shell passed the single quotes on, as cmd.exe does: {other}")];
    }
    // Something that was quoted has lost its quotes.
    let bare = trimmed.starts_with(['[', '{'])
        && !text.contains(['"', '\''])
        && text.chars().any(char::is_alphabetic);
    if bare {
        return vec![format!("the shell took the double quotes away, as Windows PowerShell does: {other}")];
    }
    if trimmed.starts_with('@') {
        return vec![format!("a file is named with {file}")];
    }
    if trimmed.contains("\\\"") {
        return vec![format!("the backslashes before the quotes reached the program: {other}")];
    }
    let mut hints = of_text(text);
    // What begins like JSON has a slip in it; what does not was meant in another form altogether.
    if !trimmed.starts_with(['[', '{', '"']) {
        hints.push(format!("{flag} takes JSON, like {}", form(text, flag)));
    }
    hints
}

/// What an argument takes, by an example: of a condition in words the condition itself.
fn form(text: &str, flag: &str) -> String {
    let kind = flag.trim_start_matches('-').trim_end_matches("-json");
    match kind {
        "domain" => json!([as_condition(text).unwrap_or_else(|| json!(["name", "=", "x"]))]).to_string(),
        "having" => json!([as_condition(text).unwrap_or_else(|| json!(["__count", ">", 1]))]).to_string(),
        "context" => json!({ "lang": "en_US" }).to_string(),
        "fields" => json!(["name"]).to_string(),
        _ if kind.ends_with("-list") => json!([{ "name": "x" }]).to_string(),
        _ => json!({ "name": "x" }).to_string(),
    }
}

/// Hints for any text that is no JSON.
pub fn of_text(text: &str) -> Vec<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return vec!["nothing came: the text is empty".into()];
    }
    if let Some(fence) = ["```", "~~~"].into_iter().find(|fence| trimmed.starts_with(fence)) {
        return vec![format!(
            "leave out the code fence: the lines with {fence} at the beginning and the end"
        )];
    }
    if has_typographic_quotes(text) {
        return vec!["these are typographic quotes: JSON has \"".into()];
    }
    if serde_json::Deserializer::from_str(text).into_iter::<Value>().take(2).filter(Result::is_ok).count() > 1
    {
        return vec!["these are several JSON values, one behind the other: one goes in at a time".into()];
    }
    // Words of whoever wrote it, before what was meant.
    if let Some(at) = trimmed.find(['{', '['])
        && at > 0
        && trimmed.starts_with(|c: char| c.is_alphabetic())
        && serde_json::from_str::<Value>(&trimmed[at..]).is_ok()
    {
        return vec!["leave out the words before the JSON: it begins with the bracket".into()];
    }
    if let Some(condition) = as_condition(trimmed) {
        let (field, value) = (&condition[0], &condition[2]);
        return vec![format!(
            "a condition is {}, a value {}",
            json!([condition]),
            json!({ field.as_str().unwrap_or_default(): value })
        )];
    }
    // A header, and rows with as many columns.
    let columns = |line: &str| line.matches(',').count();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    if let (Some(header), Some(row)) = (lines.next(), lines.next())
        && header.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"')
        && !header.contains(['{', '[', ':'])
        && columns(header) > 0
        && columns(row) >= columns(header)
    {
        return vec![
            "this looks like CSV: its rows go in by call MODEL load, {\"fields\": [the header], \"data\": [[a row], …]}; \
             a column of external ids is called id, of ids of records .id"
                .into(),
        ];
    }
    // Odoo's own manuals write domains and values so.
    if text.contains('\'') || ["True", "False", "None"].iter().any(|word| text.contains(word)) {
        return vec![
            "this looks like Python: JSON has double quotes, [ ] for tuples, and true, false, null".into(),
        ];
    }
    // A name right behind a brace or a comma stands without quotes.
    let is_bare_key = text.match_indices(['{', ',']).any(|(at, _)| {
        let rest = text[at + 1..].trim_start();
        let name =
            rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        name > 0
            && rest.starts_with(|c: char| c.is_ascii_alphabetic())
            && rest[name..].trim_start().starts_with(':')
    });
    if is_bare_key {
        return vec!["JSON has double quotes around the names too: {\"name\": …}".into()];
    }
    if text.trim_end().ends_with([']', '}']) && (text.contains(",]") || text.contains(",}")) {
        return vec!["JSON has no comma after the last item".into()];
    }
    if text.contains("//") || text.contains("/*") {
        return vec!["JSON has no comments".into()];
    }
    let count = |brackets: [char; 2]| text.matches(brackets).count();
    if trimmed.starts_with(['{', '[']) && count(['{', '[']) > count(['}', ']']) {
        return vec![
            "it ends before its last bracket: ] or } is missing, or what passed it on cut it off".into(),
        ];
    }
    Vec::new()
}

fn has_typographic_quotes(text: &str) -> bool {
    text.contains(['\u{201c}', '\u{201d}', '\u{201e}', '\u{2019}', '\u{2018}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shells_do_is_told_apart() {
        let first = |text: &str| of_word(text, "--domain-json").into_iter().next().unwrap_or_default();
        assert!(first("[[is_company,=,true]]").contains("took the double quotes away"));
        assert!(first("'[[\"a\",\"=\",1]]'").contains("single quotes"));
        assert!(first("[('a', '=', True)]").contains("Python"));
        assert!(first("[[\\\"a\\\",1]]").contains("backslashes"));
        assert!(first("@filter.json").contains("--domain-file"));
        assert!(first("[[\"a\"]").contains("last bracket"));
        assert!(first("[[^\"a^\",1]]").contains("the ^ before"));
        assert!(first("[[`\"a`\",1]]").contains("the ` before"));
        assert!(first("[[\u{201c}a\u{201d},1]]").contains("typographic"));
        assert!(first("  ").contains("passed nothing"));
        assert!(first("is_company=true").contains("[[\"is_company\",\"=\",true]]"));
        assert_eq!(first("[[\"a\" 1]]"), "");
    }

    #[test]
    fn csv_is_told_from_what_json_was_meant_to_be() {
        let is_csv = |text: &str| of_text(text).first().is_some_and(|hint| hint.contains("load"));
        for csv in
            ["name,email\nAda,a@b.example\n", "\"id\",\"name\"\r\n\"1\",\"A, B\"\r\n", "a,b,c\n\n1,2,3"]
        {
            assert!(is_csv(csv), "{csv:?}");
        }
        for other in [
            "",
            "name",
            "name\nAda",
            "[1,2]\n[3,4]",
            "a: 1, b\nc, d",
            "{\"a\": 1,\n\"b\": 2",
            "Ada, see below\nthanks",
        ] {
            assert!(!is_csv(other), "{other:?}");
        }
    }

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        assert!(
            is_utf16(&[0xff, 0xfe, b'[', 0]) && is_utf16(b"[\0]\0") && !is_utf16(b"[]") && !is_utf16(b"\xe9")
        );
    }
}
