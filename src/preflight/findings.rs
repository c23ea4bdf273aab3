//! All that is wrong with one call: refusals that do not depend on each other are gathered, and told at once. What is
//! no refusal ends the checks as ever. However many there are, each is looked at once.

use std::collections::HashSet;

use crate::error::{Code, Error, Result};
use crate::hint::Hint;

/// The most that is told of one call.
pub const MOST: usize = 20;

/// Refusals of one call.
#[derive(Default)]
pub struct Findings {
    first: Option<Error>,
    lines: Vec<Hint>,
    /// The lines as they read: of tens of thousands none is looked for one by one.
    seen: HashSet<String>,
}

impl Findings {
    /// Takes a refusal in.
    ///
    /// # Errors
    /// Whatever is no refusal.
    pub fn add(&mut self, result: Result<()>) -> Result<()> {
        let refusal = match result {
            Err(error) if error.code == Code::PreflightRefused => error,
            other => return other,
        };
        let lines = if refusal.errors.is_empty() { vec![line(&refusal)] } else { refusal.errors.clone() };
        for line in lines {
            if self.seen.insert(format!("{line:?}")) {
                self.lines.push(line);
            }
        }
        self.first.get_or_insert(refusal);
        Ok(())
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The refusal for all of them.
    ///
    /// # Errors
    /// The first that was found, with a line for each if there are more.
    pub fn told(self) -> Result<()> {
        let Some(mut first) = self.first else { return Ok(()) };
        first.errors = match self.lines.len() {
            1 => Vec::new(),
            _ => self.lines,
        };
        Err(first)
    }
}

/// The same with how many more there are, for who reads no further than the message.
pub fn counted(mut refusal: Error) -> Error {
    let more = refusal.errors.len().saturating_sub(1);
    if more > 0 {
        refusal.message = format!("{} (and {more} more)", refusal.message);
    }
    if refusal.errors.len() > MOST {
        let left = refusal.errors.len() - MOST;
        refusal.errors.truncate(MOST);
        refusal.errors.push(format!("and {left} more").into());
    }
    refusal
}

/// One refusal in one line, with what there is to do about it.
fn line(refusal: &Error) -> Hint {
    let said: Vec<Hint> =
        std::iter::once(refusal.message.as_str().into()).chain(refusal.hints.iter().cloned()).collect();
    Hint::joined(&said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hint::Part;
    use crate::preflight::refused;

    #[test]
    fn one_is_itself_and_several_are_a_line_each() {
        let one = || Err(refused("vals.a: no").with_hint("did you mean b?"));
        let mut findings = Findings::default();
        findings.add(one()).unwrap();
        findings.add(one()).unwrap();
        let alone = counted(findings.told().unwrap_err());
        assert_eq!((alone.message.as_str(), alone.errors.len()), ("vals.a: no", 0));
        let mut findings = Findings::default();
        for result in [one(), Ok(()), Err(refused("vals.c: no either"))] {
            findings.add(result).unwrap();
        }
        let both = counted(findings.told().unwrap_err());
        assert_eq!(both.message, "vals.a: no (and 1 more)");
        assert_eq!(both.errors, ["vals.a: no; did you mean b?", "vals.c: no either"]);
    }

    #[test]
    fn what_there_is_to_do_stands_in_the_line_of_each_in_the_words_of_a_surface() {
        let mut findings = Findings::default();
        for (place, key) in [("a", "ids"), ("b", "domain"), ("c", "fields")] {
            let hint = Hint::new("give ").name(key);
            findings.add(Err(refused(format!("{place}: no")).with_hint(hint))).unwrap();
        }
        let word = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(key) => format!("--{key}"),
            _ => String::new(),
        };
        let told = findings.told().unwrap_err().worded(&word).object(false);
        let lines = serde_json::json!(["a: no; give --ids", "b: no; give --domain", "c: no; give --fields"]);
        assert_eq!(told["error"]["errors"], lines);
    }

    #[test]
    fn what_was_gathered_below_stays_a_line_each_and_other_errors_end_it() {
        let mut below = Findings::default();
        below.add(Err(refused("a: no"))).unwrap();
        below.add(Err(refused("b: no"))).unwrap();
        let mut above = Findings::default();
        above.add(below.told()).unwrap();
        above.add(Err(refused("c: no"))).unwrap();
        assert_eq!(above.told().unwrap_err().errors, ["a: no", "b: no", "c: no"]);
        let mut many = Findings::default();
        (0..50).for_each(|at| many.add(Err(refused(format!("{at}: no")))).unwrap());
        let told = counted(many.told().unwrap_err()).errors;
        assert_eq!((told.len(), told.last().unwrap().as_text()), (MOST + 1, Some("and 30 more")));
        assert!(Findings::default().add(Err(Error::new(Code::Unreachable, "x"))).is_err());
    }
}
