//! The pipeline: the only road to the server for an operation. It checks and mends, sends, lets the approval flow
//! answer the guard's refusal, and afterwards drops what the cache can no longer vouch for. A write is written down
//! before it is sent, and what became of it after.

pub mod before;
pub mod check;
pub mod compared;
mod digests;
pub mod moment;
mod once;
mod recorded;

use serde_json::Value;

use crate::approval::{self, held, requests};
use crate::caller::{Asker, Caller, Road};
use crate::cleared::Cleared;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::Hint;
use crate::host::{Consent, Host};
use crate::operation::{Access, Object, Operation};
use crate::outbound;
use crate::outcome::Outcome;
use crate::preflight::{Check, answers, currencies, echoes, explain, findings, refused};
use crate::protocol::Reply;
use crate::session::{Run, Session};
use crate::shelf::Kept;

/// Carries out an operation; a dry run comes to the request that would be sent.
///
/// # Errors
/// What a check refuses, what Odoo refuses, and what became of the call.
pub fn execute(session: &Session, caller: &Caller, host: &dyn Host, operation: Operation) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    if caller.rules.dry_run {
        return run.shown(operation);
    }
    let effect = if operation.access() == Access::Read { Effect::Nothing } else { Effect::Done };
    Ok(Outcome::reply(run.send(operation)?, effect))
}

