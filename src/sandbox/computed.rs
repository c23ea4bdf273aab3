//! Values that are not kept but worked out: names, sums along lines, who follows. Each function
//! takes a record and returns its value; none changes anything. Which field uses which is written
//! in `schema`.

use serde_json::{Value, json};

use super::access;
use super::env::Env;
use super::schema::{self, Model};

const DEPTH: usize = 20;

/// What makes a value of a record.
pub type Computation = fn(&Env, &'static Model, i64) -> Value;

/// The computation that a field names.
pub fn by_name(name: &str) -> Option<Computation> {
    Some(match name {
        "activity_record_name" => activity_record_name,
        "all_groups" => all_groups,
        "commercial_partner" => commercial_partner,
        "company_type" => company_type,
        "display_name" => display_name,
        "follower_partners" => follower_partners,
        "invoice_line_subtotal" => invoice_line_subtotal,
        "invoice_residual" => invoice_residual,
        "is_follower" => is_follower,
        "line_balance" => line_balance,
        "line_credit" => line_credit,
        "line_debit" => line_debit,
        "line_residual" => line_residual,
        "partner_complete_name" => partner_complete_name,
        "partner_share" => partner_share,
        "sale_line_remaining" => sale_line_remaining,
        "sale_line_subtotal" => sale_line_subtotal,
        "task_remaining_hours" => task_remaining_hours,
        "token_used" => token_used,
        "user_share" => user_share,
        _ => return None,
    })
}

/// What a record is called.
pub fn name_of(env: &Env, model: &'static Model, id: i64) -> String {
    match model.name {
        "res.partner" => return partner_name(env, id, 0),
        "project.task" | "crm.lead" | "helpdesk.ticket" => {}
        "res.country.state" => {
            let code = env.text("res.country", env.link(model, id, "country_id").unwrap_or(0), "code");
            return format!("{} ({code})", env.text(model.name, id, "name"));
        }
        "sale.order.line" => {
            let order = env.text("sale.order", env.link(model, id, "order_id").unwrap_or(0), "name");
            return format!("{order} - {}", env.text(model.name, id, "name"));
        }
        "product.product" => {
            let code = env.text(model.name, id, "default_code");
            let name = env.text(model.name, id, "name");
            return if code.is_empty() { name } else { format!("[{code}] {name}") };
        }
        "account.move" => {
            let name = env.text(model.name, id, "name");
            return if name.is_empty() || name == "/" { format!("Draft Entry (* {id})") } else { name };
        }
        _ => {}
    }
    let Some(field) = model.field(model.name_field) else { return format!("{},{id}", model.name) };
    match (env.value(model, id, field), field.relation().and_then(schema::find)) {
        (Value::Number(number), Some(target)) => name_of(env, target, number.as_i64().unwrap_or(0)),
        (Value::String(text), _) => text,
        (Value::Number(number), _) => number.to_string(),
        _ if model.name_field == "name" => String::new(),
        _ => format!("{},{id}", model.name),
    }
}

fn partner_name(env: &Env, id: i64, depth: usize) -> String {
    let name = env.text("res.partner", id, "name");
    let parent = env.row("res.partner", id).and_then(|row| row.get("parent_id")).and_then(Value::as_i64);
    match parent {
        Some(parent) if depth < DEPTH && !env.flag("res.partner", id, "is_company") => {
            format!("{}, {name}", env.text("res.partner", parent, "name"))
        }
        _ => name,
    }
}

fn text_or_false(text: String) -> Value {
    if text.is_empty() { json!(false) } else { json!(text) }
}

/// `display_name` of any model.
pub fn display_name(env: &Env, model: &'static Model, id: i64) -> Value {
    text_or_false(name_of(env, model, id))
}

pub fn partner_complete_name(env: &Env, _: &'static Model, id: i64) -> Value {
    text_or_false(partner_name(env, id, 0))
}

pub fn company_type(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(if env.flag("res.partner", id, "is_company") { "company" } else { "person" })
}

pub fn commercial_partner(env: &Env, _: &'static Model, id: i64) -> Value {
    let mut at = id;
    for _ in 0..DEPTH {
        if env.flag("res.partner", at, "is_company") {
            break;
        }
        match env.row("res.partner", at).and_then(|row| row.get("parent_id")).and_then(Value::as_i64) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    json!(at)
}

pub fn partner_share(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(!access::is_inside(env, id))
}

pub fn user_share(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(!access::user_has_group(env, id, schema::USER))
}

/// The sandbox's groups imply none.
pub fn all_groups(env: &Env, model: &'static Model, id: i64) -> Value {
    json!(env.links(model.name, id, "group_ids"))
}

pub fn task_remaining_hours(env: &Env, _: &'static Model, id: i64) -> Value {
    let allocated = env.number("project.task", id, "allocated_hours");
    json!(round(allocated - env.number("project.task", id, "effective_hours")))
}

fn subtotal(env: &Env, model: &str, id: i64, quantity: &str) -> Value {
    let discount = 1.0 - env.number(model, id, "discount") / 100.0;
    json!(round(env.number(model, id, quantity) * env.number(model, id, "price_unit") * discount))
}

pub fn sale_line_subtotal(env: &Env, _: &'static Model, id: i64) -> Value {
    subtotal(env, "sale.order.line", id, "product_uom_qty")
}

pub fn invoice_line_subtotal(env: &Env, _: &'static Model, id: i64) -> Value {
    subtotal(env, "account.move.line", id, "quantity")
}

/// Sales are credited and bought goods debited; the line of what is owed stands against the rest of its invoice.
fn balance(env: &Env, id: i64) -> f64 {
    const LINE: &str = "account.move.line";
    let invoice = env.row(LINE, id).and_then(|row| row.get("move_id")).and_then(Value::as_i64).unwrap_or(0);
    let sign = match env.text("account.move", invoice, "move_type").as_str() {
        "out_invoice" | "in_refund" => -1.0,
        _ => 1.0,
    };
    if env.text(LINE, id, "display_type") == "payment_term" {
        return -sign * env.number("account.move", invoice, "amount_total");
    }
    sign * env.number(LINE, id, "price_subtotal")
}

pub fn line_balance(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(round(balance(env, id)))
}

pub fn line_debit(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(round(balance(env, id).max(0.0)))
}

pub fn line_credit(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(round((-balance(env, id)).max(0.0)))
}

/// What is still owed of a line: nothing of a line that is not owed, or whose invoice is paid.
pub fn line_residual(env: &Env, _: &'static Model, id: i64) -> Value {
    const LINE: &str = "account.move.line";
    let invoice = env.row(LINE, id).and_then(|row| row.get("move_id")).and_then(Value::as_i64).unwrap_or(0);
    let owed = env.text(LINE, id, "display_type") == "payment_term" && is_open(env, invoice);
    json!(if owed { round(balance(env, id)) } else { 0.0 })
}

fn is_open(env: &Env, invoice: i64) -> bool {
    env.text("account.move", invoice, "state") != "cancel"
        && !matches!(env.text("account.move", invoice, "payment_state").as_str(), "paid" | "in_payment")
}

/// What is still owed of an invoice.
pub fn invoice_residual(env: &Env, _: &'static Model, id: i64) -> Value {
    json!(if is_open(env, id) { env.number("account.move", id, "amount_total") } else { 0.0 })
}

pub fn sale_line_remaining(env: &Env, _: &'static Model, id: i64) -> Value {
    let ordered = env.number("sale.order.line", id, "product_uom_qty");
    json!(round(ordered - env.number("sale.order.line", id, "qty_delivered")))
}

pub fn activity_record_name(env: &Env, _: &'static Model, id: i64) -> Value {
    let target = schema::find(&env.text("mail.activity", id, "res_model"));
    let record = env.row("mail.activity", id).and_then(|row| row.get("res_id")).and_then(Value::as_i64);
    match (target, record) {
        (Some(target), Some(record)) if env.exists(target.name, record) => {
            text_or_false(name_of(env, target, record))
        }
        _ => json!(false),
    }
}

/// The partners that follow a record.
pub fn follower_partners(env: &Env, model: &'static Model, id: i64) -> Value {
    json!(super::chatter::followers(env, model.name, id))
}

/// Whether the caller follows a record.
pub fn is_follower(env: &Env, model: &'static Model, id: i64) -> Value {
    json!(super::chatter::followers(env, model.name, id).contains(&env.partner()))
}

/// Whether a token was spent.
pub fn token_used(env: &Env, model: &'static Model, id: i64) -> Value {
    json!(env.text(model.name, id, "state") == "done")
}

/// Two decimals, as a currency rounds.
pub fn round(amount: f64) -> f64 {
    let rounded = (amount * 100.0).round() / 100.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}
