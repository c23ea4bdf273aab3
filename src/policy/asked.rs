//! One operation as rules see it: everything that it does, each an act with its model, method, class, fields and values.
//! What hides in commands inside values, in columns of an import, in paths and specifications is an act of its own.
//! What an argument holds is told by one table (`knowledge::methods::role`). Pure.

mod caused;
mod named;
mod taken;
mod written;

use serde_json::Value;

use super::act::{Act, Kind};
use super::facts::{Facts, Lead, Link};
use super::naming;
use super::pattern::ModelNames;
use crate::knowledge::methods::{self, Role};
use crate::knowledge::models::CONFIRMATIONS;
use crate::knowledge::sensitive;
use crate::operation::{Access, Object, Operation};

/// An operation with everything it does.
pub struct Asked<'o> {
    /// The operation.
    pub operation: &'o Operation,
    /// What else is known.
    pub facts: Facts<'o>,
    /// The operation itself first.
    pub acts: Vec<Act<'o>>,
    /// The fields of its conditions.
    pub domain_fields: Vec<&'o str>,
    /// The fields that it names without showing or storing them as such, each with how deep in a path: in conditions,
    /// orders, groups and aggregates, and in the columns of imports and exports.
    pub named: Vec<(&'o str, usize)>,
    /// The same with the act whose model each is of.
    pub named_of: Vec<(usize, &'o str)>,
    /// Models among whose records one is searched for by its name.
    pub searched: Vec<String>,
    /// Models among whose records an import looks for one by its name.
    imported: Vec<String>,
    /// A condition that cannot be read.
    pub is_opaque: bool,
    /// The records that a condition on their number finds.
    pub found: Vec<i64>,
    /// What it is called: verb, method, protocol, tool.
    pub names: Vec<String>,
    /// Values that its context gives to new records.
    pub defaults: Vec<(&'o str, &'o Value)>,
    /// Its context, and those in which a specification has related records read.
    pub contexts: Vec<&'o Object>,
    /// Fields that these put into the names of records.
    pub shown: Vec<&'o str>,
    /// The act on the records that a search panel lists.
    panel: Option<usize>,
}

/// Where a field leads, as far as that is known or usual.
struct Led {
    model: Option<String>,
    by: Option<Link>,
    inverse: Option<String>,
    is_known: bool,
}

impl<'o> Asked<'o> {
    /// Looks into an operation.
    pub fn of(operation: &'o Operation, facts: Facts<'o>) -> Asked<'o> {
        let mut asked = Asked {
            operation,
            facts,
            acts: vec![Act::itself(operation)],
            domain_fields: Vec::new(),
            named: Vec::new(),
            named_of: Vec::new(),
            searched: Vec::new(),
            imported: Vec::new(),
            is_opaque: false,
            found: Vec::new(),
            names: naming::names(operation, &facts),
            defaults: Vec::new(),
            contexts: vec![&operation.context],
            shown: Vec::new(),
            panel: None,
        };
        asked.panel();
        for (name, value) in &operation.kwargs {
            asked.argument(name, value);
        }
        asked.context();
        asked.names_of_records();
        asked.search_for_a_name();
        let imported = std::mem::take(&mut asked.imported);
        asked.searched.extend(imported);
        asked.whole();
        asked.caused();
        for act in &mut asked.acts {
            act.ids.sort_unstable();
            act.ids.dedup();
        }
        asked
    }

    /// The operation itself.
    pub fn itself(&self) -> Option<&Act<'o>> {
        self.acts.first()
    }

    /// A key as it is in one of the contexts: what a specification does not say of its own is the operation's.
    pub fn in_context<'a>(&'a self, context: &'a Object, key: &str) -> Option<&'a Value> {
        context.get(key).or_else(|| self.operation.context.get(key))
    }

    /// The act whose records count for another: what is only read beside records is as many as they are.
    pub fn counted<'a>(&'a self, act: &'a Act<'o>) -> &'a Act<'o> {
        match act.kind {
            Kind::Inherited if act.is_read() => self.itself().unwrap_or(act),
            Kind::Itself | Kind::Written | Kind::Inherited => act,
            Kind::Shown | Kind::Named | Kind::Caused => self.itself().unwrap_or(act),
        }
    }

    /// Whether the model of an act may have a field of such a name. What is not known now may be known by the time that
    /// it is sent, and by then what cannot be told may be.
    pub fn may_have(&self, act: &Act, holds: &dyn Fn(&str) -> bool) -> bool {
        let Some(model) = &act.model else { return true };
        (self.facts.has)(&model.given, holds).unwrap_or(self.facts.is_last)
    }

    /// Whether an act may store a field of which nobody sees the value.
    pub fn hides(&self, act: &Act, field: &str) -> bool {
        act.hides(field) && self.may_have(act, &|name| name == field)
    }

    /// What an act is called.
    pub fn names_of<'a>(&'a self, act: &'a Act<'o>) -> &'a [String] {
        if matches!(act.kind, Kind::Written | Kind::Caused) { &act.names } else { &self.names }
    }

    /// The acts that are called so.
    pub fn called<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Act<'o>> {
        let is_called = move |act: &&Act| self.names_of(act).iter().any(|own| own == name);
        self.acts.iter().filter(is_called)
    }

    /// Whether its method is one that calls another.
    pub fn is_entry(&self) -> bool {
        methods::ENTRIES.contains(&self.operation.method.as_str())
    }

    /// Whether it is how the program itself approves a request or takes one back: no verb of an agent's sends that.
    pub fn is_approval(&self) -> bool {
        let is_own =
            matches!(self.facts.verb, None | Some("approve" | "approvals")) && self.facts.tool.is_none();
        let method = self.operation.method.as_str();
        is_own
            && self.operation.model == CONFIRMATIONS
            && matches!(method, "issue_token" | "reject_request" | "withdraw_request")
    }

    /// The values that the context gives to the records that an act makes.
    pub fn defaults_of(&self, act: &Act) -> &[(&'o str, &'o Value)] {
        if act.makes() { &self.defaults } else { &[] }
    }

    fn argument(&mut self, name: &'o str, value: &'o Value) {
        let operation = self.operation;
        match methods::role(&operation.model, &operation.method, name) {
            Role::Domain | Role::Having => self.domain(value, 0),
            Role::Columns => self.columns(value),
            Role::Exported => self.each(value, &mut |asked, path| {
                asked.path(path, Kind::Shown);
                asked.name(path);
                asked.names_own(path);
            }),
            Role::Fields | Role::Shown if operation.access() == Access::Write && value.is_object() => {
                self.values(value);
            }
            Role::Fields | Role::Shown => self.each(value, &mut |asked, path| asked.path(path, Kind::Shown)),
            // A panel groups the records that it lists.
            Role::Terms if self.panel.is_some() => {
                let at = self.panel.unwrap_or_default();
                self.each(value, &mut |asked, path| {
                    // Of the records it lists, which are another model's.
                    let parts = named::parts(path);
                    asked.named.extend(parts.iter().enumerate().map(|(depth, part)| (*part, depth + 1)));
                    asked.parts(&parts, Kind::Named, at);
                });
            }
            Role::Groups => self.each(value, &mut |asked, path| {
                asked.path(path, Kind::Named);
                asked.shows_names(path);
            }),
            Role::Order | Role::GroupOrder | Role::Terms | Role::Panel => {
                self.each(value, &mut |asked, path| asked.path(path, Kind::Named));
            }
            Role::Aggregates | Role::Sums => self.each(value, &mut |asked, text| {
                asked.path(named::aggregate(text), Kind::Named);
            }),
            Role::ProgressBar => {
                for part in ["field", "sum_field"] {
                    self.each(&value[part], &mut |asked, path| asked.path(path, Kind::Named));
                }
            }
            // What is written is told as it then stands, with whatever else is asked for: that is read.
            Role::Specification if operation.access() == Access::Write => {
                if named::is_filled(value) {
                    let at = self.related(Some(operation.model.clone()), Kind::Shown, &["read"]);
                    self.specification(value, at);
                }
            }
            Role::Specification => self.specification(value, 0),
            Role::GroupSpecification => self.group_specification(value),
            Role::Values | Role::Draft => self.values(value),
            Role::Translations => self.translations(value),
            Role::Plain => self.inner_domains(name, value, 0),
            Role::Untold => {
                let at = self.panel.filter(|_| name == "comodel_domain").unwrap_or_default();
                self.inner_domains(name, value, at);
                if operation.access() == Access::Write {
                    self.values(value);
                }
            }
        }
    }

    fn lead(&self, at: usize, field: &str) -> Led {
        let model = self.acts.get(at).and_then(|act| act.model.as_ref());
        let told = model.map(|model| match (self.facts.lead)(&model.given, field) {
            Lead::Unknown if model.given != model.now => (self.facts.lead)(&model.now, field),
            told => told,
        });
        match told.unwrap_or(Lead::Unknown) {
            Lead::To { model, by, inverse } => {
                Led { model: Some(model), by: Some(by), inverse, is_known: true }
            }
            Lead::Nowhere => Led { model: None, by: None, inverse: None, is_known: true },
            Lead::Unknown => Led {
                model: sensitive::usual_relation(field).map(str::to_string),
                by: sensitive::only_links(field).then_some(Link::Beside),
                inverse: None,
                is_known: false,
            },
        }
    }

    /// The act on the records that a field leads to.
    fn related(&mut self, model: Option<String>, kind: Kind, methods: &[&'o str]) -> usize {
        let is_same = |act: &Act| {
            act.kind == kind
                && act.methods == methods
                && act.model.as_ref().map(|model| &model.given) == model.as_ref()
        };
        if let Some(found) = self.acts.iter().position(is_same) {
            return found;
        }
        self.acts.push(Act::new(kind, model.map(|name| ModelNames::of(&name)), methods));
        self.acts.len() - 1
    }

    fn field(&mut self, at: usize, field: &'o str) {
        if let Some(act) = self.acts.get_mut(at) {
            act.name(field);
        }
    }

    /// New records take values from the context, wherever they are made, and lines that are made by them likewise.
    fn context(&mut self) {
        let given = self.operation.context.iter();
        let given: Vec<(&'o str, &'o Value)> =
            given.filter_map(|(key, value)| Some((key.strip_prefix("default_")?, value))).collect();
        if given.is_empty() {
            return;
        }
        let mut at = 0;
        while let Some(act) = self.acts.get(at) {
            if act.makes() {
                let times = act.records().max(1);
                for (field, value) in &given {
                    self.field(at, field);
                    self.inherited(at, field, Some(value));
                    self.list(at, field, value, times);
                }
                self.defaults.clone_from(&given);
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests;
