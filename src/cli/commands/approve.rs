//! `approve`: a person at their own terminal sees one call of an agent and lets it through once. Of a request that
//! waits in Odoo it shows what the guard itself recorded, and approves that; else the call as it was asked, the
//! records by name and whom it would reach as far as Odoo tells, and prints a token. There is no flag that says yes.

use std::fs::File;

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Own, read};
use crate::actions::call;
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::approval::held as approval_held;
use crate::approval::{guard, manifest, mint, summary};
use crate::cli::connect::{Connected, connect_with};
use crate::cli::flags;
use crate::cli::local::Local;
use crate::cli::terminal::{self, Decision};
use crate::cli::words::Manner;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::held::Held;
use crate::host::Question;
use crate::json_input::{self, Source};
use crate::operation::{Object, Operation};
use crate::outbound;
use crate::policy::gate::Asks;
use crate::policy::passphrase;
use crate::secret::Secret;
use crate::session::Run;
use crate::waiting;

/// The command.
pub const COMMAND: Own = Own {
    name: "approve",
    about: "Approve one outbound call of an agent, as a person at a terminal",
    reach: Reach {
        network: true,
        changes: Changes::Odoo,
        wrapper: Wrapper::Refused,
        result: || {
            json!({
                "type": ["string", "object"],
                "description": "the token; of a request {\"request\": …, \"state\": \"approved\"}",
            })
        },
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, local),
};

/// Flags of `approve`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "An agent's refused call prints this command, complete. Where the guard keeps
requests, REQUEST is all it takes: shown is what the guard recorded, and exactly
that can be sent once. Else a token is printed, good once, for ten minutes, for
this model, method and set of ids.

Examples:
  odoo-agent approve 5591aa8a-f0ee-4af3-9370-39fff0719bac
  odoo-agent approve res.partner message_post --ids 9 --data-json '{\"body\":\"Hi\",\"partner_ids\":[9]}'")]
pub struct Args {
    /// The id of a request that waits, a UUID, or the model of a call, like res.partner
    #[arg(value_name = "REQUEST|MODEL")]
    what: String,
    /// Public method of the model, like message_post
    method: Option<String>,
    /// Record ids: 1 2 3 or 1,2,3, repeatable
    #[arg(long, value_name = "ID", num_args = 1.., allow_negative_numbers = true)]
    ids: Vec<String>,
    /// Arguments of the method by name (a JSON object)
    #[arg(long, value_name = "JSON", visible_alias = "data")]
    data_json: Option<String>,
    /// The same from a file, or - for stdin
    #[arg(long, value_name = "FILE")]
    data_file: Option<String>,
    /// The agent's user id: the token is good for nobody else
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    agent_user: Option<i64>,
}

/// Shows, asks, mints, prints.
pub fn run(args: Args, mut local: Local) -> Result<()> {
    let Some(method) = args.method.clone() else { return approve_request(args, local) };
    // The agent's: it is shown, and what is asked here to show names goes without it.
    let mut context = local.context()?;
    let ids = if args.ids.is_empty() { None } else { Some(flags::ids(&args.ids, "--ids")?) };
    let source = Source::choose("--data-json", args.data_json, "--data-file", args.data_file)?;
    let place = source.as_ref().map_or("--data-json", Source::flag).to_string();
    let data = match &source {
        Some(source) => json_input::object(local.stdin.json(source)?, source.flag())?,
        None => Object::new(),
    };
    let at = |key: &str| if key == "data" { place.clone() } else { format!("--{key}") };
    let operation = call::Request::new(&args.what, &method, ids, data, &mut context, &at)?.operation;
    let mut tty = terminal::open()?;
    let connected = connect_with(&local, Manner::CommandLine(""), Object::new())?;
    let run = Run::new(&connected.session, &connected.caller, &connected.host);
    let said = |error: Error| connected.host.speech().error(error);
    // What the guard recorded is shown, whatever the command says of it.
    if let Some(request) = waits(guard::pending_of(&run, &operation, None), &operation)? {
        return approve_at(&connected, &mut tty, &request, None, &local);
    }
    let question = summary::of(&run, &operation, &context, args.agent_user, &[]).map_err(said)?;
    refuse_unless_yes(&mut tty, &question)?;
    let key = approvers_key(&connected)?;
    // The approver may see a request that this profile's user does not: a token would be for that one.
    if let Some(request) = waits(guard::pending_of(&run, &operation, Some(&key)), &operation)? {
        run.note(format!("the guard holds request {request} for this call: this is what it recorded"));
        return approve_at(&connected, &mut tty, &request, Some(key), &local);
    }
    let minted = mint(&run, &operation, &key, args.agent_user, None).map_err(said)?;
    drop(key);
    if minted.unbound && args.agent_user.is_some() {
        run.note("the guard here cannot bind a token to the agent: it may refuse this one; update strictbase_agent_guard");
    }
    run.note("save it to a file for the agent, which repeats its call with --confirm-token-file FILE");
    // It is itself a secret, and meant for the person who asked.
    let token = minted.shown();
    local.out.data(format!("{}\n", json!(token.expose())).as_bytes(), Effect::Done)
}

