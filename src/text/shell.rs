//! Words of a command that a person or an agent can paste into a shell. It runs nothing.

/// A word in single quotes unless it needs none.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { in_quotes(word) }
}

/// The same in quotes always, where a hint stands in running text.
pub fn in_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(super::quoted("res.partner"), "res.partner");
        assert_eq!(super::quoted("it's"), "'it'\\''s'");
        assert_eq!(super::quoted(""), "''");
    }
}
