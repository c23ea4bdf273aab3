//! Names with `*` and `?`: a pattern holds for a whole name or not at all.

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    is_literal: bool,
}

impl Pattern {
    /// From the text of a policy.
    pub fn new(text: &str) -> Pattern {
        Pattern { text: text.into(), is_literal: !text.bytes().any(|c| matches!(c, b'*' | b'?')) }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has no wildcard.
    pub fn is_literal(&self) -> bool {
        self.is_literal
    }

    /// Whether it holds for every name.
    pub fn is_everything(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte == b'*')
    }

    /// Whether it holds for a name.
    pub fn holds(&self, name: &str) -> bool {
        if self.is_literal {
            return self.text == name;
        }
        let (pattern, name) = (self.text.as_bytes(), name.as_bytes());
        let (mut at, mut of) = (0, 0);
        // The last star, and where in the name it stood: one more letter is its own, if the rest does not fit.
        let mut star: Option<(usize, usize)> = None;
        while of < name.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, of));
                    at += 1;
                }
                Some(letter) if *letter == b'?' || *letter == name[of] => {
                    at += 1;
                    of += 1;
                }
                _ => {
                    let Some((before, from)) = star else { return false };
                    star = Some((before, from + 1));
                    at = before + 1;
                    of = from + 1;
                }
            }
        }
        pattern[at..].iter().all(|letter| *letter == b'*')
    }
}

/// A name of a model as a rule gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPattern {
    pattern: Pattern,
    /// What it is called today.
    now: Option<&'static str>,
}

/// A model by all its names: as it came, as it is called today, and as it was.
#[derive(Clone, Debug)]
pub struct ModelNames {
    /// As it came.
    pub given: String,
    /// Today.
    pub now: String,
    former: Vec<&'static str>,
}

impl ModelNames {
    /// Of a model.
    pub fn of(name: &str) -> ModelNames {
        use crate::knowledge::models;
        let now = models::renamed(name).unwrap_or(name).to_string();
        let former = models::former(&now).collect();
        ModelNames { given: name.into(), now, former }
    }
}

impl ModelPattern {
    /// From the text of a policy.
    pub fn new(text: &str) -> ModelPattern {
        let pattern = Pattern::new(text);
        let now = pattern.is_literal().then(|| crate::knowledge::models::renamed(text)).flatten();
        ModelPattern { pattern, now }
    }

    /// As it was written.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether it is a model, whatever it is called, for a rule that permits.
    pub fn covers(&self, model: &ModelNames) -> bool {
        self.pattern.holds(&model.given) || self.pattern.holds(&model.now) || self.now == Some(&model.now)
    }

    /// The same for a rule that forbids: it holds for whatever the model was ever called.
    pub fn touches(&self, model: &ModelNames) -> bool {
        self.covers(model) || model.former.iter().any(|former| self.pattern.holds(former))
    }

    /// What it is called today, if it names one model.
    pub fn named(&self) -> Option<&str> {
        self.pattern.is_literal().then(|| self.now.unwrap_or(self.pattern.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_for_whole_names() {
        for (pattern, name, holds) in [
            ("res.*", "res.partner", true),
            ("res.*", "ares.partner", false),
            ("*.line", "sale.order.line", true),
            ("*", "x", true),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "xabxbx", false),
            ("write", "web_write", false),
            ("write", "write", true),
            ("wr?te", "write", true),
            ("?", "", false),
            ("**", "", true),
        ] {
            assert_eq!(Pattern::new(pattern).holds(name), holds, "{pattern} {name}");
        }
    }

    #[test]
    fn a_model_is_the_same_by_each_of_its_names() {
        let (covers, touches) = (
            |pattern: &str, model: &str| ModelPattern::new(pattern).covers(&ModelNames::of(model)),
            |pattern: &str, model: &str| ModelPattern::new(pattern).touches(&ModelNames::of(model)),
        );
        assert!(covers("mail.channel", "discuss.channel") && covers("discuss.channel", "mail.channel"));
        assert!(touches("account.invoice*", "account.move") && !covers("account.invoice*", "account.move"));
        assert!(touches("account.move", "account.invoice") && !touches("account.move", "account.move.line"));
    }
}
