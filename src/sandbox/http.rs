//! The HTTP surface in Odoo's order: database, route, content type, key, body, call. It turns a
//! request into a reply on a working copy of the data; keeping or dropping the copy is `state`'s
//! business.

use serde_json::{Map, Value, json};

use super::access::{self, Operation};
use super::env::{Env, LANGUAGES};
use super::fault::{Fault, Outcome};
use super::replies::{NO_DATABASE, NO_ROUTE, health, html_reply, json_reply, wrong_content_type};
use super::world::World;
use super::{DATABASE, VERSION, VERSION_INFO, describe, guard, methods, python, rpc, schema, sessions};
use crate::transport::{HttpReply, HttpRequest, Method};

const DOCUMENTATION_GROUP: &str = "api_doc.group_allow_doc";

/// Where a path leads.
pub enum Route<'a> {
    /// `/json/2/<model>/<method>`.
    Call(String, String),
    /// Under `/json/2` but nothing to call.
    NotACall,
    /// `/doc-bearer/index.json`.
    Index,
    /// `/doc-bearer/<model>.json`.
    Document(String),
    /// `/web/version` and `/json/version`.
    Version,
    /// Asked and answered in JSON-RPC's envelope.
    Enveloped(rpc::Asked),
    /// `/web/health`, with its query.
    Health(&'a str),
    /// Anything else.
    Nowhere,
}

/// Finds the route of a request.
pub fn route(request: &HttpRequest) -> Route<'_> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(percent_decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (parts.as_slice(), request.method) {
        (["json", "2", model, method], Method::Post) => {
            Route::Call((*model).to_owned(), (*method).to_owned())
        }
        (["json", "2", ..], _) => Route::NotACall,
        (["doc-bearer", "index.json"], _) => Route::Index,
        (["doc-bearer", file], _) if file.ends_with(".json") => {
            Route::Document(file.strip_suffix(".json").unwrap_or(file).to_owned())
        }
        (["web" | "json", "version"], Method::Get) => Route::Version,
        (["web", "health"], Method::Get) => Route::Health(query),
        (parts, _) => rpc::Asked::at(parts).map_or(Route::Nowhere, Route::Enveloped),
    }
}

fn percent_decoded(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = part.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                decoded.push(code);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Whether answering may change the data, so that the caller takes the lock first.
pub fn may_change(request: &HttpRequest) -> bool {
    match route(request) {
        Route::Call(model, method) => methods::may_change(&model, &method),
        Route::Enveloped(asked) => rpc::may_change(asked, request),
        _ => false,
    }
}

/// A reply, and the changed data if the request succeeded and changed any.
pub fn answer(world: &World, request: &HttpRequest, now: u64) -> (HttpReply, Option<World>) {
    let route = route(request);
    match route {
        Route::Version => {
            return (json_reply(200, &json!({"version_info": VERSION_INFO, "version": VERSION})), None);
        }
        Route::Health(query) => return (health(query), None),
        _ => {}
    }
    if request.header("x-odoo-database").is_some_and(|name| !name.is_empty() && name != DATABASE) {
        return (html_reply(404, NO_DATABASE), None);
    }
    if matches!(route, Route::Nowhere) {
        return (html_reply(404, NO_ROUTE), None);
    }
    let body = request.body.as_deref().unwrap_or_default();
    let content_type = request.header("content-type");
    match route {
        Route::Enveloped(asked) if !is_json_rpc(content_type) => {
            let inferred = if body.is_empty() { "&#39;http&#39;, &#39;json2&#39;" } else { "&#39;http&#39;" };
            return (wrong_content_type(asked.shown(), "jsonrpc", inferred), None);
        }
        Route::Enveloped(_) => {}
        _ if !body.is_empty() && !is_json(content_type) => {
            return (wrong_content_type(shown(&route), "json2", "&#39;http&#39;"), None);
        }
        _ => {}
    }
    let mut env = Env {
        world: world.clone(),
        user: 0,
        superuser: false,
        context: Map::new(),
        now,
        entry: guard::Entry::default(),
    };
    if let Route::Enveloped(asked) = route {
        let (reply, is_kept) = rpc::answer(&mut env, asked, request);
        let changed = match is_kept {
            true => env.world.is_changed().then_some(env.world),
            false => guard::filed(&mut env, world),
        };
        return (reply, changed);
    }
    match serve(&mut env, route, request, body) {
        Ok(reply) => {
            let changed = env.world.is_changed().then_some(env.world);
            (reply, changed)
        }
        Err(fault) => {
            let mut reply = json_reply(fault.status, &fault.body());
            if fault.status == 401 {
                reply.headers.insert(0, ("www-authenticate".into(), "Bearer ".into()));
            }
            // What waits for a person outlives the call that is rolled back.
            let filed = guard::filed(&mut env, world);
            (reply, filed)
        }
    }
}

/// A refusal in the form that the request wants.
pub fn refused(request: &HttpRequest, fault: &Fault) -> HttpReply {
    match route(request) {
        Route::Enveloped(_) => {
            json_reply(200, &json!({ "jsonrpc": "2.0", "id": null, "error": fault.in_envelope() }))
        }
        _ => json_reply(fault.status, &fault.body()),
    }
}

fn serve(env: &mut Env, route: Route, request: &HttpRequest, body: &[u8]) -> Outcome<HttpReply> {
    match route {
        Route::Call(model, method) => {
            env.user = authenticate(request)?;
            let arguments = parse_body(body)?;
            methods::dispatch(env, &model, &method, arguments).map(|value| json_reply(200, &value))
        }
        Route::Index => {
            document_access(env, request)?;
            let etag = etag(env);
            let mut reply = document_reply(env, request, &format!("\"{etag}\""), || describe::index(env));
            if reply.status == 200 {
                let name = format!("inline; filename=odoo-doc-index-{}-{etag}.json", env.user);
                reply.headers.insert(0, ("content-disposition".into(), name));
            }
            Ok(reply)
        }
        Route::Document(name) => {
            document_access(env, request)?;
            let model = schema::find(&name).ok_or_else(|| {
                Fault::not_found(
                    "The requested URL was not found on the server. If you entered the URL manually please check your \
                     spelling and try again.",
                )
            })?;
            access::check(env, model, Operation::Read)?;
            // Odoo quotes the index's tag and not the models'.
            Ok(document_reply(env, request, &etag(env), || describe::document(env, model)))
        }
        _ => Err(Fault::not_found("Did you mean POST /json/2/<model>/<method>?")),
    }
}

fn authenticate(request: &HttpRequest) -> Outcome<i64> {
    let key = request.bearer.as_ref().map_or("", |bearer| bearer.expose());
    if key.is_empty() {
        return Err(Fault::unauthorized(
            "User not authenticated, use an API Key with a Bearer Authorization header.",
        ));
    }
    sessions::of_key(key).ok_or_else(|| Fault::unauthorized("Invalid apikey"))
}

/// The body's object; any other JSON is ignored as Odoo ignores it, and anything else is refused.
fn parse_body(body: &[u8]) -> Outcome<Map<String, Value>> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let text = String::from_utf8_lossy(body);
    match serde_json::from_str(&text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Ok(Map::new()),
        Err(error) => {
            let complaint = python::json_complaint(&text, &error);
            Err(Fault::bad_request(format!("could not parse the body as json: {complaint}")))
        }
    }
}

