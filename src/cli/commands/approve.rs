//! `approve`: a person at their own terminal sees one call of an agent and lets it through once. It shows the
//! call as it was asked, the records by name and whom it would reach as far as Odoo tells, asks on the
//! terminal, and prints a token. There is no flag that says yes.

use clap::Args as ClapArgs;
use serde_json::json;

use super::call;
use crate::approval::{mint, summary};
use crate::cli::connect::connect_with;
use crate::cli::local::Local;
use crate::cli::terminal;
use crate::cli::words::Manner;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::operation::Object;
use crate::session::Run;

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
    let mut context = local.context()?;
    let operation = args.refused.request(&mut local.stdin, &mut context)?.operation;
    let mut tty = terminal::open()?;
    let connected = connect_with(&local, Manner::CommandLine(""), Object::new())?;
    let run = Run::new(&connected.session, &connected.caller, &connected.host);
    let said = |error: Error| connected.host.speech().error(error);
    terminal::show(&mut tty, &summary::of(&run, &operation, &context, args.agent_user, &[]).map_err(said)?);
    if !terminal::ask_yes(&mut tty, "Approve exactly this, once? Type yes: ")? {
        return Err(Error::new(Code::ConfirmationRefused, "not approved: no token was minted")
            .with_effect(Effect::NotSent, Retry::Never));
    }
    let key = connected
        .host
        .approvers_key()?
        .ok_or_else(|| Error::usage("no approver's key was given: nothing was approved"))?;
    let minted = mint(&run, &operation, &key, args.agent_user).map_err(said)?;
    drop(key);
    if minted.unbound && args.agent_user.is_some() {
        run.note("the guard here cannot bind a token to the agent: it may refuse this one; update strictbase_agent_guard");
    }
    run.note("save it to a file for the agent, which repeats its call with --confirm-token-file FILE");
    // It is itself a secret, and meant for the person who asked.
    let token = minted.shown();
    local.out.data(format!("{}\n", json!(token.expose())).as_bytes(), Effect::Done)
}
