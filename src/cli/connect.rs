//! From flags, environment and profile to a session and the host of a call. Nothing is sent.

use std::sync::Arc;

use super::host::CommandLine;
use super::interrupt;
use super::local::Local;
use super::secret_command;
use super::words::{Manner, Speech};
use crate::actions::definition::Job;
use crate::caller::{Caller, Road};
use crate::error::Result;
use crate::held::HeldCalls;
use crate::hint::Hint;
use crate::host::Host;
use crate::odoo::client::Connect;
use crate::odoo::cookies::Cookies;
use crate::operation::Object;
use crate::policy::files::Places;
use crate::policy::gate::Gate;
use crate::session::Session;
use crate::settings::{Selection, Settings, wrapper};
use crate::shelf::Shelf;
use crate::text::{sanitize, shell};
use crate::transport::Transport;
use crate::transport::http::HttpTransport;
use crate::zones;

/// What a call needs.
pub struct Connected {
    /// The profile's session.
    pub session: Session,
    /// The caller.
    pub caller: Caller,
    /// This surface.
    pub host: CommandLine,
}

/// Loads the profile and checks what the caller brings.
pub fn connect(local: &Local, manner: Manner, job: &Job) -> Result<Connected> {
    connect_with(local, manner, job.context.clone()).map(|mut connected| {
        connected.caller.approval = job.approval.clone();
        connected.caller.rules = job.rules.clone();
        connected
    })
}

/// The same for a command that brings a context at most.
pub fn connect_with(local: &Local, manner: Manner, context: Object) -> Result<Connected> {
    let mut settings = Settings::load(&local.selection, &local.environment, &local.paths)?;
    settings.fetch(&|name, command| secret_command::printed(name, command, local.clock.as_ref()))?;
    settings.secrets().for_each(|secret| local.out.veil.keep(secret));
    local.refuse_keys()?;
    let surface = if manner == Manner::Spec { "spec" } else { "cli" };
    let speech = speech(local, manner, &settings, &context);
    let host = CommandLine::new(local, speech);
    for name in &settings.unread {
        host.note(&Hint::new(format!("the profile {} sets {name}, which nothing reads", settings.label)));
    }
    if local.selection.profile.is_some() && !settings.overruled.is_empty() {
        host.note(&Hint::new(format!(
            "the environment sets {} otherwise than the profile {}, and wins: this run works in database {} at {}",
            settings.overruled.join(" and "),
            settings.label,
            settings.database,
            settings.base_url.origin()
        )));
    }
    for name in &settings.unheard {
        host.note(&Hint::new(format!(
            "the environment sets {name}, which counts from a profile file only: it permits nothing here"
        )));
    }
    for (name, meant) in local.environment.misspelt() {
        host.note(&Hint::new(format!("the environment sets {name}, which nothing reads: is {meant} meant?")));
    }
    if let Some(zone) = settings.time_zone.as_deref()
        && let Err(error) = zones::check(zone, "ODOO_TZ")
    {
        let told = [&[Hint::new(error.message)], &error.hints[..]].concat();
        host.note(&Hint::joined(&told));
    }
    let mut caller = Caller::new(context, &settings.allowed_context, &settings.agent_channel)
        .map_err(|error| host.speech().error(error))?;
    caller.road = Road { surface, patience: local.selection.wait, ..Road::default() };
    let connect = connect_later(&settings, local);
    let gate = gate(local, &settings.label);
    let session = Session::open(
        settings,
        local.cache(),
        connect,
        Arc::clone(&local.out.veil),
        Arc::clone(&local.clock),
        Cookies::new(&local.paths.state),
        gate,
    )
    .keeping(Shelf::new(&local.paths.state))
    .holding(HeldCalls::new(&local.paths.state))
    .journaling(&local.paths.state);
    Ok(Connected { session, caller, host })
}

/// Where the policies of a run are looked for.
pub fn places(local: &Local, label: &str) -> Places {
    let env_file = local.selection.env_file.clone();
    Places {
        machine: local.paths.machine.clone(),
        config: local.paths.config.clone(),
        profile: env_file.is_none().then(|| label.to_string()),
        env_file,
    }
}

/// What lets operations of a profile out.
pub fn gate(local: &Local, label: &str) -> Gate {
    // A profile by its path is called by its name in rules.
    let file = local.selection.env_file.as_ref().and_then(|path| path.canonicalize().ok());
    let stem =
        file.as_ref().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.map(|stem| stem.strip_prefix("odoo_").map_or(stem.clone(), str::to_string));
    let name = name.unwrap_or_else(|| label.to_string());
    Gate::open(&places(local, label), &local.paths.state, &name, Arc::clone(&local.clock))
}

fn speech(local: &Local, manner: Manner, settings: &Settings, context: &Object) -> Speech {
    let called_as = wrapper::path(&local.environment);
    let program_itself = match &local.selection.env_file {
        // The wrapper's profile is the agent's: whoever approves has one of their own.
        _ if called_as.is_some() => "odoo-agent --profile YOURS".into(),
        Some(path) => format!("odoo-agent --env-file {}", shell::quoted(&path.display().to_string())),
        None if settings.label != "environment" => {
            format!("odoo-agent --profile {}", shell::quoted(&settings.label))
        }
        None => "odoo-agent".into(),
    };
    let program = match called_as {
        Some(path) => shell::quoted(path),
        None => program_itself.clone(),
    };
    Speech { manner, program, program_itself, alike: alike(&local.selection, context) }
}

fn alike(selection: &Selection, context: &Object) -> String {
    let mut flags = Vec::new();
    if !context.is_empty() {
        let json = serde_json::Value::Object(context.clone()).to_string();
        flags.push(format!("--context-json {}", shell::quoted(&sanitize::json_for_terminal(&json))));
    }
    if let Some(channel) = &selection.agent_channel {
        flags.push(format!("--agent-channel {}", shell::quoted(channel)));
    }
    if let Some(timeout) = selection.timeout {
        let timeout = humantime::format_duration(timeout).to_string();
        flags.push(format!("--timeout {}", shell::quoted(&timeout)));
    }
    flags.join(" ")
}

/// What connects, or opens the sandbox, when the first request is sent.
fn connect_later(settings: &Settings, local: &Local) -> Box<Connect> {
    let (is_sandbox, state) = (settings.is_sandbox, local.paths.state.join("sandbox"));
    let (base_url, timeout) = (settings.base_url.clone(), settings.timeout);
    let ca_file = settings.ca_file.clone();
    Box::new(move || -> Result<Box<dyn Transport>> {
        if is_sandbox {
            return Ok((crate::embedded::sandbox()?.open)(&state)?);
        }
        interrupt::install();
        Ok(Box::new(HttpTransport::new(base_url.clone(), timeout, ca_file.as_deref())?))
    })
}
