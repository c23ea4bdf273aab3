//! One file per command: its flags beside what it does. A command line and a spec file both become a
//! [`Request`]; running a request is the same whichever it came from.

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
pub mod fields;
pub mod group;
pub mod help;
pub mod lookup;
pub mod man;
pub mod read;
pub mod sandbox;
pub mod schema_summary;
pub mod search_all;
pub mod search_read;
pub mod spec_schema;
pub mod write;

use crate::approval::Approval;
use crate::cli::{Command, Globals};
use crate::error::{Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::operation::Object;
use crate::preflight::Rules;
use crate::session::{Local, Session};
use crate::settings::names;

/// One action on Odoo, checked as far as that goes without asking anybody.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// `call`
    Call(call::Request),
    /// `search-read`
    SearchRead(search_read::Request),
    /// `search-read --all`
    SearchAll(search_all::Request),
    /// `count`
    Count(count::Request),
    /// `group`
    Group(group::Request),
    /// `read`
    Read(read::Request),
    /// `create`
    Create(create::Request),
    /// `write`
    Write(write::Request),
    /// `lookup`
    Lookup(lookup::Request),
    /// `schema-summary`
    SchemaSummary(schema_summary::Request),
    /// `doc-index`
    DocIndex(doc_index::Request),
    /// `doc-model`
    DocModel(doc_model::Request),
}

impl Request {
    /// Whether it is a single call, which `--dry-run` can show.
    fn is_one_call(&self) -> bool {
        matches!(
            self,
            Request::Call(_)
                | Request::SearchRead(_)
                | Request::SearchAll(_)
                | Request::Count(_)
                | Request::Group(_)
                | Request::Read(_)
                | Request::Create(_)
                | Request::Write(_)
        )
    }
}

/// A request and what surrounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What to do.
    pub request: Request,
    /// What the caller adds to the context.
    pub context: Object,
    /// What the caller brings along for an outbound call.
    pub approval: Approval,
    /// What the caller asked of the checks.
    pub rules: Rules,
}

/// Runs a command line.
pub fn run(command: Command, mut local: Local) -> Result<()> {
    let job = match command {
        Command::Doctor(args) => return doctor::run(args, local),
        Command::Cache(args) => return cache::run(args, &local),
        Command::Sandbox(args) => return sandbox::run(args, &local),
        Command::Approve(args) => return approve::run(args, local),
        Command::Describe(args) => return describe::run(args, &local),
        Command::SpecSchema(_) => return spec_schema::run(&local),
        Command::Completions(args) => return completions::run(args, &local),
        Command::Complete(line) => return completions::complete(line, &local),
        Command::Man(args) => return man::run(args, &local),
        Command::Help(args) => return help::run(args, &local),
        Command::ExecSpec(args) => exec_spec::job(args, &mut local)?,
        other => job_of(other, &local.globals, &mut local.stdin)?,
    };
    run_job(job, local)
}

/// The job that a command line describes; only for commands that are requests.
fn job_of(command: Command, globals: &Globals, stdin: &mut Stdin) -> Result<Job> {
    let mut context = context_of(globals, stdin)?;
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
        Command::Approve(_)
        | Command::Doctor(_)
        | Command::ExecSpec(_)
        | Command::Cache(_)
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

/// The context that flags add.
fn context_of(globals: &Globals, stdin: &mut Stdin) -> Result<Object> {
    let inline = globals.context_json.clone();
    match Source::choose("--context-json", inline, "--context-file", globals.context_file.clone())? {
        Some(source) => json_input::object(stdin.json(&source)?, source.flag()),
        None => Ok(Object::new()),
    }
}

fn run_job(mut job: Job, local: Local) -> Result<()> {
    if job.approval.token.is_none()
        && let Some(token) = local.environment.text(names::CONFIRMATION_TOKEN)
    {
        job.approval.token = Some(fields::token_in(token.into(), names::CONFIRMATION_TOKEN)?);
    }
    if job.rules.dry_run && !job.request.is_one_call() {
        return Err(Error::usage(
            "--dry-run shows call, create, write, search_read, count, group and read; this one is none",
        ));
    }
    let session = Session::open(local, job.context, job.approval, job.rules)?;
    match job.request {
        Request::Call(request) => call::run(request, &session),
        Request::SearchRead(request) => search_read::run(request, &session),
        Request::SearchAll(request) => search_all::run(request, &session),
        Request::Count(request) => count::run(request, &session),
        Request::Group(request) => group::run(request, &session),
        Request::Read(request) => read::run(request, &session),
        Request::Create(request) => create::run(request, &session),
        Request::Write(request) => write::run(request, &session),
        Request::Lookup(request) => lookup::run(request, &session),
        Request::SchemaSummary(request) => schema_summary::run(request, &session),
        Request::DocIndex(request) => doc_index::run(request, &session),
        Request::DocModel(request) => doc_model::run(request, &session),
    }
}
