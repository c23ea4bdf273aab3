//! JSON-RPC and the web session as Odoo 19 was recorded to answer them (`tests/wire/rpc/odoo19.json`): each request is
//! sent again, in the name of the user here who may do the same, and the answer must agree in status, in the code,
//! name and words of an error, and in the shape of a result.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::recorded::shape;
use super::*;

/// What cannot be asked here, by what is said behind the protocol's name, and why.
const NOT_APPLICABLE: &[(&str, &str)] = &[
    ("2fa_password", "nobody here has a second factor"),
    ("2fa_api_key", "nobody here has a second factor"),
    ("allowed_company_ids", "there is one company"),
    ("allowed_company_ids_order", "there is one company"),
    ("authenticate_2fa", "nobody here has a second factor"),
    ("authenticate_2fa_api_key", "nobody here has a second factor"),
    ("authenticate_archived", "the approver is not archived here"),
    ("authenticate_other_db_with_cookie", "there is one database"),
    ("authenticate_portal", "nobody here is a portal user"),
    ("binary_attachment_raw", "attachments have no content here"),
    ("binary_attachment_raw_utf8", "attachments have no content here"),
    ("binary_bin_size", "users have no pictures here"),
    ("binary_read", "users have no pictures here"),
    ("call_kw_after_switch", "there is one database"),
    ("call_kw_first_cookie_after_switch", "there is one database"),
    ("db_outside_filter", "there is one database"),
    ("default_get", "fewer defaults"),
    ("err_access_field", "no field here is closed to everybody"),
    ("err_access_rule", "there is one company"),
    ("err_access_rule_write", "there is one company"),
    ("err_bad_date", "no bank accounts"),
    ("err_bad_datetime_iso", "a field that the sandbox lacks"),
    ("err_call_kw_no_session", "there is one database"),
    ("err_concurrent_lock", "nobody else locks a row"),
    ("err_concurrent_update", "nobody else writes"),
    ("err_cooldown_authenticate", "no failures are counted"),
    ("err_cooldown_authenticate_other_user", "no failures are counted"),
    ("err_fk_restrict", "no states of countries"),
    ("err_identity_check", "keys cannot be removed here"),
    ("err_redirect_warning", "a record of that database"),
    ("err_redirect_warning_as_validation", "a record of that database"),
    ("err_unknown_field_write", "an override of the model's meets the name first"),
    ("err_user_archived", "the approver is not archived here"),
    ("err_user_error", "a record of that database"),
    ("err_wrong_type_ids", "PostgreSQL draws a picture of its query"),
    ("identity_check", "keys cannot be removed here"),
    ("none_result", "a method that the sandbox lacks"),
    ("portal_key", "nobody here is a portal user"),
    ("read_group_lazy_false", "a field that the sandbox lacks"),
    ("session_old_id_within_120_s", "no session is renewed"),
    ("unlink_list", "records of that database"),
];

fn recorded() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../tests/wire/rpc/odoo19.json")).expect("pairs")
}

/// The parameters with our database, users, keys and record in the places of the recorded ones.
fn ours(value: &Value, wire_capture: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| ours(item, wire_capture)).collect(),
        Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), ours(item, wire_capture))).collect(),
        Value::String(text) => json!(match text.as_str() {
            "lab" => DATABASE,
            "<agent key>" => DOCS_KEY,
            "<admin key>" => ADMIN_KEY,
            "<approver key>" => APPROVER_KEY,
            "agent@example.com" => "docs",
            "approver@example.com" => "approver",
            other => other,
        }),
        Value::Number(number) if [89, 95].contains(&number.as_i64().unwrap_or_default()) => {
            wire_capture.clone()
        }
        other => other.clone(),
    }
}

/// The recorded user was the seventh, ours is the eighth.
fn in_our_name(mut params: Value) -> Value {
    if params["service"] == "object" && params["args"][1] == 7 {
        params["args"][1] = json!(8);
        if params["args"][5][0] == json!([7]) {
            params["args"][5][0] = json!([8]);
        }
    }
    params
}

