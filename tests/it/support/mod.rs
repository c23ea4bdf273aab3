//! What the integration tests stand on: the binary in a blank environment with directories of its own, and a
//! loopback server that records what it was sent and answers, or fails, as told. Nothing here knows the
//! program's code.

pub mod cases;
pub mod golden;
#[cfg(feature = "mcp")]
pub mod mcp;
pub mod policies;
pub mod ports;
pub mod run;
pub mod served;
pub mod server;
pub mod terminal;

pub use cases::{at_once, side_by_side};
pub use run::{Home, Outcome};
pub use served::Served;
pub use server::{Answer, Recorded, Server};
pub use terminal::{Seen, Terminal};

/// A key as Odoo makes them: forty hex digits.
pub const KEY: &str = "5e1f00c0ffee5e1f00c0ffee5e1f00c0ffee1234";

/// The key of the sandbox's approver, as `sandbox serve` prints it.
pub const SANDBOX_APPROVER_KEY: &str = "47ccec797d7bcf92b1474d2c264e2306099cea59";

/// The database of every test profile.
pub const DATABASE: &str = "lab";

/// JSON-2's path of a method.
pub fn json2(model: &str, method: &str) -> String {
    format!("/json/2/{model}/{method}")
}

/// A home whose only profile leads to a server of its own. Its language and time zone are set, so that the
/// only requests are those of the command under test.
pub fn lab() -> (Home, Server) {
    let server = Server::start();
    let home = Home::new();
    home.lab(&server, &[]);
    (home, server)
}

/// The context of every call in [`lab`].
pub fn lab_context() -> serde_json::Value {
    serde_json::json!({ "lang": "en_US", "tz": "UTC", "agent_mode": true, "agent_channel": "cli" })
}
