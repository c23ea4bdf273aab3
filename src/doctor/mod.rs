//! Examines a set-up from the profile outward, each check with a fix, each building on those before it. It
//! changes nothing in Odoo, except for `--guard`, which says what it leaves behind.

mod binding;
mod context;
mod guard;

use std::time::Duration;

use serde_json::{Value, json};

use crate::approval::CONFIRMATION_MODEL;
use crate::approval::held::FIRST_WITH_GUARD;
use crate::clock;
use crate::error::{Code, Error, Result};
use crate::fsio;
use crate::hint::Hint;
use crate::odoo::choosing::FIRST_WITH_JSON2;
use crate::odoo::server as odoo_server;
use crate::operation::{Object, Operation};
use crate::protocol::Way;
use crate::secret::Secret;
use crate::session::{Run, Session};
use crate::settings::{ApproverSource, Environment, Paths, Selection, names};

/// A key that ends sooner than this deserves a warning.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);
/// Clocks that differ by more make times in Odoo and here hard to compare.
const SKEW: Duration = Duration::from_secs(60);

/// The versions that this program was tried with.
const FIRST_TRIED: u32 = 14;
const LAST_TRIED: u32 = 19;

/// The first version whose keys can end by themselves.
const FIRST_WITH_EXPIRY: u32 = 18;

/// Outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// Works, but deserves a look.
    Warn,
    /// Wrong.
    Fail,
    /// Could not be examined.
    Skip,
}

impl Status {
    /// The word of the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "fail",
            Status::Skip => "skip",
        }
    }
}

/// One check's result.
pub struct Finding {
    /// What was examined.
    pub check: String,
    /// How it is.
    pub status: Status,
    /// In words.
    pub message: String,
    /// What to do about it.
    pub fix: Option<Hint>,
}

impl Finding {
    fn new(check: &str, status: Status, message: impl Into<String>) -> Finding {
        Finding { check: check.into(), status, message: message.into(), fix: None }
    }

    fn fix(mut self, fix: impl Into<Hint>) -> Finding {
        self.fix = Some(fix.into());
        self
    }

    fn of_error(check: &str, error: &Error) -> Finding {
        let finding = Finding::new(check, Status::Fail, error.message.clone());
        finding.fix(match error.code {
            _ if !error.hints.is_empty() => Hint::joined(&error.hints),
            Code::ConfigMissing | Code::ConfigInvalid | Code::ConfigUnsafe => {
                "correct what it names: odoo-agent help profiles has every setting".into()
            }
            _ => "look into the log of Odoo or of the proxy before it; --debug shows what was asked".into(),
        })
    }
}

/// What is examined beside the session.
pub struct Setup<'a> {
    /// Where to work.
    pub selection: &'a Selection,
    /// The process environment.
    pub environment: &'a Environment,
    /// The helper's directories.
    pub paths: &'a Paths,
}

/// Runs every check that the ones before it allow.
pub fn examine(setup: &Setup, run: std::result::Result<Run, Error>, with_guard: bool) -> Vec<Finding> {
    let mut findings = vec![directories(setup.paths)];
    let approver = approver_key(setup);
    let run = match run {
        Ok(run) => run,
        Err(error) => {
            findings.insert(0, Finding::of_error("profile", &error));
            return findings;
        }
    };
    let run = &run;
    let session = run.session;
    let settings = &session.settings;
    findings.insert(
        0,
        Finding::new(
            "profile",
            Status::Ok,
            format!("{}: database {} at {}", settings.label, settings.database, settings.base_url.text()),
        ),
    );
    findings.extend(settings.unread.iter().map(|name| {
        Finding::new("profile names", Status::Warn, format!("{name} is set, and nothing reads it"))
            .fix("take it out, or write the name that was meant: odoo-agent help profiles lists them")
    }));
    findings.extend(setup.environment.misspelt().into_iter().map(|(name, meant)| {
        Finding::new("environment", Status::Warn, format!("{name} is set, and nothing reads it"))
            .fix(format!("if {meant} is meant, write that"))
    }));
    findings.push(policy(run));
    findings.extend(approver);
    if !server(run, &mut findings) {
        return findings;
    }
    let Some(user) = key(run, &mut findings) else { return findings };
    context::examine(run, user, &mut findings);
    key_expiry(run, &mut findings);
    documentation(run, user, &mut findings);
    let guarded = guard_module(run, user, &mut findings);
    if with_guard {
        if let Some(requests) = guarded {
            guard::probe(run, requests, approver_at_hand(setup).as_ref(), &mut findings);
        } else {
            findings.push(
                Finding::new("guard probes", Status::Fail, "there is no guard to try")
                    .fix("see what the check of the guard says"),
            );
        }
    }
    findings
}

