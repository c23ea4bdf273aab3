//! Where fields lead, for the policy: from what is kept here, and, of an operation that is about to be sent, from Odoo
//! itself. What Odoo does not tell is not guessed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Odoo;
use crate::caller::Road;
use crate::host::Host;
use crate::odoo::desk::Desk;
use crate::odoo::schema::{DOCUMENT_TTL, Schema};
use crate::operation::Object;
use crate::policy::facts::{Computed, Held, Lead, Link};

/// What Odoo could not tell is asked again after so long: it may have been away.
const AGAIN: Duration = Duration::from_secs(2);

/// What is known of a model's fields.
#[derive(Clone)]
enum Known {
    /// These, and whether Odoo has just told them.
    Fields(Arc<Schema>, bool),
    /// Nothing is kept here.
    NotKept,
    /// Odoo does not tell; until then where it was not to be had.
    Untold(Option<Instant>),
}

impl Known {
    /// Whether Odoo was asked.
    fn is_told(&self) -> bool {
        matches!(self, Known::Fields(_, true) | Known::Untold(_))
    }

    /// Whether a field of such a name is among them.
    fn names(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        matches!(self, Known::Fields(schema, _) if schema.names().any(holds))
    }
}

/// Fields of models, each read or asked for once, and which of them other records hold.
#[derive(Default)]
pub struct Memo(Mutex<HashMap<String, Known>>, Mutex<HashMap<String, Arc<[Held]>>>);

impl Memo {
    fn get(&self, model: &str, now: Instant) -> Option<Known> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(model).cloned()?;
        (!matches!(known, Known::Untold(Some(until)) if until <= now)).then_some(known)
    }

    fn put(&self, model: &str, known: Known) -> Known {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).remove(model);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(model.into(), known.clone());
        known
    }

    fn held(&self, model: &str) -> Option<Arc<[Held]>> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).get(model).cloned()
    }

    fn put_held(&self, model: &str, all: Vec<Held>) -> Arc<[Held]> {
        let all: Arc<[Held]> = all.into();
        self.1.lock().unwrap_or_else(PoisonError::into_inner).insert(model.into(), Arc::clone(&all));
        all
    }
}

/// Whoever wants to know.
pub struct Leads<'l> {
    pub odoo: &'l Odoo,
    pub road: &'l Road,
    pub host: &'l dyn Host,
    pub context: &'l Object,
    /// Whether Odoo may be asked.
    pub may_ask: bool,
}