impl Run<'_> {
    /// The request that would be sent, checked and mended.
    pub fn shown(&self, operation: Operation) -> Result<Outcome> {
        self.judged(&operation)?;
        let operation = self.prepared(&self.in_context(operation)?)?;
        self.foreseen(&operation)?;
        Ok(Outcome::request(self.session.odoo().shown(&operation, self.host)?))
    }

    /// Refuses what the policy would deny of an operation that is not sent; whether a person would be asked is noted.
    pub fn foreseen(&self, operation: &Operation) -> Result<()> {
        // What is mended or known only now may be denied all the same.
        if self.session.odoo().previewed(operation, &self.caller.road, self.host)? {
            self.note("the policy wants a person to let this through: sent, it would be held");
        }
        Ok(())
    }

    /// Sends an operation through the pipeline.
    pub fn send(&self, operation: Operation) -> Result<Reply> {
        self.judged(&operation)?;
        let given = operation.clone();
        let ready = self.in_context(operation).and_then(|operation| self.prepared(&operation));
        let operation = &ready.map_err(|error| self.unsent(&given, error))?;
        let check = Check::new(&self.caller.rules, self, operation);
        let mut asked = operation.clone();
        let (currencies, is_echoed) = match operation.access() {
            Access::Read => (currencies::ask(&check, &mut asked), echoes::ask(&mut asked)),
            Access::Write => (None, false),
        };
        let cleared = Cleared::checked(asked).by(&self.caller.road);
        let outcome = match cleared.access() {
            Access::Read => self.sent(&cleared),
            Access::Write => self.without_lookups(operation, || {
                self.recorded(&cleared, None, || {
                    let reply = self.sent(&cleared)?;
                    answers::judge(&check, operation, &reply).map(|()| reply)
                })
            }),
        };
        let note = || check.notes().into_iter().for_each(|note| self.note(note));
        let reply = outcome.map_err(|error| {
            note();
            self.explained(operation, error)
        })?;
        let plain = match currencies {
            Some(currencies) => currencies.take_out(&check, operation, reply.get()),
            None if is_echoed => echoes::take_out(reply.get()),
            None => None,
        };
        let judged = match operation.access() {
            Access::Read => answers::judge(&check, operation, &reply),
            Access::Write => Ok(()),
        };
        note();
        judged.map(|()| plain.unwrap_or(reply))
    }

    /// Sends a refused call once more, exactly as it was, now that a person has approved it.
    pub fn repeat(&self, kept: Kept) -> Result<Reply> {
        let Kept { request, claim, operation, asker, .. } = kept;
        let road = self.for_whoever_asked(asker, &request)?;
        let is_asked = self.session.odoo().asks(&operation, &road, self.host)?.is_some();
        let is_approved = is_asked && requests::is_approved(self, &request, &operation);
        let cleared = Cleared::checked(operation).by(&Road { is_approved, ..road });
        self.without_lookups(cleared.operation(), || {
            self.recorded(&cleared, Some(&request), || requests::send(self, &cleared, &request, &claim))
        })
    }

    /// The way of a call that somebody else has asked for, or the same at another time: it is judged as theirs, too.
    ///
    /// # Errors
    /// It was asked for in another profile, whose policy is not at hand.
    pub fn for_whoever_asked(&self, asker: Asker, request: &str) -> Result<Road> {
        match &asker.profile {
            Some(profile) if profile != self.session.gate().profile() => Err(Error::new(
                Code::ConfirmationRefused,
                format!(
                    "request {request} was asked for in the profile {profile}, whose policy decides over it: nothing was sent from here"
                ),
            )
            .with_effect(Effect::NotSent, Retry::Never)
            .with_hint("the same command in that profile, or the call itself again in this one")),
            _ => Ok(Road { on_behalf: Some(asker), ..self.caller.road.clone() }),
        }
    }

    /// Carries out a call that was held here, now that a person lets it through.
    pub fn let_through(&self, mut operation: Operation, road: &Road) -> Result<Reply> {
        // The agent can write where it was kept: what its context switches off is judged again, and it is marked again.
        let marks = context::agent_marks(&self.caller.channel);
        let told = operation.context.iter().filter(|(key, _)| !marks.contains_key(*key));
        let told = told.map(|(key, value)| (key.clone(), value.clone())).collect();
        context::check(&told, &self.session.settings.allowed_context)?;
        for (key, value) in marks {
            if key != "agent_channel" || !operation.context.contains_key(&key) {
                operation.context.insert(key, value);
            }
        }
        let cleared = Cleared::checked(operation).by(&Road { is_approved: true, ..road.clone() });
        let held = crate::held::number(cleared.operation());
        let sent = || self.session.odoo().call(&cleared, self.host);
        self.without_lookups(cleared.operation(), || self.recorded(&cleared, Some(&held), sent))
            .map_err(|error| self.explained(cleared.operation(), error))
    }

    /// Does a write, and drops the cached lookups that it may have made wrong. While it is under way nobody has them:
    /// whoever is stopped looks next.
    fn without_lookups(&self, operation: &Operation, write: impl FnOnce() -> Result<Reply>) -> Result<Reply> {
        let (cache, owner) = (&self.session.cache, &self.session.owner);
        let suspended = cache.suspend_lookups(owner, &operation.model);
        let outcome = write();
        let dropped = match suspended {
            Ok(suspended) if !may_have_changed(&outcome) => suspended.give_back(),
            _ if !may_have_changed(&outcome) => Ok(()),
            _ => cache.forget_lookups(owner, &operation.model),
        };
        if let Err(error) = dropped {
            let told = format!("cached lookups of {} could not be dropped ({error}): use ", operation.model);
            self.note(Hint::new(told).name("refresh"));
        }
        outcome
    }

    /// The same for a question: its answer as a value.
    pub fn ask(&self, operation: Operation) -> Result<Value> {
        let reply = self.send(operation)?;
        serde_json::from_str(reply.get())
            .map_err(|why| Error::new(Code::BadReply, "not the answer Odoo gives").with_source(why))
    }

    /// Refuses what the policy denies, before anything is asked for it. The policy has the last word when it is sent.
    pub fn judged(&self, operation: &Operation) -> Result<()> {
        if self.session.gate().is_open() {
            return Ok(());
        }
        self.session.odoo().judge(&told(self, operation), &self.caller.road, self.host)
    }

    /// Whether what an operation tells may be shown of what is kept here. A call that a person let through was let through
    /// once: what it told is judged like the same call now.
    pub fn may_be_shown(&self, operation: &Operation) -> bool {
        self.session.odoo().may_be_shown(&told(self, operation), &self.caller.road, self.host)
    }

    /// Takes what does not leave now out of records that are kept here.
    pub fn strip_kept(&self, model: &str, value: &mut Value) -> Result<()> {
        self.session.odoo().strip_kept(model, value, &self.caller.road, self.host)
    }

    /// Takes out what is asked for and does not leave.
    fn withhold(&self, operation: &mut Operation) -> Result<()> {
        let out = self.session.gate().withheld(&operation.model)?.take_out(operation);
        if !out.is_empty() {
            self.note(format!("left out, because it does not leave Odoo: {}", out.join(", ")));
        }
        Ok(())
    }

    /// The operation as it will be sent, each time the same: what is mended is mended here, once, and noted.
    pub fn prepared(&self, operation: &Operation) -> Result<Operation> {
        self.refuse_keys(operation)?;
        let is_sandbox = self.session.settings.is_sandbox;
        let own = |error| if is_sandbox { crate::embedded::in_its_own_name(error) } else { error };
        let (mut prepared, notes) = self.checked(operation).map_err(own).map_err(findings::counted)?;
        notes.into_iter().for_each(|note| self.note(note));
        self.withhold(&mut prepared)?;
        Ok(prepared)
    }

    /// The operation checked and mended, with what is to be noted. What the fields refuse that were kept is held once
    /// more against those that Odoo has now: a field may have been made since, or a language installed.
    pub fn checked(&self, operation: &Operation) -> Result<(Operation, Vec<Hint>)> {
        let once = || {
            let mut mended = operation.clone();
            let check = Check::new(&self.caller.rules, self, operation);
            let told = check.run(&mut mended).map(|notes| (mended, notes));
            (told, check.doubted())
        };
        let (told, doubted) = once();
        let is_renewed = || doubted.iter().filter(|model| self.schema(model, true).is_ok()).count() > 0;
        if told.is_err() && is_renewed() { once().0 } else { told }
    }

    /// Refuses a key among the arguments: Odoo would keep it where others read it, in a record or in its log.
    fn refuse_keys(&self, operation: &Operation) -> Result<()> {
        let is_held = |value: &Value| self.session.veil.is_in(value.to_string().as_bytes());
        let Some((name, _)) = operation.kwargs.iter().find(|(_, value)| is_held(value)) else {
            return Ok(());
        };
        Err(refused(format!("{name} holds a key or token of this profile: in Odoo others could read it"))
            .with_hint("leave it out: the key goes with every call by itself"))
    }

    /// A refusal with what the same knowledge can add.
    fn explained(&self, operation: &Operation, error: Error) -> Error {
        if error.odoo.is_none() || operation.method == "get_available_models" {
            return explain::unanswerable(operation, error);
        }
        let known = error.hints.len();
        let error = self.naming_settings(error);
        if error.hints.len() > known {
            // It is the setting, and neither the model nor the record.
            return error;
        }
        let check = Check::new(&self.caller.rules, self, operation);
        explain::explain(&check, operation, error, &|| self.models())
    }

    /// Sends; a write that the guard refuses goes through the approval flow.
    fn sent(&self, cleared: &Cleared) -> Result<Reply> {
        let mut approved = None;
        if let Some(asks) = self.session.odoo().asks(cleared.operation(), cleared.road(), self.host)? {
            let consent = match asks.by_form {
                true => self.host.consent(cleared.operation(), &asks.reason),
                false => Consent::NotHere,
            };
            approved = match consent {
                // The policy may have been changed while somebody looked at the form.
                Consent::Given
                    if self.session.odoo().asks(cleared.operation(), cleared.road(), self.host)?.as_ref()
                        == Some(&asks) =>
                {
                    Some(cleared.approved())
                }
                Consent::Given | Consent::NotHere => {
                    return Err(held::for_the_policy(self, cleared, &asks.reason));
                }
                Consent::Asked => {
                    let told =
                        format!("{} needs a person, who is asked now: nothing was sent", cleared.name());
                    return Err(
                        Error::new(Code::ConfirmationPending, told).with_effect(Effect::NotSent, Retry::Safe)
                    );
                }
            };
        }
        let cleared = approved.as_ref().unwrap_or(cleared);
        if cleared.access() == Access::Read {
            return self.session.odoo().call(cleared, self.host);
        }
        if let Some(why) = outbound::reaches(cleared.operation()) {
            held::refuse(self, cleared, why)?;
        }
        if let Some(token) = &self.caller.approval.token {
            return approval::present(self, cleared, token);
        }
        match self.session.odoo().call(cleared, self.host) {
            Err(refusal) if refusal.code == Code::ConfirmationRequired => {
                approval::answer(self, cleared, refusal)
            }
            outcome => outcome,
        }
    }

    /// Every model that this user sees; none if Odoo does not tell.
    fn models(&self) -> Vec<String> {
        let found = Operation::new("ir.model", "get_available_models", Object::new())
            .and_then(|operation| self.send(operation));
        let rows: Vec<Value> =
            found.ok().and_then(|reply| serde_json::from_str(reply.get()).ok()).unwrap_or_default();
        rows.iter().filter_map(|row| row["model"].as_str().map(str::to_string)).collect()
    }
}

/// An operation with the context that the caller gives it, without what would have to be asked for.
pub fn told(run: &Run, operation: &Operation) -> Operation {
    let mut told = operation.clone();
    for (key, value) in run.caller.context() {
        told.context.entry(key.clone()).or_insert_with(|| value.clone());
    }
    told.context.extend(context::agent_marks(&run.caller.channel));
    told
}

fn may_have_changed(outcome: &Result<Reply>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => matches!(error.effect, Effect::Unknown | Effect::Done),
    }
}
