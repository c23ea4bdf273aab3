//! A request that waits in Odoo for a person: what the guard tells of it when it refuses a call. The claim in it is
//! a secret, with which the refused call can be repeated once a person has approved it.

use crate::secret::Secret;

/// A request of the agent's.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Its number, a UUID.
    pub request: String,
    /// What the repeated call goes by.
    pub claim: Secret,
    /// A person has approved it already.
    pub is_approved: bool,
    /// Until when it waits, UTC, as Odoo writes times.
    pub expires_at: Option<String>,
}

/// A number of a request as it is kept and sent, or nothing if the text is none: it becomes a name of a file.
pub fn number(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let is_place = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    (text.len() == 36 && text.char_indices().all(is_place)).then_some(text)
}

/// Whether a text can be a claim: long enough to be a secret, and nothing that needs an escape anywhere.
pub fn is_claim(text: &str) -> bool {
    (16..=256).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_uuid_and_nothing_that_leads_elsewhere() {
        let good = "5591aa8a-f0ee-4af3-9370-39fff0719bac";
        assert_eq!(number(good).as_deref(), Some(good));
        assert_eq!(number(&format!(" {} \n", good.to_uppercase())).as_deref(), Some(good));
        for bad in ["", "x", "../../../../../../../../etc/passwd/xx", &good[1..], &format!("{good}0")] {
            assert_eq!(number(bad), None, "{bad}");
        }
        assert_eq!(number("5591aa8a/f0ee-4af3-9370-39fff0719bac"), None);
    }
}
