//! Refuses, before anything is sent, the calls that Odoo would accept in silence and get wrong, and mends what
//! was clearly meant. Rules over an operation and the fields of its models; it must not send anything itself,
//! and where the fields cannot tell it leaves the decision to Odoo.

pub mod activities;
pub mod answers;
pub mod buttons;
pub mod companies;
pub mod conditions;
pub mod content;
pub mod contexts;
pub mod currencies;
pub mod dates;
pub mod deletions;
pub mod denials;
pub mod domain;
pub mod echoes;
pub mod explain;
pub mod findings;
pub mod former;
pub mod gone;
pub mod groups;
pub mod imports;
pub mod keywords;
pub mod meetings;
pub mod messages;
pub mod named;
pub mod names;
pub mod oneself;
pub mod properties;
pub mod records;
pub mod relations;
pub mod reports;
pub mod scalars;
pub mod specification;
pub mod states;
pub mod texts;
pub mod typed_times;
pub mod values;
pub mod ways;
pub mod wizards;
pub mod written;
pub mod zoned;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use findings::Findings;

use crate::caller::Rules;
use crate::error::{Code, Error, Result};
use crate::hint::Hint;
use crate::knowledge::Version;
use crate::knowledge::methods::{self, Role};
use crate::odoo::schema::{Schema, Schemas};
use crate::operation::Operation;

/// One run of the rules.
pub struct Check<'a> {
    /// What the caller asked.
    pub rules: &'a Rules,
    /// Fields of models.
    pub schemas: &'a dyn Schemas,
    /// Whether unknown models may be asked about.
    fill: Cell<bool>,
    /// The version of Odoo that the call is for.
    pub version: Version,
    notes: RefCell<Vec<Hint>>,
    doubted: RefCell<BTreeSet<String>>,
    /// How often it was looked for what was meant.
    sought: Cell<usize>,
    /// Where the caller's times are, until one was noted that is taken for UTC.
    zone: RefCell<Option<String>>,
}

impl<'a> Check<'a> {
    /// Rules for one operation; the fields of unknown models are asked for only if it stores values.
    pub fn new(rules: &'a Rules, schemas: &'a dyn Schemas, operation: &Operation) -> Check<'a> {
        let fill = Cell::new(values::stores(operation));
        Check {
            rules,
            schemas,
            fill,
            version: schemas.version(),
            notes: RefCell::default(),
            doubted: RefCell::default(),
            sought: Cell::default(),
            zone: RefCell::new(typed_times::zone(operation)),
        }
    }

    /// Mends the operation in place, or refuses it.
    ///
    /// # Errors
    /// `preflight_refused`, or what kept the fields from being read.
    pub fn run(&self, operation: &mut Operation) -> Result<Vec<Hint>> {
        contexts::check(self, operation);
        former::check(self, operation)?;
        let mut found = Findings::default();
        for rule in [records::check, keywords::check, messages::check, relations::linked, domain::check] {
            found.add(rule(self, operation))?;
        }
        for rule in [names::check, texts::check, values::check] {
            // What is refused in any case is worth no request.
            self.fill.set(self.fill.get() && found.is_empty());
            found.add(rule(self, operation))?;
        }
        found.told()?;
        zoned::mend(self, operation)?;
        meetings::check(self, operation);
        activities::check(self, operation);
        contexts::defaults(self, operation);
        imports::check(self, operation)?;
        if self.rules.dry_run {
            wizards::check(self, operation);
        }
        properties::check(self, operation)?;
        deletions::check(self, operation)?;
        Ok(self.notes())
    }

    /// What was noted since the last time.
    pub fn notes(&self) -> Vec<Hint> {
        self.notes.take()
    }

    /// What is refused here would be right if the model had changed since its fields were kept.
    pub fn doubt(&self, model: &str, schema: &Schema) {
        if schema.from_cache {
            self.doubted.borrow_mut().insert(model.to_string());
        }
    }

    /// Whether it is looked for what was meant by a wrong name: of as many as are told and no more, for each is held
    /// against every name there is, and a call may have tens of thousands.
    pub fn seeks(&self) -> bool {
        let sought = self.sought.get();
        self.sought.set(sought + 1);
        sought < findings::MOST
    }

    /// The models whose kept fields refused something.
    pub fn doubted(&self) -> BTreeSet<String> {
        self.doubted.take()
    }

    /// The name of the argument of an operation that has a role, where its method is known.
    pub fn argument(&self, operation: &Operation, role: Role) -> Option<&'static str> {
        let method = methods::in_version(&operation.model, &operation.method, self.version)?;
        let argument = method.argument(role)?;
        // It may be called as it is today: each version is told in its own words.
        let former = Some(argument.name_in(self.version)).filter(|name| operation.kwargs.contains_key(*name));
        Some(former.unwrap_or(argument.name))
    }

    /// The fields of a model, if they can be had.
    pub fn schema(&self, model: &str) -> Result<Option<Arc<Schema>>> {
        if self.fill.get() { self.schemas.filled(model) } else { Ok(self.schemas.known(model)) }
    }

    /// Whether the caller vouches for a name.
    pub fn is_forced(&self, name: &str) -> bool {
        self.rules.force_fields.iter().any(|forced| forced == name)
    }

    /// Something that the caller should know, although the call goes out as given.
    pub fn note(&self, note: impl Into<Hint>) {
        self.notes.borrow_mut().push(note.into());
    }

    /// Says what was mended.
    ///
    /// # Errors
    /// A refusal with `--strict`.
    pub fn mend(&self, text: String) -> Result<()> {
        if self.rules.strict {
            return Err(refused(text)
                .with_hint(Hint::default().name("strict").text(" refuses what is mended without it")));
        }
        self.note(text);
        Ok(())
    }
}

/// A refusal.
pub fn refused(message: impl Into<String>) -> Error {
    Error::new(Code::PreflightRefused, message)
}
