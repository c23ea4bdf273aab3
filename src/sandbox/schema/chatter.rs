//! Messages, followers, activities, attachments, mails, templates, and the fields that a
//! chatter adds to a model. Data only. What posting does is in `chatter`; a new field is
//! one entry here.

use super::{
    Field, FieldType, Model, Preset, SYSTEM, Source, Sql, USER, binary, boolean, char, date, datetime, field,
    html, integer, many2many, many2one, model, one2many, reference, selection, text,
};
use crate::sandbox::computed;

pub(super) const THREAD_FIELDS: &[Field] = &[
    field("message_ids", "Messages", FieldType::Thread("mail.message")),
    field("message_follower_ids", "Followers", FieldType::Thread("mail.followers")),
    many2many("message_partner_ids", "Followers (Partners)", "res.partner")
        .from(Source::Computed(computed::follower_partners))
        .sql(Sql::Search)
        .writable(),
    boolean("message_is_follower", "Is Follower")
        .from(Source::Computed(computed::is_follower))
        .sql(Sql::Search),
    field("activity_ids", "Activities", FieldType::Thread("mail.activity")),
];

const MESSAGE_TYPES: &[(&str, &str)] = &[
    ("email", "Incoming Email"),
    ("comment", "Comment"),
    ("email_outgoing", "Outgoing Email"),
    ("notification", "System notification"),
    ("auto_comment", "Automated Targeted Notification"),
    ("user_notification", "User Specific Notification"),
];

