//! Every moment of an exchange, and what trouble at that moment proves, for a read and for a write: the one place
//! that says so. SECURITY.md shows the same table, and a test holds the two together; `tests/it/moments.rs` walks it
//! with servers that count what they did. It sees nothing itself: `watched` does, and whoever answers asks here.

use super::Phase;
use crate::error::Effect;

/// A part of an exchange, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The name of the host is looked up.
    Resolving,
    /// A connection is made, to the server or to a proxy.
    Connecting,
    /// A proxy is asked for a way through.
    Proxy,
    /// TLS is agreed upon and the certificate is looked at.
    Handshake,
    /// The first byte of the request was handed over.
    Sending,
    /// All of it was, and nothing has come back.
    Waiting,
    /// A reply has begun.
    Reading,
    /// It is whole.
    Answered,
    /// The reply was understood; what failed is on this machine.
    After,
}

/// What trouble at a moment proves.
#[derive(Debug)]
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "SECURITY.md shows the whole table; a test holds it to this one")
)]
pub struct Row {
    /// When.
    pub moment: Moment,
    /// What can go wrong then.
    pub trouble: &'static str,
    /// Of a read.
    pub read: Effect,
    /// Of a write.
    pub write: Effect,
    /// Why.
    pub because: &'static str,
}

const fn row(
    moment: Moment,
    trouble: &'static str,
    (read, write): (Effect, Effect),
    because: &'static str,
) -> Row {
    Row { moment, trouble, read, write, because }
}

const UNSENT: (Effect, Effect) = (Effect::NotSent, Effect::NotSent);
/// A read that was sent changed nothing, whatever became of it.
const OPEN: (Effect, Effect) = (Effect::Rejected, Effect::Unknown);
const REFUSED: (Effect, Effect) = (Effect::Rejected, Effect::Rejected);

/// The table. A moment that can go either way has a row for each.
pub const TABLE: [Row; 13] = [
    row(Moment::Resolving, "no such host, no answer in time", UNSENT, "nobody to send to"),
    row(Moment::Connecting, "refused, no route, reset, no answer in time", UNSENT, "no connection yet"),
    row(
        Moment::Proxy,
        "the proxy refuses, fails or is silent",
        UNSENT,
        "it was told the host and the port alone",
    ),
    row(
        Moment::Handshake,
        "certificate, alert, garbage, closed, silence",
        UNSENT,
        "the request goes out after it",
    ),
    row(
        Moment::Sending,
        "reset, no route, closed, alert, no progress in time",
        OPEN,
        "any of it may have arrived",
    ),
    row(
        Moment::Waiting,
        "reset, no route, closed, alert, no answer in time",
        OPEN,
        "all of it may have arrived",
    ),
    row(Moment::Reading, "broken off, damaged, too large, too slow", OPEN, "the answer is not known whole"),
    row(Moment::Answered, "Odoo's own error, whole and with its name", REFUSED, "Odoo rolled it back"),
    row(
        Moment::Answered,
        "an error of another server, or of a method that commits on its way",
        OPEN,
        "that is not rolled back",
    ),
    row(
        Moment::Answered,
        "any other status without Odoo's own error",
        OPEN,
        "a gateway answers so after the work, too",
    ),
    row(
        Moment::Answered,
        "Odoo's page that it serves no such database",
        REFUSED,
        "nothing there could carry it out",
    ),
    row(
        Moment::Answered,
        "200 that is not what the method answers",
        OPEN,
        "somebody in between may have answered",
    ),
    row(
        Moment::After,
        "a signal, the output, the cache, the terminal",
        (Effect::Rejected, Effect::Done),
        "what was answered stays so",
    ),
];

impl Moment {
    /// Whether a byte of the request may have left by then.
    pub fn phase(self) -> Phase {
        let is_unsent = TABLE.iter().any(|row| row.moment == self && row.write == Effect::NotSent);
        if is_unsent { Phase::NotSent } else { Phase::Sent }
    }

    /// Its name in the table.
    #[cfg_attr(not(test), allow(dead_code, reason = "the table in SECURITY.md"))]
    pub fn name(self) -> &'static str {
        match self {
            Moment::Resolving => "resolving",
            Moment::Connecting => "connecting",
            Moment::Proxy => "through a proxy",
            Moment::Handshake => "handshake",
            Moment::Sending => "sending",
            Moment::Waiting => "sent, waiting",
            Moment::Reading => "reading",
            Moment::Answered => "answered",
            Moment::After => "after the answer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown() -> String {
        let head = "| moment | trouble | read | write | because |\n|---|---|---|---|---|\n";
        let lines = TABLE.iter().map(|row| {
            let (name, read, write) = (row.moment.name(), row.read.as_str(), row.write.as_str());
            format!("| {name} | {} | `{read}` | `{write}` | {} |\n", row.trouble, row.because)
        });
        std::iter::once(head.to_string()).chain(lines).collect()
    }

    #[test]
    fn the_documentation_shows_this_table() {
        let documented = include_str!("../../SECURITY.md");
        assert!(documented.contains(&markdown()), "put this into SECURITY.md:\n{}", markdown());
    }

    #[test]
    fn nothing_is_called_unsent_once_a_byte_may_have_left() {
        for row in &TABLE {
            let may_have_left = row.moment >= Moment::Sending;
            assert_eq!(row.moment.phase() == Phase::Sent, may_have_left, "{row:?}");
            assert_eq!(row.write == Effect::NotSent, !may_have_left, "{row:?}");
            assert!(
                TABLE.iter().filter(|other| other.moment == row.moment).count() == 1
                    || row.moment == Moment::Answered
            );
        }
        assert!(TABLE.is_sorted_by_key(|row| row.moment));
    }
}
