//! JSON Schemas (2020-12) of the error, the note and the dry run; what a command prints stands with the command. The tests hold them against
//! what the program really prints.

use serde_json::{Value, json};

use crate::error::{Code, Effect, Retry};

/// What `--dry-run` prints instead.
pub fn dry_run() -> Value {
    json!({
        "type": "object", "required": ["method", "path", "body"], "additionalProperties": false,
        "properties": {
            "method": { "const": "POST" }, "path": { "type": "string" },
            "body": { "type": "object", "required": ["context"] },
        },
    })
}

/// The one line on stderr when a command fails.
pub fn error() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let effects = Effect::ALL.map(Effect::as_str);
    let retries = [Retry::Never, Retry::Safe, Retry::CheckFirst].map(Retry::as_str);
    json!({
        "type": "object", "required": ["error"], "additionalProperties": false,
        "properties": { "error": {
            "type": "object", "required": ["code", "message", "hints", "effect", "retry"],
            "additionalProperties": false,
            "properties": {
                "code": { "enum": codes },
                "message": { "type": "string" },
                "hints": { "type": "array", "items": { "type": "string" } },
                "effect": { "enum": effects, "description": "what it did to the data" },
                "retry": { "enum": retries },
                "http_status": { "type": "integer" },
                "odoo": {
                    "type": "object", "required": ["name", "message"],
                    "properties": { "name": { "type": "string" }, "message": { "type": "string" } },
                },
                "errors": {
                    "type": "array", "items": { "type": "string" },
                    "description": "all that is wrong, one line each, where that is more than one thing"
                },
                "journal": { "type": "string", "description": "the id of the call in the journal" },
                "candidates": { "type": "array", "items": { "type": "object" } },
                "causes": { "type": "array", "items": { "type": "string" } },
            },
        } },
    })
}

/// A line on stderr that is no error.
pub fn note() -> Value {
    json!({
        "type": "object", "required": ["note"], "additionalProperties": false,
        "description": "with the numbers at the end of search-read --all",
        "properties": {
            "note": { "type": "string" },
            "rows": { "type": "integer" }, "pages": { "type": "integer" }, "complete": { "type": "boolean" },
            "last_id": { "type": ["integer", "null"] },
        },
    })
}
