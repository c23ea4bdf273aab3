//! Fields of a model by `fields_get`, which any internal user may call, and the short list of fields that
//! matter on the models people work with most. It keeps schemas in the cache.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Desk;
use super::fields::Fields;
use crate::cache::{Found, Key, Section};
use crate::error::{Code, Error, Result};
use crate::knowledge::{USUAL, Version};
use crate::operation::{self, Object, Operation};

/// Life of documents and of the user's context.
pub const DOCUMENT_TTL: Duration = Duration::from_secs(24 * 3600);

/// What is asked of every field.
const ATTRIBUTES: [&str; 17] = [
    "type",
    "string",
    "readonly",
    "required",
    "relation",
    "relation_field",
    "selection",
    "store",
    "sortable",
    "searchable",
    "groupable",
    "company_dependent",
    "depends",
    "currency_field",
    "definition_record",
    "definition_record_field",
    "translate",
];

/// Attributes of a summary, in order; the first three are always there.
const SUMMARY: [&str; 7] = ["name", "type", "string", "readonly", "required", "relation", "selection"];

/// The fields that matter first, by model (published with the original helper, checked against 19.0).
const SHORT_LISTS: [(&str, &[&str]); 7] = [
    (
        "account.analytic.line",
        &["name", "date", "unit_amount", "project_id", "task_id", "employee_id", "user_id", "partner_id"],
    ),
    ("hr.employee", &["name", "user_id", "work_email", "company_id"]),
    (
        "project.project",
        &["name", "partner_id", "allow_timesheets", "pricing_type", "sale_line_id", "task_ids", "account_id"],
    ),
    (
        "project.task",
        &["name", "project_id", "partner_id", "stage_id", "sale_line_id", "remaining_hours_so", "user_ids"],
    ),
    ("res.partner", &["name", "email", "phone", "company_type", "parent_id", "active"]),
    ("sale.order", &["name", "partner_id", "state", "order_line", "amount_total"]),
    (
        "sale.order.line",
        &["name", "order_id", "product_id", "qty_delivered", "remaining_hours", "project_id"],
    ),
];

/// What kind of values a field has.
#[derive(Clone, Debug, Default)]
pub struct Kind {
    /// `char`, `many2one`; nothing where it is not known.
    pub name: String,
    /// The model of the records that it leads to.
    pub relation: String,
}

impl Kind {
    /// Whether it lists records.
    pub fn is_list(&self) -> bool {
        matches!(self.name.as_str(), "one2many" | "many2many")
    }
}

/// The fields of one model.
#[derive(Clone)]
pub struct Schema {
    /// Served without asking Odoo.
    pub from_cache: bool,
    /// A call names a handful of some hundred, so the attributes of each are read when it is asked for: before every
    /// write this is most of the time that the checks take.
    fields: Arc<Fields>,
}

/// Where the fields of a model come from.
pub trait Schemas {
    /// Those that are at hand: nothing is asked.
    fn known(&self, model: &str) -> Option<Arc<Schema>>;
    /// Those that are at hand or that Odoo tells; `None` when it does not.
    ///
    /// # Errors
    /// Odoo cannot be reached at all.
    fn filled(&self, model: &str) -> Result<Option<Arc<Schema>>>;
    /// The version that names and arguments are those of.
    fn version(&self) -> Version {
        USUAL
    }
    /// What Odoo answers to a question that changes nothing; `None` when it does not. It costs a request, so only
    /// what could lose data, or has already gone wrong, is asked about.
    fn ask(&self, question: Operation) -> Option<Value> {
        let _ = question;
        None
    }
    /// The same with Odoo's refusal, where that is the answer; `None` when nobody can be asked.
    fn asked(&self, question: Operation) -> Option<Result<Value>> {
        let _ = question;
        None
    }
    /// This user, if Odoo tells.
    fn user_id(&self) -> Option<i64> {
        None
    }
    /// The companies that this user is in, whichever the call works in; `None` when Odoo does not tell.
    fn companies(&self) -> Option<Vec<i64>> {
        None
    }
    /// Whether this user has a group; `None` when Odoo does not tell.
    fn has_group(&self, group: &str) -> Option<bool> {
        let _ = group;
        None
    }
}

/// The models that have a short list.
pub fn listed_models() -> impl Iterator<Item = &'static str> {
    SHORT_LISTS.iter().map(|(model, _)| *model)
}

