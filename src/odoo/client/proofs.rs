//! By what the client proves who it is: key, user's number or session; how each is had, kept, renewed and ended.

use serde_json::Value;

use super::{Answered, Lost, Odoo, SIGNING_IN};
use crate::cleared::Cleared;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::host::Host;
use crate::odoo::choosing::{FIRST_WITH_JSON2, Link};
use crate::odoo::sign_in::Login;
use crate::operation::{Access, Object, Operation};
use crate::protocol::json2::Json2;
use crate::protocol::{Proof, Reply, Way, jsonrpc, rpc, session};
use crate::secret::Secret;
use crate::settings::Wish;

impl Odoo {
    pub(super) fn proof(&self, link: &Link, host: &dyn Host) -> Result<Proof> {
        if let Some(proof) = self.sign_in.known() {
            return Ok(proof);
        }
        let proof = match link.protocol.way() {
            Way::Json2 => Proof::Key(self.key()?.clone()),
            Way::JsonRpc => {
                let (login, secret, _) = self.login()?;
                match self.sign_in.remembered_user(login) {
                    Some(id) => Proof::User { id, secret: secret.clone() },
                    None => self.signed_in(link, host)?,
                }
            }
            Way::Session => match self.sign_in.kept_cookie() {
                Some(cookie) => {
                    self.veil.keep(&cookie);
                    Proof::Cookie(cookie)
                }
                None => self.signed_in(link, host)?,
            },
        };
        self.sign_in.set(&proof);
        Ok(proof)
    }

    pub(super) fn key(&self) -> Result<&Secret> {
        let missing =
            || Error::new(Code::ConfigMissing, "the profile holds no ODOO_API_KEY: nothing was sent");
        self.settings.api_key.as_ref().ok_or_else(missing)
    }

    /// Login, and what it goes with: a key before a password, and none for the web session.
    pub(super) fn login(&self) -> Result<(&str, &Secret, bool)> {
        let settings = &self.settings;
        let missing = |name: &str| {
            Error::new(Code::ConfigMissing, format!("the profile holds no {name}: nothing was sent"))
        };
        let login = settings.login.as_deref().ok_or_else(|| missing("ODOO_LOGIN"))?;
        match (&settings.api_key, &settings.password) {
            (Some(key), _) if settings.wish != Wish::Session => Ok((login, key, true)),
            (_, Some(password)) => Ok((login, password, false)),
            _ => Err(missing("ODOO_PASSWORD")),
        }
    }

    /// Signs in, whatever is known from before.
    pub(super) fn signed_in(&self, link: &Link, host: &dyn Host) -> Result<Proof> {
        let major = link.server.as_ref().map_or(FIRST_WITH_JSON2, |server| server.major);
        let way = link.protocol.way();
        let asked = self.asked(SIGNING_IN, Access::Read, way);
        let _watch = host.watch(SIGNING_IN, Access::Read);
        let database = &self.settings.database;
        if way == Way::Session {
            let (Some(login), Some(password)) = (&self.settings.login, &self.settings.password) else {
                return Err(self.login().err().unwrap_or_else(|| Error::new(Code::Internal, "no password")));
            };
            let who = Login { login, has_key: false, major };
            let Answered { reply, cookie } = self.exchanged(
                &session::authenticate(database, login, password),
                asked,
                &rpc::is_passing,
                host,
            )?;
            let info = rpc::result(&reply, asked).map_err(|error| who.not_opened(error, asked))?;
            who.opened(&info, asked)?;
            let Some(cookie) = cookie else {
                return Err(Error::new(
                    Code::BadReply,
                    "the web login gave no cookie: a proxy may take it away; nothing else was sent",
                ));
            };
            self.take_over(&cookie, host);
            return Ok(Proof::Cookie(cookie));
        }
        let (login, secret, has_key) = self.login()?;
        let who = Login { login, has_key, major };
        let request = jsonrpc::authenticate(database, login, secret);
        let reply = self.exchanged(&request, asked, &rpc::is_passing, host)?.reply;
        let told = rpc::result(&reply, asked).map_err(|error| who.not_opened(error, asked))?;
        let id = who.number(&told, asked)?;
        self.sign_in.remember_user(login, id);
        let proof = Proof::User { id, secret: secret.clone() };
        self.sign_in.set(&proof);
        Ok(proof)
    }

