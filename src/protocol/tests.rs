//! Every recorded exchange of Odoo 14 to 19 by JSON-RPC and by the web session (`tests/wire/rpc`), both ways: for the
//! same intent we make the request that was recorded, and of what was answered we make what the contract says.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::faults::Asked;
use super::jsonrpc::{self, JsonRpc};
use super::session::{self, WebSession};
use super::{Proof, Protocol, Way, rpc};
use crate::error::Code::{
    AccessDenied, AuthRejected, BadReply, Busy, DatabaseNotFound, InvalidRequest, NotFound, Rejected,
    ServerError,
};
use crate::error::{Code, Effect};
use crate::operation::{Access, Object, Operation};
use crate::secret::Secret;
use crate::transport::HttpReply;

const KEY: &str = "<agent key>";
const COOKIE: &str = "0123456789abcdef0123456789abcdef01234567";

/// What was recorded and is never asked so: a form of arguments that we do not use, or a question that we do not ask.
const NEVER_ASKED: &[(&str, &str)] = &[
    ("create_kw_ids", "a creation has no ids"),
    ("create_kw_vals_list", "values have a place"),
    ("execute_kw_no_kwargs", "there is always a context"),
    ("name_search_kw_args", "a domain has a place"),
    ("name_search_kw_domain", "a domain has a place"),
    ("search_kw_args", "a domain has a place"),
    ("search_kw_domain", "a domain has a place"),
    ("search_read_kwargs", "a domain has a place"),
    ("err_unexpected_kwarg_search_read", "a domain has a place"),
    ("read_positional", "fields go by name"),
    ("read_int_id", "ids are a list"),
    ("err_wrong_type_ids", "ids are numbers"),
    ("err_domain_not_list", "a domain is a list"),
    ("model_method_with_ids", "methods of models get no ids"),
    ("record_method_ids_kwarg", "ids have a place"),
    ("err_kwarg_named_method", "refused before it is sent, or a form of its own"),
    ("write_kw_vals", "values have a place"),
    ("call_kw_bare_path", "the path names the method"),
    ("call_kw_foreign_origin", "the path names the method"),
    ("call_kw_path_lies", "the path names the method"),
    ("err_call_kw_no_kwargs", "there is always a context"),
    ("session_id_as_query_only", "the cookie is a header"),
    ("err_method_is_field", "a form of its own"),
    ("has_group_ids", "before 18 the group alone"),
];

/// Methods of models: their arguments have no ids before them.
const OF_MODELS: [&str; 13] = [
    "check_access_rights",
    "context_get",
    "create",
    "default_get",
    "fields_get",
    "formatted_read_group",
    "get_available_models",
    "name_create",
    "name_search",
    "read_group",
    "search",
    "search_count",
    "search_read",
];

struct Pair {
    major: u32,
    name: String,
    recorded: Value,
}

impl Pair {
    /// Without the protocol in front: the same was done by both.
    fn what(&self) -> &str {
        self.name.split_once('_').map_or("", |(_, what)| what)
    }

    fn reply(&self) -> HttpReply {
        let recorded = &self.recorded;
        let body = match recorded.get("json") {
            Some(json) => json.to_string(),
            None => recorded["text"].as_str().unwrap_or_default().to_string(),
        };
        HttpReply {
            status: recorded["status"].as_u64().unwrap().try_into().unwrap(),
            headers: Vec::new(),
            body: body.into_bytes(),
        }
    }

    /// Model, method, arguments by place and by name, if it is a call.
    fn call(&self) -> Option<(Way, String, String, Vec<Value>, Object)> {
        let params = &self.recorded["params"];
        let path = self.recorded["path"].as_str().unwrap();
        let text = |value: &Value| value.as_str().map(str::to_string);
        let names = |value: &Value| value.as_object().cloned().unwrap_or_default();
        if path == "/jsonrpc" {
            let args = params["args"].as_array().filter(|_| params["method"] == "execute_kw")?;
            let places = args.get(5)?.as_array()?.clone();
            let named = args.get(6).map(names).unwrap_or_default();
            return Some((Way::JsonRpc, text(&args[3])?, text(&args[4])?, places, named));
        }
        let is_call = path.starts_with("/web/dataset/");
        let places = params["args"].as_array().filter(|_| is_call)?.clone();
        let model = text(&params["model"])?;
        Some((Way::Session, model, text(&params["method"])?, places, names(&params["kwargs"])))
    }