impl Leads<'_> {
    fn at_hand(&self, model: &str) -> Known {
        self.odoo.leads.get(model, self.odoo.clock.instant()).unwrap_or_else(|| self.kept(model))
    }

    /// Where a field of a model leads.
    pub fn of(&self, model: &str, field: &str) -> Lead {
        let mut known = self.at_hand(model);
        loop {
            let (found, is_told) = match &known {
                Known::Fields(schema, is_told) => (schema.field(field), *is_told),
                Known::NotKept => (None, false),
                Known::Untold(_) => (None, true),
            };
            let is_last = is_told || !self.may_ask;
            match found {
                Some(field) if is_last || says_all(&field) => return lead(&field),
                None if is_last => return Lead::Unknown,
                // Nothing was kept, or it was before there was such a field, or before its other end was asked for.
                _ => known = self.told(model, known),
            }
        }
    }

    /// Whether a model has a field of such a name; none where Odoo does not tell, or is not asked.
    pub fn has(&self, model: &str, holds: &dyn Fn(&str) -> bool) -> Option<bool> {
        let mut known = self.at_hand(model);
        if self.may_ask && !known.is_told() && !known.names(holds) {
            known = self.told(model, known);
        }
        match &known {
            Known::Fields(..) => Some(known.names(holds)),
            Known::NotKept | Known::Untold(_) => None,
        }
    }

    /// What a field of a model is computed from.
    pub fn sources(&self, model: &str, field: &str) -> Computed {
        let known = self.with_field(model, |schema| schema.field(field).is_some());
        let Some(field) = known.and_then(|schema| schema.field(field)) else { return Computed::default() };
        computed(&field)
    }

    /// The fields of a model that another record holds or shows; none where nobody knows. Further off than by one link
    /// it is asked where they are named.
    pub fn held(&self, model: &str) -> Option<Arc<[Held]>> {
        if let Some(held) = self.odoo.leads.held(model) {
            return Some(held);
        }
        let schema = self.with_field(model, |_| true)?;
        let mut all = Vec::new();
        for name in schema.names() {
            let Some(field) = schema.field(name) else { continue };
            let computed = computed(&field);
            for path in computed.shown(name) {
                let Some((link, own)) = path.split_once('.').filter(|(_, own)| !own.contains('.')) else {
                    continue;
                };
                if let Some(Lead::To { model, .. }) = schema.field(link).map(|field| lead(&field)) {
                    let is_by_name = !computed.is_held(name);
                    all.push(Held { model, field: own.into(), is_by_name });
                }
            }
        }
        Some(self.odoo.leads.put_held(model, all))
    }

    /// The fields of a model, asked for once more where those that are kept say too little.
    fn with_field(&self, model: &str, is_enough: impl Fn(&Schema) -> bool) -> Option<Arc<Schema>> {
        let mut known = self.at_hand(model);
        let is_kept = matches!(&known, Known::Fields(schema, _) if is_enough(schema));
        if self.may_ask && !is_kept && !known.is_told() {
            known = self.told(model, known);
        }
        match known {
            Known::Fields(schema, _) => Some(schema),
            Known::NotKept | Known::Untold(_) => None,
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            odoo: self.odoo,
            cache: &self.odoo.sign_in.cache,
            owner: &self.odoo.sign_in.owner,
            channel: &self.odoo.settings.agent_channel,
            road: self.road,
            host: self.host,
        }
    }

    fn kept(&self, model: &str) -> Known {
        let known = match Schema::kept(model, &self.desk(), self.context) {
            Some(schema) => Known::Fields(Arc::new(schema), false),
            None => Known::NotKept,
        };
        self.odoo.leads.put(model, known)
    }

    /// Asked of Odoo, if the policy lets that out; what it does not tell stays as it was kept. Nothing is locked
    /// meanwhile.
    fn told(&self, model: &str, kept: Known) -> Known {
        let known = match (Schema::of(model, &self.desk(), self.context, DOCUMENT_TTL, true), kept) {
            (Ok(schema), _) => Known::Fields(Arc::new(schema), true),
            (Err(_), Known::Fields(schema, _)) => Known::Fields(schema, true),
            (Err(error), _) if error.odoo.is_some() => Known::Untold(None),
            (Err(_), _) => Known::Untold(Some(self.odoo.clock.instant() + AGAIN)),
        };
        self.odoo.leads.put(model, known)
    }
}

/// Whether these attributes are all that is asked of a field today.
fn says_all(field: &serde_json::Value) -> bool {
    field["type"] != "one2many" || field.get("relation_field").is_some()
}

/// What a field with these attributes is computed from. What says yes or no, or which of a few, repeats nothing but the
/// same of another record.
fn computed(field: &Value) -> Computed {
    let paths = field["depends"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let is_of_another = matches!(paths, [Value::String(path)] if path.contains('.'));
    if !is_of_another && matches!(field["type"].as_str(), Some("boolean" | "selection")) {
        return Computed { is_told: true, ..Computed::default() };
    }
    Computed {
        is_told: true,
        paths: paths.iter().filter_map(Value::as_str).map(str::to_string).collect(),
        is_text: matches!(field["type"].as_str(), Some("char" | "html" | "text")),
        is_stored: field["store"] != false,
        is_writable: field["readonly"] == false,
    }
}

/// Where a field with these attributes leads.
fn lead(field: &serde_json::Value) -> Lead {
    let by = match field["type"].as_str() {
        Some("many2one") => Link::One,
        Some("one2many") => Link::Owned,
        Some("many2many") => Link::Beside,
        // Which model stands in the record.
        Some("reference" | "many2one_reference") | None => return Lead::Unknown,
        Some(_) => return Lead::Nowhere,
    };
    match field["relation"].as_str() {
        Some(model) => {
            let inverse = field["relation_field"].as_str().map(str::to_string);
            Lead::To { model: model.into(), by, inverse }
        }
        None => Lead::Unknown,
    }
}
