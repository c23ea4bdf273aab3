//! One file a command that is no verb on Odoo: its definition, its flags, and what it does. A command line of a verb
//! and a spec file both become a [`Job`]; carrying one out is the same whichever it came from.

pub mod approve;
pub mod cache;
pub mod completions;
pub mod describe;
pub mod doctor;
pub mod exec_spec;
pub mod help;
pub mod man;
pub mod policy;
pub mod sandbox;
pub mod session;
pub mod shared;
pub mod spec_schema;

use clap::{ArgMatches, FromArgMatches};

use super::connect::{Connected, connect};
use super::definition::Entry;
use super::flags;
use super::local::Local;
use super::render::format::Format;
use super::stream::{self, Written};
use super::words::Manner;
use crate::actions::definition::{Job, Reach, Verb};
use crate::actions::{self, Request, doc_model as documents};
use crate::caller::Columns;
use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::outcome::{Body, Layout};
use crate::settings::names;

/// A command of this surface's own.
pub struct Own {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What it reaches.
    pub reach: Reach,
    /// People are not told of it.
    pub is_hidden: bool,
    /// Its flags.
    pub build: fn(clap::Command) -> clap::Command,
    /// Runs it.
    pub run: fn(&ArgMatches, Local) -> Result<()>,
}

/// Every one, in the order of the help.
pub const OWN: &[Own] = &[
    exec_spec::COMMAND,
    approve::COMMAND,
    doctor::COMMAND,
    policy::COMMAND,
    cache::COMMAND,
    session::COMMAND,
    sandbox::COMMAND,
    describe::COMMAND,
    spec_schema::COMMAND,
    completions::COMMAND,
    man::COMMAND,
    help::COMMAND,
    completions::ASKED,
];

/// The flags of a command, once clap has let them pass.
fn read<T: FromArgMatches>(matches: &ArgMatches) -> Result<T> {
    T::from_arg_matches(matches).map_err(|stop| Error::new(Code::Internal, stop.to_string()))
}

/// Runs a command line.
pub fn run(entry: Entry, matches: &ArgMatches, mut local: Local) -> Result<()> {
    match entry {
        Entry::Own(own) => (own.run)(matches, local),
        Entry::Verb(verb) => {
            let job = job(verb, matches, &mut local)?;
            run_job(job, Manner::CommandLine(verb.name), &local)
        }
    }
}

/// The job that a command line describes.
fn job(verb: &'static Verb, matches: &ArgMatches, local: &mut Local) -> Result<Job> {
    let context = local.context()?;
    let mut job = flags::job(verb, matches, &mut local.selection, context, &mut local.stdin)?;
    if verb.definition.may_go_out {
        job.approval = read::<shared::ApprovalArgs>(matches)?.approval(&mut local.stdin)?;
    }
    Ok(job)
}

fn run_job(mut job: Job, manner: Manner, local: &Local) -> Result<()> {
    if job.approval.token.is_none()
        && let Some(token) = local.environment.text(names::CONFIRMATION_TOKEN)
    {
        job.approval.token = Some(shared::token_in(token.into(), names::CONFIRMATION_TOKEN)?);
    }
    job.refuse_empty_show()?;
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
