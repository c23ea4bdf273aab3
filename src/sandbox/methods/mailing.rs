//! Templates and the composer: mail that is made from something prepared, for the contact
//! of a record. Whoever is outside is the guard's to decide: nothing here sends without
//! asking it.

use serde_json::{Value, json};

use super::Call;
use crate::sandbox::access::{self, Operation};
use crate::sandbox::chatter::{self, Letter};
use crate::sandbox::env::{Env, ids_of};
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::guard::{self, Leaving};
use crate::sandbox::schema::{Model, find};

/// The contact a record is about.
fn contact_of(env: &Env, model: &'static Model, id: i64) -> Option<i64> {
    if model.name == "res.partner" { Some(id) } else { env.link(model, id, "partner_id") }
}

/// Generates a template's mail for a record.
pub(super) fn send_mail(env: &mut Env, call: &Call) -> Outcome<Value> {
    let template = call.single()?;
    access::check(env, call.model, Operation::Read)?;
    let record = call.get("res_id").as_i64().unwrap_or(0);
    let Some(model) = find(&env.text(call.model.name, template, "model")) else {
        return Err(Fault::missing(call.model.name, &[template], env.user));
    };
    access::check(env, model, Operation::Read)?;
    if !env.exists(model.name, record) {
        return Err(Fault::missing(model.name, &[record], env.user));
    }
    let given = call.object("email_values");
    let text = |name: &str, otherwise: String| {
        given.get(name).and_then(Value::as_str).map_or(otherwise, str::to_owned)
    };
    let address = |name: &str| match given.get(name) {
        Some(given) => chatter::split_addresses(given),
        None => chatter::split_addresses(&json!(env.text(call.model.name, template, name))),
    };
    let mut addresses = address("email_to");
    addresses.extend(address("email_cc"));
    let mut partners: Vec<i64> = given.get("recipient_ids").map(ids_of).unwrap_or_default();
    if addresses.is_empty() && partners.is_empty() {
        partners.extend(contact_of(env, model, record));
    }
    let letter = Letter {
        subject: Some(text("subject", env.text(call.model.name, template, "subject"))),
        body: text("body_html", env.text(call.model.name, template, "body_html")),
        ..Letter::default()
    };
    send(env, model, record, &letter, &partners, &addresses).map(|id| json!(id))
}

/// A mail without a message: the guard is asked if anyone outside gets it.
fn send(
    env: &mut Env,
    model: &'static Model,
    record: i64,
    letter: &Letter,
    partners: &[i64],
    addresses: &[String],
) -> Outcome<i64> {
    let outside: Vec<i64> =
        partners.iter().copied().filter(|partner| !access::is_inside(env, *partner)).collect();
    let strangers: Vec<String> =
        addresses.iter().filter(|address| !chatter::is_inside_address(env, address)).cloned().collect();
    if !outside.is_empty() || !strangers.is_empty() {
        let inside = partners.iter().copied().filter(|partner| !outside.contains(partner)).collect();
        let leaving = chatter::leaving(letter, Some((model.name, record)), &outside, &strangers);
        guard::leaves(env, Leaving { inside, ..leaving });
    }
    Ok(chatter::leave(env, Some((model.name, record)), letter, partners, addresses, None))
}

/// Posts or mails what a composer holds.
pub(super) fn action_send_mail(env: &mut Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Write)?;
    for wizard in &call.ids {
        let Some(row) = env.row(call.model.name, *wizard).cloned() else {
            return Err(Fault::missing(call.model.name, &[*wizard], env.user));
        };
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        let partners = row.get("partner_ids").map(ids_of).unwrap_or_default();
        let records: Value = serde_json::from_str(&text("res_ids")).unwrap_or_default();
        let mut letter = Letter {
            body: text("body"),
            subject: Some(text("subject")).filter(|subject| !subject.is_empty()),
            message_type: text("message_type"),
            subtype: row
                .get("subtype_id")
                .and_then(Value::as_i64)
                .unwrap_or(chatter::subtype(Some("mail.mt_comment"))?),
            partners,
            ..Letter::default()
        };
        let Some(model) = find(&text("model")) else {
            chatter::post(env, None, &letter)?;
            continue;
        };
        access::check(env, model, Operation::Read)?;
        let template = row.get("template_id").and_then(Value::as_i64);
        if let (Some(template), true) = (template, letter.body.is_empty()) {
            letter.body = env.text("mail.template", template, "body_html");
            letter.subject = Some(env.text("mail.template", template, "subject"));
        }
        for record in ids_of(&records) {
            if !env.exists(model.name, record) {
                return Err(Fault::missing(model.name, &[record], env.user));
            }
            if text("composition_mode") == "mass_mail" {
                let to: Vec<i64> = contact_of(env, model, record).into_iter().collect();
                send(env, model, record, &letter, &to, &[])?;
                continue;
            }
            chatter::post(env, Some((model, record)), &letter)?;
        }
    }
    Ok(json!({"type": "ir.actions.act_window_close", "infos": "mail.compose.message"}))
}
