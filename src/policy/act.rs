//! One thing that an operation does, itself or inside its values, paths and specifications: on which model and records,
//! with which fields and values. Pure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::naming;
use super::pattern::ModelNames;
use crate::knowledge::classes::{self, Class, Classes};
use crate::knowledge::methods::{self, Role};
use crate::knowledge::sensitive;
use crate::operation::{Access, Object, Operation};
use crate::outbound;

/// How an act comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The operation itself.
    Itself,
    /// A command inside its values.
    Written,
    /// A value of the record which the model takes the field from.
    Inherited,
    /// What a button of a wizard does to other records.
    Caused,
    /// Fields of related records in the answer.
    Shown,
    /// A path in a condition or an order.
    Named,
}

/// Values that are stored.
#[derive(Clone, Debug)]
pub struct Stored<'o> {
    /// By field.
    pub values: Cow<'o, Object>,
    /// In so many records.
    pub times: u64,
}

/// Something that an operation does.
#[derive(Debug)]
pub struct Act<'o> {
    /// How.
    pub kind: Kind,
    /// On which model; none where that cannot be told.
    pub model: Option<ModelNames>,
    /// Its method, and those whose work it does.
    pub methods: Vec<&'o str>,
    /// What it is called in the tools of a policy, where that is not what the operation is called.
    pub names: Vec<String>,
    /// What it does, exactly.
    pub classes: Classes,
    /// The fields that it names.
    pub fields: BTreeSet<Cow<'o, str>>,
    /// It names none where that means every one.
    pub is_whole: bool,
    /// The values that it stores.
    pub values: Vec<Stored<'o>>,
    /// Whether it could store some.
    pub has_values: bool,
    /// The records that it is done to, each once.
    pub ids: Vec<i64>,
    /// How many records it makes.
    pub made: u64,
    /// It is done to others as well, and nobody says to how many.
    pub is_uncounted: bool,
    /// Only a rule that names its fields is about it.
    pub is_by_name: bool,
    /// Some of its records are in a list, which shows no names by itself.
    pub is_of_list: bool,
}

