//! Methods that Odoo has itself, one row each and one for each signature they had: whether they read or write, work
//! on records or on the model, what they take and in which order, which of it they store, and what they make of a
//! keyword they do not know. Buttons are `states.rs`'s; what a module adds is not here, and is taken for a write.

mod closed;
mod renamed;
mod roles;
mod rows;

pub use closed::{ENTRIES, closed};
pub use renamed::renamed;
pub use roles::{describes, makes, may_answer_records, role, shows_records};

use super::{NEWEST, OLDEST, USUAL, Version, states};
use rows::ROWS;

/// What a method may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Changes nothing: may be repeated at will.
    Read,
    /// May change something: never repeated when its answer is lost.
    Write,
}

/// What a method is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On records: without one it does nothing and says that it did, or fails without a hint.
    Records,
    /// On records, and as well on none.
    AnyRecords,
    /// On the model (`@api.model`): it takes no ids.
    Model,
}

/// What an argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing that names fields.
    Plain,
    /// What the method has of its own: nobody tells.
    Untold,
    /// A domain.
    Domain,
    /// A list of names of fields.
    Fields,
    /// Terms to sort records by.
    Order,
    /// Terms to sort groups by: what they are made by, and aggregates.
    GroupOrder,
    /// Fields to group by, dates with a period.
    Groups,
    /// Fields with the function that puts them together.
    Aggregates,
    /// An object whose keys are fields, with those of related records inside.
    Specification,
    /// Values that are stored: an object, or a list of them.
    Values,
    /// Values of a record that is not stored.
    Draft,
    /// What a field is in each language.
    Translations,
    /// Names of fields whose values are answered, beside those of records.
    Shown,
    /// Fields of what is exported, by their paths.
    Exported,
    /// Columns of an import, by their paths.
    Columns,
    /// Aggregates as `read_group` has them: `amount`, `amount:sum`, `alias:sum(amount)`.
    Sums,
    /// Other terms that name fields: to sort or to group by, or the one that is asked about.
    Terms,
    /// The field whose values a search panel lists: those of the records that it leads to.
    Panel,
    /// A condition on groups.
    Having,
    /// An object that names fields for a bar of groups.
    ProgressBar,
    /// An object that holds a specification for each term of a group.
    GroupSpecification,
}

/// What a method makes of a keyword that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Odoo refuses it.
    Refused,
    /// It swallows it without a word; these are the ones that mean something.
    Swallowed(&'static [&'static [&'static str]]),
    /// It passes it on, so that nothing can be said of it here.
    PassedOn,
}

/// What the answer of a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What the method likes.
    Any,
    /// `true`.
    True,
    /// None: JSON-2 says `null`, JSON-RPC leaves `result` out.
    Nothing,
    /// New records. JSON-2 gives a list of ids; JSON-RPC gives one number up to a version, and text, `model(1,)`, up
    /// to another.
    Records {
        /// The last version whose JSON-RPC answers with one number.
        number_until: Version,
        /// The last version whose JSON-RPC answers with text.
        text_until: Version,
    },
    /// `{ids, messages}`, where `ids` is false when nothing was stored.
    Import,
}

/// The form of what an argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Whatever it likes.
    Any,
    /// A text.
    Text,
    /// A text that is shown as HTML.
    Html,
    /// A day.
    Day,
    /// The external id of a subtype of messages.
    Subtype,
    /// The external id of a type of activities.
    ActivityType,
}

/// An argument of a method.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// As it is called in [`USUAL`], or was at last.
    pub name: &'static str,
    /// What it holds.
    pub role: Role,
    /// The first version that has it.
    pub since: Version,
    /// The last one.
    pub until: Version,
    /// Whether it has no position.
    pub by_name: bool,
    /// Its former name, and the last version with that.
    pub former: Option<(&'static str, Version)>,
    /// The model whose records it takes, by their ids.
    pub links: Option<&'static str>,
    /// The form of what it holds.
    pub form: Form,
}

impl Argument {
    const fn new(name: &'static str, role: Role) -> Argument {
        Argument {
            name,
            role,
            since: OLDEST,
            until: NEWEST,
            by_name: false,
            former: None,
            links: None,
            form: Form::Any,
        }
    }

    const fn holds(mut self, form: Form) -> Argument {
        self.form = form;
        self
    }

    const fn to(mut self, model: &'static str) -> Argument {
        self.links = Some(model);
        self
    }

    const fn since(mut self, version: Version) -> Argument {
        self.since = version;
        self
    }

    const fn until(mut self, version: Version) -> Argument {
        self.until = version;
        self
    }

    const fn by_name(mut self) -> Argument {
        self.by_name = true;
        self
    }

    const fn formerly(mut self, name: &'static str, until: Version) -> Argument {
        self.former = Some((name, until));
        self
    }

    /// Whether a version has it.
    pub fn is_in(&self, version: Version) -> bool {
        (self.since..=self.until).contains(&version)
    }

    /// Whether it has this name, now or formerly.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.former.is_some_and(|(former, _)| former == name)
    }

    /// Its name in a version.
    pub fn name_in(&self, version: Version) -> &'static str {
        match self.former {
            Some((name, until)) if version <= until => name,
            _ => self.name,
        }
    }
}

