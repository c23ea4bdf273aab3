//! The suite on the embedded Odoo, reached over HTTP as `sandbox serve` offers it. Each test has a company of
//! its own.

use std::cell::RefCell;

use crate::suite::{Place, Spoken, suite};
use crate::support::Served;

thread_local! {
    /// Ended with the thread that asked for it.
    static SERVED: RefCell<Option<Served>> = const { RefCell::new(None) };
}

fn served(spoken: Spoken) -> Place {
    let served = Served::start();
    let place = Place {
        spoken,
        base_url: served.base_url().into(),
        database: served.database().into(),
        agent: served.key("agent").into(),
        docs: served.key("docs").into(),
        approver: served.key("approver").into(),
        login: ("docs".into(), served.password("docs").into()),
    };
    SERVED.with(|kept| *kept.borrow_mut() = Some(served));
    place
}

suite!(served(Spoken::Json2));

mod json_rpc {
    use super::*;

    suite!(rpc served(Spoken::JsonRpc));
    // The session has the same envelope.
    suite!(served(Spoken::JsonRpc); mistakes_are_caught_or_explained correct_calls_are_left_alone);
}

mod web_session {
    use super::*;

    suite!(rpc served(Spoken::Session));
}
