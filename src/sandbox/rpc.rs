//! `/jsonrpc`, the web session and the buttons, as Odoo 19 answers them: JSON-RPC's envelope, 200 for everything that
//! was looked at, and the same engine behind it. What a method does is not here.

use serde_json::{Map, Value, json};

use super::env::Env;
use super::fault::{Fault, Outcome};
use super::replies::{json_reply, text_reply};
use super::{DATABASE, VERSION, VERSION_INFO, methods, python, schema, sessions};
use crate::transport::{HttpReply, HttpRequest};

/// What is asked in the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `/jsonrpc`.
    Service,
    /// `/web/session/authenticate`.
    SignIn,
    /// `/web/session/destroy`.
    SignOut,
    /// `/web/session/get_session_info`.
    Info,
    /// `/web/session/check`.
    Check,
    /// `/web/dataset/call_kw`.
    Call,
    /// `/web/dataset/call_button`.
    Button,
    /// `/web/webclient/version_info`.
    Version,
    /// `/web/database/list`.
    Databases,
}

impl Asked {
    /// Where a path leads, without its empty parts.
    pub fn at(parts: &[&str]) -> Option<Asked> {
        Some(match parts {
            ["jsonrpc"] => Asked::Service,
            ["web", "session", "authenticate"] => Asked::SignIn,
            ["web", "session", "destroy"] => Asked::SignOut,
            ["web", "session", "get_session_info"] => Asked::Info,
            ["web", "session", "check"] => Asked::Check,
            ["web", "dataset", "call_kw", ..] => Asked::Call,
            ["web", "dataset", "call_button", ..] => Asked::Button,
            ["web", "webclient", "version_info"] => Asked::Version,
            ["web", "database", "list"] => Asked::Databases,
            _ => return None,
        })
    }

    /// The route as Odoo's own table writes it.
    pub fn shown(self) -> &'static str {
        match self {
            Asked::Service => "/jsonrpc",
            Asked::SignIn => "/web/session/authenticate",
            Asked::SignOut => "/web/session/destroy",
            Asked::Info => "/web/session/get_session_info",
            Asked::Check => "/web/session/check",
            Asked::Call => "/web/dataset/call_kw/&lt;path:path&gt;",
            Asked::Button => "/web/dataset/call_button/&lt;path:path&gt;",
            Asked::Version => "/web/webclient/version_info",
            Asked::Databases => "/web/database/list",
        }
    }

    fn wants_session(self) -> bool {
        matches!(self, Asked::SignOut | Asked::Info | Asked::Check | Asked::Call | Asked::Button)
    }

    /// Python's name of the function behind a route, and what it cannot do without.
    fn function(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Asked::Service => ("JSONRPC.jsonrpc", &["service", "method", "args"]),
            Asked::SignIn => ("Session.authenticate", &["db", "login", "password"]),
            Asked::Call => ("DataSet.call_kw", &["model", "method", "args", "kwargs"]),
            Asked::Button => ("DataSet.call_button", &["model", "method", "args", "kwargs"]),
            _ => ("", &[]),
        }
    }
}

/// Whether answering may change the data.
pub fn may_change(asked: Asked, request: &HttpRequest) -> bool {
    let body: Value = serde_json::from_slice(request.body.as_deref().unwrap_or_default()).unwrap_or_default();
    let params = &body["params"];
    let calls = |model: &Value, method: &Value| {
        methods::may_change(model.as_str().unwrap_or_default(), method.as_str().unwrap_or_default())
    };
    match asked {
        Asked::SignIn | Asked::SignOut => true,
        Asked::Call | Asked::Button => calls(&params["model"], &params["method"]),
        Asked::Service => params["service"] == "object" && calls(&params["args"][3], &params["args"][4]),
        _ => false,
    }
}

/// A result, and the cookie to be set with it.
#[derive(Default)]
struct Answered {
    result: Value,
    cookie: Option<String>,
}

impl From<Value> for Answered {
    fn from(result: Value) -> Answered {
        Answered { result, cookie: None }
    }
}

