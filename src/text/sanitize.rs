//! Text from a stranger on somebody's terminal: control and bidirectional characters are shown as escapes,
//! so that no record name can move the cursor or reverse a line. Pipes get text untouched, not from here.

/// Whether a text is of letters, digits, signs and spaces of ASCII, all of which may be shown: most are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The text with every character escaped that could act on a terminal or is seen as nothing; newlines and tabs stay.
pub fn for_terminal(text: &str) -> String {
    if is_plain(text) {
        return text.to_string();
    }
    let mut safe = String::with_capacity(text.len());
    for (character, is_safe) in judged(text) {
        if matches!(character, '\n' | '\t') || is_safe {
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
    if is_plain(json) {
        return json.to_string();
    }
    let mut safe = String::with_capacity(json.len());
    for (character, is_safe) in judged(json) {
        if is_safe {
            safe.push(character);
        } else {
            // They stand inside strings.
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    safe
}

/// Each character, and whether it may be shown where it stands.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    let mut before = None;
    let mut characters = text.chars().peekable();
    std::iter::from_fn(move || {
        let character = characters.next()?;
        let is_safe = match character {
            _ if character.is_control() => false,
            _ if !is_unseen(character) => true,
            // A digit in a box: the digit, this, and the box.
            '\u{fe0f}' if characters.peek() == Some(&'\u{20e3}') => {
                before.is_some_and(|c: char| c.is_ascii_digit() || matches!(c, '#' | '*'))
            }
            // The selector of a picture comes before what joins it to the next.
            '\u{200d}' if before == Some('\u{fe0f}') => true,
            _ => shapes(character) && before.is_some_and(can_be_shaped),
        };
        before = is_safe.then_some(character);
        Some((character, is_safe))
    })
}

/// What is seen as nothing or as a blank: with it a text can be laid out like something that it is not, or hold what
/// nobody sees. These are the characters that Unicode promises to show as nothing (Default_Ignorable_Code_Point, with
/// those it keeps for later), its separators and controls of layout, and letters that are blank.
const UNSEEN: [(char, char); 20] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{13430}', '\u{1345f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d159}', '\u{1d159}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

fn is_unseen(character: char) -> bool {
    character >= UNSEEN[0].0 && UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// Joiners and selectors: part of how a letter or a picture before them is written.
fn shapes(character: char) -> bool {
    matches!(
        character,
        '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

fn can_be_shaped(character: char) -> bool {
    !character.is_ascii() && !character.is_control() && !character.is_whitespace() && !is_unseen(character)
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
    fn what_is_seen_as_nothing_is_told_wherever_it_stands() {
        for (first, last) in super::UNSEEN {
            for unseen in first..=last {
                for (before, after) in [("", ""), ("a", "b"), (" ", " "), ("1", "2"), ("\u{3000}", "x")] {
                    let shown = for_terminal(&format!("{before}{unseen}{after}"));
                    assert_eq!(shown, format!("{before}{}{after}", unseen.escape_unicode()));
                }
            }
        }
        assert_eq!(
            for_terminal("北\u{fe0f}\u{fe0f}"),
            "北\u{fe0f}\\u{fe0f}",
            "one selector, not a row of them"
        );
        // What people write with joiners and selectors stays as they wrote it.
        for right in [
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3} #\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "葛\u{e0100}城",
            "1\u{202f}000,00\u{a0}€",
            "Zoë Łódź ﬁ",
        ] {
            assert_eq!(for_terminal(right), right);
        }
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = serde_json::json!({ "a\u{202e}": "x\u{9b}\u{7f}\u{2028}\u{1b}北\n\u{e0041}" });
        let safe = json_for_terminal(&json.to_string());
        assert_eq!(for_terminal(&safe), safe);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), json);
    }
}