    /// The number of the agent's own user, asked of Odoo now: no file says it.
    ///
    /// # Errors
    /// Odoo does not confirm the agent's own login.
    pub fn own_number(&self, host: &dyn Host) -> Result<i64> {
        if self.wants_no_login(host)? {
            return self.number_of(self.key()?, host);
        }
        let (login, secret, _) = self.login()?;
        self.confirmed(login, secret, host)
    }

    /// Whether a key says whose it is.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub fn wants_no_login(&self, host: &dyn Host) -> Result<bool> {
        Ok(self.link(host)?.protocol.way() == Way::Json2)
    }

    /// Whose a key is, by JSON-2.
    fn number_of(&self, key: &Secret, host: &dyn Host) -> Result<i64> {
        let reply = self.asked_with(Operation::new("res.users", "context_get", Object::new())?, key, host)?;
        let told: Value = serde_json::from_str(reply.get()).unwrap_or_default();
        told["uid"].as_i64().filter(|id| *id > 0).ok_or_else(|| {
            Error::new(Code::BadReply, "context_get did not tell whose the key is: nothing was sent")
                .with_effect(Effect::NotSent, Retry::Never)
        })
    }

    fn asked_with(&self, question: Operation, key: &Secret, host: &dyn Host) -> Result<Reply> {
        let protocol = Json2::new(&self.settings.database);
        self.told(&protocol, &Cleared::confirming(question)?, &Proof::Key(key.clone()), host)?.0
    }

    /// The number of another user who proves to be here with their own key or password, and is no stranger: an internal
    /// user of this Odoo. Nothing of it is kept.
    ///
    /// # Errors
    /// Odoo does not confirm it.
    pub fn confirmed(&self, login: &str, secret: &Secret, host: &dyn Host) -> Result<i64> {
        let link = self.link(host)?;
        let (major, way) = (self.major(host)?, link.protocol.way());
        let asked = self.asked(SIGNING_IN, Access::Read, way);
        let _watch = host.watch(SIGNING_IN, Access::Read);
        let database = &self.settings.database;
        let stranger = || {
            Error::new(
                Code::ConfirmationRefused,
                match login {
                    "" => "whoever has this key is no internal user of this Odoo: nothing was sent".into(),
                    login => format!("{login} is no internal user of this Odoo: nothing was sent"),
                },
            )
            .with_effect(Effect::NotSent, Retry::Never)
        };
        let unsent = |error: Error| error.with_effect(Effect::NotSent, Retry::Never);
        if way == Way::Session {
            let who = Login { login, has_key: false, major };
            let request = session::authenticate(database, login, secret);
            let Answered { reply, cookie } = self.exchanged(&request, asked, &rpc::is_passing, host)?;
            let info = rpc::result(&reply, asked).map_err(|error| unsent(who.not_opened(error, asked)))?;
            let id = who.opened(&info, asked).map_err(unsent)?;
            if let Some(cookie) = cookie {
                let _ = self.exchanged(&session::destroy(&cookie), asked, &rpc::is_passing, host);
            }
            let info: Value = serde_json::from_str(info.get()).unwrap_or_default();
            let is_internal = match &info["is_internal_user"] {
                Value::Bool(is_internal) => *is_internal,
                // Up to 15 it is not told so; only who is no portal user has companies to choose from.
                _ => info["user_companies"].is_object(),
            };
            return if is_internal { Ok(id) } else { Err(stranger()) };
        }
        if way == Way::Json2 {
            let id = self.number_of(secret, host).map_err(unsent)?;
            let arguments =
                crate::operation::kwargs(serde_json::json!({ "group_ext_id": "base.group_user" }));
            let question = Operation::new("res.users", "has_group", arguments)?.on(vec![id]);
            return match self.asked_with(question, secret, host).map_err(unsent)?.get() {
                "true" => Ok(id),
                _ => Err(stranger()),
            };
        }
        let who = Login { login, has_key: true, major };
        let request = jsonrpc::authenticate(database, login, secret);
        let reply = self.exchanged(&request, asked, &rpc::is_passing, host)?.reply;
        let told = rpc::result(&reply, asked).map_err(|error| unsent(who.not_opened(error, asked)))?;
        let id = who.number(&told, asked).map_err(unsent)?;
        let question = Operation::new(
            "res.users",
            "has_group",
            crate::operation::kwargs(serde_json::json!({ "group_ext_id": "base.group_user" })),
        )?
        .on(vec![id]);
        let proof = Proof::User { id, secret: secret.clone() };
        let request = link.protocol.request(&question, &proof)?;
        let reply = self.exchanged(&request, asked, &rpc::is_passing, host)?.reply;
        match link.protocol.reply(&question, reply, asked).map_err(unsent)?.get() {
            "true" => Ok(id),
            _ => Err(stranger()),
        }
    }

    /// Another proof after one that did not do, if there is one.
    pub(super) fn renewed(
        &self,
        link: &Link,
        used: &Proof,
        lost: Lost,
        host: &dyn Host,
    ) -> Result<Option<Proof>> {
        let rejected = |error: Error| match error.effect {
            // The call was sent, and not begun.
            Effect::NotSent if lost == Lost::Session => error.with_effect(Effect::Rejected, Retry::Safe),
            _ => error,
        };
        let proof = match lost {
            Lost::Session => match self.newer_session(used) {
                Some(newer) => newer,
                None => self.signed_in(link, host).map_err(rejected)?,
            },
            Lost::Denied => self.signed_in(link, host).map_err(rejected)?,
        };
        if let Proof::Cookie(cookie) = &proof {
            self.veil.keep(cookie);
        }
        self.sign_in.set(&proof);
        Ok(Some(proof).filter(|proof| proof != used))
    }

    /// A session that another thread or process opened meanwhile.
    pub(super) fn newer_session(&self, used: &Proof) -> Option<Proof> {
        let of_process = self.sign_in.known().filter(|known| known != used);
        of_process.or_else(|| self.sign_in.kept_cookie().map(Proof::Cookie).filter(|kept| kept != used))
    }

    /// A new cookie, for this process and the next; nobody sees it.
    pub(super) fn take_over(&self, cookie: &Secret, host: &dyn Host) {
        self.veil.keep(cookie);
        self.sign_in.set(&Proof::Cookie(cookie.clone()));
        if self.sign_in.kept_cookie().as_ref() == Some(cookie) {
            return;
        }
        if let Err(error) = self.sign_in.keep_cookie(cookie) {
            host.note(
                &format!("the session could not be kept here ({error}): the next run signs in again").into(),
            );
        }
    }

    /// Ends the web session that is kept, on the server and here. Whether there was one.
    ///
    /// # Errors
    /// The server could not be reached; then the session is kept.
    pub fn end_session(&self, host: &dyn Host) -> Result<bool> {
        let Some(cookie) = self.sign_in.kept_cookie() else { return Ok(false) };
        self.veil.keep(&cookie);
        let asked = self.asked("the end of the session", Access::Read, Way::Session);
        let _watch = host.watch("the end of the session", Access::Read);
        let reply = self.exchanged(&session::destroy(&cookie), asked, &rpc::is_passing, host)?.reply;
        if !rpc::lost_session(&reply) {
            rpc::result(&reply, asked)?;
        }
        self.sign_in.forget_cookie().map_err(|error| {
            Error::local_state(format!("the session was ended and its cookie could not be removed ({error})"))
        })?;
        Ok(true)
    }
}