/// The same of a request that waits: no token needs to be handed over, for the agent has its claim.
fn approve_request(args: Args, mut local: Local) -> Result<()> {
    let is_more = !args.ids.is_empty()
        || args.data_json.is_some()
        || args.data_file.is_some()
        || args.agent_user.is_some()
        || !local.context()?.is_empty();
    if is_more {
        return Err(Error::usage(
            "a request is approved as it is, and a call needs its method: nothing was approved",
        )
        .with_hint("odoo-agent approve REQUEST, or odoo-agent approve MODEL METHOD …"));
    }
    let request = waiting::number(&args.what).ok_or_else(|| {
        Error::usage(format!("{:?} is not the number of a request: nothing was approved", args.what))
            .with_hint("of a call its method is needed too: odoo-agent approve MODEL METHOD …")
    })?;
    let mut tty = terminal::open()?;
    let connected = connect_with(&local, Manner::CommandLine(""), Object::new())?;
    approve_at(&connected, &mut tty, &request, None, &local)
}

/// The one request that waits for a call, if any does.
fn waits(requests: Vec<String>, operation: &Operation) -> Result<Option<String>> {
    if requests.len() > 1 {
        return Err(Error::usage(format!(
            "several requests wait for {}.{} on these records: nothing was approved",
            operation.model, operation.method
        ))
        .with_hint(format!("say which with odoo-agent approve REQUEST: {}", requests.join(", "))));
    }
    Ok(requests.into_iter().next())
}

fn approve_at(
    connected: &Connected,
    tty: &mut File,
    request: &str,
    mut key: Option<Secret>,
    local: &Local,
) -> Result<()> {
    let run = Run::new(&connected.session, &connected.caller, &connected.host);
    let said = |error: Error| connected.host.speech().error(error);
    if let Some(held) = approval_held::find(&run, request).map_err(said)? {
        return let_through(&run, tty, held, local).map_err(said);
    }
    let recorded = match guard::manifest(&run, request, key.as_ref()) {
        // This profile's user neither asked nor may approve: the approver's own key shows it.
        Err(error) if error.code == Code::AccessDenied && key.is_none() => {
            // One line of Odoo's at most: it stands before what a person is to decide on.
            let says = error.odoo.as_ref().map_or(error.message.as_str(), |fault| fault.message.as_str());
            let why: String = says.lines().next().unwrap_or_default().chars().take(200).collect();
            run.note(format!("the user of this profile is not shown request {request}: {why}"));
            key = Some(approvers_key(connected)?);
            guard::manifest(&run, request, key.as_ref())
        }
        recorded => recorded,
    }
    .map_err(said)?;
    if recorded["state"] != "pending" {
        let state = recorded["state"].as_str().unwrap_or("decided");
        return Err(Error::new(
            Code::ConfirmationRefused,
            format!("request {request} waits no more, it is {state}: nothing was approved"),
        ));
    }
    let (operation, agent) = manifest::call(&recorded)?;
    terminal::show(tty, &manifest::question(&run, &recorded));
    let decision = terminal::ask_decision(tty, "Approve exactly this, once? Or no, and why. Type yes: ")?;
    if let Decision::Open = decision {
        let waits = format!("nothing was decided: request {request} still waits");
        return Err(Error::new(Code::ConfirmationRefused, waits)
            .with_hint(format!("odoo-agent approve {request} asks again: yes approves it, no rejects it"))
            .with_effect(Effect::NotSent, Retry::Never));
    }
    let key = match key {
        Some(key) => key,
        None => approvers_key(connected)?,
    };
    if let Decision::Rejected(why) = decision {
        return Err(rejected(&run, request, &why, &key).map_err(said)?);
    }
    mint(&run, &operation, &key, agent, Some(request)).map_err(said)?;
    let decided = guard::manifest(&run, request, Some(&key)).unwrap_or_default();
    let until = decided["expires_at"].as_str().filter(|_| decided["state"] == "approved");
    let good = until.map_or(String::new(), |until| format!(", until {until} UTC"));
    run.note(format!("the agent sends exactly this, once{good}, with approvals send {request}"));
    let mut result = json!({ "request": request, "state": "approved" });
    if let Some(until) = until {
        result["expires_at"] = until.into();
    }
    local.out.data(format!("{result}\n").as_bytes(), Effect::Done)
}

