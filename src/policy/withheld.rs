//! Fields that do not leave: secrets, whatever the policy, unless it opens them by name and says why; and what it wants
//! withheld. They are left out of what is asked and of what is answered, never replaced, so that nothing can be
//! written back; and nobody is told of them by a condition, an order, a group or an import.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::act::Act;
use super::asked::Asked;
use super::document::{Action, Document};
use super::facts::{Facts, Lead};
use super::pattern::ModelNames;
use super::policies::Policies;
use crate::knowledge::methods::{self, Role};
use crate::knowledge::{names, sensitive};
use crate::operation::{Object, Operation};

/// Why a field does not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is a secret by its name.
    Secret,
    /// The policy says so.
    Redacted,
}

/// What a field is withheld by, at one place of an answer.
pub struct Withheld {
    policies: Arc<Policies>,
    model: ModelNames,
    now: u64,
}

impl Withheld {
    /// For operations on a model.
    pub fn new(policies: &Arc<Policies>, model: &str, now: u64) -> Withheld {
        Withheld { policies: Arc::clone(policies), model: ModelNames::of(model), now }
    }

    /// For those on another model.
    fn of(&self, model: &str) -> Withheld {
        Withheld::new(&self.policies, model, self.now)
    }

    /// Whether a field is, so deep below a record of the model.
    pub fn is(&self, field: &str, depth: usize) -> Option<Why> {
        if sensitive::is_secret(field) && !self.is_opened(field) {
            return Some(Why::Secret);
        }
        let is_redacted = |document: &Document| {
            document.redact.iter().any(|it| {
                // Deeper down it may be of any model.
                it.field.holds(field)
                    && it.model.as_ref().is_none_or(|model| depth > 0 || model.touches(&self.model))
            })
        };
        let redacts = self.policies.enforced().any(|loaded| is_redacted(&loaded.document));
        // The name of a record repeats what it is called by.
        if field == "display_name" && !redacts {
            return names::repeated_in_names().find_map(|name| self.is(name, depth));
        }
        (redacts && field != "id").then_some(Why::Redacted)
    }

    /// Whether every document has a rule that opens this field by its name, and says why.
    fn is_opened(&self, field: &str) -> bool {
        let opens = |document: &Document| {
            document.rules.iter().any(|rule| {
                rule.action == Action::Allow
                    && rule.reason.is_some()
                    && rule.expires.is_none_or(|end| self.now < end)
                    && rule.matches.fields.iter().flatten().any(|it| it.is_literal() && it.text() == field)
                    && rule
                        .matches
                        .models
                        .as_ref()
                        .is_none_or(|all| all.iter().any(|it| it.covers(&self.model)))
            })
        };
        // Where all of them only watch, none opens anything.
        self.policies.enforced().next().is_some()
            && self.policies.enforced().all(|loaded| opens(&loaded.document))
    }