    /// The operation that somebody meant.
    fn operation(&self) -> Option<(Way, Operation)> {
        let (way, model, method, mut places, mut named) = self.call()?;
        let context = named.shift_remove("context");
        let is_of_model = OF_MODELS.contains(&method.as_str())
            || (method == "has_group" && places.first().is_some_and(Value::is_string));
        let ids = if is_of_model || places.is_empty() {
            None
        } else {
            let first = places.remove(0);
            let first = if first.is_i64() { json!([first]) } else { first };
            Some(first.as_array()?.iter().map(Value::as_i64).collect::<Option<Vec<_>>>()?)
        };
        let order: &[&str] = match method.as_str() {
            "search" | "search_read" | "search_count" => &["domain"],
            "formatted_read_group" => &["domain"],
            "read_group" => &["domain", "fields", "groupby"],
            "create" => &["vals_list"],
            "write" => &["vals"],
            "name_search" | "name_create" => &["name"],
            "fields_get" => &["allfields"],
            "default_get" => &["fields"],
            "has_group" => &["group_ext_id"],
            "check_access_rights" | "check_access_rule" | "has_access" => &["operation"],
            _ => &[],
        };
        if places.len() > order.len() {
            return None;
        }
        let mut kwargs: Object = order.iter().map(|name| (*name).to_string()).zip(places).collect();
        kwargs.extend(named);
        let mut operation = Operation::new(&model, &method, kwargs).ok()?;
        operation.ids = ids;
        operation.context = context.and_then(|context| context.as_object().cloned()).unwrap_or_default();
        Some((way, operation))
    }
}

fn pairs() -> Vec<Pair> {
    let texts = [
        (14, include_str!("../../tests/wire/rpc/odoo14.json")),
        (15, include_str!("../../tests/wire/rpc/odoo15.json")),
        (16, include_str!("../../tests/wire/rpc/odoo16.json")),
        (17, include_str!("../../tests/wire/rpc/odoo17.json")),
        (18, include_str!("../../tests/wire/rpc/odoo18.json")),
        (19, include_str!("../../tests/wire/rpc/odoo19.json")),
    ];
    let mut all = Vec::new();
    for (major, text) in texts {
        for recorded in serde_json::from_str::<Vec<Value>>(text).unwrap() {
            all.push(Pair { major, name: recorded["name"].as_str().unwrap().into(), recorded });
        }
    }
    all
}

fn protocol(way: Way, major: u32, database: &str) -> Box<dyn Protocol> {
    match way {
        Way::JsonRpc => Box::new(JsonRpc::new(database, major)),
        _ => Box::new(WebSession::new(major)),
    }
}

fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Leaves the context out where none was recorded; ours is always there.
fn without_empty_context(mut names: Value) -> Value {
    if names["context"] == json!({}) {
        names.as_object_mut().unwrap().shift_remove("context");
    }
    names
}

