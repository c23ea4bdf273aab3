//! Whether the lines of a journal are those that were written, in their order and without a gap.

use serde_json::{Value, json};

use super::chain;

/// What is said of every journal: what no digest can show.
pub const LIMITS: &str = "damage and careless editing show; lines taken off the end, and an owner who rewrites the whole chain, do not";

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verified {
    /// Lines in all files.
    pub lines: usize,
    /// Files.
    pub files: usize,
    /// Lines that a run had begun when it was ended: no damage, and nothing was sent after them.
    pub cut: Vec<String>,
    /// What is wrong, a line each, with its place.
    pub damaged: Vec<String>,
}

impl Verified {
    /// As a result.
    pub fn told(&self) -> Value {
        json!({
            "sound": self.damaged.is_empty(), "lines": self.lines, "files": self.files,
            "cut": self.cut, "damaged": self.damaged, "limits": LIMITS,
        })
    }
}

/// Looks through the texts of the files, the oldest first, each with its name.
pub fn verified(files: &[(String, Vec<u8>)]) -> Verified {
    let mut found = Verified { files: files.len(), ..Verified::default() };
    // What was before the first file that is left is not known.
    let mut previous: Option<String> = None;
    for (name, bytes) in files {
        let is_ended = bytes.is_empty() || bytes.ends_with(b"\n");
        let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        // By bytes: a line may be cut within a character.
        let lines: Vec<&[u8]> =
            if bytes.is_empty() { Vec::new() } else { whole.split(|byte| *byte == b'\n').collect() };
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            let place = format!("{name}:{}", at + 1);
            found.lines += 1;
            match std::str::from_utf8(line).ok().and_then(chain::opened) {
                Some((true, named)) => {
                    if previous.as_ref().is_some_and(|previous| previous != named) {
                        found.damaged.push(format!(
                            "{place}: the line before it is not the one that it was written after"
                        ));
                    }
                }
                Some((false, _)) => found.damaged.push(format!("{place}: it is not what was written")),
                None if at + 1 == count && !is_ended => {
                    found.cut.push(format!("{place}: it was not written to its end"))
                }
                None if is_start(line) => found.cut.push(format!("{place}: it was not written to its end")),
                None => found.damaged.push(format!("{place}: it is no line of a journal")),
            }
            previous = Some(chain::name(line));
        }
    }
    found
}

/// Whether it can be the beginning of a line, which ends nowhere.
fn is_start(line: &[u8]) -> bool {
    // Half a character at the end is cut as well.
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
    let is_cut = serde_json::from_str::<Value>(text).is_err_and(|error| error.is_eof());
    let (line, begins) = (text, "{\"v\":");
    is_cut && (line.starts_with(begins) || begins.starts_with(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chained(count: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for number in 0..count {
            let previous = lines.last().map_or(String::new(), |line| chain::name(line.as_bytes()));
            lines.push(chain::sealed(&format!("{{\"v\":1,\"n\":{number}}}"), &previous));
        }
        lines
    }

    fn of(lines: &[String]) -> Verified {
        verified(&[(
            "a".into(),
            lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes(),
        )])
    }

    #[test]
    fn a_changed_a_missing_and_a_foreign_line_show() {
        let sound = chained(4);
        assert_eq!(of(&sound).damaged, Vec::<String>::new());
        for at in 0..4 {
            let mut edited = sound.clone();
            edited[at] = edited[at].replace(&format!("\"n\":{at}"), "\"n\":9");
            assert_eq!(of(&edited).damaged.len(), 1, "line {at}");
        }
        let mut missing = sound.clone();
        missing.remove(1);
        assert_eq!(of(&missing).damaged.len(), 1);
        let mut swapped = sound.clone();
        swapped.swap(1, 2);
        assert!(!of(&swapped).damaged.is_empty());
        let mut foreign = sound.clone();
        foreign.insert(2, "hello".into());
        assert_eq!(of(&foreign).damaged.len(), 2, "it, and the line after, which does not name it");
        assert_eq!(of(&sound[2..]).damaged.len(), 0, "the oldest may have been let go");
    }

    #[test]
    fn a_line_that_was_cut_is_told_and_is_no_damage() {
        let mut lines = chained(2);
        let half = lines[1][..30].to_string();
        lines[1] = half.clone();
        lines.push(chain::sealed("{\"v\":1}", &chain::name(half.as_bytes())));
        let found = of(&lines);
        assert_eq!((found.cut.len(), found.damaged.len()), (1, 0), "{found:?}");
        let text = format!("{}\n{half}", chained(1)[0]);
        assert_eq!(verified(&[("a".into(), text.into_bytes())]).cut.len(), 1);
        let within = [b"{\"v\":1,\"name\":\"caf\xc3".to_vec(), b"\n".to_vec()].concat();
        let next = chain::sealed("{\"v\":1}", &chain::name(&within[..within.len() - 1]));
        let found = verified(&[("a".into(), [within, next.into_bytes(), b"\n".to_vec()].concat())]);
        assert_eq!((found.cut.len(), found.damaged.len()), (1, 0), "{found:?}");
    }
}
