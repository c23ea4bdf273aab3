//! The MCP server as its clients have it: the binary, spoken to in lines.

mod alike;
mod answers;
mod compat;
mod form;
#[cfg(target_os = "linux")]
mod long;
mod offered;
mod openings;
mod person;
mod policy;
mod schemas;
mod stream;
mod waiting;

use crate::support::mcp::{Client, Era};
use crate::support::{Home, Server, lab};

/// A client on the embedded Odoo.
fn on_sandbox(home: &Home, era: Era) -> Client {
    Client::start(home.agent(["--profile", "sandbox", "mcp"]), era)
}

/// A client on a server of its own.
fn in_lab(era: Era) -> (Home, Server, Client) {
    let (home, server) = lab();
    let client = Client::start(home.agent(["--profile", "lab", "mcp"]), era);
    (home, server, client)
}
