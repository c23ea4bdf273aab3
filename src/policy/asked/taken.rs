//! Fields that a model has and another record holds: a user's telephone is its partner's. Who reads, names or writes the
//! one does that to the other, and what is said of the other holds for it. Pure.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Act, Asked, Kind, Lead, ModelNames};
use crate::knowledge::inherits;
use crate::operation::kwargs;
use crate::policy::act::Stored;
use crate::policy::facts::Held;

impl<'o> Asked<'o> {
    /// A field that is stored and that a model takes from another is stored there: whoever may write the one may do
    /// that, and what is denied, asked or required of the other holds for it. Nobody says in which record.
    pub(super) fn inherited(&mut self, at: usize, field: &'o str, value: Option<&'o Value>) {
        let Some(act) = self.acts.get(at) else { return };
        let Some(model) = act.model.as_ref().map(|model| model.given.clone()) else { return };
        let methods: &[&'static str] = if act.makes() { &["write", "create"] } else { &["write"] };
        let mut seen = HashSet::new();
        for held in self.held_by(&model, field, &mut seen) {
            let to = self.held_in(&held, methods);
            let Some(act) = self.acts.get_mut(to) else { continue };
            act.is_uncounted = true;
            let store = |value: &Value| Stored {
                values: Cow::Owned(kwargs(json!({ &held.field: value }))),
                times: 1,
            };
            act.values.extend(value.map(store));
            act.has_values = true;
            act.name(held.field);
        }
    }

    /// The records in which what is written to a field is kept.
    fn held_by(&self, model: &str, field: &str, seen: &mut HashSet<(String, String)>) -> Vec<Held> {
        if !seen.insert((model.into(), field.into())) {
            return Vec::new();
        }
        let computed = (self.facts.sources)(model, field);
        if !computed.is_told {
            return self.usually_held(model, field);
        }
        // Computed from more, it is kept there where its own record does not keep it: a company's street.
        if !computed.is_writable || computed.is_stored && computed.paths.len() != 1 {
            return Vec::new();
        }
        let paths = || computed.paths.iter().filter_map(|path| path.split_once('.'));
        // Under another name it is a text that is made of nothing else: a lead's e-mail address is its contact's.
        let only = || paths().next().filter(|_| computed.is_text && computed.paths.len() == 1);
        let found = paths().find(|(_, own)| *own == field).or_else(only);
        let Some((link, own)) = found.filter(|(_, own)| !own.contains('.')) else { return Vec::new() };
        let Some(parent) = self.end_of(model, link) else { return Vec::new() };
        let mut all = self.held_by(&parent, own, seen);
        all.push(Held { model: parent, field: own.into(), is_by_name: false });
        all
    }

    /// A field that is shown, or that a condition, an order or a group names.
    pub(super) fn taken(&mut self, at: usize, field: &str) {
        let model = self.acts.get(at).and_then(|act| act.model.as_ref()).map(|model| model.given.clone());
        if let Some(model) = model.filter(|_| self.facts.is_across) {
            self.taken_from(&model, field, false);
        }
    }

    /// The same of a model: of what is only looked at nobody but those who name it means that.
    pub(super) fn taken_from(&mut self, model: &str, field: &str, is_by_name: bool) {
        if !self.facts.is_across {
            return;
        }
        let mut seen = HashSet::new();
        for held in self.shown_by(model, field, &mut seen) {
            let held = Held { is_by_name: held.is_by_name || is_by_name, ..held };
            let to = self.held_in(&held, &["read"]);
            if let Some(act) = self.acts.get_mut(to) {
                act.name(held.field);
            }
        }
    }

    /// The records whose values a field shows.
    fn shown_by(&self, model: &str, field: &str, seen: &mut HashSet<(String, String)>) -> Vec<Held> {
        if field == "display_name" || !seen.insert((model.into(), field.into())) {
            return Vec::new();
        }
        let computed = (self.facts.sources)(model, field);
        if !computed.is_told {
            return self.usually_held(model, field);
        }
        let mut all = Vec::new();
        for path in computed.shown(field) {
            let Some((before, last)) = path.rsplit_once('.') else { continue };
            let mut to = Some(model.to_string());
            for part in before.split('.') {
                to = to.and_then(|model| self.end_of(&model, part));
            }
            let Some(to) = to else { continue };
            all.extend(self.shown_by(&to, last, seen));
            all.push(Held { model: to, field: last.into(), is_by_name: !computed.is_held(field) });
        }
        all
    }

    /// What is known of Odoo as it is delivered, where nobody tells.
    fn usually_held(&self, model: &str, field: &str) -> Vec<Held> {
        let has = |parent: &str| (self.facts.has)(parent, &|name| name == field);
        let rows = inherits::of(model).filter(|row| row.may_have(field));
        let rows = rows.map(|row| (row.parent, has(row.parent))).filter(|(_, has)| *has != Some(false));
        let held = |(parent, has): (&str, Option<bool>)| Held {
            model: parent.into(),
            field: field.into(),
            is_by_name: has.is_none(),
        };
        rows.map(held).collect()
    }

    /// Every field that another record holds, where all of them are read or copied.
    pub(super) fn whole(&mut self) {
        let Some(act) = self.acts.first().filter(|act| act.is_whole) else { return };
        let Some(model) = act.model.as_ref().map(|model| model.given.clone()) else { return };
        let is_read = act.is_read();
        if is_read && !self.facts.is_across {
            return;
        }
        let methods: &[&'static str] = if is_read { &["read"] } else { &["write", "create"] };
        let Some(all) = (self.facts.held)(&model) else {
            for row in inherits::of(&model) {
                let held = Held { model: row.parent.into(), field: String::new(), is_by_name: false };
                let to = self.held_in(&held, methods);
                if let Some(act) = self.acts.get_mut(to) {
                    act.is_whole = true;
                    act.is_uncounted = !is_read;
                }
            }
            return;
        };
        for held in all.iter().filter(|held| is_read || !held.is_by_name) {
            let to = self.held_in(held, methods);
            if let Some(act) = self.acts.get_mut(to) {
                act.name(held.field.clone());
                act.is_uncounted = !is_read;
                // A copy stores values that nobody sees.
                act.has_values = !is_read;
            }
        }
    }

    /// The model that a field leads to.
    pub(super) fn end_of(&self, model: &str, field: &str) -> Option<String> {
        match (self.facts.lead)(model, field) {
            Lead::To { model, .. } => Some(model),
            _ => None,
        }
    }

    /// The act on such a record.
    fn held_in(&mut self, held: &Held, methods: &[&'static str]) -> usize {
        let is_same = |act: &Act| {
            act.kind == Kind::Inherited
                && act.is_by_name == held.is_by_name
                && act.methods == methods
                && act.model.as_ref().is_some_and(|model| model.given == held.model)
        };
        if let Some(found) = self.acts.iter().position(is_same) {
            return found;
        }
        let mut act = Act::new(Kind::Inherited, Some(ModelNames::of(&held.model)), methods);
        act.is_by_name = held.is_by_name;
        self.acts.push(act);
        self.acts.len() - 1
    }
}