/// The policy in one line.
fn policy(run: &Run) -> Finding {
    let policies = match run.session.gate().policies() {
        Ok(policies) => policies,
        Err(error) => return Finding::of_error("policy", &error),
    };
    if policies.is_empty() {
        return Finding::new("policy", Status::Ok, "none: what this user may in Odoo is allowed");
    }
    let told = policies.documents.iter().map(|loaded| {
        let document = &loaded.document;
        let watches = if document.is_shadow { ", only watches" } else { "" };
        let usual = if document.denies_by_default { "deny" } else { "allow" };
        format!(
            "{} (default {usual}, {} rules, {} limits{watches})",
            loaded.file,
            document.rules.len(),
            document.limits()
        )
    });
    Finding::new("policy", Status::Ok, told.collect::<Vec<_>>().join("; "))
}

fn directories(paths: &Paths) -> Finding {
    for directory in [&paths.cache, &paths.state] {
        let probe = directory.join(".doctor");
        let tried = fsio::ensure_private_dir(directory)
            .and_then(|()| fsio::write_atomically(&probe, &[b"probe"], false))
            .and_then(|()| std::fs::remove_file(&probe));
        if let Err(error) = tried {
            return Finding::new("directories", Status::Fail, format!("{}: {error}", directory.display()))
                .fix(format!("make it writable for you alone, or set {}", names::AGENT_HOME));
        }
    }
    Finding::new(
        "directories",
        Status::Ok,
        format!("cache {}, state {}", paths.cache.display(), paths.state.display()),
    )
}

/// An approver's key that can be used without asking anybody.
fn approver_at_hand(setup: &Setup) -> Option<Secret> {
    match approver_source(setup)? {
        ApproverSource::Environment(key) | ApproverSource::File(key, _) => Some(key),
        ApproverSource::Command(_) => None,
    }
}

fn approver_source(setup: &Setup) -> Option<ApproverSource> {
    let selection = Selection {
        profile: setup.selection.profile.clone(),
        env_file: setup.selection.env_file.clone(),
        ..Selection::default()
    };
    ApproverSource::find(&selection, setup.environment, setup.paths).ok()?
}

/// An approver's key within the agent's reach makes approval a formality.
fn approver_key(setup: &Setup) -> Option<Finding> {
    let place = match approver_source(setup)? {
        ApproverSource::Environment(_) => "in this environment".to_string(),
        ApproverSource::File(_, path) => format!("in {}", path.display()),
        ApproverSource::Command(_) => format!("behind {}", names::APPROVER_KEY_COMMAND),
    };
    Some(
        Finding::new(
            "approver's key",
            Status::Warn,
            format!("it is {place}: whoever runs this can approve, the agent included"),
        )
        .fix("keep it on the approver's own machine and use odoo-agent approve there"),
    )
}

fn server(run: &Run, findings: &mut Vec<Finding>) -> bool {
    let reply = match run.session.odoo().probe() {
        Ok(reply) => reply,
        Err(error) => {
            findings.push(Finding::of_error("server", &error));
            return false;
        }
    };
    let settings = &run.session.settings;
    let version = odoo_server::version_in(&reply).or_else(|| run.session.odoo().told_version());
    match version {
        Some(version) => {
            if !answers(run, &version, findings) {
                return false;
            }
        }
        None => findings.push(
            Finding::new(
                "server",
                Status::Warn,
                format!("it answers {} at /web/version: is this Odoo itself?", reply.status),
            )
            .fix("put scheme, host and port of Odoo into ODOO_BASE_URL"),
        ),
    }
    findings.push(if settings.is_sandbox {
        Finding::new("tls", Status::Skip, "the sandbox needs no network")
    } else if settings.base_url.is_secure() {
        Finding::new("tls", Status::Ok, "the server's certificate is accepted")
    } else if settings.base_url.is_loopback() {
        Finding::new("tls", Status::Ok, "plain http within this machine")
    } else {
        Finding::new("tls", Status::Warn, "plain http to another machine: keys travel in the clear")
            .fix("use https")
    });
    findings.extend(clock_skew(reply.header("date"), run.session));
    true
}

/// Whether the profile speaks what this version answers.
fn answers(run: &Run, version: &str, findings: &mut Vec<Finding>) -> bool {
    let is_old = odoo_server::major(version).is_some_and(|major| major < FIRST_WITH_JSON2);
    let link = match run.session.odoo().link(run.host) {
        Ok(link) => link,
        Err(error) => {
            findings.push(Finding::of_error("protocol", &error));
            return false;
        }
    };
    let way = link.protocol.way();
    if is_old && way == Way::Json2 {
        findings.push(
            Finding::new("server", Status::Fail, format!("it is Odoo {version}: JSON-2 came with Odoo 19"))
                .fix("set ODOO_LOGIN in the profile, the login of the key's user: then JSON-RPC is spoken"),
        );
        return false;
    }
    findings.push(Finding::new("server", Status::Ok, known(version)));
    findings.push(Finding::new("protocol", Status::Ok, format!("{}: {}", way.name(), link.why)));
    true
}

