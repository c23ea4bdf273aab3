//! Calls that reach somebody outside Odoo, as far as model, method and arguments tell it: where Odoo has no guard, the
//! program holds them itself. It is a fence: what a module of one's own sends, or a record's state brings about, it
//! does not see. Pure.

use serde_json::Value;

use crate::operation::{Object, Operation, is_true};

const LETTER: &str = "sends messages by e-mail";
const INVOICE: &str = "sends invoices";
const SMS: &str = "sends text messages";
const MAILING: &str = "sends a mailing";
const INVITATION: &str = "sends invitations";
const LETTER_BY_POST: &str = "sends letters by post";

/// Methods that send, by model (`*` for every one).
const METHODS: &[(&str, &str, &str)] = &[
    ("*", "activity_send_mail", LETTER),
    ("*", "message_mail_with_source", LETTER),
    ("*", "message_notify", LETTER),
    ("*", "message_post_with_source", LETTER),
    ("*", "message_post_with_template", LETTER),
    ("*", "message_post_with_view", LETTER),
    ("*", "message_process", LETTER),
    ("*", "rating_send_request", LETTER),
    ("account.invoice.send", "send_and_print", INVOICE),
    ("account.invoice.send", "send_and_print_action", INVOICE),
    ("account.invoice.send", "snailmail_print_action", LETTER_BY_POST),
    ("account.move", "invoice_validate_send_email", LETTER),
    ("account.move.send", "action_send_and_print", INVOICE),
    ("account.move.send.batch.wizard", "action_send_and_print", INVOICE),
    ("account.move.send.wizard", "action_send_and_print", INVOICE),
    ("account_followup.manual_reminder", "process_followup", LETTER),
    ("applicant.get.refuse.reason", "action_refuse_reason_apply", LETTER),
    ("applicant.send.mail", "action_send", LETTER),
    ("calendar.alarm_manager", "do_mail_reminder", INVITATION),
    ("calendar.event", "action_mass_mailing", LETTER),
    ("calendar.event", "action_sendmail", INVITATION),
    ("candidate.send.mail", "action_send", LETTER),
    ("coupon.generate.wizard", "generate_coupon", LETTER),
    ("crm.lead.forward.to.partner", "action_forward", LETTER),
    ("crm.lead2opportunity.partner", "action_mail", LETTER),
    ("discuss.channel", "invite_by_email", INVITATION),
    ("event.event", "mail_attendees", LETTER),
    ("event.mail", "execute", LETTER),
    ("event.mail", "run", LETTER),
    ("event.mail", "schedule_communications", LETTER),
    ("event.mail.registration", "execute", LETTER),
    ("event.registration", "action_send_badge_email", LETTER),
    ("fleet.vehicle.send.mail", "action_send", LETTER),
    ("lunch.supplier", "action_send_orders", LETTER),
    ("mail.compose.message", "action_schedule_message", LETTER),
    ("mail.compose.message", "action_send_mail", LETTER),
    ("mail.compose.message", "send_mail", LETTER),
    ("mail.compose.message", "send_mail_action", LETTER),
    ("mail.group", "action_send_guidelines", LETTER),
    ("mail.mail", "action_retry", LETTER),
    ("mail.mail", "mark_outgoing", LETTER),
    ("mail.mail", "process_email_queue", LETTER),
    ("mail.mail", "send", LETTER),
    ("mail.mail", "send_after_commit", LETTER),
    ("mail.message", "moderate", LETTER),
    ("mail.message", "send_letter", LETTER_BY_POST),
    ("mail.message.schedule", "force_send", LETTER),
    ("mail.resend.message", "resend_mail_action", LETTER),
    ("mail.scheduled.message", "post_message", LETTER),
    ("mail.template", "send_mail", LETTER),
    ("mail.template", "send_mail_batch", LETTER),
    ("mail.wizard.invite", "add_followers", INVITATION),
    ("mailing.mailing", "action_launch", MAILING),
    ("mailing.mailing", "action_put_in_queue", MAILING),
    ("mailing.mailing", "action_put_in_queue_sms", SMS),
    ("mailing.mailing", "action_retry_failed", MAILING),
    ("mailing.mailing", "action_schedule", MAILING),
    ("mailing.mailing", "action_send_mail", MAILING),
    ("mailing.mailing", "action_send_now", MAILING),
    ("mailing.mailing", "action_send_now_sms", SMS),
    ("mailing.mailing", "action_send_sms", SMS),
    ("mailing.mailing.schedule.date", "action_schedule_date", MAILING),
    ("mailing.mailing.schedule.date", "set_schedule_date", MAILING),
    ("mailing.mailing.test", "send_mail_test", MAILING),
    ("mailing.sms.test", "action_send_sms", SMS),
    ("portal.share", "action_send_mail", INVITATION),
    ("portal.wizard", "action_apply", INVITATION),
    ("portal.wizard.user", "action_apply", INVITATION),
    ("portal.wizard.user", "action_grant_access", INVITATION),
    ("portal.wizard.user", "action_invite_again", INVITATION),
    ("pos.order", "action_receipt_to_customer", LETTER),
    ("pos.order", "action_send_receipt", LETTER),
    ("pos.order", "action_sent_receipt", LETTER),
    ("project.share.wizard", "action_send_mail", INVITATION),
    ("project.share.wizard", "action_share_record", INVITATION),
    ("purchase.order", "send_reminder_preview", LETTER),
    ("res.users", "action_reset_password", INVITATION),
    ("res.users", "action_totp_invite", INVITATION),
    ("res.users", "reset_password", INVITATION),
    ("res.users", "send_unregistered_user_reminder", INVITATION),
    ("res.users", "web_create_users", INVITATION),
    ("sale.order.cancel", "action_send_mail_and_cancel", LETTER),
    ("sign.send.request", "send_request", "sends a request for a signature"),
    ("slide.channel.invite", "action_invite", INVITATION),
    ("sms.composer", "action_send_sms", SMS),
    ("sms.composer", "action_send_sms_mass_now", SMS),
    ("sms.resend", "action_resend", SMS),
    ("sms.sms", "process_queue", SMS),
    ("sms.sms", "resend_failed", SMS),
    ("sms.sms", "send", SMS),
    ("snailmail.letter", "snailmail_print", LETTER_BY_POST),
    ("snailmail.letter.format.error", "update_resend_action", LETTER_BY_POST),
    ("snailmail.letter.missing.required.fields", "update_address_send", LETTER_BY_POST),
    ("survey.invite", "action_invite", INVITATION),
    ("whatsapp.composer", "action_send_whatsapp_template", "sends messages by WhatsApp"),
];

