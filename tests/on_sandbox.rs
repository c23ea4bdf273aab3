//! The suite on the embedded Odoo, reached over HTTP as `sandbox serve` offers it. Each test has a company of
//! its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod suite;
mod support;

use std::cell::RefCell;

use suite::{Place, suite};
use support::Served;

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

suite! {
    served();
        the_usual_fields_are_asked_for
        all_readable_fields_can_be_read
        names_in_any_script_are_found_again
        any_model_can_be_looked_up
        what_is_written_is_read_back
        an_internal_note_needs_nobody
        refusals_have_their_codes
        a_wrong_key_and_a_wrong_database_are_told_apart
        schemas_are_summed_up
        documents_are_shown_or_replaced
        the_examples_run
        the_agent_alone_reaches_nobody
        the_agent_has_no_way_around
        an_approved_call_goes_through_once
        a_token_is_good_for_one_call_of_one_agent
        doctor_finds_a_sound_guard
}