/// A version, and whether it was tried.
fn known(version: &str) -> String {
    match odoo_server::major(version) {
        Some(major) if major > LAST_TRIED => {
            format!("Odoo {version} answers; from {} on known by its source, not tried live", LAST_TRIED + 1)
        }
        Some(major) if major < FIRST_TRIED => {
            format!("Odoo {version} answers; older than any that was tried")
        }
        _ => format!("Odoo {version} answers"),
    }
}

fn clock_skew(date: Option<&str>, session: &Session) -> Option<Finding> {
    let server = httpdate::parse_http_date(date?).ok()?;
    let here = session.clock.now();
    let skew = server.duration_since(here).or_else(|_| here.duration_since(server)).unwrap_or_default();
    Some(if skew > SKEW {
        let apart = humantime::format_duration(Duration::from_secs(skew.as_secs()));
        Finding::new("clock", Status::Warn, format!("this clock and the server's are {apart} apart"))
            .fix("set both by network time")
    } else {
        Finding::new("clock", Status::Ok, "agrees with the server's")
    })
}

/// Database and key; the user's id when both are right.
fn key(run: &Run, findings: &mut Vec<Finding>) -> Option<i64> {
    let context = run.context().map(|_| ());
    let user = match context.and_then(|()| user(run)) {
        Ok(user) => user,
        Err(error) => {
            let check = if error.code == Code::DatabaseNotFound { "database" } else { "key" };
            let mut finding = Finding::of_error(check, &error);
            if let (Code::DatabaseNotFound, Some(there)) = (error.code, run.session.odoo().databases()) {
                finding =
                    finding.fix(format!("set ODOO_DB to one that the server has: {}", there.join(", ")));
            }
            findings.push(finding);
            return None;
        }
    };
    findings.push(Finding::new("database", Status::Ok, run.session.settings.database.clone()));
    let name = user["name"].as_str().unwrap_or("?");
    let login = user["login"].as_str().unwrap_or("?");
    findings.push(Finding::new(
        "key",
        Status::Ok,
        format!("belongs to {name} ({login}), user {}", user["id"]),
    ));
    user["id"].as_i64()
}

fn user(run: &Run) -> Result<Value> {
    // Not from the cache: the question is whether the key is good now.
    let context = run.ask(Operation::new("res.users", "context_get", Object::new())?)?;
    let id = context["uid"].as_i64().unwrap_or_default();
    let kwargs = Object::from_iter([("fields".to_string(), json!(["name", "login"]))]);
    let rows = run.ask(Operation::new("res.users", "read", kwargs)?.on(vec![id]))?;
    Ok(rows.get(0).cloned().unwrap_or_else(|| json!({ "id": id })))
}

fn has_group(run: &Run, user: i64, group: &str) -> Option<bool> {
    let kwargs = Object::from_iter([("group_ext_id".to_string(), json!(group))]);
    let operation = Operation::new("res.users", "has_group", kwargs).ok()?.on(vec![user]);
    run.ask(operation).ok()?.as_bool()
}

/// Odoo does not tell which of a user's keys is in use, so the one that ends first is what is known.
fn key_expiry(run: &Run, findings: &mut Vec<Finding>) {
    let kwargs = json!({ "domain": [], "fields": ["name", "expiration_date"] });
    let rows =
        Operation::new("res.users.apikeys", "search_read", kwargs.as_object().cloned().unwrap_or_default())
            .and_then(|operation| run.ask(operation));
    let Ok(Value::Array(keys)) = rows else {
        let has_end = run.session.odoo().major(run.host).map_or(true, |major| major >= FIRST_WITH_EXPIRY);
        findings.push(if has_end {
            Finding::new("key's life", Status::Skip, "Odoo does not show this user's keys")
        } else {
            Finding::new("key's life", Status::Ok, "keys have no end before Odoo 18")
        });
        return;
    };
    let ends = keys.iter().filter_map(|key| Some((key["expiration_date"].as_str()?, key["name"].as_str()?)));
    let Some((date, name)) = ends.min() else {
        findings.push(Finding::new("key's life", Status::Ok, "no key of this user expires"));
        return;
    };
    let soon = clock::odoo_datetime(run.session.clock.seconds() + SOON.as_secs());
    findings.push(if date < soon.as_str() {
        Finding::new("key's life", Status::Warn, format!("the key {name:?} expires on {date} UTC"))
            .fix("make a new one: Preferences, Account Security, New API Key")
    } else {
        Finding::new(
            "key's life",
            Status::Ok,
            format!("the first of the keys to expire does so on {date} UTC"),
        )
    });
}

