//! A form of the client's in which a person lets a call through that the policy asks of one, where every rule that asks
//! says that a form will do: a program beside the client can answer forms, so nobody but the policy's owner can say that.
//! The call is shown whole or not at all, and an answer is good once, for exactly this call.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use rmcp::model::{ElicitRequestParams, ElicitationSchema};
use serde_json::json;

use super::fit;
use super::person::Reach;
use crate::context;
use crate::host::Consent;
use crate::operation::{Object, Operation};
use crate::text::sanitize;

/// A call that is longer than this is not shown in a form.
const LONGEST: usize = 4_000;
/// What is answered.
pub const APPROVE: &str = "approve";

/// The form of one call.
pub struct Form<'f> {
    reach: &'f Reach,
    /// The database and the server.
    place: String,
    /// How long an answer is waited for.
    patience: Duration,
    /// Which call the client brings an answer for, and whether it is a yes.
    brought: Option<(String, bool)>,
    is_used: Cell<bool>,
    asked: RefCell<Option<(String, ElicitRequestParams)>>,
}

impl<'f> Form<'f> {
    /// For a call that brings this answer, if any.
    pub fn new(
        reach: &'f Reach,
        place: String,
        patience: Duration,
        brought: Option<(String, bool)>,
    ) -> Form<'f> {
        Form { reach, place, patience, brought, is_used: Cell::new(false), asked: RefCell::default() }
    }

    /// Whether a person lets an operation through. Where the client brings the answer with the same call, nothing may
    /// have been written before: it would be written again.
    pub fn consent(
        &self,
        operation: &Operation,
        because: &str,
        has_written: bool,
        is_stopped: &dyn Fn() -> bool,
    ) -> Consent {
        let number = operation.digest();
        if let Some((asked, is_yes)) = &self.brought {
            let is_given = *is_yes && *asked == number && !self.is_used.replace(true);
            return if is_given { Consent::Given } else { Consent::NotHere };
        }
        let Some(question) = self.question(operation, because) else { return Consent::NotHere };
        match self.reach.answer_to(&question, self.patience, is_stopped) {
            Some(true) => Consent::Given,
            None if !has_written => {
                *self.asked.borrow_mut() = Some((number, question));
                Consent::Asked
            }
            Some(false) | None => Consent::NotHere,
        }
    }

    /// What is to be asked before the call goes on, and of which operation.
    pub fn asked(&self) -> Option<(String, ElicitRequestParams)> {
        self.asked.take()
    }

    fn question(&self, operation: &Operation, because: &str) -> Option<ElicitRequestParams> {
        if !self.reach.shows_forms() {
            return None;
        }
        let Operation { model, method, ids, kwargs, context, .. } = operation;
        let marks = context::agent_marks("");
        let own = context.iter().filter(|(key, _)| !marks.contains_key(*key));
        let own: Object = own.map(|(key, value)| (key.clone(), value.clone())).collect();
        let ids = ids.as_ref().map_or(String::new(), |ids| format!(" on {}", json!(ids)));
        let mut told = format!(
            "The agent asks to send this to {}: {model}/{method}{ids} with {}",
            self.place,
            fit::shown(&json!(kwargs).to_string())
        );
        if !own.is_empty() {
            told += &format!(" and the context {}", fit::shown(&json!(own).to_string()));
        }
        told += &format!(". The policy wants a person to let it through: {because}");
        let message = sanitize::for_terminal(&told);
        if message.len() > LONGEST {
            return None;
        }
        let schema = ElicitationSchema::builder()
            .required_bool_property(APPROVE, |answer| answer.title("Send exactly this, once"))
            .build()
            .ok()?;
        Some(ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema: schema })
    }
}
