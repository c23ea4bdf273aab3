//! The buttons of sales and invoicing. Each checks the state it needs, refuses in Odoo's words
//! otherwise, and writes through `records`, so that rights and constraints hold as for any other
//! change.

use serde_json::{Map, Value, json};

use super::{Call, Method, On};
use crate::sandbox::access::{self, Operation};
use crate::sandbox::chatter::{self, Letter};
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::records;

const BASE: Method = Method {
    name: "",
    signature: "",
    on: On::Models(&["sale.order"]),
    model_level: false,
    readonly: false,
    returns: "bool",
    doc: "",
    run: confirm,
};
const INVOICE: On = On::Models(&["account.move"]);
const LEAD: On = On::Models(&["crm.lead"]);

pub(super) const METHODS: &[Method] = &[
    Method { name: "action_confirm", doc: "Confirm the given quotations.", run: confirm, ..BASE },
    Method { name: "action_cancel", doc: "Cancel the orders.", run: cancel, ..BASE },
    Method { name: "action_draft", doc: "Set cancelled orders back to quotations.", run: draft, ..BASE },
    Method { name: "action_post", on: INVOICE, doc: "Post the entries.", run: post, ..BASE },
    Method {
        name: "button_draft",
        on: INVOICE,
        returns: "",
        doc: "Reset the entries to draft.",
        run: button_draft,
        ..BASE
    },
    Method {
        name: "button_cancel",
        on: INVOICE,
        returns: "",
        doc: "Cancel draft entries.",
        run: button_cancel,
        ..BASE
    },
    Method {
        name: "action_send_and_print",
        signature: "allow_fallback_pdf=False",
        on: On::Models(&["account.move.send.wizard"]),
        returns: "",
        doc: "Send the invoice to its customer.",
        run: send_and_print,
        ..BASE
    },
    Method { name: "action_set_won", on: LEAD, doc: "Mark the opportunities as won.", run: won, ..BASE },
    Method {
        name: "action_set_lost",
        signature: "**additional_values",
        on: LEAD,
        doc: "Mark the opportunities as lost.",
        run: lost,
        ..BASE
    },
];

fn set(env: &mut Env, call: &Call, vals: Value) -> Outcome<()> {
    records::write(env, call.model, &call.ids, vals.as_object().unwrap_or(&Map::new()))
}

fn all_in(env: &Env, call: &Call, states: &[&str]) -> bool {
    call.ids.iter().all(|id| states.contains(&env.text(call.model.name, *id, "state").as_str()))
}

fn there(env: &Env, call: &Call) -> Outcome<()> {
    access::check(env, call.model, Operation::Write)?;
    let missing: Vec<i64> = call.ids.iter().copied().filter(|id| !env.exists(call.model.name, *id)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::missing(call.model.name, &missing, env.user)) }
}

fn confirm(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    if !all_in(env, call, &["draft", "sent"]) {
        return Err(Fault::user("Some orders are not in a state requiring confirmation."));
    }
    let now = env.now_text();
    set(env, call, json!({"state": "sale", "date_order": now}))?;
    Ok(json!(true))
}

fn cancel(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    set(env, call, json!({"state": "cancel"}))?;
    Ok(json!(true))
}

fn draft(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    if all_in(env, call, &["cancel", "sent"]) {
        set(env, call, json!({"state": "draft"}))?;
    }
    Ok(json!(true))
}

fn post(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    for id in &call.ids {
        let text = |name: &str| env.text(call.model.name, *id, name);
        if text("state") != "draft" {
            return Err(Fault::user(format!("The entry {} (id {id}) must be in draft.", text("name"))));
        }
        if env.links(call.model.name, *id, "invoice_line_ids").is_empty() {
            return Err(Fault::user("You need to add a line before posting."));
        }
        if text("move_type") != "entry" && env.link(call.model, *id, "partner_id").is_none() {
            return Err(Fault::validation(
                "The 'Customer' field is required to validate the invoice.\nYou probably don't want to explain to your \
                 auditor that you invoiced an invisible man :)",
            ));
        }
        let prefix = if text("move_type").starts_with("in_") { "BILL" } else { "INV" };
        let prefix = format!("{prefix}/{}/", env.today().get(..4).unwrap_or("1970"));
        let date = if text("invoice_date").is_empty() { env.today() } else { text("invoice_date") };
        let name = match text("name").as_str() {
            "" | "/" => format!("{prefix}{:05}", next_number(env, &prefix)),
            kept => kept.to_owned(),
        };
        owe(env, *id, &text("move_type"), &date);
        let vals = json!({"state": "posted", "name": name, "invoice_date": date});
        records::write(env, call.model, &[*id], vals.as_object().unwrap_or(&Map::new()))?;
    }
    Ok(json!(false))
}

