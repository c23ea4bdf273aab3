//! Finding a secret in bytes however it is written: as it stands, with characters as JSON, HTML or a URL write them,
//! or in base64.

use zeroize::Zeroizing;

use super::Secret;

/// Stands where one was.
const BLACK: &[u8] = b"(redacted)";
/// A shorter text is found everywhere, and is no secret.
const SHORTEST: usize = 4;
/// A shorter one is blacked out only where it stands alone, so that no longer word is torn.
const ALONE: usize = 12;
/// Pieces of base64 shorter than this are found by chance.
const SHORTEST_BASE64: usize = 12;

/// A secret with what it is looked for by.
pub struct Sought {
    secret: Secret,
    /// As base64 writes it, by what stands before it.
    encoded: Zeroizing<Vec<Vec<u8>>>,
    /// The bytes that one of its forms can begin with.
    starts: [bool; 256],
}

impl Sought {
    /// Made once a secret, and not for each text.
    pub fn new(secret: Secret) -> Sought {
        let mut encoded = base64(secret.expose().as_bytes());
        encoded.retain(|one| one.len() >= SHORTEST_BASE64);
        let starts = starts(secret.expose(), &encoded);
        Sought { secret, encoded: Zeroizing::new(encoded), starts }
    }

    /// What is sought.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The bytes without the secret, if it was in them.
    pub fn without(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let secret = self.secret.expose();
        // A number of a few digits is an amount somewhere, and JSON without it is none.
        let is_amount = secret.len() < ALONE && secret.bytes().all(|byte| byte.is_ascii_digit());
        if secret.len() < SHORTEST || is_amount {
            return None;
        }
        let mut clean: Option<Vec<u8>> = None;
        let (mut at, mut copied) = (0, 0);
        while at < bytes.len() {
            if !self.starts[usize::from(bytes[at])] {
                at += 1;
                continue;
            }
            let length = written(&bytes[at..], secret)
                .filter(|length| secret.len() >= ALONE || stands_alone(bytes, at, at + length))
                .or_else(|| self.encoded.iter().find(|one| bytes[at..].starts_with(one)).map(Vec::len));
            match length {
                Some(length) => {
                    let clean = clean.get_or_insert_with(Vec::new);
                    clean.extend(&bytes[copied..at]);
                    clean.extend(BLACK);
                    at += length;
                    copied = at;
                }
                None => at += 1,
            }
        }
        if let Some(clean) = &mut clean {
            clean.extend(&bytes[copied..]);
        }
        clean
    }
}

/// Bytes that one of the forms can begin with.
fn starts(secret: &str, encoded: &[Vec<u8>]) -> [bool; 256] {
    let mut starts = [false; 256];
    let firsts = encoded.iter().filter_map(|one| one.first().copied()).chain(secret.bytes().next());
    for byte in firsts.chain(*b"\\%&") {
        starts[usize::from(byte)] = true;
    }
    starts
}

/// Length of the secret at the beginning of these bytes, each of its characters written in any way.
fn written(bytes: &[u8], secret: &str) -> Option<usize> {
    let mut at = 0;
    for character in secret.chars() {
        at += one(&bytes[at..], character)?;
    }
    Some(at)
}

/// Length of one character, as it may be written.
fn one(bytes: &[u8], character: char) -> Option<usize> {
    let mut buffer = [0; 4];
    let plain = character.encode_utf8(&mut buffer).as_bytes();
    // A quote or backslash is itself escaped in JSON, so that this comes first only for what is not.
    if bytes.starts_with(plain) && character != '\\' {
        return Some(plain.len());
    }
    match bytes.first()? {
        b'\\' => escaped(bytes, character),
        b'%' => {
            let mut at = 0;
            for byte in plain {
                let hex = std::str::from_utf8(bytes.get(at..at + 3)?).ok()?.strip_prefix('%')?;
                if u8::from_str_radix(hex, 16).ok()? != *byte {
                    return None;
                }
                at += 3;
            }
            Some(at)
        }
        b'&' => {
            let end = bytes.iter().take(12).position(|byte| *byte == b';')?;
            let name = std::str::from_utf8(&bytes[1..end]).ok()?;
            let code = match name.strip_prefix('#') {
                Some(number) => match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                },
                None => match name {
                    "amp" => u32::from('&'),
                    "lt" => u32::from('<'),
                    "gt" => u32::from('>'),
                    "quot" => u32::from('"'),
                    "apos" => u32::from('\''),
                    _ => return None,
                },
            };
            (code == u32::from(character)).then_some(end + 1)
        }
        _ => None,
    }
}

/// `\u0061`, `\"`, `\/`, with any number of backslashes, as JSON within JSON has them.
fn escaped(bytes: &[u8], character: char) -> Option<usize> {
    let slashes = bytes.iter().take_while(|byte| **byte == b'\\').count();
    let unit = |at: usize| -> Option<u16> {
        let text = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
        u16::from_str_radix(text, 16).ok()
    };
    let after = &bytes[slashes..];
    match after.first() {
        Some(b'u') => {
            let mut units = [0; 2];
            let encoded = character.encode_utf16(&mut units);
            let mut at = slashes + 1;
            for (nth, expected) in encoded.iter().enumerate() {
                if nth > 0 {
                    let more = bytes.get(at..)?.iter().take_while(|byte| **byte == b'\\').count();
                    at += more + 1;
                }
                if unit(at)? != *expected {
                    return None;
                }
                at += 4;
            }
            Some(at)
        }
        Some(next) if matches!(character, '"' | '/') && u32::from(*next) == u32::from(character) => {
            Some(slashes + 1)
        }
        _ if character == '\\' => Some(slashes.min(2)),
        _ => None,
    }
}