/// Tells the guard a person's no; what is said of it.
fn rejected(run: &Run, request: &str, why: &str, key: &Secret) -> Result<Error> {
    let refused =
        |text: String| Error::new(Code::ConfirmationRefused, text).with_effect(Effect::NotSent, Retry::Never);
    match guard::reject(run, request, why, key) {
        Ok(_) => Ok(refused(format!("request {request} is rejected, and the agent is told why: nothing was sent"))),
        // A guard that takes this answer at its buttons alone.
        Err(error) if matches!(error.code, Code::NotFound | Code::InvalidRequest) => {
            Ok(refused(format!("not approved, and not rejected either: request {request} still waits, since the guard of this Odoo takes a no in Odoo alone"))
                .with_hint("in Odoo: Agent Guard, Approvals, Reject; or update strictbase_agent_guard"))
        }
        Err(error) => Err(error),
    }
}

/// A call that this program holds itself: shown as it is kept, and sent from here, in this process, once another user
/// of this Odoo has proved to be here. A yes alone proves nothing: an agent can have a terminal made.
fn let_through(run: &Run, tty: &mut File, held: Held, local: &Local) -> Result<()> {
    if held.state != "pending" {
        return Err(Error::new(
            Code::ConfirmationRefused,
            format!("request {} waits no more, it is {}: nothing was sent", held.request, held.state),
        ));
    }
    // What is denied or at a limit is not let through by anybody.
    let road = run.for_whoever_asked(held.asker.clone(), &held.request)?;
    let wanted = || run.session.odoo().asks(&held.operation, &road, run.host);
    let asks = wanted()?;
    let mut question = summary::of(run, &held.operation, &held.operation.context, run.user_id(), &[])?;
    question.is_sent_here = true;
    question.because = asks.as_ref().map(|asks| asks.reason.clone());
    terminal::show(tty, &question);
    let again = match held.was_sent {
        true => "It was sent from here before, or may have been. Send exactly this again? Type yes: ",
        false => "Send exactly this, once, from here? Type yes: ",
    };
    if !terminal::ask_yes(tty, again)? {
        let refused = format!("request {} was not let through: nothing was sent", held.request);
        approval_held::note(run, held, "rejected", json!(null));
        return Err(Error::new(Code::ConfirmationRefused, refused).with_effect(Effect::NotSent, Retry::Never));
    }
    let unsent = |error: Error| error.with_effect(Effect::NotSent, Retry::Never);
    if !proved_by_passphrase(run, &held, asks.clone())? {
        proved_by_another_user(run, tty)?;
    }
    // The policy may have been changed while the person looked.
    if wanted()? != asks {
        return Err(unsent(Error::new(
            Code::ConfirmationRefused,
            format!(
                "what the policy wants of request {} was changed meanwhile: nothing was sent, and it still waits",
                held.request
            ),
        )
        .with_hint("see it once more with the same command")));
    }
    // Whoever comes meanwhile, or finds what a kill left, sees that it may have been sent.
    if !approval_held::begin(run, &held)? {
        return Err(unsent(Error::new(
            Code::ConfirmationRefused,
            format!("request {} was decided meanwhile: nothing was sent from here", held.request),
        )));
    }
    match run.let_through(held.operation.clone(), &road) {
        Ok(reply) => {
            let result = serde_json::from_str(reply.get()).unwrap_or_default();
            let answer = json!({ "request": held.request, "state": "done", "result": result });
            approval_held::note(run, held, "done", result);
            local.out.data(format!("{answer}\n").as_bytes(), Effect::Done)
        }
        Err(error) => {
            // What is done is not to be let through again, whatever became of its answer.
            let state = match error.effect {
                Effect::Unknown => "unknown",
                Effect::Done => "done",
                _ => "pending",
            };
            approval_held::note(run, held, state, json!(null));
            Err(error)
        }
    }
}

