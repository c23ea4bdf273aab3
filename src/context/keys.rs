//! Which keys of a context switch Odoo's checks or its trail off: by name where it is known, by the words of the
//! name where a module made it. The harmless ones were collected from what views, actions and wizards of Odoo 19.0
//! put into contexts themselves, and judged one by one. It refuses nothing itself.

/// What a key switches off, for keys that no rule below would find.
const PROTECTED: [(&str, &str); 45] = [
    ("__action_done", "what ends an activity"),
    ("_force_unlink", "the checks before records are deleted"),
    ("_import_current_module", "the ownership of external ids"),
    ("allow_parent_move_picked_reset", "the state of moves of stock"),
    ("allow_partners_without_mail", "the check that participants can be reached"),
    ("archive_on_error", "the errors of a clean-up"),
    ("avoid_putaway_rules", "the rules of a warehouse"),
    ("bypass_audit", "the accounting audit trail"),
    ("catalog_skip_tracking", "the trail of changes"),
    ("chart_template_load", "the checks of accounts"),
    ("data_module", "the ownership of external ids"),
    ("delay_account_group_sync", "the groups of accounts"),
    ("demo_mode", "checks that real data have to pass"),
    ("dev_mode", "checks that real data have to pass"),
    ("dynamic_unlink", "the checks before lines of entries are deleted"),
    ("fec_test_mode", "the checks of a report to the authorities"),
    ("filter_function_reset_sudo", "access rights"),
    ("force_delete", "the checks before accounting entries are deleted"),
    ("hash_version", "the chain of hashes over entries"),
    ("import_file", "checks that are for single records"),
    ("install_mode", "checks that run outside installation"),
    ("invalid_token", "the protection against forged forms"),
    ("ir_ui_view_partial_validation", "the checks of views"),
    ("l10n_in_edi_force_cancel", "the checks of the tax authority"),
    ("leave_fast_create", "the checks of time off"),
    ("login", "who signs in"),
    ("mail_activity_automation_skip", "activities that follow by themselves"),
    ("mail_catchall_write_any_to", "who may write to an alias"),
    ("mail_create_nolog", "the note that a record was created"),
    ("mail_notrack", "the trail of changed fields"),
    ("module", "the ownership of external ids"),
    ("noupdate", "the ownership of external ids"),
    ("password", "who signs in"),
    ("preserve_state", "the states that follow by themselves"),
    ("raise_if_not_found", "errors about what is missing"),
    ("raise_if_nothing_to_invoice", "errors about what is missing"),
    ("raise_on_forbidden_code_for_model", "the limits of code in the database"),
    ("sale_write_from_compute", "the checks of orders"),
    ("signup_enabled", "the sign-up checks of users"),
    ("signup_valid", "the sign-up checks of users"),
    ("studio", "the ownership of customisations"),
    ("su", "access rights"),
    ("tracking_disable", "the trail of changes and messages"),
    ("uninstall_mode", "checks that run outside uninstallation"),
    ("website_sale_loyalty_delete", "the checks before rewards are deleted"),
];

/// Words in a name by which modules call what switches something off, and what that is.
const WORDS: [(&str, &[&str]); 3] = [
    (
        "the trail of changes, as its name says",
        &["audit", "log", "logging", "nolog", "notrack", "track", "tracking"],
    ),
    (
        "a check or a rule, as its name says",
        &[
            "bypass",
            "bypassing",
            "check",
            "checked",
            "checking",
            "checks",
            "constraint",
            "constraints",
            "constrains",
            "disable",
            "disabled",
            "disables",
            "force",
            "forced",
            "forcing",
            "ignore",
            "ignored",
            "ignores",
            "ignoring",
            "install",
            "lock",
            "nocheck",
            "noconstraint",
            "novalidate",
            "override",
            "permission",
            "permissions",
            "readonly",
            "skip",
            "skipped",
            "skipping",
            "skips",
            "sudo",
            "suppress",
            "uninstall",
            "unlink",
            "unlock",
            "validate",
            "validation",
            "validations",
        ],
    ),
    // `no_vat_validation`, `do_not_check_quant`, `loyalty_no_mail`.
    ("what it names", &["no", "not", "without"]),
];

/// Names that hold such a word and are harmless: an answer to a question that Odoo asks, what a view shows, whom a
/// message reaches less, a value.
const HARMLESS: &str = "
    button_validate_picking_ids check_document_layout create_variant_never disable_toolbar force_company force_email
    force_move_lines force_price_include force_search_count forced_rate_from_register_payment
    mail_auto_subscribe_no_notify mail_create_nosubscribe mail_notify_force_send mail_post_autofollow
    no_address_format no_calendar_sync no_copy_in_partner_name no_create no_create_edit no_edit no_mail_to_attendees
    no_open no_quick_create no_timeline no_wizard not_unlink_on_discard picking_ids_not_to_backorder readonly_form
    skip_backorder skip_computed_taxes skip_consumption skip_sale_auto_invoice_send skip_sms tracking validate_analytic
    view_no_maturity";

/// Beginnings of names that give a field its default or a search its filter, whatever the field is called.
const DEFAULTS: [&str; 5] = ["active_", "default_", "group_by", "search_default_", "searchpanel_default_"];

/// What a key switches off, if it does.
pub fn switches_off(key: &str) -> Option<&'static str> {
    if let Some((_, what)) = PROTECTED.iter().find(|(name, _)| *name == key) {
        return Some(what);
    }
    let is_default = DEFAULTS.iter().any(|begins| key.starts_with(begins));
    if is_default || HARMLESS.split_ascii_whitespace().any(|harmless| harmless == key) {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let has = |words: &[&str]| lower.split(['_', '-', '.', ' ']).any(|word| words.contains(&word));
    WORDS.iter().find(|(_, words)| has(words)).map(|(what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_switches_checks_or_the_trail_off_is_found_whoever_named_it() {
        assert!(PROTECTED.is_sorted());
        for key in [
            "skip_readonly_check",
            "sale_no_log_for_new_lines",
            "no_vat_validation",
            "leave_skip_state_check",
            "allocation_skip_state_check",
            "dynamic_unlink",
            "do_not_check_quant",
            "do_not_unreserve",
            "bypass_lock_check",
            "ignore_exceptions",
            "force_delete",
            "check_translations",
            "disable_auto_revaluation",
            "my_module_skip_approval",
            "SKIP_CHECKS",
            "no_reset_password",
            "tracking_disable",
            "mail_notrack",
            "install_mode",
            "su",
        ] {
            assert!(switches_off(key).is_some(), "{key}");
        }
    }

    #[test]
    fn what_views_and_wizards_send_passes() {
        for key in [
            "active_id",
            "active_ids",
            "active_model",
            "active_test",
            "allowed_company_ids",
            "bin_size",
            "button_validate_picking_ids",
            "cancel_backorder",
            "default_force_send",
            "default_no_reply",
            "default_partner_id",
            "fill_temporal",
            "form_view_ref",
            "formatted_display_name",
            "from_project_action",
            "hide_payment_journal_id",
            "lang",
            "mail_create_nosubscribe",
            "mail_notify_author",
            "mail_post_autofollow",
            "mark_so_as_sent",
            "move_type",
            "picking_ids_not_to_backorder",
            "prefetch_fields",
            "proforma",
            "read_group_expand",
            "search_default_no_check",
            "show_address",
            "skip_backorder",
            "tz",
            "validate_analytic",
            "warehouse_id",
            "zebra",
            "notes",
            "checklist_id",
            "enforcement",
            "skipper",
            "unlinked",
        ] {
            assert_eq!(switches_off(key), None, "{key}");
        }
    }
}
