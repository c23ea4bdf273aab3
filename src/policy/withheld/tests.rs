use super::*;
use crate::operation::kwargs;
use crate::policy::facts::{Computed, Link, Sources};
use crate::policy::tests::{NOON, policies};
use serde_json::json;

/// What is known of an answer: where fields lead, and what they are made of.
fn known<'f>(lead: &'f dyn Fn(&str, &str) -> Lead, sources: Sources<'f>) -> Facts<'f> {
    Facts {
        profile: "p",
        channel: "cli",
        surface: "cli",
        verb: None,
        tool: None,
        protocol: &[],
        now: NOON,
        is_last: true,
        lead,
        has: &|_, _| None,
        sources,
        held: &|_| None,
        is_across: true,
    }
}

fn unknown() -> Facts<'static> {
    known(&|_, _| Lead::Unknown, &|_, _| Computed::default())
}

fn of(document: &Value) -> Arc<Policies> {
    Arc::new(policies(document))
}

fn stripped(policies: &Arc<Policies>, answer: Value) -> Value {
    let withheld = Withheld::new(policies, "res.users", NOON);
    withheld.without(&answer.to_string(), &unknown()).unwrap().map_or(answer, |(value, _)| value)
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
    let escaped =
        Withheld::new(&none, "res.users", NOON).without(r#"{"pass\u0077ord":"x"}"#, &unknown()).unwrap();
    assert_eq!(escaped.unwrap().0, json!({}));
}

#[test]
fn a_name_with_escapes_is_the_same_name_and_what_is_no_text_is_none() {
    let none = Arc::default();
    let withheld = Withheld::new(&none, "res.users", NOON);
    let rest = |answer: &str| {
        withheld.without(answer, &unknown()).map(|rest| rest.map(|(rest, _)| rest.to_string()))
    };
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
        partner.without(answer, &unknown()).unwrap().unwrap().0,
        json!([{ "id": 1, "partner_id": { "name": "c" } }])
    );
    let lead = Withheld::new(&some, "crm.lead", NOON);
    for own in [
        json!({ "length": 1, "records": [{ "id": 1, "email": "own" }] }),
        json!({ "length": 1, "groups": [{ "email": "own", "__records": [{ "id": 1, "email": "own" }] }] }),
        json!({ "value": { "email": "own" } }),
    ] {
        assert!(lead.without(&own.to_string(), &unknown()).unwrap().is_none(), "{own}");
        let partners = partner.without(&own.to_string(), &unknown()).unwrap().unwrap().0;
        assert!(!partners.to_string().contains("own"), "{partners}");
    }
    let of_another = json!({ "length": 1, "records": [{ "id": 1, "partner_id": { "email": "b" } }] });
    assert!(lead.without(&of_another.to_string(), &unknown()).unwrap().is_some());
    assert_eq!(lead.is("email", 0), None);
    assert_eq!(lead.is("email", 1), Some(Why::Redacted));
}

/// What conditions, orders, searches and the rest of an operation tell of what is redacted.
#[test]
fn what_repeats_a_withheld_field_is_asked_by_nothing() {
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
        Computed { paths: paths.iter().map(ToString::to_string).collect(), ..Computed::default() }
    };
    let told = |redacted: &str, model: &str, method: &str, arguments: Value| {
        let some = of(&json!({ "version": "1", "redact": [redacted] }));
        let operation = Operation::new(model, method, kwargs(arguments)).unwrap();
        let facts = known(&lead, &sources);
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
        ("email", "res.partner", "find_or_create", json!({ "email": "a@b.example" })),
        ("res.partner.email", "res.partner", "get_mention_suggestions", json!({ "search": "a@" })),
        ("email", "res.partner", "search_for_channel_invite", json!({ "search_term": "a@" })),
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
        ("city", "res.partner", "find_or_create", json!({ "email": "a@b.example" })),
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
    let rest = |model: &str| {
        Withheld::new(&some, model, NOON).without(&answer, &unknown()).unwrap().map(|(rest, _)| rest)
    };
    assert_eq!(rest("hr.employee"), Some(json!([{ "id": 1, "city": "B" }])));
    assert_eq!(rest("res.partner"), None);
}

