//! What the buttons of wizards do to records of other models (Odoo 19.0; older names where they were others): who denies
//! that denies the way there. A button that is not here only runs something.

/// A model, and the methods whose work is done to its records; an empty name where the wizard itself holds which.
pub type Work = (&'static str, &'static [&'static str]);

/// A wizard, its button and what that does.
type Row = (&'static str, &'static str, &'static [Work]);

const CREATE: &[&str] = &["create"];
const WRITE: &[&str] = &["write"];
const UNLINK: &[&str] = &["unlink"];
const INVOICE: Work = ("account.move", CREATE);
const ENTRY: Work = ("account.move", &["create", "action_post"]);
const PAYMENT: Work = ("account.payment", &["create", "action_post"]);
const PASSWORD: Work = ("res.users", &["write", "change_password"]);
const RIGHTS: Work = ("res.users", WRITE);
const ACCOUNT: Work = ("res.users", &["create", "write"]);
const KEY: Work = ("res.users.apikeys", CREATE);
const MODULES: Work = ("ir.module.module", &["write", "button_immediate_install"]);
const GONE: Work = ("ir.module.module", &["write", "button_immediate_uninstall", "module_uninstall"]);
const TERMS: Work = ("res.lang", &["create", "write"]);

const ROWS: &[Row] = &[
    ("account.accrued.orders.wizard", "create_entries", &[ENTRY]),
    ("account.automatic.entry.wizard", "do_action", &[ENTRY]),
    ("account.debit.note", "create_debit", &[INVOICE]),
    ("account.merge.wizard", "action_merge", &[("account.account", &["write", "unlink"])]),
    ("account.move.reversal", "modify_moves", &[ENTRY]),
    ("account.move.reversal", "refund_moves", &[ENTRY]),
    ("account.move.reversal", "reverse_moves", &[ENTRY]),
    ("account.payment.register", "action_create_payments", &[PAYMENT]),
    ("account.resequence.wizard", "resequence", &[("account.move", WRITE)]),
    ("account.secure.entries.wizard", "action_secure_entries", &[("account.move", WRITE)]),
    ("account.update.tax.tags.wizard", "update_amls_tax_tags", &[("account.move.line", WRITE)]),
    ("applicant.get.refuse.reason", "action_refuse_reason_apply", &[("hr.applicant", WRITE)]),
    ("auth.passkey.key.create", "make_key", &[("auth.passkey.key", CREATE)]),
    ("auth_totp.wizard", "enable", &[RIGHTS]),
    ("base.document.layout", "document_layout_save", &[("res.company", WRITE)]),
    ("base.import.module", "import_module", &[MODULES]),
    ("base.language.import", "import_lang", &[TERMS]),
    ("base.language.install", "lang_install", &[TERMS]),
    ("base.module.install.review", "action_install_module", &[MODULES]),
    ("base.module.uninstall", "action_uninstall", &[GONE]),
    ("base.module.update", "update_module", &[("ir.module.module", &["update_list"])]),
    ("base.module.upgrade", "upgrade_module", &[MODULES, GONE]),
    ("base.partner.merge.automatic.wizard", "action_merge", &[("res.partner", &["write", "unlink"])]),
    (
        "base.partner.merge.automatic.wizard",
        "action_start_automatic_process",
        &[("res.partner", &["write", "unlink"])],
    ),
    (
        "base.partner.merge.automatic.wizard",
        "action_update_all_process",
        &[("res.partner", &["write", "unlink"])],
    ),
    (
        "base.partner.merge.automatic.wizard",
        "parent_migration_process_cb",
        &[("res.partner", &["write", "unlink"])],
    ),
    ("bill.to.po.wizard", "action_add_to_po", &[("purchase.order", &["create", "write"])]),
    ("calendar.popover.delete.wizard", "action_delete", &[("calendar.event", UNLINK)]),
    ("calendar.popover.delete.wizard", "action_send_mail_and_delete", &[("calendar.event", UNLINK)]),
    ("calendar.popover.delete.wizard", "close", &[("calendar.event", UNLINK)]),
    ("change.password.own", "change_password", &[PASSWORD]),
    ("change.password.user", "change_password_button", &[PASSWORD]),
    ("change.password.wizard", "change_password_button", &[PASSWORD]),
    ("change.production.qty", "change_prod_qty", &[("mrp.production", WRITE)]),
    ("choose.delivery.carrier", "button_confirm", &[("sale.order", WRITE)]),
    ("crm.lead.lost", "action_lost_reason_apply", &[("crm.lead", &["write", "action_set_lost"])]),
    (
        "crm.lead2opportunity.partner",
        "action_apply",
        &[("crm.lead", &["write", "unlink"]), ("res.partner", CREATE)],
    ),
    (
        "crm.lead2opportunity.partner.mass",
        "action_mass_convert",
        &[("crm.lead", &["write", "unlink"]), ("res.partner", CREATE)],
    ),
    (
        "crm.lead2opportunity.partner.mass",
        "mass_convert",
        &[("crm.lead", &["write", "unlink"]), ("res.partner", CREATE)],
    ),
    ("crm.merge.opportunity", "action_merge", &[("crm.lead", &["write", "unlink"])]),
    ("crm.quotation.partner", "action_apply", &[("crm.lead", WRITE), ("res.partner", CREATE)]),
    ("google.calendar.account.reset", "reset_account", &[("calendar.event", UNLINK), ("res.users", WRITE)]),
    ("hr.departure.wizard", "action_register_departure", &[("hr.employee", WRITE), ("hr.leave", UNLINK)]),
    ("hr.employee.delete.wizard", "action_archive", &[("hr.employee", WRITE)]),
    ("hr.employee.delete.wizard", "action_confirm_delete", &[("hr.employee", UNLINK)]),
    ("hr.expense.approve.duplicate", "action_approve", &[("hr.expense", &["write", "action_approve"])]),
    ("hr.expense.post.wizard", "action_post_entry", &[ENTRY, ("hr.expense", &["write", "action_post"])]),
    ("hr.expense.refuse.wizard", "action_refuse", &[("hr.expense", &["write", "action_refuse"])]),
    ("hr.expense.split.wizard", "action_split_expense", &[("hr.expense", &["create", "write"])]),
    ("hr.holidays.cancel.leave", "action_cancel_leave", &[("hr.leave", &["write", "action_cancel"])]),
    (
        "hr.leave.allocation.generate.multi.wizard",
        "action_generate_allocations",
        &[("hr.leave.allocation", &["create", "action_approve"])],
    ),
    (
        "hr.leave.generate.multi.wizard",
        "action_generate_time_off",
        &[("hr.leave", &["create", "action_approve"])],
    ),
    ("loyalty.card.update.balance", "action_update_card_point", &[("loyalty.card", WRITE)]),
    ("loyalty.generate.wizard", "generate_coupons", &[("loyalty.card", CREATE)]),
    ("mail.activity.schedule", "action_schedule_activities", &[("mail.activity", CREATE)]),
    ("mail.activity.schedule", "action_schedule_activities_done", &[("mail.activity", CREATE)]),
    ("mail.activity.schedule", "action_schedule_plan", &[("mail.activity", CREATE)]),
    ("mail.blacklist.remove", "action_unblacklist_apply", &[("mail.blacklist", WRITE)]),
    ("mail.compose.message", "create_mail_template", &[("mail.template", CREATE)]),
    ("mail.template.reset", "reset_template", &[("mail.template", WRITE)]),
    ("mailing.contact.import", "action_import", &[("mailing.contact", &["create", "write"])]),
    ("mailing.contact.to.list", "action_add_contacts", &[("mailing.contact", WRITE)]),
    ("mailing.list.merge", "action_mailing_lists_merge", &[("mailing.list", &["create", "write"])]),
    (
        "microsoft.calendar.account.reset",
        "reset_account",
        &[("calendar.event", UNLINK), ("res.users", WRITE)],
    ),
    ("mrp.production.backorder", "action_backorder", &[("mrp.production", &["create", "button_mark_done"])]),
    ("mrp.production.backorder", "action_close_mo", &[("mrp.production", &["write", "button_mark_done"])]),
    ("mrp.production.split", "action_split", &[("mrp.production", &["create", "write"])]),
    ("payment.capture.wizard", "action_capture", &[("payment.transaction", &["create", "write"])]),
    ("payment.refund.wizard", "action_refund", &[("payment.transaction", CREATE)]),
    ("phone.blacklist.remove", "action_unblacklist_apply", &[("phone.blacklist", WRITE)]),
    ("portal.wizard", "action_apply", &[ACCOUNT]),
    ("portal.wizard.user", "action_apply", &[ACCOUNT]),
    ("portal.wizard.user", "action_grant_access", &[ACCOUNT]),
    ("portal.wizard.user", "action_invite_again", &[RIGHTS]),
    ("portal.wizard.user", "action_revoke_access", &[RIGHTS]),
    ("pos.close.session.wizard", "close_session", &[("pos.session", WRITE), ENTRY]),
    ("pos.make.invoice", "action_create_invoices", &[ENTRY]),
    ("pos.make.payment", "check", &[("pos.payment", CREATE), ("pos.order", WRITE)]),
    ("privacy.lookup.wizard.line", "action_archive_all", &[("", WRITE)]),
    ("privacy.lookup.wizard.line", "action_unlink", &[("", UNLINK)]),
    ("privacy.lookup.wizard.line", "action_unlink_all", &[("", UNLINK)]),
    (
        "project.project.stage.delete.wizard",
        "action_archive",
        &[("project.project.stage", WRITE), ("project.project", WRITE)],
    ),
    ("project.project.stage.delete.wizard", "action_unlink", &[("project.project.stage", UNLINK)]),
    ("project.share.wizard", "action_share_record", &[("project.project", WRITE)]),
    (
        "project.task.type.delete.wizard",
        "action_archive",
        &[("project.task.type", WRITE), ("project.task", WRITE)],
    ),
    (
        "project.task.type.delete.wizard",
        "action_confirm",
        &[("project.task.type", WRITE), ("project.task", WRITE)],
    ),
    ("project.task.type.delete.wizard", "action_unlink", &[("project.task.type", UNLINK)]),
    ("project.template.create.wizard", "create_project_from_template", &[("project.project", CREATE)]),
    (
        "purchase.requisition.alternative.warning",
        "action_cancel_alternatives",
        &[("purchase.order", &["write", "button_cancel", "button_confirm"])],
    ),
    ("purchase.requisition.create.alternative", "action_create_alternative", &[("purchase.order", CREATE)]),
    ("res.config.settings", "execute", &[MODULES, ("res.company", WRITE), ("ir.config_parameter", WRITE)]),
    (
        "res.config.settings",
        "set_values",
        &[("res.company", WRITE), ("ir.config_parameter", WRITE), ("ir.default", WRITE)],
    ),
    ("res.users.apikeys.description", "make_key", &[KEY]),
    ("reset.view.arch.wizard", "reset_view_button", &[("ir.ui.view", WRITE)]),
    ("sale.advance.payment.inv", "create_invoices", &[INVOICE]),
    ("sale.loyalty.coupon.wizard", "action_apply", &[("sale.order", WRITE)]),
    ("sale.loyalty.reward.wizard", "action_apply", &[("sale.order", WRITE)]),
    ("sale.mass.cancel.orders", "action_mass_cancel", &[("sale.order", &["write", "action_cancel"])]),
    ("sale.order.cancel", "action_cancel", &[("sale.order", &["write", "action_cancel"])]),
    ("sale.order.cancel", "action_send_mail_and_cancel", &[("sale.order", &["write", "action_cancel"])]),
    ("sale.order.discount", "action_apply_discount", &[("sale.order.line", &["create", "write"])]),
    ("server.action.history.wizard", "restore_revision", &[("ir.actions.server", WRITE)]),
    ("sms.template.reset", "reset_template", &[("sms.template", WRITE)]),
    ("stock.backorder.confirmation", "process", &[("stock.picking", &["create", "button_validate"])]),
    (
        "stock.backorder.confirmation",
        "process_cancel_backorder",
        &[("stock.picking", &["write", "button_validate"])],
    ),
    ("stock.immediate.transfer", "process", &[("stock.picking", &["write", "button_validate"])]),
    (
        "stock.inventory.adjustment.name",
        "action_apply",
        &[("stock.quant", &["write", "action_apply_inventory"])],
    ),
    ("stock.inventory.conflict", "action_keep_counted_quantity", &[("stock.quant", WRITE)]),
    ("stock.inventory.conflict", "action_keep_difference", &[("stock.quant", WRITE)]),
    ("stock.inventory.warning", "action_reset", &[("stock.quant", WRITE)]),
    ("stock.inventory.warning", "action_set", &[("stock.quant", WRITE)]),
    ("stock.orderpoint.snooze", "action_snooze", &[("stock.warehouse.orderpoint", WRITE)]),
    ("stock.picking.to.batch", "attach_pickings", &[("stock.picking", WRITE)]),
    ("stock.quant.relocate", "action_relocate_quants", &[("stock.quant", WRITE)]),
    ("stock.return.picking", "action_create_exchanges", &[("stock.picking", CREATE)]),
    ("stock.return.picking", "action_create_returns", &[("stock.picking", CREATE)]),
    ("stock.return.picking", "action_create_returns_all", &[("stock.picking", CREATE)]),
    ("stock.return.picking", "create_returns", &[("stock.picking", CREATE)]),
    ("stock.warn.insufficient.qty.scrap", "action_cancel", &[("stock.scrap", UNLINK)]),
    ("stock.warn.insufficient.qty.scrap", "action_done", &[("stock.scrap", &["write", "action_validate"])]),
    ("update.product.attribute.value", "action_confirm", &[("product.product", WRITE)]),
    ("validate.account.move", "validate_move", &[("account.move", &["write", "action_post"])]),
    ("wizard.ir.model.menu.create", "menu_create", &[("ir.ui.menu", CREATE)]),
];

/// What a button of a wizard does to others.
pub fn works(model: &str, method: &str) -> &'static [Work] {
    let found = ROWS.binary_search_by_key(&(model, method), |row| (row.0, row.1));
    found.ok().and_then(|at| ROWS.get(at)).map_or(&[], |row| row.2)
}

/// Whether it takes some of them away.
pub fn takes_away(model: &str, method: &str) -> bool {
    works(model, method).iter().any(|(_, methods)| methods.contains(&"unlink"))
}

/// Every button that is known, each with its wizard.
pub fn every_button() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROWS.iter().map(|row| (row.0, row.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_says_what_is_done() {
        assert!(ROWS.is_sorted_by_key(|row| (row.0, row.1)));
        assert!(
            ROWS.iter().all(|row| row.2.iter().all(|(_, methods)| !methods.is_empty()) && !row.2.is_empty())
        );
        assert_eq!(works("sale.advance.payment.inv", "create_invoices"), [INVOICE]);
        assert!(works("sale.advance.payment.inv", "view_draft_invoices").is_empty());
        assert!(takes_away("crm.lead2opportunity.partner", "action_apply"));
        assert!(!takes_away("portal.wizard.user", "action_revoke_access"));
    }
}