/// The short list of a model, if it has one.
pub fn short_list(model: &str) -> Option<&'static [&'static str]> {
    SHORT_LISTS.iter().find(|(name, _)| *name == model).map(|(_, fields)| *fields)
}

impl Schema {
    /// The same, served once more.
    pub fn at_hand(self) -> Schema {
        Schema { from_cache: true, ..self }
    }

    /// The names of the fields, in Odoo's order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.names()
    }

    /// Whether there is nothing to compare a name with.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether the model has this field.
    pub fn has(&self, name: &str) -> bool {
        self.fields.has(name)
    }

    /// The attributes of a field.
    pub fn field(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.fields.of(name)?).ok()
    }

    /// The kind of a field; of one that it does not have, nothing.
    pub fn kind(&self, name: &str) -> Kind {
        let field = self.field(name).unwrap_or_default();
        let text = |name: &str| field[name].as_str().unwrap_or_default().to_string();
        Kind { name: text("type"), relation: text("relation") }
    }

    /// The label of a field, or nothing.
    pub fn label(&self, name: &str) -> String {
        let field = self.field(name).unwrap_or_default();
        field["string"].as_str().unwrap_or_default().to_string()
    }

    /// From the cache, if it is there.
    pub fn cached(model: &str, desk: &Desk, context: &Object, ttl: Duration) -> Option<Schema> {
        let key = Key {
            owner: desk.owner,
            section: Section::Schema,
            model,
            question: json!({ "context": context }),
        };
        let Found::Fresh(entry) = desk.cache.find(&key, ttl) else { return None };
        Schema::kept_as(entry.body)
    }

    /// From the cache, however old it is and whatever context it was asked in: where a field leads is the same in each.
    pub fn kept(model: &str, desk: &Desk, context: &Object) -> Option<Schema> {
        if let Some(own) = Schema::cached(model, desk, context, Duration::MAX) {
            return Some(own);
        }
        let bodies = desk.cache.schemas(desk.owner, model);
        bodies.into_iter().find_map(Schema::kept_as)
    }

    fn kept_as(text: String) -> Option<Schema> {
        Some(Schema { from_cache: true, fields: Arc::new(Fields::kept(text)?) })
    }

    /// From the cache, or from Odoo.
    pub fn of(model: &str, desk: &Desk, context: &Object, ttl: Duration, refresh: bool) -> Result<Schema> {
        if !refresh && let Some(cached) = Schema::cached(model, desk, context, ttl) {
            return Ok(cached);
        }
        let key = Key {
            owner: desk.owner,
            section: Section::Schema,
            model,
            question: json!({ "context": context }),
        };
        let kwargs = json!({ "attributes": ATTRIBUTES });
        let operation = Operation::new(model, "fields_get", operation::kwargs(kwargs))?;
        let reply = desk.ask(operation, context)?;
        let fields = Fields::told(reply.get()).map_err(|why| {
            Error::new(
                Code::BadReply,
                format!("fields_get of {model} answered something that is not an object"),
            )
            .with_source(why)
        })?;
        // Somebody else's answer to everything must not pass for the fields of a model, and be kept.
        if fields.attributes().any(|attributes| !attributes.starts_with('{')) {
            let message = format!("fields_get of {model} answered something that does not describe fields");
            return Err(Error::new(Code::BadReply, message));
        }
        if !ttl.is_zero() {
            let _ = desk.cache.store(&key, fields.text(), None, "");
        }
        Ok(Schema { from_cache: false, fields: Arc::new(fields) })
    }

    /// Those of the model's short list that exist.
    pub fn short_fields(&self, model: &str) -> Vec<String> {
        let list = short_list(model).unwrap_or_default().iter();
        list.filter(|name| self.has(name)).map(|name| name.to_string()).collect()
    }

    /// One row of a summary: name, type, string, then what is not empty.
    pub fn summary(&self, name: &str) -> Value {
        let field = self.field(name).unwrap_or_default();
        let mut row = Map::new();
        for attribute in SUMMARY {
            let value = if attribute == "name" { json!(name) } else { field[attribute].clone() };
            let empty = matches!(&value, Value::Null | Value::Bool(false))
                || value == json!([])
                || value == json!("");
            if !empty || matches!(attribute, "name" | "type" | "string") {
                row.insert(attribute.into(), value);
            }
        }
        Value::Object(row)
    }
}
