//! What is written inside values: commands make, change, link and delete records of other models, and each is an act.
//! How a list is written is read in `knowledge::commands`. Pure.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Act, Asked, Kind, Led, Link, ModelNames};
use crate::knowledge::classes::Class;
use crate::knowledge::commands::{self, Command};
use crate::knowledge::methods::Role;
use crate::knowledge::{methods, sensitive};
use crate::operation::{Object, kwargs};
use crate::outbound;
use crate::policy::act::holds_address;

impl<'o> Asked<'o> {
    /// Values: an object, or a list of them.
    pub(super) fn values(&mut self, value: &'o Value) {
        match value {
            // One object is for every record; of a list each is for one.
            Value::Object(values) => {
                self.stored(values, 0, self.operation.ids.as_ref().map_or(1, |ids| (ids.len() as u64).max(1)))
            }
            Value::Array(items) => {
                for values in items.iter().filter_map(Value::as_object) {
                    self.stored(values, 0, 1);
                }
            }
            _ => {}
        }
    }

    /// What a field is in each language is a value of that field.
    pub(super) fn translations(&mut self, value: &'o Value) {
        let field = self.operation.kwargs.get("field_name").and_then(Value::as_str);
        let (Some(field), Some(act)) = (field, self.acts.first_mut()) else { return };
        act.name(field);
        act.has_values = true;
        let times = (act.ids.len() as u64).max(1);
        for text in value.as_object().into_iter().flat_map(Object::values) {
            // Of a longer text each part that is translated has its own.
            let texts = match text {
                Value::Object(parts) => parts.values().collect(),
                text => vec![text],
            };
            for text in texts {
                act.store(Cow::Owned(kwargs(json!({ field: text }))), times);
            }
        }
    }

    fn stored(&mut self, values: &'o Object, at: usize, times: u64) {
        if let Some(act) = self.acts.get_mut(at) {
            act.store(Cow::Borrowed(values), times);
        }
        self.sends(at, values);
        for (field, value) in values {
            self.field(at, field);
            self.inherited(at, field, Some(value));
            self.list(at, field, value, times);
        }
    }

    /// A value that may be that of a list of records.
    pub(super) fn list(&mut self, at: usize, field: &'o str, value: &'o Value, times: u64) {
        let commands = commands::all(value);
        if commands.is_empty() {
            return;
        }
        let led = self.lead(at, field);
        let is_list = match led.by {
            Some(by) => by != Link::One,
            // Whatever can be emptied is not yet a list.
            None => !led.is_known && (value.is_array() || sensitive::is_list(field)),
        };
        if is_list {
            for command in commands {
                self.command(at, command, &led, times);
            }
        }
    }

    fn command(&mut self, at: usize, command: Command<'o>, led: &Led, times: u64) {
        match command {
            Command::Create(values) => {
                let to = self.related(led.model.clone(), Kind::Written, &["create"]);
                if let Some(act) = self.acts.get_mut(to) {
                    act.made = act.made.saturating_add(times);
                }
                match values {
                    Some(values) => self.stored(values, to, times),
                    None => self.sends(to, &Object::new()),
                }
            }
            Command::Update(id, values) => {
                let to = self.related(led.model.clone(), Kind::Written, &["write"]);
                if let Some(act) = self.acts.get_mut(to) {
                    act.add(id);
                }
                if let Some(values) = values {
                    self.stored(values, to, 1);
                }
            }
            Command::Delete(id) => {
                self.linked(led, "unlink", &[id]);
            }
            Command::Link(id) => self.link(at, led, &[id], &[]),
            Command::Unlink(id) => self.link(at, led, &[], &[id]),
            Command::Clear => self.link(at, led, &[], &[None]),
            Command::Set(ids) => {
                let ids: Vec<Option<i64>> = ids.into_iter().map(Some).collect();
                self.link(at, led, &ids, &[None]);
            }
        }
    }

