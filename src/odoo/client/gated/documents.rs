//! What describes models, as the question that it answers: documents are let out like the question for fields.

use crate::error::Result;
use crate::operation::{Object, Operation, kwargs};

/// Where the documents of models are.
const DOCUMENTS: &str = "/doc-bearer/";

/// The operation that a document is asked for by, where there are none.
pub(super) fn document(path: &str) -> Option<Operation> {
    let name = path.strip_prefix(DOCUMENTS)?.strip_suffix(".json")?;
    described(name).ok()
}

/// What is asked to have a model described, or all of them.
///
/// # Errors
/// It is no name of a model.
pub fn described(page: &str) -> Result<Operation> {
    match page {
        "index" => Operation::new("ir.model", "get_available_models", Object::new()),
        model => Operation::new(model, "fields_get", kwargs(serde_json::json!({}))),
    }
}
