//! Calls that this program holds itself, where Odoo has no guard: each exactly as it was stopped, one file a call. Its
//! number is made of what it would do, so that the same call is held once. The agent can write here: nothing in a file
//! lets anything through. It sends nothing.

use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::cache::Owner;
use crate::caller::Asker;
use crate::drawer::{Drawer, OLDEST};
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::waiting;

const FORM: u64 = 1;

/// A held call.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Its number.
    pub request: String,
    /// Exactly what was stopped.
    pub operation: Operation,
    /// Why it was.
    pub why: String,
    /// The second in which it was.
    pub at: u64,
    /// `pending`, `done`, `rejected` or `unknown`.
    pub state: String,
    /// Who asked for it.
    pub asker: Asker,
    /// Exactly this was sent before, or may have been.
    pub was_sent: bool,
    /// What Odoo answered, once it was carried out.
    pub result: Value,
}

/// The number of an operation.
pub fn number(operation: &Operation) -> String {
    let digest = operation.digest();
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// The directory.
#[derive(Clone, Debug)]
pub struct HeldCalls {
    files: Drawer,
}

impl HeldCalls {
    /// Below the state directory; nothing is created yet.
    pub fn new(state: &Path) -> HeldCalls {
        HeldCalls { files: Drawer::new(state, "held") }
    }

    /// Keeps a call, or what became of it.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn put(&self, owner: &Owner, held: &Held) -> io::Result<()> {
        let text = json!({
            "form": FORM, "request": held.request, "why": held.why, "at": held.at, "state": held.state,
            "was_sent": held.was_sent, "result": held.result, "operation": held.operation.stored(),
            "asker": held.asker.stored(),
        });
        self.files.put(owner, &held.request, &text.to_string(), held.at)
    }

    /// Begins what is still pending, so that of two who let it through one does; whether this is the one.
    ///
    /// # Errors
    /// `local_state`: it cannot be noted, and so is not to be sent.
    pub fn begin(&self, owner: &Owner, request: &str) -> Result<bool> {
        let unnoted = |why: io::Error| {
            Error::local_state(format!("request {request} cannot be noted ({why}): nothing was sent"))
        };
        let _lock = self.files.locked().map_err(unnoted)?;
        match self.get(owner, request)? {
            Some(held) if held.state == "pending" => {
                let begun = Held { state: "unknown".into(), ..held };
                self.put(owner, &begun).map_err(unnoted)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A held call; none if it was held elsewhere, or by another profile.
    ///
    /// # Errors
    /// `local_state`: there is a file that cannot be used.
    pub fn get(&self, owner: &Owner, request: &str) -> Result<Option<Held>> {
        self.files.get(owner, request, "repeat the call itself: it is held again", |value| {
            understood(value).filter(|held| waiting::number(request).as_ref() == Some(&held.request))
        })
    }

    /// Every call that is held, the latest first; those that are too old are let go.
    pub fn list(&self, owner: &Owner, now: u64) -> Vec<Held> {
        let mut found = Vec::new();
        for request in self.files.requests(owner) {
            match self.get(owner, &request) {
                Ok(Some(held)) if held.at.saturating_add(OLDEST) < now => {
                    let _ = self.remove(owner, &request);
                }
                Ok(Some(held)) => found.push(held),
                _ => {}
            }
        }
        found.sort_by_key(|held| std::cmp::Reverse(held.at));
        found
    }

    /// Lets go of one.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn remove(&self, owner: &Owner, request: &str) -> io::Result<()> {
        self.files.remove(owner, request)
    }
}

/// What a file says. Its number has to be that of its operation: nobody puts another one in its place unseen.
fn understood(value: &Value) -> Option<Held> {
    let operation = Operation::from_stored(&value["operation"])?;
    let request = value["request"].as_str()?.to_string();
    let is_it = value["form"] == FORM && request == number(&operation);
    let state = value["state"].as_str()?;
    let is_state = matches!(state, "pending" | "done" | "rejected" | "unknown");
    (is_it && is_state).then(|| Held {
        request,
        operation,
        why: value["why"].as_str().unwrap_or_default().into(),
        at: value["at"].as_u64().unwrap_or_default(),
        state: state.into(),
        asker: Asker::from_stored(&value["asker"]),
        was_sent: value["was_sent"].as_bool().unwrap_or_default(),
        result: value["result"].clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fsio;
    use crate::operation::kwargs;

    fn held(body: &str) -> Held {
        let operation = Operation::new("res.partner", "message_post", kwargs(json!({ "body": body })))
            .unwrap()
            .on(vec![7]);
        Held {
            request: number(&operation),
            operation,
            why: "w".into(),
            at: 100,
            state: "pending".into(),
            asker: Asker::of(&crate::caller::Road::default(), "lab"),
            was_sent: false,
            result: Value::Null,
        }
    }

    #[test]
    fn a_call_is_held_once_and_by_what_it_does() {
        let directory = tempfile::tempdir().unwrap();
        let calls = HeldCalls::new(directory.path());
        let owner = Owner { base_url: "http://a".into(), database: "d".into(), user: "u".into() };
        let (one, other) = (held("x"), held("y"));
        assert_eq!(waiting::number(&one.request).as_ref(), Some(&one.request));
        assert_ne!(one.request, other.request);
        calls.put(&owner, &one).unwrap();
        calls.put(&owner, &one).unwrap();
        assert_eq!(calls.get(&owner, &one.request).unwrap().as_ref(), Some(&one));
        assert_eq!(calls.list(&owner, 200), std::slice::from_ref(&one));
        assert!(calls.begin(&owner, &one.request).unwrap());
        assert!(!calls.begin(&owner, &one.request).unwrap(), "somebody has begun it");
        assert!(!calls.begin(&owner, &other.request).unwrap(), "there is none");
        calls.put(&owner, &one).unwrap();
        let elsewhere = Owner { user: "v".into(), ..owner.clone() };
        assert_eq!(calls.get(&elsewhere, &one.request).unwrap(), None);
        // Another call under the number of one that a person has read about.
        let path = calls.files.file(&owner, &one.request).unwrap();
        let text = std::fs::read(&path).map(|bytes| String::from_utf8(bytes).unwrap()).unwrap();
        fsio::write_atomically(&path, &[text.replace("\"x\"", "\"y\"").as_bytes()], false).unwrap();
        assert!(calls.get(&owner, &one.request).is_err());
        assert!(calls.list(&owner, 100 + OLDEST + 1).is_empty());
    }
}
