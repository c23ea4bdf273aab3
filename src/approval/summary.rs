//! What a person is shown before they let a call through: the call as it was asked, its records by name and
//! whom it would reach, as far as Odoo tells the agent's own user. It asks nothing and decides nothing.

use serde_json::{Value, json};

use crate::error::Result;
use crate::operation::{Object, Operation};
use crate::session::Run;
use crate::text::json;

/// What the person has to know, in plain text. `context` is what the caller adds to it: keys there can change what
/// a call does and whom it reaches.
pub fn of(run: &Run, operation: &Operation, context: &Object, agent: Option<i64>) -> Result<String> {
    let settings = &run.session.settings;
    let mut lines = vec![String::new()];
    // First, because it can be long: what matters most has to stand right above the question.
    if !operation.kwargs.is_empty() {
        let data = Value::Object(operation.kwargs.clone()).to_string();
        lines.push(format!(
            "What the agent says that it will send:\n  {}\n",
            json::pretty(&data).replace('\n', "\n  ")
        ));
    }
    if !context.is_empty() {
        let context = Value::Object(context.clone()).to_string();
        lines.push(format!(
            "with this context, which can change what it does:\n  {}\n",
            json::pretty(&context).replace('\n', "\n  ")
        ));
    }
    lines.extend([
        format!("An agent asks to run, in database {} at {}:", settings.database, settings.base_url.origin()),
        format!("  {}.{}", operation.model, operation.method),
    ]);
    if let Some(agent) = agent {
        lines.push(format!("  as {}", name_of(run, "res.users", agent)));
    }
    let ids = operation.ids.clone().unwrap_or_default();
    for id in &ids {
        lines.push(format!("  on {} {}", operation.model, name_of(run, &operation.model, *id)));
    }
    let recipients = recipients(run, operation, &ids)?;
    lines.push(if recipients.is_empty() {
        "Whom it reaches cannot be told from here; Odoo's guard refused it because it reaches somebody outside.".into()
    } else {
        format!("It would reach:\n  {}", recipients.join("\n  "))
    });
    lines.push("The token covers this model, method and set of records, once, within ten minutes.\n".into());
    Ok(lines.join("\n"))
}

fn rows(run: &Run, model: &str, domain: Value, fields: &[&str]) -> Vec<Value> {
    let kwargs = json!({ "domain": domain, "fields": fields, "limit": 200 });
    let found = Operation::new(model, "search_read", kwargs.as_object().cloned().unwrap_or_default())
        .and_then(|operation| run.send(operation));
    found.ok().and_then(|reply| serde_json::from_str(reply.get()).ok()).unwrap_or_default()
}

fn name_of(run: &Run, model: &str, id: i64) -> String {
    // By id, because a search leaves archived records out.
    let kwargs = Object::from_iter([("fields".to_string(), json!(["display_name"]))]);
    let found = Operation::new(model, "read", kwargs)
        .and_then(|operation| run.send(operation.on(vec![id])))
        .ok()
        .and_then(|reply| serde_json::from_str::<Vec<Value>>(reply.get()).ok())
        .unwrap_or_default();
    let name = found.first().and_then(|row| row["display_name"].as_str()).unwrap_or("(cannot be read)");
    format!("{id}: {}", one_line(name))
}

/// The partners named in the call and the followers of its records, with their addresses.
fn recipients(run: &Run, operation: &Operation, ids: &[i64]) -> Result<Vec<String>> {
    let mut partners: Vec<i64> = Vec::new();
    for key in ["partner_ids", "mail_partner_ids"] {
        partners.extend(
            operation
                .kwargs
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_i64),
        );
    }
    let followed = json!([["res_model", "=", operation.model], ["res_id", "in", ids]]);
    let followers = rows(run, "mail.followers", followed, &["partner_id"]);
    partners.extend(followers.iter().filter_map(|row| row["partner_id"][0].as_i64()));
    partners.sort_unstable();
    partners.dedup();
    if partners.is_empty() {
        return Ok(Vec::new());
    }
    // Odoo hides archived contacts, and writes to them all the same.
    let domain = json!([["id", "in", partners], ["active", "in", [true, false]]]);
    let found = rows(run, "res.partner", domain, &["display_name", "email"]);
    let shown = partners.iter().map(|partner| match found.iter().find(|row| row["id"] == *partner) {
        Some(row) => {
            let name = row["display_name"].as_str().unwrap_or("(no name)");
            one_line(&format!("{name} <{}>", row["email"].as_str().unwrap_or("no address")))
        }
        None => format!("contact {partner} (cannot be read)"),
    });
    Ok(shown.collect())
}

/// A name must not be able to add a line of its own to what the person reads.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\n")
}
