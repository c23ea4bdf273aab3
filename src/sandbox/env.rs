//! One request's view: the working copy of the data, who calls, in which context, at what
//! time; and the value of any field of any record. Rights are checked by the callers, not
//! here.

use serde_json::{Map, Value, json};

use super::fault::{Fault, Outcome};
use super::python::truthy;
use super::schema::{Field, FieldType, Model, Source, find};
use super::world::{Row, World};
use super::{access, computed, zones};

/// Languages that are installed.
pub const LANGUAGES: &[&str] = &["en_US", "fr_FR"];

/// What a call works with.
pub struct Env {
    /// The working copy; kept only if the call succeeds.
    pub world: World,
    /// The calling user.
    pub user: i64,
    /// No rights are checked.
    pub superuser: bool,
    /// The caller's context.
    pub context: Map<String, Value>,
    /// Seconds since 1970.
    pub now: u64,
    /// The call itself, for the guard.
    pub entry: super::guard::Entry,
}

impl Env {
    /// A row's kept values.
    pub fn row(&self, model: &str, id: i64) -> Option<&Row> {
        self.world.row(model, id)
    }

    /// Whether a record is there.
    pub fn exists(&self, model: &str, id: i64) -> bool {
        self.row(model, id).is_some()
    }

    /// The time as Odoo writes it.
    pub fn now_text(&self) -> String {
        crate::clock::odoo_datetime(self.now)
    }

    /// The date as Odoo writes it.
    pub fn today(&self) -> String {
        self.now_text().chars().take(10).collect()
    }

    /// A time as the clocks of the context's zone show it; a date has no zone.
    pub fn local_time(&self, field: &Field, text: &str) -> String {
        self.shifted(field, text, zones::local)
    }

    /// The other way.
    pub fn utc_time(&self, field: &Field, text: &str) -> String {
        self.shifted(field, text, zones::utc)
    }

    fn shifted(&self, field: &Field, text: &str, shift: fn(i64, &str) -> i64) -> String {
        let zone = self.context.get("tz").and_then(Value::as_str).unwrap_or("UTC");
        match zones::parse(text).filter(|_| field.kind == FieldType::Datetime) {
            Some(moment) => zones::format(shift(moment, zone)),
            None => text.into(),
        }
    }

    /// The language of the context.
    pub fn language(&self) -> &str {
        self.context.get("lang").and_then(Value::as_str).unwrap_or("en_US")
    }

    /// A context whose language is not installed or whose companies are not the user's is refused.
    pub fn check_context(&self) -> Outcome<()> {
        match self.context.get("lang") {
            None | Some(Value::Null | Value::Bool(false)) => {}
            Some(Value::String(code)) if code.is_empty() || LANGUAGES.contains(&code.as_str()) => {}
            Some(other) => {
                let code = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                return Err(Fault::user(format!("Invalid language code: {code}")));
            }
        }
        if let Some(Value::Array(wanted)) = self.context.get("allowed_company_ids") {
            let own = self.row("res.users", self.user).and_then(|row| row.get("company_ids"));
            let own = own.and_then(Value::as_array).cloned().unwrap_or_default();
            if wanted.iter().any(|id| !own.contains(id)) {
                return Err(Fault::access("Access to unauthorized or invalid companies."));
            }
        }
        Ok(())
    }

    /// The current company.
    pub fn company(&self) -> i64 {
        let chosen =
            self.context.get("allowed_company_ids").and_then(|ids| ids.get(0)).and_then(Value::as_i64);
        chosen.or_else(|| self.row("res.users", self.user)?.get("company_id")?.as_i64()).unwrap_or(1)
    }

    /// The caller's partner.
    pub fn partner(&self) -> i64 {
        self.user_partner(self.user)
    }

    /// A user's partner.
    #[inline(never)]
    pub fn user_partner(&self, user: i64) -> i64 {
        self.row("res.users", user).and_then(|row| row.get("partner_id")).and_then(Value::as_i64).unwrap_or(0)
    }

    /// A user's name.
    #[inline(never)]
    pub fn user_name(&self, user: i64) -> String {
        self.text("res.partner", self.user_partner(user), "name")
    }

    /// Whether the caller is in a group.
    #[inline(never)]
    pub fn has_group(&self, group: &str) -> bool {
        access::user_has_group(self, self.user, group)
    }

    /// Runs with all rights and comes back.
    pub fn as_superuser<T>(&mut self, work: impl FnOnce(&mut Env) -> T) -> T {
        let before = std::mem::replace(&mut self.superuser, true);
        let result = work(self);
        self.superuser = before;
        result
    }

    /// A text field, empty if unset.
    #[inline(never)]
    pub fn text(&self, model: &str, id: i64, field: &str) -> String {
        match self.by_name(model, id, field) {
            Value::String(text) => text,
            _ => String::new(),
        }
    }