impl<'o> Act<'o> {
    /// A command inside values, fields of related records, or a path.
    pub fn new(kind: Kind, model: Option<ModelNames>, methods: &[&'o str]) -> Act<'o> {
        let classes = match (kind, methods.first()) {
            (Kind::Written, Some(&"unlink")) => Classes::of(&[Class::Destructive]),
            (Kind::Inherited, Some(&"read")) => Classes::of(&[Class::Read]),
            (Kind::Written | Kind::Inherited, _) => Classes::of(&[Class::Write]),
            (Kind::Caused, _) => {
                let all = methods.iter().map(|method| classes::of("", method));
                all.fold(Classes::default(), Classes::with)
            }
            _ => Classes::of(&[Class::Read]),
        };
        let names = match kind {
            Kind::Written | Kind::Caused => {
                naming::names_of(model.as_ref().map_or("", |it| &it.given), methods, true)
            }
            _ => Vec::new(),
        };
        Act {
            kind,
            model,
            methods: methods.to_vec(),
            names,
            classes,
            fields: BTreeSet::new(),
            is_whole: false,
            values: Vec::new(),
            has_values: matches!(kind, Kind::Written | Kind::Inherited | Kind::Caused)
                && classes.has(Class::Write),
            ids: Vec::new(),
            made: 0,
            is_uncounted: false,
            is_by_name: false,
            is_of_list: false,
        }
    }

    /// The operation itself.
    pub fn itself(operation: &'o Operation) -> Act<'o> {
        let (model, method) = (operation.model.as_str(), operation.method.as_str());
        let has_records = operation.ids.as_ref().is_some_and(|ids| !ids.is_empty());
        let mut names = vec![method];
        let renamed = methods::renamed(model, method);
        names.extend(renamed);
        for name in [Some(method), renamed].into_iter().flatten() {
            names.extend(classes::does_the_work_of(name, has_records));
        }
        let mut act = Act::new(Kind::Itself, Some(ModelNames::of(model)), &names);
        act.classes = Classes::of(&[classes::of(model, method)]);
        act.has_values = classes::has_values(model, method).unwrap_or_default();
        act.is_whole = is_whole(operation);
        match method {
            "action_archive" | "action_unarchive" | "toggle_active" => act.name("active"),
            "name_create" => {
                act.name("name");
                // Contacts take `Name <a@b.c>` apart.
                if operation.kwargs.get("name").is_some_and(holds_address) {
                    act.name("email");
                }
            }
            // It counts into a field that it is told.
            "web_resequence" => {
                let field = operation.kwargs.get("field_name").and_then(Value::as_str);
                act.name(field.unwrap_or("sequence"));
                act.has_values = true;
            }
            // Its rows say in columns of their own which records they are.
            "load" => act.is_uncounted = true,
            _ => {}
        }
        if operation.access() == Access::Write && outbound::reaches(operation).is_some() {
            act.classes = act.classes.with(Class::Outbound);
        }
        act.ids = operation.ids.clone().unwrap_or_default();
        act.ids.sort_unstable();
        act.ids.dedup();
        act.made = made(operation).saturating_sub(act.ids.len() as u64);
        act
    }

    /// Whether it changes nothing.
    pub fn is_read(&self) -> bool {
        self.classes.is_within(Classes::of(&[Class::Read]))
    }

    /// Whether it is on what holds secrets.
    pub fn is_secret(&self) -> bool {
        self.model
            .as_ref()
            .and_then(|model| sensitive::tier(&model.now))
            .is_some_and(sensitive::Tier::closes_reads)
    }

    /// It names a field.
    pub fn name(&mut self, field: impl Into<Cow<'o, str>>) {
        self.fields.insert(field.into());
    }

    /// It stores values in so many records.
    pub fn store(&mut self, values: Cow<'o, Object>, times: u64) {
        self.values.push(Stored { values, times });
        self.has_values = true;
    }

    /// It is done to a record; without one nobody says to which.
    pub fn add(&mut self, id: Option<i64>) {
        match id {
            Some(id) => self.ids.push(id),
            None => self.is_uncounted = true,
        }
    }

    /// Whether it may store a field without anybody seeing which value: a copy, the columns of an import.
    pub fn hides(&self, field: &str) -> bool {
        self.is_whole || self.values.is_empty() && self.fields.contains(field)
    }

    /// Whether it may make records.
    pub fn makes(&self) -> bool {
        self.methods.iter().any(|method| matches!(*method, "create" | "load"))
            || self.kind == Kind::Itself && self.classes.has(Class::Execute)
    }

    /// Whether its records are new, so that there is nothing in them to take away.
    pub fn is_of_new(&self) -> bool {
        self.methods.contains(&"create") && !self.methods.contains(&"write")
    }

    /// How many records it is done to at least.
    pub fn records(&self) -> u64 {
        self.made.saturating_add(self.ids.len() as u64)
    }

    /// Which of its fields are more than what a link shows by itself.
    pub fn tells(&self) -> bool {
        self.is_whole
            || self.fields.iter().any(|field| !matches!(field.as_ref(), "id" | "display_name" | "name"))
    }
}

/// Whether a name that a record is made by holds an address.
pub fn holds_address(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name.contains('@'))
}

/// How many records an operation makes, or says that it works on in another way than by ids.
fn made(operation: &Operation) -> u64 {
    let list = |name: &str| operation.kwargs.get(name).and_then(|value| value.as_array()).map(Vec::len);
    let one = |is_one: bool| usize::from(is_one);
    let values = match operation.kwargs.get("vals_list") {
        Some(value) if value.is_object() => 1,
        _ => list("vals_list").unwrap_or_default(),
    };
    let has_no_ids = operation.ids.as_ref().is_none_or(Vec::is_empty);
    let alone = match operation.method.as_str() {
        "name_create" => 1,
        "web_save" => one(has_no_ids),
        _ => 0,
    };
    let rows = list("data").unwrap_or_default();
    // Wizards take their records from the context.
    let active = match operation.access() {
        Access::Read => 0,
        Access::Write => {
            operation.context.get("active_ids").and_then(|ids| ids.as_array()).map_or(0, Vec::len)
        }
    };
    values.max(alone).max(rows).max(active) as u64
}

/// Whether it is about every field, because it names none: so these read, and a copy has them all.
fn is_whole(operation: &Operation) -> bool {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let names_some = |(name, value): (&String, &Value)| {
        let role = methods::role(model, method, name);
        match value {
            Value::Array(names) => !names.is_empty() && is_list(role),
            Value::String(name) => !name.is_empty() && is_list(role),
            // An empty specification shows ids alone.
            Value::Object(_) => role == Role::Specification,
            _ => false,
        }
    };
    match method {
        "copy" | "copy_data" => true,
        method => methods::shows_records(method) && !operation.kwargs.iter().any(names_some),
    }
}

fn is_list(role: Role) -> bool {
    matches!(role, Role::Fields | Role::Shown | Role::Specification)
}