#[test]
fn the_same_intent_is_said_as_it_was_recorded() {
    let (mut compared, mut lacking, mut never) = (0, 0, BTreeSet::new());
    for pair in pairs() {
        let Some((_, model, method, places, named)) = pair.call() else { continue };
        if method == "has_group" && pair.major >= 18 && pair.what() == "has_group" {
            continue; // It has moved to the records by then.
        }
        if let Some((name, _)) = NEVER_ASKED.iter().find(|(name, _)| *name == pair.what()) {
            never.insert(*name);
            continue;
        }
        let label = format!("{} of {}", pair.name, pair.major);
        let (way, operation) = pair.operation().unwrap_or_else(|| panic!("{label}: what is meant?"));
        let recorded = &pair.recorded["params"];
        let args = &recorded["args"];
        let database = args[0].as_str().unwrap_or("lab");
        let secret = args[2].as_str().unwrap_or(KEY);
        let proof = match way {
            Way::JsonRpc => {
                Proof::User { id: args[1].as_i64().unwrap_or_default(), secret: Secret::new(secret.into()) }
            }
            _ => Proof::Cookie(Secret::new(COOKIE.into())),
        };
        let request = match protocol(way, pair.major, database).request(&operation, &proof) {
            Ok(request) => request,
            Err(error) => {
                // What a version lacks is said before it is asked: it would have refused.
                assert!(
                    error.message.contains("of Odoo") || error.message.contains("has no"),
                    "{label}: {error}"
                );
                assert!(pair.recorded["json"].get("error").is_some(), "{label}: {error}");
                lacking += 1;
                continue;
            }
        };
        let ours = body(&request.body.unwrap());
        assert_eq!(
            (&ours["jsonrpc"], &ours["method"], &ours["id"]),
            (&json!("2.0"), &json!("call"), &json!(1))
        );
        assert!(request.bearer.is_none());
        let (our_places, our_names) = match way {
            Way::JsonRpc => {
                assert_eq!(request.path, "/jsonrpc");
                assert_eq!(
                    (&ours["params"]["service"], &ours["params"]["method"]),
                    (&json!("object"), &json!("execute_kw"))
                );
                let ours = &ours["params"]["args"];
                if args[1].is_i64() && !args[2].is_null() {
                    assert_eq!(ours.as_array().unwrap()[..3], args.as_array().unwrap()[..3], "{label}");
                }
                assert_eq!((&ours[3], &ours[4]), (&json!(model), &json!(method)), "{label}");
                (ours[5].clone(), ours[6].clone())
            }
            _ => {
                assert_eq!(request.path, format!("/web/dataset/call_kw/{model}/{method}"));
                assert_eq!(request.cookie.unwrap().expose(), COOKIE);
                let ours = &ours["params"];
                assert_eq!((&ours["model"], &ours["method"]), (&json!(model), &json!(method)), "{label}");
                assert_eq!(ours.as_object().unwrap().len(), 4);
                (ours["args"].clone(), ours["kwargs"].clone())
            }
        };
        let mut expected = Value::Object(named);
        if pair.major < 17 && method == "message_post" && expected["body"] == "<b>bold</b>" {
            // Whoever means HTML says so; what is plain text elsewhere is plain text here.
            expected["body"] = json!("&lt;b&gt;bold&lt;/b&gt;");
        }
        assert_eq!(our_places, json!(places), "{label}");
        assert_eq!(without_empty_context(our_names), without_empty_context(expected), "{label}");
        compared += 1;
    }
    assert!(lacking > 12, "{lacking} are lacking");
    assert!(compared > 900, "{compared} were compared");
    assert_eq!(never.len(), NEVER_ASKED.len(), "{never:?}");
}

#[test]
fn a_sign_in_is_said_as_it_was_recorded() {
    let mut compared = 0;
    for pair in pairs() {
        let params = &pair.recorded["params"];
        let ours = match (pair.recorded["path"].as_str().unwrap(), params["method"].as_str()) {
            ("/jsonrpc", Some("authenticate")) => {
                let args = &params["args"];
                let text = |at: usize| args[at].as_str().unwrap_or_default();
                jsonrpc::authenticate(text(0), text(1), &Secret::new(text(2).into()))
            }
            ("/jsonrpc", Some("version")) => jsonrpc::version(),
            ("/web/webclient/version_info", _) if params.is_object() => session::version(),
            ("/web/session/destroy", _) => session::destroy(&Secret::new(COOKIE.into())),
            ("/web/session/authenticate", _)
                if ["db", "login", "password"].iter().all(|key| params[key].is_string()) =>
            {
                let text = |key: &str| params[key].as_str().unwrap_or_default();
                session::authenticate(text("db"), text("login"), &Secret::new(text("password").into()))
            }
            _ => continue,
        };
        assert_eq!(ours.path, pair.recorded["path"].as_str().unwrap());
        assert_eq!(&body(&ours.body.unwrap())["params"], params, "{} of {}", pair.name, pair.major);
        compared += 1;
    }
    assert!(compared > 120, "{compared} were compared");
}

