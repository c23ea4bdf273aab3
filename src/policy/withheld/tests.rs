use super::*;
use crate::operation::kwargs;
use crate::policy::tests::{NOON, policies};
use serde_json::json;

fn of(document: &Value) -> Arc<Policies> {
    Arc::new(policies(document))
}

fn stripped(policies: &Arc<Policies>, answer: Value) -> Value {
    let withheld = Withheld::new(policies, "res.users", NOON);
    withheld.without(&answer.to_string()).unwrap().map_or(answer, |(value, _)| value)
}

#[test]
fn secrets_are_left_out_at_any_depth_and_descriptions_of_them_are_not() {
    let none = Arc::default();
    assert_eq!(
        stripped(
            &none,
            json!([{ "id": 1, "password": "x", "p": { "api_key": "y", "n": [{ "totp_secret": "z" }] } }])
        ),
        json!([{ "id": 1, "p": { "n": [{}] } }])
    );
    let described = json!({ "password": { "type": "char" }, "note": "my \"password\": x" });
    assert_eq!(stripped(&none, described.clone()), described);
    let escaped = Withheld::new(&none, "res.users", NOON).without(r#"{"pass\u0077ord":"x"}"#).unwrap();
    assert_eq!(escaped.unwrap().0, json!({}));
}

#[test]
fn a_name_with_escapes_is_the_same_name_and_what_is_no_text_is_none() {
    let none = Arc::default();
    let withheld = Withheld::new(&none, "res.users", NOON);
    let rest = |answer: &str| withheld.without(answer).map(|rest| rest.map(|(rest, _)| rest.to_string()));
    assert_eq!(rest(r#"[{"id":1,"p\u0061ssword":"x"}]"#).unwrap().as_deref(), Some(r#"[{"id":1}]"#));
    for right in [r#"[{"id":2,"\ud800":"kept"}]"#, r#"[{"n":1e400,"caf\u00e9":"password"}]"#] {
        assert!(rest(right).unwrap().is_none(), "{right}");
    }
    assert!(rest(r#"[{"password":"x","\ud800":"kept"}]"#).is_err());
}

#[test]
fn a_rule_opens_one_by_name_and_says_why() {
    let open = of(&json!({ "version": "1", "rules": [
        { "match": { "model": "res.users", "fields": ["api_key"] }, "action": "allow", "reason": "Rotation" } ] }));
    let answer = json!({ "api_key": "y", "password": "x" });
    assert_eq!(stripped(&open, answer.clone()), json!({ "api_key": "y" }));
    let watching = of(&json!({ "version": "1", "mode": "shadow", "redact": ["login"] }));
    assert_eq!(stripped(&watching, json!({ "password": "x", "login": "l" })), json!({ "login": "l" }));
    let ended = of(&json!({ "version": "1", "rules": [
        { "match": { "fields": ["api_key"] }, "action": "allow", "reason": "Rotation", "expires": "2026-01-01" } ] }));
    assert_eq!(stripped(&ended, answer), json!({}));
}

#[test]
fn what_is_redacted_is_left_out_of_questions_and_answers() {
    let some = of(&json!({ "version": "1", "redact": ["vat", "res.partner.email", "x_*"] }));
    let partner = Withheld::new(&some, "res.partner", NOON);
    let mut operation =
        Operation::new("res.partner", "search_read", kwargs(json!({ "fields": ["name", "vat", "email"] })))
            .unwrap();
    assert_eq!(partner.take_out(&mut operation), ["vat", "email"]);
    assert_eq!(operation.kwargs["fields"], json!(["name"]));
    let mut operation = Operation::new("res.partner", "read", kwargs(json!({ "fields": ["vat"] }))).unwrap();
    partner.take_out(&mut operation);
    assert_eq!(operation.kwargs["fields"], json!(["id"]));
    let answer = r#"[{"id":1,"email":"a","x_a":2,"partner_id":{"email":"b","name":"c"}}]"#;
    assert_eq!(
        partner.without(answer).unwrap().unwrap().0,
        json!([{ "id": 1, "partner_id": { "name": "c" } }])
    );
    let lead = Withheld::new(&some, "crm.lead", NOON);
    for own in [
        json!({ "length": 1, "records": [{ "id": 1, "email": "own" }] }),
        json!({ "length": 1, "groups": [{ "email": "own", "__records": [{ "id": 1, "email": "own" }] }] }),
        json!({ "value": { "email": "own" } }),
    ] {
        assert!(lead.without(&own.to_string()).unwrap().is_none(), "{own}");
        let partners = partner.without(&own.to_string()).unwrap().unwrap().0;
        assert!(!partners.to_string().contains("own"), "{partners}");
    }
    let of_another = json!({ "length": 1, "records": [{ "id": 1, "partner_id": { "email": "b" } }] });
    assert!(lead.without(&of_another.to_string()).unwrap().is_some());
    assert_eq!(lead.is("email", 0), None);
    assert_eq!(lead.is("email", 1), Some(Why::Redacted));
}

/// What conditions, orders, searches and the rest of an operation tell of what is redacted.
#[test]
fn what_repeats_a_withheld_field_is_asked_by_nothing() {
    use crate::policy::facts::{Computed, Link};

    let lead = |_: &str, field: &str| match field {
        "partner_id" => Lead::To { model: "res.partner".into(), by: Link::One, inverse: None },
        "order_line" => Lead::To { model: "sale.order.line".into(), by: Link::Owned, inverse: None },
        _ => Lead::Nowhere,
    };
    let sources = |_: &str, field: &str| {
        let paths: &[&str] = match field {
            "email_normalized" => &["email"],
            "email_domain" => &["email_normalized"],
            "partner_email" => &["partner_id.email_normalized"],
            "amount_total" => &["order_line.price_unit"],
            // Two that are computed from each other.
            "a" => &["b"],
            "b" => &["a", "note"],
            _ => &[],
        };
        Computed { paths: paths.iter().map(ToString::to_string).collect(), is_writable: false }
    };
    let told = |redacted: &str, model: &str, method: &str, arguments: Value| {
        let some = of(&json!({ "version": "1", "redact": [redacted] }));
        let operation = Operation::new(model, method, kwargs(arguments)).unwrap();
        let facts = Facts {
            profile: "p",
            channel: "cli",
            surface: "cli",
            verb: None,
            tool: None,
            protocol: &[],
            now: NOON,
            is_last: true,
            lead: &lead,
            has: &|_, _| None,
            sources: &sources,
        };
        let asked = Asked::of(&operation, facts);
        Withheld::new(&some, model, NOON).repeated_in(&asked).is_some()
    };
    let condition =
        |field: &str, operator: &str, value: Value| json!({ "domain": [[field, operator, value]] });
    for (redacted, model, method, arguments) in [
        (
            "res.partner.email",
            "res.partner",
            "search_count",
            condition("email_normalized", "=like", json!("a%")),
        ),
        ("email", "res.partner", "search_read", json!({ "order": "name, email_domain desc" })),
        ("email", "res.partner", "formatted_read_group", json!({ "groupby": ["email_normalized"] })),
        ("email", "res.partner", "export_data", json!({ "fields_to_export": ["email_domain"] })),
        ("res.partner.email", "sale.order", "search", condition("partner_email", "ilike", json!("a"))),
        ("sale.order.line.price_unit", "sale.order", "search", condition("amount_total", ">", json!(7))),
        ("note", "sale.order", "search", condition("a", "=", json!("x"))),
        ("vat", "res.partner", "name_search", json!({ "name": "BE" })),
        ("res.partner.vat", "res.partner", "search", condition("display_name", "ilike", json!("BE"))),
        ("vat", "sale.order", "search", condition("partner_id", "ilike", json!("BE"))),
        ("vat", "sale.order", "search", condition("partner_id", "in", json!([7, "BE"]))),
        ("vat", "sale.order", "search", condition("partner_id.display_name", "=like", json!("BE%"))),
        ("vat", "res.partner", "search", condition("id", "child_of", json!("BE"))),
        ("default_code", "product.product", "web_name_search", json!({ "name": "FURN" })),
        ("name", "x.own", "name_search", json!({ "name": "A" })),
    ] {
        assert!(told(redacted, model, method, arguments.clone()), "{redacted}: {model}/{method} {arguments}");
    }
    for (redacted, model, method, arguments) in [
        ("email", "res.partner", "search", condition("name", "ilike", json!("A"))),
        ("email", "res.partner", "search_read", json!({ "order": "name", "fields": ["display_name"] })),
        ("vat", "res.partner", "search", condition("complete_name", "ilike", json!("A"))),
        ("vat", "res.partner", "name_search", json!({ "name": "", "limit": 3 })),
        ("vat", "sale.order", "search", condition("partner_id", "=", json!(7))),
        ("vat", "sale.order", "search", condition("partner_id.name", "ilike", json!("A"))),
        ("vat", "sale.order", "search", condition("name", "=", json!("S1"))),
        ("vat", "product.product", "name_search", json!({ "name": "Desk" })),
        ("res.partner.email", "sale.order", "search", condition("amount_total", ">", json!(7))),
        ("res.company.email", "sale.order", "search", condition("partner_email", "=", json!("a"))),
        ("city", "res.partner", "name_search", json!({ "name": "A" })),
    ] {
        assert!(
            !told(redacted, model, method, arguments.clone()),
            "{redacted}: {model}/{method} {arguments}"
        );
    }
}

#[test]
fn the_name_of_a_record_is_withheld_with_what_it_is_called_by() {
    let some = of(&json!({ "version": "1", "redact": ["hr.employee.name", "vat"] }));
    let answer = json!([{ "id": 1, "display_name": "A", "city": "B" }]).to_string();
    let rest =
        |model: &str| Withheld::new(&some, model, NOON).without(&answer).unwrap().map(|(rest, _)| rest);
    assert_eq!(rest("hr.employee"), Some(json!([{ "id": 1, "city": "B" }])));
    assert_eq!(rest("res.partner"), None);
}
