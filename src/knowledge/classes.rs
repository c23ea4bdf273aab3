//! What kind of thing a method does, and which other methods it does the work of: a rule on `write` is one on
//! `web_save` too. Of a method that is not known it is only said that it runs something.

use super::methods::{self, Access, Role};
use super::{states, wizards};

/// A kind of thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// Stores values, or anything else that changes something.
    Write,
    /// Runs what a button or a module does.
    Execute,
    /// Takes something away.
    Destructive,
    /// Reaches somebody outside Odoo.
    Outbound,
}

impl Class {
    /// Every one.
    pub const ALL: [Class; 5] =
        [Class::Read, Class::Write, Class::Execute, Class::Destructive, Class::Outbound];

    /// The word of a policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Read => "read",
            Class::Write => "write",
            Class::Execute => "execute",
            Class::Destructive => "destructive",
            Class::Outbound => "outbound",
        }
    }

    /// The class of a word.
    pub fn of_word(word: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.as_str() == word)
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Some of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u8);

impl Classes {
    /// These.
    pub fn of(classes: &[Class]) -> Classes {
        Classes(classes.iter().fold(0, |all, class| all | class.bit()))
    }

    /// With one more.
    pub fn with(self, class: Class) -> Classes {
        Classes(self.0 | class.bit())
    }

    /// Whether one is among them.
    pub fn has(self, class: Class) -> bool {
        self.0 & class.bit() != 0
    }

    /// Whether the two have one in common.
    pub fn meets(self, other: Classes) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all of them are among others.
    pub fn is_within(self, other: Classes) -> bool {
        self.0 & !other.0 == 0
    }

    /// In order.
    pub fn list(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |class| self.has(*class))
    }

    /// With `write` for whatever changes something: who forbids that forbids all of it.
    pub fn widened(self) -> Classes {
        if self.is_within(Classes::of(&[Class::Read])) { self } else { self.with(Class::Write) }
    }
}

/// Words in the name of a method that takes something away.
const TAKES_AWAY: [&str; 9] =
    ["delete", "drop", "erase", "merge", "purge", "truncate", "uninstall", "unlink", "wipe"];

/// The class of a method by its name alone. What its arguments bring about is not said here.
pub fn of(model: &str, method: &str) -> Class {
    if methods::access(model, method) == Access::Read {
        return Class::Read;
    }
    let now = methods::renamed(model, method).unwrap_or(method);
    let is_said = [method, now].iter().any(|name| name.split('_').any(|word| TAKES_AWAY.contains(&word)));
    if is_said || wizards::takes_away(model, method) {
        return Class::Destructive;
    }
    if stores(model, now) { Class::Write } else { Class::Execute }
}

/// Whether it is known to store something and run nothing else.
pub fn stores(model: &str, method: &str) -> bool {
    methods::of(model, method).is_some_and(|row| row.access == Access::Write) && method != "onchange"
}

/// Every class that a call of a method can have.
pub fn possible(method: &str) -> Classes {
    match of("", method) {
        Class::Read => Classes::of(&[Class::Read]),
        Class::Destructive => Classes::of(&[Class::Write, Class::Destructive]),
        Class::Write => Classes::of(&[Class::Write, Class::Destructive, Class::Outbound]),
        _ => Classes::of(&[Class::Write, Class::Execute, Class::Destructive, Class::Outbound, Class::Read]),
    }
}

/// The methods whose work another does.
pub fn does_the_work_of(method: &str, has_records: bool) -> &'static [&'static str] {
    match method {
        "web_save" if has_records => &["write"],
        "web_save" | "name_create" | "copy" | "activity_schedule" | "message_new" => &["create"],
        // By what a contact, a tag or a user is made where there is none of that name or address.
        "find_or_create" | "find_or_create_record" | "web_create_users" => &["create"],
        "web_save_multi"
        | "action_archive"
        | "action_unarchive"
        | "toggle_active"
        | "update_field_translations"
        | "web_override_translations"
        | "web_resequence"
        | "message_update" => &["write"],
        "load" | "import_data" => &["create", "write"],
        "execute_import" => &["load", "create", "write"],
        "search_fetch" | "web_search_read" => &["search_read"],
        "web_read" | "name_get" | "export_data" => &["read"],
        "formatted_read_group" => &["read_group"],
        "read_group" => &["formatted_read_group"],
        "web_read_group" | "formatted_read_grouping_sets" => &["formatted_read_group", "read_group"],
        "web_name_search" => &["name_search"],
        _ => &[],
    }
}

/// The verb of this program that a method belongs to.
pub fn verb(model: &str, method: &str, has_records: bool) -> &'static str {
    match method {
        "read" | "web_read" | "name_get" | "export_data" => "read",
        "search_read" | "web_search_read" | "search" | "search_fetch" => "search_read",
        "search_count" => "count",
        "formatted_read_group" | "formatted_read_grouping_sets" | "read_group" | "web_read_group" => "group",
        "create" | "name_create" | "copy" | "load" => "create",
        "web_save" if !has_records => "create",
        "write"
        | "web_save"
        | "web_save_multi"
        | "action_archive"
        | "action_unarchive"
        | "toggle_active"
        | "update_field_translations" => "write",
        "name_search" | "web_name_search" => "lookup",
        "fields_get" => "schema_summary",
        "get_available_models" | "display_name_for" if model == "ir.model" => "doc_index",
        _ => "call",
    }
}

/// Whether a method of any version takes an argument of this name.
pub fn takes(model: &str, method: &str, argument: &str) -> bool {
    match methods::of(model, method) {
        Some(row) => {
            row.others == methods::Others::PassedOn
                || row.knows(argument)
                || row.arguments.iter().any(|own| own.name == argument)
        }
        None => true,
    }
}

/// Whether a method has values to store.
pub fn has_values(model: &str, method: &str) -> Option<bool> {
    let row = methods::of(model, method)?;
    Some(row.argument(Role::Values).is_some() || matches!(method, "load" | "execute_import" | "onchange"))
}

/// Every method whose class is known, each with its model if only one has it.
pub fn known() -> impl Iterator<Item = (&'static str, &'static str, Class)> {
    let rows = methods::names("").map(|name| ("*", name, of("", name)));
    let buttons = states::every_button().map(|(model, name)| (model, name, of(model, name)));
    let wizards = wizards::every_button().map(|(model, name)| (model, name, of(model, name)));
    rows.chain(buttons).chain(wizards)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_method_does_is_told_by_its_name() {
        for (method, class) in [
            ("search_read", Class::Read),
            ("write", Class::Write),
            ("web_save", Class::Write),
            ("unlink", Class::Destructive),
            ("delete", Class::Destructive),
            ("activity_unlink", Class::Destructive),
            ("action_confirm", Class::Execute),
            ("onchange", Class::Execute),
            ("load", Class::Write),
        ] {
            assert_eq!(of("res.partner", method), class, "{method}");
        }
        assert!(!Classes::of(&[Class::Read]).widened().has(Class::Write));
        assert!(Classes::of(&[Class::Destructive]).widened().has(Class::Write));
    }
}
