//! An embedded stand-in for Odoo 19 behind the transport seam: a small believable company, the same HTTP
//! messages, the same refusals, the guard's included. For rehearsal, demos and tests; it is not Odoo. One
//! general engine over data in `schema` and `seed`; no answer is made for a particular request.

mod access;
mod aggregates;
mod business;
mod chatter;
mod commands;
mod computed;
mod conditions;
mod dates;
mod deletion;
mod describe;
mod domain;
mod env;
mod fault;
mod group;
mod guard;
mod having;
mod html;
mod http;
mod matcher;
mod methods;
mod periods;
mod python;
mod records;
mod replies;
mod rpc;
mod schema;
mod search;
mod seed;
mod serve;
mod sessions;
mod state;
#[cfg(test)]
mod tests;
mod values;
mod words;
mod world;
mod xmlids;
mod zones;

use std::path::Path;

use crate::error::Result;
use crate::transport::{Embedded, FaultKind, HttpReply, HttpRequest, Phase, Transport, TransportFault};

/// The address that stands for the sandbox; it resolves nowhere.
pub const BASE_URL: &str = "http://sandbox.invalid";
/// The Odoo that it stands in for.
const VERSION: &str = "19.0";
/// The same, as Odoo tells it apart.
const VERSION_INFO: (u8, u8, u8, &str, u8, &str) = (19, 0, 0, "final", 0, "");
/// The name of its database.
pub const DATABASE: &str = "sandbox";
/// Key of the agent: an ordinary employee, held by the guard. Public and worthless, as all four are.
pub const AGENT_KEY: &str = "51b22cd56bf1cb7d0fe3725d986b508590d954f2";
/// Key of an employee who may also read the technical documentation.
pub const DOCS_KEY: &str = "5063a1074fa918e85461e6360b548314c32d36bf";
/// Key of the person who approves what an agent sends out.
pub const APPROVER_KEY: &str = "47ccec797d7bcf92b1474d2c264e2306099cea59";
/// Key of the administrator.
pub const ADMIN_KEY: &str = "708cfe66e11b003859bb72caf56d2f72808d9c31";

/// What the program knows of it.
pub const EMBEDDED: Option<Embedded> = Some(Embedded {
    base_url: BASE_URL,
    database: DATABASE,
    key: AGENT_KEY,
    open: |directory| Ok(Box::new(Sandbox::open(directory)?)),
    reset: Sandbox::reset,
    serve: |directory, port, announce| serve::serve(Sandbox::open(directory)?, port, announce),
});

/// A sandbox: data in a directory, or in memory.
pub struct Sandbox {
    state: state::State,
}

impl Sandbox {
    /// The sandbox of a directory, as the last run left it. Nothing is written before something changes.
    pub fn open(directory: &Path) -> Result<Sandbox> {
        state::State::open(directory).map(|state| Sandbox { state })
    }

    /// Brings a directory's sandbox back to the delivered data, even if its file is corrupt.
    pub fn reset(directory: &Path) -> Result<()> {
        state::State::reset(directory)
    }

    /// A sandbox that ends with the process.
    #[cfg(test)]
    pub fn in_memory() -> Sandbox {
        Sandbox { state: state::State::in_memory() }
    }
}

impl Transport for Sandbox {
    fn send(&self, request: &HttpRequest) -> std::result::Result<HttpReply, TransportFault> {
        let now = crate::clock::Clock::seconds(&crate::clock::System);
        let answered = if http::may_change(request) {
            self.state.change(|world| http::answer(world, request, now))
        } else {
            self.state.read(|world| http::answer(world, request, now).0)
        };
        match answered {
            Ok(reply) => Ok(reply),
            Err(state::Trouble::Locked) => Ok(http::refused(request, &fault::Fault::locked())),
            Err(state::Trouble::Broken(problem)) => Err(TransportFault::new(
                FaultKind::Local,
                Phase::NotSent,
                format!(
                    "the sandbox's data cannot be read or written ({problem}); if it is damaged, odoo-agent sandbox reset restores it as it was at first"
                ),
            )),
        }
    }
}
