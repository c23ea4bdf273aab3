//! The gate that every operation goes through on its way out: it decides, counts and keeps a log. It holds the documents
//! of one profile as they stand now: a session may live for hours, and a call may wait for its turn, a server or a
//! person. It sends nothing and asks nobody.

mod watched;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::asked::Asked;
use super::counters::{Counters, Receipt, Reserved};
use super::decide::Verdict;
use super::decimal::Decimal;
use super::denial;
use super::files::{Current, Places};
use super::limit::{Due, Who};
use super::policies::{Decision, Policies};
use super::withheld::Withheld;
use crate::clock::{SharedClock, odoo_datetime};
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::fsio;
use crate::operation::Operation;

/// A log that is larger is put aside.
const LARGEST_LOG: u64 = 8 * 1024 * 1024;

/// The gate.
pub struct Gate {
    current: Mutex<Current>,
    counters: Counters,
    log: PathBuf,
    profile: String,
    clock: SharedClock,
    /// What the counters' file says of the clock, read once.
    latest: OnceLock<u64>,
}

/// Whether an operation may leave now.
#[must_use = "what was taken is given back where the call did not run"]
pub enum Turn {
    /// It may.
    Now(Pass),
    /// Not before so long: then it is decided again, for what stands then.
    Later(Duration),
}

/// What was taken of limits for a call that is under way.
#[must_use = "what was taken is given back where the call did not run"]
pub struct Pass {
    taken: Vec<Receipt>,
}

/// A person's part, where one has to let a call through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asks {
    /// Why.
    pub reason: String,
    /// Hashes of the passphrases by which it can be proved, one list for each document that asks.
    pub passphrases: Vec<Vec<String>>,
    /// An answer in a form of the client's will do.
    pub by_form: bool,
}

impl Asks {
    /// What both want.
    pub fn and(mut self, other: Asks) -> Asks {
        self.passphrases.extend(other.passphrases);
        self.passphrases.dedup();
        Asks { by_form: self.by_form && other.by_form, ..self }
    }
}

/// An operation and what is known of it here.
pub struct Case<'c> {
    /// The operation, looked into.
    pub asked: Asked<'c>,
    /// Whose it is.
    pub who: Who<'c>,
}

/// What is decided of an operation, and what is left of each limit that it takes from.
pub struct Explained {
    /// What.
    pub decision: Decision,
    /// By which document, what it takes, and what is left.
    pub limits: Vec<(usize, Due, Decimal)>,
}

impl Gate {
    /// With the documents that are found there. One that cannot be taken is told when something is to be sent.
    pub fn open(places: &Places, state: &Path, profile: &str, clock: SharedClock) -> Gate {
        Gate {
            current: Mutex::new(Current::of(places)),
            counters: Counters::new(state),
            log: state.join("policy").join("decisions.jsonl"),
            profile: profile.into(),
            clock,
            latest: OnceLock::new(),
        }
    }

