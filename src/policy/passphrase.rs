//! The passphrase by which a person proves to be here: a policy holds its salted hash, and what is typed is held
//! against that. Guessing costs time and memory.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// A shorter one is soon guessed.
pub const SHORTEST: usize = 12;

/// The salted hash of a passphrase, for a policy.
///
/// # Errors
/// It is too short, or the system gives no random salt.
pub fn hashed(passphrase: &Secret) -> Result<String> {
    if passphrase.expose().chars().count() < SHORTEST {
        return Err(Error::usage(format!("a passphrase has at least {SHORTEST} characters: none was made")));
    }
    let hash = Argon2::default().hash_password(passphrase.expose().as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|why| Error::new(Code::LocalState, format!("no hash could be made ({why})")))
}

/// Whether a passphrase is one of those.
pub fn is_one_of(passphrase: &Secret, hashes: &[String]) -> bool {
    hashes.iter().any(|hash| {
        PasswordHash::new(hash).is_ok_and(|hash| {
            Argon2::default().verify_password(passphrase.expose().as_bytes(), &hash).is_ok()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::document::Document;

    #[test]
    fn a_passphrase_is_known_by_its_hash_alone() {
        let secret = |text: &str| Secret::new(text.into());
        assert!(hashed(&secret("short")).is_err());
        let hash = hashed(&secret("correct horse battery")).unwrap();
        assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"));
        assert_ne!(hash, hashed(&secret("correct horse battery")).unwrap());
        let hashes = [hash.clone()];
        assert!(is_one_of(&secret("correct horse battery"), &hashes));
        assert!(!is_one_of(&secret("correct horse batterY"), &hashes));
        let policy = serde_json::json!({ "version": "1", "approval": { "passphrase": hash } });
        assert!(Document::parse(&policy.to_string()).unwrap().passphrase.is_some());
        for weak in [
            "$argon2id$v=19$m=4294967295,t=3,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ",
        ] {
            let policy = serde_json::json!({ "version": "1", "approval": { "passphrase": weak } });
            assert!(Document::parse(&policy.to_string()).is_err(), "{weak}");
        }
    }
}
