//! Flags that several commands share: a person's approval.

use std::time::Duration;

use clap::Args;

use crate::caller::Approval;
use crate::error::{Error, Result};
use crate::json_input::Stdin;
use crate::secret::Secret;
use crate::settings::{TIMEOUT_FORM, parse_timeout};

/// Flags for calls that a person may have to approve.
#[derive(Args, Clone, Debug, Default)]
pub struct ApprovalArgs {
    /// If the guard wants a confirmation, mint one with the approver's key and retry once
    #[arg(long)]
    pub confirm_outbound: bool,
    /// Present the token that `odoo-agent approve` printed, from a file or - for stdin
    #[arg(long, value_name = "FILE")]
    pub confirm_token_file: Option<String>,
    /// If the guard wants a confirmation, wait this long for a person to approve it, like 10m, and send it then
    #[arg(long, value_name = "DURATION", value_parser = waiting, conflicts_with = "confirm_token_file")]
    pub wait_approval: Option<Duration>,
}

fn waiting(text: &str) -> std::result::Result<Duration, String> {
    parse_timeout(text).ok_or_else(|| format!("expected {TIMEOUT_FORM}"))
}

impl ApprovalArgs {
    /// What the flags bring along.
    pub fn approval(self, stdin: &mut Stdin) -> Result<Approval> {
        let token = match self.confirm_token_file {
            Some(path) => {
                let bytes = stdin.bytes("--confirm-token-file", &path, LARGEST_TOKEN)?;
                Some(token_in(bytes, "--confirm-token-file")?)
            }
            None => None,
        };
        Ok(Approval { confirm_outbound: self.confirm_outbound, token, wait: self.wait_approval })
    }
}

const LARGEST_TOKEN: u64 = 4096;

/// The token alone, or as the JSON string that `approve` prints.
pub fn token_in(bytes: Vec<u8>, place: &str) -> Result<Secret> {
    let bytes = zeroize::Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map(str::trim).unwrap_or_default();
    let token = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_string());
    if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::usage(format!(
            "{place} holds no token: one line of letters and digits is expected"
        )));
    }
    Ok(Secret::new(token))
}
