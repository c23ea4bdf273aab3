//! JSON Schemas (2020-12) of what the commands print, of the error and of the note. The tests hold them against
//! what the program really prints.

use serde_json::{Value, json};

use crate::error::{Code, Effect, Retry};

/// What a command prints on stdout, if it is known here.
pub fn of(command: &str) -> Option<Value> {
    Some(match command {
        "call" => json!({ "description": "Odoo's own value, unchanged" }),
        "search-read" | "read" => rows(),
        "count" => json!({ "type": "integer", "minimum": 0 }),
        "group" => json!({ "type": "array", "description": "Odoo's own groups", "items": {
            "type": "object", "required": ["__count"], "properties": { "__count": { "type": "integer" } },
        } }),
        "create" => json!({ "type": "array", "items": { "type": "integer" }, "description": "the new ids" }),
        "write" => json!({ "const": true }),
        "lookup" => json!({
            "type": "object", "required": ["source", "kind", "query", "results"], "additionalProperties": false,
            "description": "with --one the one row itself",
            "properties": {
                "source": { "enum": ["live", "cache"] }, "kind": { "type": "string" },
                "query": { "type": "string" }, "results": rows(),
            },
        }),
        "schema-summary" => json!({
            "type": "object", "required": ["source", "model", "name", "fields"], "additionalProperties": false,
            "properties": {
                "source": { "enum": ["live", "cache"] }, "model": { "type": "string" },
                "name": { "type": "string" },
                "fields": { "type": "array", "items": {
                    "type": "object", "required": ["name", "type", "string"],
                    "properties": { "name": { "type": "string" }, "type": { "type": "string" } },
                } },
            },
        }),
        "doc-index" => json!({
            "type": "object", "required": ["models"],
            "properties": { "models": { "type": "array", "items": {
                "type": "object", "required": ["model", "name"],
                "properties": { "model": { "type": "string" } },
            } } },
        }),
        "doc-model" => json!({
            "type": "object", "required": ["model"],
            "properties": {
                "model": { "type": "string" }, "fields": { "type": "object" }, "methods": { "type": "object" },
            },
        }),
        "exec-spec" => json!({ "description": "that of the command its action names" }),
        "approve" => json!({
            "type": ["string", "object"],
            "description": "the token; of a request {\"request\": …, \"state\": \"approved\"}",
        }),
        "approvals" => json!({
            "description": "list: rows; show and wait: how the request stands; send: Odoo's own value; drop: {\"request\": …, \"dropped\": true}",
        }),
        "doctor" => json!({
            "type": "object", "required": ["ok", "checks"], "additionalProperties": false,
            "properties": {
                "ok": { "type": "boolean" },
                "checks": { "type": "array", "items": {
                    "type": "object", "required": ["check", "status", "message"], "additionalProperties": false,
                    "properties": {
                        "check": { "type": "string" }, "status": { "enum": ["ok", "warn", "fail", "skip"] },
                        "message": { "type": "string" }, "fix": { "type": "string" },
                    },
                } },
            },
        }),
        "cache" => json!({ "oneOf": [
            { "type": "object", "required": ["path"], "properties": { "path": { "type": "string" } } },
            { "type": "array", "items": { "type": "object", "required": ["kind", "model", "path"] } },
            { "type": "object", "required": ["removed"], "properties": { "removed": { "type": "integer" } } },
        ] }),
        "session" => json!({
            "type": "object", "required": ["ended"], "additionalProperties": false,
            "properties": { "ended": { "type": "boolean", "description": "false: there was none" } },
        }),
        "sandbox" => json!({
            "type": "object",
            "description": "{\"reset\": true}; serve: one line with the address, the database and keys",
        }),
        "describe" => json!({ "type": "object", "required": ["interface", "version"] }),
        "spec-schema" => json!({ "type": "object", "required": ["$schema", "oneOf"] }),
        "completions" => json!({ "description": "text, no JSON: a script for the shell" }),
        "man" => json!({ "description": "text, no JSON: roff; with DIR the list of files written" }),
        _ => return None,
    })
}

fn rows() -> Value {
    json!({ "type": "array", "items": {
        "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } },
    } })
}

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
