//! The way to what a field refuses: where a value that Odoo would lose, or that would go behind its back, has its
//! proper place. A table and the words for it; whether a value is refused is `values.rs`'s.

use serde_json::{Value, json};

use super::Check;
use crate::json_input::type_name;
use crate::operation::{Object, Operation};
use crate::render::shell::quoted;

/// Model, field, and what to do in its place.
const WAYS: [(&str, &str, &str); 21] = [
    (
        "account.move",
        "amount_residual",
        "it is paid by a payment: create account.payment.register with --context-json '{\"active_model\": \"account.move\", \"active_ids\": [ID]}', then call account.payment.register action_create_payments",
    ),
    ("account.move", "amount_tax", "it follows from the taxes of its lines: invoice_line_ids"),
    ("account.move", "amount_total", "it follows from the prices of its lines: invoice_line_ids"),
    (
        "account.move",
        "payment_state",
        "it is paid by a payment: create account.payment.register with --context-json '{\"active_model\": \"account.move\", \"active_ids\": [ID]}', then call account.payment.register action_create_payments",
    ),
    (
        "mail.activity",
        "state",
        "an activity is done with call mail.activity action_feedback --ids ID; otherwise it follows from date_deadline",
    ),
    (
        "product.product",
        "virtual_available",
        "stock is counted in stock.quant: inventory_quantity, then call stock.quant action_apply_inventory",
    ),
    (
        "product.product",
        "free_qty",
        "stock is counted in stock.quant: inventory_quantity, then call stock.quant action_apply_inventory",
    ),
    (
        "product.template",
        "virtual_available",
        "stock is counted in stock.quant: inventory_quantity, then call stock.quant action_apply_inventory",
    ),
    (
        "project.task",
        "effective_hours",
        "hours are logged as account.analytic.line, with task_id and unit_amount",
    ),
    (
        "project.task",
        "remaining_hours",
        "hours are logged as account.analytic.line, with task_id and unit_amount; the plan is allocated_hours",
    ),
    (
        "project.task",
        "total_hours_spent",
        "hours are logged as account.analytic.line, with task_id and unit_amount",
    ),
    ("purchase.order", "amount_total", "it follows from the prices of its lines: order_line"),
    ("sale.order", "amount_total", "it follows from the prices of its lines: order_line"),
    ("sale.order", "amount_untaxed", "it follows from the prices of its lines: order_line"),
    (
        "sale.order",
        "invoice_status",
        "an order is invoiced by create sale.advance.payment.inv, then call sale.advance.payment.inv create_invoices",
    ),
    ("sale.order.line", "price_subtotal", "it follows from price_unit, product_uom_qty and discount"),
    (
        "stock.lot",
        "product_qty",
        "stock is counted in stock.quant: inventory_quantity with lot_id, then call stock.quant action_apply_inventory",
    ),
    (
        "stock.move",
        "state",
        "moves are made by their transfer: call stock.picking button_validate --ids ID, with the quantity of each move in quantity",
    ),
    (
        "stock.quant",
        "available_quantity",
        "write inventory_quantity, then call stock.quant action_apply_inventory --ids ID",
    ),
    (
        "stock.quant",
        "quantity",
        "write inventory_quantity, the quantity that was counted, then call stock.quant action_apply_inventory --ids ID: that makes the move",
    ),
    (
        "stock.quant",
        "reserved_quantity",
        "call stock.picking action_assign reserves, do_unreserve takes back",
    ),
];

/// What to do in place of writing this field.
pub fn instead(check: &Check, model: &str, name: &str, vals: &Object) -> Option<String> {
    if model == "mail.activity" && matches!(name, "res_model" | "res_model_id") {
        return activity(check, vals);
    }
    WAYS.iter().find(|(of, field, _)| *of == model && *field == name).map(|(_, _, way)| (*way).to_string())
}

/// An activity stands on a record, and is made there.
fn activity(check: &Check, vals: &Object) -> Option<String> {
    let model = vals.get("res_model")?.as_str()?;
    let id = vals.get("res_id").and_then(Value::as_i64).map_or("ID".to_string(), |id| id.to_string());
    let taken = ["activity_type_id", "date_deadline", "note", "summary", "user_id"];
    let data: Object =
        taken.into_iter().filter_map(|key| Some((key.to_string(), vals.get(key)?.clone()))).collect();
    let data = match data.is_empty() {
        true => String::new(),
        false => format!(" --data-json {}", quoted(&Value::Object(data).to_string())),
    };
    Some(format!("{} call {model} activity_schedule --ids {id}{data}", check.program))
}

/// No field takes an object of texts, though translated ones are kept as one.
pub fn translations(
    check: &Check,
    operation: &Operation,
    model: &str,
    field: &Value,
    name: &str,
    value: &Value,
) -> Vec<String> {
    let language = |key: &str| -> Option<String> {
        let (letters, rest) = key.split_at_checked(2)?;
        let is_one = letters.bytes().all(|byte| byte.is_ascii_lowercase())
            && (rest.is_empty() || rest.starts_with(['_', '-', '@']));
        is_one.then(|| key.replace('-', "_"))
    };
    let texts: Option<Object> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, text)| Some((language(key)?, text.clone())))
        .collect();
    let Some(texts) = texts.filter(|texts| !texts.is_empty()) else { return Vec::new() };
    if field["translate"] == false {
        return vec![format!("{name} has one text for all languages: write it as a string")];
    }
    let first = texts.keys().next().cloned().unwrap_or_default();
    let mut hints =
        vec![format!("one write for each language, with --context-json '{{\"lang\": \"{first}\"}}'")];
    let ids = operation.ids.as_deref().unwrap_or_default();
    if operation.model == model && !ids.is_empty() && field["type"] != "html" {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        let data = json!({ "field_name": name, "translations": texts });
        hints.push(format!(
            "or all at once: {} call {model} update_field_translations --ids {} --data-json {}",
            check.program,
            ids.join(" "),
            quoted(&data.to_string())
        ));
    }
    hints
}

/// A record described by its values in place of its id: the lookup that finds it.
pub fn described(check: &Check, relation: &str, object: &Object) -> Option<String> {
    let keys = ["name", "display_name", "email", "login", "code", "default_code", "ref", "vat"];
    let (key, value) = keys.iter().find_map(|key| Some((*key, object.get(*key)?.as_str()?)))?;
    let relation = if relation.is_empty() { "MODEL" } else { relation };
    Some(match key {
        "name" | "display_name" => format!("{} lookup {relation} {} --one", check.program, quoted(value)),
        _ => format!(
            "{} search-read {relation} --domain {}",
            check.program,
            quoted(&json!([[key, "=", value]]).to_string())
        ),
    })
}

/// What a value is, for a refusal.
pub fn is_what(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        other => type_name(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted_by_model() {
        assert!(super::WAYS.iter().map(|(model, _, _)| *model).is_sorted());
    }
}
