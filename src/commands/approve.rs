//! `approve`: a person at their own terminal sees one call of an agent and lets it through once. It shows the
//! call as it was asked, the records by name and whom it would reach as far as Odoo tells, asks on the
//! terminal, and prints a token. There is no flag that says yes.

use clap::Args as ClapArgs;
use serde_json::json;

use super::{call, context_of};
use crate::approval::approver::{self, Asker};
use crate::approval::{Approval, mint, summary, terminal};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::operation::Object;
use crate::preflight::Rules;
use crate::session::{Local, Session};

/// Flags of `approve`.
#[derive(ClapArgs, Clone, Debug)]
#[command(
    after_help = "An agent's refused call prints this command, complete. The token it prints is good once, for ten
minutes, for this model, method and set of ids.

Examples:
  odoo-agent approve res.partner message_post --ids 10 --data-json '{\"body\": \"The order is ready\"}'
  odoo-agent approve sale.order action_quotation_send --ids 4 --agent-user 7"
)]
pub struct Args {
    #[command(flatten)]
    refused: call::Target,
    /// The agent's user id: the token is good for nobody else
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    agent_user: Option<i64>,
}

/// Shows, asks, mints, prints.
pub fn run(args: Args, mut local: Local) -> Result<()> {
    // The agent's: it is shown, and what is asked here to show names goes without it.
    let mut context = context_of(&local.globals, &mut local.stdin)?;
    let call = args.refused.request(&mut local.stdin, &mut context)?;
    let mut tty = terminal::open()?;
    let session = Session::open(local, Object::new(), Approval::default(), Rules::default())?;
    let operation = call.operation;
    terminal::show(&mut tty, &summary::of(&session, &operation, &context, args.agent_user)?);
    if !terminal::ask_yes(&mut tty, "Approve exactly this, once? Type yes: ")? {
        return Err(Error::new(Code::ConfirmationRefused, "not approved: no token was minted")
            .with_effect(Effect::NotSent, Retry::Never));
    }
    let key = approver::key(&session, Asker::Person, &operation)?
        .ok_or_else(|| Error::usage("no approver's key was given: nothing was approved"))?;
    let minted = mint(&session, &operation, &key, args.agent_user)?;
    drop(key);
    if minted.unbound && args.agent_user.is_some() {
        session.note_once("the guard here cannot bind a token to the agent: it may refuse this one; update strictbase_agent_guard");
    }
    session
        .note_once("save it to a file for the agent, which repeats its call with --confirm-token-file FILE");
    session.local.out.data_with_secrets(format!("{}\n", json!(minted.token.expose())).as_bytes())
}
