//! The gate in front of the client: whatever is sent in the agent's name, a verb's operation, a question of the program's
//! own, a document or a repeat, is decided here, once more and last, and counted.

mod documents;

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

pub use documents::described;
use documents::document;

use super::Odoo;
use super::leads::Leads;
use crate::caller::Road;
use crate::cleared::Cleared;
use crate::error::{Code, Effect, Error, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::knowledge::methods;
use crate::odoo::choosing;
use crate::operation::{Access, Object, Operation};
use crate::policy::asked::Asked;
use crate::policy::facts::{Computed, Facts, Lead};
use crate::policy::gate::{Asks, Case, Gate, Pass, Turn};
use crate::policy::limit::Who;
use crate::policy::naming;
use crate::protocol::{Reply, Way};
use crate::settings::Wish;

/// Whoever waits for a turn looks again so often.
const STEP: Duration = Duration::from_secs(1);

impl Odoo {
    /// What may leave.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Refuses what the policy denies, before anything is asked for it.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`.
    pub fn judge(&self, operation: &Operation, road: &Road, host: &dyn Host) -> Result<()> {
        if self.gate.is_open() {
            return Ok(());
        }
        let policies = self.gate.policies()?;
        // What its way is called is known once it is sent: until then it is denied where every way is.
        if self.known_way().is_none() && policies.name_a_protocol() {
            let mut denied = None;
            for way in Way::ALL {
                let judged = |case: &Case| self.gate.previewed(case);
                match self.in_case_by(Some(way), operation, road, host, (false, false), judged) {
                    Ok(_) => return Ok(()),
                    Err(error) => denied = Some(error),
                }
            }
            return denied.map_or(Ok(()), Err);
        }
        self.in_case(operation, road, host, false, |case| self.gate.judge(case))?;
        self.as_asked(operation, road, host, false, |case| self.gate.judge(case)).map(drop)
    }

    /// The same of an operation as it would be sent, which it is not: nothing is noted. Whether a person would be asked.
    ///
    /// # Errors
    /// `policy_denied`, `policy_invalid`.
    pub fn previewed(&self, operation: &Operation, road: &Road, host: &dyn Host) -> Result<bool> {
        self.gate.policies()?;
        if self.is_decided_at_once(operation, road)? {
            return Ok(false);
        }
        self.in_case(operation, road, host, true, |case| {
            self.gate.refuse_named(&case.asked)?;
            self.gate.previewed(case)
        })
    }

    /// Whether what an operation tells may be shown of what is kept here: it would be let out now, and nobody would be
    /// asked. Odoo is not.
    pub fn may_be_shown(&self, operation: &Operation, road: &Road, host: &dyn Host) -> bool {
        let told = || {
            self.in_case_offline(operation, road, host, true, |case| {
                self.gate.refuse_named(&case.asked)?;
                self.gate.previewed(case)
            })
        };
        self.gate.is_open() || matches!(told(), Ok(false))
    }

    /// Takes what does not leave now out of records that are kept here. Odoo is not asked.
    ///
    /// # Errors
    /// `policy_invalid`.
    pub fn strip_kept(&self, model: &str, value: &mut Value, road: &Road, host: &dyn Host) -> Result<()> {
        let none = Object::new();
        let leads = Leads { odoo: self, road, host, context: &none, may_ask: false };
        let lead = |model: &str, field: &str| leads.of(model, field);
        let sources = |model: &str, field: &str| leads.sources(model, field);
        let facts = Facts { lead: &lead, sources: &sources, ..bare(road) };
        self.gate.withheld(model)?.strip_kept(value, &facts);
        Ok(())
    }

    /// Whether a person has to let an operation through that is about to be sent.
    ///
    /// # Errors
    /// It is denied, or at a limit.
    pub fn asks(&self, operation: &Operation, road: &Road, host: &dyn Host) -> Result<Option<Asks>> {
        let own = self.in_last_case(operation, road, host, None, |case| self.gate.asks(case))?;
        let theirs = self.as_asked(operation, road, host, true, |case| self.gate.asks(case))?.flatten();
        Ok(match (own, theirs) {
            (Some(own), Some(theirs)) => Some(own.and(theirs)),
            (own, theirs) => own.or(theirs),
        })
    }

    /// What `f` says of an operation as that of whoever asked for it first; none where that is whoever sends it.
    fn as_asked<T>(
        &self,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        is_last: bool,
        f: impl FnOnce(&Case) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(asker) = road.on_behalf.as_ref().filter(|_| !self.gate.is_open()) else { return Ok(None) };
        self.in_case(operation, road, host, is_last, |case| {
            let own = case.asked.facts;
            let facts = Facts {
                surface: asker.surface.as_deref().map_or(own.surface, of_rules),
                channel: asker.channel.as_deref().unwrap_or(own.channel),
                verb: asker.verb.as_deref().or(own.verb),
                tool: asker.tool.as_deref().or(own.tool),
                ..own
            };
            f(&Case { asked: Asked::of(operation, facts), who: case.who })
        })
        .map(Some)
    }

    /// What `f` says of an operation that is about to be sent, or what holds where there is nothing to decide.
    fn in_last_case<T>(
        &self,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        open: T,
        f: impl FnOnce(&Case) -> Result<T>,
    ) -> Result<T> {
        self.gate.look()?;
        if self.gate.is_open() {
            return Ok(open);
        }
        self.in_case(operation, road, host, true, f)
    }

    /// Gives an operation to `f` with what is known of it. About to be sent, it is asked what is not known.
    fn in_case<T>(
        &self,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        is_last: bool,
        f: impl FnOnce(&Case) -> Result<T>,
    ) -> Result<T> {
        let way = match self.known_way() {
            None if is_last && self.gate.policies().is_ok_and(|policies| policies.name_a_protocol()) => {
                Some(self.link(host)?.protocol.way())
            }
            way => way,
        };
        let may_ask = is_last && self.gate.policies().is_ok_and(|policies| policies.look_inside());
        self.in_case_by(way, operation, road, host, (is_last, may_ask), f)
    }

    /// The same with what is at hand, as if it were about to be sent or not yet: for whoever explains.
    ///
    /// # Errors
    /// What `f` says.
    pub fn in_case_offline<T>(
        &self,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        is_last: bool,
        f: impl FnOnce(&Case) -> Result<T>,
    ) -> Result<T> {
        self.in_case_by(self.known_way(), operation, road, host, (is_last, false), f)
    }

    fn in_case_by<T>(
        &self,
        way: Option<Way>,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        (is_last, may_ask): (bool, bool),
        f: impl FnOnce(&Case) -> Result<T>,
    ) -> Result<T> {
        let owner = self.sign_in.owner.file_name();
        let channel = operation.context.get("agent_channel").and_then(|channel| channel.as_str());
        let leads = Leads { odoo: self, road, host, context: &operation.context, may_ask };
        let lead = |model: &str, field: &str| leads.of(model, field);
        let has = |model: &str, holds: &dyn Fn(&str) -> bool| leads.has(model, holds);
        let sources = |model: &str, field: &str| leads.sources(model, field);
        let held = |model: &str| leads.held(model);
        let facts = Facts {
            profile: self.gate.profile(),
            channel: channel.unwrap_or(&self.settings.agent_channel),
            protocol: way.map_or(&[], names),
            now: self.gate.now(),
            is_last,
            lead: &lead,
            has: &has,
            sources: &sources,
            held: &held,
            is_across: self.gate.policies().is_ok_and(|policies| policies.look_across()),
            ..bare(road)
        };
        let who = Who { profile: &owner };
        f(&Case { asked: Asked::of(operation, facts), who })
    }

    /// How Odoo is spoken to, as far as that is known without asking it.
    fn known_way(&self) -> Option<Way> {
        if let Some(link) = self.link.get() {
            return Some(link.protocol.way());
        }
        match self.settings.wish {
            Wish::JsonRpc => return Some(Way::JsonRpc),
            Wish::Session => return Some(Way::Session),
            Wish::Auto | Wish::Json2 => {}
        }
        let link = choosing::without_asking(&self.settings).or_else(|| {
            let server = choosing::remembered(&self.sign_in.cache, &self.sign_in.owner)?;
            choosing::chosen(&self.settings, server).ok()
        });
        link.map(|link| link.protocol.way())
    }

    /// Refuses what names a field that does not leave, where nothing has to be asked for that. Whether that was all.
    fn is_decided_at_once(&self, operation: &Operation, road: &Road) -> Result<bool> {
        let is_open = self.gate.is_open();
        if is_open || self.gate.policies()?.redact() {
            self.gate.refuse_named(&Asked::of(operation, bare(road)))?;
        }
        Ok(is_open)
    }

    /// Lets an operation out and sends it: what it takes of limits is given back where it provably never left.
    fn gated<T>(
        &self,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        send: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.gate.look()?;
        if self.is_decided_at_once(operation, road)? {
            return send();
        }
        // Whoever waits is told once.
        let said = RefCell::new(HashSet::new());
        let tell = |text: String| {
            if said.borrow_mut().insert(text.clone()) {
                host.note(&Hint::new(text));
            }
        };
        let pass = self.turn(operation, road, host, &tell)?;
        let outcome = send();
        let was_sent = outcome.as_ref().map_or_else(|error| error.effect != Effect::NotSent, |_| true);
        self.gate.settle(pass, was_sent, &tell);
        outcome
    }

    /// Waits for an operation's turn. Each time it is decided anew, by the policy that stands then.
    fn turn(
        &self,
        operation: &Operation,
        road: &Road,
        host: &dyn Host,
        tell: &dyn Fn(String),
    ) -> Result<Pass> {
        let started = self.clock.instant();
        let patience = road.patience.unwrap_or_default();
        loop {
            let passed = self.clock.instant().saturating_duration_since(started);
            let left = if host.is_stopped() { Duration::ZERO } else { patience.saturating_sub(passed) };
            self.as_asked(operation, road, host, true, |case| self.gate.let_by(case, road.is_approved))?;
            let turn = self.in_case(operation, road, host, true, |case| {
                self.gate.refuse_named(&case.asked)?;
                self.gate.admit(case, road.is_approved, left, tell)
            })?;
            match turn {
                Turn::Now(pass) => return Ok(pass),
                Turn::Later(wait) => self.clock.sleep(wait.min(STEP)),
            }
            self.gate.look()?;
        }
    }

    pub(super) fn through_the_gate(
        &self,
        cleared: &Cleared,
        host: &dyn Host,
        send: impl FnOnce() -> Result<Reply>,
    ) -> Result<Reply> {
        let reply = self.gated(cleared.operation(), cleared.road(), host, send)?;
        self.without_secrets(cleared, reply, host)
    }

    /// An answer without the fields that do not leave.
    fn without_secrets(&self, cleared: &Cleared, reply: Reply, host: &dyn Host) -> Result<Reply> {
        let operation = cleared.operation();
        if !methods::may_answer_records(&operation.method) {
            return Ok(reply);
        }
        let effect = match cleared.access() {
            Access::Read => Effect::Nothing,
            Access::Write => Effect::Done,
        };
        let untold = |why: String| {
            let told = "Odoo answered, and what does not leave could not be taken out of it";
            let mut error = Error::new(Code::BadReply, format!("{}: {told}{why}", cleared.name()));
            error.effect = effect;
            error
        };
        let unread = |why: serde_json::Error| untold(String::new()).with_source(why);
        // The policy may have changed while Odoo was at work.
        let policies = self.gate.look().map_err(|error| untold(format!(": {}", error.message)))?;
        let withheld = self.gate.withheld(&operation.model)?;
        let leads = Leads {
            odoo: self,
            road: cleared.road(),
            host,
            context: &operation.context,
            may_ask: policies.redact(),
        };
        let lead = |model: &str, field: &str| leads.of(model, field);
        let sources = |model: &str, field: &str| leads.sources(model, field);
        let facts = Facts { lead: &lead, sources: &sources, ..bare(cleared.road()) };
        let Some((value, out)) = withheld.without(reply.get(), &facts).map_err(unread)? else {
            return Ok(reply);
        };
        host.note(&Hint::new(format!("left out, because it does not leave Odoo: {}", out.join(", "))));
        serde_json::value::to_raw_value(&value).map_err(unread)
    }

    /// The documents of models are let out like the question for their fields, and counted like it.
    pub(super) fn gated_document<T>(
        &self,
        path: &str,
        road: &Road,
        host: &dyn Host,
        send: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        match document(path) {
            Some(operation) => self.gated(&operation, road, host, send),
            None => self.gate.look().and_then(|_| send()),
        }
    }
}

/// What is known of an operation by how it came here.
fn bare(road: &Road) -> Facts<'_> {
    let asker = road.on_behalf.as_ref();
    Facts {
        profile: "",
        channel: "",
        surface: of_rules(road.surface),
        // Whoever lets a call through does what was asked for, by its verb.
        verb: road.verb.or_else(|| asker.and_then(|asker| asker.verb.as_deref())),
        tool: road.tool.as_deref().or_else(|| asker.and_then(|asker| asker.tool.as_deref())),
        protocol: &[],
        now: 0,
        is_last: false,
        lead: &|_, _| Lead::Unknown,
        has: &|_, _| None,
        sources: &|_, _| Computed::default(),
        held: &|_| None,
        is_across: false,
    }
}

/// A surface as rules name it: a trial call of doctor's is one from the command line.
fn of_rules(surface: &str) -> &str {
    if surface == "doctor" { "cli" } else { surface }
}

fn names(way: Way) -> &'static [&'static str] {
    match way {
        Way::Json2 => naming::JSON2,
        Way::JsonRpc => naming::JSON_RPC,
        Way::Session => naming::SESSION,
    }
}
