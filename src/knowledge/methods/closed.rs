//! Methods that nobody may call from outside, and the open way to the same.

use crate::knowledge::Version;

/// Methods of every model that Odoo opens to nobody (`@api.private`).
const CLOSED: [(&str, &str); 23] = [
    ("browse", "read"),
    ("check_access", "has_access"),
    ("concat", ""),
    ("ensure_one", ""),
    ("exists", "search_count"),
    ("fetch", "read"),
    ("filtered", "search_read"),
    ("filtered_domain", "search_read"),
    ("grouped", "formatted_read_group"),
    ("invalidate_model", ""),
    ("invalidate_recordset", ""),
    ("lock_for_update", ""),
    ("mapped", "read"),
    ("new", "create"),
    ("search_fetch", "search_read"),
    ("sorted", "search_read"),
    ("sudo", ""),
    ("union", ""),
    ("update", "write"),
    ("with_company", "context allowed_company_ids"),
    ("with_context", "context"),
    ("with_env", ""),
    ("with_user", ""),
];

/// The first version that closes them.
const CLOSED_SINCE: Version = 19;

/// Methods that Odoo itself closes with an underscore, and the open way to the same.
const UNDERSCORED: [(&str, &str, &str); 6] = [
    ("account.move", "_post", "action_post"),
    ("account.move", "_reverse_moves", "a wizard: create account.move.reversal, then refund_moves"),
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
    let underscored =
        || UNDERSCORED.iter().find(|(of, name, _)| *of == model && *name == method).map(|(_, _, open)| *open);
    known.or_else(underscored).or_else(|| method.starts_with('_').then_some(""))
}
