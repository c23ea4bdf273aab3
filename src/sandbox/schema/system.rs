//! The fields every record has, and the technical models that only administrators may read. Every table
//! here is constant: a new field or model is one entry, and no code. What a model does beyond keeping
//! values is in `business`, and what it lets whom do is in its `rights`.

use super::{
    Field, Model, Preset, SYSTEM, Source, Sql, USER, boolean, char, datetime, integer, many2one, model,
    reference, selection, text,
};
use crate::sandbox::computed;

pub(super) const MAGIC_FIELDS: &[Field] = &[
    integer("id", "ID").readonly(),
    char("display_name", "Display Name").from(Source::Computed(computed::display_name)).sql(Sql::Search),
    many2one("create_uid", "Created by", "res.users").readonly(),
    datetime("create_date", "Created on").readonly(),
    many2one("write_uid", "Last Updated by", "res.users").readonly(),
    datetime("write_date", "Last Updated on").readonly(),
];

pub(super) const MODELS: &[Model] = &[
    Model {
        order: "model",
        rights: &[("base.group_erp_manager", "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Model Description").required().translated(),
            char("model", "Model").required(),
            selection("state", "Type", &[("manual", "Custom Object"), ("base", "Base Object")]).readonly(),
            boolean("transient", "Transient Model"),
        ],
        ..model("ir.model", "Models", "base")
    },
    Model {
        order: "module, model, name",
        rights: &[(SYSTEM, "rwcu")],
        unique: &[(&["module", "name"], "Constraint name already exists.")],
        fields: &[
            char("name", "External Identifier").required(),
            char("module", "Module").required(),
            char("model", "Model Name").required(),
            reference("res_id", "Record ID"),
            boolean("noupdate", "Non Updatable"),
        ],
        ..model("ir.model.data", "Model Data", "base")
    },
    Model {
        order: "name, id",
        rights: &[("base.group_erp_manager", "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required(),
            boolean("active", "Active").preset(Preset::True),
            boolean("perm_read", "Read Access"),
            boolean("perm_write", "Write Access"),
            boolean("perm_create", "Create Access"),
            boolean("perm_unlink", "Delete Access"),
        ],
        ..model("ir.model.access", "Model Access", "base")
    },
    Model {
        order: "key",
        name_field: "key",
        rights: &[(SYSTEM, "rwcu")],
        unique: &[(&["key"], "Key must be unique.")],
        fields: &[char("key", "Key").required(), text("value", "Value").required()],
        ..model("ir.config_parameter", "System Parameter", "base")
    },
    Model {
        order: "cron_name, id",
        name_field: "cron_name",
        rights: &[(SYSTEM, "rwcu")],
        fields: &[
            char("cron_name", "Name").required().shown_readonly().shown_required(false),
            boolean("active", "Active").preset(Preset::True),
            integer("interval_number", "Interval Number").preset(Preset::Number(1)).shown_required(true),
            selection(
                "interval_type",
                "Interval Unit",
                &[
                    ("minutes", "Minutes"),
                    ("hours", "Hours"),
                    ("days", "Days"),
                    ("weeks", "Weeks"),
                    ("months", "Months"),
                ],
            )
            .required()
            .preset(Preset::Text("months")),
            datetime("nextcall", "Next Execution Date").required().preset(Preset::Now),
        ],
        ..model("ir.cron", "Scheduled Actions", "base")
    },
    Model {
        order: "sequence, id",
        rights: &[(SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required(),
            char("smtp_host", "SMTP Server"),
            integer("sequence", "Priority").preset(Preset::Number(10)),
            boolean("active", "Active").preset(Preset::True),
        ],
        ..model("ir.mail_server", "Mail Server", "base")
    },
    Model {
        order: "sequence, name, id",
        rights: &[(SYSTEM, "rwcu")],
        fields: &[
            char("name", "Action Name").required().translated(),
            integer("sequence", "Sequence").preset(Preset::Number(5)),
            text("code", "Python Code"),
        ],
        ..model("ir.actions.server", "Server Action", "base")
    },
    Model {
        order: "name desc, id",
        rights: &[(SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name"),
            boolean("active", "Active").preset(Preset::True),
            text("domain_force", "Domain"),
            boolean("perm_read", "Read").preset(Preset::True),
        ],
        ..model("ir.rule", "Record Rule", "base")
    },
    Model {
        order: "name",
        rights: &[(USER, "r"), ("base.group_erp_manager", "r"), (SYSTEM, "rwcu")],
        unique: &[(&["name"], "The name of the module must be unique!")],
        fields: &[
            char("name", "Technical Name").readonly().shown_required(true),
            char("shortdesc", "Module Name").readonly().translated(),
            selection(
                "state",
                "Status",
                &[
                    ("uninstalled", "Not Installed"),
                    ("installed", "Installed"),
                    ("to upgrade", "To be upgraded"),
                ],
            )
            .readonly(),
            char("latest_version", "Installed Version").readonly(),
        ],
        ..model("ir.module.module", "Module", "base")
    },
];
