//! What the recordings do not hold: the order in which Odoo
//! looks at a request, documents, languages, and requests
//! that make no sense.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn send(
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    key: Option<&str>,
    body: Option<&str>,
) -> HttpReply {
    Sandbox::in_memory()
        .send(&HttpRequest {
            method,
            path: path.into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            bearer: key.map(|key| Secret::new(key.into())),
            cookie: None,
            body: body.map(|body| body.as_bytes().to_vec()),
        })
        .expect("an answer")
}

#[test]
fn the_first_thing_wrong_is_the_one_that_is_said() {
    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
    let call = |headers: &[(&str, &str)], key: Option<&str>, path: &str, body: &str| {
        send(Method::Post, path, headers, key, Some(body)).status
    };
    let bad = Some("0000000000000000000000000000000000000000");
    assert_eq!(call(&[("X-Odoo-Database", "other"), ("content-type", "x")], bad, "/nowhere", "{"), 404);
    assert_eq!(call(&[("content-type", "text/plain")], bad, "/json/2/no.model/x", "{"), 415);
    assert_eq!(call(&[JSON], bad, "/json/2/no.model/x", "{"), 401);
    assert_eq!(call(&[JSON], Some(AGENT_KEY), "/json/2/no.model/x", "{"), 400);
    assert_eq!(call(&[JSON], Some(AGENT_KEY), "/json/2/no.model/_x", "{}"), 404);
    assert_eq!(call(&[JSON], Some(AGENT_KEY), "/json/2/res.partner/_x", "{\"ids\":[1]}"), 403);
    assert_eq!(call(&[JSON], Some(AGENT_KEY), "/json/2/res.partner/browse", "{}"), 403);
    assert_eq!(call(&[JSON], Some(AGENT_KEY), "/json/2/res.partner/search", "{\"ids\":[1],\"x\":1}"), 422);
    assert_eq!(call(&[JSON], Some(AGENT_KEY), "/json/2/res.partner/search/", "{\"domain\":[]}"), 200);
    assert_eq!(send(Method::Post, "/json/2/res.users/context_get", &[], Some(AGENT_KEY), None).status, 200);
}

#[test]
fn arguments_bind_as_python_binds_them() {
    let sandbox = Sandbox::in_memory();
    for (path, body, status, message) in [
        ("res.partner/search", json!({"nope": 1}), 422, "missing a required argument: 'domain'"),
        (
            "res.partner/search",
            json!({"domain": [], "nope": 1}),
            422,
            "got an unexpected keyword argument 'nope'",
        ),
        (
            "res.partner/search_read",
            json!({"domain": [], "fields": ["name"], "nope": 1}),
            500,
            "BaseModel._read_format() got an unexpected keyword argument 'nope'",
        ),
        (
            "res.partner/create",
            json!({"ids": [1], "vals_list": []}),
            422,
            "cannot call res.partner.create with ids",
        ),
        (
            "res.partner/search",
            json!({"domain": [], "context": {"lang": "xx_XX"}}),
            422,
            "Invalid language code: xx_XX",
        ),
        ("res.partner/read", json!({"ids": true}), 500, "'bool' object is not iterable"),
        (
            "res.partner/search",
            json!({"domain": [], "context": "x"}),
            500,
            "with_context() argument must be a dict",
        ),
    ] {
        let (got, value) = call_as(&sandbox, ADMIN_KEY, path, body);
        assert_eq!((got, value["message"].as_str()), (status, Some(message)), "{path}");
    }
    assert_eq!(
        ok(
            &sandbox,
            "res.partner/read",
            json!({"ids": [9], "fields": ["parent_id", "user_id"], "load": null})
        ),
        json!([{"id": 9, "parent_id": false, "user_id": 6}])
    );
}

