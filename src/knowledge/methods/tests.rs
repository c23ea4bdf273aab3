use super::rows::ROWS;
use super::*;
use serde_json::Value;

/// What a real Odoo 19.0 with the usual apps says of these methods (`/doc-bearer`): it leaves out the deprecated.
const TOLD: &str = include_str!("../../../tests/wire/odoo19_methods.json");

#[test]
fn the_rows_are_sorted_and_no_version_has_two_of_a_name() {
    let key = |row: &Method| (row.name, row.model.unwrap_or_default(), row.since);
    assert!(ROWS.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
    for pair in ROWS.windows(2).filter(|pair| pair[0].name == pair[1].name && pair[0].model == pair[1].model)
    {
        assert!(pair[0].until < pair[1].since, "{} has two signatures in one version", pair[0].name);
    }
}

#[test]
fn every_row_is_well_formed() {
    for row in ROWS {
        let name = row.name;
        assert!(OLDEST <= row.since && row.since <= row.until && row.until <= NEWEST, "{name}");
        let mut seen: Vec<&str> = Vec::new();
        for argument in row.arguments {
            assert!(argument.since <= argument.until, "{name}.{}", argument.name);
            let is_within = argument.since >= OLDEST && argument.until <= NEWEST;
            assert!(is_within, "{name}.{} is outside of the versions", argument.name);
            for known in argument.former.map(|(former, _)| former).into_iter().chain([argument.name]) {
                assert!(!seen.contains(&known), "{name} names {known} twice");
                seen.push(known);
            }
        }
        if let Others::Swallowed(lists) = row.others {
            assert!(lists.iter().all(|list| list.is_sorted()), "{name}");
        }
        for known in row.swallowed() {
            assert!(!seen.contains(&known), "{name} names {known} twice");
            seen.push(known);
        }
        // One argument a role: the checks ask for the one. Nobody asks for terms by their role.
        let is_asked = |argument: &&Argument| !matches!(argument.role, Role::Plain | Role::Terms);
        for argument in row.arguments.iter().filter(is_asked) {
            let same = row.arguments.iter().filter(|other| other.role == argument.role).count();
            assert_eq!(same, 1, "{name}.{}", argument.name);
        }
        // By position first, then by name in their order.
        let by_name: Vec<&str> =
            row.arguments.iter().filter(|argument| argument.by_name).map(|argument| argument.name).collect();
        assert!(by_name.is_sorted(), "{name}");
        let ends = row.arguments.len() - by_name.len();
        assert!(row.arguments[ends..].iter().all(|argument| argument.by_name), "{name}");
        assert!(row.access == Access::Write || row.stores().is_none(), "{name} reads, and stores");
    }
}

#[test]
fn a_row_is_found_by_model_and_version() {
    assert!(of("sale.order", "context_get").is_none());
    assert!(of("res.users", "context_get").is_some());
    assert_eq!(of("res.partner", "name_get").map(|row| row.until), Some(17));
    assert_eq!(in_version("res.partner", "name_get", 18).map(|row| row.name), None);
    let scope = |version| in_version("res.users", "has_group", version).map(|row| row.scope);
    assert_eq!((scope(17), scope(18)), (Some(Scope::Model), Some(Scope::AnyRecords)));
    let first = |method, version| {
        let row = in_version("res.partner", method, version).unwrap();
        row.positional(version).next().map(|argument| argument.name_in(version))
    };
    assert_eq!((first("search", 15), first("search", 16)), (Some("args"), Some("domain")));
    assert_eq!(first("message_post", 19), None);
}

#[test]
fn what_is_unknown_or_ever_wrote_is_a_write() {
    for method in ["search_read", "read", "has_group", "name_get", "web_search_read"] {
        assert_eq!(access("res.users", method), Access::Read, "{method}");
    }
    // `export_data` gives records without an external id one.
    for method in ["export_data", "action_confirm", "write", "nonsense", "", "search_read "] {
        assert_eq!(access("res.users", method), Access::Write, "{method}");
    }
    // A method of one model is another's own affair.
    assert_eq!(access("x_custom.thing", "context_get"), Access::Write);
}

#[test]
fn the_rows_of_19_are_what_a_real_one_says_of_itself() {
    let told: Vec<Value> = serde_json::from_str(TOLD).unwrap();
    let names = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_string)).collect()
    };
    for method in &told {
        let (model, name) = (method["model"].as_str().unwrap(), method["method"].as_str().unwrap());
        let row = in_version(model, name, 19).unwrap_or_else(|| panic!("{name} has no row"));
        let api = names(&method["api"]);
        assert_eq!(row.scope == Scope::Model, api.contains(&"model".into()), "{name}");
        assert!(row.access == Access::Read || !api.contains(&"readonly".into()), "{name} reads");
        let (takes, mut by_name) = (names(&method["takes"]), names(&method["by_name"]));
        by_name.sort();
        let positional: Vec<String> = takes.into_iter().filter(|takes| !by_name.contains(takes)).collect();
        let own: Vec<&str> = row.positional(19).map(|argument| argument.name_in(19)).collect();
        assert_eq!(own, positional, "{name}");
        // What a method takes under any name it hands on: what is known of some of those is more than it says itself.
        let is_said =
            |argument: &&Argument| method["any"] != true || by_name.iter().any(|name| name == argument.name);
        let named = row.arguments.iter().filter(|it| it.by_name && it.is_in(19)).filter(is_said);
        assert_eq!(named.map(|argument| argument.name).collect::<Vec<_>>(), by_name, "{name}");
        assert_eq!(row.others != Others::Refused, method["any"] == true, "{name}");
        if let Answer::Records { .. } = row.answer
            && let Some(says) = method["answers"].as_str().filter(|says| !says.is_empty())
        {
            assert_eq!(says, "list[int]", "{name}");
        }
    }
    let is_told = |row: &&Method| told.iter().any(|method| method["method"] == row.name);
    // The guard is a module of its own, and was not there.
    let is_odoos = |row: &&Method| row.model != Some("strictbase.agent.confirmation");
    let silent: Vec<&str> = ROWS
        .iter()
        .filter(is_odoos)
        .filter(|row| row.is_in(19) && !is_told(row))
        .map(|row| row.name)
        .collect();
    assert_eq!(silent, ["check_access_rights", "check_access_rule", "read_group", "toggle_active"]);
}