/// What an answer comes to where it is no result: what was done (by one protocol alone, or by both), the code, the
/// versions. All of them were refused or rolled back.
const ENDS: &[(&str, &str, Code, RangeInclusive<u32>)] = &[
    ("2fa_password", "", AccessDenied, 14..=19),
    ("allowed_company_ids_denied", "", AccessDenied, 14..=19),
    ("basic_instead_of_cookie", "", AuthRejected, 14..=19),
    ("bearer_instead_of_cookie", "", AuthRejected, 14..=19),
    ("binary_attachment_raw", "", ServerError, 18..=19),
    ("call_kw_first_cookie_after_switch", "", BadReply, 16..=18),
    ("call_kw_first_cookie_after_switch", "", DatabaseNotFound, 19..=19),
    ("call_kw_first_cookie_after_switch", "", NotFound, 14..=15),
    ("context_lang_unknown", "", Rejected, 18..=19),
    ("create_kw_ids", "", InvalidRequest, 14..=19),
    ("create_kw_vals_list", "", InvalidRequest, 14..=19),
    ("err_2fa_half_session", "", AuthRejected, 14..=19),
    ("err_access_field", "", AccessDenied, 14..=19),
    ("err_access_model", "", AccessDenied, 14..=19),
    ("err_access_rule", "", AccessDenied, 14..=19),
    ("err_access_rule_write", "", AccessDenied, 14..=19),
    ("err_access_write", "", AccessDenied, 14..=19),
    ("err_after_destroy", "", AuthRejected, 14..=19),
    ("err_after_logout", "", AuthRejected, 14..=19),
    ("err_after_password_change", "", AuthRejected, 14..=19),
    ("err_bad_date", "", InvalidRequest, 14..=19),
    ("err_bad_datetime_iso", "", InvalidRequest, 14..=19),
    ("err_bad_key", "", AccessDenied, 14..=19),
    ("err_bad_selection", "", InvalidRequest, 14..=19),
    ("err_call_kw_database_header", "", AuthRejected, 19..=19),
    ("err_call_kw_database_header", "", BadReply, 16..=18),
    ("err_call_kw_database_header", "", NotFound, 14..=15),
    ("err_call_kw_db_outside_filter", "", AuthRejected, 14..=15),
    ("err_call_kw_no_kwargs", "", InvalidRequest, 14..=19),
    ("err_call_kw_no_session", "", BadReply, 16..=18),
    ("err_call_kw_no_session", "", DatabaseNotFound, 19..=19),
    ("err_call_kw_no_session", "", NotFound, 14..=15),
    ("err_concurrent_lock", "", Busy, 14..=19),
    ("err_concurrent_update", "", Busy, 18..=19),
    ("err_db_empty", "", InvalidRequest, 18..=19),
    ("err_db_empty", "", ServerError, 14..=17),
    ("err_db_missing", "", DatabaseNotFound, 14..=19),
    ("err_domain_bad_operator", "", InvalidRequest, 14..=19),
    ("err_domain_not_list", "", InvalidRequest, 14..=19),
    ("err_empty_key", "", AccessDenied, 14..=19),
    ("err_expired_key", "", AccessDenied, 18..=19),
    ("err_fk", "", NotFound, 16..=19),
    ("err_fk", "", Rejected, 14..=15),
    ("err_fk_restrict", "", Rejected, 14..=19),
    ("err_identity_check", "", Rejected, 16..=19),
    ("err_key_of_other_user", "", AccessDenied, 14..=19),
    ("err_kwarg_named_method", "", InvalidRequest, 14..=19),
    ("err_kwarg_named_model", "", InvalidRequest, 14..=19),
    ("err_malformed_cookie", "", AuthRejected, 14..=19),
    ("err_method_is_field", "", InvalidRequest, 14..=15),
    ("err_method_is_field", "", NotFound, 16..=16),
    ("err_method_is_field", "", InvalidRequest, 17..=17),
    ("err_method_is_field", "", NotFound, 18..=19),
    ("err_missing_argument", "", InvalidRequest, 14..=19),
    ("err_missing_unlink", "", NotFound, 14..=19),
    ("err_missing_write", "", NotFound, 14..=19),
    ("err_no_cookie", "", AuthRejected, 14..=19),
    ("err_not_null", "", Rejected, 14..=19),
    ("err_order_bad", "", Rejected, 14..=19),
    ("err_private_method", "", AccessDenied, 14..=19),
    ("err_redirect_warning", "", Rejected, 14..=19),
    ("err_redirect_warning_as_validation", "", Rejected, 14..=19),
    ("err_required_task", "", Rejected, 14..=19),
    ("err_session_file_gone", "", AuthRejected, 14..=19),
    ("err_session_old_id_after_120_s", "", AuthRejected, 19..=19),
    ("err_uid_false", "", AccessDenied, 14..=19),
    ("err_uid_null", "", InvalidRequest, 14..=19),
    ("err_uid_unknown", "", NotFound, 14..=19),
    ("err_unexpected_kwarg", "", InvalidRequest, 14..=19),
    ("err_unexpected_kwarg_search_read", "", AccessDenied, 19..=19),
    ("err_unexpected_kwarg_search_read", "", InvalidRequest, 14..=18),
    ("err_unique", "", Rejected, 14..=19),
    ("err_unknown_cookie", "", AuthRejected, 14..=19),
    ("err_unknown_field_create", "", InvalidRequest, 14..=19),
    ("err_unknown_field_domain", "", InvalidRequest, 14..=19),
    ("err_unknown_field_read", "", InvalidRequest, 14..=19),
    ("err_unknown_field_write", "", InvalidRequest, 14..=19),
    ("err_unknown_method", "", NotFound, 14..=19),
    ("err_unknown_model", "", NotFound, 14..=19),
    ("err_user_archived", "jsonrpc", AccessDenied, 14..=19),
    ("err_user_archived", "web", AuthRejected, 14..=19),
    ("err_user_error", "", Rejected, 14..=19),
    ("err_validation", "", Rejected, 14..=19),
    ("err_wrong_type_ids", "", ServerError, 14..=19),
    ("execute_kw_bad_key", "", AccessDenied, 19..=19),
    ("exists_recordset", "", AccessDenied, 19..=19),
    ("formatted_read_group", "", NotFound, 14..=18),
    ("has_access", "", NotFound, 14..=17),
    ("has_group", "", InvalidRequest, 18..=19),
    ("has_group_ids", "", InvalidRequest, 14..=17),
    ("identity_check", "jsonrpc", Rejected, 14..=15),
    ("identity_check", "web", Rejected, 14..=19),
    ("model_method_with_ids", "", InvalidRequest, 14..=19),
    ("name_get", "", NotFound, 18..=19),
    ("name_search_kw_args", "", InvalidRequest, 19..=19),
    ("name_search_kw_domain", "", InvalidRequest, 14..=18),
    ("record_method_ids_kwarg", "", InvalidRequest, 14..=19),
    ("record_method_no_ids", "", InvalidRequest, 14..=19),
    ("search_kw_args", "", InvalidRequest, 16..=19),
    ("search_kw_domain", "", InvalidRequest, 14..=15),
    ("session_id_as_query_only", "", AuthRejected, 16..=19),
    ("session_id_header_only", "", AuthRejected, 16..=19),
];