/// The reply, and whether what was changed is kept.
pub fn answer(env: &mut Env, asked: Asked, request: &HttpRequest) -> (HttpReply, bool) {
    let text = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
    let body: Map<String, Value> = match serde_json::from_str(&text) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return (text_reply(400, "Invalid JSON-RPC data"), false),
        Err(error) if matches!(asked, Asked::Call | Asked::Button) => {
            let fault = Fault::no_json(python::json_complaint(&text, &error));
            return (enveloped(&Value::Null, Err(fault), env.now), false);
        }
        Err(_) => return (text_reply(400, "Invalid JSON data"), false),
    };
    let number = body.get("id").cloned().unwrap_or_default();
    let params = body.get("params").and_then(Value::as_object).cloned().unwrap_or_default();
    let outcome = answered(env, asked, request, params);
    let is_kept = outcome.is_ok();
    (enveloped(&number, outcome, env.now), is_kept)
}

/// None is left out, whether it is the result or the error.
fn enveloped(number: &Value, outcome: Outcome<Answered>, now: u64) -> HttpReply {
    let mut body = json!({ "jsonrpc": "2.0", "id": number });
    match outcome {
        Ok(answered) => {
            if !answered.result.is_null() {
                body["result"] = answered.result;
            }
            let mut reply = json_reply(200, &body);
            if let Some(cookie) = answered.cookie {
                // Odoo 19 sends the line twice.
                reply.headers.push(sessions::set_cookie(&cookie, now));
                reply.headers.push(sessions::set_cookie(&cookie, now));
            }
            reply
        }
        Err(fault) => {
            if fault.is_before_reading() {
                body["id"] = Value::Null;
            }
            body["error"] = fault.in_envelope();
            json_reply(200, &body)
        }
    }
}

fn answered(
    env: &mut Env,
    asked: Asked,
    request: &HttpRequest,
    params: Map<String, Value>,
) -> Outcome<Answered> {
    if asked.wants_session() {
        env.user = sessions::of_cookie(env, request).ok_or_else(Fault::expired)?;
    }
    complete(asked, &params)?;
    match asked {
        Asked::Version => Ok(version().into()),
        Asked::Databases => Ok(json!([DATABASE]).into()),
        Asked::Check => Ok(Answered::default()),
        Asked::Info => {
            let cookie = request.cookie.as_ref().map(|cookie| cookie.expose().to_string());
            Ok(Answered { result: sessions::info(env), cookie })
        }
        Asked::SignIn => sign_in(env, &params),
        Asked::SignOut => {
            sessions::end(env, request);
            Ok(Answered { result: Value::Null, cookie: Some(sessions::new_cookie()) })
        }
        Asked::Service => service(env, params).map(Answered::from),
        Asked::Call | Asked::Button => {
            let text = |name: &str| params[name].as_str().unwrap_or_default();
            let model = schema::find(text("model")).ok_or_else(Fault::no_url)?;
            let (places, names) = arguments(params.get("args"), params.get("kwargs"))?;
            let result = methods::call_kw(env, model, text("method"), places, names)?;
            Ok(if asked == Asked::Button { methods::of_button(result) } else { result }.into())
        }
    }
}

/// What a route's function cannot do without is there.
fn complete(asked: Asked, params: &Map<String, Value>) -> Outcome<()> {
    let (function, wanted) = asked.function();
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !params.contains_key(*name)).collect();
    match python::missing_arguments(&format!("{function}()"), &missing) {
        Some(lacks) => Err(Fault::kind(lacks)),
        None => Ok(()),
    }
}

/// Arguments by place and by name.
fn arguments(places: Option<&Value>, names: Option<&Value>) -> Outcome<(Vec<Value>, Map<String, Value>)> {
    let places = match places {
        Some(Value::Array(places)) => places.clone(),
        _ => Vec::new(),
    };
    match names {
        Some(Value::Object(names)) => Ok((places, names.clone())),
        None | Some(Value::Null) => Ok((places, Map::new())),
        Some(other) => Err(Fault::kind(format!("'{}' object is not iterable", python::type_name(other)))),
    }
}

