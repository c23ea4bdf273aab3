//! Entries: what a line of each kind says, and the lines of one call put together. A later version may add members
//! and kinds of lines and takes none away; what it adds is left as it is, and an entry of it is shown and not acted on.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::hint::{Action, Hint};
use crate::operation::Object;

/// The version of what is written.
pub const FORMAT: u64 = 1;
/// What is about to be sent.
pub const INTENT: &str = "intent";
/// What became of it.
pub const OUTCOME: &str = "outcome";
/// What was found out of it later.
pub const CHECKED: &str = "checked";

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was sent, or was about to be, and nobody knows what became of it.
    Open,
    /// It was carried out.
    Done,
    /// It was refused or rolled back.
    Rejected,
    /// It never left.
    NotSent,
}

impl State {
    /// The word in results.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Done => "done",
            State::Rejected => "rejected",
            State::NotSent => "not_sent",
        }
    }
}

/// Error codes of refusals that are somebody's decision, or the caller's slip: nothing of it waits to be sent again.
const DECIDED: [&str; 6] = [
    "preflight_refused",
    "policy_denied",
    "policy_invalid",
    "confirmation_required",
    "confirmation_refused",
    "confirmation_pending",
];

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The line before it was sent.
    pub intent: Value,
    /// The line after.
    pub outcome: Option<Value>,
    /// What was found out later.
    pub checked: Option<Value>,
    /// The entries that undo it.
    pub undone_by: Vec<String>,
    /// The entries that send it again.
    pub retried_by: Vec<String>,
}

impl Entry {
    /// A member of the intent.
    pub fn text(&self, member: &str) -> &str {
        self.intent[member].as_str().unwrap_or_default()
    }

    /// The second of its intent.
    pub fn at(&self) -> u64 {
        seconds(&self.intent["at"]).unwrap_or_default()
    }

    /// `res.partner`
    pub fn model(&self) -> &str {
        self.text("model")
    }

    /// `write`
    pub fn method(&self) -> &str {
        self.text("method")
    }

    /// The records it works on.
    pub fn ids(&self) -> Vec<i64> {
        self.intent["ids"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
    }

    /// The values of records to be made; an object alone is a list of one.
    pub fn vals_list(&self) -> Vec<Object> {
        let given = &self.intent["values"]["vals_list"];
        let list = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
        list.iter().filter_map(Value::as_object).cloned().collect()
    }

    /// Whether a later version wrote it, so that it may mean more than is understood here.
    pub fn is_newer(&self) -> bool {
        self.intent["v"].as_u64().is_none_or(|version| version > FORMAT)
    }

    /// How it stands.
    pub fn state(&self) -> State {
        match self.checked.as_ref().and_then(|line| line["finding"].as_str()) {
            Some("happened") => return State::Done,
            Some("did_not_happen") => return State::Rejected,
            _ => {}
        }
        match self.outcome.as_ref().and_then(|line| line["effect"].as_str()) {
            Some("done" | "none") => State::Done,
            Some("rejected") => State::Rejected,
            Some("not_sent") => State::NotSent,
            _ => State::Open,
        }
    }

    /// The error code that it ended with.
    pub fn code(&self) -> Option<&str> {
        self.outcome.as_ref()?["code"].as_str()
    }

    /// Odoo's answer, as far as it was kept, or the records that were found later.
    pub fn result(&self) -> &Value {
        match &self.checked {
            Some(line) if line["finding"] == "happened" && !line["ids"].is_null() => &line["ids"],
            _ => self.outcome.as_ref().map_or(&Value::Null, |line| &line["result"]),
        }
    }

    /// Whether it waits to be sent again: not sent or rejected, and by nobody's decision.
    pub fn is_failed(&self) -> bool {
        matches!(self.state(), State::Rejected | State::NotSent)
            && self.code().is_none_or(|code| !DECIDED.contains(&code))
    }

    /// The row of a list.
    pub fn row(&self) -> Value {
        json!({
            "id": self.id, "at": self.intent["at"], "surface": self.intent["surface"],
            "model": self.intent["model"], "method": self.intent["method"], "ids": self.intent["ids"],
            "state": self.state().as_str(), "code": self.code(), "result": self.result(),
            "undoes": self.intent["undoes"], "retries": self.intent["retries"],
            "undone_by": self.undone_by.last(), "run": self.intent["run"],
        })
    }

    /// All that is known of it.
    pub fn whole(&self) -> Value {
        let mut whole = json!({ "id": self.id, "state": self.state().as_str() });
        let bare = |line: &Value| {
            let mut line = line.clone();
            for member in ["kind", "id", "of", "prev", "sum"] {
                if let Some(object) = line.as_object_mut() {
                    object.shift_remove(member);
                }
            }
            line
        };
        if let (Some(all), Value::Object(intent)) = (whole.as_object_mut(), bare(&self.intent)) {
            all.extend(intent);
        }
        whole["outcome"] = self.outcome.as_ref().map_or(Value::Null, bare);
        for (name, value) in [
            ("checked", self.checked.as_ref().map(bare)),
            ("undone_by", list(&self.undone_by)),
            ("retried_by", list(&self.retried_by)),
        ] {
            if let Some(value) = value {
                whole[name] = value;
            }
        }
        whole
    }
}

fn list(ids: &[String]) -> Option<Value> {
    (!ids.is_empty()).then(|| json!(ids))
}

/// The undo by which an entry is undone: one that was carried out and is not undone itself. An undo is younger than
/// what it undoes, so that this ends.
pub fn undo_of<'a>(all: &'a [Entry], entry: &Entry) -> Option<&'a Entry> {
    let undos = all.iter().filter(|other| entry.undone_by.contains(&other.id));
    undos.filter(|undo| undo.state() == State::Done).find(|undo| undo_of(all, undo).is_none())
}

