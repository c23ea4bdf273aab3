//! Domains: each operator on the company's data, and laws that hold for any domain at all. The laws are
//! tested on random domains over the whole address book, because a filter that forgets one case gives a
//! plausible wrong answer.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Sandbox, fails, ok};
use crate::sandbox::domain::Domain;
use crate::sandbox::env::Env;
use crate::sandbox::world::World;
use crate::sandbox::{guard, schema, search};

fn found(sandbox: &Sandbox, model: &str, domain: Value) -> Vec<i64> {
    let ids = ok(sandbox, &format!("{model}/search"), json!({"domain": domain, "order": "id"}));
    ids.as_array().expect("ids").iter().filter_map(Value::as_i64).collect()
}

#[test]
fn every_operator_finds_what_odoo_finds() {
    let sandbox = Sandbox::in_memory();
    let partners = |domain: Value| found(&sandbox, "res.partner", domain);
    for (domain, ids) in [
        (json!([["name", "=", "Azure Interior"]]), vec![15]),
        (json!([["name", "=ilike", "azure%"]]), vec![15]),
        (json!([["name", "=like", "azure%"]]), vec![]),
        (json!([["name", "ilike", "łódź"]]), vec![17]),
        (json!([["name", "like", "%o_l F%"]]), vec![]),
        (json!([["name", "like", "_ole F"]]), vec![28]),
        (json!([["complete_name", "ilike", "azure interior, "]]), vec![27, 28, 34]),
        (json!([["id", "in", [9, 10, 99999]]]), vec![9, 10]),
        (json!([["id", "=", [9, 10]]]), vec![9, 10]),
        (json!([["id", "<", 6], ["is_company", "=", true]]), vec![1]),
        (json!([["parent_id", "=", 15]]), vec![27, 28, 34]),
        (json!([["parent_id", "ilike", "azure"]]), vec![27, 28, 34]),
        (json!([["parent_id", "=", "Azure Interior"]]), vec![27, 28, 34]),
        (json!([["parent_id.name", "=", "Azure Interior"]]), vec![27, 28, 34]),
        (json!([["parent_id.category_id.name", "=", "Services"]]), vec![27, 28, 34]),
        (json!([["child_ids.name", "ilike", "zofia"]]), vec![17]),
        (json!([["child_ids", "any", [["name", "ilike", "zofia"]]]]), vec![17]),
        (json!([["parent_id", "child_of", 15]]), vec![15, 27, 28, 34]),
        (json!([["id", "child_of", [15]]]), vec![15, 27, 28, 34]),
        (json!([["id", "parent_of", 27]]), vec![15, 27]),
        (json!([["category_id", "child_of", 1], ["id", "<", 12]]), vec![9, 10, 11]),
        (json!([["category_id", "in", [5]]]), vec![15]),
        (json!([["category_id", "=", false], ["is_company", "=", true]]), vec![1, 18]),
        (json!([["ref", "=?", false], ["id", "=", 16]]), vec![16]),
        (json!([["ref", "=?", "CN-001"]]), vec![16]),
        (json!(["|", ["id", "=", 9], "&", ["id", "=", 10], ["name", "=", "no"]]), vec![9]),
        (json!(["!", ["id", ">", 2]]), vec![1]),
        (json!([[0, "=", 1]]), vec![]),
        (json!([[1, "=", 1], ["id", "=", 9]]), vec![9]),
        (json!([["active", "=", false]]), vec![2, 20]),
        (json!([["credit_limit", ">=", 10000]]), vec![9]),
        (json!([["credit_limit", "=", false], ["id", "in", [9, 10]]]), vec![10]),
        (json!([["email", "=", false], ["id", "<", 30]]), vec![]),
        (json!([["user_ids.login", "=", "agent"]]), vec![7]),
        (json!([["create_date", ">", "2026-01-05"]]), vec![]),
        (json!([["create_date", "<=", "2026-01-05"], ["id", "=", 9]]), vec![9]),
        (json!([["create_date.month_number", "=", 1], ["id", "=", 9]]), vec![9]),
    ] {
        assert_eq!(partners(domain.clone()), ids, "{domain}");
    }
    let lines = |domain: Value| found(&sandbox, "account.analytic.line", domain);
    assert_eq!(lines(json!([["date", ">=", "2026-11-01"], ["date", "<", "2026-11-10"]])), [4, 5, 6]);
    assert_eq!(lines(json!([["date.day_of_week", "=", 5]])), Vec::<i64>::new());
    assert_eq!(lines(json!([["date.quarter_number", "=", 4], ["task_id", "=", false]])), [10]);
    assert_eq!(lines(json!([["project_id.partner_id", "child_of", 13]])), [7, 8, 9]);
    assert_eq!(
        found(&sandbox, "project.task", json!([["user_ids", "in", [7]], ["project_id", "!=", false]])),
        [5, 6, 7, 12]
    );
    assert_eq!(found(&sandbox, "project.task", json!([["user_ids", "not any", [["id", ">", 0]]]])), [10]);
}

