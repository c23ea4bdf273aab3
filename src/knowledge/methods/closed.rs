//! Methods that nobody may call from outside, and the open way to the same.

use crate::knowledge::Version;

/// Methods of every model that Odoo opens to nobody (`@api.private`).
const CLOSED: [(&str, &str); 29] = [
    ("browse", "read"),
    ("check_access", "has_access"),
    ("concat", ""),
    ("ensure_one", ""),
    ("exists", "search_count"),
    ("fetch", "read"),
    ("filtered", "search_read"),
    ("filtered_domain", "search_read"),
    ("flush_model", ""),
    ("flush_recordset", ""),
    ("grouped", "formatted_read_group"),
    ("init", ""),
    ("invalidate_model", ""),
    ("invalidate_recordset", ""),
    ("lock_for_update", ""),
    ("mapped", "read"),
    ("modified", ""),
    ("new", "create"),
    ("search_fetch", "search_read"),
    ("sorted", "search_read"),
    ("sudo", ""),
    ("try_lock_for_update", ""),
    ("union", ""),
    ("update", "write"),
    ("with_company", "context allowed_company_ids"),
    ("with_context", "context"),
    ("with_env", ""),
    ("with_prefetch", ""),
    ("with_user", ""),
];

/// The first version that closes them.
const CLOSED_SINCE: Version = 19;

/// No key prints a report; of an invoice a wizard makes the file.
const REPORT: &str = "to a person who is signed in: /report/pdf/REPORT/IDS of this Odoo; the file of an invoice is made by a wizard: create account.move.send.wizard with \"sending_methods\": [\"manual\"] and the invoice as active_model and active_ids of the context, then action_send_and_print, then read invoice_pdf_report_file of account.move";

/// Methods that Odoo itself closes with an underscore, and the open way to the same.
const UNDERSCORED: [(&str, &str, &str); 16] = [
    ("*", "_create", "create"),
    ("*", "_read_format", "read"),
    ("*", "_read_group", "formatted_read_group"),
    ("*", "_search", "search_read"),
    ("*", "_write", "write"),
    ("account.move", "_post", "action_post"),
    ("account.move", "_reverse_moves", "a wizard: create account.move.reversal, then refund_moves"),
    ("ir.actions.report", "_render", REPORT),
    ("ir.actions.report", "_render_qweb_html", REPORT),
    ("ir.actions.report", "_render_qweb_pdf", REPORT),
    ("ir.model.data", "_xmlid_lookup", "check_object_reference"),
    ("ir.model.data", "_xmlid_to_res_id", "check_object_reference"),
    ("sale.order", "_create_invoices", "a wizard: create sale.advance.payment.inv, then create_invoices"),
    ("stock.move", "_action_done", "button_validate of its stock.picking"),
    ("stock.picking", "_action_done", "button_validate"),
    ("stock.quant", "_update_available_quantity", "inventory_quantity, then action_apply_inventory"),
];

/// The entries of XML-RPC, which are no methods of a model.
pub const ENTRIES: [&str; 4] = ["execute", "execute_kw", "exec_workflow", "call_kw"];

/// The open way to what a closed method does, empty where there is none; nothing for a method that is open.
pub fn closed(model: &str, method: &str, version: Version) -> Option<&'static str> {
    let is_it = |name: &str| name == method && version >= CLOSED_SINCE;
    let known = CLOSED.iter().find(|(name, _)| is_it(name)).map(|(_, open)| *open);
    let underscored = || {
        UNDERSCORED
            .iter()
            .find(|(of, name, _)| *name == method && (*of == "*" || *of == model))
            .map(|(_, _, open)| *open)
    };
    // A button is the open door to the method of the same name.
    let button =
        || crate::knowledge::states::buttons(model).find(|button| method.strip_prefix('_') == Some(*button));
    known.or_else(underscored).or_else(button).or_else(|| method.starts_with('_').then_some(""))
}
