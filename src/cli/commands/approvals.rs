//! The flags of `approvals`.

use clap::{Args as ClapArgs, Subcommand};

use crate::actions::approvals::{PATIENCE, Request, number};
use crate::error::Result;
use crate::settings::Selection;

/// Flags of `approvals`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "A call that the guard refuses waits in Odoo as a request until a person has decided.

Examples:
  odoo-agent approvals list
  odoo-agent approvals wait 5591aa8a-f0ee-4af3-9370-39fff0719bac --timeout 10m")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Print the requests of this agent, the latest first
    List,
    /// Print how a request stands and what it holds
    Show(Which),
    /// Wait until a person has decided, for --timeout [default: 10m]
    Wait(Which),
    /// Send exactly what was refused, once a person has approved it
    Send(Which),
    /// Take a request back
    Drop(Which),
}

#[derive(ClapArgs, Clone, Debug)]
struct Which {
    /// The number that the refusal names
    request: String,
}

impl Args {
    /// Checks the flags. `--timeout` is how long a person is waited for, and no request to Odoo takes that long.
    pub fn request(self, selection: &mut Selection) -> Result<Request> {
        Ok(match self.action {
            Action::List => Request::List,
            Action::Show(which) => Request::Show(number(&which.request)?),
            Action::Wait(which) => {
                let request = number(&which.request)?;
                Request::Wait(request, selection.timeout.take().unwrap_or(PATIENCE))
            }
            Action::Send(which) => Request::Send(number(&which.request)?),
            Action::Drop(which) => Request::Drop(number(&which.request)?),
        })
    }
}
