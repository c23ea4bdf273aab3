//! One file a command: its flags, and for those that are no verbs on Odoo what it does. A command line and a spec
//! file both become a [`Job`]; carrying one out is the same whichever it came from.

pub mod approvals;
pub mod approve;
pub mod cache;
pub mod call;
pub mod completions;
pub mod count;
pub mod create;
pub mod describe;
pub mod doc_index;
pub mod doc_model;
pub mod doctor;
pub mod exec_spec;
pub mod group;
pub mod help;
pub mod lookup;
pub mod man;
pub mod read;
pub mod sandbox;
pub mod schema_summary;
pub mod search_read;
pub mod session;
pub mod shared;
pub mod spec_schema;
pub mod write;

use super::connect::{Connected, connect};
use super::definition::Command;
use super::local::Local;
use super::render::format::Format;
use super::stream::{self, Written};
use super::words::Manner;
use crate::actions::{self, Request, doc_model as documents};
use crate::caller::{Approval, Columns, Rules};
use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::outcome::{Body, Layout};
use crate::settings::names;
use crate::spec::Job;

/// Runs a command line.
pub fn run(command: Command, mut local: Local) -> Result<()> {
    let (job, manner) = match command {
        Command::Doctor(args) => return doctor::run(args, &local),
        Command::Cache(args) => return cache::run(args, &local),
        Command::Session(args) => return session::run(args, &local),
        Command::Sandbox(args) => return sandbox::run(args, &local),
        Command::Approve(args) => return approve::run(args, local),
        Command::Describe(args) => return describe::run(args, &local),
        Command::SpecSchema(_) => return spec_schema::run(&local),
        Command::Completions(args) => return completions::run(args, &local),
        Command::Complete(line) => return completions::complete(line, &local),
        Command::Man(args) => return man::run(args, &local),
        Command::Help(args) => return help::run(args, &local),
        Command::ExecSpec(args) => (exec_spec::job(args, &mut local)?, Manner::Spec),
        other => {
            let job = job_of(other, &mut local)?;
            let manner = Manner::CommandLine(verb(&job.request));
            (job, manner)
        }
    };
    run_job(job, manner, &local)
}

/// What a request is called, for the words of its flags.
fn verb(request: &Request) -> &'static str {
    match request {
        Request::SchemaSummary(_) => "schema_summary",
        Request::DocModel(_) => "doc_model",
        _ => "",
    }
}

/// The job that a command line describes; only for commands that are requests.
fn job_of(command: Command, local: &mut Local) -> Result<Job> {
    let mut context = local.context()?;
    let stdin = &mut local.stdin;
    let mut approval = Approval::default();
    let mut rules = Rules::default();
    let request = match command {
        Command::Call(mut args) => {
            approval = std::mem::take(&mut args.approval).approval(stdin)?;
            rules = std::mem::take(&mut args.rules).rules();
            Request::Call(args.request(stdin, &mut context)?)
        }
        Command::SearchRead(args) => args.request(stdin)?,
        Command::Count(args) => Request::Count(args.request(stdin)?),
        Command::Group(args) => Request::Group(args.request(stdin)?),
        Command::Read(args) => {
            rules.strict = args.strict;
            Request::Read(args.request(stdin)?)
        }
        Command::Create(mut args) => {
            approval = std::mem::take(&mut args.approval).approval(stdin)?;
            rules = std::mem::take(&mut args.rules).rules();
            Request::Create(args.request(stdin)?)
        }
        Command::Write(mut args) => {
            approval = std::mem::take(&mut args.approval).approval(stdin)?;
            rules = std::mem::take(&mut args.rules).rules();
            Request::Write(args.request(stdin)?)
        }
        Command::Lookup(args) => Request::Lookup(args.request(stdin)?),
        Command::SchemaSummary(args) => Request::SchemaSummary(args.request()?),
        Command::DocIndex(args) => Request::DocIndex(args.request()),
        Command::DocModel(args) => Request::DocModel(args.request()?),
        Command::Approvals(args) => Request::Approvals(args.request(&mut local.selection)?),
        Command::Approve(_)
        | Command::Doctor(_)
        | Command::ExecSpec(_)
        | Command::Cache(_)
        | Command::Session(_)
        | Command::Sandbox(_)
        | Command::Describe(_)
        | Command::SpecSchema(_)
        | Command::Completions(_)
        | Command::Complete(_)
        | Command::Man(_)
        | Command::Help(_) => {
            return Err(Error::usage("this command takes no request"));
        }
    };
    Ok(Job { request, context, approval, rules })
}

fn run_job(mut job: Job, manner: Manner, local: &Local) -> Result<()> {
    if job.approval.token.is_none()
        && let Some(token) = local.environment.text(names::CONFIRMATION_TOKEN)
    {
        job.approval.token = Some(shared::token_in(token.into(), names::CONFIRMATION_TOKEN)?);
    }
    if job.rules.dry_run && !job.request.is_one_call() {
        return Err(actions::nothing_to_show());
    }
    let connected = connect(local, manner, &job)?;
    carry_out(job.request, &connected, local).map_err(|error| connected.host.speech().error(error))
}

/// Carries a request out and presents what it comes to.
fn carry_out(request: Request, connected: &Connected, local: &Local) -> Result<()> {
    let Connected { session, caller, host } = connected;
    let mut caller = caller.clone();
    if let Request::SearchAll(request) = request {
        let form = stream::form(local)?;
        caller.columns = if form == Format::Csv { Columns::Typed } else { Columns::Plain };
        let mut rows = Written::new(host, &local.out, request.clone(), form);
        let outcome = actions::search_all::perform(request, session, &caller, host, &mut rows)
            .map_err(|error| rows.explained(error))?;
        match &outcome.body {
            Body::Rows(stream) if !local.look.quiet => rows.sum_up(stream),
            _ => {}
        }
        return local.present(&outcome);
    }
    if let Request::DocModel(request) = &request {
        refuse_two_kinds_of_rows(request, local)?;
    }
    caller.columns = match local.results().form(&Layout::records()) {
        Format::Csv => Columns::Typed,
        Format::Table => Columns::IfKnown,
        _ => Columns::Plain,
    };
    let is_lookup = matches!(request, Request::Lookup(_));
    let outcome = actions::perform(request, session, &caller, host, &mut stream::Nowhere)?;
    local.present(&outcome).map_err(|error| match error.code {
        Code::NotFound if is_lookup && local.look.pluck.is_some() => error.with_hint(
            Hint::new("with ")
                .name("one")
                .text(" the match itself is the result; without it the matches are under /results"),
        ),
        _ => error,
    })?;
    outcome.notes.iter().for_each(|note| host.note(note));
    Ok(())
}

/// Fields and methods do not fit one table of rows.
fn refuse_two_kinds_of_rows(request: &documents::Request, local: &Local) -> Result<()> {
    let form = local.results().form(&documents::Request::layout());
    let is_rows = matches!(form, Format::Ndjson | Format::Csv);
    if !is_rows || request.has_one_kind_of_row() || local.look.pluck.is_some() {
        return Ok(());
    }
    Err(Error::usage("doc-model has two kinds of rows, fields and methods, and this form takes one")
        .with_hint(
            Hint::new("name some with ")
                .name("fields")
                .text(" or with ")
                .name("methods")
                .text(", or use --output json or table"),
        )
        .with_hint("odoo-agent schema-summary lists fields in every form"))
}