#[test]
fn names_beside_numbers_go_with_what_they_show_and_numbers_stay() {
    let lead = |_: &str, field: &str| match field {
        "partner_id" | "partner_ids" => {
            Lead::To { model: "res.partner".into(), by: Link::One, inverse: None }
        }
        "user_id" => Lead::To { model: "res.users".into(), by: Link::One, inverse: None },
        "product_id" => Lead::To { model: "product.product".into(), by: Link::One, inverse: None },
        "range" => Lead::Nowhere,
        _ => Lead::Unknown,
    };
    let facts = known(&lead, &|_, _| Computed::default());
    let rest = |redacted: &str, model: &str, answer: Value| {
        let some = of(&json!({ "version": "1", "redact": [redacted] }));
        let withheld = Withheld::new(&some, model, NOON);
        withheld.without(&answer.to_string(), &facts).unwrap().map_or(answer, |(rest, _)| rest)
    };
    let pair =
        || json!([{ "id": 1, "partner_id": [7, "Azure"], "user_id": [2, "Mitchell"], "range": [1, "a"] }]);
    let number = json!([{ "id": 1, "partner_id": 7, "user_id": [2, "Mitchell"], "range": [1, "a"] }]);
    for redacted in
        ["res.partner.name", "res.partner.display_name", "res.partner.*", "res.partner.complete_name"]
    {
        assert_eq!(rest(redacted, "sale.order", pair()), number, "{redacted}");
    }
    for redacted in ["res.partner.email", "vat", "sale.order.name", "hr.employee.name", "res.partner.comment"]
    {
        assert_eq!(rest(redacted, "sale.order", pair()), pair(), "{redacted}");
    }
    // Of any model; and where nobody knows of which it is, it may be of this one.
    assert_eq!(rest("name", "sale.order", pair())[0]["user_id"], 2);
    let deep = || json!([{ "id": 1, "made_by": [7, "Azure"], "x": { "partner_id": [7, "Azure"], "steps": [[1, "a"]] } }]);
    let less = json!([{ "id": 1, "made_by": 7, "x": { "partner_id": 7, "steps": [[1, "a"]] } }]);
    assert_eq!(rest("res.partner.name", "sale.order", deep()), less);
    assert_eq!(rest("res.partner.vat", "sale.order", deep()), deep());
    // What a group is called, and records that are told whole.
    let group =
        json!([{ "partner_id": [7, "Azure"], "__count": 2, "__extra_domain": [["partner_id", "=", 7]] }]);
    assert_eq!(rest("res.partner.name", "sale.order", group)[0]["partner_id"], 7);
    let whole = || json!([{ "id": 1, "product_id": { "id": 3, "display_name": "[D] Desk" }, "partner_ids": [{ "id": 7, "display_name": "A" }] }]);
    assert_eq!(rest("default_code", "sale.order.line", whole())[0]["product_id"], json!({ "id": 3 }));
    assert_eq!(rest("default_code", "sale.order.line", whole())[0]["partner_ids"], whole()[0]["partner_ids"]);
    assert_eq!(
        rest(
            "default_code",
            "product.product",
            json!([{ "id": 3, "display_name": "[D] Desk", "name": "Desk" }])
        ),
        json!([{ "id": 3, "name": "Desk" }])
    );
}

