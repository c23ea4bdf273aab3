//! One profile, for as long as it is wanted: the client, the cache, the schemas and what was learnt of the user.
//! Many callers may use it at once; it says nothing, prints nothing and knows no single call. [`Run`] is a session
//! together with the caller and the host of one call.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::cache::{Cache, Owner};
use crate::caller::Caller;
use crate::clock::SharedClock;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::held::HeldCalls;
use crate::hint::Hint;
use crate::host::Host;
use crate::journal::{Journal, Kept, Place};
use crate::knowledge::{NEWEST, OLDEST, USUAL, Version};
use crate::odoo::client::Connect;
use crate::odoo::cookies::Cookies;
use crate::odoo::docs::Reader;
use crate::odoo::profile_context::{of_profile, wrong_setting};
use crate::odoo::schema::{DOCUMENT_TTL, Schema, Schemas};
use crate::odoo::sign_in::SignIn;
use crate::odoo::{Desk, Odoo, user_context};
use crate::operation::{Object, Operation, canonical};
use crate::policy::gate::Gate;
use crate::secret::Veil;
use crate::settings::Settings;
use crate::shelf::Shelf;

/// A profile's desk.
pub struct Session {
    /// The profile.
    pub settings: Arc<Settings>,
    /// What was fetched before.
    pub cache: Cache,
    /// Whose entries.
    pub owner: Owner,
    /// What must not be seen.
    pub veil: Arc<Veil>,
    /// The clock.
    pub clock: SharedClock,
    /// Where refused calls are kept that wait for a person; without one they are not.
    pub shelf: Option<Shelf>,
    /// Where calls are kept that this program holds itself; without one they are refused all the same.
    pub held: Option<HeldCalls>,
    /// Where every write is written down before it is sent; without one none is sent.
    pub journal: Option<Journal>,
    odoo: Odoo,
    learnt: Mutex<Option<Timed<Object>>>,
    schemas: Mutex<HashMap<String, Timed<Arc<Schema>>>>,
}

/// So many schemas are held at once: a caller may bring another context with each call, and each has its own.
const MOST_HELD: usize = 64;

/// Something and the second from which on it has to be asked for again.
struct Timed<T> {
    value: T,
    until: u64,
}

impl Session {
    /// A session that connects when the first request is sent.
    pub fn open(
        settings: Settings,
        cache: Cache,
        connect: Box<Connect>,
        veil: Arc<Veil>,
        clock: SharedClock,
        cookies: Cookies,
        gate: Gate,
    ) -> Session {
        let settings = Arc::new(settings);
        settings.secrets().for_each(|secret| veil.keep(secret));
        let owner = Owner {
            base_url: settings.base_url.text(),
            database: settings.database.clone(),
            user: settings.fingerprint(),
        };
        let desk = SignIn::new(owner.clone(), cache.clone(), cookies);
        let odoo =
            Odoo::new(connect, Arc::clone(&settings), Arc::clone(&veil), Arc::clone(&clock), desk, gate);
        Session {
            settings,
            cache,
            owner,
            veil,
            clock,
            shelf: None,
            held: None,
            journal: None,
            odoo,
            learnt: Mutex::default(),
            schemas: Mutex::default(),
        }
    }

    /// The same, keeping refused calls that wait for a person.
    pub fn keeping(self, shelf: Shelf) -> Session {
        Session { shelf: Some(shelf), ..self }
    }

    /// The same, keeping calls that it holds itself.
    pub fn holding(self, held: HeldCalls) -> Session {
        Session { held: Some(held), ..self }
    }

    /// What may leave.
    pub fn gate(&self) -> &Gate {
        self.odoo.gate()
    }

    /// The same, writing its journal below this state directory.
    pub fn journaling(self, state: &Path) -> Session {
        let settings = &self.settings;
        let place = Place {
            profile: settings.label.clone(),
            server: self.owner.base_url.clone(),
            database: self.owner.database.clone(),
        };
        let kept = Kept {
            seconds: settings.journal_days.saturating_mul(24 * 3600),
            bytes: settings.journal_megabytes.saturating_mul(1_000_000),
        };
        let journal = Journal::new(state, place, Arc::clone(&self.veil), kept, settings.journal_values);
        Session { journal: Some(journal), ..self }
    }

    /// The client.
    pub fn odoo(&self) -> &Odoo {
        &self.odoo
    }

