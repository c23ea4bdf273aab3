//! The gate in front of the client: whatever is sent in the agent's name, a verb's operation, a question of the program's
//! own or a repeat, is decided here, once more and last, and counted. Nothing else can send.

use super::Odoo;
use crate::caller::Road;
use crate::cleared::Cleared;
use crate::error::{Effect, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::odoo::choosing;
use crate::odoo::desk::Desk;
use crate::odoo::schema::Schema;
use crate::operation::{Object, Operation, kwargs};
use crate::policy::asked::{Facts, Relation};
use crate::policy::gate::{Asks, Case, Gate};
use crate::policy::limit::Who;
use crate::protocol::{Reply, Way};
use crate::settings::Wish;

/// Where the documents of models are.
const DOCUMENTS: &str = "/doc-bearer/";

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
        // What its way is called is known once it is sent.
        if self.known_way().is_none() && policies.name_a_protocol() {
            return Ok(());
        }
        self.in_case(operation, road, host, false, |case| self.gate.judge(case))
    }

    /// Whether a person has to let an operation through that is about to be sent.
    ///
    /// # Errors
    /// It is denied, or at a limit.
    pub fn asks(&self, operation: &Operation, road: &Road, host: &dyn Host) -> Result<Option<Asks>> {
        if self.gate.is_open() {
            return Ok(None);
        }
        self.gate.policies()?;
        self.in_case(operation, road, host, true, |case| self.gate.asks(case))
    }

    /// Gives an operation to `f` with what is known of it.
    pub fn in_case<T>(
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
        let owner = self.sign_in.owner.file_name();
        let channel = operation.context.get("agent_channel").and_then(|channel| channel.as_str());
        let relation = |model: &str, field: &str| {
            let desk = Desk {
                odoo: self,
                cache: &self.sign_in.cache,
                owner: &self.sign_in.owner,
                channel: &self.settings.agent_channel,
                road,
                host,
            };
            let found = Schema::kept(model, &desk, &operation.context)?.field(field)?;
            let model = found["relation"].as_str()?.to_string();
            Some(Relation { model, only_links: found["type"] == "many2many" })
        };
        let facts = Facts {
            profile: self.gate.profile(),
            channel: channel.unwrap_or(&self.settings.agent_channel),
            // A trial call of doctor's is one from the command line.
            surface: if road.surface == "doctor" { "cli" } else { road.surface },
            verb: road.verb,
            tool: road.tool.as_deref(),
            protocol: way.map_or(&[], names),
            now: 0,
            is_last,
            relation: &relation,
        };
        let who = Who { profile: &owner, grant: road.grant.as_deref() };
        f(&Case { operation, facts, who })
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

    pub(super) fn through_the_gate(
        &self,
        cleared: &Cleared,
        host: &dyn Host,
        send: impl FnOnce() -> Result<Reply>,
    ) -> Result<Reply> {
        let (operation, road) = (cleared.operation(), cleared.road());
        let tell = |text: String| host.note(&Hint::new(text));
        self.gate.policies()?;
        let pass = self.in_case(operation, road, host, true, |case| {
            self.gate.refuse_named(case)?;
            self.gate.admit(case, road.is_approved, road.patience, &|| host.is_stopped(), &tell)
        })?;
        let outcome = send();
        let did_run = outcome.as_ref().map_or_else(|error| may_have_run(error.effect), |_| true);
        self.gate.settle(pass, did_run, &tell);
        outcome.and_then(|reply| self.without_secrets(cleared, reply, host))
    }

    /// An answer without the fields that do not leave.
    fn without_secrets(&self, cleared: &Cleared, reply: Reply, host: &dyn Host) -> Result<Reply> {
        let operation = cleared.operation();
        let withheld = self.gate.withheld(&operation.model)?;
        if !withheld.may_be_in(operation) {
            return Ok(reply);
        }
        let Some((value, out)) = withheld.without(reply.get()) else { return Ok(reply) };
        host.note(&Hint::new(format!("left out, because it does not leave Odoo: {}", out.join(", "))));
        serde_json::value::to_raw_value(&value).map_err(|why| {
            crate::error::Error::new(crate::error::Code::BadReply, "the answer is no JSON").with_source(why)
        })
    }

    /// The documents of models are let out like the question for their fields, and counted like it.
    pub(super) fn admit_document(&self, path: &str, host: &dyn Host) -> Result<()> {
        self.gate.policies()?;
        let Some(operation) = document(path) else { return Ok(()) };
        let tell = |text: String| host.note(&Hint::new(text));
        let pass = self.in_case(&operation, &Road::default(), host, true, |case| {
            self.gate.admit(case, false, None, &|| host.is_stopped(), &tell)
        })?;
        self.gate.settle(pass, true, &tell);
        Ok(())
    }
}

/// The operation that a document is asked for by, where there are none.
fn document(path: &str) -> Option<Operation> {
    let name = path.strip_prefix(DOCUMENTS)?.strip_suffix(".json")?;
    described(name)
}

/// What is asked to have a model described, or all of them.
pub fn described(page: &str) -> Option<Operation> {
    match page {
        "index" => Operation::new("ir.model", "get_available_models", Object::new()).ok(),
        model => Operation::new(model, "fields_get", kwargs(serde_json::json!({}))).ok(),
    }
}

fn names(way: Way) -> &'static [&'static str] {
    match way {
        Way::Json2 => &["odoo_json2", "json2"],
        Way::JsonRpc => &["odoo_execute_kw", "execute_kw"],
        Way::Session => &["odoo_web_call", "web_call"],
    }
}

fn may_have_run(effect: Effect) -> bool {
    matches!(effect, Effect::Done | Effect::Unknown | Effect::Nothing)
}