/// Whether a person has typed the passphrase of the policies that want one. What would leave the company where Odoo has
/// no guard is proved by another user alone.
fn proved_by_passphrase(run: &Run, held: &Held, asks: Option<Asks>) -> Result<bool> {
    let odoo = run.session.odoo();
    let Some(asks) = asks else { return Ok(false) };
    let leaves = outbound::reaches(&held.operation).is_some()
        && odoo.major_now(run.host)? < approval_held::FIRST_WITH_GUARD;
    if leaves || asks.passphrases.is_empty() || asks.passphrases.iter().any(Vec::is_empty) {
        return Ok(false);
    }
    let mut typed: Option<Secret> = None;
    for hashes in &asks.passphrases {
        if typed.as_ref().is_some_and(|typed| passphrase::is_one_of(typed, hashes)) {
            continue;
        }
        let secret =
            terminal::ask_hidden("The policy's passphrase (not shown), or another user's API key: ", None)?;
        if !passphrase::is_one_of(&secret, hashes) {
            // A passphrase that was mistyped goes to no server.
            if !looks_like_a_key(&secret) {
                return Err(Error::new(
                    Code::ConfirmationRefused,
                    "this is neither the passphrase of the policy nor an API key: nothing was sent",
                )
                .with_effect(Effect::NotSent, Retry::Never));
            }
            let _veiled = run.session.veil.over(&secret);
            another_user(run, None, &secret)?;
            return Ok(true);
        }
        typed = Some(secret);
    }
    Ok(true)
}

/// Whether a text has the form of Odoo's own keys.
fn looks_like_a_key(secret: &Secret) -> bool {
    let text = secret.expose();
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Another user of this Odoo proves to be here.
fn proved_by_another_user(run: &Run, tty: &mut File) -> Result<()> {
    if run.session.odoo().wants_no_login(run.host)? {
        let key = terminal::ask_hidden("Your own API key in this Odoo, not the agent's (not shown): ", None)?;
        let _veiled = run.session.veil.over(&key);
        return another_user(run, None, &key);
    }
    let login = terminal::ask_line(tty, "Your own login in this Odoo, not the agent's: ")?;
    let secret = terminal::ask_hidden("Your API key or password (not shown): ", None)?;
    let _veiled = run.session.veil.over(&secret);
    another_user(run, Some(&login), &secret)
}

fn another_user(run: &Run, login: Option<&str>, secret: &Secret) -> Result<()> {
    let unsent = |error: Error| error.with_effect(Effect::NotSent, Retry::Never);
    let odoo = run.session.odoo();
    let refused = |why: &str| {
        Err(Error::new(Code::ConfirmationRefused, why).with_effect(Effect::NotSent, Retry::Never))
    };
    if login.is_none() && !odoo.wants_no_login(run.host)? {
        return refused("this is not the passphrase of the policy: nothing was sent");
    }
    let approver = odoo.confirmed(login.unwrap_or_default(), secret, run.host).map_err(unsent)?;
    if approver == odoo.own_number(run.host).map_err(unsent)? {
        return refused(
            "this is the agent's own user, who cannot let its own calls through: nothing was sent",
        );
    }
    Ok(())
}

fn refuse_unless_yes(tty: &mut File, question: &Question) -> Result<()> {
    terminal::show(tty, question);
    if terminal::ask_yes(tty, "Approve exactly this, once? Type yes: ")? {
        return Ok(());
    }
    Err(Error::new(Code::ConfirmationRefused, "not approved: no token was minted")
        .with_effect(Effect::NotSent, Retry::Never))
}

fn approvers_key(connected: &Connected) -> Result<Secret> {
    let run = Run::new(&connected.session, &connected.caller, &connected.host);
    let own = || guard::may_approve(&run).then(|| connected.session.settings.api_key.clone()).flatten();
    let key = connected.host.approvers_key(&own)?;
    key.ok_or_else(|| Error::usage("no approver's key was given: nothing was approved"))
}
