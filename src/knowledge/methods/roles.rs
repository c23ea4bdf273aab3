//! What an argument of a call holds, whatever the version and whether or not its method is known: the rows say it of
//! the arguments that they name, the name alone of the others. Whoever looks for fields in a call asks here, so that
//! no two of them look in different places.

use super::{Answer, Role, of, rows};

/// What arguments are usually called, of methods that have no row or pass them on.
const USUAL: [(&str, Role); 20] = [
    ("aggregates", Role::Sums),
    ("args", Role::Domain),
    ("domain", Role::Domain),
    ("expand_orderby", Role::Terms),
    ("field_name", Role::Terms),
    ("field_names", Role::Shown),
    ("fields", Role::Shown),
    ("fields_list", Role::Shown),
    ("fields_spec", Role::Specification),
    ("fields_to_export", Role::Exported),
    ("group_by", Role::Terms),
    ("groupby", Role::Groups),
    ("groupby_read_specification", Role::GroupSpecification),
    ("grouping_sets", Role::Terms),
    ("having", Role::Having),
    ("order", Role::Terms),
    ("orderby", Role::Terms),
    ("progress_bar", Role::ProgressBar),
    ("specification", Role::Specification),
    ("unfold_read_specification", Role::Specification),
];

/// Methods whose answers name new records among other things.
const NAMING: [&str; 3] = ["load", "name_create", "web_save"];

/// The model of the new records that a method answers with; none where it makes none or is not known.
pub fn makes<'a>(model: &'a str, method: &str) -> Option<&'a str> {
    let known = of(model, method)?;
    let names_some = matches!(known.answer, Answer::Records { .. }) || NAMING.contains(&method);
    names_some.then(|| match method.split_once('_') {
        Some(("message", _)) => "mail.message",
        Some(("activity", _)) => "mail.activity",
        _ => model,
    })
}

/// What an argument holds: what any version of the method says of it that says more than that it is there.
pub fn role(model: &str, method: &str, argument: &str) -> Role {
    let mut told = rows(model, method).filter_map(|row| row.role(argument));
    if let Some(role) = told.find(|role| *role != Role::Plain) {
        return role;
    }
    if rows(model, method).any(|row| row.knows(argument)) {
        return Role::Plain;
    }
    let usual = USUAL.binary_search_by_key(&argument, |row| row.0).ok();
    usual.and_then(|at| USUAL.get(at)).map_or(Role::Untold, |row| row.1)
}

/// Whether a method answers with records, and with every field of them where none are named.
pub fn shows_records(method: &str) -> bool {
    matches!(method, "read" | "search_read" | "search_fetch" | "web_read" | "web_search_read")
}

/// What describes models and holds no values.
const DESCRIPTIONS: [&str; 7] = [
    "fields_get",
    "fields_view_get",
    "get_available_models",
    "get_view",
    "get_views",
    "has_access",
    "load_views",
];

/// Whether a method describes models and answers with no values.
pub fn describes(method: &str) -> bool {
    DESCRIPTIONS.contains(&method)
}

/// Whether an answer can hold values of records at all. What was asked for is no proof: it is looked through.
pub fn may_answer_records(method: &str) -> bool {
    let is_bare = matches!(method, "search_count" | "search" | "unlink" | "write" | "create" | "context_get");
    !describes(method) && !is_bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(USUAL.is_sorted_by_key(|row| row.0));
    }

    #[test]
    fn an_argument_holds_what_some_version_says_and_else_what_it_is_called() {
        for (method, argument, holds) in [
            ("read_group", "fields", Role::Sums),
            ("load", "fields", Role::Columns),
            ("search_read", "fields", Role::Fields),
            ("search_fetch", "field_names", Role::Shown),
            ("search", "args", Role::Domain),
            ("web_read_group", "groupby_read_specification", Role::GroupSpecification),
            ("search_panel_select_multi_range", "group_by", Role::Terms),
            ("act", "fields", Role::Shown),
            ("message_post", "body", Role::Plain),
            ("activity_schedule", "user_id", Role::Plain),
            ("update_field_translations", "translations", Role::Translations),
            ("act", "own", Role::Untold),
            ("write", "vals", Role::Values),
        ] {
            assert_eq!(role("res.partner", method, argument), holds, "{method}.{argument}");
        }
    }
}
