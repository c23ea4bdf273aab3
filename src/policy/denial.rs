//! How a refusal is told: which rule of which file, why, and what would be allowed, in few bytes. It may be read by
//! whoever was refused: nothing of a call's values is in it.

use super::document::Document;
use super::files::Locked;
use super::policies::Loaded;
use crate::error::{Code, Denied, Effect, Error, Retry};

/// What the whole object takes beside its texts.
const FRAME: usize = 172;
/// What the object may take.
const MOST: usize = 396;

/// What decides.
#[derive(Clone, Copy, Default)]
pub struct By<'d> {
    file: &'d str,
    pointer: &'d str,
    /// What the owner calls it.
    called: Option<&'d str>,
    reason: &'d str,
}

impl<'d> By<'d> {
    /// What stands at a pointer of a document.
    pub fn of(loaded: Option<&'d Loaded>, pointer: &'d str, reason: &'d str) -> By<'d> {
        let file = loaded.map_or("", |loaded| loaded.file.as_str());
        By { file, pointer, called: loaded.and_then(|loaded| called(&loaded.document, pointer)), reason }
    }
}

/// What the owner calls the rule or the tool at a pointer, or around it.
fn called<'d>(document: &'d Document, pointer: &str) -> Option<&'d str> {
    let holds = |own: &str| {
        !own.is_empty()
            && pointer.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let rules = document.rules.iter().map(|rule| (&rule.pointer, &rule.called));
    let tools =
        document.tools.values().chain([&document.all_tools]).map(|tool| (&tool.pointer, &tool.called));
    rules.chain(tools).find(|(own, _)| holds(own)).and_then(|(_, called)| called.as_deref())
}

/// A refusal by the policy.
pub fn refused(what: &str, by: By, allowed: Option<String>) -> Error {
    told(format!("the policy denies {what}: nothing was sent"), by, allowed, None)
}

/// A refusal at a limit.
pub fn limited(what: &str, by: By, seconds: Option<u64>) -> Error {
    let message = match seconds {
        Some(seconds) => format!("{what} is at its limit for {seconds} s: nothing was sent"),
        None => format!("{what} is more than its limit allows at once: nothing was sent"),
    };
    told(message, by, None, seconds)
}

/// A refusal of what a person has to let through.
pub fn wants_a_person(what: &str) -> Error {
    let told = format!("the policy wants a person to let {what} through: nothing was sent");
    let mut error = Error::new(Code::ConfirmationRequired, told).with_effect(Effect::NotSent, Retry::Never);
    error.held_by = Some("client");
    error
}

fn told(message: String, by: By, allowed: Option<String>, seconds: Option<u64>) -> Error {
    let retry = if seconds.is_some() { Retry::Safe } else { Retry::Never };
    let mut error = Error::new(Code::PolicyDenied, cut(&message, 130)).with_effect(Effect::NotSent, retry);
    error.held_by = Some("client");
    error.retry_after_s = seconds;
    let pointer = cut(by.pointer, 60);
    let mut left = MOST.saturating_sub(FRAME + written(&error.message) + written(&pointer));
    let mut take = |text: &str, most: usize| {
        let text = cut_front(text, most.min(left));
        left = left.saturating_sub(written(&text));
        text
    };
    let file = take(by.file, 48);
    let allowed = allowed.filter(|it| written(it) + 13 + 40 <= left);
    left = left.saturating_sub(allowed.as_ref().map_or(0, |it| written(it) + 13));
    // What the rule is called says less than why, and goes first where there is no room.
    let named = by.called.filter(|name| *name != by.reason).map(|name| match by.reason {
        "" => name.to_string(),
        reason => format!("{reason} ({name})"),
    });
    let reason = named.filter(|it| written(it) <= left).unwrap_or_else(|| cut(by.reason, left));
    error.denied = Some(Box::new(Denied { file, pointer, reason, allowed }));
    error
}

/// Bytes of a text in JSON.
fn written(text: &str) -> usize {
    serde_json::Value::from(text).to_string().len().saturating_sub(2)
}

/// The beginning of a text, of at most so many bytes in JSON.
fn cut(text: &str, most: usize) -> String {
    if written(text) <= most {
        return text.into();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if written(&kept) + 3 > most {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

/// The end of a path, of at most so many bytes.
fn cut_front(text: &str, most: usize) -> String {
    if written(text) <= most {
        return text.into();
    }
    let mut from = text.len();
    for (at, _) in text.char_indices().rev() {
        if written(&text[at..]) + 3 > most {
            break;
        }
        from = at;
    }
    format!("…{}", &text[from..])
}

/// A refusal of everything.
pub fn locked(locked: &Locked) -> Error {
    let place = match locked.pointer.as_str() {
        "" => locked.file.clone(),
        pointer => format!("{} at {pointer}", locked.file),
    };
    let mut error = Error::new(
        Code::PolicyInvalid,
        format!("the policy {place} cannot be taken: {}; nothing is sent until it can", locked.why),
    )
    .with_hint("the owner corrects it and looks with odoo-agent policy check");
    error.denied = Some(Box::new(Denied {
        file: locked.file.clone(),
        pointer: locked.pointer.clone(),
        reason: locked.why.clone(),
        allowed: None,
    }));
    error
}