#[test]
fn an_answer_means_what_the_contract_says() {
    let (mut read, mut ends) = (0, BTreeSet::new());
    for pair in pairs() {
        let Some((way, model, method, ..)) = pair.call() else { continue };
        let label = format!("{} of {}", pair.name, pair.major);
        let operation = Operation::new(&model, &method, Object::new()).unwrap();
        let what = format!("{model}/{method}");
        let access = operation.access();
        let asked = Asked { what: &what, access, database: "no_such_db", origin: "http://o", way };
        let (protocol, what) = pair.name.split_once('_').unwrap();
        let end = ENDS.iter().position(|(name, by, _, versions)| {
            *name == what && (by.is_empty() || *by == protocol) && versions.contains(&pair.major)
        });
        let outcome = rpc::reply(&operation, pair.reply(), asked);
        read += 1;
        let Some(end) = end else {
            let result: Value =
                serde_json::from_str(outcome.unwrap_or_else(|e| panic!("{label}: {e}")).get()).unwrap();
            assert_eq!(result, of_today(&pair.recorded["json"]["result"], &method), "{label}");
            continue;
        };
        ends.insert(end);
        let error = outcome.map(|reply| panic!("{label}: {}", reply.get())).unwrap_err();
        assert_eq!(error.code, ENDS[end].2, "{label}: {}", error.message);
        let is_lost = error.http_status == Some(404) && rpc::lost_session(&pair.reply());
        let is_open = access == Access::Write && error.odoo.is_none() && error.http_status == Some(500);
        if !is_lost && !is_open {
            assert_eq!(error.effect, Effect::Rejected, "{label}");
        }
        let told = format!("{error:?}");
        assert!(!told.contains("/var/run") && !told.contains("5432"), "{label}: {told}");
    }
    assert!(read > 1100, "{read} were read");
    let unused: Vec<_> = (0..ENDS.len()).filter(|end| !ends.contains(end)).map(|end| ENDS[end].0).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// The recorded result as JSON-2 would have given it.
fn of_today(recorded: &Value, method: &str) -> Value {
    if recorded.is_u64() && matches!(method, "create" | "copy" | "message_post") {
        return json!([recorded]);
    }
    let Some((_, ids)) = recorded.as_str().and_then(|text| text.strip_suffix(')')?.split_once('(')) else {
        return recorded.clone();
    };
    json!(ids.split(',').filter_map(|id| id.trim().parse::<i64>().ok()).collect::<Vec<_>>())
}

#[test]
fn a_lost_session_is_told_from_everything_else() {
    for pair in pairs().iter().filter(|pair| pair.call().is_some_and(|(way, ..)| way == Way::Session)) {
        let label = format!("{} of {}", pair.name, pair.major);
        let what = pair.what();
        let json = &pair.recorded["json"];
        let is_lost = json["error"]["code"] == 100 || pair.recorded["status"] == 404;
        assert_eq!(rpc::lost_session(&pair.reply()), is_lost, "{label}");
        assert!(!(what.starts_with("err_access") && is_lost), "{label}");
    }
}
