//! How far an exchange has come, seen where ureq hands over what it sends: around the whole connection, so that
//! resolving, connecting, a proxy's CONNECT and the TLS handshake lie before the first byte of a request. It
//! carries nothing itself and decides nothing.

use std::cell::Cell;

use super::moments::Moment;
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

thread_local! {
    /// An exchange stays on the thread that began it.
    static MOMENT: Cell<Moment> = const { Cell::new(Moment::Resolving) };
    static CLOSED: Cell<Option<End>> = const { Cell::new(None) };
}

/// How the other side ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// TLS says that it meant to.
    Said,
    /// It did, or something on the way did.
    Bare,
}

/// An exchange begins.
pub fn begin() {
    MOMENT.set(Moment::Resolving);
    CLOSED.set(None);
}

/// An exchange came so far.
pub fn reach(moment: Moment) {
    MOMENT.set(moment);
}

/// How far the exchange of this thread has come.
pub fn moment() -> Moment {
    MOMENT.get()
}

/// How the connection of this exchange was ended, if that was seen.
pub fn closed() -> Option<End> {
    CLOSED.get()
}

/// Connects as ureq does by itself.
#[derive(Debug, Default)]
pub struct WatchedConnector(DefaultConnector);

impl Connector<()> for WatchedConnector {
    type Out = Watched;

    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<Watched>, Error> {
        reach(Moment::Connecting);
        let made = self.0.connect(details, chained);
        // What a proxy was told is not the request: the connection to it was watched as well.
        reach(Moment::Connecting);
        Ok(made?.map(Watched))
    }
}

/// A connection, told from the outside when something is sent through it.
#[derive(Debug)]
pub struct Watched(Box<dyn Transport>);

impl Transport for Watched {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        reach(Moment::Sending);
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if moment() == Moment::Sending {
            reach(Moment::Waiting);
        }
        let awaited = self.0.await_input(timeout);
        match &awaited {
            Ok(true) => {}
            Ok(false) if self.0.is_tls() => CLOSED.set(Some(End::Said)),
            Ok(false) | Err(_) => CLOSED.set(Some(End::Bare)),
        }
        awaited
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