    /// A boolean field.
    #[inline(never)]
    pub fn flag(&self, model: &str, id: i64, field: &str) -> bool {
        truthy(&self.by_name(model, id, field))
    }

    /// A number field.
    #[inline(never)]
    pub fn number(&self, model: &str, id: i64, field: &str) -> f64 {
        self.by_name(model, id, field).as_f64().unwrap_or(0.0)
    }

    /// The id in a many2one.
    #[inline(never)]
    pub fn link(&self, model: &Model, id: i64, field: &str) -> Option<i64> {
        self.by_name(model.name, id, field).as_i64()
    }

    /// The ids in an x2many.
    #[inline(never)]
    pub fn links(&self, model: &str, id: i64, field: &str) -> Vec<i64> {
        ids_of(&self.by_name(model, id, field))
    }

    fn by_name(&self, model: &str, id: i64, field: &str) -> Value {
        let Some(model) = find(model) else { return Value::Bool(false) };
        model.field(field).map_or(Value::Bool(false), |field| self.value(model, id, field))
    }

    /// A field's value: ids for relations, `false` for what is unset.
    #[inline(never)]
    pub fn value(&self, model: &'static Model, id: i64, field: &'static Field) -> Value {
        match field.source {
            Source::Stored => {}
            Source::Related(path) => return self.follow(model, id, path, field),
            Source::Sum(lines, amount) => {
                let target = model.field(lines).and_then(Field::relation).unwrap_or("");
                let total: f64 = self
                    .links(model.name, id, lines)
                    .iter()
                    .map(|line| self.number(target, *line, amount))
                    .sum();
                return json!(computed::round(total));
            }
            Source::Count(lines) => return json!(self.links(model.name, id, lines).len()),
            Source::Computed(function) => return function(self, model, id),
        }
        match field.kind {
            FieldType::One2many(target, inverse) => {
                let ids = self
                    .world
                    .rows(target)
                    .filter(|(_, row)| row.get(inverse).and_then(Value::as_i64) == Some(id))
                    .filter(|(_, row)| !field.leaves_out(row));
                return self.ordered(target, ids.map(|(line, _)| line).collect());
            }
            FieldType::Thread(target) => {
                let by = if target == "mail.message" { "model" } else { "res_model" };
                let ids = self.world.rows(target).filter(|(_, row)| {
                    row.get("res_id").and_then(Value::as_i64) == Some(id)
                        && row.get(by).and_then(Value::as_str) == Some(model.name)
                });
                return self.ordered(target, ids.map(|(line, _)| line).collect());
            }
            FieldType::Many2manyOf(target, inverse) => {
                let ids = self.world.rows(target).filter(|(_, row)| {
                    row.get(inverse).and_then(Value::as_array).is_some_and(|ids| ids.contains(&json!(id)))
                });
                return self.ordered(target, ids.map(|(other, _)| other).collect());
            }
            _ => {}
        }
        if field.name == "id" {
            return json!(id);
        }
        let kept = self.row(model.name, id).and_then(|row| row.get(field.name));
        match (kept, field.kind) {
            (Some(Value::Number(number)), FieldType::Float | FieldType::Monetary) => {
                json!(number.as_f64().unwrap_or(0.0))
            }
            (Some(Value::Array(_)), FieldType::Many2many(target)) => {
                let ids = kept.map(ids_of).unwrap_or_default();
                self.ordered(target, ids)
            }
            (Some(value), _) => value.clone(),
            (None, kind) => empty(kind),
        }
    }

    fn follow(&self, model: &'static Model, id: i64, path: &str, field: &Field) -> Value {
        let (mut at, mut record) = (model, id);
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let Some(next) = at.field(step) else { break };
            if steps.peek().is_none() {
                return self.value(at, record, next);
            }
            match (self.value(at, record, next).as_i64(), next.relation().and_then(find)) {
                (Some(linked), Some(target)) => (at, record) = (target, linked),
                _ => break,
            }
        }
        empty(field.kind)
    }

    /// Ids in their model's order, without archived ones unless the context asks for them.
    fn ordered(&self, target: &str, mut ids: Vec<i64>) -> Value {
        if let Some(model) = find(target) {
            if self.context.get("active_test") != Some(&json!(false)) && model.field("active").is_some() {
                ids.retain(|id| self.row(target, *id).is_some_and(|row| row.contains_key("active")));
            }
            super::search::sort(self, model, &mut ids, model.order).ok();
        }
        json!(ids)
    }
}

/// What an unset field reads as.
pub fn empty(kind: FieldType) -> Value {
    match kind {
        FieldType::Integer | FieldType::Reference => json!(0),
        FieldType::Float | FieldType::Monetary => json!(0.0),
        FieldType::One2many(..)
        | FieldType::Thread(_)
        | FieldType::Many2many(_)
        | FieldType::Many2manyOf(..) => json!([]),
        _ => json!(false),
    }
}

/// The ids in a JSON list.
pub fn ids_of(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}
