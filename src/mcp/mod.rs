//! The surface for agents that speak the Model Context Protocol: every verb is a tool, on stdin and stdout. Both eras
//! of the protocol are the official SDK's (`rmcp`), in a runtime of one thread; calls run on workers. By hand is what
//! the SDK does not do: lines in and out (`framing.rs`, `message.rs`), and the schemas, made from the definition of each verb.
//! It knows no command line: whoever starts it hands over a [`Door`].

mod answers;
mod calls;
pub mod compat;
mod desk;
mod fit;
mod form;
mod framing;
mod going_on;
mod host;
mod left_out;
mod message;
mod paging;
mod person;
mod schema;
mod server;
mod tools;
mod words;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use compat::Compat;

use crate::clock::SharedClock;
use crate::error::{Code, Error, Result};
use crate::fsio::Stamp;
use crate::hint::Action;
use crate::host::Watch;
use crate::operation::{Access, Object};
use crate::secret::Veil;
use crate::session::Session;
use crate::settings::{Mcp, Wish};

/// Files, and what they are like.
pub type Stamps = Vec<(PathBuf, Option<Stamp>)>;

/// Looks which files say what may be done, the profile's and those of policies, and what they are like by now.
pub type Files = dyn Fn() -> Stamps + Send + Sync;

/// What marks a call as under way for whoever ends the process.
pub trait Marking {
    /// A request leaves.
    fn sending(&self, what: &str, access: Access) -> Box<dyn Watch>;

    /// A write has its entry in the journal.
    fn journaled(&self, id: &str);
}

/// What opens a session.
pub type Open = dyn Fn(Option<Wish>) -> Result<Session> + Send + Sync;

/// A call begins.
pub type Begin = dyn Fn() -> Box<dyn Marking> + Send + Sync;

/// Says something on stderr.
pub type Say = dyn Fn(&str) + Send + Sync;

/// What this surface is handed: the way to a session, to whoever reads stderr, and to a person.
pub struct Door {
    /// Reads the profile and puts a session together, as the profile wants to speak or as it is asked to; sends nothing.
    pub open: Box<Open>,
    /// The files that are read for that.
    pub files: Box<Files>,
    /// A call begins.
    pub marking: Box<Begin>,
    /// The command by which a person does something.
    pub for_a_person: Box<dyn Fn(&Action) -> String + Send + Sync>,
    /// Says something on stderr.
    pub say: Box<Say>,
    /// Says there what is sent and what comes back, if somebody looks for a fault.
    pub trace: Option<Box<Say>>,
    /// What must not be seen.
    pub veil: Arc<Veil>,
    /// Added to the context of every call.
    pub context: Object,
    /// At a limit of the policy a call waits so long for its turn.
    pub patience: Option<Duration>,
    /// How the profile wants tools offered, for as long as the server runs; the rest of it counts for each call.
    pub settings: Mcp,
    /// The tools of published servers that are offered as well.
    pub compat: Vec<Compat>,
    /// A policy does not want this tool told of.
    pub hides: Box<dyn Fn(&str) -> bool>,
    /// The clock.
    pub clock: SharedClock,
}

/// How long writes that are under way when the client has gone have to come to an end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves one client until its stream ends.
///
/// # Errors
/// There is no runtime to be had.
pub fn serve(door: Door, input: Box<dyn Read + Send>, output: Box<dyn Write + Send>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(server::MOST_AT_ONCE + server::MOST_WITH_PEOPLE)
        .thread_keep_alive(Duration::from_secs(60))
        .build()
        .map_err(|error| {
            Error::new(Code::LocalState, format!("no thread to serve with ({error})")).with_source(error)
        })?;
    let calls = Arc::new(calls::Calls::new(door));
    runtime.block_on(server::run(Arc::clone(&calls), input, output));
    // What only reads has nobody left to answer.
    runtime.shutdown_timeout(if calls.are_writing() { PATIENCE } else { Duration::ZERO });
    calls.say_what_is_unknown();
    Ok(())
}