pub(super) const MODELS: &[Model] = &[
    Model { name_field: "", rights: &[(USER, "r")], ..model("mail.thread", "Email Thread", "mail") },
    Model {
        order: "id desc",
        name_field: "record_name",
        rights: &[(USER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("subject", "Subject"),
            datetime("date", "Date").preset(Preset::Now),
            html("body", "Contents"),
            char("model", "Related Document Model"),
            reference("res_id", "Related Document ID"),
            char("record_name", "Message Record Name").sql(Sql::None),
            selection("message_type", "Type", MESSAGE_TYPES).required().preset(Preset::Text("comment")),
            many2one("subtype_id", "Subtype", "mail.message.subtype"),
            boolean("is_internal", "Employee Only"),
            char("email_from", "From"),
            many2one("author_id", "Author", "res.partner"),
            many2many("partner_ids", "Recipients", "res.partner"),
            many2many("attachment_ids", "Attachments", "ir.attachment"),
            many2one("parent_id", "Parent Message", "mail.message"),
            one2many("child_ids", "Child Messages", "mail.message", "parent_id"),
        ],
        ruled: true,
        ..model("mail.message", "Message", "mail")
    },
    Model {
        order: "sequence, id",
        fields: &[
            char("name", "Message Type").required().translated(),
            text("description", "Description").translated(),
            boolean("internal", "Internal Only"),
            integer("sequence", "Sequence").preset(Preset::Number(1)),
        ],
        ..model("mail.message.subtype", "Message subtypes", "mail")
    },
    Model {
        name_field: "partner_id",
        unique: &[(
            &["res_model", "res_id", "partner_id"],
            "Error, a partner cannot follow twice the same object.",
        )],
        fields: &[
            char("res_model", "Related Document Model Name").required(),
            reference("res_id", "Related Document ID"),
            many2one("partner_id", "Related Partner", "res.partner").required().cascade(),
            many2many("subtype_ids", "Subtype", "mail.message.subtype"),
        ],
        log: &[],
        ..model("mail.followers", "Document Followers", "mail")
    },
    Model {
        order: "date_deadline ASC, id ASC",
        name_field: "summary",
        rights: &[(USER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("res_model", "Related Document Model").shown_readonly(),
            reference("res_id", "Related Document ID"),
            char("res_name", "Document Name")
                .from(Source::Computed(computed::activity_record_name))
                .sql(Sql::Column),
            many2one("activity_type_id", "Activity Type", "mail.activity.type").restrict(),
            char("summary", "Summary"),
            html("note", "Note"),
            date("date_deadline", "Due Date").required().preset(Preset::Today),
            many2one("user_id", "Assigned to", "res.users")
                .required()
                .preset(Preset::User)
                .shown_required(false),
            boolean("automated", "Automated activity").shown_readonly(),
            boolean("active", "Active").preset(Preset::True),
            text("feedback", "Feedback"),
            date("date_done", "Done Date").shown_readonly(),
        ],
        ruled: true,
        ..model("mail.activity", "Activity", "mail")
    },
    Model {
        order: "sequence, id",
        fields: &[
            char("name", "Name").required().translated(),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            char("icon", "Icon"),
        ],
        ..model("mail.activity.type", "Activity Type", "mail")
    },
    Model {
        order: "name",
        rights: &[(USER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").translated(),
            many2one("model_id", "Applies to", "ir.model"),
            char("model", "Related Document Model").from(Source::Related("model_id.model")).sql(Sql::Column),
            char("subject", "Subject").translated(),
            html("body_html", "Body").translated(),
            char("email_to", "To (Emails)"),
            char("email_cc", "Cc"),
            boolean("active", "Active").preset(Preset::True),
        ],
        ..model("mail.template", "Email Templates", "mail")
    },
    Model {
        order: "id desc",
        name_field: "subject",
        rights: &[(SYSTEM, "rwcu")],
        fields: &[
            char("subject", "Subject").elsewhere(),
            text("body_html", "Text Contents"),
            char("email_from", "From").elsewhere(),
            text("email_to", "To"),
            char("email_cc", "Cc"),
            many2many("recipient_ids", "To (Partners)", "res.partner"),
            many2one("mail_message_id", "Message", "mail.message"),
            char("model", "Related Document Model").elsewhere(),
            reference("res_id", "Related Document ID").elsewhere(),
            selection(
                "state",
                "Status",
                &[
                    ("outgoing", "Outgoing"),
                    ("sent", "Sent"),
                    ("exception", "Delivery Failed"),
                    ("cancel", "Cancelled"),
                ],
            )
            .preset(Preset::Text("outgoing"))
            .shown_readonly(),
        ],
        ..model("mail.mail", "Outgoing Mails", "mail")
    },
    Model {
        name_field: "subject",
        rights: &[(USER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("model", "Related Document Model"),
            text("res_ids", "Related Document IDs"),
            selection(
                "composition_mode",
                "Composition mode",
                &[("comment", "Post on a document"), ("mass_mail", "Email Mass Mailing")],
            )
            .preset(Preset::Text("comment")),
            many2many("partner_ids", "Additional Contacts", "res.partner"),
            char("subject", "Subject"),
            html("body", "Contents"),
            many2one("template_id", "Use template", "mail.template"),
            many2one("subtype_id", "Subtype", "mail.message.subtype"),
            selection("message_type", "Type", MESSAGE_TYPES).required().preset(Preset::Text("comment")),
        ],
        ruled: true,
        transient: true,
        ..model("mail.compose.message", "Email composition wizard", "mail")
    },
    Model {
        order: "id desc",
        rights: &[(USER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required(),
            text("description", "Description"),
            char("res_model", "Resource Model"),
            reference("res_id", "Resource ID"),
            selection("type", "Type", &[("url", "URL"), ("binary", "File")])
                .required()
                .preset(Preset::Text("binary")),
            char("url", "Url"),
            boolean("public", "Is public document"),
            binary("datas", "File Content (base64)").sql(Sql::None),
            char("mimetype", "Mime Type").shown_readonly(),
            integer("file_size", "File Size").readonly(),
            char("res_field", "Resource Field").readonly().writable(),
            text("index_content", "Indexed Content").readonly(),
            char("checksum", "Checksum/SHA1").readonly(),
        ],
        ruled: true,
        ..model("ir.attachment", "Attachment", "base")
    },
    Model {
        rights: &[(SYSTEM, "rwcu")],
        name_field: "",
        fields: &[many2one("partner_id", "Partner", "res.partner").cascade()],
        ..model("discuss.channel.rtc.session", "Mail RTC session", "mail")
    },
    Model {
        rights: &[(USER, "rwc"), (SYSTEM, "rwcu")],
        thread: true,
        fields: &[
            char("name", "Name").required(),
            text("description", "Description"),
            boolean("active", "Active").preset(Preset::True),
            many2many("channel_partner_ids", "Members", "res.partner").sql(Sql::Search),
        ],
        ..model("discuss.channel", "Discussion Channel", "mail")
    },
];
