//! Where a value that Odoo would lose, or that would go behind its back, has its proper place.

/// Model, field, and what to do in its place; `{ids}` and `{context}` stand for the records and the context that name
/// them, which each surface has its own words for.
const WAYS: [(&str, &str, &str); 21] = [
    (
        "account.move",
        "amount_residual",
        "it is paid by a payment: create account.payment.register with {context}, then call account.payment.register action_create_payments",
    ),
    ("account.move", "amount_tax", "it follows from the taxes of its lines: invoice_line_ids"),
    ("account.move", "amount_total", "it follows from the prices of its lines: invoice_line_ids"),
    (
        "account.move",
        "payment_state",
        "it is paid by a payment: create account.payment.register with {context}, then call account.payment.register action_create_payments",
    ),
    (
        "mail.activity",
        "state",
        "an activity is done with call mail.activity action_feedback {ids}; otherwise it follows from date_deadline",
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
        "moves are made by their transfer: call stock.picking button_validate {ids}, with the quantity of each move in quantity",
    ),
    (
        "stock.quant",
        "available_quantity",
        "write inventory_quantity, then call stock.quant action_apply_inventory {ids}",
    ),
    (
        "stock.quant",
        "quantity",
        "write inventory_quantity, the quantity that was counted, then call stock.quant action_apply_inventory {ids}: that makes the move",
    ),
    (
        "stock.quant",
        "reserved_quantity",
        "call stock.picking action_assign reserves, do_unreserve takes back",
    ),
];

/// What to do in place of writing this field.
pub fn way(model: &str, name: &str) -> Option<&'static str> {
    WAYS.iter().find(|(of, field, _)| *of == model && *field == name).map(|(_, _, way)| *way)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted_by_model() {
        assert!(super::WAYS.iter().map(|(model, ..)| *model).is_sorted());
    }
}
