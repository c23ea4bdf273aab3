//! JSON text re-spaced without being re-read: numbers, key order, escapes and duplicate keys come out as the
//! server wrote them. The input must be valid JSON; this only moves white space.

/// Without white space between tokens.
pub fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let bytes = json.as_bytes();
    // What lies between two blanks is taken over in one piece: a stream of rows passes here byte by byte.
    let (mut from, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at += string(&bytes[at..]),
            b' ' | b'\t' | b'\r' | b'\n' => {
                text.push_str(&json[from..at]);
                at += 1;
                from = at;
            }
            _ => at += 1,
        }
    }
    text.push_str(&json[from..]);
    text
}

/// Bytes of the string that begins here, with its quotes.
fn string(bytes: &[u8]) -> usize {
    let mut end = 1;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    (end + 1).min(bytes.len())
}

/// Levels that are indented.
const DEEPEST: usize = 64;

/// Two blanks a level, one item a line.
pub fn pretty(json: &str) -> String {
    pretty_within(json, usize::MAX).unwrap_or_default()
}

/// The same, or none if it would be longer than that.
pub fn pretty_within(json: &str, most: usize) -> Option<String> {
    let mut text = String::with_capacity((json.len() + json.len() / 4).min(most));
    let mut depth = 0_usize;
    let mut tokens = Tokens(json).peekable();
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        // Nobody reads the hundredth level; with all of its blanks a deep reply would fill the memory.
        text.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
    };
    while let Some(token) = tokens.next() {
        if text.len() > most {
            return None;
        }
        match token {
            "{" | "[" => {
                text.push_str(token);
                let empty = tokens.next_if(|next| matches!(*next, "}" | "]"));
                match empty {
                    Some(close) => text.push_str(close),
                    None => {
                        depth += 1;
                        line(&mut text, depth);
                    }
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push_str(token);
            }
            "," => {
                text.push_str(token);
                line(&mut text, depth);
            }
            ":" => text.push_str(": "),
            _ => text.push_str(token),
        }
    }
    Some(text)
}

/// Brackets, commas, colons, strings and literals, in turn.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches([' ', '\t', '\r', '\n']);
        let bytes = rest.as_bytes();
        let length = match bytes.first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string(bytes),
            _ => bytes.iter().position(|byte| b",:]} \t\r\n".contains(byte)).unwrap_or(bytes.len()),
        };
        let (token, rest) = rest.split_at(length);
        self.0 = rest;
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_escapes_and_order_stay_as_sent() {
        let sent =
            r#"{"b": 1.10, "a": [1e22, 12345678901234567890123, "x \" , : \u00e9"], "b": {}, "c": []}"#;
        let tight = r#"{"b":1.10,"a":[1e22,12345678901234567890123,"x \" , : \u00e9"],"b":{},"c":[]}"#;
        assert_eq!(compact(sent), tight);
        assert_eq!(pretty("[{\"a\":1},[]]"), "[\n  {\n    \"a\": 1\n  },\n  []\n]");
        assert_eq!(compact(&pretty(sent)), tight);
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<f64>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            "\\PC{0,12}|[\"\\\\,:{}\\[\\]]{0,5}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                prop::collection::btree_map("[\"\\\\a-c]{0,4}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn spacing_changes_nothing_else(value in any_json()) {
            let tight = value.to_string();
            prop_assert_eq!(compact(&pretty(&tight)), tight.clone());
            let reread: serde_json::Value = serde_json::from_str(&pretty(&tight)).unwrap();
            prop_assert_eq!(reread, value);
        }
    }
}