    /// What belongs to a record is written where it is linked, `[4, id]`, and may be deleted where it no longer is,
    /// `[3, id]`, `[5]`, `[6, 0, ids]`. What is only linked stays as it is, but links to rights are rights.
    fn link(&mut self, at: usize, led: &Led, added: &[Option<i64>], taken: &[Option<i64>]) {
        let act = self.acts.get(at);
        // Of a new record nothing can be taken away.
        let taken = if act.is_some_and(Act::is_of_new) { &[] } else { taken };
        let owner = act.and_then(|act| act.model.as_ref()).map_or("", |model| model.now.as_str());
        let is_beside = led.by == Some(Link::Beside);
        let changes = match (is_beside, led.model.as_deref()) {
            (true, Some(model)) => sensitive::guards_links(owner, model),
            (true, None) => false,
            // Which kind it is may be known by the time that it is sent.
            (false, _) => led.is_known || self.facts.is_last,
        };
        if !changes || added.is_empty() && taken.is_empty() {
            return;
        }
        let both: Vec<Option<i64>> = added.iter().chain(taken).copied().collect();
        let to = self.linked(led, "write", &both);
        // What links them is a field of theirs.
        if let (Some(act), Some(inverse)) = (self.acts.get_mut(to), &led.inverse) {
            act.name(inverse.clone());
        }
        if !taken.is_empty() && !is_beside {
            self.linked(led, "unlink", taken);
        }
    }

    fn linked(&mut self, led: &Led, method: &'static str, ids: &[Option<i64>]) -> usize {
        let to = self.related(led.model.clone(), Kind::Written, &[method]);
        if let Some(act) = self.acts.get_mut(to) {
            // It stores none of them that a rule could look at.
            act.has_values = !act.values.is_empty();
            ids.iter().for_each(|id| act.add(*id));
        }
        to
    }

    /// What reaches somebody outside once it is stored.
    fn sends(&mut self, at: usize, values: &Object) {
        let context = &self.operation.context;
        let Some(act) = self.acts.get_mut(at).filter(|act| act.kind == Kind::Written) else { return };
        let leaves =
            |model: &ModelNames| outbound::stores(&model.now, act.makes(), values, context).is_some();
        if act.model.as_ref().is_some_and(leaves) {
            act.classes = act.classes.with(Class::Outbound);
        }
    }

    /// The columns of an import. Into which model a wizard imports stands in a record of its own.
    pub(super) fn columns(&mut self, value: &'o Value) {
        let mut at = 0;
        if self.operation.method == "execute_import" {
            at = self.related(None, Kind::Written, &["load", "create", "write"]);
            if let Some(act) = self.acts.get_mut(at) {
                act.is_uncounted = true;
                act.is_whole = !value.is_array();
            }
        }
        self.each(value, &mut |asked, path| {
            asked.name(path);
            asked.parts(&super::named::parts(path), Kind::Written, at);
            asked.found_by_name(at, path);
        });
        for field in self.made_by_name() {
            let led = self.lead(at, field);
            let to = self.related(led.model, Kind::Written, &["create"]);
            self.field(to, "name");
            if self.names_in(value, field).any(holds_address) {
                self.field(to, "email");
            }
            if let Some(act) = self.acts.get_mut(to) {
                act.is_uncounted = true;
            }
        }
    }

    /// A record that a column leads to is searched for by its name, unless its number or external id stands there: it
    /// tells of what is withheld, and a rule on a field does not mean it.
    fn found_by_name(&mut self, at: usize, path: &str) {
        let Some(model) = self.acts.get(at).and_then(|act| act.model.as_ref()) else { return };
        let mut to = Some(model.given.clone());
        for part in super::named::parts(path) {
            to = to.filter(|_| !super::named::is_number(&part)).and_then(|model| self.end_of(&model, part));
        }
        self.imported.extend(to);
    }

    /// What stands in a column.
    fn names_in(&self, columns: &Value, column: &str) -> impl Iterator<Item = &'o Value> {
        let rows = self.operation.kwargs.get("data").and_then(Value::as_array).into_iter().flatten();
        let at = columns.as_array().and_then(|all| all.iter().position(|name| name == column));
        rows.filter_map(move |row| row.get(at?))
    }

    /// Columns whose records are made where there are none of that name.
    fn made_by_name(&self) -> Vec<&'o str> {
        const KEY: &str = "name_create_enabled_fields";
        let options = self.operation.kwargs.get("options").and_then(|options| options.get(KEY));
        let all = options.into_iter().chain(self.operation.context.get(KEY));
        let named = all.filter_map(Value::as_object).flatten();
        let is_on = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
        named.filter(|(_, value)| is_on(value)).map(|(field, _)| field.as_str()).collect()
    }

    /// Whether an argument of an operation is where its values stand.
    pub fn holds_values(&self, argument: &str) -> bool {
        let role = methods::role(&self.operation.model, &self.operation.method, argument);
        matches!(role, Role::Values | Role::Draft)
    }
}