fn is_json(content_type: Option<&str>) -> bool {
    let mimetype = content_type.unwrap_or("").split(';').next().unwrap_or("").trim();
    mimetype.eq_ignore_ascii_case("application/json")
}

/// JSON-RPC's routes know its own type beside JSON's.
fn is_json_rpc(content_type: Option<&str>) -> bool {
    let mimetype = content_type.unwrap_or("").split(';').next().unwrap_or("").trim();
    is_json(content_type) || mimetype.eq_ignore_ascii_case("application/json-rpc")
}

fn document_access(env: &mut Env, request: &HttpRequest) -> Outcome<()> {
    env.user = authenticate(request)?;
    let asked = request.header("accept-language").unwrap_or("").get(..2).unwrap_or("").to_lowercase();
    if let Some(language) = LANGUAGES.iter().find(|code| !asked.is_empty() && code.starts_with(&asked)) {
        env.context.insert("lang".into(), json!(language));
    }
    if env.has_group(DOCUMENTATION_GROUP) {
        return Ok(());
    }
    Err(Fault::access("This page is only accessible to Technical Documentation users."))
}

/// Changes with the program, the language and the caller's groups, as Odoo's changes with its registry.
fn etag(env: &Env) -> String {
    let groups = env.row("res.users", env.user).and_then(|row| row.get("group_ids")).map(Value::to_string);
    python::sha256(format!("{} {} {groups:?}", env!("CARGO_PKG_VERSION"), env.language()))
}

fn document_reply(
    env: &Env,
    request: &HttpRequest,
    etag: &str,
    document: impl FnOnce() -> Value,
) -> HttpReply {
    let fresh = request.header("cache-control").is_some_and(|text| text.contains("no-cache"));
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    let known = request.header("if-none-match").unwrap_or("");
    if !fresh && known.split(',').any(|tag| tag.trim() == "*" || !known.is_empty() && bare(tag) == bare(etag))
    {
        return HttpReply { status: 304, headers: Vec::new(), body: Vec::new() };
    }
    let mut reply = json_reply(200, &document());
    if fresh {
        reply.headers.push(("cache-control".into(), "no-store".into()));
    } else {
        reply.headers.push(("etag".into(), etag.to_owned()));
        reply.headers.push(("cache-control".into(), "no-cache, private".into()));
    }
    reply.headers.push(("content-language".into(), env.language().replace('_', "-")));
    reply
}

/// A route as Odoo's own table writes it, in HTML.
fn shown(route: &Route) -> &'static str {
    match route {
        Route::Call(..) => "/json/2/&lt;__model__&gt;/&lt;__method__&gt;",
        Route::Index => "/doc-bearer/index.json",
        Route::Document(_) => "/doc-bearer/&lt;model_name&gt;.json",
        _ => "/json/2/&lt;path:subpath&gt;",
    }
}