    /// The documents as they stand now: for whoever begins a call, and for whatever is about to leave.
    ///
    /// # Errors
    /// `policy_invalid`: nothing is to be sent.
    pub fn look(&self) -> Result<Arc<Policies>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.look();
        current.policies().map_err(denial::locked)
    }

    /// The documents as they stood at the last look: a call asks for them many times over.
    ///
    /// # Errors
    /// `policy_invalid`: nothing is to be sent.
    pub fn policies(&self) -> Result<Arc<Policies>> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.policies().map_err(denial::locked)
    }

    /// Whether there is nothing to decide.
    pub fn is_open(&self) -> bool {
        self.policies().is_ok_and(|policies| policies.is_empty())
    }

    /// The profile, as rules name it.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// Seconds, and never earlier than what was seen.
    pub fn now(&self) -> u64 {
        let now = self.clock.seconds();
        let ends = |policies: &Policies| {
            policies.documents.iter().any(|it| it.document.rules.iter().any(|rule| rule.expires.is_some()))
        };
        if !self.policies().is_ok_and(|policies| ends(&policies)) {
            return now;
        }
        // What cannot be read opens nothing: every end has come.
        let latest = self.latest.get_or_init(|| self.counters.latest(now * 1000).unwrap_or(u64::MAX) / 1000);
        now.max(*latest)
    }

    fn milliseconds(&self) -> u64 {
        let since = self.clock.now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn decided(&self, case: &Case) -> Result<(Decision, Arc<Policies>)> {
        let policies = self.policies()?;
        Ok((policies.decide(&case.asked, &case.who), policies))
    }

    /// Decides and changes nothing. Limits of documents that only watch are not among the dues.
    ///
    /// # Errors
    /// `policy_invalid`.
    pub fn explained(&self, case: &Case) -> Result<Explained> {
        let (decision, policies) = self.decided(case)?;
        let dues: Vec<(usize, Due)> = self.enforced(&decision, &policies).cloned().collect();
        let owed: Vec<&Due> = dues.iter().map(|(_, due)| due).collect();
        let left = self.counters.look(&owed, self.milliseconds()).map_err(|why| self.closed(&why))?.1;
        let limits = dues.into_iter().zip(left).map(|((at, due), left)| (at, due, left)).collect();
        Ok(Explained { decision, limits })
    }

    /// Refuses what is denied, before anything is asked for it.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`.
    pub fn judge(&self, case: &Case) -> Result<()> {
        let (decision, policies) = self.decided(case)?;
        if decision.verdict != Verdict::Deny {
            return Ok(());
        }
        self.note(case, &decision, &policies, "deny");
        Err(self.denied(case, &decision, &policies))
    }

    /// The same of what is only shown: it is not noted. Whether a person would be asked.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`.
    pub fn previewed(&self, case: &Case) -> Result<bool> {
        let (decision, policies) = self.decided(case)?;
        match decision.verdict {
            Verdict::Deny => Err(self.denied(case, &decision, &policies)),
            verdict => Ok(verdict == Verdict::Ask),
        }
    }

    fn denied(&self, case: &Case, decision: &Decision, policies: &Policies) -> Error {
        let operation = case.asked.operation;
        let name = name(operation);
        let Some((at, ruling)) = &decision.by else {
            return denial::refused(&name, denial::By::default(), None);
        };
        let loaded = policies.documents.get(*at);
        let instead = policies.instead(operation, case.asked.facts, &case.who);
        denial::refused(&name, denial::By::of(loaded, &ruling.pointer, &ruling.reason), instead)
    }

    /// Whether a person has to let it through; not where one of its limits is reached.
    ///
    /// # Errors
    /// `policy_denied`: it is denied, or at a limit.
    pub fn asks(&self, case: &Case) -> Result<Option<Asks>> {
        let (decision, policies) = self.decided(case)?;
        match decision.verdict {
            Verdict::Allow => return Ok(None),
            Verdict::Deny => {
                self.note(case, &decision, &policies, "deny");
                return Err(self.denied(case, &decision, &policies));
            }
            Verdict::Ask => {}
        }
        let dues: Vec<&(usize, Due)> = self.enforced(&decision, &policies).collect();
        let owed: Vec<&Due> = dues.iter().map(|(_, due)| due).collect();
        let (full, _) = self.counters.look(&owed, self.milliseconds()).map_err(|why| self.closed(&why))?;
        if let Some((at, wait)) = full {
            self.note(case, &decision, &policies, "limit");
            return Err(self.limited(case, &policies, dues[at], wait));
        }
        self.note(case, &decision, &policies, "ask");
        let reason = decision.by.as_ref().map(|(_, ruling)| ruling.reason.clone()).unwrap_or_default();
        // What the machine's administrator asks for is proved by what that one has given, and by nobody else's.
        let machines = policies.documents.iter().filter(|it| it.origin == super::policies::Origin::Machine);
        let machines: Vec<String> = machines.filter_map(|it| it.document.passphrase.clone()).collect();
        let passphrases = decision.asking.iter().filter_map(|at| policies.documents.get(*at)).map(|it| {
            let own = it.document.passphrase.clone().filter(|own| !machines.contains(own));
            machines.iter().cloned().chain(own).collect()
        });
        Ok(Some(Asks { reason, passphrases: passphrases.collect(), by_form: decision.by_form }))
    }

    fn enforced<'d>(
        &self,
        decision: &'d Decision,
        policies: &'d Policies,
    ) -> impl Iterator<Item = &'d (usize, Due)> {
        let counts = |at: usize| policies.documents.get(at).is_some_and(|it| !it.document.is_shadow);
        decision.dues.iter().filter(move |(at, _)| counts(*at))
    }

    fn closed(&self, why: &std::io::Error) -> Error {
        Error::new(
            Code::LocalState,
            format!("what limits have counted cannot be read or written here ({why}): nothing was sent"),
        )
        .with_effect(Effect::NotSent, Retry::Never)
        .with_hint("the owner looks at policy/limits.json of the state directory: taking it away forgets what was counted")
    }

    fn limited(&self, case: &Case, policies: &Policies, due: &(usize, Due), wait: Option<u64>) -> Error {
        let (at, due) = due;
        let loaded = policies.documents.get(*at);
        let window = humantime::format_duration(Duration::from_millis(due.window));
        let reason = due.reason.clone().unwrap_or_else(|| format!("at most {} in {window}", due.max));
        denial::limited(&name(case.asked.operation), denial::By::of(loaded, &due.pointer, &reason), wait)
    }

    /// Refuses an operation that somebody else has asked for, as it would be refused to them. Their limits are looked at,
    /// and those of whoever sends it are taken from.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`, `confirmation_required`.
    pub fn let_by(&self, theirs: &Case, is_approved: bool) -> Result<()> {
        match self.asks(theirs)? {
            Some(_) if !is_approved => Err(denial::wants_a_person(&name(theirs.asked.operation))),
            _ => Ok(()),
        }
    }

    /// Lets an operation out: it is allowed, or a person has let it through, and what it takes of limits is taken. At a
    /// limit it may wait for so long.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`, `confirmation_required`, and what cannot be counted.
    pub fn admit(
        &self,
        case: &Case,
        is_approved: bool,
        patience: Duration,
        tell: &dyn Fn(String),
    ) -> Result<Turn> {
        let (decision, policies) = self.decided(case)?;
        let policies = &*policies;
        for (at, ruling) in decision.shadows.iter().filter(|(_, it)| it.verdict != Verdict::Allow) {
            let file = policies.documents.get(*at).map_or("", |loaded| loaded.file.as_str());
            tell(format!(
                "the policy {file} only watches: it would {} {} ({}: {})",
                ruling.verdict.as_str(),
                name(case.asked.operation),
                ruling.pointer,
                ruling.reason
            ));
        }
        match decision.verdict {
            Verdict::Deny => {
                self.note(case, &decision, policies, "deny");
                return Err(self.denied(case, &decision, policies));
            }
            Verdict::Ask if !is_approved => {
                self.note(case, &decision, policies, "ask");
                return Err(denial::wants_a_person(&name(case.asked.operation)));
            }
            _ => {}
        }
        let dues: Vec<&(usize, Due)> = self.enforced(&decision, policies).collect();
        let owed: Vec<&Due> = dues.iter().map(|(_, due)| due).collect();
        let mut taken = Vec::new();
        if !owed.is_empty() {
            match self.counters.reserve(&owed, self.milliseconds()).map_err(|why| self.closed(&why))? {
                Reserved::Taken(receipt) => taken.push(receipt),
                Reserved::Full { at, retry_after } => {
                    let wait = retry_after.map(Duration::from_secs).filter(|wait| *wait <= patience);
                    return wait.map(Turn::Later).ok_or_else(|| {
                        self.note(case, &decision, policies, "limit");
                        self.limited(case, policies, dues[at], retry_after)
                    });
                }
            }
        }
        let mut decision = decision;
        taken.extend(self.watched(case, &mut decision, policies, tell));
        self.note(case, &decision, policies, "sent");
        Ok(Turn::Now(Pass { taken }))
    }

    /// What of the fields of a model does not leave.
    ///
    /// # Errors
    /// `policy_invalid`.
    pub fn withheld(&self, model: &str) -> Result<Withheld> {
        Ok(Withheld::new(&self.policies()?, model, self.now()))
    }

    /// Refuses an operation that names a field which does not leave where its value would be told all the same.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`.
    pub fn refuse_named(&self, asked: &Asked) -> Result<()> {
        let withheld = self.withheld(&asked.operation.model)?;
        let Some((reason, pointer)) = withheld.told_by(asked) else { return Ok(()) };
        Err(denial::refused(&name(asked.operation), denial::By::of(None, pointer, &reason), None))
    }

    /// Notes a decision: what was asked, by the names of its arguments alone. That it cannot be noted stops nothing.
    fn note(&self, case: &Case, decision: &Decision, policies: &Policies, became: &str) {
        let operation = case.asked.operation;
        let mut arguments: Vec<&str> = operation.kwargs.keys().map(String::as_str).collect();
        arguments.sort_unstable();
        let ruling = |(at, ruling): &(usize, super::decide::Ruling)| {
            let file = policies.documents.get(*at);
            json!({ "file": file.map(|it| it.file.as_str()), "pointer": ruling.pointer, "verdict": ruling.verdict.as_str() })
        };
        let at_limits = decision.reached.iter().map(|(at, pointer)| {
            let file = policies.documents.get(*at);
            json!({ "file": file.map(|it| it.file.as_str()), "pointer": pointer, "verdict": "limit" })
        });
        let line = json!({
            "at": odoo_datetime(self.clock.seconds()), "profile": self.profile, "surface": case.asked.facts.surface,
            "channel": case.asked.facts.channel, "model": operation.model, "method": operation.method,
            "records": operation.ids.as_ref().map(Vec::len), "arguments": arguments, "became": became,
            "by": decision.by.as_ref().map(ruling),
            "shadow": decision.shadows.iter().map(ruling).chain(at_limits).collect::<Vec<Value>>(),
        });
        let put = || -> std::io::Result<()> {
            let directory = self.log.parent().ok_or_else(|| std::io::Error::other("no directory"))?;
            fsio::ensure_private_dir(directory)?;
            fsio::append_line(&self.log, &line.to_string(), LARGEST_LOG)
        };
        let _ = put();
    }
}

fn name(operation: &Operation) -> String {
    format!("{}/{}", operation.model, operation.method)
}
