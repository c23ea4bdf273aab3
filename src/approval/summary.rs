//! What a person is shown before they let a call through: the call as it was asked, its records by name and
//! whom it would reach, as far as Odoo tells the agent's own user. It asks nothing and decides nothing.

use serde_json::{Value, json};

use super::addresses::{self, Named};
use crate::error::Result;
use crate::host::Question;
use crate::operation::{Object, Operation};
use crate::session::Run;
use crate::text::json;

/// Records that are shown by name.
const MOST_NAMES: usize = 10;

/// What the person has to know. `context` is what the caller adds to it: keys there can change what a call does and
/// whom it reaches. `named` are the recipients that the guard named when it refused.
pub fn of(
    run: &Run,
    operation: &Operation,
    context: &Object,
    agent: Option<i64>,
    named: &[String],
) -> Result<Question> {
    let settings = &run.session.settings;
    let texts = [
        ("What the agent says that it will send:", &operation.kwargs),
        ("with this context, which can change what it does:", context),
    ];
    let ids = operation.ids.clone().unwrap_or_default();
    let mut recipients = recipients(run, operation, context, &ids);
    let mut known: String =
        recipients.iter().map(|(name, address)| format!("{name} <{address}>\n")).collect();
    for one in named {
        let address = one.split(['<', '>']).nth(1).unwrap_or(one);
        if !known.contains(address) {
            known.push_str(address);
            recipients.push((one.split('<').next().unwrap_or_default().trim().into(), address.into()));
        }
    }
    Ok(Question {
        place: format!("database {} at {}", settings.database, settings.base_url.origin()),
        model: operation.model.clone(),
        method: operation.method.clone(),
        agent: agent.and_then(|agent| names(run, "res.users", &[agent]).pop()),
        texts: texts
            .into_iter()
            .filter(|(_, object)| !object.is_empty())
            .map(|(what, object)| (what, json::pretty(&Value::Object(object.clone()).to_string())))
            .collect(),
        count: ids.len(),
        records: names(run, &operation.model, &ids[..ids.len().min(MOST_NAMES)]),
        and_others: addresses::may_reach_others(&operation.method, &operation.kwargs, context),
        recipients,
        is_bound: false,
        is_sent_here: false,
        because: None,
    })
}

fn rows(run: &Run, model: &str, domain: Value, fields: &[&str]) -> Vec<Value> {
    let kwargs = json!({ "domain": domain, "fields": fields, "limit": 200 });
    let found = Operation::new(model, "search_read", kwargs.as_object().cloned().unwrap_or_default())
        .and_then(|operation| run.send(operation));
    found.ok().and_then(|reply| serde_json::from_str(reply.get()).ok()).unwrap_or_default()
}

/// Records by name, in one question; where one of them is closed or gone, in one each.
fn names(run: &Run, model: &str, ids: &[i64]) -> Vec<String> {
    let read = |ids: &[i64]| -> Option<Vec<Value>> {
        // By id, because a search leaves archived records out.
        let kwargs = Object::from_iter([("fields".to_string(), json!(["display_name"]))]);
        let found =
            Operation::new(model, "read", kwargs).and_then(|operation| run.send(operation.on(ids.to_vec())));
        found.ok().and_then(|reply| serde_json::from_str(reply.get()).ok())
    };
    if ids.is_empty() {
        return Vec::new();
    }
    let all = read(ids).unwrap_or_else(|| match ids {
        [_] => Vec::new(),
        ids => ids.iter().filter_map(|id| read(&[*id])).flatten().collect(),
    });
    let name = |id: &i64| {
        let row = all.iter().find(|row| row["id"].as_i64() == Some(*id));
        let name = row.and_then(|row| row["display_name"].as_str()).unwrap_or("(cannot be read)");
        format!("{id}: {name}")
    };
    ids.iter().map(name).collect()
}

/// Whom the call names, and the followers of its records, with their addresses.
fn recipients(run: &Run, operation: &Operation, context: &Object, ids: &[i64]) -> Vec<(String, String)> {
    let Named { mut partners, addresses } = addresses::named(&operation.kwargs, context);
    let followed = json!([["res_model", "=", operation.model], ["res_id", "in", ids]]);
    let followers = rows(run, "mail.followers", followed, &["partner_id"]);
    partners.extend(followers.iter().filter_map(|row| row["partner_id"][0].as_i64()));
    let plain = addresses.into_iter().map(|address| (String::new(), address));
    if partners.is_empty() {
        return plain.collect();
    }
    // Odoo hides archived contacts, and writes to them all the same.
    let domain = json!([["id", "in", partners], ["active", "in", [true, false]]]);
    let found = rows(run, "res.partner", domain, &["display_name", "email"]);
    let of_partner = |partner: &i64| match found.iter().find(|row| row["id"].as_i64() == Some(*partner)) {
        Some(row) => {
            let text = |key: &str| row[key].as_str().filter(|text| !text.is_empty()).map(str::to_string);
            let name = text("display_name").unwrap_or_else(|| "(no name)".into());
            (name, text("email").unwrap_or_else(|| format!("contact {partner}, no address")))
        }
        None => (String::new(), format!("contact {partner} (cannot be read)")),
    };
    partners.iter().map(of_partner).chain(plain).collect()
}