/// The line of what the partner owes or is owed, which Odoo books beside the lines of an invoice.
fn owe(env: &mut Env, invoice: i64, kind: &str, date: &str) {
    let wanted = match kind {
        "out_invoice" | "out_refund" => "asset_receivable",
        "in_invoice" | "in_refund" => "liability_payable",
        _ => return,
    };
    let has_one = env
        .links("account.move", invoice, "line_ids")
        .iter()
        .any(|line| env.text("account.move.line", *line, "display_type") == "payment_term");
    let account = env
        .world
        .rows("account.account")
        .find(|(_, row)| row.get("account_type") == Some(&json!(wanted)))
        .map(|(id, _)| id);
    if has_one {
        return;
    }
    let due = env.text("account.move", invoice, "invoice_date_due");
    let due = if due.is_empty() { date.to_owned() } else { due };
    let row = json!({
        "move_id": invoice,
        "sequence": 10000,
        "display_type": "payment_term",
        "account_id": account,
        "date_maturity": due,
    });
    chatter::insert(env, "account.move.line", row);
}

fn next_number(env: &Env, prefix: &str) -> u32 {
    let names = env
        .world
        .rows("account.move")
        .filter_map(|(_, row)| row.get("name")?.as_str()?.strip_prefix(prefix)?.parse().ok());
    names.max().unwrap_or(0u32) + 1
}

fn button_draft(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    if !all_in(env, call, &["posted", "cancel"]) {
        return Err(Fault::user("Only posted/cancelled journal entries can be reset to draft."));
    }
    set(env, call, json!({"state": "draft"}))?;
    Ok(Value::Null)
}

fn button_cancel(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    if !all_in(env, call, &["draft"]) {
        return Err(Fault::user("Only draft journal entries can be cancelled."));
    }
    set(env, call, json!({"state": "cancel"}))?;
    Ok(Value::Null)
}

fn send_and_print(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    let Some(invoices) = crate::sandbox::schema::find("account.move") else { return Ok(Value::Null) };
    for wizard in &call.ids {
        let Some(invoice) = env.link(call.model, *wizard, "move_id") else { continue };
        if env.text("account.move", invoice, "state") != "posted" {
            return Err(Fault::user("You can't generate invoices that are not posted."));
        }
        let mut partners = env.links(call.model.name, *wizard, "mail_partner_ids");
        if partners.is_empty() {
            partners.extend(env.link(invoices, invoice, "partner_id"));
        }
        let letter = Letter {
            subject: Some(env.text(call.model.name, *wizard, "subject")),
            body: env.text(call.model.name, *wizard, "body"),
            message_type: "comment".to_owned(),
            subtype: chatter::subtype(Some("mail.mt_comment"))?,
            partners,
            ..Letter::default()
        };
        chatter::post(env, Some((invoices, invoice)), &letter)?;
        env.world.set("account.move", invoice, "is_move_sent", json!(true));
    }
    Ok(json!({"type": "ir.actions.act_window_close"}))
}

fn won(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    let stage = env
        .world
        .rows("crm.stage")
        .find(|(_, row)| row.get("is_won") == Some(&json!(true)))
        .map(|(id, _)| id);
    set(env, call, json!({"stage_id": stage, "probability": 100.0, "active": true}))?;
    Ok(json!(true))
}

fn lost(env: &mut Env, call: &Call) -> Outcome<Value> {
    there(env, call)?;
    let mut vals = call.extra.clone();
    vals.insert("active".to_owned(), json!(false));
    vals.insert("probability".to_owned(), json!(0.0));
    records::write(env, call.model, &call.ids, &vals)?;
    Ok(json!(true))
}
