//! What older Odoos, and people, call methods that Odoo 19.0 calls otherwise. Each pair was held against a 19.0 with
//! every usual app: the first does not exist there, the second does.

use crate::knowledge::Version;

/// Of which model (`*` for every one), as it is called elsewhere, as it is called in 19.0, and the first version that
/// calls it so; the oldest where none is known that did not.
const RENAMED: [(&str, &str, &str, Version); 81] = [
    ("*", "add", "create", 14),
    ("*", "add_comment", "message_post", 14),
    ("*", "add_note", "message_post", 14),
    ("*", "archive", "action_archive", 14),
    ("*", "check_access_right", "has_access", 14),
    ("*", "count", "search_count", 14),
    ("*", "create_activity", "activity_schedule", 14),
    ("*", "delete", "unlink", 14),
    ("*", "destroy", "unlink", 14),
    ("*", "duplicate", "copy", 14),
    ("*", "export", "export_data", 14),
    ("*", "fields_view_get", "get_views", 17),
    ("*", "find", "search_read", 14),
    ("*", "get", "read", 14),
    ("*", "import_data", "load", 14),
    ("*", "insert", "create", 14),
    ("*", "list", "search_read", 14),
    ("*", "load_views", "get_views", 17),
    ("*", "message_post_with_template", "message_post_with_source", 17),
    ("*", "message_post_with_view", "message_post_with_source", 17),
    ("*", "message_subscribe_users", "message_subscribe", 14),
    ("*", "message_unsubscribe_users", "message_unsubscribe", 14),
    ("*", "post_message", "message_post", 14),
    ("*", "read_group", "formatted_read_group", 19),
    ("*", "remove", "unlink", 14),
    ("*", "schedule_activity", "activity_schedule", 14),
    ("*", "search_panel_select_multi", "search_panel_select_multi_range", 14),
    ("*", "search_read_group", "formatted_read_group", 14),
    ("*", "send_message", "message_post", 14),
    ("*", "toggle_archive", "action_archive", 14),
    ("*", "unarchive", "action_unarchive", 14),
    ("account.move", "action_cancel", "button_cancel", 14),
    ("account.move", "action_draft", "button_draft", 14),
    ("account.move", "action_invoice_cancel", "button_cancel", 14),
    ("account.move", "action_invoice_draft", "button_draft", 14),
    ("account.move", "action_invoice_open", "action_post", 14),
    ("account.move", "button_validate", "action_post", 14),
    ("account.move", "invoice_open", "action_post", 14),
    ("account.move", "invoice_validate", "action_post", 14),
    ("account.move", "post", "action_post", 14),
    ("account.payment", "action_validate_invoice_payment", "action_post", 14),
    ("account.payment", "cancel", "action_cancel", 14),
    ("account.payment", "post", "action_post", 14),
    ("crm.lead", "action_mark_lost", "action_set_lost", 14),
    ("crm.lead", "action_mark_won", "action_set_won_rainbowman", 14),
    ("crm.lead", "case_mark_lost", "action_set_lost", 14),
    ("crm.lead", "case_mark_won", "action_set_won_rainbowman", 14),
    ("hr.expense", "action_submit_expenses", "action_submit", 19),
    ("hr.expense", "action_submit_sheet", "action_submit", 14),
    ("hr.expense", "approve_expense_sheets", "action_approve", 14),
    ("hr.expense", "refuse_expense", "action_refuse", 17),
    ("hr.leave", "action_confirm", "action_approve", 19),
    ("hr.leave", "action_draft", "action_back_to_approval", 18),
    ("hr.leave", "action_validate", "action_approve", 19),
    ("hr.leave", "holidays_refuse", "action_refuse", 14),
    ("hr.leave", "holidays_validate", "action_approve", 14),
    ("hr.leave.allocation", "action_confirm", "action_approve", 17),
    ("hr.leave.allocation", "action_validate", "action_approve", 19),
    ("ir.model.data", "get_object_reference", "check_object_reference", 14),
    ("ir.model.data", "xmlid_to_object", "check_object_reference", 14),
    ("ir.model.data", "xmlid_to_res_id", "check_object_reference", 15),
    ("mrp.production", "action_done", "button_mark_done", 14),
    ("mrp.production", "post_inventory", "button_mark_done", 14),
    ("purchase.order", "action_cancel", "button_cancel", 14),
    ("purchase.order", "action_confirm", "button_confirm", 14),
    ("purchase.order", "action_invoice_create", "action_create_invoice", 14),
    ("purchase.order", "purchase_confirm", "button_confirm", 14),
    ("purchase.order", "wkf_confirm_order", "button_confirm", 14),
    ("sale.order", "action_button_confirm", "action_confirm", 14),
    ("sale.order", "action_done", "action_lock", 17),
    ("sale.order", "action_wait", "action_confirm", 14),
    ("sale.order", "order_confirm", "action_confirm", 14),
    ("stock.picking", "action_done", "button_validate", 14),
    ("stock.picking", "button_confirm", "action_confirm", 14),
    ("stock.picking", "do_new_transfer", "button_validate", 14),
    ("stock.picking", "do_transfer", "button_validate", 14),
    ("stock.picking", "draft_force_assign", "action_confirm", 14),
    ("stock.picking", "force_assign", "action_assign", 14),
    ("stock.picking", "process", "button_validate", 14),
    ("stock.quant", "action_validate", "action_apply_inventory", 14),
    ("stock.quant", "apply", "action_apply_inventory", 14),
];

/// The method that had another name before, of this model or of every one.
pub fn renamed(model: &str, name: &str) -> Option<&'static str> {
    let of =
        |wanted: &str| RENAMED.iter().find(|(of, old, ..)| *of == wanted && *old == name).map(|row| row.2);
    of(model).or_else(|| of("*"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{NEWEST, OLDEST};

    #[test]
    fn the_table_is_sorted_and_without_a_name_that_stays() {
        assert!(RENAMED.is_sorted());
        assert!(RENAMED.iter().all(|(_, old, now, since)| old != now && (OLDEST..=NEWEST).contains(since)));
        let now = |model, name| renamed(model, name);
        assert_eq!(now("res.partner", "import_data"), Some("load"));
        assert_eq!(now("account.move", "post"), Some("action_post"));
        assert_eq!(now("sale.order", "post"), None);
    }
}