/// Records that are sent once they are there.
const CREATED: &[(&str, &str)] = &[
    ("event.registration", "confirms a registration by e-mail"),
    ("mail.mail", LETTER),
    ("mail.scheduled.message", LETTER),
    ("res.users", "invites a user by e-mail"),
    ("sms.sms", SMS),
    ("snailmail.letter", LETTER_BY_POST),
];

/// Of a model a field, which of its values, and what they do.
type StoredRow = (&'static str, &'static str, &'static [&'static str], &'static str);

/// Values that send when they are stored.
const STORED: &[StoredRow] = &[
    ("calendar.event", "attendee_ids", &[], INVITATION),
    ("calendar.event", "partner_ids", &[], INVITATION),
    ("calendar.event", "start", &[], "tells those who are invited of another time"),
    ("calendar.event", "start_date", &[], "tells those who are invited of another time"),
    ("mail.mail", "state", &["outgoing"], LETTER),
    ("mailing.mailing", "state", &["in_queue", "sending"], MAILING),
    ("sms.sms", "state", &["outgoing"], SMS),
];

/// Methods that make records.
const MAKERS: [&str; 6] = ["create", "copy", "load", "name_create", "web_save", "web_save_multi"];

/// Every method that sends whatever its arguments are, each with its model, or `*`.
pub fn methods() -> impl Iterator<Item = (&'static str, &'static str)> {
    METHODS.iter().map(|(model, method, _)| (*model, *method))
}

/// What a call does outside Odoo; nothing for one of which that cannot be told.
pub fn reaches(operation: &Operation) -> Option<&'static str> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    if method == "message_post" {
        return (!is_note(&operation.kwargs)).then_some(LETTER);
    }
    if method == "message_notify" && is_empty(operation.kwargs.get("partner_ids")) {
        return None;
    }
    let listed = METHODS.iter().find(|(of, name, _)| *name == method && (*of == "*" || *of == model));
    if let Some((.., why)) = listed {
        return Some(why);
    }
    let is_made = MAKERS.contains(&method);
    let made = CREATED.iter().find(|(of, _)| is_made && *of == model).map(|(_, why)| *why);
    made.or_else(|| stored(operation, is_made))
        .or_else(|| operation.context.get("send_email").filter(|value| is_true(value)).map(|_| LETTER))
}

