//! The documents that describe every model and method (`/doc-bearer`, module api_doc), kept with their
//! validators. Users without the documentation group get what ordinary calls can tell instead.

use serde_json::{Map, Value, json};

use super::Odoo;
use super::client::Document;
use super::schema::DOCUMENT_TTL;
use crate::cache::{Cache, Entry, Found, Key, Kind, Owner};
use crate::error::{Code, Error, Result};
use crate::operation::{Kind as Effect, Object, Operation};

/// A document and where it came from.
pub struct Page {
    /// JSON text as Odoo sent it, or as put together from calls.
    pub body: String,
    /// Put together because the user may not read the documents.
    pub is_fallback: bool,
}

/// What a document call needs.
pub struct Reader<'a> {
    /// The server.
    pub odoo: &'a Odoo,
    /// Where pages are kept.
    pub cache: &'a Cache,
    /// Whose pages.
    pub owner: &'a Owner,
    /// Context of the calls that replace a page; its `lang` chooses the page's language.
    pub context: &'a Object,
}

impl Reader<'_> {
    /// The index of all models.
    pub fn index(&self, refresh: bool) -> Result<Page> {
        self.page("index", "/doc-bearer/index.json", refresh, || {
            let models = self.call("ir.model", "get_available_models", Object::new())?;
            let models: Vec<Value> = serde_json::from_str(&models).unwrap_or_default();
            let models: Vec<Value> = models
                .into_iter()
                .map(|model| json!({ "model": model["model"], "name": model["display_name"] }))
                .collect();
            Ok(json!({ "models": models }).to_string())
        })
    }

    /// One model.
    pub fn model(&self, model: &str, refresh: bool) -> Result<Page> {
        crate::operation::check_model(model)?;
        self.page(model, &format!("/doc-bearer/{model}.json"), refresh, || {
            let fields = self.call(model, "fields_get", Object::new())?;
            let fields: Value = serde_json::from_str(&fields).unwrap_or_default();
            let named = Map::from_iter([("models".to_string(), json!([model]))]);
            let name = self.call("ir.model", "display_name_for", named).ok();
            let name: Value = name.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            let label =
                name.get(0).and_then(|first| first.get("display_name")).cloned().unwrap_or(json!(model));
            Ok(json!({ "model": model, "name": label, "fields": fields }).to_string())
        })
    }

    /// Whether the cached page of a model marks a method as one that changes nothing. Sends nothing.
    pub fn is_readonly(&self, model: &str, method: &str) -> bool {
        let (Found::Fresh(entry) | Found::Stale(entry)) =
            self.cache.find(&self.key(model, false), DOCUMENT_TTL)
        else {
            return false;
        };
        let page: Value = serde_json::from_str(&entry.body).unwrap_or_default();
        let api = page["methods"][method]["api"].as_array();
        api.is_some_and(|api| api.iter().any(|mark| mark == "readonly"))
    }

    fn key<'k>(&'k self, page: &'k str, fallback: bool) -> Key<'k> {
        let language = self.context.get("lang").cloned().unwrap_or_default();
        let question = json!({ "lang": language, "fallback": fallback });
        Key { owner: self.owner, kind: Kind::Document, model: page, question }
    }

    fn page(
        &self,
        page: &str,
        path: &str,
        refresh: bool,
        instead: impl Fn() -> Result<String>,
    ) -> Result<Page> {
        let key = self.key(page, false);
        let mut known: Option<Entry> = None;
        if !refresh {
            match self.cache.find(&key, DOCUMENT_TTL) {
                Found::Fresh(entry) => return Ok(Page { body: entry.body, is_fallback: false }),
                Found::Stale(entry) => known = Some(entry),
                Found::Miss => {}
            }
            if let Found::Fresh(entry) = self.cache.find(&self.key(page, true), DOCUMENT_TTL) {
                return Ok(Page { body: entry.body, is_fallback: true });
            }
        }
        let etag = known.as_ref().and_then(|entry| entry.etag.as_deref());
        let language = self.context.get("lang").and_then(Value::as_str);
        match self.odoo.document(path, etag, language) {
            Ok(Document::Fresh { body, .. }) if !body.get().trim_start().starts_with('{') => Err(Error::new(
                Code::BadReply,
                format!("{path} was answered with something that is no document"),
            )),
            Ok(Document::Fresh { body, etag }) => {
                let _ = self.cache.store(&key, body.get(), etag.as_deref(), "");
                Ok(Page { body: String::from(Box::<str>::from(body)), is_fallback: false })
            }
            Ok(Document::NotModified) => match known {
                Some(entry) => {
                    let _ = self.cache.store(&key, &entry.body, entry.etag.as_deref(), "");
                    Ok(Page { body: entry.body, is_fallback: false })
                }
                None => Err(Error::new(
                    Code::BadReply,
                    "the server says that a document it was not shown is unchanged",
                )),
            },
            Err(error) if documents_are_closed(&error) => {
                let body = instead()?;
                let _ = self.cache.store(&self.key(page, true), &body, None, "");
                Ok(Page { body, is_fallback: true })
            }
            Err(error) => Err(error),
        }
    }

    fn call(&self, model: &str, method: &str, kwargs: Object) -> Result<String> {
        let mut operation = Operation::new(model, method, kwargs)?;
        operation.context = self.context.clone();
        Ok(self.odoo.call(&operation, Effect::Read)?.get().to_string())
    }
}

/// 403 from Odoo: the user lacks the group. 404 without Odoo's error: the module api_doc is not there.
fn documents_are_closed(error: &Error) -> bool {
    error.code == Code::AccessDenied
        || (error.http_status == Some(404) && error.odoo.is_none() && error.code == Code::BadReply)
}