#[test]
fn a_text_that_odoo_makes_of_what_is_withheld_goes_with_it() {
    let lead = |_: &str, field: &str| match field {
        "partner_id" => Lead::To { model: "res.partner".into(), by: Link::One, inverse: None },
        _ => Lead::Nowhere,
    };
    let sources = |_: &str, field: &str| {
        if matches!(field, "street" | "zip") {
            let paths = vec!["partner_id.street".into(), "partner_id.zip".into()];
            return Computed { paths, is_text: true, is_writable: true, ..Computed::default() };
        }
        if field == "phone" {
            let paths = vec!["partner_id.phone".into()];
            return Computed { paths, is_stored: true, is_writable: true, is_text: true, is_told: true };
        }
        let (path, is_text, is_writable) = match field {
            "credit_limit" => ("partner_id.credit_limit", false, true),
            "billed_to" => ("partner_id.email", true, false),
            "email_from" => ("partner_id.email", true, true),
            "margin" => ("partner_id.credit_limit", false, false),
            "signature" => ("billed_to", true, false),
            // A sum in words of a number that is computed, and the name of another record.
            "in_words" => ("margin", true, false),
            "greeting" => ("partner_id.display_name", true, false),
            _ => return Computed::default(),
        };
        Computed {
            paths: vec![path.into()],
            is_text,
            is_writable,
            is_stored: field == "email_from",
            is_told: true,
        }
    };
    let facts = known(&lead, &sources);
    let rest = |redacted: &str, model: &str, answer: Value| {
        let some = of(&json!({ "version": "1", "redact": [redacted] }));
        let withheld = Withheld::new(&some, model, NOON);
        withheld.without(&answer.to_string(), &facts).unwrap().map_or(answer, |(rest, _)| rest)
    };
    let order = || json!([{ "id": 1, "billed_to": "a@x.example", "email_from": "b", "margin": 2.0, "signature": "c", "name": "S1" }]);
    assert_eq!(
        rest("res.partner.email", "sale.order", order()),
        json!([{ "id": 1, "email_from": "b", "margin": 2.0, "name": "S1" }])
    );
    assert_eq!(rest("res.partner.vat", "sale.order", order()), order());
    assert_eq!(rest("res.partner.credit_limit", "sale.order", order()), order());
    let words = || json!([{ "id": 1, "in_words": "two", "greeting": "Dear A" }]);
    for redacted in ["res.partner.credit_limit", "res.partner.email", "res.partner.vat"] {
        assert_eq!(rest(redacted, "sale.order", words()), words(), "{redacted}");
    }
    assert_eq!(rest("res.partner.name", "sale.order", words()), json!([{ "id": 1, "in_words": "two" }]));
    // Another record's, shown as its own.
    let user = || json!([{ "id": 1, "credit_limit": 5.0, "margin": 2.0 }]);
    assert_eq!(rest("res.partner.credit_limit", "res.users", user()), json!([{ "id": 1, "margin": 2.0 }]));
    assert_eq!(rest("res.company.credit_limit", "res.users", user()), user());
    let company = || json!([{ "id": 1, "street": "Street 1", "zip": "1000" }]);
    assert_eq!(rest("res.partner.street", "res.company", company()), json!([{ "id": 1, "zip": "1000" }]));
    let kept = || json!([{ "id": 1, "phone": "+32", "zip": "1000" }]);
    assert_eq!(rest("res.partner.phone", "res.company", kept()), json!([{ "id": 1, "zip": "1000" }]));
    assert_eq!(rest("res.partner.email", "res.company", kept()), kept());
    // Without Odoo's word, by their names.
    let partner = || json!([{ "id": 7, "email_formatted": "A <a@x.example>", "contact_address": "Street 1", "complete_name": "A", "phone_sanitized": "+32", "phone_mobile_search": "+32", "comment": "c" }]);
    for (redacted, field) in [
        ("email", "email_formatted"),
        ("res.partner.street", "contact_address"),
        ("name", "complete_name"),
        ("phone", "phone_sanitized"),
        ("phone", "phone_mobile_search"),
        ("res.partner.city", "contact_address"),
    ] {
        let rest = rest(redacted, "res.partner", partner());
        assert!(rest[0].get(field).is_none() && rest[0]["comment"] == "c", "{redacted}: {rest}");
    }
    for redacted in ["vat", "sale.order.street", "function"] {
        assert_eq!(rest(redacted, "res.partner", partner()), partner(), "{redacted}");
    }
}
