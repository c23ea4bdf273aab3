//! Reports: a button that prints is answered with which report to print, and prints nothing. Which ways lead to the
//! file. It asks one question, after the work of a call is done.

use serde_json::{Value, json};

use super::Check;
use crate::hint::{Action, Hint};
use crate::operation::{Operation, kwargs};

/// Says of an answer that names a report how its file is had.
pub fn answered(check: &Check, operation: &Operation, action: &Value) {
    let (true, Some(name)) = (action["type"] == "ir.actions.report", action["report_name"].as_str()) else {
        return;
    };
    let whole = |value: &Value| -> Option<Vec<i64>> { value.as_array()?.iter().map(Value::as_i64).collect() };
    let told = whole(&action["context"]["active_ids"]).or_else(|| whole(&action["data"]["ids"]));
    let ids = told.or_else(|| operation.ids.clone()).unwrap_or_default();
    let kind = action["report_type"].as_str().unwrap_or("qweb-pdf").trim_start_matches("qweb-");
    let what = format!("{}/{} names a report and prints nothing", operation.model, operation.method);
    // What a wizard has filled in goes to the page as well, which a path of a report and its records does not say.
    if ids.is_empty() || action["data"].as_object().is_some_and(|data| !data.is_empty()) {
        return check.note(format!("{what}: a person who is signed in prints it in Odoo; no key does"));
    }
    let listed = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let note = Hint::new(format!(
        "{what}: a person who is signed in opens /report/{kind}/{name}/{listed} of this Odoo, which no key opens"
    ));
    let model = action["context"]["active_model"].as_str().unwrap_or(&operation.model);
    check.note(match template(check, model, name) {
        Some(template) => {
            let context = json!({
                "default_model": model, "default_res_ids": ids,
                "default_composition_mode": "comment", "default_template_id": template,
            });
            let compose = Action::new("create")
                .with("model", "mail.compose.message")
                .with("vals", json!({}))
                .with("context", context);
            let attached = |model: &str, id: &str, field: &'static str| {
                Action::new("read").with("model", model).with("ids", id).with("fields", vec![field])
            };
            note.text("; with a key the file is made for a message that is not sent: ")
                .action(compose)
                .text("; then ")
                .action(attached("mail.compose.message", "ID", "attachment_ids"))
                .text(" and, as base64, ")
                .action(attached("ir.attachment", "ID", "datas"))
        }
        None => note,
    });
}

/// An e-mail template that attaches this report.
fn template(check: &Check, model: &str, name: &str) -> Option<i64> {
    // Before, a template has one report and a composer one record.
    if check.version < 17 {
        return None;
    }
    let domain = json!([["model", "=", model], ["report_template_ids.report_name", "=", name]]);
    let asked = kwargs(json!({ "domain": domain, "fields": ["id"], "limit": 1 }));
    let found = check.schemas.ask(Operation::new("mail.template", "search_read", asked).ok()?)?;
    found[0]["id"].as_i64()
}
