//! The suite on the embedded Odoo, reached over HTTP as `sandbox serve` offers it. Each test has a company of
//! its own.

use std::cell::RefCell;

use crate::suite::{Place, suite};
use crate::support::Served;

thread_local! {
    /// Ended with the thread that asked for it.
    static SERVED: RefCell<Option<Served>> = const { RefCell::new(None) };
}

fn served() -> Place {
    let served = Served::start();
    let place = Place {
        base_url: served.base_url().into(),
        database: served.database().into(),
        agent: served.key("agent").into(),
        docs: served.key("docs").into(),
        approver: served.key("approver").into(),
    };
    SERVED.with(|kept| *kept.borrow_mut() = Some(served));
    place
}

suite!(served());
