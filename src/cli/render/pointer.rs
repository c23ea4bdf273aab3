//! JSON Pointers (RFC 6901) into JSON text: the part is the text as the server wrote it.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// A pointer whose form is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    text: String,
    steps: Vec<String>,
}

/// Why a pointer leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    /// The pointer as far as there is something.
    pub reached: String,
    /// What is there: the keys, or how many items.
    pub there: String,
}

/// Keys that an error names.
const KEYS_NAMED: usize = 20;

impl std::str::FromStr for Pointer {
    type Err = String;

    fn from_str(text: &str) -> Result<Pointer, String> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(format!("a JSON Pointer starts with /, like /{}", text.trim_start_matches('$')));
        }
        let mut steps = Vec::new();
        for step in text.split('/').skip(1) {
            let stray = step.match_indices('~').any(|(at, _)| !step[at + 1..].starts_with(['0', '1']));
            if stray {
                return Err("in a JSON Pointer ~ is written ~0, and / inside a key ~1".into());
            }
            steps.push(step.replace("~1", "/").replace("~0", "~"));
        }
        Ok(Pointer { text: text.into(), steps })
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Pointer {
    /// The part of a valid JSON text that the pointer names.
    pub fn find<'j>(&self, json: &'j str) -> Result<&'j str, Missing> {
        let mut value = json.trim();
        for (depth, step) in self.steps.iter().enumerate() {
            let missing = |there: String| Missing {
                reached: self.text.split('/').take(depth + 1).collect::<Vec<_>>().join("/"),
                there,
            };
            value = match value.as_bytes().first() {
                Some(b'{') => member(value, step).map_err(missing)?,
                Some(b'[') => item(value, step).map_err(missing)?,
                _ => return Err(missing("neither a list nor an object".into())),
            };
        }
        Ok(value)
    }
}

/// Characters of a key that are named.
const LONGEST_KEY: usize = 60;

fn member<'j>(object: &'j str, key: &str) -> Result<&'j str, String> {
    let members: HashMap<std::borrow::Cow<str>, &RawValue> = serde_json::from_str(object).unwrap_or_default();
    if let Some(value) = members.get(key) {
        return Ok(value.get());
    }
    if members.is_empty() {
        return Err("an empty object".into());
    }
    // Quoted and cut: a key is a text of somebody else, in a sentence of ours.
    let quoted = |key: &str| format!("{:?}", key.chars().take(LONGEST_KEY).collect::<String>());
    let mut keys: Vec<String> = members.keys().map(|key| quoted(key)).collect();
    keys.sort_unstable();
    let more = keys.len().saturating_sub(KEYS_NAMED);
    keys.truncate(KEYS_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(format!("an object with the keys {}{more}", keys.join(", ")))
}

fn item<'j>(list: &'j str, index: &str) -> Result<&'j str, String> {
    let items: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
    let plain =
        index == "0" || (!index.starts_with('0') && index.bytes().all(|digit| digit.is_ascii_digit()));
    let found = if plain { index.parse::<usize>().ok().and_then(|index| items.get(index)) } else { None };
    found.map(|value| value.get()).ok_or_else(|| match items.len() {
        0 => "an empty list".into(),
        1 => "a list of one item, 0".into(),
        several => format!("a list of {several} items, 0 to {}", several - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pointer: &str, json: &'static str) -> Result<&'static str, Missing> {
        pointer.parse::<Pointer>().unwrap().find(json)
    }

    const RFC: &str =
        r#"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}"#;

    #[test]
    fn the_examples_of_the_rfc() {
        for (pointer, part) in [
            ("", RFC),
            ("/foo", r#"["bar", "baz"]"#),
            ("/foo/0", "\"bar\""),
            ("/", "0"),
            ("/a~1b", "1"),
            ("/c%d", "2"),
            ("/i\\j", "5"),
            ("/k\"l", "6"),
            ("/ ", "7"),
            ("/m~0n", "8"),
        ] {
            assert_eq!(find(pointer, RFC), Ok(part), "{pointer}");
        }
        assert_eq!(find("/~01", r#"{"~1": 3}"#), Ok("3"));
        assert_eq!(find("/\u{e9}", r#"{"\u00e9": 1.10}"#), Ok("1.10"));
    }

    #[test]
    fn what_is_there_instead_is_said() {
        for (pointer, reached, there) in [
            ("/bar", "", "foo"),
            ("/foo/2", "/foo", "a list of 2 items, 0 to 1"),
            ("/foo/-", "/foo", "a list of 2"),
            ("/foo/00", "/foo", "a list of 2"),
            ("/foo/0/x", "/foo/0", "neither"),
            ("/foo/99999999999999999999999", "/foo", "a list"),
        ] {
            let missing = find(pointer, RFC).unwrap_err();
            assert_eq!(missing.reached, reached, "{pointer}");
            assert!(missing.there.contains(there), "{pointer}: {missing:?}");
        }
    }

    #[test]
    fn a_wrong_form_is_no_pointer() {
        for wrong in ["a", "0/id", "$.a", "/a~", "/a~2b", "/~"] {
            assert!(wrong.parse::<Pointer>().is_err(), "{wrong}");
        }
    }
}
