//! Somebody who waits at a terminal is told for what and for how long: one line on stderr that is written over
//! every second and gone when the answer is there. It exists only while a request is under way, so never beside
//! a question.

use std::io::Write;
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock::{Clock, System};

/// A wait shorter than this is none.
const PATIENCE: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_secs(1);
/// Back to the first column and the line emptied.
const ERASE: &str = "\r\u{1b}[K";

/// Whether a line stands on the terminal. None once the program ends: no more is drawn.
static DRAWN: Mutex<Option<bool>> = Mutex::new(Some(false));

/// A wait that is shown until dropped.
pub struct Waiting {
    ended: Option<mpsc::Sender<()>>,
    clock: Option<JoinHandle<()>>,
}

impl Waiting {
    /// Shows the wait for this, from two seconds on.
    pub fn show(what: &str) -> Waiting {
        let started = System.instant();
        let (ended, end) = mpsc::channel();
        let what = format!("waiting for {}", crate::cli::render::cell::one_line(what));
        let tick = move || {
            let mut pause = PATIENCE;
            while end.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                draw(&what, System.instant() - started);
                pause = EVERY;
            }
            erase();
        };
        // Without a thread there is no line, and nothing else is lost.
        let clock = std::thread::Builder::new().name("waiting".into()).spawn(tick).ok();
        Waiting { ended: Some(ended), clock }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.ended.take();
        if let Some(clock) = self.clock.take() {
            let _ = clock.join();
        }
    }
}

/// Takes the line away, and lets none come back: the program ends.
pub fn end() {
    erase();
    if let Ok(mut drawn) = DRAWN.lock() {
        *drawn = None;
    }
}

fn erase() {
    if let Ok(mut drawn) = DRAWN.lock()
        && *drawn == Some(true)
    {
        let _ = std::io::stderr().write_all(ERASE.as_bytes());
        *drawn = Some(false);
    }
}

fn draw(what: &str, elapsed: Duration) {
    let Ok(mut drawn) = DRAWN.lock() else { return };
    if drawn.is_none() {
        return;
    }
    let told = rustix::termios::tcgetwinsize(std::io::stderr()).map(|size| usize::from(size.ws_col));
    let columns = told.ok().filter(|columns| *columns > 0).unwrap_or(80);
    // A line that fills the terminal would go on in the next, and only that would be taken away.
    let line = crate::cli::render::width::cut(&format!("{what}: {} s", elapsed.as_secs()), columns - 1);
    if std::io::stderr().write_all(format!("{ERASE}{line}").as_bytes()).is_ok() {
        *drawn = Some(true);
    }
}
