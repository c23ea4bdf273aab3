//! The documents that describe every model and method (`/doc-bearer`, module api_doc), kept with their
//! validators. Users without the documentation group get what ordinary calls can tell instead.

use serde_json::{Map, Value, json};

use super::Desk;
use super::client::{Document, described};
use super::schema::DOCUMENT_TTL;
use crate::cache::{Entry, Found, Key, Section};
use crate::error::{Code, Error, Result};
use crate::operation::{Object, Operation};
use crate::outcome::{Origin, Outcome};
use crate::protocol::Way;

/// Before, whoever may not read `ir.model` is told no models at all.
const FIRST_WITH_AVAILABLE_MODELS: u32 = 16;

/// A document and where it came from.
pub struct Page {
    /// JSON text as Odoo sent it, or as put together from calls.
    pub body: String,
    /// Put together because the user may not read the documents.
    pub is_fallback: bool,
    /// This way of speaking to Odoo, or this version, has no documents.
    pub has_none: bool,
    /// Where it comes from.
    pub origin: Origin,
}

impl Page {
    /// The whole of it.
    pub fn outcome(self) -> Outcome {
        Outcome { origin: self.origin, ..Outcome::read(self.body) }
    }
}

/// What a document call needs.
pub struct Reader<'a> {
    /// Where it is asked from.
    pub desk: Desk<'a>,
    /// Context of the calls that replace a page; its `lang` chooses the page's language.
    pub context: &'a Object,
}

impl Reader<'_> {
    /// The index of all models.
    pub fn index(&self, refresh: bool) -> Result<Page> {
        self.page("index", "/doc-bearer/index.json", refresh, || {
            let models = self.models()?;
            let models: Vec<Value> = models
                .into_iter()
                .map(|model| json!({ "model": model["model"], "name": model["display_name"] }))
                .collect();
            Ok(json!({ "models": models }).to_string())
        })
    }

    /// Every model that the user sees, each with its name.
    fn models(&self) -> Result<Vec<Value>> {
        let method = if self.desk.odoo.major(self.desk.host)? < FIRST_WITH_AVAILABLE_MODELS {
            "search_read"
        } else {
            "get_available_models"
        };
        let kwargs = match method {
            "search_read" => json!({ "domain": [], "fields": ["model", "display_name"] }),
            _ => json!({}),
        };
        let models = self.call("ir.model", method, crate::operation::kwargs(kwargs))?;
        serde_json::from_str(&models).map_err(|_| strange(method, "a list"))
    }

    /// One model.
    pub fn model(&self, model: &str, refresh: bool) -> Result<Page> {
        crate::operation::check_model(model)?;
        self.page(model, &format!("/doc-bearer/{model}.json"), refresh, || {
            let fields = self.call(model, "fields_get", Object::new())?;
            let fields: Map<String, Value> = serde_json::from_str(&fields)
                .map_err(|why| strange("fields_get", "an object").with_source(why))?;
            let named = Map::from_iter([("models".to_string(), json!([model]))]);
            let name = self.call("ir.model", "display_name_for", named).ok();
            let name: Value = name.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            let label =
                name.get(0).and_then(|first| first.get("display_name")).cloned().unwrap_or(json!(model));
            Ok(json!({ "model": model, "name": label, "fields": fields }).to_string())
        })
    }

    fn key<'k>(&'k self, page: &'k str, fallback: bool) -> Key<'k> {
        let language = self.context.get("lang").cloned().unwrap_or_default();
        let question = json!({ "lang": language, "fallback": fallback });
        Key { owner: self.desk.owner, section: Section::Document, model: page, question }
    }

    fn page(
        &self,
        page: &str,
        path: &str,
        refresh: bool,
        instead: impl Fn() -> Result<String>,
    ) -> Result<Page> {
        // What is kept here is not for everybody either.
        if let Ok(question) = described(page) {
            self.desk.odoo.judge(&question, self.desk.road, self.desk.host)?;
        }
        let has_none = self.desk.odoo.link(self.desk.host)?.protocol.way() != Way::Json2;
        let key = self.key(page, false);
        let mut known: Option<Entry> = None;
        if !refresh {
            match self.desk.cache.find(&key, DOCUMENT_TTL) {
                Found::Fresh(entry) => {
                    return Ok(Page {
                        body: entry.body,
                        is_fallback: false,
                        has_none,
                        origin: Origin::Cache,
                    });
                }
                Found::Stale(entry) => known = Some(entry),
                Found::Miss => {}
            }
            if let Found::Fresh(entry) = self.desk.cache.find(&self.key(page, true), DOCUMENT_TTL) {
                return Ok(Page { body: entry.body, is_fallback: true, has_none, origin: Origin::Cache });
            }
        }
        let etag = known.as_ref().and_then(|entry| entry.etag.as_deref());
        let language = self.context.get("lang").and_then(Value::as_str);
        match self.desk.odoo.document(path, etag, language, self.desk.road, self.desk.host) {
            Ok(None) => self.put_together(page, has_none, instead),
            Ok(Some(Document::Fresh { body, .. })) if !body.get().trim_start().starts_with('{') => Err(
                Error::new(Code::BadReply, format!("{path} was answered with something that is no document")),
            ),
            Ok(Some(Document::Fresh { body, etag })) => {
                let _ = self.desk.cache.store(&key, body.get(), etag.as_deref(), "");
                Ok(Page {
                    body: String::from(Box::<str>::from(body)),
                    is_fallback: false,
                    has_none,
                    origin: Origin::Live,
                })
            }
            Ok(Some(Document::NotModified)) => match known {
                Some(entry) => {
                    let _ = self.desk.cache.store(&key, &entry.body, entry.etag.as_deref(), "");
                    Ok(Page { body: entry.body, is_fallback: false, has_none, origin: Origin::Live })
                }
                None => Err(Error::new(
                    Code::BadReply,
                    "the server says that a document it was not shown is unchanged",
                )),
            },
            Err(error) if documents_are_closed(&error) => self.put_together(page, has_none, instead),
            Err(error) => Err(error),
        }
    }

    fn put_together(&self, page: &str, has_none: bool, instead: impl Fn() -> Result<String>) -> Result<Page> {
        let body = instead()?;
        let _ = self.desk.cache.store(&self.key(page, true), &body, None, "");
        Ok(Page { body, is_fallback: true, has_none, origin: Origin::Live })
    }

    fn call(&self, model: &str, method: &str, kwargs: Object) -> Result<String> {
        Ok(self.desk.ask(Operation::new(model, method, kwargs)?, self.context)?.get().to_string())
    }
}

/// What is no answer is no document either: it would be kept for a day.
fn strange(method: &str, expected: &str) -> Error {
    Error::new(Code::BadReply, format!("{method} did not answer with {expected}"))
}

/// 403 from Odoo: the user lacks the group. 404 without Odoo's error: the module api_doc is not there.
fn documents_are_closed(error: &Error) -> bool {
    error.code == Code::AccessDenied
        || (error.http_status == Some(404) && error.odoo.is_none() && error.code == Code::BadReply)
}
