//! What an operation names without storing it: fields that it shows, paths of conditions, orders, groups, aggregates and
//! exports, specifications. Each part of a path is a field of the model that the part before leads to. Pure.

use std::borrow::Cow;

use serde_json::Value;

use super::{Act, Asked, Kind, Link, ModelNames};
use crate::knowledge::methods::{self, Role};
use crate::knowledge::names;

impl<'o> Asked<'o> {
    /// Every text in a list of any depth, and each of several in one.
    pub(super) fn each(&mut self, value: &'o Value, found: &mut dyn FnMut(&mut Self, &'o str)) {
        match value {
            Value::String(text) => {
                for term in text.split(',') {
                    if let Some(path) = term.split_whitespace().next() {
                        found(self, path);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.each(item, found)),
            _ => {}
        }
    }

    /// `a.b.c:sum`: each part is a field of the model that the one before leads to.
    pub(super) fn path(&mut self, path: &'o str, kind: Kind) {
        if kind != Kind::Shown {
            self.name(path);
        }
        self.parts(&parts(path), kind, 0);
    }

    pub(super) fn name(&mut self, path: &'o str) {
        self.named.extend(parts(path).into_iter().enumerate().map(|(depth, part)| (part, depth)));
    }

    /// The first part of a path is a field of the operation's own model.
    pub(super) fn names_own(&mut self, path: &'o str) {
        if let Some(first) = parts(path).first() {
            self.named_of.push((0, first));
        }
    }

    /// Whoever searches for a name asks for whatever Odoo looks at for one.
    pub(super) fn search_for_a_name(&mut self) {
        let operation = self.operation;
        let is_name = |name: &Value| name.as_str().is_some_and(|name| !name.is_empty());
        if names::searches_for_names(&operation.method) && operation.kwargs.values().any(is_name) {
            self.searched.push(operation.model.clone());
        }
        for model in self.searched.clone() {
            self.looked_at(&model);
        }
    }

    /// What is looked at where a name is searched for: only rules that name such a field are about that.
    fn looked_at(&mut self, model: &str) {
        let is_same = |act: &Act| {
            act.kind == Kind::Named
                && act.is_by_name
                && act.model.as_ref().is_some_and(|names| names.given == model)
        };
        if self.acts.iter().any(is_same) {
            return;
        }
        let names = ModelNames::of(model);
        let mut act = Act::new(Kind::Named, Some(names.clone()), &["read"]);
        act.is_by_name = true;
        for path in names::found_by(&names.now).filter(|path| !path.contains('.')) {
            act.name(path);
        }
        let fields: Vec<Cow<str>> = act.fields.iter().cloned().collect();
        self.acts.push(act);
        for field in fields {
            self.taken_from(model, &field, true);
        }
    }

    /// The last part of a path leads to records whose names are told.
    pub(super) fn shows_names(&mut self, path: &'o str) {
        let parts = parts(path);
        let Some((last, before)) = parts.split_last() else { return };
        let mut to = Some(0);
        for part in before {
            to = to.and_then(|at| self.beside(at, part, Kind::Named));
        }
        let Some(to) = to else { return };
        let led = self.lead(to, last);
        if matches!(led.by, Some(Link::Owned | Link::Beside)) {
            self.names_by_a_list(led.model);
        }
    }

    /// Names that a list does not show by itself are told.
    fn names_by_a_list(&mut self, model: Option<String>) {
        let Some(model) = model else { return };
        let to = self.related(Some(model), Kind::Named, &["read"]);
        self.field(to, "display_name");
        if let Some(act) = self.acts.get_mut(to) {
            act.is_of_list = true;
        }
    }

    /// A text where a record's number stands is a search for its name.
    fn finds_by_name(&mut self, parts: &[&'o str], inner: &Value, operator: &str, at: usize) {
        let holds_text = match inner {
            Value::Array(items) => items.iter().any(Value::is_string),
            inner => inner.is_string(),
        };
        let Some((last, before)) = parts.split_last().filter(|_| holds_text) else { return };
        let mut to = Some(at);
        for part in before {
            to = to.and_then(|at| self.beside(at, part, Kind::Named));
        }
        let Some(to) = to else { return };
        let led = self.lead(to, last);
        // By a list nobody is shown those names.
        if led.by != Some(Link::One) {
            self.names_by_a_list(led.model.clone());
        }
        let model = match *last == "id" && operator.ends_with("_of") {
            true => self.acts.get(to).and_then(|act| act.model.as_ref()).map(|model| model.given.clone()),
            false => led.model.filter(|_| led.by.is_some()),
        };
        self.searched.extend(model);
    }

    /// The act on what the last part leads to; none where that is no record.
    pub(super) fn parts(&mut self, parts: &[&'o str], kind: Kind, mut at: usize) {
        for (place, part) in parts.iter().enumerate() {
            self.field(at, part);
            match kind {
                Kind::Named => {
                    self.named_of.push((at, part));
                    self.taken(at, part);
                }
                Kind::Shown => self.taken(at, part),
                Kind::Written => self.inherited(at, part, None),
                _ => {}
            }
            // A column of an import may name the record's own number or external id.
            if place + 1 == parts.len() || parts.get(place + 1).is_some_and(is_number) {
                continue;
            }
            match self.beside(at, part, kind) {
                Some(to) => at = to,
                None => return,
            }
        }
    }

    /// The act on the records that a field leads to; none where it holds a value.
    fn beside(&mut self, at: usize, field: &'o str, kind: Kind) -> Option<usize> {
        let led = self.lead(at, field);
        if led.is_known && led.by.is_none() {
            return None;
        }
        let methods: &[&'o str] = match kind {
            Kind::Written => &["create", "write"],
            _ => &["read"],
        };
        let to = self.related(led.model, kind, methods);
        if let Some(act) = self.acts.get_mut(to) {
            // A row may have some of them.
            act.is_uncounted |= kind == Kind::Written;
            act.is_of_list |= led.by != Some(Link::One);
        }
        Some(to)
    }

    /// Fields, each with those of the records that it leads to.
    pub(super) fn specification(&mut self, value: &'o Value, at: usize) {
        let Value::Object(fields) = value else {
            return self.each(value, &mut |asked, path| asked.parts(&parts(path), Kind::Shown, at));
        };
        for (field, more) in fields {
            self.field(at, field);
            self.taken(at, field);
            self.contexts.extend(more.get("context").and_then(Value::as_object));
            if let Some(inner) = more.get("fields").filter(|inner| is_filled(inner))
                && let Some(to) = self.beside(at, field, Kind::Shown)
            {
                self.specification(inner, to);
            }
            if let Some(order) = more.get("order")
                && let Some(to) = self.beside(at, field, Kind::Named)
            {
                self.each(order, &mut |asked, path| {
                    let parts = parts(path);
                    asked.named.extend(parts.iter().enumerate().map(|(depth, part)| (*part, depth + 1)));
                    asked.parts(&parts, Kind::Named, to);
                });
            }
        }
    }

    /// What the names of records show besides, by the keys of the contexts in which they are read.
    pub(super) fn names_of_records(&mut self) {
        if !methods::may_answer_records(&self.operation.method) {
            return;
        }
        let is_on = |value: &Value| match value {
            Value::Null => false,
            Value::Bool(is_on) => *is_on,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(_) | Value::Object(_) => is_filled(value),
        };
        let keys = self.contexts.iter().flat_map(|context| context.iter());
        let on = keys.filter(|(_, value)| is_on(value)).map(|(key, _)| key.as_str());
        self.shown = on.flat_map(names::shown_by).collect();
    }

    /// A specification for each term of a group.
    pub(super) fn group_specification(&mut self, value: &'o Value) {
        for (term, inner) in value.as_object().into_iter().flatten() {
            let field = term.split([':', '.']).next().unwrap_or(term);
            self.path(term, Kind::Named);
            if is_filled(inner)
                && let Some(to) = self.beside(0, field, Kind::Shown)
            {
                self.specification(inner, to);
            }
        }
    }

    /// A search panel lists the records that a field leads to, by their names.
    pub(super) fn panel(&mut self) {
        let operation = self.operation;
        let is_panel = |name: &str| methods::role(&operation.model, &operation.method, name) == Role::Panel;
        let Some((_, Value::String(field))) = operation.kwargs.iter().find(|(name, _)| is_panel(name)) else {
            return;
        };
        self.panel = self.beside(0, field, Kind::Shown);
        if let Some(at) = self.panel {
            self.field(at, "display_name");
        }
    }

    /// Conditions that stand in an argument of another kind: whatever is called a domain and is a list is one.
    pub(super) fn inner_domains(&mut self, name: &'o str, value: &'o Value, at: usize) {
        match value {
            Value::Array(_) if name.ends_with("domain") => self.domain(value, at),
            Value::Object(inner) if name.ends_with("domain") => {
                inner.values().for_each(|value| self.domain(value, at));
            }
            Value::Object(inner) => {
                inner.iter().for_each(|(name, value)| self.inner_domains(name, value, at));
            }
            Value::Array(items) => {
                for item in items.iter().filter(|item| item.is_object() || item.is_array()) {
                    self.inner_domains("", item, at);
                }
            }
            _ => {}
        }
    }

    pub(super) fn domain(&mut self, value: &'o Value, at: usize) {
        match value {
            Value::Array(items) => match items.as_slice() {
                // `["!", "!", [leaf]]` has the form of a leaf and is none.
                [Value::String(path), Value::String(operator), inner] if !is_joint(path) => {
                    self.condition(path, operator, inner, at);
                }
                items => {
                    let mut is_negated = false;
                    for item in items {
                        if at == 0 {
                            self.finds(item, is_negated);
                        }
                        is_negated = *item == "!" && !is_negated;
                        self.domain(item, at);
                    }
                }
            },
            Value::String(text) if !is_joint(text) => self.is_opaque = true,
            Value::Object(_) => self.is_opaque = true,
            _ => {}
        }
    }

    /// A condition on the number of the records themselves names them.
    fn finds(&mut self, leaf: &Value, is_negated: bool) {
        let Some([Value::String(path), Value::String(operator), wanted]) = leaf.as_array().map(Vec::as_slice)
        else {
            return;
        };
        let is_these = match operator.as_str() {
            "=" | "in" | "=?" | "child_of" | "parent_of" => !is_negated,
            "!=" | "<>" | "not in" => is_negated,
            _ => false,
        };
        if path == "id" && is_these {
            let wanted = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
            self.found.extend(wanted.iter().filter_map(number));
        }
    }

    fn condition(&mut self, path: &'o str, operator: &str, inner: &'o Value, at: usize) {
        let parts = parts(path);
        self.domain_fields.extend(&parts);
        let depth = usize::from(at != 0);
        self.named.extend(parts.iter().enumerate().map(|(more, part)| (*part, depth + more)));
        self.parts(&parts, Kind::Named, at);
        self.finds_by_name(&parts, inner, operator, at);
        if !operator.to_lowercase().contains("any") {
            return;
        }
        let mut to = Some(at);
        for part in &parts {
            to = to.and_then(|at| self.beside(at, part, Kind::Named));
        }
        match to {
            Some(to) => self.domain(inner, to),
            // What it holds is looked at all the same.
            None => self.is_opaque = true,
        }
    }
}

/// A record's number, however it is written: Odoo takes `7`, `7.0` and `"7"` for the same.
fn number(value: &Value) -> Option<i64> {
    let whole = |number: f64| (number.fract() == 0.0).then_some(number as i64);
    match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_i64().or_else(|| value.as_f64().and_then(whole)),
    }
}

/// The number of a record, or its external id.
pub(super) fn is_number(part: &&str) -> bool {
    matches!(*part, "id" | ".id")
}

/// What joins the leaves of a condition.
fn is_joint(text: &str) -> bool {
    matches!(text, "&" | "|" | "!")
}

/// `a.b/c:sum` as its fields.
pub(super) fn parts(path: &str) -> Vec<&str> {
    let path = path.split(':').next().unwrap_or_default();
    path.split(['.', '/']).filter(|part| !part.is_empty()).collect()
}

/// The field of an aggregate: `amount`, `amount:sum`, `alias:sum(amount)`.
pub(super) fn aggregate(text: &str) -> &str {
    match text.split_once('(') {
        Some((_, inside)) => inside.split(')').next().unwrap_or(inside),
        None => text.split(':').next().unwrap_or(text),
    }
}

pub(super) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Object(object) => !object.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    }
}
