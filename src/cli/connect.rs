//! From flags, environment and profile to a session and the host of a call. Nothing is sent.

use std::sync::Arc;

use super::host::CommandLine;
use super::interrupt;
use super::local::Local;
use super::secret_command;
use super::words::{Manner, Speech};
use crate::actions::definition::Job;
use crate::cache::Cache;
use crate::caller::{Caller, Road};
use crate::clock::SharedClock;
use crate::error::Result;
use crate::held::HeldCalls;
use crate::hint::Hint;
use crate::host::Host;
use crate::odoo::client::Connect;
use crate::odoo::cookies::Cookies;
use crate::operation::Object;
use crate::policy::files::Places;
use crate::policy::gate::Gate;
use crate::secret::Veil;
use crate::session::Session;
use crate::settings::{Environment, Paths, Selection, Settings, wrapper};
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
    let opener = Opener::of(local);
    let (settings, notes) = opener.settings()?;
    local.refuse_keys()?;
    let surface = if manner == Manner::Spec { "spec" } else { "cli" };
    let speech = speech(local, manner, &settings, &context);
    let host = CommandLine::new(local, speech);
    notes.iter().for_each(|note| host.note(note));
    let mut caller = Caller::new(context, &settings.allowed_context, &settings.agent_channel)
        .map_err(|error| host.speech().error(error))?;
    caller.road = Road { surface, patience: local.selection.wait, ..Road::default() };
    Ok(Connected { session: opener.session(settings), caller, host })
}

/// What opens a profile, as often as that is wanted and on whatever thread.
#[derive(Clone)]
pub struct Opener {
    selection: Selection,
    environment: Environment,
    paths: Paths,
    clock: SharedClock,
    veil: Arc<Veil>,
}

impl Opener {
    /// For the profile of a command line.
    pub fn of(local: &Local) -> Opener {
        Opener {
            selection: local.selection.clone(),
            environment: local.environment.clone(),
            paths: local.paths.clone(),
            clock: Arc::clone(&local.clock),
            veil: Arc::clone(&local.out.veil),
        }
    }

    /// The same, by this channel where nobody names one.
    #[cfg(feature = "mcp")]
    pub fn by_channel(mut self, channel: &'static str) -> Opener {
        self.selection.surface = Some(channel);
        self
    }

    /// The same for whoever reads the profile more than once: another that has taken its place is not it.
    #[cfg(feature = "mcp")]
    pub fn keeping_to(mut self, settings: &Settings) -> Opener {
        let is_of_a_file = self.selection.env_file.is_none() && settings.label != "environment";
        if is_of_a_file && self.paths.profile(&settings.label).exists() {
            self.selection.profile = Some(settings.label.clone());
        }
        self
    }

    /// What the profile says, its secrets fetched, and what is to be said of it.
    pub fn settings(&self) -> Result<(Settings, Vec<Hint>)> {
        let mut settings = Settings::load(&self.selection, &self.environment, &self.paths)?;
        settings.fetch(&|name, command| secret_command::printed(name, command, self.clock.as_ref()))?;
        settings.secrets().for_each(|secret| self.veil.keep(secret));
        let notes = self.notes(&settings);
        Ok((settings, notes))
    }

    fn notes(&self, settings: &Settings) -> Vec<Hint> {
        let mut notes = Vec::new();
        for name in &settings.unread {
            notes.push(Hint::new(format!("the profile {} sets {name}, which nothing reads", settings.label)));
        }
        if self.selection.profile.is_some() && !settings.overruled.is_empty() {
            notes.push(Hint::new(format!(
                "the environment sets {} otherwise than the profile {}, and wins: this run works in database {} at {}",
                settings.overruled.join(" and "),
                settings.label,
                settings.database,
                settings.base_url.origin()
            )));
        }
        for name in &settings.unheard {
            notes.push(Hint::new(format!(
                "the environment sets {name}, which counts from a profile file only: it permits nothing here"
            )));
        }
        let left_out = wrapper::left_out(&self.environment);
        if !left_out.is_empty() {
            notes.push(Hint::new(format!(
                "the environment sets {}: behind a wrapper the profile alone counts, and that is left out",
                left_out.join(", ")
            )));
        }
        for (name, meant) in self.environment.misspelt() {
            notes.push(Hint::new(format!(
                "the environment sets {name}, which nothing reads: is {meant} meant?"
            )));
        }
        if let Some(zone) = settings.time_zone.as_deref()
            && let Err(error) = zones::check(zone, "ODOO_TZ")
        {
            notes.push(Hint::joined(&[&[Hint::new(error.message)], &error.hints[..]].concat()));
        }
        notes
    }

    /// What looks which files say what a profile may do, and what they and their directories are like by then.
    #[cfg(feature = "mcp")]
    pub fn files(&self, settings: &Settings) -> Box<crate::mcp::Files> {
        let profile = match &self.selection.env_file {
            Some(path) => Some(path.clone()),
            None => Some(self.paths.profile(&settings.label)).filter(|path| path.exists()),
        };
        let places = self.places(&settings.label);
        Box::new(move || {
            let policies = places.present().into_iter().map(|(_, path)| path);
            let files: Vec<std::path::PathBuf> = profile.iter().cloned().chain(policies).collect();
            let directories: std::collections::BTreeSet<_> =
                files.iter().filter_map(|path| path.parent().map(std::path::Path::to_path_buf)).collect();
            let all = files.into_iter().chain(directories);
            all.map(|path| (path.clone(), crate::fsio::stamp(&path))).collect()
        })
    }

    /// A session that connects when the first request is sent.
    pub fn session(&self, settings: Settings) -> Session {
        let connect = self.connect_later(&settings);
        let cache = Cache::new(&self.paths.cache, Arc::clone(&self.clock));
        let (veil, clock) = (Arc::clone(&self.veil), Arc::clone(&self.clock));
        let gate = self.gate(&settings.label);
        Session::open(settings, cache, connect, veil, clock, Cookies::new(&self.paths.state), gate)
            .keeping(Shelf::new(&self.paths.state))
            .holding(HeldCalls::new(&self.paths.state))
            .journaling(&self.paths.state)
    }

    /// Where the policies of a run are looked for.
    pub fn places(&self, label: &str) -> Places {
        let env_file = self.selection.env_file.clone();
        Places {
            machine: self.paths.machine.clone(),
            config: self.paths.config.clone(),
            profile: env_file.is_none().then(|| label.to_string()),
            env_file,
        }
    }

    /// What lets operations of a profile out.
    pub fn gate(&self, label: &str) -> Gate {
        // A profile by its path is called by its name in rules.
        let file = self.selection.env_file.as_ref().and_then(|path| path.canonicalize().ok());
        let stem =
            file.as_ref().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
        let name = stem.map(|stem| stem.strip_prefix("odoo_").map_or(stem.clone(), str::to_string));
        let name = name.unwrap_or_else(|| label.to_string());
        Gate::open(&self.places(label), &self.paths.state, &name, Arc::clone(&self.clock))
    }

    /// What connects, or opens the sandbox, when the first request is sent.
    fn connect_later(&self, settings: &Settings) -> Box<Connect> {
        let (is_sandbox, state) = (settings.is_sandbox, self.paths.state.join("sandbox"));
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
}

/// What lets operations of a profile out.
pub fn gate(local: &Local, label: &str) -> Gate {
    Opener::of(local).gate(label)
}

/// The words of a run that works in this profile.
pub fn speech(local: &Local, manner: Manner, settings: &Settings, context: &Object) -> Speech {
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
