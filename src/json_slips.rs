//! What is meant by text that is no JSON, or JSON of another form: shells that take quotes away or leave them,
//! Python, code fences, filters of other programs. It only gives hints; nothing is read that does not parse.

use serde_json::{Value, json};

use crate::operation::Object;

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
        "domain" => json!([condition(text).unwrap_or_else(|| json!(["name", "=", "x"]))]).to_string(),
        "having" => json!([condition(text).unwrap_or_else(|| json!(["__count", ">", 1]))]).to_string(),
        "context" => json!({ "lang": "en_US" }).to_string(),
        "fields" => json!(["name"]).to_string(),
        _ if kind.ends_with("-list") => json!([{ "name": "x" }]).to_string(),
        _ => json!({ "name": "x" }).to_string(),
    }
}

/// `name = x`: one field, one operator and one value.
fn condition(text: &str) -> Option<Value> {
    let operators = ["!=", ">=", "<=", "==", "=", ">", "<", " not ilike ", " ilike ", " like "];
    let (at, operator) =
        operators.into_iter().filter_map(|one| Some((text.find(one)?, one))).min_by_key(|(at, _)| *at)?;
    let (field, value) = (text[..at].trim(), text[at + operator.len()..].trim());
    let is_field = !field.is_empty()
        && field.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'));
    let value = value.trim_matches(['\'', '"']);
    let lower = format!(" {} ", value.to_lowercase());
    let is_one = !value.is_empty() && ![" and ", " or ", "=", "&"].iter().any(|more| lower.contains(more));
    let value = match value {
        "True" => json!(true),
        "False" | "None" => json!(false),
        word => serde_json::from_str(word)
            .ok()
            .filter(|value: &Value| !value.is_object())
            .unwrap_or_else(|| json!(word)),
    };
    let operator = if operator == "==" { "=" } else { operator.trim() };
    (is_field && is_one).then(|| json!([field, operator, value]))
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

/// What Odoo's own manuals write, in Python, as JSON.
pub fn as_json(text: &str) -> Option<Value> {
    if text.contains('"') && text.contains('\'') {
        return None;
    }
    let json = text.replace('\'', "\"").replace('(', "[").replace(",)", ")").replace(')', "]");
    let json = json.replace("True", "true").replace("False", "false").replace("None", "null");
    serde_json::from_str(&json).ok()
}

/// An item of a domain that is no condition, as the one that is meant.
pub fn of_condition(item: &Value) -> Option<String> {
    match item {
        Value::Object(filter) => Some(as_domain(filter)),
        Value::String(text) => {
            as_condition(text).map(|condition| format!("a condition is a list: {}", json!([condition])))
        }
        _ => None,
    }
}

/// Terms to sort by, in one text: `["name desc"]`, `[["name", "desc"]]`, `{"name": "desc"}`.
pub fn as_terms(terms: &Value) -> Option<String> {
    let words = |item: &Value| match item {
        Value::String(term) => Some(term.clone()),
        Value::Array(parts) => {
            parts.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|parts| parts.join(" "))
        }
        _ => None,
    };
    let terms: Option<Vec<String>> = match terms {
        Value::Array(items) => items.iter().map(words).collect(),
        Value::Object(by) => {
            by.iter().map(|(name, way)| way.as_str().map(|way| format!("{name} {way}"))).collect()
        }
        _ => None,
    };
    terms.filter(|terms| !terms.is_empty()).map(|terms| terms.join(", "))
}

/// Ids in a text: `15, 16`, `[15]`.
pub fn as_ids(text: &str) -> Option<Value> {
    let plain = text.trim_matches(['[', ']', '(', ')', ' ', '"', '\'']);
    let ids: Option<Vec<i64>> =
        plain.split([',', ' ', ';']).filter(|id| !id.is_empty()).map(|id| id.parse().ok()).collect();
    ids.filter(|ids| !ids.is_empty() && ids.iter().all(|id| *id > 0)).map(Value::from)
}

/// `name=x` and the like, as a condition.
pub fn as_condition(text: &str) -> Option<Value> {
    let operator = ["!=", ">=", "<=", "=", ">", "<"].into_iter().find(|operator| text.contains(operator))?;
    let (field, value) = text.split_once(operator)?;
    let is_field = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
    };
    let (field, value) = (field.trim(), value.trim_matches([' ', '=', '\'', '"']));
    let plain = value.to_lowercase();
    let value = match serde_json::from_str::<Value>(&plain) {
        Ok(plain) if !plain.is_array() && !plain.is_object() => plain,
        _ => value.into(),
    };
    is_field(field).then(|| json!([field, operator, value]))
}

/// A filter as an object, as other programs have it, as the domain that it means.
pub fn as_domain(filter: &Object) -> String {
    // A condition by the names of its parts.
    let part = |names: &[&str]| names.iter().find_map(|name| filter.get(*name));
    if let (Some(field), Some(value)) =
        (part(&["field", "name", "key"]).and_then(Value::as_str), part(&["value"]))
    {
        let operator = part(&["operator", "op"]).cloned().unwrap_or_else(|| "=".into());
        return format!("a domain is a list of conditions: {}", json!([[field, operator, value]]));
    }
    let conditions: Vec<Value> = filter
        .iter()
        .map(|(field, value)| {
            let operator = if value.is_array() { "in" } else { "=" };
            // An operator inside, as document databases have it.
            if let Some((inner, value)) =
                value.as_object().filter(|of| of.len() == 1).and_then(|of| of.iter().next())
            {
                let named = match inner.trim_start_matches('$').to_lowercase().as_str() {
                    "gt" => ">".to_string(),
                    "gte" => ">=".into(),
                    "lt" => "<".into(),
                    "lte" => "<=".into(),
                    "eq" => "=".into(),
                    "ne" => "!=".into(),
                    "nin" => "not in".into(),
                    "contains" | "like" | "regex" => "ilike".into(),
                    other => other.to_string(),
                };
                return json!([field, named, value]);
            }
            match field.rsplit_once("__") {
                Some((field, "gt")) => json!([field, ">", value]),
                Some((field, "gte")) => json!([field, ">=", value]),
                Some((field, "lt")) => json!([field, "<", value]),
                Some((field, "lte")) => json!([field, "<=", value]),
                Some((field, "contains" | "icontains")) => json!([field, "ilike", value]),
                _ => json!([field, operator, value]),
            }
        })
        .collect();
    format!("a domain is a list of conditions: {}", Value::from(conditions))
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
    fn what_other_languages_write_is_read() {
        assert_eq!(
            as_json("[('id', '=', 15), ('a', '=', True)]"),
            Some(json!([["id", "=", 15], ["a", "=", true]]))
        );
        assert_eq!(as_json("[(\"a\", 'b')]"), None);
        assert_eq!(as_ids("15, 16"), Some(json!([15, 16])));
        assert_eq!(as_ids("all"), None);
        assert_eq!(as_condition("amount_total >= 5"), Some(json!(["amount_total", ">=", 5])));
        assert_eq!(as_condition("no condition"), None);
        let filter = json!({ "name": { "ilike": "Az" }, "id": { "$gt": 5 } });
        let domain = as_domain(filter.as_object().unwrap());
        assert!(domain.contains(r#"[["name","ilike","Az"],["id",">",5]]"#), "{domain}");
    }

    #[test]
    fn utf16_is_known_with_and_without_its_mark() {
        assert!(
            is_utf16(&[0xff, 0xfe, b'[', 0]) && is_utf16(b"[\0]\0") && !is_utf16(b"[]") && !is_utf16(b"\xe9")
        );
    }
}