    fn until(&self, ttl: Duration) -> u64 {
        self.clock.seconds().saturating_add(ttl.as_secs())
    }

    fn is_over<T>(&self, timed: &Timed<T>) -> bool {
        self.clock.seconds() >= timed.until
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A session at the service of one call.
pub struct Run<'a> {
    /// The session.
    pub session: &'a Session,
    /// The caller.
    pub caller: &'a Caller,
    /// The caller's surface.
    pub host: &'a dyn Host,
    /// One call sees one schema of a model, whatever the life of schemas is.
    schemas: RefCell<HashMap<String, Arc<Schema>>>,
}

impl<'a> Run<'a> {
    /// Puts them together.
    pub fn new(session: &'a Session, caller: &'a Caller, host: &'a dyn Host) -> Run<'a> {
        Run { session, caller, host, schemas: RefCell::default() }
    }

    /// Where questions are asked from.
    pub fn desk(&self) -> Desk<'a> {
        Desk {
            odoo: &self.session.odoo,
            cache: &self.session.cache,
            owner: &self.session.owner,
            channel: &self.caller.channel,
            road: &self.caller.road,
            host: self.host,
        }
    }

    /// Something that the caller should know.
    pub fn note(&self, note: impl Into<Hint>) {
        self.host.note(&note.into());
    }

    /// The whole context of a call: the profile's or the user's language and time zone, companies, what the caller
    /// adds, and over all of it the agent's marks.
    pub fn context(&self) -> Result<Object> {
        let mut whole = of_profile(&self.session.settings);
        whole.extend(self.caller.context().clone());
        if !(whole.contains_key("lang") && whole.contains_key("tz")) {
            let mut learnt = self.learnt()?;
            learnt.extend(whole);
            whole = learnt;
        }
        whole.extend(context::agent_marks(&self.caller.channel));
        Ok(whole)
    }

    /// What the user's own settings say; asked for once, for as long as that holds.
    fn learnt(&self) -> Result<Object> {
        if let Some(learnt) = lock(&self.session.learnt).as_ref()
            && !self.session.is_over(learnt)
        {
            return Ok(learnt.value.clone());
        }
        let value = user_context::learn(&self.desk())?;
        let timed = Timed { value: value.clone(), until: self.session.until(DOCUMENT_TTL) };
        *lock(&self.session.learnt) = Some(timed);
        Ok(value)
    }

    /// An operation as it goes out from here.
    pub fn in_context(&self, mut operation: Operation) -> Result<Operation> {
        // A question may bring a key of its own, like the one for archived records.
        let own = std::mem::replace(&mut operation.context, self.context()?);
        operation.context.extend(own);
        Ok(operation)
    }

    /// The same as far as it is at hand: nothing is asked.
    pub fn known_user_id(&self) -> Option<i64> {
        user_context::known_user_id(&self.desk())
    }

    /// The user that the key belongs to, if Odoo tells.
    pub fn user_id(&self) -> Option<i64> {
        user_context::user_id(&self.desk())
    }

    /// The documents, in this context.
    pub fn documents<'c>(&self, context: &'c Object) -> Reader<'c>
    where
        'a: 'c,
    {
        Reader { desk: self.desk(), context }
    }

    /// Fields of a model; with `refresh` Odoo is asked whatever is at hand.
    pub fn schema(&self, model: &str, refresh: bool) -> Result<Arc<Schema>> {
        let context = self.context()?;
        if !refresh && let Some(schema) = self.remembered(model, &context) {
            return Ok(Arc::new(Schema::clone(&schema).at_hand()));
        }
        let ttl = self.session.settings.schema_ttl;
        let schema = Schema::of(model, &self.desk(), &context, ttl, refresh)
            .map_err(|error| self.naming_settings(error))?;
        Ok(self.remember(model, &context, schema))
    }