/// What anybody is told.
fn version() -> Value {
    json!({
        "server_version": VERSION,
        "server_version_info": VERSION_INFO,
        "server_serie": VERSION,
        "protocol_version": 1,
    })
}

fn sign_in(env: &mut Env, params: &Map<String, Value>) -> Outcome<Answered> {
    let text = |name: &str| params[name].as_str().unwrap_or_default();
    match &params["db"] {
        Value::String(name) if name == DATABASE => {}
        Value::String(_) => return Err(Fault::access("Database not found.")),
        other => {
            let class = python::type_name(other);
            return Err(Fault::kind(format!("expected string or bytes-like object, got '{class}'")));
        }
    }
    env.user =
        sessions::of_login_and_password(env, text("login"), text("password")).ok_or_else(Fault::denied)?;
    let cookie = sessions::open(env, env.user);
    Ok(Answered { result: sessions::info(env), cookie: Some(cookie) })
}

fn service(env: &mut Env, params: Map<String, Value>) -> Outcome<Value> {
    let arguments = params["args"].as_array().cloned().unwrap_or_default();
    let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
    let method = params["method"].as_str().unwrap_or_default();
    match (params["service"].as_str().unwrap_or_default(), method) {
        ("common", "version") => Ok(version()),
        ("common", "about") => Ok(json!("See http://openerp.com")),
        ("common", "authenticate" | "login") => {
            in_database(&arguments)?;
            let user = sessions::of_login_and_secret(env, text(1), text(2));
            Ok(user.map_or(json!(false), |user| json!(user)))
        }
        ("db", "list") => Ok(json!([DATABASE])),
        ("db", "db_exist") => Ok(json!(text(0) == DATABASE)),
        ("db", "server_version") => Ok(json!(VERSION)),
        ("common" | "db", other) => Err(Fault::plain(format!("Method not found: {other}"))),
        ("object", _) => object(env, method, arguments),
        (other, _) => Err(Fault::missing_key(other)),
    }
}

fn in_database(arguments: &[Value]) -> Outcome<()> {
    match arguments.first().and_then(Value::as_str) {
        Some(DATABASE) => Ok(()),
        Some("") => Err(Fault::assertion("Missing database name")),
        Some(other) => Err(Fault::no_database(other)),
        None => Err(Fault::value("not enough values to unpack (expected at least 5, got 0)")),
    }
}

/// `object.execute_kw` and `object.execute`.
fn object(env: &mut Env, service_method: &str, mut arguments: Vec<Value>) -> Outcome<Value> {
    if arguments.len() < 5 {
        let got = arguments.len();
        return Err(Fault::value(format!("not enough values to unpack (expected at least 5, got {got})")));
    }
    let user = match &arguments[1] {
        Value::Null => {
            return Err(Fault::kind(
                "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
            ));
        }
        Value::Bool(yes) => i64::from(*yes),
        Value::String(text) => text.trim().parse().map_err(|_| {
            Fault::value(format!("invalid literal for int() with base 10: {}", python::text_repr(text)))
        })?,
        other => other.as_f64().unwrap_or_default() as i64,
    };
    let secret = arguments[2].as_str().unwrap_or_default().to_owned();
    if secret.is_empty() {
        return Err(Fault::denied());
    }
    in_database(&arguments)?;
    let rest = arguments.split_off(5);
    let (places, names) = match service_method {
        "execute" => (rest, Map::new()),
        "execute_kw" => self::arguments(rest.first(), rest.get(1))?,
        other => return Err(Fault::name(format!("Method not available {other}"))),
    };
    sessions::check(env, user, &secret)?;
    env.user = user;
    let (model, method) =
        (arguments[3].as_str().unwrap_or_default(), arguments[4].as_str().unwrap_or_default());
    let Some(model) = schema::find(model) else {
        return Err(Fault::user(format!("Object {model} doesn't exist")).gap());
    };
    methods::call_kw(env, model, method, places, names)
}