/// The second of a time as lines have it.
pub fn seconds(at: &Value) -> Option<u64> {
    let time = humantime::parse_rfc3339(at.as_str()?).ok()?;
    time.duration_since(std::time::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// How it is found out whether a call happened.
pub fn how_to_check(id: &str) -> Hint {
    Hint::new("find out whether it happened before you repeat it: ")
        .action(Action::new("journal check").with("id", id))
}

/// Lines put together, in the order of their intents.
pub fn entries(lines: impl Iterator<Item = Value>) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let text = |member: &str| line[member].as_str().map(str::to_string);
        match line["kind"].as_str() {
            Some(INTENT) => {
                let Some(id) = text("id") else { continue };
                for (member, is_undo) in [("undoes", true), ("retries", false)] {
                    if let Some(at) = text(member).and_then(|of| places.get(&of).copied()) {
                        let list = if is_undo { &mut found[at].undone_by } else { &mut found[at].retried_by };
                        list.push(id.clone());
                    }
                }
                places.insert(id.clone(), found.len());
                found.push(Entry {
                    id,
                    intent: line,
                    outcome: None,
                    checked: None,
                    undone_by: Vec::new(),
                    retried_by: Vec::new(),
                });
            }
            Some(kind @ (OUTCOME | CHECKED)) => {
                let Some(at) = text("of").and_then(|of| places.get(&of).copied()) else { continue };
                let is_outcome = kind == OUTCOME;
                let place = if is_outcome { &mut found[at].outcome } else { &mut found[at].checked };
                *place = Some(line);
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[Value]) -> Vec<Entry> {
        entries(lines.iter().cloned())
    }

    #[test]
    fn an_entry_is_open_until_something_is_known_of_it() {
        let intent = json!({ "v": 1, "kind": "intent", "id": "a", "model": "m", "method": "write" });
        let outcome = |effect: &str, code: &str| json!({ "v": 1, "kind": "outcome", "of": "a", "effect": effect, "code": code });
        let state = |more: Value| told(&[intent.clone(), more])[0].state();
        assert_eq!(told(std::slice::from_ref(&intent))[0].state(), State::Open);
        assert_eq!(state(outcome("done", "")), State::Done);
        assert_eq!(state(outcome("unknown", "outcome_unknown")), State::Open);
        assert_eq!(state(outcome("rejected", "busy")), State::Rejected);
        assert_eq!(
            state(json!({ "v": 1, "kind": "checked", "of": "a", "finding": "cannot_tell" })),
            State::Open
        );
        assert_eq!(
            state(json!({ "v": 1, "kind": "checked", "of": "a", "finding": "happened" })),
            State::Done
        );
        let failed = |effect: &str, code: &str| told(&[intent.clone(), outcome(effect, code)])[0].is_failed();
        assert!(failed("not_sent", "unreachable") && failed("rejected", "rejected"));
        assert!(!failed("rejected", "confirmation_required") && !failed("not_sent", "policy_denied"));
        assert!(!failed("unknown", "outcome_unknown") && !failed("done", ""));
    }

    #[test]
    fn an_entry_is_undone_by_an_undo_that_stands() {
        let intent = |id: &str, undoes: &str| json!({ "v": 1, "kind": "intent", "id": id, "undoes": undoes });
        let done = |id: &str| json!({ "v": 1, "kind": "outcome", "of": id, "effect": "done" });
        let mut lines = vec![intent("a", ""), done("a")];
        for (id, undoes, by) in
            [("b", "a", Some("b")), ("c", "b", None), ("d", "c", Some("b")), ("e", "d", None)]
        {
            lines.extend([intent(id, undoes), done(id)]);
            let all = told(&lines);
            assert_eq!(undo_of(&all, &all[0]).map(|undo| undo.id.as_str()), by, "{id}");
        }
    }

    #[test]
    fn what_a_later_version_adds_is_passed_over_and_what_an_earlier_one_lacks_is_nothing() {
        let lines = [
            json!({ "v": 1, "kind": "intent", "id": "old" }),
            json!({ "v": 2, "kind": "intent", "id": "new", "model": "m", "method": "x", "novel": {} }),
            json!({ "v": 2, "kind": "novelty", "of": "new", "effect": "unknown" }),
            json!({ "v": 2, "kind": "outcome", "of": "new", "effect": "done", "novel": 1 }),
            json!({ "kind": 7 }),
            json!([]),
        ];
        let found = told(&lines);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].state(), found[0].is_newer()), (State::Open, false));
        assert_eq!((found[1].state(), found[1].is_newer()), (State::Done, true));
        assert_eq!(found[1].whole()["novel"], json!({}));
    }
}
