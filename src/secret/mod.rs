//! A key that cannot be shown: no Display, no Serialize, a redacted Debug, wiped when dropped.
//! The only way to its text is `expose`, and that is called where a request is put on the wire. Beside it stands the
//! veil that blacks secrets out of whatever is said.

mod veiled;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use veiled::Sought;

/// From this length on a secret is no word that stands in a text by chance.
const LONG: usize = 16;

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

/// The keys and tokens that must not be seen: those of a profile for good, those of a call while it lasts. What goes
/// out, and what a server sends back, passes through it.
#[derive(Default)]
pub struct Veil(Mutex<Vec<(u64, Sought)>>);

/// A secret that is blacked out until dropped.
pub struct Veiled {
    veil: Arc<Veil>,
    number: u64,
}

impl Drop for Veiled {
    fn drop(&mut self) {
        self.veil.lock().retain(|(number, _)| *number != self.number);
    }
}

impl Veil {
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Sought)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this key or token is blacked out, until what is given back is dropped.
    #[must_use]
    pub fn over(self: &Arc<Veil>, secret: &Secret) -> Veiled {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.add(number, secret);
        Veiled { veil: Arc::clone(self), number }
    }

    /// The same for good; saying it again changes nothing.
    pub fn keep(&self, secret: &Secret) {
        let is_known = self.lock().iter().any(|(number, known)| *number == 0 && known.secret() == secret);
        if !is_known {
            self.add(0, secret);
        }
    }

    fn add(&self, number: u64, secret: &Secret) {
        self.lock().push((number, Sought::new(secret.clone())));
    }

    /// The bytes with every one of them blacked out, however it is written there.
    pub fn without_secrets<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        let mut clean = Cow::Borrowed(bytes);
        for (_, sought) in self.lock().iter() {
            if let Some(without) = sought.without(&clean) {
                clean = Cow::Owned(without);
            }
        }
        clean
    }

    /// Whether one of them is in a text, however it is written there. A short one could be there by chance.
    pub fn is_in(&self, text: &[u8]) -> bool {
        let held = self.lock();
        let mut long = held.iter().filter(|(_, sought)| sought.secret().expose().len() >= LONG);
        long.any(|(_, sought)| sought.without(text).is_some())
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use super::{Arc, Veil};

    #[test]
    fn a_token_is_blacked_out_while_its_call_lasts_and_a_key_for_good() {
        let veil = Arc::new(Veil::default());
        let (key, token) = (Secret::new("k".repeat(40)), Secret::new("t".repeat(40)));
        veil.keep(&key);
        veil.keep(&key);
        for _ in 0..1000 {
            let veiled = veil.over(&token);
            let text = format!("{} {}", key.expose(), token.expose());
            assert_eq!(&*veil.without_secrets(text.as_bytes()), b"(redacted) (redacted)");
            drop(veiled);
        }
        assert_eq!(veil.len(), 1, "a thousand calls leave nothing behind");
    }

    #[test]
    fn debug_and_fingerprint_hold_no_part_of_the_key() {
        let secret = Secret::new("0123456789abcdef0123456789abcdef01234567".into());
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
        assert!(!secret.fingerprint().contains("01234567"));
        assert_ne!(secret.fingerprint(), Secret::new("other".into()).fingerprint());
    }
}