    /// The first that an operation names without showing it, or shows in the names of records.
    pub fn named_in<'o>(&self, asked: &Asked<'o>) -> Option<(&'o str, Why)> {
        // Beside more than names there may be those of other models' records.
        let depth = usize::from(asked.itself().is_some_and(Act::tells));
        let shown = asked.shown.iter().map(|field| (*field, depth));
        let mut all = asked.named.iter().copied().chain(shown);
        all.find_map(|(field, depth)| Some((field, self.is(field, depth)?)))
    }

    /// What an operation would tell of what is withheld, and where that is said; none where it tells nothing.
    pub fn told_by(&self, asked: &Asked) -> Option<(String, &'static str)> {
        let named = "no condition, order, group, aggregate, import or context names it";
        match self.named_in(asked) {
            Some((field, Why::Secret)) => Some((format!("{field} is a secret: {named}"), "(secret fields)")),
            Some((field, Why::Redacted)) => Some((format!("{field} is withheld: {named}"), "/redact")),
            None => self.repeated_in(asked).map(|(field, source)| {
                let taken = "no condition, order, group, export or search for a name takes it";
                (format!("{field} tells {source}, which is withheld: {taken}"), "/redact")
            }),
        }
    }

    /// The first that an operation names of those that repeat what is withheld, and what that is: the field is computed
    /// from it, or Odoo looks at it where somebody asks for a name.
    pub fn repeated_in<'a>(&self, asked: &'a Asked) -> Option<(&'a str, String)> {
        if !self.policies.redact() {
            return None;
        }
        let mut seen = HashSet::new();
        let model = |at: usize| Some(asked.acts.get(at)?.model.as_ref()?.given.as_str());
        let named = asked.named_of.iter().filter_map(|(at, field)| Some((model(*at)?, *field)));
        let searched = asked.searched.iter().map(|model| (model.as_str(), "display_name"));
        named.chain(searched).find_map(|(model, field)| {
            let own = self.of(model);
            Some((field, own.repeated_by(field, &asked.facts, &mut seen)?))
        })
    }

    fn repeated_by(
        &self,
        field: &str,
        facts: &Facts,
        seen: &mut HashSet<(String, String)>,
    ) -> Option<String> {
        let model = self.model.given.as_str();
        if !seen.insert((model.into(), field.into())) {
            return None;
        }
        let is_name = field == "display_name";
        if is_name && let Some(path) = self.names_tell() {
            return Some(path.into());
        }
        if is_name && names::is_told(&self.model.now) {
            return None;
        }
        (facts.sources)(model, field).paths.into_iter().find(|path| self.leads_to_withheld(path, facts, seen))
    }

    /// Whether a path goes by a withheld field, or by one that repeats such a one.
    fn leads_to_withheld(&self, path: &str, facts: &Facts, seen: &mut HashSet<(String, String)>) -> bool {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        if self.is(first, 0).is_some() {
            return true;
        }
        let Some(rest) = rest else { return self.repeated_by(first, facts, seen).is_some() };
        match (facts.lead)(&self.model.given, first) {
            Lead::To { model, .. } => {
                self.of(&model).leads_to_withheld(rest, facts, seen)
            }
            _ => false,
        }
    }

    /// What of a withheld field a search for a name of the model would tell.
    pub fn names_tell(&self) -> Option<&'static str> {
        let is_told =
            |path: &&str| path.split('.').enumerate().any(|(depth, part)| self.is(part, depth).is_some());
        names::found_by(&self.model.now).find(is_told)
    }

    /// Takes such fields out of what an operation asks for; which they were.
    pub fn take_out(&self, operation: &mut Operation) -> Vec<String> {
        let mut out = Vec::new();
        if methods::describes(&operation.method) {
            return out;
        }
        let (model, method) = (operation.model.clone(), operation.method.clone());
        for (name, value) in &mut operation.kwargs {
            match methods::role(&model, &method, name) {
                Role::Fields | Role::Shown => self.strip_list(value, &mut out),
                Role::Specification => self.strip_specification(value, 0, &mut out),
                Role::GroupSpecification => {
                    let inner = value.as_object_mut().into_iter().flat_map(|all| all.values_mut());
                    inner.for_each(|inner| self.strip_specification(inner, 1, &mut out));
                }
                _ => {}
            }
        }
        out
    }

    fn strip_list(&self, value: &mut Value, out: &mut Vec<String>) {
        let Value::Array(names) = value else { return };
        let before = names.len();
        names.retain(|name| {
            let is_out = name.as_str().is_some_and(|name| self.is(name, 0).is_some());
            if is_out {
                out.extend(name.as_str().map(str::to_string));
            }
            !is_out
        });
        // None at all would be every field.
        if names.is_empty() && before > 0 {
            names.push("id".into());
        }
    }

    fn strip_specification(&self, value: &mut Value, depth: usize, out: &mut Vec<String>) {
        let Value::Object(fields) = value else { return };
        fields.retain(|name, _| {
            let is_out = self.is(name, depth).is_some();
            if is_out {
                out.push(name.clone());
            }
            !is_out
        });
        for inner in fields.values_mut().filter_map(|more| more.get_mut("fields")) {
            self.strip_specification(inner, depth + 1, out);
        }
    }

    /// An answer without them, and which they were; none where there were none.
    ///
    /// # Errors
    /// There may be some, and the answer cannot be looked through.
    pub fn without(&self, answer: &str) -> serde_json::Result<Option<(Value, Vec<String>)>> {
        if !self.has_key(answer) {
            return Ok(None);
        }
        let mut value: Value = serde_json::from_str(answer)?;
        let mut out = Vec::new();
        self.strip(&mut value, 0, &mut out);
        Ok((!out.is_empty()).then_some((value, out)))
    }

    /// Takes them out of a value that is at hand.
    pub fn strip_from(&self, value: &mut Value) {
        self.strip(value, 0, &mut Vec::new());
    }

    /// Looks through the keys of a JSON text, without making anything of it.
    fn has_key(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        // Rows have the same keys over and over, and in the same order.
        let (mut seen, mut order): (HashSet<Cow<str>>, Vec<Cow<str>>) = (HashSet::new(), Vec::new());
        let mut next = 0;
        let mut at = 0;
        while let Some(quote) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')) {
            let start = at + quote + 1;
            let mut end = start;
            let mut is_escaped = false;
            while let Some(byte) = bytes.get(end) {
                match byte {
                    b'\\' => {
                        is_escaped = true;
                        end += 2;
                    }
                    b'"' => break,
                    _ => end += 1,
                }
            }
            at = end + 1;
            let blanks = bytes
                .get(at..)
                .map_or(0, |rest| rest.iter().take_while(|it| it.is_ascii_whitespace()).count());
            if bytes.get(at + blanks) == Some(&b':') {
                let key = text.get(start..end).unwrap_or_default();
                // Written with escapes it may be the same; what is no text is the name of nothing.
                let plain = |key: &str| serde_json::from_str::<String>(&format!("\"{key}\"")).ok();
                let key = if is_escaped { plain(key).map(Cow::Owned) } else { Some(Cow::Borrowed(key)) };
                let Some(key) = key else { continue };
                if let Some(place) = [next, 0].into_iter().find(|place| order.get(*place) == Some(&key)) {
                    next = place + 1;
                    continue;
                }
                if seen.contains(&key) {
                    continue;
                }
                if self.is(&key, 1).is_some() {
                    return true;
                }
                seen.insert(key.clone());
                order.push(key);
                next = order.len();
            }
        }
        false
    }

    fn strip(&self, value: &mut Value, depth: usize, out: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.strip(item, depth, out)),
            Value::Object(object) => {
                object.retain(|name, value| {
                    let is_out = match self.is(name, depth) {
                        // What is no text is no secret: a description of the field, or that there is none.
                        Some(Why::Secret) => matches!(value, Value::String(_) | Value::Number(_)),
                        Some(Why::Redacted) => true,
                        None => false,
                    };
                    if is_out && !out.contains(name) {
                        out.push(name.clone());
                    }
                    !is_out
                });
                let wrapped = if depth == 0 { wrapped(object) } else { None };
                for (name, inner) in object.iter_mut() {
                    let deeper = usize::from(wrapped != Some(name.as_str()) && name != "__records");
                    self.strip(inner, depth + deeper, out);
                }
            }
            _ => {}
        }
    }
}

/// Where an answer holds the records themselves, if it is no record: `{"length": 1, "records": [{…}]}`, groups
/// likewise, and the values of a form.
fn wrapped(object: &Object) -> Option<&'static str> {
    let is_list = |name: &str| object.get(name).is_some_and(Value::is_array);
    if object.contains_key("id") {
        return None;
    }
    if object.get("length").is_some_and(Value::is_number) {
        return ["records", "groups"].into_iter().find(|name| is_list(name));
    }
    object.get("value").is_some_and(Value::is_object).then_some("value")
}

#[cfg(test)]
mod tests;
