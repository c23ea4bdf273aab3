//! Examines a set-up from the profile outward, each check with a fix, each building on those before it. It
//! changes nothing in Odoo, except for `--guard`, which says what it leaves behind.

mod binding;
mod context;
mod guard;
mod installed;
mod key;
mod server;

use crate::error::{Code, Error};
use crate::fsio;
use crate::hint::Hint;
use crate::session::Run;
use crate::settings::{Environment, Paths, Selection, names};

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
    let approver = key::approver_key(setup);
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
    if !server::server(run, &mut findings) {
        return findings;
    }
    let Some(user) = key::key(run, &mut findings) else { return findings };
    context::examine(run, user, &mut findings);
    key::key_expiry(run, &mut findings);
    key::documentation(run, user, &mut findings);
    let guarded = installed::guard_module(run, user, &mut findings);
    if with_guard {
        if let Some(requests) = guarded {
            guard::probe(run, requests, key::approver_at_hand(setup).as_ref(), &mut findings);
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
    let policies = match run.session.gate().look() {
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