    /// A refusal, with the profile's setting that is behind it, if one is.
    pub fn naming_settings(&self, error: Error) -> Error {
        match wrong_setting(&error, self.caller.context(), &self.session.settings, &self.desk()) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    fn remembered(&self, model: &str, context: &Object) -> Option<Arc<Schema>> {
        if let Some(schema) = self.schemas.borrow().get(model) {
            return Some(Arc::clone(schema));
        }
        let mut schemas = lock(&self.session.schemas);
        schemas.retain(|_, timed| !self.session.is_over(timed));
        let kept = Schema::clone(&schemas.get(&memo(model, context))?.value).at_hand();
        let kept = Arc::new(kept);
        self.schemas.borrow_mut().insert(model.into(), Arc::clone(&kept));
        Some(kept)
    }

    fn remember(&self, model: &str, context: &Object, schema: Schema) -> Arc<Schema> {
        let schema = Arc::new(schema);
        self.schemas.borrow_mut().insert(model.into(), Arc::clone(&schema));
        let until = self.session.until(self.session.settings.schema_ttl);
        let timed = Timed { value: Arc::clone(&schema), until };
        let mut schemas = lock(&self.session.schemas);
        let key = memo(model, context);
        if schemas.len() >= MOST_HELD && !schemas.contains_key(&key) {
            // What was read first goes first: on disk it is still at hand.
            let first = schemas.iter().min_by_key(|(_, timed)| timed.until).map(|(key, _)| key.clone());
            first.and_then(|key| schemas.remove(&key));
        }
        schemas.insert(key, timed);
        schema
    }
}

fn memo(model: &str, context: &Object) -> String {
    format!("{model} {}", canonical(&context.clone().into()))
}

impl Schemas for Run<'_> {
    fn version(&self) -> Version {
        let major = self.session.odoo.major(self.host).ok();
        major
            .and_then(|major| Version::try_from(major).ok())
            .map_or(USUAL, |major| major.clamp(OLDEST, NEWEST))
    }

    fn asked(&self, question: Operation) -> Option<Result<Value>> {
        let caller = self.caller.asking();
        Some(Run::ask(&Run::new(self.session, &caller, self.host), question))
    }

    fn has_group(&self, group: &str) -> Option<bool> {
        user_context::has_group(&self.desk(), group)
    }

    fn user_id(&self) -> Option<i64> {
        Run::user_id(self)
    }

    fn companies(&self) -> Option<Vec<i64>> {
        user_context::companies(&self.desk())
    }

    fn ask(&self, question: Operation) -> Option<Value> {
        self.asked(question)?.ok()
    }

    fn known(&self, model: &str) -> Option<Arc<Schema>> {
        let context = self.context().ok()?;
        if let Some(schema) = self.remembered(model, &context) {
            return Some(schema);
        }
        let schema = Schema::cached(model, &self.desk(), &context, self.session.settings.schema_ttl)?;
        Some(self.remember(model, &context, schema))
    }

    fn filled(&self, model: &str) -> Result<Option<Arc<Schema>>> {
        if let Some(schema) = self.known(model) {
            return Ok(Some(schema));
        }
        match self.schema(model, false) {
            Ok(schema) => Ok(Some(schema)),
            // Whoever cannot be asked for fields cannot be sent values either.
            Err(error)
                if matches!(
                    error.code,
                    Code::Unreachable | Code::AuthRejected | Code::DatabaseNotFound | Code::Interrupted
                ) =>
            {
                let mut error = if error.code == Code::Unreachable && error.effect == Effect::Rejected {
                    error.with_effect(Effect::NotSent, Retry::Safe)
                } else {
                    error
                };
                error.message = format!(
                    "{} (asked for the fields of {model} first: the call was not sent)",
                    error.message
                );
                Err(error)
            }
            Err(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::tests::{Hands, bench, unheard};

    #[test]
    fn a_life_without_end_is_one() {
        let bench = bench(Hands::new(), |_| Ok(String::new()));
        assert_eq!(bench.session.until(Duration::MAX), u64::MAX);
    }

    #[test]
    fn contexts_without_end_keep_no_schemas_without_end() {
        let clock = Hands::new();
        let bench = bench(clock.clone(), |_| Ok(r#"{"name": {"type": "char", "string": "x"}}"#.into()));
        let host = unheard();
        let schema = |number: usize| {
            let context = Object::from_iter([("x_number".to_string(), number.into())]);
            let caller = Caller::new(context, &[], "cli").unwrap();
            let run = Run::new(&bench.session, &caller, &host);
            assert_eq!(run.schema("res.partner", false).unwrap().names().count(), 1);
            clock.sleep(Duration::from_secs(1));
            run.context().map(|context| memo("res.partner", &context)).unwrap()
        };
        let first = schema(0);
        let names: Vec<String> = (1..200).map(schema).collect();
        let held = lock(&bench.session.schemas);
        assert_eq!(held.len(), MOST_HELD);
        assert!(!held.contains_key(&first) && held.contains_key(&names[198]), "the latest are held");
    }
}
