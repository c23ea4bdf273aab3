//! Contacts, users, employees and what describes them. Every table here is constant: a new field or model
//! is one entry, and no code. What a model does beyond keeping values is in `business`, and what it lets
//! whom do is in its `rights`.

use super::{
    FieldType, Model, Preset, SYSTEM, Source, Sql, USER, boolean, char, date, field, float, html, integer,
    many2many, many2one, model, one2many, selection,
};
use crate::sandbox::computed;

const PARTNER_MANAGER: &str = "base.group_partner_manager";
const OFFICER: &str = "hr.group_hr_user";
const LANGUAGES: &[(&str, &str)] = &[("en_US", "English (US)"), ("fr_FR", "French / Français")];
const TIME_ZONES: &[(&str, &str)] = &[
    ("America/New_York", "America/New_York"),
    ("Europe/Brussels", "Europe/Brussels"),
    ("Europe/Paris", "Europe/Paris"),
    ("UTC", "UTC"),
];

pub(super) const MODELS: &[Model] = &[
    Model {
        order: "complete_name ASC, id DESC",
        parent: "parent_id",
        thread: true,
        rights: &[(USER, "r"), (PARTNER_MANAGER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name"),
            char("complete_name", "Complete Name")
                .from(Source::Computed(computed::partner_complete_name))
                .sql(Sql::Column),
            many2one("parent_id", "Related Company", "res.partner"),
            one2many("child_ids", "Contact", "res.partner", "parent_id"),
            char("ref", "Reference"),
            selection("lang", "Language", LANGUAGES).help(
                "All the emails and documents sent to this contact will be translated in this language.",
            ),
            selection("tz", "Timezone", TIME_ZONES),
            many2one("user_id", "Salesperson", "res.users")
                .help("The internal user in charge of this contact."),
            char("vat", "Tax ID"),
            char("website", "Website"),
            html("comment", "Notes"),
            many2many("category_id", "Tags", "res.partner.category"),
            boolean("active", "Active").preset(Preset::True),
            boolean("employee", "Employee"),
            char("function", "Job Position"),
            selection(
                "type",
                "Address Type",
                &[
                    ("contact", "Contact"),
                    ("invoice", "Invoice"),
                    ("delivery", "Delivery"),
                    ("other", "Other"),
                ],
            )
            .preset(Preset::Text("contact")),
            char("street", "Street"),
            char("street2", "Street2"),
            char("zip", "Zip"),
            char("city", "City"),
            many2one("state_id", "State", "res.country.state").restrict(),
            many2one("country_id", "Country", "res.country").restrict(),
            char("email", "Email"),
            char("phone", "Phone"),
            boolean("is_company", "Is a Company")
                .help("Check if the contact is a company, otherwise it is a person"),
            selection("company_type", "Company Type", &[("person", "Person"), ("company", "Company")])
                .from(Source::Computed(computed::company_type))
                .inverse("is_company", "company"),
            many2one("company_id", "Company", "res.company"),
            integer("color", "Color Index"),
            one2many("user_ids", "Users", "res.users", "partner_id"),
            boolean("partner_share", "Share Partner")
                .from(Source::Computed(computed::partner_share))
                .help(
                    "Either customer (not a user), either shared user. Indicated the current partner is a \
                 customer without access or with a limited access created for sharing data.",
                )
                .sql(Sql::Column),
            many2one("commercial_partner_id", "Commercial Entity", "res.partner")
                .from(Source::Computed(computed::commercial_partner))
                .sql(Sql::Column),
            float("credit_limit", "Credit Limit").help("Credit limit specific to this partner."),
            integer("customer_rank", "Customer Rank").not_copied(),
            integer("supplier_rank", "Supplier Rank").not_copied(),
            one2many("invoice_ids", "Invoices", "account.move", "partner_id").readonly(),
            one2many("task_ids", "Tasks", "project.task", "partner_id"),
            one2many("sale_order_ids", "Sales Order", "sale.order", "partner_id"),
            integer("task_count", "# Tasks").from(Source::Count("task_ids")),
            one2many("employee_ids", "Employees", "hr.employee", "work_contact_id").group(OFFICER),
            one2many("rtc_session_ids", "Rtc Session", "discuss.channel.rtc.session", "partner_id"),
        ],
        ruled: true,
        ..model("res.partner", "Contact", "base")
    },
    Model {
        order: "name, id",
        parent: "parent_id",
        rights: &[(USER, "r"), (PARTNER_MANAGER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required().translated(),
            integer("color", "Color").no_sum().preset(Preset::Number(4)),
            many2one("parent_id", "Category", "res.partner.category").cascade(),
            one2many("child_ids", "Child Tags", "res.partner.category", "parent_id"),
            boolean("active", "Active").preset(Preset::True),
            field("partner_ids", "Partners", FieldType::Many2manyOf("res.partner", "category_id")),
        ],
        ..model("res.partner.category", "Partner Tags", "base")
    },
    Model {
        order: "name, login",
        rights: &[(USER, "r"), ("base.group_erp_manager", "rwcu")],
        unique: &[(&["login"], "You can not have two users with the same login!")],
        fields: &[
            many2one("partner_id", "Related Partner", "res.partner").required(),
            char("name", "Name")
                .from(Source::Related("partner_id.name"))
                .sql(Sql::Column)
                .elsewhere()
                .writable(),
            char("login", "Login").required(),
            char("email", "Email")
                .from(Source::Related("partner_id.email"))
                .sql(Sql::Column)
                .elsewhere()
                .writable(),
            char("phone", "Phone")
                .from(Source::Related("partner_id.phone"))
                .sql(Sql::Column)
                .elsewhere()
                .writable(),
            selection("lang", "Language", LANGUAGES).preset(Preset::Text("en_US")).elsewhere(),
            selection("tz", "Timezone", TIME_ZONES).elsewhere(),
            boolean("active", "Active").preset(Preset::True),
            boolean("share", "Share User").from(Source::Computed(computed::user_share)).sql(Sql::Column),
            many2one("company_id", "Company", "res.company").required().preset(Preset::Company),
            many2many("company_ids", "Companies", "res.company"),
            many2many("group_ids", "Groups", "res.groups"),
            many2many("all_group_ids", "All Groups", "res.groups")
                .from(Source::Computed(computed::all_groups))
                .sql(Sql::Search),
            html("signature", "Email Signature"),
            selection(
                "notification_type",
                "Notification",
                &[("email", "Handle by Emails"), ("inbox", "Handle in Odoo")],
            )
            .preset(Preset::Text("inbox"))
            .shown_required(true),
            one2many("employee_ids", "Related employee", "hr.employee", "user_id"),
        ],
        ruled: true,
        ..model("res.users", "User", "base")
    },
    Model {
        order: "name",
        rights: &[(USER, "r"), ("base.group_erp_manager", "rwcu")],
        fields: &[
            char("name", "Name").required().translated(),
            char("full_name", "Group Name").sql(Sql::Search),
            field("user_ids", "Users", FieldType::Many2manyOf("res.users", "group_ids")),
        ],
        ..model("res.groups", "Access Groups", "base")
    },
    Model {
        rights: &[(USER, "r"), (SYSTEM, "ru")],
        fields: &[
            char("name", "Description").required().readonly(),
            many2one("user_id", "User", "res.users").required().readonly().cascade(),
            char("scope", "Scope").readonly(),
            super::datetime("expiration_date", "Expiration Date").readonly(),
        ],
        log: &["create_date"],
        ..model("res.users.apikeys", "Users API Keys", "base")
    },
    Model {
        order: "name",
        thread: true,
        parent: "parent_id",
        rights: &[(USER, "r"), (OFFICER, "rwcu")],
        unique: &[(
            &["user_id", "company_id"],
            "A user cannot be linked to multiple employees in the same company.",
        )],
        fields: &[
            char("name", "Employee Name").required().shown_required(false),
            boolean("active", "Active").preset(Preset::True),
            many2one("user_id", "User", "res.users").restrict().not_copied(),
            many2one("company_id", "Company", "res.company").required().preset(Preset::Company),
            char("job_title", "Job Title").elsewhere(),
            char("work_email", "Work Email"),
            char("work_phone", "Work Phone"),
            many2one("work_contact_id", "Work Contact", "res.partner"),
            many2one("department_id", "Department", "hr.department").elsewhere(),
            many2one("parent_id", "Manager", "hr.employee"),
            one2many("child_ids", "Direct subordinates", "hr.employee", "parent_id"),
            super::monetary("hourly_cost", "Hourly Cost").group(OFFICER),
            date("birthday", "Birthday").group(OFFICER),
            char("private_email", "Private Email").group(OFFICER),
        ],
        ruled: true,
        ..model("hr.employee", "Employee", "hr")
    },
    Model {
        order: "name",
        rights: &[(USER, "r"), (OFFICER, "rwcu")],
        fields: &[
            char("name", "Department Name").required().translated(),
            boolean("active", "Active").preset(Preset::True),
            many2one("company_id", "Company", "res.company").preset(Preset::Company),
            many2one("manager_id", "Manager", "hr.employee"),
            one2many("member_ids", "Members", "hr.employee", "department_id").readonly(),
        ],
        ruled: true,
        ..model("hr.department", "Department", "hr")
    },
];
