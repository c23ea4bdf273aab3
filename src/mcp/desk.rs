//! The session that calls work in, one for each way of speaking: opened when the first needs it, opened anew when the profile's file or a policy has changed or
//! Odoo no longer takes its key, and let go when nobody has called for a while, with its connections.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Files, Open, Opened};
use crate::clock::SharedClock;
use crate::error::Result;
use crate::fsio::Stamp;
use crate::session::Session;
use crate::settings::Wish;

/// Connections that nobody has used for so long are closed.
pub const IDLE: Duration = Duration::from_secs(60);

/// The session, as long as there is one.
pub struct Desk {
    open: Box<Open>,
    clock: SharedClock,
    at_hand: Mutex<Vec<AtHand>>,
}

struct AtHand {
    wish: Option<Wish>,
    session: Arc<Session>,
    files: Box<Files>,
    were: Vec<(PathBuf, Option<Stamp>)>,
    used: Instant,
}

impl Desk {
    /// Nothing is opened yet.
    pub fn new(open: Box<Open>, clock: SharedClock) -> Desk {
        Desk { open, clock, at_hand: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<AtHand>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session for a call that begins now, spoken to as the profile wants or as the call does.
    ///
    /// # Errors
    /// The profile cannot be used: one that has become wrong is no reason to go on with what it said before.
    pub fn session(&self, wish: Option<Wish>) -> Result<Arc<Session>> {
        let mut at_hand = self.lock();
        at_hand.retain(|open| (open.files)() == open.were);
        let used = self.clock.instant();
        if let Some(open) = at_hand.iter_mut().find(|open| open.wish == wish) {
            open.used = used;
            return Ok(Arc::clone(&open.session));
        }
        let Opened { session, files } = (self.open)(wish)?;
        let were = files();
        let session = Arc::new(session);
        at_hand.push(AtHand { wish, session: Arc::clone(&session), files, were, used });
        Ok(session)
    }

    /// Odoo did not take the key: whoever calls next reads the profile again.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// Lets go of what nobody uses.
    pub fn let_go_if_idle(&self) {
        let now = self.clock.instant();
        self.lock().retain(|open| now.saturating_duration_since(open.used) < IDLE);
    }
}
