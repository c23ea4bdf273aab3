//! Text from a stranger on somebody's terminal: control and bidirectional characters are shown as escapes,
//! so that no record name can move the cursor or reverse a line. Pipes get text untouched, not from here.

/// The text with every character escaped that could act on a terminal; newlines and tabs stay.
pub fn for_terminal(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\n' | '\t') || !acts_on_terminal(character) {
            safe.push(character);
        } else {
            safe.push_str(&character.escape_unicode().to_string());
        }
    }
    safe
}

/// JSON text that means the same and that [`for_terminal`] leaves alone: a command to be copied from the screen
/// must run as it stands.
pub fn json_for_terminal(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if acts_on_terminal(character) {
            // All of them have four hex digits, and stand inside strings.
            safe.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            safe.push(character);
        }
    }
    safe
}

fn acts_on_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        // Seen as nothing or as a blank: with them a text can be laid out like something it is not.
        || matches!(character, '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::{for_terminal, json_for_terminal};

    #[test]
    fn escapes_what_acts_and_keeps_what_reads() {
        assert_eq!(for_terminal("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(for_terminal("x\u{202e}y\r"), "x\\u{202e}y\\u{d}");
        assert_eq!(for_terminal("a\u{200b}\u{3164}b"), "a\\u{200b}\\u{3164}b");
        assert_eq!(for_terminal("北京 Łódź\n"), "北京 Łódź\n");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = serde_json::json!({ "a\u{202e}": "x\u{9b}\u{7f}\u{2028}\u{1b}北\n" });
        let safe = json_for_terminal(&json.to_string());
        assert_eq!(for_terminal(&safe), safe);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), json);
    }
}