/// A method with one signature.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// The model that has it; none where every model has.
    pub model: Option<&'static str>,
    /// Read or write.
    pub access: Access,
    /// What it is called on.
    pub scope: Scope,
    /// Its arguments in their order, those without a position last.
    pub arguments: &'static [Argument],
    /// What it makes of other keywords.
    pub others: Others,
    /// What it answers.
    pub answer: Answer,
    /// The first version that has it with this signature.
    pub since: Version,
    /// The last one.
    pub until: Version,
}

impl Method {
    const fn new(name: &'static str, access: Access, scope: Scope) -> Method {
        Method {
            name,
            model: None,
            access,
            scope,
            arguments: &[],
            others: Others::Refused,
            answer: Answer::Any,
            since: OLDEST,
            until: NEWEST,
        }
    }

    const fn of(mut self, model: &'static str) -> Method {
        self.model = Some(model);
        self
    }

    const fn takes(mut self, arguments: &'static [Argument]) -> Method {
        self.arguments = arguments;
        self
    }

    const fn others(mut self, others: Others) -> Method {
        self.others = others;
        self
    }

    const fn answers(mut self, answer: Answer) -> Method {
        self.answer = answer;
        self
    }

    const fn since(mut self, version: Version) -> Method {
        self.since = version;
        self
    }

    const fn until(mut self, version: Version) -> Method {
        self.until = version;
        self
    }

    /// Whether a version has it.
    pub fn is_in(&self, version: Version) -> bool {
        (self.since..=self.until).contains(&version)
    }

    /// The argument with this role.
    pub fn argument(&self, role: Role) -> Option<&'static Argument> {
        self.arguments.iter().find(|argument| argument.role == role)
    }

    /// The argument whose values it stores.
    pub fn stores(&self) -> Option<&'static str> {
        self.argument(Role::Values).map(|argument| argument.name)
    }

    /// What the argument of this name holds, if it has one.
    fn role(&self, name: &str) -> Option<Role> {
        self.arguments.iter().find(|own| own.is_called(name)).map(|own| own.role)
    }

    /// Whether what it stores is a list, one for each record.
    pub fn stores_a_list(&self) -> bool {
        self.stores() == Some("vals_list")
    }

    /// Whether the records that it stores values in are new.
    pub fn makes_records(&self) -> bool {
        matches!(self.answer, Answer::Records { .. }) && self.stores().is_some()
    }

    /// Whether it stores values in records that are there.
    pub fn writes(&self) -> bool {
        self.stores() == Some("vals") && !self.makes_records()
    }

    /// The arguments of a version that have a position, in their order; the ids of a method on records stand before.
    pub fn positional(&self, version: Version) -> impl Iterator<Item = &'static Argument> {
        self.arguments.iter().filter(move |argument| !argument.by_name && argument.is_in(version))
    }

    /// Every keyword that means something to it in a version.
    pub fn keywords(&self, version: Version) -> Vec<&'static str> {
        let named = self.arguments.iter().filter(|argument| argument.is_in(version));
        named.map(|argument| argument.name_in(version)).chain(self.swallowed()).collect()
    }

    /// Whether a keyword means something to it in some version.
    pub fn knows(&self, keyword: &str) -> bool {
        self.arguments.iter().any(|argument| argument.is_called(keyword))
            || self.swallowed().any(|known| known == keyword)
    }

    /// The keywords that mean something among those that it swallows.
    fn swallowed(&self) -> impl Iterator<Item = &'static str> {
        let known: &[&[&str]] = match self.others {
            Others::Swallowed(known) => known,
            _ => &[],
        };
        known.iter().copied().flatten().copied()
    }
}

/// The rows of a name that count for a model.
fn rows(model: &str, name: &str) -> impl Iterator<Item = &'static Method> {
    let from = ROWS.partition_point(|row| row.name < name);
    let to = ROWS.partition_point(|row| row.name <= name);
    ROWS[from..to].iter().filter(move |row| row.model.is_none_or(|of| of == model))
}

/// A method as a version has it.
pub fn in_version(model: &str, name: &str, version: Version) -> Option<&'static Method> {
    rows(model, name).find(|row| row.is_in(version))
}

/// A method as the usual version has it, or as it was or will be where that one has none.
pub fn of(model: &str, name: &str) -> Option<&'static Method> {
    in_version(model, name, USUAL).or_else(|| rows(model, name).last())
}

/// Whether a method reads or writes: it reads when all that it ever was under this name only read.
pub fn access(model: &str, name: &str) -> Access {
    let mut rows = rows(model, name).peekable();
    let reads = rows.peek().is_some() && rows.all(|row| row.access == Access::Read);
    if reads { Access::Read } else { Access::Write }
}

/// Whether a method is known to need records, as buttons do.
pub fn needs_records(model: &str, name: &str) -> bool {
    of(model, name).is_some_and(|method| method.scope == Scope::Records) || states::is_button(model, name)
}

/// The methods that a model has in the usual version, as far as they are known.
pub fn names(model: &str) -> impl Iterator<Item = &'static str> {
    ROWS.iter()
        .filter(move |row| row.is_in(USUAL) && row.model.is_none_or(|of| of == model))
        .map(|row| row.name)
}

#[cfg(test)]
mod tests;
