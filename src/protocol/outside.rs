//! What an error of Odoo's does not roll back: letters and messages that left, calls to other services, and what a
//! method committed on its way. An error that names such a thing, or comes from such a method, proves nothing.
//! Names are those of Odoo 19.0. It sends nothing and classifies nothing else.

/// Packages whose errors mean that something was under way to another server when it failed.
const REACHES_OUT: [&str; 18] = [
    "aiohttp",
    "boto3",
    "botocore",
    "dns",
    "ftplib",
    "google",
    "http.client",
    "imaplib",
    "paramiko",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "stripe",
    "suds",
    "urllib",
    "urllib3",
];

/// Ends of class names that say the same whichever module defines them.
const OUTWARD: [&str; 8] = [
    "DeliveryException",
    "IapError",
    "InsufficientCreditError",
    "ProxyError",
    "ConnectionError",
    "TimeoutError",
    "TransportError",
    "SMTPException",
];

/// Built-in errors of sockets and files, and those by which a worker is ended wherever it stands.
const BUILTIN: [&str; 10] = [
    "BrokenPipeError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "InterruptedError",
    "OSError",
    "TimeoutError",
    "KeyboardInterrupt",
    "SystemExit",
];

/// PostgreSQL's conditions in which the connection is gone, or nobody knows what became of the transaction.
const BROKEN: [&str; 12] = [
    "AdminShutdown",
    "CannotConnectNow",
    "ConnectionDoesNotExist",
    "ConnectionException",
    "ConnectionFailure",
    "CrashShutdown",
    "DatabaseDropped",
    "IdleSessionTimeout",
    "OperatorIntervention",
    "ProtocolViolation",
    "StatementCompletionUnknown",
    "TransactionResolutionUnknown",
];

/// Whether an error by this name leaves it open what happened outside Odoo's transaction.
pub fn names_it(class: &str) -> bool {
    if let Some(builtin) = class.strip_prefix("builtins.") {
        return BUILTIN.contains(&builtin);
    }
    // The connection to PostgreSQL broke, maybe while it committed; a lock or a constraint has a name of its own.
    if matches!(class, "psycopg2.OperationalError" | "psycopg2.InterfaceError") {
        return true;
    }
    // The same by the names of SQLSTATE: class 08, 40003, and what an operator does to the server (57P).
    if class.strip_prefix("psycopg2.errors.").is_some_and(|name| BROKEN.contains(&name)) {
        return true;
    }
    // PostgreSQL's own refusals are rolled back, however they are called.
    if class.starts_with("psycopg2.") {
        return false;
    }
    let is_of = |package: &str| class.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'));
    REACHES_OUT.iter().any(|package| is_of(package)) || OUTWARD.iter().any(|end| class.ends_with(end))
}

/// Methods that commit, let letters go, or have another service do something, before they end.
const COMMITS: [(&str, &[&str]); 35] = [
    ("account.move", &["action_process_edi_web_services", "button_process_edi_web_services"]),
    ("account.move.send.batch.wizard", &["action_send_and_print"]),
    ("account.move.send.wizard", &["action_send_and_print"]),
    ("base.module.upgrade", &["upgrade_module"]),
    (
        "base.partner.merge.automatic.wizard",
        &["action_start_automatic_process", "parent_migration_process_cb"],
    ),
    ("crm.lead", &["iap_enrich"]),
    ("crm.team", &["action_assign_leads"]),
    ("data_recycle.model", &["action_recycle_records"]),
    ("delivery.carrier", &["cancel_shipment"]),
    ("digest.digest", &["action_send"]),
    ("event.mail", &["execute", "schedule_communications"]),
    ("fetchmail.server", &["fetch_mail"]),
    ("gamification.challenge", &["action_check", "action_start"]),
    ("gamification.goal", &["update_goal"]),
    ("google.calendar.account.reset", &["reset_account"]),
    ("ir.actions.server", &["run"]),
    ("ir.cron", &["method_direct_trigger"]),
    ("mail.compose.message", &["action_send_mail"]),
    ("mail.mail", &["process_email_queue", "send"]),
    ("mail.scheduled.message", &["post_message"]),
    ("mail.template", &["send_mail", "send_mail_batch"]),
    ("mailing.mailing", &["action_send_mail", "action_update_cards"]),
    ("mailing.mailing.test", &["send_mail_test"]),
    ("mailing.sms.test", &["action_send_sms"]),
    ("microsoft.calendar.account.reset", &["reset_account"]),
    ("payment.capture.wizard", &["action_capture"]),
    ("payment.refund.wizard", &["action_refund"]),
    ("payment.transaction", &["action_capture", "action_refund", "action_void"]),
    ("pos.order", &["action_pos_order_paid", "sync_from_ui"]),
    ("res.users", &["action_reset_password", "reset_password", "send_unregistered_user_reminder"]),
    ("sms.composer", &["action_send_sms", "action_send_sms_mass_now"]),
    ("sms.sms", &["resend_failed", "send"]),
    ("snailmail.letter", &["snailmail_print"]),
    ("stock.picking", &["cancel_shipment", "send_to_shipper"]),
    ("stock.rule", &["run_scheduler"]),
];