#[test]
fn wrong_domains_are_refused_as_odoo_refuses_them() {
    let sandbox = Sandbox::in_memory();
    for (domain, exception, message) in [
        (
            json!([["no_field", "=", 1]]),
            "ValueError",
            "Invalid field res.partner.no_field in condition ('no_field', '=', 1)",
        ),
        (
            json!([["parent_id.nope", "=", null]]),
            "ValueError",
            "Invalid field res.partner.nope in condition ('nope', '=', False)",
        ),
        (
            json!([["name", "equals", "x"]]),
            "ValueError",
            "Invalid operator in condition ('name', 'equals', 'x')",
        ),
        (json!({"name": "x"}), "TypeError", "Domain() invalid argument type for domain: {'name': 'x'}"),
        (json!(["name", "=", "x"]), "ValueError", "Domain() invalid item in domain: 'x'"),
        (json!(["|", ["id", "=", 1]]), "ValueError", "Domain() malformed domain ['|', ['id', '=', 1]]"),
        (
            json!([["create_date", ">", "soon"]]),
            "ValueError",
            "Invalid term 'soon' in expression date: 'soon'",
        ),
        (json!([["name", null, "x"]]), "AttributeError", "'NoneType' object has no attribute 'lower'"),
        (json!([["", "=", "x"]]), "TypeError", "Empty field name in condition ('', '=', 'x')"),
        (json!([["name", "=", {"a": 1}]]), "TypeError", "unhashable type: 'dict'"),
        (
            json!([["is_company", ">", true]]),
            "ValueError",
            "Cannot compare 'is_company' to <class 'bool'> which is not a collection of length 1 in condition \
             ('is_company', '>', True)",
        ),
        (
            json!([["child_ids", ">", 1]]),
            "AssertionError",
            "Relational field res.partner.child_ids expects 'any' operator",
        ),
        (
            json!([["company_type", "=", "person"]]),
            "ValueError",
            "Cannot convert res.partner.company_type to SQL because it is not stored",
        ),
    ] {
        let (status, name, said) = fails(&sandbox, "res.partner/search", json!({"domain": domain}));
        let said = said.strip_suffix(crate::transport::GAP).unwrap_or(&said);
        assert_eq!((status, name.as_str(), said), (500, format!("builtins.{exception}").as_str(), message));
    }
    let (status, name, _) =
        fails(&sandbox, "res.partner/search", json!({"domain": [], "order": "name; drop"}));
    assert_eq!((status, name.as_str()), (422, "odoo.exceptions.UserError"));
    let (status, name, _) =
        fails(&sandbox, "res.partner/search", json!({"domain": [], "order": "nope desc"}));
    assert_eq!((status, name.as_str()), (500, "builtins.ValueError"));
}

#[test]
fn long_chains_are_searched_and_deep_ones_refused() {
    let sandbox = Sandbox::in_memory();
    let mut chain: Vec<Value> = vec![json!("|"); 2_000];
    chain.extend((0..=2_000).map(|id| json!(["id", "=", id])));
    assert_eq!(found(&sandbox, "res.partner.category", json!(chain)).len(), 7);
    let twice: Vec<Value> = [vec![json!("!"); 2_000], vec![json!(["id", "=", 3])]].concat();
    assert_eq!(found(&sandbox, "res.partner.category", json!(twice)), [3]);
    let mut deep = Vec::new();
    for _ in 0..5000 {
        deep.extend([json!("|"), json!(["id", "=", 1]), json!("&"), json!(["id", "=", 2])]);
    }
    deep.push(json!(["id", "=", 3]));
    let (status, name, _) = fails(&sandbox, "res.partner.category/search", json!({"domain": deep}));
    assert_eq!((status, name.as_str()), (500, "builtins.RecursionError"));
}

#[test]
fn a_limit_that_is_no_number_does_not_widen_the_search() {
    let sandbox = Sandbox::in_memory();
    for limit in [json!("x"), json!(-1), json!([1]), json!(true)] {
        for path in ["search", "search_read", "search_count"] {
            fails(&sandbox, &format!("res.partner/{path}"), json!({"domain": [], "limit": limit}));
        }
    }
}

#[test]
fn order_limit_and_offset_cut_the_same_list() {
    let sandbox = Sandbox::in_memory();
    let search = |order: &str, offset: usize, limit: usize| {
        let body = json!({"domain": [], "order": order, "offset": offset, "limit": limit});
        ok(&sandbox, "project.task/search", body).as_array().expect("ids").clone()
    };
    let all = search("priority desc, id", 0, 0);
    assert_eq!(all.len(), 13);
    assert_eq!(all[..3], [json!(11), json!(5), json!(1)]);
    assert_eq!(search("priority desc, id", 3, 4), all[3..7]);
    let deadlines = search("date_deadline", 0, 0);
    assert_eq!(deadlines[..2], [json!(4), json!(5)]);
    assert_eq!(search("date_deadline desc nulls last", 0, 1), [json!(9)]);
    assert_eq!(search("project_id desc, id", 0, 1), [json!(13)]);
}

