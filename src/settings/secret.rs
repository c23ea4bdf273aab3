//! A key that cannot be shown: no Display, no Serialize, a redacted Debug, wiped when dropped.
//! The only way to its text is `expose`, and that is called where a request is put on the wire.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// An API key or token.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// The text itself, for the wire only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Sixteen hex digits that tell two keys apart and say nothing about either.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest([b"odoo-agent key fingerprint\0", self.0.as_bytes()].concat());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_and_fingerprint_hold_no_part_of_the_key() {
        let secret = Secret::new("0123456789abcdef0123456789abcdef01234567".into());
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
        assert!(!secret.fingerprint().contains("01234567"));
        assert_ne!(secret.fingerprint(), Secret::new("other".into()).fingerprint());
    }
}
