//! What a person beside the agent is told of a request that waits: which call it is of, and where it is decided. It
//! decides nothing, and holds nothing by which anybody could.

use super::{guard, held};
use crate::operation::Operation;
use crate::session::Run;

/// Where the guard shows its requests to people.
const PAGE: &str = "/odoo/agent-approvals";

/// What is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The call, in few words.
    pub call: String,
    /// The page in Odoo on which it is decided; none where that is done at a terminal alone.
    pub page: Option<String>,
}

/// What there is to tell of a request; nothing where it does not wait, or nobody knows.
pub fn of(run: &Run, request: &str) -> Option<Notice> {
    if let Some(held) = held::find(run, request).ok()? {
        return (held.state == "pending").then(|| Notice { call: told(&held.operation), page: None });
    }
    if guard::status(run, request).ok()?["state"] != "pending" {
        return None;
    }
    let shelf = run.session.shelf.as_ref();
    let kept = shelf.and_then(|shelf| shelf.get(&run.session.owner, request).ok().flatten());
    let call = kept.map_or_else(|| format!("request {request}"), |kept| told(&kept.operation));
    // The embedded Odoo has no pages.
    let page = if run.session.settings.is_sandbox { None } else { guard::number_of(run, request) };
    let page = page.map(|id| run.session.settings.base_url.join(&format!("{PAGE}/{id}")));
    Some(Notice { call, page })
}

fn told(operation: &Operation) -> String {
    let records = match operation.ids.as_deref() {
        None | Some([]) => String::new(),
        Some([one]) => format!(" on record {one}"),
        Some(many) => format!(" on {} records", many.len()),
    };
    format!("{}/{}{records}", operation.model, operation.method)
}
