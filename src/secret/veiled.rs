//! Finding a secret in bytes however it is written: as it stands, with characters as JSON, HTML, a URL, a letter or a
//! language of programs writes them, in hex or in base64.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::Secret;

/// Stands where one was.
const BLACK: &[u8] = b"(redacted)";
/// A shorter text is found everywhere, and is no secret.
const SHORTEST: usize = 4;
/// A shorter one is blacked out only where it stands alone, so that no longer word is torn.
const ALONE: usize = 12;
/// Without the marks that fill it up.
const ALPHABETS: [GeneralPurpose; 2] = [STANDARD_NO_PAD, URL_SAFE_NO_PAD];
/// A longer run of backslashes writes nothing, and is not gone through for each of its own.
const MOST_SLASHES: usize = 128;
/// Pieces of base64 shorter than this are found by chance.
const SHORTEST_BASE64: usize = 12;

/// What characters that are not written as themselves begin with.
const MARKS: &[u8] = b"\\%&=";
/// The secret, its first character written with a mark.
const BY_MARK: u16 = 1;
/// The secret, its first character as it is.
const BY_LETTER: u16 = 2;

/// A secret with what it is looked for by.
pub struct Sought {
    secret: Secret,
    /// As hex and base64 write it.
    encoded: Zeroizing<Vec<Vec<u8>>>,
    /// The forms that can begin with a byte: the first bit is that of the secret by a mark, the second by its first
    /// letter, the others those of its codes.
    starts: [u16; 256],
    /// Those of which it can be the second byte.
    follows: [u16; 256],
}

impl Sought {
    /// Made once a secret, and not for each text.
    pub fn new(secret: Secret) -> Sought {
        let encoded = encoded(secret.expose().as_bytes());
        let (mut starts, mut follows) = ([0; 256], [BY_MARK; 256]);
        let add = |table: &mut [u16; 256], byte: Option<&u8>, form: u16| {
            if let Some(byte) = byte {
                table[usize::from(*byte)] |= form;
            }
        };
        let bytes = secret.expose().as_bytes();
        add(&mut starts, bytes.first(), BY_LETTER);
        add(&mut follows, bytes.get(1), BY_LETTER);
        for mark in MARKS {
            add(&mut starts, Some(mark), BY_MARK);
            add(&mut follows, Some(mark), BY_LETTER);
        }
        for (nth, code) in encoded.iter().enumerate() {
            add(&mut starts, code.first(), bit_of_code(nth));
            add(&mut follows, code.get(1), bit_of_code(nth));
        }
        Sought { secret, encoded: Zeroizing::new(encoded), starts, follows }
    }