/// What values do outside Odoo that are stored in a record of a model, be it inside the values of another; nothing for
/// those of which that cannot be told.
pub fn stores(model: &str, is_made: bool, values: &Object, context: &Object) -> Option<&'static str> {
    let made = CREATED.iter().find(|(of, _)| is_made && *of == model).map(|(_, why)| *why);
    made.or_else(|| {
        STORED.iter().find(|row| row.0 == model && sends(row, is_made, &[values], context)).map(|row| row.3)
    })
}

/// Whether a row of what sends holds for values, or for what the context gives to a new record.
fn sends(row: &StoredRow, is_made: bool, all: &[&Object], context: &Object) -> bool {
    let (_, field, which, _) = row;
    // A meeting that is new has nobody to be told of another time.
    let counts = !(is_made && field.starts_with("start"));
    counts
        && (is_made && counts_as(context.get(&format!("default_{field}")), which)
            || all.iter().any(|values| counts_as(values.get(*field), which)))
}

fn is_empty(value: Option<&Value>) -> bool {
    value.is_none_or(|value| !is_true(value))
}

/// Whether a message stays inside: a note, to nobody by name.
fn is_note(kwargs: &Object) -> bool {
    let text = |key: &str| kwargs.get(key).and_then(Value::as_str);
    let subtype = matches!(text("subtype_xmlid"), None | Some("mail.mt_note" | "mt_note" | ""))
        && is_empty(kwargs.get("subtype_id"))
        && kwargs.get("subtype_xmlid").is_none_or(|value| value.is_string() || !is_true(value));
    let kind = matches!(text("message_type"), None | Some("comment" | "notification"));
    // Channels had subscribers from outside, up to 14.
    let named = [
        "channel_ids",
        "partner_ids",
        "partner_cc_ids",
        "incoming_email_to",
        "incoming_email_cc",
        "outgoing_email_to",
    ];
    subtype && kind && named.iter().all(|key| is_empty(kwargs.get(*key)))
}

fn stored(operation: &Operation, is_made: bool) -> Option<&'static str> {
    let model = operation.model.as_str();
    let rows = STORED.iter().filter(|(of, ..)| *of == model);
    // Whatever a method calls its values: those of calendar.event and mailing.mailing have a name of their own.
    let all = operation.kwargs.values();
    let vals: Vec<&Object> = all
        .flat_map(|value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect()))
        .filter_map(Value::as_object)
        .collect();
    rows.into_iter().find_map(|row| {
        let (_, field, _, why) = row;
        // A column of an import is named by its path.
        let is_column = |column: &Value| {
            column.as_str().is_some_and(|path| path.split(['/', '.', ':']).next() == Some(*field))
        };
        let imported = operation.method == "load"
            && operation
                .kwargs
                .get("fields")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(is_column));
        let is_old = !(is_made && field.starts_with("start"));
        (imported && is_old || sends(row, is_made, &vals, &operation.context)).then_some(*why)
    })
}

