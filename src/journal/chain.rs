//! How a line is sealed: it ends with the digest of all before it, and names the digest of the line before. So a
//! changed, a missing and a foreign line show; that whoever owns the file rewrites all of it does not.

use sha2::{Digest, Sha256};

use crate::operation::hex;

/// What the first line of a journal names in place of a line before it.
pub const NOTHING: &str = "";
const PREVIOUS: &str = ",\"prev\":\"";
const SUM: &str = ",\"sum\":\"";
/// The digits of a digest.
const DIGITS: usize = 64;
/// The end of a line: the digest, a quote, a brace.
pub const END: usize = SUM.len() + DIGITS + 2;

/// A JSON object as a line of its own, without the newline.
pub fn sealed(object: &str, previous: &str) -> String {
    let open = object.strip_suffix('}').unwrap_or(object);
    let mut line = format!("{open}{PREVIOUS}{previous}\"");
    let sum = digest(line.as_bytes());
    line += SUM;
    line += &sum;
    line += "\"}";
    line
}

/// The digest by which the next line names this one; of what is no whole line, that of its bytes.
pub fn name(line: &[u8]) -> String {
    stated(line).unwrap_or_else(|| digest(line))
}

/// The digest at the end of a line, if it ends like one.
pub fn stated(line: &[u8]) -> Option<String> {
    let end = line.get(line.len().checked_sub(END)?..)?;
    let digits = end.strip_prefix(SUM.as_bytes())?.strip_suffix(b"\"}")?;
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| text.to_string())
}

/// Whether a line is what it was when it was sealed, and the name of the line before it; none where it is no line.
pub fn opened(line: &str) -> Option<(bool, &str)> {
    let sum = stated(line.as_bytes())?;
    let before = line.get(..line.len() - END)?;
    let at = before.rfind(PREVIOUS)?;
    let previous = before.get(at + PREVIOUS.len()..)?.strip_suffix('"')?;
    Some((digest(before.as_bytes()) == sum, previous))
}

/// SHA-256 in hex.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_line_opens_and_a_changed_one_does_not() {
        let first = sealed(r#"{"v":1,"id":"a"}"#, NOTHING);
        let second = sealed(r#"{"v":1,"id":"b"}"#, &name(first.as_bytes()));
        assert!(serde_json::from_str::<serde_json::Value>(&second).is_ok());
        assert_eq!(opened(&first), Some((true, "")));
        assert_eq!(opened(&second), Some((true, name(first.as_bytes()).as_str())));
        assert_eq!(opened(&second.replace("\"b\"", "\"c\"")).map(|(is_whole, _)| is_whole), Some(false));
        assert_eq!(opened(&second[..second.len() - 3]), None);
        assert_eq!(opened(""), None);
        assert_eq!(name(b"half a li").len(), DIGITS);
    }
}
