//! The sessions that calls work in, one for each way of speaking: opened when the first needs it, opened anew when the
//! profile's file or a policy has changed or Odoo no longer takes its key, and let go when nobody has called for a
//! while, with its connections.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Files, Open, Stamps};
use crate::clock::SharedClock;
use crate::error::Result;
use crate::session::Session;
use crate::settings::Wish;

/// Connections that nobody has used for so long are closed.
pub const IDLE: Duration = Duration::from_secs(60);
/// Files that change while they are read are read so often.
const READINGS: u32 = 3;

/// The sessions, as long as there are any.
pub struct Desk {
    open: Box<Open>,
    files: Box<Files>,
    clock: SharedClock,
    places: Mutex<Vec<Arc<Place>>>,
    /// How often Odoo has refused a key: what was opened before the last of them is not used again.
    refusals: AtomicU64,
}

/// One way of speaking. Its lock is held while it is opened, and a command that prints a key may take minutes.
struct Place {
    wish: Option<Wish>,
    at_hand: Mutex<Option<AtHand>>,
}

struct AtHand {
    session: Arc<Session>,
    were: Stamps,
    refusals: u64,
    used: Instant,
}

impl Desk {
    /// Nothing is opened yet.
    pub fn new(open: Box<Open>, files: Box<Files>, clock: SharedClock) -> Desk {
        Desk { open, files, clock, places: Mutex::default(), refusals: AtomicU64::new(0) }
    }

    fn place(&self, wish: Option<Wish>) -> Arc<Place> {
        let mut places = lock(&self.places);
        if let Some(place) = places.iter().find(|place| place.wish == wish) {
            return Arc::clone(place);
        }
        let place = Arc::new(Place { wish, at_hand: Mutex::default() });
        places.push(Arc::clone(&place));
        place
    }

    /// The session for a call that begins now, spoken to as the profile wants or as the call does.
    ///
    /// # Errors
    /// The profile cannot be used: one that has become wrong is no reason to go on with what it said before.
    pub fn session(&self, wish: Option<Wish>) -> Result<Arc<Session>> {
        let place = self.place(wish);
        let mut at_hand = lock(&place.at_hand);
        let refusals = self.refusals.load(Ordering::SeqCst);
        if let Some(open) = at_hand.as_mut()
            && open.refusals == refusals
            && (self.files)() == open.were
        {
            open.used = self.clock.instant();
            return Ok(Arc::clone(&open.session));
        }
        *at_hand = None;
        let (mut were, mut session) = self.read(wish)?;
        for _ in 1..READINGS {
            if (self.files)() == were {
                break;
            }
            (were, session) = self.read(wish)?;
        }
        let session = Arc::new(session);
        let used = self.clock.instant();
        *at_hand = Some(AtHand { session: Arc::clone(&session), were, refusals, used });
        Ok(session)
    }

    /// What the files were like before they were read: a change meanwhile is seen afterwards.
    fn read(&self, wish: Option<Wish>) -> Result<(Stamps, Session)> {
        let were = (self.files)();
        Ok((were, (self.open)(wish)?))
    }

    /// Odoo did not take the key: whoever calls next reads the profile again.
    pub fn forget(&self) {
        self.refusals.fetch_add(1, Ordering::SeqCst);
    }

    /// Lets go of what nobody uses. It waits for nobody: a place that is being opened is in use.
    pub fn let_go_if_idle(&self) {
        let places = lock(&self.places).clone();
        let now = self.clock.instant();
        for place in places {
            let Ok(mut at_hand) = place.at_hand.try_lock() else { continue };
            let idle = at_hand.take_if(|open| now.saturating_duration_since(open.used) >= IDLE);
            // Connections are closed when nobody waits for the place.
            drop(at_hand);
            drop(idle);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;
    use crate::clock::System;
    use crate::error::{Code, Error};
    use crate::tests::{Bench, Hands, bench};

    const SOON: Duration = Duration::from_secs(5);

    fn lab() -> Bench {
        bench(Hands::new(), |_| Ok(String::new()))
    }

    /// Somebody opens the profile's own way and does not come to an end until they are let go.
    fn being_opened() -> (Arc<Desk>, Receiver<()>, Sender<()>) {
        let ((at_it, is_at_it), (go, may_go)) = (channel(), channel());
        let may_go = Mutex::new(may_go);
        let at_it = Mutex::new(at_it);
        let open = move |wish: Option<Wish>| {
            if wish.is_none() {
                at_it.lock().unwrap().send(()).unwrap();
                let _ = may_go.lock().unwrap().recv();
            }
            Err(Error::new(Code::ConfigMissing, "none"))
        };
        let desk = Arc::new(Desk::new(Box::new(open), Box::new(Vec::new), Arc::new(System)));
        (desk, is_at_it, go)
    }

    #[test]
    fn whoever_looks_after_idle_sessions_and_calls_of_another_way_wait_for_no_command_that_prints_a_key() {
        let (desk, is_at_it, go) = being_opened();
        let opener = Arc::clone(&desk);
        let opening = std::thread::spawn(move || opener.session(None).is_err());
        is_at_it.recv_timeout(SOON).unwrap();
        let (told, done) = channel();
        let other = Arc::clone(&desk);
        std::thread::spawn(move || {
            other.let_go_if_idle();
            other.forget();
            let _ = told.send(other.session(Some(Wish::JsonRpc)).is_err());
        });
        assert_eq!(done.recv_timeout(SOON), Ok(true), "it waits for the command");
        go.send(()).unwrap();
        assert!(opening.join().unwrap());
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("odoo_lab.env");
        std::fs::write(&file, "first").unwrap();
        let read = Arc::new(Mutex::new(Vec::new()));
        let (benches, seen, path) = (Mutex::new(Vec::new()), Arc::clone(&read), file.clone());
        let open = move |_: Option<Wish>| {
            let text = std::fs::read_to_string(&path).unwrap();
            if text == "first" {
                std::fs::write(&path, "the second").unwrap();
            }
            seen.lock().unwrap().push(text);
            let Bench { session, _home, .. } = lab();
            benches.lock().unwrap().push(_home);
            Ok(session)
        };
        let path = file.clone();
        let files = move || vec![(path.clone(), crate::fsio::stamp(&path))];
        let desk = Desk::new(Box::new(open), Box::new(files), Arc::new(System));
        let first = desk.session(None).unwrap();
        assert_eq!(*read.lock().unwrap(), ["first", "the second"]);
        assert!(Arc::ptr_eq(&first, &desk.session(None).unwrap()), "nothing has changed since");
        std::fs::write(&file, "and a third").unwrap();
        assert!(!Arc::ptr_eq(&first, &desk.session(None).unwrap()));
        let third = desk.session(None).unwrap();
        desk.forget();
        assert!(!Arc::ptr_eq(&third, &desk.session(None).unwrap()));
    }
}