/// Whether a value is one of those that send; of none that are named any that is not empty.
fn counts_as(value: Option<&Value>, which: &[&str]) -> bool {
    match value {
        Some(value) if which.is_empty() => !is_empty(Some(value)),
        Some(value) => value.as_str().is_some_and(|value| which.contains(&value)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operation::kwargs;

    fn of(model: &str, method: &str, given: Value) -> bool {
        reaches(&Operation::new(model, method, kwargs(given)).unwrap().on(vec![7])).is_some()
    }

    #[test]
    fn notes_stay_inside_and_whatever_else_is_posted_does_not() {
        for note in [
            json!({ "body": "x" }),
            json!({ "body": "x", "subtype_xmlid": "mail.mt_note", "message_type": "comment" }),
            json!({ "body": "x", "partner_ids": [], "subtype_id": false }),
        ] {
            assert!(!of("res.partner", "message_post", note.clone()), "{note}");
        }
        for letter in [
            json!({ "body": "x", "subtype_xmlid": "mail.mt_comment" }),
            json!({ "body": "x", "subtype_xmlid": 5 }),
            json!({ "body": "x", "subtype_id": 1 }),
            json!({ "body": "x", "partner_ids": [7], "subtype_xmlid": "mail.mt_note" }),
            json!({ "body": "x", "message_type": "email" }),
            json!({ "body": "x", "outgoing_email_to": "a@b.c" }),
        ] {
            assert!(of("res.partner", "message_post", letter.clone()), "{letter}");
        }
    }

    #[test]
    fn what_sends_is_held_and_what_prepares_it_is_not() {
        for (model, method, given) in [
            ("mail.compose.message", "action_send_mail", json!({})),
            ("account.invoice.send", "send_and_print_action", json!({})),
            ("account.move.send", "action_send_and_print", json!({})),
            ("sms.composer", "action_send_sms", json!({})),
            ("mailing.mailing", "action_launch", json!({})),
            ("mailing.mailing", "write", json!({ "vals": { "state": "in_queue" } })),
            ("mail.mail", "create", json!({ "vals_list": [{ "email_to": "a@b.c" }] })),
            ("res.users", "create", json!({ "vals_list": [{ "login": "a@b.c" }] })),
            (
                "calendar.event",
                "create",
                json!({ "vals_list": [{ "name": "x", "partner_ids": [[6, 0, [7]]] }] }),
            ),
            ("calendar.event", "write", json!({ "vals": { "start": "2026-01-01 10:00:00" } })),
            ("calendar.event", "write", json!({ "values": { "partner_ids": [[4, 7]] } })),
            (
                "calendar.event",
                "load",
                json!({ "fields": ["name", "partner_ids/.id"], "data": [["x", "7"]] }),
            ),
            ("mailing.mailing", "write", json!({ "values": { "state": "in_queue" } })),
            ("res.partner", "message_notify", json!({ "partner_ids": [7] })),
            ("x.own", "message_post_with_template", json!({ "template_id": 1 })),
            ("x.own", "activity_send_mail", json!({ "template_id": 1 })),
            ("res.users", "web_create_users", json!({ "emails": ["a@b.c"] })),
            ("mailing.mailing", "action_send_now_sms", json!({})),
            ("sale.order.cancel", "action_send_mail_and_cancel", json!({})),
            ("pos.order", "action_send_receipt", json!({ "email": "a@b.c" })),
        ] {
            assert!(of(model, method, given), "{model}/{method}");
        }
        for (model, method, given) in [
            ("mail.compose.message", "create", json!({ "vals_list": [{ "body": "x" }] })),
            ("mailing.mailing", "write", json!({ "vals": { "state": "draft" } })),
            ("mailing.mailing", "create", json!({ "vals_list": [{ "subject": "x" }] })),
            ("account.move", "action_post", json!({})),
            ("account.move", "action_invoice_sent", json!({})),
            ("sale.order", "action_confirm", json!({})),
            (
                "calendar.event",
                "create",
                json!({ "vals_list": [{ "name": "x", "start": "2026-01-01 10:00:00" }] }),
            ),
            ("calendar.event", "write", json!({ "vals": { "name": "x", "partner_ids": [] } })),
            ("calendar.event", "load", json!({ "fields": ["name", "location"], "data": [["x", "y"]] })),
            ("calendar.event", "write", json!({ "values": { "location": "x" } })),
            ("res.users", "write", json!({ "vals": { "name": "x" } })),
            ("res.partner", "create", json!({ "vals_list": [{ "name": "x" }] })),
            ("res.partner", "message_subscribe", json!({ "partner_ids": [7] })),
            ("res.partner", "message_notify", json!({ "partner_ids": [] })),
            ("sale.order.cancel", "action_cancel", json!({})),
            ("mail.activity", "action_feedback", json!({ "feedback": "x" })),
            ("pos.order", "read", json!({ "fields": ["name"] })),
        ] {
            assert!(!of(model, method, given), "{model}/{method}");
        }
    }

    #[test]
    fn what_a_context_fills_in_counts_where_a_record_is_made() {
        let with = |method: &str, context: Value| {
            let given = kwargs(json!({ "vals_list": [{ "name": "x" }], "vals": { "name": "x" } }));
            let mut operation = Operation::new("calendar.event", method, given).unwrap();
            operation.context = kwargs(context);
            reaches(&operation).is_some()
        };
        assert!(with("create", json!({ "default_partner_ids": [7] })));
        assert!(!with("create", json!({ "default_partner_ids": [], "default_location": "x" })));
        assert!(!with("write", json!({ "default_partner_ids": [7] })), "it is there already");
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(METHODS.is_sorted() && CREATED.is_sorted() && STORED.is_sorted());
    }
}