/// Beginnings of such methods on every model.
const COMMITS_EVERYWHERE: [&str; 4] =
    ["button_immediate_", "l10n_es_tbai_", "message_mail_with_source", "process_email_queue"];

/// Services of authorities and networks of invoices, by which modules name what they do there: it is reported as a
/// plain refusal of Odoo's when they fail, and what was handed in stays handed in.
const SERVICES: [&str; 10] = [
    "_edi_",
    "einvoice",
    "ewaybill",
    "myinvois",
    "nemhandel",
    "nilvera",
    "peppol",
    "sinvoice",
    "tbai",
    "verifactu",
];
/// What is done in the database alone, whatever the model is called.
const WITHIN: [&str; 7] = ["copy", "create", "load", "name_create", "unlink", "web_save", "write"];

/// Whether a method, `res.partner/write`, commits before it ends.
pub fn commits(what: &str) -> bool {
    let Some((model, method)) = what.split_once('/') else { return false };
    COMMITS_EVERYWHERE.iter().any(|begins| method.starts_with(begins))
        || COMMITS.iter().any(|(known, methods)| *known == model && methods.contains(&method))
        || (!WITHIN.contains(&method) && SERVICES.iter().any(|service| what.contains(service)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_transaction_are_told_from_those_of_other_servers() {
        for class in [
            "odoo.addons.base.models.ir_mail_server.MailDeliveryException",
            "odoo.exceptions.MailDeliveryException",
            "smtplib.SMTPServerDisconnected",
            "requests.exceptions.ReadTimeout",
            "urllib3.exceptions.ReadTimeoutError",
            "socket.timeout",
            "builtins.TimeoutError",
            "builtins.ConnectionResetError",
            "builtins.SystemExit",
            "odoo.addons.account_edi_proxy_client.models.account_edi_proxy_user.AccountEdiProxyError",
            "odoo.addons.iap.tools.iap_tools.InsufficientCreditError",
            "psycopg2.OperationalError",
            "psycopg2.errors.AdminShutdown",
            "psycopg2.errors.StatementCompletionUnknown",
        ] {
            assert!(names_it(class), "{class}");
        }
        for class in [
            "odoo.exceptions.UserError",
            "odoo.exceptions.ValidationError",
            "odoo.exceptions.AccessError",
            "odoo.exceptions.LockError",
            "odoo.exceptions.ConcurrencyError",
            "builtins.ValueError",
            "builtins.KeyError",
            "psycopg2.errors.SerializationFailure",
            "psycopg2.errors.UniqueViolation",
            "psycopg2.errors.QueryCanceled",
            "werkzeug.exceptions.NotFound",
            "odoo.addons.some_module.models.thing.ThingError",
            "requestsx.Error",
        ] {
            assert!(!names_it(class), "{class}");
        }
    }

    #[test]
    fn methods_that_commit_on_their_way_are_known() {
        assert!(COMMITS.is_sorted());
        for what in [
            "ir.cron/method_direct_trigger",
            "ir.module.module/button_immediate_install",
            "mail.mail/send",
            "account.move/l10n_hu_edi_button_update_status",
            "peppol.registration/button_register",
            "res.users/action_reset_password",
            "payment.transaction/action_capture",
            "account.move.send.wizard/action_send_and_print",
        ] {
            assert!(commits(what), "{what}");
        }
        for what in [
            "res.partner/write",
            "sale.order/action_confirm",
            "mail.mail/create",
            "/web/version",
            "myinvois.document/write",
            "stock.picking/button_validate",
            "account.move/action_post",
            "account.edi.format/create",
        ] {
            assert!(!commits(what), "{what}");
        }
    }
}
