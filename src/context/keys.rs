//! Which keys of a context switch Odoo's checks or its trail off: by name where it is known, by the words of the
//! name where a module made it. Every key that Odoo 19.0 reads, and every one that its views, actions and wizards put
//! into contexts, was judged one by one: `odoo_keys.txt` is the list (`scripts/context_keys.py` makes it), and a test
//! holds the two together. A key that is not in it means nothing to Odoo itself; of a module's own the words decide,
//! and without such a word it passes: modules have keys of their own, and most of them are harmless. It refuses nothing
//! itself.

/// What a key switches off, for keys that no rule below would find.
const PROTECTED: [(&str, &str); 70] = [
    ("__action_done", "what ends an activity"),
    ("_force_unlink", "the checks before records are deleted"),
    ("_import_current_module", "the ownership of external ids"),
    ("account_unmerge_confirm", "the question before accounts are taken apart"),
    ("adding_designer_group_to_menu", "who may see what designers made"),
    ("allow_more", "the check of quantities when production is split"),
    ("allow_parent_move_picked_reset", "the state of moves of stock"),
    ("allow_partners_without_mail", "the check that participants can be reached"),
    ("archive_on_error", "the errors of a clean-up"),
    ("avoid_putaway_rules", "the rules of a warehouse"),
    ("base_url", "the address that people are sent to for signing in"),
    ("batuz_correction", "the check that an entry was already sent to the authority"),
    ("bypass_audit", "the accounting audit trail"),
    ("calendar_event_meeting_update", "what follows in the calendar by itself"),
    ("catalog_skip_tracking", "the trail of changes"),
    ("chart_template_load", "the checks of accounts"),
    ("commit_gamification", "the rollback of what fails"),
    ("compute_all_use_raw_base_lines", "the rounding of taxes"),
    ("cron_id", "what is for scheduled jobs alone"),
    ("data_module", "the ownership of external ids"),
    ("delay_account_group_sync", "the groups of accounts"),
    ("delay_token_charge", "payments that follow by themselves"),
    ("demo_mode", "checks that real data have to pass"),
    ("dev_mode", "checks that real data have to pass"),
    ("domain_bounce_address", "where letters that cannot be delivered go"),
    ("domain_notifications_email", "the sender of letters"),
    ("dont_notify", "the checks of calendars that are kept alike"),
    ("dynamic_unlink", "the checks before lines of entries are deleted"),
    ("error_1117", "what is declared to the tax authority"),
    ("fec_test_mode", "the checks of a report to the authorities"),
    ("fetchmail_cron_running", "jobs that follow by themselves"),
    ("fifo_qty_already_processed", "the valuation of stock"),
    ("filter_function_reset_sudo", "access rights"),
    ("force_delete", "the checks before accounting entries are deleted"),
    ("hash_version", "the chain of hashes over entries"),
    ("import_file", "checks that are for single records"),
    ("install_mode", "checks that run outside installation"),
    ("invalid_token", "the protection against forged forms"),
    ("ir_ui_view_partial_validation", "the checks of views"),
    ("is_payment", "the numbering of entries"),
    ("is_statement_line", "the journals of an entry"),
    ("l10n_in_edi_force_cancel", "the checks of the tax authority"),
    ("leave_fast_create", "the checks of time off"),
    ("login", "who signs in"),
    ("mail_activity_automation_skip", "activities that follow by themselves"),
    ("mail_catchall_aliases", "who may be written to"),
    ("mail_catchall_write_any_to", "who may write to an alias"),
    ("mail_create_nolog", "the note that a record was created"),
    ("mail_notrack", "the trail of changed fields"),
    ("module", "the ownership of external ids"),
    ("move_reverse_cancel", "entries of stock that follow by themselves"),
    ("mrp_subcontracting", "what follows for subcontractors by itself"),
    ("noupdate", "the ownership of external ids"),
    ("password", "who signs in"),
    ("preserve_state", "the states that follow by themselves"),
    ("raise_if_not_found", "errors about what is missing"),
    ("raise_if_nothing_to_invoice", "errors about what is missing"),
    ("raise_on_forbidden_code_for_model", "the limits of code in the database"),
    ("round_base", "the rounding of taxes"),
    ("salary_simulation", "what follows for an employee by itself"),
    ("sale_write_from_compute", "the checks of orders"),
    ("send_validated_to", "the check of the addresses of letters"),
    ("signup_enabled", "the sign-up checks of users"),
    ("signup_valid", "the sign-up checks of users"),
    ("studio", "the ownership of customisations"),
    ("su", "access rights"),
    ("sync_contract_dates", "the checks of contracts"),
    ("tracking_disable", "the trail of changes and messages"),
    ("uninstall_mode", "checks that run outside uninstallation"),
    ("website_sale_loyalty_delete", "the checks before rewards are deleted"),
];

