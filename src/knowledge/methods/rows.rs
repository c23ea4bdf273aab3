//! The rows, sorted by name, model and version. What is said of a version was held against its source (16 to 19), or
//! seen on a server of it (14, 15); 20 is taken for 19 where nothing else is known.

use super::Access::{Read, Write};
use super::Others::{PassedOn, Swallowed};
use super::Role::{
    Aggregates, Columns, Domain, Draft, Exported, Fields, GroupOrder, GroupSpecification, Groups, Having,
    Order, Panel, Plain, ProgressBar, Shown, Specification, Sums, Terms, Translations, Values,
};
use super::Scope::{AnyRecords, Model, Records};
use super::{Answer, Argument, Form, Method};
use crate::knowledge::NEWEST;
use crate::knowledge::models::CONFIRMATIONS;

const fn row(name: &'static str, access: super::Access, scope: super::Scope) -> Method {
    Method::new(name, access, scope)
}

const fn plain(name: &'static str) -> Argument {
    Argument::new(name, Plain)
}

const fn named(name: &'static str) -> Argument {
    plain(name).by_name()
}

const fn text(name: &'static str) -> Argument {
    plain(name).holds(Form::Text)
}

const SUBTYPE: Argument = named("subtype_xmlid").holds(Form::Subtype);
const BODY: Argument = text("body").by_name();
const SUBJECT: Argument = text("subject").by_name();
const DEADLINE: Argument = plain("date_deadline").holds(Form::Day);

const fn terms(name: &'static str) -> Argument {
    Argument::new(name, Terms)
}

const fn shown(name: &'static str) -> Argument {
    Argument::new(name, Shown)
}

const DOMAIN: Argument = Argument::new("domain", Domain);
const FIELDS: Argument = Argument::new("fields", Fields);
const LIMIT: Argument = plain("limit");
const OFFSET: Argument = plain("offset");
const ORDER: Argument = Argument::new("order", Order);
const SPECIFICATION: Argument = Argument::new("specification", Specification);
const GROUPS: Argument = Argument::new("groupby", Groups);
const AGGREGATES: Argument = Argument::new("aggregates", Aggregates);
const VALS: Argument = Argument::new("vals", Values);
const VALS_LIST: Argument = Argument::new("vals_list", Values);
const GROUP_ORDER: Argument = Argument::new("order", GroupOrder);
/// The field whose values a search panel lists.
const PANEL: Argument = Argument::new("field_name", Panel);
const HAVING: Argument = Argument::new("having", Having);
/// What `read_group` calls its aggregates.
const SUMS: Argument = Argument::new("fields", Sums);
/// Columns of an import.
const COLUMNS: Argument = Argument::new("fields", Columns);

/// What `read_group` and those before it took.
const GROUPED: &[Argument] = &[DOMAIN, SUMS, GROUPS, OFFSET, LIMIT, terms("orderby"), plain("lazy")];

/// Fields of an activity beside those that `activity_schedule` names.
const ACTIVITY: &[&str] = &[
    "active",
    "automated",
    "calendar_event_id",
    "chaining_type",
    "previous_activity_type_id",
    "recommended_activity_type_id",
    "request_partner_id",
];

/// Fields of a message that `message_post` accepts beside what it names, and those of its notifications, with what
/// sms, rating and discuss add.
const MESSAGE: &[&str] = &[
    "attachment_tokens",
    "author_guest_id",
    "canned_response_ids",
    "create_date",
    "date",
    "email_add_signature",
    "email_layout_xmlid",
    "force_email_company",
    "force_email_lang",
    "force_record_name",
    "force_send",
    "is_internal",
    "mail_activity_type_id",
    "mail_auto_delete",
    "mail_server_id",
    "message_id",
    "model_description",
    "notify_author",
    "notify_author_mention",
    "notify_skip_followers",
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
    "subtitles",
];

