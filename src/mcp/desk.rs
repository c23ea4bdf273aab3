//! The session that calls work in: opened when the first needs it, opened anew when the profile's file has changed or
//! Odoo no longer takes its key, and let go when nobody has called for a while, with its connections.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Opened;
use crate::clock::SharedClock;
use crate::error::Result;
use crate::fsio::{self, Stamp};
use crate::session::Session;

/// Connections that nobody has used for so long are closed.
pub const IDLE: Duration = Duration::from_secs(60);

/// The session, as long as there is one.
pub struct Desk {
    open: Box<dyn Fn() -> Result<Opened> + Send + Sync>,
    clock: SharedClock,
    at_hand: Mutex<Option<AtHand>>,
}

struct AtHand {
    session: Arc<Session>,
    file: Option<PathBuf>,
    stamp: Option<Stamp>,
    used: Instant,
}

impl Desk {
    /// Nothing is opened yet.
    pub fn new(open: Box<dyn Fn() -> Result<Opened> + Send + Sync>, clock: SharedClock) -> Desk {
        Desk { open, clock, at_hand: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<AtHand>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session for a call that begins now.
    ///
    /// # Errors
    /// The profile cannot be used: one that has become wrong is no reason to go on with what it said before.
    pub fn session(&self) -> Result<Arc<Session>> {
        let mut at_hand = self.lock();
        if let Some(open) = at_hand.as_mut()
            && open.file.as_deref().and_then(fsio::stamp) == open.stamp
        {
            open.used = self.clock.instant();
            return Ok(Arc::clone(&open.session));
        }
        *at_hand = None;
        let Opened { session, file } = (self.open)()?;
        let stamp = file.as_deref().and_then(fsio::stamp);
        let session = Arc::new(session);
        let used = self.clock.instant();
        *at_hand = Some(AtHand { session: Arc::clone(&session), file, stamp, used });
        Ok(session)
    }

    /// Odoo did not take the key: whoever calls next reads the profile again.
    pub fn forget(&self) {
        *self.lock() = None;
    }

    /// Lets go of what nobody uses.
    pub fn let_go_if_idle(&self) {
        let mut at_hand = self.lock();
        let now = self.clock.instant();
        if at_hand.as_ref().is_some_and(|open| now.saturating_duration_since(open.used) >= IDLE) {
            *at_hand = None;
        }
    }
}
