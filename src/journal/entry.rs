//! Entries: what a line of each kind says, and the lines of one call put together. A later version may add members
//! and kinds of lines and takes none away; what it adds is left as it is, and an entry of it is shown and not acted on.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::hint::{Action, Hint};
use crate::knowledge::methods::{self, Answer};
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
#[derive(Clone, Debug, Default, PartialEq)]
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

    /// How it found a record, as far as that was read.
    pub fn found(&self, id: i64) -> Option<&Value> {
        self.intent["before"]["rows"].as_array()?.iter().find(|row| row["id"] == id)
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

    /// How it stands. What its own run says of it comes before what others found out, who may have looked too early.
    pub fn state(&self) -> State {
        match self.outcome.as_ref().and_then(|line| line["effect"].as_str()) {
            Some("done" | "none") => return State::Done,
            Some("rejected") => return State::Rejected,
            Some("not_sent") => return State::NotSent,
            _ => {}
        }
        match self.checked.as_ref().and_then(|line| line["finding"].as_str()) {
            Some("happened") => State::Done,
            Some("did_not_happen") => State::Rejected,
            _ => State::Open,
        }
    }

    /// The second in which its run stopped waiting for it; none where that run was ended before.
    pub fn ended(&self) -> Option<u64> {
        seconds(&self.outcome.as_ref()?["at"])
    }

    /// The second by which it was known what became of it, by its run or by a check.
    pub fn settled(&self) -> Option<u64> {
        self.ended().max(self.checked.as_ref().and_then(|line| seconds(&line["at"])))
    }

    /// Whether it may have changed something: it was carried out, or nobody knows.
    pub fn may_have_changed(&self) -> bool {
        matches!(self.state(), State::Done | State::Open)
    }

    /// The error code that it ended with.
    pub fn code(&self) -> Option<&str> {
        self.outcome.as_ref()?["code"].as_str()
    }

    /// Odoo's answer, as far as it was kept, or the records that were found later.
    pub fn result(&self) -> &Value {
        let kept = self.outcome.as_ref().map_or(&Value::Null, |line| &line["result"]);
        match &self.checked {
            Some(line) if kept.is_null() && line["finding"] == "happened" => &line["ids"],
            _ => kept,
        }
    }

    /// The records that it has made, if it tells of any.
    pub fn made(&self) -> Option<Vec<i64>> {
        let result = self.result();
        match result.get("ids").unwrap_or(result) {
            Value::Array(ids) if !ids.is_empty() => ids.iter().map(Value::as_i64).collect(),
            Value::Number(id) => Some(vec![id.as_i64()?]),
            _ => None,
        }
    }

    /// The same, where what it tells is known to be new records and not some number.
    pub fn surely_made(&self) -> Option<Vec<i64>> {
        let known = methods::of(self.model(), self.method())?;
        matches!(known.answer, Answer::Records { .. } | Answer::Import).then(|| self.made())?
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

/// The undo by which an entry is undone: the last step of one that was carried out, took back all of it and is not
/// undone itself. An undo is younger than what it undoes, so that this ends.
pub fn undo_of<'a>(all: &'a Entries, entry: &Entry) -> Option<&'a Entry> {
    let undos = entry.undone_by.iter().filter_map(|id| all.get(id));
    let mut whole = undos.filter(|undo| undo.state() == State::Done && undo.intent["part"] != true);
    whole.find(|undo| undo_of(all, undo).is_none())
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
#[derive(Clone, Debug, Default)]
pub struct Entries {
    found: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl Entries {
    /// Those that there are, the oldest first.
    pub fn all(&self) -> &[Entry] {
        &self.found
    }

    /// The one of this id.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.places.get(id).and_then(|at| self.found.get(*at))
    }

    /// One entry, and those after it.
    pub fn from(&self, id: &str) -> &[Entry] {
        self.places.get(id).and_then(|at| self.found.get(*at..)).unwrap_or_default()
    }

    /// The calls on a record after one.
    pub fn later_on<'e>(&'e self, entry: &Entry, model: &str, id: i64) -> impl Iterator<Item = &'e Entry> {
        let is_on_it = move |other: &&Entry| {
            other.may_have_changed() && other.model() == model && other.ids().contains(&id)
        };
        self.from(&entry.id).iter().skip(1).filter(is_on_it)
    }

    fn of_line(&mut self, line: &Value, member: &str) -> Option<&mut Entry> {
        let at = self.places.get(line[member].as_str()?)?;
        self.found.get_mut(*at)
    }

    /// Adds a line. A second intent of an id is a copy of the first, and what names an intent stands after it: so no
    /// entry comes before itself.
    pub fn add(&mut self, line: Value) {
        match line["kind"].as_str() {
            Some(INTENT) => {
                let Some(id) = line["id"].as_str().map(str::to_string) else { return };
                if self.places.contains_key(&id) {
                    return;
                }
                if let Some(undone) = self.of_line(&line, "undoes") {
                    undone.undone_by.push(id.clone());
                }
                if let Some(again) = self.of_line(&line, "retries") {
                    again.retried_by.push(id.clone());
                }
                self.places.insert(id.clone(), self.found.len());
                self.found.push(Entry { id, intent: line, ..Entry::default() });
            }
            Some(OUTCOME) => {
                if let Some(entry) = self.of_line(&line, "of") {
                    entry.outcome = Some(line);
                }
            }
            Some(CHECKED) => {
                if let Some(entry) = self.of_line(&line, "of") {
                    entry.checked = Some(line);
                }
            }
            _ => {}
        }
    }
}

impl FromIterator<Value> for Entries {
    fn from_iter<I: IntoIterator<Item = Value>>(lines: I) -> Entries {
        let mut entries = Entries::default();
        lines.into_iter().for_each(|line| entries.add(line));
        entries
    }
}

#[cfg(test)]
mod tests;