/// Words in a name by which modules call what switches something off, and what that is.
const WORDS: [(&str, &[&str]); 5] = [
    (
        "the trail of changes, as its name says",
        &["audit", "log", "logging", "nolog", "notrack", "track", "tracking"],
    ),
    ("access rights, as its name says", &["sudo", "superuser", "unrestricted"]),
    ("the rollback of what fails, as its name says", &["autocommit", "commit"]),
    (
        "a check or a rule, as its name says",
        &[
            "allow",
            "allows",
            "avoid",
            "avoids",
            "bypass",
            "bypassed",
            "bypasses",
            "bypassing",
            "circumvent",
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
            "exempt",
            "exempted",
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
            "omit",
            "override",
            "permission",
            "permissions",
            "prevent",
            "prevents",
            "readonly",
            "skip",
            "skipped",
            "skipping",
            "skips",
            "suppress",
            "unchecked",
            "uninstall",
            "unlink",
            "unlock",
            "validate",
            "validation",
            "validations",
        ],
    ),
    // `no_vat_validation`, `do_not_check_quant`, `loyalty_no_mail`.
    ("what it names", &["dont", "no", "not", "without"]),
];

/// Names that hold such a word and are harmless: an answer to a question that Odoo asks, what a view shows, whom a
/// message reaches less, a value.
const HARMLESS: &str = "
    allow_composer allow_search_matching_applicants batches_to_validate button_validate_picking_ids
    check_document_layout create_variant_never disable_abnormal_invoice_detection disable_toolbar
    dont_redirect_to_payments email_notification_allow_footer email_notification_allow_header
    email_notification_force_footer email_notification_force_header force_company force_email force_move_lines
    force_price_include force_search_count forced_rate_from_register_payment hide_allow_billable
    mail_auto_subscribe_no_notify mail_create_nosubscribe mail_notify_force_send mail_post_autofollow
    no_address_format no_breadcrumbs no_calendar_sync no_copy_in_partner_name no_create no_create_application_button
    no_create_edit no_edit no_mail_to_attendees no_open no_quick_create no_timeline
    no_variant_attributes_price_extra no_wizard not_unlink_on_discard picking_ids_not_to_backorder readonly_form
    skip_backorder skip_computed_taxes skip_consumption skip_sale_auto_invoice_send skip_sms tracking
    validate_analytic view_no_maturity website_sale_no_images";

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
    let words = words(key);
    let found = |word: &str| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(what, _)| *what);
    words.iter().find_map(|word| found(word).or_else(|| found(in_two(word)?)))
}

/// The words of a name: `skip_check`, `skip-check` and `skipCheck` have the same.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in key.chars() {
        let is_edge = before.is_ascii_lowercase() && character.is_ascii_uppercase();
        if is_edge || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The second of two such words that are written as one, `skipcheck`.
fn in_two(word: &str) -> Option<&str> {
    let known = |part: &str| WORDS.iter().any(|(_, words)| words.contains(&part));
    (2..word.len())
        .filter_map(|at| word.split_at_checked(at))
        .find(|(left, right)| known(left) && known(right))
        .map(|(_, right)| right)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list: `-` before what is refused.
    fn judged() -> impl Iterator<Item = (bool, &'static str)> {
        let lines = include_str!("odoo_keys.txt").lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.strip_prefix('-').map_or((false, line), |key| (true, key)))
    }

    #[test]
    fn every_key_that_odoo_knows_is_judged_as_the_list_says() {
        assert!(judged().count() > 800);
        for (is_refused, key) in judged() {
            assert_eq!(switches_off(key).is_some(), is_refused, "{key}");
        }
    }

    #[test]
    fn what_switches_checks_or_the_trail_off_is_found_whoever_named_it() {
        assert!(PROTECTED.is_sorted());
        for name in PROTECTED.iter().map(|(name, _)| *name).chain(HARMLESS.split_ascii_whitespace()) {
            assert!(judged().any(|(_, key)| key == name), "{name} is in no list");
        }
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
            "skipChecks",
            "skip-checks",
            "skip.checks",
            "skipcheck",
            "NoCheck",
            "my_module_forceunlink",
            "x_allow_closed_period",
            "autocommit",
            "dont_validate",
            "as_superuser",
            "cron_id",
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
            "notebook_page",
            "logo",
            "location_id",
            "checkout_date",
            "allowance_ids",
            "installment",
            "commitment_date",
            "nothing",
            "sudoku",
            "my_module_show_margin",
            "x_studio_origin",
            "is_from_portal",
        ] {
            assert_eq!(switches_off(key), None, "{key}");
        }
    }
}
