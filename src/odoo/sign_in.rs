//! How a profile proves itself in the older protocols: the user's number for JSON-RPC, a cookie for the web session.
//! Both are learnt once and kept; what a server says of a login that fails is told in the words that help. It sends
//! through whoever owns it.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::cookies::Cookies;
use super::schema::DOCUMENT_TTL;
use crate::cache::{Cache, Found, Key, Owner, Section};
use crate::error::{Code, Error, OdooFault, Result, Retry};
use crate::protocol::faults::Asked;
use crate::protocol::{Proof, Reply};
use crate::secret::Secret;

/// What is said of a login that has failed too often, in English; in other languages it is shown as it comes.
const COOLDOWN: &str = "Too many login failures";
/// Odoo's own `base.login_cooldown_duration`.
const COOLDOWN_SECONDS: u64 = 60;
/// What the class says by itself: anything else was said on purpose.
const DENIED: &str = "access denied";

/// What is kept of one profile's sign-ins.
pub struct SignIn {
    /// Whose.
    pub owner: Owner,
    /// What can be asked for again.
    pub cache: Cache,
    cookies: Cookies,
    proof: Mutex<Option<Proof>>,
}

impl SignIn {
    /// Nobody has signed in yet.
    pub fn new(owner: Owner, cache: Cache, cookies: Cookies) -> SignIn {
        SignIn { owner, cache, cookies, proof: Mutex::default() }
    }

    /// The proof of this process.
    pub fn known(&self) -> Option<Proof> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a proof over for this process.
    pub fn set(&self, proof: &Proof) {
        *self.proof.lock().unwrap_or_else(PoisonError::into_inner) = Some(proof.clone());
    }

    fn key<'k>(&'k self, login: &str) -> Key<'k> {
        Key {
            owner: &self.owner,
            section: Section::User,
            model: "res.users",
            question: json!({ "number of": login }),
        }
    }

    /// The user's number from an earlier run.
    pub fn remembered_user(&self, login: &str) -> Option<i64> {
        match self.cache.find(&self.key(login), DOCUMENT_TTL) {
            Found::Fresh(entry) => entry.body.trim().parse().ok().filter(|id| *id > 0),
            _ => None,
        }
    }

    /// Remembers it for the next.
    pub fn remember_user(&self, login: &str, id: i64) {
        let _ = self.cache.store(&self.key(login), &id.to_string(), None, "");
    }

    /// The cookie of an earlier run, or of another process.
    pub fn kept_cookie(&self) -> Option<Secret> {
        self.cookies.get(&self.owner)
    }

    /// Keeps the cookie.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn keep_cookie(&self, cookie: &Secret) -> std::io::Result<()> {
        self.cookies.put(&self.owner, cookie)
    }

    /// Lets go of it.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn forget_cookie(&self) -> std::io::Result<()> {
        *self.proof.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.cookies.remove(&self.owner)
    }
}

/// Who signs in, for messages.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// The login.
    pub login: &'a str,
    /// It does so with a key.
    pub has_key: bool,
    /// The server's version.
    pub major: u32,
}

impl Login<'_> {
    fn with(&self) -> &'static str {
        if self.has_key { "API key" } else { "password" }
    }

    /// The user's number in an answer of `common.authenticate`: false where login, key or password are wrong.
    ///
    /// # Errors
    /// They are.
    pub fn number(&self, reply: &Reply, asked: Asked) -> Result<i64> {
        match serde_json::from_str(reply.get()) {
            Ok(Value::Number(id)) if id.as_i64().is_some_and(|id| id > 0) => {
                Ok(id.as_i64().unwrap_or_default())
            }
            Ok(Value::Bool(false)) => Err(self.refused(asked)),
            _ => Err(Error::new(
                Code::BadReply,
                "common.authenticate did not answer with a user: nothing else was sent",
            )),
        }
    }

    fn refused(&self, asked: Asked) -> Error {
        let error = Error::new(
            Code::AuthRejected,
            format!(
                "Odoo at {} does not accept this {} for the login {} in database {}",
                asked.origin,
                self.with(),
                self.login,
                asked.database
            ),
        )
        .with_hint(
            "login, key or password may be mistyped, expired or of another database, or the user archived: Odoo does not say which",
        );
        let error = match (self.has_key, self.major) {
            (false, _) => error.with_hint("a user with two-factor authentication needs an API key here: Preferences, Account Security"),
            (true, 19..) => error.with_hint("an agent behind strictbase_agent_guard is let in by JSON-2 alone: take ODOO_PROTOCOL out of the profile"),
            (true, _) => error,
        };
        if self.major < 16 {
            return error.with_hint(
                "after ten failures this Odoo refuses every login for a minute: wait before you try again",
            );
        }
        error
    }

    /// The user's number in an answer of the web login: none where a second factor is wanted.
    ///
    /// # Errors
    /// There is none.
    pub fn opened(&self, reply: &Reply, asked: Asked) -> Result<i64> {
        let info: Value = serde_json::from_str(reply.get()).unwrap_or_default();
        match &info["uid"] {
            Value::Number(id) if id.as_i64().is_some_and(|id| id > 0) => Ok(id.as_i64().unwrap_or_default()),
            Value::Null if info.get("uid").is_some() => Err(Error::new(
                Code::AuthRejected,
                format!(
                    "the login {} in database {} has two-factor authentication: a password alone opens no session",
                    self.login, asked.database
                ),
            )
            .with_hint("make an API key for it (Preferences, Account Security) and set ODOO_API_KEY, without ODOO_PROTOCOL=session")),
            _ => Err(Error::new(Code::BadReply, "the web login did not answer with a session: nothing else was sent")),
        }
    }

    /// A web login that was refused, in the words that help.
    pub fn not_opened(&self, error: Error, asked: Asked) -> Error {
        let Some(fault) = error.odoo.as_deref() else { return error };
        let said = fault.message.trim().trim_end_matches('.').to_lowercase();
        match fault.name.as_str() {
            "odoo.exceptions.AccessError" if fault.message.starts_with("Database not found") => {
                crate::protocol::faults::no_database(asked)
            }
            "odoo.exceptions.AccessDenied" if fault.message.starts_with(COOLDOWN) => {
                let mut busy = Error::new(
                    Code::Busy,
                    format!(
                        "Odoo at {} refuses every login from here for a minute, after too many that failed: this says nothing of the password",
                        asked.origin
                    ),
                )
                .with_effect(crate::error::Effect::Rejected, Retry::Safe)
                .waiting(COOLDOWN_SECONDS);
                busy.odoo = error.odoo;
                busy
            }
            "odoo.exceptions.AccessDenied" => {
                let mut refused = self.refused(asked);
                refused.hints = vec![
                    "login or password may be mistyped or of another database, or the user archived: Odoo does not say which".into(),
                    "an API key is no password for the web session: with a key leave ODOO_PROTOCOL=session out".into(),
                ];
                if said != DENIED {
                    refused.message = format!("{}: {}", refused.message, fault.message.trim());
                }
                refused.odoo = Some(Box::new(OdooFault { debug: None, ..fault.clone() }));
                refused.http_status = error.http_status;
                refused
            }
            _ => error,
        }
    }
}