/// Keywords of a message, which has no arguments by position.
const POSTED: &[Argument] = &[
    named("attachment_ids").to("ir.attachment"),
    named("attachments"),
    named("author_id").to("res.partner"),
    BODY,
    named("body_is_html").since(17),
    named("email_from"),
    named("incoming_email_cc").since(19),
    named("incoming_email_to").since(19),
    named("message_type"),
    named("outgoing_email_to").since(19),
    named("parent_id").to("mail.message"),
    named("partner_cc_ids").to("res.partner").since(20),
    named("partner_ids").to("res.partner"),
    SUBJECT,
    named("subtype_id").to("mail.message.subtype"),
    SUBTYPE,
    named("tracking_values").since(20),
];

const NOTIFIED: &[Argument] = &[
    named("attachment_ids").to("ir.attachment"),
    named("attachments"),
    named("author_id").to("res.partner"),
    BODY,
    named("email_from"),
    named("model"),
    named("partner_ids").to("res.partner"),
    named("res_id"),
    SUBJECT,
    named("subtype_id").to("mail.message.subtype"),
    SUBTYPE,
];

/// What `message_post` names and `message_notify` accepts all the same.
const POSTED_ONLY: &[&str] = &[
    "body_is_html",
    "incoming_email_cc",
    "incoming_email_to",
    "message_type",
    "outgoing_email_to",
    "parent_id",
];

/// The first arguments of what is done with activities of some types.
const TYPES: Argument = plain("act_type_xmlids");
const USER: Argument = plain("user_id").to("res.users");
const AUTOMATED: Argument = plain("only_automated").since(19);

/// New records by one answer in every version, but that JSON-RPC may give a number or text.
const fn records(number_until: u8, text_until: u8) -> Answer {
    Answer::Records { number_until, text_until }
}