fn post(sandbox: &Sandbox, path: &str, params: &Value, cookie: Option<&str>) -> HttpReply {
    let body = json!({ "jsonrpc": "2.0", "method": "call", "id": 1, "params": params });
    let request = HttpRequest {
        method: Method::Post,
        path: path.into(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        bearer: None,
        cookie: cookie.map(|cookie| Secret::new(cookie.into())),
        body: Some(body.to_string().into_bytes()),
    };
    sandbox.send(&request).expect("an answer")
}

fn session(sandbox: &Sandbox, login: &str) -> String {
    let params = json!({ "db": DATABASE, "login": login, "password": login });
    let reply = post(sandbox, "/web/session/authenticate", &params, None);
    let cookie = reply.header("set-cookie").and_then(|line| line.strip_prefix("session_id="));
    cookie.and_then(|line| line.split(';').next()).expect("a cookie").to_string()
}

#[test]
fn what_was_recorded_is_answered_in_kind() {
    let pairs = recorded();
    let as_admin: BTreeSet<&str> = pairs
        .iter()
        .filter(|pair| pair["params"]["args"][1] == 2)
        .filter_map(|pair| pair["name"].as_str()?.strip_prefix("jsonrpc_"))
        .collect();
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut agreed = 0;
    let mut left_out = BTreeSet::new();
    for pair in &pairs {
        let name = pair["name"].as_str().expect("a name");
        let what = name.split_once('_').map_or("", |(_, what)| what);
        if let Some((known, _)) = NOT_APPLICABLE.iter().find(|(known, _)| *known == what) {
            left_out.insert(*known);
            continue;
        }
        let sandbox = Sandbox::in_memory();
        let vals = json!({"vals_list": [{"name": "Wire Capture", "email": "wire@example.com"}]});
        let made = call_as(&sandbox, DOCS_KEY, "res.partner/create", vals).1[0].clone();
        let params = in_our_name(ours(&pair["params"], &made));
        let is_dead = ["2fa_half", "after_", "file_gone", "old_id", "unknown_cookie", "malformed_cookie"]
            .iter()
            .any(|words| what.contains(words));
        let cookie = (pair["cookie"] == true).then(|| match is_dead {
            true => "nobody-s-cookie-of-some-length".to_string(),
            false => session(&sandbox, if as_admin.contains(what) { "admin" } else { "docs" }),
        });
        let reply = post(&sandbox, pair["path"].as_str().expect("a path"), &params, cookie.as_deref());
        match compared(pair, &reply, &made) {
            Ok(()) => agreed += 1,
            Err(difference) => drop(wrong.insert(name.into(), difference)),
        }
    }
    let listed: Vec<String> = wrong.iter().map(|(name, what)| format!("{name}: {what}")).collect();
    assert_eq!(left_out.len(), NOT_APPLICABLE.len(), "{left_out:?}");
    assert!(agreed > 200, "{agreed} agree");
    assert!(wrong.is_empty(), "{agreed} agree, {} do not:\n{}", wrong.len(), listed.join("\n"));
}

fn compared(pair: &Value, reply: &HttpReply, made: &Value) -> std::result::Result<(), String> {
    if u64::from(reply.status) != pair["status"].as_u64().unwrap_or_default() {
        return Err(format!("{}: {}", reply.status, String::from_utf8_lossy(&reply.body)));
    }
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let expected = &pair["json"];
    let told = |value: &Value| {
        let data = &value["error"]["data"];
        json!([value["error"]["code"], value["error"]["message"], data["name"], data["message"]])
    };
    let user = |value: Value| {
        let text = value.to_string().replace(crate::transport::GAP, "");
        let text = text.replace("User: 7", "User: 8");
        [89, 95].iter().fold(text, |text, id| text.replace(&format!(": {id}\""), &format!(": {made}\"")))
    };
    if user(told(&body)) != user(told(expected)) {
        return Err(format!("{} / {}", told(&body), told(expected)));
    }
    let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
    if keys(&body) != keys(expected) {
        return Err(format!("{:?} / {:?}", keys(&body), keys(expected)));
    }
    if let (Some(told), true) = (
        expected["result"].as_object(),
        expected["result"]["uid"].is_number() && expected["result"]["lang"].is_null(),
    ) {
        // A session is told a hundred things in Odoo; what was kept of them is here.
        let differs =
            |(name, value): &(&String, &Value)| shape(value) != shape(&body["result"][name.as_str()]);
        return match told.iter().find(differs) {
            Some((name, _)) => Err(format!("{name}: {}", body["result"])),
            None => Ok(()),
        };
    }
    let (ours, theirs) = (shape(&body["result"]), shape(&expected["result"]));
    if ours == theirs || theirs == "[…]" || ours == "[…]" {
        return Ok(());
    }
    Err(format!("{ours} / {theirs}"))
}

#[test]
fn the_agent_has_no_other_way_in_than_its_key_by_json_2() {
    let sandbox = Sandbox::in_memory();
    let service = |service: &str, method: &str, args: Value| {
        let params = json!({ "service": service, "method": method, "args": args });
        let reply = post(&sandbox, "/jsonrpc", &params, None);
        serde_json::from_slice::<Value>(&reply.body).expect("JSON")
    };
    for secret in [AGENT_KEY, "agent"] {
        let told = service("common", "authenticate", json!([DATABASE, "agent", secret, {}]));
        assert_eq!(told["result"], json!(false));
        let call = json!([DATABASE, 7, secret, "res.partner", "search_count", [[]]]);
        let told = service("object", "execute_kw", call);
        assert_eq!(told["error"]["data"]["name"], "odoo.exceptions.AccessDenied");
    }
    let params = json!({ "db": DATABASE, "login": "agent", "password": "agent" });
    let reply = post(&sandbox, "/web/session/authenticate", &params, None);
    assert!(reply.header("set-cookie").is_none());
    // Whoever acts in an agent's mode is held, whichever way the call comes.
    let letter = json!({
        "body": "x", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": [10],
        "context": { "agent_mode": true },
    });
    let call = json!([DATABASE, 8, DOCS_KEY, "res.partner", "message_post", [[10]], letter]);
    let told = service("object", "execute_kw", call.clone());
    let said = told["error"]["data"]["message"].as_str().unwrap_or_default().to_string();
    assert!(said.starts_with("AGENT_CONFIRMATION_REQUIRED"), "{told}");
    let mut by_hand = call;
    by_hand[6]["context"] = json!({});
    assert!(service("object", "execute_kw", by_hand)["result"][0].is_i64());
}

#[test]
fn a_session_lasts_between_processes_until_it_is_ended() {
    let directory = tempfile::tempdir().expect("a directory");
    let cookie = session(&Sandbox::open(directory.path()).expect("a sandbox"), "docs");
    let sandbox = Sandbox::open(directory.path()).expect("a sandbox");
    let count = json!({ "model": "res.partner", "method": "search_count", "args": [[]], "kwargs": {} });
    let ask = |path: &str, params: &Value| {
        let reply = post(&sandbox, path, params, Some(&cookie));
        serde_json::from_slice::<Value>(&reply.body).expect("JSON")
    };
    assert!(ask("/web/dataset/call_kw", &count)["result"].is_i64());
    assert_eq!(ask("/web/session/get_session_info", &json!({}))["result"]["uid"], 8);
    // A button gives an action or nothing.
    let mut button = count.clone();
    assert_eq!(ask("/web/dataset/call_button", &button)["result"], json!(false));
    button["method"] = json!("search");
    assert_eq!(ask("/web/dataset/call_button/res.partner/search", &button)["result"], json!(false));
    // What fails changes nothing, and what succeeds is there for the next process.
    let write = |vals: Value| json!({ "model": "res.partner", "method": "write", "args": [[10], vals], "kwargs": {} });
    assert_eq!(ask("/web/dataset/call_kw/res.partner/write", &write(json!({ "ref": "R" })))["result"], true);
    assert!(ask("/web/dataset/call_kw", &write(json!({ "ref": "S", "nope": 1 }))).get("error").is_some());
    let again = Sandbox::open(directory.path()).expect("a sandbox");
    assert_eq!(row(&again, "res.partner", &json!(10), json!(["ref"]))["ref"], "R");
    assert_eq!(ask("/web/session/destroy", &json!({})), json!({ "jsonrpc": "2.0", "id": 1 }));
    assert_eq!(ask("/web/dataset/call_kw", &count)["error"]["code"], 100);
}

#[test]
fn what_is_no_call_is_refused_as_it_was_recorded() {
    let sandbox = Sandbox::in_memory();
    let raw = |method: Method, path: &str, kind: Option<&str>, body: Option<&str>| {
        let headers = kind.map(|kind| ("Content-Type".to_string(), kind.to_string())).into_iter().collect();
        let body = body.map(|body| body.as_bytes().to_vec());
        let request = HttpRequest { method, path: path.into(), headers, bearer: None, cookie: None, body };
        let reply = sandbox.send(&request).expect("an answer");
        (reply.status, String::from_utf8(reply.body).expect("text"))
    };
    let json = Some("application/json");
    let said = raw(Method::Post, "/jsonrpc", json, Some("{\"params\": ["));
    assert_eq!(said, (400, "Invalid JSON data".into()));
    assert_eq!(raw(Method::Post, "/jsonrpc", json, Some("[{}]")), (400, "Invalid JSON-RPC data".into()));
    let (status, page) = raw(Method::Post, "/jsonrpc", Some("text/plain"), Some("{}"));
    assert!(
        status == 415 && page.contains("[&#39;http&#39;] but &#39;/jsonrpc&#39; is type=&#39;jsonrpc&#39;")
    );
    let (status, page) = raw(Method::Get, "/jsonrpc", None, None);
    assert!(status == 415 && page.contains("[&#39;http&#39;, &#39;json2&#39;] but"), "{page}");
    let (status, said) = raw(Method::Post, "/web/dataset/call_kw", json, Some("{\"params\": {"));
    assert!(status == 200 && said.contains("json.decoder.JSONDecodeError") && said.contains("\"id\": null"));
}