    /// What is sought.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The bytes without the secret, if it was in them.
    pub fn without(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let secret = self.secret.expose();
        // A number of a few digits is an amount somewhere, and JSON without it is none.
        if secret.len() < SHORTEST || secret.len() < ALONE && is_digits(secret.as_bytes()) {
            return None;
        }
        let mut clean: Option<Vec<u8>> = None;
        let (mut at, mut copied) = (0, 0);
        // No form is of one byte. Most bytes begin none, and are looked at alone.
        while at + 1 < bytes.len() {
            let forms = match self.starts[usize::from(bytes[at])] {
                0 => 0,
                forms => forms & self.follows[usize::from(bytes[at + 1])],
            };
            if forms == 0 {
                at += 1;
                continue;
            }
            let is_it = |length: &usize| secret.len() >= ALONE || stands_alone(bytes, at, at + length);
            let plain =
                || if forms & (BY_MARK | BY_LETTER) == 0 { None } else { written(&bytes[at..], secret) };
            let in_code = || {
                let mut there =
                    self.encoded.iter().enumerate().filter(|(nth, _)| forms & bit_of_code(*nth) != 0);
                there.find(|(_, one)| bytes[at..].starts_with(one)).map(|(_, one)| one.len())
            };
            match plain().filter(is_it).or_else(|| in_code().filter(is_it)) {
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

/// That of a code of the secret.
fn bit_of_code(nth: usize) -> u16 {
    BY_LETTER << (nth + 1)
}

fn is_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// The secret in hex and base64: of a long one the pieces of base64 that stay the same whatever stands around it, of a
/// short one the whole.
fn encoded(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex = |upper: bool| -> Vec<u8> {
        let one = |byte: &u8| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
        secret.iter().map(one).collect::<String>().into_bytes()
    };
    let mut all: Vec<Vec<u8>> = vec![hex(false), hex(true)];
    all.retain(|one| !is_digits(one) || secret.len() >= ALONE);
    if secret.len() < ALONE {
        all.extend(ALPHABETS.map(|base64| base64.encode(secret).into_bytes()));
    } else {
        all.extend(base64(secret).into_iter().filter(|one| one.len() >= SHORTEST_BASE64));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Length of the secret at the beginning of these bytes, each of its characters written in any way.
fn written(bytes: &[u8], secret: &str) -> Option<usize> {
    // A mark that is part of the secret stands for itself or begins what stands for it: where what was read can end.
    // Nearly every mark begins something else: nothing is allocated for it.
    let mut ends: Cow<[usize]> = Cow::Borrowed(&[0]);
    for character in secret.chars() {
        let mut next = Vec::new();
        for at in ends.iter() {
            let lengths = ways(bytes.get(*at..).unwrap_or_default(), character);
            next.extend(lengths.into_iter().flatten().map(|length| at + length));
        }
        if next.is_empty() {
            return None;
        }
        next.sort_unstable();
        next.dedup();
        ends = Cow::Owned(next);
    }
    ends.last().copied()
}

/// Lengths of one character at the beginning of these bytes: as itself, and by a mark. A backslash is doubled by each
/// language that a text goes through.
fn ways(bytes: &[u8], character: char) -> [Option<usize>; 9] {
    let mut buffer = [0; 4];
    let plain = character.encode_utf8(&mut buffer).as_bytes();
    let mut ways = [None; 9];
    if character == '\\' {
        let run = slashes_of(bytes);
        for (nth, way) in ways.iter_mut().take(8).enumerate() {
            *way = Some(1 << nth).filter(|length| *length <= run);
        }
    } else {
        ways[0] = bytes.starts_with(plain).then_some(plain.len());
    }
    ways[8] = by_mark(bytes, character, plain);
    ways
}

/// Length of one character that is written by a mark.
fn by_mark(bytes: &[u8], character: char, plain: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'\\' => escaped(bytes, character),
        mark @ (b'%' | b'=') => {
            let mut at = 0;
            for byte in plain {
                at += coded(&bytes[at..], *mark, *byte)?;
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

/// Length of one byte as a URL (`%61`, `%2561`) or a letter (`=61`) writes it.
fn coded(bytes: &[u8], mark: u8, byte: u8) -> Option<usize> {
    let mut at = 1;
    (bytes.first() == Some(&mark)).then_some(())?;
    loop {
        let digits = bytes.get(at..at + 2)?;
        if number(digits, 16) == Some(byte.into()) {
            return Some(at + 2);
        }
        // A mark that was itself written so.
        (mark == b'%' && digits == b"25").then_some(())?;
        at += 2;
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().all(u8::is_ascii_alphanumeric).then_some(())?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// Backslashes at the beginning: seven nestings of JSON make of one as many as are counted.
fn slashes_of(bytes: &[u8]) -> usize {
    bytes.iter().take(MOST_SLASHES).take_while(|byte| **byte == b'\\').count()
}

/// `\u0061`, `\"`, `\/`, `\'`, with any number of backslashes, as JSON within JSON has them; `\x61`, `\141`, `\U00000061` and
/// `\u{61}`, as languages have them.
fn escaped(bytes: &[u8], character: char) -> Option<usize> {
    let slashes = slashes_of(bytes);
    let unit = |at: usize| -> Option<u16> {
        let text = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
        u16::from_str_radix(text, 16).ok()
    };
    let after = &bytes[slashes..];
    let code = u32::from(character);
    let is_it = |digits: Option<&[u8]>, radix| digits.and_then(|digits| number(digits, radix)) == Some(code);
    match after.first() {
        Some(b'x') if is_it(after.get(1..3), 16) => Some(slashes + 3),
        Some(b'0'..=b'3') if is_it(after.get(..3), 8) => Some(slashes + 3),
        Some(b'x' | b'0'..=b'3') if !character.is_ascii() => bytewise(bytes, character),
        Some(b'U') => is_it(after.get(1..9), 16).then_some(slashes + 9),
        Some(b'u') if after.get(1) == Some(&b'{') => {
            let end = after.iter().take(10).position(|byte| *byte == b'}')?;
            is_it(after.get(2..end), 16).then_some(slashes + end + 1)
        }
        Some(b'u') => {
            let mut units = [0; 2];
            let encoded = character.encode_utf16(&mut units);
            let mut at = slashes + 1;
            for (nth, expected) in encoded.iter().enumerate() {
                if nth > 0 {
                    let more = slashes_of(bytes.get(at..)?);
                    at += more + 1;
                }
                if unit(at)? != *expected {
                    return None;
                }
                at += 4;
            }
            Some(at)
        }
        Some(next) if matches!(character, '"' | '/' | '\'') && u32::from(*next) == u32::from(character) => {
            Some(slashes + 1)
        }
        _ => None,
    }
}

/// A character by each of its bytes, `\xc3\xbc` or `\303\274`.
fn bytewise(bytes: &[u8], character: char) -> Option<usize> {
    let mut buffer = [0; 4];
    let mut at = 0;
    for byte in character.encode_utf8(&mut buffer).bytes() {
        let slashes = slashes_of(&bytes[at..]);
        let after = bytes.get(at + slashes..)?;
        let is_hex = slashes > 0 && after.first() == Some(&b'x');
        let told = if is_hex { number(after.get(1..3)?, 16) } else { number(after.get(..3)?, 8) };
        (slashes > 0 && told == Some(byte.into())).then_some(())?;
        at += slashes + 3;
    }
    Some(at)
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
    for base64 in ALPHABETS {
        for shift in 0..3 {
            let mut padded = vec![0; shift];
            padded.extend(bytes);
            let whole = padded.len() / 3 * 3;
            let mut text = base64.encode(&padded[..whole]).into_bytes();
            // The first digits also hold bits of what stands before.
            let unsure = [0, 2, 3][shift];
            all.push(text.split_off(unsure.min(text.len())));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