#[test]
fn documents_need_the_group_and_are_revalidated_by_their_tag() {
    for path in ["/doc-bearer/index.json", "/doc-bearer/project.task.json"] {
        let get = |headers: &[(&str, &str)], key: &str| send(Method::Get, path, headers, Some(key), None);
        assert_eq!(get(&[], AGENT_KEY).status, 403);
        let full = get(&[], DOCS_KEY);
        let tag = full.header("etag").expect("a tag").to_owned();
        assert_eq!(full.header("content-language"), Some("en-US"));
        let bare = tag.trim_matches('"');
        for known in
            [bare.to_owned(), format!("\"{bare}\""), format!("W/\"{bare}\""), format!("\"old\", \"{bare}\"")]
        {
            let reply = get(&[("If-None-Match", &known)], DOCS_KEY);
            assert_eq!((reply.status, reply.body.len()), (304, 0), "{known}");
        }
        assert_eq!(get(&[("If-None-Match", "\"old\"")], DOCS_KEY).status, 200);
        let fresh = get(&[("If-None-Match", &tag), ("Cache-Control", "no-cache")], DOCS_KEY);
        assert_eq!(
            (fresh.status, fresh.header("cache-control"), fresh.header("etag")),
            (200, Some("no-store"), None)
        );
        let french = get(&[("Accept-Language", "fr-BE,fr;q=0.9"), ("If-None-Match", &tag)], DOCS_KEY);
        assert_eq!((french.status, french.header("content-language")), (200, Some("fr-FR")));
    }
    let admin = send(Method::Get, "/doc-bearer/index.json", &[], Some(ADMIN_KEY), None);
    let index: Value = serde_json::from_slice(&admin.body).expect("JSON");
    assert!(index["models"].as_array().is_some_and(|models| models.len() > 40));
    assert_eq!(send(Method::Get, "/doc-bearer/ir.cron.json", &[], Some(DOCS_KEY), None).status, 403);
}

#[test]
fn labels_come_in_the_contexts_language() {
    let sandbox = Sandbox::in_memory();
    let body = json!({"allfields": ["name", "credit_limit"], "attributes": ["string"], "context": {"lang": "fr_FR"}});
    let french = ok(&sandbox, "res.partner/fields_get", body);
    assert_eq!(french, json!({"name": {"string": "Nom"}, "credit_limit": {"string": "Limite de crédit"}}));
    let all = ok(&sandbox, "res.partner/fields_get", json!({}));
    assert_eq!(all["category_id"]["relation"], json!("res.partner.category"));
    assert_eq!(all["child_ids"]["relation_field"], json!("parent_id"));
    let models = call_as(&sandbox, AGENT_KEY, "ir.model/get_available_models", json!({})).1;
    let names: Vec<_> = models.as_array().expect("a list").iter().map(|each| &each["model"]).collect();
    assert!(names.contains(&&json!("project.task")) && !names.contains(&&json!("ir.cron")));
}

#[test]
fn keys_have_the_form_of_odoos() {
    let keys = [AGENT_KEY, DOCS_KEY, APPROVER_KEY, ADMIN_KEY];
    for key in keys {
        assert!(
            key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        );
        let starts = keys.iter().filter(|other| other.get(..8) == key.get(..8)).count();
        assert_eq!(starts, 1, "Odoo tells keys apart by their first eight");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|truth| json!(truth)),
        any::<i64>().prop_map(|number| json!(number)),
        (-1e9..1e9f64).prop_map(|number| json!(number)),
        "[a-z_%.0-9é ]{0,12}".prop_map(|text| json!(text)),
        prop_oneof![Just("name"), Just("id"), Just("="), Just("in"), Just("|"), Just("!"), Just("parent_id")]
            .prop_map(|text| json!(text)),
        (0i64..50).prop_map(|number| json!(number)),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(
                (
                    prop_oneof![
                        Just("name".to_owned()),
                        Just("ids".to_owned()),
                        Just("lang".to_owned()),
                        "[a-z_]{1,8}"
                    ],
                    inner
                ),
                0..4
            )
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_arguments_get_an_answer_of_the_contract(
        place in 0usize..10_000,
        pool in prop::collection::vec(any_json(), 8),
        ids in any_json(),
    ) {
        let all: Vec<_> = schema::models().flat_map(|model| methods::methods_of(model).map(move |method| (model, method))).collect();
        let (model, method) = all[place % all.len()];
        let mut body = json!({"ids": ids});
        for (parameter, value) in methods::parameters(method.signature).iter().zip(&pool) {
            body[parameter.name.as_str()] = value.clone();
        }
        if method.model_level {
            body["ids"] = json!([]);
        }
        let sandbox = Sandbox::in_memory();
        let (status, value) = call_as(&sandbox, ADMIN_KEY, &format!("{}/{}", model.name, method.name), body);
        prop_assert!([200, 403, 404, 422, 500].contains(&status));
        if status != 200 {
            let keys: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
            prop_assert_eq!(keys, ["name", "message", "arguments", "context", "debug"]);
        }
    }
}