fn documentation(run: &Run, user: i64, findings: &mut Vec<Finding>) {
    if run.session.odoo().link(run.host).is_ok_and(|link| link.protocol.way() != Way::Json2) {
        return findings.push(Finding::new(
            "documentation",
            Status::Ok,
            "Odoo documents itself from 19 on, and by JSON-2 alone: doc-index and doc-model show models and fields, no methods",
        ));
    }
    findings.push(match has_group(run, user, "api_doc.group_allow_doc") {
        Some(true) => Finding::new("documentation", Status::Ok, "doc-index and doc-model show Odoo's documents"),
        Some(false) => Finding::new(
            "documentation",
            Status::Ok,
            "not in the group Technical Documentation: doc-index and doc-model show models and fields, no methods",
        ),
        None => Finding::new("documentation", Status::Skip, "the groups of this user cannot be read"),
    });
}

/// Which guard is there, and whether this user is what it must be. If there is one, whether it keeps requests.
fn guard_module(run: &Run, user: i64, findings: &mut Vec<Finding>) -> Option<bool> {
    let status = Operation::new(CONFIRMATION_MODEL, "guard_status", Object::new())
        .and_then(|operation| run.ask(operation));
    let is_person = run.session.settings.is_person;
    let administrator = !is_person
        && ["base.group_system", "base.group_erp_manager"]
            .iter()
            .any(|group| has_group(run, user, group) == Some(true));
    if administrator {
        findings.push(
            Finding::new(
                "agent's rights",
                Status::Fail,
                "the agent's user is an administrator: nothing in Odoo can hold it",
            )
            .fix("give the agent a user of its own with ordinary rights"),
        );
    }
    match status {
        Ok(status) => {
            let version = status["version"].as_str().unwrap_or("of unknown version").to_string();
            findings.push(Finding::new(
                "guard",
                Status::Ok,
                format!("strictbase_agent_guard {version} is installed"),
            ));
            findings.push(if is_person {
                Finding::new(
                    "agent's group",
                    Status::Skip,
                    "a person's own profile: nothing holds it, or need to",
                )
            } else if status["is_approver"].as_bool() == Some(true) {
                Finding::new(
                    "agent's group",
                    Status::Fail,
                    "the agent's user is an approver: it could approve itself",
                )
                .fix("take the group Agent Confirmation Approver from it")
            } else if status["is_agent"].as_bool() == Some(true) {
                Finding::new("agent's group", Status::Ok, "in the group Agent: guarded whatever it sends")
            } else {
                Finding::new(
                    "agent's group",
                    Status::Fail,
                    "not in the group Agent: guarded only as long as it says that it is an agent",
                )
                .fix("add this user to the group Agent in Odoo")
            });
            if status["stopped"].as_bool() == Some(true) {
                findings.push(
                    Finding::new("guard", Status::Warn, "all sending by agents is stopped in Odoo")
                        .fix("an approver starts it again: Agent Guard, Overview"),
                );
            }
            Some(status["requests"].as_bool() == Some(true))
        }
        Err(error) if error.code == Code::NotFound && model_exists(run) => {
            findings.push(
                Finding::new("guard", Status::Fail, "an older strictbase_agent_guard is installed: it cannot take a separate approver's tokens and can be walked around")
                    .fix("update strictbase_agent_guard to 19.0.2.0.0 or later"),
            );
            Some(false)
        }
        Err(error) if error.code == Code::NotFound && !has_guard(run) => {
            findings.push(if is_person {
                Finding::new("guard", Status::Skip, "Odoo has one from 19 on: a person's own profile needs none")
            } else {
                Finding::new(
                    "guard",
                    Status::Warn,
                    "Odoo has one from 19 on: here this program holds what it can tell to reach a client, which is a fence and no wall",
                )
                .fix("give the agent's user no rights to write to clients that it does not need")
            });
            None
        }
        Err(error) if error.code == Code::NotFound => {
            findings.push(
                Finding::new(
                    "guard",
                    Status::Warn,
                    "strictbase_agent_guard is not installed: nothing holds messages to clients",
                )
                .fix("install addons/strictbase_agent_guard in Odoo"),
            );
            None
        }
        Err(error) => {
            findings.push(Finding::of_error("guard", &error));
            None
        }
    }
}

fn has_guard(run: &Run) -> bool {
    run.session.odoo().major(run.host).is_ok_and(|major| major >= FIRST_WITH_GUARD)
}

fn model_exists(run: &Run) -> bool {
    let kwargs = Object::from_iter([("operation".to_string(), json!("read"))]);
    Operation::new(CONFIRMATION_MODEL, "has_access", kwargs).and_then(|operation| run.ask(operation)).is_ok()
}