pub const ROWS: &[Method] = &[
    row("action_archive", Write, Records).answers(Answer::Nothing),
    row("action_feedback", Write, Records)
        .of("mail.activity")
        .takes(&[text("feedback"), plain("attachment_ids").to("ir.attachment")]),
    row("action_unarchive", Write, Records).answers(Answer::Nothing),
    row("activity_feedback", Write, Records).takes(&[
        TYPES,
        USER,
        text("feedback"),
        plain("attachment_ids").to("ir.attachment"),
        AUTOMATED,
    ]),
    row("activity_reschedule", Write, Records).takes(&[
        TYPES,
        USER,
        DEADLINE,
        plain("new_user_id").to("res.users"),
        AUTOMATED,
    ]),
    row("activity_schedule", Write, Records)
        .takes(&[
            plain("act_type_xmlid").holds(Form::ActivityType),
            DEADLINE,
            text("summary"),
            plain("note").holds(Form::Html),
            named("activity_type_id").to("mail.activity.type"),
            named("user_id").to("res.users"),
        ])
        .others(Swallowed(&[ACTIVITY]))
        .answers(records(0, 18)),
    row("activity_unlink", Write, Records).takes(&[TYPES, USER, AUTOMATED]),
    row("address_get", Read, AnyRecords).of("res.partner").takes(&[plain("adr_pref")]),
    row("check_access_rights", Read, Model).takes(&[plain("operation"), plain("raise_exception")]),
    row("check_access_rule", Read, AnyRecords).takes(&[plain("operation")]).answers(Answer::Nothing),
    row("context_get", Read, Model).of("res.users"),
    row("copy", Write, Records).takes(&[Argument::new("default", Values)]).answers(records(17, 0)),
    row("copy_data", Read, Records).takes(&[plain("default")]),
    row("create", Write, Model).takes(&[VALS_LIST]).answers(records(NEWEST, 0)),
    row("default_get", Read, Model).takes(&[shown("fields").formerly("fields_list", 18)]),
    row("display_name_for", Read, Model).of("ir.model").takes(&[plain("models")]).since(16),
    row("execute_import", Write, Records)
        .of("base_import.import")
        .takes(&[COLUMNS, plain("columns"), plain("options"), plain("dryrun")])
        .answers(Answer::Import),
    row("exists", Read, AnyRecords).until(18),
    row("export_data", Write, Records).takes(&[Argument::new("fields_to_export", Exported)]),
    row("fields_get", Read, Model).takes(&[plain("allfields"), plain("attributes")]),
    row("fields_view_get", Read, Model)
        .takes(&[plain("view_id"), plain("view_type"), plain("toolbar"), plain("submenu")])
        .until(16),
    row("formatted_read_group", Read, Model)
        .takes(&[DOMAIN, GROUPS, AGGREGATES, HAVING, OFFSET, LIMIT, GROUP_ORDER])
        .since(19),
    row("formatted_read_grouping_sets", Read, Model)
        .takes(&[DOMAIN, terms("grouping_sets"), Argument::new("aggregates", Sums), terms("order").by_name()])
        .since(19),
    row("get_available_models", Read, Model).of("ir.model").since(16),
    row("get_external_id", Read, Records),
    row("get_field_translations", Read, Records).takes(&[terms("field_name"), plain("langs")]).since(16),
    row("get_formview_action", Read, AnyRecords).takes(&[plain("access_uid")]),
    row("get_formview_id", Read, AnyRecords).takes(&[plain("access_uid")]),
    row("get_installed", Read, Model).of("res.lang"),
    row("get_metadata", Read, Records),
    row("get_view", Read, Model).takes(&[plain("view_id"), plain("view_type")]).others(PassedOn).since(16),
    row("get_views", Read, Model).takes(&[plain("views"), plain("options")]).since(16),
    row("guard_status", Read, Model).of(CONFIRMATIONS),
    row("has_access", Read, AnyRecords).takes(&[plain("operation")]).since(18),
    row("has_group", Read, Model).of("res.users").takes(&[plain("group_ext_id")]).until(17),
    row("has_group", Read, AnyRecords).of("res.users").takes(&[plain("group_ext_id")]).since(18),
    row("has_groups", Read, AnyRecords).of("res.users").takes(&[plain("group_spec")]).since(18),
    row("load", Write, Model).takes(&[COLUMNS, plain("data")]).answers(Answer::Import),
    row("load_views", Read, Model).takes(&[plain("views"), plain("options")]).until(16),
    row("message_mail_with_source", Write, Records)
        .takes(&[plain("source_ref"), named("auto_commit"), named("message_type"), named("render_values")])
        .others(PassedOn)
        .since(17),
    row("message_notify", Write, AnyRecords)
        .takes(NOTIFIED)
        .others(Swallowed(&[MESSAGE, POSTED_ONLY]))
        .answers(records(18, 0)),
    row("message_post", Write, Records).takes(POSTED).others(Swallowed(&[MESSAGE])).answers(records(18, 0)),
    row("message_post_with_source", Write, Records)
        .takes(&[
            plain("source_ref"),
            named("message_type"),
            named("render_values"),
            named("subtype_id").to("mail.message.subtype"),
            SUBTYPE,
        ])
        .others(PassedOn)
        .since(17),
    row("message_post_with_template", Write, Records)
        .takes(&[plain("template_id"), plain("email_layout_xmlid"), plain("auto_commit")])
        .others(PassedOn)
        .until(16),
    row("message_post_with_view", Write, Records)
        .takes(&[plain("views_or_xmlid")])
        .others(PassedOn)
        .until(16),
    row("message_subscribe", Write, Records).takes(&[
        plain("partner_ids").to("res.partner"),
        plain("channel_ids").until(14),
        plain("subtype_ids").to("mail.message.subtype"),
    ]),
    row("message_unsubscribe", Write, Records)
        .takes(&[plain("partner_ids").to("res.partner"), plain("channel_ids").until(14)]),
    row("name_create", Write, Model).takes(&[text("name")]),
    row("name_get", Read, Records).until(17),
    row("name_search", Read, Model).takes(&[
        plain("name"),
        DOMAIN.formerly("args", 18),
        plain("operator"),
        LIMIT,
    ]),
    row("onchange", Write, AnyRecords)
        .takes(&[Argument::new("values", Draft), terms("field_name"), plain("field_onchange")])
        .until(16),
    row("onchange", Write, AnyRecords)
        .takes(&[
            Argument::new("values", Draft),
            shown("field_names"),
            Argument::new("fields_spec", Specification),
        ])
        .since(17),
    row("read", Read, Records).takes(&[FIELDS, plain("load")]),
    row("read_group", Read, Model).takes(GROUPED).until(19),
    row("read_group", Read, Model)
        .takes(&[DOMAIN, GROUPS, AGGREGATES, HAVING, OFFSET, LIMIT, GROUP_ORDER])
        .since(20),
    row("read_progress_bar", Read, Model).takes(&[
        DOMAIN,
        terms("group_by"),
        Argument::new("progress_bar", ProgressBar),
    ]),
    row("request_manifest", Read, Model).of(CONFIRMATIONS).takes(&[plain("request_uuid")]),
    row("request_status", Read, Model).of(CONFIRMATIONS).takes(&[plain("request_uuid")]),
    row("search", Read, Model).takes(&[
        DOMAIN.formerly("args", 15),
        OFFSET,
        LIMIT,
        ORDER,
        plain("count").until(16),
    ]),
    row("search_count", Read, Model).takes(&[DOMAIN.formerly("args", 15), LIMIT.since(16)]),
    row("search_fetch", Read, Model)
        .takes(&[DOMAIN, shown("field_names"), OFFSET, LIMIT, ORDER])
        .since(17)
        .until(18),
    row("search_panel_select_multi_range", Read, Model).takes(&[PANEL]).others(PassedOn),
    row("search_panel_select_range", Read, Model).takes(&[PANEL]).others(PassedOn),
    row("search_read", Read, Model)
        .takes(&[DOMAIN, FIELDS, OFFSET, LIMIT, ORDER])
        .others(Swallowed(&[&["load"]])),
    row("toggle_active", Write, Records).answers(Answer::Nothing),
    row("unlink", Write, Records).answers(Answer::True),
    row("update_field_translations", Write, Records)
        .takes(&[
            plain("field_name"),
            Argument::new("translations", Translations),
            plain("source_lang").since(18),
        ])
        .since(16),
    row("user_has_groups", Read, Model).takes(&[plain("groups")]).until(17),
    row("web_name_search", Read, Model)
        .takes(&[plain("name"), SPECIFICATION, DOMAIN, plain("operator"), LIMIT])
        .since(19),
    row("web_read", Read, Records).takes(&[SPECIFICATION]).since(17),
    row("web_read_group", Read, Model)
        .takes(&[
            DOMAIN,
            SUMS,
            GROUPS,
            LIMIT,
            OFFSET,
            terms("orderby"),
            plain("lazy"),
            plain("expand").until(16),
            plain("expand_limit").until(16),
            terms("expand_orderby").until(16),
        ])
        .until(18),
    row("web_read_group", Read, Model)
        .takes(&[
            DOMAIN,
            GROUPS,
            AGGREGATES,
            LIMIT,
            OFFSET,
            terms("order"),
            named("auto_unfold"),
            Argument::new("groupby_read_specification", GroupSpecification).by_name(),
            named("opening_info"),
            named("unfold_read_default_limit"),
            Argument::new("unfold_read_specification", Specification).by_name(),
        ])
        .since(19),
    row("web_save", Write, AnyRecords).takes(&[VALS, SPECIFICATION, plain("next_id")]).since(17),
    row("web_save_multi", Write, Records).takes(&[VALS_LIST, SPECIFICATION]).since(19),
    row("web_search_read", Read, Model)
        .takes(&[DOMAIN, FIELDS, OFFSET, LIMIT, ORDER, plain("count_limit")])
        .until(16),
    row("web_search_read", Read, Model)
        .takes(&[DOMAIN, SPECIFICATION, OFFSET, LIMIT, ORDER, plain("count_limit")])
        .since(17),
    row("write", Write, Records).takes(&[VALS]).answers(Answer::True),
];
