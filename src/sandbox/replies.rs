//! Replies as Odoo forms them: JSON as Python writes it, the HTML pages of what
//! fails before a call is looked at, and their headers. It decides no status of its
//! own.

use serde_json::{Value, json};

use crate::transport::HttpReply;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
/// No such database.
pub const NO_DATABASE: &str = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is \
     selected and the requested URL was not found in the server-wide controllers.</p>\n<p>Please verify the hostname, \
     <a href=/web/login>login</a> and try again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n";
/// No such path.
pub const NO_ROUTE: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The \
     requested URL was not found on the server. If you entered the URL manually please check your spelling and try \
     again.</p>\n";

/// `/web/health`.
pub fn health(query: &str) -> HttpReply {
    let asked = query.split('&').any(|pair| {
        pair.strip_prefix("db_server_status=").is_some_and(|value| !value.is_empty() && value != "0")
    });
    let body =
        if asked { json!({"status": "pass", "db_server_status": true}) } else { json!({"status": "pass"}) };
    HttpReply {
        status: 200,
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("cache-control".into(), "no-store".into()),
        ],
        body: body.to_string().into_bytes(),
    }
}

/// A body that is not declared as what a route takes, which Odoo shows as `path`; `inferred` is what it was taken for.
pub fn wrong_content_type(path: &str, kind: &str, inferred: &str) -> HttpReply {
    let mut reply = html_reply(
        415,
        &format!(
            "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media \
             Type</h1>\n<p>Request inferred type is compatible with [{inferred}] but &#39;{path}&#39; is \
             type=&#39;{kind}&#39;.<br><br>Please verify the Content-Type request header and try again.</p>\n"
        ),
    );
    let accepted =
        if kind == "json2" { "application/json" } else { "application/json, application/json-rpc" };
    reply.headers.push(("accept".into(), accepted.into()));
    reply
}

/// A sentence that is no page, though it says that it is one.
pub fn text_reply(status: u16, text: &str) -> HttpReply {
    html_reply(status, text)
}

/// A JSON reply.
pub fn json_reply(status: u16, body: &Value) -> HttpReply {
    HttpReply {
        status,
        headers: vec![
            ("content-type".into(), JSON.into()),
            ("x-content-type-options".into(), "nosniff".into()),
        ],
        body: python_json(body).into_bytes(),
    }
}

/// `json.dumps` puts a blank behind `:` and `,`.
fn python_json(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(python_json).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let items: Vec<_> =
                map.iter().map(|(key, item)| format!("{}: {}", json!(key), python_json(item))).collect();
            format!("{{{}}}", items.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// An HTML page.
pub fn html_reply(status: u16, page: &str) -> HttpReply {
    HttpReply { status, headers: vec![("content-type".into(), HTML.into())], body: page.as_bytes().to_vec() }
}
