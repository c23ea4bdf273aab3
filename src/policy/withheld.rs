//! Fields that do not leave: secrets, whatever the policy, unless it opens them by name and says why; and what it wants
//! withheld. They are left out of what is asked and of what is answered, never replaced, so that nothing can be
//! written back; and nobody is told of them by a condition, an order, a group or an import.

mod answers;

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
use crate::knowledge::{inherits, names, sensitive};
use crate::operation::Operation;

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
        if redacts && field != "id" {
            return Some(Why::Redacted);
        }
        // What Odoo makes of others shows them: the name of a record what it is called by.
        let own =
            if field == "display_name" && depth == 0 { names::shown_in_names(&self.model.now) } else { &[] };
        names::made_of(field).iter().chain(own).find_map(|other| self.is(other, depth))
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
        let operation = asked.operation;
        if names::answers_with_names(&operation.method) && self.is("display_name", 0).is_some() {
            let told = format!("{} tells the names of records, which are withheld", operation.method);
            return Some((told, "/redact"));
        }
        match self.named_in(asked) {
            Some((field, Why::Secret)) => Some((format!("{field} is a secret: {named}"), "(secret fields)")),
            Some((field, Why::Redacted)) => Some((format!("{field} is withheld: {named}"), "/redact")),
            None if asked.is_opaque && self.policies.redact() => {
                let told = "the condition cannot be read, and fields are withheld: write it as a list";
                Some((told.into(), "/redact"))
            }
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

    /// Whether a field shows what is withheld as its own. What is written or counted is a value by itself.
    fn shows_withheld(&self, field: &str, facts: &Facts, seen: &mut HashSet<(String, String)>) -> bool {
        if field == "display_name" || !seen.insert((self.model.given.clone(), field.into())) {
            return false;
        }
        let computed = (facts.sources)(&self.model.given, field);
        let mut shown = computed.shown(field);
        shown.any(|path| self.is_shown_by(path, facts, seen))
    }

    fn is_shown_by(&self, path: &str, facts: &Facts, seen: &mut HashSet<(String, String)>) -> bool {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        if self.is(first, 0).is_some() {
            return true;
        }
        let Some(rest) = rest else { return self.shows_withheld(first, facts, seen) };
        match (facts.lead)(&self.model.given, first) {
            Lead::To { model, .. } => self.of(&model).is_shown_by(rest, facts, seen),
            _ => false,
        }
    }

    /// Whether a path goes by a withheld field, or by one that repeats such a one.
    fn leads_to_withheld(&self, path: &str, facts: &Facts, seen: &mut HashSet<(String, String)>) -> bool {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        if self.is(first, 0).is_some() {
            return true;
        }
        let Some(rest) = rest else { return self.repeated_by(first, facts, seen).is_some() };
        match (facts.lead)(&self.model.given, first) {
            Lead::To { model, .. } => self.of(&model).leads_to_withheld(rest, facts, seen),
            _ => false,
        }
    }

    /// What of a withheld field a search for a name of the model would tell.
    pub fn names_tell(&self) -> Option<&'static str> {
        let model = self.model.now.as_str();
        // Some of them another record holds: a user's address is its partner's.
        let is_held = |field: &str| {
            let mut rows = inherits::of(model).filter(|row| row.may_have(field));
            rows.any(|row| self.of(row.parent).is(field, 0).is_some())
        };
        let is_told = |path: &&str| {
            path.split('.')
                .enumerate()
                .any(|(depth, part)| self.is(part, depth).is_some() || depth == 0 && is_held(part))
        };
        names::found_by(model).find(is_told)
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
}

#[cfg(test)]
mod tests;
