//! The keywords of well-known methods (Odoo 19.0), above all of those that take any keyword (`**kwargs`) and
//! would swallow a misspelt one. Tables and one rule; other methods are Odoo's to judge.

use super::{Check, refused};
use crate::error::Result;
use crate::hint::Hint;
use crate::operation::Operation;
use crate::suggest::closest;

/// Methods that take any keyword, and the keywords that mean something to them.
const SWALLOWING: [(&str, &[&str]); 4] = [
    (
        "activity_schedule",
        &[
            "act_type_xmlid",
            "active",
            "activity_type_id",
            "automated",
            "calendar_event_id",
            "chaining_type",
            "date_deadline",
            "note",
            "previous_activity_type_id",
            "recommended_activity_type_id",
            "request_partner_id",
            "summary",
            "user_id",
        ],
    ),
    ("message_notify", &MESSAGE),
    ("message_post", &MESSAGE),
    ("search_read", &["domain", "fields", "offset", "limit", "order", "load"]),
];

/// `message_post`: its own parameters, the fields of a message that it accepts, and those of its notifications,
/// with what sms, rating and discuss add.
const MESSAGE: [&str; 53] = [
    "attachment_ids",
    "attachment_tokens",
    "attachments",
    "author_guest_id",
    "author_id",
    "body",
    "body_is_html",
    "canned_response_ids",
    "create_date",
    "date",
    "email_add_signature",
    "email_from",
    "email_layout_xmlid",
    "force_email_company",
    "force_email_lang",
    "force_record_name",
    "force_send",
    "incoming_email_cc",
    "incoming_email_to",
    "is_internal",
    "mail_activity_type_id",
    "mail_auto_delete",
    "mail_server_id",
    "message_id",
    "message_type",
    "model_description",
    "notify_author",
    "notify_author_mention",
    "notify_skip_followers",
    "outgoing_email_to",
    "parent_id",
    "partner_ids",
    "put_in_queue",
    "rating_feedback",
    "rating_id",
    "rating_value",
    "record_alias_domain_id",
    "record_company_id",
    "reply_to",
    "reply_to_force_new",
    "role_ids",
    "scheduled_date",
    "send_after_commit",
    "silent",
    "skip_existing",
    "sms_content",
    "sms_numbers",
    "sms_pid_to_number",
    "special_mentions",
    "subject",
    "subtitles",
    "subtype_id",
    "subtype_xmlid",
];

/// What only `message_notify` takes besides.
const NOTIFY: [&str; 2] = ["model", "res_id"];

/// Parameters of methods that refuse unknown keywords themselves: only for suggestions afterwards.
const KNOWN: [(&str, &[&str]); 20] = [
    ("action_archive", &[]),
    ("copy", &["default"]),
    ("create", &["vals_list"]),
    ("default_get", &["fields"]),
    ("export_data", &["fields_to_export"]),
    ("fields_get", &["allfields", "attributes"]),
    ("formatted_read_group", &["domain", "groupby", "aggregates", "having", "offset", "limit", "order"]),
    ("has_access", &["operation"]),
    ("load", &["fields", "data"]),
    ("message_subscribe", &["partner_ids", "subtype_ids"]),
    ("message_unsubscribe", &["partner_ids"]),
    ("name_create", &["name"]),
    ("name_search", &["name", "domain", "operator", "limit"]),
    ("read", &["fields", "load"]),
    ("read_group", &["domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"]),
    ("search", &["domain", "offset", "limit", "order"]),
    ("search_count", &["domain", "limit"]),
    ("unlink", &[]),
    ("web_search_read", &["domain", "specification", "offset", "limit", "order", "count_limit"]),
    ("write", &["vals"]),
];

/// Other names under which people know a keyword.
const CALLED: [(&str, &str); 14] = [
    ("args", "domain"),
    ("count", "limit"),
    ("criteria", "domain"),
    ("data", "vals"),
    ("filter", "domain"),
    ("filters", "domain"),
    ("html", "body_is_html"),
    ("max", "limit"),
    ("message", "body"),
    ("order_by", "order"),
    ("orderby", "order"),
    ("recipients", "partner_ids"),
    ("sort", "order"),
    ("subtype", "subtype_xmlid"),
];

/// Refuses a keyword that would be swallowed.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let method = operation.method.as_str();
    let Some((_, takes)) = SWALLOWING.iter().find(|(name, _)| *name == method) else { return Ok(()) };
    for key in operation.kwargs.keys() {
        let known = takes.contains(&key.as_str())
            || check.is_forced(key)
            || (method == "message_notify" && NOTIFY.contains(&key.as_str()))
            || (method == "activity_schedule" && key.starts_with("x_"));
        if known {
            continue;
        }
        let error = refused(format!("{method} has no keyword {key}, and would not say so"));
        return Err(match meant(key, takes) {
            Some(close) => error.with_hint(format!("did you mean {close}?")),
            None if takes.len() < 15 => error.with_hint(format!("{method} takes {}", takes.join(", "))),
            None => error
                .with_hint(Hint::new("if a module of yours takes it: ").with("force_fields", key.as_str())),
        });
    }
    Ok(())
}

/// The parameters of a method, if it is known.
pub fn of(method: &str) -> Option<&'static [&'static str]> {
    SWALLOWING.iter().chain(KNOWN.iter()).find(|(name, _)| *name == method).map(|(_, takes)| *takes)
}

/// Every method that is known here, for suggestions.
pub fn methods() -> impl Iterator<Item = &'static str> {
    SWALLOWING.iter().chain(KNOWN.iter()).map(|(name, _)| *name)
}

/// The keyword that was meant.
pub fn meant<'a>(key: &str, takes: &[&'a str]) -> Option<&'a str> {
    let called = CALLED.iter().find(|(other, _)| *other == key).map(|(_, name)| *name);
    // `vals` is vals_list for create.
    takes
        .iter()
        .copied()
        .find(|name| called == Some(*name))
        .or_else(|| closest(key, takes.iter().copied()))
        .or(match takes {
            [only] if matches!(key, "vals" | "values" | "data" | "records") => Some(*only),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_keywords_find_what_was_meant() {
        let search_read = of("search_read").unwrap();
        for (given, wanted) in
            [("domian", "domain"), ("feilds", "fields"), ("filter", "domain"), ("orderby", "order")]
        {
            assert_eq!(meant(given, search_read), Some(wanted));
        }
        assert_eq!(meant("values", of("create").unwrap()), Some("vals_list"));
    }
}