/// An environment of the administrator, for looking inside.
fn env() -> Env {
    Env {
        world: World::seeded(),
        user: 2,
        superuser: false,
        context: Map::from_iter([("active_test".to_owned(), json!(false))]),
        now: 1_795_000_000,
        entry: guard::Entry::default(),
    }
}

fn condition() -> impl Strategy<Value = Value> {
    let values = prop_oneof![
        Just(json!(false)),
        Just(json!(true)),
        (0i64..45).prop_map(|number| json!(number)),
        prop_oneof![Just("a"), Just("Azure"), Just("%e_"), Just("company"), Just("2026-01-05"), Just("")]
            .prop_map(|text| json!(text)),
    ];
    let field = prop_oneof![
        Just("id"),
        Just("name"),
        Just("email"),
        Just("parent_id"),
        Just("is_company"),
        Just("category_id"),
        Just("credit_limit"),
        Just("child_ids"),
        Just("parent_id.name"),
        Just("country_id.code"),
    ];
    let operator = prop_oneof![
        Just("="),
        Just("!="),
        Just("<"),
        Just(">="),
        Just("like"),
        Just("not ilike"),
        Just("=ilike"),
        Just("child_of"),
        Just("=?"),
    ];
    (field, operator, values)
        .prop_map(|(field, operator, value)| json!([field, operator, value]))
        .prop_filter("what Odoo takes", |condition| {
            let model = schema::find("res.partner").expect("the model");
            Domain::parse(&env(), model, &json!([condition])).is_ok()
        })
}

/// A whole domain in Polish notation: a list whose items make one condition.
fn domain() -> impl Strategy<Value = Vec<Value>> {
    condition().prop_map(|leaf| vec![leaf]).prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| [vec![json!("!")], one].concat()),
            (prop_oneof![Just("&"), Just("|")], inner.clone(), inner).prop_map(|(sign, one, other)| [
                vec![json!(sign)],
                one,
                other
            ]
            .concat()),
        ]
    })
}

fn ids(env: &Env, parts: &[&[Value]]) -> Vec<i64> {
    let model = schema::find("res.partner").expect("the model");
    let domain = Domain::parse(env, model, &json!(parts.concat())).expect("a domain");
    search::matching(env, model, &domain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_domain_and_its_negation_divide_the_records(one in domain()) {
        let env = env();
        let (with, without) = (ids(&env, &[&one]), ids(&env, &[&[json!("!")], &one]));
        prop_assert!(with.iter().all(|id| !without.contains(id)));
        prop_assert_eq!(with.len() + without.len(), env.world.ids("res.partner").len());
    }

    #[test]
    fn de_morgan(one in domain(), other in domain()) {
        let env = env();
        let not = [json!("!")];
        prop_assert_eq!(
            ids(&env, &[&not, &[json!("&")], &one, &other]),
            ids(&env, &[&[json!("|")], &not, &one, &not, &other])
        );
        prop_assert_eq!(
            ids(&env, &[&not, &[json!("|")], &one, &other]),
            ids(&env, &[&[json!("&")], &not, &one, &not, &other])
        );
    }

    #[test]
    fn conditions_side_by_side_all_hold(one in domain(), other in domain()) {
        let env = env();
        let both = ids(&env, &[&one, &other]);
        prop_assert_eq!(&both, &ids(&env, &[&[json!("&")], &one, &other]));
        prop_assert_eq!(&both, &ids(&env, &[&other, &one]));
        let (first, second) = (ids(&env, &[&one]), ids(&env, &[&other]));
        let expected: Vec<i64> = first.into_iter().filter(|id| second.contains(id)).collect();
        prop_assert_eq!(both, expected);
    }

    #[test]
    fn sorting_keeps_every_record_and_turns_round(field in prop_oneof![Just("name"), Just("email"), Just("credit_limit"), Just("country_id"), Just("create_date")]) {
        let env = env();
        let model = schema::find("res.partner").expect("the model");
        let sorted = |direction: &str, tie: &str| {
            let mut ids = env.world.ids("res.partner");
            search::sort(&env, model, &mut ids, &format!("{field} {direction}, id {tie}")).expect("sorts");
            ids
        };
        let mut down = sorted("desc", "desc");
        down.reverse();
        prop_assert_eq!(sorted("asc", "asc"), down);
    }

    #[test]
    fn any_json_as_a_domain_is_answered(text in "[a-z&|!\\[\\]\", 0-9=]{0,30}") {
        let value: Value = serde_json::from_str(&text).unwrap_or(json!(text));
        let model = schema::find("res.partner").expect("the model");
        let _ = Domain::parse(&env(), model, &value);
    }
}