fn stands_alone(bytes: &[u8], from: usize, to: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let before = from.checked_sub(1).and_then(|before| bytes.get(before));
    !is_word(before) && !is_word(bytes.get(to))
}

/// The part of the base64 of a text with this in it that does not depend on what stands around it, for each of the
/// three places where it can begin, in both alphabets.
fn base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for alphabet in [b"+/", b"-_"] {
        for shift in 0..3 {
            let mut padded = vec![0; shift];
            padded.extend(bytes);
            let whole = padded.len() / 3 * 3;
            let mut text = Vec::new();
            for three in padded[..whole].chunks(3) {
                let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
                text.extend([18, 12, 6, 0].map(|by| digit((bits >> by & 63) as u8, alphabet)));
            }
            // The first digits also hold bits of what stands before.
            let unsure = [0, 2, 3][shift];
            all.push(text.split_off(unsure.min(text.len())));
        }
    }
    all.sort();
    all.dedup();
    all
}

fn digit(value: u8, alphabet: &[u8; 2]) -> u8 {
    match value {
        0..=25 => b'A' + value,
        26..=51 => b'a' + value - 26,
        52..=61 => b'0' + value - 52,
        62 => alphabet[0],
        _ => alphabet[1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "5e1f00c0ffee5e1f00c0ffee5e1f00c0ffee1234";

    fn clean(text: &str, secret: &str) -> String {
        let sought = Sought::new(Secret::new(secret.into()));
        sought.without(text.as_bytes()).map_or_else(|| text.into(), |clean| String::from_utf8(clean).unwrap())
    }

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let unicode: String = KEY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let upper: String = KEY.chars().map(|c| format!("\\u{:04X}", u32::from(c))).collect();
        let twice: String = KEY.chars().map(|c| format!("\\\\u{:04x}", u32::from(c))).collect();
        let mixed: String = KEY
            .chars()
            .enumerate()
            .map(|(n, c)| if n % 3 == 0 { format!("\\u{:04x}", u32::from(c)) } else { c.into() })
            .collect();
        let html: String = KEY.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        let hex: String = KEY.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect();
        let url: String = KEY.chars().map(|c| format!("%{:02X}", u32::from(c))).collect();
        for written in [KEY.to_string(), unicode, upper, twice, mixed, html, hex, url] {
            assert_eq!(clean(&format!("a {written} b"), KEY), "a (redacted) b", "{written}");
            assert_eq!(clean(&format!("{written}{written}"), KEY), "(redacted)(redacted)");
        }
        // Basic and its like: whatever stands before, what is left tells nothing of the key.
        for before in ["", "a", "ab", "user:"] {
            let text = format!("{before}{KEY}!");
            let mut encoded = Vec::new();
            for three in text.as_bytes().chunks(3) {
                let mut whole = [0; 3];
                whole[..three.len()].copy_from_slice(three);
                let bits = u32::from(whole[0]) << 16 | u32::from(whole[1]) << 8 | u32::from(whole[2]);
                encoded.extend([18, 12, 6, 0].map(|by| digit((bits >> by & 63) as u8, b"+/")));
            }
            let shown = clean(&String::from_utf8(encoded).unwrap(), KEY);
            assert!(shown.contains("(redacted)") && shown.len() < 30, "{shown}");
        }
    }

    #[test]
    fn quotes_and_backslashes_are_found_as_json_writes_them() {
        let key = "pa\"ss\\wo/rd and more";
        let json = serde_json::Value::from(key).to_string();
        assert_eq!(clean(&json, key), "\"(redacted)\"");
        let secret = "gehei\u{df}\u{1f600}-schl\u{fc}ssel";
        assert_eq!(clean(&serde_json::Value::from(secret).to_string(), secret), "\"(redacted)\"");
        let escaped: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        assert_eq!(clean(&escaped, secret), "(redacted)");
    }

    #[test]
    fn a_short_key_is_blacked_out_where_it_stands_alone() {
        assert_eq!(
            clean("key sh0rt, \"sh0rt\" and sh0rter", "sh0rt"),
            "key (redacted), \"(redacted)\" and sh0rter"
        );
        assert_eq!(clean("[1234, 12.34]", "1234"), "[1234, 12.34]");
        assert_eq!(clean("abc", "abc"), "abc");
        assert_eq!(clean("xtwelve-chars!x", "twelve-chars!"), "x(redacted)x");
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        let sought = Sought::new(Secret::new(KEY.into()));
        for text in
            ["", "\\", "\\u", "\\u005", "%", "%5", "&", "&#;", "5e1f00c0ffee", "{\"a\": \"\\u0035\\u0065\"}"]
        {
            assert_eq!(sought.without(text.as_bytes()), None, "{text}");
        }
    }
}
